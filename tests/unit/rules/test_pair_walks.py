# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks over the plan of a pair: the next stage's effect is applied until nothing is left, from every interruption."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind, Role, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.pair_path import (
    ABORT,
    FIRST,
    PATHS,
    SECOND,
    Kept,
    PairPlan,
    Position,
    Relation,
    Side,
    make,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.path import Package, Stage
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish

#: By how many packages are left.
RUNS = (Versions("23.2.1", "6.2.0"), Versions("22.1.1", "6.2.0"), Versions("22.1.1", "6.1.0"))
PACKAGES = (
    Package("base-6.2.0", Kind.BASE, "6.2.0", "a file"),
    Package("site-23.2.1", Kind.SITE, "23.2.1", "a file"),
)
WISH = Wish("23.2.1", "6.2.0")
MOST = 40


@dataclass
class World:
    """What is true of a pair, and what a record of its upgrade keeps."""

    path: str
    roles: dict[str, Role] = field(default_factory=lambda: {"a": Role.PRIMARY, "b": Role.BACKUP})
    left: dict[str, int] = field(default_factory=lambda: {"a": 2, "b": 2})
    production: str | None = "a"
    kept: Kept = field(default_factory=Kept)
    synced: bool = False
    exported: bool = False
    has_api: bool = True
    apart_since: float | None = 1.0
    did: list[str] = field(default_factory=list)

    def plan(self, window: str | None, *, abort: bool = False, signed: str | None = "Ada") -> PairPlan:
        return make(
            Position(
                "support.example.com",
                self.path,
                WISH,
                {
                    name: Side(
                        name,
                        self.roles[name],
                        RUNS[self.left[name]],
                        PACKAGES[2 - self.left[name] :],
                        has_api=self.has_api,
                    )
                    for name in "ab"
                },
                self.production,
                self.kept,
                window=window,
                abort=abort,
                signed_off_by=signed,
                apart_since=self.apart_since if self.kept.known else None,
            )
        )

    @property
    def established(self) -> bool:
        return set(self.roles.values()) == {Role.PRIMARY, Role.BACKUP}

    def do(self, stage: Stage, plan: PairPlan) -> None:
        """The effect of a stage, and the promises that it must not break."""
        name = stage.appliance or ""
        self.did.append(f"{stage.id}@{name}")
        first = plan.first or ""
        if not self.kept.known and plan.window != ABORT:
            production = first if self.path == "in_place" else plan.last
            self.kept = replace(self.kept, known=True, production=production)
        if stage.id == "sync":
            assert self.established
            self.synced = True
        elif stage.id == "break":
            assert self.synced or not self.established, "2: broken without a sync of this run"
            self.kept = replace(self.kept, synced=self.synced or self.kept.synced, broken_at=1.0)
            self.roles = dict.fromkeys("ab", Role.NONE)
        elif stage.id.startswith("install:"):
            assert not self.established, "12: updated in a relationship"
            other = "b" if name == "a" else "a"
            if not self.left[other]:
                assert other in self.kept.validated, "3: both updated before the first is validated"
            self.left[name] -= 1
            self.kept = replace(self.kept, validated=self.kept.validated - {name})
        elif stage.id == "validation":
            self.kept = replace(self.kept, validated=self.kept.validated | {name})
        elif stage.id == "cutover":
            assert plan.window == ABORT or name in self.kept.validated, "4: the name moves to what is not proven"
            self.production = name
            self.kept = replace(self.kept, moved_to=name)
        elif stage.id == "sign_off":
            self.kept = replace(self.kept, signed_off={name: "Ada"})
        elif stage.id == "establish":
            assert self.left["a"] == self.left["b"], "5: established with unequal versions"
            assert self.production == name, "5: established from another than production"
            other = "b" if name == "a" else "a"
            self.roles = {name: Role.PRIMARY, other: Role.BACKUP}
            self.kept = replace(self.kept, reconciled=True)
        elif stage.id == "export":
            self.exported = True
        elif stage.id == "final":
            assert self.established
            self.kept = replace(self.kept, final=True)

    def run(self, window: str, *, steps: int = MOST, abort: bool = False) -> PairPlan:
        """One run, which is killed after so many steps."""
        self.synced = self.exported = False
        for _turn in range(steps):
            plan = self.plan(window, abort=abort)
            if plan.next is None:
                return plan
            # Readiness and backup are made again in every run; within one they are passed.
            following = _after_preparations(plan, self.synced, self.exported)
            if following is None:
                return plan
            self.do(following, plan)
        return self.plan(window, abort=abort)


def _after_preparations(plan: PairPlan, synced: bool, exported: bool) -> Stage | None:
    """The next stage with an effect: readiness, backup, a sync and an export in this run have none that a plan sees."""
    passing = {"readiness", "backup", "join"}
    for stage in plan.stages:
        if stage.state == "done" or stage.window != plan.window or stage.id in passing:
            continue
        if (stage.id == "sync" and synced) or (stage.id == "export" and exported):
            continue
        if stage.id == "sign_off" and stage.why:
            continue
        return stage
    return None


