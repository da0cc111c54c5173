# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the collection adds, as ratios: `python -m tests.bench [NAME ...]`; fails if one is over its limit.

Absolute times are shown beside them and mean little: the machine may be shared and slow.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TASKS = 20
ACCOUNT = {"client_id": "{{ bomgar_api_client_id }}", "client_secret": "{{ bomgar_api_client_secret }}"}
INFO = {"appliance": {"url": "{{ bomgar_url }}", "ca_path": "{{ bomgar_ca_path }}", "api": ACCOUNT}}
URI = {"url": "{{ bomgar_url }}/check_health", "ca_path": "{{ bomgar_ca_path }}"}
INSTALL_SECONDS = 60
SYNC_SECONDS = 60
POLL = 2
LARGE = 2 * 1024**3
#: Sites and forks.
GROWTH = ((20, 20), (50, 50), (100, 100), (200, 200), (200, 50), (200, 20))


@dataclass(frozen=True)
class Figure:
    """One ratio and its limit. `unit` is MiB where a difference and not a ratio is meant."""

    name: str
    against: str
    value: float
    at_most: float
    detail: str
    unit: str = "x"

    @property
    def held(self) -> bool:
        """Whether it is within its limit."""
        return self.value <= self.at_most


@contextlib.contextmanager
def simulator(*options: str) -> Iterator[Path]:
    """A simulator in a process of its own; its folder with inventory.yml, ca.pem and packages."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.simulator", "--directory", name, "--no-rate-limits", *options]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                while "ready" not in (line := process.stdout.readline()).lower():
                    if not line:
                        raise RuntimeError("the simulator did not start")
                yield folder
            finally:
                process.terminate()


def play(folder: Path, playbook: str, *options: str, forks: int = 5) -> float:
    """Seconds of one ansible-playbook run."""
    environment = {
        **os.environ,
        "ANSIBLE_FORKS": str(forks),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "collections"),
        "ANSIBLE_HOME": str(folder / "ansible"),
    }
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    began = time.monotonic()
    done = subprocess.run(
        [program, "-i", str(folder / "inventory.yml"), playbook, *options],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-4000:])
    return time.monotonic() - began


def info_task() -> list[Figure]:
    """An info task beside a GET by ansible.builtin.uri; the play's own cost is taken off both."""
    with simulator("--site", "24.3.1", "--base", "6.4.0") as folder:
        empty, info, uri = [], [], []
        for _round in range(3):
            empty.append(play(folder, _tasks(folder, "nothing", {}, 0)))
            info.append(play(folder, _tasks(folder, "bomgar.appliance.info", INFO)))
            uri.append(play(folder, _tasks(folder, "ansible.builtin.uri", URI)))
    floor = statistics.median(empty)
    ours, theirs = ((statistics.median(times) - floor) / TASKS for times in (info, uri))
    return [
        Figure(
            "an info task",
            "a GET by ansible.builtin.uri",
            ours / theirs,
            0.25,
            f"{ours * 1000:.0f} ms, {theirs * 1000:.0f} ms",
        )
    ]


def single_upgrade() -> list[Figure]:
    """A whole upgrade beside the simulated installation, and the requests while it waits."""
    with simulator(*_one_install()) as folder:
        seconds = play(folder, "bomgar.appliance.upgrade", *_target(folder))
        truth = _truth(folder)
    site = next(iter(truth["sites"].values()))
    install = site["installs"][0]
    waiting = [item for item in site["requests"] if install["asked"] < item["time"] < install["finished"]]
    looks = (install["finished"] - install["asked"]) / POLL
    return [
        Figure(
            "a whole single-appliance upgrade",
            f"an installation of {INSTALL_SECONDS} s",
            seconds / INSTALL_SECONDS,
            1.10,
            f"{seconds:.1f} s",
        ),
        Figure(
            "requests while waiting",
            "one a poll interval",
            len(waiting) / looks,
            1.0,
            f"{len(waiting)} in {looks:.0f} intervals",
        ),
    ]


def whole_pair() -> list[Figure]:
    """Both windows of a role swap beside what simulated installations and syncs take."""
    with simulator("--pair", "--shared-ip", "203.0.113.10", "--sync", str(SYNC_SECONDS), *_one_install()) as folder:
        more = {
            "bomgar_path": "role_swap",
            "bomgar_packages": [str(folder / "packages" / "site-24.3.2.pkg")],
            "bomgar_cutover": {"method": "shared_ip"},
            "bomgar_signed_off_by": "bench",
        }
        seconds = sum(
            play(folder, "bomgar.appliance.upgrade", *_target(folder, bomgar_window=window, **more))
            for window in ("first", "second")
        )
        truth = _truth(folder)
    spells = [(item["started"], item["finished"]) for site in truth["sites"].values() for item in site["installs"]]
    syncs = [(item["began"], item["ended"]) for pair in truth["pairs"].values() for item in pair["syncs"]]
    simulated = sum(end - begin for begin, end in (*spells, *syncs))
    return [
        Figure(
            "a whole pair, both windows",
            f"{len(spells)} installations and {len(syncs)} syncs",
            seconds / simulated,
            1.15,
            f"{seconds:.1f} s, {simulated:.1f} s",
        )
    ]


def many_sites(count: int = 200) -> list[Figure]:
    """Many sites at once beside one site alone."""
    alone, together = _sites(1, 1), _sites(count, count)
    return [
        Figure(f"{count} sites at once", "one site alone", together / alone, 3.0, f"{together:.0f} s, {alone:.0f} s")
    ]


