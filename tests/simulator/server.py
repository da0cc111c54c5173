# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTPS in front of the appliances: one background thread with one event loop, a port for each appliance and front door.

Refusals are real: a box that is down resets connections before TLS, and when time runs by itself its port is closed. In
looks' time each refused connection is a look too, else time would stand still.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import logging
import socket
import ssl
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import trustme
from aiohttp import BodyPartReader, web

from . import api
from .appliance import Appliance, Certificate
from .clock import Clock, LookClock
from .faults import ENTITY_BOMB, HTML_PAGE, Fault
from .package import HEADER_LIMIT, filler_offset
from .pages import make_dialect
from .pages.app import Resolved, WebApp
from .pair import FrontDoor, Pair, SyncPlan
from .truth import RequestSeen, Truth
from .vendor import Vendor
from .wire import Call, Reply, Upload

_CHUNK = 1 << 18
_SMALL_BODY = 4 << 20
_LOOKUP_SECONDS = 0.2  # real ones between two questions to whoever says where a name leads
_log = logging.getLogger(__name__)


class Simulator:
    """A world of appliances, their vendor and their front doors."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or LookClock()
        self.vendor = Vendor()
        self.appliances: list[Appliance] = []
        self.front_doors: list[FrontDoor] = []
        self.pairs: list[Pair] = []
        self.apps: dict[Appliance, dict[str, WebApp]] = {}
        #: Called with one line for each notable event.
        self.on_event: Callable[[str, str], None] | None = None
        #: Called with each request that arrived, before it is acted on; it waits meanwhile.
        self.on_request: Callable[[Appliance, RequestSeen], None] | None = None

    def add_appliance(self, host: str, *, front_door: bool = False, **options: Any) -> Appliance:
        """Put an appliance up; the options are `Appliance`'s. `front_door`: with an address of its own for the name."""
        box = Appliance(host, self.vendor, now=self.clock.now(), **options)
        box.wall = self.clock.wall
        dialect = make_dialect(box.dialect_name)
        self.apps[box] = {name: WebApp(box, name, dialect) for name in ("appliance", "login")}
        self.appliances.append(box)
        if front_door:
            self.add_front_door(host, box)
        return box

    def add_front_door(self, name: str, box: Appliance) -> FrontDoor:
        """An address for a site's name, apart from its appliances'."""
        door = FrontDoor(name, box)
        self.front_doors.append(door)
        return door

    def add_pair(
        self,
        name: str,
        *,
        hosts: tuple[str, str] | None = None,
        key: str = "inter-appliance-key",
        established: bool = True,
        sync: SyncPlan | None = None,
        sync_on: str = "both",
        first_sync_after: float = 60.0,
        sync_every: float | None = None,
        swap_seconds: float = 20.0,
        sessions_every: float | None = None,
        session_seconds: float = 300.0,
        shared_ips: tuple[str, ...] = (),
        ips_follow_role: bool = True,
        steps_back: bool = True,
        backup_menu: tuple[str, ...] | None = None,
        own_appliance_accounts: bool = False,
        a: dict[str, Any] | None = None,
        b: dict[str, Any] | None = None,
        **options: Any,
    ) -> Pair:
        """Put two appliances up in failover, and a door for the site's name that leads to the first.

        `options` are `Appliance`'s and hold for both; `a` and `b` for one of them. Sessions and representatives are on the
        first, and its finished sessions on both. `own_appliance_accounts`: the `/appliance` accounts differ.
        """
        boxes = []
        hosts = hosts or (f"a.{name}", f"b.{name}")
        people = ("sessions", "ended_sessions", "representatives")
        for number, (host, own) in enumerate(zip(hosts, (a, b), strict=True)):
            chosen: dict[str, Any] = {
                "site_name": name, "accounts_of": name, "failover_key": key,
                "appliance_accounts_of": host if own_appliance_accounts else name,
                "address": f"192.0.2.{11 + number}", "certificate": Certificate(names=(name, *hosts)),
                **{one: what for one, what in options.items() if number == 0 or one not in people}, **(own or {}),
            }  # fmt: skip
            boxes.append(self.add_appliance(host, **chosen))
        more = {} if backup_menu is None else {"backup_menu": backup_menu}
        pair = Pair(
            boxes[0], boxes[1], self.add_front_door(name, boxes[0]), now=self.clock.now(), established=established,
            sync=sync, sync_on=sync_on, first_sync_after=first_sync_after, sync_every=sync_every,
            swap_seconds=swap_seconds, sessions_every=sessions_every, session_seconds=session_seconds,
            shared_ips=shared_ips, ips_follow_role=ips_follow_role, steps_back=steps_back, **more,
        )  # fmt: skip
        pair.on_event = self.event
        pair.clock = self.clock.now
        self.pairs.append(pair)
        return pair

    def serve(self, directory: str | Path | None = None, *, ports: dict[str, int] | None = None) -> Served:
        """Serve all of it over HTTPS: a context manager. `ports`: host -> port (default: any free one)."""
        return Served(self, directory, ports or {})

    def event(self, who: str, what: str) -> None:
        """Tell whoever listens."""
        if self.on_event is not None:
            self.on_event(who, what)


