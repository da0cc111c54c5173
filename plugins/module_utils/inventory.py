# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory contract: which `bomgar_*` variables there are, what is wrong with a site's, and whom they lead to. Pure.

Talks to nothing, reads no file, and puts no value of a variable into a message unless that value can be no secret.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from . import timetable, waves
from .accounts import ACCOUNTS, Account
from .checks import waivers_from
from .errors import BadInput
from .path import FINGERPRINT
from .versions import LATEST
from .versions import key as version_key
from .web.labels import Labels
from .window import ends

PREFIX = "bomgar_"

#: How a value is judged: it returns what is wrong with it, in words that may follow the variable's name, or None.
Judge = Callable[[Any], "str | None"]


# -- one variable -----------------------------------------------------------------------------------------------------


def _text(value: Any) -> str | None:
    return None if isinstance(value, (str, int, float)) and not isinstance(value, bool) else "has to be a text"


def _flag(value: Any) -> str | None:
    words = ("true", "false", "yes", "no", "on", "off", "1", "0")
    if isinstance(value, bool) or str(value).strip().lower() in words:
        return None
    return "has to be true or false"


def _is_true(value: Any) -> bool:
    return str(value).strip().lower() in ("true", "yes", "on", "1")


def _number(value: Any) -> str | None:
    try:
        good = not isinstance(value, bool) and float(value) > 0
    except (TypeError, ValueError):
        good = False
    return None if good else f"has to be a number above 0, not {_short(value)}"


def _not_negative(value: Any) -> str | None:
    return (
        None
        if _number(value) is None or str(value).strip() in ("0", "0.0")
        else f"has to be a number, 0 or more, not {_short(value)}"
    )


def _count(value: Any) -> str | None:
    try:
        good = not isinstance(value, bool) and float(value) == int(float(value)) >= 1
    except (TypeError, ValueError, OverflowError):
        good = False
    return None if good else f"has to be a whole number, 1 or more, not {_short(value)}"


def _mapping(value: Any) -> str | None:
    return None if isinstance(value, Mapping) else "has to be a dictionary"


def _choice(*words: str) -> Judge:
    def judge(value: Any) -> str | None:
        if isinstance(value, str) and value.strip() in words:
            return None
        return f"has to be {_either(words)}, not {_short(value)}{_meant(str(value), words)}"

    return judge


