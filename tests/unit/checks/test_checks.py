# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of checks, waivers, gates, lines; and that docs/checks.md says the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import checks
from ansible_collections.bomgar.appliance.plugins.module_utils.check_results import (
    Check,
    CheckOutcome,
    Observed,
    Phase,
    Result,
    Said,
    bytes_text,
    line,
    seconds_text,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.checks import (
    CHECKS,
    blocking,
    counted,
    evaluate,
    gate_message,
    known_ids,
    lines,
    waivers_from,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput, Unreachable
from ansible_collections.bomgar.appliance.tests.unit.checks.sites import good
from hypothesis import given
from hypothesis import strategies as st

DOCUMENT = Path(__file__).parents[3] / "docs" / "checks.md"
WAIVABLE = [check.id for check in CHECKS if not check.fixed]
FIXED = {check.id: check.fixed for check in CHECKS if check.fixed}
WORDS = st.text(max_size=200)
RESULTS = st.lists(
    st.builds(
        Result,
        id=st.sampled_from([check.id for check in CHECKS]),
        title=WORDS,
        outcome=st.sampled_from(list(CheckOutcome)),
        detail=WORDS.map(line),
        action=WORDS.map(line),
        source=WORDS,
        waived=st.none() | WORDS.map(line),
    ),
    max_size=20,
)


# -- the list


def test_ids_are_words_and_unique() -> None:
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", check_id) for check_id in ids)


def test_every_check_names_its_source() -> None:
    for check in CHECKS:
        assert re.match(r"documented \(|observed \(|assumed \(", check.source), check.id
        assert check.title
        assert not check.title.endswith(".")


def test_promises_cannot_be_waived() -> None:
    assert {"backup_fresh", "single_appliance", "cluster", "sessions", "window", "versions_reached"} <= set(FIXED)


def test_the_document_has_the_same_table() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|(.*)\|(.*)\|(.*)\|(.*)\|$", DOCUMENT.read_text(encoding="utf-8"), re.M)
    assert [row[0] for row in rows] == [check.id for check in CHECKS]
    for row, check in zip(rows, CHECKS, strict=True):
        assert row[1].strip() == check.title, check.id
        assert row[3].strip().startswith("yes" if not check.fixed else f"no: {check.fixed}"), check.id
        assert row[4].strip() == check.source, check.id


# -- waivers


@given(st.dictionaries(st.sampled_from(WAIVABLE), st.text(min_size=1).filter(lambda text: text.strip())))
def test_a_waiver_with_a_reason_is_taken(option: dict[str, str]) -> None:
    assert set(waivers_from(option)) == set(option)


@given(st.text().filter(lambda text: text not in known_ids()), st.text())
def test_an_unknown_id_is_refused(check_id: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        waivers_from({check_id: reason})
    assert "no such check" in caught.value.got
    assert "health" in caught.value.remedy
    assert not any(fixed in caught.value.remedy.split(": ")[-1].rstrip(".").split(", ") for fixed in FIXED)


@pytest.mark.parametrize("check_id", FIXED)
def test_what_cannot_be_waived_says_why(check_id: str) -> None:
    with pytest.raises(BadInput) as caught:
        waivers_from({check_id: "because"})
    assert FIXED[check_id] in caught.value.got
    assert "bomgar_waivers" in caught.value.remedy


@pytest.mark.parametrize("reason", ["", " \n", None, True, 7, ["a"]])
def test_a_waiver_without_a_reason_is_refused(reason: Any) -> None:
    with pytest.raises(BadInput) as caught:
        waivers_from({"health": reason})
    assert caught.value.got == "no reason is given"


def test_waivers_of_acceptance_expressions() -> None:
    assert waivers_from({"acceptance[1]": "later"}, 2)
    assert waivers_from({"acceptance[7]": "later"}, None)
    for count in (0, 1):
        with pytest.raises(BadInput):
            waivers_from({"acceptance[1]": "later"}, count)
    with pytest.raises(BadInput):
        waivers_from({"acceptance[x]": "later"}, None)


UNHEALTHY = good(facts={"health": {"healthy": False, "error_message": "disk full"}})


def test_a_waived_failure_stays_a_failure_and_does_not_block() -> None:
    found = next(item for item in evaluate(Phase.BEFORE, UNHEALTHY, {"health": "ticket 1"}) if item.id == "health")
    assert (found.outcome, found.waived, found.blocks) == ("fail", "ticket 1", False)


def test_a_waiver_of_what_passes_is_not_shown() -> None:
    found = next(item for item in evaluate(Phase.BEFORE, good(), {"health": "ticket 1"}) if item.id == "health")
    assert (found.outcome, found.waived) == ("pass", None)


def test_a_manual_check_can_be_confirmed() -> None:
    waivers = {"certificate_exported": "in the safe, Ada"}
    found = next(item for item in evaluate(Phase.BEFORE, good(), waivers) if item.id == "certificate_exported")
    assert (found.outcome, found.waived) == ("manual", "in the safe, Ada")


@given(st.lists(st.sampled_from(WAIVABLE), unique=True), st.sampled_from([good(), UNHEALTHY, good(backup=None)]))
def test_waivers_change_nothing_but_what_they_name(ids: list[str], seen: Observed) -> None:
    plain, waived = (evaluate(Phase.BEFORE, seen, option) for option in ({}, dict.fromkeys(ids, "why")))
    assert [replace(item, waived=None) for item in waived] == list(plain)
    assert set(blocking(waived)) == set(blocking(plain)) - set(ids)


# -- a check that breaks


def broken(problem: Exception) -> Check:
    def rule(_seen: Observed) -> Said:
        raise problem

    return Check("broken", "It breaks", Phase.BEFORE, "assumed (test)", rule)


@pytest.mark.parametrize("problem", [KeyError("nodes"), TypeError("no"), Unreachable("ask", "nothing", "Look.")])
def test_a_check_that_breaks_is_an_error_that_blocks(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", (broken(problem),))
    (found,) = evaluate(Phase.BEFORE, good())
    assert found.outcome == "error"
    assert found.blocks
    assert type(problem).__name__ in found.detail
    assert "line" in found.detail
    assert "bug" in found.action
    (found,) = evaluate(Phase.BEFORE, good(), {"broken": "known"})
    assert (found.outcome, found.waived, found.blocks) == ("error", "known", False)


def test_tests_see_a_check_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", (broken(KeyError("nodes")),))
    with pytest.raises(KeyError):
        evaluate(Phase.BEFORE, good(), strict=True)


@given(
    st.dictionaries(
        st.sampled_from(["versions", "role", "health", "nodes", "permissions", "clock", "certificate", "problems"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.lists(st.text())
        | st.dictionaries(st.text(), st.text()),
    ),
    st.sampled_from(list(Phase)),
)
def test_no_fact_of_an_odd_shape_escapes(facts: dict[str, Any], phase: Phase) -> None:
    seen = good()
    found = evaluate(phase, replace(seen, facts={**seen.facts, **facts}))
    assert {item.id for item in found} == {check.id for check in CHECKS if check.phase is phase}


# -- what a person reads


@given(RESULTS)
def test_exactly_what_blocks_is_named(found: list[Result]) -> None:
    names = blocking(found)
    assert list(names) == [item.id for item in found if item.outcome in ("fail", "error") and item.waived is None]
    message = gate_message(Phase.BEFORE, "support.example.com", found)
    assert all(f") {name}: " in message for name in names)
    assert f"{len(names)} check" in message


@given(RESULTS)
def test_lines_are_one_each_and_worst_first(found: list[Result]) -> None:
    shown = lines(found)
    assert len(shown) == len(found)
    assert not any("\n" in text for text in shown)
    words = [text.split()[0] for text in shown]
    blocked = [word in ("ERROR", "FAIL") for word in words]
    assert blocked == sorted(blocked, reverse=True)
    assert words.count("WAIVED") == sum(item.waived is not None for item in found)


def test_a_line_says_what_and_what_to_do() -> None:
    seen = good(backup=None, activity={"representatives": [{"display_name": "Ada"}]})
    shown = [text for text in lines(evaluate(Phase.BEFORE, seen)) if text.split()[0] in ("FAIL", "WARN")]
    assert shown == [
        (
            "FAIL  backup_fresh: no folder of backups is given   -> "
            "Set bomgar_backup_dir. Take one: ansible-playbook bomgar.appliance.back_up"
        ),
        "WARN  representatives: 1 logged in and disconnected by the update: Ada   -> Tell them when the site goes down.",
    ]


def test_counts() -> None:
    seen = replace(UNHEALTHY, backup=None)
    assert counted(evaluate(Phase.BEFORE, seen, {"health": "known"})).startswith("1 fail, 2 manual, ")
    assert counted(evaluate(Phase.BEFORE, seen, {"health": "known"})).endswith(", 1 waived")
    assert counted(()) == "none"


def test_the_gate_names_each_with_what_to_do() -> None:
    message = gate_message(Phase.BEFORE, "support.example.com", evaluate(Phase.BEFORE, replace(UNHEALTHY, backup=None)))
    assert message.startswith("support.example.com is not ready for the upgrade, 2 checks in the way: (1) health: ")
    assert "disk full -> Have that repaired first" in message
    assert message.endswith(
        "(2) backup_fresh: no folder of backups is given -> Set bomgar_backup_dir. Take one: ansible-playbook bomgar.appliance.back_up"
    )
    after = gate_message(
        Phase.AFTER, "support.example.com", [item for item in evaluate(Phase.BEFORE, UNHEALTHY) if item.blocks]
    )
    assert "is not as it should be after the upgrade, 1 check in the way" in after


@given(st.text())
def test_no_text_of_an_appliance_can_make_a_line_of_its_own(text: str) -> None:
    shown = line(text)
    assert shown.isprintable()
    assert shown == " ".join(shown.split())


def test_texts_of_an_appliance_stay_on_their_line() -> None:
    seen = good(facts={"health": {"healthy": False, "error_message": "bad\nPASS  backup_fresh\x1b[32m"}})
    found = next(item for item in evaluate(Phase.BEFORE, seen) if item.id == "health")
    assert found.detail.endswith("bad PASS backup_fresh?[32m")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 s"), (119.4, "119 s"), (120, "2 min"), (10_799, "179 min"), (10_800, "3 h 00 min"), (172_800, "2 days")],
)
def test_lengths_of_time(value: float, text: str) -> None:
    assert seconds_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (2048, "2 KiB"), (5 << 20, "5 MiB"), (3 << 30, "3.0 GiB")]
)
def test_sizes(value: int, text: str) -> None:
    assert bytes_text(value) == text
