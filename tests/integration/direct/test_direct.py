# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module gives the same result in the controller's process (the action `direct`) and the ordinary way, and keeps to
everything that Ansible promises of a task.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Writer, this_run
from ansible_collections.bomgar.appliance.tests.integration.direct.ansible_run import ROOT, Played, play
from ansible_collections.bomgar.appliance.tests.integration.pairs.duo import Duo, duo
from ansible_collections.bomgar.appliance.tests.integration.update.site import QUICK, Site, site
from ansible_collections.bomgar.appliance.tests.simulator import Package

#: A rehearsal runs a playbook, so this is no place for it: tests/integration/playbooks/test_rehearsal.py.
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("[a-z]*.py") if path.stem != "rehearsal")
WAYS = ("direct", "delegated", "detached")
CENSORED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def pair_options(pair: Duo, module: str, folder: Path) -> dict[str, Any] | None:
    """Options with which a module for pairs succeeds; none for the others."""
    url = pair.world.served.url(pair.pair.door)
    waits = {"poll_interval": 0.01, "deadline": 3600}
    both = {"appliance": pair.appliance("a"), "peer": pair.appliance("b")}
    own: dict[str, dict[str, Any]] = {
        "cutover": {**both, **waits, "site_url": url, "method": "operator"},
        "failover": {**both, **waits, "state": "established"},
        "failover_role": {**both, **waits, "role": "primary"},
        "session_export": {
            "appliance": both["appliance"],
            "directory": str(folder / "export"),
            "since": str(int(pair.pair.now) - 60),
        },
        "sync": {**both, **waits},
    }
    return own.get(module)


def options(made: Site, pair: Duo, module: str, way: str) -> dict[str, Any]:
    """Options with which a module succeeds, each way in a folder of its own where it writes one."""
    folder = made.folder / "ways" / way
    running = {"site": made.box.site, "base": made.box.base}
    own: dict[str, dict[str, Any]] = {
        "activity_info": {},
        "backup": {"directory": str(folder / "backups"), "encryption_password": "an encryption password"},
        "bake": {"sites": [{"url": made.appliance()["url"]}], "records": str(folder / "records"), "seconds": 1},
        "checks": {"phase": "before", "target": running, "backup": {"directory": str(folder / "none")}},
        "info": {},
        "integration_audit": {
            "site": "support.example.com",
            "directory": str(folder / "records"),
            "sources": [{"path": str(Path(__file__).parent)}],
        },
        "page_info": {},
        "plan": {"target": {"site": "24.3.2"}},
        "schema_info": {},
        "update": {"target": running},
        "update_info": {"target": {"site": "24.3.2"}},
        "report": {"record": str(made.folder / "record"), "dest": str(folder / "report")},
    }
    folder.mkdir(parents=True, exist_ok=True)
    if (of_pair := pair_options(pair, module, folder)) is not None:
        return of_pair
    assert module in own, f"say with which options the module {module} succeeds"
    return own[module] if module in ("bake", "report") else {"appliance": made.appliance(), **own[module]}


