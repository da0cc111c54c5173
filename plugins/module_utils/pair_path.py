# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a failover pair stands on its path, in which window, and what comes next or is impossible. Pure.

Both paths are one order of stages: an appliance is updated first, becomes or stays production, and ends as primary. On
`in_place` that is production itself, on `role_swap` the standby (documented: seed, both alternatives). What was observed
counts; the record tells only what nobody can see: whether a sync was proven, what was validated, who signed it off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from .models import Kind, Role, Versions
from .path import UPLOAD_INSTALLS, Package, Stage
from .record_standing import FINAL
from .versions import Wish, installed

#: The paths of a site with two appliances.
PATHS = ("in_place", "role_swap")
FIRST, SECOND, ABORT = "first", "second", "abort"
#: The check that stands in for a proof of the sync that nobody kept.
UNPROVEN = "sync_proven"
_OTHER_PATH = {"in_place": "role_swap", "role_swap": "in_place"}
#: How far back sessions are looked for where nothing tells since when the pair has been apart.
UNKNOWN_DAYS = 14
_BEGIN_ANEW = "Establish it again from production (bomgar_abort: true), then begin anew"


class Relation(Enum):
    """What the roles of both come to (D-RS-CH, D-PM)."""

    ESTABLISHED = "established"
    BROKEN = "broken"
    HALF = "half-broken"
    BOTH_PRIMARY = "both primary"
    BOTH_BACKUP = "both backup"
    UNKNOWN = "unknown"


#: In these each of them goes its own way.
APART = (Relation.BROKEN, Relation.HALF)


def relation(one: Role, two: Role) -> Relation:
    """What two roles come to."""
    roles = {one, two}
    if Role.UNKNOWN in roles:
        return Relation.UNKNOWN
    if roles == {Role.PRIMARY, Role.BACKUP}:
        return Relation.ESTABLISHED
    if one is two:
        return {Role.NONE: Relation.BROKEN, Role.PRIMARY: Relation.BOTH_PRIMARY}.get(one, Relation.BOTH_BACKUP)
    return Relation.HALF


@dataclass(frozen=True)
class Side:
    """One appliance of a pair. `packages`: what is still to be installed. `running`: an update that runs or may run there.
    `trouble`: why its role is not known. `synced_at`: when it says that it was last synced (Unix seconds, its clock).
    """

    name: str
    role: Role
    versions: Versions
    packages: tuple[Package, ...] = ()
    running: str | None = None
    trouble: str | None = None
    has_api: bool = True
    synced_at: float | None = None

    @property
    def updated(self) -> bool:
        """Whether nothing is left to be installed."""
        return not self.packages and self.running is None


@dataclass(frozen=True)
class Kept:
    """What the record of this upgrade tells (see `pair_record`); `known` is false where there is none.

    Times are Unix seconds. `production`: who it was when the upgrade began. `synced`: the sync before the break was proven.
    `moved_to`: where the name was last moved to, `been`: all that it was moved to since the break.
    `validated`: the appliances found good since their last installation. `signed_off`: by whom, since then, by appliance.
    `establishing`: it was begun since the break, and has come to no good end. `reconciled`: the relationship was
    established, synced, and no session was missing.
    """

    known: bool = False
    production: str | None = None
    synced: bool = False
    broken_at: float | None = None
    moved_to: str | None = None
    been: frozenset[str] = frozenset()
    validated: frozenset[str] = frozenset()
    signed_off: Mapping[str, str] = field(default_factory=dict)
    establishing: bool = False
    reconciled: bool = False
    final: bool = False


