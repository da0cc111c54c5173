# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as a text, and as Markdown for a merge request. Pure; what a plan holds is the result of the module `plan`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .columns import fitted
from .markdown import escaped, line, table
from .outlook import span

_QUIET = ("pass", "not_applicable")
_LOUDEST = ("fail", "error", "warn", "manual", "waived")
_ORDER = (*_LOUDEST, "pass", "not applicable")
_WINDOWS = {"first": "First window", "second": "Second window", "abort": "Giving up", None: "Steps"}
_STATES = {"done": "done", "next": "next", "later": ""}


def as_json(plan: Mapping[str, Any], checks: Sequence[Mapping[str, Any]] = ()) -> str:
    """The plan for programs and for `bomgar_plan`."""
    kept = {key: value for key, value in plan.items() if key in _KEPT}
    shown = [
        {key: check.get(key) for key in ("id", "title", "outcome", "detail", "action", "waived")} for check in checks
    ]
    return json.dumps({"format": 2, **kept, "checks": shown}, indent=2, sort_keys=True) + "\n"


_KEPT = (
    "activity",
    "apart_since",
    "cannot_undo",
    "caution",
    "cut",
    "due",
    "fingerprint",
    "first",
    "last",
    "minutes",
    "packages",
    "path",
    "production",
    "relation",
    "site",
    "stages",
    "stuck",
    "target",
    "versions",
)


def as_text(plan: Mapping[str, Any], checks: Sequence[Mapping[str, Any]] = ()) -> str:
    """The plan for a terminal or a ticket, in lines of at most 78 characters but for the fingerprint's."""
    rows = [*plan["lines"], "", "How"]
    rows += [f"  {stage['title']}: {stage['by']}, {_minutes(stage)}" for stage in _left(plan)]
    if checks:
        rows += ["", f"Checks: {_counted(checks)}"]
        rows += [f"  {_word(check)}: {check['title']}: {check['detail']} -> {_to_do(check)}" for check in _loud(checks)]
    return "\n".join([*fitted(rows), "", f"fingerprint {plan['fingerprint']}"]) + "\n"


def as_markdown(plan: Mapping[str, Any], checks: Sequence[Mapping[str, Any]] = ()) -> str:
    """The plan for a merge request. Every value is escaped, so that none becomes markup or calls for somebody."""
    done = bool(plan["done"])
    parts = [f"## Plan: {escaped(plan['site'])}{', nothing to do' if done else ''}"]
    rows = [("Path", plan["path"]), ("Target", _versions(plan["target"])), *_running(plan)]
    if not done:
        rows += [("Usually takes", _total(plan)), ("Who is cut", plan["cut"])]
    parts.append(table(("", ""), [row for row in rows if row[1]]))
    for trouble, words in (("Cannot go on", plan.get("stuck")), ("Not certain", plan.get("caution"))):
        if words:
            parts.append(f"**{trouble}:** {escaped(words)}")
    parts += [f"**Cannot be undone:** {escaped(text)}" for text in plan.get("cannot_undo") or ()]
    if plan["packages"]:
        parts += ["### Packages", table(("On", "Package", "Brings", "Why"), map(_package, plan["packages"]))]
    for window, stages in _by_window(plan["stages"]):
        parts += [f"### {_WINDOWS[window]}", table(("", "Step", "By", "Usually", "Note"), map(_stage, stages))]
    if checks:
        parts += ["### Checks", line(f"{_counted(checks)}. What passed is not listed.")]
        loud = [(_word(check), check["title"], check["detail"], _to_do(check)) for check in _loud(checks)]
        parts += [table(("Outcome", "Check", "Detail", "What to do, or why it is waived"), loud)] if loud else []
    parts.append(f"Fingerprint, for `bomgar_plan`: `{plan['fingerprint']}`")
    return "\n\n".join(parts) + "\n"


def _running(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    versions = plan["versions"]
    if "relation" not in plan:
        return [("Runs", _versions(versions))]
    pair = f"{plan['relation']}, production is {plan['production'] or 'not known'}"
    return [("Pair", pair), *((f"{name} runs", _versions(each)) for name, each in versions.items())]


def _versions(versions: Mapping[str, Any]) -> str:
    words = (("site", "site software"), ("base", "base software"))
    return ", ".join(f"{word} {versions[key]}" for key, word in words if versions.get(key)) or "not told"


def _package(package: Mapping[str, Any]) -> tuple[str, str, str, str]:
    brings = f"{package['kind']} {package['version'] or 'of a version that is not told'}"
    return package["appliance"], package["name"], brings, package["because"]


def _stage(stage: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    return _STATES[stage["state"]], stage["title"], stage["by"], _minutes(stage), stage.get("why") or ""


def _minutes(stage: Mapping[str, Any]) -> str:
    if stage["state"] == "done":
        return "done"
    return span(tuple(stage["minutes"])) if stage["minutes"] is not None else "by the amount of data"


def _total(plan: Mapping[str, Any]) -> str:
    more = any(stage["minutes"] is None for stage in _left(plan))
    return span(tuple(plan["minutes"])) + (", and what depends on the amount of data" if more else "")


def _left(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [stage for stage in plan["stages"] if stage["state"] != "done"]


def _by_window(stages: Iterable[Mapping[str, Any]]) -> list[tuple[str | None, list[Mapping[str, Any]]]]:
    found: dict[str | None, list[Mapping[str, Any]]] = {}
    for stage in stages:
        found.setdefault(stage.get("window"), []).append(stage)
    return list(found.items())


def _word(check: Mapping[str, Any]) -> str:
    return "waived" if check.get("waived") else str(check["outcome"]).replace("_", " ")


def _loud(checks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What wants attention, what stands in the way first."""
    loud = [check for check in checks if check["outcome"] not in _QUIET]
    return sorted(loud, key=lambda check: _LOUDEST.index(_word(check)) if _word(check) in _LOUDEST else 0)


def _to_do(check: Mapping[str, Any]) -> str:
    return str(check.get("waived") or check["action"])


def _counted(checks: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(_word(check) for check in checks)
    return ", ".join(f"{counts[word]} {word}" for word in sorted(counts, key=_ORDER.index))
