# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's version, for records and reports: a wrong report must be traceable. Equal to galaxy.yml, by a test."""

from __future__ import annotations

VERSION = "0.1.0"
