# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan means for people, and a plan on paper."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import plan_paper
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind
from ansible_collections.bomgar.appliance.plugins.module_utils.outlook import Means, expected, span, total, who_is_cut
from ansible_collections.bomgar.appliance.plugins.module_utils.path import Package, Stage
from hypothesis import given
from hypothesis import strategies as st

BASE = Package("Base Software-3.2.6", Kind.BASE, "3.2.6", "the wished base software")
INSTALL = Stage("install:Base Software-3.2.6", "Install Base Software-3.2.6", "next")


def test_a_package_takes_what_the_guide_says_until_something_was_learned() -> None:
    assert expected(INSTALL, [BASE], Means()).minutes == (15, 60)
    learned = Means(learned={"base": [12.4, 31.2], "site": [90.0]})
    assert expected(INSTALL, [BASE], learned).minutes == (12, 32)


@pytest.mark.parametrize(
    ("stage", "means", "by"),
    [
        ("install:x", Means(), "by the web driver"),
        ("install:x", Means(driver="operator"), "a person"),
        ("install:x", Means(pages=False), "no account is given"),
        ("install:x", Means(pages=False, attended=True), "a person"),
        ("sync", Means(), "Management > Failover"),
        ("establish", Means(login=False), "no account is given"),
        ("backup", Means(driver="operator"), "backup API"),
        ("cutover", Means(cutover="dns"), "DNS"),
        ("cutover", Means(), "a person"),
        ("sign_off", Means(), "a person"),
        ("export", Means(), "reporting API"),
    ],
)
def test_by_what_a_stage_is_done(stage: str, means: Means, by: str) -> None:
    assert by in expected(Stage(stage, stage, "next"), [], means).by


@pytest.mark.parametrize("stage", ["sync", "establish", "backup", "export"])
def test_what_depends_on_the_data_is_not_guessed(stage: str) -> None:
    seen = expected(Stage(stage, stage, "next"), [], Means())
    assert seen.minutes is None
    assert total([seen]) == (0, 0)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ((0, 0), "no time"),
        ((0, 2), "up to 2 min"),
        ((15, 60), "15-60 min"),
        ((9, 9), "9 min"),
        ((30, 124), "30 min - 2 h 4 min"),
    ],
)
def test_minutes_in_words(minutes: tuple[int, int], words: str) -> None:
    assert span(minutes) == words


@pytest.mark.parametrize(
    ("activity", "sessions", "words"),
    [
        (None, "refuse", "not asked while an update runs"),
        ({"running": None}, "refuse", "not known who would be cut"),
        ({"running": False, "representatives": []}, "refuse", "no session runs now, nobody logged in"),
        (
            {"running": True, "sessions": [1, 2], "representatives": [1]},
            "refuse",
            "2 sessions running now, 1 representative logged in: a run is refused",
        ),
        ({"running": True, "sessions": None}, "wait", "1 session running now, nobody logged in: a run waits"),
        ({"running": True, "sessions": [1]}, "accept", "they are cut"),
    ],
)
def test_who_is_cut(activity: Any, sessions: str, words: str) -> None:
    assert words in who_is_cut(activity, sessions)


def plan(**changed: Any) -> dict[str, Any]:
    stages = [
        {
            "id": "backup",
            "title": "Take a verified backup",
            "state": "done",
            "why": "",
            "by": "backup API",
            "minutes": None,
        },
        {
            "id": "install:x",
            "title": "Install x",
            "state": "next",
            "why": "wished",
            "by": "a person",
            "minutes": [15, 60],
        },
        {"id": "sync", "title": "Sync b", "state": "later", "why": "", "by": "a person", "minutes": None},
    ]
    return {
        "site": "support.example.com", "path": "automatic", "target": {"site": "11.1.1"}, "versions": {"site": "10.5.3", "base": "3.2.4"},
        "done": False, "stages": stages, "packages": [], "minutes": [15, 60], "cut": "nobody", "fingerprint": "f" * 64, "stuck": None,
        "caution": None, "lines": ["support.example.com: automatic to site 11.1.1"], **changed,
    }  # fmt: skip


CHECKS = [
    {"id": "a", "title": "Good", "outcome": "pass", "detail": "", "action": "", "waived": None},
    {"id": "b", "title": "By hand", "outcome": "manual", "detail": "seen?", "action": "Look.", "waived": None},
    {"id": "c", "title": "Bad", "outcome": "fail", "detail": "it is", "action": "Mend it.", "waived": None},
    {"id": "d", "title": "Known", "outcome": "fail", "detail": "it is", "action": "Mend it.", "waived": "ticket 4711"},
]


def test_the_paper_says_it_all() -> None:
    for text in (plan_paper.as_text(plan(), CHECKS), plan_paper.as_markdown(plan(), CHECKS)):
        assert "f" * 64 in text
        assert "1 fail, 1 manual, 1 waived, 1 pass" in text
        assert text.index("Bad") < text.index("By hand") < text.index("ticket 4711")
        assert "Good" not in text
        assert "by the amount of data" in text
    assert "15-60 min, and what depends on the amount of data" in plan_paper.as_markdown(plan())


def test_a_text_fits_into_a_terminal() -> None:
    long = plan(lines=["support.example.com: " + "word " * 60], fingerprint="f" * 64)
    assert all(len(line) < 80 for line in plan_paper.as_text(long, CHECKS).splitlines())


def test_the_json_can_be_held_to_and_says_nothing_of_the_moment() -> None:
    kept = json.loads(plan_paper.as_json(plan(next={"id": "x"}, changed=False, lines=["x"]), CHECKS))
    assert kept["fingerprint"] == "f" * 64
    assert [check["id"] for check in kept["checks"]] == ["a", "b", "c", "d"]
    assert not {"lines", "changed", "next"} & set(kept)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_value_becomes_markup(title: str, why: str) -> None:
    stage = {"id": "x", "title": title, "state": "next", "why": why, "by": "a person", "minutes": [0, 1]}
    text = plan_paper.as_markdown(plan(stages=[stage]))
    rows = [line for line in text.splitlines() if line.startswith("| next |")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 6
