# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documented interfaces of the site: tokens, command, reporting and backup API, the open `/check_health`, schemas.

`recognise` names a request without acting; `answer` acts. Errors come with status 200 (C-SEKOIA, C-ZOOMAN). Texts that no
source gives are assumed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, quoteattr

from .appliance import TOKEN_SECONDS, Appliance, Session
from .truth import CommandSeen, LoginSeen, RequestSeen
from .wire import Call, Reply

PREFIXES = ("/api/", "/oauth2/", "/check_health")
_DAY = 86_400
_STREAMED_FROM = 500


def recognise(call: Call) -> tuple[str, str] | None:
    """(interface, role) of an API request; None when it is none."""
    path = call.path.removesuffix(".ns")
    if path == "/oauth2/token":
        return "oauth", "token"
    if path == "/check_health":
        return "health", "open check_health"
    if path in ("/api/command.xsd", "/api/reporting.xsd"):
        return "api", f"xsd {path[5:-4]}"
    if path == "/api/command":
        return "api", f"command {_first(call, 'action')}"
    if path == "/api/reporting":
        return "api", f"report {_first(call, 'generate_report')}"
    if path == "/api/backup":
        return "api", "backup"
    if path.startswith(PREFIXES):
        return "api", "unknown"
    return None


def _pairs(call: Call) -> list[tuple[str, str]]:
    pairs = list(call.query)
    if call.content_type == "application/x-www-form-urlencoded":
        pairs += parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    return pairs


def _first(call: Call, name: str) -> str:
    return next((value for key, value in _pairs(call) if key == name), "")


def answer(box: Appliance, call: Call, seen: RequestSeen) -> Reply:
    """Act on an API request and say what came of it."""
    path = call.path.removesuffix(".ns")
    if seen.interface == "health":
        return _open_health(box)
    if seen.interface == "oauth":
        return _token(box, call, seen) if box.has_oauth else _not_found()
    if seen.role.startswith("xsd"):
        return _schema(box, seen.role.split()[1])
    if seen.role == "unknown":
        return _not_found()
    api = path.removeprefix("/api/")
    which = "reporting" if api == "reporting" else "command"
    if call.multipart:
        # Only url-encoded bodies are taken (D-RS-CMD); how it is refused is assumed.
        return _error(box, which, "Multipart requests are not supported.")
    if call.method not in ("GET", "POST"):
        return Reply(405, b"Method Not Allowed", "text/plain", headers=[("Allow", "GET, POST")])
    who = _authenticate(box, call, api, which, seen)
    if isinstance(who, Reply):
        return who
    limit: list[tuple[str, str]] = []
    if box.rate_limits:
        at = box.now if box.rate_clock == "simulated" else time.time()
        allowed, left = box.take_call(who.name, at)
        limit = [("X-RateLimit-Limit", "15000"), ("X-RateLimit-Remaining", str(left))]
        if not allowed:
            reply = too_many()
            reply.headers += limit
            return reply
    if api == "backup":
        reply = _backup(box, who)
    elif api == "reporting":
        reply = _report(box, call, who)
    else:
        reply = _command(box, call, who, seen)
    reply.headers += limit
    return reply


class Caller:
    """Who calls, and what the account may do."""

    def __init__(self, name: str, *, command: str, report: bool, back_up: bool, administrator: bool) -> None:
        self.name, self.command, self.report, self.back_up = name, command, report, back_up
        self.administrator = administrator


def too_many() -> Reply:
    """429 as a connector's tests model it (C-SEKOIA)."""
    body = json.dumps({"message": "Too many requests", "number": 429}).encode()
    return Reply(429, body, "application/json")


def _authenticate(box: Appliance, call: Call, api: str, which: str, seen: RequestSeen) -> Caller | Reply:
    header = call.headers.get("authorization", "")
    if header.startswith("Bearer ") and box.has_oauth:
        if not box.token_valid(header[7:]):
            return _unauthorised()
        account = box.accounts.api
        seen.account = account.client_id
        allowed = account.permissions
        return Caller(
            account.client_id,
            command=allowed.get("perm_command", "deny"),
            report=allowed.get("perm_reporting_support") == "1",
            back_up=allowed.get("perm_backup") == "1",
            administrator=True,
        )
    username, password = _first(call, "username"), _first(call, "password")
    if not box.has_legacy_accounts or not (username or password):
        if box.has_oauth:
            return _unauthorised()  # 401 without a token (C-TENDRIL, C-SEKOIA)
        return _bad_login(box, api, which)
    user = box.accounts.api_user
    seen.account = username
    if box.log_in("api", user, username, password) != "ok":
        return _bad_login(box, api, which)
    return Caller(
        username,
        command="full_access" if user.may_command else "deny",
        report=user.may_report,
        back_up=user.may_back_up,
        administrator=user.administrator,
    )


