# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module is documented with examples that fit, is in the action group, is routed, and is tested."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT, modules, read_yaml
from packaging.version import Version

# Keywords of a task that are not options of its module.
TASK_KEYWORDS = {"name", "register", "when", "loop", "vars", "until", "delegate_to", "loop_control", "module_defaults"}


@pytest.fixture(scope="module")
def documented() -> dict[str, Any]:
    """What ansible-doc makes of each module, with its documentation fragments."""
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "doc", "--type", "module", "--json"]
        + [f"bomgar.appliance.{name}" for name in modules()],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache/collections")},
    )
    assert done.returncode == 0, done.stderr
    return {name.rpartition(".")[2]: entry for name, entry in json.loads(done.stdout).items()}


def test_there_are_modules() -> None:
    assert modules()


@pytest.mark.parametrize("name", modules())
def test_documentation_is_complete(documented: dict[str, Any], name: str) -> None:
    entry = documented[name]
    assert entry["doc"]["short_description"]
    assert Version(str(entry["doc"]["version_added"])) <= Version(read_yaml("galaxy.yml")["version"])
    for attribute in ("check_mode", "diff_mode"):
        assert attribute in entry["doc"].get("attributes", {}), f"{attribute} is not said"
    assert entry["examples"].strip()
    assert entry["return"]
    for key, value in entry["return"].items():
        assert {"description", "returned", "type"} <= value.keys(), f"RETURN {key}"


def tasks_in(node: Any) -> Iterator[dict[str, Any]]:
    """All tasks in a list of tasks, of plays, or of blocks."""
    for item in node or []:
        yield item
        for key in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
            yield from tasks_in(item.get(key))


def unknown_options(given: Any, known: dict[str, Any], where: str) -> list[str]:
    wrong: list[str] = []
    if isinstance(given, list):
        for item in given:
            wrong += unknown_options(item, known, where)
    elif isinstance(given, dict):
        names = {alias: option for name, option in known.items() for alias in [name, *option.get("aliases", [])]}
        for key, value in given.items():
            if key not in names:
                wrong.append(f"{where}.{key}")
            elif names[key].get("suboptions"):
                wrong += unknown_options(value, names[key]["suboptions"], f"{where}.{key}")
    return wrong


@pytest.mark.parametrize("name", modules())
def test_examples_use_options_that_exist(documented: dict[str, Any], name: str) -> None:
    used = []
    wrong = []
    for task in tasks_in(yaml.safe_load(documented[name]["examples"])):
        for action, given in task.items():
            collection, module = action.rpartition(".")[::2]
            if collection == "bomgar.appliance" and module in documented:
                used.append(module)
                wrong += unknown_options(given, documented[module]["doc"]["options"], action)
        for group in (task.get("module_defaults") or {}).items():
            if group[0] == "group/bomgar.appliance.appliance":
                wrong += unknown_options(group[1], documented[name]["doc"]["options"], group[0])
    assert name in used, "its EXAMPLES do not show it"
    assert not wrong


def test_every_module_is_in_the_action_group() -> None:
    assert sorted(read_yaml("meta/runtime.yml")["action_groups"]["appliance"]) == modules()


def test_every_module_runs_in_the_controllers_process() -> None:
    routed = read_yaml("meta/runtime.yml")["plugin_routing"]["action"]
    assert routed == {name: {"redirect": "bomgar.appliance.direct"} for name in modules()}
    assert (ROOT / "plugins/action/direct.py").is_file()


@pytest.mark.parametrize("name", modules())
def test_every_module_is_tested(name: str) -> None:
    named = re.compile(rf"bomgar\.appliance\.{name}\b|modules\.{name}\b|modules import [^\n]*\b{name}\b")
    tests = [
        path
        for folder in ("tests/unit", "tests/integration")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".yml"} and "meta" not in path.relative_to(ROOT).parts
    ]
    assert any(named.search(path.read_text(encoding="utf-8")) for path in tests), f"no test names {name}"


@pytest.mark.parametrize("name", modules())
def test_required_libraries_are_required_by_the_collection(documented: dict[str, Any], name: str) -> None:
    listed = {
        re.split(r"[ <>=!~]", line)[0].lower()
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }
    asked = {re.split(r"[ <>=!~]", str(item))[0].lower() for item in documented[name]["doc"].get("requirements", [])}
    assert asked - {"python", "ansible-core"} <= listed
