# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audits a site's integrations as its options say, and keeps what was found beside the site's records."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import audit_file
from ..errors import BadInput, BomgarError
from ..record_files import write_file
from ..runner import Task
from . import answers, databases, files, migration, page, sql
from .findings import Audit, Finding, Kind, Place, accepted, silenced

_REPORT = "audit.html"


def run(task: Task) -> dict[str, Any]:
    """Look at everything, keep it, and say what is open. In check mode no parser is run and nothing is written."""
    params = task.params
    where = databases.databases_from(params["databases"])
    sources = files.sources_from(params["sources"], params["exclude"])
    parsers = answers.parsers_from(params["parsers"])
    if not (where or sources or parsers):
        raise BadInput(
            "audit integrations",
            "nothing is named that could be audited",
            "Give databases, sources or parsers. If this site has no integrations at all, waive the check integrations_audited with that reason.",
        )
    audit, mends = Audit(), {}
    for database in where:
        task.say(f"{params['site']}  looks at the database {database.name}")
        audit.add(databases.audited(database, judged))
        mend = _mend(database, audit)
        if mend is not None:
            mends[f"mend-{database.name}.sql"] = mend
    for source in sources:
        task.say(f"{params['site']}  looks at {source.path}")
        audit.add(files.audited(source))
    for parser in parsers:
        if task.check_mode:
            task.say(f"{params['site']}  does not run {parser.name}: check mode")
            continue
        task.say(f"{params['site']}  runs {parser.name}")
        audit.looked["parsers"] += 1
        audit.findings += answers.tried(parser)
    audit.findings = accepted(audit.findings, params["accepted"])
    found = {
        "findings": [finding.plain() for finding in audit.findings],
        "looked": dict(audit.looked),
        "skipped": [{"place": str(place), "why": why} for place, why in audit.skipped],
    }
    return _kept(task, found, mends)


def judged(text: str, dialect: str, place: Place) -> Iterable[Finding]:
    """What breaks in the SQL of a database, with what its own comments silence."""
    return silenced(sql.findings(text, dialect, place), text.splitlines(), place)


def _mend(database: databases.Database, audit: Audit) -> str | None:
    """The SQL that mends a database; None where there is nothing to be mended, or what stands in its way is a finding."""
    if any(each.place == Place(database=database.name) and each.kind is Kind.NOT_READ for each in audit.findings):
        return None
    try:
        return migration.sql_that_mends(database, judged)
    except BomgarError as error:
        why = f"the SQL that would mend it cannot be written: {error.got}"
        audit.findings.append(Finding(Place(database=database.name), Kind.NOT_READ, why, error.remedy))
        return None


def _kept(task: Task, found: dict[str, Any], mends: dict[str, str]) -> dict[str, Any]:
    """Write the audit, its page and the SQL that mends; what differs from before is a change, its date alone is not."""
    site, directory = task.params["site"], task.params["directory"]
    folder = audit_file.folder_of(directory, site)
    file = folder / audit_file.FILE
    now = task.clock()
    content = audit_file.content(site, now, found)
    changed = _findings_in(file) != json.loads(content)["findings"]
    values = json.loads(content)
    if not task.check_mode:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, text in mends.items():
                write_file(folder / name, text.encode())
            for old in folder.glob("mend-*.sql"):
                if old.name not in mends:
                    old.unlink()  # what it would mend is mended
            write_file(folder / _REPORT, page.render(values).encode())
            write_file(file, content)
        except OSError as error:
            raise BadInput(
                f"keep the audit in {folder}", error.strerror or str(error), "Name a folder that can be written to."
            ) from error
    loud = [item for item in found["findings"] if item["open"]]
    return {
        "changed": changed,
        "msg": page.sentence_of(values),
        "open": len(loud),
        "path": str(file),
        "report": str(folder / _REPORT),
        "mends": [str(folder / name) for name in sorted(mends)],
        **found,
    }


def _findings_in(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes()).get("findings")
    except (OSError, ValueError, AttributeError):
        return None
