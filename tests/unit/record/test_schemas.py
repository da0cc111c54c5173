# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON reports fit their published schemas, which refuse what is no report; and JUnit XML is what CI systems read."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import fleet, fleet_text, report_text
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Outcome
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Writer
from ansible_collections.bomgar.appliance.tests.unit.record import samples
from ansible_collections.bomgar.appliance.tests.unit.record.schemas import schema, wrong, wrong_junit
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

KINDS = {
    "good": samples.good,
    "failed": samples.failed,
    "interrupted": samples.interrupted,
    "refused": samples.refused,
    "nothing to do": samples.nothing_to_do,
    "rehearsal": lambda: {**samples.good(), "rehearsal": True},
}
#: Texts as a record can hold them after it was read from its file.
TEXTS = st.text(max_size=20)
#: What stands where a record is free.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


def report_of(data: dict[str, Any]) -> Any:
    return json.loads(report_text.json_view(data))


def fleet_of(*told: fleet.Told) -> Any:
    return json.loads(fleet_text.json_view(fleet.fleet(told)))


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """Records as the product writes them: by its own methods, in any order, with any values in the free parts."""
    clock = samples.Clock()
    wish = draw(st.sampled_from([{}, {"site": "11.1.1"}, samples.WISH]))
    path = draw(st.sampled_from([None, "automatic", "manual", "in_place", "role_swap"]))
    record = Record.in_memory(samples.SITE, Writer(samples.run(), clock=clock), wish=wish, path=path)
    names = draw(st.sampled_from([("",), ("a", "b")]))
    ids = ["readiness", "backup", "install:x", "break", "establish", "validation", "final"]
    if draw(st.booleans()):
        windows = st.sampled_from([{}, {"window": "first"}, {"window": "second"}])
        planned = draw(st.lists(st.sampled_from(ids), max_size=4))
        steps = [{"id": one, "title": one, "appliance": names[-1] or None, **draw(windows)} for one in planned]
        record.set_plan({"fingerprint": "sha256:1", "steps": steps, "pair": draw(st.sampled_from([None, {}]))})
    for number in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 3)) == 0:
            record = Record(record.data, None, Writer(samples.run(number), clock=clock))
        clock.now += draw(st.floats(0, 5000))
        _happens(draw, record, draw(st.sampled_from(ids)), draw(st.sampled_from(names)) or None, clock)
    found: dict[str, Any] = record.data
    return found


def _happens(draw: st.DrawFn, record: Record, step_id: str, name: str | None, clock: samples.Clock) -> None:
    step = record.step(draw(TEXTS), step_id=step_id, module="update", appliance=name, free=draw(ANYTHING))
    step.progress(draw(TEXTS), more=draw(ANYTHING))
    values = draw(st.dictionaries(TEXTS, ANYTHING, max_size=2))
    record.snapshot(draw(st.sampled_from(["before", "after"])), {"site": "1", **values}, name)
    if draw(st.booleans()):
        record.site_watched("check_health", 5)
        record.site_down("check_health", 5)
        clock.now += 7
        if draw(st.booleans()):
            record.site_up(watched=draw(st.booleans()))
    outcome = draw(st.sampled_from(["pass", "warn", "fail", "manual", "not_applicable", "error"]))
    waived = draw(st.none() | TEXTS)
    phase = draw(st.sampled_from(["readiness", "validation", "final"]))
    record.add_checks(phase, [{"id": draw(TEXTS), "title": draw(TEXTS), "outcome": outcome, "waived": waived}], name)
    record.add_backup({"file": draw(TEXTS), **draw(st.dictionaries(TEXTS, ANYTHING, max_size=1))}, name)
    record.add_duration("x", "base", 3.0)
    if draw(st.integers(0, 4)):
        step.done(draw(st.sampled_from(list(Outcome))), detail=draw(TEXTS), action=draw(TEXTS), before=draw(ANYTHING))


# -- the schemas


