# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What checks judge by and what they say: the observed state as one value, and the shape of a result. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .models import Look, Role, SyncState, Versions, Word
from .offers import Course
from .package_files import PackageFile
from .versions import Wish

#: An installation takes 15 minutes to an hour (documented: seed, D-UPG-*); longer with many recordings.
USUAL_DURATION = 3600.0


class Phase(Word):
    """When a check is made."""

    BEFORE = "before"
    AFTER = "after"


class CheckOutcome(Word):
    """What a check comes to, worst first. `manual`: only a person can tell. `error`: the check itself could not be made."""

    ERROR = "error"
    FAIL = "fail"
    WARN = "warn"
    MANUAL = "manual"
    PASS = "pass"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Thresholds:
    """Limits as data. Seconds, days and per cent; `*_percent`: how much of what was there before must be there again."""

    clock_warn: float = 60.0
    clock_fail: float = 300.0
    certificate_days: float = 14.0
    representatives_percent: float = 50.0
    clients_percent: float = 90.0
    audit_days: float = 90.0


@dataclass(frozen=True)
class Package:
    """A package file as found on the controller: `file`, or `trouble` in words with what to do."""

    path: str
    file: PackageFile | None = None
    trouble: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class BackupState:
    """The newest backup that counts (`file` with `why`), or why there is none. `follows`: the run takes one before it installs."""

    file: str | None
    why: str
    follows: bool = False


@dataclass(frozen=True)
class Folder:
    """Room on the controller: bytes free and needed in `path` for `what`, or `trouble` in words."""

    what: str
    path: str
    free: int = 0
    needed: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class AuditState:
    """The last audit of the site's integrations: when it was made (Unix seconds), and where its open findings are.

    `trouble`: why there is none to judge by.
    """

    made_at: float = 0.0
    open: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Control:
    """A control that the web driver needs: on which page, and whether it was found."""

    page: str
    control: str
    found: bool
    remark: str = ""


@dataclass(frozen=True)
class Trouble:
    """Why something could not be read, and what to do about it. `reason`: the error's."""

    words: str
    remedy: str
    reason: str = ""


@dataclass(frozen=True)
class Snapshot:
    """What was observed before the upgrade (see `snapshot`), and when (Unix seconds)."""

    at: float
    values: Mapping[str, Any]


@dataclass(frozen=True)
class MemberState:
    """One appliance of a pair: what it shows of its failover (see `pair.Seen`), runs and presents. Times by its own clock."""

    name: str
    role: Role
    versions: Versions
    certificate: Mapping[str, Any] | None = None
    sync: SyncState = SyncState.UNKNOWN
    sync_time: float | None = None
    sync_status: str | None = None
    trouble: str | None = None


@dataclass(frozen=True)
class PairState:
    """Both appliances, and who answers at the site's name. `relation`: what has to be now (`established`, `broken`, None: either).
    `synced`, `broken_at`: what the record tells of a proven sync before the pair was broken.
    """

    members: tuple[MemberState, MemberState]
    relation: str | None = None
    production: str | None = None
    production_trouble: str | None = None
    synced: bool = False
    broken_at: float | None = None


