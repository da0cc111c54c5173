# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what an appliance offers and refuses to the next package to install, and to the likely order. Pure.

There is no list of releases and of what each requires: the appliance says what it refuses and why, and after every
installation it is asked again (the guide, D-DE-UPG).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .models import Kind, Offer, Versions
from .versions import LATEST, Wish, installed, key, newer, numbers_in, same

_WORD = {Kind.BASE: "base software", Kind.SITE: "site software", Kind.UNKNOWN: "package"}


@dataclass(frozen=True)
class Step:
    """One package in the order of installation, and why it stands there. `certain`: offered and installable now."""

    offer: Offer
    because: str
    certain: bool


@dataclass(frozen=True)
class Course:
    """What the offers mean for a wish: `steps` in order; `stuck` says in words why the wish cannot be reached now.

    `reached`: nothing is left to do. `caution`: what is not certain of these steps.
    """

    steps: tuple[Step, ...] = ()
    reached: bool = False
    stuck: str | None = None
    caution: str | None = None

    @property
    def next(self) -> Offer | None:
        """The package to install now, if there is one."""
        return self.steps[0].offer if self.steps and self.stuck is None else None


def fix(wish: Wish, versions: Versions, offered: Iterable[Offer]) -> Wish:
    """The wish with LATEST replaced by the newest version offered, or by what runs when nothing newer is."""
    offered = tuple(offered)
    for kind in (Kind.BASE, Kind.SITE):
        if wish.of(kind) == LATEST:
            known = [offer.version for offer in offered if offer.kind is kind]
            running = installed(versions, kind)
            if running is not None:
                known.append(running)
            if known:
                wish = wish.with_version(kind, max(known, key=key))
    return wish


def waits_for(offer: Offer, versions: Versions) -> Kind:
    """Which package a blocked offer waits for, from the versions in the appliance's own words; UNKNOWN if they don't tell.

    "3.2.4 does not satisfy 11.1.1's requirements": 3.2.4 is what is installed and not enough (seed).
    """
    named = [number for number in numbers_in(offer.blocked_by or "") if not same(number, offer.version)]
    kinds = {kind for kind in (Kind.BASE, Kind.SITE) for number in named if same(number, installed(versions, kind))}
    return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN


def course(wish: Wish, versions: Versions, offered: Sequence[Offer]) -> Course:
    """What to install for `wish`, in order, from the offers as they stand now.

    Base before site, lower before higher. Never what is installed or older, never beyond the wish. The first step is
    installable now; the later ones are what the appliance's words lead to expect, and are asked for again after each.
    """
    wish = fix(wish, versions, offered)
    useful = sorted(
        (offer for offer in offered if _useful(offer, wish, versions)),
        key=lambda offer: (offer.kind is not Kind.BASE, key(offer.version)),
    )
    open_kinds = [
        kind for kind in (Kind.BASE, Kind.SITE) if wish.of(kind) and not same(wish.of(kind), installed(versions, kind))
    ]
    if not open_kinds:
        return Course(reached=True)
    for kind in open_kinds:
        running = installed(versions, kind)
        if running is None:
            return Course(stuck=f"the installed version of the {_WORD[kind]} is not known")
        if newer(running, str(wish.of(kind))):
            return Course(
                stuck=f"the {_WORD[kind]} is {running} already, newer than {wish.of(kind)}; no documented way leads back"
            )
    steps: list[Step] = []
    state = versions
    rest = list(useful)
    while any(not same(wish.of(kind), installed(state, kind)) for kind in open_kinds):
        step = _next(wish, versions, state, rest, open_kinds)
        if step is None:
            break
        steps.append(step)
        rest.remove(step.offer)
        state = replace(state, **{step.offer.kind.value: step.offer.version})
    open_kinds = [kind for kind in open_kinds if not same(wish.of(kind), installed(state, kind))]
    if not steps:
        return Course(stuck=_why_stuck(wish, versions, offered, useful))
    caution = None
    if open_kinds:
        caution = _caution(wish, open_kinds, offered, steps[-1].offer.name)
    elif not all(step.certain for step in steps):
        caution = "the later packages are refused until the earlier ones are installed; the appliance is asked again after each"
    return Course(tuple(steps), caution=caution)


def _caution(wish: Wish, open_kinds: Sequence[Kind], offered: Sequence[Offer], last: str) -> str:
    """What of the wish the steps do not reach, and whether that was seen at all: it may be a slip of the pen."""
    parts = []
    for kind in open_kinds:
        name = f"{_WORD[kind]} {wish.of(kind)}"
        if any(offer.kind is kind and same(offer.version, wish.of(kind)) for offer in offered):
            parts.append(f"{name} cannot be installed yet")
        else:
            parts.append(
                f"{name} is not offered now, and may never be: see that the target is right. "
                "What is on the way is installed all the same, each with its outage"
            )
    return f"{'; '.join(parts)}; the appliance is asked again after {last}"


