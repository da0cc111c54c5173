# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where many sites stand, by their records: one row a site, worst first, and their totals. Pure, and knows no format of output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .record_format import seconds
from .record_standing import Outage
from .report_view import Change, Mark, ToDo, View, shown, view

#: Worst first. State: the heading of its group, what is said of so many sites, tone.
STATES: dict[str, tuple[str, str, str]] = {
    "failed": ("Failed", "failed", "bad"),
    "unknown": ("Unknown", "unknown", "unknown"),
    "refused": ("Refused", "refused", "warn"),
    "not_begun": ("Not begun", "not begun", "warn"),
    "unfinished": ("Not finished", "not finished", "warn"),
    "given_up": ("Given up", "given up", "warn"),
    "changed": ("Upgraded", "upgraded", "good"),
    "unchanged": ("Nothing to do", "with nothing to do", "good"),
}
#: The states that leave nothing to do but what a site's own report says.
FINE = ("changed", "unchanged")
#: The states of which the same is to do on many sites; it is said once for all of them.
_ALIKE = (*FINE, "not_begun")
#: What is said of a site of which no record tells; what has to be done, if anything.
_UNTOLD = {
    "failed": ("{site} failed before anything was written to a record.", "Read what the run said of it, then run it again for this site."),
    "not_begun": ("{site} was not begun: there is no record of this upgrade.", "Run the upgrade; sites that are finished are left alone."),
    "unchanged": ("Nothing had to be changed on {site}.", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is known of a site: its record, and what this run says where the record does not tell.

    `record`: None where there is none of this upgrade. `this_run`: whether this run wrote to it. `state`, `because`: how this run
    ended for the site where it wrote no record, and why; or that it failed. `unreadable`: why a record cannot be read.
    `page`: the site's own page, as seen from the fleet's report.
    """

    site: str
    record: Mapping[str, Any] | None = None
    this_run: bool = True
    state: str = "not_begun"
    because: str = ""
    unreadable: str = ""
    page: str | None = None


@dataclass(frozen=True)
class Row:
    """A site in the report of a fleet. Texts are made to be shown."""

    site: str
    state: str
    mark: Mark
    finished: bool
    sentence: str
    because: tuple[str, ...] = ()
    to_do: tuple[ToDo, ...] = ()
    outcome: str | None = None
    changes: tuple[Change, ...] = ()
    versions: tuple[str, ...] = ()
    outage: Outage | None = None
    outage_text: str = ""
    started: str | None = None
    ended: str | None = None
    page: str | None = None
    rehearsal: bool = False

    @property
    def seconds(self) -> float | None:
        """From the beginning of the upgrade to when it was last heard of."""
        return None if self.started is None or self.ended is None else seconds(self.ended) - seconds(self.started)


@dataclass(frozen=True)
class Group:
    """The sites in one state. `shared`: what is to do on several of them, and on how many; `own` leaves it out of a row."""

    state: str
    rows: tuple[Row, ...]
    shared: tuple[tuple[ToDo, int], ...]

    @property
    def heading(self) -> str:
        """The state as a heading."""
        return STATES[self.state][0]

    @property
    def mark(self) -> Mark:
        """The state for the eye."""
        return _of(self.state)

    def own(self, row: Row) -> list[ToDo]:
        """What is to do on this site alone."""
        return [item for item in row.to_do if item not in [shared for shared, _number in self.shared]]


@dataclass(frozen=True)
class Fleet:
    """Many sites. `worst`: the worst state that any of them has; `mark` and `sentence` are the first thing to say."""

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    worst: str
    mark: Mark
    sentence: str
    as_of: str | None = None
    groups: tuple[Group, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether all sites are as wished."""
        return all(row.finished for row in self.rows)


def fleet(sites: Sequence[Told]) -> Fleet:
    """The view of at least one site."""
    order = list(STATES)
    rows = tuple(sorted(map(_row, sites), key=lambda row: (order.index(row.state), row.site)))
    groups = tuple(_group(state, own) for state in STATES if (own := tuple(row for row in rows if row.state == state)))
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    worst = rows[0].state
    mark = _mark(worst, counts, len(rows))
    sentence = f"{count_of(len(rows))}: {', '.join(f'{len(group.rows)} {STATES[group.state][1]}' for group in groups)}."
    rehearsed = sum(row.rehearsal for row in rows)
    if rehearsed:
        mark = Mark(mark.tone, f"Rehearsal: {mark.word}")
        sentence += f" {count_of(rehearsed)} rehearsed on simulated twins: nothing was done to them."
    return Fleet(
        rows=rows,
        counts=counts,
        worst=worst,
        mark=mark,
        sentence=sentence,
        as_of=max((row.ended for row in rows if row.ended), key=seconds, default=None),
        groups=groups,
    )


def _group(state: str, rows: tuple[Row, ...]) -> Group:
    counted = Counter(item for row in rows for item in row.to_do) if state in _ALIKE else Counter()
    return Group(state, rows, tuple((item, number) for item, number in counted.items() if number > 1))


def _mark(worst: str, counts: Mapping[str, int], number: int) -> Mark:
    _heading, words, tone = STATES[worst]
    if worst in FINE:
        return Mark("good", f"{count_of(number)}, all well")
    return Mark(tone, f"{counts[worst]} of {count_of(number)} {words}")


def count_of(number: int) -> str:
    """So many sites, in words."""
    return f"{number} site{'' if number == 1 else 's'}"


def _row(told: Told) -> Row:
    if told.unreadable:
        remedy = ToDo("Record", "Mend or remove the file, then write this report again.")
        return Row(
            shown(told.site), "unknown", Mark("unknown", "Record unreadable"), False,
            f"What became of {shown(told.site)} is unknown.", (shown(told.unreadable),), (remedy,),
        )  # fmt: skip
    if told.record is None:
        return _untold(told)
    row = _of_record(view(told.record), told)
    # A run that failed without a word in the record did not get as far as the record tells.
    if told.state == "failed" and not told.this_run and row.state not in ("failed", "unknown", "refused"):
        sentence, again = _untold_words(row.site, "failed")
        because = tuple(part for part in (shown(told.because), f"Before: {row.sentence}") if part)
        return replace(
            row, state="failed", mark=_of("failed"), finished=False, sentence=sentence, because=because,
            to_do=(*again, *row.to_do),
        )  # fmt: skip
    return row


def _untold(told: Told) -> Row:
    site = shown(told.site)
    sentence, to_do = _untold_words(site, told.state)
    fine = told.state in FINE
    return Row(
        site,
        told.state,
        _of(told.state),
        fine,
        sentence,
        (shown(told.because),) if told.because else (),
        to_do,
        outcome="unchanged" if fine else None,
    )


def _untold_words(site: str, state: str) -> tuple[str, tuple[ToDo, ...]]:
    sentence, to_do = _UNTOLD[state]
    return sentence.format(site=site), (ToDo("This run", to_do),) if to_do else ()


def _of(state: str) -> Mark:
    heading, _words, tone = STATES[state]
    return Mark(tone, heading)


def _of_record(seen: View, told: Told) -> Row:
    outcome = seen.standing.outcome
    state = "unfinished" if outcome is None else outcome.value
    if seen.given_up:
        state = "given_up"
    return Row(
        site=shown(told.site),
        state=state,
        mark=seen.mark,
        finished=seen.standing.finished and state in FINE,
        sentence=seen.sentence,
        because=seen.because,
        to_do=seen.to_do,
        outcome=None if outcome is None else outcome.value,
        changes=tuple(change for change in seen.changes if change.is_version),
        versions=_versions(seen.changes, acted=state != "refused"),
        outage=seen.outage,
        outage_text="" if seen.outage is None else seen.outage_text.partition(" (")[0],
        started=seen.runs[0].started if seen.runs else seen.created,
        ended=max((run.until for run in seen.runs), key=seconds, default=seen.created),
        page=told.page,
        rehearsal=seen.rehearsal,
    )


def _versions(changes: Sequence[Change], acted: bool) -> tuple[str, ...]:
    """Site and base software before and after, in a line each; appliances that are alike share one."""
    several = len({change.appliance for change in changes}) > 1
    alike: dict[str, list[str]] = {}
    for change in changes:
        if change.is_told:
            what = change.label.split()[0].lower()
            before, after = change.before, change.after or ("not seen" if acted else change.before)
            moved = f"{before or 'not seen'} → {after}" if before != after else f"{after}"
            alike.setdefault(f"{what} {moved}", []).append(change.appliance)
    appliances = len({change.appliance for change in changes})
    return tuple(
        text if not several or len(names) == appliances else f"{' and '.join(names)}: {text}"
        for text, names in alike.items()
    )
