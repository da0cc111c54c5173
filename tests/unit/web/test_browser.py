# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redirects, frames, refresh pages, the way through the menu, login forms: where the browser goes and where it does not."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    NotRecognised,
    RateLimited,
    ServiceDown,
    UnexpectedAnswer,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Request
from ansible_collections.bomgar.appliance.plugins.module_utils.web.browser import Browser, SessionEnded
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import Labels
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page
from ansible_collections.bomgar.appliance.tests.unit.web import pages_by_hand as by_hand
from ansible_collections.bomgar.appliance.tests.unit.web.fake_sender import FakeSender, answer, redirect

ACCOUNT = Credentials("keeper-of-boxes", "correct-horse-battery")
GET = Request("GET", "/appliance", "look")


def browser(sender: FakeSender) -> Browser:
    return Browser(sender, Labels())


def page(body: str) -> Page:
    return Page.parse(body.encode(), "https://support.example.com/appliance/login.ns")


def test_redirects_are_followed_on_the_same_host_only() -> None:
    sender = (
        FakeSender()
        .on("GET /appliance", redirect("a"))
        .on("GET /a", redirect("http://support.example.com/b"))
        .on("GET /b", "<p>here")
    )
    assert browser(sender).fetch(GET).url == "https://support.example.com/b"
    for away in (
        "https://evil.example.net/",
        "//evil.example.net/x",
        "https://support.example.com:8443/",
        "javascript:1",
        "",
    ):
        with pytest.raises(UnexpectedAnswer):
            browser(FakeSender().on("GET /appliance", redirect(away))).fetch(GET)


def test_a_loop_of_redirects_ends() -> None:
    sender = FakeSender().on("GET /appliance", redirect("/a")).on("GET /a", redirect("/appliance"))
    with pytest.raises(UnexpectedAnswer, match="redirects"):
        browser(sender).fetch(GET)
    assert len(sender.requests) <= 7


def test_a_redirected_command_is_never_sent_again() -> None:
    sender = FakeSender().on("POST /p", redirect("/q", 307))
    with pytest.raises(UnexpectedAnswer) as caught:
        browser(sender).fetch(Request("POST", "/p", "act", command=True, form=()))
    assert caught.value.facts["sent"] is True
    assert sender.sent == ["POST /p"]
    sender = FakeSender().on("POST /p", redirect("/q", 302)).on("GET /q", "<p>done")
    browser(sender).fetch(Request("POST", "/p", "act", command=True, form=()))
    assert [request.command for request in sender.requests] == [True, False]


@pytest.mark.parametrize(
    ("scripted", "kind"),
    [
        (answer("<p>slow down", 429), RateLimited),
        (answer("<p>x", 404), UnexpectedAnswer),
        (answer(b"%PDF", 200, content_type="application/pdf"), UnexpectedAnswer),
        (ServiceDown("a", "b", "c"), ServiceDown),
        (answer("", 200), UnexpectedAnswer),
    ],
)
def test_what_is_no_page_is_an_error(scripted: object, kind: type[BomgarError]) -> None:
    with pytest.raises(kind):
        browser(FakeSender().on("GET /appliance", scripted)).fetch(GET)


def test_a_login_page_with_status_403_is_a_login_page() -> None:
    with pytest.raises(SessionEnded):
        browser(FakeSender().on("GET /appliance", answer(by_hand.LOGIN_EN, 403))).open("/appliance", "look")


NOT_A_LOGIN = {
    "a change of password": "<form><input name=u><input type=password name=a><input type=password name=b><button>Login</button></form>",
    "no user name": "<form><input type=password><button>Login</button></form>",
    "hidden": "<form style='display:none'><input><input type=password><button>Login</button></form>",
    "a mail server among menus": (
        "<a href=/s>Status</a><a href=/u>Updates</a><form><input name=smtp><input type=password><button>Save</button></form>"
    ),
    "a user to add": "<form>Name <input> Display <input><input type=password><button>Add</button></form>",
}


@pytest.mark.parametrize("body", NOT_A_LOGIN.values(), ids=NOT_A_LOGIN)
def test_what_is_no_login_form(body: str) -> None:
    assert browser(FakeSender()).login_form(page(f"<html>{body}</html>")) is None


LOGIN = {
    "words in cells": "<form><table><tr><td>Nome utente:<td><input><tr><td>Password:<td><input type=password></table><input type=submit value=Accedi></form>",
    "with a language": "<form><input><input type=password><select><option>en</select><input type=checkbox> Remember<button>Log In</button></form>",
    "an image": "<form><input type=email><input type=password><input type=image alt='Sign in'></form>",
    "with a domain": "<form>Username <input> Domain <input value=x> <input type=password><button>LOGIN</button></form>",
}


@pytest.mark.parametrize("body", LOGIN.values(), ids=LOGIN)
def test_what_is_a_login_form(body: str) -> None:
    assert browser(FakeSender()).login_form(page(f"<html>{body}</html>")) is not None


