# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Divisions as rows, decoys, odd white space, no-break spaces, mixed case, several forms, one form around all rows, buttons
that are there but disabled, a file field behind a label. In Italian, UTF-8."""

from __future__ import annotations

from .app import Issuer
from .dialect import Dialect, e
from .model import Action, Control, Entry, Facts, Failover, Form, Issued, Item, Offers, Page, Progress, Text


def odd(text: str) -> str:
    """White space and case as a careless page has them."""
    words = [word.upper() if number % 3 == 2 else word for number, word in enumerate(text.split(" "))]
    return (
        "\n   " + "&nbsp;".join(e(word) for word in words[:2]) + "".join(f"\n\t {e(word)}" for word in words[2:]) + "  "
    )


class PlainItalian(Dialect):
    name = "plain_it"
    language = "it"
    declares_charset = False
    token_field = "gettone"
    decoys = True
    disabled_when_blocked = True
    extra_hidden = (("attivit\u00e0", "s\u00ec"),)

    def cookie(self, interface: str) -> str:
        return f"{interface}_sessione"

    def url(self, interface: str, page: str) -> str:
        return f"/{interface}/login.ns" if page == "sign_in" else f"/{interface}/pagina/{page}.ns"

    def form_url(self, interface: str, key: str) -> str:
        # Every form goes to one address; the hidden fields tell them apart.
        return f"/{interface}/login.ns" if key == "login" else f"/{interface}/azione.ns"

    def field_name(self, form: str, name: str) -> str:
        return f"{form}[{name}]"

    def render(self, page: Page, issuer: Issuer) -> str:
        extras = "".join(f"<div>{self.form(form, issuer)}</div>" for form in page.extras)
        out = self.form(Form("logout", [], [page.log_out]), issuer) if page.log_out else ""
        return f"""<!DOCTYPE html>
