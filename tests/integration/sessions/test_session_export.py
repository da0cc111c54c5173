# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bomgar.appliance.session_export against the simulator, over real HTTPS."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.session_files import ExportStore, lsids_sum, verify
from ansible_collections.bomgar.appliance.plugins.modules import session_export
from ansible_collections.bomgar.appliance.tests.integration.sessions.site import HOST, HOUR, Site, rows

Serve = Callable[..., Site]


class Killed(BaseException):
    """The run ends here, as by kill -9: nothing of it handles this."""


def test_all_sessions_of_the_period_once_as_texts(site: Site) -> None:
    site.happen(-2 * HOUR)  # before it
    inside = [
        site.happen(-1800, 3600),  # ends in it
        site.happen(0),  # its first second
        site.happen(HOUR - 1),  # ends in the next chunk
        site.happen(2 * HOUR, 3 * HOUR),
        site.happen(6 * HOUR - 1, HOUR),  # ends after it
    ]
    site.happen(6 * HOUR)  # the first second after it
    result = site.run()
    assert not result.get("failed"), result
    assert (result["outcome"], result["changed"], result["open"]) == ("changed", True, [])
    found = rows(result)
    wanted = [site.lsid(session) for session in inside]
    assert sorted(row["lsid"] for row in found) == sorted(wanted)
    assert all(isinstance(row["lsid"], str) for row in found)
    assert ("lseq" in found[0]) is (site.box.site != "10.5.3")
    assert (result["count"], result["lsids"]) == (5, lsids_sum(wanted))
    assert {row["primary_customer"] for row in found} == {"Customer"}
    manifest = verify(Path(result["path"]))
    assert (manifest.site, manifest.since, manifest.until) == (HOST, site.begin, site.begin + 6 * HOUR)
    assert manifest.identity.api_version == site.box.api_version
    assert result["reports"] == (["AccessSession"] if site.box.product == "PRA" else ["SupportSession"])
    assert result["chunks"] == result["asked"] == 12
    assert all(path.stat().st_mode & 0o077 == 0 for path in [Path(result["path"]), *Path(result["path"]).rglob("*")])


def test_the_answers_are_kept_byte_by_byte(serve: Serve) -> None:
    site = serve()
    body = b"<?xml version='1.0'?>\r\n<session_list >\n\n <session lsid='00AA'\t/><!-- odd --></session_list>\n"
    site.happen(10)
    site.box.faults.plant("replace", role="report SupportSession", after=1, times=1, body=body, content_type="text/xml")
    result = site.run(hours=1)
    assert not result.get("failed"), result
    chunks = [path.read_bytes() for path in (Path(result["path"]) / "chunks").iterdir()]
    assert body in chunks
    assert "00AA" in {row["lsid"] for row in rows(result)}


def test_what_is_there_is_not_asked_for_again(site: Site) -> None:
    site.happen(100)
    first = site.run()
    before, asked = site.files(), len(site.reports())
    again = site.run()
    assert (again["outcome"], again["changed"], again["asked"]) == ("unchanged", False, 0)
    assert (site.files(), len(site.reports())) == (before, asked)
    longer = site.run(hours=8, chunk=1800)
    assert (longer["changed"], longer["asked"], longer["path"]) == (True, 8, first["path"])
    shorter = site.run(hours=5)
    assert (shorter["changed"], shorter["asked"], shorter["until"]) == (False, 0, site.begin + 8 * HOUR)


def test_nothing_found_is_an_export_and_an_error_is_none(serve: Serve) -> None:
    site = serve()
    result = site.run()
    assert (result["count"], rows(result), result["changed"]) == (0, [], True)
    # Neither report was refused with words that tell which product this is: on this one the other report is not known.
    assert result["reports"] == ["SupportSession"]
    site.box.accounts.api.permissions["perm_reporting_support"] = "0"
    refused = site.run(hours=7)
    assert (refused["failed"], refused["error"]["reason"]) == (True, "permission")
    assert verify(Path(result["path"])).until == site.begin + 6 * HOUR


def test_running_sessions_are_named_and_asked_for_until_they_have_ended(site: Site) -> None:
    earlier, running = site.happen(-HOUR, None), site.happen(HOUR, None)
    first = site.run()
    assert {(one["lsid"], one["exported"]) for one in first["open"]} == {
        (site.lsid(earlier), False),
        (site.lsid(running), True),
    }
    assert first["count"] == 1
    second = site.run()
    assert (second["asked"], second["changed"]) == (1, False)
    running.ended = running.started + 7 * HOUR
    earlier.ended = earlier.started + 12 * HOUR
    third = site.run()
    assert (third["asked"], third["changed"], third["open"]) == (1, True, [])
    assert "end_time" in rows(third)[0]
    assert site.run()["asked"] == 0


