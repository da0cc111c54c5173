# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that act on a pair: what each brings about, its true outcome with every fault, and the way on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.web import labels
from ansible_collections.bomgar.appliance.plugins.module_utils.web.failover_pages import FailoverPages
from ansible_collections.bomgar.appliance.plugins.modules import (
    checks,
    failover,
    failover_role,
    session_export,
    sync,
    update,
)
from ansible_collections.bomgar.appliance.tests.integration.direct.ansible_run import play
from ansible_collections.bomgar.appliance.tests.simulator import pair as pair_simulator

from .conftest import GUIDE, MODERN
from .duo import Duo, duo

OLD = ({"base": "3.2.0", "site": "10.4.1"}, {"base": "3.2.4", "site": "10.5.3"})


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Duo]]:
    """`make(versions, **options of the pair)`; afterwards the ground truth shows no promise broken but `broken`."""
    made: list[tuple[Any, Duo]] = []

    def begin(versions: Any = MODERN, **options: Any) -> Duo:
        context = duo(tmp_path, versions, **options)
        made.append((context, context.__enter__()))
        return made[-1][1]

    yield begin
    for context, there in made:
        context.__exit__(None, None, None)
        there.world.kept()


def ended(result: dict[str, Any], outcome: str, *words: str) -> None:
    """The result has this outcome, and its message these words."""
    assert result["outcome"] == outcome, result["msg"]
    assert result.get("failed", False) is (outcome not in ("changed", "unchanged"))
    assert [each for each in words if each not in result["msg"]] == [], result["msg"]


def earlier(box: Any) -> Any:
    """A session that only this one has. It lies some time back, since what ends in this second is not in a report yet."""
    session = box.start_session(box.now - 90_000)
    session.ended = box.now - 80_000
    return session


def broken(there: Duo) -> dict[str, Any]:
    """A pair that was synced and broken; the proof of the sync."""
    proof = there.run(sync)["proof"]
    ended(there.run(failover, state="broken", synced=proof), "changed")
    return dict(proof)


# checks


def pages(there: Duo, name: str, **options: Any) -> dict[str, Any]:
    """What readiness says of the pages of one of them."""
    found = there.run(checks, name, phase="before", path="in_place", **options)
    return dict(next(item for item in found["results"] if item["id"] == "pages_recognised"))


def call_otherwise(patch: pytest.MonkeyPatch, key: str) -> None:
    """Let the web driver know this control by another word than the page's."""
    other = {**labels.LABELS, key: (dataclasses.replace(labels.LABELS[key][0], text="Zamvok"),)}
    patch.setattr(labels, "_known", lambda: labels.Labels(other))


