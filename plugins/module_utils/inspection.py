# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gathers what the checks judge by: the appliance, its pages, the files on the controller, the record. Judges nothing.

Every password is sent at most once, and an appliance that does not answer is asked once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import audit_file, checks, hindsight, offers, package_files, pair_record
from .acceptance import acceptance_expressions, acceptance_facts
from .backup_file import BackupStore, Identity
from .check_results import (
    AuditState,
    BackupState,
    CheckOutcome,
    Control,
    Folder,
    MemberState,
    Observed,
    Package,
    PairState,
    Phase,
    Result,
    Snapshot,
    Thresholds,
    Trouble,
)
from .columns import fitted
from .connect import Appliance
from .errors import BadInput, BomgarError
from .front_door import FrontDoor
from .lookout import shown
from .models import Activity, Kind, Look, Outcome, Versions, plain
from .observe import Observer
from .pair import Pair
from .pair_path import Kept
from .record import Record, durations
from .record_format import seconds
from .record_standing import FINAL, is_installation
from .runner import Task, by_offers
from .versions import LATEST, Wish, installed, key
from .web.recognise import examine
from .window import ends

#: A record grows to a few hundred KiB; so much free room makes sure of it (assumed).
_RECORD_ROOM = 16 * 1024 * 1024
_STEPS = {Phase.BEFORE: ("readiness", "Check readiness"), Phase.AFTER: ("validation", "Validate the site")}
#: The word for a site that passed.
_PASSED = {Phase.BEFORE: "ready to be upgraded", Phase.AFTER: "as it has to be"}
#: What a page may have gone wrong with and still leave a session that can be used.
_SESSION_LEFT = ("not_recognised", "refused")


@dataclass(frozen=True)
class Questions:
    """The options of the module, read and found usable; nothing has been sent."""

    phase: Phase
    wish: Wish
    acceptance: tuple[tuple[str, Any], ...]
    waivers: Mapping[str, str]
    window_ends: float | None
    thresholds: Thresholds

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> Questions:
        """BadInput for the first option that is not usable."""
        phase = Phase(params["phase"])
        acceptance = acceptance_expressions(params["acceptance"])
        return cls(
            phase,
            Wish.from_options(params["target"]),
            acceptance,
            # Readiness need not know the expressions that validation will ask.
            checks.waivers_from(params["waivers"], len(acceptance) if phase is Phase.AFTER else None),
            ends(params["window_ends"]),
            Thresholds(**{name: value for name, value in (params["thresholds"] or {}).items() if value is not None}),
        )


def inspect(task: Task) -> dict[str, Any]:
    """The result of the module `checks`."""
    questions = Questions.from_options(task.params)
    _accounts_are_whole(task.appliance)
    appliance, phase = task.appliance, questions.phase
    kept = task.kept_record  # as it is before this task adds to it
    step_id, title = _STEPS[phase]
    whole = phase is Phase.AFTER and task.params["peer"] and task.params["relation"] == "established"
    if whole:
        step_id, title = FINAL, "Validate the site and its failover"
    name = None if whole else appliance.name
    record = task.record if phase is Phase.BEFORE else task.join_record(finished=True)
    with record.step(title, step_id=step_id, module="checks", appliance=name) as step:
        seen = _Gathering(task, questions, kept).observed()
        results = checks.evaluate(phase, seen, questions.waivers, questions.acceptance)
        result = _result(phase, appliance.site, results, seen)
        record.add_checks(step_id, plain(results), appliance=appliance.name)
        if any(installed(seen.versions, kind) for kind in (Kind.BASE, Kind.SITE)):
            record.snapshot(phase.value, seen.versions, appliance=appliance.name)
        if phase is Phase.AFTER and seen.unreachable is None and seen.serves_site:
            record.site_up(watched=False)
        if any(item.id == "versions_reached" and item.outcome is CheckOutcome.PASS for item in results):
            hindsight.take_up(record, appliance.name, seen.versions)
        step.done(
            result["outcome"],
            detail=result["counts"] if result["passed"] else result["msg"],
            action=" ".join(item.action for item in results if item.blocks),
            requests=appliance.evidence(),
            facts={"snapshot": checks.snapshot(seen.facts, seen.activity)} if seen.unreachable is None else {},
        )
    signed = _sign_off(task, questions, results, result["passed"])
    if signed and not task.check_mode:
        pair_record.sign_off(record, appliance.name, signed)
        result["signed_off_by"] = signed
        task.say(f"{appliance.site}  {appliance.name} is signed off by {signed}, which the second window asks for")
    _say(task, result, results)
    if result["passed"] or not task.params["gate"]:
        return result
    return {**result, "failed": True}


