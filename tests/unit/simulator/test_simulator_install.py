# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an installation does to the box, in every planted outcome; and the faults, at the wire."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from ansible_collections.bomgar.appliance.tests.simulator import (
    Certificate,
    InstallPlan,
    Package,
    ScaledClock,
    Simulator,
    Vendor,
)
from ansible_collections.bomgar.appliance.tests.simulator.vendor import numbers
from hypothesis import given
from hypothesis import strategies as st

BASE = Package("base", "3.2.6")
SITE = Package("site", "11.1.1", requires={"base": "3.2.4"})
PLAN = InstallPlan(download=10, install=30, restart=5, gap=10, settle=4)


def see(w: Any) -> str:
    """What a caller sees of the site now, in one word."""
    try:
        answer = w.caller.get("/login/login.ns")
    except requests.exceptions.SSLError:
        return "tls"
    except requests.ConnectionError:
        return "down"
    return "up" if answer.status_code == 200 else str(answer.status_code)


def watch(w: Any, looks: int) -> list[tuple[str, str, str]]:
    """(site seen, base, site version) for so many looks of one second, without repeats."""
    seen: list[tuple[str, str, str]] = []
    for _look in range(looks):
        now = (see(w), w.box.base, w.box.site)
        if not seen or seen[-1] != now:
            seen.append(now)
    return seen


def test_a_base_package_restarts_the_box(world: Any) -> None:
    w = world(install_plan=PLAN, sessions=1)
    w.box.install(BASE, "automatic")
    assert watch(w, 60) == [("up", "3.2.4", "10.5.3"), ("down", "3.2.4", "10.5.3"), ("up", "3.2.6", "10.5.3")]
    [site, box] = w.box.truth.downtime
    assert (site.what, site.seconds) == ("site", 35)
    assert (box.what, box.seconds) == ("box", 5)
    assert len(w.box.truth.restarts) == 1
    assert w.box.truth.restarts_asked == 0
    assert w.box.truth.refused_connections > 0
    assert w.box.truth.sessions_cut == [w.box.sessions[0].guid]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({}, ["up 10.5.3", "down 10.5.3", "up 11.1.1"]),
        ({"down_as": "502"}, ["up 10.5.3", "502 10.5.3", "up 11.1.1"]),
        ({"down_as": "503", "page": "down"}, ["up 10.5.3", "503 10.5.3", "up 11.1.1"]),
        ({"outcome": "old_version"}, ["up 10.5.3", "down 10.5.3", "up 10.5.3"]),
        ({"outcome": "failed"}, ["up 10.5.3", "down 10.5.3", "up 10.5.3"]),
        ({"outcome": "refused_late"}, ["up 10.5.3"]),
        ({"outcome": "never_back"}, ["up 10.5.3", "down 10.5.3"]),
        ({"outcome": "hangs"}, ["up 10.5.3"]),
        ({"outcome": "twice"}, ["up 10.5.3", "down 10.5.3", "up 10.5.3", "down 10.5.3", "up 11.1.1"]),
        (
            {"outcome": "twice", "shows_at": "first"},
            ["up 10.5.3", "down 10.5.3", "up 11.1.1", "down 11.1.1", "up 11.1.1"],
        ),
    ],
)
def test_planned_outcomes(world: Any, plan: dict[str, str], expected: list[str]) -> None:
    w = world(install_plan=PLAN)
    w.box.plan_next(**plan)
    w.box.install(SITE, "automatic")
    assert [f"{seen} {site}" for seen, _base, site in watch(w, 100)] == expected
    [install] = w.box.truth.installs
    wanted = plan.get("outcome", "good")
    assert install.outcome == {"twice": "good", "refused_late": "failed"}.get(wanted, wanted)
    if wanted in ("failed", "refused_late"):
        w.person.log_in()
        w.person.go("updates")
        assert PLAN.message in w.person.text


def test_the_page_answers_while_the_site_installs(world: Any) -> None:
    w = world(install_plan=PLAN)
    w.person.log_in()
    w.box.install(SITE, "automatic")
    w.clock.advance(20)
    w.person.go("updates")
    assert "Installing Bomgar-11.1.1" in w.person.text
    assert see(w) == "down"
    w.clock.advance(18.5)
    assert see(w) == "up"
    w.person.go("updates")
    assert "Installing Bomgar-11.1.1" in w.person.text, "settling: the site is up, the page is still busy"
    w.clock.advance(10)
    w.person.go("updates")
    assert "Bomgar-11.1.1 was installed" in w.person.text


