# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair by its timetable: each window in the one that is due, the second only when its first is signed off."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any


def window(kind: str, begins_in: float) -> dict[str, str]:
    """One window of this kind, so many hours from now."""
    starts = datetime.now(timezone.utc) + timedelta(hours=begins_in)
    return {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=9)).isoformat(), "window": kind}


def commands(world: Any) -> int:
    return sum(len(box.truth.commands) for box in world.boxes)


def test_a_pair_by_its_timetable(pair_world: Callable[..., Any]) -> None:
    world = pair_world()
    outcome = world.folder / "outcome.json"
    (world.folder / "ansible.cfg").write_text(
        f"[defaults]\ncallbacks_enabled = bomgar.appliance.outcome\n[bomgar_outcome]\ndest = {outcome}\n",
        encoding="utf-8",
    )
    said = ""

    def run(**given: Any) -> str:
        """One run of the timetable; how the site stands by the callback's file."""
        nonlocal said
        world.common |= given
        said = world.play("converge").words
        return str(json.loads(outcome.read_text(encoding="utf-8"))["stands"])

    world.common["bomgar_path"] = "in_place"
    later = [window("first", 24), window("second", 48)]

    # Nothing is sent with a sign-off of what is yet to come.
    assert run(bomgar_windows=[window("first", -1), later[1]], bomgar_signed_off_by="Ada") == "wrong", said
    assert "Ada signed off (bomgar_signed_off_by) what the first window has yet to bring" in said
    assert commands(world) == 0

    assert run(bomgar_signed_off_by=None) == "unfinished", said
    done = commands(world)
    assert done > 0
    assert {box.role for box in world.pair.boxes} == {"none"}

    # The first window is still open, and the second is due: nothing is done in it.
    assert run() == "unfinished", said
    assert "now is the first window, and what is due belongs into the second one; next: second window" in said
    assert run(bomgar_windows=[later[0], window("second", -1)]) == "refused", said
    assert "nobody has signed the first window off" in said
    assert commands(world) == done

    assert run(bomgar_signed_off_by="Ada") == "good", said
    world.proven()
    asked = sum(len(box.truth.requests) for box in world.boxes)
    assert run(bomgar_windows=later) == "good", said
    assert "It is not asked outside its windows" in said
    assert sum(len(box.truth.requests) for box in world.boxes) == asked
