# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges SQL that uses LSID and LSEQ: what breaks when an LSID becomes a string (documented: the guide's supplement).

What sqlglot can read is judged by its tree. Bodies of procedures and triggers are read statement by statement, and what lies
between them (declarations, conditions) by its words.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import BadInput
from . import xml
from .findings import Finding, Kind, Place
from .libraries import require, sqlglot
from .names import LSID_LENGTH, is_lseq, is_lsid, words

#: The dialects an audit takes, by the name of sqlglot.
DIALECTS = ("postgres", "mysql", "sqlite", "tsql")
_MOST_STARTS = 40
_NUMBERLIKE = frozenset({"id", "no", "nr", "num", "number"})
_NUMBERS = frozenset(
    "INT INTEGER BIGINT SMALLINT TINYINT MEDIUMINT INT2 INT4 INT8 SERIAL BIGSERIAL NUMERIC NUMBER DECIMAL DEC FLOAT REAL DOUBLE UNSIGNED SIGNED".split()
)
_TEXTS = frozenset("CHAR VARCHAR NCHAR NVARCHAR CHARACTER VARCHAR2 NVARCHAR2".split())
_COMPARING = frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "=="})
_ASKS_NUMBER = frozenset({"ISNUMERIC", "IS_NUMERIC", "TO_NUMBER", "TONUMBER", "VAL", "INT", "BIGINT", "INT4", "INT8"})
_COUNTS = frozenset({"ABS", "MOD", "ROUND", "FLOOR", "CEIL", "CEILING", "SUM", "AVG", "SIGN", "SQRT", "POWER"})
_CONVERSION = re.compile(r"%[-+ 0#]*\d*(?:\.\d+)?([a-zA-Z%])")
_HAS_NAME = re.compile(r"lsid|lseq", re.IGNORECASE)

_AS_TEXT = "Use varchar(32): an LSID is a GUID of 32 characters."
_SORTING = "Order by start_time. Where a number is needed take LSEQ, with LSID beside it, since it is not unique."
_BY_LSID = "Use LSID as the key. LSEQ only tells which began later, and two sessions may have the same."

#: Kind -> what it does to the statement it stands in.
_WHY = {
    Kind.LSID_NUMBER: "it takes an LSID for a number, and from release 10.6 on it is a string",
    Kind.LSID_SHORT: "it holds less than the 32 characters of an LSID",
    Kind.LSID_ORDER: "it takes a greater LSID for a later session, and a GUID says nothing of time",
    Kind.LSID_ARITHMETIC: "it calculates with an LSID, and from release 10.6 on it is a string",
    Kind.LSEQ_KEY: "it takes an LSEQ for one session, and it is not unique",
    **xml.WHY,
}
_MEND = {
    Kind.LSID_NUMBER: _AS_TEXT,
    Kind.LSID_SHORT: _AS_TEXT,
    Kind.LSID_ORDER: _SORTING,
    Kind.LSID_ARITHMETIC: "Take LSEQ where a number is needed, and LSID as it is where a session is meant.",
    Kind.LSEQ_KEY: _BY_LSID,
    **xml.MEND,
}


def findings(text: str, dialect: str, base: Place, skipped: list[tuple[Place, str]] | None = None) -> list[Finding]:
    """What breaks in this SQL, in its order. The line of `base` is that on which it begins (1 if None).

    A statement that cannot be read and speaks of LSID or LSEQ is a finding of its own; others that cannot be read are added to
    `skipped`. BadInput for a dialect that is not one of DIALECTS.
    """
    if dialect not in DIALECTS:
        raise BadInput("read SQL", f"the dialect {dialect!r} is not known", f"Give one of {', '.join(DIALECTS)}.")
    require("sqlglot")
    judge = _Judge(_plain(text, dialect), text, dialect, base, [] if skipped is None else skipped)
    judge.judge()
    return judge.found


