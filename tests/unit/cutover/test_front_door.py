# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who answers at the site's address."""

from __future__ import annotations

from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.connect import Appliance
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    CertificateRefused,
    NotSupported,
    ServiceDown,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.front_door import FrontDoor
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Basics, Health, Role

API = MappingProxyType({"client_id": "me", "client_secret": "s"})
PAGES = MappingProxyType({"username": "admin", "password": "p"})
REFUSED = AuthenticationRefused("log in", "the account is locked", "Correct it.")
NO_HEALTH = NotSupported("ask for check_health", "unknown action", "Nothing.")


class Box:
    """An appliance that says who it is, or raises what is planted, and counts what it is asked."""

    def __init__(self, number: int, *, api: Any = API, pages: Any = PAGES) -> None:
        self.options = {"api": api, "appliance": pages}
        self.has_api, self.has_pages = bool(api), bool(pages)
        self.id: str | None = f"{number:032x}"
        self.serial: str | None = f"SN-{number}"
        self.healthy = True
        self.errors: dict[str, BomgarError] = {}
        self.asked: list[str] = []
        self.leads_to = self
        self.command_api = SimpleNamespace(check_health=self._health)
        self.pages = SimpleNamespace(basics=self._basics)
        self.probe = SimpleNamespace(serving=self._serving, asks="the login page")

    def _at(self, what: str) -> Box:
        self.asked.append(what)
        for error in (self.errors.get(what), self.leads_to.errors.get(what)):
            if error is not None:
                raise error
        return self.leads_to

    def _health(self) -> Health:
        box = self._at("health")
        error = None if box.healthy else "the disk is full"
        return Health("host", box.id, "15.1.1", None, box.healthy, error, Role.NONE, (), None, None)

    def _basics(self) -> Basics:
        return Basics("4.2", serial=self._at("basics").serial)

    def _serving(self) -> bool:
        return self._at("probe").healthy


class Site:
    """A pair and its door, which leads to `a`."""

    def __init__(self, **options: Any) -> None:
        self.a, self.b = Box(1, **options), Box(2, **options)
        self.door = Box(9, **options)
        self.door.leads_to = self.a
        self.now = 100.0

    def front(self) -> FrontDoor:
        sides = {"a": self.a, "b": self.b}
        return FrontDoor(cast(Appliance, self.door), cast("dict[str, Appliance]", sides), lambda: self.now)


def test_by_its_id_with_one_request_a_look() -> None:
    site = Site()
    front = site.front()
    answer = front.who()
    assert (answer.name, answer.how, answer.serving, answer.problem) == ("a", "check_health", True, None)
    site.door.leads_to = site.b
    assert front.who().name == "b"
    assert site.door.asked == ["health", "health"]
    assert (site.a.asked, site.b.asked) == (["health"], ["health"])
    assert front.asks == "check_health"


@pytest.mark.parametrize("why", ["no_api", "api_not_everywhere", "old_release", "accounts_differ", "same_id"])
def test_by_its_serial_number_where_the_api_does_not_tell(why: str) -> None:
    site = Site(**({"api": None} if why == "no_api" else {}))
    if why == "api_not_everywhere":
        site.b.has_api, site.b.options["api"] = False, None
    if why == "old_release":
        site.a.errors["health"] = NO_HEALTH
    if why == "accounts_differ":
        site.b.options["api"] = {"client_id": "another", "client_secret": "s"}
    if why == "same_id":
        site.b.id = site.a.id
    answer = site.front().who()
    assert (answer.name, answer.how, answer.serving, answer.problem) == ("a", "serial number", True, None)


def test_one_of_the_two_is_of_a_release_without_check_health() -> None:
    """The middle of a role swap: the new production has it, the old one has not."""
    site = Site()
    site.a.errors["health"] = NO_HEALTH
    front = site.front()
    assert (front.who().name, front.who().how) == ("a", "serial number")
    site.door.leads_to = site.b
    assert (front.who().name, front.who().how) == ("b", "check_health")
    assert site.b.asked == ["health"], "its serial number was not needed"


DOWN = [
    Unreachable("ask", "no connection", "Look."),
    ServiceDown("ask", "HTTP status 503", "Wait."),
    CertificateRefused("ask", "the certificate was not accepted", "Give it."),
]


@pytest.mark.parametrize("error", DOWN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("api", [API, None], ids=["api", "pages"])
def test_down_is_not_serving_and_dated_from_the_beginning_of_the_look(error: BomgarError, api: Any) -> None:
    site = Site(api=api)
    front = site.front()
    front.who()
    site.door.errors = dict.fromkeys(("health", "probe"), error)
    answer = front.who()
    assert (answer.name, answer.serving, answer.at) == (None, False, 100.0)
    assert error.got in str(answer.problem)


def test_a_site_that_answers_that_it_is_not_good_does_not_serve() -> None:
    site = Site()
    site.a.healthy = False
    answer = site.front().who()
    assert (answer.name, answer.serving, answer.problem) == ("a", False, "the disk is full")
    site.door.errors["health"] = NO_HEALTH
    assert not site.front().who().serving


@pytest.mark.parametrize("where", ["door", "a", "b"])
@pytest.mark.parametrize("way", ["health", "basics"])
def test_a_refused_account_is_never_tried_again(way: str, where: str) -> None:
    site = Site(api=None if way == "basics" else API)
    getattr(site, where).errors[way] = REFUSED
    front = site.front()
    answers = [front.who() for _look in range(5)]
    asked = [what for box in (site.door, site.a, site.b) for what in box.asked].count(way)
    assert asked <= {"door": 3, "a": 1, "b": 2}[where], "each of the two says who it is before the door is asked"
    assert getattr(site, where).asked.count(way) == 1
    assert all(answer.name == (None if way == "basics" else "a") for answer in answers)
    if way == "basics":
        assert "the account is locked" in str(answers[-1].problem)


def test_accounts_that_differ_are_not_used_at_the_door() -> None:
    site = Site(api=None)
    site.b.options["appliance"] = {"username": "admin", "password": "another"}
    answer = site.front().who()
    assert (answer.name, answer.serving) == (None, True)
    assert "their appliance accounts differ" in str(answer.problem)
    assert "basics" not in [*site.door.asked, *site.a.asked, *site.b.asked]


def test_one_that_is_down_does_not_hide_the_other_and_is_asked_once() -> None:
    site = Site()
    site.a.errors = dict.fromkeys(("health", "basics"), DOWN[0])
    front = site.front()
    site.door.leads_to = site.b
    assert [front.who().name for _look in range(3)] == ["b", "b", "b"]
    assert site.a.asked == ["health", "basics"]
    assert front.knows("b")
    assert not front.knows("a")
    site.a.errors.clear()
    site.door.leads_to = site.a
    answer = front.who()
    assert answer.name is None
    assert "a did not say who it is" in str(answer.problem)
    front.ask_again()
    assert front.who().name == "a"
    assert front.knows("a")


def test_a_stranger_is_neither() -> None:
    site = Site()
    site.door.leads_to = Box(3)
    answer = site.front().who()
    assert (answer.name, answer.serving, answer.problem) == (None, True, "what answers is neither of a and b")


def test_an_answer_that_is_not_understood_leaves_it_unknown() -> None:
    site = Site(pages=None)
    site.door.errors["health"] = UnexpectedAnswer("ask", "a page instead of XML", "Look.")
    answer = site.front().who()
    assert (answer.name, answer.serving, answer.problem) == (None, True, "ask: a page instead of XML")
