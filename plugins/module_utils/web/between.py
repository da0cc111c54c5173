# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages between a click and what it does: "are you sure?", a licence. Answers only what is plain; reads no appliance.

That there are such pages, and what they say, is in no document: all of it is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .browser import Browser, words
from .labels import plain
from .page import Control, Page

#: More pages than this between a click and what it does are no conversation any more.
MOST_PAGES = 6
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Subject:
    """What a command is about, as keys of labels, so that a question about something else is never answered.

    `name`: a text that names it; `words`: what speaks of it; `yes`: the controls that go on. `own`: words of what it does,
    which are neither danger nor loss in its case; `others`: what other commands are called.
    """

    words: tuple[str, ...]
    yes: tuple[str, ...]
    name: str = ""
    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Between:
    """The pages that come after a control of the page `before` was pressed."""

    def __init__(self, browser: Browser, before: Page, what: str, subject: Subject) -> None:
        self._browser = browser
        self._labels = browser.labels
        self._before = before
        self._frame = {line.text for line in before.lines}
        self._what = what
        self._subject = subject
        self._answered: set[str] = set()

    def sentences(self, page: Page) -> list[str]:
        """What a page says, but for what was on the page before, which belongs to the frame of all pages."""
        texts = [page.title, *(line.text for line in page.lines if not line.linked)]
        return [part for text in texts if text not in self._frame for part in _SENTENCE.split(text)]

    def questions(self, page: Page) -> bool:
        """Whether something on it ends with a question mark."""
        return any("?" in part for part in self.sentences(page))

    def known(self, page: Page, keys: Iterable[str]) -> list[Control]:
        """The controls that go on, by these labels; a link only if it leads somewhere."""
        return [
            control
            for control in page.controls
            if control.kind != "link" or control.target
            if any(self._labels.matches(text, *keys) for text in control.names)
        ]

    def plain(self, page: Page) -> bool:
        """Whether what the page says is about the subject, and neither of another command nor of a danger or loss."""
        subject, labels = self._subject, self._labels
        texts = [page.title, *(line.text for line in page.lines if not line.linked)]
        about = any(
            (subject.name and plain(subject.name) in plain(text)) or labels.within(text, *subject.words)
            for text in texts
        )
        for sentence in self.sentences(page):
            rest = labels.without(sentence, *subject.own)
            if labels.within(rest, "confirm.loss_word"):
                return False
            if "?" in sentence and labels.within(rest, "dangerous"):
                return False
            if "?" in sentence and rest == plain(sentence) and labels.within(rest, *subject.others):
                return False
        return about

    def answer(self, page: Page, keys: tuple[str, ...]) -> Page:
        """Tick what has to be accepted and press the one control labelled `keys`: a command. Raises NotRecognised.

        A page that was answered already and came back is refused: the answer was not what it wanted.
        """
        form = " / ".join(control.label for control in page.controls) + str([entry.labels for entry in page.fields])
        if form in self._answered:
            raise self._browser.unrecognised(
                page,
                self._what,
                self._labels.texts("licence.accept", "confirm.yes"),
                f"a page came back after it was answered: {words(page, 200)}",
            )
        self._answered.add(form)
        return self._browser.accept(page, self._what, keys, command=True, before=self._before)
