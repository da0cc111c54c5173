# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared addresses move by the pages of both appliances, and are never enabled on both."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import NotRecognised
from ansible_collections.bomgar.appliance.plugins.module_utils.web.failover_pages import FailoverPages
from ansible_collections.bomgar.appliance.tests.integration.cutover.named import NAME
from ansible_collections.bomgar.appliance.tests.integration.cutover.site import Place, place
from ansible_collections.bomgar.appliance.tests.simulator import DIALECTS

IPS = ("192.0.2.20", "192.0.2.21")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Place]:
    """A pair whose name leads to whoever has the shared addresses."""
    with contextlib.ExitStack() as stack:
        made = stack.enter_context(place(tmp_path, shared_ips=IPS))
        made.pair.door.follow = "shared_ip"
        yield made
        assert made.pair.truth.shared_ip_overlaps == []


def pressed(there: Place) -> list[tuple[str, list[str]]]:
    """Who was given which addresses, in order."""
    return [
        ("a" if event.by == there.pair.a.host else "b", event.detail["enabled"])
        for event in there.pair.truth.of("shared_ips")
    ]


def test_off_there_first_and_then_on_here(there: Place) -> None:
    result = there.run(method="shared_ip")
    assert (result["outcome"], result["changed"]) == ("changed", True), result["msg"]
    assert pressed(there) == [("a", []), ("b", list(IPS))]
    assert result["shared_ips"]["mine"] == dict.fromkeys(IPS, True)
    assert result["shared_ips"]["theirs"] == dict.fromkeys(IPS, False)
    assert there.leads_to() == "b"
    assert there.run(method="shared_ip")["outcome"] == "unchanged"
    assert len(pressed(there)) == 2


def test_only_those_that_are_named(there: Place) -> None:
    there.pair.door.follow = lambda: there.pair.b if IPS[1] in there.pair.b.shared_ips else there.pair.a
    result = there.run(method="shared_ip", shared_ips=[IPS[1]])
    assert result["outcome"] == "changed", result["msg"]
    assert pressed(there) == [("a", [IPS[0]]), ("b", [IPS[1]])]


def test_check_mode_presses_nothing(there: Place) -> None:
    result = there.run(method="shared_ip", check=True)
    assert (result["outcome"], result["changed"]) == ("changed", True)
    assert f"{', '.join(IPS)} on b instead of {', '.join(IPS)} on a" in result["msg"]
    assert pressed(there) == []


@pytest.mark.parametrize("dialect", sorted({*DIALECTS} - {"unknown"}))
def test_in_every_dialect(tmp_path: Path, dialect: str) -> None:
    old = dialect in ("guide_it", "plain_it")
    options = {"base": "3.2.4", "site": "10.5.3"} if old else {}
    with place(tmp_path, shared_ips=IPS, dialect=dialect, **options) as made:
        made.pair.door.follow = "shared_ip"
        result = made.run(method="shared_ip")
        assert result["outcome"] == "changed", result["msg"]
        assert pressed(made) == [("a", []), ("b", list(IPS))]
        assert made.pair.truth.shared_ip_overlaps == []


@pytest.mark.parametrize("gone", [True, False])
def test_a_peer_that_does_not_answer(there: Place, gone: bool) -> None:
    """Only a person knows that it is switched off, and not just out of reach."""
    there.pair.a.faults.plant("refuse", when=lambda _request: True, times=None)
    there.pair.door.follow = lambda: there.pair.b if there.pair.b.shared_ips else None
    if gone:
        there.pair.a.shared_ips = []
    result = there.run(method="shared_ip", peer_gone=gone, shared_ips=list(IPS))
    if gone:
        assert result["outcome"] == "changed", result["msg"]
        assert pressed(there) == [("b", list(IPS))]
        assert result["outage"]["spells"] == 1
    else:
        assert (result["outcome"], pressed(there)) == ("refused", [])
        assert "may have them enabled" in result["msg"]


