# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault between the windows or in the second one: its true outcome and the way on that the message names, by the shipped playbooks.

Each site has one fault after the other, in the order in which a run comes to them: that a run comes to the next proves the way on from the
one before, and the first window is paid for once. In that, a second controller comes to one of the sites.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import PATIENCE, Played
from ansible_collections.bomgar.appliance.tests.simulator import Certificate, InstallPlan, Package
from ansible_collections.bomgar.appliance.tests.simulator.appliance import make_build
from ansible_collections.bomgar.appliance.tests.simulator.package import write_package

from .conftest import PairWorld
from .estate import Estate, ended, estate
from .test_planted import ANEW, Mend, no_link, nothing, role

OLD, NEWER = ("6.1.0", "22.1.1"), "24.1.1"


@dataclass(frozen=True)
class Later:
    """A fault: `plant` gives what mends it. `words`: what the run says that stops at it. `again`: the first window is the way on.

    `updated`: both are, where the run stops. `broke`: the promise that the fault itself broke.
    """

    plant: Callable[[PairWorld], Mend]
    words: tuple[str, ...]
    again: bool = False
    updated: bool = True
    broke: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)


def waiting(world: PairWorld) -> Any:
    """The one that the second window updates."""
    return world.pair.a if world.common["bomgar_path"] == "role_swap" else world.pair.b


def other_path(world: PairWorld) -> Mend:
    path = world.common["bomgar_path"]
    world.common["bomgar_path"] = "in_place" if path == "role_swap" else "role_swap"
    return lambda: world.common.update(bomgar_path=path)


def no_record(world: PairWorld) -> Mend:
    shutil.rmtree(world.records)
    return nothing


def foreign_record(world: PairWorld) -> Mend:
    file = world.records / world.site / "latest/record.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    record["wish"] = {"site": "22.3.1"}
    file.write_text(json.dumps(record), encoding="utf-8")
    return nothing


def moved_back(world: PairWorld) -> Mend:
    (world.folder / "leads-to").write_text("a", encoding="utf-8")
    return nothing


def newer(world: PairWorld) -> Mend:
    """Somebody goes on with production; what the message says is to wish for that on both."""
    box = world.pair.other(waiting(world))
    box.site, box.build = NEWER, make_build(NEWER)

    def mend() -> None:
        assert world.target is not None
        world.target["site"] = NEWER
        package = Package("site", NEWER, {"base": world.target["base"]})
        world.packages = (world.packages[0], write_package(world.folder / f"site-{NEWER}.pkg", package, 4096))

    return mend


def by_hand(world: PairWorld) -> Mend:
    """Somebody updates the other one, to another build of the same version."""
    box = waiting(world)
    box.base, box.site = world.wished
    box.build = "1-" + 40 * "0"
    return lambda: setattr(box, "build", make_build(box.site))


def certificate(world: PairWorld) -> Mend:
    """The last package brings another certificate."""
    box = waiting(world)
    kept = box.certificate
    box.next_plans = [InstallPlan(), InstallPlan(certificate=Certificate(names=("elsewhere.example.com",)))]
    return lambda: setattr(box, "certificate", kept)


def key(world: PairWorld) -> Mend:
    box = waiting(world)
    right, box.failover_key = box.failover_key, "not-the-key-4711"
    return lambda: world.common.update(bomgar_failover_key=right)


def syncs(**plan: Any) -> Callable[[PairWorld], Mend]:
    """Every sync goes like this; what hangs is ended by the link."""

    def plant(world: PairWorld) -> Mend:
        pair = world.pair
        kept, pair.sync_plan = pair.sync_plan, replace(pair.sync_plan, **plan)

        def mend() -> None:
            pair.sync_plan = kept
            pair.cut_link()
            pair.cut_link(False)

        return mend

    return plant


def when_established(
    what: Callable[[PairWorld], object], mended: Callable[[PairWorld], object]
) -> Callable[[PairWorld], Mend]:
    """It happens a moment after both are primary and backup."""

    def plant(world: PairWorld) -> Mend:
        pair = world.pair

        def then(_who: str, words: str) -> None:
            if words.startswith("established"):
                pair.on_event = None
                pair._later(pair.now + 1, lambda _at: what(world))

        pair.on_event = then
        return lambda: mended(world)

    return plant


twins = when_established(lambda world: world.pair.plant_both_primary(), lambda world: role(world, "a", "backup"))
swapped = when_established(lambda world: world.pair.swap_by_itself(), lambda world: role(world, "a", "primary"))


TWINS = ("4: both were primary",)
#: Before the task that moves the name.
WAITS = """---
- name: Tell that the user's own tasks have begun
  ansible.builtin.file:
    path: "{{ folder }}/waits"
    state: touch
    mode: "0600"

- name: Wait
  ansible.builtin.wait_for:
    path: "{{ folder }}/goes"
    timeout: 60
"""