def growth() -> list[Figure]:
    """How that grows with sites and forks, for docs/sizing.md: no limit is held."""
    alone = _sites(1, 1)
    return [
        Figure(
            f"{count} sites, {forks} forks", "one site alone", spent / alone, math.inf, f"{spent:.0f} s, {alone:.0f} s"
        )
        for count, forks in GROWTH
        for spent in [_sites(count, forks)]
    ]


def _sites(count: int, forks: int) -> float:
    """Seconds of a run that upgrades so many sites."""
    with simulator("--sites", str(count), *_one_install()) as folder:
        return play(folder, "bomgar.appliance.upgrade", *_target(folder), forks=forks)


def large_files() -> list[Figure]:
    """2 GiB up and down: time beside curl, memory beside nothing transferred."""
    if shutil.which("curl") is None:
        raise RuntimeError("curl is needed: apt-get install curl")
    rounds = 4
    options = (
        "--sites",
        str(2 * rounds + 2),
        "--no-hash",
        "--backup-size",
        str(LARGE),
        "--package-size",
        str(LARGE),
        "--site",
        "24.3.1",
    )
    with simulator(*options, "--base", "6.4.0", "--offer", "site:24.3.2") as folder:
        package = next(iter((folder / "packages").iterdir()))
        hosts = iter(sorted(_hosts(folder)))
        nothing = _transfer("nothing", folder, next(hosts), package)
        download = _transfer("download", folder, next(hosts), package)
        _read_through(package)
        ours, theirs = [], []
        for number in range(rounds):
            for what in ("upload", "curl") if number % 2 else ("curl", "upload"):
                (ours if what == "upload" else theirs).append(_transfer(what, folder, next(hosts), package))
    ratios = [mine["seconds"] / curl["seconds"] for mine, curl in zip(ours, theirs, strict=True)]
    ratio = statistics.median(ratios)
    peak = max(item["peak"] for item in ours)
    times = f"{statistics.median(i['seconds'] for i in ours):.1f} s, {statistics.median(i['seconds'] for i in theirs):.1f} s"
    return [
        Figure("uploading 2 GiB", "curl -F to the same server", ratio, 1.15, times),
        Figure(
            "memory for uploading 2 GiB",
            "nothing transferred",
            peak - nothing["peak"],
            40,
            f"{peak:.0f} MiB, {nothing['peak']:.0f} MiB",
            " MiB",
        ),
        Figure(
            "memory for downloading 2 GiB",
            "nothing transferred",
            download["peak"] - nothing["peak"],
            40,
            f"{download['peak']:.0f} MiB",
            " MiB",
        ),
    ]


def _tasks(folder: Path, module: str, arguments: dict[str, Any], count: int = TASKS) -> str:
    """A playbook with so many tasks; JSON is YAML."""
    tasks = [{"name": f"Task {number}", module: arguments} for number in range(count)]
    file = folder / "tasks.yml"
    file.write_text(
        json.dumps([{"hosts": "bomgar_sites", "gather_facts": False, "connection": "local", "tasks": tasks}])
    )
    return str(file)


def _one_install() -> tuple[str, ...]:
    download = 5
    times = ("--download", str(download), "--install", str(INSTALL_SECONDS - download))
    return ("--clock", "real", "--site", "24.3.1", "--base", "6.4.0", "--offer", "site:24.3.2", *times)


def _target(folder: Path, **more: Any) -> tuple[str, ...]:
    variables = {
        "bomgar_path": "automatic",
        "bomgar_target": {"site": "24.3.2"},
        "bomgar_poll_interval": POLL,
        "bomgar_backup_dir": str(folder / "backups"),
        "bomgar_record_dir": str(folder / "records"),
        "bomgar_sessions": "accept",
        **more,
    }
    return ("-e", json.dumps(variables))


def _truth(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "truth.json").read_text())
    return content


def _hosts(folder: Path) -> list[str]:
    import yaml

    content = yaml.safe_load((folder / "inventory.yml").read_text())
    return list(content["all"]["children"]["bomgar_sites"]["hosts"])


def _read_through(file: Path) -> None:
    """So that the file lies in memory for whoever sends it first."""
    with file.open("rb") as stream:
        while stream.read(1024 * 1024):
            pass


def _transfer(what: str, folder: Path, host: str, package: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "ansible_collections.bomgar.appliance.tests.bench.transfer", what]
    done = subprocess.run(
        [*command, str(folder / "inventory.yml"), host, str(package)],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


#: What no number of the design is about; only when it is named.
FURTHER: dict[str, Callable[[], list[Figure]]] = {"growth": growth}
BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "info": info_task,
    "upgrade": single_upgrade,
    "pair": whole_pair,
    "files": large_files,
    "sites": many_sites,
}


def main() -> int:
    """Run those that were named, or all."""
    every = {**BENCHMARKS, **FURTHER}
    unknown = set(sys.argv[1:]) - set(every)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(every)}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"{name} ...", flush=True)
        for figure in every[name]():
            figures.append(figure)
            mark = "ok  " if figure.held else "OVER"
            print(
                f"  {mark} {figure.name}: {figure.value:.2f}{figure.unit} of {figure.against} (at most {figure.at_most:g}; {figure.detail})",
                flush=True,
            )
    return 0 if all(figure.held for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
