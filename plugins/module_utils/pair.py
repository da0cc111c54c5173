# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the failover state of both appliances of a pair, and presses what is asked for on their pages. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .accounts import GIVE_API, LOGIN
from .connect import Appliance
from .errors import AuthenticationRefused, BadInput, BomgarError, NotRecognised, NotSupported
from .models import FailoverView, Outcome, Role, SyncState, plain
from .record import Step
from .record_format import ASKING
from .runner import Task
from .transport import Request
from .web.failover_pages import FailoverPages


@dataclass(frozen=True)
class Seen:
    """What one appliance shows of its failover. `sync_time`: Unix seconds by its own clock, `sync_text` the same as a page writes it.

    `trouble`: why nothing is known now, or not its role; that is UNKNOWN then.
    """

    name: str
    role: Role
    sync_time: float | None = None
    sync_text: str | None = None
    sync_status: str | None = None
    sync: SyncState = SyncState.UNKNOWN
    shared_ips: tuple[str, ...] | None = None
    trouble: str | None = None


class Member:
    """One appliance of a pair: by `check_health`, else by Management > Failover of `/login` (releases before 12, say)."""

    def __init__(self, appliance: Appliance) -> None:
        self.appliance = appliance
        self.name = appliance.name
        self._by_api = appliance.has_api

    def look(self) -> Seen:
        """The state now. A refused account is raised: asking again would lock it. What else fails is `trouble`."""
        try:
            return self._look()
        except AuthenticationRefused:
            raise
        except BomgarError as error:
            return Seen(self.name, Role.UNKNOWN, trouble=f"{error.attempted}: {error.got}")

    def _look(self) -> Seen:
        if self._by_api:
            try:
                return self._health()
            except NotSupported:
                self._by_api = False
        if not self.appliance.has_login:
            return Seen(
                self.name,
                Role.UNKNOWN,
                trouble=f"no account that tells its role is given. {GIVE_API} Or give {LOGIN.words}",
            )
        return self.from_view(self.appliance.failover_pages.view())

    def _health(self) -> Seen:
        health = self.appliance.command_api.check_health()
        status = health.last_data_sync_status
        odd = health.failover_role is Role.UNKNOWN and health.role_word
        return Seen(
            self.name,
            health.failover_role,
            health.last_data_sync_time,
            None,
            status,
            SyncState.UNKNOWN if status is None else self.appliance.labels.sync_state(status),
            health.shared_ips,
            f"check_health tells a role that is not known: {health.role_word!r}" if odd else None,
        )

    def from_view(self, view: FailoverView) -> Seen:
        """What its page shows."""
        ips = None if view.shared_ips is None else tuple(address for address, on in view.shared_ips.items() if on)
        return Seen(self.name, view.role, view.last_sync_time, view.last_sync, view.sync_status, view.sync, ips)

    def now(self) -> float | None:
        """The time by its own clock in Unix seconds (`get_api_info`, D-RS-GAI); None where it does not tell it."""
        if not self.appliance.has_api:
            return None
        try:
            return self.appliance.command_api.get_api_info().timestamp
        except NotSupported:
            return None

    def does(
        self,
        task: Task,
        step: Step,
        press: Callable[[FailoverPages], FailoverView],
        person: str,
    ) -> FailoverView | None:
        """Have something pressed on its Failover page, once; what the page shows in answer, or None where that is to be looked up.

        The record knows of it before it goes out. A lost or strange answer is no error here: what was done shows later.
        """
        if self.appliance.driver == "operator":
            self._ask_a_person(task, step, person)
            return None
        transport = self.appliance.login_transport
        commands = transport.commands

        def asking(request: Request) -> None:
            (step.must_keep if transport.commands == commands else step.progress)(
                ASKING, request=request.what, on=self.name
            )

        transport.before_command = asking
        try:
            return press(self.appliance.failover_pages)
        except BomgarError as error:
            if transport.commands == commands:
                if isinstance(error, NotRecognised) and self.appliance.attended:
                    task.say(f"{self.prefix}  {error}")
                    self._ask_a_person(task, step, person)
                    return None
                raise
            step.progress("answer not understood", message=str(error))
            task.say(f"{self.prefix}  the answer was lost or not recognised ({error.got}); looking what it did")
            return None
        finally:
            transport.before_command = None

    def takes_key(self, task: Task, step: Step, key: str) -> None:
        """Have the pre-shared key set on it, by whoever acts there. A page that refuses it is an error."""
        if self.appliance.driver == "operator":
            person = "enter the key of bomgar_failover_key as inter-appliance pre-shared key and save it"
            self._ask_a_person(task, step, person, "Security")
        else:
            self.appliance.failover_pages.set_key(key)

    def said_since(self) -> str | None:
        """What its Failover page has come to say since something was pressed there; None where nothing, or it cannot be read."""
        try:
            return self.appliance.failover_pages.said_since()
        except BomgarError:
            return None

    def _ask_a_person(self, task: Task, step: Step, person: str, page: str = "Failover") -> None:
        where = f"{self.appliance.url.rstrip('/')}/login > Management > {page}"
        step.must_keep(ASKING, person=task.own(f"on {where}, {person}"))
        task.ask(
            f"{self.prefix}  PLEASE DO THIS NOW: on {where}, {person}. This waits until the appliances show that it was done."
        )

    @property
    def prefix(self) -> str:
        """How lines about it begin."""
        return f"{self.appliance.site}  {self.name}"


