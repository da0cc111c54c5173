# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One appliance as a plain object: state, commands, ground truth. No HTTP in here.

Times are simulated Unix seconds. `advance(now)` brings the box up to a moment; every other method expects that to have
been done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from .faults import Faults
from .package import PackageRefusedError
from .releases import api_version, has_health, has_legacy_accounts, has_oauth, namespace
from .truth import InstallSeen, LoginSeen, Outage, Truth
from .vendor import Offer, Package, Vendor, VendorUnreachableError, numbers, refusal

if TYPE_CHECKING:
    from .pair import Pair

FOREVER = float("inf")
TOKEN_SECONDS = 3600  # D-RS-AUTH
TOKENS_AT_MOST = 30  # D-RS-AUTH
PER_SECOND = 20  # C-TENDRIL, C-SEKOIA
NOT_CONFIGURED = "Failover is not configured on this appliance."  # assumed
UNREACHABLE = "The peer appliance cannot be reached."  # assumed
RUNNING = "Another update is being installed at the moment."  # assumed
PER_HOUR = 15_000  # C-TENDRIL


@dataclass(frozen=True)
class Certificate:
    """What the box shows in TLS. `authority`: known (the simulator's CA) or unknown. `days`: validity left, may be
    negative for an expired one. `names`: further host names."""

    authority: str = "known"
    days: float = 365.0
    names: tuple[str, ...] = ()
    only_names: bool = False


@dataclass(frozen=True)
class InstallPlan:
    """How installations go on this box. Seconds are simulated.

    `outcome`: good; old_version (comes back as it was, nothing said); failed (comes back as it was, with `message` on the
    page); refused_late (fails with `message` after the download, never goes down); never_back; hangs (busy for ever with
    the site up); twice (down, up for `gap`, down again, up; the new version shows at the first or the `last` return).
    `down_as`: how a site that is down answers: refused, 502, 503, closed (after TLS).
    `page`: what `/appliance` does while the site package installs: answers (a progress page) or down.
    `settle`: the site is up again but the page stays busy for so long.
    """

    download: float = 120.0
    install: float = 900.0
    restart: float = 180.0
    settle: float = 0.0
    gap: float = 180.0
    outcome: str = "good"
    message: str = "The installation of the package failed."
    down_as: str = "refused"
    page: str = "answers"
    shows_at: str = "last"
    certificate: Certificate | None = None
    namespace: str | None = None

    def __post_init__(self) -> None:
        _one_of("outcome", self.outcome,
                ("good", "old_version", "failed", "refused_late", "never_back", "hangs", "twice"))  # fmt: skip
        _one_of("down_as", self.down_as, ("refused", "502", "503", "closed"))
        _one_of("page", self.page, ("answers", "down"))
        _one_of("shows_at", self.shows_at, ("first", "last"))


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{what} must be one of {', '.join(allowed)}, not {value!r}")


@dataclass(frozen=True)
class Phase:
    """A stretch of an installation. `shows`: from its start on the new version is the installed one."""

    name: str
    start: float
    end: float
    site_up: bool = True
    box_up: bool = True
    page_up: bool = True
    shows: bool = False


@dataclass
class Installation:
    """The installation that runs now."""

    package: Package
    phases: list[Phase]
    seen: InstallSeen
    plan: InstallPlan
    entered: int = -1

    @property
    def phase(self) -> Phase:
        return self.phases[max(self.entered, 0)]


@dataclass
class ApiAccount:
    """An OAuth account (D-RS-APICONF). `permissions` as `get_api_info` names them (D-RS-GAI)."""

    client_id: str
    client_secret: str
    permissions: dict[str, str]
    enabled: bool = True
    tokens: dict[str, float] = field(default_factory=dict)

    def regenerate(self, secret: str) -> None:
        """A new secret; kills the tokens (D-RS-AUTH)."""
        self.client_secret = secret
        self.tokens.clear()

    def disable(self) -> None:
        """Switch the account off; kills the tokens (D-RS-AUTH)."""
        self.enabled = False
        self.tokens.clear()


@dataclass
class UserAccount:
    """An account with a password. The `may_*` ones concern the XML API of the user era (D-BG-CMD-OLD)."""

    username: str
    password: str
    administrator: bool = True
    may_command: bool = True
    may_report: bool = True
    may_back_up: bool = True
    locked: bool = False
    refused: int = 0


