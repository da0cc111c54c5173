# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real databases of the form before release 10.6: PostgreSQL and MariaDB servers that run as long as the tests, SQLite files."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.databases import Database
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Audit, Finding, Kind, Place
from pymysql.constants import CLIENT

PASSWORD = "correct horse/battery%staple"
PATIENCE = 60
_NUMBERS = count(1)


class Judge:
    """Stands for the judge of SQL: finds a sum of an LSID, and keeps what it was given."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[str, str]] = {}

    def __call__(self, text: str, dialect: str, place: Place) -> Iterable[Finding]:
        self.seen[str(place.object)] = dialect, text
        if re.search(r"lsid\W*\+ 1", text):
            yield Finding(place, Kind.LSID_ARITHMETIC, "it counts with an LSID", "Do not.", text)


def told(audit: Audit, database: Database) -> set[tuple[str, str]]:
    """Place without the name of the database, kind."""
    return {(str(found.place).removeprefix(f"{database.name}: "), found.kind.value) for found in audit.findings}


@dataclass(frozen=True)
class Server:
    """A running server, or a folder of SQLite files. `run`: statements, database -> the rows of the last one."""

    kind: str
    url: str
    run: Callable[[str, str], list[tuple[Any, ...]]]
    first: str

    def fresh(self, statements: str = "") -> Database:
        """A new database, in which these were run."""
        name = f"icdb{next(_NUMBERS)}"
        if self.kind != "sqlite":
            self.run(f"CREATE DATABASE {name}", self.first)
        database = Database(name, self.url.format(name), "auditor", PASSWORD)
        if self.kind == "sqlite":
            database = replace(database, username=None, password=None)
        self.run(statements or OLD[self.kind], name)
        return database


def postgres() -> Iterator[Server]:
    """A PostgreSQL server. Skips if there is none here."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = programs[-1] if programs else shutil.which("initdb")
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    folder = Path(found).parent
    with _folder("postgres") as (place, account):
        secret = place / "secret"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        options = [
            "-U",
            "auditor",
            "-A",
            "scram-sha-256",
            "--pwfile",
            secret,
            "-E",
            "UTF8",
            "--locale",
            "C",
            "--no-sync",
        ]
        _done([folder / "initdb", "-D", place / "data", *options], account)
        port = _port()
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": place, "fsync": "off", "port": port}
        command = [folder / "postgres", "-D", place / "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]

        def run(statements: str, database: str) -> list[tuple[Any, ...]]:
            given: dict[str, Any] = {
                "host": "127.0.0.1",
                "port": port,
                "user": "auditor",
                "password": PASSWORD,
                "dbname": database,
            }
            with psycopg.connect(**given, autocommit=True) as connection:
                cursor = connection.execute(statements)
                while cursor.nextset():
                    pass
                return cursor.fetchall() if cursor.description else []

        with _running(command, account, signal.SIGQUIT, lambda: run("SELECT 1", "postgres"), psycopg.OperationalError):
            yield Server("postgres", f"postgresql+psycopg://127.0.0.1:{port}/{{}}", run, "postgres")


def mariadb() -> Iterator[Server]:
    """A MariaDB server. Skips if there is none here."""
    install, server = (
        shutil.which("mariadb-install-db"),
        shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"),
    )
    if not install or not server:
        pytest.skip("MariaDB is not installed (Debian package mariadb-server)")
    with _folder("mysql") as (place, account):
        # A starting server clears its folder of temporary files, so no two share one.
        folders = [f"--datadir={place / 'data'}", f"--tmpdir={place}"]
        _done(
            [install, "--no-defaults", *folders, "--auth-root-authentication-method=normal", "--skip-test-db"], account
        )
        port = _port()
        command = [
            server,
            "--no-defaults",
            *folders,
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
        ]
        command += [f"--socket={place / 'socket'}", "--innodb-flush-log-at-trx-commit=0", "--skip-sync-frm"]

        def run(
            statements: str, database: str, user: str = "auditor", password: str = PASSWORD
        ) -> list[tuple[Any, ...]]:
            given = {"host": "127.0.0.1", "port": port, "user": user, "password": password, "database": database}
            with contextlib.closing(
                pymysql.connect(**given, autocommit=True, client_flag=CLIENT.MULTI_STATEMENTS)
            ) as connection:
                cursor = connection.cursor()
                cursor.execute(statements)
                rows = list(cursor.fetchall())
                while cursor.nextset():
                    rows = list(cursor.fetchall()) or rows
                return rows

        def ready() -> None:
            run("SELECT 1", "mysql", "root", "")

        with _running(command, account, signal.SIGKILL, ready, pymysql.err.OperationalError):
            user = f"CREATE USER auditor IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO auditor WITH GRANT OPTION"
            run(user, "mysql", "root", "")
            yield Server("mysql", f"mariadb+pymysql://127.0.0.1:{port}/{{}}", run, "mysql")


def sqlite() -> Iterator[Server]:
    """A folder of SQLite files."""
    with tempfile.TemporaryDirectory() as folder:

        def run(statements: str, database: str) -> list[tuple[Any, ...]]:
            with contextlib.closing(sqlite3.connect(Path(folder, database), isolation_level=None)) as connection:
                connection.execute("PRAGMA foreign_keys = ON")
                if sqlite3.complete_statement(statements + ";") and statements.count(";") == 0:
                    return connection.execute(statements).fetchall()
                connection.executescript(statements)
                return []

        yield Server("sqlite", f"sqlite:///{folder}/{{}}", run, "")


@contextlib.contextmanager
def _folder(account: str) -> Iterator[tuple[Path, str | None]]:
    """A folder that an account may write to; these servers refuse to run as root, and root alone may be another one."""
    folder = tempfile.mkdtemp(dir="/tmp")
    try:
        if os.geteuid():
            yield Path(folder), None
        else:
            shutil.chown(folder, account)
            yield Path(folder), account
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(account: str | None) -> dict[str, Any]:
    return {"user": account, "group": account, "extra_groups": []} if account else {}


def _done(command: list[Any], account: str | None) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **_as(account))
    assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def _running(
    command: list[Any], account: str | None, stop: signal.Signals, ready: Callable[[], object], refused: type[Exception]
) -> Iterator[None]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd="/", stdout=said, stderr=said, **_as(account))
        try:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    ready()
                    break
                except refused as error:
                    if process.poll() is not None or time.monotonic() > until:
                        said.seek(0)
                        pytest.fail(f"the server does not run: {error}\n{said.read().decode(errors='replace')}")
                    time.sleep(0.1)
            yield
        finally:
            process.send_signal(stop)
            process.wait(PATIENCE)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_ROWS = """
INSERT INTO session (lsid, type, start_time, host_name) VALUES
    (7, 'support', '2010-10-07 09:56:11', 'pc-frida'), (8, 'support', '2010-10-07 10:23:07', 'pc-omar'),
    (1234567890, 'presentation', '2010-10-08 19:27:19', NULL);
INSERT INTO chat (session_lsid, line) VALUES (7, 'hello'), (7, 'bye'), (1234567890, 'a; b');
INSERT INTO ticket (number, session_ref) VALUES ('T1', 8), ('T2', NULL);
"""

