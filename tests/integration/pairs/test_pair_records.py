# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that act on a pair, where a record or a person has done something before: what it says, nothing more, is taken for done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.modules import failover, failover_role, plan, sync
from ansible_collections.bomgar.appliance.tests.integration.update.site import Clock
from ansible_collections.bomgar.appliance.tests.simulator.clock import PausedClock

from .conftest import MODERN
from .duo import Duo
from .test_pair_modules import broken, earlier, ended, make

__all__ = ["make"]


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    return {"directory": str(tmp_path / "records"), "path": "in_place", "wish": {"site": MODERN[1]["site"]}}


def broken_by(there: Duo, record: dict[str, Any]) -> None:
    """As a window of this upgrade breaks it."""
    proof = there.run(sync, record=record)["proof"]
    ended(there.run(failover, state="broken", synced=proof, record=record), "changed")


def kept(record: dict[str, Any]) -> dict[str, Any]:
    found = json.loads((Path(record["directory"]) / "support.example.com" / "latest" / "record.json").read_text())
    return dict(found)


def planned(there: Duo, record: dict[str, Any], **options: Any) -> dict[str, Any]:
    packages = [{"path": str(path)} for path in there.world.packages]
    options = {"path": "in_place", "target": {"site": MODERN[1]["site"]}, "packages": packages, **options}
    result = there.run(plan, record=record, **options)
    assert not result.get("failed"), result["msg"]
    return result


# established by somebody else


def test_what_somebody_else_established_is_synced_and_proven(make: Any, record: Any) -> None:
    there = make()
    broken_by(there, record)
    ended(there.run(failover, state="established"), "changed")
    syncs = there.commands.count("sync")
    result = there.run(failover, state="established", record=record)
    ended(result, "changed", "failover is established and synced", "its sessions were not listed before")
    assert there.commands.count("sync") > syncs
    assert any("established by somebody else" in line for line in there.lines)
    ended(there.run(failover, state="established", record=record), "unchanged")


# sessions


def losing(there: Duo, monkeypatch: pytest.MonkeyPatch) -> str:
    """From now on a session that only b has gets lost when it is copied; its LSID."""
    pair = there.pair
    lost, copy = earlier(pair.b).guid, pair._copy

    def loses(seen: Any) -> None:
        copy(seen)
        for box in pair.boxes:
            box.sessions[:] = [one for one in box.sessions if one.guid != lost]

    monkeypatch.setattr(pair, "_copy", loses)
    return str(lost)


