# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plan of a pair says of situations that nobody planned, by name: what comes next, or why nothing does."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Role
from ansible_collections.bomgar.appliance.plugins.module_utils.pair_path import (
    ABORT,
    FIRST,
    PATHS,
    SECOND,
    Kept,
    PairPlan,
)

from .test_pair_walks import World

#: Who is what: a, then b.
AB, BA, APART, HALF = (
    (Role.PRIMARY, Role.BACKUP),
    (Role.BACKUP, Role.PRIMARY),
    (Role.NONE, Role.NONE),
    (Role.NONE, Role.BACKUP),
)
NO_RECORD = Kept(known=False)
SYNCED = Kept(known=True, production="a", synced=True, broken_at=1.0)
MOVED = replace(SYNCED, moved_to="b", validated=frozenset("b"))


@dataclass(frozen=True)
class Found:
    """What is seen: the roles and packages left of a and b, who answers at the site's name, and what the record keeps."""

    roles: tuple[Role, Role]
    left: tuple[int, int] = (2, 2)
    production: str | None = "a"
    kept: Kept = field(default_factory=Kept)

    def world(self, path: str) -> World:
        pairs = zip("ab", self.roles, strict=True), zip("ab", self.left, strict=True)
        return World(path, dict(pairs[0]), dict(pairs[1]), self.production, self.kept)

    def plan(self, path: str, window: str) -> PairPlan:
        return self.world(path).plan(window)


#: situation, path, window, what is left of the window in its order (the first of it is next), words of what is not certain
GOES_ON = [
    ("swapped by itself", Found(BA, production="b"), "in_place", FIRST, "readiness@b backup@b sync@a break@b install@b install@b validation@b", ""),
    ("swapped by itself", Found(BA, production="b"), "role_swap", FIRST, "readiness@a backup@b sync@a break@b install@a install@a validation@a cutover@a", ""),
    ("one has let go", Found((Role.PRIMARY, Role.NONE)), "in_place", FIRST, "readiness@a backup@a break@a install@a install@a validation@a", "no record"),
    ("one has let go", Found(HALF), "in_place", FIRST, "readiness@a backup@a break@a install@a install@a validation@a", "no record"),
    ("this upgrade half broke it", Found(HALF, kept=SYNCED), "role_swap", FIRST, "readiness@b backup@a break@a install@b install@b validation@b cutover@b", ""),
    ("the record is lost", Found(APART, kept=NO_RECORD), "in_place", FIRST, "readiness@a backup@a install@a install@a validation@a", "no record"),
    ("production is updated, and the record lost", Found(APART, (0, 2), kept=NO_RECORD), "in_place", FIRST, "validation@a", "no record"),
    ("standby has the name, record lost", Found(APART, (2, 0), "b", NO_RECORD), "role_swap", FIRST, "validation@b", "no record"),
    ("between a package and the next", Found(APART, (1, 2), kept=SYNCED), "in_place", FIRST, "readiness@a backup@a install@a validation@a", ""),
    ("production updated by hand", Found(AB, (0, 2)), "in_place", FIRST, "readiness@a backup@a sync@b break@a validation@a", "needs equal builds"),
    ("production updated by hand", Found(AB, (0, 2)), "role_swap", FIRST, "readiness@a backup@a sync@b break@a validation@a", "needs equal builds"),
    ("standby updated by hand", Found(AB, (2, 0)), "role_swap", FIRST, "readiness@b backup@a sync@b break@a validation@b cutover@b", "needs equal builds"),
    ("both updated by hand, broken", Found(APART, (0, 0)), "role_swap", FIRST, "", "no record"),
    ("both updated by hand, broken", Found(APART, (0, 0)), "role_swap", SECOND, "establish@a final@None", "no record"),
    ("both updated by hand, broken", Found(APART, (0, 0), "b"), "in_place", SECOND, "establish@b final@None", "no record"),
    ("the name was moved back", Found(APART, (2, 0), "a", MOVED), "role_swap", FIRST, "readiness@b backup@a cutover@b", "since the name was moved back"),
    ("moved back by giving up", Found(APART, (2, 0), "a", replace(MOVED, moved_to="a", been=frozenset("ab"))), "role_swap", FIRST,
        "readiness@b backup@a cutover@b", "since the name was moved back"),
    ("both updated", Found(AB, (0, 0)), "in_place", FIRST, "", ""),
    ("both updated", Found(AB, (0, 0)), "role_swap", SECOND, "", ""),
]  # fmt: skip

