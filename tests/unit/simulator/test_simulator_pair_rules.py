# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pair as plain objects, without HTTP: relationship, syncs, roles, sessions, door, and what the truth says of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.simulator import (
    Appliance,
    Certificate,
    InstallPlan,
    LookClock,
    Package,
    Pair,
    Simulator,
    SyncPlan,
)

SITE = "support.example.com"
QUICK = SyncPlan(base=100.0, per_session=0.0)


class World:
    """A pair and the clock that drives it."""

    def __init__(self, **options: Any) -> None:
        self.clock = LookClock()
        self.sim = Simulator(self.clock)
        self.pair: Pair = self.sim.add_pair(SITE, **{"site": "19.1.8", "sync": QUICK, **options})
        self.a, self.b, self.truth = self.pair.a, self.pair.b, self.pair.truth

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.a.advance(self.clock.now())

    def establish(self, box: Appliance, **changes: Any) -> str:
        other = self.pair.other(box)
        given = {"peer": (other.address, 443), "own": (box.address, 443), **changes}
        return self.pair.establish(box, **given)[1]

    def sync(self) -> None:
        assert self.b.sync_now()[0]
        self.wait(101)

    @property
    def roles(self) -> tuple[str, str]:
        return self.a.role, self.b.role


def test_both_are_alike_but_for_what_is_their_own() -> None:
    w = World(a={"base": "3.2.6"})
    assert w.a.accounts.api.client_secret == w.b.accounts.api.client_secret
    assert w.a.accounts.appliance.password == w.b.accounts.appliance.password
    assert w.a.certificate == w.b.certificate
    assert (w.a.base, w.b.base) == ("3.2.6", "3.2.4")
    assert w.a.id != w.b.id
    assert w.a.serial != w.b.serial
    w.a.issue_token()
    assert not w.b.accounts.api.tokens
    own = World(own_appliance_accounts=True)
    assert own.a.accounts.appliance.password != own.b.accounts.appliance.password
    assert own.a.accounts.login.password == own.b.accounts.login.password


def test_time_passes_for_both_and_change_by_change() -> None:
    w = World(install_plan=InstallPlan(download=10, install=20, restart=0))
    w.b.install_file(Package("site", "20.1.1"))
    w.sync()
    # The box went down at 10 s, in the middle of the sync, although nobody looked then.
    [seen] = w.truth.syncs
    assert (seen.outcome, seen.why) == ("failed", "the connection was lost")
    assert seen.ended == seen.began + 10
    assert w.b.site == "20.1.1"
    assert w.b.now == w.a.now


@pytest.mark.parametrize(
    ("outcome", "status", "moved", "truth"),
    [
        ("good", "Success", True, "good"),
        ("fails", "Failed", False, "failed"),
        ("lies", "Success", False, "lied"),
        ("stalls", "In progress", False, "running"),
    ],
)
def test_syncs_end_as_planned(outcome: str, status: str, moved: bool, truth: str) -> None:
    w = World(ended_sessions=2)
    session = w.a.start_session()
    w.a.end_sessions()
    w.wait(1)
    before = w.b.shown_last_sync
    w.pair.plan_next_sync(outcome=outcome)
    w.sync()
    w.wait(100_000)
    assert w.b.last_sync_status == w.a.last_sync_status == status
    assert (w.b.shown_last_sync != before) is moved
    assert (session.guid in w.truth.on(w.b)) is (truth == "good")
    assert w.truth.syncs[0].outcome == truth
    assert w.b.sync_now()[0] is (outcome != "stalls")


def test_a_sync_takes_as_long_as_there_is_data() -> None:
    w = World(ended_sessions=50, sync=SyncPlan(base=10, per_session=2))
    w.b.sync_now()
    w.wait(209)
    assert w.pair.syncing
    assert not w.b.sync_now()[0]
    w.wait(1)
    assert not w.pair.syncing


def test_a_sync_that_was_asked_for_looks_newer_than_the_moment_before_it() -> None:
    w = World()
    asked = int(w.b.shown(w.b.now))
    w.sync()
    assert int(w.b.shown_last_sync or 0) > asked
    w.pair.plan_next_sync(old_time=3600.0)
    w.sync()
    assert (w.b.shown_last_sync or 0) < asked
    assert len(w.truth.good_syncs()) == 2


def test_only_the_backup_syncs_where_it_is_so() -> None:
    w = World(sync_on="backup")
    assert not w.a.sync_now()[0]
    assert w.b.sync_now()[0]
    assert World().a.sync_now()[0]