@dataclass
class Accounts:
    """All accounts that tests use; `/appliance` accounts are apart from `/login` ones (D-RS-APPADMIN)."""

    api: ApiAccount
    api_user: UserAccount
    login: UserAccount
    appliance: UserAccount


@dataclass
class Session:
    """A support session; `ended` None while it runs."""

    number: int
    guid: str
    started: float
    ended: float | None = None
    customer: str = "Customer"
    representative: str = "Representative"


@dataclass
class Representative:
    """A logged-in representative (D-BG-GLR)."""

    id: int
    name: str
    since: float
    type: str = "Normal"


def make_build(site: str) -> str:
    """A build in the observed shape `NNNNN-<40 hex>` (C-RAGMOB); the same for the same version."""
    digest = hashlib.sha1(site.encode()).hexdigest()
    return f"{int(digest[:6], 16) % 90000 + 10000}-{digest}"


ALL_PERMISSIONS = {
    "perm_command": "full_access", "perm_backup": "1", "perm_configuration": "1",
    "perm_configuration_vault_account": "0", "perm_ecm": "0", "perm_real_time_state": "0",
    "perm_reporting_archive": "0", "perm_reporting_license": "1", "perm_reporting_presentation": "1",
    "perm_reporting_support": "1", "perm_scim": "0",
}  # fmt: skip


