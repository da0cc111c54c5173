# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many pairs in one inventory, each with a simulator of its own, so that one run of a playbook tries many faults. Tests nothing itself."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import Played, World
from ansible_collections.bomgar.appliance.tests.simulator import Simulator

from .conftest import MODERN, PairWorld, pair_site, write_inventory

#: What a task left for a host, as the default callback writes it: to the next task, or to the next host.
_RESULT = re.compile(r"^(?:ok|changed|skipping|fatal|failed): (?=\[)", re.M)


@dataclass
class Ended:
    """How a run ended for one site: whether it failed, how many tasks changed something, what was said of it."""

    failed: bool
    changed: int
    words: str

    def says(self, *words: str) -> bool:
        """Whether it says all of them; shows what it says instead."""
        missing = [each for each in words if each not in self.words]
        assert not missing, f"{missing} not in:\n{self.words}"
        return True


@dataclass
class Estate(World):
    """Pairs by the first label of their site's name."""

    sites: dict[str, PairWorld] = field(default_factory=dict)
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def add(self, name: str, versions: Any = MODERN, path: str = "role_swap", **options: Any) -> PairWorld:
        """A served pair, upgraded by this path."""
        folder = self.folder / name
        folder.mkdir()
        world = pair_site(folder, versions, f"{name}.example.com", **options)
        world.common["bomgar_path"] = path
        world.served = self.stack.enter_context(world.simulator.serve())
        self.sites[name] = world
        return world

    def inventory(self) -> Path:
        return write_inventory(self.folder, self.sites.values())

    def run(
        self, *names: str, playbook: str = "upgrade", arguments: tuple[str, ...] = (), **variables: Any
    ) -> dict[str, Ended]:
        """One run for these sites (default: all), with these variables (without `bomgar_`); how it ended for each."""
        chosen = names or tuple(self.sites)
        given = [f"-ebomgar_{name}={value}" for name, value in variables.items()]
        limit = ",".join(self.sites[name].site for name in chosen)
        played = self.play(playbook, "--limit", limit, "--forks", "4", *given, *arguments)
        for world in self.sites.values():
            assert not [secret for secret in world.secrets() if secret in played.text], "a secret is in the output"
        return {name: ended(played, self.sites[name].site) for name in chosen}


def ended(played: Played, host: str) -> Ended:
    """What a run left for one host."""
    assert host in played.recap, played.text
    recap = played.recap[host]
    said = []
    for task in re.split(r"^TASK \[.*$", played.text, flags=re.M):
        said += [part for part in _RESULT.split(task)[1:] if part.startswith(f"[{host}]")]
        said += [line for line in task.splitlines() if line.startswith(f"{host}  ")]
    words = Played(0, "\n".join(said)).words
    return Ended(recap["failed"] + recap["unreachable"] > 0, recap["changed"], words)


@contextlib.contextmanager
def estate(folder: Path) -> Iterator[Estate]:
    """An empty estate; afterwards nothing that a run wrote holds a secret."""
    (folder / "home").mkdir()
    made = Estate(Simulator(), folder)
    with made.stack:
        yield made
        for world in made.sites.values():
            for file in (*world.written(), *(world.folder / "exports").rglob("*")):
                if file.is_file() and file.suffix != ".nsb":
                    text = file.read_text(encoding="utf-8", errors="replace")
                    assert not [secret for secret in world.secrets() if secret in text], file
