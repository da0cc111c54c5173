# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one appliance to the versions wished for, package by package, and judges each by what is seen afterwards.

It starts nothing without a verified backup, beyond the window, or over running sessions; it never repeats a command whose
answer was lost, and never asks for a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from . import offers, outlook, package_files
from .backup_file import Identity
from .check_results import together
from .downtime import STANDBY_DOWN
from .endings import ENDINGS, state_of
from .errors import BadInput, BomgarError, NotRecognised, RunFailed, UnexpectedAnswer, Unreachable
from .front_door import NameWatch
from .gates import Gates, Order
from .hindsight import unended
from .lookout import Lookout, shown
from .models import Activity, Kind, Look, Offer, Outcome, Versions, plain
from .observe import Observer
from .operate import Pace, Voice, clock_text, wait
from .record import Record, Step
from .record_format import ASKING, askings
from .record_standing import REACH
from .runner import Task
from .transport import Request
from .verdict import END_SEEN, SETTLED_LOOKS, Ending, Sight, Verdict, Watch
from .versions import beyond, installed, missing

#: More packages than any documented way needs; ends a ring in the offers.
_MOST_PACKAGES = 20
_USUAL = f"usually {outlook.span(outlook.USUAL_MINUTES)}"
_NO_VERSION = "Without it no update can be judged. See the module info for what each account tells."


@dataclass(frozen=True)
class Job:
    """One package: an offer of the automatic channel, or a file."""

    name: str
    kind: Kind
    version: str | None
    because: str
    offer: Offer | None = None
    file: package_files.PackageFile | None = None

    @property
    def step_id(self) -> str:
        """The same in every run, so that a later run takes up the same step."""
        return f"install:{self.name}"


