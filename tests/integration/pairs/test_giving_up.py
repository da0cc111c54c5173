# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Giving up at each stage of both paths: the nearest safe state, what cannot be undone, and the way on to a good end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import PairWorld
from .estate import Ended, estate

OLD, NEW = ("6.1.0", "22.1.1"), ("6.2.0", "23.2.1")
SAFE = "the site is in the nearest safe state"
UNEQUAL = "no documented way leads back, and there is no failover until both run the same"


@dataclass(frozen=True)
class Stage:
    """Where an upgrade stops (`stop` plants it, in `window`), and what giving up makes of it.

    `says`: the run that gives up; `versions`: of a and b, before and after; `roles`: of a and b then; `leads`: who answers then.
    `report`: what the report of the record says of it.
    """

    stop: Callable[[PairWorld], dict[str, Any]]
    says: tuple[str, ...]
    versions: tuple[tuple[str, str], tuple[str, str]] = (OLD, OLD)
    roles: tuple[str, str] = ("primary", "backup")
    leads: str = "a"
    path: str = "role_swap"
    window: str = "first"
    report: str | None = None


def hook(name: str) -> Callable[[PairWorld], dict[str, Any]]:
    """The user's own task file fails there."""

    def plant(world: PairWorld) -> dict[str, Any]:
        file = world.folder / "fails.yml"
        file.write_text("---\n- name: Fail\n  ansible.builtin.fail:\n    msg: as wished\n", encoding="utf-8")
        return {f"pair_upgrade_tasks_{name}": str(file)}

    return plant


def no_upload(world: PairWorld) -> dict[str, Any]:
    """Whichever of them takes the package refuses it, once the pair is broken."""
    for box in world.pair.boxes:
        box.faults.plant("status", role="appliance:upload", status=500)
    return {"bomgar_deadline": 8}


def not_moved(world: PairWorld) -> dict[str, Any]:
    file = world.folder / "fails-to-move.yml"
    file.write_text("---\n- name: Fail\n  ansible.builtin.fail:\n    msg: as wished\n", encoding="utf-8")
    return {"bomgar_cutover": {"method": "tasks", "file": str(file)}}


def invalid(_world: PairWorld) -> dict[str, Any]:
    return {"bomgar_acceptance": ["`1` > `2`"]}


def unsynced(world: PairWorld) -> dict[str, Any]:
    """Every sync after establishing fails."""
    world.pair.sync_plan = replace(world.pair.sync_plan, outcome="fails")
    return {}


def mend(world: PairWorld) -> None:
    """What was planted in the appliances is gone."""
    world.pair.sync_plan = replace(world.pair.sync_plan, outcome="good")
    for box in world.pair.boxes:
        box.faults.clear()


def nothing(_world: PairWorld) -> dict[str, Any]:
    return {}


GIVEN_UP = "was given up, and failover is established"
STAGES = {
    "begun": Stage(hook("before_update"), ("nothing to do", SAFE)),
    "broken": Stage(no_upload, ("the upgrade was given up", SAFE), report=GIVEN_UP),
    "broken-in-place": Stage(no_upload, ("the upgrade was given up", SAFE), path="in_place", report=GIVEN_UP),
    "updated": Stage(hook("after_update"), ("nothing to do", SAFE, UNEQUAL), (OLD, NEW), ("none", "none")),
    "updated-in-place": Stage(
        hook("after_update"), ("nothing to do", SAFE, UNEQUAL), (NEW, OLD), ("none", "none"), path="in_place"
    ),
    "invalid": Stage(invalid, ("nothing to do", SAFE, UNEQUAL), (OLD, NEW), ("none", "none")),
    "validated": Stage(not_moved, ("nothing to do", SAFE, UNEQUAL), (OLD, NEW), ("none", "none")),
    "moved": Stage(
        nothing,
        ("the upgrade was given up", SAFE, UNEQUAL, "its sessions are exported"),
        (OLD, NEW),
        ("none", "none"),
        report="was given up as far as it can be. There is no failover",
    ),
    "both": Stage(
        hook("after_update"),
        ("the upgrade was given up", SAFE, "both run the new version"),
        (NEW, NEW),
        ("backup", "primary"),
        leads="b",
        window="second",
        report=GIVEN_UP,
    ),
    "both-in-place": Stage(
        hook("after_update"),
        ("the upgrade was given up", SAFE, "both run the new version"),
        (NEW, NEW),
        path="in_place",
        window="second",
        report=GIVEN_UP,
    ),
    "unsynced": Stage(
        unsynced,
        ("the upgrade was given up", SAFE),
        (NEW, NEW),
        ("backup", "primary"),
        leads="b",
        window="second",
        report=GIVEN_UP,
    ),
}  # fmt: skip


@pytest.mark.parametrize("group", ["first", "second"])
def test_giving_up_at_each_stage_and_the_way_on(tmp_path: Path, group: str) -> None:
    """Each site is stopped at its stage, given up, and upgraded to the good end."""
    stages = {name: stage for name, stage in STAGES.items() if stage.window == group}
    with estate(tmp_path) as made:
        for name, stage in stages.items():
            made.add(name, path=stage.path)
        if group == "second":
            assert not [name for name, run in made.run(window="first").items() if run.failed]
        planted = {name: stage.stop(made.sites[name]) for name, stage in stages.items()}
        for name, given in planted.items():
            made.sites[name].common |= given
        for name, run in made.run(window=group, signed_off_by="Ada").items():
            assert run.failed is (stages[name].stop is not nothing), (name, run.words)
        for name, given in planted.items():
            assert tuple(made.sites[name].versions) == stages[name].versions, name
            for key in given:
                del made.sites[name].common[key]
            mend(made.sites[name])
        for name, run in made.run(abort="true").items():
            assert not run.failed, (name, run.words)
            given_up(made.sites[name], stages[name], run)
        for name, run in made.run(*list(stages)[:3], playbook="show_status").items():
            there = "broken:" if "none" in stages[name].roles else "established:"
            assert not run.failed, (name, run.words)
            assert run.says(there)
        # Where two stages left the same, one of them goes on to the end.
        ways = {
            (made.sites[name].common["bomgar_path"], *made.sites[name].versions, stage.roles): name
            for name, stage in stages.items()
        }
        for window in ("first", "second"):
            for name, run in made.run(*ways.values(), window=window, signed_off_by="Ada").items():
                assert not run.failed, (name, run.words)
        for name in ways.values():
            made.sites[name].proven()


def given_up(world: PairWorld, stage: Stage, run: Ended) -> None:
    """What is true and what is said of a site that was given up."""
    assert run.says(*stage.says)
    assert tuple(box.role for box in world.pair.boxes) == stage.roles, world.site
    assert tuple(world.versions) == stage.versions, world.site
    assert world.pair.door.target is getattr(world.pair, stage.leads), world.site
    world.kept()
    if stage.report is not None:
        text = (world.records / world.site / "latest" / "report.md").read_text(encoding="utf-8")
        assert stage.report in text
