# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one seam for HTTP: time-outs, TLS, redaction, request budget, evidence and the read-only fence. Parses no answer."""

from __future__ import annotations

import contextlib
import itertools
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from .errors import BadInput, CertificateRefused, ReadOnlyFence, ServiceDown, UnexpectedAnswer, Unreachable
from .libraries import requests, requests_toolbelt, require

#: The appliance's pages and XML answers are small; anything longer is not one of them.
LARGEST_PAGE = 16 * 1024 * 1024
#: 20 requests a second and API account (C-TENDRIL, C-SEKOIA); we stay below it. Pages have no such limit.
REQUESTS_PER_SECOND = 15
_CHUNK = 1024 * 1024
#: Bodies go out in such pieces: http.client's 16 KiB cost 130,000 rounds for 2 GiB, 1 MiB does not fit the processor's cache.
_SENT_PIECE = 256 * 1024
_TURNS = itertools.count(1)
_EVIDENCE_KEPT = 200
_SERVICE_DOWN = (500, 502, 503, 504)


@dataclass(frozen=True)
class Upload:
    """A file that goes into a form: streamed from disk, never held in memory."""

    field: str
    path: Path
    file_name: str


@dataclass(frozen=True)
class Request:
    """One request. `path` is relative to the appliance's URL, or absolute on the same host.

    `command` marks what changes the appliance; logging in, looking and checking for updates do not. `what` says in
    words what is being attempted, for errors and evidence. `form` is sent url-encoded, or as multipart with `upload`;
    `encoding` is the page's, since a form answers in the encoding of its page.
    """

    method: str
    path: str
    what: str
    command: bool = False
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    upload: Upload | None = None
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    encoding: str = "utf-8"
    multipart: bool = False
    timeout: float | None = None


@dataclass(frozen=True)
class Answer:
    """One answer, read to its end. `url` is where it came from, without query."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def media_type(self) -> str:
        """`text/html`, without parameters, in lower case; empty if the answer has none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The character set that the header names, or None."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _equals, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None


@dataclass(frozen=True)
class Evidence:
    """One request as it is kept in results and records: no query values, no body, no header."""

    at: float
    method: str
    path: str
    what: str
    command: bool
    result: str
    seconds: float


class Sender(Protocol):
    """What the clients need of a transport; tests give their own."""

    def send(self, request: Request) -> Answer:
        """Send one request and read the whole answer."""

    def stream(self, request: Request) -> contextlib.AbstractContextManager[tuple[Answer, Iterator[bytes]]]:
        """Send one request and read the answer's body piece by piece; the Answer's own body is empty."""


