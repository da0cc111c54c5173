# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the SQL that turns the LSIDs of a database into texts and adds LSEQ, as release 10.6 needs it. Runs nothing.

The forms are those of the Integration Client's own table (documented: the guide's supplement): `lsid varchar(32)`, `lseq` an integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .databases import SQL_DIALECTS, Database, Judge, connected, keys_on_lseq, wrong_type
from .findings import Kind, Place
from .libraries import sqlalchemy, sqlglot
from .names import LSID_LENGTH, is_lsid

_TYPE = f"varchar({LSID_LENGTH})"
#: Where the definition of a table can be changed and taken back as a whole.
_TRANSACTIONAL = frozenset({"postgresql", "sqlite", "mssql"})
_HEAD = """\
-- {name}: LSIDs become {type}, and LSEQ is added, for Bomgar 10.6 (API 1.5.0) and later.
-- Nothing has run this. Read it, take a backup of the database, and run it while nothing writes to these tables.
-- {safety}
-- The Integration Client changes its own tables when it is updated: run this only for what it does not change.
"""
_SAFE = "It is one transaction: it is done as a whole or not at all."
_UNSAFE = "This server cannot take changes of tables back: if it stops in the middle, go on from there by hand."
_UNTESTED = "Written by the same rules as for other servers, and not tested on SQL Server."


@dataclass
class _Table:
    """What is to be changed of one table. `columns`: name -> what the inspector tells of it."""

    name: str
    schema: str | None
    columns: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    needs_lseq: bool = False
    keys: list[Mapping[str, Any]] = field(default_factory=list)
    checks: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.columns or self.needs_lseq or self.keys)


@dataclass
class _Work:
    """What is to be changed of a database. `foreign`: (table, schema, foreign key) that touch a changed column."""

    tables: dict[tuple[str | None, str], _Table]
    foreign: list[tuple[str, str | None, Mapping[str, Any]]]


def sql_that_mends(database: Database, judge: Judge) -> str | None:
    """The SQL, in the database's own dialect; None where nothing is to be changed. Raises what `connected` raises.

    A view that takes an LSID for a number cannot be made again as it stands: it is left to a person, in a comment.
    """
    with connected(database) as connection:
        backend = connection.dialect.name
        work = _work(database, sqlalchemy.inspect(connection))
        if not any(table.changes for table in work.tables.values()):
            return None
        lines = list(_WRITERS[backend](connection, database, judge).lines(work))
    safety = _UNTESTED if backend == "mssql" else _SAFE if backend in _TRANSACTIONAL else _UNSAFE
    return _HEAD.format(name=database.name, type=_TYPE, safety=safety) + "\n" + "\n".join(lines) + "\n"


def _work(database: Database, inspector: Any) -> _Work:
    tables: dict[tuple[str | None, str], _Table] = {}
    columns: dict[tuple[str | None, str], dict[str, Mapping[str, Any]]] = {}
    keys: list[tuple[str, str | None, Mapping[str, Any]]] = []
    for schema in database.schemas or (None,):
        for name in sorted(inspector.get_table_names(schema=schema)):
            at = (schema, name)
            columns[at] = {column["name"]: column for column in inspector.get_columns(name, schema=schema)}
            lower = {column.lower() for column in columns[at]}
            table = tables[at] = _Table(name, schema)
            table.columns = {
                column: told for column, told in columns[at].items() if is_lsid(column) and wrong_type(told["type"])
            }
            table.needs_lseq = (
                name.lower() in ("session", "sessions") and {"lsid", "start_time"} <= lower and "lseq" not in lower
            )
            table.keys = [key for key in keys_on_lseq(inspector, name, schema) if key["sort"] != "primary"]
            keys += [(name, schema, foreign) for foreign in inspector.get_foreign_keys(name, schema=schema)]
    _follow(tables, columns, keys)
    for (schema, name), table in tables.items():
        if table.columns and inspector.dialect.name != "sqlite":
            table.checks = [
                check
                for check in inspector.get_check_constraints(name, schema=schema)
                if any(column.lower() in str(check["sqltext"]).lower() for column in table.columns)
            ]
    touched = [each for each in keys if any(column in tables[at].columns for at, column in _ends(each) if at in tables)]
    return _Work(tables, touched)