def test_the_automatic_sync() -> None:
    w = World(sync_every=1000.0)
    w.wait(3200)
    assert [(one.by, one.outcome) for one in w.truth.syncs] == [("itself", "good")] * 3


def test_a_sync_brings_the_settings_of_the_primary() -> None:
    w = World()
    w.b.accounts.login.password = "changed on the backup"
    w.a.accounts.api.regenerate("new")
    w.sync()
    assert w.b.accounts.api.client_secret == "new"
    assert w.b.accounts.login.password == w.a.accounts.login.password


def test_breaking_ends_it_on_both() -> None:
    w = World()
    w.sync()
    w.b.sync_now()
    assert w.b.break_failover()[0]
    assert w.roles == ("none", "none")
    assert (w.a.last_sync, w.a.last_sync_status) == (None, None)
    assert w.truth.syncs[-1].outcome == "failed"
    assert not w.a.break_failover()[0]
    assert w.truth.violations() == []
    assert [one.end for one in w.truth.exposures] == [None]


@pytest.mark.parametrize("how", ["down", "link", "planted"])
def test_a_relationship_breaks_by_half(how: str) -> None:
    w = World()
    w.sync()
    if how == "down":
        w.b.go_down(50)
    elif how == "link":
        w.pair.cut_link()
    else:
        w.pair.break_half = True
    w.a.break_failover()
    w.wait(100)
    w.pair.cut_link(False)
    assert w.roles == ("none", "backup")
    assert w.b.last_sync_status is not None
    assert not w.b.sync_now()[0]
    assert "already" in w.establish(w.a)
    w.b.break_failover()
    assert w.establish(w.a) == "The failover relationship was established."
    assert w.truth.violations() == []


def test_breaking_without_a_sync_is_seen() -> None:
    w = World()
    w.a.break_failover()
    assert w.truth.violations() == [f"2: broken by a.{SITE} without a sync that succeeded"]
    w.establish(w.a)
    w.wait(1)
    w.sync()
    w.a.break_failover()
    w.establish(w.a)
    w.a.break_failover()
    assert len(w.truth.violations()) == 2
    planted = World()
    planted.pair.plant_half_broken(planted.a)
    assert planted.roles == ("none", "backup")
    assert planted.truth.violations() == []


def test_establishing_starts_with_a_sync_a_minute_later() -> None:
    w = World(established=False)
    assert w.roles == ("none", "none")
    w.establish(w.b)
    assert w.roles == ("backup", "primary")
    assert w.a.last_sync is None
    w.wait(59)
    assert w.truth.syncs == []
    w.wait(1)
    assert w.pair.syncing
    w.wait(100)
    assert [(one.first, one.outcome) for one in w.truth.syncs] == [(True, "good")]
    assert w.truth.violations() == [f"5: b.{SITE} established, and the name led to a.{SITE}"]


def test_a_sync_that_was_asked_for_is_the_first_one() -> None:
    w = World(established=False)
    w.establish(w.a)
    w.wait(1)
    w.sync()
    w.wait(1000)
    assert [one.by for one in w.truth.syncs] == [w.b.host]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: setattr(w.b, "failover_key", "other"), "pre-shared key"),
        (lambda w: setattr(w.a, "failover_key", ""), "pre-shared key"),
        (lambda w: setattr(w.b, "site", "20.1.1"), "version and build"),
        (lambda w: setattr(w.b, "build", "1-2"), "version and build"),
        (lambda w: setattr(w.b, "certificate", Certificate()), "certificates"),
        (lambda w: setattr(w.b, "cluster_role", "traffic"), "cluster"),
        (lambda w: w.b.go_down(), "could not be contacted"),
        (lambda w: w.pair.cut_link(), "could not be contacted"),
    ],
)
def test_establishing_is_refused(change: Any, said: str) -> None:
    w = World(established=False)
    change(w)
    assert said in w.establish(w.a)
    assert w.roles == ("none", "none")
    assert [one.kind for one in w.truth.events] == ["refused"]


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize(
    ("host", "port", "good"),
    [
        ("B.support.example.com", 443, True),
        ("192.0.2.12", 443, True),
        ("192.0.2.12", 50001, True),
        ("127.0.0.1", 50001, True),
        ("192.0.2.12", 8443, False),
        ("127.0.0.1", 443, False),
        ("127.0.0.1", 50002, False),
        ("192.0.2.11", 443, False),
        (SITE, 443, False),
    ],
)
def test_the_address_has_to_lead_there(own: bool, host: str, port: int, good: bool) -> None:
    w = World(established=False)
    w.a.ports.add(50002)
    w.b.ports.add(50001)
    said = w.establish(w.b, own=(host, port)) if own else w.establish(w.a, peer=(host, port))
    assert w.pair.established is good
    assert good or ("contact this primary site" if own else "could not be contacted") in said


