#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An appliance of a pair answers for the site's name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cutover
short_description: Have an appliance of a pair answer for the site's name
version_added: 0.1.0
description:
  - Lets the site's name lead to the appliance of O(appliance), and proves it by asking at O(site_url) who answers.
  - Moves nothing to an appliance that does not serve at its own address, or that could not be told from its peer afterwards.
  - Measures for how long nobody served at the name, by one look every O(poll_interval).
  - What does not verify in time is put back, and the result says so. Nothing is put back to an appliance that does not serve.
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
  method:
    description:
      - V(dns) changes a record by an update of the DNS (RFC 2136), signed with a key (TSIG).
      - V(shared_ip) moves shared addresses by their boxes on C(/login) > Management > Failover. They are taken from the peer first, and
        seen to be off, before they are enabled here.
      - V(operator) says what to change, and waits until it is seen.
      - V(verify) changes nothing, and waits until it is seen. For after a task file of your own.
      - V(ready) changes nothing, and only sees that the name may be moved now. For before it.
    type: str
    choices: [dns, shared_ip, operator, verify, ready]
    default: operator
  sessions:
    description:
      - What to do about sessions that run on O(peer) when the name is about to leave it. Whether they go on then is not documented.
      - V(wait) waits for up to O(sessions_wait), V(accept) moves it all the same. O(method=verify) does not ask, since it is moved already.
    type: str
    choices: [refuse, wait, accept]
    default: refuse
  sessions_wait:
    description: Seconds to wait for sessions to end.
    type: float
    default: 3600.0
  dns:
    description: The record, and the server that takes its updates. For O(method=dns).
    type: dict
    suboptions:
      server:
        description: Primary server of the zone, as address or name.
        type: str
        required: true
      port:
        description: Its TCP port.
        type: int
        default: 53
      zone:
        description: The zone.
        type: str
        required: true
      record:
        description: The name to change, in full. The host of O(site_url) when left out.
        type: str
      ttl:
        description: Time to live of the new record in seconds. That of the old one when left out.
        type: int
      key_name:
        description: Name of the key. Without one nothing is signed.
        type: str
      key_secret:
        description: Its secret in base 64.
        type: str
      key_algorithm:
        description: Its algorithm.
        type: str
        choices: [hmac-sha224, hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha1, hmac-md5]
        default: hmac-sha256
      resolvers:
        description:
          - Resolvers, and secondary servers of the zone, all of which have to give the new address before the cutover counts.
          - Each is an address or a name, with C(:port) if it is not 53.
        type: list
        elements: str
        default: []
      addresses:
        description:
          - Addresses of each appliance, by its name, where one is not enough - the record has both A and AAAA, say.
          - O(appliance.address) and O(peer.address) when left out. A host name replaces a CNAME, an address an A or AAAA.
        type: dict
        default: {}
  shared_ips:
    description: The shared addresses to move. Those that are enabled on the peer when left out. For O(method=shared_ip).
    type: list
    elements: str
    default: []
  peer_gone:
    description: Says that a peer that does not answer is switched off for certain, and so has no shared address. For O(method=shared_ip).
    type: bool
    default: false
  show_within:
    description:
      - Seconds after which a change that does not show is put back.
      - With O(method=dns) they count from when the old record's time to live has passed. V(operator) and V(verify) have until O(deadline).
    type: float
    default: 300.0
  by_address:
    description: Those who use an address of the site and not its name, as Integration Clients may. Each is compared with the new production.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What it is called, for messages.
        type: str
        required: true
      address:
        description: The address that it uses.
        type: str
        required: true
requirements:
  - dnspython
seealso:
  - module: bomgar.appliance.failover_role
  - module: bomgar.appliance.info
"""

EXAMPLES = r"""
- name: Let the site's name lead to the other appliance by the DNS
  bomgar.appliance.cutover:
    appliance: "{{ support_b }}"
    peer: "{{ support_a }}"
    site_url: https://support.example.com
    method: dns
    dns:
      server: ns1.example.com
      zone: example.com
      key_name: cutover-key
      key_secret: "{{ cutover_key_secret }}"
      resolvers: [192.0.2.53, 198.51.100.53]
    by_address:
      - name: Integration Client of the archive
        address: 192.0.2.11
  register: moved

