# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real BIND of one's own, without root, on a free port, with everything it writes in one folder. Tests nothing itself."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.exception
import dns.message
import dns.query

ZONE = "example.com"
NAME = "support.example.com"
A, B = "192.0.2.11", "192.0.2.12"
#: May change the site's names; known, but may change nothing.
KEY, OTHER_KEY = "cutover-key", "other-key"
SECRET = base64.b64encode(b"a secret of thirty-two bytes yes").decode()
RECORDS = (
    f"support 300 IN A {A}",
    f"both 300 IN A {A}",
    "both 300 IN AAAA 2001:db8::11",
    "six 300 IN AAAA 2001:db8::11",
    "alias 300 IN CNAME a.support.example.com.",
    f"slow 86400 IN A {A}",
    f"a.support 300 IN A {A}",
    f"b.support 300 IN A {B}",
)
_TRIES = 400


class Named:
    """One server of the zone; or, with `resolver_of`, a resolver that asks that one and keeps what it was told for its time to live.

    `stop` and `start` again on the same port; what was changed stays.
    """

    def __init__(
        self, folder: Path, *, algorithm: str = "hmac-sha256", ttl: int = 300, resolver_of: Named | None = None
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._program = shutil.which("named", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port: int = found.getsockname()[1]
        keys = "".join(f'key "{name}" {{ algorithm {algorithm}; secret "{SECRET}"; }};\n' for name in (KEY, OTHER_KEY))
        grants = " ".join(
            f"grant {KEY} name {name}.{ZONE} A AAAA CNAME;" for name in ("support", "both", "six", "alias", "slow")
        )
        zone = f'type primary; file "{folder}/zone"; update-policy {{ {grants} }};'
        if resolver_of is not None:
            zone = f"type forward; forward only; forwarders {{ 127.0.0.1 port {resolver_of.port}; }};"
        (folder / "named.conf").write_text(
            f"""
            options {{
                directory "{folder}"; pid-file "{folder}/pid"; session-keyfile "{folder}/session.key";
                listen-on port {self.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
                recursion {"no" if resolver_of is None else "yes"}; dnssec-validation no; notify no; geoip-directory none;
            }};
            controls {{ }};
            {keys}
            zone "{ZONE}" {{ {zone} }};
            """
        )
        lines = [f"$ORIGIN {ZONE}.", "$TTL 300", "@ IN SOA ns hostmaster 1 3600 600 86400 60", "@ IN NS ns"]
        records = [record.replace(" 300 ", f" {ttl} ") for record in RECORDS]
        (folder / "zone").write_text("\n".join([*lines, "ns IN A 127.0.0.1", *records, ""]))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run it, until it answers."""
        assert self._program
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-g", "-n", "1", "-c", str(self.folder / "named.conf")], stdout=log, stderr=log
            )
        for _try in range(_TRIES):
            with contextlib.suppress(OSError, EOFError, dns.exception.DNSException):
                answer = dns.query.tcp(dns.message.make_query(ZONE, "SOA"), "127.0.0.1", 5, self.port)
                if answer.answer:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def change(self, *lines: str) -> None:
        """What somebody else does, by their own means: `nsupdate`."""
        script = [f"server 127.0.0.1 {self.port}", f"zone {ZONE}", *lines, "send", ""]
        key = f"{self._algorithm()}:{KEY}:{SECRET}"
        subprocess.run(["nsupdate", "-y", key], input="\n".join(script), text=True, check=True, capture_output=True)

    def lead(self, name: str, kind: str, value: str, ttl: int = 300) -> None:
        """The name leads there from now on."""
        self.change(f"update delete {name}. {kind}", f"update add {name}. {ttl} {kind} {value}")

    def shows(self, name: str = NAME, kind: str = "A") -> list[str]:
        """What it gives, asked without the collection."""
        answer = dns.query.tcp(dns.message.make_query(name, kind), "127.0.0.1", 5, self.port)
        return sorted(f"{rrset.ttl} {item.to_text()}" for rrset in answer.answer for item in rrset)

    def log(self) -> str:
        """What it has written."""
        return (self.folder / "log").read_text()

    def _algorithm(self) -> str:
        conf = (self.folder / "named.conf").read_text()
        return conf.partition("algorithm ")[2].partition(";")[0]


@contextlib.contextmanager
def running(folder: Path, **options: object) -> Iterator[Named]:
    """A server that runs."""
    server = Named(folder, **options)  # type: ignore[arg-type]
    try:
        server.start()
        yield server
    finally:
        server.stop()
