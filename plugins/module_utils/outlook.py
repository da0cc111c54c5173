# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan means for people: by what each stage is done, how long it usually takes, and who is cut. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .models import Kind
from .path import Package, Stage

#: Minutes that one package usually takes (documented: seed); longer with much data.
USUAL_MINUTES = (15, 60)

_READS = "API and pages, reading"
_UPDATES = "Support > Updates of /appliance"
_FAILOVER = "Management > Failover of /login"
_PERSON = "a person, who is told what to press"
_CUTOVER = {
    "dns": "a signed DNS update",
    "shared_ip": _FAILOVER,
    "tasks": "your own task file",
    "operator": "a person, who is told what to change",
}
_BY = {
    "readiness": _READS,
    "backup": "backup API",
    "validation": _READS,
    "final": _READS,
    "sign_off": "a person",
    "export": "reporting API",
}
#: What goes by the failover page.
_FAILOVER_STAGES = ("sync", "break", "establish")


@dataclass(frozen=True)
class Means:
    """How this site is acted on. `driver` is the option of that name; `pages` and `login`: whether these accounts are given.

    `learned`: minutes that earlier installations took, by kind of package. `cutover`: the method.
    """

    driver: str = "auto"
    attended: bool = False
    pages: bool = True
    login: bool = True
    learned: Mapping[str, Sequence[float]] = field(default_factory=dict)
    cutover: str = "operator"


@dataclass(frozen=True)
class Expected:
    """By what a stage is done, and the minutes it takes at least and at most, None where that depends on the amount of data."""

    by: str
    minutes: tuple[int, int] | None

    @property
    def words(self) -> str:
        """The minutes for a person."""
        return "by the amount of data" if self.minutes is None else span(self.minutes)


def expected(stage: Stage, packages: Iterable[Package], means: Means) -> Expected:
    """What is to be expected of a stage; `packages` are those that its appliance still gets."""
    if stage.id.startswith("install:"):
        kind = next((each.kind for each in packages if stage.id == f"install:{each.name}"), Kind.UNKNOWN)
        return Expected(_pressed(_UPDATES, means, means.pages), _installation(kind, means.learned))
    if stage.id == "join":
        return Expected(_READS, (0, USUAL_MINUTES[1]))
    if stage.id in _FAILOVER_STAGES:
        return Expected(_pressed(_FAILOVER, means, means.login), (1, 10) if stage.id == "break" else None)
    if stage.id == "cutover":
        return Expected(_CUTOVER.get(means.cutover, means.cutover), (0, 10))
    if stage.id == "sign_off":
        return Expected(_BY["sign_off"], (0, 0))
    return Expected(_BY.get(stage.id, _READS), None if stage.id in ("backup", "export") else (0, 2))


def _pressed(page: str, means: Means, given: bool) -> str:
    if means.driver == "operator" or (not given and means.attended):
        return _PERSON
    return f"{page}, by the web driver" if given else f"{page}: no account is given for it"


def _installation(kind: Kind, learned: Mapping[str, Sequence[float]]) -> tuple[int, int]:
    known = learned.get(kind.value) or ()
    return (math.floor(min(known)), math.ceil(max(known))) if known else USUAL_MINUTES


def total(stages: Iterable[Expected]) -> tuple[int, int]:
    """The minutes of all stages of which they are known."""
    known = [stage.minutes for stage in stages if stage.minutes is not None]
    return sum(low for low, _high in known), sum(high for _low, high in known)


def span(minutes: tuple[int, int]) -> str:
    """`15-60 min`, `up to 2 min`, `1 h 30 min - 4 h`."""
    low, high = minutes
    if high == 0:
        return "no time"
    if low == 0:
        return f"up to {_clock(high)}"
    if high <= 90:
        return f"{low}-{high} min" if low < high else f"{high} min"
    return f"{_clock(low)} - {_clock(high)}"


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{rest} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"


def who_is_cut(activity: Mapping[str, Any] | None, sessions: str) -> str:
    """Who would be cut, in words. `activity`: the facts of `activity_info`, None where nobody was asked; `sessions`: bomgar_sessions."""
    if activity is None:
        return "who is on is not asked while an update runs"
    if activity.get("running") is None:
        return "who is on is not told by any interface, so it is not known who would be cut"
    on = len(activity.get("representatives") or ())
    people = f"{on} representative{'' if on == 1 else 's'} logged in" if on else "nobody logged in"
    if not activity["running"]:
        return f"no session runs now, {people}; whoever is on when the site goes down is cut"
    count = max(len(activity.get("sessions") or ()), 1)
    then = {
        "refuse": "a run is refused while any does (bomgar_sessions)",
        "wait": "a run waits for their end, for as long as it may (bomgar_sessions_wait)",
        "accept": "they are cut (bomgar_sessions)",
    }
    return f"{count} session{'' if count == 1 else 's'} running now, {people}: {then[sessions]}"
