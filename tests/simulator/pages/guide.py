# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide's era (Base 3.x): nested tables, submit inputs, upper-case tags and menu, ISO-8859-1. Italian words as in the
guide (seed); its English twin has the words of the English manuals."""

from __future__ import annotations

from .app import Issuer
from .dialect import Dialect, e
from .model import Control, Entry, Facts, Failover, Form, Issued, Offers, Page, Progress, Text


class GuideItalian(Dialect):
    name = "guide_it"
    language = "it"
    encoding = "iso-8859-1"
    declares_charset = False
    token_field = "check_token"
    extra_hidden = (("nota", "gi\u00e0 visto"),)

    def cookie(self, interface: str) -> str:
        return "ns_ba" if interface == "appliance" else "ns_sl"

    def render(self, page: Page, issuer: Issuer) -> str:
        meta = f'<META name="Bomgar-Version" content="{e(page.version)}">' if page.interface == "login" else ""
        refresh = f'<META http-equiv="refresh" content="{page.refresh}">' if page.refresh else ""
        sections = " | ".join(self._item(issuer, item.page, item.label.upper(), item.current) for item in page.menu)
        tabs = " | ".join(
            self._item(issuer, item.page, item.label.upper(), item.current) for item in self.tabs(page.menu)
        )
        extras = "".join(f"<TD>{self.form(form, issuer)}</TD>" for form in page.extras)
        out = ""
        if page.log_out:
            issued = issuer.form(Form("logout", [], [page.log_out]))
            out = f"<TD>{self._open(issued.url)}{self.hidden(issued)}{self._buttons(issued.buttons)}</FORM></TD>"
        return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD><META http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">{meta}{refresh}
<TITLE>{e(page.title)}</TITLE></HEAD>
<BODY bgcolor="#FFFFFF"><TABLE width="100%" border=0>
<TR><TD><TABLE><TR><TD><IMG src="/images/bomgar.gif" alt="Bomgar"></TD>{extras}{out}</TR></TABLE></TD></TR>
<TR><TD><FONT size="2">{sections}</FONT></TD></TR>
<TR><TD><FONT size="1">{tabs}</FONT></TD></TR>
<TR><TD><TABLE width="100%"><TR><TD>
{self.blocks(page, issuer)}
</TD></TR></TABLE></TD></TR>
</TABLE></BODY></HTML>
"""

    def _item(self, issuer: Issuer, page: str, label: str, current: bool) -> str:
        link = f'<A href="{e(issuer.url(page))}">{e(label)}</A>'
        return f"<B>{link}</B>" if current else link

    def _open(self, url: str, upload: bool = False) -> str:
        kind = ' enctype="multipart/form-data"' if upload else ""
        return f'<FORM action="{e(url)}" method="POST"{kind}>'

    def _buttons(self, buttons: list[tuple[str, str, Control]]) -> str:
        html = ""
        for name, value, control in buttons:
            off = " DISABLED" if control.disabled else ""
            html += f'<INPUT type="submit" name="{e(name)}" value="{e(value)}"{off}> '
        return html

    def text(self, block: Text) -> str:
        if block.kind == "heading":
            return f"<H3>{e(block.text)}</H3>"
        if block.kind in ("error", "warning"):
            return f'<P><FONT color="#CC0000"><B>{e(block.text)}</B></FONT></P>'
        return f"<P>{e(block.text)}</P>"

    def facts(self, block: Facts) -> str:
        rows = "".join(
            f"<TR><TD><TABLE><TR><TD nowrap>{e(label)}:</TD></TR></TABLE></TD><TD>{e(value)}</TD></TR>\n"
            for label, value in block.rows
        )
        return f"<H3>{e(block.heading)}</H3><TABLE>{rows}</TABLE>"

    def form(self, form: Form, issuer: Issuer) -> str:
        issued = issuer.form(form)
        rows = ""
        for entry in form.entries:
            name = e(issued.names[entry.name])
            if entry.kind == "select":
                options = "".join(f"<OPTION>{e(option)}" for option in entry.options)
                field = f'<SELECT name="{name}">{options}</SELECT>'
            elif entry.kind == "checkbox":
                field = f'<INPUT type="checkbox" name="{name}" value="{e(entry.value)}">'
            else:
                field = f'<INPUT type="{entry.kind}" name="{name}" value="{e(entry.value)}">'
            rows += f"<TR><TD>{e(entry.label)}</TD><TD>{field}</TD></TR>"
        heading = f"<H3>{e(form.heading)}</H3>" if form.heading else ""
        note = f"<P>{e(form.note)}</P>" if form.note else ""
        last = f"<TR><TD></TD><TD>{self._buttons(issued.buttons)}</TD></TR>"
        return f"{heading}{note}{self._open(issued.url, issued.upload)}<TABLE>{self.hidden(issued)}{rows}{last}</TABLE></FORM>"

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        rows = ""
        for row in offers.rows:
            button = ""
            if row.controls:
                issued = issuer.form(self.row_form(row))
                button = self._open(issued.url) + self.hidden(issued) + self._buttons(issued.buttons) + "</FORM>"
            text = f"<BR>{e(row.text)}" if row.text else ""
            details = "".join(f"<LI>{e(line)}</LI>" for line in row.details)
            details = f"<UL>{details}</UL>" if details else ""
            rows += f"<TR><TD><B>{e(row.name)}</B>{text}{details}</TD><TD>{button}</TD></TR>\n"
        return f'<H4>&ndash; {e(offers.heading)}</H4><TABLE border=1 width="100%">{rows}</TABLE>'

    def progress(self, block: Progress) -> str:
        return f"<P><B>{e(block.text)}</B> ({block.percent}%)</P>"

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """Tables in tables; a form for each button, side by side; both addresses in one form under headings of their own."""
        buttons = ""
        for key, control in panel.controls.items():
            if key in ("sync", "break", "become"):
                entries = [panel.tick] if key == "become" else []
                issued = issuer.form(Form(f"failover_{key}", entries, [control]))
                tick = f"{self.box(issued, panel.tick)} {e(panel.tick.label)}<BR>" if entries else ""
                opened = self._open(issued.url) + self.hidden(issued)
                buttons += f"<TD valign=top>{opened}{tick}{self._buttons(issued.buttons)}</FORM></TD>"
        history = "".join(
            f"<TR><TD>{e(at)}</TD><TD>{e(what)}</TD><TD>{e(state)}</TD></TR>\n" for at, what, state in panel.history
        )
        html = self.facts(Facts(panel.heading, panel.status)) if panel.status else f"<H3>{e(panel.heading)}</H3>"
        html += f"<P>{e(panel.note)}</P>" if panel.note else ""
        html += f"<TABLE><TR>{buttons}</TR></TABLE>" if buttons else ""
        if panel.ips:
            html += self._table_form(panel.ips_heading, "failover_ips", [("", panel.ips)], panel.control("ips"), issuer)
        if "establish" in panel.controls:
            groups = [(panel.peer_heading, panel.peer), (panel.own_heading, panel.own)]
            html += self._table_form("", "failover_new", groups, panel.control("establish"), issuer)
        html += self._table_form(
            panel.settings_heading, "failover_settings", [("", panel.settings)], panel.control("settings"), issuer
        )
        return f"{html}<H4>{e(panel.history_heading)}</H4><TABLE border=1>{history}</TABLE>"

    def _table_form(
        self, heading: str, key: str, groups: list[tuple[str, list[Entry]]], controls: list[Control], issuer: Issuer
    ) -> str:
        issued = issuer.form(Form(key, [entry for _heading, entries in groups for entry in entries], controls))
        inside = ""
        for title, entries in groups:
            rows = "".join(self._table_row(issued, entry) for entry in entries)
            title = f"<H4>{e(title)}</H4>" if title else ""
            inside += f"<TR><TD>{title}<TABLE>{rows}</TABLE></TD></TR>"
        heading = f"<H4>{e(heading)}</H4>" if heading else ""
        opened = self._open(issued.url) + self.hidden(issued)
        return f"{heading}{opened}<TABLE>{inside}<TR><TD>{self._buttons(issued.buttons)}</TD></TR></TABLE></FORM>"

    def _table_row(self, issued: Issued, entry: Entry) -> str:
        if entry.kind == "checkbox":
            return f"<TR><TD>{self.box(issued, entry)}</TD><TD>{e(entry.label)}</TD></TR>"
        return f"<TR><TD>{e(entry.label)}:</TD><TD>{self.typed(issued, entry)}</TD></TR>"


