# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record as one HTML page that needs nothing else: no script, no request, no file beside it. Judges nothing.

The page is built as a tree, so that no value can end up as markup; values never go into an attribute, an address or a
style. The page's own policy allows nothing but its one style sheet, by hash: a way in that we overlooked leads nowhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .libraries import etree, html, require
from .release import VERSION
from .report_view import (
    BackupView,
    CheckView,
    Mark,
    OutageBar,
    RunView,
    StepView,
    View,
    flat,
    moment,
    shown,
    span,
    view,
)

_SYMBOLS = {"good": "✓", "none": "–", "warn": "!", "bad": "✕", "unknown": "?"}
#: Columns of observations and requests that come first; others follow as they come.
_OBSERVATION = ("at", "what")
_REQUEST = ("at", "method", "path", "what", "command", "result", "seconds")

_STYLE = """
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --text: #1b2430; --soft: #546072; --line: #d9dee5; --link: #1a56a8;
  --good: #14633a; --good-bg: #e2f3e8; --bad: #a01622; --bad-bg: #fce9e9; --warn: #754a00; --warn-bg: #fdf0d5;
  --unknown: #5a3799; --unknown-bg: #efe8fb; --none: #4a5565; --none-bg: #eceff3;
  --good-bar: #2f9e63; --bad-bar: #d2394a; --warn-bar: #d58a10; --unknown-bar: #8a63d2; --none-bar: #8a97a8;
  --outage: #d2394a; --outage-soft: #f6cdd1; --track: #eef0f4; --grid: #cfd5dd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2028; --text: #e4e8ee; --soft: #a3aebd; --line: #323b47; --link: #8ab8f5;
    --good: #7fdca6; --good-bg: #15341f; --bad: #ff9ca3; --bad-bg: #45181c; --warn: #f5c46b; --warn-bg: #3d2c0c;
    --unknown: #c9b0f7; --unknown-bg: #2e2248; --none: #b4bfcd; --none-bg: #2a323d;
    --outage-soft: #5b2329; --track: #252d37; --grid: #3c4755;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; margin-top: 1rem; }
footer { padding-top: 1.5rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .875rem; }
.kicker { margin: 0 0 .5rem; color: var(--soft); font-size: .875rem; }
.verdict { border-radius: .75rem; border: 1px solid; border-left-width: .5rem; padding: 1.1rem 1.25rem; }
.verdict .word { margin: 0; font-size: 1.9rem; font-weight: 700; line-height: 1.15; letter-spacing: -.01em; }
.verdict .word span { display: inline-block; margin-right: .5rem; }
h1 { margin: .4rem 0 0; font-size: 1.15rem; font-weight: 600; line-height: 1.4; color: var(--text); }
.verdict p.because { margin: .6rem 0 0; color: var(--text); white-space: pre-line; }
.good { color: var(--good); background: var(--good-bg); border-color: var(--good); }
.bad { color: var(--bad); background: var(--bad-bg); border-color: var(--bad); }
.warn { color: var(--warn); background: var(--warn-bg); border-color: var(--warn); }
.unknown { color: var(--unknown); background: var(--unknown-bg); border-color: var(--unknown); }
.none { color: var(--none); background: var(--none-bg); border-color: var(--none); }
section, article { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; }
section.plain { background: none; border: 0; padding: 0; }
h2 { margin: 0 0 .75rem; font-size: 1.125rem; line-height: 1.3; }
h3 { margin: 0; font-size: 1rem; line-height: 1.4; }
h4, h3.minor { margin: .9rem 0 .3rem; font-size: .875rem; color: var(--soft); }
p { margin: .35rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
code, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .875em; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.lines { white-space: pre-line; }
time { white-space: nowrap; font-variant-numeric: tabular-nums; }
dl.facts { display: grid; grid-template-columns: fit-content(16rem) minmax(0, 1fr); gap: .3rem 1.25rem; margin: 0; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; }
.todo { border-left: .5rem solid var(--warn-bar); }
.todo ol { margin: 0; padding-left: 1.4rem; }
.todo li + li { margin-top: .6rem; }
.todo strong { display: block; }
.chip {
  display: inline-block; padding: .05rem .55rem; border-radius: 1rem; border: 1px solid; font-size: .8125rem; font-weight: 600;
  line-height: 1.45; max-width: 100%;
}
.chip span { margin-right: .3rem; }
.scroll { overflow-x: auto; }
details > * + * { margin-top: .6rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; }
tr.changed td, tr.changed th { font-weight: 650; }
table.values th { min-width: 8.5rem; }
table.values td { min-width: 5rem; }
table.log td { font-size: .875rem; min-width: 4.5rem; }
table.log th:last-child, table.log td:last-child { padding-right: 0; }
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline li { display: grid; grid-template-columns: 15rem minmax(0, 1fr) 7.5rem; gap: 0 .9rem; align-items: center; padding: .2rem 0; }
.timeline .name { line-height: 1.3; }
.timeline .took { text-align: right; font-size: .875rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.timeline .down .name, .timeline .down .took { color: var(--bad); font-weight: 600; }
.timeline .superseded .name { color: var(--soft); }
.dot { display: inline-block; width: 1.35em; margin-right: .35rem; border-radius: .3rem; text-align: center; font-weight: 700; font-size: .8125rem; }
svg { display: block; width: 100%; height: 1.25rem; overflow: visible; }
svg .track { fill: var(--track); }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg text { font-size: .75rem; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .band { fill: var(--outage-soft); }
svg .bar-outage { fill: var(--outage); }
svg .bar-good { fill: var(--good-bar); }
svg .bar-bad { fill: var(--bad-bar); }
svg .bar-warn { fill: var(--warn-bar); }
svg .bar-none { fill: var(--none-bar); }
svg .bar-unknown { fill: var(--unknown-bar); }
svg .open { fill: none; stroke: var(--unknown-bar); stroke-width: 2; stroke-dasharray: 4 3; }
.run + .run { margin-top: 1.25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.check { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: .1rem 1rem; padding: .6rem 0; border-top: 1px solid var(--line); }
.checks { list-style: none; margin: 0; padding: 0; }
.checks li:first-child .check, .checks li:first-child { border-top: 0; }
.check p { margin: .15rem 0 0; }
.steps { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
.head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
.head h3 { flex: 1 1 14rem; }
details { margin-top: .6rem; }
summary { cursor: pointer; color: var(--link); font-size: .875rem; }
@media (max-width: 44rem) {
  header, main, footer { padding-left: .75rem; padding-right: .75rem; }
  section, article, .verdict { padding: .85rem .9rem; }
  section.plain { padding: 0; }
  .verdict .word { font-size: 1.6rem; }
  dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl.facts dd { margin-bottom: .5rem; }
  .timeline li { grid-template-columns: minmax(0, 1fr) max-content; padding: .35rem 0; }
  .timeline svg { grid-column: 1 / -1; grid-row: 2; margin-top: .2rem; height: .9rem; }
  .timeline .axis svg { height: 1.25rem; }
  .timeline .axis .name, .timeline .axis .took { display: none; }
  .check { grid-template-columns: minmax(0, 1fr); }
  th, td { padding-right: .6rem; }
  table.values th { min-width: 5.25rem; } /* no word of ours is broken */
  table.values td { min-width: 3.75rem; }
  thead th { white-space: normal; }
}
@media print {
  :root { --page: #fff; --card: #fff; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  section, article { border-color: #999; }
  article, .check, tr, .verdict { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  .scroll { overflow: visible; }
  time { white-space: normal; }
}
"""

