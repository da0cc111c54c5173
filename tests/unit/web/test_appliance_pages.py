# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of /appliance, driven on hand-written pages: which requests are sent, which are commands, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    NotRecognised,
    Refused,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Credentials, Kind, Offer
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request
from ansible_collections.bomgar.appliance.plugins.module_utils.web.appliance_pages import AppliancePages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.browser import SessionEnded
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import Labels
from ansible_collections.bomgar.appliance.tests.unit.web import pages_by_hand as by_hand
from ansible_collections.bomgar.appliance.tests.unit.web.fake_sender import FakeSender, answer, redirect

ACCOUNT = Credentials("keeper-of-boxes", "correct-horse-battery")
BASE = Offer("Base Software-6.1.0", Kind.BASE, "6.1.0", True)
BUSY = (
    '<!doctype html><title>Updates</title><h1>Updates</h1><div role="status">Installing Base Software-6.1.0: 12%</div>'
)


def window(sender: FakeSender, **labels: list[str]) -> AppliancePages:
    waited: list[float] = []
    return AppliancePages(sender, ACCOUNT, Labels.from_options(labels), pause=waited.append)


def modern(updates: object = by_hand.UPDATES_EN_CARDS) -> FakeSender:
    """A site that asks to log in first."""
    sender = FakeSender()

    def area(request: Request) -> Answer:
        return redirect("/appliance/status" if "POST /appliance/login.ns" in sender.sent else "/appliance/login.ns")

    sender.on("GET /appliance", area)
    sender.on("GET /appliance/login.ns", by_hand.LOGIN_EN)
    sender.on("POST /appliance/login.ns", redirect("/appliance/status"))
    sender.on("GET /appliance/status", by_hand.BASICS_EN)
    sender.on("GET /appliance/updates", updates)
    sender.on("POST /appliance/updates", updates)
    return sender


def logged_in(updates: object = by_hand.UPDATES_EN_CARDS) -> tuple[FakeSender, AppliancePages]:
    sender = modern(updates)
    pages = window(sender)
    pages.log_in()
    return sender, pages


def test_logging_in_sends_the_right_form_once_with_its_hidden_field() -> None:
    sender, _rest = logged_in()
    posts = [request for request in sender.requests if request.method == "POST"]
    assert [request.form for request in posts] == [
        (
            ("csrf", "t-1"),
            ("login[username]", ACCOUNT.username),
            ("login[password]", ACCOUNT.password),
            ("login[submit]", "Login"),
        )
    ]
    assert not sender.commands


def test_basics_are_read_after_one_login() -> None:
    sender = modern()
    basics = window(sender).basics()
    assert (basics.base_version, basics.model, basics.serial) == ("6.0.1", "B300", "S1")
    assert sender.sent.count("POST /appliance/login.ns") == 1
    assert "POST /appliance/reboot" not in sender.sent


def test_a_look_never_logs_in() -> None:
    sender = modern()
    with pytest.raises(SessionEnded):
        window(sender).look()
    assert not any(request.method == "POST" for request in sender.requests)


def test_a_later_look_is_one_request() -> None:
    sender, pages = logged_in()
    first = pages.look()
    sender.requests.clear()
    assert pages.look() == first
    assert sender.sent == ["GET /appliance/updates"]
    assert [(offer.name, offer.installable) for offer in first.offers or ()] == [
        ("Base Software-6.1.0", True),
        ("BeyondTrust Remote Support-22.1.4", False),
    ]
    assert first.activity is Activity.IDLE


def test_a_session_that_ended_is_told_from_the_page() -> None:
    sender, pages = logged_in()
    pages.look()
    sender.on("GET /appliance/updates", redirect("/appliance/login.ns"))
    with pytest.raises(SessionEnded):
        pages.look()


def test_checking_presses_only_the_check_control_and_is_no_command() -> None:
    sender, pages = logged_in()
    look = pages.check_for_updates()
    posts = [request for request in sender.requests if request.method == "POST"][1:]
    assert [request.form for request in posts] == [(("_csrf", "n-9"), ("action", "check"))]
    assert not sender.commands
    assert look.offers is not None


EMPTY = """<!doctype html><title>Updates</title><h1>Updates</h1><p>Use this page to see what the vendor has published for you.</p>
<h2>Available Updates</h2><form method=post action=/check><button>Check for Updates</button></form>{}"""


