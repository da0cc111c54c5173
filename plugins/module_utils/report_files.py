# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the reports of a record as files on the controller, where they differ from what is there. Asks no appliance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from . import claim, report_html, report_text
from .errors import BadInput
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


def report(path: str, formats: Iterable[str], dest: str | None, *, rehearse: bool = False) -> dict[str, Any]:
    """Write the reports of the record at `path`: to `dest` or beside the record. `rehearse` writes nothing.

    Returns `changed`, `paths` (format to file), what the record comes to, and `diff`. Raises BadInput for a record that cannot
    be read and a folder that cannot be written.
    """
    record = Record.open(path)
    folder = Path(dest) if dest else record.folder or Path(path)
    seen = view(record.data)
    paths: dict[str, str] = {}
    diff = []
    for name in dict.fromkeys(formats):
        file_name, make = FORMATS[name]
        file = folder / file_name
        # The JSON report's escapes keep it ASCII; in the others `shown` has left no character without an encoding.
        content = make(record.data)
        before = _content(file)
        paths[name] = str(file)
        if before == content.encode():
            continue
        old = (before or b"").decode("utf-8", "replace")
        diff.append({"before": old, "after": content, "before_header": str(file), "after_header": str(file)})
        if not rehearse:
            _write(file, content.encode())
    if record.folder is not None and not rehearse:
        claim.release(record.folder.parent)
    return {
        "changed": bool(diff),
        "diff": diff,
        "record": str(record.file),
        "site": record.data["site"],
        "paths": paths,
        "outcome": seen.standing.outcome.value if seen.standing.outcome else None,
        "finished": seen.standing.finished,
        "sentence": seen.sentence,
        "to_do": [f"{item.about}: {item.text}" for item in seen.to_do],
    }


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
