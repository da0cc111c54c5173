# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a site's upgrade: one JSON file, written step by step. No network, no Ansible, and it judges nothing.

    <record_dir>/<site>/<started, UTC>/record.json
    <record_dir>/<site>/latest      -> the newest of these folders
    <record_dir>/<site>/.lock       held by the operating system while somebody writes; may stay, means nothing by itself

Every change is written to a temporary file beside the record, synced and renamed, so that a crash at any moment leaves
a readable record: the one before the change or the one after it. A step is written when it begins (`ended` is null),
on what its caller finds notable, and when it ends; a step that never ended is what a crash looks like.

Times in the record are ISO 8601 in UTC; arguments are Unix seconds. Keys that this version does not know are kept.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import getpass
import html
import json
import math
import os
import platform
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

from .errors import BadInput, BomgarError, RunFailed
from .models import Outcome, plain
from .release import VERSION

#: The version of the record's format. A reader takes its own and older ones, never a newer one.
FORMAT = 1
FILE_NAME = "record.json"
LATEST = "latest"
HIDDEN = "********"

_LOCK = ".lock"
#: Of one step's observations the first and the newest are kept, so that a wait of days cannot grow the file for ever.
_OBSERVATIONS_KEPT = 500
_FIRST_KEPT = 50
_SITE = re.compile(r"\w[\w.:@-]*")
_STAMP = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
_GOOD = (Outcome.CHANGED, Outcome.UNCHANGED)
#: Worst first; what a record's outcome is when its steps differ.
_BAD = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.REFUSED)

#: Ids of steps: what is done before the work, and what shows afterwards that the wish was reached.
PREPARATIONS = ("readiness", "backup")
VALIDATION = "validation"

#: The record's own words, by list: these stay as they are, whatever the secrets are. All other text is redacted.
_OWN_WORDS: dict[str, frozenset[str]] = {
    "runs": frozenset({"id", "started"}),
    "steps": frozenset({"id", "module", "appliance", "run", "started", "ended", "outcome"}),
    "checks": frozenset({"id", "outcome", "at", "run", "phase"}),
    "backups": frozenset({"run", "appliance"}),
    "outages": frozenset({"down_from", "up_at", "last_down", "run"}),
    "durations": frozenset({"at", "run", "kind"}),
}
#: The record's own keys; a secret that happens to be one of these words is not told by it.
_OWN_KEYS = frozenset(
    [
        "format",
        "site",
        "path",
        "wish",
        "plan",
        "created",
        "runs",
        "snapshots",
        "checks",
        "backups",
        "watched",
        "outages",
        "durations",
        "steps",
        "id",
        "title",
        "module",
        "appliance",
        "run",
        "started",
        "ended",
        "outcome",
        "detail",
        "action",
        "evidence",
        "before",
        "after",
        "observations",
        "requests",
        "facts",
        "error",
        "reason",
        "attempted",
        "got",
        "remedy",
        "at",
        "what",
        "values",
        "phase",
        "source",
        "waived",
        "by",
        "resolution",
        "down_from",
        "up_at",
        "last_down",
        "kind",
        "seconds",
        "controller",
        "versions",
        "fingerprint",
        "left_out",
    ]
)


class RecordNotWritten(BomgarError):
    """The record could not be written: no room, no permission. What it was to say has happened all the same."""

    reason = "record_not_written"


# -- pure: what a record says -----------------------------------------------------------------------------------------


