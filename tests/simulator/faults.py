# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that a test plants at requests: which request is hit, and how. Carrying them out is the server's business.

Kinds

| kind | what happens | details |
| --- | --- | --- |
| refuse | connection dropped before the appliance acts | |
| lost | the appliance acts, then the connection drops without an answer | |
| status | an answer with this status instead of acting | `status`, `body`, `content_type` |
| slow | the answer waits | `seconds` (real ones) |
| truncate | acts, then sends part of the body | `keep` (fraction), `framing`: length, chunked, abort |
| replace | acts, then another body is sent | `body`, `content_type`, `status` |
| html | acts, an HTML error page with status 200 is sent | |
| entity_bomb | acts, XML with nested entities is sent | |
| wrong_encoding | acts, the body is declared in another encoding than it is in | `charset` |
| empty | acts, an empty body is sent | |
| expire_session | the web session is gone, so the appliance sends to its login page | |
| csrf | the form's token is taken as wrong | |
| revoke_tokens | all API tokens die before the request is looked at | |
| rate_limit | 429 with the JSON that a connector models (C-SEKOIA) | |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .truth import RequestSeen

KINDS = (
    "refuse", "lost", "status", "slow", "truncate", "replace", "html", "entity_bomb", "wrong_encoding", "empty",
    "expire_session", "csrf", "revoke_tokens", "rate_limit",
)  # fmt: skip


@dataclass
class Fault:
    """One planted fault. `hits` counts the requests it struck; `times` None means always."""

    kind: str
    method: str | None = None
    path: str | None = None
    role: str | None = None
    interface: str | None = None
    when: Callable[[RequestSeen], bool] | None = None
    after: int = 0
    times: int | None = 1
    details: dict[str, Any] = field(default_factory=dict)
    matched: int = 0
    hits: int = 0

    def strikes(self, request: RequestSeen) -> bool:
        """Whether this request is hit; counts it."""
        if self.times is not None and self.hits >= self.times:
            return False
        fits = (
            (self.method is None or self.method == request.method)
            and (self.path is None or fnmatchcase(request.path, self.path))
            and (self.role is None or fnmatchcase(request.role, self.role))
            and (self.interface is None or self.interface == request.interface)
            and (self.when is None or self.when(request))
        )
        if not fits:
            return False
        self.matched += 1
        if self.matched <= self.after:
            return False
        self.hits += 1
        return True


class Faults:
    """The faults of one appliance."""

    def __init__(self) -> None:
        self.planted: list[Fault] = []

    def plant(
        self,
        kind: str,
        *,
        method: str | None = None,
        path: str | None = None,
        role: str | None = None,
        interface: str | None = None,
        when: Callable[[RequestSeen], bool] | None = None,
        after: int = 0,
        times: int | None = 1,
        **details: Any,
    ) -> Fault:
        """Plant a fault; patterns are shell-like (`role="appliance:*"`). `after`: so many matching requests pass first."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known are {', '.join(KINDS)}")
        fault = Fault(kind, method, path, role, interface, when, after, times, details)
        self.planted.append(fault)
        return fault

    def clear(self) -> None:
        """Take all faults away."""
        self.planted.clear()

    def striking(self, request: RequestSeen) -> Fault | None:
        """The first planted fault that hits this request."""
        for fault in self.planted:
            if fault.strikes(request):
                return fault
        return None


ENTITY_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE answer [\n<!ENTITY a "aaaaaaaaaa">\n'
    + "".join(
        f'<!ENTITY {name} "{"&" + before + ";"}{("&" + before + ";") * 9}">\n'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>\n<answer>&i;</answer>\n"
)
HTML_PAGE = "<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"
