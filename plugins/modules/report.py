#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the reports of a record."""

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Write the record of an upgrade as HTML, JSON, JUnit XML and Markdown
version_added: 0.1.0
description:
  - Makes reports from a site's record alone; no appliance is asked.
  - The HTML page needs nothing beside it and runs no script. It opens on any computer, and can be printed or sent.
  - The same record always gives the same reports, so that a second run changes nothing.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance.unused
options:
  record:
    description:
      - The record; its C(record.json), its folder, or a site's folder for the site's last record.
    type: path
    required: true
  formats:
    description:
      - What to write.
      - V(html) is C(report.html), V(json) is C(report.json), V(junit) is C(report.xml), V(markdown) is C(report.md).
      - V(junit) has the last attempt at each step and the newest result of each check as test cases. V(json) is the record with what
        follows from it. V(markdown) is short, for a merge request or a chat.
    type: list
    elements: str
    choices: [html, json, junit, markdown]
    default: [html, json, junit, markdown]
  dest:
    description:
      - Folder for the reports, which is made if needed. Beside the record when left out.
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
"""

RETURN = r"""
record:
  description: The record that the reports are made of.
  returned: success
  type: str
  sample: /srv/records/support.example.com/20261122T184300Z/record.json
site:
  description: Name of the site.
  returned: success
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
  returned: success
  type: str
  sample: changed
finished:
  description: Whether what was wished for was reached.
  returned: success
  type: bool
  sample: true
sentence:
  description: The same in words.
  returned: success
  type: str
  sample: 'support.example.com was upgraded: site software 10.5.3 → 11.1.1, base software 3.2.4 → 3.2.6.'
to_do:
  description: What a person has to do next.
  returned: success
  type: list
  elements: str
  sample: ['Consoles that were deployed by MSI: Deploy the console of 11.1.1 where you deployed the old one.']
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, report_files, runner

SPEC = runner.Spec(
    {
        "appliance": {**connect.APPLIANCE, "required": False},
        "record": {"type": "path", "required": True},
        "formats": {
            "type": "list",
            "elements": "str",
            "choices": list(report_files.FORMATS),
            "default": list(report_files.FORMATS),
        },
        "dest": {"type": "path"},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """The reports, written where they differ."""
    params = task.params
    return report_files.report(params["record"], params["formats"], params["dest"], rehearse=task.check_mode)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