@pytest.mark.parametrize("words", ["The vendor did not pick up the phone today.", ""])
def test_a_check_that_gives_neither_offers_nor_none_in_known_words_could_not_tell(words: str) -> None:
    sender, pages = logged_in()
    sender.on("GET /appliance/updates", EMPTY.format("")).on("POST /check", EMPTY.format(f"<p>{words}</p>"))
    pages.look()
    with pytest.raises(NotRecognised) as caught:
        pages.check_for_updates()
    assert "could not be told" in caught.value.got
    assert f"it says: {words or 'Use this page to see'}" in caught.value.got
    assert "bomgar_labels" in caught.value.remedy


def test_a_check_that_says_that_there_is_none_tells_none() -> None:
    sender, pages = logged_in()
    sender.on("GET /appliance/updates", EMPTY.format(""))
    sender.on("POST /check", EMPTY.format("<p>There are no updates available.</p>"))
    assert pages.check_for_updates().offers == ()


def test_installing_presses_the_rows_own_button_once() -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", BUSY)
    look = pages.install(BASE)
    assert [request.form for request in sender.commands] == [(("_csrf", "n-9"), ("install", "b610"))]
    assert (look.activity, look.percent) == (Activity.BUSY, 12)


@pytest.mark.parametrize(
    "offer",
    [
        Offer("BeyondTrust Remote Support-22.1.4", Kind.SITE, "22.1.4", True),
        Offer("Base Software-6.1.1", Kind.BASE, "6.1.1", True),
        Offer("Base Software-6.0.1", Kind.BASE, "6.0.1", True),
    ],
)
def test_what_is_blocked_absent_or_only_history_is_not_installed(offer: Offer) -> None:
    sender, pages = logged_in()
    with pytest.raises((Refused, NotRecognised)):
        pages.install(offer)
    assert not sender.commands


def test_the_session_ending_before_the_click_is_mended_with_a_fresh_form() -> None:
    sender, pages = logged_in()
    pages.look()
    sender.on("GET /appliance", by_hand.LOGIN_EN)
    fresh = by_hand.UPDATES_EN_CARDS.replace("n-9", "n-10")
    sender.on("GET /appliance/updates", redirect("/appliance/login.ns"), fresh)
    sender.on("POST /appliance/updates", BUSY)
    pages.install(BASE)
    assert [request.form for request in sender.commands] == [(("_csrf", "n-10"), ("install", "b610"))]


def test_a_login_page_after_the_click_is_unknown_and_nothing_is_repeated() -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", redirect("/appliance/login.ns"))
    look = pages.install(BASE)
    assert look.activity is Activity.UNKNOWN
    assert len(sender.commands) == 1
    assert sender.sent.count("POST /appliance/login.ns") == 1


@pytest.mark.parametrize(
    "trouble", [Unreachable("a", "b", "c"), answer("<p>The page has expired", 403), answer("<p>x", 419)]
)
def test_a_lost_or_refused_answer_to_the_click_says_that_it_was_sent(trouble: object) -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", trouble)
    with pytest.raises(BomgarError) as caught:
        pages.install(BASE)
    assert caught.value.facts["sent"] is True
    assert len(sender.commands) == 1


LICENCE = """<!doctype html><title>License</title><h1>License agreement</h1><form method=post action=/appliance/eula>
<input type=hidden name=k value=3><textarea readonly name=t>By installing this you agree</textarea>
<input type=checkbox name=news checked value=1> Send me news<br>
<input type=checkbox name=ok value=yes> I have read and accept the terms of the license agreement<br>
<input type=submit name=a value=Cancel><input type=submit name=b value=Continue></form>"""
SURE = """<!doctype html><title>Install</title><p>Are you sure you want to install Base Software-6.1.0?</p>
<p>The appliance may restart.</p><form method=post action=/appliance/sure><input type=hidden name=k value=4>
<button name=n value=no>No</button><button name=n value=yes>Yes</button></form>"""


FINAL = "<form method=post action=/appliance/sure><button name=n value=no>No</button><button name=n value=yes>Yes</button></form>"


