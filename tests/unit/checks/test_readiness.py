# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks before an upgrade: a test for each line of their rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.check_results import (
    AuditState,
    BackupState,
    Control,
    Folder,
    MemberState,
    Observed,
    Package,
    PairState,
    Phase,
    Thresholds,
    Trouble,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.checks import blocking, evaluate
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Kind, Look, Offer, Role, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.offers import Course, course
from ansible_collections.bomgar.appliance.plugins.module_utils.readiness import seconds_needed, to_install
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish
from ansible_collections.bomgar.appliance.tests.unit.checks.sites import (
    BASE,
    FACTS,
    NODE,
    NOW,
    SITE,
    file,
    good,
    problem,
    result,
)

GONE = ("unreachable", "ask for health: no connection to https://support.example.com/")
NO_MENU = Trouble("no menu led there", "Try bomgar.appliance.page_info.", "not_recognised")
WRONG = Trouble("wrong password", "Correct it.", "authentication")
PAGES_REFUSED = {"problems": [problem("status_page", "authentication", "wrong password")]}
NO_API = frozenset({"appliance"})
NOT_TOLD = {"permissions": None, "health": None, "nodes": None, "role": "unknown", "clock": None}
NO_BREAK = Control("login failover", "break", False)
PAIR = PairState((MemberState("a", Role.PRIMARY, Versions()), MemberState("b", Role.BACKUP, Versions())))
BUSY = Look(Activity.BUSY, None, "Installing 40 %")
OVER = Wish(site="11.1.1")
OLD_PAIR = PairState(
    (MemberState("a", Role.PRIMARY, Versions("10.5.3")), MemberState("b", Role.BACKUP, Versions("10.5.3")))
)
OLD = {"versions": {"site": "10.5.3", "base": "3.2.4", "build": None, "api": "1.4.2"}}


def apart(production: str | None, *, synced: bool = False) -> PairState:
    """A broken pair of which b is updated."""
    old, new = Versions("22.1.1", "6.1.0"), Versions("23.2.1", "6.2.0")
    members = MemberState("a", Role.NONE, old), MemberState("b", Role.NONE, new)
    return PairState(members, production=production, synced=synced)


def manual(*packages: Package, **changes: Any) -> Observed:
    """The good site on the manual path."""
    return good(**{"path": "manual", "by_offers": False, "course": None, "packages": packages, **changes})


def swap(**changes: Any) -> Observed:
    """Production in the first window of a role swap: sessions run there, and the other one is updated."""
    return good(
        **{
            "path": "role_swap",
            "by_offers": False,
            "course": None,
            "installs": False,
            "activity": {"running": True},
            **changes,
        }
    )


def nodes(*roles: tuple[str, str]) -> dict[str, Any]:
    """Facts of appliances with these cluster and failover roles."""
    return {"nodes": [{**NODE, "cluster_role": cluster, "failover_role": failover} for cluster, failover in roles]}


def test_a_good_site_is_ready() -> None:
    found = evaluate(Phase.BEFORE, good(), strict=True)
    assert blocking(found) == ()
    assert {item.id for item in found if item.outcome == "manual"} == {"certificate_exported", "vault_key_exported"}


