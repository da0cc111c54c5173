# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets upgraded sites stand for a while before the next wave, and looks meanwhile whether they serve. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .connect import Appliance
from .errors import BomgarError, MissingLibrary, RunFailed
from .models import Outcome
from .operate import Pace, Voice, clock_text, wait
from .record import Record
from .record_format import seconds
from .runner import Task

#: So many looks in a row that find a site not serving are a fault; one alone may be the network's.
FAULTS = 3


@dataclass
class _Site:
    door: Appliance
    until: float
    bad: int = 0
    said: str = ""

    def look(self) -> None:
        try:
            serves, said = self.door.probe.serving(), f"{self.door.probe.asks} says that it does not serve"
        except MissingLibrary:
            raise
        except BomgarError as error:
            serves, said = False, error.got
        self.bad, self.said = (0, "") if serves else (self.bad + 1, said)


def bake(task: Task) -> dict[str, Any]:
    """The result of the module `bake`. RunFailed (failed) once a site was found not serving `FAULTS` times in a row."""
    began = task.clock()
    sites = [_Site(*_stands(options, task, began)) for options in task.params["sites"]]
    waiting = [site for site in sites if site.until > began]
    if waiting and not task.check_mode:
        _wait(task, waiting)
    return {
        "changed": False,
        "waited": round(task.clock() - began, 1),
        "sites": {site.door.site: {"until": site.until} for site in sites},
        "msg": _sentence(sites, waiting, began, task),
    }


def _stands(options: Mapping[str, Any], task: Task, began: float) -> tuple[Appliance, float]:
    """The site's address, and until when it has to stand: from the end of its last upgrade, so that a second run waits for the rest."""
    door = Appliance(options, read_only=True, clock=task.clock, sleep=task.sleep)
    record = Record.open_latest(task.params["records"], door.site)
    ends = (
        [seconds(step["ended"]) for step in record.data["steps"] if step["ended"]] if record and record.finished else []
    )
    return door, (max(ends) + task.params["seconds"] if ends else began)


def _wait(task: Task, sites: list[_Site]) -> None:
    end = max(site.until for site in sites)
    voice = Voice(
        task.say, task.clock, ", ".join(site.door.site for site in sites[:3]) + (" ..." if len(sites) > 3 else "")
    )

    def look() -> bool | None:
        for site in sites:
            site.look()
        bad = [site for site in sites if site.bad]
        broken = [site for site in bad if site.bad >= FAULTS]
        if broken:
            raise RunFailed(
                Outcome.FAILED.value,
                "let the sites of the earlier waves stand",
                "; ".join(
                    f"{site.door.site} was found not serving {site.bad} times in a row ({site.said})" for site in broken
                ),
                "No further wave was begun. See to that site (bomgar.appliance.show_status), then run this again: finished sites are left alone.",
                sites=[site.door.site for site in broken],
            )
        left = end - task.clock()
        state = f"{len(bad)} of {len(sites)} not serving" if bad else "all serving"
        voice.tell("standing before the next wave", state, f"{clock_text(left)} to go" if left > 0 else "")
        return True if left <= 0 and not bad else None

    # Beyond the end only for a site that is not serving just then.
    pace = Pace(
        task.params["poll_interval"], end - task.clock() + FAULTS * task.params["poll_interval"], task.clock, task.sleep
    )
    wait(look, pace)


def _sentence(sites: list[_Site], waiting: list[_Site], began: float, task: Task) -> str:
    if not waiting:
        return f"{len(sites)} of the earlier waves: stood for long enough"
    if task.check_mode:
        return f"check mode: a run would wait {clock_text(max(site.until for site in waiting) - began)} before the next wave"
    return f"{', '.join(site.door.site for site in waiting)} served for {clock_text(task.params['seconds'])} since the upgrade"
