# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reporting API, as far as an upgrade needs it: which sessions are running. Exports nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import xml_answer
from .errors import NothingFound, NotSupported
from .models import RunningSession
from .site_api import Api, Auth, _number
from .transport import Sender

#: How far back a session that is still running may have begun, in seconds.
LOOK_BACK = 2 * 24 * 3600


class ReportingApi(Api):
    """`/api/reporting` (D-PRA-REP, D-RS-SS)."""

    def __init__(self, sender: Sender, auth: Auth, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(sender, auth, "/api/reporting", sleep)

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
        for report in ("SupportSession", "AccessSession"):
            what = f"ask the reporting API for running sessions ({report})"
            try:
                root = self.read(what, {"generate_report": report, **query}, "session_list")
            except NothingFound:
                none_found = True
                continue
            except NotSupported as error:
                missing = error
                continue
            found = tuple(xml_answer.children(root, "session"))
            if found:
                return tuple(_session(item) for item in found if xml_answer.text(item, "end_time") is None)
            none_found = True
        if missing is not None and not none_found:
            raise missing
        return ()


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