def test_until_now_is_the_appliances_now(serve: Serve) -> None:
    site = serve(clock_skew=-7200.0)
    session = site.happen(HOUR)
    first = site.run(until=None)
    assert "s behind the controller" in " ".join(first["warnings"])
    assert site.begin + 9 * HOUR < first["until"] < site.begin + 11 * HOUR
    assert [row["lsid"] for row in rows(first)] == [session.guid]
    clipped = site.run(hours=1000)
    assert "later than it is now" in " ".join(clipped["warnings"])
    assert clipped["until"] < site.begin + 11 * HOUR


@pytest.mark.parametrize("count", [99, 100, 250])
def test_an_answer_that_may_be_cut_is_asked_for_in_halves(serve: Serve, count: int) -> None:
    site = serve()
    wanted = [site.happen(number * 10).guid for number in range(count)]
    result = site.run(hours=1)
    assert sorted(row["lsid"] for row in rows(result)) == sorted(wanted)
    assert (result["chunks"] > 2) is (count == 100)


def test_check_mode_asks_nothing_and_writes_nothing(site: Site) -> None:
    result = site.run(check=True)
    assert (result["changed"], site.box.truth.requests, site.directory.exists()) == (True, [], False)
    assert "would ask for 12 chunks" in result["msg"]
    site.run()
    before, asked = site.files(), len(site.box.truth.requests)
    result = site.run(check=True)
    assert (result["changed"], site.files(), len(site.box.truth.requests)) == (False, before, asked)
    assert "4 chunks" in site.run(check=True, hours=8)["msg"]


def told(files: dict[str, bytes]) -> dict[str, Any]:
    """Files without the moments at which they were made."""
    shown: dict[str, Any] = dict(files)
    for name in files:
        if name.endswith("manifest.json"):
            values = json.loads(files[name])
            del values["made_at"]
            for chunk in values["chunks"]:
                del chunk["asked_at"]
            shown[name] = values
    return shown


