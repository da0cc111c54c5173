# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bomgar.appliance.checks against the simulator, over HTTPS."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import audit_file
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Writer, this_run
from ansible_collections.bomgar.appliance.plugins.module_utils.record_standing import current_checks
from ansible_collections.bomgar.appliance.plugins.modules import backup, checks
from ansible_collections.bomgar.appliance.tests.integration.checks.conftest import MakePlace
from ansible_collections.bomgar.appliance.tests.integration.checks.place import (
    ERAS,
    HOST,
    Era,
    Place,
    one,
    outcomes,
)
from ansible_collections.bomgar.appliance.tests.simulator import Certificate, write_package

#: Where release 10.6 is passed.
NO_INTEGRATIONS = {"integrations_audited": "this site has no integrations"}
OLD, NEW = ERAS["10.5.3"], ERAS["24.1.1"]


def before(site: Place, **params: Any) -> dict[str, Any]:
    """Readiness for the era's two packages, with a backup still to come."""
    wished = {"phase": "before", "target": site.era.wish, "backup_follows": True, "waivers": NO_INTEGRATIONS}
    return site.run(checks, **{**wished, **params})


def after(site: Place, **params: Any) -> dict[str, Any]:
    """Validation of the era's two packages."""
    return site.run(checks, **{"phase": "after", "target": site.era.wish, **params})


def recorded(folder: Path, site: Place) -> dict[str, Any]:
    """The options for a record."""
    return {"directory": str(folder), "run": "run-1", "path": "automatic", "wish": site.era.wish}


# -- ready or not


def test_a_ready_site(make_place: MakePlace, era: Era) -> None:
    site = make_place(era)
    result = before(site, gate=True, window_ends=(datetime.now(timezone.utc) + timedelta(hours=3)).isoformat())
    assert result["blocking"] == [], result["lines"]
    assert result["passed"] is True
    assert "failed" not in result
    assert result["outcome"] == "unchanged"
    found = outcomes(result)
    assert found["target"] == found["versions_known"] == found["pages_recognised"] == found["window"] == "pass"
    order = one(result, "target")["detail"]
    assert era.base.version in order.split(", then ")[0]
    assert era.site.version in order.split(", then ")[1]
    # Every password once; the API user of old releases has no session, and proves itself with each call.
    assert site.logins("appliance") == [True]
    assert len(site.logins("login")) <= 1
    assert len(site.logins("oauth")) <= 1
    assert site.said[0].startswith(f"{HOST}  a  ")


