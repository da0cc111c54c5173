# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web driver against every dialect of the simulator, over HTTPS with TLS verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    NotRecognised,
    ReadOnlyFence,
    Refused,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Credentials, Look
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Transport
from ansible_collections.bomgar.appliance.plugins.module_utils.web.appliance_pages import AppliancePages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.browser import SessionEnded
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import Labels
from ansible_collections.bomgar.appliance.plugins.module_utils.web.login_pages import LoginPages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.recognise import examine
from ansible_collections.bomgar.appliance.tests.simulator import (
    DIALECTS,
    LANGUAGES,
    InstallPlan,
    LookClock,
    Package,
    Simulator,
    write_package,
)

KNOWN = [name for name in DIALECTS if name != "unknown"]


class Bench:
    """One simulated appliance, a transport to it, and windows on its two areas."""

    def __init__(self, box: Any, served: Any, read_only: bool, labels: Labels) -> None:
        self.box = box
        account = box.accounts.appliance
        self.account = Credentials(account.username, account.password)
        self.transport = Transport(served.url(box), ca_path=str(served.ca_path), read_only=read_only)
        self.pages = AppliancePages(self.transport, self.account, labels, pause=lambda _: None)
        login = box.accounts.login
        self.login = LoginPages(
            Transport(served.url(box), ca_path=str(served.ca_path), read_only=read_only),
            Credentials(login.username, login.password),
            labels,
        )

    def until_still(self) -> list[Look]:
        """Look until nothing is installed any more."""
        looks = []
        for _turn in range(100):
            try:
                looks.append(self.pages.look())
            except SessionEnded:
                self.pages.log_in()
            except Unreachable:
                continue
            else:
                if looks[-1].activity is not Activity.BUSY:
                    return looks
        raise AssertionError(f"never still: {looks[-3:]}")


@contextmanager
def bench(
    dialect: str, *, read_only: bool = False, labels: dict[str, list[str]] | None = None, **options: Any
) -> Iterator[Bench]:
    simulator = Simulator(clock=LookClock(step=60))
    box = simulator.add_appliance("support.example.com", dialect=dialect, base="3.2.4", site="10.6.1", **options)
    simulator.vendor.publish_guide()
    with simulator.serve() as served:
        yield Bench(box, served, read_only, Labels.from_options(labels))
    assert not box.truth.decoys
    assert box.truth.restarts_asked == 0


@pytest.mark.parametrize("dialect", KNOWN)
def test_the_guides_upgrade_hop_by_hop(dialect: str) -> None:
    with bench(dialect) as it:
        assert it.login.software().version == "10.6.1"
        assert it.pages.basics().base_version == "3.2.4"
        base, site = it.pages.check_for_updates().offers or ()
        assert (base.name, base.installable) == ("Base Software-3.2.6", True)
        assert (site.name, site.installable) == ("Bomgar-11.1.1", False)
        assert "does not satisfy" in (site.blocked_by or "")
        with pytest.raises(Refused):
            it.pages.install(site)
        assert it.pages.install(base).activity is Activity.BUSY
        it.until_still()
        assert it.pages.basics().base_version == "3.2.6"
        (site,) = it.pages.check_for_updates().offers or ()
        assert it.pages.install(site).activity is Activity.BUSY
        it.until_still()
        assert it.pages.check_for_updates().offers == ()
        assert [(seen.outcome, seen.how) for seen in it.box.truth.installs] == [("good", "automatic")] * 2
        assert not it.box.truth.logins_refused()
        assert not it.box.truth.csrf_refused


@pytest.mark.parametrize("dialect", KNOWN)
def test_a_package_by_hand(dialect: str, tmp_path: Path) -> None:
    package = (
        write_package(tmp_path / "package.nss", Package("base", "3.2.6"), size=200_000) or tmp_path / "package.nss"
    )
    with bench(dialect) as it:
        it.pages.upload(Path(package))
        it.until_still()
        assert it.pages.basics().base_version == "3.2.6"
        (upload,) = it.box.truth.uploads
        assert (upload.bytes, upload.accepted) == (Path(package).stat().st_size, True)


@pytest.mark.parametrize("dialect", KNOWN)
def test_a_read_only_run_sends_no_command(dialect: str, tmp_path: Path) -> None:
    with bench(dialect, read_only=True) as it:
        offers = it.pages.check_for_updates().offers or ()
        for act in (lambda: it.pages.install(offers[0]), lambda: it.pages.upload(Path(__file__))):
            with pytest.raises(ReadOnlyFence):
                act()
        assert examine(it.pages, it.login).complete
        assert not it.box.truth.commands


