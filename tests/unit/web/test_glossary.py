# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person is told to press is called as the page calls it."""

from __future__ import annotations

import re

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.web import glossary
from ansible_collections.bomgar.appliance.plugins.module_utils.web.glossary import Glossary
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import LABELS, Labels
from hypothesis import given
from hypothesis import strategies as st

ITALIAN = ("Stato", "Assistenza", "Aggiornamenti", "Controlla aggiornamenti")
KNOWN = Labels()


def test_what_the_page_shows_is_taken_first() -> None:
    seen = Glossary(KNOWN, (*ITALIAN, "Verifica aggiornamenti"))
    assert seen.own('on Support > Updates press "Check for Updates"') == (
        'on Assistenza > Aggiornamenti press "Controlla aggiornamenti"'
    )


def test_what_it_does_not_show_now_is_said_in_its_language() -> None:
    said = Glossary(KNOWN, ITALIAN).own('under Manual Installation press "Update Software"')
    italian = {
        key: {label.text for label in LABELS[key] if label.language == "it"}
        for key in ("manual.section", "manual.submit")
    }
    section, button = re.fullmatch(r'under (.+) press "(.+)"', said).groups()  # type: ignore[union-attr]
    assert section in italian["manual.section"]
    assert button in italian["manual.submit"]


@pytest.mark.parametrize("seen", [(), ("Status", "Support", "Updates"), ("Alpha", "Beta")])
def test_english_and_unknown_pages_leave_the_text(seen: tuple[str, ...]) -> None:
    text = 'Look at Management > Failover and press "Sync Now"'
    found = Glossary(KNOWN, seen)
    assert not found.differs
    assert found.own(text) == text


def test_a_taught_label_is_what_the_page_calls_it() -> None:
    taught = Labels.from_options({"failover.sync": ["Synchroniser"]})
    found = Glossary(taught, ("Synchroniser", "Enregistrer"))
    assert found.differs
    assert found.own('press "Sync Now"') == 'press "Synchroniser"'


def test_a_word_alone_may_be_any_word() -> None:
    assert Glossary(KNOWN, ITALIAN).own("Status: the Updates of Support") == "Status: the Updates of Support"


@given(st.text(max_size=200))
def test_a_text_without_such_a_name_stays(text: str) -> None:
    if " > " not in text and '"' not in text and "Manual" not in text:
        assert Glossary(KNOWN, ITALIAN).own(text) == text


def test_every_key_is_a_label_with_its_english_name() -> None:
    for english, key in {**glossary._CONTROLS, **glossary._PAGES, **glossary._HEADINGS}.items():
        assert KNOWN.matches(english, key)
