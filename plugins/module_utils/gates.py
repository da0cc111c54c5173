# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true right before a package is installed: a verified backup, time left in the window, no sessions to cut.

Asked anew before every package, since an hour may lie between two. Installs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .backup_file import BackupStore, Identity
from .check_results import together
from .connect import Appliance
from .errors import BadInput, RunFailed
from .models import Kind, Outcome, Role
from .observe import Observer
from .operate import Pace, Voice, clock_text, wait
from .pair import Member
from .readiness import UNTOLD_SESSIONS
from .record import durations
from .runner import Task
from .versions import Wish
from .window import seconds_needed

_NO_ROOM = "Nothing of it was started: the window (bomgar_window_ends) has no room for waiting longer. Run this again in the next one."


@dataclass(frozen=True)
class Order:
    """What was asked for: the options of the module `update`.

    `member`: the appliance is one of a pair. `serves_site`: it is production, so that its outage is that of the site.
    `backup_of`: whose backup counts, where it is not its own: of a pair production is backed up.
    """

    wish: Wish
    manual: bool = False
    packages: Sequence[Mapping[str, Any]] = ()
    join: bool = True
    sessions: str = "refuse"
    sessions_wait: float = 3600.0
    backup_directory: Path | None = None
    backup_max_age: float = 86400.0
    backup_of: str | None = None
    member: bool = False
    serves_site: bool = True
    window_ends: float | None = None
    usual_duration: float = 3600.0
    poll_interval: float = 5.0
    deadline: float = 10800.0
    start_within: float = 600.0


class Gates:
    """The gates of one run of the module `update`. A backup's age counts when the run begins: it may take hours."""

    def __init__(self, task: Task, order: Order) -> None:
        self.task = task
        self.order = order
        self.began = task.clock()

    def pass_all(self, name: str, kind: Kind, identity: Identity, installed: Sequence[Mapping[str, Any]]) -> None:
        """Return if `name` may be installed now; RunFailed (refused) or BadInput with the remedy if not.

        `installed`: what this run installed before, for the facts of a refusal.
        """
        self._relationship(name)
        self._backup(name, identity)
        self._window(name, kind, installed)
        if self._sessions(name, kind, installed):
            self._window(name, kind, installed)

    def _relationship(self, name: str) -> None:
        """A pair is broken before one of the two is updated (documented: seed, D-UPG-*)."""
        if not self.order.member:
            return
        seen = Member(self.task.appliance).look()
        if seen.role is not Role.NONE:
            raise RunFailed(
                Outcome.REFUSED.value,
                f"install {name}",
                f"{seen.name} is {seen.role} of a pair that is not broken"
                if seen.trouble is None
                else f"its failover role is not known ({seen.trouble})",
                "Sync and break the relationship first (bomgar.appliance.sync, bomgar.appliance.failover). Nothing was started.",
            )

    def _backup(self, name: str, identity: Identity) -> None:
        order, appliance = self.order, self.task.appliance
        if order.backup_directory is None:
            raise BadInput(
                f"install {name}",
                "no folder with a verified backup is given",
                "Take one with bomgar.appliance.backup and name its folder: backup.directory (bomgar_backup_dir).",
            )
        if order.backup_of is not None and order.backup_of != appliance.name:
            # Settings are the same on both (D-PM), the appliance's id is not.
            identity = Identity(None, company_name=identity.company_name)
        store = BackupStore(order.backup_directory, appliance.site, order.backup_of or appliance.name)
        fresh = store.newest_verified(order.backup_max_age, self.began, identity)
        if fresh.backup is None:
            raise RunFailed(
                Outcome.REFUSED.value,
                f"install {name}",
                f"there is no backup to fall back on: {fresh.why}",
                "Take one first: bomgar.appliance.backup, or the playbook bomgar.appliance.back_up.",
            )

    def _window(self, name: str, kind: Kind, installed: Sequence[Mapping[str, Any]]) -> None:
        order = self.order
        if order.window_ends is None:
            return
        needed = self._needed(kind)
        left = order.window_ends - self.task.clock()
        if needed > left:
            raise RunFailed(
                Outcome.REFUSED.value,
                f"install {name}",
                f"the window ends in {clock_text(left)}, and this may take {clock_text(needed)}"
                if left > 0
                else "the window is over",
                "Nothing of it was started. Run this again in the next window, or move bomgar_window_ends.",
                installed=list(installed),
            )

    def _needed(self, kind: Kind) -> float:
        """Seconds that this package may take: by earlier ones of this site, else as the options say."""
        record, learned = self.task.params.get("record"), {}
        if record:
            site = self.task.appliance.site
            learned = {each.value: durations(record["directory"], site, each.value) for each in (Kind.BASE, Kind.SITE)}
        return seconds_needed((kind,), self.order.usual_duration, learned)

    def _sessions(self, name: str, kind: Kind, installed: Sequence[Mapping[str, Any]]) -> bool:
        """Whether it had to wait for sessions."""
        order, task = self.order, self.task
        patience = order.sessions_wait if order.sessions == "wait" else 0.0
        if order.window_ends is not None:
            # Waiting on would only end in a window that cannot hold the work any more.
            last_start = order.window_ends - self._needed(kind)
            patience = max(0.0, min(patience, last_start - task.clock()))
        return let_sessions_end(
            task,
            task.appliance,
            f"install {name}",
            order.sessions,
            Pace(order.poll_interval, patience, task.clock, task.sleep),
            none_if=lambda _observer: not order.serves_site,  # the site's name does not lead there
            late=_NO_ROOM if order.sessions == "wait" and patience < order.sessions_wait else None,
            installed=list(installed),
        )


def let_sessions_end(
    task: Task,
    box: Appliance,
    doing: str,
    sessions: str,
    pace: Pace,
    *,
    none_if: Callable[[Observer], bool] | None = None,
    late: str | None = None,
    **facts: Any,
) -> bool:
    """Whether it had to wait until no session runs on `box`. RunFailed (refused) if one still does at the deadline of `pace`,
    or nothing tells; with `sessions` accept nobody looks.

    `none_if`: when an appliance that does not tell has none. `late`: what to do where waiting ends for another reason.
    """
    if sessions == "accept":
        return False
    voice = Voice(task.say, task.clock, f"{box.site}  {box.name}")
    looks: list[dict[str, Any]] = []

    def none_runs() -> bool | None:
        observer = Observer(box, task.clock)
        looks.append(observer.activity())
        seen = looks[-1]
        if seen["running"] is None and none_if is not None and none_if(observer):
            return True
        if seen["running"] is None:
            why, remedy = together(seen["untold"])
            raise RunFailed(
                Outcome.REFUSED.value,
                doing,
                f"nothing tells whether sessions are running ({why}), and any would be cut",
                f"{remedy} {UNTOLD_SESSIONS}".strip(),
                **facts,
            )
        if not seen["running"]:
            return True
        voice.tell(f"waiting to {doing}", "sessions running")
        return None

    if wait(none_runs, pace) is None:
        found = looks[-1]["sessions"]
        waited = f" after {clock_text(pace.deadline)} of waiting" if pace.deadline else ""
        count = len(found or ())
        running = "a session is" if count == 1 else f"{count or 'some'} sessions are"
        raise RunFailed(
            Outcome.REFUSED.value,
            doing,
            f"{running} running{waited}, and would be cut",
            late
            or (
                "Wait longer (bomgar_sessions_wait), or accept it (bomgar_sessions: accept)."
                if pace.deadline
                else "Wait for them (bomgar_sessions: wait), or accept it (bomgar_sessions: accept)."
            ),
            sessions=found,
            **facts,
        )
    return len(looks) > 1
