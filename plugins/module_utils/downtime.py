# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For how long nobody served at the site's name, by the windows of a pair and their steps. Pure.

A standby that is down is no outage of the site; it is told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .pair_record import CUTOVER
from .record_format import seconds
from .record_standing import PREPARATIONS, Outage, is_installation, measured_outage

#: The fact of an installation's step: seconds and spells in which an appliance was down that the site's name did not lead to.
STANDBY_DOWN = "standby_down"
#: The wait for an installation that no step of the record began.
_JOIN = "join"


@dataclass(frozen=True)
class StepDown:
    """What was down in a step: the site, or only the standby."""

    title: str
    appliance: str
    outage: Outage
    standby: bool = False


@dataclass(frozen=True)
class WindowDown:
    """The outage of the site's name in one window of a pair (`first`, `second`, `abort`), in which somebody looked."""

    window: str
    outage: Outage
    steps: tuple[StepDown, ...]


def by_window(data: Mapping[str, Any]) -> tuple[WindowDown, ...]:
    """The windows in which somebody looked whether the site serves; none for a single appliance, whose record has no windows."""
    of_run = _windows(data)
    found = []
    for window in dict.fromkeys(of_run.values()):
        steps = [step for step in data["steps"] if of_run.get(step.get("run")) == window]
        own = [one for one in data.get("outages") or [] if of_run.get(one.get("run")) == window]
        whole = measured_outage({**data, "outages": own}) if data.get("outages") is not None else None
        if whole is not None and (own or any(_watches(step) for step in steps)):
            found.append(WindowDown(window, whole, tuple(_steps(data, steps, own))))
    return tuple(found)


def _windows(data: Mapping[str, Any]) -> dict[Any, str]:
    """The window that each run was, by the planned steps that it attempted. Preparations tell nothing: both windows have them."""
    planned: dict[tuple[Any, Any], set[str]] = {}
    for step in (data.get("plan") or {}).get("steps") or []:
        if step.get("window") and step["id"] not in PREPARATIONS:
            planned.setdefault((step["id"], step.get("appliance")), set()).add(str(step["window"]))
    found: dict[Any, str] = {}
    for step in data["steps"]:
        windows = planned.get((step["id"], step.get("appliance"))) or planned.get((step["id"], None)) or set()
        if len(windows) == 1:
            found.setdefault(step.get("run"), *windows)
    return found


def _watches(step: Mapping[str, Any]) -> bool:
    return is_installation(step) or step["id"] in (CUTOVER, _JOIN)


def _steps(data: Mapping[str, Any], steps: list[Mapping[str, Any]], outages: list[Mapping[str, Any]]) -> list[StepDown]:
    found = []
    for step in steps:
        title, name = str(step["title"]), str(step.get("appliance") or "")
        own = [one for one in outages if _step_of(steps, one) is step]
        outage = measured_outage({**data, "outages": own}) if own else None
        if outage is not None:
            found.append(StepDown(title, name, outage))
        standby = step["facts"].get(STANDBY_DOWN)
        if isinstance(standby, Mapping) and standby.get("spells"):
            resolution, ongoing = standby.get("resolution"), bool(standby.get("ongoing"))
            alone = Outage(float(standby["seconds"]), resolution, int(standby["spells"]), ongoing)
            found.append(StepDown(title, name, alone, standby=True))
    return found


def _step_of(steps: list[Mapping[str, Any]], outage: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first step of the same run that had not ended when it was first seen: a step may look once before it begins."""
    at = seconds(outage["down_from"])
    for step in steps:
        if step.get("run") == outage.get("run") and (step["ended"] is None or seconds(step["ended"]) > at):
            return step
    return None
