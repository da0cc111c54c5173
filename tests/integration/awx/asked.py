# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the example for AWX asks of awx.awx: its playbook, run by ansible with modules that only write down what they are given.

Tests nothing itself.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROOT = Path(__file__).resolve().parents[3]
COLLECTIONS = ROOT / ".cache/collections"
MODULES = COLLECTIONS / "ansible_collections/awx/awx/plugins/modules"
EXAMPLE = ROOT / "examples/awx"

_WRITES_DOWN = """
import json, os
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        call = {"module": self._task.action.rpartition(".")[2], "task": self._task.get_name(), "given": self._task.args}
        with open(os.environ["AWX_CALLS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(call) + "\\n")
        return {"changed": False}
"""


@dataclass(frozen=True)
class Call:
    """One task, with its arguments as ansible has rendered them."""

    module: str
    task: str
    given: dict[str, Any]

    @property
    def name(self) -> str:
        """What is made."""
        return str(self.given.get("identifier") or self.given.get("name"))


def configure(folder: Path, settings: dict[str, Any] | None = None) -> list[Call]:
    """The calls of configure.yml with these settings beside its own; fails where it does."""
    actions = folder / "collections/ansible_collections/awx/awx/plugins/action"
    actions.mkdir(parents=True)
    for module in MODULES.glob("[a-z]*.py"):
        (actions / module.name).write_text(_WRITES_DOWN, encoding="utf-8")
    mine, calls = folder / "mine.yml", folder / "calls.jsonl"
    mine.write_text(yaml.safe_dump(settings or {}), encoding="utf-8")
    done = play("configure.yml", "-e", f"@{mine}", path=folder / "collections", AWX_CALLS=str(calls), HOME=str(folder))
    assert done.returncode == 0, done.stdout
    return [Call(**json.loads(line)) for line in calls.read_text(encoding="utf-8").splitlines()]


def play(*arguments: str, path: Path = COLLECTIONS, **environment: str) -> subprocess.CompletedProcess[str]:
    """ansible-playbook in the example's folder."""
    return run("ansible-playbook", *arguments, path=path, **environment)


def run(
    program: str, *arguments: str, path: Path = COLLECTIONS, **environment: str
) -> subprocess.CompletedProcess[str]:
    """One of ansible's programs, with nothing of the user's."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "CONTROLLER_"))}
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=EXAMPLE,
        env={**clean, "ANSIBLE_COLLECTIONS_PATH": str(path), "ANSIBLE_LOCALHOST_WARNING": "false", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


class _Asked(Exception):
    pass


def specification(module: str) -> dict[str, Any]:
    """What the real module gives to Ansible: `argument_spec`, and perhaps `mutually_exclusive` and more.

    Where it takes a dictionary as it comes, what its documentation says of the keys counts, too.
    """
    real: Any = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{module}")

    class Asked:
        def __init__(self, **given: Any) -> None:
            raise _Asked(given)

    ordinary, real.ControllerAPIModule = real.ControllerAPIModule, Asked
    found: dict[str, Any] = {}
    try:
        real.main()
    except _Asked as asked:
        (found,) = asked.args
    finally:
        real.ControllerAPIModule = ordinary
    documented = yaml.safe_load(real.DOCUMENTATION)["options"]
    for name, option in found["argument_spec"].items():
        if "options" not in option and documented.get(name, {}).get("suboptions"):
            option["options"] = _by_documentation(documented[name]["suboptions"])
    return dict(found)


def _by_documentation(options: dict[str, Any]) -> dict[str, Any]:
    known = ("type", "elements", "choices", "required", "default", "aliases")
    spec = {name: {key: option[key] for key in known if key in option} for name, option in options.items()}
    for name, option in options.items():
        if option.get("suboptions"):
            spec[name]["options"] = _by_documentation(option["suboptions"])
    return spec


def wrong(call: Call) -> list[str]:
    """What the real module would say of the arguments."""
    found = ArgumentSpecValidator(**specification(call.module)).validate(call.given)
    return [f"{call.task} ({call.module} {call.name}): {message}" for message in found.error_messages]