- name: Move the shared address
  bomgar.appliance.cutover:
    appliance: "{{ support_b }}"
    peer: "{{ support_a }}"
    site_url: https://support.example.com
    method: shared_ip

- name: After a task file of your own, wait until it is seen
  bomgar.appliance.cutover:
    appliance: "{{ support_b }}"
    peer: "{{ support_a }}"
    site_url: https://support.example.com
    method: verify
    deadline: 900
"""

RETURN = r"""
outcome:
  description:
    - V(changed), V(unchanged), V(refused) when nothing was done, V(failed) when it was put back and seen to be, V(unknown) otherwise.
  returned: always
  type: str
  sample: changed
before:
  description: Who answered at the name, C(answers), null if not known, and whether the site was C(serving).
  returned: success
  type: dict
  sample: {answers: a, serving: true}
after:
  description: The same when it ended, and how it was C(told_by).
  returned: success
  type: dict
  sample: {answers: b, serving: true, told_by: check_health}
seconds:
  description: How long it took until it was proven.
  returned: success
  type: float
  sample: 65.2
outage:
  description: For how many C(seconds) nobody served at the name, in how many C(spells), each off by up to C(resolution) seconds at either end.
  returned: success
  type: dict
  sample: {seconds: 15.0, spells: 1, ongoing: false, resolution: 5.0}
by_address:
  description: Those of O(by_address), each with its C(state).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What it is called.
      type: str
    address:
      description: The address that it uses.
      type: str
    state:
      description: V(new) if that is the new production, V(old) if it still is the old one, V(name) if it is the site's name, else V(unknown).
      type: str
dns:
  description:
    - The record - what it is C(now), was (C(old), null if an earlier run changed it) and shall be (C(new)), each as C(values) and C(ttl).
    - What each of the C(resolvers) gives, and until when others may still have the old one, C(cached_until).
  returned: with O(method=dns)
  type: dict
shared_ips:
  description: The addresses that were C(wanted), and the boxes as they are now on the appliance, C(mine), and on its peer, C(theirs).
  returned: with O(method=shared_ip)
  type: dict
error:
  description: What was attempted, what came back, what to do, and facts.
  returned: failure
  type: dict
  contains:
    backed_out:
      description: Whether it was put back and seen to be as before.
      returned: when something was moved
      type: bool
    answers:
      description: Who answered at the name at the last look.
      returned: when something was moved
      type: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.cutover import Cutover
from ansible_collections.bomgar.appliance.plugins.module_utils.name_server import ALGORITHMS

METHODS = ("dns", "shared_ip", "operator", "verify", "ready")

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        **runner.PAIR,
        "record": runner.RECORD,
        "method": {"type": "str", "choices": [*METHODS], "default": "operator"},
        **runner.SESSIONS,
        "dns": {
            "type": "dict",
            "options": {
                "server": {"type": "str", "required": True},
                "port": {"type": "int", "default": 53},
                "zone": {"type": "str", "required": True},
                "record": {"type": "str"},
                "ttl": {"type": "int"},
                "key_name": {"type": "str"},
                "key_secret": {"type": "str", "no_log": True},
                "key_algorithm": {"type": "str", "choices": list(ALGORITHMS), "default": "hmac-sha256"},
                "resolvers": {"type": "list", "elements": "str", "default": []},
                "addresses": {"type": "dict", "default": {}},
            },
            "required_together": [["key_name", "key_secret"]],
        },
        "shared_ips": {"type": "list", "elements": "str", "default": []},
        "peer_gone": {"type": "bool", "default": False},
        "show_within": {"type": "float", "default": 300.0},
        "by_address": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "address": {"type": "str", "required": True},
            },
        },
        **runner.WAITS,
    },
    {"required_if": [("method", "dns", ("dns",))]},
)


def run(task: runner.Task) -> dict[str, Any]:
    """Lead the name to the appliance, and prove it."""
    return Cutover(task).run()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
