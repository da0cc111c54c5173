# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the record of a pair tells that nobody can see: proofs, validation, sign-off, and the time without failover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.hindsight import take_up
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.pair_path import Kept
from ansible_collections.bomgar.appliance.plugins.module_utils.pair_record import (
    Exposure,
    carried,
    exposure,
    kept,
    sign_off,
    with_former,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import complaint, handover
from ansible_collections.bomgar.appliance.plugins.module_utils.record_standing import standing
from ansible_collections.bomgar.appliance.plugins.module_utils.report_view import view

START = 1_795_376_580.0
#: Seconds between two steps; each takes one.
PAUSE = 60.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def record(*steps: str) -> Record:
    """A record by hand: `install:x@a`, `break@a=unknown` (the outcome, `changed` if left out), `establish@a=` (never ended).

    `!break@a=`: it came to no asking. `?break@a=failed`: seen afterwards, by a plan.

    The step number n, from 0, begins n minutes after the start.
    """
    clock = Clock()
    made = Record.in_memory("support.example.com", Writer(Run("r", "ada", "c"), clock=clock), wish={}, path="in_place")
    for place, text in enumerate(steps):
        clock.now = START + place * PAUSE
        what, _sep, outcome = text.lstrip("!?").partition("=")
        step_id, _sep, name = what.partition("@")
        module = "plan" if text.startswith("?") else "failover"
        step = made.step(step_id, step_id=step_id, module=module, appliance=name or None, by="Ada Lovelace")
        if not text.startswith("!"):
            step.progress("asking", request="press it")
        clock.now += 1
        if outcome or "=" not in text:
            step.done(outcome or "changed")
    clock.now += PAUSE
    return made


def told(*steps: str) -> Kept:
    return kept(record(*steps).data)


FIRST_WINDOW = ("readiness@a", "backup@a", "sync@b", "break@a", "install:base@a", "install:site@a", "validation@a")
BOTH_WINDOWS = (*FIRST_WINDOW, "sign_off@a", "install:base@b", "establish@a", "final@a")


def test_an_empty_record_tells_only_that_it_is_there() -> None:
    assert told() == Kept(known=True)
    assert exposure(record().data) is None


def test_who_was_production_is_in_the_plan() -> None:
    made = record()
    made.set_plan({"fingerprint": "x", "pair": {"production": "b"}, "steps": []})
    assert kept(made.data).production == "b"
    made.set_plan({"fingerprint": "x", "steps": []})
    assert kept(made.data).production is None


def test_a_first_window() -> None:
    found = told(*FIRST_WINDOW)
    assert found == Kept(known=True, synced=True, broken_at=START + 3 * PAUSE + 1, validated=frozenset({"a"}))


def test_both_windows() -> None:
    found = told(*BOTH_WINDOWS)
    assert found == Kept(
        known=True,
        validated=frozenset({"a"}),
        signed_off={"a": "Ada Lovelace"},
        reconciled=True,
        final=True,
    )


#: Steps, a field of Kept, its value.
RULES: list[tuple[tuple[str, ...], str, Any]] = [
    # The sync before the break.
    (("sync@b", "break@a"), "synced", True),
    (("sync@b",), "synced", False),
    (("break@a", "sync@b"), "synced", False),
    (("sync@b=failed", "break@a"), "synced", False),
    (("sync@b=unknown", "break@a"), "synced", False),
    (("sync@b=", "break@a"), "synced", False),
    (("sync@b=", "sync@b", "break@a"), "synced", True),
    (("sync@b", "break@a", "establish@a"), "synced", False),
    # A sync before the pair was established again says nothing of what came after.
    (("sync@b", "break@a", "establish@a", "break@a"), "synced", False),
    (("sync@b", "break@a", "establish@a", "sync@b", "break@a"), "synced", True),
    (("sync@b", "break@a", "establish@a=failed", "break@a"), "synced", True),
    # Broken, or perhaps broken.
    (("break@a",), "broken_at", START + 1),
    (("break@a=",), "broken_at", START),
    (("break@a=unknown",), "broken_at", START + 1),
    (("break@a=refused",), "broken_at", None),
    # What was never asked for, or was seen long after not to have come about, has broken nothing and proves nothing.
    (("sync@b", "!break@a="), "broken_at", None),
    (("sync@b", "!break@a=", "break@a"), "synced", True),
    (("sync@b", "break@a=", "?break@a=failed"), "broken_at", None),
    (("sync@b", "break@a=unknown", "?break@a=failed", "break@a"), "synced", False),
    (("sync@b", "break@a=unknown", "?break@a=failed", "sync@b", "break@a"), "synced", True),
    (("sync@b", "break@a=unknown", "?break@a"), "synced", True),
    (("break@a=failed",), "broken_at", None),
    (("break@a=", "break@a"), "broken_at", START),
    (("sync@b", "break@a=", "sync@b", "break@a"), "synced", True),
    (("sync@b", "break@a=unknown", "break@a"), "synced", True),
    (("break@a", "establish@a"), "broken_at", None),
    (("break@a", "establish@a="), "broken_at", START + 1),
    (("break@a", "establish@a", "break@a"), "broken_at", START + 2 * PAUSE + 1),
    # Where the name was moved to.
    (("cutover@b",), "moved_to", "b"),
    (("cutover@b", "cutover@a"), "moved_to", "a"),
    (("cutover@b", "cutover@a=failed"), "moved_to", "b"),
    (("cutover@b=",), "moved_to", None),
    (("cutover@b", "cutover@a"), "been", {"a", "b"}),
    (("cutover@b=failed",), "been", set()),
    (("cutover@b", "break@a", "establish@a"), "been", set()),
    # Validated since the last installation there.
    (("install:x@a", "validation@a"), "validated", {"a"}),
    (("validation@a", "install:x@a"), "validated", set()),
    (("validation@a", "install:x@a", "validation@a"), "validated", {"a"}),
    (("validation@a", "install:x@a="), "validated", set()),
    (("validation@a", "install:x@a=refused"), "validated", set()),
    (("validation@a", "install:x@b"), "validated", {"a"}),
    (("validation@a=failed",), "validated", set()),
    (("validation@a", "validation@a=failed"), "validated", set()),
    (("validation@a", "validation@a="), "validated", set()),
    (("validation@a=failed", "validation@a=unchanged"), "validated", {"a"}),
    (("validation@a", "validation@b"), "validated", {"a", "b"}),
    (("validation@a", "break@a", "establish@a"), "validated", {"a"}),
    # Signed off since then, by appliance.
    (("sign_off@a",), "signed_off", {"a": "Ada Lovelace"}),
    (("sign_off@a", "install:x@a"), "signed_off", {}),
    (("sign_off@a", "install:x@b"), "signed_off", {"a": "Ada Lovelace"}),
    (("install:x@a", "sign_off@a", "validation@a"), "signed_off", {"a": "Ada Lovelace"}),
    # Established and synced, and nothing missing.
    (("break@a", "establish@a"), "reconciled", True),
    (("break@a", "establish@a=failed"), "reconciled", False),
    (("break@a", "establish@a="), "reconciled", False),
    (("break@a", "establish@a", "break@a="), "reconciled", False),
    (("establish@a",), "reconciled", True),
    # Begun, and no good end.
    (("break@a",), "establishing", False),
    (("break@a", "establish@a="), "establishing", True),
    (("break@a", "establish@a=failed"), "establishing", True),
    (("break@a", "establish@a=unknown", "establish@a"), "establishing", False),
    (("break@a", "establish@a", "break@a"), "establishing", False),
    # The whole site validated after all that.
    (("final@a",), "final", True),
    (("break@a", "final@a"), "final", False),
    (("break@a", "establish@a", "final@a"), "final", True),
    (("break@a", "final@a", "establish@a"), "final", False),
    (("break@a", "establish@a", "final@a=failed"), "final", False),
    (("break@a", "establish@a", "final@a", "break@a"), "final", False),
]


@pytest.mark.parametrize(
    ("steps", "name", "value"), RULES, ids=lambda value: " ".join(value) if value and isinstance(value, tuple) else None
)
def test_what_a_record_tells(steps: tuple[str, ...], name: str, value: Any) -> None:
    assert getattr(told(*steps), name) == value


def test_each_field_has_a_rule() -> None:
    assert {name for _steps, name, _value in RULES} == {each.name for each in fields(Kept)} - {"known", "production"}


def test_an_installation_taken_up_by_a_validation_does_not_undo_it() -> None:
    """A look an hour later finds it ended well, and writes that down in the middle of the validation (see hindsight)."""
    made = record("install:x@a=unknown", "validation@a=")
    clock: Any = made.now
    made.data["steps"].pop()
    with made.step("Validate a", step_id="validation", appliance="a") as step:
        clock.now += 1
        take_up(made, "a", Versions(site="23.2.1"))
        clock.now += 1
        step.done("unchanged")
    assert [item["id"] for item in made.data["steps"]] == ["install:x", "validation", "install:x"]
    assert kept(made.data).validated == {"a"}
    clock.now += PAUSE
    with made.step("Install x", step_id="install:x", appliance="a") as step:
        clock.now += 1
        step.done("changed")
    assert kept(made.data).validated == set()


def test_a_sign_off_is_kept_with_its_appliance() -> None:
    made = record()
    sign_off(made, "b", "Grace Hopper")
    assert kept(made.data).signed_off == {"b": "Grace Hopper"}
    assert made.data["steps"][0]["outcome"] == "unchanged"


#: Steps, since and until in steps (the end of that step); None where there is none.
EXPOSURES: list[tuple[tuple[str, ...], float | None, float | None]] = [
    (("sync@b",), None, None),
    (("sync@b", "break@a"), 1, None),
    (("break@a=refused",), None, None),
    (("break@a=failed",), None, None),
    (("sync@b", "break@a=unknown"), 1, None),
    (("break@a", "install:x@a", "establish@a"), 0, 2),
    (("break@a", "install:x@a", "establish@a=failed"), 0, None),
    (("break@a", "install:x@a", "establish@a="), 0, None),
    (("break@a", "establish@a=failed", "establish@a"), 0, 2),
    (("break@a", "break@a"), 0, None),
    (("!break@a=",), None, None),
    (("break@a=unknown", "?break@a=failed"), None, None),
    (("break@a=unknown", "?break@a"), 0, None),
    (("break@a", "establish@a", "break@a=unknown", "?break@a=failed"), None, None),
    (("break@a", "establish@a", "establish@a"), 0, 1),
    # Given up, and begun anew: the time that counts is that of now.
    (("break@a", "establish@a", "sync@b", "break@a"), 3, None),
    (("break@a", "establish@a", "sync@b", "break@a", "establish@a"), 3, 4),
    (("establish@a",), None, None),
]


@pytest.mark.parametrize(
    ("steps", "since", "until"), EXPOSURES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else None
)
def test_the_time_without_failover(steps: tuple[str, ...], since: float | None, until: float | None) -> None:
    def moment(place: float | None) -> float | None:
        return None if place is None else START + place * PAUSE + 1

    found = exposure(record(*steps).data)
    if since is None:
        assert found is None
    else:
        assert found == Exposure(START + since * PAUSE + 1, moment(until))


def test_a_break_that_a_run_was_stopped_in_counts_from_its_beginning() -> None:
    assert exposure(record("sync@b", "break@a=").data) == Exposure(START + PAUSE, None)


def test_how_long_it_lasts_is_never_less_than_nothing() -> None:
    assert Exposure(100.0, None).seconds(160.0) == 60.0
    assert Exposure(100.0, None).seconds(90.0) == 0.0
    assert Exposure(100.0, 130.0).seconds(500.0) == 30.0


@pytest.mark.parametrize("tell", [kept, exposure])
def test_what_is_handed_on_tells_the_same(tell: Callable[[Any], Any]) -> None:
    """Another controller takes the record without the looks and requests that its steps rest on."""
    for steps in (FIRST_WINDOW, BOTH_WINDOWS, BOTH_WINDOWS[:-1], ("sync@b", "break@a="), ("sync@b", "!break@a=")):
        data = record(*steps).data
        assert tell(handover(data)) == tell(data)


@pytest.mark.parametrize(
    ("steps", "planned", "finished", "says"),
    [
        (("break@a", "install:base@b=failed", "establish@a", "final"), ("establish@a", "final"), True, "given up, and failover is established"),
        (("install:base@b=failed", "establish@a=unknown"), ("establish@a", "final"), False, "unknown"),
        (("install:base@b", "export@b", "cutover@a"), ("export@b", "cutover@a"), False, "given up as far as it can be. There is no failover"),
        (("install:base@b", "export@b"), ("export@b", "cutover@a"), False, "not finished"),
    ],
)  # fmt: skip
def test_giving_up_is_judged_by_its_own_steps(
    steps: tuple[str, ...], planned: tuple[str, ...], finished: bool, says: str
) -> None:
    made = record(*steps)
    split = [text.partition("@") for text in planned]
    stages = [{"id": one, "title": one, "appliance": name or None, "window": "abort"} for one, _sep, name in split]
    made.set_plan({"fingerprint": "f", "given_up": True, "steps": stages})
    assert standing(made.data).finished is finished
    assert says in view(made.data).sentence


#: What a record of a pair may not keep, as a change to a good one.
MISSHAPEN: list[Callable[[dict[str, Any]], Any]] = [
    lambda data: data["plan"].update(pair="a"),
    lambda data: data["plan"].update(pair={"production": 1}),
    lambda data: data["plan"].update(steps=[{"id": "sync", "title": "Sync", "appliance": 1}]),
    lambda data: data["plan"].update(steps=[{"id": "sync", "title": "Sync", "window": []}]),
    lambda data: data["plan"].update(steps="none"),
    lambda data: data["snapshots"].update(before={"a": "yesterday"}),
    lambda data: data["snapshots"].update(after={"a": {"values": ["a"]}}),
    lambda data: data.update(snapshots=[]),
]


@pytest.mark.parametrize("change", MISSHAPEN)
def test_a_record_whose_parts_have_another_shape_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    made = record("sync@b", "break@a")
    planned = [{"id": "sync", "title": "Sync", "appliance": "b", "window": "first"}]
    made.set_plan({"fingerprint": "x", "pair": {"production": "a"}, "steps": planned})
    data = handover(made.data)
    assert complaint(data) is None
    change(data)
    assert complaint(data) is not None


def test_what_an_earlier_record_tells_of_the_break_counts_until_this_one_breaks_or_establishes() -> None:
    former = told("sync@b", "break@a", "cutover@b")
    assert (former.synced, former.broken_at, former.moved_to) == (True, START + PAUSE + 1, "b")
    assert with_former(Kept(), former) == replace(former, known=False)
    assert with_former(told("break@a"), former) == told("break@a")
    assert with_former(told("establish@a"), former) == told("establish@a")
    made = record()
    made.set_plan({"fingerprint": "x", "pair": {"production": "a", **carried(former)}, "steps": []})
    later = kept(made.data)
    assert later == replace(former, production="a")
    assert exposure(made.data) == Exposure(START + PAUSE + 1, None)
    with made.step("establish", step_id="establish", appliance="b") as step:
        step.progress("asking", request="press it")
        step.done("changed")
    assert (kept(made.data).synced, kept(made.data).broken_at) == (False, None)
    found = exposure(made.data)
    assert found is not None
    assert found.until is not None


def test_a_time_of_the_break_that_is_none_is_refused() -> None:
    made = record()
    made.set_plan({"fingerprint": "x", "pair": {"broken_at": "yesterday"}, "steps": []})
    assert complaint(handover(made.data)) is not None
