# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bomgar.appliance.backup against the simulator, over real HTTPS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import verify
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Writer, this_run
from ansible_collections.bomgar.appliance.plugins.modules import backup
from ansible_collections.bomgar.appliance.tests.simulator import LookClock, Simulator

HOST = "support.example.com"
#: One of each account era; the first has no check_health (fact sheet 2.1).
ERAS = [("guide_it", "10.5.3"), ("modern_en", "19.1.8")]


@dataclass
class Site:
    """One simulated site, and tasks against it."""

    box: Any
    url: str
    ca_path: str
    directory: Path
    name: str = HOST
    now: float = 1_700_000_000.0
    lines: list[str] = field(default_factory=list)

    def account(self) -> dict[str, str]:
        if self.box.has_oauth:
            return {
                "client_id": self.box.accounts.api.client_id,
                "client_secret": self.box.accounts.api.client_secret,
            }
        return {"username": self.box.accounts.api_user.username, "password": self.box.accounts.api_user.password}

    def options(self, **options: Any) -> dict[str, Any]:
        appliance = {"url": self.url, "site": self.name, "ca_path": self.ca_path, "api": self.account()}
        return {"appliance": appliance, "directory": str(self.directory), **options}

    def run(self, *, check: bool = False, later: float = 10.0, **options: Any) -> dict[str, Any]:
        """The result of one task; `later`: seconds since the one before."""
        self.now += later
        validated = ArgumentSpecValidator(**backup.SPEC.arguments()).validate(self.options(**options))
        assert not validated.error_messages
        task = runner.Task(
            validated.validated_parameters,
            check_mode=check,
            diff=True,
            say=self.lines.append,
            clock=lambda: self.now,
            sleep=lambda _seconds: None,
        )
        return runner.execute(backup.run, task)

    def files(self) -> list[str]:
        folder = self.directory / self.name
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture(params=ERAS, ids=lambda era: era[1])
def era(request: pytest.FixtureRequest) -> tuple[str, str]:
    chosen: tuple[str, str] = request.param
    return chosen


@pytest.fixture
def site(era: tuple[str, str], tmp_path: Path) -> Iterator[Site]:
    sim = Simulator(clock=LookClock())
    box = sim.add_appliance(HOST, dialect=era[0], base="3.2.4", site=era[1], backup_size=300_000)
    with sim.serve() as served:
        made = Site(box, served.url(box), str(served.ca_path), tmp_path / "backups")
        yield made
        assert box.truth.commands == []


def test_it_is_taken_once_and_then_fresh(site: Site) -> None:
    first = site.run(max_age=3600)
    assert not first.get("failed"), first
    assert (first["outcome"], first["changed"]) == ("changed", True)
    assert first["why"] == "there is no backup here yet"
    manifest = verify(Path(first["path"])).manifest
    assert manifest.size == 300_000
    assert manifest.collection_version != "unknown"
    assert manifest.site == HOST
    if site.box.has_health:
        assert manifest.identity.site_version == "19.1.8"
        assert "appliance_id" in manifest.compared
        assert not first.get("warnings")
    else:
        assert "tied to it only by its address" in first["warnings"][0]
    assert {"recordings of sessions", "certificates and their private keys"} <= {
        item["what"] for item in first["leaves_out"]
    }
    assert first["diff"]["before"] == ""
    assert first["diff"]["after"] == Path(first["path"]).name + "\n"
    assert any("downloading" in line for line in site.lines)

    second = site.run(max_age=3600)
    assert (second["outcome"], second["changed"], second["path"]) == ("unchanged", False, first["path"])
    assert site.box.truth.backups == 1
    assert site.run(max_age=0)["changed"]
    assert site.run(max_age=3600, later=4000.0)["changed"]
    assert site.box.truth.backups == 3


def test_a_file_named_after_the_own_name_of_an_appliance(site: Site) -> None:
    site.name = "portal.example.com"
    own = site.options()["appliance"]

    def strange(**more: str) -> list[str]:
        result = site.run(max_age=0, appliance={**own, **more})
        assert not result.get("failed"), result
        return [text for text in result.get("warnings", []) if "named the file after" in text]

    if not site.box.has_health:  # a release that has it tells its host's name itself
        told = strange(address="b.portal.example.com")
        assert [HOST in text for text in told] == [True]
    shutil.rmtree(site.directory, ignore_errors=True)
    assert strange(address=HOST) == []


