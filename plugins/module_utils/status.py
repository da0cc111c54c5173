# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a site stands, as a few lines for a person, from what modules and files told. Pure; asks nothing and reads no file."""

from __future__ import annotations

import json
import textwrap
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .check_results import seconds_text
from .pair_path import APART, Relation
from .pair_record import exposure
from .record_format import complaint, handover, iso
from .report_view import View, moment, size_text, view

_NOT_TOLD = "not told"
#: So wide a line may be that Ansible indents by eight and puts into quotes.
_WIDTH = 69
#: Seconds after the first window of a pair in which the second is due (this collection's choice; the guide says "short enough").
SECOND_WITHIN = 604_800.0


def lines(
    site: str,
    info: Mapping[str, Any],
    activity: Mapping[str, Any] | None = None,
    updates: Mapping[str, Any] | None = None,
    record: str | Mapping[str, Any] | None = None,
    manifest: str | Mapping[str, Any] | None = None,
    pair: Mapping[str, Any] | None = None,
    other: Mapping[str, Any] | None = None,
    within: float = SECOND_WITHIN,
    now: float | None = None,
) -> list[str]:
    """The status of one site.

    info, activity, updates: results of the modules `info`, `activity_info` and `update_info`; a failed or skipped one says why it
    tells nothing. record: the text of a record.json, manifest: that of the newest backup's manifest; empty where there is none.
    pair: how the two of a pair stand (`info`), other: the result of `info` of the one that is not production; within: seconds after
    the first window in which the second is due; now: Unix seconds.
    """
    rows = [
        ("runs", _runs(info)),
        ("health", _health(info)),
        ("role", _role(info)),
        ("on now", _activity(activity or {})),
        ("updates", _updates(updates or {})),
        ("last backup", _backup(manifest)),
        ("last run", _record(record)),
        *_outages(record),
    ]
    if pair:
        rows[2:3] = [
            ("pair", _pair(pair)),
            ("other one", _other(other or {})),
            *_exposure(record, pair, within, now or time.time()),
        ]
    url = (info.get("appliance") or {}).get("url")
    return [site + (f"  {url}" if url else ""), *(f"  {name:<12}{text}" for name, text in rows)]


