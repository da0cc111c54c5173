# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module on a whole estate, and the playbook: what is found, kept, accepted and shown, and what readiness makes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import audit_file, runner
from ansible_collections.bomgar.appliance.plugins.modules import integration_audit

from .estate import MENDED, PLANTED, old_schema
from .servers import PASSWORD, Server

SITE = "support.example.com"
#: Prints what a parser that knows no namespace finds.
PARSER = """
import sys, xml.etree.ElementTree as ET
for session in ET.parse(sys.argv[1]).getroot().findall("session"):
    print(session.get("lsid"), session.findtext("external_key"))
"""
SOUND_PARSER = PARSER.replace('findall("session")', 'findall("{*}session")').replace(
    '"external_key"', '"{*}external_key"'
)


def audit(folder: Path, *, check_mode: bool = False, **params: Any) -> dict[str, Any]:
    """The result of one task; it shows no password."""
    given = {"site": SITE, "directory": str(folder / "records"), **params}
    validation = ArgumentSpecValidator(**integration_audit.SPEC.arguments()).validate(given)
    assert not validation.error_messages, validation.error_messages
    said: list[str] = []
    task = runner.Task(
        validation.validated_parameters, check_mode=check_mode, say=said.append, secrets=validation._no_log_values
    )
    result = runner.execute(integration_audit.run, task)
    files = [path.read_text(encoding="utf-8") for path in (folder / "records").rglob("*.*") if path.is_file()]
    assert PASSWORD not in json.dumps([result, said, files])
    return result


def database(server: Server, name: str) -> dict[str, Any]:
    """A database of the old schema, as an entry of the option."""
    made = server.fresh(old_schema(server.kind))
    return {"name": name, "url": made.url, "username": made.username, "password": made.password}


def run_on(server: Server, given: dict[str, Any], script: str) -> None:
    """As its owner would run it."""
    server.run(script, given["url"].rpartition("/")[2])


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "integrations"
    folder.mkdir()
    (folder / "load.py").write_text("def load(row):\n    return int(row['lsid'])\n")
    (folder / "sound.py").write_text("def load(row):\n    return str(row['lsid'])\n")
    (folder / "report.sql").write_text("SELECT * FROM session ORDER BY start_time, lsid;\n")
    (folder / "latest.sql").write_text("SELECT max(lsid) FROM session; -- bomgar-audit: ok, last year's table\n")
    (folder / "parser.py").write_text(SOUND_PARSER)
    return folder


def test_a_whole_estate(
    tmp_path: Path, sources: Path, postgres: Server, mariadb: Server, record_property: Callable[[str, object], None]
) -> None:
    """Two databases of the old schema, code, SQL and parsers: all that is planted and nothing of what is sound."""
    old = tmp_path / "old.py"
    old.write_text(PARSER)
    given = {
        "databases": [database(postgres, "icdb"), database(mariadb, "reports")],
        "sources": [{"path": str(sources)}],
        "parsers": [
            {"command": [sys.executable, str(old), "{file}"], "name": "old parser"},
            {"command": [sys.executable, str(sources / "parser.py"), "{file}"], "name": "sound parser"},
        ],
    }
    result = audit(tmp_path, **given)
    assert not result.get("failed"), result["msg"]
    found = {
        (item.get("database"), item.get("object"), item.get("column"), item["kind"])
        for item in result["findings"]
        if item.get("database")
    }
    planted_there = {
        (name, where, column, kind.value)
        for name, server in (("icdb", "postgres"), ("reports", "mysql"))
        for where, column, kind in PLANTED[server]
    }
    assert found == planted_there
    others = {
        item["place"].removeprefix(f"{sources}/"): (item["kind"], item["open"])
        for item in result["findings"]
        if not item.get("database")
    }
    assert others == {
        "latest.sql:1": ("lsid_order", False),
        "load.py:2": ("lsid_number", True),
        "old parser": ("parser_loses", True),
    }
    assert result["looked"] == {
        "tables": 16, "views": 8, "procedures": 1, "functions": 4, "triggers": 2, "python files": 3, "SQL files": 2, "parsers": 2,
    }  # fmt: skip
    planted = len(planted_there) + 2
    wrong = found - planted_there
    right = len(found & planted_there) + 2
    record_property(
        "figure", f"audit of the sample estate: {planted} faults planted, {right} found, {len(wrong)} false alarms"
    )
    assert result["open"] == planted
    assert f"{planted} findings to be mended" in result["msg"]
    assert [Path(path).name for path in result["mends"]] == ["mend-icdb.sql", "mend-reports.sql"]
    page = Path(result["report"]).read_text(encoding="utf-8")
    for words in (
        "icdb: table session, column lsid",
        "LSID as a number",
        "old parser",
        "last year&#x27;s table",
        "load.py:2",
    ):
        assert words in page or words.replace("&#x27;", "'") in page, words

    # As the person would go on: the SQL that was written, then what it leaves to them.
    for server, entry, mend in zip((postgres, mariadb), given["databases"], result["mends"], strict=True):
        run_on(server, entry, Path(mend).read_text(encoding="utf-8"))
        run_on(server, entry, MENDED[server.kind])
    again = audit(tmp_path, databases=given["databases"])
    assert again["findings"] == []
    assert list((tmp_path / "records").rglob("mend-*.sql")) == []


