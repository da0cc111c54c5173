# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide's era (Base 3.x): nested tables, submit inputs, upper-case tags and menu, ISO-8859-1. Italian words as in the
guide (seed); its English twin has the words of the English manuals."""

from __future__ import annotations

from .app import Issuer
from .dialect import Dialect, e
from .model import Control, Facts, Form, Offers, Page, Progress, Text


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
                field = f'<INPUT type="{entry.kind}" name="{name}" value="">'
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


class GuideEnglish(GuideItalian):
    name = "guide_en"
    language = "en"
