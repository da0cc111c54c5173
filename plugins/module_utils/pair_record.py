# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the record of a pair's upgrade tells that nobody can see: proofs, sign-off, and since when there is no failover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .models import Outcome
from .pair_path import Kept
from .record import Record
from .record_format import askings, seconds
from .record_standing import FINAL, GOOD, VALIDATION, is_installation

SYNC, BREAK, ESTABLISH, CUTOVER, SIGN_OFF = "sync", "break", "establish", "cutover", "sign_off"
#: The module of an attempt that only tells what was seen after another one.
AFTERWARDS = "plan"


@dataclass(frozen=True)
class Exposure:
    """The time without failover in Unix seconds; `until` is None while it lasts."""

    since: float
    until: float | None

    def seconds(self, now: float) -> float:
        """How long it lasts, or lasted."""
        return max(0.0, (now if self.until is None else self.until) - self.since)


def kept(data: Mapping[str, Any]) -> Kept:
    """What the record tells for the plan. What was done before the pair was last established proves nothing for its next break."""
    steps: Sequence[Mapping[str, Any]] = data["steps"]
    pair = (data.get("plan") or {}).get("pair") or {}
    together, final, moved = (_last(steps, step_id) for step_id in (ESTABLISH, FINAL, CUTOVER))
    never = max((place for place, step in enumerate(steps) if _never_broken(step)), default=-1)
    since = steps[max(-1 if together is None else together, never) + 1 :]
    broken = next((place for place, step in enumerate(since) if _breaks(step)), None)
    names = _names(steps)
    been = frozenset(str(step["appliance"]) for step in since if step["id"] == CUTOVER and _good(step))
    # What another upgrade's record told of the break, as long as this one has neither broken nor established the pair.
    carried = pair if broken is None and together is None and never < 0 else {}
    return Kept(
        known=True,
        production=pair.get("production"),
        synced=bool(carried.get("synced"))
        or (broken is not None and any(_good(step) and step["id"] == SYNC for step in since[:broken])),
        broken_at=carried.get("broken_at") if broken is None else _time(since[broken]),
        moved_to=carried.get("moved_to") if moved is None else str(steps[moved]["appliance"]),
        been=been | frozenset(carried.get("been") or ()),
        validated=frozenset(name for name in names if _since_installed(steps, VALIDATION, name)),
        signed_off={
            name: str(step["facts"].get("by")) for name in names if (step := _since_installed(steps, SIGN_OFF, name))
        },
        establishing=any(step["id"] == ESTABLISH for step in since),
        reconciled=together is not None and broken is None,
        final=final is not None and broken is None and final > (-1 if together is None else together),
    )


def reconciled(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What is kept of the sessions of both when they were last established (`before`, `after`, `missing`); None if they were not."""
    place = _last(data["steps"], ESTABLISH)
    found = None if place is None else data["steps"][place]["facts"].get("sessions")
    return found if isinstance(found, Mapping) else None


def carried(told: Kept) -> dict[str, Any]:
    """What a record keeps of the break, the sync before it and the name, so that it still tells when it is another upgrade's record."""
    if told.broken_at is None:
        return {}
    return {"synced": told.synced, "broken_at": told.broken_at, "moved_to": told.moved_to, "been": sorted(told.been)}


def with_former(told: Kept, former: Kept) -> Kept:
    """What the record of this upgrade tells, with what an earlier one tells of the break that still lasts."""
    if told.broken_at is not None or told.reconciled or former.broken_at is None:
        return told
    return replace(
        told,
        production=told.production or former.production,
        synced=former.synced,
        broken_at=former.broken_at,
        moved_to=told.moved_to or former.moved_to,
        been=told.been | former.been,
    )


def sign_off(record: Record, appliance: str, by: str) -> None:
    """Keep who says that an appliance may stay in production as it is now."""
    with record.step(f"Sign-off of {appliance}", step_id=SIGN_OFF, appliance=appliance, by=by) as step:
        step.done(Outcome.UNCHANGED, detail=f"signed off by {by}")


def exposure(data: Mapping[str, Any]) -> Exposure | None:
    """Since when, and until when, there was no failover the last time; None if nothing tells that the pair was broken."""
    before = ((data.get("plan") or {}).get("pair") or {}).get("broken_at")
    found = None if before is None else Exposure(float(before), None)
    for step in data["steps"]:
        if _breaks(step) and (found is None or found.until is not None):
            found = Exposure(_time(step), None)
        elif found is not None and found.until is None and step["id"] == ESTABLISH and _good(step):
            found = Exposure(found.since, _time(step))
        elif found is not None and found.until is None and _never_broken(step):
            found = None
    return found


def _breaks(step: Mapping[str, Any]) -> bool:
    """Whether the pair was broken by it, or may have been: a run had asked for it and was stopped, or did not see its end."""
    return step["id"] == BREAK and (_good(step) or (step["outcome"] in (None, Outcome.UNKNOWN) and bool(askings(step))))


def _never_broken(step: Mapping[str, Any]) -> bool:
    """Whether it was seen long after a break was asked for that it had not come about."""
    return step["id"] == BREAK and step.get("module") == AFTERWARDS and step["outcome"] == Outcome.FAILED


def _since_installed(steps: Sequence[Mapping[str, Any]], step_id: str, name: Any) -> Mapping[str, Any] | None:
    """The last attempt at a step on this appliance, if it is good and nothing was installed there after it."""
    found: Mapping[str, Any] | None = None
    for step in steps:
        if step.get("appliance") != name:
            continue
        if is_installation(step):
            # One that was written during a validation tells what had happened before it (see `hindsight`).
            within = found is not None and step["ended"] is not None and _time(step) <= _time(found)
            found = found if within else None
        elif step["id"] == step_id:
            found = step if _good(step) else None
    return found


def _last(steps: Sequence[Mapping[str, Any]], step_id: str) -> int | None:
    return next(
        (place for place in range(len(steps) - 1, -1, -1) if steps[place]["id"] == step_id and _good(steps[place])),
        None,
    )


def _names(steps: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(step["appliance"]) for step in steps if step.get("appliance")}


def _good(step: Mapping[str, Any]) -> bool:
    return step["outcome"] in GOOD


def _time(step: Mapping[str, Any]) -> float:
    return seconds(step["ended"] or step["started"])
