# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of an installation, judged look by look."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Kind, Outcome, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.verdict import (
    SETTLED_LOOKS,
    UNTRUSTED_SECONDS,
    Ending,
    Sight,
    Verdict,
    Watch,
)
from hypothesis import given
from hypothesis import strategies as st

OLD = Versions(site="10.5.3", base="3.2.4")
NEW = Versions(site="11.1.1", base="3.2.4")
DOWN = Sight(0, up=False)
BUSY = Sight(0, up=True, activity=Activity.BUSY)
IDLE = Sight(0, up=True, activity=Activity.IDLE)
GOOD = Sight(0, up=True, serving=True)
OLD_SEEN = Sight(0, up=True, activity=Activity.IDLE, versions=OLD)
NEW_SEEN = Sight(0, up=True, activity=Activity.IDLE, versions=NEW, serving=True)
FAILED = Sight(0, up=True, activity=Activity.FAILED, message="disk full", versions=OLD)


def watched(*sights: Sight, **options: object) -> tuple[Watch, Verdict | None]:
    watch = Watch(OLD, Kind.SITE, "11.1.1", **options)  # type: ignore[arg-type]
    verdict = None
    for at, sight in enumerate(sights):
        watch, verdict = watch.see(Sight(**{**sight.__dict__, "at": float(at)}))
        if verdict is not None:
            break
    return watch, verdict


def test_the_new_version_on_an_idle_appliance_is_installed() -> None:
    watch, verdict = watched(BUSY, DOWN, DOWN, GOOD, NEW_SEEN)
    assert verdict == Verdict(Ending.INSTALLED, Outcome.CHANGED)
    assert watch.outages == ((1.0, 3.0),)


def test_the_new_version_while_the_page_is_busy_is_not_yet_the_end() -> None:
    assert watched(BUSY, Sight(0, True, Activity.BUSY, NEW))[1] is None


def test_a_page_that_never_stops_working_does_not_outweigh_the_versions_for_ever() -> None:
    new_while_busy = Sight(0, True, Activity.BUSY, NEW, serving=True)
    assert watched(DOWN, *[new_while_busy] * (SETTLED_LOOKS - 1))[1] is None
    verdict = watched(DOWN, *[new_while_busy] * SETTLED_LOOKS)[1]
    assert verdict is not None
    assert verdict.ending is Ending.INSTALLED
    old_while_busy = Sight(0, True, Activity.BUSY, OLD)
    assert watched(DOWN, *[new_while_busy] * 4, old_while_busy, new_while_busy)[1] is None


def test_the_new_version_without_a_serving_site_is_not_yet_the_end() -> None:
    watch, verdict = watched(DOWN, Sight(0, True, Activity.IDLE, NEW))
    assert verdict is None
    assert watch.at_deadline().ending is Ending.NOT_SERVING
    assert watch.see(GOOD)[1] == Verdict(Ending.INSTALLED, Outcome.CHANGED)


def test_the_old_version_counts_only_after_the_appliance_has_settled() -> None:
    assert watched(DOWN, *[OLD_SEEN] * (SETTLED_LOOKS - 1))[1] is None
    verdict = watched(DOWN, *[OLD_SEEN] * SETTLED_LOOKS)[1]
    assert verdict is not None
    assert (verdict.ending, verdict.outcome) == (Ending.OLD_VERSION, Outcome.FAILED)


def test_another_restart_in_between_starts_the_count_again() -> None:
    sights = [DOWN, *[OLD_SEEN] * (SETTLED_LOOKS - 1), DOWN, *[OLD_SEEN] * (SETTLED_LOOKS - 1)]
    assert watched(*sights)[1] is None


def test_before_anything_stirs_the_old_version_says_nothing() -> None:
    watch, verdict = watched(*[OLD_SEEN] * 50)
    assert verdict is None
    assert watch.at_start_deadline() == Verdict(Ending.NEVER_BEGAN, Outcome.UNKNOWN)


