# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks can be called by their full names, and every one is tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT, playbooks, read_yaml


def test_there_are_playbooks() -> None:
    assert playbooks() or not (ROOT / "playbooks").exists()


@pytest.mark.parametrize("path", playbooks())
def test_its_name_can_be_called(path: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*\.yml", Path(path).name), "a dash cannot be found by its full name"


@pytest.mark.parametrize("path", playbooks())
def test_its_hosts_can_be_chosen(path: str) -> None:
    for play in read_yaml(path):
        if "import_playbook" in play or "ansible.builtin.import_playbook" in play:
            continue
        assert play.get("name")
        assert play["hosts"] == "localhost" or re.search(r"default\('bomgar_sites'", play["hosts"]), play["hosts"]


@pytest.mark.parametrize("path", playbooks())
def test_it_is_tested(path: str) -> None:
    name = Path(path).stem
    named = re.compile(rf"bomgar\.appliance\.{name}\b|['\"/]{name}(\.yml)?['\"]")
    tests = (path for path in (ROOT / "tests/integration").rglob("*") if path.suffix in {".py", ".yml"})
    assert any(named.search(test.read_text(encoding="utf-8")) for test in tests), f"no integration test runs {name}"
