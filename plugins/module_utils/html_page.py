# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pages of this collection are made of: one HTML file each, that needs nothing else. Knows no record.

A page is built as a tree, so that no value can end up as markup; values never go into an attribute or a style, and into an
address only by `link`. The page's own policy allows nothing but its one style sheet, by hash: a way in that we overlooked leads nowhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from .libraries import etree, html, require
from .release import VERSION
from .report_view import Mark, moment, shown

SYMBOLS = {"good": "✓", "none": "–", "warn": "!", "bad": "✕", "unknown": "?"}

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --text: #1b2430; --soft: #546072; --line: #d9dee5; --link: #1a56a8;
  --good: #14633a; --good-bg: #e2f3e8; --bad: #a01622; --bad-bg: #fce9e9; --warn: #754a00; --warn-bg: #fdf0d5;
  --unknown: #5a3799; --unknown-bg: #efe8fb; --none: #4a5565; --none-bg: #eceff3;
  --good-bar: #2f9e63; --bad-bar: #d2394a; --warn-bar: #d58a10; --unknown-bar: #8a63d2; --none-bar: #8a97a8;
  --outage: #d2394a; --outage-soft: #f6cdd1; --track: #eef0f4; --grid: #cfd5dd;
}
@media screen and (prefers-color-scheme: dark) { /* never on paper, which is white */
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
table.values .small { white-space: nowrap; }
table.values thead th, table.sites thead th { overflow-wrap: normal; }
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
.totals { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; list-style: none; margin: 0; padding: 0; }
.totals a { text-decoration: none; color: inherit; font-weight: 600; }
.totals a:hover { text-decoration: underline; }
table.sites { table-layout: fixed; }
table.sites th:nth-child(1) { width: 24%; } table.sites th:nth-child(2) { width: 19%; }
table.sites th:nth-child(3) { width: 13%; } table.sites th:nth-child(4) { width: 12%; }
table.sites time, table.sites thead th { white-space: normal; }
table.sites p { margin: 0 0 .15rem; }
table.sites td, table.sites tbody th { font-size: .9375rem; }
table.sites thead th { position: sticky; top: 0; z-index: 1; background: var(--card); box-shadow: inset 0 -1px var(--line); }
table.sites .group th { padding-top: 1.1rem; font-weight: 600; scroll-margin-top: 2.5rem; }
table.sites .shared td { border-top: 0; padding-top: 0; }
table.sites tbody th .chip { margin-top: .2rem; }
table.sites .label { display: none; }
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
  table.values th, table.values td { font-size: .8125rem; padding-right: .4rem; }
  table.values th { min-width: 4.5rem; } /* no word of ours is broken */
  table.values td { min-width: 3rem; }
  table.values .small { font-size: .75rem; }
  thead th { white-space: normal; }
}
@media screen and (max-width: 44rem) { /* a row of many columns becomes a card */
  table.sites, table.sites caption, table.sites tbody, table.sites tr, table.sites th, table.sites td { display: block; padding: 0; border: 0; }
  table.sites th:nth-child(n) { width: auto; }
  table.sites thead, table.sites td.empty { display: none; }
  table.sites tr { padding: .6rem 0; border-top: 1px solid var(--line); }
  table.sites td { margin-top: .35rem; }
  table.sites .label { display: block; color: var(--soft); font-size: .8125rem; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  section, article { border-color: #999; }
  article, .check, .run, tr, .verdict { break-inside: avoid; }
  h2, h3, h4, caption, summary, h2 + p { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  .scroll { overflow: visible; }
  table.sites thead th { position: static; box-shadow: none; }
  table.sites td, table.sites tbody th, .small, .chip { font-size: 8.5pt; }
  section:has(table.sites) { border: 0; padding: 0; } /* over many pages */
  table.sites .group { break-after: avoid; }
  time { white-space: normal; }
}
"""

_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


def page(title: str, *body: Any) -> str:
    """A whole page as text, to be written in UTF-8. MissingLibrary without lxml."""
    require("lxml")
    tree = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="referrer", content="no-referrer"),
            element("meta", name="robots", content="noindex"),
            element("meta", name="generator", content=f"bomgar.appliance {VERSION}"),
            element("title", title),
            _style(),
        ),
        element("body", *body),
        lang="en",
    )
    text: str = html.tostring(tree, encoding="unicode", method="html", doctype="<!DOCTYPE html>")
    return text + "\n"


def element(tag: str, *content: Any, **attributes: str) -> Any:
    """An element. `content`: texts, elements, None and iterables of them; attributes only ever get words of our own."""
    made = etree.Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    for item in _leaves(content):
        if not isinstance(item, str):
            made.append(item)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + shown(item)
        else:
            made.text = (made.text or "") + shown(item)
    return made


def _leaves(content: Iterable[Any]) -> Iterable[Any]:
    for item in content:
        if item is None:
            continue
        if isinstance(item, (str, etree._Element)):
            yield item
        else:
            yield from _leaves(item)


def _style() -> Any:
    made = etree.Element("style")
    made.text = STYLE  # written as it is: HTML has no escapes in a style sheet, and this one is a constant
    return made


def value_of(text: str, tag: str = "bdi") -> Any:
    """A value from outside, apart from the direction of the text around it."""
    return element(tag, text) if tag == "bdi" else element(tag, text, dir="auto")


def header(kicker: Any, mark: Mark, sentence: str, because: Iterable[str] = ()) -> Any:
    """The head of a page: what it is about, and the outcome as a sign, a word and a sentence."""
    return element(
        "header",
        element("p", kicker, class_="kicker"),
        element(
            "div",
            element("p", element("span", SYMBOLS[mark.tone], aria_hidden="true"), mark.word, class_="word"),
            element("h1", value_of(sentence)),
            (element("p", value_of(text), class_="because") for text in because),
            class_=f"verdict {mark.tone}",
            id="outcome",
        ),
    )


def link(file: str | None, text: str) -> Any:
    """A value that leads to a file beside or below this one; only the value where there is none.

    The address is given as a relative one, and quoted, so that no name of a file can make another kind of address of it.
    """
    if file is None:
        return value_of(text)
    return element("a", value_of(text), href=f"./{quote(file, errors='replace')}")


def section(heading: str, anchor: str, *content: Any, class_: str = "") -> Any:
    more = {"class_": class_} if class_ else {}
    return element("section", element("h2", heading, id=anchor), *content, aria_labelledby=anchor, **more)


def chip(mark: Mark) -> Any:
    return element(
        "span", element("span", SYMBOLS[mark.tone], aria_hidden="true"), mark.word, class_=f"chip {mark.tone}"
    )


def time_of(when: str, only_clock: bool = False) -> Any:
    text = moment(when)
    return element("time", text.split(" ")[1] if only_clock else text, datetime=text.replace(" ", "T"))


def facts_of(rows: Iterable[tuple[str, Any]]) -> Any:
    return element(
        "dl",
        (
            (element("dt", label), element("dd", value_of(content) if isinstance(content, str) else content))
            for label, content in rows
            if content not in ("", None)
        ),
        class_="facts",
    )


def table_of(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, class_: str, name: str) -> Any:
    """A table that scrolls by itself where it is too wide; reachable by keyboard for that."""
    table = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", (element("th", column, scope="col") for column in columns))),
        element("tbody", (element("tr", (element("td", value_of(cell)) for cell in row)) for row in rows)),
        class_=class_,
    )
    return element("div", table, class_="scroll", role="region", aria_label=name, tabindex="0")
