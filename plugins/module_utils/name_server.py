# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a name leads by the DNS: reads it, and changes it by an update (RFC 2136) signed with a key (TSIG, RFC 8945).

Everything goes over TCP. Waits for nothing, and decides nothing.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import AuthenticationRefused, BadInput, ReadOnlyFence, Refused, UnexpectedAnswer, Unreachable
from .libraries import dns, require

#: What a name can lead by.
KINDS = ("A", "AAAA", "CNAME")
ALGORITHMS = ("hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha1", "hmac-md5")
_DNS = "bomgar_cutover"
_CHECK_KEY = (
    f"Correct key_name, key_secret and key_algorithm ({_DNS}): they have to be the server's own. Nothing was changed."
)


@dataclass(frozen=True)
class Entry:
    """Where a name leads: pairs of kind (A, AAAA, CNAME) and value. `ttl` in seconds, of the one that lasts longest; None if not told."""

    values: frozenset[tuple[str, str]]
    ttl: int | None = None

    @classmethod
    def to(cls, places: Iterable[str], ttl: int | None = None) -> Entry:
        """What leads to these addresses or to this host."""
        return cls(frozenset((_kind(place), _plain(place)) for place in places), ttl)

    @classmethod
    def from_plain(cls, value: Mapping[str, Any]) -> Entry:
        """From what `plain` gave."""
        pairs = (str(item).partition(" ") for item in value["values"])
        return cls(frozenset((kind, place) for kind, _space, place in pairs), value["ttl"])

    def plain(self) -> dict[str, Any]:
        """As plain values."""
        return {"values": [f"{kind} {value}" for kind, value in sorted(self.values)], "ttl": self.ttl}

    @property
    def kinds(self) -> list[str]:
        """Of which kinds it is."""
        return sorted({kind for kind, _value in self.values})

    def of(self, kind: str) -> list[str]:
        """The values of one kind."""
        return sorted(value for each, value in self.values if each == kind)

    def __str__(self) -> str:
        return " and ".join(self.plain()["values"]) or "nothing"


@dataclass(frozen=True)
class Key:
    """The key that an update is signed with; `secret` is base 64."""

    name: str
    secret: str = field(repr=False)
    algorithm: str = "hmac-sha256"


class NameServer:
    """One server of the DNS, at `host` (an address or a name). `key` signs questions, too: so a wrong one is found before anything is changed."""

    def __init__(
        self, host: str, port: int = 53, *, key: Key | None = None, timeout: float = 10.0, read_only: bool = False
    ) -> None:
        require("dnspython")
        self.host = host
        self.port = port
        self.words = host if port == 53 else f"{host} port {port}"
        self._key = key
        self._ring = _ring(key) if key else None
        self._timeout = timeout
        self._read_only = read_only

    @classmethod
    def at(cls, place: str, timeout: float = 10.0) -> NameServer:
        """From `host`, `host:port`, an IPv6 address, or that in brackets and `:port`."""
        host, colon, port = place.strip().rpartition(":")
        if not colon or (":" in host and not host.endswith("]")):
            host, port = place.strip().strip("[]"), "53"
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise BadInput(
                f"use {place!r} as a resolver",
                "it is no address, nor one with a port",
                f"Write it as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353 ({_DNS}.resolvers).",
            )
        return cls(host.strip("[]"), int(port), timeout=timeout)

    def read(self, name: str) -> Entry:
        """Where the name leads, by the server that is its authority. Refused if this one is not."""
        return self._entry(name, authority=True)

    def resolve(self, name: str) -> Entry:
        """Where the name leads for those who ask this server."""
        return self._entry(name, authority=False)

    def change(self, zone: str, name: str, old: Entry, new: Entry) -> None:
        """Let the name lead to `new`, all at once, and only if it still leads to `old`.

        Refused (with the fact `rcode`) and AuthenticationRefused: nothing was changed. Unreachable, UnexpectedAnswer: that is not known.
        """
        what = f"let {name} lead to {new} by a DNS update"
        if self._read_only:
            raise ReadOnlyFence(
                what, "this run is read-only (check mode), so nothing was sent", "Run it without --check to do it."
            )
        owner = _name(name)
        update = dns.update.UpdateMessage(_name(zone))
        for kind in KINDS:
            if old.of(kind):
                update.present(owner, kind, *_absolute(old, kind))
            else:
                update.absent(owner, kind)
        for kind in old.kinds:
            update.delete(owner, kind)
        for kind in new.kinds:
            update.add(owner, new.ttl or 0, kind, *_absolute(new, kind))
        answer = self._exchange(update, what)
        code = answer.rcode()
        if code != dns.rcode.NOERROR:
            got, remedy = _refusal(code)
            raise Refused(
                what,
                f"{self.words} answers {dns.rcode.to_text(code)}: {got}",
                f"{remedy} Nothing was changed.",
                rcode=dns.rcode.to_text(code),
            )

    def _entry(self, name: str, *, authority: bool) -> Entry:
        what = f"ask {self.words} where {name} leads"
        owner = _name(name)
        values: set[tuple[str, str]] = set()
        times: list[int] = []
        for kind in ("A", "AAAA"):
            question = dns.message.make_query(owner, kind)
            if authority:
                question.flags &= ~dns.flags.RD
            answer = self._exchange(question, what)
            code = answer.rcode()
            if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                raise Refused(
                    what,
                    f"it answers {dns.rcode.to_text(code)}",
                    f"See whether it answers for that name, and to this machine ({_DNS}). Nothing was changed.",
                    rcode=dns.rcode.to_text(code),
                )
            if authority and not answer.flags & dns.flags.AA:
                raise Refused(
                    what,
                    "it is not the authority for that name",
                    f"Name the primary server of its zone ({_DNS}.server). Nothing was changed.",
                )
            for rrset in answer.answer:
                found = dns.rdatatype.to_text(rrset.rdtype)
                if rrset.name == owner and found in KINDS:
                    values |= {(found, _plain(item.to_text())) for item in rrset}
                    times.append(rrset.ttl)
        return Entry(frozenset(values), max(times, default=None))

    def _exchange(self, message: Any, what: str) -> Any:
        if self._ring is not None:
            message.use_tsig(self._ring)
        try:
            answer = dns.query.tcp(message, self._address(what), timeout=self._timeout, port=self.port)
            if self._ring is not None and not answer.had_tsig and answer.rcode() == dns.rcode.NOERROR:
                raise dns.tsig.BadSignature
            return answer
        except dns.tsig.PeerError as error:
            raise AuthenticationRefused(what, f"{self.words} {self._unsigned(error)}", _CHECK_KEY) from error
        except dns.tsig.BadTime as error:
            raise UnexpectedAnswer(
                what,
                f"the answer of {self.words} was signed at another time",
                "Set the clocks of that server and of this machine (NTP).",
            ) from error
        except (dns.exception.Timeout, EOFError, OSError) as error:
            raise Unreachable(
                what,
                f"no answer from {self.words} ({str(error) or type(error).__name__})",
                f"See whether it runs, and whether TCP port {self.port} of it can be reached from here ({_DNS}).",
            ) from error
        except (dns.exception.DNSException, ValueError) as error:
            raise UnexpectedAnswer(
                what,
                f"the answer of {self.words} is not one of the DNS, or not signed with the key ({str(error) or type(error).__name__})",
                f"See what answers there ({_DNS}.server, port), and whether it knows the key.",
            ) from error

    def _unsigned(self, error: Exception) -> str:
        key = self._key.name if self._key else ""
        if isinstance(error, dns.tsig.PeerBadKey):
            return f"does not know the key {key} of that algorithm (BADKEY)"
        if isinstance(error, dns.tsig.PeerBadSignature):
            return f"has another secret for the key {key} (BADSIG)"
        if isinstance(error, dns.tsig.PeerBadTime):
            return "has another time (BADTIME): the clocks of that server and of this machine differ by more than five minutes"
        return f"refuses the signature ({error})"

    def _address(self, what: str) -> str:
        try:
            return str(socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0][4][0])
        except (OSError, UnicodeError) as error:
            raise Unreachable(
                what, f"the address of {self.host} is not known", f"Correct it, or give an address ({_DNS})."
            ) from error


