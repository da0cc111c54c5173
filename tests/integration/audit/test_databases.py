# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real databases: all that is planted is found and nothing else, the SQL that mends does, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import databases, migration
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Audit, Kind
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.run import judged

from .estate import MENDED, PLANTED, old_schema
from .servers import PASSWORD, Server

GUID = "c69a8e10bea9428f816cfababe9815fe"


def found(audit: Audit) -> set[tuple[Any, ...]]:
    assert PASSWORD not in str(audit)
    return {(each.place.object, each.place.column, each.kind) for each in audit.findings}


def run_script(server: Server, database: str, script: str) -> None:
    """As a person would run a file: by the server's own client, or all of it at once."""
    with server.engine(database, isolation_level="AUTOCOMMIT").connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        if server.kind == "sqlite":
            raw.executescript(script)
        else:
            statements = (
                [script] if server.kind == "postgresql" else [each for each in script.split(";\n") if each.strip()]
            )
            for statement in statements:
                raw.cursor().execute(statement)


def written(server: Server, database: str, *statements: str) -> None:
    """Statements in one transaction, with foreign keys minded."""
    with server.engine(database).begin() as connection:
        if server.kind == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_all_that_is_planted_is_found_and_nothing_else(server: Server) -> None:
    database = server.database("planted", old_schema(server.kind))
    audit = databases.audited(database, judged)
    assert found(audit) == PLANTED[server.kind]
    assert audit.looked["tables"] == 8
    assert audit.looked["views"] == 4


def test_the_sql_that_mends_does(server: Server) -> None:
    """Rows and keys stay; afterwards the new forms fit, and nothing is found any more."""
    name = "mended"
    database = server.database(name, old_schema(server.kind))
    tables = ("session", "session_note", "survey", "billing", "archive", "feed", "person")
    before = {table: server.rows(name, f"SELECT * FROM {table} ORDER BY 1") for table in tables}
    script = migration.sql_that_mends(database, judged)
    assert script is not None
    assert "Nothing has run this" in script
    assert server.rows(name, "SELECT count(*) FROM session") == [(3,)]

    run_script(server, name, script)
    server.run(name, MENDED[server.kind])

    def as_texts(table: str, *columns: int) -> list[tuple[Any, ...]]:
        return [
            tuple(str(value) if place in columns and value is not None else value for place, value in enumerate(row))
            for row in before[table]
        ]

    assert [row[:11] for row in server.rows(name, "SELECT * FROM session ORDER BY id")] == as_texts("session", 1)
    assert server.rows(name, "SELECT lseq FROM session") == [(None,)] * 3
    assert server.rows(name, "SELECT * FROM session_note ORDER BY id") == as_texts("session_note", 1)
    assert server.rows(name, "SELECT * FROM survey ORDER BY id") == as_texts("survey", 1)
    assert server.rows(name, "SELECT * FROM billing ORDER BY id") == as_texts("billing", 1)
    assert server.rows(name, "SELECT * FROM archive") == before["archive"]
    assert server.rows(name, "SELECT * FROM feed") == before["feed"]
    assert sorted(server.rows(name, "SELECT lsid, notes FROM v_on_top")) == [("1", 1), ("918273", 1)]

    written(
        server,
        name,
        f"INSERT INTO session (lsid, lseq, start_time) VALUES ('{GUID}', 7, 400), ('{GUID[::-1]}', 7, 500)",
        f"INSERT INTO session_note (session_lsid, note) VALUES ('{GUID}', 'new')",
        f"INSERT INTO feed (lsid, lseq, seen) VALUES ('{GUID[::-1]}', 1, 0)",
    )
    for doubled_or_loose in (
        f"INSERT INTO session (lsid) VALUES ('{GUID}')",
        "INSERT INTO session_note (session_lsid) VALUES ('nobody')",
    ):
        with pytest.raises(sqlalchemy.exc.IntegrityError):
            written(server, name, doubled_or_loose)
    written(server, name, f"DELETE FROM session WHERE lsid = '{GUID}'")
    assert server.rows(name, f"SELECT * FROM session_note WHERE session_lsid = '{GUID}'") == []

    again = databases.audited(database, judged)
    assert found(again) == set()
    assert migration.sql_that_mends(database, judged) is None


