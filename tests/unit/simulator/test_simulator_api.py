# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documented interfaces: what they tell, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.bomgar.appliance.tests.simulator import Appliance, Vendor
from ansible_collections.bomgar.appliance.tests.simulator.releases import api_version
from lxml import etree

OLD = {"site": "10.5.3"}
SEED = {"site": "11.1.1"}
MIDDLE = {"site": "19.1.8"}
NEW = {"site": "24.3.1"}


def name(element: Any) -> str:
    return str(etree.QName(element).localname)


def read(answer: requests.Response) -> Any:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=UTF-8"
    return etree.fromstring(answer.content)


def texts(root: Any, tag: str) -> list[str]:
    return [one.text for one in root.iter() if name(one) == tag]


@pytest.mark.parametrize(
    ("site", "api"),
    [("10.4.5", "1.3.2"), ("10.5.3", "1.4.2"), ("10.6.2", "1.5.0"), ("11.1.1", "1.6.0"), ("16.1.4", "1.15.0"),
     ("16.2.1", "1.15.1"), ("19.1.8", "1.19.0"), ("20.1.2", "1.19.2"), ("24.3.1", "1.24.1"), ("10.1.0", "1.0.0")],
)  # fmt: skip
def test_the_api_version_follows_from_the_site_version(site: str, api: str) -> None:
    assert api_version(site) == api


@pytest.mark.parametrize(
    ("site", "command", "reporting"),
    [
        ("10.5.3", None, None),
        ("11.1.1",) + ("http://www.networkstreaming.com/namespaces/API",) * 2,
        ("19.1.8", "http://www.bomgar.com/namespaces/API/command", "http://www.bomgar.com/namespaces/API/reporting"),
        ("18.2.1", "https://www.bomgar.com/namespaces/API/command", "https://www.bomgar.com/namespaces/API/reporting"),
        ("24.3.1", *tuple(f"https://www.beyondtrust.com/namespaces/API/{one}" for one in ("command", "reporting"))),
    ],
)
def test_namespaces_by_era(world: Any, site: str, command: str | None, reporting: str | None) -> None:
    w = world(site=site, ended_sessions=1)
    for which, expected in (("command", command), ("reporting", reporting)):
        schema = read(w.caller.get(f"/api/{which}.xsd"))
        assert schema.get("targetNamespace") == expected
        answer = w.caller.command("get_api_info") if which == "command" else w.caller.report(lsids="1", duration="0")
        assert etree.QName(read(answer)).namespace == expected


@pytest.mark.parametrize("site", ["10.5.3", "11.1.1", "19.1.8", "24.3.1"])
def test_api_info(world: Any, site: str) -> None:
    w = world(site=site, clock_skew=500.0)
    root = read(w.caller.command("get_api_info"))
    assert name(root) == "api_information"
    assert texts(root, "api_version") == [api_version(site)]
    assert len(texts(root, "company_name")) == (0 if site == "24.3.1" else 1)
    assert abs(int(texts(root, "timestamp")[0]) - w.box.shown(w.box.now)) < 5
    assert "full_access" in texts(root, "permission")


def test_health_and_appliances_of_a_single_box(world: Any) -> None:
    w = world(**MIDDLE)
    root = read(w.caller.command("check_health"))
    assert name(root) == "health_check"
    assert texts(root, "version") == [f"19.1.8 ({w.box.build})"]
    assert texts(root, "failover_role") == ["none"]
    assert texts(root, "last_data_sync_time") == []
    assert texts(read(w.caller.command("get_appliances")), "cluster_role") == ["single"]
    assert w.caller.get("/check_health").status_code == 200
    w.box.healthy = False
    assert w.caller.get("/check_health").status_code == 500
    root = read(w.caller.command("check_health"))
    assert texts(root, "success") == ["0"]
    assert texts(root, "error_message") == [w.box.problem]


def test_members_of_a_pair_and_of_a_cluster_say_so(world: Any) -> None:
    w = world(**MIDDLE, role="primary", cluster_role="traffic")
    root = read(w.caller.command("check_health"))
    assert texts(root, "failover_role") == ["primary"]
    assert len(texts(root, "last_data_sync_time")) == 1
    assert texts(read(w.caller.command("get_appliances")), "cluster_role") == ["traffic"]


