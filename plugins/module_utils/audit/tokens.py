# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source code as one flat row of names, numbers, texts and operators, the same for all languages, and the values that it names.

Pygments tells what is a comment and what a string; comments are gone here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .libraries import pygments

_QUOTES = ('"""', "'''", '@"', "@'", '"', "'", "`")
_OPERATORS = (
    r"-(?:gt|lt|ge|le|eq|ne|as|in|notin|contains|notcontains|match|f)\b|<=>|===|!==|\?->|->|=>|\?\.|::|:=|=~|==|!=|<>|<=|>=|\+\+|--|"
    r"[-+*/%]=|&&|\|\||~~|[^\s\w]"
)
_CODE = re.compile(rf"[$@%&]*[A-Za-z_]\w*|\$(?=[.?\[])|\d[\w.]*|{_OPERATORS}", re.IGNORECASE)
#: Parts of an expression that leave a value as it is: `session.Attribute("lsid").Value.Trim()`.
_NEUTRAL = frozenset(
    "value text innertext innerxml nodevalue textcontent data content strip trim rstrip lstrip tostring to_s string str lower upper tolower "
    "toupper tolowerinvariant first single item group groups last get_text gettext cast encode decode replace desc asc".split()
)
#: Calls whose result is no LSID although they are given one's name.
_TELLS_OTHER = frozenset(
    "count len length size sizeof print println printf log info debug warn error echo write writeline index indexof find contains startswith "
    "getordinal has hasattribute containskey isnull isdbnull exists columns add append".split()
)
_AT = re.compile(r"^(?:[./]*|.*/)@?([A-Za-z_][\w-]*)$")


@dataclass(frozen=True)
class Token:
    """`kind`: name, number, text, or operator. `start`: its place in the source; of a text, that of its opening quote."""

    kind: str
    text: str
    start: int

    @property
    def name(self) -> str:
        """A name without the signs of its language, in lower case."""
        return self.text.lstrip("$@%&").lower()


@dataclass(frozen=True)
class Call:
    """A call in an expression: the names that lead to it in lower case, its arguments as spans of tokens, and where it stands."""

    path: tuple[str, ...]
    arguments: tuple[tuple[int, int], ...]
    #: Whether what it is called on is the value that was asked for.
    on_value: bool
    at: int


@dataclass(frozen=True)
class Chain:
    """An expression of names, subscripts and calls, from `start` up to `end`. `value`: whether it is what was asked for."""

    start: int
    end: int
    value: bool
    calls: tuple[Call, ...]
    #: Spans of what stands in brackets behind a name.
    keys: tuple[tuple[int, int], ...]


def tokens_of(source: str, language: str) -> list[Token]:
    """The tokens of a source in a language by its Pygments name."""
    lexer = pygments.lexers.get_lexer_by_name(language, ensurenl=False, stripnl=False)
    code, found = list(source), []
    for start, end, is_text in _regions(source, lexer):
        code[start:end] = (" " if char != "\n" else char for char in source[start:end])
        if is_text:
            found.append(Token("text", _unquoted(source[start:end]), start))
    for match in _CODE.finditer("".join(code)):
        first = match[0].lstrip("$@%&")[:1]
        kind = (
            "number"
            if first.isdigit()
            else "name"
            if first.isalpha() or first == "_" or match[0] == "$"
            else "operator"
        )
        found.append(Token(kind, match[0], match.start()))
    return sorted(found, key=lambda token: token.start)


def _regions(source: str, lexer: Any) -> Iterator[tuple[int, int, bool]]:
    """Comments and texts (True). A text with expressions in it is one of them, and the expressions stay code."""
    kinds = pygments.token
    start = end = 0
    opened: str | None = None
    for at, kind, text in lexer.get_tokens_unprocessed(source):
        if kind in kinds.Comment and kind not in kinds.Comment.Preproc:
            yield at, at + len(text), False
            continue
        is_text = kind in kinds.String and not (kind in kinds.String.Regex and not re.match(r"\s*[/msqy]", text))
        if kind in kinds.String.Interpol or (opened is not None and not is_text):
            continue
        if not is_text:
            if end > start:
                yield start, end, True
                start = end = 0
            continue
        if end != at and opened is None:
            if end > start:
                yield start, end, True
            start = at
        end = at + len(text)
        mark = text.strip()
        if opened is None:
            opened = mark if mark in _QUOTES and kind not in kinds.String.Affix else None
        elif text.rstrip().endswith(opened[::-1] if opened.startswith("@") else opened):
            opened = None
            yield start, end, True
            start = end = 0
    if end > start:
        yield start, end, True


