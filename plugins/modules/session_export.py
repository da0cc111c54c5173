#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All sessions of a period are on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: session_export
short_description: Have all sessions of a period on the controller, as the reporting API gives them
version_added: 0.1.0
description:
  - Asks the reporting API for all sessions that began or ended in a period, chunk by chunk, and keeps each answer byte by byte.
  - From these it makes C(sessions.jsonl), in which every session stands once, with its LSID as a text in every release, and a
    C(manifest.json) with counts and checksums, which is written last.
  - It lies at C(<directory>/<site>/<site>-<appliance>-<since>/), readable by its owner only.
  - A run that was stopped goes on. A later run with the same O(since) asks only for what is not there, for chunks that are damaged,
    and for those in which sessions were still running.
  - What was exported stays, even if the appliance does not show it any more.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.record
options:
  directory:
    description: Folder of all sites' exports, on the machine where the module runs. It is made if it is not there.
    type: path
    required: true
    aliases: [dest]
  since:
    description:
      - Begin of the period, ISO 8601 with a time zone or Unix seconds, by the appliance's clock.
    type: str
    required: true
  until:
    description:
      - End of the period, which does not belong to it. Left out, it is the moment of the run by the appliance's clock; then each run
        extends the export.
      - A part of the period that has not come yet is left out, with a warning.
    type: str
  chunk:
    description:
      - Seconds that one request asks for. Half as many, and so on, where an answer has a number of sessions that may be a limit of
        the appliance, a multiple of 100.
    type: int
    default: 3600
  report:
    description:
      - The report to ask for. V(auto) finds out; an appliance that refuses neither, and shows none, is asked for both.
    type: str
    choices: [auto, SupportSession, AccessSession]
    default: auto
attributes:
  check_mode:
    support: full
    description: In check mode nothing is asked and nothing written; it says what would be asked for, by the controller's clock.
  diff_mode:
    support: full
    description: Says what there is now.
seealso:
  - module: bomgar.appliance.activity_info
notes:
  - The account needs the permission to view the reports of sessions, Reporting API on C(/login).
  - Recordings are not exported. Links to them stand in the answers, and may give access to whoever reads them.
"""

EXAMPLES = r"""
- name: Have the sessions of November
  bomgar.appliance.session_export:
    appliance:
      url: https://support.example.com
      api:
        client_id: "{{ bomgar_api_client_id }}"
        client_secret: "{{ bomgar_api_client_secret }}"
    directory: /srv/exports
    since: "2026-11-01T00:00:00+01:00"
    until: "2026-12-01T00:00:00+01:00"
  register: sessions

- name: Stop if some of them have not ended
  ansible.builtin.assert:
    that: sessions.open | length == 0
"""

RETURN = r"""
outcome:
  description: V(changed) if something new was written (in check mode, would be), V(unchanged) if all was there.
  returned: always
  type: str
  sample: changed
path:
  description: Folder of the export.
  returned: success
  type: str
  sample: /srv/exports/support.example.com/support.example.com-a-20261031T230000Z
manifest_path:
  description: Its manifest; null in check mode if there is none yet.
  returned: success
  type: str
sessions_path:
  description: The sessions, one a line.
  returned: success
  type: str
since:
  description: Begin of the period, Unix seconds.
  returned: success
  type: int
until:
  description: End of the period of this export, which may be later than was asked for. Null in check mode if it is not known.
  returned: success
  type: int
count:
  description: How many sessions there are, each counted once.
  returned: success
  type: int
lsids:
  description:
    - Checksum of their LSIDs, the sum of the SHA-256 of each modulo 2^256 as 64 hexadecimal digits. Two exports with the same
      sessions have the same, in whatever order.
  returned: success
  type: str
open:
  description: Sessions that had not ended, with C(lsid), C(started) and C(exported), which is false if it began before the period.
  returned: success
  type: list
  elements: dict
  sample: [{lsid: da39a3ee5e6b4b0d3255bfef95601890, started: 1795000000.0, exported: true}]
reports:
  description: The reports that were asked for.
  returned: success
  type: list
  elements: str
  sample: [SupportSession]
chunks:
  description: How many answers the export is made of.
  returned: success
  type: int
asked:
  description: How many chunks this run asked for.
  returned: success
  type: int
error:
  description: What was attempted, what came back, what to do, and facts.
  returned: failure
  type: dict
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.session_export import Export, wish_from_options

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "record": runner.RECORD,
        "directory": {"type": "path", "required": True, "aliases": ["dest"]},
        "since": {"type": "str", "required": True},
        "until": {"type": "str"},
        "chunk": {"type": "int", "default": 3600},
        "report": {"type": "str", "choices": ["auto", "SupportSession", "AccessSession"], "default": "auto"},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Export what is not there yet."""
    return Export(task, wish_from_options(task.params)).run()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
