# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of `/appliance`: Status > Basics, and Updates with check, install and upload. Waits for nothing, decides nothing.

That these controls exist and what they are called is documented (seed, D-DE-UPG, D-BASE42, D-BASE61); no markup is, and
neither is a page between a click and the installation nor how progress is shown: that is assumed, and told below where.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import BomgarError, NotRecognised, Refused, UnexpectedAnswer
from ..models import Activity, Basics, Kind, Look, Offer
from ..transport import Request, Sender
from .activity import sayings, shown
from .between import MOST_PAGES, Between, Subject
from .browser import Browser, SessionEnded, words
from .labels import Labels, plain, same
from .offer_rows import Row, listing, named
from .page import Control, Field, Page, Refresh
from .sections import pairs, sections

if TYPE_CHECKING:
    from ..models import Credentials

T = TypeVar("T")

#: After an upload the appliance unpacks and checks the package before it answers; for how long is in no document (assumed).
UPLOAD_ANSWER_TIMEOUT = 900.0
_MOST_REFRESHES = 4
_LONGEST_REFRESH = 10
_LONGEST_SAYING = 300
_INSTALLING = Subject(
    words=("confirm.subject", "licence.subject_word"), yes=("confirm.yes", "licence.continue", "updates.install")
)
_GOING_ON = (*_INSTALLING.yes, "manual.submit")
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_UPDATES = ("menu.updates",)
_UPDATES_PARENTS = ("menu.support", "menu.status", "menu.management", "menu.software")
_BASICS_KEYS = ("basics.base_version", "basics.model", "basics.serial", "basics.system_time")


