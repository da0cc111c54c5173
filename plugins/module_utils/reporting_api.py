# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reporting API, as far as an upgrade needs it: which sessions are running, and which there were. Keeps no answer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from . import xml_answer
from .errors import AuthenticationRefused, NothingFound, NotSupported, PermissionRefused, RateLimited, Refused
from .models import RunningSession
from .session_answer import Sample, SessionReader, SessionRow, sample
from .site_api import Api, Auth, _number
from .transport import Sender

#: How far back a session that is still running may have begun, in seconds.
LOOK_BACK = 2 * 24 * 3600
#: Remote Support's report of sessions, and that of Privileged Remote Access (documented: D-RS-SS, D-PA-AS).
REPORTS = ("SupportSession", "AccessSession")
#: How many sessions an answer holds at most is not documented. A count that such a number divides may be a limit (assumed).
ROUND_COUNT = 100
_DAY = 24 * 3600
#: How many days are asked for, one after the other, until a report gives a session.
_DAYS = (1, 7, 30)
#: A second in 1970.
_BEFORE_ALL = 1


@dataclass(frozen=True)
class Search:
    """Sessions that began (`start_time`, running ones included) or ended (`end_time`) from `begin` on and before `end`.

    In Unix seconds of the appliance's clock (D-RS-SS). That the end is not included is assumed.
    """

    by: str
    begin: int
    end: int

    @property
    def parameters(self) -> dict[str, str]:
        """One of the sets of parameters of which exactly one is allowed; a duration of 0 would mean "until now"."""
        return {self.by: str(self.begin), "duration": str(self.end - self.begin)}

    def halves(self) -> tuple[Search, ...]:
        """The two halves of it; nothing if it is one second."""
        middle = (self.begin + self.end) // 2
        if middle == self.begin:
            return ()
        return Search(self.by, self.begin, middle), Search(self.by, middle, self.end)


def may_be_cut(count: int) -> bool:
    """Whether an answer with so many sessions may have been cut at a limit of the appliance."""
    return count > 0 and count % ROUND_COUNT == 0


