# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet as one HTML page: totals, then a row for each site, worst first. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .fleet import STATES, Fleet, Group, Row, count_of
from .html_page import chip, element, header, link, page, section, time_of, value_of
from .release import VERSION
from .report_view import ToDo, span

_COLUMNS = ("Site", "Versions", "Site down", "Last heard of", "What to do next")


def render(seen: Fleet) -> str:
    """The page, as text to be written in UTF-8. MissingLibrary without lxml."""
    kicker = ("Upgrade report for many sites", (", as of ", time_of(seen.as_of)) if seen.as_of else None)
    return page(
        seen.mark.word,
        header(kicker, seen.mark, seen.sentence),
        element("main", _totals(seen), _sites(seen)),
        element("footer", element("p", f"Report by bomgar.appliance {VERSION}, from the records of the sites.")),
    )


def _totals(seen: Fleet) -> Any:
    items = (
        element("li", element("a", chip(group.mark), " ", str(len(group.rows)), href=f"#{_anchor(group.state)}"))
        for group in seen.groups
    )
    return section("Totals", "totals", element("ul", items, class_="totals"))


def _sites(seen: Fleet) -> Any:
    head = element("tr", (element("th", text, scope="col") for text in _COLUMNS))
    return section(
        "Sites",
        "sites",
        element(
            "table",
            element("caption", "Worst first; a site's name leads to its own report where there is one."),
            element("thead", head),
            map(_group, seen.groups),
            class_="sites",
        ),
    )


def _group(group: Group) -> Any:
    width = str(len(_COLUMNS))
    title = element(
        "th",
        chip(group.mark),
        f" {count_of(len(group.rows))}",
        scope="rowgroup",
        colspan=width,
        id=_anchor(group.state),
    )
    shared = [
        element("p", _item(item), element("span", f" ({count_of(number)})", class_="soft small"))
        for item, number in group.shared
    ]
    return element(
        "tbody",
        element("tr", title, class_="group"),
        element("tr", element("td", shared, colspan=width), class_="shared") if shared else None,
        [_row(row, group.own(row)) for row in group.rows],
    )


def _row(row: Row, to_do: Sequence[ToDo]) -> Any:
    said = [element("p", value_of(text), class_="lines") for text in row.because]
    said += [element("p", _item(item)) for item in to_do[:1]]
    if len(to_do) > 1:
        said.append(element("p", f"and {len(to_do) - 1} more in its report", class_="soft small"))
    took = f" after {span(row.seconds)}" if row.seconds is not None else None
    cells = (
        [element("p", value_of(text)) for text in row.versions],
        [element("p", row.outage_text)] if row.outage_text else [],
        [element("p", time_of(row.ended), element("span", took, class_="soft small"))] if row.ended else [],
        said,
    )
    untold = element("p", value_of(row.sentence), class_="small soft") if not row.started else None
    return element(
        "tr",
        element("th", element("p", link(row.page, row.site)), _word(row), untold, scope="row"),
        [_cell(label, content) for label, content in zip(_COLUMNS[1:], cells, strict=True)],
    )


def _item(item: ToDo) -> Any:
    return element("strong", value_of(item.about), ": "), value_of(item.text)


def _word(row: Row) -> Any:
    """The site's own word where it says more than its group's."""
    return element("p", chip(row.mark)) if row.mark.word != STATES[row.state][0] else None


def _cell(label: str, content: Sequence[Any]) -> Any:
    """A cell that carries its column's name, which is seen where a row is a card: on a narrow screen."""
    if not content:
        return element("td", class_="empty")
    return element("td", element("span", label, class_="label", aria_hidden="true"), content)


def _anchor(state: str) -> str:
    return state.replace("_", "-")
