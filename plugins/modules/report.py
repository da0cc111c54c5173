#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the reports of a record, or of many sites."""

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Write the record of an upgrade as HTML, JSON, JUnit XML and Markdown
version_added: 0.1.0
description:
  - Makes reports of one site (O(record)), or one report of many (O(fleet)), from records alone; no appliance is asked.
  - The HTML page needs nothing beside it and runs no script. It opens on any computer, and can be printed or sent.
  - The same record always gives the same reports, so that a second run changes nothing.
  - The formats, and what programs may rely on, are described in C(docs/reports.md) of this collection.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance.unused
options:
  record:
    description:
      - The record; its C(record.json), its folder, or a site's folder for the site's last record.
      - Exactly one of O(record) and O(fleet) is given.
    type: path
  fleet:
    description:
      - The sites of which one report is written. Each has its row, also where it has no record.
    type: list
    elements: dict
    suboptions:
      site:
        description: Name of the site.
        type: str
        required: true
      records:
        description: Folder of the records; the site's last one counts.
        type: path
        required: true
      wish:
        description:
          - What is wished for, as it stands in the record. A record of another wish is one of an earlier upgrade and does not count.
          - Left out, the last record counts whatever it is of.
        type: dict
      path:
        description: The path that belongs to O(fleet[].wish).
        type: str
      state:
        description:
          - How this run ended for the site where no record tells.
          - V(failed) counts also where this run wrote nothing to the record of a site that stood well.
        type: str
        choices: [not_begun, failed, unchanged]
        default: not_begun
      because:
        description: Why, for a person.
        type: str
        default: ""
  formats:
    description:
      - What to write.
      - V(html) is C(report.html), V(json) is C(report.json), V(junit) is C(report.xml), V(markdown) is C(report.md). Of O(fleet) the
        files are named C(fleet) instead.
      - V(junit) has the last attempt at each step and the newest result of each check as test cases, of O(fleet) each site as one.
        V(json) is the record with what follows from it. V(markdown) is short, for a change ticket, a merge request or a chat.
    type: list
    elements: str
    choices: [html, json, junit, markdown]
    default: [html, json, junit, markdown]
  dest:
    description:
      - Folder for the reports, which is made if needed. Required with O(fleet); otherwise beside the record when left out.
      - The files are named by their format only, so several sites need several folders.
    type: path
attributes:
  check_mode:
    support: full
    description: Writes nothing, and says what would be written.
  diff_mode:
    support: full
    description: Shows the files before and after.
requirements:
  - lxml
seealso:
  - module: bomgar.appliance.plan
"""

EXAMPLES = r"""
- name: Write the reports of a site's last upgrade beside its record
  bomgar.appliance.report:
    record: /srv/records/{{ inventory_hostname }}
  register: reports

- name: Say how it ended
  ansible.builtin.debug:
    msg: "{{ reports.sentence }} {{ reports.paths.html }}"

- name: Hand the checks to CI
  bomgar.appliance.report:
    record: /srv/records/{{ inventory_hostname }}/latest/record.json
    formats: [junit, markdown]
    dest: ./reports/{{ inventory_hostname }}

- name: Write one report of two sites
  bomgar.appliance.report:
    fleet:
      - {site: support.example.com, records: /srv/records}
      - {site: help.example.com, records: /srv/records}
    dest: /srv/records
  run_once: true
  register: fleet

- name: Fail the pipeline unless all of them are as wished
  ansible.builtin.assert:
    that: fleet.finished
    fail_msg: "{{ fleet.sentence }}"
  run_once: true
"""

RETURN = r"""
record:
  description: The record that the reports are made of.
  returned: when O(record) is given
  type: str
  sample: /srv/records/support.example.com/20261122T184300Z/record.json
site:
  description: Name of the site.
  returned: when O(record) is given
  type: str
  sample: support.example.com
paths:
  description: The files, by format.
  returned: success
  type: dict
  sample: {html: /srv/records/support.example.com/20261122T184300Z/report.html}
outcome:
  description:
    - What the record comes to; V(changed), V(unchanged), V(refused), V(failed) or V(unknown).
    - Null when nothing went wrong and something is left to do.
  returned: when O(record) is given
  type: str
  sample: changed
worst:
  description:
    - The worst state of any site; from the worst on V(failed), V(unknown), V(refused), V(not_begun), V(unfinished), V(given_up),
      V(changed), V(unchanged).
  returned: when O(fleet) is given
  type: str
  sample: failed
counts:
  description: How many sites are in each of these states.
  returned: when O(fleet) is given
  type: dict
  sample: {failed: 1, unknown: 0, refused: 0, not_begun: 0, unfinished: 0, given_up: 0, changed: 2, unchanged: 0}
finished:
  description: Whether what was wished for was reached, of O(fleet) on all sites.
  returned: success
  type: bool
  sample: true
sentence:
  description: The same in words.
  returned: success
  type: str
  sample: 'support.example.com was upgraded: site software 10.5.3 → 11.1.1, base software 3.2.4 → 3.2.6.'
to_do:
  description: What a person has to do next; of O(fleet) one item for each site that is not as wished.
  returned: success
  type: list
  elements: str
  sample: ['Consoles that were deployed by MSI: Deploy the console of 11.1.1 where you deployed the old one.']
"""

from typing import Any

from ansible.module_utils.ansible_release import __version__ as ANSIBLE_VERSION
from ansible_collections.bomgar.appliance.plugins.module_utils import connect, report_files, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.record import this_run

SPEC = runner.Spec(
    {
        "appliance": {**connect.APPLIANCE, "required": False},
        "record": {"type": "path"},
        "fleet": {
            "type": "list",
            "elements": "dict",
            "options": {
                "site": {"type": "str", "required": True},
                "records": {"type": "path", "required": True},
                "wish": {"type": "dict"},
                "path": {"type": "str"},
                "state": {"type": "str", "choices": ["not_begun", "failed", "unchanged"], "default": "not_begun"},
                "because": {"type": "str", "default": ""},
            },
        },
        "formats": {
            "type": "list",
            "elements": "str",
            "choices": list(report_files.FORMATS),
            "default": list(report_files.FORMATS),
        },
        "dest": {"type": "path"},
    },
    {
        "mutually_exclusive": [("record", "fleet")],
        "required_one_of": [("record", "fleet")],
        "required_by": {"fleet": ("dest",)},
    },
)


def run(task: runner.Task) -> dict[str, Any]:
    """The reports, written where they differ."""
    params = task.params
    if params["fleet"] is not None:
        run_id = this_run(ansible=ANSIBLE_VERSION).id
        return report_files.fleet_report(
            params["fleet"], params["formats"], params["dest"], run_id, rehearse=task.check_mode
        )
    return report_files.report(params["record"], params["formats"], params["dest"], rehearse=task.check_mode)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