def test_web_sessions_and_tokens_die_with_a_restart(world: Any) -> None:
    w = world(install_plan=PLAN, site="19.1.8", packages=(BASE,))
    w.person.log_in()
    w.caller.new_token()
    w.box.install(BASE, "automatic")
    w.clock.advance(60)
    assert w.caller.command("get_api_info").status_code == 401
    assert w.person.go("updates").url.endswith("/appliance/login.ns")


def test_a_restart_asked_for_during_an_installation_is_the_end(world: Any) -> None:
    w = world(install_plan=PLAN)
    w.box.install(BASE, "automatic")
    w.box.restart()
    assert [seen for seen, _base, _site in watch(w, 100)] == ["down"]
    assert w.box.truth.restarts_asked == 1
    assert w.box.truth.installs[0].outcome == "never_back"


def test_an_upgrade_may_change_certificate_and_namespace(world: Any) -> None:
    w = world(install_plan=PLAN, site="10.6.1")
    w.box.plan_next(certificate=Certificate(authority="unknown"))
    w.box.install(SITE, "automatic")
    w.clock.advance(60)
    assert see(w) == "up", "a connection that was open keeps its certificate"
    w.caller.session.close()
    assert see(w) == "tls"


@pytest.mark.parametrize(
    "certificate",
    [Certificate(days=-1), Certificate(authority="unknown"), Certificate(names=("other.example",), only_names=True)],
)
def test_bad_certificates_are_shown_as_they_are(world: Any, certificate: Certificate) -> None:
    assert see(world(certificate=certificate)) == "tls"


def test_offers_over_several_hops() -> None:
    vendor = Vendor()
    vendor.publish(
        Package("site", "12.1.1", requires={"base": "3.3.0", "site": "11.1.1"}),
        Package("base", "3.3.0", requires={"site": "11.1.1"}),
        Package("site", "11.1.1", requires={"base": "3.2.6"}),
        Package("base", "3.2.6"),
        Package("site", "11.0.0", site="other.example.com"),
    )
    installed = {"base": "3.2.4", "site": "10.5.3"}
    order = []
    while offers := vendor.offers(installed, "support.example.com"):
        chosen = next(one.package for one in offers if one.blocked_by is None)
        installed[chosen.kind] = chosen.version
        order.append(chosen.name)
    assert order == ["Base Software-3.2.6", "Bomgar-11.1.1", "Base Software-3.3.0", "Bomgar-12.1.1"]


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_versions_are_compared_by_numbers(one: list[int], other: list[int]) -> None:
    dotted = [".".join(map(str, version)) for version in (one, other)]
    assert (numbers(dotted[0]) < numbers(dotted[1])) == (one < other)


# Faults


def test_refused_before_and_lost_after_acting(world: Any) -> None:
    w = world(dialect="guide_en", packages=(BASE,), install_plan=PLAN)
    w.person.log_in()
    w.person.check()
    w.box.faults.plant("refuse", role="appliance:install")
    with pytest.raises(requests.ConnectionError):
        w.person.install("Base Software-3.2.6")
    assert w.box.truth.installs == []
    assert w.box.truth.commands == []
    w.person.check()
    w.box.faults.plant("lost", role="appliance:install")
    with pytest.raises(requests.ConnectionError):
        w.person.install("Base Software-3.2.6")
    assert [one.package for one in w.box.truth.installs] == ["Base Software-3.2.6"]
    assert [one.fault for one in w.box.truth.seen("appliance:install")] == ["refuse", "lost"]


@pytest.mark.parametrize("framing", ["length", "abort"])
def test_a_cut_backup_is_seen_at_the_wire(world: Any, framing: str) -> None:
    w = world(site="19.1.8")
    w.caller.new_token()
    w.box.faults.plant("truncate", role="backup", framing=framing)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        w.caller.call("/api/backup")


