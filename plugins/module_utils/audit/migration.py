# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the SQL by which somebody mends the tables of a database for LSIDs that are texts. Reads the database, runs nothing.

What only a person can decide stands in it as a comment that begins with BY HAND. For SQL Server it was never tried.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import Unreachable
from . import names
from .databases import (
    ColumnName,
    Database,
    ForeignKey,
    Judge,
    Key,
    Table,
    TableName,
    is_number,
    lsid_columns,
    opened,
    plain_type,
    schemas,
    tables,
    ties,
    type_fault,
    words,
)
from .findings import Kind, Place
from .libraries import require, sqlalchemy

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_TYPE = f"varchar({names.LSID_LENGTH})"
#: What makes that SQL is of no use once an LSID is a text.
_NUMERIC = frozenset({Kind.LSID_NUMBER, Kind.LSID_ARITHMETIC, Kind.LSID_ORDER})
_RUN = {
    "postgres": "psql -v ON_ERROR_STOP=1 -f FILE. It is one transaction: if a statement fails, nothing is changed.",
    "mysql": "mariadb DATABASE < FILE. This server cannot take changes of tables back: if a statement fails, restore the backup.",
    "sqlite": "sqlite3 -bail DATABASE < FILE. It is one transaction: if a statement fails, nothing is changed.",
    "tsql": "sqlcmd -b -i FILE. It was NEVER TRIED on SQL Server: try it on a copy first, and look at every statement.",
}


def sql_that_mends(database: Database, sql: Judge) -> str | None:
    """The SQL, to be read and run by hand; None if no table needs it. `sql`: judges views. Unreachable if it cannot be read."""
    require("sqlalchemy")
    try:
        with opened(database) as connection:
            read, unread = [], []
            for schema in schemas(connection, database):
                found, findings = tables(connection, database, schema)
                read += found
                unread += [f"{finding.place} is not mended, since {finding.why}." for finding in findings]
            work = _work(read, database.dialect)
            work.hand += unread
            if not (work.columns or work.keys or work.lseq or work.hand):
                return None
            return _WRITERS[database.dialect](database, connection, work, sql).text()
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise Unreachable(
            f"write the SQL that mends {database.name}", words(error, database), "See to it that the database stays up."
        ) from None


@dataclass
class _Work:
    """What there is to do. `columns`: those to retype, with all that foreign keys tie to each; `hand`: sentences."""

    tables: dict[TableName, Table]
    columns: dict[ColumnName, frozenset[ColumnName]] = field(default_factory=dict)
    keys: list[tuple[Table, Key]] = field(default_factory=list)
    lseq: list[Table] = field(default_factory=list)
    hand: list[str] = field(default_factory=list)

    def changed(self, table: Table) -> list[str]:
        """The columns of a table that change, in their order."""
        return [name for name in table.columns if (*table.id, name) in self.columns]

    def numbers(self, table: Table) -> list[str]:
        """Those of them that are numbers until then."""
        return [name for name in self.changed(table) if _number(table.columns[name])]

    def foreign_keys(self) -> Iterator[tuple[Table, ForeignKey]]:
        """Those that touch what changes."""
        for table in self.tables.values():
            for key in table.foreign_keys:
                ends = {(*table.id, own) for own, _other in key.pairs} | {(*key.to, other) for _own, other in key.pairs}
                if ends & self.columns.keys():
                    yield table, key


def _work(read: Sequence[Table], dialect: str) -> _Work:
    work = _Work({table.id: table for table in read})
    holders = lsid_columns(read)
    tied = [(own, other) for own, other in ties(read) if own in holders and other in holders]
    groups = {column: frozenset({column}) for column in holders}
    for own, other in tied:
        for column in (both := groups[own] | groups[other]):
            groups[column] = both
    for name in holders:
        table = work.tables.get(name[:2])
        if table is None or name[2] not in table.columns or not type_fault(table.columns[name[2]], dialect):
            continue
        unfit = [words for column in sorted(groups[name]) if (words := _unfit(column, work, tied, dialect))]
        if unfit:
            work.hand.append(f"{name[2]} of table {name[1]} stays as it is, since {'; '.join(unfit)}.")
        else:
            work.columns[name] = groups[name]
    for table in read:
        if table.lacks_lseq:
            work.lseq.append(table)
        for key in table.lseq_keys:
            ends = {(*table.id, column) for column in key.columns}
            if any(other in ends for _own, other in ties(read)):
                work.hand.append(f"the {key.sort} of {table.name} on its LSEQ stays, since a foreign key refers to it.")
            else:
                work.keys.append((table, key))
    return work


