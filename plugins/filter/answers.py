# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter for XML answers; what it does is in module_utils/xml_data.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.bomgar.appliance.plugins.module_utils import xml_data
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError


def _xml_data(answer: Any) -> dict[str, Any]:
    """See `xml_data.xml_data`."""
    try:
        return xml_data.xml_data(answer)
    except BomgarError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"xml_data": _xml_data}
