# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source in this process, as ansible-rulebook loads it, against the simulator over HTTPS."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import runpy
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.site_watch import SiteWatch
from ansible_collections.bomgar.appliance.tests.integration.pairs.conftest import GUIDE, pair_site
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import COLLECTIONS, PATIENCE, World
from ansible_collections.bomgar.appliance.tests.simulator import Certificate, LookClock, Simulator

PLUGIN = COLLECTIONS / "ansible_collections/bomgar/appliance/extensions/eda/plugins/event_source/sites.py"
SOURCE = runpy.run_path(str(PLUGIN))
RELEASE = {"base": "6.1.0", "site": "22.1.1"}


@contextlib.asynccontextmanager
async def watching(**arguments: Any) -> AsyncIterator[Callable[[], Any]]:
    """The source at work; gives what waits for its next event."""
    queue: asyncio.Queue[Any] = asyncio.Queue()
    task = asyncio.create_task(SOURCE["main"](queue, {"interval": 0.02, "updates_interval": 0, **arguments}))

    async def following() -> Any:
        getting = asyncio.create_task(queue.get())
        done, _left = await asyncio.wait({getting, task}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            task.result()
        assert getting in done
        return getting.result()

    yield following
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Simulator(clock=LookClock()), tmp_path)


def given(world: World, *boxes: Any, **more: Any) -> list[dict[str, Any]]:
    """The argument `sites`: these boxes, or all."""
    return [
        {"name": box.host, **world.accounts(box), "record_dir": str(world.records), **more}
        for box in (boxes or world.boxes)
    ]


def tokens_asked(box: Any) -> int:
    """How often the API account was used to ask for a token."""
    return [seen.path for seen in box.truth.requests].count("/oauth2/token")


def test_health_goes_and_comes_and_a_site_that_hangs_stops_no_other(world: World) -> None:
    hangs, box = world.site("hangs.example.com", **RELEASE), world.site(**RELEASE)
    hangs.faults.plant("slow", times=None, seconds=2)

    async def scenario() -> None:
        sites = [*given(world, hangs, timeout=0.5), *given(world, box)]
        async with watching(sites=sites, looks=1, look_within=60) as following:
            box.healthy = False
            seen = [await following(), await following()]
            assert {(event["site"], event["kind"]) for event in seen} == {
                ("hangs.example.com", "unreachable"),
                ("support.example.com", "unhealthy"),
            }
            box.healthy = True
            over = await following()
            assert (over["site"], over["kind"], over["state"]) == ("support.example.com", "unhealthy", "cleared")

    with world.simulator.serve() as world.served:
        asyncio.run(scenario())
    assert box.truth.commands == hangs.truth.commands == []


def test_a_refused_account_is_used_once_and_health_is_watched_without_it(world: World) -> None:
    box = world.site(**RELEASE)
    wrong = {"bomgar_api_client_secret": "a-wrong-secret-4711", "bomgar_appliance_password": "a-wrong-password-4711"}

    async def scenario() -> None:
        site = {name: value for name, value in given(world, box)[0].items() if name not in wrong}
        async with watching(sites=[site], common=wrong, updates_interval=0.01) as following:
            first, second = await following(), await following()
            assert [each["kind"] for each in (first, second)] == ["account_refused"] * 2
            assert [each["observed"]["about"] for each in (first, second)] == ["api", "appliance"]
            assert not [secret for secret in wrong.values() if secret in str((first, second))]
            box.healthy = False
            assert (await following())["kind"] == "unhealthy"

    with world.simulator.serve() as world.served:
        asyncio.run(scenario())
    assert (tokens_asked(box), len(box.truth.logins_refused("appliance"))) == (1, 1)
    assert box.truth.lockouts == []


def test_certificates_that_end_or_are_not_trusted_and_a_secret_in_an_answer(world: World) -> None:
    ending = world.site("ending.example.com", certificate=Certificate(days=5), **RELEASE)
    strange = world.site("strange.example.com", certificate=Certificate(authority="unknown"), **RELEASE)
    secret = ending.accounts.api.client_secret

    async def scenario() -> None:
        async with watching(sites=given(world)) as following:
            found = [await following(), await following()]
            assert {(event["site"], event["kind"]) for event in found} == {
                (ending.host, "certificate"),
                (strange.host, "certificate"),
            }
            (first,) = [event for event in found if event["site"] == ending.host]
            assert first["detail"] == "the certificate of a ends in 5 days"
            ending.problem, ending.healthy = f"cannot use {secret}", False
            assert (await following())["detail"] == "a says that it is not healthy: cannot use ********"

    with world.simulator.serve() as world.served:
        asyncio.run(scenario())