#: The Integration Client's table of sessions (documented: D-G150) and a user's own tables, views, routines and trigger around it.
OLD = {
    "postgres": """
CREATE TABLE session (
    id serial PRIMARY KEY, lsid integer GENERATED BY DEFAULT AS IDENTITY CONSTRAINT session_lsid_key UNIQUE,
    type varchar(16), start_time timestamp, end_time timestamp, duration integer, file_transfers integer, host_name text,
    external_key text, public_site_id integer, public_site_name text, CONSTRAINT counted CHECK (lsid > 0));
CREATE TABLE chat (
    id serial PRIMARY KEY, session_lsid bigint NOT NULL DEFAULT 0, line text DEFAULT 'nothing',
    CONSTRAINT chat_of FOREIGN KEY (session_lsid) REFERENCES session (lsid) ON UPDATE CASCADE ON DELETE CASCADE);
CREATE INDEX chat_by ON chat (session_lsid);
CREATE TABLE ticket (
    number text PRIMARY KEY, session_ref integer CONSTRAINT ticket_of REFERENCES session (lsid) ON DELETE SET NULL);
CREATE TABLE "Report Rows" ("LSID" varchar(10) PRIMARY KEY, lseq integer, CONSTRAINT "rows key" UNIQUE (lseq));
CREATE TABLE sound (id serial PRIMARY KEY, lsid varchar(32) UNIQUE, lseq integer, lsid_count integer, lsid_guid uuid);
CREATE UNIQUE INDEX sound_both ON sound (lseq, lsid);
CREATE VIEW v_sessions WITH (security_barrier = true) AS SELECT s.lsid, s.host_name, c.line
    FROM session s JOIN chat c ON c.session_lsid = s.lsid;
CREATE VIEW v_hosts AS SELECT DISTINCT host_name, lsid FROM v_sessions;
CREATE VIEW v_next AS SELECT lsid + 1 AS next FROM session;
CREATE VIEW v_after_next AS SELECT next FROM v_next;
CREATE VIEW v_apart AS SELECT host_name FROM session;
CREATE MATERIALIZED VIEW m_hosts AS SELECT lsid, host_name FROM session WITH DATA;
CREATE UNIQUE INDEX m_hosts_by ON m_hosts (lsid);
COMMENT ON VIEW v_hosts IS 'who''s there';
CREATE FUNCTION found(p_lsid integer) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM chat WHERE session_lsid = p_lsid';
CREATE PROCEDURE forget(p_lsid integer) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM session WHERE lsid = p_lsid; END $$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.external_key := 'seen'; RETURN NEW; END $$;
CREATE TRIGGER note BEFORE UPDATE OF lsid ON session FOR EACH ROW EXECUTE FUNCTION noted();
CREATE TRIGGER big BEFORE UPDATE ON session FOR EACH ROW WHEN (NEW.lsid + 1 > 100) EXECUTE FUNCTION noted();
"""
    + _ROWS
    + """INSERT INTO "Report Rows" VALUES ('7', 1), ('8', 2);""",
    "mysql": """
CREATE TABLE session (
    id integer AUTO_INCREMENT PRIMARY KEY, lsid integer NOT NULL COMMENT 'the appliance''s 100% own' CHECK (lsid > 0),
    type varchar(16), start_time datetime, end_time datetime, duration integer, file_transfers integer, host_name text,
    external_key text, public_site_id integer, public_site_name text, UNIQUE KEY session_lsid_key (lsid),
    CONSTRAINT counted CHECK (lsid < 2000000000));
CREATE TABLE chat (
    id integer AUTO_INCREMENT PRIMARY KEY, session_lsid integer NOT NULL DEFAULT 0, line text, KEY chat_by (session_lsid),
    CONSTRAINT chat_of FOREIGN KEY (session_lsid) REFERENCES session (lsid) ON UPDATE CASCADE ON DELETE CASCADE
    ) DEFAULT CHARSET utf8mb4;
CREATE TABLE ticket (
    number varchar(20) PRIMARY KEY, session_ref integer,
    CONSTRAINT ticket_of FOREIGN KEY (session_ref) REFERENCES session (lsid) ON DELETE SET NULL);
CREATE TABLE `Report Rows` (`LSID` varchar(10) PRIMARY KEY, lseq integer, UNIQUE KEY `rows key` (lseq));
CREATE TABLE own (lsid integer(10) UNSIGNED ZEROFILL AUTO_INCREMENT PRIMARY KEY, note text);
CREATE TABLE sound (
    id integer AUTO_INCREMENT PRIMARY KEY, lsid varchar(32) UNIQUE, lseq integer, lsid_count integer, has_lsid boolean,
    lsid_guid uuid, UNIQUE KEY sound_both (lseq, lsid));
CREATE VIEW v_sessions AS SELECT s.lsid, s.host_name, c.line FROM session s JOIN chat c ON c.session_lsid = s.lsid;
CREATE VIEW v_next AS SELECT lsid + 1 AS next FROM session;
CREATE FUNCTION found(p_lsid integer) RETURNS integer READS SQL DATA
    RETURN (SELECT count(*) FROM chat WHERE session_lsid = p_lsid);
CREATE PROCEDURE forget(IN p_lsid integer) DELETE FROM session WHERE lsid = p_lsid;
CREATE PROCEDURE `tidy 5%`() DELETE FROM ticket;
CREATE TRIGGER note BEFORE UPDATE ON session FOR EACH ROW SET NEW.external_key = 'seen';
"""
    + _ROWS
    + "INSERT INTO `Report Rows` VALUES ('7', 1), ('8', 2); INSERT INTO own (lsid) VALUES (7);",
    "sqlite": """
CREATE TABLE session ( -- what the client writes; "lsid" counts up
    id INTEGER PRIMARY KEY AUTOINCREMENT, [lsid] INTEGER NOT NULL DEFAULT (1 + 1) CONSTRAINT session_lsid_key UNIQUE,
    type VARCHAR(16), start_time TEXT, end_time TEXT, duration INTEGER, file_transfers INTEGER, host_name TEXT,
    external_key TEXT, public_site_id INTEGER, public_site_name TEXT COLLATE NOCASE);
CREATE TABLE chat (
    id INTEGER PRIMARY KEY, session_lsid UNSIGNED BIG INT NOT NULL, line TEXT DEFAULT 'nothing, (yet)',
    CONSTRAINT chat_of FOREIGN KEY (session_lsid) REFERENCES session (lsid) ON UPDATE CASCADE ON DELETE CASCADE);
CREATE INDEX chat_by ON chat (session_lsid);
CREATE TABLE ticket (number TEXT PRIMARY KEY, session_ref INT REFERENCES session (lsid) ON DELETE SET NULL) WITHOUT ROWID;
CREATE TABLE "Report Rows" ("LSID" DECIMAL(10, 2) PRIMARY KEY, lseq INTEGER UNIQUE, CONSTRAINT "rows key" UNIQUE (lseq));
CREATE TABLE own (lsid INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT, half AS (note || '!'));
CREATE TABLE sound (id INTEGER PRIMARY KEY, lsid VARCHAR(10), lseq INTEGER, lsid_count INTEGER, old_lsid, UNIQUE (lsid));
CREATE UNIQUE INDEX sound_both ON sound (lseq, lsid);
CREATE VIEW v_sessions AS SELECT s.lsid, s.host_name, c.line FROM session s JOIN chat c ON c.session_lsid = s.lsid;
CREATE VIEW v_next AS SELECT lsid + 1 AS next FROM session;
CREATE TRIGGER note AFTER UPDATE OF lsid ON session BEGIN
    UPDATE session SET external_key = 'seen; ' || NEW.id WHERE lsid = NEW.lsid; END;
CREATE TRIGGER closed AFTER INSERT ON chat BEGIN UPDATE session SET file_transfers = 1 WHERE lsid = NEW.session_lsid; END;
"""
    + _ROWS
    + """INSERT INTO "Report Rows" VALUES (7, 1), (8, 2); INSERT INTO own (lsid) VALUES (7);""",
}
