# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of `/appliance` and `/login`, in dialects."""

from __future__ import annotations

from .dialect import Dialect
from .guide import GuideEnglish, GuideItalian
from .links import LinksEnglish
from .modern import ModernEnglish, Unknown
from .plain import PlainItalian
from .wizard import FramesEnglish, WizardEnglish

_ALL: tuple[type[Dialect], ...] = (
    GuideItalian, GuideEnglish, ModernEnglish, LinksEnglish, WizardEnglish, PlainItalian, FramesEnglish, Unknown,
)  # fmt: skip
DIALECTS: dict[str, type[Dialect]] = {dialect.name: dialect for dialect in _ALL}


def make_dialect(name: str) -> Dialect:
    """The dialect of this name."""
    if name not in DIALECTS:
        raise ValueError(f"unknown dialect {name!r}; known are {', '.join(DIALECTS)}")
    return DIALECTS[name]()
