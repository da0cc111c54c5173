# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the definitions of databases that hold LSIDs, through SQLAlchemy, and has them judged. Writes nothing there.

PostgreSQL, MariaDB (and MySQL) and SQLite are tested. SQL Server, which the Integration Client uses, goes the same way and is untested.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadInput, BomgarError
from .findings import Audit, Finding, Kind, Place
from .libraries import require, sqlalchemy
from .names import LSID_LENGTH, is_lseq, is_lsid

#: SQLAlchemy's name of a dialect -> that of sqlglot.
SQL_DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite", "mssql": "tsql"}
#: Seconds that a database may take to answer.
_PATIENCE = 30
_AS_TEXT = (
    f"Make it varchar({LSID_LENGTH}), as the Integration Client's own table becomes; see the file mend-<database>.sql."
)

#: Judges SQL: its text, its dialect and where it stands.
Judge = Callable[[str, str, Place], Iterable[Finding]]


@dataclass(frozen=True)
class Database:
    """`url`: SQLAlchemy's, without a password. `schemas`: those to look at; the account's own if empty."""

    name: str
    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    schemas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Routine:
    """A view, procedure, function or trigger with its definition; None where the account may not read it."""

    sort: str
    name: str
    text: str | None


def databases_from(options: Sequence[Mapping[str, Any]]) -> tuple[Database, ...]:
    """The option `databases`. BadInput for a doubled name, an address that is none, one with a password, or an unknown kind of database."""
    found: dict[str, Database] = {}
    for option in options:
        require("SQLAlchemy", "sqlglot")
        name = str(option["name"]).strip()
        if not name or name in found or any(sign in name for sign in "/\\\0"):
            raise BadInput(
                "read the databases",
                f"the name {name!r} is empty, doubled, or holds a slash",
                "Give each a name of its own.",
            )
        try:
            url = sqlalchemy.engine.make_url(str(option["url"]))
        except (sqlalchemy.exc.ArgumentError, ValueError):
            raise BadInput(
                f"read the address of the database {name}",
                "it is no address as SQLAlchemy takes it",
                "Write it as postgresql+psycopg://host/database, mysql+pymysql://host/database, mssql+pyodbc://dsn or sqlite:////path.",
            ) from None
        if url.password is not None or any("pass" in key.lower() or key.lower() == "pwd" for key in url.query):
            raise BadInput(
                f"read the address of the database {name}",
                "it holds a password",
                "Give it as password, and take it out of url.",
            )
        if url.get_backend_name() not in SQL_DIALECTS:
            raise BadInput(
                f"read the address of the database {name}",
                f"{url.get_backend_name()} is no kind of database that can be audited",
                f"It has to be one of {', '.join(sorted(SQL_DIALECTS))}.",
            )
        schemas = tuple(str(schema) for schema in option.get("schemas") or ())
        found[name] = Database(name, str(option["url"]), option.get("username"), option.get("password"), schemas)
    return tuple(found.values())


def audited(database: Database, judge: Judge) -> Audit:
    """What breaks in a database. Whatever cannot be read is a finding of its own; the rest is looked at."""
    audit = Audit()
    try:
        with connected(database) as connection:
            _look(database, connection, judge, audit)
    except BomgarError:
        raise
    except Exception as error:  # noqa: BLE001 - drivers raise what they like, and the next database has to be looked at
        audit.findings.append(
            not_read(Place(database=database.name), database, error, "Correct its address and account")
        )
    return audit


@contextlib.contextmanager
def connected(database: Database) -> Iterator[Any]:
    """A connection that only reads, where the database knows such. Raises what SQLAlchemy and the driver raise."""
    url = sqlalchemy.engine.make_url(database.url)
    backend = url.get_backend_name()
    if database.username is not None:
        url = url.set(username=database.username)
    if database.password is not None:
        url = url.set(password=database.password)
    options: dict[str, Any] = {}
    if backend == "sqlite":
        # Without this a missing file would be made.
        if url.database and not url.database.startswith("file:"):
            url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
    elif backend in ("postgresql", "mysql", "mariadb"):
        options["connect_timeout"] = _PATIENCE
    elif backend == "mssql":
        options["timeout"] = _PATIENCE
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool, connect_args=options)
    try:
        with engine.connect() as connection:
            for statement in _READ_ONLY.get(backend, ()):
                connection.exec_driver_sql(statement)
            connection.commit()  # or it would be gone with the transaction
            yield connection
    finally:
        engine.dispose()


#: For the whole session.
_READ_ONLY = {
    "postgresql": ("SET default_transaction_read_only = on", f"SET statement_timeout = '{_PATIENCE}s'"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY",),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY",),
}


