#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds what breaks in a site's own integrations when release 10.6 is passed."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integration_audit
short_description: Find what breaks in your own integrations when release 10.6 (API 1.5.0) is passed
version_added: 0.1.0
description:
  - From release 10.6 on an LSID is a GUID of 32 characters and no longer a number, sessions have an LSEQ, which increases and is neither
    unique nor strictly sequential, and XML answers have a namespace, which later releases changed again.
  - Reads databases, SQL, report queries and code that use them, and runs your own parsers on answers in the old form and the new ones.
    It changes nothing of yours, and asks no appliance.
  - Keeps C(audit.json), which the check C(integrations_audited) before an upgrade reads, the page C(audit.html), and for each database
    with something to mend C(mend-<name>.sql), in C(<directory>/<site>/audit/). The SQL is never run by itself.
  - An LSID or LSEQ is told by the names of columns, variables and keys. What has another name is not found.
  - A finding in a file, a view, a procedure or a trigger is accepted by a comment on its line or the line above, as
    C(bomgar-audit, a colon, ok, and the reason); any other one by O(accepted).
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance.unused
options:
  site:
    description: Name of the site, as in the inventory.
    type: str
    required: true
  directory:
    description: Folder of all sites' records, on the machine where the module runs.
    type: path
    required: true
  databases:
    description:
      - Databases with tables, views, procedures and triggers that use LSIDs, such as that of the Integration Client.
      - Each is opened to read only, where it knows such a way. PostgreSQL, MariaDB and SQLite are tested; SQL Server is asked in the same
        way and has not been tested.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What it is called in findings.
        type: str
        required: true
      url:
        description:
          - Its address for SQLAlchemy, without a password, as C(postgresql+psycopg://reports@db.example.com/icdb),
            C(mysql+pymysql://db.example.com/icdb), C(mssql+pyodbc://dsn) or C(sqlite:////srv/ic.db). The driver has to be installed.
        type: str
        required: true
      username:
        description: Account that may read the definitions of tables, views and procedures.
        type: str
      password:
        description: Its password.
        type: str
      schemas:
        description: Schemas to look at; that of the account when left out.
        type: list
        elements: str
        default: []
  sources:
    description:
      - Files and folders with SQL, reports (C(.rdl)) and code in Python, PowerShell, C#, Java, JavaScript, TypeScript, PHP, Perl or
        Visual Basic, told by their suffix.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The file or folder.
        type: path
        required: true
      dialect:
        description: The dialect of its SQL. Left out, C(.sql) is read as V(postgres), and SQL inside code as is usual for its language.
        type: str
        choices: [postgres, mysql, sqlite, tsql]
  exclude:
    description: Patterns of file names and of paths below a source that are left out.
    type: list
    elements: str
    default: []
  parsers:
    description:
      - Commands of yours that read an answer of the reporting API. Each is run once on an answer in the old form and once on the same answer
        in each new form; what it printed of the old one and not of a new one is a finding. Not run in check mode.
    type: list
    elements: dict
    default: []
    suboptions:
      command:
        description: The command and its arguments; no shell. C({file}) stands for the path of the answer, which otherwise comes on standard input.
        type: list
        elements: str
        required: true
      name:
        description: What it is called in findings.
        type: str
      timeout:
        description: Seconds that one run may take.
        type: float
        default: 60
      answer:
        description: An answer of your own in the old form, to use instead of the one that comes with the collection.
        type: path
  accepted:
    description: Findings that are in order as they are. One that is not found any more is an error, so that the list stays true.
    type: list
    elements: dict
    default: []
    suboptions:
      place:
        description: Where it is, as the audit tells it.
        type: str
        required: true
      reason:
        description: Why it is in order.
        type: str
        required: true
attributes:
  check_mode:
    support: full
    description: Runs no parser, writes nothing, and says what was found.
  diff_mode:
    support: none
    description: It gives what it found, with or without a difference to an earlier audit.
requirements:
  - SQLAlchemy (and the driver of each database)
  - sqlglot
  - Pygments
  - lxml
seealso:
  - module: bomgar.appliance.schema_info
  - module: bomgar.appliance.checks
"""

EXAMPLES = r"""
- name: Audit the integrations of a site
  bomgar.appliance.integration_audit:
    site: support.example.com
    directory: /srv/records
    databases:
      - name: icdb
        url: postgresql+psycopg://db.example.com/icdb
        username: reports
        password: "{{ icdb_password }}"
    sources:
      - path: /srv/reports
        dialect: postgres
      - path: /srv/integrations
    parsers:
      - command: [python3, /srv/integrations/load.py, "{file}"]
    accepted:
      - place: "icdb: table archive_2009, column lsid"
        reason: Nothing is added to it any more, ticket 4711.
  register: audit

- name: Stop if something is open
  ansible.builtin.assert:
    that: audit.open == 0
    fail_msg: "{{ audit.msg }} {{ audit.report }}"
"""

RETURN = r"""
open:
  description: How many findings have to be mended or accepted.
  returned: success
  type: int
findings:
  description: What was found.
  returned: success
  type: list
  elements: dict
  contains:
    place:
      description: Where it is, in words.
      type: str
      sample: 'icdb: view v_last, column lsid, line 3'
    file:
      description: The file.
      type: str
    line:
      description: The line of the file, or of the definition.
      type: int
    database:
      description: The name of the database.
      type: str
    object:
      description: The table, view, procedure, function or trigger.
      type: str
    column:
      description: The column.
      type: str
    kind:
      description:
        - V(lsid_number), V(lsid_short), V(lsid_order), V(lsid_arithmetic), V(lseq_missing), V(lseq_key), V(namespace_ignored),
          V(namespace_fixed), V(parser_loses), V(not_read) or V(silence_without_reason).
      type: str
    why:
      description: Why it breaks.
      type: str
    mend:
      description: How to mend it.
      type: str
    text:
      description: The line itself.
      type: str
    open:
      description: Whether it has to be mended or accepted.
      type: bool
    silenced:
      description: The reason for which it is accepted; null if it is not.
      type: str
looked:
  description: How much was looked at, by sort.
  returned: success
  type: dict
  sample: {tables: 12, views: 3, python files: 7, other files: 40}
skipped:
  description: Statements that could not be read and speak of neither LSID nor LSEQ, with C(place) and C(why).
  returned: success
  type: list
  elements: dict
path:
  description: The audit as a file.
  returned: success
  type: str
  sample: /srv/records/support.example.com/audit/audit.json
report:
  description: The audit as a page.
  returned: success
  type: str
mends:
  description: Files with the SQL that would mend a database.
  returned: success
  type: list
  elements: str
msg:
  description: All of it in one sentence.
  returned: success
  type: str
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import run as audit

SPEC = runner.Spec(
    {
        "appliance": {**connect.APPLIANCE, "required": False},
        "site": {"type": "str", "required": True},
        "directory": {"type": "path", "required": True},
        "databases": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "url": {"type": "str", "required": True},
                "username": {"type": "str"},
                "password": {"type": "str", "no_log": True},
                "schemas": {"type": "list", "elements": "str", "default": []},
            },
        },
        "sources": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "path": {"type": "path", "required": True},
                "dialect": {"type": "str", "choices": ["postgres", "mysql", "sqlite", "tsql"]},
            },
        },
        "exclude": {"type": "list", "elements": "str", "default": []},
        "parsers": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "command": {"type": "list", "elements": "str", "required": True},
                "name": {"type": "str"},
                "timeout": {"type": "float", "default": 60},
                "answer": {"type": "path"},
            },
        },
        "accepted": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "place": {"type": "str", "required": True},
                "reason": {"type": "str", "required": True},
            },
        },
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """What is found, kept beside the site's records."""
    return audit.run(task)


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