FIRST_AGAIN = "Run this with bomgar_window: first"
LOST = ("no record of this upgrade shows that the first window is done, next in it is: Validate b", FIRST_AGAIN)
ESTABLISHED = "Failover is established, but nothing shows that"
#: Site -> path, and its faults one after the other.
SITES: dict[str, tuple[str, tuple[Later, ...]]] = {
    "key": ("role_swap", (
        Later(other_path, ("b was updated by role_swap, as the record shows", "Go on with the other path: bomgar_path: role_swap"), updated=False),
        Later(no_record, LOST, again=True, updated=False),
        Later(key, ("refused the inter-appliance communication pre-shared key", "bomgar_failover_key sets it", ANEW)),
        # Long enough to be seen running: a failure right after one looks like that one.
        Later(syncs(outcome="fails", base=1800.0), ("says that the sync failed: 'Failed'", f"{ESTABLISHED} a has everything that b has", ANEW)),
    )),
    "build": ("role_swap", (
        Later(foreign_record, LOST, again=True, updated=False),
        Later(by_hand, ("b and a do not run the same: build", "a package that brings both to the same one", ANEW)),
        Later(twins, ("both say that they are primary", "make the other one backup (bomgar.appliance.failover_role)", ANEW), broke=TWINS),
    )),
    "link": ("role_swap", (
        Later(moved_back, ("name was moved to b, and then back to a", "lead to b", FIRST_AGAIN), again=True, updated=False),
        Later(no_link, ("The backup site could not be contacted", ANEW)),
        Later(syncs(outcome="stalls"), ("still running at the deadline", ESTABLISHED, "(bomgar_deadline)"), variables={"bomgar_deadline": 5}),
    )),
    "in-place": ("in_place", (
        Later(newer, ("software of a is 24.1.1 already, newer than 23.2.1", "(bomgar_target)", "(bomgar_packages)"), again=True, updated=False),
        Later(other_path, ("a was updated by in_place, as the record shows", "Go on with the other path: bomgar_path: in_place"), updated=False),
        Later(certificate, ("The certificates of both appliances must be the same", "certificate have to be the same", ANEW)),
        Later(swapped, ("b became primary instead: a backup, b primary", "(bomgar.appliance.failover_role)", ANEW)),
        Later(syncs(outcome="lies"), ("no sync that began after this was seen to succeed: 'Success'", ESTABLISHED, ANEW)),
    )),
}  # fmt: skip


def test_a_fault_after_the_first_window_and_the_way_on(tmp_path: Path) -> None:
    with estate(tmp_path) as made:
        for name, (path, _faults) in SITES.items():
            made.add(name, path=path)
        first_window_and_another_controller(made, "build")
        for name, run in made.run("link", "in-place", window="first").items():
            assert not run.failed, (name, run.words)
            assert run.says("nothing to do in the first window; the second window is due")
        for turn in range(max(len(faults) for _path, faults in SITES.values())):
            stopped_and_mended(
                made, {name: faults[turn] for name, (_path, faults) in SITES.items() if turn < len(faults)}
            )
        for name, run in made.run(window="second", signed_off_by="Ada").items():
            assert not run.failed, (name, run.words)
            made.sites[name].proven(*(broke for fault in SITES[name][1] for broke in fault.broke))
            truth = made.sites[name].pair.truth
            assert (len(truth.of("broken")), len(truth.of("established"))) == (1, 1), name


def first_window_and_another_controller(made: Estate, name: str) -> None:
    """While one run moves the name by the user's own tasks, another one comes to that site; nothing is done twice."""
    folder = made.sites[name].folder
    moves = (folder / "cutover.yml").read_text(encoding="utf-8").removeprefix("---")
    (folder / "cutover.yml").write_text(WAITS.replace("{{ folder }}", str(folder)) + moves, encoding="utf-8")
    first = made.start("upgrade", "-e", "bomgar_window=first", "--forks", "4")
    with ThreadPoolExecutor() as pool:
        # Read while it runs: it would wait for somebody to do so.
        said = pool.submit(first.communicate, timeout=PATIENCE)
        while not (folder / "waits").exists():
            assert not said.done(), said.result()[0]
            time.sleep(0.01)
        second = made.run(name, window="first")[name]
        (folder / "goes").touch()
        text = said.result()[0]
    assert second.failed, second.words
    assert second.says(f"another run is at work on this site (process {first.pid} on ", "Wait until it has ended")
    for site, world in made.sites.items():
        run = ended(Played(first.returncode, text), world.site)
        assert not run.failed, (site, run.words)
        assert [event.detail["to"] for event in world.pair.truth.of("door")] == (
            [f"b.{world.site}"] if world.common["bomgar_path"] == "role_swap" else []
        )


def stopped_and_mended(made: Estate, faults: dict[str, Later]) -> None:
    """The second window with these faults, and what mends them."""
    for name, fault in faults.items():
        made.sites[name].common |= fault.variables
    mends = {name: fault.plant(made.sites[name]) for name, fault in faults.items()}
    stopped = made.run(*faults, window="second", signed_off_by="Ada")
    for name, fault in faults.items():
        world = made.sites[name]
        assert stopped[name].failed, (name, stopped[name].words)
        assert stopped[name].says(*fault.words)
        box = waiting(world) if fault.plant is not other_path else world.pair.other(waiting(world))
        assert (box.base, box.site) == (world.wished if fault.updated else OLD), name
        world.kept(*fault.broke)
        mends[name]()
        for variable in fault.variables:
            del world.common[variable]
    again = [name for name, fault in faults.items() if fault.again]
    for name, run in (made.run(*again, window="first") if again else {}).items():
        assert not run.failed, (name, run.words)
