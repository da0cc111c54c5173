#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has the standby pull everything that production has."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sync
short_description: Have the standby of a failover pair hold everything that production had
version_added: 0.1.0
description:
  - Presses C(Sync Now) on the Failover page of the backup, or of the primary where only that has it.
  - Proven is a sync whose time is newer than a watermark taken on the backup's own clock right before, with a status that says that
    it succeeded. A sync that was running already is waited for first, since it may have begun too early.
  - Fails as C(unknown) when no such sync was seen by O(deadline), and breaks nothing.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.peer
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.waits
  - bomgar.appliance.appliance.acts
seealso:
  - module: bomgar.appliance.failover
notes:
  - No program documents the pages that this drives. What is assumed of them is listed in the collection's docs.
"""

EXAMPLES = r"""
- name: Sync the pair
  bomgar.appliance.sync:
    appliance: "{{ support_a }}"
    peer: "{{ support_b }}"
  register: synced
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
proof:
  description:
    - The sync that was proven, in which C(primary) was primary. C(time) in Unix seconds by the backup's clock, or C(text) where only its page tells it.
    - C(watermark) is the same clock right before the sync was asked for.
  returned: success
  type: dict
  sample: {primary: a, time: 1800000000.0, text: null, status: Success, watermark: 1799999900.0}
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.operate import Pace
from ansible_collections.bomgar.appliance.plugins.module_utils.pair import Pair
from ansible_collections.bomgar.appliance.plugins.module_utils.synchronisation import Synchronisation

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "peer": connect.PEER,
        "record": runner.RECORD,
        **runner.WAITS,
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Sync, and prove it."""
    return Synchronisation(task, Pair.of(task), Pace.of(task)).run()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