def _unfit(name: ColumnName, work: _Work, tied: Collection[tuple[ColumnName, ColumnName]], dialect: str) -> str | None:
    """Why a column cannot be changed by rule."""
    table = work.tables.get(name[:2])
    if table is None or name[2] not in table.columns:
        return f"it is tied to {name[2]} of table {name[1]}, which was not read"
    column = table.columns[name[2]]
    what = f"{name[2]} of table {name[1]}"
    if not names.is_lsid(name[2]) and not any(own == name for own, _other in tied):
        return f"it refers to {what}, which may count something else"
    if column.get("computed"):
        return f"{what} is computed"
    fault = type_fault(column, dialect)
    plain = is_number(column["type"]) or isinstance(column["type"], sqlalchemy.types.String)
    if fault and not plain and not isinstance(column["type"], sqlalchemy.dialects.postgresql.DOMAIN):
        return f"{what} is {column['type']!r}"
    users = [
        other for other, one in table.columns.items() if _mentions((one.get("computed") or {}).get("sqltext"), name[2])
    ]
    return f"{users[0]} of table {name[1]} is computed from {name[2]}" if users and fault else None


def _number(column: Mapping[str, Any]) -> bool:
    return is_number(plain_type(column["type"]))


def _mentions(sql: str | None, column: str) -> bool:
    return bool(sql and re.search(rf"(?<!\w){re.escape(column)}(?!\w)", sql, re.IGNORECASE))


