# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controls that are links with one-time tokens, lists as rows, windows-1252. A dangerous link stands next to the right one."""

from __future__ import annotations

from .app import Issuer
from .dialect import Dialect, e
from .model import Control, Facts, Failover, Form, Item, Offers, Page, Progress, Text


class LinksEnglish(Dialect):
    name = "links_en"
    language = "en"
    encoding = "windows-1252"
    token_field = "token"
    link_field = "once"
    redirects_after_post = True
    decoys = True

    def cookie(self, interface: str) -> str:
        return "SESSIONID" if interface == "appliance" else "LOGINID"

    def url(self, interface: str, page: str) -> str:
        return f"/{interface}/login.ns" if page == "sign_in" else f"/{interface}/index.ns?page={page}"

    def page_of(self, interface: str, path: str, query: list[tuple[str, str]]) -> str | None:
        if path == f"/{interface}/index.ns":
            page = dict(query).get("page", "")
            return (
                page if f"{path}?page={page}" == self.url(interface, page) and page in self.known(interface) else None
            )
        return super().page_of(interface, path, query)

    def field_name(self, form: str, name: str) -> str:
        return f"{form}_{name}"

    def render(self, page: Page, issuer: Issuer) -> str:
        extras = "".join(self.form(form, issuer) for form in page.extras)
        out = self._control(page.log_out, issuer) if page.log_out else ""
        return f"""<html><head><title>{e(page.title)}</title></head><body>
<div id=top>{extras} {out}</div>
<ul id=menu>{"".join(self._item(issuer, item) for item in page.menu)}</ul>
<div id=content>
{self.blocks(page, issuer)}
</div></body></html>
"""

    def _item(self, issuer: Issuer, item: Item) -> str:
        # Only the open section shows what is in it.
        below = "".join(self._item(issuer, child) for child in item.children) if item.current else ""
        below = f"<ul>{below}</ul>" if below else ""
        label = f"<strong>{e(item.label)}</strong>" if item.current else e(item.label)
        return f'<li><a href="{e(issuer.url(item.page))}">{label}</a>{below}</li>'

    def _control(self, control: Control, issuer: Issuer) -> str:
        if control.disabled:
            return f'<span class="off">{e(control.label)}</span>'
        return f'<a class="action" href="{e(issuer.link(control))}">{e(control.label)}</a>'

    def text(self, block: Text) -> str:
        return f"<h3>{e(block.text)}</h3>" if block.kind == "heading" else f"<p class={block.kind}>{e(block.text)}</p>"

    def facts(self, block: Facts) -> str:
        rows = "".join(f"<li><b>{e(label)}:</b> {e(value)}</li>\n" for label, value in block.rows)
        return f"<h3>{e(block.heading)}</h3><ul>{rows}</ul>"

    def form(self, form: Form, issuer: Issuer) -> str:
        heading = f"<h3>{e(form.heading)}</h3>" if form.heading else ""
        note = f"<p>{e(form.note)}</p>" if form.note else ""
        if not form.entries:
            links = " | ".join(self._control(control, issuer) for control in form.controls)
            return f"{heading}{note}<p>{links}</p>"
        issued = issuer.form(form)
        fields = ""
        for entry in form.entries:
            name = e(issued.names[entry.name])
            if entry.kind == "select":
                options = "".join(f"<option>{e(option)}" for option in entry.options)
                field = f'<select name="{name}">{options}</select>'
            else:
                value = f' value="{e(entry.value)}"' if entry.value else ""
                field = f'<input type={entry.kind} name="{name}"{value}>'
            fields += f"<label>{e(entry.label)} {field}</label><br>"
        buttons = "".join(
            f'<input type=submit name="{e(name)}" value="{e(label)}">' for name, label, _control in issued.buttons
        )
        kind = " enctype=multipart/form-data" if issued.upload else ""
        # The hidden fields come last, behind the file.
        return f'{heading}{note}<form method=post action="{e(issued.url)}"{kind}>{fields}{buttons}{self.hidden(issued)}</form>'

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        rows = ""
        for row in offers.rows:
            links = " ".join(self._control(control, issuer) for control in row.controls)
            details = "".join(f"<br>{e(line)}" for line in row.details)
            text = f"<br><i>{e(row.text)}</i>" if row.text else ""
            rows += f"<li>{e(row.name)} {links}{text}{details}</li>\n"
        return f"<h3>{e(offers.heading)}</h3><ul>{rows}</ul>"

    def progress(self, block: Progress) -> str:
        return f"<p>{e(block.text)} \u2013 {block.percent} %</p>"

    time_format = "%m/%d/%Y %I:%M %p"  # no zone, no seconds

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """Links that act, with a dangerous one between them; lists; headings in bold before the fields of one form."""
        rows = "".join(f"<li>{e(label)}: <b>{e(value)}</b></li>\n" for label, value in panel.status)
        html = f"<h3>{e(panel.heading)}</h3>" + (f"<ul>{rows}</ul>" if rows else f"<p>{e(panel.note)}</p>")
        html += (
            "<p>" + " | ".join(self._control(one, issuer) for one in panel.control("sync", "reset", "break")) + "</p>"
        )
        for control in panel.control("become"):
            issued = issuer.form(Form("failover_become", [panel.tick], [control]))
            html += f"<form method=post action='{e(issued.url)}'>{self._submit(issued.buttons)}"
            html += f"<label>{self.box(issued, panel.tick)} {e(panel.tick.label)}</label>{self.hidden(issued)}</form>"
        for control in panel.control("establish"):
            issued = issuer.form(Form("failover_new", [*panel.own, *panel.peer], [control]))
            html += f"<form method=post action='{e(issued.url)}'>"
            # The way back stands first.
            for heading, entries in ((panel.own_heading, panel.own), (panel.peer_heading, panel.peer)):
                fields = "".join(f"<li>{e(one.label)} {self.typed(issued, one)}</li>" for one in entries)
                html += f"<b>{e(heading)}</b><ul>{fields}</ul>"
            html += f"{self._submit(issued.buttons)}{self.hidden(issued)}</form>"
        for heading, key, listed in (
            (panel.ips_heading, "ips", panel.ips),
            (panel.settings_heading, "settings", panel.settings),
        ):
            for control in panel.control(key):
                issued = issuer.form(Form(f"failover_{key}", listed, [control]))
                fields = "".join(
                    f"<li>{self.box(issued, one) if one.kind == 'checkbox' else self.typed(issued, one)} {e(one.label)}</li>"
                    for one in listed
                )
                html += f"<h3>{e(heading)}</h3><form method=post action='{e(issued.url)}'><ul>{fields}</ul>"
                html += f"{self._submit(issued.buttons)}{self.hidden(issued)}</form>"
        past = "".join(f"<li>{e(what)} {e(at)} <i>{e(state)}</i></li>\n" for at, what, state in panel.history)
        return f"{html}<h3>{e(panel.history_heading)}</h3><ol>{past}</ol>"

    def _submit(self, buttons: list[tuple[str, str, Control]]) -> str:
        return "".join(f'<input type=submit name="{e(name)}" value="{e(label)}">' for name, label, _control in buttons)