@dataclass
class Installation:
    """One run of the module `update` on one appliance."""

    task: Task
    order: Order
    installed: list[dict[str, Any]] = field(default_factory=list)
    files: tuple[package_files.PackageFile, ...] = ()

    def __post_init__(self) -> None:
        self.appliance = self.task.appliance
        self.clock = self.task.clock
        self._prefix = f"{self.appliance.site}  {self.appliance.name}"
        self.identity = Identity()
        self.gates = Gates(self.task, self.order)

    # the whole

    def run(self) -> dict[str, Any]:
        """Reach the wish, or say why not. Raises RunFailed with an outcome, or what kept it from beginning."""
        order = self.order
        if order.wish.empty and not order.manual:
            raise BadInput(
                "update the appliance",
                "no target is given",
                'Say which versions it shall run: target (bomgar_target), {site: "11.1.1"}.',
            )
        if order.manual and not order.packages:
            raise BadInput(
                "update the appliance from files", "no package is given", "Name the files: packages (bomgar_packages)."
            )
        # Files first: a wrong one is found before anything was asked of the appliance.
        self._examine_files()
        joined = self.settle()
        if joined is not None and not joined["waited"]:
            return self._while_running(joined)
        before = self._versions()
        too_new = beyond(order.wish, before)
        if too_new:
            running = installed(before, too_new[0])
            raise RunFailed(
                Outcome.REFUSED.value,
                f"update to {order.wish.of(too_new[0])}",
                f"the {too_new[0].value} software is {running} already, which is newer",
                "No documented way leads back. Correct the target (bomgar_target).",
            )
        versions = before
        expected: list[str] = []
        for _count in range(_MOST_PACKAGES):
            jobs, caution = self._jobs(versions)
            if not jobs:
                break
            if self.task.check_mode:
                expected = [job.name for job in jobs]
                break
            if caution:
                self.task.say(f"{self._prefix}  {caution}")
            versions = self._do(jobs[0], versions)
        else:
            raise RunFailed(
                Outcome.FAILED.value,
                f"reach {order.wish.plain()}",
                f"{_MOST_PACKAGES} packages did not lead there",
                "Look at the offers on /appliance.",
            )
        if not expected:
            self._must_be_reached(versions)
        return self._result(joined, before, versions, expected)

    def run_settle(self) -> dict[str, Any]:
        """Only wait until no update runs any more; starts nothing."""
        self._examine_files()
        joined = self.settle()
        if joined is None:
            message = "no update is running"
        elif joined["waited"]:
            message = f"the update that was running has ended ({joined['ending']})"
        else:
            message = f"an update is running ({joined['message']})"
        return {
            "changed": False,
            "outcome": Outcome.UNCHANGED.value,
            "installed": [],
            "expected": [],
            "joined": joined,
            "msg": f"{self.appliance.site}: {message}",
        }

    def settle(self) -> dict[str, Any] | None:
        """Wait until no update runs any more. None if none was running; else what the wait saw."""
        open_step = self._open_step()
        old, reachable = None, True
        try:
            old = shown(self.appliance.pages)
        except Unreachable:
            if open_step is None:
                raise
            reachable = False
        running = not reachable or (old is not None and old.activity is Activity.BUSY)
        asked = _asked(open_step)
        if not running and asked is None:
            return None
        words = (
            old.message
            if old is not None and old.message
            else "it does not answer"
            if not reachable
            else f"an earlier run asked a person: {asked['person']}"
            if asked is not None and "person" in asked
            else "an earlier run may have asked for it"
        )
        if running and not self.order.join:
            raise RunFailed(
                Outcome.REFUSED.value,
                "start an update",
                f"one is running already ({words})",
                "Wait until it has ended, or let this join it (running: join).",
            )
        if self.task.check_mode:
            self.task.say(f"{self._prefix}  an update is running ({words}); a real run would wait for it")
            return {"waited": False, "message": words}
        before = self._interrupted(open_step, reachable)
        state = "an update is running already" if running else "an update may have been begun"
        self.task.say(f"{self._prefix}  {state} ({words}); waiting for it")
        # Under its own id the wait takes up the installation that was interrupted, which else would stay unfinished for ever.
        with self.task.record.step(
            "Wait for the update that was running already",
            step_id="join" if open_step is None else str(open_step["id"]),
            module="update",
            appliance=self.appliance.name,
            sha256=((open_step or {}).get("facts") or {}).get("sha256"),
        ) as step:
            # This wait may be interrupted too, and then all that is known of the installation is what stands here.
            if _recorded_before(open_step) is not None:
                step.before(before)
            if asked is not None:
                step.progress(ASKING, **asked)
            watch, verdict = self._watch(
                "waiting for the running update",
                Watch(before, stirred=running, before_is_sure=_recorded_before(open_step) is not None),
                None,
                step,
                None if running else self._grace(open_step),
            )
            ended = verdict.ending
            settled = ended in END_SEEN
            self._close(step, watch, verdict, settled)
        if not settled:
            raise self._failed("wait for the running update", watch, verdict)
        return {"waited": True, "message": words, "ending": ended.value}

    def _examine_files(self) -> None:
        """Every package file, hashed; a wrong one is an error."""
        order = self.order
        self.files = package_files.examine(
            order.packages, order.wish, lambda line: self.task.say(f"{self._prefix}  {line}")
        )

    def _open_step(self) -> Mapping[str, Any] | None:
        """The installation that an earlier run began and did not see end, by the record."""
        kept = self._kept
        return unended(kept.data, self.appliance.name) if kept is not None else None

    @property
    def _kept(self) -> Record | None:
        """The site's last record as it is on the disk. Only looked at: one is begun when there is something to write."""
        return self.task.kept_record

    # one package

    def _do(self, job: Job, versions: Versions) -> Versions:
        """Install one package; the versions that were seen afterwards."""
        self.gates.pass_all(job.name, job.kind, self.identity, self.installed)
        record, order = self.task.record, self.order
        transport = self.appliance.pages_transport
        title = f"Install {job.name}"
        voice = Voice(self.task.say, self.clock, self._prefix)
        with record.step(
            title,
            step_id=job.step_id,
            module="update",
            appliance=self.appliance.name,
            because=job.because,
            sha256=job.file.sha256 if job.file else None,
        ) as step:
            step.before(versions)
            old = shown(self.appliance.pages)
            lookout = Lookout(self.appliance, job.kind, self.clock)
            self.task.say(f"{self._prefix}  installing {job.name}: {job.because}")
            began = self.clock()
            commands = transport.commands

            def asking(request: Request) -> None:
                # A later run goes by the first one; without it on the disk nothing is asked for.
                (step.must_keep if transport.commands == commands else step.progress)(ASKING, request=request.what)

            transport.before_command = asking
            start_within: float | None = order.start_within
            lost: BomgarError | None = None
            answer: Look | None = None
            try:
                answer = self._ask(job, voice, step)
                if transport.commands == commands:
                    start_within = None  # a person was asked, who may take until the deadline
            except (Unreachable, UnexpectedAnswer, NotRecognised) as error:
                if transport.commands == commands:
                    raise
                # The click went out: what it did is looked up, never asked for again.
                lost = error
                step.progress("answer not understood", message=str(error))
                self.task.say(
                    f"{self._prefix}  the answer to the click was lost or not recognised; looking what it did"
                )
            finally:
                transport.before_command = None
                transport.tick = None
            watch = Watch(versions, job.kind, job.version, old_message=old.message)
            watch, verdict = self._watch(f"installing {job.name}", watch, answer, step, start_within, lookout, voice)
            seconds = self.clock() - began
            if verdict.ending is Ending.NEVER_BEGAN and lost is not None:
                self._close(step, watch, replace(verdict, message=f"{lost.attempted}: {lost.got}"), False)
                raise lost
            self._close(step, watch, verdict, verdict.outcome is Outcome.CHANGED)
            if verdict.outcome is not Outcome.CHANGED:
                raise self._failed(f"install {job.name}", watch, verdict)
        after = self._versions()
        record.snapshot("after", after, appliance=self.appliance.name)
        record.add_duration(job.name, kind=job.kind.value, seconds=seconds)
        self.installed.append(
            {
                "name": job.name,
                "kind": job.kind.value,
                "from": installed(versions, job.kind),
                "to": installed(after, job.kind),
                "sha256": job.file.sha256 if job.file else None,
                "ending": verdict.ending.value,
                "seconds": round(seconds, 1),
                "outage": round(sum(up - down for down, up in watch.outages), 1),
            }
        )
        self.task.say(f"{self._prefix}  {job.name} is installed   elapsed {clock_text(seconds)}")
        return after

    def _ask(self, job: Job, voice: Voice, step: Step) -> Look:
        if self.appliance.driver == "operator":
            return self._ask_a_person(job, step)
        try:
            if job.offer is not None:
                return self.appliance.pages.install(job.offer)
            if job.file is None:
                raise BadInput(f"install {job.name}", "it is neither offered nor a file", "Name the package's file.")
            size = job.file.size
            self.appliance.pages_transport.tick = lambda sent: voice.tell(
                f"uploading {job.name}", f"{min(100, sent * 100 // size) // 10 * 10} %"
            )
            return self.appliance.pages.upload(job.file.path)
        except NotRecognised as error:
            if not self.appliance.attended or self.appliance.commanded:
                raise
            self.task.say(f"{self._prefix}  {error}")
            return self._ask_a_person(job, step)

    def _ask_a_person(self, job: Job, step: Step) -> Look:
        where = f"{self.appliance.url.rstrip('/')}/appliance > Support > Updates"
        what = (
            f'press "Install this Update" at {job.name}'
            if job.offer
            else f'under Manual Installation choose {job.name} and press "Update Software"'
        )
        # As before a click: a later run first looks whether it was done, and does not have it done twice.
        step.must_keep(ASKING, person=self.task.own(f"on {where}, {what}"))
        self.task.ask(
            f"{self._prefix}  PLEASE DO THIS NOW: on {where}, {what}. This waits until the appliance shows that it was done."
        )
        return Look(Activity.UNKNOWN)

    def _watch(
        self,
        doing: str,
        watch: Watch,
        answer: Look | None,
        step: Step,
        start_within: float | None,
        lookout: Lookout | None = None,
        voice: Voice | None = None,
    ) -> tuple[Watch, Verdict]:
        """Look until there is a verdict, or the deadline."""
        record, order = self.task.record, self.order
        lookout = lookout or Lookout(self.appliance, watch.kind, self.clock)
        voice = voice or Voice(self.task.say, self.clock, self._prefix)
        name = None
        if order.serves_site:
            record.site_watched(by=self.appliance.probe.asks, resolution=2 * order.poll_interval)
        elif self.task.front is not None:
            name = NameWatch(self.task.front, record, order.poll_interval, self.clock)
        pending = [lookout.first(answer)] if answer is not None else []
        began = self.clock()
        said = ""

        def look() -> Verdict | None:
            nonlocal watch, said
            if name is not None:
                name.look()
            sight = pending.pop() if pending else lookout.look()
            watch, verdict = watch.see(sight)
            while lookout.news and verdict is None:
                self._mark_outage(record, watch, sight)
                sight = lookout.look()
                watch, verdict = watch.see(sight)
            self._mark_outage(record, watch, sight)
            words = state_of(watch, order.serves_site)
            if words != said:
                said = words
                step.progress(words, message=sight.message)
            voice.tell(doing, words, _USUAL)
            if verdict is None and start_within is not None and self.clock() - began >= start_within:
                verdict = watch.at_start_deadline()
                if verdict is not None and answer is not None:
                    # What the page said to the click is all there is to go by.
                    verdict = replace(verdict, message=answer.message)
            return verdict

        verdict = wait(look, Pace(order.poll_interval, order.deadline, self.clock, self.task.sleep))
        if verdict is None:
            verdict = watch.at_deadline()
            if verdict.message is None and answer is not None:
                verdict = replace(verdict, message=answer.message)
        return watch, verdict

    def _mark_outage(self, record: Record, watch: Watch, sight: Sight) -> None:
        if not self.order.serves_site:
            return
        if watch.not_serving_since is None:
            # An outage that this watch has not seen is one that an earlier run saw begin.
            if watch.outages or sight.serving:
                record.site_up(at=sight.at, watched=bool(watch.outages))
        elif not sight.up or sight.serving is False:
            by, resolution = self.appliance.probe.asks, 2 * self.order.poll_interval
            record.site_down(by=by, resolution=resolution, at=sight.at)

    def _close(self, step: Step, watch: Watch, verdict: Verdict, good: bool) -> None:
        got, remedy = ENDINGS.get(verdict.ending, ("", ""))
        seen = watch.last.versions if watch.last is not None else None
        outcome = (
            Outcome.CHANGED if verdict.outcome is Outcome.CHANGED else Outcome.UNCHANGED if good else verdict.outcome
        )
        step.done(
            outcome,
            detail=verdict.ending.value if good else f"{got}{f': {verdict.message}' if verdict.message else ''}",
            action="" if good else remedy,
            after=plain(seen) if seen is not None else None,
            requests=self.appliance.evidence(),
            facts={"ending": verdict.ending.value, **self._standby_down(watch)},
        )

    def _standby_down(self, watch: Watch) -> dict[str, Any]:
        """How long an appliance was down that the site's name does not lead to: no outage of the site, and told apart."""
        if self.order.serves_site:
            return {}
        spells = [*watch.outages]
        if watch.not_serving_since is not None and watch.last is not None:
            spells.append((watch.not_serving_since, watch.last.at))
        return {
            STANDBY_DOWN: {
                "seconds": round(sum(up - down for down, up in spells), 1),
                "spells": len(spells),
                "ongoing": watch.not_serving_since is not None,
                "resolution": 2 * self.order.poll_interval,
            }
        }

    def _failed(self, attempted: str, watch: Watch, verdict: Verdict) -> RunFailed:
        got, remedy = ENDINGS[verdict.ending]
        return RunFailed(
            verdict.outcome.value,
            attempted,
            f"{got}{f': {verdict.message}' if verdict.message else ''}",
            remedy,
            ending=verdict.ending.value,
            before=plain(watch.before),
            message=verdict.message,
            installed=self.installed,
        )

    # what is left to do

    def _jobs(self, versions: Versions) -> tuple[list[Job], str | None]:
        """The packages still to be installed, the next one first, and what is not certain of them."""
        order = self.order
        if order.manual:
            kept = self._kept
            earlier = kept.data if kept is not None and not kept.finished else {"steps": []}
            done = [
                *package_files.hashes_installed(earlier, self.appliance.name),
                *(str(item["sha256"]) for item in self.installed),
            ]
            rest = package_files.left(self.files, order.wish, versions, done)
            return [
                Job(file.name, file.kind, file.version, "a package file that is not installed yet", file=file)
                for file in rest
            ], None
        if not missing(order.wish, versions) and "latest" not in (order.wish.site, order.wish.base):
            return [], None
        look = self.appliance.pages.check_for_updates()
        course = offers.course(order.wish, versions, look.offers or ())
        if course.reached:
            return [], None
        if course.next is None:
            raise RunFailed(
                Outcome.REFUSED.value if not self.installed else Outcome.FAILED.value,
                f"find what to install for {order.wish.plain()}",
                str(course.stuck),
                "Ask the vendor's support which packages lead there, or correct the target (bomgar_target).",
                offers=plain(look.offers),
                installed=self.installed,
            )
        return [
            Job(step.offer.name, step.offer.kind, step.offer.version, step.because, offer=step.offer)
            for step in course.steps
        ], course.caution

    def _must_be_reached(self, versions: Versions) -> None:
        lacking = missing(self.order.wish, versions)
        if not lacking:
            return
        names = ", ".join(
            f"{kind.value} software {installed(versions, kind) or 'unknown'} instead of {self.order.wish.of(kind)}"
            for kind in lacking
        )
        # A step of its own: those of the packages ended well.
        with self.task.record.step(
            "Reach the target", step_id=REACH, module="update", appliance=self.task.appliance.name
        ):
            raise RunFailed(
                Outcome.FAILED.value,
                f"reach {self.order.wish.plain()}",
                f"everything that was given is installed, and the appliance runs {names}",
                "The packages do not bring the target: ask the vendor's support for the missing one, or correct bomgar_target.",
                installed=self.installed,
            )

    # reading

    def _versions(self) -> Versions:
        observer = Observer(self.appliance, self.clock)
        versions = observer.versions()
        observer.stop()
        health, info = observer.health(), observer.api_info()
        # Whose backup it must be; not of which version, since that changes from package to package.
        self.identity = Identity(
            health.appliance_id if health else None, company_name=info.company_name if info else None
        )
        wished = [kind for kind in (Kind.BASE, Kind.SITE) if self.order.wish.of(kind) or self.order.manual]
        for kind in wished:
            if installed(versions, kind) is None:
                why, remedy = together(plain(observer.problems))
                raise RunFailed(
                    (Outcome.UNKNOWN if self.appliance.commanded else Outcome.REFUSED).value,
                    f"read the version of the {kind.value} software",
                    why or "no account was given for an interface that tells it",
                    f"{remedy} {_NO_VERSION}".strip(),
                )
        return versions

    def _interrupted(self, step: Mapping[str, Any] | None, reachable: bool) -> Versions:
        """Where the running update came from: by the record's open step, else by what can be read now."""
        before = _recorded_before(step)
        if before is not None:
            return Versions(**{name: before.get(name) for name in ("site", "base", "build", "api")})
        return Observer(self.appliance, self.clock).versions() if reachable else Versions()

    def _grace(self, step: Mapping[str, Any] | None) -> float:
        """How long an installation that an interrupted run may have asked for is still given to show itself."""
        step = step or {}
        begun = step.get("started")
        # A file may have taken hours to send, and only then can the installation have begun.
        if not isinstance(begun, str) or step["facts"].get("sha256"):
            return self.order.start_within
        age = self.clock() - datetime.fromisoformat(begun.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()
        return max(SETTLED_LOOKS * self.order.poll_interval, self.order.start_within - age)

    def _while_running(self, joined: dict[str, Any]) -> dict[str, Any]:
        """In check mode, while an update runs: what will be left to install after it cannot be known yet."""
        versions = Observer(self.appliance, self.clock).versions()
        result = self._result(joined, versions, versions, [])
        lacking = bool(missing(self.order.wish, versions))
        return {
            **result,
            "changed": lacking,
            "outcome": (Outcome.CHANGED if lacking else Outcome.UNCHANGED).value,
            "msg": f"{self.appliance.site}: an update is running ({joined['message']}); a real run would wait for it, "
            "then install what is missing",
        }

    def _result(
        self, joined: dict[str, Any] | None, before: Versions, after: Versions, expected: list[str]
    ) -> dict[str, Any]:
        changed = bool(self.installed or expected)
        if expected:
            message = "would install " + ", then ".join(expected)
        elif self.installed:
            message = "installed " + ", ".join(item["name"] for item in self.installed)
        else:
            message = "runs what is wished for already; nothing was done"
        return {
            "changed": changed,
            "outcome": (Outcome.CHANGED if changed else Outcome.UNCHANGED).value,
            "before": plain(before),
            "after": plain(after),
            "installed": self.installed,
            "expected": expected,
            "joined": joined,
            "msg": f"{self.appliance.site}: {message}",
            "diff": {"before": _shown(before), "after": "".join(f"{name}\n" for name in expected) or _shown(after)},
        }


def _recorded_before(step: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The versions that an interrupted step read before it began."""
    before = ((step or {}).get("evidence") or {}).get("before")
    return before if isinstance(before, Mapping) else None


def _asked(step: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a step that was cut off had asked for, if it had come so far: a `request`, or of a `person`."""
    if step is None or step["ended"] is not None:
        return None
    found = askings(step)
    return {name: value for name, value in found[-1].items() if name in ("request", "person")} if found else None


def _shown(versions: Versions) -> str:
    return f"site: {versions.site}\nbase: {versions.base}\n"