def test_stopped_anywhere_the_same_command_ends_in_the_same_files(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each call that brings something to the disk, and in the middle of every writing."""
    site = serve()
    for begins in (-600, 100, 4000, 9000):
        site.happen(begins, 3700)
    site.run(hours=2)
    wanted = told(site.files())
    real = {name: getattr(os, name) for name in ("fsync", "replace", "link")}
    left = [0]

    def stopping(name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            done = real[name](*given, **named)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return done

        return call

    for name in real:
        monkeypatch.setattr(os, name, stopping(name))
    stops = 0
    for moment in range(1, 1000):
        site.directory = tmp_path / f"stopped-{moment}"
        left[0] = moment
        try:
            result = session_export.run(site.task(hours=2))
        except Killed:
            stops += 1
        else:
            left[0] = -1
            assert result["changed"]
            break
        left[0] = -1
        covering = ExportStore(site.directory, HOST, "a").covering(site.begin, site.begin + 2 * HOUR)
        if covering.manifest is None:
            again = site.run(hours=2)
            assert not again.get("failed"), again
        else:
            site.run(hours=2)
        assert told(site.files()) == wanted
    assert stops > 20


def test_stopped_between_two_chunks_it_goes_on(serve: Serve) -> None:
    site = serve()
    site.happen(3 * HOUR)
    site.box.faults.plant("lost", role="report SupportSession", after=6, times=1)
    broken = site.run()
    assert (broken["failed"], broken["error"]["reason"]) == (True, "unreachable")
    store = ExportStore(site.directory, HOST, "a")
    assert "was not finished" in store.covering(site.begin, site.begin + 6 * HOUR).why
    result = site.run()
    assert (result["asked"], result["chunks"], result["count"]) == (12 - 5, 12, 1)
    assert store.covering(site.begin, site.begin + 6 * HOUR).manifest is not None


@pytest.mark.parametrize("damage", [lambda data: data[:-5], lambda data: data.replace(b"Customer", b"Custommr"), None])
def test_a_damaged_chunk_is_noticed_and_mended(serve: Serve, damage: Any) -> None:
    site = serve()
    session = site.happen(100)
    site.run()
    before = told(site.files())
    chunk = next(path for path in site.directory.rglob("*.xml") if b"Customer" in path.read_bytes())
    if damage is None:
        chunk.unlink()
    else:
        chunk.write_bytes(damage(chunk.read_bytes()))
    store = ExportStore(site.directory, HOST, "a")
    assert chunk.name in store.covering(site.begin, site.begin + HOUR).why
    mended = site.run()
    assert (mended["asked"], mended["changed"]) == (1, True)
    assert chunk.name in mended["warnings"][0]
    assert told(site.files()) == before
    chunk.unlink()
    site.box.sessions.remove(session)
    lost = site.run()
    assert (lost["failed"], lost["error"]["file"]) == (True, chunk.name)


@pytest.mark.parametrize("name", ["sessions.jsonl", "manifest.json"])
def test_a_changed_summary_is_noticed(serve: Serve, name: str) -> None:
    site = serve()
    site.happen(100)
    path = Path(site.run()["path"]) / name
    before = told(site.files())
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 1))
    assert ExportStore(site.directory, HOST, "a").covering(site.begin, site.begin + HOUR).manifest is None
    again = site.run()
    if name == "sessions.jsonl":
        assert (again["changed"], again["asked"]) == (True, 0)
        assert told(site.files()) == before
    else:
        assert (again["failed"], again["error"]["reason"]) == (True, "bad_input")
        assert "from a copy" in again["msg"]


def test_what_the_appliance_does_not_show_any_more_stays(serve: Serve) -> None:
    site = serve()
    gone, _running = site.happen(200), site.happen(100, None)
    site.run()
    gone.started -= 100 * HOUR
    gone.ended -= 100 * HOUR
    site.happen(300)
    result = site.run()
    assert len(rows(result)) == 3
    assert gone.guid in " ".join(result["warnings"])
    assert verify(Path(result["path"])).count == 3
    assert gone.guid in " ".join(site.run()["warnings"])


FAULTS = {
    "cut": ("truncate", {"keep": 0.6, "framing": "chunked"}, "unexpected_answer"),
    "a page": ("html", {}, "unexpected_answer"),
    "entities": ("entity_bomb", {}, "unexpected_answer"),
    "empty": ("empty", {}, "unexpected_answer"),
    "502": ("status", {"status": 502}, "service_down"),
    "limited": ("rate_limit", {"times": 9}, "rate_limited"),
    "other": (
        "replace",
        {"body": b"<error>The disk is worn</error>", "content_type": "text/xml"},
        "refused",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_answer_is_no_chunk(serve: Serve, fault: str) -> None:
    site = serve()
    site.happen(100)
    kind, details, reason = FAULTS[fault]
    site.box.faults.plant(kind, role="report SupportSession", after=2, **details)
    result = site.run()
    assert (result["failed"], result["error"]["reason"], result["changed"]) == (True, reason, False)
    assert not any(name.endswith(".part") for name in site.files())
    site.box.faults.clear()
    assert site.run()["count"] == 1


def test_tokens_that_die_are_renewed(serve: Serve) -> None:
    site = serve()
    site.happen(100)
    site.box.faults.plant("revoke_tokens", role="report*", after=3, times=1)
    assert site.run()["count"] == 1


def test_another_appliance_is_refused(serve: Serve) -> None:
    site = serve()
    site.run()
    site.box.id = "0" * 32
    result = site.run(hours=7)
    assert "answers now" in result["error"]["got"]


def test_a_wrong_account_is_tried_once_and_shown_nowhere(serve: Serve) -> None:
    site = serve("10.6")
    account = {**site.account(), "password": "a wrong secret"}
    appliance = {"url": site.url, "site": HOST, "ca_path": site.ca_path, "api": account}
    result = site.run(appliance=appliance)
    assert result["error"]["reason"] == "authentication"
    assert len(site.box.truth.logins_refused()) == 1
    assert "a wrong secret" not in json.dumps(result)


def test_no_secret_is_in_any_file(site: Site) -> None:
    site.happen(100)
    site.run()
    kept = b"".join(site.files().values())
    for account in (site.box.accounts.api.client_secret, site.box.accounts.api_user.password):
        assert account.encode() not in kept


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"since": ""}, "export_since"),
        ({"since": "yesterday"}, "it is no time"),
        ({"since": "2026-01-01T00:00:00"}, "no time zone"),
        ({"since": "nan"}, "could know"),
        ({"until": "2001-01-01T00:00:00Z"}, "not before its end"),
        ({"chunk": 0}, "at least 1"),
        ({"directory": "/proc/nowhere"}, "export_dir"),
    ],
)
def test_bad_options(serve: Serve, options: dict[str, Any], words: str) -> None:
    result = serve().run(**options)
    assert (result["failed"], result["error"]["reason"]) == (True, "bad_input")
    assert words in result["msg"]


def test_two_runs_at_once(serve: Serve) -> None:
    site = serve()
    folder = ExportStore(site.directory, HOST, "a").export(site.begin)
    with folder.locked():
        assert site.run()["error"]["reason"] == "another_run"
    assert not site.run().get("failed")


def test_session_ids_are_those_of_the_export(site: Site) -> None:
    for begins in (-1800, 100, 5 * HOUR, 6 * HOUR + 5):
        site.happen(begins, 3600)
    running = site.happen(50, None)
    task = site.task()
    found = task.appliance.reporting_api.session_ids(site.begin, site.begin + 6 * HOUR)
    assert site.lsid(running) in found
    assert found == {row["lsid"] for row in rows(site.run())}
    assert any(role.endswith("Listing") for role in site.reports())
