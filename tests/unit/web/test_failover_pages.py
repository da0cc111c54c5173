# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Failover page shows, and what its operations press and never press."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    BadInput,
    BomgarError,
    NotRecognised,
    Refused,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials, FailoverView, Role, SyncState
from ansible_collections.bomgar.appliance.plugins.module_utils.web.failover_pages import FailoverPages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.login_pages import LoginPages
from ansible_collections.bomgar.appliance.tests.unit.web import failover_by_hand as by_hand
from ansible_collections.bomgar.appliance.tests.unit.web.fake_sender import FakeSender, answer

ACCOUNT = Credentials("keeper-of-boxes", "correct-horse-battery")
LOGIN = "<form method=post action=/login/in>Username <input name=u> Password <input type=password name=p><button>Login</button></form>"
MENU = "<a href=/login/status>Status</a> <a href=/login/management>Management</a> <a href=/login/fo>Failover</a> <a href=/login/sec>Security</a>"
PAGES = {
    "old": by_hand.OLD_EN_BACKUP,
    "modern": by_hand.MODERN_EN_PRIMARY,
    "italian": by_hand.DL_IT_PRIMARY,
    "german": by_hand.GRID_DE_BACKUP,
}
TEN = 1795428000.0  # 2026-11-23 10:00:00 UTC


def site(page: str, **posted: object) -> tuple[FakeSender, FailoverPages]:
    """A site with this Failover page; `posted`: path without slashes -> what a POST there answers."""
    sender = FakeSender().on("GET /login", f"<html>{MENU}</html>").on("GET /login/fo", page)
    for path, answers in posted.items():
        sender.on(f"POST /login/{path}", *(answers if isinstance(answers, list) else [answers]))
    return sender, FailoverPages(LoginPages(sender, ACCOUNT))


def shown(page: str) -> FailoverView:
    return site(page)[1].view()


def body(text: str, title: str = "Failover") -> str:
    return f"<html><head><title>{title}</title></head><body>{MENU}{text}</body></html>"


def sent(sender: FakeSender) -> dict[str, str]:
    """The form of the only command."""
    (request,) = sender.commands
    assert request.form is not None
    return dict(request.form)


# ---- reading ----------------------------------------------------------------------------------------------------------


def test_an_old_page_of_a_backup() -> None:
    view = shown(by_hand.OLD_EN_BACKUP)
    assert (view.role, view.peer_role) == (Role.BACKUP, Role.PRIMARY)
    assert (view.last_sync, view.last_sync_time) == ("2026-11-23 10:00:00 UTC", TEN)
    assert (view.sync_status, view.sync) == ("Success", SyncState.GOOD)
    assert view.shared_ips is None
    assert view.can == {"sync", "break", "become_primary"}


def test_a_modern_page_of_a_primary() -> None:
    view = shown(by_hand.MODERN_EN_PRIMARY)
    assert (view.role, view.peer_role) == (Role.PRIMARY, Role.BACKUP)
    assert (view.last_sync, view.last_sync_time) == ("2026-11-23T10:00:00+01:00", TEN - 3600)
    assert (view.sync_status, view.sync) == ("completed", SyncState.GOOD)
    assert view.shared_ips == {"192.0.2.10": True, "192.0.2.11": False}
    assert view.can == {"sync", "break", "become_backup", "shared_ips"}


def test_an_italian_page_of_a_primary() -> None:
    view = shown(by_hand.DL_IT_PRIMARY)
    assert (view.role, view.peer_role) == (Role.PRIMARY, Role.UNKNOWN)
    assert (view.last_sync, view.last_sync_time) == ("23/11/2026 11:00", None)
    assert view.sync is SyncState.GOOD
    assert view.shared_ips == {"192.0.2.10": False, "2001:db8::10": True}
    assert view.can == {"sync", "break", "become_backup", "shared_ips"}


def test_a_german_page_while_a_sync_runs() -> None:
    view = shown(by_hand.GRID_DE_BACKUP)
    assert (view.role, view.peer_role) == (Role.BACKUP, Role.PRIMARY)
    assert view.last_sync == "23.11.2026 10:00:00"
    assert (view.sync_status, view.sync) == ("Die Datensynchronisierung läuft.", SyncState.RUNNING)
    assert view.can == {"break", "become_primary"}


@pytest.mark.parametrize("page", by_hand.NONE.values(), ids=by_hand.NONE)
def test_a_page_with_the_form_for_a_relationship_shows_none(page: str) -> None:
    view = shown(page)
    assert view.role is Role.NONE
    assert view.can == {"establish"}