#: situation, path (None: either), window (None: both), words of why nothing is done and of the way on
STUCK = [
    ("both primary", Found((Role.PRIMARY, Role.PRIMARY)), None, None, ("both appliances say that they are primary", "make the other one backup")),
    ("both primary, updated", Found((Role.PRIMARY, Role.PRIMARY), (0, 0)), None, None, ("both appliances say that they are primary",)),
    ("both backup", Found((Role.BACKUP, Role.BACKUP)), None, None, ("in a minute", "bomgar.appliance.failover_role")),
    ("a role is not told", Found((Role.PRIMARY, Role.UNKNOWN)), None, None, ("b: its role is not told", "See that both answer")),
    ("the name leads to the backup", Found(BA), None, None, ("leads to a, which is backup", "Let the name lead to b")),
    ("nobody answers", Found(APART, production=None), None, None, ("cannot be told from the standby", "bomgar_url")),
    ("not begun", Found(AB), None, SECOND, ("the first window is not done", "bomgar_window: first")),
    ("record lost", Found(APART, (2, 0), "b", NO_RECORD), "role_swap", SECOND, ("no record of this upgrade shows", "next in it is: Validate b")),
    ("the name was moved back", Found(APART, (2, 0), "a", MOVED), "role_swap", SECOND, ("moved to b, and then back to a", "bomgar_window: first")),
    ("not validated", Found(APART, (0, 2), kept=SYNCED), "in_place", SECOND, ("next in it is: Validate a", "bomgar_window: first")),
    ("broken without a known sync", Found(APART, kept=NO_RECORD), "role_swap", FIRST, ("b may lack what a has", "bomgar_abort: true", "sync_proven")),
    ("the standby updated without a known sync", Found(APART, (2, 0), kept=NO_RECORD), "role_swap", FIRST, ("b may lack what a has", "sync_proven")),
    ("the other path began", Found(APART, (2, 0), kept=SYNCED), "in_place", FIRST, ("in_place updates a first", "bomgar_path: role_swap")),
    ("the other path began", Found(APART, (0, 2), kept=SYNCED), "role_swap", FIRST, ("role_swap updates b first", "bomgar_path: in_place")),
    ("renamed since", Found(APART, (2, 0), kept=replace(SYNCED, production="eins")), None, None, ("speaks of eins", "named a and b now", "bomgar_appliances")),
    ("renamed since, moved", Found(APART, (2, 0), kept=replace(SYNCED, moved_to="zwei")), None, None, ("speaks of zwei",)),
    ("moved, and the name is silent", Found(APART, (2, 0), None, MOVED), "role_swap", SECOND, ("who answers at support.example.com", "bomgar_url")),
    ("the name was moved by hand", Found(APART, (2, 2), "b", SYNCED), None, None, ("leads to b, and by the record to a", "bomgar_abort: true")),
    ("the name was moved by hand, a updated", Found(APART, (0, 2), "b", SYNCED), "in_place", None, ("leads to b, and by the record to a", "lead to a again")),
]  # fmt: skip


def left(plan: PairPlan) -> str:
    """What is left of a window, as in the table."""
    stages = [stage for stage in plan.stages if stage.window == plan.window and stage.state != "done"]
    return " ".join(f"{stage.id.split(':')[0]}@{stage.appliance}" for stage in stages)


@pytest.mark.parametrize(
    ("found", "path", "window", "todo", "caution"),
    [pytest.param(*case[1:], id=f"{case[0]}-{case[2]}-{case[3]}") for case in GOES_ON],
)
def test_it_goes_on_from_what_is_seen(found: Found, path: str, window: str, todo: str, caution: str) -> None:
    plan = found.plan(path, window)
    assert plan.stuck is None
    assert left(plan) == todo
    following = plan.next
    assert (following is None) is (todo == "")
    assert following is None or todo.startswith(f"{following.id.split(':')[0]}@")
    assert caution in "; ".join(plan.cautions)
    assert bool(plan.cautions) is bool(caution)


@pytest.mark.parametrize(("found", "path", "window", "words"), [pytest.param(*case[1:], id=case[0]) for case in STUCK])
def test_it_says_why_nothing_can_be_done(
    found: Found, path: str | None, window: str | None, words: tuple[str, ...]
) -> None:
    for each, when in itertools.product([path] if path else PATHS, [window] if window else [FIRST, SECOND]):
        plan = found.plan(each, when)
        assert plan.next is None, (each, when)
        assert not plan.done, (each, when)
        for word in words:
            assert word in str(plan.stuck), (each, when)


#: situation, path, what giving up does, words of what it cannot undo
GIVEN_UP = [
    ("b says primary, the name is silent", Found((Role.NONE, Role.PRIMARY), production=None, kept=SYNCED), "in_place", "break@b establish@b final@None", ""),
    ("b says primary, the name tells", Found((Role.NONE, Role.PRIMARY), kept=SYNCED), "in_place", "break@a establish@a final@None", ""),
    ("nobody says primary, the name is silent", Found(HALF, production=None, kept=SYNCED), "in_place", "break@a establish@a final@None", ""),
    ("the name has moved", Found(APART, (2, 0), "b", MOVED), "role_swap", "cutover@a export@b", "but for those that were still running"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "path", "todo", "words"), [pytest.param(*case[1:], id=case[0]) for case in GIVEN_UP])
def test_giving_up_leads_to_the_nearest_safe_state(found: Found, path: str, todo: str, words: str) -> None:
    plan = found.world(path).plan(ABORT, abort=True)
    assert plan.stuck is None
    assert left(plan) == todo
    assert words in "; ".join(plan.cannot_undo)


def test_the_name_moves_back_also_where_no_session_can_be_exported() -> None:
    found = Found(APART, (2, 0), "b", MOVED).world("role_swap")
    found.has_api = False
    plan = found.plan(ABORT, abort=True)
    assert left(plan) == "cutover@a"
    assert "cannot be exported without an API account" in "; ".join(plan.cannot_undo)


def test_since_when_there_is_no_failover_is_asked_for_where_nothing_tells() -> None:
    world = Found(APART, kept=SYNCED).world("in_place")
    assert world.plan(FIRST).cautions == ()
    world.apart_since = None
    assert "pair_upgrade_apart_since" in "; ".join(world.plan(FIRST).cautions)
