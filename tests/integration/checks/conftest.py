# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site for each test that asks for one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.checks.place import ERAS, Era, Place, place

MakePlace = Callable[..., Place]


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[MakePlace]:
    """Make a site as a test wishes it; it is looked over after the test."""
    with contextlib.ExitStack() as stack:

        def make(era: Era = ERAS["24.1.1"], **options: Any) -> Place:
            return stack.enter_context(place(tmp_path, era, **options))

        yield make


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    """Each of the times."""
    return ERAS[request.param]