def is_address(place: str) -> bool:
    """Whether it is an IP address."""
    return _kind(place) != "CNAME"


def within(name: str, zone: str) -> bool:
    """Whether a name stands in a zone."""
    return bool(_name(name).is_subdomain(_name(zone)))


def _kind(place: str) -> str:
    try:
        return "A" if ipaddress.ip_address(place.strip()).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"


def _plain(place: str) -> str:
    """An address, or the name of a host, in its one form."""
    try:
        return str(ipaddress.ip_address(place.strip()))
    except ValueError:
        return place.strip().rstrip(".").lower()


def _absolute(entry: Entry, kind: str) -> list[str]:
    return [f"{value}." if kind == "CNAME" else value for value in entry.of(kind)]


def _name(text: str) -> Any:
    try:
        return dns.name.from_text(text.strip())
    except (dns.exception.DNSException, UnicodeError) as error:
        raise BadInput(f"use {text!r} as a name of the DNS", str(error), f"Correct it ({_DNS}).") from error


def _ring(key: Key) -> Any:
    algorithm = getattr(dns.tsig, key.algorithm.upper().replace("-", "_"))
    try:
        if not base64.b64decode(key.secret, validate=True):
            raise ValueError
        return dns.tsigkeyring.from_text({key.name: (algorithm, key.secret)})
    except (dns.exception.DNSException, ValueError, UnicodeError):
        # Without its cause: that could hold the secret.
        raise BadInput(
            f"use the key {key.name}",
            "its secret is not base 64, or its name is none",
            f"Give it as tsig-keygen wrote it ({_DNS}.key_name, key_secret).",
        ) from None


def _refusal(code: Any) -> tuple[str, str]:
    """What an answer to an update means (RFC 2136, 2.2 and 3), and what to do."""
    moved = (dns.rcode.NXDOMAIN, dns.rcode.YXDOMAIN, dns.rcode.NXRRSET, dns.rcode.YXRRSET)
    if code in moved:
        return "the record is not as it was read a moment ago, so somebody else changed it", "Run this again."
    if code == dns.rcode.REFUSED:
        return "it does not allow this update", "Allow it to the key on the server (update-policy, allow-update)."
    if code == dns.rcode.NOTAUTH:
        return (
            "it is not the authority for the zone",
            f"Correct zone, or name the zone's primary server ({_DNS}.zone, server).",
        )
    if code == dns.rcode.NOTZONE:
        return "the name is not in the zone", f"Correct zone or record ({_DNS}.zone, record)."
    return "it could not do it", "See the server's own log."
