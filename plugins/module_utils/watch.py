# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a look at a site and from what was seen before: the events of the event source `sites`. Pure.

A look tells of each thing whether it is wrong, is well, or is not known; what is not known stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .check_results import Thresholds, seconds_text
from .models import Role
from .pair_path import Relation, relation
from .record_format import iso, last_moment
from .record_standing import standing
from .status import SECOND_WITHIN

UNREACHABLE, UNHEALTHY, CERTIFICATE = "unreachable", "unhealthy", "certificate"
ROLE_SWAPPED, BOTH_PRIMARY, FAILOVER_MISSING = "role_swapped", "both_primary", "failover_missing"
UPDATE_OFFERED, ACCOUNT_REFUSED, NOT_WATCHED = "update_offered", "account_refused", "not_watched"
RAISED, CLEARED = "raised", "cleared"

#: What an event says when it is over, and so every kind of event.
OVER = {
    UNREACHABLE: "it answers again",
    UNHEALTHY: "it says that it is healthy again",
    CERTIFICATE: "the certificate is good again",
    ROLE_SWAPPED: "the roles are as they were, or an upgrade is under way that changes them",
    BOTH_PRIMARY: "they do not both say any more that they are primary",
    FAILOVER_MISSING: "there is failover again",
    UPDATE_OFFERED: "nothing is offered any more",
    ACCOUNT_REFUSED: "the account is accepted again",
    NOT_WATCHED: "it can be read again",
}
#: An unfinished record of a run that cannot be seen from here (another machine) tells of an upgrade for so many seconds.
_QUIET = 86_400.0
#: In these there is no failover. Whether there is any is not known as long as one of them does not tell its role.
_WITHOUT = (Relation.BROKEN, Relation.HALF, Relation.BOTH_PRIMARY, Relation.BOTH_BACKUP)


@dataclass(frozen=True)
class Limits:
    """From when on something is an event. Times are in seconds.

    `looks`: so many looks in a row must show what may be a moment's trouble. `repeat`: after so long an event is put again as a
    reminder, 0 for never.
    """

    looks: int = 2
    failover_missing: float = SECOND_WITHIN
    certificate_days: float = Thresholds().certificate_days
    repeat: float = 0.0


