# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record as Markdown for people who write to each other, as JUnit XML for CI, and as JSON with what follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from .junit import Case, Suite, document
from .markdown import SYMBOLS, escaped, line, table
from .record_standing import Outage, current_checks
from .release import VERSION
from .report_view import CheckView, StepView, View, moment, span, view

#: The version of report.json's format, and the name of its schema: docs/schema/report.schema.json.
REPORT_FORMAT = 1
REPORT_SCHEMA = f"urn:bomgar-appliance:report:{REPORT_FORMAT}"


# -- JSON -------------------------------------------------------------------------------------------------------------


def json_view(data: Mapping[str, Any]) -> str:
    """The record with what follows from it: outcome, sentence, what to do, measured outage. For programs."""
    seen = view(data)
    derived = {
        "outcome": seen.standing.outcome.value if seen.standing.outcome else None,
        "word": seen.mark.word,
        "finished": seen.standing.finished,
        "rehearsal": seen.rehearsal,
        "interrupted": [step["id"] for step in seen.standing.interrupted],
        "not_begun": list(seen.not_begun),
        "sentence": seen.sentence,
        "because": list(seen.because),
        "to_do": to_do_values(seen),
        "outage": outage_values(seen.outage),
        "outages_by_window": {
            one.window: {
                **asdict(one.outage),
                "steps": [
                    {
                        "title": step.title,
                        "appliance": step.appliance,
                        "standby": step.standby,
                        **asdict(step.outage),
                    }
                    for step in one.steps
                ],
            }
            for one in seen.windows
        },
        "changes": [
            {"appliance": row.appliance, "name": row.label, "before": row.before, "after": row.after}
            for row in seen.changes
        ],
        "checks": [
            {
                "id": check["id"],
                "phase": check.get("phase"),
                "appliance": check.get("appliance"),
                "outcome": check["outcome"],
                "waived": check.get("waived"),
            }
            for check in current_checks(data)
        ],
    }
    return written(REPORT_SCHEMA, {"report_format": REPORT_FORMAT, "derived": derived, "record": data})


def written(schema: str, content: Mapping[str, Any]) -> str:
    """A JSON report that names its schema and what wrote it."""
    report = {"$schema": schema, "made_by": f"bomgar.appliance {VERSION}", **content}
    # Escaped throughout: a lone surrogate of the record is text here, and could not be written as it is.
    return json.dumps(report, indent=1, allow_nan=False) + "\n"


def to_do_values(seen: View) -> list[dict[str, str]]:
    """What a person has to do next, for programs."""
    return [{"about": item.about, "text": item.text} for item in seen.to_do]


def outage_values(outage: Outage | None) -> dict[str, Any] | None:
    """An outage for programs."""
    return None if outage is None else asdict(outage)


# -- JUnit ------------------------------------------------------------------------------------------------------------


def junit(data: Mapping[str, Any]) -> str:
    """JUnit XML: the last attempt at each step and the newest result of each check as test cases. MissingLibrary without lxml.

    What failed or was refused is a failure, what is unknown, interrupted or could not be checked an error; what a person has to
    look at, is waived, or was not begun is skipped, since CI can judge none of them. Every group carries the site's name, so that
    the files of many sites can be read together.
    """
    seen = view(data)
    group = f"{seen.site}.steps"
    steps = [_step_case(group, step) for step in seen.steps if not step.superseded]
    steps += [Case(group, title, verdict="skipped", why="not begun") for title in seen.not_begun]
    started = seen.runs[0].started if seen.runs else seen.created
    host = seen.runs[-1].controller if seen.runs else ""
    suites = [Suite(f"{seen.site}: steps", steps, started, host, _properties(seen))]
    for phase in dict.fromkeys(check.phase for check in seen.checks):
        title = f"checks {phase[:1].lower()}{phase[1:]}".strip()
        cases = [_check_case(f"{seen.site}.{title}", check) for check in seen.checks if check.phase == phase]
        suites.append(Suite(f"{seen.site}: {title}", cases, started, host))
    return document(f"bomgar.appliance{' rehearsal' if seen.rehearsal else ''}: {seen.site}", suites)


