# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks after an upgrade, a function each, against the snapshot from before it. Pure; ids, titles and order are in `checks`."""

from __future__ import annotations

from .check_results import (
    Observed,
    Said,
    error,
    failed,
    line,
    manual,
    not_applicable,
    nothing_before,
    passed,
    too_few,
    warned,
)
from .models import Kind, Role, Versions, plain
from .readiness import NO_ANSWER, WORD, certificate_trouble
from .schema import differences, schema_of
from .versions import LATEST, installed, missing, same


def versions_reached(seen: Observed) -> Said:
    """Another version than wished, or something newer than `latest` came to is offered: fail. Nothing to judge by: warn."""
    if seen.unreachable is not None:
        return error(NO_ANSWER, "Wait for it, then validate again: ansible-playbook bomgar.appliance.validate")
    now = ", ".join(f"{WORD[kind]} {installed(seen.versions, kind) or 'not known'}" for kind in (Kind.BASE, Kind.SITE))
    wrong = missing(seen.wish, seen.versions)
    if wrong:
        words = ", ".join(
            f"{WORD[kind]} is {installed(seen.versions, kind) or 'not known'}, not {seen.wish.of(kind)}"
            for kind in wrong
        )
        unknown = any(installed(seen.versions, kind) is None for kind in wrong)
        action = (
            "Give the accounts that tell it (see versions_known)."
            if unknown
            else "See in the record how the installation ended, then run the upgrade again."
        )
        return failed(words, action)
    compare = "Compare it with what was meant, or give the version in bomgar_target."
    if seen.wish.empty:
        return warned(f"no target is given, so this cannot be judged; {now}", compare)
    if LATEST not in (seen.wish.site, seen.wish.base):
        return passed(now)
    if seen.course is None:
        return warned(f"the target says latest, and the offers were not read; {now}", compare)
    if seen.course.reached:
        return passed(f"{now}; nothing newer is offered")
    if seen.course.stuck is not None:
        return failed(f"{seen.course.stuck}; {now}", "See on /appliance, Updates, what is offered.")
    names = ", ".join(step.offer.name for step in seen.course.steps)
    return failed(f"still offered: {names}; {now}", "Run the upgrade again.")


def role_unchanged(seen: Observed) -> Said:
    """Another role: fail. Not told any more: warn."""
    before = None if seen.before is None else seen.before.values.get("role")
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    if seen.pair is not None:
        return not_applicable("the roles of a pair are judged as such")
    if before in (None, "unknown"):
        return not_applicable("the role was not told before" if before else nothing_before(seen))
    if seen.role is Role.UNKNOWN:
        return warned(f"it was {before} and is not told now", "Look at /login > Management > Failover.")
    if seen.role.value != before:
        return failed(
            f"it was {before} and is {seen.role}",
            "Look at /login > Management > Failover on both appliances before anything else.",
        )
    return passed(f"still {before}")


def certificate_unchanged(seen: Observed) -> Said:
    """Not trusted: fail. Another certificate, or not validated: warn."""
    trouble = certificate_trouble(seen)
    if trouble is not None:
        return trouble
    now, before = seen.facts.get("certificate"), None if seen.before is None else seen.before.values.get("certificate")
    if now is None or not before:
        return not_applicable(nothing_before(seen))
    names = {"not_after": "end", "subject": "subject", "issuer": "issuer", "names": "names"}
    changed = [
        f"{words} was {line(before.get(name))}, is {line(now.get(name))}"
        for name, words in names.items()
        if name in before and before[name] != now.get(name)
    ]
    if changed:
        return warned(
            "; ".join(changed),
            "If that was not meant: install the exported certificate again on /appliance, Security > Certificates.",
        )
    return passed(f"still valid until {str(now['not_after'])[:10]}")


def representatives_back(seen: Observed) -> Said:
    """Fewer than `representatives_percent` of before: warn."""
    before = None if seen.before is None else seen.before.values.get("representatives")
    people = seen.activity.get("representatives")
    if before is None or people is None:
        return not_applicable(nothing_before(seen))
    if not before:
        return not_applicable("nobody was logged in before")
    detail = f"{len(people)} are logged in, {before} were before"
    if too_few(len(people), int(before), seen.thresholds.representatives_percent):
        return warned(detail, "Let one representative log in; consoles update themselves at the next start.")
    return passed(detail)


#: Types of clients that stay connected by themselves (D-GCCL); the others come and go with people.
LASTING_CLIENTS = ("push_agent", "pinned_client")


def clients_back(seen: Observed) -> Said:
    """Of a lasting type fewer than `clients_percent` of before: warn."""
    before = None if seen.before is None else seen.before.values.get("connected_clients")
    now = seen.activity.get("connected_clients")
    if not before or now is None:
        return not_applicable(nothing_before(seen))
    compared = [(name, int(before[name]), int(now.get(name) or 0)) for name in LASTING_CLIENTS if before.get(name)]
    if not compared:
        return not_applicable("no lasting client was connected before")
    detail = ", ".join(f"{there} of {were} {name}" for name, were, there in compared)
    if any(too_few(there, were, seen.thresholds.clients_percent) for _name, were, there in compared):
        return warned(
            detail, "They come back by and by and update themselves, a limited number at a time; validate again later."
        )
    return passed(detail)


def api_changed(seen: Observed) -> Said:
    """Another API version, or another form of what it gives: warn."""
    values = {} if seen.before is None else seen.before.values
    before, now = values.get("api"), seen.versions.api
    changed = differences(
        *(
            schema or plain(schema_of(None, None, Versions(api=api)))
            for schema, api in ((values.get("schema"), before), (seen.facts.get("schema"), now))
        )
    )
    if before is None or now is None:
        if not changed:
            return not_applicable(nothing_before(seen))
    elif not same(before, now):
        changed.insert(0, f"the API was {before} and is {now}")
    if not changed:
        return passed(f"still API {now}")
    return warned(
        "; ".join(changed),
        "Try every integration; its XML look-ups have to fit the new XSDs (/api/command.xsd, /api/reporting.xsd).",
    )


def consoles_msi(seen: Observed) -> Said:
    """Manual, unless the site software is the same."""
    before = None if seen.before is None else seen.before.values.get("site")
    if before is not None and same(before, seen.versions.site):
        return not_applicable("the site software did not change")
    return manual(
        "consoles on locked-down computers may not update themselves",
        "Roll the new console out where it was rolled out by MSI.",
    )