class Served:
    """The running servers. `url(box)`, `ca_path`; `with` starts and stops them."""

    def __init__(self, simulator: Simulator, directory: str | Path | None, ports: dict[str, int]) -> None:
        self.simulator = simulator
        self._temporary = None if directory else tempfile.TemporaryDirectory(prefix="simulator-")
        self.directory = Path(directory or self._temporary.name)  # type: ignore[union-attr]
        self.ports = ports
        self.ca_path = self.directory / "ca.pem"
        self._authorities = {"known": trustme.CA(), "unknown": trustme.CA()}
        self._contexts: dict[tuple[str, Certificate], ssl.SSLContext] = {}
        self._listeners: dict[object, _Listener] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        #: Exceptions that the simulator's own code raised; leaving the context raises the first.
        self.bugs: list[Exception] = []

    def __enter__(self) -> Served:
        self.directory.mkdir(parents=True, exist_ok=True)
        self._authorities["known"].cert_pem.write_to_path(str(self.ca_path))
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(60)
        except BaseException:
            self.__exit__(BaseException)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_exception: object) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(60)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(60)
        self._loop.close()
        if self._temporary is not None:
            self._temporary.cleanup()
        if self.bugs and kind is None:
            raise self.bugs[0]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> None:
        for box in self.simulator.appliances:
            self.start_listening(box)
        for door in self.simulator.front_doors:
            self.start_listening(door)
        for pair in self.simulator.pairs:
            pair.on_change = functools.partial(self._loop.call_soon_threadsafe, self.reconcile, pair.a)

    def start_listening(self, what: Appliance | FrontDoor) -> None:
        """Open a port (inside the loop)."""
        name = what.name if isinstance(what, FrontDoor) else what.host
        taken = {one.name for one in self._listeners.values()}
        port = self.ports.get(name, 0) if name not in taken else 0
        listener = _Listener(self, what, name, port)
        self._listeners[what] = listener
        if isinstance(what, Appliance):
            what.ports.add(listener.port)
        if self.simulator.clock.runs:
            listener.follow()
        else:
            listener.open()

    async def _stop(self) -> None:
        for pair in self.simulator.pairs:
            pair.on_change = None
        for listener in self._listeners.values():
            await listener.stop()

    def listener_of(self, what: Appliance | FrontDoor) -> _Listener:
        return self._listeners[what]

    def url(self, what: Appliance | FrontDoor, host: str = "127.0.0.1") -> str:
        """The base address of an appliance or of a front door."""
        return f"https://{host}:{self._listeners[what].port}"

    def port(self, what: Appliance | FrontDoor) -> int:
        """The port of an appliance or of a front door."""
        return self._listeners[what].port

    def context(self, box: Appliance, name: str) -> ssl.SSLContext:
        """The TLS context for what this box shows now; both of a pair show one certificate with all host names (D-SSLREP)."""
        known = [box.host, name]
        if box.pair is not None:
            known = [one.host for one in box.pair.boxes] + [box.pair.door.name]
        key = (" ".join(known), box.certificate)
        if key not in self._contexts:
            shown = box.certificate
            names = list(shown.names) if shown.only_names else ["localhost", "127.0.0.1", *known, *shown.names]
            end = datetime.now(timezone.utc) + timedelta(days=shown.days)
            begin = min(datetime.now(timezone.utc), end) - timedelta(days=30)
            leaf = self._authorities[shown.authority].issue_cert(*dict.fromkeys(names), not_before=begin, not_after=end)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            leaf.configure_cert(context)
            self._contexts[key] = context
        return self._contexts[key]

    def follow(self, box: Appliance) -> None:
        """After a test changed a box by hand while time runs by itself: open or close its ports (from any thread)."""

        async def inside() -> None:
            self.reconcile(box)

        asyncio.run_coroutine_threadsafe(inside(), self._loop).result(10)

    def reconcile(self, box: Appliance) -> None:
        """Open or close the ports of a box as it is up or down, and come back at its next change."""
        if self.simulator.clock.runs:
            family = box.pair.boxes if box.pair is not None else (box,)
            for listener in self._listeners.values():
                if listener.target() in family or (listener.pair is not None and listener.pair is box.pair):
                    listener.follow()


