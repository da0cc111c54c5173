# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`rehearse` of a pair that is in nothing like the simulator's own: names, versions, production, sessions, packages, and a DNS."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.bomgar.appliance.tests.integration.pairs.conftest import SITE, PairWorld
from ansible_collections.bomgar.appliance.tests.simulator import Package

OLD = {"base": "6.0.3", "site": "21.3.4"}
NEW = {"base": "6.1.1", "site": "22.2.2"}
#: A user's own tasks after the update, which see that this is a rehearsal.
OWN_TASKS = """---
- name: Tell
  ansible.builtin.copy:
    content: "rehearsal {{ site_rehearsal }}, secret {{ bomgar_failover_key | default('none') }}"
    dest: "{{ told }}"
    mode: "0600"
"""


class NameServer:
    """Takes what is sent to a DNS, by both ways, and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self._stop = threading.Event()
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", 0))
        self.port = self._datagrams.getsockname()[1]
        self._streams = socket.create_server(("127.0.0.1", self.port))
        for waiting in (self._datagrams, self._streams):
            waiting.settimeout(0.2)
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._hear, self._accept)]
        for thread in self._threads:
            thread.start()

    def _hear(self) -> None:
        while not self._stop.is_set():
            try:
                self.asked.append(self._datagrams.recv(4096))
            except TimeoutError:
                continue

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _address = self._streams.accept()
            except TimeoutError:
                continue
            self.asked.append(b"connected")
            connection.close()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._datagrams.close()
        self._streams.close()


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.stop()


def test_both_windows_of_the_twin_and_nothing_of_the_pair(
    pair_world: Callable[..., PairWorld], name_server: NameServer
) -> None:
    # The second one of the inventory is production, which the simulator's own pairs never have.
    world = pair_world((OLD, NEW), sessions=3, representatives=2)
    world.simulator.vendor.publish(Package("base", NEW["base"]), Package("site", NEW["site"], {"base": NEW["base"]}))
    east, west = world.pair.b, world.pair.a
    for box in world.boxes:
        box.accounts.api.client_secret = "real-client-secret"
        box.accounts.login.password = box.accounts.appliance.password = "real-password"
        box.failover_key = "real-key"
    mine = world.folder / "mine.yml"
    mine.write_text(OWN_TASKS, encoding="utf-8")
    members = {
        name: {"url": world.served.url(box), "address": box.host} for name, box in (("east", east), ("west", west))
    }
    world.common = {
        "bomgar_appliances": members,
        "bomgar_path": "role_swap",
        "bomgar_sessions": "wait",
        # Neither of them is there yet.
        "bomgar_packages": [
            {"path": "/nowhere/first.bin", "provides": {"base": NEW["base"]}},
            f"/nowhere/Bomgar-{NEW['site']}.bin",
        ],
        "bomgar_cutover": {
            "method": "dns",
            "server": "127.0.0.1",
            "port": name_server.port,
            "resolvers": ["127.0.0.1"],
            "zone": "example.com",
            "key_name": "mover",
            "key_secret": "cmVhbC10c2lnLWtleQ==",
        },
        "bomgar_waivers": None,
        "pair_upgrade_tasks_after_update": str(mine),
        "rehearsal_own_tasks": True,
        "rehearsal_variables": {"told": str(world.folder / "told")},
        "rehearsal_dir": str(world.folder / "rehearsals"),
        "rehearsal_scale": 0,
    }

    played = world.play("rehearse")

    assert played.code == 0, played.text
    # The real ones: only read, by their own truth; and nobody spoke with the DNS.
    assert [box.truth.commands for box in world.boxes] == [[], []]
    assert world.versions == [(OLD["base"], OLD["site"])] * 2
    assert [one.kind for one in world.pair.truth.events] == []
    assert world.pair.truth.syncs == []
    assert name_server.asked == []
    assert world.written() == []
    # The twin: names, who was production, both windows to their good end.
    folder = world.folder / "rehearsals" / SITE / "latest"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    twins = truth["sites"]
    assert {(box["base"], box["site"]) for box in twins.values()} == {(NEW["base"], NEW["site"])}
    assert truth["pairs"][SITE]["violations"] == []
    assert (folder / "leads-to").read_text(encoding="utf-8") == "east"
    record = json.loads((folder / "records" / SITE / "latest/record.json").read_text(encoding="utf-8"))
    assert record["rehearsal"] is True
    assert record["plan"]["pair"]["production"] == "west"
    assert record["snapshots"]["before"]["east"]["values"]["build"] == east.build
    assert [seen["size"] for seen in record["backups"]]
    told = json.loads((folder / "twin.json").read_text(encoding="utf-8"))
    assert told["members"]["west"]["options"]["sessions"] == 3
    assert [package["requires"] for package in told["offers"]] == [{}, {"base": NEW["base"]}]
    assert (world.folder / "told").read_text(encoding="utf-8") == "rehearsal True, secret none"
    # Its secrets stay its own.
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not [secret for secret in (b"real-", b"cmVhbC10c2lnLWtleQ") if secret in kept]
    assert "real-" not in played.text
    words = played.words
    assert "the cutover by dns is replaced by the twin's own" in words
    assert "the plan that was rehearsed is the real site's" in words
    assert "your package files are not used" in words