@pytest.mark.parametrize(
    "words",
    [
        "<h2>Confirm Installation</h2><p>The appliance will restart automatically. All users will be cut. Do you want to continue?</p>",
        "<p>Installing Base Software-6.1.0? Is nobody working?</p>",
        "<p>Installing Base Software-6.1.0 takes up to one hour. Continue?</p>",
    ],
)
def test_a_question_about_the_installation_is_answered(words: str) -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", f"<html><title>Sure</title>{words}{FINAL}").on("POST /appliance/sure", BUSY)
    assert pages.install(BASE).activity is Activity.BUSY
    assert sender.commands[-1].form == (("n", "yes"),)


@pytest.mark.parametrize(
    "words",
    [
        "Base Software-6.1.0: restart the appliance now?",
        "Are you sure you want to delete Base Software-6.1.0?",
        "Do you want to cancel the installation of Base Software-6.1.0?",
        "Skip the update Base Software-6.1.0?",
        "Base Software-6.1.0 needs a factory reset. Continue?",
        "Vuoi annullare l'installazione di Base Software-6.1.0?",
    ],
)
def test_a_question_about_something_else_is_not_answered_though_it_names_the_package(words: str) -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", f"<html><title>Sure</title><p>{words}</p>{FINAL}").on(
        "POST /appliance/sure", BUSY
    )
    with pytest.raises(NotRecognised):
        pages.install(BASE)
    assert len(sender.commands) == 1


def test_choosing_to_accept_lets_go_of_the_other_choice() -> None:
    sender, pages = logged_in()
    page = (
        "<html><title>EULA</title><h1>License Agreement</h1><form method=post action=/appliance/eula><label><input type=radio name=ok value=1> "
        "I accept the terms</label><label><input type=radio name=ok value=0 checked> I do not accept the terms</label><button>Next</button></form>"
    )
    sender.on("POST /appliance/updates", page).on("POST /appliance/eula", BUSY)
    pages.install(BASE)
    assert sender.commands[-1].form == (("ok", "1"),)


def test_a_button_that_waits_for_the_tick_is_pressed_after_it() -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", LICENCE.replace("name=b value=Continue", "name=b value=Continue disabled"))
    sender.on("POST /appliance/eula", BUSY)
    assert pages.install(BASE).activity is Activity.BUSY
    assert sender.commands[-1].form is not None
    assert sender.commands[-1].form[-2:] == (("ok", "yes"), ("b", "Continue"))


def test_a_button_that_is_disabled_beside_a_ticked_box_is_not_pressed() -> None:
    sender, pages = logged_in()
    page = LICENCE.replace("name=b value=Continue", "name=b value=Continue disabled").replace(
        "name=ok", "checked name=ok"
    )
    sender.on("POST /appliance/updates", page)
    with pytest.raises(NotRecognised, match="disabled"):
        pages.install(BASE)
    assert len(sender.commands) == 1


def test_what_an_idle_page_says_only_after_the_click_is_its_answer() -> None:
    words = "This cannot be applied while a maintenance task is active."
    sender, pages = logged_in()
    sender.on(
        "POST /appliance/updates",
        by_hand.UPDATES_EN_CARDS.replace("<h1>Updates</h1>", f"<h1>Updates</h1><p>{words}</p>"),
    )
    assert pages.look().message is None
    answer_to_the_click = pages.install(BASE)
    assert (answer_to_the_click.activity, answer_to_the_click.message) == (Activity.IDLE, words)
    assert pages.look().message is None


def test_licence_and_question_are_gone_through_as_commands() -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", LICENCE)
    sender.on("POST /appliance/eula", SURE)
    sender.on("POST /appliance/sure", BUSY)
    assert pages.install(BASE).activity is Activity.BUSY
    assert [request.form for request in sender.commands[1:]] == [
        (("k", "3"), ("t", "By installing this you agree"), ("news", "1"), ("ok", "yes"), ("b", "Continue")),
        (("k", "4"), ("n", "yes")),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<p>Are you sure you want to restart the appliance?</p><form method=post action=/r><button>Yes</button></form>",
        "<p>Please choose the kind of installation.</p><form method=post action=/r><button>Fast</button></form>",
        "<p>Install?</p><form method=post action=/r><button>Yes</button></form><form action=/q><button>Yes</button></form>",
        "<p>Install?</p><form method=post action=/r><button>Yes, restart</button></form>",
    ],
)
def test_an_unknown_page_after_the_click_is_a_refusal_that_says_so(page: str) -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", "<!doctype html><title>Step 2</title>" + page)
    with pytest.raises(NotRecognised) as caught:
        pages.install(BASE)
    assert caught.value.facts["sent"] is True
    assert len(sender.commands) == 1


