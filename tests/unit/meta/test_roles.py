# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role's defaults and its argument_specs say the same, and it uses no variable that they do not name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import inventory
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT, files, playbooks, read_yaml, roles
from packaging.version import Version


def specs(role: str) -> dict[str, Any]:
    """The entry points of a role."""
    for name in ("argument_specs.yml", "argument_specs.yaml"):
        if (ROOT / "roles" / role / "meta" / name).is_file():
            return dict(read_yaml(f"roles/{role}/meta/{name}")["argument_specs"])
    pytest.fail(f"roles/{role}/meta/argument_specs.yml is missing")


def options(role: str) -> dict[str, Any]:
    """The options of all its entry points."""
    return {name: option for entry in specs(role).values() for name, option in (entry.get("options") or {}).items()}


def defaults(role: str) -> dict[str, Any]:
    path = f"roles/{role}/defaults/main.yml"
    return (read_yaml(path) or {}) if (ROOT / path).is_file() else {}


def test_there_are_roles() -> None:
    assert roles() or not (ROOT / "roles").exists()


@pytest.mark.parametrize("role", roles())
def test_defaults_equal_argument_specs(role: str) -> None:
    specified = {name: option["default"] for name, option in options(role).items() if "default" in option}
    assert defaults(role) == specified


def test_the_inventory_knows_every_option_of_a_role() -> None:
    """So that a misspelt one is found; none of their own variables may pass for one."""
    own = {name for role in roles() for name in options(role) if not name.startswith("bomgar_")}
    assert own == set(inventory.ROLE_OPTIONS)
    internal = {name for role in roles() for name in known_within(role)} - own
    assert inventory.problems("support.example.com", {}, internal) == []


@pytest.mark.parametrize("role", roles())
def test_every_entry_and_option_is_described(role: str) -> None:
    assert (ROOT / "roles" / role / "meta/main.yml").is_file()
    for entry, spec in specs(role).items():
        assert spec.get("short_description"), entry
        assert Version(str(spec["version_added"])) <= Version(read_yaml("galaxy.yml")["version"]), entry
        for name, option in (spec.get("options") or {}).items():
            assert option.get("description"), name
            assert option.get("type"), name
            assert name.startswith((f"{role}_", "bomgar_")), f"{name} does not carry the role's name"
            if option.get("required"):
                assert "default" not in option, name


def set_within(node: Any) -> Iterator[str]:
    """Names that tasks set themselves."""
    if isinstance(node, list):
        for item in node:
            yield from set_within(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"register", "loop_var", "index_var"} and isinstance(value, str):
                yield value
            if key in {"vars", "set_fact", "ansible.builtin.set_fact"} and isinstance(value, dict):
                yield from value
            yield from set_within(value)


def needed(role: str) -> list[str]:
    """The role and those of this collection that it depends on."""
    meta = read_yaml(f"roles/{role}/meta/main.yml")
    found = [role]
    for dependency in meta.get("dependencies") or []:
        name = dependency if isinstance(dependency, str) else dependency["role"]
        collection, other = name.rpartition(".")[::2]
        if collection == "bomgar.appliance":
            found += needed(other)
    return found


def sources(role: str) -> list[Path]:
    kinds = {"tasks", "handlers", "templates", "vars"}
    return sorted(
        path
        for path in (ROOT / "roles" / role).rglob("*")
        if path.suffix in {".yml", ".yaml", ".j2"} and path.parent.name in kinds
    )


def known_within(role: str) -> set[str]:
    """What a role is given, what is among its vars, and what its tasks set."""
    known = set(options(role))
    for path in sources(role):
        if path.suffix != ".j2":
            content = read_yaml(path.relative_to(ROOT).as_posix())
            known.update(set_within(content))
            if path.parent.name == "vars":
                known.update(content or {})
    return known


@pytest.mark.parametrize("role", roles())
def test_every_variable_it_uses_is_specified(role: str) -> None:
    prefixes = "|".join(["bomgar", *needed(role)])
    # Neither an attribute, a file name, a function nor the key of a mapping.
    mine = re.compile(rf"(?<![\w./'\"-])(?:{prefixes})_[a-z0-9_]+\b(?![/(]|\s*:)")
    known = {name for other in needed(role) for name in known_within(other)}
    unknown: dict[str, str] = {}
    for path in sources(role):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not re.match(r"\s*(#|- name: )", line):
                for name in mine.findall(line):
                    if name not in known:
                        unknown[name] = path.relative_to(ROOT).as_posix()
    assert unknown == {}


@pytest.mark.skipif(not (ROOT / "docs").exists(), reason="there are no documents yet")
def test_every_variable_is_in_the_documents() -> None:
    documents = "\n".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in files()
        if path.suffix == ".md" and path.name != "CHANGELOG.md"
    )
    names = {name for role in roles() for name in options(role)}
    for path in playbooks():
        names.update(re.findall(r"\bbomgar_[a-z0-9_]+\b", (ROOT / path).read_text(encoding="utf-8")))
    names.discard("bomgar_sites")  # the group
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", documents)) == []
