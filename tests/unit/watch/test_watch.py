# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which events follow from looks, one test for each rule."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils.models import Role
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import blank, iso
from ansible_collections.bomgar.appliance.plugins.module_utils.watch import (
    OVER,
    BoxSeen,
    Limits,
    Memory,
    SiteSeen,
    judge,
    under_way,
)
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT
from hypothesis import given
from hypothesis import strategies as st

SITE = "support.example.com"
GOOD = BoxSeen("a", answers=True, healthy=True, certificate_days=100.0)
DOWN = BoxSeen("a", answers=False, trouble="no route")
SICK = replace(GOOD, healthy=False, words="disk full")
DAY = 86_400.0


def looks(*boxes: BoxSeen, **more: Any) -> list[SiteSeen]:
    """Looks at a site with one appliance, a minute apart."""
    return [SiteSeen(SITE, 60.0 * number, (box,), **more) for number, box in enumerate(boxes)]


def pair(one: str, two: str, at: float = 0.0, **more: Any) -> SiteSeen:
    """A look at a pair in which both answer, but those of which the role is unknown."""
    boxes = tuple(BoxSeen(name, role != "unknown", role=Role(role)) for name, role in (("a", one), ("b", two)))
    return SiteSeen(SITE, at, boxes, roles_told=True, **more)


def told(seen: list[SiteSeen], **limits: Any) -> list[dict[str, Any]]:
    """All events of these looks."""
    memory, events = Memory(), []
    for each in seen:
        memory, more = judge(memory, each, Limits(**limits))
        events += more
    return events


def words(seen: list[SiteSeen], **limits: Any) -> list[str]:
    """Kind and state of each."""
    return [f"{event['kind']} {event['state']}" for event in told(seen, **limits)]


def test_nothing_is_said_of_what_is_well() -> None:
    assert words(looks(GOOD, GOOD, GOOD)) == []
    assert words([pair("primary", "backup", 60.0 * number) for number in range(4)]) == []


def test_unreachable_is_told_after_two_looks_and_once_and_when_it_is_over() -> None:
    assert words(looks(GOOD, DOWN, GOOD)) == []
    assert words(looks(GOOD, DOWN, DOWN, DOWN, GOOD, GOOD)) == ["unreachable raised", "unreachable cleared"]
    raised, cleared = told(looks(GOOD, DOWN, DOWN, GOOD))
    assert raised["since"] == cleared["since"] == iso(60.0)
    assert (raised["detail"], cleared["detail"]) == ("a does not answer: no route", OVER["unreachable"])
    assert raised["meta"] == {"hosts": [SITE], "reminder": False}
    assert raised["observed"]["appliance"] == "a"
    assert raised["observed"]["appliances"]["a"]["answers"] is False


def test_what_is_wrong_at_the_start_is_told() -> None:
    assert words(looks(DOWN, DOWN)) == ["unreachable raised"]
    assert words(looks(DOWN), looks=1) == ["unreachable raised"]


def test_unhealthy() -> None:
    assert words(looks(SICK, SICK, GOOD)) == ["unhealthy raised", "unhealthy cleared"]
    assert told(looks(SICK, SICK))[0]["detail"] == "a says that it is not healthy: disk full"


def test_what_is_not_told_stays_as_it_was() -> None:
    silent = replace(SICK, healthy=None)
    assert words(looks(SICK, SICK, silent, DOWN, SICK, SICK)) == ["unhealthy raised"]


def test_a_certificate_that_ends_or_is_refused() -> None:
    ending, refused = replace(GOOD, certificate_days=13.0), replace(DOWN, refusal="self-signed")
    assert words(looks(replace(GOOD, certificate_days=14.0))) == []
    assert words(looks(ending, ending, GOOD)) == ["certificate raised", "certificate cleared"]
    # One cause, one event.
    assert words(looks(refused, refused, GOOD)) == ["certificate raised", "certificate cleared"]
    assert "refused: self-signed" in told(looks(refused))[0]["detail"]


