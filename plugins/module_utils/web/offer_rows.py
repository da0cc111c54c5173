# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows under Available Updates: what is offered, what is blocked, and which control belongs to which row. Presses nothing.

Documented (seed): a row names its package like `Base Software-3.2.6`; a row that can be installed has its own control
Install This Update; one that cannot has the reason instead; the site package also shows host name, licences, expiry.
Assumed: everything about the markup, which is why rows are told apart by the names alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from ..models import Kind, Offer
from .forms import request_of
from .labels import Labels, plain
from .page import Control, Line, Node, Page
from .sections import Section, sections

_VERSION = r"\d+(?:\.\d+)+(?:[-+_]?[A-Za-z0-9]+)*"
_DASHED = re.compile(
    rf"(?P<name>(?P<words>[^\W\d_][^\n:;,!?]{{0,60}}?)\s?[-‐‑‒–−]\s?(?P<version>{_VERSION}))(?=$|[\s,;:()\[\]|.])"
)
_SPACED = re.compile(
    rf"(?P<name>(?P<words>[^\W\d_][^\n:;,!?(]{{0,60}}?)(?:\s+|\s*,\s+|\s*\()(?:v\.?|ver\.?|version|versione)?\s?(?P<version>{_VERSION})\)?)"
    r"(?=$|[\s,;:()\[\]|])",
    re.I,
)
_LABELLED = re.compile(
    rf"(?P<name>(?P<words>[^\W\d_][^\n:;,!?(]{{0,60}}?)\s?:\s?v?(?P<version>{_VERSION}))(?=$|\s)", re.I
)
_VERSION_ALONE = re.compile(rf"(?:v\.?|version|versione)?\s?:?\s?(?P<version>{_VERSION})", re.I)
_ROW_TAGS = ("tr", "li", "dd", "article", "div", "fieldset", "section", "p", "td")
_LONGEST_TEXT = 600


@dataclass(frozen=True)
class Named:
    """A package's name found at the beginning of a line; `rest` is what follows on that line."""

    name: str
    version: str
    kind: Kind
    rest: str


@dataclass(frozen=True, eq=False)
class Row:
    """An offer, and the controls that install it: none, one, or several that do the same."""

    offer: Offer
    controls: tuple[Control, ...]
    spans: tuple[tuple[int, int], ...]

    def holds(self, at: int) -> bool:
        """Whether a place on the page is in this row."""
        return any(begin <= at < end for begin, end in self.spans)


@dataclass(frozen=True, eq=False)
class Listing:
    """What the page lists. `rows` is None when it lists nothing now; `headed` when the heading is there all the same.

    `problem` says why a control could not be given to one row.
    """

    rows: tuple[Row, ...] | None
    headed: bool = False
    problem: str | None = None


@dataclass(eq=False)
class _Found:
    """A row that is being put together: the name's line, its unit, what follows the unit, its controls.

    `labelled`: the name is written like a detail, `Base Software: 6.4.2`.
    """

    named: Named
    line: Line
    chain: list[Node]
    labelled: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    @property
    def begin(self) -> int:
        return min(self.line.at, *(begin for begin, _rest in self.spans))


def named(text: str, labels: Labels) -> Named | None:
    """The package that `text` begins with; None for a sentence that only mentions one.

    `Words-1.2.3` is documented; `Words 1.2.3` and `Words v1.2.3` (assumed) count for packages we know by name only.
    """
    for pattern in (_DASHED, _SPACED):
        match = pattern.match(text)
        if match is None:
            continue
        words = match["words"].strip()
        if re.search(_VERSION, words):
            continue  # the dash stands between a name with its version and what is said of it
        kind = kind_of(words, labels)
        sure = labels.matches(words, "package.base", "package.site")
        if labels.starts(words, "package.not_a_name") and not sure:
            continue
        if pattern is _SPACED and not sure:
            continue
        if len(words.split()) > 6 or labels.within(words, "updates.requirements", "updates.requirement_word"):
            continue
        return Named(match["name"].strip(), match["version"], kind, text[match.end() :].strip())
    return None


