# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees to it that all sessions of a period are on the controller, as the reporting API gives them. Changes nothing on an appliance.

Each chunk of the period is asked for twice, by the sessions that ended in it and by those that began in it. What is whole is
not asked for again, so that a run that was killed goes on, and a later one extends the export.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .accounts import GIVE_API
from .backup_file import Identity, iso
from .errors import BadInput, UnexpectedAnswer
from .models import Outcome, plain
from .observe import Observer
from .operate import Voice
from .release import VERSION
from .reporting_api import LOOK_BACK, REPORTS, Search, may_be_cut, pieces_of
from .runner import Task
from .session_answer import SessionRow
from .session_files import (
    MANIFEST,
    SESSIONS,
    Chunk,
    ExportStore,
    Manifest,
    Running,
    Tally,
    chunk_name,
    fewer,
    gaps,
    verify,
)

WHAT = "export the sessions"
#: A clock that is wrong by more than this is worth a word: the period is one of the appliance's clock.
_SKEW_SAID = 60.0
#: First those that ended: a session that ends between the two is then whole in the other.
_ORDER = ("end_time", "start_time")


@dataclass(frozen=True)
class Wish:
    """What is wanted: the sessions from `since` on and before `until` (None: now), in Unix seconds of the appliance's clock.

    `chunk`: seconds that one request asks for. `report`: one of REPORTS, or `auto`.
    """

    directory: Path
    since: int
    until: int | None = None
    chunk: int = 3600
    report: str = "auto"


