# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failover pair behind its site's name, upgraded by the shipped playbooks.

The name leads where a file says, which the task file of a cutover writes: what a user's own tasks would do to a load balancer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import NO_INTEGRATIONS, Played, World
from ansible_collections.bomgar.appliance.tests.simulator import Clock, LookClock, Package, Simulator
from ansible_collections.bomgar.appliance.tests.simulator.package import write_package

SITE = "support.example.com"
#: What the guide upgrades from and to; the packages say what they need.
GUIDE = ({"base": "3.2.4", "site": "10.5.3"}, {"base": "3.2.6", "site": "11.1.1"})
MODERN = ({"base": "6.1.0", "site": "22.1.1"}, {"base": "6.2.0", "site": "23.2.1"})
CUTOVER = """---
- name: Move the name
  ansible.builtin.copy:
    content: "{{ bomgar_cutover_to }}"
    dest: "{{ playbook_dir }}/leads-to"
    mode: "0600"
"""


@dataclass
class PairWorld(World):
    """One site with two appliances. `pair` is the simulator's."""

    site: str = SITE
    pair: Any = None
    packages: tuple[Path, ...] = ()
    target: dict[str, str] | None = None

    def host(self) -> dict[str, Any]:
        """The variables of the site's host in the inventory."""
        pair = self.pair
        members = {
            name: {"url": self.served.url(box), "address": box.host} for name, box in zip("ab", pair.boxes, strict=True)
        }
        variables = {
            **self.accounts(pair.a),
            "bomgar_url": self.served.url(pair.door),
            "bomgar_appliances": members,
            "bomgar_packages": [str(path) for path in self.packages],
            "bomgar_target": self.target,
            "bomgar_record_dir": str(self.records),
            "bomgar_backup_dir": str(self.backups),
            "session_export_dir": str(self.folder / "exports"),
            "bomgar_poll_interval": 0.02,
            "bomgar_deadline": 120,
            "bomgar_waivers": NO_INTEGRATIONS,
            "bomgar_cutover": {"method": "tasks", "file": str(self.folder / "cutover.yml")},
            **self.common,
        }
        return {key: value for key, value in variables.items() if value is not None}

    def inventory(self) -> Path:
        return write_inventory(self.folder, [self])

    def secrets(self) -> list[str]:
        """As for one appliance, and the pre-shared keys."""
        return [*super().secrets(), *{box.failover_key for box in self.boxes}]

    @property
    def versions(self) -> list[tuple[str, str]]:
        """Base and site software of a and b."""
        return [(box.base, box.site) for box in self.pair.boxes]

    @property
    def wished(self) -> tuple[str, str]:
        assert self.target is not None
        return (self.target["base"], self.target["site"])

    def window(self, which: str, *arguments: str) -> Played:
        """One window of the upgrade."""
        more = ["-e", "bomgar_signed_off_by=Ada"] if which == "second" else []
        return self.play("upgrade", "-e", f"bomgar_window={which}", *more, *arguments)

    def proven(self, *broken: str) -> None:
        """The good end of both paths, and no promise broken, by the ground truth; `broken`: but these, by what was planted."""
        assert self.versions == [self.wished, self.wished]
        assert {box.role for box in self.pair.boxes} == {"primary", "backup"}
        assert self.pair.door.target.role == "primary"
        self.kept(*broken)

    def kept(self, *broken: str) -> None:
        """No promise broken but these, no decoy pressed, nobody locked out, nothing installed twice."""
        assert self.pair.truth.violations() == list(broken)
        for box in self.pair.boxes:
            assert box.truth.decoys == []
            assert box.truth.lockouts == []
            names = [one.package for one in box.truth.installs]
            assert len(names) == len(set(names))


def write_inventory(folder: Path, worlds: Iterable[PairWorld]) -> Path:
    """An inventory of these sites."""
    group = {"hosts": {world.site: world.host() for world in worlds}}
    path = folder / "sites.yml"
    path.write_text(yaml.safe_dump({"all": {"children": {"bomgar_sites": group}}}), encoding="utf-8")
    return path


def pair_site(
    folder: Path,
    versions: Any = MODERN,
    site: str = SITE,
    step: float = 60.0,
    clock: Clock | None = None,
    **options: Any,
) -> PairWorld:
    """A pair at the older of the versions, with packages of the newer; not served yet. Time goes by `clock`, else by looks."""
    simulator = Simulator(clock=clock or LookClock(step))
    old, new = versions
    world = PairWorld(simulator, folder, site=site, target=dict(new))
    packages = [Package("base", new["base"]), Package("site", new["site"], {"base": new["base"]})]
    world.packages = tuple(write_package(folder / f"{one.kind}-{one.version}.pkg", one, 4096) for one in packages)
    world.pair = simulator.add_pair(site, **{**old, **options})
    world.boxes = list(world.pair.boxes)
    leads = folder / "leads-to"
    (folder / "cutover.yml").write_text(CUTOVER.replace("{{ playbook_dir }}", str(folder)), encoding="utf-8")
    boxes = dict(zip("ab", world.boxes, strict=True))
    world.pair.door.follow = lambda: boxes[leads.read_text(encoding="utf-8") if leads.is_file() else "a"]
    return world


@pytest.fixture
def pair_world(tmp_path: Path) -> Iterator[Callable[..., PairWorld]]:
    """`pair_world(versions=..., **options of the pair)`: a served pair; see `pair_site`."""
    with contextlib.ExitStack() as stack:

        def begin(versions: Any = MODERN, **options: Any) -> PairWorld:
            (tmp_path / "home").mkdir(exist_ok=True)
            world = pair_site(tmp_path, versions, **options)
            world.served = stack.enter_context(world.simulator.serve())
            return world

        yield begin