def test_an_unknown_login_button_is_not_pressed() -> None:
    sender = FakeSender().on(
        "GET /appliance", "<form method=post><input><input type=password><button>Los!</button></form>"
    )
    with pytest.raises(NotRecognised) as caught:
        browser(sender).log_in(ACCOUNT)
    assert caught.value.facts["saw"] == ["Los!"]
    assert sender.sent == ["GET /appliance"]


def test_a_refused_login_is_not_sent_again_by_this_browser() -> None:
    sender = FakeSender().on("GET /appliance", by_hand.LOGIN_EN).on("POST /appliance/login.ns", by_hand.LOGIN_EN)
    window = browser(sender)
    for _turn in range(3):
        with pytest.raises(AuthenticationRefused):
            window.log_in(ACCOUNT)
    assert sender.sent == ["GET /appliance", "POST /appliance/login.ns"]


def test_nothing_is_sent_where_a_session_is_already() -> None:
    sender = FakeSender().on("GET /appliance", by_hand.BASICS_EN)
    browser(sender).log_in(ACCOUNT)
    assert sender.sent == ["GET /appliance"]


def test_an_agreement_ahead_of_the_login_page() -> None:
    banner = "<h1>Notice</h1><p>These terms apply.</p><form method=post action=/agree><button>Decline</button><button name=a value=1>Accept</button></form>"
    sender = (
        FakeSender()
        .on("GET /appliance", banner)
        .on("POST /agree", by_hand.LOGIN_EN)
        .on("POST /appliance/login.ns", by_hand.BASICS_EN)
    )
    browser(sender).log_in(ACCOUNT)
    assert [request.form for request in sender.requests[1:2]] == [(("a", "1"),)]
    assert not sender.commands


def test_pages_that_only_lead_on_are_followed_before_and_after_the_login() -> None:
    sender = FakeSender().on(
        "GET /appliance", "<meta http-equiv=refresh content='0;url=/appliance/login.ns'><p>One moment</p>"
    )
    sender.on("GET /appliance/login.ns", by_hand.LOGIN_EN)
    sender.on("POST /appliance/login.ns", "<meta http-equiv=refresh content='1;url=/in'><p>Welcome</p>").on(
        "GET /in", by_hand.BASICS_EN
    )
    window = browser(sender)
    window.log_in(ACCOUNT)
    found = window.navigate(
        "find it", ("menu.basics",), ("menu.status",), lambda step: "B300" in "".join(line.text for line in step.lines)
    )
    assert found.url == "https://support.example.com/in"


def test_a_frame_set_is_looked_into() -> None:
    sender = FakeSender().on(
        "GET /appliance",
        "<frameset><frame src=/menu><frame src=/main><frame src='https://evil.example.net/'></frameset>",
    )
    sender.on("GET /menu", "<a href=/support>Support</a>").on("GET /main", "<p>Welcome</p>")
    sender.on("GET /support", "<frameset><frame src=/tabs></frameset>").on("GET /tabs", "<a href=/u>Updates</a>").on(
        "GET /u", "<p>found"
    )
    found = browser(sender).navigate(
        "find it", ("menu.updates",), ("menu.support",), lambda step: step.url.endswith("/u")
    )
    assert found.url.endswith("/u")


def test_a_menu_is_searched_only_so_far_and_only_by_its_links() -> None:
    sender = FakeSender()
    menu = "<a href=/%s>Support</a><a href=/logout>Log out</a><a href=/x>Other</a><form method=post action=/go><button>Updates</button></form>"
    sender.on("GET /appliance", menu % 1)
    for step in range(1, 9):
        sender.on(f"GET /{step}", menu % (step + 1))
    with pytest.raises(NotRecognised):
        browser(sender).navigate("find it", ("menu.updates",), ("menu.support",), lambda step: False)
    assert sender.sent == ["GET /appliance", "GET /1", "GET /2", "GET /3"]


def test_an_error_names_the_page_and_what_was_seen() -> None:
    many = "".join(f"<a href=/{n}>Link {n}</a>" for n in range(50))
    error = browser(FakeSender()).unrecognised(
        page(f"<html><title>Somewhere</title>{many}</html>"), "find it", ["That"], "nothing"
    )
    assert error.facts["page"] == "Somewhere"
    assert error.facts["looked_for"] == ["That"]
    assert len(error.facts["saw"]) == 30


@pytest.mark.parametrize(
    ("buttons", "taken"),
    [
        ("<button name=k value=1>Yes</button><button name=k value=1>Yes</button>", True),
        ("<button name=k value=1>Yes</button><button name=k value=2>Yes</button>", False),
        ("<button name=k>Yes</button><button name=l>Yes</button>", False),
        ("<a href=/x?k=1>Yes</a><a href=/x?k=2>Yes</a>", False),
    ],
)
def test_controls_of_one_label_count_as_one_only_if_they_send_the_same(buttons: str, taken: bool) -> None:
    asked = page(f"<p>Sure?<form method=post action=/go><input type=hidden name=t value=1>{buttons}</form>")
    if taken:
        assert browser(FakeSender()).find(asked, "go on", ("confirm.yes",)).label == "Yes"
    else:
        with pytest.raises(NotRecognised, match="told apart"):
            browser(FakeSender()).find(asked, "go on", ("confirm.yes",))