def _look(database: Database, connection: Any, judge: Judge, audit: Audit) -> None:
    inspector = sqlalchemy.inspect(connection)
    dialect = SQL_DIALECTS[connection.dialect.name]
    for schema in database.schemas or (None,):
        named = _Named(database, schema)
        for table in sorted(inspector.get_table_names(schema=schema)):
            audit.looked["tables"] += 1
            with _one(audit, database, named.place(f"table {table}"), connection):
                audit.findings += list(_table(inspector, table, schema, named))
        for routine in routines(connection, schema):
            audit.looked[f"{routine.sort}s"] += 1
            place = named.place(f"{routine.sort} {routine.name}")
            with _one(audit, database, place, connection):
                if routine.text is None:
                    raise PermissionError("its definition is not shown to this account")
                audit.findings += list(judge(routine.text, dialect, place))


@dataclass(frozen=True)
class _Named:
    database: Database
    schema: str | None

    def place(self, what: str, column: str | None = None) -> Place:
        sort, _sep, name = what.partition(" ")
        return Place(
            database=self.database.name, object=f"{sort} {self.schema}.{name}" if self.schema else what, column=column
        )


@contextlib.contextmanager
def _one(audit: Audit, database: Database, place: Place, connection: Any) -> Iterator[None]:
    """One object: what cannot be read of it is named, unless the whole connection is gone."""
    try:
        yield
    except BomgarError:
        raise
    except Exception as error:
        if getattr(error, "connection_invalidated", False) or connection.closed or connection.invalidated:
            raise
        connection.rollback()  # PostgreSQL takes nothing more in a transaction that failed
        audit.findings.append(not_read(place, database, error, "Let the account read its definition"))


def not_read(place: Place, database: Database, error: Exception, mend: str, what: str = "it cannot be read") -> Finding:
    """A finding for what an error kept from being looked at; no password stands in it."""
    told = str(getattr(error, "orig", None) or error) or type(error).__name__
    for secret in filter(None, (database.password,)):
        told = told.replace(secret, "********")
    why = f"{what}: {' '.join(told.split())[:200]}"
    return Finding(place, Kind.NOT_READ, why, f"{mend}, or look at it yourself and accept it with the reason.")


# Tables


def _table(inspector: Any, table: str, schema: str | None, named: _Named) -> Iterator[Finding]:
    columns = {column["name"]: column for column in inspector.get_columns(table, schema=schema)}
    what = f"table {table}"
    for name, column in columns.items():
        if is_lsid(name):
            fault = wrong_type(column["type"])
            if fault is not None:
                kind, why = fault
                yield Finding(named.place(what, name), kind, why, _AS_TEXT, f"{name} {column['type']}")
    lower = {name.lower() for name in columns}
    if table.lower() in ("session", "sessions") and {"lsid", "start_time"} <= lower and "lseq" not in lower:
        yield Finding(
            named.place(what),
            Kind.LSEQ_MISSING,
            "the Integration Client's table of sessions gets a column lseq from release 10.6 on",
            "Update the Integration Client, which adds it, or add it: see the file mend-<database>.sql.",
        )
    for key in keys_on_lseq(inspector, table, schema):
        yield Finding(
            named.place(what, ", ".join(key["column_names"])),
            Kind.LSEQ_KEY,
            f"{'the key ' + str(key['name']) if key['name'] else 'its key'} takes an LSEQ for one session, and it is not unique",
            "Make LSID the key, and keep an index on LSEQ that is not unique; see the file mend-<database>.sql.",
        )
    for foreign in inspector.get_foreign_keys(table, schema=schema):
        yield from _foreign(inspector, foreign, columns, schema, named.place, what)


def _foreign(
    inspector: Any,
    foreign: Mapping[str, Any],
    columns: Mapping[str, Any],
    schema: str | None,
    place: Callable[[str, str | None], Place],
    what: str,
) -> Iterator[Finding]:
    """A foreign key between an LSID and a column of another name that is a number."""
    there = foreign["referred_schema"] or schema
    others = {column["name"]: column for column in inspector.get_columns(foreign["referred_table"], schema=there)}
    for mine, theirs in zip(foreign["constrained_columns"], foreign["referred_columns"], strict=False):
        if is_lsid(mine) == is_lsid(theirs) or theirs not in others:
            continue
        number = columns[mine] if is_lsid(theirs) else others[theirs]
        fault = wrong_type(number["type"])
        if fault is not None:
            yield Finding(
                place(what, mine),
                fault[0],
                f"a foreign key ties it to {foreign['referred_table']}.{theirs}, and {number['name']} is {number['type']}",
                _AS_TEXT,
            )


