# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-ins for the appliance side of a backup: answers by list, an account, an identity. Opens no connection."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from random import Random

from ansible_collections.bomgar.appliance.plugins.module_utils.accounts import API_CLIENT
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import Identity
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError
from ansible_collections.bomgar.appliance.plugins.module_utils.site_api import Proof
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request

NOW = 1_700_000_000.0
IDENTITY = Identity(
    appliance_id="0123456789abcdef0123456789abcdef",
    host_name="support.example.com",
    company_name="example",
    site_version="11.1.1",
    build="12345-abc",
    api_version="1.6.0",
    failover_role="none",
)


def binary(size: int, seed: int = 1) -> bytes:
    """Bytes that are no text, always the same."""
    return Random(seed).randbytes(size)


@dataclasses.dataclass
class Reply:
    """One answer; `error` is raised after the body, as the transport does when a connection breaks."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    media_type: str | None = "application/octet-stream"
    length: int | None = -1
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    error: BomgarError | None = None
    piece: int = 1000

    def pieces(self) -> Iterator[bytes]:
        if isinstance(self.body, bytes):
            for start in range(0, len(self.body), self.piece):
                yield self.body[start : start + self.piece]
        else:
            yield from self.body
        if self.error:
            raise self.error

    def all_headers(self) -> dict[str, str]:
        headers = dict(self.headers)
        if self.media_type is not None:
            headers["content-type"] = self.media_type
        if self.length == -1 and isinstance(self.body, bytes):
            headers["content-length"] = str(len(self.body))
        elif self.length not in (None, -1):
            headers["content-length"] = str(self.length)
        return headers


class FakeSender:
    """Gives its replies one after the other, and keeps the requests."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []

    def send(self, request: Request) -> Answer:
        raise AssertionError("a backup is never read into memory as a whole")

    @contextlib.contextmanager
    def stream(self, request: Request) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        self.requests.append(request)
        reply = self.replies.pop(0)
        yield Answer(reply.status, reply.all_headers(), b"", "https://support.example.com/api/backup"), reply.pieces()


class FakeAuth(Proof):
    """An account; `fresh` tells how often `refresh` has something fresher."""

    kind = API_CLIENT

    def __init__(self, fresh: int = 0, form: tuple[tuple[str, str], ...] | None = None) -> None:
        super().__init__()
        self.fresh = fresh
        self.form = form
        self.refreshed = 0

    def prepare(self, request: Request) -> Request:
        if self.refused:
            raise self.refused
        if self.form is not None:
            return dataclasses.replace(request, method="POST", form=self.form)
        return dataclasses.replace(request, headers={**request.headers, "Authorization": f"Bearer {self.refreshed}"})

    def refresh(self) -> bool:
        self.refreshed += 1
        self.fresh -= 1
        return self.fresh >= 0
