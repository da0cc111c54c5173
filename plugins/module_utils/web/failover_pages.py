# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Failover page of `/login`, and the pre-shared key on its Security page. Waits for nothing, decides nothing.

The controls and what they are called are documented (D-RS-FO, D-PA-EST, D-PM, D-VIDEO; see labels.py); no markup is, nor
what comes between a click and its effect: that is assumed. Whether an operation worked is for the caller to observe.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection
from typing import TypeVar

from ..errors import BadInput, BomgarError, NotRecognised, Refused, UnexpectedAnswer
from ..models import FailoverView, Role, SyncState
from ..redaction import Redaction
from .between import MOST_PAGES, Between, Subject
from .browser import SessionEnded, fresh, words
from .failover_view import CONTROLS, SIDES, FailoverReading
from .forms import Filled
from .login_pages import LoginPages
from .page import Control, Field, Page
from .sections import pairs

T = TypeVar("T")

_WORDS = {
    "sync": ("failover.sync", "failover.sync_word"),
    "break": ("failover.break", "failover.break_word"),
    "establish": ("failover.establish", "failover.establish_word"),
    "become_primary": ("failover.become_primary", "failover.primary_word"),
    "become_backup": ("failover.become_backup", "failover.backup_word"),
}
#: What may be part of an operation without being what was asked for: a data sync of any; establishing makes primary (D-VIDEO).
_PARTS = {"establish": ("sync", "become_primary")}
#: What a question about an operation may be about.
_SUBJECTS = {
    name: Subject(
        words=(*own, "failover.word"),
        yes=("confirm.yes", CONTROLS[name]),
        own=own,
        others=tuple(
            key for other, keys in _WORDS.items() if other not in (name, *_PARTS.get(name, ("sync",))) for key in keys
        ),
    )
    for name, own in _WORDS.items()
}
_SAVING = Subject(
    words=("failover.shared_ips", "failover.save", "failover.word"),
    yes=("confirm.yes", "failover.save"),
    others=tuple(key for keys in _WORDS.values() for key in keys),
)
_KEYING = Subject(
    words=("security.key", "security.key_word", "failover.save", "menu.security"),
    yes=_SAVING.yes,
    others=_SAVING.others,
)
_LONGEST_SAYING = 300
_HIGHEST_PORT = 65535


