# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated site with sessions, and exports of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.plugins.modules import session_export

HOST = "support.example.com"
HOUR = 3600


@dataclass
class Site:
    """Tasks against one box. `begin`: the full hour, long ago, at which its story begins, by its clock."""

    box: Any
    url: str
    ca_path: str
    directory: Path
    begin: int
    lines: list[str] = field(default_factory=list)

    def happen(self, begins: float, lasts: float | None = 600.0) -> Any:
        """A session that began so many seconds after the story's begin; `lasts` None: it runs."""
        session = self.box.start_session(self.begin + begins - self.box.clock_skew)
        if lasts is not None:
            session.ended = session.started + lasts
        return session

    def lsid(self, session: Any) -> str:
        """As this release's API tells it."""
        return str(session.number) if self.box.site == "10.5.3" else str(session.guid)

    def account(self) -> dict[str, str]:
        if self.box.has_oauth:
            return {
                "client_id": self.box.accounts.api.client_id,
                "client_secret": self.box.accounts.api.client_secret,
            }
        return {"username": self.box.accounts.api_user.username, "password": self.box.accounts.api_user.password}

    def task(self, *, check: bool = False, hours: float = 6, clock: Any = None, **options: Any) -> runner.Task:
        appliance = {"url": self.url, "site": HOST, "ca_path": self.ca_path, "api": self.account()}
        given = {
            "appliance": appliance,
            "directory": str(self.directory),
            "since": str(self.begin),
            "until": str(self.begin + int(hours * HOUR)),
            **options,
        }
        validated = ArgumentSpecValidator(**session_export.SPEC.arguments()).validate(given)
        assert not validated.error_messages
        return runner.Task(
            validated.validated_parameters,
            check_mode=check,
            diff=True,
            say=self.lines.append,
            clock=clock or time.time,
            sleep=lambda _seconds: None,
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """The result of one task."""
        return runner.execute(session_export.run, self.task(**options))

    def reports(self) -> list[str]:
        """The searches that were sent, in order."""
        return [seen.role for seen in self.box.truth.requests if seen.role.startswith("report")]

    def files(self) -> dict[str, bytes]:
        """Everything under the exports, but for the lock."""
        return {
            str(path.relative_to(self.directory)): path.read_bytes()
            for path in sorted(self.directory.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The sessions of an export."""
    return [json.loads(line) for line in Path(result["sessions_path"]).read_text(encoding="utf-8").splitlines()]
