# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real ansible-rulebook in a process of its own, with the shipped rulebook, against the simulator over HTTPS.

Simulated time goes by looks, and a test waits for what it sees.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import COLLECTIONS, PATIENCE


class Rulebook:
    """A running ansible-rulebook and all that it has printed so far, its playbooks too."""

    def __init__(self, folder: Path, inventory: Path, rulebook: str, **variables: Any) -> None:
        binaries = Path(sys.executable).parent
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "EDA_"))}
        environment.update(
            ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
            ANSIBLE_HOME=str(folder / "ansible"),
            ANSIBLE_INVENTORY=str(inventory),
            ANSIBLE_NOCOLOR="1",
            HOME=str(folder / "home"),
            PATH=f"{binaries}{os.pathsep}{os.environ['PATH']}",
            PYTHONUNBUFFERED="1",
        )
        given = folder / "variables.yml"
        given.write_text(yaml.safe_dump(variables), encoding="utf-8")
        self._process = subprocess.Popen(
            [str(binaries / "ansible-rulebook"), "-r", rulebook, "-e", str(given), "--print-events"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._lines.extend(self._process.stdout)

    @property
    def text(self) -> str:
        return "".join(self._lines)

    @property
    def words(self) -> str:
        """All that was printed, with single blanks."""
        return " ".join(self.text.replace("\\n", " ").split())

    def wait(self, moment: Callable[[], Any]) -> None:
        """Until it has come; it must not end before."""
        limit = time.monotonic() + PATIENCE
        while not moment():
            if self._process.poll() is not None:
                pytest.fail(f"ansible-rulebook ended ({self._process.returncode}):\n{self.text}")
            assert time.monotonic() < limit, self.text
            time.sleep(0.02)

    def says(self, *words: str) -> None:
        """Wait until it has printed all of them."""
        self.wait(lambda: all(each in self.words for each in words))

    def end(self) -> None:
        """With all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Callable[..., Rulebook]]:
    """`rulebook(inventory, **variables)`: one that runs until the test ends."""
    begun: list[Rulebook] = []

    def begin(inventory: Path, name: str = "bomgar.appliance.watch", **variables: Any) -> Rulebook:
        begun.append(Rulebook(tmp_path, inventory, name, **variables))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()
