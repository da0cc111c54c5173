# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A recent look: UTF-8, divisions, `<button>`, aria labels, `label for`, tokens in a hidden field and in a meta tag, buttons
that stand outside of their form."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from .app import Issuer
from .dialect import Dialect, e
from .model import Entry, Facts, Failover, Form, Issued, Item, Offers, Page, Progress, Text


class ModernEnglish(Dialect):
    name = "modern_en"
    language = "en"
    token_field = "_csrf_token"
    csrf_status = 403
    redirects_after_post = True
    unnamed_buttons = True
    own_words: ClassVar[dict[str, str]] = {"brand": "BeyondTrust", "sign_in": "Log In", "username": "Username"}

    def cookie(self, interface: str) -> str:
        return f"__Secure-bt_{interface}"

    def url(self, interface: str, page: str) -> str:
        if page == "sign_in":
            return f"/{interface}/login.ns"
        if interface == "appliance":
            parents = {
                "basics": "status", "storage": "status", "certificates": "security", "utilities": "support",
                "updates": "support", "advanced": "support",
            }  # fmt: skip
        else:
            parents = {"software": "management", "failover": "management", "api_configuration": "management"}
        parent = f"{parents[page]}/" if page in parents else ""
        return f"/{interface}/{parent}{page}"

    def field_name(self, form: str, name: str) -> str:
        return f"f{hashlib.md5(f'{form}.{name}'.encode()).hexdigest()[:10]}"

    def render(self, page: Page, issuer: Issuer) -> str:
        meta = f'<meta name="csrf-token" content="{e(issuer.token)}">'
        extras = "".join(f'<div role="search">{self.form(form, issuer)}</div>' for form in page.extras)
        out = self.form(Form("logout", [], [page.log_out]), issuer) if page.log_out else ""
        return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">{meta}<title>{e(page.title)}</title>