@dataclass(frozen=True)
class Position:
    """What is known when a plan is made. `production`: who answers at the site's name, None if that is not told.

    `exports`: sessions must be saved before the pair is established (API below 1.5.0). `waived`: ids of waived checks.
    `other_path`: the path of the unfinished record that is there, where it is not this one. `apart_since`: since when there
    is no failover (Unix seconds), None if nothing tells it. `signed_off_by`: given for this run. `by_offers`: the user
    insists on what the appliances offer, no files are given.
    """

    site: str
    path: str
    wish: Wish
    sides: Mapping[str, Side]
    production: str | None
    kept: Kept = field(default_factory=Kept)
    before: Mapping[str, Versions] = field(default_factory=dict)
    window: str | None = None
    abort: bool = False
    exports: bool = False
    files: Sequence[str] = ()
    waived: frozenset[str] = frozenset()
    signed_off_by: str | None = None
    other_path: str | None = None
    apart_since: float | None = None
    by_offers: bool = False
    caution: str | None = None
    stuck: str | None = None

    @property
    def relation(self) -> Relation:
        """What the roles of both come to. A pair that this upgrade broke stays broken while one of them is down for its update."""
        one, two = (side.role for side in self.sides.values())
        found = relation(one, two)
        if found is Relation.UNKNOWN and self.kept.broken_at is not None and {one, two} <= {Role.UNKNOWN, Role.NONE}:
            down = all(side.running is not None for side in self.sides.values() if side.role is Role.UNKNOWN)
            return Relation.BROKEN if down else found
        return found

    @property
    def primary(self) -> str | None:
        """The name of the one that says it is primary."""
        return next((side.name for side in self.sides.values() if side.role is Role.PRIMARY), None)

    @property
    def answering(self) -> str | None:
        """Who is production, as far as it can be seen: the one that answers, else the primary of an established pair."""
        return self.production or (self.primary if self.relation is Relation.ESTABLISHED else None)

    def other(self, name: str) -> str:
        """The name of the other one."""
        return next(each for each in self.sides if each != name)


@dataclass(frozen=True)
class PairPlan:
    """`first`, `last`: the names of those that are updated first and last; None where nothing can be said.

    `due`: the window (or `abort`) of the next stage of all, None when nothing is left. `stuck`: why this run cannot go on,
    with the way on. `cannot_undo`: what giving up cannot undo.
    """

    stages: tuple[Stage, ...]
    fingerprint: str
    relation: Relation
    first: str | None = None
    last: str | None = None
    due: str | None = None
    window: str | None = None
    stuck: str | None = None
    cautions: tuple[str, ...] = ()
    cannot_undo: tuple[str, ...] = ()

    @property
    def next(self) -> Stage | None:
        """The stage that comes next in this run."""
        return None if self.stuck else next((stage for stage in self.stages if stage.state == "next"), None)

    @property
    def done(self) -> bool:
        """Whether this run has nothing to do."""
        return self.stuck is None and self.next is None

    @property
    def finished(self) -> bool:
        """Whether the whole upgrade has nothing left."""
        return self.stuck is None and self.due is None


def make(position: Position) -> PairPlan:
    """The plan for a pair."""
    first, wrong = _first(position)
    if first is None:
        return PairPlan((), fingerprint(position), position.relation, stuck=wrong, window=position.window)
    last = position.other(first)
    wrong = None if position.abort else position.stuck or wrong
    undone: tuple[str, ...] = ()
    if position.abort:
        stages, undone = _giving_up(position, first, last)
    else:
        stages = [*_first_window(position, first, last), *_second_window(position, first, last)]
    window = ABORT if position.abort else position.window
    due = next((stage.window for stage, done in stages if not done), None)
    if wrong is None and window == SECOND and due == FIRST:
        wrong = _first_window_left(position, next(stage for stage, done in stages if not done), first)
    if wrong is None and window in (None, FIRST) and due == FIRST:
        wrong = _unproven(position, stages, first, last)
    if wrong is None and window == SECOND and due == SECOND:
        wrong = _unsigned(stages)
    return PairPlan(
        tuple(_shown(stages, None if wrong else window)),
        fingerprint(position),
        position.relation,
        first,
        last,
        due,
        window,
        wrong,
        tuple(_cautions(position, first)),
        undone,
    )


