# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pair over HTTPS: pages of every dialect, the API of both boxes, the door, the command line."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ansible_collections.bomgar.appliance.tests.simulator import (
    DIALECTS,
    Appliance,
    LookClock,
    Pair,
    ScaledClock,
    Served,
    Simulator,
)
from ansible_collections.bomgar.appliance.tests.simulator.pages.app import WebApp
from lxml import etree

from .conftest import Caller, Person


class Visitor(Person):
    """A person on `/login` of one box of a pair, who also fills in fields by what they are for."""

    def __init__(self, served: Served, box: Appliance, app: WebApp) -> None:
        super().__init__(served, box)
        self.app = app

    def failover(self) -> Visitor:
        self.go("failover", "login")
        return self

    def fill(self, **values: str | None) -> Callable[[list[tuple[str, str]]], None]:
        """Types these values; None leaves a box without its tick."""
        names = {wire: name for session in self.app.sessions.values() for form in session.forms.values()
                 for name, wire in form.names.items()}  # fmt: skip

        def change(pairs: list[tuple[str, str]]) -> None:
            kept = [(wire, value) for wire, value in pairs if names.get(wire) not in values]
            known = {name: wire for wire, name in names.items()}
            pairs[:] = kept + [(known[name], value) for name, value in values.items() if value is not None]

        return change

    def do(self, word: str, **values: str | None) -> Visitor:
        self.press(self.words[word], change=self.fill(**values))
        if self.dialect.asks_first and word in ("break_failover", "establish", "become_primary", "become_backup"):
            self.press(self.words["yes"])
        return self


class Site:
    """A served pair with a visitor and a caller for each box."""

    def __init__(self, stack: contextlib.ExitStack, step: float, options: dict[str, Any]) -> None:
        self.clock = LookClock(step)
        self.sim = Simulator(self.clock)
        self.pair = self.sim.add_pair("support.example.com", **options)
        self.served = stack.enter_context(self.sim.serve())
        self.people = {box: Visitor(self.served, box, self.sim.apps[box]["login"]) for box in self.pair.boxes}
        self.callers = {box: Caller(self.served, box) for box in self.pair.boxes}

    def at(self, box: Appliance) -> Visitor:
        """The Failover page, after logging in where that is needed."""
        person = self.people[box]
        person.failover()
        if person.has(person.words["sign_in"]):
            person.log_in("login")
        return person.failover()

    def health(self, box: Appliance) -> dict[str, str]:
        tree = etree.fromstring(self.callers[box].command("check_health").content)
        return {etree.QName(one).localname: one.text or "" for one in tree}

    def address(self, box: Appliance) -> tuple[str, str]:
        return box.address, "443"

    def establish(self, box: Appliance, **changes: str) -> Visitor:
        other = self.pair.other(box)
        values = {"peer_host": other.address, "peer_port": "443", "own_host": box.address, "own_port": "443"}
        return self.at(box).do("establish", **{**values, **changes})


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    with contextlib.ExitStack() as stack:
        yield lambda step=1.0, **options: Site(stack, step, {"site": "19.1.8", **options})


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_person_syncs_breaks_and_establishes_in_every_dialect(site: Any, dialect: str) -> None:
    s = site(dialect=dialect, shared_ips=("192.0.2.10", "192.0.2.20"))
    pair: Pair = s.pair
    person = s.at(pair.b)
    assert person.words["role_backup"] in person.text
    person.do("sync_now").failover()
    assert person.words["sync_running"] in person.text
    s.clock.advance(400)
    person.failover()
    assert person.words["sync_good"] in person.text
    [seen] = pair.truth.syncs
    assert (seen.by, seen.outcome) == (pair.b.host, "good")
    person.do("break_failover").failover()
    assert person.words["no_failover"] in person.text
    assert (pair.a.role, pair.b.role) == ("none", "none")
    person.do("save_ips", **{"ip_192.0.2.10": None, "ip_192.0.2.20": "192.0.2.20"})
    assert pair.b.shared_ips == ["192.0.2.20"]
    s.establish(pair.a)
    assert (pair.a.role, pair.b.role) == ("primary", "backup")
    s.clock.advance(300)
    assert s.health(pair.b)["last_data_sync_status"] == "Success"
    assert [one.first for one in pair.truth.syncs] == [False, True]
    assert pair.truth.violations() == ["4: a shared address was enabled on both"]
    for box in pair.boxes:
        assert box.truth.decoys == []
        assert box.truth.csrf_refused == 0


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_person_swaps_roles_in_every_dialect(site: Any, dialect: str) -> None:
    s = site(dialect=dialect)
    person = s.at(s.pair.a).do("become_backup", sync_first="1")
    assert s.pair.swapping
    s.clock.advance(400)
    person.failover()
    assert (s.pair.a.role, s.pair.b.role) == ("backup", "primary")
    assert [one.outcome for one in s.pair.truth.syncs] == ["good"]
    person.do("become_primary", sync_first=None)
    s.clock.advance(60)
    person.failover()
    assert (s.pair.a.role, s.pair.b.role) == ("primary", "backup")
    assert len(s.pair.truth.syncs) == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_key_is_set_in_every_dialect(site: Any, dialect: str) -> None:
    s = site(dialect=dialect, established=False, a={"failover_key": "old"})
    person = s.establish(s.pair.a)
    assert "pre-shared key" in person.text
    person.go("security", "login")
    person.do("save", key="inter-appliance-key")
    assert "inter-appliance-key" not in person.answer.text
    assert s.pair.a.failover_key == "inter-appliance-key"
    s.establish(s.pair.a)
    assert s.pair.established
    assert s.pair.a.truth.decoys == []
    s.at(s.pair.a).go("security", "login")
    person.do("save", key="inter-appliance-key", length="0")
    assert s.pair.a.truth.decoys == ["changed length"]


