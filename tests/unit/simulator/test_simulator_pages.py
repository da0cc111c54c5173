# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`/appliance` and `/login`: every dialect can be driven by a person, and none helps a careless client."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import LABELS
from ansible_collections.bomgar.appliance.tests.simulator import (
    DIALECTS,
    LANGUAGES,
    InstallPlan,
    Package,
    driver_labels,
    failover_labels,
    write_package,
)

BASE = Package("base", "3.2.6")
SITE = Package("site", "11.1.1", requires={"base": "3.2.6"})
FAST = InstallPlan(download=1, install=2, restart=2)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_person_upgrades_in_every_dialect(world: Any, dialect: str) -> None:
    w = world(dialect=dialect, packages=(BASE, SITE), sessions=2, representatives=1)
    person, words = w.person, w.person.words
    person.log_in()
    person.go("basics")
    assert "3.2.4" in person.text
    assert words["base_version"].casefold() in person.text.casefold().replace("&nbsp;", " ")
    person.check()
    assert "3.2.4 does not satisfy 11.1.1's requirements" in person.text
    assert "Primary Hostname: support.example.com" in person.text or dialect == "wizard_en" or dialect == "frames_en"
    assert person.has(words["install"], near="Base Software-3.2.6")
    person.install("Base Software-3.2.6")
    person.go("updates")
    assert "Base Software-3.2.6" in person.text
    assert [one.package for one in w.box.truth.installs] == ["Base Software-3.2.6"]
    w.clock.advance(2000)
    assert "sign_in" in str(w.box.truth.requests[-1].role) or person.log_in()
    person.check()
    person.install("Bomgar-11.1.1")
    w.clock.advance(2000)
    person.go("updates")
    assert (w.box.base, w.box.site) == ("3.2.6", "11.1.1")
    assert [(one.how, one.outcome) for one in w.box.truth.installs] == [("automatic", "good")] * 2
    assert w.box.truth.restarts_asked == 0
    assert w.box.truth.decoys == []
    assert len(w.box.truth.sessions_cut) == 2
    assert w.box.truth.representatives_cut == ["Representative 1"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_person_uploads_in_every_dialect(world: Any, dialect: str, tmp_path: Path) -> None:
    w = world(dialect=dialect)
    file = write_package(tmp_path / "base.bin", BASE)
    w.person.log_in()
    w.person.go("updates")
    w.person.press(w.person.words["upload"], file=file)
    if w.person.dialect.asks_first:
        assert w.box.installation is None
        w.person.press(w.person.words["continue"], tick=True)
        w.person.press(w.person.words["yes"])
    [seen] = w.box.truth.uploads
    assert seen.accepted
    assert seen.bytes == 65536
    assert [one.how for one in w.box.truth.installs] == ["manual"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_site_pages_tell_the_software(world: Any, dialect: str) -> None:
    w = world(dialect=dialect, site="10.6.2")
    w.person.log_in("login")
    w.person.go("software", "login")
    assert "10.6.2" in w.person.text
    assert w.box.build in w.person.text
    assert w.box.truth.commands == []


def test_old_login_pages_carry_the_version_tag(world: Any) -> None:
    w = world(dialect="guide_it", site="10.4.5")
    w.person.open("/login/login.ns")
    assert w.person.page.xpath('//meta[@name="Bomgar-Version"]/@content') == ["10.4.5"]


def test_a_form_is_taken_once_and_only_from_the_newest_page(world: Any) -> None:
    w = world(dialect="guide_en")
    w.person.log_in()
    w.person.go("updates")
    page, answer = w.person.page, w.person.answer
    w.person.go("basics")
    w.person.page, w.person.answer = page, answer
    w.person.press("Check for Updates")
    assert w.person.words["csrf"] in w.person.text
    assert w.box.truth.update_checks == 0
    assert w.box.truth.csrf_refused == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_hidden_field_left_out_is_refused(world: Any, dialect: str) -> None:
    w = world(dialect=dialect)
    w.person.open("/appliance")
    account = w.box.accounts.appliance
    w.person.press(
        w.person.words["sign_in"], account.username, account.password, change=lambda pairs: pairs.remove(pairs[-2])
        if dialect == "links_en" else pairs.remove(pairs[0]),
    )  # fmt: skip
    assert w.box.truth.csrf_refused == 1
    assert w.box.truth.logins == []


def test_hidden_values_must_come_back_in_the_pages_encoding(world: Any) -> None:
    w = world(dialect="guide_it")
    w.person.open("/appliance")
    w.person.dialect.encoding = "utf-8"
    account = w.box.accounts.appliance
    pairs: list[tuple[str, str]] = []
    with pytest.raises(UnicodeDecodeError):
        # The page is ISO-8859-1, so what comes back is not UTF-8 either.
        w.person.press("Accedi", account.username, account.password, change=pairs.extend)
    assert w.box.truth.csrf_refused == 1


def test_sending_every_button_restarts_the_box(world: Any) -> None:
    w = world(dialect="plain_it")
    w.person.log_in()
    w.person.go("updates")

    def all_buttons(pairs: list[tuple[str, str]]) -> None:
        form = next(w.person.control(w.person.words["check"]).iterancestors("form"))
        pairs[:0] = [(one.get("name"), one.get("value")) for one in form.xpath(".//button")]

    w.person.press(w.person.words["check"], change=all_buttons)
    with pytest.raises(requests.ConnectionError):
        w.person.go("updates")
    assert w.box.truth.restarts_asked == 1
    assert [one.name for one in w.box.truth.commands] == ["restart"]


def test_pages_need_a_login(world: Any) -> None:
    w = world(dialect="modern_en")
    assert w.person.go("updates").url.endswith("/appliance/login.ns")
    w.person.log_in()
    assert not w.person.go("updates").url.endswith("/appliance/login.ns")
    w.clock.advance(4000)
    assert w.person.go("updates").url.endswith("/appliance/login.ns")


def test_accounts_are_locked_after_refused_logins(world: Any) -> None:
    w = world(dialect="guide_it", lockout_after=3)
    for _try in range(2):
        w.person.log_in(password="not-the-right-one")
        assert w.person.words["bad_login"] in w.person.text
    w.person.log_in(password="not-the-right-one")
    assert w.person.words["locked"] in w.person.text
    w.person.log_in()
    assert w.person.words["locked"] in w.person.text
    assert w.box.truth.lockouts == [w.box.accounts.appliance.username]
    w.person.log_in("login")
    assert len(w.box.truth.logins_refused("appliance")) == 4
    assert w.box.truth.logins_refused("login") == []


def test_a_blocked_package_cannot_be_installed(world: Any) -> None:
    w = world(dialect="guide_en", packages=(BASE, SITE))
    w.person.log_in()
    w.person.check()
    assert not any(
        "Bomgar-11.1.1" in row.text_content()
        for row in w.person.page.xpath('//tr[.//input[@value="Install This Update"]][not(.//tr[.//td])]')
    )
    assert w.box.install(SITE, "automatic") is not None
    assert w.box.truth.installs == []


def test_a_disabled_button_does_nothing(world: Any) -> None:
    w = world(dialect="plain_it", packages=(BASE, SITE))
    w.person.log_in()
    w.person.check()
    assert not w.person.has(w.person.words["install"], near="Bomgar-11.1.1")
    w.person.press(w.person.words["install"], near="Bomgar-11.1.1")
    assert w.box.truth.installs == []


def test_a_second_install_is_refused_with_words(world: Any, tmp_path: Path) -> None:
    w = world(dialect="guide_en", packages=(BASE,))
    w.person.log_in()
    w.person.check()
    w.box.install(Package("site", "10.6.0"), "automatic")
    w.person.install("Base Software-3.2.6")
    assert "Another update is being installed" in w.person.text
    assert [one.package for one in w.box.truth.installs] == ["Bomgar-10.6.0"]
    assert [one.accepted for one in w.box.truth.commands] == [False]


@pytest.mark.parametrize(
    ("package", "options", "words"),
    [
        (BASE, {"truncate": 40000}, "incomplete"),
        (BASE, {"damage": True}, "could not be verified"),
        (SITE, {}, "does not satisfy 11.1.1's requirements"),
        (Package("site", "11.0.0", site="other.example.com"), {}, "another appliance"),
        (Package("base", "3.2.4"), {}, "not newer"),
    ],
)
def test_wrong_packages_are_refused(
    world: Any, tmp_path: Path, package: Package, options: dict[str, Any], words: str
) -> None:
    w = world(dialect="guide_en")
    file = write_package(tmp_path / "package.bin", package, **options)
    w.person.log_in()
    w.person.go("updates")
    w.person.press("Update Software", file=file)
    assert words in w.person.text.replace("&#x27;", "'")
    assert w.box.truth.installs == []
    assert [one.accepted for one in w.box.truth.uploads] == [False]


def test_a_file_that_is_no_package_is_refused(world: Any, tmp_path: Path) -> None:
    w = world(dialect="modern_en")
    (tmp_path / "x.bin").write_bytes(b"<html>not a package</html>")
    w.person.log_in()
    w.person.go("updates")
    w.person.press("Update Software", file=tmp_path / "x.bin")
    assert "not a valid software package" in w.person.text


def test_the_wizard_wants_the_box_ticked(world: Any) -> None:
    w = world(dialect="wizard_en", packages=(BASE,))
    w.person.log_in()
    w.person.check()
    w.person.press("Install This Update")
    w.person.press("Continue")
    assert w.person.words["licence_missing"] in w.person.text
    w.person.press("Continue", tick=True)
    assert "Are you sure" in w.person.text
    assert re.search(r"No.*Yes", w.person.text)
    w.person.press("No")
    assert w.box.truth.installs == []


def test_the_menu_stands_in_a_frame(world: Any) -> None:
    w = world(dialect="frames_en")
    w.person.log_in()
    assert w.person.page.xpath("//frame/@name") == ["menu", "main"]
    w.person.open(w.person.page.xpath("//frame[@name='menu']/@src")[0])
    w.person.press("Updates")
    assert w.person.has("Check for Updates")


def test_the_vendor_may_be_out_of_reach(world: Any) -> None:
    w = world(dialect="guide_it", packages=(BASE,))
    w.sim.vendor.reachable = False
    w.person.log_in()
    w.person.check()
    assert w.person.words["unreachable"] in w.person.text


def test_the_progress_page_refreshes_itself(world: Any) -> None:
    w = world(dialect="wizard_en", packages=(BASE,))
    w.person.log_in()
    w.person.check()
    w.person.install("Base Software-3.2.6")
    [content] = w.person.page.xpath("//meta[@http-equiv='Refresh']/@content")
    w.person.open(content.split("url=")[1])
    assert "Installing Base Software-3.2.6" in w.person.text
    assert not w.person.has("Check for Updates")


def test_the_strange_words_can_be_given_to_the_driver(world: Any) -> None:
    given = driver_labels("xx")
    assert set(given) <= set(LABELS)
    pair = failover_labels("xx", [*LABELS, "failover.break"])
    assert pair["failover.break"] == [LANGUAGES["xx"]["break_failover"]]
    assert set(pair) - {"failover.break"} <= set(LABELS)
    w = world(dialect="unknown")
    w.person.log_in()
    w.person.go("updates")
    for key in ("updates.check", "manual.submit"):
        assert w.person.has(given[key][0])
