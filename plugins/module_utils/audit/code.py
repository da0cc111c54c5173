# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges code that uses LSID, LSEQ and the appliance's XML, in the languages users write integrations in.

It reads names, not types: a value counts as an LSID where its name says so (see `names`). What it cannot know it does not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..errors import BadInput
from . import sql, xml
from .findings import Finding, Kind, Place
from .libraries import require
from .names import LSID_LENGTH, is_lseq, is_lsid
from .tokens import Call, Chain, Token, chain_at, closing, tokens_of

#: Suffix -> the language by its Pygments name.
LANGUAGES = {
    ".py": "python",
    ".ps1": "powershell",
    ".psm1": "powershell",
    ".cs": "csharp",
    ".java": "java",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".php": "php",
    ".pl": "perl",
    ".pm": "perl",
    ".vb": "vbnet",
    ".vbs": "vbnet",
    ".bas": "vbnet",
}
#: The dialect that SQL in a language is read in, where none is given: the Integration Client's users mostly have SQL Server.
_USUAL_SQL = {
    "python": "postgres",
    "java": "postgres",
    "php": "mysql",
    "perl": "mysql",
    "javascript": "postgres",
    "typescript": "postgres",
}

_INTEGERS = frozenset(
    "int integer int16 int32 int64 long short uint uint32 uint64 ulong number bigint float double decimal single numeric".split()
)
#: Calls that make a number of what they are given, or take it for one.
_CONVERTS = frozenset(
    "parseint parselong parsefloat parsedouble toint32 toint64 toint16 touint32 touint64 tosingle todouble todecimal intval floatval cint "
    "clng cdbl csng cdec val fix to_numeric isnumeric is_numeric is_int ctype_digit looks_like_number getint getlong getint32 getint64 "
    "setint setlong biginteger bigint biginteger unsignedinteger unsignedbiginteger integer number int float long decimal toint tolong "
    "parsebigint to_i as_int".split()
)
_CONVERTS_WITH_TYPE = frozenset({"parse", "tryparse", "valueof", "decode"})
#: Calls on a value that take it for a number.
_NUMERIC_METHODS = frozenset({"isdigit", "isnumeric", "isdecimal", "intvalue", "longvalue", "to_i", "toint", "tolong"})
#: What says in a declaration that a column or parameter is a number.
_NUMBER_COLUMNS = frozenset(
    "integer biginteger smallinteger integerfield bigintegerfield positiveintegerfield bigint int int32 int64 number param_int int64type "
    "inttype unsignedinteger numeric".split()
)
#: What joins texts: the languages' own signs, and the mark that a line goes on.
_JOINS = ("+", ".", "&", "_")
_TEXT_COLUMNS = frozenset({"string", "varchar", "char", "unicode", "nvarchar", "mapped_column"})
_SORTS = frozenset(
    "sorted sort orderby orderbydescending order_by sort_values sortby sort_by max min maxby minby comparing comparingint comparinglong "
    "usort nlargest nsmallest latest sortwith".split()
)
_KEYED = frozenset(
    "put containskey todictionary tomap tohashset groupby groupingby keyby indexby set_index drop_duplicates merge tolookup index_by "
    "group_by uniqueby uniqby".split()
)
#: The same where only a value tells: `cache.get(lseq)`, while `row.get("lseq")` reads a column.
_KEYED_BY_VALUE = frozenset("set get has delete trygetvalue getordefault computeifabsent exists item".split())
#: Calls that compare two texts by their order.
_ORDERING = frozenset("compareto compare compareordinal localecompare strcmp strcasecmp".split())
_MEASURES = frozenset({"len", "length", "strlen", "size", "count", "str"})
_TIES = frozenset({"thenby", "thenbydescending", "thencomparing"})
_PERL_ORDER = frozenset({"gt", "lt", "ge", "le"})
_LESS_OR_MORE = frozenset({"<", ">", "<=", ">=", "-gt", "-lt", "-ge", "-le", "<=>"})
_SAME = frozenset({"=", "==", "===", "!=", "!==", "<>", "-eq", "-ne", ":="})
_SIGNS = frozenset({"+", "-", "*", "/", "%", "+=", "-=", "*=", "/=", "%="})
_GENERIC = frozenset({"csharp", "java", "typescript"})