<html><head><meta http-equiv=content-type content="text/html; charset=utf-8"><title>{e(page.title)}</title></head>
<body><div>{extras}{out}</div>
<div>{"".join(self._item(issuer, item) for item in page.menu)}</div>
<div>{"".join(self._item(issuer, item) for item in self.tabs(page.menu))}</div>
<div>
{self.blocks(page, issuer)}
</div></body></html>
"""

    def _item(self, issuer: Issuer, item: Item) -> str:
        return f'<span><a href="{e(issuer.url(item.page))}"><span>{odd(item.label)}</span></a></span>'

    def text(self, block: Text) -> str:
        return f"<div>{odd(block.text)}</div>" if block.kind == "heading" else f"<div><em>{e(block.text)}</em></div>"

    def facts(self, block: Facts) -> str:
        rows = "".join(f"<div><div>{odd(label)}</div><div>{e(value)}</div></div>\n" for label, value in block.rows)
        return f"<div>{odd(block.heading)}</div><div>{rows}</div>"

    def _buttons(self, issued: Issued) -> str:
        html = ""
        for name, label, control in issued.buttons:
            off = " disabled=disabled" if control.disabled else ""
            html += f'<button name="{e(name)}" value="{e(label)}"{off}><b>{odd(label)}</b></button>\n'
        return html

    def form(self, form: Form, issuer: Issuer) -> str:
        issued = issuer.form(form)
        fields = ""
        for number, entry in enumerate(form.entries):
            name = e(issued.names[entry.name])
            ident = f"{form.key}{number}"
            if entry.kind == "select":
                options = "".join(f"<option value={number}>{e(option)}</option>" for option in entry.options)
                fields += f"<div>{odd(entry.label)}<select name='{name}'>{options}</select></div>"
            elif entry.kind == "file":
                fields += (
                    f"<label for={ident}>{odd(entry.label)}</label><input id={ident} type=file name='{name}' hidden>"
                )
            else:
                fields += (
                    f"<div><label for={ident}>{odd(entry.label)}</label>"
                    f"<input id={ident} type={entry.kind} name='{name}' value='{e(entry.value)}'></div>"
                )
        kind = " enctype='multipart/form-data'" if issued.upload else ""
        heading = f"<div>{odd(form.heading)}</div>" if form.heading else ""
        note = f"<div>{e(form.note)}</div>" if form.note else ""
        return (
            f"<div>{heading}{note}<form action='{e(issued.url)}' method=post{kind}>{self.hidden(issued)}{fields}"
            f"<div>{self._buttons(issued)}</div></form></div>"
        )

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        joint = Form("updates", [], [control for row in offers.rows for control in row.controls])
        issued = issuer.form(joint)
        left = list(issued.buttons)
        rows = ""
        for row in offers.rows:
            mine, left = left[: len(row.controls)], left[len(row.controls) :]
            part = Issued(joint, issued.url, issued.hidden, issued.names, mine, False)
            details = "".join(f"<div>{e(line)}</div>" for line in row.details)
            text = f"<div>{e(row.text)}</div>" if row.text else ""
            rows += f"<div><div>{e(row.name)}</div>{details}{text}<div>{self._buttons(part)}</div></div>\n"
        return (
            f"<div>{odd(offers.heading)}</div><form action='{e(issued.url)}' method=post>{self.hidden(issued)}"
            f"<div>{rows}</div></form>"
        )

    def progress(self, block: Progress) -> str:
        return f"<div>{e(block.text)}:&nbsp;<span>{block.percent}&nbsp;%</span></div>"

    time_format = "%d/%m/%Y %H:%M:%S"  # no zone

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """Divisions; one form around everything; each button is always there, disabled when it does not apply; a decoy first."""
        related = "establish" not in panel.controls
        controls = [*panel.control("reset", "sync", "become", "ips", "settings", "break")]
        if related:
            controls.append(Control(Action("establish"), self.words["establish"], disabled=True))
        else:
            controls += panel.control("establish")
            controls += [Control(Action("sync"), self.words["sync_now"], disabled=True)]
            controls += [Control(Action("break"), self.words["break_failover"], disabled=True)]
        entries = [*panel.peer, *panel.own, *panel.ips, *panel.settings, panel.tick]
        issued = issuer.form(Form("failover", entries, controls))
        press = {
            control.action.name: self._buttons(Issued(issued.form, "", [], {}, [(name, label, control)], False))
            for name, label, control in issued.buttons
        }

        def fields(listed: list[Entry]) -> str:
            return "".join(
                self._line(issued, one, not related or one not in (*panel.peer, *panel.own)) for one in listed
            )

        status = "".join(
            f"<div><span>{odd(label)}</span><span>{e(value)}</span></div>" for label, value in panel.status
        )
        become = press.get("become_primary", press.get("become_backup", ""))
        ips = f"<div>{odd(panel.ips_heading)}{fields(panel.ips)}{press['shared_ips']}</div>" if panel.ips else ""
        past = "".join(
            f"<div><div>{e(at)}</div><div>{odd(what)}: {e(state)}</div></div>" for at, what, state in panel.history
        )
        return (
            f"<div>{odd(panel.heading)}</div><div>{e(panel.note)}</div><div>{status}</div>"
            f"<form action='{e(issued.url)}' method=post>{self.hidden(issued)}"
            f"<div>{press['reset_failover']}{press['sync']}{press['break']}</div>"
            f"<div>{self._line(issued, panel.tick, True)}{become}</div>"
            f"<div><div>{odd(panel.peer_heading)}</div>{fields(panel.peer)}</div>"
            f"<div><div>{odd(panel.own_heading)}</div>{fields(panel.own)}</div><div>{press['establish']}</div>{ips}"
            f"<div>{odd(panel.settings_heading)}{fields(panel.settings)}{press['save_failover']}</div></form>"
            f"<div>{odd(panel.history_heading)}</div><div>{past}</div>"
        )

    def _line(self, issued: Issued, entry: Entry, usable: bool) -> str:
        ident = f" id={entry.name.replace('.', '-')}"
        label = f"<label for={entry.name.replace('.', '-')}>{odd(entry.label)}</label>"
        if entry.kind == "checkbox":
            return f"<div>{self.box(issued, entry, ident)}{label}</div>"
        return f"<div>{label}{self.typed(issued, entry, ident + ('' if usable else ' disabled'))}</div>"
