# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many sites in waves: how many at a time, which are before which, and when no further wave is begun. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .errors import BadInput

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_ALL: list[int | str] = ["100%"]


def sizes(serial: Any) -> list[int | str]:
    """The sizes of the waves as Ansible's `serial` takes them: numbers of sites, or parts of all of them as `20%`.

    `serial` (bomgar_serial) is a number, a part, a list of them, or a text with commas as a survey gives it; nothing given means
    all at once. The last size counts for all further waves. Raises BadInput.
    """
    return [_size(part) for part in _parts(serial)] or list(_ALL)


def waves(sites: Sequence[str], serial: Any) -> list[list[str]]:
    """The sites in the waves that Ansible makes of `serial`."""
    given, left = sizes(serial), list(sites)
    found: list[list[str]] = []
    while left:
        count = _count(given[min(len(found), len(given) - 1)], len(sites))
        found.append(left[:count])
        left = left[count:]
    return found


def earlier(sites: Sequence[str], serial: Any, site: str) -> list[list[str]]:
    """The waves before that of `site`."""
    found = waves(sites, serial)
    return found[: next((number for number, wave in enumerate(found) if site in wave), 0)]


def hold(failed: Sequence[str], sites: Sequence[str], may_fail: Any) -> str:
    """Why no further wave is begun once `failed` have failed; empty if one may be.

    `may_fail` (bomgar_may_fail): how many sites, or which part of all of them (`5%`, rounded down). Raises BadInput.
    """
    allowed = _allowed(may_fail, len(sites))
    if len(failed) <= allowed:
        return ""
    more = f", and at most {allowed} may (bomgar_may_fail)" if allowed else ""
    return f"{', '.join(failed)} failed in an earlier wave (bomgar_serial){more}"


def bake(seconds: Any, done: int) -> float:
    """How long to let the sites stand after `done` waves: `seconds` (bomgar_bake) is for the first, or a list with one for each.

    Raises BadInput.
    """
    given = _parts(seconds)
    if not 0 < done <= len(given):
        return 0.0
    try:
        found = float(given[done - 1])
    except ValueError:
        found = -1.0
    if not 0.0 <= found < float("inf"):
        raise _wrong(
            "bomgar_bake",
            given[done - 1],
            "Write seconds, as 3600, or a list with those for each wave, as [86400, 3600].",
        )
    return found


def _parts(value: Any) -> list[str]:
    several = value if isinstance(value, (list, tuple)) else str("" if value is None else value).strip("[] ").split(",")
    return [part for part in (str(each).strip(" \"'") for each in several) if part]


def _size(text: str) -> int | str:
    percent = _PERCENT.fullmatch(text)
    if percent and 0 < float(percent[1]) <= 100:
        return f"{percent[1]}%"
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise _wrong("bomgar_serial", text, 'Write how many sites at a time, as 5, "20%" or [1, 5, "20%"].')


def _count(size: int | str, total: int) -> int:
    """As Ansible reckons a part of all: rounded down, and at least one."""
    return size if isinstance(size, int) else int(float(size[:-1]) / 100.0 * total) or 1


def _allowed(may_fail: Any, total: int) -> int:
    text = "".join(_parts(may_fail)) or "0"
    percent = _PERCENT.fullmatch(text)
    if percent and float(percent[1]) <= 100:
        return int(float(percent[1]) / 100.0 * total)
    if text.isdecimal():
        return int(text)
    raise _wrong("bomgar_may_fail", text, 'Write how many sites may fail, as 0, 2 or "5%".')


def _wrong(name: str, value: object, remedy: str) -> BadInput:
    return BadInput("make waves of the sites", f"{name} is {str(value)[:60]!r}", remedy)