BREAK = "<form method=post action=/login/go><button name=b>Break Failover Relationships</button></form>"
BECOME_BACKUP = "<form method=post action=/login/go><label><input type=checkbox name=c>Data sync first</label><button>Become Backup</button></form>"
ROLES = {
    "two that differ under no heading": ("<p>Role: Primary</p><p>Role: Backup</p>", Role.UNKNOWN),
    "the same twice": ("<p>Role: Primary</p><p>Role: Primary</p>", Role.PRIMARY),
    "a host of that name": ("<p>This host: primary.example.com</p>", Role.UNKNOWN),
    "a host and its role": ("<p>This host: primary.example.com (Backup)</p>", Role.BACKUP),
    "the peer only": ("<p>Peer role: Backup</p>", Role.UNKNOWN),
    "under headings": ("<h3>Peer</h3><p>Role: Backup</p><h3>This appliance</h3><p>Role: Primary</p>", Role.PRIMARY),
    "a role to be": ("<p>New role: Backup</p>", Role.UNKNOWN),
    "a role that was": ("<p>Previous role: Backup</p><p>Current role: Primary</p>", Role.PRIMARY),
    "both in one": ("<p>Role: Primary or Backup</p>", Role.UNKNOWN),
    "a sentence": ("<p>This appliance is currently the backup of a.example.com.</p>", Role.BACKUP),
    "an explanation": ("<p>If this site is the primary, it can become backup.</p>", Role.UNKNOWN),
    "denied": ("<p>This site is not the primary.</p>", Role.UNKNOWN),
    "something unknown": ("<p>Role: Witness</p>", Role.UNKNOWN),
    "no role with a relationship": ("<p>Role: None</p>", Role.UNKNOWN),
    "the other button": (BECOME_BACKUP, Role.PRIMARY),
    "words before buttons": (BECOME_BACKUP + "<p>Role: Backup</p>", Role.BACKUP),
    "a history": ("<h3>Failover History</h3><table><tr><td>Role<td>Backup</table>", Role.UNKNOWN),
    "rows of sites": (
        "<table><tr><th>Site<th>Role<th>Seen<tr><td>a (this site)<td>Primary<td>now<tr><td>b (peer)<td>Backup<td>now</table>",
        Role.PRIMARY,
    ),
}


@pytest.mark.parametrize(("text", "role"), ROLES.values(), ids=ROLES)
def test_the_role_is_told_for_certain_or_not_at_all(text: str, role: Role) -> None:
    assert shown(body(BREAK + text)).role is role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("<p>There is no failover relationship.</p>", Role.NONE),
        ("<p>Failover-Rolle: Keine</p>", Role.NONE),
        ("<p>If there is no failover relationship, establish one.</p>", Role.UNKNOWN),
        ("<p>Welcome</p>", Role.UNKNOWN),
        ("<p>This site is the backup.</p><p>There is no failover relationship.</p>", Role.BACKUP),
    ],
)
def test_a_page_without_controls(text: str, role: Role) -> None:
    assert shown(body(f"<h1>Failover</h1>{text}")).role is role


SYNCS = {
    "a check of the status": ("<p>Last status check: 2026-11-23 10:00:00 UTC</p>", None, SyncState.UNKNOWN),
    "a sync to come": ("<p>Next data sync: 2026-11-23 10:00:00 UTC</p>", None, SyncState.UNKNOWN),
    "two times that differ": (
        "<p>Data sync: 2026-11-23 10:00</p><p>Data-sync time: 2026-11-23 11:00</p>",
        None,
        SyncState.UNKNOWN,
    ),
    "failed": ("<p>Last sync status: completed, but failed for sessions</p>", None, SyncState.FAILED),
    "a failure and a time": (
        "<p>Last data sync: failed at 2026-11-23 10:00:00 UTC</p>",
        "2026-11-23 10:00:00 UTC",
        SyncState.FAILED,
    ),
    "rows of a log": (
        "<table><tr><th>Time<th>Event<th>Result<th>By<tr><td>Now<td>x<td>Last sync status<td>Success</table>",
        None,
        SyncState.UNKNOWN,
    ),
    "rows of a log without heads": (
        "<table><tr><td>2026-11-22 10:00<td>a<td>Last data sync status<td>Success</table>",
        None,
        SyncState.UNKNOWN,
    ),
    "divisions of a log": (
        "<div><div>2026-11-22 10:00</div><div>Last data sync status: Success</div></div>",
        None,
        SyncState.UNKNOWN,
    ),
    "lines of a log": (
        "<ul><li>2026-11-22 09:00 - Data sync: Success - admin: none</li></ul>",
        None,
        SyncState.UNKNOWN,
    ),
    "a sentence": (
        "<p>The last data sync succeeded on 2026-11-23 10:00:00 UTC.</p>",
        "2026-11-23 10:00:00 UTC",
        SyncState.GOOD,
    ),
    "a day without a time": ("<p>Last data sync: 2026-11-23</p>", None, SyncState.UNKNOWN),
    "never": ("<p>Last data sync: Never</p><p>Last sync status: Never</p>", None, SyncState.UNKNOWN),
    "never, in Italian": ("<p>Ultima sincronizzazione: Mai</p>", None, SyncState.UNKNOWN),
    "never, in German": ("<p>Letzte Synchronisierung: Nie</p>", None, SyncState.UNKNOWN),
    "a German day in May": (
        "<p>Die letzte Synchronisierung war am 23. Mai 2026 um 10:00 Uhr erfolgreich.</p>",
        "23. Mai 2026 um 10:00 Uhr",
        SyncState.GOOD,
    ),
    "a word behind the time": ("<p>Last data sync: 2026-11-23 10:00:00 OK</p>", "2026-11-23 10:00:00", SyncState.GOOD),
    "words behind the time": (
        "<p>Last data sync: 2026-11-23 10:00:00 NOT OK</p>",
        "2026-11-23 10:00:00",
        SyncState.UNKNOWN,
    ),
    "two times in one row": (
        "<p>Last data sync: 23.11.2026 11:00 (10:00 UTC 23.11.2026)</p>",
        "23.11.2026 11:00 / 10:00 UTC 23.11.2026",
        SyncState.UNKNOWN,
    ),
    "a table that runs across": (
        "<table><tr><th>Status Check<th>Last Data Sync<th>Data Sync Status<tr><td>x<td>Mon Nov 23 10:00:00 2026<td>Success</table>",
        "Mon Nov 23 10:00:00 2026",
        SyncState.GOOD,
    ),
    "a plain table that runs across, the time first": (
        "<table><tr><td>Last Data Sync<td>Data Sync Status<tr><td>23/11/2026 10:00<td>Success</table>",
        "23/11/2026 10:00",
        SyncState.GOOD,
    ),
    "a table of a history that runs across": (
        "<h3>History</h3><table><tr><th>Last Data Sync<th>Data Sync Status<th>By<tr><td>2026-11-22 10:00<td>Success<td>x</table>",
        None,
        SyncState.UNKNOWN,
    ),
    "a table with a row for each time": (
        "<table><tr><th>By<th>Last Data Sync<th>Data Sync Status<tr><td>x<td>2026-11-22 10:00<td>Success<tr><td>x<td>x<td>x</table>",
        None,
        SyncState.UNKNOWN,
    ),
    "headings": (
        "<h4>Last Data Sync</h4><p>2026-11-23 10:00</p><h4>Data Sync Status</h4><p>Success</p>",
        "2026-11-23 10:00",
        SyncState.GOOD,
    ),
    "a heading over a part": ("<h4>Last Data Sync</h4><p>Began: 2026-11-23 10:00</p>", None, SyncState.UNKNOWN),
    "running in its status": ("<p>Data sync status: In progress (40%)</p>", None, SyncState.RUNNING),
    "an explanation": (
        "<p>While a data sync is running, sessions go on.</p><p>Automatic data sync is started every hour.</p>",
        None,
        SyncState.UNKNOWN,
    ),
    "running now, good before": (
        "<p>Last sync status: Success</p><p>A data sync has been started.</p>",
        None,
        SyncState.RUNNING,
    ),
}