def test_a_message_of_failure_ends_it_with_its_words() -> None:
    assert watched(BUSY, FAILED)[1] == Verdict(Ending.MESSAGE, Outcome.FAILED, "disk full")


def test_a_message_that_stood_there_before_is_no_news_until_something_happens() -> None:
    assert watched(FAILED, FAILED, old_message="disk full")[1] is None
    verdict = watched(FAILED, BUSY, FAILED, old_message="disk full")[1]
    assert verdict is not None
    assert verdict.ending is Ending.MESSAGE


def test_the_versions_count_more_than_a_message() -> None:
    sight = Sight(0, True, Activity.FAILED, NEW, "some older trouble")
    assert watched(BUSY, sight)[1] == Verdict(Ending.INSTALLED, Outcome.CHANGED)


@pytest.mark.parametrize(
    ("sights", "ending", "outcome"),
    [
        ([DOWN], Ending.NEVER_CAME_BACK, Outcome.FAILED),
        ([BUSY], Ending.STILL_BUSY, Outcome.UNKNOWN),
        ([DOWN, GOOD], Ending.UNKNOWN, Outcome.UNKNOWN),
    ],
)
def test_at_the_deadline(sights: list[Sight], ending: Ending, outcome: Outcome) -> None:
    watch, verdict = watched(*sights)
    assert verdict is None
    assert (watch.at_deadline().ending, watch.at_deadline().outcome) == (ending, outcome)


def test_without_an_expected_version_any_change_counts() -> None:
    watch = Watch(OLD)
    assert watch.see(OLD_SEEN)[1] is None
    assert watch.see(Sight(0, True, Activity.IDLE, Versions(base="3.2.6")))[1] == Verdict(
        Ending.INSTALLED, Outcome.CHANGED
    )
    assert not watch.reached(Versions(base=None, site=None))


sights = st.lists(st.sampled_from([DOWN, BUSY, IDLE, GOOD, OLD_SEEN, FAILED]), max_size=40)


@given(sights)
def test_without_the_new_version_it_is_never_called_installed(seen: list[Sight]) -> None:
    watch, verdict = watched(*seen)
    assert (verdict or watch.at_deadline()).outcome is not Outcome.CHANGED
    assert all(up >= down for down, up in watch.outages)


UNTRUSTED = Sight(0, up=False, untrusted=True, message="self-signed")


def test_a_certificate_that_is_not_trusted_is_not_taken_for_an_appliance_that_is_gone() -> None:
    watch, verdict = watched(BUSY, UNTRUSTED)
    assert verdict is None
    assert watch.at_deadline() == Verdict(Ending.NOT_TRUSTED, Outcome.UNKNOWN, "self-signed")
    late = Sight(UNTRUSTED_SECONDS + 1.0, up=False, untrusted=True, message="self-signed")
    assert watch.see(late)[1] == Verdict(Ending.NOT_TRUSTED, Outcome.UNKNOWN, "self-signed")


def test_one_that_is_only_shown_for_a_while_is_no_matter() -> None:
    watch, _verdict = watched(UNTRUSTED, DOWN)
    late = Sight(UNTRUSTED_SECONDS + 1.0, up=False, untrusted=True)
    assert watch.see(late)[1] is None
    assert watched(UNTRUSTED, GOOD, NEW_SEEN)[1] == Verdict(Ending.INSTALLED, Outcome.CHANGED)


@pytest.mark.parametrize(
    ("before", "sure", "ending"),
    [
        (OLD, True, Ending.OLD_VERSION),
        (OLD, False, Ending.ENDED),
        (Versions(base="3.2.4"), True, Ending.ENDED),
        (Versions(), True, Ending.ENDED),
    ],
)
def test_without_a_sure_start_an_end_is_only_an_end(before: Versions, sure: bool, ending: Ending) -> None:
    """Nobody can say of an update that was found running whether what runs now is the old version or the new."""
    watch, verdict = Watch(before, stirred=True, before_is_sure=sure), None
    for _look in range(SETTLED_LOOKS):
        watch, verdict = watch.see(OLD_SEEN)
    assert verdict is not None
    assert verdict.ending is ending