@pytest.mark.parametrize("dialect", KNOWN)
def test_a_look_is_one_request(dialect: str) -> None:
    with bench(dialect) as it:
        it.pages.log_in()
        it.pages.look()
        before = it.transport.count
        it.pages.look()
        assert it.transport.count == before + 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_wrong_password_is_tried_once(dialect: str) -> None:
    with bench(dialect) as it:
        pages = AppliancePages(it.transport, Credentials(it.account.username, "not-the-password"), pause=lambda _: None)
        for _turn in range(2):
            with pytest.raises((AuthenticationRefused, NotRecognised)):
                pages.basics()
        assert len(it.box.truth.logins_refused()) == (dialect != "unknown")


@pytest.mark.parametrize("dialect", ["guide_it", "modern_en", "links_en"])
@pytest.mark.parametrize("fault", ["lost", "expire_session", "csrf", "empty", "status", "truncate"])
def test_whatever_happens_to_the_click_it_is_made_once(dialect: str, fault: str) -> None:
    with bench(dialect) as it:
        base = (it.pages.check_for_updates().offers or ())[0]
        it.box.faults.plant(fault, role="appliance:install", **({"status": 500} if fault == "status" else {}))
        told: Any = None
        try:
            told = it.pages.install(base).activity
        except BomgarError as error:
            told = error.facts.get("sent")
        assert told in (True, Activity.UNKNOWN, Activity.BUSY, Activity.IDLE, Activity.FAILED)
        assert len([command for command in it.box.truth.commands if command.name == "install"]) <= 1


@pytest.mark.parametrize("dialect", KNOWN)
def test_a_failed_installation_is_seen(dialect: str) -> None:
    plan = InstallPlan(outcome="failed", message="The package could not be unpacked.")
    with bench(dialect, install_plan=plan) as it:
        it.pages.install((it.pages.check_for_updates().offers or ())[0])
        assert it.until_still()[-1].activity is Activity.FAILED


@pytest.mark.parametrize("dialect", KNOWN)
def test_the_sketch_tells_no_secret(dialect: str) -> None:
    with bench(dialect) as it:
        found = examine(it.pages, it.login, hide=[it.account.username])
        text = "\n".join(found.sketches.values())
        basics = it.pages.basics()
        for secret in (
            it.account.username,
            it.account.password,
            "support.example.com",
            basics.serial,
            basics.base_version,
        ):
            assert str(secret).lower() not in text.lower()
        assert not any(len(word) > 20 and any(mark.isdigit() for mark in word) for word in text.split())


def test_a_dialect_in_an_unknown_language_is_refused_with_what_was_seen() -> None:
    with bench("unknown") as it:
        with pytest.raises(NotRecognised) as caught:
            it.pages.check_for_updates()
        assert caught.value.facts["saw"]
        assert not it.box.truth.commands
        assert not it.box.truth.logins


#: Our label -> the simulator's word, for a language that no document knows.
WORDS = {
    "menu.status": "status",
    "menu.basics": "basics",
    "menu.support": "support",
    "menu.updates": "updates",
    "menu.management": "management",
    "menu.software": "software",
    "login.submit": "sign_in",
    "updates.check": "check",
    "updates.available": "available",
    "updates.install": "install",
    "updates.none": "none_available",
    "updates.busy": "busy",
    "updates.done": "done",
    "updates.failed": "failed",
    "manual.submit": "upload",
    "basics.base_version": "base_version",
    "software.version": "product_version",
}


def test_labels_alone_open_an_unknown_language() -> None:
    words = LANGUAGES["xx"]
    labels = {key: [words[word].replace("{name}", "").split(": {")[0].strip()] for key, word in WORDS.items()}
    with bench("unknown", labels=labels) as it:
        assert it.login.software().version == "10.6.1"
        base, _rest = it.pages.check_for_updates().offers or ()
        it.pages.install(base)
        it.until_still()
        assert it.pages.basics().base_version == "3.2.6"


@pytest.mark.parametrize("dialect", ["guide_it", "modern_en"])
def test_a_check_that_failed_is_not_an_empty_list(dialect: str) -> None:
    with bench(dialect) as it:
        it.box.vendor.reachable = False
        with pytest.raises(Refused):
            it.pages.check_for_updates()


@pytest.mark.parametrize(("dialect", "language"), [("guide_it", "it"), ("plain_it", "it"), ("modern_en", "en")])
def test_nor_is_one_that_failed_in_words_that_nobody_listed(
    monkeypatch: pytest.MonkeyPatch, dialect: str, language: str
) -> None:
    monkeypatch.setitem(LANGUAGES[language], "unreachable", "The vendor did not pick up the phone today.")
    with bench(dialect) as it:
        it.box.vendor.reachable = False
        with pytest.raises(NotRecognised, match=r"could not be told.* The vendor did not pick up the phone today"):
            it.pages.check_for_updates()