@pytest.mark.parametrize(("text", "at", "state"), SYNCS.values(), ids=SYNCS)
def test_the_last_sync_is_told_for_certain_or_not_at_all(text: str, at: str | None, state: SyncState) -> None:
    view = shown(body(BREAK + text))
    assert (view.last_sync, view.sync) == (at, state)


def test_no_time_of_day_is_taken_for_a_label_and_its_value() -> None:
    fields = shown(body(f"{BREAK}<p>Last data sync 10:15</p><p>Seen at 10:15: never</p><p>Port: 443</p>")).fields
    assert {"Last data sync 10", "Seen at 10"} & set(fields) == set()
    assert (fields["Seen at 10:15"], fields["Port"]) == ("never", "443")


BOXES = {
    "address before its box": "<h3>Shared IPs</h3>192.0.2.1 <input type=checkbox name=a> 192.0.2.2 <input type=checkbox name=b>",
    "an address on the line before": "<h3>Shared IPs</h3><div>192.0.2.1</div><div><input type=checkbox name=a> Enabled</div>"
    "<div>192.0.2.2</div><div><input type=checkbox name=b> Enabled</div>",
    "an address on the line before a bare box": "<h3>Shared IPs</h3><div>192.0.2.1</div><div><input type=checkbox name=a></div>"
    "<div>192.0.2.2</div><div><input type=checkbox name=b></div>",
    "two boxes under a term": "<dl><dt>192.0.2.1<dd><input type=checkbox name=a><br><input type=checkbox name=b></dl>",
    "two boxes in a row": "<h3>Shared IPs</h3><table><tr><td>192.0.2.1<td><input type=checkbox name=a><td><input type=checkbox name=b></table>",
    "two forms": "<h3>Shared IPs</h3></form><form><label><input type=checkbox name=a>192.0.2.1</label></form>"
    "<form><label><input type=checkbox name=b>192.0.2.2</label>",
}


@pytest.mark.parametrize("text", BOXES.values(), ids=BOXES)
def test_boxes_that_cannot_be_told_apart_are_not_used(text: str) -> None:
    sender, pages = site(body(f"{BREAK}<form method=post action=/login/ip>{text}<button>Save</button></form>"))
    view = pages.view()
    assert "shared_ips" not in view.can
    with pytest.raises((NotRecognised, Refused)):
        pages.enable_shared_ips(["192.0.2.1"])
    assert not sender.commands


