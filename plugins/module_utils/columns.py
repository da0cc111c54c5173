# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines that fit a terminal of 80 columns: prose and lists; what happens (an event) stays one line, for logs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

#: Columns of a line that is shown as it is, and of one that Ansible shows as an item of a list: indented by eight, in quotes.
PLAIN, LISTED = 78, 69


def fitted(lines: Iterable[str], width: int = PLAIN) -> list[str]:
    """The lines in at most so many columns; what goes on is indented by two more. A longer word is left whole, as a path is."""
    found = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        pieces = textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        found += pieces or [""]
    return found
