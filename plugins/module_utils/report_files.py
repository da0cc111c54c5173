# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the reports of a record as files on the controller, where they differ from what is there. Asks no appliance."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import claim, fleet_html, fleet_text, report_html, report_text
from .errors import BadInput
from .fleet import FINE, Fleet, Told, fleet
from .record import Record
from .record_files import write_file
from .report_view import view

#: Format: name of the file, and what makes it.
FORMATS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "html": ("report.html", report_html.render),
    "json": ("report.json", report_text.json_view),
    "junit": ("report.xml", report_text.junit),
    "markdown": ("report.md", report_text.markdown),
}
#: The same of many sites.
FLEET_FORMATS: dict[str, tuple[str, Callable[[Fleet], str]]] = {
    "html": ("fleet.html", fleet_html.render),
    "json": ("fleet.json", fleet_text.json_view),
    "junit": ("fleet.xml", fleet_text.junit),
    "markdown": ("fleet.md", fleet_text.markdown),
}


def report(path: str, formats: Iterable[str], dest: str | None, *, rehearse: bool = False) -> dict[str, Any]:
    """Write the reports of the record at `path`: to `dest` or beside the record. `rehearse` writes nothing.

    Returns `changed`, `paths` (format to file), what the record comes to, and `diff`. Raises BadInput for a record that cannot
    be read and a folder that cannot be written.
    """
    record = Record.open(path)
    folder = Path(dest) if dest else record.folder or Path(path)
    seen = view(record.data)
    result = _written({name: FORMATS[name] for name in formats}, record.data, folder, rehearse)
    if record.folder is not None and not rehearse:
        claim.release(record.folder.parent)
    return {
        **result,
        "record": str(record.file),
        "site": record.data["site"],
        "outcome": seen.standing.outcome.value if seen.standing.outcome else None,
        "finished": seen.standing.finished,
        "sentence": seen.sentence,
        "to_do": [f"{item.about}: {item.text}" for item in seen.to_do],
    }


def fleet_report(
    sites: Sequence[Mapping[str, Any]], formats: Iterable[str], dest: str, run: str, *, rehearse: bool = False
) -> dict[str, Any]:
    """Write one report of many sites to `dest`. `run`: the id of this run. `rehearse` writes nothing.

    A site whose record is missing or cannot be read has its row, too. Raises BadInput for a folder that cannot be written.
    """
    if not sites:
        raise BadInput("write the report of many sites", "no site is given", "Name the sites (fleet).")
    folder = Path(dest)
    seen = fleet([_told(item, folder, run) for item in sites])
    return {
        **_written({name: FLEET_FORMATS[name] for name in formats}, seen, folder, rehearse),
        "worst": seen.worst,
        "counts": dict(seen.counts),
        "finished": seen.finished,
        "sentence": seen.sentence,
        "to_do": [f"{row.site}: {row.to_do[0].text}" for row in seen.rows if row.to_do and row.state not in FINE],
    }


def _told(item: Mapping[str, Any], folder: Path, run: str) -> Told:
    """What is known of a site. A record of another wish is none of this upgrade."""
    site, state, because = item["site"], item["state"], item["because"]
    try:
        record = Record.open_latest(item["records"], site)
    except BadInput as error:
        return Told(site, unreadable=str(error))
    if record is None or (item["wish"] is not None and not record.is_for(item["wish"], item["path"])):
        return Told(site, state=state, because=because)
    page = record.folder / FORMATS["html"][0] if record.folder else None
    return Told(
        site,
        record.data,
        any(known["id"] == run for known in record.data["runs"]),
        state,
        because,
        page=os.path.relpath(page, folder) if page and page.is_file() else None,
    )


def _written(
    formats: Mapping[str, tuple[str, Callable[[Any], str]]], content_of: Any, folder: Path, rehearse: bool
) -> dict[str, Any]:
    """The files, written where they differ: `changed`, `diff`, `paths`."""
    paths: dict[str, str] = {}
    diff: list[dict[str, str]] = []
    for name, (file_name, make) in formats.items():
        file = folder / file_name
        # The JSON reports' escapes keep them ASCII; in the others `shown` has left no character without an encoding.
        content = make(content_of)
        before = _content(file)
        paths[name] = str(file)
        if before == content.encode():
            continue
        old = (before or b"").decode("utf-8", "replace")
        diff.append({"before": old, "after": content, "before_header": str(file), "after_header": str(file)})
        if not rehearse:
            _write(file, content.encode())
    return {"changed": bool(diff), "diff": diff, "paths": paths}


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BadInput(
            f"read the report {file}", error.strerror or str(error), "Correct its permissions, or choose another dest."
        ) from error


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(file, content)
    except OSError as error:
        raise BadInput(
            f"write the report {file}",
            error.strerror or str(error),
            "Make room there, correct the permissions, or choose another dest.",
        ) from error
