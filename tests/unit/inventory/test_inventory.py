# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory contract accepts, refuses and turns into connections."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import connect, inventory
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from hypothesis import given as drawn
from hypothesis import strategies as st

PAIR = {"bomgar_appliances": {name: {"url": f"https://{name}"} for name in "ab"}}
SITE = "support.example.com"
SECRET = "a-long-and-distinctive-secret-7081"


def accepted(option: dict[str, Any], spec: dict[str, Any]) -> None:
    """Whether the option `appliance` has these keys."""
    for key, value in option.items():
        assert key in spec, key
        if isinstance(value, dict) and "options" in spec[key]:
            accepted(value, spec[key]["options"])


def test_the_front_door_is_the_only_appliance_when_nothing_is_said() -> None:
    assert inventory.connections(SITE) == {"a": {"url": f"https://{SITE}", "site": SITE, "name": "a"}}


def test_every_connection_variable_has_its_place_in_the_modules_option() -> None:
    values = {variable.name: "x" for variable in inventory.VARIABLES if variable.option}
    values |= {"bomgar_url": "https://front.example.com", "bomgar_timeout": 5, "bomgar_driver": "api"}
    option = inventory.connections(SITE, None, values)["a"]
    accepted(option, connect.APPLIANCE["options"])
    assert option["url"] == "https://front.example.com"
    assert option["api"] == {"client_id": "x", "client_secret": "x", "username": "x", "password": "x"}
    # The last two have no variable of the site: they differ from appliance to appliance.
    assert set(connect.APPLIANCE["options"]) - set(option) == {"address", "port"}


def test_the_modules_know_as_secret_what_the_inventory_knows_as_secret() -> None:
    for variable in inventory.VARIABLES:
        spec: dict[str, Any] = connect.APPLIANCE
        for step in variable.option:
            spec = spec["options"][step]
        if variable.option:
            assert bool(spec.get("no_log")) == variable.secret, variable.name


def test_what_stands_under_an_appliance_overrides_the_sites() -> None:
    found = inventory.connections(
        SITE,
        {"b": {"url": "https://b.example.com", "appliance_password": "own", "address": "10.0.0.2", "port": 443}},
        {
            "bomgar_appliance_username": "admin",
            "appliance_password": "common",
            "bomgar_url": "https://front.example.com",
        },
    )
    assert found == {
        "b": {
            "url": "https://b.example.com",
            "site": SITE,
            "name": "b",
            "address": "10.0.0.2",
            "port": 443,
            "appliance": {"username": "admin", "password": "own"},
        }
    }


def test_a_pair_has_an_address_for_each() -> None:
    pair = {"a": {"url": "https://a.example.com"}, "b": {"url": "https://b.example.com"}}
    assert [option["url"] for option in inventory.connections(SITE, pair).values()] == [
        "https://a.example.com",
        "https://b.example.com",
    ]
    with pytest.raises(BadInput) as caught:
        inventory.connections(SITE, {"a": {"url": "https://a.example.com"}, "b": {}}, {"bomgar_url": f"https://{SITE}"})
    assert "bomgar_appliances.b.url is not given" in str(caught.value)


@pytest.mark.parametrize("nothing", [None, "", "  ", {}, []])
def test_empty_counts_as_not_given(nothing: Any) -> None:
    assert inventory.given({"bomgar_sessions": nothing, "bomgar_window_ends": nothing}) == {}
    found = inventory.connections(SITE, nothing, {"bomgar_url": nothing, "bomgar_api_client_id": nothing})
    assert found == inventory.connections(SITE)
    assert inventory.problems(SITE, {variable.name: nothing for variable in inventory.VARIABLES}) == []


def test_zero_and_false_are_given() -> None:
    values = {"bomgar_backup_max_age": 0, "bomgar_validate_certs": False}
    assert inventory.problems(SITE, values) == []
    assert inventory.given(values) == {"backup_max_age": 0, "validate_certs": False}
    assert inventory.connections(SITE, None, values)["a"]["validate_certs"] is False


def test_a_pair_as_in_the_documentation_has_no_problem() -> None:
    values = {
        **PAIR,
        "bomgar_path": "role_swap",
        "bomgar_window": "first",
        "bomgar_packages": ["/srv/base.pkg"],
        "bomgar_target": {"site": "11.1.1", "base": "3.2.6"},
        "bomgar_cutover": {
            "method": "dns",
            "server": "10.0.0.53",
            "zone": "example.com",
            "key_name": "upgrade",
            "key_secret": SECRET,
            "by_address": [{"name": "tickets", "address": "10.0.0.1"}],
        },
    }
    assert inventory.problems(SITE, values) == []


