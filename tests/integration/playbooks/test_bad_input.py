# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gets a message with the variable's name and the remedy, and nothing is sent. No secret is shown anywhere."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import Played
from ansible_collections.bomgar.appliance.tests.integration.playbooks.test_upgrade import TARGET
from ansible_collections.bomgar.appliance.tests.simulator import Package

#: What is wrong with a site's inventory, and words of what is said of it.
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"bomgar_sesions": "wait"}, "did you mean bomgar_sessions?"),
    ({"bomgar_sessions": "waits"}, "bomgar_sessions has to be refuse, wait or accept"),
    ({"bomgar_path": "role_swap"}, "bomgar_path role_swap is for pairs"),
    ({"bomgar_target": {"site": 11.1}}, "write it in quotes"),
    ({"bomgar_ca_path": "/nowhere/ca.pem"}, "Correct ca_path (bomgar_ca_path)"),
    ({"bomgar_api_password": None, "bomgar_api_username": "x"}, "bomgar_api_password is not: give both"),
    ({"bomgar_appliances": {"a": {"ulr": "https://x"}}}, "bomgar_appliances.a.ulr is not known (did you mean url?)"),
    ({"bomgar_appliances": {"a": {"url": "https://a"}, "b": {"url": "https://b"}}}, "bomgar_path is not given: set in_place"),
    ({"bomgar_target": None}, "bomgar_target"),
    ({"bomgar_plan": "nonsense"}, "bomgar_plan"),
    ({"bomgar_acceptance": ["health.["]}, "health.["),
    ({"bomgar_labels": {"no.such.label": ["x"]}}, "no.such.label"),
    ({"bomgar_path": "manual"}, "bomgar_packages"),
]  # fmt: skip


def test_bad_input_is_refused_with_its_remedy(world: Any, serve: Any) -> None:
    wrong = {f"wrong{number:02}.example.com": each for number, each in enumerate(WRONG)}
    boxes = serve(*wrong, dialect="guide_en")
    for host, (variables, _words) in wrong.items():
        world.variables[host] = {"bomgar_target": TARGET, **variables}
    played = world.play()
    assert "Traceback" not in played.text
    for box in boxes:
        said = Played(2, "\n".join(re.findall(rf"^fatal: \[{box.host}\].*", played.text, re.M)))
        assert wrong[box.host][1] in said.words, f"{box.host}: {said.text}\n{played.text}"
        assert box.truth.commands == []


def test_what_the_contract_refuses_is_refused_before_anything_is_sent(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common |= {"bomgar_target": TARGET, "bomgar_sesions": "wait", "bomgar_driver": "wob"}
    world.common |= {"bomgar_waivers": {"no_such_check": "because"}, "site_usual_duratoin": 60}
    for playbook in ("upgrade", "show_status", "back_up"):
        played = world.play(playbook)
        assert played.code != 0
        assert "its inventory needs a correction, and nothing was sent to the appliance" in played.words
        assert "bomgar_sessions?" in played.words
        assert "bomgar_driver has to be" in played.words
        assert "no_such_check" in played.words
        assert "did you mean site_usual_duration?" in played.words
    assert (box.truth.requests, world.written()) == ([], [])


def test_an_empty_text_counts_as_not_given(world: Any, serve: Any) -> None:
    """As an empty answer of a survey."""
    box = serve(dialect="guide_en")
    empty = [
        "bomgar_sessions",
        "bomgar_window_ends",
        "bomgar_plan",
        "bomgar_driver",
        "bomgar_timeout",
        "bomgar_waivers",
    ]
    empty += ["bomgar_validate_certs", "bomgar_backup_max_age", "bomgar_serial", "bomgar_hosts", "bomgar_packages"]
    world.common["bomgar_target"] = {"base": "3.2.6", "site": ""}
    arguments = [part for name in empty for part in ("-e", f"{name}=")]
    played = world.play("upgrade", *arguments)
    assert played.code == 0, played.text
    assert box.installed == {"base": "3.2.6", "site": "10.5.3"}


def test_a_refused_password_is_sent_once_a_run_and_locks_nothing(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common["bomgar_target"] = TARGET
    world.variables[box.host] = {"bomgar_appliance_password": "a-wrong-password-4711"}
    played = world.play()
    assert played.code != 0
    assert "refuse" in played.words
    assert "a-wrong-password-4711" not in played.text
    assert len(box.truth.logins_refused("appliance")) == 1
    assert box.truth.lockouts == []


def forms(secret: str) -> set[str]:
    """A secret as it could stand in a text."""
    raw = secret.encode()
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], base64.b64encode(raw).decode()}


def leaks(secrets: list[str], text: str) -> list[str]:
    """Which secrets stand in a text."""
    return [secret for secret in secrets if any(form in text for form in forms(secret))]


@pytest.mark.parametrize(
    ("dialect", "base", "site"), [("guide_it", "3.2.4", "10.5.3"), ("modern_en", "6.0.0", "20.1.1")]
)
def test_no_secret_is_shown_or_kept(world: Any, serve: Any, dialect: str, base: str, site: str) -> None:
    world.simulator.vendor.publish(Package("base", "6.0.1"), Package("site", "20.1.2", requires={"base": "6.0.1"}))
    box = serve(dialect=dialect, base=base, site=site, sessions=1)
    world.common |= {"bomgar_target": "latest", "bomgar_proxy": None}
    secrets = world.secrets()
    # Ways that show much: everything that can be printed, a failure, a difference, a misspelt variable.
    runs = [
        world.play("show_status", "-vvvv"),
        world.play("upgrade", "-vvvv", "--diff"),
        world.play("upgrade", "-vvvv", "--check", "--diff", "-e", "bomgar_sessions=accept"),
        world.play("upgrade", "-vvvv", "--diff", "-e", "bomgar_sessions=accept"),
        world.play("upgrade", "-vvvv", "-e", "bomgar_sesions=accept"),
        world.play("back_up", "-vvvv", "-e", "bomgar_backup_dir=/proc/nowhere"),
    ]
    for played in runs:
        assert leaks(secrets, played.text) == []
    kept: list[Path] = [path for path in world.written() if path.suffix != ".nsb"]
    assert kept
    for path in kept:
        assert leaks(secrets, path.read_text(encoding="utf-8", errors="replace")) == [], path
    for request in box.truth.requests:
        assert not {"username", "password"} & set(request.query), "accounts belong into the body"
