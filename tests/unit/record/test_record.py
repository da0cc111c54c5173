# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record: what is written when, what a crash leaves, what is refused and what never gets in."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import record as record_module
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput, Refused, RunFailed
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Outcome, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.record import (
    Record,
    Run,
    Writer,
    durations,
    records,
    this_run,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.record_files import RecordNotWritten, site_folder
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import iso, seconds
from ansible_collections.bomgar.appliance.plugins.module_utils.record_standing import (
    current_checks,
    measured_outage,
    standing,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.redaction import Redaction
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Evidence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SITE = "support.example.com"
WISH = {"site": "11.1.1", "base": "3.2.6"}
SECRET = "correct-horse-battery-staple/&%+ü"
FIRST = Run("run-1", "ada", "control.example.com", {"collection": "1.0.0", "ansible": "2.19.14", "python": "3.11.7"})
SECOND = Run("run-2", "grace", "control.example.com")


class Clock:
    """A second passes with every look at it."""

    def __init__(self) -> None:
        self.now = 1_763_837_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def writer(run: Run = FIRST, *secrets: str) -> Writer:
    return Writer(run, secrets, Clock())


def begin(directory: Path, run: Run = FIRST, **more: Any) -> Record:
    """A new record: none before it may be of the same run and wish."""
    return Record.take(directory, SITE, writer(run), **{"wish": WISH, "path": "automatic", **more})


def on_disk(record: Record) -> dict[str, Any]:
    assert record.file
    data: dict[str, Any] = json.loads(record.file.read_text())
    return data


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with begin(tmp_path) as made:
        yield made


# -- where and how it is written


def test_a_record_lies_in_a_folder_named_by_its_start_with_latest_pointing_to_it(
    tmp_path: Path, record: Record
) -> None:
    assert record.folder == tmp_path / SITE / "20251122T184321Z"
    assert str((tmp_path / SITE / "latest").readlink()) == record.folder.name
    assert on_disk(record)["format"] == 1


def test_files_and_folders_are_the_owners_alone(record: Record) -> None:
    previous = os.umask(0)
    try:
        with record.step("install") as step:
            step.done("changed")
    finally:
        os.umask(previous)
    assert record.file
    assert record.folder
    assert stat.S_IMODE(record.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(record.folder.parent.stat().st_mode) == 0o700


def test_two_records_of_one_second_do_not_meet(tmp_path: Path) -> None:
    names = []
    for turn in range(11):
        with begin(tmp_path, Run(f"run-{turn}", "ada", "c"), wish={"site": f"{turn}"}) as record:
            assert record.folder
            names.append(record.folder.name)
    assert names[:3] == ["20251122T184321Z", "20251122T184321Z-2", "20251122T184321Z-3"]
    assert [item.folder.name for item in records(tmp_path, SITE) if item.folder] == names
    (tmp_path / SITE / "latest").unlink()
    latest = Record.open_latest(tmp_path, SITE)
    assert latest
    assert latest.folder
    assert latest.folder.name == "20251122T184321Z-11"


def test_a_step_is_on_disk_when_it_begins_when_it_gets_on_and_when_it_ends(record: Record) -> None:
    with record.step("Install Bomgar-11.1.1", step_id="install:site", module="update", appliance="a") as step:
        began = on_disk(record)["steps"][0]
        step.before(Versions(site="10.5.3"))
        step.progress("installing", percent=40)
        going = on_disk(record)["steps"][0]
        step.requests([Evidence(1_763_837_000.0, "GET", "/appliance", "look", False, "200", 0.25)])
        step.done(Outcome.CHANGED, after=Versions(site="11.1.1"), detail="installed", facts={"hops": 1})
    ended = on_disk(record)["steps"][0]
    assert (began["id"], began["ended"], began["outcome"], began["run"]) == ("install:site", None, None, "run-1")
    assert going["evidence"]["before"]["site"] == "10.5.3"
    assert going["evidence"]["observations"][0]["percent"] == 40
    assert (ended["outcome"], ended["detail"], ended["facts"]) == ("changed", "installed", {"hops": 1})
    assert ended["evidence"]["requests"][0]["at"] == "2025-11-22T18:43:20.000Z"
    assert seconds(ended["ended"]) > seconds(ended["started"])


def test_a_long_wait_keeps_its_first_and_its_newest_observations(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Record, "_try_write", lambda self: None)
    with record.step("wait") as step:
        for number in range(1000):
            step.progress("down", number=number)
        step.done("unknown")
    evidence = step.entry["evidence"]
    numbers = [item["number"] for item in evidence["observations"]]
    assert (len(numbers), numbers[0], numbers[-1], evidence["left_out"]) == (500, 0, 999, 500)


def test_a_requests_list_may_come_after_the_end(record: Record) -> None:
    with record.step("install") as step:
        step.done_from({"changed": True, "msg": "done", "before": {"site": "1"}, "after": {"site": "2"}})
        step.requests([{"at": 0, "method": "GET"}])
    kept = on_disk(record)["steps"][0]
    assert (kept["outcome"], kept["detail"], len(kept["evidence"]["requests"])) == ("changed", "done", 1)


def test_odd_values_do_not_keep_a_record_from_being_written(tmp_path: Path, record: Record) -> None:
    odd = {"nan": float("nan"), 3: {1, 2}, "lone": "\ud800", "nul": "\0", "path": tmp_path, "bytes": b"\xff"}
    with record.step("odd") as step:
        step.done("unchanged", facts=odd)
    facts = Record.open(str(record.file)).data["steps"][0]["facts"]
    assert (facts["nan"], facts["lone"], facts["nul"]) == ("nan", "\ud800", "\0")


def test_keys_of_others_are_kept(tmp_path: Path, record: Record) -> None:
    data = on_disk(record)
    data["of_a_friend"] = {"kept": [1]}
    assert record.file
    record.file.write_text(json.dumps(data))
    record.close()
    again = Record.resume(tmp_path, SITE, writer(SECOND))
    assert again
    with again:
        with again.step("x") as step:
            step.done("unchanged")
        assert on_disk(again)["of_a_friend"] == {"kept": [1]}


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    with Record.in_memory(SITE, writer(), wish=WISH, path=None) as record, record.step("x") as step:
        step.done("unchanged")
    assert (record.file, record.outcome, list(tmp_path.iterdir())) == (None, None, [])


# -- how a step ends


def test_an_error_ends_its_step_and_goes_on(record: Record) -> None:
    with pytest.raises(Refused), record.step("check"):
        raise Refused("log in", "the account is locked", "Unlock it.", account="api")
    step = on_disk(record)["steps"][0]
    assert (step["outcome"], step["detail"], step["action"]) == (
        "failed",
        "log in: the account is locked",
        "Unlock it.",
    )
    assert (step["error"]["reason"], step["facts"]) == ("refused", {"account": "api"})


def test_a_failed_run_says_its_own_outcome(record: Record) -> None:
    with pytest.raises(RunFailed), record.step("install"):
        raise RunFailed("unknown", "install", "it never came back", "Look at its console.")
    assert record.outcome is Outcome.UNKNOWN
    assert not standing(record.data).interrupted


def test_a_bug_ends_its_step_as_failed(record: Record) -> None:
    with pytest.raises(ZeroDivisionError), record.step("install"):
        raise ZeroDivisionError("by zero")
    assert "ZeroDivisionError: by zero" in on_disk(record)["steps"][0]["detail"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_stop_leaves_its_step_open(record: Record, stop: type[BaseException]) -> None:
    with pytest.raises(stop), record.step("install"):
        raise stop
    assert on_disk(record)["steps"][0]["ended"] is None
    assert [item["id"] for item in standing(record.data).interrupted] == ["install"]
    assert record.outcome is Outcome.UNKNOWN


def test_a_step_that_says_nothing_is_a_bug(record: Record) -> None:
    with pytest.raises(RuntimeError), record.step("install"):
        pass
    assert on_disk(record)["steps"][0]["outcome"] == "unknown"


def test_a_step_ends_once(record: Record) -> None:
    with record.step("install") as step:
        step.done("changed")
        with pytest.raises(RuntimeError):
            step.done("unchanged")


# -- what it comes to


def planned(*ids: str) -> Record:
    record = Record.in_memory(SITE, writer(), wish=WISH, path=None)
    record.set_plan({"fingerprint": "f", "steps": [{"id": name, "title": name} for name in ids]})
    return record


def attempt(record: Record, name: str, outcome: str | None, appliance: str | None = None) -> None:
    step = record.step(name, appliance=appliance)
    if outcome:
        step.done(outcome)


@pytest.mark.parametrize(
    ("attempts", "outcome", "finished"),
    [
        ([], None, False),
        ([("b", "unchanged")], None, False),
        ([("a", "unchanged")], Outcome.UNCHANGED, True),
        ([("a", "changed"), ("b", "unchanged")], Outcome.CHANGED, True),
        ([("a", "changed"), ("b", "refused")], Outcome.REFUSED, False),
        ([("a", "refused"), ("b", "unknown")], Outcome.UNKNOWN, False),
        ([("a", "unknown"), ("b", "failed")], Outcome.FAILED, False),
        ([("a", "failed"), ("b", None)], Outcome.UNKNOWN, False),
        ([("a", "failed"), ("a", "unchanged")], Outcome.UNCHANGED, True),
        ([("a", None), ("a", "changed")], Outcome.CHANGED, True),
        ([("a", "changed"), ("a", "unchanged")], Outcome.CHANGED, True),
    ],
)
def test_the_outcome_follows_from_the_steps(
    attempts: list[tuple[str, str | None]], outcome: Outcome | None, finished: bool
) -> None:
    record = planned("a")
    for name, result in attempts:
        attempt(record, name, result)
    assert (record.outcome, record.finished) == (outcome, finished)


def test_two_appliances_are_two_steps() -> None:
    record = Record.in_memory(SITE, writer(), wish=WISH, path=None)
    attempt(record, "install", "failed", "a")
    attempt(record, "install", "changed", "b")
    assert record.outcome is Outcome.FAILED


def test_without_a_plan_a_good_validation_completes_it() -> None:
    record = Record.in_memory(SITE, writer(), wish=WISH, path=None)
    attempt(record, "install", "changed")
    assert (record.outcome, record.finished) == (None, False)
    attempt(record, "validation", "unchanged")
    assert (record.outcome, record.finished) == (Outcome.CHANGED, True)


@pytest.mark.parametrize("prepared", ["refused", "failed", "unknown", None])
@pytest.mark.parametrize("name", ["readiness", "backup"])
def test_a_good_validation_outranks_what_was_prepared_before_it(name: str, prepared: str | None) -> None:
    record = planned("readiness", "backup", "install:x", "validation")
    attempt(record, name, prepared, "a")
    assert not record.finished
    attempt(record, "validation", "failed", "a")
    assert record.outcome in (Outcome.FAILED, Outcome.UNKNOWN)
    attempt(record, "validation", "unchanged", "b")
    assert not record.finished, "another appliance's says nothing"
    attempt(record, "validation", "unchanged", "a")
    assert (record.outcome, record.finished) == (Outcome.UNCHANGED, True)
    attempt(record, name, "refused", "a")
    assert (record.outcome, record.finished) == (Outcome.REFUSED, False)


def test_a_good_validation_does_not_outrank_an_installation_nor_what_is_planned_after_it() -> None:
    record = planned("backup", "validation", "the other one")
    attempt(record, "install:x", "failed")
    attempt(record, "validation", "unchanged")
    assert (record.outcome, record.finished) == (Outcome.FAILED, False)
    attempt(record, "install:x", "unchanged")
    assert (record.outcome, record.finished, standing(record.data).missing) == (None, False, (("the other one", None),))


def test_a_plan_tells_when_a_record_is_complete() -> None:
    record = planned("back up", "install")
    attempt(record, "back up", "changed")
    assert (record.outcome, record.finished, standing(record.data).missing) == (None, False, (("install", None),))
    attempt(record, "install", "changed")
    assert (record.outcome, record.finished) == (Outcome.CHANGED, True)


# -- going on


def test_taking_goes_on_with_an_unfinished_record_of_the_same_wish(tmp_path: Path) -> None:
    with begin(tmp_path) as first:
        first.step("install")
    with Record.take(tmp_path, SITE, writer(SECOND), wish=WISH, path="automatic") as again:
        assert again.folder == first.folder
        assert [item["id"] for item in standing(again.data).interrupted] == ["install"]
        assert [run["id"] for run in on_disk(again)["runs"]] == ["run-1", "run-2"]


@pytest.mark.parametrize(("wish", "path"), [({"site": "12"}, "automatic"), (WISH, "manual")])
def test_taking_begins_anew_for_another_wish(tmp_path: Path, wish: dict[str, str], path: str) -> None:
    with begin(tmp_path) as first:
        attempt(first, "install", "failed")
    with Record.take(tmp_path, SITE, writer(SECOND), wish=wish, path=path) as other:
        assert other.folder != first.folder


def test_taking_begins_anew_after_a_finished_one_but_not_within_its_run(tmp_path: Path) -> None:
    with begin(tmp_path) as first:
        attempt(first, "validation", "unchanged")
        assert first.finished
    with Record.take(tmp_path, SITE, writer(FIRST), wish=WISH, path="automatic") as same:
        assert same.folder == first.folder
    with Record.take(tmp_path, SITE, writer(SECOND), wish=WISH, path="automatic") as other:
        assert other.folder != first.folder


@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_rehearsal_and_an_upgrade_never_share_a_folder(tmp_path: Path, rehearsal: bool) -> None:
    with begin(tmp_path, rehearsal=rehearsal) as first:
        assert ("rehearsal" in on_disk(first)) is rehearsal
    with begin(tmp_path, SECOND, rehearsal=rehearsal) as again:
        assert again.folder == first.folder
    for wish in (WISH, {"site": "12"}):
        with pytest.raises(BadInput, match="folders of their own"):
            begin(tmp_path, SECOND, rehearsal=not rehearsal, wish=wish)


def test_there_is_nothing_to_resume_at_first(tmp_path: Path) -> None:
    assert Record.resume(tmp_path, SITE, writer()) is None
    assert Record.open_latest(tmp_path, SITE) is None
    assert list(tmp_path.iterdir()) == []


def test_a_record_opened_to_be_read_is_not_written(tmp_path: Path, record: Record) -> None:
    latest = Record.open_latest(tmp_path, SITE)
    assert latest
    with pytest.raises(RuntimeError):
        latest.step("install")


@pytest.mark.parametrize("part", ["", "latest", "latest/record.json", "{stamp}", "{stamp}/record.json"])
def test_a_record_is_opened_by_any_of_its_paths(tmp_path: Path, record: Record, part: str) -> None:
    assert record.folder
    opened = Record.open(tmp_path / SITE / part.format(stamp=record.folder.name))
    assert opened.data == record.data


def test_the_snapshot_before_stays_and_the_one_after_moves(record: Record) -> None:
    for version in ("10.5.3", "11.1.1"):
        record.snapshot("before", Versions(site=version))
        record.snapshot("after", Versions(site=version))
    kept = on_disk(record)["snapshots"]
    assert (kept["before"][""]["values"]["site"], kept["after"][""]["values"]["site"]) == ("10.5.3", "11.1.1")
    with pytest.raises(ValueError):
        record.snapshot("meanwhile", {})


def test_the_newest_checks_of_each_phase_count_and_older_ones_are_kept(record: Record) -> None:
    record.add_checks("readiness", [{"id": "clock", "title": "Clock", "outcome": "fail"}])
    record.add_checks("validation", [{"id": "up", "title": "Up", "outcome": "pass"}])
    record.add_checks("readiness", [{"id": "clock", "title": "Clock", "outcome": "fail", "waived": "known"}])
    assert [(check["id"], check["waived"]) for check in current_checks(record.data)] == [
        ("clock", "known"),
        ("up", None),
    ]
    assert len(on_disk(record)["checks"]) == 3


def test_a_backup_is_kept_once(record: Record) -> None:
    for _turn in range(2):
        record.add_backup({"file": "/b/1.nsb", "sha256": "ab"})
    assert len(on_disk(record)["backups"]) == 1


def test_an_outage_is_from_the_first_failed_look_to_the_first_good_one(record: Record) -> None:
    assert measured_outage(record.data) is None
    record.site_watched("check_health", 5)
    none_seen = measured_outage(record.data)
    assert none_seen
    assert (none_seen.seconds, none_seen.spells, none_seen.resolution) == (0, 0, 5)
    record.site_up(90)
    for at in (100, 105, 110):
        record.site_down("check_health", 5, at=at)
    ongoing = measured_outage(record.data)
    assert ongoing
    assert ongoing.ongoing
    assert ongoing.seconds == 10
    record.site_up(130)
    record.site_up(135)
    record.site_down("check_health", 5, at=200)
    record.site_up(210)
    outage = measured_outage(Record.open(str(record.file)).data)
    assert outage
    assert (outage.seconds, outage.spells, outage.ongoing) == (40, 2, False)


def test_an_outage_whose_end_nobody_saw_is_told_by_its_bounds(record: Record) -> None:
    for at in (100, 110):
        record.site_down("check_health", 5, at=at)
    record.site_up(400, watched=False)
    outage = measured_outage(Record.open(str(record.file)).data)
    assert outage
    assert (outage.seconds, outage.unwatched, outage.ongoing) == (300, 290, False)


def test_durations_come_from_all_readable_records(tmp_path: Path) -> None:
    for value in (300.0, 400.0):
        with begin(tmp_path, Run(f"run-{value}", "ada", "c"), wish={"site": f"{value}"}) as record:
            record.add_duration("Base Software-3.2.6", kind="base", seconds=value)
            record.add_duration("Bomgar-11.1.1", kind="site", seconds=value * 2)
    with begin(tmp_path, SECOND) as broken:
        assert broken.file
        broken.file.write_text("{")
    assert durations(tmp_path, SITE, "base") == [300, 400]
    assert durations(tmp_path, SITE) == [300, 600, 400, 800]


# -- refusals


@pytest.mark.parametrize(
    "site", ["", ".", "..", "../x", "a/b", "a\\b", "/etc", "a\0b", "-x", ".lock", "a b", "a\n", "x" * 254]
)
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, site: str) -> None:
    with pytest.raises(BadInput):
        site_folder(tmp_path, site)


@given(st.text())
def test_no_name_leaves_the_folder(site: str) -> None:
    try:
        place = site_folder("/records", site)
    except BadInput:
        return
    assert Path(os.path.normpath(place)).parent == Path("/records")


BROKEN: dict[str, Any] = {
    "empty": "",
    "half": '{"format": 1, "site": "supp',
    "no object": "[]",
    "no format": "{}",
    "format of text": '{"format": "1"}',
    "format of truth": '{"format": true}',
    "newer": '{"format": 2}',
    "bytes": b"\xff\xfe\x00",
    "deep": "[" * 100_000,
    "nan": '{"format": NaN}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_record_that_cannot_be_read_is_named_and_never_overwritten(tmp_path: Path, content: str | bytes) -> None:
    with begin(tmp_path) as record:
        assert record.file
    raw = content if isinstance(content, bytes) else content.encode()
    record.file.write_bytes(raw)
    attempts = [
        lambda: Record.take(tmp_path, SITE, writer(SECOND), wish=WISH, path="automatic"),
        lambda: Record.resume(tmp_path, SITE, writer(SECOND)),
        lambda: Record.open_latest(tmp_path, SITE),
        lambda: Record.open(str(record.file)),
    ]
    for again in attempts:
        with pytest.raises(BadInput) as caught:
            again()
        assert str(record.file) in str(caught.value)
        assert "Move" in caught.value.remedy
    assert record.file.read_bytes() == raw
    record.file.unlink()
    with begin(tmp_path):  # no lock was left behind
        pass


@pytest.mark.parametrize(
    "change",
    [
        {"site": "other.example.com"},
        {"site": 5},
        {"created": "yesterday"},
        {"created": "2026-11-22T18:43:00"},
        {"steps": {}},
        {"steps": [5]},
        {"steps": [{}]},
        {"runs": [{"id": "x", "started": 5}]},
        {"checks": [{"id": "x"}]},
        {"outages": [{"down_from": "x", "up_at": None}]},
        {"plan": []},
        {"plan": {"steps": [{}]}},
        {"wish": None},
        {"snapshots": []},
        {"durations": [{"seconds": "long"}]},
    ],
)
def test_a_record_of_another_shape_is_refused(tmp_path: Path, record: Record, change: dict[str, Any]) -> None:
    assert record.file
    record.file.write_text(json.dumps(on_disk(record) | change))
    with pytest.raises(BadInput):
        Record.open_latest(tmp_path, SITE)


def test_a_step_cannot_have_ended_without_an_outcome(tmp_path: Path, record: Record) -> None:
    attempt(record, "install", "changed")
    data = on_disk(record)
    data["steps"][0]["outcome"] = None
    assert record.file
    record.file.write_text(json.dumps(data))
    with pytest.raises(BadInput):
        Record.open_latest(tmp_path, SITE)


def test_a_second_writer_is_refused_with_the_first_ones_number(tmp_path: Path, record: Record) -> None:
    for again in (begin, lambda place: Record.resume(place, SITE, writer(SECOND))):
        with pytest.raises(BadInput) as caught:
            again(tmp_path)
        assert caught.value.facts["pid"] == os.getpid()
        assert caught.value.reason == "another_run"
        assert "another run writes this site's record now" in str(caught.value)
        assert str(os.getpid()) in str(caught.value)
    assert Record.open_latest(tmp_path, SITE)  # reading needs no lock


def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        held = begin(tmp_path)
        held.step("install")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with Record.take(tmp_path, SITE, writer(SECOND), wish=WISH, path="automatic") as record:
        assert [step["id"] for step in standing(record.data).interrupted] == ["install"]


def test_latest_does_not_lead_out_of_the_site(tmp_path: Path, record: Record) -> None:
    link = tmp_path / SITE / "latest"
    link.unlink()
    link.symlink_to("../elsewhere")
    opened = Record.open_latest(tmp_path, SITE)
    assert opened
    assert opened.folder == record.folder


def test_no_room_stops_a_step_before_it_begins_and_not_in_its_midst(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    good = record_module.write_file
    step = record.step("install")
    monkeypatch.setattr(record_module, "write_file", full)
    with pytest.raises(RecordNotWritten):
        record.step("next")
    step.progress("installing")
    record.site_down("check_health", 5)
    assert isinstance(record.write_error, OSError)
    with pytest.raises(RecordNotWritten) as caught:
        step.done("changed")
    assert "No space left" in str(caught.value)
    monkeypatch.setattr(record_module, "write_file", good)
    record.snapshot("after", {})
    assert [item["id"] for item in on_disk(record)["steps"]] == ["install"]
    assert record.write_error is None


def test_an_error_is_not_hidden_by_a_record_without_room(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def install() -> None:
        monkeypatch.setattr(record_module, "write_file", full)
        raise Refused("install", "no", "Ask.")

    with pytest.raises(Refused), record.step("install"):
        install()


# -- secrets


@pytest.mark.parametrize("secret", [SECRET, 'quote"back\\slash<&>', "line\nbreak-secret", "ünïcödé-secret"])
def test_no_secret_gets_into_the_file(tmp_path: Path, secret: str) -> None:
    from base64 import b64encode
    from html import escape
    from urllib.parse import quote

    forms = [
        secret,
        quote(secret, safe=""),
        escape(secret),
        b64encode(secret.encode()).decode(),
        json.dumps(secret)[1:-1],
    ]
    hidden = {f"a{form}b": [f"x {form} y", {form: form}] for form in forms}
    text = " ".join(forms)
    with Record.take(tmp_path, SITE, Writer(FIRST, (secret,), Clock()), wish=hidden, path=None) as record:
        record.set_plan({"x": hidden})
        record.snapshot("before", hidden, appliance="a")
        record.add_checks(
            "readiness", [{"id": "c", "title": text, "outcome": "fail", "detail": text, "waived": text, text: 1}]
        )
        record.add_backup({"file": text, text: text})
        record.site_down(text, 5)
        record.add_duration(text, "site", 5, **hidden)
        with record.step(text, step_id="s", module="m", **hidden) as step:
            step.before(hidden)
            step.progress(text, **hidden)
            step.requests([hidden])
            step.done("changed", detail=text, action=text, after=hidden, facts=hidden)
        with pytest.raises(Refused), record.step("t"):
            raise Refused(text, text, text, fact=hidden)
        with pytest.raises(ValueError), record.step("u"):
            raise ValueError(text)
        record.data["later"] = hidden
        record.snapshot("after", hidden)
        assert record.file
        raw = record.file.read_text()
        for form in forms:
            assert form not in raw
            assert json.dumps(form, ensure_ascii=False)[1:-1] not in raw
        assert raw.count("********") > 50
        assert secret not in repr(record.data)
        assert secret not in repr(Writer(FIRST, (secret,)))


@pytest.mark.parametrize(
    "secret", ["changed", "steps", "install", "unknown", "before", "2026", "a", "run-1", "ended", SITE]
)
def test_a_secret_that_is_one_of_our_words_breaks_no_record(tmp_path: Path, secret: str) -> None:
    plan = {"fingerprint": "f", "steps": [{"id": "install", "title": "Install"}]}
    with Record.take(tmp_path, SITE, Writer(FIRST, (secret,), Clock()), wish=WISH, path="in_place") as record:
        record.set_plan(plan)
        with record.step("install", appliance="a") as step:
            step.progress("before")
            step.done("changed", before={"a": 1})
        record.add_checks("readiness", [{"id": "a", "title": "A", "outcome": "pass"}])
        record.site_down("a", 5)
        assert record.file
    again = Record.open(record.file)
    assert again.finished
    assert again.data["steps"][0]["id"] == "install"


@given(st.lists(st.text(min_size=4), max_size=4), st.text())
def test_redaction_leaves_no_secret(secrets: list[str], text: str) -> None:
    told = text.join(secrets)
    cleaned = Redaction(secrets).text(told)
    for secret in secrets:
        if secret.strip() and not set(secret) <= {"*"}:
            assert secret not in cleaned


def test_a_short_secret_hides_words_only() -> None:
    redaction = Redaction(["abc", "", "  "])
    assert redaction.text("abc abcd (abc)") == "******** abcd (********)"
    assert Redaction([]).text("abc") == "abc"


# -- whatever happens


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(
    facts=st.dictionaries(st.text(), json_values, max_size=4),
    texts=st.tuples(st.text(), st.text(), st.text()),
    outcomes=st.lists(st.sampled_from([*Outcome, None]), max_size=5),
)
def test_what_was_written_is_read(
    facts: dict[str, Any], texts: tuple[str, str, str], outcomes: list[Outcome | None]
) -> None:
    with tempfile.TemporaryDirectory() as place, begin(Path(place), wish=facts) as record:
        for outcome in outcomes:
            step = record.step(texts[0])
            step.progress(texts[1])
            if outcome:
                step.done(outcome, detail=texts[1], action=texts[2], facts=facts, after=facts)
        record.snapshot("after", facts)
        record.add_backup(facts)
        read = Record.open(str(record.file))
        assert read.data == record.data
        assert standing(read.data) == standing(record.data)


CALLS = ("mkdir", "open", "fchmod", "fsync", "replace", "symlink", "unlink")


def _die_at(moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill this process before its `moment`-th call of the system that changes files."""
    count = [0]

    def watched(real: Any) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            count[0] += 1
            if count[0] == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **more)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, watched(getattr(os, name)))


def _upgrade(place: Path, run: Run) -> None:
    with Record.take(place, SITE, writer(run), wish=WISH, path="automatic") as record:
        for name in ("install", "validation"):
            with record.step(name) as step:
                step.progress("half")
                step.done("changed")
        record.site_down("check_health", 5, 100)
        record.site_up(110)


@pytest.mark.parametrize("half_written", [False, True])
def test_a_crash_at_any_moment_leaves_a_readable_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half_written: bool
) -> None:
    known = 0
    for moment in range(1, 1000):
        place = tmp_path / str(moment)
        place.mkdir()
        child = os.fork()
        if not child:
            try:
                _die_at(moment, monkeypatch)
                if half_written:
                    monkeypatch.setattr(os, "fdopen", _Halved)
                _upgrade(place, FIRST)
            finally:
                os._exit(0)
        _rest, status = os.waitpid(child, 0)
        latest = Record.open_latest(place, SITE)
        now = len(latest.data["steps"]) if latest else 0
        assert now >= known  # what was once on disk stays there, however later the crash comes
        known = now
        _upgrade(place, SECOND)
        after = Record.open_latest(place, SITE)
        assert after
        assert after.finished
        if not os.WIFSIGNALED(status):
            break
    else:
        pytest.fail("it never got through")
    assert known == 2
    assert moment > 30


class _Halved:
    """A file whose content comes in two pieces, with a sync between them: a crash finds it half written."""

    def __init__(self, descriptor: int, _mode: str) -> None:
        self.descriptor = descriptor

    def __enter__(self) -> _Halved:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self.descriptor)

    def fileno(self) -> int:
        return self.descriptor

    def flush(self) -> None:
        """Nothing is held back."""

    def write(self, content: bytes) -> None:
        os.write(self.descriptor, content[: len(content) // 2])
        os.fsync(self.descriptor)
        os.write(self.descriptor, content[len(content) // 2 :])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.integers(1, 6), point=st.integers(0, 20))
def test_a_writer_killed_from_outside_between_any_two_steps(steps: int, point: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            try:
                with begin(Path(place)) as record:
                    for number in range(steps):
                        with record.step(f"step {number}") as step:
                            os.write(write_end, b".")
                            if number == point:
                                signal.pause()
                            step.done("changed")
            finally:
                os._exit(0)
        os.close(write_end)
        for _turn in range(min(steps, point + 1)):
            os.read(read_end, 1)
        os.close(read_end)
        if point < steps:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        latest = Record.open_latest(place, SITE)
        assert latest
        assert len(latest.data["steps"]) == min(steps, point + 1)
        assert [step["id"] for step in standing(latest.data).interrupted] == (
            [f"step {point}"] if point < steps else []
        )


def test_a_run_is_told_by_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError

    assert this_run(collection="1", ansible="2").id == this_run(collection="1", ansible="2").id
    monkeypatch.setattr(record_module.getpass, "getuser", nobody)
    run = this_run("7", collection="1.0.0", ansible="2.19.14")
    assert (run.id, run.by) == ("7", f"uid {os.getuid()}")
    monkeypatch.setattr(os, "getppid", lambda: 2**22 + 1)
    assert this_run(collection="1", ansible="2").id.endswith(f"{2**22 + 1}-0")


def test_times_go_there_and_back() -> None:
    assert seconds(iso(1_763_837_000.25)) == 1_763_837_000.25
    with pytest.raises(ValueError):
        seconds(5)  # type: ignore[arg-type]
