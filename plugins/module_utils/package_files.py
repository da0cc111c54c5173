# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package files for a manual installation: are they there, are they the right ones, what do they bring. Sends nothing.

Name, extension, size and signature of the vendor's packages are not documented, so nothing is read out of their content: only
what can be no program at all, a page or a short text as a failed download leaves it, is told by it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .backup_file import Examination
from .errors import BadInput
from .models import Kind, Outcome, Versions
from .record_standing import last_attempts
from .versions import Wish, installed, key, missing, newer, numbers_in, same

_PIECE = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: What follows the last dot is no extension when it is a number: Base Software-3.2.6.
_EXTENSION = re.compile(r"\.[a-z]\w*$", re.IGNORECASE)
_BASE = re.compile(r"(?<![a-z])base", re.IGNORECASE)


@dataclass(frozen=True)
class PackageFile:
    """One package on the controller. `kind` and `version` are what it is said, or named, to bring; UNKNOWN and None if not."""

    path: Path
    size: int
    sha256: str
    kind: Kind = Kind.UNKNOWN
    version: str | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def examine(
    packages: Sequence[Mapping[str, Any]], wish: Wish, tell: Callable[[str], None] = lambda _line: None
) -> tuple[PackageFile, ...]:
    """Every file, hashed and held against its `sha256`. BadInput for the first one that is not what it should be."""
    return tuple(_examine(package, wish, len(packages) == 1, tell) for package in packages)


def _examine(package: Mapping[str, Any], wish: Wish, only: bool, tell: Callable[[str], None]) -> PackageFile:
    path = Path(str(package["path"]))
    what = f"use the package {path}"
    wanted = str(package.get("sha256") or "").strip().lower().removeprefix("sha256:")
    if wanted and not _SHA256.fullmatch(wanted):
        raise BadInput(what, "its sha256 is not 64 hexadecimal digits", "Copy the checksum into bomgar_packages again.")
    if not path.is_file():
        got = "it is a folder, not a file" if path.is_dir() else "there is no such file on the controller"
        raise BadInput(what, got, "Correct its path in bomgar_packages, or download it again.")
    try:
        size = path.stat().st_size
        if size == 0:
            raise BadInput(what, "the file is empty", "Download it again.")
        tell(f"hashing {path.name}")
        digest, content = hashlib.sha256(), Examination("", None, minimum_size=0)
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                content.feed(piece)
    except OSError as problem:
        raise BadInput(
            what, f"it cannot be read ({problem.strerror})", "Give the user of this run the right to read it."
        ) from problem
    found = digest.hexdigest()
    if wanted and not hmac.compare_digest(wanted, found):
        raise BadInput(
            what,
            f"its SHA-256 is {found}, not {wanted}",
            "The file is damaged or another one. Download it again, or correct bomgar_packages; nothing was sent.",
            sha256=found,
        )
    objection = content.objection()
    if objection:
        raise BadInput(
            what,
            f"it is no package: {objection.replace('the answer', 'the file')}, as a failed download leaves it",
            "Look into it, and download the package again; nothing was sent.",
            sha256=found,
        )
    kind, version = brings(without_extension(path.name), package.get("provides") or {}, wish, only)
    return PackageFile(path, size, found, kind, version)


def without_extension(name: str) -> str:
    """A file's name without what is an extension."""
    return _EXTENSION.sub("", name)


def brings(name: str, provides: Mapping[str, Any], wish: Wish, only: bool) -> tuple[Kind, str | None]:
    """What a package brings: as `provides` says; else by a version in its name that is wished for, or stands by "base" (assumed).

    The only package of a wish for one version brings that one.
    """
    said = [(kind, str(provides[kind.value])) for kind in (Kind.BASE, Kind.SITE) if provides.get(kind.value)]
    if len(said) > 1:
        raise BadInput(
            f"use the package {name}",
            "it is said to bring base and site",
            "A package is one of the two: correct its provides in bomgar_packages.",
        )
    if said:
        key(said[0][1])
        return said[0]
    numbers = numbers_in(name)
    wishes = [(kind, version) for kind in (Kind.BASE, Kind.SITE) if (version := wish.of(kind)) and numbers_in(version)]
    is_base = bool(_BASE.search(name))
    for kind, version in wishes:
        if any(same(number, version) for number in numbers) and is_base == (kind is Kind.BASE):
            return kind, version
    if numbers and is_base:
        return Kind.BASE, numbers[-1]
    if only and len(wishes) == 1 and not numbers:
        return wishes[0]
    return Kind.UNKNOWN, None


def is_in(package: PackageFile, versions: Versions) -> bool | None:
    """Whether the appliance runs what the package brings, or something newer; None if that cannot be told."""
    running = installed(versions, package.kind)
    if package.version is None or running is None:
        return None
    return same(package.version, running) or newer(running, package.version)


def hashes_installed(record: Mapping[str, Any], appliance: str) -> tuple[str, ...]:
    """The SHA-256 of every package file that a record's steps have installed on an appliance."""
    return tuple(
        str(step["facts"]["sha256"])
        for step in last_attempts(record, appliance)
        if step.get("outcome") == Outcome.CHANGED.value and (step.get("facts") or {}).get("sha256")
    )


def left(
    packages: Sequence[PackageFile], wish: Wish, versions: Versions, done: Sequence[str]
) -> tuple[PackageFile, ...]:
    """The packages that are still to be installed, in the order given. `done`: hashes that the record says are installed.

    BadInput where neither the target, nor `provides`, nor the name tells what a package brings: running again would
    install it again.
    """
    if not wish.empty and not missing(wish, versions):
        return ()
    rest = []
    for package in packages:
        known = is_in(package, versions)
        if known is None and wish.empty and package.sha256 not in done:
            raise BadInput(
                f"use the package {package.path}",
                "nothing says which version it brings, so it could not be told whether it is installed already",
                'Give the target (bomgar_target), or provides of the package in bomgar_packages, as {site: "11.1.1"}.',
            )
        if known is False or (known is None and package.sha256 not in done):
            rest.append(package)
    return tuple(rest)
