# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to be interrupted: which pairs, where, how; and which part of it is played."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ansible_collections.bomgar.appliance.tests.integration.pairs.conftest import GUIDE, MODERN

WINDOWS = ("first", "second")
#: The site's shared address, where the name moves with it.
SHARED = ("192.0.2.20",)

#: The run is killed when the request has arrived; the appliance acts on it all the same.
KILLED = "killed"
#: The run is killed, and the appliance does not act on it: only commands tell the difference.
UNHEARD = "unheard"
#: The appliance acts, and the answer is lost; the run goes on.
LOST = "lost"
#: Killed, and the controller's records are deleted before the next run.
FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Scenario:
    """A pair on its path. `options` are the simulator's, `common` the inventory's; `primary`: who has to be it in the end."""

    name: str
    path: str
    versions: Any
    primary: str
    options: Mapping[str, Any] = field(default_factory=dict)
    common: Mapping[str, Any] = field(default_factory=dict)
    #: The commands of each window in their order, by box and role: what an undisturbed run must send, and no more.
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _commands(first: str, last: str, primary: str, *cutover: str) -> dict[str, tuple[str, ...]]:
    """As both alternatives of the guide have them; an upload installs by itself. A sync is asked for on the backup."""
    return {
        "first": ("b login:sync", "a login:break", *(f"{first} appliance:upload",) * 2, *cutover),
        "second": (*(f"{last} appliance:upload",) * 2, f"{primary} login:establish", f"{last} login:sync"),
    }


_MODERN = {"dialect": "modern_en"}
_GUIDE = {"dialect": "guide_it"}
#: A release that tells its state by check_health, and the guide's, whose pages alone tell it.
SCENARIOS = {
    each.name: each
    for each in (
        Scenario("modern-in_place", "in_place", MODERN, "a", _MODERN, {}, _commands("a", "b", "a")),
        Scenario(
            "modern-role_swap",
            "role_swap",
            MODERN,
            "b",
            {**_MODERN, "shared_ips": SHARED},
            {"bomgar_cutover": {"method": "shared_ip", "shared_ips": list(SHARED)}},
            _commands("b", "a", "b", "a login:shared_ips", "b login:shared_ips"),
        ),
        Scenario("guide-in_place", "in_place", GUIDE, "a", _GUIDE, {}, _commands("a", "b", "a")),
        Scenario("guide-role_swap", "role_swap", GUIDE, "b", _GUIDE, {}, _commands("b", "a", "b")),
    )
}


@dataclass(frozen=True)
class Cell:
    """One interruption: request `number` of a window of a scenario, counted over both boxes and the door from 1."""

    scenario: str
    window: str
    number: int
    fault: str
    role: str
    command: bool

    @property
    def id(self) -> str:
        return f"{self.scenario}/{self.window}/{self.number}-{self.fault}"


@dataclass(frozen=True)
class Arrived:
    """A request of a run: `what` is box and role, `b login:sync`."""

    what: str
    command: bool


def cells(undisturbed: Mapping[str, Mapping[str, Iterable[Arrived]]]) -> list[Cell]:
    """The whole matrix; `undisturbed`: scenario -> window -> its requests."""
    return [
        Cell(scenario, window, number, fault, arrived.what, arrived.command)
        for scenario, windows in undisturbed.items()
        for window, requests in windows.items()
        for number, arrived in enumerate(requests, 1)
        for fault in (KILLED, *((UNHEARD,) if arrived.command else ()), LOST, FORGOTTEN)
    ]


def ordered(matrix: list[Cell], seed: int) -> list[Cell]:
    """All that concern a command, then the others as the seed shuffles them: what is stopped early has seen the most."""
    commands = [cell for cell in matrix if cell.command]
    others = [cell for cell in matrix if not cell.command]
    Random(seed).shuffle(commands)
    Random(seed).shuffle(others)
    return commands + others


def chosen(matrix: list[Cell], *, seed: int, sample: int | None, part: tuple[int, int]) -> list[Cell]:
    """`sample`: so many besides the commands. `part`: (2, 8) is the second of eight slices."""
    found = ordered(matrix, seed)
    if sample is not None:
        found = found[: sum(cell.command for cell in found) + sample]
    which, of = part
    return found[which - 1 :: of]


#: From the number and the words of a request to the fault that strikes it, if one does.
Decision = Callable[[int, str], "str | None"]


def at_request(number: int, fault: str) -> Decision:
    """Strike one request by its number, in the first run that comes so far."""
    done = False

    def decide(seen: int, _what: str) -> str | None:
        nonlocal done
        if done or seen != number:
            return None
        done = True
        return fault

    return decide


def at_each(commands: Iterable[str], fault: str) -> Decision:
    """Strike each of these commands once, in whichever run it comes."""
    left = list(commands)

    def decide(_number: int, what: str) -> str | None:
        if what not in left:
            return None
        left.remove(what)
        return fault

    return decide
