# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an installation can end, told apart by what is seen; and that a lost answer is looked up, never asked again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.plugins.modules import update
from ansible_collections.bomgar.appliance.tests.integration.update.site import ERAS, QUICK, Era, MakeSite, Site
from ansible_collections.bomgar.appliance.tests.simulator import Certificate

#: What becomes of it -> (ending, outcome, words of the message) for the base and for the site.
Told = tuple[str, str, str]
OLD: Told = ("came_back_with_old_version", "failed", "vendor's support")
SAYS: Told = ("failed_with_a_message", "failed", "The installation of the package failed.")
GONE: Told = ("never_came_back", "failed", "Do not restart it")
BUSY: Told = ("still_busy", "unknown", "the running installation is joined")
ENDINGS: dict[str, tuple[Told, Told]] = {
    "old_version": (OLD, OLD),
    "failed": (SAYS, SAYS),
    "refused_late": (SAYS, SAYS),
    # While the site's package is at work the box still shows its page, so that it is busy is all that can be said.
    "never_back": (GONE, BUSY),
    "hangs": (BUSY, BUSY),
}


def one_package(make_site: MakeSite, era: Era, kind: str) -> tuple[Site, dict[str, str], str]:
    """A site where one package of that kind is all that is missing, the target, and the package's name."""
    if kind == "base":
        return make_site(*era.both, **era.options), {"base": era.base.version}, era.base.name
    site = make_site(*era.both, **{**era.options, "base": era.base.version})
    return site, {"site": era.site.version}, era.site.name


@pytest.mark.parametrize("how", ["automatic", "manual"])
@pytest.mark.parametrize("kind", ["base", "site"])
@pytest.mark.parametrize("outcome", ENDINGS)
def test_every_bad_end_is_told_apart(make_site: MakeSite, era: Era, outcome: str, kind: str, how: str) -> None:
    site, target, name = one_package(make_site, era, kind)
    ending, told, words = ENDINGS[outcome][kind == "site"]
    site.box.plan_next(outcome=outcome)
    options: dict[str, Any] = {"target": target}
    if how == "manual":
        options |= {"path": "manual", "packages": [site.package(getattr(era, kind))]}
    result = site.update(**options)
    assert (result["error"]["ending"], result["outcome"]) == (ending, told), result["msg"]
    assert words in result["msg"]
    assert result["changed"], "a command was sent, so that nothing changed would be a guess"
    assert [seen.package for seen in site.truth.installs] == [name]
    assert [command.name for command in site.truth.commands if command.accepted].count("restart") == 0
    [(step, recorded)] = site.steps()
    assert step.startswith("install:")
    assert recorded == told
    [entry] = site.record()["steps"]
    assert entry["action"] in result["msg"]


def test_a_secret_that_the_appliance_repeats_is_not_kept(make_site: MakeSite, era: Era) -> None:
    """Its words go into the record as evidence. (Ansible censors the result and the lines: see the tests of direct.)"""
    site, target, _name = one_package(make_site, era, "base")
    secret = site.box.accounts.appliance.password
    site.box.plan_next(outcome="failed", message=f"Nobody could log in with {secret}.")
    site.back_up()
    result = runner.execute(update.run, site.task(update, **site.defaults(), target=target))
    assert result["error"]["ending"] == "failed_with_a_message"
    kept = str(site.record())
    assert "Nobody could log in with" in kept
    assert secret not in kept


@pytest.mark.parametrize("kind", ["base", "site"])
@pytest.mark.parametrize("outcome", ["old_version", "failed", "refused_late"])
def test_after_a_bad_end_a_later_run_gets_there(make_site: MakeSite, era: Era, outcome: str, kind: str) -> None:
    site, target, name = one_package(make_site, era, kind)
    site.box.plan_next(outcome=outcome)
    assert site.update(target=target)["failed"]
    assert site.update(target=target)["outcome"] == "changed"
    assert [package for package, _outcome in site.installs()] == [name, name]
    assert [recorded for _step, recorded in site.steps()] == ["failed", "changed"]


@pytest.mark.parametrize("shows_at", ["first", "last"])
@pytest.mark.parametrize("kind", ["base", "site"])
def test_two_restarts_are_one_installation(make_site: MakeSite, era: Era, kind: str, shows_at: str) -> None:
    site, target, name = one_package(make_site, era, kind)
    site.box.plan_next(outcome="twice", shows_at=shows_at)
    result = site.update(target=target)
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(name, "good")]
    assert len([outage for outage in site.truth.downtime if outage.what == "site"]) == 2


