# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pure parts of a cutover: the outage that is measured, and how a record is written down."""

from __future__ import annotations

import json

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.cutover import Outages
from ansible_collections.bomgar.appliance.plugins.module_utils.front_door import Answer
from ansible_collections.bomgar.appliance.plugins.module_utils.leads import host_addresses
from ansible_collections.bomgar.appliance.plugins.module_utils.name_server import Entry
from hypothesis import given
from hypothesis import strategies as st


def measured(looks: str, every: float = 5.0) -> Outages:
    """What comes of looks at equal distances: `+` served, `-` did not."""
    outages = Outages()
    for number, look in enumerate(looks):
        outages.see(Answer("a", "", look == "+", number * every))
    return outages


@pytest.mark.parametrize(
    ("looks", "seconds", "spells", "ongoing"),
    [
        ("", 0.0, 0, False),
        ("+++", 0.0, 0, False),
        ("+-+", 5.0, 1, False),
        ("+--+-+", 15.0, 2, False),
        ("+--", 5.0, 1, True),
        ("-", 0.0, 1, True),
    ],
)
def test_an_outage_lasts_from_the_look_that_saw_it_to_the_one_that_saw_its_end(
    looks: str, seconds: float, spells: int, ongoing: bool
) -> None:
    outages = measured(looks)
    assert (outages.seconds, len(outages.spells), outages.ongoing) == (seconds, spells, ongoing)


@given(st.floats(0, 1000), st.floats(0, 1000), st.sampled_from([1.0, 5.0, 30.0]))
def test_it_is_off_by_at_most_one_look_at_either_end(down: float, lasts: float, every: float) -> None:
    outages = Outages()
    for number in range(int(2500 / every)):
        now = number * every
        outages.see(Answer("a", "", not down <= now < down + lasts, now))
    assert abs(outages.seconds - lasts) <= every + 0.1


@given(st.lists(st.one_of(st.ip_addresses().map(str), st.just("B.example.com."))), st.none() | st.integers(0, 2**31))
def test_a_record_is_the_same_after_it_was_written_down(places: list[str], ttl: int | None) -> None:
    entry = Entry.to(places, ttl)
    assert Entry.from_plain(json.loads(json.dumps(entry.plain()))) == entry


def test_one_address_written_in_two_ways_is_one() -> None:
    assert Entry.to(["2001:DB8:0::1", "A.Example.com."]) == Entry.to(["2001:db8::1", "a.example.com"])
    assert Entry.to(["192.0.2.1", "2001:db8::1", "x.example"]).kinds == ["A", "AAAA", "CNAME"]


def test_a_name_is_compared_by_itself_and_by_what_it_leads_to() -> None:
    assert host_addresses("B.example.com.", lambda _name: ["192.0.2.12"]) == {"b.example.com", "192.0.2.12"}
    assert host_addresses("2001:DB8::1", lambda _name: ["never asked"]) == {"2001:db8::1"}
