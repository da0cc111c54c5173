# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts together what an appliance says over all the interfaces that may be used. Changes nothing, judges nothing.

One interface that fails does not hide what the others say: its error becomes a Problem, with what it leaves unknown.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, TypeVar

from .accounts import GIVE_API
from .connect import Appliance
from .errors import AuthenticationRefused, BomgarError, MissingLibrary, NotSupported, Unreachable
from .models import ApiInfo, Basics, Health, Node, Representative, Role, RunningSession, Versions, plain
from .schema import Schema, schema_of
from .session_answer import Sample

T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """What one interface did not tell, and why: `message` is what was tried and what came back. `reason`, `remedy`: the error's."""

    interface: str
    leaves_unknown: str
    reason: str
    message: str
    remedy: str


@dataclass
class Observer:
    """Reads one appliance; every reading is made once.

    `unreachable`, `refused`: the first such error. Whoever goes on to another task raises it (`stop`): what was refused
    once is refused again there, and that locks the account.
    """

    appliance: Appliance
    clock: Callable[[], float]
    unreachable: Unreachable | None = None
    refused: AuthenticationRefused | None = None
    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, Any] = field(default_factory=dict)

    def stop(self) -> None:
        """Raise what makes it useless, or harmful, to go on."""
        for error in (self.unreachable, self.refused):
            if error is not None:
                raise error

    def api_info(self) -> ApiInfo | None:
        """`get_api_info`; also sets the clock's skew."""
        return self._once("get_api_info", "permissions, clock, API version", self._api_info, self.appliance.has_api)

    def health(self) -> Health | None:
        """`check_health`, None where the release has none (before 12, say) or no API account is given."""
        return self._once(
            "check_health", "health, role", lambda box: box.command_api.check_health(), self.appliance.has_api
        )

    def nodes(self) -> tuple[Node, ...] | None:
        """`get_appliances`: the members of a pair or of a cluster."""
        return self._once(
            "get_appliances",
            "members of a pair or cluster",
            lambda box: box.command_api.get_appliances(),
            self.appliance.has_api,
        )

    def representatives(self) -> tuple[Representative, ...] | None:
        """`get_logged_in_reps`."""
        return self._once(
            "get_logged_in_reps",
            "representatives",
            lambda box: box.command_api.get_logged_in_reps(),
            self.appliance.has_api,
        )

    def clients(self) -> dict[str, int] | None:
        """`get_connected_client_list`: how many of each type."""
        return self._once(
            "get_connected_client_list",
            "connected clients",
            lambda box: box.command_api.get_connected_client_list(),
            self.appliance.has_api,
        )

    def sessions(self) -> tuple[RunningSession, ...] | None:
        """Running sessions by the reporting API."""
        return self._once(
            "reporting",
            "running sessions",
            lambda box: box.reporting_api.running_sessions(self.clock() + (self.skew() or 0.0)),
            self.appliance.has_api,
        )

    def basics(self) -> Basics | None:
        """`/appliance`, Status > Basics."""
        return self._once(
            "status_page", "base software version", lambda box: box.pages.basics(), self.appliance.has_pages
        )

    def versions(self) -> Versions:
        """The versions, each from the best interface that tells; `sources` says which."""
        basics, info = self.basics(), self.api_info()
        site, build = self.site()
        base = basics.base_version if basics else None
        api = info.api_version or None if info else None
        for name, value, source in (("base", base, "status_page"), ("api", api, "get_api_info")):
            if value:
                self.sources[name] = source
        return Versions(site=site, base=base, build=build, api=api)

    def site(self) -> tuple[str | None, str | None]:
        """Version and build of the site software."""
        health = self.health()
        if health and health.version:
            self.sources["site"] = "check_health"
            return health.version, health.build
        return self._site_from_pages()

    def schema(self) -> Schema:
        """What integrations see of both APIs, by their XSDs."""
        read = {
            api: self._once(f"{api}.xsd", "namespaces, type of LSID", of, self.appliance.has_api)
            for api, of in (
                ("command", lambda box: box.command_api.schema()),
                ("reporting", lambda box: box.reporting_api.schema()),
            )
        }
        return schema_of(read["command"], read["reporting"], self.versions())

    def sample(self) -> Sample | None:
        """What a real answer of the reporting API shows."""
        return self._once(
            "answer",
            "the form of answers",
            lambda box: box.reporting_api.sample(self.clock() + (self.skew() or 0.0)),
            self.appliance.has_api,
        )

    def skew(self) -> float | None:
        """The appliance's clock minus the controller's, in seconds; None if the API does not tell it."""
        self.api_info()
        return self._kept.get("skew")

    def certificate(self) -> dict[str, Any] | None:
        """The certificate that was last accepted: `not_after`, `days_left`, `subject`, `issuer`, `names`; None if not validated."""
        seen = next((item.certificate for item in self.appliance.transports if item.certificate), None)
        if not seen or "notAfter" not in seen:
            return None
        ends = float(ssl.cert_time_to_seconds(str(seen["notAfter"])))
        return {
            "not_after": datetime.fromtimestamp(ends, timezone.utc).isoformat(),
            "days_left": round((ends - self.clock()) / 86400, 1),
            "subject": _name(seen.get("subject", ())),
            "issuer": _name(seen.get("issuer", ())),
            "names": [value for _kind, value in seen.get("subjectAltName", ())],
        }

    def facts(self) -> dict[str, Any]:
        """Everything an upgrade wants to know of one appliance, as plain values; the shape is that of the module `info`."""
        versions = self.versions()
        health, nodes, info, basics = self.health(), self.nodes(), self.api_info(), self.basics()
        role = _role(health, nodes)
        return {
            "site": self.appliance.site,
            "appliance": {
                "name": self.appliance.name,
                "url": self.appliance.url,
                "host_name": health.host_name if health else None,
                "id": health.appliance_id if health else None,
                "model": basics.model if basics else None,
                "serial": basics.serial if basics else None,
            },
            "versions": plain(versions),
            "role": role.value,
            "last_sync": {"time": health.last_data_sync_time, "status": health.last_data_sync_status}
            if health
            else None,
            "shared_ips": list(health.shared_ips) if health else [],
            "health": {"healthy": health.healthy, "error_message": health.error_message} if health else None,
            "nodes": plain(nodes) if nodes is not None else None,
            "permissions": dict(info.permissions) if info else None,
            "clock": {"skew": self.skew()} if info and self.skew() is not None else None,
            "certificate": self.certificate(),
            "sources": dict(self.sources),
            "problems": plain(self.problems),
        }

    def activity(self) -> dict[str, Any]:
        """Who would be cut, as plain values; the shape is that of the module `activity_info`.

        `running` is true as soon as one interface shows a session, false when at least one could tell and none shows
        any, None when none could tell. `untold`: the interfaces that do not tell, with why.
        """
        sessions, people, clients = self.sessions(), self.representatives(), self.clients()
        counts = {
            "reporting": None if sessions is None else len(sessions),
            "get_logged_in_reps": None if people is None else _in_sessions(people),
            # Without that count there may be customers all the same: whether a count of zero is left out is not known.
            "get_connected_client_list": None if clients is None else clients.get("support_customer"),
        }
        told = [count for count in counts.values() if count is not None]
        return {
            "running": any(told) if told else None,
            "untold": plain([self._untold(interface) for interface, count in counts.items() if count is None]),
            "sessions": plain(sessions) if sessions is not None else None,
            "representatives": plain(people) if people is not None else None,
            "connected_clients": clients,
            "problems": plain(self.problems),
        }

    def _untold(self, interface: str) -> Problem:
        """Why an interface does not tell whether sessions run."""
        for problem in self.problems:
            if problem.interface == interface:
                return problem
        for problem in self.problems:
            if problem.interface == "get_api_info" and problem.reason == NotSupported.reason:
                return replace(problem, interface=interface)
        gone, remedy = self.unreachable, ""
        if not self.appliance.has_api:
            message, remedy = "no API account is given", GIVE_API
        elif gone is not None:
            message, remedy = f"{gone.attempted}: {gone.got}", gone.remedy
        elif self._kept.get(interface) is None:
            message = f"this release does not have {interface}"
        else:
            message = f"{interface} does not say how many sessions there are"
        return Problem(interface, "running sessions", "not_told", message, remedy)

    def _api_info(self, box: Appliance) -> ApiInfo:
        asked = self.clock()
        info = box.command_api.get_api_info()
        if info.timestamp is not None:
            self._kept["skew"] = round(info.timestamp - (asked + self.clock()) / 2, 1)
        return info

    def _site_from_pages(self) -> tuple[str | None, str | None]:
        """Releases without `check_health` (10.x, 11.x) tell their version on pages only."""
        software = self._once(
            "software_page",
            "site software version",
            lambda box: box.login_pages.software(),
            self.appliance.has_login,
        )
        if software and software.version:
            self.sources["site"] = "software_page"
            return software.version, software.build
        version = self._once(
            "login_page",
            "site software version",
            lambda box: box.open_login_pages.meta_version(),
            self.appliance.driver != "api",
        )
        if version:
            self.sources["site"] = "login_page"
        return version, None

    def _once(self, interface: str, unknown: str, read: Callable[[Appliance], T], possible: bool) -> T | None:
        if not possible:
            return None
        if self.unreachable is not None and interface not in self._kept:
            return None  # said once; waiting for the same time-out again would tell nothing new
        if interface not in self._kept:
            try:
                self._kept[interface] = read(self.appliance)
            except MissingLibrary:
                raise  # no interface can tell anything without it
            except BomgarError as error:
                self._kept[interface] = None
                if isinstance(error, Unreachable):
                    self.unreachable = error
                if isinstance(error, AuthenticationRefused):
                    self.refused = self.refused or error
                # What a release does not have is no problem of this appliance; that there is no API for the account given is one.
                if not isinstance(error, NotSupported) or interface == "get_api_info":
                    self.problems.append(
                        Problem(interface, unknown, error.reason, f"{error.attempted}: {error.got}", error.remedy)
                    )
        kept: T | None = self._kept[interface]
        return kept


def _role(health: Health | None, nodes: tuple[Node, ...] | None) -> Role:
    if health is not None:
        return health.failover_role
    if nodes is not None and len(nodes) == 1:
        return nodes[0].failover_role
    return Role.UNKNOWN


def _in_sessions(people: Sequence[Representative]) -> int | None:
    """How many sessions they are in, counted for each; None if that is not told of somebody and nobody else is in one."""
    counts = [person.support_session_count for person in people]
    return sum(count or 0 for count in counts) or (None if None in counts else 0)


def _name(parts: Any) -> str:
    return ", ".join(f"{key}={value}" for relative in parts for key, value in relative)
