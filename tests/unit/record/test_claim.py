# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run keeps others off its site between its tasks, too, until it has written its report or has ended."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import claim
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import AnotherRun
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.report_files import report

SITE = "support.example.com"


def take(directory: Path) -> Record:
    run = Run("run-1", "ada", "control.example.com")
    return Record.take(directory, SITE, Writer(run), wish={}, path="in_place")


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """One that this one does not come from: another run."""
    with subprocess.Popen(["sleep", "600"]) as other:
        yield other
        other.kill()


def claimed(directory: Path, process: int, born: str | None = None, host: str = socket.gethostname()) -> Path:
    file = directory / SITE / claim.FILE
    file.parent.mkdir()
    file.write_text(f"{process} {born or claim.born(process)} {host} 2026-11-22T18:43:00.000Z\n")
    return file


def test_another_run_is_named_and_keeps_others_off_until_it_ends(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    file = claimed(tmp_path, process.pid)
    with pytest.raises(AnotherRun) as caught:
        take(tmp_path)
    assert caught.value.facts["pid"] == process.pid
    said = f"another run is at work on this site (process {process.pid} on {socket.gethostname()}, since 2026-11-22T18:43:00.000Z)"
    assert said in str(caught.value)
    claim.release(file.parent)
    assert file.exists(), "nobody takes away what is another run's"
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is still there for who started it
    take(tmp_path).close()


@pytest.mark.parametrize("what", ["a number that is used again", "another machine", "nothing that can be read"])
def test_what_claims_nothing(tmp_path: Path, process: subprocess.Popen[bytes], what: str) -> None:
    born, host = ("1", socket.gethostname()) if "number" in what else (None, "elsewhere.example.com")
    file = claimed(tmp_path, process.pid, born, host)
    if "read" in what:
        file.write_bytes(b"\xff")
    take(tmp_path).close()


def test_the_run_itself_goes_on_and_lets_go_with_its_report(tmp_path: Path) -> None:
    with take(tmp_path) as record:
        record.claim()
        assert record.folder
    file = tmp_path / SITE / claim.FILE
    assert file.is_file()
    take(tmp_path).close()
    report(str(record.folder), ["markdown"], None, rehearse=True)
    assert file.is_file()
    report(str(record.folder), ["markdown"], None)
    assert not file.exists()


def test_a_record_in_memory_claims_nothing(tmp_path: Path) -> None:
    Record.in_memory(SITE, Writer(Run("run-1", "ada", "control.example.com")), wish={}, path=None).claim()
