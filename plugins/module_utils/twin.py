# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was read of a real site to the description of its twin in the simulator, for a rehearsal. Pure.

Only what is listed here goes over: no secret, no address and nothing that would lead out of the twin. What the twin cannot have of
the real site is said in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from .columns import LISTED, fitted
from .errors import BadInput
from .models import Kind, Offer, Versions
from .offers import waits_for
from .package_files import brings, without_extension
from .record_standing import GOOD
from .versions import Wish, installed, key, newer, same
from .web.labels import LABELS

FORMAT = 1
#: The file that says to which appliance the twin's name leads, and the task file that writes it.
DOOR = "leads-to"
CUTOVER = "cutover.yml"
#: A twin's backup is no bigger than this: it only has to be there and be verified.
BACKUP_AT_MOST = 16 * 1024 * 1024
#: So many finished sessions lie on the twin, for exports and syncs.
FINISHED_SESSIONS = 25
#: So long (simulated seconds) the twin's running sessions last where the upgrade waits for them.
SESSIONS_LAST = 600.0

#: Variables of the inventory (without `bomgar_`) that the twin takes over as they are.
TAKEN = (
    "path",
    "target",
    "pair_automatic",
    "sessions",
    "labels",
    "acceptance",
    "waivers",
    "signed_off_by",
    "backup_keep",
)
#: Options of roles that it takes over, too.
TAKEN_OPTIONS = (
    "readiness_gate",
    "readiness_thresholds",
    "session_export_chunk",
    "site_usual_duration",
    "validation_sign_off",
    "validation_thresholds",
)
#: Task files of the user's own: only if that is asked for.
OWN_TASKS = (
    "pair_upgrade_tasks_after_update",
    "pair_upgrade_tasks_before_update",
    "single_upgrade_tasks_after_update",
    "single_upgrade_tasks_before_update",
)

#: Stages of a plan that have no step of that name in a record.
NO_STEPS = ("join", "export")

#: What no twin can know; the documentation says the same.
NEVER = (
    "the vendor's packages: what is in them, whether they fit, and what their own checks say",
    "how long anything takes on the real appliances, and how long the site is really down",
    "your DNS, load balancer, firewalls and proxies, and whether anybody notices the move of the name",
    "your data, and your own integrations",
)


@dataclass(frozen=True)
class Seen:
    """What was read of one appliance: the results of `info`, `update_info`, `activity_info`, `page_info`, and its kinds of accounts."""

    info: Mapping[str, Any]
    updates: Mapping[str, Any] = field(default_factory=dict)
    activity: Mapping[str, Any] = field(default_factory=dict)
    pages: Mapping[str, Any] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()

    @property
    def versions(self) -> Versions:
        """What the appliance runs."""
        told = self.info.get("versions") or {}
        return Versions(**{name: told.get(name) for name in ("site", "base", "build", "api")})

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What it offers; nothing where that could not be read."""
        return tuple(
            Offer(item["name"], Kind(item["kind"]), item["version"], bool(item["installable"]), item.get("blocked_by"))
            for item in self.updates.get("offers") or ()
        )


@dataclass(frozen=True)
class Twin:
    """`told`: the description for the simulator (tests/simulator/twin.py). `lines`: what is rehearsed, `notes`: what is not as on the
    real site. `versions`: what each appliance runs, by name."""

    site: str
    told: dict[str, Any]
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    versions: dict[str, dict[str, Any]]
    windows: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """For a task."""
        return {
            "site": self.site,
            "told": self.told,
            "lines": list(self.lines),
            "notes": list(self.notes),
            "versions": self.versions,
            "windows": list(self.windows),
        }


@dataclass(frozen=True)
class Wishes:
    """How it is to be rehearsed. `sessions`: how many run on the twin (None: as many as now); `own_tasks`: run the user's task files,
    with these `variables` of the user's."""

    sessions: int | None = None
    own_tasks: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)


