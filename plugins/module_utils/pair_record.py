# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the record of a pair's upgrade tells that nobody can see: proofs, sign-off, and since when there is no failover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .models import Outcome
from .pair_path import Kept
from .record import Record
from .record_format import seconds
from .record_standing import FINAL, GOOD, VALIDATION, is_installation

SYNC, BREAK, ESTABLISH, CUTOVER, EXPORT, SIGN_OFF = "sync", "break", "establish", "cutover", "export", "sign_off"

#: An export's own id tells the period, so that one of another period does not take its place.
_EXPORT_OF = "session_export "


@dataclass(frozen=True)
class Exposure:
    """The time without failover in Unix seconds; `until` is None while it lasts."""

    since: float
    until: float | None

    def seconds(self, now: float) -> float:
        """How long it lasts, or lasted."""
        return max(0.0, (now if self.until is None else self.until) - self.since)


def kept(data: Mapping[str, Any]) -> Kept:
    """What the record tells for the plan."""
    steps: Sequence[Mapping[str, Any]] = data["steps"]
    pair = (data.get("plan") or {}).get("pair") or {}
    broken = _break(steps)
    signed = _last(steps, SIGN_OFF)
    established = _last(steps, ESTABLISH)
    final = _last(steps, FINAL)
    moved = _last(steps, CUTOVER)
    return Kept(
        known=True,
        production=pair.get("production"),
        synced=broken is not None and any(_good(step) and step["id"] == SYNC for step in steps[:broken]),
        broken_at=None if broken is None else _time(steps[broken]),
        moved_to=None if moved is None else str(steps[moved]["appliance"]),
        validated=frozenset(name for name in _names(steps) if _since_installed(steps, VALIDATION, name)),
        signed_off_by=None
        if signed is None or not _since_installed(steps, SIGN_OFF, steps[signed]["appliance"])
        else str(steps[signed]["facts"].get("by")),
        exported=frozenset(name for name in _names(steps) if _since_installed(steps, EXPORT, name)),
        reconciled=established is not None and established > (-1 if broken is None else broken),
        final=final is not None and final > max(established if established is not None else -1, broken or -1),
    )


def sign_off(record: Record, appliance: str, by: str) -> None:
    """Keep who says that an appliance may stay in production as it is now."""
    with record.step(f"Sign-off of {appliance}", step_id=SIGN_OFF, appliance=appliance, by=by) as step:
        step.done(Outcome.UNCHANGED, detail=f"signed off by {by}")


def exposure(data: Mapping[str, Any]) -> Exposure | None:
    """Since when, and until when, there was no failover; None if this upgrade has not broken the pair."""
    steps = data["steps"]
    broken = _break(steps, ended_too=True)
    if broken is None:
        return None
    until = next((_time(step) for step in steps[broken + 1 :] if step["id"] == ESTABLISH and _good(step)), None)
    return Exposure(_time(steps[broken]), until)


def _break(steps: Sequence[Mapping[str, Any]], *, ended_too: bool = False) -> int | None:
    """Where the pair was broken, unless it was established again: done, or asked for by a run that was stopped."""
    found = None
    for place, step in enumerate(steps):
        if step["id"] == BREAK and (_good(step) or step["ended"] is None) and found is None:
            found = place
        if step["id"] == ESTABLISH and _good(step) and not ended_too:
            found = None
    return found


def _since_installed(steps: Sequence[Mapping[str, Any]], step_id: str, name: Any) -> bool:
    """Whether a step is good on this appliance, and nothing was installed there after it."""
    found = False
    for step in steps:
        if step.get("appliance") != name:
            continue
        if is_installation(step):
            found = False
        elif step["id"] == step_id or (step_id == EXPORT and str(step["id"]).startswith(_EXPORT_OF)):
            found = _good(step)
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
