# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated time: by looks (tests), scaled (demo) or real. Nothing here sleeps.

Every clock starts at the wall clock's now. `wall(t)` turns a moment of simulated time into what a clock on a wall would
have shown, so that an appliance's displayed time does not run away from the client's when time goes by looks.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable


class Clock:
    """Simulated Unix seconds. Subclasses say how they pass."""

    #: Whether time passes by itself (else only when somebody looks).
    runs = True

    def __init__(self, start: float | None = None) -> None:
        self.real_start = time.time()
        self.start = self.real_start if start is None else float(start)

    def now(self) -> float:
        """The simulated moment."""
        raise NotImplementedError

    def look(self) -> None:
        """Somebody looked at an appliance: one request, or one connection that was refused."""

    def wall(self, moment: float) -> float:
        """What a wall clock shows at this simulated moment; moments before the start are not stretched."""
        raise NotImplementedError

    def real_seconds(self, simulated: float) -> float:
        """How many real seconds so many simulated seconds take; 0 for a clock that does not run."""
        raise NotImplementedError


class LookClock(Clock):
    """Each look advances time by `step` simulated seconds; between looks time stands still."""

    runs = False

    def __init__(self, step: float = 60.0, start: float | None = None) -> None:
        super().__init__(start)
        self.step = step
        self.looks = 0
        self._now = self.start
        self._moments = [self.start]
        self._walls = [self.real_start]

    def now(self) -> float:
        return self._now

    def look(self) -> None:
        self.looks += 1
        self.advance(self.step)

    def advance(self, seconds: float) -> None:
        """Let time pass without a look."""
        self._now += seconds
        self._moments.append(self._now)
        self._walls.append(time.time())

    def wall(self, moment: float) -> float:
        if moment <= self.start:
            return self.real_start + (moment - self.start)
        return self._walls[bisect_right(self._moments, moment) - 1]

    def real_seconds(self, simulated: float) -> float:
        return 0.0


class PausedClock(Clock):
    """Time is what somebody else's clock shows, which moves only while its owner pauses: requests take none of it."""

    runs = False

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock())
        self.real_start = self.start
        self._clock = clock

    def now(self) -> float:
        return self._clock()

    def wall(self, moment: float) -> float:
        return moment

    def real_seconds(self, simulated: float) -> float:
        return 0.0


class ScaledClock(Clock):
    """Simulated time passes `factor` times as fast as real time."""

    def __init__(self, factor: float = 60.0, start: float | None = None) -> None:
        super().__init__(start)
        if factor <= 0:
            raise ValueError("factor must be above 0")
        self.factor = factor
        self._monotonic = time.monotonic()

    def now(self) -> float:
        return self.start + (time.monotonic() - self._monotonic) * self.factor

    def wall(self, moment: float) -> float:
        passed = moment - self.start
        return self.real_start + (passed / self.factor if passed > 0 else passed)

    def real_seconds(self, simulated: float) -> float:
        return max(simulated, 0.0) / self.factor


class RealClock(ScaledClock):
    """Simulated time is real time."""

    def __init__(self, start: float | None = None) -> None:
        super().__init__(1.0, start)