GOOD_BOXES = {
    "terms of a list": "<dl><dt>192.0.2.1<dd><input type=checkbox name=a> on<dt>192.0.2.2<dd><input type=checkbox name=b> on</dl>",
    "labels on lines of their own": "<label for=a>192.0.2.1</label><br><input type=checkbox id=a name=a><br>"
    "<label for=b>192.0.2.2</label><br><input type=checkbox id=b name=b>",
    "rows of divisions": "<div><b>192.0.2.1</b><div><input type=checkbox name=a> on</div></div>"
    "<div><b>192.0.2.2</b><div><input type=checkbox name=b> on</div></div>",
    "one line": "<input type=checkbox name=a> 192.0.2.1 <input type=checkbox name=b> 192.0.2.2",
    "beside another box": "<label><input type=checkbox name=a>192.0.2.1</label><label><input type=checkbox name=b>192.0.2.2</label>"
    "<label><input type=checkbox name=c checked>Announce a change</label>",
}


@pytest.mark.parametrize("text", GOOD_BOXES.values(), ids=GOOD_BOXES)
def test_boxes_belong_to_the_address_of_their_row_label_or_line(text: str) -> None:
    page = body(f"{BREAK}<h3>Shared IPs</h3><form method=post action=/login/ip>{text}<button>Save</button></form>")
    sender, pages = site(page, ip=page)
    pages.enable_shared_ips(["192.0.2.2"])
    assert set(sent(sender)) - {"c"} == {"b"}
    assert ("c" in sent(sender)) is ("name=c" in text)


def test_boxes_of_other_addresses_are_no_shared_ones() -> None:
    text = "<h3>Network test addresses</h3><form><label><input type=checkbox name=a checked>198.51.100.1</label><button>Save</button></form>"
    assert shown(body(BREAK + text)).shared_ips is None


# ---- the way there ------------------------------------------------------------------------------------------------------


def test_it_logs_in_once_and_then_needs_one_request() -> None:
    sender = FakeSender().on("GET /login", LOGIN).on("POST /login/in", body("<p>Welcome</p>", "Home"))
    sender.on("GET /login/management", body("", "Management")).on("GET /login/fo", by_hand.MODERN_EN_PRIMARY)
    pages = FailoverPages(LoginPages(sender, ACCOUNT))
    assert pages.view().role is Role.PRIMARY
    count = len(sender.requests)
    assert pages.view().role is Role.PRIMARY
    assert sender.sent[count:] == ["GET /login/fo"]
    assert sender.sent.count("POST /login/in") == 1
    assert not sender.commands


def test_a_session_that_ended_is_begun_again() -> None:
    sender, pages = site(by_hand.MODERN_EN_PRIMARY)
    sender.on("GET /login/fo", by_hand.MODERN_EN_PRIMARY, LOGIN, by_hand.MODERN_EN_PRIMARY)
    sender.on("POST /login/in", body("<p>Welcome</p>", "Home"))
    pages.view()
    sender.on("GET /login", LOGIN)
    assert pages.view().role is Role.PRIMARY
    assert sender.sent.count("POST /login/in") == 1


def test_another_page_with_sync_now_is_not_taken_for_it() -> None:
    groups = body("<form method=post action=/login/ldap><button>Sync Now</button></form>", "Security Providers")
    sender = FakeSender().on("GET /login", groups).on("GET /login/management", groups)
    with pytest.raises(NotRecognised) as caught:
        FailoverPages(LoginPages(sender, ACCOUNT)).sync_now()
    assert caught.value.facts["looked_for"][0] == "Failover"
    assert not sender.commands


# ---- pressing -------------------------------------------------------------------------------------------------------------


OPERATIONS: dict[str, Callable[[FailoverPages], FailoverView]] = {
    "sync": FailoverPages.sync_now,
    "break": FailoverPages.break_up,
}
PRESSED = {
    ("old", "sync"): {"f[t]": "k1", "f[sync].x": "1", "f[sync].y": "1"},
    ("old", "break"): {"f[t]": "k3", "f[break].x": "1", "f[break].y": "1"},
    ("modern", "sync"): {"_csrf": "n-9", "do": "sync", "auto": "1", "ip[]": "7", "interval": "60", "test": "1"},
    ("modern", "break"): {"_csrf": "n-9", "do": "break", "auto": "1", "ip[]": "7", "interval": "60", "test": "1"},
    ("italian", "sync"): {"t": "1", "s": "Sincronizza ora"},
    ("italian", "break"): {"t": "1", "i": "Interrompi relazioni di failover"},
    ("german", "break"): {"k": "t"},
}


@pytest.mark.parametrize(("name", "operation"), PRESSED, ids="-".join)
def test_the_right_one_of_the_buttons_is_pressed(name: str, operation: str) -> None:
    page = PAGES[name]
    after = page.replace("<FORM", "<P>The request was taken</P><FORM", 1).replace("<form", "<p>Taken</p><form", 1)
    posts = {"fo": after, "failover": after, "f": after}
    sender, pages = site(page, **posts)
    sender.on("POST /login/failover.ns", after)
    view = OPERATIONS[operation](pages)
    assert sent(sender) == PRESSED[name, operation]
    assert view.message in ("The request was taken", "Taken")


def test_a_disabled_button_is_not_pressed() -> None:
    sender, pages = site(by_hand.GRID_DE_BACKUP)
    with pytest.raises(NotRecognised, match="disabled"):
        pages.sync_now()
    assert not sender.commands


