# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers of PostgreSQL and MariaDB on this machine, each with a folder of its own, and SQLite. Tests nothing itself."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.databases import Database

#: Seconds that a server may take to begin.
PATIENCE = 120
PASSWORD = "s3cret-of-icdb"


@dataclass(frozen=True)
class Server:
    """`url`: of its administrator, with `{database}` for the database. `kind`: SQLAlchemy's name of its dialect."""

    kind: str
    url: str
    process: subprocess.Popen[bytes] | None = None

    def engine(self, database: str, **options: Any) -> sqlalchemy.Engine:
        """Everything may be done through it."""
        return sqlalchemy.create_engine(self.url.format(database=database), poolclass=sqlalchemy.NullPool, **options)

    def run(self, database: str, script: str) -> None:
        """A script, statement by statement; a line with `//` ends one."""
        with self.engine(database, isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in script.split("\n//\n"):
                if statement.strip():
                    connection.exec_driver_sql(
                        statement.strip().replace("%", "%%") if self.kind != "sqlite" else statement
                    )

    def database(self, name: str, script: str) -> Database:
        """A new database, made by a script, as an option of the audit names it."""
        if self.kind == "postgresql":
            self.run("postgres", f"DROP DATABASE IF EXISTS {name}\n//\nCREATE DATABASE {name}")
        elif self.kind == "mysql":
            self.run("", f"DROP DATABASE IF EXISTS {name}\n//\nCREATE DATABASE {name}")
        else:
            Path(self.url.format(database=name).partition(":///")[2]).unlink(missing_ok=True)
        self.run(name, script)
        return self.seen(name)

    def seen(self, name: str) -> Database:
        """An existing one."""
        url = sqlalchemy.make_url(self.url.format(database=name))
        plain = url._replace(username=None, password=None) if self.kind != "sqlite" else url
        return Database(name, plain.render_as_string(), url.username, url.password and str(url.password))

    def rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self.engine(database).connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _another_user(folder: Path) -> dict[str, Any]:
    """Both servers refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for place in (folder, *folder.parents):
        if place.stat().st_uid == 0 and place != Path("/tmp") and not place.stat().st_mode & 0o001:
            place.chmod(place.stat().st_mode | 0o011)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _answering(server: Server, database: str) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            server.rows(database, "SELECT 1")
            return
        except sqlalchemy.exc.OperationalError:
            assert server.process is None or server.process.poll() is None, "the server ended"
            assert time.monotonic() < limit, "the server does not answer"
            time.sleep(0.05)


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def program(name: str, *places: str) -> str:
    """Where a program is; the test is skipped where it is not."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *places]))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A PostgreSQL of its own."""
    places = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    initdb, postgres = program("initdb", *places), program("postgres", *places)
    # The real programs: what stands in the PATH may be a wrapper that needs a cluster of the system's.
    if places:
        initdb, postgres = (str(Path(places[0]) / name) for name in ("initdb", "postgres"))
    user = _another_user(folder)
    data, password = folder / "data", folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    asked = [
        initdb,
        "-D",
        str(data),
        "-U",
        "admin",
        f"--pwfile={password}",
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]
    subprocess.run(asked, check=True, capture_output=True, cwd=folder, **user)
    port = _port()
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "shared_buffers": "16MB",
    }
    command = [postgres, "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user)
    with _ended(process):
        server = Server("postgresql", f"postgresql+psycopg://admin:{PASSWORD}@127.0.0.1:{port}/{{database}}", process)
        _answering(server, "postgres")
        yield server


@contextlib.contextmanager
def mariadb(folder: Path) -> Iterator[Server]:
    """A MariaDB of its own."""
    install, mariadbd = program("mariadb-install-db"), program("mariadbd")
    user = _another_user(folder)
    data, init = folder / "data", folder / "init.sql"
    init.write_text(
        f"CREATE USER admin@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;\n"
    )
    init.chmod(0o644)
    common = ["--no-defaults", f"--datadir={data}"]
    subprocess.run(
        [install, *common, "--skip-test-db", "--auth-root-authentication-method=normal"],
        check=True,
        capture_output=True,
        cwd=folder,
        **user,
    )
    port = _port()
    settings = [
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={folder}/socket",
        f"--pid-file={folder}/pid",
        f"--init-file={init}",
    ]
    quick = [
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=32M",
        "--performance-schema=OFF",
    ]
    process = subprocess.Popen(
        [mariadbd, *common, *settings, *quick], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user
    )
    with _ended(process):
        server = Server("mysql", f"mysql+pymysql://admin:{PASSWORD}@127.0.0.1:{port}/{{database}}", process)
        _answering(server, "")
        yield server


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Server]:
    """SQLite needs no server."""
    yield Server("sqlite", f"sqlite:///{folder}/{{database}}.db")


SERVERS = {"postgresql": postgresql, "mysql": mariadb, "sqlite": sqlite}