def _address(value: Any) -> str | None:
    """What is wrong with a URL; never quotes it, since a password may stand in it."""
    if not isinstance(value, str):
        return "has to be an address such as https://support.example.com"
    try:
        parts = urlsplit(value.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is no address: write it as https://support.example.com"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or password: take it out and give accounts by their own variables"
    if parts.scheme != "https" or not host:
        return "has to begin with https:// and name a host, as https://support.example.com"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return "has to end after the host (and port), as https://support.example.com"
    return None


def _target(value: Any) -> str | None:
    if value == LATEST:
        return None
    if not isinstance(value, Mapping):
        return 'has to be a dictionary, as {site: "11.1.1", base: "3.2.6"}, or the word latest'
    for name, version in value.items():
        if name not in ("site", "base"):
            return f"has the key {name!r}; its keys are site and base"
        if version in (None, "", LATEST):
            continue
        if isinstance(version, float):
            return f'has the number {version} for {name}: write it in quotes ("{version}"), or 11.10 is read as 11.1'
        try:
            version_key(str(version))
        except BadInput:
            return f"has {_short(version)} for {name}, which is no version: write numbers with dots, or latest"
    return None


def _packages(value: Any) -> str | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return "has to be a list of package files, in the order of their installation"
    for number, item in enumerate(value, 1):
        if isinstance(item, str):
            continue
        if not isinstance(item, Mapping):
            return f"has a package ({number}.) that is neither a path nor a dictionary with one"
        wrong = _wrong_key(item, ("path", "sha256", "provides"))
        if wrong:
            return f"has a package ({number}.) with {wrong}"
        if not item.get("path"):
            return f"has a package ({number}.) without a path"
    return None


def _labels(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "has to be a dictionary of labels and their texts"
    single = next((key for key, texts in value.items() if isinstance(texts, str)), None)
    if single is not None:
        return f'has a text for {single!r}: write a list, as {single}: ["the text as the page shows it"]'
    try:
        Labels.from_options(value)
    except BadInput as problem:
        return f"cannot be used: {str(problem).rstrip('.')}"
    return None


def _window_ends(value: Any) -> str | None:
    try:
        ends(value.isoformat() if hasattr(value, "isoformat") else str(value))
    except BadInput as problem:
        return f"cannot be read: {problem.got}; write it as 2027-01-31T04:00:00+01:00"
    return None


def _waivers(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "has to be a dictionary of check ids and reasons"
    return _waiver_trouble(value, None)


def _waiver_trouble(value: Mapping[Any, Any], acceptance: int | None) -> str | None:
    try:
        waivers_from(value, acceptance)
    except BadInput as problem:
        return f"cannot be used: {str(problem).rstrip('.')}"
    return None


def _listing(value: Any) -> str | None:
    return None if isinstance(value, Sequence) and not isinstance(value, str) else "has to be a list"


def _waves(rule: Callable[[Any], Any]) -> Judge:
    """What waves are made of, by the rule that reads it."""

    def judge(value: Any) -> str | None:
        try:
            rule(value)
        except BadInput as problem:
            return f"cannot be used: {problem.got}. {problem.remedy}"
        return None

    return judge


def _plans(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "has to be a dictionary of sites and the fingerprints of their plans"
    wrong = next((str(site) for site, plan in value.items() if not FINGERPRINT.fullmatch(str(plan))), None)
    return None if wrong is None else f"has no fingerprint for {wrong}: a fingerprint is 64 hexadecimal digits"


def _text_or_list(value: Any) -> str | None:
    return None if _text(value) is None or _listing(value) is None else "has to be a text or a list"


_CUTOVER_KEYS: dict[str, tuple[str, ...]] = {
    "dns": (
        "server",
        "port",
        "zone",
        "record",
        "ttl",
        "key_name",
        "key_secret",
        "key_algorithm",
        "resolvers",
        "addresses",
    ),
    "shared_ip": ("shared_ips", "peer_gone"),
    "tasks": ("file",),
    "operator": (),
}
_CUTOVER_NEEDED = {"dns": ("server", "zone", "key_name", "key_secret"), "tasks": ("file",)}
_CUTOVER_ALWAYS = ("method", "by_address", "show_within")


def _cutover(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "has to be a dictionary, as {method: operator}"
    method = str(value.get("method", ""))
    if method not in _CUTOVER_KEYS:
        return f"needs a method: {_either(tuple(_CUTOVER_KEYS))}, not {_short(value.get('method'))}"
    wrong = _wrong_key(value, (*_CUTOVER_ALWAYS, *_CUTOVER_KEYS[method]))
    if wrong:
        return f"has {wrong}"
    lacking = [key for key in _CUTOVER_NEEDED.get(method, ()) if _empty(value.get(key))]
    return f"lacks {', '.join(lacking)}, which the method {method} needs" if lacking else None


@dataclass(frozen=True)
class Variable:
    """One variable of the contract. `option`: its place in a module's option `appliance`."""

    name: str
    judge: Judge = _text
    option: tuple[str, ...] = ()
    secret: bool = False

    @property
    def short(self) -> str:
        """The name without `bomgar_`: the key under `bomgar_appliances.<name>`."""
        return self.name.removeprefix(PREFIX)


def _halves(account: Account) -> tuple[Variable, Variable]:
    name, secret = account.variables
    return (
        Variable(name, option=(account.group, account.name)),
        Variable(secret, option=(account.group, account.secret), secret=True),
    )


#: Every variable that a person may set, in the order of the documentation. The one place that lists them.
VARIABLES: tuple[Variable, ...] = (
    Variable("bomgar_appliances", _mapping),
    Variable("bomgar_url", _address, ("url",)),
    *(half for account in ACCOUNTS for half in _halves(account)),
    Variable("bomgar_ca_path", option=("ca_path",)),
    Variable("bomgar_validate_certs", _flag, ("validate_certs",)),
    Variable("bomgar_timeout", _number, ("timeout",)),
    Variable("bomgar_proxy", option=("proxy",), secret=True),
    Variable("bomgar_driver", _choice("auto", "api", "web", "operator"), ("driver",)),
    Variable("bomgar_attended", _flag, ("attended",)),
    Variable("bomgar_labels", _labels, ("labels",)),
    Variable("bomgar_path", _choice("automatic", "manual", "in_place", "role_swap")),
    Variable("bomgar_target", _target),
    Variable("bomgar_packages", _packages),
    Variable("bomgar_pair_automatic", _flag),
    Variable("bomgar_window", _choice("first", "second")),
    Variable("bomgar_window_ends", _window_ends),
    Variable("bomgar_windows", timetable.problem),
    Variable("bomgar_sessions", _choice("refuse", "wait", "accept")),
    Variable("bomgar_sessions_wait", _number),
    Variable("bomgar_cutover", _cutover),
    Variable("bomgar_failover_key", secret=True),
    Variable("bomgar_acceptance", _listing),
    Variable("bomgar_signed_off_by"),
    Variable("bomgar_abort", _flag),
    Variable("bomgar_plan"),
    Variable("bomgar_plans", _plans),
    Variable("bomgar_backup_dir"),
    Variable("bomgar_backup_max_age", _not_negative),
    Variable("bomgar_backup_keep", _count),
    Variable("bomgar_record_dir"),
    Variable("bomgar_records", _mapping),
    Variable("bomgar_poll_interval", _number),
    Variable("bomgar_deadline", _number),
    Variable("bomgar_waivers", _waivers),
    Variable("bomgar_quiet", _flag),
    # Which sites a playbook takes, and how many at a time.
    Variable("bomgar_hosts", _text_or_list),
    Variable("bomgar_serial", _waves(waves.sizes)),
    Variable("bomgar_may_fail", _waves(lambda value: waves.hold((), (), value))),
    Variable("bomgar_bake", _waves(lambda value: waves.bake(value, 1))),
)

#: What the roles take besides these. Judged by Ansible; here only so that a misspelt one does not pass.
ROLE_OPTIONS = (
    "converge_again",
    "fleet_report_because",
    "fleet_report_dir",
    "fleet_report_failed",
    "fleet_report_sites",
    "fleet_report_wished",
    "integration_audit_accepted",
    "integration_audit_databases",
    "integration_audit_exclude",
    "integration_audit_gate",
    "integration_audit_parsers",
    "integration_audit_sources",
    "pair_upgrade_tasks_after_update",
    "pair_upgrade_apart_since",
    "pair_upgrade_tasks_before_update",
    "plan_checks",
    "plan_dest",
    "readiness_gate",
    "readiness_installs",
    "readiness_thresholds",
    "rehearsal_dir",
    "rehearsal_own_tasks",
    "rehearsal_scale",
    "rehearsal_sessions",
    "rehearsal_variables",
    "session_export_chunk",
    "session_export_dir",
    "session_export_report",
    "session_export_since",
    "session_export_until",
    "single_upgrade_tasks_after_update",
    "single_upgrade_tasks_before_update",
    "site_hold",
    "site_member",
    "site_rehearsal",
    "site_usual_duration",
    "status_check_for_updates",
    "status_second_window_within",
    "validation_relation",
    "validation_sign_off",
    "validation_thresholds",
    "validation_upgraded",
)

#: Names that are given to a user's own task file, not set by a person.
GIVEN_TO_TASKS = ("bomgar_cutover_from", "bomgar_cutover_to")

BY_NAME: dict[str, Variable] = {variable.name: variable for variable in VARIABLES}

#: Keys under `bomgar_appliances.<name>` that are no variable of their own: what the site name and the peer use.
_OWN_KEYS: dict[str, Judge] = {"address": _text, "port": _count}

#: Paths of pairs.
_PAIR_PATHS = ("in_place", "role_swap")


# -- what is given ----------------------------------------------------------------------------------------------------


def given(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The known variables that were given, without `bomgar_`, and in the form that the modules take.

    None and empty texts count as not given (a survey's empty field, an unset environment variable). A target `latest` becomes
    one for both packages, a package that is only a path a dictionary with it.
    """
    found = {
        variable.short: variables[variable.name]
        for variable in VARIABLES
        if variable.name in variables and not _empty(variables[variable.name])
    }
    if found.get("target") == LATEST:
        found["target"] = {"site": LATEST, "base": LATEST}
    elif isinstance(found.get("target"), Mapping):
        found["target"] = {
            name: str(version).strip() for name, version in found["target"].items() if not _empty(version)
        }
    if not _packages(found.get("packages")):
        found["packages"] = [{"path": item} if isinstance(item, str) else item for item in found["packages"]]
    if hasattr(found.get("window_ends"), "isoformat"):
        found["window_ends"] = found["window_ends"].isoformat()  # YAML reads an unquoted time by itself
    return found


def connections(
    host: str, appliances: Any = None, common: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """The option `appliance` of each of a site's appliances, by its name.

    host: the inventory's name of the site. appliances: `bomgar_appliances`, or nothing: then the front door is the only
    appliance, `a`. common: the site's variables, with or without `bomgar_`. BadInput names the variable that is wrong.
    """
    values = {name if name.startswith(PREFIX) else PREFIX + name: value for name, value in (common or {}).items()}
    wrong = [*_unknown(values), *_appliance_problems(appliances)]
    if wrong:
        raise BadInput(f"read the variables of {host}", "; ".join(wrong), "Correct the inventory.")
    shared = {name: values[name] for name in _CONNECTION if not _empty(values.get(name))}
    boxes: Mapping[str, Any] = {"a": {}} if _empty(appliances) else appliances
    found = {}
    for name, own in boxes.items():
        chosen = dict(shared)
        if len(boxes) > 1:
            chosen.pop("bomgar_url", None)  # the front door leads to one of them, never to a certain one
        chosen.update({PREFIX + key: value for key, value in (own or {}).items() if not _empty(value)})
        found[str(name)] = _option(host, str(name), chosen, alone=len(boxes) == 1)
    return found


def door(host: str, found: Mapping[str, Mapping[str, Any]], url: str | None = None) -> dict[str, Any]:
    """How to reach the site's own address, without any account: its only appliance, or `url` (bomgar_url) of a pair.

    host: the inventory's name of the site. found: its `connections`.
    """
    first = next(iter(found.values()))
    own = first["url"] if len(found) == 1 else url or f"https://{host}"
    kept = {key: first[key] for key in ("ca_path", "validate_certs", "timeout", "proxy") if key in first}
    return {"url": own, "site": host, **kept}


def _option(host: str, name: str, chosen: Mapping[str, Any], *, alone: bool) -> dict[str, Any]:
    where = "bomgar_url" if alone else f"bomgar_appliances.{name}.url"
    url = chosen.get("bomgar_url") or (f"https://{host}" if alone else None)
    problem = "is not given: in a pair each appliance has an address of its own" if url is None else _address(url)
    if problem:
        raise BadInput(f"read the variables of {host}", f"{where} {problem}", f"Correct {where}.")
    option: dict[str, Any] = {"url": str(url).strip(), "site": host, "name": name}
    for variable in _CONNECTION.values():
        if variable.name in chosen and variable.option != ("url",):
            *groups, last = variable.option
            place = option
            for group in groups:
                place = place.setdefault(group, {})
            place[last] = chosen[variable.name]
    option.update({key: chosen[PREFIX + key] for key in _OWN_KEYS if PREFIX + key in chosen})
    return option


# -- what is wrong ----------------------------------------------------------------------------------------------------


def problems(host: str, variables: Mapping[str, Any], others: Iterable[str] = ()) -> list[str]:
    """Everything that is wrong with a site's `bomgar_*` variables, one sentence each that names the variable and the remedy.

    `others`: names of further variables, among which a misspelt option of a role is looked for.
    Judged before anything is sent. What only the appliance can tell (a wrong password, a version that nobody offers) is not
    judged here.
    """
    found = _unknown(variables) + _misspelt_options(others)
    for variable in VARIABLES:
        value = variables.get(variable.name)
        if not _empty(value) and variable.name != "bomgar_appliances":
            wrong = variable.judge(value)
            if wrong:
                found.append(f"{variable.name} {wrong}")
    found += _appliance_problems(variables.get("bomgar_appliances"))
    if found:
        return found
    values = given(variables)
    try:
        boxes = connections(host, variables.get("bomgar_appliances"), variables)
    except BadInput as problem:
        return [problem.got]
    for name, option in boxes.items():
        found += _account_problems(name, option, alone=len(boxes) == 1)
    found += _plan_problems(host, values)
    return found + _work_problems(values) + _pair_problems(values, len(boxes)) + _kind_problems(values, len(boxes))


def _plan_problems(host: str, values: Mapping[str, Any]) -> list[str]:
    """A site that nobody planned when the others were. It must not be upgraded by whatever its plan is now."""
    if "plan" in values or host in values.get("plans", {host: None}):
        return []
    return [
        f"bomgar_plans holds no plan of {host}: run plan_upgrade for it, too, or leave it out of this run (--limit)"
    ]


def _work_problems(values: Mapping[str, Any]) -> list[str]:
    """What does not go together."""
    found = []
    path = values.get("path", "automatic")
    pair = len(values.get("appliances") or ()) > 1  # told its paths below
    if path == "automatic" and values.get("packages") and not pair:
        found.append(
            "bomgar_packages are given, but bomgar_path is automatic: set bomgar_path to manual, or take them out"
        )
    if path == "manual" and LATEST in (values.get("target") or {}).values():
        found.append("bomgar_target is latest, but bomgar_path is manual: name the versions that the packages bring")
    # How many acceptance expressions there are to waive is known only here.
    wrong = _waiver_trouble(values.get("waivers") or {}, len(values.get("acceptance") or ()))
    if wrong:
        found.append(f"bomgar_waivers {wrong}")
    return found


def _pair_problems(values: Mapping[str, Any], boxes: int) -> list[str]:
    """What does not go together of paths, windows and the number of appliances."""
    path = values.get("path", "automatic")
    if boxes == 1 and path in _PAIR_PATHS:
        return [
            f"bomgar_path {path} is for pairs, but the site has one appliance: name both in bomgar_appliances, or set automatic or manual"
        ]
    if boxes == 1:
        names = [
            name
            for name in ("window", "abort", "pair_automatic")
            if (name == "window" and name in values) or _is_true(values.get(name))
        ]
        return [f"bomgar_{name} is for pairs, but the site has one appliance: take it out" for name in names]
    if path not in _PAIR_PATHS:
        named = f"bomgar_path is {path}" if "path" in values else "bomgar_path is not given"
        wrong = (
            f"bomgar_appliances names a pair, but {named}: set in_place (production first) or role_swap (standby first)"
        )
        return [f"{wrong}. Automatic updates do not apply to failover pairs"]
    found = []
    if LATEST in (values.get("target") or {}).values():
        found.append("bomgar_target is latest, but both appliances of a pair need the same: name the versions")
    if _is_true(values.get("pair_automatic")) and values.get("packages"):
        found.append(
            "bomgar_packages are given, and bomgar_pair_automatic insists on automatic updates: take one of them out"
        )
    return found


def _kind_problems(values: Mapping[str, Any], boxes: int) -> list[str]:
    """Whether each of the windows says which one of a pair it is, and of a pair only."""
    found = []
    for number, window in enumerate(values.get("windows") or (), 1):
        if boxes > 1 and not window.get("window"):
            found.append(
                f"bomgar_windows has a window ({number}.) that does not say which one of the pair it is: window: first, or second"
            )
        if boxes == 1 and window.get("window"):
            found.append(
                f"bomgar_windows has a window ({number}.) with window: {window['window']}, which is for pairs, but the site has one appliance: take it out"
            )
    return found


def _account_problems(name: str, option: Mapping[str, Any], *, alone: bool) -> list[str]:
    """Accounts of which one half is missing."""
    where = "" if alone else f" (appliance {name})"
    found = []
    for one, other in map(_halves, ACCOUNTS):
        has, lacks = _at(option, one), _at(option, other)
        if (has is None) != (lacks is None):
            there, missing = (one, other) if lacks is None else (other, one)
            found.append(f"{there.name} is given, but {missing.name} is not{where}: give both")
    return found


def _appliance_problems(appliances: Any) -> list[str]:
    if _empty(appliances):
        return []
    if not isinstance(appliances, Mapping):
        return ["bomgar_appliances has to be a dictionary, as {a: {url: https://a.support.example.com}}"]
    found = []
    if len(appliances) > 2:
        found.append(f"bomgar_appliances names {len(appliances)} appliances: a site has one or two")
    for name, own in appliances.items():
        where = f"bomgar_appliances.{name}"
        if own is not None and not isinstance(own, Mapping):
            found.append(f"{where} has to be a dictionary, as {{url: https://a.support.example.com}}")
            continue
        for key, value in (own or {}).items():
            judge = _OWN_KEYS.get(key) or (
                _CONNECTION[PREFIX + key].judge if PREFIX + str(key) in _CONNECTION else None
            )
            if judge is None:
                found.append(
                    f"{where}.{key} is not known{_meant(str(key), _APPLIANCE_KEYS)}; the keys are {', '.join(_APPLIANCE_KEYS)}"
                )
            elif not _empty(value) and (wrong := judge(value)):
                found.append(f"{where}.{key} {wrong}")
    return found


def _unknown(variables: Iterable[str]) -> list[str]:
    """Names that are nearly one of ours: misspelt, so nothing may rest on them. Other names with our prefix are the user's own."""
    return [
        f"{name} is no variable of this collection (did you mean {PREFIX}{near}?)"
        for name in sorted(variables)
        if name.startswith(PREFIX)
        and name not in BY_NAME
        and name not in GIVEN_TO_TASKS
        and (near := _meant_variable(name))
    ]


def _misspelt_options(names: Iterable[str]) -> list[str]:
    # Whoever uses such a prefix for variables of his own is left alone, unless they are the same but for a slip.
    return [
        f"{name} is no option of this collection's roles (did you mean {near}?)"
        for name in sorted(names)
        if name not in ROLE_OPTIONS and (near := _nearest(name, ROLE_OPTIONS, 0.9))
    ]


def _meant_variable(name: str) -> str | None:
    # Without the prefix, which makes any two of these names look alike.
    return _nearest(name.removeprefix(PREFIX), (variable.short for variable in VARIABLES), 0.65)


# -- words ------------------------------------------------------------------------------------------------------------


def _empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, (dict, list)) and not value)
    )


def _nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    return next(iter(difflib.get_close_matches(word, list(known), 1, likeness)), None)


def _meant(word: str, known: Iterable[str]) -> str:
    near = _nearest(word, known)
    return f" (did you mean {near}?)" if near else ""


def _wrong_key(item: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    wrong = next((str(key) for key in item if key not in keys), None)
    return None if wrong is None else f"the key {wrong!r}{_meant(wrong, keys)}; its keys are {', '.join(keys)}"


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _short(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _at(option: Mapping[str, Any], variable: Variable) -> Any:
    place: Any = option
    for step in variable.option:
        place = place.get(step) if isinstance(place, Mapping) else None
    return place


_CONNECTION: dict[str, Variable] = {variable.name: variable for variable in VARIABLES if variable.option}
_APPLIANCE_KEYS: tuple[str, ...] = (*(variable.short for variable in _CONNECTION.values()), *_OWN_KEYS)
