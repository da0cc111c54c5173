# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells which of the controls that the web driver needs it finds on an appliance, and makes a sketch of the pages.

Follows menu links and logs in; presses nothing else. A sketch holds no value, number, host name, address or account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import NotRecognised
from ..models import PAGE_ITSELF, Role
from ..transport import Request
from .appliance_pages import AppliancePages
from .browser import Browser
from .failover_pages import FailoverPages
from .failover_view import CONTROLS
from .labels import LABELS, Labels, plain
from .login_pages import LoginPages
from .offer_rows import listing
from .page import Control, Node, Page

_SHOWN_ATTRIBUTES = ("type", "role", "method", "enctype", "disabled", "checked", "readonly", "aria-live", "target")
_SHORTEST_HIDDEN = 2
_LONGEST_SHOWN = 6
_MOST_LINES = 400
_LETTERS = re.compile(r"[^\W\d_]+(?:[ '\u2019:/&-]+[^\W\d_]+)*[ .:?!…»«]*")
_KINDS = {
    "submit": "button",
    "image": "image button",
    "button": "script button",
    "reset": "reset button",
    "link": "link",
}


@dataclass
class Examination:
    """`findings`: dictionaries with page, control, found, needed, how. `sketches`: page -> sanitised outline."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    sketches: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether everything that is needed was found."""
        return all(finding["found"] for finding in self.findings if finding["needed"])

    def add(
        self,
        page: str,
        control: str,
        how: str | None,
        looked_for: Iterable[str] = (),
        needed: bool = True,
        why: str = "",
    ) -> None:
        """Note a control: `how` it was found, or None; then `why`, or what was looked for."""
        texts = ", ".join(looked_for)
        self.findings.append(
            {
                "page": page,
                "control": control,
                "found": how is not None,
                "needed": needed,
                "how": how or why or (f"looked for: {texts}" if texts else "not found"),
            }
        )


def recognise(
    appliance: AppliancePages | None = None,
    login: LoginPages | None = None,
    failover: FailoverPages | None = None,
) -> list[dict[str, Any]]:
    """What is found on these areas: a list of dictionaries with page, control, found, needed, how."""
    return examine(appliance, login, failover=failover).findings


def examine(
    appliance: AppliancePages | None = None,
    login: LoginPages | None = None,
    hide: Iterable[str] = (),
    failover: FailoverPages | None = None,
) -> Examination:
    """Look at login page, Basics, Updates, and Software of `/login`; with `failover` also at what only a pair needs, Failover
    and Security. `hide`: further texts to keep out of the sketches.

    A page that is not found is a finding, not an error; errors of network and login are raised.
    """
    seen = Examination()
    if appliance is not None:
        _login(seen, "appliance login", appliance.browser, hide)
        _visit(
            seen,
            "appliance basics",
            appliance.basics_page,
            lambda page: _basics(seen, appliance, page),
            appliance.labels,
            hide,
        )
        _visit(
            seen,
            "appliance updates",
            appliance.updates_page,
            lambda page: _updates(seen, appliance, page),
            appliance.labels,
            hide,
        )
    if login is not None:
        _login(seen, "login", login.browser, hide)
        _visit(
            seen, "login software", login.software_page, lambda page: _software(seen, login, page), login.labels, hide
        )
    if failover is not None:
        _visit(
            seen, "login failover", failover.page, lambda page: _failover(seen, failover, page), failover.labels, hide
        )
        _visit(
            seen,
            "login security",
            failover.security_page,
            lambda page: _security(seen, failover, page),
            failover.labels,
            hide,
            needed=False,
        )
    return seen


def _visit(
    seen: Examination,
    name: str,
    find: Callable[[], Page],
    note: Callable[[Page], None],
    labels: Labels,
    hide: Iterable[str],
    needed: bool = True,
) -> None:
    try:
        page = find()
    except NotRecognised as error:
        # It may be another page that was not recognised, on the way to this one.
        seen.add(name, PAGE_ITSELF, None, needed=needed, why=f"not reached: {error.attempted}: {error.got}")
        return
    seen.add(name, PAGE_ITSELF, "by the menu", needed=needed)
    note(page)
    seen.sketches[name] = sketch(page, labels, hide)