def test_check_mode_only_reads(site: Site) -> None:
    result = site.run(check=True)
    assert (result["outcome"], result["changed"], result["path"]) == ("changed", True, None)
    assert "would be taken" in result["msg"]
    assert not site.directory.exists()
    site.run(keep=2)
    site.run(keep=2)
    before = site.files()
    result = site.run(check=True, keep=2)
    assert result["removed"] == [before[0]]
    assert site.files() == before
    assert not site.run(check=True, max_age=3600)["changed"]
    assert site.box.truth.backups == 2


def test_only_old_ones_of_its_own_are_pruned(site: Site) -> None:
    taken = [site.run(keep=2)["path"] for _number in range(3)]
    last = site.run(keep=2)
    assert last["removed"] == [Path(taken[1]).name]
    assert site.files() == sorted(
        name for path in (taken[2], last["path"]) for name in (Path(path).name, Path(path).name + ".json")
    )


def test_a_changed_file_is_no_backup_any_more(site: Site) -> None:
    first = site.run(max_age=3600)
    content = Path(first["path"]).read_bytes()
    Path(first["path"]).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    second = site.run(max_age=3600)
    assert second["changed"]
    assert "SHA-256" in second["remarks"][0]


def test_after_an_update_a_new_one_is_taken(site: Site) -> None:
    """Only a release with check_health tells its version over the API."""
    site.run(max_age=3600)
    site.box.site = "19.2.1" if site.box.has_health else site.box.site
    assert site.run(max_age=3600)["changed"] is site.box.has_health


