# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one seam for HTTP, over real TLS against a server that sends what these tests wrote."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import transport as module
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    BadInput,
    BomgarError,
    CertificateRefused,
    ReadOnlyFence,
    ServiceDown,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import plain
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Request, Transport, Upload
from ansible_collections.bomgar.appliance.tests.unit.clients.raw_server import RawServer, answer, serving

SECRET = "a-long-secret-that-must-not-show"
LOOK = Request("GET", "/page", "look at the page")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RawServer]:
    with serving(tmp_path) as made:
        yield made


def to(server: RawServer, **options: Any) -> Transport:
    return Transport(server.url, **{"ca_path": str(server.ca_path), "timeout": 5, **options})


def test_a_good_answer_is_read_to_its_end(server: RawServer) -> None:
    server.answers = [answer(b"<p>hello</p>", 'Content-Type: Text/HTML; charset="ISO-8859-1"')]
    got = to(server).send(Request("GET", "page?x=1", "look", query={"y": "2"}))
    assert (got.status, got.body, got.media_type, got.charset) == (200, b"<p>hello</p>", "text/html", "ISO-8859-1")
    assert got.url == f"{server.url}/page"
    assert server.requests[0].startswith(b"GET /page?x=1&y=2 HTTP/1.1\r\n")
    assert b"Connection: close" in server.requests[0]


def test_every_request_has_a_connection_of_its_own_though_the_server_would_keep_it(server: RawServer) -> None:
    """One that the server closes a moment later would be gone under the next request."""
    server.keeps = True
    server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]
    sender = to(server)
    assert [sender.send(LOOK).body for _turn in range(3)] == [b"hello"] * 3
    assert server.connections == 3


class TestCertificates:
    """Refusals are told apart from an appliance that is down."""

    def test_of_an_unknown_authority(self, tmp_path: Path) -> None:
        with serving(tmp_path, trusted=False) as server, pytest.raises(CertificateRefused) as caught:
            to(server).send(LOOK)
        assert "bomgar_ca_path" in str(caught.value)
        assert server.requests == []

    def test_for_another_name(self, tmp_path: Path) -> None:
        with serving(tmp_path, "other.example.com") as server, pytest.raises(CertificateRefused):
            to(server).send(LOOK)
        assert server.requests == []

    def test_that_nobody_looks_at(self, tmp_path: Path) -> None:
        with serving(tmp_path, "other.example.com", trusted=False) as server:
            sender = to(server, validate_certs=False)
            assert sender.send(LOOK).status == 200
            assert not sender.certificate

    def test_is_shown(self, server: RawServer) -> None:
        sender = to(server)
        assert sender.certificate is None
        sender.send(LOOK)
        assert sender.certificate is not None
        assert "notAfter" in sender.certificate

    def test_requests_ca_bundle_does_not_replace_what_was_given(
        self, server: RawServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        with serving(other) as elsewhere:
            for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
                monkeypatch.setenv(name, str(elsewhere.ca_path))
            assert to(server).send(LOOK).status == 200
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_path))
            with pytest.raises(CertificateRefused):
                Transport(server.url, ca_path=str(elsewhere.ca_path), timeout=5).send(LOOK)


