# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows an Updates page has and which control belongs to which row, in markup of every kind."""

from __future__ import annotations

import html as escaping
from dataclasses import dataclass

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import NotRecognised, Refused
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials, Kind, Offer
from ansible_collections.bomgar.appliance.plugins.module_utils.web.appliance_pages import AppliancePages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import Labels
from ansible_collections.bomgar.appliance.plugins.module_utils.web.offer_rows import Listing, listing, named
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page
from ansible_collections.bomgar.appliance.tests.unit.web import pages_by_hand as by_hand
from ansible_collections.bomgar.appliance.tests.unit.web.fake_sender import FakeSender
from hypothesis import given, settings
from hypothesis import strategies as st

LABELS = Labels()
INSTALL = "Install This Update"
BUSY = "<!doctype html><title>Updates</title><p>Installing the package, 1% ...</p>"
REASON = "3.2.4 does not satisfy the requirements. Please install any other available package."


def read(body: str | bytes) -> Listing:
    raw = body if isinstance(body, bytes) else body.encode()
    return listing(Page.parse(raw, "https://support.example.com/appliance/updates.ns"), LABELS)


def offers(body: str | bytes) -> list[tuple[str, bool]]:
    return [(row.offer.name, row.offer.installable) for row in read(body).rows or ()]


def try_install(body: str, offer: Offer) -> FakeSender:
    """Install on a page; whatever is sent is kept, whatever is refused is fine."""
    sender = FakeSender().on("GET /appliance", body)
    sender.on("POST /check", body)
    for path in ("/p", "/appliance", "/danger", "/decoy"):
        sender.on(f"POST {path}", BUSY)
    sender.on("GET /p", BUSY).on("GET /danger", BUSY).on("GET /decoy", BUSY)
    AppliancePages(sender, Credentials("a-user", "a-password"), LABELS, pause=lambda _: None).install(offer)
    return sender


BASE = Offer("Base Software-3.2.6", Kind.BASE, "3.2.6", True)
SITE = Offer("Bomgar-11.1.1", Kind.SITE, "11.1.1", True)


@pytest.mark.parametrize(
    ("text", "kind", "version"),
    [
        ("Base Software-3.2.6", Kind.BASE, "3.2.6"),
        ("BASE SOFTWARE \u2013 3.2.6", Kind.BASE, "3.2.6"),
        ("Base Software 3.2.6", Kind.BASE, "3.2.6"),
        ("Software di base v3.2.6", Kind.BASE, "3.2.6"),
        ("Bomgar Base Software-4.2.1", Kind.BASE, "4.2.1"),
        ("Bomgar-11.1.1", Kind.SITE, "11.1.1"),
        ("Bomgar-11.1.1 3.2.4 does not satisfy", Kind.SITE, "11.1.1"),
        ("BeyondTrust Remote Support-22.1.4", Kind.SITE, "22.1.4"),
        ("Privileged Remote Access 22.1.4", Kind.SITE, "22.1.4"),
        ("Certificate Package-1.0.3", Kind.UNKNOWN, "1.0.3"),
    ],
)
def test_names_of_packages(text: str, kind: Kind, version: str) -> None:
    name = named(text, LABELS)
    assert name is not None
    assert (name.kind, name.version) == (kind, version)


@pytest.mark.parametrize(
    "text",
    [
        "3.2.4 does not satisfy 11.1.1's requirements",
        "Please install Base Software-3.2.6 first",
        "Requires Base Software-3.2.6",
        "Version 3.2.6",
        "Licenses: 15",
        "Primary Hostname: support-1.2.example.com",
        "API 1.6.0",
        "support.example.com",
        "",
    ],
)
def test_what_only_mentions_a_package_is_no_name(text: str) -> None:
    assert named(text, LABELS) is None


@pytest.mark.parametrize(
    "page",
    [by_hand.UPDATES_IT_2011, by_hand.UPDATES_EN_DL],
)
def test_the_guides_own_list(page: str | bytes) -> None:
    rows = read(page).rows or ()
    assert [(row.offer.name, row.offer.installable) for row in rows] == [
        ("Base Software-3.2.6", True),
        ("Bomgar-11.1.1", False),
    ]
    assert rows[1].offer.blocked_by == by_hand.BLOCKED_EN
    assert "Licenses: 15" in rows[1].offer.details


