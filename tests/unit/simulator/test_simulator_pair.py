# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pair over HTTPS: pages of every dialect, the API of both boxes, the door, the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.simulator import (
    DIALECTS,
    Appliance,
    LookClock,
    Pair,
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
