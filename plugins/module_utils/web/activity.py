# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Updates page shows the appliance to be doing: idle, busy, failed, done. Presses nothing.

How an appliance shows a running or finished installation is in no document: all of it is assumed. So words only
count where they speak of now: in a status region, or in a short sentence that is no explanation or warning
(`text.conditional`), and never in the menu, a row, the manual installation or a list of past updates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..models import Activity
from .labels import Labels
from .offer_rows import Listing, Row, named
from .page import Line, Node, Page
from .sections import Section, sections

_DATED = re.compile(r"\d{4}-\d\d-\d\d|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{1,2} \w{3,9} \d{4}\b")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3})(?:[.,]\d+)?\s?%")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_NAMED = re.compile(r"^[^:.!?]{1,40}:\s+")
_NAMED_STATE = re.compile(r"^\w+(?: \w+)?:\s+(?=\w+\W*$)")
_REGIONS = ("status", "alert", "alertdialog", "log")
_LONGEST_SENTENCE = 220


@dataclass(frozen=True)
class _Sentence:
    """A sentence; `region`: it stands in a status region; `idle`: the page has controls to go on with."""

    text: str
    region: bool
    idle: bool


_Judge = Callable[[Labels, _Sentence], bool]


@dataclass(frozen=True)
class Shown:
    """What was seen: the activity, the page's own words for it, and the progress in percent if shown."""

    activity: Activity
    message: str | None = None
    percent: int | None = None


def shown(page: Page, labels: Labels, listing: Listing) -> Shown:
    """Judge a page. Busy goes before failed, failed before done; idle needs a control to check, or a list of offers."""
    skipped, lines = _speaking(page, labels, listing)
    idle = any(
        labels.matches(name, "updates.check", "updates.install") and not control.disabled
        for control in page.controls
        for name in control.names
    )
    shown = _bar(page, labels, idle, [(part.begin, part.end) for part in skipped])
    words = _first(labels, lines, idle, _busy)
    if words or (shown is not None and not (idle and shown in (-1, 0, 100))):
        percent = shown if shown is not None and shown >= 0 else _percent(lines, words)
        return Shown(Activity.BUSY, words, percent)
    for activity, judge in ((Activity.FAILED, _failed), (Activity.DONE, _done)):
        words = _first(labels, lines, idle, judge)
        if words:
            return Shown(activity, words)
    if idle or listing.rows is not None:
        return Shown(Activity.IDLE)
    seen = " / ".join(line.text for line in lines if line.text and not line.linked)[:300]
    return Shown(Activity.UNKNOWN, seen or page.title or None)


def sayings(page: Page, labels: Labels, listing: Listing) -> list[str]:
    """The sentences, known or not, that could be about now: of three words at least, outside of everything named above."""
    _rest, lines = _speaking(page, labels, listing)
    return [line.text for line in lines if len(line.text.split()) > 2]


def _speaking(page: Page, labels: Labels, listing: Listing) -> tuple[list[Section], list[Line]]:
    skipped = [section for key in ("updates.history", "manual.section") for section in sections(page, labels, key)]
    rows = listing.rows or ()
    lines = [
        line for line in page.lines if _speaks(page, line, rows) and not any(part.holds(line.at) for part in skipped)
    ]
    return skipped, lines


def _speaks(page: Page, line: Line, rows: tuple[Row, ...]) -> bool:
    if not line.text or line.start is None or line.linked or any(row.holds(line.at) for row in rows):
        return False
    if page.inside(line.start, ("nav", "footer", "label"), ("navigation", "menu", "contentinfo")):
        return False
    row = next((step for step in (line.start, *line.start.iterancestors()) if step.tag in ("tr", "li")), None)
    around = page.text(row) if row is not None else line.text
    return not _DATED.search(around if len(around) < 400 else line.text) or _region(line)


def _region(line: Line) -> bool:
    return any(
        (step.get("role") or "").lower() in _REGIONS or (step.get("aria-live") or "").lower() in ("polite", "assertive")
        for step in (line.start, *line.start.iterancestors())
    )