class AppliancePages:
    """An administrator's window on `/appliance`. `sender` keeps the session's cookies; `pause` waits for a refresh page."""

    def __init__(
        self,
        sender: Sender,
        credentials: Credentials,
        labels: Labels | None = None,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.labels = labels or Labels()
        self.browser = Browser(sender, self.labels, "/appliance")
        self._credentials = credentials
        self._pause = pause
        self._updates_at: str | None = None
        self._sayings: set[str] = set()  # what idle pages said before the last command
        self._commanded = False

    def log_in(self) -> None:
        """Log in, once. AuthenticationRefused is final; see Browser.log_in."""
        if self._updates_at is not None and re.search(r"[?;]", self._updates_at):
            self._updates_at = None  # the address may hold a word of the session that has ended
        self.browser.log_in(self._credentials)

    # ---- reading --------------------------------------------------------------------------------------------------

    def basics(self) -> Basics:
        """Status > Basics: Base version, model, serial number, system time (which of them, and where: D-BG-DR; how: assumed)."""
        return self.read_basics(self.basics_page())

    def look(self) -> Look:
        """What the Updates page shows now. With a session and the page known from before: exactly one request.

        Never logs in: raises SessionEnded when the login page comes instead. Reading is documented as far as the list goes;
        how a running, failed or finished installation is shown is assumed (see activity.py).
        """
        return self._look(self._updates_page("read the Updates page of /appliance"))

    def check_for_updates(self) -> Look:
        """Press Check for Updates (documented, seed), where it is on the page, and read the list.

        Asks the vendor's server and changes nothing, so it is no command. `offers` is never None.
        Raises Refused with the page's words when the check itself failed, NotRecognised when it lists nothing and does not
        say that there is nothing (in which words it would is assumed): then the check may have failed as well.
        """
        what = "check for updates on /appliance"
        known = set(self._sayings)
        page = self._with_session(lambda: self._checked(self._updates_page(what), what))
        look = self._look(page)
        found = listing(page, self.labels)
        if found.problem:
            raise self.browser.unrecognised(page, what, self.labels.texts("updates.install"), found.problem)
        if look.offers:
            return look
        failed = next((line.text for line in page.lines if self._check_failed(line.text)), None)
        if failed is not None:
            raise Refused(
                what, f"the page says: {failed}", "Look at the appliance's way to the vendor's update server."
            )
        if look.offers is not None:
            return look
        if look.activity is Activity.BUSY:
            return Look(look.activity, (), look.message, look.percent)
        said = sayings(page, self.labels, found)
        answer = " / ".join([text for text in said if text not in known] or said)[:_LONGEST_SAYING]
        raise self.browser.unrecognised(
            page,
            what,
            self.labels.texts("updates.available", "updates.none"),
            "what is offered could not be told: the page lists no update and does not say, in words that are known, "
            f"that there is none; it says: {answer or words(page, 200)}",
        )

    # ---- acting -----------------------------------------------------------------------------------------------------

    def install(self, offer: Offer) -> Look:
        """Press the install control of that offer's own row (documented, seed), on the newest page, and go through what follows.

        A command. A licence to tick and an "are you sure" are assumed pages; an unknown one is a refusal. Raises Refused if the row
        is not installable, NotRecognised if row or control cannot be told for certain. When the answer to the click is a
        login page the activity is UNKNOWN: look again, never click again.
        """
        what = f"install {offer.name}"
        page, row = self._with_session(lambda: self._page_and_row(offer, what))
        found = listing(page, self.labels)
        self._refuse_if_busy(page, what)
        if row is None:
            listed = ", ".join(entry.offer.name for entry in found.rows or ()) or "nothing"
            raise self.browser.unrecognised(page, what, [offer.name], f"the page does not offer it; it lists {listed}")
        if found.problem:
            raise self.browser.unrecognised(page, what, self.labels.texts("updates.install"), found.problem)
        if not row.offer.installable:
            raise Refused(
                what,
                f"the page does not let it be installed: {row.offer.blocked_by or 'its row has no usable install control'}",
                "Install what the page asks for first.",
            )
        control = self._own_control(page, row, what)
        self._remember(page)
        return self._after(page, self.browser.press(page, control, what, command=True), what, offer.name)

    def upload(self, package: Path) -> Look:
        """Fill the file field of the manual installation form and press Update Software (documented, seed). A command.

        The file is streamed; all hidden fields of that form go with it. Other file fields of the page are never taken.
        """
        what = f"upload {package.name}"
        page = self._with_session(lambda: self._manual_page(what))
        self._refuse_if_busy(page, what)
        control, field = self._manual_form(page, what)
        self._remember(page)
        after = self.browser.press(
            page, control, what, command=True, file=(field.element, package), timeout=UPLOAD_ANSWER_TIMEOUT
        )
        return self._after(page, after, what, package.name)

    # ---- sessions ---------------------------------------------------------------------------------------------------

    def _with_session(self, read: Callable[[], T]) -> T:
        """Read, and if there is no session log in, once, and read again."""
        try:
            return read()
        except SessionEnded:
            self.log_in()
            return read()

    # ---- pages --------------------------------------------------------------------------------------------------------

    def basics_page(self) -> Page:
        """The page Status > Basics. Logs in at most once."""
        what = "read Status > Basics of /appliance"
        return self._with_session(
            lambda: self.browser.navigate(what, ("menu.basics",), ("menu.status",), self._is_basics)
        )

    def updates_page(self) -> Page:
        """The Updates page. Logs in at most once."""
        return self._with_session(lambda: self._updates_page("read the Updates page of /appliance"))

    def manual_form(self, page: Page) -> tuple[Control, Field]:
        """Submit control and file field of the manual installation on this page. Raises NotRecognised."""
        return self._manual_form(page, "find the manual installation")

    def _updates_page(self, what: str) -> Page:
        known, page = self._updates_at, None
        if known is not None:
            try:
                page = self.browser.open(known, what)
            except UnexpectedAnswer:
                page = None
            if page is not None and (self.is_updates(page) or self._may_be_updates(page)):
                return page
        try:
            found = self.browser.navigate(what, _UPDATES, _UPDATES_PARENTS, self.is_updates, self._may_be_updates)
        except NotRecognised:
            if page is None:
                raise
            return page  # it was the Updates page before and may be again: what it shows now is not known
        self._updates_at = found.url
        return found

    def is_updates(self, page: Page) -> bool:
        """Whether this is the Updates page: it can check, lists offers, or takes a package by hand (all documented, seed)."""
        if self._check_controls(page) or self._manual_candidates(page):
            return True
        found = listing(page, self.labels)
        return found.headed or bool(found.rows)

    def _may_be_updates(self, page: Page) -> bool:
        """A page behind the menu's Updates that shows none of its controls, as during an installation (assumed)."""
        if shown(page, self.labels, listing(page, self.labels)).activity is not Activity.UNKNOWN:
            return True
        texts = [page.title, *(heading.text for heading in page.headings)]
        return any(self.labels.within(text, "menu.updates") for text in texts)

    def _check_controls(self, page: Page) -> list[Control]:
        return [
            control
            for control in page.controls
            if any(self.labels.matches(name, "updates.check") for name in control.names) and not control.disabled
        ]

    def _checked(self, page: Page, what: str) -> Page:
        if not self._check_controls(page):
            found = listing(page, self.labels)
            if found.rows is not None or shown(page, self.labels, found).activity is not Activity.UNKNOWN:
                return page
        after = self.browser.press(page, self.browser.find(page, what, ("updates.check",)), what)
        for _turn in range(_MOST_REFRESHES):
            if self.browser.login_form(after) is not None:
                raise SessionEnded(what, "the appliance shows its login page", "Log in and run it again.")
            if listing(after, self.labels).rows is not None or after.refresh is None:
                break
            after = self._refreshed(after.refresh, what)
        return after

    def _check_failed(self, text: str) -> bool:
        return self.labels.within(text, "updates.check_failed") and not self.labels.within(text, "text.conditional")

    def _refreshed(self, refresh: Refresh, what: str) -> Page:
        self._pause(min(refresh.seconds, _LONGEST_REFRESH))
        return self.browser.fetch(Request("GET", refresh.url, what))

    def _look(self, page: Page) -> Look:
        found = listing(page, self.labels)
        state = shown(page, self.labels, found)
        offers = None if found.rows is None else tuple(row.offer for row in found.rows)
        message = state.message
        if state.activity is Activity.IDLE:
            said = sayings(page, self.labels, found)
            if not self._commanded:
                self._sayings.update(said)
            elif message is None:
                # In words that nobody listed: what it did not say before the click is its answer (assumed).
                message = " / ".join(text for text in said if text not in self._sayings)[:_LONGEST_SAYING] or None
        return Look(state.activity, offers, message, state.percent)

    def _remember(self, page: Page) -> None:
        """Keep what the page says before a command, so that afterwards its answer can be told from it."""
        self._sayings.update(sayings(page, self.labels, listing(page, self.labels)))
        self._commanded = True

    # ---- rows ---------------------------------------------------------------------------------------------------------

    def _page_and_row(self, offer: Offer, what: str) -> tuple[Page, Row | None]:
        """The newest Updates page with the offer's row; the check is pressed where the list only comes after it (assumed)."""
        page = self._updates_page(what)
        row = self._row(page, offer)
        if row is None and self._check_controls(page) and not self._busy(page):
            page = self._checked(page, what)
            row = self._row(page, offer)
        return page, row

    def _busy(self, page: Page) -> str | None:
        """What the page says of a running installation; None if it shows none."""
        state = shown(page, self.labels, listing(page, self.labels))
        return (state.message or "a progress bar") if state.activity is Activity.BUSY else None

    def _refuse_if_busy(self, page: Page, what: str) -> None:
        said = self._busy(page)
        if said:
            raise Refused(what, f"the page shows an installation running: {said}", "Wait until it has ended.")

    def _row(self, page: Page, offer: Offer) -> Row | None:
        rows = [row for row in listing(page, self.labels).rows or () if _same_offer(row.offer, offer)]
        if len(rows) > 1:
            raise self.browser.unrecognised(page, f"install {offer.name}", [offer.name], "several rows offer it")
        return rows[0] if rows else None

    def _own_control(self, page: Page, row: Row, what: str) -> Control:
        usable = [control for control in row.controls if self.browser.problem(control) is None]
        if not usable:
            reasons = "; ".join(f"{control.label!r}: {self.browser.problem(control)}" for control in row.controls)
            raise self.browser.unrecognised(
                page, what, self.labels.texts("updates.install"), reasons or "the row has no control"
            )
        if not self.browser.same_effect(page, usable):
            raise self.browser.unrecognised(
                page, what, self.labels.texts("updates.install"), "the row has several install controls that differ"
            )
        return usable[0]

    # ---- manual installation ------------------------------------------------------------------------------------------

    def _manual_page(self, what: str) -> Page:
        page = self._updates_page(what)
        if self._manual_candidates(page):
            return page
        for control in page.controls:
            # The manual installation may be a page of its own, behind a link or tab of that name (assumed).
            named_so = any(self.labels.heads(name, "manual.section") for name in control.names)
            if named_so and control.kind == "link" and control.target and self.browser.problem(control) is None:
                return self.browser.open(control.target, what)
        return page

    def _manual_candidates(self, page: Page) -> list[tuple[list[Control], list[Field]]]:
        """Forms with a file field that stand under the heading of the manual installation or have its submit control."""
        parts = sections(page, self.labels, "manual.section")
        found = []
        for form in page.forms:
            files = [entry for entry in page.in_form(form) if entry.kind == "file" and not entry.disabled]
            submits = [
                control
                for control in page.controls
                if control.kind in ("submit", "image") and page.form_of(control.element) is form
            ]
            labelled = [
                control
                for control in submits
                if any(self.labels.matches(name, "manual.submit") for name in control.names)
            ]
            headed = any(part.holds(entry.at) for part in parts for entry in files)
            begin, end = page.span(form)
            within = any(begin <= heading.begin < end for heading in parts)
            if files and (labelled or ((headed or within) and len(submits) == 1)):
                found.append((labelled or submits, files))
        return found

    def _manual_form(self, page: Page, what: str) -> tuple[Control, Field]:
        texts = self.labels.texts("manual.submit", "manual.section")
        candidates = self._manual_candidates(page)
        if len(candidates) != 1:
            got = (
                "no form takes a package by hand"
                if not candidates
                else f"{len(candidates)} forms take a package by hand"
            )
            raise self.browser.unrecognised(page, what, texts, got)
        submits, files = candidates[0]
        if len(files) > 1:
            files = [entry for entry in files if any(self.labels.matches(name, "manual.file") for name in entry.labels)]
        if len(files) != 1 or not files[0].element.get("name"):
            raise self.browser.unrecognised(
                page, what, self.labels.texts("manual.file"), "the form's file field cannot be told for certain"
            )
        keys = ["manual.submit"]
        if len(submits) == 1 and any(part.holds(files[0].at) for part in sections(page, self.labels, "manual.section")):
            keys.append("manual.submit_below_heading")
        return self.browser.find(page, what, tuple(keys), submits), files[0]

    # ---- after the click ------------------------------------------------------------------------------------------------

    def _after(self, before: Page, page: Page, what: str, name: str) -> Look:
        """Go through the pages after a command up to the first that shows what the appliance is doing.

        Each confirmation is a command of its own. All of this is assumed. Every error carries the fact `sent`.
        """
        try:
            return self._through(before, page, what, name)
        except BomgarError as error:
            error.facts["sent"] = True
            raise

    def _through(self, before: Page, page: Page, what: str, name: str) -> Look:
        refreshes = 0
        between = Between(self.browser, before, what, replace(_INSTALLING, name=name))
        for _turn in range(MOST_PAGES):
            if self.browser.invites_to_log_in(page):
                return Look(Activity.UNKNOWN, message="after the click the appliance showed its login page")
            if self.browser.agreement_boxes(page) and not self._check_controls(page):
                page = between.answer(page, _GOING_ON)
                continue
            found = listing(page, self.labels)
            state = shown(page, self.labels, found)
            # A question about something else (restart, say) is not answered, even if it names the package.
            own = bool(self._check_controls(page) or found.rows)
            asks = not own and bool(between.known(page, _INSTALLING.yes)) and between.plain(page)
            question = asks and state.percent is None and between.questions(page)
            if state.activity in (Activity.FAILED, Activity.DONE) or (state.activity is Activity.BUSY and not question):
                return self._look(page)
            if asks:
                page = between.answer(page, _GOING_ON)
                continue
            if page.refresh is not None and refreshes < _MOST_REFRESHES and not self.is_updates(page):
                refreshes += 1
                page = self._refreshed(page.refresh, what)
                continue
            if self.is_updates(page) or state.activity is Activity.IDLE:
                return self._look(page)
            raise self.browser.unrecognised(
                page, what, self.labels.texts("confirm.yes", "updates.busy"), "the page after the click is not known"
            )
        return Look(
            Activity.UNKNOWN,
            message=f"more than {MOST_PAGES} pages came after the click; the last says: {words(page, 200)}",
        )

    # ---- Basics ---------------------------------------------------------------------------------------------------------

    def _is_basics(self, page: Page) -> bool:
        if self.is_updates(page):
            return False  # what is offered there is not what is installed
        read = self.read_basics(page)
        return read.base_version is not None or sum(map(bool, (read.model, read.serial, read.system_time))) >= 2

    def read_basics(self, page: Page) -> Basics:
        """What a Basics page shows."""
        fields = pairs(page)
        values = {key: self._value(fields, key) for key in _BASICS_KEYS}
        version = _VERSION.search(values["basics.base_version"] or "")
        base = version.group() if version else self._base_line(page)
        return Basics(base, values["basics.model"], values["basics.serial"], values["basics.system_time"], fields)

    def _value(self, fields: dict[str, str], key: str) -> str | None:
        """The value of a label; failing that, of the only label that holds one of the texts (assumed)."""
        usable = {
            label: value for label, value in fields.items() if key != "basics.base_version" or _VERSION.search(value)
        }
        for text in self.labels.texts(key):
            for label, value in usable.items():
                if same(label, text):
                    return value
        near = {value for label, value in usable.items() if self.labels.within(label, key)}
        return near.pop() if len(near) == 1 else None

    def _base_line(self, page: Page) -> str | None:
        """The version from a line that is just `Base Software-3.2.4`, where no label tells it (assumed)."""
        if shown(page, self.labels, listing(page, self.labels)).activity is not Activity.UNKNOWN:
            return None
        names = [named(line.text, self.labels) for line in page.lines if not line.linked]
        found = {name.version for name in names if name and name.kind is Kind.BASE and not name.rest}
        return found.pop() if len(found) == 1 else None


def _same_offer(one: Offer, other: Offer) -> bool:
    return one.name == other.name or (plain(one.name) == plain(other.name) and one.version == other.version)
