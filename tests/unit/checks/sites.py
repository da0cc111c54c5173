# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observed sites for the tests of checks: a good one, and changes to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils.check_results import (
    BackupState,
    Control,
    Observed,
    Package,
    Phase,
    Result,
    Snapshot,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.checks import evaluate, snapshot
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Kind, Look, Offer
from ansible_collections.bomgar.appliance.plugins.module_utils.offers import course
from ansible_collections.bomgar.appliance.plugins.module_utils.package_files import PackageFile
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish

NOW = 1_763_837_000.0
NODE = {
    "id": "0123",
    "name": "support",
    "public_hostname": "support.example.com",
    "cluster_role": "single",
    "failover_role": "none",
    "accepting_connections": True,
    "timezone_offset": 0,
}
FACTS: dict[str, Any] = {
    "site": "support.example.com",
    "versions": {"site": "19.1.8", "base": "5.4.0", "build": "12345-0123", "api": "1.19.0"},
    "role": "none",
    "health": {"healthy": True, "error_message": None},
    "nodes": [NODE],
    "permissions": {
        "perm_command": "full_access",
        "perm_backup": "1",
        "perm_reporting_support": "1",
        "perm_configuration_vault_account": "0",
    },
    "clock": {"skew": -0.4},
    "certificate": {
        "not_after": "2027-01-31T00:00:00+00:00",
        "days_left": 70.2,
        "subject": "commonName=support.example.com",
        "issuer": "commonName=An Authority",
        "names": ["support.example.com"],
    },
    "problems": [],
}
ACTIVITY: dict[str, Any] = {
    "running": False,
    "sessions": [],
    "representatives": [],
    "connected_clients": {"push_agent": 10, "pinned_client": 200, "representative": 0},
    "problems": [],
}
BASE = Offer("Base Software-5.5.0", Kind.BASE, "5.5.0", True)
SITE = Offer(
    "Bomgar-19.2.1",
    Kind.SITE,
    "19.2.1",
    False,
    "5.4.0 does not satisfy 19.2.1's requirements. Please install any other.",
)
WISH = Wish(site="19.2.1", base="5.5.0")
IDLE = Look(Activity.IDLE, (BASE, SITE))


def good(**changes: Any) -> Observed:
    """A site that is ready for the automatic path; `facts`, `versions` and `activity` are merged in."""
    facts = {**FACTS, **changes.pop("facts", {})}
    if "versions" in changes:
        facts["versions"] = {**FACTS["versions"], **changes.pop("versions")}
    activity = {**ACTIVITY, **changes.pop("activity", {})}
    seen = Observed(
        now=NOW,
        facts=facts,
        activity=activity,
        accounts=frozenset({"api", "login", "appliance"}),
        wish=WISH,
        look=IDLE,
        controls=(Control("appliance updates", "check for updates", True),),
        backup=BackupState("support.nsb", "a verified backup of 2 h ago is here"),
    )
    seen = replace(seen, course=course(seen.wish, seen.versions, (BASE, SITE)))
    return replace(seen, **changes)


def after(**changes: Any) -> Observed:
    """The same site after its upgrade."""
    before = changes.pop("before", Snapshot(NOW - 3600, snapshot(FACTS, ACTIVITY)))
    changes.setdefault("versions", {"site": "19.2.1", "base": "5.5.0", "api": "1.19.0"})
    return replace(good(**changes), before=before, look=None, course=None, controls=None, backup=None)


def problem(interface: str, reason: str, message: str = "it was asked: no") -> dict[str, Any]:
    """A problem as `info` gives it."""
    return {
        "interface": interface,
        "leaves_unknown": "something",
        "reason": reason,
        "message": message,
        "remedy": "Do something.",
    }


def file(name: str, kind: Kind = Kind.UNKNOWN, version: str | None = None, size: int = 2048) -> Package:
    """A good package file."""
    path = Path("/srv") / name
    return Package(str(path), PackageFile(path, size, "ab" * 32, kind, version))


def result(seen: Observed, check_id: str, phase: Phase = Phase.BEFORE) -> Result:
    """One check's result; a rule that breaks shows its traceback."""
    return next(item for item in evaluate(phase, seen, strict=True) if item.id == check_id)