def test_what_does_not_verify_is_put_back(there: Place) -> None:
    there.pair.door.follow = lambda: there.pair.a if there.pair.a.shared_ips else None
    result = there.run(method="shared_ip")
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True), result["msg"]
    assert pressed(there) == [("a", []), ("b", list(IPS)), ("b", []), ("a", list(IPS))]
    outage = result["error"]["outage"]
    assert (outage["spells"], outage["ongoing"]) == (1, False)
    assert 55.0 <= outage["seconds"] <= 75.0


def test_not_enabled_here_before_it_is_seen_to_be_off_there(there: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page takes the press and does nothing."""
    monkeypatch.setattr(there.pair.a, "enable_shared_ips", lambda _wanted: (True, "saved"))
    result = there.run(method="shared_ip")
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True)
    assert "did not show it" in result["msg"]
    assert pressed(there) == []
    assert there.leads_to() == "a"


@pytest.mark.parametrize("wanted", [["192.0.2.99"], []])
def test_what_cannot_be_moved_is_refused(there: Place, wanted: list[str]) -> None:
    if not wanted:
        there.pair.a.shared_ips = []
        there.pair.door.follow = "name"
    result = there.run(method="shared_ip", shared_ips=wanted)
    assert (result["outcome"], pressed(there)) == ("refused", [])
    assert ("shows no box for 192.0.2.99" if wanted else "no shared address is enabled") in result["msg"]


def test_a_page_that_is_not_recognised_is_no_move(there: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def puzzled(*_arguments: Any) -> Any:
        raise NotRecognised("enable shared addresses", "no such control is on the page", "Add its text.")

    monkeypatch.setattr(FailoverPages, "enable_shared_ips", puzzled)
    result = there.run(method="shared_ip")
    assert (result["outcome"], result["changed"], result["error"]["reason"]) == ("refused", False, "not_recognised")
    assert there.steps() == [("cutover", "b", "refused")]


def test_pages_without_boxes(tmp_path: Path) -> None:
    with place(tmp_path) as made:
        result = made.run(method="shared_ip")
        assert result["outcome"] == "refused"
        assert "shows no boxes" in result["msg"]


@pytest.mark.parametrize("press", [1, 2])
@pytest.mark.parametrize("sent", [True, False], ids=["after", "before"])
def test_killed_and_run_again(there: Place, press: int, sent: bool) -> None:
    """Also between the two presses, when no page shows any more what is to be enabled: the record does."""

    def at(kill: Callable[[], None]) -> None:
        enable, presses = FailoverPages.enable_shared_ips, []

        def pressed_once(*arguments: Any) -> Any:
            presses.append(arguments)
            if len(presses) == press and not sent:
                kill()
            answer = enable(*arguments)
            if len(presses) == press:
                kill()
            return answer

        FailoverPages.enable_shared_ips = pressed_once  # type: ignore[method-assign]

    there.killed(at, method="shared_ip")
    assert there.steps() == [("cutover", "b", None)]
    result = there.run(method="shared_ip")
    assert not result.get("failed"), result["msg"]
    assert pressed(there) == [("a", []), ("b", list(IPS))], "no press twice"
    assert there.leads_to() == "b"
    assert there.run(method="shared_ip")["outcome"] == "unchanged"


@pytest.mark.parametrize("press", [1, 2])
def test_the_answer_to_a_press_is_lost(there: Place, press: int) -> None:
    box = there.pair.a if press == 1 else there.pair.b
    box.faults.plant("lost", when=lambda request: request.command, times=1)
    result = there.run(method="shared_ip")
    assert result["outcome"] == "changed", result["msg"]
    assert pressed(there) == [("a", []), ("b", list(IPS))]


def test_clients_that_use_the_shared_address_need_no_change(there: Place) -> None:
    result = there.run(method="shared_ip", by_address=[{"name": "archive", "address": IPS[0]}])
    assert result["by_address"] == [{"name": "archive", "address": IPS[0], "state": "new"}]
    assert NAME in result["msg"]
