# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that decides what a timetable does about a site; what it does is in module_utils/convergence.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils.convergence import Site, decide
from ansible_collections.bomgar.appliance.plugins.module_utils.record_format import complaint


def _record(text: str) -> dict[str, Any] | None:
    """The record in a text. One that cannot be read counts as none here: the modules say so before they do anything."""
    try:
        data = json.loads(text or "null")
    except ValueError:
        return None
    return data if complaint(data) is None else None


def convergence(
    given: Mapping[str, Any],
    site: str,
    now: float,
    record: str = "",
    due: str | None = None,
    stuck: bool = False,
    again: Any = False,
) -> dict[str, Any]:
    """See `convergence.decide`; `stands` is how the site stands by its record."""
    known = Site(str(site), given, _record(str(record)))
    moment = datetime.fromtimestamp(float(now), timezone.utc)
    return {**asdict(decide(known, moment, due, stuck, bool(again))), "stands": known.word}


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by their names."""
        return {"convergence": convergence}
