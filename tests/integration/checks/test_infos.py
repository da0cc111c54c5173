# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bomgar.appliance.activity_info and page_info against the simulator, over HTTPS."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.modules import activity_info, page_info
from ansible_collections.bomgar.appliance.tests.integration.checks.conftest import MakePlace
from ansible_collections.bomgar.appliance.tests.integration.checks.place import ERAS, HOST, Era
from ansible_collections.bomgar.appliance.tests.simulator import DIALECTS, driver_labels

OLD, NEW = ERAS["10.5.3"], ERAS["24.1.1"]


# -- activity_info


def test_who_works_on_the_site(make_place: MakePlace, era: Era) -> None:
    result = make_place(era, sessions=2, representatives=1, ended_sessions=3).run(activity_info)
    assert result["running"] is True
    assert len(result["sessions"]) == 2
    assert {"lsid", "session_type", "start_time", "representatives"} == set(result["sessions"][0])
    assert [person["display_name"] for person in result["representatives"]] == ["Representative 1"]
    assert result["problems"] == []
    assert result["changed"] is False


def test_nobody_works_on_the_site(make_place: MakePlace, era: Era) -> None:
    result = make_place(era).run(activity_info)
    assert (result["running"], result["sessions"], result["representatives"]) == (False, [], [])


def test_connected_clients_where_the_release_tells(make_place: MakePlace) -> None:
    assert make_place(NEW, representatives=3).run(activity_info)["connected_clients"]["representative"] == 3
    assert make_place(OLD, representatives=3).run(activity_info)["connected_clients"] is None


def test_one_interface_that_fails_does_not_hide_the_others(make_place: MakePlace) -> None:
    site = make_place(representatives=1)
    site.box.faults.plant("html", path="/api/reporting", times=None)
    result = site.run(activity_info)
    assert result["sessions"] is None
    assert len(result["representatives"]) == 1
    [problem] = result["problems"]
    assert problem["interface"] == "reporting"
    assert problem["message"].endswith("bytes)")
    assert problem["remedy"].startswith("Look at what answers")


def test_what_nobody_can_tell_is_not_none(make_place: MakePlace) -> None:
    site = make_place(permissions={"perm_command": "deny", "perm_reporting_support": "0"})
    result = site.run(activity_info)
    assert result["running"] is None
    assert result["problems"]


REP = '<rep id="1"><display_name>Ada</display_name>{}</rep>'
REPS = {
    "without a count": (REP.format(""), None),
    "with an empty count": (REP.format("<support_session_count/>"), None),
    "one without a count": (REP.format("<support_session_count>0</support_session_count>") + REP.format(""), None),
    "one with a session": (REP.format("<support_session_count>1</support_session_count>") + REP.format(""), True),
    "in no session": (REP.format("<support_session_count>0</support_session_count>"), False),
}


@pytest.mark.parametrize("case", REPS)
def test_sessions_that_are_not_counted_are_not_none(make_place: MakePlace, era: Era, case: str) -> None:
    site = make_place(era)
    inside, running = REPS[case]
    site.box.faults.plant("html", role="report *", times=None)
    reps = f"<logged_in_reps>{inside}</logged_in_reps>"
    site.box.faults.plant("replace", role="command get_logged_in_reps", times=None, body=reps, content_type="text/xml")
    clients = "<connected_client_list/>"
    if era is NEW:
        site.box.faults.plant(
            "replace", role="command get_connected_client_list", times=None, body=clients, content_type="text/xml"
        )
    result = site.run(activity_info)
    assert result["running"] is running
    assert result["connected_clients"] is None
    untold = {item["interface"]: item["message"] for item in result["untold"]}
    assert "web page instead of XML" in untold["reporting"]
    assert ("summary" if era is NEW else "this release does not have") in untold["get_connected_client_list"]
    assert ("get_logged_in_reps" in untold) is (running is None)


def test_a_summary_that_leaves_the_customers_out_tells_nothing_of_them(make_place: MakePlace) -> None:
    site = make_place(NEW, permissions={"perm_reporting_support": "0"}, representatives=0)
    body = (
        '<connected_client_list><connected_client_summary><appliance_summary id="1"><count type="push_agent">3</count>'
    )
    body += "</appliance_summary></connected_client_summary></connected_client_list>"
    for role, answer in (("get_connected_client_list", body), ("get_logged_in_reps", "<html/>")):
        site.box.faults.plant("replace", role=f"command {role}", times=None, body=answer, content_type="text/xml")
    result = site.run(activity_info)
    assert (result["running"], result["connected_clients"]) == (None, {"push_agent": 3})
    assert len(result["untold"]) == 3


@pytest.mark.parametrize("body", ["<error>No sessions found</error>", "<session_list/>"])
def test_no_session_of_the_one_product_is_not_none_of_the_other(make_place: MakePlace, body: str) -> None:
    site = make_place(NEW, product="PRA", sessions=1)
    site.box.faults.plant("replace", role="report SupportSession", times=None, body=body, content_type="text/xml")
    result = site.run(activity_info)
    assert len(result["sessions"]) == 1