@pytest.mark.parametrize(
    "label", ["Reset Failover", "Sync", "Break", "Sync Now and Reset", "Become", "Break the glass"]
)
def test_what_is_nearly_a_label_is_not_pressed(label: str) -> None:
    page = body(
        f"<form method=post action=/login/x><button>{label}</button></form>{BREAK.replace('Break', 'Brake')}{BECOME_BACKUP}"
    )
    for operation in OPERATIONS.values():
        sender, pages = site(page)
        with pytest.raises(NotRecognised) as caught:
            operation(pages)
        assert not sender.commands
        assert label in caught.value.facts["saw"]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("name", "role", "box"),
    [
        ("old", Role.PRIMARY, "f[pull]"),
        ("modern", Role.BACKUP, "first"),
        ("italian", Role.BACKUP, "c"),
        ("german", Role.PRIMARY, "v"),
    ],
)
def test_the_box_for_a_sync_first_is_as_wanted_whatever_it_was(name: str, role: Role, box: str, first: bool) -> None:
    sender, pages = site(PAGES[name], fo=PAGES[name], failover=PAGES[name], f=PAGES[name])
    sender.on("POST /login/failover.ns", PAGES[name])
    pages.become(role, first)
    assert (box in sent(sender)) is first
    if name == "modern":
        assert sent(sender)["auto"] == "1"
        assert sent(sender)["do"] == "backup"


@pytest.mark.parametrize(
    "boxes",
    [
        "",
        "<label><input type=checkbox name=a>Enable automatic data sync first</label>",
        "<label><input type=checkbox name=a>Data sync first</label><label><input type=checkbox name=b>Sync first</label>",
        "<label><input type=checkbox name=a disabled>Data sync first</label>",
        "<label><input type=checkbox name=a>Do not sync data first</label>",
    ],
)
def test_no_role_is_taken_without_the_box(boxes: str) -> None:
    page = body(f"{BREAK}<form method=post action=/login/x>{boxes}<button>Become Backup</button></form>")
    sender, pages = site(page)
    for first in (True, False):
        with pytest.raises(NotRecognised):
            pages.become(Role.BACKUP, first)
    assert "become_backup" not in pages.view().can
    assert not sender.commands
    with pytest.raises(BadInput):
        pages.become(Role.NONE, False)


@pytest.mark.parametrize(
    "row",
    [
        "<table><tr><td>Perform a data sync before swapping roles<td><input type=checkbox name=f></table>",
        "<dl><dt>Perform a data sync before swapping roles<dd><input type=checkbox name=f></dl>",
    ],
)
def test_a_box_may_stand_behind_its_text(row: str) -> None:
    page = body(f"{BREAK}<form method=post action=/login/x>{row}<button name=d>Become Backup</button></form>")
    sender, pages = site(page, x=page)
    pages.become(Role.BACKUP, True)
    assert sent(sender) == {"f": "on", "d": ""}


MORE_NONE = {
    "tables side by side": (
        "<table><tr><td><table><caption>New backup site connection details</caption><tr><td>Host<td><input name=n_host>"
        "<tr><td>Port<td><input name=n_port></table><td><table><caption>Reverse connection details to this primary site"
        "</caption><tr><td>Host<td><input name=r_host><tr><td>Port<td><input name=r_port></table></table>"
    ),
    "parts side by side": (
        "<table><tr><td><b>New backup site connection details</b><br>Host <input name=n_host><br>Port <input name=n_port>"
        "<td><b>Reverse connection details to this primary site</b><br>Host <input name=r_host><br>Port <input name=r_port></table>"
    ),
    "bold text beside a menu": (
        "<table><tr><td>Status<br>Management<td><b>Reverse connection details to this primary site</b><ul><li>Host "
        "<input name=r_host><li>Port <input name=r_port></ul><b>New backup site connection details</b><ul><li>Host "
        "<input name=n_host><li>Port <input name=n_port></ul></table>"
    ),
    "labels for fields": (
        "<p>New Backup Site Connection Details:</p><label for=a>Host Name or IP Address</label><input id=a name=n_host>"
        "<label for=b>TLS Port</label><input id=b name=n_port value=443><p>Reverse Connection Details to This Primary Site:</p>"
        "<label for=c>Host Name or IP Address</label><input id=c name=r_host><label for=d>TLS Port</label><input id=d name=r_port>"
    ),
    "nested tables": (
        "<table><tr><td>New backup site connection details<td><table><tr><td>Host<td><input name=n_host><tr><td>Port<td>"
        "<input name=n_port></table><tr><td>Reverse connection details to this primary site<td><table><tr><td>Host<td>"
        "<input name=r_host><tr><td>Port<td><input name=r_port></table></table>"
    ),
    "a definition list": (
        "<dl><dt>New backup site connection details<dd>Host <input name=n_host> : Port <input name=n_port>"
        "<dt>Reverse connection details to this primary site<dd>Host <input name=r_host> : Port <input name=r_port></dl>"
    ),
    "long labels": (
        "<label>Reverse host <input name=r_host></label><label>Backup site host <input name=n_host></label>"
        "<label>Reverse port <input name=r_port></label><label>Backup site port <input name=n_port></label>"
    ),
    "title rows": (
        "<table><tr><th colspan=2>New backup site connection details<tr><td>Host name:<td><input name=n_host><tr><td>TLS port:"
        "<td><input name=n_port><tr><th colspan=2>Reverse connection details to this primary site<tr><td>Host name:<td>"
        "<input name=r_host><tr><td>TLS port:<td><input name=r_port></table>"
    ),
    "headings in columns": (
        "<table><tr><td><h4>Reverse connection details to this primary site</h4><td><h4>New backup site connection details</h4>"
        "<tr><td>Host <input name=r_host><td>Host <input name=n_host><tr><td>Port <input name=r_port><td>Port <input name=n_port></table>"
    ),
    "hints right above": (
        "<h3>New backup site connection details</h3><p>How this primary site reaches it.</p><label>Host <input name=n_host></label>"
        "<label>Port <input name=n_port></label><h3>Reverse connection details to this primary site</h3><p>How the new backup "
        "site reaches it.</p><label>Host <input name=r_host></label><label>Port <input name=r_port></label>"
    ),
    "headings and hints": (
        "<h3>New backup site connection details</h3><p>How this primary site reaches the backup.</p><p>Host name or IP:<br>"
        "<input name=n_host></p><p>TLS port:<br><input name=n_port></p><h3>Reverse connection details to this primary site</h3>"
        "<p>How the new backup site reaches this one.</p><p>Host name or IP:<br><input name=r_host></p><p>TLS port:<br>"
        "<input name=r_port></p>"
    ),
}


