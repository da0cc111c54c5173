# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/gitops as its pipelines run it: line by line, in a repository of its own, with the variables that a forge sets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils.convergence import CODES
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import COLLECTIONS, ROOT
from ansible_collections.bomgar.appliance.tests.integration.playbooks.forges import Forge, GitHub, GitLab
from ansible_collections.bomgar.appliance.tests.simulator import Package

EXAMPLE = ROOT / "examples/gitops"
NEW = {"base": "6.0.1"}


def window(begins_in: float, hours: float = 6) -> list[dict[str, str]]:
    """One window, so many hours from now."""
    starts = datetime.now(timezone.utc) + timedelta(hours=begins_in)
    return [{"starts": starts.isoformat(), "ends": (starts + timedelta(hours=hours)).isoformat()}]


OPEN, CLOSED = window(-1), window(24)


@pytest.fixture
def serve_old(world: Any, serve: Any) -> Callable[..., Any]:
    """`serve_old(*hosts)`: sites that lack one update."""
    world.simulator.vendor.publish(Package("base", "6.0.1"))
    return lambda *hosts: serve(*hosts, dialect="modern_en", base="6.0.0", site="20.1.1")


@pytest.fixture
def repository(world: Any) -> Callable[..., Any]:
    """`repository(GitLab, host=variables)`: the example in git, with these sites in place of its own."""

    def make(kind: type[Forge], sites: dict[str, dict[str, Any]]) -> Any:
        checkout = world.folder / "checkout"
        shutil.copytree(EXAMPLE, checkout)
        for file in (checkout / "inventory/host_vars").iterdir():
            file.unlink()
        for host, variables in sites.items():
            change(checkout, host, **variables)
        hosts = {"all": {"children": {"bomgar_sites": {"hosts": dict.fromkeys(sites)}}}}
        (checkout / "inventory/sites.yml").write_text(yaml.safe_dump(hosts), encoding="utf-8")
        for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Upgrade"]):
            subprocess.run(
                ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *command], cwd=checkout, check=True
            )
        forge = kind(checkout, world.folder / "state", COLLECTIONS, world.accounts(world.boxes[0]))
        (forge.state / "home").mkdir(parents=True)
        return forge

    def change(checkout: Path, host: str, **variables: Any) -> None:
        box = next(box for box in world.boxes if box.host == host)
        given = {
            "bomgar_url": world.served.url(box),
            "bomgar_ca_path": str(world.served.ca_path),
            "bomgar_poll_interval": 0.02,
            "bomgar_deadline": 120,
            "bomgar_target": NEW,
            **variables,
        }
        (checkout / f"inventory/host_vars/{host}.yml").write_text(yaml.safe_dump(given), encoding="utf-8")

    make.change = change
    return make


def outcome(forge: Any) -> dict[str, Any]:
    return dict(json.loads((forge.checkout / "outcome.json").read_text(encoding="utf-8")))


def no_secret(world: Any, *texts: str) -> None:
    assert not [secret for secret in world.secrets() for text in texts if secret in text]


HOST = "support.example.com"


@pytest.mark.parametrize("kind", [GitLab, GitHub])
def test_from_the_merge_request_to_the_window_and_after(
    world: Any, serve_old: Any, repository: Any, kind: type[Forge]
) -> None:
    box = serve_old()
    forge = repository(kind, {HOST: {"bomgar_windows": CLOSED}})

    planned = forge.merge_request()
    assert planned.code == 0, planned.text
    plan = next(file for file in planned.artifacts if file.parent.name == "plans").read_text(encoding="utf-8")
    assert re.search(r"\b[0-9a-f]{64}\b", plan), "the fingerprint"
    assert "Install Base Software-6.0.1" in plan
    assert any(file.name == "summary.md" for file in planned.artifacts) == (kind is GitHub)
    assert box.truth.commands == []
    seen = len(box.truth.requests)

    outside = forge.scheduled()
    assert (outside.code, outside.green) == (0, True), outside.text
    assert len(box.truth.requests) == seen, "outside its windows a site is sent nothing at all"
    when = datetime.fromisoformat(CLOSED[0]["starts"])
    assert f"Outside its windows nothing is sent; next: {when:%A %Y-%m-%d %H:%M} UTC" in outside.text
    assert outcome(forge) == {"format": 1, "code": 0, "stands": "good", "sites": {HOST: {"stands": "good", "said": ""}}}

    repository.change(forge.checkout, HOST, bomgar_windows=OPEN)
    if kind is GitHub:
        code, text = forge._bash(["./run converge --check"], **forge._secrets())
        assert (code, box.truth.commands, list(forge.state.glob("records/*"))) == (0, [], []), text
        assert f"{HOST}: check mode, nothing was changed and nothing was written" in text
    inside = forge.scheduled()
    assert (inside.code, inside.green) == (0, True), inside.text
    assert box.installed["base"] == "6.0.1"
    assert [command.name for command in box.truth.commands].count("install") == 1
    kept = [file for file in inside.artifacts if file.parent.name == HOST]
    assert {file.name for file in kept} == {"record.json", "report.html", "report.json", "report.md", "report.xml"}
    record = json.loads((forge.state / f"records/{HOST}/latest/record.json").read_text(encoding="utf-8"))
    assert record["steps"][-1]["outcome"] in ("changed", "unchanged")
    no_secret(world, inside.text, *(file.read_text(encoding="utf-8") for file in inside.artifacts))

    if kind is GitLab:
        asked = len(box.truth.commands)
        again = forge.scheduled()
        assert (again.code, len(box.truth.commands)) == (0, asked), again.text
        assert "nothing to do" in again.text
        assert [file.name for file in again.artifacts if file.parent.name == HOST] == [], "only what is new"

        # The runner's disk is lost, and the record put back as the document says.
        (forge.checkout / "record.json").write_text(json.dumps(record), encoding="utf-8")
        shutil.rmtree(forge.state / "records")
        document = (ROOT / "docs/gitops.md").read_text(encoding="utf-8")
        lines = re.findall(r"^    ((?:mkdir|cp|ln) .*records/support.*)$", document, re.M)
        assert len(lines) == 3
        forge._bash([line.replace("/srv/bomgar", str(forge.state)) for line in lines])
        repository.change(forge.checkout, HOST, bomgar_windows=CLOSED)
        restored = forge.scheduled()
        assert f"{HOST} was upgraded" in restored.text
        assert "It is not asked outside its windows" in restored.text


