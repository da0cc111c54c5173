# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command API, its accounts and the open health page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.connect import Appliance
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    NotSupported,
    PermissionRefused,
    RateLimited,
    ServiceDown,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import ClusterRole, Credentials, Role
from ansible_collections.bomgar.appliance.plugins.module_utils.observe import Observer
from ansible_collections.bomgar.appliance.plugins.module_utils.site_api import (
    CommandApi,
    HealthProbe,
    OAuth,
    UserPassword,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request
from ansible_collections.bomgar.appliance.tests.unit.clients.fake_sender import FakeSender, Reply, status, token, xml

SECRET = "a-long-secret-that-must-not-show"
INFO = xml("<api_information><api_version>1.19.0</api_version></api_information>")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def oauth(sender: FakeSender, clock: Clock | None = None) -> CommandApi:
    clock = clock or Clock()
    return CommandApi(sender, OAuth(sender, Credentials("client", SECRET), clock), clock.sleep)


def user(sender: FakeSender, clock: Clock | None = None) -> CommandApi:
    clock = clock or Clock()
    return CommandApi(sender, UserPassword(Credentials("me", SECRET)), clock.sleep)


class TestOAuth:
    """Tokens (D-RS-AUTH)."""

    def test_one_token_serves_until_it_expires(self) -> None:
        sender, clock = FakeSender(api=[INFO], token=[token("t1"), token("t2")]), Clock()
        api = oauth(sender, clock)
        for _call in range(3):
            api.get_api_info()
        clock.now += 3600 - 61
        api.get_api_info()
        assert sender.paths().count("/oauth2/token") == 1
        clock.now += 2
        api.get_api_info()
        assert sender.paths().count("/oauth2/token") == 2
        assert sender.requests[-1].headers["Authorization"] == "Bearer t2"

    def test_how_it_is_asked_for(self) -> None:
        sender = FakeSender(api=[INFO], token=[token()])
        oauth(sender).get_api_info()
        asked, used = sender.requests
        assert (asked.method, asked.form, asked.basic) == (
            "POST",
            (("grant_type", "client_credentials"),),
            ("client", SECRET),
        )
        assert not asked.command
        assert used.headers == {"Authorization": "Bearer t1"}
        assert SECRET not in repr(sender.requests) + str(used)

    def test_a_token_that_was_pushed_out_is_replaced_once(self) -> None:
        sender = FakeSender(api=[status(401), INFO], token=[token("t1"), token("t2")])
        assert oauth(sender).get_api_info().api_version == "1.19.0"
        assert [request.headers.get("Authorization") for request in sender.requests] == [
            None,
            "Bearer t1",
            None,
            "Bearer t2",
        ]

    def test_and_no_more_than_once(self) -> None:
        sender = FakeSender(api=[status(401)], token=[token()])
        api = oauth(sender)
        with pytest.raises(AuthenticationRefused):
            api.get_api_info()
        assert len(sender.requests) == 4
        with pytest.raises(AuthenticationRefused):
            api.check_health()
        assert len(sender.requests) == 4, "a refused account is not tried again, whatever is asked for"

    @pytest.mark.parametrize("code", [400, 401, 403])
    def test_a_refused_account_is_refused_for_good(self, code: int) -> None:
        sender = FakeSender(api=[INFO], token=[status(code)])
        api = oauth(sender)
        for ask in (api.get_api_info, api.check_health, api.get_logged_in_reps):
            with pytest.raises(AuthenticationRefused) as caught:
                ask()
            assert SECRET not in str(caught.value)
        assert sender.paths() == ["/oauth2/token"]

    def test_releases_without_it(self) -> None:
        with pytest.raises(NotSupported, match="bomgar_api_username"):
            oauth(FakeSender(api=[INFO], token=[status(404)])).get_api_info()

    @pytest.mark.parametrize(
        "answer",
        [
            status(200),
            Answer(200, {"content-type": "application/json"}, b"", "https://x"),
            Answer(200, {"content-type": "application/json"}, b"[]", "https://x"),
            Answer(200, {"content-type": "application/json"}, b'"text"', "https://x"),
            Answer(200, {"content-type": "application/json"}, b"{}", "https://x"),
            Answer(200, {"content-type": "application/json"}, b"\xff", "https://x"),
            token(expires_in="soon"),
            token(expires_in=None),
            status(302),
        ],
        ids=repr,
    )
    def test_what_is_no_token(self, answer: Answer) -> None:
        with pytest.raises(UnexpectedAnswer, match="oauth2/token"):
            oauth(FakeSender(api=[INFO], token=[answer])).get_api_info()

    @pytest.mark.parametrize("name", [None, "", "two\r\nlines", {"a": 1}])
    def test_a_token_that_is_none(self, name: Any) -> None:
        with pytest.raises(UnexpectedAnswer):
            oauth(FakeSender(api=[INFO], token=[token(name)])).get_api_info()

    def test_while_the_site_is_down_so_is_the_endpoint(self) -> None:
        down = ServiceDown("get", "HTTP status 503", "Later.")
        sender = FakeSender(api=[INFO], token=[down, token()])
        api = oauth(sender)
        with pytest.raises(Unreachable):
            api.get_api_info()
        assert api.get_api_info().api_version == "1.19.0", "that was no refusal"


class TestUserPassword:
    """Before 16.2 (D-BG-CMD-OLD)."""

    def test_goes_in_the_body_and_never_in_the_url(self) -> None:
        sender = FakeSender(api=[INFO])
        user(sender).get_api_info()
        [request] = sender.requests
        assert (request.method, dict(request.query)) == ("POST", {})
        assert request.form == (("action", "get_api_info"), ("username", "me"), ("password", SECRET))
        assert SECRET not in repr(request)

    @pytest.mark.parametrize("reply", [xml("<error>Login failed</error>"), status(401), status(403)])
    def test_refused_it_is_not_tried_again(self, reply: Answer) -> None:
        sender = FakeSender(api=[reply, INFO])
        api = user(sender)
        for _call in range(3):
            with pytest.raises(AuthenticationRefused) as caught:
                api.get_api_info()
            assert SECRET not in str(caught.value)
        assert len(sender.requests) == 1

    def test_not_by_any_other_reading_of_the_same_appliance(self, monkeypatch: pytest.MonkeyPatch) -> None:
        appliance = Appliance(
            {"url": "https://x", "driver": "api", "api": {"username": "me", "password": SECRET}}, clock=Clock()
        )
        sender = FakeSender(api=[xml("<error>Login failed</error>")])
        monkeypatch.setattr(Appliance, "api_transport", sender)
        observer = Observer(appliance, Clock())
        observer.facts()
        observer.activity()
        assert len(sender.requests) == 1
        assert {problem.reason for problem in observer.problems} == {"authentication"}
        Observer(appliance, Clock()).facts()
        assert len(sender.requests) == 1


class TestAddresses:
    """`.ns` (C-SNOW, C-HORNBILL), and none at all."""

    def test_the_old_suffix_is_tried_once_and_kept(self) -> None:
        sender = FakeSender(api=[])
        sender.judge = lambda request: INFO if request.path.endswith(".ns") else status(404)
        api = user(sender)
        api.get_api_info()
        api.get_api_info()
        assert sender.paths() == ["/api/command", "/api/command.ns", "/api/command.ns"]

    def test_neither_is_there(self) -> None:
        sender = FakeSender(api=[status(404)])
        api = user(sender)
        for _call in range(2):
            with pytest.raises(NotSupported, match="XML API is enabled"):
                api.get_api_info()
        assert sender.paths()[:2] == ["/api/command", "/api/command.ns"]


class TestLimits:
    """429 (C-SEKOIA)."""

    @pytest.mark.parametrize(
        ("header", "pause"), [({}, 1.0), ({"retry-after": "7"}, 7.0), ({"retry-after": "900"}, 30.0)]
    )
    def test_is_waited_out(self, header: dict[str, str], pause: float) -> None:
        clock = Clock()
        sender = FakeSender(api=[status(429, **header), INFO], token=[token()])
        assert oauth(sender, clock).get_api_info().api_version == "1.19.0"
        assert clock.pauses == [pause]

    @pytest.mark.parametrize("header", ["-5", "Wed, 21 Oct 2026 07:28:00 GMT", "nan", "inf", "0"])
    def test_a_header_that_makes_no_sense_is_a_second_or_so(self, header: str) -> None:
        clock = Clock()
        sender = FakeSender(api=[status(429, **{"retry-after": header}), INFO], token=[token()])
        oauth(sender, clock).get_api_info()
        assert all(0 <= pause <= 30 for pause in clock.pauses)

    def test_has_an_end(self) -> None:
        clock = Clock()
        sender = FakeSender(api=[status(429)], token=[token()])
        with pytest.raises(RateLimited):
            oauth(sender, clock).get_api_info()
        assert sender.paths().count("/api/command") == 3
        assert len(clock.pauses) == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (xml("<error>Invalid action</error>"), NotSupported),
        (xml("<health_check><error>This account may not use it</error></health_check>"), PermissionRefused),
        (status(302), UnexpectedAnswer),
        (status(200), UnexpectedAnswer),
        (status(418), UnexpectedAnswer),
        (Unreachable("ask", "no connection", "Look."), Unreachable),
    ],
)
def test_what_else_can_come_back(reply: Reply, kind: type[BomgarError]) -> None:
    sender = FakeSender(api=[reply])
    api = user(sender)
    with pytest.raises(BomgarError) as caught:
        api.check_health()
    assert caught.value.__class__ is kind
    assert len(sender.requests) == 1


