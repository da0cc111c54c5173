# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of `/login`: Management > Software, and what the login page tells without an account. Presses menu links only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..accounts import LOGIN
from ..models import Kind, Software
from ..transport import Request, Sender
from .browser import Browser, SessionEnded
from .labels import Labels, same
from .offer_rows import named
from .page import Page
from .sections import pairs

if TYPE_CHECKING:
    from ..models import Credentials

_VERSION = re.compile(r"\d+(?:\.\d+)+")
_ASIDE = re.compile(r"[(\[]?[^()\[\]]{0,60}[)\]]|")
_BUILD = re.compile(r"\(([^()]+)\)")


class LoginPages:
    """An administrator's window on `/login`."""

    def __init__(self, sender: Sender, credentials: Credentials | None, labels: Labels | None = None) -> None:
        self.labels = labels or Labels()
        self.browser = Browser(sender, self.labels, "/login")
        self._credentials = credentials

    def log_in(self) -> None:
        """Log in, once. AuthenticationRefused is final; see Browser.log_in."""
        if self._credentials is None:
            raise SessionEnded("log in to /login", "no account is given for it", f"Give {LOGIN.words}.")
        self.browser.log_in(self._credentials)

    def software(self) -> Software:
        """Version and build of the site software, from Management > Software (seed, D-RS-FOG: Product Version, Product Build),
        or Status > Information (D-ADMIN131). Logs in at most once. How the page shows them is assumed.
        """
        return self.read_software(self.software_page())

    def software_page(self) -> Page:
        """The page that shows version and build. Logs in at most once."""
        what = "read Management > Software of /login"

        def read() -> Page:
            return self.browser.navigate(
                what, ("menu.software", "menu.information"), ("menu.management", "menu.status"), self.is_software
            )

        try:
            return read()
        except SessionEnded:
            self.log_in()
            return read()

    def is_software(self, page: Page) -> bool:
        """Whether the page shows the product's version."""
        return self.read_software(page).version is not None

    def meta_version(self) -> str | None:
        """The version that old login pages tell anybody: `<meta name="Bomgar-Version">` (observed, C-RMLOVE, 10.4.5). None if not told."""
        page = self.browser.fetch(Request("GET", "/login", "read the version in the head of /login"))
        match = _VERSION.search(page.meta("Bomgar-Version") or "")
        return match.group() if match else None

    def read_software(self, page: Page) -> Software:
        """What a page shows of the site software."""
        fields = pairs(page)
        version = self._value(fields, "software.version", _VERSION)
        build = self._value(fields, "software.build", re.compile(r"\S"))
        number = _VERSION.search(version or "")
        inner = _BUILD.search(version or "")
        if number is None:
            return Software(self._line_version(page), build, fields)
        return Software(number.group(), build or (inner.group(1).strip() if inner else None), fields)

    def _line_version(self, page: Page) -> str | None:
        """The version from a line that is just `Bomgar 11.1.1`, or that and its build, where no label tells it (assumed)."""
        names = [named(line.text, self.labels) for line in page.lines if not line.linked]
        found = {name.version for name in names if name and name.kind is Kind.SITE and _ASIDE.fullmatch(name.rest)}
        return found.pop() if len(found) == 1 else None

    def _value(self, fields: dict[str, str], key: str, form: re.Pattern[str]) -> str | None:
        for text in self.labels.texts(key):
            for label, value in fields.items():
                if same(label, text) and form.search(value):
                    return value
        return None
