# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record as Markdown for people who write to each other, as JUnit XML for CI, and as JSON with what follows from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .libraries import etree, require
from .record_format import FORMAT
from .record_standing import Outage
from .release import VERSION
from .report_view import CheckView, StepView, View, moment, shown, span, view

#: What Markdown takes for its own anywhere in a line, and what it does at its beginning.
_ANYWHERE = re.compile(r"([\\`*_{}\[\]<>|~&$^])")
_AT_THE_START = re.compile(r"^(?=[-+=#:])|^(\d+)(?=[.)])")
#: What a forge looks for in the text itself, after Markdown: mentions, references, bare addresses.
_CALLS = re.compile(r"[@#!%&$^~](?=[\w\"])|:(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_SYMBOLS = {"good": "✅", "none": "➖", "warn": "⚠️", "bad": "❌", "unknown": "❓"}


# -- JSON -------------------------------------------------------------------------------------------------------------


def json_view(data: Mapping[str, Any]) -> str:
    """The record with what follows from it: outcome, sentence, what to do, measured outage. For programs."""
    seen = view(data)
    derived = {
        "outcome": seen.standing.outcome.value if seen.standing.outcome else None,
        "word": seen.mark.word,
        "finished": seen.standing.finished,
        "interrupted": [step["id"] for step in seen.standing.interrupted],
        "not_begun": list(seen.not_begun),
        "sentence": seen.sentence,
        "because": list(seen.because),
        "to_do": [{"about": item.about, "text": item.text} for item in seen.to_do],
        "outage": _outage(seen.outage),
        "outages_by_window": {
            one.window: {
                **(_outage(one.outage) or {}),
                "steps": [
                    {
                        "title": step.title,
                        "appliance": step.appliance,
                        "standby": step.standby,
                        **(_outage(step.outage) or {}),
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
        "checks": [{"id": check.id, "outcome": check.outcome, "waived": check.waived or None} for check in seen.checks],
    }
    report = {"report_format": FORMAT, "made_by": f"bomgar.appliance {VERSION}", "derived": derived, "record": data}
    # Escaped throughout: a lone surrogate of the record is text here, and could not be written as it is.
    return json.dumps(report, indent=1, allow_nan=False) + "\n"


def _outage(outage: Outage | None) -> dict[str, Any] | None:
    return None if outage is None else asdict(outage)


# -- JUnit ------------------------------------------------------------------------------------------------------------


def junit(data: Mapping[str, Any]) -> str:
    """JUnit XML: the last attempt at each step and the newest result of each check as test cases. MissingLibrary without lxml.

    What failed or was refused is a failure, what is unknown, interrupted or could not be checked an error; what a person has to
    look at, is waived, or was not begun is skipped, since CI can judge none of them.
    """
    require("lxml")
    seen = view(data)
    root = etree.Element("testsuites", name=_xml(f"bomgar.appliance: {seen.site}"))
    steps = [_step_case(step) for step in seen.steps if not step.superseded]
    steps += [_case("steps", title, None, ("skipped", "not begun", "")) for title in seen.not_begun]
    suites = [_suite("steps", steps)]
    phases = dict.fromkeys(check.phase for check in seen.checks)
    for phase in phases:
        cases = [_check_case(check) for check in seen.checks if check.phase == phase]
        suites.append(_suite(f"checks: {phase.lower()}" if phase else "checks", cases))
    for suite in suites:
        suite.set("timestamp", _timestamp(seen))
    if seen.runs:
        suites[0].set("hostname", _xml(seen.runs[-1].controller))
    suites[0].insert(0, _properties(seen))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name)) for suite in suites)))
    root.extend(suites)
    text: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return text.decode()


def _timestamp(seen: View) -> str:
    return moment(seen.runs[0].started if seen.runs else seen.created).replace(" ", "T")