def _first(position: Position) -> tuple[str | None, str | None]:
    """Who is updated first, and why the path cannot be gone; one rule a paragraph. Without a name nothing can be said."""
    relation, kept, sides = position.relation, position.kept, position.sides
    strange = sorted({name for name in (kept.production, kept.moved_to) if name is not None and name not in sides})
    if strange:
        return None, (
            f"the record of this upgrade speaks of {' and '.join(strange)}, and the appliances are named {' and '.join(sides)} now. "
            "Name them as before (bomgar_appliances), or move the record away"
        )
    if relation is Relation.UNKNOWN:
        told = "; ".join(
            f"{side.name}: {side.trouble or 'its role is not told'}"
            for side in sides.values()
            if side.role is Role.UNKNOWN
        )
        return (
            None,
            f"the state of the pair is not known ({told}). See that both answer and tell their role, then run this again",
        )
    if relation is Relation.BOTH_PRIMARY:
        return None, (
            "both appliances say that they are primary, so two may be serving the site. Look at Management > Failover of both, let "
            "only one of them answer at the site's name, and make the other one backup there; then run this again"
        )
    if relation is Relation.BOTH_BACKUP:
        return None, (
            "both appliances say that they are backup, as for a moment while roles change. Run this again in a minute; if it "
            "stays so, make production primary (bomgar.appliance.failover_role)"
        )
    if relation is Relation.ESTABLISHED and position.production not in (None, position.primary):
        return None, (
            f"the site's name leads to {position.production}, which is backup: the roles changed, or the name did. Let the name lead to "
            f"{position.primary}, or make {position.production} primary (bomgar.appliance.failover_role), then run this again"
        )
    new = [side.name for side in sides.values() if side.updated]
    # Where the name leads by the record: after a swap of which it knows nothing that may be either. An established pair has synced since.
    unsure = len(new) == 2 and position.path == "role_swap"
    known = None if relation is Relation.ESTABLISHED else kept.moved_to or (None if unsure else kept.production)
    production = position.answering or known
    if production is None and len(new) == 1 and position.path == "role_swap":
        # The name leads nowhere, as in the middle of a cutover: the standby is the one that was updated.
        production = position.other(new[0])
    if production is None:
        return None, _nobody_answers(position)
    if len(new) == 2:
        # Nothing is left that depends on the order: who answers is to be primary.
        return production, _name_moved(position, known)
    if len(new) == 1:
        # On role_swap the name is to move to the one that is updated.
        moved = _name_moved(position, known) if position.path == "in_place" else None
        return new[0], moved or _other_path_began(position, new[0], production)
    # The order is that in which it began.
    production = known or production
    return production if position.path == "in_place" else position.other(production), _name_moved(position, known)


def _other_path_began(position: Position, new: str, production: str) -> str | None:
    """Why this path cannot go on from the only one that is updated; None if it can."""
    if position.other_path is not None:
        return f"{new} was updated by {position.other_path}, as the record shows, and not by {position.path}. {_go_on_with(position.other_path)}"
    # By a record without a cutover it was production from the beginning, so no role is left to be swapped.
    always = position.kept.production == new and position.kept.moved_to is None
    if production == new if position.path == "in_place" else not (production == new and always):
        return None
    old = position.other(new)
    return f"{new} runs the target already and {old} does not, but {position.path} updates {old} first. {_go_on_with(_OTHER_PATH[position.path])}"


def _go_on_with(path: str) -> str:
    return f"Go on with the other path: bomgar_path: {path}"


def _name_moved(position: Position, known: str | None) -> str | None:
    """Why the pair cannot go on where the site's name does not lead to where the record says; None if it does, or that is not known."""
    now = position.production
    if now is None or known in (None, now):
        return None
    or_else = (
        f"; or establish failover from {now} as it is (bomgar_abort: true)" if _equal(*position.sides.values()) else ""
    )
    return (
        f"the site's name leads to {now}, and by the record to {known}: somebody moved it, and what {known} got since the last sync is not "
        f"on {now}. Let it lead to {known} again{or_else}"
    )


def _moved_back(position: Position, first: str) -> bool:
    """Whether the name was moved to the one that is updated first, and does not lead there any more."""
    return (
        position.path == "role_swap"
        and first in (position.kept.moved_to, *position.kept.been)
        and position.production == position.other(first)
    )


def _first_window_left(position: Position, following: Stage, first: str) -> str:
    """Why the second window may not begin: something of the first one is left."""
    found = "the first window is not done"
    if not position.kept.known and position.relation is not Relation.ESTABLISHED:
        found = "no record of this upgrade shows that the first window is done"
    elif position.path == "role_swap" and position.kept.moved_to == first and position.answering is None:
        return _nobody_answers(position)
    elif _moved_back(position, first):
        found = f"the site's name was moved to {first}, and then back to {position.other(first)}"
    return f"{found}, next in it is: {following.title}. Run this with bomgar_window: first"