def _ends(key: tuple[str, str | None, Mapping[str, Any]]) -> Iterator[tuple[tuple[str | None, str], str]]:
    """Both ends of a foreign key: the table and each column."""
    name, schema, foreign = key
    for column in foreign["constrained_columns"]:
        yield (schema, name), column
    for column in foreign["referred_columns"]:
        yield (foreign["referred_schema"] or schema, foreign["referred_table"]), column


def _follow(
    tables: Mapping[tuple[str | None, str], _Table],
    columns: Mapping[tuple[str | None, str], Mapping[str, Mapping[str, Any]]],
    keys: Iterable[tuple[str, str | None, Mapping[str, Any]]],
) -> None:
    """Columns that a foreign key ties to a changed one change with it, whatever they are called."""
    pairs = []
    for name, schema, foreign in keys:
        there = (foreign["referred_schema"] or schema, foreign["referred_table"])
        for mine, theirs in zip(foreign["constrained_columns"], foreign["referred_columns"], strict=False):
            pairs.append((((schema, name), mine), (there, theirs)))
    grows = True
    while grows:
        grows = False
        for one, two in (*pairs, *((two, one) for one, two in pairs)):
            (at, column), (other_at, other) = one, two
            if (
                other_at in tables
                and at in tables
                and column in tables[at].columns
                and other not in tables[other_at].columns
            ):
                told = columns[other_at].get(other)
                if told is not None and wrong_type(told["type"]):
                    tables[other_at].columns[other] = told
                    grows = True