HEAD = "<!doctype html><title>Updates</title><h2>Available Updates</h2>"
ROWS = {
    "name and version in two cells": (
        f"<table><tr><th>Package<th>Version<th></tr><tr><td>Base Software<td>3.2.6<td><form method=post action=/p><button name=b>{INSTALL}</button>"
        f"</form></tr><tr><td>Bomgar<td>11.1.1<td>{REASON}</tr></table>"
    ),
    "a second table row for what belongs to the first": (
        f"<table><tr><td>Base Software-3.2.6</tr><tr><td><form method=post action=/p><button name=b>{INSTALL}</button></form></tr>"
        f"<tr><td>Bomgar-11.1.1</tr><tr><td>{REASON}</tr></table>"
    ),
    "headings and paragraphs": (
        f"<h3>Base Software-3.2.6</h3><p><a href='/p?b='>{INSTALL}</a></p><h3>Bomgar-11.1.1</h3><p>{REASON}</p><h2>Other</h2>"
        "<p>Bomgar-9.9.9</p>"
    ),
    "the control ahead of the name": (
        f"<ul><li><form method=post action=/p><button name=b>{INSTALL}</button></form> Base Software-3.2.6<li>Bomgar-11.1.1 {REASON}</ul>"
    ),
    "the control ahead on the same line": (
        f"<div><a href='/p?b='>{INSTALL}</a> Base Software-3.2.6<br>Bomgar-11.1.1<br>{REASON}</div>"
    ),
    "a button outside its form": (
        f"<form id=f method=post action=/p></form><div><div>Base Software-3.2.6<button form=f name=b>{INSTALL}</button></div>"
        f"<div>Bomgar-11.1.1<p>{REASON}</p></div></div>"
    ),
    "requirements that name another package": (
        f"<div><section><b>Base Software-3.2.6</b><form method=post action=/p><button name=b>{INSTALL}</button></form></section><section>"
        f"<b>Bomgar-11.1.1</b><p>{REASON}</p><ul><li>Base Software-3.2.6</li></ul></section></div>"
    ),
    "the name in the label": (
        f"<ul><li>Base Software-3.2.6<form method=post action=/p><button name=b>{INSTALL} (Base Software-3.2.6)</button></form>"
        f"<li>Bomgar-11.1.1 {REASON}</ul>"
    ),
    "broken markup": (
        f"<table><tr><td><b>Base Software-3.2.6<td><form method=post action=/p><input type=submit name=b value='{INSTALL}'></td></tr></form>"
        f"<tr><td>Bomgar-11.1.1</b><p>{REASON}</table>"
    ),
    "an icon for the control": (
        f"<ul><li>Base Software-3.2.6 <a href='/p?b=' aria-label='{INSTALL}'><svg></svg></a><li>Bomgar-11.1.1 {REASON}</ul>"
    ),
    "a link twice": (
        f"<ul><li>Base Software-3.2.6 <a href='/p?b='><img src=i alt='{INSTALL}'></a> <a href='/p?b='>{INSTALL}</a><li>Bomgar-11.1.1 {REASON}</ul>"
    ),
    "notes folded away within each row": (
        "<section>"
        f"<article><h3>Base Software-3.2.6</h3><details><summary>Release Notes</summary><p>Bomgar-9.9.9 is not compatible.</p></details>"
        f"<form method=post action=/p><button name=b>{INSTALL}</button></form></article>"
        f"<article><h3>Bomgar-11.1.1</h3><details><summary>Release Notes</summary><p>Nothing.</p></details><p>{REASON}</p></article></section>"
    ),
    "a heading of notes within each row": (
        f"<div><div><h3>Base Software-3.2.6</h3><h4>Release Notes</h4><p>Fixes.</p><a href='/p?b='>{INSTALL}</a></div>"
        f"<div><h3>Bomgar-11.1.1</h3><p>{REASON}</p></div></div>"
    ),
    "nothing but line breaks, heading and all": (
        f"<p>Base Software-3.2.6<br><a href='/p?b='>{INSTALL}</a><br>Bomgar-11.1.1<br>{REASON}</p>"
    ),
    "a dash between the name and the reason": (
        f"<ul><li>Base Software 3.2.6 &ndash; <a href='/p?b='>{INSTALL}</a><li>Bomgar 11.1.1 &ndash; {REASON}</ul>"
    ),
    "versions in brackets": (
        f"<ul><li>Base Software (3.2.6) <a href='/p?b='>{INSTALL}</a><li>Bomgar, version 11.1.1 <p>{REASON}</p></ul>"
    ),
    "the reason beside a disabled control, in a cell of its own": (
        f"<table><tr><td rowspan=2>Base Software-3.2.6<td>x<td rowspan=2><a href='/p?b='>{INSTALL}</a></tr><tr><td>y</tr>"
        f"<tr><td>Bomgar-11.1.1<td>x<td><button disabled>{INSTALL}</button><p>{REASON}</p></tr></table>"
    ),
    "the whole name in the label": (
        f"<ul><li>Bomgar 11.1.1 Enterprise: {REASON}<li>Base Software 3.2.6 Release <form method=post action=/p>"
        f"<button name=b aria-label='{INSTALL}: Base Software 3.2.6 Release'></button></form></ul>"
    ),
    "a colon before the version": (
        f"<ul><li>Base Software: 3.2.6 <a href='/p?b='>{INSTALL}</a><li>Bomgar: 11.1.1 {REASON}</ul>"
    ),
    "a colon before the version, the reason below": (
        f"<div><div><b>Base Software : v3.2.6</b><form method=post action=/p><button name=b>{INSTALL}</button></form></div>"
        f"<div><b>Bomgar: 11.1.1</b><p>{REASON}</p><p>Licenses: 15</p></div></div>"
    ),
    "a detail with a colon ahead of the reason": (
        f"<ul><li>Base Software-3.2.6 <a href='/p?b='>{INSTALL}</a><li>Bomgar-11.1.1<p>Base Software: 3.2.6</p><p>{REASON}</p></ul>"
    ),
    "headings with a colon before the version": (
        f"<h2>Base Software: 3.2.6</h2><p><a href='/p?b='>{INSTALL}</a></p><h2>Bomgar: 11.1.1</h2><p>{REASON}</p>"
    ),
    "two languages": (
        "<ul><li>Base Software-3.2.6 <form method=post action=/p><button name=b>Installa questo aggiornamento / Install This Update</button>"
        f"</form><li>Bomgar-11.1.1 {REASON}</ul>"
    ),
    "a disabled control on the blocked row": (
        f"<ul><li>Base Software-3.2.6 <a href='/p?b='>{INSTALL}</a><li>Bomgar-11.1.1 <button disabled>{INSTALL}</button> {REASON}</ul>"
    ),
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_rows_in_other_markup(rows: str) -> None:
    assert offers(HEAD + rows) == [(name, flag) for name, flag in offers(HEAD + rows) if name]
    assert sorted(flag for _rest, flag in offers(HEAD + rows)) == [False, True]
    found = sorted(read(HEAD + rows).rows or (), key=lambda row: row.offer.kind is Kind.SITE)
    assert [(row.offer.kind, row.offer.version) for row in found] == [(Kind.BASE, "3.2.6"), (Kind.SITE, "11.1.1")]
    assert [row.offer.installable for row in found] == [True, False]
    assert "does not satisfy" in (found[1].offer.blocked_by or "")
    sender = try_install(HEAD + rows, found[0].offer)
    (command,) = sender.commands
    assert command.form == (("b", ""),) or command.path.endswith("/p?b=") or command.form == (("b", INSTALL),)
    with pytest.raises(Refused):
        try_install(HEAD + rows, found[1].offer)


def test_past_updates_folded_away_below_the_list_end_it() -> None:
    page = (
        f"{HEAD}<div><p>Base Software-3.2.6</p><a href='/p?b='>{INSTALL}</a></div><details><summary>Update History</summary>"
        f"<p>Bomgar-10.6.1</p><a href=/danger>{INSTALL}</a></details>"
    )
    assert offers(page) == [("Base Software-3.2.6", True)]
    assert not try_install(page, BASE).sent[-1].endswith("/danger")


REFUSED = {
    "two controls that differ": f"<ul><li>Base Software-3.2.6 <a href=/p?a=1>{INSTALL}</a> <a href=/p?a=2>{INSTALL}</a></ul>",
    "a link that is a script": f"<ul><li>Base Software-3.2.6 <a href='javascript:go()'>{INSTALL}</a></ul>",
    "a link to another host": f"<ul><li>Base Software-3.2.6 <a href='https://evil.example.net/p'>{INSTALL}</a></ul>",
    "a form to another host": f"<ul><li>Base Software-3.2.6 <form method=post action='https://evil.example.net/p'><button>{INSTALL}</button></form></ul>",
    "a button's own address on another host": (
        f"<ul><li>Base Software-3.2.6 <form method=post action=/p><button formaction='//evil.example.net/p'>{INSTALL}</button></form></ul>"
    ),
    "a button of no form": f"<ul><li>Base Software-3.2.6 <button onclick='go()'>{INSTALL}</button></ul>",
    "a disabled control": f"<ul><li>Base Software-3.2.6 <form action=/p><button disabled>{INSTALL}</button></form></ul>",
    "a disabled fieldset": f"<ul><li>Base Software-3.2.6 <form action=/p><fieldset disabled><button>{INSTALL}</button></fieldset></form></ul>",
    "a hidden control": f"<ul><li>Base Software-3.2.6 <form action=/p style='display: none'><button>{INSTALL}</button></form></ul>",
    "a control hidden by a class": (
        f"<style>.off {{ display:none }}</style><ul><li>Base Software-3.2.6 <form action=/p><button class=off>{INSTALL}</button></form></ul>"
    ),
    "a reset button": f"<ul><li>Base Software-3.2.6 <form action=/p><input type=reset value='{INSTALL}'></form></ul>",
    "a dangerous label": "<ul><li>Base Software-3.2.6 <form action=/p><button>Install and restart</button></form></ul>",
    "dangerous to read aloud": f"<ul><li>Base Software-3.2.6 <form action=/p><button aria-label='{INSTALL}'>Restart</button></form></ul>",
    "two rows of one name": (
        f"<ul><li>Base Software-3.2.6 <a href=/p?a=1>{INSTALL}</a><li>Base Software-3.2.6 <a href=/p?a=2>{INSTALL}</a></ul>"
    ),
    "only the other row's control": f"<ul><li>Base Software-3.2.6<li>Bomgar-11.1.1 <a href=/p>{INSTALL}</a></ul>",
    "a control and the reason against it": f"<ul><li>Base Software-3.2.6 {REASON} <a href=/p>{INSTALL}</a></ul>",
    "one control below all": (
        f"<table><tr><td>Base Software-3.2.6</tr><tr><td>Bomgar-11.1.1</tr><tr><td><a href=/p>{INSTALL}</a></tr></table>"
    ),
    "one control above all": (
        f"<p><a href=/p>{INSTALL}</a></p><p>Base Software-3.2.6</p><p>Some words.</p><p>Bomgar-11.1.1</p><p>{REASON}</p>"
    ),
    "radio buttons and one control": (
        f"<form method=post action=/p><p><input type=radio name=r value=1> Base Software-3.2.6</p><p><input type=radio name=r value=2 checked> "
        f"Bomgar-11.1.1</p><p><button>{INSTALL}</button></p></form>"
    ),
    "part of a longer label": "<ul><li>Base Software-3.2.6 <a href=/p>Install This Update later</a></ul>",
}


@pytest.mark.parametrize("rows", REFUSED.values(), ids=REFUSED)
def test_refusals(rows: str) -> None:
    sender = FakeSender()
    with pytest.raises((Refused, NotRecognised)):
        sender = try_install(HEAD + rows, BASE)
    assert not sender.commands


DETAILS = {
    "of a row in the documented form": f"<ul><li>Bomgar-11.1.1 <a href=/p>{INSTALL}</a><p>Base Software: 3.2.6</p></ul>",
    "of a row of an unknown form": f"<ul><li>A fine new release<p>Base Software: 3.2.6</p><a href=/p>{INSTALL}</a></ul>",
    "of the page": "<p>Base Software: 3.2.6</p><p>Bomgar: 10.5.3</p>",
    "with more words": f"<ul><li>Base Software: 3.2.6 is what you need <a href=/p>{INSTALL}</a></ul>",
    "of a name that is not known": f"<ul><li>Hostname: 3.2.6 <a href=/p>{INSTALL}</a></ul>",
}


@pytest.mark.parametrize("rows", DETAILS.values(), ids=DETAILS)
def test_a_name_with_a_colon_may_be_a_detail(rows: str) -> None:
    assert not [row for row in read(HEAD + rows).rows or () if row.offer.kind is Kind.BASE]
    with pytest.raises((Refused, NotRecognised)):
        try_install(HEAD + rows, BASE)


def test_what_is_not_under_the_heading_is_no_offer() -> None:
    page = f"""{HEAD}<ul><li>Base Software-3.2.6 <a href=/p>{INSTALL}</a></ul><h2>Installation history</h2><table><tr><td>Bomgar-10.5.3
    <td>installed<td>2011-02-01</table><h2>Release notes</h2><p>Bomgar-11.1.1 brings much.</p>"""
    assert offers(page) == [("Base Software-3.2.6", True)]


def test_without_a_heading_only_rows_that_say_something_count() -> None:
    page = f"<!doctype html><ul><li>Base Software-3.2.6 <a href=/p>{INSTALL}</a><li>Bomgar-11.1.1 {REASON}<li>Bomgar-10.5.3</ul>"
    assert offers(page) == [("Base Software-3.2.6", True), ("Bomgar-11.1.1", False)]
    assert read("<!doctype html><p>Installed: </p><ul><li>Base Software-3.2.4<li>Bomgar-10.5.3</ul>").rows is None


def test_no_updates_is_an_empty_list_and_silence_is_none() -> None:
    assert read("<!doctype html><p>No updates are available at this time.</p>").rows == ()
    assert read("<!doctype html><p>Press the button to look for updates.</p>").rows is None


def test_a_package_of_unknown_name_is_listed_but_of_no_kind() -> None:
    (row,) = read(f"{HEAD}<ul><li>BT24-10-ONPREM1 <a href=/p>{INSTALL}</a></ul>").rows or ()
    assert (row.offer.name, row.offer.kind, row.offer.installable) == ("BT24-10-ONPREM1", Kind.UNKNOWN, True)


# ---- generated pages --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pack:
    name: str
    id: int
    free: bool


packs = st.lists(
    st.tuples(
        st.sampled_from(["Base Software", "Bomgar", "BeyondTrust Remote Support", "Remote Support"]),
        st.integers(1, 30),
        st.integers(0, 9),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda item: item[:3],
).map(lambda items: [Pack(f"{w}-{a}.{b}.{i}", 100 + i, free) for i, (w, a, b, free) in enumerate(items)])

cases = st.sampled_from(
    [
        INSTALL,
        INSTALL.upper(),
        "Installa questo aggiornamento",
        "  Install\u00a0this   update ",
        "\u00bb Install this Update",
    ]
)


@st.composite
def control(draw: st.DrawFn, pack: Pack, form: str) -> str:
    """The install control of a row, in one of its dresses; `form` says where its form is."""
    label = escaping.escape(draw(cases))
    dress = draw(st.sampled_from(["button", "submit", "image", "link"]))
    if dress == "link":
        inner = draw(st.sampled_from([label, f"<span>{label}</span>", f"<img alt='{label}'>"]))
        return f"<a href='/p?go={pack.id}'>{inner}</a>"
    made = {
        "button": f"<button name=go value={pack.id}>{label}</button>",
        "submit": f"<input type=submit name='go[{pack.id}]' value='{label}'>",
        "image": f"<input type=image name='go[{pack.id}]' alt='{label}'>",
    }[dress]
    if form == "own":
        return f"<form method=post action=/p><input type=hidden name=t value=1>{made}</form>"
    if form == "elsewhere":
        return made.replace("name=", "form=all name=", 1)
    return made


@st.composite
def decoys(draw: st.DrawFn, form: str) -> str:
    """Things that a person does not see or would not press, next to the right control."""
    danger = "<button name=danger value=1>Remove</button>"
    wrap = "<form method=post action=/danger>{}</form>" if form == "own" else "{}"
    found = draw(
        st.lists(
            st.sampled_from(
                [
                    wrap.format(danger),
                    wrap.format("<input type=submit name=danger value='Restart appliance'>"),
                    f"<div style='display:none'><a href='/decoy'>{INSTALL}</a></div>",
                    f"<span hidden><a href=/decoy>{INSTALL}</a></span>",
                    f"<template><a href=/decoy>{INSTALL}</a></template>",
                    f"<a href='javascript:decoy()'>{INSTALL}</a>",
                    "<a href='/danger'>Delete</a>",
                    "<a href='/notes'>Release notes</a>",
                    f"<a href='https://evil.example.net/'>{INSTALL}</a>",
                ]
            ),
            max_size=2,
        )
    )
    return " ".join(found)


@st.composite
def update_pages(draw: st.DrawFn) -> tuple[str, list[Pack]]:
    """A page that lists packages in a random structure, with the truth about it."""
    listed = draw(packs)
    form = draw(st.sampled_from(["own", "around", "elsewhere"]))
    shape = draw(st.sampled_from(["table", "nested", "ul", "dl", "cards", "pairs", "headings"]))
    tag = draw(st.sampled_from(["b", "span", "strong", "em"]))
    rows = []
    for pack in listed:
        name = f"<{tag}>{pack.name}</{tag}>" if draw(st.booleans()) else pack.name
        if pack.free:
            act = f"{draw(control(pack, form))} {draw(decoys(form))}"
        else:
            act = f"<div>{REASON}</div><ul><li>Licenses: 15</li><li>Expires: Never</li></ul>"
        rows.append(
            {
                "table": f"<tr><td>{name}</td><td>{act}</td></tr>",
                "nested": f"<tr><td><table><tr><td>{name}</td></tr></table></td><td><table><tr><td>{act}</td></tr></table></td></tr>",
                "ul": f"<li>{name} {act}</li>",
                "dl": f"<dt>{name}</dt><dd>{act}</dd>",
                "cards": f"<div><div>{name}</div><div><div>{act}</div></div></div>",
                "pairs": f"<tr><td>{name}</td></tr><tr><td>{act}</td></tr>",
                "headings": f"<h4>{name}</h4><div>{act}</div>",
            }[shape]
        )
    around = {
        "table": "table",
        "nested": "table",
        "ul": "ul",
        "dl": "dl",
        "cards": "div",
        "pairs": "table",
        "headings": "div",
    }[shape]
    body = f"<{around}>{''.join(rows)}</{around}>"
    for _turn in range(draw(st.integers(0, 3))):
        body = f"<div>{body}</div>"
    heading = draw(
        st.sampled_from(
            [
                "<h3>Available Updates</h3>",
                "<p><b>\u2013 Aggiornamenti disponibili</b></p>",
                "<div>AVAILABLE UPDATES:</div>",
            ]
        )
    )
    before = "<a href='/appliance/updates.ns'>Updates</a><form method=post action=/check><button>Check for Updates</button></form>"
    after = (
        "<h3>Installation History</h3><ul><li>Bomgar-9.0.1 installed successfully</li></ul><h3>Manual Installation</h3>"
        "<form method=post enctype='multipart/form-data' action=/up><input type=file name=f><button>Update Software</button></form>"
        "<form method=post action=/danger><button name=danger>Restart</button></form>"
    )
    if form == "around":
        body = f"<form method=post action=/p><input type=hidden name=t value=1>{body}</form>"
    if form == "elsewhere":
        body = f"<form id=all method=post action=/p></form>{body}"
    return f"<!doctype html><html><title>Updates</title><body>{before}{heading}{body}{after}</body></html>", listed


@settings(max_examples=300, deadline=None)
@given(update_pages())
def test_any_structure_gives_the_right_control_or_a_refusal(case: tuple[str, list[Pack]]) -> None:
    page, listed = case
    found = {row.offer.name: row.offer for row in read(page).rows or ()}
    assert {name: offer.installable for name, offer in found.items()} == {pack.name: pack.free for pack in listed}
    for pack in listed:
        offer = found[pack.name]
        if not pack.free:
            with pytest.raises(Refused):
                try_install(page, offer)
            continue
        sender = try_install(page, offer)
        (command,) = sender.commands
        told = f"{command.path} {command.form}"
        assert str(pack.id) in told, told
        assert "danger" not in told
        assert "decoy" not in told
        assert not any(str(other.id) in told for other in listed if other is not pack)