def _nobody_answers(position: Position) -> str:
    return (
        f"who answers at {position.site} is not known, so production cannot be told from the standby. "
        "Make the site's name answer (bomgar_url), or give the accounts that tell (an API account, or the same account of /appliance on both)"
    )


def _first_window(position: Position, first: str, last: str) -> Iterator[tuple[Stage, bool]]:
    """The stages of the first window with whether each is done."""
    relation, kept = position.relation, position.kept
    side = position.sides[first]
    apart = relation is Relation.BROKEN
    # Where both run the target, there is no way back to before the first installation.
    past = position.sides[last].updated and side.updated
    production = first if position.path == "in_place" else last
    if relation is Relation.ESTABLISHED and not past:
        production = position.answering or production
    standby = position.other(production)
    yield from _join(side, FIRST)
    # Who served since the name was moved back is not what was checked and backed up before.
    begun = past or (side.updated and apart and not _moved_back(position, first))
    yield Stage("readiness", f"Check readiness of {first} and of the pair", "", "", FIRST, first), begun
    yield Stage("backup", f"Take a verified backup of {production}", "", "", FIRST, production), begun
    yield (
        Stage("sync", f"Sync {standby} from {production}, and prove it", "", "", FIRST, standby),
        past or relation is not Relation.ESTABLISHED,
    )
    yield (
        Stage("break", "Break the failover relationship", "", "no failover from here on", FIRST, production),
        past or apart,
    )
    yield from _installations(side, FIRST)
    moves = position.path == "role_swap" and not (side.updated and position.answering == first)
    yield (
        Stage("validation", f"Validate {first}", "", "", FIRST, first),
        (past and not moves) or (side.updated and first in kept.validated),
    )
    if position.path == "role_swap":
        yield Stage("cutover", f"Let {position.site} lead to {first}", "", "", FIRST, first), not moves


def _second_window(position: Position, first: str, last: str) -> Iterator[tuple[Stage, bool]]:
    """The stages of the second window with whether each is done."""
    relation, kept = position.relation, position.kept
    side = position.sides[last]
    together = relation is Relation.ESTABLISHED and side.updated and position.sides[first].updated
    signed = kept.signed_off.get(first) or position.signed_off_by
    begun = side.updated or side.running is not None
    yield (
        Stage("sign_off", f"Sign-off of {first} by a person", "", f"by {signed}" if signed else "", SECOND, first),
        bool(signed) or begun,
    )
    yield from _join(side, SECOND)
    yield Stage("readiness", f"Check readiness of {last} and of the pair", "", "", SECOND, last), side.updated
    yield Stage("backup", f"Take a verified backup of {first}", "", "", SECOND, first), side.updated
    yield from _installations(side, SECOND)
    yield from _establishing(position, first, last, SECOND, together and (kept.reconciled or not kept.known))
    yield (
        Stage(FINAL, "Validate the site and its failover", "", "", SECOND, None),
        together and (kept.final or not kept.known),
    )