def make(
    site: str,
    seen: Mapping[str, Seen],
    given: Mapping[str, Any],
    *,
    pair: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    manifest: str = "",
    record: str = "",
    wishes: Wishes | None = None,
) -> Twin:
    """The twin of a site. BadInput where too little is known, or where the site is in the middle of something.

    seen: by the appliances' names, in the inventory's order. given: the inventory's variables (`inventory.given`). pair: how the two
    stand (`info`). options: options of the roles. manifest: text of the newest backup's; record: text of the site's last record.
    """
    wishes = wishes or Wishes()
    _refuse(site, seen, pair)
    notes: list[str] = []
    production = str(pair["production"] or pair["primary"]) if pair else next(iter(seen))
    wish = Wish.from_options(given.get("target") or {})
    offers = _offers(seen, notes)
    files = _files(given, wish, offers)
    told: dict[str, Any] = {
        "format": FORMAT,
        "site": site,
        "production": production,
        "common": {
            "dialect": _dialect(seen.values(), notes),
            "backup_size": _backup_size(manifest, notes),
            "ended_sessions": FINISHED_SESSIONS,
        },
        "members": {
            name: {"options": _box(one, name == production, given, wishes, notes), "accounts": list(one.accounts)}
            for name, one in seen.items()
        },
        "offers": offers,
        "files": files,
        "install": _durations(record),
        "door": DOOR,
        "variables": _variables(given, options or {}, files, wishes, notes),
    }
    _one_certificate(told["members"].values())
    if not pair and (role := seen[production].info.get("role")) in ("primary", "backup"):
        told["members"][production]["options"]["role"] = role  # one of a pair of which the inventory knows nothing
    if pair:
        cutover = given.get("cutover") or {}
        shared = seen[production].info.get("shared_ips") or []
        if cutover.get("method") == "shared_ip" and shared:
            told["shared_ips"] = list(shared)
            told["variables"]["bomgar_cutover"] = {
                name: cutover[name] for name in ("method", "shared_ips", "show_within") if name in cutover
            }
        else:
            told["variables"]["bomgar_cutover"] = {"method": "tasks", "file": CUTOVER}
            method = cutover.get("method", "operator")
            notes.append(
                f"the cutover by {method} is replaced by the twin's own: no DNS is asked and no task file of yours moves a name"
            )
    windows = ("first", "second") if pair else ()
    lines = _lines(site, seen, production, told, given, windows)
    versions = {
        name: {
            "site": one.versions.site,
            "base": one.versions.base,
            "build": one.versions.build,
            "api": one.versions.api,
        }
        for name, one in seen.items()
    }
    return Twin(site, told, tuple(lines), tuple(dict.fromkeys(notes)), versions, windows)


# -- what stands against it -------------------------------------------------------------------------------------------


def _refuse(site: str, seen: Mapping[str, Seen], pair: Mapping[str, Any] | None) -> None:
    what = f"build the twin of {site}"
    for name, one in seen.items():
        unknown = [
            word
            for word, version in (("site software", one.versions.site), ("base software", one.versions.base))
            if version is None
        ]
        if unknown:
            told = [
                f"{item['interface']}: {item['message']}"
                for item in one.info.get("problems") or ()
                if item.get("message")
            ]
            raise BadInput(
                what,
                "; ".join([f"the version of the {' and of the '.join(unknown)} of {name} is not known", *told]),
                "Run bomgar.appliance.show_status, and give the accounts that tell it (docs/inventory.md).",
            )
        if one.updates.get("activity") == "busy":
            raise BadInput(
                what,
                f"an update is running on {name}",
                "Let it end, then rehearse: a rehearsal begins at the beginning.",
            )
    if pair and pair.get("relation") != "established":
        raise BadInput(
            what,
            f"its failover is {pair.get('relation')}, so it is in the middle of an upgrade, or something is wrong",
            "A rehearsal begins at the beginning: bring the pair in order first (bomgar.appliance.show_status tells how it stands).",
        )


# -- packages ---------------------------------------------------------------------------------------------------------


def _offers(seen: Mapping[str, Seen], notes: list[str]) -> list[dict[str, Any]]:
    """The offers of all appliances as packages of the simulator, each once."""
    found: dict[str, dict[str, Any]] = {}
    for name, one in seen.items():
        if one.updates.get("failed") or one.updates.get("offers") is None:
            why = one.updates.get("msg") or "its page lists none"
            notes.append(f"what {name} offers is not known ({why}); the twin offers nothing of it")
        for offer in one.offers:
            if _usable(offer.version):
                found.setdefault(offer.name, _offered(offer, one.versions, one.offers, notes))
            else:
                notes.append(f"{offer.name} is left out: its version is not made of numbers alone")
    return list(found.values())


