# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of many sites by the shipped playbook: sites that failed, that have no record, and whose inventory is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.bomgar.appliance.tests.integration.playbooks.test_interruptions import MOMENTS
from ansible_collections.bomgar.appliance.tests.integration.playbooks.test_upgrade import TARGET
from ansible_collections.bomgar.appliance.tests.unit.record.schemas import wrong_file, wrong_junit

SITES = ("a.example.com", "b.example.com", "c.example.com")


def states(records: Path) -> dict[str, str]:
    told = json.loads((records / "fleet.json").read_bytes())
    return {site["site"]: site["state"] for site in told["sites"]}


def all_fit(records: Path) -> None:
    """Every JSON report of these records fits its schema, and every JUnit file what CI systems read."""
    files = [*records.glob("fleet.json"), *records.glob("*/latest/report.json")]
    assert [(file, wrong_file(file)) for file in files if wrong_file(file)] == []
    files = [*records.glob("fleet.xml"), *records.glob("*/latest/report.xml")]
    assert [(file, wrong) for file in files if (wrong := wrong_junit(file.read_text(encoding="utf-8")))] == []


def test_one_report_of_all_sites(world: Any, serve: Any) -> None:
    boxes = serve(*SITES, dialect="guide_en")
    boxes[0].start_session()
    world.common["bomgar_target"] = TARGET
    assert world.play("upgrade", "--limit", "a.example.com,b.example.com").code == 2
    played = world.play("report")
    assert played.code == 2  # one site has no record
    assert states(world.records) == {
        "a.example.com": "refused",
        "b.example.com": "changed",
        "c.example.com": "not_begun",
    }
    assert f"3 sites: 1 refused, 1 not begun, 1 upgraded. Report: {world.records}/fleet.html" in played.words
    all_fit(world.records)
    told = json.loads((world.records / "fleet.json").read_bytes())
    assert [bool(site["page"]) for site in told["sites"]] == [True, False, True]
    assert all((world.records / site["page"]).is_file() for site in told["sites"] if site["page"])
    assert not any(secret in file.read_text() for secret in world.secrets() for file in world.records.glob("fleet.*"))

    # Again, in waves of one, and with an inventory that is refused before any role has run: the same files.
    before = {file: file.read_bytes() for file in world.records.glob("fleet.*")}
    world.variables["c.example.com"] = {"bomgar_path": "nonsense"}
    again = world.play("report", "-e", "bomgar_serial=[2,1]")
    assert again.code == 2
    assert {file: file.read_bytes() for file in world.records.glob("fleet.*")} == before
    assert again.changed == 0


def test_a_site_alone_and_check_mode_leave_none(world: Any, serve: Any) -> None:
    serve(*SITES[:2], dialect="guide_en")
    world.play("report", "--limit", "a.example.com")
    world.play("report", "--check")
    assert list(world.folder.rglob("fleet.*")) == []


def test_in_a_playbook_of_ones_own_it_tells_what_was_wished_and_who_failed(world: Any, serve: Any) -> None:
    """A run that was killed, one that has nothing to do, one that fails before it writes anything: each has its row."""
    boxes = serve(*SITES, dialect="guide_en")
    boxes[1].base, boxes[1].site = "3.2.6", "11.1.1"
    world.common["bomgar_target"] = TARGET
    world.variables["c.example.com"] = {"bomgar_path": "nonsense"}
    world.kill_when(lambda: MOMENTS["after the first click"](boxes[0], world), "upgrade", "--limit", SITES[0])
    play = {
        "hosts": "bomgar_sites",
        "gather_facts": False,
        "connection": "local",
        "tasks": [
            {
                "block": [
                    {
                        "ansible.builtin.include_role": {"name": "bomgar.appliance.single_upgrade"},
                        "when": "inventory_hostname != 'a.example.com'",
                    }
                ],
                "always": [
                    {
                        "ansible.builtin.include_role": {"name": "bomgar.appliance.fleet_report"},
                        "vars": {"fleet_report_wished": True, "fleet_report_dir": str(world.folder / "out")},
                    }
                ],
            }
        ],
    }
    (world.folder / "own.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    played = world.play(str(world.folder / "own.yml"))
    assert played.code == 2
    assert states(world.folder / "out") == {
        "a.example.com": "unknown",
        "b.example.com": "unchanged",
        "c.example.com": "failed",
    }
    assert wrong_file(world.folder / "out/fleet.json") == []
