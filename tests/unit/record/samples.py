# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as an upgrade leaves them, made in memory: good, failed, interrupted, with nothing to do, hostile."""

from __future__ import annotations

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Evidence

SITE = "support.example.com"
START = 1_795_376_580.0
WISH = {"site": "11.1.1", "base": "3.2.6"}
BACKUP = {
    "site": SITE,
    "file": f"/srv/backups/{SITE}/{SITE}-main-20261122T190312Z-10.5.3.nsb",
    "size": 48_393_011,
    "sha256": "9f2c1e07a3b84c55d6ee0f1247ab9d3350c1de77f0984be2a86113c45d0f7be1",
    "taken_at": "2026-11-22T19:03:12Z",
    "url": f"https://{SITE}/",
    "complete_by": "content length",
    "leaves_out": [
        {"what": "recordings of sessions", "keep_it_by": "Fetch those that must be kept through the reporting API."},
        {"what": "the Vault encryption key", "keep_it_by": "Download it on /login and store it apart from this file."},
        {"what": "the settings of /appliance", "keep_it_by": "They cannot be exported: keep screenshots."},
    ],
}
READY = [
    {
        "id": "api_reachable",
        "title": "The API answers",
        "outcome": "pass",
        "detail": "11 ms",
        "source": "documented (D-RS-GAI)",
    },
    {"id": "clock", "title": "The clocks agree", "outcome": "pass", "detail": "The appliance is 0.8 s ahead."},
    {
        "id": "certificate",
        "title": "The certificate outlives the window",
        "outcome": "warn",
        "detail": "It expires in 12 days, on 2026-12-04.",
        "action": "Renew it on /appliance, Security > Certificates, before it runs out.",
        "source": "assumed",
        "waived": "The renewal is ordered, ticket 4711.",
    },
    {"id": "atlas", "title": "No Atlas cluster", "outcome": "not_applicable", "detail": "This release has no Atlas."},
    {
        "id": "vault_key",
        "title": "The Vault key is exported",
        "outcome": "manual",
        "detail": "No interface tells.",
        "action": "Export the key on /login, Vault, and store it where the backup is not.",
        "source": "documented (D-PRA-PF)",
    },
    {
        "id": "sessions",
        "title": "Nobody is in a session",
        "outcome": "error",
        "detail": "The reporting API answered \u201cpermission denied\u201d.",
        "action": "Give the API account the permission to read reports.",
        "source": "documented (D-RS-REP)",
    },
]


