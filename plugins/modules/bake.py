#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets upgraded sites stand for a while before the next wave."""

from __future__ import annotations

DOCUMENTATION = r"""
module: bake
short_description: Let upgraded sites stand for a while, and see that they serve
version_added: 0.1.0
description:
  - Waits until O(seconds) have passed since the end of each site's last upgrade, by its record, and looks meanwhile whether the
    sites serve. Between the waves of many sites this gives a fault of the new release time to show.
  - It looks at the open health page, or at the login page of a release without one; it needs no account.
  - Fails when a site was found not serving three times in a row.
  - A site without the record of a finished upgrade is not waited for.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance.unused
  - bomgar.appliance.appliance.reads
options:
  sites:
    description: The sites. No account is needed.
    type: list
    elements: dict
    required: true
    suboptions:
      url:
        description: Address of the site; C(https) only.
        type: str
        required: true
      site:
        description: Name of the site, for messages and its record. The host of the address when left out.
        type: str
      ca_path:
        description: File with the certificates of the authority to trust. Those of the system when left out.
        type: path
      validate_certs:
        description: Whether to validate the certificate.
        type: bool
        default: true
      timeout:
        description: Seconds to wait for an answer.
        type: float
        default: 30.0
      proxy:
        description: Address of a proxy. That of the environment when left out.
        type: str
  records:
    description: Folder of the records.
    type: path
    required: true
  seconds:
    description: For how long the sites have to stand, in seconds.
    type: float
    required: true
  poll_interval:
    description: Seconds between two looks, each of which is one request to each site.
    type: float
    default: 30.0
"""

EXAMPLES = r"""
- name: Let the canary stand for a day
  bomgar.appliance.bake:
    sites:
      - url: https://support.example.com
    records: /srv/records
    seconds: 86400
"""

RETURN = r"""
waited:
  description: For how many seconds this task waited.
  returned: success
  type: float
  sample: 3600.0
sites:
  description: Until when each site had to stand, C(until) in Unix seconds.
  returned: success
  type: dict
  sample: {support.example.com: {until: 1800000000.0}}
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import bake, connect, runner

SPEC = runner.Spec(
    {
        "appliance": {**connect.APPLIANCE, "required": False},
        "sites": {"type": "list", "elements": "dict", "required": True, "options": connect.DOOR},
        "records": {"type": "path", "required": True},
        "seconds": {"type": "float", "required": True},
        "poll_interval": {"type": "float", "default": 30.0},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Wait, and look."""
    return bake.bake(task)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
