#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has an appliance of an established pair take a role."""

from __future__ import annotations

DOCUMENTATION = r"""
module: failover_role
short_description: Make an appliance of a failover pair primary or backup
version_added: 0.1.0
description:
  - Changes roles within an established pair, by the API or, where that may not, by the Failover page. For planned maintenance; an
    upgrade does not need it.
  - Everybody is disconnected, and with O(data_sync_first) for as long as the sync takes. The site's name has to follow, unless the
    pair shares an address.
  - Proven by the roles that both show. Both may read backup for a moment; both primary is an alarm, and fails.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.peer
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.waits
  - bomgar.appliance.appliance.acts
options:
  role:
    description: The role that O(appliance) shall have. Its peer takes the other one.
    type: str
    choices: [primary, backup]
    required: true
  data_sync_first:
    description: Whether the data is synced before roles change.
    type: bool
    default: true
  force:
    description: Whether a primary becomes backup although its peer cannot be reached.
    type: bool
    default: false
  sessions:
    description:
      - What to do about sessions that run on the primary. Changing roles cuts them.
      - V(wait) waits for up to O(sessions_wait), V(accept) cuts them.
    type: str
    choices: [refuse, wait, accept]
    default: refuse
  sessions_wait:
    description: Seconds to wait for sessions to end.
    type: float
    default: 3600.0
seealso:
  - module: bomgar.appliance.failover
"""

EXAMPLES = r"""
- name: Make the other appliance primary
  bomgar.appliance.failover_role:
    appliance: "{{ support_b }}"
    peer: "{{ support_a }}"
    role: primary
"""

RETURN = r"""
outcome:
  description: V(changed), V(unchanged), V(refused), V(failed) or V(unknown), judged from what both appliances showed.
  returned: always
  type: str
  sample: changed
roles:
  description: What each appliance shows, by its name - C(role), C(sync_time) in Unix seconds by its own clock, C(sync_status), C(shared_ips).
  returned: success
  type: dict
  sample: {a: {role: primary}, b: {role: backup}}
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.operate import Pace
from ansible_collections.bomgar.appliance.plugins.module_utils.pair import Pair
from ansible_collections.bomgar.appliance.plugins.module_utils.role_change import RoleChange

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "peer": connect.PEER,
        "record": runner.RECORD,
        "role": {"type": "str", "choices": ["primary", "backup"], "required": True},
        "data_sync_first": {"type": "bool", "default": True},
        "force": {"type": "bool", "default": False},
        **runner.SESSIONS,
        **runner.WAITS,
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Change the role, and prove it."""
    return RoleChange(task, Pair.of(task), Pace.of(task)).run()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
