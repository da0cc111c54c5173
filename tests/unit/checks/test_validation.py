# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks after an upgrade: a test for each line of their rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.check_results import (
    MemberState,
    Observed,
    PairState,
    Phase,
    Snapshot,
    Thresholds,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.checks import blocking, evaluate, snapshot
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Role, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.offers import Course, Step
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish
from ansible_collections.bomgar.appliance.tests.unit.checks.sites import (
    ACTIVITY,
    FACTS,
    NOW,
    SITE,
    after,
    problem,
    result,
)

GONE = ("unreachable", "no connection")
PAIR = PairState(
    (MemberState("a", Role.PRIMARY, Versions()), MemberState("b", Role.BACKUP, Versions())), relation="established"
)


def was(**values: Any) -> Snapshot:
    """A snapshot of before with other values."""
    return Snapshot(NOW - 3600, {**snapshot(FACTS, ACTIVITY), **values})


TABLE: list[tuple[str, str, Observed, str, str]] = [
    ("api_back", "pass", after(), "answers", ""),
    ("api_back", "fail", after(unreachable=GONE), "no connection", "bomgar_url"),
    ("api_still_authorised", "pass", after(), "accepted", ""),
    ("api_still_authorised", "fail", after(activity={"problems": [problem("reporting", "authentication", "401")]}), "401", "Do something."),
    ("versions_reached", "pass", after(), "base software 5.5.0, site software 19.2.1", ""),
    ("versions_reached", "fail", after(versions={"site": "19.1.8", "base": "5.5.0"}), "site software is 19.1.8, not 19.2.1", "record"),
    ("versions_reached", "fail", after(versions={"site": "19.2.1", "base": None}), "base software is not known, not 5.5.0", "accounts"),
    ("versions_reached", "warn", after(wish=Wish()), "no target", "Compare"),
    ("versions_reached", "warn", after(wish=Wish(site="latest")), "offers were not read", "Compare"),
    ("versions_reached", "pass", replace(after(wish=Wish(site="latest")), course=Course(reached=True)), "nothing newer", ""),
    ("versions_reached", "fail", replace(after(wish=Wish(site="latest")), course=Course((Step(SITE, "", True),))), "still offered: Bomgar-19.2.1", "again"),
    ("versions_reached", "fail", replace(after(wish=Wish(site="latest")), course=Course(stuck="it waits")), "it waits", "/appliance"),
    ("versions_reached", "fail", after(wish=Wish(site="latest", base="5.6.0")), "not 5.6.0", "record"),
    ("versions_reached", "error", after(unreachable=GONE), "does not answer", "validate"),
    ("health_after", "pass", after(), "healthy", ""),
    ("health_after", "fail", after(facts={"health": {"healthy": False, "error_message": "no"}}), "no", "support"),
    ("role_unchanged", "pass", after(), "still none", ""),
    ("role_unchanged", "fail", after(facts={"role": "backup"}), "was none and is backup", "Failover"),
    ("role_unchanged", "warn", after(facts={"role": "unknown"}), "not told now", "Failover"),
    ("role_unchanged", "not_applicable", after(before=was(role="unknown")), "not told before", ""),
    ("role_unchanged", "not_applicable", after(before=None), "no snapshot", ""),
    ("role_unchanged", "not_applicable", after(unreachable=GONE), "does not answer", ""),
    ("clock_after", "pass", after(), "agree", ""),
    ("clock_after", "fail", after(facts={"clock": {"skew": 900.0}}), "15 min ahead", "time service"),
    ("certificate_unchanged", "pass", after(), "still valid until 2027-01-31", ""),
    ("certificate_unchanged", "warn", after(facts={"certificate": {**FACTS["certificate"], "issuer": "commonName=Another"}}),
        "issuer was commonName=An Authority, is commonName=Another", "exported"),
    ("certificate_unchanged", "warn", after(facts={"certificate": {**FACTS["certificate"], "names": ["a", "b"]}}),
        "names was support.example.com, is a, b", "exported"),
    ("certificate_unchanged", "fail", after(unreachable=("certificate", "self-signed")), "self-signed", "bomgar_ca_path"),
    ("certificate_unchanged", "warn", after(validate_certs=False), "not validated", "bomgar_validate_certs"),
    ("certificate_unchanged", "not_applicable", after(before=was(certificate=None)), "not told", ""),
    ("certificate_unchanged", "not_applicable", after(before=None), "no snapshot", ""),
    ("representatives_back", "not_applicable", after(), "nobody was", ""),
    ("representatives_back", "not_applicable", after(before=None), "no snapshot", ""),
    ("representatives_back", "pass", after(before=was(representatives=2), activity={"representatives": [{}]}), "1 are logged in, 2 were before", ""),
    ("representatives_back", "warn", after(before=was(representatives=3), activity={"representatives": [{}]}), "1 are logged in", "log in"),
    ("representatives_back", "pass", after(before=was(representatives=3), thresholds=Thresholds(representatives_percent=0)), "0 are logged in", ""),
    ("representatives_back", "not_applicable", after(before=was(representatives=3), activity={"representatives": None}), "not told now", ""),
    ("clients_back", "pass", after(), "10 of 10 push_agent, 200 of 200 pinned_client", ""),
    ("clients_back", "pass", after(activity={"connected_clients": {"push_agent": 9, "pinned_client": 180}}), "9 of 10", ""),
    ("clients_back", "warn", after(activity={"connected_clients": {"push_agent": 10, "pinned_client": 179}}), "179 of 200", "later"),
    ("clients_back", "warn", after(activity={"connected_clients": {"pinned_client": 200}}), "0 of 10 push_agent", "later"),
    ("clients_back", "pass",
        after(activity={"connected_clients": {"push_agent": 5, "pinned_client": 100}}, thresholds=Thresholds(clients_percent=50)), "5 of 10", ""),
    ("clients_back", "not_applicable", after(before=was(connected_clients={"representative": 3})), "no lasting client", ""),
    ("clients_back", "not_applicable", after(before=was(connected_clients=None)), "not told", ""),
    ("clients_back", "not_applicable", after(activity={"connected_clients": None}), "not told now", ""),
    ("api_changed", "pass", after(), "still API 1.19.0", ""),
    ("api_changed", "warn", after(versions={"site": "19.2.1", "base": "5.5.0", "api": "1.19.2"}), "was 1.19.0 and is 1.19.2", "integration"),
    ("api_changed", "warn", after(before=was(api="1.4.2")), "LSID was a number and is a text", "integration"),
    ("api_changed", "not_applicable", after(before=None), "no snapshot", ""),
    ("sessions_kept", "not_applicable", after(), "has not established failover", ""),
    ("sessions_kept", "not_applicable", after(pair=PAIR), "has not established failover", ""),
    ("sessions_kept", "not_applicable", after(pair=replace(PAIR, relation="broken"), reconciled={"missing": ["x"]}), "has not established", ""),
    ("sessions_kept", "pass", after(pair=PAIR, reconciled={"before": {"a": 2, "b": 3}, "missing": []}), "a 2, b 3", ""),
    ("sessions_kept", "pass", after(pair=PAIR, reconciled={"exported": True}), "exported before", ""),
    ("sessions_kept", "warn", after(pair=PAIR, reconciled={"before": None}), "not listed before", "Compare"),
    ("sessions_kept", "fail", after(pair=PAIR, reconciled={"before": {"a": 2}, "missing": ["one"]}), "that were there before are missing: one", "backup"),
    ("sessions_kept", "fail", after(pair=PAIR, reconciled={"missing": [str(number) for number in range(9)]}), "0, 1, 2, 3, 4, 5, 6, 7 and others", "support"),
    ("consoles_msi", "manual", after(), "may not update", "MSI"),
    ("consoles_msi", "manual", after(before=None), "may not update", "MSI"),
    ("consoles_msi", "not_applicable", after(before=was(site="19.2.1")), "did not change", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check_id", "outcome", "seen", "detail", "action"), TABLE, ids=[f"{row[0]}-{row[1]}-{row[3]}" for row in TABLE]
)
def test_rule(check_id: str, outcome: str, seen: Observed, detail: str, action: str) -> None:
    found = result(seen, check_id, Phase.AFTER)
    assert found.outcome == outcome, found
    assert detail in found.detail
    assert action in found.action


def test_a_good_upgrade_passes() -> None:
    assert blocking(evaluate(Phase.AFTER, after(), strict=True)) == ()


def test_the_snapshot_names_nobody() -> None:
    kept = snapshot(FACTS, {**ACTIVITY, "representatives": [{"display_name": "Ada"}]})
    assert kept["representatives"] == 1
    assert "Ada" not in str(kept)
    assert kept["site"] == "19.1.8"


def test_a_snapshot_of_nothing() -> None:
    names = ("role", "certificate", "representatives", "connected_clients", "schema")
    assert snapshot({}, {}) == dict.fromkeys(names)
