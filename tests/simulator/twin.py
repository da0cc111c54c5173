# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The twin of a real site, from a description that the collection makes (plugins/module_utils/twin.py), for rehearsals.

    {"format": 1, "site": "support.example.com", "common": {options of Appliance}, "production": "east",
     "members": {"east": {"options": {...}, "accounts": ["api", "appliance"]}, "west": {...}},   one or two
     "sync": {options of SyncPlan}, "shared_ips": [...],
     "offers": [package], "files": [{"path": "packages/1/base.pkg", "package": package}],
     "install": {options of InstallPlan}, "door": "leads-to", "variables": {more of the inventory},
     "commands": [["..."], ...]}    run one after the other, until one fails

The name of a pair leads where the file `door` says, which the rehearsal's own cutover writes: nothing outside is asked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .appliance import Appliance, Certificate, InstallPlan
from .package import write_package
from .pair import Pair, SyncPlan
from .server import Served, Simulator
from .vendor import Package

FORMAT = 1


def _package(values: dict[str, Any]) -> Package:
    return Package(
        values["kind"], values["version"], dict(values.get("requires") or {}), title=values.get("title"),
    )  # fmt: skip


@dataclass
class Twin:
    """A description, and the boxes that were made from it by their names in the inventory."""

    told: dict[str, Any]
    directory: Path

    def __post_init__(self) -> None:
        if self.told.get("format") != FORMAT:
            raise ValueError(f"the twin's description has the format {self.told.get('format')}, not {FORMAT}")
        self.boxes: dict[str, Appliance] = {}
        self.pair: Pair | None = None

    @classmethod
    def read(cls, file: Path) -> Twin:
        """The twin that a file describes; its own files lie beside it."""
        return cls(json.loads(file.read_text(encoding="utf-8")), file.parent)

    def populate(self, simulator: Simulator) -> list[Appliance]:
        """Publish the offers and put the appliances up."""
        told, site = self.told, self.told["site"]
        simulator.vendor.publish(*map(_package, told.get("offers") or ()))
        common = {
            "install_plan": InstallPlan(**told.get("install", {})),
            "rate_limits": False,
            **told.get("common", {}),
        }
        own = {name: _options(member["options"]) for name, member in told["members"].items()}
        if len(own) == 1:
            ((name, options),) = own.items()
            self.boxes[name] = simulator.add_appliance(site, **{**common, **options})
            return list(self.boxes.values())
        first = told["production"]
        (second,) = own.keys() - {first}
        pair = simulator.add_pair(
            site, hosts=(f"{first}.{site}", f"{second}.{site}"), a=own[first], b=own[second],
            sync=SyncPlan(**told.get("sync", {})), shared_ips=tuple(told.get("shared_ips") or ()),
            own_appliance_accounts=bool(told.get("own_appliance_accounts")), **common,
        )  # fmt: skip
        self.pair, self.boxes = pair, {first: pair.a, second: pair.b}
        pair.door.follow = "shared_ip" if told.get("shared_ips") else self._led_to
        return list(pair.boxes)

    def _led_to(self) -> Appliance:
        try:
            return self.boxes[(self.directory / self.told["door"]).read_text(encoding="utf-8").strip()]
        except (FileNotFoundError, KeyError):
            return self.boxes[self.told["production"]]

    def write_packages(self) -> list[Path]:
        """The package files, with the names that the real ones have."""
        written = []
        for file in self.told.get("files") or ():
            path = self.directory / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(write_package(path, _package(file["package"])))
        return written

    def inventory(self, served: Served) -> dict[str, Any]:
        """The inventory that leads to the twin, with the names and the kinds of accounts that the real one has."""
        members = self.told["members"]
        found = {name: self._member(name, served) for name in members}
        if self.pair is not None:
            for name, one in found.items():
                one |= {"address": self.boxes[name].address, "port": served.port(self.boxes[name])}
            variables = {"bomgar_url": served.url(self.pair.door), "bomgar_appliances": found}
        elif "a" in found:  # what an only appliance is called where the inventory does not name it
            variables = {f"bomgar_{key}": value for key, value in found["a"].items()}
        else:
            variables = {"bomgar_appliances": found}
        everywhere = {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "bomgar_ca_path": str(served.ca_path.resolve()),
        }
        host = {**variables, **self.told.get("variables", {})}
        return {"all": {"children": {"bomgar_sites": {"hosts": {self.told["site"]: host}, "vars": everywhere}}}}

    def _member(self, name: str, served: Served) -> dict[str, Any]:
        box, kinds = self.boxes[name], self.told["members"][name]["accounts"]
        values = {"url": served.url(box)}
        if "api" in kinds and box.has_oauth:
            values |= {"api_client_id": box.accounts.api.client_id, "api_client_secret": box.accounts.api.client_secret}
        elif "api" in kinds:
            values |= {"api_username": box.accounts.api_user.username, "api_password": box.accounts.api_user.password}
        for kind in ("login", "appliance"):
            if kind in kinds:
                account = getattr(box.accounts, kind)
                values |= {f"{kind}_username": account.username, f"{kind}_password": account.password}
        return values


def _options(told: dict[str, Any]) -> dict[str, Any]:
    """An appliance's options from JSON; a certificate by the days that it still holds."""
    options = dict(told)
    days = options.pop("certificate_days", None)
    return options if days is None else {**options, "certificate": Certificate(days=days)}