def _usable(version: str) -> bool:
    return all(part.isdigit() for part in version.split("."))


def _offered(offer: Offer, versions: Versions, offers: Sequence[Offer], notes: list[str]) -> dict[str, Any]:
    package = _package(offer.kind, offer.version, offer.name)
    if offer.installable:
        return package
    waits = waits_for(offer, versions)
    if waits is Kind.UNKNOWN:
        waits = Kind.BASE if offer.kind is Kind.SITE else Kind.SITE
        notes.append(f"what {offer.name} waits for is not told; the twin lets it wait for the {waits.value} software")
    running = str(installed(versions, waits))
    able = [
        item.version for item in offers if item.kind is waits and item is not offer and newer(item.version, running)
    ]
    if able:
        package["requires"] = {waits.value: min(able, key=key)}
    else:
        # Nothing that is offered lifts the block: neither does the twin.
        package["requires"] = {waits.value: f"{running}.1"}
        notes.append(f"{offer.name} is refused by the appliance, and nothing that it offers would change that")
    return package


def _package(kind: Kind, version: str, name: str = "") -> dict[str, Any]:
    title = name[: -len(version)].rstrip("-_ ") if name.endswith(version) else ""
    return {
        "kind": "other" if kind is Kind.UNKNOWN else kind.value,
        "version": version,
        "requires": {},
        "title": title or None,
    }


