# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What page_info finds, and that its sketch of a page tells nothing that is not for others."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials
from ansible_collections.bomgar.appliance.plugins.module_utils.web.appliance_pages import AppliancePages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.failover_pages import FailoverPages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.login_pages import LoginPages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page
from ansible_collections.bomgar.appliance.plugins.module_utils.web.recognise import examine, recognise, sketch
from ansible_collections.bomgar.appliance.tests.unit.web import failover_by_hand
from ansible_collections.bomgar.appliance.tests.unit.web import pages_by_hand as by_hand
from ansible_collections.bomgar.appliance.tests.unit.web.fake_sender import FakeSender

ACCOUNT = Credentials("keeper-of-boxes", "correct-horse-battery")


def site(updates: str | bytes = by_hand.UPDATES_EN_CARDS) -> FakeSender:
    sender = FakeSender().on("POST /appliance/login.ns", by_hand.BASICS_EN)
    sender.on(
        "GET /appliance",
        lambda _: by_hand.BASICS_EN if "POST /appliance/login.ns" in sender.sent else by_hand.LOGIN_EN,
    )
    return sender.on("GET /appliance/status", by_hand.BASICS_EN).on("GET /appliance/updates", updates)


def test_everything_is_found_and_nothing_pressed() -> None:
    sender = site()
    found = examine(AppliancePages(sender, ACCOUNT))
    assert found.complete, found.findings
    assert {finding["page"] for finding in found.findings} == {
        "appliance login",
        "appliance basics",
        "appliance updates",
    }
    assert not sender.commands
    assert sender.sent.count("POST /appliance/login.ns") == 1
    assert [entry for entry in sender.sent if entry.startswith("POST")] == ["POST /appliance/login.ns"]


def test_what_is_missing_is_told_with_what_was_looked_for() -> None:
    sender = site("<html><title>Updates</title><h1>Updates</h1><p>Nothing here</p></html>")
    missing = [
        finding for finding in recognise(AppliancePages(sender, ACCOUNT)) if not finding["found"] and finding["needed"]
    ]
    assert [finding["control"] for finding in missing] == ["check for updates", "manual installation"]
    assert "Check for Updates" in missing[0]["how"]


def test_a_sketch_keeps_labels_and_drops_the_rest() -> None:
    body = """<!doctype html><title>ACME Support</title><h1>ACME Corporation</h1><a href=/me>John Doe</a><a href=/u>Updates</a>
    <form method=post action=/secret-path><input type=hidden name=token value=t0ken-9f8e><label>Contact person <input value=jdoe></label>
    <button name=go value=x>Check for Updates</button><button>Jetzt pr\u00fcfen</button><button>Install on box7.acme.example</button></form>
    <h2>Verf\u00fcgbare Pakete</h2><p>Host box7.acme.example, serial 123-456, mail a@acme.example</p><button>keeper-of-boxes</button>"""
    text = sketch(Page.parse(body.encode(), "https://support.example.com/u"), hide=["keeper-of-boxes"])
    for kept in (
        "'Updates'",
        "'Check for Updates'",
        "'Jetzt pr\u00fcfen'",
        "'Contact person'",
        "'Verf\u00fcgbare Pakete'",
        "type=hidden",
        "method=post",
    ):
        assert kept in text, kept
    for dropped in ("ACME", "acme", "John", "token", "t0ken", "jdoe", "secret-path", "box7", "123", "keeper"):
        assert dropped not in text, dropped


def test_a_page_that_is_not_reached_says_why() -> None:
    """What stands in the way is often another page, as the one to log in on."""
    form = "<title>Zamvok</title><form><input name=u><input type=password name=p><button>Vastel</button></form>"
    sender = FakeSender().on("GET /appliance", form)
    how = {item["page"]: item["how"] for item in recognise(AppliancePages(sender, ACCOUNT)) if not item["found"]}
    assert how["appliance basics"].startswith("not reached: log in to /appliance: no such control is on the page")


MENU = "".join(
    f"<a href=/login/{page}>{page.title()}</a> " for page in ("status", "management", "failover", "security")
)


def pair(page: str) -> tuple[FakeSender, FailoverPages]:
    sender = FakeSender().on("GET /login", f"<html>{MENU}</html>").on("GET /login/failover", page)
    sender.on("GET /login/security", failover_by_hand.SECURITY)
    return sender, FailoverPages(LoginPages(sender, ACCOUNT))


@pytest.mark.parametrize(
    "page",
    [
        failover_by_hand.OLD_EN_BACKUP,
        failover_by_hand.MODERN_EN_PRIMARY,
        failover_by_hand.DL_IT_PRIMARY,
        *failover_by_hand.NONE.values(),
    ],
)
def test_what_a_pair_needs_is_found_and_nothing_pressed(page: str) -> None:
    sender, failover = pair(page)
    found = examine(failover=failover)
    assert found.complete, found.findings
    assert [entry["page"] for entry in found.findings if entry["control"] == "pre-shared key" and entry["found"]]
    assert not [entry for entry in sender.sent if entry.startswith("POST")]
    for secret in ("example.com", "192.0.2", "k1", "n-9"):
        assert secret not in found.sketches["login failover"]


def test_what_a_pair_lacks_depends_on_its_role() -> None:
    def missing(page: str) -> list[str]:
        found = recognise(failover=pair(page)[1])
        return [entry["control"] for entry in found if entry["needed"] and not entry["found"]]

    assert missing(failover_by_hand.GRID_DE_BACKUP) == ["sync"]
    assert missing(failover_by_hand.MODERN_EN_PRIMARY.replace("Sync Now", "Zamvok")) == []
    assert missing(failover_by_hand.MODERN_EN_PRIMARY.replace("Become Backup", "Zamvok")) == ["become backup"]
    assert missing(failover_by_hand.FIELDSETS_EN_NONE.replace("TLS port", "Zamvok")) == ["establish"]
    assert missing("<html><title>Failover</title><p>Zamvok</p></html>") == ["role", "break"]


def test_a_failover_page_that_is_not_reached_is_missing_and_a_security_page_is_not() -> None:
    sender, failover = pair("")
    sender.on("GET /login", "<html><a href=/login/status>Status</a><a href=/login/management>Management</a></html>")
    found = {entry["page"]: entry for entry in recognise(failover=failover)}
    assert found["login failover"]["needed"]
    assert not found["login security"]["needed"]
    assert not any(entry["found"] for entry in found.values())
