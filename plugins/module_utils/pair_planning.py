# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers what the plan of a pair is made from: both appliances, who answers at the site's name, package files, the record. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import offers, package_files, pair_path, pair_record
from .columns import LISTED, fitted
from .connect import Appliance
from .errors import BadInput, Unreachable
from .front_door import FrontDoor
from .hindsight import unended
from .lookout import shown
from .models import Activity, Outcome, Versions, plain
from .observe import Observer
from .pair import Member, Pair, Seen, primary
from .pair import shown as seen_plain
from .path import Package, packages_of
from .record import Record
from .record_standing import GOOD
from .runner import Task, by_offers
from .session_export import moment
from .versions import LATEST, Wish, beyond, installed, merges_sessions, missing

_NOTHING_NOW = "nothing was done now; seen: "
#: Seconds after which a break that was asked for shows, or never comes about.
_BREAK_SHOWS = 600.0
#: Stages whose steps have ids of their own in a record.
_OWN_STEPS = ("join", "export")


class Gathering:
    """One look at a pair for a plan; every reading is made once."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.params = task.params
        self.pair = Pair.of(task)
        self.wish = Wish.from_options(self.params["target"])
        self.record, self.other_path = self._unfinished()
        if LATEST in (self.wish.site, self.wish.base):
            raise BadInput(
                "plan the upgrade of a pair",
                "the target is latest",
                "Both appliances of a pair need the same: name the versions (bomgar_target).",
            )
        self.by_offers = by_offers(self.params)
        if self.by_offers and self.wish.empty:
            raise BadInput(
                "plan the upgrade of a pair",
                "no target is given",
                "Both appliances of a pair need the same: name the versions (bomgar_target).",
            )
        if self.by_offers is bool(self.params["packages"]):
            raise BadInput(
                "plan the upgrade of a pair",
                "package files are given, and automatic updates insisted on"
                if self.by_offers
                else "no package file is given",
                "Automatic updates do not apply to failover pairs (documented, D-PRA-UPGM): ask the vendor's support for the package files and "
                "name them (bomgar_packages); or insist on what the appliances offer (bomgar_pair_automatic). One of the two.",
            )
        self.files = package_files.examine(self.params["packages"], self.wish)

    def position(self) -> pair_path.Position:
        """Where the pair stands."""
        kept = pair_record.kept(self.record.data) if self.record is not None else pair_path.Kept()
        latest = self.task.kept_record
        if latest is not None and latest is not self.record:
            kept = pair_record.with_former(kept, pair_record.kept(latest.data))
        seen = {each.name: each for each in self.pair.look()}
        sides: dict[str, pair_path.Side] = {}
        stuck = None
        self.cautions: list[str] = []
        before: dict[str, Versions] = {}
        for member in (self.pair.one, self.pair.two):
            side, wrong = self._side(member, seen[member.name])
            sides[member.name] = side
            stuck = stuck or wrong
            before[member.name] = _before(self.record, member.name) or side.versions
        every = (*before.values(), *(side.versions for side in sides.values()))
        merging = [merges for versions in every if (merges := merges_sessions(versions)) is not None]
        return pair_path.Position(
            site=self.task.appliance.site,
            path=self.params["path"],
            wish=self.wish,
            sides=sides,
            production=self._production(),
            kept=kept,
            before=before,
            window=self.params["window"],
            abort=self.params["abort"],
            exports=not merging or not all(merging),
            files=[file.sha256 for file in self.files],
            waived=frozenset(self.params["waivers"] or {}),
            signed_off_by=self.params["signed_off_by"],
            other_path=self.other_path,
            apart_since=self._apart_since(sides),
            by_offers=self.by_offers,
            caution="; ".join(self.cautions) or None,
            stuck=stuck,
        )

    def _apart_since(self, sides: Mapping[str, pair_path.Side]) -> float | None:
        """Since when there is no failover: as it is said; by the site's last record, whatever upgrade that is of; by the oldest sync shown."""
        if self.params["apart_since"]:
            return moment("apart_since", self.params["apart_since"], "pair_upgrade_apart_since")
        record = self.task.kept_record
        found = pair_record.exposure(record.data) if record is not None else None
        if found is not None and found.until is None:
            return found.since
        apart = pair_path.relation(*(side.role for side in sides.values())) in pair_path.APART
        return min((side.synced_at for side in sides.values() if apart and side.synced_at is not None), default=None)

    def _production(self) -> str | None:
        if self.task.front is None:
            return None
        boxes = {member.name: member.appliance for member in (self.pair.one, self.pair.two)}
        return FrontDoor(self.task.front, boxes).who().name

    def _side(self, member: Member, seen: Seen) -> tuple[pair_path.Side, str | None]:
        """One appliance, and why the target cannot be reached on it."""
        box, name = member.appliance, member.name
        running = self._running(box)
        if running is not None:
            known = _before(self.record, name) or Versions()
            left = self._left(known, name)
            return pair_path.Side(
                name, seen.role, known, left, running, seen.trouble, box.has_api, seen.sync_time
            ), None
        observer = Observer(box, self.task.clock)
        versions = observer.versions()
        observer.stop()
        too_new = beyond(self.wish, versions)
        wrong = None
        if too_new:
            wrong = (
                f"the {too_new[0].value} software of {name} is {installed(versions, too_new[0])} already, newer than {self.wish.of(too_new[0])}, "
                "and no documented way leads back. Wish for that version on both (bomgar_target), with the packages for it (bomgar_packages)"
            )
        packages: tuple[Package, ...] = ()
        if not too_new:
            packages, wrong = self._offered(box, versions) if self.by_offers else (self._left(versions, name), None)
        side = pair_path.Side(name, seen.role, versions, packages, None, seen.trouble, box.has_api, seen.sync_time)
        return side, wrong

    def _offered(self, box: Appliance, versions: Versions) -> tuple[tuple[Package, ...], str | None]:
        """What an appliance offers on the way to the target, and why that does not lead there."""
        if not missing(self.wish, versions):
            return (), None
        course = offers.course(self.wish, versions, box.pages.check_for_updates().offers or ())
        if course.caution:
            self.cautions.append(f"{box.name}: {course.caution}")
        if course.stuck is None:
            return packages_of(course), None
        return self._expected(versions, "not offered"), (
            f"{box.name} offers no way to the target: {course.stuck}. Ask the vendor's support for the package files and name them "
            "(bomgar_packages, without bomgar_pair_automatic)"
        )

    def _expected(self, versions: Versions, because: str) -> tuple[Package, ...]:
        """What is missing of the target, where its packages are not known."""
        return tuple(
            Package(f"{kind.value} {self.wish.of(kind)}", kind, self.wish.of(kind), because, certain=False)
            for kind in missing(self.wish, versions)
        )

    def _left(self, versions: Versions, name: str) -> tuple[Package, ...]:
        if self.by_offers:
            return self._expected(versions, "asked for when the update that is running has ended")
        done = package_files.hashes_installed(self.record.data, name) if self.record is not None else ()
        return tuple(
            Package(file.name, file.kind, file.version, "a package file that is not installed yet")
            for file in package_files.left(self.files, self.wish, versions, done)
        )

    def _running(self, box: Appliance) -> str | None:
        """What runs there now, or may: an appliance that an interrupted run left without an answer."""
        interrupted = self.record is not None and unended(self.record.data, box.name) is not None
        try:
            look = shown(box.pages)
        except Unreachable:
            if not interrupted:
                raise
            return "an earlier run began it, and the appliance does not answer now"
        return (look.message or "the Updates page shows it") if look.activity is Activity.BUSY else None

    def _unfinished(self) -> tuple[Record | None, str | None]:
        """The record of this upgrade; else the path of one that differs in that alone."""
        options = self.params.get("record")
        record = self.task.kept_record
        if options is None or record is None or record.finished:
            return None, None
        if record.is_for(options["wish"], options["path"]):
            return record, None
        path = record.data["path"]
        return None, path if path in pair_path.PATHS and record.is_for(options["wish"], path) else None


