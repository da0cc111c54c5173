# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks before an upgrade, a function each. Pure; ids, titles and order are in `checks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .accounts import APPLIANCE, LOGIN
from .check_results import (
    AuditState,
    CheckOutcome,
    Control,
    Observed,
    Said,
    Trouble,
    bytes_text,
    error,
    failed,
    manual,
    not_applicable,
    passed,
    seconds_text,
    together,
    warned,
)
from .errors import BadInput
from .models import PAGE_ITSELF, Activity, ClusterRole, Kind, Role
from .package_files import left
from .path import UPLOAD_INSTALLS
from .schema import crosses
from .versions import LATEST, LSID_BORDER, beyond, installed, key, merges_sessions, missing, numbers_in, same
from .window import seconds_needed

_NAMES_SHOWN = 8

NO_ANSWER = "the appliance does not answer"
_NOT_NOW = "nothing is installed on it in this run"
_NO_API = "no API account is given"
_PAGE_INFO = (
    "Run bomgar.appliance.page_info to see what is not recognised; or set bomgar_driver: operator and bomgar_attended."
)
_APPLIANCE_ACCOUNT = f"Give {APPLIANCE.words}."
_INTERFACES_OF_API = (
    "get_api_info",
    "check_health",
    "get_appliances",
    "get_logged_in_reps",
    "get_connected_client_list",
    "reporting",
)
#: Where another check tells of a refused account: a person reads it once, and the remedy with it.
_AS_AUTHORISED = "Do what api_authorised says."
_AS_VERSIONS = "Do what versions_known says."
WORD = {Kind.BASE: "base software", Kind.SITE: "site software", Kind.UNKNOWN: "package"}


# -- before: can it be talked to ----------------------------------------------------------------------------------------


def reachable(seen: Observed) -> Said:
    """Unreachable: fail. A refused certificate is told by its own check."""
    if seen.unreachable is not None:
        reason, words = seen.unreachable
        if reason == "certificate":
            return not_applicable("the appliance's certificate was refused first, see the check of the certificate")
        return failed(
            words,
            "Look at the site and at the way to it (bomgar_url, bomgar_proxy, bomgar_timeout), then run this again.",
        )
    if "api" not in seen.accounts:
        return not_applicable(f"{_NO_API}; the web pages are used")
    if seen.facts.get("permissions") is not None:
        return passed(f"get_api_info answers, API version {seen.versions.api or 'not told'}")
    problem = seen.problem("get_api_info")
    if problem is None:
        return failed(
            "the site has no command API at this address",
            "Check bomgar_url, and tick Enable XML API on /login > Management > API Configuration.",
        )
    if problem["reason"] in ("authentication", "permission", "rate_limited"):
        return passed("the API answers")
    if problem["reason"] == "not_supported":
        return failed(str(problem["message"]), str(problem["remedy"]))
    return failed(str(problem["message"]), f"See what answers at bomgar_url + /api/command. {problem['remedy']}")


def authorised(seen: Observed) -> Said:
    """A refused account: fail, so that nothing tries it again."""
    if "api" not in seen.accounts:
        return not_applicable(_NO_API)
    problem = seen.problem(*_INTERFACES_OF_API, reasons=("authentication",))
    if problem is not None:
        return failed(str(problem["message"]), str(problem["remedy"]))
    if seen.facts.get("permissions") is None:
        return not_applicable("the API gave no answer to judge by")
    return passed("the API account is accepted")


