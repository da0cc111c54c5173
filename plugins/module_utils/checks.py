# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readiness before an upgrade and validation after it: the list of all checks, waivers, and what the results come to. Pure.

A check is a function from `Observed` to what it has to say; `CHECKS` keeps them in order, with their ids, which users
write in `bomgar_waivers`. The ids before and after an upgrade differ, so that a waiver for a known state never hides what
the upgrade broke. `docs/checks.md` has the same table for people; a test holds the two equal.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import pair_checks, readiness, validation
from .acceptance import acceptance_facts, accepted
from .check_results import Check, CheckOutcome, Observed, Phase, Result, Said, error, line
from .errors import BadInput, BomgarError

ARROW = "   -> "
_ACCEPTANCE = re.compile(r"acceptance\[\d+\]")
_WORST_FIRST = tuple(CheckOutcome)
_SHOWN = {CheckOutcome.NOT_APPLICABLE: "N/A"}
#: Errors that a value of an unexpected shape causes in a rule. They become the outcome `error`, which blocks.
_BROKEN = (BomgarError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)

# fmt: off
#: In the order in which they are made and shown.
CHECKS: tuple[Check, ...] = (
    Check("api_reachable", "The appliance answers", Phase.BEFORE, "documented (D-RS-CMD)", readiness.reachable,
          fixed="of an appliance that does not answer nothing can be known"),
    Check("api_authorised", "The API account is accepted", Phase.BEFORE, "documented (D-RS-AUTH, D-BG-CMD-OLD)", readiness.authorised),
    Check("api_permitted", "The API account may do what is needed", Phase.BEFORE,
          "documented (D-RS-APICONF, D-RS-GAI); a missing permission means no (assumed)", readiness.permitted),
    Check("clock", "The appliance's clock is right", Phase.BEFORE, "observed (C-RAGMOB: get_api_info tells the time); the limits are assumed", readiness.clock),
    Check("certificate", "The certificate is trusted and lasts", Phase.BEFORE, "documented (D-SSLGUIDE); the days are assumed", readiness.certificate),
    Check("health", "The appliance is healthy", Phase.BEFORE, "documented (D-RS-CH, D-FO-API)", readiness.health),
    Check("versions_known", "The installed versions are known", Phase.BEFORE, "documented (D-RS-CH, D-BG-DR, seed)", readiness.versions_known,
          fixed="what cannot be seen before cannot be judged after"),
    Check("target", "The target can be reached", Phase.BEFORE, "documented (seed, D-DE-UPG)", readiness.target,
          fixed="an installation would refuse it as well; correct bomgar_target or bomgar_packages instead"),
    Check("single_appliance", "The appliance is not part of a failover pair", Phase.BEFORE, "documented (D-PRA-UPGM, seed)",
          readiness.single_appliance, fixed="an update of one member alone would leave two appliances that cannot be joined again"),
    Check("pair_state", "The pair is in order", Phase.BEFORE, "documented (D-RS-CH, D-PM)", pair_checks.state_before,
          fixed="two appliances that serve one site, or a pair in no known state, cannot be upgraded"),
    Check("pair_software", "Both appliances run the same", Phase.BEFORE, "documented (D-RS-FOG)", pair_checks.software),
    Check("pair_certificate", "Both appliances have the same certificate", Phase.BEFORE, "documented (D-RS-FOG, D-SSLREP)", pair_checks.certificates),
    Check("pair_last_sync", "The last sync succeeded", Phase.BEFORE, "documented (D-FO-API); the day is assumed", pair_checks.last_sync),
    Check("production", "Who is production is known", Phase.BEFORE, "documented (seed: the main host name leads to it)", pair_checks.production),
    Check("sync_proven", "The standby held everything when the pair was broken", Phase.BEFORE, "documented (seed)", pair_checks.proven),
    Check("integration_clients", "Integration Clients follow to the other appliance", Phase.BEFORE, "documented (seed)", pair_checks.integration_clients),
    Check("cluster", "The site is no Atlas cluster", Phase.BEFORE, "documented (D-RS-GA, D-PRA-UPGM)", readiness.cluster,
          fixed="no procedure for upgrading a cluster is documented"),
    Check("update_running", "No installation is running", Phase.BEFORE, "documented (seed)", readiness.update_running, fixed="say it with running: join"),
    Check("window", "The work fits into the window", Phase.BEFORE, "documented (seed: 15 minutes to an hour)", readiness.window,
          fixed="correct bomgar_window_ends or site_usual_duration instead"),
    Check("sessions", "No session is cut unasked", Phase.BEFORE, "documented (seed, D-UPG-*: running sessions are cut)", readiness.sessions,
          fixed="say it with bomgar_sessions: accept"),
    Check("representatives", "Who is logged in", Phase.BEFORE, "documented (D-BG-GLR, seed: they are disconnected)", readiness.representatives),
    Check("backup_fresh", "There is a verified backup", Phase.BEFORE, "documented (seed, D-DE-UPG)", readiness.backup_fresh,
          fixed="no update starts without a verified backup of the site"),
    Check("controller_room", "There is room on the controller", Phase.BEFORE, "assumed (how large a backup gets is not documented)", readiness.controller_room),
    Check("pages_recognised", "The web driver recognises the pages it needs", Phase.BEFORE, "assumed (no form of these pages is documented)",
          readiness.pages_recognised),
    Check("certificate_exported", "The certificate is exported with its private key", Phase.BEFORE, "documented (D-DE-UPG, D-PAM2015, D-SSLREP)",
          readiness.certificate_exported),
    Check("vault_key_exported", "The Vault encryption key is exported", Phase.BEFORE,
          "documented (D-PRA-PF); that a release without the Vault permission has no Vault is assumed", readiness.vault_key_exported),
    Check("integrations_audited", "Integrations are ready for the new data types", Phase.BEFORE,
          "documented (seed, supplement for releases before 10.6); the days are assumed", readiness.integrations_audited),
    Check("integration_client_version", "The Integration Client is new enough", Phase.BEFORE, "documented (seed, supplement for releases before 10.6)",
          readiness.integration_client),
    Check("api_back", "The appliance answers again", Phase.AFTER, "documented (D-RS-CMD)", readiness.reachable,
          fixed="of an appliance that does not answer nothing can be known"),
    Check("api_still_authorised", "The API account is still accepted", Phase.AFTER, "documented (D-RS-AUTH)", readiness.authorised),
    Check("versions_reached", "The target runs", Phase.AFTER, "documented (D-RS-CH, D-BG-DR)", validation.versions_reached,
          fixed="an upgrade that did not reach its target is none"),
    Check("health_after", "The appliance is healthy", Phase.AFTER, "documented (D-RS-CH, D-FO-API)", readiness.health),
    Check("role_unchanged", "The failover role is as it was", Phase.AFTER, "documented (D-RS-CH)", validation.role_unchanged),
    Check("pair_state_after", "The pair is in order", Phase.AFTER, "documented (D-RS-CH, D-PM)", pair_checks.state,
          fixed="two appliances that serve one site, or a pair in no known state, are no upgraded site"),
    Check("pair_software_after", "Both appliances run the same", Phase.AFTER, "documented (D-RS-FOG)", pair_checks.software),
    Check("pair_certificate_after", "Both appliances have the same certificate", Phase.AFTER, "documented (D-RS-FOG, D-SSLREP)", pair_checks.certificates),
    Check("pair_last_sync_after", "The last sync succeeded", Phase.AFTER, "documented (D-FO-API); the day is assumed", pair_checks.last_sync),
    Check("sessions_kept", "No session is missing", Phase.AFTER, "documented (seed, D-G150: merged from API 1.5.0 on, lost below)", pair_checks.sessions_kept),
    Check("production_after", "Who is production is known", Phase.AFTER, "documented (seed: the main host name leads to it)", pair_checks.production),
    Check("clock_after", "The appliance's clock is right", Phase.AFTER, "observed (C-RAGMOB: get_api_info tells the time); the limits are assumed",
          readiness.clock),
    Check("certificate_unchanged", "The certificate is as it was", Phase.AFTER, "documented (D-SSLGUIDE: a package can bring a new one)",
          validation.certificate_unchanged),
    Check("representatives_back", "Representatives can log in", Phase.AFTER, "documented (D-BG-GLR)", validation.representatives_back),
    Check("clients_back", "Connected clients came back", Phase.AFTER, "documented (D-GCCL, D-JC); the percentage is assumed", validation.clients_back),
    Check("api_changed", "The API is the one that integrations know", Phase.AFTER, "documented (D-APICHANGE, seed)", validation.api_changed),
    Check("consoles_msi", "Consoles rolled out by MSI are redeployed", Phase.AFTER, "documented (seed)", validation.consoles_msi),
)
# fmt: on


