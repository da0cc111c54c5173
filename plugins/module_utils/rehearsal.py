# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rehearses an upgrade: starts the simulator with a site's twin, which runs the shipped playbook on it, and reads the record that is left.

    <directory>/<site>/<started, UTC>/   twin.json, inventory.yml, records/, rehearsal.log, truth.json, ...
    <directory>/<site>/latest            -> the newest of these

Nothing here knows an address or an account of the real site. The simulator ends with the process that started it, and the playbook
with the simulator, so that a run that is killed leaves nothing behind.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import audit_file
from .errors import BadInput, MissingLibrary, RunFailed
from .models import Outcome
from .record import Record
from .record_files import LATEST, new_folder, not_written, point, site_folder, write_file
from .record_standing import last_attempts
from .report_view import view
from .runner import Task
from .twin import CUTOVER, DOOR

#: What the simulator imports, and nothing else of this collection needs.
LIBRARIES = ("aiohttp", "cryptography", "trustme")
_SIMULATOR = "ansible_collections.bomgar.appliance.tests.simulator"
#: In front of every line of the twin's playbook, so that none is taken for the real site's.
PREFIX = "rehearsal | "
#: Simulated seconds that time goes on by with each request, where it does not run by itself.
_STEP = 60.0
#: What of this process's surroundings is not for the twin: settings of Ansible and AWX, proxies, other authorities.
_NOT_INHERITED = re.compile(r"ANSIBLE_|AWX_|TOWER_|REQUESTS_CA|CURL_CA|SSL_CERT|\w+_proxy$", re.IGNORECASE)
_DULL = re.compile(r"TASK \[|PLAY RECAP|(ok|changed|skipping|included): |\S+\s+: ok=|ready: |\s*(\"msg\": )?[][{}]*,?$")
_QUOTED = re.compile(r'\s{4,}(?:"msg": )?"(.*)",?')
_CUTOVER_TASKS = """---
- name: Move the twin's name
  ansible.builtin.copy:
    content: "{{ bomgar_cutover_to }}"
    dest: DOOR
    mode: "0600"
"""


def rehearse(task: Task) -> dict[str, Any]:
    """The result of the module `rehearsal`. RunFailed with the twin's own words if its upgrade did not end well."""
    twin, scale = task.params["twin"], task.params["scale"]
    if scale < 0:
        raise BadInput("rehearse", f"the scale is {scale}", "Give a number, or 0 (rehearsal_scale).")
    root = _collections()
    _require()
    if task.check_mode:
        return {"changed": False, "msg": f"{twin['site']}: would be rehearsed on a twin"}
    folder = _folder(task)
    try:
        packages = _prepare(task, folder)
    except OSError as error:
        raise not_written(folder, error) from error
    code, said = _run(_command(folder, scale), folder, root, lambda line: task.say(PREFIX + line))
    record = Record.open_latest(folder / "records", twin["site"])
    result = {"folder": str(folder), "packages": packages, **_left(record)}
    if code != 0:
        raise RunFailed(
            Outcome.FAILED.value,
            f"rehearse the upgrade of {twin['site']} on a twin",
            why(said) or f"the rehearsal ended with code {code}",
            f"That is what the twin's upgrade said, and nothing was done to the real site. All of it is in {folder / 'rehearsal.log'}.",
            **result,
        )
    return {"changed": True, "msg": f"{twin['site']}: the rehearsal went well", **result}


# -- before -----------------------------------------------------------------------------------------------------------


def _collections() -> Path:
    """The folder of collections that this one lies in. BadInput where it has no simulator, as in a module sent elsewhere."""
    root = Path(__file__).parents[5]
    if not (root / Path(*_SIMULATOR.split("."))).is_dir():
        raise BadInput(
            "rehearse",
            "the simulator is not beside this module",
            "Run it on the controller, without delegate_to, async and become; install the whole collection, with its folder tests.",
        )
    return root


def _require() -> None:
    """MissingLibrary for what the simulator needs; it imports it in a process of its own."""
    lacking = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if lacking:
        error = MissingLibrary(lacking, f"no module named {lacking[0]}")
        error.remedy = f"Only rehearsals need it: {sys.executable} -m pip install {' '.join(LIBRARIES)}"
        raise error


def _folder(task: Task) -> Path:
    place = site_folder(task.params["directory"], task.params["twin"]["site"])
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = new_folder(place, task.clock())
        point(place / LATEST, folder.name)
    except OSError as error:
        raise not_written(place, error) from error
    return folder


