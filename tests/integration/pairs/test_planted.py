# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault in the first window: its true outcome, nothing broken, and the way on that the message names, by the shipped playbooks."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.modules import failover_role

from .conftest import PairWorld
from .duo import Duo
from .estate import estate

Mend = Callable[[], object]


@dataclass(frozen=True)
class Planted:
    """A fault: `plant` gives what mends it. `words`: what the run says that stops at it. `waits`: no failover any more then.

    `broke`: the promise that the fault itself broke.
    """

    plant: Callable[[PairWorld], Mend]
    words: tuple[str, ...]
    path: str = "role_swap"
    window: str = "first"
    updated: bool = False
    broke: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)


def nothing() -> None:
    """To be mended."""


def sync(**plan: Any) -> Callable[[PairWorld], Mend]:
    """The next sync goes like this; what hangs is ended by the link."""

    def plant(world: PairWorld) -> Mend:
        world.pair.plan_next_sync(**plan)
        return lambda: (world.pair.cut_link(), world.pair.cut_link(False))

    return plant


def no_link(world: PairWorld) -> Mend:
    world.pair.cut_link()
    return lambda: world.pair.cut_link(False)


def swap_during_sync(world: PairWorld) -> Mend:
    pair = world.pair

    def swap(_who: str, what: str) -> None:
        if what.startswith("sync_began"):
            pair.on_event = None
            pair._later(pair.now + 30, lambda _at: pair.swap_by_itself())

    pair.on_event = swap
    return lambda: role(world, "a", "primary")


def role(world: PairWorld, name: str, wanted: str) -> None:
    """What the message says: the module failover_role."""
    result = Duo(world).run(failover_role, name, role=wanted, data_sync_first=False)
    assert result["outcome"] == "changed", result["msg"]


def swapped(world: PairWorld) -> Mend:
    world.pair.swap_by_itself()
    return lambda: role(world, "a", "primary")


def both_primary(world: PairWorld) -> Mend:
    world.pair.plant_both_primary()
    return lambda: role(world, "b", "backup")


def down(name: str) -> Callable[[PairWorld], Mend]:
    def plant(world: PairWorld) -> Mend:
        box = getattr(world.pair, name)
        box.go_down()
        return box.come_back

    return plant


def half(world: PairWorld) -> Mend:
    world.pair.plant_half_broken(world.pair.b)
    return nothing


def certificate(world: PairWorld) -> Mend:
    box = world.pair.b
    kept, box.certificate = box.certificate, dataclasses.replace(box.certificate, names=("elsewhere.example.com",))
    return lambda: setattr(box, "certificate", kept)


def missing_file(world: PairWorld) -> Mend:
    whole = world.packages[1].read_bytes()
    world.packages[1].unlink()
    return lambda: world.packages[1].write_bytes(whole)


def damaged_file(world: PairWorld) -> Mend:
    whole = world.packages[1].read_bytes()
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in world.packages]
    world.common["bomgar_packages"] = [
        {"path": str(path), "sha256": digest} for path, digest in zip(world.packages, digests, strict=True)
    ]
    world.packages[1].write_bytes(whole[:-100])
    return lambda: world.packages[1].write_bytes(whole)


def session(world: PairWorld) -> Mend:
    world.pair.a.start_session()
    return world.pair.a.end_sessions


def variable(name: str, value: Any) -> Callable[[PairWorld], Mend]:
    def plant(world: PairWorld) -> Mend:
        world.common[name] = value() if callable(value) else value
        return lambda: world.common.pop(name)

    return plant


def unhealthy_when_updated(world: PairWorld) -> Mend:
    box = world.pair.b
    finish = box._finish

    def then(job: Any, at: float) -> None:
        finish(job, at)
        box.healthy = box.site != world.wished[1]

    box._finish = then
    world.common["bomgar_deadline"] = 8

    def mend() -> None:
        box._finish, box.healthy = finish, True
        del world.common["bomgar_deadline"]

    return mend


def name_stays(world: PairWorld) -> Mend:
    file = world.folder / "cutover.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text("---\n[]\n", encoding="utf-8")
    world.common["bomgar_deadline"] = 8

    def mend() -> None:
        file.write_text(text, encoding="utf-8")
        del world.common["bomgar_deadline"]

    return mend