def test_every_site_stands_for_itself_and_the_worst_is_the_exit_code(
    world: Any, serve_old: Any, repository: Any
) -> None:
    names = ("failed", "good", "refused", "unknown", "wrong")
    boxes = dict(zip(names, serve_old(*(f"{name}.example.com" for name in names)), strict=True))
    boxes["failed"].plan_next(outcome="old_version")
    boxes["unknown"].plan_next(outcome="hangs")
    sites: dict[str, dict[str, Any]] = {f"{name}.example.com": {"bomgar_windows": OPEN} for name in names}
    sites["refused.example.com"]["bomgar_windows"] = window(-1, 1.5)  # ends before a package would
    sites["unknown.example.com"]["bomgar_deadline"] = 3
    sites["wrong.example.com"]["bomgar_windows"] = [{"every": "sunday", "at": 1320, "hours": 4, "timezone": "UTC"}]
    forge = repository(GitLab, sites)
    # Every box has accounts of its own; a forge with as many secrets would name them in host_vars.
    for name, box in boxes.items():
        host = f"{name}.example.com"
        own = {key: value for key, value in world.accounts(box).items() if key != "bomgar_url"}
        repository.change(forge.checkout, host, **own, **sites[host])

    ran = forge.scheduled()
    assert (ran.code, ran.green) == (14, False), ran.text
    found = outcome(forge)
    assert {host: site["stands"] for host, site in found["sites"].items()} == {
        f"{name}.example.com": name for name in names
    }
    assert 'write the time in quotes, as "22:00"' in found["sites"]["wrong.example.com"]["said"]
    assert "window" in found["sites"]["refused.example.com"]["said"]
    assert boxes["wrong"].truth.requests == []
    assert [bool(boxes[name].truth.commands) for name in names] == [True, True, False, True, False]
    no_secret(world, ran.text, json.dumps(found))

    # Afterwards, outside the windows: what failed is told until somebody has seen to it, and nothing is asked of anybody.
    asked = {name: len(box.truth.requests) for name, box in boxes.items()}
    for name, box in boxes.items():
        own = {key: value for key, value in world.accounts(box).items() if key != "bomgar_url"}
        repository.change(
            forge.checkout, f"{name}.example.com", **own, bomgar_windows=OPEN if name == "failed" else CLOSED
        )
    later = forge.scheduled()
    assert {host: site["stands"] for host, site in outcome(forge)["sites"].items()} == {
        **{f"{name}.example.com": name for name in names if name != "wrong"},
        "wrong.example.com": "good",
    }
    assert later.code == 14
    assert "It is not tried again before a person has looked" in later.text
    assert {name: len(box.truth.requests) for name, box in boxes.items()} == asked

    # Somebody has looked.
    forge.run(CI_PIPELINE_SOURCE="web", CI_COMMIT_BRANCH="main", CONVERGE_AGAIN="true")
    assert outcome(forge)["sites"]["failed.example.com"]["stands"] == "good"
    assert boxes["failed"].installed["base"] == "6.0.1"
    assert {name: len(box.truth.requests) for name, box in boxes.items() if name != "failed"} == {
        name: number for name, number in asked.items() if name != "failed"
    }