def test_a_running_installation_is_not_clicked_over() -> None:
    sender, pages = logged_in(
        by_hand.UPDATES_EN_CARDS.replace("<main>", '<main><p role="status">Installing Base Software-6.1.0, 40%</p>')
    )
    with pytest.raises(Refused):
        pages.install(BASE)
    assert not sender.commands


def test_a_refresh_page_is_followed_only_until_a_page_speaks() -> None:
    sender, pages = logged_in()
    sender.on(
        "POST /appliance/updates", '<meta http-equiv="refresh" content="2; url=/appliance/wait"><title>…</title><p></p>'
    )
    sender.on("GET /appliance/wait", BUSY)
    assert pages.install(BASE).activity is Activity.BUSY
    assert len(sender.commands) == 1


def test_uploading_takes_the_manual_form_with_its_hidden_fields(tmp_path: Path) -> None:
    package = tmp_path / "bomgar-22.1.4.nss"
    package.write_bytes(b"x")
    page = by_hand.UPDATES_EN_CARDS.replace(
        "</main>",
        '<h2>Restore</h2><form method=post action=/restore enctype="multipart/form-data"><input type=file name=backup>'
        "<button>Upload</button></form></main>",
    )
    sender, pages = logged_in(page)
    sender.on("POST /appliance/upload", BUSY)
    pages.upload(package)
    (command,) = sender.commands
    assert command.form == (("_csrf", "n-9"),)
    assert command.upload is not None
    assert (command.upload.field, command.upload.path) == ("pkg", package)


def test_italian_of_2011_is_driven_in_its_own_encoding() -> None:
    sender = FakeSender().on("GET /appliance", by_hand.BASICS_IT)
    sender.on("GET /appliance/basics.ns", by_hand.BASICS_IT)
    sender.on("GET /appliance/support.ns", by_hand.UPDATES_IT_2011)
    sender.on("GET /appliance/updates.ns", by_hand.UPDATES_IT_2011)
    sender.on(
        "POST /appliance/updates.ns", "<html><p>Installazione di Base Software-3.2.6 in corso... Attendere.</html>"
    )
    pages = window(sender)
    assert pages.basics().base_version == "3.2.4"
    offers = pages.look().offers or ()
    assert pages.install(offers[0]).activity is Activity.BUSY
    (command,) = sender.commands
    assert command.form == (
        ("updates[token]", "abc"),
        ("updates[pkg]", "17"),
        ("updates[go]", "Installa\u00a0questo aggiornamento"),
    )
    assert command.encoding == "cp1252"


def test_a_link_in_the_rows_definition_installs() -> None:
    sender = FakeSender().on("GET /appliance", by_hand.UPDATES_EN_DL)
    sender.on("GET /updates.ns", by_hand.UPDATES_EN_DL)
    sender.on("GET /updates.ns?install=7&t=zz", BUSY)
    pages = window(sender)
    pages.install(Offer("Base Software-3.2.6", Kind.BASE, "3.2.6", True))
    assert [request.path for request in sender.commands] == ["https://support.example.com/updates.ns?install=7&t=zz"]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (by_hand.LOGIN_EN.replace("<form", "<p>Invalid username or password.</p><form", 1), "Invalid username"),
        ("<!doctype html><p>Your account keeper-of-boxes is locked.</p>", "locked"),
        (
            "<!doctype html><p>Your password has expired</p><form><input type=password name=a><input type=password name=b></form>",
            "new password",
        ),
        (
            "<!doctype html><p>Enter the code from your authenticator app</p><form><input name=c><button>Go</button></form>",
            "second factor",
        ),
        (answer("<html><p>Forbidden</p></html>", 403), "403"),
    ],
)
def test_a_refused_login_is_final_and_tells_the_pages_words(page: object, words: str) -> None:
    sender = modern().on("POST /appliance/login.ns", page)
    with pytest.raises(AuthenticationRefused, match=words) as caught:
        window(sender).basics()
    assert ACCOUNT.username not in str(caught.value)
    assert sender.sent.count("POST /appliance/login.ns") == 1