def _labelled(text: str, labels: Labels) -> Named | None:
    """`Base Software: 6.4.2` (assumed), of the packages we know by name; a detail of another row is written like that, too."""
    match = _LABELLED.match(text)
    if match is None or not labels.matches(match["words"], "package.base", "package.site"):
        return None
    rest = text[match.end() :].strip()
    if rest and not labels.matches(rest, "updates.install") and not labels.within(rest, "updates.requirements"):
        return None
    return Named(match["name"], match["version"], kind_of(match["words"], labels), rest)


def kind_of(words: str, labels: Labels) -> Kind:
    """Base software, site software, or UNKNOWN. `Base Software` and `Bomgar` are documented (seed), other names assumed."""
    if labels.matches(words, "package.base") or any(
        len(text.split()) > 1 and re.search(rf"(?<!\w){re.escape(plain(text))}(?!\w)", plain(words))
        for text in labels.texts("package.base")
    ):
        return Kind.BASE
    return Kind.SITE if labels.matches(words, "package.site") else Kind.UNKNOWN


@lru_cache(maxsize=16)
def listing(page: Page, labels: Labels) -> Listing:
    """Read the offers of an Updates page.

    Under the heading Available Updates every row counts; where that heading is missing, only rows with an install
    control or with the documented words of a blocked one. What stands under a heading of installed or past updates never does.
    """
    headed = sections(
        page, labels, "updates.available", lambda text: (named(text, labels) or _labelled(text, labels)) is not None
    )
    lines = [line for line in page.lines if _may_name(page, labels, line, headed)]
    found = _without_mentions(page, _occurrences(page, labels, lines), labels)
    installs = [control for control in page.controls if is_install(control, labels, found)]
    if headed:
        installs = [control for control in installs if any(section.holds(control.at) for section in headed)]
    else:
        uploads = {page.form_of(entry.element) for entry in page.fields if entry.kind == "file"} - {None}
        installs = [control for control in installs if page.form_of(control.element) not in uploads]
    _find_units(page, found, headed)
    problem = _give_controls(page, found, installs)
    found = [item for item in found if not item.labelled or _heads_its_row(page, item)]
    aside = [part for section in headed for part in section.without]
    rows = [_row(page, labels, item, aside) for item in found]
    labelled = {row for row, item in zip(rows, found, strict=True) if item.labelled}
    taken = {control for item in found for control in item.controls}
    if problem is None and headed:
        rows += _unnamed(page, [control for control in installs if control not in taken], found)
    rows = _worth_keeping(rows, bool(headed), labels, page, labelled)
    if rows:
        return Listing(tuple(rows), bool(headed), problem)
    if any(_says_none(line, labels) for line in page.lines):
        return Listing((), bool(headed))
    return Listing(None, bool(headed), problem)


def _says_none(line: Line, labels: Labels) -> bool:
    """A short sentence that there is nothing to install; its words are assumed."""
    if line.linked or len(line.text) > 160 or labels.within(line.text, "text.conditional", "updates.failed_word"):
        return False
    few = len(line.text.split()) <= 12
    return labels.within(line.text, "updates.none") or (
        few and labels.starts(line.text, "text.none_word") and labels.within(line.text, "text.updates_word")
    )


def is_install(control: Control, labels: Labels, found: Iterable[_Found] = ()) -> bool:
    """Whether a control's label is Install This Update, alone or together with the name of a package on the page."""
    if labels.dangerous(control.names):
        return False
    names = {(item.named.name, item.named.rest) for item in found}
    for text in control.names:
        if labels.matches(text, "updates.install"):
            return True
        for name, rest in names:
            before, named_there, after = text.partition(name)
            own = not after.strip() or rest.startswith(after.strip())
            if named_there and labels.matches(before if own else f"{before} {after}", "updates.install"):
                return True
    return False


# ---- names ----------------------------------------------------------------------------------------------------------