def _prepare(task: Task, folder: Path) -> list[dict[str, Any]]:
    """The twin's description with its folders and commands, its own cutover, and the audit of the real site's integrations.

    Gives the twin's package files, which the simulator will write.
    """
    twin, scale = task.params["twin"], task.params["scale"]
    told = json.loads(json.dumps(twin["told"]))
    variables = told["variables"]
    wait = float(task.params["sessions_wait"] or 3600.0)
    variables |= {
        "bomgar_record_dir": str(folder / "records"),
        "bomgar_backup_dir": str(folder / "backups"),
        "session_export_dir": str(folder / "exports"),
        # Real seconds: what simulated time they stand for depends on the scale, and none is so short that a slow machine fails.
        "bomgar_poll_interval": 1.0 if scale else 0.02,
        "bomgar_deadline": 300.0 + (10800.0 / scale if scale else 0.0),
        "bomgar_sessions_wait": 120.0 + (wait / scale if scale else 0.0),
    }
    packages: list[dict[str, Any]] = variables.get("bomgar_packages") or []
    for package in packages:
        package["path"] = str(folder / package["path"])
    if (variables.get("bomgar_cutover") or {}).get("file") == CUTOVER:
        variables["bomgar_cutover"]["file"] = str(folder / CUTOVER)
        door = json.dumps(str(folder / DOOR))
        write_file(folder / CUTOVER, _CUTOVER_TASKS.replace("DOOR", door).encode())
    inventory = str(folder / "inventory.yml")
    playbook = [sys.executable, "-m", "ansible", "playbook", "bomgar.appliance.upgrade", "-i", inventory]
    told["commands"] = [
        [*playbook, *(["-e", f"bomgar_window={window}"] if window else [])] for window in twin["windows"] or [""]
    ]
    write_file(folder / "twin.json", (json.dumps(told, indent=1) + "\n").encode())
    write_file(folder / "ansible.cfg", b"# Empty: a rehearsal runs with what Ansible does by default.\n")
    if task.params["records"]:
        audit = audit_file.folder_of(task.params["records"], twin["site"]) / audit_file.FILE
        if audit.is_file():
            own = audit_file.folder_of(folder / "records", twin["site"])
            own.mkdir(mode=0o700, parents=True)
            write_file(own / audit_file.FILE, audit.read_bytes())
    return packages


def _command(folder: Path, scale: float) -> list[str]:
    time = ["--clock", "scaled", "--scale", str(scale)] if scale else ["--clock", "looks", "--step", str(_STEP)]
    return [sys.executable, "-m", _SIMULATOR, "--twin", str(folder / "twin.json"), "--with-parent", *time]


def surroundings(inherited: Mapping[str, str], folder: Path, root: Path) -> dict[str, str]:
    """The environment of the simulator and of the playbook that it runs."""
    kept = {name: value for name, value in inherited.items() if not _NOT_INHERITED.match(name)}
    path = [str(root), *filter(None, [kept.get("PYTHONPATH")])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUNBUFFERED": "1",
        "ANSIBLE_COLLECTIONS_PATH": str(root),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_NOCOWS": "1",
    }


# -- the run ----------------------------------------------------------------------------------------------------------


def _run(command: Sequence[str], folder: Path, root: Path, say: Callable[[str], None]) -> tuple[int, str]:
    """Run it to its end, telling its lines; gives its code and all that it said. Never leaves it running."""
    said: list[str] = []
    log = os.open(folder / "rehearsal.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(log, "w", buffering=1, encoding="utf-8") as kept,
        # The command is made of this collection's own words and folders.
        subprocess.Popen(  # noqa: S603 # pylint: disable=ansible-bad-function
            list(command),
            cwd=folder,
            env=surroundings(os.environ, folder, root),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                kept.write(line)
                said.append(line)
                if short := shortened(line):
                    say(short)
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(40)
                except subprocess.TimeoutExpired:
                    process.kill()
    shutil.rmtree(folder / ".ansible", ignore_errors=True)
    return code, "".join(said)


def shortened(line: str) -> str:
    """A line of the playbook as it is shown; empty for what only says that a task was done. All of it is in the log."""
    if _DULL.match(line):
        return ""
    quoted = _QUOTED.fullmatch(line.rstrip())
    return quoted[1].replace('\\"', '"') if quoted else line.rstrip().rstrip("*").rstrip()


# -- after ------------------------------------------------------------------------------------------------------------


def why(said: str) -> str:
    """What the twin's playbook failed for: the message of its last fatal task; empty where none is told."""
    message = ""
    for found in re.finditer(r"^fatal: \[[^\]]*\]: \w+! => ", said, re.MULTILINE):
        try:
            result, _end = json.JSONDecoder().raw_decode(said, found.end())
        except ValueError:
            continue
        message = str(result.get("msg") or message)
    return message.strip()


def _left(record: Record | None) -> dict[str, Any]:
    """What the twin's record says, for the comparison."""
    if record is None:
        return {"report": None, "rehearsed": {}}
    data = record.data
    seen = view({**data, "rehearsal": False})  # its sentence without the mark: it is said beside what is one already
    outcomes: dict[tuple[str, Any], str | None] = {}
    for step in last_attempts(data):
        outcomes[step["id"], step.get("appliance")] = outcomes[step["id"], None] = step["outcome"]
    plan = data.get("plan") or {}
    report = record.folder / "report.html" if record.folder else None
    return {
        "report": str(report) if report and report.is_file() else None,
        "rehearsed": {
            "sentence": seen.sentence,
            "finished": seen.standing.finished,
            "outcome": seen.standing.outcome.value if seen.standing.outcome else None,
            "fingerprint": plan.get("fingerprint"),
            "began": {name: kept.get("values") or {} for name, kept in data["snapshots"]["before"].items()},
            "steps": [
                {
                    "id": step["id"],
                    "appliance": step.get("appliance"),
                    "title": step["title"],
                    "outcome": outcomes.get((step["id"], step.get("appliance"))),
                }
                for step in plan.get("steps") or ()
            ],
        },
    }
