# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair and the modules that act on it, each task with a state of its own, on a clock that only a pause moves. Tests nothing itself."""

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
from ansible_collections.bomgar.appliance.tests.integration.update.site import Clock

from .conftest import MODERN, PairWorld, pair_site


@dataclass
class Duo:
    """`world` is the pair; `lines` is what tasks said."""

    world: PairWorld
    clock: Clock = field(default_factory=Clock)
    lines: list[str] = field(default_factory=list)

    @property
    def pair(self) -> Any:
        return self.world.pair

    @property
    def commands(self) -> list[str]:
        """What was asked of both, by the name of the command."""
        return [command.name for box in self.pair.boxes for command in box.truth.commands]

    def appliance(self, name: str) -> dict[str, Any]:
        """The option `appliance`, or `peer`."""
        box, world = getattr(self.pair, name), self.world
        accounts = box.accounts
        return {
            "url": world.served.url(box),
            "name": name,
            "site": world.site,
            "address": box.host,
            "ca_path": str(world.served.ca_path),
            "api": {"client_id": accounts.api.client_id, "client_secret": accounts.api.client_secret}
            if box.has_oauth
            else {"username": accounts.api_user.username, "password": accounts.api_user.password},
            "login": {key: getattr(accounts.login, key) for key in ("username", "password")},
            "appliance": {key: getattr(accounts.appliance, key) for key in ("username", "password")},
        }

    def options(self, first: str = "a", **options: Any) -> dict[str, Any]:
        """What a task is given: `first` is the option `appliance`, the other one its peer."""
        return {
            "appliance": self.appliance(first),
            "peer": self.appliance("b" if first == "a" else "a"),
            "poll_interval": 5,
            "deadline": 3600,
            **options,
        }

    def run(self, module: ModuleType, first: str = "a", *, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result of one task. Nothing that it says or returns holds a secret."""
        given = {**self.options(first), "site_url": self.world.served.url(self.pair.door)}
        known = {name: value for name, value in given.items() if name in module.SPEC.options}
        validated = ArgumentSpecValidator(**module.SPEC.arguments()).validate({**known, **options})
        assert not validated.error_messages, validated.error_messages
        task = runner.Task(
            validated.validated_parameters,
            check_mode=check,
            diff=True,
            say=self.lines.append,
            secrets=validated._no_log_values,
            clock=self.clock,
            sleep=self.clock.sleep,
        )
        result = runner.execute(module.run, task)
        said = json.dumps(result) + "\n".join(self.lines)
        assert not [secret for secret in (*self.world.secrets(), *self.keys()) if secret in said]
        return result

    def keys(self) -> set[str]:
        """The pre-shared keys."""
        return {box.failover_key for box in self.pair.boxes}


@contextlib.contextmanager
def duo(folder: Path, versions: Any = MODERN, **options: Any) -> Iterator[Duo]:
    """A served pair; afterwards no promise was broken that a task could have kept."""
    world = pair_site(folder, versions, **options)
    with world.simulator.serve() as world.served:
        yield Duo(world)
