# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opens, follows and submits pages of one area (`/appliance` or `/login`), and logs in once. Knows no page but the login's.

Nothing is sent to another host, no control is pressed that is dangerous, hidden, disabled or unknown, and no request
that changes an appliance is ever sent twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..accounts import BY_AREA
from ..errors import (
    AuthenticationRefused,
    BomgarError,
    NotRecognised,
    PermissionRefused,
    RateLimited,
    Refused,
    UnexpectedAnswer,
)
from ..libraries import require
from ..transport import Answer, Request, Sender
from .forms import Filled, request_of
from .labels import Labels, plain
from .page import Control, Field, Node, Page, same_site, upgraded

if TYPE_CHECKING:
    from ..models import Credentials

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_NAMES = 1000
_MOST_REDIRECTS = 5
_MOST_FRAMES = 6
_MOST_STEPS_AFTER_LOGIN = 4
_MOST_PAGES_SEARCHED = 16
_DEEPEST_MENU = 3
_SAW = 30
#: A page that links to two of these has the menu of a session. A backup appliance has few of them left (D-VIDEO).
_MENU = ("menu.status", "menu.support", "menu.updates", "menu.management", "menu.failover", "menu.security")


class SessionEnded(BomgarError):
    """The appliance shows its login page: there is no session (any more). Nothing was pressed."""

    reason = "session_ended"


