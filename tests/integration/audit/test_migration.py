# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL that mends a database, run on real servers: rows stay, keys stay and hold, and there is room for the new LSIDs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import migration
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.databases import (
    Database,
    ForeignKey,
    Key,
    Table,
    audited,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Kind
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.migration import sql_that_mends
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import Unreachable
from ansible_collections.bomgar.appliance.tests.integration.audit.servers import PASSWORD, Judge, Server, told
from sqlalchemy.dialects import mssql

GUID = "c69a8e10bea9428f816cfababe9815fe"
COLUMN_KINDS = {kind.value for kind in (Kind.LSID_NUMBER, Kind.LSID_SHORT, Kind.LSEQ_KEY, Kind.LSEQ_MISSING)}


def mended(server: Server, database: Database) -> str:
    """Run what is written, where names are looked for elsewhere than by the auditor, and give it."""
    text = sql_that_mends(database, Judge())
    assert text is not None
    server.run("SET search_path TO '';" + text if server.kind == "postgres" else text, database.name)
    return text


def named(server: Server, name: str) -> str:
    quote = "`" if server.kind == "mysql" else '"'
    return f"{quote}{name}{quote}"


def refused(server: Server, database: Database, statement: str, why: str) -> None:
    with pytest.raises(Exception, match=f"(?i){why}"):
        server.run(statement, database.name)


def test_rows_and_keys_stay_and_a_guid_has_room(server: Server) -> None:
    database = server.fresh()
    before = server.run("SELECT * FROM session ORDER BY id", database.name)
    mended(server, database)
    rows = server.run("SELECT * FROM session ORDER BY id", database.name)
    assert rows == [(one[0], str(one[1]), *one[2:], None) for one in before]
    chats = server.run("SELECT session_lsid, line FROM chat ORDER BY id", database.name)
    assert chats == [("7", "hello"), ("7", "bye"), ("1234567890", "a; b")]
    assert server.run("SELECT * FROM ticket ORDER BY number", database.name) == [("T1", "8"), ("T2", None)]
    old, column = named(server, "Report Rows"), named(server, "LSID")
    assert server.run(f"SELECT * FROM {old} ORDER BY {column}", database.name) == [("7", 1), ("8", 2)]
    assert {kind for _place, kind in told(audited(database, Judge()), database)} & COLUMN_KINDS == set()
    assert sql_that_mends(database, Judge()) is None, "nothing is left to do"

    for number in (1, 2):
        new = GUID[:-1] + str(number)
        server.run(f"INSERT INTO session (lsid, lseq) VALUES ('{new}', 5)", database.name)
        server.run(f"INSERT INTO chat (session_lsid) VALUES ('{new}')", database.name)
        server.run(f"INSERT INTO ticket (number, session_ref) VALUES ('N{number}', '{new}')", database.name)
        server.run(f"INSERT INTO {old} VALUES ('{new}', 5)", database.name)
    lines = server.run(f"SELECT line FROM chat WHERE session_lsid = '{GUID[:-1]}1'", database.name)
    assert lines == [({"postgres": "nothing", "mysql": None, "sqlite": "nothing, (yet)"}[server.kind],)]

    refused(server, database, "INSERT INTO session (lsid) VALUES ('7')", "unique|duplicate")
    refused(server, database, f"INSERT INTO {old} VALUES ('7', 9)", "unique|duplicate")
    refused(server, database, "INSERT INTO chat (session_lsid) VALUES ('none')", "foreign key")
    refused(server, database, "INSERT INTO chat (session_lsid) VALUES (NULL)", "null")
    server.run("UPDATE session SET lsid = '70' WHERE lsid = '7'", database.name)
    server.run("DELETE FROM session WHERE lsid = '8'", database.name)
    assert server.run("SELECT count(*) FROM chat WHERE session_lsid = '70'", database.name) == [(2,)]
    server.run("DELETE FROM session WHERE lsid = '70'", database.name)
    assert server.run("SELECT count(*) FROM chat WHERE session_lsid = '70'", database.name) == [(0,)]
    assert server.run("SELECT * FROM ticket WHERE number = 'T1'", database.name) == [("T1", None)]


def test_views_and_triggers_stay(server: Server) -> None:
    database = server.fresh()
    before = audited(database, Judge()).looked
    text = mended(server, database)
    after = audited(database, Judge()).looked
    server.run("UPDATE session SET lsid = '9' WHERE lsid = '1234567890'", database.name)
    seen = server.run("SELECT external_key FROM session WHERE lsid = '9'", database.name)
    assert seen[0][0].startswith("seen"), "the trigger runs"
    lines = server.run("SELECT lsid, host_name, line FROM v_sessions WHERE line = 'bye'", database.name)
    assert lines == [("7", "pc-frida", "bye")]
    if server.kind == "postgres":
        assert before["views"] - after["views"] == 2, "v_next, which counts with an LSID, and what is built on it"
        assert before["triggers"] - after["triggers"] == 1
        assert re.search(r"(?m)^-- BY HAND: the view v_next .*\n-- CREATE VIEW", text)
        assert re.search(r"(?m)^-- BY HAND: the view v_after_next ", text)
        assert re.search(r"(?m)^-- BY HAND: the trigger big .*\n-- CREATE TRIGGER", text)
    else:
        assert before == after


def test_postgres_views_come_back_as_they_were(postgres: Server) -> None:
    database = postgres.fresh()
    postgres.run(
        "CREATE ROLE reader; CREATE ROLE keeper; ALTER VIEW v_hosts OWNER TO keeper; GRANT SELECT ON m_hosts TO PUBLIC;"
        "GRANT SELECT ON v_hosts TO reader WITH GRANT OPTION; GRANT SELECT ON v_apart TO reader;"
        "REFRESH MATERIALIZED VIEW m_hosts; ALTER TABLE session DISABLE TRIGGER note",
        database.name,
    )
    look = """SELECT relname, relkind, reloptions, relowner, relacl, relispopulated, obj_description(oid),
            ARRAY(SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = c.oid)
        FROM pg_class c WHERE relname IN ('v_sessions', 'v_hosts', 'm_hosts', 'v_apart') ORDER BY 1"""
    before = postgres.run(look, database.name)
    apart = postgres.run("SELECT 'v_apart'::regclass::oid", database.name)
    text = mended(postgres, database)
    assert postgres.run(look, database.name) == before
    assert postgres.run("SELECT tgenabled FROM pg_trigger WHERE tgname = 'note'", database.name) == [("D",)]
    assert postgres.run("SELECT 'v_apart'::regclass::oid", database.name) == apart, "it is left alone"
    assert "v_apart" not in text
    assert postgres.run("SELECT lsid FROM m_hosts ORDER BY lsid", database.name) == [("1234567890",), ("7",), ("8",)]


def test_checks_that_take_it_for_a_number_go_and_are_told(server: Server) -> None:
    statements = "CREATE TABLE t (a_lsid {0} {1} CHECK (a_lsid > 0), n {0}, CONSTRAINT far CHECK (a_lsid < 99 {2}), CONSTRAINT near CHECK (n < 9))"
    kind = "INTEGER" if server.kind == "sqlite" else "int"
    name = "CONSTRAINT above" if server.kind != "mysql" else ""
    database = server.fresh(statements.format(kind, name, "AND a_lsid <> 5"))
    text = mended(server, database)
    assert re.search(r"(?m)^-- BY HAND: this check .*99", text)
    server.run(f"INSERT INTO t VALUES ('{GUID}', 1)", database.name)
    refused(server, database, "INSERT INTO t VALUES ('x', 10)", "check|near")


def test_numbers_with_a_point_or_noughts_become_whole_ones(server: Server) -> None:
    kinds = {"postgres": ("numeric(12,2)", "real"), "mysql": ("decimal(12,2)", "double"), "sqlite": ("REAL", "NUMERIC")}
    a, b = kinds[server.kind]
    database = server.fresh(
        f"CREATE TABLE t (a_lsid {a} NOT NULL, b_lsid {b}); INSERT INTO t VALUES (7, 8), (1234560, NULL)"
    )
    if server.kind == "mysql":
        server.run("CREATE TABLE z (lsid int(9) zerofill); INSERT INTO z VALUES (7)", database.name)
    mended(server, database)
    assert server.run("SELECT * FROM t", database.name) == [("7", "8"), ("1234560", None)]
    if server.kind == "mysql":
        assert server.run("SELECT * FROM z", database.name) == [("7",)]


def test_keys_of_an_lseq_become_plain_indexes(server: Server) -> None:
    counts = {"postgres": "serial", "mysql": "int AUTO_INCREMENT", "sqlite": "INTEGER"}[server.kind]
    database = server.fresh(
        f"CREATE TABLE a (lseq {counts} PRIMARY KEY); CREATE TABLE b (lseq int); CREATE UNIQUE INDEX b_by ON b (lseq);"
        "CREATE TABLE c (lseq int, CONSTRAINT c_by UNIQUE (lseq)); INSERT INTO a VALUES (3); INSERT INTO b VALUES (4);"
    )
    mended(server, database)
    for table in "abc":
        server.run(f"INSERT INTO {table} VALUES (3), (3)", database.name)
    assert server.run("SELECT count(*) FROM a", database.name) == [(3,)]
    engine = sqlalchemy.create_engine(
        sqlalchemy.make_url(database.url).set(username=database.username, password=database.password)
    )
    found = {table: [one["column_names"] for one in sqlalchemy.inspect(engine).get_indexes(table)] for table in "abc"}
    engine.dispose()
    assert found == {table: [["lseq"]] for table in "abc"}


def test_what_only_a_person_can_decide_is_told_and_stays(server: Server) -> None:
    key = "INTEGER" if server.kind == "sqlite" else "int"
    stored = "STORED" if server.kind != "mysql" else "PERSISTENT"
    database = server.fresh(
        f"CREATE TABLE a (id {key} PRIMARY KEY);"
        f"CREATE TABLE c (lsid {key} PRIMARY KEY, FOREIGN KEY (lsid) REFERENCES a (id));"
        f"CREATE TABLE d (it {key}, FOREIGN KEY (it) REFERENCES c (lsid));"
        f"CREATE TABLE e (lsid {key}, double_it {key} GENERATED ALWAYS AS (lsid * 2) {stored});"
        f"CREATE TABLE f (lseq {key}, CONSTRAINT f_by UNIQUE (lseq));"
        f"CREATE TABLE g (f_ref {key}, FOREIGN KEY (f_ref) REFERENCES f (lseq));"
    )
    before = told(audited(database, Judge()), database)
    text = mended(server, database)
    for said in ("lsid of table c stays", "it of table d stays", "lsid of table e stays", "of f on its LSEQ stays"):
        assert re.search(rf"(?m)^-- BY HAND: .*{said}", text), said
    after = audited(database, Judge())
    assert told(after, database) == before, after.findings


def test_postgres_conditions_parts_and_schemas(postgres: Server) -> None:
    database = postgres.fresh(
        'CREATE SCHEMA "O""ther %"; SET search_path = "O""ther %";'
        "CREATE TABLE t (lsid int, day date) PARTITION BY RANGE (day);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2010-01-01') TO ('2011-01-01');"
        "CREATE INDEX t_low ON t1 (day) WHERE lsid < 100; CREATE VIEW v AS SELECT lsid FROM t;"
        "CREATE DOMAIN guid AS varchar(8); CREATE TABLE s (lsid guid DEFAULT 'none');"
        "CREATE DOMAIN counted AS bigint; ALTER TABLE s ADD old_lsid counted DEFAULT 0;"
        "INSERT INTO t VALUES (7, '2010-05-05'); INSERT INTO s VALUES ('8')"
    )
    database = replace(database, schemas=('O"ther %',))
    postgres.run('DROP INDEX "O""ther %".t_low', database.name)
    mended(postgres, database)
    assert postgres.run('SELECT lsid FROM "O""ther %".v', database.name) == [("7",)]
    postgres.run(f'INSERT INTO "O""ther %".s VALUES (\'{GUID}\')', database.name)
    assert audited(database, Judge()).findings == []


def test_postgres_indexes_with_conditions_go_and_are_told(postgres: Server) -> None:
    database = postgres.fresh(
        "CREATE TABLE t (lsid int, day date); CREATE INDEX low ON t (day) WHERE lsid < 100; CREATE INDEX at ON t (lsid)"
    )
    text = mended(postgres, database)
    assert re.search(r"(?m)^-- BY HAND: this index .*low", text)
    assert postgres.run("SELECT indexname FROM pg_indexes WHERE tablename = 't'", database.name) == [("at",)]


def test_it_is_one_transaction(postgres: Server, sqlite: Server) -> None:
    for server in (postgres, sqlite):
        database = server.fresh()
        text = sql_that_mends(database, Judge())
        assert text is not None
        broken = text.replace("COMMIT;", "SELECT * FROM no_such_table;\nCOMMIT;")
        before = told(audited(database, Judge()), database)
        if server is postgres:
            # One by one, as psql does: all at once are a transaction anyway.
            url = sqlalchemy.make_url(database.url)
            given: dict[str, Any] = {"host": url.host, "port": url.port, "dbname": url.database}
            with psycopg.connect(user="auditor", password=PASSWORD, autocommit=True, **given) as connection:
                for statement in broken.partition("SELECT * FROM no")[0].split(";\n"):
                    connection.execute(statement)
                with pytest.raises(psycopg.errors.UndefinedTable):
                    connection.execute("SELECT * FROM no_such_table")
        else:
            refused(server, database, broken, "no_such_table")
        assert told(audited(database, Judge()), database) == before


def test_it_says_what_it_is_and_nothing_ran(server: Server) -> None:
    database = server.fresh()
    before = told(audited(database, Judge()), database)
    text = sql_that_mends(database, Judge())
    assert text is not None
    assert told(audited(database, Judge()), database) == before
    assert text.startswith(f"-- Mends the database {database.name} ")
    assert "Take a backup" in text
    assert "update it first" in text
    assert PASSWORD not in text


def test_mariadb_texts_of_foreign_keys_agree_and_comments_stay(mariadb: Server) -> None:
    database = mariadb.fresh()
    mended(mariadb, database)
    query = (
        "SELECT table_name, collation_name, column_comment, is_nullable FROM information_schema.columns"
        f" WHERE table_schema = '{database.name}' AND column_name IN ('lsid', 'session_lsid', 'session_ref')"
        " AND table_name IN ('session', 'chat', 'ticket') ORDER BY table_name"
    )
    rows = mariadb.run(query, database.name)
    assert len({row[1] for row in rows}) == 1
    assert [row[2:] for row in rows] == [("", "NO"), ("the appliance's 100% own", "NO"), ("", "YES")]


SQLITE = {
    "comments": (
        "CREATE TABLE t (a INT -- the, first\n , lsid /* , ( */ INT, n INT -- last\n ) STRICT",
        ["a INT -- the, first\n", "lsid TEXT", "n INT -- last\n"],
    ),
    "primary key": (
        "CREATE TABLE t (lsid INTEGER PRIMARY KEY DESC, n)",
        ["lsid VARCHAR(32) NOT NULL PRIMARY KEY DESC", "n"],
    ),
    "default and references": (
        "CREATE TABLE t (a_lsid INT DEFAULT -1 REFERENCES t (lsid) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE, lsid UNIQUE)",
        [
            "a_lsid VARCHAR(32) REFERENCES t (lsid) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE",
            "lsid UNIQUE",
        ],
    ),
    "quotes": ('CREATE TABLE "a(b" ("l,s ""lsid" INT NOT NULL)', ['"l,s ""lsid" VARCHAR(32) NOT NULL']),
    "keys": (
        "CREATE TABLE t (lsid INT, lseq INT CONSTRAINT u UNIQUE, n, PRIMARY KEY (lsid, n))",
        ["lsid VARCHAR(32)", "lseq INT"],
    ),
}


@pytest.mark.parametrize("name", SQLITE)
def test_sqlite_definitions(name: str, sqlite: Server) -> None:
    made, lines = SQLITE[name]
    database = sqlite.fresh(f"{made};")
    mended(sqlite, database)
    ((now,),) = sqlite.run("SELECT sql FROM sqlite_master WHERE type = 'table'", database.name)
    for line in lines:
        assert line in now
    assert ("DEFAULT -1" in now, "CONSTRAINT u" in now) == (False, False)


def test_sql_server_is_written_by_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server ran it: only that it says so, and that every step is there."""
    number = {"type": sqlalchemy.INTEGER(), "nullable": False, "default": None}
    session = Table(
        "dbo",
        "session",
        {
            "id": number,
            "lsid": {**number, "identity": {"start": 1}},
            "start_time": {**number, "type": sqlalchemy.DATETIME()},
        },
        (Key("primary key", "pk", ("lsid",)),),
    )
    chat = Table(
        "dbo",
        "chat",
        {"session_lsid": {**number, "nullable": True}},
        foreign_keys=(ForeignKey("of", (("session_lsid", "lsid"),), ("dbo", "session"), {"ondelete": "CASCADE"}),),
        indexes=[{"name": "by", "column_names": ["session_lsid"], "unique": False}],
    )
    work = migration._work([session, chat], "tsql")

    class Connection:
        dialect = mssql.dialect()  # type: ignore[no-untyped-call]

    writer = migration._SqlServer(Database("m", "mssql+pymssql://h/d"), Connection(), work, Judge())  # type: ignore[arg-type]
    lines = [line for line in writer.text().splitlines() if line and not line.startswith("--") and line != "GO"]
    assert writer.text().startswith("-- UNTESTED")
    assert lines == [
        "SET XACT_ABORT ON;",
        "BEGIN TRANSACTION;",
        "ALTER TABLE [dbo].[chat] DROP CONSTRAINT [of];",
        "ALTER TABLE [dbo].[session] DROP CONSTRAINT [pk];",
        "DROP INDEX [by] ON [dbo].[chat];",
        "ALTER TABLE [dbo].[session] ADD [lsid_text] varchar(32) NULL;",
        "UPDATE [dbo].[session] SET [lsid_text] = CAST([lsid] AS varchar(32));",
        "ALTER TABLE [dbo].[session] DROP COLUMN [lsid];",
        "EXEC sp_rename '[dbo].[session].[lsid_text]', 'lsid', 'COLUMN';",
        "ALTER TABLE [dbo].[session] ALTER COLUMN [lsid] varchar(32) NOT NULL;",
        "ALTER TABLE [dbo].[chat] ALTER COLUMN [session_lsid] varchar(32) NULL;",
        "ALTER TABLE [dbo].[session] ADD [lseq] integer NULL;",
        "ALTER TABLE [dbo].[session] ADD CONSTRAINT [pk] PRIMARY KEY ([lsid]);",
        "CREATE INDEX [by] ON [dbo].[chat] ([session_lsid]);",
        "ALTER TABLE [dbo].[chat] ADD CONSTRAINT [of] FOREIGN KEY ([session_lsid]) REFERENCES [dbo].[session] ([lsid]) ON DELETE CASCADE;",
        "COMMIT;",
    ]


def test_what_cannot_be_read_is_told(postgres: Server) -> None:
    text = sql_that_mends(replace(postgres.fresh(), schemas=("public", "gone")), Judge())
    assert text is not None
    assert re.search(r"(?m)^-- BY HAND: .* it has no schema gone", text)


def test_a_database_that_cannot_be_read(sqlite: Server) -> None:
    with pytest.raises(Unreachable, match="open the database gone"):
        sql_that_mends(Database("gone", "sqlite:////no/such/file"), Judge())
