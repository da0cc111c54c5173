# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the XML of the APIs: errors with status 200, namespaces of every era, and what is no such answer at all."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import xml_answer
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    NothingFound,
    NotSupported,
    PermissionRefused,
    Refused,
    UnexpectedAnswer,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer
from ansible_collections.bomgar.appliance.tests.simulator.faults import ENTITY_BOMB
from ansible_collections.bomgar.appliance.tests.unit.clients.fake_sender import xml
from hypothesis import given
from hypothesis import strategies as st

#: Fact sheet 5.1, and none.
NAMESPACES = [
    "",
    "http://www.networkstreaming.com/namespaces/API",
    "http://www.bomgar.com/namespaces/API/command",
    "https://www.bomgar.com/namespaces/API/command",
    "https://www.beyondtrust.com/namespaces/API/command",
    "http://www.beyondtrust.com/sra/namespaces/API/reporting",
]


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("prefix", ["", "ns1:"])
def test_names_count_without_their_namespace(namespace: str, prefix: str) -> None:
    if prefix and not namespace:
        return
    declared = f' xmlns{":ns1" if prefix else ""}="{namespace}"' if namespace else ""
    root = xml_answer.read(
        xml(f'<{prefix}root{declared}><{prefix}a id="1"> x\n y </{prefix}a><{prefix}b/></{prefix}root>'), "ask", "root"
    )
    assert xml_answer.name(root) == "root"
    assert xml_answer.text(root, "a") == "x y"
    assert xml_answer.text(root, "b") is None
    assert xml_answer.text(root, "c") is None
    assert [item.get("id") for item in xml_answer.children(root, "a")] == ["1"]


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("form", ["<error{}>{{}}</error>", "<root{}><error>{{}}</error></root>"])
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Login failed", AuthenticationRefused),
        ("Invalid credentials", AuthenticationRefused),
        ("Your account is locked", AuthenticationRefused),
        ("Invalid action", NotSupported),
        ("This account is not allowed to use this command.", PermissionRefused),
        ("You do not have permission", PermissionRefused),
        ("No archives found for the given search criteria.", NothingFound),
        ("No sessions matched", NothingFound),
        ("No widgets were found", NothingFound),
        ("The moon is in the wrong place", Refused),
        ("", Refused),
    ],
)
def test_errors_with_status_200(namespace: str, form: str, words: str, kind: type[Refused]) -> None:
    declared = f' xmlns="{namespace}"' if namespace else ""
    with pytest.raises(Refused) as caught:
        xml_answer.read(xml(form.format(declared).format(words)), "ask", "root")
    assert caught.value.__class__ is kind
    assert words in str(caught.value)
    assert caught.value.remedy


def test_an_error_deeper_down_is_part_of_the_answer() -> None:
    root = xml_answer.read(xml("<root><item><error>once upon a time</error></item></root>"), "ask", "root")
    assert xml_answer.error_text(root) is None


@pytest.mark.parametrize(
    "answer",
    [
        xml(""),
        xml("  \n"),
        xml("<root><a>"),
        xml("<root></wrong>"),
        xml("<root>&unknown;</root>"),
        xml("<other/>"),
        xml("Invalid something"),
        xml("<!DOCTYPE html><html><body>portal</body></html>"),
        xml("<html><body>portal</body></html>"),
        xml("<root/>", media_type="text/html"),
        xml(ENTITY_BOMB),
        xml('<!DOCTYPE root [<!ENTITY x SYSTEM "file:///etc/hostname">]><root>&x;</root>'),
        xml('<!DOCTYPE root SYSTEM "http://192.0.2.1/x.dtd"><root/>'),
        xml(b"\xff\xfe\x00\x00"),
        xml("<root>\x00</root>"),
        xml('<?xml version="1.0" encoding="no-such"?><root/>'),
        xml("<root>ü</root>".encode("latin-1")),
    ],
    ids=lambda answer: repr(answer.body[:40]),
)
def test_what_is_no_such_answer(answer: Answer) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        xml_answer.read(answer, "ask", "root")
    assert "look at what answers" in caught.value.remedy.lower()
    assert len(str(caught.value)) < 500


def test_a_bomb_is_never_unfolded() -> None:
    with pytest.raises(UnexpectedAnswer):
        xml_answer.read(xml(ENTITY_BOMB), "ask", "answer")


def test_depth_has_an_end() -> None:
    with pytest.raises(UnexpectedAnswer):
        xml_answer.read(xml("<root>" + "<a>" * 100_000), "ask", "root")


pieces = st.sampled_from(
    [
        b"<root>",
        b"</root>",
        b"<error>",
        b"</error>",
        b"<!DOCTYPE x [",
        b"]>",
        b"&x;",
        b"<?xml ",
        b"?>",
        b"\x00",
        b"<!--",
    ]
)


@given(
    st.one_of(st.binary(max_size=200), st.lists(st.one_of(pieces, st.binary(max_size=5)), max_size=20).map(b"".join))
)
def test_whatever_comes_only_our_errors_are_raised(body: bytes) -> None:
    try:
        root = xml_answer.read(xml(body), "ask", "root")
    except BomgarError:
        return
    assert xml_answer.name(root) == "root"


@given(st.text(max_size=100))
def test_whatever_an_error_says_it_is_a_refusal(words: str) -> None:
    error = xml_answer.error(words, "ask")
    assert isinstance(error, Refused)
    assert repr(words) in str(error)