@pytest.mark.parametrize("options", [{"api": {}}, {"driver": "web"}])
def test_only_the_api_tells_it(make_place: MakePlace, options: dict[str, Any]) -> None:
    site = make_place()
    site.options = options
    result = site.run(activity_info)
    assert result["failed"] is True
    assert "api.client_id" in result["msg"]
    assert site.box.truth.requests == []


def test_a_site_that_is_down_fails_with_words(make_place: MakePlace) -> None:
    site = make_place()
    site.box.faults.plant("refuse", times=None)
    result = site.run(activity_info)
    assert (result["failed"], result["error"]["reason"]) == (True, "unreachable")


# -- page_info


def test_the_pages_are_recognised(make_place: MakePlace, era: Era) -> None:
    site = make_place(era)
    result = site.run(page_info)
    assert result["recognised"] is True, result["missing"]
    assert result["missing"] == []
    names = [page["page"] for page in result["pages"]]
    assert "appliance basics" in names
    assert "appliance updates" in names
    assert "login software" in names
    assert all(page["recognised"] for page in result["pages"])
    assert site.logins("appliance") == [True]
    assert site.logins("login") == [True]


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"unknown"}))
def test_the_pages_of_every_dialect_are_recognised(make_place: MakePlace, dialect: str) -> None:
    result = make_place(OLD, dialect=dialect).run(page_info)
    assert result["recognised"] is True, result["missing"]


def test_the_sketch_tells_nothing_of_the_site(make_place: MakePlace, era: Era) -> None:
    site = make_place(era)
    sketch = site.run(page_info)["sketch"]
    accounts = site.box.accounts
    for word in (
        HOST,
        "127.0.0.1",
        site.box.serial,
        site.box.base,
        site.box.site,
        accounts.appliance.username,
        accounts.login.username,
    ):
        assert word not in sketch
    assert "appliance updates\n" in sketch
    assert "form" in sketch


def test_the_labels_are_there_to_be_extended(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"labels": {"updates.check": ["Have a look for newer ones"]}}
    labels = site.run(page_info)["labels"]
    assert "Have a look for newer ones" in labels["updates.check"]
    assert labels["updates.check"][0] == "Check for Updates"
    assert {"updates.install", "login.submit", "menu.updates"} <= set(labels)


def test_an_unknown_label_is_refused(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"labels": {"updates.chek": ["Check"]}}
    result = site.run(page_info)
    assert result["failed"] is True
    assert "updates.check" in result["msg"]
    assert site.box.truth.requests == []


def test_what_is_missing_is_named(make_place: MakePlace) -> None:
    site = make_place(dialect="unknown")
    site.options = {"login": {}}
    result = site.run(page_info)
    assert result["recognised"] is False
    assert any("log in" in text for text in result["missing"])
    assert all(len(text) < 200 for text in result["missing"])
    assert "log in on appliance login" in result["msg"]
    assert result["sketch"]


def test_labels_make_an_unknown_language_known(make_place: MakePlace) -> None:
    site = make_place(dialect="unknown")
    site.options = {"login": {}, "labels": driver_labels("xx")}
    result = site.run(page_info)
    assert result["recognised"] is True, result["missing"]


def test_only_one_area(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"login": {}}
    result = site.run(page_info)
    assert result["recognised"] is True
    assert not any(page["page"].startswith("login") for page in result["pages"])
    assert site.logins("login") == []


@pytest.mark.parametrize("options", [{"login": {}, "appliance": {}}, {"driver": "api"}])
def test_without_an_account_there_is_nothing_to_look_at(make_place: MakePlace, options: dict[str, Any]) -> None:
    site = make_place()
    site.options = options
    result = site.run(page_info)
    assert result["failed"] is True
    assert "bomgar_appliance_username" in result["msg"]
    assert site.box.truth.requests == []


def test_a_wrong_password_is_sent_once(make_place: MakePlace) -> None:
    site = make_place(lockout_after=2)
    site.options = {"appliance": {"username": site.box.accounts.appliance.username, "password": "not-that-one-at-all"}}
    result = site.run(page_info)
    assert (result["failed"], result["error"]["reason"]) == (True, "authentication")
    assert site.logins("appliance") == [False]


def test_check_mode_is_the_same(make_place: MakePlace) -> None:
    site = make_place()
    assert site.run(page_info, check_mode=True)["recognised"] is True


def test_the_pages_of_a_pair_need_an_account_of_login(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"login": {}}
    result = site.run(page_info, failover=True)
    assert (result["failed"], result["error"]["reason"]) == (True, "bad_input")
    assert "bomgar_login_username" in result["msg"]
    assert site.box.truth.requests == []
