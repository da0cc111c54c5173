# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a site's upgrade: one JSON file, written step by step. No network, no Ansible, and it judges nothing.

A step is written when it begins (`ended` is null), on what its caller finds notable, and when it ends; a step that never
ended is what a crash looks like. Where the files lie is said in `record_files`, what they say in `record_standing`.

Times in the record are ISO 8601 in UTC; arguments are Unix seconds. Keys that this version does not know are kept.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from . import claim
from .errors import BadInput, BomgarError, RunFailed
from .models import Outcome
from .record_files import (
    FILE_NAME,
    LATEST,
    Lock,
    RecordNotWritten,
    folders,
    latest_folder,
    locked,
    new_folder,
    not_written,
    point,
    read,
    site_folder,
    write_file,
)
from .record_format import blank, complaint, iso, jsonable, last_moment, seconds
from .record_standing import standing
from .redaction import Redaction
from .release import VERSION

#: Of one step's observations the first and the newest are kept, so that a wait of days cannot grow the file for ever.
_OBSERVATIONS_KEPT = 500
_FIRST_KEPT = 50


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
    return f"{socket.gethostname()}-{number}-{claim.born(number) or '0'}"


@dataclass(frozen=True)
class Writer:
    """Who writes a record and how. `secrets`: every secret value that the task knows. `words` puts what is said to a person,
    a text or a dictionary of texts, into the words of the appliance's own pages.
    """

    run: Run
    secrets: tuple[str, ...] = field(default=(), repr=False)
    clock: Callable[[], float] = time.time
    words: Callable[[Any], Any] = lambda said: said


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        return f"uid {os.getuid()}"


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
        observations.append({"at": iso(at), "what": what, **jsonable(values)})
        if len(observations) > _OBSERVATIONS_KEPT:
            del observations[_FIRST_KEPT]
            self.entry["evidence"]["left_out"] = self.entry["evidence"].get("left_out", 0) + 1

    def before(self, value: Any) -> None:
        """What was observed before anything was done, written before it is done."""
        self.entry["evidence"]["before"] = jsonable(value)
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
            evidence["before"] = jsonable(before)
        if after is not None:
            evidence["after"] = jsonable(after)
        evidence["requests"] += [_request(item) for item in requests]
        self.entry["facts"].update(jsonable(facts or {}))
        self.entry["detail"] = self._record.words(detail)
        self.entry["action"] = self._record.words(action)
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
            said = {"attempted": error.attempted, "got": error.got, "remedy": error.remedy}
            self.entry["error"] = {"reason": error.reason, **self._record.words(said)}
            self.entry["facts"].update(jsonable(error.facts))
            self._end(outcome, f"{error.attempted}: {error.got}", error.remedy)
        elif isinstance(error, Exception):
            self._end(
                Outcome.FAILED,
                f"an error in the collection itself: {type(error).__name__}: {error}",
                "Look at the appliance before running it again, and report this as a bug with its traceback.",
            )
        # Anything else (a stop by a signal or by the interpreter) leaves the step open: nobody knows how far it got.

    def _end(self, outcome: Outcome, detail: str, action: str) -> None:
        said = self._record.words({"detail": detail, "action": action})
        self.entry.update(outcome=outcome.value, **said, ended=iso(self._record.now()))
        self._record._try_write()


