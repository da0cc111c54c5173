# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What integrations see of the API: read from XSDs of several makes, compared, foretold."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import schema
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Versions, plain
from ansible_collections.bomgar.appliance.plugins.module_utils.schema import Described, LsidForm, Schema
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
OLD, NEW = Versions(site="10.5.3", api="1.4.2"), Versions(site="10.6.1", api="1.5.0")


def read(inside: str, head: str = XS) -> Described:
    return schema.described(etree.fromstring(f"<xs:schema {head}>{inside}</xs:schema>"))


@pytest.mark.parametrize(
    ("inside", "form"),
    [
        ('<xs:attribute name="lsid" type="xs:integer"/>', LsidForm.NUMBER),
        ('<xs:attribute name="lsid" type="xs:unsignedLong"/>', LsidForm.NUMBER),
        ('<xs:attribute name="lsid" type="xs:string"/>', LsidForm.TEXT),
        ('<xs:element name="lsid" type="xs:token"/>', LsidForm.TEXT),
        ('<xs:attribute name="lsid"/>', LsidForm.UNKNOWN),
        ('<xs:attribute name="lsid" type="xs:anySimpleType"/>', LsidForm.UNKNOWN),
        ('<xs:attribute name="gsid" type="xs:string"/>', LsidForm.UNKNOWN),
        (
            (
                '<xs:attribute name="lsid"><xs:simpleType><xs:restriction base="xs:string"><xs:length value="32"/>'
                "</xs:restriction></xs:simpleType></xs:attribute>"
            ),
            LsidForm.TEXT,
        ),
        (
            (
                '<xs:simpleType name="guid"><xs:restriction base="hex"/></xs:simpleType>'
                '<xs:simpleType name="hex"><xs:restriction base="xs:hexBinary"/></xs:simpleType>'
                '<xs:complexType name="s"><xs:attribute name="lsid" type="guid"/></xs:complexType>'
            ),
            LsidForm.TEXT,
        ),
        (
            (
                '<xs:element name="lsid"><xs:complexType><xs:simpleContent><xs:extension base="xs:int"/></xs:simpleContent>'
                "</xs:complexType></xs:element>"
            ),
            LsidForm.NUMBER,
        ),
        # Two that do not agree tell nothing.
        ('<xs:attribute name="lsid" type="xs:int"/><xs:element name="lsid" type="xs:string"/>', LsidForm.UNKNOWN),
        # A type that is made of itself.
        (
            '<xs:simpleType name="a"><xs:restriction base="a"/></xs:simpleType><xs:attribute name="lsid" type="a"/>',
            LsidForm.UNKNOWN,
        ),
    ],
)
def test_the_type_of_lsid_is_read(inside: str, form: LsidForm) -> None:
    assert read(inside).lsid is form


def test_namespace_and_lseq_are_read_whatever_the_prefix() -> None:
    head = f'{XS} targetNamespace="urn:x"'
    assert read('<xs:element name="lseq" type="xs:int"/>', head) == Described("urn:x", LsidForm.UNKNOWN, True)
    assert read('<xs:element ref="t:lseq"/>').lseq
    other = etree.fromstring(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><attribute name="lsid" type="int"/></schema>'
    )
    assert schema.described(other) == Described(None, LsidForm.NUMBER, False)


@pytest.mark.parametrize(
    ("lsid", "form"),
    [
        ("1", LsidForm.NUMBER),
        (" 4711 ", LsidForm.NUMBER),
        ("c69a8e10bea9428f816cfababe9815fe", LsidForm.TEXT),
        ("12345678901234567890123456789012", LsidForm.TEXT),
        ("", LsidForm.UNKNOWN),
        ("x-1", LsidForm.UNKNOWN),
        ("٣", LsidForm.UNKNOWN),
    ],
)
def test_an_lsid_tells_its_form(lsid: str, form: LsidForm) -> None:
    assert schema.form_of(lsid) is form