class GuideEnglish(GuideItalian):
    name = "guide_en"
    language = "en"
    time_format = "%a %b %d %H:%M:%S %Y GMT"

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        """One form around everything; field sets, in which labels repeat; labels around their fields."""
        related = "establish" not in panel.controls
        entries = [*panel.settings, *panel.ips, *([panel.tick] if related else [*panel.peer, *panel.own])]
        joint = Form("failover", entries, panel.control("sync", "become", "ips", "settings", "break", "establish"))
        issued = issuer.form(joint)
        press = {
            control.action.name: self._buttons([(name, label, control)]) for name, label, control in issued.buttons
        }
        rows = "".join(f"<TR><TH align=left>{e(label)}</TH><TD>{e(value)}</TD></TR>\n" for label, value in panel.status)
        html = f"<H3>{e(panel.heading)}</H3>{self._open(issued.url)}{self.hidden(issued)}"
        html += f"<TABLE>{rows}</TABLE>" if rows else f"<P><B>{e(panel.note)}</B></P>"
        if related:
            become = panel.controls["become"].action.name
            tick = f"<LABEL>{self.box(issued, panel.tick)} {e(panel.tick.label)}</LABEL>"
            html += f"<P>{press.get('sync', '')}</P><P>{press[become]} {tick}</P>"
        else:
            html += self._set(issued, panel.peer_heading, panel.peer)
            html += self._set(issued, panel.own_heading, panel.own, press["establish"])
        if panel.ips:
            html += self._set(issued, panel.ips_heading, panel.ips, press["shared_ips"])
        html += self._set(issued, panel.settings_heading, panel.settings, press["save_failover"])
        html += f"<P>{press['break']}</P>" if related else ""
        past = "".join(f"<LI>{e(at)}: {e(what)} ({e(state)})</LI>\n" for at, what, state in panel.history)
        return f"{html}</FORM><H4>{e(panel.history_heading)}</H4><UL>{past}</UL>"

    def _set(self, issued: Issued, heading: str, entries: list[Entry], after: str = "") -> str:
        fields = ""
        for entry in entries:
            field = self.box(issued, entry) if entry.kind == "checkbox" else self.typed(issued, entry, ' size="20"')
            pair = (field, e(entry.label)) if entry.kind == "checkbox" else (e(entry.label), field)
            fields += f"<LABEL>{pair[0]} {pair[1]}</LABEL><BR>"
        return f"<FIELDSET><LEGEND>{e(heading)}</LEGEND>{fields}{after}</FIELDSET>"