class Record:
    """One record. From `take` and `resume` it holds the site's lock until `close`; from `open` it can only be read."""

    def __init__(
        self,
        data: dict[str, Any],
        folder: Path | None,
        writer: Writer | None = None,
        lock: Lock | None = None,
    ) -> None:
        self.data = data
        self.folder = folder
        self.now = writer.clock if writer else time.time
        self.words = writer.words if writer else Writer.words
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
            place = inside if inside.is_file() else (latest_folder(place) or place) / FILE_NAME
        if not place.is_file():
            raise BadInput(
                f"read the record {path}",
                "there is no record.json",
                "Give the path of a record.json, of its folder, or of a site's folder under bomgar_record_dir.",
            )
        return cls(read(place), place.parent)

    @classmethod
    def open_latest(
        cls, directory: str | os.PathLike[str], site: str, carried: Mapping[str, Any] | None = None
    ) -> Record | None:
        """The site's latest record, to read; None if there is none yet. BadInput if it cannot be read.

        `carried`: the record as another controller handed it on (`handover`), which counts where it is the newer one.
        """
        folder = latest_folder(site_folder(directory, site))
        data = read(folder / FILE_NAME, site) if folder else None
        newer = _carried(carried, site, data)
        if newer is not None:
            return cls(newer, None)
        return cls(data, folder) if data is not None else None

    @classmethod
    def resume(
        cls, directory: str | os.PathLike[str], site: str, writer: Writer, carried: Mapping[str, Any] | None = None
    ) -> Record | None:
        """The site's latest record, to go on writing; None if there is none. BadInput as for `take`."""
        if latest_folder(site_folder(directory, site)) is None and not carried:
            return None
        with locked(site_folder(directory, site)) as (place, lock):
            latest = latest_folder(place)
            data = read(latest / FILE_NAME, site) if latest else None
            newer = _carried(carried, site, data)
            if newer is not None:
                return cls._begin(place, lock, writer, newer)
            return cls._resume(latest, lock, writer, data) if latest and data else None

    @classmethod
    def take(
        cls,
        directory: str | os.PathLike[str],
        site: str,
        writer: Writer,
        *,
        wish: Mapping[str, Any],
        path: str | None,
        carried: Mapping[str, Any] | None = None,
        rehearsal: bool = False,
    ) -> Record:
        """What a task of an upgrade wants: go on with the latest record, or with one that was handed on, or begin one.

        It goes on when the latest record is of this run, or is not finished and has the same wish and path. It holds the
        site's lock; BadInput if another process does, or if the record cannot be read.
        """
        with locked(site_folder(directory, site)) as (place, lock):
            latest = latest_folder(place)
            data = read(latest / FILE_NAME, site) if latest is not None else None
            newer = _carried(carried, site, data)
            for known in (data, newer):
                _hold_apart(place, known, rehearsal)
            if newer is not None and newer["wish"] == jsonable(wish) and newer["path"] == path:
                return cls._begin(place, lock, writer, newer)
            if latest is not None and data is not None:
                same_run = any(item["id"] == writer.run.id for item in data["runs"])
                same_wish = data["wish"] == jsonable(wish) and data["path"] == path
                if same_run or (same_wish and not standing(data).finished):
                    return cls._resume(latest, lock, writer, data)
            return cls._begin(place, lock, writer, blank(site, wish, path, writer.clock(), rehearsal=rehearsal))

    @classmethod
    def in_memory(cls, site: str, writer: Writer, *, wish: Mapping[str, Any], path: str | None) -> Record:
        """A record that is never written: for check mode, and where no folder is given."""
        return cls(blank(site, wish, path, writer.clock()), None, writer)

    @classmethod
    def _begin(cls, place: Path, lock: Lock, writer: Writer, data: dict[str, Any]) -> Record:
        try:
            folder = new_folder(place, seconds(data["created"]))
            record = cls(data, folder, writer, lock)
            record._write()
            point(place / LATEST, folder.name)
        except OSError as error:
            raise not_written(place, error) from error
        return record

    @classmethod
    def _resume(cls, folder: Path, lock: Lock, writer: Writer, data: dict[str, Any]) -> Record:
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
        return bool(self.data["wish"] == jsonable(wish) and self.data["path"] == path)

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
            "facts": jsonable(facts),
        }
        self.data["steps"].append(entry)
        try:
            self._write()
        except RecordNotWritten:
            self.data["steps"].remove(entry)
            raise
        return Step(self, entry)

    def claim(self) -> None:
        """No other run writes records of this site until this one ends, or has written its report."""
        note = claim.note(self.now())
        if self.folder is None or note is None:
            return
        try:
            write_file(self.folder.parent / claim.FILE, note.encode())
        except OSError as error:
            raise not_written(self.folder.parent, error) from error

    def set_plan(self, plan: Mapping[str, Any]) -> None:
        """The plan: `fingerprint`, and `steps` as a list of `id` and `title`, which tell when the record is complete."""
        if self.data.get("plan") != jsonable(plan):
            self.data["plan"] = jsonable(plan)
            self._write()

    def snapshot(self, phase: str, values: Any, appliance: str | None = None) -> None:
        """What was observed of an appliance (versions and more). `before` is kept as first seen, `after` as last seen."""
        if phase not in ("before", "after"):
            raise ValueError(phase)
        kept = self.data["snapshots"].setdefault(phase, {})
        name = appliance or ""
        if phase == "before" and name in kept:
            return
        kept[name] = {"at": iso(self.now()), "values": jsonable(values)}
        self._write()

    def add_checks(self, phase: str, results: Iterable[Any], appliance: str | None = None) -> None:
        """Results of checks in a phase (`readiness`, `validation`), of one appliance.

        Each has id, title, outcome, detail, action, source, waived (the reason, or None).
        """
        at = iso(self.now())
        defaults = {"detail": "", "action": "", "source": "", "waived": None}
        for result in results:
            self.data["checks"].append(
                {
                    **defaults,
                    **self.words(jsonable(result)),
                    "phase": phase,
                    "appliance": appliance,
                    "at": at,
                    "run": self._run_id,
                }
            )
        self._write()

    def add_backup(self, manifest: Any, appliance: str | None = None) -> None:
        """The backup that this upgrade rests on: its manifest (`file`, `size`, `sha256`, ...) ."""
        entry = {**jsonable(manifest), "appliance": appliance, "run": self._run_id}
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

    def site_up(self, at: float | None = None, *, watched: bool = True) -> None:
        """A look at the site succeeded: ends the outage, if there is one. Not `watched`: nobody looked since it was last seen down."""
        outages = self.data.get("outages") or []
        if outages and outages[-1]["up_at"] is None:
            outage = outages[-1]
            outage["up_at"] = iso(self.now() if at is None else at)
            if not watched:
                last = outage.get("last_down") or outage["down_from"]
                outage["unwatched"] = round(max(0.0, seconds(outage["up_at"]) - seconds(last)), 1)
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
                **jsonable(facts),
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
            raise not_written(file, error) from error
        self.write_error = None


