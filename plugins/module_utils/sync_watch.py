# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a data sync from what the appliance that pulls it shows. Pure: one look in, the next state out.

Proven is a sync whose time is newer than a watermark on the same clock, with a status that says that it was good. Words
alone prove nothing: a status may still be that of the sync before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from .models import SyncState

#: So many looks in a row may show the same, and no ending: words that nobody listed, or no trace of a sync that was refused.
SETTLED_LOOKS = 5


class SyncEnding(str, Enum):
    """How a sync ended."""

    PROVEN = "proven"
    FAILED = "failed"
    REFUSED = "refused"
    WORDS = "status_not_understood"
    OLD_TIME = "time_is_old"
    STILL_RUNNING = "still_running"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SyncSight:
    """One look. `time`: Unix seconds by the appliance's clock; `text`: its time as a page writes it; `known`: it answered at all."""

    time: float | None
    text: str | None
    status: str | None
    state: SyncState
    known: bool = True


@dataclass(frozen=True)
class SyncWatch:
    """The state of a watch. `before`: what was shown right before the sync was asked for; `watermark`: the time then, by that clock.

    `refused`: what came back from asking is a refusal; a sync that is seen nevertheless counts for more. `silent`: the newest
    look got no answer.
    """

    before: SyncSight
    watermark: float | None
    refused: bool = False
    ran: bool = False
    unclear: int = 0
    last: SyncSight | None = None
    silent: bool = False

    def newer(self, sight: SyncSight) -> bool:
        """Whether the time shown is that of a sync that ended after the watermark, and after what was shown before."""
        # The time before may lie ahead of the watermark: it is not said whose clock it is of.
        marks = [time for time in (self.watermark, self.before.time) if time is not None]
        if sight.time is not None and marks:
            return sight.time > max(marks)
        if self.before.time is None and self.before.text is None:
            return sight.time is not None or sight.text is not None
        # A page that tells no zone: another time than before, on the same page of the same appliance (assumed). Of two clocks only one counts.
        return self.before.time is None and sight.text is not None and sight.text != self.before.text

    def see(self, sight: SyncSight) -> tuple[SyncWatch, SyncEnding | None]:
        """One more look; an ending once there is one."""
        if not sight.known:
            return replace(self, silent=True), None
        watch = replace(self, last=sight, silent=False, ran=self.ran or sight.state is SyncState.RUNNING)
        newer = self.newer(sight)
        if sight.state is SyncState.RUNNING:
            return replace(watch, unclear=0), None
        if newer and sight.state is SyncState.GOOD:
            return watch, SyncEnding.PROVEN
        if sight.state is SyncState.FAILED and (newer or self.ran or not self._as_before(sight)):
            return watch, SyncEnding.FAILED
        watch = replace(watch, unclear=self.unclear + 1 if sight == self.last else 1)
        if watch.unclear < SETTLED_LOOKS:
            return watch, None
        if newer:
            return watch, SyncEnding.WORDS
        if watch.ran and sight.state is SyncState.GOOD:
            return watch, SyncEnding.OLD_TIME
        return watch, SyncEnding.REFUSED if self.refused and not watch.ran else None

    def at_deadline(self) -> SyncEnding:
        """What the last look comes to when the deadline has passed."""
        last = self.last
        if last is None or self.silent:
            return SyncEnding.UNKNOWN
        if last.state is SyncState.RUNNING:
            return SyncEnding.STILL_RUNNING
        return SyncEnding.WORDS if self.newer(last) else SyncEnding.OLD_TIME

    @property
    def another(self) -> bool:
        """Whether the time shown is later than that from before, yet not after the watermark: of a sync in between."""
        last = self.last
        if last is None or last.time is None or self.newer(last):
            return False
        return self.before.time is None or last.time > self.before.time

    def _as_before(self, sight: SyncSight) -> bool:
        return (sight.status, sight.state) == (self.before.status, self.before.state)
