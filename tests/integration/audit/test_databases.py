# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of real databases: what is planted is found, what is sound is not, and nothing that fails ends it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy
from ansible_collections.bomgar.appliance.plugins.module_utils import libraries
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import databases, migration
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.databases import Database, audited, databases_from
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Finding, Kind, Place
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput, MissingLibrary
from ansible_collections.bomgar.appliance.tests.integration.audit.servers import PASSWORD, Judge, Server, told

SESSION = {
    ("table session, column lsid", "lsid_number"),
    ("table session", "lseq_missing"),
    ("table chat, column session_lsid", "lsid_number"),
    ("table ticket, column session_ref", "lsid_number"),
    ("table Report Rows", "lseq_key"),
    ("view v_next", "lsid_arithmetic"),
}
PLANTED = {
    "postgres": {("table Report Rows, column LSID", "lsid_short"), ("trigger big", "lsid_arithmetic")},
    "mysql": {("table Report Rows, column LSID", "lsid_short"), ("table own, column lsid", "lsid_number")},
    "sqlite": {("table Report Rows, column LSID", "lsid_number"), ("table own, column lsid", "lsid_number")},
}
LOOKED = {
    "postgres": {"tables": 5, "views": 6, "functions": 2, "procedures": 1, "triggers": 2},
    "mysql": {"tables": 6, "views": 2, "functions": 1, "procedures": 2, "triggers": 1},
    "sqlite": {"tables": 6, "views": 2, "triggers": 2},
}


def test_what_is_planted_is_found_and_nothing_else(server: Server) -> None:
    database = server.fresh()
    judge = Judge()
    audit = audited(database, judge)
    assert told(audit, database) == SESSION | PLANTED[server.kind]
    assert audit.looked == LOOKED[server.kind]
    assert {dialect for dialect, _text in judge.seen.values()} == {server.kind}
    assert "c.session_lsid" in judge.seen["view v_sessions"][1].replace("`", "")
    assert "external_key" in judge.seen["trigger note" if server.kind != "postgres" else "function noted"][1]
    if server.kind != "sqlite":
        assert re.search(r"DELETE FROM `?session", judge.seen["procedure forget"][1])
        assert re.search(r"`?p_lsid`? int", judge.seen["function found"][1]), "its parameters are told"
        assert not any("DEFINER=" in text for _dialect, text in judge.seen.values())


def test_a_finding_says_why_and_how_to_mend(server: Server) -> None:
    database = server.fresh()
    found = {str(item.place).partition(": ")[2]: item for item in audited(database, Judge()).findings}
    assert "it refers to lsid of table session, and it is a number" in found["table ticket, column session_ref"].why
    assert "Make it varchar(32)" in found["table session, column lsid"].mend
    assert found["table session, column lsid"].text.startswith("lsid INTEGER")
    assert "lseq for unique" in found["table Report Rows"].why
    counts = found["table session, column lsid" if server.kind == "postgres" else "table chat, column session_lsid"]
    assert ("no longer number it" in counts.mend) is (server.kind == "postgres")