def test_old_releases_are_told_what_their_integrations_need(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place(OLD)
    record = recorded(tmp_path, site)

    def audited(*findings: dict[str, Any], days: float = 0) -> dict[str, str]:
        file = audit_file.folder_of(record["directory"], HOST) / audit_file.FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        found = {"findings": list(findings), "looked": {}, "skipped": []}
        file.write_bytes(audit_file.content(HOST, time.time() - days * 86_400, found))
        return outcomes(before(site, record=record))

    found = outcomes(before(site, record=record))
    assert found["integrations_audited"] == "fail"
    assert found["integration_client_version"] == "manual"
    assert found["health"] == found["cluster"] == "not_applicable"
    assert found["single_appliance"] == "manual"
    assert audited()["integrations_audited"] == "pass"
    assert audited({"place": "a.sql:1", "open": False})["integrations_audited"] == "pass"
    assert audited({"place": "a.sql:1", "open": True})["integrations_audited"] == "fail"
    assert audited(days=91)["integrations_audited"] == "fail"
    assert outcomes(before(make_place(NEW)))["integrations_audited"] == "not_applicable"


def test_the_gate_fails_with_every_remedy(make_place: MakePlace) -> None:
    site = make_place(sessions=2, healthy=False, problem="Disk full")
    result = before(site, gate=True, backup_follows=False)
    assert result["failed"] is True
    assert result["outcome"] == "refused"
    assert result["changed"] is False
    assert result["blocking"] == ["health", "sessions", "backup_fresh"]
    for words in (
        "Disk full",
        "2 sessions running",
        "bomgar_sessions",
        "bomgar_backup_dir",
        "ansible-playbook bomgar.appliance.back_up",
    ):
        assert words in result["msg"]
    assert [text.split()[0] for text in result["lines"][:3]] == ["FAIL", "FAIL", "FAIL"]


def test_without_the_gate_the_same_is_only_told(make_place: MakePlace) -> None:
    result = before(make_place(healthy=False))
    assert "failed" not in result
    assert (result["passed"], result["blocking"]) == (False, ["health"])


def test_a_waiver_is_kept_with_its_reason(make_place: MakePlace) -> None:
    result = before(make_place(healthy=False), gate=True, waivers={"health": "ticket 4711"})
    assert result["passed"] is True
    assert (one(result, "health")["outcome"], one(result, "health")["waived"]) == ("fail", "ticket 4711")
    assert result["counts"].endswith("1 waived")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"waivers": {"helth": "typo"}}, "no such check"),
        ({"waivers": {"backup_fresh": "no time"}}, "cannot be waived"),
        ({"waivers": {"health": ""}}, "no reason"),
        ({"acceptance": ["versions."]}, "no JMESPath"),
        ({"window_ends": "tomorrow"}, "bomgar_window_ends"),
        ({"window_ends": "2027-01-31T04:00:00"}, "time zone"),
        ({"target": {"site": "eleven"}}, "as a version"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_wrong_option_is_refused_before_anything_is_sent(
    make_place: MakePlace, phase: str, params: dict[str, Any], words: str
) -> None:
    site = make_place()
    result = site.run(checks, **{"phase": phase, "target": site.era.wish, **params})
    assert result["failed"] is True
    assert words in result["msg"]
    assert site.box.truth.requests == []


def test_half_an_account_is_refused_before_anything_is_sent(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"appliance": {"username": "boxadmin"}}
    result = before(site)
    assert result["failed"] is True
    assert "bomgar_appliance_password" in result["msg"]
    assert site.box.truth.requests == []


# -- each reading


@pytest.mark.parametrize(
    ("options", "check_id", "outcome", "words"),
    [
        ({"clock_skew": 120.0}, "clock", "warn", "ahead of"),
        ({"clock_skew": -900.0}, "clock", "fail", "behind"),
        ({"certificate": Certificate(days=9.5)}, "certificate", "warn", "days left"),
        ({"permissions": {"perm_command": "deny"}}, "api_permitted", "fail", "command API"),
        ({"permissions": {"perm_backup": "0"}}, "api_permitted", "fail", "backup API"),
        ({"permissions": {"perm_reporting_support": "0"}}, "api_permitted", "warn", "reporting API"),
        ({"permissions": {"perm_command": "read_only"}}, "api_permitted", "pass", ""),
        ({"role": "primary"}, "single_appliance", "fail", "primary"),
        ({"role": "backup"}, "single_appliance", "fail", "backup"),
        ({"cluster_role": "traffic"}, "cluster", "fail", "traffic"),
        ({"sessions": 1}, "sessions", "fail", "1 session running"),
        ({"representatives": 2}, "representatives", "warn", "Representative 1, Representative 2"),
        ({"base": "6.3.0"}, "target", "fail", "newer than 6.2.0"),
    ],
)  # fmt: skip
def test_a_site_that_is_not_ready(
    make_place: MakePlace, options: dict[str, Any], check_id: str, outcome: str, words: str
) -> None:
    found = one(before(make_place(**options)), check_id)
    assert found["outcome"] == outcome, found
    assert words in found["detail"]


@pytest.mark.parametrize(
    ("sessions", "outcome"), [("refuse", "fail"), ("wait", "warn"), ("accept", "warn")]
)  # fmt: skip
def test_sessions_as_the_user_says(make_place: MakePlace, era: Era, sessions: str, outcome: str) -> None:
    assert outcomes(before(make_place(era, sessions=1), sessions=sessions))["sessions"] == outcome


def test_without_the_reporting_api_sessions_are_known_by_their_customers(make_place: MakePlace) -> None:
    result = before(make_place(sessions=1, permissions={"perm_reporting_support": "0"}))
    assert one(result, "sessions")["detail"] == "sessions are running"


def test_a_target_that_is_not_offered(make_place: MakePlace) -> None:
    found = one(before(make_place(), target={"site": "25.9.9"}), "target")
    assert found["outcome"] in ("fail", "warn")
    assert "25.9.9" in found["detail"]
    assert found["action"]


def test_nothing_to_do(make_place: MakePlace, era: Era) -> None:
    wish = {"base": era.options["base"], "site": era.options["site"]}
    result = before(make_place(era, sessions=1), target=wish, backup_follows=False, gate=True)
    assert result["passed"] is True, result["lines"]
    assert "nothing to do" in one(result, "target")["detail"]
    assert outcomes(result)["sessions"] == "not_applicable"


def test_latest(make_place: MakePlace, era: Era) -> None:
    found = one(before(make_place(era), target={"site": "latest"}), "target")
    assert found["outcome"] == "pass"
    assert era.site.version in found["detail"]


def test_a_vendor_that_cannot_be_reached_is_no_fault_of_the_pages(make_place: MakePlace) -> None:
    site = make_place()
    site.simulator.vendor.reachable = False
    result = before(site)
    assert result["blocking"] == ["target"], result["lines"]
    assert one(result, "target")["outcome"] == "error"
    assert "vendor" in one(result, "target")["action"]
    assert outcomes(result)["pages_recognised"] == "pass"


@pytest.mark.parametrize(("running", "outcome"), [("join", "warn"), ("refuse", "fail")])
def test_an_installation_that_runs(make_place: MakePlace, running: str, outcome: str) -> None:
    site = make_place()
    site.box.install(site.era.base, "automatic")
    result = before(site, running=running)
    found = outcomes(result)
    assert found["update_running"] == outcome, result["lines"]
    assert found["target"] == "warn"
    assert found["pages_recognised"] == "not_applicable"
    assert len(site.box.truth.installs) == 1


def test_a_window_that_is_too_short(make_place: MakePlace) -> None:
    soon = (datetime.now(timezone.utc) + timedelta(minutes=90)).isoformat()
    found = one(before(make_place(), window_ends=soon), "window")
    assert found["outcome"] == "fail"
    assert "2 packages may take 120 min" in found["detail"]
    assert one(before(make_place(), window_ends=soon, usual_duration=1800), "window")["outcome"] == "pass"


# -- the manual path


def manual(site: Place, *packages: dict[str, Any], **params: Any) -> dict[str, Any]:
    return one(before(site, path="manual", packages=list(packages), **params), "target")


def test_package_files(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    base, software = tmp_path / "Base Software-6.2.0.bin", tmp_path / "Bomgar-24.3.2.bin"
    write_package(base, site.era.base)
    write_package(software, site.era.site)
    found = manual(site, {"path": str(base)}, {"path": str(software)})
    assert found["outcome"] == "pass", found
    assert found["detail"].index("Base Software") < found["detail"].index("Bomgar-24.3.2")
    assert site.box.truth.uploads == []
    assert site.box.truth.update_checks in (0, [])


@pytest.mark.parametrize(
    ("content", "sha256", "words"),
    [(None, None, "no such file"), (b"", None, "empty"), (b"<html>Sign in", None, "a page or XML"), (b"x" * 100, "0" * 64, "SHA-256"), (b"x", "zz", "64 hex")],
)  # fmt: skip
def test_a_package_that_cannot_be_used(
    make_place: MakePlace, tmp_path: Path, content: bytes | None, sha256: str | None, words: str
) -> None:
    path = tmp_path / "Bomgar-24.3.2.bin"
    if content is not None:
        path.write_bytes(content)
    found = manual(make_place(), {"path": str(path), "sha256": sha256}, target={"site": "24.3.2"})
    assert found["outcome"] == "fail"
    assert words in found["detail"]
    assert found["action"]


# -- an appliance that does not answer as it should


def test_a_site_that_is_down(make_place: MakePlace, era: Era) -> None:
    site = make_place(era)
    site.box.faults.plant("refuse", times=None)
    result = before(site, gate=True)
    assert result["failed"] is True
    assert result["blocking"] == ["api_reachable"], result["lines"]
    assert "bomgar_url" in result["msg"]
    assert "Traceback" not in json.dumps(result)
    assert len(site.box.truth.requests) + site.box.truth.refused_connections <= 2


def test_a_site_that_is_not_serving(make_place: MakePlace) -> None:
    site = make_place()
    site.box.faults.plant("status", status=503, times=None)
    result = before(site)
    assert result["blocking"] == ["api_reachable"]
    assert "503" in one(result, "api_reachable")["detail"]
    assert len(site.box.truth.requests) == 1


def test_a_site_that_did_not_come_back(make_place: MakePlace) -> None:
    site = make_place()
    site.box.faults.plant("refuse", times=None)
    result = after(site, gate=True, acceptance=["health.healthy"])
    assert result["outcome"] == "failed"
    assert result["blocking"] == ["api_back", "versions_reached", "acceptance[0]"]


def test_a_certificate_of_somebody_else(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place(certificate=Certificate(authority="unknown"))
    result = before(site)
    assert result["blocking"] == ["certificate"]
    assert "bomgar_ca_path" in one(result, "certificate")["action"]
    assert site.box.truth.logins == []


def test_without_validation_of_certificates(make_place: MakePlace) -> None:
    site = make_place(certificate=Certificate(authority="unknown"))
    site.options = {"validate_certs": False}
    result = before(site, gate=True)
    assert result["passed"] is True, result["lines"]
    assert outcomes(result)["certificate"] == "warn"


def test_a_wrong_password_of_the_pages_is_sent_once(make_place: MakePlace) -> None:
    site = make_place(lockout_after=2)
    site.options = {"appliance": {"username": site.box.accounts.appliance.username, "password": "not-that-one-at-all"}}
    result = before(site)
    assert site.logins("appliance") == [False]
    assert {"versions_known", "target", "pages_recognised"} <= set(result["blocking"])
    assert outcomes(result)["api_authorised"] == "pass"
    assert "Correct bomgar_appliance_username and bomgar_appliance_password" in one(result, "versions_known")["action"]
    # Said once, and not with advice for pages that are not recognised.
    assert result["msg"].count("the login page came back") == result["msg"].count("Correct ") == 1
    assert "bomgar_labels" not in result["msg"]


def test_a_wrong_password_of_the_login_pages(make_place: MakePlace) -> None:
    site = make_place(OLD)
    site.options = {"login": {"username": site.box.accounts.login.username, "password": "not-that-one-at-all"}}
    result = before(site)
    assert result["blocking"] == ["versions_known", "target"]
    assert "bomgar_login_password" in one(result, "versions_known")["action"]
    assert one(result, "target")["action"] == "Do what versions_known says."


def test_an_api_account_on_a_release_without_them(make_place: MakePlace) -> None:
    site = make_place(OLD)
    user = {"username": site.box.accounts.api_user.username, "password": site.box.accounts.api_user.password}
    site.options = {"api": {"client_id": "an-id", "client_secret": "a-secret-of-an-id", **user}}
    result = before(site)
    assert result["blocking"] == ["api_reachable", "sessions"]
    for check_id in result["blocking"]:
        assert "before 16.2 have no API accounts: give bomgar_api_username and" in one(result, check_id)["action"]


def test_a_wrong_client_secret_is_sent_once(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"api": {"client_id": site.box.accounts.api.client_id, "client_secret": "not-that-one-at-all"}}
    result = before(site)
    assert site.logins("oauth") == [False]
    assert "api_authorised" in result["blocking"]
    assert "bomgar_api_client_id and bomgar_api_client_secret" in one(result, "api_authorised")["action"]
    assert result["msg"].count("HTTP status 401") == 1
    assert outcomes(result)["api_reachable"] == "pass"


def test_a_wrong_password_of_an_api_user_is_sent_once(make_place: MakePlace) -> None:
    site = make_place(OLD, lockout_after=2)
    site.options = {"api": {"username": site.box.accounts.api_user.username, "password": "not-that-one-at-all"}}
    result = before(site)
    assert site.logins("api") == [False]
    assert "api_authorised" in result["blocking"]
    assert "bomgar_api_username and bomgar_api_password" in one(result, "api_authorised")["action"]


@pytest.mark.parametrize("kind", ["html", "entity_bomb", "empty", "truncate"])
def test_something_else_answers_for_the_api(make_place: MakePlace, kind: str) -> None:
    site = make_place()
    site.box.faults.plant(kind, path="/api/command", times=None)
    result = before(site)
    assert "api_reachable" in result["blocking"], result["lines"]
    assert outcomes(result)["cluster"] == "error"


def test_no_api_account_at_all(make_place: MakePlace) -> None:
    site = make_place()
    site.options = {"api": {}}
    result = before(site, sessions="accept")
    found = outcomes(result)
    assert found["api_reachable"] == found["api_authorised"] == found["clock"] == "not_applicable"
    assert found["versions_known"] == "pass", result["lines"]


def test_pages_that_are_not_recognised(make_place: MakePlace) -> None:
    result = before(make_place(dialect="unknown"))
    assert "pages_recognised" in result["blocking"]
    assert "bomgar_labels" in one(result, "pages_recognised")["action"]


# -- backup and record


def test_a_backup_that_counts(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    folder = str(tmp_path / "backups")
    assert outcomes(before(site, backup={"directory": folder}, backup_follows=False))["backup_fresh"] == "fail"
    assert "failed" not in site.run(backup, directory=folder)
    found = one(before(site, backup={"directory": folder}, backup_follows=False), "backup_fresh")
    assert found["outcome"] == "pass", found
    found = one(before(site, backup={"directory": folder, "max_age": 0}, backup_follows=False), "backup_fresh")
    assert found["outcome"] == "fail"
    (file,) = (tmp_path / "backups").rglob("*.nsb")
    file.write_bytes(file.read_bytes()[:-1])
    found = one(before(site, backup={"directory": folder}, backup_follows=False), "backup_fresh")
    assert found["outcome"] == "fail"
    assert "manifest says" in found["detail"]


def test_room_where_backups_and_records_go(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    found = one(
        before(site, backup={"directory": str(tmp_path / "not" / "yet")}, record=recorded(tmp_path / "records", site)),
        "controller_room",
    )
    assert found["outcome"] == "pass"
    assert "the next backup" in found["detail"]
    assert "records" in found["detail"]


def test_folders_that_cannot_be_written_to(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    (tmp_path / "file").touch()
    below = tmp_path / "file" / "below"
    found = one(before(site, backup={"directory": str(below)}), "controller_room")
    assert found["outcome"] == "fail"
    assert str(below) in found["detail"]
    found = one(before(site, record=recorded(below, site), check_mode=True), "controller_room")
    assert (found["outcome"], found["detail"]) == ("fail", f"{below} cannot be written to")


def test_results_go_into_the_record(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place(healthy=False)
    result = before(site, record=recorded(tmp_path, site), waivers={"health": "ticket 4711"})
    record = Record.open(tmp_path / HOST)
    kept = current_checks(record.data)
    assert [item["id"] for item in kept] == [item["id"] for item in result["results"]]
    assert {item["phase"] for item in kept} == {"readiness"}
    assert next(item for item in kept if item["id"] == "health")["waived"] == "ticket 4711"
    (step,) = record.data["steps"]
    assert (step["id"], step["outcome"], step["module"]) == ("readiness", "unchanged", "checks")
    assert step["evidence"]["requests"]
    assert not any(secret in json.dumps(record.data) for secret in site.secrets)


def test_a_refusal_is_recorded_as_one(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place(sessions=1)
    before(site, record=recorded(tmp_path, site), gate=True)
    (step,) = Record.open(tmp_path / HOST).data["steps"]
    assert step["outcome"] == "refused"
    assert "bomgar_sessions" in step["action"]


def test_check_mode_writes_nothing(make_place: MakePlace, tmp_path: Path, era: Era) -> None:
    site = make_place(era)
    records = tmp_path / "records"
    checked = before(site, record=recorded(records, site), check_mode=True)
    assert not records.exists()
    assert outcomes(checked) == outcomes(before(site, record=recorded(records, site)))
    size = (records / HOST / "latest" / "record.json").stat().st_size
    after(site, record=recorded(records, site), check_mode=True)
    assert (records / HOST / "latest" / "record.json").stat().st_size == size


def test_durations_of_this_site_count_for_the_window(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    options = recorded(tmp_path, site)
    run = this_run("run-0", collection="0.1.0", ansible="2.19")
    with Record.take(tmp_path, HOST, Writer(run), wish=site.era.wish, path="automatic") as record:
        record.add_duration("Base Software-6.1.0", kind="base", seconds=400.0)
        record.add_duration("Bomgar-24.1.1", kind="site", seconds=800.0)
    soon = (datetime.now(timezone.utc) + timedelta(minutes=45)).isoformat()
    found = one(before(site, window_ends=soon, record=options), "window")
    assert found["outcome"] == "pass"
    assert "2 packages may take 25 min" in found["detail"]


def test_the_snapshot_is_the_last_one_before_the_installation(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place(representatives=1)
    options = recorded(tmp_path, site)
    before(site, record=options)
    site.box.log_in_representative("Grace")
    before(site, record=options)
    run = this_run("run-1", collection="0.1.0", ansible="2.19")
    with Record.take(tmp_path, HOST, Writer(run), wish=site.era.wish, path="automatic") as record:
        record.step("Install it", step_id="install:it", appliance="a").done("changed")
    site.box.representatives.clear()
    before(site, record=options)
    upgrade(site)
    assert after(site, record=options)["facts"]["before"]["representatives"] == 2


def test_versions_that_the_upgrade_began_with_are_compared_with(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    options = recorded(tmp_path, site)
    run = this_run("run-1", collection="0.1.0", ansible="2.19")
    with Record.take(tmp_path, HOST, Writer(run), wish=site.era.wish, path="automatic") as record:
        record.snapshot("before", Versions(site="24.1.1", base="6.1.0", api="1.23.1"), appliance="a")
    upgrade(site)
    result = after(site, record=options)
    assert outcomes(result)["api_changed"] == "warn"
    assert outcomes(result)["role_unchanged"] == "not_applicable"


def test_a_package_that_the_record_says_is_installed(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    path = tmp_path / "software.bin"
    path.write_bytes(b"a package\x00")
    digest = hashlib.sha256(b"a package\x00").hexdigest()
    options = {**recorded(tmp_path / "records", site), "path": "manual"}
    run = this_run("run-1", collection="0.1.0", ansible="2.19")
    with (
        Record.take(tmp_path / "records", HOST, Writer(run), wish=site.era.wish, path="manual") as record,
        record.step("Install it", step_id="install:it", appliance="a", sha256=digest) as step,
    ):
        step.done("changed")
    # The second path is there only so that nothing can be told from this one being the only package.
    packages = [{"path": str(path)}, {"path": str(path)}]
    found = one(before(site, path="manual", packages=packages, record=options), "target")
    assert "nothing to do" in found["detail"]


def test_folders_that_are_none(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    file = tmp_path / "file"
    file.write_text("no folder")
    result = before(
        site,
        check_mode=True,
        backup={"directory": str(file / "backups")},
        backup_follows=False,
        record=recorded(file / "records", site),
    )
    assert {"backup_fresh", "controller_room"} <= set(result["blocking"]), result["lines"]
    assert "cannot be written to" in one(result, "controller_room")["detail"]


# -- afterwards


def upgrade(site: Place) -> None:
    """The box runs the new versions, as if somebody had seen to it."""
    site.box.base, site.box.site = site.era.base.version, site.era.site.version


def test_a_good_upgrade(make_place: MakePlace, tmp_path: Path, era: Era) -> None:
    site = make_place(era, representatives=2)
    record = recorded(tmp_path, site)
    before(site, record=record)
    upgrade(site)
    accepted = ["versions.site == '" + era.site.version + "'", "before.base == '" + era.options["base"] + "'"]
    result = after(site, record=record, gate=True, acceptance=accepted)
    assert result["passed"] is True, result["lines"]
    found = outcomes(result)
    assert found["versions_reached"] == found["certificate_unchanged"] == found["representatives_back"] == "pass"
    assert found["acceptance[0]"] == found["acceptance[1]"] == "pass"
    assert found["api_changed"] in ("warn", "pass")
    assert found["consoles_msi"] == "manual"
    assert [step["id"] for step in Record.open(tmp_path / HOST).data["steps"]] == ["readiness", "validation"]


def test_an_upgrade_that_broke_something(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place(representatives=4)
    record = recorded(tmp_path, site)
    before(site, record=record)
    site.box.site = site.era.site.version
    site.box.role = "backup"
    site.box.healthy = False
    site.box.representatives.clear()
    site.box.certificate = Certificate(days=30)
    result = after(site, record=record, gate=True)
    assert result["failed"] is True
    assert result["blocking"] == ["versions_reached", "health_after", "role_unchanged"]
    found = outcomes(result)
    assert found["representatives_back"] == "warn"
    assert "base software is 6.1.0, not 6.2.0" in result["msg"]


def test_without_a_record_there_is_nothing_to_compare_with(make_place: MakePlace) -> None:
    site = make_place()
    upgrade(site)
    result = after(site, gate=True)
    assert result["passed"] is True
    assert outcomes(result)["role_unchanged"] == "not_applicable"
    assert result["facts"]["before"] is None


def test_the_record_of_another_upgrade_is_not_compared_with(make_place: MakePlace, tmp_path: Path) -> None:
    site = make_place()
    before(site, record=recorded(tmp_path, site))
    upgrade(site)
    result = after(site, record={**recorded(tmp_path, site), "wish": {"site": "24.3.2"}, "run": "run-2"})
    assert result["facts"]["before"] is None


def test_latest_afterwards_is_judged_by_what_is_offered(make_place: MakePlace) -> None:
    site = make_place()
    site.box.base = site.era.base.version
    assert outcomes(after(site, target={"site": "latest"}))["versions_reached"] == "fail"
    upgrade(site)
    assert outcomes(after(site, target={"site": "latest"}))["versions_reached"] == "pass"


def test_packages_say_what_shall_run_where_no_target_does(make_place: MakePlace) -> None:
    site = make_place()
    packages = [{"path": "/gone/software.bin", "provides": {"site": "24.3.2"}}]
    assert outcomes(after(site, target={}, path="manual", packages=packages))["versions_reached"] == "fail"
    upgrade(site)
    assert outcomes(after(site, target={}, path="manual", packages=packages))["versions_reached"] == "pass"
