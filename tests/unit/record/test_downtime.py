# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For how long the site's name led to nobody, by windows and steps, and a standby beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import report_text, status
from ansible_collections.bomgar.appliance.plugins.module_utils.downtime import STANDBY_DOWN, by_window
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer

PLANNED = [
    ("install:x.pkg", "b", "first"),
    ("cutover", "b", "first"),
    ("install:x.pkg", "a", "second"),
    ("final", None, "second"),
]


class Time:
    """A clock that a test moves."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def swapped() -> dict[str, Any]:
    """A role swap: the standby is down for 40 s in each window, the name for 5 s at the cutover."""
    clock = Time()
    writer = Writer(Run("first", "", "", {}), clock=clock)
    record = Record.in_memory("support.example.com", writer, wish={"site": "2"}, path="role_swap")
    steps = [{"id": one, "title": one, "appliance": name, "window": window} for one, name, window in PLANNED]
    record.data["plan"] = {"fingerprint": "", "pair": {"production": "a"}, "given_up": False, "steps": steps}
    for window, name in (("first", "b"), ("second", "a")):
        record = Record(record.data, None, Writer(Run(window, "", "", {}), clock=clock))
        with record.step("Install x.pkg", step_id="install:x.pkg", appliance=name) as step:
            record.site_watched(by="check_health", resolution=5.0)
            clock.now += 60
            down = {"seconds": 40.0, "spells": 1, "ongoing": False, "resolution": 10.0}
            step.done("changed", facts={STANDBY_DOWN: down})
        if window == "first":
            # The cutover looks once before its step begins.
            at, clock.now = clock.now, clock.now + 1
            with record.step("Move the name", step_id="cutover", appliance=name) as step:
                record.site_down(by="check_health", resolution=5.0, at=at)
                clock.now += 4
                record.site_up()
                step.done("changed")
    return json.loads(json.dumps(record.data))  # type: ignore[no-any-return]


def test_each_window_has_its_own() -> None:
    first, second = by_window(swapped())
    assert (first.window, first.outage.seconds, first.outage.spells) == ("first", 5.0, 1)
    assert (second.window, second.outage.seconds, second.outage.spells) == ("second", 0.0, 0)
    shown = [(step.title, step.appliance, step.outage.seconds, step.standby) for step in first.steps]
    assert shown == [("Install x.pkg", "b", 40.0, True), ("Move the name", "b", 5.0, False)]
    assert [(step.appliance, step.standby) for step in second.steps] == [("a", True)]


def test_all_of_it_is_in_every_report() -> None:
    data = swapped()
    lines = status.ending_lines(data, "/report.html")
    assert lines is not None
    words = " ".join(" ".join(lines).split())
    assert "Site down in the first window: 5 s ± 5 s" in words
    assert "- Install x.pkg: 40 s (b alone, as the standby; not the site) - Move the name: 5 s" in words
    assert "Site down in the second window: never seen" in words
    assert "Site down, in all: 5 s ± 5 s" in words
    assert words.endswith("Report: /report.html")
    assert max(map(len, lines)) <= 70
    told = " ".join(status.lines("support.example.com", {}, record=data))
    assert "site down   in the first window: 5 s" in told
    assert "in the second window: never seen" in told
    derived = json.loads(report_text.json_view(data))["derived"]["outages_by_window"]
    assert (derived["first"]["seconds"], derived["second"]["seconds"]) == (5.0, 0.0)
    assert [step["standby"] for step in derived["first"]["steps"]] == [True, False]
    assert 'name="site down in the first window" value="5 s' in report_text.junit(data)
    assert "Site down in the second window" in report_text.markdown(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(outages=None),
        lambda data: data.update(plan=None),
        lambda data: data.update(steps=[]),
    ],
)
def test_where_nobody_looked_or_there_are_no_windows(change: Callable[[dict[str, Any]], None]) -> None:
    data = swapped()
    change(data)
    assert by_window(data) == ()
