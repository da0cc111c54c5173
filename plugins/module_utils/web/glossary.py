# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts the words that an appliance's own pages use where a text for a person names a page or a control. Presses nothing.

All texts of this collection name them in English, in quotes (`"Sync Now"`) or as a way (`Management > Failover`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from .labels import ASSUMED, LABELS, Label, Labels, plain

_ENGLISH = "en"
#: What texts say, and the key of the label.
_CONTROLS = {
    "Check for Updates": "updates.check",
    "Install this Update": "updates.install",
    "Update Software": "manual.submit",
    "Sync Now": "failover.sync",
    "Break Failover Relationships": "failover.break",
    "Become Primary": "failover.become_primary",
    "Become Backup": "failover.become_backup",
}
_PAGES = {
    "Status": "menu.status",
    "Basics": "menu.basics",
    "Support": "menu.support",
    "Updates": "menu.updates",
    "Management": "menu.management",
    "Software": "menu.software",
    "Failover": "menu.failover",
    "Security": "menu.security",
}
_HEADINGS = {"Manual Installation": "manual.section"}
#: A way is only one of these two in a row; a page's name alone may be any word.
_WAY = re.compile(rf"\b({'|'.join(_PAGES)}) > ({'|'.join(_PAGES)})\b")
_CONTROL = re.compile(rf'"({"|".join(_CONTROLS)})"')
_HEADING = re.compile(rf"\b({'|'.join(_HEADINGS)})\b")


class Glossary:
    """What the controls and headings of an appliance are called by its own pages, as far as these were seen."""

    def __init__(self, labels: Labels, seen: Iterable[str]) -> None:
        self._labels = labels
        self._seen = tuple(seen)
        self._language = _language(self._seen)

    @property
    def differs(self) -> bool:
        """Whether the pages may call something otherwise than our texts do."""
        return self._language not in (None, _ENGLISH) or (bool(self._seen) and self._labels.taught)

    def own(self, text: str) -> str:
        """`text` with the page's own words."""
        text = _WAY.sub(lambda way: f"{self._word(way[1], _PAGES)} > {self._word(way[2], _PAGES)}", text)
        text = _CONTROL.sub(lambda found: f'"{self._word(found[1], _CONTROLS)}"', text)
        return _HEADING.sub(lambda found: self._word(found[1], _HEADINGS), text)

    def _word(self, english: str, keys: dict[str, str]) -> str:
        """The word as a page showed it, else as we know it in the page's language, else in English."""
        key = keys[english]
        shown = next((name for name in self._seen if self._labels.matches(name, key)), None)
        if shown is not None:
            return shown
        known = [label for label in LABELS[key] if label.language == self._language]
        return min(known, key=_assumed).text if known else english


def _assumed(label: Label) -> bool:
    return label.source == ASSUMED


@lru_cache(maxsize=32)
def _language(seen: tuple[str, ...]) -> str | None:
    """The language of most of what was seen; None if nothing was known in any. What is the same in two counts for neither."""
    counts: Counter[str] = Counter()
    for name in seen:
        languages = _languages().get(plain(name), frozenset())
        if len(languages) == 1:
            counts.update(languages)
    return counts.most_common(1)[0][0] if counts else None


@lru_cache(maxsize=1)
def _languages() -> dict[str, frozenset[str]]:
    """Text -> the languages in which it is a label."""
    found: dict[str, set[str]] = {}
    for labels in LABELS.values():
        for label in labels:
            found.setdefault(plain(label.text), set()).add(label.language)
    return {text: frozenset(languages) for text, languages in found.items()}
