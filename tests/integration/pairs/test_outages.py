# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outage of the site's name as results and records tell it, beside the ground truth; that of a standby is none of the site.

How long: by the modules, on a clock that only their pauses move, so that a sample is a sample on any machine. Which, and where in
the record: by the shipped playbooks.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import status
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import seconds
from ansible_collections.bomgar.appliance.plugins.modules import backup, cutover, update
from ansible_collections.bomgar.appliance.tests.integration.update.site import Clock
from ansible_collections.bomgar.appliance.tests.simulator import PausedClock

from .conftest import GUIDE, MODERN, PairWorld, pair_site
from .duo import Duo

POLL = 15.0
ERAS = pytest.mark.parametrize(
    ("versions", "dialect"), [(MODERN, "modern_en"), (GUIDE, "guide_it")], ids=["modern", "guide"]
)


@contextlib.contextmanager
def broken_pair(folder: Path, versions: Any, **options: Any) -> Iterator[Duo]:
    """A pair without a relationship, and modules on the clock by which its time goes."""
    clock = Clock()
    world = pair_site(folder, versions, clock=PausedClock(clock), established=False, **options)
    with world.simulator.serve() as world.served:
        yield Duo(world, clock)


def record_of(world: PairWorld) -> dict[str, Any]:
    """The record as it is now."""
    content: dict[str, Any] = json.loads((world.records / world.site / "latest/record.json").read_text())
    return content


def told(world: PairWorld) -> list[float]:
    """Seconds of each outage in the record."""
    outages = record_of(world)["outages"]
    return [seconds(one["up_at"]) - seconds(one["down_from"]) for one in outages]


def true(world: PairWorld) -> list[float]:
    """Seconds of each outage of the name that there was."""
    found = [one.seconds for one in world.pair.truth.name_outages]
    assert None not in found
    return found


def agree(world: PairWorld) -> None:
    """Each outage is told, and its length to one sample: the resolution that the record states."""
    outages = record_of(world)["outages"]
    assert len(told(world)) == len(true(world))
    for mine, theirs, one in zip(told(world), true(world), outages, strict=True):
        assert abs(mine - theirs) <= one["resolution"]


def updated(there: Duo, name: str, *, serves_site: bool) -> dict[str, Any]:
    """The module `update` on one of them, as the role calls it, with a backup of production."""
    world = there.world
    common = {"record": {"directory": str(world.records), "wish": world.target, "path": "in_place"}}
    kept = there.run(backup, "a", directory=str(world.backups), **common)
    assert not kept.get("failed"), kept["msg"]
    result = there.run(
        update,
        name,
        path="in_place",
        target=world.target,
        packages=[{"path": str(path)} for path in world.packages],
        backup={"directory": str(world.backups), "of": "a"},
        serves_site=serves_site,
        poll_interval=POLL,
        **common,
    )
    assert not result.get("failed"), result["msg"]
    return result


@ERAS
def test_that_of_production_to_one_sample(tmp_path: Path, versions: Any, dialect: str) -> None:
    with broken_pair(tmp_path, versions, dialect=dialect) as there:
        result = updated(there, "a", serves_site=True)
        assert len(true(there.world)) == 2
        agree(there.world)
        assert [round(one["outage"], 1) for one in result["installed"]] == [round(one, 1) for one in told(there.world)]
        assert any("site down" in line for line in there.lines)


@ERAS
@pytest.mark.parametrize("lasts", [0.0, 300.0])
def test_beside_a_standby_that_is_down(tmp_path: Path, versions: Any, dialect: str, lasts: float) -> None:
    """The standby goes down for long; the name leads nowhere for another time, or for none."""
    with broken_pair(tmp_path, versions, dialect=dialect) as there:
        a, begin = there.pair.a, there.clock() + 200.0
        there.pair.door.follow = lambda: None if begin <= there.clock() < begin + lasts else a
        result = updated(there, "b", serves_site=False)
        assert len(true(there.world)) == (1 if lasts else 0)
        agree(there.world)
        down = [one.seconds for one in there.pair.b.truth.downtime if one.what == "site"]
        for item, theirs in zip(result["installed"], down, strict=True):
            assert abs(item["outage"] - theirs) <= 2 * POLL
        record = record_of(there.world)
        kept = [step["facts"].get("standby_down") for step in record["steps"] if step["id"].startswith("install:")]
        assert [one["seconds"] for one in kept] == [item["outage"] for item in result["installed"]]
        assert any("standby down" in line for line in there.lines)
        assert not any("site down" in line for line in there.lines)


def test_that_of_a_cutover_to_one_sample(tmp_path: Path) -> None:
    with broken_pair(tmp_path, MODERN) as there:
        a, b = there.pair.boxes
        begin = there.clock() + 12.0
        there.pair.door.follow = lambda: a if there.clock() < begin else None if there.clock() < begin + 47.0 else b
        common = {"directory": str(there.world.records), "wish": {}, "path": "role_swap"}
        result = there.run(cutover, "b", method="operator", record=common, poll_interval=POLL, show_within=600)
        assert not result.get("failed"), result["msg"]
        agree(there.world)
        assert len(true(there.world)) == 1
        assert abs(result["outage"]["seconds"] - 47.0) <= POLL


def said(world: PairWorld, text: str) -> str:
    """The lines at the end of a run, which fit 80 columns; as one text."""
    lines = status.ending_lines(record_of(world)) or []
    assert lines
    assert all(f'"{line}"' in text for line in lines if not line.startswith("Report"))
    assert all(len(line) <= 70 for line in lines)
    return " ".join(" ".join(lines).split())


@ERAS
def test_in_place_it_is_in_the_first_window(pair_world: Any, versions: Any, dialect: str) -> None:
    world = pair_world(versions, dialect=dialect)
    world.common["bomgar_path"] = "in_place"
    first = world.window("first")
    assert first.code == 0, first.text
    assert len(true(world)) == len(told(world)) == 2
    assert "Site down in the first window:" in said(world, first.text)
    outages = record_of(world)["outages"]
    second = world.window("second")
    assert second.code == 0, second.text
    assert len(true(world)) == 2
    assert record_of(world)["outages"] == outages
    assert len([one for one in world.pair.b.truth.downtime if one.what == "site"]) == 2
    words = said(world, second.text)
    assert "Site down in the second window: never seen" in words
    assert "(b alone, as the standby; not the site)" in words
    assert "(a alone" not in words


@ERAS
def test_a_role_swap_has_only_that_of_its_cutover(pair_world: Any, versions: Any, dialect: str) -> None:
    world = pair_world(versions, dialect=dialect, shared_ips=("203.0.113.10",))
    world.pair.door.follow = "shared_ip"
    world.common |= {"bomgar_path": "role_swap", "bomgar_cutover": {"method": "shared_ip"}}
    for window, rest in (("first", "Site down in the first window: "), ("second", "second window: never seen")):
        run = world.window(window)
        assert run.code == 0, run.text
        assert [one.what for one in world.pair.truth.name_outages] == ["nobody"]
        [one] = record_of(world)["outages"]
        [step] = [step for step in record_of(world)["steps"] if step["id"] == "cutover"]
        assert step["started"] <= one["down_from"] <= one["up_at"] <= step["ended"]
        words = said(world, run.text)
        assert rest in words
        assert f"- Let {world.site} lead to b: " in words
    assert all(len([one for one in box.truth.downtime if one.what == "site"]) == 2 for box in world.pair.boxes)
    world.proven()
