# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated pair whose name leads where a real BIND says, and the task that moves it. Tests nothing itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record
from ansible_collections.bomgar.appliance.plugins.modules import cutover
from ansible_collections.bomgar.appliance.tests.integration.cutover.named import KEY, NAME, SECRET, ZONE, A, B, Named
from ansible_collections.bomgar.appliance.tests.integration.update.site import Clock
from ansible_collections.bomgar.appliance.tests.simulator import Appliance, LookClock, Pair, Served, Simulator

MODERN = {"dialect": "modern_en", "base": "6.2.0", "site": "24.3.2"}


@dataclass
class Place:
    """A pair that is broken, `a` still in production; `named` says where its name leads. Every task is a run of its own."""

    pair: Pair
    served: Served
    folder: Path
    named: Named | None = None
    clock: Clock = field(default_factory=Clock)
    lines: list[str] = field(default_factory=list)
    #: Called at each pause with the number of pauses so far.
    at_pause: Callable[[int], object] = field(default=lambda _count: None)
    pauses: int = 0

    def appliance(self, name: str, **changes: Any) -> dict[str, Any]:
        """The option `appliance`, or `peer`."""
        box: Appliance = getattr(self.pair, name)
        accounts = box.accounts
        return {
            "url": self.served.url(box),
            "name": name,
            "site": NAME,
            "address": {"a": A, "b": B}[name],
            "ca_path": str(self.served.ca_path),
            "api": {"client_id": accounts.api.client_id, "client_secret": accounts.api.client_secret}
            if box.has_oauth
            else {"username": accounts.api_user.username, "password": accounts.api_user.password},
            "login": {key: getattr(accounts.login, key) for key in ("username", "password")},
            "appliance": {key: getattr(accounts.appliance, key) for key in ("username", "password")},
            **changes,
        }

    def dns(self, **changes: Any) -> dict[str, Any]:
        """The option `dns`."""
        assert self.named
        return {
            "server": "127.0.0.1",
            "port": self.named.port,
            "zone": ZONE,
            "record": NAME,
            "key_name": KEY,
            "key_secret": SECRET,
            **changes,
        }

    def options(self, **changes: Any) -> dict[str, Any]:
        """What every task is given."""
        given = {
            "appliance": self.appliance("b"),
            "peer": self.appliance("a"),
            "site_url": self.served.url(self.pair.door),
            "record": {"directory": str(self.folder / "records"), "wish": {}, "path": "role_swap"},
            "poll_interval": 5,
            "deadline": 900,
            "show_within": 60,
            **changes,
        }
        if given.get("method") == "dns" and "dns" not in given:
            given["dns"] = self.dns()
        return given

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.pauses += 1
        self.at_pause(self.pauses)

    def run(self, *, check: bool = False, **changes: Any) -> dict[str, Any]:
        """The result of one task. Nothing that it says, returns or writes holds a secret."""
        validated = ArgumentSpecValidator(**cutover.SPEC.arguments()).validate(self.options(**changes))
        assert not validated.error_messages, validated.error_messages
        task = runner.Task(
            validated.validated_parameters,
            check_mode=check,
            diff=True,
            say=self.lines.append,
            secrets=validated._no_log_values,
            clock=self.clock,
            sleep=self.sleep,
        )
        result = runner.execute(cutover.run, task)
        said = json.dumps(result) + "\n".join(self.lines)
        files = [file.read_text() for file in (self.folder / "records").rglob("*.json")]
        for secret in (SECRET, self.pair.a.accounts.api.client_secret, self.pair.a.accounts.login.password):
            assert all(secret not in text for text in (said, *files))
        return result

    def killed(self, when: Callable[[Callable[[], None]], None], **changes: Any) -> None:
        """A run in a process of its own that is killed; `when` is given what kills it, and puts that where it shall happen."""
        child = os.fork()
        if child == 0:
            try:
                when(lambda: os.kill(os.getpid(), signal.SIGKILL))
                self.run(**changes)
            finally:
                os._exit(0)
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "it was to be killed"

    def steps(self) -> list[tuple[str, str, str | None]]:
        """Id, appliance and outcome of every step in the record."""
        record = Record.open_latest(self.folder / "records", NAME)
        assert record is not None
        return [(step["id"], step["appliance"], step["outcome"]) for step in record.data["steps"]]

    def record(self) -> dict[str, Any]:
        """The record as it can be read now."""
        found = Record.open_latest(self.folder / "records", NAME)
        assert found is not None
        return found.data

    def leads_to(self) -> str | None:
        """Where the name leads, by the simulator."""
        self.pair.door.look()
        target = self.pair.door.target
        return None if target is None else "a" if target is self.pair.a else "b"

    def by_dns(self) -> Appliance | None:
        """Where the name server leads."""
        assert self.named
        given = {line.split()[-1] for line in self.named.shows()}
        found = [box for address, box in ((A, self.pair.a), (B, self.pair.b)) if address in given]
        return found[0] if len(found) == 1 else None


@contextlib.contextmanager
def place(folder: Path, named: Named | None = None, **options: Any) -> Iterator[Place]:
    """A pair that serves; afterwards no promise of the design was broken."""
    simulator = Simulator(clock=LookClock(step=1.0))
    pair = simulator.add_pair(NAME, **{**MODERN, "established": False, **options})
    with simulator.serve() as served:
        made = Place(pair, served, folder, named)
        if named is not None:
            pair.door.follow = made.by_dns
        yield made
        assert [words for words in pair.truth.violations() if words.startswith("4")] == []
        for box in pair.boxes:
            assert box.truth.lockouts == []
            assert box.truth.decoys == []