def test_readiness_looks_at_the_failover_page(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    there = make()
    for name in ("a", "b"):
        assert pages(there, name)["outcome"] == "pass"
        assert len([login for login in getattr(there.pair, name).truth.logins if login.interface == "login"]) == 1
    with monkeypatch.context() as other_words:
        call_otherwise(other_words, "failover.break")
        for name in ("a", "b"):
            found = pages(there, name)
            assert (found["outcome"], "'break' on the page 'login failover'" in found["detail"]) == ("fail", True)
        by_hand = pages(there, "a", appliance={**there.appliance("a"), "driver": "operator"})
        assert by_hand["outcome"] == "pass"
    unknown = pages(there, "a", appliance={**there.appliance("a"), "login": None})
    assert (unknown["outcome"], "bomgar_login_username" in unknown["action"]) == ("error", True), unknown
    assert there.commands == []


def test_readiness_looks_at_the_form_where_the_pair_is_broken(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    there = make(established=False)
    assert pages(there, "a")["outcome"] == "pass"
    # The other one may be production, from where it is established.
    assert [len([one for one in box.truth.logins if one.interface == "login"]) for box in there.pair.boxes] == [1, 1]
    call_otherwise(monkeypatch, "failover.establish")
    assert "'login failover'" in pages(there, "a")["detail"]
    assert "'login failover of b'" in pages(there, "a")["detail"]


# sync


@pytest.mark.parametrize("versions", [MODERN, GUIDE], ids=["modern", "guide"])
@pytest.mark.parametrize("first", ["a", "b"])
def test_every_sync_is_a_new_one(make: Any, versions: Any, first: str) -> None:
    there = make(versions, **({"dialect": "guide_it"} if versions is GUIDE else {}))
    rehearsed = there.run(sync, first, check=True)
    ended(rehearsed, "changed", "would sync b from a")
    assert (there.commands, there.pair.truth.syncs) == ([], [])
    for count in (1, 2):
        result = there.run(sync, first)
        ended(result, "changed", "Sync b from a: proven, ended")
        assert result["proof"]["primary"] == "a"
        assert (result["diff"]["before"] != result["diff"]["after"]) or count > 1, "in one second"
        assert [one.outcome for one in there.pair.truth.syncs] == ["good"] * count
    assert there.commands == ["sync", "sync"]


SYNCS: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "fails": (
        {"outcome": "fails"},
        "failed",
        ("says that the sync failed: 'Failed'", "Nothing was broken", "run this again"),
    ),
    "never ends": (
        {"outcome": "stalls"},
        "unknown",
        ("still running at the deadline", "a longer deadline (bomgar_deadline)"),
    ),
    "lies": (
        {"outcome": "lies"},
        "unknown",
        ("no sync that began after this was seen to succeed", "Nothing was broken"),
    ),
    "shows an old time": ({"old_time": 86_400.0}, "unknown", ("no sync that began after this was seen to succeed",)),
    "other words": (
        {"good_text": "Glorp"},
        "unknown",
        ("in words that are not known: 'Glorp'", "label sync.good (bomgar_labels)"),
    ),
}


@pytest.mark.parametrize("kind", SYNCS)
def test_a_sync_that_does_not_succeed(make: Any, kind: str) -> None:
    plan, outcome, words = SYNCS[kind]
    there = make()
    there.pair.plan_next_sync(**plan)
    began = there.clock()
    result = there.run(sync)
    ended(result, outcome, "sync b from a", *words)
    # Nobody waits hours for what cannot come any more.
    assert (there.clock() - began < 120) is (kind != "never ends")
    assert [box.role for box in there.pair.boxes] == ["primary", "backup"]
    if kind == "never ends":
        ended(there.run(sync, deadline=60), "unknown", "wait for the sync of b that was running", "bomgar_deadline")
        assert len(there.pair.truth.syncs) == 1
        there.pair.cut_link()
        there.pair.cut_link(False)
    ended(there.run(sync), "changed")
    assert there.pair.truth.syncs[-1].outcome == "good"


def test_a_sync_that_was_running_proves_nothing(make: Any) -> None:
    there = make()
    there.pair.plan_next_sync(base=3600.0)
    with there.pair.planting():
        assert there.pair.sync_now(there.pair.b)[0]
    ended(there.run(sync), "changed")
    earlier, mine = there.pair.truth.syncs
    assert mine.began >= earlier.ended


@pytest.mark.parametrize("earlier", ["good", "fails"])
def test_a_sync_that_check_health_does_not_show_is_waited_for(make: Any, earlier: str) -> None:
    """The page says that it was started, check_health still how the one before ended: that is no ending of this one."""
    there = make()
    there.pair.plan_next_sync(outcome=earlier)
    there.run(sync)
    there.pair.plan_next_sync(base=1800.0, shows_running=False)
    ended(there.run(sync), "changed")
    assert (len(there.pair.truth.syncs), there.pair.truth.syncs[-1].outcome) == (2, "good")


@pytest.mark.parametrize("dialect", ["modern_en", "guide_it"])
def test_a_sync_that_only_the_answer_to_the_press_tells_of_proves_nothing(
    make: Any, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that began by itself after the page was looked at last, or that the page never shows: ours comes after it."""
    there = make(MODERN if dialect == "modern_en" else GUIDE, dialect=dialect)
    if dialect == "guide_it":
        monkeypatch.setattr(pair_simulator, "SYNC_RUNS", "Una sincronizzazione è già in corso.")
    by_itself, press = [600.0], FailoverPages.sync_now

    def late(pages: FailoverPages) -> Any:
        for seconds in by_itself:
            there.pair.plan_next_sync(base=seconds)
            with there.pair.planting():
                assert there.pair.sync_now(there.pair.b)[0]
        by_itself.clear()
        return press(pages)

    monkeypatch.setattr(FailoverPages, "sync_now", late)
    ended(there.run(sync), "changed")
    earlier, mine = there.pair.truth.syncs
    assert mine.began >= earlier.ended
    assert there.commands == ["sync", "sync"]


def test_a_sync_that_takes_the_button_away_right_before_the_press_is_waited_for(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = make()
    there.pair.sync_hidden = True
    by_itself, press = [600.0], FailoverPages.sync_now

    def late(pages: FailoverPages) -> Any:
        for seconds in by_itself:
            there.pair.plan_next_sync(base=seconds)
            with there.pair.planting():
                assert there.pair.sync_now(there.pair.b)[0]
        by_itself.clear()
        return press(pages)

    monkeypatch.setattr(FailoverPages, "sync_now", late)
    ended(there.run(sync), "changed")
    earlier, mine = there.pair.truth.syncs
    assert mine.began >= earlier.ended
    assert there.commands == ["sync"]


def test_a_sync_told_by_its_start_is_followed_by_one_of_ours(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It began by itself before the press, whose answer does not tell: its time is before the watermark, and proves nothing."""
    there = make()
    monkeypatch.setattr(pair_simulator, "SYNC_RUNS", "A sync is running.")
    by_itself, press = [600.0], FailoverPages.sync_now

    def late(pages: FailoverPages) -> Any:
        for seconds in by_itself:
            # As told with its start, some seconds before the press.
            there.pair.plan_next_sync(base=seconds, old_time=seconds + 3.0)
            with there.pair.planting():
                assert there.pair.sync_now(there.pair.b)[0]
        by_itself.clear()
        return press(pages)

    monkeypatch.setattr(FailoverPages, "sync_now", late)
    ended(there.run(sync), "changed")
    earlier, mine = there.pair.truth.syncs
    assert mine.began >= earlier.ended


@pytest.mark.parametrize("dialect", ["modern_en", "guide_it", "plain_it"])
def test_a_sync_that_is_refused_says_so_soon(make: Any, dialect: str) -> None:
    there = make(MODERN if dialect == "modern_en" else GUIDE, dialect=dialect)
    there.pair.cut_link()
    began = there.clock()
    ended(there.run(sync), "failed", "did not begin it", "The peer appliance cannot be reached", "Nothing was broken")
    assert there.clock() - began < 120
    assert there.pair.truth.syncs == []
    there.pair.cut_link(False)
    ended(there.run(sync), "changed")


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_sync_with_an_appliance_that_does_not_answer(make: Any, name: str) -> None:
    there = make()
    box = getattr(there.pair, name)
    box.go_down()
    ended(there.run(sync), "refused", f"{name} unknown", "no connection to", "Nothing was done")
    assert there.commands == []
    box.come_back()
    ended(there.run(sync), "changed")


def test_roles_that_change_during_a_sync(make: Any) -> None:
    there = make()
    pair = there.pair

    def swap(_who: str, what: str) -> None:
        if what.startswith("sync_began"):
            pair.on_event = None
            pair._later(pair.now + 30, lambda _at: pair.swap_by_itself())

    pair.on_event = swap
    ended(
        there.run(sync),
        "failed",
        "the roles changed meanwhile: a backup, b primary",
        "automatic failover",
        "run this again",
    )
    pair.door.follow = lambda: pair.b
    result = there.run(sync)
    ended(result, "changed", "Sync a from b")


# failover: broken


def test_breaking_needs_the_proof_of_a_sync(make: Any) -> None:
    there = make()
    ended(
        there.run(failover, state="broken"),
        "refused",
        "no proof of a sync",
        "bomgar.appliance.sync",
        "Nothing was done",
    )
    proof = there.run(sync)["proof"]
    newer = {**proof, "time": proof["time"] + 3600}
    ended(
        there.run(failover, state="broken", synced=newer),
        "refused",
        "does not show the proven sync any more",
        "syncs anew",
    )
    there.pair.plan_next_sync(outcome="fails", failure_moves_time=True)
    there.run(sync)
    ended(
        there.run(failover, state="broken", synced=proof), "refused", "does not show the proven sync any more", "Failed"
    )
    assert there.commands == ["sync", "sync"]

    proof = there.run(sync)["proof"]
    rehearsed = there.run(failover, state="broken", synced=proof, check=True)
    ended(rehearsed, "changed", "would break")
    assert rehearsed["diff"] == {"before": "a primary, b backup\n", "after": "a none, b none\n"}
    assert "break" not in there.commands
    result = there.run(failover, state="broken", synced=proof)
    ended(result, "changed", "a none, b none")
    assert result["diff"] == rehearsed["diff"]
    again = there.run(failover, state="broken", synced=proof)
    ended(again, "unchanged", "broken already")
    assert again["diff"]["before"] == again["diff"]["after"]
    assert there.commands.count("break") == 1


def test_a_proof_of_before_the_roles_changed(make: Any) -> None:
    there = make()
    proof = there.run(sync)["proof"]
    there.pair.swap_by_itself()
    ended(
        there.run(failover, state="broken", synced=proof),
        "refused",
        "the roles changed since the sync, in which a was primary",
    )
    assert "break" not in there.commands


def test_breaking_unsynced_is_the_users_word(tmp_path: Path) -> None:
    with duo(tmp_path) as there:
        ended(there.run(failover, state="broken", unsynced="accept"), "changed")
        assert there.pair.truth.violations() == [f"2: broken by {there.pair.a.host} without a sync that succeeded"]


@pytest.mark.parametrize("how", ["half", "lost", "planted"])
def test_what_is_broken_by_half_is_broken_on_the_other_one(make: Any, how: str) -> None:
    there = make()
    proof = there.run(sync)["proof"]
    if how == "half":
        there.pair.break_half = True
    elif how == "lost":
        there.pair.a.faults.plant("lost", role="login:break")
    else:
        there.pair.plant_half_broken(there.pair.b)
    ended(there.run(failover, state="broken", synced=proof), "changed", "a none, b none")
    assert there.commands.count("break") == (2 if how == "half" else 1)


def test_two_primaries_are_not_broken(tmp_path: Path) -> None:
    with duo(tmp_path) as there:
        there.pair.plant_both_primary()
        for state in ("broken", "established"):
            ended(there.run(failover, state=state), "refused", "a primary, b primary", "Management > Failover of both")
        ended(there.run(failover_role, "b", role="primary"), "refused", "in no state for that")
        assert there.commands == []
        ended(there.run(failover_role, "b", role="backup", data_sync_first=False), "changed", "b is backup now")
        ended(there.run(sync), "changed")


# failover: established


def other_key(there: Duo) -> Callable[[], object]:
    there.pair.b.failover_key = "quite another key"
    return lambda: setattr(there.pair.b, "failover_key", there.pair.a.failover_key)


def other_certificate(there: Duo) -> Callable[[], object]:
    kept = there.pair.b.certificate
    there.pair.b.certificate = dataclasses.replace(kept, names=("elsewhere.example.com",))
    return lambda: setattr(there.pair.b, "certificate", kept)


def other_build(there: Duo) -> Callable[[], object]:
    there.pair.b.build = f"11111-{'a' * 40}"
    return lambda: setattr(there.pair.b, "build", there.pair.a.build)


def other_version(there: Duo) -> Callable[[], object]:
    there.pair.b.base = "6.0.9"
    return lambda: setattr(there.pair.b, "base", there.pair.a.base)


def no_link(there: Duo) -> Callable[[], object]:
    there.pair.cut_link()
    return lambda: there.pair.cut_link(False)


def peer_down(there: Duo) -> Callable[[], object]:
    there.pair.b.go_down()
    return there.pair.b.come_back


def name_elsewhere(there: Duo) -> Callable[[], object]:
    kept, there.pair.door.follow = there.pair.door.follow, lambda: there.pair.b
    return lambda: setattr(there.pair.door, "follow", kept)


def failing_sync(there: Duo) -> Callable[[], object]:
    there.pair.plan_next_sync(base=0.0)  # the first one, which nobody asks for
    there.pair.plan_next_sync(outcome="fails")
    return lambda: None


LOOK = "Look at Management > Failover of both"
ESTABLISHED: dict[str, tuple[Callable[[Duo], Callable[[], object]], str, tuple[str, ...]]] = {
    "key": (
        other_key,
        "failed",
        ("refused the inter-appliance communication pre-shared key", LOOK, "goes on from what it sees"),
    ),
    "certificate": (other_certificate, "failed", ("certificates of both appliances must be the same", LOOK)),
    "link": (no_link, "failed", ("could not be contacted", LOOK)),
    "build": (
        other_build,
        "refused",
        ("a and b do not run the same: build", "brings both to the same one", "Nothing was done"),
    ),
    "base": (
        other_version,
        "refused",
        ("base software 6.1.0 and 6.0.9", "Update the older one first. Nothing was done"),
    ),
    "down": (peer_down, "refused", ("b unknown", "no connection to", "Nothing was done")),
    "name": (
        name_elsewhere,
        "refused",
        ("name leads to b, whose settings would be overwritten", "move the name first"),
    ),
    "sync": (failing_sync, "failed", ("says that the sync failed", "run this again")),
}


@pytest.mark.parametrize("kind", ESTABLISHED)
def test_establishing_that_does_not_succeed(make: Any, kind: str, tmp_path: Path) -> None:
    plant, outcome, words = ESTABLISHED[kind]
    there = make(first_sync_after=1.0)
    broken(there)
    record = {"directory": str(tmp_path / "records"), "path": "in_place", "wish": {"base": "1"}}
    mend = plant(there)
    result = there.run(failover, state="established", record=record)
    ended(result, outcome, *words)
    assert [box.role for box in there.pair.boxes] == (["primary", "backup"] if kind == "sync" else ["none", "none"])
    mend()
    rehearsed = there.run(failover, state="established", record=record, check=True)
    ended(rehearsed, "changed", "would sync" if kind == "sync" else "would establish failover with a as primary")
    result = there.run(failover, state="established", record=record)
    ended(result, "changed", "failover is established and synced: a primary, b backup")
    ended(there.run(failover, state="established", record=record), "unchanged", "established with a as primary already")
    assert len(there.pair.truth.of("established")) == 1


@pytest.mark.parametrize("since", ["The keys differ.", None, "Connecting ..."])
def test_why_it_is_not_established_may_be_told_late(
    make: Any, monkeypatch: pytest.MonkeyPatch, since: str | None
) -> None:
    there = make()
    broken(there)
    other_key(there)
    press = FailoverPages.establish
    monkeypatch.setattr(
        FailoverPages,
        "establish",
        lambda pages, peer, own: dataclasses.replace(press(pages, peer, own), message="Connecting ..."),
    )
    monkeypatch.setattr(FailoverPages, "said_since", lambda pages: since)
    result = there.run(failover, state="established")
    words = "; now it says: The keys differ." if since == "The keys differ." else ""
    ended(result, "failed", f"no relationship is to be seen, and the page said: Connecting ...{words} {LOOK}")


def test_a_role_that_nobody_listed_is_named(make: Any) -> None:
    there = make()
    there.pair.b.role = "arbiter"
    result = there.run(failover, state="established")
    ended(result, "refused", "b unknown (check_health tells a role that is not known: 'arbiter')", "Nothing was done")
    assert there.commands == []
    there.pair.b.role = "backup"


def test_a_key_that_is_to_be_set(make: Any) -> None:
    there = make()
    broken(there)
    other_key(there)
    result = there.run(failover, state="established", key="the-new-pre-shared-key")
    ended(result, "changed")
    assert there.keys() == {"the-new-pre-shared-key"}


def test_it_is_established_only_from_who_is_to_be_primary(make: Any) -> None:
    there = make()
    ended(there.run(failover, "b", state="established"), "refused", "a is primary of the pair already", "failover_role")
    assert there.commands == []


def test_sessions_of_both_are_counted_and_those_missing_are_named(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From API 1.5.0 on."""
    there = make(ended_sessions=3)
    pair = there.pair
    broken(there)
    for box in pair.boxes:
        earlier(box)
    mine = pair.b.sessions[-1].guid
    copy = pair._copy

    def loses(seen: Any) -> None:
        copy(seen)
        for box in pair.boxes:
            box.sessions[:] = [one for one in box.sessions if one.guid != mine]

    monkeypatch.setattr(pair, "_copy", loses)
    result = there.run(failover, state="established")
    ended(result, "failed", f"1 of 5 are missing: {mine}", "They were there before", "vendor's support")
    assert result["error"]["counts"] == {"a": 4, "b": 4}


def test_sessions_of_both_are_there_afterwards(make: Any) -> None:
    there = make(ended_sessions=3)
    broken(there)
    earlier(there.pair.b)
    result = there.run(failover, state="established")
    ended(result, "changed", "all 4 sessions of both are there")
    assert result["sessions"]["before"] == {"a": 3, "b": 4}
    assert len(there.pair.truth.on(there.pair.a)) == 4


def test_below_api_1_5_0_the_sessions_of_the_other_one_are_exported_first(tmp_path: Path) -> None:
    with duo(tmp_path, OLD, dialect="guide_it", ended_sessions=3) as there:
        pair = there.pair
        proof = there.run(sync)["proof"]
        there.run(failover, state="broken", synced=proof)
        lost = earlier(pair.b)
        refused = there.run(failover, state="established")
        ended(
            refused,
            "refused",
            "below API 1.5.0 the sessions of b are lost, and no export of them is given",
            "session_export",
        )
        folder, since = {"directory": str(tmp_path / "exports")}, int(there.clock()) - 7 * 86_400
        more = {"state": "established", "export": folder, "since": since}
        ended(there.run(failover, **more), "refused", "the sessions of b are lost, and")
        exported = there.run(session_export, "b", **folder, since=str(since))
        assert not exported.get("failed"), exported["msg"]
        ended(there.run(failover, **more), "changed")
        assert lost.guid in pair.truth.lost_sessions
        assert pair.truth.violations(exported=[str(lost.number)]) == []


# failover_role


@pytest.mark.parametrize("kind", ["api", "page", "old"])
def test_a_role_changes_and_stays(make: Any, kind: str) -> None:
    there = make(GUIDE if kind == "old" else MODERN, **({"dialect": "guide_it"} if kind == "old" else {}))
    if kind == "page":
        there.pair.a.accounts.api.permissions["perm_command"] = "read_only"
        there.pair.b.accounts.api.permissions["perm_command"] = "read_only"
    rehearsed = there.run(failover_role, "b", role="primary", check=True)
    ended(rehearsed, "changed", "would make b primary")
    assert rehearsed["diff"] == {"before": "b backup, a primary\n", "after": "b primary, a backup\n"}
    assert there.commands == []
    result = there.run(failover_role, "b", role="primary")
    ended(result, "changed", "b is primary now")
    assert result["diff"] == rehearsed["diff"]
    assert [one.outcome for one in there.pair.truth.syncs] == ["good"]
    asked = len(there.commands)
    ended(there.run(failover_role, "b", role="primary"), "unchanged", "b is primary already")
    ended(there.run(failover_role, "a", role="backup"), "unchanged", "a is backup already")
    assert len(there.commands) == asked


def test_a_role_change_cuts_no_session_unasked(make: Any) -> None:
    there = make()
    there.pair.a.start_session()
    for role, name in (("primary", "b"), ("backup", "a")):
        ended(
            there.run(failover_role, name, role=role),
            "refused",
            "a session is running, and would be cut",
            "bomgar_sessions",
        )
    assert there.commands == []
    ended(there.run(failover_role, "b", role="primary", sessions="accept"), "changed")
    assert len(there.pair.a.truth.sessions_cut) == 1
    there.pair.b.start_session()
    sleep = there.clock.sleep

    def pause(seconds: float) -> None:
        sleep(seconds)
        there.pair.b.end_sessions()

    there.clock.sleep = pause
    ended(there.run(failover_role, "a", role="primary", sessions="wait"), "changed")
    assert there.pair.b.truth.sessions_cut == []


def test_a_role_change_whose_sync_fails(make: Any) -> None:
    there = make()
    there.pair.plan_next_sync(outcome="fails")
    ended(
        there.run(failover_role, "b", role="primary", deadline=600),
        "unknown",
        "b backup, a primary",
        "Management > Failover",
    )
    assert [box.role for box in there.pair.boxes] == ["primary", "backup"]
    ended(there.run(failover_role, "b", role="primary"), "changed")


def test_a_role_change_without_the_peer(make: Any) -> None:
    there = make()
    there.pair.b.go_down()
    ended(
        there.run(failover_role, role="backup"),
        "refused",
        "in no state for that",
        "force makes it backup",
        "Nothing was done",
    )
    assert there.commands == []
    ended(there.run(failover_role, role="backup", force=True, data_sync_first=False), "changed", "a is backup now")
    there.pair.b.come_back()
    ended(there.run(failover_role, "b", role="primary", data_sync_first=False), "changed")


def test_a_role_of_a_pair_that_is_broken(make: Any) -> None:
    there = make()
    broken(there)
    ended(there.run(failover_role, "b", role="primary"), "refused", "a none", "bomgar.appliance.failover")


# by ansible


def test_by_ansible_twice_and_in_check_mode(make: Any, tmp_path: Path) -> None:
    there = make()
    both = there.options(poll_interval=0.02, deadline=120)
    front = {**both, "site_url": there.world.served.url(there.pair.door)}
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "synced": ("sync", both),
        "broken": ("failover", {**front, "state": "broken", "synced": "{{ synced.proof | default({'time': 1}) }}"}),
        "established": ("failover", {**front, "state": "established"}),
        "swapped": ("failover_role", {**both, "appliance": both["peer"], "peer": both["appliance"], "role": "primary"}),
    }

    def tasks(*names: str) -> list[dict[str, Any]]:
        return [
            {f"bomgar.appliance.{steps[name][0]}": steps[name][1], "register": f"{name}{turn}" if turn else name}
            for name in names
            for turn in (("", "2") if name != "synced" else ("",))
        ]

    rehearsed = play(tmp_path, tasks("synced", "swapped"), "--check", "--diff", keep=["synced", "swapped"])
    assert rehearsed.code == 0, rehearsed.text
    assert [rehearsed.results[name]["changed"] for name in ("synced", "swapped")] == [True, True]
    assert there.commands == []
    assert "-b backup, a primary" in rehearsed.text
    assert "+b primary, a backup" in rehearsed.text

    keep = ["synced", "broken", "broken2", "established", "established2", "swapped", "swapped2"]
    played = play(tmp_path, tasks("synced", "broken", "established", "swapped"), "-vvv", keep=keep)
    assert played.code == 0, played.text
    assert [played.results[name]["changed"] for name in keep] == [True, True, False, True, False, True, False]
    assert [box.role for box in there.pair.boxes] == ["backup", "primary"]
    assert not [secret for secret in (*there.world.secrets(), *there.keys()) if secret in played.text]


# errors that one of them causes


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_refused_account_or_address_is_told_with_the_appliance_it_is_of(make: Any, name: str) -> None:
    there = make()
    wrong = there.appliance(name)
    other = there.appliance("b" if name == "a" else "a")
    given = {"appliance": wrong, "peer": other} if name == "a" else {"appliance": other, "peer": wrong}
    wrong["api"] = {**wrong["api"], "client_secret": "another-one-4711"}
    refused = there.run(sync, **given)
    ended(refused, "refused", f"{name}: ", f"bomgar_appliances.{name}.")
    assert refused["error"]["reason"] == "authentication"
    silent = there.run(
        update, name, appliance={**wrong, "url": "https://127.0.0.1:9"}, state="settled", path="role_swap"
    )
    ended(silent, "refused", f"{name}: ", f"Correct bomgar_appliances.{name}.url")
