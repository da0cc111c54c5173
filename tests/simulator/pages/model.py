# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page as a person reads it, without any markup: what a dialect turns into HTML.

Nothing public tells the markup of the real pages (D-RS-APPADMIN has no detail), so every markup here is assumed; the words
come from documentation where there is any.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Action:
    """What a control does, as the web application understands it."""

    name: str
    argument: str = ""


@dataclass(frozen=True)
class Control:
    """A button (or a link that acts)."""

    action: Action
    label: str
    disabled: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Entry:
    """A field of a form. `kind`: text, password, checkbox, select, file."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: tuple[str, ...] = ()
    checked: bool = False


@dataclass
class Form:
    """A form. `key` names it for the application; `important` ones must keep their hidden fields."""

    key: str
    entries: list[Entry] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    heading: str = ""
    note: str = ""


@dataclass
class Text:
    """A paragraph. `kind`: plain, notice, error, warning."""

    text: str
    kind: str = "plain"


@dataclass
class Facts:
    """Labels with their values."""

    heading: str
    rows: list[tuple[str, str]]


@dataclass
class OfferRow:
    """A row of Available Updates."""

    name: str
    text: str
    details: list[str]
    controls: list[Control]


@dataclass
class Offers:
    """The list Available Updates."""

    heading: str
    rows: list[OfferRow]


@dataclass
class Progress:
    """A running installation."""

    text: str
    percent: int


@dataclass
class Failover:
    """What Management > Failover holds; each dialect arranges it in its own way.

    `controls`: sync, break, become, ips, establish, settings, reset, as far as this page has them. `peer`, `own`: host and
    port under the two documented headings.
    """

    heading: str
    note: str
    status: list[tuple[str, str]]
    history_heading: str
    history: list[tuple[str, str, str]]
    controls: dict[str, Control]
    tick: Entry
    ips_heading: str
    ips: list[Entry]
    peer_heading: str
    peer: list[Entry]
    own_heading: str
    own: list[Entry]
    settings_heading: str
    settings: list[Entry]

    def control(self, *keys: str) -> list[Control]:
        """Those of these controls that there are."""
        return [self.controls[key] for key in keys if key in self.controls]


Block = Form | Text | Facts | Offers | Progress | Failover


@dataclass(frozen=True)
class Item:
    """A menu entry; `page` is its key."""

    page: str
    label: str
    current: bool = False
    children: tuple[Item, ...] = ()


@dataclass
class Page:
    """One page."""

    key: str
    title: str
    interface: str
    host: str
    menu: tuple[Item, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    extras: list[Form] = field(default_factory=list)
    refresh: int | None = None
    status: int = 200
    version: str = ""
    log_out: Control | None = None


@dataclass
class Issued:
    """A form as it was sent: where it goes, hidden fields, the wire names of its fields and buttons."""

    form: Form
    url: str
    hidden: list[tuple[str, str]]
    names: dict[str, str]
    buttons: list[tuple[str, str, Control]]
    upload: bool
