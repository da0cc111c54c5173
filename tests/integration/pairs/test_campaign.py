# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of `make campaign`: every command request of every path and window, with the run killed when it arrives.

To be so many in so little time, one test strikes all commands of an upgrade, one after the other: each run is killed at the next.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from ansible_collections.bomgar.appliance.tests.campaign.matrix import (
    FORGOTTEN,
    KILLED,
    LOST,
    SCENARIOS,
    WINDOWS,
    Arrived,
    Decision,
    at_each,
    at_request,
    cells,
    chosen,
)
from ansible_collections.bomgar.appliance.tests.campaign.play import Place, upgraded

SEED = 3
#: No window sends fewer requests than this.
FEWEST = 200


def strike(folder: Path, name: str, struck: dict[str, Decision]) -> Place:
    """An upgrade that is good although it is struck."""
    place = Place.new(SCENARIOS[name], folder / "place")
    with place.served():
        wrong = upgraded(place, struck=struck)
    assert wrong == [], place.said[-1]
    return place


#: Every command of every scenario is struck; by which fault, changes from one to the next.
STRUCK = [
    ("guide-in_place", LOST),
    ("guide-role_swap", LOST),
    ("modern-in_place", LOST),
    ("modern-role_swap", KILLED),
]


def test_every_scenario_is_struck() -> None:
    assert {name for name, _fault in STRUCK} == set(SCENARIOS)


@pytest.mark.parametrize(("name", "fault"), STRUCK)
def test_struck_at_every_command(tmp_path: Path, name: str, fault: str) -> None:
    commands = SCENARIOS[name].commands
    place = strike(tmp_path, name, {window: at_each(commands[window], fault) for window in WINDOWS})
    every = [what for window in WINDOWS for what in commands[window]]
    assert [each.split(" ", 1)[1] for each in place.struck] == [f"{what}: {fault}" for what in every]
    assert place.commanded == set(every), "matrix.py does not know every command"


def test_killed_with_the_record_deleted_where_the_pair_is_broken(tmp_path: Path) -> None:
    place = strike(tmp_path, "modern-in_place", {"first": at_each(["a login:break"], FORGOTTEN)})
    assert len(place.struck) == 1


def test_killed_anywhere(tmp_path: Path) -> None:
    random = Random(SEED)
    name, window, number = random.choice(list(SCENARIOS)), random.choice(WINDOWS), random.randint(1, FEWEST)
    place = strike(tmp_path, name, {window: at_request(number, KILLED)})
    assert len(place.struck) == 1


def test_a_sample_has_every_command_and_slices_are_the_whole() -> None:
    window = [Arrived("a token", False), Arrived("a login:break", True), *[Arrived("a appliance:root", False)] * 50]
    matrix = cells({name: dict.fromkeys(WINDOWS, window) for name in SCENARIOS})
    commands = {cell for cell in matrix if cell.command}
    sample = chosen(matrix, seed=SEED, sample=5, part=(1, 1))
    assert commands < set(sample)
    assert len(sample) == len(commands) + 5
    assert sample == chosen(matrix, seed=SEED, sample=5, part=(1, 1)) != chosen(matrix, seed=4, sample=5, part=(1, 1))
    slices = [cell for part in range(1, 9) for cell in chosen(matrix, seed=SEED, sample=None, part=(part, 8))]
    assert sorted(cell.id for cell in slices) == sorted(cell.id for cell in matrix)
