# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promise 10: killed at any moment and run again, the same end, no package asked for twice, and a record that can be read."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import record
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record
from ansible_collections.bomgar.appliance.tests.integration.update.site import ERAS, HOST, Era, MakeSite, Site
from ansible_collections.bomgar.appliance.tests.simulator import Package


def killed_at(site: Site, at: int | str, **options: Any) -> bool:
    """Run `update` in a process of its own that is killed with its request of that number or role; whether it was.

    The appliance still acts on that request: only its answer finds nobody.
    """
    site.back_up()
    child = os.fork()
    if child == 0:
        try:
            site.update(**options)
        finally:
            os._exit(0)
    first = len(site.truth.requests)

    def kill(request: Any) -> bool:
        if at in (request.number - first, request.role):
            os.kill(child, signal.SIGKILL)
        return False

    watch = site.box.faults.plant("refuse", when=kill, times=None)
    site.box.faults.planted.insert(0, site.box.faults.planted.pop())
    _pid, status = os.waitpid(child, 0)
    site.box.faults.planted.remove(watch)
    return os.WIFSIGNALED(status)


def readable(site: Site) -> None:
    """Whatever the killed run left of its record can be read, and holds no half of anything."""
    latest = Record.open_latest(site.records, HOST)
    if latest is not None:
        assert all(step["id"] and step["started"] for step in latest.data["steps"])


def go_on(site: Site, **options: Any) -> None:
    """Run it again until it is done; at most a few times, since a box that is down may only be waited for."""
    for _again in range(4):
        result = site.update(**options)
        readable(site)
        if not result.get("failed"):
            break
        assert result["outcome"] in ("refused", "unknown"), result["msg"]
    assert not result.get("failed"), result["msg"]
    for package in (name for name, _outcome in site.installs()):
        assert [name for name, _outcome in site.installs()].count(package) == 1, "installed once"
    last = site.update(**options)
    assert (last["outcome"], last["changed"]) == ("unchanged", False), last["msg"]


#: Requests of a whole run, by experience; the last ones are after its end and prove that all of it was covered.
MOMENTS = range(1, 110, 7)


@pytest.mark.parametrize("at", MOMENTS)
def test_automatic(make_site: MakeSite, era: Era, at: int) -> None:
    site = make_site(*era.both, **era.options)
    options: dict[str, Any] = {"target": {"site": era.site.version}}
    killed = killed_at(site, at, **options)
    assert killed or len(site.truth.requests) < at or site.installs()
    readable(site)
    go_on(site, **options)
    assert site.installs() == [(package.name, "good") for package in era.both]
    assert len([command for command in site.truth.commands if command.name == "install" and command.accepted]) == 2


@pytest.mark.parametrize("at", range(1, 100, 11))
def test_manual(make_site: MakeSite, era: Era, at: int) -> None:
    site = make_site(**era.options)
    options: dict[str, Any] = {
        "path": "manual",
        "packages": [site.package(package) for package in era.both],
        "target": {"site": era.site.version, "base": era.base.version},
    }
    killed_at(site, at, **options)
    readable(site)
    go_on(site, **options)
    assert site.installs() == [(package.name, "good") for package in era.both]
    assert len([upload for upload in site.truth.uploads if upload.accepted]) == 2


@pytest.mark.parametrize("role", ["appliance:install", "appliance:upload"])
@pytest.mark.parametrize("outcome", ["good", "failed", "old_version", "twice"])
@pytest.mark.parametrize("later", [0.0, 7200.0])
def test_killed_with_the_click_itself(make_site: MakeSite, era: Era, role: str, outcome: str, later: float) -> None:
    """The most delicate moment: the command is out, and nobody saw what came of it."""
    site = make_site(*era.both, **era.options)
    site.box.plan_next(outcome=outcome)
    options: dict[str, Any] = {"target": {"base": era.base.version}}
    if role == "appliance:upload":
        options |= {"path": "manual", "packages": [site.package(era.base)]}
    assert killed_at(site, role, **options)
    assert len(site.truth.installs) == 1
    site.clock.sleep(later)
    site.simulator.clock.advance(later)  # type: ignore[attr-defined]
    result = site.update(**options)
    for _again in range(3):
        if not result.get("failed"):
            break
        result = site.update(**options)
    assert not result.get("failed"), result["msg"]
    good = [name for name, how in site.installs() if how == "good"]
    assert good == [era.base.name]
    assert len(site.truth.installs) == (1 if outcome in ("good", "twice") else 2)