def task(module: str, way: str, arguments: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """A task that registers its result as `<module>_<way>` and lets the play go on."""
    how: dict[str, dict[str, Any]] = {
        "direct": {},
        "delegated": {"delegate_to": "localhost"},
        "detached": {"async": 120, "poll": 0},
    }
    return {
        f"bomgar.appliance.{module}": arguments,
        "register": f"{module}_{way}",
        "ignore_errors": True,
        **how[way],
        **keywords,
    }


def awaited(module: str) -> dict[str, Any]:
    """The result of a detached task."""
    name = f"{module}_detached"
    return {
        "ansible.builtin.async_status": {"jid": "{{ " + name + ".ansible_job_id }}"},
        "register": name,
        "until": f"{name}.finished",
        "retries": 100,
        "delay": 1,
        "ignore_errors": True,
        "check_mode": False,
    }


#: What differs between two runs of the same task whichever way it runs, or is how a detached one is told.
RESTLESS = {
    "until",
    "requests",
    "seconds",
    "skew",
    "days_left",
    "age",
    "at",
    "time",
    "taken_at",
    "rate",
    "elapsed",
    "free",
}
KEEPING = {
    "ansible_job_id",
    "finished",
    "started",
    "results_file",
    "stdout",
    "stderr",
    "stdout_lines",
    "stderr_lines",
    "attempts",
}


def steady(value: Any, way: str) -> Any:
    """A result without what is different each time."""
    if isinstance(value, dict):
        return {name: steady(item, way) for name, item in value.items() if name not in RESTLESS}
    if isinstance(value, list):
        return [steady(item, way) for item in value]
    if isinstance(value, float):
        return "a number"
    if isinstance(value, str):
        return "".join("#" if sign.isdigit() else sign for sign in value.replace(f"/ways/{way}/", "/ways/"))
    return value


def result_of(played: Played, module: str, way: str) -> dict[str, Any]:
    """A module's result, as far as it is to be the same every way."""
    found = played.results[f"{module}_{way}"]
    assert found is not None, played.text
    # A detached module is given the options by a wrapper that adds what it needs for itself.
    result: dict[str, Any] = steady({name: item for name, item in found.items() if name not in KEEPING}, way)
    result.setdefault("failed", False)
    return result


@contextlib.contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    """A recent box with something to update, and a record for the module report."""
    (folder / "site").mkdir()
    packages = (Package("base", "6.2.0"), Package("site", "24.3.2", requires={"base": "6.2.0"}))
    with contextlib.ExitStack() as held:
        made = held.enter_context(
            site(
                folder / "site", *packages, dialect="modern_en", base="6.1.0", site="24.1.1", clock_skew=30.0, step=1.0
            )
        )
        writer = Writer(this_run("one", ansible="2.19.0"))
        with Record.take(made.records, "support.example.com", writer, wish={}, path="automatic") as record:
            with record.step("Look") as step:
                step.done("unchanged")
            assert record.file is not None
            (made.folder / "record").symlink_to(record.file.parent)
        yield made


@contextlib.contextmanager
def a_pair(folder: Path) -> Iterator[Duo]:
    """A pair with nothing to do."""
    (folder / "pair").mkdir()
    with duo(folder / "pair", step=1.0) as pair:
        yield pair


#: What Ansible's own async_status adds before 2.19.
FILE_ATTRIBUTES = {"gid", "group", "mode", "owner", "size", "state", "uid", "secontext"}


def test_every_module_every_way(tmp_path: Path) -> None:
    """One run in which every module runs every way; it takes long, so all that it shows is looked at here."""
    with a_site(tmp_path) as made, a_pair(tmp_path) as pair:
        tasks = []
        for way in reversed(WAYS):
            for module in MODULES:
                tasks.append(task(module, way, options(made, pair, module, way)))
                if way == "detached":  # at once: a module would see the sync of another one
                    tasks.append(awaited(module))
        names = [f"{module}_{way}" for module in MODULES for way in WAYS]
        played = play(made.folder.parent, tasks, "-vvvv", keep=names)

    for module in MODULES:
        direct = result_of(played, module, "direct")
        assert not direct["failed"], direct
        for way in ("delegated", "detached"):
            found = result_of(played, module, way)
            if way == "detached" and "path" in direct:
                # Before 2.19 Ansible's own async_status adds the file's attributes to every result that has a path.
                found = {key: value for key, value in found.items() if key in direct or key not in FILE_ATTRIBUTES}
            assert found == direct, f"{module}, {way}"
        # The comparison would mean nothing if all of them had gone the ordinary way, which puts the module into a folder first.
        blocks = [block for block in played.text.split("\nTASK [") if block.startswith(f"bomgar.appliance.{module}]")]
        assert ["AnsiballZ" in block for block in blocks] == [True, True, False], module
    for way in WAYS:
        assert "diff" not in played.results[f"update_{way}"], "nobody asked for a difference"
    everywhere = played.text + str(played.results)
    assert CENSORED in everywhere
    for secret in [*made.secrets(), "an encryption password"]:
        assert secret not in everywhere


def test_every_module_with_check_and_diff(tmp_path: Path) -> None:
    """The same with --check and --diff, the module `update` with something to do."""
    with a_site(tmp_path) as made, a_pair(tmp_path) as pair:
        wish = {"update": {"target": {"site": "24.3.2"}}}
        tasks = [
            task(module, way, {**options(made, pair, module, way), **wish.get(module, {})})
            for way in ("direct", "delegated")
            for module in MODULES
        ]
        names = [f"{module}_{way}" for module in MODULES for way in ("direct", "delegated")]
        played = play(made.folder.parent, tasks, "--check", "--diff", keep=names)

    for module in MODULES:
        direct = result_of(played, module, "direct")
        assert not direct["failed"], direct
        assert result_of(played, module, "delegated") == direct, module
    assert made.truth.commands == pair.commands == made.truth.installs == []
    assert not list((made.folder / "ways").rglob("*.*"))
    assert played.results["update_direct"]["expected"] == ["Base Software-6.2.0", "Bomgar-24.3.2"]
    assert played.text.count("+Base Software-6.2.0") == 2, "once each way"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Site]:
    with a_site(tmp_path) as one:
        yield one


