# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at one site again and again, for the event source `sites`: reads only, and uses no account again that was refused.

The quick look is one request to each appliance. What takes a log-in (offers, and roles on releases without `check_health`) is
looked at rarely.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import claim
from .accounts import ACCOUNTS
from .connect import Appliance
from .errors import AuthenticationRefused, BomgarError, CertificateRefused, MissingLibrary, Unreachable
from .models import Activity, Role
from .observe import Observer
from .pair import Member
from .pair_record import exposure
from .record import Record
from .record_files import site_folder
from .redaction import Redaction
from .watch import BoxSeen, SiteSeen, under_way

_API, _LOGIN, _APPLIANCE = "api", "login", "appliance"


class SiteWatch:
    """The looks at one site. `appliances`: name -> option `appliance`, one or two. `records`: the folder of the records.

    `pages_interval`: seconds between two looks at roles that only a page tells. `account_pause`: seconds after which an account
    that was refused is tried again, 0 for never.
    """

    def __init__(
        self,
        site: str,
        appliances: Mapping[str, Mapping[str, Any]],
        *,
        records: str,
        pages_interval: float = 900.0,
        account_pause: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.site = site
        #: The last fence: an appliance may say anything in its answers.
        self.redaction = Redaction(_secrets(appliances))
        self._records = Path(records).expanduser()
        self._clock = clock
        pair = len(appliances) > 1
        self._boxes = [
            _Box(options, pages_interval if pair else None, account_pause, clock) for options in appliances.values()
        ]

    def look(self) -> SiteSeen:
        """The quick look."""
        upgrade, apart_since, trouble = self._record()
        boxes = tuple(box.look() for box in self._boxes)
        return SiteSeen(
            self.site,
            self._clock(),
            boxes,
            roles_told=len(boxes) == 2,
            upgrade=upgrade,
            apart_since=apart_since,
            reads={"the look": None, "the record": trouble},
        )

    def look_at_offers(self) -> SiteSeen:
        """What is offered. While an upgrade is under way nothing is asked for: it uses the same page."""
        upgrade, _apart_since, _trouble = self._record()
        offers: dict[str, tuple[str, ...]] = {}
        boxes = () if upgrade else tuple(box.look_at_offers(offers) for box in self._boxes)
        return SiteSeen(self.site, self._clock(), boxes, upgrade=upgrade, offers=offers or None)

    def hung(self, seconds: float) -> SiteSeen:
        """What is to be said of a look that has not ended."""
        return self.failed(f"a look at it has not ended within {seconds:.0f} s")

    def failed(self, words: str) -> SiteSeen:
        """What is to be said of a look of which nothing came."""
        return SiteSeen(self.site, self._clock(), reads={"the look": words})

    def _record(self) -> tuple[bool, float | None, str | None]:
        """Whether an upgrade is under way, since when there is no failover, and why the record cannot be read."""
        try:
            place = site_folder(self._records, self.site)
            record = Record.open_latest(self._records, self.site)
        except BomgarError as error:
            return False, None, said(error)
        data = None if record is None else record.data
        apart = None if data is None else exposure(data)
        upgrade = under_way(data, at_work=claim.holder(place) is not None, now=self._clock())
        return upgrade, None if apart is None or apart.until is not None else apart.since, None


class _Box:
    """One appliance, and which of its accounts were refused. `pages_interval`: None where its role does not matter."""

    def __init__(
        self,
        options: Mapping[str, Any],
        pages_interval: float | None,
        account_pause: float,
        clock: Callable[[], float],
    ) -> None:
        self._options = options
        self._pages_interval = pages_interval
        self._account_pause = account_pause
        self._clock = clock
        self._refused: dict[str, float] = {}
        self._page_role = Role.UNKNOWN
        self._page_due = 0.0
        self._open()

    def _open(self) -> None:
        self._appliance = Appliance(self._options, read_only=True, clock=self._clock)

    def look(self) -> BoxSeen:
        """Health, role and certificate: by `check_health` of the API, else by the open page, which needs no account."""
        accounts: dict[str, str | None] = {}
        reads: dict[str, str | None] = {}
        health, gone = None, None
        if self._may(_API, self._appliance.has_api):
            observer = Observer(self._appliance, self._clock)
            health, gone = observer.health(), observer.unreachable
            if gone is None:
                accounts[_API] = self._kept(_API, observer.refused)
                reads["check_health"] = next(
                    (item.message for item in observer.problems if item.reason != AuthenticationRefused.reason), None
                )
        healthy = None if health is None else health.healthy
        words = (health.error_message if health is not None else None) or ""
        if health is None and gone is None:
            try:
                healthy = self._appliance.probe.serving()
                words = f"{self._appliance.probe.asks} says that the site does not serve"
            except Unreachable as error:
                gone = error
            except MissingLibrary:
                raise
            except BomgarError as error:
                reads["the open health page"] = said(error)
        role = (
            Role.UNKNOWN
            if gone is not None
            else health.failover_role
            if health is not None
            else self._by_page(accounts, reads)
        )
        certificate = Observer(self._appliance, self._clock).certificate()
        return BoxSeen(
            self._appliance.name,
            gone is None,
            "" if gone is None else said(gone),
            healthy if gone is None else None,
            words,
            role,
            certificate["days_left"] if certificate and gone is None else None,
            said(gone) if isinstance(gone, CertificateRefused) else None,
            accounts,
            reads,
        )

    def look_at_offers(self, offers: dict[str, tuple[str, ...]]) -> BoxSeen:
        """What the Updates page of /appliance offers goes into `offers`, if it tells."""
        name = self._appliance.name
        if not self._may(_APPLIANCE, self._appliance.has_pages):
            return BoxSeen(name)
        words = None
        try:
            look = self._appliance.pages.check_for_updates()
            if look.activity is not Activity.BUSY:
                offers[name] = tuple(offer.name for offer in look.offers or ())
        except AuthenticationRefused as error:
            return BoxSeen(name, accounts={_APPLIANCE: self._kept(_APPLIANCE, error)})
        except Unreachable:
            return BoxSeen(name)  # the quick look tells it
        except MissingLibrary:
            raise
        except BomgarError as error:
            words = said(error)
        return BoxSeen(name, accounts={_APPLIANCE: None}, reads={"the Updates page": words})

    def _by_page(self, accounts: dict[str, str | None], reads: dict[str, str | None]) -> Role:
        """The role as the Failover page last told it, on releases without `check_health`."""
        if (
            self._pages_interval is None
            or self._clock() < self._page_due
            or not self._may(_LOGIN, self._appliance.has_login)
        ):
            return self._page_role
        self._page_due = self._clock() + self._pages_interval
        self._page_role = Role.UNKNOWN
        try:
            view = self._appliance.failover_pages.view()
            self._page_role = Member(self._appliance).from_view(view).role
            accounts[_LOGIN] = reads["the Failover page"] = None
        except AuthenticationRefused as error:
            accounts[_LOGIN] = self._kept(_LOGIN, error)
        except Unreachable:
            pass  # the quick look tells it
        except MissingLibrary:
            raise
        except BomgarError as error:
            reads["the Failover page"] = said(error)
        return self._page_role

    def _may(self, area: str, given: bool) -> bool:
        """Whether an account may be used. One that was refused is tried again after the pause, by clients that do not know of it."""
        if not given:
            return False
        refused = self._refused.get(area)
        if refused is None:
            return True
        if not self._account_pause or self._clock() - refused < self._account_pause:
            return False
        del self._refused[area]
        self._open()
        return True

    def _kept(self, area: str, error: AuthenticationRefused | None) -> str | None:
        """Remember that an account was refused; the words for it."""
        if error is None:
            return None
        self._refused[area] = self._clock()
        return f"the account for {area} was refused and is not used any more ({said(error)})"


def _secrets(appliances: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for options in appliances.values():
        for account in ACCOUNTS:
            secret = (options.get(account.group) or {}).get(account.secret)
            if secret:
                yield str(secret)
        if options.get("proxy"):
            yield str(options["proxy"])


def said(error: BomgarError) -> str:
    """An error in one line: what was tried and what came back."""
    return f"{error.attempted}: {error.got}"