def test_an_account_that_was_refused_is_tried_again_after_the_pause(world: World) -> None:
    box = world.site(**RELEASE)
    now = [0.0]
    with world.simulator.serve() as world.served:
        site = given(world, box, bomgar_api_client_secret="wrong")[0]
        options = SOURCE["_named"](site)
        watch = SiteWatch(
            box.host, options["appliances"], records=options["records"], account_pause=60, clock=lambda: now[0]
        )
        assert watch.look().boxes[0].accounts["api"]
        assert watch.look().boxes[0].accounts == {}
        now[0] = 61.0
        box.accounts.api.client_secret = "wrong"
        assert watch.look().boxes[0].accounts == {"api": None}
    assert tokens_asked(box) == 2


def test_what_a_look_costs_and_that_it_can_send_no_command(world: World) -> None:
    world.simulator.vendor.publish_guide()
    box = world.site(**RELEASE)
    with world.simulator.serve() as world.served:
        options = SOURCE["_named"](given(world, box)[0])
        watch = SiteWatch(box.host, options["appliances"], records=options["records"])
        watch.look()
        asked = [len(box.truth.requests)]
        for look in (watch.look, watch.look, watch.look_at_offers, watch.look_at_offers):
            look()
            asked.append(len(box.truth.requests))
        # The first look also fetched a token.
        assert asked[0] == 2
        assert asked[1:3] == [3, 4]
        # As docs/events.md tells.
        assert asked[3] - asked[2] <= 10
        assert asked[4] - asked[3] == 2
        logins = [seen.interface for seen in box.truth.logins]
        assert logins.count("appliance") == 1
        assert all(transport.read_only for each in watch._boxes for transport in each._appliance.transports)
    assert box.truth.commands == []


def test_roles_by_the_pages_of_a_release_without_check_health(tmp_path: Path) -> None:
    made = pair_site(tmp_path, GUIDE)
    with made.simulator.serve() as made.served:
        host = made.host()
        names = ("bomgar_appliances", "bomgar_ca_path", "bomgar_api_username", "bomgar_api_password")
        logins = ("bomgar_login_username", "bomgar_login_password", "bomgar_record_dir")
        sites = [{"name": made.site, **{name: host[name] for name in (*names, *logins)}}]

        async def scenario() -> None:
            async with watching(sites=sites, pages_interval=0.01) as following:
                made.pair.plant_both_primary()
                event = await following()
                assert (event["kind"], event["state"]) == ("both_primary", "raised")
                assert {name: seen["role"] for name, seen in event["observed"]["appliances"].items()} == {
                    "a": "primary",
                    "b": "primary",
                }

        asyncio.run(scenario())
    for box in made.boxes:
        assert box.truth.commands == []
        assert [seen.interface for seen in box.truth.logins].count("login") == 1


def test_a_record_that_cannot_be_read_is_told(world: World) -> None:
    box = world.site(**RELEASE)
    folder = world.records / box.host / "20270101T000000Z"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text("{", encoding="utf-8")

    async def scenario() -> None:
        async with watching(sites=given(world)) as following:
            event = await following()
            assert (event["kind"], event["observed"]["about"]) == ("not_watched", "the record")

    with world.simulator.serve() as world.served:
        asyncio.run(scenario())


class Stub:
    """A site whose looks do what a test says."""

    site = "support.example.com"

    def __init__(self, *looks: Callable[[], Any]) -> None:
        self._looks = list(looks)
        real = SiteWatch(self.site, {}, records="/nowhere")
        self.hung, self.failed, self.redaction = real.hung, real.failed, real.redaction

    def look(self) -> Any:
        return self._looks.pop(0)()


