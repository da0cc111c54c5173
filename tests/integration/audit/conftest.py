# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server of each sort for all tests here, and sites for playbooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.bomgar.appliance.tests.integration.audit import servers
from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import serve, world

__all__ = ["serve", "world"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Server]:
    yield from servers.postgres()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[servers.Server]:
    yield from servers.mariadb()


@pytest.fixture(scope="session")
def sqlite() -> Iterator[servers.Server]:
    yield from servers.sqlite()


@pytest.fixture(params=["postgres", "mariadb", "sqlite"])
def server(request: pytest.FixtureRequest) -> servers.Server:
    """Each of them in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, servers.Server)
    return found