def _result(phase: Phase, site: str, results: Sequence[Result], seen: Observed) -> dict[str, Any]:
    blocking = list(checks.blocking(results))
    bad = Outcome.REFUSED if phase is Phase.BEFORE else Outcome.FAILED
    counts = checks.counted(results)
    what = _STEPS[phase][0]
    return {
        "changed": False,
        "outcome": (bad if blocking else Outcome.UNCHANGED).value,
        "results": plain(results),
        "blocking": blocking,
        "passed": not blocking,
        "counts": counts,
        "lines": checks.lines(results),
        "facts": acceptance_facts(seen),
        "msg": checks.gate_message(phase, site, results) if blocking else f"{site}: {what} passed, {counts}",
    }


def _sign_off(task: Task, questions: Questions, results: Sequence[Result], good: bool) -> str | None:
    """Who signs an appliance of a pair off, where it is validated between the windows: a person, or the acceptance if that is said to do."""
    if not good or questions.phase is not Phase.AFTER or task.peer is None or task.params["relation"] == "established":
        return None
    by: str | None = task.params["signed_off_by"]
    if by:
        return by
    own = [item for item in results if item.id.startswith("acceptance[")]
    enough = task.params["sign_off"] == "acceptance" and own and all(item.outcome is CheckOutcome.PASS for item in own)
    return f"{len(own)} acceptance expressions" if enough else None


def _say(task: Task, result: Mapping[str, Any], results: Sequence[Result]) -> None:
    """What a person has to know of these results; what passed is only counted."""
    prefix = f"{task.appliance.site}  {task.appliance.name}"
    task.say(
        f"{prefix}  {'' if result['passed'] else 'not '}{_PASSED[Phase(task.params['phase'])]}: {result['counts']}"
    )
    quiet = (CheckOutcome.PASS, CheckOutcome.NOT_APPLICABLE)
    for line in checks.lines([item for item in results if item.outcome not in quiet]):
        told, arrow, action = task.own(line).partition(checks.ARROW)
        task.say("\n".join(fitted([f"{prefix}  {told}", *([f"  {arrow.strip()} {action}"] if arrow else [])])))


def _accounts_are_whole(appliance: Appliance) -> None:
    """BadInput where half an account is given, before anything is sent."""
    if appliance.has_api:
        _auth = appliance.auth
    if appliance.has_login:
        _login_pages = appliance.login_pages
    if appliance.has_pages:
        _pages = appliance.pages


