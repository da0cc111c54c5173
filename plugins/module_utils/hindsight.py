# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier runs left in a record without a good end: what may still go on, and what to write of it once the target runs.

An installation that had not come back by its deadline may end well an hour later, and nobody looks before the next run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .models import Outcome, Versions, plain
from .record import Record
from .record_standing import GOOD, is_installation, last_attempts
from .verdict import END_SEEN

_COMPARED = {"base": "base software", "site": "site software", "build": "build"}


def unended(data: Mapping[str, Any], appliance: str) -> dict[str, Any] | None:
    """The installation that may still go on there, by the record: a run was stopped in it, or gave it up by the deadline."""
    for step in last_attempts(data, appliance):
        given_up = step["facts"].get("ending") not in (None, *END_SEEN)
        if is_installation(step) and (step["ended"] is None or given_up):
            return step
    return None


def take_up(record: Record, appliance: str, seen: Versions) -> None:
    """Give every installation, and every wait for one, that came to no good end a last attempt with what is seen now.

    Only for a target that was seen to be reached. The attempts before stay as they are.
    """
    for step in last_attempts(record.data, appliance):
        installs = is_installation(step) or step["id"] == "join"
        if not installs or step["outcome"] in GOOD:
            continue
        before = _before(record, step, appliance)
        moved = [
            f"{words} {before[name]} \u2192 {now}"
            for name, words in _COMPARED.items()
            if before.get(name) and (now := getattr(seen, name)) and before[name] != now
        ]
        with record.step(
            step["title"],
            step_id=step["id"],
            module="checks",
            appliance=appliance,
            # By its hash a later run knows a package file that is installed.
            sha256=step["facts"].get("sha256"),
        ) as closing:
            closing.done(
                Outcome.CHANGED if moved else Outcome.UNCHANGED,
                detail=f"nothing was done now; seen afterwards: the target runs ({', '.join(moved) or 'no version changed'})",
                before=before,
                after=plain(seen),
            )


def _before(record: Record, step: Mapping[str, Any], appliance: str) -> Mapping[str, Any]:
    """The versions before: as the step read them, else as the upgrade began."""
    kept = record.data["snapshots"]["before"].get(appliance) or {}
    found = step["evidence"].get("before") or kept.get("values")
    return found if isinstance(found, Mapping) else {}
