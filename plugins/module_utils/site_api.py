# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's command API, its two ways to log in, and its open health page. Knows nothing of web pages or waiting."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from . import xml_answer
from .accounts import API_CLIENT, API_USER, Account
from .errors import AuthenticationRefused, NotSupported, PermissionRefused, RateLimited, ServiceDown, UnexpectedAnswer
from .models import ApiInfo, ClusterRole, Credentials, Health, Node, Representative, Role
from .schema import Described, described
from .transport import Answer, Request, Sender

_RATE_LIMIT_TRIES = 3
_TOKEN = re.compile(r"[\x21-\x7e]+")

T = TypeVar("T")


class Auth(Protocol):
    """How a call proves who it is. `refused` is set once the account was refused: it is not tried again after that."""

    refused: AuthenticationRefused | None

    def prepare(self, request: Request) -> Request:
        """The request with the proof in it; may fetch a token first."""

    def refresh(self) -> bool:
        """After a 401: forget what was refused. False if there is nothing fresher to try with."""

    def refuse(self, what: str, got: str, **facts: Any) -> AuthenticationRefused:
        """Keep that the account was refused; gives the error to raise, which names the account's variables."""


class Proof:
    """What both ways share. `kind`: which account it is."""

    kind: Account

    def __init__(self) -> None:
        self.refused: AuthenticationRefused | None = None

    def refuse(self, what: str, got: str, **facts: Any) -> AuthenticationRefused:
        self.refused = AuthenticationRefused(
            what,
            got,
            f"Correct {self.kind.words}, or see whether the account is enabled, not locked and has its permissions on "
            "/login > Management > API Configuration (before 16.2: on the user's own page). It is not tried again, since that could lock it.",
            **facts,
        )
        return self.refused


