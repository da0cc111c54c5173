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
from ..models import PAGE_ITSELF
from ..transport import Request
from .appliance_pages import AppliancePages
from .browser import Browser
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


def recognise(appliance: AppliancePages | None = None, login: LoginPages | None = None) -> list[dict[str, Any]]:
    """What is found on these areas: a list of dictionaries with page, control, found, needed, how."""
    return examine(appliance, login).findings


def examine(
    appliance: AppliancePages | None = None, login: LoginPages | None = None, hide: Iterable[str] = ()
) -> Examination:
    """Look at login page, Basics, Updates, and Software of `/login`. `hide`: further texts to keep out of the sketches.

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
    return seen


def _visit(
    seen: Examination,
    name: str,
    find: Callable[[], Page],
    note: Callable[[Page], None],
    labels: Labels,
    hide: Iterable[str],
) -> None:
    try:
        page = find()
    except NotRecognised as error:
        # It may be another page that was not recognised, on the way to this one.
        seen.add(name, PAGE_ITSELF, None, why=f"not reached: {error.attempted}: {error.got}")
        return
    seen.add(name, PAGE_ITSELF, "by the menu")
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
