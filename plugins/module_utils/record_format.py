# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a record looks like: its format, its times, an empty one, and whether one that was read can be relied on. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .models import plain

#: What a step's observations say right before a command, or before a person is asked.
ASKING = "asking"
#: The version of the record's format. A reader takes its own and older ones, never a newer one.
FORMAT = 1


def iso(when: float) -> str:
    """Unix seconds as `2026-11-22T18:43:00.250Z`, the way times stand in a record."""
    return datetime.fromtimestamp(when, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(when: str) -> float:
    """A record's time as Unix seconds; ValueError if it is not one."""
    if not isinstance(when, str):
        raise ValueError("a time is a text")
    moment = datetime.fromisoformat(when.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.timestamp()


def blank(
    site: str, wish: Mapping[str, Any], path: str | None, now: float, *, rehearsal: bool = False
) -> dict[str, Any]:
    """A record in which nothing has happened yet. That it is one of a rehearsal is marked; no other has that key."""
    return {
        "format": FORMAT,
        **({"rehearsal": True} if rehearsal else {}),
        "site": site,
        "path": path,
        "wish": jsonable(wish),
        "plan": None,
        "created": iso(now),
        "runs": [],
        "snapshots": {"before": {}, "after": {}},
        "checks": [],
        "backups": [],
        "watched": None,
        "outages": None,
        "durations": [],
        "steps": [],
    }


def handover(data: Mapping[str, Any]) -> dict[str, Any]:
    """What another controller needs to go on: the record without the looks and requests that its steps rest on, and without checks.

    That something was asked for stays, since it must not be asked for again.
    """
    steps = [
        {**step, "evidence": {**step["evidence"], "observations": askings(step), "requests": []}}
        for step in data["steps"]
    ]
    return {**jsonable(data), "steps": jsonable(steps), "checks": []}


def askings(step: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a step asked an appliance or a person for."""
    return [item for item in step["evidence"]["observations"] if item.get("what") == ASKING]


def last_moment(data: Mapping[str, Any]) -> float:
    """When something was last begun in a record, in Unix seconds."""
    return max([seconds(data["created"]), *(seconds(step["started"]) for step in data["steps"])])


def jsonable(value: Any) -> Any:
    """Models and their containers as what JSON can hold, so that no odd value can keep a record from being written."""
    return _json(plain(value))


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)  # also what Ansible makes of texts: a subclass with a mark
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_json(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def complaint(data: Any) -> str | None:
    """What is wrong with a record's shape, in words; None if readers can rely on it."""
    if not isinstance(data, dict):
        return "it is no record"
    version = data.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return "it does not say its format"
    if version > FORMAT:
        return f"its format {version} is newer than this version of the collection knows ({FORMAT})"
    wrong = _wrong(data, {"site": _text, "created": is_moment, "path": _maybe_text, "wish": _dictionary})
    wrong = wrong or _wrong(data.get("snapshots"), {"before": _snapshots, "after": _snapshots})
    for name in ("plan", "watched"):
        if not (data.get(name) is None or isinstance(data[name], dict)):
            return f"its {name} cannot be read"
    if data.get("plan"):
        pair = data["plan"].get("pair") or {}
        wrong = wrong or _wrong(
            {"pair": pair, **(pair if isinstance(pair, dict) else {})},
            {
                "pair": _dictionary,
                "production": _maybe_text,
                "broken_at": _maybe_number,
                "moved_to": _maybe_text,
                "been": _maybe_texts,
            },
        )
        planned = {"id": _text, "title": _text, "appliance": _maybe_text, "window": _maybe_text}
        wrong = wrong or _wrong_list(data["plan"].get("steps", []), "plan", planned)
    for name, shape in _SHAPES.items():
        wrong = wrong or _wrong_list(data.get(name), name, shape)
    if data.get("outages") is not None:
        shape = {
            "down_from": is_moment,
            "up_at": _maybe_time,
            "last_down": _maybe_time,
            "resolution": _maybe_number,
            "unwatched": _maybe_number,
        }
        wrong = wrong or _wrong_list(data["outages"], "outages", shape)
    if not wrong and any((step["ended"] is None) != (step["outcome"] is None) for step in data["steps"]):
        wrong = "steps"
    return f"its {wrong} cannot be read" if wrong else None


def _wrong(value: Any, shape: Mapping[str, Callable[[Any], bool]]) -> str | None:
    if not isinstance(value, dict):
        return "content"
    return next((key for key, fits in shape.items() if not fits(value.get(key))), None)


def _wrong_list(value: Any, name: str, shape: Mapping[str, Callable[[Any], bool]]) -> str | None:
    if not isinstance(value, list):
        return name
    return next((f"{name} ({wrong})" for wrong in (_wrong(item, shape) for item in value) if wrong), None)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _maybe_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _dictionary(value: Any) -> bool:
    return isinstance(value, dict)


def _snapshots(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(item, dict) and (item.get("values") is None or isinstance(item["values"], dict))
        for item in value.values()
    )


def _maybe_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _maybe_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _number(value: Any) -> bool:
    return value is not None and _maybe_number(value)


def is_moment(value: Any) -> bool:
    """Whether it is a time as a record has them."""
    try:
        seconds(value)
    except (ValueError, OverflowError):
        return False
    return True


def _maybe_time(value: Any) -> bool:
    return value is None or is_moment(value)


def _evidence(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(name), list) and all(isinstance(item, dict) for item in value[name])
        for name in ("observations", "requests")
    )


_SHAPES: dict[str, dict[str, Callable[[Any], bool]]] = {
    "runs": {"id": _text, "started": is_moment},
    "steps": {
        "id": _text,
        "title": _text,
        "module": _maybe_text,
        "appliance": _maybe_text,
        "run": _maybe_text,
        "started": is_moment,
        "ended": _maybe_time,
        "outcome": _maybe_text,
        "detail": _text,
        "action": _text,
        "evidence": _evidence,
        "facts": _dictionary,
    },
    "checks": {"id": _text, "title": _text, "outcome": _text},
    "backups": {},
    "durations": {"seconds": _number},
}