def soon() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600))


ANEW = "run this again"
GROUPS: dict[str, dict[str, Planted]] = {
    "sync": {
        "fails": Planted(sync(outcome="fails"), ("sync b from a", "says that the sync failed: 'Failed'", "Nothing was broken", ANEW)),
        "hangs": Planted(
            sync(outcome="stalls"),
            ("still running at the deadline", "Nothing was broken", "with a longer deadline (bomgar_deadline)"),
            variables={"bomgar_deadline": 3},
        ),
        "lies": Planted(sync(outcome="lies"), ("no sync that began after this was seen to succeed: 'Success'", ANEW), "in_place"),
        "link": Planted(no_link, ("did not begin it", "The peer appliance cannot be reached", "Nothing was broken", ANEW)),
        "swaps": Planted(swap_during_sync, ("the roles changed meanwhile: a backup, b primary", "automatic failover", ANEW)),
    },
    "state": {
        "down": Planted(down("b"), ("no connection to", "look at the appliance and at the way to it")),
        "certificate": Planted(certificate, ("not ready", "pair_certificate: they show different certificates", "Export the certificate")),
        "swapped": Planted(swapped, ("name leads to a, which is backup", "make a primary (bomgar.appliance.failover_role)", ANEW)),
        "twins": Planted(
            both_primary,
            ("both appliances say that they are primary", "make the other one backup there", ANEW),
            broke=("4: both were primary",),
        ),
        "half": Planted(half, ("no record shows a proven sync", "Establish it again from production (bomgar_abort: true)")),
    },
    "before": {
        "window": Planted(variable("bomgar_window_ends", soon), ("not ready", "window:", "bomgar_window_ends")),
        "missing": Planted(missing_file, ("use the package", "there is no such file", "bomgar_packages")),
        "damaged": Planted(damaged_file, ("use the package", "its SHA-256 is", "Download it again")),
        "session": Planted(session, ("1 session running", "set bomgar_sessions to wait or accept"), "in_place"),
        "second": Planted(lambda _world: nothing, ("the first window is not done", "Run this with bomgar_window: first"), window="second"),
    },
    "after": {
        "invalid": Planted(
            variable("bomgar_acceptance", ["`1` > `2`"]),
            ("acceptance[0]: `1` > `2` gives false", "correct the appliance, or the expression"),
            updated=True,
        ),
        "unhealthy": Planted(unhealthy_when_updated, ("is not able to serve",), updated=True),
        "unmoved": Planted(
            name_stays,
            ("let unmoved.example.com lead to b", "a still answers", "See who answers", ANEW),
            updated=True,
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_a_fault_in_the_first_window_and_the_way_on(tmp_path: Path, group: str) -> None:
    with estate(tmp_path) as made:
        mends = {}
        for name, fault in GROUPS[group].items():
            world = made.add(name, path=fault.path)
            world.common |= {"bomgar_window": fault.window, **fault.variables}
            mends[name] = fault.plant(world)
        stopped = made.run()
        for name, fault in GROUPS[group].items():
            world, pair = made.sites[name], made.sites[name].pair
            assert stopped[name].failed, (name, stopped[name].words)
            assert stopped[name].says(*fault.words)
            old = ("6.1.0", "22.1.1")
            assert world.versions == [old, world.wished if fault.updated else old], name
            assert pair.door.target is pair.a, name
            assert pair.truth.exposures[-1:] == [] or fault.updated or name == "half", name
            world.kept(*fault.broke)
        for name, mend in mends.items():
            mend()
            made.sites[name].common |= {"bomgar_window": "first", "bomgar_deadline": 120}
        if "half" in mends:
            given_up = made.run("half", abort="true")["half"]
            assert given_up.says("the upgrade was given up: the site is in the nearest safe state")
            assert [box.role for box in made.sites["half"].pair.boxes] == ["primary", "backup"]
        for name, run in made.run().items():
            assert not run.failed, (name, run.words)
            assert run.says("The first window", "is done. There is no failover until the second")
        # From here on all of them are alike: one goes on to the end.
        one = next(iter(mends))
        run = made.run(one, window="second", signed_off_by="Ada")[one]
        assert not run.failed, run.words
        made.sites[one].proven(*GROUPS[group][one].broke)