class OAuth(Proof):
    """OAuth with an API account (D-RS-AUTH): client credentials against `/oauth2/token`, one token kept in memory.

    A token lives an hour, and is pushed out early by the 31st one of its account. The endpoint is the site's: while the
    site is down, so is it.
    """

    kind = API_CLIENT

    def __init__(self, sender: Sender, account: Credentials, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._sender = sender
        self._account = account
        self._clock = clock
        self._token: str | None = None
        self._until = 0.0

    def prepare(self, request: Request) -> Request:
        if self.refused is not None:
            raise self.refused
        if self._token is None or self._clock() >= self._until:
            self._fetch()
        return dataclasses.replace(request, headers={**request.headers, "Authorization": f"Bearer {self._token}"})

    def refresh(self) -> bool:
        had = self._token is not None
        self._token = None
        return had

    def _fetch(self) -> None:
        what = "get an API token"
        answer = self._sender.send(
            Request(
                "POST",
                "/oauth2/token",
                what,
                form=(("grant_type", "client_credentials"),),
                basic=(self._account.username, self._account.password),
            )
        )
        if answer.status == 404:
            raise NotSupported(
                what,
                "the site has no /oauth2/token",
                f"Releases before 16.2 have no API accounts: give {API_USER.words} for this site, and leave {API_CLIENT.words} out.",
            )
        if answer.status in (400, 401, 403):
            # 401 for a wrong id or secret (C-RAGMOB); 400 invalid_client is what RFC 6749 allows as well.
            raise self.refuse(
                what, f"the site refused the API account (HTTP status {answer.status})", status=answer.status
            )
        try:
            content = json.loads(answer.body)
            token, lifetime = content["access_token"], float(content.get("expires_in", 3600))
            if not isinstance(token, str) or not _TOKEN.fullmatch(token):
                raise ValueError("no token")
        except (ValueError, KeyError, TypeError) as problem:
            raise UnexpectedAnswer(
                what,
                f"HTTP status {answer.status} and {answer.media_type or 'no content type'} instead of a token",
                "Look at what answers at /oauth2/token: a proxy, a portal page, or a site that is starting.",
                status=answer.status,
            ) from problem
        self._token = token
        self._until = self._clock() + max(0.0, lifetime - 60.0)


class UserPassword(Proof):
    """User name and password of an API user, the only way before 16.2 (D-BG-CMD-OLD). Sent in the body, never in a URL."""

    kind = API_USER

    def __init__(self, account: Credentials) -> None:
        super().__init__()
        self._account = account

    def prepare(self, request: Request) -> Request:
        if self.refused is not None:
            raise self.refused
        form = (*(request.form or ()), *request.query.items())
        login = (("username", self._account.username), ("password", self._account.password))
        return dataclasses.replace(request, method="POST", query={}, form=(*form, *login))

    def refresh(self) -> bool:
        return False


class Api:
    """What the site's XML interfaces share: the account, the fall-back address of old releases, a token's early end."""

    def __init__(self, sender: Sender, auth: Auth, path: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sender = sender
        self._auth = auth
        self._path = path
        self._sleep = sleep

    def read(self, what: str, query: dict[str, str], *roots: str, command: bool = False) -> Any:
        """One call, and its answer's root element; raises what `xml_answer.read` raises."""
        try:
            return xml_answer.read(self.call(what, query, command=command), what, *roots)
        except AuthenticationRefused as error:
            raise self._auth.refuse(error.attempted, error.got, **error.facts) from error

    def schema(self) -> Described:
        """What this API's XSD says (documented: the guide's supplement). Whether it needs the account is assumed: not, until it is refused."""
        path = f"{self._path.removesuffix('.ns')}.xsd"
        what = f"read the schema {path}"
        request = Request("GET", path, what)
        answer = self._sender.send(request)
        if answer.status in (401, 403):
            answer = self._sender.send(self._auth.prepare(request))
        if answer.status in (401, 403):
            # The account may be right all the same: nothing else is kept from it because of this.
            raise PermissionRefused(
                what,
                f"the site does not show it to the API account (HTTP status {answer.status})",
                "Read it in a browser, if you need it.",
            )
        if answer.status == 404:
            raise NotSupported(what, f"the site has no {path}", "Check the url, and that the XML API is enabled.")
        self._judge(answer, what)
        return described(xml_answer.read(answer, what, "schema"))

    def call(self, what: str, query: dict[str, str], *, command: bool = False) -> Answer:
        """One call; a refused token is replaced once, `429` is waited out for a few seconds.

        Neither can have had an effect, so a command may be sent again after them, and after nothing else.
        """
        return self._tried(what, lambda: (self._sender.send(self._request(what, query, command)), None))[0]

    @contextlib.contextmanager
    def streamed(self, what: str, query: dict[str, str]) -> Iterator[Iterator[bytes]]:
        """As `call`, for what may be of any length: the body of an answer with status 200 comes in pieces."""
        with contextlib.ExitStack() as stack:

            def once() -> tuple[Answer, Iterator[bytes]]:
                stack.close()
                return stack.enter_context(self._sender.stream(self._request(what, query, False)))

            yield self._tried(what, once)[1]

    def _tried(self, what: str, once: Callable[[], tuple[Answer, T]]) -> tuple[Answer, T]:
        for attempt in range(1, _RATE_LIMIT_TRIES + 1):
            tried = once()
            if tried[0].status == 401 and self._auth.refresh():
                tried = once()
            if tried[0].status == 404 and not self._path.endswith(".ns"):
                # Before OAuth the addresses were also known with this suffix (C-SNOW, C-HORNBILL).
                plain, self._path = self._path, self._path + ".ns"
                suffixed = once()
                if suffixed[0].status == 404:
                    self._path = plain
                    raise NotSupported(
                        what,
                        f"the site has no {plain}",
                        "Check the url, and that the XML API is enabled on /login > Management > API Configuration.",
                    )
                tried = suffixed
            if tried[0].status != 429:
                self._judge(tried[0], what)
                return tried
            if attempt < _RATE_LIMIT_TRIES:
                self._sleep(_retry_after(tried[0]))
        raise RateLimited(
            what,
            "the API account is over its limit of requests (HTTP status 429)",
            "Wait, or give this job an API account of its own.",
            status=429,
        )

    def _request(self, what: str, query: dict[str, str], command: bool) -> Request:
        return self._auth.prepare(Request("GET", self._path, what, command=command, query=query))

    @staticmethod
    def _judge(answer: Answer, what: str) -> None:
        if answer.status == 200:
            return
        if answer.status in (500, 502, 503, 504):  # only a streamed one gets here
            raise ServiceDown(
                what,
                f"HTTP status {answer.status} from {answer.url}",
                "The site is not serving; look again later.",
                status=answer.status,
            )
        if answer.status in (401, 403):
            raise AuthenticationRefused(
                what,
                f"the site refused the API account (HTTP status {answer.status})",
                "Check the API account.",
                status=answer.status,
            )
        raise UnexpectedAnswer(
            what,
            f"HTTP status {answer.status} ({answer.media_type or 'no content type'})",
            "Check the url, and look at what answers there.",
            status=answer.status,
        )


class CommandApi(Api):
    """`/api/command`, XML (D-RS-CMD). A method per action; every one but `get_*` and `check_*` is a command."""

    def __init__(self, sender: Sender, auth: Auth, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(sender, auth, "/api/command", sleep)

    def _ask(self, action: str, *roots: str, **query: str) -> Any:
        return self.read(f"ask the command API for {action}", {"action": action, **query}, *roots)

    def get_api_info(self) -> ApiInfo:
        """API version, server time and the account's permissions (D-RS-GAI; root element as recorded by C-RAGMOB)."""
        root = self._ask("get_api_info", "api_information", "get_api_info")
        permissions = xml_answer.child(root, "permissions")
        return ApiInfo(
            api_version=xml_answer.text(root, "api_version") or "",
            timestamp=_number(xml_answer.text(root, "timestamp")),
            permissions={
                item.get("name", ""): "".join(item.itertext()).strip()
                for item in (() if permissions is None else xml_answer.children(permissions, "permission"))
            },
            company_name=xml_answer.text(root, "company_name"),
        )

    def check_health(self) -> Health:
        """Versions, health and failover state of the appliance that answers (D-RS-CH). NotSupported on 10.x and 11.x."""
        root = self._ask("check_health", "health_check", "check_health")
        appliance = xml_answer.child(root, "appliance")
        shown = xml_answer.text(root, "version") or ""
        version, _open, build = shown.partition("(")
        shared = xml_answer.child(root, "enabled_shared_ips")
        sync = xml_answer.child(root, "last_data_sync_time")
        return Health(
            host_name=xml_answer.text(root, "appliance") or "",
            appliance_id=None if appliance is None else appliance.get("id"),
            version=version.strip(),
            build=build.rstrip(") ").strip() or None,
            healthy=xml_answer.text(root, "success") == "1",
            error_message=xml_answer.text(root, "error_message"),
            failover_role=Role(xml_answer.text(root, "failover_role") or "unknown"),
            shared_ips=tuple(
                "".join(item.itertext()).strip()
                for item in (() if shared is None else xml_answer.children(shared, "ip"))
            ),
            last_data_sync_time=None if sync is None else _number(sync.get("ts")),
            last_data_sync_status=xml_answer.text(root, "last_data_sync_status"),
            role_word=xml_answer.text(root, "failover_role"),
        )

    def get_appliances(self) -> tuple[Node, ...]:
        """The members of a failover pair or of an Atlas cluster; one node otherwise (D-RS-GA)."""
        root = self._ask("get_appliances", "appliances", "get_appliances")
        return tuple(
            Node(
                id=item.get("id", ""),
                name=xml_answer.text(item, "name") or "",
                public_hostname=xml_answer.text(item, "public_hostname") or "",
                cluster_role=ClusterRole(xml_answer.text(item, "cluster_role") or "unknown"),
                failover_role=Role(xml_answer.text(item, "failover_role") or "unknown"),
                accepting_connections=xml_answer.text(item, "accepting_connections") == "1",
                timezone_offset=_whole(xml_answer.text(item, "timezone_offset")),
            )
            for item in xml_answer.children(root, "appliance")
        )

    def set_failover_role(self, role: Role, *, data_sync_first: bool = False, force: bool = False) -> str:
        """A command: this appliance takes the role (D-RS-SFR); the appliance's words. With a data sync first it only begins.

        `force`: a primary becomes backup although its peer cannot be reached. Raises Refused with the words of an error.
        """
        query = {"role": role.value, "data_sync_first": str(int(data_sync_first)), "force": str(int(force))}
        what = f"ask the command API to make this appliance {role}"
        root = self.read(what, {"action": "set_failover_role", **query}, "success", "set_failover_role", command=True)
        return " ".join("".join(root.itertext()).split())

    def get_logged_in_reps(self) -> tuple[Representative, ...]:
        """Who is logged in (D-BG-GLR). The vendor asks not to repeat it often: it can slow the site down (D-RS-CMD)."""
        root = self._ask("get_logged_in_reps", "logged_in_reps", "get_logged_in_reps")
        return tuple(
            Representative(
                id=item.get("id", ""),
                display_name=xml_answer.text(item, "public_display_name")
                or xml_answer.text(item, "display_name")
                or "",
                type=xml_answer.text(item, "type") or "",
                logged_in_since=xml_answer.text(item, "logged_in_since"),
                support_session_count=_whole(xml_answer.text(item, "support_session_count")),
            )
            for item in xml_answer.children(root, "rep")
        )

    def get_connected_client_list(self) -> dict[str, int]:
        """How many clients of each type are connected, over all appliances of the site (D-GCCL, `summary_only`).

        UnexpectedAnswer without a summary, or with a count that is no number: neither means that nobody is connected.
        """
        root = self._ask(
            "get_connected_client_list",
            "connected_client_list",
            "get_connected_client_list",
            type="all",
            summary_only="1",
        )
        summary = xml_answer.child(root, "connected_client_summary")
        if summary is None:
            raise _uncounted("the answer has no connected_client_summary")
        counts: dict[str, int] = {}
        for appliance in xml_answer.children(summary, "appliance_summary"):
            for count in xml_answer.children(appliance, "count"):
                kind, number = count.get("type", ""), _whole("".join(count.itertext()).strip())
                if number is None:
                    raise _uncounted(f"the count of {kind!r} is no number")
                counts[kind] = counts.get(kind, 0) + number
        return counts


class HealthProbe:
    """The open `GET /check_health`: no account, 200 when good and 500 when not (D-RS-CH, D-FO-API).

    Releases without it answer 404 (assumed); for them the login page of the site tells whether it serves.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._path = "/check_health"

    @property
    def asks(self) -> str:
        """What it asks, in a word: `check_health`, or `the login page` once a release was seen to have none."""
        return "check_health" if self._path == "/check_health" else "the login page"

    def serving(self) -> bool:
        """Whether the site serves now: one request, no account. Raises Unreachable when nothing answers."""
        try:
            answer = self._sender.send(Request("GET", self._path, "look whether the site serves"))
        except ServiceDown:
            return False
        if answer.status == 404 and self._path == "/check_health":
            self._path = "/login"
            return self.serving()
        return answer.status < 400


def _uncounted(got: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        "ask the command API for get_connected_client_list",
        got,
        "Compare the answer with the vendor's API guide; without it the connected clients are not known.",
    )


def _number(value: str | None) -> float | None:
    try:
        number = math.nan if value is None else float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: str | None) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _retry_after(answer: Answer) -> float:
    return max(0.0, min(_number(answer.headers.get("retry-after")) or 1.0, 30.0))