def good(world: World) -> bool:
    return (
        world.left == {"a": 0, "b": 0}
        and world.established
        and world.roles[str(world.production)] is Role.PRIMARY
        and world.production == ("a" if world.path == "in_place" else "b")
    )


@pytest.mark.parametrize("path", PATHS)
def test_an_undisturbed_walk_takes_every_stage_once(path: str) -> None:
    world = World(path)
    first = world.run(FIRST)
    assert (first.stuck, first.due) == (None, SECOND)
    second = world.run(SECOND)
    assert second.finished
    assert good(world)
    assert len(world.did) == len(set(world.did))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "stops", list(itertools.product(range(9), range(7))), ids=lambda stops: f"{stops[0]}-{stops[1]}"
)
def test_killed_anywhere_in_both_windows_it_ends_the_same(path: str, stops: tuple[int, int]) -> None:
    world = World(path)
    world.run(FIRST, steps=stops[0])
    assert world.run(FIRST).stuck is None
    world.run(SECOND, steps=stops[1])
    assert world.run(SECOND).finished
    assert good(world)
    destructive = [what for what in world.did if not what.startswith("sync")]
    assert len(destructive) == len(set(destructive))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("steps", range(15))
def test_a_lost_record_leads_to_the_same_end_or_says_the_way_on(path: str, steps: int) -> None:
    world = World(path)
    world.run(FIRST, steps=steps)
    if steps > 8:
        world.run(SECOND, steps=steps - 8)
    world.kept = Kept()
    plan = world.run(FIRST)
    if plan.stuck:
        # Only where nobody can know any more whether the standby had everything.
        assert path == "role_swap"
        assert not world.established
        assert world.production == "a"
        assert "sync_proven" in plan.stuck
        # Established again is a way only where both still run the same.
        assert ("bomgar_abort" in plan.stuck) == (world.left["a"] == world.left["b"])
        return
    world.run(SECOND)
    assert good(world)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("steps", range(15))
def test_giving_up_anywhere_leaves_a_site_that_serves(path: str, steps: int) -> None:
    world = World(path)
    world.run(FIRST, steps=min(steps, 8))
    if steps > 8:
        world.run(SECOND, steps=steps - 8)
    before = dict(world.left)
    plan = world.run(ABORT, abort=True)
    assert plan.stuck is None
    assert world.left == before, "giving up installs nothing"
    if before["a"] == before["b"]:
        assert world.established
        assert world.roles[str(world.production)] is Role.PRIMARY
    else:
        assert plan.cannot_undo
        # Production is the one that nobody has touched, or the one that was validated in place.
        assert world.production == "a"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("window", [FIRST, SECOND])
def test_every_combination_has_a_next_step_or_a_way_on(path: str, window: str) -> None:
    """All roles, all states of both updates, every production: never an unsafe next step, and never silence."""
    for one, two in itertools.product(Role, repeat=2):
        for left_a, left_b in itertools.product((0, 1, 2), repeat=2):
            for production in ("a", "b"):
                world = World(path, {"a": one, "b": two}, {"a": left_a, "b": left_b}, production)
                plan = world.plan(window)
                following = plan.next
                if plan.stuck:
                    assert following is None
                    assert len(plan.stuck) > 40
                    continue
                if plan.relation is Relation.ESTABLISHED and following is not None:
                    assert not following.id.startswith("install:") or any(
                        stage.id == "break" and stage.state == "later" for stage in plan.stages
                    )
                if following is not None:
                    assert following.window == window
                if plan.finished:
                    assert (left_a, left_b) == (0, 0)
                    assert plan.relation is Relation.ESTABLISHED


def test_a_lost_record_in_the_middle_of_a_cutover_needs_no_answer_at_the_name() -> None:
    """A shared address is off there and not yet on here: only the cutover makes the name answer again."""
    world = World("role_swap", dict.fromkeys("ab", Role.NONE), {"a": 2, "b": 0}, None, Kept(known=False))
    plan = world.plan(FIRST)
    assert "sync_proven" in str(plan.stuck)
    assert (plan.first, plan.last) == ("b", "a")
    assert "cutover" in [stage.id for stage in plan.stages if stage.state != "done"]


def test_the_second_window_asks_for_the_first_and_for_a_sign_off() -> None:
    world = World("in_place")
    assert "bomgar_window: first" in str(world.plan(SECOND).stuck)
    world.run(FIRST)
    assert "bomgar_signed_off_by" in str(world.plan(SECOND, signed=None).stuck)
    assert world.plan(FIRST).done
    assert not world.plan(FIRST).finished
