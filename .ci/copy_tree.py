# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""copy_tree.py TARGET: makes TARGET hold the files of this checkout and nothing else (ansible-test refuses a link).

Unchanged files are not touched, so that the tools' caches hold.
"""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
from pathlib import Path


def files_of_checkout() -> set[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # One that was deleted but not committed is still listed. Samples of other people's code are no code of this collection.
    return {
        Path(name)
        for name in listing.split("\0")
        if name and Path(name).is_file() and not name.startswith("tests/corpus/")
    }


def main(target: Path) -> None:
    wanted = files_of_checkout()
    for path in sorted(target.rglob("*"), reverse=True):
        here = path.relative_to(target)
        if here.parts[0] == ".git":
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif here not in wanted:
            path.unlink()
    for name in wanted:
        copy = target / name
        if not copy.is_file() or not filecmp.cmp(name, copy):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, copy)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
