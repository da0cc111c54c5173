# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own acceptance expressions."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.acceptance import acceptance_expressions
from ansible_collections.bomgar.appliance.plugins.module_utils.check_results import Phase, Result
from ansible_collections.bomgar.appliance.plugins.module_utils.checks import blocking, evaluate
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.tests.unit.checks.sites import after
from hypothesis import given
from hypothesis import strategies as st


def asked(*texts: str) -> list[Result]:
    """The results of these expressions."""
    found = evaluate(Phase.AFTER, after(), acceptance=acceptance_expressions(texts), strict=True)
    return [item for item in found if item.id.startswith("acceptance")]


@pytest.mark.parametrize(
    ("text", "outcome", "detail"),
    [
        ("health.healthy", "pass", "it holds"),
        ("versions.site == '19.2.1'", "pass", "it holds"),
        ("before.site == '19.1.8' && role == before.role", "pass", "it holds"),
        ("length(nodes) == `1`", "pass", "it holds"),
        ("activity.connected_clients.pinned_client >= before.connected_clients.pinned_client", "pass", "it holds"),
        ("versions.site", "pass", "it holds"),
        ("versions.site == '19.1.8'", "fail", "versions.site == '19.1.8' gives false"),
        ("no_such_fact", "fail", "no_such_fact gives null"),
        ("problems", "fail", "problems gives []"),
        ("health.error_message", "fail", "health.error_message gives null"),
        ("''", "fail", "'' gives \"\""),
        ("`{}`", "fail", "`{}` gives {}"),
        ("length(nodes)", "error", "length(nodes) gives the number 1, which is neither true nor false"),
        ("length(problems)", "error", "length(problems) gives the number 0"),
        ("length(no_such_fact)", "error", "length(no_such_fact) cannot be worked out"),
    ],
)  # fmt: skip
def test_expression(text: str, outcome: str, detail: str) -> None:
    (found,) = asked(text)
    assert (found.outcome, found.id) == (outcome, "acceptance[0]"), found
    assert detail in found.detail
    assert found.title == text
    assert found.blocks == (outcome != "pass")


def test_each_has_its_own_result_at_the_end() -> None:
    assert [item.id for item in asked("health.healthy", "role", "nodes")] == [
        "acceptance[0]",
        "acceptance[1]",
        "acceptance[2]",
    ]


def test_they_are_not_asked_before() -> None:
    found = evaluate(Phase.BEFORE, after(), acceptance=acceptance_expressions(["health.healthy"]))
    assert not any(item.id.startswith("acceptance") for item in found)


def test_one_can_be_waived() -> None:
    expressions = acceptance_expressions(["no_such_fact", "neither"])
    found = evaluate(Phase.AFTER, after(), {"acceptance[0]": "known"}, expressions)
    assert blocking(found) == ("acceptance[1]",)


@pytest.mark.parametrize(
    "text", ["", "versions.", "[", "a b", "versions.site == 19.1.8", "`", "foo(bar)", "length(a) && lenght(b)"]
)
def test_what_is_no_expression_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        acceptance_expressions(["health.healthy", text])
    assert "acceptance[1]" in caught.value.attempted
    assert "bomgar_acceptance" in caught.value.remedy


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(BadInput) as caught:
        acceptance_expressions(["nodes[?starts_with(name, 'a') && begins(name, 'b')]"])
    assert caught.value.got == "JMESPath has no function begins"


@given(st.text(max_size=30))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        expressions = acceptance_expressions([text])
    except BadInput:
        return
    evaluate(Phase.AFTER, after(), acceptance=expressions, strict=True)
