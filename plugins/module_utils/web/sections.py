# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which part of a page stands under which heading, and which pairs of label and value a page shows. Presses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .labels import Labels, plain
from .page import Heading, Line, Node, Page

#: Headings of the Updates page that we know by their words, whatever element they are.
KNOWN = ("updates.available", "updates.history", "manual.section")
#: A heading that is one by its words only counts as one of this level (assumed: the level of a part of a page).
_PSEUDO_LEVEL = 3
_LONGEST_LABEL = 80
#: Several pairs on one line, `Model: B300 | Serial: 1` (assumed).
_SEVERAL = re.compile(r"\s*[|;·•,]\s+|\s+[–—-]\s+")
#: Not the one within a time of day.
_COLON = re.compile(r"((?<!\d):|:(?!\d\d))")
_PAIR = re.compile(r"([^:]{1,80}):\s*([^:]{1,300}(?::\d\d[^:]*)*)")


@dataclass(frozen=True)
class Section:
    """The places from `begin` up to `end` on a page, but for the parts `without`."""

    begin: int
    end: int
    without: tuple[tuple[int, int], ...] = ()

    def holds(self, at: int) -> bool:
        """Whether a place lies in this section."""
        return self.begin <= at < self.end and not any(begin <= at < end for begin, end in self.without)


@lru_cache(maxsize=64)
def headings(page: Page, labels: Labels, known: tuple[str, ...] = KNOWN) -> tuple[Heading, ...]:
    """The page's headings in order: by their element, or because a whole line is a heading that we know (keys `known`).

    A line that is a link counts only if the link leads nowhere: that is how folding sections are made, while a menu's
    links lead somewhere (assumed).
    """
    found = list(page.headings)
    taken = {heading.at for heading in found}
    leading = {control.element for control in page.controls if control.kind == "link" and control.target}
    buttons = {control.element for control in page.controls if control.kind in ("submit", "image", "reset")}
    for line in page.lines:
        if not line.text or not labels.heads(line.text, *known) or line.start is None:
            continue
        element = _whole(page, line)
        if any(step in leading or step in buttons for step in (line.start, *line.start.iterancestors())):
            continue
        if any(page.holds(element, at) for at in taken) or any(h.at <= line.at < h.begins for h in found):
            continue
        if page.inside(line.start, ("label", "nav", "option"), ("navigation", "menu", "menuitem")):
            continue
        alone = page.text(element) == line.text
        if not labels.heads(line.text, "updates.available") and _column(page, element):
            continue
        begin, end = page.span(element) if alone else (line.at, line.at + 1)
        found.append(Heading(line.text, _PSEUDO_LEVEL, begin, end, page.span(page.root)[1], semantic=False))
    return tuple(sorted(found, key=lambda heading: heading.at))


def _column(page: Page, element: Node) -> bool:
    """Whether it is all that stands in one of several filled cells of a table's row."""
    cell = next((step for step in (element, *element.iterancestors()) if step.tag in ("td", "th")), None)
    if cell is None or page.text(cell) != page.text(element):
        return False
    return any(step is not cell and isinstance(step.tag, str) and page.text(step) for step in cell.getparent())


def _whole(page: Page, line: Line) -> Node:
    """The largest element that shows nothing but this line."""
    element = line.start
    while (
        element.getparent() is not None
        and element.getparent().tag != "body"
        and page.text(element.getparent()) == line.text
    ):
        element = element.getparent()
    return element


def sections(
    page: Page,
    labels: Labels,
    key: str,
    is_row: Callable[[str], bool] | None = None,
    among: tuple[str, ...] = KNOWN,
) -> list[Section]:
    """The parts of the page under a heading of `key`, one of `among`, up to the next heading that is not below it.

    `is_row` tells a text that names a row of a list: such a heading ends nothing, nor does one of another part (release
    notes, say) within such a row; what the latter folds away is left out.
    """
    found = []
    ordered = headings(page, labels, among)
    for place, heading in enumerate(ordered):
        if not labels.heads(heading.text, key):
            continue
        end = heading.limit
        without = []
        for later in ordered[place + 1 :]:
            known = labels.heads(later.text, *among) and not labels.heads(later.text, key)
            if known and is_row and _within_row(page, heading, later, is_row):
                if later.limit < page.span(page.root)[1]:
                    without.append((later.at, later.limit))
                continue
            if known or (later.level <= heading.level and later.semantic and not (is_row and is_row(later.text))):
                end = min(end, later.at)
                break
        found.append(Section(heading.begins, end, tuple(part for part in without if part[0] < end)))
    return found