@pytest.mark.parametrize("fields", MORE_NONE.values(), ids=MORE_NONE)
def test_both_ends_in_other_markup(fields: str) -> None:
    page = body(f"<form method=post action=/login/establish>{fields}<button>Establish Relationship</button></form>")
    sender, pages = site(page, establish=page)
    pages.establish(("192.0.2.2", 8443), ("192.0.2.1", 443))
    wanted = {"n_host": "192.0.2.2", "n_port": "8443", "r_host": "192.0.2.1", "r_port": "443"}
    assert sent(sender) == wanted


@pytest.mark.parametrize("page", by_hand.NONE.values(), ids=by_hand.NONE)
def test_both_ends_of_a_relationship_are_filled_in_where_they_belong(page: str) -> None:
    sender, pages = site(page, establish=by_hand.MODERN_EN_PRIMARY)
    view = pages.establish(("192.0.2.2", 8443), ("192.0.2.1", 443))
    form = sent(sender)
    assert (form["n_host"], form["n_port"]) == ("192.0.2.2", "8443")
    assert (form["r_host"], form["r_port"]) == ("192.0.2.1", "443")
    assert (form["csrf"], form["note"]) == ("z", "kept")
    assert view.role is Role.PRIMARY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<legend>Reverse connection details to this primary site</legend>", "<legend>Connection</legend>"),
        ("<legend>New backup site connection details</legend>", "<legend>Reverse connection</legend>"),
        ("TLS port <input type=number name=n_port", "Cipher <input type=number name=n_port"),
        ("Host name or IP <input name=n_host>", "Host name and port <input name=n_host>"),
        ("<input name=n_host>", "<input name=n_host readonly>"),
        ("<label>Site note", "<label>Reverse host"),
        ("<label>Host name or IP <input name=n_host>", "<label>Host of this primary site <input name=n_host>"),
    ],
)
def test_ends_that_cannot_be_told_apart_are_not_filled_in(old: str, new: str) -> None:
    assert old in by_hand.FIELDSETS_EN_NONE
    sender, pages = site(by_hand.FIELDSETS_EN_NONE.replace(old, new))
    with pytest.raises(NotRecognised):
        pages.establish(("192.0.2.2", 443), ("192.0.2.1", 443))
    assert "establish" not in pages.view().can
    assert not sender.commands


def test_an_end_without_host_or_port_is_not_sent() -> None:
    sender, pages = site(by_hand.FIELDSETS_EN_NONE)
    for end in (("", 443), ("192.0.2.2", 0), ("192.0.2.2", 70000)):
        with pytest.raises(BadInput):
            pages.establish(end, ("192.0.2.1", 443))
    assert not sender.requests


def test_exactly_the_wanted_addresses_are_ticked_and_all_else_goes_as_it_is() -> None:
    sender, pages = site(by_hand.MODERN_EN_PRIMARY, failover=by_hand.MODERN_EN_PRIMARY)
    pages.enable_shared_ips(["192.0.2.11"])
    (request,) = sender.commands
    assert request.form == (
        ("_csrf", "n-9"),
        ("auto", "1"),
        ("ip[]", "8"),
        ("do", "ips"),
        ("interval", "60"),
        ("test", "1"),
    )
    sender, pages = site(by_hand.DL_IT_PRIMARY, fo=by_hand.DL_IT_PRIMARY)
    pages.enable_shared_ips([])
    assert sent(sender) == {"t": "3", "nota": "ciao"}


