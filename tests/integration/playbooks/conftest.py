# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped playbooks, run by ansible-playbook in a process of its own against the simulator over HTTPS.

Simulated time goes by looks, so that nothing depends on how fast this machine is.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.simulator import LookClock, Simulator

ROOT = Path(__file__).resolve().parents[3]
COLLECTIONS = ROOT / ".cache/collections"
#: For sites that pass release 10.6: what an audit would be asked for otherwise.
NO_INTEGRATIONS = {"integrations_audited": "this site has no integrations"}
#: Longer than any of these runs takes; only there so that nothing can hang for ever.
PATIENCE = 1800.0


@dataclass
class Played:
    """What a run left: its exit code, all it printed, and the recap by host."""

    code: int
    text: str

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """Host -> ok, changed, failed, ..."""
        found = {}
        for host, counts in re.findall(r"^(\S+)\s+: (ok=.*)$", self.text, re.M):
            found[host] = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", counts)}
        return found

    @property
    def changed(self) -> int:
        """How many tasks changed something, over all hosts."""
        return sum(counts["changed"] for counts in self.recap.values())

    @property
    def words(self) -> str:
        """Everything printed, with single blanks, without the marks of the result's JSON and the only appliance's name."""
        text = re.sub(r'",\s+"', " ", self.text)
        return " ".join(text.replace('\\"', '"').replace("\\n", " ").replace(" a: ", " ").split())


@dataclass
class World:
    """A simulator that serves, an inventory of its boxes, and ansible-playbook."""

    simulator: Simulator
    folder: Path
    served: Any = None
    boxes: list[Any] = field(default_factory=list)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    common: dict[str, Any] = field(default_factory=dict)

    def site(self, host: str = "support.example.com", **options: Any) -> Any:
        """A site with one appliance, and its host in the inventory. Call it before `serve`."""
        box = self.simulator.add_appliance(host, **options)
        self.boxes.append(box)
        return box

    def accounts(self, box: Any) -> dict[str, Any]:
        """The inventory variables that lead to a box."""
        accounts = box.accounts
        api = (
            {"bomgar_api_client_id": accounts.api.client_id, "bomgar_api_client_secret": accounts.api.client_secret}
            if box.has_oauth
            else {"bomgar_api_username": accounts.api_user.username, "bomgar_api_password": accounts.api_user.password}
        )
        return {
            "bomgar_url": self.served.url(box),
            "bomgar_ca_path": str(self.served.ca_path),
            "bomgar_login_username": accounts.login.username,
            "bomgar_login_password": accounts.login.password,
            "bomgar_appliance_username": accounts.appliance.username,
            "bomgar_appliance_password": accounts.appliance.password,
            **api,
        }

    def secrets(self) -> list[str]:
        """Every secret of every box."""
        return [
            secret
            for box in self.boxes
            for secret in (
                box.accounts.api.client_secret,
                box.accounts.api_user.password,
                box.accounts.login.password,
                box.accounts.appliance.password,
            )
        ]

    @property
    def records(self) -> Path:
        return self.folder / "records"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    def written(self) -> list[Path]:
        """Every file that a run left in the folders of records and backups."""
        return [path for folder in (self.records, self.backups) for path in folder.rglob("*") if path.is_file()]

    def inventory(self) -> Path:
        """The inventory file as it is now wished for."""
        hosts = {box.host: {**self.accounts(box), **self.variables.get(box.host, {})} for box in self.boxes}
        everywhere = {
            "bomgar_record_dir": str(self.records),
            "bomgar_backup_dir": str(self.backups),
            "bomgar_poll_interval": 0.02,
            "bomgar_deadline": 120,
            "bomgar_waivers": NO_INTEGRATIONS,
            **self.common,
        }
        path = self.folder / "sites.yml"
        group = {"hosts": hosts, "vars": {key: value for key, value in everywhere.items() if value is not None}}
        path.write_text(yaml.safe_dump({"all": {"children": {"bomgar_sites": group}}}), encoding="utf-8")
        return path

    def start(self, playbook: str = "upgrade", *arguments: str) -> subprocess.Popen[str]:
        """A run in a session of its own, so that the whole of it can be killed."""
        # Nothing of the user's, and no trust store but what the inventory names.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
        environment.update(
            ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
            ANSIBLE_HOME=str(self.folder / "ansible"),
            ANSIBLE_NOCOLOR="1",
            HOME=str(self.folder / "home"),
        )
        name = playbook if playbook.endswith(".yml") else f"bomgar.appliance.{playbook}"
        ansible = Path(sys.executable).with_name("ansible-playbook")
        return subprocess.Popen(
            [str(ansible), name, "-i", str(self.inventory()), *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def play(self, playbook: str = "upgrade", *arguments: str) -> Played:
        """A run to its end."""
        process = self.start(playbook, *arguments)
        text, _none = process.communicate(timeout=PATIENCE)
        return Played(process.returncode, text)

    def kill_when(self, moment: Callable[[], bool], playbook: str = "upgrade", *arguments: str) -> Played:
        """A run that is killed, with all its processes, as soon as `moment` has come; it must not end before."""
        process = self.start(playbook, *arguments)
        limit = time.monotonic() + PATIENCE
        while not moment():
            if process.poll() is not None:
                pytest.fail(f"the run ended before it could be killed:\n{process.communicate()[0]}")
            assert time.monotonic() < limit, "the moment to kill the run did not come"
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGKILL)
        text, _none = process.communicate(timeout=PATIENCE)
        return Played(process.returncode, text)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty world; `serve` puts sites into it."""
    (tmp_path / "home").mkdir()
    return World(Simulator(clock=LookClock()), tmp_path)


@pytest.fixture
def serve(world: World) -> Iterator[Callable[..., Any]]:
    """`serve(**options of the box)`: the guide's example as a served site; gives the box."""
    contexts = []

    def begin(*hosts: str, **options: Any) -> Any:
        if not world.simulator.vendor.packages:
            world.simulator.vendor.publish_guide()
        boxes = [world.site(host, **options) for host in hosts or ("support.example.com",)]
        context = world.simulator.serve()
        world.served = context.__enter__()
        contexts.append(context)
        return boxes[0] if len(boxes) == 1 else boxes

    yield begin
    for context in contexts:
        context.__exit__(None, None, None)