def standing(task: Task) -> dict[str, Any]:
    """How the two appliances of a pair stand, as plain values, for the module `info`."""
    pair = Pair.of(task)
    seen = pair.look()
    answer = None
    if task.front is not None:
        answer = FrontDoor(task.front, {member.name: member.appliance for member in (pair.one, pair.two)}).who()
    leading = primary(seen)
    return {
        "relation": pair_path.relation(seen[0].role, seen[1].role).value,
        "roles": seen_plain(seen),
        "production": None if answer is None else answer.name,
        "told_by": None if answer is None else answer.how,
        "primary": None if leading is None else leading.name,
    }


def begin(task: Task, plan: pair_path.PairPlan, position: pair_path.Position) -> None:
    """Keep the plan in the record, and close there what an interrupted run left open although it is seen to be done."""
    record = task.record
    record.claim()
    production = plan.first if position.path == "in_place" else plan.last
    began = (record.data.get("plan") or {}).get("pair")
    record.set_plan(
        {
            "fingerprint": plan.fingerprint,
            "pair": {
                **(began if position.abort and began else {"production": production}),
                **pair_record.carried(position.kept),
            },
            "given_up": position.abort,
            "steps": _recorded(record, plan),
        }
    )
    if position.signed_off_by and position.window == pair_path.SECOND and plan.first not in position.kept.signed_off:
        pair_record.sign_off(record, str(plan.first), position.signed_off_by)
    for side in position.sides.values():
        record.snapshot("before", side.versions, appliance=side.name)
    roles = ", ".join(f"{side.name} {side.role}" for side in position.sides.values())
    if position.relation is pair_path.Relation.BROKEN:
        _close(record, pair_record.BREAK, Outcome.CHANGED, roles)
    elif position.relation is pair_path.Relation.ESTABLISHED and _long_ago(task, position.kept.broken_at):
        _close(record, pair_record.BREAK, Outcome.FAILED, roles)
    if position.production is not None:
        words = f"the site's name leads to {position.production}"
        _close(record, pair_record.CUTOVER, Outcome.CHANGED, words, position.production)


