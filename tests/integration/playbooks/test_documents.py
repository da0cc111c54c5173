# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents tell to type is typed, at the simulator that they tell to start, and what they show is what comes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import COLLECTIONS, PATIENCE, ROOT, Played

pytestmark = pytest.mark.once

DOCUMENTS = [ROOT / "README.md", ROOT / "examples/README.md", *sorted((ROOT / "docs").glob("*.md"))]
WAVES = """-e '{"bomgar_serial": [1, 5, "20%"], "bomgar_bake": 3600, "bomgar_may_fail": 2}'"""
SIGNED = "-e 'bomgar_signed_off_by=\"Ada Lovelace\"'"
#: In the order in which somebody would; all of them against the simulator of the quick start.
ONE = [
    "ansible-playbook bomgar.appliance.show_status -i sites.yml",
    "ansible-playbook -i sites.yml examples/check_pages.yml",
    "ansible-playbook bomgar.appliance.check_readiness -i sites.yml",
    "ansible-playbook bomgar.appliance.plan_upgrade -i sites.yml",
    "ansible-playbook bomgar.appliance.upgrade -i sites.yml --check",
    "ansible-playbook bomgar.appliance.upgrade -i sites.yml",
    f"ansible-playbook bomgar.appliance.upgrade -i sites.yml {WAVES}",
    "ansible-playbook bomgar.appliance.validate -i sites.yml",
    "ansible-playbook bomgar.appliance.export_sessions -i sites.yml -e export_since=2026-11-01T00:00:00+01:00",
]
#: Against the simulated pair of docs/pairs.md.
PAIR = [
    "ansible-playbook bomgar.appliance.upgrade -i sites.yml -e bomgar_window=first",
    "ansible-playbook bomgar.appliance.show_status -i sites.yml",
    f"ansible-playbook bomgar.appliance.validate -i sites.yml {SIGNED}",
    "ansible-playbook bomgar.appliance.plan_upgrade -i sites.yml -e bomgar_window=second",
    f"ansible-playbook bomgar.appliance.upgrade -i sites.yml -e bomgar_window=second {SIGNED}",
    "ansible-playbook bomgar.appliance.upgrade -i sites.yml -e bomgar_window=second",
    "ansible-playbook bomgar.appliance.upgrade -i sites.yml -e bomgar_abort=true",
]
#: What needs more than a simulator, and the test that does it.
ELSEWHERE = {
    "ansible-playbook bomgar.appliance.rehearse -i sites.yml": "playbooks/test_rehearsal.py",
    "ansible-playbook bomgar.appliance.audit_integrations -i sites.yml": "audit/test_integration_audit.py",
    "ansible-playbook bomgar.appliance.converge -i inventory": "playbooks/test_gitops.py",
    "ansible-playbook configure.yml -e @mine.yml --ask-vault-pass": "awx/test_configure.py",
    "ANSIBLE_INVENTORY=sites.yml ansible-rulebook -r bomgar.appliance.watch": "events/test_rulebook.py",
}


def commands(document: Path) -> list[str]:
    """What a document tells to type at a prompt, each in one line."""
    text = document.read_text(encoding="utf-8").replace("\\\n", "")
    found = re.findall(r"(?m)^ {4,}((?:[A-Z_]+=\S+ )?(?:ansible-playbook|ansible-rulebook) .*)$", text)
    found += re.findall(r"`(ansible-playbook [^`]+ -i [^`]+)`", text)
    return [" ".join(line.replace("lab/inventory.yml", "sites.yml").split()) for line in found]


def simulator(document: str) -> list[str]:
    """How a document starts the simulator."""
    text = (ROOT / document).read_text(encoding="utf-8").replace("\\\n", "")
    (line,) = re.findall(r"(?m)^    \.venv/bin/python (-m tests\.simulator .*)$", text)
    return shlex.split(line.replace("$PWD", os.path.realpath(os.curdir)))


