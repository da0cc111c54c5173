# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the jobs of a workflow hand on is enough for a pair: each of them has a file system of its own, and no other record."""

from __future__ import annotations

import json
import re
from typing import Any

from ansible_collections.bomgar.appliance.tests.integration.pairs.conftest import PairWorld, pair_world

__all__ = ["pair_world"]


def job(world: PairWorld, playbook: str, handed_on: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """A job of a workflow; what it and those before it hand on."""
    world.common["bomgar_record_dir"] = str(world.folder / f"records-{len(list(world.folder.glob('records-*')))}")
    played = world.play(playbook, "-e", json.dumps({**variables, **handed_on}))
    assert played.code == 0, played.text
    (stats,) = re.findall(r"^CUSTOM STATS: \**\s+RUN: (\{.*\})$", played.text, re.M)
    return {**handed_on, **json.loads(stats)}


def test_both_windows_are_held_to_the_plan_and_go_on_with_the_record(pair_world: Any) -> None:
    world = pair_world(dialect="modern_en")
    world.common["bomgar_path"] = "role_swap"
    (world.folder / "ansible.cfg").write_text("[defaults]\nshow_custom_stats = true\n", encoding="utf-8")
    planned = job(world, "plan_upgrade", {})
    assert set(planned["bomgar_plans"]) == {world.site}
    first = job(world, "upgrade", planned, bomgar_window="first")
    assert first["bomgar_plans"] == planned["bomgar_plans"]
    assert set(first["bomgar_records"]) == {world.site}
    job(world, "upgrade", first, bomgar_window="second", bomgar_signed_off_by="an approval in AWX")
    world.proven()