def _may_name(page: Page, labels: Labels, line: Line, headed: list[Section]) -> bool:
    if line.start is None or page.inside(line.start, ("nav", "footer", "option"), ("navigation", "menu")):
        return False
    if headed:
        return any(section.holds(line.at) for section in headed)
    return not any(
        section.holds(line.at)
        for key in ("updates.history", "manual.section")
        for section in sections(page, labels, key)
    )


def _occurrences(page: Page, labels: Labels, lines: list[Line]) -> list[_Found]:
    found = []
    for place, line in enumerate(lines):
        text = _after_control(page, line, labels)
        name = _in_own_element(page, line, text, labels) or named(text, labels)
        if name is None and labels.matches(text, "package.base", "package.site") and place + 1 < len(lines):
            # Name and version in two cells of one row (assumed).
            match = _VERSION_ALONE.fullmatch(lines[place + 1].text)
            if match and _same_row(line.start, lines[place + 1].start):
                name = Named(f"{text} {match['version']}", match["version"], kind_of(text, labels), "")
        label = None
        if name is None:
            name = label = _labelled(text, labels)
        if name is not None and line.start is not None:
            found.append(_Found(name, line, [], labelled=label is not None))
    # Where names are written in a form that no detail has, the others are details.
    return found if all(item.labelled for item in found) else [item for item in found if not item.labelled]


def _in_own_element(page: Page, line: Line, text: str, labels: Labels) -> Named | None:
    """The name when the line's first element holds nothing else, even if the next one follows without a blank."""
    whole = page.text(line.start)
    name = named(whole, labels) if whole and text.startswith(whole) else None
    return Named(name.name, name.version, name.kind, text[len(whole) :].strip()) if name and not name.rest else None


def _after_control(page: Page, line: Line, labels: Labels) -> str:
    """The line without the label of an install link that it begins with."""
    for offset, element in line.marks:
        if offset == 0 and element.tag == "a" and labels.matches(page.text(element), "updates.install"):
            return line.text[len(page.text(element)) :].strip()
    return line.text


def _same_row(one: Node, other: Node) -> bool:
    for row in one.iterancestors("tr", "li", "dl", "div"):
        return any(step is row for step in other.iterancestors())
    return False


def _without_mentions(page: Page, found: list[_Found], labels: Labels) -> list[_Found]:
    """Drop names that stand in a list or table inside another one's row, which only explain it (assumed)."""
    kept: list[_Found] = []
    for item in found:
        mention = False
        for before in kept:
            block = next(
                (
                    step
                    for step in (before.line.start, *before.line.start.iterancestors())
                    if step.tag in ("li", "tr", "td", "dd", "article")
                ),
                None,
            )
            if block is None or not page.holds(block, item.line.at):
                continue
            for nested in item.line.start.iterancestors("ul", "ol", "dl", "table", "details"):
                inner = page.span(nested)
                if page.holds(block, inner[0]) and nested is not block and not (inner[0] <= before.line.at < inner[1]):
                    held = [control for control in page.controls if page.holds(nested, control.at)]
                    mention = mention or not any(is_install(control, labels, found) for control in held)
        if not mention:
            kept.append(item)
    return kept


# ---- which part of the page is a row ------------------------------------------------------------------------------