@dataclass
class _Judge:
    text: str
    shown: str
    dialect: str
    base: Place
    skipped: list[tuple[Place, str]]
    found: list[Finding] = field(default_factory=list)
    #: Column -> whether it is declared as text in this SQL.
    declared: dict[str, bool] = field(default_factory=dict)

    def judge(self) -> None:
        log = logging.getLogger("sqlglot")
        level = log.level
        log.setLevel(logging.CRITICAL)  # it warns of what it does not know; that is told here
        try:
            tokens = list(sqlglot.tokenize(self.text, read=self.dialect))
        except sqlglot.errors.SqlglotError as error:
            self._not_read(0, str(error))
            return
        finally:
            log.setLevel(level)
        log.setLevel(logging.CRITICAL)
        try:
            trees = [tree for chunk in _chunks(tokens) for tree in self._read(chunk)]
            for tree in trees:
                self._declare(tree)
            for tree in trees:
                self._judge_tree(tree)
        finally:
            log.setLevel(level)
        self.found = sorted(_once(self.found), key=lambda finding: finding.place.line or 0)

    # reading

    def _parse(self, tokens: Sequence[Any]) -> Any | None:
        """The tree of one statement; None where it is none, or holds something that was not understood."""
        for given in (list(tokens), _without_into(tokens)):
            reader = sqlglot.Dialect.get_or_raise(self.dialect).parser()
            try:
                [tree] = reader.parse(given, self.text)
            except (sqlglot.errors.SqlglotError, ValueError, RecursionError):
                continue
            return None if tree is None or tree.find(sqlglot.exp.Command) else tree
        return None

    def _read(self, tokens: Sequence[Any]) -> Iterator[Any]:
        """The trees in a chunk. What is none of them is judged by its words."""
        for place, token in enumerate(tokens):
            if token.token_type.name == "HEREDOC_STRING":
                self._inside(token)
            elif token.token_type.name in ("STRING", "NATIONAL_STRING"):
                self._judge_xml(tokens, place)
        whole = self._parse(tokens)
        if isinstance(whole, (sqlglot.exp.Alias, sqlglot.exp.Condition)):
            # No statement: a declaration of a body (`v_lsid bigint`), or an assignment.
            self._judge_words(tokens)
            return
        if whole is not None:
            yield whole
            return
        if not _HAS_NAME.search(self.text[tokens[0].start : tokens[-1].end + 1]):
            if _is_statement(tokens[0]):
                self.skipped.append((self._place(tokens[0].start), "this statement cannot be read"))
            return
        rest, read = [], 0
        for piece, tree in self._pieces(tokens):
            if tree is None:
                rest.append(piece)
            else:
                read += 1
                yield tree
        if not read and not _is_procedural(tokens):
            self._not_read(tokens[0].start, f"it is no {self.dialect} that can be understood")
            return
        for piece in rest:
            self._judge_words(piece)

    def _pieces(self, tokens: Sequence[Any]) -> Iterator[tuple[Sequence[Any], Any | None]]:
        """Statements inside a chunk, the longest first, and what lies between them."""
        starts = [place for place, token in enumerate(tokens) if _is_statement(token)][:_MOST_STARTS]
        ends = [*starts, *(place for place, token in enumerate(tokens) if token.text.upper() in _ENDS), len(tokens)]
        at = 0
        for start in starts:
            if start < at:
                continue
            for end in sorted({end for end in ends if end > start}, reverse=True)[:_MOST_STARTS]:
                tree = self._parse(tokens[start:end])
                if tree is not None:
                    if start > at:
                        yield tokens[at:start], None
                    yield tokens[start:end], tree
                    at = end
                    break
        if at < len(tokens):
            yield tokens[at:], None

    def _judge_xml(self, tokens: Sequence[Any], place: int) -> None:
        """A path, or a namespace, that a function of XML is given: `xpath('/session_list/session', doc)`, `@doc.nodes('...')`."""
        token = tokens[place]
        before = tokens[place - 2].text.lower() if place > 1 and tokens[place - 1].text == "(" else ""
        if before in ("xpath", "xpath_exists", "nodes", "query", "exist", "value", "extractvalue"):
            declared = re.search(r"xmlnamespaces\s*\(\s*default", self.text[: token.start], re.IGNORECASE)
            if xml.is_path_without_namespace(token.text) and not declared:
                self._add(Kind.NAMESPACE_IGNORED, token.start)
            kind = tokens[place + 2].text.lower() if place + 2 < len(tokens) and tokens[place + 1].text == "," else ""
            if before == "value" and is_lsid(token.text.lstrip("./@")) and kind.partition("(")[0].upper() in _NUMBERS:
                self._add(Kind.LSID_NUMBER, token.start)
        if xml.NAMESPACE.search(token.text) and len(set(map(str.lower, xml.NAMESPACE.findall(self.text)))) == 1:
            self._add(Kind.NAMESPACE_FIXED, token.start)

    def _inside(self, token: Any) -> None:
        """The body of a function, which is a string."""
        place = self._place(token.start)
        self.found += findings(token.text, self.dialect, place, self.skipped)

    # judging by words

    def _judge_words(self, tokens: Sequence[Any]) -> None:
        """A declaration as a number, or a comparison with one."""
        for place, token in enumerate(tokens):
            if not is_lsid(token.text) or token.token_type.name in ("STRING", "NUMBER"):
                continue
            before = [each.text.upper() for each in tokens[max(0, place - 2) : place]]
            after = [
                each for each in tokens[place + 1 : place + 5] if each.text.upper() not in ("AS", "IN", "OUT", "::")
            ]
            kinds = [each.text.upper() for each in after]
            if kinds and kinds[0] in _NUMBERS:
                self._add(Kind.LSID_NUMBER, token.start)
            elif kinds and kinds[0] in _TEXTS and len(after) > 2 and _too_short(after[2].text):
                self._add(Kind.LSID_SHORT, token.start)
            elif kinds and kinds[0] in _COMPARING and len(after) > 1 and after[1].token_type.name == "NUMBER":
                self._add(Kind.LSID_NUMBER, token.start)
            elif kinds and kinds[0] in _COMPARING - {"=", "==", "<>", "!="}:
                self._add(Kind.LSID_ORDER, token.start)
            elif len(before) == 2 and before[1] in _COMPARING and tokens[place - 2].token_type.name == "NUMBER":
                self._add(Kind.LSID_NUMBER, token.start)

    # judging by the tree

    def _declare(self, tree: Any) -> None:
        for column in tree.find_all(sqlglot.exp.ColumnDef):
            if column.kind is not None:
                self.declared[column.name.lower()] = column.kind.this in sqlglot.exp.DataType.TEXT_TYPES

    def _judge_tree(self, tree: Any) -> None:
        for node in tree.walk():
            for rule in _RULES.get(type(node).__name__, ()):
                for told in rule(node, self):
                    kind, where = told if isinstance(told, tuple) else (told, node)
                    self._add(kind, self._start(where, tree))

    def _add(self, kind: Kind, start: int) -> None:
        place = self._place(start)
        self.found.append(Finding(place, kind, _WHY[kind], _MEND[kind], self._line(start)))

    def _not_read(self, start: int, words_of_it: str) -> None:
        self.found.append(
            Finding(
                self._place(start),
                Kind.NOT_READ,
                f"this SQL speaks of LSID or LSEQ and cannot be read: {' '.join(words_of_it.split())[:160]}",
                "Give the dialect it is written in, or look at it yourself and silence it with a comment.",
                self._line(start),
            )
        )

    def _place(self, start: int) -> Place:
        return replace(self.base, line=(self.base.line or 1) + self.text.count("\n", 0, start))

    def _line(self, start: int) -> str:
        begin = self.shown.rfind("\n", 0, start) + 1
        end = self.shown.find("\n", start)
        return self.shown[begin : len(self.shown) if end < 0 else end].strip()

    def _start(self, node: Any, tree: Any) -> int:
        """Where a node stands in the text: sqlglot tells it of names of columns and tables only."""
        exp = sqlglot.exp
        start = _named_at(node)
        if start is not None:
            return start
        begin = _named_at(tree) or 0
        for name in node.find_all(exp.Var, exp.Placeholder):
            place = self.text.find(str(name.this), begin)
            if place >= 0:
                return place
        return begin


