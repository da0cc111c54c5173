# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.campaign`: the matrix, or a part of it; fails if a cell is not good. Set by SLICE=2/8, SEED=, SAMPLE= and JOBS=.

Results are lines of JSON in .cache/campaign, in a file for each state of the code: what has been played with it is not played again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

# As make runs it, the checkout is the working directory; its link there is what ansible sees, too.
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".cache/collections"))

from ansible_collections.bomgar.appliance.tests.campaign import play  # noqa: E402
from ansible_collections.bomgar.appliance.tests.campaign.matrix import (  # noqa: E402
    SCENARIOS,
    WINDOWS,
    Arrived,
    Cell,
    at_request,
    cells,
    chosen,
)

CODE = ("plugins", "roles", "playbooks", "tests/simulator", "tests/campaign", "tests/integration/pairs/conftest.py")
RESULTS = ROOT / ".cache/campaign"


def state_of_the_code() -> str:
    """A digest of all that decides how a cell goes."""
    digest = hashlib.sha256()
    for name in CODE:
        place = ROOT / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in (".py", ".yml"):
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def aside(work: Callable[[], None]) -> int:
    """Do it in a process of its own, which is a copy of this one; its number."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - it must never come back into what the other process does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def append(path: Path, value: Any) -> None:
    """One line, written at once, so that several processes may write."""
    with path.open("ab", buffering=0) as file:
        file.write(json.dumps(value).encode() + b"\n")


def lines(path: Path) -> list[Any]:
    """The lines of JSON that are there."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


class Campaign:
    """One invocation. `folder`: where the cells have their files while they are played."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self.folder, self.jobs = folder, jobs
        code = state_of_the_code()
        self.results, self.requests = RESULTS / f"{code}.jsonl", RESULTS / f"{code}-undisturbed.jsonl"
        RESULTS.mkdir(parents=True, exist_ok=True)
        #: A scenario as it stands before a window: cells begin in a copy of this process.
        self.before: dict[tuple[str, str], play.Place] = {}

    def prepared(self, scenario: str, window: str) -> play.Place:
        """The scenario as it stands before this window."""
        key = (scenario, window)
        if key not in self.before:
            place = play.Place.new(SCENARIOS[scenario], self.folder / f"{scenario}-{window}")
            if window != WINDOWS[0]:
                with place.served():
                    place.window(WINDOWS[0], confirmed=False)
            self.before[key] = place
        return self.before[key]

    def undisturbed(self) -> dict[str, dict[str, list[Arrived]]]:
        """The requests of each window that nothing disturbs."""
        known = {line["scenario"] for line in lines(self.requests)}
        self._work(partial(self._count, name) for name in SCENARIOS if name not in known)
        return {
            line["scenario"]: {window: [Arrived(*each) for each in line[window]] for window in WINDOWS}
            for line in lines(self.requests)
        }

    def _count(self, name: str) -> None:
        place = play.Place.new(SCENARIOS[name], self.folder / f"{name}-undisturbed")
        found: dict[str, list[tuple[str, bool]]] = {}
        with place.served():
            for window in WINDOWS:
                place.window(window, confirmed=False)
                found[window] = [(each.what, each.command) for each in place.arrived()]
        wrong = place.judged()
        for window, commands in SCENARIOS[name].commands.items():
            if tuple(what for what, command in found[window] if command) != commands:
                wrong.append(f"the commands of the {window} window are others than matrix.py has")
        if wrong:
            sys.exit(f"{name}, undisturbed: {wrong}\n{place.said[-1]}")
        append(self.requests, {"scenario": name, **found})

    def go(self, todo: list[Cell]) -> None:
        """All of them, so many at once as there are jobs."""
        began, played = time.time(), 0

        def begun() -> Iterable[Callable[[], None]]:
            nonlocal played
            for cell in todo:
                place = self.prepared(cell.scenario, cell.window)
                yield partial(self._play, cell, place)
                played += 1
                if played % 20 == 0:
                    print(f"{played} of {len(todo)} begun, {time.time() - began:.0f} s", flush=True)

        self._work(begun())

    def _play(self, cell: Cell, place: play.Place) -> None:
        began = time.time()
        with tempfile.TemporaryDirectory(prefix="cell-", dir=self.folder) as name:
            place.move(Path(name) / "place")
            windows = WINDOWS[WINDOWS.index(cell.window) :]
            with place.served():
                wrong = play.upgraded(place, windows, {cell.window: at_request(cell.number, cell.fault)})
        if wrong:
            said = RESULTS / "said" / f"{cell.id.replace('/', '-')}.txt"
            said.parent.mkdir(exist_ok=True)
            said.write_text("\n".join(place.said), encoding="utf-8")
            print(f"NOT GOOD {cell.id} ({cell.role}): {'; '.join(wrong)}  see {said}", flush=True)
        result = {**asdict(cell), "id": cell.id, "struck": place.struck, "runs": len(place.said)}
        append(self.results, {**result, "wrong": wrong, "seconds": round(time.time() - began, 1)})

    def _work(self, pieces: Iterable[Callable[[], None]]) -> None:
        running: set[int] = set()
        try:
            for piece in pieces:
                running.add(aside(piece))
                if len(running) >= self.jobs:
                    running.discard(os.wait()[0])
        finally:
            while running:
                running.discard(os.wait()[0])


def main() -> int:
    """The exit status."""
    setting = os.environ.get
    part, _slash, of = (setting("SLICE") or "1/1").partition("/")
    sample = setting("SAMPLE")
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        campaign = Campaign(Path(name), int(setting("JOBS") or os.cpu_count() or 1))
        undisturbed = campaign.undisturbed()
        if len(undisturbed) != len(SCENARIOS):
            return 1
        matrix = cells(undisturbed)
        print(f"{len(matrix)} cells:")
        for scenario, windows in undisturbed.items():
            for window, requests in windows.items():
                own = [cell for cell in matrix if (cell.scenario, cell.window) == (scenario, window)]
                commands = sum(each.command for each in requests)
                print(f"  {scenario:18} {window:7} {len(requests):4} requests, {commands} commands, {len(own):5} cells")
        wanted = chosen(
            matrix,
            seed=int(setting("SEED") or 1),
            sample=int(sample) if sample else None,
            part=(int(part), int(of or 1)),
        )
        done = {line["id"] for line in lines(campaign.results)}
        todo = [cell for cell in wanted if cell.id not in done]
        print(f"{len(wanted)} chosen, {len(wanted) - len(todo)} played already, {len(todo)} to play", flush=True)
        campaign.go(todo)
    ids = {cell.id for cell in wanted}
    results = [line for line in lines(campaign.results) if line["id"] in ids]
    bad = [line for line in results if line["wrong"]]
    for line in bad:
        print(f"NOT GOOD {line['id']} ({line['role']}): {'; '.join(line['wrong'])}")
    reached = Counter(bool(line["struck"]) for line in results)
    print(f"{len(results)} of {len(wanted)} chosen cells played: {len(results) - len(bad)} good, {len(bad)} not good")
    if reached[False]:
        print(f"{reached[False]} of them ended before the request came that was to be struck")
    return int(bool(bad) or len(results) < len(wanted))


if __name__ == "__main__":
    sys.exit(main())
