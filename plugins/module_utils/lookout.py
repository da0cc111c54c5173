# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at an appliance while an installation runs, with one request a look. Judges nothing: that is `verdict`.

It logs in once each time the appliance has come back, never to find out whether it has: a refused log-in counts towards
the account's lock-out, and a site that is down cannot give a token.
"""

from __future__ import annotations

from collections.abc import Callable

from .connect import Appliance
from .errors import AuthenticationRefused, BomgarError, CertificateRefused, RunFailed, ServiceDown, Unreachable
from .models import Activity, Kind, Look, Outcome, Versions
from .observe import Observer
from .verdict import Sight
from .web.appliance_pages import AppliancePages
from .web.browser import SessionEnded

#: While nothing answers, every so many looks is one at the page instead of the open health page.
_PAGE_WHILE_DOWN = 4
#: While the page of an appliance that was down says that it works, every so many looks is one at the versions.
_VERSIONS_WHILE_BUSY = 3
#: A log-in that gets no answer may be tried again when the page shows up again, at most so often.
_LOG_INS = 5


class Lookout:
    """The looks at one installation of a package of `kind` (UNKNOWN: any version may change)."""

    def __init__(self, appliance: Appliance, kind: Kind, clock: Callable[[], float]) -> None:
        self._appliance = appliance
        self._kind = kind
        self._clock = clock
        self._turn = 0
        self._down = False
        self._logged_out = False
        self._log_ins = 0
        self._began = clock()
        self._busy = False
        # It was down; it was down and is back. No version is asked for in between: that takes a password.
        self._fell = False
        self._returned = False
        self._page: Look | None = None
        # Looks at the page and at whether the site serves take turns.
        self._probe_next = False
        self._served = True
        #: Set when a look brought news (it is back, the work has ended): the next look need not wait for its turn.
        self.news = False
        self._serving_tells = self._serves_now()

    def look(self) -> Sight:
        """The next look: the page, the versions after a page that shows no work, or whether the site serves."""
        self._turn += 1
        self.news = False
        self._began = self._clock()
        if self._down:
            return self._page_look() if self._turn % _PAGE_WHILE_DOWN == 0 else self._probe()
        if self._page is not None and (not self._busy or (self._returned and self._turn % _VERSIONS_WHILE_BUSY == 0)):
            return self._versions_look(self._page)
        if self._logged_out:
            return self._return()
        if self._serving_tells and self._probe_next:
            return self._probe()
        return self._page_look()

    def first(self, answer: Look | None) -> Sight:
        """What the answer to the click already showed."""
        return self._seen(answer) if answer is not None else Sight(self._clock(), up=True)

    def _serves_now(self) -> bool:
        """A site that answers, but not "good", before the work cannot tell by it when it is back."""
        try:
            return self._appliance.probe.serving()
        except Unreachable:
            return True
        except BomgarError:
            return False

    def _probe(self) -> Sight:
        self._probe_next = False
        try:
            serving = self._appliance.probe.serving()
        except Unreachable as error:
            return self._is_down(error)
        except BomgarError as error:
            return Sight(self._clock(), up=True, message=str(error))
        if serving and self._fell:
            self._returned = True
        self.news = serving and not self._served
        self._served = serving
        if self._down:
            if not serving:
                return Sight(self._began, up=False)
            # The site may be there before /appliance is: the page itself tells whether it asks who we are.
            self._down = False
        # What the page last showed still stands: a probe asks only whether the site serves.
        page = self._page or Look(Activity.UNKNOWN)
        return Sight(
            self._clock(),
            up=True,
            activity=page.activity,
            message=page.message,
            percent=page.percent,
            serving=serving if self._serving_tells else None,
        )

    def _page_look(self) -> Sight:
        self._probe_next = True
        try:
            look = self._appliance.pages.look()
        except SessionEnded:
            self._down, self._logged_out, self._page, self.news = False, True, None, True
            return Sight(self._clock(), up=True)
        except Unreachable as error:
            return self._no_page(error)
        except BomgarError as error:
            # A page that is not recognised while the appliance starts is no verdict; the deadline is.
            return Sight(self._clock(), up=True, message=str(error))
        self._down = False
        was_busy = self._busy
        sight = self._seen(look)
        self.news = was_busy and not self._busy
        return sight

    def _seen(self, look: Look) -> Sight:
        self._page = look
        self._busy = look.activity is Activity.BUSY
        return Sight(self._clock(), up=True, activity=look.activity, message=look.message, percent=look.percent)

    def _versions_look(self, page: Look) -> Sight:
        self._page, self._probe_next = None, True
        try:
            versions = self._versions()
        except Unreachable as error:
            return self._no_page(error)
        except AuthenticationRefused as error:
            raise _locked_out(error) from error
        except BomgarError as error:
            return Sight(self._clock(), up=True, activity=page.activity, message=str(error))
        # The site's version comes from the site itself, so it serves; the base's is read from /appliance.
        serving = True if versions.site is not None or not self._serving_tells else None
        return Sight(self._clock(), True, page.activity, versions, page.message, page.percent, serving)

    def _versions(self) -> Versions:
        observer = Observer(self._appliance, self._clock)
        base = build = site = None
        if self._kind is not Kind.SITE:
            base = self._appliance.pages.basics().base_version
        if self._kind is not Kind.BASE:
            site, build = observer.site()
        if observer.unreachable is not None:
            raise observer.unreachable
        return Versions(site=site, base=base, build=build)

    def _return(self) -> Sight:
        """The appliance is back and asks who we are."""
        if self._log_ins >= _LOG_INS:
            api_tells = self._kind is Kind.SITE and self._appliance.has_api
            return self._versions_look(Look(Activity.UNKNOWN)) if api_tells else self._probe()
        self._log_ins += 1
        try:
            self._appliance.pages.log_in()
        except Unreachable as error:
            return self._no_page(error)
        except AuthenticationRefused as error:
            raise _locked_out(error) from error
        except BomgarError as error:
            self._logged_out = False  # the next look at the page tells whether it is so
            return Sight(self._clock(), up=True, message=str(error))
        self._logged_out, self._busy, self.news = False, True, True
        self._returned = self._returned or self._kind is Kind.BASE
        return Sight(self._clock(), up=True)

    def _no_page(self, error: Unreachable) -> Sight:
        """Something other than the probe got no answer. A 5xx of /appliance alone says nothing of a site that serves."""
        if not isinstance(error, ServiceDown) or not (self._serving_tells and self._served):
            return self._is_down(error)
        self._page, self._logged_out = None, False
        return Sight(self._clock(), up=True, message=str(error))

    def _is_down(self, error: Unreachable) -> Sight:
        self._down, self._served, self._page, self._fell, self._returned = True, False, None, True, False
        untrusted = isinstance(error, CertificateRefused)
        # It was down when the look began: one that hangs gives up much later.
        return Sight(self._began, up=False, message=error.got if untrusted else None, untrusted=untrusted)


def shown(pages: AppliancePages) -> Look:
    """The Updates page as it is now, after logging in if that is needed."""
    try:
        return pages.look()
    except SessionEnded:
        pages.log_in()
        return pages.look()


def _locked_out(error: AuthenticationRefused) -> RunFailed:
    return RunFailed(
        Outcome.UNKNOWN.value,
        "see what became of the installation",
        f"the appliance is back but refuses the account ({error.got})",
        f"Look at its versions by hand; it was not tried again, to keep the account from being locked. {error.remedy}",
    )