def test_a_page_that_stays_busy_after_the_site_is_back(make_site: MakeSite, era: Era) -> None:
    site, target, name = one_package(make_site, era, "site")
    site.box.plan_next(settle=900.0)
    assert site.update(target=target)["outcome"] == "changed"
    assert site.installs() == [(name, "good")]
    assert site.box.installation is None


@pytest.mark.parametrize("kind", ["base", "site"])
def test_a_lost_answer_to_the_click_is_looked_up(make_site: MakeSite, era: Era, kind: str) -> None:
    site, target, name = one_package(make_site, era, kind)
    fault = site.box.faults.plant("lost", role="appliance:install")
    result = site.update(target=target)
    assert fault.hits == 1
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(name, "good")]
    assert len(site.truth.seen("appliance:install")) == 1
    assert any("looking what it did" in line for line in site.lines)


@pytest.mark.parametrize("fault", ["lost", "html"])
def test_what_the_click_did_has_the_same_time_to_show_whatever_came_back(
    make_site: MakeSite, era: Era, fault: str
) -> None:
    site, target, name = one_package(make_site, era, "base")
    site.box.install_plan = replace(QUICK, download=2400)
    clicked = site.box.faults.plant(fault, role="appliance:install")
    site.box.faults.plant("html", role="appliance:updates", when=lambda _request: bool(clicked.hits), times=4)
    result = site.update(target=target)
    assert clicked.hits == 1
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(name, "good")]


@pytest.mark.parametrize("kind", ["base", "site"])
@pytest.mark.parametrize("fault", ["lost", "truncate", "html", "empty"])
def test_so_is_one_to_the_upload(make_site: MakeSite, era: Era, fault: str, kind: str) -> None:
    site, target, name = one_package(make_site, era, kind)
    planted = site.box.faults.plant(fault, role="appliance:upload")
    result = site.update(path="manual", packages=[site.package(getattr(era, kind))], target=target)
    assert planted.hits == 1
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(name, "good")]
    assert len(site.truth.uploads) == 1


@pytest.mark.parametrize("fault", ["truncate", "html", "empty", "wrong_encoding"])
def test_so_is_one_that_is_no_page(make_site: MakeSite, era: Era, fault: str) -> None:
    site, target, name = one_package(make_site, era, "base")
    planted = site.box.faults.plant(fault, role="appliance:install")
    result = site.update(target=target)
    assert planted.hits == 1
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(name, "good")]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_click_that_did_not_arrive_is_unknown_and_not_repeated(make_site: MakeSite, era: Era, status: int) -> None:
    """The answer says nothing of whether the appliance acted; here it did not."""
    site, target, name = one_package(make_site, era, "base")
    site.box.faults.plant("status", role="appliance:install", status=status)
    result = site.update(target=target)
    assert (result["outcome"], result["changed"]) == ("unknown", True), result["msg"]
    assert site.steps() == [(f"install:{name}", "unknown")]
    assert len(site.truth.seen("appliance:install")) == 1
    assert site.installs() == []
    assert site.update(target=target)["outcome"] == "changed"
    assert site.installs() == [(name, "good")]


def test_a_form_token_that_is_refused_is_no_installation(make_site: MakeSite, era: Era) -> None:
    site, target, name = one_package(make_site, era, "base")
    site.box.faults.plant("csrf", role="appliance:install")
    result = site.update(target=target)
    assert result["failed"], "what the appliance refused is not asked again in the same run"
    assert result["outcome"] in ("failed", "refused", "unknown")
    assert site.installs() == []
    assert site.update(target=target)["outcome"] == "changed"
    assert site.installs() == [(name, "good")]


@pytest.mark.parametrize(
    "role", ["appliance:basics", "appliance:updates", "appliance:check", "appliance:install", "login:software"]
)
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_session_that_ends_in_the_middle(make_site: MakeSite, era: Era, role: str, after: int) -> None:
    site = make_site(*era.both, **era.options)
    site.box.faults.plant("expire_session", role=role, after=after)
    result = site.update(target={"site": era.site.version})
    if result.get("failed"):
        # A session that ends with the very answer to the log-in looks like a refused one, which is never tried again; a
        # click that met the login page is not repeated in the same run.
        assert result["outcome"] in ("refused", "unknown"), result["msg"]
        result = site.update(target={"site": era.site.version})
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(package.name, "good") for package in era.both]


