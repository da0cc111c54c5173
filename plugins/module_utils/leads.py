# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways by which a site's name comes to lead to an appliance: a record of the DNS, shared addresses, or a person.

Each reads how it leads now, moves it, says what does not follow yet, and puts it back. Whether the appliance answers at the name
is not asked here: that is the proof, and it is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .connect import Appliance, host_of
from .errors import BadInput, BomgarError, RunFailed, UnexpectedAnswer, Unreachable
from .models import Outcome
from .name_server import Entry, Key, NameServer, is_address, within
from .operate import Pace, wait
from .pair import Member
from .record import Step
from .record_format import ASKING, iso
from .runner import Task

#: A time to live above this is worth a word: it is how long some clients go on asking the old appliance.
_LONG_TTL = 600
_ANSWER_WITHIN = 10.0


@dataclass(frozen=True)
class Given:
    """What every way is given. `one` shall answer, `two` did (None: not given). `earlier`: what a run that was stopped in the same
    move had found before it. `show_within`: seconds for a change to show. `glance` looks at the site's name while something is waited for.
    """

    task: Task
    one: Member
    two: Member | None
    pace: Pace
    show_within: float
    earlier: Mapping[str, Any] | None
    glance: Callable[[], object]

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"let {self.task.appliance.site} lead to {self.one.name}"

    def refused(self, got: str, remedy: str) -> RunFailed:
        """Nothing was done."""
        return RunFailed(Outcome.REFUSED.value, self.title, got, f"{remedy} Nothing was done.")


class Lead:
    """A person, or somebody's own task file, moves the name; and what the other ways have in common."""

    #: What a result calls what `shown` gives.
    word = "name"

    def __init__(self, given: Given) -> None:
        self.given = given
        #: Whether this run may have changed something.
        self.moved = False
        self.warnings: list[str] = []

    def read(self) -> None:
        """Read how the name leads now. RunFailed (refused) if it must not, or cannot, be moved."""

    @property
    def there(self) -> bool | None:
        """Whether it leads to the appliance already; None if this way cannot tell."""
        return None

    @property
    def patience(self) -> float:
        """For how many seconds after the move the appliance may take to answer."""
        return self.given.pace.deadline

    @property
    def change(self) -> tuple[str, str]:
        """Where it leads and where it shall lead, in words."""
        two = self.given.two
        return two.appliance.address if two else "another place", self.given.one.appliance.address

    def places(self) -> tuple[list[str], list[str]]:
        """The addresses of the new and of the old production, for those who use no name."""
        two = self.given.two
        return [self.given.one.appliance.address], [two.appliance.address] if two else []

    def shown(self) -> dict[str, Any]:
        """What is known of it, as plain values."""
        return {}

    def move(self, step: Step) -> None:
        """Move it."""

    def lacking(self) -> str | None:
        """What does not follow yet, in words."""
        return None

    @property
    def can_put_back(self) -> bool:
        """Whether it can be put back as it was."""
        return False

    def put_back(self, step: Step) -> None:
        """Put it back as it was before; raises what the change raises."""


class ByPerson(Lead):
    """Says what to change, once."""

    def move(self, step: Step) -> None:
        given, (old, new) = self.given, self.change
        words = f"let {given.task.appliance.site} lead to {given.one.name} ({new}) instead of {old}, in the DNS, NAT or load balancer that does it"
        step.must_keep(ASKING, person=words)
        given.task.ask(
            f"{given.one.prefix}  PLEASE DO THIS NOW: {words}. This waits until {given.one.name} answers there."
        )


