# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two appliances in failover, the site's name in front of them, and the ground truth of both. No HTTP in here.

What is documented: the operations and who may ask for them (D-RS-FO, D-PA-EST, D-PM), that builds, key and certificate must
be equal (D-RS-FOG, D-PA-EST), that the first sync starts about 60 s after establishing (D-PA-EST), that a swap is serial and
cuts everybody (D-PM), what becomes of session data (seed). Every text and every duration is assumed.

Both boxes pass time together, change by change: `Appliance.advance` of either calls `Pair.advance`.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .appliance import NOT_CONFIGURED, UNREACHABLE, Appliance, Session
from .truth import Outage
from .vendor import numbers

# All assumed.
SYNC_RUNS = "A data synchronization is already in progress."
SWAP_RUNS = "A role change is already in progress."
NO_RELATION = "The peer appliance is not in a failover relationship with this appliance."
ONLY_BACKUP = "Data can be synchronized from the backup appliance only."
ALREADY = "A failover relationship exists already."
PEER_TAKEN = "The other appliance is already in a failover relationship."
BAD_KEY = "The other appliance refused the inter-appliance communication pre-shared key."
BAD_ADDRESS = "The backup site could not be contacted at {host}:{port}."
BAD_REVERSE = "The backup site could not contact this primary site at {host}:{port}."
BAD_BUILD = "The product version and build of both appliances must be the same."
BAD_CERTIFICATE = "The certificates of both appliances must be the same."
IN_CLUSTER = "Failover cannot be configured on an appliance of a cluster."
SYNC_STARTED = "The data synchronization was started."
SYNC_THEN_SWAP = "The data synchronization was started. The role will be changed when it has succeeded."
CHANGED = "The failover role was changed."
ESTABLISHED = "The failover relationship was established."
BROKEN = "The failover relationship was broken."
SAVED = "The settings were saved."


@dataclass(frozen=True)
class SyncPlan:
    """How data syncs go. Seconds are simulated; one takes `base` and `per_session` for each session of both.

    `outcome`: good; fails; stalls (runs for ever); lies (says it succeeded with the time of the one before, and copied
    nothing). `old_time`: a good one shows a time so many seconds too old. `failure_moves_time`: a failed one shows its time,
    too. `shows_running`: whether check_health tells a running one. The texts: what check_health says (no list is published);
    a text that was changed is on the page as well, else the page has its language's own words.
    """

    base: float = 120.0
    per_session: float = 0.5
    outcome: str = "good"
    old_time: float = 0.0
    failure_moves_time: bool = False
    shows_running: bool = True
    good_text: str = "Success"
    running_text: str = "In progress"
    failed_text: str = "Failed"

    def __post_init__(self) -> None:
        if self.outcome not in ("good", "fails", "stalls", "lies"):
            raise ValueError(f"outcome must be good, fails, stalls or lies, not {self.outcome!r}")


@dataclass
class SyncSeen:
    """One data sync. `outcome`: running, good, failed, lied; `by`: who asked (a host, `itself`); `why` it failed."""

    began: float
    by: str
    primary: str
    backup: str
    ended: float | None = None
    outcome: str = "running"
    why: str = ""
    first: bool = False


@dataclass
class PairEvent:
    """Something that happened to the pair. `kind`: established, refused, broken, sync_began, sync_ended, role, shared_ips, door,
    key, lost; `by`: the host that was asked, or `itself`."""

    time: float
    kind: str
    by: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass
class PairTruth:
    """Everything that happened to the two as a pair. Sessions are named by their GUID, whatever the API of the era shows."""

    a: Appliance = field(repr=False)
    b: Appliance = field(repr=False)
    events: list[PairEvent] = field(default_factory=list)
    syncs: list[SyncSeen] = field(default_factory=list)
    #: When the site's name led to nobody, or to a box that did not serve; `what`: nobody, down, backup, swapping.
    name_outages: list[Outage] = field(default_factory=list)
    #: When both were up and said that they are primary.
    primary_overlaps: list[Outage] = field(default_factory=list)
    #: When there was no failover: not both thought that they are in a relationship.
    exposures: list[Outage] = field(default_factory=list)
    #: When a shared address was enabled on both.
    shared_ip_overlaps: list[Outage] = field(default_factory=list)
    #: GUID -> host on which the session began.
    began: dict[str, str] = field(default_factory=dict)
    #: Sessions that are on neither box any more, by GUID.
    lost_sessions: dict[str, Session] = field(default_factory=dict)

    def on(self, box: Appliance) -> frozenset[str]:
        """The sessions that lie on this box now."""
        return frozenset(one.guid for one in list(box.sessions))

    def where(self, guid: str) -> tuple[str, ...]:
        """The hosts on which this session lies now."""
        return tuple(box.host for box in (self.a, self.b) if any(one.guid == guid for one in box.sessions))

    def of(self, kind: str) -> list[PairEvent]:
        """The events of one kind."""
        return [one for one in self.events if one.kind == kind]

    def as_json(self) -> dict[str, Any]:
        """All of it without the boxes."""
        lie = {box.host: self.on(box) for box in (self.a, self.b)}
        return {
            "events": [asdict(one) for one in self.events],
            "syncs": [asdict(one) for one in self.syncs],
            "name_outages": [asdict(one) for one in self.name_outages],
            "exposures": [asdict(one) for one in self.exposures],
            "primary_overlaps": [asdict(one) for one in self.primary_overlaps],
            "shared_ip_overlaps": [asdict(one) for one in self.shared_ip_overlaps],
            "sessions": {
                guid: {"began": host, "lies": [name for name, there in lie.items() if guid in there]}
                for guid, host in dict(self.began).items()
            },
            "lost_sessions": list(self.lost_sessions),
            "violations": self.violations(),
        }

    def violations(self, exported: Iterable[str] = ()) -> list[str]:
        """Which of the design's promises are broken, as far as the truth alone tells. `exported`: LSIDs (of either era) that
        were saved elsewhere before."""
        return [*self._breaks(), *self._restarts(), *self._twins(), *self._starts(), *self._losses(set(exported))]

    def good_syncs(self, began_after: float = float("-inf"), ended_before: float = float("inf")) -> list[SyncSeen]:
        """The syncs that really succeeded, of those that began and ended between these moments."""
        return [
            one
            for one in self.syncs
            if one.outcome == "good" and one.began >= began_after and (one.ended or one.began) <= ended_before
        ]

    def _breaks(self) -> list[str]:
        said, since = [], float("-inf")
        for event in self.events:
            if event.kind == "established":
                since = event.time
            asked = event.kind == "broken" and event.by != "planted" and not event.detail["was_half"]
            if asked and not self.good_syncs(since, event.time):
                said.append(f"2: broken by {event.by} without a sync that succeeded")
        return said

    def _restarts(self) -> list[str]:
        return [f"3: {box.host} was asked to restart" for box in (self.a, self.b) if box.truth.restarts_asked]

    def _twins(self) -> list[str]:
        said = ["4: both were primary" for _overlap in self.primary_overlaps]
        said += ["4: a shared address was enabled on both" for _overlap in self.shared_ip_overlaps]
        for event in self.of("door"):
            if event.detail["to"] and not event.detail["serves"] and event.detail["before_served"]:
                said.append(f"4: the name was led to {event.detail['to']}, which did not serve")
        return said

    def _starts(self) -> list[str]:
        said = []
        for event in self.of("established"):
            if not event.detail["equal_builds"]:
                said.append(f"5: {event.by} established with unequal builds")
            if event.detail["name_leads_to"] not in (None, event.by):
                said.append(f"5: {event.by} established, and the name led to {event.detail['name_leads_to']}")
        return said

    def _losses(self, exported: set[str]) -> list[str]:
        return [
            f"6: session {one.guid} ({one.number}) of {self.began.get(one.guid)} is lost"
            for one in self.lost_sessions.values()
            if not exported & {one.guid, str(one.number)}
        ]