#: Calls whose first argument is a path of names without a namespace, by language; True: only if it has no second argument.
_LOOKUPS: dict[str, dict[str, bool]] = {
    "python": {"find": True, "findall": True, "findtext": True, "iterfind": True, "iter": True, "xpath": False},
    "powershell": {"selectnodes": False, "selectsinglenode": False, "select-xml": False},
    "csharp": {
        **dict.fromkeys(
            ("selectnodes", "selectsinglenode", "xpathselectelement", "xpathselectelements", "xpathevaluate"), False
        ),
        **dict.fromkeys(("element", "elements", "descendants", "xmlroot", "xmlelement"), True),
    },
    "java": {
        **dict.fromkeys(
            ("selectnodes", "selectsinglenode", "getchild", "getchildren", "getchildtext", "xmlrootelement"), True
        ),
        **dict.fromkeys(("evaluate", "compile"), False),
    },
    "javascript": {"evaluate": False, "select": False, "select1": False},
    "php": {"xpath": False, "query": False, "evaluate": False},
    "perl": {"findnodes": False, "findvalue": False, "find": False},
}
_LOOKUPS["vbnet"], _LOOKUPS["typescript"] = _LOOKUPS["csharp"], _LOOKUPS["javascript"]
#: What has to be in a file before a call of a common name counts as a look-up in XML.
_READS_XML = {
    "python": re.compile(r"\betree\b|ElementTree|\blxml\b"),
    "java": re.compile(r"setNamespaceAware\(\s*true|dom4j|jdom|jakarta\.xml|javax\.xml\.bind"),
    "javascript": re.compile(r"xpath|document\.evaluate"),
    "php": re.compile(r"simplexml|DOMXPath|SimpleXMLElement", re.IGNORECASE),
    "perl": re.compile(r"XML::LibXML|XML::XPath"),
}
_READS_XML["typescript"] = _READS_XML["javascript"]
_DIGITS = re.compile(r"(\w*)[\"'\\]*\s*[=:>]\s*[\"'\\]*\(?(?:\?P?<\w+>)?(?:\\d|\[0-9\])", re.IGNORECASE)
_FORMATTED = re.compile(r"\{([\w.\[\]'\"()$]+?)\s*:\s*[DdNn0#][\d,.]*d?\}")
_CONVERSION = re.compile(r"%(?:\([^)]*\))?[-+ 0#]*\d*(?:\.\d+)?([a-zA-Z%])")
_SQL = re.compile(
    r"^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|MERGE|WITH|DECLARE|EXEC)\b.*", re.IGNORECASE | re.DOTALL
)

_BREAKS = {
    Kind.LSID_NUMBER: "it takes an LSID for a number, and from release 10.6 on it is a string",
    Kind.LSID_SHORT: "it holds less than the 32 characters of an LSID",
    Kind.LSID_ORDER: "it takes a greater LSID for a later session, and a GUID says nothing of time",
    Kind.LSID_ARITHMETIC: "it calculates with an LSID, and from release 10.6 on it is a string",
    Kind.LSEQ_KEY: "it takes an LSEQ for one session, and it is not unique",
    **xml.WHY,
}
_MENDS = {
    Kind.LSID_NUMBER: "Keep an LSID as a string, here and wherever it goes to.",
    Kind.LSID_SHORT: "Make it 32 characters long.",
    Kind.LSID_ORDER: "Order by start_time, or by LSEQ with LSID beside it.",
    Kind.LSID_ARITHMETIC: "Take LSEQ where a number is needed, and LSID as it is where a session is meant.",
    Kind.LSEQ_KEY: "Use LSID as the key.",
    **xml.MEND,
}


def findings(text: str, language: str, base: Place, dialect: str | None = None) -> list[Finding]:
    """What breaks in this source, in its order. `dialect`: that of SQL in its strings. BadInput for a language that is not known."""
    require("pygments", "sqlglot")
    if language not in LANGUAGES.values():
        raise BadInput(
            "read code",
            f"the language {language!r} is not known",
            f"It is one of {', '.join(sorted(set(LANGUAGES.values())))}.",
        )
    judge = _Judge(text, language, base, dialect or _USUAL_SQL.get(language, "tsql"))
    judge.judge()
    return sorted(
        {(found.place, found.kind): found for found in judge.found}.values(), key=lambda found: found.place.line or 0
    )