class _Listener:
    """A port."""

    def __init__(self, served: Served, what: Appliance | FrontDoor, name: str, port: int) -> None:
        self.served, self.what, self.name = served, what, name
        # A second socket that is bound but never listens keeps the port ours while we refuse connections.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._holder.bind(("127.0.0.1", port))
        self.port: int = self._holder.getsockname()[1]
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._http: dict[Appliance, web.Server] = {}

    @property
    def pair(self) -> Pair | None:
        return self.what.pair

    def target(self) -> Appliance | None:
        """The box that is behind this port now; None: the site's name leads nowhere."""
        return self.what.target if isinstance(self.what, FrontDoor) else self.what

    def http(self, box: Appliance) -> web.Server:
        """What answers on connections to this box. They stay with it when the name is led elsewhere, as TCP does."""
        if box not in self._http:
            self._http[box] = web.Server(
                functools.partial(self.handle, box), access_log=None, read_bufsize=_CHUNK, logger=_log
            )
        return self._http[box]

    def moment(self) -> Appliance | None:
        """Bring what is behind this port up to now."""
        simulator, box = self.served.simulator, self.target()
        if box is not None:
            _advance(simulator, box)
        elif self.pair is not None:
            self.pair.advance(simulator.clock.now())
        return self.target()

    def open(self) -> None:
        """Listen."""
        if self._socket is None:
            self._socket = socket.socket()
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._socket.bind(("127.0.0.1", self.port))
            self._socket.listen(256)
            self._socket.setblocking(False)
            self._accepting = asyncio.ensure_future(self._accept(self._socket))

    def close(self) -> None:
        """Refuse connections."""
        if self._accepting is not None:
            self._accepting.cancel()
            self._accepting = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.close()
        self._holder.close()
        for server in self._http.values():
            await server.shutdown(0.001)
        for task in self._tasks:
            task.cancel()

    def follow(self) -> None:
        """Be open or closed as the box is, until its next change."""
        clock, box = self.served.simulator.clock, self.moment()
        if box is None or box.refuses_connections:
            self.close()
        else:
            self.open()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        changes = [self.pair.next_change() if self.pair is not None else box.next_change() if box else None]
        if isinstance(self.what, FrontDoor) and callable(self.what.follow):
            changes.append(clock.now() + _LOOKUP_SECONDS / (clock.real_seconds(1.0) or 1.0))
        due = [one for one in changes if one is not None]
        if due:
            wait = clock.real_seconds(min(due) - clock.now())
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0.0) + 0.002, self.follow)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _address = await loop.sock_accept(listening)
            task = loop.create_task(self._connected(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connected(self, connection: socket.socket) -> None:
        simulator = self.served.simulator
        if isinstance(self.what, FrontDoor):
            self.what.look()
        box = self.target()
        if box is None or box.refuses_connections:
            simulator.clock.look()
            box = self.moment()
            if box is None or box.refuses_connections:
                if box is not None:
                    box.truth.refused_connections += 1
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
                return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ssl.SSLError):
            context = self.served.context(box, self.name)
            await asyncio.get_running_loop().connect_accepted_socket(
                self.http(box), connection, ssl=context, ssl_handshake_timeout=20
            )

    # One request

    async def handle(self, box: Appliance, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; a bug of the simulator's own is kept for `Served.__exit__` to raise."""
        try:
            return await self._handle(request, box)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as bug:
            self.served.bugs.append(bug)
            raise

    async def _handle(self, request: web.BaseRequest, box: Appliance) -> web.StreamResponse:
        """Look, find out what is asked, strike or act, answer."""
        simulator = self.served.simulator
        simulator.clock.look()
        _advance(simulator, box)
        if isinstance(self.what, FrontDoor) and self.what.follow == "shared_ip" and self.target() is not box:
            _abort(request)  # the address is gone from this box
            return web.Response(status=503)
        seen = RequestSeen(
            len(box.truth.requests) + 1, box.now, time.time(), request.method, request.path,
            tuple(request.rel_url.query.keys()), closes=request.headers.get("Connection", "").lower() == "close",
        )  # fmt: skip
        box.truth.requests.append(seen)
        web_pages = request.path.split("/")[1] in ("appliance", "login")
        interface = "appliance" if request.path.startswith("/appliance") else "login"
        up = box.page_up if interface == "appliance" else box.site_up
        if not up:
            seen.role = "down"
            seen.interface = interface if web_pages else "api"
            return await self._down(request, box, seen)
        call = await _read(request, box, simulator.apps[box][interface].dialect.encoding)
        app = self.served.simulator.apps[box][interface]
        resolved: Resolved | None = None
        if web_pages:
            resolved = app.recognise(call)
            seen.interface, seen.role = interface, app.role(call, resolved)
        else:
            known = api.recognise(call)
            if known is None:
                seen.role = "unknown"
                seen.status = 404
                return web.Response(status=404, text="Not Found")
            seen.interface, seen.role = known
        if simulator.on_request is not None:
            simulator.on_request(box, seen)
        fault = box.faults.striking(seen)
        if fault is not None:
            seen.fault = fault.kind
            simulator.event(box.host, f"fault {fault.kind} at {seen.role}")
            if fault.kind == "slow":
                await asyncio.sleep(float(fault.details.get("seconds", 1.0)))
            early = self._strike_early(request, box, app, fault)
            if early is not None:
                seen.status = early.status
                return early
            if fault.kind == "revoke_tokens":
                box.accounts.api.tokens.clear()
            elif fault.kind == "expire_session":
                app.expire()
                resolved = app.recognise(call)
            elif fault.kind == "csrf" and resolved is not None:
                resolved.problem, resolved.action = "csrf", None
        reply = api.answer(box, call, seen) if resolved is None else app.answer(call, resolved, seen)
        self.served.reconcile(box)
        seen.status = reply.status
        if seen.command:
            simulator.event(box.host, f"{seen.role} by {seen.account}")
        return await _send(request, reply, fault)

    async def _down(self, request: web.BaseRequest, box: Appliance, seen: RequestSeen) -> web.StreamResponse:
        if box.down_as in ("502", "503"):
            seen.status = int(box.down_as)
            return web.Response(status=seen.status, text=f"<html><body>{box.down_as}</body></html>",
                                content_type="text/html")  # fmt: skip
        _abort(request)
        return web.Response(status=503)

    def _strike_early(
        self, request: web.BaseRequest, box: Appliance, app: WebApp, fault: Fault
    ) -> web.StreamResponse | None:
        details = fault.details
        if fault.kind == "refuse":
            _abort(request)
            return web.Response(status=503)
        if fault.kind == "status":
            return web.Response(
                status=int(details.get("status", 500)), text=str(details.get("body", HTML_PAGE)),
                content_type=str(details.get("content_type", "text/html")),
            )  # fmt: skip
        if fault.kind == "rate_limit":
            reply = api.too_many()
            return web.Response(status=429, body=reply.body, content_type=reply.content_type)
        return None


def _advance(simulator: Simulator, box: Appliance) -> None:
    before = (box.site_up, box.box_up, box.installation)
    box.advance(simulator.clock.now())
    after = (box.site_up, box.box_up, box.installation)
    if simulator.on_event is None or before == after:
        return
    if before[1] != after[1]:
        simulator.event(box.host, "box up again" if after[1] else "box restarts")
    elif before[0] != after[0]:
        simulator.event(box.host, "site up again" if after[0] else "site down")
    if before[2] is not None and after[2] is None:
        seen = box.truth.installs[-1]
        simulator.event(box.host, f"{seen.package}: {seen.outcome}; now base {box.base}, site {box.site}")


def _abort(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _read(request: web.BaseRequest, box: Appliance, encoding: str) -> Call:
    call = Call(
        request.method, request.path, list(request.rel_url.query.items()),
        {key.lower(): value for key, value in request.headers.items()}, request.rel_url.raw_query_string,
        cookies=dict(request.cookies),
    )  # fmt: skip
    if call.headers.get("expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if call.content_type == "multipart/form-data":
        call.multipart = True
        call.form = []
        if call.path.startswith(("/appliance", "/login")):
            await _read_multipart(request, call, box, encoding)
        return call
    if request.body_exists:
        received = bytearray()
        async for chunk in request.content.iter_any():
            if len(received) < _SMALL_BODY:
                received += chunk
        call.body = bytes(received)
    return call


async def _read_multipart(request: web.BaseRequest, call: Call, box: Appliance, encoding: str) -> None:
    assert call.form is not None
    reader = await request.multipart()
    while True:
        part = await reader.next()
        if part is None:
            return
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is None:
            call.form.append((part.name or "", (await part.read()).decode(encoding, "replace")))
        else:
            call.upload = await _receive(part, box.hash_uploads)


async def _receive(part: BodyPartReader, hashing: bool) -> Upload:
    """Count and hash a file without keeping it."""
    head, size = b"", 0
    whole, filler = hashlib.sha256(), hashlib.sha256()
    offset: int | None = None
    while True:
        chunk = await part.read_chunk(_CHUNK)
        if not chunk:
            break
        size += len(chunk)
        if len(head) < HEADER_LIMIT:
            head += chunk[: HEADER_LIMIT - len(head)]
        if hashing:
            whole.update(chunk)
            if offset is None:
                offset = filler_offset(head)
                if offset is not None:
                    filler.update(chunk[max(offset - (size - len(chunk)), 0) :])
            else:
                filler.update(chunk)
    return Upload(
        part.filename or "", size, head, whole.hexdigest() if hashing else None, filler.hexdigest() if hashing else None
    )


async def _send(request: web.BaseRequest, reply: Reply, fault: Fault | None) -> web.StreamResponse:
    kind = fault.kind if fault is not None else ""
    details = fault.details if fault is not None else {}
    if kind == "lost":
        _abort(request)
        return web.Response(status=503)
    if kind == "replace":
        reply = Reply(
            int(details.get("status", 200)), _bytes(details.get("body", "")),
            str(details.get("content_type", reply.content_type)), reply.charset,
        )  # fmt: skip
    elif kind == "html":
        reply = Reply(200, HTML_PAGE.encode(), "text/html", "utf-8")
    elif kind == "entity_bomb":
        reply = Reply(200, ENTITY_BOMB.encode(), "text/xml", "UTF-8")
    elif kind == "empty":
        reply.body, reply.stream, reply.length = b"", None, None
    elif kind == "wrong_encoding":
        reply.charset = str(details.get("charset", "utf-16"))
    if kind == "truncate":
        return await _send_cut(request, reply, float(details.get("keep", 0.5)), str(details.get("framing", "length")))
    response = (
        web.StreamResponse(status=reply.status) if reply.stream is not None else web.Response(status=reply.status)
    )
    _head(response, reply)
    if reply.stream is None:
        assert isinstance(response, web.Response)
        response.body = reply.body
        return response
    if reply.length is None:
        response.enable_chunked_encoding()
    response.content_length = reply.length
    await response.prepare(request)
    for chunk in reply.stream:
        await response.write(chunk)
    await response.write_eof()
    return response


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


def _head(response: web.StreamResponse, reply: Reply) -> None:
    charset = f"; charset={reply.charset}" if reply.charset else ""
    response.headers["Content-Type"] = f"{reply.content_type}{charset}"
    response.headers["Server"] = "Apache"
    for name, value in reply.headers:
        response.headers.add(name, value)


async def _send_cut(request: web.BaseRequest, reply: Reply, keep: float, framing: str) -> web.StreamResponse:
    body = b"".join(reply.stream) if reply.stream is not None else reply.body
    response = web.StreamResponse(status=reply.status)
    _head(response, reply)
    if framing == "length":
        response.content_length = len(body)
    else:
        response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(body[: int(len(body) * keep)])
    if framing == "chunked":
        await response.write_eof()  # ends in good form: nobody can see at this level that something is missing
    elif request.transport is not None:
        request.transport.close()
    return response


def all_truth(simulator: Simulator) -> list[Truth]:
    """The ground truth of every appliance."""
    return [box.truth for box in simulator.appliances]
