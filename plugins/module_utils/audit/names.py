# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names stand for an LSID or an LSEQ in somebody else's SQL and code. Assumed: nobody documents how users name them."""

from __future__ import annotations

import re

#: Characters that a GUID takes as the appliance writes it (documented: the guide's supplement, `varchar(32)`).
LSID_LENGTH = 32
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
#: What may follow in a name that still means the value itself: `lsid_old`, `lsidStr`. `lsid_count` means something else.
_FOLLOWS = frozenset(
    "a b c x y z old new id ids key keys value values val text txt string str int integer num number nr no raw hex guid field column col "
    "param parameter arg in out from to start end first last min max prev previous next current cur attr attribute list set".split()
)


def words(name: str) -> list[str]:
    """The words of a name in lower case: `SessionLsid`, `session_lsid`, `@sessionLSID` -> session, lsid."""
    return [word.lower() for word in _WORDS.findall(name)]


def is_lsid(name: str) -> bool:
    """Whether a column, a variable or a key of that name holds an LSID."""
    return _means(name, "lsid")


def is_lseq(name: str) -> bool:
    """Whether a column, a variable or a key of that name holds an LSEQ."""
    return _means(name, "lseq")


def _means(name: str, what: str) -> bool:
    found = words(name)
    places = [place for place, word in enumerate(found) if word in (what, f"{what}s")]
    if not places:
        # Written as one word: `sessionlsid`, `bomgarlsid`, `lsidint`.
        flat = "".join(found)
        return flat.endswith((what, f"{what}s")) or (
            flat.startswith(what) and flat[len(what) :] in _FOLLOWS and flat[len(what) :] != ""
        )
    return all(word in _FOLLOWS or word.isdigit() for word in found[places[-1] + 1 :])
