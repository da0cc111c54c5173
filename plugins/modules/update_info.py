#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what updates an appliance offers, refuses and why."""

from __future__ import annotations

DOCUMENTATION = r"""
module: update_info
short_description: Read which updates are offered, which are blocked and by what, and the order to install them in
version_added: 0.1.0
description:
  - Presses C(Check for Updates) on C(/appliance), as a person would, and reads the list. Installs nothing.
  - The order comes from what the appliance offers and from its own words on what it refuses. Nothing here knows releases.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.reads
options:
  target:
    description:
      - What the appliance shall run, to have the order for it. Without it the newest of everything offered is taken.
    type: dict
    default: {}
    suboptions:
      site:
        description: Version of the site software, or V(latest).
        type: str
      base:
        description: Version of the base software, or V(latest).
        type: str
  check:
    description: Whether to press C(Check for Updates). Otherwise only what the page lists already is read.
    type: bool
    default: true
seealso:
  - module: bomgar.appliance.update
"""

EXAMPLES = r"""
- name: See what is offered
  bomgar.appliance.update_info:
    appliance: "{{ support }}"
  register: offered

- name: See what leads to 11.1.1
  bomgar.appliance.update_info:
    appliance: "{{ support }}"
    target:
      site: "11.1.1"
"""

RETURN = r"""
offers:
  description: The rows under Available Updates, as shown. Null when the page does not list any now.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as shown.
      type: str
      sample: Bomgar-11.1.1
    kind:
      description: V(base), V(site) or V(unknown).
      type: str
    version:
      description: Version in the name.
      type: str
    installable:
      description: Whether the row has an install control of its own.
      type: bool
    blocked_by:
      description: The appliance's own words where it has none.
      type: str
    details:
      description: Further lines of the row.
      type: list
      elements: str
order:
  description: What to install for the target, the next package first.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as shown.
      type: str
    kind:
      description: V(base) or V(site).
      type: str
    version:
      description: Version in the name.
      type: str
    because:
      description: Why it stands there.
      type: str
    certain:
      description: Whether it is installable now; otherwise the appliance is asked again once the packages before it are in.
      type: bool
reached:
  description: Whether nothing is left to install for the target.
  returned: success
  type: bool
stuck:
  description: Why the target cannot be reached from these offers; null if it can.
  returned: success
  type: str
caution:
  description: What is not certain of the order; null if nothing is.
  returned: success
  type: str
activity:
  description: What the page shows the appliance to be doing; V(busy) while an update is running.
  returned: success
  type: str
  sample: idle
message:
  description: What the page says of a running, finished or failed installation.
  returned: success
  type: str
target:
  description: The target with V(latest) replaced by the versions it stands for now.
  returned: success
  type: dict
versions:
  description: What the appliance runs.
  returned: success
  type: dict
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, offers, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.lookout import shown
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, plain
from ansible_collections.bomgar.appliance.plugins.module_utils.observe import Observer
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import LATEST, Wish

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "target": runner.TARGET,
        "check": {"type": "bool", "default": True},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """The offers and their order."""
    wish = Wish.from_options(task.params["target"])
    observer = Observer(task.appliance, task.clock)
    versions = observer.versions()
    observer.stop()
    look = shown(task.appliance.pages)
    if task.params["check"] and look.activity is not Activity.BUSY:
        look = task.appliance.pages.check_for_updates()
    offered = look.offers or ()
    wish = offers.fix(Wish(LATEST, LATEST) if wish.empty else wish, versions, offered)
    course = offers.course(wish, versions, offered)
    return {
        "offers": plain(look.offers),
        "order": [
            {
                "name": step.offer.name,
                "kind": step.offer.kind.value,
                "version": step.offer.version,
                "because": step.because,
                "certain": step.certain,
            }
            for step in course.steps
        ],
        "reached": course.reached,
        "stuck": course.stuck,
        "caution": course.caution,
        "activity": look.activity.value,
        "message": look.message,
        "target": wish.plain(),
        "versions": plain(versions),
    }


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