@dataclass(frozen=True)
class Observed:
    """Everything that the checks judge by. `facts` and `activity` have the shapes of `info` and `activity_info`.

    `accounts`: which of `api`, `login`, `appliance` are given and may be used. `attended`: a person is there to do what the
    driver cannot. `unreachable`: (reason, words) when the appliance did not answer. `pages_trouble`: why the Updates page
    could not be read. `failover_controls`, `failover_trouble`: the same for what a pair needs of the Failover page. `done`:
    SHA-256 of the package files that the record says are installed. `pair`: both appliances, where there are two;
    `reconciled`: what the record tells of the sessions when they were established (`before`, `after`, `missing`);
    `serves_site`: whether the site's name leads to this one; `installs`: whether anything is installed on it in this run.
    None everywhere stands for "not looked at".
    """

    now: float
    facts: Mapping[str, Any]
    activity: Mapping[str, Any] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()
    attended: bool = False
    validate_certs: bool = True
    unreachable: tuple[str, str] | None = None
    path: str = "automatic"
    by_offers: bool = True
    wish: Wish = field(default_factory=Wish)
    packages: tuple[Package, ...] = ()
    look: Look | None = None
    course: Course | None = None
    pages_trouble: Trouble | None = None
    controls: tuple[Control, ...] | None = None
    failover_controls: tuple[Control, ...] | None = ()
    failover_trouble: Trouble | None = None
    backup: BackupState | None = None
    folders: tuple[Folder, ...] = ()
    audit: AuditState | None = None
    window_ends: float | None = None
    usual_duration: float = USUAL_DURATION
    learned: Mapping[str, Sequence[float]] = field(default_factory=dict)
    running: str = "join"
    sessions: str = "refuse"
    sessions_wait: float | None = None
    before: Snapshot | None = None
    done: tuple[str, ...] = ()
    pair: PairState | None = None
    reconciled: Mapping[str, Any] | None = None
    serves_site: bool = True
    installs: bool = True
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def versions(self) -> Versions:
        """The versions that run."""
        shown = self.facts.get("versions") or {}
        return Versions(**{name: shown.get(name) for name in ("site", "base", "build", "api")})

    @property
    def role(self) -> Role:
        """The place in a failover pair."""
        return Role(self.facts.get("role") or "unknown")

    def problem(self, *interfaces: str, reasons: Sequence[str] = ()) -> Mapping[str, Any] | None:
        """The first problem that one of these interfaces had (any, if none is named), for one of these reasons."""
        for problem in (*(self.facts.get("problems") or ()), *(self.activity.get("problems") or ())):
            if (not interfaces or problem["interface"] in interfaces) and (not reasons or problem["reason"] in reasons):
                found: Mapping[str, Any] = problem
                return found
        return None


@dataclass(frozen=True)
class Said:
    """What a rule says: outcome, what was found, and what a person does about it (empty where nothing is to be done)."""

    outcome: CheckOutcome
    detail: str
    action: str = ""


@dataclass(frozen=True)
class Result:
    """One result. `source` says where the rule comes from; `waived` is the reason given for a waiver, None without one."""

    id: str
    title: str
    outcome: CheckOutcome
    detail: str
    action: str
    source: str
    waived: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way: a fail or an error that nobody waived."""
        return self.outcome in (CheckOutcome.FAIL, CheckOutcome.ERROR) and self.waived is None


@dataclass(frozen=True)
class Check:
    """A check: `fixed` says why it cannot be waived; empty if it can."""

    id: str
    title: str
    phase: Phase
    source: str
    rule: Callable[[Observed], Said]
    fixed: str = ""


def passed(detail: str) -> Said:
    """In order."""
    return Said(CheckOutcome.PASS, detail)


def warned(detail: str, action: str) -> Said:
    """To be known; does not block."""
    return Said(CheckOutcome.WARN, detail, action)


def failed(detail: str, action: str) -> Said:
    """Blocks."""
    return Said(CheckOutcome.FAIL, detail, action)


def manual(detail: str, action: str) -> Said:
    """Only a person can tell."""
    return Said(CheckOutcome.MANUAL, detail, action)


def not_applicable(detail: str) -> Said:
    """Says nothing about this site."""
    return Said(CheckOutcome.NOT_APPLICABLE, detail)


def error(detail: str, action: str) -> Said:
    """Could not be told; blocks."""
    return Said(CheckOutcome.ERROR, detail, action)


# -- words -------------------------------------------------------------------------------------------------------------


def nothing_before(seen: Observed) -> str:
    """Why nothing can be compared."""
    return (
        "it is not told now"
        if seen.before is not None
        else "there is no snapshot from before the upgrade to compare with"
    )


def too_few(now: int, before: int, percent: float) -> bool:
    """Whether fewer than so many per cent of what was there before are there."""
    return now * 100 < before * percent


def line(value: Any) -> str:
    """A value on one line without control characters, so that no text of an appliance can pass for a line of ours."""
    shown = (
        "null"
        if value is None
        else "false"
        if value is False
        else ", ".join(map(str, value))
        if isinstance(value, list) and value
        else str(value)
    )
    return " ".join("".join(letter if letter.isprintable() or letter.isspace() else "?" for letter in shown).split())


def together(problems: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """What several interfaces said, and what to do about it; each once."""
    found = list(problems)
    said, remedies = (dict.fromkeys(str(item[name]) for item in found) for name in ("message", "remedy"))
    return "; ".join(said), " ".join(filter(None, remedies))


def seconds_text(value: float) -> str:
    """A length of time in words, in the unit that a person would choose."""
    if value < 120:
        return f"{value:.0f} s"
    minutes = int(value // 60)
    if minutes < 180:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes < 48 * 60 else f"{minutes // 1440} days"


def bytes_text(value: int) -> str:
    """A size in words."""
    size = float(value)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
