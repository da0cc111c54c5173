# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a record says to a person: the words, tables and time line that all reports share. Pure, and knows no format of output.

A report is made of the record alone and has no time of its own, so that the same record always gives the same report.
Texts that come from an appliance go through `shown`, which makes invisible and reordering characters visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .downtime import StepDown, WindowDown, by_window
from .models import Outcome
from .pair_record import exposure
from .record_format import FORMAT, is_moment, iso, seconds
from .record_standing import Outage, Standing, counting, current_checks, given_up, measured_outage, standing, undone

#: What a pair of eyes cannot see or what turns text around: control, zero-width and direction characters, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_VERSION_LABELS = {"site": "Site software", "base": "Base software", "build": "Build", "api": "API"}
_PHASES = {"readiness": "Before the upgrade", "validation": "After the upgrade", "final": "At the end"}

#: Outcomes of checks, worst first: rank, tone, word.
_CHECKS = {
    "fail": (0, "bad", "Fail"),
    "error": (1, "unknown", "Could not be checked"),
    "warn": (3, "warn", "Warning"),
    "manual": (4, "warn", "By hand"),
    "pass": (6, "good", "Pass"),
    "not_applicable": (7, "none", "Not applicable"),
}
_GIVEN_UP = "Given up"
_WINDOWS = {"first": "in the first window", "second": "in the second window", "abort": "while giving up"}
_STEPS = {
    "changed": ("good", "Changed"),
    "unchanged": ("none", "Unchanged"),
    "refused": ("warn", "Refused"),
    "failed": ("bad", "Failed"),
    "unknown": ("unknown", "Unknown"),
}


@dataclass(frozen=True)
class Mark:
    """An outcome for the eye: `tone` (good, none, warn, bad, unknown) and the word that says the same without colour."""

    tone: str
    word: str


@dataclass(frozen=True)
class Change:
    """One observed value before and after; None where it was not observed."""

    appliance: str
    label: str
    before: str | None
    after: str | None
    is_version: bool

    @property
    def changed(self) -> bool:
        """Whether both were observed and differ."""
        return self.before is not None and self.after is not None and self.before != self.after

    @property
    def is_told(self) -> bool:
        """Whether it is one of the two versions that an upgrade is about."""
        return self.label in (_VERSION_LABELS["site"], _VERSION_LABELS["base"])


@dataclass(frozen=True)
class StepView:
    """One attempt at a step. `anchor` is unique on a page; `superseded`: what came later counts."""

    anchor: str
    title: str
    mark: Mark
    module: str
    appliance: str
    started: str
    ended: str | None
    seconds: float | None
    detail: str
    action: str
    superseded: bool
    entry: Mapping[str, Any]

    @property
    def named(self) -> str:
        """The title, with the appliance that it does not say."""
        return titled(self.title, self.appliance)


@dataclass(frozen=True)
class Bar:
    """A piece of the time line, in hundredths of its width."""

    left: float
    width: float


@dataclass(frozen=True)
class OutageBar:
    """A measured outage within a run. `exactly` says how well `length` is known."""

    place: Bar
    down_from: str
    up_at: str | None
    length: str
    exactly: str


