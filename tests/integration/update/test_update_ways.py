# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module update gets there: by automatic updates and from files, in every dialect; and when there is nothing to do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.report_view import view
from ansible_collections.bomgar.appliance.plugins.modules import info
from ansible_collections.bomgar.appliance.tests.integration.update.site import QUICK, Era, MakeSite
from ansible_collections.bomgar.appliance.tests.simulator import DIALECTS, Package

GUIDE = (Package("base", "3.2.6"), Package("site", "11.1.1", requires={"base": "3.2.6"}))


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"unknown"}))
def test_automatic_over_the_base_in_every_dialect(make_site: MakeSite, dialect: str) -> None:
    site = make_site(*GUIDE, dialect=dialect)
    plan = site.update(check=True, target={"site": "11.1.1"})
    assert plan["expected"] == ["Base Software-3.2.6", "Bomgar-11.1.1"], plan["msg"]
    result = site.update(target={"site": "11.1.1"})
    assert not result.get("failed"), result["msg"]
    assert (result["outcome"], result["changed"]) == ("changed", True)
    assert site.installs() == [("Base Software-3.2.6", "good"), ("Bomgar-11.1.1", "good")]
    assert [item["name"] for item in result["installed"]] == plan["expected"]
    assert (site.box.base, site.box.site) == ("3.2.6", "11.1.1")
    for seen, told in zip(site.truth.installs, result["installed"], strict=True):
        assert seen.how == "automatic"
        assert told["ending"] == "installed"
        assert told["outage"] > 0
    again = site.update(target={"site": "11.1.1"})
    assert (again["outcome"], again["changed"], again["installed"]) == ("unchanged", False, [])


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"unknown"}))
def test_manual_in_every_dialect(make_site: MakeSite, dialect: str) -> None:
    site = make_site(dialect=dialect)
    packages = [site.package(package) for package in GUIDE]
    result = site.update(path="manual", packages=packages, target={"site": "11.1.1", "base": "3.2.6"})
    assert not result.get("failed"), result["msg"]
    assert site.installs() == [("Base Software-3.2.6", "good"), ("Bomgar-11.1.1", "good")]
    assert [seen.how for seen in site.truth.installs] == ["manual", "manual"]
    sent = [hashlib.sha256(Path(item["path"]).read_bytes()).hexdigest() for item in packages]
    assert [upload.sha256 for upload in site.truth.uploads] == sent
    assert [item["sha256"] for item in result["installed"]] == sent


def test_an_unknown_language_is_a_refusal_that_clicks_nothing(make_site: MakeSite) -> None:
    site = make_site(*GUIDE, dialect="unknown")
    result = site.update(target={"site": "11.1.1"})
    assert (result["error"]["reason"], result["outcome"], result["changed"]) == ("not_recognised", "refused", False)
    assert "bomgar_labels" in result["msg"]
    assert site.truth.commands == []
    assert site.truth.logins == []


