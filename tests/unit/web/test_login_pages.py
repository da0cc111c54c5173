# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site software's version on /login, with and without an account."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import NotRecognised
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials
from ansible_collections.bomgar.appliance.plugins.module_utils.web.browser import SessionEnded
from ansible_collections.bomgar.appliance.plugins.module_utils.web.login_pages import LoginPages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page
from ansible_collections.bomgar.appliance.tests.unit.web.fake_sender import FakeSender

ACCOUNT = Credentials("keeper-of-boxes", "correct-horse-battery")
MENU = "<ul><li><a href=/login/status>Status</a><li><a href=/login/management>Management</a></ul>"

SOFTWARE = {
    "a table": "<table><tr><td>Product Version:<td>11.1.1<tr><td>Product Build:<td>12345-abc</table>",
    "a list": "<dl><dt>Product Version<dd>11.1.1<dt>Product Build<dd>12345-abc</dl>",
    "lines": "<p>Product Version: 11.1.1<br>Product Build: 12345-abc</p>",
    "divisions": "<div><span>Product Version</span><span>11.1.1</span></div><div><span>Product Build</span><span>12345-abc</span></div>",
    "label above value": "<div>Product Version:</div><div>11.1.1</div><div>Product Build:</div><div>12345-abc</div>",
    "fields": "<form><label for=v>Product Version</label><input id=v readonly value=11.1.1>Product Build <input value=12345-abc readonly></form>",
    "build in parentheses": "<table><tr><th>Product Version<td>11.1.1 (12345-abc)</table>",
    "a spacer column": "<table><tr><td>&nbsp;<td>Versione prodotto<td>&nbsp;<td>11.1.1<tr><td>&nbsp;<td>Build prodotto<td>&nbsp;<td>12345-abc</table>",
    "heads and one row": "<table><tr><th>Product Version<th>Product Build<tr><td>11.1.1<td>12345-abc</table>",
}


@pytest.mark.parametrize("body", SOFTWARE.values(), ids=SOFTWARE)
def test_version_and_build(body: str) -> None:
    sender = FakeSender().on("GET /login", f"<html>{MENU}</html>")
    sender.on(
        "GET /login/management",
        f"<html>{MENU}<a href=/login/software>Software</a><a href=/login/failover>Failover</a></html>",
    )
    sender.on(
        "GET /login/software", f"<html>{MENU}{body}<form method=post><button>Download Backup</button></form></html>"
    )
    found = LoginPages(sender, ACCOUNT).software()
    assert (found.version, found.build) == ("11.1.1", "12345-abc")
    assert not sender.commands
    assert "GET /login/failover" not in sender.sent


def test_a_login_is_made_once_and_not_without_an_account() -> None:
    form = "<form method=post action=/login/in>Username <input name=u> Password <input type=password name=p><button>Login</button></form>"
    sender = FakeSender().on("GET /login", form).on("POST /login/in", f"<html>{MENU}{SOFTWARE['lines']}</html>")
    assert LoginPages(sender, ACCOUNT).software().version == "11.1.1"
    assert sender.sent.count("POST /login/in") == 1
    with pytest.raises(SessionEnded):
        LoginPages(FakeSender().on("GET /login", form), None).software()


def test_no_version_is_a_refusal() -> None:
    with pytest.raises(NotRecognised):
        LoginPages(FakeSender().on("GET /login", f"<html>{MENU}<p>Product news</p></html>"), ACCOUNT).software()


def test_the_old_login_page_tells_its_version_to_anybody() -> None:
    tag = '<html><head><meta name="bomgar-version" content="10.4.5"></head><p>x</html>'
    assert LoginPages(FakeSender().on("GET /login", tag), None).meta_version() == "10.4.5"
    assert LoginPages(FakeSender().on("GET /login", "<p>x"), None).meta_version() is None


@pytest.mark.parametrize(
    ("body", "version"),
    [
        ("<p>Bomgar 11.1.1 [Build 12345]</p>", "11.1.1"),
        ("<h3>Remote Support-19.1.8</h3>", "19.1.8"),
        ("<p>Bomgar-11.1.1 is available.</p>", None),
        ("<p>Bomgar-11.1.1</p><p>Bomgar-10.6.1</p>", None),
        ("<p>Base Software-3.2.6</p>", None),
    ],
)
def test_a_line_that_names_the_product_tells_its_version_where_no_label_does(body: str, version: str | None) -> None:
    page = Page.parse(
        f"<html><title>Software</title><body>{body}".encode(), "https://support.example.com/login/software"
    )
    assert LoginPages(FakeSender(), None).read_software(page).version == version