@pytest.mark.parametrize(("site", "lost"), [("10.5.3", True), ("10.6.2", False)])
def test_sessions_of_both_merge_or_are_lost(site: str, lost: bool) -> None:
    w = World(site=site, ended_sessions=3)
    w.sync()
    w.a.break_failover()
    on_a, on_b = w.a.start_session(), w.b.start_session()
    assert on_a.guid != on_b.guid
    w.wait(60)
    w.pair.door.point_to(w.b)
    w.establish(w.b)
    assert on_a.ended is not None  # who becomes backup cuts his people
    w.wait(10)
    w.b.end_sessions()
    w.sync()
    assert w.truth.on(w.b) == w.truth.on(w.a)
    assert len(w.truth.on(w.b)) == (4 if lost else 5)
    assert w.truth.where(on_a.guid) == (() if lost else (w.a.host, w.b.host))
    assert w.truth.began[on_a.guid] == w.a.host
    assert list(w.truth.lost_sessions) == ([on_a.guid] if lost else [])
    assert bool(w.truth.violations()) is lost
    assert w.truth.violations(exported=[str(on_a.number)]) == []


def test_what_ends_after_a_sync_began_is_not_in_it() -> None:
    w = World()
    late = w.a.start_session()
    w.b.sync_now()
    w.wait(50)
    w.a.end_sessions()
    w.wait(51)
    assert late.guid not in w.truth.on(w.b)
    w.sync()
    assert late.guid in w.truth.on(w.b)


def test_roles_swap_one_after_the_other() -> None:
    w = World(representatives=1, sessions=1, shared_ips=("192.0.2.10",))
    assert w.b.set_failover_role("primary", True, False) == (
        True,
        "The data synchronization was started. The role will be changed when it has succeeded.",
    )
    assert w.a.representatives == []
    assert w.a.truth.sessions_cut
    assert w.roles == ("primary", "backup")
    assert not w.a.set_failover_role("backup", False, False)[0]
    w.wait(100)
    assert w.roles == ("backup", "backup")
    assert (w.a.shared_ips, w.b.shared_ips) == ([], [])
    w.wait(20)
    assert w.roles == ("backup", "primary")
    assert (w.a.shared_ips, w.b.shared_ips) == ([], ["192.0.2.10"])
    assert [one.what for one in w.truth.name_outages] == ["swapping", "backup"]
    assert w.truth.violations() == []


def test_a_sync_that_fails_changes_no_role() -> None:
    w = World()
    w.pair.plan_next_sync(outcome="fails")
    w.a.set_failover_role("backup", True, False)
    w.wait(200)
    assert w.roles == ("primary", "backup")
    assert not w.pair.swapping
    assert w.truth.name_outages[0].seconds == 100


@pytest.mark.parametrize(
    ("of", "role", "sync_first", "force", "good"),
    [
        ("a", "backup", False, False, False),
        ("a", "backup", False, True, True),
        ("b", "primary", False, False, True),
        ("b", "primary", True, False, False),
        ("b", "backup", False, True, False),
        ("a", "none", False, True, False),
    ],
)
def test_role_changes_without_a_peer(of: str, role: str, sync_first: bool, force: bool, good: bool) -> None:
    w = World()
    w.pair.cut_link()
    box = getattr(w, of)
    assert box.set_failover_role(role, sync_first, force)[0] is good
    assert (box.role == role) is (good or role == box.role)
    assert w.truth.of("role") == [] or good


def test_a_forced_primary_that_comes_back_steps_down() -> None:
    w = World()
    w.a.go_down(100)
    w.b.set_failover_role("primary", False, False)
    w.wait(101)
    assert w.roles == ("backup", "primary")
    assert w.truth.primary_overlaps == []
    stubborn = World(steps_back=False)
    stubborn.a.go_down(100)
    stubborn.b.set_failover_role("primary", False, False)
    stubborn.wait(200)
    assert stubborn.roles == ("primary", "primary")
    assert stubborn.truth.violations() == ["4: both were primary"]


