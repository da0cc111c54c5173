# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""checks, activity_info and page_info run by ansible-playbook itself, in the controller's process and as ordinary modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.checks.conftest import MakePlace
from ansible_collections.bomgar.appliance.tests.integration.checks.place import HOST, Place, one

COLLECTIONS = Path(__file__).resolve().parents[3] / ".cache/collections"


def play(site: Place, tasks: dict[str, dict[str, Any]], *arguments: str, **keywords: Any) -> tuple[dict[str, Any], str]:
    """Run one task of each of these modules; their results by module, and all that was shown."""
    folder = site.folder / "play"
    folder.mkdir(exist_ok=True)
    lines: list[dict[str, Any]] = []
    for module, options in tasks.items():
        lines.append({f"bomgar.appliance.{module}": options, "register": module, "ignore_errors": True, **keywords})
        lines.append(
            {
                "ansible.builtin.copy": {
                    "content": f"{{{{ {module} | to_json }}}}",
                    "dest": str(folder / module),
                    "mode": "0600",
                },
                "check_mode": False,
                "no_log": True,
            }
        )
    playbook = [
        {
            "hosts": "all",
            "gather_facts": False,
            "module_defaults": {"group/bomgar.appliance.appliance": {"appliance": "{{ box }}"}},
            "tasks": lines,
        }
    ]
    (folder / "play.yml").write_text(json.dumps(playbook))
    host = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "box": site.appliance}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": {HOST: host}}}))
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "-i", "hosts.json", "play.yml", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_NOCOLOR": "1",
            "PYTHONPATH": "",
        },
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    shown = done.stdout + done.stderr
    assert done.returncode == 0, shown
    assert "Traceback" not in shown
    assert not any(secret in shown for secret in site.secrets)
    return {module: json.loads((folder / module).read_text()) for module in tasks}, shown


@pytest.mark.parametrize("arguments", [[], ["--check", "--diff"]], ids=["run", "check"])
def test_in_the_controllers_process(make_place: MakePlace, arguments: list[str]) -> None:
    site = make_place(sessions=1)
    tasks: dict[str, dict[str, Any]] = {
        "activity_info": {},
        "page_info": {},
        "checks": {"phase": "before", "target": site.era.wish, "backup_follows": True, "gate": True},
    }
    found, shown = play(site, tasks, *arguments)
    assert found["activity_info"]["running"] is True
    assert found["page_info"]["recognised"] is True
    assert found["checks"]["failed"] is True
    assert found["checks"]["blocking"] == ["sessions"]
    assert "bomgar_sessions" in found["checks"]["msg"]
    # Shown while the task ran, not only in its result.
    assert f"{HOST}  a  FAIL" in shown


def test_as_an_ordinary_module_with_the_same_results(make_place: MakePlace) -> None:
    site = make_place(healthy=False)
    task: dict[str, Any] = {"phase": "before", "target": site.era.wish, "backup_follows": True}
    direct, _shown = play(site, {"checks": task})
    ordinary, _shown = play(
        site, {"checks": task}, delegate_to="localhost", vars={"ansible_python_interpreter": sys.executable}
    )
    assert ordinary["checks"]["blocking"] == direct["checks"]["blocking"] == ["health"]
    for check_id in ("target", "health", "backup_fresh"):
        assert one(ordinary["checks"], check_id) == one(direct["checks"], check_id)