@pytest.mark.parametrize("action", ["check_health", "get_appliances", "get_connected_client_list", "no_such_thing"])
def test_unknown_actions_are_errors_with_status_200(world: Any, action: str) -> None:
    w = world(**SEED)
    root = read(w.caller.command(action))
    assert (name(root), root.text) == ("error", "Invalid action")
    assert w.caller.get("/check_health").status_code == 404


def test_who_is_on(world: Any) -> None:
    w = world(**MIDDLE, sessions=2, representatives=3)
    assert len(texts(read(w.caller.command("get_logged_in_reps")), "rep")) == 3
    root = read(w.caller.command("get_connected_client_list", summary_only="1"))
    counts = {one.get("type"): one.text for one in root.iter() if name(one) == "count"}
    assert counts["representative"] == "3"
    assert counts["support_customer"] == "2"
    assert "pinned_client" in counts
    assert texts(root, "connected_client") == []
    assert len(read(w.caller.command("get_connected_clients"))) == 5
    assert name(read(w.caller.command("get_connected_client_list", type="nonsense"))[0]) == "error"


def test_changing_commands_are_counted(world: Any) -> None:
    w = world(**MIDDLE, sessions=1)
    guid = w.box.sessions[0].guid
    assert name(read(w.caller.command("set_failover_role", role="backup"))) == "error"
    assert name(read(w.caller.command("terminate_session", lsid=guid))) == "success"
    assert name(read(w.caller.command("terminate_session", lsid=guid))) == "error"
    assert [(one.name, one.accepted) for one in w.box.truth.commands] == [
        ("set_failover_role", False), ("terminate_session", True), ("terminate_session", False),
    ]  # fmt: skip


def test_permissions_are_refused_with_status_200(world: Any) -> None:
    w = world(**MIDDLE, permissions={"perm_command": "read_only", "perm_backup": "0", "perm_reporting_support": "0"})
    assert name(read(w.caller.command("check_health"))) == "health_check"
    assert name(read(w.caller.command("terminate_session", lsid="x"))) == "error"
    assert name(read(w.caller.call("/api/backup"))) == "error"
    assert name(read(w.caller.report(lsid="x"))) == "error"
    w.box.accounts.api.permissions["perm_command"] = "deny"
    assert [name(one) for one in read(w.caller.command("check_health"))] == ["error"]
    assert name(read(w.caller.command("get_api_info"))) == "api_information"


def test_the_user_era_knows_no_tokens(world: Any) -> None:
    w = world(**SEED)
    assert w.caller.get("/oauth2/token").status_code == 404
    user = w.box.accounts.api_user
    wrong = {"username": user.username, "password": "not-the-right-one"}
    assert read(w.caller.get("/api/reporting.ns", generate_report="SupportSession", **wrong)).text == "Login failed"
    answer = w.caller.get("/api/backup.ns", **wrong)
    assert (answer.status_code, answer.text) == (200, "Invalid credentials")
    user.administrator = False
    assert name(read(w.caller.command("get_api_info"))) == "api_information"


def test_the_oauth_era_refuses_users_in_the_end(world: Any) -> None:
    w = world(**NEW)
    user = w.box.accounts.api_user
    query = {"action": "get_api_info", "username": user.username, "password": user.password}
    assert w.caller.get("/api/command", **query).status_code == 401
    w.box.legacy_accounts = True
    assert w.caller.get("/api/command", **query).status_code == 200


def test_tokens_end(world: Any) -> None:
    w = world(**MIDDLE)
    first = w.caller.new_token()
    assert w.caller.get("/api/command", action="get_api_info").status_code == 401
    assert w.caller.command("get_api_info").status_code == 200
    w.clock.advance(3601)
    assert w.caller.command("get_api_info").status_code == 401
    w.caller.new_token()
    w.box.accounts.api.regenerate("another-secret-of-the-account")
    assert w.caller.command("get_api_info").status_code == 401
    second = w.caller.new_token()
    w.box.accounts.api.disable()
    assert w.caller.call("/api/command", token=second, action="get_api_info").status_code == 401
    assert first != second


def test_the_31st_token_pushes_the_oldest_out(world: Any) -> None:
    w = world(**MIDDLE)
    tokens = [w.caller.new_token() for _one in range(31)]
    codes = [w.caller.call("/api/command", token=one, action="get_api_info").status_code for one in tokens[:2]]
    assert codes == [401, 200]
    assert w.box.truth.tokens_pushed_out == 1


