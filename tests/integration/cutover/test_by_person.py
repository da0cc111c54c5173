# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person, or somebody's own task file, moves the name; and the module by ansible-playbook."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.cutover.named import NAME, SECRET, A, B, Named
from ansible_collections.bomgar.appliance.tests.integration.cutover.site import Place, place
from ansible_collections.bomgar.appliance.tests.integration.direct.ansible_run import play


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Place]:
    """A pair whose name is moved by hand."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(place(tmp_path))


def by_hand(there: Place, pause: int) -> None:
    """Somebody moves the name during that pause."""
    there.at_pause = lambda count: there.pair.door.point_to(there.pair.b) if count == pause else None


@pytest.mark.parametrize("method", ["operator", "verify"])
def test_waits_until_it_is_seen(there: Place, method: str) -> None:
    by_hand(there, 8)
    result = there.run(method=method)
    assert (result["outcome"], result["seconds"]) == ("changed", 40.0), result["msg"]
    assert result["before"]["answers"] == "a"
    said = "\n".join(there.lines)
    asked = f"PLEASE DO THIS NOW: let {NAME} lead to b ({B}) instead of {A}"
    assert (asked in said) == (method == "operator")
    assert all(not box.truth.commands for box in there.pair.boxes)
    assert there.steps() == [("cutover", "b", "changed")]
    there.lines.clear()
    assert there.run(method=method)["outcome"] == "unchanged"
    assert "PLEASE" not in "\n".join(there.lines)


@pytest.mark.parametrize("method", ["operator", "ready"])
def test_no_name_leaves_a_running_session_unasked(there: Place, method: str) -> None:
    by_hand(there, 8)
    there.pair.a.start_session()
    result = there.run(method=method)
    assert result["outcome"] == "refused"
    assert "a session is running, and would be cut" in result["msg"]
    late = there.run(method=method, sessions="wait", sessions_wait=20)
    assert "after 00:20 of waiting" in late["msg"], late["msg"]
    assert "PLEASE" not in "\n".join(there.lines)
    assert there.run(method=method, sessions="accept")["outcome"] == (
        "changed" if method == "operator" else "unchanged"
    )


def test_a_session_is_waited_for_before_the_name_leaves(there: Place) -> None:
    there.pair.a.start_session()
    there.at_pause = lambda count: there.pair.a.end_sessions() if count == 3 else None
    ready = there.run(method="ready", sessions="wait")
    assert (ready["outcome"], ready["changed"], there.pauses) == ("unchanged", False, 3), ready["msg"]
    there.pair.a.go_down()
    assert there.run(method="ready")["outcome"] == "unchanged"
    there.pair.b.go_down()
    assert "b does not serve" in there.run(method="ready")["msg"]


@pytest.mark.parametrize("method", ["operator", "verify"])
@pytest.mark.parametrize("ends", ["a", "nobody"])
def test_not_moved_in_time(there: Place, method: str, ends: str) -> None:
    if ends == "nobody":
        there.at_pause = lambda count: there.pair.door.point_to(None) if count == 3 else None
    result = there.run(method=method)
    assert (result["outcome"], result["changed"]) == ({"a": "failed", "nobody": "unknown"}[ends], False)
    assert "after 900 s" in result["msg"]
    assert {"a": "a still answers", "nobody": "does not serve"}[ends] in result["msg"]
    assert "Nothing was put back" in result["msg"]
    assert result["error"]["outage"]["ongoing"] == (ends == "nobody")


def test_check_mode_asks_nobody(there: Place) -> None:
    result = there.run(method="operator", check=True)
    assert (result["outcome"], result["changed"]) == ("changed", True)
    assert there.lines == []


def test_the_outage_is_what_the_site_saw(there: Place) -> None:
    def moves(count: int) -> None:
        if count in (4, 10):
            there.pair.door.point_to(None if count == 4 else there.pair.b)

    there.at_pause = moves
    result = there.run(method="operator")
    assert result["outcome"] == "changed", result["msg"]
    assert result["outage"] == {"seconds": 30.0, "spells": 1, "ongoing": False, "resolution": 5.0}
    assert "nobody served there for 30 s (looked every 5 s)" in result["msg"]
    [kept] = there.record()["outages"]
    assert (kept["by"], kept["resolution"]) == ("check_health", 5.0)


def test_without_the_sites_address_nobody_could_see_it(there: Place) -> None:
    result = there.run(method="operator", site_url=None)
    assert (result["outcome"], result["error"]["reason"]) == ("refused", "bad_input")


def test_without_a_peer(there: Place) -> None:
    by_hand(there, 2)
    result = there.run(method="operator", peer=None)
    assert result["outcome"] == "changed", result["msg"]
    assert "instead of another place" in "\n".join(there.lines)


def test_old_releases_without_check_health(tmp_path: Path) -> None:
    with place(tmp_path, dialect="plain_it", base="3.2.4", site="10.5.3") as made:
        by_hand(made, 3)
        result = made.run(method="operator")
        assert result["after"]["told_by"] == "serial number", result["msg"]
        assert made.record()["watched"]["by"] in ("the login page", "check_health")


@pytest.mark.parametrize("arguments", [(), ("--check", "--diff")], ids=["for_real", "check"])
def test_by_ansible(tmp_path: Path, named: Named, arguments: tuple[str, ...]) -> None:
    """In the controller's process and the ordinary way: the same result, and no secret in anything that is shown."""
    with place(tmp_path, named) as made:
        options: dict[str, Any] = made.options(method="dns", poll_interval=0.2)
        tasks = [
            {"bomgar.appliance.cutover": options, "register": "here"},
            {"bomgar.appliance.cutover": options, "register": "again", "delegate_to": "localhost"},
            {
                "bomgar.appliance.cutover": {**options, "dns": {**options["dns"], "key_secret": "d3Jvbmc="}},
                "register": "refused",
                "ignore_errors": True,
            },
        ]
        played = play(tmp_path, tasks, "-vvv", *arguments, keep=["here", "again", "refused"])
        assert played.code == 0, played.text
        here, again, refused = (played.results[name] for name in ("here", "again", "refused"))
        assert here["outcome"] == "changed"
        assert again["outcome"] == ("changed" if arguments else "unchanged")
        assert refused["outcome"] == "refused"
        assert refused["error"]["reason"] == "authentication"
        assert made.leads_to() == ("a" if arguments else "b")
        for secret in (SECRET, "d3Jvbmc="):
            assert secret not in played.text
            assert secret not in str(played.results)
        if arguments:
            assert f"+{NAME} is answered by b (A {B})" in played.text
