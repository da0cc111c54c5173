# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bomgar.appliance.schema_info against the simulator, over HTTPS, in the forms before and after release 10.6."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.modules import schema_info
from ansible_collections.bomgar.appliance.tests.integration.checks.conftest import MakePlace
from ansible_collections.bomgar.appliance.tests.integration.checks.place import ERAS

OLD, NEW = ERAS["10.5.3"], ERAS["24.1.1"]


def test_the_forms_of_both_times_are_told(make_place: MakePlace) -> None:
    old = make_place(OLD, ended_sessions=3).run(schema_info, target="11.1.1")
    assert (old["lsid"], old["lseq"]) == ("number", False)
    assert old["namespaces"] == {"command": "", "reporting": ""}
    assert old["answer"] == {"namespace": "", "lsid": "number", "lseq": False}
    assert len(old["changes"]) == 3
    new = make_place(NEW, ended_sessions=3).run(schema_info, before=old)
    assert (new["lsid"], new["lseq"]) == ("text", True)
    assert new["answer"]["namespace"] == new["namespaces"]["reporting"] != ""
    assert new["answer"]["lsid"] == "text"
    assert len(new["differences"]) == 4
    assert new["contradictions"] == []
    assert new["problems"] == []
    assert new["differences"][-1] in new["msg"]


def test_without_a_session_the_answer_still_tells_its_namespace(make_place: MakePlace) -> None:
    result = make_place(NEW).run(schema_info)
    assert result["answer"] == {"namespace": result["namespaces"]["reporting"], "lsid": None, "lseq": None}


@pytest.mark.parametrize(("fault", "reason"), [("html", "unexpected_answer"), ("truncate", "unexpected_answer")])
def test_a_schema_that_is_none_is_a_problem_and_no_guess(make_place: MakePlace, fault: str, reason: str) -> None:
    site = make_place(NEW, ended_sessions=1)
    site.box.faults.plant(fault, path="/api/reporting.xsd", times=None)
    result = site.run(schema_info, look=False)
    assert "reporting" not in result["namespaces"]
    assert result["answer"] is None
    # From the release, which is documented.
    assert result["lsid"] == "text"
    [problem] = result["problems"]
    assert (problem["interface"], problem["reason"]) == ("reporting.xsd", reason)


def test_a_schema_that_an_answer_contradicts_is_said(make_place: MakePlace) -> None:
    site = make_place(OLD, ended_sessions=1)
    body = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x">'
        '<xs:attribute name="lsid" type="xs:string"/></xs:schema>'
    )
    site.box.faults.plant("replace", path="/api/reporting.xsd", body=body, content_type="text/xml", times=None)
    result = site.run(schema_info)
    assert (result["lsid"], result["answer"]["lsid"]) == ("text", "number")
    assert len(result["contradictions"]) == 2


def test_it_needs_an_account(make_place: MakePlace) -> None:
    site = make_place()
    site.options["api"] = {}
    result = site.run(schema_info)
    assert result["failed"]
    assert "bomgar_api_client_id" in result["msg"]


def test_a_target_that_is_no_version_is_refused(make_place: MakePlace) -> None:
    result = make_place().run(schema_info, target="newest")
    assert result["failed"]
    assert "newest" in result["msg"]