def ending(record: str | Mapping[str, Any] | None, report: str | None = None) -> str | None:
    """How a site's last run ended, in one line; None without a record. `report`: where the page is that tells the rest."""
    data = _json(record or "")
    if data is None:
        return None
    try:
        seen = view(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    parts = [seen.sentence]
    if seen.outage is not None:
        parts.append(f"Site down: {seen.outage_text}.")
    if report:
        parts.append(f"Report: {report}")
    return " ".join(parts)


def ending_lines(record: str | Mapping[str, Any] | None, report: str | None = None) -> list[str] | None:
    """How the last run at a pair ended, in lines that fit 80 columns (but for a long path): with the outage of each window and step."""
    data = _json(record or "")
    if data is None:
        return None
    try:
        seen = view(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    lines = textwrap.wrap(seen.sentence, _WIDTH, subsequent_indent="  ")
    for name, texts in _outage_rows(seen):
        lines += textwrap.wrap(f"{name}: {texts[0]}", _WIDTH, subsequent_indent="  ")
        for text in texts[1:]:
            lines += textwrap.wrap(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return [*lines, *([f"Report: {report}"] if report else [])]


def handed_on(record: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """What a later job needs of a record to go on elsewhere; empty without one that can be read."""
    data = _json(record or "")
    return handover(data) if data is not None and complaint(data) is None else {}


#: The reason of an error in plain words; the others say enough by themselves.
_WHY = {
    "authentication": "the account was refused",
    "permission": "the account may not ask for it",
    "unreachable": "no answer",
    "certificate": "the certificate is not trusted",
    "service_down": "the site is not serving",
    "not_supported": "this release does not tell it",
    "unexpected_answer": "something else answered",
    "not_recognised": "the page is not recognised",
}


_NO_MANIFEST = "its newest manifest under bomgar_backup_dir cannot be read"
_NO_RECORD = "its latest/record.json under bomgar_record_dir cannot be read"


def _silent(result: Mapping[str, Any]) -> str | None:
    """Why a result tells nothing, None if it tells something."""
    error = result.get("error") or {}
    if result.get("failed") or error:  # `failed_when: false` takes the first away
        return str(error.get("got") or result.get("msg") or "failed without a message")
    return _NOT_TOLD if not result or result.get("skipped") else None


def _runs(info: Mapping[str, Any]) -> str:
    silent = _silent(info)
    if silent:
        return f"not known: {silent}"
    versions = info.get("versions") or {}
    told = [
        f"{name} {versions[key]}"
        for key, name in (("site", "site"), ("base", "base"), ("api", "API"))
        if versions.get(key)
    ]
    problems = "; ".join(
        f"{item['leaves_unknown']} not known ({_WHY.get(item['reason'], item['reason'])})"
        for item in info.get("problems") or ()
    )
    return (", ".join(told) or "no version is known") + (f"   [{problems}]" if problems else "")


def _health(info: Mapping[str, Any]) -> str:
    health = info.get("health")
    if not health:
        return _NOT_TOLD
    return "good" if health.get("healthy") else f"NOT good: {health.get('error_message') or 'without a message'}"


def _role(info: Mapping[str, Any]) -> str:
    role = info.get("role") or "unknown"
    known = {"none": "single, no failover", "primary": "primary of a pair", "backup": "backup of a pair"}
    return known.get(role, _NOT_TOLD)


def _pair(pair: Mapping[str, Any]) -> str:
    roles = ", ".join(f"{name} {seen.get('role')}" for name, seen in (pair.get("roles") or {}).items())
    production = pair.get("production")
    leads = f"the site's name leads to {production}" if production else "who answers at the site's name is not told"
    sync: Mapping[str, Any] = next(
        (seen for seen in (pair.get("roles") or {}).values() if seen.get("role") == "backup"), {}
    )
    time_text = (
        moment(iso(sync["sync_time"])) if isinstance(sync.get("sync_time"), (int, float)) else sync.get("sync_text")
    )
    synced = f"; last sync {time_text} ({sync.get('sync_status')})" if time_text else ""
    return f"{pair.get('relation')}: {roles}; {leads}{synced}"


def _other(info: Mapping[str, Any]) -> str:
    name = (info.get("appliance") or {}).get("name") or ""
    return f"{name} runs {_runs(info)}".strip() if not _silent(info) else _runs(info)


def _exposure(
    record: str | Mapping[str, Any] | None, pair: Mapping[str, Any], within: float, now: float
) -> list[tuple[str, str]]:
    """Since when there is no failover, and when the second window is due."""
    apart = pair.get("relation") in [relation.value for relation in APART]
    unknown = [("no failover", "since when is not known: no record tells it")] if apart else []
    data = _json(record or "")
    if data is None or complaint(data) is not None:
        return unknown
    if pair.get("relation") == Relation.ESTABLISHED.value:
        return []
    found = exposure(data)
    if found is None or found.until is not None:
        return unknown
    due = found.since + within
    late = " - OVERDUE" if now > due else ""
    return [
        (
            "no failover",
            f"for {seconds_text(found.seconds(now))}, since {moment(iso(found.since))}; the second window is due by {moment(iso(due))}{late}",
        )
    ]


def _activity(activity: Mapping[str, Any]) -> str:
    silent = _silent(activity)
    if silent:
        return silent
    found = []
    for key, word in (("sessions", "session"), ("representatives", "representative")):
        listed = activity.get(key)
        if listed is not None:
            found.append(f"{len(listed)} {word}{'' if len(listed) == 1 else 's'}")
    if activity.get("running") and not activity.get("sessions"):
        found.append("sessions are running, but not how many")
    if found and activity.get("running") is None:
        found.append("not told whether sessions are running")
    return ", ".join(found) or _NOT_TOLD


def _updates(updates: Mapping[str, Any]) -> str:
    silent = _silent(updates)
    if silent:
        return silent
    if updates.get("activity") == "busy":
        return f"one is running now: {updates.get('message') or 'the Updates page shows it'}"
    offers = updates.get("offers")
    if offers is None:
        return "not asked for"
    shown = [offer["name"] + ("" if offer["installable"] else " (needs another one first)") for offer in offers]
    return f"offered: {', '.join(shown)}" if shown else "none offered"


def _backup(text: str | Mapping[str, Any] | None) -> str:
    if not text:
        return "none under bomgar_backup_dir"
    manifest = _json(text)
    if manifest is None:
        return _NO_MANIFEST
    try:
        taken = moment(manifest["taken_at"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return _NO_MANIFEST
    return f"{taken}  {manifest.get('file', '')}  {size_text(manifest.get('size'))}"


def _record(text: str | Mapping[str, Any] | None) -> str:
    if not text:
        return "no record under bomgar_record_dir"
    data = _json(text)
    if data is None:
        return _NO_RECORD
    try:
        seen = view(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return _NO_RECORD
    return f"{seen.sentence} ({moment(seen.created)})"


def _outage_rows(seen: View) -> Sequence[tuple[str, tuple[str, ...]]]:
    """The site's outages in words; none where nobody looked. One window says as much as all of them together."""
    if seen.outage is None:
        return []
    return seen.outage_rows[:1] if len(seen.windows) == 1 else seen.outage_rows


def _outages(text: str | Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """For how long the site was down in the last upgrade; nothing where nobody looked."""
    data = _json(text or "")
    try:
        seen = view(data) if data is not None else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return []
    rows = _outage_rows(seen) if seen is not None else []
    words = [f"{name.removeprefix('Site down').lstrip(' ,')}: {'; '.join(texts)}" for name, texts in rows]
    return [("site down" if not number else "", text.removeprefix(": ")) for number, text in enumerate(words)]


def _json(text: str | Mapping[str, Any]) -> dict[str, Any] | None:
    if isinstance(text, Mapping):  # Ansible up to 2.18 reads a text that looks like a dictionary as one
        return dict(text)
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
