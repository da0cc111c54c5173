# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Failover page shows: roles, the last data sync, boxes of shared addresses, the form for a new relationship. Presses nothing.

Documented is that it shows this host's and the peer's role, the time of the last status check, a history table and the
controls (D-RS-FO, D-PA-EST, D-PM, D-VIDEO); no wording of a value and no markup is. What two places of a page tell
differently is not told: it is UNKNOWN or None.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..models import Role, SyncState
from .labels import Labels, plain
from .moments import begins_with_date, holds_date, moment, seconds, without_moments
from .page import Control, Field, Heading, Line, Node, Page
from .sections import KNOWN, Cell, Pair, above, headings, placed_pairs, sections, table_cells

#: The operations and the labels of their controls.
CONTROLS = {
    "sync": "failover.sync",
    "break": "failover.break",
    "establish": "failover.establish",
    "become_primary": "failover.become_primary",
    "become_backup": "failover.become_backup",
}
#: The two ends of a new relationship, as the form names them.
SIDES = ("new_backup", "reverse")
_HEADS = ("failover.new_backup", "failover.reverse", "failover.shared_ips", "failover.history", "failover.part")
_TEXT_KINDS = ("text", "number", "tel", "search", "url")
_LONGEST_LABEL = 8
_LONGEST_VALUE = 8
_LONGEST_SENTENCE = 14
_LONGEST_LOG_ROW = 240
#: No sentence ends within a date: `am 23. November`, `Nov. 23`.
_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\d\.)\s+(?!\d)")
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.:])", re.I)
#: A host name, address or number, in which a word is no word.
_NO_WORD = re.compile(r"\S*[\w-]\.[\w-]\S*|\S*[\d@/_]\S*|\w+-\w+-\S*")


@dataclass(frozen=True)
class Sync:
    """What is shown of the last data sync."""

    at: str | None
    seconds: float | None
    status: str | None
    state: SyncState


