# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record as one HTML page that needs nothing else: no script, no request, no file beside it. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .html_page import SYMBOLS, chip, element, facts_of, header, page, section, table_of, time_of, value_of
from .release import VERSION
from .report_view import (
    BackupView,
    CheckView,
    OutageBar,
    RunView,
    StepView,
    View,
    flat,
    shown,
    span,
    view,
)

#: Columns of observations and requests that come first; others follow as they come.
_OBSERVATION = ("at", "what")
_REQUEST = ("at", "method", "path", "what", "command", "result", "seconds")


def render(data: Mapping[str, Any]) -> str:
    """The page for a record that `Record.open` accepted, as text to be written in UTF-8. MissingLibrary without lxml."""
    seen = view(data)
    kicker = ("Report of a rehearsal for " if seen.rehearsal else "Upgrade report for ", value_of(seen.site))
    head = header(kicker, seen.mark, seen.sentence, seen.because)
    return page(f"{seen.mark.word}: {seen.site}", head, _main(seen), _footer(seen))


# -- parts of the page ------------------------------------------------------------------------------------------------


def _main(seen: View) -> Any:
    return element(
        "main",
        _to_do(seen),
        section("At a glance", "glance", facts_of(seen.summary)),
        _versions(seen),
        section("Time line", "time", [_run(run, len(seen.runs)) for run in seen.runs], _not_begun(seen))
        if seen.runs
        else None,
        _check_section(seen.checks),
        _backup_section(seen.backups),
        section(
            "Steps and evidence",
            "steps",
            element("div", [_step(step) for step in seen.steps], class_="steps"),
            class_="plain",
        )
        if seen.steps
        else None,
    )


def _to_do(seen: View) -> Any:
    if not seen.to_do:
        return None
    items = (
        element("li", element("strong", value_of(item.about)), element("span", value_of(item.text), class_="lines"))
        for item in seen.to_do
    )
    return section("What to do next", "next", element("ol", items), class_="todo")


def _versions(seen: View) -> Any:
    if not seen.changes:
        return None
    first = [item for item in seen.changes if item.is_version or item.changed]
    others = [item for item in seen.changes if item not in first]
    several = len({item.appliance for item in seen.changes}) > 1

    def rows(changes: Iterable[Any]) -> Iterable[Any]:
        for item in changes:
            told = "changed" if item.changed else "as before" if item.before == item.after else ""
            yield element(
                "tr",
                element("td", value_of(item.appliance)) if several else None,
                element("th", value_of(item.label), scope="row"),
                element("td", value_of(item.before or "not observed")),
                element(
                    "td",
                    value_of(item.after or "not observed"),
                    element("span", f" ({told})", class_="soft small") if told else None,
                ),
                class_="changed" if item.changed else "same",
            )

    def table(caption: str, changes: Iterable[Any]) -> Any:
        head = (["Appliance"] if several else []) + ["Observed", "Before", "After"]
        values = element(
            "table",
            element("caption", caption),
            element("thead", element("tr", (element("th", text, scope="col") for text in head))),
            element("tbody", rows(changes)),
            class_="values",
        )
        return element("div", values, class_="scroll", role="region", aria_label=caption, tabindex="0")

    return section(
        "Before and after",
        "versions",
        table("Versions, and what else changed", first) if first else None,
        element(
            "details",
            element("summary", f"Observed, and as before: {len(others)}"),
            table("Observed, and as before", others),
        )
        if others
        else None,
    )


def _run(run: RunView, runs: int) -> Any:
    cut_off = any(step.ended is None for step, _rest in run.steps)
    ended = ("last heard of " if cut_off else "", time_of(run.until))
    started_by = (value_of(run.by), " on ", value_of(run.controller))
    return element(
        "div",
        element(
            "p",
            element("strong", "Run by ") if runs > 1 else "Run by ",
            started_by,
            ", ",
            time_of(run.started),
            " to ",
            ended,
            class_="small soft",
        ),
        element(
            "ol",
            [_bar_row(step, place, run.outages) for step, place in run.steps],
            [_outage_row(outage) for outage in run.outages],
            element(
                "li",
                element("span", class_="name"),
                _axis(run),
                element("span", class_="took"),
                class_="axis",
                aria_hidden="true",
            ),
            class_="timeline",
        ),
        class_="run",
    )