class Clock:
    """A clock that a sample moves by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def run(number: int = 1) -> Run:
    return Run(
        f"run-{number}",
        "ada" if number == 1 else "grace",
        "control.example.com",
        {"collection": "0.1.0", "ansible": "2.19.14", "python": "3.11.7"},
    )


def _begin(clock: Clock) -> Record:
    plan = {
        "fingerprint": "sha256:4be1c0ffee",
        "steps": [
            {"id": name, "title": name}
            for name in (
                "Check readiness",
                "Back up",
                "Install Base Software-3.2.6",
                "Install Bomgar-11.1.1",
                "Validate",
            )
        ],
    }
    record = Record.in_memory(SITE, Writer(run(), clock=clock), wish=WISH, path="automatic")
    record.set_plan(plan)
    return record


def _ready(record: Record, clock: Clock) -> None:
    record.snapshot(
        "before",
        {"versions": {"site": "10.5.3", "base": "3.2.4", "build": "28551", "api": "1.9.0"}, "health": {"role": "none"}},
    )
    with record.step("Check readiness", module="checks") as step:
        clock.now += 4.2
        record.add_checks("readiness", READY)
        step.done("unchanged", detail="6 checks: 1 waived, 1 by hand.")
    with record.step("Back up", module="backup") as step:
        clock.now += 46
        record.add_backup(BACKUP)
        step.done(
            "changed",
            detail="46.2 MiB, verified.",
            requests=[
                Evidence(clock.now - 45, "POST", "/oauth2/token", "get a token", False, "200", 0.31),
                Evidence(clock.now - 44, "GET", "/api/backup", "download the backup", False, "200", 43.9),
            ],
        )


def _install(record: Record, clock: Clock, title: str, base: bool) -> None:
    with record.step(title, module="update", appliance="main") as step:
        step.before({"site": "10.5.3", "base": "3.2.4" if base else "3.2.6"})
        for percent in (5, 30, 70):
            clock.now += 60
            step.progress("installing", activity="busy", percent=percent)
        if base:
            record.site_down("check_health", 5)
            step.progress("site down")
            clock.now += 130
            record.site_up()
            step.progress("site up again")
        clock.now += 35
        step.done(
            "changed",
            detail=f"{title.removeprefix('Install ')} is installed.",
            after={"site": "10.5.3" if base else "11.1.1", "base": "3.2.6"},
            requests=[Evidence(clock.now - 200, "POST", "/appliance", f"install {title}", True, "302", 0.9)],
            facts={"percent_seen": 70},
        )


def good() -> dict[str, Any]:
    """Two installations, one of them with the site down, over two runs."""
    clock = Clock()
    record = _begin(clock)
    record.site_watched("check_health", 5)
    _ready(record, clock)
    _install(record, clock, "Install Base Software-3.2.6", base=True)
    _install(record, clock, "Install Bomgar-11.1.1", base=False)
    record.snapshot(
        "after",
        {
            "versions": {"site": "11.1.1", "base": "3.2.6", "build": "30112", "api": "1.10.0"},
            "health": {"role": "none"},
        },
    )
    with record.step("Validate", module="checks") as step:
        clock.now += 6
        record.add_checks(
            "validation",
            [
                {"id": "site_up", "title": "The site serves", "outcome": "pass"},
                {
                    "id": "msi",
                    "title": "Consoles that were deployed by MSI",
                    "outcome": "manual",
                    "detail": "These do not update themselves.",
                    "action": "Deploy the console of 11.1.1 where you deployed the old one.",
                    "source": "documented (guide, 4.3)",
                },
            ],
        )
        step.done("unchanged", detail="2 checks: 1 passed, 1 by hand.")
    return record.data


def failed() -> dict[str, Any]:
    """Interrupted in a first run, failed in a second one."""
    clock = Clock()
    record = _begin(clock)
    _ready(record, clock)
    broken = record.step("Install Base Software-3.2.6", module="update", appliance="main")
    clock.now += 75
    broken.progress("installing", percent=20)
    clock.now += 4000
    again = Record(record.data, None, Writer(run(2), clock=clock))
    with again.step("Check readiness", module="checks") as step:
        clock.now += 4
        step.done("unchanged")
    with again.step("Install Base Software-3.2.6", module="update", appliance="main") as step:
        clock.now += 300
        again.site_down("check_health", 5)
        clock.now += 900
        again.site_down("check_health", 5)
        step.done(
            "failed",
            detail="The appliance went down at 20 % and did not come back within 15 min.\nIts last words were: applying package.",
            action="Look at the appliance's console. When it answers again, run the same playbook: it goes on from what it observes.",
        )
    again.snapshot("after", {"versions": {"base": "3.2.4"}})
    return again.data


def interrupted() -> dict[str, Any]:
    """Killed in the middle of the first installation."""
    clock = Clock()
    record = _begin(clock)
    _ready(record, clock)
    step = record.step("Install Base Software-3.2.6", module="update", appliance="main")
    clock.now += 75
    step.progress("installing", percent=20)
    return record.data


def refused() -> dict[str, Any]:
    """A check said no; nothing was done."""
    clock = Clock()
    record = _begin(clock)
    record.snapshot("before", {"site": "10.5.3", "base": "3.2.4"})
    with record.step("Check readiness", module="checks") as step:
        clock.now += 4
        failing = {
            "id": "permitted",
            "title": "The account may back up",
            "outcome": "fail",
            "action": "Give it the permission.",
        }
        record.add_checks("readiness", [*READY, failing])
        step.done("refused", detail="1 check failed: The account may back up.", action="Do what the failed checks say.")
    return record.data


def nothing_to_do() -> dict[str, Any]:
    """The target was there already."""
    clock = Clock()
    record = Record.in_memory(SITE, Writer(run(), clock=clock), wish=WISH, path="automatic")
    for phase in ("before", "after"):
        record.snapshot(phase, WISH)
    with record.step("Validate the site", step_id="validation", module="checks") as step:
        step.done("unchanged")
    return record.data


#: Marks a run of its script: <script> and every event handler that we know of set the same thing.
MARK = "window.injected=1"
HOSTILE = (
    f"<script>{MARK}</script>",
    f"</title></style></script><script>{MARK}</script>",
    f"\"'><img src=x onerror={MARK}>",
    f"<svg/onload={MARK}>",
    f"javascript:{MARK}",
    f"' onmouseover='{MARK}' autofocus onfocus='{MARK}' x='",
    "url(https://evil.example.com/a.png)",
    "}</style><style>*{display:none}</style>",
    "<link rel=stylesheet href=https://evil.example.com/a.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example.com/'>",
    "<base href=https://evil.example.com/><a href=/x>",
    "--><!-- ]]> <![CDATA[",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "\u202egnp.exe \u2066\u0000\u001b[31m\ud800\ufffe",
    "[click](https://evil.example.com) ![x](https://evil.example.com/a.png) <https://evil.example.com> @all #1 !2",
    "| a | b |\n|---|---|\n# Heading\n- item\n```\ncode\n``` ~~~",
    "x" * 3000,
    "ü" * 400 + " 漢字 🔥 עברית",
)


def hostile(values: tuple[str, ...] = HOSTILE) -> dict[str, Any]:
    """The good record, with hostile values in every place where a value can stand, also in names."""
    data = good()
    step = data["steps"][2]
    text = " ".join(values)
    wild = {value: value for value in values}
    data["site"] = text
    data["path"] = text
    data["wish"] = wild
    data["plan"] = {"fingerprint": text, "steps": [{"id": value, "title": value} for value in values]}
    for part in data["runs"]:
        part.update(id="run-1", by=text, controller=text, versions=wild)
    for phase in ("before", "after"):
        data["snapshots"][phase] = {
            value: {"at": value, "values": {**wild, "site": value + phase}} for value in values[:4]
        }
    data["checks"] = [
        {
            "id": value,
            "title": value,
            "outcome": outcome,
            "detail": value,
            "action": value,
            "source": value,
            "waived": waived,
            "phase": value,
            "at": "x",
        }
        for value in values
        for outcome, waived in (("fail", None), ("fail", value), (value, None), ("pass", None))
    ]
    data["backups"] = [
        {
            **wild,
            "file": text,
            "size": text,
            "sha256": text,
            "taken_at": text,
            "leaves_out": [*values, {"what": text, "keep_it_by": text}],
        }
    ]
    data["watched"] = {"by": text, "resolution": 5}
    step.update(
        title=text,
        detail=text,
        action=text,
        module=text,
        appliance=text,
        facts=wild,
        error=wild,
        outcome=text,
        id=text,
        evidence={
            "before": wild,
            "after": [wild],
            "observations": [wild, {"at": text}],
            "requests": [wild],
            "left_out": text,
        },
    )
    for outage in data["outages"]:
        outage.update(by=text, run=text)
    return data
