# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of a failover pair as a whole, a function each. Pure; ids, titles and order are in `checks`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from .check_results import Observed, PairState, Said, failed, line, manual, not_applicable, passed, seconds_text, warned
from .models import Kind, Role, SyncState
from .versions import installed, newer

_FAILOVER_PAGE = "Look at /login > Management > Failover of both appliances."
_OLD_SYNC = 86_400.0
_NAMED = 8
_SINGLE = "the site has one appliance"


def _of_pair(rule: Callable[[Observed, PairState], Said]) -> Callable[[Observed], Said]:
    """The rule for a site with two appliances; not applicable to one with a single one."""

    def judged(seen: Observed) -> Said:
        return not_applicable(_SINGLE) if seen.pair is None else rule(seen, seen.pair)

    judged.__doc__ = rule.__doc__
    return judged


def _words(pair: PairState) -> str:
    return ", ".join(f"{each.name} is {each.role}" for each in pair.members)


def _state(_seen: Observed, pair: PairState) -> Said:
    """Another relationship than there has to be now, a role that is not told, or the name leading to the backup: fail."""
    roles = {each.role for each in pair.members}
    untold = [
        f"{each.name}: {each.trouble or 'its role is not told'}" for each in pair.members if each.role is Role.UNKNOWN
    ]
    if untold:
        return failed(
            f"the state of the pair is not known ({'; '.join(untold)})",
            "Give the accounts that tell it, or wait until both answer.",
        )
    if roles == {Role.PRIMARY}:
        return failed(
            "both say that they are primary, so two may serve the site",
            f"{_FAILOVER_PAGE} Leave only one of them primary.",
        )
    together = roles == {Role.PRIMARY, Role.BACKUP}
    if pair.relation == "established" and not together:
        return failed(f"the pair is not established: {_words(pair)}", _FAILOVER_PAGE)
    if pair.relation == "broken" and roles != {Role.NONE}:
        return failed(f"the pair is not broken: {_words(pair)}", _FAILOVER_PAGE)
    if not together and roles != {Role.NONE}:
        return failed(
            f"the pair is half broken: {_words(pair)}",
            f"{_FAILOVER_PAGE} Establish it again from production (bomgar_abort: true).",
        )
    if together and pair.production is not None:
        primary = next(each.name for each in pair.members if each.role is Role.PRIMARY)
        if primary != pair.production:
            return failed(
                f"the site's name leads to {pair.production}, which is backup of {primary}",
                f"Let the name lead to {primary}, or make {pair.production} primary.",
            )
    return passed(_words(pair))


def _state_before(seen: Observed, pair: PairState) -> Said:
    """As `_state`; half broken: warn, since a run finishes that. Whether data depends on it, `_proven` tells."""
    roles = {each.role for each in pair.members}
    if len(roles) == 2 and Role.NONE in roles and Role.UNKNOWN not in roles and not pair.relation:
        return warned(f"the pair is half broken: {_words(pair)}", "This run breaks it on the other one, too.")
    return _state(seen, pair)


def _software(_seen: Observed, pair: PairState) -> Said:
    """Unequal where a relationship is, or is to be: fail."""
    if pair.relation != "established" and all(each.role is Role.NONE for each in pair.members):
        return not_applicable("the two are updated one after the other")
    one, two = pair.members
    differ = [
        f"{words} {getattr(one.versions, name)} and {getattr(two.versions, name)}"
        for name, words in (("site", "site software"), ("build", "build"), ("base", "base software"))
        if getattr(one.versions, name)
        and getattr(two.versions, name)
        and getattr(one.versions, name) != getattr(two.versions, name)
    ]
    if differ:
        return failed(
            f"{one.name} and {two.name} do not run the same: {', '.join(differ)}",
            "A relationship needs equal builds: update the older one.",
        )
    if not (one.versions.site and two.versions.site):
        return warned("the site software of one of them is not told", "Compare both on /login > Management > Software.")
    return passed(f"both run site software {one.versions.site}, base software {one.versions.base or 'not told'}")


def _certificates(_seen: Observed, pair: PairState) -> Said:
    """Unequal: fail. One of them not told: warn."""
    shown = [each.certificate for each in pair.members]
    if any(each is None for each in shown):
        return warned(
            "the certificate of one of them was not told", "Compare both in a browser: a pair needs the same one."
        )
    names = ("subject", "issuer", "names", "not_after")
    differ = [name for name in names if len({line((each or {}).get(name)) for each in shown}) > 1]
    if differ:
        return failed(
            f"they show different certificates ({', '.join(differ)})",
            "Export the certificate with its key from one and import it on the other (/appliance, Security > Certificates).",
        )
    return passed("both show the same certificate")