def _commented(text: str) -> list[str]:
    return [f"-- {line}".rstrip() for line in text.splitlines()]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class _Writer:
    """What the servers have in common."""

    begin: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    drop_foreign_key = "DROP CONSTRAINT"

    def __init__(self, database: Database, connection: Connection, work: _Work, sql: Judge) -> None:
        self.database = database
        self.connection = connection
        self.work = work
        self.sql = sql

    def text(self) -> str:
        """All of it."""
        before, after = self.around()
        foreign_keys = list(self.work.foreign_keys())
        body = [*self.begin, *before]
        for table, key in foreign_keys:
            body.append(f"ALTER TABLE {self.of(table.id)} {self.drop_foreign_key} {self.quoted(key.name or '')};")
        body += self.changes()
        body += [self.foreign_key(table, key) for table, key in foreign_keys]
        return "\n".join([*self.head(), *body, *after, *self.end]) + "\n"

    def head(self) -> list[str]:
        """Comments on top."""
        return [
            f"-- Mends the database {' '.join(self.database.name.split())} for release 10.6, since which an LSID is a text: columns that hold",
            f"-- LSIDs become {_TYPE}, the Integration Client's table gets lseq, and no LSEQ has to be unique.",
            "-- Nothing of it was run. Take a backup, stop what writes to the database, read it, and run it by hand:",
            f"-- {_RUN[self.database.dialect]}",
            "-- The Integration Client changes its own table by itself when it is updated (guide): update it first, then write this anew.",
            *(line for said in self.work.hand for line in _commented(f"BY HAND: {said}")),
            "",
        ]

    def around(self) -> tuple[list[str], list[str]]:
        """What goes before the changes, and what comes back after them."""
        return [], []

    def changes(self) -> Iterator[str]:
        """The tables, one after the other."""
        for table in self.work.tables.values():
            for check in table.checks:
                if any(_mentions(check["sqltext"], column) for column in self.work.numbers(table)):
                    yield from _commented(
                        f"BY HAND: this check takes an LSID for a number and goes away: {check['sqltext']}"
                    )
                    yield f"ALTER TABLE {self.of(table.id)} DROP CONSTRAINT {self.quoted(check['name'])};"
            for column in self.work.changed(table):
                yield from self.retyped(table, column)
        for table in self.work.lseq:
            yield f"ALTER TABLE {self.of(table.id)} ADD {self.quoted('lseq')} integer NULL;"
        for table, key in self.work.keys:
            yield from self.unkeyed(table, key)

    def retyped(self, table: Table, column: str) -> Iterator[str]:
        """A column as a text."""
        raise NotImplementedError

    def unkeyed(self, table: Table, key: Key) -> Iterator[str]:
        """A plain index in the place of a key."""
        if key.sort == "unique index":
            yield self.drop_index(table, key.name or "")
        else:
            yield f"ALTER TABLE {self.of(table.id)} DROP CONSTRAINT {self.quoted(key.name or '')};"
        yield f"CREATE INDEX {self.quoted(self.index(table, key))} ON {self.of(table.id)} ({self.listed(key.columns)});"

    def drop_index(self, table: Table, name: str) -> str:
        """The statement."""
        return f"DROP INDEX {self.of((table.schema, name))};"

    def foreign_key(self, table: Table, key: ForeignKey) -> str:
        """It, as it was."""
        options = {name: str(value) for name, value in key.options.items() if value not in (None, False)}
        said = [f"MATCH {options['match']}"] if "match" in options else []
        said += [f"ON {what.upper()} {options[f'on{what}']}" for what in ("update", "delete") if f"on{what}" in options]
        said += ["DEFERRABLE"] if "deferrable" in options else []
        said += [f"INITIALLY {options['initially']}"] if "initially" in options else []
        own, other = zip(*key.pairs, strict=True)
        return (
            f"ALTER TABLE {self.of(table.id)} ADD CONSTRAINT {self.quoted(key.name or '')} FOREIGN KEY ({self.listed(own)})"
            f" REFERENCES {self.of(key.to)} ({self.listed(other)}){''.join(f' {one}' for one in said)};"
        )

    @staticmethod
    def index(table: Table, key: Key) -> str:
        """A name for the plain index."""
        return key.name if key.name and key.sort != "primary key" else f"{table.name}_{'_'.join(key.columns)}"

    def of(self, name: TableName) -> str:
        """Schema and name, quoted."""
        return ".".join(self.quoted(part) for part in name)

    def quoted(self, name: str) -> str:
        """A name as SQL takes it. Drivers want every % twice; a person does not."""
        return self.connection.dialect.identifier_preparer.quote_identifier(name).replace("%%", "%")

    def listed(self, columns: Iterable[str]) -> str:
        """Names, quoted, with commas."""
        return ", ".join(self.quoted(column) for column in columns)

    def rows(self, query: str, **given: Any) -> Sequence[Any]:
        """What the catalogue says."""
        return self.connection.execute(sqlalchemy.text(query), given).all()