def test_without_a_record_it_goes_on_from_what_it_sees(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    options: dict[str, Any] = {"target": {"site": era.site.version}, "record": None}
    assert killed_at(site, "appliance:install", **options)
    for _again in range(20):
        result = site.update(**options)
        if not result.get("failed"):
            break
    assert not result.get("failed"), result["msg"]
    assert site.installs() == [(package.name, "good") for package in era.both]


def test_a_click_that_never_arrived_is_made_by_the_next_run(make_site: MakeSite, era: Era) -> None:
    """The record says that it may have been asked for; it was not, and nothing shows itself."""
    site = make_site(*era.both, **era.options)
    options: dict[str, Any] = {"target": {"base": era.base.version}}
    site.box.faults.plant("status", role="appliance:install", status=503)
    assert killed_at(site, "appliance:install", **options)
    assert site.truth.installs == []
    result = site.update(**options)
    assert result["outcome"] == "changed", result["msg"]
    assert result["joined"]["ending"] == "never_began"
    assert site.installs() == [(era.base.name, "good")]


def test_a_wait_that_is_killed_too_leaves_what_it_knew(make_site: MakeSite, era: Era) -> None:
    """The third run still gives the installation its time to show itself, and does not ask at once."""
    site = make_site(*era.both, **era.options)
    options: dict[str, Any] = {**site.defaults(), "target": {"base": era.base.version}}
    site.box.faults.plant("status", role="appliance:install", status=503)
    assert killed_at(site, "appliance:install", **options)
    assert killed_at(site, 10, **options)
    first, second = site.record()["steps"]
    assert second["evidence"]["before"] == first["evidence"]["before"]
    result = site.update(**options)
    assert result["outcome"] == "changed", result["msg"]
    assert result["joined"]["ending"] == "never_began"
    assert site.installs() == [(era.base.name, "good")]


class Fatal(list[str]):
    """Lines on a screen; the run that asks a person is killed with the question."""

    def append(self, line: str) -> None:
        super().append(line)
        if PLEASE in line:
            os.kill(os.getpid(), signal.SIGKILL)


PLEASE = "PLEASE DO THIS NOW"
#: How a person is asked, by the language of the appliance's own pages.
HOW = {"10.5.3": 'press "installa questo aggiornamento" at '}
IN_ENGLISH = 'press "install this update" at '


@pytest.mark.parametrize("done", ["before the next run", "while the next run looks", "when asked again"])
def test_a_person_is_not_asked_twice_for_what_may_be_done(make_site: MakeSite, era: Era, done: str) -> None:
    site = make_site(*era.both, **era.options)
    options: dict[str, Any] = {"target": {"base": era.base.version}, "appliance": site.appliance(driver="operator")}
    site.lines = Fatal()
    assert killed_at(site, -1, **options)
    site.lines = []
    how = HOW.get(site.box.site, IN_ENGLISH)

    def person(_request: Any) -> bool:
        wanted = PLEASE.lower() if done == "when asked again" else how
        if wanted in "".join(site.lines).lower() and not site.truth.installs:
            site.box.install(era.base, "automatic")
        return False

    if done == "before the next run":
        site.box.install(era.base, "automatic")
        site.simulator.clock.advance(60)  # type: ignore[attr-defined]
    site.box.faults.plant("refuse", when=person, times=None)
    result = site.update(**options)
    assert not result.get("failed"), result["msg"]
    assert site.installs() == [(era.base.name, "good")]
    asked = [line for line in site.lines if (how + era.base.name.lower()) in line.lower()]
    assert [PLEASE in line for line in asked] == {
        "before the next run": [],
        "while the next run looks": [False],
        "when asked again": [False, True],
    }[done]
    assert site.truth.commands == []
    assert site.steps()[-1] == (f"install:{era.base.name}", "changed")


@pytest.mark.parametrize("driver", ["auto", "operator"])
def test_nothing_is_asked_for_while_the_record_cannot_say_so(
    make_site: MakeSite, era: Era, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(*era.both, **era.options)
    options: dict[str, Any] = {"target": {"base": era.base.version}, "appliance": site.appliance(driver=driver)}
    write = record.write_file

    def full(file: Path, content: bytes) -> None:
        if b'"asking"' in content:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(file, content)

    with monkeypatch.context() as patch:
        patch.setattr(record, "write_file", full)
        result = site.update(**options)
    assert (result["outcome"], result["changed"]) == ("refused", False), result["msg"]
    assert "No space left on device" in result["msg"]
    assert site.truth.installs == []
    assert PLEASE not in "".join(site.lines)
    assert site.update(**{**options, "appliance": site.appliance()})["outcome"] == "changed"


def test_a_file_that_says_nothing_of_its_version_is_not_sent_twice(make_site: MakeSite) -> None:
    """What the record says was installed, by its hash, is enough."""
    era = ERAS["24.1.1"]
    site = make_site(**era.options)
    patch = Package("base", era.base.version)
    options: dict[str, Any] = {
        "path": "manual",
        "packages": [site.package(patch, "one.bin"), site.package(era.site, "two.bin")],
        "target": {"site": era.site.version, "base": era.base.version},
    }
    result = site.update(**options)
    assert result["outcome"] == "changed", result["msg"]
    assert site.update(**options)["outcome"] == "unchanged"
    assert len(site.truth.uploads) == 2


def test_nor_is_one_whose_installation_was_joined(make_site: MakeSite) -> None:
    """The hash stands in the step of the wait as well."""
    era = ERAS["24.1.1"]
    site = make_site(**era.options)
    options: dict[str, Any] = {
        **site.defaults(),
        "path": "manual",
        "packages": [site.package(era.base, "one.bin"), site.package(era.site, "two.bin")],
        "target": {"site": era.site.version},
    }
    assert killed_at(site, "appliance:upload", **options)
    result = site.update(**options)
    assert result["outcome"] == "changed", result["msg"]
    assert site.installs() == [(package.name, "good") for package in era.both]
    assert len(site.truth.uploads) == 2
