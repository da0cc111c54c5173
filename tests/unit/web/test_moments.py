# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates with times as pages may write them: found in any form, counted with only where there is one way to read them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.web.moments import (
    begins_with_date,
    holds_date,
    moment,
    seconds,
    without_moments,
)
from hypothesis import given
from hypothesis import strategies as st

TEN = 1795428000.0  # 2026-11-23 10:00:00 UTC

CERTAIN: dict[str, float] = {
    "2026-11-23T10:00:00Z": TEN,
    "2026-11-23T10:00:00.25Z": TEN + 0.25,
    "2026-11-23 12:00:00+02:00": TEN,
    "2026-11-23 05:30:00 -0430": TEN,
    "2026-11-23 10:00:00 (UTC)": TEN,
    "2026.11.23 10:00:00 GMT": TEN,
    "2026/11/23, 10:00:00 UTC": TEN,
    "2026-11-23 11:00:00 GMT+1": TEN,
    "2026-11-23 11:30:00 (UTC+01:30)": TEN,
    "2026-Nov-23 10:00:00Z": TEN,
    "Mon Nov 23 10:00:00 2026 GMT": TEN,
    "Mon Nov 23 10:00:00 UTC 2026": TEN,
    "Mon, 23 Nov 2026 10:00:00 +0000": TEN,
    "November 23, 2026 10:00:00 UTC": TEN,
    "Monday, November 23rd, 2026 at 10:00:00 a.m. UTC": TEN,
    "Nov. 23, 2026 10:00:00 PM UTC": TEN + 43200,
    "23 Nov 2026, 12:00:00 AM UTC": TEN - 36000,
    "10:00:00 UTC, 23 November 2026": TEN,
    "luned\u00ec 23 novembre 2026 alle ore 10:00:00 UTC": TEN,
    "lun 23 nov 2026 10.00.00 UTC": TEN,
    "Montag, 23. November 2026 um 10:00:00 Uhr UTC": TEN,
    "23. M\u00e4rz 2026 10:00:00 UTC": TEN - 245 * 86400,
    "23 mag 2026 10:00:00 UTC": TEN - 184 * 86400,
    "23. Mai 2026 10:00:00 UTC": TEN - 184 * 86400,
}
UNCERTAIN = [
    "2026-11-23 10:00 UTC",
    "2026-11-23 10:00:00",
    "2026-11-23 10:00:00 CET",
    "2026-11-23 10:00:00 EST",
    "10/11/2026 10:00:00 UTC",
    "23/11/2026 10:00:00 UTC",
    "11/23/2026 10:00:00 AM",
    "23.11.26 10:00:00 UTC",
    "Nov 23 10:00:00",
    "10:00:00 on 23 November 2026 UTC",
    "23 brumaire 2026 10:00:00 UTC",
    "2026-13-23 10:00:00 UTC",
    "2026-02-30 10:00:00 UTC",
    "2026-11-23 24:00:00 UTC",
    "2026-11-23 13:00:00 PM UTC",
    "2026-11-23 10:00:00 UTC+20",
    "23.11.2026 11:00:00 (2026-11-23 10:00:00 UTC)",
]


@pytest.mark.parametrize(("text", "expected"), CERTAIN.items())
def test_a_text_that_leaves_no_choice_becomes_seconds(text: str, expected: float) -> None:
    assert moment(f"it was {text}!")
    assert seconds(text) == expected


@pytest.mark.parametrize("text", UNCERTAIN)
def test_one_that_leaves_a_choice_is_found_and_not_counted_with(text: str) -> None:
    assert moment(text)
    assert seconds(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Never",
        "Mai",
        "Nie",
        "2026-11-23",
        "10:00:00",
        "5 minutes ago",
        "10.1.12.9",
        "2026-11-23 10.10.12.9",
        "22.1.10 10",
    ],
)
def test_what_is_no_date_with_a_time_is_none(text: str) -> None:
    assert (moment(text), seconds(text)) == (None, None)
    assert without_moments(text) == text


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("Success (2026-11-23 10:00:00 UTC)", "2026-11-23 10:00:00 UTC", "Success"),
        ("2026-11-23 10:00:00 OK", "2026-11-23 10:00:00", "OK"),
        ("2026-11-23 10:00:00 NOT OK", "2026-11-23 10:00:00", "NOT OK"),
        ("failed at 11/23/2026  02:59 AM", "11/23/2026 02:59 AM", "failed at"),
        ("Mon Nov 23 10:00:00 2026 GMT: done", "Mon Nov 23 10:00:00 2026 GMT", "done"),
        ("from 23.11.2026 10:00 to 23.11.2026 10:05", "23.11.2026 10:00 / 23.11.2026 10:05", "from   to"),
    ],
)
def test_it_is_told_from_the_words_around_it(text: str, found: str, rest: str) -> None:
    assert (moment(text), without_moments(text)) == (found, rest)


@pytest.mark.parametrize(
    "text", ["2026-11-23", "2026-11-23T10", "23.11.2026 -", "Mon Nov 23 02", "- 10:00 23 Nov 2026 x"]
)
def test_rows_of_logs_begin_with_a_date(text: str) -> None:
    assert begins_with_date(text)
    assert holds_date(text)
    assert not begins_with_date(f"x {text}")


@pytest.mark.parametrize("text", ["10.1.12.9 enabled", "Data sync", "May I sync?", "443"])
def test_addresses_versions_and_words_are_no_dates(text: str) -> None:
    assert not holds_date(text)


_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%d %b %Y, %H:%M:%S",
    "%B %d, %Y %I:%M:%S %p",
    "%a %b %d %H:%M:%S %Y",
    "%H:%M:%S %d. %B %Y",
)


@given(
    st.integers(946684800, 4102444799),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(_FORMATS),
)
def test_what_is_written_is_read_back(written: int, offset: int, form: str) -> None:
    at = datetime.fromtimestamp(written, timezone(timedelta(minutes=offset)))
    assert seconds(format_datetime(at)) == seconds(at.isoformat()) == at.timestamp()
    utc = at.replace(tzinfo=timezone.utc)
    text = at.strftime(form)
    assert seconds(text) is None
    zoned = text.replace(" ", " UTC ", 1) if form.startswith("%H") else f"{text} UTC"
    assert seconds(zoned) == utc.timestamp()
