# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sender with scripted answers that keeps every request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request

SITE = "https://support.example.com/"
Scripted = "bytes | str | Answer | Exception | Callable[[Request], bytes | str | Answer]"


def answer(body: bytes | str, status: int = 200, **headers: str) -> Answer:
    """An Answer; header names with underscores for dashes."""
    found = {"content-type": "text/html; charset=utf-8" if isinstance(body, str) else "text/html"}
    found.update({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status, found, body.encode() if isinstance(body, str) else body, SITE)


def redirect(to: str, status: int = 302) -> Answer:
    """A redirect."""
    return answer("", status, location=to)


class FakeSender:
    """Answers by `METHOD /path` (query left out of the key unless the key has one); a list is used up, its last stays."""

    def __init__(self, **unused: object) -> None:
        self.pages: dict[str, object] = {}
        self.requests: list[Request] = []

    def on(self, key: str, *answers: object) -> FakeSender:
        """Script the answers to a request."""
        self.pages[key] = list(answers)
        return self

    def send(self, request: Request) -> Answer:
        """Answer as scripted; 404 for anything else."""
        self.requests.append(request)
        address = urljoin(SITE, request.path)
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("https", "support.example.com"), f"sent to another host: {address}"
        exact = f"{request.method} {parts.path}?{parts.query}"
        scripted = self.pages.get(exact, self.pages.get(f"{request.method} {parts.path}"))
        if scripted is None:
            return Answer(404, {"content-type": "text/html"}, b"<html><p>Not found</p></html>", address.split("?")[0])
        assert isinstance(scripted, list)
        found = scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if callable(found):
            found = found(request)
        if isinstance(found, Exception):
            raise found
        if not isinstance(found, Answer):
            found = answer(found)
        return Answer(found.status, found.headers, found.body, address.split("?")[0])

    def stream(self, request: Request) -> contextlib.AbstractContextManager[tuple[Answer, Iterator[bytes]]]:
        """Not used by the web driver."""
        raise AssertionError("the web driver does not stream answers")

    @property
    def commands(self) -> list[Request]:
        """The requests marked as commands."""
        return [request for request in self.requests if request.command]

    @property
    def sent(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {urlsplit(urljoin(SITE, request.path)).path}" for request in self.requests]
