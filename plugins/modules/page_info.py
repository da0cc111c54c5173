#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells whether the web driver recognises an appliance's pages."""

from __future__ import annotations

DOCUMENTATION = r"""
module: page_info
short_description: See whether the web driver recognises every control that it needs, before anything depends on it
version_added: 0.1.0
description:
  - Logs in to C(/appliance), and to C(/login) where an account for it is given, follows the menu to the pages that the web
    driver uses, and says which controls it recognises and how.
  - Presses nothing but menu links and the log-in button.
  - What it does not recognise can be taught without new code, by the labels of O(appliance.labels) (inventory C(bomgar_labels)).
    RV(labels) lists the keys with the texts that are known already.
  - Makes a sketch of the pages for a bug report. It keeps the shape of a page and texts that are labels; every value, number, host
    name, address and account is left out. Read it before you publish it all the same.
options:
  failover:
    description:
      - Whether to look at Management > Failover and Management > Security of C(/login) as well, which only a pair needs.
      - On Failover it is needed what the appliance's role needs. The form for a new relationship where there is none, else the
        controls to sync, to take the other role and to break it.
    type: bool
    default: false
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.reads
notes:
  - No form of these pages is documented by the vendor. That is why this module exists.
  - An account is used once; a refused log-in is not tried again, since that could lock the account.
seealso:
  - module: bomgar.appliance.checks
  - module: bomgar.appliance.update_info
"""

EXAMPLES = r"""
- name: See whether the pages are recognised
  bomgar.appliance.page_info:
    appliance:
      url: https://support.example.com
      appliance:
        username: "{{ bomgar_appliance_username }}"
        password: "{{ bomgar_appliance_password }}"
  register: pages

- name: Show what is missing
  ansible.builtin.debug:
    var: pages.missing

- name: Keep the sketch for a bug report
  ansible.builtin.copy:
    content: "{{ pages.sketch }}"
    dest: ./sketch.txt
    mode: "0600"

- name: See whether the pages that a pair needs are recognised
  bomgar.appliance.page_info:
    appliance:
      url: https://a.support.example.com
      login:
        username: "{{ bomgar_login_username }}"
        password: "{{ bomgar_login_password }}"
    failover: true

- name: Try it with a label that this appliance shows
  bomgar.appliance.page_info:
    appliance:
      url: https://support.example.com
      appliance:
        username: "{{ bomgar_appliance_username }}"
        password: "{{ bomgar_appliance_password }}"
      labels:
        updates.check: [Nach Aktualisierungen suchen]
"""

RETURN = r"""
recognised:
  description: Whether everything that is needed was found.
  returned: success
  type: bool
  sample: true
pages:
  description: The pages that were looked at.
  returned: success
  type: list
  elements: dict
  contains:
    page:
      description: The page.
      type: str
      sample: appliance updates
    recognised:
      description: Whether everything that is needed of it was found.
      type: bool
      sample: true
    controls:
      description: Its controls and values.
      type: list
      elements: dict
      contains:
        control:
          description: What it is for.
          type: str
          sample: check for updates
        found:
          description: Whether it was found.
          type: bool
        needed:
          description: Whether the driver cannot do without it. What is not there only now, as an empty list of updates, is not needed.
          type: bool
        how:
          description: By what it was found, or what was looked for.
          type: str
          sample: "button 'Check for Updates'"
    sketch:
      description: The page's sanitised outline; null if the page was not found.
      type: str
missing:
  description: What is needed and was not found, a line each, with the first of the texts that were looked for.
  returned: success
  type: list
  elements: str
  sample: ["appliance updates: check for updates (looked for: Check for Updates, Controlla aggiornamenti)"]
sketch:
  description: The outlines of all pages in one text.
  returned: success
  type: str
labels:
  description: The keys for O(appliance.labels), with the texts that are known for each; those from documentation come first.
  returned: success
  type: dict
  sample: {updates.check: [Check for Updates, Controlla aggiornamenti]}
msg:
  description: The result in one line.
  returned: success
  type: str
"""

import textwrap
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import LABELS
from ansible_collections.bomgar.appliance.plugins.module_utils.web.recognise import Examination, examine

SPEC = runner.Spec({"appliance": connect.APPLIANCE, "failover": {"type": "bool", "default": False}})


def run(task: runner.Task) -> dict[str, Any]:
    """What is recognised; fails where the appliance cannot be reached or refuses the account."""
    appliance = task.appliance
    if task.params["failover"] and not appliance.has_login:
        raise BadInput(
            "look at the Failover page of /login",
            "no account for it may be used",
            "Give login.username and login.password (bomgar_login_username, bomgar_login_password), and a driver other than api.",
        )
    if not (appliance.has_pages or appliance.has_login):
        raise BadInput(
            "look at the appliance's pages",
            "no account for them may be used",
            "Give appliance.username and appliance.password (bomgar_appliance_username, bomgar_appliance_password), and a driver other than api.",
        )
    seen = examine(
        appliance.pages if appliance.has_pages else None,
        appliance.login_pages if appliance.has_login else None,
        hide=(appliance.site, appliance.host),
        failover=appliance.failover_pages if task.params["failover"] else None,
    )
    missing = _missing(seen)
    return {
        "recognised": seen.complete,
        "pages": _pages(seen),
        "missing": missing,
        "sketch": "\n\n".join(f"{page}\n{text}" for page, text in seen.sketches.items()),
        "labels": {key: appliance.labels.texts(key) for key in sorted(LABELS)},
        "msg": f"{appliance.site}: "
        + ("every page is recognised" if seen.complete else f"not recognised: {', '.join(_lacking(seen))}"),
    }


def _pages(seen: Examination) -> list[dict[str, Any]]:
    names = dict.fromkeys(finding["page"] for finding in seen.findings)
    return [
        {
            "page": name,
            "recognised": all(item["found"] or not item["needed"] for item in _of(seen, name)),
            "controls": [{key: item[key] for key in ("control", "found", "needed", "how")} for item in _of(seen, name)],
            "sketch": seen.sketches.get(name),
        }
        for name in names
    ]


def _of(seen: Examination, page: str) -> list[dict[str, Any]]:
    return [finding for finding in seen.findings if finding["page"] == page]


def _missing(seen: Examination) -> list[str]:
    """With the first of the texts that were looked for; `pages` has them all."""
    return [
        f"{item['page']}: {item['control']} ({textwrap.shorten(item['how'], 100, placeholder=' ...')})"
        for item in seen.findings
        if item["needed"] and not item["found"]
    ]


def _lacking(seen: Examination) -> list[str]:
    return [f"{item['control']} on {item['page']}" for item in seen.findings if item["needed"] and not item["found"]]


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