@dataclass(frozen=True)
class BoxSeen:
    """One look at an appliance. Everything that is None was not told, or not asked for.

    `answers`: whether it does, `trouble` why not. `refusal`: its certificate is not trusted, and why. `accounts`, `reads`: account
    or page -> why it was refused or cannot be read, None where it was good.
    """

    name: str
    answers: bool | None = None
    trouble: str = ""
    healthy: bool | None = None
    words: str = ""
    role: Role = Role.UNKNOWN
    certificate_days: float | None = None
    refusal: str | None = None
    accounts: Mapping[str, str | None] = field(default_factory=dict)
    reads: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteSeen:
    """One look at a site at `at` (Unix seconds).

    `roles_told`: it is a pair that was asked for its roles. `upgrade`: one is under way. `apart_since`: since when there is no
    failover by the site's record. `offers`: what each appliance offers, of those that told. `reads`: what else was read, as of a box.
    """

    site: str
    at: float
    boxes: tuple[BoxSeen, ...] = ()
    roles_told: bool = False
    upgrade: bool = False
    apart_since: float | None = None
    offers: Mapping[str, tuple[str, ...]] | None = None
    reads: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing that a look tells: `detail` is what is wrong, None that nothing is.

    `about`: the account or page that it concerns. `since`: when it began, where that is known better than by this look. `items`:
    what is new is an event of its own. `looks`: how many looks in a row must show it.
    """

    kind: str
    appliance: str | None = None
    about: str | None = None
    detail: str | None = None
    since: float | None = None
    items: frozenset[str] = frozenset()
    looks: int = 1

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        """By which it is found again."""
        return self.kind, self.appliance, self.about


@dataclass(frozen=True)
class Wrong:
    """What is wrong since `since`, seen in so many looks. `told`: when an event last said so, None if none did yet.

    `by_upgrade`: an upgrade was under way when it was told. `items`: what was told.
    """

    since: float
    seen: int = 0
    told: float | None = None
    by_upgrade: bool = False
    items: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Memory:
    """What is kept of a site between two looks.

    `primary`: the last one that alone was primary. `together_at`: when there last was failover. `boxes`: each as it was last seen.
    """

    wrong: Mapping[tuple[str, str | None, str | None], Wrong] = field(default_factory=dict)
    primary: str | None = None
    apart_since: float | None = None
    together_at: float | None = None
    offers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    boxes: Mapping[str, BoxSeen] = field(default_factory=dict)


def judge(memory: Memory, seen: SiteSeen, limits: Limits) -> tuple[Memory, list[dict[str, Any]]]:
    """What is to be remembered after a look, and the events that follow from it, in the order of the table of events."""
    memory = _noted(memory, seen)
    wrong = dict(memory.wrong)
    events = []
    for finding in findings(memory, seen, limits):
        former = wrong.get(finding.key)
        if finding.detail is None:
            if wrong.pop(finding.key, None) is not None and former is not None and former.told is not None:
                events.append(_event(finding, seen, memory, former, CLEARED))
            continue
        former = former or Wrong(seen.at)
        now = replace(former, since=former.since if finding.since is None else finding.since, seen=former.seen + 1)
        why = _due(finding, now, seen, limits)
        if why is not None:
            events.append(_event(finding, seen, memory, now, RAISED, reminder=why == _REMINDER))
            now = replace(now, told=seen.at, by_upgrade=seen.upgrade)
        # What is gone of it may come again, and is news then.
        wrong[finding.key] = replace(now, items=finding.items)
    if memory.primary is None or seen.upgrade:
        memory = replace(memory, primary=_leading(seen) or memory.primary)
    return replace(memory, wrong=wrong), events


_NEWS, _REMINDER = "news", "reminder"


def _due(finding: Finding, now: Wrong, seen: SiteSeen, limits: Limits) -> str | None:
    """Why an event is to be put now, None if none is."""
    if now.told is None:
        return _NEWS if now.seen >= finding.looks else None
    # An upgrade takes a site down. What is still wrong when it has ended is told again, as not its doing.
    if finding.items - now.items or (now.by_upgrade and not seen.upgrade):
        return _NEWS
    return _REMINDER if limits.repeat and seen.at - now.told >= limits.repeat else None


def findings(memory: Memory, seen: SiteSeen, limits: Limits) -> Iterator[Finding]:
    """What a look tells, one thing after the other."""
    for what, words in seen.reads.items():
        yield Finding(NOT_WATCHED, None, what, words)
    for box in seen.boxes:
        yield from _of_box(box, limits)
    if seen.roles_told:
        yield from _of_pair(memory, seen, limits)
    if seen.offers is not None:
        names = frozenset(name for offered in memory.offers.values() for name in offered)
        offered = "; ".join(f"{name} offers {', '.join(what)}" for name, what in memory.offers.items() if what)
        yield Finding(UPDATE_OFFERED, detail=offered or None, items=names)


def _of_box(box: BoxSeen, limits: Limits) -> Iterator[Finding]:
    name = box.name
    if box.answers is not None:
        detail = None if box.answers or box.refusal else f"{name} does not answer: {box.trouble}"
        yield Finding(UNREACHABLE, name, detail=detail, looks=limits.looks)
    if box.healthy is not None:
        detail = None if box.healthy else f"{name} says that it is not healthy: {box.words or 'without saying why'}"
        yield Finding(UNHEALTHY, name, detail=detail, looks=limits.looks)
    if box.refusal is not None:
        yield Finding(CERTIFICATE, name, detail=f"the certificate of {name} is refused: {box.refusal}")
    elif box.certificate_days is not None:
        ends = f"the certificate of {name} ends in {box.certificate_days:.0f} days"
        yield Finding(CERTIFICATE, name, detail=ends if box.certificate_days < limits.certificate_days else None)
    for area, words in box.accounts.items():
        yield Finding(ACCOUNT_REFUSED, name, area, None if words is None else f"{name}: {words}")
    for what, words in box.reads.items():
        yield Finding(NOT_WATCHED, name, what, None if words is None else f"{name}: {words}")


def _of_pair(memory: Memory, seen: SiteSeen, limits: Limits) -> Iterator[Finding]:
    found = _relation(seen)
    roles = ", ".join(f"{box.name} {box.role}" for box in seen.boxes)
    if found is not Relation.UNKNOWN:
        both = f"both say that they are primary: {roles}" if found is Relation.BOTH_PRIMARY else None
        yield Finding(BOTH_PRIMARY, detail=both, looks=limits.looks)
    leading, former = _leading(seen), memory.primary
    if leading is not None:
        swapped = leading != former and former is not None and not seen.upgrade
        detail = f"{leading} is primary and {former} was; no upgrade is under way ({roles})" if swapped else None
        yield Finding(ROLE_SWAPPED, detail=detail, looks=limits.looks)
    since = memory.apart_since
    if since is not None or found is Relation.ESTABLISHED:
        lasts = 0.0 if since is None else seen.at - since
        missing = f"there is no failover for {seconds_text(lasts)}: {roles}"
        yield Finding(FAILOVER_MISSING, detail=missing if lasts > limits.failover_missing else None, since=since)


def _noted(memory: Memory, seen: SiteSeen) -> Memory:
    """The memory with what this look shows."""
    if seen.roles_told:
        found = _relation(seen)
        if found is Relation.ESTABLISHED:
            memory = replace(memory, apart_since=None, together_at=seen.at)
        elif found in _WITHOUT:
            # A record that was made before there was failover again tells of another time.
            told = None if (seen.apart_since or 0.0) <= (memory.together_at or 0.0) else seen.apart_since
            begins = [when for when in (memory.apart_since, told) if when is not None]
            memory = replace(memory, apart_since=min(begins, default=seen.at))
    known = {**memory.boxes, **{box.name: box for box in seen.boxes if box.answers is not None}}
    return replace(memory, offers={**memory.offers, **(seen.offers or {})}, boxes=known)


def _relation(seen: SiteSeen) -> Relation:
    one, two = seen.boxes
    return relation(one.role, two.role)


def _leading(seen: SiteSeen) -> str | None:
    """The only one that says it is primary; the other one may be down."""
    names = [box.name for box in seen.boxes if box.role is Role.PRIMARY]
    return names[0] if seen.roles_told and len(names) == 1 else None


def _event(
    finding: Finding, seen: SiteSeen, memory: Memory, wrong: Wrong, state: str, *, reminder: bool = False
) -> dict[str, Any]:
    """The event, as plain values. `meta.hosts` limits what a rule runs to this site."""
    return {
        "site": seen.site,
        "kind": finding.kind,
        "state": state,
        "since": iso(wrong.since),
        "detail": finding.detail if state == RAISED else OVER[finding.kind],
        "observed": {
            "at": iso(seen.at),
            "appliance": finding.appliance,
            "about": finding.about,
            "upgrade": seen.upgrade,
            "appliances": {name: _shown(box) for name, box in memory.boxes.items()},
            "offers": {name: list(offered) for name, offered in memory.offers.items()},
            "new": sorted(finding.items - wrong.items) if wrong.told is not None else sorted(finding.items),
        },
        "meta": {"hosts": [seen.site], "reminder": reminder},
    }


def _shown(box: BoxSeen) -> dict[str, Any]:
    return {
        "answers": box.answers,
        "healthy": box.healthy,
        "role": str(box.role),
        "certificate_days": box.certificate_days,
    }


def under_way(data: Mapping[str, Any] | None, *, at_work: bool, now: float) -> bool:
    """Whether an upgrade is under way: a run is at work, or the record is not finished and something was begun in it lately.

    Of a run on another machine only the record tells. A pair between its windows, or an upgrade that failed and that nobody took
    up again for a day, is not under way.
    """
    if at_work:
        return True
    return data is not None and not standing(data).finished and now - last_moment(data) < _QUIET