_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


def render(data: Mapping[str, Any]) -> str:
    """The page for a record that `Record.open` accepted, as text to be written in UTF-8. MissingLibrary without lxml."""
    require("lxml")
    seen = view(data)
    tree = _e(
        "html",
        _e(
            "head",
            _e("meta", charset="utf-8"),
            _e("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            _e("meta", name="viewport", content="width=device-width, initial-scale=1"),
            _e("meta", name="referrer", content="no-referrer"),
            _e("meta", name="robots", content="noindex"),
            _e("meta", name="generator", content=f"bomgar.appliance {VERSION}"),
            _e("title", f"{seen.mark.word}: {seen.site}"),
            _style(),
        ),
        _e("body", _header(seen), _main(seen), _footer(seen)),
        lang="en",
    )
    text: str = html.tostring(tree, encoding="unicode", method="html", doctype="<!DOCTYPE html>")
    return text + "\n"


# -- tree -------------------------------------------------------------------------------------------------------------


def _e(tag: str, *content: Any, **attributes: str) -> Any:
    """An element. `content`: texts, elements, None and iterables of them; attributes only ever get words of our own."""
    element = etree.Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    for item in _leaves(content):
        if not isinstance(item, str):
            element.append(item)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + shown(item)
        else:
            element.text = (element.text or "") + shown(item)
    return element


def _leaves(content: Iterable[Any]) -> Iterable[Any]:
    for item in content:
        if item is None:
            continue
        if isinstance(item, (str, etree._Element)):
            yield item
        else:
            yield from _leaves(item)


def _style() -> Any:
    element = etree.Element("style")
    element.text = _STYLE  # written as it is: HTML has no escapes in a style sheet, and this one is a constant
    return element


def _value(text: str, tag: str = "bdi") -> Any:
    """A value from outside, apart from the direction of the text around it."""
    return _e(tag, text) if tag == "bdi" else _e(tag, text, dir="auto")


def _section(heading: str, anchor: str, *content: Any, class_: str = "") -> Any:
    more = {"class_": class_} if class_ else {}
    return _e("section", _e("h2", heading, id=anchor), *content, aria_labelledby=anchor, **more)


def _chip(mark: Mark) -> Any:
    return _e("span", _e("span", _SYMBOLS[mark.tone], aria_hidden="true"), mark.word, class_=f"chip {mark.tone}")


def _time(when: str, only_clock: bool = False) -> Any:
    text = moment(when)
    return _e("time", text.split(" ")[1] if only_clock else text, datetime=text.replace(" ", "T"))


def _facts(rows: Iterable[tuple[str, Any]]) -> Any:
    return _e(
        "dl",
        (
            (_e("dt", label), _e("dd", _value(content) if isinstance(content, str) else content))
            for label, content in rows
            if content not in ("", None)
        ),
        class_="facts",
    )


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, class_: str, name: str) -> Any:
    """A table that scrolls by itself where it is too wide; reachable by keyboard for that."""
    table = _e(
        "table",
        _e("caption", caption),
        _e("thead", _e("tr", (_e("th", column, scope="col") for column in columns))),
        _e("tbody", (_e("tr", (_e("td", _value(cell)) for cell in row)) for row in rows)),
        class_=class_,
    )
    return _e("div", table, class_="scroll", role="region", aria_label=name, tabindex="0")


