# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site of each form of the reporting API, served over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.sessions.site import HOST, HOUR, Site
from ansible_collections.bomgar.appliance.tests.simulator import LookClock, Simulator

#: Integer LSIDs and no namespace; the first namespace; OAuth; the other product.
FORMS = {
    "10.5": {"dialect": "guide_it", "site": "10.5.3"},
    "10.6": {"dialect": "guide_it", "site": "10.6.1"},
    "modern": {"dialect": "modern_en", "site": "19.1.8"},
    "PRA": {"dialect": "modern_en", "site": "19.1.8", "product": "PRA"},
}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`serve(form, **options of the box)`."""
    contexts = []

    def begin(form: str = "modern", **options: Any) -> Site:
        sim = Simulator(clock=LookClock())
        box = sim.add_appliance(HOST, base="3.2.4", **{**FORMS[form], **options})
        context = sim.serve()
        served = context.__enter__()
        contexts.append(context)
        begun = (int(box.now) // HOUR - 12) * HOUR
        return Site(box, served.url(box), str(served.ca_path), tmp_path / "exports", begun)

    yield begin
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture(params=FORMS)
def site(request: pytest.FixtureRequest, serve: Callable[..., Site]) -> Iterator[Site]:
    """A site of each form."""
    made = serve(request.param)
    yield made
    assert made.box.truth.commands == []
