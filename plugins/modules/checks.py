#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks whether an appliance is ready for an upgrade, or as it should be after one."""

from __future__ import annotations

DOCUMENTATION = r"""
module: checks
short_description: Check that an appliance is ready for an upgrade, or that it is as it should be after one
version_added: 0.1.0
description:
  - Reads the appliance, its pages, the files on the controller and the record, and judges them by a list of checks.
  - Each result has an outcome. V(fail) and V(error) block, V(warn) and V(manual) do not. V(error) says that a check could not be
    made, which is never a pass. V(manual) is for what only a person can tell.
  - The collection's document C(docs/checks.md) lists every check with its rules, and whether it can be waived.
  - Presses "check for updates" on the automatic path, which asks the vendor's server and changes nothing.
  - Works for a site that is down; it asks once, and what cannot be told without an answer is V(not_applicable).
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.peer
  - bomgar.appliance.appliance.front
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.wish
  - bomgar.appliance.appliance.conditions
  - bomgar.appliance.appliance.reads
options:
  phase:
    description:
      - V(before) checks readiness.
      - V(after) validates, and compares with what the checks of V(before) saw if O(record) has it.
    type: str
    choices: [before, after]
    required: true
  relation:
    description:
      - What the relationship of a pair has to be now. Left out, either is right.
      - V(established) with O(phase=after) validates the pair as a whole, which ends its upgrade.
    type: str
    choices: [established, broken]
  serves_site:
    description: Whether the site's name leads to this appliance. Not so for the standby of a pair.
    type: bool
    default: true
  installs:
    description:
      - Whether packages are installed on this appliance in this run. Of a pair one is updated in each window.
      - If not, no check of O(phase=before) asks for what only an installation needs - room in the window, no running sessions, a backup.
    type: bool
    default: true
  signed_off_by:
    description: Who signs an appliance of a pair off, if it passes O(phase=after). Kept in O(record) for the second window.
    type: str
  sign_off:
    description: Whether a person has to sign off, or O(acceptance) is enough if all of it passes.
    type: str
    choices: [person, acceptance]
    default: person
  backup_follows:
    description: Whether this run takes a backup after these checks and before it installs anything.
    type: bool
    default: false
  waivers:
    description:
      - Checks that shall not block, as id and reason. The reason is kept in the results and in the record.
      - An unknown id, an id that cannot be waived and a missing reason are refused.
    type: dict
    default: {}
  acceptance:
    description:
      - Further conditions for O(phase=after), as JMESPath expressions over RV(facts). Each must give something true.
      - C(null), V(false) and what is empty are not true; a number is an error, so compare it.
      - In O(phase=before) they are only read, so that a wrong one is found before anything is done.
      - C(before) holds what was seen before the upgrade.
    type: list
    elements: str
    default: []
  thresholds:
    description: Limits of some checks.
    type: dict
    default: {}
    suboptions:
      clock_warn:
        description: Seconds by which the clocks may differ before C(clock) warns.
        type: float
        default: 60.0
      clock_fail:
        description: Seconds by which they may differ before it fails.
        type: float
        default: 300.0
      certificate_days:
        description: Days that the certificate must still last, or C(certificate) warns.
        type: float
        default: 14.0
      representatives_percent:
        description: How much of the representatives of before must be logged in again, or C(representatives_back) warns.
        type: float
        default: 50.0
      clients_percent:
        description: How much of the lasting clients of before must be connected again, or C(clients_back) warns.
        type: float
        default: 90.0
      audit_days:
        description: Days for which an audit of the integrations counts, or C(integrations_audited) fails.
        type: float
        default: 90.0
  gate:
    description: Whether the task fails when something blocks, with one message that names each check and what to do.
    type: bool
    default: false
requirements:
  - jmespath (for O(acceptance))
seealso:
  - module: bomgar.appliance.info
  - module: bomgar.appliance.plan
  - module: bomgar.appliance.page_info
"""