class Transport:
    """HTTP to one appliance at `url`.

    `read_only` raises ReadOnlyFence for every command before anything is sent. Redirects are never followed here: where
    one leads is for the client to judge. `tick` is called while a file is uploaded, with the bytes sent so far.
    `per_second` is the most requests in a second, 0 for no limit.
    `certificate` is the appliance's, once something was sent and if it is validated; `commands` counts the commands sent;
    `before_command` is called right before each, so that a record can say that it may have been sent; if it raises, nothing is sent.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_path: str | None = None,
        validate_certs: bool = True,
        timeout: float = 30.0,
        proxy: str | None = None,
        read_only: bool = False,
        per_second: int = 0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        require("requests", "requests-toolbelt")
        parts = _split(url)
        if parts is None or parts.scheme != "https" or not parts.hostname:
            raise BadInput(
                f"use {_without_secrets(url)!r} as an appliance's url",
                "it is not an https:// address with a host",
                "Write it as https://support.example.com.",
            )
        if parts.username or parts.password:
            raise BadInput(
                "use the appliance's url",
                "it holds a user name or password",
                "Give accounts by the account options, never in a URL.",
            )
        if ca_path:
            _look_at_authority(Path(ca_path))
        self.url = url.rstrip("/") + "/"
        self.origin = (parts.scheme, parts.hostname, parts.port or 443)
        self.read_only = read_only
        self.evidence: deque[Evidence] = deque(maxlen=_EVIDENCE_KEPT)
        self.count = 0
        #: When something was last asked, in order over all transports.
        self.turn = 0
        self.commands = 0
        self.certificate: Mapping[str, Any] | None = None
        self.tick: Callable[[int], None] | None = None
        self.before_command: Callable[[Request], None] | None = None
        self._verify: bool | str = (ca_path or True) if validate_certs else False
        self._timeout = timeout
        self._proxies = {"https": proxy} if proxy else None
        self._clock = clock
        self._sleep = sleep
        self._recent: deque[float] = deque(maxlen=per_second)
        self._session = _session(self._see_certificate, validated=validate_certs)

    def _see_certificate(self, certificate: Mapping[str, Any]) -> None:
        self.certificate = certificate

    def forget_cookies(self) -> None:
        """Drop the session cookies, as a browser does when it is closed."""
        self._session.cookies.clear()

    def send(self, request: Request) -> Answer:
        """Send `request` and read its answer, of at most LARGEST_PAGE bytes.

        Raises ReadOnlyFence, Unreachable, CertificateRefused, ServiceDown (500, 502-504) or UnexpectedAnswer (cut short,
        too long). Other statuses come back as an Answer.
        """
        with self._exchange(request) as (response, url):
            body = b"".join(_pieces(request, response, limit=LARGEST_PAGE))
            if response.status_code in _SERVICE_DOWN:
                raise ServiceDown(
                    request.what,
                    f"HTTP status {response.status_code} from {url}",
                    "The site is not serving; look again later.",
                    status=response.status_code,
                )
            return Answer(response.status_code, _lower(response.headers), body, url)

    @contextlib.contextmanager
    def stream(self, request: Request) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """As `send`, but the body comes as an iterator of pieces of up to 1 MiB, and is not limited."""
        with self._exchange(request) as (response, url):
            yield (
                Answer(response.status_code, _lower(response.headers), b"", url),
                _pieces(request, response, limit=None),
            )

    @contextlib.contextmanager
    def _exchange(self, request: Request) -> Iterator[tuple[Any, str]]:
        if request.command and self.read_only:
            raise ReadOnlyFence(
                request.what,
                "this run is read-only (check mode), so nothing was sent",
                "Run it without --check to do it.",
            )
        target = self.target(request.path)
        shown = target.split("?")[0]
        self._keep_to_budget()
        if request.command:
            if self.before_command:
                self.before_command(request)
            self.commands += 1
        started = self._clock()
        result = "no answer"
        try:
            with contextlib.ExitStack() as stack:
                arguments = self._arguments(request, stack)
                try:
                    response = stack.enter_context(self._session.request(request.method, target, **arguments))
                except requests.exceptions.SSLError as error:
                    raise _tls_error(request, shown, error) from error
                except requests.exceptions.Timeout as error:
                    raise Unreachable(
                        request.what,
                        f"no answer from {shown} in time",
                        "Correct bomgar_url if that is not its address, or look at the way to it; raise timeout (bomgar_timeout) if it is only slow.",
                    ) from error
                except requests.exceptions.ProxyError as error:
                    raise Unreachable(
                        request.what,
                        f"the proxy did not reach {shown}",
                        "Check the proxy option (bomgar_proxy) and the environment's https_proxy.",
                    ) from error
                except requests.exceptions.RequestException as error:
                    raise Unreachable(
                        request.what,
                        f"no connection to {shown} ({_cause(error)})",
                        "Correct bomgar_url if that is not its address; else look at the appliance and at the way to it.",
                    ) from error
                result = str(response.status_code)
                yield response, shown
        except (Unreachable, UnexpectedAnswer) as error:
            result = result if isinstance(error, ServiceDown) else error.reason
            raise
        finally:
            # A server need not say that it closes as well; a connection kept here would be gone under the next request.
            self._session.close()
            self.evidence.append(
                Evidence(
                    started,
                    request.method,
                    urlsplit(shown).path,
                    request.what,
                    request.command,
                    result,
                    self._clock() - started,
                )
            )

    @property
    def cookies(self) -> Any:
        """The cookies that the appliance has set, as requests keeps them."""
        return self._session.cookies

    def target(self, path: str) -> str:
        """The full address of a path on the appliance; UnexpectedAnswer for another host."""
        target = urljoin(self.url, path) if _split(path) else path
        parts = _split(target)
        if parts is None or (parts.scheme, parts.hostname, parts.port or 443) != self.origin:
            raise UnexpectedAnswer(
                f"follow the appliance to {_without_secrets(target)}",
                "that is another host, and nothing is sent there",
                "Use the name that the appliance itself uses as its url.",
                location=_without_secrets(target),
            )
        return target

    def _arguments(self, request: Request, stack: contextlib.ExitStack) -> dict[str, Any]:
        # "close the connection after each call" (D-BG-CMD-OLD, D-RS-CMD, D-PRA-REP)
        headers = {"User-Agent": "bomgar.appliance", **request.headers, "Connection": "close"}
        arguments: dict[str, Any] = {
            "headers": headers,
            "params": dict(request.query) or None,
            "timeout": request.timeout or self._timeout,
            "verify": self._verify,  # given with each request: requests lets REQUESTS_CA_BUNDLE win over the session's
            "proxies": self._proxies,
            "stream": True,
            "allow_redirects": False,
            # An auth callable of our own keeps requests from taking one out of ~/.netrc.
            "auth": requests.auth.HTTPBasicAuth(*(part.encode("utf-8") for part in request.basic))
            if request.basic
            else _keep_headers,
        }
        if request.upload or request.multipart:
            fields: list[tuple[str, Any]] = list(request.form or ())
            if request.upload:
                file = stack.enter_context(request.upload.path.open("rb"))
                fields.append(
                    (
                        request.upload.field,
                        (request.upload.file_name, _Watched(file, self.tick), "application/octet-stream"),
                    )
                )
            encoder = requests_toolbelt.MultipartEncoder(fields=fields, encoding=request.encoding)
            headers["Content-Type"] = encoder.content_type
            arguments["data"] = encoder
        elif request.form is not None:
            arguments["data"] = [
                (
                    name.encode(request.encoding, "xmlcharrefreplace"),
                    value.encode(request.encoding, "xmlcharrefreplace"),
                )
                for name, value in request.form
            ]
        elif request.json is not None:
            arguments["json"] = dict(request.json)
        return arguments

    def _keep_to_budget(self) -> None:
        self.count += 1
        self.turn = next(_TURNS)
        now = self._clock()
        if 0 < len(self._recent) == self._recent.maxlen and 0 <= now - self._recent[0] < 1.0:
            self._sleep(1.0 - (now - self._recent[0]))
        self._recent.append(self._clock())


class _Watched:
    """A file whose reading is told to `tick`, so that an upload can show its progress."""

    def __init__(self, file: IO[bytes], tick: Callable[[int], None] | None) -> None:
        self._file = file
        self._tick = tick
        self.fileno = file.fileno
        self.tell = file.tell
        self.seek = file.seek

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        if self._tick:
            self._tick(self._file.tell())
        return piece


def _look_at_authority(path: Path) -> None:
    """BadInput for what TLS would refuse in words that do not lead to the variable."""
    trouble = None
    try:
        if path.is_file():
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        elif not path.exists():
            trouble = "there is no such file or folder"
    except ssl.SSLError:
        trouble = "the file holds no good certificate in PEM form"
    except OSError as problem:
        trouble = f"it cannot be read ({problem.strerror})"
    if trouble:
        raise BadInput(f"read the certificate authority {path}", trouble, "Correct ca_path (bomgar_ca_path).")


def _session(see_certificate: Callable[[Mapping[str, Any]], None], *, validated: bool) -> Any:
    from urllib3 import disable_warnings
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPSConnectionPool
    from urllib3.exceptions import InsecureRequestWarning
    from urllib3.util.ssl_ import create_urllib3_context

    @cache
    def context(file: str | None, folder: str | None) -> ssl.SSLContext:
        """What connections are made with. Reading the authorities takes as long as all the rest of a request."""
        made: ssl.SSLContext = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if validated else ssl.CERT_NONE)
        if file or folder:
            made.load_verify_locations(file, folder)
        return made

    if not validated:
        # The check `certificate` says so once; urllib3 would say it at every request.
        disable_warnings(InsecureRequestWarning)

    class Connection(HTTPSConnection):
        """Shows its peer's certificate; later there is none to be had, since each connection is closed after its call."""

        def connect(self) -> None:
            self.ssl_context = context(self.ca_certs, self.ca_cert_dir)
            self.ca_certs = self.ca_cert_dir = None
            super().connect()
            see_certificate(self.sock.getpeercert() or {} if hasattr(self.sock, "getpeercert") else {})

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    class Adapter(requests.adapters.HTTPAdapter):
        """Sends bodies in larger pieces, and makes connections that show their certificate."""

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, blocksize=_SENT_PIECE, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {**self.poolmanager.pool_classes_by_scheme, "https": Pool}

    session = requests.Session()
    session.mount("https://", Adapter(max_retries=0))
    return session