def _long_ago(task: Task, broken_at: float | None) -> bool:
    """Whether a break that was asked for then would show by now. What was synced before proves nothing for one that comes later."""
    return broken_at is not None and task.clock() - broken_at > _BREAK_SHOWS


def _close(record: Record, step_id: str, outcome: Outcome, words: str, appliance: str | None = None) -> None:
    """Give a step (one on this appliance) of which no attempt came to a good end another one, with what is seen now."""
    last = next((step for step in reversed(record.data["steps"]) if step["id"] == step_id), None)
    if last is None or last["outcome"] in (*GOOD, outcome) or appliance not in (None, last["appliance"]):
        return
    with record.step(
        last["title"], step_id=step_id, module=pair_record.AFTERWARDS, appliance=last["appliance"]
    ) as step:
        step.done(outcome, detail=f"{_NOTHING_NOW}{words}")


def _recorded(record: Record, plan: pair_path.PairPlan) -> list[dict[str, Any]]:
    """The stages for the record: those of earlier runs stay in it, in the order of the plan. Giving up has only its own.

    What was seen to be done before this record began is no part of it.
    """
    attempted = {(step["id"], step.get("appliance")) for step in record.data["steps"]}
    known = [
        dict(stage)
        for stage in (record.data.get("plan") or {}).get("steps", ())
        if (stage.get("window") == pair_path.ABORT) == (plan.window == pair_path.ABORT)
    ]
    ids = {(stage["id"], stage.get("appliance")) for stage in known}
    new = [
        {"id": stage.id, "title": stage.title, "appliance": stage.appliance, "window": stage.window}
        for stage in plan.stages
        if (stage.id, stage.appliance) not in ids
        and stage.id not in _OWN_STEPS
        and (stage.state != "done" or (stage.id, stage.appliance) in attempted)
    ]
    order = {pair_path.FIRST: 0, pair_path.SECOND: 1}
    return sorted(known + new, key=lambda stage: (order.get(stage.get("window") or "", 0), stage["id"] == "final"))


def result(plan: pair_path.PairPlan, position: pair_path.Position, more: Sequence[str] = ()) -> dict[str, Any]:
    """The result of the module `plan` for a pair; `more` goes into its lines."""
    lines = pair_path.lines(plan, position, more)
    following = plan.next
    return {
        "site": position.site,
        "path": position.path,
        "packages": [
            {"appliance": side.name, **plain(package)} for side in position.sides.values() for package in side.packages
        ],
        "fingerprint": plan.fingerprint,
        "done": plan.done,
        "finished": plan.finished,
        "next": None if following is None else plain(following),
        "todo": [_key(stage) for stage in plan.stages if stage.state != "done" and stage.window == plan.window],
        "due": plan.due,
        "first": plan.first,
        "last": plan.last,
        "production": position.production,
        "relation": plan.relation.value,
        "roles": {side.name: side.role.value for side in position.sides.values()},
        "target": position.wish.plain(),
        "versions": {side.name: plain(side.versions) for side in position.sides.values()},
        "update_running": any(side.running is not None for side in position.sides.values()),
        "apart_since": position.apart_since,
        "exports": position.exports,
        "stuck": plan.stuck,
        "caution": "; ".join(plan.cautions) or None,
        "cannot_undo": list(plan.cannot_undo),
        "lines": fitted(lines, LISTED),
        "msg": lines[0],
    }


def _key(stage: Any) -> str:
    """How a role names a stage: `sync`, and one that several appliances have by its appliance, `install:b`."""
    return f"install:{stage.appliance}" if stage.id.startswith("install:") else str(stage.id)


def _before(record: Record | None, name: str) -> Versions | None:
    values = (
        ((record.data["snapshots"].get("before") or {}).get(name) or {}).get("values") or {}
        if record is not None
        else {}
    )
    if not any(values.get(each) for each in ("site", "base")):
        return None
    return Versions(**{each: values.get(each) for each in ("site", "base", "build", "api")})
