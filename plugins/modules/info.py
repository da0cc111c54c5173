#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what one appliance says of itself."""

from __future__ import annotations

DOCUMENTATION = r"""
module: info
short_description: Read versions, role, health, clock, certificate and permissions of an appliance
version_added: 0.1.0
description:
  - Reads an appliance over every interface for which an account is given, and changes nothing.
  - With O(peer) it tells of a failover pair how the two stand, too.
  - An interface that fails does not hide what the others say; see RV(problems).
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.peer
  - bomgar.appliance.appliance.front
  - bomgar.appliance.appliance.reads
options:
  gather:
    description: V(pair) reads of a failover pair only how the two stand, and who answers at O(site_url).
    type: str
    choices: [all, pair]
    default: all
seealso:
  - module: bomgar.appliance.activity_info
  - module: bomgar.appliance.update_info
"""

EXAMPLES = r"""
- name: Read the appliance
  bomgar.appliance.info:
    appliance:
      url: https://support.example.com
      api:
        client_id: "{{ bomgar_api_client_id }}"
        client_secret: "{{ bomgar_api_client_secret }}"
      appliance:
        username: "{{ bomgar_appliance_username }}"
        password: "{{ bomgar_appliance_password }}"
  register: support

- name: Show the versions
  ansible.builtin.debug:
    var: support.versions
"""

RETURN = r"""
site:
  description: Name of the site.
  returned: success
  type: str
  sample: support.example.com
appliance:
  description: Which box answered.
  returned: success
  type: dict
  sample: {name: a, url: 'https://support.example.com', host_name: support.example.com, id: 0123abcd, model: B200, serial: X1}
versions:
  description: Versions of the site software with its build, of the base software and of the API. What nothing told is null.
  returned: success
  type: dict
  sample: {site: 19.1.8, build: '12345-0123', base: 5.4.0, api: 1.19.0}
role:
  description: What the appliance says of its place in a failover pair.
  returned: success
  type: str
  sample: none
last_sync:
  description: Time (Unix seconds) and status of the last data synchronisation, as the appliance gives them.
  returned: success
  type: dict
shared_ips:
  description: Shared addresses that are enabled on this appliance.
  returned: success
  type: list
  elements: str
health:
  description: The appliance's own judgement; null where the release does not tell.
  returned: success
  type: dict
  sample: {healthy: true, error_message: null}
nodes:
  description: Members of a failover pair or of an Atlas cluster.
  returned: success
  type: list
  elements: dict
permissions:
  description: Permissions of the API account, name to value.
  returned: success
  type: dict
  sample: {perm_command: full_access, perm_backup: '1'}
clock:
  description: The appliance's clock minus the controller's, in seconds.
  returned: success
  type: dict
  sample: {skew: -0.4}
certificate:
  description: The certificate that the appliance showed; null when certificates are not validated.
  returned: success
  type: dict
  sample: {not_after: '2027-01-31T00:00:00+00:00', days_left: 70.2, names: [support.example.com]}
sources:
  description: Which interface told which version.
  returned: success
  type: dict
  sample: {site: check_health, base: status_page}
pair:
  description:
    - How the two appliances of a pair stand - C(relation) (C(established), C(broken), C(half-broken), C(both primary), ...), C(roles)
      by name with their sync, C(production) (who answers at O(site_url), null if that is not told) and C(primary).
  returned: when O(peer) is given
  type: dict
  sample: {relation: established, production: a, primary: a}
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
from ansible_collections.bomgar.appliance.plugins.module_utils.observe import Observer
from ansible_collections.bomgar.appliance.plugins.module_utils.pair_planning import standing

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        **runner.PAIR,
        "gather": {"type": "str", "choices": ["all", "pair"], "default": "all"},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Everything that the appliance says; fails only where it cannot be reached at all. Of a pair one may be down."""
    found: dict[str, Any] = {}
    if task.params["gather"] == "all":
        observer = Observer(task.appliance, task.clock)
        found = observer.facts()
        if observer.unreachable is not None and task.peer is None:
            raise observer.unreachable
    if task.peer is not None:
        found["pair"] = standing(task)
    return found


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