class _Gathering:
    """One gathering: every reading is made once."""

    def __init__(self, task: Task, questions: Questions, kept: Record | None) -> None:
        self.task = task
        self.params = task.params
        self.questions = questions
        self.kept = kept
        self.appliance = task.appliance
        self.observer = Observer(task.appliance, task.clock)

    def observed(self) -> Observed:
        """Everything, as one value."""
        params, questions, appliance = self.params, self.questions, self.appliance
        facts = self.observer.facts()
        gone = self.observer.unreachable is not None
        before = questions.phase is Phase.BEFORE
        activity = {} if gone else self.observer.activity()
        schema = None if gone else plain(self.observer.schema())
        # Afterwards only the offers tell whether something newer than `latest` came to is left.
        pages_tell = before or (by_offers(params) and LATEST in (questions.wish.site, questions.wish.base))
        look, course, trouble, controls = self._pages() if pages_tell and not gone else (None, None, None, None)
        failover_controls, failover_trouble = self._failover_page() if before and not gone else ((), None)
        return Observed(
            now=self.task.clock(),
            facts={**facts, "schema": schema, "problems": plain(self.observer.problems)},
            activity=activity,
            accounts=frozenset(
                name
                for name, given in (
                    ("api", appliance.has_api),
                    ("login", appliance.has_login),
                    ("appliance", appliance.has_pages),
                )
                if given
            ),
            attended=appliance.attended or appliance.driver == "operator",
            validate_certs=bool(params["appliance"].get("validate_certs", True)),
            unreachable=self._unreachable(),
            path=params["path"],
            by_offers=by_offers(params),
            wish=questions.wish if before else self._wished(),
            packages=self._packages() if before and not by_offers(params) else (),
            look=look,
            course=course,
            pages_trouble=trouble,
            controls=controls,
            failover_controls=failover_controls,
            failover_trouble=failover_trouble,
            backup=self._backup() if before else None,
            folders=self._folders() if before else (),
            audit=self._audit() if before else None,
            window_ends=questions.window_ends,
            usual_duration=params["usual_duration"],
            learned=self._learned() if before else {},
            running=params["running"],
            sessions=params["sessions"],
            sessions_wait=params["sessions_wait"],
            before=None if before else self._snapshot(),
            done=self._done(),
            pair=self._pair(),
            reconciled=None if before or self.kept is None else pair_record.reconciled(self.kept.data),
            serves_site=params["serves_site"],
            installs=params["installs"],
            thresholds=questions.thresholds,
        )

    def _pair(self) -> PairState | None:
        """Both appliances, where there are two; the other one is asked for no more than the pair's checks need."""
        if self.task.peer is None:
            return None
        pair = Pair.of(self.task)
        members = []
        for member, seen in zip((pair.one, pair.two), pair.look(), strict=True):
            observer = self.observer if member is pair.one else Observer(member.appliance, self.task.clock)
            members.append(
                MemberState(
                    seen.name,
                    seen.role,
                    observer.versions() if observer.unreachable is None else Versions(),
                    observer.certificate(),
                    seen.sync,
                    seen.sync_time,
                    seen.sync_status,
                    seen.trouble,
                )
            )
        production, trouble = None, "no address of the site is given"
        if self.task.front is not None:
            answer = FrontDoor(
                self.task.front, {member.name: member.appliance for member in (pair.one, pair.two)}
            ).who()
            production, trouble = answer.name, answer.problem or answer.how
        kept = pair_record.kept(self.kept.data) if self.kept is not None else Kept()
        return PairState(
            (members[0], members[1]), self.params["relation"], production, trouble, kept.synced, kept.broken_at
        )

    def _unreachable(self) -> tuple[str, str] | None:
        error = self.observer.unreachable
        return None if error is None else (error.reason, f"{error.attempted}: {error.got}")

    # the pages

    def _pages(self) -> tuple[Look | None, offers.Course | None, Trouble | None, tuple[Control, ...] | None]:
        """The Updates page, what its offers mean, why it could not be read, and which controls are recognised."""
        if not self.appliance.has_pages:
            return None, None, None, None
        refused = next((item for item in self.observer.problems if item.interface == "status_page"), None)
        if refused is not None and refused.reason not in _SESSION_LEFT:
            return None, None, Trouble(refused.message, refused.remedy, refused.reason), None
        look, course, trouble = None, None, None
        try:
            look = shown(self.appliance.pages)
            if look.activity is Activity.BUSY:
                return look, None, None, None
            if by_offers(self.params):
                offered = self.appliance.pages.check_for_updates().offers or ()
                course = self._course(offered)
        except BomgarError as error:
            trouble = _trouble(error)
            if error.reason not in _SESSION_LEFT:
                return look, None, trouble, None
        try:
            return look, course, trouble, self._controls()
        except BomgarError as error:
            return look, course, trouble or _trouble(error), None

    def _failover_page(self) -> tuple[tuple[Control, ...] | None, Trouble | None]:
        """The controls of the Failover page that an upgrade of this pair needs, or why that was not looked at. No API has them."""
        box = self.appliance
        if self.task.peer is None or box.driver == "operator":
            return (), None
        refused = next((item for item in self.observer.problems if item.interface == "software_page"), None)
        if refused is not None and refused.reason not in _SESSION_LEFT:
            return None, Trouble(refused.message, refused.remedy, refused.reason)
        try:
            found = _pressed_there(box)
            if not any(item.control == "break" for item in found):
                # Apart: it is established from production, which the other one may be.
                found += [
                    replace(item, page=f"{item.page} of {self.task.peer.name}")
                    for item in _pressed_there(self.task.peer)
                ]
        except BomgarError as error:
            return None, _trouble(error)
        return tuple(found), None

    def _course(self, offered: Sequence[Any]) -> offers.Course | None:
        wish, versions = self.questions.wish, self.observer.versions()
        if wish.empty:
            return None
        return offers.course(offers.fix(wish, versions, offered), versions, offered)

    def _controls(self) -> tuple[Control, ...]:
        not_on_this_path = "manual installation" if by_offers(self.params) else "check for updates"
        return tuple(
            Control(item["page"], item["control"], item["found"], item["how"])
            for item in examine(self.appliance.pages).findings
            if item["needed"] and item["control"] != not_on_this_path
        )

    def _wished(self) -> Wish:
        """The target; on the manual path, what it leaves open is what the packages are said or named to bring."""
        wish = self.questions.wish
        if by_offers(self.params):
            return wish
        options = self.params["packages"]
        for kind in (Kind.BASE, Kind.SITE):
            if wish.of(kind) is None:
                told = [
                    package_files.brings(
                        Path(str(item["path"])).stem, item.get("provides") or {}, wish, len(options) == 1
                    )
                    for item in options
                ]
                versions = [version for brought, version in told if brought is kind and version is not None]
                if versions:
                    wish = wish.with_version(kind, max(versions, key=key))
        return wish

    # the controller

    def _packages(self) -> tuple[Package, ...]:
        options, wish = self.params["packages"], self.questions.wish
        found = []
        for option in options:
            path = str(option["path"])
            try:
                file = package_files.examine([option], wish)[0]
                kind, version = package_files.brings(
                    file.path.stem, option.get("provides") or {}, wish, len(options) == 1
                )
                found.append(Package(path, replace(file, kind=kind, version=version)))
            except BadInput as problem:
                found.append(Package(path, None, f"{path}: {problem.got}", problem.remedy))
        return tuple(found)

    def _store(self) -> BackupStore | None:
        options = self.params["backup"]
        if not options:
            return None
        return BackupStore(Path(options["directory"]), self.appliance.site, self.appliance.name)

    def _backup(self) -> BackupState | None:
        store = self._store()
        follows = self.params["backup_follows"]
        if store is None:
            return BackupState(None, "no folder of backups is given", True) if follows else None
        basics = self.observer.basics()
        identity = Identity.of(
            self.observer.health(), self.observer.api_info(), basics.base_version if basics else None
        )
        try:
            fresh = store.newest_verified(self.params["backup"]["max_age"], self.task.clock(), identity)
        except BadInput as problem:
            return BackupState(None, f"{problem.attempted}: {problem.got}", follows)
        passed_over = f" ({'; '.join(fresh.passed_over)})" if fresh.passed_over and fresh.backup is None else ""
        return BackupState(fresh.backup.path.name if fresh.backup else None, fresh.why + passed_over, follows)

    def _folders(self) -> tuple[Folder, ...]:
        found = []
        store = self._store()
        if store is not None:
            try:
                store.require_writable()
                room = store.room()
                found.append(Folder("the next backup", str(store.directory), room.free, room.needed))
            except BadInput as problem:
                found.append(
                    Folder("the next backup", str(store.directory), trouble=f"{problem.attempted}: {problem.got}")
                )
        if self.params.get("record"):
            found.append(_room(Path(self.params["record"]["directory"])))
        return tuple(found)

    def _audit(self) -> AuditState | None:
        options = self.params.get("record")
        return audit_file.state(options["directory"], self.appliance.site) if options else None

    # the record

    def _learned(self) -> dict[str, list[float]]:
        options = self.params.get("record")
        if not options:
            return {}
        kinds = (Kind.BASE.value, Kind.SITE.value)
        return {kind: durations(options["directory"], self.appliance.site, kind) for kind in kinds}

    def _done(self) -> tuple[str, ...]:
        if self.kept is None or self.kept.finished:
            return ()
        return package_files.hashes_installed(self.kept.data, self.appliance.name)

    def _snapshot(self) -> Snapshot | None:
        """From before the upgrade: what the last checks before it saw or, without these, the versions it began with."""
        if self.kept is None or self.kept.data["wish"] != ((self.params["record"] or {}).get("wish") or {}):
            return None  # no record, or that of an upgrade to something else
        found = None
        for step in self.kept.data["steps"]:
            if step.get("appliance") != self.appliance.name:
                continue
            if is_installation(step):
                break  # what was seen later is no longer from before
            if step["id"] == _STEPS[Phase.BEFORE][0] and isinstance(step["facts"].get("snapshot"), dict):
                found = Snapshot(seconds(step["started"]), step["facts"]["snapshot"])
        if found is not None:
            return found
        kept = self.kept.data["snapshots"]["before"].get(self.appliance.name)
        if not isinstance(kept, dict) or not isinstance(kept.get("values"), dict):
            return None
        return Snapshot(seconds(kept["at"]), kept["values"])


def _pressed_there(box: Appliance) -> list[Control]:
    """What an upgrade needs of this Failover page as it is now: it changes no roles."""
    return [
        Control(item["page"], item["control"], item["found"], item["how"])
        for item in examine(failover=box.failover_pages).findings
        if item["needed"] and not item["control"].startswith("become ")
    ]


def _trouble(error: BomgarError) -> Trouble:
    return Trouble(f"{error.attempted}: {error.got}", error.remedy, error.reason)


def _room(directory: Path) -> Folder:
    there = directory
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        state = os.statvfs(there)
    except OSError as problem:
        return Folder("records", str(directory), trouble=f"{directory} cannot be looked at ({problem.strerror})")
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Folder("records", str(directory), trouble=f"{directory} cannot be written to")
    return Folder("records", str(directory), state.f_bavail * state.f_frsize, _RECORD_ROOM)
