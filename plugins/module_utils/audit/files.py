# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the user's files with SQL, report queries and code, and has them judged. Whatever cannot be read is named; nothing stops the rest."""

from __future__ import annotations

import codecs
import html
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ..errors import BadInput, BomgarError
from . import code, sql
from .findings import Audit, Finding, Kind, Place, silenced

#: The most bytes of a file that is judged: longer ones are data, not code.
MOST_BYTES = 5_000_000
_SQL = frozenset({".sql", ".ddl", ".prc", ".vw", ".trg", ".psql"})
#: Reports of SQL Server Reporting Services, which hold their queries in XML.
_REPORTS = frozenset({".rdl", ".rsd"})
_QUERY = re.compile(r"<CommandText>(.*?)</CommandText>", re.DOTALL)
#: Folders that hold what others wrote, or copies.
_NOT_THEIRS = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", "vendor", "site-packages"}
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Source:
    """A file or a folder. `dialect`: that of its SQL, one of `sql.DIALECTS`; None: by the language around it, else postgres.

    `exclude`: patterns of paths below it that are left out.
    """

    path: Path
    dialect: str | None = None
    exclude: tuple[str, ...] = ()


def sources_from(options: Sequence[Mapping[str, Any]], exclude: Sequence[str] = ()) -> tuple[Source, ...]:
    """The option `sources`. BadInput for one without a path, or of an unknown dialect."""
    found = []
    for option in options:
        path, dialect = str(option.get("path") or "").strip(), option.get("dialect")
        if not path:
            raise BadInput("read what is to be audited", "a source has no path", "Give each as {path: /srv/reports}.")
        if dialect is not None and dialect not in sql.DIALECTS:
            raise BadInput(
                f"read what is to be audited in {path}",
                f"the dialect {dialect!r} is not known",
                f"Give one of {', '.join(sql.DIALECTS)}.",
            )
        found.append(Source(Path(path).expanduser(), dialect, tuple(exclude)))
    return tuple(found)


def audited(source: Source) -> Audit:
    """What breaks in the files of a source. Counted by sort: `python files`, `SQL files`, `reports`, and `other files`, which are not read."""
    audit = Audit()
    for path in _files(source, audit):
        sort = _sort(path)
        audit.looked[sort] += 1
        if sort == _OTHER:
            continue
        place = Place(file=str(path))
        try:
            text = _read(path)
            audit.findings += silenced(_judged(path, text, source, place, audit), text.splitlines(), place)
        except BomgarError:
            raise
        except _Unread as error:
            audit.findings.append(_not_read(place, str(error)))
        except Exception as error:  # noqa: BLE001 - a file of somebody else's must not stop the audit of the others
            audit.findings.append(_not_read(place, f"it cannot be judged ({type(error).__name__}: {error})"))
    return audit


class _Unread(Exception):
    """Why a file is not read."""


_OTHER = "other files"


def _sort(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in _SQL:
        return "SQL files"
    if suffix in _REPORTS:
        return "reports"
    language = code.LANGUAGES.get(suffix)
    return f"{language} files" if language else _OTHER


def _files(source: Source, audit: Audit) -> Iterator[Path]:
    """All files of a source in their order; folders that cannot be entered are named."""
    root = source.path
    if not root.is_dir():
        if not root.exists():
            audit.findings.append(_not_read(Place(file=str(root)), "there is no such file or folder"))
        else:
            yield root
        return

    def refused(error: OSError) -> None:
        audit.findings.append(_not_read(Place(file=str(error.filename)), f"it cannot be read ({error.strerror})"))

    for folder, folders, names in os.walk(root, onerror=refused):
        folders[:] = sorted(
            name for name in folders if name not in _NOT_THEIRS and not _excluded(Path(folder, name), source)
        )
        for name in sorted(names):
            path = Path(folder, name)
            if not _excluded(path, source):
                yield path


def _excluded(path: Path, source: Source) -> bool:
    below = path.relative_to(source.path).as_posix()
    return any(fnmatch(below, pattern) or fnmatch(path.name, pattern) for pattern in source.exclude)


def _read(path: Path) -> str:
    try:
        if not path.is_file():
            raise _Unread("it is no file" if path.exists() else "it leads nowhere")
        if path.stat().st_size > MOST_BYTES:
            raise _Unread(f"it has more than {MOST_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise _Unread(f"it cannot be read ({error.strerror})") from None
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise _Unread(f"it says that it is {encoding} and is not") from None
    if b"\0" in content:
        raise _Unread("it is binary")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _judged(path: Path, text: str, source: Source, place: Place, audit: Audit) -> list[Finding]:
    suffix = path.suffix.lower()
    if suffix in _SQL:
        return sql.findings(text, source.dialect or "postgres", replace(place, line=1), audit.skipped)
    if suffix in _REPORTS:
        return [
            finding
            for match in _QUERY.finditer(text)
            for finding in sql.findings(
                html.unescape(match[1]),
                source.dialect or "tsql",
                replace(place, line=1 + text.count("\n", 0, match.start(1))),
                audit.skipped,
            )
        ]
    return code.findings(text, code.LANGUAGES[suffix], place, source.dialect)


def _not_read(place: Place, why: str) -> Finding:
    return Finding(
        place, Kind.NOT_READ, why, "Look at it yourself, and leave it out of the audit (exclude) once it is in order."
    )