def permitted(seen: Observed) -> Said:
    """No command or backup API: fail. No reporting API, or no list of permissions: warn."""
    permissions = seen.facts.get("permissions")
    if permissions is None:
        return not_applicable(_NO_API if "api" not in seen.accounts else "the API gave no answer to judge by")
    action = "Give it on /login > Management > API Configuration (before 16.2: on the user's own page)."
    if not permissions:
        refused = seen.problem(*_INTERFACES_OF_API, reasons=("permission",))
        if refused is not None:
            return failed(str(refused["message"]), action)
        return warned(
            "this release does not list permissions; a missing one shows when it is used",
            "Make sure of command and backup API.",
        )
    lacking = []
    if permissions.get("perm_command") not in ("read_only", "full_access"):
        lacking.append("the command API (read-only is enough)")
    if permissions.get("perm_backup") != "1":
        lacking.append("the backup API")
    if lacking:
        return failed("the account may not use " + " and ".join(lacking), action)
    if permissions.get("perm_reporting_support") != "1":
        return warned("the account may not use the reporting API, so running sessions are only known by counts", action)
    return passed("command, backup and reporting API")


# -- before and after: clock, certificate, health -----------------------------------------------------------------------


def clock(seen: Observed) -> Said:
    """Beyond `clock_fail`: fail; beyond `clock_warn`, or not told: warn."""
    if seen.facts.get("permissions") is None:
        return not_applicable("only the API tells the appliance's time, and it gave none")
    clock = seen.facts.get("clock")
    if clock is None:
        return warned(
            "the API does not tell the appliance's time", "Compare it by hand on /appliance, Status > Basics."
        )
    skew = float(clock["skew"])
    detail = f"the appliance is {seconds_text(abs(skew))} {'ahead of' if skew > 0 else 'behind'} this controller"
    action = "Correct the time service of the appliance, or of this controller."
    if abs(skew) > seen.thresholds.clock_fail:
        return failed(detail, action)
    if abs(skew) > seen.thresholds.clock_warn:
        return warned(detail, action)
    return passed(detail if abs(skew) >= 1 else "the clocks agree")


def certificate_trouble(seen: Observed) -> Said | None:
    """What speaks against the certificate itself, before its days are counted."""
    if seen.unreachable is not None:
        reason, words = seen.unreachable
        if reason == "certificate":
            return failed(
                words,
                "Give the authority that signed it (bomgar_ca_path), or correct the certificate on /appliance, Security > Certificates.",
            )
        return not_applicable(NO_ANSWER)
    if not seen.validate_certs:
        return warned(
            "certificates are not validated, so anybody could answer in the appliance's place",
            "Set bomgar_validate_certs to true and give bomgar_ca_path.",
        )
    return None


_CERTIFICATE_ACTION = "Renew it on /appliance, Security > Certificates, before clients refuse it."


def certificate(seen: Observed) -> Said:
    """Not trusted or expired: fail. Fewer than `certificate_days` left, or not validated: warn."""
    trouble = certificate_trouble(seen)
    if trouble is not None:
        return trouble
    certificate = seen.facts.get("certificate")
    if certificate is None:
        return warned("the certificate was not told", "Look at it in a browser.")
    days = float(certificate["days_left"])
    if days < 0:
        return failed(f"it expired {abs(days):.0f} days ago", _CERTIFICATE_ACTION)
    detail = f"trusted, {days:.0f} days left (until {str(certificate['not_after'])[:10]})"
    if days < seen.thresholds.certificate_days:
        return warned(detail, _CERTIFICATE_ACTION)
    return passed(detail)


def health(seen: Observed) -> Said:
    """Not healthy: fail. Could not be read: error. A release that does not tell: not applicable."""
    health = seen.facts.get("health")
    if health is None:
        problem = seen.problem("check_health")
        if seen.unreachable is not None or "api" not in seen.accounts:
            return not_applicable(NO_ANSWER if seen.unreachable is not None else _NO_API)
        if problem is None or problem["reason"] == "authentication":
            return not_applicable("the account was refused" if problem else "this release has no check_health")
        return error(str(problem["message"]), str(problem["remedy"]))
    if health["healthy"]:
        return passed("the appliance says that it is healthy")
    words = health.get("error_message") or "without saying why"
    return failed(
        f"the appliance says that it is not healthy: {words}",
        "Have that repaired first; ask the vendor's support if it is not plain.",
    )


# -- before: what runs and what shall run ---------------------------------------------------------------------------------