class FailoverPages:
    """An administrator's window on Management > Failover. Shares the window and the log-in of `login`."""

    def __init__(self, login: LoginPages) -> None:
        self.labels = login.labels
        self.browser = login.browser
        self._login = login
        self._at: str | None = None
        self._before: Page | None = None

    # ---- reading --------------------------------------------------------------------------------------------------

    def view(self) -> FailoverView:
        """What the page shows now. With a session and the page known from before: one request. Logs in at most once."""
        return self.read(self.page())

    def said_since(self) -> str | None:
        """What the page says now that it did not say right before the last press; None if nothing was pressed."""
        return None if self._before is None else self._message(self.page(), self._before)

    def page(self) -> Page:
        """Management > Failover. Logs in at most once."""
        return self._with_session(lambda: self._page("read Management > Failover of /login"))

    def security_page(self) -> Page:
        """Management > Security. Logs in at most once."""
        what = "read Management > Security of /login"
        return self._with_session(
            lambda: self.browser.navigate(
                what, ("menu.security",), ("menu.management",), lambda page: bool(self.key_fields(page))
            )
        )

    def is_failover(self, page: Page) -> bool:
        """Whether the page has a control that only the Failover page has; Sync Now alone may be that of another page."""
        shown = FailoverReading(page, self.labels)
        found = {name for name, key in CONTROLS.items() if shown.controls(key)}
        return bool(found - {"sync"}) or (bool(found) and self._headed(page))

    def _may_be_failover(self, page: Page) -> bool:
        """A page behind the menu's Failover that shows none of its controls, as while a sync runs (assumed)."""
        shown = FailoverReading(page, self.labels)
        return self._headed(page) or shown.role is not Role.UNKNOWN

    def _headed(self, page: Page) -> bool:
        texts = [page.title, *(heading.text for heading in page.headings)]
        return any(self.labels.within(text, "failover.word") for text in texts)

    # ---- acting -----------------------------------------------------------------------------------------------------

    def sync_now(self) -> FailoverView:
        """Press Sync Now (documented, D-PA-EST). A command, as all that follow."""
        return self._operate("sync", "start a data sync")

    def break_up(self) -> FailoverView:
        """Press Break Failover Relationships (documented, seed)."""
        return self._operate("break", "break the failover relationship")

    def establish(self, peer: tuple[str, int], own: tuple[str, int]) -> FailoverView:
        """Fill in how this appliance reaches the new backup (`peer`) and how that reaches this one (`own`), host and TLS
        port each, and press Establish Relationship (documented, D-RS-FO). To be done on the one that shall be primary.
        """
        what = "establish a failover relationship"
        for host, port in (peer, own):
            if not host.strip() or not 0 < port <= _HIGHEST_PORT:
                raise BadInput(
                    what, f"{host!r} and {port!r} are not a host and a port", "Give address and port of both."
                )
        wanted = dict(zip(SIDES, (peer, own), strict=True))

        def filled(page: Page, control: Control) -> Filled:
            fields = self.ends(page, control, what)
            return {
                fields[side, kind].element: str(value)
                for side, end in wanted.items()
                for kind, value in zip(("host", "port"), end, strict=True)
            }

        return self._operate("establish", what, filled)

    def become(self, role: Role, sync_first: bool) -> FailoverView:
        """Press Become Primary or Become Backup, with the box for a data sync first ticked or not (documented, D-PM)."""
        what = f"make the appliance {role}"
        if role not in (Role.PRIMARY, Role.BACKUP):
            raise BadInput(what, "that is no role to take", "Ask for primary or backup.")

        def filled(page: Page, control: Control) -> Filled:
            box = FailoverReading(page, self.labels).sync_first(control)
            if box is None:
                texts = self.labels.texts("failover.sync_first")
                got = "the box for a data sync first cannot be told for certain"
                raise self.browser.unrecognised(page, what, texts, got)
            return {box.element: sync_first}

        return self._operate(f"become_{role}", what, filled)

    def enable_shared_ips(self, wanted: Collection[str]) -> FailoverView:
        """Tick the boxes of exactly these addresses and save (documented, D-VIDEO); sends nothing if they are so already.

        Raises Refused if an address has no box, or a box that has to change is disabled.
        """
        what = "enable the shared addresses " + (", ".join(sorted(wanted)) or "(none)")
        try:
            addresses = {str(ipaddress.ip_address(text.strip())) for text in wanted}
        except ValueError as error:
            raise BadInput(what, str(error), "Give IP addresses.") from error
        page = self._with_session(lambda: self._page(what))
        boxes = self.shared_boxes(page, what)
        missing = sorted(addresses - set(boxes))
        if missing:
            raise Refused(
                what,
                f"the page has no box for {', '.join(missing)}; it has {', '.join(boxes) or 'none'}",
                "Add the shared address on /appliance > Networking of both appliances first.",
                missing=missing,
            )
        change = [name for name, box in boxes.items() if _ticked(box) != (name in addresses)]
        stuck = [name for name in change if boxes[name].disabled]
        if stuck:
            raise Refused(what, f"the box of {', '.join(stuck)} is disabled", "Look at the page in a browser.")
        if not change:
            return self.read(page)
        control = self.save_control(page, list(boxes.values()), what)
        filled = {box.element: name in addresses for name, box in boxes.items()}
        return self._press(page, control, what, _SAVING, "", filled)

    def set_key(self, key: str) -> None:
        """Write the inter-appliance pre-shared key on Management > Security (documented, D-PA-EST, D-VIDEO) and save.

        The key is in no error. Raises Refused if the page says that it failed; it cannot be read back.
        """
        what = "set the pre-shared key on Management > Security of /login"
        if not key:
            raise BadInput(what, "the key is empty", "Give a key, the same for both appliances.")
        try:
            self._set_key(key, what)
        except BomgarError as error:
            _hide(error, key)
            raise

    # ---- what is on the page ------------------------------------------------------------------------------------------

    def control(self, page: Page, operation: str, what: str) -> Control:
        """The one usable control of an operation. Raises NotRecognised."""
        return self.browser.find(page, what, (CONTROLS[operation],))

    def ends(self, page: Page, control: Control, what: str) -> dict[tuple[str, str], Field]:
        """The four fields of the form for a new relationship. Raises NotRecognised."""
        fields, problem = FailoverReading(page, self.labels).ends(control)
        if problem:
            texts = self.labels.texts("failover.new_backup", "failover.reverse", "failover.host", "failover.port")
            raise self.browser.unrecognised(page, what, texts, problem)
        return fields

    def shared_boxes(self, page: Page, what: str) -> dict[str, Field]:
        """Address -> its box; empty where there are none. Raises NotRecognised if they cannot be told apart."""
        boxes, problem = FailoverReading(page, self.labels).shared
        if problem:
            raise self.browser.unrecognised(page, what, self.labels.texts("failover.shared_ips"), problem)
        return boxes or {}

    def save_control(self, page: Page, fields: list[Field], what: str) -> Control:
        """The one control that saves the form of these fields; of several, the first one after them. Raises NotRecognised."""
        form = page.form_of(fields[0].element)
        among = [control for control in page.controls if page.form_of(control.element) is form]
        saving = [
            control
            for control in among
            if control.kind in ("submit", "image")
            and any(self.labels.matches(name, "failover.save") for name in control.names)
        ]
        if len(saving) > 1:
            last = max(entry.at for entry in fields)
            part = FailoverReading(page, self.labels).part_end(last)
            within = [control for control in saving if last < control.at < part]
            saving = within or saving
        return self.browser.find(page, what, ("failover.save",), saving)

    def key_fields(self, page: Page) -> list[Field]:
        """The field of the pre-shared key, then the one that repeats it if there is one; empty if it is not for certain."""
        texts = [entry for entry in page.fields if entry.kind in ("password", "text") and not entry.disabled]
        again = [entry for entry in texts if self._labelled(entry, "security.key_again")]
        found = [entry for entry in texts if entry not in again and self._labelled(entry, "security.key")]
        if len(found) != 1 or len(again) > 1 or not found[0].element.get("name"):
            return []
        form = page.form_of(found[0].element)
        return found + [entry for entry in again if form is not None and page.form_of(entry.element) is form]

    def _labelled(self, entry: Field, key: str) -> bool:
        return any(self.labels.matches(text, key) for text in entry.labels[:2])

    # ---- pressing -------------------------------------------------------------------------------------------------------

    def _operate(
        self, operation: str, what: str, filled: Callable[[Page, Control], Filled] | None = None
    ) -> FailoverView:
        page = self._before = self._with_session(lambda: self._page(what))
        control = self.control(page, operation, what)
        return self._press(
            page, control, what, _SUBJECTS[operation], operation, filled(page, control) if filled else None
        )

    def _press(
        self, page: Page, control: Control, what: str, subject: Subject, operation: str, filled: Filled | None
    ) -> FailoverView:
        """Press, go through what follows, and read the page. Every error from the click on carries the fact `sent`."""
        after = self.browser.press(page, control, what, command=True, filled=filled)
        try:
            return self._through(Between(self.browser, page, what, subject), page, after, what, subject, operation)
        except BomgarError as error:
            error.facts["sent"] = True
            raise

    def _through(
        self, between: Between, before: Page, page: Page, what: str, subject: Subject, operation: str
    ) -> FailoverView:
        last, home = self._conversation(between, before, page, what, subject, operation)
        if last is None:
            return FailoverView(Role.UNKNOWN, message="after the click the appliance showed its login page")
        message = self._message(last, before)
        if not home:
            try:
                last = self._page(what)
            except SessionEnded:
                return FailoverView(Role.UNKNOWN, message=message)
        return self.read(last, message)

    def _conversation(
        self, between: Between, before: Page, page: Page, what: str, subject: Subject, operation: str
    ) -> tuple[Page | None, bool]:
        """Answer the questions after a click. The page where they end, None for a login page; and whether it is the
        Failover page. Raises NotRecognised for a question that is not plain.
        """
        for _turn in range(MOST_PAGES):
            page = self.browser.settled(page, what)
            if self.browser.invites_to_log_in(page):
                return None, False
            home = self._is_home(page, operation)
            known = between.known(page, subject.yes)
            new = fresh(page, known, before)
            cancels = bool(fresh(page, between.known(page, ("confirm.no",)), before))
            asking = self._asking(between, page)
            if (new or (known and cancels and not home)) and (asking or (cancels and not home)):
                if not between.plain(page) or not self._about(asking, subject):
                    raise self._not_known(page, what, "a question came after the click that is not about it")
                page = between.answer(page, subject.yes)
                continue
            unknown = fresh(page, (c for c in page.controls if c.kind in ("submit", "image")), before)
            if not home and (cancels or (asking and not self.is_failover(page)) or (unknown and not known)):
                raise self._not_known(page, what, "the page after the click is not known")
            return page, home
        raise self._not_known(page, what, f"more than {MOST_PAGES} pages came after the click")

    def _is_home(self, page: Page, operation: str) -> bool:
        """The Failover page, by a control that is not the one pressed: a question may repeat that."""
        shown = FailoverReading(page, self.labels)
        return any(shown.controls(key) for name, key in CONTROLS.items() if name != operation)

    def _asking(self, between: Between, page: Page) -> list[str]:
        """What the page asks: its questions, else what asks without a question mark."""
        said = [part for part in between.sentences(page) if part]
        return [part for part in said if "?" in part] or [
            part for part in said if self.labels.within(part, "confirm.asks_word")
        ]

    def _about(self, asking: list[str], subject: Subject) -> bool:
        """Whether each of these is about the subject, or about nothing but to go on."""
        return all(
            self.labels.within(part, *subject.words) or self.labels.matches(part, "confirm.bare") for part in asking
        )

    def _not_known(self, page: Page, what: str, got: str) -> NotRecognised:
        return self.browser.unrecognised(
            page, what, self.labels.texts("confirm.yes"), f"{got}; it says: {words(page, 200)}"
        )

    def _message(self, page: Page, before: Page) -> str | None:
        """What the page says that it did not say before, but for its tables."""
        frame = {line.text for line in before.lines}
        found = []
        for line in page.lines:
            if not line.text or line.linked or line.start is None or line.text in frame:
                continue
            row = next(line.start.iterancestors("tr"), None) if line.start.tag != "tr" else line.start
            if row is not None and sum(1 for cell in row if page.text(cell)) > 1:
                continue
            if not page.inside(line.start, ("dt", "dd", "label", "nav", "legend", "footer")):
                found.append(line.text)
        return " / ".join(found)[:_LONGEST_SAYING] or None

    def _set_key(self, key: str, what: str) -> None:
        page = self.security_page()
        fields = self.key_fields(page)
        control = self.save_control(page, fields, what)
        after = self.browser.press(page, control, what, command=True, filled={entry.element: key for entry in fields})
        try:
            between = Between(self.browser, page, what, _KEYING)
            reached, _home = self._conversation(between, page, after, what, _KEYING, "")
            said = "" if reached is None else self._message(reached, page) or ""
            if self.labels.sync_state(said) is SyncState.FAILED:
                raise Refused(what, f"the page says: {said}", "Look at the page in a browser.")
        except BomgarError as error:
            error.facts["sent"] = True
            raise

    # ---- pages --------------------------------------------------------------------------------------------------------

    def _with_session(self, read: Callable[[], T]) -> T:
        """Read, and if there is no session log in, once, and read again."""
        try:
            return read()
        except SessionEnded:
            if self._at is not None and re.search(r"[?;]", self._at):
                self._at = None  # the address may hold a word of the session that has ended
            self._login.log_in()
            return read()

    def _page(self, what: str) -> Page:
        if self._at is not None:
            try:
                page = self.browser.open(self._at, what)
            except UnexpectedAnswer:
                page = None
            if page is not None and (self.is_failover(page) or self._may_be_failover(page)):
                return page
        found = self.browser.navigate(
            what, ("menu.failover",), ("menu.management",), self.is_failover, self._may_be_failover
        )
        self._at = found.url
        return found

    def read(self, page: Page, message: str | None = None) -> FailoverView:
        """What a page shows."""
        shown = FailoverReading(page, self.labels)
        boxes = shown.shared[0]
        return FailoverView(
            role=shown.role,
            peer_role=shown.peer_role,
            last_sync=shown.sync.at,
            last_sync_time=shown.sync.seconds,
            sync_status=shown.sync.status,
            sync=shown.sync.state,
            shared_ips=None if boxes is None else {name: _ticked(box) for name, box in boxes.items()},
            can=frozenset(name for name in (*CONTROLS, "shared_ips") if self._can(page, name)),
            message=message,
            fields=pairs(page),
        )

    def _can(self, page: Page, operation: str) -> bool:
        try:
            if operation == "shared_ips":
                boxes = self.shared_boxes(page, operation)
                return bool(boxes) and bool(self.save_control(page, list(boxes.values()), operation))
            control = self.control(page, operation, operation)
            if operation == "establish":
                self.ends(page, control, operation)
        except NotRecognised:
            return False
        return operation in ("sync", "break", "establish") or (
            FailoverReading(page, self.labels).sync_first(control) is not None
        )


def _ticked(box: Field) -> bool:
    return box.element.get("checked") is not None


def _hide(error: BaseException | None, secret: str) -> None:
    """Take a secret out of an error and of what led to it: a page may repeat what it was sent."""
    redaction = Redaction([secret])
    while error is not None:
        if isinstance(error, BomgarError):
            error.attempted, error.got, error.remedy = map(redaction.text, (error.attempted, error.got, error.remedy))
            error.facts = redaction.value(error.facts)
        error.args = tuple(redaction.text(item) if isinstance(item, str) else item for item in error.args)
        error = error.__cause__ or error.__context__