def test_what_a_run_says_that_did_not_begin_or_was_stopped(world: Any, serve_old: Any, repository: Any) -> None:
    serve_old()
    forge = repository(GitLab, {HOST: {"bomgar_windows": CLOSED}})
    code, text = forge._bash(["./run no_such_playbook"], **forge._secrets())
    assert (code, (forge.checkout / "outcome.json").exists()) == (1, False), text
    # Killed when it has begun: its only task kills the ansible-playbook that a worker of it runs in.
    stop = forge.checkout / "stop.yml"
    kill = {"ansible.builtin.raw": "kill -9 $(ps -o ppid= -p $PPID)", "args": {"executable": "/bin/sh"}}
    play = {"hosts": "bomgar_sites", "connection": "local", "gather_facts": False, "tasks": [kill]}
    stop.write_text(yaml.safe_dump([play]), encoding="utf-8")
    run = (forge.checkout / "run").read_text(encoding="utf-8").replace('"bomgar.appliance.$playbook"', '"$playbook"')
    (forge.checkout / "run").write_text(run, encoding="utf-8")
    code, text = forge._bash(["./run stop.yml"], **forge._secrets())
    assert (code, outcome(forge)["stands"]) == (14, "unknown"), text


def test_no_two_pipelines_act_at_once_and_none_is_stopped_for_a_newer_one() -> None:
    gitlab = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8"))["converge"]
    assert gitlab["resource_group"]
    assert gitlab["interruptible"] is False
    assert gitlab["allow_failure"]["exit_codes"] == [CODES["unfinished"]]
    workflow = yaml.safe_load((EXAMPLE / ".github/workflows/upgrade.yml").read_text(encoding="utf-8"))
    github = workflow["jobs"]["converge"]
    assert github["concurrency"] == {"group": "bomgar-sites", "cancel-in-progress": False}
    assert github["timeout-minutes"] >= 720
    assert workflow["permissions"] == {"contents": "read"}


def test_the_pipelines_say_nothing_that_their_forges_do_not_know() -> None:
    """A misspelt keyword is passed over by one forge and refused by the other; these are the ones used, as documented."""
    gitlab = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert gitlab.keys() == {"stages", "default", "variables", "plan", "converge"}
    job = {"stage", "rules", "script", "artifacts", "resource_group", "interruptible", "timeout", "allow_failure"}
    artifacts = {"when", "expose_as", "paths", "expire_in", "reports"}
    for name in ("plan", "converge"):
        assert gitlab[name].keys() <= job
        assert gitlab[name]["artifacts"].keys() <= artifacts
        assert gitlab[name]["stage"] in gitlab["stages"]
        assert isinstance(gitlab[name]["artifacts"]["paths"], list)
    workflow = yaml.safe_load((EXAMPLE / ".github/workflows/upgrade.yml").read_text(encoding="utf-8"))
    assert workflow.keys() == {"name", True, "permissions", "env", "jobs"}
    assert workflow[True].keys() == {"pull_request", "schedule", "workflow_dispatch"}
    for job in workflow["jobs"].values():
        assert job.keys() <= {"if", "runs-on", "environment", "concurrency", "timeout-minutes", "steps"}
        for step in job["steps"]:
            assert step.keys() <= {"name", "if", "run", "uses", "with"}
            assert ("run" in step) != ("uses" in step)


def test_which_job_runs_when(tmp_path: Path) -> None:
    gitlab, github = (kind(EXAMPLE, tmp_path, COLLECTIONS, {}) for kind in (GitLab, GitHub))
    for variables, jobs in (
        ({"CI_PIPELINE_SOURCE": "merge_request_event"}, ["plan"]),
        ({"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"}, ["converge"]),
        ({"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "main"}, ["converge"]),
        ({"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "other"}, []),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}, []),
    ):
        assert list(gitlab.jobs(**variables)) == jobs
    for event, branch, jobs in (
        ("pull_request", "5/merge", ["plan"]),
        ("schedule", "main", ["converge"]),
        ("workflow_dispatch", "main", ["converge"]),
        ("workflow_dispatch", "other", []),
    ):
        assert list(github.jobs(event_name=event, ref_name=branch)) == jobs


def test_the_sites_of_the_example_are_right() -> None:
    """As they are, with secrets that a forge would give."""
    from ansible_collections.bomgar.appliance.plugins.module_utils import inventory

    for file in sorted((EXAMPLE / "inventory/host_vars").glob("*.yml")):
        assert inventory.problems(file.stem, yaml.safe_load(file.read_text(encoding="utf-8"))) == []


def test_the_documents_name_every_exit_code() -> None:
    text = (ROOT / "docs/gitops.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.M))
    assert rows == {str(code): word for word, code in CODES.items()}
