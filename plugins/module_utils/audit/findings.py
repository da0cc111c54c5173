# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit of integrations finds: where, of which kind, why it breaks and how to mend it. Reads nothing, judges nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import BadInput
from ..models import Word

_TEXT = 160
#: A comment that silences the finding on its line, or on the line below; what follows is the reason.
_SILENCE = re.compile(r"bomgar-audit\s*:\s*ok\b[\s:,-]*(.*)", re.IGNORECASE)
_COMMENT_END = re.compile(r"(\*/|-->|#>|\?>|\]\])?\s*$")


class Kind(Word):
    """What is wrong (documented: the guide's supplement, D-G150; the namespaces: see `schema`)."""

    LSID_NUMBER = "lsid_number"
    LSID_SHORT = "lsid_short"
    LSID_ORDER = "lsid_order"
    LSID_ARITHMETIC = "lsid_arithmetic"
    LSEQ_MISSING = "lseq_missing"
    LSEQ_KEY = "lseq_key"
    NAMESPACE_IGNORED = "namespace_ignored"
    NAMESPACE_FIXED = "namespace_fixed"
    PARSER_LOSES = "parser_loses"
    NOT_READ = "not_read"
    SILENCE_WITHOUT_REASON = "silence_without_reason"


@dataclass(frozen=True)
class Place:
    """A line of a file, or an object (`table session`, `view v_last`) of a database and a column of it."""

    file: str | None = None
    line: int | None = None
    database: str | None = None
    object: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        if self.database is None:
            return f"{self.file}:{self.line}" if self.line else str(self.file)
        parts = ", ".join(filter(None, (self.object, f"column {self.column}" if self.column else "")))
        line = f", line {self.line}" if self.line else ""
        return f"{self.database}: {parts}{line}" if parts else self.database


@dataclass(frozen=True)
class Finding:
    """One of them. `why`, `mend`: sentences without or with a final stop as they come; `text`: the line or piece of SQL itself.

    `silenced`: the reason for which it does not count; None if it does.
    """

    place: Place
    kind: Kind
    why: str
    mend: str
    text: str = ""
    silenced: str | None = None

    @property
    def open(self) -> bool:
        """Whether it has to be mended or accepted."""
        return self.silenced is None

    def plain(self) -> dict[str, Any]:
        """For results, files and reports."""
        place = {name: value for name, value in vars(self.place).items() if value is not None}
        return {
            "place": str(self.place),
            **place,
            "kind": self.kind.value,
            "why": self.why,
            "mend": self.mend,
            "text": shortened(self.text),
            "open": self.open,
            "silenced": self.silenced,
        }


@dataclass
class Audit:
    """What was found, how much was looked at by sort of thing (`Python files`, `tables`), and what was left out, with why."""

    findings: list[Finding] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, other: Audit) -> None:
        """Take another one in."""
        self.findings += other.findings
        self.looked.update(other.looked)
        self.skipped += other.skipped


def shortened(text: str) -> str:
    """A text on one line, of a length that can be shown."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _TEXT else flat[: _TEXT - 1] + "…"


def silences(lines: Sequence[str]) -> dict[int, str]:
    """Line number (from 1) -> reason, which may be empty, of every comment that silences; for its own line and the next one."""
    found: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        said = _SILENCE.search(line)
        if said:
            found[number] = _COMMENT_END.sub("", said[1]).strip()
    return found


def silenced(findings: Iterable[Finding], lines: Sequence[str], base: Place) -> list[Finding]:
    """The findings, those silenced by a comment with their reason; a comment without one is a finding instead.

    `base`: where the lines stand; its line is that of the first of them (1 if None).
    """
    first = base.line or 1
    comments = {number + first - 1: reason for number, reason in silences(lines).items()}
    result = []
    for finding in findings:
        line = finding.place.line or 0
        reason = comments.get(line) or comments.get(line - 1) if line else None
        result.append(replace(finding, silenced=reason) if reason else finding)
    for number, reason in comments.items():
        if not reason:
            result.append(
                Finding(
                    replace(base, line=number),
                    Kind.SILENCE_WITHOUT_REASON,
                    "it says that this is in order and does not say why",
                    "Write the reason behind it: bomgar-audit: ok, ticket 4711",
                    lines[number - first],
                )
            )
    return result


def accepted(findings: Iterable[Finding], options: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """The findings, those that the user accepts by their place with the reason. BadInput for an entry without one, or without effect."""
    reasons: dict[str, str] = {}
    for option in options:
        place, reason = (" ".join(str(option.get(name) or "").split()) for name in ("place", "reason"))
        if not place or not reason:
            raise BadInput(
                "read what is accepted",
                f"an entry has no {'reason' if place else 'place'}",
                'Write each as {place: "icdb: table session, column lsid", reason: "ticket 4711"}, with the place as the audit shows it.',
            )
        reasons[place] = reason
    result = [replace(item, silenced=item.silenced or reasons.get(str(item.place))) for item in findings]
    unknown = sorted(set(reasons) - {str(item.place) for item in result})
    if unknown:
        raise BadInput(
            "accept findings",
            f"nothing is found at {', '.join(unknown)}",
            "Remove what is mended from the accepted ones, or write the place as the audit shows it.",
        )
    return result
