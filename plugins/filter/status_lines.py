# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that put a site's standing into words; what they do is in module_utils/status.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import status


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {
            "ending_line": status.ending,
            "ending_lines": status.ending_lines,
            "handover": status.handed_on,
            "status_lines": _status_lines,
        }


def _status_lines(info: dict[str, Any], site: str, **seen: Any) -> list[str]:
    """See `status.lines`."""
    return status.lines(site, info, **seen)