def test_wrong_options_get_the_message_of_the_ordinary_way(made: Site) -> None:
    good = {"appliance": made.appliance()}
    secret = made.secrets()[0]
    wrong: dict[str, tuple[str, dict[str, Any]]] = {
        "unknown": ("info", {**good, "nonsense": 1}),
        "missing": ("backup", good),
        "missing_below": ("info", {"appliance": {"site": "x"}}),
        "unknown_below": ("info", {"appliance": {**made.appliance(), "nonsense": 1}}),
        "choice": ("update", {**good, "path": "sideways"}),
        "type": ("update", {**good, "poll_interval": "often"}),
        "list": ("update", {**good, "packages": [{"sha256": "x"}]}),
        "secret_in_type": ("update", {**good, "poll_interval": secret}),
        "secret_in_choice": ("update", {**good, "path": secret}),
        "two": ("update", {**good, "path": "sideways", "nonsense": 1}),
    }
    tasks = [
        {**task(module, way, arguments), "register": f"{name}_{way}"}
        for name, (module, arguments) in wrong.items()
        for way in ("direct", "delegated")
    ]
    played = play(
        made.folder.parent, tasks, "-vvvv", keep=[f"{name}_{way}" for name in wrong for way in ("direct", "delegated")]
    )
    for name in wrong:
        direct, delegated = (played.results[f"{name}_{way}"] for way in ("direct", "delegated"))
        assert direct["failed"]
        assert delegated["failed"]
        assert direct["msg"] == delegated["msg"], name
        assert not direct.get("changed")
    assert made.truth.requests == []
    for hidden in made.secrets():
        assert hidden not in played.text + str(played.results)


def test_an_error_shows_no_secret_and_is_the_same(made: Site) -> None:
    password = made.box.accounts.appliance.password
    # The appliance itself repeats the password in its answer.
    made.box.faults.plant(
        "replace",
        role="command get_api_info",
        times=None,
        content_type="text/xml",
        body=f"<error>Login failed for {made.account()['client_secret']} and {password}</error>",
    )
    tasks = [task("info", way, {"appliance": made.appliance()}) for way in ("direct", "delegated")]
    tasks += [
        {
            **task("update_info", way, {"appliance": made.appliance(url="https://127.0.0.1:1")}),
            "register": f"down_{way}",
        }
        for way in ("direct", "delegated")
    ]
    names = ["info_direct", "info_delegated", "down_direct", "down_delegated"]
    played = play(made.folder.parent, tasks, "-vvvv", keep=names)
    assert result_of(played, "info", "direct") == result_of(played, "info", "delegated")
    assert played.results["down_direct"]["error"]["reason"] == "unreachable"
    assert result_of(played, "down", "direct") == result_of(played, "down", "delegated")
    for hidden in made.secrets():
        assert hidden not in played.text + str(played.results)


def test_environment_arrives_and_stays_with_its_task(made: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}"
    tasks = [
        task(
            "info", way, {"appliance": made.appliance()}, environment={"https_proxy": closed}, register=f"proxied_{way}"
        )
        for way in ("direct", "delegated")
    ]
    tasks.append(task("info", "direct", {"appliance": made.appliance()}))
    names = ["proxied_direct", "proxied_delegated", "info_direct"]
    played = play(made.folder.parent, tasks, keep=names, environment={"no_proxy": "", "NO_PROXY": ""})
    for way in ("direct", "delegated"):
        assert "proxy" in played.results[f"proxied_{way}"]["msg"]
    assert not played.results["info_direct"].get("failed"), played.results["info_direct"]


