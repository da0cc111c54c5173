# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libraries that only the audit of integrations needs; apart, so that no other task loads them or misses them."""

from __future__ import annotations

import traceback

from ..libraries import missing, require

try:
    import sqlglot
    import sqlglot.errors
    import sqlglot.expressions
except ImportError:
    sqlglot = None  # type: ignore[assignment]
    missing["sqlglot"] = traceback.format_exc()

try:
    import pygments.lexers
    import pygments.token
except ImportError:
    pygments = None
    missing["pygments"] = traceback.format_exc()

try:
    import sqlalchemy
    import sqlalchemy.dialects.mysql
    import sqlalchemy.dialects.postgresql
    import sqlalchemy.exc
    import sqlalchemy.pool
except ImportError:
    sqlalchemy = None  # type: ignore[assignment]
    missing["sqlalchemy"] = traceback.format_exc()

__all__ = ["pygments", "require", "sqlalchemy", "sqlglot"]