class _Postgres(_Writer):
    begin = ("BEGIN;",)
    end = ("COMMIT;",)

    def __init__(self, database: Database, connection: Connection, work: _Work, sql: Judge) -> None:
        super().__init__(database, connection, work, sql)
        # So that the server tells every name with its schema: whoever runs this may look for names elsewhere.
        connection.exec_driver_sql("SET search_path TO ''")
        # What a table has from the one that it is a part of changes with that one.
        query = """SELECT n.nspname, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace"""
        for row in self.rows(query):
            part = work.tables.pop((row[0], row[1]), None)
            if part:
                work.columns = {column: group for column, group in work.columns.items() if column[:2] != part.id}
                work.keys = [(table, key) for table, key in work.keys if table is not part]
                work.lseq = [table for table in work.lseq if table is not part]

    def retyped(self, table: Table, column: str) -> Iterator[str]:
        found = table.columns[column]
        change = f"ALTER TABLE {self.of(table.id)} ALTER COLUMN {self.quoted(column)}"
        cast = self.quoted(column)
        if _number(found):
            yield from self._without_conditions(table, column)
            if found.get("identity"):
                yield f"{change} DROP IDENTITY;"
            elif found["default"] is not None:
                yield f"{change} DROP DEFAULT;"
            cast = cast if isinstance(plain_type(found["type"]), sqlalchemy.types.Integer) else f"{cast}::bigint"
        yield f"{change} TYPE {_TYPE} USING {cast}::{_TYPE};"

    def _without_conditions(self, table: Table, column: str) -> Iterator[str]:
        """Indexes with an expression or a condition on the column."""
        query = """SELECT c.relname, pg_get_indexdef(i.indexrelid), concat(pg_get_expr(i.indpred, i.indrelid), ' ',
                pg_get_expr(i.indexprs, i.indrelid))
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST(:name AS regclass)"""
        for name, definition, conditions in self.rows(query, name=self.of(table.id)):
            if _mentions(conditions, column):
                yield from _commented(f"BY HAND: this index takes an LSID for a number and goes away: {definition};")
                yield self.drop_index(table, name)

    def around(self) -> tuple[list[str], list[str]]:
        before: list[str] = []
        after: list[str] = []
        views = self._views()
        gone = self._triggers(views)
        # Nothing that was left out can be built upon.
        left: set[int] = set()
        before += [f"DROP TRIGGER {self.quoted(name)} ON {table};" for _oid, table, name, _definition, _numeric in gone]
        for view in views:
            sort = "MATERIALIZED VIEW" if view.relkind == "m" else "VIEW"
            before.insert(len(gone), f"DROP {sort} {self.of((view.nspname, view.relname))};")
            lines = self._view(view, sort)
            lines += [definition for oid, _table, _name, definition, _numeric in gone if oid == view.oid]
            if set(view.uses) & left or self._numeric(view.definition, "view", view.nspname, view.relname):
                left.add(view.oid)
                after += _commented(
                    f"BY HAND: the view {view.relname} takes an LSID for a number, or uses a view that does. Mend it, then make it:"
                )
                after += [line for statement in lines for line in _commented(statement)]
            else:
                after += lines
        known = {view.oid for view in views}
        for oid, _table, name, definition, numeric in gone:
            if oid in known:
                continue
            if numeric:
                after += _commented(f"BY HAND: the trigger {name} takes an LSID for a number. Mend it, then make it:")
                after += _commented(definition)
            else:
                after.append(definition)
        return before, after

    def _attributes(self) -> str:
        """The changing columns, as a list of (table, number) for a query; names stand in it as literals."""
        found = []
        for schema, table, column in self.work.columns:
            query = "SELECT attrelid, attnum FROM pg_attribute WHERE attrelid = CAST(:name AS regclass) AND attname = :column"
            ((oid, number),) = self.rows(query, name=self.of((schema, table)), column=column)
            found.append(f"({int(oid)}, {int(number)})")
        return ", ".join(found) or "(0, 0)"

    def _views(self) -> Sequence[Any]:
        """The views on the columns and those on these views, each behind what it uses."""
        query = f"""
            WITH RECURSIVE uses(view, used) AS (
                SELECT DISTINCT r.ev_class, d.refobjid FROM pg_rewrite r
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                WHERE d.refobjid <> r.ev_class
            ), found(oid, depth) AS (
                SELECT r.ev_class, 1 FROM pg_rewrite r
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                WHERE (d.refobjid, d.refobjsubid) IN ({self._attributes()})
                UNION
                SELECT u.view, f.depth + 1 FROM found f JOIN uses u ON u.used = f.oid
            )
            SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_viewdef(c.oid) AS definition, c.reloptions, c.relispopulated,
                pg_get_userbyid(c.relowner) AS owner, obj_description(c.oid, 'pg_class') AS comment,
                ARRAY(SELECT used FROM uses WHERE view = c.oid) AS uses
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN (SELECT oid, max(depth) AS depth FROM found GROUP BY oid) f ON f.oid = c.oid
            WHERE c.relkind IN ('v', 'm') ORDER BY f.depth, n.nspname, c.relname"""  # noqa: S608 - numbers only
        return self.rows(query)

    def _view(self, view: Any, sort: str) -> list[str]:
        """Statements that make a view as it was, with owner, comment, rights and indexes."""
        name = self.of((view.nspname, view.relname))
        options = f" WITH ({', '.join(view.reloptions)})" if view.reloptions else ""
        data = " WITH NO DATA" if view.relkind == "m" and not view.relispopulated else ""
        lines = [f"CREATE {sort} {name}{options} AS\n{view.definition.rstrip().rstrip(';')}{data};"]
        lines += [
            f"{row[0]};"
            for row in self.rows("SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = :o", o=view.oid)
        ]
        lines.append(f"ALTER {sort} {name} OWNER TO {self.quoted(view.owner)};")
        if view.comment:
            lines.append(f"COMMENT ON {sort} {name} IS {_literal(view.comment)};")
        query = """SELECT r.rolname, a.privilege_type, a.is_grantable FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE c.oid = :o AND a.grantee <> c.relowner ORDER BY 1, 2"""
        for role, right, grantable in self.rows(query, o=view.oid):
            to = self.quoted(role) if role else "PUBLIC"
            lines.append(f"GRANT {right} ON {name} TO {to}{' WITH GRANT OPTION' if grantable else ''};")
        return lines

    def _triggers(self, views: Sequence[Any]) -> list[tuple[int, str, str, str, bool]]:
        """Those that name a changing column, and those of the views: table, its quoted name, name, statement, whether numeric."""
        query = f"""
            SELECT DISTINCT t.tgrelid, n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.refclassid = 'pg_class'::regclass
            WHERE NOT t.tgisinternal AND t.tgparentid = 0
                AND ((d.refobjid, d.refobjsubid) IN ({self._attributes()}) OR t.tgrelid = ANY(CAST(:views AS oid[])))
            ORDER BY 2, 3, 4"""  # noqa: S608 - numbers only
        found = []
        for oid, schema, table, name, text, fires in self.rows(query, views=[view.oid for view in views]):
            of = self.of((schema, table))
            how = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}.get(fires)
            state = f"\nALTER TABLE {of} {how} TRIGGER {self.quoted(name)};" if how else ""
            found.append((oid, of, name, f"{text};{state}", self._numeric(text, "trigger", schema, name)))
        return found

    def _numeric(self, text: str, sort: str, schema: str, name: str) -> bool:
        place = Place(database=self.database.name, object=f"{sort} {schema}.{name}")
        return any(found.open and found.kind in _NUMERIC for found in self.sql(text, self.database.dialect, place))


