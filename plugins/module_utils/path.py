# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a site stands on its path and what comes next, from observation, wish and record. Pure.

A path is a list of stages in their order. Each stage is done, next, later or not needed; the first that is not done is
next. What was observed counts, not what an earlier run meant to do.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .models import Kind, Versions
from .offers import Course
from .versions import Wish, installed

#: The paths of a site with one appliance.
SINGLE = ("automatic", "manual")

#: What a plan's fingerprint looks like.
FINGERPRINT = re.compile(r"[0-9a-f]{64}")

#: The file goes out with the press of Update Software, which installs it (documented, seed): nothing can be asked in between.
UPLOAD_INSTALLS = "the upload itself starts the installation, so a session that begins during the upload is cut"


@dataclass(frozen=True)
class Stage:
    """One line of a plan. In a pair: in which `window` (`first`, `second`, `abort`), and of which `appliance` (None: of both)."""

    id: str
    title: str
    state: str
    why: str = ""
    window: str | None = None
    appliance: str | None = None


@dataclass(frozen=True)
class Package:
    """A package to install, as a plan shows it."""

    name: str
    kind: Kind
    version: str | None
    because: str
    certain: bool = True


@dataclass(frozen=True)
class Position:
    """What is known when a plan is made. `begun`: an earlier run's work was not finished."""

    site: str
    path: str
    wish: Wish
    versions: Versions
    before: Versions
    packages: Sequence[Package] = ()
    files: Sequence[str] = ()
    stuck: str | None = None
    caution: str | None = None
    running: str | None = None
    begun: bool = False


@dataclass(frozen=True)
class Plan:
    """The stages, and a fingerprint that stays the same from the first run to the last."""

    stages: tuple[Stage, ...]
    fingerprint: str
    wish: Wish
    stuck: str | None
    caution: str | None

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.stuck is None and all(stage.state == "done" for stage in self.stages)

    @property
    def next(self) -> Stage | None:
        """The stage that comes next."""
        return next((stage for stage in self.stages if stage.state == "next"), None)


def make(position: Position) -> Plan:
    """The plan for a site with one appliance."""
    stages = _stages(position)
    shown = []
    reached_next = False
    for stage, done in stages:
        state = "done" if done else "later" if reached_next else "next"
        reached_next = reached_next or not done
        shown.append(Stage(stage.id, stage.title, state, stage.why))
    return Plan(tuple(shown), fingerprint(position), position.wish, position.stuck, position.caution)


def _stages(position: Position) -> list[tuple[Stage, bool]]:
    """Every stage with whether it is done; one line a rule."""
    reached = not position.packages and position.stuck is None and position.running is None
    stages = []
    if position.running is not None:
        stages.append((Stage("join", "Wait for the update that is running", "", position.running), False))
    stages.append((Stage("readiness", "Check readiness", ""), reached))
    stages.append((Stage("backup", "Take a verified backup", ""), reached))
    stages += [
        (Stage(f"install:{package.name}", f"Install {package.name}", "", package.because), False)
        for package in position.packages
    ]
    stages.append((Stage("validation", "Validate the site", ""), reached and not position.begun))
    return stages


def fingerprint(position: Position) -> str:
    """SHA-256 over what a plan promises: site, path, wish, where it began, and the package files by their hashes."""
    content = {
        "site": position.site,
        "path": position.path,
        "wish": position.wish.plain(),
        "before": {kind.value: installed(position.before, kind) for kind in (Kind.BASE, Kind.SITE)},
        "files": list(position.files),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def packages_of(course: Course) -> tuple[Package, ...]:
    """The packages of a course as a plan shows them."""
    return tuple(
        Package(step.offer.name, step.offer.kind, step.offer.version, step.because, step.certain)
        for step in course.steps
    )


def lines(plan: Plan, position: Position, more: Sequence[str] = ()) -> list[str]:
    """The plan for a person: what it is about with `more` of it, one line a stage, and what is not certain."""
    wish = (
        ", ".join(f"{kind} {version}" for kind, version in position.wish.plain().items()) or "what the packages bring"
    )
    now = ", ".join(
        f"{kind.value} {installed(position.versions, kind) or 'unknown'}" for kind in (Kind.BASE, Kind.SITE)
    )
    found = [f"{position.site}: {position.path} to {wish}; runs {now}", *(f"  {line}" for line in more)]
    marks = {"done": "x", "next": ">", "later": " "}
    found += [
        f"  [{marks[stage.state]}] {stage.title}" + (f"   ({stage.why})" if stage.why else "") for stage in plan.stages
    ]
    if plan.stuck:
        found.append(f"  cannot go on: {plan.stuck}")
    if plan.caution:
        found.append(f"  not certain: {plan.caution}")
    if position.path == "manual" and position.packages:
        found.append(f"  to be known: {UPLOAD_INSTALLS}")
    if plan.done:
        found.append("  nothing to do")
    return found
