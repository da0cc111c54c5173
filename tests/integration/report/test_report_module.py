# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bomgar.appliance.report by Ansible: in the controller's process and the ordinary way, in check mode, with a diff."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.tests.unit.record import samples

ROOT = Path(__file__).resolve().parents[3]
SITE = "support.example.com"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    with Record.take(tmp_path / "records", SITE, Writer(Run("r", "ada", "c")), wish={}, path=None) as record:
        record.data.update({key: value for key, value in samples.good().items() if key != "created"})
        record.snapshot("after", {}, "written")
    return tmp_path / "records"


def play(folder: Path, options: dict[str, Any], *arguments: str, **task: Any) -> dict[str, Any]:
    """The result of one task with the module, by Ansible's own JSON."""
    names = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": {SITE: names}}}))
    tasks = [{"bomgar.appliance.report": options, "register": "result", "ignore_errors": True, **task}]
    tasks.append(
        {
            "ansible.builtin.copy": {"content": "{{ result | to_json }}", "dest": str(folder / "result.json")},
            "check_mode": False,
            "diff": False,
        }
    )
    # The group's defaults reach only modules that have the option.
    defaults = {"group/bomgar.appliance.appliance": {"appliance": {"url": "https://support.example.com"}}}
    playbook = [{"hosts": "all", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}]
    (folder / "play.yml").write_text(json.dumps(playbook))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache/collections"),
        "ANSIBLE_HOME": str(folder / "ansible"),
    }
    program = Path(sys.executable).with_name("ansible-playbook")
    done = subprocess.run(
        [str(program), "-i", "hosts.json", "play.yml", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    result["stdout of the play"] = done.stdout
    return result


@pytest.mark.parametrize("way", [{}, {"delegate_to": SITE}], ids=["direct", "ordinary"])
def test_the_reports_are_written_once_either_way(tmp_path: Path, records: Path, way: dict[str, str]) -> None:
    options = {"record": str(records / SITE)}
    rehearsed = play(tmp_path, options, "--check", "--diff", **way)
    folder = (records / SITE / "latest").resolve()
    assert rehearsed["changed"]
    assert "<!DOCTYPE html>" in rehearsed["stdout of the play"]
    assert sorted(item.name for item in folder.iterdir()) == ["record.json"]
    first = play(tmp_path, options, **way)
    assert (first["changed"], first["outcome"], first["finished"], first["site"]) == (True, "changed", True, SITE)
    assert first["sentence"].startswith(f"{SITE} was upgraded")
    assert {name: Path(path).name for name, path in first["paths"].items()} == {
        "html": "report.html",
        "json": "report.json",
        "junit": "report.xml",
        "markdown": "report.md",
    }
    assert all(Path(path).parent == folder and Path(path).is_file() for path in first["paths"].values())
    assert "diff" not in first
    assert not play(tmp_path, options, **way)["changed"]


def test_formats_and_dest(tmp_path: Path, records: Path) -> None:
    options = {
        "record": str(records / SITE / "latest/record.json"),
        "formats": ["junit"],
        "dest": str(tmp_path / "out"),
    }
    assert play(tmp_path, options)["paths"] == {"junit": str(tmp_path / "out/report.xml")}
    assert [item.name for item in (tmp_path / "out").iterdir()] == ["report.xml"]


@pytest.mark.parametrize("way", [{}, {"delegate_to": SITE}], ids=["direct", "ordinary"])
def test_one_report_of_many_sites(tmp_path: Path, records: Path, way: dict[str, str]) -> None:
    sites = [{"site": SITE, "records": str(records)}, {"site": "help.example.com", "records": str(records)}]
    options = {"fleet": sites, "dest": str(records)}
    assert play(tmp_path, options, "--check", **way)["changed"]
    assert list(records.glob("fleet.*")) == []
    first = play(tmp_path, options, **way)
    assert (first["worst"], first["finished"], first["sentence"]) == ("not_begun", False, "2 sites: 1 not begun, 1 upgraded.")  # fmt: skip
    assert sorted(item.name for item in records.glob("fleet.*")) == [
        "fleet.html",
        "fleet.json",
        "fleet.md",
        "fleet.xml",
    ]
    assert not play(tmp_path, options, **way)["changed"]


def test_one_site_or_many_and_many_need_a_folder(tmp_path: Path, records: Path) -> None:
    fleet = [{"site": SITE, "records": str(records)}]
    assert "mutually exclusive" in play(tmp_path, {"record": str(records / SITE), "fleet": fleet, "dest": "x"})["msg"]
    assert "one of the following is required" in play(tmp_path, {"dest": "x"})["msg"]
    assert "missing parameter" in play(tmp_path, {"fleet": fleet})["msg"]


def test_a_record_that_is_not_there_is_a_clear_failure(tmp_path: Path, records: Path) -> None:
    failed = play(tmp_path, {"record": str(records / "nobody")})
    assert failed["failed"]
    assert failed["error"]["reason"] == "bad_input"
    assert "there is no record.json" in failed["msg"]
    (records / SITE / "latest/record.json").write_text("{")
    assert "it is no JSON" in play(tmp_path, {"record": str(records / SITE)})["msg"]
    assert "value of formats must be" in play(tmp_path, {"record": str(records), "formats": ["pdf"]})["msg"]
