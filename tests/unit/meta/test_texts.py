# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must stand in every file, and what in none."""

from __future__ import annotations

import codecs
import re

from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT, files, texts

HEADER = """\
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""

# Folders of one machine, names of the tools of one workplace, hosts of package registries: none of the product's business. They
# are turned by rot13, so that this file does not hold them either.
UNWANTED = re.compile(
    codecs.decode(
        r"/jbex/|/ebbg/|/gzc/oevrs|\bfhontrag|\bsnez-|\bvffhrf fubj\b|\bclcv\.bet|clgubaubfgrq|ertvfgel\.acz|\bqro\.qrovna\.bet|"
        r"cebkl\.tbynat|\bpynhqr\b|\bnaguebcvp\b|\bpungtcg\b|\bbcranv\b",
        "rot13",
    ).replace("\\o", "\\b"),
    re.IGNORECASE,
)
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}|\bxox[abp]-[\w-]{10}"
)


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {match.group()}"
        for path, text in texts()
        if path.name != "LICENSE"
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := pattern.search(line))
    ]


def test_there_are_files() -> None:
    assert len(files()) > 20


def test_nothing_of_a_machine_or_workplace_is_mentioned() -> None:
    assert found(UNWANTED) == []


def test_no_secret_is_committed() -> None:
    assert found(SECRET) == []


def test_every_python_file_says_its_licence_first() -> None:
    wrong = [
        path.as_posix()
        for path, text in texts(".py")
        if text.strip()
        and not path.as_posix().startswith("tests/corpus/")  # samples of what others write
        and not text.removeprefix("#!/usr/bin/python\n").startswith(HEADER)
    ]
    assert wrong == []


def test_every_layer_says_first_what_it_does() -> None:
    wrong = [
        path.as_posix()
        for path, text in texts(".py")
        if path.parts[:2] == ("plugins", "module_utils")
        and text.strip()
        and not re.match(r'r?"""\S', text[len(HEADER) :].lstrip())
    ]
    assert wrong == []


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "helpers.py", "helper.py", "common.py", "misc.py"}
    assert [path.as_posix() for path in files() if path.name in drawers] == []


def test_links_between_documents_lead_somewhere() -> None:
    wrong = []
    for path, text in texts(".md"):
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", re.sub(r"(?ms)^```.*?^```", "", text)):
            if not re.match(r"[a-z]+:", target) and not (ROOT / path.parent / target).exists():
                wrong.append(f"{path}: {target}")
    assert wrong == []