class TestCutShort:
    """What was not received whole is no answer."""

    @pytest.mark.parametrize(
        "sent",
        [
            answer(b"half", length=8),
            answer(b"", length=8),
            answer(b"4\r\nhalf\r\n", "Transfer-Encoding: chunked", length=None),
            answer(b"8\r\nhalf", "Transfer-Encoding: chunked", length=None),
        ],
        ids=["length", "nothing", "before a chunk", "within a chunk"],
    )
    def test_is_an_error(self, server: RawServer, sent: bytes) -> None:
        server.answers = [sent]
        with pytest.raises(UnexpectedAnswer) as caught:
            to(server).send(LOOK)
        assert "broke off" in caught.value.got
        with (
            pytest.raises(UnexpectedAnswer),
            to(server).stream(LOOK) as (_answer, pieces),
        ):
            b"".join(pieces)

    def test_compressed_it_is_measured_by_its_own_length(self, server: RawServer) -> None:
        import gzip

        packed = gzip.compress(b"x" * 1000)
        server.answers = [answer(packed, "Content-Encoding: gzip")]
        assert to(server).send(LOOK).body == b"x" * 1000
        server.answers = [answer(packed[:-9], "Content-Encoding: gzip", length=len(packed))]
        with pytest.raises(UnexpectedAnswer):
            to(server).send(LOOK)

    def test_without_a_head_nothing_answered(self, server: RawServer) -> None:
        server.answers = [None]
        with pytest.raises(Unreachable):
            to(server).send(LOOK)

    def test_no_http_at_all(self, server: RawServer) -> None:
        server.answers = [b"SSH-2.0-OpenSSH\r\n"]
        with pytest.raises(Unreachable):
            to(server).send(LOOK)

    def test_a_length_that_is_no_number(self, server: RawServer) -> None:
        server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: many\r\nConnection: close\r\n\r\nhello"]
        assert to(server).send(LOOK).body == b"hello"