class Browser:
    """One browser window on one area of an appliance. `sender` keeps the cookies."""

    def __init__(self, sender: Sender, labels: Labels, area: str = "/appliance") -> None:
        require("lxml")
        self.labels = labels
        self.area = area
        self._sender = sender
        #: What the controls and headings of the pages were called, in the order in which they were seen.
        self.names: dict[str, None] = {}
        self._landing: Page | None = None
        self._shown_login: Page | None = None  # the newest page, if it has the login form
        self._refusal: AuthenticationRefused | None = None

    # ---- pages --------------------------------------------------------------------------------------------------

    def open(self, address: str, what: str) -> Page:
        """Get a page, following redirects on the same host. Raises SessionEnded for a login page or HTTP status 401."""
        try:
            page = self.fetch(Request("GET", address, what))
        except PermissionRefused as error:
            if error.facts.get("status") == 401:
                raise SessionEnded(what, error.got, "Log in again.", **error.facts) from error
            raise
        return self._expect_session(page, what)

    def fetch(self, request: Request) -> Page:
        """Send a request and read the page it leads to, be it the login page.

        Raises the errors of the transport, and Refused, PermissionRefused, RateLimited, UnexpectedAnswer. After a command has
        been sent every error carries the fact `sent`: what it did must be looked up.
        """
        try:
            return self._fetch(request)
        except BomgarError as error:
            if request.command and error.reason != "read_only":
                error.facts["sent"] = True
            raise

    def _fetch(self, request: Request) -> Page:
        self._shown_login = None
        answer = self._sender.send(request)
        address = urljoin(answer.url, request.path)
        for _turn in range(_MOST_REDIRECTS):
            if answer.status not in _REDIRECTS:
                break
            address = self._redirected(request, answer, address)
            if answer.status in (307, 308) and request.method != "GET":
                if request.command:
                    raise UnexpectedAnswer(
                        request.what,
                        f"HTTP status {answer.status} asks to send the command again",
                        "Nothing is sent twice; look at the appliance.",
                        status=answer.status,
                    )
                request = replace(request, path=address)
            else:
                request = Request("GET", address, request.what)
            answer = self._sender.send(request)
        else:
            raise UnexpectedAnswer(
                request.what, f"more than {_MOST_REDIRECTS} redirects", "Look at what answers at that address."
            )
        return self._page(request, answer, address)

    def _redirected(self, request: Request, answer: Answer, address: str) -> str:
        target = upgraded(urljoin(address, answer.headers.get("location", ""))).split("#")[0]
        if not answer.headers.get("location") or not same_site(target, answer.url):
            raise UnexpectedAnswer(
                request.what,
                f"a redirect to {urlsplit(target).hostname or 'nowhere'}, where nothing is sent",
                "Use the name that the appliance itself uses as its url.",
                status=answer.status,
            )
        return target

    def _page(self, request: Request, answer: Answer, address: str) -> Page:
        if answer.status == 429:
            raise RateLimited(
                request.what, "HTTP status 429: too many requests", "Wait, then run it again.", status=429
            )
        try:
            page = Page.parse(
                answer.body,
                address,
                charset=answer.charset,
                media_type=answer.media_type,
                refresh=answer.headers.get("refresh"),
                what=request.what,
            )
        except UnexpectedAnswer:
            if answer.status < 400:
                raise
            page = None
        if page is not None and (answer.status < 400 or self.login_form(page) is not None):
            self._note(page)
            return page
        said = words(page) if page is not None else ""
        kind = {401: PermissionRefused, 403: PermissionRefused, 404: UnexpectedAnswer}.get(answer.status, Refused)
        raise kind(
            request.what,
            f"HTTP status {answer.status}" + (f", and the page says: {said}" if said else ""),
            "Look at the page in a browser with the same account."
            + (" It is not sent again: what it did must be looked up." if request.command else ""),
            status=answer.status,
        )

    def _note(self, page: Page) -> None:
        if len(self.names) < _MOST_NAMES:
            self.names.update(dict.fromkeys(name for control in page.controls for name in control.names))
            self.names.update(dict.fromkeys(heading.text for heading in page.headings))

    def settled(self, page: Page, what: str) -> Page:
        """The page that a page of no more than a few words leads to by refreshing itself (assumed)."""
        for _turn in range(_MOST_REDIRECTS):
            refresh = page.refresh
            if refresh is None or refresh.url == page.url or page.forms or page.frames() or len(page.controls) > 2:
                break
            page = self.fetch(Request("GET", refresh.url, what))
        return page

    def with_frames(self, page: Page, what: str) -> list[Page]:
        """The page and the pages in its frames (assumed: no documented page has frames, old ones might)."""
        pages = [page]
        for address in page.frames()[:_MOST_FRAMES]:
            try:
                pages.append(self.fetch(Request("GET", address, what)))
            except (UnexpectedAnswer, Refused):
                continue
        return pages

    # ---- pressing -----------------------------------------------------------------------------------------------

    def press(
        self,
        page: Page,
        control: Control,
        what: str,
        *,
        command: bool = False,
        filled: Filled | None = None,
        file: tuple[Node, Path] | None = None,
        timeout: float | None = None,
    ) -> Page:
        """Press a control of the newest page and read the page that follows. Raises NotRecognised if it must not or cannot be."""
        problem = self.problem(control)
        if problem:
            raise self.unrecognised(
                page, what, [control.label], f"the control {control.label!r} is not pressed: {problem}"
            )
        return self.fetch(request_of(page, control, what, filled=filled, file=file, command=command, timeout=timeout))

    def problem(self, control: Control) -> str | None:
        """Why a control is never pressed; None if it may be."""
        if self.labels.dangerous(control.names):
            return "its label is one of those that are never pressed"
        if control.disabled:
            return "it is disabled"
        return control.unusable

    def find(self, page: Page, what: str, keys: tuple[str, ...], among: Iterable[Control] | None = None) -> Control:
        """The one usable control with a label of `keys`. Raises NotRecognised if there is none or more than one.

        Controls that would send the very same request count as one.
        """
        matching = [
            control
            for control in (page.controls if among is None else among)
            if any(self.labels.matches(name, *keys) for name in control.names)
        ]
        usable = [control for control in matching if self.problem(control) is None]
        if not usable:
            reasons = "; ".join(f"{control.label!r}: {self.problem(control)}" for control in matching)
            raise self.unrecognised(page, what, self.labels.texts(*keys), reasons or "no such control is on the page")
        if not self.same_effect(page, usable):
            raise self.unrecognised(
                page, what, self.labels.texts(*keys), f"{len(usable)} controls with such a label cannot be told apart"
            )
        return usable[0]

    def same_effect(self, page: Page, controls: list[Control]) -> bool:
        """Whether pressing any of these sends the same request."""
        if any(control.kind == "image" for control in controls) and len(controls) > 1:
            return False
        requests = [request_of(page, control, "") for control in controls]
        return all(request == requests[0] for request in requests)

    def unrecognised(self, page: Page, what: str, looked_for: list[str], got: str) -> NotRecognised:
        """A refusal that names the page, what was looked for and what was seen; no value of a field is in it."""
        saw = list(dict.fromkeys(control.label for control in page.controls if control.label))
        return NotRecognised(
            what,
            f"{got} (page {page.title or urlsplit(page.url).path!r})",
            "If the page shows it under another text, add that text to the option labels (bomgar_labels); else do this "
            "step by hand, and send the sketch that the module page_info makes of the page with a bug report.",
            page=page.title,
            address=urlsplit(page.url).path,
            looked_for=looked_for,
            saw=[text[:80] for text in saw[:_SAW]],
        )

    # ---- finding the way ------------------------------------------------------------------------------------------

    def navigate(
        self,
        what: str,
        targets: tuple[str, ...],
        parents: tuple[str, ...],
        recognised: Callable[[Page], bool],
        arrived: Callable[[Page], bool] | None = None,
    ) -> Page:
        """Find a page by following menu links only: those labelled `targets`, or below those labelled `parents`.

        `recognised` tells the page by its content; `arrived` is asked of a page that a link labelled `targets` led to, and
        may be less strict. Raises SessionEnded, NotRecognised.
        """
        start = self._landing or self._expect_session(self.settled(self.open(self.area, what), what), what)
        self._landing = None
        seen: set[str] = set()
        queue: list[tuple[Page, int, bool]] = [(page, 0, False) for page in self.with_frames(start, what)]
        seen.update(page.url for page, _rest, _rest in queue)
        fallback: Page | None = None
        led: Page | None = None
        while queue:
            page, depth, aimed = queue.pop(0)
            if recognised(page):
                return page
            if aimed and fallback is None and arrived is not None and arrived(page):
                fallback = page
            if depth >= _DEEPEST_MENU:
                continue
            following: list[tuple[Page, int, bool]] = []
            for keys in (targets, parents):
                for link in self._links(page, keys):
                    if link in seen or len(seen) >= _MOST_PAGES_SEARCHED:
                        continue
                    seen.add(link)
                    try:
                        opened = self.with_frames(self.open(link, what), what)
                    except (UnexpectedAnswer, PermissionRefused):
                        continue
                    if keys == targets:
                        found = next((step for step in opened if recognised(step)), None)
                        if found is not None:
                            return found
                        led = led or opened[0]
                    following += [(step, depth + 1, keys == targets) for step in opened]
            queue = following + queue if depth else queue + following
        if fallback is not None:
            return fallback
        if led is not None:
            got = "the menu led to a page that shows nothing of what is looked for there"
            raise self.unrecognised(led, what, self.labels.texts(*targets, *parents), got)
        raise self.unrecognised(start, what, self.labels.texts(*targets, *parents), "no menu led to the page")

    def _links(self, page: Page, keys: tuple[str, ...]) -> list[str]:
        return [
            control.target
            for control in page.controls
            if control.kind == "link"
            and control.target
            and self.problem(control) is None
            and any(self.labels.matches(re.sub(r"[\s(\[]*\d+[\])]*$", "", name), *keys) for name in control.names)
        ]

    # ---- logging in -------------------------------------------------------------------------------------------------

    def login_form(self, page: Page) -> tuple[Field, Field, list[Control]] | None:
        """User name field, password field and submit controls of the page's login form, if it has one.

        It is told by structure: a form with exactly one text field and one password field. A form with two or three password
        fields changes a password (such a one is known on the login page of /appliance, C-CVE31589) and is never taken.
        With the menu of a session on the page, such a form is some setting (mail server, say); so is one for the key between
        two appliances, where the menu is in another frame.
        """
        found = []
        for form in page.forms:
            fields = [entry for entry in page.in_form(form) if not entry.disabled]
            passwords = [entry for entry in fields if entry.kind == "password"]
            texts = [entry for entry in fields if entry.kind in ("text", "email", "search", "tel")]
            if len(passwords) != 1 or any(entry.kind in ("file", "textarea", "number") for entry in fields):
                continue
            if len(texts) > 1:
                texts = [
                    entry
                    for entry in texts
                    if any(self.labels.matches(name, "login.username") for name in entry.labels)
                ]
            if len(texts) != 1:
                continue
            submits = [
                control
                for control in page.controls
                if control.kind in ("submit", "image") and page.form_of(control.element) is form
            ]
            known = any(self.labels.matches(name, "login.submit") for control in submits for name in control.names)
            keyed = any(self.labels.matches(name, "security.key") for name in passwords[0].labels)
            if known or not (keyed or self._has_menu(page)):
                found.append((known, (texts[0], passwords[0], submits)))
        if not found:
            return None
        found.sort(key=lambda item: not item[0])
        return found[0][1] if len(found) == 1 or found[0][0] != found[1][0] else None

    def invites_to_log_in(self, page: Page) -> bool:
        """A login page, or one without menu that has a link to it, as after a session has ended (assumed)."""
        if self.login_form(page) is not None:
            return True
        onwards = self._links(page, ("confirm.yes", "licence.continue"))
        return not self._has_menu(page) and any(link not in onwards for link in self._links(page, ("login.submit",)))

    def _has_menu(self, page: Page) -> bool:
        keys = [key for key in _MENU if self._links(page, (key,))]
        return len(keys) >= 2

    def _expect_session(self, page: Page, what: str) -> Page:
        if self.invites_to_log_in(page):
            self._shown_login = page if self.login_form(page) is not None else None
            raise SessionEnded(
                what,
                "the appliance shows its login page",
                "Log in again.",
                page=page.title,
                address=urlsplit(page.url).path,
            )
        return page

    def log_in(self, credentials: Credentials) -> None:
        """Log in: the password is sent once. Does nothing where a session is there already.

        Raises AuthenticationRefused with the page's words (wrong, locked, expired, second factor asked for), NotRecognised for
        a page that is not known. An agreement before or after the login (`Enable Login Agreement`, D-BASE42, D-BASE61; the
        licence at the first login, D-LOGIN) is accepted if its controls are known; its form is assumed.
        """
        if self._refusal is not None:
            raise self._refusal
        what = f"log in to {self.area}"
        page = self._shown_login or self.settled(self.fetch(Request("GET", self.area, what)), what)
        for _turn in range(_MOST_STEPS_AFTER_LOGIN):
            page, form = self._login_page(page, what)
            if form is None and self._is_agreement(page):
                page = self._agree(page, what)
            elif form is None and self.invites_to_log_in(page):
                page = self.fetch(Request("GET", self._links(page, ("login.submit",))[0], what))
            else:
                break
        if form is None:
            if self._changes_password(page):
                raise self.unrecognised(page, what, ["a login form"], "the page only has a form to change a password")
            self._landing = page
            return
        page = self._send_password(page, form, credentials, what)
        for _turn in range(_MOST_STEPS_AFTER_LOGIN):
            page = self.settled(page, what)
            if not self._is_agreement(page):
                break
            page = self._agree(page, what)
        self._landing = page

    def _login_page(self, page: Page, what: str) -> tuple[Page, tuple[Field, Field, list[Control]] | None]:
        pages = self.with_frames(page, what) if self.login_form(page) is None else [page]
        for step in pages:
            form = self.login_form(step)
            if form is not None:
                return step, form
        return page, None

    def _send_password(
        self, page: Page, form: tuple[Field, Field, list[Control]], credentials: Credentials, what: str
    ) -> Page:
        username, password, submits = form
        control = self.find(page, what, ("login.submit",), submits)
        before = {line.text for line in page.lines}
        owner = page.form_of(password.element)
        filled: dict[Node, str | bool] = {
            box.element: True for box in self.agreement_boxes(page) if page.form_of(box.element) is owner
        }
        filled |= {username.element: credentials.username, password.element: credentials.password}
        try:
            after = self.press(page, control, what, filled=filled)
        except (PermissionRefused, RateLimited) as error:
            raise self._refused(what, error.got) from error
        said = [line.text for line in after.lines if line.text not in before and not line.linked]
        text = _masked(" / ".join(said), credentials)[:300]
        if self._changes_password(after):
            raise self._refused(what, f"the appliance asks for a new password first: {text}")
        if self.login_form(after) is not None:
            raise self._refused(what, f"the login page came back: {text or 'without a word'}")
        if self._asks_second_factor(after):
            raise self._refused(what, f"the appliance asks for a second factor; use an account without one: {text}")
        refusal = next((line for line in said if self.labels.within(line, "login.refused")), None)
        if refusal and not self._has_menu(after) and not self._is_agreement(after):
            raise self._refused(what, _masked(refusal, credentials)[:300])
        return after

    def _refused(self, what: str, got: str) -> AuthenticationRefused:
        self._refusal = AuthenticationRefused(
            what,
            got,
            f"Correct {BY_AREA[self.area].words}, or log in with a browser once to see what is asked. "
            "It is not tried again, since that could lock the account.",
        )
        return self._refusal

    def _changes_password(self, page: Page) -> bool:
        """Whether all that the page wants is a new password: two or more password fields in a form, and no menu."""
        if self._has_menu(page) or self.login_form(page) is not None:
            return False
        return any(sum(entry.kind == "password" for entry in page.in_form(form)) >= 2 for form in page.forms)

    def _asks_second_factor(self, page: Page) -> bool:
        if self._has_menu(page):
            return False
        for form in page.forms:
            fields = [entry for entry in page.in_form(form) if entry.kind in ("text", "password", "number", "tel")]
            if len(fields) == 1:
                entry = fields[0]
                code = (entry.element.get("autocomplete") or "").lower() == "one-time-code"
                said = [*entry.labels, page.title, *(line.text for line in page.lines)]
                if code or any(self.labels.within(text, "login.second_factor") for text in said):
                    return True
        return False

    # ---- agreements -------------------------------------------------------------------------------------------------

    def agreement_boxes(self, page: Page) -> list[Field]:
        """The boxes and radio buttons that accept a licence or terms, by their label; never one that refuses them."""
        return [
            entry
            for entry in page.fields
            if entry.kind in ("checkbox", "radio") and not entry.disabled and any(map(self._accepts, entry.labels[:1]))
        ]

    def _accepts(self, label: str) -> bool:
        if self.labels.dangerous([label]) or self.labels.within(label, "licence.refuse_word"):
            return False
        if self.labels.matches(label, "licence.accept"):
            return True
        return self.labels.within(label, "licence.agree_word") and self.labels.within(label, "licence.subject_word")

    def _is_agreement(self, page: Page) -> bool:
        """A page that has to be agreed to: no menu, no password, and a licence's box or words with a known control."""
        if self._has_menu(page) or any(entry.kind == "password" for entry in page.fields):
            return False
        known = any(
            self.labels.matches(name, "licence.continue", "confirm.yes")
            for control in page.controls
            for name in control.names
        )
        spoken = any(
            self.labels.within(text, "licence.subject_word") for text in (page.title, *(x.text for x in page.lines))
        )
        return known and (bool(self.agreement_boxes(page)) or spoken or len(page.forms) == 1)

    def _agree(self, page: Page, what: str) -> Page:
        return self.accept(page, what, ("licence.continue", "confirm.yes"), command=False)

    def accept(
        self, page: Page, what: str, keys: tuple[str, ...], *, command: bool, before: Page | None = None
    ) -> Page:
        """Tick what has to be accepted, then press the one control labelled `keys` in that form, or on the page.

        A control of that form that is disabled counts too: a script enables it once the box is ticked (assumed).
        Where several are so labelled, those that were on the page `before` already are left out: they belong to its frame.
        """
        boxes = self.agreement_boxes(page)
        forms = list(dict.fromkeys(page.form_of(box.element) for box in boxes))
        if len(forms) > 1:
            raise self.unrecognised(page, what, self.labels.texts(*keys), "several forms ask to accept something")
        among = [control for control in page.controls if not forms or page.form_of(control.element) is forms[0]]
        if forms and any(box.element.get("checked") is None for box in boxes):
            among = [replace(control, disabled=False) for control in among]
        if before is not None:
            matching = [control for control in among if any(self.labels.matches(name, *keys) for name in control.names)]
            new = fresh(page, matching, before)
            among = new if new and len(matching) > 1 else among
        control = self.find(page, what, keys, among)
        filled = {box.element: True for box in boxes}
        for box in boxes:
            if box.kind == "radio":
                group = [entry for entry in page.fields if entry.kind == "radio" and _same_group(page, entry, box)]
                filled.update({entry.element: entry.element in filled for entry in group})
        return self.press(page, control, what, command=command, filled=filled)


def fresh(page: Page, among: Iterable[Control], before: Page) -> list[Control]:
    """Those controls of `page` of which the page `before` had none that looks the same."""
    known = {_dress(before, control) for control in before.controls}
    return [control for control in among if _dress(page, control) not in known]


def _same_group(page: Page, one: Field, other: Field) -> bool:
    """Whether choosing one radio button lets go of the other."""
    same_form = page.form_of(one.element) is page.form_of(other.element)
    return same_form and one.element.get("name") == other.element.get("name")


def _dress(page: Page, control: Control) -> tuple[str, str, tuple[str, ...]]:
    """What makes a control of the page's frame look the same on every page: its label and the kinds of fields in its form."""
    form = page.form_of(control.element)
    fields = tuple(entry.kind for entry in page.in_form(form)) if form is not None else ()
    return control.kind, plain(control.label), fields


def words(page: Page, most: int = 300) -> str:
    """The first of what a page says, without its links."""
    return " / ".join(line.text for line in page.lines if line.text and not line.linked)[:most]


def _masked(text: str, credentials: Credentials) -> str:
    for secret in (credentials.password, credentials.username):
        if secret and plain(secret):
            text = re.sub(re.escape(secret), "…", text, flags=re.I)
    return text
