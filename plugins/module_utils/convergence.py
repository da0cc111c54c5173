# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a timetable does about a site now, from its wish, its windows, its record and the time; and the exit code of a pipeline. Pure.

An exit code says where the sites stand, not whether this run happened to do something: what failed in a window is told until
somebody has seen to it, also by the runs outside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import timetable
from .models import Outcome
from .record_format import jsonable
from .record_standing import GOOD as OUTCOMES_GOOD
from .record_standing import given_up, last_attempts, standing
from .report_view import view

GOOD, UNFINISHED, WRONG, REFUSED, FAILED, UNKNOWN = "good", "unfinished", "wrong", "refused", "failed", "unknown"

#: How a site stands, and the exit code that tells it: of several sites the highest. None of them is one of ansible-playbook's.
CODES = {GOOD: 0, UNFINISHED: 10, WRONG: 11, REFUSED: 12, FAILED: 13, UNKNOWN: 14}
WORDS = {code: word for word, code in CODES.items()}

#: What a failed task of a role without an error of its own means: such a task judges what an earlier one found.
_ROLES = {"site": WRONG, "plan": REFUSED, "readiness": REFUSED, "pair_upgrade": REFUSED}
_ASSERT = "ansible.builtin.assert"
#: How the role `site` stops a site that is not to be worked on now (`site_hold`).
_HELD = ("site", "ansible.builtin.fail")


def code(words: Iterable[str]) -> int:
    """The exit code of a run with sites that stand so. No site at all is a mistake in the inventory or in a limit."""
    return max((CODES[word] for word in words), default=CODES[WRONG])


def failure(result: Mapping[str, Any], role: str = "", action: str = "") -> str:
    """How a site stands of which a task failed: its result, the short name of its role, and what it ran."""
    error = result.get("error")
    outcome = str(result.get("outcome") or "")
    if isinstance(error, Mapping):
        if error.get("reason") in ("bad_input", "missing_library") and outcome == Outcome.REFUSED.value:
            return WRONG
        return outcome if outcome in CODES else UNKNOWN
    if (role, action) == _HELD:
        return REFUSED
    if action == _ASSERT:
        return _ROLES.get(role, FAILED)
    # A task of the user's own, or a bug of ours: what a module had done by then, nobody has told.
    return UNKNOWN if action.startswith("bomgar.appliance.") else FAILED


@dataclass(frozen=True)
class Decision:
    """`act`: upgrade now, in the window of this kind (of a pair) that `ends` then (ISO 8601). `ask`: of a pair, see first which
    window is due. `word`: how the site stands if nothing is done. `line`: all of it for a person.
    """

    act: bool
    ask: bool
    word: str
    line: str
    window: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Site:
    """What is known of a site without asking it. `given`: see `inventory.given`. `record`: its last one, of whatever upgrade."""

    name: str
    given: Mapping[str, Any]
    record: Mapping[str, Any] | None = None

    @property
    def pair(self) -> bool:
        """Whether it has two appliances."""
        return len(self.given.get("appliances") or ()) > 1

    @property
    def gives_up(self) -> bool:
        """Whether it is to be brought to the nearest safe state (`bomgar_abort`)."""
        return str(self.given.get("abort", "")).strip().lower() in ("true", "yes", "on", "1")

    @property
    def wanted(self) -> str:
        """The wish in words."""
        target = self.given.get("target") or {}
        return ", ".join(f"{kind} {version}" for kind, version in target.items()) or "what its packages bring"

    @property
    def mine(self) -> Mapping[str, Any] | None:
        """The record, if it is that of an upgrade to this wish."""
        wish, path = jsonable(self.given.get("target") or {}), self.given.get("path", "automatic")
        data = self.record
        return data if data is not None and data["wish"] == wish and data["path"] == path else None

    @property
    def finished(self) -> bool:
        """Whether that upgrade came to its good end."""
        return self.mine is not None and standing(self.mine).finished and not given_up(self.mine)

    @property
    def word(self) -> str:
        """How it stands by that record. One that was never begun has nothing to be told of."""
        if self.mine is None or self.finished:
            return GOOD
        if given_up(self.mine):
            return FAILED
        outcome = standing(self.mine).outcome
        return UNFINISHED if outcome is None else outcome.value

    @property
    def so_far(self) -> str:
        """What that record says, in words."""
        if self.mine is None:
            return "no upgrade to that has begun"
        return view(self.mine).sentence.rstrip(".")