def _giving_up(position: Position, first: str, last: str) -> tuple[list[tuple[Stage, bool]], tuple[str, ...]]:
    """The way to the nearest safe state, and what it cannot undo. While an update runs it only waits: the rest depends on its end."""
    relation, sides, kept = position.relation, position.sides, position.kept
    new, old = sides[first], sides[last]
    stages: list[tuple[Stage, bool]] = [*_join(new, ABORT), *_join(old, ABORT)]
    if stages:
        return stages, ()
    final = Stage(FINAL, "Validate the site and its failover", "", "", ABORT, None)
    if relation is Relation.ESTABLISHED:
        if not _equal(new, old):
            return [], (
                "they run different versions in a relationship, which needs equal builds: go on with the upgrade",
            )
        if kept.establishing or kept.reconciled:
            # Established anew by this upgrade: what was stopped on the way is brought to its end.
            primary = str(position.primary)
            stages += _establishing(position, primary, position.other(primary), ABORT, not kept.establishing)
            stages.append((final, kept.final))
        return stages, ()
    if _equal(new, old):
        # Either nothing was updated yet, or everything. Who says primary where nobody tells who answers, may have served since.
        taken_from = first if position.path == "in_place" or new.updated else last
        production = position.production or position.primary or taken_from
        if relation is Relation.HALF:
            title = "Break the failover relationship on the other one, too"
            stages.append((Stage("break", title, "", "", ABORT, production), False))
        stages += _establishing(position, production, position.other(production), ABORT, False)
        stages.append((final, False))
        return stages, ("both run the new version, and no documented way leads back",) if new.updated else ()
    both = f"{first} runs {_words(new.versions)} and {last} {_words(old.versions)}"
    undone = [f"{both}: no documented way leads back, and there is no failover until both run the same"]
    untouched = _words(position.before.get(last, old.versions)) == _words(old.versions)
    if position.path == "role_swap" and (position.production or kept.moved_to) == first and untouched:
        # The export comes last: then it has what came until the name moved, and nothing keeps the name from moving.
        stages = [(Stage("cutover", f"Let {position.site} lead to {last} again", "", "", ABORT, last), False)]
        stays = f"what was done on {first} while it was production stays there"
        if new.has_api:
            stages.append((Stage("export", f"Export the sessions of {first}", "", "", ABORT, first), False))
            undone.append(f"{stays}; its sessions are exported, but for those that were still running")
        else:
            undone.append(f"{stays}, and so do its sessions: they cannot be exported without an API account")
    return stages, tuple(undone)


def _equal(one: Side, two: Side) -> bool:
    """Whether both run the same, as a relationship needs it (D-RS-FOG), as far as it is told."""
    builds = {one.versions.build, two.versions.build} - {None}
    return one.updated == two.updated and _words(one.versions) == _words(two.versions) and len(builds) < 2


def _join(side: Side, window: str) -> Iterator[tuple[Stage, bool]]:
    if side.running is not None:
        yield (
            Stage("join", f"Wait for the update that is running on {side.name}", "", side.running, window, side.name),
            False,
        )


def _installations(side: Side, window: str) -> Iterator[tuple[Stage, bool]]:
    for package in side.packages:
        yield (
            Stage(
                f"install:{package.name}",
                f"Install {package.name} on {side.name}",
                "",
                package.because,
                window,
                side.name,
            ),
            False,
        )


def _establishing(
    position: Position, primary: str, backup: str, window: str, done: bool
) -> Iterator[tuple[Stage, bool]]:
    together = position.relation is Relation.ESTABLISHED
    if position.exports:
        why = "below API 1.5.0 they are lost when the pair is established"
        yield (
            # In every run, for the sessions that were added; what is whole is not asked for again.
            Stage("export", f"Export the sessions of {backup}", "", why, window, backup),
            together,
        )
    yield (
        Stage(
            "establish", f"Establish failover with {primary} as primary, sync, and prove it", "", "", window, primary
        ),
        done,
    )


def _unsigned(stages: Sequence[tuple[Stage, bool]]) -> str | None:
    """Why the second window may not begin."""
    if all(done for stage, done in stages if stage.id == "sign_off"):
        return None
    return (
        "nobody has signed the first window off. Say who validated it (bomgar_signed_off_by), here or with the playbook "
        "bomgar.appliance.validate"
    )


def _cautions(position: Position, first: str) -> Iterator[str]:
    """What a person should know before."""
    if position.by_offers:
        yield "automatic updates do not apply to failover pairs (documented, D-PRA-UPGM); they are insisted on (bomgar_pair_automatic)"
    if position.caution:
        yield position.caution
    if position.abort:
        return
    kept, relation = position.kept, position.relation
    updated = [side.name for side in position.sides.values() if side.updated]
    if relation is Relation.ESTABLISHED and len(updated) == 1:
        yield f"{updated[0]} runs the target already, but a relationship needs equal builds: the sync may be refused"
    if relation in APART and position.apart_since is None:
        yield (
            f"since when there is no failover is not known: sessions of the last {UNKNOWN_DAYS} days are looked for before it is established. "
            "If it is longer, say since when (pair_upgrade_apart_since)"
        )
    if relation in APART and not kept.known:
        yield "the pair is broken and no record of this upgrade is there: what was done before is told by what is seen now"
    if relation is Relation.BROKEN and _moved_back(position, first):
        old = position.other(first)
        yield f"what was changed on {old} since the name was moved back there is overwritten when failover is established, but for its sessions"
    if position.production is None:
        yield f"who answers at {position.site} could not be seen; it is taken from the roles or the record"