def known_ids(acceptance: int = 0) -> tuple[str, ...]:
    """The ids of all checks of both phases, with those of so many acceptance expressions."""
    return (*(check.id for check in CHECKS), *(f"acceptance[{number}]" for number in range(acceptance)))


def waivers_from(option: Mapping[str, Any], acceptance: int | None = 0) -> dict[str, str]:
    """The option `waivers` as id -> reason. BadInput for an unknown id, one that cannot be waived, or no reason.

    `acceptance`: how many expressions there are; None if that is not known here.
    """
    known = known_ids(acceptance or 0)
    fixed = {check.id: check.fixed for check in CHECKS if check.fixed}
    for check_id, reason in option.items():
        what = f"waive the check {check_id!r}"
        if check_id not in known and not (acceptance is None and _ACCEPTANCE.fullmatch(str(check_id))):
            raise BadInput(
                what, "there is no such check", f"The ids for bomgar_waivers are: {', '.join(_waivable(known, fixed))}."
            )
        if check_id in fixed:
            raise BadInput(
                what,
                f"this one cannot be waived: {fixed[check_id]}",
                "Remove it from bomgar_waivers, and do what the check says.",
            )
        if not isinstance(reason, str) or not reason.strip():
            raise BadInput(
                what,
                "no reason is given",
                f"Write why, as in bomgar_waivers: {{{check_id}: 'ticket 4711, accepted by ...'}}.",
            )
    return {str(check_id): line(reason) for check_id, reason in option.items()}


