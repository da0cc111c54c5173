# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: ansible-builder makes a context of it, and finds in the built collection what it needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.integration.awx.asked import EXAMPLE, ROOT


def tool(name: str, *arguments: str, cwd: Path) -> str:
    """What one of the programs of this environment prints; it has to end well."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(name)), *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's definition with the collection's tarball beside it, as docs/awx.md says."""
    made = tmp_path_factory.mktemp("builder")
    tool("ansible-galaxy", "collection", "build", "--output-path", str(made), cwd=ROOT)
    shutil.copy(EXAMPLE / "execution-environment.yml", made)
    return made


def lines(name: str) -> list[str]:
    return [
        line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]


def test_a_context_is_made_that_installs_the_tarball(folder: Path) -> None:
    said = tool("ansible-builder", "create", "--file", "execution-environment.yml", "--context", "context", cwd=folder)
    assert "No matches" not in said
    context = folder / "context"
    (collection,) = yaml.safe_load((context / "_build/requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert collection["type"] == "file"
    with tarfile.open(context / "_build" / collection["name"]) as tarball:
        assert {"bindep.txt", "requirements.txt", "meta/execution-environment.yml"} <= set(tarball.getnames())
    recipe = next(context.glob("*file")).read_text(encoding="utf-8")
    assert "ansible-galaxy collection install" in recipe
    assert "ansible-core>=2.17" in recipe


def test_the_collection_tells_what_it_needs(folder: Path) -> None:
    (tarball,) = folder.glob("*.tar.gz")
    installed = folder / "installed/ansible_collections/bomgar/appliance"
    with tarfile.open(tarball) as packed:
        for name in ("MANIFEST.json", "bindep.txt", "requirements.txt", "meta/execution-environment.yml"):
            content = packed.extractfile(name)
            assert content is not None
            (installed / name).parent.mkdir(parents=True, exist_ok=True)
            (installed / name).write_bytes(content.read())
    found = yaml.safe_load(tool("ansible-builder", "introspect", str(folder / "installed"), cwd=folder))
    told = {kind: [line.partition("  #")[0] for line in listed] for kind, listed in found.items()}
    assert told == {"python": lines("requirements.txt"), "system": lines("bindep.txt")}