TABLE: list[tuple[str, str, Observed, str, str]] = [
    # check, outcome, observed, words in detail, words in action
    ("api_reachable", "pass", good(), "API version 1.19.0", ""),
    ("api_reachable", "fail", good(unreachable=GONE), "no connection", "bomgar_url"),
    ("api_reachable", "not_applicable", good(unreachable=("certificate", "not trusted")), "certificate", ""),
    ("api_reachable", "not_applicable", good(accounts=NO_API), "no API account", ""),
    ("api_reachable", "fail", good(facts=NOT_TOLD), "no command API", "Enable XML API"),
    ("api_reachable", "pass", good(facts={**NOT_TOLD, "problems": [problem("get_api_info", "authentication")]}), "answers", ""),
    ("api_reachable", "fail", good(facts={**NOT_TOLD, "problems": [problem("get_api_info", "unexpected_answer", "a page")]}), "a page",
        "/api/command. Do something."),
    ("api_authorised", "pass", good(), "accepted", ""),
    ("api_authorised", "not_applicable", good(accounts=NO_API), "no API account", ""),
    ("api_authorised", "not_applicable", good(facts=NOT_TOLD), "no answer", ""),
    ("api_authorised", "fail", good(facts={**NOT_TOLD, "problems": [problem("check_health", "authentication", "401")]}), "401", "Do something."),
    ("api_authorised", "fail", good(activity={"problems": [problem("reporting", "authentication", "Login failed")]}), "Login failed", "Do something."),
    ("api_permitted", "pass", good(), "reporting", ""),
    ("api_permitted", "pass", good(facts={"permissions": {**FACTS["permissions"], "perm_command": "read_only"}}), "command", ""),
    ("api_permitted", "fail", good(facts={"permissions": {**FACTS["permissions"], "perm_command": "deny"}}), "command API", "API Configuration"),
    ("api_permitted", "fail", good(facts={"permissions": {"perm_command": "full_access"}}), "the backup API", "API Configuration"),
    ("api_permitted", "warn", good(facts={"permissions": {"perm_command": "full_access", "perm_backup": "1"}}), "reporting", "API Configuration"),
    ("api_permitted", "warn", good(facts={"permissions": {}}), "does not list", "Make sure"),
    ("api_permitted", "fail", good(facts={"permissions": {}, "problems": [problem("get_appliances", "permission", "not allowed")]}), "not allowed",
        "API Configuration"),
    ("api_permitted", "not_applicable", good(facts=NOT_TOLD), "no answer", ""),
    ("api_permitted", "not_applicable", good(facts=NOT_TOLD, accounts=NO_API), "no API account", ""),
    ("clock", "pass", good(), "agree", ""),
    ("clock", "pass", good(facts={"clock": {"skew": 60.0}}), "ahead", ""),
    ("clock", "warn", good(facts={"clock": {"skew": -60.1}}), "behind", "time service"),
    ("clock", "warn", good(facts={"clock": {"skew": 300.0}}), "ahead", "time service"),
    ("clock", "fail", good(facts={"clock": {"skew": 300.1}}), "5 min ahead", "time service"),
    ("clock", "fail", good(facts={"clock": {"skew": 20.0}}, thresholds=Thresholds(clock_fail=10)), "ahead", "time service"),
    ("clock", "warn", good(facts={"clock": None}), "not tell", "by hand"),
    ("clock", "not_applicable", good(facts=NOT_TOLD), "gave none", ""),
    ("certificate", "pass", good(), "70 days left (until 2027-01-31)", ""),
    ("certificate", "warn", good(facts={"certificate": {"days_left": 13.9, "not_after": "2026-12-01"}}), "14 days", "Renew"),
    ("certificate", "pass", good(facts={"certificate": {"days_left": 14.0, "not_after": "2026-12-01"}}), "14 days", ""),
    ("certificate", "fail", good(facts={"certificate": {"days_left": -2.0, "not_after": "2026-11-01"}}), "expired 2 days ago", "Renew"),
    ("certificate", "fail", good(unreachable=("certificate", "self-signed")), "self-signed", "bomgar_ca_path"),
    ("certificate", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("certificate", "warn", good(validate_certs=False, facts={"certificate": None}), "not validated", "bomgar_validate_certs"),
    ("certificate", "warn", good(facts={"certificate": None}), "not told", "browser"),
    ("health", "pass", good(), "healthy", ""),
    ("health", "fail", good(facts={"health": {"healthy": False, "error_message": "disk full"}}), "disk full", "repaired"),
    ("health", "fail", good(facts={"health": {"healthy": False, "error_message": None}}), "without saying why", "repaired"),
    ("health", "not_applicable", good(facts={"health": None}), "no check_health", ""),
    ("health", "not_applicable", good(facts={"health": None}, accounts=NO_API), "no API account", ""),
    ("health", "not_applicable", good(facts={"health": None}, unreachable=GONE), "does not answer", ""),
    ("health", "not_applicable", good(facts={"health": None, "problems": [problem("check_health", "authentication")]}), "refused", ""),
    ("health", "error", good(facts={"health": None, "problems": [problem("check_health", "permission", "not allowed")]}), "not allowed", "Do something."),
    ("versions_known", "pass", good(), "base software 5.4.0, site software 19.1.8", ""),
    ("versions_known", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("versions_known", "fail", good(versions={"base": None}), "base software is not known", "page_info"),
    ("versions_known", "fail", good(versions={"base": None}, accounts=frozenset({"api"})), "not known", "bomgar_appliance_username"),
    ("versions_known", "fail", good(versions={"site": None}, accounts=NO_API), "site software", "bomgar_login_username"),
    ("versions_known", "fail", good(versions={"site": None}), "site software", "/login"),
    ("versions_known", "fail", good(versions={"base": None, "site": None}), "base software and site software", "page_info"),
    ("versions_known", "fail", good(versions={"base": None}, facts={"problems": [problem("status_page", "not_recognised", "no such page")]}),
        "no such page", "Do something."),
    ("versions_known", "warn", manual(file("s", Kind.SITE, "19.2.1"), wish=Wish(site="19.2.1"), versions={"base": None}), "nothing else", "page_info"),
    ("versions_known", "fail", manual(file("s"), wish=Wish(site="19.2.1"), versions={"base": None}), "base software", "page_info"),
    ("target", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("target", "fail", good(wish=Wish(), course=None), "no target", "bomgar_target"),
    ("target", "pass", good(), "Base Software-5.5.0, then Bomgar-19.2.1 (the later packages", ""),
    ("target", "pass", good(wish=Wish(site="19.1.8", base="5.4.0")), "nothing to do", ""),
    ("target", "pass", good(wish=Wish(site="latest"), course=Course(reached=True)), "nothing to do", ""),
    ("target", "fail", good(wish=Wish(site="19.1.0")), "site software 19.1.8 runs, which is newer than 19.1.0", "no documented way"),
    ("target", "fail", good(course=Course(stuck="it is not among the offers")), "not among the offers", "bomgar_target"),
    ("target", "warn", good(look=BUSY, course=None), "nothing is offered now", "ended"),
    ("target", "fail", good(course=None, look=None, accounts=frozenset({"api"})), "needs the pages", "bomgar_appliance_username"),
    ("target", "error", good(course=None, look=None, pages_trouble=NO_MENU), "no menu", "page_info"),
    ("target", "error", good(course=None), "lists none", "page_info"),
    ("target", "manual", good(course=None, look=None, pages_trouble=NO_MENU, attended=True), "a person", "/appliance"),
    ("target", "manual", good(course=None, look=None, accounts=frozenset({"api"}), attended=True), "a person", "/appliance"),
    ("target", "pass", manual(file("base.bin", Kind.BASE, "5.5.0"), file("site.bin", Kind.SITE, "19.2.1")),
        "base.bin (2 KiB, SHA-256 abababababab), then site.bin", ""),
    ("target", "pass", manual(wish=Wish(site="19.1.8")), "nothing to do", ""),
    ("target", "pass", manual(file("s", Kind.SITE, "19.1.8"), wish=Wish()), "nothing to do", ""),
    ("target", "fail", manual(file("s", Kind.SITE, "19.1.0"), wish=Wish(site="19.1.0")), "newer than 19.1.0", "no documented way"),
    ("target", "fail", manual(), "no package file", "bomgar_packages"),
    ("target", "fail", manual(file("s"), wish=Wish(site="latest")), "not offered", "version"),
    ("target", "fail", manual(Package("/srv/gone", None, "/srv/gone: there is no such file", "Correct its path.")), "no such file", "Correct its path"),
    ("target", "fail", manual(file("s", Kind.SITE, "19.2.1")), "no package brings the base software 5.5.0", "bomgar_packages"),
    ("target", "fail", manual(file("s"), wish=Wish()), "nothing says which version", "bomgar_target"),
    ("target", "warn", manual(file("s"), wish=Wish(site="19.2.1")), "nothing tells whether s brings the site software 19.2.1", "provides"),
    ("target", "warn", manual(file("s-2023"), file("b"), wish=Wish(site="19.2.1")), "whether s-2023 or b brings", "provides"),
    ("target", "fail", manual(file("site-19.1.9.pkg"), wish=Wish(site="19.2.1")), "19.2.1: site-19.1.9.pkg names another version", "provides"),
    ("target", "warn", manual(file("b", Kind.BASE, "5.5.0"), file("s")), "whether s brings the site software 19.2.1", "provides"),
    ("target", "pass", manual(file("s"), wish=Wish(site="19.2.1"), done=("ab" * 32,)), "nothing to do", ""),
    ("single_appliance", "pass", good(), "no failover role", ""),
    ("single_appliance", "fail", good(facts={"role": "primary"}), "the primary of a pair", "role_swap"),
    ("single_appliance", "fail", good(facts={"role": "backup"}), "the backup of a pair", "role_swap"),
    ("single_appliance", "fail", good(facts=nodes(("single", "primary"), ("single", "backup"))), "in a pair", "role_swap"),
    ("single_appliance", "fail", manual(file("s"), facts={"role": "primary"}), "primary", "role_swap"),
    ("single_appliance", "manual", good(facts=NOT_TOLD), "does not tell", "Failover"),
    ("single_appliance", "error", good(facts={**NOT_TOLD, "problems": [problem("check_health", "permission", "not allowed")]}),
     "not allowed", "Do something. An appliance"),
    ("single_appliance", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("cluster", "pass", good(), "one appliance", ""),
    ("cluster", "pass", good(facts=nodes(("single", "primary"), ("single", "backup"))), "no cluster", ""),
    ("cluster", "fail", good(facts=nodes(("primary", "none"), ("traffic", "none"))), "support is primary", "vendor"),
    ("cluster", "fail", good(facts=nodes(("master", "none"))), "is master", "vendor"),
    ("cluster", "fail", good(facts=nodes(("a word of a later release", "none"))), "may be one", "vendor"),
    ("cluster", "fail", good(facts=nodes(("single", "none"), ("single", "none"))), "2 appliances that are no pair", "vendor"),
    ("cluster", "fail", good(facts=nodes(*[("single", "backup")] * 3)), "3 appliances", "vendor"),
    ("cluster", "not_applicable", good(facts=NOT_TOLD), "nothing told", ""),
    ("cluster", "error", good(facts={**NOT_TOLD, "problems": [problem("get_appliances", "permission", "not allowed")]}),
     "not allowed", "Do something. A cluster"),
    ("cluster", "not_applicable", good(facts={**NOT_TOLD, "problems": [problem("get_appliances", "authentication")]}), "nothing told", ""),
    ("cluster", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("update_running", "pass", good(), "none", ""),
    ("update_running", "warn", good(look=BUSY), "joins it: Installing 40 %", "no second one"),
    ("update_running", "fail", good(look=BUSY, running="refuse"), "one is running", "running: join"),
    ("update_running", "warn", good(look=Look(Activity.FAILED, None, "no space")), "failed: no space", "Find out"),
    ("update_running", "not_applicable", good(look=None, pages_trouble=NO_MENU), "no menu", ""),
    ("window", "not_applicable", good(), "no end", ""),
    ("window", "fail", good(window_ends=NOW), "ended at 2025-11-22", "bomgar_window_ends"),
    ("window", "pass", good(window_ends=NOW + 7200), "2 packages may take 120 min", ""),
    ("window", "fail", good(window_ends=NOW + 7199), "119 min are left", "site_usual_duration"),
    ("window", "pass", good(window_ends=NOW + 2500, learned={"base": [600, 900, 500], "site": [1000]}), "2 packages may take 39 min", ""),
    ("window", "pass", good(window_ends=NOW + 1, wish=Wish(base="5.4.0"), course=Course(reached=True)), "nothing to install", ""),
    ("window", "fail", good(window_ends=NOW + 3599, course=None), "at least one package", "bomgar_window_ends"),
    ("window", "pass", manual(file("s", Kind.SITE, "19.2.1"), wish=Wish(site="19.2.1"), window_ends=NOW + 3600), "1 package may", ""),
    ("sessions", "pass", good(), "no session", ""),
    ("sessions", "pass", manual(file("s", Kind.SITE, "19.2.1"), wish=Wish(site="19.2.1")), "begins during the upload is cut", ""),
    ("sessions", "pass", good(activity={"untold": [problem("reporting", "permission")]}), "no session is running; not told by reporting", ""),
    ("sessions", "fail", good(activity={"running": None, "untold": [problem("reporting", "permission"), problem("other", "permission")]}),
        "nothing tells whether sessions are running (it was asked: no)", "Do something. Or make sure that nobody works"),
    ("sessions", "fail", good(activity={"running": True, "sessions": [{}, {}]}), "2 sessions running", "bomgar_sessions"),
    ("sessions", "fail", good(activity={"running": True}), "sessions are running", "bomgar_sessions"),
    ("sessions", "warn", good(activity={"running": True, "sessions": [{}]}, sessions="accept"), "1 session running, to be cut", "Tell"),
    ("sessions", "warn", good(activity={"running": True}, sessions="wait", sessions_wait=600.0), "waits for at most 10 min", "finish"),
    ("sessions", "fail", good(activity={"running": None}), "nothing tells", "bomgar_sessions"),
    ("sessions", "fail", good(activity={"running": None}, sessions="wait"), "nothing tells", "bomgar_sessions"),
    ("sessions", "warn", good(activity={"running": None}, sessions="accept"), "as accepted", "Tell"),
    ("sessions", "not_applicable", good(activity={"running": True}, course=Course(reached=True)), "nothing is to be installed", ""),
    ("sessions", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("sessions", "not_applicable", good(activity={"running": True}, installs=False), "nothing is installed on it in this run", ""),
    ("sessions", "not_applicable", swap(serves_site=False), "nothing is installed on it in this run", ""),
    ("sessions", "pass", swap(activity={"running": False}), "no session is running", ""),
    ("sessions", "warn", swap(), "when the site's name moves to the other appliance is not documented", "unless bomgar_sessions is wait or accept"),
    ("sessions", "warn", swap(sessions="wait"), "not documented", "moved when none runs"),
    ("sessions", "warn", swap(sessions="accept"), "not documented", "as accepted"),
    ("sessions", "warn", swap(activity={"running": None}), "nothing tells", "bomgar_sessions"),
    ("representatives", "not_applicable", good(activity={"representatives": [{}]}, installs=False), "in this run", ""),
    ("window", "not_applicable", good(window_ends=NOW, installs=False), "in this run", ""),
    ("backup_fresh", "not_applicable", good(backup=None, installs=False), "in this run", ""),
    ("representatives", "pass", good(), "no representative", ""),
    ("representatives", "warn", good(activity={"representatives": [{"display_name": "Ada"}, {"display_name": "Grace"}]}),
        "2 logged in and disconnected by the update: Ada, Grace", "Tell"),
    ("representatives", "warn", good(activity={"representatives": [{"display_name": f"R{n}"} for n in range(10)]}), "R7 and 2 more", "Tell"),
    ("representatives", "not_applicable", good(activity={"representatives": None}), "nothing told", ""),
    ("backup_fresh", "pass", good(), "2 h ago is here (support.nsb)", ""),
    ("backup_fresh", "fail", good(backup=None), "no folder", "bomgar_backup_dir"),
    ("backup_fresh", "not_applicable", good(backup=None, course=Course(reached=True)), "nothing is to be installed", ""),
    ("backup_fresh", "fail", good(backup=BackupState(None, "there is no backup here yet")), "no backup here yet", "back_up"),
    ("backup_fresh", "pass", good(backup=BackupState(None, "there is no backup here yet", True)), "this run takes one", ""),
    ("backup_fresh", "warn", good(backup=BackupState(None, "too old"), course=Course(reached=True)), "too old", "back_up"),
    ("controller_room", "not_applicable", good(), "no folder", ""),
    ("controller_room", "pass", good(folders=(Folder("records", "/srv/r", 3 << 30, 5),)), "3.0 GiB free for records", ""),
    ("controller_room", "fail", good(folders=(Folder("records", "/srv/r", 1 << 20, 5 << 20),)), "/srv/r has 1 MiB free, 5 MiB are needed for records",
        "bomgar_record_dir"),
    ("controller_room", "fail", good(folders=(Folder("records", "/srv/r", trouble="/srv/r cannot be written to"),)), "cannot be written", "bomgar_record_dir"),
    ("pages_recognised", "pass", good(), "every control", ""),
    ("pages_recognised", "fail", good(controls=(Control("appliance updates", "check for updates", False),)),
     "'check for updates' on the page 'appliance updates'",
        "bomgar_labels"),
    ("pages_recognised", "warn", good(controls=(Control("appliance updates", "check for updates", False),), attended=True), "a person", "page_info"),
    ("pages_recognised", "fail", good(controls=None, pages_trouble=NO_MENU), "no menu", "page_info"),
    ("pages_recognised", "fail", good(controls=(Control("appliance basics", "the page itself", False),)),
        "not recognised: the page 'appliance basics'", "page_info"),
    ("pages_recognised", "error", good(controls=None), "not looked at", "page_info"),
    ("pages_recognised", "error", good(controls=None, facts=PAGES_REFUSED, pages_trouble=WRONG), "/appliance was refused", "versions_known"),
    ("pages_recognised", "error", good(controls=None, pages_trouble=WRONG), "wrong password", "Correct it."),
    ("target", "error", good(course=None, look=None, facts=PAGES_REFUSED, pages_trouble=WRONG), "/appliance was refused", "versions_known"),
    ("target", "fail", good(course=Course(stuck="the version is not known"), versions={"site": None}), "not known", "versions_known"),
    ("single_appliance", "error", good(facts={**NOT_TOLD, "problems": [problem("check_health", "authentication", "401")]}), "account was refused",
        "api_authorised"),
    ("api_reachable", "fail", good(facts={**NOT_TOLD, "problems": [problem("get_api_info", "not_supported", "no tokens")]}), "no tokens", "Do something."),
    ("pages_recognised", "not_applicable", good(controls=None, look=BUSY), "progress", ""),
    ("pages_recognised", "pass", good(pair=PAIR, failover_controls=(Control("login failover", "break", True),)), "every control", ""),
    ("pages_recognised", "fail", good(pair=PAIR, failover_controls=(NO_BREAK,)), "'break' on the page 'login failover'", "page_info"),
    ("pages_recognised", "fail", good(pair=PAIR, failover_controls=(NO_BREAK,), controls=None, look=BUSY), "'break' on the page", "page_info"),
    ("pages_recognised", "warn", good(pair=PAIR, failover_controls=(NO_BREAK,), attended=True), "'break' on the page", "page_info"),
    ("pages_recognised", "error", good(pair=PAIR, failover_controls=None, failover_trouble=WRONG), "wrong password", "Correct it."),
    ("pages_recognised", "error", good(pair=PAIR, failover_controls=(NO_BREAK,), controls=None, pages_trouble=WRONG),
        "wrong password; not recognised: 'break'", "Correct it. Run bomgar.appliance.page_info"),
    ("pages_recognised", "not_applicable", good(accounts=frozenset({"api"})), "no account", ""),
    ("pages_recognised", "not_applicable", good(unreachable=GONE), "does not answer", ""),
    ("sync_proven", "fail", swap(pair=apart("a")), "the standby may lack what production has", "bomgar_abort"),
    ("sync_proven", "fail", swap(pair=apart(None)), "the standby may lack what production has", "bomgar_abort"),
    ("sync_proven", "pass", swap(pair=apart("a", synced=True)), "a proven sync", ""),
    ("sync_proven", "not_applicable", swap(pair=apart("b")), "has moved already", ""),
    ("certificate_exported", "manual", good(), "does not hold it", ".p12"),
    ("vault_key_exported", "manual", good(), "does not hold it", "/login"),
    ("vault_key_exported", "manual", good(facts=NOT_TOLD), "does not hold it", "/login"),
    ("vault_key_exported", "not_applicable", good(facts={"permissions": {"perm_command": "deny"}}), "no Vault", ""),
    ("integrations_audited", "not_applicable", good(), "does not pass", ""),
    ("integrations_audited", "fail", good(facts=OLD, wish=OVER), "an LSID is a text", "audit_integrations"),
    ("integrations_audited", "fail", good(facts=OLD, wish=OVER, audit=AuditState(trouble="torn")), "torn", "audit_integrations"),
    ("integrations_audited", "fail", good(facts=OLD, wish=OVER, audit=AuditState(NOW, ("a.py:3", "b.sql:1"))), "2 places will break: a.py:3, b.sql:1", "Mend"),
    ("integrations_audited", "fail", good(facts=OLD, wish=OVER, audit=AuditState(NOW - 91 * 86400)), "91 days old", "again"),
    ("integrations_audited", "pass", good(facts=OLD, wish=OVER, audit=AuditState(NOW - 89 * 86400)), "nothing is open", ""),
    ("integrations_audited", "not_applicable", good(facts=OLD, wish=Wish(site="10.5.9")), "does not pass", ""),
    ("integrations_audited", "not_applicable", good(facts=OLD, wish=Wish(base="3.2.6"), course=None), "does not pass", ""),
    ("integrations_audited", "not_applicable", good(facts=OLD, wish=OVER, pair=apart("a")), "the other appliance has passed", ""),
    ("integrations_audited", "fail", good(facts=OLD, wish=OVER, pair=OLD_PAIR), "an LSID is a text", ""),
    ("integrations_audited", "not_applicable", good(facts={"versions": {}}, wish=OVER), "see versions_known", ""),
    ("integrations_audited", "not_applicable", good(facts=OLD, wish=OVER, unreachable=GONE), "does not answer", ""),
    ("integrations_audited", "fail", manual(file("s", Kind.SITE, "10.6"), facts=OLD, wish=Wish()), "an LSID is a text", ""),
    ("integration_client_version", "manual", good(facts=OLD, wish=OVER), "Integration Client", "before the appliance"),
    ("integration_client_version", "not_applicable", good(), "does not pass", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check_id", "outcome", "seen", "detail", "action"), TABLE, ids=[f"{row[0]}-{row[1]}-{row[3]}" for row in TABLE]
)
def test_rule(check_id: str, outcome: str, seen: Observed, detail: str, action: str) -> None:
    found = result(seen, check_id)
    assert (found.outcome, found.id) == (outcome, check_id), found
    assert detail in found.detail
    assert action in found.action


def test_every_check_that_blocks_says_what_to_do() -> None:
    for _check_id, outcome, seen, _detail, _action in TABLE:
        for found in evaluate(Phase.BEFORE, seen, strict=True):
            assert found.detail
            if found.outcome in ("fail", "error", "warn", "manual"):
                assert found.action, (found.id, outcome)


def test_latest_on_the_manual_path_of_integrations_is_judged_by_the_offers() -> None:
    seen = good(facts=OLD, wish=Wish(site="latest"))
    site = Offer("Bomgar-11.1.1", Kind.SITE, "11.1.1", True)
    seen = replace(seen, course=course(Wish(site="11.1.1"), seen.versions, (site,)))
    assert result(seen, "integrations_audited").outcome == "fail"


def test_a_target_that_is_not_offered_yet_is_a_warning() -> None:
    seen = good(wish=Wish(site="20.1.1", base="5.5.0"))
    seen = replace(seen, course=course(seen.wish, seen.versions, (BASE, SITE)))
    found = result(seen, "target")
    assert found.outcome == "warn"
    assert "further packages" in found.action


def test_a_site_that_is_down_has_one_failure_and_no_error() -> None:
    seen = good(
        facts={**NOT_TOLD, "certificate": None, "versions": {}}, unreachable=GONE, look=None, course=None, controls=None
    )
    found = evaluate(Phase.BEFORE, replace(seen, activity={}), strict=True)
    assert blocking(found) == ("api_reachable",)


def test_to_install() -> None:
    assert to_install(good()) == (Kind.BASE, Kind.SITE)
    assert to_install(good(course=None)) is None
    assert to_install(good(course=Course(stuck="no"))) is None
    assert to_install(manual(Package("/srv/gone", None, "gone"))) is None
    assert to_install(manual(file("s"), wish=Wish())) is None
    assert to_install(manual(file("s", Kind.SITE, "19.1.8"), wish=Wish(site="19.1.8"))) == ()


def test_learned_durations_count_instead_of_the_usual_one() -> None:
    learned = {"base": [100.0, 200.0], "site": []}
    assert seconds_needed((Kind.BASE,), 3600, learned) == 250
    assert seconds_needed((Kind.SITE,), 3600, learned) == 3600
    assert seconds_needed((Kind.UNKNOWN,), 3600, learned) == 250
    assert seconds_needed((Kind.UNKNOWN,), 3600, {}) == 3600
    assert seconds_needed((), 3600, {}) == 0


def test_a_remedy_stands_in_the_action_only() -> None:
    told = problem("check_health", "permission", "ask for check_health: not allowed")
    seen = good(facts={**NOT_TOLD, "health": None, "versions": {}, "problems": [told]})
    for check_id in ("health", "versions_known", "single_appliance"):
        found = result(seen, check_id)
        assert "ask for check_health: not allowed" in found.detail
        assert "Do something." not in found.detail
        assert found.action.count("Do something.") == 1
