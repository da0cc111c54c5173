# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values in Markdown, so that none becomes a link, an image, a heading, markup, or calls for somebody's attention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .report_view import shown

#: What Markdown takes for its own anywhere in a line, and what it does at its beginning.
_ANYWHERE = re.compile(r"([\\`*_{}\[\]<>|~&$^])")
_AT_THE_START = re.compile(r"^(?=[-+=#:])|^(\d+)(?=[.)])")
#: What a forge looks for in the text itself, after Markdown: mentions, references, bare addresses.
_CALLS = re.compile(r"[@#!%&$^~](?=[\w\"])|:(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
#: The signs of tones.
SYMBOLS = {"good": "✅", "none": "➖", "warn": "⚠️", "bad": "❌", "unknown": "❓"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are escaped, the head is not."""
    cells = [head, ["---"] * len(head), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def escaped(text: str) -> str:
    """A piece of a line of Markdown that shows `text` as it is. Calls for somebody and bare addresses are cut by an invisible joint."""
    one_line = " ".join(shown(text).split())
    cut = _CALLS.sub(lambda found: f"{found.group()}\u2060", one_line)
    return _ANYWHERE.sub(r"\\\1", cut)


def line(text: str) -> str:
    """The same at the beginning of a line, where more could mean something."""
    return _AT_THE_START.sub(lambda found: f"{found.group()}\\", escaped(text), count=1)