def _login(seen: Examination, name: str, browser: Browser, hide: Iterable[str]) -> None:
    page = browser.fetch(Request("GET", browser.area, f"look at the login page of {browser.area}"))
    form = next(
        (found for found in map(browser.login_form, browser.with_frames(page, "look at the login page")) if found), None
    )
    if form is None:
        seen.add(name, "login form", None, ["a form with one text field and one password field"], needed=False)
        return
    username, password, submits = form
    seen.add(name, "user name", f"text field {(username.labels or ('without a label',))[0]!r}")
    seen.add(name, "password", f"password field {(password.labels or ('without a label',))[0]!r}")
    _control(seen, name, "log in", submits, browser.labels, "login.submit")
    seen.sketches[name] = sketch(page, browser.labels, hide)


def _basics(seen: Examination, appliance: AppliancePages, page: Page) -> None:
    read = appliance.read_basics(page)
    for key, value in (
        ("base_version", read.base_version),
        ("model", read.model),
        ("serial", read.serial),
        ("system_time", read.system_time),
    ):
        label = next((name for name in read.fields if appliance.labels.matches(name, f"basics.{key}")), None)
        how = None if value is None else f"label {label!r}" if label else "a line that names the package"
        seen.add(
            "appliance basics",
            key.replace("_", " "),
            how,
            appliance.labels.texts(f"basics.{key}"),
            needed=key == "base_version",
        )


def _updates(seen: Examination, appliance: AppliancePages, page: Page) -> None:
    name, labels = "appliance updates", appliance.labels
    found = listing(page, labels)
    _control(seen, name, "check for updates", page.controls, labels, "updates.check", needed=found.rows is None)
    if found.rows:
        shown = f"{len(found.rows)} rows" + (" under the heading" if found.headed else "")
        seen.add(name, "list of updates", found.problem or shown)
        if any(row.controls for row in found.rows):
            seen.add(name, "install this update", "in its own row")
        else:
            seen.add(name, "install this update", None, labels.texts("updates.install"), needed=False)
    else:
        seen.add(name, "list of updates", None, ["nothing is listed now"], needed=False)
    try:
        submit, file = appliance.manual_form(page)
    except NotRecognised as error:
        seen.add(name, "manual installation", None, error.facts.get("looked_for", ()))
    else:
        seen.add(
            name,
            "manual installation",
            f"{_KINDS[submit.kind]} {submit.label!r} with the file field {(file.labels or ('',))[0]!r}",
        )


def _software(seen: Examination, login: LoginPages, page: Page) -> None:
    read = login.read_software(page)
    for key, value in (("version", read.version), ("build", read.build)):
        label = next((text for text in read.fields if login.labels.matches(text, f"software.{key}")), None)
        how = None if value is None else f"label {label!r}" if label else "beside the version"
        seen.add("login software", key, how, login.labels.texts(f"software.{key}"), needed=key == "version")


def _failover(seen: Examination, failover: FailoverPages, page: Page) -> None:
    """What is needed depends on what the page shows: the form without a relationship, else what syncs, swaps and breaks it."""
    name, view = "login failover", failover.read(page)
    role = None if view.role is Role.UNKNOWN else f"the page shows {view.role}"
    seen.add(name, "role", role, failover.labels.texts("failover.role_word", "role.primary", "role.backup"))
    related = view.role is not Role.NONE
    needed = {
        "sync": view.role is Role.BACKUP,  # older releases offer it on the backup only (seed)
        "break": related,
        "establish": not related,
        "become_primary": view.role is Role.BACKUP,
        "become_backup": view.role is Role.PRIMARY,
    }
    for operation, wanted in needed.items():
        how = f"control {failover.control(page, operation, name).label!r}" if operation in view.can else None
        texts = failover.labels.texts(CONTROLS[operation])
        seen.add(name, operation.replace("_", " "), how, texts, needed=wanted)
    for what, value, key in (
        ("last data sync", view.last_sync, "failover.last_sync"),
        ("status of the last data sync", view.sync_status, "failover.sync_status"),
    ):
        seen.add(name, what, value and "a value with its label", failover.labels.texts(key), needed=False)
    boxes = f"{len(view.shared_ips or ())} boxes" if "shared_ips" in view.can else None
    seen.add(name, "shared addresses", boxes, failover.labels.texts("failover.shared_ips"), needed=False)