def test_roles_that_swap_by_themselves() -> None:
    before, after = pair("primary", "backup"), pair("backup", "primary", 60.0)
    assert words([before, after, after]) == ["role_swapped raised"]
    assert words([before, after, after, before]) == ["role_swapped raised", "role_swapped cleared"]
    assert told([before, after, after])[0]["detail"].startswith("b is primary and a was; no upgrade is under way")
    # The old primary is down, which is why.
    assert "role_swapped raised" in words([before, *[pair("unknown", "primary", 60.0)] * 2])
    # The first roles that are seen count as right.
    assert words([after, after]) == []


def test_roles_that_an_upgrade_swaps_are_the_right_ones_from_then_on() -> None:
    before, after = pair("primary", "backup"), pair("backup", "primary", 60.0)
    swapping = replace(after, upgrade=True)
    assert words([before, swapping, after, after], looks=1) == []
    assert words([before, after, after, swapping, after, after]) == ["role_swapped raised", "role_swapped cleared"]


def test_both_primary() -> None:
    both, good = pair("primary", "primary"), pair("primary", "backup")
    assert words([good, both, good]) == []
    assert words([good, both, both, pair("unknown", "primary"), good]) == [
        "both_primary raised",
        "both_primary cleared",
    ]


def test_failover_that_is_missing_for_too_long_by_what_is_seen() -> None:
    apart = [pair("none", "none", DAY * number) for number in range(4)]
    good = pair("primary", "backup", 5 * DAY)
    assert words(apart, failover_missing=3 * DAY) == []
    assert words([*apart, good], failover_missing=2 * DAY) == ["failover_missing raised", "failover_missing cleared"]
    assert told(apart, failover_missing=2 * DAY)[0]["since"] == iso(0.0)
    for roles in (("none", "backup"), ("backup", "backup")):
        assert words([pair(*roles, DAY * number) for number in range(2)], failover_missing=100) == [
            "failover_missing raised"
        ]
    # One that is down does not begin it, and does not end it.
    silent = [pair("unknown", "primary", DAY * number) for number in range(2)]
    assert "failover_missing raised" not in words(silent, failover_missing=100)
    lasting = [pair("none", "none"), pair("unknown", "none", DAY)]
    assert "failover_missing raised" in words(lasting, failover_missing=100)


def test_failover_that_is_missing_for_too_long_by_the_record() -> None:
    now = 30 * DAY
    (event,) = told([pair("none", "none", now, apart_since=20 * DAY)])
    assert (event["kind"], event["since"]) == ("failover_missing", iso(20 * DAY))
    assert words([pair("none", "none", now, apart_since=29 * DAY)]) == []
    # What the record tells of before there was failover again is of another time.
    assert words([pair("primary", "backup", now), pair("none", "none", now + 60, apart_since=20 * DAY)]) == []


def offering(*names: str, at: float = 0.0) -> SiteSeen:
    return SiteSeen(SITE, at, (BoxSeen("a"),), offers={"a": names})


def test_a_new_offer() -> None:
    assert words([offering()]) == []
    assert words([offering("Bomgar-11.1.1")]) == ["update_offered raised"]
    more = told([offering("one"), offering("one"), offering("one", "two")])
    assert [event["observed"]["new"] for event in more] == [["one"], ["two"]]
    # What is installed is gone from the offers, and is no news.
    assert words([offering("one", "two"), offering("two"), offering()]) == [
        "update_offered raised",
        "update_offered cleared",
    ]
    # Taken back and offered again is news.
    assert len(told([offering("one", "two"), offering("two"), offering("one", "two")])) == 2


def test_one_that_does_not_tell_its_offers_keeps_them() -> None:
    both = SiteSeen(SITE, 0.0, offers={"a": ("one",), "b": ("one",)})
    assert words([both, SiteSeen(SITE, 1.0, offers={"b": ()}), both]) == ["update_offered raised"]


def test_an_account_that_was_refused() -> None:
    refused = replace(GOOD, accounts={"api": "the account for api was refused", "login": None})
    silent, again = replace(GOOD, accounts={}), replace(GOOD, accounts={"api": None})
    events = told(looks(refused, silent, silent, again))
    assert [(event["kind"], event["state"], event["observed"]["about"]) for event in events] == [
        ("account_refused", "raised", "api"),
        ("account_refused", "cleared", "api"),
    ]


