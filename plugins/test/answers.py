# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests for what the API answers; what they do is in module_utils."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.bomgar.appliance.plugins.module_utils import schema, xml_data
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError


def _guid_lsid(lsid: Any) -> bool:
    """See `schema.form_of`."""
    return schema.form_of(str(lsid)) is schema.LsidForm.TEXT


def _nothing_found(answer: Any) -> bool:
    """See `xml_data.nothing_found`."""
    try:
        return xml_data.nothing_found(answer)
    except BomgarError as error:
        raise AnsibleError(str(error)) from error


class TestModule:
    """What Ansible asks for tests."""

    def tests(self) -> dict[str, Callable[..., Any]]:
        """The tests by their names."""
        return {"guid_lsid": _guid_lsid, "nothing_found": _nothing_found}