class ByDns(Lead):
    """A record of the DNS, by signed updates; `dns` is the module's option."""

    word = "dns"

    def __init__(self, given: Given, dns: Mapping[str, Any]) -> None:
        super().__init__(given)
        task = given.task
        timeout = min(float(task.appliance.options.get("timeout") or _ANSWER_WITHIN), _ANSWER_WITHIN)
        key = Key(dns["key_name"], dns["key_secret"], dns["key_algorithm"]) if dns["key_name"] else None
        self.server = NameServer(dns["server"], dns["port"], key=key, timeout=timeout, read_only=task.check_mode)
        self.record = str(dns["record"] or host_of(str(task.params["site_url"])))
        self.zone = str(dns["zone"])
        self._ttl = dns["ttl"]
        self._addresses: Mapping[str, Any] = dns["addresses"] or {}
        self._resolvers = {place: NameServer.at(place, timeout) for place in dns["resolvers"]}
        self.seen: dict[str, dict[str, Any]] = {}
        self.now = self.new = Entry(frozenset())
        self.old: Entry | None = None
        self._moved_at: float | None = None
        if not within(self.record, self.zone):
            raise BadInput(
                f"change the record {self.record}",
                f"it is not in the zone {self.zone}",
                "Correct record or zone (bomgar_cutover).",
            )

    def read(self) -> None:
        given = self.given
        self.now = self.server.read(self.record)
        if not self.now.values:
            raise given.refused(
                f"{self.record} has no address record on {self.server.words}", "Correct record (bomgar_cutover)."
            )
        self.new = Entry.to(self._of(given.one.appliance), self.now.ttl if self._ttl is None else self._ttl)
        self._same_kinds()
        if self.there:
            earlier = (given.earlier or {}).get("now")
            before = Entry.from_plain(earlier) if earlier else self.new
            self.old = before if before.values != self.new.values else None
            return
        self.old = self.now
        self._leads_to_the_other()
        ttl = self.now.ttl or 0
        if ttl + given.show_within > given.pace.deadline:
            raise given.refused(
                f"the record's time to live is {ttl} s, so that some would be led to the old appliance for longer than the deadline of "
                f"{given.pace.deadline:g} s",
                f"Lower it, say to 60 s, at least {ttl} s before; or raise deadline (bomgar_deadline).",
            )
        if ttl > _LONG_TTL:
            self.warnings.append(
                f"The time to live of {self.record} is {ttl} s: for so long some may still be led to the old appliance. Lower it well before."
            )

    def _same_kinds(self) -> None:
        if self.now.kinds == self.new.kinds:
            return
        one, kinds = self.given.one.name, " and ".join(self.now.kinds)
        if "CNAME" in self.now.kinds:
            remedy = f"Give the host name of {one} that it shall stand for: bomgar_appliances.{one}.address."
        else:
            remedy = (
                f"Give an address of each of these kinds for {one}: bomgar_appliances.{one}.address, "
                f"or, if there are several, dns.addresses (bomgar_cutover.addresses.{one})."
            )
        raise self.given.refused(
            f"{self.record} is {kinds} now ({self.now}), and {one} would make it {' and '.join(self.new.kinds)} ({self.new})",
            remedy,
        )

    def _leads_to_the_other(self) -> None:
        """A record that leads to neither is a wrong one, or somebody else's. Only told where both addresses were given."""
        two = self.given.two
        if two is None or not (two.appliance.options.get("address") or two.name in self._addresses):
            return
        expected = Entry.to(self._of(two.appliance))
        if self.now.values != expected.values:
            raise self.given.refused(
                f"{self.record} leads to neither of the two: it is {self.now}, {two.name} is {expected}, {self.given.one.name} is {self.new}",
                "Correct the record, or the addresses (bomgar_appliances.<name>.address).",
            )

    def _of(self, box: Appliance) -> Sequence[str]:
        found = self._addresses.get(box.name) or [box.address]
        return found.replace(",", " ").split() if isinstance(found, str) else [str(place) for place in found]

    @property
    def there(self) -> bool:
        return self.now.values == self.new.values

    @property
    def patience(self) -> float:
        deadline = self.given.pace.deadline
        if self.old is None or self.old.ttl is None:
            return min(deadline, max(self.now.ttl or 0, self.new.ttl or 0) + self.given.show_within)
        return min(deadline, self.old.ttl + self.given.show_within)

    @property
    def change(self) -> tuple[str, str]:
        return str(self.now), str(self.new)

    def places(self) -> tuple[list[str], list[str]]:
        new = [value for _kind, value in sorted(self.new.values)]
        old = [value for _kind, value in sorted(self.old.values)] if self.old else super().places()[1]
        return new, old

    def shown(self) -> dict[str, Any]:
        cached = self._moved_at is not None and self.old is not None and self.old.ttl is not None
        return {
            "server": self.server.words,
            "zone": self.zone,
            "record": self.record,
            "now": self.now.plain(),
            "old": self.old.plain() if self.old else None,
            "new": self.new.plain(),
            "resolvers": list(self.seen.values()),
            "cached_until": iso(self._moved_at + self.old.ttl) if cached else None,  # type: ignore[operator, union-attr]
        }

    def move(self, step: Step) -> None:
        if not self.there:
            self._change(self.now, self.new, step)
            self._moved_at = self.given.task.clock()

    def _change(self, old: Entry, new: Entry, step: Step) -> None:
        step.must_keep(ASKING, request=f"let {self.record} lead to {new} instead of {old}")
        lost: BomgarError | None = None
        self.given.task.acted = True
        try:
            self.server.change(self.zone, self.record, old, new)
        except (Unreachable, UnexpectedAnswer) as error:
            lost = error
        except BomgarError:
            self.given.task.acted = self.moved
            raise
        self.moved = True
        if lost is not None:
            # What it did is looked up, never asked for again: by then somebody else may have moved it on.
            step.progress("answer not understood", message=str(lost))
        try:
            self.now = self.server.read(self.record)
        except BomgarError as error:
            raise self._unknown(new, f"afterwards {error.attempted}: {error.got}") from error
        if self.now.values != new.values:
            was = f"the answer to the update was lost ({lost.got}), and " if lost is not None else ""
            raise self._unknown(new, f"{was}the record is {self.now}")
        step.progress("the record was changed", now=self.now.plain())

    def _unknown(self, new: Entry, got: str) -> RunFailed:
        return RunFailed(
            Outcome.UNKNOWN.value,
            f"let {self.record} lead to {new}",
            got,
            f"See what {self.record} is on {self.server.words}, then run this again: it looks first.",
        )

    def lacking(self) -> str | None:
        behind = []
        for place, resolver in self._resolvers.items():
            try:
                given = resolver.resolve(self.record)
                good, words = given.values == self.new.values, str(given)
            except BomgarError as error:
                good, words = False, error.got
            self.seen[place] = {"resolver": place, "gives": words, "good": good}
            if not good:
                behind.append(f"the resolver {place} gives {words} instead of {self.new}")
        return "; ".join(behind) or None

    @property
    def can_put_back(self) -> bool:
        return self.old is not None

    def put_back(self, step: Step) -> None:
        if self.old is not None:
            now = self.server.read(self.record)
            if now.values != self.old.values:
                self._change(replace(self.new, ttl=now.ttl), self.old, step)