def _useful(offer: Offer, wish: Wish, versions: Versions) -> bool:
    """Newer than what runs, and not beyond the wish; the other kind may move as far as it has to, if nothing is wished for it."""
    running = installed(versions, offer.kind)
    if offer.kind is Kind.UNKNOWN or running is None or not newer(offer.version, running):
        return False
    limit = wish.of(offer.kind)
    return limit is None or not newer(offer.version, limit)


def _next(
    wish: Wish, real: Versions, state: Versions, rest: Sequence[Offer], open_kinds: Sequence[Kind]
) -> Step | None:
    """The next step: the wished package when nothing stands before it, else what it waits for."""
    candidates = [offer for offer in rest if newer(offer.version, str(installed(state, offer.kind)))]
    for kind in open_kinds:
        if same(wish.of(kind), installed(state, kind)):
            continue
        wished = next(
            (offer for offer in candidates if offer.kind is kind and same(offer.version, wish.of(kind))), None
        )
        first = state == real
        if wished is not None and wished.installable:
            return Step(wished, f"the wished {_WORD[kind]}, and installable", True)
        if wished is not None and not first and _unblocked(wished, real, state):
            return Step(wished, f"the wished {_WORD[kind]}; refused until the packages before it are installed", False)
        helper = _helper(wished, kind, wish, real, state, candidates)
        if helper is not None:
            return helper
    return None


def _unblocked(offer: Offer, real: Versions, state: Versions) -> bool:
    """Whether what a blocked offer waits for has moved by then."""
    kind = waits_for(offer, real)
    if kind is Kind.UNKNOWN:
        return state != real
    return not same(installed(real, kind), installed(state, kind))


def _helper(
    wished: Offer | None,
    kind: Kind,
    wish: Wish,
    real: Versions,
    state: Versions,
    candidates: Sequence[Offer],
    seen: tuple[Offer, ...] = (),
) -> Step | None:
    """A package that brings the wished one nearer, and that is installable or will be once those before it are in.

    The lowest base, since the wish may need no more; the highest site below the wish, since each is an outage. What is
    refused itself is asked what it waits for in turn.
    """
    waiting = Kind.UNKNOWN if wished is None else waits_for(wished, real)
    able = [offer for offer in candidates if offer is not wished and offer not in seen]
    if wished is None:
        able = [offer for offer in able if offer.kind in (Kind.BASE, kind)]
        because = f"{_WORD[kind]} {wish.of(kind)} is not offered yet, and this is on the way (assumed)"
    else:
        if waiting is not Kind.UNKNOWN:
            able = [offer for offer in able if offer.kind is waiting]
        because = f"{wished.name} waits for it: {wished.blocked_by or 'it has no install control of its own'}"
    # By base before site, the lowest base and the highest site first.
    able = [offer for offer in able if offer.kind is Kind.BASE] + [offer for offer in able if offer.kind is Kind.SITE][
        ::-1
    ]
    for offer in able:
        if offer.installable:
            return Step(offer, because, True)
    for offer in able:
        if _unblocked(offer, real, state):
            return Step(offer, because, False)
    if wished is None:
        return None
    for offer in able:
        step = _helper(offer, offer.kind, wish, real, state, candidates, (*seen, wished))
        if step is not None:
            return step
    return None


def _why_stuck(wish: Wish, versions: Versions, offered: Sequence[Offer], useful: Sequence[Offer]) -> str:
    """In words, with the appliance's own, why nothing can be installed for the wish."""
    parts = []
    for kind in (Kind.BASE, Kind.SITE):
        target = wish.of(kind)
        if target is None or same(target, installed(versions, kind)):
            continue
        offer = next((item for item in offered if item.kind is kind and same(item.version, target)), None)
        if offer is None:
            parts.append(f"{_WORD[kind]} {target} is not among the offers")
        else:
            waiting = waits_for(offer, versions)
            what = "another package" if waiting is Kind.UNKNOWN else f"a newer {_WORD[waiting]}"
            parts.append(
                f"{offer.name} waits for {what}, and none that may be installed is offered; the appliance says: {offer.blocked_by or 'nothing'}"
            )
    names = ", ".join(offer.name + ("" if offer.installable else " (refused)") for offer in offered) or "nothing"
    hint = "" if useful else "; none of it is both newer than what runs and within the wish"
    # Without its version nothing of a kind can be told to be newer, so what would lift the block is not taken.
    unknown = [_WORD[kind] for kind in (Kind.BASE, Kind.SITE) if installed(versions, kind) is None]
    hint += f"; the installed version of the {' and of the '.join(unknown)} is not known" if unknown else ""
    return "; ".join(parts) + f". Offered now: {names}{hint}"
