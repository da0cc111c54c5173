# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`rehearse` against a simulated appliance that stands for the real one: its ground truth shows that it was only read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import World
from ansible_collections.bomgar.appliance.tests.simulator import Package

SITE = "support.example.com"
#: Time goes by the twin's requests, so that nothing depends on how fast this machine is.
BY_LOOKS = {"rehearsal_scale": 0}


def last(world: World) -> Path:
    """The folder of the last rehearsal."""
    return world.folder / "rehearsals" / SITE / "latest"


def own_secrets(box: Any) -> None:
    """Secrets that no simulator would make up: the twin's come from its site's name alone, as the real one's here did."""
    box.accounts.api.client_secret = "real-client-secret"
    for name in ("api_user", "login", "appliance"):
        getattr(box.accounts, name).password = f"real-{name}-password"


def untouched(world: World) -> None:
    """The real appliances were sent no command, and nothing was written where upgrades keep their records and backups."""
    assert [box.truth.commands for box in world.boxes] == [[] for _box in world.boxes]
    assert [box.truth.installs for box in world.boxes] == [[] for _box in world.boxes]
    assert world.written() == []


def wish(world: World, **variables: Any) -> None:
    """The inventory's variables of the site."""
    world.variables[SITE] = {
        "bomgar_target": {"site": "11.1.1", "base": "3.2.6"},
        "rehearsal_dir": str(world.folder / "rehearsals"),
        **BY_LOOKS,
        **variables,
    }


def test_the_twin_is_upgraded_and_the_site_is_not(world: World, serve: Callable[..., Any]) -> None:
    own_secrets(serve(dialect="guide_it", build="12345-" + "a" * 40))
    mine = world.folder / "mine.yml"
    mine.write_text("---\n- name: Mine\n  ansible.builtin.fail:\n", encoding="utf-8")
    wish(world, single_upgrade_tasks_before_update=str(mine))

    played = world.play("rehearse")

    assert played.code == 0, played.text
    untouched(world)
    assert (world.boxes[0].base, world.boxes[0].site) == ("3.2.4", "10.5.3")
    folder = last(world)
    twin = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["sites"][SITE]
    assert (twin["base"], twin["site"]) == ("3.2.6", "11.1.1")
    assert json.loads((folder / "twin.json").read_text(encoding="utf-8"))["common"]["dialect"] == "guide_it"
    # What it leaves cannot be taken for an upgrade's, and holds nothing that leads to the real site.
    record = folder / "records" / SITE / "latest"
    assert json.loads((record / "record.json").read_text(encoding="utf-8"))["rehearsal"] is True
    for name in ("report.html", "report.md", "report.xml", "report.json"):
        assert "rehearsal" in (record / name).read_text(encoding="utf-8").lower(), name
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not [secret for secret in world.secrets() if secret.encode() in kept]
    assert not [secret for secret in world.secrets() if secret in played.text]
    assert str(world.served.port(world.boxes[0])).encode() not in (folder / "inventory.yml").read_bytes()
    # Prediction and twin agree, and what a rehearsal does not show is said.
    assert "REHEARSAL of support.example.com" in played.words
    assert "the twin began with the versions of the real site" in played.words
    assert "the plan that was rehearsed is the real site's" in played.words
    assert "your own task files are not run (single_upgrade_tasks_before_update)" in played.words
    assert "a rehearsal does not show: the vendor's packages" in played.words


def test_what_the_real_site_would_be_refused_for_refuses_the_rehearsal(world: World, serve: Callable[..., Any]) -> None:
    serve()
    world.common["bomgar_waivers"] = None
    wish(world)

    real = world.play("upgrade", "--check")
    played = world.play("rehearse")

    assert played.code != 0
    untouched(world)
    refusal = "integrations_audited"
    assert refusal in real.words
    assert refusal in played.words
    assert "rehearse the upgrade of support.example.com on a twin" in played.words
    assert "refused: Check readiness" in played.words
    assert "Rehearsal: refused" in (last(world) / f"records/{SITE}/latest/report.md").read_text(encoding="utf-8")


def test_a_target_that_no_offer_reaches_is_not_reached_by_the_twin(world: World, serve: Callable[..., Any]) -> None:
    # Offered, and refused for a base that is not offered.
    world.simulator.vendor.publish(Package("site", "11.1.1", {"base": "3.9.9"}))
    serve()
    wish(world)

    stuck = world.play("plan_upgrade")
    played = world.play("rehearse")

    assert stuck.code != 0
    assert played.code != 0
    untouched(world)
    words = "Bomgar-11.1.1 waits for a newer base software, and none that may be installed is offered"
    assert words in stuck.words
    assert words in played.words.partition("REHEARSAL")[0]


def test_check_mode_reads_and_says_what_would_be_rehearsed(world: World, serve: Callable[..., Any]) -> None:
    serve(sessions=2)
    wish(world, bomgar_window_ends="2099-01-01T00:00:00Z")

    played = world.play("rehearse", "--check")

    assert played.code == 0, played.text
    untouched(world)
    assert not (world.folder / "rehearsals").exists()
    assert "site software 10.5.3, base software 3.2.4" in played.words
    assert "2 sessions run on the twin, as now" in played.words
    assert "bomgar_window_ends" in played.words
    assert "rehearsal | " not in played.text


def test_a_killed_rehearsal_leaves_no_process_behind(world: World, serve: Callable[..., Any]) -> None:
    serve()
    wish(world, rehearsal_scale=0.001)  # the twin would install for weeks
    marker = str(world.folder / "rehearsals").encode()

    def processes() -> list[str]:
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = entry.read_bytes()
            except OSError:
                continue
            if marker in line:
                found.append(line.replace(b"\0", b" ").decode())
        return found

    log = last(world) / "rehearsal.log"
    world.kill_when(lambda: log.is_file() and "installing Base" in log.read_text(encoding="utf-8"), "rehearse")

    limit = time.monotonic() + 120
    while left := processes():
        assert time.monotonic() < limit, left
        time.sleep(0.05)
    untouched(world)
