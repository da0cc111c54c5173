# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the user's own parser on an answer in the old form and on the same answer in the new ones, and tells what it loses.

What a parser makes of an answer is its own business. Only this is looked at: each value of the old answer that it prints, it
must print of a new one, too. A value that it reshapes (a time, say) is not printed as it stands, so nothing is said of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import xml_answer
from ..errors import BadInput
from ..libraries import etree, require
from ..schema import FIRST_NAMESPACE, LsidForm, form_of
from .findings import Finding, Kind, Place

#: What stands for the path of the answer in a command; without it the answer comes on standard input.
FILE = "{file}"
#: The namespaces of a session report that were documented or seen (appliance facts: seed, D-RS-API, C-SEKOIA), oldest first.
NAMESPACES = (
    FIRST_NAMESPACE,
    "http://www.bomgar.com/namespaces/API/reporting",
    "https://www.beyondtrust.com/namespaces/API/reporting",
    "http://www.beyondtrust.com/sra/namespaces/API/reporting",
)
#: Where a value stands in an answer: names from the root on, numbered among siblings of the same name.
Spot = tuple[str, ...]
_TOLD = 160
_NAMES = 8

#: A session report as release 10.5 gives it (seed, C-SEKOIA), with values that occur once.
SESSIONS = b"""<?xml version="1.0" encoding="UTF-8"?>
<session_list>
 <session lsid="918273">
  <session_type>support</session_type>
  <start_time timestamp="1286566039">2010-10-08T19:27:19+00:00</start_time>
  <end_time timestamp="1286566962">2010-10-08T19:42:42+00:00</end_time>
  <duration>00:15:23</duration>
  <external_key>TICKET-40817</external_key>
  <file_transfer_count>37</file_transfer_count>
  <customer_list><customer gsnumber="5551"><username>Frida Vogel</username><hostname>PC-FRIDA-7</hostname></customer></customer_list>
  <rep_list><representative gsnumber="5552" id="61"><username>ada.q</username><display_name>Ada Quist</display_name></representative></rep_list>
 </session>
 <session lsid="918274">
  <session_type>support</session_type>
  <start_time timestamp="1286567111">2010-10-08T19:45:11+00:00</start_time>
  <end_time timestamp="1286567893">2010-10-08T19:58:13+00:00</end_time>
  <duration>00:13:02</duration>
  <external_key>TICKET-40818</external_key>
  <file_transfer_count>38</file_transfer_count>
  <customer_list><customer gsnumber="5553"><username>Omar Reyes</username><hostname>PC-OMAR-9</hostname></customer></customer_list>
  <rep_list><representative gsnumber="5554" id="62"><username>noor.z</username><display_name>Noor Zaki</display_name></representative></rep_list>
 </session>
</session_list>
"""


@dataclass(frozen=True)
class Parser:
    """A command of the user's (no shell), with FILE in it or not; `answer`: a file of theirs in the old form, else SESSIONS."""

    name: str
    command: tuple[str, ...]
    timeout: float = 60.0
    answer: Path | None = None


@dataclass(frozen=True)
class Ran:
    """How one run ended. `code`: None if it could not be started or took too long; `words`: the end of what it said."""

    code: int | None
    output: str
    words: str


def parsers_from(options: Sequence[Mapping[str, Any]]) -> tuple[Parser, ...]:
    """The option `parsers`. BadInput for an empty command."""
    found = []
    for number, option in enumerate(options, 1):
        command = tuple(str(part) for part in option["command"])
        if not command or not command[0].strip():
            raise BadInput(
                f"read parser {number}", "its command is empty", "Give it as a list, as [python3, load.py, '{file}']."
            )
        found.append(
            Parser(
                str(option.get("name") or command[-1 if len(command) > 1 and FILE not in command[-1] else 0]),
                command,
                float(option.get("timeout") or 60.0),
                Path(option["answer"]).expanduser() if option.get("answer") else None,
            )
        )
    return tuple(found)


def tried(parser: Parser) -> list[Finding]:
    """Run it on the old form and on every new one, and compare what it prints. BadInput if the user's own answer is not usable.

    What it prints of one form it has to print of each new one; that it does not read the old form is no loss.
    """
    place = Place(file=parser.name)
    old = _old_form(parser)
    answers = {space: renewed(old, space) if space else old for space in ("", *NAMESPACES)}
    ran = {}
    for space, answer in answers.items():
        ran[space] = _run(parser, answer)
        if ran[space].code is None:
            return [Finding(place, Kind.NOT_READ, f"it {ran[space].words}", "Correct the command, or its timeout.")]
    printed = {space: _printed(answers[space], one.output) if one.code == 0 else set() for space, one in ran.items()}
    wanted = set().union(*printed.values())
    if not wanted:
        how = f"it exits with {ran[''].code} ({ran[''].words})" if ran[""].code else "it prints none of their values"
        return [
            Finding(
                place,
                Kind.NOT_READ,
                f"it cannot be judged: of answers in the old form and in the new ones {how}",
                "Give a command that reads one answer of the API and prints what it reads; with answer, one of your own.",
            )
        ]
    lost: dict[str, list[str]] = {}
    for space in NAMESPACES:
        words = _loss(ran[space], wanted - printed[space])
        if words:
            lost.setdefault(words, []).append(space)
    return [_finding(place, words, spaces) for words, spaces in lost.items()]


