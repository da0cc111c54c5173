# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a page: encodings, what is seen and what is not, labels of controls and fields, and what is not a page at all."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import UnexpectedAnswer
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page, same_site, upgraded
from hypothesis import given, settings
from hypothesis import strategies as st

URL = "https://support.example.com/appliance/updates.ns"


def page(body: str | bytes, **more: str) -> Page:
    return Page.parse(body.encode() if isinstance(body, str) else body, URL, **more)


def controls(body: str) -> list[tuple[str, str, bool]]:
    return [(control.kind, control.label, control.unusable is None) for control in page(body).controls]


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<p>perché €</p>".encode("cp1252"), "ISO-8859-1"),
        ("<meta charset=windows-1252><p>perché €</p>".encode("cp1252"), None),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-15'><p>perché €</p>".encode(
                "iso8859-15"
            ),
            None,
        ),
        ("<?xml version='1.0' encoding='iso-8859-15'?><html><p>perché €</p></html>".encode("iso8859-15"), None),
        ("<p>perché €</p>".encode("utf-8-sig"), "iso-8859-1"),
        ("<html><p>perché €</p></html>".encode("utf-16"), None),
        ("<p>perché €</p>".encode(), None),
        ("<p>perché €</p>".encode("cp1252"), None),
        ("<meta charset=nonsense><p>perché €</p>".encode(), "x-unknown"),
        ("<meta charset=utf-16><p>perché €</p>".encode(), None),
    ],
)
def test_encodings(body: bytes, charset: str | None) -> None:
    assert [line.text for line in Page.parse(body, URL, charset=charset).lines] == ["perché €"]


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "text/html"),
        (b"   ", "text/html"),
        (b'{"page": "<div>"}', "text/html"),
        (b"{}", "application/json"),
        (b"%PDF-1.4 <html>", "application/pdf"),
        (b"<?xml version='1.0'?><api><error>no</error></api>", "text/xml"),
        (b"<?xml version='1.0'?><api><title>x</title></api>", "text/html"),
        (b"plain words", ""),
        (b"\x00\x01\x02", "text/html"),
    ],
)
def test_what_is_no_page(body: bytes, media_type: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        Page.parse(body, URL, media_type=media_type)


def test_an_entity_bomb_is_a_text_and_nothing_is_fetched() -> None:
    bomb = "<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]><html><p>x&b;&c;</p></html>"
    assert "aaaa" not in "".join(line.text for line in page(bomb).lines).replace("'aaaa'", "")
    assert "root:" not in "".join(line.text for line in page(bomb).lines)


def test_deep_and_broken_markup_is_read() -> None:
    assert page("<div>" * 3000 + "<p>deep").lines is not None
    assert [line.text for line in page("<table><tr><td>a<td>b</table></div></p>c<b>d").lines] == ["a", "b", "cd"]


HIDDEN = [
    "<button hidden>x</button>",
    "<button style='display:none'>x</button>",
    "<button style='DISPLAY : NONE !important'>x</button>",
    "<button style='visibility: hidden'>x</button>",
    "<button style='position:absolute;left:-9999px'>x</button>",
    "<button style='opacity:0'>x</button>",
    "<div aria-hidden=true><button>x</button></div>",
    "<template><button>x</button></template>",
    "<noscript><button>x</button></noscript>",
    "<dialog><button>x</button></dialog>",
    "<style>.gone { display: none }</style><button class='a gone'>x</button>",
    "<style>#g, i { display: none; }</style><button id=g>x</button>",
    "<style>/* .x{} */ button.b { visibility: hidden }</style><button class=b>x</button>",
]


@pytest.mark.parametrize("body", HIDDEN)
def test_what_a_person_does_not_see_is_not_there(body: str) -> None:
    assert controls(f"<html><form action=/p>{body}</form></html>") == []


@pytest.mark.parametrize(
    "body",
    [
        "<button>x</button>",
        "<style>@media print { p{color:red} button { display: none } }</style><button>x</button>",
        "<style>.off{display:none} .off.on{display:block}</style><button class='off on'>x</button>",
        "<style>.off{display:none}</style><button class=off style='display:inline'>x</button>",
        "<style>.menu ul {display:none}</style><ul><li><button>x</button></ul>",
        "<dialog open><button>x</button></dialog>",
        "<button style='opacity:0.9'>x</button>",
    ],
)
def test_what_a_person_sees_is_there(body: str) -> None:
    assert controls(f"<html><form action=/p>{body}</form></html>") == [("submit", "x", True)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<form><input type=submit value='Go&nbsp; on'></form>", ("submit", "Go on", True)),
        ("<form><input type=submit></form>", ("submit", "Submit", True)),
        ("<form><input type=image alt=Go src=x></form>", ("image", "Go", True)),
        ("<form><button>\n<b>Go</b> <img alt=on></button></form>", ("submit", "Go on", True)),
        ("<form><button><i hidden>not</i>Go</button></form>", ("submit", "Go", True)),
        ("<form><button aria-label=Go><svg/></button></form>", ("submit", "Go", True)),
        ("<b id=n>Go</b><form><button aria-labelledby=n>&#10003;</button></form>", ("submit", "Go", True)),
        ("<form><button title=Go></button></form>", ("submit", "Go", True)),
        ("<form><button title=Go>Stop</button></form>", ("submit", "Stop", True)),
        ("<form><button type=button>Go</button></form>", ("button", "Go", False)),
        ("<div role=button tabindex=0>Go</div>", ("button", "Go", False)),
        ("<button>Go</button>", ("submit", "Go", False)),
        ("<form id=f></form><button form=f>Go</button>", ("submit", "Go", True)),
        ("<form id=f><button form=other>Go</button></form>", ("submit", "Go", False)),
        ("<a href=x.ns>Go</a>", ("link", "Go", True)),
        ("<a href=x.ns role=button>Go</a>", ("link", "Go", True)),
        ("<map><area href=x.ns alt=Go></map>", ("link", "Go", True)),
        ("<a href='JavaScript:go()'>Go</a>", ("link", "Go", False)),
        ("<a href='#top'>Go</a>", ("link", "Go", False)),
        ("<a onclick='go()'>Go</a>", ("link", "Go", False)),
        ("<a href='mailto:a@example.com'>Go</a>", ("link", "Go", False)),
        ("<a href='//other.example.com/'>Go</a>", ("link", "Go", False)),
        ("<a href='https://support.example.com:444/'>Go</a>", ("link", "Go", False)),
        ("<a href='http://support.example.com/x'>Go</a>", ("link", "Go", True)),
        ("<base href='https://other.example.com/'><a href=x>Go</a>", ("link", "Go", False)),
        ("<base href='https://other.example.com/'><form action=x><button>Go</button></form>", ("submit", "Go", False)),
        ("<form action='javascript:void(0)'><button>Go</button></form>", ("submit", "Go", False)),
    ],
)
def test_controls(body: str, expected: tuple[str, str, bool]) -> None:
    assert controls(f"<html>{body}</html>") == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "<label for=a>User name</label><input id=a>",
        "<label>User name: <input></label>",
        "<b id=l>User name</b><input aria-labelledby=l>",
        "<input aria-label='User name'>",
        "<table><tr><td>User name:</td><td><input></td></tr></table>",
        "<table><tr><th>User name<td><td><input></table>",
        "<dl><dt>User name</dt><dd><input></dd></dl>",
        "User name <input> <br> Other <select></select>",
        "<p>User name</p><p><input></p>",
        "<input placeholder='User name'>",
        "<input title='User name'>",
        "<fieldset><legend>Login</legend>User name<br><input></fieldset>",
    ],
)
def test_labels_of_text_fields(body: str) -> None:
    (entry, *_rest) = page(f"<html><form>{body}</form></html>").fields
    assert entry.labels[0].rstrip(": ") == "User name"


