# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that put sites into waves; what they do is in module_utils/waves.py.

The playbooks' `serial` uses one of them, so this is what Ansible loads first of the collection, before any worker is forked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ansible.errors import AnsibleFilterError
from ansible_collections.bomgar.appliance.plugins.module_utils import inventory, waves
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.plugin_utils import preload

T = TypeVar("T")


def wave_sizes(serial: Any) -> list[Any]:
    """See `waves.sizes`."""
    return _told(waves.sizes, serial)


def earlier_waves(sites: Sequence[str], serial: Any, site: str) -> list[list[str]]:
    """See `waves.earlier`."""
    return _told(waves.earlier, sites, serial, site)


def wave_hold(failed: Sequence[str], sites: Sequence[str], may_fail: Any = 0) -> str:
    """See `waves.hold`."""
    return _told(waves.hold, failed, sites, may_fail)


def wave_bake(seconds: Any, done: int) -> float:
    """See `waves.bake`."""
    return _told(waves.bake, seconds, done)


def front_doors(sites: Sequence[str], hostvars: Mapping[str, Any]) -> list[dict[str, Any]]:
    """See `inventory.door`; of the sites that were worked on in this run."""
    return [
        inventory.door(site, hostvars[site]["site_connections"], hostvars[site]["site_given"].get("url"))
        for site in sites
        if "site_connections" in hostvars[site]
    ]


def _told(rule: Callable[..., T], *arguments: Any) -> T:
    try:
        return rule(*arguments)
    except BadInput as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {
            "earlier_waves": earlier_waves,
            "front_doors": front_doors,
            "wave_bake": wave_bake,
            "wave_hold": wave_hold,
            "wave_sizes": wave_sizes,
        }


preload.load()
