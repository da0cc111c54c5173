# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade from the first command to the report: both ways, held to a plan, joined, refused, failed, of several sites."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.simulator import InstallPlan, Package, write_package

TARGET = {"site": "11.1.1", "base": "3.2.6"}
BOTH = ["Base Software-3.2.6", "Bomgar-11.1.1"]


def installed(box: Any) -> list[tuple[str, str]]:
    """What was installed on the box, and how it ended."""
    return [(seen.package, seen.outcome) for seen in box.truth.installs]


def good(box: Any) -> bool:
    """Whether the box got both packages, each once, by one command each, and nothing else happened to it."""
    truth = box.truth
    return (
        installed(box) == [(name, "good") for name in BOTH]
        and not truth.installs_refused
        and not truth.restarts_asked
        and not truth.decoys
        and not truth.logins_refused()
        and truth.backups >= 1
    )


def record_of(world: Any, host: str = "support.example.com") -> dict[str, Any]:
    """The site's last record."""
    return dict(json.loads((world.records / host / "latest/record.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "dialect",
    [
        "guide_it",
        *(pytest.param(name, marks=pytest.mark.once) for name in ("guide_en", "links_en", "wizard_en", "plain_it")),
    ],
)
def test_automatic_updates_over_two_packages(world: Any, serve: Any, dialect: str) -> None:
    box = serve(dialect=dialect)
    world.common["bomgar_target"] = TARGET

    rehearsed = world.play("upgrade", "--check")
    assert rehearsed.code == 0, rehearsed.text
    assert (box.truth.commands, world.written(), box.truth.backups) == ([], [], 0)
    assert [name for name in BOTH if f"Install {name}" in rehearsed.words] == BOTH
    assert "support.example.com: check mode, nothing was changed and nothing was written" in rehearsed.words

    played = world.play()
    assert played.code == 0, played.text
    assert good(box)
    assert [command.name for command in box.truth.commands].count("install") == 2
    assert (
        "support.example.com was upgraded: site software 10.5.3 → 11.1.1, base software 3.2.4 → 3.2.6." in played.words
    )
    assert "Site down:" in played.words
    report = world.records / "support.example.com/latest/report.html"
    assert report.is_file()
    assert f"Report: {report.resolve()}" in played.words

    again = world.play()
    assert again.code == 0, again.text
    assert again.changed == 0
    assert "nothing to do, it runs site software 11.1.1 and base software 3.2.6." in again.words
    assert good(box)
    assert len(list((world.records / "support.example.com").glob("2*"))) == 1, "nothing to do leaves no new record"


def test_a_recent_release_with_the_newest_that_is_offered(world: Any, serve: Any) -> None:
    """OAuth, check_health, and `latest` for both."""
    world.simulator.vendor.publish(
        Package("base", "6.0.1"), Package("site", "20.1.2", requires={"base": "6.0.1"}), Package("site", "20.1.3")
    )
    box = serve(dialect="modern_en", base="6.0.0", site="20.1.1")
    world.common["bomgar_target"] = "latest"
    played = world.play()
    assert played.code == 0, played.text
    assert box.installed == {"base": "6.0.1", "site": "20.1.3"}
    assert world.play().changed == 0


def packages(folder: Path) -> list[dict[str, str]]:
    """The two packages as files, as the inventory lists them."""
    found = []
    for package in (Package("base", "3.2.6"), Package("site", "11.1.1", requires={"base": "3.2.6"})):
        path = write_package(folder / f"{package.name.replace(' ', '-')}.pkg", package)
        found.append({"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    return found


def test_package_files(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_it")
    world.simulator.vendor.reachable = False
    world.common |= {"bomgar_path": "manual", "bomgar_target": TARGET, "bomgar_packages": packages(world.folder)}

    rehearsed = world.play("upgrade", "--check")
    assert rehearsed.code == 0, rehearsed.text
    assert (box.truth.commands, world.written(), box.truth.uploads) == ([], [], [])

    played = world.play()
    assert played.code == 0, played.text
    assert good(box)
    assert [(upload.accepted, upload.sha256) for upload in box.truth.uploads] == [
        (True, package["sha256"]) for package in world.common["bomgar_packages"]
    ]

    again = world.play()
    assert (again.code, again.changed) == (0, 0), again.text
    assert "nothing to do" in again.words
    assert len(box.truth.uploads) == 2


@pytest.mark.parametrize("wrong", ["missing", "damaged", "empty"])
def test_a_wrong_file_is_found_before_the_appliance_is_asked(world: Any, serve: Any, wrong: str) -> None:
    box = serve(dialect="guide_it")
    files = packages(world.folder)
    last = Path(files[1]["path"])
    if wrong == "missing":
        last.unlink()
    else:
        last.write_bytes(b"" if wrong == "empty" else b"not what the checksum says")
    world.common |= {"bomgar_path": "manual", "bomgar_target": TARGET, "bomgar_packages": files}
    played = world.play()
    assert played.code != 0
    assert f"use the package {last}" in played.words
    assert box.truth.requests == []


@pytest.mark.once
def test_the_plan_that_was_agreed_on_and_no_other(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common["bomgar_target"] = {"base": "3.2.6"}
    agreed = world.folder / "agreed.json"
    assert world.play("plan_upgrade", "-e", f"plan_dest={agreed}").code == 0
    world.common["bomgar_plan"] = str(agreed)

    world.common["bomgar_target"] = TARGET
    refused = world.play()
    assert refused.code != 0
    assert "hold the plan that was agreed on" in refused.words
    assert "bomgar.appliance.plan_upgrade" in refused.words
    assert box.truth.commands == []

    world.common["bomgar_target"] = {"base": "3.2.6"}
    played = world.play()
    assert played.code == 0, played.text
    assert box.installed == {"base": "3.2.6", "site": "10.5.3"}

    again = world.play()
    assert (again.code, again.changed) == (0, 0), again.text
    assert "nothing to do" in again.words


@pytest.mark.once
def test_what_a_slip_in_the_target_left_is_validated_once_it_is_corrected(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common["bomgar_target"] = {"site": "12.0"}
    slipped = world.play()
    assert slipped.code != 0
    assert "12.0 is not offered now, and may never be" in slipped.words
    assert box.installed == {"base": "3.2.6", "site": "11.1.1"}

    world.common["bomgar_target"] = TARGET
    played = world.play()
    assert played.code == 0, played.text
    record = json.loads((world.records / "support.example.com/latest/record.json").read_text())
    assert [(step["id"], step["outcome"]) for step in record["steps"]] == [("validation", "unchanged")]
    assert len(box.truth.commands) == 2

    again = world.play()
    assert (again.code, again.changed) == (0, 0), again.text
    assert "nothing to do" in again.words
    status = world.play("show_status").words
    assert "not finished" not in status


def test_a_site_that_is_as_wished_leaves_no_trace(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", base="3.2.6", site="11.1.1")
    world.common["bomgar_target"] = TARGET
    played = world.play()
    assert (played.code, played.changed) == (0, 0), played.text
    assert "nothing to do" in played.words
    assert (box.truth.commands, world.written()) == ([], [])


@pytest.mark.once
def test_an_update_that_is_running_already_is_joined(world: Any, serve: Any) -> None:
    # It downloads for long, so that the first look finds it at work and not a box that is down.
    box = serve(dialect="guide_en", install_plan=InstallPlan(download=3600.0))
    world.common["bomgar_target"] = TARGET
    box.install(Package("base", "3.2.6"), "automatic")

    rehearsed = world.play("upgrade", "--check")
    assert rehearsed.code == 0, rehearsed.text
    assert (box.truth.commands, world.written()) == ([], [])

    played = world.play()
    assert played.code == 0, played.text
    assert good(box)
    assert [command.detail for command in box.truth.commands] == [{"package": "Bomgar-11.1.1"}]


def test_running_sessions_stop_it_unless_they_may_be_cut(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", sessions=2)
    world.common["bomgar_target"] = {"base": "3.2.6"}
    refused = world.play()
    assert refused.code != 0
    assert "sessions" in refused.words
    assert "set bomgar_sessions to wait or accept" in refused.words
    assert (box.truth.commands, box.truth.sessions_cut) == ([], [])
    assert "was refused at" in refused.words
    assert (world.records / "support.example.com/latest/report.html").is_file()

    accepted = world.play("upgrade", "-e", "bomgar_sessions=accept")
    assert accepted.code == 0, accepted.text
    assert len(box.truth.sessions_cut) == 2


@pytest.mark.once
def test_running_sessions_are_waited_for(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", sessions=1)
    world.common |= {"bomgar_target": {"base": "3.2.6"}, "bomgar_sessions": "wait", "bomgar_sessions_wait": 120}
    # The session ends once it was looked for so often that the run must be waiting.
    looked = {"count": 0}

    def ends_later(request: Any) -> bool:
        looked["count"] += request.role == "report SupportSession"
        if looked["count"] == 12:
            box.end_sessions()
        return False

    box.faults.plant("refuse", when=ends_later, times=None)
    played = world.play()
    assert played.code == 0, played.text
    assert looked["count"] >= 12
    assert box.truth.sessions_cut == []
    assert installed(box) == [("Base Software-3.2.6", "good")]


@pytest.mark.once
@pytest.mark.parametrize(
    ("outcome", "deadline", "words"),
    [
        ("old_version", 120, "the appliance is back and idle with the old version"),
        ("failed", 120, "the appliance says that it failed"),
        ("never_back", 4, "had not come back by the deadline"),
    ],
)
def test_what_went_wrong_is_told_apart(world: Any, serve: Any, outcome: str, deadline: float, words: str) -> None:
    box = serve(dialect="guide_en")
    box.plan_next(outcome=outcome, message="Checksum of block 7 differs.")
    world.common |= {"bomgar_target": TARGET, "bomgar_deadline": deadline}
    played = world.play()
    assert played.code != 0
    assert words in played.words
    assert ("Checksum of block 7 differs." in played.words) == (outcome == "failed")
    assert [command.name for command in box.truth.commands] == ["install"]
    assert "The upgrade of support.example.com failed at" in played.words
    assert (world.records / "support.example.com/latest/report.html").is_file()
    assert record_of(world)["steps"][-1]["outcome"] == "failed"
    if outcome != "never_back":
        # What was wrong is seen to, and the same command gets there.
        assert world.play().code == 0
        assert box.installed == TARGET


@pytest.mark.once
@pytest.mark.parametrize(
    ("target", "still_down", "playbook"),
    [
        ({"base": "3.2.6"}, False, "upgrade"),
        ({"base": "3.2.6"}, False, "validate"),
        ({"base": "3.2.6"}, True, "upgrade"),
        (TARGET, False, "upgrade"),
    ],
    ids=["run again", "validated", "run again too early", "run again for the rest"],
)
def test_a_box_that_comes_back_too_late(
    world: Any, serve: Any, target: dict[str, str], still_down: bool, playbook: str
) -> None:
    """What failed by the deadline and ends well afterwards is a finished upgrade, and the failed attempt is still told."""
    box = serve(dialect="guide_en")
    box.plan_next(restart=3e4 if still_down else 1e6)
    world.common |= {"bomgar_target": target, "bomgar_deadline": 4}
    assert "had not come back by the deadline" in world.play().words
    assert record_of(world)["steps"][-1]["outcome"] == "failed"
    world.common["bomgar_deadline"] = 120
    if not still_down:
        world.simulator.clock.advance(2e6)
    asked = len(box.truth.commands)

    again = world.play(playbook)
    assert again.code == 0, again.text
    assert box.installed == {"base": "3.2.6", "site": "10.5.3", **target}
    assert [command.name for command in box.truth.commands[asked:]] == (["install"] if target == TARGET else [])
    first = [
        (step["outcome"], (step["evidence"]["after"] or {}).get("base"))
        for step in record_of(world)["steps"]
        if step["id"] == "install:Base Software-3.2.6"
    ]
    assert first == [("failed", None), ("changed", "3.2.6")]
    sentence = "support.example.com was upgraded:"
    assert sentence in world.play("show_status").words
    assert sentence in world.play("report").words
    latest = world.records / "support.example.com/latest"
    assert "had not come back by the deadline" in (latest / "report.html").read_text(encoding="utf-8")
    assert "<failure" not in (latest / "report.xml").read_text(encoding="utf-8")

    last = world.play()
    assert (last.code, last.changed) == (0, 0), last.text
    assert "nothing to do" in last.words


@pytest.mark.once
def test_what_a_person_did_after_a_refusal_finishes_the_upgrade(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en", sessions=1)
    world.common["bomgar_target"] = {"base": "3.2.6"}
    assert world.play().code != 0
    box.install(Package("base", "3.2.6"), "automatic")
    world.simulator.clock.advance(1e5)
    assert "was refused at" in world.play("show_status").words
    again = world.play()
    assert again.code == 0, again.text
    assert box.truth.commands == []
    assert "<failure" not in (world.records / "support.example.com/latest/report.xml").read_text(encoding="utf-8")
    assert "support.example.com was upgraded: base software 3.2.4 \u2192 3.2.6." in world.play("show_status").words


def test_validation_that_fails_is_no_success(world: Any, serve: Any) -> None:
    box = serve(dialect="modern_en", base="6.0.0", site="20.1.1")
    world.simulator.vendor.publish(Package("base", "6.0.1"))
    world.common |= {"bomgar_target": {"base": "6.0.1"}, "bomgar_acceptance": ["health.healthy", "role == 'primary'"]}
    played = world.play()
    assert played.code != 0
    assert "acceptance[1]: role == 'primary' gives false" in played.words
    assert installed(box) == [("Base Software-6.0.1", "good")]

    # It is corrected; nothing is installed again, and only the validation is made up for.
    world.common["bomgar_acceptance"] = ["health.healthy"]
    again = world.play()
    assert again.code == 0, again.text
    assert "was upgraded" in again.words
    assert len(box.truth.installs) == 1
    assert world.play().changed == 0


def test_tasks_of_the_users_own(world: Any, serve: Any) -> None:
    box = serve(dialect="guide_en")
    world.common["bomgar_target"] = {"base": "3.2.6"}
    arguments = []
    for point in ("before", "after"):
        path = world.folder / f"{point}.yml"
        path.write_text(f"- ansible.builtin.debug:\n    msg: the users own task {point}\n", encoding="utf-8")
        arguments += ["-e", f"single_upgrade_tasks_{point}_update={path}"]
    played = world.play("upgrade", *arguments)
    assert played.code == 0, played.text
    text = played.words
    order = [
        "Have a verified backup",
        "own task before",
        "is installed",
        "own task after",
        "Check the site after its upgrade",
    ]
    assert sorted(order, key=text.index) == order
    assert installed(box) == [("Base Software-3.2.6", "good")]


def test_two_sites_and_one_of_them_fails(world: Any, serve: Any) -> None:
    first, second = serve("one.example.com", "two.example.com", dialect="guide_en")
    first.plan_next(outcome="old_version")
    world.common["bomgar_target"] = TARGET
    played = world.play()
    assert played.code == 2
    assert played.recap["one.example.com"]["failed"] == 1
    assert played.recap["two.example.com"]["failed"] == 0
    assert "The upgrade of one.example.com failed at" in played.words
    assert "two.example.com was upgraded" in played.words
    assert good(second)
    assert record_of(world, "one.example.com")["site"] == "one.example.com"
    assert {path.parent.name for path in world.backups.rglob("*.nsb")} == {"one.example.com", "two.example.com"}


def test_a_pair_is_refused(world: Any, serve: Any) -> None:
    box = serve(dialect="modern_en", base="6.0.0", site="20.1.1", role="primary")
    world.simulator.vendor.publish(Package("base", "6.0.1"))
    world.common["bomgar_target"] = {"base": "6.0.1"}
    played = world.play()
    assert played.code != 0
    assert "single_appliance" in played.words
    assert box.truth.commands == []