class _Writer:
    """Writes the statements of one kind of database; this one is right for PostgreSQL."""

    begin, end = "BEGIN;", "COMMIT;"

    def __init__(self, connection: Any, database: Database, judge: Judge) -> None:
        self.connection = connection
        self.database = database
        self.judge = judge
        self.quote = connection.dialect.identifier_preparer.quote

    def lines(self, work: _Work) -> Iterator[str]:
        """All of it, in the order in which it can run."""
        yield self.begin
        views = self.views(work)
        yield from (f"DROP {sort} {name};" for sort, name, _text, _more in reversed(views))
        for name, schema, foreign in work.foreign:
            yield self.drop_foreign(name, schema, foreign)
        for table in work.tables.values():
            yield from self.table(table)
        for name, schema, foreign in work.foreign:
            yield self.add_foreign(name, schema, foreign)
        for sort, name, text, more in views:
            if self.takes_numbers(text, sort, name):
                yield f"-- {sort.lower()} {name} takes an LSID for a number. Mend it, and make it again:"
                yield from (f"--   {line}" for line in f"CREATE {sort} {name} AS\n{text}".splitlines())
                yield from (f"--   {line}" for line in more)
            else:
                yield f"CREATE {sort} {name} AS\n{text.rstrip().rstrip(';')};"
                yield from more
        yield self.end

    def full(self, name: str, schema: str | None) -> str:
        return f"{self.quote(schema)}.{self.quote(name)}" if schema else str(self.quote(name))

    def names(self, columns: Iterable[str]) -> str:
        return ", ".join(self.quote(column) for column in columns)

    def takes_numbers(self, text: str, sort: str, name: str) -> bool:
        place = Place(database=self.database.name, object=f"{sort.lower()} {name}")
        numbers = (Kind.LSID_NUMBER, Kind.LSID_ARITHMETIC, Kind.NOT_READ)
        return any(
            finding.kind in numbers for finding in self.judge(text, SQL_DIALECTS[self.connection.dialect.name], place)
        )

    def table(self, table: _Table) -> Iterator[str]:
        """The changes of a table."""
        alter = f"ALTER TABLE {self.full(table.name, table.schema)}"
        for check in table.checks:
            yield f"-- a check that takes an LSID for a number: {' '.join(str(check['sqltext']).split())}"
            yield f"{alter} DROP CONSTRAINT {self.quote(check['name'])};"
        for name, column in table.columns.items():
            yield from self.column(alter, table, name, column)
        if table.needs_lseq:
            yield f"{alter} ADD {self.quote('lseq')} integer NULL;"
        for key in table.keys:
            yield self.drop_key(alter, table, key)
            yield f"CREATE INDEX {self.quote(f'{table.name}_lseq')} ON {self.full(table.name, table.schema)} ({self.names(key['column_names'])});"

    def column(self, alter: str, _table: _Table, name: str, column: Mapping[str, Any]) -> Iterator[str]:
        quoted = self.quote(name)
        if column.get("identity"):
            yield f"{alter} ALTER COLUMN {quoted} DROP IDENTITY IF EXISTS;"
        if column.get("default") is not None:
            yield f"{alter} ALTER COLUMN {quoted} DROP DEFAULT;"
        yield f"{alter} ALTER COLUMN {quoted} TYPE {_TYPE} USING {quoted}::{_TYPE};"

    def drop_key(self, alter: str, table: _Table, key: Mapping[str, Any]) -> str:
        if key["sort"] == "index":
            return f"DROP INDEX {self.full(key['name'], table.schema)};"
        return f"{alter} DROP CONSTRAINT {self.quote(key['name'])};"

    def drop_foreign(self, name: str, schema: str | None, foreign: Mapping[str, Any]) -> str:
        return f"ALTER TABLE {self.full(name, schema)} DROP CONSTRAINT {self.quote(foreign['name'])};"

    def add_foreign(self, name: str, schema: str | None, foreign: Mapping[str, Any]) -> str:
        options = foreign.get("options") or {}
        rules = "".join(
            f" {words} {options[option]}"
            for option, words in (("ondelete", "ON DELETE"), ("onupdate", "ON UPDATE"))
            if options.get(option)
        )
        if options.get("deferrable"):
            rules += " DEFERRABLE" + (f" INITIALLY {options['initially']}" if options.get("initially") else "")
        return (
            f"ALTER TABLE {self.full(name, schema)} ADD CONSTRAINT {self.quote(foreign['name'])} "
            f"FOREIGN KEY ({self.names(foreign['constrained_columns'])}) "
            f"REFERENCES {self.full(foreign['referred_table'], foreign['referred_schema'] or schema)} ({self.names(foreign['referred_columns'])}){rules};"
        )

    def views(self, work: _Work) -> list[tuple[str, str, str, list[str]]]:
        """The views that stand on changed tables, each after those it stands on: sort, quoted name, definition, what follows it."""
        changed = [f"{self.full(table.name, table.schema)}" for table in work.tables.values() if table.columns]
        asked = sqlalchemy.text(_VIEWS)
        found = {}
        for oid, kind, schema, name, text, owner in self.connection.execute(asked, {"tables": changed}):
            sort = "MATERIALIZED VIEW" if kind == "m" else "VIEW"
            full = f"{self.quote(schema)}.{self.quote(name)}"
            more = [f"ALTER {sort} {full} OWNER TO {self.quote(owner)};"]
            more += [
                f"{row[0]};"
                for row in self.connection.execute(sqlalchemy.text(_VIEW_INDEXES), {"schema": schema, "name": name})
            ]
            for grantee, rights in self.connection.execute(sqlalchemy.text(_GRANTS), {"oid": oid}):
                to = "PUBLIC" if grantee is None else self.quote(grantee)
                more.append(f"GRANT {rights} ON {full} TO {to};")
            found[oid] = (sort, full, str(text), more)
        return list(found.values())


#: Views that stand on tables, directly or through other views, those first that others stand on.
_VIEWS = """
WITH RECURSIVE uses AS (
  SELECT DISTINCT r.ev_class AS oid, 1 AS depth FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    AND d.refobjid = ANY (SELECT unnest(CAST(:tables AS text[]))::regclass)
  UNION
  SELECT r.ev_class, u.depth + 1 FROM uses u JOIN pg_depend d ON d.refobjid = u.oid AND d.refclassid = 'pg_class'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid WHERE d.classid = 'pg_rewrite'::regclass AND r.ev_class <> u.oid AND u.depth < 50)
SELECT c.oid, c.relkind::text, n.nspname, c.relname, pg_get_viewdef(c.oid), pg_get_userbyid(c.relowner)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN uses u ON u.oid = c.oid
WHERE c.relkind IN ('v', 'm') GROUP BY c.oid, c.relkind, n.nspname, c.relname, c.relowner ORDER BY max(u.depth), c.relname
"""
_VIEW_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = :schema AND tablename = :name ORDER BY indexname"
_GRANTS = """
SELECT g.rolname, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) FROM pg_class c
CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
WHERE c.oid = :oid AND a.grantee <> c.relowner GROUP BY g.rolname ORDER BY 1
"""


