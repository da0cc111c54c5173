# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges an installation from what is seen of the appliance while it runs. Pure: one look in, the next state out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from .models import Activity, Kind, Outcome, Versions
from .versions import installed, same

#: So many looks in a row must show the old version on an idle appliance before "it came back with the old version".
#: Assumed to outlast the pause between the restarts of a base update that restarts more than once.
SETTLED_LOOKS = 5
#: So long (seconds) may a certificate be refused before nothing but a person can help: an appliance that starts may show
#: another one for a while (assumed).
UNTRUSTED_SECONDS = 600.0


class Ending(str, Enum):
    """How an installation ended, told apart."""

    INSTALLED = "installed"
    OLD_VERSION = "came_back_with_old_version"
    NEVER_CAME_BACK = "never_came_back"
    MESSAGE = "failed_with_a_message"
    NEVER_BEGAN = "never_began"
    STILL_BUSY = "still_busy"
    NOT_SERVING = "installed_but_site_down"
    NOT_TRUSTED = "came_back_untrusted"
    ENDED = "ended"
    UNKNOWN = "unknown"


#: The endings after which nothing goes on any more.
END_SEEN = (Ending.INSTALLED, Ending.OLD_VERSION, Ending.MESSAGE, Ending.NEVER_BEGAN, Ending.ENDED)


@dataclass(frozen=True)
class Sight:
    """One look. `up`: the box answered with a page or an API answer of its own. `versions` only where they were read.

    `serving`: whether the site served its users in this look; None when this look did not ask. `untrusted`: it answered,
    but with a certificate that was not accepted, so nothing more was said to it.
    """

    at: float
    up: bool
    activity: Activity = Activity.UNKNOWN
    versions: Versions | None = None
    message: str | None = None
    percent: int | None = None
    serving: bool | None = None
    untrusted: bool = False


@dataclass(frozen=True)
class Verdict:
    """The end of a watch."""

    ending: Ending
    outcome: Outcome
    message: str | None = None


@dataclass(frozen=True)
class Watch:
    """What has been seen so far of one installation.

    `expected` is the version that `kind` shall get; without one, any change of a version counts as installed (a package
    file that does not say what it holds, or an installation that was found running). `old_message` stood on the page
    before and is no news. `stirred`: something was seen to happen (busy, down, or logged out). `before_is_sure`: the
    versions before were read before it began, and not while it ran.
    """

    before: Versions
    kind: Kind = Kind.UNKNOWN
    expected: str | None = None
    old_message: str | None = None
    stirred: bool = False
    before_is_sure: bool = True
    down_since: float | None = None
    outages: tuple[tuple[float, float], ...] = ()
    not_serving_since: float | None = None
    untrusted_since: float | None = None
    old_looks: int = 0
    new_looks: int = 0
    new_versions: bool = False
    last: Sight | None = None

    def see(self, sight: Sight) -> tuple[Watch, Verdict | None]:
        """Take in one look; the verdict is None while it goes on."""
        watch = self._outage(sight)._down(sight)
        watch = replace(watch, last=sight, stirred=watch.stirred or not sight.up or sight.activity is Activity.BUSY)
        since = sight.at if watch.untrusted_since is None else watch.untrusted_since
        watch = replace(watch, untrusted_since=since if sight.untrusted else None)
        if sight.untrusted and sight.at - since >= UNTRUSTED_SECONDS:
            return watch, Verdict(Ending.NOT_TRUSTED, Outcome.UNKNOWN, sight.message)
        if not sight.up:
            return replace(watch, old_looks=0, new_looks=0, new_versions=False), None
        if sight.activity is Activity.BUSY:
            return watch._busy(sight)
        if sight.versions is not None:
            watch = replace(watch, new_versions=watch.reached(sight.versions))
        if watch.new_versions:
            # Only when users are served again is it over; the versions may be read earlier.
            return watch, None if watch.not_serving_since is not None else Verdict(Ending.INSTALLED, Outcome.CHANGED)
        if sight.versions is None:
            return watch, None
        if sight.activity is Activity.FAILED and (watch.stirred or sight.message != self.old_message):
            return watch, Verdict(Ending.MESSAGE, Outcome.FAILED, sight.message)
        if not watch.stirred:
            return watch, None
        watch = replace(watch, old_looks=watch.old_looks + 1)
        if watch.old_looks >= SETTLED_LOOKS:
            if not watch.comparable:
                return watch, Verdict(Ending.ENDED, Outcome.UNKNOWN, sight.message)
            return watch, Verdict(Ending.OLD_VERSION, Outcome.FAILED, sight.message)
        return watch, None

    def _busy(self, sight: Sight) -> tuple[Watch, Verdict | None]:
        """The page's words are assumed, the versions are observed: in the end these count."""
        new_looks = self.new_looks
        if sight.versions is not None:
            new_looks = new_looks + 1 if self.reached(sight.versions) else 0
        watch = replace(self, old_looks=0, new_looks=new_looks, new_versions=False)
        settled = new_looks >= SETTLED_LOOKS and self.not_serving_since is None
        return watch, Verdict(Ending.INSTALLED, Outcome.CHANGED, sight.message) if settled else None

    @property
    def comparable(self) -> bool:
        """Whether an old version can be told from a new one."""
        known = self.before_is_sure and None not in (self.before.base, self.before.site)
        return self.expected is not None or known

    def reached(self, versions: Versions) -> bool:
        """Whether these versions are what the installation was to bring."""
        if self.expected is not None:
            return same(installed(versions, self.kind), self.expected)
        return any(_changed(getattr(self.before, name), getattr(versions, name)) for name in ("base", "site", "build"))

    def at_deadline(self) -> Verdict:
        """What can be said when the time is over."""
        if self.new_versions:
            return Verdict(Ending.NOT_SERVING, Outcome.FAILED)
        if self.last is not None and self.last.untrusted:
            return Verdict(Ending.NOT_TRUSTED, Outcome.UNKNOWN, self.last.message)
        if self.last is not None and not self.last.up:
            return Verdict(Ending.NEVER_CAME_BACK, Outcome.FAILED)
        if self.last is not None and self.last.activity is Activity.BUSY:
            return Verdict(Ending.STILL_BUSY, Outcome.UNKNOWN, self.last.message)
        return Verdict(Ending.UNKNOWN, Outcome.UNKNOWN, None if self.last is None else self.last.message)

    def at_start_deadline(self) -> Verdict | None:
        """NEVER_BEGAN if nothing at all was seen to happen until then."""
        return None if self.stirred else Verdict(Ending.NEVER_BEGAN, Outcome.UNKNOWN)

    def _down(self, sight: Sight) -> Watch:
        if not sight.up:
            return replace(self, down_since=sight.at if self.down_since is None else self.down_since)
        return replace(self, down_since=None)

    def _outage(self, sight: Sight) -> Watch:
        serving = False if not sight.up else sight.serving
        if serving is False and self.not_serving_since is None:
            return replace(self, not_serving_since=sight.at)
        if serving and self.not_serving_since is not None:
            return replace(self, not_serving_since=None, outages=(*self.outages, (self.not_serving_since, sight.at)))
        return self


def _changed(before: str | None, now: str | None) -> bool:
    return before is not None and now is not None and before != now