@pytest.mark.parametrize("name", ["report", "fleet"])
def test_the_schema_is_one_of_its_draft_and_named_in_the_reports(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    made = report_of(samples.good()) if name == "report" else fleet_of(fleet.Told("s"))
    assert made["$schema"] == schema(name)["$id"] == f"urn:bomgar-appliance:{name}:{made[f'{name}_format']}"


def objects(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place of a schema that describes an object."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield where, node
        for key, value in node.items():
            yield from objects(value, f"{where}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from objects(value, f"{where}/{number}")


@pytest.mark.parametrize("name", ["report", "fleet"])
def test_every_object_is_closed_or_says_that_it_is_free(name: str) -> None:
    open_ones = [
        where
        for where, item in objects(schema(name))
        if "additionalProperties" not in item and "Free" not in item.get("description", "")
    ]
    assert open_ones == []


def test_the_states_are_those_of_the_product() -> None:
    assert schema("fleet")["$defs"]["state"]["enum"] == list(fleet.STATES)


# -- what fits


@pytest.mark.parametrize("kind", KINDS)
def test_samples_fit(kind: str) -> None:
    assert wrong("report", report_of(KINDS[kind]())) == []
    assert wrong("fleet", fleet_of(fleet.Told("s", KINDS[kind](), page="s/report.html"))) == []


@settings(max_examples=60, deadline=None)
@given(records())
def test_whatever_the_product_records_fits(data: dict[str, Any]) -> None:
    assert wrong("report", report_of(data)) == []
    told = [
        fleet.Told("s", data),
        fleet.Told("t", data, this_run=False, state="failed"),
        fleet.Told("u", unreadable="x"),
    ]
    assert wrong("fleet", fleet_of(*told)) == []
    assert wrong_junit(report_text.junit(data)) == []
    assert wrong_junit(fleet_text.junit(fleet.fleet(told))) == []


# -- what is refused

DAMAGE: dict[str, Callable[[Any], Any]] = {
    "no outcome": lambda r: r["derived"].pop("outcome"),
    "an outcome of no list": lambda r: r["derived"].update(outcome="fine"),
    "a text for a flag": lambda r: r["derived"].update(finished="yes"),
    "another format": lambda r: r.update(report_format=2),
    "no schema": lambda r: r.pop("$schema"),
    "something more": lambda r: r["derived"].update(more=1),
    "a time without a zone": lambda r: r["record"].update(created="2026-11-22T18:43:00"),
    "a step without an outcome": lambda r: r["record"]["steps"][0].pop("outcome"),
    "a step that ended without one": lambda r: r["record"]["steps"][0].update(outcome=None),
    "a step that has not ended with one": lambda r: r["record"]["steps"][0].update(ended=None),
    "a step with something more": lambda r: r["record"]["steps"][0].update(more=1),
    "a check of no list": lambda r: r["derived"]["checks"][0].update(outcome="good"),
    "an outage in words": lambda r: r["derived"]["outage"].update(seconds="2 min"),
    "no site": lambda r: r["record"].pop("site"),
}
FLEET_DAMAGE: dict[str, Callable[[Any], Any]] = {
    "no worst": lambda r: r.pop("worst"),
    "a state of no list": lambda r: r["sites"][0].update(state="fine"),
    "a count in words": lambda r: r["counts"].update(failed="one"),
    "a count that is missing": lambda r: r["counts"].pop("failed"),
    "no sites": lambda r: r.update(sites=[]),
    "a site without a state": lambda r: r["sites"][0].pop("state"),
    "something more": lambda r: r["sites"][0].update(more=1),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_no_report_is_refused(damage: str) -> None:
    report = report_of(samples.good())
    DAMAGE[damage](report)
    assert wrong("report", report)


@pytest.mark.parametrize("damage", FLEET_DAMAGE)
def test_no_fleet_is_refused(damage: str) -> None:
    report = fleet_of(fleet.Told("s", samples.good()))
    FLEET_DAMAGE[damage](report)
    assert wrong("fleet", report)


# -- JUnit


@pytest.mark.parametrize("kind", [*KINDS, "hostile"])
def test_junit_is_what_ci_systems_read(kind: str) -> None:
    data = {**KINDS, "hostile": samples.hostile}[kind]()
    assert wrong_junit(report_text.junit(data)) == []
    assert wrong_junit(fleet_text.junit(fleet.fleet([fleet.Told(data["site"], data)]))) == []


def test_no_two_cases_have_one_name_also_of_a_check_that_was_made_twice() -> None:
    """GitLab drops the second of two cases with the same name."""
    data = samples.good()
    again = [{**check, "phase": "validation", "appliance": name} for check in data["checks"][:3] for name in ("a", "b")]
    data["checks"] += again
    assert wrong_junit(report_text.junit(data)) == []
    data["checks"] += copy.deepcopy(again)
    assert wrong_junit(report_text.junit(data)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' time="', ' duration="'),
        ("<testsuites ", '<testsuites skipped="1" '),
        ("Z\"", "\""),
        ("<failure ", "<skipped/><failure "),
        (' tests="', ' tests="x'),
    ],
)  # fmt: skip
def test_other_junit_is_refused(old: str, new: str) -> None:
    text = report_text.junit(samples.failed())
    assert old in text
    assert wrong_junit(text.replace(old, new))


def test_the_text_of_a_failure_says_what_failed() -> None:
    """GitLab shows the text, and not the message."""
    text = report_text.junit(samples.refused())
    assert ">Refused: 1 check failed: The account may back up.\nDo what the failed checks say.<" in text
    assert ">Fail: The account may back up\n" in text
    assert '<skipped message="not begun">not begun</skipped>' in text
