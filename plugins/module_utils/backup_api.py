# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backup API: downloads a site's backup, and keeps it only once it is proven to be one. There is no API to restore it.

Facts (fact sheet section 3): `/api/backup`, GET or POST, an API account with `perm_backup` (D-RS-BK); refused accounts may
be told by status 200 and a text (C-BMELAD). Content type, file name, size, duration and signature of the real file are
unknown. Downloading does not change the appliance, so it is no command.
"""

from __future__ import annotations

import contextlib
import dataclasses
import html
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from . import xml_answer
from .backup_file import (
    MINIMUM_SIZE,
    Backup,
    BackupStore,
    Examination,
    Identity,
    Manifest,
    Part,
    foreign_host,
    not_this_appliance,
)
from .errors import (
    AuthenticationRefused,
    BadInput,
    BomgarError,
    NothingFound,
    NotSupported,
    PermissionRefused,
    RateLimited,
    Refused,
    ServiceDown,
    UnexpectedAnswer,
)
from .models import Role, Versions
from .site_api import Auth
from .transport import Answer, Request, Sender

WHAT = "download the backup"
#: Seconds until the appliance must have begun to answer, and for each piece. How long it prepares is unknown (assumed).
ANSWER_TIMEOUT = 600.0

_PATH = "/api/backup"
_RATE_LIMIT_TRIES = 3
_SERVICE_DOWN = (500, 502, 503, 504)
_EXCERPT = 200
#: A backup without announced length that is smaller than the last one by this factor is downloaded again, once.
_SHRUNK = 0.9
_REMEDY = "Nothing was kept. Look at what answers at that address, then run this again."

Tick = Callable[[int, "int | None"], None]


@dataclass(frozen=True)
class Wish:
    """How to take a backup.

    `minimum_size`: bytes below which nothing counts as a backup. `accept_unknown_length`: also take an answer of which HTTP
    cannot tell whether it is whole. `encryption_password`: sent as the JSON member `password`; the manual leaves open
    whether that encrypts the file or answers a password that is already set (D-RS-BK). `host_names`: further names that
    the file's name may speak of. `answer_timeout`: seconds.
    """

    minimum_size: int = MINIMUM_SIZE
    accept_unknown_length: bool = False
    encryption_password: str | None = dataclasses.field(default=None, repr=False)
    host_names: tuple[str, ...] = ()
    answer_timeout: float = ANSWER_TIMEOUT


@dataclass(frozen=True)
class Taken:
    """A new backup, what a person should know about it, and the left-overs of a killed run that were removed."""

    backup: Backup
    warnings: tuple[str, ...] = ()
    removed_parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Received:
    complete_by: str
    sent_name: str | None
    media_type: str | None
    all_text: bool


class BackupApi:
    """`/api/backup` of one appliance."""

    def __init__(self, sender: Sender, auth: Auth, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sender = sender
        self._auth = auth
        self._sleep = sleep
        self._path = _PATH

    def download(
        self,
        store: BackupStore,
        identify: Callable[[], Identity],
        wish: Wish | None = None,
        *,
        url: str = "",
        versions: Versions | None = None,
        collection_version: str = "unknown",
        clock: Callable[[], float] = time.time,
        tick: Tick | None = None,
    ) -> Taken:
        """Take a backup into `store` and prove it; what was there before is not touched.

        `identify` asks the same appliance who it is, right before and right after; the two must agree. A backup of
        which only chunks tell that it is whole, and that is notably smaller than the last one, is downloaded twice. `versions` fills in
        what other interfaces told of it. `tick` is called with the bytes received and those announced (None: not known).

        Raises AuthenticationRefused, PermissionRefused, NotSupported, RateLimited, Refused, Unreachable, ServiceDown;
        UnexpectedAnswer for everything that is not this appliance's whole backup; BadInput for the controller's disk. After
        any of them no part file is left.
        """
        wish, versions = wish or Wish(), versions or Versions()
        before = identify()
        taken_at = clock()
        removed = store.remove_stale_parts(taken_at)
        earlier, _rest = store.backups()
        warnings = _warnings_before(store, before, earlier[0] if earlier else None)
        version = before.site_version or versions.site
        with contextlib.ExitStack() as stack:
            part = stack.enter_context(store.part(taken_at, version))
            received = self._receive(part, wish, lambda announced: _require_room(store, announced), tick)
            if received.complete_by != "content-length" and earlier and part.size < earlier[0].manifest.size * _SHRUNK:
                # Chunks in good form prove little if the appliance itself stopped half-way: see whether it does so again.
                stack.close()
                part = stack.enter_context(store.part(taken_at, version))
                received = self._receive(part, wish, lambda announced: _require_room(store, announced), tick)
            after = identify()
            compared, differ = before.compared_with(after)
            if differ:
                raise not_this_appliance(
                    WHAT, f"the appliance was not the same before and after the download ({'; '.join(differ)})"
                )
            twin = store.twin(part.size, part.sha256)
            if twin:
                raise not_this_appliance(
                    WHAT,
                    f"the file is the same, byte by byte, as the backup {twin.path} of the site {twin.manifest.site}",
                    other_site=twin.manifest.site,
                )
            names = (store.site, urlsplit(url).hostname or "", before.host_name or "", *wish.host_names)
            warnings += _judge_name(store, received.sent_name, names, before.host_name, earlier)
            warnings += _warnings_after(part, received, compared, earlier)
            manifest = Manifest(
                site=store.site,
                appliance=store.appliance,
                file=part.target.name,
                size=part.size,
                sha256=part.sha256,
                taken_at=float(int(taken_at)),
                url=url,
                identity=dataclasses.replace(
                    before,
                    site_version=version,
                    build=before.build or versions.build,
                    base_version=before.base_version or versions.base,
                    api_version=before.api_version or versions.api,
                ),
                compared=compared,
                complete_by=received.complete_by,
                sent_name=received.sent_name,
                media_type=received.media_type,
                encryption_password_sent=wish.encryption_password is not None,
                collection_version=collection_version,
                warnings=tuple(warnings),
            )
            part.seal()
            return Taken(store.keep(part, manifest), tuple(warnings), removed)

    def _receive(self, part: Part, wish: Wish, check_room: Callable[[int], None], tick: Tick | None) -> _Received:
        refreshed, slept = False, 0
        while True:
            with self._sender.stream(self._request(wish)) as (answer, pieces):
                if answer.status == 200:
                    try:
                        return self._body(answer, pieces, part, wish, check_room, tick)
                    except AuthenticationRefused as error:
                        raise self._auth.refuse(error.attempted, error.got, **error.facts) from error
                if answer.status == 401 and not refreshed:
                    refreshed = True
                    if self._auth.refresh():
                        continue
                if answer.status == 404 and self._path == _PATH:
                    # Before OAuth the address was also known with this suffix (C-SNOW); that it is the only one is assumed.
                    self._path += ".ns"
                    continue
                if answer.status == 429 and slept < _RATE_LIMIT_TRIES - 1:
                    slept += 1
                else:
                    raise self._refusal(answer, _beginning(pieces), wish)
            self._sleep(_retry_after(answer))

    def _request(self, wish: Wish) -> Request:
        request = Request(
            "GET",
            self._path,
            WHAT,
            # An encoded answer could not be held against its announced length.
            headers={"Accept-Encoding": "identity"},
            timeout=wish.answer_timeout,
        )
        if wish.encryption_password is None:
            return self._auth.prepare(request)
        request = self._auth.prepare(
            dataclasses.replace(request, method="POST", json={"password": wish.encryption_password})
        )
        if request.form is not None:
            raise BadInput(
                "send encryption_password with the backup request",
                "an API user's name and password take the place in the request where it would go",
                "Leave encryption_password out, or use an API account (bomgar_api_client_id).",
            )
        return request

    def _body(
        self,
        answer: Answer,
        pieces: Iterable[bytes],
        part: Part,
        wish: Wish,
        check_room: Callable[[int], None],
        tick: Tick | None,
    ) -> _Received:
        announced = _length(answer)
        sent_name = _sent_name(answer)
        examination = Examination(answer.media_type, announced, wish.minimum_size, sent_name)
        if announced is not None and announced > wish.minimum_size:
            check_room(announced)
        try:
            looked = False
            for piece in pieces:
                examination.feed(piece)
                if not looked and examination.head_complete:
                    looked = True
                    if examination.early_objection():
                        break
                part.write(piece)
                if tick:
                    tick(part.size, announced)
        except UnexpectedAnswer as error:
            # The transport tells what broke off; a download that broke off has only been in vain.
            raise UnexpectedAnswer(WHAT, error.got, _REMEDY, **error.facts) from error
        objection = examination.objection()
        if objection:
            raise _no_backup(objection, examination.text, answer, examination.size, wish)
        chunked = "chunked" in answer.headers.get("transfer-encoding", "").lower()
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("", "identity") and (announced is not None or chunked):
            complete_by = "content-length" if announced is not None else "chunked"
        elif wish.accept_unknown_length:
            complete_by = "not proven"
        else:
            raise UnexpectedAnswer(
                WHAT,
                f"the answer came {f'encoded as {encoding}' if encoding not in ('', 'identity') else 'without a length'}, "
                "so nothing tells whether it is whole",
                "Nothing was kept. Look for a proxy on the way; to take such a file all the same, set accept_unknown_length.",
                received=examination.size,
            )
        return _Received(complete_by, sent_name, answer.media_type or None, examination.all_text)

    def _refusal(self, answer: Answer, beginning: bytes, wish: Wish) -> BomgarError:
        """The error for a status other than 200."""
        status = answer.status
        got = f"HTTP status {status}"
        if status in _SERVICE_DOWN:
            return ServiceDown(
                WHAT, f"{got} from {answer.url}", "The site is not serving; look again later.", status=status
            )
        if status == 401:
            return self._auth.refuse(WHAT, f"the site refused the API account ({got})", status=status)
        if status == 403:
            return PermissionRefused(
                WHAT,
                f"the site says that the API account may not ({got})",
                "Allow the account the Backup API on /login > Management > API Configuration.",
                status=status,
            )
        if status in (404, 405, 410, 501):
            self._path = _PATH
            return NotSupported(
                WHAT,
                f"the site has no {_PATH} ({got})",
                "Check the url; where the release really has none, download the backup on /login > Management > Software.",
                status=status,
            )
        if status == 429:
            return RateLimited(
                WHAT,
                f"the API account is over its limit of requests ({got})",
                "Wait, or give this job an API account of its own.",
                status=status,
            )
        if 300 <= status < 400:
            return UnexpectedAnswer(
                WHAT, f"{got}: the site leads elsewhere", "Use the name that the appliance itself uses as its url."
            )
        shown = _excerpt(_as_text(beginning), wish)
        return UnexpectedAnswer(WHAT, f"{got}{f': {shown!r}' if shown else ''}", _REMEDY, status=status)


def _no_backup(objection: str, text: str | None, answer: Answer, size: int, wish: Wish) -> BomgarError:
    """The error for a body with status 200 that is no backup: what the appliance says in it, if it says something."""
    said, stated = _said(text or "")
    if said:
        meaning = xml_answer.error(_excerpt(said, wish), WHAT)
        if isinstance(meaning, NothingFound):
            meaning = Refused(WHAT, meaning.got, "Look the message up in the vendor's API guide.", **meaning.facts)
        if isinstance(meaning, PermissionRefused):
            meaning = PermissionRefused(
                WHAT,
                meaning.got,
                "Allow the account the Backup API on /login > Management > API Configuration.",
                **meaning.facts,
            )
        if stated or isinstance(meaning, (AuthenticationRefused, PermissionRefused, NotSupported)):
            return meaning
    shown = _excerpt(text or "", wish)
    kind = answer.media_type or "no content type"
    return UnexpectedAnswer(
        WHAT,
        f"HTTP status 200, but {objection} ({kind}, {size} bytes{' received' if size else ''})"
        + (f", beginning with {shown!r}" if shown else ""),
        _REMEDY,
        status=200,
        media_type=answer.media_type,
        received=size,
    )


def _said(text: str) -> tuple[str, bool]:
    """(an appliance's words in an answer that is no backup or "", whether they are stated as an error).

    Only looked for in answers that are text: a real backup's data may hold the same words.
    """
    stripped = text.strip()
    found = re.search(r"<(?:[\w.-]+:)?error\b[^>]*>(.*?)(?:</|\Z)", stripped, re.DOTALL | re.IGNORECASE)
    if found and found.group(1).strip():
        return found.group(1), True
    if stripped.startswith("{"):
        try:
            values = json.loads(stripped)
        except (ValueError, RecursionError):
            return "", False
        words = [str(values[name]) for name in ("error", "message") if isinstance(values, dict) and values.get(name)]
        return ": ".join(words), bool(words)
    if not stripped.startswith("<"):
        return stripped[:500], False
    # A page speaks of many things; only the words that a backup request was seen to get count (C-BMELAD, C-HORNBILL).
    seen = re.search(r"invalid credentials|login failed", stripped, re.IGNORECASE)
    return (seen.group(0), True) if seen else ("", False)


def _excerpt(text: str, wish: Wish) -> str:
    """A short piece of an answer for a message: no markup, no control characters, no secret of ours."""
    words = re.sub(r"<(script|style)\b.*?(</\1\s*>|\Z)|<[^>]*(>|\Z)", " ", text, flags=re.DOTALL | re.IGNORECASE)
    words = " ".join("".join(char if char.isprintable() else " " for char in html.unescape(words)).split())
    if wish.encryption_password:
        words = words.replace(wish.encryption_password, "***")
    return words if len(words) <= _EXCERPT else words[:_EXCERPT] + "…"


def _warnings_before(store: BackupStore, now: Identity, last: Backup | None) -> list[str]:
    warnings = []
    if now.appliance_id:
        others = store.sites_of(now.appliance_id)
        if others:
            warnings.append(
                f"This appliance ({now.host_name or now.appliance_id}) is also the one that was backed up for "
                f"{', '.join(others)}: check the urls in the inventory."
            )
        then = last.manifest.identity.appliance_id if last else None
        if then and then != now.appliance_id:
            warnings.append(
                f"Another appliance answers than at the last backup (id {now.appliance_id}, then {then}): "
                "right after a swap of roles or hardware, wrong otherwise."
            )
    if now.failover_role == Role.BACKUP.value:
        warnings.append(
            "This appliance has the role backup in its pair; whether its backup holds everything is not documented."
        )
    return warnings


def _warnings_after(
    part: Part, received: _Received, compared: tuple[str, ...], earlier: tuple[Backup, ...]
) -> list[str]:
    warnings = []
    if not {"appliance_id", "host_name"}.intersection(compared):
        warnings.append(
            "The appliance did not tell which one it is (its release has no check_health, or the account may not ask for it), "
            "so the backup is tied to it only by its address and certificate."
        )
    if received.all_text:
        warnings.append("The backup is plain text, and too long for an error message; look into it once, please.")
    if received.complete_by == "not proven":
        warnings.append("The answer had no length, so it is not proven that the backup is whole.")
    if earlier and part.size * 2 < earlier[0].manifest.size:
        warnings.append(
            f"The backup is less than half as large as the last one ({part.size} against {earlier[0].manifest.size} "
            "bytes): look whether data is missing on the appliance."
        )
    return warnings


def _judge_name(
    store: BackupStore,
    sent_name: str | None,
    names: tuple[str, ...],
    host_name: str | None,
    earlier: tuple[Backup, ...],
) -> list[str]:
    """Refuse a file name that speaks of another appliance, or warn where it cannot be told.

    That file names hold host names is assumed, so it counts against the file only beside something that the appliance
    itself told: its own full host name, an earlier file name, or that the named host is another site's.
    """
    host = foreign_host(sent_name, names)
    if host is None or any(foreign_host(backup.manifest.sent_name, ()) == host for backup in earlier):
        return []
    told = [name for name in (host_name, *(foreign_host(item.manifest.sent_name, ()) for item in earlier)) if name]
    if any("." in name for name in told) or store.has_site(host):
        raise not_this_appliance(
            WHAT,
            f"the file is named after another host, {host}",
            more=" If that name is this site's too, add it to host_names.",
            host=host,
            sent_name=sent_name,
        )
    return [
        f"The appliance named the file after {host}, which is none of the names known here; see that it is this site's."
    ]


def _require_room(store: BackupStore, announced: int) -> None:
    there = store.room()
    if there.free < announced:
        raise BadInput(
            f"download the backup to {store.folder}",
            f"it has {announced} bytes, and {there.free} are free there",
            "Make room in the backup folder, or choose another one (bomgar_backup_dir).",
            free=there.free,
            needed=announced,
        )


def _length(answer: Answer) -> int | None:
    value = answer.headers.get("content-length", "").strip()
    if "chunked" in answer.headers.get("transfer-encoding", "").lower() or not re.fullmatch(r"[0-9]{1,18}", value):
        return None
    encoded = answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")
    return None if encoded else int(value)


def _sent_name(answer: Answer) -> str | None:
    """The file name of Content-Disposition, for judging and for the manifest; never for a path."""
    # Not by the standard library's mail parser, which some values make raise.
    value = answer.headers.get("content-disposition", "")
    encoded = re.search(r"filename\*\s*=\s*[^';\s]*'[^']*'([^;\s]+)", value, re.IGNORECASE)
    simple = re.search(r'filename\s*=\s*(?:"([^"]*)"|([^;\s]+))', value, re.IGNORECASE)
    name = unquote(encoded.group(1)) if encoded else (simple.group(1) or simple.group(2) or "") if simple else ""
    return "".join(char for char in name if char.isprintable())[:_EXCERPT] or None


def _beginning(pieces: Iterable[bytes]) -> bytes:
    return next(iter(pieces), b"")[:4096]


def _as_text(beginning: bytes) -> str:
    examination = Examination("", None)
    examination.feed(beginning)
    return examination.text or ""


def _retry_after(answer: Answer) -> float:
    value = answer.headers.get("retry-after", "")
    return min(float(value), 30.0) if re.fullmatch(r"[0-9]{1,4}", value) else 1.0