@pytest.mark.parametrize("dialect", ["guide_en", "plain_it"])
def test_settings_in_the_same_form_have_to_stay(site: Any, dialect: str) -> None:
    s = site(dialect=dialect)
    s.at(s.pair.b).do("sync_now", automatic=None, interval="")
    assert s.pair.b.truth.decoys == ["changed automatic", "changed interval"]


def test_a_backup_has_lost_most_of_its_menu(site: Any) -> None:
    s = site(dialect="guide_en", backup_menu=("status", "welcome", "management", "failover"))
    person = s.at(s.pair.b)
    shown = person.page.xpath("//a/@href")
    assert [person.dialect.url("login", one) in shown for one in ("failover", "software", "reports")] == [
        True,
        False,
        False,
    ]
    person.go("software", "login")
    assert s.pair.b.build not in person.text
    s.at(s.pair.a).go("software", "login")
    assert s.pair.a.build in s.people[s.pair.a].text


def test_sync_now_is_where_it_may_be(site: Any) -> None:
    s = site(sync_on="backup")
    assert not s.at(s.pair.a).has("Sync Now")
    assert s.at(s.pair.b).has("Sync Now")


def test_a_half_broken_pair_looks_like_it(site: Any) -> None:
    s = site(dialect="frames_en")
    s.pair.plant_half_broken(s.pair.a)
    assert "No failover relationship" in s.at(s.pair.a).text
    person = s.at(s.pair.b)
    person.do("sync_now")
    assert "not in a failover relationship" in person.text
    assert [s.health(box)["failover_role"] for box in s.pair.boxes] == ["none", "backup"]
    assert "last_data_sync_time" not in s.health(s.pair.a)


def test_a_no_changes_nothing(site: Any) -> None:
    s = site(dialect="wizard_en")
    person = s.at(s.pair.a)
    person.press("Break Failover Relationships")
    person.press("No")
    assert s.pair.established
    assert person.has("Break Failover Relationships")
    assert [one.name for one in s.pair.a.truth.commands] == ["break"]


def test_a_refusal_stands_on_the_page(site: Any) -> None:
    s = site(established=False, dialect="links_en")
    person = s.establish(s.pair.a, peer_port="tls")
    assert "The port must be a number" in person.text
    assert not s.pair.a.truth.commands[-1].accepted
    s.pair.b.build = "1-2"
    assert "version and build" in s.establish(s.pair.a).text
    assert s.establish(s.pair.a, peer_host="127.0.0.1", peer_port=str(s.served.port(s.pair.b))).text
    assert s.pair.truth.of("refused")[-1].detail["text"].startswith("The product version")


def test_the_api_tells_the_pair(site: Any) -> None:
    s = site(shared_ips=("192.0.2.10",))
    assert s.health(s.pair.a)["enabled_shared_ips"] == ""
    tree = etree.fromstring(s.callers[s.pair.b].command("get_appliances").content)
    assert {one.get("id") for one in tree} == {s.pair.a.id, s.pair.b.id}
    caller = s.callers[s.pair.a]
    assert b"<success" in caller.command("set_failover_role", role="backup", data_sync_first="1").content
    s.clock.advance(125)
    assert [s.health(box)["failover_role"] for box in s.pair.boxes] == ["backup", "backup"]
    s.clock.advance(30)
    assert [s.health(box)["failover_role"] for box in s.pair.boxes] == ["backup", "primary"]
    s.pair.b.break_failover()
    assert s.pair.b.shared_ips
    assert "enabled_shared_ips" not in s.health(s.pair.b)
    s.establish(s.pair.b)
    assert b"already primary" in s.callers[s.pair.b].command("set_failover_role", role="primary").content


