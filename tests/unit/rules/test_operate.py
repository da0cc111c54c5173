# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one loop that waits, on a clock of its own."""

from __future__ import annotations

from ansible_collections.bomgar.appliance.plugins.module_utils.operate import Pace, Voice, clock_text, wait


class Clock:
    def __init__(self, look_takes: float = 0.0) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self.look_takes = look_takes

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.pauses.append(seconds)
        self.now += seconds

    def pace(self, interval: float, deadline: float) -> Pace:
        return Pace(interval, deadline, self, self.sleep)


def test_it_looks_once_an_interval_until_something_is_found() -> None:
    clock = Clock()
    found = iter([None, None, "there"])
    assert wait(lambda: next(found), clock.pace(30, 600)) == "there"
    assert clock.pauses == [30, 30]


def test_it_ends_at_the_deadline_with_a_last_look() -> None:
    clock = Clock()
    looks: list[float] = []
    assert wait(lambda: looks.append(clock.now), clock.pace(30, 100)) is None
    assert looks == [1000, 1030, 1060, 1090, 1100]


def test_slow_looks_do_not_add_up() -> None:
    clock = Clock()

    def look() -> None:
        clock.now += 20

    wait(look, clock.pace(30, 95))
    assert clock.pauses == [10, 10, 10]


def test_a_deadline_of_nothing_is_one_look() -> None:
    clock = Clock()
    looks: list[int] = []
    assert wait(lambda: looks.append(1), clock.pace(30, 0)) is None
    assert looks == [1]


def test_the_voice_speaks_when_something_changes_and_once_a_minute() -> None:
    clock = Clock()
    lines: list[str] = []
    voice = Voice(lines.append, clock, "support.example.com  a")
    for _look in range(10):
        voice.tell("installing Bomgar-11.1.1", "site down", "usually 15-60 min")
        clock.now += 15
    voice.tell("installing Bomgar-11.1.1", "site up")
    assert len(lines) == 4
    assert (
        lines[0]
        == "support.example.com  a  installing Bomgar-11.1.1  site down 00:00  elapsed 00:00  (usually 15-60 min)"
    )
    assert "site down 01:00" in lines[1]
    assert "site up 00:00  elapsed 02:30" in lines[3]


def test_times_for_people() -> None:
    assert [clock_text(value) for value in (0, 59.9, 400, 4000, -3)] == ["00:00", "00:59", "06:40", "1:06:40", "00:00"]
