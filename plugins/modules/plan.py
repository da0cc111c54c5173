#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows where a site stands on its path and what comes next."""

from __future__ import annotations

DOCUMENTATION = r"""
module: plan
short_description: Show where a site stands on its path and what comes next, from observation and record
version_added: 0.1.0
description:
  - Reads the appliance, its offers or the package files, and the site's record; changes nothing on the appliance.
  - The same plan has the same fingerprint from the first run to the last, so that it can be reviewed and then held to.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.peer
  - bomgar.appliance.appliance.front
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.wish
  - bomgar.appliance.appliance.reads
options:
  plan:
    description: Fingerprint, or file, of a plan that was agreed on. Any other plan is refused.
    type: str
  sessions:
    description: What a run does about running sessions; the plan says who would be cut.
    type: str
    choices: [refuse, wait, accept]
    default: refuse
  cutover:
    description: How the name of a pair is moved; the plan says by whom.
    type: str
    choices: [dns, shared_ip, tasks, operator]
    default: operator
  begin:
    description: Whether this begins the work, so that the plan is kept in O(record). Nothing is kept of a plan with nothing to do.
    type: bool
    default: false
  window:
    description: Which maintenance window of a pair this run is. Left out, the plan shows both, and this run is the one that is due.
    type: str
    choices: [first, second]
  abort:
    description: Whether to plan the way of a pair to the nearest safe state instead.
    type: bool
    default: false
  apart_since:
    description: Since when a pair has been without failover, where no record tells it; ISO 8601 with a time zone, or Unix seconds.
    type: str
  signed_off_by:
    description: Who validated the first window of a pair.
    type: str
  waivers:
    description: Checks that are waived, id to the reason. Of a pair, C(sync_proven) stands in for a proof that no record has.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show the plan
  bomgar.appliance.plan:
    appliance: "{{ support }}"
    target:
      site: "11.1.1"
  register: plan

- name: Keep it for a review
  ansible.builtin.copy:
    content: "{{ plan | bomgar.appliance.plan_paper('markdown') }}"
    dest: /srv/plans/support.md
    mode: "0644"

- name: Do only what was agreed on
  bomgar.appliance.plan:
    appliance: "{{ support }}"
    target:
      site: "11.1.1"
    plan: "{{ agreed_fingerprint }}"
"""

RETURN = r"""
fingerprint:
  description: SHA-256 over what the plan promises.
  returned: success
  type: str
done:
  description: Whether there is nothing to do.
  returned: success
  type: bool
next:
  description: The stage that comes next; null if nothing is left.
  returned: success
  type: dict
stages:
  description: Every stage in order.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The step's id in a record.
      type: str
    title:
      description: What is done.
      type: str
    state:
      description: V(done), V(next) or V(later).
      type: str
    why:
      description: Why it is needed.
      type: str
    by:
      description: By what, or by whom, it is done.
      type: str
    minutes:
      description: How many minutes it usually takes, at least and at most; null where that depends on the amount of data.
      type: list
      elements: int
packages:
  description: The packages that are left to be installed, each with C(appliance), C(name), C(kind), C(version) and C(because).
  returned: success
  type: list
  elements: dict
minutes:
  description: The minutes of all stages that are left and of which they are known, at least and at most.
  returned: success
  type: list
  elements: int
activity:
  description: Who is on, as M(bomgar.appliance.activity_info) tells it; null where nobody was asked, since an update runs or nothing is left.
  returned: success
  type: dict
cut:
  description: Who would be cut, in words.
  returned: success
  type: str
target:
  description: The target, with V(latest) replaced by the versions it stands for.
  returned: success
  type: dict
versions:
  description: What the appliance runs.
  returned: success
  type: dict
update_running:
  description: Whether an update is running now.
  returned: success
  type: bool
stuck:
  description: Why the target cannot be reached; null if it can.
  returned: success
  type: str
caution:
  description: What is not certain of the plan; null if nothing is.
  returned: success
  type: str
lines:
  description: The plan for a person, line by line.
  returned: success
  type: list
  elements: str
finished:
  description: Of a pair, whether nothing is left in either window.
  returned: for a pair
  type: bool
due:
  description: The window of a pair in which the next stage is, V(first), V(second) or V(abort); null if nothing is left.
  returned: for a pair
  type: str
todo:
  description: What is left in this run, by the ids of the stages; installations as C(install:) and the appliance.
  returned: for a pair
  type: list
  elements: str
first:
  description: The appliance that is updated first and ends as primary; C(last) is the other one.
  returned: for a pair
  type: str
last:
  description: The appliance that is updated last and ends as backup.
  returned: for a pair
  type: str
production:
  description: The appliance that answers at O(site_url); null if that could not be told.
  returned: for a pair
  type: str
relation:
  description: What the roles of both come to, C(established), C(broken), C(half-broken), C(both primary) and more.
  returned: for a pair
  type: str
roles:
  description: What each appliance says, by its name.
  returned: for a pair
  type: dict
exports:
  description: Whether sessions have to be exported before the pair is established.
  returned: for a pair
  type: bool
apart_since:
  description: Since when there is no failover, in Unix seconds, by O(apart_since), the record or the last sync; null if nothing tells it.
  returned: for a pair
  type: float
cannot_undo:
  description: What giving up cannot undo.
  returned: for a pair
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, planning, runner

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "record": runner.RECORD,
        **runner.WISH,
        "plan": {"type": "str"},
        "sessions": runner.SESSIONS["sessions"],
        "cutover": {"type": "str", "choices": ["dns", "shared_ip", "tasks", "operator"], "default": "operator"},
        "begin": {"type": "bool", "default": False},
        **runner.PAIR,
        "window": {"type": "str", "choices": ["first", "second"]},
        "abort": {"type": "bool", "default": False},
        "apart_since": {"type": "str"},
        "signed_off_by": {"type": "str"},
        "waivers": {"type": "dict", "default": {}},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """The plan; kept in the record where that was asked for."""
    return planning.plan(task)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