def test_the_keyword_timeout_ends_a_wait(made: Site) -> None:
    """The wait would go on for an hour; the keyword ends it, and the play goes on."""
    made.box.install_plan = type(QUICK)(outcome="hangs")
    made.box.install(Package("base", "6.2.0"), "automatic")
    wait = {"appliance": made.appliance(), "state": "settled", "poll_interval": 1, "deadline": 3600}
    begun = time.monotonic()
    played = play(made.folder.parent, [task("update", "direct", wait, timeout=2)], keep=["update_direct"])
    assert time.monotonic() - begun < 600
    assert played.results["update_direct"]["failed"]
    said = str(played.results["update_direct"])
    assert any(words in said for words in ("timed out", "timeout", "expected time frame"))
    assert made.truth.commands == []


@pytest.mark.parametrize("quiet", ["", "{{ 'yes' }}"])
def test_lines_are_shown_while_a_task_runs_and_hold_no_secret(made: Site, quiet: str) -> None:
    made.back_up()
    arguments = {
        "appliance": made.appliance(),
        "target": {"base": "6.2.0"},
        "backup": {"directory": str(made.backups)},
        "poll_interval": 0.01,
        "deadline": 3600,
        "sessions": "accept",
    }
    made.box.install_plan = type(QUICK)(download=3, install=5, restart=3)
    update = task("update", "direct", arguments, vars={"bomgar_quiet": quiet})
    played = play(made.folder.parent, [update], keep=["update_direct"])
    assert played.results["update_direct"]["outcome"] == "changed", played.text
    for line in ("installing Base Software-6.2.0", "Base Software-6.2.0 is installed"):
        assert (f"support.example.com  a  {line}" in played.text) is not bool(quiet)
    for hidden in made.secrets():
        assert hidden not in played.text


def test_module_defaults_of_the_group_apply_every_way(made: Site) -> None:
    tasks = [task("info", way, {}) for way in WAYS] + [awaited("info")]
    defaults = {"group/bomgar.appliance.appliance": {"appliance": made.appliance()}}
    played = play(made.folder.parent, tasks, keep=[f"info_{way}" for way in WAYS], module_defaults=defaults)
    for way in WAYS:
        assert played.results[f"info_{way}"]["versions"]["site"] == "24.1.1"


def test_a_missing_library_is_named_the_same_every_way(made: Site) -> None:
    stand_in = made.folder.parent / "without"
    stand_in.mkdir()
    (stand_in / "lxml.py").write_text("raise ImportError('not here')\n")
    tasks = [task("info", way, {"appliance": made.appliance()}) for way in ("direct", "delegated")]
    tasks += [task("update_info", way, {"appliance": made.appliance()}) for way in ("direct", "delegated")]
    played = play(
        made.folder.parent,
        tasks,
        keep=[f"{module}_{way}" for module in ("info", "update_info") for way in ("direct", "delegated")],
        environment={"PYTHONPATH": str(stand_in)},
    )
    direct, delegated = played.results["update_info_direct"], played.results["update_info_delegated"]
    assert direct["failed"]
    assert "lxml" in direct["msg"]
    assert "Failed to import the required Python library" in direct["msg"]
    assert "-m pip install -r requirements.txt" in direct["msg"]
    assert direct["msg"] == delegated["msg"]
    assert result_of(played, "info", "direct") == result_of(played, "info", "delegated")
    assert result_of(played, "info", "direct")["error"]["library"] == "lxml"


def test_the_action_itself_is_no_module(made: Site) -> None:
    played = play(made.folder.parent, [{"bomgar.appliance.direct": {}}])
    assert played.code != 0
    assert "is not for playbooks" in played.text or "was not found" in played.text


def test_loops_and_no_log_keep_their_word(made: Site) -> None:
    arguments = {"appliance": made.appliance()}
    tasks: list[dict[str, Any]] = [
        {"bomgar.appliance.info": arguments, "loop": [1, 2], "register": "looped"},
        {"bomgar.appliance.info": arguments, "no_log": True, "register": "hidden"},
        {"bomgar.appliance.info": arguments, "when": False, "register": "skipped"},
    ]
    played = play(made.folder.parent, tasks, "-v", keep=["looped", "hidden", "skipped"])
    assert [item["versions"]["site"] for item in played.results["looped"]["results"]] == ["24.1.1", "24.1.1"]
    assert "censored" in played.text
    assert played.results["skipped"]["skipped"]