def pieces_of(begin: int, end: int, length: int) -> Iterator[tuple[int, int]]:
    """A time cut at the multiples of `length`, so that another run cuts it at the same moments."""
    while begin < end:
        stop = min(end, (begin // length + 1) * length)
        yield begin, stop
        begin = stop


class ReportingApi(Api):
    """`/api/reporting` (D-PRA-REP, D-RS-SS)."""

    def __init__(self, sender: Sender, auth: Auth, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(sender, auth, "/api/reporting", sleep)
        self._words_for_none: dict[str, str | None] = {}

    def running_sessions(self, now: float) -> tuple[RunningSession, ...]:
        """Sessions that began within LOOK_BACK before `now` (Unix seconds, the site's clock) and have no end yet.

        No action lists open sessions; a search by start includes them, and they have no end time (D-RS-SS). Nothing
        found is an error of the API, and no session here (C-AXONIUS, C-SEKOIA). Remote Support calls the report
        SupportSession, Privileged Remote Access AccessSession (documented); which of them an appliance is no answer tells
        but one with sessions in it, so that "none" takes both. How the one answers to the report of the other is assumed.
        """
        query = {"start_time": str(int(now - LOOK_BACK)), "duration": "0"}
        missing: NotSupported | None = None
        none_found = False
        for report in REPORTS:
            what = f"ask the reporting API for running sessions ({report})"
            try:
                root = self.read(what, {"generate_report": report, **query}, "session_list")
            except NothingFound:
                none_found = True
                continue
            except NotSupported as error:
                missing = error
                continue
            except Refused as error:
                if not self._says_none(report, int(now), error):
                    raise
                return ()
            found = tuple(xml_answer.children(root, "session"))
            if found:
                return tuple(_session(item) for item in found if xml_answer.text(item, "end_time") is None)
            none_found = True
        if missing is not None and not none_found:
            raise missing
        return ()

    def sample(self, now: float) -> Sample | None:
        """What a real answer looks like, by the newest days that show a session; None if no report gives any answer.

        Of sessions that ended, since only these are whole. Reads no further than the first one.
        """
        seen: Sample | None = None
        for days in _DAYS:
            for report in REPORTS:
                what = f"look at an answer of the reporting API ({report}, {days} days)"
                search = Search("end_time", int(now) - days * _DAY, int(now) + 1)
                with self.streamed(what, {"generate_report": report, **search.parameters}) as pieces:
                    seen = sample(what, pieces)
                if seen.lsid is not None:
                    return seen
        return seen

    def session_reports(self, at: int) -> tuple[str, ...]:
        """Which of the reports of sessions this appliance has: one; or both where it refuses neither and shows none at `at`."""
        known, missing = [], None
        for report in REPORTS:
            try:
                if self.sessions(
                    report, Search("start_time", at, at + 1), lambda _row: None
                ) or self._words_for_none.get(report):
                    return (report,)
                known.append(report)
            except NotSupported as error:
                missing = error
        if not known and missing is not None:
            raise missing
        return tuple(known)

    def sessions(
        self,
        report: str,
        search: Search,
        found: Callable[[SessionRow], None],
        keep: Callable[[bytes], object] | None = None,
    ) -> bool:
        """Give each session of a report (or of its listing) to `found` as it comes, and the answer's own bytes to `keep`.

        False if the API says that there is none, which is an error with status 200 (C-AXONIUS, C-SEKOIA). Of any length, in
        constant memory. Raises what `read` raises; then the answer was no whole one.
        """
        what = f"ask the reporting API for sessions ({report}, {search.by} {search.begin} to {search.end})"
        try:
            with self.streamed(what, {"generate_report": report, **search.parameters}) as pieces:
                reader = SessionReader(what, found)
                for piece in pieces:
                    if keep is not None:
                        keep(piece)
                    reader.feed(piece)
                reader.close()
        except NothingFound:
            return False
        except AuthenticationRefused as error:
            raise self._auth.refuse(error.attempted, error.got, **error.facts) from error
        except Refused as error:
            if not self._says_none(report, search.begin, error):
                raise
            return False
        return True

    def _says_none(self, report: str, until: int, error: Refused) -> bool:
        """Whether words that nobody listed mean that nothing was found, for which no words are documented.

        They do if the same report, asked by the same account, gives the sessions of some days, and says just this of a
        second before there was any appliance. Where it gives none at all it may be refused altogether.
        """
        if isinstance(error, (AuthenticationRefused, PermissionRefused, RateLimited, NothingFound, NotSupported)):
            return False
        if report not in self._words_for_none:
            self._words_for_none[report] = None
            gives = any(self._said(report, Search("start_time", until - days * _DAY, until)) is None for days in _DAYS)
            if gives:
                self._words_for_none[report] = self._said(report, Search("start_time", _BEFORE_ALL, _BEFORE_ALL + 1))
        return bool(error.facts["answer"] == self._words_for_none[report])

    def _said(self, report: str, search: Search) -> str | None:
        """The words in which a report gives no session; None where it gives one."""
        found: list[SessionRow] = []
        try:
            self.sessions(report, search, found.append)
        except Refused as error:
            return str(error.facts.get("answer", ""))
        return None if found else ""

    def session_ids(self, since: float, until: float, reports: tuple[str, ...] | None = None) -> frozenset[str]:
        """The LSIDs of all sessions that began or ended from `since` on and before `until`, on the appliance's clock.

        By the reports' listings, which are short; by the reports themselves where a release has no listing.
        """
        begin, end = math.floor(since), math.ceil(until)
        found: set[str] = set()
        for report in reports or self.session_reports(begin):
            asked = f"{report}Listing"
            for first, last in pieces_of(begin, end, _DAY):
                for by in ("start_time", "end_time"):
                    try:
                        found |= self._ids(asked, Search(by, first, last))
                    except NotSupported:
                        asked = report
                        found |= self._ids(asked, Search(by, first, last))
        return frozenset(found)

    def _ids(self, report: str, search: Search) -> set[str]:
        found: set[str] = set()
        self.sessions(report, search, lambda row: found.add(row.lsid))
        if may_be_cut(len(found)):
            for half in search.halves():
                found |= self._ids(report, half)
        return found


def _session(item: Any) -> RunningSession:
    start = xml_answer.child(item, "start_time")
    representatives = xml_answer.child(item, "rep_list")
    names = () if representatives is None else xml_answer.children(representatives, "representative")
    return RunningSession(
        lsid=item.get("lsid", ""),
        session_type=xml_answer.text(item, "session_type"),
        start_time=None if start is None else _number(start.get("timestamp")),
        representatives=tuple(filter(None, (xml_answer.text(entry, "display_name") for entry in names))),
    )
