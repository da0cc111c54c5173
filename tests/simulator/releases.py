# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What depends on the release: API version, namespaces, which interface exists.

The table is D-APICHANGE's. The boundaries between the bomgar.com and beyondtrust.com namespaces are assumed: only single
releases are known (seed, C-RAGMOB, C-AXONIUS, D-PA-CMD, D-RS-API).
"""

from __future__ import annotations

from .vendor import numbers

# (lowest site version, API version), newest first. 10.1.0 is the oldest the table names.
_API_BY_SITE = (
    ("25.0", "1.25.0"),  # C-ZOOMAN saw 1.25.0 on a 2025 site; the product version is assumed
    ("24.0", "1.24.1"), ("23.0", "1.23.1"), ("22.2", "1.22.2"), ("22.1", "1.22.1"), ("21.3", "1.21.1"),
    ("21.1", "1.21.0"), ("19.2", "1.19.2"), ("19.1", "1.19.0"), ("18.2", "1.18.0"), ("17.1", "1.16.0"),
    ("16.2", "1.15.1"), ("16.1", "1.15.0"), ("15.2", "1.13.1"), ("15.1", "1.13.0"), ("14.2", "1.12.0"),
    ("14.1", "1.11.0"), ("13.1", "1.10.0"), ("12.3", "1.9.0"), ("12.2", "1.8.0"), ("12.1.4", "1.7.1"),
    ("12.1", "1.7.0"), ("11.1", "1.6.0"), ("10.6", "1.5.0"), ("10.5.2", "1.4.2"), ("10.5.1", "1.4.1"),
    ("10.5.0", "1.4.0"), ("10.4.1", "1.3.2"), ("10.4.0", "1.3.0"), ("10.3.4", "1.2.2"), ("10.3.2", "1.2.1"),
    ("10.3.0", "1.2.0"), ("10.2.5", "1.1.1"), ("10.2.0", "1.1.0"), ("10.1", "1.0.0"),
)  # fmt: skip


def api_version(site: str) -> str:
    """The API version of a site version (D-APICHANGE)."""
    for lowest, api in _API_BY_SITE:
        if numbers(site) >= numbers(lowest):
            return api
    return "1.0.0"


def namespace(api: str, which: str) -> str | None:
    """The XML namespace of the `command` or `reporting` API; None before 1.5.0 (seed)."""
    version = numbers(api)
    if version < (1, 5, 0):
        return None
    if version < (1, 7, 0):
        return "http://www.networkstreaming.com/namespaces/API"  # seed; until when is unknown, so assumed
    if version == (1, 18, 0):
        return f"https://www.bomgar.com/namespaces/API/{which}"  # D-PA-CMD writes https; the release is assumed
    if version < (1, 21, 0):
        return f"http://www.bomgar.com/namespaces/API/{which}"  # C-RAGMOB at 1.19.0; the bounds are assumed
    return f"https://www.beyondtrust.com/namespaces/API/{which}"  # D-RS-API; since when is assumed


def has_health(api: str) -> bool:
    """Whether `check_health`, `get_appliances` and the clients' lists exist.

    Absent in the 1.5.0 guide, present in the 14.1 guide (D-G150, D-G141); the boundary between is assumed.
    """
    return numbers(api) >= (1, 11, 0)


def has_oauth(api: str) -> bool:
    """API accounts since RS 16.2 (D-BG-RS-APICONF)."""
    return numbers(api) >= (1, 15, 1)


def has_legacy_accounts(api: str) -> bool:
    """User name and password: the only way before 16.2, seen alive at 19.1.5 (C-BMELAD); the end is assumed."""
    return numbers(api) < (1, 19, 2)
