# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request and a reply without any HTTP library, between the server and what an appliance answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Upload:
    """A file that came in a multipart body; only its beginning was kept."""

    file_name: str
    size: int
    head: bytes
    sha256: str | None
    filler_sha256: str | None


@dataclass
class Call:
    """One request. `body` is empty for multipart ones, whose fields are in `form` and whose file is in `upload`."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    raw_query: str = ""
    body: bytes = b""
    cookies: dict[str, str] = field(default_factory=dict)
    form: list[tuple[str, str]] | None = None
    upload: Upload | None = None
    multipart: bool = False

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass
class Reply:
    """One answer. `stream` with `length` instead of `body` for what is large."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html"
    charset: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    stream: Iterator[bytes] | None = None
    length: int | None = None
