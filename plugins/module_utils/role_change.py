# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has an appliance of an established pair take a role, by the API or on its page, and proves it by what both say afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .errors import BomgarError, NotSupported, PermissionRefused, RunFailed
from .gates import let_sessions_end
from .models import Outcome, Role, SyncState
from .operate import Pace, Voice, wait
from .pair import Pair, Seen, primary, roles, shown
from .record import Step
from .record_format import ASKING, askings
from .record_standing import last_attempts
from .runner import Task
from .transport import Request

#: Changing roles is serial: both read backup for a moment (D-PM). Both primary is no moment that is documented.
_ALARM_LOOKS = 3
#: So many looks without a sync or a change of roles, and what was asked for before is not under way.
_QUIET_LOOKS = 12
_OPPOSITE = {Role.PRIMARY: Role.BACKUP, Role.BACKUP: Role.PRIMARY}


@dataclass
class RoleChange:
    """One run of the module `failover_role`, which acts on `pair.one`."""

    task: Task
    pair: Pair
    pace: Pace

    def run(self) -> dict[str, Any]:
        """The result of the module. RunFailed with an outcome if it does not come about."""
        task, mine = self.task, self.pair.one.name
        wanted = Role(task.params["role"])
        seen = self.pair.look()
        title = f"Make {mine} {wanted}"
        if self._reached(seen, wanted):
            if self._asked_before(wanted) and not task.check_mode:
                self._came_about(title, wanted, seen)
            return self.pair.result(Outcome.UNCHANGED, f"{mine} is {wanted} already", seen)
        self._possible(seen, wanted)
        if task.check_mode:
            expected = {mine: wanted, self.pair.two.name: _OPPOSITE[wanted]}
            return self.pair.result(Outcome.CHANGED, f"would make {mine} {wanted}", seen, expected)
        if self._asked_before(wanted):
            before, seen = seen, self._still_changing(seen, wanted, title)
            if self._reached(seen, wanted):
                return self.pair.result(Outcome.CHANGED, self._came_about(title, wanted, seen), before, seen)
            self._possible(seen, wanted)
        self._let_sessions_end(seen, f"make {mine} {wanted}")
        with task.record.step(title, step_id="role", module="failover_role", appliance=mine, role=wanted.value) as step:
            step.before(shown(seen))
            said = self._ask(wanted, step)
            now = self._wait(wanted, title, said)
            message = f"{mine} is {wanted} now: {roles(now)}"
            step.done(Outcome.CHANGED, detail=message, after=shown(now), requests=self.pair.evidence())
        task.say(f"{self.pair.one.prefix}  {message}")
        return self.pair.result(Outcome.CHANGED, message, seen, now)

    def _asked_before(self, wanted: Role) -> bool:
        """Whether an earlier run asked for it, and did not see its end. Roles stay as they are while the data are synced first (D-RS-SFR)."""
        kept = self.task.kept_record
        last = [] if kept is None or kept.finished else last_attempts(kept.data, self.pair.one.name)
        return any(
            step["id"] == "role"
            and step["facts"].get("role") == wanted.value
            and askings(step)
            and step["outcome"] in (None, Outcome.UNKNOWN)
            for step in last
        )

    def _still_changing(self, seen: tuple[Seen, Seen], wanted: Role, title: str) -> tuple[Seen, Seen]:
        """Wait for a change that an earlier run asked for: until it has come about, or nothing shows for so many looks that it is under way."""
        self.task.say(
            f"{self.pair.one.prefix}  an earlier run asked for this; looking whether it is under way before asking again"
        )
        voice = Voice(self.task.say, self.task.clock, self.pair.one.prefix)
        quiet = 0

        def look() -> tuple[Seen, Seen] | None:
            nonlocal quiet, seen
            seen = self.pair.look()
            voice.tell(f"becoming {wanted}", roles(seen))
            moving = primary(seen) is None or any(each.sync is SyncState.RUNNING for each in seen)
            quiet = 0 if moving else quiet + 1
            return seen if self._reached(seen, wanted) or quiet >= _QUIET_LOOKS else None

        found = wait(look, self.pace)
        if found is None:
            raise RunFailed(
                Outcome.UNKNOWN.value,
                title,
                f"an earlier run asked for it, and by the deadline they show: {roles(seen)}",
                "Look at Management > Failover of both at once: only one of them may serve the site.",
            )
        return found

    def _came_about(self, title: str, wanted: Role, now: tuple[Seen, Seen]) -> str:
        """Close in the record what an earlier run asked for and is seen to be done; the message."""
        mine = self.pair.one.name
        message = f"{mine} is {wanted} now: {roles(now)}"
        with self.task.record.step(
            title, step_id="role", module="failover_role", appliance=mine, role=wanted.value
        ) as step:
            step.done(Outcome.CHANGED, detail=message, after=shown(now), requests=self.pair.evidence())
        return message

    def _let_sessions_end(self, seen: tuple[Seen, Seen], doing: str) -> None:
        """Everybody is cut while roles change (documented, D-PM); whoever is primary has them."""
        rule = self.task.params["sessions"]
        pace = replace(self.pace, deadline=self.task.params["sessions_wait"] if rule == "wait" else 0.0)
        for each in seen:
            if each.role is Role.PRIMARY:
                let_sessions_end(self.task, self.pair.member(each.name).appliance, doing, rule, pace)

    def _possible(self, seen: tuple[Seen, Seen], wanted: Role) -> None:
        """RunFailed (refused) where the pair is in no state to change roles."""
        mine, other = seen
        ordinary = primary(seen) is not None or mine.role is other.role is Role.BACKUP
        forced = (
            self.task.params["force"]
            and wanted is Role.BACKUP
            and mine.role is Role.PRIMARY
            and other.role is Role.UNKNOWN
        )
        # Two primaries: making one of them backup is the way out, and only that.
        out = wanted is Role.BACKUP and mine.role is other.role is Role.PRIMARY
        if not (ordinary or forced or out):
            raise RunFailed(
                Outcome.REFUSED.value,
                f"make {mine.name} {wanted}",
                f"the pair is in no state for that: {roles(seen)}",
                "Roles change within an established pair (bomgar.appliance.failover). Where the peer of a primary cannot be reached, "
                "force makes it backup. Nothing was done.",
            )

    def _ask(self, wanted: Role, step: Step) -> str | None:
        """Ask once, by the API where there is one that may; what came back, None if the answer was lost."""
        task, one = self.task, self.pair.one
        box, sync_first = one.appliance, bool(task.params["data_sync_first"])
        tick = "tick" if sync_first else "untick"
        person = f'{tick} the data sync and press "Become {wanted.value.capitalize()}"'
        if box.driver in ("auto", "api") and box.has_api:
            commands = box.api_transport.commands

            def asking(request: Request) -> None:
                step.must_keep(ASKING, request=request.what, on=one.name)

            box.api_transport.before_command = asking
            try:
                return box.command_api.set_failover_role(
                    wanted, data_sync_first=sync_first, force=bool(task.params["force"])
                )
            except (NotSupported, PermissionRefused):
                # Refused before anything was done; the page may still be allowed.
                if box.driver == "api" or not box.has_login:
                    raise
            except BomgarError as error:
                if box.api_transport.commands == commands or error.reason == "refused":
                    raise
                step.progress("answer lost", message=str(error))
                return None
            finally:
                box.api_transport.before_command = None
        view = one.does(task, step, lambda pages: pages.become(wanted, sync_first), person)
        return None if view is None else view.message

    def _wait(self, wanted: Role, title: str, said: str | None) -> tuple[Seen, Seen]:
        voice = Voice(self.task.say, self.task.clock, self.pair.one.prefix)
        alarms = 0
        answered = f"; the appliance said: {said}" if said else ""

        def failed(outcome: Outcome, got: str) -> RunFailed:
            return RunFailed(
                outcome.value,
                title,
                f"{got}{answered}",
                "Look at Management > Failover of both at once: only one of them may serve the site.",
            )

        def look() -> tuple[Seen, Seen] | None:
            nonlocal alarms
            seen = self.pair.look()
            voice.tell(f"becoming {wanted}", roles(seen))
            alarms = alarms + 1 if all(each.role is Role.PRIMARY for each in seen) else 0
            if alarms >= _ALARM_LOOKS:
                raise failed(Outcome.FAILED, f"both say that they are primary: {roles(seen)}")
            return seen if self._reached(seen, wanted) else None

        found = wait(look, self.pace)
        if found is None:
            raise failed(Outcome.UNKNOWN, f"by the deadline they show: {roles(self.pair.look())}")
        return found

    def _reached(self, seen: tuple[Seen, Seen], wanted: Role) -> bool:
        mine, other = seen
        gone = self.task.params["force"] and other.role is Role.UNKNOWN
        return mine.role is wanted and (other.role is _OPPOSITE[wanted] or gone)