def test_a_backup_can_be_cut_in_good_form(world: Any) -> None:
    w = world(site="19.1.8", backup_size=100_000)
    w.box.faults.plant("truncate", role="backup", framing="chunked", keep=0.25)
    assert len(w.caller.call("/api/backup").content) == 25_000


@pytest.mark.parametrize(
    ("kind", "details", "status", "content"),
    [
        ("status", {"status": 502}, 502, b"<html>"),
        ("rate_limit", {}, 429, b"Too many"),
        ("html", {}, 200, b"<html>"),
        ("entity_bomb", {}, 200, b"<!ENTITY"),
        ("empty", {}, 200, b""),
        ("replace", {"body": "something else"}, 200, b"something else"),
        ("revoke_tokens", {}, 401, b"invalid_token"),
        ("wrong_encoding", {}, 200, b"api_information"),
        ("slow", {"seconds": 0.01}, 200, b"api_information"),
    ],
)
def test_faults_at_the_api(world: Any, kind: str, details: dict[str, Any], status: int, content: bytes) -> None:
    w = world(site="19.1.8")
    fault = w.box.faults.plant(kind, role="command *", after=1, **details)
    w.caller.command("get_api_info")
    assert fault.hits == 0
    answer = w.caller.command("get_api_info")
    assert answer.status_code == status
    assert content in answer.content
    assert fault.hits == 1


def test_faults_at_a_page(world: Any) -> None:
    w = world(dialect="guide_en", packages=(BASE,))
    w.person.log_in()
    w.person.go("updates")
    w.box.faults.plant("csrf", role="appliance:check")
    w.person.press("Check for Updates")
    assert w.person.words["csrf"] in w.person.text
    w.person.go("updates")
    w.box.faults.plant("expire_session", role="appliance:check")
    w.person.press("Check for Updates")
    assert w.person.answer.url.endswith("/appliance/login.ns")
    assert w.box.truth.update_checks == 0


def test_an_unknown_fault_is_an_error(world: Any) -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        world().box.faults.plant("earthquake")


def test_the_port_is_closed_while_time_runs() -> None:
    simulator = Simulator(ScaledClock(1000.0))
    plan = InstallPlan(download=0, install=100, restart=200)
    box = simulator.add_appliance("support.example.com", install_plan=plan)
    with simulator.serve() as served:
        session = requests.Session()
        session.trust_env = False
        box.install(BASE, "automatic")
        served.follow(box)
        seen = set()
        end = time.monotonic() + 10
        while box.base != "3.2.6" and time.monotonic() < end:
            try:
                session.get(served.url(box) + "/login/login.ns", verify=str(served.ca_path), timeout=5)
                seen.add("up")
            except requests.ConnectionError as problem:
                seen.add("refused" if "refused" in str(problem) else "reset")
        assert "refused" in seen
        assert box.base == "3.2.6"


def test_a_front_door_leads_to_another_box() -> None:
    simulator = Simulator()
    boxes = [simulator.add_appliance(f"{name}.example.com", site="19.1.8") for name in "ab"]
    door = simulator.add_front_door("support.example.com", boxes[0])
    with simulator.serve() as served:
        for box in boxes:
            door.point_to(box)
            answer = requests.Session()
            answer.trust_env = False
            assert answer.get(served.url(door) + "/check_health", verify=str(served.ca_path)).status_code == 200
            assert len(box.truth.requests) == 1


def test_a_patch_changes_no_version(world: Any) -> None:
    patch = Package("other", "1", title="Security Patch")
    w = world(dialect="guide_en", packages=(patch,), install_plan=PLAN)
    w.person.log_in()
    w.person.check()
    w.person.install("Security Patch-1")
    w.clock.advance(60)
    w.person.check()
    assert w.person.words["none_available"] in w.person.text
    assert (w.box.base, w.box.site) == ("3.2.4", "10.5.3")


def test_a_box_may_fail_by_itself(world: Any) -> None:
    w = world()
    w.box.go_down(5)
    assert [seen for seen, _base, _site in watch(w, 10)] == ["down", "up"]
    assert w.box.truth.restarts_asked == 0


def test_a_backup_without_a_length(world: Any) -> None:
    w = world(site="19.1.8", backup_length=False)
    answer = w.caller.call("/api/backup")
    assert "Content-Length" not in answer.headers
    assert len(answer.content) == w.box.backup_size