@pytest.mark.parametrize("after", range(6))
def test_tokens_that_die_at_any_time(make_site: MakeSite, era: Era, after: int) -> None:
    site = make_site(*era.both, **era.options)
    site.box.faults.plant("revoke_tokens", path="/api/*", after=after)
    result = site.update(target={"site": era.site.version})
    assert result["outcome"] == "changed", result["msg"]
    assert site.truth.logins_refused() == []


def test_tokens_that_never_live_long_enough(make_site: MakeSite) -> None:
    era = ERAS["24.1.1"]
    site = make_site(*era.both, **era.options)
    site.box.faults.plant("revoke_tokens", path="/api/*", times=None)
    result = site.update(target={"site": era.site.version})
    assert (result["outcome"], result["changed"]) == ("refused", False)
    assert "refused the API account" in result["msg"]
    assert site.truth.commands == []
    assert site.truth.logins_refused() == []


@pytest.mark.parametrize("after", [1, 2])
def test_the_token_endpoint_is_down_for_a_while(make_site: MakeSite, era: Era, after: int) -> None:
    site, target, name = one_package(make_site, era, "site")
    site.box.faults.plant("status", role="token", status=503, after=after, times=2)
    result = site.update(target=target)
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(name, "good")]


@pytest.mark.parametrize("kind", ["base", "site"])
def test_a_certificate_that_the_update_changes_for_one_that_is_not_trusted(
    make_site: MakeSite, era: Era, kind: str
) -> None:
    site, target, _name = one_package(make_site, era, kind)
    good = site.box.certificate
    site.box.plan_next(certificate=Certificate(authority="unknown"))
    result = site.update(target=target)
    assert (result["error"]["ending"], result["outcome"]) == ("came_back_untrusted", "unknown"), result["msg"]
    assert "bomgar_ca_path" in result["msg"]
    site.box.certificate = good
    again = site.update(target=target)
    assert (again["outcome"], again["changed"]) == ("unchanged", False), again["msg"]
    assert len(site.truth.installs) == 1


@pytest.mark.parametrize("kind", ["base", "site"])
def test_a_changed_certificate_that_is_trusted_is_no_trouble(make_site: MakeSite, era: Era, kind: str) -> None:
    site, target, name = one_package(make_site, era, kind)
    site.box.plan_next(certificate=Certificate(days=700.0), namespace="http://example.invalid/{api}")
    assert site.update(target=target)["outcome"] == "changed"
    assert site.installs() == [(name, "good")]