# -- parts of the page ------------------------------------------------------------------------------------------------


def _header(seen: View) -> Any:
    return _e(
        "header",
        _e("p", "Upgrade report for ", _value(seen.site), class_="kicker"),
        _e(
            "div",
            _e("p", _e("span", _SYMBOLS[seen.mark.tone], aria_hidden="true"), seen.mark.word, class_="word"),
            _e("h1", _value(seen.sentence)),
            (_e("p", _value(text), class_="because") for text in seen.because),
            class_=f"verdict {seen.mark.tone}",
            id="outcome",
        ),
    )


def _main(seen: View) -> Any:
    return _e(
        "main",
        _to_do(seen),
        _section("At a glance", "glance", _facts(seen.summary)),
        _versions(seen),
        _section("Time line", "time", [_run(run, len(seen.runs)) for run in seen.runs], _not_begun(seen))
        if seen.runs
        else None,
        _check_section(seen.checks),
        _backup_section(seen.backups),
        _section(
            "Steps and evidence",
            "steps",
            _e("div", [_step(step) for step in seen.steps], class_="steps"),
            class_="plain",
        )
        if seen.steps
        else None,
    )


def _to_do(seen: View) -> Any:
    if not seen.to_do:
        return None
    items = (
        _e("li", _e("strong", _value(item.about)), _e("span", _value(item.text), class_="lines")) for item in seen.to_do
    )
    return _section("What to do next", "next", _e("ol", items), class_="todo")


def _versions(seen: View) -> Any:
    if not seen.changes:
        return None
    first = [item for item in seen.changes if item.is_version or item.changed]
    others = [item for item in seen.changes if item not in first]
    several = len({item.appliance for item in seen.changes}) > 1

    def rows(changes: Iterable[Any]) -> Iterable[Any]:
        for item in changes:
            told = "changed" if item.changed else "as before" if item.before == item.after else ""
            yield _e(
                "tr",
                _e("td", _value(item.appliance)) if several else None,
                _e("th", _value(item.label), scope="row"),
                _e("td", _value(item.before or "not observed")),
                _e(
                    "td",
                    _value(item.after or "not observed"),
                    _e("span", f" ({told})", class_="soft small") if told else None,
                ),
                class_="changed" if item.changed else "same",
            )

    def table(caption: str, changes: Iterable[Any]) -> Any:
        head = (["Appliance"] if several else []) + ["Observed", "Before", "After"]
        values = _e(
            "table",
            _e("caption", caption),
            _e("thead", _e("tr", (_e("th", text, scope="col") for text in head))),
            _e("tbody", rows(changes)),
            class_="values",
        )
        return _e("div", values, class_="scroll", role="region", aria_label=caption, tabindex="0")

    return _section(
        "Before and after",
        "versions",
        table("Versions, and what else changed", first) if first else None,
        _e(
            "details",
            _e("summary", f"Observed, and as before: {len(others)}"),
            table("Observed, and as before", others),
        )
        if others
        else None,
    )