def above(page: Page, ordered: Sequence[Heading], at: int) -> list[str]:
    """The texts of the headings, of `headings`, that a place stands under: the nearest first, then what is above that.

    A heading in one of several cells of a row heads that cell or column, so nothing in the other columns.
    """
    found: list[Heading] = []
    for heading in reversed(ordered):
        if heading.begins <= at < heading.limit and (not found or heading.level < found[-1].level):
            cell = next((step for step in page.root.iter("td", "th") if _apart(page, step, heading, at)), None)
            if cell is None:
                found.append(heading)
    return [heading.text for heading in found]


def _apart(page: Page, cell: Node, heading: Heading, at: int) -> bool:
    """Whether a cell with others beside it, with texts or fields, holds the heading and not the place."""
    within = heading.at <= page.span(cell)[0] < heading.begins
    if not (within or page.holds(cell, heading.at)) or page.holds(cell, at):
        return False
    beside = [step for step in cell.getparent() if step is not cell and isinstance(step.tag, str)]
    return any(page.text(step) or any(page.holds(step, field.at) for field in page.fields) for step in beside)


def _within_row(page: Page, heading: Heading, later: Heading, is_row: Callable[[str], bool]) -> bool:
    """Whether an element below `heading` holds `later` and, before it, the name of just one row."""
    folded = (later.at, later.limit) if later.limit < page.span(page.root)[1] else (later.at, later.at)
    for element in page.root.iter():
        if not isinstance(element.tag, str) or not page.holds(element, later.at) or page.holds(element, heading.at):
            continue
        begin, end = page.span(element)
        names = [
            line.at for line in page.lines_in(begin, end) if is_row(line.text) and not folded[0] <= line.at < folded[1]
        ]
        if len(names) == 1 and names[0] < later.at:
            return True
    return False


@dataclass(frozen=True)
class Pair:
    """A label and its value, as a page shows them. `at`: the label's place; `headed`: the label is a heading."""

    label: str
    value: str
    at: int
    headed: bool = False


def pairs(page: Page) -> dict[str, str]:
    """Every label of the page with its value: from table rows, definition lists, `label: value` lines, labelled fields
    and elements that hold just two others. The first of a name wins; longer texts than a person calls a label are left out.
    """
    found: dict[str, str] = {}
    for pair in placed_pairs(page):
        found.setdefault(pair.label, pair.value)
    return found


def placed_pairs(page: Page) -> Iterator[Pair]:
    """The same, each with its place, also those of a name that is there already. One pair may come more than once."""
    for pair in _pairs(page):
        label, value = pair.label.strip().rstrip(":：").strip(), pair.value.strip()
        if label and value and len(label) <= _LONGEST_LABEL and len(value) <= 300 and plain(label):
            yield Pair(label, value, pair.at, pair.headed)


