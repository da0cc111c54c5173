# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels as data, and how texts are compared with them."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import ASSUMED, LABELS, SOURCES, Labels, plain
from hypothesis import given
from hypothesis import strategies as st

KNOWN = Labels()

#: What the guide shows in words, and must therefore be known exactly.
DOCUMENTED = {
    "menu.support": "Assistenza",
    "menu.updates": "AGGIORNAMENTI",
    "menu.management": "Gestione",
    "menu.software": "Gestione del software",
    "updates.check": "Controlla aggiornamenti",
    "updates.available": "Aggiornamenti disponibili",
    "updates.install": "Installa questo aggiornamento",
    "updates.some": "Ci sono aggiornamenti disponibili da installare",
    "manual.file": "Aggiorna file:",
    "manual.submit": "Aggiorna software",
    "manual.section": "Installazione manuale",
}


@pytest.mark.parametrize(("key", "text"), DOCUMENTED.items())
def test_the_guides_words_are_known_and_say_so(key: str, text: str) -> None:
    assert KNOWN.matches(text, key)
    (label,) = [label for label in LABELS[key] if plain(label.text) == plain(text) and label.source == "seed"]
    assert label.language == "it"


def test_every_label_names_a_source() -> None:
    for key, labels in LABELS.items():
        assert labels, key
        for label in labels:
            assert label.source in SOURCES, (key, label)
            assert plain(label.text), (key, label)
            assert len(label.language) == 2


def test_documented_texts_come_first() -> None:
    assert KNOWN.texts("updates.check")[:2] == ["Check for Updates", "Controlla aggiornamenti"]
    assert ASSUMED not in {label.source for label in LABELS["updates.check"][:2]}


@pytest.mark.parametrize(
    "text",
    [
        "Check for Updates",
        "CHECK FOR UPDATES",
        "  check\u00a0for\n updates ",
        "\u00bb Check for Updates \u2026",
        "[Check for Updates]",
        "Check for Up\u00addates",
        "\uff23heck for Updates",
        "Check for Updates:",
        "\u2013 Check for Updates",
    ],
)
def test_one_label_in_many_dresses(text: str) -> None:
    assert KNOWN.matches(text, "updates.check")


@pytest.mark.parametrize("text", ["Check for Updates now or never", "Do not Check for Updates", "Check", "", "\u2026"])
def test_a_part_is_no_label(text: str) -> None:
    assert not KNOWN.matches(text, "updates.check")


def test_accents_and_quotes_do_not_matter() -> None:
    assert plain("L\u2019ORA \u00c8 GI\u00c0") == plain("l'ora e gia")
    assert KNOWN.matches("Si", "confirm.yes")
    assert KNOWN.matches("S\u00ec", "confirm.yes")


@pytest.mark.parametrize(
    "text",
    [
        "Restart",
        "Install and Restart",
        "Riavvia l'appliance",
        "RESET",
        "Shut Down",
        "Remove this update",
        "Annulla",
        "Cancel",
        "Zur\u00fccksetzen",
    ],
)
def test_dangerous_words_are_found_anywhere(text: str) -> None:
    assert KNOWN.dangerous(["Install", text])


def test_nothing_to_press_is_dangerous_itself() -> None:
    for key in ("updates.check", "updates.install", "manual.submit", "login.submit", "confirm.yes", "licence.continue"):
        assert not [text for text in KNOWN.texts(key) if KNOWN.dangerous([text])]
    for key in ("menu.status", "menu.basics", "menu.support", "menu.updates", "menu.management", "menu.software"):
        assert not [text for text in KNOWN.texts(key) if KNOWN.dangerous([text])]


def test_headings_may_stand_behind_their_pages_name_or_count() -> None:
    assert KNOWN.heads("Aggiornamenti :: Installazione manuale", "manual.section")
    assert KNOWN.heads("Available Updates (2)", "updates.available")
    assert not KNOWN.heads("No Available Updates yet", "updates.available")


def test_users_add_texts() -> None:
    labels = Labels.from_options(
        {"updates.check": ["Rechercher des mises \u00e0 jour"], "updates.install": "Installer"}
    )
    assert labels.matches("RECHERCHER DES MISES A JOUR", "updates.check")
    assert labels.matches("installer", "updates.install")
    assert labels.matches("Check for Updates", "updates.check")
    assert not KNOWN.matches("installer", "updates.install")


@pytest.mark.parametrize(
    "extra",
    [
        {"updates.chek": ["x"]},
        {"updates.check": [1]},
        {"updates.check": {"a": 1}},
        {"updates.check": ["\u2026"]},
        {"updates.check": None},
    ],
)
def test_wrong_labels_are_told(extra: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="bomgar_labels"):
        Labels.from_options(extra)


def test_an_unknown_label_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"updates\.check"):
        Labels.from_options({"check": ["x"]})


@given(st.text(max_size=60))
def test_plain_is_its_own_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain(text.upper().lower()) == plain(text.lower().upper().lower())


@pytest.mark.parametrize("text", ["Accedi / Log In", "Log In | Accedi", "Login - Accesso"])
def test_a_label_in_two_languages_is_the_same_label(text: str) -> None:
    assert KNOWN.matches(text, "login.submit")


@pytest.mark.parametrize("text", ["Log In / Restart", "Log In / Somewhere", "Yes/No"])
def test_two_labels_in_one_are_not(text: str) -> None:
    assert not KNOWN.matches(text, "login.submit")
    assert not KNOWN.matches(text, "confirm.yes")