def test_a_second_run_changes_nothing_and_accepted_findings_are_closed(tmp_path: Path, sources: Path) -> None:
    given: dict[str, Any] = {"sources": [{"path": str(sources)}]}
    first = audit(tmp_path, **given)
    assert (first["changed"], first["open"]) == (True, 1)
    assert audit(tmp_path, **given)["changed"] is False
    place = next(item["place"] for item in first["findings"] if item["open"])
    accepted = audit(tmp_path, **given, accepted=[{"place": place, "reason": "ticket 4711"}])
    assert (accepted["changed"], accepted["open"]) == (True, 0)
    assert audit_file.state(tmp_path / "records", SITE).open == ()
    assert "ticket 4711" in Path(accepted["report"]).read_text(encoding="utf-8")
    (sources / "load.py").unlink()
    stale = audit(tmp_path, **given, accepted=[{"place": place, "reason": "ticket 4711"}])
    assert stale["failed"]
    assert place in stale["msg"]


def test_check_mode_writes_nothing_and_runs_nobodys_command(tmp_path: Path, sources: Path) -> None:
    ran = tmp_path / "ran"
    result = audit(
        tmp_path, check_mode=True, sources=[{"path": str(sources)}], parsers=[{"command": ["touch", str(ran)]}]
    )
    assert (result["changed"], result["open"]) == (True, 1)
    assert not ran.exists()
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "nothing is named"),
        ({"databases": [{"name": "x", "url": "postgresql://u:secret@h/d"}]}, "its url holds a password"),
        ({"databases": [{"name": "x", "url": "not an address"}]}, "its url cannot be parsed"),
        ({"databases": [{"name": "x", "url": "oracle://h/d"}]}, "databases of the sort oracle are not read"),
        ({"databases": [{"name": "a/b", "url": "sqlite:///x"}]}, "has other signs than letters"),
        ({"parsers": [{"command": []}]}, "its command is empty"),
    ],
)
def test_bad_options_are_refused_before_anything_is_looked_at(
    tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    result = audit(tmp_path, **wrong)
    assert result["failed"]
    assert words in result["msg"]
    assert "secret" not in result["msg"]
    assert not (tmp_path / "records").exists()


def test_the_playbook_stops_where_something_is_open_and_readiness_knows(
    world: Any, serve: Any, sources: Path, sqlite: Server
) -> None:
    box = serve(dialect="guide_it")
    world.common |= {
        "bomgar_target": {"base": "3.2.6", "site": "11.1.1"},
        "bomgar_waivers": {},
        "integration_audit_databases": [database(sqlite, "icdb")],
        "integration_audit_sources": [{"path": str(sources)}],
    }
    assert "integrations_audited" in world.play("check_readiness").words
    played = world.play("audit_integrations")
    assert played.code != 0
    assert f"{sources}/load.py:2: it takes an LSID for a number" in played.words
    assert "Report: " in played.words
    refused = world.play("upgrade")
    assert refused.code != 0
    assert "integrations_audited" in refused.words
    assert box.truth.commands == []
    (sources / "load.py").write_text("def load(row):\n    return row['lsid']\n")
    world.common["integration_audit_databases"] = []
    played = world.play("audit_integrations")
    assert played.code == 0, played.text
    assert "nothing was found that breaks" in played.words
    ready = world.play("check_readiness")
    assert ready.code == 0, ready.text
