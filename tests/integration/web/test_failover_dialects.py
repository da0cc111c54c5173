# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web driver of the Failover page against every dialect of the simulator, over HTTPS with TLS verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.connect import Appliance
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BomgarError, NotRecognised
from ansible_collections.bomgar.appliance.plugins.module_utils.models import FailoverView, Role, SyncState
from ansible_collections.bomgar.appliance.plugins.module_utils.web.failover_pages import FailoverPages
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import LABELS
from ansible_collections.bomgar.appliance.tests.simulator import (
    DIALECTS,
    LookClock,
    Simulator,
    driver_labels,
    failover_labels,
    make_dialect,
)

SHARED = "192.0.2.99"
#: Dialects whose times leave no choice how to read them.
CERTAIN = ("guide_it", "guide_en", "modern_en", "wizard_en", "frames_en")
STRANGE = {**driver_labels("xx"), **failover_labels("xx", LABELS)}
LOOKS = 200


class Bench:
    """A simulated pair and a window on the Failover page of each."""

    def __init__(self, pair: Any, served: Any, labels: dict[str, list[str]]) -> None:
        self.pair, self.served = pair, served
        self.a, self.b = (self._pages(box, labels) for box in pair.boxes)

    def _pages(self, box: Any, labels: dict[str, list[str]]) -> FailoverPages:
        account = box.accounts.login
        options = {
            "url": self.served.url(box),
            "ca_path": str(self.served.ca_path),
            "login": {"username": account.username, "password": account.password},
            "labels": labels,
        }
        return Appliance(options).failover_pages

    def establish(self) -> FailoverView:
        """Make the first one primary and the other its backup."""
        ends = [(box.host, self.served.port(box)) for box in self.pair.boxes]
        return self.a.establish(ends[1], ends[0])

    def until(self, pages: FailoverPages, done: Callable[[FailoverView], bool]) -> FailoverView:
        """Look until the page shows it."""
        for _turn in range(LOOKS):
            view = pages.view()
            if done(view):
                return view
        raise AssertionError(f"never shown; last: {view}")

    def pressed(self, box: Any) -> list[str]:
        """What was pressed on an appliance, answers to questions left out."""
        return [seen.name for seen in box.truth.commands if seen.name != "confirm"]


@contextmanager
def bench(dialect: str, *, labels: bool = True, mix: str | None = None, **options: Any) -> Iterator[Bench]:
    """`mix`: the dialect whose panel stands on the page instead of its own."""
    simulator = Simulator(clock=LookClock(step=20))
    pair = simulator.add_pair(
        "support.example.com", dialect=dialect, base="6.1.0", site="22.1.1", shared_ips=(SHARED,), **options
    )
    if mix is not None:
        panel = make_dialect(mix)
        for box in pair.boxes:
            look = simulator.apps[box]["login"].dialect
            look.failover, look.time_format, look.decoys = panel.failover, panel.time_format, panel.decoys
    with simulator.serve() as served:
        yield Bench(pair, served, STRANGE if dialect == "unknown" and labels else {})
    assert not pair.truth.violations()
    for box in pair.boxes:
        # A decoy is another control, or another setting that was saved with what was pressed.
        assert not box.truth.decoys
        assert not box.truth.logins_refused()


