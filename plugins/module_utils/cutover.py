# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has an appliance answer for the site's name, and proves it by asking there who answers; what does not verify is put back.

Nothing is moved to an appliance that does not serve, or of which it could not be told afterwards that it answers. While it waits
it measures for how long nobody served at the name.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import BadInput, BomgarError, RunFailed
from .front_door import Answer, FrontDoor
from .gates import let_sessions_end
from .leads import ByDns, ByPerson, BySharedAddress, Given, Lead, host_addresses
from .models import Outcome
from .operate import Pace, Voice, wait
from .pair import Member, Pair
from .pair_record import CUTOVER
from .record import Step
from .record_standing import last_attempts
from .runner import Task


@dataclass
class Outages:
    """For how long the name led to nobody who serves, look by look. Pure."""

    spells: list[list[float]] = field(default_factory=list)
    ongoing: bool = False

    def see(self, answer: Answer) -> None:
        """One more look."""
        if self.ongoing:
            self.spells[-1][1] = answer.at
        elif not answer.serving:
            self.spells.append([answer.at, answer.at])
        self.ongoing = not answer.serving

    @property
    def seconds(self) -> float:
        """All of it together, up to the last look."""
        return round(sum(up - down for down, up in self.spells), 1)


@dataclass
class Cutover:
    """One run of the module `cutover`."""

    task: Task
    outages: Outages = field(default_factory=Outages)

    def __post_init__(self) -> None:
        task = self.task
        self.site = task.appliance.site
        self.pair = Pair.of(task) if task.peer is not None else None
        self.one = self.pair.one if self.pair else Member(task.appliance)
        self.two = self.pair.two if self.pair else None
        if task.front is None:
            raise BadInput(
                f"let {self.site} lead to {self.one.name}",
                "the site's own address is not given, so nobody could see who answers there",
                "Give it: site_url (bomgar_url).",
            )
        members = [self.one, *([self.two] if self.two else [])]
        self.door = FrontDoor(task.front, {member.name: member.appliance for member in members}, task.clock)
        self.pace = Pace.of(task)
        self.lead = self._lead()

    def _lead(self) -> Lead:
        params = self.task.params
        given = Given(self.task, self.one, self.two, self.pace, params["show_within"], self._earlier(), self._look)
        method = params["method"]
        if method == "dns":
            return ByDns(given, params["dns"])
        if method == "shared_ip":
            return BySharedAddress(given, params["shared_ips"], params["peer_gone"])
        return ByPerson(given) if method == "operator" else Lead(given)

    def _earlier(self) -> Mapping[str, Any] | None:
        """What a run that was stopped in this cutover, or could not tell how it ended, had found before it, by the record."""
        kept = self.task.kept_record
        if kept is None or kept.finished:
            return None
        for step in last_attempts(kept.data):
            open_ended = step["ended"] is None or step["outcome"] == Outcome.UNKNOWN
            if step["id"] == CUTOVER and step.get("appliance") == self.one.name and open_ended:
                before = step["evidence"]["before"]
                return before if isinstance(before, Mapping) else {}
        return None

    # the whole

    def run(self) -> dict[str, Any]:
        """The result of the module. RunFailed with what became of it."""
        self.lead.read()
        self.answer = answer = self.door.who()
        self.outages.see(answer)
        if self.lead.there is not True and not self._good(answer):
            self._serves_here()
        if not self.door.knows(self.one.name):
            raise self._refused(
                f"it could not be told afterwards that {self.one.name} answers there: "
                f"{answer.problem or 'it does not say which appliance it is'}",
                "Give an API account, or the same account of /appliance on both.",
            )
        there = self.lead.there
        lacking = self.lead.lacking() if there is not False else None
        done = there is not False and self._good(answer) and lacking is None
        if self.task.check_mode:
            return self._rehearsed(answer, done, lacking)
        if self.task.params["method"] == "ready":
            self._let_sessions_end(answer)
            return self._result(Outcome.UNCHANGED, answer, answer, f"{self.site} may lead to {self.one.name}")
        with self.task.record.step(
            f"Let {self.site} lead to {self.one.name}",
            step_id=CUTOVER,
            module="cutover",
            appliance=self.one.name,
            method=self.task.params["method"],
        ) as step:
            # A later run puts back what the first one found, not what it left.
            step.before(
                self.lead.given.earlier or {"answers": answer.name, "serving": answer.serving, **self.lead.shown()}
            )
            self._begin_watch(answer)
            if done:
                return self._done(step, answer, answer, changed=False)
            return self._moved(step, answer)

    def _moved(self, step: Step, before: Answer) -> dict[str, Any]:
        task, began = self.task, self.task.clock()
        old, new = self.lead.change
        try:
            self._let_sessions_end(before)
            if self.lead.there is False:
                task.say(f"{self.one.prefix}  letting {self.site} lead to {new} instead of {old}")
            self.lead.move(step)
            answer = self._prove()
        except BomgarError as error:
            if not self.lead.moved:
                if not isinstance(error, RunFailed):
                    got = f"{error.attempted}: {error.got}"
                    step.done(Outcome.REFUSED, detail=got, action=error.remedy, requests=self._evidence())
                raise
            self._back_out(step, before, f"{error.attempted}: {error.got}", error.remedy)
        else:
            if answer is None:
                self._back_out(step, before, self._lacking(), "")
            else:
                return self._done(
                    step, before, answer, changed=self._changes(before), seconds=round(task.clock() - began, 1)
                )
        raise AssertionError("a back-out always raises")

    def _changes(self, before: Answer) -> bool:
        return self.lead.moved or before.name != self.one.name

    def _let_sessions_end(self, answer: Answer) -> None:
        """Whether a session goes on when the name leaves its appliance is not documented, so none is left there unasked."""
        task = self.task
        led_here = self.lead.there is True or answer.name == self.one.name or not answer.serving
        if self.two is None or led_here or task.params["method"] == "verify":
            return
        rule = task.params["sessions"]
        let_sessions_end(
            task,
            self.two.appliance,
            self.lead.given.title,
            rule,
            replace(self.pace, deadline=task.params["sessions_wait"] if rule == "wait" else 0.0),
            none_if=lambda observer: observer.unreachable is not None,  # nothing is left to be cut there
        )

    def _serves_here(self) -> None:
        """The new production serves at its own address, before the name leads there."""
        url = self.one.appliance.url
        try:
            serving, why = self.one.appliance.probe.serving(), "it says that it is not good"
        except BomgarError as error:
            serving, why = False, error.got
        if not serving:
            raise self._refused(
                f"{self.one.name} does not serve at {url} ({why})", "See to that appliance first, then run this again."
            )

    def _good(self, answer: Answer) -> bool:
        return answer.name == self.one.name and answer.serving

    # looking

    def _begin_watch(self, answer: Answer) -> None:
        self.task.record.site_watched(by=self.door.asks, resolution=self.pace.interval)
        self._mark(answer)

    def _look(self) -> Answer:
        self.answer = self.door.who()
        self.outages.see(self.answer)
        self._mark(self.answer)
        return self.answer

    def _mark(self, answer: Answer) -> None:
        if answer.serving:
            # An outage that this run has not seen begin is one that an earlier run saw.
            self.task.record.site_up(at=answer.at, watched=bool(self.outages.spells))
        else:
            self.task.record.site_down(by=self.door.asks, resolution=self.pace.interval, at=answer.at)

    def _prove(self) -> Answer | None:
        """Wait until the appliance answers at the name, and everybody follows who has to; None if not in time."""
        voice = Voice(self.task.say, self.task.clock, f"{self.site}  {self.one.name}")

        def look() -> Answer | None:
            answer, lacking = self._look(), self.lead.lacking()
            voice.tell(f"waiting for it to answer for {self.site}", self._state(answer, lacking))
            return answer if self._good(answer) and lacking is None else None

        return self._wait(look)

    def _wait(self, look: Callable[[], Answer | None]) -> Answer | None:
        return wait(look, replace(self.pace, deadline=self.lead.patience))

    def _state(self, answer: Answer, lacking: str | None) -> str:
        if not answer.serving:
            return "nobody serves there"
        if answer.name is None:
            return "not known who answers"
        return f"{answer.name} answers" + (", not for every resolver" if lacking and self._good(answer) else "")

    def _lacking(self) -> str:
        """What the last look lacked, in words."""
        answer, behind = self.answer, self.lead.lacking()
        where, waited = self.door.door.url, f"after {self.lead.patience:g} s"
        if not answer.serving:
            return f"{waited} the site does not serve at {where} ({answer.problem or 'it says that it is not good'})"
        if answer.name is None:
            return f"{waited} it is not known who answers at {where} ({answer.problem})"
        if answer.name != self.one.name:
            return f"{waited} {answer.name} still answers at {where}" + (f"; {behind}" if behind else "")
        return f"{waited} {self.one.name} answers at {where}, but {behind}"

    # endings

    def _done(
        self, step: Step, before: Answer, answer: Answer, *, changed: bool, seconds: float = 0.0
    ) -> dict[str, Any]:
        outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
        result = self._result(outcome, before, answer, self._message(changed, seconds), seconds)
        step.done(
            outcome,
            detail=result["msg"],
            after=result["after"],
            requests=self._evidence(),
            facts={"outage": result["outage"], "by_address": result["by_address"]},
        )
        if changed:
            self.task.say(f"{self.one.prefix}  {result['msg']}")
        return result

    def _message(self, changed: bool, seconds: float) -> str:
        if not changed:
            return f"{self.one.name} answers for {self.site} already"
        every, lasted = f"looked every {self.pace.interval:g} s", self.outages.seconds
        down = f"nobody served there for {lasted:g} s" if lasted else "nobody served there for a moment"
        return f"{self.one.name} answers for {self.site} after {seconds:g} s; {down if self.outages.spells else 'no outage was seen'} ({every})"

    def _rehearsed(self, answer: Answer, done: bool, lacking: str | None) -> dict[str, Any]:
        old, new = self.lead.change
        if done:
            return self._result(Outcome.UNCHANGED, answer, answer, self._message(False, 0.0))
        if self.lead.there:
            words = f"{new} already; would wait until {self.one.name} answers" + (
                f", since {lacking}" if lacking else ""
            )
            return self._result(Outcome.UNCHANGED, answer, answer, f"{self.site} leads to {words}")
        return self._result(
            Outcome.CHANGED, answer, answer, f"would let {self.site} lead to {new} instead of {old}", expected=new
        )

    def _back_out(self, step: Step, before: Answer, got: str, remedy: str) -> None:
        """Put back what does not verify, and say so: failed if it was seen to be as before, else unknown. Always raises."""
        lead, task = self.lead, self.task
        outcome, backed_out = Outcome.UNKNOWN, False
        if not lead.moved and lead.given.earlier is None:
            # Nothing of this run's doing.
            outcome = Outcome.FAILED if self.answer.name not in (None, self.one.name) else Outcome.UNKNOWN
            words = "Nothing was put back: this run had not moved it"
        elif not lead.can_put_back:
            words = "It could not be put back: how it was before is not known"
        elif not self._old_serves():
            words = f"It was not put back: {self._other} does not serve"
        else:
            task.say(f"{self.one.prefix}  {got}; putting it back")
            try:
                lead.put_back(step)
                backed_out = self._is_back(before)
            except BomgarError as error:
                words = f"Putting it back failed too: {error.attempted}: {error.got}"
            else:
                outcome = Outcome.FAILED if backed_out else Outcome.UNKNOWN
                words = (
                    f"It was put back: {self._other} answers again"
                    if backed_out
                    else f"It was put back, but {self._other} was not seen to answer ({self._state(self.answer, None)})"
                )
        step.requests(self._evidence())
        raise RunFailed(
            outcome.value,
            lead.given.title,
            f"{got}. {words}",
            f"{remedy} See who answers at {self.door.door.url} and why, then run this again.".strip(),
            backed_out=backed_out,
            answers=self.answer.name,
            outage=self._outage(),
            **({lead.word: lead.shown()} if lead.shown() else {}),
        )

    @property
    def _other(self) -> str:
        return self.two.name if self.two else "the other appliance"

    def _old_serves(self) -> bool:
        """A name is not put back to where nobody would serve."""
        if self.two is None:
            return True
        try:
            return self.two.appliance.probe.serving()
        except BomgarError:
            return False

    def _is_back(self, before: Answer) -> bool:
        """Whether the one that answered before is seen to answer again."""
        self.door.ask_again()
        wanted = self.two.name if self.two else before.name

        def look() -> Answer | None:
            answer = self._look()
            return answer if answer.serving and answer.name is not None and answer.name == wanted else None

        return self._wait(look) is not None

    def _refused(self, got: str, remedy: str) -> RunFailed:
        return self.lead.given.refused(got, remedy)

    # the result

    def _result(
        self,
        outcome: Outcome,
        before: Answer,
        answer: Answer,
        message: str,
        seconds: float = 0.0,
        expected: str | None = None,
    ) -> dict[str, Any]:
        clients, warnings = self._by_address()
        shown = self.lead.shown()
        answers = expected and f"{self.one.name} ({expected})"
        return {
            "changed": outcome is Outcome.CHANGED,
            "outcome": outcome.value,
            "method": self.task.params["method"],
            "msg": f"{self.site}: {message}",
            "before": {"answers": before.name, "serving": before.serving},
            "after": self._after(answer),
            "seconds": seconds,
            "outage": self._outage(),
            "by_address": clients,
            **({self.lead.word: shown} if shown else {}),
            "warnings": [*self.lead.warnings, *warnings],
            "diff": {
                "before": f"{self.site} is answered by {before.name}\n",
                "after": f"{self.site} is answered by {answers or answer.name}\n",
            },
        }

    @staticmethod
    def _after(answer: Answer) -> dict[str, Any]:
        return {"answers": answer.name, "serving": answer.serving, "told_by": answer.how or None}

    def _outage(self) -> dict[str, Any]:
        return {
            "seconds": self.outages.seconds,
            "spells": len(self.outages.spells),
            "ongoing": self.outages.ongoing,
            "resolution": self.pace.interval,
        }

    def _evidence(self) -> list[dict[str, Any]]:
        boxes = [self.door.door, *self.door.sides.values()]
        return sorted((item for box in boxes for item in box.evidence()), key=lambda item: float(item["at"]))

    def _by_address(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Those who use an address and no name (Integration Clients, seed): does it lead to the new production?"""
        clients = self.task.params["by_address"]
        found: list[dict[str, Any]] = []
        warnings: list[str] = []
        if not clients:
            return found, warnings
        new, old = (
            {each for place in places for each in host_addresses(place, _resolved)} for places in self.lead.places()
        )
        for client in clients:
            name, address = client["name"], client["address"]
            by_name = address.strip().rstrip(".").lower() in (self.site.lower(), self.door.door.host.lower())
            state = "name" if by_name else _standing(host_addresses(address, _resolved), new, old)
            found.append({"name": name, "address": address, "state": state})
            if state == "old":
                warnings.append(
                    f"{name} uses {address}, which is the old production: change it to {' or '.join(sorted(new))}."
                )
            elif state == "unknown":
                warnings.append(f"{name} uses {address}, which is neither of the two: see where that leads.")
        return found, warnings


def _standing(mine: set[str], new: set[str], old: set[str]) -> str:
    return "new" if mine & new else "old" if mine & old else "unknown"


def _resolved(name: str) -> Sequence[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []
