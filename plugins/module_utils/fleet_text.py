# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet as JSON for programs, as JUnit XML for CI, and as Markdown for a change ticket. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .fleet import STATES, Fleet, Row, count_of
from .junit import Case, Suite, document
from .markdown import SYMBOLS, escaped, line, table
from .record_format import iso
from .release import VERSION
from .report_text import outage_values, written
from .report_view import ToDo, moment, span

#: The version of fleet.json's format, and the name of its schema: docs/schema/fleet.schema.json.
FLEET_FORMAT = 1
FLEET_SCHEMA = f"urn:bomgar-appliance:fleet:{FLEET_FORMAT}"
#: What CI is told of each state; the others passed.
_VERDICTS = {"failed": "failure", "refused": "failure", "unknown": "error", "not_begun": "skipped", "unfinished": "skipped", "given_up": "failure"}  # fmt: skip


def json_view(seen: Fleet) -> str:
    """All of it, for programs: `worst` and `counts` first."""
    return written(
        FLEET_SCHEMA,
        {
            "fleet_format": FLEET_FORMAT,
            "worst": seen.worst,
            "finished": seen.finished,
            "counts": dict(seen.counts),
            "sentence": seen.sentence,
            "as_of": seen.as_of,
            "sites": [_values(row) for row in seen.rows],
        },
    )


def _values(row: Row) -> dict[str, Any]:
    return {
        "site": row.site,
        "state": row.state,
        "outcome": row.outcome,
        "word": row.mark.word,
        "finished": row.finished,
        "sentence": row.sentence,
        "because": list(row.because),
        "to_do": [{"about": item.about, "text": item.text} for item in row.to_do],
        "changes": [
            {"appliance": change.appliance, "name": change.label, "before": change.before, "after": change.after}
            for change in row.changes
        ],
        "outage": outage_values(row.outage),
        "started": row.started,
        "ended": row.ended,
        "page": row.page,
        "rehearsal": row.rehearsal,
    }


def junit(seen: Fleet) -> str:
    """A case for each site: failed, refused or given up is a failure, unknown an error, not begun or not finished skipped."""
    cases = [
        Case(
            "bomgar.appliance.sites",
            row.site,
            row.seconds or 0.0,
            _VERDICTS.get(row.state),
            row.sentence,
            "\n".join((*(() if row.state in _VERDICTS else (row.sentence,)), *row.because, *_to_do(row))),
        )
        for row in seen.rows
    ]
    properties = {"worst": seen.worst, "sentence": seen.sentence, "report": f"bomgar.appliance {VERSION}"}
    return document("bomgar.appliance", [Suite("sites", cases, seen.as_of or iso(0.0), "", properties)])


def _to_do(row: Row) -> list[str]:
    return [f"{item.about}: {item.text}" for item in row.to_do]


def markdown(seen: Fleet) -> str:
    """Totals, and a table for each group of sites, worst first. Every value is escaped."""
    parts = [f"## {SYMBOLS[seen.mark.tone]} {escaped(seen.mark.word)}", line(seen.sentence)]
    for group in seen.groups:
        parts.append(f"### {SYMBOLS[group.mark.tone]} {group.heading} ({len(group.rows)})")
        parts += [
            f"**{escaped(item.about)}**: {escaped(item.text)} ({count_of(number)})" for item, number in group.shared
        ]
        head = ("Site", "Versions", "Site down", "Last heard of", "What to do next")
        parts.append(table(head, [_cells(row, group.own(row)) for row in group.rows]))
    as_of = f", as of {escaped(moment(seen.as_of))}" if seen.as_of else ""
    parts.append(f"Report by bomgar.appliance {VERSION}{as_of}.")
    return "\n\n".join(parts) + "\n"


def _cells(row: Row, to_do: Sequence[ToDo]) -> tuple[str, ...]:
    more = [f"And {len(to_do) - 1} more in its report"] if len(to_do) > 1 else []
    parts = [*row.because[:1], *(f"{item.about}: {item.text}" for item in to_do[:1]), *more]
    said = ". ".join(part.rstrip(".") for part in parts)
    name = row.site if row.mark.word == STATES[row.state][0] else f"{row.site} ({row.mark.word})"
    ended = moment(row.ended) if row.ended else ""
    took = f", after {span(row.seconds)}" if row.seconds is not None else ""
    return name, ", ".join(row.versions), row.outage_text, f"{ended}{took}", said
