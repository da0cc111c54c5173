# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions and requirements that stand in several files agree."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils.release import VERSION
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT, read_yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

PYTHONS = {"3.10": "2.17.14", "3.11": "2.19.14", "3.12": "2.21.5", "3.13": "2.21.5"}


def requirements(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def pinned(name: str, python: str) -> dict[str, str]:
    """The one version of each requirement for this Python."""
    environment = {**default_environment(), "python_version": python, "python_full_version": f"{python}.99"}
    pins: dict[str, str] = {}
    for requirement in requirements(name):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            assert requirement.name not in pins
            pins[requirement.name] = pin.version
    return pins


def test_the_version_is_one() -> None:
    assert read_yaml("galaxy.yml")["version"] == VERSION


def test_every_supported_pair_is_pinned() -> None:
    for python, core in PYTHONS.items():
        assert pinned("requirements/test.txt", python)["ansible-core"] == core
        assert Version(core) in SpecifierSet(read_yaml("meta/runtime.yml")["requires_ansible"])


@pytest.mark.parametrize("python", PYTHONS)
def test_pins_are_the_same_in_all_files_and_within_what_users_are_told(python: str) -> None:
    lint = pinned("requirements/lint.txt", python)
    for name in ("requirements/test.txt", "requirements/runtime.txt"):
        assert pinned(name, python).items() <= lint.items()
    runtime = pinned("requirements/runtime.txt", python)
    for requirement in requirements("requirements.txt"):
        assert Version(runtime[requirement.name]) in requirement.specifier


def test_only_pinned_requirements_are_installed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"requirements/\w+\.txt", makefile)) == {
        "requirements/test.txt",
        "requirements/lint.txt",
        "requirements/importer.txt",
    }


def test_changelog_fragments_parse() -> None:
    sections = {name for name, _title in read_yaml("changelogs/config.yaml")["sections"]}
    for path in sorted((ROOT / "changelogs/fragments").glob("*.y*ml")):
        fragment = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert fragment.keys() <= sections | {"release_summary", "trivial"}, path.name