def test_wrong_client_secret(world: Any) -> None:
    w = world(**MIDDLE)
    answer = w.caller.session.post(
        w.caller.base + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=("x", "y"), verify=w.caller.ca
    )
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert [one.ok for one in w.box.truth.logins] == [False]


def test_multipart_is_refused(world: Any) -> None:
    w = world(**MIDDLE)
    headers = {"Authorization": f"Bearer {w.caller.new_token()}"}
    answer = w.caller.session.post(
        w.caller.base + "/api/command", files={"action": (None, "get_api_info")}, headers=headers, verify=w.caller.ca
    )
    assert name(read(answer)) == "error"


def test_the_rate_limit(world: Any) -> None:
    w = world(**MIDDLE, step=0.01)
    w.caller.new_token()
    answers = [w.caller.command("get_api_info") for _one in range(21)]
    assert [one.status_code for one in answers] == [200] * 20 + [429]
    assert answers[-1].headers["X-RateLimit-Limit"] == "15000"
    assert answers[0].headers["X-RateLimit-Remaining"] == "14999"
    w.clock.advance(1)
    assert w.caller.command("get_api_info").status_code == 200


def test_the_hourly_limit() -> None:
    box = Appliance("support.example.com", Vendor(), now=0.0)
    assert all(box.take_call("one", at * 0.1)[0] for at in range(15_000))
    assert box.take_call("one", 1500.0) == (False, 0)
    assert box.take_call("another", 1500.0)[0]
    assert box.take_call("one", 3600.0)[0]


def test_running_and_ended_sessions(world: Any) -> None:
    w = world(**SEED, sessions=1, ended_sessions=2)
    begin = str(int(w.box.shown(w.box.now)) - 7 * 86_400)
    root = read(w.caller.report(start_time=begin, duration="0"))
    assert name(root) == "session_list"
    assert len(root) == 3
    assert len(texts(root, "end_time")) == 2
    assert texts(root, "lseq") == ["1", "2", "3"]
    assert all(len(one.get("lsid")) == 32 for one in root)
    assert len(read(w.caller.report(end_time=begin, duration="0"))) == 2
    root = read(w.caller.call("/api/reporting", generate_report="SupportSessionListing", end_time=begin, duration="0"))
    assert name(root) == "session_summary_list"
    assert len(root) == 2
    lsid = w.box.sessions[0].guid
    assert [one.get("lsid") for one in read(w.caller.report(lsid=lsid))] == [lsid]


def test_sessions_had_numbers_before_10_6(world: Any) -> None:
    w = world(**OLD, sessions=1)
    root = read(w.caller.report(lsids="1,2"))
    assert [one.get("lsid") for one in root] == ["1"]
    assert texts(root, "lseq") == []


@pytest.mark.parametrize(
    "query",
    [{"start_time": "1", "end_time": "1", "duration": "0"}, {}, {"start_time": "1"}, {"lsid": "9"},
     {"start_date": "tomorrow", "duration": "1"}, {"end_time": "1", "duration": "1"}],
)  # fmt: skip
def test_wrong_or_empty_searches_are_errors_with_status_200(world: Any, query: dict[str, str]) -> None:
    w = world(**MIDDLE)
    assert name(read(w.caller.report(**query))) == "error"


def test_backups_are_the_same_bytes_again(world: Any) -> None:
    w = world(**MIDDLE, backup_size=700_001)
    first, second = w.caller.call("/api/backup"), w.caller.call("/api/backup")
    assert len(first.content) == 700_001
    assert first.content == second.content
    assert "support.example.com" in first.headers["Content-Disposition"]
    assert not first.content.startswith(b"<")
    assert w.box.truth.backups == 2
    assert w.box.truth.commands == []


def test_ground_truth_keeps_names_only(world: Any) -> None:
    w = world(**SEED)
    w.caller.command("get_api_info")
    [seen] = w.box.truth.requests
    assert sorted(seen.query) == ["action", "password", "username"]
    assert seen.role == "command get_api_info"
    assert seen.account == w.box.accounts.api_user.username
    assert w.box.accounts.api_user.password not in repr(w.box.truth)