class Export:
    """One task's run."""

    def __init__(self, task: Task, wish: Wish) -> None:
        self.task = task
        self.wish = wish
        self.appliance = task.appliance
        self.folder = ExportStore(wish.directory, self.appliance.site, self.appliance.name).export(wish.since)
        self.asked = 0
        self.written = 0
        self.warnings: list[str] = []
        self._skew = 0.0
        self._voice = Voice(task.say, task.clock, f"{self.appliance.site}  {self.appliance.name}")

    def run(self) -> dict[str, Any]:
        """The module's result; in check mode nothing is asked and nothing written."""
        with self.task.join_record().step(
            "Export the sessions",
            step_id=f"session_export {self.appliance.name} {iso(self.wish.since)}",
            module="session_export",
            appliance=self.appliance.name,
        ) as step:
            result = self._rehearse() if self.task.check_mode else self._run()
            step.done_from({**result, "before": None, "after": None})
        return result

    # what there is to do

    def _rehearse(self) -> dict[str, Any]:
        self._require_api()
        self.folder.load()
        now = int(self.task.clock())
        until = self._until(now)
        reports = tuple(self.folder.header.get("reports") or self._named() or REPORTS[:1])
        searches = self._searches(reports, until)
        name, period = self.appliance.site, f"{iso(self.wish.since)} to {iso(until)}"
        manifest = self.folder.manifest
        if searches or manifest is None:
            msg = f"{name}: would ask for {len(searches)} chunks of the sessions from {period}"
        else:
            msg = f"{name}: all sessions from {period} are in {self.folder.path}"
        return self._result(manifest, msg, changed=bool(searches) or manifest is None)

    def _run(self) -> dict[str, Any]:
        self._require_api()
        observer = Observer(self.appliance, self.task.clock)
        before = self._identify(observer)
        self._look_at_clock(observer)
        until = self._until(int(self._now()))
        if self.wish.until is not None and until < self.wish.until:
            self.warnings.append(
                f"The period ends later than it is now on the appliance's clock ({iso(until)}): exported up to now."
            )
        with self.folder.locked():
            self.folder.load()
            self._require_same(before)
            reports = self._reports(before)
            self._ask(reports, until, before.api_version)
            earlier: tuple[Running, ...] = ()
            if self.asked:
                earlier = self._running_earlier(reports)
                differ = before.compared_with(self._identify(Observer(self.appliance, self.task.clock)))[1]
                if differ:
                    raise UnexpectedAnswer(
                        WHAT,
                        f"the appliance was not the same before and after ({'; '.join(differ)})",
                        "Give the appliance's own url, which leads to no other one, then export to another folder (export_dir).",
                    )
            manifest = self._manifest(before, reports, until, earlier)
        self._say_vanished(manifest)
        period = f"{iso(manifest.since)} to {iso(manifest.until)}"
        where = f"{'are now' if self.written else 'were already'} in {self.folder.path}"
        still = f"; {len(manifest.open)} had not ended" if manifest.open else ""
        return self._result(
            manifest,
            f"{self.appliance.site}: the {manifest.count} sessions from {period} {where}{still}",
            changed=bool(self.written),
        )

    def _require_api(self) -> None:
        if not self.appliance.has_api:
            raise BadInput(
                WHAT,
                "no API account is given, or the driver is web; only the reporting API gives sessions",
                f"{GIVE_API} Leave the driver at auto (bomgar_driver).",
            )

    def _until(self, now: int) -> int:
        until = now if self.wish.until is None else min(self.wish.until, now)
        if until <= self.wish.since:
            raise BadInput(
                WHAT,
                f"the period begins at {iso(self.wish.since)}, which is not before its end ({iso(until)})",
                "Correct since (export_since) or until (export_until).",
            )
        # What is there already stays a part of it.
        return max([until, *(chunk.end for chunk in self.folder.chunks.values())])

    def _identify(self, observer: Observer) -> Identity:
        info, health = observer.api_info(), observer.health()
        observer.stop()
        return Identity.of(health, info)

    def _look_at_clock(self, observer: Observer) -> None:
        skew = observer.skew()
        self._skew = skew or 0.0
        if skew is None:
            self.warnings.append("The API does not tell the appliance's clock; it is taken for the controller's.")
        elif abs(skew) > _SKEW_SAID:
            ahead = "ahead of" if skew > 0 else "behind"
            self.warnings.append(
                f"The appliance's clock is {abs(skew):.0f} s {ahead} the controller's. The period is one of the appliance's clock."
            )

    def _now(self) -> float:
        return self.task.clock() + self._skew

    def _require_same(self, identity: Identity) -> None:
        before = self.folder.header.get("appliance_id")
        if before and identity.appliance_id and before != identity.appliance_id:
            raise BadInput(
                WHAT,
                f"the export {self.folder.path} is one of the appliance {before}, and {identity.appliance_id} answers now",
                "Check the appliance's url; to export this appliance, use another name or another folder (export_dir).",
            )

    def _named(self) -> tuple[str, ...]:
        return () if self.wish.report == "auto" else (self.wish.report,)

    def _reports(self, identity: Identity) -> tuple[str, ...]:
        known = tuple(self.folder.header.get("reports") or ())
        named = self._named()
        if known and set(named) <= set(known):
            return known
        reports = named or self.appliance.reporting_api.session_reports(self.wish.since)
        self.folder.begin({"appliance_id": identity.appliance_id, "reports": [*reports]})
        return reports

    # asking

    def _searches(self, reports: tuple[str, ...], until: int) -> list[tuple[str, Search]]:
        """What is to be asked for: what no chunk covers, and what is damaged or may have changed since."""
        chunks = self.folder.chunks.values()
        found = {
            (report, Search(by, first, last))
            for report in reports
            for by in _ORDER
            for begin, end in gaps(chunks, report, by, self.wish.since, until)
            for first, last in pieces_of(begin, end, self.wish.chunk)
        }
        for chunk in chunks:
            damaged = self.folder.objection(chunk)
            if damaged and chunk.vanished:
                raise fewer(chunk, damaged, chunk.sessions - len(chunk.vanished))
            if damaged:
                self.warnings.append(f"{damaged}; asked for again.")
            if damaged or not chunk.settled:
                found.add((chunk.report, chunk.search))
        return sorted(found, key=lambda item: (item[1].begin, _ORDER.index(item[1].by), item[0], item[1].end))

    def _ask(self, reports: tuple[str, ...], until: int, api_version: str | None) -> None:
        searches = self._searches(reports, until)
        for number, (report, search) in enumerate(searches, 1):
            self._voice.tell("sessions", "exporting", f"{number} of {len(searches)}, up to {iso(search.end)}")
            self._chunk(report, search, api_version)

    def _chunk(self, report: str, search: Search, api_version: str | None) -> None:
        """Ask for one chunk and keep it; one that may have been cut at a limit is asked for in halves instead."""
        name = chunk_name(report, search)
        earlier = self.folder.chunks.get(name)
        damaged = self.folder.objection(earlier) if earlier else None
        part = self.folder.part()
        try:
            tally, asked_at = Tally(), self._now()

            def found(row: SessionRow) -> None:
                tally.add(row)
                part.lsids.add(row.lsid)

            self.asked += 1
            self.appliance.reporting_api.sessions(report, search, found, part.write)
            halves = search.halves() if may_be_cut(tally.count) and earlier is None else ()
            if not halves:
                if may_be_cut(tally.count):
                    self.warnings.append(
                        f"{name} has exactly {tally.count} sessions. If that is a limit of the appliance, some are missing; export to "
                        "another folder (export_dir) by smaller chunks to see."
                    )
                if earlier and damaged and tally.count < earlier.sessions:
                    raise fewer(earlier, damaged, tally.count)
                chunk = Chunk(
                    file=name,
                    report=report,
                    by=search.by,
                    begin=search.begin,
                    end=search.end,
                    asked_at=float(int(asked_at)),
                    size=part.size,
                    sha256=part.sha256,
                    sessions=tally.count,
                    running=len(tally.running),
                    lsids=tally.lsids,
                    api_version=api_version,
                )
                self.written += earlier is None or bool(damaged) or chunk.sha256 != earlier.sha256
                self.folder.keep(part, chunk)
        finally:
            part.drop()
        for half in halves:
            self._chunk(report, half, api_version)

    def _running_earlier(self, reports: tuple[str, ...]) -> tuple[Running, ...]:
        """Sessions that began before the period and are running: no chunk can hold them before they have ended."""
        found: list[Running] = []

        def take(row: SessionRow) -> None:
            if row.running:
                found.append(Running(row.lsid, row.start, exported=False))

        for report in reports:
            self.appliance.reporting_api.sessions(
                report, Search("start_time", self.wish.since - LOOK_BACK, self.wish.since), take
            )
        return tuple(found)

    # the end

    def _manifest(
        self, identity: Identity, reports: tuple[str, ...], until: int, earlier: tuple[Running, ...]
    ) -> Manifest:
        """The manifest; made anew only if something was asked for, or the old one does not hold any more."""
        old = self.folder.manifest
        if old is not None and not self.asked and old.until >= until and not self.folder.unfinished:
            try:
                return verify(self.folder.path)
            except BadInput as problem:
                self.warnings.append(f"{problem.got}; made anew.")
                self.written += 1
        chunks = tuple(sorted(self.folder.chunks.values(), key=lambda item: (item.begin, item.by, item.file)))
        tally, size, sha256 = self.folder.write_sessions(chunks)
        manifest = Manifest(
            site=self.appliance.site,
            appliance=self.appliance.name,
            url=self.appliance.url,
            identity=identity,
            reports=reports,
            since=self.wish.since,
            until=until,
            count=tally.count,
            lsids=tally.lsids,
            open=(
                *tally.running,
                *(earlier if self.asked or old is None else (one for one in old.open if not one.exported)),
            ),
            sessions_size=size,
            sessions_sha256=sha256,
            made_at=float(int(self._now())),
            collection_version=VERSION,
            chunks=chunks,
        )
        self.folder.finish(manifest)
        self.written += old is None or _told(old) != _told(manifest)
        return manifest

    def _say_vanished(self, manifest: Manifest) -> None:
        vanished = sorted({lsid for chunk in manifest.chunks for lsid in chunk.vanished})
        if vanished:
            self.warnings.append(
                f"{len(vanished)} sessions that were exported earlier are not shown by the appliance any more: "
                f"{', '.join(vanished[:20])}{' and others' if len(vanished) > 20 else ''}. They stay in the export."
            )

    def _result(self, manifest: Manifest | None, msg: str, *, changed: bool) -> dict[str, Any]:
        path = self.folder.path
        return {
            "changed": changed,
            "outcome": (Outcome.CHANGED if changed else Outcome.UNCHANGED).value,
            "msg": msg,
            "path": str(path),
            "manifest_path": str(path / MANIFEST) if manifest else None,
            "sessions_path": str(path / SESSIONS) if manifest else None,
            "since": self.wish.since,
            "until": manifest.until if manifest else self.wish.until,
            "count": manifest.count if manifest else None,
            "lsids": manifest.lsids if manifest else None,
            "open": plain(manifest.open) if manifest else [],
            "reports": list(manifest.reports) if manifest else [],
            "chunks": len(manifest.chunks) if manifest else len(self.folder.chunks),
            "asked": self.asked,
            "warnings": self.warnings,
            "diff": {
                "before": "",
                "after": f"{msg}\n",
                "before_header": str(path),
                "after_header": str(path),
            }
            if changed
            else {},
        }


