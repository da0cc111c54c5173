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


def moment(value: object) -> datetime:
    """A time in ISO 8601 with a zone, as a text or as YAML reads one by itself. ValueError, in words, for anything else."""
    if isinstance(value, datetime):
        found = value
    else:
        try:
            found = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00").replace("z", "+00:00"))
        except ValueError:
            raise ValueError("it is no ISO 8601 time") from None
    if found.tzinfo is None:
        raise ValueError("it names no time zone")
    return found


def ends(text: str | None) -> float | None:
    """The end of the window in Unix seconds, None if none is given. BadInput for what is no ISO 8601 time with a zone."""
    if not text:
        return None
    try:
        return moment(text).timestamp()
    except ValueError as problem:
        raise BadInput(
            f"read the end of the window {text!r}",
            str(problem),
            "Write it as 2027-01-31T04:00:00+01:00 (bomgar_window_ends).",
        ) from problem


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