def _without_into(tokens: Sequence[Any]) -> list[Any]:
    """A SELECT of a body without the variables that it fills: `INTO v_lsid, v_start`."""
    texts = [token.text.upper() for token in tokens]
    if not texts or texts[0] != "SELECT" or "INTO" not in texts:
        return []
    begin = end = texts.index("INTO")
    while end < len(texts) and texts[end] not in ("FROM", "WHERE"):
        end += 1
    return [*tokens[:begin], *tokens[end:]]


def _once(found: Sequence[Finding]) -> list[Finding]:
    return list({(finding.place, finding.kind): finding for finding in found}.values())


#: Words before which a statement inside a body may end.
_ENDS = frozenset("END THEN ELSE ELSEIF ELSIF DO LOOP IF WHILE RETURN BEGIN DECLARE".split())


def _is_statement(token: Any) -> bool:
    return token.token_type.name in _STATEMENTS


_STATEMENTS = frozenset("SELECT INSERT UPDATE DELETE MERGE WITH ALTER CREATE".split())
#: What begins a piece of a body that is no statement of SQL.
_PROCEDURAL = frozenset(
    "AS BEGIN CALL CASE CLOSE DECLARE DO ELSE ELSEIF ELSIF END EXCEPTION EXEC EXECUTE FETCH FOR GOTO IF ITERATE LEAVE LOOP OPEN PERFORM "
    "PRINT RAISE RAISERROR REPEAT RETURN SET SIGNAL THEN THROW UNTIL WHEN WHILE".split()
)
_ROUTINES = frozenset("PROCEDURE PROC FUNCTION TRIGGER EVENT".split())


