# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down how each site stands at the end of a run, and the exit code for a pipeline."""

from __future__ import annotations

DOCUMENTATION = r"""
name: outcome
type: aggregate
short_description: How each site stands at the end of a run, and an exit code that tells it
version_added: 0.1.0
author: bomgar.appliance contributors (@bomgar-appliance)
description:
  - The exit code of C(ansible-playbook) tells that something failed, not what. This callback writes a JSON file with one word for each
    site, V(good), V(unfinished), V(wrong), V(refused), V(failed) or V(unknown), and the exit code of the worst, for whoever runs
    C(ansible-playbook) in a pipeline to end with.
  - The file is written when the run begins, with the code of V(unknown), and again when it ends. So that is what it says of a run that
    was stopped.
requirements:
  - to be enabled, as C(ANSIBLE_CALLBACKS_ENABLED=bomgar.appliance.outcome)
options:
  dest:
    description: The file. Left out, nothing is written.
    type: path
    env:
      - name: BOMGAR_OUTCOME
    ini:
      - section: bomgar_outcome
        key: dest
"""

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible_collections.bomgar.appliance.plugins.module_utils import convergence
from ansible_collections.bomgar.appliance.plugins.module_utils.record_files import write_file

#: By this name the role `converge` says how a site stands (`set_stats`).
_STANDS = "bomgar_stands"
_COLLECTION = "bomgar.appliance."


def _of(result: Any, name: str) -> Any:
    """The host, task or result of a callback's result; from ansible-core 2.19 on without the underscore."""
    return getattr(result, name) if hasattr(type(result), name) else getattr(result, f"_{name}")


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """What Ansible calls."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "bomgar.appliance.outcome"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._failed: dict[str, tuple[str, str, str]] = {}

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Until it ends, nothing is known of this run."""
        self._write({}, convergence.CODES[convergence.UNKNOWN])

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Keep why a site failed; only the last failure of a site counts, earlier ones were dealt with."""
        if ignore_errors:
            return
        task, values = _of(result, "task"), _of(result, "result")
        role = getattr(task, "_role", None)
        name = role.get_name() if role is not None else ""
        # A role of somebody else may have the name of one of ours.
        short = name.removeprefix(_COLLECTION) if name.startswith(_COLLECTION) else ""
        word = convergence.failure(values, short, task.resolved_action or task.action)
        said = str(values.get("msg") or "").strip().splitlines()
        self._failed[str(_of(result, "host"))] = (word, short, said[0] if said else "")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """The controller itself could not be reached: no task of ours ran."""
        self._failed[str(_of(result, "host"))] = (convergence.FAILED, "", "Ansible could not reach it")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """How each site stands, and the exit code."""
        sites = {}
        for host in sorted(stats.processed):
            told = str((stats.custom.get(host) or {}).get(_STANDS) or convergence.GOOD)
            summary = stats.summarize(host)
            if summary["failures"] or summary["unreachable"]:
                word, role, said = self._failed.get(host, (convergence.UNKNOWN, "", ""))
                sites[host] = {"stands": told if role == "converge" else word, "said": said}
            else:
                sites[host] = {"stands": told, "said": ""}
        code = convergence.code(site["stands"] for site in sites.values())
        self._write(sites, code)

    def _write(self, sites: dict[str, dict[str, str]], code: int) -> None:
        dest = self.get_option("dest")
        if not dest:
            return
        content = {"format": 1, "code": code, "stands": convergence.WORDS[code], "sites": sites}
        try:
            write_file(Path(os.path.expandvars(dest)).expanduser(), (json.dumps(content, indent=1) + "\n").encode())
        except OSError as error:
            # Without the file there is no code; what reads it must see that.
            self._display.error(f"bomgar.appliance.outcome: {dest} could not be written: {error.strerror}")