def needed_versions(seen: Observed) -> tuple[Kind, ...]:
    """Which versions must be known for the verdict on this upgrade."""
    kinds = {kind for kind in (Kind.BASE, Kind.SITE) if seen.wish.of(kind)}
    if not seen.by_offers:
        told = [package.file.kind for package in seen.packages if package.file is not None]
        kinds |= {Kind.BASE, Kind.SITE} if Kind.UNKNOWN in told else set(told)
    else:
        # Which packages are useful, and what a blocked one waits for, is told from both.
        kinds |= {Kind.BASE, Kind.SITE}
    return tuple(kind for kind in (Kind.BASE, Kind.SITE) if kind in kinds)


#: Of each version: the interfaces that tell it, the account for them, what to do without that, and with it.
_TELLS = {
    Kind.BASE: (
        ("status_page",),
        "appliance",
        _APPLIANCE_ACCOUNT,
        "Run bomgar.appliance.page_info to see what is not recognised.",
    ),
    Kind.SITE: (
        ("check_health", "software_page", "login_page"),
        "login",
        f"Give {LOGIN.words}.",
        "Look at /login > Management > Software.",
    ),
}


def versions_known(seen: Observed) -> Said:
    """A version that the verdict rests on is not known: fail. Another one: warn."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    shown = ", ".join(
        f"{WORD[kind]} {installed(seen.versions, kind)}"
        for kind in (Kind.BASE, Kind.SITE)
        if installed(seen.versions, kind)
    )
    unknown = [kind for kind in (Kind.BASE, Kind.SITE) if installed(seen.versions, kind) is None]
    if not unknown:
        return passed(shown)
    names = " and ".join(WORD[kind] for kind in unknown)
    detail = f"the version of the {names} is not known"
    troubles, actions = [], []
    for kind in unknown:
        interfaces, account, give, look = _TELLS[kind]
        problem = seen.problem(*interfaces)
        if problem is not None:
            troubles.append(str(problem["message"]))
            actions.append(str(problem["remedy"]))
        if account not in seen.accounts:
            actions.append(give)
        elif problem is None:
            actions.append(look)
    if troubles:
        detail = f"{detail}: {'; '.join(troubles)}"
    if any(kind in unknown for kind in needed_versions(seen)):
        return failed(detail, " ".join(actions))
    return warned(f"{detail}; {shown or 'no version'} is, and nothing else is to be changed", " ".join(actions))


def to_install(seen: Observed) -> tuple[Kind, ...] | None:
    """The kinds of the packages that are still to be installed, in order; None if that cannot be told."""
    if seen.by_offers:
        if seen.course is None or seen.course.stuck:
            return None
        return tuple(step.offer.kind for step in seen.course.steps)
    files = [package.file for package in seen.packages if package.file is not None]
    if len(files) < len(seen.packages):
        return None
    try:
        return tuple(package.kind for package in left(files, seen.wish, seen.versions, seen.done))
    except BadInput:
        return None


_SET_TARGET = 'Set bomgar_target, as {site: "11.1.1", base: "3.2.6"}, or {site: latest}.'


def target(seen: Observed) -> Said:
    """Reached: pass. Out of reach: fail, in the words of the offers or of the file. Offers unreadable: error."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    too_new = beyond(seen.wish, seen.versions)
    if too_new:
        words = " and ".join(
            f"{WORD[kind]} {installed(seen.versions, kind)} runs, which is newer than {seen.wish.of(kind)}"
            for kind in too_new
        )
        return failed(words, "Correct bomgar_target: no documented way leads back to an older version.")
    fixed = not seen.wish.empty and LATEST not in (seen.wish.site, seen.wish.base)
    if fixed and not missing(seen.wish, seen.versions):
        return passed("nothing to do: the target runs already")
    return _automatic_target(seen) if seen.by_offers else _manual_target(seen)


