# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over to a twin and what never does, and what is said at the end of a rehearsal."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import rehearsal, runner, twin
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.modules import rehearsal as module
from ansible_collections.bomgar.appliance.tests.simulator import LookClock, Simulator
from ansible_collections.bomgar.appliance.tests.simulator.twin import Twin

SITE = "support.example.com"
BLOCKED = "3.2.4 does not satisfy 11.1.1's requirements."
OFFERS = [
    {"name": "Base Software-3.2.6", "kind": "base", "version": "3.2.6", "installable": True, "blocked_by": None},
    {"name": "Bomgar-11.1.1", "kind": "site", "version": "11.1.1", "installable": False, "blocked_by": BLOCKED},
]
GIVEN: dict[str, Any] = {"target": {"site": "11.1.1", "base": "3.2.6"}}
PAIR = {"relation": "established", "production": "b", "primary": "b"}


def seen(**more: Any) -> twin.Seen:
    """One appliance that told all."""
    info = {"versions": {"site": "10.5.3", "base": "3.2.4", "build": "1-a", "api": "1.4.2"}, "clock": {"skew": -2.0}}
    values: dict[str, Any] = {
        "info": {**info, **more.pop("info", {})},
        "updates": {"activity": "idle", "offers": OFFERS},
        "activity": {"sessions": [], "representatives": []},
        "accounts": ("api", "appliance"),
        **more,
    }
    return twin.Seen(**values)


def make(given: Any = None, boxes: Any = None, **more: Any) -> twin.Twin:
    return twin.make(SITE, boxes or {"a": seen()}, GIVEN | (given or {}), **more)


def test_what_was_read_is_what_the_simulator_builds() -> None:
    made = make()
    simulator = Simulator(LookClock())
    (box,) = Twin(json.loads(json.dumps(made.told)), Path()).populate(simulator)

    assert (box.host, box.site, box.base, box.build, box.clock_skew) == (SITE, "10.5.3", "3.2.4", "1-a", -2.0)
    offers = box.check_for_updates()
    assert offers is not None
    assert [(one.package.name, one.blocked_by is None) for one in offers] == [
        ("Base Software-3.2.6", True),
        ("Bomgar-11.1.1", False),
    ]


def test_nothing_that_leads_out_or_is_secret_goes_over() -> None:
    given = {
        "url": "https://real.example.com",
        "api_client_secret": "secret-1",
        "failover_key": "secret-2",
        "proxy": "https://secret-3@proxy",
        "record_dir": "/real/records",
        "backup_dir": "/real/backups",
        "records": {SITE: {"real": 1}},
        "plan": "real-plan",
        "cutover": {"method": "dns", "server": "real-server", "key_secret": "secret-4"},
        "appliances": {"a": {"url": "https://real-a.example.com"}, "b": {"url": "https://real-b.example.com"}},
    }
    made = make(given, {"a": seen(), "b": seen()}, pair=PAIR)
    text = json.dumps(made.told)
    assert "secret" not in text
    assert "real" not in text.replace("site_rehearsal", "").replace("the rehearsal", "")
    assert made.told["production"] == "b"
    assert made.windows == ("first", "second")
    assert made.told["variables"]["bomgar_cutover"] == {"method": "tasks", "file": "cutover.yml"}


def test_shared_addresses_move_as_they_would() -> None:
    boxes = {"a": seen(), "b": seen(info={"shared_ips": ["203.0.113.9"]})}
    made = make({"cutover": {"method": "shared_ip"}}, boxes, pair=PAIR)
    assert made.told["shared_ips"] == ["203.0.113.9"]
    assert made.told["variables"]["bomgar_cutover"] == {"method": "shared_ip"}


def test_one_certificate_read_twice_is_one() -> None:
    def options(*days: float) -> list[float]:
        boxes = {name: seen(info={"certificate": {"days_left": each}}) for name, each in zip("ab", days, strict=True)}
        return [one["options"]["certificate_days"] for one in make({}, boxes, pair=PAIR).told["members"].values()]

    assert options(70.01, 69.99) == [70.01, 70.01]
    assert options(70.0, 20.0) == [70.0, 20.0]


