# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a record says: its outcome, whether it is finished, and how long the site was down. Pure, worked out from its content alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .models import Outcome
from .record_format import seconds

#: Ids of steps: what is done before the work, and what shows afterwards that the wish was reached.
PREPARATIONS = ("readiness", "backup")
#: That an installation ended well and the target was not reached: past once the site is validated.
REACH = "reach"
VALIDATION = "validation"
#: The same of a pair, of which one appliance is validated long before the other is updated.
FINAL = "final"

#: The outcomes of a step that need no further attempt.
GOOD = (Outcome.CHANGED, Outcome.UNCHANGED)
#: Worst first; what a record's outcome is when its steps differ.
_BAD = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.REFUSED)


@dataclass(frozen=True)
class Standing:
    """Where a record stands, worked out from its steps alone.

    `outcome` is None when nothing went wrong but the work is not complete. `finished`: the wish was reached. `interrupted`:
    the steps that began, never ended and were not taken up again. `decisive`: the steps that the outcome rests on.
    `missing`: planned steps that were not begun, each with its appliance where the plan names one.
    """

    outcome: Outcome | None
    finished: bool
    interrupted: tuple[dict[str, Any], ...] = ()
    decisive: tuple[dict[str, Any], ...] = ()
    missing: tuple[tuple[str, str | None], ...] = ()


def is_installation(step: Mapping[str, Any]) -> bool:
    """Whether it is the step of one package."""
    return str(step["id"]).startswith("install:")


def last_attempts(data: Mapping[str, Any], appliance: str | None = None) -> list[dict[str, Any]]:
    """The last attempt at each step (same id, same appliance), in the order in which they began; of one appliance or of all."""
    newest: dict[tuple[Any, Any], dict[str, Any]] = {}
    for step in data["steps"]:
        if appliance is not None and step.get("appliance") != appliance:
            continue
        key = (step["id"], step.get("appliance"))
        newest.pop(key, None)
        newest[key] = step
    return list(newest.values())


def counting(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attempts that the outcome is made of: the last ones, without what prepared badly for a site that was validated since.

    A site that was found good needs no readiness and no backup any more: somebody may have seen to it by hand. Of an upgrade
    that was given up only what belongs to that counts.
    """
    attempts = last_attempts(data)
    if given_up(data):
        planned = planned_steps(data)
        attempts = [step for step in attempts if {(step["id"], step.get("appliance")), (step["id"], None)} & {*planned}]
    proofs = {step.get("appliance"): place for place, step in enumerate(attempts) if _is_proof(step, data)}
    return [
        step
        for place, step in enumerate(attempts)
        if step["id"] not in (*PREPARATIONS, REACH)
        or step["outcome"] in GOOD
        or place > max(proofs.get(step.get("appliance"), -1), proofs.get(None, -1))  # None: the proof of a whole pair
    ]


def given_up(data: Mapping[str, Any]) -> bool:
    """Whether the upgrade of a pair was given up."""
    return bool((data.get("plan") or {}).get("given_up"))


def planned_steps(data: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The planned steps, each with its appliance where the plan names one: that of a pair does."""
    return [(step["id"], step.get("appliance")) for step in (data.get("plan") or {}).get("steps") or []]


def undone(data: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """The planned steps of which nothing was attempted."""
    done = {(step["id"], name) for step in data["steps"] for name in (step.get("appliance"), None)}
    return tuple(item for item in planned_steps(data) if item not in done)


def _is_proof(step: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    return step["id"] == _proof(data) and step["outcome"] in GOOD


def _proof(data: Mapping[str, Any]) -> str:
    """The id of the step that shows that the wish was reached."""
    return FINAL if any(item[0] == FINAL for item in planned_steps(data)) else VALIDATION


def standing(data: Mapping[str, Any]) -> Standing:
    """The outcome of a record, by the attempts that count.

    One that never ended makes the whole unknown; otherwise the worst counts, in the order failed, unknown, refused. All
    good: `changed` if any attempt changed something. Complete is a record whose planned steps are all good, where those
    before a good validation need not have been; or, without a plan, one with a good validation. Giving up is complete only
    where failover is established and validated.
    """
    attempts = counting(data)
    interrupted = tuple(step for step in attempts if step["ended"] is None)
    if interrupted:
        return Standing(Outcome.UNKNOWN, False, interrupted, interrupted)
    for word in _BAD:
        decisive = tuple(step for step in attempts if Outcome(step["outcome"]) is word)
        if decisive:
            return Standing(word, False, (), decisive)
    planned = planned_steps(data)
    validated = any(_is_proof(step, data) for step in attempts)
    proof = next((place for place, item in enumerate(planned) if item[0] == _proof(data)), 0)
    needed = planned[proof:] if validated else planned
    missing = undone(data) if not validated else tuple(item for item in undone(data) if item in needed)
    if missing or not (validated or (planned and not given_up(data))):
        return Standing(None, False, missing=missing)
    changed = tuple(step for step in data["steps"] if step["outcome"] == Outcome.CHANGED)
    return Standing(Outcome.CHANGED if changed else Outcome.UNCHANGED, True, (), changed)


def current_checks(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The newest results of each phase of checks (`readiness`, `validation`) on each appliance, in the order of the phases."""
    newest: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for check in data["checks"]:
        key = (str(check.get("phase", "")), str(check.get("appliance") or ""))
        kept = newest.setdefault(key, [])
        if kept and kept[0].get("at") != check.get("at"):
            kept.clear()
        kept.append(check)
    return [check for checks in newest.values() for check in checks]


@dataclass(frozen=True)
class Outage:
    """How long the site did not answer. `seconds` counts up to the last look; each end may be off by `resolution` seconds.

    `unwatched`: so many of the seconds nobody looked, since a run was stopped; it may have answered by then.
    """

    seconds: float
    resolution: float | None
    spells: int
    ongoing: bool
    unwatched: float = 0.0


def measured_outage(data: Mapping[str, Any]) -> Outage | None:
    """The sum of the outages of a record; None if nobody measured. No outage seen: 0 seconds, 0 spells."""
    outages = data.get("outages")
    if outages is None:
        return None
    total = 0.0
    ongoing = False
    for outage in outages:
        until = outage.get("up_at") or outage.get("last_down") or outage["down_from"]
        ongoing = ongoing or outage.get("up_at") is None
        total += max(0.0, seconds(until) - seconds(outage["down_from"]))
    watched = data.get("watched") or {}
    resolutions = [
        value for value in (watched.get("resolution"), *(item.get("resolution") for item in outages)) if value
    ]
    unwatched = sum(outage.get("unwatched") or 0.0 for outage in outages)
    return Outage(total, max(resolutions) if resolutions else None, len(outages), ongoing, unwatched)
