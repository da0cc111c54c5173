# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each look goes while an installation runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from ansible_collections.bomgar.appliance.plugins.module_utils.connect import Appliance
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import ServiceDown, Unreachable
from ansible_collections.bomgar.appliance.plugins.module_utils.lookout import Lookout
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Kind, Look
from ansible_collections.bomgar.appliance.plugins.module_utils.web.browser import SessionEnded

SERVES = True
DOWN = None


class Box:
    """Answers a probe as `serving` says, and shows an installation at work on its page."""

    has_pages = True

    def __init__(self) -> None:
        self.serving: bool | None = SERVES
        self.page: Exception | None = None
        self.now = 0.0
        self.hangs = 0.0
        self.asked: list[str] = []
        self.probe = SimpleNamespace(serving=self._serving)
        self.pages = SimpleNamespace(look=self._look, log_in=lambda: self.asked.append("log in"))

    def _serving(self) -> bool:
        self.asked.append("probe")
        self.now += self.hangs
        if self.serving is DOWN:
            raise Unreachable("ask whether it serves", "nothing", "wait")
        return self.serving

    def _look(self) -> Look:
        self.asked.append("page")
        if self.page is not None:
            raise self.page
        return Look(Activity.BUSY)


def lookout(box: Box) -> Lookout:
    made = Lookout(cast(Appliance, cast(Any, box)), Kind.SITE, lambda: box.now)
    box.asked.clear()
    return made


def test_page_and_site_take_turns() -> None:
    watch = lookout(box := Box())
    for _turn in range(6):
        watch.look()
    assert box.asked == ["page", "probe"] * 3


def test_while_the_site_is_down_the_page_is_looked_at_now_and_then_and_never_twice_in_a_row() -> None:
    watch = lookout(box := Box())
    box.serving = DOWN
    for _turn in range(40):
        watch.look()
    assert "page,page" not in ",".join(box.asked[2:])
    assert 0.6 <= box.asked.count("probe") / 40 <= 0.9


def test_a_site_that_serves_again_is_news_even_when_the_page_never_went() -> None:
    """Else the end of an update is noticed a whole interval late."""
    watch = lookout(box := Box())
    box.serving = DOWN
    while box.asked[-1:] != ["page"] or "probe" not in box.asked:
        watch.look()
    assert not watch.news
    box.serving = SERVES
    watch.look()
    assert (box.asked[-1], watch.news) == ("probe", True)


def test_a_site_that_serves_long_before_its_appliance_pages() -> None:
    """/appliance answers 503 for as long as it likes: that is no outage of the site, and costs no log-in."""
    watch = lookout(box := Box())
    box.serving = DOWN
    watch.look(), watch.look()
    box.serving, box.page = SERVES, ServiceDown("read the page", "HTTP status 503", "look again later")
    sights = [watch.look() for _turn in range(60)]
    served = next(at for at, sight in enumerate(sights) if sight.serving)
    assert all(sight.up and sight.serving is not False for sight in sights[served:])
    assert "log in" not in box.asked
    box.page = SessionEnded("read the page", "the login page came", "log in")
    while "log in" not in box.asked:
        watch.look()


def test_a_look_that_hangs_saw_it_down_from_its_beginning() -> None:
    watch = lookout(box := Box())
    watch.look()
    box.serving, box.hangs, box.now = DOWN, 30.0, 100.0
    sight = watch.look()
    assert (sight.up, sight.at, box.now) == (False, 100.0, 130.0)