def test_shorter_ways_to_write_it() -> None:
    assert inventory.given({"bomgar_target": "latest"})["target"] == {"site": "latest", "base": "latest"}
    assert inventory.given({"bomgar_target": {"site": "11.1.1", "base": ""}})["target"] == {"site": "11.1.1"}
    packages = ["/srv/base.pkg", {"path": "/srv/site.pkg", "sha256": "0" * 64}]
    assert inventory.given({"bomgar_packages": packages})["packages"][0] == {"path": "/srv/base.pkg"}
    moment = datetime(2027, 1, 31, 4, tzinfo=timezone.utc)
    assert inventory.given({"bomgar_window_ends": moment})["window_ends"] == "2027-01-31T04:00:00+00:00"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"bomgar_sesions": "wait"}, "bomgar_sesions is no variable of this collection (did you mean bomgar_sessions?)"),
        ({"bomgar_url": "http://support.example.com"}, "bomgar_url has to begin with https://"),
        ({"bomgar_url": "https://support.example.com/login"}, "bomgar_url has to end after the host"),
        ({"bomgar_url": "https://[::1"}, "bomgar_url is no address"),
        ({"bomgar_url": ["https://x"]}, "bomgar_url has to be an address"),
        ({"bomgar_driver": "wob"}, "bomgar_driver has to be auto, api, web or operator, not 'wob' (did you mean web?)"),
        ({"bomgar_plans": "f" * 64}, "bomgar_plans has to be a dictionary of sites and the fingerprints"),
        ({"bomgar_plans": {SITE: "../plan.json"}}, f"bomgar_plans has no fingerprint for {SITE}"),
        ({"bomgar_plans": {"other.example.com": "f" * 64}}, f"bomgar_plans holds no plan of {SITE}: run plan_upgrade"),
        ({"bomgar_sessions": "waits"}, "bomgar_sessions has to be refuse, wait or accept"),
        ({"bomgar_timeout": "soon"}, "bomgar_timeout has to be a number above 0, not 'soon'"),
        ({"bomgar_backup_max_age": -1}, "bomgar_backup_max_age has to be a number, 0 or more, not '-1'"),
        ({"bomgar_backup_keep": 1.5}, "bomgar_backup_keep has to be a whole number, 1 or more, not '1.5'"),
        ({"bomgar_packages": [{"file": "/srv/base.pkg"}]}, "with the key 'file'; its keys are path, sha256, provides"),
        ({"bomgar_labels": {"updates.check": "x"}}, "bomgar_labels has a text for 'updates.check': write a list"),
        ({"bomgar_labels": {"no.such": ["x"]}}, "bomgar_labels cannot be used: use the label 'no.such'"),
        ({"bomgar_timeout": True}, "bomgar_timeout has to be a number above 0"),
        ({"bomgar_poll_interval": 0}, "bomgar_poll_interval has to be a number above 0"),
        ({"bomgar_backup_keep": 0}, "bomgar_backup_keep has to be a whole number, 1 or more"),
        ({"bomgar_backup_keep": "1.5"}, "bomgar_backup_keep has to be a whole number"),
        ({"bomgar_validate_certs": "maybe"}, "bomgar_validate_certs has to be true or false"),
        ({"bomgar_labels": ["x"]}, "bomgar_labels has to be a dictionary"),
        ({"bomgar_acceptance": "health"}, "bomgar_acceptance has to be a list"),
        ({"bomgar_target": "11.1.1"}, "bomgar_target has to be a dictionary"),
        ({"bomgar_target": {"sites": "11.1.1"}}, "bomgar_target has the key 'sites'; its keys are site and base"),
        ({"bomgar_target": {"site": 11.1}}, "bomgar_target has the number 11.1 for site: write it in quotes"),
        ({"bomgar_target": {"base": "new"}}, "bomgar_target has 'new' for base, which is no version"),
        ({"bomgar_packages": "/srv/x.pkg"}, "bomgar_packages has to be a list"),
        ({"bomgar_packages": [{"pth": "/srv/x"}]}, "the key 'pth' (did you mean path?); its keys are path, sha256, provides"),
        ({"bomgar_packages": [{"sha256": "0" * 64}]}, "a package (1.) without a path"),
        ({"bomgar_packages": [7]}, "a package (1.) that is neither a path nor a dictionary"),
        ({"bomgar_packages": ["/srv/x.pkg"]}, "bomgar_path is automatic: set bomgar_path to manual"),
        ({"bomgar_path": "manual", "bomgar_target": "latest", "bomgar_packages": ["/x"]}, "bomgar_target is latest"),
        ({"bomgar_window_ends": "tonight"}, "bomgar_window_ends cannot be read: it is no ISO 8601 time"),
        ({"bomgar_window_ends": "2027-01-31T04:00:00"}, "it names no time zone"),
        ({"bomgar_window_ends": datetime(2027, 1, 31)}, "it names no time zone"),  # noqa: DTZ001
        ({"bomgar_waivers": {"health": " "}}, "bomgar_waivers cannot be used: waive the check 'health': no reason is given"),
        ({"bomgar_waivers": {"helth": "t"}}, "bomgar_waivers cannot be used: waive the check 'helth': there is no such check"),
        ({"bomgar_waivers": {"sessions": "t"}}, "this one cannot be waived: say it with bomgar_sessions: accept"),
        ({"bomgar_waivers": {"acceptance[1]": "t"}, "bomgar_acceptance": ["health.healthy"]}, "'acceptance[1]': there is no such check"),
        ({"bomgar_waivers": ["health"]}, "bomgar_waivers has to be a dictionary of check ids and reasons"),
        ({"bomgar_api_client_id": "x"}, "bomgar_api_client_id is given, but bomgar_api_client_secret is not"),
        ({"bomgar_appliance_password": "x"}, "bomgar_appliance_password is given, but bomgar_appliance_username is not"),
        ({"bomgar_path": "role_swap"}, "bomgar_path role_swap is for pairs, but the site has one appliance"),
        ({"bomgar_window": "first"}, "bomgar_window is for pairs"),
        ({"bomgar_abort": True}, "bomgar_abort is for pairs"),
        ({"bomgar_pair_automatic": "yes"}, "bomgar_pair_automatic is for pairs"),
        ({"bomgar_pair_automatic": "perhaps"}, "bomgar_pair_automatic has to be true or false"),
        ({"bomgar_appliances": ["https://a"]}, "bomgar_appliances has to be a dictionary"),
        ({"bomgar_appliances": {"a": "https://a"}}, "bomgar_appliances.a has to be a dictionary"),
        ({"bomgar_appliances": {"a": {"ulr": "x"}}}, "bomgar_appliances.a.ulr is not known (did you mean url?); the keys are url, "),
        ({"bomgar_appliances": {"a": {"url": "ftp://a"}}}, "bomgar_appliances.a.url has to begin with https://"),
        ({"bomgar_appliances": {"a": {"port": "x"}}}, "bomgar_appliances.a.port has to be a whole number"),
        ({"bomgar_appliances": {name: {"url": f"https://{name}"} for name in "ab"}}, "bomgar_path is not given: set in_place"),
        ({**PAIR, "bomgar_path": "manual"}, "bomgar_path is manual: set in_place (production first) or role_swap (standby first)"),
        ({**PAIR, "bomgar_path": "in_place", "bomgar_target": "latest"}, "both appliances of a pair need the same"),
        ({**PAIR, "bomgar_path": "in_place", "bomgar_pair_automatic": True, "bomgar_packages": ["/x"]}, "insists on automatic updates: take one"),
        ({"bomgar_cutover": {}, **PAIR, "bomgar_path": "role_swap", "bomgar_waivers": {"nothing": "x"}}, "no such check"),
        ({"bomgar_cutover": {"method": "dsn"}}, "bomgar_cutover needs a method: dns, shared_ip, tasks or operator, not 'dsn'"),
        ({"bomgar_cutover": {"method": "dns", "sever": "x"}}, "the key 'sever' (did you mean server?)"),
        ({"bomgar_cutover": {"method": "dns", "server": "x"}}, "bomgar_cutover lacks zone, key_name, key_secret"),
        ({"bomgar_cutover": {"method": "tasks"}}, "bomgar_cutover lacks file"),
        ({"bomgar_appliances": {name: {"url": f"https://{name}"} for name in "abc"}}, "a site has one or two"),
        ({"bomgar_appliances": {"a": {}, "b": {}}}, "bomgar_appliances.a.url is not given"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_remedy(variables: dict[str, Any], message: str) -> None:
    found = inventory.problems(SITE, variables)
    assert any(message in problem for problem in found), found
    assert len(found) == 1


def test_a_plan_that_is_named_counts_before_those_that_a_workflow_handed_on() -> None:
    others = {"bomgar_plans": {"other.example.com": "f" * 64}}
    assert inventory.problems(SITE, {"bomgar_plan": "plan.json", **others}) == []
    assert inventory.problems(SITE, {"bomgar_plans": {SITE: "f" * 64, **others["bomgar_plans"]}}) == []


def test_a_variable_of_the_users_own_is_left_alone() -> None:
    assert inventory.problems(SITE, {"bomgar_our_rack_number": 7}) == []
    assert inventory.problems(SITE, {}, ["site_name", "plan_test", "site_usual_duration", "status_page"]) == []


def test_a_misspelt_option_of_a_role_is_named() -> None:
    assert inventory.problems(SITE, {}, ["site_usual_duratoin"]) == [
        "site_usual_duratoin is no option of this collection's roles (did you mean site_usual_duration?)"
    ]


def test_everything_wrong_is_said_at_once() -> None:
    assert len(inventory.problems(SITE, {"bomgar_ulr": 1, "bomgar_driver": "x", "bomgar_timeout": "x"})) == 3


def test_a_site_as_in_the_documentation_has_no_problem() -> None:
    values = {
        "bomgar_api_client_id": "x",
        "bomgar_api_client_secret": SECRET,
        "bomgar_path": "manual",
        "bomgar_packages": ["/srv/base.pkg"],
        "bomgar_target": {"site": "11.1.1", "base": "3.2.6"},
        "bomgar_acceptance": ["health.healthy"],
        "bomgar_waivers": {"health": "ticket 4711", "acceptance[0]": "ticket 4712"},
        "bomgar_abort": "false",
        "bomgar_cutover": {"method": "operator"},
        "bomgar_cutover_from": "a",
    }
    assert inventory.problems(SITE, values) == []


@pytest.mark.parametrize(
    "variables",
    [
        {"bomgar_url": f"https://user:{SECRET}@support.example.com"},
        {"bomgar_url": f"https://[{SECRET}"},
        {"bomgar_api_client_secret": {"not": SECRET}},
        {"bomgar_proxy": [SECRET]},
        {"bomgar_appliances": {"a": SECRET}},
        {"bomgar_appliances": {"a": {"url": f"https://user:{SECRET}@x", "api_password": [SECRET]}}},
        {"bomgar_appliances": SECRET},
    ],
)
def test_no_message_holds_a_secret(variables: dict[str, Any]) -> None:
    found = inventory.problems(SITE, variables)
    assert found
    assert SECRET not in " ".join(found)
    if "bomgar_url" in variables or "bomgar_appliances" in variables:
        with pytest.raises(BadInput) as caught:
            inventory.connections(SITE, variables.get("bomgar_appliances"), variables)
        assert SECRET not in str(caught.value)


def test_an_unknown_name_among_the_common_values_is_refused() -> None:
    with pytest.raises(BadInput, match="did you mean bomgar_api_client_id"):
        inventory.connections(SITE, None, {"api_clientid": "x"})


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


@drawn(st.dictionaries(st.sampled_from(sorted(inventory.BY_NAME)) | st.text(max_size=20), _VALUES, max_size=6))
def test_any_value_is_judged_and_never_crashes(variables: dict[str, Any]) -> None:
    found = inventory.problems(SITE, variables)
    assert all(isinstance(problem, str) and problem for problem in found)
    if not found:
        for option in inventory.connections(SITE, variables.get("bomgar_appliances"), variables).values():
            accepted(option, connect.APPLIANCE["options"])
        inventory.given(variables)


SUNDAYS = {"every": "sunday", "at": "02:00", "hours": 4, "timezone": "Europe/Rome"}


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"bomgar_windows": [SUNDAYS]}, []),
        (
            {"bomgar_windows": [{**SUNDAYS, "at": 1320}]},
            ["bomgar_windows has a window (1.) with the number 1320 for at"],
        ),
        ({"bomgar_windows": [{**SUNDAYS, "window": "first"}]}, ["(1.) with window: first, which is for pairs"]),
        (
            {**PAIR, "bomgar_path": "in_place", "bomgar_windows": [SUNDAYS]},
            ["(1.) that does not say which one of the pair"],
        ),
        ({**PAIR, "bomgar_path": "in_place", "bomgar_windows": [{**SUNDAYS, "window": "second"}]}, []),
    ],
)
def test_windows(variables: dict[str, Any], wrong: list[str]) -> None:
    found = inventory.problems(SITE, variables)
    assert len(found) == len(wrong), found
    for sentence, words in zip(found, wrong, strict=True):
        assert words in sentence