@dataclass(frozen=True)
class RunView:
    """One run of a playbook with its time line. `ticks`: position and clock time."""

    id: str
    by: str
    controller: str
    versions: str
    started: str
    until: str
    steps: tuple[tuple[StepView, Bar], ...]
    outages: tuple[OutageBar, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class CheckView:
    """One result of a check; `phase` as a heading."""

    id: str
    title: str
    mark: Mark
    detail: str
    action: str
    source: str
    waived: str
    phase: str
    outcome: str

    @property
    def quiet(self) -> bool:
        """Whether it passed or does not apply, so that it is only counted."""
        return self.outcome in ("pass", "not_applicable")


@dataclass(frozen=True)
class BackupView:
    """The backup that the upgrade rests on; `rest` is what else its manifest says."""

    appliance: str
    file: str
    size: str
    sha256: str
    taken: str
    leaves_out: tuple[tuple[str, str], ...]
    rest: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ToDo:
    """What a person has to do next, and what it is about."""

    about: str
    text: str


@dataclass(frozen=True)
class View:
    """A whole record in words. `mark` and `sentence` are the first thing to say; `because` is the detail behind them."""

    site: str
    mark: Mark
    sentence: str
    because: tuple[str, ...]
    standing: Standing
    outage: Outage | None
    outage_text: str
    windows: tuple[WindowDown, ...]
    outage_rows: tuple[tuple[str, tuple[str, ...]], ...]
    summary: tuple[tuple[str, str], ...]
    to_do: tuple[ToDo, ...]
    changes: tuple[Change, ...]
    runs: tuple[RunView, ...]
    steps: tuple[StepView, ...]
    not_begun: tuple[str, ...]
    checks: tuple[CheckView, ...]
    backups: tuple[BackupView, ...]
    fingerprint: str
    record_format: int
    created: str
    rehearsal: bool = False
    given_up: bool = False
    wish: tuple[tuple[str, str], ...] = field(default=())


def view(data: Mapping[str, Any]) -> View:
    """The view of a record that `Record.open` accepted."""
    stands = standing(data)
    site = shown(data["site"])
    changes = _changes(data["snapshots"])
    steps = _steps(data)
    checks = _checks(data, stands)
    missing = _missing(data, stands)
    outage = measured_outage(data)
    outage_text = _outage_text(data, outage)
    windows = by_window(data)
    outage_rows = _outage_rows(data, windows, outage_text)
    mark, sentence = _sentence(data, site, stands, changes, missing)
    gave_up = mark.word == _GIVEN_UP
    rehearsal = bool(data.get("rehearsal"))
    if rehearsal:
        # In the two that every format shows first, so that none can be taken for the report of an upgrade.
        mark = Mark(mark.tone, f"Rehearsal: {mark.word[0].lower()}{mark.word[1:]}")
        sentence = f"A rehearsal on a simulated twin: nothing was done to {site}, and no time here is its own. On the twin: {sentence}"
    return View(
        site=site,
        mark=mark,
        sentence=sentence,
        because=tuple(
            shown(step["detail"]) for step in stands.decisive if step["detail"] and mark.tone not in ("good", "none")
        ),
        standing=stands,
        outage=outage,
        outage_text=outage_text,
        windows=windows,
        outage_rows=outage_rows,
        summary=_summary(data, outage_rows),
        to_do=_to_do(data, stands, checks, missing),
        changes=changes,
        runs=_runs(data, steps),
        steps=tuple(steps),
        not_begun=missing,
        checks=checks,
        backups=tuple(_backup(item) for item in data["backups"] if isinstance(item, dict)),
        fingerprint=shown((data.get("plan") or {}).get("fingerprint") or ""),
        record_format=data.get("format", FORMAT),
        created=data["created"],
        rehearsal=rehearsal,
        given_up=gave_up,
        wish=tuple(flat(data["wish"])),
    )


# -- words ------------------------------------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """A value as text that shows all it holds: what is invisible or turns text around appears as `\\u202e`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _INVISIBLE.sub(_spelled, str(value).replace("\r\n", "\n"))


def _spelled(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def span(length: float) -> str:
    """Seconds as a person says them: `0.4 s`, `43 s`, `6 min 40 s`, `1 h 02 min`."""
    if 0 < length < 0.1:
        return f"{max(round(length * 1000), 1)} ms"
    if length < 10:
        return f"{max(length, 0):.1f} s".replace(".0 s", " s")
    whole = round(length)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minute:02} min"
    return f"{minutes} min {second:02} s" if minutes else f"{second} s"


def moment(when: str) -> str:
    """A time of the record to the second, as ISO 8601 with its zone, with a space for the eye: `2026-11-22 18:43:00Z`."""
    return _clock(seconds(when), "%Y-%m-%d %H:%M:%SZ")


def flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """A nested value as rows of a dotted name and a text."""
    if isinstance(value, Mapping):
        return [
            row for key, item in value.items() for row in flat(item, f"{prefix}.{shown(key)}" if prefix else shown(key))
        ]
    if isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
        return [row for number, item in enumerate(value, 1) for row in flat(item, f"{prefix} {number}".strip())]
    if isinstance(value, list):
        return [(prefix, ", ".join(shown(item) for item in value))]
    return [(prefix, shown(value))]


def size_text(value: Any) -> str:
    """Bytes as `1.4 GiB (1503238553 bytes)`; anything else as it is."""
    if not isinstance(value, int) or isinstance(value, bool):
        return shown(value)
    if value < 1024:
        return f"{value} bytes"
    amount = float(value)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        amount /= 1024
        if amount < 1024 or unit == "TiB":
            break
    return f"{amount:.1f} {unit} ({value} bytes)"


def _clock(when: float, pattern: str) -> str:
    return datetime.fromtimestamp(when, timezone.utc).strftime(pattern)


# -- outcome ----------------------------------------------------------------------------------------------------------


def _sentence(
    data: Mapping[str, Any], site: str, stands: Standing, changes: tuple[Change, ...], missing: tuple[str, ...]
) -> tuple[Mark, str]:
    work = "The upgrade of" if data["wish"] else "The work on"
    moved = _moved(changes)
    so_far = f" Changed so far: {moved}." if moved else ""
    # Of several, the newest: it is what the run that ended now came to.
    decisive = max(stands.decisive, key=lambda step: seconds(step["started"]), default=None)
    at = shown(decisive["title"]) if decisive else ""
    if stands.interrupted and decisive:
        # A record cannot tell whether its writer still lives, which may be on another machine.
        begun = moment(decisive["started"])
        return (
            Mark("unknown", "No end yet"),
            f"{work} {site} is at work or was interrupted; outcome unknown: \u201c{at}\u201d began {begun} and has no end yet.{so_far}",
        )
    if stands.outcome is Outcome.FAILED:
        return Mark("bad", "Failed"), f"{work} {site} failed at \u201c{at}\u201d.{so_far}"
    if stands.outcome is Outcome.UNKNOWN:
        return Mark(
            "unknown", "Unknown"
        ), f"How {work[0].lower()}{work[1:]} {site} ended is unknown, since \u201c{at}\u201d.{so_far}"
    if stands.outcome is Outcome.REFUSED:
        return Mark("warn", "Refused"), f"{work} {site} was refused at \u201c{at}\u201d.{so_far}"
    if given_up(data) and stands.finished:
        return Mark("warn", _GIVEN_UP), f"The upgrade of {site} was given up, and failover is established.{so_far}"
    if given_up(data) and not missing:
        return Mark(
            "warn", _GIVEN_UP
        ), f"The upgrade of {site} was given up as far as it can be. There is no failover.{so_far}"
    if stands.outcome is None:
        left = _windows_left(data, stands)
        if left == {"second"}:
            return Mark(
                "warn", "First window done"
            ), f"The first window of {site} is done. There is no failover until the second.{so_far}"
        then = f"; not begun: {', '.join(missing)}" if missing else ""
        return Mark("warn", "Not finished"), f"{work} {site} is not finished{then}.{so_far}"
    if moved:
        return Mark("good", "Upgraded"), f"{site} was upgraded: {moved}."
    runs = ", ".join(
        f"{item.label.lower()} {item.after}" for item in changes if item.is_version and item.after and item.is_told
    )
    if stands.outcome is Outcome.UNCHANGED:
        return Mark(
            "good", "Nothing to do"
        ), f"Nothing had to be changed on {site}{f': it runs {runs}' if runs else ''}."
    return Mark("good", "Done"), f"Everything on {site} was done{f'; it runs {runs}' if runs else ''}."


def _windows_left(data: Mapping[str, Any], stands: Standing) -> set[str]:
    """The windows of a pair in which something is left."""
    steps = (data.get("plan") or {}).get("steps") or []
    return {str(step.get("window")) for step in steps if (step["id"], step.get("appliance")) in stands.missing}


def _moved(changes: tuple[Change, ...]) -> str:
    """Which versions moved; of a pair with the appliances' names, and once where both moved alike."""
    moved: dict[str, list[str]] = {}
    for item in changes:
        if item.is_version and item.changed and item.is_told:
            moved.setdefault(item.appliance, []).append(f"{item.label.lower()} {item.before} → {item.after}")
    alike: dict[str, list[str]] = {}
    for appliance, words in moved.items():
        alike.setdefault(", ".join(words), []).append(appliance)
    # The name of the only appliance says nothing.
    several = len({item.appliance for item in changes}) > 1
    return "; ".join(f"{' and '.join(names)}: {words}" if several else words for words, names in alike.items())


def _missing(data: Mapping[str, Any], stands: Standing) -> tuple[str, ...]:
    steps = (data.get("plan") or {}).get("steps") or []
    titles = {(step["id"], step.get("appliance")): step["title"] for step in steps}
    return tuple(shown(titles[item]) for item in stands.missing or undone(data))


def _to_do(
    data: Mapping[str, Any], stands: Standing, checks: tuple[CheckView, ...], missing: tuple[str, ...]
) -> tuple[ToDo, ...]:
    found: list[ToDo] = []
    if stands.outcome not in (Outcome.CHANGED, Outcome.UNCHANGED):
        if stands.outcome is None and _windows_left(data, stands) == {"second"}:
            text = (
                "See that all is well, have somebody sign it off (bomgar.appliance.validate with bomgar_signed_off_by), then run the "
                "same playbook with bomgar_window: second."
            )
            found.append(ToDo("Second window", text))
        elif stands.outcome is None and missing:
            found.append(ToDo("Not begun", "Run the same playbook again; it goes on where this one ended."))
        for step in stands.decisive:
            if step["ended"] is None:
                text = (
                    "If no run is at work on the site, run the same playbook again: it looks at the appliance first, goes on from what "
                    "it observes, and does nothing twice. While one is, it is refused and tells which."
                )
            else:
                text = shown(step["action"]) or "Read its detail below; then run the same playbook again."
            found.append(ToDo(shown(step["title"]), text))
        found += [
            ToDo(check.title, check.action)
            for check in checks
            if check.mark.tone in ("bad", "unknown") and check.action
        ]
    # Once the upgrade is validated, what was to be seen to before it is past.
    validated = [check for check in checks if check.phase.startswith((_PHASES["validation"], _PHASES["final"]))]
    past = bool(validated) and stands.outcome in (Outcome.CHANGED, Outcome.UNCHANGED)
    for outcome in ("manual", "warn"):
        found += [
            ToDo(check.title, check.action)
            for check in (validated if past else checks)
            if check.outcome == outcome and not check.waived and check.action
        ]
    # What a step and one of its checks say alike is said once, by the check, which tells what it is about.
    return tuple(
        item for place, item in enumerate(found) if item.text not in [later.text for later in found[place + 1 :]]
    )


def _summary(
    data: Mapping[str, Any], outage_rows: Iterable[tuple[str, tuple[str, ...]]]
) -> tuple[tuple[str, str], ...]:
    runs = data["runs"]
    rows = [("Site", shown(data["site"]))]
    if runs:
        started, ended = runs[0]["started"], _run_end(data, runs[-1])
        length = sum(max(0.0, seconds(_run_end(data, run)) - seconds(run["started"])) for run in runs)
        rows.append(("When", f"{moment(started)} to {moment(ended)}"))
        rows.append(("Time at work", span(length) + (f", in {len(runs)} runs" if len(runs) > 1 else "")))
        people = dict.fromkeys(
            f"{shown(run.get('by') or 'unknown')} on {shown(run.get('controller') or 'unknown')}" for run in runs
        )
        rows.append(("By", ", ".join(people)))
    rows += [(name, "; ".join(texts)) for name, texts in outage_rows]
    exposed = exposure(data)
    if exposed is not None:
        until = (
            "" if exposed.until is None else f" to {moment(iso(exposed.until))}, {span(exposed.seconds(exposed.until))}"
        )
        rows.append(("No failover", f"since {moment(iso(exposed.since))}{until}"))
    if data["path"]:
        rows.append(("Path", shown(data["path"]).replace("_", " ")))
    if data["wish"]:
        rows.append(("Wanted", ", ".join(f"{name} {value}" for name, value in flat(data["wish"]))))
    return tuple(rows)


# -- tables -----------------------------------------------------------------------------------------------------------


def _changes(snapshots: Mapping[str, Any]) -> tuple[Change, ...]:
    before, after = (_observed(snapshots.get(phase)) for phase in ("before", "after"))
    rows = [
        Change(
            appliance,
            _label(name),
            before.get((appliance, name)),
            after.get((appliance, name)),
            name in _VERSION_LABELS,
        )
        for appliance, name in dict.fromkeys([*before, *after])
    ]
    order = list(_VERSION_LABELS.values())
    return tuple(
        sorted(
            rows, key=lambda row: (row.appliance, order.index(row.label) if row.label in order else 99, not row.changed)
        )
    )


def _observed(snapshots: Any) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    if not isinstance(snapshots, Mapping):
        return found
    for appliance, snapshot in snapshots.items():
        values = snapshot.get("values") if isinstance(snapshot, Mapping) else None
        for name, value in flat(values):
            if value:
                found[(shown(appliance), name.removeprefix("versions."))] = value
    return found


def _label(name: str) -> str:
    return _VERSION_LABELS.get(name, name)


def _steps(data: Mapping[str, Any]) -> list[StepView]:
    counted = {id(step) for step in counting(data)}
    several = len({step["appliance"] for step in data["steps"] if step.get("appliance")}) > 1
    found = []
    for number, step in enumerate(data["steps"]):
        ended = step["ended"]
        superseded = id(step) not in counted
        mark = Mark(*_STEPS[Outcome(step["outcome"]).value]) if ended else Mark("unknown", "No end yet")
        found.append(
            StepView(
                anchor=f"step-{number + 1}",
                title=titled(shown(step["title"]), shown(step.get("appliance"))) if several else shown(step["title"]),
                mark=mark,
                module=shown(step.get("module")),
                appliance=shown(step.get("appliance")),
                started=step["started"],
                ended=ended,
                seconds=max(0.0, seconds(ended) - seconds(step["started"])) if ended else None,
                detail=shown(step["detail"])
                or ("" if ended else "It began and has no end yet: what it did is unknown."),
                action=shown(step["action"]),
                superseded=superseded,
                entry=step,
            )
        )
    return found


def titled(title: str, name: str) -> str:
    """The title of a step of a pair, which says of which appliance it is."""
    said = rf"(?:\b(?:of|to|from|on|Sync|with) {re.escape(name)}\b)|\b{re.escape(name)}$|\({re.escape(name)}\)$"
    return title if not name or re.search(said, title) else f"{title} ({name})"


def _checks(data: Mapping[str, Any], stands: Standing) -> tuple[CheckView, ...]:
    found: list[tuple[tuple[int, int], CheckView]] = []
    of_pair = (data.get("plan") or {}).get("pair") is not None
    for number, check in enumerate(current_checks(data)):
        rank, tone, word = _CHECKS.get(check["outcome"], (2, "unknown", shown(check["outcome"])))
        waived = shown(check.get("waived"))
        if waived and check["outcome"] not in ("pass", "not_applicable"):
            rank, tone, word = 5, "none", f"{word}, waived"
        phase = check.get("phase")
        heading = _PHASES.get(str(phase), shown(phase))
        if of_pair and check.get("appliance"):
            heading = f"{heading}, {shown(check['appliance'])}"
        if stands.finished and phase == "readiness" and tone in ("bad", "unknown"):
            rank, tone, word = 5, "none", f"{word}, in the past"
        view_of_it = CheckView(
            id=shown(check["id"]),
            title=shown(check["title"]),
            mark=Mark(tone, word),
            detail=shown(check.get("detail")),
            action=shown(check.get("action")),
            source=shown(check.get("source")),
            waived=waived,
            phase=heading,
            outcome=shown(check["outcome"]),
        )
        found.append(((rank, number), view_of_it))
    return tuple(item for _rest, item in sorted(found, key=lambda pair: pair[0]))


def _backup(manifest: Mapping[str, Any]) -> BackupView:
    left_out = []
    gaps = manifest.get("leaves_out")
    for gap in gaps if isinstance(gaps, list) else []:
        if isinstance(gap, Mapping):
            left_out.append((shown(gap.get("what")), shown(gap.get("keep_it_by") or gap.get("action"))))
        else:
            left_out.append((shown(gap), ""))
    taken = manifest.get("taken_at")
    if isinstance(taken, (int, float)) and not isinstance(taken, bool):
        taken = iso(taken)
    told = ("appliance", "file", "size", "sha256", "taken_at", "leaves_out", "run")
    return BackupView(
        appliance=shown(manifest.get("appliance")),
        file=shown(manifest.get("file")),
        size=size_text(manifest.get("size")),
        sha256=shown(manifest.get("sha256")),
        taken=_moment_if_one(taken),
        leaves_out=tuple(left_out),
        rest=tuple(
            (name, value) for name, value in flat({k: v for k, v in manifest.items() if k not in told}) if value
        ),
    )


def _moment_if_one(value: Any) -> str:
    try:
        return moment(value)
    except ValueError:
        return shown(value)


# -- time line --------------------------------------------------------------------------------------------------------


def _runs(data: Mapping[str, Any], steps: list[StepView]) -> tuple[RunView, ...]:
    found = []
    runs = data["runs"]
    known = {run["id"] for run in runs}
    for number, run in enumerate(runs):
        # A step of a run that is not listed, or of none, stands with the last run.
        own = [
            step
            for step in steps
            if step.entry.get("run") == run["id"] or (number == len(runs) - 1 and step.entry.get("run") not in known)
        ]
        start = min([seconds(run["started"]), *(seconds(step.started) for step in own)])
        until = max([seconds(_run_end(data, run)), *(seconds(step.ended or step.started) for step in own)])
        length = max(until - start, 0.001)
        versions = run.get("versions")
        found.append(
            RunView(
                id=shown(run["id"]),
                by=shown(run.get("by") or "unknown"),
                controller=shown(run.get("controller") or "unknown"),
                versions=", ".join(f"{name} {value}" for name, value in flat(versions) if value) if versions else "",
                started=run["started"],
                until=iso(until),
                steps=tuple(
                    (step, _bar(seconds(step.started), seconds(step.ended) if step.ended else until, start, length))
                    for step in own
                ),
                outages=_outage_bars(data, run, start, until, length),
                ticks=_ticks(start, length),
            )
        )
    return tuple(found)


def _run_end(data: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    """When a run was last heard of."""
    heard = [run["started"]]
    for step in data["steps"]:
        if step.get("run") == run["id"]:
            heard += [step["started"], step["ended"] or step["started"]]
            heard += [item["at"] for item in step["evidence"]["observations"] if is_moment(item.get("at"))]
    for outage in data.get("outages") or []:
        if outage.get("run") == run["id"]:
            heard += [outage["down_from"], outage.get("up_at") or outage.get("last_down") or outage["down_from"]]
    return str(max(heard, key=seconds))


def _bar(begin: float, end: float, start: float, length: float) -> Bar:
    left = min(max((begin - start) / length, 0.0), 1.0)
    width = min(max((end - begin) / length, 0.0), 1.0 - left)
    return Bar(round(left * 100, 3), round(width * 100, 3))


def _outage_bars(
    data: Mapping[str, Any], run: Mapping[str, Any], start: float, until: float, length: float
) -> tuple[OutageBar, ...]:
    found = []
    for outage in data.get("outages") or []:
        down = seconds(outage["down_from"])
        up = outage.get("up_at")
        end = seconds(up or outage.get("last_down") or outage["down_from"])
        own = outage.get("run")
        if own == run["id"] or (own is None and down <= until and end >= start):
            resolution = outage.get("resolution")
            exactly = f"± {span(resolution)}" if resolution else "to the nearest look"
            place = _bar(down, end if up else max(end, until), start, length)
            sign = "> " if not up else "≤ " if outage.get("unwatched") else ""
            lasted = f"{sign}{span(end - down)}"
            found.append(OutageBar(place, outage["down_from"], up, lasted, exactly))
    return tuple(found)


def _outage_text(data: Mapping[str, Any], outage: Outage | None) -> str:
    if outage is None:
        return "not measured"
    every = f"looked every {span(outage.resolution)}" if outage.resolution else ""
    by = shown((data.get("watched") or {}).get("by"))
    how = ", ".join(part for part in (every, f"by {by}" if by else "") if part)
    how = f" ({how})" if how else ""
    if not outage.spells:
        return f"never seen{how}"
    spells = f", {outage.spells} times" if outage.spells > 1 else ""
    if outage.ongoing:
        return f"at least {span(outage.seconds)}{spells}, not seen up again{how}"
    if outage.unwatched:
        least = span(outage.seconds - outage.unwatched)
        return f"between {least} and {span(outage.seconds)}{spells}, nobody looked in between{how}"
    exactly = f" ± {span(outage.resolution)}" if outage.resolution else ""
    return f"{span(outage.seconds)}{exactly}{spells}{how}"


def _outage_rows(
    data: Mapping[str, Any], windows: Iterable[WindowDown], whole: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The outage of the site's name: of each window of a pair with its steps, and of all together, which comes last."""
    rows = [
        (f"Site down {_WINDOWS.get(one.window, one.window)}", (_outage_text(data, one.outage), *map(_down, one.steps)))
        for one in windows
    ]
    return (*rows, ("Site down" + (", in all" if rows else ""), (whole,)))


def _down(step: StepDown) -> str:
    text = f"{shown(step.title)}: {'at least ' if step.outage.ongoing else ''}{span(step.outage.seconds)}"
    return f"{text} ({shown(step.appliance)} alone, as the standby; not the site)" if step.standby else text


_TICK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


def _ticks(start: float, length: float) -> tuple[tuple[float, str], ...]:
    """Two to five round clock times within the run."""
    step = next((item for item in _TICK_STEPS if length / item <= 4.5), None)
    if step is None:
        step = int(length / 4 // 86400 + 1) * 86400
    pattern = "%H:%M:%S" if step < 60 else "%H:%M" if step < 86400 else "%m-%d"
    first = int(-(-start // step) * step)
    found: list[tuple[float, str]] = []
    when = first
    while when <= start + length and len(found) < 6:
        found.append((round((when - start) / length * 100, 3), _clock(when, pattern)))
        when += step
    return tuple(found)