def events_of(stub: Stub, *, within: float) -> list[tuple[str, str, str]]:
    """What a round with this site tells until its looks are used up."""
    told: list[Any] = []

    async def scenario() -> None:
        settings = SOURCE["settings_of"]({"interval": 0.001, "look_within": within, "updates_interval": 0})
        queue: asyncio.Queue[Any] = asyncio.Queue()
        with ThreadPoolExecutor(1) as pool:
            turn = SOURCE["Round"](stub, queue, settings, pool, asyncio.Semaphore(1))
            while stub._looks:
                await turn._look(stub.look)
        while not queue.empty():
            told.append(queue.get_nowait())

    asyncio.run(scenario())
    return [(event["kind"], event["state"], event["detail"]) for event in told]


def test_a_look_that_does_not_end_is_told_and_not_begun_again() -> None:
    opened = threading.Event()
    fine = SiteWatch("support.example.com", {}, records="/nowhere")

    def hangs() -> Any:
        opened.wait(0.5)
        return fine.look()

    assert events_of(Stub(hangs), within=0.05) == [
        ("not_watched", "raised", "a look at it has not ended within 0 s"),
        ("not_watched", "cleared", "it can be read again"),
    ]


def test_an_error_of_its_own_is_told_and_the_watch_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        raise ZeroDivisionError("a-secret-4711")

    fine = SiteWatch("support.example.com", {}, records="/nowhere")
    (raised, cleared) = events_of(Stub(broken, fine.look), within=60)
    assert "ZeroDivisionError" in raised[2]
    assert "4711" not in raised[2]
    assert cleared[:2] == ("not_watched", "cleared")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"interval": 0}, "interval has to be above 0"),
        ({"intervall": 5}, "intervall"),
        ({"inventory": "x", "sites": []}, "inventory"),
        ({"sites": []}, "no site"),
        ({"sites": [{"url": "https://x"}]}, "has no name"),
        ({"sites": [{"name": "support.example.com", "timeout": "long"}]}, "no site of"),
    ],
)
def test_wrong_arguments_end_it_at_once(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        asyncio.run(SOURCE["main"](asyncio.Queue(), arguments))


def test_its_documentation_names_every_argument_with_its_default() -> None:
    documented = yaml.safe_load(SOURCE["DOCUMENTATION"])["options"]
    for name, spec in SOURCE["SPEC"].items():
        assert documented[name].get("default") == spec.get("default"), name
        assert documented[name]["type"] in (spec["type"], "str"), name
    assert documented.keys() == SOURCE["SPEC"].keys()
    for example in yaml.safe_load(SOURCE["EXAMPLES"]):
        assert SOURCE["settings_of"](example["bomgar.appliance.sites"])
    assert inspect.iscoroutinefunction(SOURCE["main"])


def test_an_inventory_with_vault_templates_and_a_site_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = tmp_path / "password"
    password.write_text("opens it\n", encoding="utf-8")
    vaulted = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-vault")),
            "encrypt_string",
            "--vault-password-file",
            str(password),
            "s3cret",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars/bomgar_sites.yml").write_text(
        "bomgar_api_client_id: '{{ who }}-{{ inventory_hostname }}'\nwho: watch\n"
        f"bomgar_api_client_secret: {vaulted}\nbomgar_timeout: '{{{{ 3 + 4 }}}}'\nbomgar_validate_certs: '{{{{ false }}}}'\n",
        encoding="utf-8",
    )
    inventory = tmp_path / "sites.yml"
    hosts = {
        "support.example.com": None,
        "undefined.example.com": {"bomgar_ca_path": "{{ nowhere }}"},
        "wrong.example.com": {"bomgar_url": "http://wrong.example.com"},
    }
    inventory.write_text(yaml.safe_dump({"all": {"children": {"bomgar_sites": {"hosts": hosts}}}}), encoding="utf-8")
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(password))
    monkeypatch.setenv("ANSIBLE_INVENTORY", str(inventory))
    (_name, watch, _none), undefined, wrong = SOURCE["_watches"](SOURCE["settings_of"]({}))
    option = watch._boxes[0]._options
    assert {name: option["api"][name] for name in ("client_id", "client_secret")} == {
        "client_id": "watch-support.example.com",
        "client_secret": "s3cret",
    }
    assert (option["url"], option["timeout"]) == ("https://support.example.com", 7.0)
    assert option["validate_certs"] is False
    assert undefined[1] is wrong[1] is None
    assert "nowhere" in undefined[2]
    assert "has to begin with https://" in wrong[2]