def iso(when: float) -> str:
    """Unix seconds as `2026-11-22T18:43:00.250Z`, the way times stand in a record."""
    return datetime.fromtimestamp(when, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(when: str) -> float:
    """A record's time as Unix seconds; ValueError if it is not one."""
    if not isinstance(when, str):
        raise ValueError("a time is a text")
    moment = datetime.fromisoformat(when.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.timestamp()


@dataclass(frozen=True)
class Standing:
    """Where a record stands, worked out from its steps alone.

    `outcome` is None when nothing went wrong but the work is not complete. `finished`: the wish was reached. `interrupted`:
    the steps that began, never ended and were not taken up again. `decisive`: the steps that the outcome rests on.
    """

    outcome: Outcome | None
    finished: bool
    interrupted: tuple[dict[str, Any], ...] = ()
    decisive: tuple[dict[str, Any], ...] = ()
    missing: tuple[str, ...] = ()


def last_attempts(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The last attempt at each step (same id, same appliance), in the order in which they began."""
    newest: dict[tuple[Any, Any], dict[str, Any]] = {}
    for step in data["steps"]:
        key = (step["id"], step.get("appliance"))
        newest.pop(key, None)
        newest[key] = step
    return list(newest.values())


def counting(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attempts that the outcome is made of: the last ones, without what prepared badly for a site that was validated since.

    A site that was found good needs no readiness and no backup any more: somebody may have seen to it by hand.
    """
    attempts = last_attempts(data)
    proofs = {step.get("appliance"): place for place, step in enumerate(attempts) if _is_proof(step)}
    return [
        step
        for place, step in enumerate(attempts)
        if step["id"] not in PREPARATIONS or step["outcome"] in _GOOD or place > proofs.get(step.get("appliance"), -1)
    ]


def _is_proof(step: Mapping[str, Any]) -> bool:
    return step["id"] == VALIDATION and step["outcome"] in _GOOD


def standing(data: Mapping[str, Any]) -> Standing:
    """The outcome of a record, by the attempts that count.

    One that never ended makes the whole unknown; otherwise the worst counts, in the order failed, unknown, refused. All
    good: `changed` if any attempt changed something. Complete is a record whose planned steps are all good, where those
    before a good validation need not have been; or, without a plan, one with a good validation.
    """
    attempts = counting(data)
    interrupted = tuple(step for step in attempts if step["ended"] is None)
    if interrupted:
        return Standing(Outcome.UNKNOWN, False, interrupted, interrupted)
    for word in _BAD:
        decisive = tuple(step for step in attempts if Outcome(step["outcome"]) is word)
        if decisive:
            return Standing(word, False, (), decisive)
    done = {step["id"] for step in attempts}
    planned = [step["id"] for step in (data.get("plan") or {}).get("steps") or []]
    validated = any(_is_proof(step) for step in attempts)
    needed = planned[planned.index(VALIDATION) :] if validated and VALIDATION in planned else planned
    missing = tuple(item for item in needed if item not in done)
    if missing or not (planned or validated):
        return Standing(None, False, missing=missing)
    changed = tuple(step for step in data["steps"] if step["outcome"] == Outcome.CHANGED)
    return Standing(Outcome.CHANGED if changed else Outcome.UNCHANGED, True, (), changed)


def current_checks(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The newest results of each phase of checks (`readiness`, `validation`), in the order of the phases."""
    newest: dict[str, list[dict[str, Any]]] = {}
    for check in data["checks"]:
        phase = str(check.get("phase", ""))
        kept = newest.setdefault(phase, [])
        if kept and kept[0].get("at") != check.get("at"):
            kept.clear()
        kept.append(check)
    return [check for checks in newest.values() for check in checks]


@dataclass(frozen=True)
class Outage:
    """How long the site did not answer. `seconds` counts up to the last look; each end may be off by `resolution` seconds."""

    seconds: float
    resolution: float | None
    spells: int
    ongoing: bool


def measured_outage(data: Mapping[str, Any]) -> Outage | None:
    """The sum of the outages of a record; None if nobody measured. No outage seen: 0 seconds, 0 spells."""
    outages = data.get("outages")
    if outages is None:
        return None
    total = 0.0
    ongoing = False
    for outage in outages:
        until = outage.get("up_at") or outage.get("last_down") or outage["down_from"]
        ongoing = ongoing or outage.get("up_at") is None
        total += max(0.0, seconds(until) - seconds(outage["down_from"]))
    watched = data.get("watched") or {}
    resolutions = [
        value for value in (watched.get("resolution"), *(item.get("resolution") for item in outages)) if value
    ]
    return Outage(total, max(resolutions) if resolutions else None, len(outages), ongoing)


# -- secrets ----------------------------------------------------------------------------------------------------------


class Redaction:
    """Replaces secrets in text, also where they stand URL-encoded, HTML-escaped or in base 64.

    The last fence and not the first: whoever builds a record must not put secrets in. A secret of fewer than four
    characters is replaced only where it stands as a word, or it would star out half of the record.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            text = str(secret)
            if not text.strip():
                continue
            raw = text.encode("utf-8", "surrogatepass")
            forms |= {text, quote(raw, safe=""), quote_plus(raw), html.escape(text), base64.b64encode(raw).decode()}
            forms |= {text.encode("unicode_escape").decode(), json.dumps(text)[1:-1]}
        patterns = [
            re.escape(form) if len(form) >= 4 else rf"(?<!\w){re.escape(form)}(?!\w)"
            for form in sorted(forms, key=len, reverse=True)
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def text(self, value: str) -> str:
        """`value` without any secret."""
        return self._pattern.sub(HIDDEN, value) if self._pattern else value

    def value(self, value: Any) -> Any:
        """A plain value without any secret in its texts and keys; dictionaries and lists are changed in place."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            value[:] = [self.value(item) for item in value]
        elif isinstance(value, dict):
            self._dictionary(value, frozenset())
        return value

    def record(self, data: dict[str, Any]) -> None:
        """A whole record, in place."""
        if self._pattern is None:
            return
        for key, item in data.items():
            if key in _OWN_WORDS:
                for entry in item or ():
                    self._dictionary(entry, _OWN_WORDS[key])
            elif key == "plan" and item:
                planned = [step["id"] for step in item.get("steps") or ()]
                self.value(item)
                for step, word in zip(item.get("steps") or (), planned, strict=True):
                    step["id"] = word
            elif key not in ("site", "created", "path"):
                data[key] = self.value(item)

    def _dictionary(self, value: dict[str, Any], own: frozenset[str]) -> None:
        items = [
            (key if key in _OWN_KEYS else self.text(key), item if key in own else self.value(item))
            for key, item in value.items()
        ]
        value.clear()
        value.update(items)


# -- who writes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One run of a playbook: `id` is the same for all of its tasks. `versions`: collection, ansible, python."""

    id: str
    by: str
    controller: str
    versions: dict[str, str] = field(default_factory=dict)


def this_run(run_id: str | None = None, *, ansible: str, collection: str = VERSION, by: str | None = None) -> Run:
    """The run that this process belongs to. `by`: who started it, where the caller knows better than the system does.

    Without an id it is the process that started this one: for tasks in the controller's process, the playbook's run.
    """
    return Run(
        run_id or _parent(),
        by or _user(),
        socket.gethostname(),
        {"collection": collection, "ansible": ansible, "python": platform.python_version()},
    )


def _parent() -> str:
    """The parent process by number and start, since numbers are used again."""
    number = os.getppid()
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
        born = status.rpartition(")")[2].split()[19]
    except (OSError, IndexError):  # no Linux, or a parent that is gone
        born = "0"
    return f"{socket.gethostname()}-{number}-{born}"


@dataclass(frozen=True)
class Writer:
    """Who writes a record and how. `secrets`: every secret value that the task knows."""

    run: Run
    secrets: tuple[str, ...] = field(default=(), repr=False)
    clock: Callable[[], float] = time.time


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        return f"uid {os.getuid()}"


# -- the record -------------------------------------------------------------------------------------------------------


class Step:
    """One step while it is carried out; made by `Record.step`."""

    def __init__(self, record: Record, entry: dict[str, Any]) -> None:
        self._record = record
        self.entry = entry

    def progress(self, what: str, *, at: float | None = None, **values: Any) -> None:
        """Keep an observation and write the record. A failure to write does not stop the work here: it is raised when the step ends."""
        self._keep(what, self._record.now() if at is None else at, values)
        self._record._try_write()

    def must_keep(self, what: str, **values: Any) -> None:
        """As `progress`, for what has to be on the disk before it is done: raises RecordNotWritten."""
        self._keep(what, self._record.now(), values)
        self._record._write()

    def _keep(self, what: str, at: float, values: Mapping[str, Any]) -> None:
        observations = self.entry["evidence"]["observations"]
        observations.append({"at": iso(at), "what": what, **_plain(values)})
        if len(observations) > _OBSERVATIONS_KEPT:
            del observations[_FIRST_KEPT]
            self.entry["evidence"]["left_out"] = self.entry["evidence"].get("left_out", 0) + 1

    def before(self, value: Any) -> None:
        """What was observed before anything was done, written before it is done."""
        self.entry["evidence"]["before"] = _plain(value)
        self._record._try_write()

    def requests(self, items: Iterable[Any]) -> None:
        """Keep the requests that were sent (transport.Evidence), also after the step has ended."""
        self.entry["evidence"]["requests"] += [_request(item) for item in items]
        self._record._try_write()

    def done_from(self, result: Mapping[str, Any]) -> None:
        """End the step by a module's result: `outcome` (or `changed`), `detail` (or `msg`), `action`, `before`, `after`."""
        outcome = result.get("outcome") or (Outcome.CHANGED if result.get("changed") else Outcome.UNCHANGED)
        self.done(
            outcome,
            detail=str(result.get("detail") or result.get("msg") or ""),
            action=str(result.get("action") or ""),
            before=result.get("before"),
            after=result.get("after"),
        )

    def done(
        self,
        outcome: Outcome | str,
        *,
        detail: str = "",
        action: str = "",
        before: Any = None,
        after: Any = None,
        requests: Iterable[Any] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """End the step. `requests`: transport.Evidence. `action`: what a person has to do next, empty if nothing."""
        if self.entry["ended"] is not None:
            raise RuntimeError(f"step {self.entry['id']} has ended already")
        evidence = self.entry["evidence"]
        if before is not None:
            evidence["before"] = _plain(before)
        if after is not None:
            evidence["after"] = _plain(after)
        evidence["requests"] += [_request(item) for item in requests]
        self.entry["facts"].update(_plain(facts or {}))
        self.entry["detail"] = detail
        self.entry["action"] = action
        self.entry["outcome"] = Outcome(outcome).value
        self.entry["ended"] = iso(self._record.now())
        self._record._write()

    def __enter__(self) -> Step:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.entry["ended"] is not None:
            return
        if error is None:
            self._end(Outcome.UNKNOWN, "the step ended without saying what it did", "")
            raise RuntimeError(f"step {self.entry['id']} ended without an outcome")
        if isinstance(error, BomgarError):
            outcome = Outcome(error.outcome) if isinstance(error, RunFailed) else Outcome.FAILED
            self.entry["error"] = {
                "reason": error.reason,
                "attempted": error.attempted,
                "got": error.got,
                "remedy": error.remedy,
            }
            self.entry["facts"].update(_plain(error.facts))
            self._end(outcome, f"{error.attempted}: {error.got}", error.remedy)
        elif isinstance(error, Exception):
            self._end(
                Outcome.FAILED,
                f"an error in the collection itself: {type(error).__name__}: {error}",
                "Look at the appliance before running it again, and report this as a bug with its traceback.",
            )
        # Anything else (a stop by a signal or by the interpreter) leaves the step open: nobody knows how far it got.

    def _end(self, outcome: Outcome, detail: str, action: str) -> None:
        self.entry.update(outcome=outcome.value, detail=detail, action=action, ended=iso(self._record.now()))
        self._record._try_write()


class Record:
    """One record. From `take` and `resume` it holds the site's lock until `close`; from `open` it can only be read."""

    def __init__(
        self,
        data: dict[str, Any],
        folder: Path | None,
        writer: Writer | None = None,
        lock: _Lock | None = None,
    ) -> None:
        self.data = data
        self.folder = folder
        self.now = writer.clock if writer else time.time
        self.write_error: OSError | None = None
        self._run_id = writer.run.id if writer else None
        self._writable = writer is not None
        self._lock = lock
        self._redaction = Redaction(writer.secrets if writer else ())
        if writer:
            self._entered = self._enter(writer.run)

    # opening

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Record:
        """Read the record at `path`: a record.json, its folder, or a site's folder (its latest record). BadInput if there is none."""
        place = Path(path)
        if place.is_dir():
            inside = place / FILE_NAME
            place = inside if inside.is_file() else (_latest(place) or place) / FILE_NAME
        if not place.is_file():
            raise BadInput(
                f"read the record {path}",
                "there is no record.json",
                "Give the path of a record.json, of its folder, or of a site's folder under bomgar_record_dir.",
            )
        return cls(_read(place), place.parent)

    @classmethod
    def open_latest(cls, directory: str | os.PathLike[str], site: str) -> Record | None:
        """The site's latest record, to read; None if there is none yet. BadInput if it cannot be read."""
        folder = _latest(site_folder(directory, site))
        return cls(_read(folder / FILE_NAME, site), folder) if folder else None

    @classmethod
    def resume(cls, directory: str | os.PathLike[str], site: str, writer: Writer) -> Record | None:
        """The site's latest record, to go on writing; None if there is none. BadInput as for `take`."""
        if _latest(site_folder(directory, site)) is None:
            return None
        with _locked(site_folder(directory, site)) as (place, lock):
            latest = _latest(place)
            return cls._resume(latest, lock, writer, _read(latest / FILE_NAME, site)) if latest else None

    @classmethod
    def take(
        cls,
        directory: str | os.PathLike[str],
        site: str,
        writer: Writer,
        *,
        wish: Mapping[str, Any],
        path: str | None,
    ) -> Record:
        """What a task of an upgrade wants: go on with the latest record, or begin one.

        It goes on when the latest record is of this run, or is not finished and has the same wish and path. It holds the
        site's lock; BadInput if another process does, or if the record cannot be read.
        """
        with _locked(site_folder(directory, site)) as (place, lock):
            latest = _latest(place)
            if latest is not None:
                data = _read(latest / FILE_NAME, site)
                same_run = any(item["id"] == writer.run.id for item in data["runs"])
                same_wish = data["wish"] == _plain(wish) and data["path"] == path
                if same_run or (same_wish and not standing(data).finished):
                    return cls._resume(latest, lock, writer, data)
            return cls._begin(place, lock, writer, _new(site, wish, path, writer.clock()))

    @classmethod
    def in_memory(cls, site: str, writer: Writer, *, wish: Mapping[str, Any], path: str | None) -> Record:
        """A record that is never written: for check mode, and where no folder is given."""
        return cls(_new(site, wish, path, writer.clock()), None, writer)

    @classmethod
    def _begin(cls, place: Path, lock: _Lock, writer: Writer, data: dict[str, Any]) -> Record:
        try:
            folder = _new_folder(place, seconds(data["created"]))
            record = cls(data, folder, writer, lock)
            record._write()
            _point(place / LATEST, folder.name)
        except OSError as error:
            raise _not_written(place, error) from error
        return record

    @classmethod
    def _resume(cls, folder: Path, lock: _Lock, writer: Writer, data: dict[str, Any]) -> Record:
        record = cls(data, folder, writer, lock)
        if record._entered:
            record._write()
        return record

    def _enter(self, run: Run) -> bool:
        if any(item["id"] == run.id for item in self.data["runs"]):
            return False
        self.data["runs"].append(
            {
                "id": run.id,
                "started": iso(self.now()),
                "by": run.by,
                "controller": run.controller,
                "versions": dict(run.versions),
            }
        )
        return True

    def close(self) -> None:
        """Release the lock. Nothing is written: what there was to say was written when it was said."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        if self.folder is not None:
            self._writable = False

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # reading

    @property
    def file(self) -> Path | None:
        """The record.json; None for a record in memory."""
        return self.folder / FILE_NAME if self.folder else None

    @property
    def outcome(self) -> Outcome | None:
        """See `standing`."""
        return standing(self.data).outcome

    @property
    def finished(self) -> bool:
        """Whether the wish was reached; see `standing`."""
        return standing(self.data).finished

    def is_for(self, wish: Mapping[str, Any], path: str | None) -> bool:
        """Whether it is the record of an upgrade to this wish on this path."""
        return bool(self.data["wish"] == _plain(wish) and self.data["path"] == path)

    def interrupted_steps(self) -> list[dict[str, Any]]:
        """The steps that began, never ended and were not taken up again. Ask before beginning one of your own."""
        return list(standing(self.data).interrupted)

    # writing

    def step(
        self,
        title: str,
        *,
        step_id: str | None = None,
        module: str | None = None,
        appliance: str | None = None,
        **facts: Any,
    ) -> Step:
        """Begin a step and write it; raises RecordNotWritten, and nothing was done yet.

        To be used by `with`: an exception ends it as failed (a RunFailed as its own outcome) and goes on; being
        killed or stopped by a signal leaves it open. `step_id`: what a later attempt at the same step has in common with
        this one; the title, if left out.
        """
        entry: dict[str, Any] = {
            "id": step_id or title,
            "title": title,
            "module": module,
            "appliance": appliance,
            "run": self._run_id,
            "started": iso(self.now()),
            "ended": None,
            "outcome": None,
            "detail": "",
            "action": "",
            "evidence": {"before": None, "after": None, "observations": [], "requests": []},
            "facts": _plain(facts),
        }
        self.data["steps"].append(entry)
        try:
            self._write()
        except RecordNotWritten:
            self.data["steps"].remove(entry)
            raise
        return Step(self, entry)

    def set_plan(self, plan: Mapping[str, Any]) -> None:
        """The plan: `fingerprint`, and `steps` as a list of `id` and `title`, which tell when the record is complete."""
        if self.data.get("plan") != _plain(plan):
            self.data["plan"] = _plain(plan)
            self._write()

    def snapshot(self, phase: str, values: Any, appliance: str | None = None) -> None:
        """What was observed of an appliance (versions and more). `before` is kept as first seen, `after` as last seen."""
        if phase not in ("before", "after"):
            raise ValueError(phase)
        kept = self.data["snapshots"].setdefault(phase, {})
        name = appliance or ""
        if phase == "before" and name in kept:
            return
        kept[name] = {"at": iso(self.now()), "values": _plain(values)}
        self._write()

    def add_checks(self, phase: str, results: Iterable[Any]) -> None:
        """Results of checks in a phase (`readiness`, `validation`): id, title, outcome, detail, action, source, waived (the reason, or None)."""
        at = iso(self.now())
        defaults = {"detail": "", "action": "", "source": "", "waived": None}
        for result in results:
            self.data["checks"].append({**defaults, **_plain(result), "phase": phase, "at": at, "run": self._run_id})
        self._write()

    def add_backup(self, manifest: Any, appliance: str | None = None) -> None:
        """The backup that this upgrade rests on: its manifest (`file`, `size`, `sha256`, ...) ."""
        entry = {**_plain(manifest), "appliance": appliance, "run": self._run_id}
        known = [{key: value for key, value in item.items() if key != "run"} for item in self.data["backups"]]
        if {key: value for key, value in entry.items() if key != "run"} not in known:
            self.data["backups"].append(entry)
            self._write()

    def site_watched(self, by: str, resolution: float) -> None:
        """From now on somebody looks whether the site answers, every `resolution` seconds, by the interface `by`."""
        watched = {"by": by, "resolution": resolution}
        if self.data.get("watched") != watched or self.data.get("outages") is None:
            self.data["watched"] = watched
            self.data["outages"] = self.data.get("outages") or []
            self._try_write()

    def site_down(self, by: str, resolution: float, at: float | None = None) -> None:
        """A look at the site failed. The first of a spell is written, further ones only move the time of the last one."""
        moment = iso(self.now() if at is None else at)
        self.site_watched(by, resolution)
        outages = self.data["outages"]
        if outages and outages[-1]["up_at"] is None:
            outages[-1]["last_down"] = moment  # kept in memory: it goes out with the next write
            return
        outages.append(
            {
                "down_from": moment,
                "up_at": None,
                "last_down": moment,
                "by": by,
                "resolution": resolution,
                "run": self._run_id,
            }
        )
        self._try_write()

    def site_up(self, at: float | None = None) -> None:
        """A look at the site succeeded: ends the outage, if there is one."""
        outages = self.data.get("outages") or []
        if outages and outages[-1]["up_at"] is None:
            outages[-1]["up_at"] = iso(self.now() if at is None else at)
            self._try_write()

    def add_duration(self, what: str, kind: str, seconds: float, **facts: Any) -> None:
        """How long an installation took, for the estimate of later windows. `kind`: base, site."""
        self.data["durations"].append(
            {
                "what": what,
                "kind": kind,
                "seconds": round(seconds, 3),
                "at": iso(self.now()),
                "run": self._run_id,
                **_plain(facts),
            }
        )
        self._try_write()

    def _try_write(self) -> None:
        try:
            self._write()
        except RecordNotWritten as error:
            self.write_error = error.__cause__ if isinstance(error.__cause__, OSError) else None

    def _write(self) -> None:
        if not self._writable:
            raise RuntimeError("this record was opened for reading")
        self._redaction.record(self.data)
        if self.folder is None:
            return
        file = self.folder / FILE_NAME
        text = json.dumps(self.data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        try:
            # A lone surrogate is no UTF-8; its backslash form is what JSON writes for it.
            write_file(file, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise _not_written(file, error) from error
        self.write_error = None


# -- files ------------------------------------------------------------------------------------------------------------


def site_folder(directory: str | os.PathLike[str], site: str) -> Path:
    """The folder of a site's records. BadInput for a name that is no single folder name."""
    if not _SITE.fullmatch(site) or len(site.encode("utf-8", "replace")) > 253:
        raise BadInput(
            f"use {site!r} as the name of a site's folder of records",
            "it is not a plain name",
            "Name the inventory host by letters, digits, dots, dashes and underscores, as in support.example.com.",
        )
    return Path(directory) / site


def write_file(file: Path, content: bytes) -> None:
    """Replace `file` as a whole or not at all: temporary file in the same folder, sync, rename, sync of the folder. Mode 0600."""
    temporary = file.with_name(f".{file.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        os.fchmod(stream.fileno(), 0o600)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    _sync_folder(file.parent)


def records(directory: str | os.PathLike[str], site: str) -> Iterator[Record]:
    """All readable records of a site, oldest first."""
    for folder in _folders(site_folder(directory, site)):
        try:
            yield Record(_read(folder / FILE_NAME, site), folder)
        except BadInput:
            continue  # an estimate must not fail for an old file; whoever opens it by name is told


def durations(directory: str | os.PathLike[str], site: str, kind: str | None = None) -> list[float]:
    """How many seconds earlier installations on this site took, oldest first; of one `kind` (base, site) or of all."""
    return [
        float(entry["seconds"])
        for record in records(directory, site)
        for entry in record.data["durations"]
        if kind is None or entry.get("kind") == kind
    ]


class _Lock:
    """The operating system's lock on a site's folder; it ends with the process, however that ends."""

    def __init__(self, place: Path) -> None:
        file = place / _LOCK
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _not_written(place, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise BadInput(
                f"write the record in {place}",
                f"another run works on this site now ({holder['text']})",
                "Wait until it has ended, or end it there; the lock ends with that process, there is nothing to delete.",
                pid=holder["pid"],
            ) from error
        except OSError as error:
            os.close(descriptor)
            raise BadInput(
                f"lock {file}",
                f"the file system cannot ({error.strerror})",
                "Put the records (bomgar_record_dir) on a local file system.",
            ) from error
        note = f"{os.getpid()} {socket.gethostname()} {iso(time.time())}\n"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[tuple[Path, _Lock]]:
    """The site's folder with its lock, which stays held if all goes well: the record takes it over."""
    lock = _Lock(place)
    try:
        yield place, lock
    except BaseException:
        lock.release()
        raise


def _holder(descriptor: int) -> dict[str, Any]:
    words = os.pread(descriptor, 1000, 0).decode("utf-8", "replace").split()
    if len(words) == 3 and words[0].isdigit():
        return {"pid": int(words[0]), "text": f"process {words[0]} on {words[1]}, since {words[2]}"}
    return {"pid": None, "text": "a process that has just begun"}


def _new(site: str, wish: Mapping[str, Any], path: str | None, now: float) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "site": site,
        "path": path,
        "wish": _plain(wish),
        "plan": None,
        "created": iso(now),
        "runs": [],
        "snapshots": {"before": {}, "after": {}},
        "checks": [],
        "backups": [],
        "watched": None,
        "outages": None,
        "durations": [],
        "steps": [],
    }


def _new_folder(place: Path, now: float) -> Path:
    stamp = datetime.fromtimestamp(now, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    for number in range(1, 1000):
        folder = place / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        _sync_folder(place)
        return folder
    raise FileExistsError(f"{place / stamp} and a thousand more")


def _point(link: Path, target: str) -> None:
    temporary = link.with_name(f".{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    _sync_folder(link.parent)


def _sync_folder(folder: Path) -> None:
    """Bring a new name to the disk; some network file systems cannot, and do it by themselves."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _folders(place: Path) -> list[Path]:
    """The folders that hold a record, oldest first."""
    try:
        names = [item.name for item in place.iterdir() if _STAMP.fullmatch(item.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unreadable(place, f"it cannot be read ({error.strerror})") from error
    # `...Z`, `...Z-2`, ..., `...Z-10`: by stamp, then by number
    names.sort(key=lambda name: (name.split("-")[0], int(name.partition("-")[2] or 1)))
    return [place / name for name in names if os.path.lexists(place / name / FILE_NAME)]


def _latest(place: Path) -> Path | None:
    """The folder of the latest record: where `latest` points or, if that is gone, the newest one."""
    try:
        target = str((place / LATEST).readlink())
    except OSError:
        target = ""
    if _STAMP.fullmatch(target) and os.path.lexists(place / target / FILE_NAME):
        return place / target
    folders = _folders(place)
    return folders[-1] if folders else None


def _read(file: Path, site: str | None = None) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes(), parse_constant=_no_constant)
    except OSError as error:
        raise _unreadable(file, f"it cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, f"it is no JSON ({error})") from error
    complaint = _complaint(data)
    if complaint:
        raise _unreadable(file, complaint)
    if site is not None and data["site"] != site:
        raise _unreadable(file, f"it is the record of another site ({data['site']})")
    result: dict[str, Any] = data
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unreadable(file: Path, got: str) -> BadInput:
    return BadInput(
        f"read the record {file}",
        got,
        "Nothing was changed. Move that file's folder out of the records (bomgar_record_dir), then run again: "
        "where the site stands is observed anew.",
        file=str(file),
    )


def _not_written(place: Path, error: OSError) -> RecordNotWritten:
    return RecordNotWritten(
        f"write the record {place}",
        error.strerror or str(error),
        "Make room there or correct its permissions (bomgar_record_dir), then run again.",
        file=str(place),
    )


def _complaint(data: Any) -> str | None:
    """What is wrong with a record's shape, in words; None if readers can rely on it."""
    if not isinstance(data, dict):
        return "it is no record"
    version = data.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return "it does not say its format"
    if version > FORMAT:
        return f"its format {version} is newer than this version of the collection knows ({FORMAT})"
    wrong = _wrong(data, {"site": _text, "created": _time, "path": _maybe_text, "wish": _dictionary})
    wrong = wrong or _wrong(data.get("snapshots"), {"before": _dictionary, "after": _dictionary})
    for name in ("plan", "watched"):
        if not (data.get(name) is None or isinstance(data[name], dict)):
            return f"its {name} cannot be read"
    if data.get("plan"):
        wrong = wrong or _wrong_list(data["plan"].get("steps", []), "plan", {"id": _text, "title": _text})
    for name, shape in _SHAPES.items():
        wrong = wrong or _wrong_list(data.get(name), name, shape)
    if data.get("outages") is not None:
        shape = {"down_from": _time, "up_at": _maybe_time, "last_down": _maybe_time, "resolution": _maybe_number}
        wrong = wrong or _wrong_list(data["outages"], "outages", shape)
    if not wrong and any((step["ended"] is None) != (step["outcome"] is None) for step in data["steps"]):
        wrong = "steps"
    return f"its {wrong} cannot be read" if wrong else None


def _wrong(value: Any, shape: Mapping[str, Callable[[Any], bool]]) -> str | None:
    if not isinstance(value, dict):
        return "content"
    return next((key for key, fits in shape.items() if not fits(value.get(key))), None)


def _wrong_list(value: Any, name: str, shape: Mapping[str, Callable[[Any], bool]]) -> str | None:
    if not isinstance(value, list):
        return name
    return next((f"{name} ({wrong})" for wrong in (_wrong(item, shape) for item in value) if wrong), None)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _maybe_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _dictionary(value: Any) -> bool:
    return isinstance(value, dict)


def _maybe_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _number(value: Any) -> bool:
    return value is not None and _maybe_number(value)


def _time(value: Any) -> bool:
    try:
        seconds(value)
    except (ValueError, OverflowError):
        return False
    return True


def _maybe_time(value: Any) -> bool:
    return value is None or _time(value)


def _evidence(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(name), list) and all(isinstance(item, dict) for item in value[name])
        for name in ("observations", "requests")
    )


_SHAPES: dict[str, dict[str, Callable[[Any], bool]]] = {
    "runs": {"id": _text, "started": _time},
    "steps": {
        "id": _text,
        "title": _text,
        "module": _maybe_text,
        "appliance": _maybe_text,
        "run": _maybe_text,
        "started": _time,
        "ended": _maybe_time,
        "outcome": _maybe_text,
        "detail": _text,
        "action": _text,
        "evidence": _evidence,
        "facts": _dictionary,
    },
    "checks": {"id": _text, "title": _text, "outcome": _text},
    "backups": {},
    "durations": {"seconds": _number},
}


def _request(item: Any) -> dict[str, Any]:
    entry: dict[str, Any] = _plain(item)
    if isinstance(entry.get("at"), (int, float)):
        entry["at"] = iso(entry["at"])
    return entry


def _plain(value: Any) -> Any:
    """Models and their containers as what JSON can hold, so that no odd value can keep a record from being written."""
    return _json(plain(value))


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)  # also what Ansible makes of texts: a subclass with a mark
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_json(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)
