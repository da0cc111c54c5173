# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks and establishes the failover relationship of a pair, each proven by what both appliances say afterwards.

Broken only after a sync that was proven; established only from the appliance that is to be primary, with equal builds on
both, and with no session lost (documented: seed, D-RS-FOG, D-VIDEO).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import pair_record
from .errors import RunFailed
from .front_door import FrontDoor
from .models import Outcome, Role, SyncState, Versions
from .observe import Observer
from .operate import Pace, Voice, wait
from .pair import Member, Pair, Seen, primary, roles, shown
from .pair_record import BREAK, ESTABLISH
from .record import Step
from .record_files import write_file
from .record_standing import GOOD, last_attempts
from .runner import Task
from .session_files import ExportStore
from .synchronisation import Synchronisation
from .versions import merges_sessions

_LOOK = "Look at Management > Failover of both"
#: So many looks in a row must show one side changed and the other not, before it is asked as well.
_SETTLED_LOOKS = 5
#: So many looks without a trace of a relationship, and what the page said to the press is why.
_NOTHING_LOOKS = 12
#: Both may say backup, or both primary, for a moment while roles change (D-PM); for so many looks it is a moment.
_MOMENT_LOOKS = 3
#: Sessions of which the reports of the new primary may come late are looked for in so many looks (C-HORNBILL: reports lag).
_SESSION_LOOKS = 12
_NAMED = 20
#: Seconds that sessions are looked for, where it is not said since when the pair has been apart.
_SINCE = 604_800.0
#: Seconds ago that an export may have ended: the site's name does not lead there, so hardly a session comes after it.
_EXPORT_AGE = 86_400.0
#: The check that stands for it that no session is lost, and what to do to go on without some.
SESSIONS_KEPT = "sessions_kept"
_ACCEPT = f"waive the check {SESSIONS_KEPT} with a reason (bomgar_waivers)."
_SESSIONS_FILE = "sessions-before-establish.json"