def _run(run: RunView, runs: int) -> Any:
    cut_off = any(step.ended is None for step, _rest in run.steps)
    ended = ("last heard of " if cut_off else "", _time(run.until))
    started_by = (_value(run.by), " on ", _value(run.controller))
    return _e(
        "div",
        _e(
            "p",
            _e("strong", "Run by ") if runs > 1 else "Run by ",
            started_by,
            ", ",
            _time(run.started),
            " to ",
            ended,
            class_="small soft",
        ),
        _e(
            "ol",
            [_bar_row(step, place, run.outages) for step, place in run.steps],
            [_outage_row(outage) for outage in run.outages],
            _e(
                "li",
                _e("span", class_="name"),
                _axis(run),
                _e("span", class_="took"),
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
    return _e(
        "li",
        _e(
            "span",
            _e("span", _SYMBOLS[step.mark.tone], class_=f"dot {step.mark.tone}", aria_hidden="true"),
            _e("a", _value(step.title), href=f"#{step.anchor}"),
            _e(
                "span",
                " (done again later)" if step.mark.tone in ("good", "none") else " (tried again later)",
                class_="small",
            )
            if step.superseded
            else None,
            class_="name",
        ),
        _svg(_band(outages), _rect(place.left, place.width, kind, 20, 60)),
        _e("span", took, class_="took"),
        class_="superseded" if step.superseded else "row",
    )


def _outage_row(outage: OutageBar) -> Any:
    until = ("to ", _time(outage.up_at, True)) if outage.up_at else "and not seen up again"
    return _e(
        "li",
        _e(
            "span",
            _e("span", "↓", class_="dot bad", aria_hidden="true"),
            "Site down ",
            _e("span", _time(outage.down_from, True), " ", until, ", ", outage.exactly, class_="small"),
            class_="name",
        ),
        _svg(_rect(outage.place.left, outage.place.width, "bar-outage", 10, 80)),
        _e("span", outage.length, class_="took"),
        class_="down",
    )


def _svg(*content: Any) -> Any:
    track = _e("rect", class_="track", x="0", y="20%", width="100%", height="60%", rx="3")
    return _e("svg", track, content, aria_hidden="true", focusable="false")


def _rect(left: float, width: float, class_: str, top: int, height: int) -> Any:
    # A step of a second in a window of hours still has to be seen.
    width = max(width, 0.6)
    left = min(left, 100 - width)
    return _e("rect", class_=class_, x=f"{left:.3f}%", y=f"{top}%", width=f"{width:.3f}%", height=f"{height}%", rx="3")


def _band(outages: Iterable[OutageBar]) -> Any:
    return [_rect(outage.place.left, outage.place.width, "band", 0, 100) for outage in outages]


def _axis(run: RunView) -> Any:
    marks = []
    for place, text in run.ticks:
        anchor = "start" if place < 6 else "end" if place > 94 else "middle"
        marks.append(_e("line", class_="grid", x1=f"{place}%", x2=f"{place}%", y1="0", y2="20%"))
        marks.append(_e("text", text, x=f"{place}%", y="85%", text_anchor=anchor))
    return _e("svg", marks, aria_hidden="true", focusable="false")


def _not_begun(seen: View) -> Any:
    if not seen.not_begun:
        return None
    return _e("p", "Not begun: ", _value(", ".join(seen.not_begun)), class_="soft")


def _check_section(checks: tuple[CheckView, ...]) -> Any:
    if not checks:
        return None
    tally: dict[str, int] = {}
    for check in checks:
        tally[check.mark.word] = tally.get(check.mark.word, 0) + 1
    counted = ", ".join(f"{count} {word.lower()}" for word, count in tally.items())
    loud = [check for check in checks if not check.quiet]
    quiet = [check for check in checks if check not in loud]
    return _section(
        "Checks",
        "checks",
        _e("p", counted, class_="soft small"),
        _e("ul", [_check(check) for check in loud], class_="checks") if loud else None,
        _e(
            "details",
            _e("summary", f"{len(quiet)} passed or not applicable"),
            _e("ul", [_check(check) for check in quiet], class_="checks"),
        )
        if quiet
        else None,
    )


def _check(check: CheckView) -> Any:
    loud = check.mark.tone not in ("good", "none")
    return _e(
        "li",
        _e(
            "div",
            _e("div", _chip(check.mark)),
            _e(
                "div",
                _e("h3", _value(check.title)),
                _e("p", _value(check.detail), class_="lines") if check.detail else None,
                _e("p", _e("strong", "To do: "), _value(check.action), class_="lines")
                if check.action and loud
                else None,
                _e("p", _e("strong", "Waived: "), _value(check.waived), class_="lines") if check.waived else None,
                _e(
                    "p",
                    _value(check.phase),
                    " · ",
                    _e("code", check.id),
                    (" · ", _value(check.source)) if check.source else None,
                    class_="soft small",
                ),
            ),
            class_="check",
        ),
    )


def _backup_section(backups: tuple[BackupView, ...]) -> Any:
    if not backups:
        return None
    return _section("Backup", "backup", [_backup(item) for item in backups])


def _backup(backup: BackupView) -> Any:
    rows: list[tuple[str, Any]] = [
        ("Appliance", backup.appliance),
        ("File", _e("code", backup.file) if backup.file else None),
        ("Size", backup.size),
        ("SHA-256", _e("code", backup.sha256) if backup.sha256 else None),
        ("Taken", backup.taken),
    ]
    return _e(
        "div",
        _facts(rows),
        _e("h3", "What the vendor's backup leaves out", class_="minor")
        if backup.leaves_out
        else _e("p", "Its manifest does not say what it leaves out.", class_="soft small"),
        _e("ul", (_e("li", _value(what), (": ", _value(how)) if how else None) for what, how in backup.leaves_out))
        if backup.leaves_out
        else None,
        _e("details", _e("summary", "What else its manifest says"), _facts(backup.rest)) if backup.rest else None,
    )


def _step(step: StepView) -> Any:
    took = span(step.seconds) if step.seconds is not None else "no end yet"
    where = [text for text in (step.module, step.appliance) if text]
    heading = f"{step.anchor}-title"
    return _e(
        "article",
        _e("div", _e("h3", _value(step.title), id=heading), _chip(step.mark), class_="head"),
        _e(
            "p",
            _time(step.started),
            (" to ", _time(step.ended, True)) if step.ended else None,
            f" · {took}",
            [(" · ", _e("code", text)) for text in where],
            " · what came later counts instead" if step.superseded else None,
            class_="soft small",
        ),
        _e("p", _value(step.detail), class_="lines") if step.detail else None,
        _e("p", _e("strong", "To do: "), _value(step.action), class_="lines") if step.action else None,
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
            _table("Before and after", ("Observed", "Before", "After"), rows, class_="log", name="Before and after")
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
        parts.append(_e("h4", "Facts"))
        parts.append(_facts(facts))
    if isinstance(entry.get("error"), dict):
        parts.append(_e("h4", "Error"))
        parts.append(_facts(flat(entry["error"])))
    return _e("details", _e("summary", "Evidence"), parts) if parts else None


def _log(caption: str, items: Sequence[Mapping[str, Any]], order: Sequence[str]) -> Any:
    rows = [{name: value for name, value in flat(item) if name} for item in items]
    known = dict.fromkeys(name for row in rows for name in row)
    columns = [name for name in order if name in known] + [name for name in known if name not in order]
    return _table(
        caption,
        columns,
        [[row.get(name, "") for name in columns] for row in rows],
        class_="log",
        name=caption.split(" (")[0],
    )


def _footer(seen: View) -> Any:
    versions = dict.fromkeys(run.versions for run in seen.runs if run.versions)
    return _e(
        "footer",
        _e(
            "p",
            f"Report by bomgar.appliance {VERSION} from a record of format {seen.record_format}, begun ",
            _time(seen.created),
            ".",
        ),
        [_e("p", "Carried out with ", _value(text), ".") for text in versions],
        _e("p", "Plan ", _e("code", seen.fingerprint), ".") if seen.fingerprint else None,
    )