def _pages_refused(seen: Observed) -> Trouble | None:
    """In short, that /appliance refused the account, where `versions_known` has said so."""
    problem = seen.problem("status_page", reasons=("authentication",))
    return Trouble("the account of /appliance was refused", _AS_VERSIONS, "authentication") if problem else None


def _automatic_target(seen: Observed) -> Said:
    if seen.wish.empty:
        return failed("no target is given", _SET_TARGET)
    if seen.look is not None and seen.look.activity is Activity.BUSY:
        return warned("an installation runs, so nothing is offered now", "The offers are read when it has ended.")
    if seen.course is None:
        if seen.attended and (seen.pages_trouble is not None or "appliance" not in seen.accounts):
            return manual(
                "the offers are read by a person", "See on /appliance, Updates, whether the target is offered."
            )
        if "appliance" not in seen.accounts:
            return failed("the automatic path needs the pages of /appliance", _APPLIANCE_ACCOUNT)
        trouble = _pages_refused(seen) or seen.pages_trouble or Trouble("the page lists none", _PAGE_INFO)
        return error(f"the offers could not be read: {trouble.words}", trouble.remedy)
    course = seen.course
    if course.stuck is not None and any(installed(seen.versions, kind) is None for kind in needed_versions(seen)):
        return failed(course.stuck, _AS_VERSIONS)
    if course.stuck is not None:
        return failed(
            course.stuck,
            "Correct bomgar_target, or ask the vendor to offer the package to this appliance; the manual path takes package files.",
        )
    if course.reached:
        return passed("nothing to do: the newest that is offered runs already")
    order = ", then ".join(step.offer.name for step in course.steps)
    detail = f"{order} ({course.caution})" if course.caution else order
    ends = {step.offer.kind: step.offer.version for step in course.steps}
    for kind in (Kind.BASE, Kind.SITE):
        wished = seen.wish.of(kind)
        if wished not in (None, LATEST) and not same(wished, ends.get(kind) or installed(seen.versions, kind)):
            return warned(
                detail, "Plan time for further packages: what comes after these is only known when they are installed."
            )
    return passed(detail)


def _manual_target(seen: Observed) -> Said:
    if LATEST in (seen.wish.site, seen.wish.base):
        return failed(
            "latest means the newest that is offered, and package files are not offered",
            "Write the version of the package into bomgar_target.",
        )
    if not seen.packages:
        return failed(
            "no package file is given", "Set bomgar_packages, as [{path: /srv/packages/base.bin, sha256: ...}]."
        )
    for package in seen.packages:
        if package.file is None:
            return failed(package.trouble, package.remedy)
    files = [package.file for package in seen.packages if package.file is not None]
    try:
        rest = left(files, seen.wish, seen.versions, seen.done)
    except BadInput as problem:
        return failed(problem.got, problem.remedy)
    unknown = [item for item in files if item.kind is Kind.UNKNOWN]
    lacking = [
        kind
        for kind in missing(seen.wish, seen.versions)
        if not any(item.kind is kind and same(seen.wish.of(kind), item.version) for item in files)
    ]
    for kind in lacking:
        wished = str(seen.wish.of(kind))
        # A name with a version of that form tells another one; any other name tells nothing.
        others = [
            item.name
            for item in unknown
            if any(number.count(".") == wished.count(".") for number in numbers_in(item.name))
        ]
        if len(others) == len(unknown):
            told = f": {', '.join(others)} {'names' if len(others) == 1 else 'name'} another version" if others else ""
            return failed(
                f"no package brings the {WORD[kind]} {wished}{told}",
                "Add it to bomgar_packages, or correct the package's provides or bomgar_target.",
            )
    if not rest:
        return passed("nothing to do: every package's version runs already")
    order = ", then ".join(f"{item.name} ({bytes_text(item.size)}, SHA-256 {item.sha256[:12]})" for item in rest)
    if lacking:
        wishes = " and ".join(f"the {WORD[kind]} {seen.wish.of(kind)}" for kind in lacking)
        return warned(
            f"{order}; nothing tells whether {' or '.join(item.name for item in unknown)} brings {wishes}",
            'Say so in bomgar_packages, as provides: {site: "11.1.1"}. A wrong package is noticed only when it is installed.',
        )
    return passed(order)


