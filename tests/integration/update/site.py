# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated site and the tasks that a test runs against it, on a clock that only a pause moves. Tests nothing itself."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import BackupStore, Identity, Manifest
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record
from ansible_collections.bomgar.appliance.plugins.modules import plan, update, update_info
from ansible_collections.bomgar.appliance.tests.simulator import (
    Appliance,
    InstallPlan,
    LookClock,
    Package,
    Served,
    Simulator,
    write_package,
)

HOST = "support.example.com"
#: Short for a test; every request, and every refused connection, is a simulated minute.
QUICK = InstallPlan(download=240, install=600, restart=180)


@dataclass(frozen=True)
class Era:
    """A box of one time, the two packages that are published for it, of which the site's needs the base's."""

    options: dict[str, Any]
    base: Package
    site: Package

    @property
    def both(self) -> tuple[Package, Package]:
        return self.base, self.site


#: Users with passwords and no health to ask for; API accounts and the open health page.
ERAS = {
    "10.5.3": Era(
        {"dialect": "plain_it", "base": "3.2.4", "site": "10.5.3"},
        Package("base", "3.2.6"),
        Package("site", "11.1.1", requires={"base": "3.2.6"}),
    ),
    "24.1.1": Era(
        {"dialect": "modern_en", "base": "6.1.0", "site": "24.1.1"},
        Package("base", "6.2.0"),
        Package("site", "24.3.2", requires={"base": "6.2.0"}),
    ),
}


class Clock:
    """The controller's clock: it stands still between two pauses, so that nothing depends on the machine's speed.

    A process that was forked off moves the same one.
    """

    def __init__(self) -> None:
        self._now = multiprocessing.RawValue("d", time.time())

    def __call__(self) -> float:
        return float(self._now.value)

    def sleep(self, seconds: float) -> None:
        """A pause that takes no time."""
        self._now.value += seconds


@dataclass
class Site:
    """A box that is served, and tasks against it; every task is a process of its own as far as its state goes."""

    simulator: Simulator
    served: Served
    box: Appliance
    folder: Path
    clock: Clock = field(default_factory=Clock)
    lines: list[str] = field(default_factory=list)

    @property
    def truth(self) -> Any:
        return self.box.truth

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def records(self) -> Path:
        return self.folder / "records"

    def account(self) -> dict[str, str]:
        """The API account of the box's era."""
        accounts = self.box.accounts
        if self.box.has_oauth:
            return {"client_id": accounts.api.client_id, "client_secret": accounts.api.client_secret}
        return {"username": accounts.api_user.username, "password": accounts.api_user.password}

    def secrets(self) -> list[str]:
        """Every secret of the box's accounts."""
        accounts = self.box.accounts
        return [
            accounts.api.client_secret,
            accounts.api_user.password,
            accounts.login.password,
            accounts.appliance.password,
        ]

    def appliance(self, **changes: Any) -> dict[str, Any]:
        """The option `appliance`."""
        return {
            "url": self.served.url(self.box),
            "site": HOST,
            "ca_path": str(self.served.ca_path),
            "api": self.account(),
            "login": {name: getattr(self.box.accounts.login, name) for name in ("username", "password")},
            "appliance": {name: getattr(self.box.accounts.appliance, name) for name in ("username", "password")},
            **changes,
        }

    def package(self, package: Package, name: str | None = None, **options: Any) -> dict[str, Any]:
        """A package file, as an entry of the option `packages`."""
        path = self.folder / (name or f"{package.name.replace(' ', '-').lower()}.pkg")
        write_package(path, package, size=4096, **options)
        return {"path": str(path)}

    def back_up(self, age: float = 60.0) -> Path:
        """A verified backup lies in the folder."""
        store = BackupStore(self.backups, HOST, "a")
        taken = self.clock() - age
        with store.part(taken, self.box.site) as part:
            part.write(bytes(range(256)) * 16)
            part.seal()
            return store.keep(
                part,
                Manifest(HOST, "a", part.target.name, 4096, part.sha256, taken, self.served.url(self.box), Identity()),
            ).path

    def task(self, module: ModuleType, *, check: bool = False, diff: bool = True, **options: Any) -> runner.Task:
        """A task with its options validated as Ansible does it."""
        validated = ArgumentSpecValidator(**module.SPEC.arguments()).validate(
            {"appliance": self.appliance(), **options}
        )
        assert not validated.error_messages, validated.error_messages
        return runner.Task(
            validated.validated_parameters,
            check_mode=check,
            diff=diff,
            say=self.lines.append,
            secrets=validated._no_log_values,
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    def run(self, module: ModuleType, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result of one task. Nothing that it says or returns holds a secret."""
        result = runner.execute(module.run, self.task(module, check=check, **options))
        said = json.dumps(result) + "\n".join(self.lines)
        for secret in self.secrets():
            assert secret not in said
        return result

    def update(self, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """The module `update`, with a backup to lean on unless `backup` says otherwise."""
        if "backup" not in options and not (self.backups / HOST).exists():
            self.back_up()
        return self.run(update, check=check, **{**self.defaults(), **options})

    def defaults(self) -> dict[str, Any]:
        """The options of `update` that every test gives."""
        return {
            "backup": {"directory": str(self.backups)},
            "record": {"directory": str(self.records), "wish": {}, "path": "automatic"},
            "poll_interval": 60,
            "deadline": 7200,
        }

    def offers(self, **options: Any) -> dict[str, Any]:
        """The module `update_info`."""
        return self.run(update_info, **options)

    def plan(self, **options: Any) -> dict[str, Any]:
        """The module `plan`."""
        return self.run(plan, **options)

    def record(self) -> dict[str, Any]:
        """The site's last record as it can be read now."""
        record = Record.open_latest(self.records, HOST)
        assert record is not None
        return record.data

    def steps(self) -> list[tuple[str, str | None]]:
        """Id and outcome of every step in the record."""
        return [(step["id"], step["outcome"]) for step in self.record()["steps"]]

    def installs(self) -> list[tuple[str, str]]:
        """Name and true outcome of every installation on the box."""
        return [(seen.package, seen.outcome) for seen in self.truth.installs]

    def unharmed(self) -> None:
        """What holds after every run, good or bad."""
        assert self.truth.restarts_asked == 0
        assert self.truth.decoys == []
        assert self.truth.lockouts == []
        for account in (self.box.accounts.appliance, self.box.accounts.login, self.box.accounts.api_user):
            assert not account.locked
        for request in self.truth.requests:
            assert not {"password", "username", "client_secret"} & set(request.query)
        for file in self.folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert not any(secret.encode() in content for secret in self.secrets()), file


@contextlib.contextmanager
def site(folder: Path, *publish: Package, step: float = 60.0, **options: Any) -> Iterator[Site]:
    """A site that serves; afterwards nothing of it was harmed."""
    simulator = Simulator(clock=LookClock(step=step))
    options = {**ERAS["10.5.3"].options, "install_plan": QUICK, **options}
    box = simulator.add_appliance(HOST, **options)
    simulator.vendor.publish(*publish)
    with simulator.serve() as served:
        made = Site(simulator, served, box, folder)
        yield made
        made.unharmed()


def during(truth: Any, begin: float, end: float | None) -> list[Any]:
    """The requests between two simulated moments."""
    return [request for request in truth.requests if begin <= request.time and (end is None or request.time <= end)]


MakeSite = Callable[..., Site]
