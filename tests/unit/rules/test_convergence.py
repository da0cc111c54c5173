# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a timetable does about a site, one rule a case, and the exit code that tells how sites stand."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import convergence
from ansible_collections.bomgar.appliance.plugins.module_utils.convergence import CODES, Decision, Site
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import blank, complaint

SITE = "support.example.com"
WISH = {"site": "11.1.1", "base": "3.2.6"}
SUNDAY = {"every": "sunday", "at": "02:00", "hours": 4, "timezone": "UTC"}
SINGLE = {"target": WISH, "windows": [SUNDAY]}
PAIR = {
    "appliances": {"a": {}, "b": {}},
    "path": "role_swap",
    "target": WISH,
    "windows": [{**SUNDAY, "window": "first"}, {**SUNDAY, "every": "monday", "window": "second"}],
}
FIRST = [("install:x", "a", "first")]
BOTH = [*FIRST, ("install:x", "b", "second"), ("final", None, "second")]


def at(day: int, hour: int) -> datetime:
    """In February 2027; the 7th is a Sunday."""
    return datetime(2027, 2, day, hour, tzinfo=timezone.utc)


INSIDE, OUTSIDE, MONDAY = at(7, 3), at(7, 7), at(8, 3)


def record(given: dict[str, Any], plan: list[Any], *steps: tuple[str, str | None, str], **more: Any) -> dict[str, Any]:
    """A record of this wish: the planned steps, and the outcomes of those that were begun (`open`: without an end)."""
    data = blank(SITE, given["target"], given.get("path", "automatic"), 1.0)
    data["plan"] = {"steps": [{"id": i, "title": i, "appliance": a, "window": w} for i, a, w in plan], **more}
    for name, box, outcome in steps:
        ended = outcome != "open"
        data["steps"].append(
            {
                "id": name,
                "title": name,
                "module": "update",
                "appliance": box,
                "run": "r",
                "started": "2027-02-07T02:00:00.000Z",
                "ended": "2027-02-07T02:30:00.000Z" if ended else None,
                "outcome": outcome if ended else None,
                "detail": "",
                "action": "",
                "evidence": {"before": None, "after": None, "observations": [], "requests": []},
                "facts": {},
            }
        )
    assert complaint(data) is None
    return data


def decide(given: dict[str, Any], now: datetime, known: Any = None, **options: Any) -> Decision:
    return convergence.decide(Site(SITE, given, known), now, **options)


def single(*steps: tuple[str, str | None, str]) -> dict[str, Any]:
    return record(SINGLE, [("install:x", None, None), ("validation", None, None)], *steps)


GOOD = single(("install:x", None, "changed"), ("validation", None, "unchanged"))
HALF = record(PAIR, BOTH, ("install:x", "a", "changed"))


def test_outside_its_windows_it_says_when_something_would_be_done() -> None:
    found = decide(SINGLE, OUTSIDE)
    assert (found.act, found.ask, found.word) == (False, False, "good")
    assert found.line == (
        "support.example.com: wanted is site 11.1.1, base 3.2.6; no upgrade to that has begun. "
        "Outside its windows nothing is sent; next: Sunday 2027-02-14 02:00 UTC to 06:00"
    )


def test_in_a_window_it_acts_until_its_end() -> None:
    found = decide(SINGLE, INSIDE)
    assert (found.act, found.window, found.ends) == (True, "", "2027-02-07T06:00:00+00:00")
    assert "now is its Sunday 2027-02-07 02:00 UTC to 06:00" in found.line


@pytest.mark.parametrize(
    ("known", "word", "acts"),
    [
        (None, "good", True),
        (GOOD, "good", True),  # seen anew in every window: somebody may have changed it
        ({**GOOD, "wish": {"site": "10.1.1"}}, "good", True),
        ({**single(("install:x", None, "failed")), "path": "manual"}, "good", True),
        (single(("install:x", None, "changed")), "unfinished", True),
        (single(("readiness", None, "refused")), "refused", True),
        (single(("install:x", None, "unknown")), "unknown", True),
        (single(("install:x", None, "open")), "unknown", True),
        (single(("install:x", None, "failed")), "failed", False),
        (record(SINGLE, [], given_up=True), "failed", False),
    ],
)
def test_how_a_site_stands_by_its_record(known: Any, word: str, acts: bool) -> None:
    outside = decide(SINGLE, OUTSIDE, known)
    assert (outside.act, outside.word) == (False, word)
    inside = decide(SINGLE, INSIDE, known)
    assert (inside.act, inside.word) == (acts, "unknown" if acts else "failed")
    if not acts:
        assert "converge_again: true" in inside.line
    assert decide(SINGLE, INSIDE, known, again=True).act
    assert not decide(SINGLE, OUTSIDE, known, again=True).act


def test_what_was_finished_is_said_so_outside() -> None:
    assert (
        "support.example.com was" in decide(SINGLE, OUTSIDE, GOOD).line or "done" in decide(SINGLE, OUTSIDE, GOOD).line
    )
    assert "It is not asked outside its windows" in decide(SINGLE, OUTSIDE, GOOD).line


def test_a_site_for_which_nothing_would_ever_be_done() -> None:
    assert decide({"target": WISH}, INSIDE).word == "wrong"
    past = {"target": WISH, "windows": [{"starts": "2027-01-01T00:00:00Z", "ends": "2027-01-01T01:00:00Z"}]}
    found = decide(past, INSIDE)
    assert (found.act, found.word) == (False, "unfinished")
    assert "no window is to come" in found.line
    assert decide(past, INSIDE, GOOD).word == "good"
    assert decide(past, INSIDE, single(("install:x", None, "failed"))).word == "failed"


