#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads who works on a site now."""

from __future__ import annotations

DOCUMENTATION = r"""
module: activity_info
short_description: Read who is logged in and which sessions run, that is, who an update would cut
version_added: 0.1.0
description:
  - Asks the command API for logged-in representatives and connected clients, and the reporting API for running sessions.
  - No interface lists running sessions as such. A session that began within the last two days and has no end counts as running;
    an older one is only seen by the counts of representatives and connected clients.
  - An interface that fails does not hide what the others say; see RV(problems).
  - Reads only. Do not repeat it often; the vendor warns that asking for the representatives can slow a site down.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.reads
seealso:
  - module: bomgar.appliance.info
  - module: bomgar.appliance.checks
"""

EXAMPLES = r"""
- name: See who works on the site
  bomgar.appliance.activity_info:
    appliance:
      url: https://support.example.com
      api:
        client_id: "{{ bomgar_api_client_id }}"
        client_secret: "{{ bomgar_api_client_secret }}"
  register: activity

- name: Stop here while sessions run, or when nothing tells
  ansible.builtin.assert:
    that: activity.running is false
    fail_msg: "{{ activity.sessions | default([], true) | length }} sessions are running"
"""

RETURN = r"""
running:
  description:
    - Whether any interface shows a running session.
    - V(false) if at least one interface could tell and none shows any; null if none could tell, which is not the same as none.
  returned: success
  type: bool
  sample: true
untold:
  description: Interfaces that do not tell whether sessions run, and why, in the form of RV(problems); empty where all three do.
  returned: success
  type: list
  elements: dict
sessions:
  description: Running sessions, by the reporting API; null where it could not be asked.
  returned: success
  type: list
  elements: dict
  contains:
    lsid:
      description: The session's id. A number before release 10.6, 32 hexadecimal digits since.
      type: str
      sample: c69a8e10bea9428f816cfababe9815fe
    session_type:
      description: The type, as the appliance names it.
      type: str
      sample: support
    start_time:
      description: When it began, in Unix seconds by the appliance's clock.
      type: float
      sample: 1763837000.0
    representatives:
      description: Who takes part.
      type: list
      elements: str
      sample: [Ada]
representatives:
  description: Logged-in representatives; null where it could not be asked.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The representative's id.
      type: str
      sample: '7'
    display_name:
      description: The public name.
      type: str
      sample: Ada
    type:
      description: The type, as the appliance names it.
      type: str
      sample: Normal
    logged_in_since:
      description: Since when, as the appliance writes it.
      type: str
      sample: '2026-11-22T18:43:00+00:00'
    support_session_count:
      description: In how many sessions; null where it is not told. A session with two representatives counts for both.
      type: int
      sample: 1
connected_clients:
  description: How many clients of each type are connected; null where it could not be asked, or the release (before 14.1) does not tell.
  returned: success
  type: dict
  sample: {representative: 3, support_customer: 1, push_agent: 12, pinned_client: 340}
problems:
  description: Interfaces that failed, what that leaves unknown, and why.
  returned: success
  type: list
  elements: dict
  contains:
    interface:
      description: The interface.
      type: str
    leaves_unknown:
      description: What is not known because of it.
      type: str
    reason:
      description: A word for the kind of error.
      type: str
    message:
      description: What was tried and what came back.
      type: str
    remedy:
      description: What to do about it.
      type: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.observe import Observer

SPEC = runner.Spec({"appliance": connect.APPLIANCE})


def run(task: runner.Task) -> dict[str, Any]:
    """Who would be cut; fails only where the appliance cannot be reached, or there is no account to ask with."""
    if not task.appliance.has_api:
        raise BadInput(
            "ask who works on the site",
            "only the API tells it, and no API account may be used",
            "Give api.client_id and api.client_secret (before release 16.2: api.username and api.password; inventory: bomgar_api_...), "
            "and a driver other than web.",
        )
    observer = Observer(task.appliance, task.clock)
    activity = observer.activity()
    if observer.unreachable is not None:
        raise observer.unreachable
    return activity


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