def test_nothing_can_be_written_through_it(server: Server) -> None:
    database = server.database("closed", "CREATE TABLE t (x int)")
    with databases.connected(database) as connection:
        with pytest.raises(sqlalchemy.exc.DBAPIError):
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        connection.commit()
    assert server.rows("closed", "SELECT * FROM t") == []


def test_a_file_that_is_not_there_is_not_made(tmp_path: Any) -> None:
    audit = databases.audited(databases.Database("gone", f"sqlite:///{tmp_path}/gone.db"), judged)
    [finding] = audit.findings
    assert finding.kind is Kind.NOT_READ
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_database_that_refuses_is_named(servers: Callable[[str], Server], kind: str) -> None:
    good = servers(kind).database("refusing", "CREATE TABLE t (x int)")
    for wrong in (
        replace(good, password="another one"),
        replace(good, username="nobody_at_all"),
        replace(good, url=good.url.replace("/refusing", "/no_such_database")),
        replace(good, url=good.url.replace("127.0.0.1", "no-such-host.invalid")),
        replace(good, url=good.url.replace("+psycopg", "+asyncpg").replace("+pymysql", "+mysqldb")),
    ):
        [finding] = databases.audited(wrong, judged).findings
        assert finding.kind is Kind.NOT_READ
        assert str(finding.place) == "refusing"
        assert len(finding.why) > 20
        assert PASSWORD not in finding.why
        assert "another one" not in finding.why


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_database_that_vanishes_keeps_what_was_found(servers: Callable[[str], Server], kind: str) -> None:
    server = servers(kind)
    database = server.database("vanishing", old_schema(kind))
    ends = {
        "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'vanishing' AND pid <> pg_backend_pid()",
        "mysql": "SELECT concat('KILL ', id) FROM information_schema.processlist WHERE db = 'vanishing' AND id <> connection_id()",
    }

    def killing(*_given: Any) -> list[Any]:
        for row in server.rows("vanishing", ends[kind]):
            if kind == "mysql":
                server.run("vanishing", str(row[0]))
        return []

    audit = databases.audited(database, killing)
    kinds = [each.kind for each in audit.findings]
    assert Kind.LSID_NUMBER in kinds
    assert kinds.count(Kind.NOT_READ) == 1
    assert audit.findings[-1].place.object is None, "the whole database, not one object after the other"


def test_what_an_account_may_not_see_is_named(servers: Callable[[str], Server]) -> None:
    """On MariaDB the definition of a routine is hidden from who may only run it."""
    server = servers("mysql")
    server.database("hidden", old_schema("mysql"))
    server.run(
        "hidden",
        "CREATE OR REPLACE USER reader IDENTIFIED BY 'read-only-4711'\n//\nGRANT SELECT, EXECUTE ON hidden.* TO reader",
    )
    database = replace(server.seen("hidden"), username="reader", password="read-only-4711")
    audit = databases.audited(database, judged)
    hidden = {each.place.object for each in audit.findings if each.kind is Kind.NOT_READ}
    assert "procedure sessions_since" in hidden
    assert ("table session", "lsid", Kind.LSID_NUMBER) in found(audit)


def test_other_schemas_are_looked_at_where_they_are_named(servers: Callable[[str], Server]) -> None:
    server = servers("postgresql")
    script = "CREATE SCHEMA reports\n//\nCREATE TABLE reports.s (lsid int)\n//\nCREATE VIEW reports.v AS SELECT max(lsid) AS m FROM reports.s"
    database = server.database("schemas", script)
    assert found(databases.audited(database, judged)) == set()
    database = replace(database, schemas=("reports", "public"))
    assert found(databases.audited(database, judged)) == {
        ("table reports.s", "lsid", Kind.LSID_NUMBER),
        ("view reports.v", None, Kind.LSID_ORDER),
    }
    mends = migration.sql_that_mends(database, judged)
    assert mends is not None
    run_script(server, "schemas", mends)
    assert server.rows("schemas", "SELECT data_type FROM information_schema.columns WHERE table_name = 's'") == [
        ("character varying",)
    ]