class _MariaDb(_Writer):
    drop_foreign_key = "DROP FOREIGN KEY"

    def retyped(self, table: Table, column: str) -> Iterator[str]:
        found = table.columns[column]
        change = f"ALTER TABLE {self.of(table.id)} MODIFY COLUMN {self.quoted(column)}"
        null = "NULL" if found["nullable"] else "NOT NULL"
        # MODIFY leaves off what it does not name: a number's default and its counting up, which is wanted.
        kept = f" DEFAULT {found['default']}" if not _number(found) and found["default"] is not None else ""
        if found.get("comment"):
            kept += " COMMENT " + _literal(found["comment"].replace("\\", "\\\\"))
        if _number(found) and self._padded(found["type"]):
            yield f"{change} bigint {null};"
        yield f"{change} {_TYPE} COLLATE {self._collation((*table.id, column))} {null}{kept};"

    @staticmethod
    def _padded(kind: Any) -> bool:
        """Whether a number would become a text with noughts around it."""
        return bool(getattr(kind, "zerofill", False)) or not isinstance(kind, sqlalchemy.types.Integer)

    def _collation(self, column: ColumnName) -> str:
        """The one for all texts that a foreign key ties together: that of one that is a text now, else of a table."""
        for query in (
            "SELECT collation_name FROM information_schema.columns WHERE (table_schema, table_name, column_name) = (:s, :t, :c)",
            "SELECT table_collation FROM information_schema.tables WHERE (table_schema, table_name) = (:s, :t)",
        ):
            for schema, table, name in sorted(self.work.columns[column]):
                given = {"s": schema, "t": table, "c": name}
                found = self.connection.execute(
                    sqlalchemy.text(query), {key: value for key, value in given.items() if f":{key}" in query}
                ).scalar()
                if found:
                    return str(found)
        raise AssertionError(f"the table of {column} has no collation")

    def unkeyed(self, table: Table, key: Key) -> Iterator[str]:
        # In one statement: a column that counts up has to have an index at any time.
        drop = "PRIMARY KEY" if key.sort == "primary key" else f"INDEX {self.quoted(key.name or '')}"
        yield (
            f"ALTER TABLE {self.of(table.id)} DROP {drop},"
            f" ADD INDEX {self.quoted(self.index(table, key))} ({self.listed(key.columns)});"
        )


