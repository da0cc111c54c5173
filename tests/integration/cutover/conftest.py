# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name servers for the tests that ask for them."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.tests.integration.cutover.named import Named, running


@pytest.fixture
def make_named(tmp_path: Path) -> Iterator[Callable[..., Named]]:
    """Start a name server; it ends with the test."""
    programs = [shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("named", "nsupdate")]
    if None in programs:
        pytest.skip("needs BIND: apt-get install bind9 bind9-dnsutils")
    with contextlib.ExitStack() as stack:
        count = iter(range(100))

        def make(**options: Any) -> Named:
            return stack.enter_context(running(tmp_path / f"named{next(count)}", **options))

        yield make


@pytest.fixture
def named(make_named: Callable[..., Named]) -> Named:
    """One name server."""
    return make_named()