@dataclass
class _Judge:
    text: str
    language: str
    base: Place
    dialect: str
    found: list[Finding] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)

    def judge(self) -> None:
        self.tokens = tokens_of(self.text, self.language)
        reads = _READS_XML.get(self.language)
        self.reads_xml = reads is None or reads.search(self.text) is not None
        spaces = {
            match[0].lower()
            for token in self.tokens
            if token.kind == "text"
            for match in xml.NAMESPACE.finditer(token.text)
        }
        if self.language == "vbnet" and not re.search(r"^\s*Imports\s+<xmlns", self.text, re.IGNORECASE | re.MULTILINE):
            self._judge_axes()
        for at, token in enumerate(self.tokens):
            if token.kind == "text":
                self._judge_text(at, len(spaces) == 1)
            elif token.kind == "name":
                self._judge_name(at)
            elif token.text in ("(", "["):
                self._judge_cast(at)

    def _judge_axes(self) -> None:
        """`document...<session>`, the way of Visual Basic into XML."""
        for match in re.finditer(r"\.\.?\.?<(\w+)>", self.text):
            if match[1] in xml.ELEMENTS:
                at = next(place for place, token in enumerate(self.tokens) if token.start >= match.start())
                self._add(Kind.NAMESPACE_IGNORED, at)

    # small helps

    def _add(self, kind: Kind, at: int) -> None:
        start = self.tokens[at].start
        line = self.text.count("\n", 0, start)
        place = replace(self.base, line=(self.base.line or 1) + line)
        self.found.append(Finding(place, kind, _BREAKS[kind], _MENDS[kind], self.text.splitlines()[line].strip()))

    def _is(self, at: int, *texts: str) -> bool:
        return (
            0 <= at < len(self.tokens) and self.tokens[at].kind == "operator" and self.tokens[at].text.lower() in texts
        )

    def _name(self, at: int) -> str:
        return self.tokens[at].name if 0 <= at < len(self.tokens) and self.tokens[at].kind == "name" else ""

    def _number(self, at: int) -> bool:
        at += self._is(at, "-")
        return 0 <= at < len(self.tokens) and self.tokens[at].kind == "number"

    def _values_in(self, begin: int, end: int, asked: Callable[[str], bool]) -> Iterator[Chain]:
        for at in range(begin, end):
            if self.tokens[at].kind == "name" and not self._is(at - 1, ".", "->", "?.", "::", "?->"):
                chain = chain_at(self.tokens, at, asked)
                if chain is not None and chain.value:
                    yield chain

    def _value(self, span: tuple[int, int], asked: Callable[[str], bool] = is_lsid) -> bool:
        """Whether an argument is the value itself, or its name as a text."""
        begin, end = span
        if end - begin == 1 and self.tokens[begin].kind == "text":
            return asked(self.tokens[begin].text.lstrip("@:"))
        chain = chain_at(self.tokens, begin, asked)
        return chain is not None and chain.value and chain.end <= end

    # texts

    def _judge_text(self, at: int, one_space: bool) -> None:
        text = self.tokens[at].text
        if xml.NAMESPACE.search(text) and one_space:
            self._add(Kind.NAMESPACE_FIXED, at)
        if any(is_lsid(match[1]) for match in _DIGITS.finditer(text)) or any(
            is_lsid(re.split(r"[.\[]", match[1])[-1].strip("]'\"()")) for match in _FORMATTED.finditer(text)
        ):
            self._add(Kind.LSID_NUMBER, at)
        if _SQL.match(text) and not self._joined_before(at):
            whole = self._whole(at)
            if re.search("lsid|lseq", whole, re.IGNORECASE):
                line = (self.base.line or 1) + self.text.count("\n", 0, self.tokens[at].start)
                inside = sql.findings(whole, self.dialect, replace(self.base, line=line))
                # A text may be a part of a statement only.
                self.found += [finding for finding in inside if finding.kind is not Kind.NOT_READ]
        self._judge_formatted(at, text)
        # order: [['lsid', 'DESC']]
        first = is_lsid(text) and self._is(at - 1, "[") and self._is(at - 2, "[") and self._is(at + 1, ",")
        if first and self.tokens[at + 2].kind == "text" and self.tokens[at + 2].text.lower() in ("asc", "desc"):
            self._add(Kind.LSID_ORDER, at)
        # What a key is declared to be: `"lsid": int`, `Column("lsid", Integer)`, `.Add("@lsid", SqlDbType.Int)`.
        if is_lsid(text.lstrip("@:")) and self._is(at + 1, ":", "=>", ",") and self._number_type_after(at + 2):
            self._add(Kind.LSID_NUMBER, at)

    def _joined_before(self, at: int) -> bool:
        """Whether it goes on with an earlier text, with which it is judged."""
        return self._is(at - 1, *_JOINS) and at > 1 and self.tokens[at - 2].kind == "text"

    def _whole(self, at: int) -> str:
        """A text with those that are joined to it, each on its line; a value between them is a placeholder."""
        first, whole, place = self.text.count("\n", 0, self.tokens[at].start), self.tokens[at].text, at
        while True:
            following = place + 1
            while self._is(following, *_JOINS):
                following += 1
            if following >= len(self.tokens):
                return whole
            token = self.tokens[following]
            # Python joins texts that stand side by side.
            if following == place + 1 and (token.kind != "text" or self.language != "python"):
                return whole
            if token.kind == "text":
                line = self.text.count("\n", 0, token.start) - first
                whole += "\n" * (line - whole.count("\n")) + " " + token.text
                place = following
                continue
            chain = chain_at(self.tokens, following, is_lsid)
            if chain is None:
                return whole
            whole += "?"
            place = chain.end - 1

    def _number_type_after(self, at: int) -> bool:
        """Whether a type of numbers comes next: `int`, `sa.Integer`, `{ type: Number }`, `$lsid, PDO::PARAM_INT`."""
        second = False
        for place in range(at, min(at + 8, len(self.tokens))):
            token = self.tokens[place]
            if token.kind == "name":
                qualified = self._is(place - 1, ".", "::")
                if token.name in _NUMBER_COLUMNS and not self._is(place + 1, ".") and (qualified or not second):
                    return True
                if not self._is(place + 1, ".", "::", "->", "(", "[", "{", ",") and token.name != "type":
                    return False
            elif token.kind == "text":
                return token.text.lower() in _NUMBER_COLUMNS
            elif token.text == "," and self._is(at - 1, ",") and not second:
                second = True
            elif token.text not in (".", "::", "->", "{", ":", "(", "["):
                return False
        return False

    def _judge_formatted(self, at: int, text: str) -> None:
        """`"%d" % lsid`, `sprintf("%d", $lsid)`: the conversion that falls on an LSID is one of numbers."""
        if re.search(r"\{0:[Dd]\d*\}", text) and self._is(at + 1, "-f", ","):
            chain = chain_at(self.tokens, at + 2, is_lsid)
            if chain is not None and chain.value:
                self._add(Kind.LSID_NUMBER, at)
        signs = [match[1] for match in _CONVERSION.finditer(text) if match[1] != "%"]
        if not {"d", "i", "u", "f"} & set(signs):
            return
        if self._is(at + 1, "%"):
            begin, end = at + 2, at + 3
            if self._is(begin, "("):
                begin, end = begin + 1, closing(self.tokens, begin)
            else:
                chain = chain_at(self.tokens, begin, is_lsid)
                end = chain.end if chain else end
        elif self._is(at + 1, ","):
            depth_end = at
            while depth_end < len(self.tokens) and not self._is(depth_end, ")", ";"):
                depth_end = closing(self.tokens, depth_end) + 1 if self._is(depth_end, "(", "[", "{") else depth_end + 1
            begin, end = at + 2, depth_end
        else:
            return
        given: list[tuple[int, int]] = []
        start = place = begin
        while place < end:
            if self._is(place, "(", "[", "{"):
                place = closing(self.tokens, place)
            elif self._is(place, ","):
                given.append((start, place))
                start = place + 1
            place += 1
        given.append((start, end))
        for sign, span in zip(signs, given, strict=False):
            if sign in "diuf" and span[0] < span[1] and self._value(span):
                self._add(Kind.LSID_NUMBER, at)

    # names

    def _judge_name(self, at: int) -> None:
        token = self.tokens[at]
        if self._is(at - 1, ".", "->", "?.", "::", "?->") and not self._is(at - 2, "]"):
            return
        self._judge_declaration(at, token)
        for asked, judge in ((is_lsid, self._judge_lsid), (is_lseq, self._judge_lseq)):
            chain = chain_at(self.tokens, at, asked)
            if chain is None:
                continue
            for call in chain.calls:
                if asked is is_lsid:
                    self._judge_call(call)
                else:
                    self._judge_call_by_lseq(call, at)
            if asked is is_lseq and self._made_unique(chain):
                self._add(Kind.LSEQ_KEY, at)
            if chain.value:
                judge(chain)
            if asked is is_lseq:
                for begin, end in chain.keys:
                    inner = chain_at(self.tokens, begin, is_lseq)
                    if inner is not None and inner.value and inner.end == end and not self._bare_key(begin, end):
                        self._add(Kind.LSEQ_KEY, at)
        if self.language == "powershell":
            self._judge_command(at)

    def _made_unique(self, chain: Chain) -> bool:
        """`$table->integer('lseq')->unique()`, `HasIndex(s => s.Lseq).IsUnique()`, and in Visual Basic `rows(s.Lseq) = s`."""
        unique = False
        for number, call in enumerate(chain.calls):
            for begin, end in call.arguments:
                by_lseq = self._names_in(begin, end, is_lseq) and not self._names_in(begin, end, is_lsid)
                later = {each.path[-1] for each in chain.calls[number + 1 :]}
                unique = unique or (by_lseq and bool(later & {"unique", "primary", "isunique"}))
        if self.language == "vbnet" and len(chain.calls) == 1 and self._is(chain.end, "="):
            [call] = chain.calls
            unique = unique or (
                len(call.arguments) == 1
                and self._value(call.arguments[0], is_lseq)
                and self.tokens[call.arguments[0][0]].kind == "name"
            )
        return unique

    def _bare_key(self, begin: int, end: int) -> bool:
        """`{lseq}` in Perl is a text, `{$lseq}` a variable."""
        return self.language == "perl" and end - begin == 1 and not self.tokens[begin].text.startswith("$")

    def _judge_declaration(self, at: int, token: Token) -> None:
        """`int lsid`, `lsid As Long`, `lsid: number`, `lsid = Column(Integer)`."""
        typed = at - 1 - self._is(at - 1, "?")
        before = self._name(typed) in _INTEGERS and not self._is(typed - 1, ".")
        if is_lsid(token.text):
            after = at + 1 + self._is(at + 1, "?")
            word = self._name(at + 1) == "as" and self._name(at + 2) in _INTEGERS
            colon = (
                self._is(after, ":")
                and self._number_type_after(after + 1)
                and self.language in ("python", "typescript", "javascript")
            )
            column = self._is(at + 1, "=") and self._made_as_number(at + 2)
            if self._is(at + 1, "=") and self._made_too_short(at + 2):
                self._add(Kind.LSID_SHORT, at)
            if (before and self.language not in ("python", "javascript", "perl")) or word or colon or column:
                self._add(Kind.LSID_NUMBER, at)
        if is_lseq(token.text) and (self._declared_unique(at, typed if before else at) or self._told_unique(at)):
            self._add(Kind.LSEQ_KEY, at)

    def _made_as_number(self, at: int) -> bool:
        """`Column(Integer)`, `models.IntegerField()`, `mapped_column(sa.BigInteger)`."""
        chain = chain_at(self.tokens, at, is_lsid)
        if chain is None or not chain.calls:
            return False
        names = [token.name for token in self.tokens[chain.start : chain.end] if token.kind == "name"]
        return any(name in _NUMBER_COLUMNS - {"int", "number"} for name in names) and any(
            name in ("column", "mapped_column") or name.endswith("field") for name in names
        )

    def _made_too_short(self, at: int) -> bool:
        """`Column(String(20))`, `models.CharField(max_length=20)`."""
        chain = chain_at(self.tokens, at, is_lsid)
        if chain is None or not chain.calls:
            return False
        for place in range(chain.start, chain.end):
            sized = self._name(place - 2) in _TEXT_COLUMNS and self._is(place - 1, "(")
            sized = sized or (self._name(place - 2) == "max_length" and self._is(place - 1, "="))
            if sized and self.tokens[place].text.isdigit() and int(self.tokens[place].text) < LSID_LENGTH:
                return True
        return False

    def _told_unique(self, at: int) -> bool:
        """`lseq: { type: ..., unique: true }`."""
        if not (self._is(at + 1, ":") and self._is(at + 2, "{")):
            return False
        inside = range(at + 3, closing(self.tokens, at + 2))
        return any(
            self._name(place) in ("unique", "primarykey") and self._name(place + 2) == "true" for place in inside
        )

    def _declared_unique(self, at: int, begin: int) -> bool:
        """Whether a declaration of LSEQ makes it a key: `@Id`, `[Key]`, `primary_key=True`, `unique=True`."""
        if self._is(at + 1, "="):
            chain = chain_at(self.tokens, at + 2, is_lseq)
            if chain is not None and any(
                call.path[-1] in ("column", "mapped_column") or call.path[-1].endswith("field") for call in chain.calls
            ):
                return any(self._name(place) in ("primary_key", "unique") for place in range(chain.start, chain.end))
        for place in range(begin - 1, max(-1, begin - 8), -1):
            if self._is(place, ";", "}") or (self._is(place, "{") and self.language != "php"):
                return False
            if self._name(place) in ("key", "id", "primarykey", "index") and self._is(place - 1, "[", "@"):
                return True
            if self.tokens[place].text.lower() in ("@id", "@key"):
                return True
        return False

    def _judge_call(self, call: Call) -> None:
        name = call.path[-1]
        by_type = name in _CONVERTS_WITH_TYPE and len(call.path) > 1 and call.path[-2] in _INTEGERS
        if self.language == "powershell" and self._is(call.at - 2, "::"):
            by_type = by_type or name in _CONVERTS_WITH_TYPE
        if call.on_value and (name in _NUMERIC_METHODS or self._tells_number(call)):
            self._add(Kind.LSID_NUMBER, call.at)
        if (name in _CONVERTS or by_type) and any(
            self._value(span) or self._by_ordinal(span) for span in call.arguments
        ):
            self._add(Kind.LSID_NUMBER, call.at)
        if self._too_short_for_lsid(call):
            self._add(Kind.LSID_SHORT, call.at)
        compared = call.on_value or any(self._value(span) for span in call.arguments)
        if name in _ORDERING and compared and self._decides(call.at):
            self._add(Kind.LSID_ORDER, call.at)
        if name == "range" and any(self._value(span) for span in call.arguments):
            self._add(Kind.LSID_ARITHMETIC, call.at)
        if name in _SORTS:
            self._judge_sort(call)
        if self.reads_xml and name in _LOOKUPS[self.language]:
            self._judge_lookup(call, _LOOKUPS[self.language][name])

    def _too_short_for_lsid(self, call: Call) -> bool:
        """`string('lsid', 16)`, `[Column("lsid"), StringLength(24)]`, ADO's `CreateParameter("lsid", 200, 1, 16)`."""
        numbers = [
            int(self.tokens[begin].text) if end - begin == 1 and self.tokens[begin].text.isdigit() else None
            for begin, end in call.arguments
        ]
        name = call.path[-1]
        if name in ("string", "char", "varchar", "nvarchar") and len(numbers) == 2:
            length = numbers[1]
        elif name == "createparameter" and len(numbers) > 3:
            length = numbers[3]
        elif name in ("stringlength", "maxlength") and numbers:
            around = self.tokens[max(0, call.at - 8) : call.at + 16]
            named = any(is_lsid(each.text) for each in around if each.kind in ("name", "text"))
            return named and numbers[0] is not None and numbers[0] < LSID_LENGTH
        else:
            return False
        return self._value(call.arguments[0]) and length is not None and 0 < length < LSID_LENGTH

    def _decides(self, at: int) -> bool:
        """Whether the result of a comparison says which comes first, and is not only for a tie (`|| a.lsid.localeCompare(b.lsid)`)."""
        after = closing(self.tokens, at) + 1
        if self._is(after, "<", ">", "<=", ">="):
            return True
        place = at
        while place > 0 and not self._is(place, ";", "{", "}", "||", "=>"):
            if self._name(place) == "return":
                return True
            place -= 1
        return self._is(place, "=>")

    def _by_ordinal(self, span: tuple[int, int]) -> bool:
        """`reader.GetOrdinal("lsid")`, the place of a column."""
        inside = self.tokens[span[0] : span[1]]
        return any(token.name == "getordinal" for token in inside) and any(
            token.kind == "text" and is_lsid(token.text) for token in inside
        )

    def _tells_number(self, call: Call) -> bool:
        """`astype(int)`, `ToString("D8")`."""
        if not call.arguments or call.arguments[0][1] - call.arguments[0][0] != 1:
            return False
        given = self.tokens[call.arguments[0][0]]
        if call.path[-1] == "astype":
            return given.name.rstrip("0123456789") in _INTEGERS or given.text.rstrip("0123456789") in _INTEGERS
        return (
            call.path[-1] == "tostring"
            and given.kind == "text"
            and re.fullmatch(r"[DdNn0#][\d,.#]*", given.text) is not None
        )

    def _judge_sort(self, call: Call) -> None:
        """Sorting or picking by LSID. As a later key it only settles a tie."""
        for number, (begin, end) in enumerate(call.arguments):
            text = self.tokens[begin]
            if text.kind == "text" and end - begin == 1 and is_lsid(text.text.lstrip("-")):
                if number == 0:
                    self._add(Kind.LSID_ORDER, call.at)
                return
            if (
                text.kind == "text"
                and re.fullmatch(r"-?\w+", text.text)
                and end - begin == 1
                and call.path[-1] in ("order_by", "orderby")
            ):
                return
            if call.path[-1] == "sorted" and number == 0:
                continue  # what is sorted; only a key tells by what
            # What comes after an "or" only settles a tie.
            ties = next(
                (place for place in range(begin, end) if self._is(place, "||") or self._name(place) == "or"), end
            )
            if self._name(begin) == "new":
                continue  # a class of its own, whose body is judged by itself
            for chain in self._values_in(begin, ties, is_lsid):
                counted = self._is(chain.start - 1, "(") and self._name(chain.start - 2) in _MEASURES
                if not self._is(chain.start - 1, ",") and not counted:
                    self._add(Kind.LSID_ORDER, call.at)
                    return

    def _judge_lookup(self, call: Call, alone: bool) -> None:
        if not call.arguments or (alone and len(call.arguments) > 1):
            return
        begin, end = call.arguments[0]
        for place in range(begin, end):
            if self.tokens[place].kind == "name" and self._is(place + 1, "=") and self._name(place) == "namespace":
                return
        texts = [token.text for token in self.tokens[begin:end] if token.kind == "text"]
        if (
            len(texts) == 1
            and xml.is_path_without_namespace(texts[0])
            and not self._is(begin + 1, "+")
            and not self._is(begin - 1, "+")
        ) and (end - begin == 1 or self._is(begin + 1, "=")):
            self._add(Kind.NAMESPACE_IGNORED, call.at)

    def _judge_command(self, at: int) -> None:
        """A PowerShell command: `Sort-Object lsid`, `Select-Xml -XPath //session`."""
        name = self.text[self.tokens[at].start :].split(None, 1)[0].lower()
        if name in ("sort-object", "sort") and not self._is(at - 1, "."):
            for place in range(at + 1, min(at + 10, len(self.tokens))):
                if self._is(place, "|", ")", ";") or self._is(place, ","):
                    break
                chain = chain_at(self.tokens, place, is_lsid) if self.tokens[place].kind == "name" else None
                if (chain is not None and chain.value) or (
                    self.tokens[place].kind == "text" and is_lsid(self.tokens[place].text)
                ):
                    self._add(Kind.LSID_ORDER, at)
                    break
        if name == "measure-object":
            line = self.text[self.tokens[at].start :].split("\n", 1)[0]
            named = re.search(r"-Property\s+[\"']?(\w+)", line, re.IGNORECASE)
            if named and is_lsid(named[1]) and re.search(r"-M(?:ax|in)", line, re.IGNORECASE):
                self._add(Kind.LSID_ORDER, at)
        if name in ("group-object", "group"):
            for place in range(at + 1, min(at + 6, len(self.tokens))):
                if self.tokens[place].kind in ("name", "text") and is_lseq(self.tokens[place].text):
                    self._add(Kind.LSEQ_KEY, at)
                    break
        if name == "select-xml":
            line = self.text[self.tokens[at].start :].split("\n", 1)[0]
            paths = re.findall(r"[\"']([^\"']+)[\"']", line)
            if any(xml.is_path_without_namespace(path) for path in paths):
                self._add(Kind.NAMESPACE_IGNORED, at)

    # values

    def _judge_lsid(self, chain: Chain) -> None:
        start, end = chain.start, chain.end
        following = self.tokens[end] if end < len(self.tokens) else None
        operator = following.text.lower() if following is not None and following.kind == "operator" else ""
        if self._generic(start, end):
            return
        if operator in _SAME | _LESS_OR_MORE and self._number(end + 1):
            self._add(Kind.LSID_NUMBER, start)
        elif operator in _LESS_OR_MORE or (
            self._is(start - 1, *_LESS_OR_MORE)
            and not self._number(start - 2)
            and self.tokens[start - 2].kind != "operator"
        ):
            self._add(Kind.LSID_ORDER, start)
        elif (self._is(start - 1, *_SAME, *_LESS_OR_MORE) and self._number(start - 2)) or (
            self.language == "perl" and operator in ("==", "!=")
        ):
            self._add(Kind.LSID_NUMBER, start)
        if self.language == "perl" and (operator == "<=>" or self._is(start - 1, "<=>")):
            self._add(Kind.LSID_NUMBER, start)
        if self.language == "perl" and (self._name(end) in _PERL_ORDER or self._name(start - 1) in _PERL_ORDER):
            self._add(Kind.LSID_ORDER, start)
        if operator == "=~" and end + 1 < len(self.tokens) and re.search(r"\^\\d\+\$", self.tokens[end + 1].text):
            self._add(Kind.LSID_NUMBER, start)
        if operator == "-as" and self._name(end + 2) in _INTEGERS:
            self._add(Kind.LSID_NUMBER, start)
        if (
            operator in ("++", "--")
            or self._is(start - 1, "++", "--")
            or (operator in _SIGNS and self._number(end + 1))
            or (operator in ("-", "%", "/") and self._follows_value(end + 1))
            or (self._name(end) == "mod" and self.language == "vbnet")
        ) or (self._is(start - 1, "+", "-", "*") and self._number(start - 2)):
            self._add(Kind.LSID_ARITHMETIC, start)
        if self.language in ("javascript", "typescript"):
            alone = (
                start < 2
                or (self.tokens[start - 2].kind == "operator" and not self._is(start - 2, ")", "]"))
                or self._name(start - 2) == "return"
            )
            if (self._is(start - 1, "+", "~~") and alone) or (operator == "|" and self._number(end + 1)):
                self._add(Kind.LSID_NUMBER, start)

    def _follows_value(self, at: int) -> bool:
        """Whether a variable comes next, and no option of a command."""
        if at >= len(self.tokens) or self.tokens[at].kind != "name":
            return False
        return self.language != "powershell" or self.tokens[at].text.startswith("$")

    def _generic(self, start: int, end: int) -> bool:
        """`List<Lsid> x`, `List<Long> lsids`: a type, not a comparison."""
        if self.language not in _GENERIC:
            return False
        if self.tokens[start].text[:1].isupper() and self._is(start - 1, "<", ",") and self._is(end, ">", ","):
            return True
        place, depth = start - 1, 0
        while self._is(place, "<", ">", ",", "?", "[", "]", ".") or self.tokens[place].kind == "name":
            if self._is(place, "<", ">"):
                depth += 1 if self._is(place, ">") else -1
                if depth == 0:
                    return place > 0 and self.tokens[place - 1].text[:1].isupper()
            place -= 1
        return False

    def _judge_lseq(self, chain: Chain) -> None:
        start, end = chain.start, chain.end
        for word in ("in", "-in", "-notin"):
            if (self._name(end) == word or self._is(end, word)) and self._name(start - 1) not in (
                "for",
                "const",
                "let",
                "var",
                "foreach",
                "my",
                "each",
            ):
                self._add(Kind.LSEQ_KEY, start)
        if self._name(end) == "not" and self._name(end + 1) == "in":
            self._add(Kind.LSEQ_KEY, start)
        if self._is(start - 1, "-contains", "-notcontains"):
            self._add(Kind.LSEQ_KEY, start)
        if self._is(end, "==", "===", "-eq", "!=", "!==", "-ne") or (
            self.language == "vbnet" and self._is(end, "=", "<>")
        ):
            other = chain_at(self.tokens, end + 1, is_lseq)
            line = self.text[: self.tokens[start].start].count("\n")
            if other is not None and other.value and "lsid" not in self.text.splitlines()[line].lower():
                self._add(Kind.LSEQ_KEY, start)
        if self.language == "python" and self._is(start - 1, "{", ",") and self._is(end, ":"):
            self._add(Kind.LSEQ_KEY, start)

    def _judge_call_by_lseq(self, call: Call, at: int) -> None:
        if call.path[-1] in _KEYED_BY_VALUE and call.arguments:
            first = call.arguments[0]
            if self.tokens[first[0]].kind != "text" and self._value(first, is_lseq):
                self._add(Kind.LSEQ_KEY, at)
            return
        if call.path[-1] not in _KEYED or not call.arguments:
            return
        spans = call.arguments if call.path[-1] == "merge" else call.arguments[:1]
        begin, end = spans[0][0], spans[-1][1]
        if self._names_in(begin, end, is_lseq) and not self._names_in(begin, end, is_lsid):
            self._add(Kind.LSEQ_KEY, at)

    def _names_in(self, begin: int, end: int, asked: Callable[[str], bool]) -> bool:
        """Whether a value or a text there is what was asked for."""
        texts = any(token.kind == "text" and asked(token.text) for token in self.tokens[begin:end])
        return texts or any(True for _each in self._values_in(begin, end, asked))

    # casts

    def _judge_cast(self, at: int) -> None:
        """`(int) lsid`, `[long]$lsid`, `(Integer) row.get("lsid")`."""
        opening = self.tokens[at].text
        close = at + 2 + self._is(at + 2, "?")
        if self._name(at + 1) not in _INTEGERS or not self._is(close, ")" if opening == "(" else "]"):
            return
        if opening == "[" and self.language != "powershell":
            return
        if opening == "(" and (self.tokens[at - 1].kind == "name" if at else False):
            return
        chain = chain_at(self.tokens, close + 1, is_lsid)
        if chain is not None and chain.value:
            self._add(Kind.LSID_NUMBER, at)
