# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sync came to, by what the backup shows: one test for each rule, and that nothing is proven without time and state."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import SyncState
from ansible_collections.bomgar.appliance.plugins.module_utils.sync_watch import (
    SETTLED_LOOKS,
    SyncEnding,
    SyncSight,
    SyncWatch,
)
from hypothesis import given
from hypothesis import strategies as st

WATERMARK = 1000.0
STATUS = {
    "good": SyncState.GOOD,
    "running": SyncState.RUNNING,
    "failed": SyncState.FAILED,
    "odd": SyncState.UNKNOWN,
}
#: The last sync before: good, and older than the watermark.
BEFORE = SyncSight(900.0, None, "good", SyncState.GOOD)
#: The same on a page that tells no zone.
PAGE = SyncSight(None, "23 Nov 03:00", "good", SyncState.GOOD)


def api(time: float | None, status: str = "good") -> SyncSight:
    return SyncSight(time, None, status, STATUS[status])


def page(text: str | None, status: str = "good") -> SyncSight:
    return SyncSight(None, text, status, STATUS[status])


SILENT = SyncSight(None, None, None, SyncState.UNKNOWN, known=False)


def watched(*sights: SyncSight, **more: object) -> tuple[SyncWatch, list[SyncEnding | None]]:
    """A watch over these looks, to its end at the latest; the endings by look."""
    watch = SyncWatch(**{"before": BEFORE, "watermark": WATERMARK, **more})  # type: ignore[arg-type]
    endings: list[SyncEnding | None] = []
    for sight in sights:
        watch, ending = watch.see(sight)
        endings.append(ending)
        if ending is not None:
            break
    return watch, endings


def ending(*sights: SyncSight, **more: object) -> SyncEnding | None:
    return watched(*sights, **more)[1][-1]


class TestProven:
    """A newer time and a good state, by one clock."""

    def test_a_newer_time_with_success(self) -> None:
        assert ending(api(1001.0)) is SyncEnding.PROVEN

    def test_after_it_was_seen_running(self) -> None:
        assert watched(api(900.0, "running"), api(1060.0))[1] == [None, SyncEnding.PROVEN]

    def test_though_the_answer_was_a_refusal(self) -> None:
        assert ending(api(1001.0), refused=True) is SyncEnding.PROVEN

    def test_though_some_looks_got_no_answer(self) -> None:
        assert watched(SILENT, SILENT, api(1001.0))[1] == [None, None, SyncEnding.PROVEN]

    def test_after_a_failed_one_before(self) -> None:
        assert ending(api(1001.0), before=api(900.0, "failed")) is SyncEnding.PROVEN

    @pytest.mark.parametrize("time", [900.0, 899.0, 999.9, 1000.0, None])
    def test_not_by_success_with_an_old_time(self, time: float | None) -> None:
        """What lies shows the status of the sync before, or its time; at the watermark itself it may have begun before."""
        assert ending(*[api(time)] * 50) is None

    def test_not_by_the_time_from_before_though_it_lies_ahead_of_the_watermark(self) -> None:
        """The primary's clock may be ahead, and nothing says whose clock that time is of."""
        before = api(1120.0)
        assert ending(*[before] * 50, before=before) is None
        assert ending(api(1121.0), before=before) is SyncEnding.PROVEN

    def test_not_while_it_runs(self) -> None:
        assert ending(*[api(1001.0, "running")] * 50) is None

    def test_not_in_words_that_nobody_listed(self) -> None:
        assert ending(api(1001.0, "odd")) is None

    def test_not_by_a_page_against_the_time_of_an_interface(self) -> None:
        """Of two clocks only one counts: a text says nothing where a time was told before."""
        assert ending(*[page("23 Nov 04:00")] * 50) is None
        assert ending(*[page("23 Nov 04:00")] * 50, watermark=None) is None


class TestWithoutAWatermark:
    """Releases whose clock is not told: what was shown before is the mark."""

    def test_a_later_time_than_before(self) -> None:
        assert ending(api(901.0), watermark=None) is SyncEnding.PROVEN

    @pytest.mark.parametrize("time", [900.0, 899.0])
    def test_not_the_same_nor_an_earlier_one(self, time: float) -> None:
        assert ending(*[api(time)] * 50, watermark=None) is None

    def test_a_time_where_there_was_none(self) -> None:
        assert ending(api(5.0), before=api(None), watermark=None) is SyncEnding.PROVEN
        assert ending(page("23 Nov 04:00"), before=page(None), watermark=None) is SyncEnding.PROVEN

    def test_another_text_than_before(self) -> None:
        assert ending(page("23 Nov 04:00"), before=PAGE, watermark=None) is SyncEnding.PROVEN

    def test_not_the_same_text(self) -> None:
        assert ending(*[page("23 Nov 03:00")] * 50, before=PAGE, watermark=None) is None

    def test_not_no_text(self) -> None:
        assert ending(*[page(None)] * 50, before=PAGE, watermark=None) is None

    def test_not_another_text_with_a_time_that_is_older(self) -> None:
        before = SyncSight(900.0, "03:00 UTC", "good", SyncState.GOOD)
        older = SyncSight(899.0, "02:59 UTC", "good", SyncState.GOOD)
        assert ending(*[older] * 50, before=before, watermark=None) is None


