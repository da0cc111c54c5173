# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serve simulated appliances to people, `make demo`, benchmarks and Molecule: `python -m tests.simulator --help`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from .appliance import Appliance, InstallPlan
from .clock import Clock, LookClock, RealClock, ScaledClock
from .package import write_package
from .pages import DIALECTS
from .pair import SyncPlan
from .server import Served, Simulator
from .twin import Twin
from .vendor import Package


def parse_package(text: str) -> Package:
    """A package from `kind:version[:kind>=version,...]`."""
    parts = text.split(":")
    if len(parts) not in (2, 3):
        raise argparse.ArgumentTypeError(f"{text!r} is not kind:version[:kind>=version,...]")
    requires = {}
    for need in parts[2].split(",") if len(parts) == 3 else []:
        kind, sign, version = need.partition(">=")
        if not sign:
            raise argparse.ArgumentTypeError(f"{need!r} is not kind>=version")
        requires[kind.strip()] = version.strip()
    try:
        return Package(parts[0], parts[1], requires)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def parse_next(text: str) -> tuple[str, str]:
    """A host and how the next installation on it ends, from `host:outcome`."""
    host, sign, outcome = text.partition(":")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r} is not host:outcome")
    return host, outcome


def _variable(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r} is not name=value")
    try:
        told = yaml.safe_load(value)
        json.dumps(told)  # a time, say, stays the text that it is
    except (yaml.YAMLError, TypeError):
        return name, value
    return name, told