# -- before: what must not be touched --------------------------------------------------------------------------------------


def _once(problem: Mapping[str, Any]) -> Mapping[str, Any]:
    """A problem of the API, in short where `api_authorised` has said it."""
    if problem["reason"] != "authentication":
        return problem
    return {**problem, "message": "the API account was refused", "remedy": _AS_AUTHORISED}


def single_appliance(seen: Observed) -> Said:
    """Part of a pair: fail. Could not be read: error. Not told by this release: manual."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    if seen.pair is not None:
        return not_applicable("the site is upgraded as a pair")
    nodes = seen.facts.get("nodes")
    action = "Upgrade a pair as a pair (bomgar_path: in_place or role_swap): automatic updates do not apply to a failover configuration."
    if seen.role in (Role.PRIMARY, Role.BACKUP):
        return failed(f"it says that it is the {seen.role} of a pair", action)
    if nodes is not None and any(Role(node["failover_role"]) in (Role.PRIMARY, Role.BACKUP) for node in nodes):
        return failed("one of the site's appliances says that it is in a pair", action)
    if seen.role is Role.NONE:
        return passed("it says that it has no failover role")
    problem = seen.problem("check_health", "get_appliances")
    if problem is not None:
        problem = _once(problem)
        return error(
            f"the role could not be read: {problem['message']}",
            f"{problem['remedy']} An appliance of a pair must not be updated alone.",
        )
    return manual(
        "this release does not tell its role",
        "See on /login > Management > Failover that no relationship is established.",
    )


def cluster(seen: Observed) -> Said:
    """Atlas, or several appliances that are no pair: fail. Could not be read: error."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    nodes = seen.facts.get("nodes")
    if nodes is None:
        problem = seen.problem("get_appliances")
        if problem is not None and problem["reason"] != "authentication":
            return error(
                f"the site's appliances could not be read: {problem['message']}",
                f"{problem['remedy']} A cluster must not be upgraded by this.",
            )
        return not_applicable("nothing told it: no API account, or a release without get_appliances (before 14.1)")
    action = "Ask the vendor how to upgrade an Atlas cluster; this collection does not."
    members = [node for node in nodes if ClusterRole(node["cluster_role"]) is not ClusterRole.SINGLE]
    if members:
        words = ", ".join(f"{node['name']} is {node['cluster_role']}" for node in members[:_NAMES_SHOWN])
        return failed(f"it is a cluster, or may be one: {words}", action)
    roles = sorted(str(node["failover_role"]) for node in nodes)
    # What two are to each other now, pair_state judges.
    if len(nodes) > 1 and roles != ["backup", "primary"] and (seen.pair is None or len(nodes) > 2):
        return failed(f"the site has {len(nodes)} appliances that are no pair", action)
    return passed("one appliance" if len(nodes) == 1 else "no cluster")


def update_running(seen: Observed) -> Said:
    """One is running: warn, or fail with `running: refuse`. An old failure on the page: warn."""
    if seen.look is None:
        return not_applicable(
            "the Updates page was not read" + (f": {seen.pages_trouble.words}" if seen.pages_trouble else "")
        )
    words = f": {seen.look.message}" if seen.look.message else ""
    if seen.look.activity is Activity.BUSY:
        if seen.running == "refuse":
            return failed(f"one is running{words}", "Wait until it has ended; or let this run join it (running: join).")
        return warned(f"one is running, and this run joins it{words}", "Nothing; no second one is started.")
    if seen.look.activity is Activity.FAILED:
        return warned(f"the page tells of an installation that failed{words}", "Find out why before the next one.")
    return passed("the Updates page shows none")


# -- before: time and people -----------------------------------------------------------------------------------------------