@pytest.mark.parametrize("kind", ["mariadb", "sqlite"])
def test_what_counts_up_is_told(kind: str, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue(kind).fresh()
    found = {str(item.place).partition(": ")[2]: item for item in audited(database, Judge()).findings}
    assert "no longer number it" in found["table own, column lsid"].mend


TYPES = {
    "postgres": """
        CREATE DOMAIN guid AS varchar(12); CREATE DOMAIN numbered AS bigint;
        CREATE TABLE t (a_lsid guid, b_lsid numbered, c_lsids integer[], d_lsid text, e_lsid char(36), f_lsid numeric(12),
            g_lsid real, h_lsid bytea, i_lsid json, j_lsid point, k_lsid uuid, l_lsid oid, has_lsid boolean)""",
    "mysql": """
        CREATE TABLE t (a_lsid char(12), b_lsid bigint, c_lsid double, d_lsid text, e_lsid char(36), f_lsid decimal(12),
            h_lsid binary(16), i_lsid json, k_lsid uuid, m_lsid blob, n_lsid enum('a', 'b'), has_lsid boolean)""",
    "sqlite": """
        CREATE TABLE t (a_lsid VARCHAR(12), b_lsid BIGINT, c_lsid, d_lsid TEXT, f_lsid NUMERIC, g_lsid REAL, h_lsid BLOB,
            has_lsid BOOLEAN)""",
}
FAULTS = {
    "postgres": {"short": "ah", "number": "bcfgl", "unknown": "j"},
    "mysql": {"short": "ah", "number": "bcf", "unknown": ""},
    "sqlite": {"short": "", "number": "bfg", "unknown": ""},
}


def test_types(server: Server) -> None:
    database = server.fresh(TYPES[server.kind])
    kinds = {Kind.LSID_SHORT: "short", Kind.LSID_NUMBER: "number", Kind.NOT_READ: "unknown"}
    found = dict.fromkeys(kinds.values(), "")
    for item in audited(database, Judge()).findings:
        found[kinds[item.kind]] += str(item.place.column)[0]
    expected = dict(FAULTS[server.kind])
    if server.kind == "postgres":
        # bytea has no length.
        expected["short"] = "a"
    assert found == expected


def test_a_column_that_an_lsid_refers_to_holds_one_and_what_else_refers_to_it_does_not(server: Server) -> None:
    key = "INTEGER" if server.kind == "sqlite" else "int"
    database = server.fresh(
        f"CREATE TABLE a (id {key} PRIMARY KEY); CREATE TABLE b (a_id {key}, FOREIGN KEY (a_id) REFERENCES a (id));"
        f"CREATE TABLE c (lsid {key} PRIMARY KEY, FOREIGN KEY (lsid) REFERENCES a (id));"
        f"CREATE TABLE d (it {key} UNIQUE, FOREIGN KEY (it) REFERENCES c (lsid));"
        f"CREATE TABLE e (its {key}, FOREIGN KEY (its) REFERENCES d (it));"
    )
    audit = audited(database, Judge())
    places = {place for place, _kind in told(audit, database)}
    assert places == {"table a, column id", "table c, column lsid", "table d, column it", "table e, column its"}


def test_schemas(postgres: Server, mariadb: Server) -> None:
    other = (
        "CREATE SCHEMA other; CREATE TABLE other.t (lsid int); CREATE VIEW other.v AS SELECT lsid + 1 AS n FROM other.t"
    )
    database = replace(postgres.fresh(other), schemas=("other", "gone"))
    audit = audited(database, Judge())
    assert told(audit, database) == {
        ("table other.t, column lsid", "lsid_number"),
        ("view other.v", "lsid_arithmetic"),
        (database.name, "not_read"),
    }
    assert [item.why for item in audit.findings if item.kind is Kind.NOT_READ] == ["it has no schema gone"]
    none = replace(mariadb.fresh(), url=mariadb.url.format(""))
    assert [item.why for item in audited(none, Judge()).findings] == ["no database is chosen"]


def test_what_is_not_sql_is_left_out_and_what_an_extension_brought_is_not_looked_at(postgres: Server) -> None:
    database = postgres.fresh(
        "CREATE TABLE t (); CREATE EXTENSION IF NOT EXISTS plpgsql;"
        "CREATE FUNCTION raw(cstring) RETURNS void LANGUAGE internal AS 'boolin';"
        "CREATE LANGUAGE mine HANDLER plpgsql_call_handler;"
        "CREATE FUNCTION a() RETURNS integer LANGUAGE mine AS 'BEGIN RETURN 1; END';"
        "CREATE FUNCTION b() RETURNS integer LANGUAGE mine AS 'BEGIN RETURN lsid + 1; END';"
    )
    audit = audited(database, Judge())
    assert told(audit, database) == {("function b", "not_read")}
    assert [str(place.object) for place, _why in audit.skipped] == ["function a"]
    assert audit.looked["functions"] == 2


def test_nothing_can_be_written(server: Server) -> None:
    database = server.fresh()
    before = server.run("SELECT count(*) FROM ticket", database.name)
    for statement in ("INSERT INTO ticket (number) VALUES ('T9')", "DROP TABLE ticket", "CREATE TABLE more (a int)"):
        with databases.opened(database) as connection:
            connection.rollback()
            with pytest.raises(sqlalchemy.exc.DBAPIError, match=r"(?i)read.?only"):
                connection.exec_driver_sql(statement)
    assert server.run("SELECT count(*) FROM ticket", database.name) == before


def _refused(database: Database) -> Finding:
    (found,) = audited(database, Judge()).findings
    assert found.kind is Kind.NOT_READ
    assert found.place == Place(database=database.name)
    assert found.mend
    return found


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_a_login_that_fails(kind: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(kind)
    database = server.fresh()
    assert "auditor" in _refused(replace(database, password="no such thing")).why
    assert "icdb0" in _refused(replace(database, url=server.url.format("icdb0"))).why
    unknown = re.sub(r"127\.0\.0\.1:\d+", "nowhere.invalid", database.url)
    assert "nowhere.invalid" in _refused(replace(database, url=unknown)).why
    assert (
        "Install"
        in _refused(
            replace(database, url=re.sub(r"\+\w+", "+mysqlconnector" if kind == "mariadb" else "+pg8000", database.url))
        ).mend
    )
    closed = re.sub(r":\d+/", ":9/", database.url)
    assert "refused" in _refused(replace(database, url=closed)).why


def test_a_file_that_is_none(sqlite: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    gone = tmp_path_factory.mktemp("files") / "gone.db"
    assert "unable to open" in _refused(Database("gone", f"sqlite:///{gone}")).why
    assert not gone.exists()
    gone.write_text("no database at all", encoding="utf-8")
    assert "not a database" in _refused(Database("gone", f"sqlite:///{gone}")).why


def test_a_password_stands_in_no_text(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*args: object, **given: object) -> None:
        raise psycopg.OperationalError(f"cannot connect with {given}\n at all")

    database = postgres.fresh()
    monkeypatch.setattr(psycopg, "connect", connect)
    monkeypatch.setattr(psycopg.Connection, "connect", connect)
    found = _refused(database)
    assert "cannot connect with" in found.why
    assert PASSWORD not in str(found) + repr(database)
    assert "connect_timeout': 10" in found.why


END = {
    "postgres": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
    "mysql": "KILL {}",
}


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_a_server_that_ends_the_connection_in_the_middle(kind: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(kind)
    database = server.fresh()

    def judge(text: str, dialect: str, place: Place) -> Iterable[Finding]:
        if server.kind == "mysql":
            shown = server.run(
                f"SELECT id FROM information_schema.processlist WHERE db = '{database.name}' AND id <> connection_id()",
                database.name,
            )
            target = shown[0][0]
        else:
            target = database.name
        server.run(END[server.kind].format(target), server.first)
        return []

    audit = audited(database, judge)
    assert ("table session, column lsid", "lsid_number") in told(audit, database), "what was found before stays"
    last = audit.findings[-1]
    assert (last.kind, last.place) == (Kind.NOT_READ, Place(database=database.name))
    assert "reading it ended early" in last.why
    assert sum(audit.looked[name] for name in ("views", "functions", "procedures", "triggers")) == 2


def test_objects_without_permission(mariadb: Server) -> None:
    database = mariadb.fresh()
    mariadb.run(
        "CREATE OR REPLACE USER guest IDENTIFIED BY 'guest';"
        f"GRANT SELECT, EXECUTE ON {database.name}.* TO guest; REVOKE SELECT ON {database.name}.* FROM guest;"
        f"GRANT SELECT ON {database.name}.session TO guest; GRANT INSERT ON {database.name}.chat TO guest;"
        f"GRANT SELECT ON {database.name}.v_next TO guest",
        database.name,
    )
    audit = audited(replace(database, username="guest", password="guest"), Judge())
    unread = {str(item.place.object): item for item in audit.findings if item.kind is Kind.NOT_READ}
    assert set(unread) == {"view v_next", "procedure forget", "procedure tidy 5%", "function found"}
    assert "SHOW VIEW" in unread["view v_next"].why + unread["view v_next"].mend
    assert "SHOW CREATE ROUTINE" in unread["procedure forget"].mend
    assert ("table session, column lsid", "lsid_number") in told(audit, database)


def test_sources_that_the_server_refuses(postgres: Server) -> None:
    database = postgres.fresh()
    postgres.run(
        "CREATE ROLE guest LOGIN PASSWORD 'guest'; REVOKE EXECUTE ON FUNCTION pg_get_functiondef(oid) FROM PUBLIC",
        database.name,
    )
    audit = audited(replace(database, username="guest", password="guest"), Judge())
    unread = {str(item.place.object): item.why for item in audit.findings if item.kind is Kind.NOT_READ}
    assert set(unread) == {"function found", "function noted", "procedure forget"}
    assert "permission denied" in unread["function found"]
    assert ("trigger big", "lsid_arithmetic") in told(audit, database), "the rest goes on"


def test_an_object_that_goes_away_meanwhile(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database = server.fresh()
    source = databases.source
    gone: list[str] = []

    def late(*args: Any) -> str | None:
        if not gone:
            gone.append("view v_next")
            server.run(f"DROP VIEW v_next {'CASCADE' if server.kind == 'postgres' else ''}", database.name)
        return source(*args)

    monkeypatch.setattr(databases, "source", late)
    audit = audited(database, Judge())
    assert ("view v_next", "not_read") in told(audit, database)
    assert audit.looked == LOOKED[server.kind], "the rest goes on"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"url": "sqlite:////a"}, "database 1: it has no name"),
        ({"name": "x"}, "cannot be parsed"),
        ({"name": "x", "url": "::secret"}, "cannot be parsed"),
        ({"name": "x", "url": "postgresql://u:secret@h:port/x"}, "cannot be parsed"),
        ({"name": "x", "url": "postgresql://u:secret@h/x"}, "holds a password"),
        ({"name": "x", "url": "mssql+pyodbc://h/x?PWD=secret"}, "holds a password"),
        ({"name": "x", "url": "oracle://h/x"}, "sort oracle"),
    ],
)
def test_an_option_that_is_of_no_use(option: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said) as error:
        databases_from([option])
    assert "secret" not in str(error.value)


def test_options() -> None:
    given = {"name": "a", "url": "sqlite:////a", "username": "", "schemas": ["x"], "password": None}
    assert databases_from([given]) == (Database("a", "sqlite:////a", schemas=("x",)),)
    with pytest.raises(BadInput, match="two databases"):
        databases_from([given, given])


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(libraries.missing, "sqlalchemy", "No module named sqlalchemy")
    for module in (databases, migration):
        monkeypatch.setattr(module, "sqlalchemy", None)
    database = Database("a", "sqlite:////a")
    with pytest.raises(MissingLibrary):
        databases_from([{"name": "a", "url": "sqlite:////a"}])
    with pytest.raises(MissingLibrary):
        audited(database, Judge())
    with pytest.raises(MissingLibrary):
        migration.sql_that_mends(database, Judge())
