# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows as data: which are open, which comes next, over the changes of the clocks; and what is said of wrong ones."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import timetable
from ansible_collections.bomgar.appliance.plugins.module_utils.timetable import next_after, open_at, problem
from hypothesis import example, given
from hypothesis import strategies as st

ROME = zoneinfo.ZoneInfo("Europe/Rome")
ONCE = {"starts": "2027-02-07T02:00:00+01:00", "ends": "2027-02-07T06:00:00+01:00"}
SUNDAYS = {"every": "sunday", "at": "02:00", "hours": 4, "timezone": "Europe/Rome"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def opens(window: dict[str, Any], now: str) -> list[str]:
    """When the windows that are open end, in UTC."""
    return [f"{one.ends.astimezone(timezone.utc):%Y-%m-%d %H:%M}" for one in open_at([window], utc(now))]


def comes(window: dict[str, Any], now: str) -> str:
    """When the next one begins, in UTC."""
    found = next_after([window], utc(now))
    return "" if found is None else f"{found.starts.astimezone(timezone.utc):%Y-%m-%d %H:%M}"


def test_one_that_is_written_down_once() -> None:
    assert (opens(ONCE, "2027-02-07 00:59"), comes(ONCE, "2027-02-07 00:59")) == ([], "2027-02-07 01:00")
    assert opens(ONCE, "2027-02-07 01:00") == ["2027-02-07 05:00"]
    assert opens(ONCE, "2027-02-07 04:59") == ["2027-02-07 05:00"]
    assert (opens(ONCE, "2027-02-07 05:00"), comes(ONCE, "2027-02-07 05:00")) == ([], "")


def test_one_that_yaml_read_as_a_time() -> None:
    window = {key: datetime.fromisoformat(text) for key, text in ONCE.items()}
    assert problem([window]) is None
    assert opens(window, "2027-02-07 01:00") == ["2027-02-07 05:00"]


@pytest.mark.parametrize(
    ("every", "day"),
    [
        ("sunday", "2027-02-07"),
        ("first sunday", "2027-02-07"),
        ("First  Tuesday", "2027-02-02"),
        ("second tuesday", "2027-02-09"),
        ("third monday", "2027-02-15"),
        ("fourth sunday", "2027-02-28"),
        ("last sunday", "2027-02-28"),
        ("last monday", "2027-02-22"),
        ("day", "2027-02-02"),
    ],
)
def test_the_days_on_which_one_comes_again(every: str, day: str) -> None:
    window = {**SUNDAYS, "every": every, "timezone": "UTC"}
    assert problem([window]) is None
    assert comes(window, "2027-02-01 02:00") == f"{day} 02:00"


@pytest.mark.parametrize(
    ("at", "starts", "ends"),
    [
        # On 2027-03-28 the clock in Rome goes from 02:00 to 03:00, at 01:00 UTC; four hours are four hours.
        ("01:00", "2027-03-28 00:00", "2027-03-28 04:00"),
        ("02:00", "2027-03-28 01:00", "2027-03-28 05:00"),
        ("02:30", "2027-03-28 01:30", "2027-03-28 05:30"),  # which it never shows
        ("03:00", "2027-03-28 01:00", "2027-03-28 05:00"),
    ],
)
def test_when_clocks_go_forward(at: str, starts: str, ends: str) -> None:
    window = {**SUNDAYS, "at": at}
    assert comes(window, "2027-03-27 20:00") == starts
    assert opens(window, starts) == [ends]


@pytest.mark.parametrize(
    ("at", "starts", "ends"),
    [
        # On 2027-10-31 the clock in Rome goes from 03:00 back to 02:00, at 01:00 UTC.
        ("01:00", "2027-10-30 23:00", "2027-10-31 03:00"),
        ("02:30", "2027-10-31 00:30", "2027-10-31 04:30"),  # which it shows twice: the first time
        ("03:00", "2027-10-31 02:00", "2027-10-31 06:00"),
    ],
)
def test_when_clocks_go_back(at: str, starts: str, ends: str) -> None:
    window = {**SUNDAYS, "at": at}
    assert comes(window, "2027-10-30 20:00") == starts
    assert opens(window, starts) == [ends]
    assert comes(window, "2027-10-31 23:00")[:10] == "2027-11-07"


def test_it_is_said_by_the_clock_of_its_zone() -> None:
    found = next_after([{**SUNDAYS, "window": "first"}], utc("2027-07-01 00:00"))
    assert found is not None
    assert found.words == "first window Sunday 2027-07-04 02:00 CEST to 06:00"
    (open_now,) = open_at([{**SUNDAYS, "hours": 30}], utc("2027-07-04 23:00"))
    assert open_now.words == "Sunday 2027-07-04 02:00 CEST to Monday 2027-07-05 08:00 CEST"


def test_over_midnight_and_over_several_days() -> None:
    assert opens({**SUNDAYS, "at": "22:00", "hours": 6}, "2027-02-08 02:59") == ["2027-02-08 03:00"]
    assert opens({**SUNDAYS, "hours": 168}, "2027-02-13 23:00") == ["2027-02-14 01:00"]


def test_of_several_that_are_open_the_one_that_ends_last_counts_for_each_kind() -> None:
    windows = [
        {**SUNDAYS, "window": "first"},
        {**SUNDAYS, "hours": 6, "window": "first"},
        {**SUNDAYS, "hours": 5, "window": "second"},
    ]
    found = {one.kind: f"{one.ends:%H:%M}" for one in open_at(windows, utc("2027-02-07 02:00"))}
    assert found == {"first": "08:00", "second": "07:00"}
    after = next_after(windows, utc("2027-02-07 02:00"), "second")
    assert after is not None
    assert (after.kind, f"{after.starts:%Y-%m-%d}") == ("second", "2027-02-14")


def test_no_window_is_ever_open_or_next() -> None:
    assert (open_at([], utc("2027-02-07 02:00")), next_after([], utc("2027-02-07 02:00"))) == ((), None)


_ZONES = st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
_EVERY = st.sampled_from(
    ["day", *timetable.WEEKDAYS, *(f"{which} {day}" for which in timetable.WHICH for day in timetable.WEEKDAYS)]
)
_NOWS = st.integers(1767225600, 2082758400).map(lambda second: datetime.fromtimestamp(second, timezone.utc))


@given(_EVERY, st.times(), st.floats(0.25, 168), _ZONES, _NOWS)
@example("sunday", time(2, 30), 1.0, "Europe/Rome", utc("2027-10-31 01:15"))
def test_what_comes_next_is_open_when_it_has_come(every: str, at: Any, hours: float, zone: str, now: datetime) -> None:
    window = {"every": every, "at": f"{at:%H:%M}", "hours": hours, "timezone": zone}
    assert problem([window]) is None
    following = next_after([window], now)
    assert following is not None
    starts, ends = following.starts.timestamp(), following.ends.timestamp()
    assert now.timestamp() < starts <= now.timestamp() + 37 * 86400
    assert abs(ends - starts - hours * 3600) < 1e-3
    begun = datetime.fromtimestamp(starts, timezone.utc)
    assert following in open_at([window], begun) or hours > 24  # of several days the longest counts
    for one in open_at([window], now):
        assert one.starts.timestamp() <= now.timestamp() < one.ends.timestamp()
    # By the clock of the zone it is that day and time, but for what the clock skips.
    local = following.starts.astimezone(zoneinfo.ZoneInfo(zone))
    assert every.split()[-1] in ("day", timetable.WEEKDAYS[local.weekday()])
    skipped = local.replace(tzinfo=None) - datetime.combine(
        local.date(), at.replace(second=0, microsecond=0, tzinfo=None)
    )
    assert timedelta(0) <= skipped <= timedelta(hours=1)


@given(st.sampled_from(timetable.WHICH), st.sampled_from(timetable.WEEKDAYS), _NOWS)
def test_there_is_one_of_each_kind_in_a_month(which: str, day: str, now: datetime) -> None:
    month = now.date().replace(day=1)
    days = [month + timedelta(days=number) for number in range(31)]
    found = [one for one in days if one.month == month.month and timetable._falls_on(f"{which} {day}", one)]
    assert len(found) == 1
    assert isinstance(found[0], date)


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ({**SUNDAYS}, "has to be a list"),
        ("sunday", "has to be a list"),
        (["sunday"], "(1.) that is no dictionary"),
        (
            [SUNDAYS, {**SUNDAYS, "til": "04:00"}],
            "(2.) with the key 'til'; its keys are every, at, hours, timezone, window",
        ),
        ([{**ONCE, "hours": 4}], "its keys are starts, ends, window"),
        ([{"starts": ONCE["starts"]}], "without ends; write {starts:"),
        ([{"every": "sunday"}], "without at and hours and timezone; write {every:"),
        ([{}], "without every and"),
        ([{**ONCE, "ends": "2027-02-07T06:00:00"}], "for ends: it names no time zone"),
        ([{**ONCE, "starts": date(2027, 2, 7)}], "for starts: it names no time zone"),
        ([{**ONCE, "starts": "soon"}], "for starts: it is no ISO 8601 time"),
        ([{**ONCE, "ends": "2027-02-07T02:00:00+01:00"}], "that ends before it starts"),
        ([{**SUNDAYS, "window": "third"}], "'third' for window: it is first or second"),
        ([{**SUNDAYS, "every": "fifth sunday"}], "'fifth sunday' for every"),
        ([{**SUNDAYS, "every": "first day"}], "'first day' for every"),
        ([{**SUNDAYS, "every": "domenica"}], "'domenica' for every"),
        ([{**SUNDAYS, "every": "  "}], "for every"),
        ([{**SUNDAYS, "at": 1320}], 'the number 1320 for at: write the time in quotes, as "22:00"'),
        ([{**SUNDAYS, "at": "24:00"}], "'24:00' for at"),
        ([{**SUNDAYS, "at": "2 am"}], "'2 am' for at"),
        ([{**SUNDAYS, "hours": 0}], "'0' for hours"),
        ([{**SUNDAYS, "hours": "four"}], "'four' for hours"),
        ([{**SUNDAYS, "hours": True}], "'True' for hours"),
        ([{**SUNDAYS, "hours": float("nan")}], "'nan' for hours"),
        ([{**SUNDAYS, "hours": 169}], "at most 168"),
        ([{**SUNDAYS, "timezone": "Europe/Roma"}], "'Europe/Roma' for timezone: write it as Europe/Rome"),
        ([{**SUNDAYS, "timezone": "Europe"}], "'Europe' for timezone"),
        ([{**SUNDAYS, "timezone": "../etc/passwd"}], "for timezone"),
        ([{**SUNDAYS, "timezone": "+01:00"}], "for timezone"),
    ],
)
def test_what_is_said_of_a_wrong_one(windows: Any, words: str) -> None:
    assert words in str(problem(windows))


def test_what_is_said_where_the_machine_has_no_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    assert "this machine has no time zones" in str(problem([{**SUNDAYS, "timezone": "Europe/Roma"}]))
