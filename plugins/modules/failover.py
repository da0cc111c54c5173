#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Establishes or breaks the failover relationship of two appliances."""

from __future__ import annotations

DOCUMENTATION = r"""
module: failover
short_description: Establish or break the failover relationship between two appliances
version_added: 0.1.0
description:
  - With O(state=broken) the relationship is broken, after a sync that was proven (O(synced)), and both appliances show it.
  - With O(state=established) O(appliance) becomes primary and O(peer) backup, and the backup holds everything that the primary has.
    That needs equal software on both, and the site's name has to lead to the primary.
  - No session is lost. From API 1.5.0 on the sessions of both are listed before, and any that is missing afterwards is named. Below
    it the sessions of O(peer) have to be exported first.
  - A pair that only one side believes in is put in order on the other one, too.
  - Can be stopped and run again at any moment; it goes on from what it observes.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.peer
  - bomgar.appliance.appliance.front
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.waits
  - bomgar.appliance.appliance.acts
options:
  state:
    description: What the relationship shall be.
    type: str
    choices: [established, broken]
    required: true
  synced:
    description: The C(proof) of M(bomgar.appliance.sync), for O(state=broken). Nothing is broken without one.
    type: dict
    suboptions:
      primary:
        description: The name of the one that was primary. Roles that changed since refute the proof.
        type: str
      time:
        description: Unix seconds by the backup's clock.
        type: float
      text:
        description: The same as its page writes it.
        type: str
      status:
        description: What it said of the sync.
        type: str
      watermark:
        description: The same clock right before the sync was asked for.
        type: float
  unsynced:
    description: Whether a pair may be broken without O(synced). What production has had since the last sync is then only there.
    type: str
    choices: [refuse, accept]
    default: refuse
  key:
    description: The pre-shared key to set on both before establishing. Left out, the one that they have is used.
    type: str
  since:
    description: Since when sessions are looked for, in Unix seconds - when the pair was broken, or earlier. Left out, a week ago.
    type: float
  sessions:
    description:
      - V(merge) where both have run API 1.5.0 or later since the pair was broken; V(export) where one has not.
      - V(auto) goes by what runs now.
    type: str
    choices: [auto, merge, export]
    default: auto
  waivers:
    description:
      - Checks that are waived, id to the reason. C(sessions_kept) lets failover be established although sessions are missing afterwards or,
        where they are exported, were still running then.
    type: dict
    default: {}
  export:
    description: Where the sessions of O(peer) are exported, as by M(bomgar.appliance.session_export).
    type: dict
    suboptions:
      directory:
        description: Folder of the exports.
        type: path
        required: true
  show_within:
    description: Seconds within which both have to show that the relationship is there, or gone.
    type: float
    default: 600.0
seealso:
  - module: bomgar.appliance.sync
  - module: bomgar.appliance.failover_role
notes:
  - No program documents the pages that this drives. What is assumed of them is listed in the collection's docs.
"""

EXAMPLES = r"""
- name: Sync
  bomgar.appliance.sync:
    appliance: "{{ support_a }}"
    peer: "{{ support_b }}"
  register: synced

- name: Break the relationship
  bomgar.appliance.failover:
    appliance: "{{ support_a }}"
    peer: "{{ support_b }}"
    state: broken
    synced: "{{ synced.proof }}"

- name: Establish it again
  bomgar.appliance.failover:
    appliance: "{{ support_a }}"
    peer: "{{ support_b }}"
    site_url: https://support.example.com
    state: established
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
  returned: when it was established
  type: dict
  sample: {primary: a, time: 1800000000.0, text: null, status: Success, watermark: 1799999900.0}
sessions:
  description:
    - How many sessions each had before, how many the primary has now, and the LSIDs of those that are C(missing).
    - C(exported) where those of the other one were exported instead.
  returned: when it was established
  type: dict
  sample: {before: {a: 12, b: 3}, after: 15, missing: [], exported: false}
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.failover import Failover
from ansible_collections.bomgar.appliance.plugins.module_utils.operate import Pace
from ansible_collections.bomgar.appliance.plugins.module_utils.pair import Pair

_PROOF = {
    "primary": {"type": "str"},
    "time": {"type": "float"},
    "text": {"type": "str"},
    "status": {"type": "str"},
    "watermark": {"type": "float"},
}

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        **runner.PAIR,
        "record": runner.RECORD,
        "state": {"type": "str", "choices": ["established", "broken"], "required": True},
        "synced": {"type": "dict", "options": _PROOF},
        "unsynced": {"type": "str", "choices": ["refuse", "accept"], "default": "refuse"},
        "key": {"type": "str", "no_log": True},
        "since": {"type": "float"},
        "sessions": {"type": "str", "choices": ["auto", "merge", "export"], "default": "auto"},
        "export": {"type": "dict", "options": {"directory": {"type": "path", "required": True}}},
        "waivers": {"type": "dict", "default": {}},
        "show_within": {"type": "float", "default": 600.0},
        **runner.WAITS,
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Bring the relationship into the state wished for."""
    failover = Failover(task, Pair.of(task), Pace.of(task))
    return failover.established() if task.params["state"] == "established" else failover.broken()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
