# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A TLS server that sends what a test wrote, byte by byte, and keeps what it was sent. Knows nothing of appliances."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import trustme


class RawServer:
    """One connection after the other: the request is read, the next of `answers` is sent, the connection is closed.

    An answer of None closes without a word. When `answers` runs out the last one is given again. With `keeps` a connection
    stays open for further requests until the other side closes it.
    """

    def __init__(self, folder: Path, *names: str, trusted: bool = True) -> None:
        authority = trustme.CA()
        self.ca_path = folder / "ca.pem"
        (authority if trusted else trustme.CA()).cert_pem.write_to_path(str(self.ca_path))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*(names or ("127.0.0.1", "localhost"))).configure_cert(context)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self.port: int = self._socket.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        self.answers: list[bytes | None] = [answer(b"hello")]
        #: Heads and bodies of the requests, as they came.
        self.requests: list[bytes] = []
        self.connections = 0
        self.keeps = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with contextlib.suppress(OSError), connection:
                connection.settimeout(5)
                with self._context.wrap_socket(connection, server_side=True) as wrapped:
                    while self._one(wrapped) and self.keeps:
                        pass

    def _one(self, connection: ssl.SSLSocket) -> bool:
        """Read a request and answer it; whether there was one."""
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return False
            received += piece
        head, _rest, body = received.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        reply = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if reply is not None:
            connection.sendall(reply)
        return True


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = -1) -> bytes:
    """An HTTP answer; `length`: what Content-Length says, -1 the truth, None nothing."""
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextlib.contextmanager
def serving(folder: Path, *names: str, trusted: bool = True) -> Iterator[RawServer]:
    """A server for the length of a `with`. `names`: what its certificate is for; `trusted`: whether `ca_path` signed it."""
    server = RawServer(folder, *names, trusted=trusted)
    try:
        yield server
    finally:
        server.close()
