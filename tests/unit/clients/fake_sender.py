# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A transport that gives the answers a test wrote, and keeps the requests. Opens no connection."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request

Reply = Answer | BomgarError


def xml(body: str | bytes, status: int = 200, media_type: str = "text/xml") -> Answer:
    """An answer of the XML APIs (D-RS-CMD, C-RAGMOB)."""
    content = body if isinstance(body, bytes) else body.encode()
    return Answer(status, {"content-type": f"{media_type}; charset=UTF-8"}, content, "https://x/api/command")


def token(name: str = "t1", **more: Any) -> Answer:
    """An answer of the token endpoint (D-RS-AUTH)."""
    content = {"access_token": name, "token_type": "Bearer", "expires_in": 3600, **more}
    return Answer(200, {"content-type": "application/json"}, json.dumps(content).encode(), "https://x/oauth2/token")


def status(code: int, **headers: str) -> Answer:
    """An answer that is nothing but its status."""
    return Answer(code, {"content-type": "text/html", **headers}, b"<html>no</html>", "https://x/")


class FakeSender:
    """`answers` by path, or by a function of the request; each list is used up, its last entry stays."""

    def __init__(self, **answers: list[Reply]) -> None:
        self.requests: list[Request] = []
        self._answers = answers
        self.judge: Callable[[Request], Reply] | None = None

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.judge is not None:
            reply = self.judge(request)
        else:
            replies = self._answers["token" if request.path == "/oauth2/token" else "api"]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, BomgarError):
            raise reply
        return reply

    @contextlib.contextmanager
    def stream(self, request: Request) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """The same answers, in pieces of seven bytes."""
        answer = self.send(request)
        pieces = (answer.body[start : start + 7] for start in range(0, len(answer.body), 7))
        yield dataclasses.replace(answer, body=b""), pieces

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.requests]
