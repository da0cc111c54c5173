# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels as data, and how texts are compared with them."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.models import SyncState
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


#: What is pressed on the Failover page, side by side.
PRESSED = ("sync", "become_primary", "become_backup", "break", "establish", "save")


def test_no_text_is_a_label_of_two_operations_of_failover() -> None:
    keys = [*(f"failover.{name}" for name in PRESSED), "confirm.no", "login.submit"]
    for key in keys[:6]:
        for text in KNOWN.texts(key):
            assert [other for other in keys if KNOWN.matches(text, other)] == [key], text


def test_nothing_to_press_for_failover_is_dangerous_but_a_part_of_it_is() -> None:
    for name in PRESSED:
        assert not [text for text in KNOWN.texts(f"failover.{name}") if KNOWN.dangerous([text])]
    for text in ("Interrompi", "Interrompi e ripristina failover", "Reset Failover", "Interrompi failover e spegni"):
        assert KNOWN.dangerous([text])


def test_what_the_failover_pages_document_is_known() -> None:
    documented = {
        "failover.sync": "Sync Now",
        "failover.become_primary": "Become Primary",
        "failover.become_backup": "Become Backup",
        "failover.break": "Break Failover Relationships",
        "failover.establish": "Establish Relationship",
        "failover.new_backup": "New backup site connection details",
        "failover.reverse": "Reverse connection details to this primary site",
        "security.key": "Inter-appliance communication pre-shared key",
        "menu.failover": "Failover",
        "menu.security": "Security",
    }
    for key, text in documented.items():
        assert LABELS[key][0].text == text
        assert LABELS[key][0].source not in (ASSUMED, "seed"), key


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Success", SyncState.GOOD),
        ("OK", SyncState.GOOD),
        ("The data sync completed successfully.", SyncState.GOOD),
        ("Completed without errors", SyncState.GOOD),
        ("Riuscita", SyncState.GOOD),
        ("Sincronizzazione completata con successo", SyncState.GOOD),
        ("Erfolgreich abgeschlossen", SyncState.GOOD),
        ("100% complete", SyncState.GOOD),
        ("Running", SyncState.RUNNING),
        ("40% complete", SyncState.RUNNING),
        ("A data sync is in progress", SyncState.RUNNING),
        ("In corso", SyncState.RUNNING),
        ("Die Synchronisierung l\u00e4uft", SyncState.RUNNING),
        ("Last sync complete, next one started", SyncState.RUNNING),
        ("Failed", SyncState.FAILED),
        ("Completed, but failed for 3 sessions", SyncState.FAILED),
        ("unsuccessful", SyncState.FAILED),
        ("Sync was not successful", SyncState.FAILED),
        ("Non riuscita", SyncState.FAILED),
        ("Nicht erfolgreich", SyncState.FAILED),
        ("Running; the last one timed out", SyncState.FAILED),
        ("Interrotta", SyncState.FAILED),
        ("not yet synced", SyncState.UNKNOWN),
        ("never completed", SyncState.UNKNOWN),
        ("No data sync has finished", SyncState.UNKNOWN),
        ("not running", SyncState.UNKNOWN),
        ("Completed with warnings", SyncState.UNKNOWN),
        ("A data sync is running, but only slowly", SyncState.RUNNING),
        ("OK, but 3 tables were skipped", SyncState.UNKNOWN),
        ("Completata, tranne 3 tabelle", SyncState.UNKNOWN),
        ("Abgeschlossen bis auf 3 Tabellen", SyncState.UNKNOWN),
        ("Will be done when the peer answers", SyncState.UNKNOWN),
        ("Mai completata", SyncState.UNKNOWN),
        ("Noch nicht abgeschlossen", SyncState.FAILED),
        ("Is it done?", SyncState.UNKNOWN),
        ("pending", SyncState.UNKNOWN),
        ("successor", SyncState.UNKNOWN),
        ("", SyncState.UNKNOWN),
        ("1", SyncState.UNKNOWN),
    ],
)
def test_what_is_said_of_a_sync(text: str, state: SyncState) -> None:
    assert KNOWN.sync_state(text) is state


@given(
    st.sampled_from(KNOWN.texts("sync.failed")),
    st.sampled_from(KNOWN.texts("sync.good", "sync.running", "sync.doubt", "text.conditional")),
    st.booleans(),
)
def test_words_of_failure_count_whatever_else_is_said(bad: str, other: str, last: bool) -> None:
    said = f"{other}, {bad}" if last else f"{bad}; {other}"
    assert KNOWN.sync_state(said) is SyncState.FAILED


@given(st.sampled_from(KNOWN.texts("sync.doubt", "sync.reserve")), st.sampled_from(KNOWN.texts("sync.good")))
def test_what_is_denied_in_doubt_or_reserved_is_not_good(doubt: str, good: str) -> None:
    assert KNOWN.sync_state(f"{doubt} {good}") is not SyncState.GOOD


def test_users_teach_words_of_a_sync() -> None:
    labels = Labels.from_options({"sync.good": ["Termin\u00e9e"], "failover.sync": ["Synchroniser"]})
    assert labels.sync_state("TERMINEE") is SyncState.GOOD
    assert labels.matches("synchroniser", "failover.sync")


@pytest.mark.parametrize("said", ["Replicated, no conflicts", "Nothing to do", "OK, but read-only", "0 failed"])
def test_a_whole_status_that_was_taught_counts_whatever_its_words(said: str) -> None:
    assert KNOWN.sync_state(said) is not SyncState.GOOD
    labels = Labels.from_options({"sync.good": [said]})
    assert labels.sync_state(said) is SyncState.GOOD
    for other in (f"{said} failed", f"not {said}", f"{said}?"):
        assert labels.sync_state(other) is not SyncState.GOOD


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
