#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings an appliance to the versions wished for."""

from __future__ import annotations

DOCUMENTATION = r"""
module: update
short_description: Have an appliance run these versions, by automatic updates or from package files
version_added: 0.1.0
description:
  - Installs package after package until the appliance runs O(target), and judges each by what is seen afterwards.
  - With O(path=automatic) the order comes from what the appliance offers and refuses; it is asked again after each package.
  - With O(path=in_place) or O(path=role_swap) the appliance is one of a failover pair, which has to be broken before.
  - With O(path=manual) and for a pair the files are checked before anything else, then uploaded in the order given.
  - Starts nothing without a verified backup, beyond the window, or over running sessions. Never asks for a restart.
  - An update that is running already is joined or refused, never started a second time.
  - Can be stopped and run again at any moment; it goes on from what it observes.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.wish
  - bomgar.appliance.appliance.conditions
  - bomgar.appliance.appliance.acts
  - bomgar.appliance.appliance.front
options:
  state:
    description:
      - V(installed) brings the appliance to O(target).
      - V(settled) only waits until no update is running any more, and starts none.
    type: str
    choices: [installed, settled]
    default: installed
  poll_interval:
    description: Seconds between two looks, each of which is one request.
    type: float
    default: 5.0
  deadline:
    description: Seconds after which an installation that has not ended is given up as unknown, or as never come back.
    type: float
    default: 10800.0
  start_within:
    description: Seconds after which an installation of which nothing was seen to begin is given up as unknown.
    type: float
    default: 600.0
  serves_site:
    description:
      - Whether the site's name leads to this appliance, so that its outage is the site's. Not so for the standby of a pair.
      - Without, O(site_url) is looked at meanwhile, by one more request a look, and the record tells for how long nobody served there.
    type: bool
    default: true
seealso:
  - module: bomgar.appliance.update_info
  - module: bomgar.appliance.backup
notes:
  - No program documents the pages that this drives. What is assumed of them is listed in the collection's docs.
"""

EXAMPLES = r"""
- name: Upgrade by automatic updates
  bomgar.appliance.update:
    appliance: "{{ support }}"
    target:
      site: "11.1.1"
    sessions: wait
    backup:
      directory: /srv/backups

- name: Upgrade from package files
  bomgar.appliance.update:
    appliance: "{{ support }}"
    path: manual
    target:
      base: "3.2.6"
      site: "11.1.1"
    packages:
      - path: /srv/packages/base-3.2.6.pkg
        sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      - path: /srv/packages/site-11.1.1.pkg
    window_ends: "2027-01-31T04:00:00+01:00"
    backup:
      directory: /srv/backups
"""

RETURN = r"""
outcome:
  description: V(changed), V(unchanged), V(refused), V(failed) or V(unknown), judged from what was observed.
  returned: always
  type: str
  sample: changed
before:
  description: Versions when the module began.
  returned: success
  type: dict
  sample: {site: 10.5.3, base: 3.2.4}
after:
  description: Versions when it ended.
  returned: success
  type: dict
  sample: {site: "11.1.1", base: "3.2.6"}
installed:
  description: The packages that this run installed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the package.
      type: str
    kind:
      description: V(base), V(site), or V(unknown) for a file that does not tell.
      type: str
    from:
      description: Version before.
      type: str
    to:
      description: Version after.
      type: str
    sha256:
      description: Checksum of the package file.
      type: str
    ending:
      description: How it ended.
      type: str
    seconds:
      description: How long it took.
      type: float
    outage:
      description: For how many seconds the appliance was seen not to serve; the site only with O(serves_site).
      type: float
expected:
  description: In check mode, the packages that would be installed, in order.
  returned: success
  type: list
  elements: str
joined:
  description: What the wait for an update that was running already saw.
  returned: success
  type: dict
error:
  description:
    - What was attempted, what came back, what to do, and facts.
  returned: failure
  type: dict
  contains:
    ending:
      description:
        - How an installation ended that was begun. One of V(came_back_with_old_version), V(never_came_back),
          V(failed_with_a_message), V(never_began), V(still_busy), V(installed_but_site_down), V(came_back_untrusted)
          and V(unknown).
      returned: when an installation was begun
      type: str
"""

from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.gates import Order
from ansible_collections.bomgar.appliance.plugins.module_utils.installation import Installation
from ansible_collections.bomgar.appliance.plugins.module_utils.pair_path import PATHS
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish
from ansible_collections.bomgar.appliance.plugins.module_utils.window import ends

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "record": runner.RECORD,
        "state": {"type": "str", "choices": ["installed", "settled"], "default": "installed"},
        **runner.WISH,
        **runner.CONDITIONS,
        "poll_interval": {"type": "float", "default": 5.0},
        "deadline": {"type": "float", "default": 10800.0},
        "start_within": {"type": "float", "default": 600.0},
        "site_url": {"type": "str"},
        "serves_site": {"type": "bool", "default": True},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Reach the target, or only wait until the appliance has settled."""
    params = task.params
    backup = params["backup"] or {}
    order = Order(
        wish=Wish.from_options(params["target"]),
        manual=not runner.by_offers(params),
        packages=params["packages"],
        join=params["running"] == "join",
        sessions=params["sessions"],
        sessions_wait=params["sessions_wait"],
        backup_directory=Path(backup["directory"]) if backup else None,
        backup_max_age=backup.get("max_age", 86400.0),
        backup_of=backup.get("of"),
        member=params["path"] in PATHS,
        serves_site=params["serves_site"],
        window_ends=ends(params["window_ends"]),
        usual_duration=params["usual_duration"],
        poll_interval=params["poll_interval"],
        deadline=params["deadline"],
        start_within=params["start_within"],
    )
    installation = Installation(task, order)
    return installation.run() if params["state"] == "installed" else installation.run_settle()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
