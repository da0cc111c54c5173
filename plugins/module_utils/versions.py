# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing version numbers, and what a site is wished to run. Pure; knows no list of releases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .errors import BadInput
from .libraries import packaging_version, require
from .models import Kind, Versions

#: Where LSID became a text, LSEQ came, answers got a namespace, and a pair began to merge the sessions of both (documented: seed).
LSID_BORDER = "10.6"
LSID_BORDER_API = "1.5.0"
#: The wish for whatever is offered.
LATEST = "latest"
_NUMBERS = re.compile(r"\d+(?:\.\d+)+")


def key(version: str) -> Any:
    """A version as something that sorts by number: 10.6 < 10.10, 11.1 = 11.1.0. BadInput for what is no version."""
    require("packaging")
    try:
        return packaging_version.Version(version.strip())
    except packaging_version.InvalidVersion as problem:
        raise BadInput(
            f"read {version!r} as a version", "it is not numbers with dots", "Write it as 11.1.1."
        ) from problem


def same(one: str | None, other: str | None) -> bool:
    """Whether both are known and equal."""
    return one is not None and other is not None and key(one) == key(other)


def newer(one: str, other: str) -> bool:
    """Whether the first is the newer one."""
    return bool(key(one) > key(other))


def merges_sessions(versions: Versions) -> bool | None:
    """Whether sessions of both appliances are merged when a pair of this software is established; None if that is not known."""
    if versions.api is not None:
        return bool(key(versions.api) >= key(LSID_BORDER_API))
    return None if versions.site is None else bool(key(versions.site) >= key(LSID_BORDER))


def numbers_in(text: str) -> tuple[str, ...]:
    """Every version number in a text, in its order."""
    return tuple(_NUMBERS.findall(text))


@dataclass(frozen=True)
class Wish:
    """What an appliance shall run: a version, LATEST, or None for "as it is"."""

    site: str | None = None
    base: str | None = None

    @classmethod
    def from_options(cls, target: Mapping[str, Any]) -> Wish:
        """From the option `target` (`bomgar_target`). BadInput for a wrong key or version."""
        unknown = sorted(set(target) - {"site", "base"})
        if unknown:
            raise BadInput("read the target", f"it has the key {unknown[0]!r}", "Its keys are site and base.")
        wish = cls(*(str(target[kind]).strip() if target.get(kind) else None for kind in ("site", "base")))
        for version in (wish.site, wish.base):
            if version not in (None, LATEST):
                key(str(version))
        return wish

    def of(self, kind: Kind) -> str | None:
        """The wish for one of the two packages."""
        return self.site if kind is Kind.SITE else self.base if kind is Kind.BASE else None

    def with_version(self, kind: Kind, version: str) -> Wish:
        """The same wish with one version fixed."""
        return replace(self, **{kind.value: version})

    @property
    def empty(self) -> bool:
        """Whether nothing is wished for."""
        return self.site is None and self.base is None

    def plain(self) -> dict[str, str]:
        """As the option was written."""
        return {kind: version for kind, version in (("site", self.site), ("base", self.base)) if version}


def installed(versions: Versions, kind: Kind) -> str | None:
    """The version of one of the two packages, None if it is not known."""
    return versions.site if kind is Kind.SITE else versions.base if kind is Kind.BASE else None


def missing(wish: Wish, versions: Versions) -> tuple[Kind, ...]:
    """Which packages do not run as wished, as far as fixed versions go; an unknown version counts as missing."""
    return tuple(
        kind
        for kind in (Kind.BASE, Kind.SITE)
        if wish.of(kind) not in (None, LATEST) and not same(wish.of(kind), installed(versions, kind))
    )


def beyond(wish: Wish, versions: Versions) -> tuple[Kind, ...]:
    """Which packages already run something newer than wished; no documented way leads back."""
    return tuple(
        kind
        for kind in missing(wish, versions)
        if (now := installed(versions, kind)) is not None and newer(now, str(wish.of(kind)))
    )