def _step_case(group: str, step: StepView) -> Case:
    verdict = {"bad": "failure", "warn": "failure", "unknown": "error"}.get(step.mark.tone)
    first, _newline, rest = step.detail.partition("\n")
    if verdict is None:
        return Case(group, step.named, step.seconds or 0.0, text=_lines(step.mark.word, step.detail, step.action))
    why = f"{step.mark.word}: {first or step.title}"
    return Case(group, step.named, step.seconds or 0.0, verdict, why, _lines(rest, step.action))


def _check_case(group: str, check: CheckView) -> Case:
    verdict, why = None, ""
    if check.waived and check.mark.word.endswith(", waived"):
        verdict, why = "skipped", f"{check.mark.word}: {check.waived}"
    elif check.outcome in ("manual", "not_applicable"):
        verdict, why = "skipped", check.mark.word
    elif check.mark.tone in ("bad", "unknown"):
        verdict, why = "failure" if check.mark.tone == "bad" else "error", f"{check.mark.word}: {check.title}"
    text = _lines("" if verdict else check.mark.word, check.detail, check.action)
    return Case(group, f"{check.title} [{check.id}]", 0.0, verdict, why, text)


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _properties(seen: View) -> dict[str, str]:
    return {
        "outcome": seen.mark.word,
        "sentence": seen.sentence,
        **{f"{name[0].lower()}{name[1:]}": "; ".join(texts) for name, texts in seen.outage_rows},
        "report": f"bomgar.appliance {VERSION}",
        "record format": str(seen.record_format),
    }


# -- Markdown ---------------------------------------------------------------------------------------------------------


def markdown(data: Mapping[str, Any]) -> str:
    """A short report for a merge request or a chat: outcome, what to do, before and after, steps, checks that want attention.

    Every value is escaped, so that none becomes a link, an image, a heading, markup, or calls for somebody's attention.
    """
    seen = view(data)
    parts = [f"## {SYMBOLS[seen.mark.tone]} {escaped(seen.mark.word)}: {escaped(seen.site)}", line(seen.sentence)]
    parts += [line(text) for text in seen.because]
    if seen.to_do:
        parts.append("### What to do next")
        parts.append(
            "\n".join(
                f"{number}. **{escaped(item.about)}**: {escaped(item.text)}"
                for number, item in enumerate(seen.to_do, 1)
            )
        )
    parts.append(table(("", ""), seen.summary))
    several = len({row.appliance for row in seen.changes}) > 1
    rows = [
        (
            f"{row.appliance}: {row.label}" if several else row.label,
            row.before or "not observed",
            row.after or "not observed",
        )
        for row in seen.changes
        if row.is_version or row.changed
    ]
    if rows:
        parts += ["### Before and after", table(("Observed", "Before", "After"), rows)]
    if seen.steps:
        parts += ["### Steps", table(("Step", "Outcome", "Began", "Took", "Detail"), _md_steps(seen.steps))]
    if seen.not_begun:
        parts.append(f"Not begun: {escaped(', '.join(seen.not_begun))}")
    if seen.checks:
        loud = [check for check in seen.checks if not check.quiet]
        parts.append("### Checks")
        if loud:
            parts.append(
                table(
                    ("Check", "When", "Outcome", "Detail", "To do or waiver"),
                    [
                        (
                            check.title,
                            check.phase,
                            check.mark.word,
                            check.detail,
                            f"Waived: {check.waived}" if check.waived else check.action,
                        )
                        for check in loud
                    ],
                )
            )
        parts.append(f"{len(seen.checks) - len(loud)} passed or not applicable.")
    for backup in seen.backups:
        parts.append("### Backup")
        parts.append(table(("", ""), [("File", backup.file), ("Size", backup.size), ("SHA-256", backup.sha256)]))
        if backup.leaves_out:
            parts.append(f"It leaves out: {escaped('; '.join(what for what, _rest in backup.leaves_out))}.")
    parts.append(f"Report by bomgar.appliance {VERSION} from a record of format {seen.record_format}.")
    return "\n\n".join(parts) + "\n"


def _md_steps(steps: Iterable[StepView]) -> Iterable[tuple[str, ...]]:
    for step in steps:
        took = span(step.seconds) if step.seconds is not None else "no end yet"
        detail = step.detail + (" (what came later counts instead)" if step.superseded else "")
        yield step.title, step.mark.word, moment(step.started), took, detail
