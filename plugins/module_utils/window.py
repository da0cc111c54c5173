# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maintenance window: reading its end, and what fits before it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from .errors import BadInput
from .models import Kind

#: A duration learned from the record may be exceeded by so much (assumed).
LEARNED_MARGIN = 1.25


def ends(text: str | None) -> float | None:
    """The end of the window in Unix seconds, None if none is given. BadInput for what is no ISO 8601 time with a zone."""
    if not text:
        return None
    what = f"read the end of the window {text!r}"
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError as problem:
        raise BadInput(
            what, "it is no ISO 8601 time", "Write it as 2027-01-31T04:00:00+01:00 (bomgar_window_ends)."
        ) from problem
    if moment.tzinfo is None:
        raise BadInput(what, "it names no time zone", "Write it as 2027-01-31T04:00:00+01:00 (bomgar_window_ends).")
    return moment.timestamp()


def seconds_needed(kinds: Sequence[Kind], usual: float, learned: Mapping[str, Sequence[float]]) -> float:
    """How long installing these packages may take: by the slowest of its kind on this site so far, else `usual` for each."""
    total = 0.0
    for kind in kinds:
        known = (
            [*learned.get(kind.value, ())]
            if kind is not Kind.UNKNOWN
            else [value for values in learned.values() for value in values]
        )
        total += max(known) * LEARNED_MARGIN if known else usual
    return total
