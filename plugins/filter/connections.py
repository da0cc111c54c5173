# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the inventory contract; what they do is in module_utils/inventory.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.bomgar.appliance.plugins.module_utils import inventory
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError


def _plain(value: Any) -> Any:
    """A value without Ansible's own types: up to 2.18 a vaulted variable is no text until somebody asks for its text."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if hasattr(value, "_ciphertext") and not isinstance(value, str) else value


def connections(host: str, appliances: Any = None, common: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """See `inventory.connections`."""
    try:
        return inventory.connections(host, _plain(appliances), _plain(common))
    except BomgarError as error:
        raise AnsibleFilterError(str(error)) from error


def given(variables: Mapping[str, Any]) -> dict[str, Any]:
    """See `inventory.given`."""
    return inventory.given(_plain(variables))


def problems(variables: Mapping[str, Any], host: str, others: Iterable[str] = ()) -> list[str]:
    """See `inventory.problems`."""
    return inventory.problems(host, _plain(variables), others)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {"connections": connections, "given": given, "inventory_problems": problems}
