# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.bomgar.appliance.plugins.module_utils.columns import LISTED, fitted
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(st.text("abc->", min_size=1, max_size=20), max_size=30)


def test_what_goes_on_is_indented_and_an_empty_line_is_kept() -> None:
    assert fitted(["  one two three", "", "/a/path/that/is/longer"], 12) == [
        "  one two",
        "    three",
        "",
        "/a/path/that/is/longer",
    ]


@given(WORDS, st.integers(0, 8))
def test_no_word_is_lost_and_every_line_fits(words: list[str], indent: int) -> None:
    lines = fitted([" " * indent + " ".join(words)], LISTED)
    assert " ".join(lines).split() == words
    assert all(len(line) <= LISTED for line in lines)