def _carried(carried: Mapping[str, Any] | None, site: str, kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A record that was handed on, if it tells of something newer than the one that is kept here. BadInput for what is none."""
    if not carried:
        return None
    data: dict[str, Any] = jsonable(carried)
    wrong = complaint(data) or (f"it is the record of another site ({data['site']})" if data["site"] != site else None)
    if wrong:
        raise BadInput(
            f"go on with the record of {site} that an earlier job handed on",
            wrong,
            "Hand on what that job left as bomgar_records, unchanged; or leave it out: where the site stands is observed anew.",
        )
    return data if kept is None or last_moment(kept) < last_moment(data) else None


def _hold_apart(place: Path, data: Mapping[str, Any] | None, rehearsal: bool) -> None:
    """BadInput where a rehearsal would go on with the record of an upgrade, or an upgrade with that of a rehearsal."""
    if data is None or bool(data.get("rehearsal")) == rehearsal:
        return
    kinds = ("an upgrade", "a rehearsal")
    raise BadInput(
        f"write the record of {kinds[rehearsal]} in {place}",
        f"the record there is that of {kinds[not rehearsal]}",
        "Upgrades and rehearsals have folders of their own: correct bomgar_record_dir. Nothing was sent.",
    )


def records(directory: str | os.PathLike[str], site: str) -> Iterator[Record]:
    """All readable records of a site, oldest first."""
    for folder in folders(site_folder(directory, site)):
        try:
            yield Record(read(folder / FILE_NAME, site), folder)
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


def _request(item: Any) -> dict[str, Any]:
    entry: dict[str, Any] = jsonable(item)
    if isinstance(entry.get("at"), (int, float)):
        entry["at"] = iso(entry["at"])
    return entry
