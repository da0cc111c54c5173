# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs_source.py FOLDER: puts together what the documentation site is built of.

The pages of docs/ come to its top, and beside them, under their own names, what they link to: other pages, files to download, and for
a folder a page that shows its files. In the checkout itself all these links lead to the same.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["CONTRIBUTING.md", "examples/README.md", "tests/simulator/README.md"]
FOLDERS = ["examples/awx", "examples/gitops", "examples/vault"]
_LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)#\s]+)")
_NAMED_AFTER_FILE = re.compile(r"\[[\w./-]+\.md\](?=\()")
_LANGUAGES = {".yml": "yaml", ".py": "python", ".json": "json"}
#: Labels of Ansible's documentation, and their places in it.
ANSIBLE = {
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "callback_plugins": "plugins/callback.html#callback-plugins",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}


def place(path: str) -> str:
    """Where a file or folder of the checkout is found in the site's source."""
    path = path.removeprefix("docs/")
    return f"{path}/index.md" if (ROOT / path).is_dir() else path


def relinked(text: str, page: str) -> str:
    """The text of `page`, its links leading to the same as in the checkout."""
    here = posixpath.dirname(page)

    def link(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(here, found[1]))
        if not (ROOT / target).exists():
            sys.exit(f"{page}: the link {found[1]} leads nowhere")
        return posixpath.relpath(place(target), posixpath.dirname(place(page)) or ".")

    return _NAMED_AFTER_FILE.sub("[]", _LINK.sub(link, text))  # Sphinx puts the title of the page


def shown(folder: str) -> Iterator[str]:
    """A page that shows the files of a folder."""
    yield f"---\norphan: true\n---\n# {folder}\n"
    for file in sorted((ROOT / folder).rglob("*")):
        if file.is_file():
            name = file.relative_to(ROOT / folder).as_posix()
            yield f"## {name}\n"
            yield f"```{{literalinclude}} {name}\n:language: {_LANGUAGES.get(file.suffix, 'none')}\n```\n"


def main(source: Path) -> None:
    for folder in ("examples", "extensions/eda", "docs/schema"):
        shutil.copytree(
            ROOT / folder,
            source / folder.removeprefix("docs/"),
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("*.md"),
        )
    for file in ("docs/conf.py", "galaxy.yml"):
        shutil.copy(ROOT / file, source)
    pages = [*sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")), *PAGES]
    for page in pages:
        write(source / place(page), relinked((ROOT / page).read_text(encoding="utf-8"), page))
    for folder in FOLDERS:
        write(source / place(folder), "\n".join(shown(folder)))
    lines = "".join(f"{label} std:label -1 {where} -\n" for label, where in ANSIBLE.items())
    head = "# Sphinx inventory version 2\n# Project: ansible\n# Version: \n# The remainder of this file is compressed using zlib.\n"
    (source / "ansible.inv").write_bytes(head.encode() + zlib.compress(lines.encode()))


def write(path: Path, text: str) -> None:
    """Write only what changed, so that Sphinx reads no page twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