def _bad_login(box: Appliance, api: str, which: str) -> Reply:
    if api == "backup":
        return Reply(200, b"Invalid credentials", "text/html", "UTF-8")  # C-BMELAD
    return _error(box, which, "Login failed")  # C-HORNBILL for reporting; assumed for command


def _unauthorised() -> Reply:
    body = json.dumps({"error": "invalid_token", "message": "The access token is missing or no longer valid"}).encode()
    return Reply(401, body, "application/json", headers=[("WWW-Authenticate", "Bearer")])


def _not_found() -> Reply:
    return Reply(404, b"<html><head><title>404 Not Found</title></head><body>Not Found</body></html>", "text/html")


def _open_health(box: Appliance) -> Reply:
    # 200 or 500 with one sentence (D-RS-CH); the sentences are assumed.
    if not box.has_health:
        return _not_found()
    if box.healthy:
        return Reply(200, b"The appliance is healthy.", "text/html", "UTF-8")
    return Reply(500, box.problem.encode(), "text/html", "UTF-8")


def _token(box: Appliance, call: Call, seen: RequestSeen) -> Reply:
    if call.method != "POST":
        return Reply(405, b"Method Not Allowed", "text/plain", headers=[("Allow", "POST")])
    scheme, _space, encoded = call.headers.get("authorization", "").partition(" ")
    name, secret = "", ""
    if scheme == "Basic":
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            name, _colon, secret = base64.b64decode(encoded).decode("utf-8").partition(":")
    account = box.accounts.api
    seen.account = name
    good = account.enabled and (name, secret) == (account.client_id, account.client_secret)
    box.truth.logins.append(LoginSeen("oauth", name, good, box.now, "" if good else "bad"))
    if not good:
        body = {"error": "invalid_client", "message": "Client authentication failed"}
        return Reply(401, json.dumps(body).encode(), "application/json")
    if _first(call, "grant_type") != "client_credentials":
        return Reply(400, json.dumps({"error": "unsupported_grant_type"}).encode(), "application/json")
    body_good = {"access_token": box.issue_token(), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
    cookies = [("Set-Cookie", f"ns_sl={box.secret()}; path=/; Secure; HttpOnly"), ("Cache-Control", "no-store")]
    return Reply(200, json.dumps(body_good).encode(), "application/json", headers=cookies)


# XML


def _xml(text: str) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return Reply(200, body, "text/xml", "UTF-8")  # C-RAGMOB


def _root(box: Appliance, which: str, name: str, inside: str) -> Reply:
    space = box.namespace(which)
    attribute = f" xmlns={quoteattr(space)}" if space else ""
    return _xml(f"<{name}{attribute}>{inside}</{name}>")


def _error(box: Appliance, which: str, text: str, root: str | None = None) -> Reply:
    """Form 1 (the root is the error) or, with `root`, form 2 (the usual root holds it)."""
    if root is None:
        return _root(box, which, "error", escape(text))
    return _root(box, which, root, f"<error>{escape(text)}</error>")


def _tag(tag: str, value: object, /, **attributes: object) -> str:
    extra = "".join(f" {key}={quoteattr(str(what))}" for key, what in attributes.items())
    return f"<{tag}{extra}>{escape(str(value))}</{tag}>"


def _iso(box: Appliance, moment: float) -> str:
    return _written(box.shown(moment))


def _written(shown: float) -> str:
    return datetime.fromtimestamp(int(shown), timezone.utc).isoformat()


def _unix(box: Appliance, moment: float) -> int:
    return int(box.shown(moment))


# Commands

_CHANGING = (
    "set_failover_role", "terminate_session", "generate_session_key", "transfer_session", "join_session",
    "set_session_attributes", "import_jump_shortcut", "send_chat_message", "create_virtual_customer", "leave_session",
    "set_rep_status", "logout_rep",
)  # fmt: skip
_ROOTS = {
    "get_api_info": "api_information", "check_health": "health_check", "get_appliances": "appliances",
    "get_logged_in_reps": "logged_in_reps", "get_connected_client_list": "connected_client_list",
    "get_connected_clients": "connected_clients",
}  # fmt: skip


def _command(box: Appliance, call: Call, who: Caller, seen: RequestSeen) -> Reply:
    action = _first(call, "action")
    handlers: dict[str, Callable[[Appliance, Call], Reply]] = {
        "get_api_info": _get_api_info,
        "get_logged_in_reps": _get_logged_in_reps,
        "terminate_session": _terminate_session,
    }
    if box.has_health:
        handlers |= {
            "check_health": _check_health,
            "get_appliances": _get_appliances,
            "get_connected_client_list": _get_connected_client_list,
            "get_connected_clients": _get_connected_clients,
            "set_failover_role": _set_failover_role,
        }
    command = None
    if action in _CHANGING:
        seen.command = True
        detail = {key: value for key, value in _pairs(call) if key not in ("username", "password", "action")}
        command = CommandSeen(action, box.now, seen.number, who.name, False, detail)
        box.truth.commands.append(command)
    handler = handlers.get(action)
    if handler is None:
        return _error(box, "command", "Invalid action")  # C-ZOOMAN
    needs_full = action in _CHANGING
    # get_api_info needed no API permission (D-BG-CMD-OLD)
    if action != "get_api_info" and (who.command == "deny" or (needs_full and who.command != "full_access")):
        return _error(box, "command", "This account is not allowed to use this command.", _ROOTS.get(action))
    if action in ("check_health", "set_failover_role", "terminate_session") and not who.administrator:
        return _error(box, "command", "This account is not allowed to use this command.", _ROOTS.get(action))
    reply = handler(box, call)
    if command is not None:
        command.accepted = b"<success" in reply.body
    return reply


def _get_api_info(box: Appliance, call: Call) -> Reply:
    parts = [_tag("api_version", box.api_version)]
    if _older(box.api_version, (1, 24, 1)):  # removed at 1.24.1 (D-APICHANGE)
        parts.append(_tag("company_name", box.company))
    parts.append(_tag("timestamp", _unix(box, box.now)))
    if box.has_oauth:
        inside = "".join(_tag("permission", value, name=key) for key, value in box.accounts.api.permissions.items())
    else:
        user = box.accounts.api_user  # how the user era told permissions is assumed
        inside = _tag("permission", "full_access" if user.may_command else "deny", name="perm_command")
        inside += _tag("permission", int(user.may_report), name="perm_reporting_support")
        inside += _tag("permission", int(user.may_back_up), name="perm_backup")
    return _root(box, "command", "api_information", "".join(parts) + f"<permissions>{inside}</permissions>")


def _older(version: str, than: tuple[int, ...]) -> bool:
    return tuple(int(part) for part in version.split(".")) < than


def _check_health(box: Appliance, call: Call) -> Reply:
    parts = [
        _tag("appliance", box.host, id=box.id),
        _tag("version", f"{box.site} ({box.build})"),
        _tag("success", int(box.healthy)),
    ]
    if not box.healthy:
        parts.append(_tag("error_message", box.problem))
    parts.append(_tag("failover_role", box.role))
    if box.shared_ips and box.role != "none":  # absent without failover (D-RS-CH)
        parts.append(
            "<enabled_shared_ips>" + "".join(_tag("ip", one) for one in box.shared_ips) + "</enabled_shared_ips>"
        )
    synced = box.shown_last_sync
    if box.role != "none" and synced is not None:
        parts.append(_tag("last_data_sync_time", _written(synced), ts=int(synced)))
    if box.role != "none" and box.last_sync_status is not None:
        parts.append(_tag("last_data_sync_status", box.last_sync_status))
    return _root(box, "command", "health_check", "".join(parts))


def _get_appliances(box: Appliance, call: Call) -> Reply:
    nodes = [box] + ([box.peer] if box.peer is not None else [])
    inside = ""
    for node in nodes:
        parts = [
            _tag("name", node.host.split(".")[0]),
            _tag("public_hostname", node.host),
            _tag("cluster_role", node.cluster_role),
            _tag("failover_role", node.role),
            _tag("accepting_connections", 1),
            _tag("timezone_offset", 0),
        ]
        inside += f"<appliance id={quoteattr(node.id)}>{''.join(parts)}</appliance>"
    return _root(box, "command", "appliances", inside)


def _get_logged_in_reps(box: Appliance, call: Call) -> Reply:
    inside = ""
    for rep in box.representatives:
        count = sum(1 for session in box.running_sessions if session.representative == rep.name)
        parts = [
            _tag("display_name", rep.name),
            _tag("public_display_name", rep.name),
            _tag("private_display_name", rep.name),
            _tag("type", rep.type),
            _tag("logged_in_since", _iso(box, rep.since)),
            _tag("presentation_count", 0),
            _tag("support_session_count", count),
            _tag("showing_on_rep_list", 1),
        ]
        inside += f'<rep id="{rep.id}">{"".join(parts)}</rep>'
    return _root(box, "command", "logged_in_reps", inside)


def _get_connected_client_list(box: Appliance, call: Call) -> Reply:
    wanted = {one.strip() for one in (_first(call, "type") or "all").split(",")}
    known = {"all", "representative", "support_customer", "presentation_attendee", "push_agent"}
    if not wanted <= known:
        return _error(box, "command", "Invalid type", "connected_client_list")
    clients = [("representative", rep.id, rep.since) for rep in box.representatives]
    clients += [("support_customer", 1000 + one.number, one.started) for one in box.running_sessions]
    shown = [client for client in clients if "all" in wanted or client[0] in wanted]
    kinds = sorted(known - {"all"} if "all" in wanted else wanted)
    counts = "".join(_tag("count", sum(1 for one in shown if one[0] == kind), type=kind) for kind in kinds)
    if "all" in wanted:
        counts += _tag("count", 0, type="pinned_client")
    inside = (
        f"<connected_client_summary><appliance_summary id={quoteattr(box.id)}>{counts}</appliance_summary>"
        "</connected_client_summary>"
    )
    if _first(call, "summary_only") != "1":
        inside += "".join(f'<connected_client type="{kind}" id="{number}"/>' for kind, number, _since in shown)
    return _root(box, "command", "connected_client_list", inside)


def _get_connected_clients(box: Appliance, call: Call) -> Reply:
    ids = {one for one in _first(call, "id").split(",") if one}
    if len(ids) > 100:
        return _error(box, "command", "At most 100 ids may be given.", "connected_clients")
    inside = ""
    for rep in box.representatives:
        if not ids or str(rep.id) in ids:
            parts = _tag("hostname", f"console-{rep.id}") + _tag("connected_since", _iso(box, rep.since))
            inside += f'<connected_representative id="{rep.id}">{parts}</connected_representative>'
    for one in box.running_sessions:
        if not ids or str(1000 + one.number) in ids:
            parts = _tag("hostname", f"customer-{one.number}") + _tag("connected_since", _iso(box, one.started))
            inside += f'<connected_support_customer id="{1000 + one.number}">{parts}</connected_support_customer>'
    return _root(box, "command", "connected_clients", inside)


def _verdict(box: Appliance, good: bool, text: str) -> Reply:
    return _root(box, "command", "success" if good else "error", escape(text))


def _set_failover_role(box: Appliance, call: Call) -> Reply:
    flags = _first(call, "data_sync_first") == "1", _first(call, "force") == "1"
    return _verdict(box, *box.set_failover_role(_first(call, "role"), *flags))


def _terminate_session(box: Appliance, call: Call) -> Reply:
    return _verdict(box, *box.terminate_session(_first(call, "lsid")))


# Backup


def _backup(box: Appliance, who: Caller) -> Reply:
    if not who.back_up:
        return _error(box, "command", "This account is not allowed to use the backup API.")
    box.truth.backups += 1
    headers = []
    if box.backup_file_name:  # assumed: neither type nor disposition is known
        headers.append(("Content-Disposition", f'attachment; filename="{box.host}-{box.site}.nsb"'))
    return Reply(
        200, b"", box.backup_content_type, None, headers, box.backup(), box.backup_size if box.backup_length else None
    )


# Reports


def _report(box: Appliance, call: Call, who: Caller) -> Reply:
    kind = _first(call, "generate_report")
    product = "Access" if box.product == "PRA" else "Support"
    if kind not in (f"{product}Session", f"{product}SessionListing"):
        return _error(box, "reporting", "Invalid report type")
    if not who.report:
        return _error(box, "reporting", "This account is not allowed to use this report.")
    chosen = _select(box, call)
    if isinstance(chosen, str):
        return _error(box, "reporting", chosen)
    limit = _first(call, "limit")
    if limit.isdigit() and kind == f"{product}Session":
        chosen = chosen[: int(limit)]
    chosen = chosen[: box.report_limit]
    if not chosen:
        # No match is an error (C-AXONIUS for archives, C-SEKOIA for sessions); this text is assumed.
        return _error(box, "reporting", "No sessions found for the given search criteria.")
    if kind.endswith("Listing"):
        listed = (f'<session_summary lsid="{_lsid(box, one)}" has_recording="0"></session_summary>' for one in chosen)
        return _many(box, "session_summary_list", listed, len(chosen))
    return _many(box, "session_list", (_session(box, one) for one in chosen), len(chosen))


def _many(box: Appliance, root: str, parts: Iterator[str], count: int) -> Reply:
    """A report; a large one is written while it is made, without a length."""
    if count <= _STREAMED_FROM:
        return _root(box, "reporting", root, "".join(parts))
    reply = _root(box, "reporting", root, "|")
    before, _mark, after = reply.body.partition(b"|")
    reply.body, reply.stream = b"", _chunks(before, parts, after)
    return reply


def _chunks(before: bytes, parts: Iterator[str], after: bytes) -> Iterator[bytes]:
    yield before
    while some := "".join(itertools.islice(parts, _STREAMED_FROM)):
        yield some.encode()
    yield after


def _lsid(box: Appliance, session: Session) -> str:
    """An integer before API 1.5.0, 32 hex digits from there on (seed)."""
    return str(session.number) if _older(box.api_version, (1, 5, 0)) else session.guid


def _session(box: Appliance, one: Session) -> str:
    parts = [_tag("session_type", "support")]
    if not _older(box.api_version, (1, 5, 0)):
        parts.append(_tag("lseq", one.number))
    parts.append(_tag("start_time", _iso(box, one.started), timestamp=_unix(box, one.started)))
    if _told_end(box, one) is not None and one.ended is not None:
        parts.append(_tag("end_time", _iso(box, one.ended), timestamp=_unix(box, one.ended)))
        seconds = int(one.ended - one.started)
        parts.append(_tag("duration", f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"))
    parts.append(_tag("primary_customer", one.customer, gsnumber=one.number))
    parts.append(_tag("primary_rep", one.representative, gsnumber=one.number, id=1))
    return f'<session lsid="{_lsid(box, one)}">{"".join(parts)}</session>'


def _told_end(box: Appliance, one: Session) -> float | None:
    """The end of a session, once reports tell it: fresh ones may come late (C-HORNBILL; by how much is assumed)."""
    return None if one.ended is None or one.ended + box.report_lag > box.now else one.ended


def _select(box: Appliance, call: Call) -> list[Session] | str:
    """The sessions of exactly one parameter set (D-RS-SS), or what is wrong with the parameters (texts assumed)."""
    sets = [
        name for name in ("start_date", "start_time", "end_date", "end_time", "lsid", "lsids") if _first(call, name)
    ]
    if len(sets) != 1:
        return "Exactly one set of search parameters must be given."
    name, value = sets[0], _first(call, sets[0])
    if name in ("lsid", "lsids"):
        wanted = set(value.split(","))
        return [one for one in box.sessions if _lsid(box, one) in wanted]
    duration = _first(call, "duration")
    if not duration.isdigit():
        return "The duration parameter is missing or invalid."
    try:
        if name.endswith("date"):
            begin = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp()
            length = int(duration) * _DAY
        else:
            begin, length = float(int(value)), int(duration)
    except ValueError:
        return f"The {name} parameter is invalid."
    end = begin + length if length else float("inf")
    chosen = []
    for one in box.sessions:
        moment = one.started if name.startswith("start") else _told_end(box, one)
        if moment is not None and begin <= _unix(box, moment) < end:
            chosen.append(one)
    return chosen


def _schema(box: Appliance, which: str) -> Reply:
    """A schema that tells its target namespace (seed) and the type of LSID; the rest is left out (assumed shape)."""
    space = box.namespace(which)
    target = f" targetNamespace={quoteattr(space)} xmlns={quoteattr(space)}" if space else ""
    lsid = "integer" if _older(box.api_version, (1, 5, 0)) else "string"
    lseq = "" if lsid == "integer" else '<xs:element name="lseq" type="xs:integer" minOccurs="0"/>'
    if which == "reporting":
        inside = (
            '<xs:element name="session_list"><xs:complexType><xs:sequence><xs:element name="session" maxOccurs="unbounded">'
            f"<xs:complexType><xs:sequence>{lseq}"
            '<xs:element name="start_time" type="xs:string"/></xs:sequence>'
            f'<xs:attribute name="lsid" type="xs:{lsid}"/></xs:complexType></xs:element></xs:sequence></xs:complexType>'
            "</xs:element>"
        )
    else:
        inside = '<xs:element name="api_information"/>'
    return _xml(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" '
        f'attributeFormDefault="unqualified"{target}>{inside}</xs:schema>'
    )