class _MariaDB(_Writer):
    """MariaDB and MySQL: views stay as they are, and all columns that a foreign key ties need one collation."""

    begin = end = ""

    def lines(self, work: _Work) -> Iterator[str]:
        self.collations = dict(self._collations())
        self.work = work
        return (line for line in super().lines(work) if line)

    def _collations(self) -> Iterator[tuple[tuple[str, str], str]]:
        query = "SELECT table_schema, table_name, table_collation FROM information_schema.tables WHERE table_collation IS NOT NULL"
        for schema, name, collation in self.connection.execute(sqlalchemy.text(query)):
            yield (str(schema), str(name)), str(collation)

    def _collation(self, table: _Table, column: str) -> str:
        """That of the table which a foreign key refers to, else its own."""
        for name, schema, foreign in self.work.foreign:
            if (name, schema) == (table.name, table.schema) and column in foreign["constrained_columns"]:
                other = self.work.tables.get((foreign["referred_schema"] or schema, foreign["referred_table"]))
                if other is not None and other is not table:
                    return self._collation(
                        other, foreign["referred_columns"][foreign["constrained_columns"].index(column)]
                    )
        schema = table.schema or sqlalchemy.inspect(self.connection).default_schema_name
        return self.collations.get((schema, table.name), "")

    def column(self, alter: str, table: _Table, name: str, column: Mapping[str, Any]) -> Iterator[str]:
        collation = self._collation(table, name)
        charset = f" CHARACTER SET {collation.partition('_')[0]} COLLATE {collation}" if collation else ""
        null = "NULL" if column["nullable"] else "NOT NULL"
        comment = f" COMMENT '{str(column['comment']).replace(chr(39), chr(39) * 2)}'" if column.get("comment") else ""
        yield f"{alter} MODIFY COLUMN {self.quote(name)} {_TYPE}{charset} {null}{comment};"

    def drop_key(self, alter: str, _table: _Table, key: Mapping[str, Any]) -> str:
        return f"{alter} DROP INDEX {self.quote(key['name'])};"

    def drop_foreign(self, name: str, schema: str | None, foreign: Mapping[str, Any]) -> str:
        return f"ALTER TABLE {self.full(name, schema)} DROP FOREIGN KEY {self.quote(foreign['name'])};"

    def views(self, _work: _Work) -> list[tuple[str, str, str, list[str]]]:
        return []