def test_what_is_too_long_is_not_read_on(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_PAGE", 1000)
    server.answers = [answer(b"x" * 5000)]
    with pytest.raises(UnexpectedAnswer, match="more than 1000 bytes"):
        to(server).send(LOOK)
    with to(server).stream(LOOK) as (_answer, pieces):
        assert sum(map(len, pieces)) == 5000


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_site_that_is_down_behind_its_web_server(server: RawServer, status: int) -> None:
    server.answers = [answer(b"<h1>Bad</h1>", status=f"{status} Bad")]
    with pytest.raises(ServiceDown) as caught:
        to(server).send(LOOK)
    assert caught.value.facts["status"] == status


def test_other_statuses_are_for_the_client_to_judge(server: RawServer) -> None:
    server.answers = [answer(b"", "Location: https://other.example.com/", status="302 Found")]
    got = to(server).send(LOOK)
    assert (got.status, got.headers["location"]) == (302, "https://other.example.com/")
    assert server.connections == 1


class TestOtherHosts:
    """Nothing is ever sent to another host."""

    @pytest.mark.parametrize(
        "path",
        [
            "https://other.example.com/page",
            "//other.example.com/page",
            "http://127.0.0.1/page",
            "https://127.0.0.1/page",
            f"https://user:{SECRET}@other.example.com/?q={SECRET}",
            "ftp://127.0.0.1/page",
            f"https://user:{SECRET}@127.0.0.1:abc/page",
            "https://127.0.0.1:99999/page",
            "https://[::1/page",
        ],
    )
    def test_is_refused_before_anything_is_sent(self, server: RawServer, path: str) -> None:
        with pytest.raises(UnexpectedAnswer) as caught:
            to(server).send(Request("GET", path, "follow"))
        assert SECRET not in str(caught.value) + str(caught.value.facts)
        assert server.connections == 0

    def test_the_same_host_written_out_is_no_other(self, server: RawServer) -> None:
        assert to(server).send(Request("GET", f"{server.url}/page", "follow")).status == 200


class TestAccounts:
    """Only what a request says is sent."""

    def test_no_netrc(self, server: RawServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".netrc").write_text(netrc.read_text())
        sender = to(server)
        sender.send(LOOK)
        sender.send(Request("GET", "/x", "look", headers={"Authorization": "Bearer our-own"}))
        assert b"Basic" not in b"".join(server.requests)
        assert b"Authorization: Bearer our-own" in server.requests[1]

    def test_basic_is_utf_8(self, server: RawServer) -> None:
        to(server).send(Request("POST", "/token", "log in", form=(("a", "b"),), basic=("üser", "pässword")))
        assert b"Authorization: Basic w7xzZXI6cMOkc3N3b3Jk" in server.requests[0]

    def test_a_form_answers_in_its_pages_encoding(self, server: RawServer) -> None:
        to(server).send(Request("POST", "/x", "send", form=(("nome", "è €"),), encoding="iso-8859-1"))
        assert server.requests[0].endswith(b"nome=%E8+%26%238364%3B")


class TestSecrets:
    """Nothing that is kept or shown holds a secret."""

    def everything(self, server: RawServer, sender: Transport, request: Request) -> str:
        shown = [repr(request), str(request.what)]
        try:
            sender.send(request)
        except BomgarError as error:
            shown += [str(error), repr(error), repr(error.facts)]
            cause: BaseException | None = error.__cause__
            shown.append(str(type(cause)))
        return "".join(shown) + repr(plain(list(sender.evidence))) + repr(sender)

    @pytest.mark.parametrize("sent", [answer(b"ok"), answer(b"x", length=9), None, answer(b"no", status="503 No")])
    def test_in_errors_and_evidence(self, server: RawServer, sent: bytes | None) -> None:
        server.answers = [sent]
        request = Request(
            "POST",
            "/api/command",
            "ask",
            query={"secret": SECRET},
            form=(("password", SECRET),),
            headers={"Authorization": f"Bearer {SECRET}"},
            basic=("me", SECRET),
        )
        sender = to(server)
        shown = self.everything(server, sender, request)
        assert "api/command" in shown
        assert SECRET not in shown

    def test_in_what_cannot_be_connected_to(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        sender = Transport(f"https://127.0.0.1:{port}", timeout=5)
        with pytest.raises(Unreachable) as caught:
            sender.send(Request("GET", f"/x?secret={SECRET}", "look", query={"password": SECRET}))
        assert SECRET not in str(caught.value) + repr(plain(list(sender.evidence)))

    @pytest.mark.parametrize("url", [f"https://me:{SECRET}@support.example.com", f"http://me:{SECRET}@x/?{SECRET}"])
    def test_in_a_url_are_refused_and_not_repeated(self, url: str) -> None:
        with pytest.raises(BadInput) as caught:
            Transport(url)
        assert SECRET not in str(caught.value)


class TestFence:
    """Promise 9: a read-only transport sends no command."""

    def test_a_command_is_stopped_before_anything_is_sent(self, server: RawServer) -> None:
        sender = to(server, read_only=True)
        command = Request("POST", "/install", "install it", command=True)
        with pytest.raises(ReadOnlyFence, match="install it"):
            sender.send(command)
        with pytest.raises(ReadOnlyFence), sender.stream(command):
            pass
        assert server.connections == 0
        assert (sender.commands, sender.count, list(sender.evidence)) == (0, 0, [])

    def test_everything_else_passes(self, server: RawServer) -> None:
        assert to(server, read_only=True).send(Request("POST", "/login", "log in", form=(("a", "b"),))).status == 200

    def test_commands_are_counted_and_announced_before_they_are_sent(self, server: RawServer) -> None:
        sender = to(server)
        announced: list[tuple[str, int]] = []
        sender.before_command = lambda request: announced.append((request.what, len(server.requests)))
        sender.send(LOOK)
        sender.send(Request("POST", "/install", "install it", command=True))
        assert announced == [("install it", 1)]
        assert (sender.commands, sender.count) == (1, 2)

    def test_an_announcement_that_fails_stops_the_command(self, server: RawServer) -> None:
        """Without a word in the record that it may have been sent, it is not."""
        sender = to(server)

        def full(_request: Request) -> None:
            raise BadInput("write", "the disk is full", "Make room.")

        sender.before_command = full
        with pytest.raises(BadInput):
            sender.send(Request("POST", "/install", "install it", command=True))
        assert server.connections == 0


def test_more_than_the_budget_is_spread_out(server: RawServer) -> None:
    now, pauses = [1000.0], []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    sender = to(server, per_second=module.REQUESTS_PER_SECOND, clock=lambda: now[0], sleep=sleep)
    for _request in range(module.REQUESTS_PER_SECOND * 2 + 1):
        sender.send(LOOK)
    assert pauses == [1.0, 1.0]
    now[0] -= 500.0  # a clock that is set back is no reason to wait for ever
    sender.send(LOOK)
    assert len(pauses) == 2


def test_a_session_cookie_is_kept_until_it_is_forgotten(server: RawServer) -> None:
    server.answers = [answer(b"", "Set-Cookie: ns_s=abc; path=/; Secure"), answer(b"")]
    sender = to(server)
    sender.send(LOOK)
    sender.send(LOOK)
    sender.forget_cookies()
    sender.send(LOOK)
    assert [b"Cookie: ns_s=abc" in request for request in server.requests] == [False, True, False]


def test_an_upload_goes_out_as_a_browser_would_send_it(server: RawServer, tmp_path: Path) -> None:
    package = tmp_path / "über package.bin"
    package.write_bytes(b"content" * 1000)
    sender = to(server)
    told: list[int] = []
    sender.tick = told.append
    sender.send(
        Request(
            "POST",
            "/upload",
            "upload it",
            command=True,
            form=(("token", "t1"), ("hidden", "h")),
            upload=Upload("file", package, package.name),
        )
    )
    head, _rest, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"multipart/form-data" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert b'name="token"\r\n\r\nt1\r\n' in body
    assert b"content" * 1000 in body
    assert told[-1] == 7000


class TestProxy:
    """By option, or by the environment."""

    @pytest.fixture
    def proxy(self) -> Iterator[tuple[str, list[bytes]]]:
        """Keeps what it is asked for, and refuses."""
        asked: list[bytes] = []
        listening = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            while True:
                try:
                    connection, _address = listening.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)

    @pytest.mark.parametrize("how", ["option", "environment"])
    def test_is_asked_and_its_refusal_is_told(
        self, proxy: tuple[str, list[bytes]], how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address, asked = proxy
        if how == "environment":
            monkeypatch.setenv("https_proxy", address)
        sender = Transport("https://support.example.com", proxy=address if how == "option" else None, timeout=5)
        with pytest.raises(Unreachable, match="proxy"):
            sender.send(Request("GET", "/x", "look", headers={"Authorization": f"Bearer {SECRET}"}))
        assert asked[0].startswith(b"CONNECT support.example.com:443")
        assert SECRET.encode() not in asked[0]

    def test_with_a_password_does_not_show_it(self, proxy: tuple[str, list[bytes]]) -> None:
        address = proxy[0].replace("http://", f"http://me:{SECRET}@")
        sender = Transport("https://support.example.com", proxy=address, timeout=5)
        with pytest.raises(Unreachable) as caught:
            sender.send(LOOK)
        assert SECRET not in str(caught.value)


class TestBadInput:
    """Found before anything is sent."""

    @pytest.mark.parametrize("url", ["http://x.example.com", "x.example.com", "https://", "ftp://x", "", "https:///x"])
    def test_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(BadInput, match=r"https://support\.example\.com"):
            Transport(url)

    @pytest.mark.parametrize("url", ["https://x.example.com:99999", "https://x.example.com:abc", "https://[::1"])
    def test_a_port_or_address_that_cannot_be(self, url: str) -> None:
        with pytest.raises(BadInput):
            Transport(url)

    def test_an_authority_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="bomgar_ca_path"):
            Transport("https://x.example.com", ca_path=str(tmp_path / "no.pem"))

    @pytest.mark.parametrize(
        "content", ["no certificate at all", "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"]
    )
    def test_an_authority_that_is_none(self, tmp_path: Path, content: str) -> None:
        wrong = tmp_path / "wrong.pem"
        wrong.write_text(content)
        with pytest.raises(BadInput, match=r"no good certificate in PEM form\. Correct ca_path \(bomgar_ca_path\)"):
            Transport("https://x.example.com", ca_path=str(wrong))


@pytest.mark.parametrize("url", ["https://127.0.0.1:9", "https://no-such-name.invalid"])
def test_who_cannot_be_reached_is_named_with_the_variable(url: str) -> None:
    with pytest.raises(Unreachable, match="bomgar_url"):
        Transport(url, timeout=5).send(LOOK)
