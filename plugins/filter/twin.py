# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of a rehearsal; what they do is in module_utils/twin.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.bomgar.appliance.plugins.module_utils import twin as twins
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError


def twin(
    seen: Mapping[str, Mapping[str, Any]],
    site: str,
    given: Mapping[str, Any],
    *,
    sessions: Any = None,
    own_tasks: Any = False,
    variables: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """See `twin.make`."""
    boxes = {
        name: twins.Seen(
            one["info"],
            one.get("updates") or {},
            one.get("activity") or {},
            one.get("pages") or {},
            tuple(one.get("accounts") or ()),
        )
        for name, one in seen.items()
    }
    wishes = twins.Wishes(None if sessions in (None, "") else int(sessions), bool(own_tasks), variables or {})
    try:
        return twins.make(site, boxes, given, wishes=wishes, **more).plain()
    except BomgarError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {"twin": twin, "rehearsal_lines": twins.compare}