def test_an_agreement_after_the_login_is_accepted() -> None:
    banner = "<!doctype html><h1>Login agreement</h1><p>Authorised use only.</p><form method=post action=/appliance/ok><button>I Accept</button></form>"
    sender = modern().on("POST /appliance/login.ns", banner).on("POST /appliance/ok", by_hand.BASICS_EN)
    assert window(sender).basics().base_version == "6.0.1"


def test_added_labels_open_another_language() -> None:
    page = "<html><title>M</title><h2>Mises à jour disponibles</h2><ul><li>Base Software-6.1.0 <a href=/i>Installer</a></li></ul></html>"
    sender = FakeSender().on("GET /appliance", page).on("GET /i", BUSY)
    with pytest.raises(NotRecognised) as caught:
        window(sender).install(BASE)
    assert caught.value.facts["saw"] == ["Installer"]
    labels = {"updates.available": ["Mises à jour disponibles"], "updates.install": ["Installer"]}
    assert window(sender, **labels).install(BASE).activity is Activity.BUSY


FRAME = "<form action=/lang><select name=l><option>en</select><button>OK</button></form>"


def test_a_button_of_the_pages_frame_is_not_taken_for_the_answer() -> None:
    sender, pages = logged_in(by_hand.UPDATES_EN_CARDS.replace("<main>", f"<main>{FRAME}"))
    sender.on("POST /appliance/updates", SURE.replace("<p>Are", f"{FRAME}<p>Are"))
    sender.on("POST /appliance/sure", BUSY)
    pages.install(BASE)
    assert [request.form for request in sender.commands[1:]] == [(("k", "4"), ("n", "yes"))]


def test_a_page_that_comes_back_after_it_was_answered_is_not_answered_again() -> None:
    sender, pages = logged_in()
    sender.on("POST /appliance/updates", LICENCE).on("POST /appliance/eula", LICENCE)
    with pytest.raises(NotRecognised, match="came back"):
        pages.install(BASE)
    assert len(sender.commands) == 2


def test_one_form_around_everything_sends_only_the_pressed_button(tmp_path: Path) -> None:
    page = """<!doctype html><title>Updates</title><form method=post action=/appliance/updates enctype="multipart/form-data">
    <input type=hidden name=t value=1><input type=submit name=check value="Check for Updates"><table><tr><th>Available Updates<th></tr>
    <tr><td>Base Software-6.1.0<td><input type=submit name=i1 value="Install This Update"></tr></table>
    <h3>Manual Installation</h3>Update file: <input type=file name=f><input type=submit name=up value="Update Software">
    <input type=submit name=boot value="Restart"></form>"""
    sender, pages = logged_in(page)
    sender.on("POST /appliance/updates", BUSY)
    pages.install(BASE)
    assert sender.commands[0].form == (("t", "1"), ("i1", "Install This Update"), ("f", ""))
    assert sender.commands[0].multipart
    sender, pages = logged_in(page)
    sender.on("POST /appliance/updates", BUSY)
    pages.upload(tmp_path / "p.nss")
    assert sender.commands[0].form == (("t", "1"), ("up", "Update Software"))
    assert sender.commands[0].upload is not None


@pytest.mark.parametrize(
    "ended",
    [
        answer("<p>Unauthorized", 401),
        "<!doctype html><title>x</title><p>Your session has expired.</p><a href=/appliance/login.ns>Log in</a>",
        redirect("/appliance/login.ns"),
    ],
)
def test_ways_in_which_a_session_ends(ended: object) -> None:
    sender, pages = logged_in()
    pages.look()
    sender.on("GET /appliance/updates", ended)
    with pytest.raises(SessionEnded):
        pages.look()


def test_an_address_with_a_session_in_it_is_forgotten_with_the_session() -> None:
    sender, pages = logged_in()
    sender.on("GET /appliance/status", by_hand.BASICS_EN.replace("/appliance/updates", "/appliance/updates?sid=1"))
    sender.on("GET /appliance/updates?sid=1", by_hand.UPDATES_EN_CARDS)
    pages.basics()
    pages.look()
    before = len(sender.sent)
    pages.log_in()
    pages.look()
    assert sender.sent[before:] == ["GET /appliance", "GET /appliance/status", "GET /appliance/updates"]