def test_the_only_appliance_may_have_a_name_and_a_role() -> None:
    told = make(boxes={"east": seen(info={"role": "primary"})}).told
    simulator = Simulator(LookClock())
    made = Twin(json.loads(json.dumps(told)), Path())
    (box,) = made.populate(simulator)
    assert box.role == "primary"
    with simulator.serve() as served:
        hosts = made.inventory(served)["all"]["children"]["bomgar_sites"]["hosts"]
        members = hosts[SITE]["bomgar_appliances"]
        assert members["east"]["url"] == served.url(box)
        # For what the real inventory has no account, the twin's has none.
        assert members["east"].keys() >= {"api_username", "appliance_username"}
        assert "login_username" not in members["east"]


@pytest.mark.parametrize(
    ("boxes", "pair", "words"),
    [
        ({"a": seen(info={"versions": {"site": "10.5.3"}})}, None, "base software of a is not known"),
        ({"a": seen(updates={"activity": "busy"})}, None, "an update is running on a"),
        ({"a": seen(), "b": seen()}, {**PAIR, "relation": "broken"}, "its failover is broken"),
    ],
)
def test_too_little_known_or_in_the_middle_is_no_twin(boxes: Any, pair: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        make(boxes=boxes, pair=pair)


def test_packages_are_told_by_name_or_by_provides() -> None:
    packages = [{"path": "/x/Base-3.2.6.pkg"}, {"path": "/x/second", "provides": {"site": "11.1.1"}, "sha256": "0"}]
    made = make({"path": "manual", "packages": packages})
    assert [(file["path"], file["provides"]) for file in made.told["files"]] == [
        ("packages/1/Base-3.2.6.pkg", {"base": "3.2.6"}),
        ("packages/2/second", {"site": "11.1.1"}),
    ]
    # What an offer of the same version waits for, the file waits for, too.
    assert made.told["files"][1]["package"]["requires"] == {"base": "3.2.6"}
    with pytest.raises(BadInput, match="provides"):
        make({"path": "manual", "packages": [{"path": "/x/one"}, {"path": "/x/other"}]})


def test_an_offer_that_nothing_lifts_stays_refused() -> None:
    made = make(boxes={"a": seen(updates={"activity": "idle", "offers": OFFERS[1:]})})
    assert made.told["offers"][0]["requires"] == {"base": "3.2.4.1"}
    assert any("nothing that it offers would change that" in note for note in made.notes)


def test_offers_that_could_not_be_read_are_said() -> None:
    made = make(boxes={"a": seen(updates={"failed": True, "msg": "a page"})})
    assert made.told["offers"] == []
    assert any("(a page)" in note for note in made.notes)


def test_sessions_and_volume() -> None:
    busy = {"a": seen(activity={"sessions": [{}, {}], "representatives": [{}]})}
    options = make({"sessions": "wait"}, busy).told["members"]["a"]["options"]
    assert (options["sessions"], options["representatives"], options["sessions_last"]) == (2, 1, twin.SESSIONS_LAST)
    assert make(boxes=busy, wishes=twin.Wishes(sessions=0)).told["members"]["a"]["options"]["sessions"] == 0
    assert make(manifest='{"size": 5000}').told["common"]["backup_size"] == 5000
    assert make(manifest=json.dumps({"size": 2**40})).told["common"]["backup_size"] == twin.BACKUP_AT_MOST
    assert make(record='{"durations": [{"seconds": 7}, {"seconds": 9}]}').told["install"] == {"install": 9.0}


def test_own_tasks_only_when_asked_for() -> None:
    options = {"single_upgrade_tasks_before_update": "/mine.yml", "readiness_gate": False}
    quiet = make(options=options)
    assert "single_upgrade_tasks_before_update" not in quiet.told["variables"]
    assert quiet.told["variables"]["readiness_gate"] is False
    assert any("your own task files are not run" in note for note in quiet.notes)
    loud = make(options=options, wishes=twin.Wishes(own_tasks=True, variables={"mine": 1, "bomgar_target": {}}))
    assert loud.told["variables"]["single_upgrade_tasks_before_update"] == "/mine.yml"
    assert loud.told["variables"]["mine"] == 1
    assert loud.told["variables"]["bomgar_target"] == GIVEN["target"]


def test_pages_that_are_not_recognised_are_not_on_the_twin_either() -> None:
    pages = {"recognised": True, "pages": [{"controls": [{"found": True, "how": "button 'Controlla aggiornamenti'"}]}]}
    assert make(boxes={"a": seen(pages=pages)}).told["common"]["dialect"] == "guide_it"
    assert make(boxes={"a": seen(pages={**pages, "recognised": False})}).told["common"]["dialect"] == "unknown"
    assert make().told["common"]["dialect"] == "guide_en"


def test_the_end_says_where_twin_and_prediction_part() -> None:
    stages = [
        {"id": "backup", "title": "Take a backup", "state": "next"},
        {"id": "install:x", "title": "Install x", "state": "later"},
        {"id": "gone", "title": "Done before", "state": "done"},
        {"id": "validation", "title": "Validate", "state": "later"},
    ]
    steps = [
        {"id": "backup", "appliance": None, "title": "", "outcome": "changed"},
        {"id": "install:x", "appliance": None, "title": "", "outcome": "failed"},
    ]
    began = {"a": {"site": "10.5.3", "base": "3.2.4", "build": "1-a", "api": "1.4.1"}}
    outcome = {"rehearsed": {"sentence": "so", "steps": steps, "began": began, "fingerprint": "1"}, "report": "/r"}
    lines = twin.compare(make().plain(), outcome, {"stages": stages, "fingerprint": "2", "stuck": None})
    assert max(map(len, lines)) <= 69
    text = " ".join(" ".join(lines).split())
    assert "3 steps; 1 of them" in text
    assert "failed: Install x" in text
    assert "not planned on the twin: Validate" in text
    assert "Done before" not in text
    assert "a: api 1.4.1 instead of 1.4.2" in text
    assert "another fingerprint" in text
    assert all(words in text for words in twin.NEVER)


def test_the_twins_run_inherits_nothing_that_leads_elsewhere() -> None:
    inherited = {"PATH": "/bin", "ANSIBLE_STDOUT_CALLBACK": "awx", "HTTPS_PROXY": "x", "no_proxy": "x", "AWX_ID": "1"}
    found = rehearsal.surroundings(inherited | {"REQUESTS_CA_BUNDLE": "x"}, Path("/f"), Path("/root"))
    assert found["PATH"] == "/bin"
    assert not {"ANSIBLE_STDOUT_CALLBACK", "HTTPS_PROXY", "no_proxy", "AWX_ID", "REQUESTS_CA_BUNDLE"} & found.keys()
    assert (found["ANSIBLE_COLLECTIONS_PATH"], found["ANSIBLE_CONFIG"]) == ("/root", "/f/ansible.cfg")


def test_what_the_twins_run_said() -> None:
    said = 'x\nfatal: [one]: FAILED! => {"msg": "first"}\nfatal: [one]: FAILED! => {\n "changed": false, "msg": "second"}\n'
    assert rehearsal.why(said) == "second"
    assert rehearsal.why("nothing") == ""
    assert rehearsal.shortened("TASK [x] *****\n") == ""
    assert rehearsal.shortened('        "  [ ] Install \\"x\\"",\n') == '  [ ] Install "x"'
    assert rehearsal.shortened("one  a  installing\n") == "one  a  installing"


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "trustme" else real(name))
    params = {"twin": make().plain(), "directory": str(tmp_path), "scale": 60.0, "records": None, "sessions_wait": None}
    result = runner.execute(module.run, runner.Task(params))
    assert result["failed"]
    assert f"{sys.executable} -m pip install aiohttp cryptography trustme" in result["msg"]
    assert list(tmp_path.iterdir()) == []