def _suite(name: str, cases: Sequence[Any]) -> Any:
    def count(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    suite = etree.Element("testsuite", name=_xml(name), tests=str(len(cases)))
    suite.set("failures", count("failure"))
    suite.set("errors", count("error"))
    suite.set("skipped", count("skipped"))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    suite.extend(cases)
    return suite


def _case(group: str, name: str, length: float | None, result: tuple[str, str, str] | None, said: str = "") -> Any:
    case = etree.Element("testcase", classname=_xml(f"bomgar.appliance.{group}"), name=_xml(name))
    case.set("time", f"{length or 0:.3f}")
    if result:
        tag, message, text = result
        inner = etree.SubElement(case, tag, message=_xml(message))
        if tag != "skipped":
            inner.set("type", group)
        inner.text = _xml(text) or None
    if said:
        etree.SubElement(case, "system-out").text = _xml(said)
    return case


def _step_case(step: StepView) -> Any:
    name = f"{step.title} ({step.appliance})" if step.appliance else step.title
    text = "\n".join(part for part in (step.detail, step.action) if part)
    bad = {"bad": "failure", "warn": "failure", "unknown": "error"}.get(step.mark.tone)
    result = (
        (bad, f"{step.mark.word}: {step.detail.splitlines()[0] if step.detail else step.title}", text) if bad else None
    )
    return _case("steps", name, step.seconds, result, "" if bad else "\n".join(p for p in (step.mark.word, text) if p))


def _check_case(check: CheckView) -> Any:
    text = "\n".join(part for part in (check.detail, check.action) if part)
    result = None
    if check.waived and check.mark.word.endswith(", waived"):
        result = ("skipped", f"{check.mark.word}: {check.waived}", text)
    elif check.outcome in ("manual", "not_applicable"):
        result = ("skipped", check.mark.word, text)
    elif check.mark.tone in ("bad", "unknown"):
        result = ("failure" if check.mark.tone == "bad" else "error", f"{check.mark.word}: {check.title}", text)
    return _case(
        "checks", f"{check.title} [{check.id}]", None, result, "" if result else f"{check.mark.word}\n{text}".strip()
    )


def _properties(seen: View) -> Any:
    properties = etree.Element("properties")
    rows = [("outcome", seen.mark.word), ("sentence", seen.sentence)]
    rows += [(f"{name[0].lower()}{name[1:]}", "; ".join(texts)) for name, texts in seen.outage_rows]
    rows += [("report", f"bomgar.appliance {VERSION}"), ("record format", str(seen.record_format))]
    for name, value in rows:
        etree.SubElement(properties, "property", name=name, value=_xml(value))
    return properties


def _xml(text: str) -> str:
    """Text that XML can hold; `shown` has made nearly all else visible before."""
    return shown(text)


# -- Markdown ---------------------------------------------------------------------------------------------------------


def markdown(data: Mapping[str, Any]) -> str:
    """A short report for a merge request or a chat: outcome, what to do, before and after, steps, checks that want attention.

    Every value is escaped, so that none becomes a link, an image, a heading, markup, or calls for somebody's attention.
    """
    seen = view(data)
    parts = [f"## {_SYMBOLS[seen.mark.tone]} {_md(seen.mark.word)}: {_md(seen.site)}", _md_line(seen.sentence)]
    parts += [_md_line(text) for text in seen.because]
    if seen.to_do:
        parts.append("### What to do next")
        parts.append(
            "\n".join(f"{number}. **{_md(item.about)}**: {_md(item.text)}" for number, item in enumerate(seen.to_do, 1))
        )
    parts.append(_md_table(("", ""), seen.summary))
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
        parts += ["### Before and after", _md_table(("Observed", "Before", "After"), rows)]
    if seen.steps:
        parts += ["### Steps", _md_table(("Step", "Outcome", "Began", "Took", "Detail"), _md_steps(seen.steps))]
    if seen.not_begun:
        parts.append(f"Not begun: {_md(', '.join(seen.not_begun))}")
    if seen.checks:
        loud = [check for check in seen.checks if not check.quiet]
        parts.append("### Checks")
        if loud:
            parts.append(
                _md_table(
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
        parts.append(_md_table(("", ""), [("File", backup.file), ("Size", backup.size), ("SHA-256", backup.sha256)]))
        if backup.leaves_out:
            parts.append(f"It leaves out: {_md('; '.join(what for what, _rest in backup.leaves_out))}.")
    parts.append(f"Report by bomgar.appliance {VERSION} from a record of format {seen.record_format}.")
    return "\n\n".join(parts) + "\n"


def _md_steps(steps: Iterable[StepView]) -> Iterable[tuple[str, ...]]:
    for step in steps:
        took = span(step.seconds) if step.seconds is not None else "no end yet"
        detail = step.detail + (" (what came later counts instead)" if step.superseded else "")
        yield step.title, step.mark.word, moment(step.started), took, detail


def _md_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_md(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _md(text: str) -> str:
    """A piece of a line of Markdown that shows `text` as it is. Calls for somebody and bare addresses are cut by an invisible joint."""
    one_line = " ".join(shown(text).split())
    cut = _CALLS.sub(lambda found: f"{found.group()}\u2060", one_line)
    return _ANYWHERE.sub(r"\\\1", cut)


def _md_line(text: str) -> str:
    """The same at the beginning of a line, where more could mean something."""
    return _AT_THE_START.sub(lambda found: f"{found.group()}\\", _md(text), count=1)