def make_parser() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Serve simulated appliances over HTTPS. With -- COMMAND, run it meanwhile and exit as it does.",
    )
    add = parser.add_argument
    add(
        "--host", action="append", help="host name of a site, more than once for several (default: support.example.com)"
    )
    add("--sites", type=int, default=1, metavar="N", help="so many sites for each HOST: site1.HOST, ...")
    add("--dialect", default="guide_en", choices=[*DIALECTS, "each"], help="look of the pages; each: site by site")
    add("--base", default="3.2.4", help="installed base software")
    add("--site", default="10.5.3", help="installed site software; decides the API's age")
    add("--offer", type=parse_package, action="append", metavar="KIND:VERSION[:KIND>=VERSION,...]",
        help="a package to offer (default: Base 3.2.6, and Bomgar 11.1.1 that needs it)")  # fmt: skip
    add("--clock", choices=["scaled", "real", "looks"], default="scaled")
    add("--scale", type=float, default=60.0, metavar="FACTOR", help="simulated seconds in a real one (scaled)")
    add("--step", type=float, default=60.0, metavar="SECONDS", help="simulated seconds a look (looks)")
    add("--download", type=float, default=120.0, metavar="SECONDS", help="simulated")
    add("--install", type=float, default=900.0, metavar="SECONDS", help="simulated; the site is down")
    add("--restart", type=float, default=180.0, metavar="SECONDS", help="simulated, after a base package")
    add("--outcome", default="good", help="of every installation: good, old_version, failed, never_back, ...")
    add("--next", type=parse_next, action="append", default=[], metavar="HOST:OUTCOME",
        help="of the next installation of one site only; more than once: of those after it, too")  # fmt: skip
    add("--down-as", default="refused", choices=["refused", "502", "503", "closed"])
    add("--page", default="answers", choices=["answers", "down"], help="/appliance while a site package installs")
    add("--sessions", type=int, default=0, metavar="N", help="running sessions")
    add("--representatives", type=int, default=0, metavar="N")
    add("--pair", action="store_true", help="each site is two appliances in failover, a and b")
    add("--broken", action="store_true", help="pairs start without a relationship")
    add("--sync", type=float, default=120.0, metavar="SECONDS", help="simulated, of a data sync")
    add("--sync-outcome", default="good", choices=["good", "fails", "stalls", "lies"])
    add("--sync-on", default="both", choices=["backup", "both"], help="whose page has Sync Now")
    add("--swap", type=float, default=20.0, metavar="SECONDS", help="simulated; both are backup while roles swap")
    add(
        "--sessions-every",
        type=float,
        metavar="SECONDS",
        help="simulated; a session arrives at whoever serves a pair's name",
    )
    add("--session-seconds", type=float, default=300.0, metavar="SECONDS", help="how long each of them lasts")
    add(
        "--shared-ip", action="append", default=[], metavar="ADDRESS", help="of pairs; the name leads to whoever has it"
    )
    add("--role", default="none", choices=["none", "primary", "backup"])
    add("--cluster-role", default="single", choices=["single", "primary", "master", "traffic"])
    add("--backup-size", type=int, default=262_144, metavar="BYTES")
    add("--package-size", type=int, default=1 << 20, metavar="BYTES", help="size of the written package files")
    add("--no-hash", action="store_true", help="do not hash uploads (benchmarks)")
    add("--no-rate-limits", action="store_true")
    add("--port", type=int, default=0, help="port of the first site (default: any free one)")
    add("--directory", type=Path, metavar="DIR", help="where inventory.yml, ca.pem, packages/ and truth.json go")
    add("--set", type=_variable, action="append", default=[], metavar="NAME=VALUE", help="more inventory variables")
    add(
        "--twin", type=Path, metavar="FILE", help="serve the twin that FILE describes (see twin.py), from FILE's folder"
    )
    add(
        "--with-parent", action="store_true", help="end, with the command, when the process that started this has ended"
    )
    add("--verbose", "-v", action="store_true", help="a line for each notable event")
    add("command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="gets SIMULATOR_DIRECTORY and _INVENTORY")
    return parser


def make_clock(options: argparse.Namespace) -> Clock:
    """The clock that the options ask for."""
    if options.clock == "looks":
        return LookClock(options.step)
    return RealClock() if options.clock == "real" else ScaledClock(options.scale)


def populate(simulator: Simulator, options: argparse.Namespace) -> list[Appliance]:
    """Publish the packages and put the sites up."""
    if options.offer:
        simulator.vendor.publish(*options.offer)
    else:
        simulator.vendor.publish_guide()
    plan = InstallPlan(
        download=options.download, install=options.install, restart=options.restart, outcome=options.outcome,
        down_as=options.down_as, page=options.page,
    )  # fmt: skip
    hosts = [
        host if options.sites == 1 else f"site{number + 1}.{host}"
        for host in options.host or ["support.example.com"]
        for number in range(options.sites)
    ]
    boxes: list[Appliance] = []
    for number, host in enumerate(hosts):
        dialect = list(DIALECTS)[number % len(DIALECTS)] if options.dialect == "each" else options.dialect
        common: dict[str, Any] = {
            "dialect": dialect, "base": options.base, "site": options.site, "install_plan": plan,
            "sessions": options.sessions, "representatives": options.representatives,
            "cluster_role": options.cluster_role, "backup_size": options.backup_size,
            "hash_uploads": not options.no_hash, "rate_limits": not options.no_rate_limits,
        }  # fmt: skip
        if options.pair:
            pair = simulator.add_pair(
                host, established=not options.broken, sync=SyncPlan(options.sync, outcome=options.sync_outcome),
                sync_on=options.sync_on, swap_seconds=options.swap, sessions_every=options.sessions_every,
                session_seconds=options.session_seconds, shared_ips=tuple(options.shared_ip), **common,
            )  # fmt: skip
            if options.shared_ip:
                pair.door.follow = "shared_ip"
            boxes += pair.boxes
        else:
            boxes.append(simulator.add_appliance(host, role=options.role, **common))
    known = {box.host: box for box in boxes}
    for host, outcome in options.next:
        if host not in known:
            raise ValueError(f"--next {host}:{outcome}: the appliances are {', '.join(known)}")
        known[host].plan_next(outcome=outcome)
    return boxes


def _yaml(content: dict[str, Any], indent: str = "") -> str:
    """Nested dictionaries as YAML; everything else as JSON, which is YAML too."""
    lines = ""
    for key, value in content.items():
        if isinstance(value, dict):
            lines += f"{indent}{key}:\n{_yaml(value, indent + '  ')}"
        else:
            lines += f"{indent}{key}: {json.dumps(value)}\n"
    return lines


def write_inventory(
    path: Path, served: Served, boxes: list[Appliance], more: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Write the collection's inventory of these sites; gives what was written."""
    hosts: dict[str, dict[str, Any]] = {}
    for box in boxes:
        pair, accounts = box.pair, box.accounts
        if pair is not None and box is pair.b:
            continue
        variables: dict[str, Any] = {
            "bomgar_url": served.url(box if pair is None else pair.door),
            "bomgar_login_username": accounts.login.username,
            "bomgar_login_password": accounts.login.password,
            "bomgar_appliance_username": accounts.appliance.username,
            "bomgar_appliance_password": accounts.appliance.password,
        }
        if box.has_oauth:
            variables["bomgar_api_client_id"] = accounts.api.client_id
            variables["bomgar_api_client_secret"] = accounts.api.client_secret
        else:
            variables["bomgar_api_username"] = accounts.api_user.username
            variables["bomgar_api_password"] = accounts.api_user.password
        if pair is not None:
            variables["bomgar_appliances"] = {
                name: _member(one, box, served) for name, one in zip("ab", pair.boxes, strict=True)
            }
        hosts[box.site_name] = variables
    everywhere = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "bomgar_ca_path": str(served.ca_path.resolve()),
        **(more or {}),
    }
    inventory = {"all": {"children": {"bomgar_sites": {"hosts": hosts, "vars": everywhere}}}}
    _write_private(path, "---\n" + _yaml(inventory))
    return inventory


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _member(box: Appliance, first: Appliance, served: Served) -> dict[str, Any]:
    """A pair's appliance in the inventory, with accounts of its own where it has them."""
    member: dict[str, Any] = {"url": served.url(box), "address": box.address, "port": served.port(box)}
    own = box.accounts.appliance
    if own.username != first.accounts.appliance.username:
        member |= {"appliance_username": own.username, "appliance_password": own.password}
    return member


def write_packages(directory: Path, packages: list[Package], size: int) -> list[Path]:
    """Write a file for each package."""
    directory.mkdir(parents=True, exist_ok=True)
    return [write_package(directory / f"{one.kind}-{one.version}.pkg", one, size) for one in packages]


def write_truth(path: Path, boxes: list[Appliance]) -> None:
    """The ground truth of all boxes, and of pairs by the site's name, as JSON, replaced in one go."""
    sites = {
        box.host: {**dataclasses.asdict(box.truth), "base": box.base, "site": box.site, "build": box.build}
        for box in boxes
    }
    pairs = {one.door.name: one.truth.as_json() for one in dict.fromkeys(box.pair for box in boxes) if one is not None}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"sites": sites, "pairs": pairs}, indent=1), encoding="utf-8")
    fresh.replace(path)


