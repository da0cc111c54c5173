# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has the standby pull everything that production has, and proves it.

A sync is a pull by the backup (D-PA-EST, seed), so the proof is read there; it does no harm, so a run that was stopped in it
begins another one, with a watermark of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .errors import NotRecognised, RunFailed, Unreachable
from .models import FailoverView, Outcome, Role, SyncState
from .operate import Pace, Voice, wait
from .pair import Member, Pair, Seen, primary, roles, shown
from .record import Step
from .record_format import iso
from .runner import Task
from .sync_watch import SyncEnding, SyncSight, SyncWatch

STEP = "sync"
#: Seconds for which a page may offer no sync before that is called unrecognised: it may hide the button while one runs (assumed).
_OFFERED_WITHIN = 600.0
#: The clock of `get_api_info` counts whole seconds; so long after it a sync has a later time than the watermark.
_TICK = 1.1
#: So often another sync may come first.
_TURNS = 3
#: Seconds that the time of the last sync may lie ahead of that clock, to be waited for; it is not said whose clock it is of.
_AHEAD = 60.0

_ENDINGS: dict[SyncEnding, tuple[Outcome, str, str]] = {
    SyncEnding.FAILED: (
        Outcome.FAILED,
        "the appliance says that the sync failed",
        "See Management > Failover of both for the reason (key, network, room), then run this again.",
    ),
    SyncEnding.REFUSED: (
        Outcome.FAILED,
        "the appliance did not begin it",
        "See to what it says (whether the two reach each other, say), then run this again.",
    ),
    SyncEnding.WORDS: (
        Outcome.UNKNOWN,
        "a sync has ended, but its status is in words that are not known",
        "If they mean success, add them as the label sync.good (bomgar_labels), then run this again.",
    ),
    SyncEnding.OLD_TIME: (
        Outcome.UNKNOWN,
        "no sync that began after this was seen to succeed",
        "Look at Management > Failover of the backup: whether it syncs at all, and how long that takes; then run this again.",
    ),
    SyncEnding.STILL_RUNNING: (
        Outcome.UNKNOWN,
        "it was still running at the deadline",
        "It goes on by itself. Run this again, with a longer deadline (bomgar_deadline).",
    ),
    SyncEnding.UNKNOWN: (
        Outcome.UNKNOWN,
        "the backup did not tell its state any more",
        "Look at both appliances, then run this again.",
    ),
}