def test_what_cannot_be_read_is_not_watched() -> None:
    page = replace(GOOD, reads={"the Updates page": "not recognised"})
    assert words(looks(page, GOOD, replace(GOOD, reads={"the Updates page": None}))) == [
        "not_watched raised",
        "not_watched cleared",
    ]
    assert words([SiteSeen(SITE, 0.0, reads={"the look": "it hangs"})]) == ["not_watched raised"]


def test_reminders() -> None:
    lasting = looks(*[DOWN] * 10)
    assert words(lasting) == ["unreachable raised"]
    events = told(lasting, repeat=180.0)
    assert [event["observed"]["at"] for event in events] == [iso(60.0 * number) for number in (1, 4, 7)]
    assert [event["meta"]["reminder"] for event in events] == [False, True, True]
    assert {event["since"] for event in events} == {iso(0.0)}


def test_what_an_upgrade_leaves_is_told_again_when_it_has_ended() -> None:
    during, after = looks(DOWN, DOWN, DOWN, upgrade=True), looks(DOWN, DOWN)
    events = told([*during, *after])
    assert [event["observed"]["upgrade"] for event in events] == [True, False]
    assert words([*during, *looks(GOOD, GOOD)]) == ["unreachable raised", "unreachable cleared"]


def test_when_an_upgrade_is_under_way() -> None:
    begun = blank(SITE, {}, "role_swap", 1000.0)
    assert under_way(None, at_work=True, now=0.0)
    assert not under_way(None, at_work=False, now=0.0)
    assert under_way(begun, at_work=False, now=1000.0 + DAY / 2)
    assert not under_way(begun, at_work=False, now=1000.0 + 2 * DAY)
    step = {"id": "validation", "appliance": "a", "outcome": "unchanged", "started": iso(1000.0), "ended": iso(1000.0)}
    assert not under_way({**begun, "steps": [step]}, at_work=False, now=1100.0)


def test_the_documentation_tells_of_every_event() -> None:
    text = (ROOT / "docs/events.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", text.partition("| kind |")[2].partition("\n\n")[0], re.M)
    assert rows == list(OVER)


BOXES = st.builds(
    BoxSeen,
    st.just("a"),
    st.sampled_from([True, False, None]),
    healthy=st.sampled_from([True, False, None]),
    certificate_days=st.sampled_from([None, 3.0, 300.0]),
    refusal=st.sampled_from([None, None, "expired"]),
    accounts=st.dictionaries(st.sampled_from(["api", "login"]), st.sampled_from([None, "refused"])),
    reads=st.dictionaries(st.just("check_health"), st.sampled_from([None, "a page"])),
)
ROLES = st.sampled_from(["primary", "backup", "none", "unknown"])
SEEN = st.one_of(
    st.builds(lambda box, upgrade: looks(box, upgrade=upgrade)[0], BOXES, st.booleans()),
    st.builds(lambda one, two, upgrade: pair(one, two, upgrade=upgrade), ROLES, ROLES, st.booleans()),
    st.builds(lambda names: offering(*names), st.sets(st.sampled_from(["one", "two", "three"]))),
)


@given(st.lists(SEEN, max_size=30))
def test_whatever_is_seen_raised_and_cleared_take_turns(seen: list[SiteSeen]) -> None:
    """Only an upgrade that ends, and offers that grow, raise what is raised."""
    memory, standing = Memory(), {}
    for number, each in enumerate(seen):
        memory, events = judge(memory, replace(each, at=60.0 * number), Limits(failover_missing=100.0))
        for event in events:
            key = (event["kind"], event["observed"]["appliance"], event["observed"]["about"])
            before = standing.pop(key, None)
            if event["state"] == "cleared":
                assert before is not None
                continue
            by_upgrade = before is not None and before["observed"]["upgrade"] and not event["observed"]["upgrade"]
            assert before is None or by_upgrade or event["observed"]["new"]
            standing[key] = event
    assert standing.keys() == {key for key, wrong in memory.wrong.items() if wrong.told is not None}


@given(SEEN)
def test_the_same_again_and_again_is_told_once(seen: SiteSeen) -> None:
    events = told([replace(seen, at=float(number)) for number in range(10)])
    keys = [(event["kind"], event["observed"]["appliance"], event["observed"]["about"]) for event in events]
    assert len(keys) == len(set(keys))