def _colour(text: str, number: int) -> str:
    return f"\x1b[{number}m{text}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop, or until the command ends."""
    simulator = Simulator(make_clock(options))
    twin = Twin.read(options.twin) if options.twin else None
    boxes = twin.populate(simulator) if twin else populate(simulator, options)
    directory = twin.directory if twin else options.directory or Path(tempfile.mkdtemp(prefix="simulator-"))
    directory.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    stale = threading.Event()

    def tell(who: str, what: str) -> None:
        if options.verbose:
            passed = f"{time.monotonic() - started:7.1f}s"
            print(f"{_colour(passed, 2)}  {_colour(who, 36)}  {what}", flush=True)
        stale.set()

    due, known, written = 0.0, 0, 0

    def keep() -> None:
        """Write the truth after an event, and when no more requests come; for many sites that takes long, so not all the time."""
        nonlocal due, known, written
        before, known = known, sum(len(box.truth.requests) for box in boxes)
        if before == known != written:
            stale.set()
        if stale.is_set() and time.monotonic() >= due:
            stale.clear()
            written = known
            begun = time.monotonic()
            write_truth(directory / "truth.json", boxes)
            due = time.monotonic() + 20 * (time.monotonic() - begun)

    simulator.on_event = tell
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: stop.set())
    if options.with_parent:
        threading.Thread(target=_end_with_parent, args=(os.getppid(), stop), daemon=True).start()
    ports = {boxes[0].site_name: options.port} if options.port else {}
    with simulator.serve(directory, ports=ports) as served:
        if twin:
            packages = twin.write_packages()
            inventory = twin.inventory(served)
            _write_private(directory / "inventory.yml", json.dumps(inventory, indent=1) + "\n")  # which is YAML, too
        else:
            packages = write_packages(directory / "packages", simulator.vendor.packages, options.package_size)
            inventory = write_inventory(directory / "inventory.yml", served, boxes, dict(options.set))
        sites = list(inventory["all"]["children"]["bomgar_sites"]["hosts"].values())
        (directory / "simulator.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")
        write_truth(directory / "truth.json", boxes)
        status = 0
        command = options.command[1:] if options.command[:1] == ["--"] else options.command
        print(
            f"ready: {len(sites)} site{'s' if len(sites) > 1 else ''} from {sites[0]['bomgar_url']}; "
            f"{len(packages)} packages; {directory / 'inventory.yml'}",
            flush=True,
        )
        commands = [command] if command else twin.told.get("commands", []) if twin else []
        if commands:
            for one in commands:
                status = _run_command(one, directory, stop, keep)
                if status or stop.is_set():
                    break
        else:
            while not stop.wait(0.2):
                keep()
        write_truth(directory / "truth.json", boxes)
        (directory / "simulator.pid").unlink()
    return status


def _end_with_parent(parent: int, stop: threading.Event) -> None:
    """Stop as soon as the process that started this one is gone, however it went."""
    while not stop.wait(0.2):
        if os.getppid() != parent:
            stop.set()


def _run_command(command: list[str], directory: Path, stop: threading.Event, keep: Callable[[], None]) -> int:
    environment = {
        **os.environ,
        "SIMULATOR_DIRECTORY": str(directory.resolve()),
        "SIMULATOR_INVENTORY": str((directory / "inventory.yml").resolve()),
    }
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            keep()
            if stop.wait(0.05) and process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
        return process.returncode if process.returncode >= 0 else 128 - process.returncode


def main(arguments: list[str] | None = None) -> int:
    """Entry point."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        return run(options)
    except ValueError as problem:
        parser.error(str(problem))
    except FileNotFoundError as problem:
        parser.error(f"cannot run {problem.filename}")


if __name__ == "__main__":
    sys.exit(main())