def whole_round(it: Bench, breaker: str) -> None:
    """Sync, break, set the key, establish, sync, share an address: each seen on the page and true behind it."""
    a, b = it.pair.boxes
    before = it.b.view()
    assert it.b.sync_now().sync is SyncState.RUNNING
    after = it.until(it.b, lambda view: view.sync is SyncState.GOOD and view.last_sync != before.last_sync)
    assert it.pair.truth.good_syncs()
    assert (after.last_sync_time or 0) >= (before.last_sync_time or 0)
    one, other = (it.a, it.b) if breaker == "a" else (it.b, it.a)
    assert one.break_up().role is Role.NONE
    for pages in (one, other):
        view = pages.view()
        assert (view.role, view.last_sync, view.sync_status) == (Role.NONE, None, None)
        assert view.can == {"establish", "shared_ips"}
    for pages in (one, other):
        pages.set_key("the-new-key-of-both")
    assert [box.failover_key for box in (a, b)] == ["the-new-key-of-both"] * 2
    view = it.establish()
    assert (view.role, view.last_sync, view.last_sync_time) == (Role.PRIMARY, None, None)
    assert it.b.view().role is Role.BACKUP
    it.until(it.b, lambda view: view.sync is SyncState.GOOD and view.last_sync is not None)
    assert len(it.pair.truth.good_syncs()) == 2
    assert it.a.enable_shared_ips([]).shared_ips == {SHARED: False}
    assert it.a.enable_shared_ips([SHARED]).shared_ips == {SHARED: True}
    assert (a.shared_ips, b.shared_ips) == ([SHARED], [])
    broken = {"a": [], "b": [], breaker: ["break"]}
    assert it.pressed(a) == [*broken["a"], "set_key", "establish", "shared_ips", "shared_ips"]
    assert it.pressed(b) == ["sync", *broken["b"], "set_key"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_view_of_both(dialect: str) -> None:
    with bench(dialect) as it:
        for box, pages, roles in zip(
            it.pair.boxes,
            (it.a, it.b),
            ((Role.PRIMARY, Role.BACKUP), (Role.BACKUP, Role.PRIMARY)),
            strict=True,
        ):
            view = pages.view()
            assert (view.role, view.peer_role) == roles
            assert view.last_sync == make_dialect(dialect).moment(box.last_sync)
            assert view.last_sync_time == (int(box.last_sync) if dialect in CERTAIN else None)
            assert view.sync is SyncState.GOOD
            assert view.shared_ips == {SHARED: roles[0] is Role.PRIMARY}
            become = "become_backup" if roles[0] is Role.PRIMARY else "become_primary"
            assert view.can == {"sync", "break", "shared_ips", become}
        assert not any(box.truth.commands for box in it.pair.boxes)


@pytest.mark.parametrize("breaker", ["a", "b"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_sync_break_key_establish_and_share(dialect: str, breaker: str) -> None:
    with bench(dialect) as it:
        whole_round(it, breaker)


@pytest.mark.parametrize("sync_first", [True, False])
@pytest.mark.parametrize("asked", ["a", "b"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_roles_are_changed_from_either_side(dialect: str, asked: str, sync_first: bool) -> None:
    with bench(dialect) as it:
        pages, role = (it.a, Role.BACKUP) if asked == "a" else (it.b, Role.PRIMARY)
        pages.become(role, sync_first)
        it.until(it.b, lambda view: view.role is Role.PRIMARY)
        assert it.until(it.a, lambda view: view.role is Role.BACKUP).shared_ips == {SHARED: False}
        assert len(it.pair.truth.syncs) == sync_first
        a, b = it.pair.boxes
        assert [it.pressed(a), it.pressed(b)] == ([["become_backup"], []] if asked == "a" else [[], ["become_primary"]])


def test_a_strange_language_is_refused_without_its_words() -> None:
    with bench("unknown", labels=False) as it:
        for act in (FailoverPages.view, FailoverPages.sync_now, FailoverPages.break_up):
            with pytest.raises(NotRecognised) as caught:
                act(it.b)
            assert caught.value.facts["saw"]
        assert not any(box.truth.commands for box in it.pair.boxes)


#: Each command, with the side it is pressed on and what it brings about.
COMMANDS: dict[str, tuple[str, Callable[[Bench], Any], Callable[[Bench], bool]]] = {
    "sync": ("b", lambda it: it.b.sync_now(), lambda it: bool(it.pair.truth.syncs)),
    "break": ("b", lambda it: it.b.break_up(), lambda it: not it.pair.established),
    "become_primary": ("b", lambda it: it.b.become(Role.PRIMARY, True), lambda it: it.pair.swapping),
    "become_backup": ("a", lambda it: it.a.become(Role.BACKUP, True), lambda it: it.pair.swapping),
    "shared_ips": ("a", lambda it: it.a.enable_shared_ips([]), lambda it: not it.pair.a.shared_ips),
    "establish": ("a", Bench.establish, lambda it: it.pair.established),
    "set_key": ("a", lambda it: it.a.set_key("another-key"), lambda it: it.pair.a.failover_key == "another-key"),
}


@pytest.mark.parametrize("fault", ["lost", "expire_session"])
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_command_whose_answer_is_lost_or_whose_session_has_ended_is_not_pressed_again(
    dialect: str, command: str, fault: str
) -> None:
    side, act, done = COMMANDS[command]
    with bench(dialect, established=command != "establish") as it:
        if command == "break":  # no promise is broken by this test itself
            it.b.sync_now()
            it.until(it.b, lambda view: view.sync is SyncState.GOOD)
        box, pages = (it.pair.a, it.a) if side == "a" else (it.pair.b, it.b)
        asked = make_dialect(dialect).asks_first and command in (
            "break",
            "establish",
            "become_primary",
            "become_backup",
        )
        planted = box.faults.plant(fault, role="login:sure" if asked else f"login:{command}")
        if fault == "lost":
            with pytest.raises(BomgarError) as caught:
                act(it)
            assert caught.value.facts["sent"] is True
        else:
            told = act(it)
            assert told is None or (told.role, bool(told.message)) == (Role.UNKNOWN, True)
        assert planted.hits == 1
        assert done(it) is (fault == "lost")
        # What it did is seen on the page; nothing is pressed by looking.
        assert pages.view().role is Role(box.role)
        assert it.pressed(box).count(command) == (fault == "lost" or asked)
        if fault != "lost" and not asked:
            act(it)
            assert done(it)


MIXED = [
    (frame, panel)
    for language in (("guide_en", "modern_en", "links_en", "wizard_en", "frames_en"), ("guide_it", "plain_it"))
    for frame in language
    for panel in language
    if frame != panel
]


@pytest.mark.parametrize(("frame", "panel"), MIXED, ids=[" with ".join(both) for both in MIXED])
def test_the_panel_of_one_dialect_on_the_pages_of_another(frame: str, panel: str) -> None:
    with bench(frame, mix=panel) as it:
        whole_round(it, "b")
