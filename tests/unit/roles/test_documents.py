# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples and documents are what they say: every inventory is one without a problem, every variable has its place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils import connect, errors, inventory
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import LABELS
from ansible_collections.bomgar.appliance.plugins.modules import backup, checks, update

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
#: Those that are played: inventories, playbooks, and what belongs to one of them.
INVENTORIES = ["automatic.yml", "manual.yml", "pair.yml", "vault/sites.yml"]
PLAYBOOKS = ["check_pages.yml"]
OTHERS = ["tasks_before_update.yml", "vault/vault.example.yml", "vault/group_vars/bomgar_sites/vars.yml"]
PLAY = """
- hosts: bomgar_sites
  gather_facts: false
  connection: local
  roles: [bomgar.appliance.site]
  tasks:
    - ansible.builtin.debug:
        msg: "leads to {{ site_appliance.url }} with {{ site_appliance.api is defined }} for {{ site_target }}"
"""


def ansible(*command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one of Ansible's programs, with nothing of the user's."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache/collections"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(folder),
        **variables,
    }
    program = Path(sys.executable).with_name(command[0])
    return subprocess.run(
        [str(program), *command[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_every_example_is_tried() -> None:
    found = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.y*ml")}
    # These are tried as a whole, by tests/integration/playbooks/test_gitops.py and tests/integration/awx.
    found = {name for name in found if not name.startswith(("awx/", "gitops/"))}
    assert found == {*INVENTORIES, *PLAYBOOKS, *OTHERS}


@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory_is_accepted(name: str, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    more = ["-e", "wanted_site=11.1.1"]
    if name.startswith("vault"):
        # As the example says: encrypted, beside the variables that point to it.
        (tmp_path / "password").write_text("open sesame", encoding="utf-8")
        secrets = tmp_path / "vault.yml"
        secrets.write_text((EXAMPLES / "vault/vault.example.yml").read_text(encoding="utf-8"), encoding="utf-8")
        password = ["--vault-password-file", str(tmp_path / "password")]
        assert ansible("ansible-vault", "encrypt", str(secrets), *password, folder=tmp_path).returncode == 0
        assert "secret" not in secrets.read_text(encoding="utf-8")
        inline = ansible(
            "ansible-vault", "encrypt_string", *password, "secret", "--name", "bomgar_login_password", folder=tmp_path
        )
        (tmp_path / "inline.yml").write_text(f"bomgar_login_username: admin\n{inline.stdout}", encoding="utf-8")
        more += ["-e", f"@{secrets}", "-e", f"@{tmp_path / 'inline.yml'}", *password]
    result = ansible(
        "ansible-playbook",
        "play.yml",
        "-i",
        str(EXAMPLES / name),
        *more,
        folder=tmp_path,
        BOMGAR_CLIENT_ID="id",
        BOMGAR_CLIENT_SECRET="secret",
        BOMGAR_API_PASSWORD="secret",
        BOMGAR_LOGIN_PASSWORD="secret",
        BOMGAR_APPLIANCE_PASSWORD="secret",
    )
    if name == "pair.yml":
        # A pair is looked at right away; that nobody answers is all that is wrong.
        assert "its inventory needs a correction" not in result.stdout, result.stdout
        assert "See how the two appliances of a pair stand" in result.stdout
        return
    assert result.returncode == 0, result.stdout + result.stderr
    assert "leads to https://support.example.com" in result.stdout


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook_is_one(name: str, tmp_path: Path) -> None:
    inventory_file = EXAMPLES / "automatic.yml"
    result = ansible(
        "ansible-playbook", str(EXAMPLES / name), "-i", str(inventory_file), "--syntax-check", folder=tmp_path
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_readme_lists_every_example() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for name in (*INVENTORIES, *PLAYBOOKS, "tasks_before_update.yml"):
        assert f"]({name.partition('/')[0]})" in text


def fenced(path: Path) -> list[Any]:
    """The YAML blocks of a document."""
    return [
        yaml.safe_load(block) for block in re.findall(r"(?ms)^```yaml\n(.*?)^```", path.read_text(encoding="utf-8"))
    ]


def variables_in(node: Any) -> dict[str, Any]:
    """Every `bomgar_*` key with its value."""
    found: dict[str, Any] = {}
    if isinstance(node, dict):
        for key, value in node.items():
            # What begins with bomgar_watch is the rulebook's.
            if str(key).startswith("bomgar_") and key != "bomgar_sites" and not str(key).startswith("bomgar_watch_"):
                found[key] = value
            else:
                found |= variables_in(value)
    elif isinstance(node, list):
        for item in node:
            found |= variables_in(item)
    return found


@pytest.mark.parametrize(
    "document", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_every_block_of_a_document_would_be_accepted(document: Path) -> None:
    for block in fenced(document):
        assert inventory.problems("support.example.com", variables_in(block)) == []


def test_the_document_of_the_inventory_lists_every_variable_and_no_other() -> None:
    text = (ROOT / "docs/inventory.md").read_text(encoding="utf-8")
    listed = {name for row in re.findall(r"(?m)^\| (.*?) \|", text) for name in re.findall(r"`(bomgar_\w+)`", row)}
    assert listed == set(inventory.BY_NAME)


def test_the_role_lists_every_variable_and_no_other() -> None:
    specs = yaml.safe_load((ROOT / "roles/site/meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    assert [name for name in options if name.startswith("bomgar_")] == [item.name for item in inventory.VARIABLES]


def test_the_defaults_in_the_documents_are_those_of_the_modules() -> None:
    """What a variable that is left out means is decided by the modules; the documents and the role only say it."""
    connection = connect.APPLIANCE["options"]
    options = update.SPEC.options
    expected = {
        "bomgar_timeout": connection["timeout"]["default"],
        "bomgar_driver": connection["driver"]["default"],
        "bomgar_path": options["path"]["default"],
        "bomgar_sessions": options["sessions"]["default"],
        "bomgar_sessions_wait": options["sessions_wait"]["default"],
        "bomgar_poll_interval": options["poll_interval"]["default"],
        "bomgar_deadline": options["deadline"]["default"],
        "bomgar_backup_keep": backup.SPEC.options["keep"]["default"],
        "bomgar_backup_max_age": backup.SPEC.options["max_age"]["default"],
    }
    document = (ROOT / "docs/inventory.md").read_text(encoding="utf-8")
    specs = yaml.safe_load((ROOT / "roles/site/meta/argument_specs.yml").read_text(encoding="utf-8"))
    described = specs["argument_specs"]["main"]["options"]
    for name, default in expected.items():
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        row = next(line for line in document.splitlines() if line.startswith(f"| `{name}`"))
        assert re.match(rf"`?{shown}\b", row.split("|")[3].strip()), row
        if name != "bomgar_backup_max_age":
            assert re.search(rf"Left out, (C\()?{shown}\b", described[name]["description"]), name
    durations = {module.SPEC.options["usual_duration"]["default"] for module in (update, checks)}
    assert durations == {3600.0}


def test_every_reason_of_an_error_is_explained() -> None:
    def below(kind: type[errors.BomgarError]) -> set[str]:
        return {kind.reason}.union(*(below(child) for child in kind.__subclasses__()))

    text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    assert {reason for reason in below(errors.BomgarError) - {"error"} if f"| `{reason}` |" not in text} == set()


def test_labels_that_documents_name_are_known() -> None:
    text = (ROOT / "docs/adaptation.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", text)) - {"sites.yml"}
    assert named
    assert named <= set(LABELS)