def _bar_row(step: StepView, place: Any, outages: Iterable[OutageBar]) -> Any:
    kind = "open" if step.ended is None else f"bar-{step.mark.tone}"
    took = span(step.seconds) if step.seconds is not None else "no end yet"
    return element(
        "li",
        element(
            "span",
            element("span", SYMBOLS[step.mark.tone], class_=f"dot {step.mark.tone}", aria_hidden="true"),
            element("a", value_of(step.title), href=f"#{step.anchor}"),
            element(
                "span",
                " (done again later)" if step.mark.tone in ("good", "none") else " (tried again later)",
                class_="small",
            )
            if step.superseded
            else None,
            class_="name",
        ),
        _svg(_band(outages), _rect(place.left, place.width, kind, 20, 60)),
        element("span", took, class_="took"),
        class_="superseded" if step.superseded else "row",
    )


def _outage_row(outage: OutageBar) -> Any:
    until = ("to ", time_of(outage.up_at, True)) if outage.up_at else "and not seen up again"
    return element(
        "li",
        element(
            "span",
            element("span", "↓", class_="dot bad", aria_hidden="true"),
            "Site down ",
            element("span", time_of(outage.down_from, True), " ", until, ", ", outage.exactly, class_="small"),
            class_="name",
        ),
        _svg(_rect(outage.place.left, outage.place.width, "bar-outage", 10, 80)),
        element("span", outage.length, class_="took"),
        class_="down",
    )


def _svg(*content: Any) -> Any:
    track = element("rect", class_="track", x="0", y="20%", width="100%", height="60%", rx="3")
    return element("svg", track, content, aria_hidden="true", focusable="false")


def _rect(left: float, width: float, class_: str, top: int, height: int) -> Any:
    # A step of a second in a window of hours still has to be seen.
    width = max(width, 0.6)
    left = min(left, 100 - width)
    return element(
        "rect", class_=class_, x=f"{left:.3f}%", y=f"{top}%", width=f"{width:.3f}%", height=f"{height}%", rx="3"
    )


def _band(outages: Iterable[OutageBar]) -> Any:
    return [_rect(outage.place.left, outage.place.width, "band", 0, 100) for outage in outages]


def _axis(run: RunView) -> Any:
    marks = []
    for place, text in run.ticks:
        anchor = "start" if place < 6 else "end" if place > 94 else "middle"
        marks.append(element("line", class_="grid", x1=f"{place}%", x2=f"{place}%", y1="0", y2="20%"))
        marks.append(element("text", text, x=f"{place}%", y="85%", text_anchor=anchor))
    return element("svg", marks, aria_hidden="true", focusable="false")


def _not_begun(seen: View) -> Any:
    if not seen.not_begun:
        return None
    return element("p", "Not begun: ", value_of(", ".join(seen.not_begun)), class_="soft")


def _check_section(checks: tuple[CheckView, ...]) -> Any:
    if not checks:
        return None
    tally: dict[str, int] = {}
    for check in checks:
        tally[check.mark.word] = tally.get(check.mark.word, 0) + 1
    counted = " · ".join(f"{count} {word.lower()}" for word, count in tally.items())
    loud = [check for check in checks if not check.quiet]
    quiet = [check for check in checks if check not in loud]
    return section(
        "Checks",
        "checks",
        element("p", counted, class_="soft small"),
        element("ul", [_check(check) for check in loud], class_="checks") if loud else None,
        element(
            "details",
            element("summary", f"{len(quiet)} passed or not applicable"),
            element("ul", [_check(check) for check in quiet], class_="checks"),
        )
        if quiet
        else None,
    )


def _check(check: CheckView) -> Any:
    loud = check.mark.tone not in ("good", "none")
    return element(
        "li",
        element(
            "div",
            element("div", chip(check.mark)),
            element(
                "div",
                element("h3", value_of(check.title)),
                element("p", value_of(check.detail), class_="lines") if check.detail else None,
                element("p", element("strong", "To do: "), value_of(check.action), class_="lines")
                if check.action and loud
                else None,
                element("p", element("strong", "Waived: "), value_of(check.waived), class_="lines")
                if check.waived
                else None,
                element(
                    "p",
                    value_of(check.phase),
                    " · ",
                    element("code", check.id),
                    (" · ", value_of(check.source)) if check.source else None,
                    class_="soft small",
                ),
            ),
            class_="check",
        ),
    )


