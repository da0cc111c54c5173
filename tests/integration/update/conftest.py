# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site for each test that asks for one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.update.site import ERAS, Era, MakeSite, Site, site
from ansible_collections.bomgar.appliance.tests.simulator import Package


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Make a site as a test wishes it; it is taken down, and looked over, after the test."""
    with contextlib.ExitStack() as stack:

        def make(*publish: Package, **options: Any) -> Site:
            return stack.enter_context(site(tmp_path, *publish, **options))

        yield make


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    """Each of the two times."""
    return ERAS[request.param]
