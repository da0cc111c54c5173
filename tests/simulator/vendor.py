# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's update server: packages, their requirements, and what is offered to an appliance.

The blocked row's sentence is the guide's (seed, D-DE-UPG). How the vendor chooses what to offer is assumed: everything
published that is newer than what is installed and meant for this site.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def numbers(version: str) -> tuple[int, ...]:
    """A dotted version as integers."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class Package:
    """An update package. `requires`: kind -> lowest installed version of that kind.

    `kind`: base, site, or other (a patch or a rebuilt package: changes no version, C-MSF, D-SSLGUIDE).
    """

    kind: str
    version: str
    requires: dict[str, str] = field(default_factory=dict)
    build: str | None = None
    title: str | None = None
    site: str | None = None
    licenses: int = 15
    expires: str = "Never"

    def __post_init__(self) -> None:
        if self.kind not in ("base", "site", "other"):
            raise ValueError("kind must be base, site or other")

    @property
    def name(self) -> str:
        """Name as the Updates page shows it (seed: `Base Software-3.2.6`, `Bomgar-11.1.1`)."""
        prefix = self.title or {"base": "Base Software", "site": "Bomgar", "other": "Patch"}[self.kind]
        return f"{prefix}-{self.version}"


def refusal(package: Package, installed: dict[str, str]) -> str | None:
    """Why this package cannot be installed on these versions; None when it can (text: seed)."""
    for kind, lowest in package.requires.items():
        if numbers(installed[kind]) < numbers(lowest):
            return (
                f"{installed[kind]} does not satisfy {package.version}'s requirements. Please install any other "
                'available package by clicking "Install this Update".'
            )
    return None


@dataclass(frozen=True)
class Offer:
    """What the vendor offers to one appliance; `blocked_by` is the page's sentence, or None."""

    package: Package
    blocked_by: str | None


class VendorUnreachableError(Exception):
    """The update server cannot be reached from the appliance."""


class Vendor:
    """Packages that are published, and whether the server can be reached."""

    def __init__(self) -> None:
        self.packages: list[Package] = []
        self.reachable = True

    def publish(self, *packages: Package) -> None:
        """Offer these packages from now on."""
        self.packages.extend(packages)

    def withdraw(self, *packages: Package) -> None:
        """Offer these packages no longer."""
        self.packages = [one for one in self.packages if one not in packages]

    def publish_guide(self) -> None:
        """The guide's own example: Base 3.2.6, and Bomgar 11.1.1 that needs it (seed)."""
        self.publish(Package("base", "3.2.6"), Package("site", "11.1.1", requires={"base": "3.2.6"}))

    def find(self, name: str) -> Package | None:
        """The published package of this name."""
        return next((one for one in self.packages if one.name == name), None)

    def offers(self, installed: dict[str, str], site: str, others: tuple[str, ...] = ()) -> list[Offer]:
        """What is offered for these installed versions and `others`; base before site, old before new (assumed)."""
        if not self.reachable:
            raise VendorUnreachableError()
        wanted = [
            one
            for one in self.packages
            if one.site in (None, site)
            and (one.name not in others if one.kind == "other" else numbers(one.version) > numbers(installed[one.kind]))
        ]
        wanted.sort(key=lambda one: (("base", "site", "other").index(one.kind), numbers(one.version)))
        return [Offer(one, refusal(one, installed)) for one in wanted]
