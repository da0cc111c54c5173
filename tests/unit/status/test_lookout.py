# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each look goes while an installation runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from ansible_collections.bomgar.appliance.plugins.module_utils.connect import Appliance
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import Unreachable
from ansible_collections.bomgar.appliance.plugins.module_utils.lookout import Lookout
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity, Kind, Look

SERVES = True
DOWN = None


class Box:
    """Answers a probe as `serving` says, and shows an installation at work on its page."""

    has_pages = True

    def __init__(self) -> None:
        self.serving: bool | None = SERVES
        self.asked: list[str] = []
        self.probe = SimpleNamespace(serving=self._serving)
        self.pages = SimpleNamespace(look=self._look)

    def _serving(self) -> bool:
        self.asked.append("probe")
        if self.serving is DOWN:
            raise Unreachable("ask whether it serves", "nothing", "wait")
        return self.serving

    def _look(self) -> Look:
        self.asked.append("page")
        return Look(Activity.BUSY)


def lookout(box: Box) -> Lookout:
    made = Lookout(cast(Appliance, cast(Any, box)), Kind.SITE, lambda: 0.0)
    box.asked.clear()
    return made


def test_page_and_site_take_turns() -> None:
    watch = lookout(box := Box())
    for _ in range(6):
        watch.look()
    assert box.asked == ["page", "probe"] * 3


def test_while_the_site_is_down_the_page_is_looked_at_now_and_then_and_never_twice_in_a_row() -> None:
    watch = lookout(box := Box())
    box.serving = DOWN
    for _ in range(40):
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
