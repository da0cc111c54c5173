# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the reports of sessions piece by piece, in constant memory, of whatever length. Sends nothing, keeps no answer.

What `xml_answer` does for small answers, this does for large ones: the same errors, names without their namespace, no
entities, no document type. A session is given flat, as texts; what lies deeper than its own elements is only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import xml_answer
from .errors import UnexpectedAnswer
from .libraries import etree, require
from .site_api import _number

#: The root of a report, and what it lists: a report itself, its listing (C-SEKOIA, C-FRODE).
ITEMS = {"session_list": "session", "session_summary_list": "session_summary"}

#: An error is a sentence; what is longer is cut.
_LONGEST_ERROR = 2000
#: What of a flat value is kept; only a chat or a log could be longer, and neither stands at this depth (C-SEKOIA).
_LONGEST_VALUE = 64 * 1024
_START = 15


@dataclass(frozen=True)
class SessionRow:
    """One session. `lsid` is a text in every release. `start`, `end`: Unix seconds of the appliance's clock, None if not told.

    `running`: it has no end yet. `values`: its attributes and elements as texts, in their order; `<name>_<attribute>` for
    attributes of its elements, `<name>_count` for how many elements one holds.
    """

    lsid: str
    start: float | None
    end: float | None
    running: bool
    values: Mapping[str, str | int]


class SessionReader:
    """Takes an answer piece by piece and gives each session to `found`, once it has been read to its end.

    `feed` and `close` raise what `xml_answer.read` raises; NothingFound is the API's way to say that there is none.
    """

    def __init__(self, what: str, found: Callable[[SessionRow], None]) -> None:
        require("lxml")
        self._what = what
        self._size = 0
        self._head = b""
        self._target = _Target(what, found)
        target: Any = self._target  # it takes texts only, as it is only given texts
        self._parser = etree.XMLParser(
            target=target,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
        )

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        self._size += len(piece)
        if len(self._head) < _START:
            self._head += piece.lstrip()[:_START] if not self._head else piece[:_START]
        try:
            self._parser.feed(piece)
        except (etree.XMLSyntaxError, ValueError) as problem:
            raise self._no_xml(problem) from problem

    def close(self) -> None:
        """The answer has ended."""
        if not self._head:
            raise _unexpected(self._what, "an empty answer")
        try:
            self._parser.close()
        except (etree.XMLSyntaxError, ValueError) as problem:
            raise self._no_xml(problem) from problem
        if self._target.error is not None:
            raise xml_answer.error(" ".join(self._target.error.split()) or "(an error without words)", self._what)

    def _no_xml(self, problem: Exception) -> UnexpectedAnswer:
        if self._head.lower().startswith((b"<!doctype html", b"<html")):
            return _unexpected(self._what, "a web page instead of XML")
        return _unexpected(self._what, f"no well-formed XML after {self._size} bytes ({str(problem)[:120]})")


@dataclass(frozen=True)
class Sample:
    """What the beginning of an answer shows. `namespace`: of its root, empty for none. `lsid`: of its first session, None if it has none.

    `lseq`: whether that session has one; None without a session, and for a listing, whose sessions are bare (C-SEKOIA).
    """

    namespace: str
    lsid: str | None = None
    lseq: bool | None = None


