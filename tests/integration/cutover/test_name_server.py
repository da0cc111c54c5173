# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and changing a record of a real BIND."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dns.message
import dns.query
import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BadInput,
    BomgarError,
    ReadOnlyFence,
    Refused,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.name_server import ALGORITHMS, Entry, Key, NameServer
from ansible_collections.bomgar.appliance.tests.integration.cutover.named import (
    KEY,
    NAME,
    OTHER_KEY,
    SECRET,
    ZONE,
    A,
    B,
    Named,
)

GOOD = Key(KEY, SECRET)
OLD, NEW = Entry.to([A], 300), Entry.to([B], 60)


def server(named: Named, key: Key | None = GOOD, *, read_only: bool = False) -> NameServer:
    return NameServer("127.0.0.1", named.port, key=key, read_only=read_only)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_address_is_replaced_by_a_signed_update(make_named: Callable[..., Named], algorithm: str) -> None:
    named = make_named(algorithm=algorithm)
    asked = server(named, replace(GOOD, algorithm=algorithm))
    assert asked.read(NAME) == OLD
    asked.change(ZONE, NAME, OLD, NEW)
    assert asked.read(NAME) == NEW
    assert named.shows() == [f"60 {B}"]


def test_both_kinds_at_once(named: Named) -> None:
    asked = server(named)
    old = asked.read("both.example.com")
    assert str(old) == f"A {A} and AAAA 2001:db8::11"
    asked.change(ZONE, "both.example.com", old, Entry.to([B, "2001:DB8:0::12"], old.ttl))
    assert str(asked.read("both.example.com")) == f"A {B} and AAAA 2001:db8::12"
    assert named.shows("both.example.com", "AAAA") == ["300 2001:db8::12"]


def test_a_name_that_stands_for_another(named: Named) -> None:
    asked = server(named)
    old = asked.read("alias.example.com")
    assert (old.kinds, str(old)) == (["CNAME"], "CNAME a.support.example.com")
    asked.change(ZONE, "alias.example.com", old, Entry.to(["B.support.example.com."], 30))
    assert asked.resolve("alias.example.com") == Entry.to(["b.support.example.com"], 30)
    assert f"300 {B}" in named.shows("alias.example.com")


def test_a_name_that_is_not_there(named: Named) -> None:
    assert server(named).read("nothing.example.com") == Entry.to([])


@pytest.mark.parametrize(
    ("key", "kind", "words"),
    [
        (Key("unknown-key", SECRET), AuthenticationRefused, "does not know the key unknown-key"),
        (Key(KEY, SECRET, "hmac-sha512"), AuthenticationRefused, "BADKEY"),
        (Key(KEY, "d3Jvbmc="), AuthenticationRefused, f"another secret for the key {KEY} (BADSIG)"),
        (Key(OTHER_KEY, SECRET), Refused, "REFUSED: it does not allow this update"),
        (None, Refused, "REFUSED: it does not allow this update"),
    ],
    ids=["unknown", "algorithm", "secret", "policy", "none"],
)
def test_an_update_that_is_refused(named: Named, key: Key | None, kind: type[BomgarError], words: str) -> None:
    with pytest.raises(kind) as caught:
        server(named, key).change(ZONE, NAME, OLD, NEW)
    assert words in caught.value.got
    assert "Nothing was changed." in caught.value.remedy
    assert named.shows() == [f"300 {A}"]
    for secret in (SECRET, "d3Jvbmc="):
        assert secret not in f"{caught.value!r}{caught.value.facts}"


def test_a_wrong_key_is_found_by_reading(named: Named) -> None:
    with pytest.raises(AuthenticationRefused):
        server(named, Key(KEY, "d3Jvbmc=")).read(NAME)


def test_clocks_that_differ(named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600.0)
    with pytest.raises(AuthenticationRefused, match="BADTIME"):
        server(named).change(ZONE, NAME, OLD, NEW)
    assert named.shows() == [f"300 {A}"]


def test_somebody_else_changed_it_meanwhile(named: Named) -> None:
    asked = server(named)
    read = asked.read(NAME)
    named.lead(NAME, "A", "192.0.2.99")
    with pytest.raises(Refused, match="somebody else changed it") as caught:
        asked.change(ZONE, NAME, read, NEW)
    assert caught.value.facts["rcode"] == "NXRRSET"
    named.change(f"update delete {NAME}. A")
    with pytest.raises(Refused, match="somebody else changed it"):
        asked.change(ZONE, NAME, read, NEW)
    named.lead(NAME, "A", A)
    named.change(f"update add {NAME}. 300 AAAA 2001:db8::99")
    with pytest.raises(Refused, match="somebody else changed it"):
        asked.change(ZONE, NAME, read, NEW)
    assert named.shows() == [f"300 {A}"]