@given(st.integers(0, 10**18), st.uuids())
def test_both_forms_are_told_apart(number: int, guid: object) -> None:
    assert schema.form_of(str(number)) is LsidForm.NUMBER
    assert schema.form_of(str(guid).replace("-", "")) is LsidForm.TEXT


def test_what_the_schema_does_not_tell_is_taken_from_the_release() -> None:
    blank = Described(None, LsidForm.UNKNOWN, False)
    assert schema.schema_of(None, None, Versions()) == Schema({})
    assert schema.schema_of(blank, blank, OLD) == Schema({"command": "", "reporting": ""}, LsidForm.NUMBER, False)
    assert schema.schema_of(None, blank, NEW) == Schema({"reporting": ""}, LsidForm.TEXT, True)
    # What is told goes before the release.
    told = Described("urn:x", LsidForm.TEXT, True)
    assert schema.schema_of(None, told, OLD) == Schema({"reporting": "urn:x"}, LsidForm.TEXT, True)


def test_an_answer_that_contradicts_its_schema_is_said() -> None:
    old = Schema({"reporting": ""}, LsidForm.NUMBER, False)
    assert schema.contradictions(old, "", "17", False) == []
    assert schema.contradictions(old, "", None, None) == []
    assert len(schema.contradictions(old, "urn:x", "a" * 32, True)) == 3


@pytest.mark.parametrize(
    ("versions", "target", "crossing"),
    [
        (OLD, "10.6", True),
        (OLD, "latest", True),
        (OLD, "24.1.1", True),
        (OLD, "10.5.9", False),
        (OLD, None, False),
        (NEW, "24.1.1", False),
        (Versions(), "10.6.1", None),
        (Versions(), "10.4", False),
        (Versions(site="10.5.3"), "10.6.0", True),
    ],
)
def test_the_border_is_crossed_or_not(versions: Versions, target: str | None, crossing: bool | None) -> None:
    assert schema.crosses(versions, target) is crossing


def test_what_will_change_is_foretold() -> None:
    now = Schema({"reporting": "", "command": ""}, LsidForm.NUMBER, False)
    told = schema.changes(now, OLD, "10.6.1")
    assert [sentence.partition(",")[0] for sentence in told] == [
        "LSID",
        "Sessions get an element LSEQ: a number that grows",
        "XML answers",
    ]
    assert schema.FIRST_NAMESPACE in told[2]
    assert "later releases" not in told[2]
    assert "later releases have others" in schema.changes(now, OLD, "11.1.1")[2]
    assert schema.changes(now, OLD, "10.5.3") == []
    assert schema.changes(now, OLD, None) == []
    assert len(schema.changes(Schema({"reporting": "urn:x"}, LsidForm.TEXT, True), NEW, "24.1.1")) == 1
    assert "not known" in schema.changes(Schema({}), Versions(), "24.1.1")[0]
    # Without a version, the form that is seen tells on which side of the border it is.
    assert len(schema.changes(now, Versions(), "24.1.1")) == 3


def test_two_readings_are_compared_as_far_as_both_tell() -> None:
    one = plain(Schema({"command": "", "reporting": ""}, LsidForm.NUMBER, False))
    other = plain(Schema({"command": "", "reporting": "urn:x"}, LsidForm.TEXT, True))
    assert schema.differences(one, other) == [
        "the namespace of the reporting API was none and is urn:x",
        "LSID was a number and is a text",
        "there is an LSEQ now",
    ]
    assert schema.differences(one, one) == []
    assert schema.differences(one, plain(Schema({}))) == []
    assert schema.differences({}, other) == []


def test_it_is_said_in_one_line() -> None:
    assert schema.words(Schema({})) == "LSID is unknown, whether there is an LSEQ is unknown, the namespace is unknown"
    both = Schema({"command": "", "reporting": ""}, LsidForm.NUMBER, False)
    assert schema.words(both) == "LSID is a number, there is no LSEQ, the namespace is none"
    two = Schema({"command": "urn:c", "reporting": "urn:r"}, LsidForm.TEXT, True)
    assert schema.words(two).endswith(
        "the namespace of the command API is urn:c; the namespace of the reporting API is urn:r"
    )