def test_of_a_pair_the_window_that_is_due_is_asked_for_first() -> None:
    found = decide(PAIR, INSIDE)
    assert (found.act, found.ask) == (False, True)
    assert not decide(PAIR, OUTSIDE).ask


@pytest.mark.parametrize(
    ("now", "due", "window", "line"),
    [
        (INSIDE, "first", "first", "now is its first window"),
        (MONDAY, "second", "second", "now is its second window"),
        (
            INSIDE,
            "second",
            "",
            "now is the first window, and what is due belongs into the second one; next: second window Monday 2027-02-08",
        ),
        (
            MONDAY,
            "first",
            "",
            "now is the second window, and what is due belongs into the first one; next: first window Sunday 2027-02-14",
        ),
        (INSIDE, "", "", "nothing to do, both appliances run it"),
    ],
)
def test_a_pair_is_worked_on_only_in_the_window_that_is_due(now: datetime, due: str, window: str, line: str) -> None:
    found = decide(PAIR, now, HALF, due=due)
    assert (found.act, found.ask, found.window) == (bool(window), False, window)
    assert line in found.line
    assert found.word == ("unknown" if window else "unfinished" if due else "good")


def test_where_both_windows_are_open_the_one_that_is_due_is_taken() -> None:
    given = {**PAIR, "windows": [{**SUNDAY, "window": "first"}, {**SUNDAY, "hours": 3, "window": "second"}]}
    assert [decide(given, INSIDE, HALF, due=kind).window for kind in ("first", "second")] == ["first", "second"]


def test_a_plan_that_cannot_go_on_is_told_by_the_upgrade() -> None:
    assert decide(PAIR, INSIDE, HALF, due="", stuck=True).act


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (None, "next: first window Sunday 2027-02-14"),
        (HALF, "next: second window Monday 2027-02-08"),
        (record(PAIR, BOTH), "next: first window Sunday 2027-02-14"),
        (record(PAIR, BOTH, ("install:x", "a", "refused")), "next: first window Sunday 2027-02-14"),
        (
            record(PAIR, BOTH, ("install:x", "a", "changed"), ("install:x", "b", "refused")),
            "next: second window Monday 2027-02-08",
        ),
    ],
)
def test_outside_the_record_tells_which_window_of_a_pair_is_next(known: Any, words: str) -> None:
    assert words in decide(PAIR, at(7, 12), known).line


def test_nobody_signs_off_what_is_yet_to_come() -> None:
    given = {**PAIR, "signed_off_by": "Ada"}
    for found in (decide(given, OUTSIDE), decide(given, INSIDE, due="first"), decide(given, INSIDE, HALF, due="first")):
        assert (found.act, found.word) == (False, "wrong")
        assert "Ada signed off (bomgar_signed_off_by)" in found.line
    assert decide(given, MONDAY, HALF, due="second").act
    assert decide({**SINGLE, "signed_off_by": "Ada"}, INSIDE).act, "of one appliance nobody signs off"


def test_giving_up_is_done_by_hand() -> None:
    for value in (True, "yes"):
        found = decide({**PAIR, "abort": value}, INSIDE)
        assert (found.act, found.ask, found.word) == (False, False, "wrong")
    assert decide({**PAIR, "abort": False}, INSIDE).ask


def test_the_exit_code_is_that_of_the_worst() -> None:
    assert [convergence.code([word]) for word in CODES] == [0, 10, 11, 12, 13, 14]
    assert convergence.code(CODES) == 14
    assert convergence.code(["good", "refused", "unfinished"]) == 12
    assert convergence.code([]) == 11, "no site at all"
    assert not {*CODES.values()} & {1, 2, 3, 4, 5, 6, 99, 250}, "ansible-playbook's own"


def error(reason: str, outcome: str) -> dict[str, Any]:
    return {"error": {"reason": reason}, "outcome": outcome}


@pytest.mark.parametrize(
    ("result", "role", "action", "word"),
    [
        (error("bad_input", "refused"), "plan", "bomgar.appliance.plan", "wrong"),
        (error("missing_library", "refused"), "", "bomgar.appliance.info", "wrong"),
        (error("bad_input", "unknown"), "", "bomgar.appliance.update", "unknown"),
        (error("another_run", "refused"), "", "bomgar.appliance.update", "refused"),
        (error("authentication", "refused"), "", "bomgar.appliance.plan", "refused"),
        (error("failed", "failed"), "single_upgrade", "bomgar.appliance.update", "failed"),
        (error("failed", "unknown"), "single_upgrade", "bomgar.appliance.update", "unknown"),
        (error("new", "what"), "", "bomgar.appliance.update", "unknown"),
        ({}, "site", "ansible.builtin.assert", "wrong"),
        ({}, "site", "ansible.builtin.fail", "refused"),
        ({}, "", "ansible.builtin.fail", "failed"),
        ({}, "readiness", "ansible.builtin.assert", "refused"),
        ({}, "pair_upgrade", "ansible.builtin.assert", "refused"),
        ({}, "plan", "ansible.builtin.assert", "refused"),
        ({}, "validation", "ansible.builtin.assert", "failed"),
        ({}, "", "ansible.builtin.assert", "failed"),
        ({}, "site", "ansible.builtin.set_fact", "failed"),
        ({"exception": "Traceback"}, "single_upgrade", "bomgar.appliance.update", "unknown"),
        ({}, "", "ansible.builtin.uri", "failed"),
    ],
)
def test_what_a_failed_task_means(result: dict[str, Any], role: str, action: str, word: str) -> None:
    assert convergence.failure(result, role, action) == word