def _files(given: Mapping[str, Any], wish: Wish, offers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The package files by their real names, and what they bring; they need not be there yet."""
    packages = list(given.get("packages") or ())
    found = []
    for number, package in enumerate(packages, 1):
        name = PurePosixPath(str(package["path"])).name
        kind, version = brings(without_extension(name), package.get("provides") or {}, wish, len(packages) == 1)
        if kind is Kind.UNKNOWN or version is None or not _usable(version):
            raise BadInput(
                f"build a package {name} for the twin",
                "nothing says which version it brings, and a twin's package has to bring one",
                'Give provides of the package in bomgar_packages, as {path: ..., provides: {site: "11.1.1"}}.',
            )
        offered = next((item for item in offers if item["kind"] == kind.value and same(item["version"], version)), None)
        found.append(
            {
                "path": f"packages/{number}/{name}",
                "provides": {kind.value: version},
                "package": {**_package(kind, version), "requires": dict(offered["requires"]) if offered else {}},
            }
        )
    return found


# -- the boxes --------------------------------------------------------------------------------------------------------


def _box(seen: Seen, serves: bool, given: Mapping[str, Any], wishes: Wishes, notes: list[str]) -> dict[str, Any]:
    """Options of the simulator's appliance."""
    info, versions = seen.info, seen.versions
    told: dict[str, Any] = {"base": versions.base, "site": versions.site}
    if versions.build:
        told["build"] = versions.build
    about = info.get("appliance") or {}
    told |= {name: about[name] for name in ("model", "serial") if about.get(name)}
    if (info.get("clock") or {}).get("skew") is not None:
        told["clock_skew"] = float(info["clock"]["skew"])
    if (info.get("certificate") or {}).get("days_left") is not None:
        told["certificate_days"] = float(info["certificate"]["days_left"])
    if info.get("permissions"):
        told["permissions"] = dict(info["permissions"])
    health = info.get("health") or {}
    if health.get("healthy") is False:
        told |= {"healthy": False, "problem": str(health.get("error_message") or "not healthy")}
    if serves:
        told |= _people(seen.activity, given, wishes, notes)
    return told


def _one_certificate(members: Iterable[Mapping[str, Any]]) -> None:
    """What was read of one certificate a moment later is the same certificate: the two of a pair compare theirs."""
    options = [member["options"] for member in members]
    days = [one["certificate_days"] for one in options if "certificate_days" in one]
    if len(days) == len(options) and max(days) - min(days) < 1:
        for one in options:
            one["certificate_days"] = days[0]


def _people(activity: Mapping[str, Any], given: Mapping[str, Any], wishes: Wishes, notes: list[str]) -> dict[str, Any]:
    sessions = activity.get("sessions")
    running = len(sessions) if sessions is not None else int(bool(activity.get("running")))
    if wishes.sessions is not None:
        running = wishes.sessions
    elif running:
        notes.append(f"{running} sessions run on the twin, as now; with rehearsal_sessions you choose how many")
    told: dict[str, Any] = {"sessions": running, "representatives": len(activity.get("representatives") or ())}
    if running and given.get("sessions") == "wait":
        told["sessions_last"] = SESSIONS_LAST
        notes.append("the twin's sessions end by themselves; how long yours take nobody knows")
    return told


def _dialect(seen: Iterable[Seen], notes: list[str]) -> str:
    """The look of the twin's pages: the guide's, in the language that the real ones show; a page that is not recognised stays so."""
    pages = [one.pages for one in seen if one.pages.get("pages")]
    if any(not page.get("recognised") for page in pages):
        notes.append("the real pages are not recognised, so the twin's are not either: see bomgar.appliance.page_info")
        return "unknown"
    english = {label.text for labels in LABELS.values() for label in labels if label.language == "en"}
    italian = {label.text for labels in LABELS.values() for label in labels if label.language == "it"} - english
    shown = [
        str(control.get("how") or "")
        for page in pages
        for one in page["pages"]
        for control in one["controls"]
        if control["found"]
    ]
    return "guide_it" if any(f"'{text}'" in how for how in shown for text in italian) else "guide_en"


def _backup_size(manifest: str, notes: list[str]) -> int:
    """As big as the last backup on the controller, up to a limit."""
    try:
        size = int(json.loads(manifest)["size"]) if manifest else None
    except (ValueError, KeyError, TypeError):
        size = None
    if size is None:
        notes.append("no backup of the site is on the controller, so its volume of data is not known")
        return 262_144
    if size > BACKUP_AT_MOST:
        notes.append(f"the last backup has {size} bytes, the twin's {BACKUP_AT_MOST}")
    return max(1024, min(size, BACKUP_AT_MOST))


def _durations(record: str) -> dict[str, float]:
    """How long an installation takes, by what earlier ones on the real site took; otherwise the simulator's own numbers."""
    try:
        known = [float(item["seconds"]) for item in json.loads(record)["durations"]] if record else []
    except (ValueError, KeyError, TypeError):
        known = []
    return {"install": max(known)} if known else {}


# -- the inventory ----------------------------------------------------------------------------------------------------


def _variables(
    given: Mapping[str, Any],
    options: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    wishes: Wishes,
    notes: list[str],
) -> dict[str, Any]:
    """The variables of the twin's inventory, but for folders and paces."""
    found: dict[str, Any] = {f"bomgar_{name}": given[name] for name in TAKEN if name in given}
    found.setdefault("bomgar_signed_off_by", "the rehearsal")
    found["site_rehearsal"] = True
    found |= {name: options[name] for name in TAKEN_OPTIONS if options.get(name) not in (None, "")}
    own = {name: options[name] for name in OWN_TASKS if options.get(name) not in (None, "")}
    if wishes.own_tasks:
        found |= own
        found |= {name: value for name, value in wishes.variables.items() if name not in found}
    elif own:
        notes.append(
            f"your own task files are not run ({', '.join(sorted(own))}); with rehearsal_own_tasks they are, for real"
        )
    driver = given.get("driver")
    if driver == "operator" or given.get("attended"):
        notes.append("nobody clicks on the twin: it is driven by the driver auto, and no person is asked")
    elif driver:
        found["bomgar_driver"] = driver
    if given.get("window_ends"):
        notes.append(
            "the end of the window (bomgar_window_ends) is not rehearsed: the twin's time runs faster than yours"
        )
    if given.get("plan"):
        notes.append("bomgar_plan is not held in the rehearsal: compare the fingerprint below with it")
    if files:
        found["bomgar_packages"] = [{"path": file["path"], "provides": file["provides"]} for file in files]
        notes.append("your package files are not used: the twin installs empty ones with their names and versions")
    return found


# -- words ------------------------------------------------------------------------------------------------------------


def _lines(
    site: str,
    seen: Mapping[str, Seen],
    production: str,
    told: Mapping[str, Any],
    given: Mapping[str, Any],
    windows: Sequence[str],
) -> list[str]:
    path = given.get("path", "automatic")
    lines = [f"{site}: its twin in the simulator, path {path}" + (", both windows" if windows else "")]
    for name, one in seen.items():
        place = "" if not windows else ", production" if name == production else ", standby"
        lines.append(f"  {name}: site software {one.versions.site}, base software {one.versions.base}{place}")
    target = given.get("target") or {}
    lines.append(
        "  target: " + (", ".join(f"{kind} {version}" for kind, version in target.items()) or "what the packages bring")
    )
    for offer in told["offers"]:
        needs = ", ".join(f"{kind} {version}" for kind, version in offer["requires"].items())
        title = offer["title"] or {"base": "Base Software", "site": "Bomgar"}.get(offer["kind"], "Patch")
        lines.append(f"  offered: {title}-{offer['version']}{f', once {needs} is in' if needs else ''}")
    lines += [f"  package: {PurePosixPath(file['path']).name}" for file in told["files"]]
    return lines


def compare(twin: Mapping[str, Any], outcome: Mapping[str, Any], plan: Mapping[str, Any] | None = None) -> list[str]:
    """The end of a rehearsal for a person: how it went, what was predicted, and what it does not show.

    outcome: the result of the module `rehearsal`. plan: the result of the module `plan` on the real site, with the twin's packages.
    """
    site, record = twin["site"], outcome.get("rehearsed") or {}
    lines = [f"REHEARSAL of {site}, on a twin. Nothing was done to the real appliances; they were only read."]
    lines.append(f"  how it went: {record.get('sentence') or outcome.get('msg') or 'no record was left'}")
    lines += _predicted(plan or {}, record)
    unlike = _unlike(twin["versions"], record.get("began") or {})
    lines.append(f"  the twin began {'with: ' + '; '.join(unlike) if unlike else 'with the versions of the real site'}")
    lines += [f"  not as on the real site: {note}" for note in twin["notes"]]
    lines += [f"  a rehearsal does not show: {text}" for text in NEVER]
    if outcome.get("report"):
        lines.append(f"  report of the rehearsal: {outcome['report']}")
    return fitted(lines, LISTED)


def _predicted(plan: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """The plan of the real site beside what the twin did."""
    if plan.get("failed") or not plan.get("stages"):
        why = plan.get("msg") or ("nothing is left to do there" if plan.get("done") else "it was not made")
        return [f"  predicted: the plan of the real site tells no steps: {why}"]
    steps = {(item["id"], item.get("appliance")): item for item in record.get("steps") or ()}
    stages = [item for item in plan["stages"] if item["state"] != "done" and item["id"] not in NO_STEPS]
    lines = []
    for stage in stages:
        step = steps.get((stage["id"], stage.get("appliance")))
        if step is None or step["outcome"] not in GOOD:
            how = "not planned on the twin" if step is None else step["outcome"] or "not begun"
            lines.append(f"  {how}: {stage['title']}")
    well = len(stages) - len(lines)
    lines.insert(0, f"  predicted for the real site: {len(stages)} steps; {well} of them ended well on the twin")
    if plan.get("stuck"):
        lines.append(f"  the real site's plan says: {plan['stuck']}")
    if plan.get("fingerprint") and plan["fingerprint"] == record.get("fingerprint"):
        lines.append(f"  the plan that was rehearsed is the real site's: fingerprint {plan['fingerprint']}")
    elif record.get("fingerprint"):
        lines.append(
            "  the plan that was rehearsed has another fingerprint than the real site's: see what is not as there"
        )
    return lines


def _unlike(real: Mapping[str, Any], twin: Mapping[str, Any]) -> list[str]:
    """Where the twin began with other versions than the real site has."""
    found = []
    for name, versions in real.items():
        for what, version in versions.items():
            other = (twin.get(name) or {}).get(what)
            if version is not None and other is not None and version != other:
                found.append(f"{name}: {what} {other} instead of {version}")
    return found
