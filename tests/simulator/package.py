# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Package files in a made-up format of ours (assumed: the real one's name, extension, size and signature are unknown).

A line of magic, a line of JSON, then filler. The declared size catches truncation, the digest (left out for large files)
catches damage.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random

from .vendor import Package

MAGIC = b"SIMULATED-APPLIANCE-PACKAGE 1\n"
HEADER_LIMIT = 64 * 1024
_DIGEST_LIMIT = 64 * 1024 * 1024


class PackageRefusedError(Exception):
    """The file is not a package that this appliance takes; the text is what its page shows (assumed)."""


def write_package(
    path: str | Path, package: Package, size: int = 65536, *, truncate: int | None = None, damage: bool = False
) -> Path:
    """Write a package file of `size` bytes. `truncate`: cut it to so many bytes; `damage`: spoil some filler.

    Files above 64 MiB are sparse zeros without digest, so that huge ones cost nothing.
    """
    path = Path(path)
    header: dict[str, object] = {
        "kind": package.kind, "version": package.version, "requires": package.requires, "build": package.build,
        "title": package.title, "site": package.site, "size": size,
    }  # fmt: skip
    large = size > _DIGEST_LIMIT
    filler_size = size
    for _round in range(2):
        # The header's own length depends on the filler's digest, whose length is fixed: the second round is exact.
        filler = b"" if large else Random(package.name).randbytes(max(filler_size, 0))
        header["sha256"] = None if large else hashlib.sha256(filler).hexdigest()
        head = MAGIC + json.dumps(header).encode() + b"\n"
        filler_size = size - len(head)
    if filler_size < 0:
        raise ValueError(f"a package needs at least {len(head)} bytes")
    with path.open("wb") as file:
        file.write(head)
        if large:
            file.truncate(size)
        else:
            if damage:
                filler = filler[:-16] + bytes(byte ^ 0xFF for byte in filler[-16:])
            file.write(filler)
        if truncate is not None:
            file.truncate(truncate)
    return path


def filler_offset(head: bytes) -> int | None:
    """Where the filler begins; None when these first bytes are no package header."""
    if not head.startswith(MAGIC):
        return None
    end = head.find(b"\n", len(MAGIC))
    return None if end < 0 else end + 1


def read_package(head: bytes, size: int, filler_sha256: str | None) -> Package:
    """Judge an uploaded file by its first bytes, its size and its filler's digest (None: not hashed)."""
    offset = filler_offset(head)
    if offset is None:
        raise PackageRefusedError("The file is not a valid software package.")
    header = json.loads(head[len(MAGIC) : offset])
    if size != header["size"]:
        raise PackageRefusedError("The software package is incomplete.")
    if filler_sha256 is not None and header["sha256"] is not None and filler_sha256 != header["sha256"]:
        raise PackageRefusedError("The signature of the software package could not be verified.")
    return Package(
        header["kind"], header["version"], header["requires"], header["build"], header["title"], header["site"]
    )