@pytest.mark.parametrize(("zone", "rcode"), [("com", "NOTAUTH"), ("other.example", "NOTAUTH")])
def test_a_zone_that_it_has_not(named: Named, zone: str, rcode: str) -> None:
    with pytest.raises(Refused, match="not the authority for the zone") as caught:
        server(named).change(zone, NAME, OLD, NEW)
    assert caught.value.facts["rcode"] == rcode


def test_a_name_outside_the_zone(named: Named) -> None:
    with pytest.raises(Refused, match="the name is not in the zone"):
        server(named).change(ZONE, "support.other.example", OLD, NEW)
    with pytest.raises(Refused):
        server(named).read("support.other.example")


def test_a_resolver_is_no_authority(named: Named, make_named: Callable[..., Named]) -> None:
    """What it keeps may be old, and is no ground for an update."""
    resolver = server(make_named(resolver_of=named), None)
    assert resolver.resolve(NAME).values == OLD.values
    assert resolver.resolve("alias.example.com") == Entry.to(["a.support.example.com"], 300)
    with pytest.raises(Refused, match="it is not the authority for that name"):
        resolver.read(NAME)


def test_a_server_that_is_down(named: Named) -> None:
    asked = server(named)
    named.stop()
    for act in (lambda: asked.read(NAME), lambda: asked.change(ZONE, NAME, OLD, NEW)):
        with pytest.raises(Unreachable, match=f"127.0.0.1 port {named.port}"):
            act()


def test_a_server_that_is_none() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        asked = NameServer("127.0.0.1", other.getsockname()[1], timeout=0.2)
        with pytest.raises(Unreachable):
            asked.read(NAME)


def test_an_answer_that_is_not_signed_counts_for_nothing(named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody on the way could have given it."""
    asked, ask = server(named), dns.query.tcp

    def unsigned(message: Any, *places: Any, **options: Any) -> Any:
        return ask(dns.message.make_query(NAME, "A", id=message.id), *places, **options)

    monkeypatch.setattr(dns.query, "tcp", unsigned)
    with pytest.raises(UnexpectedAnswer, match="not signed with the key"):
        asked.read(NAME)


def test_check_mode_sends_nothing(named: Named) -> None:
    with pytest.raises(ReadOnlyFence):
        server(named, read_only=True).change(ZONE, NAME, OLD, NEW)
    assert named.shows() == [f"300 {A}"]
    assert "updating zone" not in named.log()


@pytest.mark.parametrize("secret", ["no base 64!", "", "x"])
def test_a_secret_that_is_none_is_not_shown(secret: str) -> None:
    with pytest.raises(BadInput, match="use the key cutover-key") as caught:
        NameServer("127.0.0.1", key=Key(KEY, secret))
    assert len(secret) < 2 or secret not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("place", "host", "port"),
    [
        ("192.0.2.53", "192.0.2.53", 53),
        ("192.0.2.53:5353", "192.0.2.53", 5353),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[2001:db8::53]", "2001:db8::53", 53),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353),
        ("ns1.example.com", "ns1.example.com", 53),
    ],
)
def test_how_a_resolver_is_written(place: str, host: str, port: int) -> None:
    found = NameServer.at(place)
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize("place", ["", ":53", "192.0.2.53:", "192.0.2.53:x", "192.0.2.53:0", "192.0.2.53:70000"])
def test_how_a_resolver_is_not_written(place: str) -> None:
    with pytest.raises(BadInput):
        NameServer.at(place)


def test_a_server_by_its_name_that_nobody_knows() -> None:
    with pytest.raises(Unreachable, match=r"the address of ns1\.invalid is not known"):
        NameServer("ns1.invalid").read(NAME)


def test_an_answer_of_something_else() -> None:
    """What is not one of the DNS is told apart from no answer."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def answer() -> None:
            connection, _address = other.accept()
            with connection:
                connection.recv(512)
                connection.sendall(b"\x00\x10" + b"HTTP/1.1 400 no!")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(UnexpectedAnswer):
            NameServer("127.0.0.1", other.getsockname()[1], timeout=5.0).read(NAME)
