# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the window, and what fits before it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind
from ansible_collections.bomgar.appliance.plugins.module_utils.window import LEARNED_MARGIN, ends, seconds_needed
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-31T04:00:00+01:00",
        "2027-01-31T03:00:00Z",
        "2027-01-31T03:00:00z",
        " 2027-01-31 03:00:00+00:00 ",
        "2027-01-31T03:00+00:00",
    ],
)
def test_the_same_moment_written_in_several_ways(text: str) -> None:
    assert ends(text) == datetime(2027, 1, 31, 3, tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize("text", [None, ""])
def test_none_is_given(text: str | None) -> None:
    assert ends(text) is None


@pytest.mark.parametrize("text", ["tomorrow", "04:00", "2027-13-01T00:00:00Z", "2027-01-31T25:00:00Z", "x" * 500, "Z"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadInput, match="bomgar_window_ends"):
        ends(text)


@pytest.mark.parametrize("text", ["2027-01-31T04:00:00", "2027-01-31"])
def test_a_time_without_zone_is_not_guessed(text: str) -> None:
    with pytest.raises(BadInput, match="time zone"):
        ends(text)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_every_time_is_read_as_it_was_meant(moment: datetime, offset: int) -> None:
    meant = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=offset)))
    assert ends(meant.isoformat()) == meant.timestamp()


def test_what_it_takes_is_the_usual_until_something_was_learned() -> None:
    assert seconds_needed((Kind.BASE, Kind.SITE), 3600.0, {}) == 7200.0
    learned = {"base": [600.0, 800.0], "site": []}
    assert seconds_needed((Kind.BASE,), 3600.0, learned) == 800.0 * LEARNED_MARGIN
    assert seconds_needed((Kind.BASE, Kind.SITE), 3600.0, learned) == 800.0 * LEARNED_MARGIN + 3600.0
    assert seconds_needed((Kind.UNKNOWN,), 3600.0, learned) == 800.0 * LEARNED_MARGIN
    assert seconds_needed((), 3600.0, learned) == 0.0