def test_connections_stay_where_they_are_when_the_name_moves(site: Any) -> None:
    s = site(shared_ips=("192.0.2.10",))
    door = s.served.url(s.pair.door)
    with requests.Session() as stays:
        stays.trust_env = False
        stays.verify = str(s.served.ca_path)
        stays.get(door + "/check_health", timeout=10)
        s.pair.door.point_to(s.pair.b)
        stays.get(door + "/check_health", timeout=10)
        assert len(s.pair.a.truth.requests) == 2
        stays.get(door + "/check_health", headers={"Connection": "close"}, timeout=10)
        stays.get(door + "/check_health", timeout=10)
        assert len(s.pair.b.truth.requests) == 1
        # A shared address is gone from the box that had it.
        s.pair.door.follow = "shared_ip"
        s.pair.a.enable_shared_ips([])
        with pytest.raises(requests.ConnectionError):
            stays.get(door + "/check_health", timeout=10)
        s.pair.b.enable_shared_ips(["192.0.2.10"])
        assert stays.get(door + "/check_health", timeout=10).status_code == 200
        assert len(s.pair.b.truth.requests) == 2


def test_a_pair_lives_by_itself_when_time_runs(tmp_path: Path) -> None:
    simulator = Simulator(ScaledClock(1000))
    pair = simulator.add_pair("support.example.com", site="19.1.8", sessions_every=50, swap_seconds=100)
    with simulator.serve(tmp_path) as served, requests.Session() as session:
        session.trust_env = False
        session.verify = str(served.ca_path)
        session.headers["Connection"] = "close"

        def reached() -> bool:
            try:
                return session.get(served.url(pair.door) + "/check_health", timeout=5).ok
            except requests.ConnectionError:
                return False

        def until(what: Callable[[], bool]) -> None:
            end = time.monotonic() + 20
            while not what():
                assert time.monotonic() < end
                time.sleep(0.01)

        until(lambda: len(pair.a.sessions) > 3)
        pair.automatic_failover(after=200)
        pair.a.go_down()
        served.follow(pair.a)
        assert not reached()
        until(lambda: pair.b.role == "primary")
        assert not reached()
        pair.door.point_to(pair.b)
        until(reached)
        until(lambda: len(pair.b.sessions) > 0)
        pair.a.come_back()
        assert (pair.a.site_up, pair.a.role) == (True, "backup")
        pair.door.point_to(None)
        until(lambda: not reached())
        pair.door.follow = lambda: pair.b
        until(reached)
    assert pair.truth.name_outages[0].what == "down"


def test_reports_are_limited_and_late_and_streamed(site: Any) -> None:
    s = site(ended_sessions=2000, a={"report_lag": 10.0})
    caller = s.callers[s.pair.a]
    answer = caller.report(start_time="0", duration="0")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    root = etree.fromstring(answer.content)
    assert [one.get("lsid") for one in root] == [one.guid for one in s.pair.a.sessions]
    s.pair.a.report_limit = 7
    assert len(etree.fromstring(caller.report(start_time="0", duration="0").content)) == 7
    session = s.pair.a.start_session()
    s.pair.a.end_sessions()
    assert b"end_time" not in caller.report(lsid=session.guid).content
    s.clock.advance(10)
    assert b"end_time" in caller.report(lsid=session.guid).content


def test_the_command_serves_pairs(tmp_path: Path) -> None:
    arguments = ["--pair", "--site", "19.1.8", "--next", "b.support.example.com:failed", "--sessions-every", "5"]
    script = "import time; time.sleep(1)"
    run = [
        sys.executable,
        "-m",
        "tests.simulator",
        "--directory",
        str(tmp_path),
        *arguments,
        "--",
        sys.executable,
        "-c",
        script,
    ]
    done = subprocess.run(run, cwd=Path(__file__).parents[3], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    inventory = yaml.safe_load((tmp_path / "inventory.yml").read_text())
    [(name, variables)] = inventory["all"]["children"]["bomgar_sites"]["hosts"].items()
    assert name == "support.example.com"
    boxes = variables["bomgar_appliances"]
    assert {variables["bomgar_url"], boxes["a"]["url"], boxes["b"]["url"]} == {
        f"https://127.0.0.1:{one}" for one in (boxes["a"]["port"], boxes["b"]["port"], variables["bomgar_url"][18:])
    }
    assert (boxes["a"]["address"], boxes["b"]["address"]) == ("192.0.2.11", "192.0.2.12")
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert set(truth["sites"]) == {"a.support.example.com", "b.support.example.com"}
    sessions = truth["pairs"]["support.example.com"]["sessions"]
    assert {one["began"] for one in sessions.values()} == {"a.support.example.com"}
