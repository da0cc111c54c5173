# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks in a database for what still takes an LSID for a number: its tables here, the SQL that it keeps by a judge of SQL.

Reads only, and only what the account may see: of a table or a trigger that a server hides from it nothing is known.
SQL Server is written by its documentation and was never tried; it has no transactions that only read.
"""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, Unreachable
from ..redaction import Redaction
from . import names
from .findings import Audit, Finding, Kind, Place
from .libraries import require, sqlalchemy

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection
    from sqlalchemy.engine.reflection import Inspector

#: A judge of SQL: a text, its dialect (a value of DIALECTS), where it stands -> what is wrong in it.
Judge = Callable[[str, str, Place], Iterable[Finding]]
#: A table's schema and name, and the name of a column of it.
TableName = tuple[str, str]
ColumnName = tuple[str, str, str]

#: What SQLAlchemy calls a sort of database -> the dialect of its SQL.
DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "tsql", "sqlite": "sqlite"}
#: Seconds to wait for a server to take a connection; and what each driver calls that.
PATIENCE = 10
_PATIENCE = {
    "psycopg": "connect_timeout",
    "psycopg2": "connect_timeout",
    "pg8000": "timeout",
    "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout",
    "mariadbconnector": "connect_timeout",
    "mysqlconnector": "connection_timeout",
    "pymssql": "login_timeout",
    "pyodbc": "timeout",
}
_EXAMPLES = "postgresql+psycopg://host/database, mariadb+pymysql://host/database or sqlite:////path/to/file"
_COUNTED = {
    "view": "views",
    "materialized view": "views",
    "procedure": "procedures",
    "function": "functions",
    "trigger": "triggers",
}
#: The objects with SQL of a schema: sort, name, and the key by which _SOURCE gets the source. What an extension brought is not
#: the user's.
_OBJECTS = {
    "postgres": """
        SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, c.relname, c.oid
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :schema AND c.relkind IN ('v', 'm') AND NOT EXISTS
            (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        UNION ALL
        SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.proname, p.oid
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
        WHERE n.nspname = :schema AND p.prokind IN ('p', 'f', 'w') AND l.lanname NOT IN ('c', 'internal') AND NOT EXISTS
            (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT 'trigger', t.tgname, t.oid
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :schema AND NOT t.tgisinternal
        ORDER BY 1, 2""",
    "mysql": """
        SELECT 'view', table_name, table_name FROM information_schema.views WHERE table_schema = :schema
        UNION ALL
        SELECT LOWER(routine_type), routine_name, routine_name FROM information_schema.routines
        WHERE routine_schema = :schema AND routine_type IN ('PROCEDURE', 'FUNCTION')
        UNION ALL
        SELECT 'trigger', trigger_name, trigger_name FROM information_schema.triggers WHERE trigger_schema = :schema
        ORDER BY 1, 2""",
    "tsql": """
        SELECT CASE RTRIM(o.type) WHEN 'V' THEN 'view' WHEN 'P' THEN 'procedure' WHEN 'TR' THEN 'trigger' ELSE 'function' END,
            o.name, o.object_id
        FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
        WHERE s.name = :schema AND o.is_ms_shipped = 0 AND o.type IN ('V', 'P', 'FN', 'IF', 'TF', 'TR')
        ORDER BY 1, 2""",
    "sqlite": """
        SELECT type, name, name FROM sqlite_master WHERE type IN ('view', 'trigger') AND :schema = 'main' ORDER BY 1, 2""",
}
_SOURCE = {
    "postgres": {
        "view": "SELECT pg_get_viewdef(:key)",
        "materialized view": "SELECT pg_get_viewdef(:key)",
        "procedure": "SELECT pg_get_functiondef(:key)",
        "function": "SELECT pg_get_functiondef(:key)",
        "trigger": "SELECT pg_get_triggerdef(:key)",
    },
    "tsql": dict.fromkeys(_COUNTED, "SELECT definition FROM sys.sql_modules WHERE object_id = :key"),
    "sqlite": dict.fromkeys(_COUNTED, "SELECT sql FROM sqlite_master WHERE name = :key"),
}
#: Says who made an object, not what it does; judges of SQL stumble over it.
_DEFINER = re.compile(r" DEFINER=`(?:[^`]|``)*`(?:@`(?:[^`]|``)*`)?")
_LANGUAGE = re.compile(r"^\s*LANGUAGE\s+(\w+)", re.MULTILINE)
_VARCHAR = f"varchar({names.LSID_LENGTH})"


@dataclass(frozen=True)
class Database:
    """A database to look at. `url`: as SQLAlchemy writes it, without a password; `schemas`: none means the default one."""

    name: str
    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    schemas: tuple[str, ...] = ()

    @property
    def dialect(self) -> str:
        """A value of DIALECTS."""
        return DIALECTS[_url(self.url).get_backend_name()]


@dataclass(frozen=True)
class Key:
    """What has to be unique. `sort`: primary key, unique constraint, unique index."""

    sort: str
    name: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class ForeignKey:
    """`pairs`: column of this table, column that it refers to; `options`: as the database has them (`ondelete`: CASCADE)."""

    name: str | None
    pairs: tuple[tuple[str, str], ...]
    to: TableName
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table as SQLAlchemy reads it; `columns`: by name, in their order; `indexes`, `checks`: as SQLAlchemy gives them."""

    schema: str
    name: str
    columns: Mapping[str, Mapping[str, Any]]
    keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: Sequence[Mapping[str, Any]] = ()
    checks: Sequence[Mapping[str, Any]] = ()

    @property
    def id(self) -> TableName:
        """Its schema and name."""
        return self.schema, self.name

    @property
    def lacks_lseq(self) -> bool:
        """Whether it is the Integration Client's table of sessions (documented: D-G150) without the column that is new in it."""
        columns = {name.lower() for name in self.columns}
        return (
            self.name.lower() in ("session", "sessions") and {"lsid", "start_time"} <= columns and "lseq" not in columns
        )

    @property
    def lseq_keys(self) -> tuple[Key, ...]:
        """The keys that take an LSEQ for unique, which it need not be (documented: D-G150)."""
        return tuple(key for key in self.keys if key.columns and all(names.is_lseq(column) for column in key.columns))


def databases_from(options: Sequence[Mapping[str, Any]]) -> tuple[Database, ...]:
    """The option `databases`. BadInput for a missing or doubled name, and for a URL that is unusable or holds a password."""
    found: dict[str, Database] = {}
    for number, option in enumerate(options, 1):
        name = str(option.get("name") or "").strip()
        if not name:
            raise BadInput(f"read database {number}", "it has no name", "Give it one; places are told by it.")
        require("sqlalchemy")
        what = f"read the database {name}"
        if not re.fullmatch(r"[\w.-]+", name):
            # It is a part of the name of a file, too.
            raise BadInput(what, "its name has other signs than letters, digits, _, . and -", "Give it another name.")
        if name in found:
            raise BadInput(what, "two databases have this name", "Give each a name of its own.")
        # No part of the URL is told: what is wrong with it may be a password.
        try:
            url = _url(str(option.get("url") or ""))
        except (sqlalchemy.exc.ArgumentError, ValueError):
            raise BadInput(what, "its url cannot be parsed", f"Write it as {_EXAMPLES}.") from None
        if url.password is not None or any(word in key.lower() for key in url.query for word in ("passw", "pwd")):
            raise BadInput(what, "its url holds a password", "Take it out of the url and give it as password.")
        if url.get_backend_name() not in DIALECTS:
            raise BadInput(
                what,
                f"databases of the sort {url.get_backend_name()} are not read",
                f"Give a url of PostgreSQL, MariaDB, MySQL, SQL Server or SQLite, as {_EXAMPLES}.",
            )
        found[name] = Database(
            name,
            str(option["url"]),
            option.get("username") or None,
            option.get("password") or None,
            tuple(str(schema) for schema in option.get("schemas") or ()),
        )
    return tuple(found.values())


def _url(text: str) -> URL:
    return sqlalchemy.engine.make_url(text)


def audited(database: Database, sql: Judge) -> Audit:
    """Look at its tables, and have the SQL that it keeps judged. What cannot be read is a finding, and the rest goes on."""
    require("sqlalchemy")
    audit = Audit()
    place = Place(database=database.name)
    try:
        with opened(database) as connection:
            for schema in schemas(connection, database):
                _audit_tables(connection, database, schema, audit)
                _audit_objects(connection, database, schema, sql, audit)
    except Unreachable as error:
        audit.findings.append(Finding(place, Kind.NOT_READ, f"it cannot be opened: {error.got}", error.remedy))
    except sqlalchemy.exc.SQLAlchemyError as error:
        audit.findings.append(
            Finding(
                place,
                Kind.NOT_READ,
                f"reading it ended early: {words(error, database)}",
                "See to it that the database stays up and the account may read its catalogue, then audit it again.",
            )
        )
    return audit


@contextmanager
def opened(database: Database) -> Iterator[Connection]:
    """A connection through which nothing can be written. Unreachable if there is none."""
    require("sqlalchemy")
    what = f"open the database {database.name}"
    url = _url(database.url)
    if database.username is not None:
        url = url.set(username=database.username)
    if database.password is not None:
        url = url.set(password=database.password)
    try:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool, **_arguments(url))
    except (ImportError, sqlalchemy.exc.ArgumentError) as error:
        raise Unreachable(
            what,
            f"its driver is missing ({words(error, database)})",
            "Install it where this runs: python -m pip install psycopg[binary] (PostgreSQL), PyMySQL (MariaDB, MySQL), "
            "pymssql (SQL Server); or name another one in the url.",
        ) from None
    try:
        connection = engine.connect()
        _fence(connection, database)
    # A driver may complain of what it lacks, or of the form of a name, in its own way.
    except (sqlalchemy.exc.SQLAlchemyError, RuntimeError, OSError, ValueError) as error:
        raise Unreachable(
            what,
            words(error, database),
            "Correct its url, username or password, see to it that the server runs and lets this host in, or take it out.",
        ) from None
    try:
        with warnings.catch_warnings():
            # A type that SQLAlchemy does not know is told as a finding where it matters.
            warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
            yield connection
    finally:
        # It may be gone, and nothing was to be kept.
        with suppress(sqlalchemy.exc.SQLAlchemyError):
            connection.invalidate()
        connection.close()


def _arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite":
        patience = _PATIENCE.get(url.get_driver_name())
        return {"connect_args": {patience: PATIENCE}} if patience else {}
    file = Path(url.database or "").expanduser().absolute().as_uri()
    return {"creator": lambda: sqlite3.connect(f"{file}?mode=ro", uri=True, timeout=PATIENCE)}


def _fence(connection: Connection, database: Database) -> None:
    if database.dialect == "postgres":
        connection.execution_options(postgresql_readonly=True)
    elif database.dialect == "mysql":
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.commit()
    elif database.dialect == "sqlite":
        # Opening alone does not read the file, which may be none of SQLite's.
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")


def words(error: BaseException, database: Database) -> str:
    """What a driver says, on one line and without the password."""
    said = str(getattr(error, "orig", None) or error) or type(error).__name__
    flat = " ".join(said.split())
    return Redaction([database.password]).text(flat) if database.password else flat


def schemas(connection: Connection, database: Database) -> tuple[str, ...]:
    """Those to look at."""
    return database.schemas or (str(connection.dialect.default_schema_name or ""),)


def tables(connection: Connection, database: Database, schema: str) -> tuple[list[Table], list[Finding]]:
    """The tables of a schema; and a finding for each that cannot be read."""
    inspector: Inspector = sqlalchemy.inspect(connection)
    place = Place(database=database.name)
    if schema not in inspector.get_schema_names():
        why = f"it has no schema {schema}" if schema else "no database is chosen"
        return [], [Finding(place, Kind.NOT_READ, why, "Correct schemas, or name the database in the url.")]
    read, findings = [], []
    found = inspector.get_table_names(schema)
    for name in sorted(found):
        try:
            read.append(_table(inspector, schema, name, connection))
        except sqlalchemy.exc.SQLAlchemyError as error:
            _again(connection, error)
            findings.append(
                _not_read(
                    Place(database=database.name, object=_object(connection, "table", schema, name)), error, database
                )
            )
    if not found:
        findings.append(
            Finding(
                place,
                Kind.NOT_READ,
                f"no table of its schema {schema} shows",
                "Grant the account SELECT on its tables, or name the right schemas.",
            )
        )
    return read, findings


def _table(inspector: Inspector, schema: str, name: str, connection: Connection) -> Table:
    primary = inspector.get_pk_constraint(name, schema)
    keys = [Key("primary key", primary.get("name"), tuple(primary["constrained_columns"]))]
    for unique in inspector.get_unique_constraints(name, schema):
        keys.append(Key("unique constraint", unique["name"], tuple(unique["column_names"])))
    indexes = [index for index in inspector.get_indexes(name, schema) if not index.get("duplicates_constraint")]
    told = {key.name for key in keys}
    for index in indexes:
        columns = tuple(column for column in index["column_names"] if column is not None)
        # One with an expression is unique by more than its columns.
        if index["unique"] and index["name"] not in told and len(columns) == len(index["column_names"]):
            keys.append(Key("unique index", index["name"], columns))
    checks: Sequence[Any] = ()
    with suppress(NotImplementedError):
        checks = inspector.get_check_constraints(name, schema)
    return Table(
        schema,
        name,
        {column["name"]: _with_length(column, connection) for column in inspector.get_columns(name, schema)},
        tuple(keys),
        tuple(
            ForeignKey(
                key["name"],
                tuple(zip(key["constrained_columns"], key["referred_columns"], strict=True)),
                (key["referred_schema"] or str(connection.dialect.default_schema_name), key["referred_table"]),
                key.get("options") or {},
            )
            for key in inspector.get_foreign_keys(name, schema)
        ),
        indexes,
        checks,
    )


def _with_length(column: Any, connection: Connection) -> Mapping[str, Any]:
    """The column; SQLAlchemy does not tell of which length the texts of a domain are."""
    kind = column["type"]
    if isinstance(kind, sqlalchemy.dialects.postgresql.DOMAIN) and isinstance(kind.data_type, sqlalchemy.types.String):
        query = "SELECT typtypmod - 4 FROM pg_type WHERE typname = :name AND typtype = 'd' AND typtypmod > 4"
        kind.data_type.length = connection.execute(sqlalchemy.text(query), {"name": kind.name}).scalar()
    return dict(column)


def _audit_tables(connection: Connection, database: Database, schema: str, audit: Audit) -> None:
    read, findings = tables(connection, database, schema)
    audit.findings += findings
    audit.looked["tables"] += len(read)
    holders = lsid_columns(read)
    for table in read:
        place = Place(database=database.name, object=_object(connection, "table", table.schema, table.name))
        for name, column in table.columns.items():
            why = holders.get((*table.id, name))
            fault = type_fault(column, database.dialect) if why is not None else None
            if why is None or fault is None:
                continue
            kind, said, mend = fault
            audit.findings.append(
                Finding(
                    Place(place.file, place.line, place.database, place.object, name),
                    kind,
                    f"{why}{said}",
                    mend,
                    f"{name} {_shown(column['type'], connection)}",
                )
            )
        for key in table.lseq_keys:
            columns = ", ".join(key.columns)
            audit.findings.append(
                Finding(
                    place,
                    Kind.LSEQ_KEY,
                    f"its {key.sort}{f' {key.name}' if key.name else ''} takes {columns} for unique, and an LSEQ need not be unique",
                    "Make the LSID its key, and keep at most a plain index on the LSEQ.",
                    f"{key.sort} ({columns})",
                )
            )
        if table.lacks_lseq:
            audit.findings.append(
                Finding(
                    place,
                    Kind.LSEQ_MISSING,
                    "it is the Integration Client's table of sessions and has no column lseq",
                    "Update the Integration Client, which adds it by itself; or add lseq as an integer that may be null.",
                )
            )


def lsid_columns(read: Iterable[Table]) -> dict[ColumnName, str]:
    """The columns that hold LSIDs, with why: by their name (no words), or tied to one by a foreign key (a clause and a comma)."""
    read = list(read)
    tied = ties(read)
    found = {
        (*table.id, column): ""
        for table in read
        for column in table.columns
        if names.is_lsid(column) and not names.is_lseq(column)
    }
    named = frozenset(found)
    for own, other in tied:
        if own in named and other not in named:
            found[other] = f"the column {own[2]} of table {own[1]} refers to it, and "
    # What refers to an LSID holds one, and so does what refers to that.
    holding = set(named)
    grows = True
    while grows:
        new = [(own, other) for own, other in tied if other in holding and own not in holding]
        for own, other in new:
            found[own] = f"it refers to {other[2]} of table {other[1]}, and "
            holding.add(own)
        grows = bool(new)
    return found


def ties(read: Iterable[Table]) -> list[tuple[ColumnName, ColumnName]]:
    """Of every foreign key: a column, and the one that it refers to."""
    return [
        ((*table.id, own), (*key.to, other)) for table in read for key in table.foreign_keys for own, other in key.pairs
    ]


def type_fault(column: Mapping[str, Any], dialect: str) -> tuple[Kind, str, str] | None:
    """Why the type of a column does not take every LSID, and how to mend it; None if it does.

    A uuid takes its 32 digits as they come, and text, JSON and what has no type takes anything. Whether a flag is set is no LSID.
    """
    kind = plain_type(column["type"])
    length = getattr(kind, "length", None)
    if is_number(kind):
        # SQLite counts up the one column that it calls INTEGER and primary key.
        sqlite_counts = dialect == "sqlite" and column.get("primary_key") and str(kind) == "INTEGER"
        counted = column.get("identity") or column.get("autoincrement") is True or sqlite_counts
        return (
            Kind.LSID_NUMBER,
            "it is a number, and an LSID is a text since release 10.6"
            + (", which no database counts up" if counted else ""),
            f"Make it {_VARCHAR}" + (" and have the database no longer number it." if counted else "."),
        )
    if isinstance(kind, sqlalchemy.types.NullType) and dialect != "sqlite":
        return Kind.NOT_READ, "its type is not known here", f"Look at it by hand: it has to take what {_VARCHAR} takes."
    # SQLite keeps texts of any length, whatever is declared.
    short = length is not None and length < names.LSID_LENGTH and dialect != "sqlite"
    if short and isinstance(kind, sqlalchemy.types.LargeBinary | sqlalchemy.types.BINARY | sqlalchemy.types.VARBINARY):
        return (
            Kind.LSID_SHORT,
            f"it takes {length} bytes, and an LSID as it comes {names.LSID_LENGTH}",
            f"Make it {_VARCHAR}; or accept it, if all that writes to it packs the digits.",
        )
    if short and isinstance(kind, sqlalchemy.types.String) and not isinstance(kind, sqlalchemy.types.Enum):
        return (
            Kind.LSID_SHORT,
            f"it takes {length} characters, and an LSID has {names.LSID_LENGTH} since release 10.6",
            f"Make it {_VARCHAR}.",
        )
    return None


def plain_type(kind: Any) -> Any:
    """A type without what PostgreSQL wraps around it: a domain, an array."""
    while isinstance(kind, sqlalchemy.dialects.postgresql.DOMAIN | sqlalchemy.types.ARRAY):
        kind = kind.data_type if isinstance(kind, sqlalchemy.dialects.postgresql.DOMAIN) else kind.item_type
    return kind


def is_number(kind: Any) -> bool:
    """Whether a type is one of numbers. MySQL's way to write a flag, tinyint(1), is not."""
    if isinstance(kind, sqlalchemy.dialects.mysql.TINYINT) and getattr(kind, "display_width", None) == 1:
        return False
    numbers = (
        sqlalchemy.types.Integer,
        sqlalchemy.types.Numeric,
        sqlalchemy.types.Float,
        sqlalchemy.dialects.postgresql.OID,
    )
    return isinstance(kind, numbers)


def _audit_objects(connection: Connection, database: Database, schema: str, sql: Judge, audit: Audit) -> None:
    listed = connection.execute(sqlalchemy.text(_OBJECTS[database.dialect]), {"schema": schema}).all()
    for sort, name, key in listed:
        place = Place(database=database.name, object=_object(connection, sort, schema, name))
        audit.looked[_COUNTED[sort]] += 1
        try:
            text = source(connection, database.dialect, schema, sort, key)
        except sqlalchemy.exc.SQLAlchemyError as error:
            _again(connection, error)
            audit.findings.append(_not_read(place, error, database))
            continue
        language = _LANGUAGE.search(text or "") if database.dialect == "postgres" else None
        if not text:
            audit.findings.append(
                Finding(place, Kind.NOT_READ, "its source does not show", _permission(database.dialect))
            )
        elif language and language[1].lower() not in ("sql", "plpgsql"):
            why = f"it is written in {language[1]}, not in SQL"
            if re.search("lsid|lseq", text, re.IGNORECASE):
                audit.findings.append(Finding(place, Kind.NOT_READ, f"{why}, and names an LSID", "Look at it by hand."))
            else:
                audit.skipped.append((place, why))
        else:
            audit.findings += sql(text, database.dialect, place)


def source(connection: Connection, dialect: str, schema: str, sort: str, key: Any) -> str | None:
    """The SQL of a view, a procedure, a function or a trigger; None if the server does not show it."""
    if dialect != "mysql":
        found = connection.execute(sqlalchemy.text(_SOURCE[dialect][sort]), {"key": key}).scalar()
        return None if found is None else str(found)
    # Only this statement gives parameters, too, and it takes no values from outside.
    quote = connection.dialect.identifier_preparer.quote_identifier
    row = connection.exec_driver_sql(f"SHOW CREATE {sort.upper()} {quote(schema)}.{quote(key)}").one()
    text = row[1 if sort == "view" else 2]
    return None if text is None else _DEFINER.sub("", str(text), count=1)


def _object(connection: Connection, sort: str, schema: str, name: str) -> str:
    return f"{sort} {name}" if schema == connection.dialect.default_schema_name else f"{sort} {schema}.{name}"


def _shown(kind: Any, connection: Connection) -> str:
    try:
        return str(kind.compile(connection.dialect))
    except sqlalchemy.exc.CompileError:
        return "of an unknown type"


def _again(connection: Connection, error: Any) -> None:
    """Make the connection usable after an error. The error itself, if it is the end of the connection."""
    if getattr(error, "connection_invalidated", False):
        raise error
    connection.rollback()


def _not_read(place: Place, error: BaseException, database: Database) -> Finding:
    return Finding(place, Kind.NOT_READ, f"it cannot be read: {words(error, database)}", _permission(database.dialect))


def _permission(dialect: str) -> str:
    needed = {
        "mysql": "SELECT, SHOW VIEW, TRIGGER and, for procedures and functions, SELECT on mysql.proc or SHOW CREATE ROUTINE",
        "tsql": "VIEW DEFINITION",
    }.get(dialect, "the right to read it")
    return f"Grant the account {needed}, or look at it by hand."
