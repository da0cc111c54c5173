# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells which appliance of a pair answers at the site's own address. Moves nothing, waits for nothing.

Two appliances of one site look alike: same software, settings and certificate. They differ by the id that `check_health` gives
(D-RS-CH) and by the serial number that `/appliance` shows (D-BG-DR); an address proves nothing, a NAT may stand in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .connect import Appliance
from .errors import AuthenticationRefused, BomgarError, MissingLibrary, NotSupported, Unreachable
from .record import Record


@dataclass(frozen=True)
class Answer:
    """What was seen at the site's address.

    `name`: the appliance that answers, None if that is not known; `how` it is known. `serving`: whether the site serves there.
    `at`: Unix seconds, of the beginning of a look that saw it down. `problem`: why something is not known, or what is wrong.
    """

    name: str | None
    how: str
    serving: bool
    at: float
    problem: str | None = None


@dataclass
class _Way:
    """One way to tell appliances apart. `group`: the account that it takes."""

    how: str
    group: str
    possible: Callable[[Appliance], bool]
    known: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    #: Why it is not used (any more).
    closed: str | None = None

    def name_of(self, mark: str | None) -> str | None:
        """Whose mark it is, if only one has it."""
        found = [name for name, own in self.known.items() if own == mark]
        return found[0] if len(found) == 1 else None


class FrontDoor:
    """The site's own address, and the appliances (`sides`, by name) of which one answers there.

    `door` uses their accounts. An account that differs between them is not used there, since the other one would refuse it, and
    one that was refused is not tried again: either could lock it.
    """

    def __init__(self, door: Appliance, sides: Mapping[str, Appliance], clock: Callable[[], float] = time.time) -> None:
        self.door = door
        self.sides = sides
        self._clock = clock
        self._health = _Way("check_health", "api", lambda box: box.has_api)
        self._serial = _Way("serial number", "appliance", lambda box: box.has_pages)
        self._ways = (self._health, self._serial)
        for way in self._ways:
            boxes = (door, *sides.values())
            if not all(way.possible(box) for box in boxes):
                way.closed = f"no {way.group} account is given for each of them"
            elif any(_account(box, way) != _account(door, way) for box in boxes):
                way.closed = f"their {way.group} accounts differ"

    @property
    def asks(self) -> str:
        """By what it is seen whether the site serves, in a word."""
        return self.door.probe.asks if self._health.closed else self._health.how

    def knows(self, name: str) -> bool:
        """Whether this appliance could be told at the site's address, by what it says at its own."""
        self._learn()
        return any(way.name_of(way.known.get(name)) == name for way in self._ways if not way.closed)

    def ask_again(self) -> None:
        """Ask those of the pair again that did not tell who they are, at the next look."""
        for way in self._ways:
            way.asked = set(way.known)

    def who(self) -> Answer:
        """Look once. Never raises because something is down or refuses; at most one request for each way, once both are known."""
        self._learn()
        began = self._clock()
        serving, mark, trouble = None, None, None
        if not self._health.closed:
            try:
                health = self.door.command_api.check_health()
                serving, mark = health.healthy, health.appliance_id
                trouble = health.error_message if not health.healthy else None
            except BomgarError as error:
                if isinstance(error, MissingLibrary):
                    raise
                if isinstance(error, Unreachable):
                    return Answer(None, "", False, began, _said(error))
                trouble = self._failed(self._health, error)
                self._learn()  # if that was the end of this way
        name = self._health.name_of(mark)
        if serving is None:
            # No API tells it: the open page does.
            try:
                serving = self.door.probe.serving()
            except BomgarError as error:
                return Answer(None, "", False, began, _said(error))
        if name is not None:
            return Answer(name, self._health.how, serving, self._clock() if serving else began, trouble)
        if not self._serial.closed and self._serial.known:
            try:
                mark = self.door.pages.basics().serial
                name = self._serial.name_of(mark)
            except BomgarError as error:
                trouble = self._failed(self._serial, error)
        at = self._clock() if serving else began
        if name is not None:
            return Answer(name, self._serial.how, serving, at)
        return Answer(None, "", serving, at, trouble or self._untold(mark))

    def _learn(self) -> None:
        """Ask each of the pair, once, who it is; by the second way only what the first does not tell."""
        for way in self._ways:
            for name, box in self.sides.items():
                first = self._health
                told = way is not first and not first.closed and first.name_of(first.known.get(name)) == name
                if way.closed or name in way.asked or told:
                    continue
                way.asked.add(name)
                try:
                    mark = (
                        box.command_api.check_health().appliance_id
                        if way is self._health
                        else box.pages.basics().serial
                    )
                except BomgarError as error:
                    if isinstance(error, MissingLibrary):
                        raise
                    self._failed(way, error)
                else:
                    if mark:
                        way.known[name] = mark

    def _failed(self, way: _Way, error: BomgarError) -> str | None:
        """What an error leaves to say; a refused account closes its way."""
        if isinstance(error, AuthenticationRefused):
            way.closed = _said(error)
        # A release without check_health (before 12, say) is no problem where the serial number tells it.
        return None if isinstance(error, NotSupported) else _said(error)

    def _untold(self, mark: str | None) -> str:
        if all(way.closed for way in self._ways):
            reasons = "; ".join(f"{way.how}: {way.closed}" for way in self._ways)
            return f"nothing tells which appliance answers ({reasons})"
        unknown = [name for name in self.sides if not any(name in way.known for way in self._ways)]
        if mark is None:
            return "what answers does not say which appliance it is"
        if unknown:
            return f"what answers is none of those that are known; {' and '.join(unknown)} did not say who it is"
        return f"what answers is neither of {' and '.join(self.sides)}"


class NameWatch:
    """Looks, beside other work, whether the site serves at its own address (`door`), and has the record tell for how long it did not.

    For work on an appliance that the name does not lead to: its own going down is no outage of the site.
    """

    def __init__(
        self, door: Appliance, record: Record, interval: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._probe = door.probe
        self._record = record
        self._interval = interval
        self._clock = clock
        self._seen_down = False

    def look(self) -> None:
        """One look, which is one request. What answers something else than whether it serves tells nothing."""
        began = self._clock()
        try:
            serving = self._probe.serving()
        except Unreachable:
            serving = False
        except BomgarError:
            return
        self._record.site_watched(by=self._probe.asks, resolution=self._interval)
        if serving:
            # An outage that this watch has not seen begin is one that an earlier run saw.
            self._record.site_up(at=self._clock(), watched=self._seen_down)
        else:
            self._record.site_down(by=self._probe.asks, resolution=self._interval, at=began)
        self._seen_down = not serving


def _account(box: Appliance, way: _Way) -> dict[str, str]:
    return {name: value for name, value in (box.options.get(way.group) or {}).items() if value}


def _said(error: BomgarError) -> str:
    return f"{error.attempted}: {error.got}"
