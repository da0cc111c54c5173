# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lines about a site say, also where nothing tells."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import status
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import handover

SITE = "support.example.com"
INFO: dict[str, Any] = {
    "appliance": {"url": f"https://{SITE}"},
    "versions": {"site": "19.1.8", "base": None, "api": "1.19.0", "build": "1"},
    "role": "none",
    "health": {"healthy": True, "error_message": None},
    "problems": [{"interface": "status_page", "leaves_unknown": "base software version", "reason": "not_recognised"}],
}
OFFERS = [
    {"name": "Base Software-5.5.0", "installable": True},
    {"name": "Bomgar-20.1.1", "installable": False},
]


def row(lines: list[str], name: str) -> str:
    """The text of one row."""
    return next(line[14:] for line in lines if line[2:14].strip() == name)


def test_a_whole_status() -> None:
    manifest = json.dumps({"taken_at": "2026-11-22T18:43:00.000Z", "file": "x.nsb", "size": 2048})
    activity = {"running": True, "sessions": [{}], "representatives": [{}, {}]}
    lines = status.lines(SITE, INFO, activity, {"activity": "idle", "offers": OFFERS}, None, manifest)
    assert lines[0] == f"{SITE}  https://{SITE}"
    assert (
        row(lines, "runs") == "site 19.1.8, API 1.19.0   [base software version not known (the page is not recognised)]"
    )
    assert row(lines, "health") == "good"
    assert row(lines, "role") == "single, no failover"
    assert row(lines, "on now") == "1 session, 2 representatives"
    assert row(lines, "updates") == "offered: Base Software-5.5.0, Bomgar-20.1.1 (needs another one first)"
    assert row(lines, "last backup") == "2026-11-22 18:43:00Z  x.nsb  2.0 KiB (2048 bytes)"
    assert row(lines, "last run") == "no record under bomgar_record_dir"


def test_a_text_that_ansible_has_read_already() -> None:
    manifest = {"taken_at": "2026-11-22T18:43:00.000Z", "file": "x.nsb", "size": 2048}
    assert status.lines(SITE, INFO, manifest=manifest) == status.lines(SITE, INFO, manifest=json.dumps(manifest))


def test_an_appliance_that_does_not_answer() -> None:
    lines = status.lines(SITE, {"failed": True, "msg": "long", "error": {"got": "no answer"}}, {"skipped": True})
    assert row(lines, "runs") == "not known: no answer"
    assert row(lines, "health") == row(lines, "role") == row(lines, "on now") == row(lines, "updates") == "not told"
    assert row(lines, "last backup") == "none under bomgar_backup_dir"


def test_a_failure_that_was_let_pass_is_told() -> None:
    """`failed_when: false` takes the word failed out of a result."""
    lines = status.lines(SITE, INFO, None, {"msg": "m", "error": {"got": "the account is locked"}})
    assert row(lines, "updates") == "the account is locked"


def test_what_is_not_good_is_said_loudly() -> None:
    sick = {**INFO, "health": {"healthy": False, "error_message": "disk full"}, "role": "primary", "versions": {}}
    lines = status.lines(SITE, sick, {"running": True, "sessions": None, "representatives": None}, {"activity": "busy"})
    assert row(lines, "health") == "NOT good: disk full"
    assert row(lines, "role") == "primary of a pair"
    assert row(lines, "runs").startswith("no version is known")
    assert row(lines, "on now") == "sessions are running, but not how many"
    assert row(lines, "updates") == "one is running now: the Updates page shows it"


def test_sessions_that_nothing_tells_of_are_not_none() -> None:
    activity = {"running": None, "sessions": None, "representatives": [{}]}
    told = row(status.lines(SITE, INFO, activity), "on now")
    assert told == "1 representative, not told whether sessions are running"


def test_offers_that_were_not_asked_for_are_not_none() -> None:
    assert row(status.lines(SITE, INFO, None, {"offers": None, "activity": "idle"}), "updates") == "not asked for"
    assert row(status.lines(SITE, INFO, None, {"offers": [], "activity": "idle"}), "updates") == "none offered"


def test_files_that_cannot_be_read_are_said_so() -> None:
    for text in ("{", "[]", "{}", '{"taken_at": "x"}'):
        lines = status.lines(SITE, INFO, record=text, manifest=text)
        assert row(lines, "last backup") == "its newest manifest under bomgar_backup_dir cannot be read"
        assert row(lines, "last run") == "its latest/record.json under bomgar_record_dir cannot be read"
        assert status.ending(text) is None
    assert status.ending(None) is None


def test_since_when_there_is_no_failover_is_told_until_the_pair_shows_one() -> None:
    writer = Writer(Run("r", "ada", "c"), clock=lambda: 1_795_376_580.0)
    made = Record.in_memory(SITE, writer, wish={}, path="in_place")
    with made.step("break", step_id="break", appliance="a") as step:
        step.progress("asking", request="press it")
        step.done("changed")
    roles = {"a": {"role": "none"}, "b": {"role": "none"}}

    def told(relation: str, now: float) -> list[str]:
        pair = {"relation": relation, "roles": roles, "production": "a"}
        record = json.dumps(handover(made.data))
        found = status.lines(SITE, INFO, record=record, pair=pair, other=INFO, within=86_400, now=now)
        return [line for line in found if line.strip().startswith("no failover")]

    [line] = told("broken", 1_795_376_580.0 + 3600)
    assert "for 60 min, since 2026-11-22 19:43:00Z" in line
    assert "due by" in line
    assert "OVERDUE" not in line
    assert "OVERDUE" in told("broken", 1_795_376_580.0 + 90_000)[0]
    # Somebody established it, which no record tells.
    assert told("established", 1_795_376_580.0 + 3600) == []


def test_no_failover_is_said_also_where_nothing_tells_since_when() -> None:
    pair = {"relation": "broken", "roles": {"a": {"role": "none"}, "b": {"role": "none"}}, "production": "a"}
    for record in (None, "{"):
        assert row(status.lines(SITE, INFO, record=record, pair=pair, other=INFO), "no failover").startswith(
            "since when"
        )
