# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair goes from 10.5 to 10.6 by the playbooks: no session is lost, and LSIDs of both forms are told apart."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.bomgar.appliance.plugins.test import answers

guid_lsid = answers.TestModule().tests()["guid_lsid"]
VERSIONS = ({"base": "3.2.4", "site": "10.5.3"}, {"base": "3.2.6", "site": "10.6.1"})


def exported(world: Any) -> dict[str, set[str]]:
    """The LSIDs in each export, by its folder's name."""
    return {
        file.parent.name: {json.loads(line)["lsid"] for line in file.read_text(encoding="utf-8").splitlines()}
        for file in (world.folder / "exports").rglob("sessions.jsonl")
    }


def test_every_session_is_on_the_primary_or_in_an_export(pair_world: Any) -> None:
    world = pair_world(VERSIONS, dialect="guide_it", ended_sessions=3)
    world.common["bomgar_path"] = "role_swap"
    pair = world.pair
    since = ["-e", f"export_since={int(pair.a.now) - 7 * 86_400}", "-e", f"export_dir={world.folder}/exports"]
    assert world.play("export_sessions", *since).code == 0
    numbers = exported(world)
    assert {lsid for lsids in numbers.values() for lsid in lsids} == {str(one.number) for one in pair.a.sessions}
    assert not any(guid_lsid(lsid) for lsids in numbers.values() for lsid in lsids)

    first = world.window("first")
    assert first.code == 0, first.text
    for box in pair.boxes:  # the one who serves, and the other one, which somebody reached by its own address
        begun = box.start_session()
        begun.ended = begun.started + 10
    second = world.window("second")
    assert second.code == 0, second.text

    new = {name: lsids for name, lsids in exported(world).items() if name not in numbers}
    kept = {one.guid for one in pair.primary.sessions} | {lsid for lsids in new.values() for lsid in lsids}
    assert new
    assert all(guid_lsid(lsid) for lsids in new.values() for lsid in lsids)
    assert set(pair.truth.began) <= kept
    assert pair.truth.lost_sessions == {}
    world.proven()