class _SqlServer(_Writer):
    """Untested. Keys and indexes on a column have to go before it changes; a column that counts up is built anew."""

    begin = ("SET XACT_ABORT ON;", "BEGIN TRANSACTION;")
    end = ("COMMIT;",)

    def text(self) -> str:
        # A batch is read as a whole, so what it names has to be there when it begins.
        return "-- UNTESTED: no SQL Server has ever run what is written here.\n" + super().text().replace(
            ";\n", ";\nGO\n"
        )

    def around(self) -> tuple[list[str], list[str]]:
        said = "BY HAND: checks, computed columns, defaults with a name of their own and views WITH SCHEMABINDING are not looked at."
        return _commented(said), []

    def changes(self) -> Iterator[str]:
        again = []
        for table in self.work.tables.values():
            changed = set(self.work.changed(table))
            named = {key.name for key in table.keys if key.sort != "unique index"}
            for key in table.keys:
                if key.sort != "unique index" and changed & set(key.columns):
                    yield f"ALTER TABLE {self.of(table.id)} DROP CONSTRAINT {self.quoted(key.name or '')};"
                    sort = "PRIMARY KEY" if key.sort == "primary key" else "UNIQUE"
                    again.append(
                        f"ALTER TABLE {self.of(table.id)} ADD CONSTRAINT {self.quoted(key.name or '')} {sort} ({self.listed(key.columns)});"
                    )
            for index in table.indexes:
                columns = [column for column in index["column_names"] if column]
                if index["name"] not in named and changed & set(columns):
                    yield self.drop_index(table, str(index["name"]))
                    again.append(
                        f"CREATE {'UNIQUE ' if index['unique'] else ''}INDEX {self.quoted(str(index['name']))}"
                        f" ON {self.of(table.id)} ({self.listed(columns)});"
                    )
        yield from super().changes()
        yield from again

    def retyped(self, table: Table, column: str) -> Iterator[str]:
        found = table.columns[column]
        null = "NULL" if found["nullable"] else "NOT NULL"
        alter = f"ALTER TABLE {self.of(table.id)}"
        if found["default"] is not None and _number(found):
            yield from _commented(
                f"BY HAND: drop the constraint of the default {found['default']} of {table.name}.{column} first."
            )
        if found.get("identity") or found.get("autoincrement") is True:
            new = f"{column}_text"
            yield f"{alter} ADD {self.quoted(new)} {_TYPE} NULL;"
            yield f"UPDATE {self.of(table.id)} SET {self.quoted(new)} = CAST({self.quoted(column)} AS {_TYPE});"  # noqa: S608
            yield f"{alter} DROP COLUMN {self.quoted(column)};"
            yield f"EXEC sp_rename {_literal(self.of(table.id) + '.' + self.quoted(new))}, {_literal(column)}, 'COLUMN';"
        elif _number(found) and not isinstance(found["type"], sqlalchemy.types.Integer):
            yield f"{alter} ALTER COLUMN {self.quoted(column)} bigint {null};"
        yield f"{alter} ALTER COLUMN {self.quoted(column)} {_TYPE} {null};"

    def drop_index(self, table: Table, name: str) -> str:
        return f"DROP INDEX {self.quoted(name)} ON {self.of(table.id)};"


