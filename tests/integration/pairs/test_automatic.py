# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair without package files: refused, unless automatic updates are insisted on; then what each of them offers is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.bomgar.appliance.tests.simulator import Package

from .conftest import MODERN, PairWorld
from .estate import Estate, estate

NEW = MODERN[1]


def offering(made: Estate, name: str, path: str, **common: Any) -> PairWorld:
    """A pair whose appliances are offered what they need, and no files."""
    world = made.add(name, path=path)
    site = Package("site", NEW["site"], requires={"base": NEW["base"]})
    world.simulator.vendor.publish(Package("base", NEW["base"]), site)
    world.packages = ()
    world.common |= common
    return world


def test_without_files_only_where_it_is_insisted_on(tmp_path: Path) -> None:
    insists: dict[str, Any] = {"bomgar_pair_automatic": True}
    with estate(tmp_path) as made:
        offering(made, "in-place", "in_place", **insists)
        offering(made, "swap", "role_swap", **insists)
        refused = offering(made, "refused", "in_place")
        hidden = offering(made, "hidden", "role_swap", **insists)
        hidden.pair.offers_only_apart = True
        first = made.run(window="first")
        assert [name for name, run in first.items() if run.failed] == ["refused", "hidden"]
        assert first["swap"].says("automatic updates do not apply to failover pairs (documented")
        assert first["refused"].says("do not apply to failover pairs", "bomgar_packages", "bomgar_pair_automatic")
        assert first["hidden"].says("a offers no way to the target", "package files")
        for world in (refused, hidden):
            assert [box.role for box in world.pair.boxes] == ["primary", "backup"]
            assert [box.truth.commands for box in world.pair.boxes] == [[], []]
        second = made.run("in-place", "swap", window="second", signed_off_by="Ada")
        assert [run.words for run in second.values() if run.failed] == []
        for name in second:
            made.sites[name].proven()
            assert [len(box.truth.installs) for box in made.sites[name].pair.boxes] == [2, 2]