def test_missing_sessions_can_be_accepted_with_a_reason(
    make: Any, record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = make(ended_sessions=3)
    broken_by(there, record)
    lost = losing(there, monkeypatch)
    for _turn in range(2):
        ended(there.run(failover, state="established", record=record), "failed", lost, "waive the check sessions_kept")
    result = there.run(failover, state="established", record=record, waivers={"sessions_kept": "ticket 4711"})
    ended(result, "changed", "1 of 4 sessions are missing, which is accepted (ticket 4711)")
    assert result["sessions"]["missing"] == [lost]
    ended(there.run(failover, state="established", record=record), "unchanged")


def test_a_later_run_looks_from_the_same_moment_on(make: Any, record: Any) -> None:
    """Without `since`, a session at the edge of the week must not be missed because the week has moved on."""
    clock = Clock()
    there = make(clock=PausedClock(clock))
    there.clock = clock
    broken_by(there, record)
    edge = there.pair.b.start_session(there.pair.b.now - 7 * 86_400 + 600)
    edge.ended = edge.started + 10
    for _turn in range(3):
        there.pair.plan_next_sync(outcome="fails")
    ended(there.run(failover, state="established", record=record), "failed", "says that the sync failed")
    there.pair.next_syncs.clear()
    there.clock.sleep(3600)
    ended(there.run(failover, state="established", record=record), "changed", "all 1 sessions of both are there")


def test_a_list_of_sessions_that_cannot_be_read_is_said(make: Any, record: Any) -> None:
    there = make(ended_sessions=1)
    broken_by(there, record)
    there.pair.plan_next_sync(base=0.0)
    there.pair.plan_next_sync(outcome="fails")
    ended(there.run(failover, state="established", record=record), "failed")
    [file] = Path(record["directory"]).glob("*/*Z/sessions-before-establish.json")
    file.write_text('{"since": ')
    ended(there.run(failover, state="established", record=record), "changed", "not listed before")
    assert any("cannot be read" in line for line in there.lines)


# who may be primary


def test_one_that_says_primary_is_not_overwritten_unless_the_name_tells(make: Any) -> None:
    there = make()
    there.pair.a.role, there.pair.b.role = "none", "primary"
    ended(there.run(failover, state="established", site_url=None), "refused", "b says that it is primary", "bomgar_url")
    assert there.commands == []
    there.pair.a.role, there.pair.b.role = "primary", "backup"


def test_a_role_that_cannot_be_read_is_not_broken(make: Any) -> None:
    there = make()
    broken(there)
    asked = len(there.commands)
    there.pair.b.go_down()
    for check in (True, False):
        result = there.run(failover, state="broken", unsynced="accept", check=check)
        ended(result, "refused", "not in a state to be broken", "b unknown")
    assert len(there.commands) == asked
    there.pair.b.come_back()


def test_a_key_is_asked_of_the_person_who_acts(make: Any) -> None:
    there = make()
    broken(there)
    asked = len(there.commands)
    given = {name: {**there.options()[name], "driver": "operator"} for name in ("appliance", "peer")}
    result = there.run(failover, state="established", key="the-new-pre-shared-key", deadline=60, **given)
    ended(result, "unknown")
    assert len(there.commands) == asked
    people = [line for line in there.lines if "PLEASE DO THIS NOW" in line]
    assert ["Management > Security" in line for line in people] == [True, True, False]
    assert "the-new-pre-shared-key" not in "".join(there.lines)


def test_a_rehearsal_of_the_second_window_says_what_it_waits_for(make: Any) -> None:
    there = make()
    broken(there)
    there.pair.b.base = "6.0.9"
    result = there.run(failover, state="established", check=True)
    ended(result, "changed", "would establish failover with a as primary, once both run the same (base software")
    there.pair.b.base = there.pair.a.base


# roles


def test_a_role_that_is_still_being_taken_is_not_asked_for_again(make: Any, record: Any) -> None:
    there = make()
    there.pair.plan_next_sync(base=4000.0)
    first = there.run(failover_role, "b", role="primary", record=record, deadline=20)
    ended(first, "unknown", "b backup, a primary")
    asked = there.commands
    ended(there.run(failover_role, "b", role="primary", record=record, deadline=20_000), "changed", "b is primary now")
    assert there.commands == asked
    assert [step["outcome"] for step in kept(record)["steps"]] == ["unknown", "changed"]


def test_a_role_that_was_taken_meanwhile_is_told_by_the_record(make: Any, record: Any) -> None:
    there = make()
    there.pair.plan_next_sync(base=4000.0)
    ended(there.run(failover_role, "b", role="primary", record=record, deadline=20), "unknown")
    there.clock.sleep(1)
    for _look in range(400):
        if there.pair.b.role == "primary":
            break
        there.run(sync, "b", check=True)
    ended(there.run(failover_role, "b", role="primary", record=record), "unchanged")
    assert kept(record)["steps"][-1]["outcome"] == "changed"


def test_a_role_change_that_came_to_nothing_is_asked_for_again(make: Any, record: Any) -> None:
    there = make()
    there.pair.plan_next_sync(outcome="fails")
    ended(there.run(failover_role, "b", role="primary", record=record, deadline=600), "unknown")
    ended(there.run(failover_role, "b", role="primary", record=record), "changed")


# what a plan finds in a record


def cut_off(record: dict[str, Any], step_id: str, outcome: str | None, *, minutes: float = 0.0) -> None:
    """The last attempt at a step as a run that was stopped, or gave up, had left it."""
    folder = Path(record["directory"]) / "support.example.com" / "latest"
    data = json.loads((folder / "record.json").read_text())
    step = next(item for item in reversed(data["steps"]) if item["id"] == step_id)
    step["outcome"], step["ended"] = outcome, step["ended"] if outcome else None
    (folder / "record.json").write_text(json.dumps(data))


@pytest.mark.parametrize("outcome", [None, "unknown", "failed"])
def test_a_break_that_is_seen_to_be_done_counts(make: Any, record: Any, outcome: str | None) -> None:
    there = make()
    broken_by(there, record)
    cut_off(record, "break", outcome)
    planned(there, record, begin=True, window="first")
    assert [step["outcome"] for step in kept(record)["steps"] if step["id"] == "break"] == [outcome, "changed"]


def test_a_break_that_never_came_about_proves_nothing(make: Any, record: Any) -> None:
    there = make()
    broken_by(there, record)
    cut_off(record, "break", "unknown")
    there.pair.a.role, there.pair.b.role = "primary", "backup"
    soon = planned(there, record, begin=True, window="first")
    assert soon["apart_since"] is not None
    there.clock.sleep(3600)
    planned(there, record, begin=True, window="first")
    assert [step["outcome"] for step in kept(record)["steps"] if step["id"] == "break"] == ["unknown", "failed"]
    assert planned(there, record)["apart_since"] is None


def test_since_when_there_is_no_failover_is_told_by_any_record(make: Any, record: Any) -> None:
    there = make()
    broken_by(there, record)
    since = planned(there, record)["apart_since"]
    assert since is not None
    other = {**record, "path": "role_swap", "wish": {"base": "9.9"}}
    assert planned(there, other)["apart_since"] == since
    said = planned(there, record, apart_since="2026-11-01T00:00:00+00:00")
    assert said["apart_since"] == 1793491200.0
    packages = [{"path": str(path)} for path in there.world.packages]
    bad = there.run(
        plan, path="in_place", target={"site": MODERN[1]["site"]}, packages=packages, apart_since="last week"
    )
    assert "pair_upgrade_apart_since" in bad["msg"]