def _find_units(page: Page, found: list[_Found], headed: list[Section]) -> None:
    """Give each name the largest element around it that holds no other name, and what follows up to the next name's."""
    places = [item.line.at for item in found]
    for item in found:
        section = next((part for part in headed if part.holds(item.line.at)), None)
        for parent in (item.line.start, *item.line.start.iterancestors()):
            begin, end = page.span(parent)
            if parent.tag in ("body", "html") or sum(begin <= at < end for at in places) > 1:
                break
            if section is not None and not (section.begin <= begin and end <= section.end):
                break
            if section is None and parent.tag in ("table", "ul", "ol", "tbody", "form") and len(found) == 1:
                break
            item.chain.append(parent)
    for place, item in enumerate(found):
        # Names that are no elements of their own, with only line breaks between them, have no unit but their line.
        begin, end = page.span(item.chain[-1]) if item.chain else (item.line.at, item.line.at + 1)
        begin, end = min(begin, item.line.at), max(end, item.line.at + 1)
        following = found[place + 1] if place + 1 < len(found) else None
        parent = item.chain[-1].getparent() if item.chain else item.line.start
        limit = page.span(parent)[1] if parent is not None else end
        section = next((part for part in headed if part.holds(item.line.at)), None)
        if section is not None:
            limit = min(limit, section.end)
        if following is not None:
            limit = min(limit, following.line.at, *(page.span(element)[0] for element in following.chain[-1:]))
        if following is None and section is None:
            limit = end
        item.spans = [(begin, end), (end, max(end, limit))]


def _give_controls(page: Page, found: list[_Found], installs: list[Control]) -> str | None:
    """Give each install control to its row; the reason if that cannot be told.

    In order: the smallest element around the name that holds one; the line that the name stands on; the part of the page
    between a name and the next one. The last is only believed where every control comes after a name, at most one
    after each, and no row has a box or button of its own to choose it by.
    """
    if not found or not installs:
        return None
    for item in found:
        for element in item.chain:
            inside = [control for control in installs if page.holds(element, control.at)]
            if inside:
                item.controls = inside
                break
    if any(item.controls for item in found):
        return None
    left = []
    for control in installs:
        owner = [item for item in found if any(mark is control.element for _rest, mark in item.line.marks)]
        if len(owner) == 1:
            owner[0].controls.append(control)
        else:
            left.append(control)
    if not left:
        return None
    ordered = sorted(found, key=lambda item: item.line.at)
    chooses = [
        entry
        for entry in page.fields
        if entry.kind in ("checkbox", "radio") and any(b <= entry.at < e for item in found for b, e in item.spans)
    ]
    vague = "it cannot be told which row an install control belongs to"
    if chooses or any(control.at < ordered[0].line.at for control in left):
        return vague
    given: dict[int, list[Control]] = {}
    for control in left:
        place = max(index for index, item in enumerate(ordered) if item.line.at < control.at)
        begin, end = ordered[place].spans[1]
        if begin <= control.at < end:
            given.setdefault(place, []).append(control)
    for place in given:
        for earlier in ordered[:place]:
            said = [line for line in page.lines_in(earlier.line.at + 1, earlier.spans[1][1]) if line.text]
            if not said and not earlier.named.rest and not earlier.controls and ordered.index(earlier) not in given:
                return vague
    if any(_differ(page, controls) for controls in given.values()) or any(ordered[place].controls for place in given):
        return vague
    for place, controls in given.items():
        ordered[place].controls = controls
    return None


def _heads_its_row(page: Page, item: _Found) -> bool:
    """Whether its name is a heading, or the first text of the smallest element that holds its controls: then it is no detail."""
    if page.inside(item.line.start, ("h1", "h2", "h3", "h4", "h5", "h6")):
        return True
    own = {control.label for control in item.controls}
    for element in item.chain:
        begin, end = page.span(element)
        if all(begin <= control.at < end for control in item.controls):
            first = next(line for line in page.lines_in(begin, end) if line.text and line.text not in own)
            return first is item.line
    return all(any(mark is control.element for _rest, mark in item.line.marks) for control in item.controls)


def _differ(page: Page, controls: list[Control]) -> bool:
    usable = [control for control in controls if control.unusable is None and not control.disabled]
    return len({repr(request_of(page, control, "")) for control in usable}) > 1


# ---- what a row says --------------------------------------------------------------------------------------------------