def test_the_updates_page_is_found_again_when_it_moved() -> None:
    sender, pages = logged_in()
    pages.look()
    sender.pages.pop("GET /appliance/updates")
    sender.on("GET /appliance/status", by_hand.BASICS_EN.replace("/appliance/updates", "/appliance/new"))
    sender.on("GET /appliance/new", by_hand.UPDATES_EN_CARDS)
    assert pages.look().activity is Activity.IDLE
    sender.requests.clear()
    pages.look()
    assert sender.sent == ["GET /appliance/new"]


def test_what_is_offered_is_never_read_as_what_is_installed() -> None:
    page = "<!doctype html><a href=/appliance/status>Status</a><h2>Available Updates</h2><table><tr><td>Base Software<td>9.9.9</table>"
    for body in (page, "<!doctype html><a href=/s>Status</a><p>Base Software-9.9.9 could not be installed.</p>"):
        sender = FakeSender().on("GET /appliance", body)
        with pytest.raises(NotRecognised):
            window(sender).basics()


@pytest.mark.parametrize(
    "forms",
    [
        "<form method=post action=/u enctype=multipart/form-data><input type=file name=f><button>Restore</button></form>",
        "<h2>Manual Installation</h2><form method=post action=/u><input type=file name=f><button>Restart</button></form>",
        "<h2>Manual Installation</h2><form method=post action=/u><input type=file name=a><input type=file name=b><button>Update Software</button></form>",
        "<h2>Manual Installation</h2><form method=post action=/u><input type=file><button>Update Software</button></form>",
        "<form action=/u><input type=file name=f><button>Update Software</button></form>" * 2,
        "<h2>Manual Installation</h2><form method=post action=/u><input type=file name=f disabled><button>Update Software</button></form>",
        "<h2>Manual Installation</h2><form method=post action=/u><input type=file name=f><button type=button>Update Software</button></form>",
    ],
)
def test_other_file_fields_are_never_taken(forms: str, tmp_path: Path) -> None:
    check = "<!doctype html><title>Updates</title><form action=/c><button>Check for Updates</button></form>"
    sender = FakeSender().on("GET /appliance", check + forms)
    with pytest.raises(NotRecognised):
        window(sender).upload(tmp_path / "p.nss")
    assert not sender.commands


def test_an_updates_page_that_shows_something_unknown_is_looked_at_all_the_same() -> None:
    sender, pages = logged_in()
    pages.look()
    sender.on("GET /appliance/updates", "<!doctype html><title>Frŝigoj</title><p>La frŝigo laboras.</p>")
    look = pages.look()
    assert (look.activity, look.offers, look.message) == (Activity.UNKNOWN, None, "La frŝigo laboras.")
    with pytest.raises(NotRecognised):
        pages.install(BASE)
    assert not sender.commands


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Basics</h1><p><b>Model:</b> B300, <b>Base Software:</b> v6.3.1.0</p><p><b>Remote Support:</b> 19.1.8</p>",
        "<h1>Basics</h1><p><span>Model</span>: B300 <span>Base Software Version</span>: 6.3.1.0</p>",
        "<h1>Basics</h1><p>Model: B300 | Base Software Version: 6.3.1.0 | System Time: 12:30:05</p>",
        "<h1>Basics</h1><dl><dt>Versione Base Software / Base Software Version<dd>6.3.1.0</dl>",
    ],
)
def test_several_values_in_a_line_and_labels_in_two_languages(page: str) -> None:
    sender = modern()
    sender.on("GET /appliance/status", f"<html><nav><a href=/appliance/status>Status</a></nav>{page}")
    assert window(sender).basics().base_version == "6.3.1.0"


def test_a_page_that_the_menu_led_to_is_the_one_that_is_not_recognised() -> None:
    sender = modern()
    home = (
        "<html><title>Home</title><nav><a href=/appliance/status>Status</a><a href=/appliance/basics>Basics</a></nav>"
    )
    sender.on("GET /appliance/status", home)
    sender.on("GET /appliance/basics", "<html><title>Basics of it</title><p>Nothing known.</p>")
    with pytest.raises(NotRecognised, match="the menu led to a page") as caught:
        window(sender).basics()
    assert caught.value.facts["page"] == "Basics of it"