def _backup_section(backups: tuple[BackupView, ...]) -> Any:
    if not backups:
        return None
    return section("Backup", "backup", [_backup(item) for item in backups])


def _backup(backup: BackupView) -> Any:
    rows: list[tuple[str, Any]] = [
        ("Appliance", backup.appliance),
        ("File", element("code", backup.file) if backup.file else None),
        ("Size", backup.size),
        ("SHA-256", element("code", backup.sha256) if backup.sha256 else None),
        ("Taken", backup.taken),
    ]
    return element(
        "div",
        facts_of(rows),
        element("h3", "What the vendor's backup leaves out", class_="minor")
        if backup.leaves_out
        else element("p", "Its manifest does not say what it leaves out.", class_="soft small"),
        element(
            "ul",
            (element("li", value_of(what), (": ", value_of(how)) if how else None) for what, how in backup.leaves_out),
        )
        if backup.leaves_out
        else None,
        element("details", element("summary", "What else its manifest says"), facts_of(backup.rest))
        if backup.rest
        else None,
    )


def _step(step: StepView) -> Any:
    took = span(step.seconds) if step.seconds is not None else "no end yet"
    where = [text for text in (step.module, step.appliance) if text]
    heading = f"{step.anchor}-title"
    return element(
        "article",
        element("div", element("h3", value_of(step.title), id=heading), chip(step.mark), class_="head"),
        element(
            "p",
            time_of(step.started),
            (" to ", time_of(step.ended, True)) if step.ended else None,
            f" · {took}",
            [(" · ", element("code", text)) for text in where],
            " · what came later counts instead" if step.superseded else None,
            class_="soft small",
        ),
        element("p", value_of(step.detail), class_="lines") if step.detail else None,
        element("p", element("strong", "To do: "), value_of(step.action), class_="lines") if step.action else None,
        _evidence(step.entry),
        id=step.anchor,
        aria_labelledby=heading,
    )


def _evidence(entry: Mapping[str, Any]) -> Any:
    evidence = entry["evidence"]
    parts = []
    before, after = dict(flat(evidence.get("before"))), dict(flat(evidence.get("after")))
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) or after.get(name)]
    if names:
        rows = [(name or "value", before.get(name, ""), after.get(name, "")) for name in names]
        parts.append(
            table_of("Before and after", ("Observed", "Before", "After"), rows, class_="log", name="Before and after")
        )
    left_out = evidence.get("left_out")
    observed = (
        f"Observations ({len(evidence['observations'])}{f', {shown(left_out)} more left out' if left_out else ''})"
    )
    for caption, items, order in (
        (observed, evidence["observations"], _OBSERVATION),
        (f"Requests ({len(evidence['requests'])})", evidence["requests"], _REQUEST),
    ):
        if items:
            parts.append(_log(caption, items, order))
    facts = [row for row in flat(entry["facts"]) if row[1]]
    if facts:
        parts.append(element("h4", "Facts"))
        parts.append(facts_of(facts))
    if isinstance(entry.get("error"), dict):
        parts.append(element("h4", "Error"))
        parts.append(facts_of(flat(entry["error"])))
    return element("details", element("summary", "Evidence"), parts) if parts else None


def _log(caption: str, items: Sequence[Mapping[str, Any]], order: Sequence[str]) -> Any:
    rows = [{name: value for name, value in flat(item) if name} for item in items]
    known = dict.fromkeys(name for row in rows for name in row)
    columns = [name for name in order if name in known] + [name for name in known if name not in order]
    return table_of(
        caption,
        columns,
        [[row.get(name, "") for name in columns] for row in rows],
        class_="log",
        name=caption.split(" (")[0],
    )


def _footer(seen: View) -> Any:
    versions = dict.fromkeys(run.versions for run in seen.runs if run.versions)
    return element(
        "footer",
        element(
            "p",
            f"Report by bomgar.appliance {VERSION} from a record of format {seen.record_format}, begun ",
            time_of(seen.created),
            ".",
        ),
        [element("p", "Carried out with ", value_of(text), ".") for text in versions],
        element("p", "Plan ", element("code", seen.fingerprint), ".") if seen.fingerprint else None,
    )
