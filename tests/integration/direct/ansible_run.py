# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs tasks by ansible-playbook in a process of its own, and gives back what each registered. Tests nothing itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
#: Longer than any of these runs takes; only there so that nothing can hang for ever.
PATIENCE = 1800.0


@dataclass(frozen=True)
class Played:
    """What a run left: its exit code, everything printed, and the registered results by name."""

    code: int
    text: str
    results: dict[str, Any]


def play(
    folder: Path,
    tasks: Sequence[Mapping[str, Any]],
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    **keywords: Any,
) -> Played:
    """One play on localhost with a local connection; the registered variables named in `keep` come back as results."""
    kept = folder / "results.json"
    names = ", ".join(f"'{name}': {name} | default(none)" for name in keep)
    tail: list[dict[str, Any]] = [
        {
            "name": "Keep the results",
            "ansible.builtin.copy": {"content": "{{ {" + names + "} | to_json }}", "dest": str(kept), "mode": "0600"},
            "check_mode": False,
            "diff": False,
            "no_log": True,
            "environment": {"https_proxy": ""},
        }
    ]
    book = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **keywords.pop("vars", {})},
            **keywords,
            "tasks": [*tasks, *(tail if keep else [])],
        }
    ]
    path = folder / "play.json"
    path.write_text(json.dumps(book))
    # Nothing of the user's.
    around = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    around.update(
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".cache/collections"),
        ANSIBLE_HOME=str(folder / "ansible"),
        ANSIBLE_ASYNC_DIR=str(folder / "async"),
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_INJECT_INVOCATION="true",  # what older releases always do; where secrets could show
        HOME=str(folder),
        **(environment or {}),
    )
    done = subprocess.run(
        [sys.executable, "-m", "ansible.cli.playbook", "-i", "localhost,", str(path), *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env=around,
        text=True,
        timeout=PATIENCE,
    )
    results = json.loads(kept.read_text()) if kept.exists() else {}
    return Played(done.returncode, done.stdout + done.stderr, results)
