# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both paths of the guide, both windows, by the shipped playbooks."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.playbooks.test_fleet import all_fit

from .conftest import GUIDE, MODERN


@pytest.mark.parametrize(
    ("path", "versions", "dialect"),
    [
        pytest.param("in_place", GUIDE, "guide_it", id="guide-in_place"),
        pytest.param("role_swap", MODERN, "modern_en", id="modern-role_swap"),
        # The other two are played, and measured, in test_outages.py.
    ],
)
def test_both_windows(pair_world: Any, path: str, versions: Any, dialect: str) -> None:
    world = pair_world(versions, dialect=dialect)
    world.common["bomgar_path"] = path
    first = world.window("first")
    assert first.code == 0, first.text
    all_fit(world.records)
    updated, waiting = world.pair.boxes if path == "in_place" else reversed(world.pair.boxes)
    assert (updated.site, waiting.site) == (versions[1]["site"], versions[0]["site"])
    assert world.pair.door.target is updated
    assert [box.role for box in world.pair.boxes] == ["none", "none"]
    second = world.window("second")
    assert second.code == 0, second.text
    world.proven()
    assert world.pair.primary is updated
    all_fit(world.records)
    again = world.window("second")
    assert (again.code, again.changed) == (0, 0), again.text
    assert "nothing to do" in again.words
