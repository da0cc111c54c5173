# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the option `appliance` to the clients that talk to that box. Talks to nothing by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from .accounts import API_CLIENT, API_USER, BY_AREA, Account
from .backup_api import BackupApi
from .errors import BadInput
from .models import Credentials, plain
from .reporting_api import ReportingApi
from .site_api import Auth, CommandApi, HealthProbe, OAuth, UserPassword
from .transport import REQUESTS_PER_SECOND, Transport
from .web.appliance_pages import AppliancePages
from .web.failover_pages import FailoverPages
from .web.glossary import Glossary
from .web.labels import Labels
from .web.login_pages import LoginPages

_ACCOUNT: dict[str, Any] = {"username": {"type": "str"}, "password": {"type": "str", "no_log": True}}

#: What it takes to reach an address, without any account.
DOOR: dict[str, Any] = {
    "url": {"type": "str", "required": True},
    "site": {"type": "str"},
    "ca_path": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "timeout": {"type": "float", "default": 30.0},
    "proxy": {"type": "str", "no_log": True},
}

#: The option `appliance` of every module; its documentation is the fragment `bomgar.appliance.appliance`.
APPLIANCE: dict[str, Any] = {
    "type": "dict",
    "required": True,
    "options": {
        **DOOR,
        "name": {"type": "str"},
        "address": {"type": "str"},
        "port": {"type": "int"},
        "api": {
            "type": "dict",
            "options": {"client_id": {"type": "str"}, "client_secret": {"type": "str", "no_log": True}, **_ACCOUNT},
        },
        "login": {"type": "dict", "options": _ACCOUNT},
        "appliance": {"type": "dict", "options": _ACCOUNT},
        "driver": {"type": "str", "choices": ["auto", "api", "web", "operator"], "default": "auto"},
        "attended": {"type": "bool", "default": False},
        "labels": {"type": "dict", "default": {}},
    },
}


#: The same for the other appliance of a pair.
PEER: dict[str, Any] = {**APPLIANCE, "required": False}


class Appliance:
    """One box and the clients for it, each made when it is first used.

    Every interface has a transport of its own, since each has its own session and its own life through a restart.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        read_only: bool = False,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.options = options
        self._read_only = read_only
        self._clock = clock
        self._sleep = sleep
        self.transports: list[Transport] = []
        self.url = str(options["url"])
        self.host = host_of(self.url)
        self.site = str(options.get("site") or self.host)
        self.name = str(options.get("name") or "a")
        #: What the site's name and the peer use for it.
        self.address = str(options.get("address") or self.host)
        self.port = int(options.get("port") or port_of(self.url))
        self.driver = str(options.get("driver") or "auto")
        self.attended = bool(options.get("attended"))

    @cached_property
    def api_transport(self) -> Transport:
        """The transport of the API; it also sees the certificate."""
        return self._transport(REQUESTS_PER_SECOND)

    @cached_property
    def auth(self) -> Auth:
        """The API account: OAuth when a client id is given, else user name and password."""
        account = self.options.get("api") or {}
        if account.get("client_id"):
            return OAuth(self.api_transport, _credentials(self.options, API_CLIENT), self._clock)
        return UserPassword(_credentials(self.options, API_USER))

    @property
    def has_api(self) -> bool:
        """Whether an API account was given and the driver may use it."""
        account = self.options.get("api") or {}
        return self.driver != "web" and bool(account.get("client_id") or account.get("username"))

    @property
    def has_login(self) -> bool:
        """Whether an administrator of /login was given."""
        return self.driver != "api" and bool((self.options.get("login") or {}).get("username"))

    @property
    def has_pages(self) -> bool:
        """Whether an administrator of /appliance was given."""
        return self.driver != "api" and bool((self.options.get("appliance") or {}).get("username"))

    @cached_property
    def command_api(self) -> CommandApi:
        """The command API."""
        return CommandApi(self.api_transport, self.auth, self._sleep)

    @cached_property
    def reporting_api(self) -> ReportingApi:
        """The reporting API."""
        return ReportingApi(self.api_transport, self.auth, self._sleep)

    @cached_property
    def backup_api(self) -> BackupApi:
        """The backup API."""
        return BackupApi(self.api_transport, self.auth, self._sleep)

    @cached_property
    def probe(self) -> HealthProbe:
        """The open health page."""
        return HealthProbe(self.api_transport)

    @cached_property
    def pages(self) -> AppliancePages:
        """The pages of /appliance."""
        return AppliancePages(self.pages_transport, _credentials(self.options, BY_AREA["/appliance"]), self.labels)

    @cached_property
    def pages_transport(self) -> Transport:
        """The transport of /appliance."""
        return self._transport()

    @cached_property
    def login_pages(self) -> LoginPages:
        """The pages of /login."""
        return LoginPages(self.login_transport, _credentials(self.options, BY_AREA["/login"]), self.labels)

    @cached_property
    def login_transport(self) -> Transport:
        """The transport of /login."""
        return self._transport()

    @cached_property
    def failover_pages(self) -> FailoverPages:
        """The Failover page of /login, in the same window."""
        return FailoverPages(self.login_pages)

    @cached_property
    def open_login_pages(self) -> LoginPages:
        """The pages of /login that need no account."""
        return LoginPages(self._transport(), Credentials("", ""), self.labels)

    @cached_property
    def labels(self) -> Labels:
        """The labels of the web driver, with those of the option `labels`."""
        return Labels.from_options(self.options.get("labels"))

    @property
    def glossary(self) -> Glossary:
        """What its pages call what they have, as far as they were seen."""
        seen = (self.__dict__.get(pages) for pages in ("pages", "login_pages", "open_login_pages"))
        names = [name for pages in seen if pages is not None for name in pages.browser.names]
        # Without a page the option's labels are not looked at: this tells of errors, too, of which theirs may be one.
        return Glossary(self.labels if names else Labels.from_options(None), names)

    def evidence(self) -> list[dict[str, Any]]:
        """The last requests to this appliance, over all interfaces, as plain values in order of time."""
        kept = [item for transport in self.transports for item in transport.evidence]
        return [plain(item) for item in sorted(kept, key=lambda item: item.at)]

    @property
    def commanded(self) -> bool:
        """Whether a command was sent to this appliance, whatever came of it."""
        return any(transport.commands for transport in self.transports)

    def _transport(self, per_second: int = 0) -> Transport:
        options = self.options
        transport = Transport(
            self.url,
            ca_path=options.get("ca_path") or None,
            validate_certs=options.get("validate_certs", True),
            timeout=options.get("timeout") or 30.0,
            proxy=options.get("proxy") or None,
            read_only=self._read_only,
            per_second=per_second,
            clock=self._clock,
            sleep=self._sleep,
        )
        self.transports.append(transport)
        return transport


def host_of(url: str) -> str:
    """The host of an address; empty for what is none, which the transport then refuses."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def port_of(url: str) -> int:
    """The port of an address; 443 where it names none, or is none."""
    try:
        return urlsplit(url).port or 443
    except ValueError:
        return 443


def _credentials(options: Mapping[str, Any], kind: Account) -> Credentials:
    given = options.get(kind.group) or {}
    if not given.get(kind.name) or not given.get(kind.secret):
        raise BadInput(
            f"log in with the {kind.group} account",
            f"{kind.group}.{kind.name} and {kind.group}.{kind.secret} are not both given",
            f"Give them in the option appliance (inventory: {kind.words}).",
        )
    return Credentials(str(given[kind.name]), str(given[kind.secret]))
