# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site's name moves by a real BIND: proven, refused, put back, and interrupted."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import Unreachable
from ansible_collections.bomgar.appliance.plugins.module_utils.name_server import NameServer
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Step
from ansible_collections.bomgar.appliance.tests.integration.cutover.named import KEY, NAME, OTHER_KEY, A, B, Named
from ansible_collections.bomgar.appliance.tests.integration.cutover.site import Place, place

MakeNamed = Callable[..., Named]


@pytest.fixture
def there(tmp_path: Path, named: Named) -> Iterator[Place]:
    """A pair whose name leads where the name server says."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(place(tmp_path, named))


def updates(named: Named) -> int:
    """How many updates the server has carried out."""
    return named.log().count("adding an RR at")


def test_moves_and_is_proven(there: Place, named: Named) -> None:
    result = there.run(method="dns")
    assert (result["outcome"], result["changed"]) == ("changed", True), result["msg"]
    assert result["before"] == {"answers": "a", "serving": True}
    assert result["after"] == {"answers": "b", "serving": True, "told_by": "check_health"}
    assert result["outage"] == {"seconds": 0, "spells": 0, "ongoing": False, "resolution": 5.0}
    assert result["dns"]["old"] == {"values": [f"A {A}"], "ttl": 300}
    assert result["dns"]["now"] == {"values": [f"A {B}"], "ttl": 300}
    assert result["diff"]["after"] == f"{NAME} is answered by b\n"
    assert named.shows() == [f"300 {B}"]
    assert there.leads_to() == "b"
    assert there.steps() == [("cutover", "b", "changed")]
    assert there.record()["outages"] == []
    again = there.run(method="dns")
    assert (again["outcome"], again["changed"]) == ("unchanged", False)
    assert updates(named) == 1
    assert there.run(method="dns", check=True)["outcome"] == "unchanged"


def test_and_back(there: Place, named: Named) -> None:
    there.run(method="dns", dns=there.dns(ttl=60))
    back = there.run(method="dns", appliance=there.appliance("a"), peer=there.appliance("b"))
    assert back["outcome"] == "changed", back["msg"]
    assert named.shows() == [f"60 {A}"]
    assert there.steps() == [("cutover", "b", "changed"), ("cutover", "a", "changed")]


def test_check_mode_reads_only(there: Place, named: Named) -> None:
    result = there.run(method="dns", check=True)
    assert (result["outcome"], result["changed"]) == ("changed", True)
    assert f"would let {NAME} lead to A {B} instead of A {A}" in result["msg"]
    assert result["diff"]["after"] == f"{NAME} is answered by b (A {B})\n"
    assert updates(named) == 0
    assert not (there.folder / "records").exists()
    assert all(not box.truth.commands for box in there.pair.boxes)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "key_unknown": ({"key_name": "unknown-key"}, "authentication", "does not know the key unknown-key"),
    "key_wrong": ({"key_secret": "d3Jvbmc="}, "authentication", f"another secret for the key {KEY}"),
    "key_is_none": ({"key_secret": "!!"}, "bad_input", "not base 64"),
    "policy": ({"key_name": OTHER_KEY}, "refused", "it does not allow this update"),
    "zone": ({"zone": "com"}, "refused", "it is not the authority for the zone"),
    "outside": ({"zone": "other.example"}, "bad_input", "not in the zone other.example"),
    "nothing": ({"record": "nothing.example.com"}, "failed", "has no address record"),
    "cname": ({"record": "alias.example.com"}, "failed", "is CNAME now"),
    "aaaa": ({"record": "six.example.com"}, "failed", "is AAAA now"),
    "both": ({"record": "both.example.com"}, "failed", "is A and AAAA now"),
    "neither": ({"record": "b.support.example.com", "addresses": {"b": ["192.0.2.98"]}}, "failed", "leads to neither"),
    "ttl": ({"record": "slow.example.com"}, "failed", "time to live is 86400 s"),
    "resolver": ({"resolvers": ["192.0.2.53:no"]}, "bad_input", "as a resolver"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_and_nothing_done(there: Place, named: Named, case: str) -> None:
    changes, reason, words = REFUSED[case]
    result = there.run(method="dns", dns=there.dns(**changes))
    assert (result["outcome"], result["changed"], result["error"]["reason"]) == ("refused", False, reason)
    assert words in result["msg"]
    assert updates(named) == 0
    assert there.leads_to() == "a"
    if case in ("policy", "zone"):
        assert there.steps() == [("cutover", "b", "refused")]


def test_the_server_is_down(there: Place, named: Named) -> None:
    named.stop()
    there.pair.door.follow = "name"
    result = there.run(method="dns")
    assert (result["outcome"], result["error"]["reason"]) == ("refused", "unreachable")


def test_somebody_else_changes_the_record_meanwhile(
    there: Place, named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = NameServer.change

    def other_first(*arguments: Any) -> None:
        named.lead(NAME, "A", "192.0.2.99")
        change(*arguments)

    monkeypatch.setattr(NameServer, "change", other_first)
    result = there.run(method="dns")
    assert (result["outcome"], result["changed"]) == ("refused", False)
    assert "somebody else changed it" in result["msg"]
    assert named.shows() == ["300 192.0.2.99"]
    assert there.steps() == [("cutover", "b", "refused")]


@pytest.mark.parametrize(
    ("record", "kind", "a", "b"),
    [
        ("six", "AAAA", "2001:db8::11", "2001:DB8::0012"),
        ("alias", "CNAME", "a.support.example.com", "B.support.example.com"),
    ],
)
def test_other_kinds(there: Place, named: Named, record: str, kind: str, a: str, b: str) -> None:
    name = f"{record}.example.com"
    there.pair.door.follow = lambda: there.pair.b if updates(named) else there.pair.a
    result = there.run(
        method="dns",
        dns=there.dns(record=name),
        appliance=there.appliance("b", address=b),
        peer=there.appliance("a", address=a),
    )
    assert result["outcome"] == "changed", result["msg"]
    assert result["dns"]["old"]["values"] == [f"{kind} {a}"]
    assert named.shows(name, kind) == [{"AAAA": "300 2001:db8::12", "CNAME": "300 b.support.example.com."}[kind]]


def test_both_kinds_by_addresses(there: Place, named: Named) -> None:
    addresses = {"a": [A, "2001:db8::11"], "b": f"{B}, 2001:db8::12"}
    there.pair.door.follow = lambda: there.pair.b if updates(named) else there.pair.a
    result = there.run(method="dns", dns=there.dns(record="both.example.com", addresses=addresses))
    assert result["outcome"] == "changed", result["msg"]
    assert (named.shows("both.example.com"), named.shows("both.example.com", "AAAA")) == (
        [f"300 {B}"],
        ["300 2001:db8::12"],
    )


# resolvers


def test_every_resolver_has_to_follow(there: Place, make_named: MakeNamed) -> None:
    late = make_named()
    there.at_pause = lambda count: late.lead(NAME, "A", B) if count == 20 else None
    result = there.run(method="dns", dns=there.dns(resolvers=[late.place]))
    assert result["outcome"] == "changed", result["msg"]
    assert result["seconds"] == 100.0
    assert result["dns"]["resolvers"] == [{"resolver": late.place, "gives": f"A {B}", "good": True}]


def test_a_resolver_that_keeps_the_old_one_for_its_time_to_live(tmp_path: Path, make_named: MakeNamed) -> None:
    named = make_named(ttl=1)
    resolver = make_named(resolver_of=named)
    with place(tmp_path, named) as made:
        assert resolver.shows() == [f"1 {A}"]
        made.at_pause = lambda _count: time.sleep(0.05)
        result = made.run(method="dns", dns=made.dns(resolvers=[resolver.place]), show_within=890)
        assert result["outcome"] == "changed", result["msg"]
        assert resolver.shows()[0].endswith(B)


def test_a_resolver_that_never_follows_is_named_and_the_record_put_back(
    there: Place, named: Named, make_named: MakeNamed
) -> None:
    stale, good = make_named(), named
    result = there.run(method="dns", dns=there.dns(resolvers=[good.place, stale.place]))
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True)
    assert (
        f"b answers at {there.served.url(there.pair.door)}, but the resolver {stale.place} gives A {A}" in result["msg"]
    )
    assert good.place not in result["msg"]
    assert "after 360 s" in result["msg"], "the old time to live and the time to show"
    assert named.shows() == [f"300 {A}"]
    assert there.leads_to() == "a"
    assert there.steps() == [("cutover", "b", "failed")]
    stale.lead(NAME, "A", B)
    assert there.run(method="dns", dns=there.dns(resolvers=[stale.place]))["outcome"] == "changed"


def test_a_resolver_that_is_down_is_one_that_does_not_follow(there: Place, make_named: MakeNamed) -> None:
    gone = make_named()
    gone.stop()
    result = there.run(method="dns", dns=there.dns(resolvers=[gone.place]))
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True)
    assert f"the resolver {gone.place} gives no answer" in result["msg"]


# proof and back-out


def test_what_does_not_verify_is_put_back(there: Place, named: Named) -> None:
    """A load balancer, say, that does not care for the record."""
    there.pair.door.follow = "name"
    result = there.run(method="dns")
    assert (result["outcome"], result["changed"]) == ("failed", True)
    assert (result["error"]["backed_out"], result["error"]["answers"]) == (True, "a")
    assert "a still answers" in result["msg"]
    assert "a answers again" in result["msg"]
    assert named.shows() == [f"300 {A}"]


def test_the_outage_is_measured_until_it_is_put_back(there: Place, named: Named) -> None:
    """The new address leads nowhere; what is kept of it agrees with what the site saw."""
    there.pair.door.follow = lambda: there.pair.a if named.shows() == [f"300 {A}"] else None
    began = there.clock()
    result = there.run(method="dns")
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True)
    outage = result["error"]["outage"]
    assert (outage["spells"], outage["ongoing"]) == (1, False)
    assert abs(outage["seconds"] - 360.0) <= 2 * outage["resolution"]
    assert there.clock() - began >= outage["seconds"]
    [kept] = there.record()["outages"]
    assert kept["up_at"] is not None
    assert kept["by"] == "check_health"


def test_nothing_is_put_back_to_where_nobody_serves(there: Place, named: Named) -> None:
    there.pair.door.follow = lambda: None if updates(named) else there.pair.a

    def dies(count: int) -> None:
        if count == 3:
            there.pair.a.faults.plant("refuse", when=lambda _request: True, times=None)

    there.at_pause = dies
    result = there.run(method="dns")
    assert (result["outcome"], result["error"]["backed_out"]) == ("unknown", False)
    assert "It was not put back: a does not serve" in result["msg"]
    assert named.shows() == [f"300 {B}"]


def test_putting_back_fails_too(there: Place, named: Named) -> None:
    there.pair.door.follow = "name"
    there.at_pause = lambda count: named.stop() if count == 3 else None
    result = there.run(method="dns")
    assert (result["outcome"], result["error"]["backed_out"]) == ("unknown", False)
    assert "Putting it back failed too" in result["msg"]


def test_what_could_not_be_put_back_is_put_back_by_the_next_run(there: Place, named: Named) -> None:
    there.pair.door.follow = "name"
    there.at_pause = lambda count: named.stop() if count == 3 else None
    assert there.run(method="dns")["outcome"] == "unknown"
    there.at_pause = lambda _count: None
    named.start()
    assert named.shows() == [f"300 {B}"]
    result = there.run(method="dns")
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True), result["msg"]
    assert named.shows() == [f"300 {A}"]


def test_put_back_but_not_seen(there: Place, named: Named) -> None:
    there.pair.door.follow = lambda: None if updates(named) else there.pair.a
    result = there.run(method="dns")
    assert (result["outcome"], result["error"]["backed_out"]) == ("unknown", False)
    assert "It was put back, but a was not seen to answer (nobody serves there)" in result["msg"]
    assert result["error"]["outage"]["ongoing"]


def test_nothing_moves_to_one_that_does_not_serve(there: Place, named: Named) -> None:
    there.pair.b.faults.plant("status", when=lambda request: request.path == "/check_health", times=None)
    result = there.run(method="dns")
    assert (result["outcome"], updates(named)) == ("refused", 0)
    assert "b does not serve at" in result["msg"]
    there.pair.b.faults.plant("refuse", when=lambda _request: True, times=None)
    result = there.run(method="dns")
    assert (result["outcome"], updates(named)) == ("refused", 0)
    assert "b does not serve at" in result["msg"]


@pytest.mark.parametrize("known", [True, False])
def test_nothing_moves_to_one_that_could_not_be_told(there: Place, named: Named, known: bool) -> None:
    """Without an API account the serial number tells it, if the accounts of /appliance are the same."""
    other = {"username": "admin", "password": "another-password"}
    a = there.appliance("a", api=None, **({} if known else {"appliance": other}))
    # Without an API account nothing tells whether sessions are running, either.
    result = there.run(method="dns", appliance=there.appliance("b", api=None), peer=a, sessions="accept")
    if known:
        assert result["after"]["told_by"] == "serial number", result["msg"]
    else:
        assert (result["outcome"], updates(named)) == ("refused", 0)
        assert "their appliance accounts differ" in result["msg"]


# interruptions


def before_the_update(kill: Callable[[], None]) -> None:
    NameServer.change = lambda *_arguments: kill()  # type: ignore[method-assign, assignment]


def after_the_update(kill: Callable[[], None]) -> None:
    change = NameServer.change

    def changed(*arguments: Any) -> None:
        change(*arguments)
        kill()

    NameServer.change = changed  # type: ignore[method-assign]


def before_it_is_kept(kill: Callable[[], None]) -> None:
    Step.must_keep = lambda *_arguments, **_values: kill()  # type: ignore[method-assign, assignment]


MOMENTS = [before_it_is_kept, before_the_update, after_the_update]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_killed_and_run_again(there: Place, named: Named, moment: Callable[[Callable[[], None]], None]) -> None:
    there.killed(moment, method="dns")
    assert there.steps() == [("cutover", "b", None)]
    result = there.run(method="dns")
    assert not result.get("failed"), result["msg"]
    assert there.leads_to() == "b"
    assert updates(named) == 1
    assert there.steps()[-1][2] in ("changed", "unchanged")
    assert there.run(method="dns")["outcome"] == "unchanged"


def test_killed_while_it_waits_and_then_put_back(there: Place, named: Named, make_named: MakeNamed) -> None:
    """The run that goes on knows from the record what the first one had found, though the record of the DNS shows it no more."""
    stale = make_named()
    options = {"method": "dns", "dns": there.dns(resolvers=[stale.place])}

    def while_it_waits(kill: Callable[[], None]) -> None:
        there.at_pause = lambda count: kill() if count == 3 else None

    there.killed(while_it_waits, **options)
    assert named.shows() == [f"300 {B}"]
    there.killed(while_it_waits, **options)
    result = there.run(**options)
    assert (result["outcome"], result["error"]["backed_out"]) == ("failed", True)
    assert named.shows() == [f"300 {A}"]


def test_a_cutover_of_long_ago_is_not_put_back(there: Place, named: Named, make_named: MakeNamed) -> None:
    stale = make_named()
    there.run(method="dns")
    result = there.run(method="dns", dns=there.dns(resolvers=[stale.place]))
    assert (result["outcome"], result["changed"]) == ("unknown", False)
    assert "Nothing was put back" in result["msg"]
    again = there.run(method="dns", dns=there.dns(resolvers=[stale.place]))
    assert (again["outcome"], again["error"]["backed_out"]) == ("unknown", False)
    assert named.shows() == [f"300 {B}"]
    assert there.leads_to() == "b"


@pytest.mark.parametrize("acted", [True, False])
def test_the_answer_to_the_update_is_lost(
    there: Place, named: Named, monkeypatch: pytest.MonkeyPatch, acted: bool
) -> None:
    """What it did is looked up, and it is never sent again."""
    change, sent = NameServer.change, []

    def lost(*arguments: Any) -> None:
        sent.append(arguments)
        if acted:
            change(*arguments)
        raise Unreachable("change it", "no answer", "Look.")

    monkeypatch.setattr(NameServer, "change", lost)
    result = there.run(method="dns")
    assert len(sent) == 1
    if acted:
        assert result["outcome"] == "changed", result["msg"]
    else:
        assert (result["outcome"], result["error"]["answers"]) == ("failed", "a")
        assert "the answer to the update was lost" in result["msg"]


# those who use an address


def test_who_uses_an_address(there: Place) -> None:
    clients = [
        {"name": "archive", "address": A},
        {"name": "reports", "address": B},
        {"name": "by name", "address": f"{NAME.upper()}."},
        {"name": "elsewhere", "address": "198.51.100.7"},
    ]
    result = there.run(method="dns", by_address=clients)
    assert [entry["state"] for entry in result["by_address"]] == ["old", "new", "name", "unknown"]
    assert [words.split(" uses ")[0] for words in result["warnings"]] == ["archive", "elsewhere"]
    assert B in result["warnings"][0]
    assert there.run(method="dns", by_address=clients, check=True)["by_address"] == result["by_address"]