def _row(page: Page, labels: Labels, item: _Found, aside: list[tuple[int, int]]) -> Row:
    said = _said(page, labels, item, aside)
    reasons = [text for text, _rest in said if labels.within(text, "updates.requirements")]
    usable = [control for control in item.controls if not control.disabled]
    installable = bool(usable) and not reasons
    if not installable:
        if not reasons:
            reasons = [text for text, _rest in said if labels.within(text, "updates.requirement_word")]
        if not reasons:
            reasons = [text for text, listed in said if not listed and len(text.split()) >= 4 and not _is_detail(text)][
                :2
            ]
    details = tuple(text for text, _rest in said if installable or text not in reasons)
    offer = Offer(
        item.named.name,
        item.named.kind,
        item.named.version,
        installable,
        None if installable else (" ".join(reasons)[:_LONGEST_TEXT] or None),
        details[:20],
    )
    return Row(offer, tuple(usable), tuple(item.spans))


def _said(page: Page, labels: Labels, item: _Found, aside: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The row's texts without its name, its controls and what it folds away; with each, whether it is part of a list."""
    own = {control.label for control in page.controls}
    rest = item.named.rest
    for control in page.controls:
        if rest and control.label and any(mark is control.element for _rest, mark in item.line.marks):
            rest = rest.replace(control.label, " ").strip()
    said = [(rest, False)] if rest and not labels.matches(rest, "updates.install") else []
    for line in page.lines:
        if line is item.line or not any(begin <= line.at < end for begin, end in item.spans):
            continue
        if any(begin <= line.at < end for begin, end in aside):
            continue
        text = line.text.strip(" |·•-–")
        if line.linked and line.text in own:
            continue
        if not text or _VERSION_ALONE.fullmatch(text) or labels.matches(text, "updates.install", "updates.available"):
            continue
        said.append((text[:_LONGEST_TEXT], page.inside(line.start, ("li", "dd", "td")) and _nested(line, item)))
    return [(text, listed) for text, listed in said if any(mark.isalnum() for mark in text)]


def _nested(line: Line, item: _Found) -> bool:
    lists = set(item.line.start.iterancestors("ul", "ol", "dl"))
    return any(step not in lists for step in line.start.iterancestors("ul", "ol", "dl"))


def _is_detail(text: str) -> bool:
    label, colon, _rest = text.partition(":")
    return bool(colon) and len(label.split()) <= 4


def _unnamed(page: Page, controls: list[Control], found: list[_Found]) -> list[Row]:
    """Rows that can be installed but whose name is none of the known form: listed, of unknown kind."""
    rows = []
    for control in controls:
        for element in control.element.iterancestors(*_ROW_TAGS):
            begin, end = page.span(element)
            if any(begin <= item.line.at < end for item in found):
                break
            texts = [line.text for line in page.lines_in(begin, end) if line.text and line.text != control.label]
            if texts:
                name = texts[0].removesuffix(control.label).strip()[:120]
                version = re.search(_VERSION, name)
                offer = Offer(
                    name,
                    Kind.UNKNOWN,
                    version.group() if version else "",
                    not control.disabled,
                    None,
                    tuple(texts[1:6]),
                )
                rows.append(Row(offer, () if control.disabled else (control,), ((begin, end),)))
                break
    return rows


def _worth_keeping(rows: list[Row], headed: bool, labels: Labels, page: Page, labelled: set[Row]) -> list[Row]:
    """Drop bare names: without a heading, or written like a detail, those with neither control nor reason; with one those
    beside a fuller row.
    """

    def full(row: Row) -> bool:
        return bool(row.controls) or labels.within(row.offer.blocked_by or "", "updates.requirements")

    def says(row: Row) -> bool:
        disabled = any(control.disabled and row.holds(control.at) for control in page.controls)
        return full(row) or disabled or bool(row.offer.blocked_by or row.offer.details)

    fuller = {(row.offer.kind, row.offer.version) for row in rows if full(row)}
    kept = [row for row in rows if full(row) or (row.offer.kind, row.offer.version) not in fuller]
    kept = [row for row in kept if full(row) or row not in labelled]
    if not headed:
        return [row for row in kept if full(row)]
    return [row for row in kept if says(row)] or kept