def test_the_automatic_failover() -> None:
    w = World()
    w.pair.automatic_failover(after=300)
    w.a.go_down(200)
    w.wait(1000)
    assert w.roles == ("primary", "backup")
    down = w.a.now
    w.a.go_down(500)
    w.wait(1000)
    assert w.roles == ("backup", "primary")
    first = w.truth.of("role")[0]
    assert (first.by, first.time) == ("itself", down + 300)


def test_a_shared_address_is_where_a_box_is_up() -> None:
    w = World(shared_ips=("192.0.2.10",))
    w.pair.door.follow = "shared_ip"
    w.pair.automatic_failover(after=100)
    w.a.go_down(500)
    w.wait(50)
    assert w.pair.door.target is None
    w.wait(100)
    assert w.pair.door.target is w.b
    w.wait(1000)
    assert w.pair.door.target is w.b
    assert (w.a.shared_ips, w.truth.shared_ip_overlaps) == ([], [])
    assert [(one.what, one.seconds) for one in w.truth.name_outages] == [("nobody", 100)]


def test_who_is_down_does_not_become_primary() -> None:
    w = World()
    w.b.set_failover_role("primary", False, False)
    w.b.go_down(30)
    w.wait(40)
    assert w.roles == ("backup", "backup")
    assert not w.pair.swapping


def test_what_is_planted() -> None:
    w = World()
    w.b.sync_now()
    w.pair.swap_by_itself()
    assert w.roles == ("backup", "primary")
    assert w.truth.syncs[0].why == "the roles were swapped"
    w.pair.plant_both_primary()
    assert w.roles == ("primary", "primary")
    w.wait(10)
    assert len(w.truth.primary_overlaps) == 1


def test_shared_addresses_on_both_are_seen() -> None:
    w = World(shared_ips=("192.0.2.10",))
    w.pair.door.follow = "shared_ip"
    w.sync()
    w.a.break_failover()
    assert (w.a.shared_ips, w.b.shared_ips) == (["192.0.2.10"], [])
    w.a.enable_shared_ips([])
    w.wait(30)
    w.b.enable_shared_ips(["192.0.2.10", "192.0.2.99"])
    assert w.pair.door.target is w.b
    assert [(one.what, one.seconds) for one in w.truth.name_outages] == [("nobody", 30)]
    assert w.truth.violations() == []
    w.a.enable_shared_ips(["192.0.2.10"])
    w.wait(5)
    w.b.enable_shared_ips([])
    assert [one.seconds for one in w.truth.shared_ip_overlaps] == [5]
    assert w.truth.violations() == ["4: a shared address was enabled on both"]


def test_sessions_arrive_where_the_name_leads_to() -> None:
    w = World(sessions_every=10, session_seconds=25, install_plan=InstallPlan(download=0, install=100, restart=0))
    w.wait(100)
    assert len(w.a.sessions) == 10
    assert len(w.a.running_sessions) == 3
    w.sync()
    w.a.break_failover()
    w.b.install_file(Package("site", "20.1.1"))
    w.pair.door.point_to(w.b)
    w.wait(90)
    assert len(w.a.sessions) == 20
    assert w.truth.name_outages[0].what == "down"
    assert w.truth.violations() == [f"4: the name was led to b.{SITE}, which did not serve"]
    w.wait(110)
    assert len([one for one in w.truth.began.values() if one == w.b.host]) == 10


def test_the_name_follows_whoever_is_asked() -> None:
    w = World()
    leads: list[Appliance | None] = [w.b]
    w.pair.door.follow = lambda: leads[0]
    w.wait(10)
    assert w.pair.door.target is w.b
    leads[0] = None
    w.wait(10)
    assert [(one.what, one.seconds) for one in w.truth.name_outages] == [("backup", 10), ("nobody", None)]


def test_asking_for_a_restart_is_seen() -> None:
    w = World()
    w.b.restart()
    assert w.truth.violations() == [f"3: b.{SITE} was asked to restart"]


def test_a_changed_key_is_seen_and_never_kept() -> None:
    w = World()
    w.a.set_failover_key("very secret")
    assert "very secret" not in str(w.truth.as_json())
    assert [one.detail for one in w.truth.of("key")] == [{"equal": False}]


@pytest.mark.parametrize("wrong", [{"sync_on": "primary"}, {"hosts": ("one",)}])
def test_wrong_options_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        World(**wrong)
    with pytest.raises(ValueError):
        SyncPlan(outcome="splendid")