class FrontDoor:
    """The site's name: an address of its own that leads to one appliance, and may be pointed to another.

    `follow`: `name` (where it was pointed to), `shared_ip` (whoever of the pair has a shared address enabled; should both,
    the first of them), or something to call that gives the box, or None for nobody: a lookup in a real DNS, say.
    """

    def __init__(self, name: str, target: Appliance) -> None:
        self.name = name
        self._pointed: Appliance | None = target
        self._looked: Appliance | None = target
        self.follow: str | Callable[[], Appliance | None] = "name"
        self.moves: list[str] = []
        self.pair: Pair | None = None

    @property
    def target(self) -> Appliance | None:
        """Where the name leads to now."""
        if callable(self.follow):
            return self._looked
        if self.follow == "shared_ip" and self.pair is not None:
            return next((box for box in self.pair.boxes if box.shared_ips and box.box_up), None)
        return self._pointed

    def point_to(self, box: Appliance | None) -> None:
        """From now on the name leads there; None: nowhere."""
        with self.pair.planting() if self.pair is not None else nullcontext():
            self._pointed = box
            if box is not None:
                self.moves.append(box.host)

    def look(self) -> None:
        """Ask again whoever is to be called."""
        if callable(self.follow):
            self._looked = self.follow()


@dataclass
class _Swap:
    """A role change that runs. `sync`: its sync first, while that runs."""

    primary: Appliance
    by: str
    sync: SyncSeen | None


