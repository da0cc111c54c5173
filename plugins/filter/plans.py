# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that puts a plan on paper; what it does is in module_utils/plan_paper.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.bomgar.appliance.plugins.module_utils import plan_paper

_FORMATS = {"json": plan_paper.as_json, "markdown": plan_paper.as_markdown, "text": plan_paper.as_text}


def paper(plan: Mapping[str, Any], form: str, checks: Sequence[Mapping[str, Any]] = ()) -> str:
    """See `plan_paper`."""
    if form not in _FORMATS:
        raise AnsibleFilterError(f"a plan is written as {', '.join(sorted(_FORMATS))}, not as {form!r}")
    if not isinstance(plan, Mapping) or "fingerprint" not in plan or "lines" not in plan:
        raise AnsibleFilterError("this is no plan: give the result of bomgar.appliance.plan")
    return _FORMATS[form](plan, checks)


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {"plan_paper": paper}