class Appliance:
    """One box. All keyword options have defaults; see the README for what they mean."""

    def __init__(
        self,
        host: str,
        vendor: Vendor,
        *,
        now: float,
        dialect: str = "guide_en",
        base: str = "3.2.4",
        site: str = "10.5.3",
        build: str | None = None,
        api: str | None = None,
        xml_namespace: str | None = None,
        product: str = "RS",
        model: str = "B200",
        serial: str | None = None,
        clock_skew: float = 0.0,
        role: str = "none",
        cluster_role: str = "single",
        company: str = "example",
        sessions: int = 0,
        sessions_last: float | None = None,
        ended_sessions: int = 0,
        representatives: int = 0,
        permissions: dict[str, str] | None = None,
        lockout_after: int | None = 5,
        legacy_accounts: bool | None = None,
        web_session_seconds: float = 3600.0,
        backup_size: int = 262_144,
        backup_file_name: bool = True,
        backup_content_type: str = "application/octet-stream",
        backup_length: bool = True,
        vault: bool = False,
        install_plan: InstallPlan | None = None,
        certificate: Certificate | None = None,
        rate_limits: bool = True,
        rate_clock: str = "simulated",
        hash_uploads: bool = True,
        healthy: bool = True,
        problem: str = "The appliance is not able to serve.",
        address: str = "127.0.0.1",
        site_name: str | None = None,
        accounts_of: str | None = None,
        appliance_accounts_of: str | None = None,
        failover_key: str = "",
        report_limit: int | None = None,
        report_lag: float = 0.0,
    ) -> None:
        _one_of("role", role, ("none", "primary", "backup"))
        _one_of("cluster_role", cluster_role, ("single", "primary", "master", "traffic"))
        _one_of("rate_clock", rate_clock, ("simulated", "real"))
        self.host, self.vendor, self.dialect_name = host, vendor, dialect
        #: The site's own name; one appliance alone is called by it.
        self.site_name = site_name or host
        self.base, self.site, self.build = base, site, build or make_build(site)
        self._api, self._namespace = api, xml_namespace
        self.product, self.model, self.company = product, model, company
        digest = hashlib.sha256(host.encode()).hexdigest()
        self.id = digest[:32]
        self.serial = serial or f"SIM{int(digest[:8], 16) % 10**8:08d}"
        self.clock_skew = clock_skew
        self.role, self.cluster_role = role, cluster_role
        #: A report silently holds no more sessions than this; an end is not told before so many seconds have passed.
        self.report_limit, self.report_lag = report_limit, report_lag
        #: The two of them as they are, and what this box thinks: a half-broken pair has one box with a peer.
        self.pair: Pair | None = None
        self.peer: Appliance | None = None
        self.last_sync: float | None = now - 600.0 if role != "none" else None
        self.last_sync_status: str | None = "Success" if role != "none" else None
        #: good, running, failed, or None before any sync.
        self.sync_state: str | None = "good" if role != "none" else None
        self.sync_shown_after: float | None = None
        #: Rows of the Failover page's history: moment, what (sync, established, broken, role), good or failed.
        self.failover_history: list[tuple[float, str, str]] = []
        self.failover_key = failover_key
        #: Shared addresses that this box has, and those of them that are enabled here.
        self.shared_addresses: tuple[str, ...] = ()
        self.shared_ips: list[str] = []
        #: The ports by which others find it.
        self.ports: set[int] = {443}
        self.lockout_after = lockout_after
        self.legacy_accounts = legacy_accounts
        self.web_session_seconds = web_session_seconds
        self.backup_size, self.backup_file_name = backup_size, backup_file_name
        self.backup_content_type, self.backup_length = backup_content_type, backup_length
        self.vault = vault
        self.install_plan = install_plan or InstallPlan()
        self.next_plans: list[InstallPlan] = []
        self.certificate = certificate or Certificate()
        self.rate_limits, self.rate_clock = rate_limits, rate_clock
        self.hash_uploads = hash_uploads
        self.healthy, self.problem, self.address = healthy, problem, address
        self.truth = Truth()
        self.faults = Faults()
        #: Simulated moment -> what a right clock on the wall shows.
        self.wall: Callable[[float], float] = float
        self.now = now
        self.installation: Installation | None = None
        self.message: tuple[str, str, str] | None = None
        self.checked: list[Offer] | None = None
        #: Names of installed packages that change no version.
        self.others: list[str] = []
        self.boots = 0
        self.site_starts = 0
        self._down_until: float | None = None
        self._random = Random(host)
        self._calls: dict[str, list[float]] = {}
        site_digest = hashlib.sha256((accounts_of or host).encode()).hexdigest()
        box_digest = hashlib.sha256((appliance_accounts_of or host).encode()).hexdigest()
        short = site_digest[:6]
        self.accounts = Accounts(
            api=ApiAccount(
                f"client-{site_digest[:24]}", f"api-secret-{site_digest[24:48]}",
                {**ALL_PERMISSIONS, **(permissions or {})},
            ),
            api_user=UserAccount(f"apiuser-{short}", f"api-user-password-{site_digest[8:24]}"),
            login=UserAccount(f"siteadmin-{short}", f"login-password-{site_digest[16:32]}"),
            appliance=UserAccount(f"boxadmin-{box_digest[:6]}", f"appliance-password-{box_digest[32:48]}"),
        )  # fmt: skip
        self.sessions: list[Session] = []
        self.last_number = 0
        self.representatives: list[Representative] = []
        apart = min(60.0, 82_800.0 / max(ended_sessions, 1))
        for index in range(ended_sessions):
            self.start_session(now - 86_400.0 + index * apart).ended = now - 82_800.0 + index * apart
        for index in range(representatives):
            self.log_in_representative(f"Representative {index + 1}")
        for _index in range(sessions):
            self.start_session(now - 300.0)
        #: When those that run at the start end by themselves.
        self._sessions_end = None if sessions_last is None else now + sessions_last

    # What the box is

    @property
    def api_version(self) -> str:
        """From the site version by the vendor's table (D-APICHANGE), unless set."""
        return self._api or api_version(self.site)

    def namespace(self, which: str) -> str | None:
        """The XML namespace of `command` or `reporting`; a set one may hold `{api}`."""
        if self._namespace is not None:
            return self._namespace.format(api=which) or None
        return namespace(self.api_version, which)

    @property
    def has_health(self) -> bool:
        return has_health(self.api_version)

    @property
    def has_oauth(self) -> bool:
        return has_oauth(self.api_version)

    @property
    def has_legacy_accounts(self) -> bool:
        return has_legacy_accounts(self.api_version) if self.legacy_accounts is None else self.legacy_accounts

    @property
    def installed(self) -> dict[str, str]:
        return {"base": self.base, "site": self.site}

    @property
    def running_sessions(self) -> list[Session]:
        return [one for one in self.sessions if one.ended is None]

    def shown(self, moment: float) -> float:
        """A moment as this box's own clock would tell it."""
        return self.wall(moment) + self.clock_skew

    def start_session(
        self, started: float | None = None, *, customer: str = "Customer", representative: str = "Representative"
    ) -> Session:
        """A support session begins; both kinds of LSID are kept, the API shows the era's (seed)."""
        number = self.last_number = self.last_number + 1
        guid = hashlib.md5(f"{self.host}/{number}".encode()).hexdigest()
        begun = self.now if started is None else started
        session = Session(number, guid, begun, None, customer, representative)
        self.sessions.append(session)
        if self.pair is not None:
            self.pair.truth.began[guid] = self.host
        return session

    def end_sessions(self, *sessions: Session) -> None:
        """These sessions (default: all that run) end by themselves."""
        for session in sessions or tuple(self.running_sessions):
            session.ended = self.now

    def log_in_representative(self, name: str) -> Representative:
        """A representative logs in."""
        one = Representative(len(self.representatives) + 1, name, self.now)
        self.representatives.append(one)
        return one

    # Up or down

    @property
    def site_up(self) -> bool:
        """Whether the site (`/login`, the APIs, the token endpoint) serves."""
        return self.box_up and (self.installation is None or self.installation.phase.site_up)

    @property
    def box_up(self) -> bool:
        """Whether the machine serves at all."""
        return self._down_until is None and (self.installation is None or self.installation.phase.box_up)

    @property
    def page_up(self) -> bool:
        """Whether `/appliance` serves."""
        return self.box_up and (self.installation is None or self.installation.phase.page_up)

    @property
    def down_as(self) -> str:
        return self.installation.plan.down_as if self.installation else "refused"

    @property
    def refuses_connections(self) -> bool:
        """Whether nothing listens at all now."""
        if not self.box_up:
            return True
        return not self.site_up and not self.page_up and self.down_as == "refused"

    def next_change(self) -> float | None:
        """The moment of the next change by itself, of the pair's too; None when there is none."""
        return self.pair.next_change() if self.pair is not None else self.next_own_change()

    def next_own_change(self) -> float | None:
        """The same for this box alone."""
        if self._down_until is not None:
            return self._down_until if self._down_until != FOREVER else None
        if self.installation is not None:
            end = self.installation.phase.end
            return end if end != FOREVER else None
        return None

    def advance(self, now: float) -> None:
        """Bring the box up to `now`, and its pair with it."""
        if self.pair is not None:
            self.pair.advance(now)
        else:
            self.pass_time(now)

    def pass_time(self, now: float) -> None:
        """Bring this box alone up to `now`."""
        if self._sessions_end is not None and now >= self._sessions_end:
            for session in self.running_sessions:
                session.ended = self._sessions_end
            self._sessions_end = None
        if self._down_until is not None and now >= self._down_until:
            self._end_outage("box", self._down_until)
            self._end_outage("site", self._down_until)
            self._down_until = None
        job = self.installation
        while job is not None and self._down_until is None:
            following = job.entered + 1
            if job.entered >= 0 and now < job.phase.end:
                break
            if following >= len(job.phases):
                self._finish(job, job.phase.end)
                break
            if job.phases[following].start > now:
                break
            job.entered = following
            self._enter(job, job.phases[following])
        self.now = now

    def _enter(self, job: Installation, phase: Phase) -> None:
        if phase.shows:
            self._show_versions(job)
        if not phase.site_up and not any(one.what == "site" and one.end is None for one in self.truth.downtime):
            self.truth.downtime.append(Outage("site", phase.start))
            self._cut(phase.start)
        if phase.site_up:
            if any(one.what == "site" and one.end is None for one in self.truth.downtime):
                self.site_starts += 1
            self._end_outage("site", phase.start)
        if not phase.box_up:
            self.boots += 1
            self.truth.restarts.append(phase.start)
            self.truth.downtime.append(Outage("box", phase.start))
        else:
            self._end_outage("box", phase.start)

    def _end_outage(self, what: str, at: float) -> None:
        for outage in self.truth.downtime:
            if outage.what == what and outage.end is None:
                outage.end = at

    def _cut(self, at: float) -> None:
        # Representatives and sessions are cut when the site goes (seed); tokens die with it (assumed).
        self.cut_people(at)
        self.accounts.api.tokens.clear()

    def cut_people(self, at: float) -> None:
        """Everybody is cut: sessions end, representatives are out."""
        for session in self.running_sessions:
            session.ended = at
            self.truth.sessions_cut.append(session.guid)
        self.truth.representatives_cut.extend(one.name for one in self.representatives)
        self.representatives.clear()

    def _show_versions(self, job: Installation) -> None:
        package = job.package
        if package.kind == "base":
            self.base = package.version
        elif package.kind == "other":
            self.others.append(package.name)
        else:
            self.site, self.build = package.version, package.build or make_build(package.version)
        if job.plan.certificate is not None:
            self.certificate = job.plan.certificate
        if job.plan.namespace is not None:
            self._namespace = job.plan.namespace

    def _finish(self, job: Installation, at: float) -> None:
        if not job.phase.site_up:
            self.site_starts += 1
        self._end_outage("site", at)
        self._end_outage("box", at)
        if job.plan.outcome in ("good", "twice"):
            self.message = ("done", job.package.name, "")
        elif job.plan.outcome in ("failed", "refused_late"):
            self.message = ("failed", job.package.name, job.plan.message)
        job.seen.finished = at
        job.seen.after = self.installed
        job.seen.outcome = {"twice": "good", "refused_late": "failed"}.get(job.plan.outcome, job.plan.outcome)
        self.installation = None
        self.checked = None

    # Updates

    def check_for_updates(self) -> list[Offer] | None:
        """Ask the vendor; None (and a message) when the vendor cannot be reached."""
        self.truth.update_checks += 1
        self.message = None
        try:
            found = self.vendor.offers(self.installed, self.site_name, tuple(self.others))
            hidden = self.pair is not None and self.pair.offers_only_apart and self.peer is not None
            self.checked = [] if hidden else found
        except VendorUnreachableError:
            self.checked = None
            self.message = ("unreachable", "", "")
        return self.checked

    def install_offered(self, name: str) -> str | None:
        """Install what is offered under this name; the text of a refusal, or None."""
        if self.installation is not None:
            return self._refuse_install(RUNNING)
        offer = next((one for one in self.checked or [] if one.package.name == name), None)
        if offer is None:
            return self._refuse_install(f"{name} is not available.")
        return self.install(offer.package, "automatic")

    def install_file(self, package: Package) -> str | None:
        """Install an uploaded package; the text of a refusal, or None. That foreign and older ones are refused is
        assumed."""
        if package.site not in (None, self.site_name):
            return self._refuse_install("This software package was built for another appliance.")
        installed = self.installed.get(package.kind)
        if installed is not None and numbers(package.version) <= numbers(installed):
            return self._refuse_install(f"{package.name} is not newer than the installed software.")
        return self.install(package, "manual")

    def install(self, package: Package, how: str) -> str | None:
        """Start an installation; a second one is refused (assumed)."""
        if self.installation is not None:
            return self._refuse_install(RUNNING)
        blocked = refusal(package, self.installed)
        if blocked:
            return self._refuse_install(blocked)
        plan = self.next_plans.pop(0) if self.next_plans else self.install_plan
        seen = InstallSeen(package.name, how, self.now, self.now, before=self.installed)
        self.truth.installs.append(seen)
        self.message = None
        self.checked = None
        self.installation = Installation(package, self._phases(package, plan), seen, plan)
        if plan.outcome in ("never_back", "hangs"):
            seen.outcome = plan.outcome
        self.advance(self.now)
        return None

    def _refuse_install(self, text: str) -> str:
        self.truth.installs_refused.append(text)
        return text

    def _phases(self, package: Package, plan: InstallPlan) -> list[Phase]:
        at = self.now
        phases: list[Phase] = []

        def add(name: str, seconds: float, **flags: Any) -> None:
            nonlocal at
            phases.append(Phase(name, at, at + seconds, **flags))
            at += seconds

        page_up = plan.page == "answers"
        fits = plan.outcome in ("good", "twice")
        add("downloading", FOREVER if plan.outcome == "hangs" else plan.download)
        if plan.outcome in ("hangs", "refused_late"):
            return phases
        add("installing", plan.install, site_up=False, page_up=page_up)
        if plan.outcome == "never_back":
            box_stays = package.kind == "site" and page_up
            add("lost", FOREVER, site_up=False, page_up=page_up, box_up=box_stays)
            return phases
        if package.kind == "base":
            add("restarting", plan.restart, site_up=False, box_up=False, page_up=False)
        if plan.outcome == "twice":
            add("between", plan.gap, shows=plan.shows_at == "first")
            add("installing again", plan.install / 2, site_up=False, page_up=page_up)
            if package.kind == "base":
                add("restarting again", plan.restart, site_up=False, box_up=False, page_up=False)
        add("settling", plan.settle, shows=fits)
        return phases

    @property
    def percent(self) -> int:
        """Progress of the running installation, 0-99."""
        job = self.installation
        if job is None:
            return 0
        end = job.phases[-1].end
        if end == FOREVER:
            return 42
        return min(99, int(100 * (self.now - job.phases[0].start) / max(end - job.phases[0].start, 1.0)))

    def go_down(self, seconds: float = FOREVER) -> None:
        """The box fails by itself for so long; nobody asked for it."""
        with self.pair.planting() if self.pair is not None else nullcontext():
            self.boots += 1
            self._cut(self.now)
            self.truth.downtime += [Outage("box", self.now), Outage("site", self.now)]
            self._down_until = self.now + seconds

    def come_back(self) -> None:
        """The box that failed is up again."""
        with self.pair.planting() if self.pair is not None else nullcontext():
            self._down_until = None if self._down_until is None else self.now
            self.pass_time(self.now)

    def restart(self, seconds: float = 180.0) -> None:
        """The decoy was clicked: the box restarts; in the middle of an installation it never comes back (assumed from
        the vendor's warning in D-UPG-ASYNC)."""
        self.truth.restarts_asked += 1
        self.go_down(FOREVER if self.installation else seconds)
        if self.installation:
            self.installation.seen.outcome = "never_back"

    # The other commands

    def set_failover_role(self, role: str, sync_first: bool, force: bool) -> tuple[bool, str]:
        """Role change (D-RS-SFR); the texts are assumed. Without a pair there is no peer to be reached."""
        if self.pair is not None:
            return self.pair.set_role(self, role, sync_first, force)
        if role not in ("primary", "backup"):
            return False, "The role must be primary or backup."
        if self.role == "none":
            return False, NOT_CONFIGURED
        if role == self.role:
            return False, f"This appliance is already {role}."
        if not (force and role == "backup"):
            return False, UNREACHABLE
        self.role = role
        return True, "The failover role was changed."

    def sync_now(self) -> tuple[bool, str]:
        """Sync Now of the Failover page; this and the following ones give whether it was done and the page's answer."""
        return self.pair.sync_now(self) if self.pair is not None else (False, self._alone)

    def break_failover(self) -> tuple[bool, str]:
        """Break Failover Relationships. Alone, only this side of it can end."""
        if self.pair is not None:
            return self.pair.break_up(self)
        if self.role == "none":
            return False, NOT_CONFIGURED
        self.role, self.last_sync, self.last_sync_status, self.sync_state = "none", None, None, None
        return True, "The failover relationship was broken."

    def establish_failover(self, peer: tuple[str, int], own: tuple[str, int]) -> tuple[bool, str]:
        """Establish Relationship, from this box as primary."""
        return self.pair.establish(self, peer, own) if self.pair is not None else (False, UNREACHABLE)

    def enable_shared_ips(self, wanted: list[str]) -> tuple[bool, str]:
        """Exactly these shared addresses are enabled here."""
        if self.pair is not None:
            return self.pair.enable_shared_ips(self, wanted)
        self.shared_ips = [one for one in self.shared_addresses if one in wanted]
        return True, "The settings were saved."

    def set_failover_key(self, key: str) -> tuple[bool, str]:
        """The pre-shared key of Management > Security."""
        if self.pair is not None:
            return self.pair.set_key(self, key)
        self.failover_key = key
        return True, "The settings were saved."

    @property
    def _alone(self) -> str:
        return NOT_CONFIGURED if self.role == "none" else UNREACHABLE

    @property
    def shown_last_sync(self) -> float | None:
        """The time of the last sync as this box tells it."""
        if self.last_sync is None:
            return None
        shown = self.shown(self.last_sync)
        return shown if self.sync_shown_after is None else max(shown, self.sync_shown_after)

    def take_settings(self, primary: Appliance) -> None:
        """What a sync brings: the accounts of the site (D-PM); tokens, locks and the accounts of `/appliance` are each box's
        own (assumed)."""
        mine, theirs = self.accounts, primary.accounts
        mine.api.client_id, mine.api.client_secret = theirs.api.client_id, theirs.api.client_secret
        mine.api.permissions, mine.api.enabled = dict(theirs.api.permissions), theirs.api.enabled
        for ours, other in ((mine.api_user, theirs.api_user), (mine.login, theirs.login)):
            ours.username, ours.password, ours.administrator = other.username, other.password, other.administrator
            ours.may_command, ours.may_report, ours.may_back_up = other.may_command, other.may_report, other.may_back_up

    def terminate_session(self, lsid: str) -> tuple[bool, str]:
        """End a running session (D-RS-TERM); the texts are assumed."""
        for session in self.running_sessions:
            if lsid in (session.guid, str(session.number)):
                session.ended = self.now
                self.truth.sessions_cut.append(session.guid)
                return True, "The session was terminated."
        return False, "No such session."

    # Accounts

    def log_in(self, interface: str, account: UserAccount, username: str, password: str) -> str:
        """Try a user name and password: ok, bad or locked. Lock-out after refused logins (D-RS-APPADMIN; the number
        is assumed)."""
        known = username == account.username
        if known and account.locked:
            self.truth.logins.append(LoginSeen(interface, username, False, self.now, "locked"))
            return "locked"
        if known and password == account.password:
            account.refused = 0
            self.truth.logins.append(LoginSeen(interface, username, True, self.now))
            return "ok"
        self.truth.logins.append(LoginSeen(interface, username, False, self.now, "bad"))
        if known:
            account.refused += 1
            if self.lockout_after is not None and account.refused >= self.lockout_after:
                account.locked = True
                self.truth.lockouts.append(username)
                return "locked"
        return "bad"

    def issue_token(self) -> str:
        """A token; the 31st pushes the oldest out (D-RS-AUTH)."""
        tokens = self.accounts.api.tokens
        while len(tokens) >= TOKENS_AT_MOST:
            del tokens[next(iter(tokens))]
            self.truth.tokens_pushed_out += 1
        self.truth.tokens_issued += 1
        token = f"token-{self._random.randbytes(20).hex()}"
        tokens[token] = self.now + TOKEN_SECONDS
        return token

    def token_valid(self, token: str) -> bool:
        """Whether this token may be used now."""
        return self.accounts.api.enabled and self.accounts.api.tokens.get(token, 0.0) > self.now

    def secret(self) -> str:
        """A fresh random word for a web session or a form."""
        return self._random.randbytes(16).hex()

    def take_call(self, account: str, at: float) -> tuple[bool, int]:
        """Count a call of an account against the rate limits: (allowed, what is left of this hour)."""
        calls = self._calls.setdefault(account, [])
        while calls and calls[0] <= at - 3600:
            calls.pop(0)
        last_second = sum(1 for moment in reversed(calls[-PER_SECOND:]) if moment > at - 1)
        if len(calls) >= PER_HOUR or last_second >= PER_SECOND:
            self.truth.rate_limited += 1
            return False, max(PER_HOUR - len(calls), 0)
        calls.append(at)
        return True, PER_HOUR - len(calls)

    def backup(self) -> Iterator[bytes]:
        """The backup's bytes: opaque, random, always the same for the same box and version (content assumed)."""
        block = Random(f"{self.host}/{self.site}").randbytes(min(self.backup_size, 262_144))
        left = self.backup_size
        while left > 0:
            yield block[:left]
            left -= min(left, len(block))

    def plan_next(self, plan: InstallPlan | None = None, **changes: Any) -> None:
        """The next installation goes like this plan (or the usual plan with changes); several queue up."""
        self.next_plans.append(plan or replace(self.install_plan, **changes))


__all__ = ["Appliance", "Certificate", "InstallPlan", "PackageRefusedError", "Session"]
