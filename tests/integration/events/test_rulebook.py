# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen becomes an event, the event fires a rule, the rule plays the playbook for that site."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.bomgar.appliance.tests.integration.pairs.conftest import MODERN, pair_site
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import ROOT
from ansible_collections.bomgar.appliance.tests.simulator import Package

NEW = MODERN[1]


def test_a_pair_is_watched_from_an_offer_to_an_automatic_failover(tmp_path: Path, rulebook: Callable[..., Any]) -> None:
    (tmp_path / "home").mkdir()
    world = pair_site(tmp_path)
    world.common["bomgar_path"] = "role_swap"
    world.simulator.vendor.publish(Package("base", NEW["base"]))
    pair = world.pair
    with world.simulator.serve() as world.served:
        running = rulebook(world.inventory(), bomgar_watch_interval=0.5)
        running.says("support.example.com: update_offered raised", f"Base Software-{NEW['base']}")
        running.says("Show the plan", "PLAY RECAP", "role_swap to site 23.2.1")
        pair.automatic_failover(after=300)
        pair.a.go_down()
        running.says("unreachable raised: a does not answer", "role_swapped raised: b is primary and a was")
        running.says("PLAY [Show where sites stand]", "pair unknown: a unknown, b primary")
        pair.a.come_back()
        running.says("unreachable cleared: it answers again")
    text = running.text
    # It is shown once, whatever rules have to say of it; ansible-rulebook repeats the output of a playbook that failed.
    assert text.count("PLAY [Show where sites stand]") == 2
    assert not [secret for secret in world.secrets() if secret in text]
    for box in pair.boxes:
        assert box.truth.commands == []
        assert box.truth.lockouts == []


def rulebooks() -> list[Path]:
    return sorted((ROOT / "extensions/eda/rulebooks").glob("*.yml"))


@pytest.mark.parametrize("path", rulebooks(), ids=lambda path: path.stem)
def test_a_rulebook_is_one_for_ansible_rulebook_and_runs_what_there_is(path: Path) -> None:
    from ansible_rulebook.condition_parser import parse_condition

    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    schema = json.loads(
        (resources.files("ansible_rulebook") / "schema/ruleset_schema.json").read_text(encoding="utf-8")
    )
    jsonschema.validate(data, schema)
    rules = [rule for ruleset in data for rule in ruleset["rules"]]
    for rule in rules:
        # What cannot be parsed is an error here.
        assert parse_condition(rule["condition"])
    actions = [action for rule in rules for action in rule.get("actions", [rule.get("action")])]
    names = [next(iter(action.values())).get("name", "") for action in actions]
    played = {re.split(r"[.:] ?", name)[-1] for name in names if name}
    assert played == {"plan_upgrade", "show_status", "check_readiness"}
    assert all((ROOT / "playbooks" / f"{name}.yml").is_file() for name in played)


def test_both_rulebooks_watch_and_act_alike() -> None:
    """One plays playbooks and the other launches job templates; nothing else differs but where sites and accounts come from."""
    terminal, controller = (yaml.safe_load(path.read_text(encoding="utf-8"))[0] for path in rulebooks())
    for one, other in zip(terminal["rules"], controller["rules"], strict=True):
        assert {key: one.get(key) for key in ("name", "condition", "throttle")} == {
            key: other.get(key) for key in ("name", "condition", "throttle")
        }
    pace, other_pace = (each["sources"][0]["bomgar.appliance.sites"] for each in (terminal, controller))
    assert {**other_pace, "sites": None, "common": None} == {**pace, "sites": None, "common": None}