_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\w+|\s+|.""", re.DOTALL
)
_CONSTRAINTS = frozenset("CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS".split())


class _Sqlite(_Writer):
    """Tables are built anew in the way that SQLite's documentation gives (ALTER TABLE, 12 steps): no column changes in place."""

    def text(self) -> str:
        anew = [
            table
            for table in self.work.tables.values()
            if self.work.changed(table)
            or any(one is table and key.sort != "unique index" for one, key in self.work.keys)
        ]
        body = [
            "PRAGMA foreign_keys = OFF;",
            "-- So that views and triggers that name a table do not stop its replacement.",
            "PRAGMA legacy_alter_table = ON;",
            "BEGIN IMMEDIATE;",
        ]
        again: list[str] = []
        for table in anew:
            body += self._anew(table)
            query = "SELECT sql FROM sqlite_master WHERE tbl_name = :t AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name"
            again += [f"{row[0]};" for row in self.rows(query, t=table.name)]
        body += [f"ALTER TABLE {self.quoted(table.name)} ADD COLUMN lseq INTEGER;" for table in self.work.lseq]
        body += again
        for table, key in self.work.keys:
            if key.sort == "unique index":
                body.append(f"DROP INDEX {self.quoted(key.name or '')};")
            plain = self.quoted(self.index(table, key))
            body.append(f"CREATE INDEX {plain} ON {self.quoted(table.name)} ({self.listed(key.columns)});")
        body += [
            "-- Has to show nothing.",
            "PRAGMA foreign_key_check;",
            "COMMIT;",
            "PRAGMA legacy_alter_table = OFF;",
            "PRAGMA foreign_keys = ON;",
        ]
        return "\n".join([*self.head(), *body]) + "\n"

    def _anew(self, table: Table) -> Iterator[str]:
        new, old = self.quoted(f"{table.name}_new"), self.quoted(table.name)
        ((made,),) = self.rows("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :t", t=table.name)
        unkeyed = {column for one, key in self.work.keys if one is table for column in key.columns}
        text, gone = _edited(made, new, set(self.work.changed(table)), unkeyed)
        for check in gone:
            yield from _commented(f"BY HAND: this check takes an LSID for a number and goes away: {check}")
        yield f"{text};"
        columns = [name for name, column in table.columns.items() if not column.get("computed")]
        values = ", ".join(self._value(table, column) for column in columns)
        yield f"INSERT INTO {new} ({self.listed(columns)}) SELECT {values} FROM {old};"  # noqa: S608 - for a person to run
        yield f"DROP TABLE {old};"
        yield f"ALTER TABLE {new} RENAME TO {old};"

    def _value(self, table: Table, column: str) -> str:
        name = self.quoted(column)
        if column not in self.work.changed(table):
            return name
        # 7.0 is the LSID 7.
        return (
            f"CASE typeof({name}) WHEN 'real' THEN CAST(CAST({name} AS INTEGER) AS TEXT) ELSE CAST({name} AS TEXT) END"
        )


def _edited(made: str, name: str, retyped: set[str], unkeyed: set[str]) -> tuple[str, list[str]]:
    """CREATE TABLE of SQLite under another name, columns as texts, and without keys of an LSEQ; and the checks it lost.

    It is edited, not written anew, since nothing else tells all that it says.
    """
    body, rest = _definitions(made)
    kind = "TEXT" if re.search(r"\bSTRICT\b", rest, re.IGNORECASE) else f"VARCHAR({names.LSID_LENGTH})"
    kept, gone = [], []
    for part in body:
        pieces = _pieces(part)
        first = pieces[0].upper()
        if first in ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
            what = pieces[2].upper() if first == "CONSTRAINT" else first
            if what == "CHECK" and any(_mentions("".join(part), column) for column in retyped):
                gone.append(" ".join(pieces))
                continue
            inside = next(piece for piece in pieces if piece.startswith("("))[1:-1]
            if what in ("PRIMARY", "UNIQUE") and {_bare(column) for column in inside.split(",")} <= unkeyed:
                continue
            kept.append("".join(part).strip())
        elif _bare(pieces[0]) in retyped:
            text, lost = _as_text(pieces, kind)
            kept.append(text)
            gone += lost
        else:
            kept.append(_without_key(pieces) if _bare(pieces[0]) in unkeyed else "".join(part).strip())
    # The comma stands on a line of its own, since what is before it may end with a comment.
    return f"CREATE TABLE {name} (\n    " + "\n    , ".join(kept) + f"\n){rest}", gone