class TestReading:
    """The answers, as recorded or documented."""

    def ask(self, body: str) -> CommandApi:
        return user(FakeSender(api=[xml(body)]))

    def test_get_api_info(self) -> None:
        info = self.ask(
            "<api_information xmlns='urn:x'><api_version>1.19.0</api_version><timestamp>1700000000</timestamp>"
            "<permissions><permission name='perm_command'>read_only</permission>"
            "<permission name='perm_backup'>1</permission><permission name='perm_scim'>0</permission></permissions>"
            "</api_information>"
        ).get_api_info()
        assert (info.timestamp, info.company_name) == (1700000000.0, None)
        assert [info.allows(name) for name in ("perm_command", "perm_backup", "perm_scim", "perm_new")] == [
            True,
            True,
            False,
            False,
        ]

    def test_check_health(self) -> None:
        health = self.ask(
            "<health_check><appliance id='ab12'>box.local</appliance><version>19.1.8 (12345-abc)</version>"
            "<success>0</success><error_message>Disk full</error_message><failover_role>primary</failover_role>"
            "<enabled_shared_ips><ip>192.0.2.1</ip><ip>192.0.2.2</ip></enabled_shared_ips>"
            "<last_data_sync_time ts='1700000000'>2023-11-14T22:13:20+00:00</last_data_sync_time>"
            "<last_data_sync_status>Success</last_data_sync_status></health_check>"
        ).check_health()
        assert (health.host_name, health.appliance_id, health.version, health.build) == (
            "box.local",
            "ab12",
            "19.1.8",
            "12345-abc",
        )
        assert (health.healthy, health.error_message, health.failover_role) == (False, "Disk full", Role.PRIMARY)
        assert health.shared_ips == ("192.0.2.1", "192.0.2.2")
        assert health.last_data_sync_time == 1700000000.0

    def test_check_health_of_a_release_that_says_less_or_more(self) -> None:
        health = self.ask(
            "<health_check><version>25.1.1</version><success>1</success><failover_role>observer</failover_role>"
            "<something_new/></health_check>"
        ).check_health()
        assert (health.version, health.build, health.failover_role) == ("25.1.1", None, Role.UNKNOWN)

    def test_get_appliances(self) -> None:
        node, other = self.ask(
            "<appliances><appliance id='1'><name>a</name><cluster_role>master</cluster_role>"
            "<failover_role>none</failover_role><accepting_connections>1</accepting_connections>"
            "<timezone_offset>-3600</timezone_offset></appliance><appliance id='2'/></appliances>"
        ).get_appliances()
        assert (node.cluster_role, node.timezone_offset, node.accepting_connections) == (
            ClusterRole.MASTER,
            -3600,
            True,
        )
        assert (other.cluster_role, other.timezone_offset) == (ClusterRole.UNKNOWN, None)

    def test_get_logged_in_reps(self) -> None:
        assert self.ask("<logged_in_reps/>").get_logged_in_reps() == ()
        [rep] = self.ask(
            "<logged_in_reps><rep id='3'><display_name>Old</display_name><type>Normal</type>"
            "<support_session_count>2</support_session_count></rep></logged_in_reps>"
        ).get_logged_in_reps()
        assert (rep.display_name, rep.support_session_count) == ("Old", 2)
        [rep] = self.ask("<logged_in_reps><rep id='3'/></logged_in_reps>").get_logged_in_reps()
        assert rep.support_session_count is None, "what is not told is not zero"

    def test_get_connected_client_list(self) -> None:
        counts = self.ask(
            "<connected_client_list><connected_client_summary>"
            "<appliance_summary id='1'><count type='representative'>2</count><count type='support_customer'>1</count>"
            "</appliance_summary><appliance_summary id='2'><count type='representative'>3</count></appliance_summary>"
            "</connected_client_summary></connected_client_list>"
        ).get_connected_client_list()
        assert counts == {"representative": 5, "support_customer": 1}

    @pytest.mark.parametrize(
        "inside",
        [
            "",
            "<connected_client type='support_customer' id='1'/>",
            "<connected_client_summary><appliance_summary><count type='support_customer'/></appliance_summary></connected_client_summary>",
            "<connected_client_summary><appliance_summary><count type='support_customer'>some</count></appliance_summary></connected_client_summary>",
        ],
    )
    def test_clients_that_are_not_counted_are_not_none(self, inside: str) -> None:
        with pytest.raises(UnexpectedAnswer):
            self.ask(f"<connected_client_list>{inside}</connected_client_list>").get_connected_client_list()

    @pytest.mark.parametrize("value", ["nan", "inf", "1e400", "many", ""])
    def test_numbers_that_are_none(self, value: str) -> None:
        info = self.ask(f"<api_information><timestamp>{value}</timestamp></api_information>").get_api_info()
        assert info.timestamp is None
        [rep] = self.ask(
            f"<logged_in_reps><rep id='3'><support_session_count>{value}</support_session_count></rep></logged_in_reps>"
        ).get_logged_in_reps()
        assert rep.support_session_count is None


