# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ground truth: what was really asked of an appliance and what became of it, for tests to judge by.

Times are simulated Unix seconds (`real_time`: the wall clock's). Nothing here is ever shown to a client.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class RequestSeen:
    """One request as it arrived. `query` holds names only; `role` says what it was for (`appliance:install`);
    `closes`: the client asked to close the connection, as the vendor wants it (D-RS-CMD)."""

    number: int
    time: float
    real_time: float
    method: str
    path: str
    query: tuple[str, ...] = ()
    interface: str = ""
    role: str = ""
    account: str | None = None
    status: int | None = None
    fault: str | None = None
    command: bool = False
    closes: bool = False


@dataclass
class CommandSeen:
    """A request that changes the appliance (or would have, had it been accepted)."""

    name: str
    time: float
    request: int
    account: str | None = None
    accepted: bool = True
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass
class LoginSeen:
    """One try to log in: `interface` is appliance, login, oauth or api."""

    interface: str
    account: str
    ok: bool
    time: float
    reason: str = ""


@dataclass
class InstallSeen:
    """One installation. `outcome`: running, good, old_version, failed, never_back, hangs; `how`: automatic, manual."""

    package: str
    how: str
    asked: float
    started: float
    finished: float | None = None
    outcome: str = "running"
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)


@dataclass
class UploadSeen:
    """One uploaded file. `sha256` is None when hashing is off."""

    file_name: str
    bytes: int
    sha256: str | None
    time: float
    accepted: bool = False
    message: str = ""


@dataclass
class Outage:
    """A time in which the site (`what` = site) or the whole box (`what` = box) did not serve; `end` None: still."""

    what: str
    start: float
    end: float | None = None

    @property
    def seconds(self) -> float | None:
        """Length in simulated seconds; None while it lasts."""
        return None if self.end is None else self.end - self.start


@dataclass
class Truth:
    """Everything that happened to one appliance."""

    requests: list[RequestSeen] = field(default_factory=list)
    commands: list[CommandSeen] = field(default_factory=list)
    logins: list[LoginSeen] = field(default_factory=list)
    lockouts: list[str] = field(default_factory=list)
    installs: list[InstallSeen] = field(default_factory=list)
    installs_refused: list[str] = field(default_factory=list)
    uploads: list[UploadSeen] = field(default_factory=list)
    downtime: list[Outage] = field(default_factory=list)
    sessions_cut: list[str] = field(default_factory=list)
    representatives_cut: list[str] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    restarts_asked: int = 0
    decoys: list[str] = field(default_factory=list)
    backups: int = 0
    update_checks: int = 0
    tokens_issued: int = 0
    tokens_pushed_out: int = 0
    rate_limited: int = 0
    csrf_refused: int = 0
    refused_connections: int = 0

    def logins_refused(self, interface: str | None = None) -> list[LoginSeen]:
        """The refused logins, of one interface or of all."""
        return [one for one in self.logins if not one.ok and interface in (None, one.interface)]

    def seen(self, role: str) -> list[RequestSeen]:
        """The requests of one role (a pattern as in fault planting)."""
        from fnmatch import fnmatchcase

        return [one for one in self.requests if fnmatchcase(one.role, role)]
