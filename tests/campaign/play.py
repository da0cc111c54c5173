# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays one interruption with a real ansible-playbook, and judges by the simulator's ground truth."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.tests.integration.pairs.conftest import CUTOVER, PairWorld, pair_site
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import NO_INTEGRATIONS, Played

from .matrix import FORGOTTEN, LOST, UNHEARD, WINDOWS, Arrived, Decision, Scenario

#: A run that takes longer hangs; the deadline of its own waits is 120 s.
PATIENCE = 900.0
#: So often is a window run again until it has nothing to do.
AGAIN = 3
_BUGS = re.compile(
    r"Traceback|an error in the collection itself|MODULE FAILURE|Unexpected failure|undefined variable|is undefined"
)
_WAY_ON = re.compile(r"run this again|Run this|bomgar_\w+|waive the check|See to that", re.IGNORECASE)
_WAIVER = re.compile(r"waive the check (\w+)")


def tree(pid: int) -> list[int]:
    """A process and all that it started: ansible's workers have sessions of their own."""
    found = [pid]
    with contextlib.suppress(OSError):
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in listed.read_text(encoding="ascii").split():
                found += tree(int(child))
    return found


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def kill(pid: int) -> None:
    """kill -9 of a whole run; returns when none of it is left."""
    os.kill(pid, signal.SIGSTOP)  # or it would start more meanwhile
    all_of_it = tree(pid)
    for each in all_of_it:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    while not all(_gone(each) for each in all_of_it):
        time.sleep(0.001)