def _first(labels: Labels, lines: list[Line], idle: bool, judge: _Judge) -> str | None:
    for place, line in enumerate(lines):
        region = _region(line)
        for sentence in _SENTENCE.split(_NAMED_STATE.sub("", line.text)):
            if (len(sentence) <= _LONGEST_SENTENCE or region) and judge(labels, _Sentence(sentence, region, idle)):
                following = [other.text for other in lines[place + 1 : place + 3] if _region(other)] if region else []
                return " ".join([line.text, *following])[:400]
    return None


def _busy(labels: Labels, sentence: _Sentence) -> bool:
    text = sentence.text
    if "?" in text or labels.within(text, "updates.checking"):
        return False
    if labels.starts(text, "text.please_wait"):
        return True
    if labels.within(text, "text.conditional", "updates.failed", "updates.done"):
        return False
    if labels.within(text, "updates.busy"):
        return True
    if labels.within(text, "updates.in_progress") and not labels.within(text, "text.other_work"):
        about = labels.within(text, "confirm.subject", "updates.busy_word")
        return about or sentence.region or len(text.split()) <= 3
    if not labels.within(text, "updates.busy_word"):
        return False
    if sentence.region:
        return True
    begins = labels.starts(text, "updates.busy_word") or labels.starts(_NAMED.sub("", text), "updates.busy_word")
    if not begins and named(text, labels) is None:
        return False
    telling = _PERCENT.search(text) or text.rstrip().endswith(("...", "…")) or re.search(r"\d\.\d", text)
    return bool(telling) or len(text.split()) == 1 or (not sentence.idle and len(text.split()) <= 8)


def _failed(labels: Labels, sentence: _Sentence) -> bool:
    if "?" in sentence.text:
        return False
    if labels.within(sentence.text, "updates.failed_past") and not labels.starts(sentence.text, "text.conditional"):
        about = labels.within(sentence.text, "confirm.subject") or sentence.region
        return about and not labels.within(sentence.text, "updates.checking", "updates.check_failed", "text.other_work")
    if labels.within(sentence.text, "text.conditional", "updates.check_failed"):
        return False  # a failed check for updates is no failed installation
    if labels.within(sentence.text, "updates.failed"):
        return True
    if not labels.within(sentence.text, "updates.failed_word"):
        return False
    about = labels.within(sentence.text, "confirm.subject") and not labels.within(sentence.text, "text.other_work")
    return sentence.region or about or labels.starts(sentence.text, "updates.failed_word")


def _done(labels: Labels, sentence: _Sentence) -> bool:
    if labels.within(sentence.text, "text.conditional", "updates.failed", "updates.failed_word", "updates.checking"):
        return False
    if labels.within(sentence.text, "updates.done"):
        return True
    if labels.within(sentence.text, "text.other_work"):
        return False
    about = labels.within(sentence.text, "confirm.subject") or sentence.region
    return about and labels.within(sentence.text, "updates.done_word")


def _bar(page: Page, labels: Labels, idle: bool, skipped: list[tuple[int, int]]) -> int | None:
    """The progress that a bar shows, -1 if it does not say; None without a bar.

    Where the page has controls to go on with, a bar that is called something else (disk usage, say) does not count.
    """
    for element in page.root.iter():
        if not isinstance(element.tag, str) or not page.visible(element):
            continue
        if element.tag != "progress" and (element.get("role") or "").lower() != "progressbar":
            continue
        if any(begin <= page.span(element)[0] < end for begin, end in skipped):
            continue
        called = _called(page, element)
        if idle and called and not labels.within(called, "confirm.subject", "updates.busy_word", "updates.in_progress"):
            continue
        value = _number(element.get("value") or element.get("aria-valuenow"))
        top = _number(element.get("max") or element.get("aria-valuemax")) or (
            1.0 if element.tag == "progress" else 100.0
        )
        return -1 if value is None else max(0, min(100, round(100 * value / top)))
    return None


def _called(page: Page, element: Node) -> str:
    """What a bar is called: by its own words, else by what stands beside it in the same element."""
    own = element.get("aria-label") or element.get("title")
    parent = element.getparent()
    return own or (page.text(parent) if parent is not None and parent.tag not in ("body", "main", "form") else "")


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\d+(\.\d+)?", text.strip()) else None


def _percent(lines: list[Line], words: str | None) -> int | None:
    for text in (words or "", *(line.text for line in lines if len(line.text) <= 40)):
        match = _PERCENT.search(text)
        if match and int(match.group(1)) <= 100:
            return int(match.group(1))
    return None
