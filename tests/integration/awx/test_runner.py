# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example's project runs unchanged where AWX runs it, by ansible-runner through its pipe, and by ansible-navigator in a terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.integration.awx.asked import COLLECTIONS, EXAMPLE
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import NO_INTEGRATIONS, Played, World
from jinja2 import Environment

SITE = "support.example.com"
PROGRAMS = Path(sys.executable).parent


class _Yaml(yaml.SafeLoader):
    """Takes `!unsafe` for what it is to AWX: a text."""


_Yaml.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@dataclass
class Job:
    """What a job left: how it ended, and the folder of its artifacts."""

    status: str
    artifacts: Path

    @property
    def stdout(self) -> Played:
        return Played(0, (self.artifacts / "stdout").read_text(encoding="utf-8"))

    @property
    def events(self) -> list[dict[str, Any]]:
        files = (self.artifacts / "job_events").glob("*.json")
        return sorted(
            (json.loads(file.read_text(encoding="utf-8")) for file in files), key=lambda event: event["counter"]
        )

    @property
    def handed_on(self) -> dict[str, Any]:
        """What set_stats gave, which is what AWX keeps for the next job of a workflow."""
        (stats,) = [event for event in self.events if event["event"] == "playbook_on_stats"]
        return dict(stats["event_data"]["artifact_data"])


