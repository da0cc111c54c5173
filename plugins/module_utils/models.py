# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an appliance says, as frozen dataclasses. Reading the wire into them is the clients' business, not this file's.

An unknown value of a closed list becomes UNKNOWN, never a crash: releases we have not seen may say more.
Times are Unix seconds (float) unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

#: What a page is called among the controls that the web driver looks for on it.
PAGE_ITSELF = "the page itself"


class Word(str, Enum):
    """A closed list of words; what is not in it reads as UNKNOWN."""

    @classmethod
    def _missing_(cls, _value: object) -> Any:
        return cls.__members__.get("UNKNOWN")

    def __str__(self) -> str:
        return str(self.value)


class Role(Word):
    """What the appliance itself says of its place in a failover pair (D-RS-CH)."""

    NONE = "none"
    PRIMARY = "primary"
    BACKUP = "backup"
    UNKNOWN = "unknown"


class ClusterRole(Word):
    """Place in an Atlas cluster (D-RS-GA); older manuals say `master` for `primary`."""

    SINGLE = "single"
    PRIMARY = "primary"
    MASTER = "master"
    TRAFFIC = "traffic"
    UNKNOWN = "unknown"


class Kind(Word):
    """The two packages of an appliance, and what is neither (a rebuilt certificate package, a patch)."""

    BASE = "base"
    SITE = "site"
    UNKNOWN = "unknown"


class Outcome(Word):
    """What a step did, judged from what was observed afterwards."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Activity(Word):
    """What the Updates page shows the appliance to be doing."""

    IDLE = "idle"
    BUSY = "busy"
    FAILED = "failed"
    DONE = "done"
    UNKNOWN = "unknown"


class SyncState(Word):
    """What is said of a data sync, read from words of which the vendor publishes no list."""

    GOOD = "good"
    RUNNING = "running"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Credentials:
    """A user name (or client id) and its secret. Never printed: `repr` hides both."""

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class ApiInfo:
    """`get_api_info` (D-RS-GAI). `permissions`: name -> text; a missing name means no."""

    api_version: str
    timestamp: float | None
    permissions: dict[str, str]
    company_name: str | None = None

    def allows(self, permission: str) -> bool:
        """Whether a boolean permission is given; `perm_command` counts as given from read-only on."""
        return self.permissions.get(permission, "0") in ("1", "full_access", "read_only")


@dataclass(frozen=True)
class Health:
    """`check_health` (D-RS-CH). `version` like `19.1.8`, `build` what stands in parentheses behind it, `role_word` the role as told."""

    host_name: str
    appliance_id: str | None
    version: str
    build: str | None
    healthy: bool
    error_message: str | None
    failover_role: Role
    shared_ips: tuple[str, ...]
    last_data_sync_time: float | None
    last_data_sync_status: str | None
    role_word: str | None = None


@dataclass(frozen=True)
class Node:
    """One row of `get_appliances` (D-RS-GA): a member of a failover pair or of an Atlas cluster."""

    id: str
    name: str
    public_hostname: str
    cluster_role: ClusterRole
    failover_role: Role
    accepting_connections: bool
    timezone_offset: int | None


@dataclass(frozen=True)
class Representative:
    """One row of `get_logged_in_reps` (D-BG-GLR). A count that the answer does not give is None, not zero."""

    id: str
    display_name: str
    type: str
    logged_in_since: str | None
    support_session_count: int | None


@dataclass(frozen=True)
class RunningSession:
    """A session without an end time, from the reporting API."""

    lsid: str
    session_type: str | None
    start_time: float | None
    representatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Basics:
    """`/appliance`, Status > Basics (D-BG-DR, D-SSLGUIDE). What the page does not show is None.

    `fields`: every label of the page with its value, as seen.
    """

    base_version: str | None
    model: str | None = None
    serial: str | None = None
    system_time: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Software:
    """`/login`, Management > Software: the site software's version and build as seen."""

    version: str | None
    build: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FailoverView:
    """`/login`, Management > Failover (D-RS-FO, D-PA-EST, D-PM): what the page of one appliance shows.

    `role`: NONE where it shows no relationship. `last_sync`: the time of the last data sync as the page writes it;
    `last_sync_time` the same in Unix seconds, only where the text tells it for certain (with a zone). `sync_status`: the
    page's words, `sync` what they mean. `shared_ips`: each address with whether it is enabled here; None where the page
    shows no such boxes. `can`: the operations of which the page shows a usable control (`sync`, `break`, `establish`,
    `become_primary`, `become_backup`, `shared_ips`). `message`: what the page says in answer to an operation.
    """

    role: Role
    peer_role: Role = Role.UNKNOWN
    last_sync: str | None = None
    last_sync_time: float | None = None
    sync_status: str | None = None
    sync: SyncState = SyncState.UNKNOWN
    shared_ips: dict[str, bool] | None = None
    can: frozenset[str] = frozenset()
    message: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """A row under Available Updates.

    `name` as shown (`Base Software-3.2.6`); `installable` whether the row has its own install control; `blocked_by` the
    page's own words when it has not; `details` further lines of the row (host name, licences, expiry).
    """

    name: str
    kind: Kind
    version: str
    installable: bool
    blocked_by: str | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What the Updates page shows in one request.

    `offers` is None when the page does not list offers now (not checked yet, or busy). `message` is what the page says
    of a running, finished or failed installation; `percent` its progress when shown.
    """

    activity: Activity
    offers: tuple[Offer, ...] | None = None
    message: str | None = None
    percent: int | None = None


@dataclass(frozen=True)
class Versions:
    """Versions of one appliance as observed; None where no interface that we may use tells."""

    site: str | None = None
    base: str | None = None
    build: str | None = None
    api: str | None = None


def plain(value: Any) -> Any:
    """A model (or a container of models) as plain values for results, records and JSON."""
    if hasattr(value, "__dataclass_fields__"):
        return plain({name: getattr(value, name) for name in value.__dataclass_fields__})
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