def _pieces(request: Request, response: Any, limit: int | None) -> Iterator[bytes]:
    expected = response.headers.get("content-length") or ""
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    total = 0
    try:
        for piece in response.iter_content(_CHUNK):
            total += len(piece)
            if limit is not None and total > limit:
                raise UnexpectedAnswer(
                    request.what,
                    f"an answer of more than {limit} bytes",
                    "This is not what the interface gives; look at what answers at that address.",
                )
            yield piece
    except requests.exceptions.RequestException as error:
        raise UnexpectedAnswer(
            request.what,
            f"the answer broke off ({_cause(error)})",
            "Whether the request had an effect must be looked up.",
            received=total,
        ) from error
    if expected.isdecimal() and not encoded and request.method != "HEAD" and total != int(expected):
        raise UnexpectedAnswer(
            request.what,
            f"the answer broke off after {total} of {expected} bytes",
            "Whether the request had an effect must be looked up.",
            received=total,
        )


def _keep_headers(prepared: Any) -> Any:
    return prepared


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _cause(error: BaseException) -> str:
    """The innermost words of a nested connection error; they hold no secret, since bodies and headers never get there."""
    seen: BaseException = error
    while True:
        inner = next(
            (item for item in (getattr(seen, "reason", None), *seen.args) if isinstance(item, BaseException)), None
        )
        if inner is None:
            return (str(seen) or type(seen).__name__).split("?")[0][:200]
        seen = inner


def _tls_error(request: Request, shown: str, error: Exception) -> Unreachable:
    cause = error
    text = _cause(cause)
    if "certificate" in text.lower() or "hostname" in text.lower():
        return CertificateRefused(
            request.what,
            f"the certificate of {shown} was not accepted ({text})",
            "Give the authority that signed it by ca_path (bomgar_ca_path), or use the name that the certificate is made for.",
        )
    return Unreachable(request.what, f"TLS with {shown} failed ({text})", "The site may be down; look again later.")


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None if it is none (a port out of range, an unfinished IPv6 address)."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    return parts


def _without_secrets(url: str) -> str:
    parts = _split(url)
    if parts is None:
        return url.split("?")[0].rpartition("@")[2]
    return (
        f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
        if parts.scheme
        else parts.path
    )