class _SQLite(_Writer):
    """SQLite has no change of a column's type: tables are made anew in the way its documentation gives (lang_altertable, 12 steps)."""

    def lines(self, work: _Work) -> Iterator[str]:
        yield "PRAGMA foreign_keys = OFF;"
        yield "PRAGMA legacy_alter_table = ON;"
        yield "BEGIN;"
        for table in work.tables.values():
            if table.changes:
                yield from self.table(table)
        yield "COMMIT;"
        yield "PRAGMA legacy_alter_table = OFF;"
        yield "PRAGMA foreign_keys = ON;"
        yield "-- This has to show no row:"
        yield "PRAGMA foreign_key_check;"

    def table(self, table: _Table) -> Iterator[str]:
        exp = sqlglot.exp
        query = sqlalchemy.text(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL ORDER BY rowid"
        )
        parts = [tuple(map(str, row)) for row in self.connection.execute(query, {"name": table.name})]
        made = sqlglot.parse_one(next(text for kind, _name, text in parts if kind == "table"), read="sqlite")
        lseq_keys = [key["column_names"] for key in table.keys]
        for column in made.this.find_all(exp.ColumnDef):
            if column.name in table.columns:
                column.set("kind", exp.DataType.build(_TYPE, dialect="sqlite"))
                self._without(column, exp.AutoIncrementColumnConstraint)
            if [column.name] in lseq_keys:
                self._without(column, exp.UniqueColumnConstraint)
        kept = [each for each in made.this.expressions if not self._is_key(each, lseq_keys)]
        if table.needs_lseq:
            place = max(number for number, each in enumerate(kept) if isinstance(each, exp.ColumnDef)) + 1
            kept.insert(
                place,
                exp.ColumnDef(this=exp.to_identifier("lseq"), kind=exp.DataType.build("integer", dialect="sqlite")),
            )
        made.this.set("expressions", kept)
        columns = [each.name for each in kept if isinstance(each, exp.ColumnDef)]
        there = [name for name in columns if name != "lseq" or not table.needs_lseq]
        new = f"{table.name}__new"
        made.this.set("this", exp.Table(this=exp.to_identifier(new, quoted=True)))
        values = ", ".join(
            f"CAST({self.quote(name)} AS TEXT)" if name in table.columns else self.quote(name) for name in there
        )
        yield f"{made.sql(dialect='sqlite', pretty=True)};"
        # Names are quoted by the dialect, and nothing is run here.
        yield f"INSERT INTO {self.quote(new)} ({self.names(there)}) SELECT {values} FROM {self.quote(table.name)};"  # noqa: S608
        yield f"DROP TABLE {self.quote(table.name)};"
        yield f"ALTER TABLE {self.quote(new)} RENAME TO {self.quote(table.name)};"
        dropped = {key["name"] for key in table.keys if key["sort"] == "index"}
        yield from (f"{text};" for kind, name, text in parts if kind in ("index", "trigger") and name not in dropped)
        for names in lseq_keys:
            yield f"CREATE INDEX {self.quote(f'{table.name}_lseq')} ON {self.quote(table.name)} ({self.names(names)});"

    @staticmethod
    def _without(column: Any, constraint: Any) -> None:
        column.set(
            "constraints",
            [each for each in column.args.get("constraints") or [] if not isinstance(each.kind, constraint)],
        )

    @staticmethod
    def _is_key(each: Any, keys: list[list[str]]) -> bool:
        exp = sqlglot.exp
        if not each.find(exp.UniqueColumnConstraint) or isinstance(each, exp.ColumnDef):
            return False
        names = [name.name for name in each.find_all(exp.Identifier) if not isinstance(name.parent, exp.Constraint)]
        return names in keys


class _SQLServer(_Writer):
    """Untested: what stands on a column is dropped before it is changed, and made again."""

    begin, end = "SET XACT_ABORT ON;\nBEGIN TRANSACTION;", "COMMIT TRANSACTION;"

    def table(self, table: _Table) -> Iterator[str]:
        inspector = sqlalchemy.inspect(self.connection)
        full, alter = self.full(table.name, table.schema), f"ALTER TABLE {self.full(table.name, table.schema)}"
        primary = inspector.get_pk_constraint(table.name, schema=table.schema)
        indexes = [
            each
            for each in inspector.get_indexes(table.name, schema=table.schema)
            if set(each["column_names"]) & set(table.columns)
        ]
        tied = bool(set(primary.get("constrained_columns") or ()) & set(table.columns))
        if tied:
            yield f"{alter} DROP CONSTRAINT {self.quote(primary['name'])};"
        yield from (f"DROP INDEX {self.quote(each['name'])} ON {full};" for each in indexes)
        yield from super().table(table)
        if tied:
            yield f"{alter} ADD CONSTRAINT {self.quote(primary['name'])} PRIMARY KEY ({self.names(primary['constrained_columns'])});"
        for each in indexes:
            yield f"CREATE {'UNIQUE ' if each['unique'] else ''}INDEX {self.quote(each['name'])} ON {full} ({self.names(each['column_names'])});"

    def column(self, alter: str, _table: _Table, name: str, column: Mapping[str, Any]) -> Iterator[str]:
        if column.get("identity"):
            yield f"-- {name} is an identity, which no statement takes away: make a new column, copy, drop, rename."
        if column.get("default") is not None:
            yield f"-- {name} has a default ({column['default']}): drop its constraint first."
        yield f"{alter} ALTER COLUMN {self.quote(name)} {_TYPE} {'NULL' if column['nullable'] else 'NOT NULL'};"

    def views(self, _work: _Work) -> list[tuple[str, str, str, list[str]]]:
        return []


_WRITERS: dict[str, type[_Writer]] = {
    "postgresql": _Writer,
    "mysql": _MariaDB,
    "mariadb": _MariaDB,
    "sqlite": _SQLite,
    "mssql": _SQLServer,
}