def test_addresses_that_are_so_already_send_nothing_and_one_without_a_box_is_refused() -> None:
    sender, pages = site(by_hand.DL_IT_PRIMARY)
    assert pages.enable_shared_ips(["2001:DB8:0::10"]).role is Role.PRIMARY
    with pytest.raises(Refused) as caught:
        pages.enable_shared_ips(["192.0.2.10", "192.0.2.99"])
    assert caught.value.facts["missing"] == ["192.0.2.99"]
    with pytest.raises(BadInput):
        pages.enable_shared_ips(["a.example.com"])
    assert not sender.commands


# ---- pages in between -------------------------------------------------------------------------------------------------------


def question(
    text: str, buttons: str = "<button name=y>Yes</button><button name=n>No</button>", title: str = "Please wait"
) -> str:
    return body(
        f"<p>{text}</p><form method=post action=/login/sure><input type=hidden name=k value=1>{buttons}</form>", title
    )


OFFERED = by_hand.LINES_EN_NONE


@pytest.mark.parametrize(
    "asked",
    [
        question("Are you sure you want to break the failover relationships?"),
        question("The relationship will be broken. Continue?"),
        question("Are you sure?", title="Failover"),
        question(
            "You are about to break the failover relationships.",
            "<button>Continue</button><button>Cancel</button>",
            "Confirm",
        ),
        question("Break it? The relationship ends.", "<label><input type=checkbox> I know</label><button>OK</button>"),
        question(
            "Break Failover Relationships",
            "<button>Break Failover Relationships</button><a href=/login/fo>Cancel</a>",
        ),
        question("Interrompere le relazioni di failover?", "<button>S\u00ec</button><button>Annulla</button>"),
        question("M\u00f6chten Sie die Beziehung wirklich trennen?", "<button>Ja</button><button>Nein</button>"),
        by_hand.MODERN_EN_PRIMARY.replace(
            "<main>",
            "<main><form method=post action=/login/sure><p>Really break failover?</p><button>Confirm</button></form>",
        ),
    ],
)
def test_a_plain_question_is_answered(asked: str) -> None:
    sender, pages = site(by_hand.MODERN_EN_PRIMARY, failover=asked, sure=OFFERED)
    assert pages.break_up().role is Role.NONE
    assert [request.path.rsplit("/", 1)[-1] for request in sender.commands] == ["failover", "sure"]


@pytest.mark.parametrize(
    "asked",
    [
        question("Are you sure that this site shall become the primary site of a failover relationship?"),
        question("Establish the relationship? All data of the backup site will be overwritten."),
    ],
)
def test_a_question_that_comes_with_establishing_may_speak_of_the_role(asked: str) -> None:
    sender, pages = site(by_hand.LINES_EN_NONE, establish=asked, sure=by_hand.MODERN_EN_PRIMARY)
    assert pages.establish(("192.0.2.2", 443), ("192.0.2.1", 443)).role is Role.PRIMARY
    assert len(sender.commands) == 2


@pytest.mark.parametrize(
    "text",
    ["Do you want to become primary?", "Shall this failover site become backup?", "Break the failover relationship?"],
)
def test_one_that_is_about_another_command_is_not_answered_when_establishing(text: str) -> None:
    sender, pages = site(by_hand.LINES_EN_NONE, establish=question(text))
    with pytest.raises(NotRecognised):
        pages.establish(("192.0.2.2", 443), ("192.0.2.1", 443))
    assert len(sender.commands) == 1


@pytest.mark.parametrize(
    "asked",
    [
        question("Do you want to become backup?"),
        question("Shall this failover site become backup?"),
        question("Break failover and restart the appliance?"),
        question("Break failover? This will reset the appliance to factory settings."),
        question("Do you want to change your password?", title="Failover"),
        question("Brechen?", "<button>Los</button><button>Nein</button>"),
        question("Kanalo vestu", "<button>Zamvok</button>"),
        question("Break failover?", "<button name=a>Yes</button><button name=b>Yes</button>"),
    ],
)
def test_a_question_that_is_not_plain_is_not_answered(asked: str) -> None:
    sender, pages = site(by_hand.MODERN_EN_PRIMARY, failover=asked)
    with pytest.raises(NotRecognised) as caught:
        pages.break_up()
    assert caught.value.facts["sent"] is True
    assert len(sender.commands) == 1


def test_a_question_that_comes_back_is_not_answered_again() -> None:
    asked = question("Start a data sync?")
    sender, pages = site(by_hand.MODERN_EN_PRIMARY, failover=asked, sure=asked)
    with pytest.raises(NotRecognised, match="came back"):
        pages.sync_now()
    assert len(sender.commands) == 2


def test_a_form_that_comes_back_with_an_error_is_not_sent_again() -> None:
    failed = by_hand.LINES_EN_NONE.replace("<b>New", "<p>The peer refused: is the key the same on both?</p><b>New")
    sender, pages = site(by_hand.LINES_EN_NONE, establish=failed)
    view = pages.establish(("192.0.2.2", 443), ("192.0.2.1", 443))
    assert view.role is Role.NONE
    assert view.message == "The peer refused: is the key the same on both?"
    assert len(sender.commands) == 1


