# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many sites in waves: a canary, how many may fail, and how long a wave stands before the next."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.bomgar.appliance.tests.simulator import Package

SITES = [f"{name}.example.com" for name in ("a", "b", "c", "d")]
TARGET = {"bomgar_target": {"base": "3.2.6"}, "bomgar_sessions": "refuse"}


def waves(**given: Any) -> tuple[str, str]:
    return "-e", json.dumps({**TARGET, **given})


def with_health_page(world: Any, serve: Any, *sites: str) -> list[Any]:
    """Sites of a release that has the open health page; base software 6.0.1 is offered to them."""
    boxes = serve(*sites, dialect="modern_en", base="6.0.0", site="20.1.1")
    world.simulator.vendor.publish(Package("base", "6.0.1"))
    world.common["bomgar_waivers"] = None
    return list(boxes)


def installs(boxes: list[Any]) -> list[int]:
    return [len(box.truth.installs) for box in boxes]


def test_no_wave_is_begun_after_one_with_a_failure(world: Any, serve: Any) -> None:
    sites = SITES[:3]
    boxes = serve(*sites, dialect="guide_en")
    boxes[0].start_session()
    played = world.play("upgrade", *waves(bomgar_serial=[2, 1]))
    assert played.code != 0
    assert [len(box.truth.installs) for box in boxes] == [0, 1, 0]
    assert "c.example.com: not begun, because a.example.com failed in an earlier wave" in played.words
    assert boxes[2].truth.requests == []
    fleet = json.loads((world.records / "fleet.json").read_text(encoding="utf-8"))
    assert {site["site"]: site["word"] for site in fleet["sites"]} == {
        "a.example.com": "Refused",
        "b.example.com": "Upgraded",
        "c.example.com": "Not begun",
    }


def test_some_may_fail(world: Any, serve: Any) -> None:
    boxes = serve(*SITES, dialect="guide_en")
    boxes[0].start_session()
    played = world.play("upgrade", *waves(bomgar_serial="2, 1", bomgar_may_fail="25%"))
    assert played.code == 2
    assert installs(boxes) == [0, 1, 1, 1]
    assert "not begun, because" not in played.words


def test_a_wave_that_fails_as_a_whole_ends_the_run(world: Any, serve: Any) -> None:
    boxes = serve(*SITES[:2], dialect="guide_en")
    boxes[0].start_session()
    played = world.play("upgrade", *waves(bomgar_serial=1, bomgar_may_fail=2))
    assert played.code == 2
    assert installs(boxes) == [0, 0]
    assert boxes[1].truth.requests == []
    assert "Not begun" in (world.records / "fleet.md").read_text(encoding="utf-8")


def test_the_canary_stands_before_the_next_wave(world: Any, serve: Any) -> None:
    boxes = with_health_page(world, serve, *SITES[:3])
    looks: list[Any] = []

    def note(box: Any, seen: Any) -> None:
        if box is boxes[0] and (world.records / SITES[0] / "latest" / "report.html").is_file():
            looks.append(seen)

    world.simulator.on_request = note
    given: dict[str, Any] = {"bomgar_serial": [1, 2], "bomgar_target": {"base": "6.0.1"}}
    killed = world.kill_when(lambda: len(looks) > 2, "upgrade", *waves(bomgar_bake=3600, **given))
    assert "a.example.com standing before the next wave all serving" in killed.words
    assert {seen.path for seen in looks} == {"/check_health"}
    assert (installs(boxes), boxes[1].truth.requests, boxes[2].truth.requests) == ([1, 0, 0], [], [])
    played = world.play("upgrade", *waves(bomgar_bake=1, **given))
    assert (played.code, installs(boxes)) == (0, [1, 1, 1])
    # Now there is nothing to do, and the canary has stood for long enough.
    again = world.play("upgrade", *waves(bomgar_bake=1, **given))
    assert (again.code, again.changed) == (0, 0)
    assert "standing before the next wave" not in again.words


def test_a_canary_that_stops_serving_holds_the_others(world: Any, serve: Any) -> None:
    boxes = with_health_page(world, serve, *SITES[:2])
    canary = boxes[0]

    def break_down(box: Any, seen: Any) -> None:
        # The first look at the upgraded canary, once its run has ended.
        report = world.records / SITES[0] / "latest" / "report.html"
        if box is canary and report.is_file():
            canary.healthy = False

    world.simulator.on_request = break_down
    played = world.play("upgrade", *waves(bomgar_serial=1, bomgar_bake=3600, bomgar_target={"base": "6.0.1"}))
    assert played.code == 2
    assert "a.example.com was found not serving 3 times in a row" in played.words
    assert "No further wave was begun" in played.words
    assert boxes[1].truth.requests == []


def test_what_is_no_wave_is_refused_before_anything_is_asked(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    for wrong in ({"bomgar_serial": "abc"}, {"bomgar_may_fail": "some"}, {"bomgar_bake": "a day", "bomgar_serial": 1}):
        played = world.play("upgrade", *waves(**wrong))
        assert played.code != 0
        assert next(iter(wrong)) in played.words
        assert "Traceback" not in played.text
    assert box.truth.requests == []
