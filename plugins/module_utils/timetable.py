# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maintenance windows of a site as data (`bomgar_windows`): which are open at a moment, which comes next. Pure.

A window is a stretch of time that is written down once (`starts`, `ends`), or one that comes again (`every`, `at`, `hours`,
`timezone`). It begins by the clock on the wall of its zone, and lasts as many hours as it says, whatever that clock does meanwhile.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from .window import moment

#: Python's numbers of the days of a week.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Which one of a month. Not every month has a fifth.
WHICH = ("first", "second", "third", "fourth", "last")
#: The two windows of a pair.
KINDS = ("first", "second")
ONCE = ("starts", "ends")
AGAIN = ("every", "at", "hours", "timezone")
#: Longer is no maintenance window, and reads as a slip.
MOST_HOURS = 168.0
#: So many days ahead hold at least one of any window that comes again: the first Sunday of a month is at most five weeks away.
_AHEAD = 40
_AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Opening:
    """One stretch of time. `kind`: which window of a pair it is, `first` or `second`; empty for a site with one appliance.

    Compare it by Unix seconds: Python compares two times of one zone by what the clock shows, which in autumn shows an hour twice.
    """

    starts: datetime
    ends: datetime
    kind: str = ""

    @property
    def words(self) -> str:
        """When it is, for a person, by the clock of its zone."""
        name = f"{self.kind} window " if self.kind else ""
        until = f"{self.ends:%H:%M}" if self.ends - self.starts < timedelta(hours=24) else shown(self.ends)
        return f"{name}{shown(self.starts)} to {until}"


def shown(when: datetime) -> str:
    """A moment for a person, by the clock of its zone."""
    return f"{when:%A %Y-%m-%d %H:%M %Z}"


def problem(windows: Any) -> str | None:
    """What is wrong with `bomgar_windows`, in words that may follow its name; None if nothing is."""
    if not isinstance(windows, Sequence) or isinstance(windows, str):
        return "has to be a list of windows"
    for number, window in enumerate(windows, 1):
        wrong = _wrong(window)
        if wrong:
            return f"has a window ({number}.) {wrong}"
    return None


def open_at(windows: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Opening, ...]:
    """Those that are open; of each kind the one that is open longest. Its last moment belongs to none."""
    longest: dict[str, Opening] = {}
    for opening in _openings(windows, now):
        known = longest.get(opening.kind)
        if _opens(opening) <= now.timestamp() and (known is None or _closes(opening) > _closes(known)):
            longest[opening.kind] = opening
    return tuple(sorted(longest.values(), key=_closes))


def next_after(windows: Sequence[Mapping[str, Any]], now: datetime, kind: str | None = None) -> Opening | None:
    """The one that opens next, of this kind or of any; None if there is none any more."""
    coming = (one for one in _openings(windows, now) if _opens(one) > now.timestamp() and kind in (None, one.kind))
    return min(coming, key=_opens, default=None)


def _opens(opening: Opening) -> float:
    return opening.starts.timestamp()


def _closes(opening: Opening) -> float:
    return opening.ends.timestamp()