@dataclass
class Pair:
    """Both appliances; `one` is that of the option `appliance`, `two` its peer."""

    one: Member
    two: Member

    @classmethod
    def of(cls, task: Task) -> Pair:
        """The pair of a task. BadInput without a peer, or where both are the same."""
        if task.peer is None:
            raise BadInput(
                "act on a failover pair", "its other appliance is not given", "Name it: peer (bomgar_appliances)."
            )
        if task.peer.name == task.appliance.name or task.peer.url == task.appliance.url:
            raise BadInput(
                "act on a failover pair",
                f"appliance and peer are both {task.appliance.name} at {task.appliance.url}",
                "Give each its own name and url (bomgar_appliances).",
            )
        return cls(Member(task.appliance), Member(task.peer))

    def look(self) -> tuple[Seen, Seen]:
        """The state of both now."""
        return self.one.look(), self.two.look()

    def member(self, name: str) -> Member:
        """One of the two by its name."""
        return self.one if self.one.name == name else self.two

    def evidence(self) -> list[dict[str, Any]]:
        """The last requests to both, in order of time."""
        found = [*self.one.appliance.evidence(), *self.two.appliance.evidence()]
        return sorted(found, key=lambda item: float(item["at"]))

    def result(
        self,
        outcome: Outcome,
        message: str,
        before: tuple[Seen, Seen],
        after: tuple[Seen, Seen] | Mapping[str, Role] | None = None,
    ) -> dict[str, Any]:
        """The result of a module. `after`: what was seen then, or is expected by name; None if nothing changed."""
        return {
            "changed": outcome is Outcome.CHANGED,
            "outcome": outcome.value,
            "msg": f"{self.one.appliance.site}: {message}",
            "roles": shown(after if isinstance(after, tuple) else before),
            "diff": difference(before, after or before),
        }


def primary(seen: tuple[Seen, Seen]) -> Seen | None:
    """The one that is primary, with the other backup; None for everything else."""
    one, two = seen
    if (one.role, two.role) == (Role.PRIMARY, Role.BACKUP):
        return one
    return two if (one.role, two.role) == (Role.BACKUP, Role.PRIMARY) else None


def roles(seen: tuple[Seen, Seen]) -> str:
    """The roles for a person: `a primary, b backup`."""
    return ", ".join(f"{each.name} {each.role}" + (f" ({each.trouble})" if each.trouble else "") for each in seen)


def difference(before: tuple[Seen, Seen], after: tuple[Seen, Seen] | Mapping[str, Role]) -> dict[str, str]:
    """The roles before and after for C(--diff). `after`: what was seen, or what is expected by name."""
    expected = (
        ", ".join(f"{name} {role}" for name, role in after.items()) if isinstance(after, Mapping) else roles(after)
    )
    return {"before": f"{roles(before)}\n", "after": f"{expected}\n"}


def shown(seen: tuple[Seen, Seen]) -> dict[str, Any]:
    """Both as plain values, by name."""
    return {each.name: plain(each) for each in seen}