def test_what_it_did_is_told_and_kept(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    result = site.update(target={"site": era.site.version})
    before = {"site": era.options["site"], "base": era.options["base"]}
    after = {"site": era.site.version, "base": era.base.version}
    assert {name: result["before"][name] for name in before} == before
    assert {name: result["after"][name] for name in after} == after
    assert result["diff"]["before"] == f"site: {before['site']}\nbase: {before['base']}\n"
    assert result["diff"]["after"] == f"site: {after['site']}\nbase: {after['base']}\n"
    assert [(item["kind"], item["from"], item["to"]) for item in result["installed"]] == [
        ("base", before["base"], after["base"]),
        ("site", before["site"], after["site"]),
    ]
    assert site.steps() == [(f"install:{package.name}", "changed") for package in era.both]
    record = site.record()
    assert [item["what"] for item in record["durations"]] == [package.name for package in era.both]
    assert record["outages"]
    assert site.lines[-1].startswith(f"support.example.com  a  {era.site.name} is installed")


def test_several_site_packages_in_a_row(make_site: MakeSite) -> None:
    site = make_site(
        Package("site", "10.6.2"),
        Package("base", "3.2.6", requires={"site": "10.6"}),
        Package("site", "11.1.1", requires={"base": "3.2.6", "site": "10.6"}),
        Package("site", "12.1.1", requires={"site": "11.1"}),
    )
    result = site.update(target={"site": "12.1.1"})
    assert not result.get("failed"), result["msg"]
    assert [name for name, _outcome in site.installs()] == [
        "Bomgar-10.6.2",
        "Base Software-3.2.6",
        "Bomgar-11.1.1",
        "Bomgar-12.1.1",
    ]
    assert site.truth.installs_refused == []


def test_latest_is_what_is_offered_when_it_begins(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    assert site.update(target={"site": "latest"})["after"]["site"] == era.site.version
    again = site.update(target={"site": "latest", "base": "latest"})
    assert (again["outcome"], again["changed"]) == ("unchanged", False)


def test_only_the_base(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    site.update(target={"base": era.base.version})
    assert site.installs() == [(era.base.name, "good")]


def test_what_runs_already_needs_no_backup_no_window_and_no_click(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, sessions=2, **era.options)
    result = site.update(
        target={"site": era.options["site"]}, backup=None, window_ends="2001-01-01T00:00:00Z", sessions="refuse"
    )
    assert (result["outcome"], result["changed"]) == ("unchanged", False)
    assert site.truth.commands == []
    assert site.truth.update_checks == 0


def test_there_is_no_way_back(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    result = site.update(target={"site": "9.1.1"})
    assert (result["outcome"], result["changed"]) == ("refused", False)
    assert "bomgar_target" in result["error"]["remedy"]
    assert site.truth.commands == []


def test_what_is_not_offered_is_said_with_what_is(make_site: MakeSite, era: Era) -> None:
    site = make_site(era.base, **era.options)
    site.update(target={"base": era.base.version})
    result = site.update(target={"site": "99.1.1"})
    assert (result["outcome"], result["changed"]) == ("refused", False)
    assert "99.1.1 is not among the offers" in result["msg"]
    assert result["error"]["offers"] == []


def test_a_vendor_that_cannot_be_reached(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    site.simulator.vendor.reachable = False
    result = site.update(target={"site": era.site.version})
    assert (result["outcome"], result["changed"]) == ("refused", False)
    assert "update server" in result["msg"]
    site.simulator.vendor.reachable = True
    assert site.update(target={"site": era.site.version})["changed"]


class TestFiles:
    """Package files: looked at before anything is sent."""

    def test_the_first_wrong_one_stops_it_before_the_first_request(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(**era.options)
        good, other = site.package(era.base), site.package(era.site)
        wrong: dict[str, Any] = {**other, "sha256": "0" * 64}
        result = site.update(path="manual", packages=[good, wrong], target={"site": era.site.version})
        assert (result["error"]["reason"], result["outcome"]) == ("bad_input", "refused")
        assert "SHA-256" in result["msg"]
        assert site.truth.requests == []

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [({"truncate": 3000}, "incomplete"), ({"damage": True}, "signature")],
        ids=["cut short", "damaged"],
    )
    def test_one_that_the_appliance_refuses(
        self, make_site: MakeSite, era: Era, spoil: dict[str, Any], words: str
    ) -> None:
        site = make_site(**{**era.options, "dialect": "modern_en"})
        result = site.update(
            path="manual", packages=[site.package(era.base, **spoil)], target={"base": era.base.version}
        )
        assert result["failed"]
        assert result["outcome"] == "failed", result["msg"]
        assert words in result["msg"]
        assert site.installs() == []
        assert len(site.truth.uploads) == 1
        again = site.update(path="manual", packages=[site.package(era.base)], target={"base": era.base.version})
        assert again["outcome"] == "changed", again["msg"]

    def test_one_of_another_site(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(**{**era.options, "dialect": "modern_en"})
        foreign = Package("base", era.base.version, site="other.example.com")
        result = site.update(path="manual", packages=[site.package(foreign)], target={"base": era.base.version})
        assert result["outcome"] == "failed"
        assert "another appliance" in result["msg"]
        assert site.installs() == []

    def test_what_is_in_already_is_passed_over(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(**{**era.options, "base": era.base.version})
        packages = [site.package(package) for package in era.both]
        target = {"site": era.site.version, "base": era.base.version}
        result = site.update(path="manual", packages=packages, target=target)
        assert [item["name"] for item in result["installed"]] == [Path(packages[1]["path"]).name]
        again = site.update(path="manual", packages=packages, target=target)
        assert (again["outcome"], again["changed"]) == ("unchanged", False)
        assert len(site.truth.uploads) == 1

    def test_one_whose_name_says_nothing(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(**era.options)
        package = {**site.package(era.base, "download.bin"), "provides": {"base": era.base.version}}
        site.update(path="manual", packages=[package], target={"base": era.base.version})
        assert site.installs() == [(era.base.name, "good")]

    def test_packages_that_do_not_bring_the_target(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(**era.options)
        result = site.update(path="manual", packages=[site.package(era.base)], target={"site": era.site.version})
        assert (result["outcome"], result["changed"]) == ("failed", True)
        assert "do not bring the target" in result["msg"]
        assert site.installs() == [(era.base.name, "good")]


class TestCheckMode:
    """--check: the same words, and not one command."""

    def test_automatic(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        result = site.update(check=True, target={"site": era.site.version}, backup=None)
        assert (result["outcome"], result["changed"]) == ("changed", True)
        assert result["expected"] == [package.name for package in era.both]
        assert result["diff"]["after"] == f"{era.base.name}\n{era.site.name}\n"
        assert site.truth.commands == []
        assert not site.records.exists()

    def test_manual_uploads_nothing(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(**era.options)
        packages = [site.package(package) for package in era.both]
        result = site.update(check=True, path="manual", packages=packages, target={"site": era.site.version})
        assert result["changed"]
        assert len(result["expected"]) == 2
        assert site.truth.commands == []
        assert site.truth.uploads == []

    def test_an_update_that_is_running_is_not_waited_for(self, make_site: MakeSite, era: Era) -> None:
        site = make_site(*era.both, **era.options)
        site.box.install(era.base, "automatic")
        begun = site.clock()
        result = site.update(check=True, target={"base": era.base.version})
        assert result["joined"]["waited"] is False
        assert site.clock() - begun < 60
        assert site.truth.commands == []

    def test_the_fence_itself_holds(self, make_site: MakeSite, era: Era) -> None:
        """Not the module's good manners: a command that a read-only run tries to send is stopped by the transport."""
        site = make_site(*era.both, **era.options)
        offer = next(
            offer
            for offer in site.task(info, check=True).appliance.pages.check_for_updates().offers or ()
            if offer.installable
        )
        pages = site.task(info, check=True).appliance.pages
        with pytest.raises(Exception, match="read-only") as caught:
            pages.install(offer)
        assert getattr(caught.value, "reason", None) == "read_only"
        with pytest.raises(Exception, match="read-only"):
            pages.upload(Path(site.package(era.base)["path"]))
        assert site.truth.commands == []
        assert site.truth.uploads == []


def test_the_plan_is_what_then_happens(make_site: MakeSite, era: Era) -> None:
    site = make_site(*era.both, **era.options)
    options = {"target": {"site": era.site.version}}
    planned = site.plan(**options)
    offered = site.offers(**options)
    assert [step["name"] for step in offered["order"]] == [package.name for package in era.both]
    assert [stage["id"] for stage in planned["stages"] if stage["id"].startswith("install:")] == [
        f"install:{package.name}" for package in era.both
    ]
    assert site.truth.commands == []
    site.update(**options)
    assert [name for name, _outcome in site.installs()] == [step["name"] for step in offered["order"]]
    assert site.plan(**options)["done"]


@pytest.mark.parametrize("down_as", ["refused", "502", "503", "closed"])
@pytest.mark.parametrize("page", ["answers", "down"])
def test_however_a_site_is_down(make_site: MakeSite, era: Era, down_as: str, page: str) -> None:
    site = make_site(*era.both, **era.options)
    site.box.install_plan = type(QUICK)(**{**QUICK.__dict__, "down_as": down_as, "page": page})
    result = site.update(target={"site": era.site.version})
    assert not result.get("failed"), result["msg"]
    assert len(site.installs()) == 2
    true = sum(outage.seconds for outage in site.truth.downtime if outage.what == "site")
    told = sum(item["outage"] for item in result["installed"])
    assert abs(told - true) <= 4 * 2 * 60, "each end of an outage is seen to two looks"


def test_a_package_that_brings_something_else_fails_in_the_record_too(make_site: MakeSite) -> None:
    """A name that tells nothing is found out only when it is installed; then no run may say that all is well."""
    site = make_site()
    packages = [site.package(GUIDE[0]), site.package(Package("site", "10.5.4"), name="from-the-vendor.pkg")]
    result = site.update(path="manual", packages=packages, target={"site": "11.1.1", "base": "3.2.6"})
    assert (result["failed"], result["outcome"]) == (True, "failed")
    assert (
        "everything that was given is installed, and the appliance runs site software 10.5.4 instead of 11.1.1"
        in result["msg"]
    )
    assert site.steps()[-1] == ("reach", "failed")
    shown = view(site.record())
    assert shown.mark.word == "Failed"
    assert any("correct bomgar_target" in item.text for item in shown.to_do)
