# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated site, and modules run against it over HTTPS as the action plugin runs them. Tests nothing itself."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.tests.simulator import Appliance, LookClock, Package, Served, Simulator

HOST = "support.example.com"


@dataclass(frozen=True)
class Era:
    """A box of one time, two packages for it of which the site's needs the base's, and the wish for both."""

    options: dict[str, Any]
    base: Package
    site: Package

    @property
    def wish(self) -> dict[str, str]:
        return {"base": self.base.version, "site": self.site.version}


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


@dataclass
class Place:
    """The site, its accounts as options, and what was said."""

    simulator: Simulator
    served: Served
    box: Appliance
    era: Era
    folder: Path
    said: list[str] = field(default_factory=list)
    #: Replaces parts of the option `appliance`.
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def appliance(self) -> dict[str, Any]:
        """The option `appliance`."""
        accounts = self.box.accounts
        user = {"username": accounts.api_user.username, "password": accounts.api_user.password}
        client = {"client_id": accounts.api.client_id, "client_secret": accounts.api.client_secret}
        return {
            "url": self.served.url(self.box),
            "site": HOST,
            "ca_path": str(self.served.ca_path),
            "timeout": 10,
            "api": client if self.box.has_oauth else user,
            "login": {"username": accounts.login.username, "password": accounts.login.password},
            "appliance": {"username": accounts.appliance.username, "password": accounts.appliance.password},
            **self.options,
        }

    @property
    def secrets(self) -> list[str]:
        """Every password and client secret."""
        accounts = self.box.accounts
        return [
            accounts.api.client_secret,
            accounts.api_user.password,
            accounts.login.password,
            accounts.appliance.password,
        ]

    def run(self, module: ModuleType, *, check_mode: bool = False, **params: Any) -> dict[str, Any]:
        """The result of one task; it holds no secret and is plain JSON."""
        validation = ArgumentSpecValidator(**module.SPEC.arguments()).validate({"appliance": self.appliance, **params})
        assert not validation.error_messages, validation.error_messages
        task = runner.Task(
            validation.validated_parameters,
            check_mode=check_mode,
            say=self.said.append,
            secrets=validation._no_log_values,
        )
        result = runner.execute(module.run, task)
        shown = json.dumps([result, self.said])
        assert not any(secret in shown for secret in self.secrets)
        return result

    def logins(self, interface: str) -> list[bool]:
        """The log-ins at `appliance`, `login` or `oauth`, by whether they were good."""
        return [seen.ok for seen in self.box.truth.logins if seen.interface == interface]


@contextlib.contextmanager
def place(folder: Path, era: Era, **options: Any) -> Iterator[Place]:
    """A site of that time with its packages published; afterwards, nothing was changed on it."""
    simulator = Simulator(clock=LookClock(step=1))
    for package in (era.base, era.site):
        simulator.vendor.publish(package)
    box = simulator.add_appliance(HOST, **{**era.options, **options})
    with simulator.serve() as served:
        made = Place(simulator, served, box, era, folder)
        yield made
    assert box.truth.commands == []
    assert box.truth.lockouts == []
    assert box.truth.decoys == []


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    """Check id -> outcome."""
    return {item["id"]: item["outcome"] for item in result["results"]}


def one(result: dict[str, Any], check_id: str) -> dict[str, Any]:
    """One check's result."""
    return next(item for item in result["results"] if item["id"] == check_id)
