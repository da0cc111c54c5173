#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rehearses the upgrade of a site on its twin in the simulator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rehearsal
short_description: Rehearse the upgrade of a site on its twin in the simulator
version_added: 0.1.0
description:
  - Starts the simulator of this collection with the twin of a site, and runs the playbook C(bomgar.appliance.upgrade) on it;
    of a pair both windows. Shows its lines, each with C(rehearsal |) in front, and ends what it started, however the run ends.
  - It knows no address and no account of the real site. The twin is described by the filter P(bomgar.appliance.twin#filter).
  - A rehearsal tries the inventory, the plan, the order, waivers and folders. It says nothing about the vendor's software.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance.unused
options:
  twin:
    description: The twin, as the filter P(bomgar.appliance.twin#filter) gives it.
    type: dict
    required: true
  directory:
    description: Folder of the rehearsals on the controller. Each one has a folder of its own in it, by site and time.
    type: path
    required: true
  scale:
    description:
      - Simulated seconds that pass in a real one.
      - With V(0) time does not run by itself, and goes on by a minute with each request; the rehearsal is as short as it can be.
    type: float
    default: 60.0
  records:
    description: Folder of the real site's records. Only the audit of its integrations is copied from it.
    type: path
  sessions_wait:
    description: How long the upgrade is to wait for sessions, in simulated seconds.
    type: float
attributes:
  check_mode:
    support: full
    description: Starts nothing and writes nothing.
  diff_mode:
    support: none
    description: There is nothing to compare.
notes:
  - Needs the Python libraries aiohttp, cryptography and trustme on the controller, which nothing else of this collection needs.
seealso:
  - module: bomgar.appliance.plan
"""

EXAMPLES = r"""
- name: Read the appliance
  bomgar.appliance.info:
    appliance: "{{ support }}"
  register: seen

- name: Rehearse
  bomgar.appliance.rehearsal:
    twin: "{{ {'a': {'info': seen}} | bomgar.appliance.twin('support.example.com', {'target': {'base': '3.2.6'}}) }}"
    directory: /srv/rehearsals
  register: rehearsed
"""

RETURN = r"""
folder:
  description: The rehearsal's folder, with its records, the log and what really happened to the twin (C(truth.json)).
  returned: when it was begun
  type: str
  sample: /srv/rehearsals/support.example.com/20261122T184300Z
report:
  description: The report of the rehearsal; null if there is none. It says that it is one of a rehearsal.
  returned: when it was begun
  type: str
packages:
  description: The twin's package files, as the option C(packages) of other modules takes them.
  returned: when it was begun
  type: list
  elements: dict
rehearsed:
  description: What the twin's record says.
  returned: when it was begun
  type: dict
  contains:
    sentence:
      description: How it ended.
      type: str
    outcome:
      description: What the record comes to; null when something is left to do.
      type: str
    finished:
      description: Whether the target was reached.
      type: bool
    fingerprint:
      description: Fingerprint of the plan that was rehearsed.
      type: str
    began:
      description: The versions that each appliance of the twin began with.
      type: dict
    steps:
      description: Each planned step with its outcome, which is null if it was not begun.
      type: list
      elements: dict
msg:
  description: The result in one line.
  returned: success
  type: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, rehearsal, runner

SPEC = runner.Spec(
    {
        "appliance": {**connect.APPLIANCE, "required": False},
        "twin": {"type": "dict", "required": True},
        "directory": {"type": "path", "required": True},
        "scale": {"type": "float", "default": 60.0},
        "records": {"type": "path"},
        "sessions_wait": {"type": "float"},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """The rehearsal, to its end."""
    return rehearsal.rehearse(task)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