class FailoverReading:
    """One page, read once."""

    def __init__(self, page: Page, labels: Labels) -> None:
        self.page = page
        self.labels = labels

    # ---- controls -----------------------------------------------------------------------------------------------------

    def controls(self, *keys: str) -> list[Control]:
        """The controls so labelled, usable or not."""
        return [
            control for control in self.page.controls if any(self.labels.matches(name, *keys) for name in control.names)
        ]

    def shows(self, operation: str) -> bool:
        """Whether there is a control for it that is not disabled; a link counts only if it leads somewhere."""
        return any(
            not control.disabled and (control.kind != "link" or control.target is not None)
            for control in self.controls(CONTROLS[operation])
        )

    @cached_property
    def operations(self) -> frozenset[str]:
        """The operations that are shown."""
        return frozenset(filter(self.shows, CONTROLS))

    # ---- parts --------------------------------------------------------------------------------------------------------

    @cached_property
    def _ordered(self) -> tuple[Heading, ...]:
        return headings(self.page, self.labels, (*KNOWN, *_HEADS))

    def part_end(self, at: int) -> int:
        """Where the part of the page that a place stands in ends: at the next heading."""
        return min(
            (heading.at for heading in self._ordered if heading.at > at), default=self.page.span(self.page.root)[1]
        )

    @cached_property
    def _past(self) -> list[tuple[int, int]]:
        """Where the page tells what was: under the heading of a history, and rows and lines that begin with a time."""
        parts = [
            (part.begin, part.end)
            for part in sections(self.page, self.labels, "failover.history", among=(*KNOWN, *_HEADS))
        ]
        for element in self.page.root.iter("tr", "li", "p", "div", "article", "section", "dt"):
            text = self.page.text(element) if self.page.visible(element) else ""
            if len(text) <= _LONGEST_LOG_ROW and begins_with_date(text):
                parts.append(self.page.span(element))
                following = element.getnext()
                if element.tag == "dt" and following is not None and following.tag == "dd":
                    parts.append(self.page.span(following))
        for line in self.page.lines:
            if begins_with_date(line.text):
                parts.append((line.at, line.at + 1))
        return parts

    def _now(self, at: int) -> bool:
        return not any(begin <= at < end for begin, end in self._past)

    @cached_property
    def _pairs(self) -> list[Pair]:
        """Labels and values that speak of now; not those of a table with heads over three columns or more, which has none."""
        grids = []
        for table in self.page.root.iter("table"):
            first = next(table.iter("tr"), None)
            if first is not None and len(first) > 2 and all(cell.tag == "th" for cell in first):
                grids.append(self.page.span(table))
        found = [
            pair
            for pair in placed_pairs(self.page)
            if not pair.headed and self._now(pair.at) and not any(begin <= pair.at < end for begin, end in grids)
        ]
        return [p for p in found if len(p.label.split()) <= _LONGEST_LABEL and not holds_date(p.label)]

    @cached_property
    def _cells(self) -> list[Cell]:
        return [cell for cell in table_cells(self.page) if self._now(self.page.span(cell.element)[0])]

    @cached_property
    def _sentences(self) -> list[str]:
        """Short sentences that speak of now; no questions, no explanations."""
        return [
            sentence
            for line in self.page.lines
            if self._speaks(line)
            for sentence in _SENTENCE.split(line.text)
            if len(sentence.split()) <= _LONGEST_SENTENCE
            and "?" not in sentence
            and not self.labels.within(sentence, "text.conditional")
        ]

    def _speaks(self, line: Line) -> bool:
        if not line.text or line.linked or line.start is None or not self._now(line.at):
            return False
        return not self.page.inside(line.start, ("nav", "footer", "label", "legend"), ("navigation", "menu"))

    # ---- roles --------------------------------------------------------------------------------------------------------

    @cached_property
    def role(self) -> Role:
        """What this appliance is. That it has a role in a pair is told by the controls first, then by the page's words."""
        own = self._roles[0]
        related = self.operations - {"establish"}
        if "establish" in self.operations and not related:
            return Role.NONE
        if len(own) > 1:
            return Role.UNKNOWN
        role = next(iter(own), Role.UNKNOWN)
        if not related:
            none = any(self.labels.within(sentence, "failover.none") for sentence in self._sentences)
            return Role.NONE if none and role is Role.UNKNOWN else role
        if role is Role.NONE:
            return Role.UNKNOWN
        if role is Role.UNKNOWN and "establish" not in self.operations:
            # A person takes it from the one button that is offered (assumed: only the other role can be taken).
            become = self.operations & {"become_primary", "become_backup"}
            if become == {"become_backup"}:
                return Role.PRIMARY
            if become == {"become_primary"}:
                return Role.BACKUP
        return role

    @property
    def peer_role(self) -> Role:
        """What the peer is, where the page tells it."""
        peer = self._roles[1]
        return next(iter(peer)) if len(peer) == 1 and self.role is not Role.NONE else Role.UNKNOWN

    @cached_property
    def _roles(self) -> tuple[set[Role], set[Role]]:
        own: set[Role] = set()
        peer: set[Role] = set()
        for whose, role in (*self._roles_of_pairs(), *self._roles_of_cells(), *self._roles_of_sentences()):
            (own if whose == "own" else peer).add(role)
        return own, peer

    def _roles_of_pairs(self) -> Iterator[tuple[str, Role]]:
        labels = self.labels
        for pair in self._pairs:
            role = self._role_in(pair.value)
            if role is None or labels.within(pair.label, "failover.change_word"):
                continue
            whose = self._whose(pair.label)
            if labels.within(pair.label, "failover.role_word"):
                if whose == "":
                    said = (
                        self._whose(text)
                        for text in (*self._title_row(pair.at), *above(self.page, self._ordered, pair.at))
                    )
                    whose = next((found for found in said if found in ("own", "peer")), "own")
            elif len(pair.label.split()) > 3 or not self._whole_role(pair.value):
                continue
            if whose in ("own", "peer"):
                yield whose, role

    def _roles_of_cells(self) -> Iterator[tuple[str, Role]]:
        """A table with a column or row of roles, and a row or column of this site."""
        for cell in self._cells:
            role = self._role_in(self.page.text(cell.element))
            heads = (cell.row, cell.column)
            if role is None or not any(self.labels.within(head, "failover.role_word") for head in heads):
                continue
            if any(self.labels.within(head, "failover.change_word") for head in heads):
                continue
            whose = {found for found in map(self._whose, heads) if found}
            if len(whose) == 1 and whose <= {"own", "peer"}:
                yield whose.pop(), role

    def _roles_of_sentences(self) -> Iterator[tuple[str, Role]]:
        """`This site is the backup.`"""
        for sentence in self._sentences:
            role = self._role_in(sentence, _LONGEST_SENTENCE)
            if role in (Role.PRIMARY, Role.BACKUP) and self.labels.starts(sentence, "failover.own_subject"):
                other = ("failover.change_word", "failover.peer_word", "sync.doubt")
                if not self.labels.within(sentence, *other) and self.labels.within(sentence, "failover.is_word"):
                    yield "own", role

    def _role_in(self, text: str, longest: int = _LONGEST_VALUE) -> Role | None:
        words = _NO_WORD.sub(" ", text)
        if len(words.split()) > longest:
            return None
        found = [
            role for role in (Role.PRIMARY, Role.BACKUP, Role.NONE) if self.labels.within(words, f"role.{role.value}")
        ]
        return found[0] if len(found) == 1 else None

    def _whole_role(self, text: str) -> bool:
        words = _NO_WORD.sub(" ", text)
        return self.labels.matches(words, "role.primary", "role.backup", "role.none")

    def _whose(self, text: str) -> str:
        """`own`, `peer`, `both`, or empty where the text tells neither."""
        own = self.labels.within(text, "failover.own_word")
        peer = self.labels.within(text, "failover.peer_word")
        return {(True, False): "own", (False, True): "peer", (True, True): "both"}.get((own, peer), "")

    def _title_row(self, at: int) -> list[str]:
        """The last row above, in each table around, that is one cell only: old pages head their parts so."""
        found = []
        for table in self.page.root.iter("table"):
            if not self.page.holds(table, at):
                continue
            rows = [
                row
                for row in table.iter("tr")
                if next(row.iterancestors("table")) is table and self.page.span(row)[1] <= at
            ]
            titles = [row for row in rows if len([cell for cell in row if self.page.text(cell)]) == 1]
            found += [self.page.text(row) for row in titles[-1:]]
        return found[::-1]

    # ---- the last data sync ---------------------------------------------------------------------------------------------

    @cached_property
    def sync(self) -> Sync:
        """Time, words and meaning of the last data sync; RUNNING as soon as the page says that one runs now."""
        times: dict[bool, list[str]] = {True: [], False: []}
        states: dict[bool, list[str]] = {True: [], False: []}
        for label, value in self._sync_pairs():
            named = self.labels.matches(label, "failover.sync_status")
            at, rest = moment(value), without_moments(value)
            if at:
                times[self.labels.matches(label, "failover.last_sync")].append(at)
            about_status = named or self.labels.within(label, "failover.status_word")
            if not about_status and self.labels.sync_state(rest) is SyncState.UNKNOWN:
                continue
            if any(mark.isalpha() for mark in rest):
                states[named].append(rest)
        running = None
        for sentence in self._sentences:
            if not self.labels.within(sentence, "failover.sync_word"):
                continue
            if self.labels.within(sentence, "failover.automatic_word"):
                continue
            at, rest = moment(sentence), without_moments(sentence)
            state = self.labels.sync_state(rest)
            if self.labels.within(sentence, "failover.last_word"):
                if self.labels.within(sentence, "failover.not_sync_word"):
                    continue
                if at and not times[True]:
                    times[False].append(at)
                if state is not SyncState.UNKNOWN and ":" not in rest:
                    states[False].append(sentence)
            elif state is SyncState.RUNNING and at is None:
                running = running or sentence
        at = _only(times[True] or times[False])
        status = _only(states[True] or states[False])
        if running is not None:
            status, state = running, SyncState.RUNNING
        else:
            state = SyncState.UNKNOWN if status is None else self.labels.sync_state(without_moments(status))
        return Sync(at, None if at is None else seconds(at), status, state)

    def _sync_pairs(self) -> Iterator[tuple[str, str]]:
        """Labels about the last data sync with their values; never the last status check, nor settings of the sync."""
        found = [(pair.label, pair.value) for pair in self._pairs]
        found += [(cell.column, self.page.text(cell.element)) for cell in self._cells if self._whose(cell.row) == "own"]
        found += self._named_values()
        for label, value in found:
            if self.labels.within(label, "failover.not_sync_word", "failover.automatic_word"):
                continue
            named = self.labels.matches(label, "failover.last_sync", "failover.sync_status")
            about = named or self.labels.within(label, "failover.sync_word")
            status = self.labels.within(label, "failover.status_word")
            if about or (status and self.labels.within(value, "failover.sync_word")):
                yield label, value

    def _named_values(self) -> Iterator[tuple[str, str]]:
        """What stands under a label of the last data sync that has a line for itself: in a table of one row, or as a heading."""
        named = ("failover.last_sync", "failover.sync_status")
        for cell in table_cells(self.page):
            table = next(cell.element.iterancestors("table"), None)
            rows = [] if table is None else [row for row in table.iter("tr") if self.page.visible(row)]
            if self.labels.matches(cell.column, *named) and len(rows) == 2 and self._now(self.page.span(rows[0])[0]):
                yield cell.column, self.page.text(cell.element)
        for pair in placed_pairs(self.page):
            # A heading may also head the part in which all about syncs stands.
            whole = not without_moments(pair.value) or self.labels.sync_state(pair.value) is not SyncState.UNKNOWN
            if pair.headed and whole and self.labels.matches(pair.label, *named) and self._now(pair.at):
                yield pair.label, pair.value

    # ---- the form of a new relationship -----------------------------------------------------------------------------------

    def ends(self, control: Control) -> tuple[dict[tuple[str, str], Field], str | None]:
        """(side, `host` or `port`) -> field, of the control's form; and what is wrong with that, if anything is."""
        form = self.page.form_of(control.element)
        found: dict[tuple[str, str], Field] = {}
        for entry in self.page.in_form(form):
            if entry.kind not in _TEXT_KINDS or entry.disabled:
                continue
            side, kind = self._side(entry), self._kind(entry)
            if side is None or kind is None:
                continue
            if (side, kind) in found:
                return found, f"two fields look like the {kind} of the {_SIDE_WORDS[side]}"
            found[side, kind] = entry
        for side in SIDES:
            for kind in ("host", "port"):
                if (side, kind) not in found:
                    return found, f"no field is for certain the {kind} of the {_SIDE_WORDS[side]}"
        if any(entry.element.get("readonly") is not None or not entry.element.get("name") for entry in found.values()):
            return found, "a field of the form cannot be filled in"
        return found, None

    def _side(self, entry: Field) -> str | None:
        """The end that a field belongs to, if its label, its row and column and the heading over it do not contradict."""
        texts = (*entry.labels[:1], *self._heads_of(entry.element), *above(self.page, self._ordered, entry.at))
        found = set()
        for text in texts:
            said = {
                side
                for side in SIDES
                if self.labels.heads(text, f"failover.{side}") or self.labels.within(text, f"failover.{side}_word")
            }
            found |= said if len(said) == 1 else set()
        return found.pop() if len(found) == 1 else None

    def _kind(self, entry: Field) -> str | None:
        for text in (*entry.labels, *self._heads_of(entry.element)):
            said = [kind for kind in ("host", "port") if self.labels.within(text, f"failover.{kind}")]
            if said:
                return said[0] if len(said) == 1 else None
        return None

    def _heads_of(self, element: Node) -> list[str]:
        """What stands at the head of the rows and columns that an element is in, the innermost table first."""
        around = set(element.iterancestors("td", "th"))
        found = [cell for cell in table_cells(self.page) if cell.element in around]
        return [text for cell in reversed(found) for text in (cell.row, cell.column) if text]

    # ---- shared addresses -------------------------------------------------------------------------------------------------

    @cached_property
    def shared(self) -> tuple[dict[str, Field] | None, str | None]:
        """Address -> its box; None where the page shows no such boxes. And what is wrong with them, if anything is."""
        found: dict[str, Field] = {}
        for entry in self.page.fields:
            if entry.kind != "checkbox" or not self._in_shared_part(entry):
                continue
            addresses = self._addresses_of(entry)
            if not addresses:
                continue
            if len(addresses) > 1 or addresses[0] in found:
                return None, "the boxes of the shared addresses cannot be told apart"
            found[addresses[0]] = entry
        if len({self.page.form_of(entry.element) for entry in found.values()}) > 1:
            return None, "the boxes of the shared addresses are in several forms"
        return found or None, None

    def _in_shared_part(self, entry: Field) -> bool:
        over = above(self.page, self._ordered, entry.at)[:1]
        start = max([h.begins for h in self._ordered if h.begins <= entry.at < h.limit], default=0)
        tables = [next(table.iter("tr"), None) for table in entry.element.iterancestors("table")]
        rows = [self.page.text(row) for row in tables[:1] if row is not None]
        form = self.page.form_of(entry.element)
        lines = [
            line.text
            for line in self.page.lines_in(start, entry.at)
            if line.start is not None and (self.page.form_of(line.start) is form or over)
        ]
        return any(self.labels.within(text, "failover.shared_ips") for text in (*entry.labels, *over, *rows, *lines))

    def _addresses_of(self, entry: Field) -> list[str]:
        """The addresses of the row, label, term or line that a box has for itself; never of a line before or after."""
        page, name = self.page, entry.element.get("id")
        named = [node for node in page.root.iter("label") if name and node.get("for") == name]
        term = page.term(entry.element)
        named += [] if term is None else [term]
        for element in (*named, *entry.element.iterancestors()):
            addresses = addresses_in(page.text(element)) if page.visible(element) else []
            if addresses and element.tag not in ("label", "dt") and self._boxes_in(element) > 1:
                break  # several boxes on one line, say
            if addresses:
                return addresses
        line = next(line for line in page.lines if any(node is entry.element for _rest, node in line.marks))
        beside = [text for text in entry.labels[:1] if text in line.text]
        return addresses_in(" ".join(beside))

    def _boxes_in(self, element: Node) -> int:
        return sum(1 for box in self.page.fields if box.kind == "checkbox" and self.page.holds(element, box.at))

    # ---- the box of a role change -------------------------------------------------------------------------------------------

    def sync_first(self, control: Control) -> Field | None:
        """The one box for a data sync first of the control's form; None where it cannot be told for certain."""
        form = self.page.form_of(control.element)
        boxes = [
            entry
            for entry in self.page.in_form(form)
            if entry.kind == "checkbox" and not addresses_in(" ".join(entry.labels))
        ]
        known = [
            entry
            for entry in boxes
            if any(map(self._says_sync_first, (*entry.labels[:1], *self._heads_of(entry.element)[:1])))
        ]
        near = known
        for element in control.element.iterancestors():
            near = [entry for entry in known if self.page.holds(element, entry.at)]
            if near:
                break
        return near[0] if len(near) == 1 and not near[0].disabled and near[0].element.get("name") else None

    def _says_sync_first(self, label: str) -> bool:
        if self.labels.matches(label, "failover.sync_first"):
            return True
        about = self.labels.within(label, "failover.sync_word")
        first = self.labels.within(label, "failover.first_word")
        return about and first and not self.labels.within(label, "failover.automatic_word", "licence.refuse_word")


_SIDE_WORDS = {"new_backup": "new backup site", "reverse": "reverse connection"}


def _only(texts: Iterable[str]) -> str | None:
    """The one text that is said, however often; None if there are none or several."""
    found = {plain(text): text for text in texts}
    return next(iter(found.values())) if len(found) == 1 else None


def addresses_in(text: str) -> list[str]:
    """The IP addresses in a text, each once, as they are usually written."""
    found = []
    for match in _ADDRESS.finditer(text):
        try:
            found.append(str(ipaddress.ip_address(match.group())))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
