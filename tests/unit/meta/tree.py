# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie in this repository, for the tests about the repository itself."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def modules() -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py") if path.stem != "__init__")


def roles() -> list[str]:
    return sorted(path.name for path in (ROOT / "roles").glob("*") if path.is_dir())


def playbooks() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "playbooks").glob("*.y*ml"))


def files() -> list[Path]:
    """Every file that belongs to the collection, relative to ROOT."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    """Those files that are text, with what is in them; only those with one of these suffixes, if any are named."""
    for path in files():
        if not suffixes or path.suffix in suffixes:
            try:
                yield path, (ROOT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
