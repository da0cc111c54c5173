# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier runs left without a good end: which of it may still go on, and what is written of it once the target runs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.hindsight import take_up, unended
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Outcome, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.verdict import END_SEEN, Ending

OLD = Versions(site="10.5.3", base="3.2.4", build="28551")
NEW = Versions(site="10.5.3", base="3.2.6", build="28551")


def fresh() -> Record:
    return Record.in_memory("support.example.com", Writer(Run("r", "ada", "c")), wish={"base": "3.2.6"}, path="manual")


def install(record: Record, outcome: str | None, before: Versions | None = OLD, name: str = "x", **facts: Any) -> None:
    step = record.step(f"Install {name}", step_id=f"install:{name}", appliance="a", sha256="ab" * 32)
    if before is not None:
        step.before(before)
    if outcome:
        step.done(outcome, facts=facts)


@pytest.mark.parametrize("bad", ["failed", "unknown", "refused", None])
@pytest.mark.parametrize(
    ("seen", "outcome"), [(NEW, "changed"), (OLD, "unchanged"), (Versions(base="3.2.6"), "changed")]
)
def test_what_had_no_good_end_gets_one(bad: str | None, seen: Versions, outcome: str) -> None:
    record = fresh()
    install(record, bad)
    record.step("Wait", step_id="join", appliance="a").done("unknown")
    record.snapshot("before", OLD, appliance="a")
    take_up(record, "a", seen)
    told = [(step["id"], step["outcome"]) for step in record.data["steps"]]
    assert told == [("install:x", bad), ("join", "unknown"), ("install:x", outcome), ("join", outcome)]
    last = record.data["steps"][2]
    assert (last["evidence"]["before"]["base"], last["evidence"]["after"]["base"]) == ("3.2.4", seen.base)
    assert last["facts"]["sha256"] == "ab" * 32
    assert "nothing was done now" in last["detail"]
    assert ("base software 3.2.4 \u2192 3.2.6" in last["detail"]) == (outcome == "changed")
    assert record.outcome in (Outcome.CHANGED, None)
    take_up(record, "a", seen)
    assert len(record.data["steps"]) == 4, "once"


def test_what_ended_well_is_another_appliances_or_no_installation_stays_as_it_is() -> None:
    record = fresh()
    install(record, "failed")
    install(record, "changed")
    record.step("Install y", step_id="install:y", appliance="b").done("failed")
    record.step("Check readiness", step_id="readiness", appliance="a").done("refused")
    take_up(record, "a", NEW)
    assert len(record.data["steps"]) == 4


def test_without_versions_from_before_nothing_is_called_changed() -> None:
    record = fresh()
    install(record, "failed", before=None)
    take_up(record, "a", NEW)
    assert record.data["steps"][-1]["outcome"] == "unchanged"


@pytest.mark.parametrize("ending", Ending)
def test_what_nobody_saw_the_end_of_may_go_on(ending: Ending) -> None:
    record = fresh()
    install(record, "failed", ending=ending.value)
    assert (unended(record.data, "a") is None) == (ending in END_SEEN)
    install(record, "changed", ending=Ending.INSTALLED.value)
    assert unended(record.data, "a") is None


def test_so_may_what_was_cut_off_but_not_what_failed_by_an_error() -> None:
    record = fresh()
    install(record, "failed")
    assert unended(record.data, "a") is None
    install(record, None, name="y")
    found = unended(record.data, "a")
    assert found is not None
    assert found["id"] == "install:y"
