# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown while a task runs, and to those who want it quiet."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.runner import Task


@pytest.mark.parametrize(
    ("quiet", "heard"), [(False, ["installing", "PLEASE DO THIS NOW"]), (True, ["PLEASE DO THIS NOW"])]
)
def test_what_a_person_has_to_do_is_always_shown(quiet: bool, heard: list[str]) -> None:
    said: list[str] = []
    task = Task({}, say=said.append, quiet=quiet)
    task.say("installing")
    task.ask("PLEASE DO THIS NOW")
    assert said == heard
