# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions before an installation: a licence to tick, then "are you sure" with No first; a progress page that refreshes
itself; picture buttons; labels in another table cell than their fields. That such pages exist is assumed."""

from __future__ import annotations

from .app import Issuer
from .dialect import Dialect, e
from .model import Entry, Facts, Failover, Form, Issued, Item, Offers, Page, Progress, Text


class WizardEnglish(Dialect):
    name = "wizard_en"
    language = "en"
    token_field = "form_key"
    asks_first = True
    refresh_seconds: int | None = 5

    def cookie(self, interface: str) -> str:
        return f"session_{interface}"

    def render(self, page: Page, issuer: Issuer) -> str:
        refresh = (
            f'<meta http-equiv="Refresh" content="{page.refresh}; url={e(issuer.url(page.key))}">'
            if page.refresh
            else ""
        )
        extras = "".join(f"<td>{self.form(form, issuer)}</td>" for form in page.extras)
        out = f"<td>{self.form(Form('logout', [], [page.log_out]), issuer)}</td>" if page.log_out else ""
        return f"""<!DOCTYPE html><html><head><meta charset="UTF-8">{refresh}<title>{e(page.title)}</title></head><body>
<table class="banner"><tr>{extras}{out}</tr></table>
<table class="frame"><tr><td valign="top"><table class="menu">{"".join(self._item(issuer, item) for item in page.menu)}
</table></td><td>
{self.blocks(page, issuer)}
</td></tr></table></body></html>
"""

    def _item(self, issuer: Issuer, item: Item, deep: bool = False) -> str:
        below = "".join(self._item(issuer, child, True) for child in item.children) if item.current else ""
        indent = "&nbsp;&nbsp;" if deep else ""
        return f'<tr><td>{indent}<a href="{e(issuer.url(item.page))}">{e(item.label)}</a></td></tr>{below}'

    def text(self, block: Text) -> str:
        if block.kind == "heading":
            return f"<h2>{e(block.text)}</h2>"
        return f'<table class="{block.kind}"><tr><td>{e(block.text)}</td></tr></table>'

    def facts(self, block: Facts) -> str:
        rows = "".join(f"<tr><th>{e(label)}</th><td>{e(value)}</td></tr>\n" for label, value in block.rows)
        return f"<h2>{e(block.heading)}</h2><table><tbody>{rows}</tbody></table>"

    def _buttons(self, issued: Issued, pictures: bool) -> str:
        html = ""
        for name, label, control in issued.buttons:
            off = " disabled" if control.disabled else ""
            if pictures:
                html += f'<input type="image" src="/images/{control.action.name}.png" alt="{e(label)}" name="{e(name)}"{off}> '
            else:
                html += f'<button type="submit" name="{e(name)}" value="1"{off}>{e(label)}</button> '
        return html

    def form(self, form: Form, issuer: Issuer) -> str:
        issued = issuer.form(form)
        rows = ""
        for entry in form.entries:
            name = e(issued.names[entry.name])
            if entry.kind == "select":
                options = "".join(f"<option>{e(option)}</option>" for option in entry.options)
                rows += f"<tr><td>{e(entry.label)}</td><td><select name='{name}'>{options}</select></td></tr>"
            elif entry.kind == "checkbox":
                rows += f"<tr><td>{self.box(issued, entry)}</td><td>{e(entry.label)}</td></tr>"
            else:
                rows += f"<tr><td>{e(entry.label)}</td><td>{self.typed(issued, entry)}</td></tr>"
        heading = f"<h2>{e(form.heading)}</h2>" if form.heading else ""
        note = f"<p>{e(form.note)}</p>" if form.note else ""
        kind = ' enctype="multipart/form-data"' if issued.upload else ""
        buttons = self._buttons(issued, form.key == "check")
        return (
            f'{heading}{note}<form method="POST" action="{e(issued.url)}"{kind}>{self.hidden(issued)}'
            f"<table>{rows}</table>{buttons}</form>"
        )

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        rows = ""
        for row in offers.rows:
            form = self.form(self.row_form(row), issuer) if row.controls else "&nbsp;"
            text = e(row.text) if row.text else "<br>".join(e(line) for line in row.details)
            rows += f"<tr><td>{e(row.name)}</td><td>{text}</td><td>{form}</td></tr>\n"
        return f"<h2>{e(offers.heading)}</h2><table><tbody>{rows}</tbody></table>"

    def progress(self, block: Progress) -> str:
        return f"<table><tr><td><b>{e(block.text)}</b></td><td>{block.percent}%</td></tr></table>"

    time_format = "%B %d, %Y %H:%M:%S UTC"

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """Picture buttons; a status table that runs across; the two addresses side by side in one table."""
        html = f"<h2>{e(panel.heading)}</h2>"
        if panel.status:
            heads = "".join(f"<th>{e(label)}</th>" for label, _value in panel.status)
            html += f"<table><tr>{heads}</tr><tr>{''.join(f'<td>{e(value)}</td>' for _label, value in panel.status)}</tr></table>"
        else:
            html += f'<table class="notice"><tr><td>{e(panel.note)}</td></tr></table>'
        for key in ("become", "sync", "break"):
            for control in panel.control(key):
                entries = [panel.tick] if key == "become" else []
                issued = issuer.form(Form(f"failover_{key}", entries, [control]))
                tick = f"{self.box(issued, panel.tick)}{e(panel.tick.label)}<br>" if entries else ""
                html += f'<form method="POST" action="{e(issued.url)}">{self.hidden(issued)}{tick}'
                html += f"{self._buttons(issued, key == 'sync')}</form>"
        for control in panel.control("establish"):
            issued = issuer.form(Form("failover_new", [*panel.peer, *panel.own], [control]))
            cells = ""
            for heading, entries in ((panel.peer_heading, panel.peer), (panel.own_heading, panel.own)):
                rows = "".join(f"<tr><td>{e(one.label)}</td><td>{self.typed(issued, one)}</td></tr>" for one in entries)
                cells += f'<td valign="top"><table><caption>{e(heading)}</caption>{rows}</table></td>'
            html += f'<form method="POST" action="{e(issued.url)}">{self.hidden(issued)}<table><tr>{cells}</tr></table>'
            html += f"{self._buttons(issued, False)}</form>"
        if panel.ips:
            html += self.form(Form("failover_ips", panel.ips, panel.control("ips"), panel.ips_heading), issuer)
        html += self.form(
            Form("failover_settings", panel.settings, panel.control("settings"), panel.settings_heading), issuer
        )
        past = "".join(
            f"<tr><td>{e(what)}</td><td>{e(at)}</td><td>{e(state)}</td></tr>" for at, what, state in panel.history
        )
        return f"{html}<h2>{e(panel.history_heading)}</h2><table>{past}</table>"


class FramesEnglish(WizardEnglish):
    """The same look in frames: the menu is a page of its own, and nothing is asked before an installation."""

    name = "frames_en"
    asks_first = False
    refresh_seconds = None
    framed = True

    def cookie(self, interface: str) -> str:
        return f"framed_{interface}"

    def render(self, page: Page, issuer: Issuer) -> str:
        if page.key == "frames":
            return f"""<html><head><title>{e(page.title)}</title></head><frameset cols="20%,*">
