# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates with times in a page's text: found however they are written, turned into seconds only where there is one way to read them.

No document shows how an appliance writes a time, so all forms are assumed. No library reads them: those that take any form
(dateutil, dateparser) choose between day and month first, fill in what is missing and take words for zones that they do
not know; those that are strict want to be told form and language beforehand.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .labels import plain

#: January to December as English, Italian and German write them, without accents.
_MONTHS = (
    "january jan gennaio gen januar janner",
    "february feb febbraio februar feber",
    "march mar marzo marz mrz maerz",
    "april apr aprile",
    "may maggio mag mai",
    "june jun giugno giu juni",
    "july jul luglio lug juli",
    "august aug agosto ago",
    "september sep sept settembre set sett",
    "october oct ottobre ott oktober okt",
    "november nov novembre",
    "december dec dicembre dic dezember dez",
)
_NUMBER = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_KNOWN = "|".join(sorted({*_NUMBER, "märz", "jänner"}, key=len, reverse=True))
_WEEKDAYS = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    r"|lun(?:ed[iì])?|mar(?:ted[iì])?|mer(?:coled[iì])?|gio(?:ved[iì])?|ven(?:erd[iì])?|sab(?:ato)?|dom(?:enica)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|mo|di|mi|do|fr|sa|so"
)
_WEEKDAY = rf"(?:(?:{_WEEKDAYS})[.,]*\s+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|[.º°])?"
_WORD = r"(?P<word>[^\W\d_]{3,10})"
_MONTH = rf"(?P<word>{_KNOWN})"
_YEAR = r"(?P<year>\d{4})"
_DATES = (
    rf"{_YEAR}[-./](?P<month>\d\d?)[-./](?P<day>\d\d?)",
    rf"{_DAY}[\s./-]+(?:(?:of|de|di)\s+)?{_WORD}[.,]?[\s./-]+{_YEAR}",
    rf"{_WORD}\.?\s+{_DAY},?\s+{_YEAR}",
    rf"{_YEAR}[\s-]+{_WORD}[\s.-]+{_DAY}",
    # Day or month first, or no year: found, never counted with.
    r"\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d\d)",
    rf"{_DAY}[\s-]+{_MONTH}(?!\w)",
    rf"{_MONTH}\.?\s+{_DAY}",
)
_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:(?<=:\d\d)[.,](?P<fraction>\d+))?)?"
    r"(?:\s?(?P<half>[ap])\.?\s?m(?!\w)\.?)?(?:\s?(?:Uhr|hrs?|h)(?!\w))?"
)
_CERTAIN = r"(?:UTC|GMT|Z)(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d:?\d\d"
#: Zones that only few letters name: they belong to the text, but tell no moment.
_VAGUE = "CES?T|MES?Z|[ECMP][SD]T|BST|WES?T|EES?T|MSK|JST|IST|AE[SD]T"
_ZONE = rf"(?:\s*(?P<open>\()?(?P<zone>{_CERTAIN}|{_VAGUE})(?!\w)(?(open)\)))?"
_GAP = r"(?:T|,?\s+|,)(?:(?:at|um|alle|ore|alle\s+ore|[-–|])\s+)?"
_GAP_BACK = r"(?:,?\s+|,)(?:(?:on|am|il|del|den|[-–|])\s+)?"


def _form(text: str, end: str = r"(?!\w|[.:]\d)") -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){text}{end}", re.I)


#: A date and a time in either order; and that of the C library, with the time inside of the date.
_FORMS = (
    *(_form(f"{_WEEKDAY}{date}{_GAP}{_TIME}{_ZONE}") for date in _DATES),
    *(_form(f"{_TIME}{_ZONE}{_GAP_BACK}{_WEEKDAY}{date}") for date in _DATES),
    _form(rf"{_WEEKDAY}{_WORD}\.?\s+{_DAY}\s+{_TIME}{_ZONE}\s+{_YEAR}"),
    _form(rf"{_WEEKDAY}{_WORD}\.?\s+{_DAY}\s+{_TIME}\s+{_YEAR}{_ZONE}"),
)
_PLAIN_DATES = tuple(_form(f"{_WEEKDAY}{date}", r"(?:(?=T\d)|(?!\w|[.:]\d))") for date in _DATES)


def holds_date(text: str) -> bool:
    """Whether a date stands somewhere in the text."""
    return any(form.search(text) for form in _PLAIN_DATES)


def begins_with_date(text: str) -> bool:
    """Whether the text begins with a date, or with a time and a date, as the rows of a log do."""
    start = re.sub(r"^[^\w]+", "", text)
    return any(form.match(start) for form in (*_PLAIN_DATES, *_FORMS))


def _found(text: str) -> list[tuple[int, int]]:
    """Where dates with times stand: the leftmost first; of what begins at one place the longest."""
    places: list[tuple[int, int]] = []
    at = 0
    while found := [match.span() for form in _FORMS if (match := form.search(text, at))]:
        places.append(min(found, key=lambda place: (place[0], -place[1])))
        at = places[-1][1]
    return places


def moment(text: str) -> str | None:
    """The date with its time that a text holds, as it is written; of several all of them."""
    return " / ".join(" ".join(text[begin:end].split()) for begin, end in _found(text)) or None


def without_moments(text: str) -> str:
    """What else the text says."""
    for begin, end in reversed(_found(text)):
        text = f"{text[:begin]} {text[end:]}"
    return re.sub(r"\(\s*\)", " ", text).strip(" ,;:()-–")


def seconds(text: str) -> float | None:
    """Unix seconds of a text that is a date with a time and nothing else. None where that is not for certain: no seconds or no
    zone (`UTC`, `GMT`, `Z` or an offset), day or month first, an unknown word for the month.
    """
    read = {_seconds(match) for form in _FORMS if (match := form.fullmatch(" ".join(text.split())))}
    return read.pop() if len(read) == 1 else None


def _seconds(match: re.Match[str]) -> float | None:
    part = {name: text for name, text in match.groupdict().items() if text}
    month = part.get("month") or _NUMBER.get(plain(part.get("word", "")))
    offset = _offset(part.get("zone", ""))
    if month is None or offset is None or not {"year", "day", "second"} <= set(part):
        return None
    hour = int(part["hour"])
    if "half" in part:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if part["half"] in "pP" else 0)
    date = (int(part["year"]), int(month), int(part["day"]))
    try:
        at = datetime(*date, hour, int(part["minute"]), int(part["second"]), tzinfo=timezone(offset))
        return at.timestamp() + float(f"0.{part.get('fraction', 0)}")
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta | None:
    """How far a zone is ahead of UTC; None where its name does not tell."""
    if not re.fullmatch(_CERTAIN, zone, re.I):
        return None
    sign = re.search(r"([+-])(\d\d?):?(\d\d)?", zone)
    if sign is None:
        return timedelta(0)
    hours, minutes = int(sign[2]), int(sign[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    return timedelta(hours=hours, minutes=minutes) * (-1 if sign[1] == "-" else 1)
