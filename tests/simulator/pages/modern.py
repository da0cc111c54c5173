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
from .model import Facts, Form, Item, Offers, Page, Progress, Text


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
                fields += (
                    f'<div><label for="{ident}">{e(entry.label)}</label>'
                    f'<input type="{entry.kind}" id="{ident}" name="{name}"></div>'
                )
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