<frame name="menu" src="{e(issuer.url("menu"))}"><frame name="main" src="{e(issuer.url(issuer.app.home))}">
</frameset></html>
"""
        if page.key == "menu":
            links = "".join(self._framed_item(issuer, item) for item in page.menu)
            return f"<html><head><base target=main></head><body>{links}</body></html>"
        page.menu = ()
        return super().render(page, issuer)

    def _framed_item(self, issuer: Issuer, item: Item) -> str:
        below = "".join(self._framed_item(issuer, child) for child in item.children)
        return f'<div><a target="main" href="{e(issuer.url(item.page))}">{e(item.label)}</a>{below}</div>'

    time_format = "%Y-%m-%dT%H:%M:%S+00:00"

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """One table for all: headings are rows of it; one form for what acts on the relationship, buttons first."""
        html = f"<h2>{e(panel.heading)}</h2>"
        related = "establish" not in panel.controls
        parts: list[tuple[str, list[Entry]]] = (
            [("", [panel.tick])] if related else [(panel.peer_heading, panel.peer), (panel.own_heading, panel.own)]
        )
        entries = [entry for _heading, inside in parts for entry in inside]
        issued = issuer.form(Form("relation", entries, panel.control("break", "become", "sync", "establish")))
        rows = "".join(f"<tr><td>{e(label)}</td><td>{e(value)}</td></tr>" for label, value in panel.status)
        rows += f'<tr><td colspan="2"><b>{e(panel.note)}</b></td></tr>' if panel.note else ""
        buttons = "".join(
            f'<input type="submit" name="{e(name)}" value="{e(label)}"> ' for name, label, _control in issued.buttons
        )
        rows += f'<tr><td colspan="2">{buttons}</td></tr>' if related else ""
        for heading, inside in parts:
            rows += f'<tr><th colspan="2">{e(heading)}</th></tr>' if heading else ""
            for one in inside:
                field = self.box(issued, one) if one.kind == "checkbox" else self.typed(issued, one)
                rows += f"<tr><td>{e(one.label)}</td><td>{field}</td></tr>"
        rows += "" if related else f'<tr><td></td><td align="right">{buttons}</td></tr>'
        html += f'<form method="POST" action="{e(issued.url)}">{self.hidden(issued)}<table>{rows}</table></form>'
        for heading, key, listed in (
            (panel.settings_heading, "settings", panel.settings),
            (panel.ips_heading, "ips", panel.ips),
        ):
            if key in panel.controls:
                html += self.form(Form(f"failover_{key}", listed, panel.control(key), heading), issuer)
        past = "".join(f"<p>{e(at)} {e(what)}: {e(state)}</p>" for at, what, state in panel.history)
        return f"{html}<h2>{e(panel.history_heading)}</h2>{past}"