<style>.hide {{ display: none }}</style></head>
<body><header><span class="brand">BeyondTrust</span>{extras}{out}</header>
<nav aria-label="Main"><ul>{"".join(self._item(issuer, item) for item in page.menu)}</ul></nav>
<main>
{self.blocks(page, issuer)}
</main></body></html>
"""

    def _item(self, issuer: Issuer, item: Item) -> str:
        inside = "".join(self._item(issuer, child) for child in item.children)
        current = ' aria-current="page"' if item.current and not item.children else ""
        below = f"<ul>{inside}</ul>" if inside else ""
        return f'<li><a href="{e(issuer.url(item.page))}"{current}><span>{e(item.label)}</span></a>{below}</li>'

    def text(self, block: Text) -> str:
        if block.kind == "heading":
            return f"<h2>{e(block.text)}</h2>"
        role = ' role="alert"' if block.kind in ("error", "warning") else ""
        return f'<div class="{block.kind}"{role}>{e(block.text)}</div>'

    def facts(self, block: Facts) -> str:
        rows = "".join(
            f'<div class="row"><span class="key">{e(label)}</span> <span class="value">{e(value)}</span></div>\n'
            for label, value in block.rows
        )
        return f"<section><h2>{e(block.heading)}</h2>{rows}</section>"

    def form(self, form: Form, issuer: Issuer) -> str:
        issued = issuer.form(form)
        anchor = f"form-{len(issuer.session.forms)}"
        fields = ""
        for entry in form.entries:
            name = e(issued.names[entry.name])
            ident = f"{anchor}-{name}"
            if entry.kind == "select":
                options = "".join(f"<option>{e(option)}</option>" for option in entry.options)
                fields += f'<select id="{ident}" name="{name}" aria-label="{e(entry.label)}">{options}</select>'
            elif entry.kind == "checkbox":
                fields += (
                    f'<input type="checkbox" id="{ident}" name="{name}" value="{e(entry.value)}">'
                    f'<label for="{ident}">{e(entry.label)}</label>'
                )
            else:
                field = self.typed(issued, entry, f' id="{ident}"')
                fields += f'<div><label for="{ident}">{e(entry.label)}</label>{field}</div>'
        kind = ' enctype="multipart/form-data"' if issued.upload else ""
        buttons = "".join(
            f'<button type="submit" form="{anchor}"{self._name(name, label)}{" disabled" if control.disabled else ""}>'
            f"<span>{e(label)}</span></button>"
            for name, label, control in issued.buttons
        )
        heading = f"<h2>{e(form.heading)}</h2>" if form.heading else ""
        note = f"<p>{e(form.note)}</p>" if form.note else ""
        return (
            f'<section>{heading}{note}<form id="{anchor}" method="post" action="{e(issued.url)}"{kind}>'
            f"{self.hidden(issued)}{fields}</form>{buttons}</section>"
        )

    def _name(self, name: str, label: str) -> str:
        return f' name="{e(name)}" value="{e(label)}"' if name else ""

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        rows = ""
        for row in offers.rows:
            form = self.form(self.row_form(row), issuer) if row.controls else ""
            details = "".join(f"<div>{e(line)}</div>" for line in row.details)
            text = f'<p class="blocked">{e(row.text)}</p>' if row.text else ""
            rows += f'<div class="package"><h3>{e(row.name)}</h3><div>{details}</div>{text}<div>{form}</div></div>\n'
        return f'<section aria-label="{e(offers.heading)}"><h2>{e(offers.heading)}</h2>{rows}</section>'

    def progress(self, block: Progress) -> str:
        return (
            f'<div role="status"><strong>{e(block.text)}</strong> '
            f'<progress max="100" value="{block.percent}">{block.percent}%</progress> {block.percent}%</div>'
        )

    time_format = "%d %b %Y, %H:%M:%S (UTC)"

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """Cards; groups named by aria, buttons outside of their forms, the history above the status."""
        past = "".join(
            f"<tr><td><time>{e(at)}</time></td><td>{e(what)}</td><td><span class=badge>{e(state)}</span></td></tr>"
            for at, what, state in panel.history
        )
        status = "".join(
            f'<div class="card"><div class="card-title">{e(label)}</div><div class="card-value">{e(value)}</div></div>\n'
            for label, value in panel.status
        )
        html = f"<section><h2>{e(panel.heading)}</h2>"
        html += f"<details><summary>{e(panel.history_heading)}</summary><table>{past}</table></details>"
        html += f'<div class="cards">{status}</div>' if status else f'<div class="empty">{e(panel.note)}</div>'
        for key, groups in (
            ("sync", []),
            ("become", [("", [panel.tick])]),
            ("break", []),
            ("establish", [(panel.peer_heading, panel.peer), (panel.own_heading, panel.own)]),
            ("ips", [(panel.ips_heading, panel.ips)]),
            ("settings", [(panel.settings_heading, panel.settings)]),
        ):
            if key in panel.controls:
                html += self._card(key, groups, panel, issuer)
        return f"{html}</section>"

    def _card(self, key: str, groups: list[tuple[str, list[Entry]]], panel: Failover, issuer: Issuer) -> str:
        entries = [entry for _heading, inside in groups for entry in inside]
        issued = issuer.form(Form(f"failover_{key}", entries, panel.control(key)))
        anchor = f"fo-{key}"
        inside = ""
        for number, (heading, fields) in enumerate(groups):
            named = f' aria-labelledby="{anchor}-{number}"' if heading else ""
            title = f'<h3 id="{anchor}-{number}">{e(heading)}</h3>' if heading else ""
            inside += f'<div role="group"{named}>{title}{"".join(self._field(issued, one) for one in fields)}</div>'
        [(name, label, _control)] = issued.buttons
        button = (
            f'<button type="submit" form="{anchor}"{self._name(name, label)}><i></i><span>{e(label)}</span></button>'
        )
        form = f'<form id="{anchor}" method="post" action="{e(issued.url)}">{self.hidden(issued)}{inside}</form>'
        return f'<div class="card">{form}<footer>{button}</footer></div>'

    def _field(self, issued: Issued, entry: Entry) -> str:
        ident = f' id="{issued.names[entry.name]}"'
        label = f'<label for="{issued.names[entry.name]}">{e(entry.label)}</label>'
        if entry.kind == "checkbox":
            return f'<div class="switch">{self.box(issued, entry, ident)}{label}</div>'
        return f"<div>{label}{self.typed(issued, entry, ident)}</div>"


class Unknown(ModernEnglish):
    """A language that nobody knows, in markup that is not `modern_en`'s either: definition lists and articles."""

    name = "unknown"
    language = "xx"
    own_words: ClassVar[dict[str, str]] = {"brand": "Zamvok"}
    unnamed_buttons = False
    redirects_after_post = False

    def facts(self, block: Facts) -> str:
        rows = "".join(f"<dt>{e(label)}</dt><dd>{e(value)}</dd>" for label, value in block.rows)
        return f"<article><h2>{e(block.heading)}</h2><dl>{rows}</dl></article>"

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        rows = ""
        for row in offers.rows:
            form = self.form(self.row_form(row), issuer) if row.controls else ""
            text = f"<p>{e(row.text)}</p>" if row.text else ""
            details = "".join(f"<p>{e(line)}</p>" for line in row.details)
            rows += f"<article><h3>{e(row.name)}</h3>{details}{text}{form}</article>"
        return f"<section><h2>{e(offers.heading)}</h2>{rows}</section>"

    time_format = "%Y.%m.%d %H:%M:%S"

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """Definition lists, with the fields in them as well; headings that are paragraphs."""
        rows = "".join(f"<dt>{e(label)}</dt><dd>{e(value)}</dd>" for label, value in panel.status)
        html = f"<article><h2>{e(panel.heading)}</h2><dl>{rows}</dl><p>{e(panel.note)}</p>"
        parts: list[tuple[str, list[tuple[str, list[Entry]]]]] = [
            ("establish", [(panel.peer_heading, panel.peer), (panel.own_heading, panel.own)]),
            ("ips", [(panel.ips_heading, panel.ips)]),
            ("sync", []),
            ("become", [("", [panel.tick])]),
            ("break", []),
            ("settings", [(panel.settings_heading, panel.settings)]),
        ]
        for key, groups in parts:
            for control in panel.control(key):
                issued = issuer.form(Form(f"failover_{key}", [one for group in groups for one in group[1]], [control]))
                inside = ""
                for heading, entries in groups:
                    fields = "".join(
                        f"<dt>{e(one.label)}</dt>"
                        f"<dd>{self.box(issued, one) if one.kind == 'checkbox' else self.typed(issued, one)}</dd>"
                        for one in entries
                    )
                    inside += f"<p><strong>{e(heading)}</strong></p><dl>{fields}</dl>"
                [(name, label, _control)] = issued.buttons
                inside += f"<button{self._name(name, label)}>{e(label)}</button>"
                html += f'<form method="post" action="{e(issued.url)}">{self.hidden(issued)}{inside}</form>'
        past = "".join(f"<dt>{e(at)}</dt><dd>{e(what)}, {e(state)}</dd>" for at, what, state in panel.history)
        return f"{html}<h3>{e(panel.history_heading)}</h3><dl>{past}</dl></article>"