class TestRunning:
    """An update that somebody else began."""

    @pytest.mark.parametrize("passed", range(0, 1200, 120))
    @pytest.mark.parametrize("kind", ["base", "site"])
    def test_is_joined(self, make_site: MakeSite, era: Era, kind: str, passed: int) -> None:
        """At whatever moment: downloading, installing with the site down, about to come back, just ended."""
        site, target, name = one_package(make_site, era, kind)
        site.box.install(getattr(era, kind), "automatic")
        site.simulator.clock.advance(passed)  # type: ignore[attr-defined]
        result = site.update(target=target)
        while result.get("failed"):
            # A box that does not answer, and of which no earlier run of ours is known, is nothing to wait for.
            assert (result["error"]["reason"], result["outcome"]) == ("unreachable", "refused"), result["msg"]
            result = site.update(target=target)
        assert (result["outcome"], result["changed"]) == ("unchanged", False)
        if result["joined"] is not None:
            assert result["joined"]["ending"] in ("installed", "ended")
        assert site.installs() == [(name, "good")]
        assert site.truth.commands == []

    def test_is_joined_and_then_the_rest_is_installed(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, step=30, **era.options)
        site.box.install(era.base, "automatic")
        result = site.update(target={"site": era.site.version})
        assert result["joined"]["waited"]
        assert [item["name"] for item in result["installed"]] == [era.site.name]
        assert site.installs() == [(package.name, "good") for package in era.both]

    def test_is_joined_on_a_site_that_was_not_well(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, step=30, healthy=False, **era.options)
        site.box.install(era.base, "automatic")
        result = site.update(target={"site": era.site.version})
        assert not result.get("failed"), result["msg"]
        assert site.installs() == [(package.name, "good") for package in era.both]

    def test_is_refused_where_that_is_wished(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        site.box.install(era.base, "automatic")
        result = site.update(target={"base": era.base.version}, running="refuse")
        assert (result["outcome"], result["changed"]) == ("refused", False)
        assert "running already" in result["msg"]
        assert site.truth.commands == []

    def test_one_that_fails_is_told_and_the_wish_is_still_reached(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        site.box.plan_next(outcome="failed")
        site.box.install(era.base, "automatic")
        result = site.update(target={"base": era.base.version})
        assert result["outcome"] == "changed", result["msg"]
        assert result["joined"]["ending"] == "failed_with_a_message"
        assert site.installs() == [(era.base.name, "failed"), (era.base.name, "good")]

    def test_one_that_hangs_is_not_started_over(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        site.box.plan_next(outcome="hangs")
        site.box.install(era.base, "automatic")
        result = site.update(target={"base": era.base.version})
        assert (result["error"]["ending"], result["outcome"]) == ("still_busy", "unknown")
        assert not result["changed"]
        assert site.truth.commands == []

    def test_settled_only_waits(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        assert "no update is running" in site.update(state="settled", backup=None)["msg"]
        site.box.install(era.base, "automatic")
        result = site.update(state="settled", backup=None)
        assert (result["outcome"], result["changed"]) == ("unchanged", False)
        assert result["joined"]["ending"] in ("installed", "ended")
        assert site.truth.commands == []


class TestWaiting:
    """What a wait costs the appliance."""

    def test_one_request_a_look_and_no_password_while_it_is_down(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        interval = 60
        result = site.update(target={"site": era.site.version}, poll_interval=interval)
        clicks = [command for command in site.truth.commands if command.name == "install" and command.accepted]
        assert len(clicks) == 2
        for click, seen, told in zip(clicks, site.truth.installs, result["installed"], strict=True):
            assert seen.finished is not None
            waiting = [
                request
                for request in site.truth.requests
                if request.number > click.request and request.time <= seen.finished
            ]
            # The page that the click led to belongs to the click.
            looks = told["seconds"] / interval
            assert len(waiting) <= looks + 2, "at most one request a look"
        for outage in site.truth.downtime:
            assert outage.end is not None
            for login in site.truth.logins:
                assert not outage.start <= login.time < outage.end
            for request in site.truth.requests:
                if outage.start <= request.time < outage.end:
                    assert request.method == "GET"
                    assert request.interface in ("health", "appliance", "login", "api")
                    assert not request.role.startswith(("command", "report", "token"))
        assert site.truth.logins_refused() == []

    def test_a_longer_wait_costs_no_more_per_look(self, make_site: MakeSite, era: Era) -> None:
        site, target, _name = one_package(make_site, era, "site")
        site.box.install_plan = replace(QUICK, install=6000)
        result = site.update(target=target, deadline=20000)
        assert result["outcome"] == "changed", result["msg"]
        [click] = [command for command in site.truth.commands if command.accepted]
        finished = site.truth.installs[0].finished
        waiting = [item for item in site.truth.requests if item.number > click.request and item.time <= finished]
        assert len(waiting) <= result["installed"][0]["seconds"] / 60 + 2

    def test_a_deadline_ends_every_wait(self, make_site: MakeSite, era: Era) -> None:
        site, target, _name = one_package(make_site, era, "base")
        site.box.plan_next(outcome="never_back")
        begun = site.clock()
        site.update(target=target, deadline=1800)
        assert site.clock() - begun <= 1800 + 120

    def test_nothing_begins(self, make_site: MakeSite, era: Era) -> None:
        site, target, _name = one_package(make_site, era, "base")
        site.box.faults.plant("replace", role="appliance:install", body="<html><body>Hello</body></html>", status=200)
        site.box.faults.plant("csrf", role="appliance:install")
        site.box.faults.planted.reverse()
        begun = site.clock()
        result = site.update(target=target, start_within=600)
        assert result["failed"]
        assert site.clock() - begun <= 600 + 300
        assert len(site.truth.seen("appliance:install")) == 1