def _security(seen: Examination, failover: FailoverPages, page: Page) -> None:
    fields = failover.key_fields(page)
    how = f"field {fields[0].labels[0]!r}" if fields else None
    seen.add("login security", "pre-shared key", how, failover.labels.texts("security.key"), needed=False)


def _control(
    seen: Examination, page: str, name: str, among: Iterable[Control], labels: Labels, key: str, needed: bool = True
) -> None:
    matching = [control for control in among if any(labels.matches(text, key) for text in control.names)]
    usable = [control for control in matching if control.unusable is None and not labels.dangerous(control.names)]
    how = f"{_KINDS[usable[0].kind]} {usable[0].label!r}" if usable else None
    problems = [f"{control.label!r}: {control.unusable}" for control in matching if control.unusable]
    seen.add(page, name, how, problems or labels.texts(key), needed)


# ---- the sketch -----------------------------------------------------------------------------------------------------


def sketch(page: Page, labels: Labels | None = None, hide: Iterable[str] = ()) -> str:
    """An outline of the page for a bug report: visible elements, roles, and texts that are labels.

    Kept: texts of known labels, and short ones of letters only on buttons, headings below the first level, field labels and
    table heads. Everything else, and every value, number, address and text of `hide`, is replaced by how much there was.
    """
    labels = labels or Labels()
    hidden = [plain(text) for text in hide if plain(text)]
    return "\n".join(
        line for line, _turn in zip(_outline(page, page.root, 0, labels, hidden), range(_MOST_LINES), strict=False)
    )


def _outline(page: Page, element: Node, depth: int, labels: Labels, hidden: list[str]) -> Iterator[str]:
    if not page.visible(element) and element.tag != "input":
        return
    attributes = " ".join(
        f"{name}={_word(element.get(name))}" for name in _SHOWN_ATTRIBUTES if element.get(name) is not None
    )
    seen = "" if page.visible(element) else " (not seen)"
    text = _own_text(element)
    shown = f" {_sanitised(element, text, labels, hidden)}" if text else ""
    yield f"{'  ' * min(depth, 20)}{element.tag}{' ' + attributes if attributes else ''}{seen}{shown}"
    for child in element:
        if isinstance(child.tag, str):
            yield from _outline(page, child, depth + 1, labels, hidden)


def _own_text(element: Node) -> str:
    if element.tag == "input":
        kind = (element.get("type") or "").lower()
        return (
            (element.get("value") or element.get("alt") or "") if kind in ("submit", "button", "image", "reset") else ""
        )
    if element.tag in ("textarea", "select", "option"):
        return ""
    parts = [element.text or "", element.get("alt") or ""] + [child.tail or "" for child in element]
    return " ".join(" ".join(parts).split())


def _word(value: str) -> str:
    return value.lower() if re.fullmatch(r"[A-Za-z/_-]{1,40}", value) else "…"


def _sanitised(element: Node, text: str, labels: Labels, hidden: list[str]) -> str:
    found = plain(text)
    generic = element.tag in ("button", "input", "label", "th", "dt", "legend", "caption", "summary") or bool(
        re.fullmatch("h[2-6]", element.tag)
    )
    secret = any(word in found for word in hidden if len(word) >= _SHORTEST_HIDDEN)
    if not secret and labels.heads(text, *LABELS):
        return repr(text)
    if not secret and generic and len(text.split()) <= _LONGEST_SHOWN and _LETTERS.fullmatch(text):
        return repr(text)
    return f"({len(text.split())} words)"