@dataclass
class Failover:
    """One run of the module `failover`; `pair.one` is the appliance that is, or is to be, primary."""

    task: Task
    pair: Pair
    pace: Pace
    _since: float | None = None

    @property
    def soon(self) -> Pace:
        """The pace of what needs no time by itself: a relationship is there, or gone, when the page was pressed."""
        return replace(self.pace, deadline=min(self.pace.deadline, self.task.params["show_within"]))

    # broken

    def broken(self) -> dict[str, Any]:
        """The relationship is broken on both."""
        seen = self._settled()
        if all(each.role is Role.NONE for each in seen):
            return self.pair.result(Outcome.UNCHANGED, "the relationship is broken already", seen)
        leading = primary(seen)
        half = [each for each in seen if each.role is Role.NONE]
        if leading is None and (len(half) != 1 or any(each.role is Role.UNKNOWN for each in seen)):
            raise RunFailed(
                Outcome.REFUSED.value,
                "break the failover relationship",
                f"the pair is not in a state to be broken: {roles(seen)}",
                f"{_LOOK}, and bring them into order there; then run this again. Nothing was done.",
            )
        proof = self._sync_still_proven(seen, leading) if leading is not None and not self.task.check_mode else None
        if self.task.check_mode:
            expected = dict.fromkeys((each.name for each in seen), Role.NONE)
            return self.pair.result(Outcome.CHANGED, "would break the failover relationship", seen, expected)
        members = [self.pair.member(each.name) for each in seen if each.role is not Role.NONE]
        # On the primary first: that is where it is in every guide since 2020; what the other one shows is looked at anyhow.
        members.sort(key=lambda member: leading is not None and member.name != leading.name)
        record, site = self.task.record, self.task.appliance.site
        with record.step(
            "Break the failover relationship",
            step_id=BREAK,
            module="failover",
            appliance=self.pair.one.name,
            proof=proof,
        ) as step:
            step.before(shown(seen))
            now = self._break_all(members, step)
            message = f"the failover relationship is broken: {roles(now)}"
            step.done(Outcome.CHANGED, detail=message, after=shown(now), requests=self.pair.evidence())
        self.task.say(f"{site}  {message}; from now on there is no failover")
        return self.pair.result(Outcome.CHANGED, message, seen, now)

    def _break_all(self, members: list[Member], step: Step) -> tuple[Seen, Seen]:
        """Press it on the first; on the other one only if that stays as it was."""
        task, person = self.task, 'press "Break Failover Relationships"'
        voice = Voice(task.say, task.clock, task.appliance.site)
        asked = members.pop(0)
        asked.does(task, step, lambda pages: pages.break_up(), person)
        left = 0

        def look() -> tuple[Seen, Seen] | None:
            nonlocal left
            seen = self.pair.look()
            voice.tell("breaking the failover relationship", roles(seen))
            if all(each.role is Role.NONE for each in seen):
                return seen
            mine = next(each for each in seen if each.name == asked.name)
            other = next(each for each in seen if each.name != asked.name)
            left = left + 1 if mine.role is Role.NONE and other.role in (Role.PRIMARY, Role.BACKUP) else 0
            if left >= _SETTLED_LOOKS and members:
                task.say(f"{members[0].prefix}  still shows the relationship, so it is broken there, too")
                members.pop(0).does(task, step, lambda pages: pages.break_up(), person)
            return None

        seen = wait(look, self.soon)
        if seen is None:
            seen = self.pair.look()
            raise RunFailed(
                Outcome.UNKNOWN.value,
                "break the failover relationship",
                f"by the deadline they show: {roles(seen)}",
                f"{_LOOK}, then run this again: it goes on from what it sees.",
                roles=shown(seen),
            )
        return seen

    def _sync_still_proven(self, seen: tuple[Seen, Seen], leading: Seen) -> Mapping[str, Any] | None:
        """The proof of a sync, still shown by the backup; RunFailed without one."""
        proof: Mapping[str, Any] | None = self.task.params["synced"]
        if proof is None:
            if self.task.params["unsynced"] == "accept":
                return None
            raise RunFailed(
                Outcome.REFUSED.value,
                "break the failover relationship",
                "no proof of a sync right before is given",
                "Sync first (bomgar.appliance.sync) and give its result as synced. Nothing was done.",
            )
        standby = next(each for each in seen if each.name != leading.name)
        if proof.get("primary") not in (None, leading.name):
            raise RunFailed(
                Outcome.REFUSED.value,
                "break the failover relationship",
                f"the roles changed since the sync, in which {proof['primary']} was primary: {roles(seen)}",
                "Find out why (automatic failover, or a person), let the site's name lead to the primary, then run this again. Nothing was done.",
            )
        time, text = proof.get("time"), proof.get("text")
        shows = (
            standby.sync_time is not None and standby.sync_time >= float(time)
            if time is not None
            else text is not None and standby.sync_text == text
        )
        if not shows or standby.sync in (SyncState.FAILED, SyncState.RUNNING):
            raise RunFailed(
                Outcome.REFUSED.value,
                "break the failover relationship",
                f"{standby.name} does not show the proven sync any more (its last sync: {standby.sync_time or standby.sync_text}, {standby.sync_status})",
                "Run this again: it syncs anew. Nothing was done.",
            )
        return proof

    # established

    def established(self) -> dict[str, Any]:
        """The relationship is established with the option `appliance` as primary; synced, and no session missing."""
        seen = self._settled()
        leading, mine, other = primary(seen), self.pair.one.name, self.pair.two.name
        if leading is not None and leading.name != mine:
            raise self._refused(
                f"{leading.name} is primary of the pair already", "To change roles use bomgar.appliance.failover_role."
            )
        if leading is None and any(each.role is Role.UNKNOWN for each in seen):
            raise self._refused(
                f"the state of the pair is not known: {roles(seen)}", "See to that first. Nothing was done."
            )
        if leading is None and len({each.role for each in seen}) == 1 and seen[0].role is not Role.NONE:
            raise self._refused(
                f"both say the same: {roles(seen)}",
                f"{_LOOK}, and leave only one of them primary; then run this again.",
            )
        begun = self._interrupted()
        if leading is not None and not begun and not self._by_somebody_else():
            return self.pair.result(Outcome.UNCHANGED, f"it is established with {mine} as primary already", seen)
        differ = self._differences()
        if self.task.check_mode:
            word = "would sync" if leading else f"would establish failover with {mine} as primary"
            word += f", once both run the same ({', '.join(differ)})" if differ else ""
            return self.pair.result(Outcome.CHANGED, word, seen, {mine: Role.PRIMARY, other: Role.BACKUP})
        self._same_software(differ)
        self._answers_here(seen)
        before = self._sessions_before(leading is None)
        by_somebody = leading is not None and not begun
        if by_somebody:
            self.task.say(
                f"{self.task.appliance.site}  it was established by somebody else; what {other} had got by then and {mine} had not "
                f"{'was merged' if self._merges() else 'is gone, but for the sessions that were exported'}"
            )
        title = f"Establish failover with {mine} as primary"
        with self.task.record.step(title, step_id=ESTABLISH, module="failover", appliance=mine) as step:
            step.before(shown(seen))
            if leading is None:
                now = self._establish(seen, step)
                self.task.say(f"{self.task.appliance.site}  failover is established: {roles(now)}")
            stands = f"Failover is established, but nothing shows that {other} has everything that {mine} has."
            proof = Synchronisation(self.task, self.pair, self.pace, stands).sync(self.pair.two, self.pair.one, step)
            counts = self._sessions_after(before, before is None and not by_somebody, step)
            now = self.pair.look()
            if (leading := primary(now)) is None or leading.name != mine:
                raise RunFailed(
                    Outcome.FAILED.value,
                    title,
                    f"the roles changed meanwhile: {roles(now)}",
                    f"{_LOOK}, find out why, then run this again.",
                )
            message = f"failover is established and synced: {roles(now)}{counts['words']}"
            step.done(
                Outcome.CHANGED,
                detail=message,
                after=shown(now),
                requests=self.pair.evidence(),
                facts={"proof": proof, "sessions": counts},
            )
        self.task.say(f"{self.task.appliance.site}  {message}")
        return {
            **self.pair.result(Outcome.CHANGED, message, seen, now),
            "proof": proof,
            "sessions": counts,
            "peer": other,
        }

    def _establish(self, seen: tuple[Seen, Seen], step: Step) -> tuple[Seen, Seen]:
        """Press it once on the primary to be, and wait until both show it."""
        task, one, two = self.task, self.pair.one, self.pair.two
        if any(each.role is not Role.NONE for each in seen):
            # One of them still believes in the relationship: there is nothing left to sync, and it has to let go of it.
            self._break_all([self.pair.member(each.name) for each in seen if each.role is not Role.NONE], step)
        if task.params["key"]:
            for member in (one, two):
                member.takes_key(task, step, str(task.params["key"]))
        peer, own = (two.appliance.address, two.appliance.port), (one.appliance.address, one.appliance.port)
        answer = one.does(
            task,
            step,
            lambda pages: pages.establish(peer, own),
            f"give {peer[0]} and port {peer[1]} as the backup site, {own[0]} and port {own[1]} as the reverse connection, "
            'and press "Establish Relationship"',
        )
        said = answer.message if answer is not None else None
        voice = Voice(task.say, task.clock, task.appliance.site)
        looks = wrong = 0

        def answer_and_since() -> str:
            """Why it did not come about may be told later than in answer to the press (assumed)."""
            since = one.said_since()
            return f"{said}; now it says: {since}" if since not in (None, said) else str(said)

        def failed(
            outcome: Outcome,
            got: str,
            remedy: str = "key (bomgar_failover_key sets it), addresses, ports, software and certificate have to be the same or right on both.",
        ) -> RunFailed:
            return RunFailed(
                outcome.value,
                f"establish failover with {one.name} as primary",
                got,
                f"{_LOOK}: {remedy} Then run this again: it goes on from what it sees.",
            )

        def look() -> tuple[Seen, Seen] | None:
            nonlocal looks, wrong
            looks += 1
            now = self.pair.look()
            voice.tell("establishing failover", roles(now))
            leading = primary(now)
            if leading is not None:
                if leading.name != one.name:
                    raise failed(
                        Outcome.FAILED,
                        f"{leading.name} became primary instead: {roles(now)}",
                        "find out why (automatic failover, or a person). Make the one primary to which the site's name leads "
                        "(bomgar.appliance.failover_role), or let it lead to the other one.",
                    )
                return now
            wrong = wrong + 1 if all(each.role is Role.PRIMARY for each in now) else 0
            if wrong > _MOMENT_LOOKS:
                raise failed(
                    Outcome.FAILED,
                    f"both say that they are primary: {roles(now)}",
                    "let only one of them answer at the site's name, and make the other one backup (bomgar.appliance.failover_role).",
                )
            # Words that nobody listed are no verdict, but with nothing to be seen for so long they are the answer.
            if said and looks > _NOTHING_LOOKS and all(each.role is Role.NONE for each in now):
                raise failed(Outcome.FAILED, f"no relationship is to be seen, and the page said: {answer_and_since()}")
            return None

        found = wait(look, self.soon)
        if found is None:
            words = f"by the deadline they show: {roles(self.pair.look())}"
            raise failed(Outcome.UNKNOWN, f"{words}; the page said: {answer_and_since()}" if said else words)
        return found

    def _differences(self) -> list[str]:
        """What differs of product version, product build and base software, which have to be equal (documented: D-RS-FOG)."""
        found: dict[str, Versions] = {}
        for member in (self.pair.one, self.pair.two):
            observer = Observer(member.appliance, self.task.clock)
            found[member.name] = observer.versions()
            observer.stop()
        one, two = found[self.pair.one.name], found[self.pair.two.name]
        if one.site is None or two.site is None:
            raise self._refused(
                "the site software of one of them is not known", "Give the accounts that tell it. Nothing was done."
            )
        self._versions = one
        return [
            f"{words} {' and '.join(str(getattr(each, name)) for each in (one, two))}"
            for name, words in (("site", "site software"), ("build", "build"), ("base", "base software"))
            if getattr(one, name) is not None
            and getattr(two, name) is not None
            and getattr(one, name) != getattr(two, name)
        ]

    def _same_software(self, differ: Sequence[str]) -> None:
        if differ:
            same_versions = all(each.startswith("build") for each in differ)
            raise self._refused(
                f"{self.pair.one.name} and {self.pair.two.name} do not run the same: {', '.join(differ)}",
                "A relationship needs equal builds: ask the vendor's support for a package that brings both to the same one, install it by hand "
                "(/appliance > Updates), then run this again. Nothing was done."
                if same_versions
                else "Update the older one first. Nothing was done.",
            )

    def _answers_here(self, seen: tuple[Seen, Seen]) -> None:
        """Who is production is to be primary: whatever the other one holds is overwritten (D-PM, D-VIDEO)."""
        one, two = self.pair.one.name, self.pair.two.name
        boxes = {member.name: member.appliance for member in (self.pair.one, self.pair.two)}
        answers = None if self.task.front is None else FrontDoor(self.task.front, boxes).who().name
        if answers not in (None, one):
            raise self._refused(
                f"the site's name leads to {answers}, whose settings would be overwritten by those of {one}",
                "Establish from production, or move the name first (bomgar.appliance.cutover). Nothing was done.",
            )
        alone = any(each.name == two and each.role is Role.PRIMARY for each in seen)
        if answers is None and alone and primary(seen) is None:
            raise self._refused(
                f"{two} says that it is primary, and who answers at the site's name is not told: it may have served since",
                f"Make the site's name answer (site_url, bomgar_url). If it leads to {two}, establish from there. Nothing was done.",
            )

    # sessions

    def _sessions_before(self, apart: bool) -> dict[str, list[str]] | None:
        """The LSIDs of both sides before anything merges; None below API 1.5.0, where an export has to be there instead."""
        if not self._merges():
            if apart:
                self._exported()
            return None
        kept = self._kept_file()
        if not apart:
            return self._listed(kept)
        found: dict[str, list[str]] = {}
        for member in (self.pair.one, self.pair.two):
            if not member.appliance.has_api:
                self.task.say(
                    f"{member.prefix}  its sessions cannot be listed without an API account, so none can be missed"
                )
                return {}
            found[member.name] = sorted(self._ids(member))
        if kept is not None:
            write_file(kept, json.dumps({"since": self._since, "sessions": found}).encode())
        return found

    def _listed(self, kept: Path | None) -> dict[str, list[str]]:
        """What a run that was stopped had listed before it established, and since when; nothing where it had not, or it cannot be read."""
        if kept is None or not kept.is_file():
            return {}
        try:
            values = json.loads(kept.read_text(encoding="utf-8"))
            sessions = {str(name): [str(lsid) for lsid in lsids] for name, lsids in values["sessions"].items()}
            self._since = float(values["since"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            self.task.say(f"{self.task.appliance.site}  {kept} cannot be read ({error}), so no session can be missed")
            return {}
        return sessions

    def _merges(self) -> bool:
        """From API 1.5.0 on the sessions of both sides are merged (documented: seed). Both ran so since the pair was broken."""
        if self.task.params["sessions"] != "auto":
            return bool(self.task.params["sessions"] == "merge")
        return bool(merges_sessions(self._versions))

    def _exported(self) -> None:
        options, name = self.task.params["export"], self.pair.two.name
        remedy = (
            "Export them (bomgar.appliance.session_export) and name the folder: export.directory. Nothing was done."
        )
        if not options:
            raise self._refused(
                f"below API 1.5.0 the sessions of {name} are lost, and no export of them is given", remedy
            )
        store = ExportStore(Path(options["directory"]), self.task.appliance.site, name)
        since, now = self._period(self.pair.two)
        found = store.covering(since, max(since, now - _EXPORT_AGE))
        if found.manifest is None:
            raise self._refused(f"below API 1.5.0 the sessions of {name} are lost, and {found.why}", remedy)
        if found.manifest.open and self._accepted is None:
            running = ", ".join(item.lsid for item in found.manifest.open[:_NAMED])
            raise self._refused(
                f"when the sessions of {name} were exported, some were still running ({running})",
                f"Wait until they have ended, then run this again: it exports them anew. {remedy} Or accept it: {_ACCEPT}",
            )

    def _period(self, member: Member) -> tuple[float, float]:
        """Since when sessions are looked for, and now, by that appliance's clock."""
        now = member.now() or self.task.clock()
        if self._since is None:
            since = self.task.params["since"]
            self._since = now - _SINCE if since is None else float(since)
        return self._since, now

    def _ids(self, member: Member) -> Iterable[str]:
        since, now = self._period(member)
        return member.appliance.reporting_api.session_ids(since, now)

    def _sessions_after(self, before: Mapping[str, list[str]] | None, exported: bool, step: Step) -> dict[str, Any]:
        """How many sessions each side had and the primary has now; RunFailed that names those that are missing."""
        if not before:
            words = "; its sessions were not listed before" if not exported else ""
            return {"before": None, "after": None, "missing": [], "exported": exported, "words": words}
        wanted = {lsid for ids in before.values() for lsid in ids}
        counts = {name: len(ids) for name, ids in before.items()}
        step.progress("sessions before", **counts)
        found: set[str] = set()
        looks = 0

        def look() -> bool | None:
            nonlocal looks
            looks += 1
            found.update(self._ids(self.pair.one))
            return True if wanted <= found or looks >= _SESSION_LOOKS else None

        wait(look, self.pace)
        missing = sorted(wanted - found)
        if missing and self._accepted is not None:
            words = f"; {len(missing)} of {len(wanted)} sessions are missing, which is accepted ({self._accepted})"
            return {"before": counts, "after": len(found), "missing": missing, "exported": False, "words": words}
        if missing:
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            raise RunFailed(
                Outcome.FAILED.value,
                "find the sessions of both appliances on the new primary",
                f"{len(missing)} of {len(wanted)} are missing: {', '.join(missing[:_NAMED])}{more}",
                "They were there before the pair was established. The backup that was taken, and the vendor's support, can bring them back; "
                f"then run this again. To go on without them: {_ACCEPT}",
                missing=missing,
                counts=counts,
            )
        words = f"; all {len(wanted)} sessions of both are there"
        return {"before": counts, "after": len(found), "missing": [], "exported": False, "words": words}

    def _interrupted(self) -> bool:
        """Whether an earlier run established it, or was about to, and did not come to the end."""
        kept = self.task.kept_record
        if kept is None or kept.finished:
            return False
        return any(step["id"] == ESTABLISH and step["outcome"] not in GOOD for step in last_attempts(kept.data))

    def _by_somebody_else(self) -> bool:
        """Whether it was broken by the site's upgrade, and is established although no run of that has done so."""
        kept = self.task.kept_record
        return kept is not None and not kept.finished and pair_record.kept(kept.data).broken_at is not None

    @property
    def _accepted(self) -> str | None:
        """The reason for which sessions may be missing."""
        reason: str | None = self.task.params["waivers"].get(SESSIONS_KEPT)
        return reason

    def _kept_file(self) -> Path | None:
        folder = self.task.record.folder
        return None if folder is None else folder / _SESSIONS_FILE

    # both

    def _settled(self) -> tuple[Seen, Seen]:
        """The state of both, where a moment between two roles has passed."""
        for _turn in range(_MOMENT_LOOKS):
            seen = self.pair.look()
            if seen[0].role is not seen[1].role or seen[0].role in (Role.NONE, Role.UNKNOWN):
                return seen
            self.task.sleep(self.pace.interval)
        return self.pair.look()

    def _refused(self, got: str, remedy: str) -> RunFailed:
        return RunFailed(Outcome.REFUSED.value, f"establish failover with {self.pair.one.name} as primary", got, remedy)