def wrong_type(kind: Any) -> tuple[Kind, str] | None:
    """Why a column of that type cannot hold an LSID; None if it can."""
    types = sqlalchemy.types
    if isinstance(kind, (types.Integer, types.Numeric)):
        return Kind.LSID_NUMBER, f"it is {kind}, and from release 10.6 on an LSID is a string"
    if isinstance(kind, types.String):
        length = kind.length
        if length is not None and length < LSID_LENGTH:
            return Kind.LSID_SHORT, f"it is {kind}, and an LSID has {LSID_LENGTH} characters"
    return None


def keys_on_lseq(inspector: Any, table: str, schema: str | None) -> list[dict[str, Any]]:
    """Primary keys, unique constraints and unique indexes that hold an LSEQ and no LSID: `sort`, `name`, `column_names`."""
    primary = inspector.get_pk_constraint(table, schema=schema) or {}
    keys: list[dict[str, Any]] = [
        {"sort": "primary", "name": primary.get("name"), "column_names": primary.get("constrained_columns") or []}
    ]
    unique = inspector.get_unique_constraints(table, schema=schema)
    keys += [{"sort": "unique", "name": each["name"], "column_names": each["column_names"]} for each in unique]
    told = {each["name"] for each in unique}
    keys += [
        {"sort": "index", "name": each["name"], "column_names": [name for name in each["column_names"] if name]}
        for each in inspector.get_indexes(table, schema=schema)
        if each["unique"] and each["name"] not in told and not each.get("duplicates_constraint")
    ]
    return [
        key
        for key in keys
        if any(is_lseq(name) for name in key["column_names"]) and not any(is_lsid(name) for name in key["column_names"])
    ]


# Views, procedures, functions and triggers

#: Dialect -> queries of (sort, name, definition) of a schema; `:schema` is that schema.
_ROUTINES: dict[str, tuple[str, ...]] = {
    "postgresql": (
        (
            "SELECT 'view', c.relname, pg_get_viewdef(c.oid, true) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('v', 'm') AND n.nspname = :schema ORDER BY 2"
        ),
        (
            "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.proname, pg_get_functiondef(p.oid) FROM pg_proc p "
            "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p') AND n.nspname = :schema AND NOT EXISTS "
            "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 2"
        ),
        (
            "SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = :schema ORDER BY 2"
        ),
    ),
    "mysql": (
        "SELECT 'view', table_name, view_definition FROM information_schema.views WHERE table_schema = :schema ORDER BY 2",
        (
            "SELECT lower(routine_type), routine_name, routine_definition FROM information_schema.routines WHERE routine_schema = :schema "
            "ORDER BY 2"
        ),
        "SELECT 'trigger', trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = :schema ORDER BY 2",
    ),
    "sqlite": ("SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY 2",),
    "mssql": (
        (
            "SELECT CASE o.type WHEN 'V' THEN 'view' WHEN 'P' THEN 'procedure' WHEN 'TR' THEN 'trigger' ELSE 'function' END, o.name, m.definition "
            "FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id LEFT JOIN sys.sql_modules m ON m.object_id = o.object_id "
            "WHERE o.type IN ('V', 'P', 'TR', 'FN', 'IF', 'TF') AND s.name = :schema ORDER BY 2"
        ),
    ),
}
_ROUTINES["mariadb"] = _ROUTINES["mysql"]
#: MariaDB leaves parameters out of the definition of a routine, and they may be LSIDs.
_PARAMETERS = (
    "SELECT specific_name, group_concat(concat(coalesce(parameter_mode, ''), ' ', parameter_name, ' ', dtd_identifier) SEPARATOR ', ') "
    "FROM information_schema.parameters WHERE specific_schema = :schema AND parameter_name IS NOT NULL GROUP BY specific_name"
)


def routines(connection: Any, schema: str | None) -> list[Routine]:
    """All views, procedures, functions and triggers of a schema, from the catalogue."""
    backend = connection.dialect.name
    schema = schema or sqlalchemy.inspect(connection).default_schema_name
    text = sqlalchemy.text
    found = []
    given: dict[str, str] = {}
    if backend in ("mysql", "mariadb"):
        given = {str(name): str(told) for name, told in connection.execute(text(_PARAMETERS), {"schema": schema})}
    for query in _ROUTINES[backend]:
        asked = {"schema": schema} if ":schema" in query else {}
        for sort, name, definition in connection.execute(text(query), asked):
            shown = None if definition is None or not str(definition).strip() else str(definition)
            if shown is not None and sort in ("procedure", "function") and backend in ("mysql", "mariadb"):
                shown = f"CREATE {sort} {name} ({given.get(str(name), '')}) {shown}"
            found.append(Routine(str(sort), str(name), shown))
    return found