def _is_procedural(tokens: Sequence[Any]) -> bool:
    first = [token.text.upper() for token in tokens[:8]]
    if first[0] in ("CREATE", "ALTER"):
        return not _ROUTINES.isdisjoint(first)
    # `v_lsid := 5`, `label: LOOP`
    return first[0] in _PROCEDURAL or (len(first) > 1 and first[1] in (":=", ":"))


def _chunks(tokens: Sequence[Any]) -> Iterator[Sequence[Any]]:
    chunk: list[Any] = []
    for token in tokens:
        if token.token_type.name == "SEMICOLON":
            if chunk:
                yield chunk
            chunk = []
        else:
            chunk.append(token)
    if chunk:
        yield chunk


def _named_at(node: Any) -> int | None:
    return next(
        (int(name.meta["start"]) for name in node.find_all(sqlglot.exp.Identifier) if "start" in name.meta), None
    )


_BLANK: tuple[tuple[str | None, re.Pattern[str], str], ...] = (
    # What clients of a server take, and no server: kept in length, so that places stay right.
    ("postgres", re.compile(r"^\\.*$", re.MULTILINE), " "),
    ("tsql", re.compile(r"^[ \t]*GO[ \t]*(\d+[ \t]*)?$", re.MULTILINE | re.IGNORECASE), ";"),
    # Placeholders of drivers and templates.
    (None, re.compile(r"%\([A-Za-z_]\w*\)s|(?<=[\s=(,<>])%s|\$\{[^}\n]*\}|\{\{[^}\n]*\}\}|\{[A-Za-z_][\w.]*\}"), "?"),
    (None, re.compile(r"(?<=[\s=(,<>])%[diu]"), "0"),
)
_DELIMITER = re.compile(r"^[ \t]*DELIMITER[ \t]+(\S+)[^\n]*$", re.MULTILINE | re.IGNORECASE)


def _plain(text: str, dialect: str) -> str:
    """The SQL without what only clients and drivers know; every character keeps its place."""

    def blank(sign: str) -> Callable[[re.Match[str]], str]:
        return lambda match: sign.ljust(len(match[0]))

    if dialect == "mysql":
        parts, end, mark = [], 0, ";"
        for match in _DELIMITER.finditer(text):
            parts += [_ended(text[end : match.start()], mark), " " * len(match[0])]
            end, mark = match.end(), match[1]
        text = "".join([*parts, _ended(text[end:], mark)])
    for only, pattern, sign in _BLANK:
        if only in (None, dialect):
            text = pattern.sub(blank(sign), text)
    return text


