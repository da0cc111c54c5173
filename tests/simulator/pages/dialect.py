# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a dialect is: language, encoding, addresses, names of fields, and the turning of a page into HTML.

All of it is assumed but for the words (see labels.py), `.ns` addresses and grouped field names (C-META, C-CVE31589), and the
version tag of old `/login` pages (C-RMLOVE).
"""

from __future__ import annotations

import time
from html import escape
from typing import ClassVar
from urllib.parse import parse_qsl

from .app import Issuer
from .labels import LANGUAGES
from .model import Block, Entry, Facts, Failover, Form, Issued, Item, OfferRow, Offers, Page, Progress, Text

PAGES = {
    "appliance": (
        "sign_in", "status", "basics", "storage", "my_account", "networking", "security", "certificates", "support",
        "utilities", "updates", "advanced",
    ),
    "login": (
        "sign_in", "welcome", "status", "my_account", "configuration", "reports", "management", "software", "security",
        "failover", "api_configuration", "vault",
    ),
}  # fmt: skip


def e(text: str) -> str:
    """Text for HTML."""
    return escape(text, quote=True)


class Dialect:
    """Base of all dialects; a subclass changes data, and renders blocks."""

    name = ""
    language = "en"
    encoding = "utf-8"
    declares_charset = True
    token_field = "csrf"
    link_field = "t"
    csrf_status = 200
    redirects_after_post = False
    asks_first = False
    decoys = False
    disabled_when_blocked = False
    unnamed_buttons = False
    refresh_seconds: int | None = None
    framed = False
    extra_hidden: tuple[tuple[str, str], ...] = ()
    own_words: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        self.words = {**LANGUAGES[self.language], **self.own_words}

    # Addresses and names

    def cookie(self, interface: str) -> str:
        """Name of the session cookie."""
        return f"ns_{interface[0]}s"

    def url(self, interface: str, page: str) -> str:
        """Address of a page; `/appliance/login.ns` is the one that is known (C-META)."""
        return f"/{interface}/{'login' if page == 'sign_in' else page}.ns"

    def form_url(self, interface: str, key: str) -> str:
        """Where a form goes."""
        return self.url(interface, {"login": "sign_in", "search": "search"}.get(key, key))

    def page_of(self, interface: str, path: str, query: list[tuple[str, str]]) -> str | None:
        """The page of an address; `root` for the interface's own name."""
        if path.rstrip("/") == f"/{interface}":
            return "root"
        return next((page for page in self.known(interface) if self.url(interface, page) == path), None)

    def known(self, interface: str) -> tuple[str, ...]:
        """The pages that there are."""
        return PAGES[interface] + (("frames", "menu") if self.framed else ())

    def field_name(self, form: str, name: str) -> str:
        """Wire name of a field or button, grouped under the page's name (C-CVE31589)."""
        return f"{form}[{name}]"

    # Encoding

    @property
    def header_charset(self) -> str | None:
        """The charset that the header declares; None leaves it to the page."""
        return self.encoding if self.declares_charset else None

    def encode(self, text: str) -> bytes:
        return text.encode(self.encoding, "xmlcharrefreplace")

    def form_pairs(self, body: bytes) -> list[tuple[str, str]]:
        """The fields of an url-encoded body, which a browser sends in the page's encoding."""
        return parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, encoding=self.encoding)

    # Markup

    def render(self, page: Page, issuer: Issuer) -> str:
        """The whole page."""
        raise NotImplementedError

    def block(self, block: Block, issuer: Issuer) -> str:
        """One block, by its kind."""
        if isinstance(block, Text):
            return self.text(block)
        if isinstance(block, Facts):
            return self.facts(block)
        if isinstance(block, Form):
            return self.form(block, issuer)
        if isinstance(block, Offers):
            return self.offers(block, issuer)
        if isinstance(block, Failover):
            return self.failover(block, issuer)
        return self.progress(block)

    def blocks(self, page: Page, issuer: Issuer) -> str:
        return "\n".join(self.block(block, issuer) for block in page.blocks)

    def text(self, block: Text) -> str:
        raise NotImplementedError

    def facts(self, block: Facts) -> str:
        raise NotImplementedError

    def form(self, form: Form, issuer: Issuer) -> str:
        raise NotImplementedError

    def offers(self, offers: Offers, issuer: Issuer) -> str:
        raise NotImplementedError

    def progress(self, block: Progress) -> str:
        raise NotImplementedError

    def failover(self, panel: Failover, issuer: Issuer) -> str:
        raise NotImplementedError

    # Pieces

    #: How the page writes a moment; some without a zone.
    time_format = "%Y-%m-%d %H:%M:%S UTC"

    def moment(self, shown: float) -> str:
        """A moment of the box's clock as the pages of `/login` write it."""
        return time.strftime(self.time_format, time.gmtime(shown))

    @staticmethod
    def box(issued: Issued, entry: Entry, extra: str = "") -> str:
        """A tick box."""
        ticked = " checked" if entry.checked else ""
        name = e(issued.names[entry.name])
        return f'<input type="checkbox" name="{name}" value="{e(entry.value)}"{extra}{ticked}>'

    @staticmethod
    def typed(issued: Issued, entry: Entry, extra: str = "") -> str:
        """A field to type in, with what is in it."""
        value = f' value="{e(entry.value)}"' if entry.value else ""
        return f'<input type="{entry.kind}" name="{e(issued.names[entry.name])}"{value}{extra}>'

    def hidden(self, issued: Issued) -> str:
        return "".join(f'<input type="hidden" name="{e(name)}" value="{e(value)}">' for name, value in issued.hidden)

    def row_form(self, row: OfferRow) -> Form:
        """A form around one row's controls."""
        return Form("updates", [], list(row.controls))

    @staticmethod
    def tabs(menu: tuple[Item, ...]) -> tuple[Item, ...]:
        """The children of the current section."""
        return next((item.children for item in menu if item.current), ())