def _last_sync(seen: Observed, pair: PairState) -> Said:
    """Failed, or longer ago than a day: warn."""
    backup = next((each for each in pair.members if each.role is Role.BACKUP), None)
    if backup is None:
        return not_applicable("there is no relationship now")
    if backup.sync is SyncState.FAILED:
        return warned(
            f"the last sync of {backup.name} failed: {backup.sync_status}",
            f"{_FAILOVER_PAGE} Nothing is broken before a sync succeeds.",
        )
    if backup.sync_time is None:
        return warned(f"{backup.name} does not tell when it synced last", _FAILOVER_PAGE)
    age = seen.now - backup.sync_time
    if age > _OLD_SYNC:
        return warned(
            f"{backup.name} synced last {seconds_text(age)} ago",
            f"{_FAILOVER_PAGE} See how long a sync takes: the window has to hold it.",
        )
    return passed(f"{backup.name} synced last {seconds_text(max(0.0, age))} ago")


def _production(_seen: Observed, pair: PairState) -> Said:
    """Not told who answers at the site's name: warn."""
    if pair.production is None:
        return warned(
            f"who answers at the site's name is not told ({pair.production_trouble or 'nothing tells it'})",
            "Check bomgar_url, and give an API account, or the same account of /appliance on both.",
        )
    return passed(f"the site's name leads to {pair.production}")


def _proven(seen: Observed, pair: PairState) -> Said:
    """Role swap, the pair broken or half broken, the name not moved, and no record of a proven sync before: fail."""
    if seen.path != "role_swap" or all(each.role is not Role.NONE for each in pair.members):
        return not_applicable("a sync is proven in this run, or no data depends on it")
    if _production_is_newer(pair):
        return not_applicable("the site's name has moved already to the one that was updated first")
    if pair.synced:
        when = (
            ""
            if pair.broken_at is None
            else f" ({datetime.fromtimestamp(pair.broken_at, timezone.utc):%Y-%m-%d %H:%M} UTC)"
        )
        return passed(f"the record shows a proven sync before the pair was broken{when}")
    return failed(
        "no record shows a proven sync before the pair was broken: the standby may lack what production has",
        "Establish the pair again from production (bomgar_abort), then begin anew; or waive this if you know it.",
    )


def _production_is_newer(pair: PairState) -> bool:
    one, two = sorted(pair.members, key=lambda each: each.name != pair.production)
    now = [(installed(one.versions, kind), installed(two.versions, kind)) for kind in (Kind.BASE, Kind.SITE)]
    return pair.production == one.name and any(mine and other and newer(mine, other) for mine, other in now)


def _integration_clients(seen: Observed, _pair: PairState) -> Said:
    """Manual, where production moves to the other appliance."""
    if seen.path != "role_swap":
        return not_applicable("production stays on the same appliance")
    return manual(
        "an Integration Client that is set up with an address instead of the host name goes on asking the old production",
        "Look them up, list them (bomgar_cutover.by_address), and see that they can fetch from the new one.",
    )


state, state_before = map(_of_pair, (_state, _state_before))
software, certificates, last_sync = map(_of_pair, (_software, _certificates, _last_sync))
production, proven, integration_clients = map(_of_pair, (_production, _proven, _integration_clients))


def sessions_kept(seen: Observed) -> Said:
    """After failover was established: sessions of before that are missing: fail. None were listed before: warn."""
    kept = seen.reconciled
    if seen.pair is None or seen.pair.relation != "established" or kept is None:
        return not_applicable("this upgrade has not established failover")
    missing = [str(lsid) for lsid in kept.get("missing") or ()]
    if missing:
        others = " and others" if len(missing) > _NAMED else ""
        return failed(
            f"{len(missing)} sessions that were there before are missing: {', '.join(missing[:_NAMED])}{others}",
            "The backup that was taken, and the vendor's support, can bring them back.",
        )
    if kept.get("exported"):
        return passed("those of the other appliance were exported before")
    if not kept.get("before"):
        return warned(
            "they were not listed before failover was established",
            "Compare the reports of sessions with what your integrations have.",
        )
    return passed(
        f"all that were listed before ({', '.join(f'{name} {number}' for name, number in kept['before'].items())}) are there"
    )
