# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands before every package: a verified backup, room in the window, nobody to cut; and accounts that are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.update.site import Era, MakeSite, Site


def iso(when: float) -> str:
    return datetime.fromtimestamp(when, timezone.utc).isoformat()


def refused(site: Site, result: dict[str, Any], *words: str) -> None:
    """Nothing was sent, and the message says why and what to do."""
    assert (result["outcome"], result["changed"]) == ("refused", False), result["msg"]
    for word in words:
        assert word in result["msg"]
    assert site.truth.commands == []
    assert site.truth.uploads == []
    assert site.truth.installs == []


class TestBackup:
    """Promise 1."""

    def test_without_a_folder(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        refused(site, site.update(target={"site": era.site.version}, backup=None), "bomgar_backup_dir")

    @pytest.mark.parametrize("path", ["automatic", "manual"])
    def test_without_a_backup(self, make_site: MakeSite, era: Era, path: str) -> None:
        site = make_site(*era.both, **era.options)
        packages = [site.package(era.base)] if path == "manual" else []
        result = site.update(
            path=path, packages=packages, target={"base": era.base.version}, backup={"directory": str(site.backups)}
        )
        refused(site, result, "no backup", "bomgar.appliance.back")

    def test_with_one_that_is_too_old(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        site.back_up(age=7200)
        backup = {"directory": str(site.backups), "max_age": 3600}
        refused(site, site.update(target={"site": era.site.version}, backup=backup), "backup", "old")
        backup["max_age"] = 8000
        assert site.update(target={"base": era.base.version}, backup=backup)["outcome"] == "changed"

    @pytest.mark.parametrize("spoil", ["changed", "cut", "without manifest", "of another site"])
    def test_with_one_that_is_none(self, make_site: MakeSite, era: Era, spoil: str) -> None:
        site = make_site(*era.both, **era.options)
        path = site.back_up()
        if spoil == "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"\x00")
        elif spoil == "cut":
            path.write_bytes(path.read_bytes()[:-1])
        elif spoil == "without manifest":
            path.with_name(path.name + ".json").unlink()
        else:
            path.parent.rename(path.parent.with_name("other.example.com"))
        backup = {"directory": str(site.backups)}
        refused(site, site.update(target={"site": era.site.version}, backup=backup), "backup")


class TestWindow:
    """Promise 8."""

    def test_too_small_from_the_start(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        ends = iso(site.clock() + 3000)
        result = site.update(target={"site": era.site.version}, window_ends=ends, usual_duration=3600)
        refused(site, result, "bomgar_window_ends")

    def test_over_for_the_second_package(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        options: dict[str, Any] = {"target": {"site": era.site.version}, "usual_duration": 600}
        result = site.update(window_ends=iso(site.clock() + 800), **options)
        assert (result["outcome"], result["changed"]) == ("refused", True), result["msg"]
        assert [item["name"] for item in result["error"]["installed"]] == [era.base.name]
        assert site.installs() == [(era.base.name, "good")]
        assert site.box.installation is None
        again = site.update(window_ends=iso(site.clock() + 8000), **options)
        assert again["outcome"] == "changed"
        assert site.installs() == [(package.name, "good") for package in era.both]

    def test_large_enough(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        ends = iso(site.clock() + 30000)
        assert site.update(target={"site": era.site.version}, window_ends=ends)["outcome"] == "changed"

    def test_waiting_for_sessions_does_not_outlast_it(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=1, **era.options)
        end_after(site, 3000)
        result = site.update(
            target={"site": era.site.version},
            window_ends=iso(site.clock() + 4000),
            usual_duration=3600,
            sessions="wait",
            sessions_wait=20000,
        )
        refused(site, result, "bomgar_window_ends")

    def test_over_long_ago(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        refused(site, site.update(target={"site": era.site.version}, window_ends=iso(site.clock() - 9)), "is over")


def end_after(site: Site, seconds: float) -> None:
    """The running sessions end by themselves once the controller's clock has gone on for so long."""
    begun, sleep = site.clock(), site.clock.sleep

    def pause(length: float) -> None:
        sleep(length)
        if site.clock() - begun >= seconds:
            site.box.end_sessions()

    site.clock.sleep = pause  # type: ignore[method-assign]


class TestSessions:
    """Promise 7."""

    def test_are_not_cut_unless_somebody_said_so(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=2, representatives=1, **era.options)
        result = site.update(target={"site": era.site.version})
        refused(site, result, "2 sessions are running", "bomgar_sessions")
        assert len(result["error"]["sessions"]) == 2
        assert site.truth.sessions_cut == []

    def test_are_cut_when_that_is_accepted(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=2, **era.options)
        assert site.update(target={"site": era.site.version}, sessions="accept")["outcome"] == "changed"
        assert len(site.truth.sessions_cut) == 2

    def test_are_waited_for(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=2, **era.options)
        end_after(site, 600)
        result = site.update(target={"site": era.site.version}, sessions="wait", sessions_wait=3600)
        assert result["outcome"] == "changed", result["msg"]
        assert site.truth.sessions_cut == []
        assert any("sessions running" in line for line in site.lines)

    def test_are_waited_for_with_a_limit(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=1, **era.options)
        begun = site.clock()
        result = site.update(target={"site": era.site.version}, sessions="wait", sessions_wait=600)
        refused(site, result, "after 10:00 of waiting", "Wait longer (bomgar_sessions_wait)")
        assert site.clock() - begun <= 700
        assert site.truth.sessions_cut == []

    def test_that_begin_between_two_packages_are_not_cut(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        begin_when_installed(site, era.base.name)
        result = site.update(target={"site": era.site.version})
        assert (result["outcome"], result["changed"]) == ("refused", True), result["msg"]
        assert site.installs() == [(era.base.name, "good")]
        assert site.truth.sessions_cut == []
        site.box.end_sessions()
        assert site.update(target={"site": era.site.version})["outcome"] == "changed"

    @pytest.mark.parametrize("wrong", ["permission", "html", "status"])
    def test_that_nobody_can_tell_of_count_as_running(self, make_site: MakeSite, era: Era, wrong: str) -> None:
        site = make_site(*era.both, sessions=1, **era.options)
        if wrong == "permission":
            site.box.accounts.api.permissions.update(perm_command="deny", perm_reporting_support="0")
            site.box.accounts.api_user.may_command = site.box.accounts.api_user.may_report = False
        else:
            for role in ("report *", "command get_logged_in_reps", "command get_connected_client_list"):
                site.box.faults.plant(wrong, role=role, times=None)
        result = site.update(target={"site": era.site.version})
        refused(site, result, "nothing tells whether sessions are running", "bomgar_sessions: accept")

    def test_that_nobody_counts_are_not_taken_for_none(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=1, representatives=1, **era.options)
        for role, body in (
            ("report *", "<error>You are not allowed to use this report.</error>"),
            ("command get_logged_in_reps", '<logged_in_reps><rep id="1"/></logged_in_reps>'),
            ("command get_connected_client_list", "<connected_client_list/>"),
        ):
            site.box.faults.plant("replace", role=role, times=None, body=body, content_type="text/xml")
        result = site.update(target={"site": era.site.version}, sessions="wait")
        refused(
            site,
            result,
            "nothing tells whether sessions are running (ask the reporting API",
            "You are not allowed to use this report.",
            "get_logged_in_reps does not say how many sessions there are",
            "get_connected_client_list",
            "and any would be cut",
            "Give the API account the permission",
            "bomgar_sessions: accept",
        )

    def test_one_interface_that_tells_is_enough_to_refuse(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, sessions=1, **era.options)
        for role in ("command get_logged_in_reps", "command get_connected_client_list"):
            site.box.faults.plant("html", role=role, times=None)
        refused(site, site.update(target={"site": era.site.version}), "running, and would be cut")

    def test_without_an_api_account_it_must_be_accepted(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        options: dict[str, Any] = {"target": {"site": era.site.version}, "appliance": site.appliance(api=None)}
        refused(site, site.update(**options), "no API account is given")
        assert site.update(sessions="accept", **options)["outcome"] == "changed"


def begin_when_installed(site: Site, name: str) -> None:
    """A session begins as soon as the offers are asked for again after that package."""

    def begin(_request: Any) -> bool:
        if (name, "good") in site.installs() and not site.box.sessions:
            site.box.start_session()
        return False

    site.box.faults.plant("refuse", role="appliance:check", when=begin)


#: Which account is wrong -> what of it a run may still do.
ACCOUNTS: dict[str, Callable[[Site], dict[str, Any]]] = {
    "appliance": lambda site: {"appliance": {**site.appliance()["appliance"], "password": "a wrong long password"}},
    "login": lambda site: {"login": {**site.appliance()["login"], "password": "a wrong long password"}},
    "api": lambda site: {
        "api": {
            **site.account(),
            ("client_secret" if "client_id" in site.account() else "password"): "a wrong long password",
        }
    },
}


class TestAccounts:
    """Refused logins lock accounts, so one is tried once."""

    @pytest.mark.parametrize("account", ACCOUNTS)
    def test_a_refused_login_is_one_login(self, make_site: MakeSite, era: Era, account: str) -> None:
        site = make_site(*era.both, lockout_after=2, **era.options)
        result = site.update(target={"site": era.site.version}, appliance=site.appliance(**ACCOUNTS[account](site)))
        assert "a wrong long password" not in str(result)
        refusals = site.truth.logins_refused()
        if account == "login" and era.options["site"] == "24.1.1":
            assert refusals == [], "check_health tells the version, so nobody logs in to /login"
            return
        assert len(refusals) == 1
        assert (result["outcome"], result["changed"]) == ("refused", False), result["msg"]
        assert site.truth.commands == []

    def test_one_that_is_refused_after_the_update_is_unknown(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, lockout_after=2, **era.options)
        sleep = site.clock.sleep
        right = site.appliance()

        def pause(length: float) -> None:
            sleep(length)
            if site.truth.downtime:
                site.box.accounts.appliance.password = "another long password"

        site.clock.sleep = pause  # type: ignore[method-assign]
        result = site.update(target={"base": era.base.version})
        assert (result["outcome"], result["changed"]) == ("unknown", True), result["msg"]
        assert "refuses the account" in result["msg"]
        assert len(site.truth.logins_refused("appliance")) == 1
        site.clock.sleep = sleep  # type: ignore[method-assign]
        site.box.accounts.appliance.password = right["appliance"]["password"]
        again = site.update(target={"base": era.base.version})
        assert (again["outcome"], again["changed"]) == ("unchanged", False), again["msg"]
        assert len(site.truth.installs) == 1

    def test_a_missing_account_is_named_before_anything_is_sent(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        result = site.update(target={"site": era.site.version}, appliance=site.appliance(appliance=None))
        refused(site, result, "bomgar_appliance_username")
        assert site.truth.requests == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": {}}, "bomgar_target"),
        ({"target": {"site": "eleven"}}, "11.1.1"),
        ({"target": {"site": "11.1.1"}, "path": "manual"}, "bomgar_packages"),
        ({"target": {"site": "11.1.1"}, "window_ends": "tomorrow"}, "bomgar_window_ends"),
        ({"target": {"site": "11.1.1"}, "window_ends": "2027-01-31T04:00:00"}, "time zone"),
        ({"target": {"site": "11.1.1"}, "path": "manual", "packages": [{"path": "/nowhere/at/all"}]}, "no such file"),
    ],
)
def test_bad_input_is_named_before_anything_is_sent(make_site: MakeSite, options: dict[str, Any], words: str) -> None:
    site = make_site()
    result = site.update(**options)
    refused(site, result, words)
    assert result["error"]["reason"] == "bad_input"
    assert site.truth.requests == []