def _openings(windows: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[Opening]:
    """Those that are open at `now` or open later; of one that comes again, the next ones."""
    for window in windows:
        kind = str(window.get("window") or "")
        stretches = _once(window) if "starts" in window else _again(window, now)
        yield from (Opening(starts, ends, kind) for starts, ends in stretches if now.timestamp() < ends.timestamp())


def _once(window: Mapping[str, Any]) -> Iterator[tuple[datetime, datetime]]:
    yield moment(window["starts"]), moment(window["ends"])


def _again(window: Mapping[str, Any], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone = zoneinfo.ZoneInfo(str(window["timezone"]))
    at, lasts = _clock(window["at"]), timedelta(hours=float(window["hours"]))
    today = now.astimezone(zone).date()
    for days in range(-lasts.days - 2, _AHEAD):
        day = today + timedelta(days=days)
        if _falls_on(str(window["every"]), day):
            # By way of UTC: sums within one zone are sums of what the clock shows. A time that the clock skips in spring is the
            # moment at which it would have been, one that it shows twice in autumn is the first of the two.
            starts = datetime.combine(day, at, zone).astimezone(timezone.utc)
            yield starts.astimezone(zone), (starts + lasts).astimezone(zone)


def _falls_on(every: str, day: date) -> bool:
    *which, name = every.lower().split()
    if name == "day":
        return True
    if WEEKDAYS[day.weekday()] != name:
        return False
    if not which:
        return True
    if which[0] == "last":
        return (day + timedelta(days=7)).month != day.month
    return WHICH.index(which[0]) == (day.day - 1) // 7


def _clock(value: Any) -> time:
    """A time of day. ValueError for what is none."""
    found = _AT.fullmatch(str(value).strip())
    if not found:
        raise ValueError(value)
    return time(int(found.group(1)), int(found.group(2)))


# -- what is wrong ----------------------------------------------------------------------------------------------------


def _wrong(window: Any) -> str | None:
    """What is wrong with one window, in words that may follow it."""
    if not isinstance(window, Mapping):
        return "that is no dictionary"
    once = any(key in window for key in ONCE)
    keys = (*(ONCE if once else AGAIN), "window")
    other = next((str(key) for key in window if key not in keys), None)
    if other is not None:
        return f"with the key {other!r}; its keys are {', '.join(keys)}"
    lacking = [key for key in keys[:-1] if window.get(key) in (None, "")]
    if lacking:
        return f"without {' and '.join(lacking)}; write {_example(once)}"
    kind = window.get("window")
    if kind is not None and kind not in KINDS:
        return f"with {str(kind)[:40]!r} for window: it is first or second"
    return _wrong_once(window) if once else _wrong_again(window)


def _wrong_once(window: Mapping[str, Any]) -> str | None:
    found = []
    for key in ONCE:
        try:
            found.append(moment(window[key]))
        except ValueError as trouble:
            return f"with {str(window[key])[:40]!r} for {key}: {trouble}; write it as 2027-01-31T02:00:00+01:00"
    return None if found[0].timestamp() < found[1].timestamp() else "that ends before it starts"


def _wrong_again(window: Mapping[str, Any]) -> str | None:
    every, at, hours, zone = (window[key] for key in AGAIN)
    *which, name = str(every).lower().split() or [""]
    days = "day, a day of the week, or as the first sunday (to fourth, or last) of a month"
    if name not in (*WEEKDAYS, "day") or len(which) > 1 or (which and (which[0] not in WHICH or name == "day")):
        return f"with {str(every)[:40]!r} for every: it is {days}"
    if isinstance(at, (int, float)):
        return f'with the number {at} for at: write the time in quotes, as "22:00", or YAML makes minutes of it'
    try:
        _clock(at)
    except ValueError:
        return f'with {str(at)[:40]!r} for at: write it as "02:00"'
    try:
        good = not isinstance(hours, bool) and 0 < float(hours) <= MOST_HOURS
    except (TypeError, ValueError):
        good = False
    if not good:
        return f"with {str(hours)[:40]!r} for hours: it is a number above 0, at most {MOST_HOURS:g}"
    return _wrong_zone(str(zone))


def _wrong_zone(zone: str) -> str | None:
    try:
        zoneinfo.ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # a folder of the database, as "Europe", is the last one
        if zoneinfo.available_timezones():
            return f"with {zone[:40]!r} for timezone: write it as Europe/Rome"
        return "whose timezone cannot be looked up: this machine has no time zones (install the package tzdata, of the system or of Python)"
    return None


def _example(once: bool) -> str:
    if once:
        return '{starts: "2027-01-31T02:00:00+01:00", ends: "2027-01-31T06:00:00+01:00"}'
    return '{every: sunday, at: "02:00", hours: 4, timezone: Europe/Rome}'
