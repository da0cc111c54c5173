# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites in waves, when no further wave is begun, and for how long a wave stands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible_collections.bomgar.appliance.plugins.module_utils import waves
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from hypothesis import given
from hypothesis import strategies as st

PART = st.one_of(st.integers(1, 30), st.integers(1, 100).map("{}%".format))


def by_ansible(sites: list[str], serial: list[Any]) -> list[list[str]]:
    """The batches that Ansible itself makes."""
    play = SimpleNamespace(hosts="all", order=None, serial=serial)
    inventory = SimpleNamespace(get_hosts=lambda _hosts, order=None: list(sites))
    found: list[list[str]] = PlaybookExecutor._get_serialized_batches(SimpleNamespace(_inventory=inventory), play)
    return found


@given(st.integers(1, 60), st.lists(PART, min_size=1, max_size=4))
def test_the_waves_are_those_that_ansible_makes(count: int, serial: list[Any]) -> None:
    sites = [f"site{number}" for number in range(count)]
    assert waves.waves(sites, serial) == by_ansible(sites, waves.sizes(serial))


@given(st.integers(1, 60), st.lists(PART, min_size=1, max_size=4))
def test_every_site_is_in_one_wave_and_knows_those_before(count: int, serial: list[Any]) -> None:
    sites = [f"site{number}" for number in range(count)]
    made = waves.waves(sites, serial)
    assert [site for wave in made for site in wave] == sites
    for number, wave in enumerate(made):
        assert all(waves.earlier(sites, serial, site) == made[:number] for site in wave)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, ["100%"]),
        ("", ["100%"]),
        ([], ["100%"]),
        (5, [5]),
        ("5", [5]),
        ("10%", ["10%"]),
        ([1, 5, "20%"], [1, 5, "20%"]),
        ("1, 5, 20 %", [1, 5, "20%"]),
        ('[1, 5, "20%"]', [1, 5, "20%"]),
    ],
)
def test_how_sizes_may_be_written(written: Any, meant: list[Any]) -> None:
    assert waves.sizes(written) == meant


@pytest.mark.parametrize("written", ["abc", "0", 0, -1, "101%", "0%", "1.5", [1, "x"], {"a": 1}])
def test_what_is_no_size(written: Any) -> None:
    with pytest.raises(BadInput, match="bomgar_serial") as caught:
        waves.sizes(written)
    assert "20%" in caught.value.remedy


@pytest.mark.parametrize(
    ("failed", "may_fail", "holds"),
    [
        (0, None, False),
        (1, "", True),
        (1, 0, True),
        (1, 1, False),
        (2, "1", True),
        (2, "10%", False),
        (3, "10%", True),
        (1, "4%", True),
    ],
)
def test_how_many_may_fail(failed: int, may_fail: Any, holds: bool) -> None:
    sites = [f"site{number}" for number in range(20)]
    said = waves.hold(sites[:failed], sites, may_fail)
    assert bool(said) is holds
    assert not holds or sites[0] in said


@pytest.mark.parametrize("may_fail", ["x", "-1", "101%", "1.5"])
def test_what_is_no_number_of_failures(may_fail: Any) -> None:
    with pytest.raises(BadInput, match="bomgar_may_fail"):
        waves.hold([], ["a"], may_fail)


@pytest.mark.parametrize(
    ("written", "stood"),
    [
        (None, [0, 0, 0]),
        ("", [0, 0, 0]),
        (3600, [0, 3600, 0]),
        ("3600", [0, 3600, 0]),
        ([86400, 0.5], [0, 86400, 0.5]),
        ("86400, 3600", [0, 86400, 3600]),
    ],
)
def test_for_how_long_a_wave_stands(written: Any, stood: list[float]) -> None:
    assert [waves.bake(written, done) for done in range(3)] == stood


@pytest.mark.parametrize("written", ["a day", "-1", ["1", "nan"], "inf"])
def test_what_is_no_time_to_stand(written: Any) -> None:
    with pytest.raises(BadInput, match="bomgar_bake"):
        [waves.bake(written, done) for done in (1, 2)]
