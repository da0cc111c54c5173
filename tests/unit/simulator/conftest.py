# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person at a browser and a caller of the API, both with nothing but requests and lxml."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
import requests
from ansible_collections.bomgar.appliance.tests.simulator import Appliance, LookClock, Served, Simulator, make_dialect
from lxml import html


class Person:
    """Reads pages and presses what stands on them; knows the dialect's words and encoding, but no field names."""

    def __init__(self, served: Served, box: Appliance) -> None:
        self.base = served.url(box)
        self.box = box
        self.dialect = make_dialect(box.dialect_name)
        self.words = self.dialect.words
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(served.ca_path)

    def open(self, path: str) -> requests.Response:
        return self.take(self.session.get(urljoin(self.base, path), timeout=10))

    def take(self, answer: requests.Response) -> requests.Response:
        self.answer = answer
        readable = unescape(answer.content.decode(self.dialect.encoding)).replace("\xa0", " ")
        self.text = " ".join(readable.split())
        self.page = html.fromstring(answer.content, parser=html.HTMLParser(encoding=self.dialect.encoding))
        return answer

    def go(self, page: str, interface: str = "appliance") -> requests.Response:
        return self.open(self.dialect.url(interface, page))

    @staticmethod
    def _same(one: str, other: str) -> bool:
        return " ".join(one.replace("\xa0", " ").split()).casefold() == other.casefold()

    def control(self, label: str, near: str | None = None) -> Any:
        """The one control of this label, in the innermost element that also holds the text `near`."""
        found = [
            one
            for one in self.page.xpath('//input[@type="submit" or @type="image"] | //button | //a')
            if self._same(one.get("alt") or (one.text_content() if one.tag != "input" else one.get("value")), label)
        ]
        if near is not None:
            found = [one for one in found if any(near in up.text_content() for up in list(one.iterancestors())[:6])]
            depth = {
                one: next(n for n, up in enumerate(one.iterancestors()) if near in up.text_content()) for one in found
            }
            found = sorted(found, key=lambda one: depth[one])[:1]
        assert found, f"no {label!r} in {self.text}"
        return found[0]

    def has(self, label: str, near: str | None = None) -> bool:
        try:
            return self.control(label, near).get("disabled") is None
        except AssertionError:
            return False

    def press(
        self,
        label: str,
        *typed: str,
        near: str | None = None,
        tick: bool = False,
        file: Any = None,
        change: Callable[[list[tuple[str, str]]], None] | None = None,
    ) -> requests.Response:
        control = self.control(label, near)
        if control.tag == "a":
            return self.open(urljoin(self.answer.url, control.get("href")))
        owner = control.get("form")
        form = self.page.get_element_by_id(owner) if owner else next(control.iterancestors("form"))
        pairs = []
        words = list(typed)
        file_field = None
        for field in form.xpath(".//input | .//select"):
            kind = field.get("type", "text")
            if field.tag == "select":
                pairs.append((field.get("name"), "English"))
            elif kind in ("text", "password"):
                pairs.append((field.get("name"), words.pop(0) if words else field.get("value", "")))
            elif kind == "hidden" or (kind == "checkbox" and (tick or field.get("checked") is not None)):
                pairs.append((field.get("name"), field.get("value")))
            elif kind == "file":
                file_field = field.get("name")
        name = control.get("name")
        if name:
            if control.get("type") == "image":
                pairs += [(f"{name}.x", "3"), (f"{name}.y", "4")]
            else:
                pairs.append((name, control.get("value")))
        if change:
            change(pairs)
        url = urljoin(self.answer.url, form.get("action"))
        encoded = [(key.encode(self.dialect.encoding), value.encode(self.dialect.encoding)) for key, value in pairs]
        if file_field and file is not None:
            files: list[tuple[Any, Any]] = [
                (key.decode(self.dialect.encoding), (None, value)) for key, value in encoded
            ]
            files.append((file_field, (file.name, file.open("rb"))))
            return self.take(self.session.post(url, files=files, timeout=10))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.take(self.session.post(url, data=urlencode(encoded), headers=headers, timeout=10))

    def log_in(self, interface: str = "appliance", password: str | None = None) -> requests.Response:
        account = self.box.accounts.appliance if interface == "appliance" else self.box.accounts.login
        self.open(f"/{interface}")
        return self.press(self.words["sign_in"], account.username, password or account.password)

    def check(self) -> None:
        self.go("updates")
        self.press(self.words["check"])

    def install(self, name: str) -> None:
        self.press(self.words["install"], near=name)
        if self.dialect.asks_first:
            self.press(self.words["continue"], tick=True)
            self.press(self.words["yes"])


class Caller:
    """Calls the APIs."""

    def __init__(self, served: Served, box: Appliance) -> None:
        self.base, self.box, self.ca = served.url(box), box, str(served.ca_path)
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = ""

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> requests.Response:
        return self.session.get(self.base + path, params=query, headers=headers, verify=self.ca, timeout=10)

    def new_token(self) -> str:
        account = self.box.accounts.api
        answer = self.session.post(
            self.base + "/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(account.client_id, account.client_secret),
            verify=self.ca,
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return self.token

    def call(self, path: str, *, token: str | None = None, **query: str) -> requests.Response:
        if self.box.has_oauth:
            chosen = token or self.token or self.new_token()
            return self.get(path, {"Authorization": f"Bearer {chosen}"}, **query)
        user = self.box.accounts.api_user
        return self.get(path, username=user.username, password=user.password, **query)

    def command(self, action: str, **query: str) -> requests.Response:
        return self.call("/api/command", action=action, **query)

    def report(self, **query: str) -> requests.Response:
        return self.call("/api/reporting", generate_report="SupportSession", **query)


class World:
    """Sets up one box, its server, a person and a caller."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.stack = stack

    def __call__(self, *, step: float = 1.0, packages: tuple[Any, ...] = (), **options: Any) -> World:
        self.clock = LookClock(step)
        self.sim = Simulator(self.clock)
        self.sim.vendor.publish(*packages)
        self.box = self.sim.add_appliance("support.example.com", **options)
        self.served = self.stack.enter_context(self.sim.serve())
        self.person = Person(self.served, self.box)
        self.caller = Caller(self.served, self.box)
        return self


@pytest.fixture
def world() -> Iterator[World]:
    with contextlib.ExitStack() as stack:
        yield World(stack)