class TestFailed:
    """The words say so, and they are not those of the sync before."""

    def test_with_a_newer_time(self) -> None:
        assert ending(api(1001.0, "failed")) is SyncEnding.FAILED

    def test_where_it_was_another_status_before(self) -> None:
        assert ending(api(900.0, "failed")) is SyncEnding.FAILED

    def test_after_it_was_seen_running(self) -> None:
        before = api(900.0, "failed")
        assert watched(api(900.0, "running"), before, before=before)[1] == [None, SyncEnding.FAILED]

    def test_not_by_the_status_from_before_the_press(self) -> None:
        before = api(900.0, "failed")
        assert ending(*[before] * 50, before=before) is None
        assert watched(before, before, api(1001.0), before=before)[1][-1] is SyncEnding.PROVEN


class TestRefused:
    """Asked for, said no, and nothing moves."""

    def test_after_some_looks(self) -> None:
        assert watched(*[api(900.0)] * 9, refused=True)[1] == [None] * (SETTLED_LOOKS - 1) + [SyncEnding.REFUSED]

    def test_not_once_it_was_seen_running(self) -> None:
        assert SyncEnding.REFUSED not in watched(api(900.0, "running"), *[api(900.0)] * 9, refused=True)[1]

    def test_not_without_a_refusal(self) -> None:
        assert ending(*[api(900.0)] * 50) is None


class TestWords:
    """A sync has ended, in words that nobody listed."""

    def test_after_some_looks(self) -> None:
        assert watched(*[api(1001.0, "odd")] * 9)[1] == [None] * (SETTLED_LOOKS - 1) + [SyncEnding.WORDS]

    def test_they_may_be_those_of_a_moment(self) -> None:
        odd = [api(1001.0, "odd")] * (SETTLED_LOOKS - 1)
        assert ending(*odd, api(1001.0)) is SyncEnding.PROVEN
        assert ending(*odd, api(1001.0, "running"), *odd) is None
        assert ending(*odd, api(1002.0, "odd"), *odd[1:]) is None, "another time begins the count anew"

    def test_not_with_an_old_time(self) -> None:
        assert ending(*[api(900.0, "odd")] * 50) is None


def test_a_sync_that_ran_and_left_its_old_time_is_said_at_once() -> None:
    looks = watched(api(900.0, "running"), *[api(900.0)] * 9)[1]
    assert looks == [None] * SETTLED_LOOKS + [SyncEnding.OLD_TIME]


@pytest.mark.parametrize(
    ("sights", "found"),
    [
        ([], SyncEnding.UNKNOWN),
        ([SILENT], SyncEnding.UNKNOWN),
        ([api(900.0, "running"), SILENT], SyncEnding.UNKNOWN),
        ([SILENT, api(900.0, "running")], SyncEnding.STILL_RUNNING),
        ([api(1001.0, "running")], SyncEnding.STILL_RUNNING),
        ([api(900.0)], SyncEnding.OLD_TIME),
        ([api(None)], SyncEnding.OLD_TIME),
        ([api(900.0, "odd")], SyncEnding.OLD_TIME),
        ([api(1001.0, "odd")], SyncEnding.WORDS),
    ],
)
def test_at_the_deadline_the_newest_look_counts(sights: list[SyncSight], found: SyncEnding) -> None:
    watch, endings = watched(*sights)
    assert set(endings) <= {None}
    assert watch.at_deadline() is found


times = st.sampled_from([None, 899.0, 900.0, 999.0, 1000.0, 1001.0, 1060.0])
texts = st.sampled_from([None, "23 Nov 03:00", "23 Nov 04:00"])
states = st.sampled_from(list(SyncState))
sights = st.builds(SyncSight, times, texts, st.sampled_from(["one", "two"]), states, st.booleans())


@given(
    st.builds(SyncSight, times, texts, st.just("one"), states),
    st.sampled_from([None, WATERMARK]),
    st.booleans(),
    st.lists(sights, max_size=20),
)
def test_nothing_is_proven_without_a_newer_time_and_a_good_state(
    before: SyncSight, watermark: float | None, refused: bool, looks: list[SyncSight]
) -> None:
    watch = SyncWatch(before, watermark, refused)
    seen: list[SyncSight] = []
    for sight in looks:
        watch, found = watch.see(sight)
        seen.append(sight)
        if found is SyncEnding.PROVEN:
            assert sight.known
            assert sight.state is SyncState.GOOD
            assert (sight.time, sight.text) != (before.time, before.text)
            marks = [mark for mark in (watermark, before.time) if mark is not None]
            if sight.time is not None and marks:
                assert sight.time > max(marks)
            else:
                assert before.time is None
        if found is SyncEnding.FAILED:
            assert sight.state is SyncState.FAILED
        if found is SyncEnding.WORDS:
            assert sight.state is SyncState.UNKNOWN
        if found is not None:
            assert sight.known
            return
    assert watch.at_deadline() not in (SyncEnding.PROVEN, SyncEnding.FAILED, SyncEnding.REFUSED)
    if not seen or not seen[-1].known:
        assert watch.at_deadline() is SyncEnding.UNKNOWN


@pytest.mark.parametrize(
    ("before", "sight", "between"),
    [
        (api(None), api(990.0), True),
        (BEFORE, api(990.0), True),
        (BEFORE, api(1000.0), True),
        (BEFORE, api(1001.0), False),
        (BEFORE, BEFORE, False),
        (BEFORE, api(100.0), False),
        (BEFORE, api(None), False),
        (PAGE, page("23 Nov 03:00"), False),
    ],
)
def test_a_sync_in_between_is_told_by_its_time(before: SyncSight, sight: SyncSight, between: bool) -> None:
    assert watched(sight, before=before)[0].another is between


def test_without_a_look_there_is_none_in_between() -> None:
    assert watched(SILENT)[0].another is False