Plant = Callable[[Any], None]
#: What is planted, the error's reason, and words of its message.
FAULTS: dict[str, tuple[Plant, str, str]] = {
    "cut short of its length": (
        lambda box: box.faults.plant("truncate", role="backup", keep=0.5, framing="length"),
        "unexpected_answer",
        "broke off",
    ),
    "cut in a chunk": (
        lambda box: box.faults.plant("truncate", role="backup", keep=0.5, framing="abort"),
        "unexpected_answer",
        "broke off",
    ),
    "a page": (lambda box: box.faults.plant("html", role="backup"), "unexpected_answer", "HTTP status 200, but"),
    "a page in disguise": (
        lambda box: box.faults.plant(
            "replace", role="backup", body=b"<!DOCTYPE html><html>Down</html>", content_type="application/octet-stream"
        ),
        "unexpected_answer",
        "page or XML",
    ),
    "a text": (
        lambda box: box.faults.plant(
            "replace", role="backup", body=b"Out of memory. " * 100, content_type="application/octet-stream"
        ),
        "unexpected_answer",
        "plain text",
    ),
    "an error with status 200": (
        lambda box: box.faults.plant(
            "replace", role="backup", body=b"<error>The disk is worn</error>", content_type="text/xml"
        ),
        "refused",
        "The disk is worn",
    ),
    "an entity bomb": (lambda box: box.faults.plant("entity_bomb", role="backup"), "unexpected_answer", "xml"),
    "nothing": (lambda box: box.faults.plant("empty", role="backup"), "unexpected_answer", "empty"),
    "no answer": (lambda box: box.faults.plant("lost", role="backup"), "unreachable", "no connection"),
    "502": (lambda box: box.faults.plant("status", role="backup", status=502), "service_down", "502"),
    "over the limit": (
        lambda box: box.faults.plant("rate_limit", role="backup", times=None),
        "rate_limited",
        "over its limit",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_backup_is_never_kept(site: Site, fault: str) -> None:
    plant, reason, words = FAULTS[fault]
    good = site.run()
    before = site.files()
    plant(site.box)
    result = site.run(keep=1)
    assert result["failed"], result
    assert (result["error"]["reason"], result["outcome"], result["changed"]) == (reason, "refused", False)
    assert words in result["msg"]
    assert site.files() == before
    assert verify(Path(good["path"]))
    site.box.faults.clear()
    assert site.run(keep=1)["removed"] == [Path(good["path"]).name]


def test_cut_in_good_form_it_is_fetched_again(site: Site) -> None:
    """Nobody can see on the wire that something is missing; the last backup's size tells."""
    site.run()
    site.box.faults.plant("truncate", role="backup", keep=0.5, framing="chunked")
    again = site.run()
    assert (again["manifest"]["size"], again["manifest"]["complete_by"]) == (300_000, "content-length")
    site.box.faults.plant("truncate", role="backup", keep=0.4, framing="chunked", times=2)
    assert any("less than half" in warning for warning in site.run()["warnings"])


def test_without_the_permission(site: Site) -> None:
    site.box.accounts.api.permissions["perm_backup"] = "0"
    site.box.accounts.api_user.may_back_up = False
    for check in (True, False):
        result = site.run(check=check)
        assert result["error"]["reason"] == "permission"
        assert "Backup API" in result["msg"]
    assert site.files() == []


def test_a_refused_account_is_tried_once(site: Site) -> None:
    site.box.accounts.api.client_secret = site.box.accounts.api_user.password = "another long secret"
    options = site.options()
    options["appliance"]["api"] = (
        {"client_id": site.box.accounts.api.client_id, "client_secret": "a wrong secret"}
        if site.box.has_oauth
        else {"username": site.box.accounts.api_user.username, "password": "a wrong secret"}
    )
    result = site.run(appliance=options["appliance"])
    assert result["error"]["reason"] == "authentication"
    assert "a wrong secret" not in json.dumps(result)
    assert len(site.box.truth.logins_refused()) == 1
    assert site.files() == []


def test_tokens_that_die_on_the_way(site: Site) -> None:
    """Of no matter to a password."""
    site.box.faults.plant("revoke_tokens", role="backup")
    assert site.run()["changed"]


def test_the_backup_of_another_site(era: tuple[str, str], tmp_path: Path) -> None:
    """Two names in the inventory, and one box behind both: caught by the content where it is the same."""
    sim = Simulator(clock=LookClock())
    box = sim.add_appliance(HOST, dialect=era[0], base="3.2.4", site=era[1])
    with sim.serve() as served:
        first = Site(box, served.url(box), str(served.ca_path), tmp_path)
        other = Site(box, served.url(box), str(served.ca_path), tmp_path, name="other.example.com")
        first.run()
        result = other.run()
        assert result["error"]["reason"] == "unexpected_answer"
        assert result["error"]["other_site"] == HOST
        assert other.files() == []


def test_it_goes_into_the_record_of_an_upgrade_and_begins_none(site: Site, tmp_path: Path) -> None:
    record = {"directory": str(tmp_path / "records"), "run": "one"}
    assert not site.run(record=record).get("failed")
    assert not (tmp_path / "records" / HOST / "latest").exists()
    with Record.take(
        tmp_path / "records", HOST, Writer(this_run("one", collection="0", ansible="0")), wish={}, path=None
    ):
        pass
    first = site.run(record=record)
    assert not first.get("failed"), first
    site.run(max_age=3600, record=record)
    kept = json.loads((tmp_path / "records" / HOST / "latest" / "record.json").read_text())
    assert [(step["id"], step["outcome"]) for step in kept["steps"]] == [("backup", "changed"), ("backup", "unchanged")]
    assert [item["sha256"] for item in kept["backups"]] == [first["manifest"]["sha256"]]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"keep": 0}, "bomgar_backup_keep"),
        ({"max_age": -1}, "bomgar_backup_max_age"),
        ({"max_age": "nan"}, "bomgar_backup_max_age"),
        ({"minimum_size": 0}, "minimum_size"),
        ({"directory": "/dev/null/backups"}, "bomgar_backup_dir"),
        ({"directory": "/etc/hostname"}, "bomgar_backup_dir"),
    ],
)
def test_bad_input(site: Site, options: dict[str, Any], words: str) -> None:
    result = site.run(**options)
    assert result["error"]["reason"] == "bad_input"
    assert words in result["msg"]
    assert site.box.truth.requests == []


def test_without_an_account(site: Site) -> None:
    result = site.run(appliance={"url": site.url, "site": HOST, "ca_path": site.ca_path})
    assert result["error"]["reason"] == "bad_input"
    assert "bomgar_api_client_id" in result["msg"]


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "module"])
def test_by_ansible(site: Site, direct: bool, tmp_path: Path) -> None:
    play = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": [
                {"bomgar.appliance.backup": site.options(), **({} if direct else {"delegate_to": "localhost"})},
            ],
        }
    ]
    book = tmp_path / "play.json"
    book.write_text(json.dumps(play))
    root = Path(__file__).resolve().parents[3]
    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(root / ".cache/collections"))
    done = subprocess.run(
        [sys.executable, "-m", "ansible.cli.playbook", "-i", "localhost,", "-c", "local", "-v", str(book)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": collections, "ANSIBLE_LOCALHOST_WARNING": "false"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed=1" in done.stdout
    assert len(site.files()) == 2
    for secret in (value for name, value in site.account().items() if name in ("client_secret", "password")):
        assert secret not in done.stdout + done.stderr