def _ended(text: str, mark: str) -> str:
    return text if mark == ";" else text.replace(mark, ";".ljust(len(mark)))


# The rules: each takes a node of the tree and gives what is wrong with it.


def _lsid(node: Any) -> bool:
    return _named(node, is_lsid)


def _lseq(node: Any) -> bool:
    return _named(node, is_lseq)


def _named(node: Any, judge: Callable[[str], bool]) -> bool:
    exp = sqlglot.exp
    if isinstance(node, (exp.Cast, exp.TryCast, exp.Coalesce)):
        return _named(node.this, judge)
    if isinstance(node, exp.Convert):
        return _named(node.expression, judge)
    if isinstance(node, (exp.Paren, exp.Ordered, exp.Neg, exp.Distinct)):
        inner = node.expressions[0] if isinstance(node, exp.Distinct) and node.expressions else node.this
        return _named(inner, judge)
    if isinstance(node, (exp.Column, exp.Identifier, exp.Parameter, exp.Placeholder, exp.Var, exp.Dot)):
        return judge(str(node.name or node.this or ""))
    return False


def _number(node: Any) -> bool:
    exp = sqlglot.exp
    if isinstance(node, (exp.Neg, exp.Paren)):
        return _number(node.this)
    return isinstance(node, exp.Literal) and not node.is_string


def _is_number_type(kind: Any) -> bool:
    exp = sqlglot.exp
    if not isinstance(kind, exp.DataType):
        return False
    return kind.this in exp.DataType.NUMERIC_TYPES or str(kind.this.value).upper() in (
        "SERIAL",
        "BIGSERIAL",
        "SMALLSERIAL",
    )


def _is_short_type(kind: Any) -> bool:
    exp = sqlglot.exp
    if not isinstance(kind, exp.DataType) or kind.this not in exp.DataType.TEXT_TYPES or not kind.expressions:
        return False
    return _too_short(kind.expressions[0].name)


def _too_short(length: str) -> bool:
    return length.isdigit() and int(length) < LSID_LENGTH


def _type(kind: Any) -> Iterator[Kind]:
    if _is_number_type(kind):
        yield Kind.LSID_NUMBER
    elif _is_short_type(kind):
        yield Kind.LSID_SHORT