@dataclass
class Controller:
    """Prepares jobs as AWX does: a project, an inventory, and a credential that is injected as extra variables."""

    world: World

    def credential(self) -> dict[str, str]:
        """The injectors of the credential type, filled in with the accounts of the site."""
        accounts = self.world.accounts(self.world.boxes[0])
        fields = {name.removeprefix("bomgar_"): value for name, value in accounts.items()}
        kind = yaml.load((EXAMPLE / "credential_type.yml").read_text(encoding="utf-8"), Loader=_Yaml)
        templates = kind["awx_credential_injectors"].items()
        return {name: Environment().from_string(text).render(fields) for name, text in templates}

    def inventory(self, folder: Path, boxes: Sequence[Any] = ()) -> None:
        """The example's, and what differs here for the sites."""
        shutil.copy(EXAMPLE / "project/sites.yml", folder)
        hosts = {}
        for box in boxes or self.world.boxes[:1]:
            accounts = self.world.accounts(box)
            hosts[box.host] = {
                **{name: accounts[name] for name in ("bomgar_url", "bomgar_ca_path")},
                "bomgar_record_dir": str(self.world.records),
                "bomgar_backup_dir": str(self.world.backups),
                "bomgar_poll_interval": 0.02,
                "bomgar_deadline": 120,
                "bomgar_waivers": NO_INTEGRATIONS,
            }
        sites = {"all": {"hosts": hosts, "children": {"bomgar_automatic": {"hosts": dict.fromkeys(hosts)}}}}
        (folder / "zz-here.yml").write_text(yaml.safe_dump(sites), encoding="utf-8")

    def environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
        return {**clean, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.world.folder / "home")}

    def run(self, playbook: str, *, boxes: Sequence[Any] = (), **variables: Any) -> Job:
        """A job by `transmit | worker | process`: what it needs and what it leaves goes through pipes alone. `boxes`: its slice."""
        limit = ",".join(box.host for box in boxes) or SITE
        name = f"{len(list(self.world.folder.glob('job-*')))}-{playbook}-{limit}"
        private, worker, kept = (self.world.folder / f"{kind}-{name}" for kind in ("job", "worker", "kept"))
        for folder in (private / "env", private / "inventory", worker, kept):
            folder.mkdir(parents=True)
        shutil.copytree(EXAMPLE / "project", private / "project")
        self.inventory(private / "inventory", boxes)
        settings = {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_HOME": str(self.world.folder / "ansible")}
        (private / "env/envvars").write_text(yaml.safe_dump(settings), encoding="utf-8")
        given = {**self.credential(), **variables}
        (private / "env/extravars").write_text(yaml.safe_dump(given), encoding="utf-8")

        ends = ["--ident", "1"]
        commands = (
            ["transmit", str(private), "--playbook", f"{playbook}.yml", "--limit", limit, *ends],
            ["worker", "--private-data-dir", str(worker)],
            ["process", str(kept), *ends],
        )
        stages: list[subprocess.Popen[bytes]] = []
        for command in commands:
            stages.append(
                subprocess.Popen(
                    [str(PROGRAMS / "ansible-runner"), *command],
                    env=self.environment(),
                    stdin=stages[-1].stdout if stages else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
            )
        said, wrong = stages[-1].communicate()
        for stage in stages[:-1]:
            stage.wait()
            for pipe in (stage.stdout, stage.stderr):
                assert pipe is not None
                pipe.close()
        artifacts = kept / "artifacts/1"
        assert (artifacts / "status").is_file(), (said + wrong).decode()
        job = Job((artifacts / "status").read_text(encoding="utf-8"), artifacts)
        self.holds_no_secret(kept)
        return job

    def holds_no_secret(self, folder: Path) -> None:
        secrets = self.world.secrets()
        for file in folder.rglob("*"):
            if file.is_file():
                text = file.read_text(encoding="utf-8", errors="replace")
                assert not [secret for secret in secrets if secret in text], file


@pytest.fixture
def controller(world: World, serve: Any) -> Controller:
    serve(SITE, dialect="guide_en")
    return Controller(world)


def test_a_plan_that_was_agreed_to_is_carried_out_by_the_next_job(controller: Controller) -> None:
    """As the nodes of a workflow: what a job hands on is given to the next one, with the answers of the survey."""
    (box,) = controller.world.boxes
    answers = {"wanted_site": "", "wanted_base": "3.2.6"}
    plan = controller.run("plan_upgrade", **answers)
    assert plan.status == "successful", plan.stdout.text
    assert set(plan.handed_on) == {"bomgar_plans"}
    fingerprint = plan.handed_on["bomgar_plans"][SITE]
    assert f"fingerprint {fingerprint}" in plan.stdout.words
    assert box.truth.commands == []

    other = controller.run("upgrade", **{**answers, "wanted_site": "11.1.1"}, **plan.handed_on)
    assert other.status == "failed"
    assert "hold the plan that was agreed on" in other.stdout.words
    assert box.truth.commands == []

    answers |= {"bomgar_sessions": "accept", "bomgar_sessions_wait": 600, "bomgar_plan": "", "bomgar_serial": "10%"}
    upgrade = controller.run("upgrade", **answers, **plan.handed_on)
    assert upgrade.status == "successful", upgrade.stdout.text
    assert box.installed == {"base": "3.2.6", "site": "10.5.3"}
    assert "was upgraded: base software 3.2.4 → 3.2.6" in upgrade.stdout.words
    # Every line of progress is an event of its own, which is what AWX shows while the job runs.
    assert any("installing Base Software-3.2.6  site down" in event["stdout"] for event in upgrade.events)
    assert (controller.world.records / SITE / "latest/report.html").is_file()


def test_slices_of_a_job_upgrade_every_site_once(world: World, serve: Any) -> None:
    """As AWX slices: each job gets every so-manieth host of the inventory, and runs on a worker of its own, at the same time."""
    # One credential for all of them.
    accounts = dict.fromkeys(("accounts_of", "appliance_accounts_of"), "a.example.com")
    boxes = serve(*(f"{name}.example.com" for name in "abc"), dialect="guide_en", **accounts)
    controller = Controller(world)
    answers = {"wanted_base": "3.2.6", "bomgar_sessions": "accept"}
    with ThreadPoolExecutor() as workers:
        jobs = [workers.submit(controller.run, "upgrade", boxes=boxes[offset::2], **answers) for offset in (0, 1)]
        done = [job.result() for job in jobs]
    assert [job.status for job in done] == ["successful"] * 2, "".join(job.stdout.text for job in done)
    assert [len(box.truth.installs) for box in boxes] == [1, 1, 1]
    assert "b.example.com" not in done[0].stdout.text
    assert "a.example.com" not in done[1].stdout.text
    for box in boxes:
        assert (world.records / box.host / "latest/report.html").is_file()


def test_status_is_shown_in_a_terminal_by_ansible_navigator(controller: Controller) -> None:
    folder = controller.world.folder
    inventory = folder / "inventory"
    inventory.mkdir()
    controller.inventory(inventory)
    given = folder / "credential.yml"
    given.write_text(yaml.safe_dump(controller.credential()), encoding="utf-8")
    artifact = folder / "artifact.json"
    shutil.copytree(EXAMPLE / "project", folder / "project")
    done = subprocess.run(
        [
            *(str(PROGRAMS / "ansible-navigator"), "run", "project/show_status.yml"),
            *("--inventory", str(inventory), "--limit", SITE, "--extra-vars", f"@{given}"),
            *("--execution-environment", "false", "--mode", "stdout"),
            *("--playbook-artifact-save-as", str(artifact), "--log-file", str(folder / "navigator.log")),
        ],
        cwd=folder,
        env={**controller.environment(), "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    played = Played(done.returncode, done.stdout)
    assert "runs site 10.5.3, base 3.2.4" in played.words
    kept = artifact.read_text(encoding="utf-8")
    assert json.loads(kept)["status"] == "successful"
    assert not [secret for secret in controller.world.secrets() if secret in done.stdout + kept]