def _loss(ran: Ran, gone: set[Spot]) -> str:
    if ran.code != 0:
        return f"exits with {ran.code} ({ran.words})"
    names = sorted({_element(path) for path in gone})
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"loses {', '.join(names[:_NAMES])}{more}" if names else ""


def _finding(place: Place, words: str, spaces: Sequence[str]) -> Finding:
    if len(spaces) == len(NAMESPACES):
        return Finding(
            place,
            Kind.PARSER_LOSES,
            f"given an answer in the form since 10.6, it {words}",
            "Read LSIDs as texts, and find elements by their local name or by the namespace that the answer itself has.",
        )
    return Finding(
        place,
        Kind.PARSER_LOSES,
        f"given an answer with the namespace {' or '.join(spaces)}, it {words}",
        "Take the namespace from the answer itself: it changed several times.",
    )


def renewed(old: bytes, namespace: str) -> bytes:
    """An answer in the old form as a release since 10.6 gives it: a namespace, LSIDs of 32 digits, an LSEQ in each session.

    All sessions have the same LSEQ, since it is not unique (documented: seed).
    """
    answer: bytes = etree.tostring(_in_namespace(_parsed(old), namespace, None), xml_declaration=True, encoding="UTF-8")
    return answer


def _in_namespace(old: Any, namespace: str, parent: Any) -> Any:
    local = xml_answer.name(old)
    tag = f"{{{namespace}}}{local}"
    spaces: dict[Any, str] = {None: namespace}  # lxml's word for the default one
    made = etree.Element(tag, nsmap=spaces) if parent is None else etree.SubElement(parent, tag)
    for key, value in old.attrib.items():
        made.set(key, _guid(value) if key.endswith("lsid") and form_of(value) is LsidForm.NUMBER else value)
    made.text, made.tail = old.text, old.tail
    if local.endswith("lsid") and form_of(old.text or "") is LsidForm.NUMBER:
        made.text = _guid(old.text)
    for child in old:
        if isinstance(child.tag, str):
            _in_namespace(child, namespace, made)
    if local == "session":
        lseq = etree.Element(f"{{{namespace}}}lseq")
        lseq.text = "4711"
        made.insert(1, lseq)
    return made


def _guid(lsid: str) -> str:
    return hashlib.md5(lsid.strip().encode(), usedforsecurity=False).hexdigest()


def _old_form(parser: Parser) -> bytes:
    if parser.answer is None:
        return SESSIONS
    what = f"read the answer {parser.answer} for the parser {parser.name}"
    try:
        old = parser.answer.read_bytes()
        root = _parsed(old)
    except OSError as error:
        raise BadInput(what, error.strerror or str(error), "Correct its path.") from error
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(
            what, f"it is no well-formed XML ({str(error)[:120]})", "Give an answer as the API gave it."
        ) from error
    if etree.QName(root).namespace:
        raise BadInput(
            what,
            "it has a namespace, so it is of a release since 10.6",
            "Give one of before; the new form is made of it. Or leave answer out.",
        )
    return old


def _parsed(text: bytes) -> Any:
    require("lxml")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    root = etree.fromstring(text, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("it has a document type of its own")
    return root


def _printed(answer: bytes, output: str) -> set[Spot]:
    """Where in the answer the values stand that occur in the output, as whole words; dashes and case of an LSID do not count."""
    words = set(re.findall(r"\w+", output.casefold()))
    plain = output.casefold()
    joined = set(re.findall(r"\w+", plain.replace("-", "")))
    return {
        path
        for path, value in _values(_parsed(answer))
        if (value in words if value.isalnum() else value in plain) or (len(value) == 32 and value in joined)
    }


def _values(root: Any) -> Iterator[tuple[Spot, str]]:
    """Every value with its place: names, numbered among their siblings of the same name. LSEQ is new, so nobody prints it."""
    stack: list[tuple[Any, Spot]] = [(root, (xml_answer.name(root),))]
    while stack:
        item, path = stack.pop()
        for name, value in item.attrib.items():
            yield (*path, f"@{name}"), value.strip().casefold()
        text = (item.text or "").strip().casefold()
        if text and xml_answer.name(item) != "lseq":
            yield path, text
        seen: dict[str, int] = {}
        for child in item:
            if isinstance(child.tag, str):
                name = xml_answer.name(child)
                seen[name] = seen.get(name, 0) + 1
                stack.append((child, (*path, f"{name}[{seen[name]}]")))


def _element(path: Spot) -> str:
    """What a person calls it: the attribute or element without its number."""
    last = path[-1].partition("[")[0]
    return f"{path[-2].partition('[')[0]} {last[1:]}" if last.startswith("@") and len(path) > 1 else last


def _run(parser: Parser, answer: bytes) -> Ran:
    with contextlib.ExitStack() as stack:
        command = list(parser.command)
        if any(FILE in part for part in command):
            file = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".xml"))
            file.write(answer)
            file.flush()
            command = [part.replace(FILE, file.name) for part in command]
        try:
            # The command is the user's own, and no shell reads it. There is no AnsibleModule in the controller's process.
            done = subprocess.run(  # noqa: S603 # pylint: disable=ansible-bad-function
                command, input=answer, capture_output=True, timeout=parser.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return Ran(None, "", f"did not end within {parser.timeout:.0f} s")
        except (OSError, ValueError) as error:
            return Ran(None, "", f"cannot be started ({getattr(error, 'strerror', None) or error})")
    complaint = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
    return Ran(
        done.returncode, done.stdout.decode("utf-8", "replace"), complaint[-1][:_TOLD] if complaint else "says nothing"
    )
