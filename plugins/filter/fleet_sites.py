# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that tells the report of a fleet about its sites."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import inventory

_RECORDS = "~/.local/share/bomgar.appliance/records"
_WISH = ("bomgar_record_dir", "bomgar_target", "bomgar_path")


def fleet_sites(
    sites: Sequence[str],
    hostvars: Mapping[str, Any],
    failed: Collection[str] = (),
    because: str = "",
    wished: bool = False,
) -> list[dict[str, Any]]:
    """See fleet_sites.yml."""
    return [_site(site, hostvars[site], site in failed, because, wished) for site in sites]


def _site(site: str, variables: Mapping[str, Any], failed: bool, because: str, wished: bool) -> dict[str, Any]:
    given = inventory.given({name: variables[name] for name in _WISH if name in variables})
    told: dict[str, Any] = {"site": site, "records": given.get("record_dir", _RECORDS)}
    if wished:
        told |= {"wish": given.get("target", {}), "path": given.get("path", "automatic")}
    if failed:
        return {**told, "state": "failed"}
    # A site that was as wished from the beginning leaves no record.
    for plan, done in (("single_upgrade_plan", "done"), ("pair_upgrade_plan", "finished")):
        if (variables.get(plan) or {}).get(done):
            return {**told, "state": "unchanged"}
    return {**told, "state": "not_begun", "because": because}


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"fleet_sites": fleet_sites}
