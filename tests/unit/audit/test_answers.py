# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own parsers, run on answers in the old form and in the new ones: what each of them loses is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import schema
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import answers
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Kind
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from lxml import etree

READ = "import sys, xml.etree.ElementTree as E\nroot = E.fromstring(sys.stdin.buffer.read())\n"
#: By its local names: reads every form.
SOUND = READ + "for s in root.findall('.//{*}session'):\n    print(s.get('lsid'), s.find('{*}external_key').text)\n"
#: By bare names: finds nothing in a namespace.
BARE = READ + "for s in root.iter('session'):\n    print(s.get('lsid'), s.find('external_key').text)\n"
NUMBER = READ + "for s in root.findall('.//{*}session'):\n    print(int(s.get('lsid')))\n"
FIXED = READ + (
    "ns = '{http://www.networkstreaming.com/namespaces/API}'\n"
    "for s in list(root.iter('session')) + list(root.iter(ns + 'session')):\n    print(s.get('lsid'))\n"
)
NEW_ONLY = READ + (
    "ns = root.tag.partition('}')[0] + '}'\nassert ns != root.tag + '}', 'no namespace'\n"
    "for s in root.iter(ns + 'session'):\n    print(s.get('lsid').upper())\n"
)
#: Keeps what it can read as a number, and leaves the rest out in silence.
QUIET = READ + (
    "for s in root.findall('.//{*}session'):\n    n = s.get('lsid')\n    print(n if n.isdigit() else '', s.find('{*}duration').text)\n"
)
DASHES = (
    READ
    + "import uuid\nfor s in root.findall('.//{*}session'):\n    n = s.get('lsid')\n    print(n if n.isdigit() else uuid.UUID(n))\n"
)


def parser(code: str, **more: object) -> answers.Parser:
    return answers.parsers_from([{"name": "load", "command": [sys.executable, "-c", code], **more}])[0]


@pytest.mark.parametrize("code", [SOUND, NEW_ONLY, DASHES])
def test_a_sound_parser_loses_nothing(code: str) -> None:
    assert answers.tried(parser(code)) == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (BARE, "form since 10.6, it loses external_key, session lsid"),
        (NUMBER, "exits with 1 (ValueError: invalid literal for int()"),
        (QUIET, "form since 10.6, it loses session lsid"),
    ],
)
def test_what_a_parser_loses_of_every_new_form_is_named(code: str, why: str) -> None:
    [found] = answers.tried(parser(code))
    assert found.kind is Kind.PARSER_LOSES
    assert found.place.file == "load"
    assert why in found.why
    assert found.mend


def test_one_namespace_that_is_hard_coded_is_told_by_those_that_are_lost() -> None:
    [found] = answers.tried(parser(FIXED))
    assert "bomgar.com" in found.why
    assert "networkstreaming" not in found.why
    assert "from the answer itself" in found.mend


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; sys.stdin.read()", "prints none of their values"),
        ("raise SystemExit('no database')", "exits with 1 (no database)"),
    ],
)
def test_what_cannot_be_judged_is_said(code: str, why: str) -> None:
    [found] = answers.tried(parser(code))
    assert found.kind is Kind.NOT_READ
    assert why in found.why


def test_a_command_that_does_not_start_or_end_is_said() -> None:
    [gone] = answers.tried(answers.Parser("gone", ("/nowhere/parser",)))
    assert (gone.kind, "cannot be started" in gone.why) == (Kind.NOT_READ, True)
    [slow] = answers.tried(parser("import time; time.sleep(60)", timeout=0.2))
    assert (slow.kind, "did not end" in slow.why) == (Kind.NOT_READ, True)


def test_an_answer_can_come_as_a_file_and_be_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "own.xml"
    own.write_text('<session_list><session lsid="70001"><external_key>OWN-1</external_key></session></session_list>')
    by_file = BARE.replace("sys.stdin.buffer.read()", "open(sys.argv[1], 'rb').read()")
    options = {"command": [sys.executable, "-c", by_file, "{file}"], "answer": str(own)}
    [found] = answers.tried(answers.parsers_from([options])[0])
    assert "loses external_key, session lsid" in found.why


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("<a", "no well-formed XML"),
        ('<a xmlns="urn:x"/>', "it has a namespace"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "document type"),
        (None, "No such file"),
    ],
)
def test_an_answer_of_the_users_that_is_not_usable_is_refused(tmp_path: Path, text: str | None, got: str) -> None:
    own = tmp_path / "own.xml"
    if text is not None:
        own.write_text(text)
    with pytest.raises(BadInput) as refused:
        answers.tried(parser(SOUND, answer=str(own)))
    assert got in refused.value.got


def test_an_empty_command_is_refused() -> None:
    with pytest.raises(BadInput):
        answers.parsers_from([{"command": [" "]}])


def test_the_new_form_is_what_the_guide_shows() -> None:
    root = etree.fromstring(answers.renewed(answers.SESSIONS, schema.FIRST_NAMESPACE))
    assert (root.prefix, root.nsmap) == (None, {None: schema.FIRST_NAMESPACE})
    sessions = root.findall("{*}session")
    assert [schema.form_of(item.get("lsid")) for item in sessions] == [schema.LsidForm.TEXT] * 2
    assert [item.findtext("{*}lseq") for item in sessions] == ["4711", "4711"]
    assert len({item.get("lsid") for item in sessions}) == 2
    assert sessions[0].find("{*}start_time").get("timestamp") == "1286566039"