def shown(document: str) -> Iterator[str]:
    """The lines that a document shows of an output."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for block in re.findall(r"(?ms)^```text\n(.*?)^```", text):
        yield from (line for line in block.splitlines() if line.strip() != "...")


def timeless(text: str) -> str:
    """The words of a text, without the times in it, which differ from run to run."""
    text = re.sub(r"\b\d\d:\d\d\b", "N", Played(0, text).words)
    return re.sub(r"\b[\d.]+ (?:h|min|s|ms)\b(?: [\d.]+ (?:min|s)\b)?", "N", text)


def test_every_command_is_typed_somewhere() -> None:
    told = {command for document in DOCUMENTS for command in commands(document)}
    assert told == {*ONE, *PAIR, *ELSEWHERE}
    assert all((ROOT / "tests/integration" / test).exists() for test in ELSEWHERE.values())


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Callable[[str], str]]]:
    """`lab(document)` starts the simulator as the document says, by looks; what comes of it types a command and gives its output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}",
    }
    running: list[subprocess.Popen[str]] = []

    def type_in(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(document: str) -> Callable[[str], str]:
        quick = ["--clock", "looks", "--set", "bomgar_poll_interval=0.02"]
        process = subprocess.Popen(
            [sys.executable, *simulator(document), *quick],
            env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready: 1 site")
        (tmp_path / "sites.yml").symlink_to(tmp_path / "lab/inventory.yml")
        return type_in

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def steps(text: str) -> list[tuple[str, str]]:
    """The steps that tables list under `step`, and how long each usually takes."""
    found, at = [], None
    for line in text.replace("\\", "").splitlines():
        cells = [cell.strip().lower() for cell in line[1:-1].split("|")] if line.startswith("|") else []
        if "step" in cells:
            at = cells.index("step"), cells.index("usually")
        elif not cells or at is None:
            at = None
        elif "---" not in line:
            found.append((cells[at[0]], cells[at[1]]))
    return found


def test_a_table_of_steps_is_read() -> None:
    table = "|  | Step | Usually |\n| --- | --- | --- |\n| next | Break \\> it | 1-10 min |\n\n| a | b | c |\n"
    assert steps(table) == [("break > it", "1-10 min")]


def as_planned(type_in: Callable[[str], str], path: str, *arguments: str) -> bool:
    """Whether the time line of a path's page is that of the plan."""
    chosen = shlex.join([*arguments, "-e", f"bomgar_path={path}", "-e", f"plan_dest={path}.md"])
    type_in(f"ansible-playbook bomgar.appliance.plan_upgrade -i sites.yml {chosen}")
    planned = steps(Path(f"{path}.md").read_text(encoding="utf-8"))
    assert planned == steps((ROOT / f"docs/{path}.md").read_text(encoding="utf-8"))
    return len(planned) > 4


def outputs_are_as_shown(said: str, *documents: str) -> None:
    """Whether every line that these documents show stands in what was said."""
    said = timeless(said)
    for document in documents:
        lines = [timeless(line) for line in shown(document)]
        assert lines, document
        assert [line for line in lines if line not in said] == [], said


def test_what_is_told_of_one_appliance(lab: Any) -> None:
    type_in = lab("docs/quickstart.md")
    assert as_planned(type_in, "automatic")
    packages = [str(Path("lab/packages", name).resolve()) for name in ("base-6.2.0.pkg", "site-23.2.1.pkg")]
    assert as_planned(type_in, "manual", "-e", json.dumps({"bomgar_packages": packages}))
    said = "".join(type_in(command) for command in ONE)
    outputs_are_as_shown(said, "README.md", "docs/quickstart.md", "docs/upgrade.md")


def test_what_is_told_of_a_pair(lab: Any) -> None:
    type_in = lab("docs/pairs.md")
    assert as_planned(type_in, "in_place")
    assert as_planned(type_in, "role_swap")
    said = "".join(type_in(command) for command in PAIR)
    outputs_are_as_shown(said, "docs/pairs.md")