@dataclass
class Place:
    """A scenario as it stands: the simulator, the folders, and what was run and said. Served only while something is run."""

    scenario: Scenario
    world: PairWorld
    said: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    waivers: dict[str, str] = field(default_factory=dict)
    struck: list[str] = field(default_factory=list)
    seen: list[tuple[str, Any]] = field(default_factory=list)

    @classmethod
    def new(cls, scenario: Scenario, folder: Path) -> Place:
        """A pair before its upgrade."""
        (folder / "home").mkdir(parents=True)
        world = pair_site(folder, scenario.versions, **scenario.options)
        world.common.update(bomgar_path=scenario.path, **scenario.common)
        place = cls(scenario, world)
        place._lead()
        return place

    def move(self, folder: Path) -> None:
        """Go on in a copy of the folder; for a process that was forked from the one that made it."""
        shutil.copytree(self.world.folder, folder, symlinks=True)
        self.world.folder = folder
        self.world.packages = tuple(folder / path.name for path in self.world.packages)
        self._lead()

    def _lead(self) -> None:
        pair, leads = self.world.pair, self.world.folder / "leads-to"
        (self.world.folder / "cutover.yml").write_text(
            CUTOVER.replace("{{ playbook_dir }}/leads-to", str(leads)), encoding="utf-8"
        )
        boxes = dict(zip("ab", pair.boxes, strict=True))

        def by_file() -> Any:
            return boxes[leads.read_text(encoding="utf-8") if leads.is_file() else "a"]

        pair.door.follow = "shared_ip" if "shared_ips" in self.scenario.options else by_file

    @contextlib.contextmanager
    def served(self) -> Iterator[Place]:
        """The simulator answers inside."""
        with self.world.simulator.serve() as served:
            self.world.served = served
            yield self

    # running

    def run(self, window: str, decide: Decision | None = None) -> tuple[Played, str | None]:
        """One run; `decide` may have a request struck. With the fault that struck, the last one of them."""
        names = {box: name for name, box in zip("ab", self.world.pair.boxes, strict=True)}
        self.seen = []
        struck: str | None = None
        process: subprocess.Popen[str] | None = None

        def arrived(box: Any, request: Any) -> None:
            nonlocal struck
            what = f"{names[box]} {request.role}"
            self.seen.append((what, request))
            fault = decide(len(self.seen), what) if decide else None
            if fault is None:
                return
            struck = fault
            self.struck.append(f"{len(self.seen)} {what}: {fault}")
            if fault != LOST:
                assert process is not None
                kill(process.pid)
            if fault in (LOST, UNHEARD):
                box.faults.plant("lost" if fault == LOST else "refuse", when=lambda each: each is request)

        self.world.simulator.on_request = arrived
        arguments = [
            "-e",
            f"bomgar_window={window}",
            "-e",
            json.dumps({"bomgar_waivers": {**NO_INTEGRATIONS, **self.waivers}}),
        ]
        if window == "second":
            arguments += ["-e", "bomgar_signed_off_by=Ada"]
        process = self.world.start("upgrade", *arguments)
        try:
            text, _none = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            kill(process.pid)
            text, _none = process.communicate()
            self.wrong.append("a run hangs")
        finally:
            self.world.simulator.on_request = None
        played = Played(process.returncode, text)
        self._heard(window, played, struck)
        return played, struck

    def _heard(self, window: str, played: Played, struck: str | None) -> None:
        self.said.append(f"===== {window}, exit {played.code}, struck: {struck}\n{played.text}")
        if found := _BUGS.search(played.text):
            self.wrong.append(f"a run of the {window} window showed {found.group()!r}")
        if struck in (None, LOST) and played.code != 0 and not _WAY_ON.search(_failure(played.text)):
            self.wrong.append(f"a run of the {window} window failed without a way on: {_failure(played.text)}")
        if any(secret in played.text for secret in self.world.secrets()):
            self.wrong.append("a secret was printed")
        if struck == FORGOTTEN:
            shutil.rmtree(self.world.records, ignore_errors=True)

    def window(self, window: str, decide: Decision | None = None, *, confirmed: bool = True) -> None:
        """A window with interruptions, until it is good. `confirmed`: until a run says that nothing is left to do."""
        failed: list[str] = []
        calm = 0
        while calm <= AGAIN + len(self.waivers):
            played, struck = self.run(window, decide)
            if struck not in (None, LOST):
                continue
            calm += 1
            if played.code != 0:
                failed.append(_failure(played.text))
                self.waivers.update(dict.fromkeys(_WAIVER.findall(played.text), "the record is lost"))
            elif not confirmed or "nothing to do" in played.words:
                return
        self.wrong.append(f"the {window} window did not come to its end: {failed}")

    # judging

    def judged(self) -> list[str]:
        """What is wrong in the end, in words; nothing for a good cell."""
        world, pair, truth = self.world, self.world.pair, self.world.pair.truth
        wrong = list(self.wrong)
        primary = dict(zip("ab", pair.boxes, strict=True))[self.scenario.primary]
        other = pair.other(primary)
        if world.versions != [world.wished, world.wished]:
            wrong.append(f"the versions are {world.versions}")
        if not pair.established or (primary.role, other.role) != ("primary", "backup"):
            wrong.append(f"roles: a {pair.a.role}, b {pair.b.role}; established: {pair.established}")
        if pair.door.target is not primary:
            wrong.append(f"the name leads to {pair.door.target and pair.door.target.host}")
        wrong += truth.violations(exported=self._exported())
        for box in pair.boxes:
            wrong += [f"{box.host}: decoy {each}" for each in box.truth.decoys]
            wrong += [f"{box.host}: {each} is locked out" for each in box.truth.lockouts]
            wrong += [f"{box.host}: an installation was refused: {each}" for each in box.truth.installs_refused]
            counted = Counter(one.package for one in box.truth.installs)
            wrong += [f"{box.host}: {name} was installed {times} times" for name, times in counted.items() if times > 1]
        for kind in ("broken", "established"):
            if len(truth.of(kind)) != 1:
                wrong.append(f"{kind} {len(truth.of(kind))} times")
        pressed = [event.detail for event in truth.of("refused") if event.detail["operation"] != "sync"]
        wrong += [f"pressed again: {detail}" for detail in pressed]
        moves = [event.detail["to"] for event in truth.of("door") if event.detail["to"]]
        if moves != ([primary.host] if self.scenario.path == "role_swap" else []):
            wrong.append(f"the name moved to {moves}")
        for path in world.written():
            if path.suffix in (".json", ".html", ".md", ".xml", ".txt"):
                text = path.read_text(encoding="utf-8", errors="replace")
                wrong += [f"a secret is in {path.name}" for secret in world.secrets() if secret in text]
        return list(dict.fromkeys(wrong))

    def _exported(self) -> set[str]:
        """Those of the lost sessions that an export has."""
        files = [path for path in (self.world.folder / "exports").rglob("*") if path.is_file()]
        words = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8", errors="replace") for path in files)))
        lost = self.world.pair.truth.lost_sessions.values()
        return {word for one in lost for word in (one.guid, str(one.number)) if word in words}

    @property
    def commanded(self) -> set[str]:
        """The commands of all runs, by box and role."""
        boxes = zip("ab", self.world.pair.boxes, strict=True)
        return {f"{name} {each.role}" for name, box in boxes for each in box.truth.requests if each.command}

    def arrived(self) -> list[Arrived]:
        """The requests of the last run."""
        return [Arrived(what, request.command) for what, request in self.seen]


def _failure(text: str) -> str:
    found = re.findall(r"(?:fatal: .*|\[ERROR\].*)", text)
    return found[-1] if found else text[-600:]


def upgraded(place: Place, windows: tuple[str, ...] = WINDOWS, struck: dict[str, Decision] | None = None) -> list[str]:
    """The rest of an upgrade, some windows of it struck; what is wrong in the end. To be called while it is served."""
    for window in windows:
        place.window(window, (struck or {}).get(window), confirmed=window in (struck or {}) or window == windows[-1])
        if place.wrong:
            break
    return place.judged()