def _unquoted(text: str) -> str:
    text = text.strip()
    if text[:2] in ('@"', "@'") and text[-2:] in ('"@', "'@"):
        return text[2:-2]
    if re.match(r"q[qwx]?\s*[^\w\s,;=]", text):
        # Perl's own quotes: q{...}, qq(...)
        return re.sub(r"^q[qwx]?\s*.", "", text, count=1, flags=re.DOTALL)[:-1]
    text = re.sub(r"^[A-Za-z@$]{0,3}(?=[\"'`])", "", text)
    for quote in ('"""', "'''", '"', "'", "`"):
        if text.startswith(quote):
            return (
                text[len(quote) : -len(quote)]
                if text.endswith(quote) and len(text) >= 2 * len(quote)
                else text[len(quote) :]
            )
    return text


def closing(tokens: list[Token], at: int) -> int:
    """The place of the bracket that closes the one at `at`; the end of all where it is missing."""
    depth = 0
    for place in range(at, len(tokens)):
        token = tokens[place]
        if token.kind == "operator" and token.text in "([{":
            depth += 1
        elif token.kind == "operator" and token.text in ")]}":
            depth -= 1
            if depth == 0:
                return place
    return len(tokens)


def arguments(tokens: list[Token], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The spans between commas, not inside brackets."""
    found, begin, place = [], start, start
    while place < end:
        text = tokens[place].text
        if tokens[place].kind == "operator" and text in "([{":
            place = closing(tokens, place)
        elif tokens[place].kind == "operator" and text in ",;":
            found.append((begin, place))
            begin = place + 1
        place += 1
    if end > begin:
        found.append((begin, end))
    return tuple(found)


_LEADS = frozenset({".", "->", "?.", "::", "?->"})


def chain_at(tokens: list[Token], at: int, asked: Callable[[str], bool]) -> Chain | None:
    """The expression that begins at `at`, a name or an opening round bracket; None if none begins there.

    Its value is what was asked for if the last name, key or getter in it is: `row["lsid"].strip()`, `getLsid()`, `$_.lsid`.
    """
    count = len(tokens)
    if at >= count:
        return None
    token = tokens[at]
    value, path, calls, keys = False, [], [], []
    if token.kind == "operator" and token.text == "(":
        end = closing(tokens, at)
        inner = chain_at(tokens, at + 1, asked)
        if inner is None or inner.end != end:
            return None
        value, place = inner.value, end + 1
    elif token.kind == "name":
        value, place = asked(token.text), at + 1
        path.append(token.name)
    else:
        return None
    while place < count:
        token = tokens[place]
        if token.kind != "operator":
            break
        following = tokens[place + 1] if place + 1 < count else None
        if token.text in _LEADS and following is not None and following.kind == "name":
            path.append(following.name)
            if following.name not in _NEUTRAL:
                before, value = value, asked(following.text)
                on_value = before
            else:
                on_value = value
            place += 2
            if place < count and tokens[place].text == "(":
                end = closing(tokens, place)
                spans = arguments(tokens, place + 1, end)
                calls.append(Call(tuple(path), spans, on_value, place))
                value = value or _gets(tokens, path[-1], spans, asked)
                place = end + 1
            continue
        if token.text == "(" and path and place == at + 1:
            end = closing(tokens, place)
            spans = arguments(tokens, place + 1, end)
            calls.append(Call(tuple(path), spans, False, place))
            value = value or _gets(tokens, path[-1], spans, asked)
            place = end + 1
            continue
        opens_key = token.text == "[" or (
            token.text == "{" and (tokens[place - 1].text == "->" or tokens[place - 1].text.startswith(("$", "@")))
        )
        if token.text == "->" and following is not None and following.text in ("{", "["):
            place += 1
            continue
        if not opens_key:
            break
        end = closing(tokens, place)
        keys.append((place + 1, end))
        inside = tokens[place + 1 : end]
        if len(inside) == 1 and (inside[0].kind == "text" or (inside[0].kind == "name" and token.text == "{")):
            value = not inside[0].text.startswith("$") and _asked_at(inside[0].text, asked)
        place = end + 1
    return Chain(at, place, value, tuple(calls), tuple(keys))


def _gets(tokens: list[Token], name: str, spans: tuple[tuple[int, int], ...], asked: Callable[[str], bool]) -> bool:
    """Whether a call gets what was asked for by its name: `getAttribute("lsid")`, `get("lsid", None)`."""
    if not spans or name in _TELLS_OTHER:
        return False
    begin, end = spans[0]
    return end - begin == 1 and tokens[begin].kind == "text" and _asked_at(tokens[begin].text, asked)


def _asked_at(text: str, asked: Callable[[str], bool]) -> bool:
    match = _AT.match(text.strip())
    return match is not None and asked(match[1])
