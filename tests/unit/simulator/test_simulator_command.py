# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command that serves people, the demo and Molecule."""

from __future__ import annotations

import http.client
import json
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.simulator import Package, Simulator
from ansible_collections.bomgar.appliance.tests.simulator.__main__ import main, make_parser, parse_package, populate

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "tests.simulator"]


def test_it_runs_a_command_and_exits_as_it_does(tmp_path: Path) -> None:
    script = "import os, sys; sys.exit(len(open(os.environ['SIMULATOR_INVENTORY']).read()) > 100 and 7)"
    arguments = ["--directory", str(tmp_path), "--sites", "2", "--site", "19.1.8", "--set", "bomgar_poll_interval=1"]
    done = subprocess.run([*COMMAND, *arguments, "--", sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == 7
    inventory = yaml.safe_load((tmp_path / "inventory.yml").read_text())
    sites = inventory["all"]["children"]["bomgar_sites"]
    assert list(sites["hosts"]) == ["site1.support.example.com", "site2.support.example.com"]
    assert sites["vars"]["bomgar_poll_interval"] == 1
    assert sites["vars"]["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    first = sites["hosts"]["site1.support.example.com"]
    assert "bomgar_api_client_id" in first
    assert "bomgar_api_username" not in first
    assert {one.name for one in (tmp_path / "packages").iterdir()} == {"base-3.2.6.pkg", "site-11.1.1.pkg"}
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert truth["sites"]["site1.support.example.com"]["commands"] == []


def test_it_ends_when_told_to(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--directory", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready: 1 site from https://127.0.0.1:")
        assert int((tmp_path / "simulator.pid").read_text()) == process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not (tmp_path / "simulator.pid").exists()


def test_its_truth_is_complete_while_it_serves(tmp_path: Path) -> None:
    """Requests that are no event are in it too, as soon as no more come."""
    truth, known = tmp_path / "truth.json", []
    with subprocess.Popen(
        [*COMMAND, "--directory", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline().partition("https://127.0.0.1:")[2].partition(";")[0])
            context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
            connection.request("GET", "/login")
            connection.getresponse().close()
            limit = time.monotonic() + 30
            while not known and time.monotonic() < limit:
                known = json.loads(truth.read_text())["sites"]["support.example.com"]["requests"]
        finally:
            process.terminate()
    assert known[0]["path"] == "/login"


def test_sites_that_go_different_ways() -> None:
    names = ["one.example.com", "two.example.com"]
    arguments = [part for name in names for part in ("--host", name)]
    nexts = ["--next", "two.example.com:good", "--next", "two.example.com:failed"]
    boxes = populate(Simulator(), make_parser().parse_args([*arguments, *nexts, "--dialect", "each"]))
    assert [box.host for box in boxes] == names
    assert boxes[0].dialect_name != boxes[1].dialect_name
    assert [[plan.outcome for plan in box.next_plans] for box in boxes] == [[], ["good", "failed"]]


def test_packages_on_the_command_line() -> None:
    assert parse_package("base:3.2.6") == Package("base", "3.2.6")
    assert parse_package("site:12.1.1:base>=3.3.0,site>=11.1.1") == Package(
        "site", "12.1.1", {"base": "3.3.0", "site": "11.1.1"}
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ["--offer", "site"],
        ["--offer", "site:1:base"],
        ["--outcome", "splendid"],
        ["--next", "failed"],
        ["--next", "unknown.example.com:failed"],
        ["--next", "support.example.com:splendid"],
    ],
)
def test_wrong_options_are_told(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(wrong)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err