def window(seen: Observed) -> Said:
    """Over, or shorter than the installations usually take: fail."""
    if not seen.installs:
        return not_applicable(_NOT_NOW)
    if seen.window_ends is None:
        return not_applicable("no end of the window is given")
    ends = datetime.fromtimestamp(seen.window_ends, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    if seen.window_ends <= seen.now:
        return failed(f"the window ended at {ends}", "Set bomgar_window_ends to the end of this window.")
    kinds = to_install(seen)
    if kinds == ():
        return passed(f"nothing to install; it ends at {ends}")
    known = kinds is not None
    kinds = kinds or (Kind.UNKNOWN,)
    needed = seconds_needed(kinds, seen.usual_duration, seen.learned)
    packages = f"{len(kinds)} package{'s' if len(kinds) > 1 else ''}" if known else "at least one package"
    detail = f"{packages} may take {seconds_text(needed)}, and {seconds_text(seen.window_ends - seen.now)} are left until {ends}"
    if seen.now + needed > seen.window_ends:
        return failed(
            detail,
            "Take a longer or later window (bomgar_window_ends), or set site_usual_duration if this site is known to be faster.",
        )
    return passed(detail)


#: What is left to do where nothing tells whether sessions are running.
UNTOLD_SESSIONS = "Or make sure that nobody works on the site, and set bomgar_sessions: accept."


def sessions(seen: Observed) -> Said:
    """Running, or nobody can tell: fail with `refuse`, warn with `accept`; running with `wait`: warn."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    if not seen.installs:
        return _name_leaves(seen) if seen.path == "role_swap" and seen.serves_site else not_applicable(_NOT_NOW)
    if to_install(seen) == ():
        return not_applicable("nothing is to be installed")
    running = seen.activity.get("running")
    if running is None and not seen.serves_site:
        return passed(
            "the site's name does not lead to this appliance; it does not tell whether a session is left there"
        )
    untold = seen.activity.get("untold") or ()
    if running is False:
        silent = ", ".join(str(item["interface"]) for item in untold)
        upload = not seen.by_offers and seen.sessions != "accept"
        more = [f"not told by {silent}" if silent else "", UPLOAD_INSTALLS if upload else ""]
        return passed("; ".join(["no session is running", *filter(None, more)]))
    count = len(seen.activity.get("sessions") or ())
    words = f"{count} session{'s' if count != 1 else ''} running" if count else "sessions are running"
    if running is None:
        why, remedy = together(map(_once, untold))
        words = f"nothing tells whether sessions are running ({why})"
        if seen.sessions == "accept":
            return warned(f"{words}; any would be cut, as accepted", "Tell the representatives.")
        return failed(words, f"{remedy} {UNTOLD_SESSIONS}".strip())
    if seen.sessions == "accept":
        return warned(f"{words}, to be cut as accepted", "Tell the representatives.")
    if seen.sessions == "wait":
        limit = f" for at most {seconds_text(seen.sessions_wait)}" if seen.sessions_wait else ""
        return warned(f"{words}; the run waits{limit} until they have ended", "Ask the representatives to finish.")
    return failed(words, "Let them end, or set bomgar_sessions to wait or accept.")


def _name_leaves(seen: Observed) -> Said:
    """Running, or nobody can tell, where the site's name leaves production: warn. How many run at the cutover is seen then."""
    running = seen.activity.get("running")
    if running is False:
        return passed("nothing is installed on it in this run, and no session is running")
    shown = "sessions are running" if running else "nothing tells whether sessions are running"
    unknown = "whether one goes on when the site's name moves to the other appliance is not documented"
    what = {
        "accept": "It is moved all the same, as accepted. Tell the representatives.",
        "wait": "It is moved when none runs. Ask the representatives to finish in time.",
    }
    return warned(
        f"{shown}, and {unknown}",
        what.get(seen.sessions, "It is not moved while one runs, unless bomgar_sessions is wait or accept."),
    )


def representatives(seen: Observed) -> Said:
    """Logged in: warn, with their names."""
    if not seen.installs:
        return not_applicable(_NOT_NOW)
    people = seen.activity.get("representatives")
    if people is None:
        return not_applicable("nothing told it")
    if not people:
        return passed("no representative is logged in")
    names = [str(person.get("display_name") or "?") for person in people]
    shown = ", ".join(names[:_NAMES_SHOWN]) + (
        f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    )
    return warned(
        f"{len(names)} logged in and disconnected by the update: {shown}", "Tell them when the site goes down."
    )


# -- before: what is kept -----------------------------------------------------------------------------------------------------


def backup_fresh(seen: Observed) -> Said:
    """None that counts: fail, unless this run takes one before it installs."""
    if not seen.installs:
        return not_applicable(_NOT_NOW)
    take = "Take one: ansible-playbook bomgar.appliance.back_up"
    if seen.backup is None:
        if to_install(seen) == ():
            return not_applicable("nothing is to be installed")
        return failed("no folder of backups is given", f"Set bomgar_backup_dir. {take}")
    if seen.backup.file is not None:
        return passed(f"{seen.backup.why} ({seen.backup.file})")
    if seen.backup.follows:
        return passed(f"{seen.backup.why}; this run takes one before it installs anything")
    if to_install(seen) == ():
        return warned(seen.backup.why, f"Nothing is to be installed now. {take}")
    return failed(seen.backup.why, take)


def controller_room(seen: Observed) -> Said:
    """Less than needed, or not writable: fail."""
    if not seen.folders:
        return not_applicable("no folder for backups or records is given")
    bad = [folder for folder in seen.folders if folder.trouble or folder.free < folder.needed]
    if bad:
        words = "; ".join(
            folder.trouble
            or f"{folder.path} has {bytes_text(folder.free)} free, {bytes_text(folder.needed)} are needed for {folder.what}"
            for folder in bad
        )
        return failed(words, "Make room there, or choose other folders (bomgar_backup_dir, bomgar_record_dir).")
    return passed(", ".join(f"{bytes_text(folder.free)} free for {folder.what}" for folder in seen.folders))


def pages_recognised(seen: Observed) -> Said:
    """Something needed on this path is not found: fail, or warn where a person attends. Not looked at: error."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    found = [_updates_page(seen)]
    if seen.pair is not None:
        found.append(_controls(seen, seen.failover_controls, seen.failover_trouble))
    # Of two that are not in order the worse one counts, with the words of both.
    found.sort(key=lambda said: tuple(CheckOutcome).index(said.outcome))
    wrong = [said for said in found if said.action] or found[:1]
    words, actions = (
        dict.fromkeys(texts) for texts in zip(*((said.detail, said.action) for said in wrong), strict=True)
    )
    return Said(found[0].outcome, "; ".join(words), " ".join(actions))


def _updates_page(seen: Observed) -> Said:
    if "appliance" not in seen.accounts:
        return not_applicable("no account of /appliance is given")
    if seen.look is not None and seen.look.activity is Activity.BUSY:
        return not_applicable("an installation runs, so the page shows its progress and not its controls")
    return _controls(seen, seen.controls, _pages_refused(seen) or seen.pages_trouble)


def _controls(seen: Observed, controls: Sequence[Control] | None, trouble: Trouble | None) -> Said:
    """Whether these are found; `trouble`: why they were not looked at."""
    action = "Run bomgar.appliance.page_info, add the labels it shows to bomgar_labels, or attach its sketch to a bug report."
    if controls is None:
        trouble = trouble or Trouble("nothing says why", action)
        if trouble.reason != "not_recognised":
            return error(f"the pages were not looked at: {trouble.words}", trouble.remedy)
        words = trouble.words
    else:
        lacking = [
            f"the page {item.page!r}" if item.control == PAGE_ITSELF else f"{item.control!r} on the page {item.page!r}"
            for item in controls
            if not item.found
        ]
        if not lacking:
            return passed("every control that this path needs is recognised")
        words = f"not recognised: {', '.join(lacking)}"
    if seen.attended:
        return warned(f"{words}; a person is asked to do these", action)
    return failed(words, action)


def certificate_exported(_seen: Observed) -> Said:
    """Always manual."""
    return manual(
        "the backup does not hold it", "Export it as .p12 on /appliance, Security > Certificates, and keep it apart."
    )


def vault_key_exported(seen: Observed) -> Said:
    """Manual, where the API knows of a Vault."""
    permissions = seen.facts.get("permissions")
    if permissions is not None and "perm_configuration_vault_account" not in permissions:
        return not_applicable("the API of this release knows no Vault")
    return manual(
        "the backup does not hold it, and its Vault credentials are of no use without it",
        "Download it on /login if Vault is used, and keep it apart.",
    )


_NO_CROSSING = f"the upgrade does not pass release {LSID_BORDER}"
_AUDIT = "ansible-playbook bomgar.appliance.audit_integrations"


def _passes_border(seen: Observed) -> Said | None:
    """What to say where integrations have nothing new to expect; None where they have, or may have."""
    if seen.unreachable is not None:
        return not_applicable(NO_ANSWER)
    if merges_sessions(seen.versions) is None:
        return not_applicable("which release runs is not known, see versions_known")
    wished = _wished_site(seen)
    if wished is None and seen.wish.site == LATEST:
        wished = LATEST
    if not crosses(seen.versions, wished):
        return not_applicable(_NO_CROSSING)
    others = [] if seen.pair is None else [one.versions for one in seen.pair.members]
    if any(merges_sessions(versions) for versions in others):
        return not_applicable(
            f"the other appliance has passed release {LSID_BORDER} already, so what is behind it is known"
        )
    return None


def integrations_audited(seen: Observed) -> Said:
    """Where the upgrade passes release 10.6: no audit, an old one, or open findings: fail."""
    nothing_new = _passes_border(seen)
    if nothing_new is not None:
        return nothing_new
    audit = seen.audit or AuditState(trouble="it is not known what uses the API or the Integration Client's database")
    if audit.trouble:
        return failed(
            f"from {LSID_BORDER} on an LSID is a text, there is an LSEQ, and XML answers have a namespace; {audit.trouble}",
            f"Audit what uses them: {_AUDIT}. If nothing does, waive this check and say so.",
        )
    if audit.open:
        shown = ", ".join(audit.open[:_NAMES_SHOWN])
        more = f" and {len(audit.open) - _NAMES_SHOWN} more" if len(audit.open) > _NAMES_SHOWN else ""
        return failed(
            f"{len(audit.open)} places will break: {shown}{more}",
            f"Mend them, or accept them with a reason where they are, then audit again: {_AUDIT}",
        )
    age = seconds_text(max(0.0, seen.now - audit.made_at))
    if seen.now - audit.made_at > seen.thresholds.audit_days * 86400:
        return failed(f"the audit is {age} old, and integrations may have changed since", f"Audit again: {_AUDIT}")
    return passed(f"audited {age} ago, nothing is open")


def integration_client(seen: Observed) -> Said:
    """Manual, where the upgrade passes release 10.6. Which version of it fits which later release is not documented."""
    nothing_new = _passes_border(seen)
    if nothing_new is not None:
        return nothing_new
    return manual(
        "an Integration Client of before release 10.6 cannot read the new answers, and no interface tells its version",
        "If there is one, update it before the appliance: the new one reads the old answers, too, and changes its database itself.",
    )


def _wished_site(seen: Observed) -> str | None:
    """The site version that the upgrade ends at, as far as known."""
    if seen.wish.site not in (None, LATEST):
        return seen.wish.site
    versions = [step.offer.version for step in seen.course.steps if step.offer.kind is Kind.SITE] if seen.course else []
    versions += [
        package.file.version
        for package in seen.packages
        if package.file and package.file.kind is Kind.SITE and package.file.version
    ]
    return max(versions, key=key) if versions else None
