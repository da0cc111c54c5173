# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent when a control is pressed: as a browser would, and nothing of the neighbours."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Request
from ansible_collections.bomgar.appliance.plugins.module_utils.web.forms import request_of
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page

URL = "https://support.example.com/appliance/updates.ns?tab=1#x"


def press(body: str, label: str = "Go", encoding: str = "utf-8", **more: object) -> Request:
    page = Page.parse(body.encode(encoding), URL, charset=encoding)
    (control,) = [control for control in page.controls if control.label == label]
    return request_of(page, control, "press it", **more)  # type: ignore[arg-type]


def sent(fields: str, submit: str = "<button name=go value=1>Go</button>") -> list[tuple[str, str]]:
    return list(press(f"<html><form method=post action=/p>{fields}{submit}</form></html>").form or ())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("<input type=hidden name=t value=1><input name=a value=b>", [("t", "1"), ("a", "b")]),
        ("<input name=a value=b disabled><input value=c>", []),
        ("<fieldset disabled><legend><input name=a value=1></legend><input name=b value=2></fieldset>", [("a", "1")]),
        ("<input type=checkbox name=a checked><input type=checkbox name=b value=2>", [("a", "on")]),
        ("<input type=radio name=r value=1><input type=radio name=r value=2 checked>", [("r", "2")]),
        ("<select name=s><option>one<option selected value=2>two</select>", [("s", "2")]),
        ("<select name=s><option disabled>no<option> first  one <option>x</select>", [("s", "first one")]),
        ("<select name=s multiple><option selected>a<option>b<option selected>c</select>", [("s", "a"), ("s", "c")]),
        ("<textarea name=t>\na\nb</textarea>", [("t", "a\r\nb")]),
        ("<button name=other value=x>Other</button><input type=submit name=z value=Z>", []),
        ("<input type=reset name=r value=R><input type=button name=b value=B><input type=image name=i alt=I>", []),
        ("<datalist><option>x</datalist><template><input name=x value=y></template>", []),
        ("<input type=hidden name=_charset_>", [("_charset_", "utf-8")]),
        ("<div style='display:none'><input name=hp value=''></div>", [("hp", "")]),
    ],
)
def test_fields(fields: str, expected: list[tuple[str, str]]) -> None:
    assert sent(fields) == [*expected, ("go", "1")]


def test_an_image_sends_where_it_was_hit() -> None:
    assert sent("", "<input type=image name=go alt=Go>") == [("go.x", "1"), ("go.y", "1")]


def test_fields_outside_the_form_that_name_it_go_along_in_order() -> None:
    body = "<html><input form=f name=a value=1><form id=f method=post><input name=b value=2><button>Go</button></form><input form=f name=c value=3></html>"
    assert press(body).form == (("a", "1"), ("b", "2"), ("c", "3"))


def test_addresses() -> None:
    assert press("<html><form method=post><button>Go</button></form></html>").path == URL.split("#", maxsplit=1)[0]
    assert press("<html><form method=post action='x.ns?a=1'><button>Go</button></form></html>").path.endswith(
        "/appliance/x.ns?a=1"
    )
    assert press("<html><base href=/b/><form method=post action=x><button>Go</button></form></html>").path.endswith(
        ".com/b/x"
    )
    own = press(
        "<html><form action=/p><button formaction=/q formmethod=POST formenctype=multipart/form-data>Go</button></form></html>"
    )
    assert (own.method, own.path, own.multipart) == ("POST", "https://support.example.com/q", True)


def test_get_replaces_the_query_in_the_pages_encoding() -> None:
    body = "<html><form action='/p?old=1'><input name=q value='è €'><input type=hidden name=e value=''><button>Go</button></form></html>"
    assert press(body).path == "https://support.example.com/p?q=%C3%A8+%E2%82%AC&e="
    assert press(body, encoding="cp1252").path == "https://support.example.com/p?q=%E8+%80&e="
    other = body.replace("<form", "<form accept-charset='x-none iso-8859-15'")
    assert press(other).path == "https://support.example.com/p?q=%E8+%A4&e="


def test_a_file_goes_into_its_own_field() -> None:
    page = Page.parse(
        b"<html><form method=post action=/u><input type=hidden name=t value=1><input type=file name=f><button>Go</button></form></html>",
        URL,
    )
    request = request_of(
        page, page.controls[0], "upload", file=(page.fields[0].element, Path("/tmp/p.nss")), command=True
    )
    assert request.form == (("t", "1"),)
    assert request.upload is not None
    assert (request.upload.field, request.upload.file_name, request.multipart, request.command) == (
        "f",
        "p.nss",
        True,
        True,
    )


def test_the_page_is_named_as_a_browser_does() -> None:
    request = press("<html><form method=post action=/p><button>Go</button></form></html>")
    assert request.headers["Origin"] == "https://support.example.com"
    assert request.headers["Referer"] == "https://support.example.com/appliance/updates.ns?tab=1"