def _pairs(page: Page) -> Iterator[Pair]:
    def pair(label: Node, value: str) -> Pair:
        return Pair(page.text(label), value, page.span(label)[0])

    for element in page.root.iter("tr", "dl", "div", "li", "p", "section", "span", "table"):
        if not page.visible(element):
            continue
        children = [child for child in element if isinstance(child.tag, str) and page.visible(child)]
        if element.tag == "tr":
            cells = [
                child for child in children if child.tag in ("td", "th") and (page.text(child) or shown(page, child))
            ]
            if len(cells) in (2, 4, 6) and not all(cell.tag == "th" for cell in cells):
                for label, value in zip(cells[::2], cells[1::2], strict=True):
                    if not any(True for _found in label.iter("table")):
                        yield pair(label, shown(page, value))
        elif element.tag == "table":
            rows = [row for row in element.iter("tr") if page.visible(row)]
            if len(rows) == 2 and len(rows[0]) == len(rows[1]) and all(cell.tag == "th" for cell in rows[0]):
                yield from (pair(head, shown(page, cell)) for head, cell in zip(rows[0], rows[1], strict=True))
        elif element.tag == "dl":
            term = None
            for child in (step for step in element.iter("dt", "dd") if page.visible(step)):
                if child.tag == "dt":
                    term = child
                elif term is not None:
                    yield pair(term, shown(page, child))
                    term = None
        elif len(children) == 2 and not (element.text or "").strip() and not (children[1].tail or "").strip():
            between = (children[0].tail or "").strip(" \t\r\n\u00a0:-–")
            if not between and not any(child.tag in ("br", "table", "ul", "ol", "form") for child in children):
                yield pair(children[0], shown(page, children[1]))
    for heading in page.headings:
        following = next((line for line in page.lines if line.at >= heading.begins), None)
        if following is not None and not following.linked:
            yield Pair(heading.text, following.text, heading.at, headed=True)
    for element in page.root.iter("b", "strong", "em", "span", "label", "u", "font"):
        # `<b>Model:</b> B300, <b>Serial:</b> 1` (assumed): what follows an emphasised label up to the next element.
        text, tail = page.text(element), element.tail or ""
        if page.visible(element) and (text.endswith(":") or tail.lstrip().startswith(":")):
            yield pair(element, tail.strip(" \t\r\n\u00a0:,;|·"))
    for field in page.fields:
        if field.kind == "text" and field.labels:
            yield Pair(field.labels[0], field.element.get("value") or "", field.at)
    for place, line in enumerate(page.lines):
        several = [_PAIR.fullmatch(part) for part in _SEVERAL.split(line.text)]
        if len(several) > 1 and not line.linked and all(several):
            yield from (Pair(found[1], found[2], line.at) for found in several if found)
        label, colon, value = (*_COLON.split(line.text, maxsplit=1), "", "")[:3]
        if not value and place + 1 < len(page.lines):
            value = page.lines[place + 1].text
        if (
            colon
            and value.strip()
            and not value.startswith((":", "//"))
            and not line.linked
            and not value.endswith(":")
        ):
            yield Pair(label, value, line.at)


@dataclass(frozen=True)
class Cell:
    """A cell of a table with what stands at the head of its row and of its column; empty where nothing does."""

    element: Node
    row: str
    column: str


def table_cells(page: Page) -> Iterator[Cell]:
    """The cells of every table; the first of a row has nothing before it, and those of the first row nothing above."""
    for table in page.root.iter("table"):
        if not page.visible(table):
            continue
        rows = [
            row
            for row in table.iter("tr")
            if page.visible(row) and next(row.iterancestors("table"), None) is table and len(row) > 0
        ]
        # A first row of one cell is a title, not the head of a column.
        heads = _columns(rows[0]) if rows and len(rows[0]) > 1 else {}
        for number, row in enumerate(rows):
            columns = _columns(row)
            first = columns.get(0)
            for place, cell in columns.items():
                if columns.get(place - 1) is not cell:
                    row_head = "" if cell is first else _head(page, first)
                    yield Cell(cell, row_head, _head(page, heads.get(place)) if number else "")


def _columns(row: Node) -> dict[int, Node]:
    """Column -> the cell that covers it."""
    found: dict[int, Node] = {}
    for cell in row:
        if cell.tag in ("td", "th"):
            width = cell.get("colspan") or "1"
            for _turn in range(min(int(width) if width.isdigit() else 1, 100)):
                found[len(found)] = cell
    return found


def _head(page: Page, cell: Node | None) -> str:
    """The text of a cell that heads others; one that has fields or a table in it is a part of its own beside them."""
    if cell is None or next(cell.iter("table"), None) is not None or _holds_text_field(page, cell):
        return ""
    text = page.text(cell)
    return text if len(text) <= _LONGEST_LABEL else ""


def _holds_text_field(page: Page, cell: Node) -> bool:
    return any(page.holds(cell, field.at) for field in page.fields if field.kind not in ("checkbox", "radio"))


def shown(page: Page, element: Node) -> str:
    """The visible text of a value, or what the one text field in it holds."""
    text = page.text(element)
    if text:
        return text
    inside = [field for field in page.fields if field.kind == "text" and page.holds(element, field.at)]
    return (inside[0].element.get("value") or "") if len(inside) == 1 else ""