def _column_def(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _named(node.this, is_lsid):
        yield from _type(node.kind)
    unique = ("PrimaryKeyColumnConstraint", "UniqueColumnConstraint")
    if _named(node.this, is_lseq) and any(type(each.kind).__name__ in unique for each in node.constraints):
        yield Kind.LSEQ_KEY


def _declaration(node: Any, _judge: _Judge) -> Iterator[Kind]:
    names = node.this if isinstance(node.this, list) else [node.this]
    if any(_lsid(name) for name in names):
        yield from _type(node.args.get("kind"))


def _alter_column(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this):
        yield from _type(node.args.get("dtype"))


def _cast(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this):
        yield from _type(node.args.get("to"))


def _convert(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.expression):
        yield from _type(node.this)


def _function(node: Any, _judge: _Judge) -> Iterator[Kind]:
    name = (str(node.this) if isinstance(node.this, str) else type(node).__name__).upper()
    given = node.expressions[0] if isinstance(node.this, str) and node.expressions else node.this
    if not _lsid(given):
        return
    if name in _ASKS_NUMBER:
        yield Kind.LSID_NUMBER
    elif name in _COUNTS:
        yield Kind.LSID_ARITHMETIC


def _printed(node: Any, _judge: _Judge) -> Iterator[Kind]:
    """`printf('%08d', lsid)`, `format(...)`."""
    given = node.expressions
    if not given or not isinstance(given[0], sqlglot.exp.Literal) or not given[0].is_string:
        return
    signs = [sign for sign in _CONVERSION.findall(given[0].name) if sign != "%"]
    if any(sign in "diuf" and _lsid(value) for sign, value in zip(signs, given[1:], strict=False)):
        yield Kind.LSID_NUMBER


def _printed_format(node: Any, judge: _Judge) -> Iterator[Kind]:
    """sqlglot's own node for `printf` and `format`, whose text stands apart from its values."""
    whole = sqlglot.exp.Anonymous(this="printf", expressions=[node.this, *node.expressions])
    yield from _printed(whole, judge)


def _extreme(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this):
        yield Kind.LSID_ORDER


def _pad(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this) and _too_short(node.expression.name):
        yield Kind.LSID_SHORT


def _equal(node: Any, judge: _Judge) -> Iterator[Kind]:
    one, two = node.this, node.expression
    for mine, other in ((one, two), (two, one)):
        if not _lsid(mine):
            continue
        if _number(other):
            yield Kind.LSID_NUMBER
        elif isinstance(other, sqlglot.exp.Column) and not _lsid(other):
            last = (words(other.name) or [""])[-1]
            text = judge.declared.get(other.name.lower())
            if text is False or (text is None and last in _NUMBERLIKE) or _lseq(other):
                yield Kind.LSID_NUMBER


def _compare(node: Any, _judge: _Judge) -> Iterator[Kind]:
    one, two = node.this, node.expression
    if not (_lsid(one) or _lsid(two)):
        return
    other = two if _lsid(one) else one
    if _number(other):
        yield Kind.LSID_NUMBER
    elif not (isinstance(other, sqlglot.exp.Literal) and not other.name):
        yield Kind.LSID_ORDER


def _between(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this):
        yield Kind.LSID_NUMBER if _number(node.args["low"]) or _number(node.args["high"]) else Kind.LSID_ORDER


def _among(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this) and any(_number(each) for each in node.expressions):
        yield Kind.LSID_NUMBER


def _arithmetic(node: Any, _judge: _Judge) -> Iterator[Kind]:
    one, two = node.this, node.expression
    texts = any(isinstance(each, sqlglot.exp.Literal) and each.is_string for each in (one, two))
    # tsql joins texts by a plus, too; a column beside it tells nothing of which it is.
    surely = not isinstance(node, sqlglot.exp.Add) or _number(one) or _number(two)
    if (_lsid(one) or _lsid(two)) and not texts and surely:
        yield Kind.LSID_ARITHMETIC
    if ((_lseq(one) and _number(two)) or (_lseq(two) and _number(one))) and isinstance(node.parent, sqlglot.exp.EQ):
        yield Kind.LSEQ_KEY


def _negative(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if _lsid(node.this):
        yield Kind.LSID_ARITHMETIC


def _order(node: Any, _judge: _Judge) -> Iterator[Kind]:
    keys = node.expressions
    if not keys or not _lsid(keys[0]):
        return
    # With another key behind it, it only keeps what belongs to a session together.
    if len(keys) == 1 or keys[0].args.get("desc"):
        yield Kind.LSID_ORDER


def _unique(columns: Sequence[Any]) -> Iterator[Kind]:
    if any(_lseq(each) for each in columns) and not any(_lsid(each) for each in columns):
        yield Kind.LSEQ_KEY


def _columns(node: Any) -> list[Any]:
    """The columns that a constraint or an index names, however its dialect nests them."""
    exp = sqlglot.exp
    return [
        each
        for each in node.find_all(exp.Column, exp.Identifier)
        if not isinstance(each.parent, (exp.Column, exp.Constraint, exp.Table))
    ]


def _table_key(node: Any, _judge: _Judge) -> Iterator[Kind]:
    yield from _unique(_columns(node))


def _constraint(node: Any, _judge: _Judge) -> Iterator[Kind]:
    kinds = {type(each).__name__ for each in node.expressions}
    if kinds & {"PrimaryKeyColumnConstraint", "UniqueColumnConstraint"}:
        yield from _unique(_columns(node))


def _create(node: Any, _judge: _Judge) -> Iterator[Kind]:
    index = node.this
    if isinstance(index, sqlglot.exp.Index) and node.args.get("unique"):
        params = index.args.get("params")
        yield from _unique([] if params is None else params.args.get("columns") or [])


def _reference(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if isinstance(node.this, sqlglot.exp.Schema):
        yield from _unique(node.this.expressions)


def _conflict(node: Any, _judge: _Judge) -> Iterator[Kind]:
    yield from _unique(node.args.get("conflict_keys") or [])


def _group(node: Any, _judge: _Judge) -> Iterator[Kind]:
    yield from _unique(node.expressions)


def _counted(node: Any, _judge: _Judge) -> Iterator[Kind]:
    if isinstance(node.this, sqlglot.exp.Distinct):
        yield from _unique(node.this.expressions)


def _join(node: Any, _judge: _Judge) -> Iterator[Kind | tuple[Kind, Any]]:
    yield from _unique(node.args.get("using") or [])
    yield from _identified(node.args.get("on"))


def _where(node: Any, _judge: _Judge) -> Iterator[Kind | tuple[Kind, Any]]:
    yield from _identified(node.this)


def _merge(node: Any, _judge: _Judge) -> Iterator[Kind | tuple[Kind, Any]]:
    yield from _identified(node.args.get("on"))


def _identified(condition: Any) -> Iterator[tuple[Kind, Any]]:
    """A condition that tells a session by its LSEQ alone."""
    if condition is None:
        return
    equal = list(condition.find_all(sqlglot.exp.EQ, sqlglot.exp.In))
    by_lseq = [node for node in equal if _lseq(node.this) or _lseq(node.expression)]
    by_lsid = [node for node in equal if _lsid(node.this) or _lsid(node.expression)]
    if by_lseq and not by_lsid:
        yield Kind.LSEQ_KEY, by_lseq[0]


def _inserted(node: Any, _judge: _Judge) -> Iterator[Kind]:
    target, values = node.this, node.expression
    if not isinstance(target, sqlglot.exp.Schema) or not isinstance(values, sqlglot.exp.Values):
        return
    for place, column in enumerate(target.expressions):
        if _lsid(column) and any(
            len(row.expressions) > place and _number(row.expressions[place]) for row in values.expressions
        ):
            yield Kind.LSID_NUMBER


#: A rule gives what is wrong, with the part of the node that it is about where that is not all of it.
_Rule = Callable[[Any, _Judge], Iterator["Kind | tuple[Kind, Any]"]]
_RULES: dict[str, tuple[_Rule, ...]] = {
    "ColumnDef": (_column_def,),
    "DeclareItem": (_declaration,),
    "AlterColumn": (_alter_column,),
    "Cast": (_cast,),
    "TryCast": (_cast,),
    "Convert": (_convert,),
    "Anonymous": (_function, _printed),
    "Format": (_printed_format,),
    **dict.fromkeys(("ToNumber", "Abs", "Round", "Floor", "Ceil", "Sum", "Avg", "Sign", "Sqrt", "Pow"), (_function,)),
    "Max": (_extreme,),
    "Min": (_extreme,),
    "Pad": (_pad,),
    "EQ": (_equal,),
    "NEQ": (_equal,),
    "NullSafeEQ": (_equal,),
    **dict.fromkeys(("GT", "GTE", "LT", "LTE"), (_compare,)),
    "Between": (_between,),
    "In": (_among,),
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "IntDiv", "Mod"), (_arithmetic,)),
    "Neg": (_negative,),
    "Order": (_order,),
    "PrimaryKey": (_table_key,),
    "UniqueColumnConstraint": (_table_key,),
    "Constraint": (_constraint,),
    "Create": (_create,),
    "Reference": (_reference,),
    "OnConflict": (_conflict,),
    "Group": (_group,),
    "Count": (_counted,),
    "Join": (_join,),
    "Where": (_where,),
    "Having": (_where,),
    "Merge": (_merge,),
    "Insert": (_inserted,),
}