def decide(site: Site, now: datetime, due: str | None = None, stuck: bool = False, again: bool = False) -> Decision:
    """What is done about a site now.

    due: the window of a pair that its plan says is next, "" if none, None if it was not asked yet. stuck: the plan cannot go on,
    which the upgrade says better. again: also where the last run failed.
    """
    windows = site.given.get("windows") or ()
    wanted = f"{site.name}: wanted is {site.wanted}"

    def leave(word: str, why: str) -> Decision:
        return Decision(False, False, word, f"{wanted}; {why}")

    if not windows:
        return leave(WRONG, "no window is given in which it may be done (bomgar_windows), so nothing ever would be")
    if site.gives_up:
        return leave(
            WRONG,
            "giving up (bomgar_abort) is no work for a timetable: take it out, and run bomgar.appliance.upgrade with it by hand",
        )
    signed = site.pair and site.given.get("signed_off_by")
    if signed and site.mine is None:
        return leave(WRONG, _signed_early(str(signed)))
    opened = timetable.open_at(windows, now)
    kind = _expected(site) if due is None else due or None
    if not opened:
        if site.finished:
            return leave(GOOD, f"{site.so_far}. It is not asked outside its windows")
        upcoming = timetable.next_after(windows, now, kind)
        if upcoming is None:
            name = f" {kind}" if kind else ""
            return leave(
                max(site.word, UNFINISHED, key=CODES.__getitem__), f"{site.so_far}; no{name} window is to come"
            )
        return leave(site.word, f"{site.so_far}. Outside its windows nothing is sent; next: {upcoming.words}")
    if site.word == FAILED and not again:
        return leave(
            FAILED,
            f"{site.so_far}. It is not tried again before a person has looked: read {site.name}/latest/report.html in bomgar_record_dir, "
            "then run this once with converge_again: true",
        )
    if not site.pair:
        return _act(f"{wanted}; ", opened[-1])
    if due is None:
        return Decision(False, True, site.word, f"{wanted}; which window is due is asked")
    if stuck:
        return _act(f"{wanted}; ", opened[-1])
    if not due:
        return leave(GOOD, "nothing to do, both appliances run it and failover is established")
    fitting = next((one for one in opened if one.kind == due), None)
    if fitting is None:
        upcoming = timetable.next_after(windows, now, due)
        when = f"next: {upcoming.words}" if upcoming else f"no {due} window is to come"
        return leave(
            UNFINISHED, f"now is the {opened[-1].kind} window, and what is due belongs into the {due} one; {when}"
        )
    if due == timetable.KINDS[0] and signed:
        return leave(WRONG, _signed_early(str(signed)))
    return _act(f"{wanted}; ", fitting)


def _act(before: str, opening: timetable.Opening) -> Decision:
    return Decision(True, False, UNKNOWN, f"{before}now is its {opening.words}", opening.kind, opening.ends.isoformat())


def _signed_early(name: str) -> str:
    return (
        f"{name} signed off (bomgar_signed_off_by) what the first window has yet to bring: take the name out, and let whoever "
        "validates the first window put it in afterwards"
    )


def _expected(site: Site) -> str | None:
    """Which window of a pair is next, by the record alone; None for a site with one appliance."""
    if not site.pair:
        return None
    first, second = timetable.KINDS
    if site.mine is None:
        return first
    done = {
        key
        for step in last_attempts(site.mine)
        if step["outcome"] in OUTCOMES_GOOD
        for key in ((step["id"], step.get("appliance")), (step["id"], None))
    }
    steps = (site.mine.get("plan") or {}).get("steps") or ()
    left = {step.get("window") for step in steps if (step["id"], step.get("appliance")) not in done}
    return second if left == {second} else first