@dataclass
class Synchronisation:
    """One sync of a pair; `pace` is how it is waited for, `stands` what is true of the pair where it does not succeed."""

    task: Task
    pair: Pair
    pace: Pace
    stands: str = "Nothing was broken: the pair is as it was."
    #: A page had Sync Now when it was looked at last.
    _offered: bool = field(default=False, init=False)

    def run(self) -> dict[str, Any]:
        """The result of the module `sync`."""
        seen = self.pair.look()
        leading = self._related(seen)
        standby = self.pair.two if leading.name == self.pair.one.name else self.pair.one
        title = f"Sync {standby.name} from {leading.name}"
        before = _last_sync(standby.name, _sync_of(seen, standby.name))
        if self.task.check_mode:
            return {
                "changed": True,
                "outcome": Outcome.CHANGED.value,
                "msg": f"{self._site}: would {title.lower()}",
                "roles": shown(seen),
                "diff": {"before": before, "after": f"{standby.name}: last sync after this\n"},
            }
        with self.task.record.step(title, step_id=STEP, module="sync", appliance=standby.name) as step:
            proof = self.sync(standby, self.pair.member(leading.name), step)
            seen = self.pair.look()
            self._same_roles(seen, leading.name)
            message = f"{title}: proven, ended {_moment(proof)}"
            step.done(
                Outcome.CHANGED,
                detail=message,
                after=shown(seen),
                requests=self.pair.evidence(),
                facts={"proof": proof},
            )
        self.task.say(f"{standby.prefix}  {message}")
        return {
            "changed": True,
            "outcome": Outcome.CHANGED.value,
            "msg": f"{self._site}: {message}",
            "proof": proof,
            "roles": shown(seen),
            "diff": {"before": before, "after": _last_sync(standby.name, proof)},
        }

    def sync(self, standby: Member, leading: Member, step: Step) -> dict[str, Any]:
        """Ask for a sync and wait until it is proven; the proof: `primary`, `time`, `text`, `status`, `watermark`. RunFailed otherwise.

        One that was running already when it was asked for may have begun before the watermark: another is asked for after it.
        """
        for turn in range(_TURNS):
            proof = self._one_sync(standby, leading, step, turn == 0)
            if proof is not None:
                return proof
            self.task.say(f"{standby.prefix}  that sync was running already when it was asked for: asking for another")
        raise RunFailed(
            Outcome.UNKNOWN.value,
            f"sync {standby.name} from {leading.name}",
            f"another sync was running already, {_TURNS} times in a row",
            f"{self.stands} Switch automatic syncs off on Management > Failover for now, then run this again.",
        )

    def _one_sync(self, standby: Member, leading: Member, step: Step, first: bool) -> dict[str, Any] | None:
        """The proof of one sync; None for one that was running already when it was asked for, as far as that can be told.

        One that ended with a time between the look before and the watermark is taken for that, once: the time told may be that of
        its start (assumed).
        """
        voice = Voice(self.task.say, self.task.clock, standby.prefix)
        before = self._not_running(standby, leading, voice)
        watermark = standby.now()
        ahead = 0.0 if before.time is None or watermark is None else before.time - watermark
        self.task.sleep(_TICK + min(max(ahead, 0.0), _AHEAD))
        step.before({"watermark": watermark, "last": before.time or before.text, "status": before.status})
        try:
            answer = self._press(standby, leading, step)
        except NotRecognised:
            if not self._offered:
                raise
            return None  # it was there a moment ago: a sync that began by itself took it away
        said = answer.message if answer is not None else None
        labels = standby.appliance.labels
        refused = said is not None and labels.sync_state(said) is SyncState.FAILED
        joined = said is not None and labels.within(said, "sync.joined")
        # The answer itself is no look: it says that a sync was started where the state still is that of the one before.
        watch = SyncWatch(before, None if joined else watermark, refused)

        def look() -> SyncEnding | None:
            nonlocal watch
            mine = _sight(standby.look())
            # Of two clocks only one counts: a page's text is not compared with the API's time.
            if mine.time is None and before.time is not None:
                return None
            watch, ending = watch.see(mine)
            voice.tell(f"syncing from {leading.name}", _state(mine))
            return ending

        ending = wait(look, self.pace)
        if (joined and ending not in (None, SyncEnding.REFUSED)) or (
            first and ending is SyncEnding.OLD_TIME and watch.another
        ):
            self._same_roles(self.pair.look(), leading.name)
            return None
        ending = ending or watch.at_deadline()
        last = watch.last or before
        if ending is not SyncEnding.PROVEN:
            self._same_roles(self.pair.look(), leading.name)
            outcome, got, remedy = _ENDINGS[ending]
            words = f": {last.status!r}" if last.status else ""
            time = f", its last sync is of {_moment({'time': last.time, 'text': last.text})}"
            page = f"; the page said: {said}" if said else ""
            raise RunFailed(
                outcome.value,
                f"sync {standby.name} from {leading.name}",
                f"{got}{words}{time}{page}",
                f"{self.stands} {remedy}",
                ending=ending.value,
            )
        return {
            "primary": leading.name,
            "time": last.time,
            "text": last.text,
            "status": last.status,
            "watermark": watermark,
        }

    def _not_running(self, standby: Member, leading: Member, voice: Voice) -> SyncSight:
        """Wait until no sync runs: one that began before the watermark proves nothing."""
        began = self.task.clock()

        def look() -> SyncSight | None:
            sight = _sight(standby.look())
            running = sight.state is SyncState.RUNNING or not sight.known
            if not running:
                patient = self.task.clock() - began < _OFFERED_WITHIN
                running = self._page_holds_back(standby, leading, patient)
            if running:
                voice.tell("waiting for a sync that is running", _state(sight))
            return None if running else sight

        found = wait(look, self.pace)
        if found is None:
            _outcome, got, remedy = _ENDINGS[SyncEnding.STILL_RUNNING]
            attempted = f"wait for the sync of {standby.name} that was running"
            raise RunFailed(Outcome.UNKNOWN.value, attempted, got, f"{self.stands} {remedy}")
        return found

    def _page_holds_back(self, standby: Member, leading: Member, patient: bool) -> bool:
        """Whether a page shows a sync that runs, which the API's status need not tell, or none of them offers one now."""
        self._offered = False
        for member in (standby, leading):
            if member.appliance.driver == "operator" or not member.appliance.has_login:
                return False
            try:
                view = member.appliance.failover_pages.view()
            except NotRecognised:
                return False  # pressing it tells why, or asks a person
            except Unreachable:
                return patient
            if view.sync is SyncState.RUNNING:
                return True
            if "sync" in view.can:
                self._offered = True
                return False
        return patient

    def _press(self, standby: Member, leading: Member, step: Step) -> FailoverView | None:
        """Sync Now on the backup (seed); newer releases have it on the primary's page, too (D-UPG-SYNC), some perhaps only there."""
        try:
            return standby.does(self.task, step, lambda pages: pages.sync_now(), 'press "Sync Now"')
        except NotRecognised:
            if standby.appliance.commanded or leading.appliance.driver == "operator":
                raise
            return leading.does(self.task, step, lambda pages: pages.sync_now(), 'press "Sync Now"')

    def _related(self, seen: tuple[Seen, Seen]) -> Seen:
        leading = primary(seen)
        if leading is None:
            raise RunFailed(
                Outcome.REFUSED.value,
                "sync the pair",
                f"they are not primary and backup of one pair now: {roles(seen)}",
                "Only a pair that is established can sync (bomgar.appliance.failover). Nothing was done.",
            )
        return leading

    def _same_roles(self, seen: tuple[Seen, Seen], name: str) -> None:
        """RunFailed if the one that was primary is not any more. What cannot be seen now has not changed."""
        leading = primary(seen)
        if any(each.role is Role.UNKNOWN for each in seen) or (leading is not None and leading.name == name):
            return
        raise RunFailed(
            Outcome.FAILED.value,
            "sync the pair",
            f"the roles changed meanwhile: {roles(seen)}",
            f"{self.stands} Find out why (automatic failover, or a person), let the site's name lead to the primary, then run this again.",
        )

    @property
    def _site(self) -> str:
        return self.task.appliance.site


def _sight(seen: Seen) -> SyncSight:
    return SyncSight(seen.sync_time, seen.sync_text, seen.sync_status, seen.sync, seen.trouble is None)


def _state(sight: SyncSight) -> str:
    return "no answer" if not sight.known else (sight.status or "no status")[:60]


def _sync_of(seen: tuple[Seen, Seen], name: str) -> dict[str, Any]:
    mine = next(each for each in seen if each.name == name)
    return {"time": mine.sync_time, "text": mine.sync_text, "status": mine.sync_status}


def _last_sync(name: str, sync: dict[str, Any]) -> str:
    return f"{name}: last sync {_moment(sync)}, {sync['status']}\n"


def _moment(proof: dict[str, Any]) -> str:
    try:
        return str(proof["text"] or "an unknown time") if proof["time"] is None else iso(proof["time"])
    except (OverflowError, ValueError, OSError):
        return f"an impossible time ({proof['time']})"
