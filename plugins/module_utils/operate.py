# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one loop that waits. It knows intervals, deadlines and when to speak; what it waits for is a function given to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

#: A line is shown when something changes, and at least this often (seconds).
SPEAK_EVERY = 60.0


@dataclass(frozen=True)
class Pace:
    """How often to look and how long at most, in seconds; `clock` and `sleep` are given so that tests need no time."""

    interval: float
    deadline: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    @classmethod
    def of(cls, task: Any) -> Pace:
        """The pace that a task's options ask for: `poll_interval`, `deadline`."""
        return cls(task.params["poll_interval"], task.params["deadline"], task.clock, task.sleep)


def wait(look: Callable[[], T | None], pace: Pace) -> T | None:
    """Look at every interval until `look` gives something, or None when the deadline has passed.

    A look that takes long does not shift the next one; the last look is at the deadline itself, so that what came about
    during the last pause is not missed.
    """
    started = pace.clock()
    looks = 0
    while True:
        found = look()
        if found is not None:
            return found
        elapsed = pace.clock() - started
        if elapsed >= pace.deadline:
            return None
        looks = max(looks + 1, int(elapsed // pace.interval) if pace.interval > 0 else 0)
        pause = looks * pace.interval - elapsed
        pace.sleep(max(0.0, min(pause if pause > 0 else pace.interval, pace.deadline - elapsed)))


class Voice:
    """Says what changed, and says something once in a while even when nothing did."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float], prefix: str) -> None:
        self._say = say
        self._clock = clock
        self._prefix = prefix
        self._started = clock()
        self._last_state: str | None = None
        self._state_since = self._started
        self._spoke = 0.0

    def tell(self, doing: str, state: str, remark: str = "") -> None:
        """One line, if `state` is new or the last line is a minute old: what is done, the state with its age, the whole time."""
        now = self._clock()
        if state != self._last_state:
            self._last_state, self._state_since = state, now
        elif now - self._spoke < SPEAK_EVERY:
            return
        self._spoke = now
        parts = [
            self._prefix,
            doing,
            f"{state} {clock_text(now - self._state_since)}",
            f"elapsed {clock_text(now - self._started)}",
        ]
        self._say("  ".join([*parts, f"({remark})"] if remark else parts))


def clock_text(seconds: float) -> str:
    """`06:40`, or `1:06:40` from an hour on."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute:02}:{second:02}"
