# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that only look, or only back up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.playbooks.test_upgrade import TARGET

PLAYBOOKS = ["show_status", "plan_upgrade", "check_readiness", "back_up", "validate", "report", "upgrade"]


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_check_mode_sends_no_command_and_writes_nothing(world: Any, serve: Any, name: str) -> None:
    box = serve(dialect="guide_en", sessions=1)
    world.common["bomgar_target"] = TARGET
    world.play(name, "--check")
    assert box.truth.commands == []
    assert box.truth.backups == 0
    assert box.truth.sessions_cut == []
    assert world.written() == []


def test_show_status(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", sessions=2, representatives=1)
    played = world.play("show_status")
    assert played.code == 0, played.text
    assert "runs site 10.5.3, base 3.2.4" in played.words
    assert "on now 2 sessions, 1 representative" in played.words
    assert "updates offered: Base Software-3.2.6, Bomgar-11.1.1 (needs another one first)" in played.words
    assert "last backup none under bomgar_backup_dir" in played.words
    assert "last run no record under bomgar_record_dir" in played.words
    assert (box.truth.commands, world.written()) == ([], [])

    world.common |= {"bomgar_target": {"base": "3.2.6"}, "bomgar_sessions": "accept"}
    assert world.play("upgrade").code == 0
    played = world.play("show_status", "-e", "status_check_for_updates=false")
    assert "runs site 10.5.3, base 3.2.6" in played.words
    assert "support.example.com-a-" in played.words
    assert "last run support.example.com was upgraded: base software 3.2.4 → 3.2.6." in played.words


@pytest.mark.parametrize("area", ["api", "login", "appliance"])
def test_show_status_uses_a_refused_account_once(world: Any, serve: Any, area: str) -> None:
    box = serve(dialect="guide_en")
    world.variables[box.host] = {f"bomgar_{area}_password": "a-wrong-password-4711"}
    played = world.play("show_status")
    assert "the account was refused" in played.words
    assert len(box.truth.logins_refused(area)) == 1
    assert box.truth.lockouts == []


def test_show_status_of_a_site_that_is_down(world: Any, serve: Any) -> None:
    serve(dialect="guide_en").faults.plant("refuse", times=None)
    played = world.play("show_status")
    assert played.code != 0
    assert "runs not known:" in played.words


def test_plan_upgrade(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", sessions=2)
    world.common["bomgar_target"] = TARGET
    papers = {form: world.folder / "plans" / f"plan{form}" for form in (".json", ".md", ".txt")}
    wanted = ("-e", json.dumps({"plan_dest": [str(paper) for paper in papers.values()]}))
    played = world.play("plan_upgrade", *wanted)
    assert played.code == 0, played.text
    plan = json.loads(papers[".json"].read_text(encoding="utf-8"))
    assert f"fingerprint {plan['fingerprint']}" in played.words
    assert "usually 30 min - 2 h 4 min; 2 sessions running now" in played.words
    assert [package["name"] for package in plan["packages"]] == ["Base Software-3.2.6", "Bomgar-11.1.1"]
    assert {check["id"]: check["outcome"] for check in plan["checks"]}["sessions"] == "fail"
    for form in (".md", ".txt"):
        text = " ".join(papers[form].read_text(encoding="utf-8").split())
        assert plan["fingerprint"] in text
        assert "2 sessions running now" in text
        assert "by the web driver" in text
        assert "Let them end, or set bomgar" in text
    assert box.truth.commands == []
    assert world.written() == []
    again = world.play("plan_upgrade", *wanted)
    assert (again.code, again.changed) == (0, 0), again.text

    world.common["bomgar_target"] = {"site": "9.1.1"}
    stuck = world.play("plan_upgrade")
    assert stuck.code != 0
    assert "support.example.com: it cannot go on: " in stuck.words
    assert "Correct bomgar_target" in stuck.words


def test_check_readiness(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", sessions=1)
    world.common["bomgar_target"] = TARGET
    refused = world.play("check_readiness")
    assert refused.code != 0
    assert "support.example.com is not ready for the upgrade" in refused.words
    assert "Let them end, or set bomgar_sessions to wait or accept" in refused.words
    shown = world.play("check_readiness", "-e", "readiness_gate=false")
    assert shown.code == 0, shown.text
    assert box.truth.commands == []
    assert world.written() == []

    no_folder = str(world.folder / "sites.yml" / "records")
    unwritable = world.play("check_readiness", "-e", "bomgar_sessions=accept", "-e", f"bomgar_record_dir={no_folder}")
    assert unwritable.code != 0
    assert f"controller_room: {no_folder} cannot be written to" in unwritable.words


def test_a_waiver_with_its_reason_lets_a_known_problem_pass(world: Any, serve: Any) -> None:
    box = serve(dialect="modern_en", base="6.0.0", site="20.1.1", healthy=False)
    world.common["bomgar_target"] = {"base": "6.0.0"}
    assert world.play("check_readiness").code != 0
    world.common["bomgar_waivers"] = {"health": "log server is full, ticket 4711"}
    played = world.play("check_readiness")
    assert played.code == 0, played.text
    assert "ticket 4711" in played.words
    assert box.truth.commands == []


def test_back_up(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common |= {"bomgar_backup_keep": 2}
    for _count in range(3):
        played = world.play("back_up")
        assert (played.code, played.changed) == (0, 1), played.text
    assert box.truth.backups == 3
    kept = sorted((world.backups / "support.example.com").glob("*.nsb"))
    assert len(kept) == 2
    assert str(kept[-1]) in played.words

    fresh = world.play("back_up", "-e", "bomgar_backup_max_age=3600")
    assert (fresh.code, fresh.changed) == (0, 0), fresh.text
    assert box.truth.backups == 3


def test_export_sessions(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", ended_sessions=3)
    exports = world.folder / "exports"
    since = int(box.now) - 3 * 86_400
    given = ("-e", f"export_dir={exports}", "-e", f"export_since={since}", "-e", "session_export_chunk=86400")
    assert world.play("export_sessions", *given, "--check").code == 0
    assert not exports.exists()
    until = ("-e", f"export_until={since + 2 * 86_400 + 80_000}")
    played = world.play("export_sessions", "-vvv", *given, *until)
    assert (played.code, played.changed) == (0, 1), played.text
    assert "the 3 sessions from" in played.words
    (kept,) = exports.glob("support.example.com/support.example.com-a-*/sessions.jsonl")
    lines = kept.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["lsid"] for line in lines] == ["1", "2", "3"]
    assert str(kept.parent) in played.words
    assert not any(secret in played.text for secret in world.secrets())
    assert world.play("export_sessions", *given, *until).changed == 0
    assert box.truth.commands == []

    part = ("-e", f"export_since={since + 1}", *given[:2])
    seen = len(box.truth.requests)
    world.kill_when(lambda: len(box.truth.requests) > seen + 40, "export_sessions", *part, *until)
    (begun,) = set(exports.glob("support.example.com/support.example.com-a-*")) - {kept.parent}
    assert (begun / "unfinished.jsonl").is_file()
    assert not (begun / "manifest.json").exists()
    whole = {path.name: path.stat().st_mtime_ns for path in (begun / "chunks").glob("*.xml")}
    played = world.play("export_sessions", *part, *until)
    assert (played.code, played.changed) == (0, 1), played.text
    assert (begun / "sessions.jsonl").read_bytes() == kept.read_bytes()
    now = {path.name: path.stat().st_mtime_ns for path in (begun / "chunks").glob("*.xml")}
    again = [name for name, written in whole.items() if now[name] != written]
    assert len(again) <= 1 < len(whole) < len(now)  # the one that was renamed, but not yet listed

    missing = world.play("export_sessions", "-e", f"export_dir={exports}")
    assert missing.code != 0
    assert "(export_since)" in missing.words


def test_validate_goes_into_the_record_of_the_upgrade(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common["bomgar_target"] = {"base": "3.2.6"}
    assert world.play("upgrade").code == 0
    (record,) = world.records.glob("support.example.com/2*/record.json")
    before = len(json.loads(record.read_text())["steps"])
    assert world.play("validate").code == 0
    assert list(world.records.glob("support.example.com/2*/record.json")) == [record]
    assert len(json.loads(record.read_text())["steps"]) == before + 1

    page = record.with_name("report.html")
    page.unlink()
    played = world.play("report")
    assert played.code == 0, played.text
    assert page.is_file()
    assert str(page.resolve()) in played.words
    assert len(box.truth.commands) == 1


def test_validate_without_an_upgrade_tells_of_none(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", base="3.2.6", site="11.1.1")
    world.common["bomgar_target"] = TARGET
    assert world.play("validate").code == 0
    world.common["bomgar_target"] = {"site": "12.1.1"}
    failed = world.play("validate")
    assert failed.code != 0
    assert "11.1.1" in failed.words
    assert (box.truth.commands, world.written()) == ([], [])


def test_report_without_a_record_says_so(world: Any, serve: Any) -> None:
    serve(dialect="guide_en")
    played = world.play("report")
    assert played.code != 0
    assert "record" in played.words