def sample(what: str, pieces: Iterator[bytes]) -> Sample:
    """Read an answer up to the end of its first session. Raises what `xml_answer.read` raises, but for the API's own errors."""
    require("lxml")
    parser = etree.XMLPullParser(
        ("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    root: Any = None
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            parser.feed(piece)
            element: Any
            for event, element in parser.read_events():
                if root is None:
                    root = element
                    name = xml_answer.name(root)
                    if root.getroottree().docinfo.internalDTD is not None:
                        raise _unexpected(what, "XML with a document type of its own, which this interface never has")
                    if name != "error" and name not in ITEMS:
                        raise _unexpected(what, f"an XML answer <{name}> instead of <{'> or <'.join(ITEMS)}>")
                elif event == "end" and xml_answer.name(element) == ITEMS.get(xml_answer.name(root)):
                    lseq = None if not len(element) else xml_answer.child(element, "lseq") is not None
                    return Sample(_space(root), element.get("lsid", ""), lseq)
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise _unexpected(what, f"no well-formed XML after {size} bytes ({str(problem)[:120]})") from problem
    return Sample(_space(root))


def _space(root: Any) -> str:
    return etree.QName(root).namespace or ""


def read(what: str, pieces: Iterator[bytes], found: Callable[[SessionRow], None]) -> None:
    """A whole answer."""
    reader = SessionReader(what, found)
    for piece in pieces:
        reader.feed(piece)
    reader.close()


class _Target:
    """What the parser calls; nothing of the answer stays but the session that is being read."""

    def __init__(self, what: str, found: Callable[[SessionRow], None]) -> None:
        self.error: str | None = None
        self._what = what
        self._found = found
        self._path: list[str] = []
        self._item = ""
        self._values: dict[str, str | int] = {}
        self._lsid: str | None = None
        self._name = ""
        self._text: list[str] = []
        self._length = 0
        self._inside = 0
        self._start: float | None = None
        self._end: float | None = None
        self._ended = False

    def doctype(self, *_ids: Any) -> None:
        raise _unexpected(self._what, "XML with a document type of its own, which this interface never has")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        self._path.append(name)
        depth = len(self._path)
        if name == "error" and depth <= 2 and self.error is None:
            self.error = ""
        elif depth == 1:
            if name not in ITEMS:
                raise _unexpected(self._what, f"an XML answer <{name}> instead of <{'> or <'.join(ITEMS)}>")
            self._item = ITEMS[name]
        elif depth == 2 and name == self._item:
            self._begin(attributes)
        elif depth == 3 and self._lsid is not None:
            self._name, self._text, self._length, self._inside = name, [], 0, 0
            for key, value in attributes.items():
                self._put(f"{name}_{_local(key)}", value)
            if name == "start_time":
                self._start = _number(attributes.get("timestamp"))
            elif name == "end_time":
                self._end = _number(attributes.get("timestamp"))
        elif depth == 4:
            self._inside += 1

    def data(self, text: str) -> None:
        depth = len(self._path)
        if self.error is not None and "error" in self._path[:2]:
            self.error = (self.error + text)[:_LONGEST_ERROR]
        elif depth == 3 and self._lsid is not None and self._length < _LONGEST_VALUE:
            self._text.append(text)
            self._length += len(text)

    def end(self, _tag: str) -> None:
        depth = len(self._path)
        name = self._path.pop()
        if self._lsid is None or self.error is not None:
            return
        if depth == 3:
            text = " ".join("".join(self._text).split())
            if self._inside:
                self._put(f"{self._name}_count", self._inside)
            elif text:
                self._put(self._name, text)
            if name == "end_time":
                self._ended = self._ended or bool(text) or self._end is not None
        elif depth == 2 and name == self._item:
            row = SessionRow(self._lsid, self._start, self._end, not self._ended, self._values)
            self._lsid, self._values = None, {}
            self._found(row)

    def close(self) -> None:
        return None

    def _begin(self, attributes: Mapping[str, str]) -> None:
        lsid = attributes.get("lsid", "").strip()
        if not lsid:
            raise _unexpected(self._what, "a session without an LSID")
        self._lsid, self._values = lsid, {"lsid": lsid}
        self._start = self._end = None
        self._ended = False
        for key, value in attributes.items():
            if key != "lsid":
                self._put(_local(key), value)

    def _put(self, key: str, value: str | int) -> None:
        """A second value of one name gets a number, so that none is lost."""
        number, name = 1, key
        while name in self._values:
            number += 1
            name = f"{key}_{number}"
        self._values[name] = value


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _unexpected(what: str, got: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        what, got, "Look at what answers at that address: a proxy, a portal page, or a site that is starting."
    )