def _unproven(position: Position, stages: Sequence[tuple[Stage, bool]], first: str, last: str) -> str | None:
    """Why the standby may lack data that production has, where production is to move to it; None if nothing speaks for that."""
    swaps = any(stage.id == "cutover" and not done for stage, done in stages)
    apart = position.relation in APART
    if not (swaps and apart) or position.kept.synced or UNPROVEN in position.waived:
        return None
    one, two = position.sides.values()
    again = f"{_BEGIN_ANEW}, or" if _equal(one, two) else f"Compare the two, and if {first} has what counts"
    return (
        f"the pair is broken, and no record shows a proven sync before that: {first} may lack what {last} has. "
        f"{again} waive the check {UNPROVEN} (bomgar_waivers)"
    )


def _shown(stages: Sequence[tuple[Stage, bool]], window: str | None) -> Iterator[Stage]:
    """Each stage with its state: `next` is the first of this run's window that is not done, when all before it are."""
    open_before = False
    for stage, done in stages:
        if done:
            state = "done"
        elif not open_before and window in (None, stage.window):
            state = "next"
        else:
            state = "later"
        open_before = open_before or not done
        yield replace(stage, state=state)


def _words(versions: Versions) -> str:
    return ", ".join(f"{kind.value} {installed(versions, kind) or 'unknown'}" for kind in (Kind.BASE, Kind.SITE))


def fingerprint(position: Position) -> str:
    """SHA-256 over what a plan promises: site, path, wish, where both began, and the package files by their hashes."""
    content = {
        "site": position.site,
        "path": position.path,
        "wish": position.wish.plain(),
        "before": {
            name: {kind.value: installed(versions, kind) for kind in (Kind.BASE, Kind.SITE)}
            for name, versions in sorted(position.before.items())
        },
        "files": list(position.files),
        "by_offers": position.by_offers,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def lines(plan: PairPlan, position: Position, more: Sequence[str] = ()) -> list[str]:
    """The plan for a person: what it is about with `more` of it, one line a stage under its window, and what is not certain."""
    wish = (
        ", ".join(f"{kind} {version}" for kind, version in position.wish.plain().items()) or "what the packages bring"
    )
    found = [
        f"{position.site}: {position.path} to {wish}; the pair is {plan.relation.value}, production is {position.production or 'not known'}"
    ]
    found += [
        f"  {side.name} is {side.role.value} and runs {_words(side.versions)}" for side in position.sides.values()
    ]
    found += [f"  {line}" for line in more]
    marks = {"done": "x", "next": ">", "later": " "}
    titles = {FIRST: "first window", SECOND: "second window", ABORT: "giving up"}
    heading = ""
    for stage in plan.stages:
        if stage.window is not None and stage.window != heading:
            heading = stage.window
            found.append(f"  {titles[heading]}{' (this run)' if heading == plan.window else ''}")
        found.append(f"    [{marks[stage.state]}] {stage.title}" + (f"   ({stage.why})" if stage.why else ""))
    if plan.stuck:
        found.append(f"  cannot go on: {plan.stuck}")
    found += [f"  not certain: {text}" for text in plan.cautions]
    found += [f"  cannot be undone: {text}" for text in plan.cannot_undo]
    if not position.by_offers and any(
        stage.id.startswith("install:") and stage.state != "done" for stage in plan.stages
    ):
        found.append(f"  to be known: {UPLOAD_INSTALLS}")
    if plan.stuck is None:
        if plan.finished:
            found.append("  nothing to do")
        elif plan.done:
            found.append(
                f"  nothing to do in the {titles.get(plan.window or '', 'run')}; the {titles[plan.due or FIRST]} is due"
            )
    return found