def test_what_the_page_comes_to_say_after_a_press_is_told() -> None:
    at_once = by_hand.LINES_EN_NONE.replace("<b>New", "<p>Connecting to the backup site ...</p><b>New")
    later = by_hand.LINES_EN_NONE.replace("<b>New", "<p>The authentication failed.</p><b>New")
    sender, pages = site(by_hand.LINES_EN_NONE, establish=at_once)
    assert pages.said_since() is None
    assert sender.sent == []
    assert pages.establish(("192.0.2.2", 443), ("192.0.2.1", 443)).message == "Connecting to the backup site ..."
    sender.on("GET /login/fo", later)
    assert pages.said_since() == "The authentication failed."
    assert len(sender.commands) == 1


def test_a_page_that_only_tells_the_result_is_left_for_the_failover_page() -> None:
    told = body("<p>The data sync has been started.</p><a href=/login/fo>OK</a>", "Result")
    sender, pages = site(by_hand.OLD_EN_BACKUP)
    sender.on("POST /login/failover.ns", told)
    view = pages.sync_now()
    assert (view.role, view.message) == (Role.BACKUP, "The data sync has been started.")
    assert sender.sent[-1] == "GET /login/fo"
    assert len(sender.commands) == 1


def test_a_login_page_in_answer_is_looked_up_and_not_pressed_again() -> None:
    sender, pages = site(by_hand.MODERN_EN_PRIMARY, failover=LOGIN)
    view = pages.become(Role.BACKUP, True)
    assert view.role is Role.UNKNOWN
    assert "login page" in (view.message or "")
    assert len(sender.commands) == 1


def test_a_lost_answer_says_that_the_command_was_sent() -> None:
    sender, pages = site(by_hand.MODERN_EN_PRIMARY)
    sender.on("POST /login/failover", Unreachable("x", "the connection was closed", "Look."))
    with pytest.raises(Unreachable) as caught:
        pages.break_up()
    assert caught.value.facts["sent"] is True
    assert len(sender.commands) == 1


# ---- the pre-shared key -----------------------------------------------------------------------------------------------------


def keyed(page: str, after: object) -> tuple[FakeSender, FailoverPages]:
    sender = FakeSender().on("GET /login", f"<html>{MENU}</html>").on("GET /login/sec", page)
    return sender.on("POST /login/security", after), FailoverPages(LoginPages(sender, ACCOUNT))


def test_the_key_is_written_with_all_else_as_it_is() -> None:
    sender, pages = keyed(by_hand.SECURITY, by_hand.SECURITY.replace("<form", "<p>Saved.</p><form"))
    pages.set_key("s3cret-between-two")
    assert sent(sender) == {"csrf": "z", "len": "8", "psk": "s3cret-between-two", "hsts": "on", "save": "1"}


def test_the_form_of_the_key_in_a_frame_without_the_menu_is_no_login_page() -> None:
    bare = by_hand.SECURITY.replace("<a href=/login/status>Status</a>", "").replace(
        "<a href=/login/management>Management</a>", ""
    )
    assert "href" not in bare
    sender, pages = keyed(bare, bare)
    pages.set_key("s3cret-between-two")
    assert sent(sender)["psk"] == "s3cret-between-two"


def test_the_key_is_repeated_where_the_page_wants_it_twice() -> None:
    twice = by_hand.SECURITY.replace(
        "<label><input type=checkbox",
        "<label>Confirm key <input type=password name=again></label><label><input type=checkbox",
    )
    sender, pages = keyed(twice, twice)
    pages.set_key("s3cret-between-two")
    assert sent(sender)["again"] == sent(sender)["psk"] == "s3cret-between-two"


@pytest.mark.parametrize(
    "after",
    [
        by_hand.SECURITY.replace("<form", "<p>The key s3cret-between-two could not be saved: it failed.</p><form"),
        question("Kanalo s3cret-between-two?", "<button>Zamvok</button>"),
        answer("<html><p>Bad key s3cret-between-two</p></html>", 400),
        answer("<html><title>s3cret-between-two</title><p>No s3cret-between-two</p></html>", 403),
    ],
)
def test_the_key_is_in_no_error(after: object) -> None:
    sender, pages = keyed(by_hand.SECURITY, after)
    with pytest.raises(BomgarError) as caught:
        pages.set_key("s3cret-between-two")
    error: BaseException | None = caught.value
    assert caught.value.facts["sent"] is True
    while error is not None:
        assert "s3cret" not in f"{error} {error!r} {getattr(error, 'facts', '')}"
        error = error.__cause__ or error.__context__
    assert "s3cret" not in repr(sender.commands[0])


@pytest.mark.parametrize(
    "page",
    [
        by_hand.SECURITY.replace("Inter-appliance Communication Pre-shared Key", "API key"),
        by_hand.SECURITY.replace("Minimum password length", "Inter-appliance Communication Pre-shared Key"),
        by_hand.SECURITY.replace("<button name=save value=1>Save", "<button name=reset value=1>Reset"),
    ],
)
def test_a_key_that_has_no_certain_place_is_not_sent(page: str) -> None:
    sender, pages = keyed(page, page)
    with pytest.raises(NotRecognised):
        pages.set_key("s3cret-between-two")
    with pytest.raises(BadInput):
        pages.set_key("")
    assert not sender.commands