def _told(manifest: Manifest) -> tuple[Any, ...]:
    """What of a manifest is news, when it changes."""
    return manifest.until, manifest.sessions_sha256, manifest.open


def wish_from_options(params: Mapping[str, Any]) -> Wish:
    """From the options of the module `session_export`."""
    chunk = params["chunk"]
    if chunk < 1:
        raise BadInput(f"use {chunk} as chunk", "it must be at least 1 (seconds)", "Correct it.")
    until = str(params.get("until") or "").strip()
    return Wish(
        directory=Path(params["directory"]),
        since=math.floor(moment("since", str(params["since"] or ""), "export_since")),
        until=math.ceil(moment("until", until, "export_until")) if until else None,
        chunk=chunk,
        report=params["report"],
    )


def moment(option: str, text: str, variable: str) -> float:
    """Unix seconds, or ISO 8601 with a time zone, as Unix seconds. BadInput, naming option and inventory variable, for what is neither."""
    how = f"Write it as 2027-01-31T04:00:00+01:00, or in Unix seconds ({variable})."
    what = f"read {option} {text!r}"
    try:
        seconds = float(text)
    except ValueError:
        try:
            parsed = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        except ValueError as problem:
            raise BadInput(what, "it is no time", how) from problem
        if parsed.tzinfo is None:
            raise BadInput(what, "it names no time zone", how) from None
        seconds = parsed.timestamp()
    if not LOOK_BACK < seconds < 1e11:
        raise BadInput(what, "it is no time that an appliance could know", how)
    return seconds
