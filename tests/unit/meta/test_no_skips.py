# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`--no-skips`, by which continuous integration can rely on that everything ran."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT

SKIPPING = {
    "in_a_test": "import pytest\ndef test_it():\n    pytest.skip('no browser')\n",
    "by_a_mark": "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test_it():\n    pass\n",
    "a_whole_file": "import pytest\npytest.skip('no browser', allow_module_level=True)\n",
    "in_a_fixture": "import pytest\n@pytest.fixture\ndef it():\n    pytest.skip('no browser')\ndef test_it(it):\n    pass\n",
}


def run(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", *options, str(folder)],
        capture_output=True,
        check=False,
        text=True,
        cwd=folder,
    )
    return f"exit {done.returncode}\n{done.stdout}"


def test_a_skip_fails_with_its_reason_only_if_nothing_may_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_ordinary.py").write_text("def test_ordinary():\n    pass\n", encoding="utf-8")
    for kind, text in SKIPPING.items():
        (tmp_path / f"test_{kind}.py").write_text(text, encoding="utf-8")

    usual = run(tmp_path)
    assert "exit 0" in usual
    assert "1 passed, 4 skipped" in usual

    # Three of them are skipped before the test itself starts, which pytest calls an error.
    strict = run(tmp_path, "--no-skips", "--continue-on-collection-errors")
    assert "exit 1" in strict
    assert "1 failed, 1 passed, 3 errors" in strict
    assert strict.count("--no-skips: ") >= len(SKIPPING)
    assert "no browser" in strict