class Pair:
    """Two appliances that know of each other, and the door of their site. `a` is production at the start."""

    def __init__(
        self,
        a: Appliance,
        b: Appliance,
        door: FrontDoor,
        *,
        now: float,
        established: bool = True,
        sync: SyncPlan | None = None,
        sync_on: str = "both",
        first_sync_after: float = 60.0,
        sync_every: float | None = None,
        swap_seconds: float = 20.0,
        sessions_every: float | None = None,
        session_seconds: float = 300.0,
        shared_ips: tuple[str, ...] = (),
        ips_follow_role: bool = True,
        steps_back: bool = True,
        backup_menu: tuple[str, ...] = ("status", "welcome", "my_account", "management", "failover", "software"),
    ) -> None:
        if sync_on not in ("backup", "both"):
            raise ValueError(f"sync_on must be backup or both, not {sync_on!r}")
        self.a, self.b, self.door = a, b, door
        self.boxes = (a, b)
        self.now = now
        self.sync_plan = sync or SyncPlan()
        self.next_syncs: list[SyncPlan] = []
        self.sync_on = sync_on
        #: Whether the page has no Sync Now while a sync runs (assumed; unknown which of both is so).
        self.sync_hidden = False
        self.first_sync_after, self.sync_every, self.swap_seconds = first_sync_after, sync_every, swap_seconds
        self.sessions_every, self.session_seconds = sessions_every, session_seconds
        self.ips_follow_role, self.steps_back = ips_follow_role, steps_back
        self.backup_menu = backup_menu
        #: Whether nothing is offered in a relationship: automatic updates do not apply then (D-PRA-UPGM), what a page shows is not known.
        self.offers_only_apart = False
        #: Whether the two reach each other; independent of what a client reaches.
        self.link_up = True
        #: The next break reaches only the box that was asked.
        self.break_half = False
        self.truth = PairTruth(a, b)
        #: Called with (who, what) for each notable event.
        self.on_event: Callable[[str, str], None] | None = None
        #: The simulator's clock; what is planted happens at its moment.
        self.clock: Callable[[], float] = lambda: self.now
        #: Called after something was planted: ports may have to open or close.
        self.on_change: Callable[[], object] | None = None
        self._turn = threading.RLock()
        self._agenda: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = 0
        self._sync: SyncSeen | None = None
        self._copying: list[SyncPlan] = []
        self._first = False
        self._swap: _Swap | None = None
        self._automatic: float | None = None
        self._tolerated = False
        self._were_up = dict.fromkeys(self.boxes, True)
        self._named = door.target
        self._named_served = True
        door.pair = self
        for box in self.boxes:
            box.pair = self
            box.shared_addresses = shared_ips
        b.sessions = [*(replace(one) for one in a.sessions if one.ended is not None), *b.sessions]
        b.last_number = max((one.number for one in b.sessions), default=0)
        for box in reversed(self.boxes):
            self.truth.began.update((one.guid, box.host) for one in box.sessions)
        a.shared_ips = list(shared_ips)
        if established:
            self._join(a)
            for box in self.boxes:
                box.last_sync, box.last_sync_status = now - 600.0, self.sync_plan.good_text
                box.sync_state = "good"
                box.failover_history += [
                    (now - 172_800.0, "sync", "failed"), (now - 86_400.0, "sync", "good"), (now - 600.0, "sync", "good"),
                ]  # fmt: skip
            self._first = False
        self._watch(now)
        if sessions_every is not None:
            self._later(now + sessions_every, self._arrive)
        if sync_every is not None:
            self._later(now + sync_every, self._sync_by_itself)

    # Who is who

    def other(self, box: Appliance) -> Appliance:
        """The other of the two."""
        return self.b if box is self.a else self.a

    @property
    def primary(self) -> Appliance | None:
        """The one whose role is primary; the first of them should both be."""
        return next((box for box in self.boxes if box.role == "primary"), None)

    @property
    def established(self) -> bool:
        """Whether both think that they are in failover with each other."""
        return self.a.peer is self.b and self.b.peer is self.a

    @property
    def syncing(self) -> SyncSeen | None:
        """The data sync that runs."""
        return self._sync

    @property
    def swapping(self) -> bool:
        """Whether a role change runs: nobody can work meanwhile (D-PM)."""
        return self._swap is not None

    def reaches(self, box: Appliance) -> bool:
        """Whether this box reaches the other one now."""
        return self.link_up and box.site_up and self.other(box).site_up

    def not_serving(self, box: Appliance | None) -> str | None:
        """Why this box would not serve people who come by the site's name; None when it would."""
        if box is None:
            return "nobody"
        if not box.site_up:
            return "down"
        if self.swapping:
            return "swapping"
        return "backup" if box.role == "backup" else None

    # Time

    def _later(self, at: float, what: Callable[[float], None]) -> None:
        self._numbers += 1
        heapq.heappush(self._agenda, (at, self._numbers, what))

    def next_change(self) -> float | None:
        """The moment of the next change by itself; None when there is none."""
        due = [
            one for one in (self.a.next_own_change(), self.b.next_own_change(), self._takes_over()) if one is not None
        ]
        if self._agenda:
            due.append(self._agenda[0][0])
        return min(due, default=None)

    @contextmanager
    def planting(self) -> Iterator[None]:
        """What happens inside, happens now, at once and in turn with the requests."""
        with self._turn:
            self.advance(self.clock())
            yield
            self._watch(self.now)
        if self.on_change is not None:
            self.on_change()

    def advance(self, now: float) -> None:
        """Bring both boxes up to `now`, change by change."""
        with self._turn:
            while (due := self.next_change()) is not None and due <= now:
                self._step(max(due, self.now))
            self.door.look()
            self._step(max(now, self.now))

    def _step(self, at: float) -> None:
        self.now = at
        for box in self.boxes:
            box.pass_time(at)
        while self._agenda and self._agenda[0][0] <= at:
            heapq.heappop(self._agenda)[2](at)
        due = self._takes_over()
        if due is not None and due <= at:
            primary = self.primary
            assert primary is not None
            self._change_role(self.other(primary), "primary", "itself")
        self._watch(at)

    def _watch(self, at: float) -> None:
        """What follows from the state now, and what of it the truth keeps."""
        for box in self.boxes:
            came_up = box.site_up and not self._were_up[box]
            self._were_up[box] = box.site_up
            twin = box.role == "primary" == self.other(box).role
            if came_up and twin and self.steps_back and not self._tolerated and self.established:
                self._change_role(box, "backup", "itself")
        if self._sync is not None and not (self.link_up and self.a.site_up and self.b.site_up):
            self._end_sync(self._sync, "failed", "the connection was lost")
        target = self.door.target
        why = self.not_serving(target)
        if target is not self._named:
            detail = {
                "from": self._named.host if self._named else None, "to": target.host if target else None,
                "serves": why is None, "before_served": self._named_served,
            }  # fmt: skip
            self._tell("door", self.door.name, **detail)
        self._named, self._named_served = target, why is None
        _keep(self.truth.name_outages, why, at)
        _keep(self.truth.exposures, None if self.established else "exposure", at)
        twins = all(box.role == "primary" and box.site_up for box in self.boxes)
        _keep(self.truth.primary_overlaps, "primary" if twins else None, at)
        both = set.intersection(*(set(box.shared_ips) if box.box_up else set() for box in self.boxes))
        _keep(self.truth.shared_ip_overlaps, ", ".join(sorted(both)) or None, at)

    def _note(self, kind: str, state: str = "good", *boxes: Appliance) -> None:
        """A row in the history of the Failover page."""
        for box in boxes or self.boxes:
            box.failover_history.append((self.now, kind, state))

    def _tell(self, kind: str, by: str, **detail: Any) -> None:
        self.truth.events.append(PairEvent(self.now, kind, by, detail))
        if self.on_event is not None:
            said = ", ".join(f"{key} {value}" for key, value in detail.items() if value not in (None, "", False))
            self.on_event(self.door.name, f"{kind} by {by}: {said}" if said else f"{kind} by {by}")

    # Establish and break

    def _finds(self, seeker: Appliance, address: tuple[str, int], wanted: Appliance) -> bool:
        """Whether this address leads to that box: its host name or address, or this machine with the port it has here."""
        host, port = address[0].strip().casefold(), address[1]
        if host in ("127.0.0.1", "localhost"):
            return port in wanted.ports - {443}
        return host in (wanted.host.casefold(), wanted.address.casefold()) and port in wanted.ports

    def establish(self, box: Appliance, peer: tuple[str, int], own: tuple[str, int]) -> tuple[bool, str]:
        """Make this box primary and the one at `peer` its backup, which gets back to here by `own`."""
        other = self.other(box)
        refusal = self._refusal(box, other, peer, own)
        if refusal:
            self._tell("refused", box.host, operation="establish", text=refusal)
            return False, refusal
        equal = (box.site, box.build) == (other.site, other.build)
        name = self.door.target
        self._join(box)
        self._tell("established", box.host, equal_builds=equal, name_leads_to=name.host if name else None)
        self._note("established")
        mark = len(self.truth.syncs)

        def first(_at: float) -> None:
            # One that somebody asked for meanwhile is the first one, too (assumed).
            if self._first and len(self.truth.syncs) == mark and self.established and self.reaches(box):
                self._start_sync("itself")

        self._later(self.now + self.first_sync_after, first)
        self._watch(self.now)
        return True, ESTABLISHED

    def _refusal(self, box: Appliance, other: Appliance, peer: tuple[str, int], own: tuple[str, int]) -> str | None:
        if box.peer is not None:
            return ALREADY
        if box.cluster_role != "single" or other.cluster_role != "single":
            return IN_CLUSTER
        if not self._finds(box, peer, other) or not self.reaches(box):
            return BAD_ADDRESS.format(host=peer[0], port=peer[1])
        if not box.failover_key or box.failover_key != other.failover_key:
            return BAD_KEY
        if other.peer is not None:
            return PEER_TAKEN
        if not self._finds(other, own, box):
            return BAD_REVERSE.format(host=own[0], port=own[1])
        if (box.site, box.build) != (other.site, other.build):
            return BAD_BUILD
        return BAD_CERTIFICATE if box.certificate != other.certificate else None

    def _join(self, primary: Appliance) -> None:
        backup = self.other(primary)
        primary.role, backup.role = "primary", "backup"
        for box in self.boxes:
            box.peer = self.other(box)
            box.last_sync, box.last_sync_status, box.sync_state = None, None, None
        backup.cut_people(self.now)
        if self.ips_follow_role:
            backup.shared_ips = []
        self._first = True
        self._tolerated = False

    def break_up(self, box: Appliance, by: str | None = None) -> tuple[bool, str]:
        """End the relationship; if the peer is not reached, only here."""
        if box.peer is None:
            self._tell("refused", box.host, operation="break", text=NOT_CONFIGURED)
            return False, NOT_CONFIGURED
        was_half = not self.established
        both = self.reaches(box) and not self.break_half and not was_half
        self.break_half = False
        if self._sync is not None:
            self._end_sync(self._sync, "failed", "the relationship was broken")
        self._swap = None
        for one in self.boxes if both else (box,):
            one.role, one.peer = "none", None
            one.last_sync, one.last_sync_status, one.sync_state = None, None, None
        self._note("broken", "good", *(self.boxes if both else (box,)))
        self._tell("broken", by or box.host, box=box.host, half=not both and not was_half, was_half=was_half)
        self._watch(self.now)
        return True, BROKEN

    # Sync

    def plan_next_sync(self, plan: SyncPlan | None = None, **changes: Any) -> None:
        """The next sync goes like this plan (or the usual one with changes); several queue up."""
        self.next_syncs.append(plan or replace(self.sync_plan, **changes))

    def sync_now(self, box: Appliance) -> tuple[bool, str]:
        """Sync Now on this box's page. The backup pulls (D-PA-EST); newer software has it on the primary, too."""
        refusal = None
        if box.peer is None:
            refusal = NOT_CONFIGURED
        elif box.role == "primary" and self.sync_on == "backup":
            refusal = ONLY_BACKUP
        elif self._swap is not None:
            refusal = SWAP_RUNS
        elif self._sync is not None:
            refusal = SYNC_RUNS
        elif not self.reaches(box):
            refusal = UNREACHABLE
        elif not self.established or {one.role for one in self.boxes} != {"primary", "backup"}:
            refusal = NO_RELATION
        if refusal:
            self._tell("refused", box.host, operation="sync", text=refusal)
            return False, refusal
        self._start_sync(box.host)
        return True, SYNC_STARTED

    def _sync_by_itself(self, at: float) -> None:
        assert self.sync_every is not None
        self._later(at + self.sync_every, self._sync_by_itself)
        roles = {one.role for one in self.boxes}
        if self.established and roles == {"primary", "backup"} and self._sync is None and self.reaches(self.a):
            self._start_sync("itself")

    def _start_sync(self, by: str) -> SyncSeen:
        plan = self.next_syncs.pop(0) if self.next_syncs else self.sync_plan
        primary = self.primary
        assert primary is not None
        backup = self.other(primary)
        seen = SyncSeen(self.now, by, primary.host, backup.host, first=self._first)
        self.truth.syncs.append(seen)
        self._sync = seen
        self._copying = [plan]
        for box in self.boxes:
            box.sync_state = "running"
            if plan.shows_running:
                box.last_sync_status = plan.running_text
        self._tell("sync_began", by)
        seconds = plan.base + plan.per_session * (len(primary.sessions) + len(backup.sessions))
        if plan.outcome != "stalls":
            self._later(self.now + seconds, lambda at: self._finish_sync(seen, plan))
        return seen

    def _finish_sync(self, seen: SyncSeen, plan: SyncPlan) -> None:
        if self._sync is not seen:
            return
        if plan.outcome == "fails":
            self._end_sync(seen, "failed", "as planned")
        elif (self.a.site, self.a.build) != (self.b.site, self.b.build):
            self._end_sync(seen, "failed", "unequal builds")
        else:
            self._end_sync(seen, "lied" if plan.outcome == "lies" else "good", "")

    def _end_sync(self, seen: SyncSeen, outcome: str, why: str) -> None:
        [plan] = self._copying
        seen.ended, seen.outcome, seen.why = self.now, outcome, why
        self._sync = None
        for box in self.boxes:
            box.sync_state = "failed" if outcome == "failed" else "good"
            box.last_sync_status = plan.failed_text if outcome == "failed" else plan.good_text
            if outcome == "good" or (outcome == "failed" and plan.failure_moves_time):
                # What took time did not end in the second in which it began, nor in that of the sync before it, however fast
                # looks follow each other.
                latest = max(box.shown(seen.began), box.shown_last_sync or 0.0)
                box.last_sync = self.now - plan.old_time
                box.sync_shown_after = latest + 1.0 if not plan.old_time else None
        if outcome == "good":
            self._copy(seen)
            self._first = False
        self._note("sync", "failed" if outcome == "failed" else "good")
        self._tell("sync_ended", seen.by, outcome=outcome, why=why)
        swap = self._swap
        if swap is not None and swap.sync is seen:
            swap.sync = None
            if outcome == "failed":
                self._swap = None  # assumed: the roles stay
            else:
                self._exchange(swap)

    def _copy(self, seen: SyncSeen) -> None:
        """Settings and finished sessions go to the backup; its own ones come back from API 1.5.0 on, else they are lost
        (seed). What ended after the sync began is not in it (assumed)."""
        primary = self.a if seen.primary == self.a.host else self.b
        backup = self.other(primary)
        here = {one.guid for one in primary.sessions}
        own = [one for one in backup.sessions if one.guid not in here]
        moved = [replace(one) for one in primary.sessions if one.ended is not None and one.ended <= seen.began]
        if numbers(primary.api_version) >= (1, 5, 0):
            primary.sessions += [replace(one) for one in own if one.ended is not None]
            primary.sessions.sort(key=lambda one: one.started)
            moved = sorted([*moved, *own], key=lambda one: one.started)
        elif own:
            self.truth.lost_sessions.update((one.guid, one) for one in own)
            self._tell("lost", backup.host, sessions=[one.guid for one in own])
        backup.sessions = moved
        for box in self.boxes:
            box.last_number = max((one.number for one in box.sessions), default=box.last_number)
        backup.take_settings(primary)

    # Roles

    def set_role(self, box: Appliance, role: str, sync_first: bool, force: bool) -> tuple[bool, str]:
        """Role change by API or page (D-RS-SFR, D-PM). A backup may become primary without its peer, but not sync first
        (assumed); a primary steps down alone only by force (D-RS-SFR)."""
        refusal = None
        alone = not self.reaches(box) or not self.established
        if role not in ("primary", "backup"):
            refusal = "The role must be primary or backup."
        elif box.peer is None:
            refusal = NOT_CONFIGURED
        elif role == box.role:
            refusal = f"This appliance is already {role}."
        elif self._swap is not None:
            refusal = SWAP_RUNS
        elif self._sync is not None:
            refusal = SYNC_RUNS
        elif alone and ((role == "backup" and not force) or (role == "primary" and sync_first)):
            refusal = UNREACHABLE
        if refusal:
            self._tell("refused", box.host, operation=f"become {role}", text=refusal)
            return False, refusal
        if alone or self.other(box).role == box.role:
            self._change_role(box, role, box.host)
            self._watch(self.now)
            return True, CHANGED
        primary = box if role == "primary" else self.other(box)
        for one in self.boxes:
            one.cut_people(self.now)
        self._swap = _Swap(primary, box.host, None)
        if sync_first:
            self._swap.sync = self._start_sync(box.host)
            self._watch(self.now)
            return True, SYNC_THEN_SWAP
        self._exchange(self._swap)
        self._watch(self.now)
        return True, CHANGED

    def _exchange(self, swap: _Swap) -> None:
        """One after the other, so both are backup for a moment (D-PM)."""
        self._change_role(self.other(swap.primary), "backup", swap.by)

        def second(at: float) -> None:
            if self._swap is not swap:
                return
            self._swap = None
            if swap.primary.site_up:  # else both stay backup (assumed)
                self._change_role(swap.primary, "primary", swap.by)

        if self.swap_seconds > 0:
            self._later(self.now + self.swap_seconds, second)
        else:
            second(self.now)

    def _change_role(self, box: Appliance, role: str, by: str) -> None:
        before, box.role = box.role, role
        if self.ips_follow_role and box.shared_addresses:
            box.shared_ips = list(box.shared_addresses) if role == "primary" else []
        if role == "backup":
            box.cut_people(self.now)
        self._note("role", "good", box)
        self._tell("role", by, box=box.host, before=before, after=role)

    def automatic_failover(self, after: float | None = 300.0) -> None:
        """The built-in automatic failover: a primary that is down so long is replaced. None: off."""
        self._automatic = after

    def _takes_over(self) -> float | None:
        """When the backup becomes primary by itself, as things stand."""
        primary = self.primary
        if self._automatic is None or primary is None or not self.established or primary.site_up:
            return None
        backup = self.other(primary)
        if backup.role != "backup" or not backup.site_up:
            return None
        since = next((one.start for one in primary.truth.downtime if one.what == "site" and one.end is None), None)
        return None if since is None else since + self._automatic

    def swap_by_itself(self) -> None:
        """The roles swap now, and nobody asked for it."""
        with self.planting():
            primary = self.primary
            if primary is None or not self.established:
                raise ValueError("the pair is not established")
            self._swap = None
            if self._sync is not None:
                self._end_sync(self._sync, "failed", "the roles were swapped")
            self._change_role(primary, "backup", "itself")
            self._change_role(self.other(primary), "primary", "itself")

    def plant_both_primary(self) -> None:
        """Both say that they are primary from now on."""
        with self.planting():
            self._swap = None
            self._tolerated = True
            for box in self.boxes:
                box.peer = self.other(box)
                if box.role != "primary":
                    self._change_role(box, "primary", "planted")

    def plant_half_broken(self, box: Appliance) -> None:
        """This one knows of no relationship any more; the other one still does."""
        with self.planting():
            if not self.established:
                raise ValueError("the pair is not established")
            self.break_half = True
            self.break_up(box, "planted")

    def cut_link(self, cut: bool = True) -> None:
        """The two do not reach each other any more (or again), whatever clients reach."""
        with self.planting():
            self.link_up = not cut

    # Shared addresses and the key

    def set_key(self, box: Appliance, key: str) -> tuple[bool, str]:
        """The pre-shared key of this box; a relationship that exists is not touched (assumed)."""
        box.failover_key = key
        self._tell("key", box.host, equal=key == self.other(box).failover_key)
        return True, SAVED

    def enable_shared_ips(self, box: Appliance, wanted: Iterable[str]) -> tuple[bool, str]:
        """Exactly these are enabled on this box. That a backup may have them too is assumed: a mistake is a mistake."""
        box.shared_ips = [one for one in box.shared_addresses if one in set(wanted)]
        self._tell("shared_ips", box.host, enabled=list(box.shared_ips))
        self._watch(self.now)
        return True, SAVED

    # Sessions

    def _arrive(self, at: float) -> None:
        if self.sessions_every is None:
            return
        self._later(at + self.sessions_every, self._arrive)
        box = self.door.target
        if box is None or self.not_serving(box) is not None:
            return
        session = box.start_session(at)

        def end(when: float) -> None:
            if session.ended is None:
                session.ended = when

        self._later(at + self.session_seconds, end)


def _keep(outages: list[Outage], what: str | None, at: float) -> None:
    """Let the newest entry go on, end it, or begin one."""
    running = outages[-1] if outages and outages[-1].end is None else None
    if running is not None and running.what != what:
        running.end = at
        running = None
    if running is None and what is not None:
        outages.append(Outage(what, at))
