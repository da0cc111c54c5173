#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what integrations see of an appliance's API."""

from __future__ import annotations

DOCUMENTATION = r"""
module: schema_info
short_description: Read what integrations see of the API, namespaces, the type of LSID and LSEQ, and what an upgrade changes of it
version_added: 0.1.0
description:
  - Reads C(/api/command.xsd) and C(/api/reporting.xsd), and the beginning of a real answer of the reporting API. Changes nothing.
  - From release 10.6 on (API 1.5.0) an LSID is a text and no longer a number, sessions have an LSEQ, and XML answers have a namespace,
    which later releases changed again. Which release has which namespace is not documented in full, so it is read and not known.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.reads
options:
  target:
    description:
      - Version of the site software that the appliance is to be upgraded to, or V(latest); RV(changes) then says what that changes.
    type: str
  before:
    description: The result of an earlier run; RV(differences) then says what is different now.
    type: dict
  look:
    description: Whether to look at a real answer. Otherwise only the XSDs are read.
    type: bool
    default: true
seealso:
  - module: bomgar.appliance.info
  - module: bomgar.appliance.integration_audit
"""

EXAMPLES = r"""
- name: See what an upgrade to 11.1.1 changes for the integrations
  bomgar.appliance.schema_info:
    appliance: "{{ support }}"
    target: "11.1.1"
  register: before

# ... the upgrade ...

- name: See what it has changed
  bomgar.appliance.schema_info:
    appliance: "{{ support }}"
    before: "{{ before }}"
"""

RETURN = r"""
api_version:
  description: Version of the API; null if it is not told.
  returned: success
  type: str
  sample: 1.4.2
namespaces:
  description: XML namespace of the V(command) and of the V(reporting) API, an empty text for none. What is not told is left out.
  returned: success
  type: dict
  sample: {command: "", reporting: ""}
lsid:
  description: Whether an LSID is a V(number) or a V(text); V(unknown) if it is not told.
  returned: success
  type: str
  sample: number
lseq:
  description: Whether sessions have an LSEQ; null if it is not told.
  returned: success
  type: bool
answer:
  description: What a real answer shows; null if none was looked at, or none came.
  returned: success
  type: dict
  contains:
    namespace:
      description: Namespace of its root element, an empty text for none.
      type: str
    lsid:
      description: Whether the LSID of its first session is a V(number) or a V(text); null if there was no session.
      type: str
    lseq:
      description: Whether that session has an LSEQ; null if there was no session.
      type: bool
contradictions:
  description: What the answer shows that the XSD does not say.
  returned: success
  type: list
  elements: str
changes:
  description: What the upgrade to O(target) changes for integrations, as far as it is documented.
  returned: success
  type: list
  elements: str
  sample: ["LSID, a number now, becomes a text of 32 hexadecimal digits."]
differences:
  description: What is different from O(before).
  returned: success
  type: list
  elements: str
  sample: [LSID was a number and is a text]
problems:
  description: Interfaces that failed, what that leaves unknown, and why; as in M(bomgar.appliance.activity_info).
  returned: success
  type: list
  elements: dict
msg:
  description: All of it in one line.
  returned: success
  type: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner, schema
from ansible_collections.bomgar.appliance.plugins.module_utils.accounts import GIVE_API
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.models import plain
from ansible_collections.bomgar.appliance.plugins.module_utils.observe import Observer
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "target": {"type": "str"},
        "before": {"type": "dict"},
        "look": {"type": "bool", "default": True},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """What both XSDs and an answer say; fails only where the appliance cannot be reached, or there is no account to ask with."""
    target = Wish.from_options({"site": task.params["target"]} if task.params["target"] else {}).site
    if not task.appliance.has_api:
        raise BadInput(
            "read the schemas of the API",
            "no API account is given, or the driver is web; only the API has schemas",
            f"{GIVE_API} Leave the driver at auto (bomgar_driver).",
        )
    observer = Observer(task.appliance, task.clock)
    versions, now = observer.versions(), observer.schema()
    seen = observer.sample() if task.params["look"] else None
    observer.stop()
    against = schema.contradictions(now, seen.namespace, seen.lsid, seen.lseq) if seen else []
    changes = schema.changes(now, versions, target)
    differences = schema.differences(task.params["before"] or {}, plain(now))
    return {
        "api_version": versions.api,
        **plain(now),
        "answer": {
            "namespace": seen.namespace,
            "lsid": None if seen.lsid is None else schema.form_of(seen.lsid).value,
            "lseq": seen.lseq,
        }
        if seen
        else None,
        "contradictions": against,
        "changes": changes,
        "differences": differences,
        "problems": plain(observer.problems),
        "msg": f"{task.appliance.site}: {schema.words(now)}{''.join(f'; {clause}' for clause in (*against, *differences))}",
    }


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