class BySharedAddress(Lead):
    """The boxes of the shared addresses on Management > Failover of both (documented: D-VIDEO). Never enabled on both."""

    word = "shared_ips"

    def __init__(self, given: Given, wanted: Sequence[str], peer_gone: bool) -> None:
        super().__init__(given)
        self._wanted = [address.strip() for address in wanted]
        self._peer_gone = peer_gone
        self._mine: dict[str, bool] = {}
        #: None: it is gone.
        self._theirs: dict[str, bool] | None = None
        if given.two is None:
            raise BadInput(given.title, "its other appliance is not given", "Name it: peer (bomgar_appliances).")
        self._two = given.two

    def read(self) -> None:
        given = self.given
        self._look()
        theirs = [address for address, on in (self._theirs or {}).items() if on]
        earlier = (given.earlier or {}).get("wanted") or []
        mine = [address for address, on in self._mine.items() if on]
        self._wanted = self._wanted or list(earlier) or theirs or mine
        if not self._wanted:
            raise given.refused(
                f"no shared address is enabled, neither on {given.one.name} nor on {self._two.name}",
                "Say which: shared_ips (bomgar_cutover.shared_ips).",
            )
        unknown = [address for address in self._wanted if address not in self._mine]
        if unknown:
            raise given.refused(
                f"{given.one.name} shows no box for {', '.join(unknown)}",
                "See Management > Failover there; the address has to be set up on both appliances.",
            )

    def _look(self) -> None:
        self._mine = self._boxes(self.given.one)
        try:
            self._theirs = self._boxes(self._two)
        except Unreachable as error:
            if not self._peer_gone:
                raise self.given.refused(
                    f"{self._two.name} does not answer ({error.got}), and may have them enabled",
                    "Bring it back; or, if it is switched off for certain, say so: peer_gone.",
                ) from error
            self._theirs = None

    def _boxes(self, member: Member) -> dict[str, bool]:
        boxes = member.appliance.failover_pages.view().shared_ips
        if boxes is None:
            raise self.given.refused(
                f"Management > Failover of {member.name} shows no boxes of shared addresses",
                "Use another method of cutover (bomgar_cutover.method).",
            )
        return boxes

    @property
    def there(self) -> bool:
        here = all(self._mine.get(address) for address in self._wanted)
        return here and not any((self._theirs or {}).get(address) for address in self._wanted)

    @property
    def patience(self) -> float:
        return min(self.given.pace.deadline, self.given.show_within)

    @property
    def change(self) -> tuple[str, str]:
        addresses = ", ".join(self._wanted)
        return f"{addresses} on {self._two.name}", f"{addresses} on {self.given.one.name}"

    def places(self) -> tuple[list[str], list[str]]:
        new, old = super().places()
        return [*new, *self._wanted], old

    def shown(self) -> dict[str, Any]:
        return {"wanted": self._wanted, "mine": self._mine, "theirs": self._theirs}

    def move(self, step: Step) -> None:
        if not self.there:
            self._lead_to(self.given.one, self._two, step)

    @property
    def can_put_back(self) -> bool:
        return self._theirs is not None

    def put_back(self, step: Step) -> None:
        self._lead_to(self._two, self.given.one, step)

    def _lead_to(self, to: Member, away: Member, step: Step) -> None:
        """Off there first, and seen to be off; only then on here."""
        if away is not self._two or self._theirs is not None:
            self._enable(away, False, step)
        self._enable(to, True, step)

    def _enable(self, member: Member, on: bool, step: Step) -> None:
        boxes = self._boxes(member)
        if all(boxes.get(address) is on for address in self._wanted):
            return
        kept = [address for address, was in boxes.items() if was and address not in self._wanted]
        ticked = [*kept, *self._wanted] if on else kept
        person = (
            f"{'tick' if on else 'take the tick from'} {', '.join(self._wanted)} under the shared addresses, and save"
        )
        member.does(self.given.task, step, lambda pages: pages.enable_shared_ips(ticked), person)
        self.moved = True

        def look() -> dict[str, bool] | None:
            self.given.glance()
            try:
                now = self._boxes(member)
            except Unreachable:
                return None
            return now if all(now.get(address) is on for address in self._wanted) else None

        pace = self.given.pace
        found = wait(look, Pace(pace.interval, self.patience, pace.clock, pace.sleep))
        if found is None:
            raise RunFailed(
                Outcome.UNKNOWN.value,
                f"{'enable' if on else 'disable'} {', '.join(self._wanted)} on {member.name}",
                "its page did not show it within the time that it has",
                "Look at Management > Failover of both: an address may be enabled on one of them only.",
            )
        step.progress("boxes", on=member.name, enabled=[address for address, was in found.items() if was])
        if member is self._two:
            self._theirs = found
        else:
            self._mine = found


def host_addresses(place: str, resolve: Callable[[str], Sequence[str]]) -> set[str]:
    """An address in its one form, or a name with what it leads to."""
    found = {value for _kind, value in Entry.to([place]).values}
    return found if is_address(place) else found | set(resolve(place))