def _waivable(known: Sequence[str], fixed: Mapping[str, str]) -> list[str]:
    return [check_id for check_id in known if check_id not in fixed]


def evaluate(
    phase: Phase,
    seen: Observed,
    waivers: Mapping[str, str] | None = None,
    acceptance: Sequence[tuple[str, Any]] = (),
    strict: bool = False,
) -> tuple[Result, ...]:
    """All checks of a phase, in the order of `CHECKS`; the acceptance expressions (of the phase `after`) at the end.

    A check that breaks on what it was given is an `error`, which blocks as a fail does; `strict` (tests) lets it through.
    """
    waivers = waivers or {}
    results = [
        _result(check.id, check.title, check.source, _judged(check.rule, seen, strict))
        for check in CHECKS
        if check.phase is phase
    ]
    if phase is Phase.AFTER:
        facts = acceptance_facts(seen)
        results += [
            _result(f"acceptance[{number}]", line(text), "the user's own", accepted(compiled, facts))
            for number, (text, compiled) in enumerate(acceptance)
        ]
    return tuple(_waived(result, waivers) for result in results)


def _judged(rule: Callable[[Observed], Said], seen: Observed, strict: bool) -> Said:
    try:
        return rule(seen)
    except _BROKEN as problem:
        if strict:
            raise
        where = traceback.extract_tb(problem.__traceback__)[-1]
        return error(
            f"the check broke: {type(problem).__name__}: {problem} (line {where.lineno}, {where.name})",
            "Report it as a bug of this collection, with the facts that checks returns.",
        )


def _result(check_id: str, title: str, source: str, said: Said) -> Result:
    return Result(check_id, title, said.outcome, line(said.detail), line(said.action), source)


def _waived(result: Result, waivers: Mapping[str, str]) -> Result:
    # What passes needs no waiver, and a report that shows one there would raise questions.
    if result.id in waivers and result.outcome not in (CheckOutcome.PASS, CheckOutcome.NOT_APPLICABLE):
        return replace(result, waived=waivers[result.id])
    return result


def blocking(results: Sequence[Result]) -> tuple[str, ...]:
    """The ids of the results that stand in the way, in their order."""
    return tuple(result.id for result in results if result.blocks)


def lines(results: Sequence[Result]) -> list[str]:
    """The results for a person, worst first; what to do about one is behind an arrow, which nothing else has."""
    return [
        f"{_word(result)}  {result.id}: {_told(result)}"
        + ("" if result.waived or not result.action else f"{ARROW}{result.action}")
        for result in _worst_first(results)
    ]


def _worst_first(results: Sequence[Result]) -> list[Result]:
    return sorted(
        results, key=lambda result: (not result.blocks, result.waived is not None, _WORST_FIRST.index(result.outcome))
    )


def _word(result: Result) -> str:
    return "WAIVED" if result.waived is not None else _SHOWN.get(result.outcome, result.outcome.value.upper())


def _told(result: Result) -> str:
    return result.detail if result.waived is None else f"{result.outcome}: {result.detail} (waived: {result.waived})"


def counted(results: Sequence[Result]) -> str:
    """How many of which, in words, worst first."""
    numbers = {
        outcome: sum(result.outcome is outcome and result.waived is None for result in results)
        for outcome in _WORST_FIRST
    }
    parts = [f"{number} {outcome.value.replace('_', ' ')}" for outcome, number in numbers.items() if number]
    waived = sum(result.waived is not None for result in results)
    return ", ".join([*parts, *([f"{waived} waived"] if waived else [])]) or "none"


def gate_message(phase: Phase, site: str, results: Sequence[Result]) -> str:
    """One message that names every blocking check with what to do about it."""
    blocked = [result for result in _worst_first(results) if result.blocks]
    what = "is not ready for the upgrade" if phase is Phase.BEFORE else "is not as it should be after the upgrade"
    shown = "; ".join(
        f"({number}) {result.id}: {result.detail} -> {result.action.rstrip('.')}"
        for number, result in enumerate(blocked, 1)
    )
    return f"{site} {what}, {len(blocked)} check{'s' if len(blocked) != 1 else ''} in the way: {shown}"


def snapshot(facts: Mapping[str, Any], activity: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a moment for the comparison before and after; nothing in it names a person."""
    certificate = facts.get("certificate")
    people = activity.get("representatives")
    return {
        **(facts.get("versions") or {}),
        "role": facts.get("role"),
        "certificate": {name: certificate[name] for name in ("not_after", "subject", "issuer", "names")}
        if certificate
        else None,
        "representatives": None if people is None else len(people),
        "connected_clients": activity.get("connected_clients"),
        "schema": facts.get("schema"),
    }
