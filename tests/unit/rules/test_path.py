# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a site stands on its path: one test for each rule, and a fingerprint that holds from the first run to the last."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.path import (
    Package,
    Position,
    fingerprint,
    lines,
    make,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish
from hypothesis import given
from hypothesis import strategies as st

OLD = Versions(site="10.5.3", base="3.2.4")
NEW = Versions(site="11.1.1", base="3.2.6")
BASE = Package("Base Software-3.2.6", Kind.BASE, "3.2.6", "Bomgar-11.1.1 waits for it")
SITE = Package("Bomgar-11.1.1", Kind.SITE, "11.1.1", "the wished site software", certain=False)
START = Position("support.example.com", "automatic", Wish("11.1.1"), OLD, OLD, (BASE, SITE))
DONE = replace(START, versions=NEW, packages=())


def states(position: Position) -> dict[str, str]:
    return {stage.id: stage.state for stage in make(position).stages}


def test_at_first_readiness_is_next_and_all_else_later() -> None:
    assert states(START) == {
        "readiness": "next",
        "backup": "later",
        f"install:{BASE.name}": "later",
        f"install:{SITE.name}": "later",
        "validation": "later",
    }


def test_after_the_first_package_readiness_comes_again() -> None:
    """Each run checks and backs up before it goes on; what a run of yesterday checked is no longer so."""
    between = replace(START, versions=Versions(site="10.5.3", base="3.2.6"), packages=(SITE,))
    assert list(states(between)) == ["readiness", "backup", f"install:{SITE.name}", "validation"]
    assert make(between).next is not None
    assert make(between).next.id == "readiness"  # type: ignore[union-attr]


def test_an_update_that_is_running_is_waited_for_first() -> None:
    plan = make(replace(START, packages=(), running="41 %"))
    assert plan.next is not None
    assert (plan.next.id, plan.next.why) == ("join", "41 %")
    assert not plan.done


def test_what_never_began_and_is_reached_is_done() -> None:
    assert make(DONE).done
    assert set(states(DONE).values()) == {"done"}


def test_what_was_installed_must_still_be_validated() -> None:
    """Whatever the record lacks, an unfinished one is not done."""
    assert states(replace(DONE, begun=True)) == {"readiness": "done", "backup": "done", "validation": "next"}


def test_validation_comes_last() -> None:
    assert states(replace(START, begun=True))["validation"] == "later"


def test_stuck_is_not_done() -> None:
    plan = make(replace(START, packages=(), stuck="it is not offered"))
    assert not plan.done
    assert plan.stuck == "it is not offered"
    assert "cannot go on: it is not offered" in "\n".join(lines(plan, replace(START, packages=(), stuck=plan.stuck)))


class TestFingerprint:
    """SHA-256 over what a plan promises."""

    def test_stays_from_the_first_run_to_the_last(self) -> None:
        """While it goes on the versions, packages and outcomes change; where it began does not."""
        between = replace(START, versions=Versions(site="10.5.3", base="3.2.6"), packages=(SITE,), caution="x")
        ended = replace(DONE, begun=True, running=None)
        running = replace(START, packages=(), running="41 %")
        assert {fingerprint(one) for one in (START, between, running, ended)} == {fingerprint(START)}
        assert make(START).fingerprint == fingerprint(START)
        assert len(fingerprint(START)) == 64

    @pytest.mark.parametrize(
        "change",
        [
            {"site": "other.example.com"},
            {"path": "manual"},
            {"wish": Wish("11.1.2")},
            {"wish": Wish("11.1.1", "3.2.6")},
            {"wish": Wish(None, "11.1.1")},
            {"before": Versions(site="10.5.2", base="3.2.4")},
            {"before": Versions(site="10.5.3")},
            {"files": ("1" * 64,)},
        ],
        ids=str,
    )
    def test_is_another_for_any_other_promise(self, change: dict[str, Any]) -> None:
        assert fingerprint(replace(START, **change)) != fingerprint(START)

    def test_the_order_of_files_is_part_of_it(self) -> None:
        one, other = (replace(START, files=files) for files in (("1" * 64, "2" * 64), ("2" * 64, "1" * 64)))
        assert fingerprint(one) != fingerprint(other)

    def test_what_the_appliance_says_beside_the_versions_is_not(self) -> None:
        assert fingerprint(replace(START, before=replace(OLD, build="1", api="1.4.2"))) == fingerprint(START)


def test_the_plan_for_a_person() -> None:
    plan = make(replace(START, caution="the later packages may change"))
    text = lines(plan, START)
    assert text[0] == "support.example.com: automatic to site 11.1.1; runs base 3.2.4, site 10.5.3"
    assert "  [>] Check readiness" in text
    assert "  [ ] Install Base Software-3.2.6   (Bomgar-11.1.1 waits for it)" in text
    assert text[-1] == "  not certain: the later packages may change"
    assert lines(make(DONE), DONE)[-1] == "  nothing to do"
    assert lines(plan, START, ["usually 15-60 min"])[1] == "  usually 15-60 min"


def test_a_plan_for_files_says_that_the_upload_starts_the_installation() -> None:
    files = replace(START, path="manual")
    assert [line for line in lines(make(files), files) if "begins during the upload is cut" in line]
    for other in (START, replace(DONE, path="manual")):
        assert not any("upload" in line for line in lines(make(other), other))


positions = st.builds(
    Position,
    site=st.just("support.example.com"),
    path=st.sampled_from(["automatic", "manual"]),
    wish=st.just(Wish("11.1.1")),
    versions=st.sampled_from([OLD, NEW, Versions()]),
    before=st.just(OLD),
    packages=st.lists(st.sampled_from([BASE, SITE]), max_size=2, unique=True),
    stuck=st.sampled_from([None, "stuck"]),
    running=st.sampled_from([None, "running"]),
    begun=st.booleans(),
)


@given(positions)
def test_there_is_one_next_stage_unless_it_is_done(position: Position) -> None:
    plan = make(position)
    found = [stage.state for stage in plan.stages]
    assert found.count("next") == (0 if all(state == "done" for state in found) else 1)
    assert found == sorted(found, key=["done", "next", "later"].index), "done, then next, then later"
    if plan.done:
        assert not position.packages
        assert position.running is None
        assert position.stuck is None
    assert len({stage.id for stage in plan.stages}) == len(plan.stages)