def _definitions(made: str) -> tuple[list[list[str]], str]:
    """The tokens of each column and constraint of CREATE TABLE, and what comes behind them."""
    tokens = _TOKEN.findall(made)
    start = tokens.index("(")
    parts: list[list[str]] = [[]]
    depth = 1
    for number, token in enumerate(tokens[start + 1 :], start + 1):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return parts, "".join(tokens[number + 1 :])
        if token == "," and depth == 1:
            parts.append([])
        else:
            parts[-1].append(token)
    raise AssertionError(f"no end: {made}")


def _pieces(part: Sequence[str]) -> list[str]:
    """The words of a definition, what is in brackets as one; without comments."""
    found: list[str] = []
    depth = 0
    for token in part:
        if token.isspace() or token.startswith(("--", "/*")):
            if depth:
                found[-1] += " "
            continue
        if depth:
            found[-1] += token
        else:
            found.append(token)
        depth += (token == "(") - (token == ")")
    return found


def _bare(name: str) -> str:
    """A name without quotes."""
    name = name.strip()
    if name[:1] in ('"', "`", "["):
        return name[1:-1].replace(name[0] * 2, name[0])
    return name


def _clauses(pieces: Sequence[str]) -> list[list[str]]:
    """A column's name and type, then each of its constraints; a name for a constraint goes with it."""
    clauses: list[list[str]] = [[pieces[0]]]
    for piece in pieces[1:]:
        word = piece.upper()
        last = [one.upper() for one in clauses[-1]]
        joined = (word == "NULL" and last in (["NOT"], ["DEFAULT"])) or (word == "NULL" and last[-1:] == ["SET"])
        joined = (
            joined or (last[:1] == ["CONSTRAINT"] and len(last) <= 2) or (word == "DEFAULT" and last[-1:] == ["SET"])
        )
        joined = (
            joined or (word == "NOT" and last[:1] == ["REFERENCES"]) or (word == "AS" and last[:1] == ["GENERATED"])
        )
        if word in _CONSTRAINTS and not joined:
            clauses.append([])
        clauses[-1].append(piece)
    return clauses


def _sort(clause: Sequence[str]) -> str:
    upper = [piece.upper() for piece in clause]
    return upper[2] if upper[0] == "CONSTRAINT" and len(upper) > 2 else upper[0]


def _as_text(pieces: Sequence[str], kind: str) -> tuple[str, list[str]]:
    """A column as a text, without what only a number can have; and the checks that it lost."""
    clauses = _clauses(pieces)
    sorts = [_sort(clause) for clause in clauses[1:]]
    kept = [clauses[0][0], kind]
    if "PRIMARY" in sorts and "NOT" not in sorts:
        # A number that is the primary key is never null, a text may be.
        kept.append("NOT NULL")
    gone = []
    for clause, sort in zip(clauses[1:], sorts, strict=True):
        if sort == "CHECK":
            gone.append(" ".join(clause))
        elif sort != "DEFAULT":
            kept += [piece for piece in clause if piece.upper() != "AUTOINCREMENT"]
    return " ".join(kept), gone


def _without_key(pieces: Sequence[str]) -> str:
    """A column that is no key by itself."""
    clauses = _clauses(pieces)
    kept = [clauses[0], *(clause for clause in clauses[1:] if _sort(clause) not in ("PRIMARY", "UNIQUE"))]
    return " ".join(piece for clause in kept for piece in clause)


_WRITERS: Mapping[str, type[_Writer]] = {
    "postgres": _Postgres,
    "mysql": _MariaDb,
    "tsql": _SqlServer,
    "sqlite": _Sqlite,
}