class TestProbe:
    """The open `/check_health` (D-RS-CH): no account."""

    @pytest.mark.parametrize(
        ("reply", "serving"),
        [(status(200), True), (ServiceDown("x", "HTTP status 500", "y"), False), (status(403), False)],
    )
    def test_says_it_by_its_status(self, reply: Reply, serving: bool) -> None:
        sender = FakeSender(api=[reply])
        assert HealthProbe(sender).serving() is serving
        assert sender.requests == [Request("GET", "/check_health", "look whether the site serves")]

    def test_without_it_the_sites_login_page_tells(self) -> None:
        sender = FakeSender(api=[])
        sender.judge = lambda request: status(404) if request.path == "/check_health" else status(302)
        probe = HealthProbe(sender)
        assert probe.asks == "check_health"
        assert probe.serving()
        assert probe.serving()
        assert probe.asks == "the login page"
        assert sender.paths() == ["/check_health", "/login", "/login"]

    def test_silence_is_not_hidden(self) -> None:
        with pytest.raises(Unreachable):
            HealthProbe(FakeSender(api=[Unreachable("x", "no", "y")])).serving()


#: Which account -> how a call with it is made.
CALLS: dict[str, Callable[[FakeSender], CommandApi]] = {"oauth": oauth, "user": user}


@pytest.mark.parametrize("account", CALLS)
def test_no_reading_is_marked_as_a_command(account: str) -> None:
    """Check mode may read; a changed mark would stop it."""
    sender = FakeSender(api=[INFO], token=[token()])
    CALLS[account](sender).get_api_info()
    assert not any(request.command for request in sender.requests)
