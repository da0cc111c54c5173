# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at any moment, the same command run again ends in the same good state, with nothing installed twice."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.playbooks.test_upgrade import TARGET, good

MOMENTS: dict[str, Callable[[Any, Any], bool]] = {
    "while it reads": lambda box, world: len(box.truth.requests) > 3,
    "after the backup was asked for": lambda box, world: box.truth.backups > 0,
    "after the first click": lambda box, world: len(box.truth.commands) > 0,
    "while the appliance restarts": lambda box, world: box.truth.refused_connections > 0,
    "after the first package": lambda box, world: (
        box.truth.installs[0].finished is not None if box.truth.installs else False
    ),
    "after the second click": lambda box, world: len(box.truth.commands) > 1,
    "after the second package": lambda box, world: (
        len(box.truth.installs) > 1 and box.truth.installs[1].finished is not None
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_run_again(world: Any, serve: Any, moment: str) -> None:
    box = serve(dialect="guide_en")
    world.common["bomgar_target"] = TARGET
    world.kill_when(lambda: MOMENTS[moment](box, world))
    again = world.play()
    assert again.code == 0, again.text
    assert good(box), box.truth.installs
    assert [command.name for command in box.truth.commands].count("install") == 2
    assert (world.records / "support.example.com/latest/report.html").is_file()
    assert list(world.backups.rglob("*.part")) == []
    last = world.play()
    assert (last.code, last.changed) == (0, 0), last.text
    assert "nothing to do" in last.words


def test_a_killed_run_leaves_no_worker_behind(world: Any, tmp_path: Path) -> None:
    """Ansible's workers have sessions of their own, which a kill of the run's does not reach."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        playbook = tmp_path / "hang.yml"
        task = {"bomgar.appliance.page_info": {"appliance": {"url": f"https://127.0.0.1:{port}", "timeout": 60}}}
        task["bomgar.appliance.page_info"]["appliance"]["appliance"] = {"username": "a", "password": "a-password-4711"}
        playbook.write_text(
            json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}])
        )
        process = world.start(str(playbook))
        silent.settimeout(60)
        connection, _address = silent.accept()
        with connection:
            connection.settimeout(20)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            while connection.recv(65536):  # ends when the worker's socket is closed
                pass


def test_a_click_whose_answer_was_lost_is_not_repeated(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    box.faults.plant("lost", role="appliance:install")
    world.common["bomgar_target"] = TARGET
    played = world.play()
    assert played.code == 0, played.text
    assert good(box)
    assert [command.name for command in box.truth.commands].count("install") == 2
