# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML answers as data for playbooks: in both forms, hostile ones, and through Ansible's own templating."""

from __future__ import annotations

import contextlib

import pytest
from ansible.errors import AnsibleError, AnsibleFilterError
from ansible_collections.bomgar.appliance.plugins.filter.answers import FilterModule
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import answers
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.xml_data import nothing_found, xml_data
from ansible_collections.bomgar.appliance.plugins.test import answers as answer_tests
from hypothesis import given
from hypothesis import strategies as st

NS = 'xmlns="http://www.networkstreaming.com/namespaces/API"'


def test_both_forms_have_one_shape() -> None:
    old = xml_data(answers.SESSIONS.decode())["session_list"]["session"]
    assert [item["lsid"] for item in old] == ["918273", "918274"]
    assert old[0]["start_time"] == {"timestamp": "1286566039", "text": "2010-10-08T19:27:19+00:00"}
    assert old[0]["customer_list"]["customer"][0]["username"] == "Frida Vogel"
    for namespace in answers.NAMESPACES:
        new = xml_data(answers.renewed(answers.SESSIONS, namespace))["session_list"]["session"]
        for one, other in zip(old, new, strict=True):
            assert other.pop("lseq") == "4711"
            assert len(other["lsid"]) == 32
            assert {**other, "lsid": one["lsid"]} == one


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (f"<session_list {NS}><session lsid='1'/></session_list>", {"session_list": {"session": [{"lsid": "1"}]}}),
        ("<session_list/>", {"session_list": {}}),
        ("<a><b>1</b><b>2</b><c/></a>", {"a": {"b": ["1", "2"], "c": ""}}),
        ("<a x='1'>t<!-- no --><b/></a>", {"a": {"x": "1", "b": "", "text": "t"}}),
        (f"<error {NS}>No sessions found.</error>", {"error": "No sessions found."}),
        ('<?xml version="1.0" encoding="UTF-16"?><a>é</a>', {"a": "é"}),
    ],
)
def test_shapes(text: str, data: object) -> None:
    assert xml_data(text) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<!DOCTYPE html><html><body>Sign in</body></html>",
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        "<a><b></a>",
        "<a>" * 80 + "</a>" * 80,
        None,
        {"content": "<a/>"},
    ],
)
def test_what_is_no_answer_is_refused(text: object) -> None:
    with pytest.raises(BadInput):
        xml_data(text)
    with pytest.raises(AnsibleFilterError):
        FilterModule().filters()["xml_data"](text)


@given(st.text() | st.binary())
def test_nothing_makes_it_break(text: str | bytes) -> None:
    with contextlib.suppress(BadInput):
        assert isinstance(xml_data(text), dict)


def test_nothing_found_is_told_from_an_error() -> None:
    assert nothing_found(f"<error {NS}>No sessions found.</error>")
    assert not nothing_found("<error>Permission denied.</error>")
    assert not nothing_found(answers.SESSIONS)
    with pytest.raises(AnsibleError):
        answer_tests.TestModule().tests()["nothing_found"]("Sign in")
