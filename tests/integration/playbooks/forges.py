# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forge does with a pipeline file, as far as the examples use it: which jobs run, their variables, their lines. Tests nothing itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

#: The account of a site, as the secrets of the forge are named.
_SECRETS = (
    "API_CLIENT_ID",
    "API_CLIENT_SECRET",
    "LOGIN_USERNAME",
    "LOGIN_PASSWORD",
    "APPLIANCE_USERNAME",
    "APPLIANCE_PASSWORD",
)


@dataclass
class Ran:
    """What a job left. `text`: its log. `artifacts`: the files that it would hand to the forge. `green`: as the forge shows it."""

    code: int
    green: bool
    text: str
    artifacts: list[Path]


@dataclass
class Forge:
    """A checkout of the repository on a runner whose state is kept in a folder of its own."""

    checkout: Path
    state: Path
    collections: Path
    accounts: Mapping[str, Any]

    def _bash(self, lines: list[str], **variables: str) -> tuple[int, str]:
        """Lines as a runner's shell runs them: the first that fails ends the job."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "BOMGAR_"))}
        environment |= {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_HOME": str(self.state / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(self.state / "home"),
            **variables,
            "BOMGAR_STATE": str(self.state),
        }
        script = "\n".join(["set -eo pipefail", *lines])
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.checkout,
            env=environment,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout

    def _secrets(self) -> dict[str, str]:
        return {f"BOMGAR_{name}": str(self.accounts[f"bomgar_{name.lower()}"]) for name in _SECRETS}

    def _found(self, patterns: list[str]) -> list[Path]:
        return [
            file
            for pattern in patterns
            for place in sorted(self.checkout.glob(pattern.rstrip("/")))
            for file in ([place] if place.is_file() else sorted(place.rglob("*")))
            if file.is_file()
        ]


class GitLab(Forge):
    """`.gitlab-ci.yml`."""

    @property
    def file(self) -> dict[str, Any]:
        return dict(yaml.safe_load((self.checkout / ".gitlab-ci.yml").read_text(encoding="utf-8")))

    def jobs(self, **variables: str) -> dict[str, dict[str, Any]]:
        """The jobs of a pipeline with these variables."""
        known = {"CI_DEFAULT_BRANCH": "main", **variables}
        jobs = {name: job for name, job in self.file.items() if isinstance(job, dict) and "script" in job}
        return {name: job for name, job in jobs.items() if any(self._holds(rule["if"], known) for rule in job["rules"])}

    @staticmethod
    def _holds(rule: str, known: Mapping[str, str]) -> bool:
        def one(part: str) -> bool:
            name, operator, other = re.fullmatch(r"\$(\w+) (==|=~) (.+)", part.strip()).groups()
            value = known.get(name, "")
            if operator == "=~":
                return re.search(other.strip("/"), value) is not None
            return value == (known.get(other[1:], "") if other.startswith("$") else other.strip('"'))

        return all(one(part) for part in rule.split("&&"))

    def run(self, **variables: str) -> Ran:
        """The only job of such a pipeline."""
        ((_name, job),) = self.jobs(**variables).items()
        own = {
            key: str(value["value"] if isinstance(value, dict) else value)
            for key, value in self.file["variables"].items()
        }
        given = {**self._secrets(), **own, **variables}
        code, text = self._bash(job["script"], **given)
        assert job["artifacts"]["when"] == "always"
        green = code == 0 or code in job.get("allow_failure", {}).get("exit_codes", [])
        return Ran(code, green, text, self._found(job["artifacts"]["paths"]))

    def merge_request(self) -> Ran:
        return self.run(CI_PIPELINE_SOURCE="merge_request_event")

    def scheduled(self) -> Ran:
        return self.run(CI_PIPELINE_SOURCE="schedule", CI_COMMIT_BRANCH="main")


class GitHub(Forge):
    """`.github/workflows/upgrade.yml`."""

    @property
    def file(self) -> dict[str, Any]:
        path = self.checkout / ".github/workflows/upgrade.yml"
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        found["on"] = found.pop(True)  # YAML 1.1 takes the word for true
        return dict(found)

    def jobs(self, **github: str) -> dict[str, dict[str, Any]]:
        """The jobs of a run on such an event."""
        known = {"ref_name": "main", "event.repository.default_branch": "main", **github}
        return {name: job for name, job in self.file["jobs"].items() if self._holds(job["if"], known)}

    @staticmethod
    def _holds(condition: str, known: Mapping[str, str]) -> bool:
        named = re.sub(r"github\.([\w.]+)", lambda found: repr(known[found.group(1)]), condition)
        return bool(eval(named.replace("&&", " and ").replace("||", " or "), {"__builtins__": {}}))

    def run(self, **github: str) -> Ran:
        """The only job of such a run."""
        ((_name, job),) = self.jobs(**github).items()
        secrets = self._secrets()
        given = {
            key: re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found.group(1)], value).replace(
                "${{ inputs.again || false }}", "false"
            )
            for key, value in self.file["env"].items()
        }
        code, text, kept = 0, "", []
        summary = self.state / "summary.md"
        for step in job["steps"]:
            if code and step.get("if") != "always()":
                continue
            if "run" in step:
                ended, said = self._bash([step["run"]], GITHUB_STEP_SUMMARY=str(summary), **given)
                code, text = code or ended, text + said
            elif step["uses"].startswith("actions/upload-artifact@"):
                kept += self._found(step["with"]["path"].split())
        return Ran(code, code == 0, text, [*kept, *([summary] if summary.is_file() else [])])

    def merge_request(self) -> Ran:
        return self.run(event_name="pull_request")

    def scheduled(self) -> Ran:
        return self.run(event_name="schedule")