@pytest.mark.parametrize(
    "body",
    [
        "<label><input type=checkbox> I accept</label>",
        "<input type=checkbox> I accept<br>No news",
        "News <input type=checkbox id=x><label for=x>I accept</label>",
        "<table><tr><td><input type=checkbox></td><td>I accept</td></tr></table>",
        "<div><input type=checkbox></div><div>I accept</div>",
        "<input type=checkbox style='display:none' id=x><label for=x>I accept</label>",
    ],
)
def test_labels_of_boxes(body: str) -> None:
    (entry,) = page(f"<html><form>{body}</form></html>").fields
    assert entry.labels[0] == "I accept"


@pytest.mark.parametrize(
    ("content", "seconds", "url"),
    [
        ("5", 5, URL),
        ("3; url=next.ns", 3, "https://support.example.com/appliance/next.ns"),
        ("0;URL='/x?a=1'", 0, "https://support.example.com/x?a=1"),
        ("2,url=/x", 2, "https://support.example.com/x"),
    ],
)
def test_refresh(content: str, seconds: int, url: str) -> None:
    found = page(f'<html><meta http-equiv=Refresh content="{content}"><p>x</html>').refresh
    assert found is not None
    assert (found.seconds, found.url) == (seconds, url)
    assert page("<html><p>x</html>", refresh=content).refresh == found


def test_a_refresh_to_another_host_is_none() -> None:
    assert page('<html><meta http-equiv=refresh content="0; url=https://other.example.com/">').refresh is None


def test_addresses() -> None:
    assert upgraded("http://a.example.com:80/x?y#z") == "https://a.example.com/x?y#z"
    assert same_site("https://a.example.com/x", "https://A.example.com:443/y")
    assert not same_site("https://a.example.com/x", "https://b.example.com/x")
    assert not same_site("https://a.example.com:bad/x", "https://a.example.com/x")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "<table>|</table>|<tr>|<td>|<form action=/p>|</form>|<button>|</button>|<ul><li>|</ul>|<a href=x>|</a>|<input>|<b>|</b>|<select><option>|"
            "</select>|<br>|<label>|</label>|<script>|</script>|<!-- | -->|text|&amp;|&bogus;|<div style=display:none>|</div>|<svg/>|<legend>|<dl><dt>|"
            "<textarea>|</textarea>|\0|<title>|<frame src=x>|<h2>|<?x ?>|<![CDATA[x]]>".split("|")
        ),
        max_size=25,
    )
)
def test_any_soup_is_read_or_refused(parts: list[str]) -> None:
    try:
        found = page("<html>" + "".join(parts))
    except UnexpectedAnswer:
        return
    for control in found.controls:
        assert found.visible(control.element)
        begin, end = found.span(control.element)
        assert begin < end
    assert [line.at for line in found.lines] == sorted(line.at for line in found.lines)


@pytest.mark.parametrize(
    "start",
    [
        "<!doctype html><title>Updates</title>",
        "<!doctype html><html><head><title>Updates</title>",
        "<html><title>Updates</title>",
    ],
)
def test_a_page_without_a_body_tag_is_seen_whole(start: str) -> None:
    page = Page.parse(
        f"{start}<nav><a href=/s><svg><title>Icon</title></svg>Status</a></nav><main><p>Hello</p></main>".encode(),
        "https://a/b",
    )
    assert [control.label for control in page.controls] == ["Status"]
    assert [line.text for line in page.lines] == ["Status", "Hello"]
    assert page.title == "Updates"
