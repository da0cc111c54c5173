# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgraded sites stand for a while, and one that stops serving is told (`bomgar.appliance.bake`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import bake, connect
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import RunFailed, Unreachable
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.record_standing import VALIDATION
from ansible_collections.bomgar.appliance.plugins.module_utils.runner import Task

STARTED = 1_800_000_000.0


class Bench:
    """A clock, and sites that serve or not as `serves` says."""

    def __init__(self, folder: Path) -> None:
        self.now = STARTED
        self.folder = folder
        self.said: list[str] = []
        self.looks = 0
        self.serves: Callable[[int], bool] = lambda _look: True

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def upgraded(self, site: str, ended: float, outcome: str = "changed") -> None:
        """A record of an upgrade that ended at this time."""
        writer = Writer(Run("run-1", "ada", "control", {}), clock=lambda: ended)
        record = Record.take(str(self.folder), site, writer, wish={"site": "11.1.1"}, path="automatic")
        with record, record.step("Validate", step_id=VALIDATION) as step:
            step.done(outcome)

    def bake(self, *sites: str, seconds: float = 600, check_mode: bool = False) -> dict[str, Any]:
        params = {
            "sites": [{"url": f"https://{site}", "site": site} for site in sites],
            "records": str(self.folder),
            "seconds": seconds,
            "poll_interval": 30.0,
        }
        task = Task(params, check_mode=check_mode, say=self.said.append, clock=self.clock, sleep=self.sleep)
        return bake.bake(task)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)

    class Probe:
        asks = "check_health"

        def serving(self) -> bool:
            made.looks += 1
            return made.serves(made.looks)

    monkeypatch.setattr(connect.Appliance, "probe", property(lambda _box: Probe()))
    return made


def test_a_site_stands_from_the_end_of_its_upgrade(bench: Bench) -> None:
    bench.upgraded("one.example.com", STARTED - 400)
    result = bench.bake("one.example.com")
    assert result["waited"] == 210.0  # the first look from then on
    assert result["sites"] == {"one.example.com": {"until": STARTED + 200}}
    assert bench.looks == 8
    assert "all serving" in bench.said[0]
    assert "03:20 to go" in bench.said[0]


def test_what_has_stood_for_long_is_not_waited_for_nor_asked(bench: Bench) -> None:
    bench.upgraded("one.example.com", STARTED - 601)
    assert bench.bake("one.example.com")["waited"] == 0.0
    assert bench.looks == 0


@pytest.mark.parametrize("recorded", [False, True])
def test_a_site_that_was_not_upgraded_is_not_waited_for(bench: Bench, recorded: bool) -> None:
    if recorded:
        bench.upgraded("one.example.com", STARTED - 10, outcome="failed")
    assert bench.bake("one.example.com")["waited"] == 0.0


def test_one_bad_look_is_not_yet_a_fault(bench: Bench) -> None:
    bench.upgraded("one.example.com", STARTED)
    bench.serves = lambda look: look not in (3, 4)
    assert bench.bake("one.example.com")["waited"] == 600.0
    assert any("1 of 1 not serving" in line for line in bench.said)


def does_not_serve() -> bool:
    return False


def does_not_answer() -> bool:
    raise Unreachable("look", "no answer in time", "look")


@pytest.mark.parametrize("bad", [does_not_serve, does_not_answer])
def test_a_site_that_stops_serving_holds_the_next_wave(bench: Bench, bad: Callable[[], bool]) -> None:
    bench.upgraded("one.example.com", STARTED)
    bench.serves = lambda look: True if look < 5 else bad()
    with pytest.raises(RunFailed, match=r"one\.example\.com was found not serving 3 times in a row") as caught:
        bench.bake("one.example.com")
    assert bench.looks == 7
    assert caught.value.facts["sites"] == ["one.example.com"]
    assert "No further wave was begun" in caught.value.remedy


def test_a_site_that_is_down_at_the_end_does_not_let_the_wave_begin(bench: Bench) -> None:
    bench.upgraded("one.example.com", STARTED)
    bench.serves = lambda look: look < 21
    with pytest.raises(RunFailed):
        bench.bake("one.example.com")


def test_check_mode_waits_for_nothing(bench: Bench) -> None:
    bench.upgraded("one.example.com", STARTED)
    assert "would wait 10:00" in bench.bake("one.example.com", check_mode=True)["msg"]
    assert bench.now == STARTED
