# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure words, no judgement: what is said of each ending of an installation, and of its state meanwhile."""

from __future__ import annotations

from .models import Activity
from .verdict import Ending, Watch

# What is said of each ending: what came back, what to do. Restarting is never advised: the vendor warns of it (D-UPG-ASYNC).
ENDINGS: dict[Ending, tuple[str, str]] = {
    Ending.OLD_VERSION: (
        "the appliance is back and idle with the old version",
        "Read the messages on /appliance > Support > Updates, then call the vendor's support. Running this again tries once more.",
    ),
    Ending.NEVER_CAME_BACK: (
        "the appliance went down and had not come back by the deadline",
        "Do not restart it: look at its console, call the vendor's support. If it only needs longer, run this again: it is waited for.",
    ),
    Ending.MESSAGE: (
        "the appliance says that it failed",
        "Act on its message, or call the vendor's support; then run this again.",
    ),
    Ending.NEVER_BEGAN: (
        "nothing was seen to begin",
        "Look at /appliance > Support > Updates: if it is installing there, run this again and it is joined; if not, run this again to ask once more.",
    ),
    Ending.STILL_BUSY: (
        "it was still at work at the deadline",
        "Let it work: do not restart it. Run this again: the running installation is joined.",
    ),
    Ending.NOT_SERVING: (
        "the new version is there, but the site does not serve its users",
        "Look at the site's health and at the vendor's support page; do not restart it during a base update.",
    ),
    Ending.NOT_TRUSTED: (
        "it answers again, but with a certificate that is not accepted",
        "Give the authority that signed the new one by ca_path (bomgar_ca_path), then run this again: it goes on from what it sees.",
    ),
    Ending.ENDED: (
        "it has ended, and what ran before it is not known",
        "Look at /appliance > Status > Basics; then run this again: it goes on from what it sees.",
    ),
    Ending.UNKNOWN: (
        "what became of it could not be seen by the deadline",
        "Look at /appliance > Status > Basics and Support > Updates by hand; then run this again: it goes on from what it sees.",
    ),
}


def state_of(watch: Watch, serves_site: bool = True) -> str:
    """The state of an installation in a few words, for a line on the screen. Where the standby is down, the site is not."""
    who = "site" if serves_site else "standby"
    if watch.not_serving_since is not None:
        return f"{who} down"
    last = watch.last
    if last is not None and last.activity is Activity.BUSY:
        return "at work" + (f" {last.percent // 10 * 10} %" if last.percent is not None else "")
    return f"{who} up"
