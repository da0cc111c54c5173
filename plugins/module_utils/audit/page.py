# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about an audit of integrations: what breaks, where, why, and how to mend it. Self-contained, printable, without a script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..html_page import chip, element, facts_of, header, page, section, table_of, value_of
from ..record_format import iso
from ..release import VERSION
from ..report_view import Mark, moment

#: Kind -> its heading, in the order of the page.
HEADINGS = {
    "lsid_number": "LSID as a number",
    "lsid_short": "LSID in a text that is too short",
    "lsid_order": "LSID as a sequence",
    "lsid_arithmetic": "Calculations with LSID",
    "lseq_missing": "Without LSEQ",
    "lseq_key": "LSEQ as a key",
    "namespace_ignored": "XML without its namespace",
    "namespace_fixed": "XML with one namespace",
    "parser_loses": "Parsers that lose something",
    "not_read": "What could not be looked at",
    "silence_without_reason": "Silenced without a reason",
}


def render(found: Mapping[str, Any]) -> str:
    """The page for the values of an audit file. MissingLibrary without lxml."""
    loud = [item for item in found["findings"] if item["open"]]
    quiet = [item for item in found["findings"] if not item["open"]]
    mark = Mark("bad", "To be mended") if loud else Mark("good", "Nothing stands open")
    sentence = sentence_of(found)
    return page(
        f"{mark.word}: {found['site']}",
        header(("Audit of the integrations of ", value_of(found["site"])), mark, sentence),
        element(
            "main",
            section("At a glance", "glance", facts_of(_glance(found))),
            [
                _kind(heading, kind, [item for item in loud if item["kind"] == kind])
                for kind, heading in HEADINGS.items()
            ],
            _accepted(quiet),
            _skipped(found["skipped"]),
        ),
        element("footer", element("p", f"Written by bomgar.appliance {VERSION}. It reads; nothing was changed.")),
    )


def sentence_of(found: Mapping[str, Any]) -> str:
    """An audit in one sentence."""
    loud = sum(bool(item["open"]) for item in found["findings"])
    quiet = len(found["findings"]) - loud
    accepted = f", {quiet} accepted" if quiet else ""
    if not loud:
        return f"{found['site']}: nothing was found that breaks when release 10.6 is passed{accepted}."
    return f"{found['site']}: {loud} {'finding' if loud == 1 else 'findings'} to be mended before release 10.6 is passed{accepted}."


def _glance(found: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    kinds = Counter(item["kind"] for item in found["findings"] if item["open"])
    yield "Made", moment(iso(found["made_at"]))
    yield "Looked at", ", ".join(f"{count} {sort}" for sort, count in sorted(found["looked"].items())) or "nothing"
    yield "To be mended", ", ".join(f"{HEADINGS[kind]}: {count}" for kind, count in kinds.items())


def _kind(heading: str, kind: str, items: Sequence[Mapping[str, Any]]) -> Any:
    if not items:
        return None
    return section(
        f"{heading} ({len(items)})",
        kind.replace("_", "-"),
        element("ul", [_finding(item) for item in items], class_="checks"),
    )


def _finding(item: Mapping[str, Any]) -> Any:
    return element(
        "li",
        element(
            "div",
            element("div", chip(Mark("bad", "open") if item["open"] else Mark("none", "accepted"))),
            element(
                "div",
                element("h3", value_of(item["place"])),
                element("p", element("code", value_of(item["text"]))) if item["text"] else None,
                element("p", value_of(item["why"]), class_="lines"),
                element("p", element("strong", "To do: "), value_of(item["mend"]), class_="lines")
                if item["open"]
                else None,
                element("p", element("strong", "Accepted: "), value_of(item["silenced"]), class_="lines")
                if item["silenced"]
                else None,
            ),
            class_="check",
        ),
    )


def _accepted(items: Sequence[Mapping[str, Any]]) -> Any:
    if not items:
        return None
    return section(
        "Accepted",
        "accepted",
        element(
            "details",
            element("summary", f"{len(items)} with a reason"),
            element("ul", [_finding(item) for item in items], class_="checks"),
        ),
    )


def _skipped(items: Sequence[Mapping[str, str]]) -> Any:
    if not items:
        return None
    rows = [(item["place"], item["why"]) for item in items]
    return section(
        "Left aside",
        "aside",
        element("p", "These speak of neither LSID nor LSEQ, and could not be read.", class_="soft small"),
        table_of("Statements that were not read", ("Where", "Why"), rows, class_="log", name="Left aside"),
    )