EXAMPLES = r"""
- name: Is the site ready?
  bomgar.appliance.checks:
    appliance: "{{ support }}"
    phase: before
    target:
      site: "11.1.1"
      base: "3.2.6"
    backup:
      directory: /srv/backups
    window_ends: "2027-01-31T04:00:00+01:00"
    gate: true

- name: Go on in spite of a known problem, and say why
  bomgar.appliance.checks:
    appliance: "{{ support }}"
    phase: before
    target:
      site: latest
    backup:
      directory: /srv/backups
    waivers:
      health: "Disk of the log server is full, ticket 4711; accepted by Ada"
  register: readiness

- name: Show the results, the worst first
  ansible.builtin.debug:
    var: readiness.lines

- name: Is everything as it should be?
  bomgar.appliance.checks:
    appliance: "{{ support }}"
    phase: after
    target:
      site: "11.1.1"
      base: "3.2.6"
    acceptance:
      - health.healthy
      - role == before.role
      - length(activity.representatives) > `0`
    thresholds:
      clients_percent: 80
    gate: true
"""

RETURN = r"""
results:
  description: Every check of the phase, in a fixed order; the acceptance expressions at the end.
  returned: when the options are usable
  type: list
  elements: dict
  contains:
    id:
      description: The id, as O(waivers) names it.
      type: str
      sample: backup_fresh
    title:
      description: What is checked; for an acceptance expression, the expression.
      type: str
      sample: There is a verified backup
    outcome:
      description: V(pass), V(warn), V(fail), V(manual), V(not_applicable) or V(error).
      type: str
      sample: fail
    detail:
      description: What was found.
      type: str
      sample: the newest backup is 3 days old, more than 24 h
    action:
      description: What to do; empty where nothing is to be done.
      type: str
      sample: "Take one: ansible-playbook bomgar.appliance.back_up"
    source:
      description: Where the rule comes from (documented, observed in public code, or assumed).
      type: str
      sample: documented (seed, D-DE-UPG)
    waived:
      description: The reason of the waiver; null without one.
      type: str
blocking:
  description: Ids of the checks that stand in the way.
  returned: when the options are usable
  type: list
  elements: str
  sample: [backup_fresh]
passed:
  description: Whether nothing stands in the way.
  returned: when the options are usable
  type: bool
counts:
  description: How many results of each kind, in words.
  returned: when the options are usable
  type: str
  sample: 1 fail, 2 warn, 2 manual, 14 pass, 1 not applicable
lines:
  description: The results in columns for a person, the worst first.
  returned: when the options are usable
  type: list
  elements: str
  sample: ["FAIL  backup_fresh  the newest backup is 3 days old, more than 24 h   -> Take one: ansible-playbook bomgar.appliance.back_up"]
facts:
  description:
    - What O(acceptance) is asked over; the values of M(bomgar.appliance.info), C(schema) (C(namespaces), C(lsid) and C(lseq) as
      M(bomgar.appliance.schema_info) has them), C(activity) with those of
      M(bomgar.appliance.activity_info), and C(before).
    - C(before) holds C(site), C(base), C(build), C(api), C(role), C(certificate), C(representatives) and
      C(connected_clients) (numbers) and C(schema) from before the upgrade, or is null.
  returned: when the options are usable
  type: dict
outcome:
  description: V(unchanged) if nothing stands in the way; else V(refused) before an upgrade, V(failed) after it.
  returned: always
  type: str
  sample: unchanged
msg:
  description: The result in one line; with what to do about each check that stands in the way.
  returned: always
  type: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, inspection, runner

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "record": runner.RECORD,
        "phase": {"type": "str", "choices": ["before", "after"], "required": True},
        **runner.WISH,
        **runner.CONDITIONS,
        **runner.PAIR,
        "relation": {"type": "str", "choices": ["established", "broken"]},
        "serves_site": {"type": "bool", "default": True},
        "installs": {"type": "bool", "default": True},
        "signed_off_by": {"type": "str"},
        "sign_off": {"type": "str", "choices": ["person", "acceptance"], "default": "person"},
        "backup_follows": {"type": "bool", "default": False},
        "waivers": {"type": "dict", "default": {}},
        "acceptance": {"type": "list", "elements": "str", "default": []},
        "thresholds": {
            "type": "dict",
            "default": {},
            "options": {
                "clock_warn": {"type": "float", "default": 60.0},
                "clock_fail": {"type": "float", "default": 300.0},
                "certificate_days": {"type": "float", "default": 14.0},
                "representatives_percent": {"type": "float", "default": 50.0},
                "clients_percent": {"type": "float", "default": 90.0},
                "audit_days": {"type": "float", "default": 90.0},
            },
        },
        "gate": {"type": "bool", "default": False},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """The results; a failed result where `gate` is set and something stands in the way."""
    return inspection.inspect(task)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
