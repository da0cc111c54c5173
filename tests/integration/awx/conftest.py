# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A served site for the playbooks of the example's project."""

from __future__ import annotations

from ansible_collections.bomgar.appliance.tests.integration.playbooks.conftest import serve, world

__all__ = ["serve", "world"]
