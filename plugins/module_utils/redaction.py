# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps secrets out of a record. Pure."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "********"
#: The record's own words, by list: these stay as they are, whatever the secrets are. All other text is redacted.
_OWN_WORDS: dict[str, frozenset[str]] = {
    "runs": frozenset({"id", "started"}),
    "steps": frozenset({"id", "module", "appliance", "run", "started", "ended", "outcome"}),
    "checks": frozenset({"id", "outcome", "at", "run", "phase"}),
    "backups": frozenset({"run", "appliance"}),
    "outages": frozenset({"down_from", "up_at", "last_down", "run"}),
    "durations": frozenset({"at", "run", "kind"}),
}
#: The record's own keys; a secret that happens to be one of these words is not told by it.
_OWN_KEYS = frozenset(
    [
        "format",
        "site",
        "path",
        "wish",
        "plan",
        "created",
        "runs",
        "snapshots",
        "checks",
        "backups",
        "watched",
        "outages",
        "durations",
        "steps",
        "id",
        "title",
        "module",
        "appliance",
        "run",
        "started",
        "ended",
        "outcome",
        "detail",
        "action",
        "evidence",
        "before",
        "after",
        "observations",
        "requests",
        "facts",
        "error",
        "reason",
        "attempted",
        "got",
        "remedy",
        "at",
        "what",
        "values",
        "phase",
        "source",
        "waived",
        "by",
        "resolution",
        "down_from",
        "up_at",
        "last_down",
        "kind",
        "seconds",
        "controller",
        "versions",
        "fingerprint",
        "left_out",
    ]
)


class Redaction:
    """Replaces secrets in text, also where they stand URL-encoded, HTML-escaped or in base 64.

    The last fence and not the first: whoever builds a record must not put secrets in. A secret of fewer than four
    characters is replaced only where it stands as a word, or it would star out half of the record.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            text = str(secret)
            if not text.strip():
                continue
            raw = text.encode("utf-8", "surrogatepass")
            forms |= {text, quote(raw, safe=""), quote_plus(raw), html.escape(text), base64.b64encode(raw).decode()}
            forms |= {text.encode("unicode_escape").decode(), json.dumps(text)[1:-1]}
        patterns = [
            re.escape(form) if len(form) >= 4 else rf"(?<!\w){re.escape(form)}(?!\w)"
            for form in sorted(forms, key=len, reverse=True)
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def text(self, value: str) -> str:
        """`value` without any secret."""
        return self._pattern.sub(HIDDEN, value) if self._pattern else value

    def value(self, value: Any) -> Any:
        """A plain value without any secret in its texts and keys; dictionaries and lists are changed in place."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            value[:] = [self.value(item) for item in value]
        elif isinstance(value, dict):
            self._dictionary(value, frozenset())
        return value

    def record(self, data: dict[str, Any]) -> None:
        """A whole record, in place."""
        if self._pattern is None:
            return
        for key, item in data.items():
            if key in _OWN_WORDS:
                for entry in item or ():
                    self._dictionary(entry, _OWN_WORDS[key])
            elif key == "plan" and item:
                planned = [step["id"] for step in item.get("steps") or ()]
                self.value(item)
                for step, word in zip(item.get("steps") or (), planned, strict=True):
                    step["id"] = word
            elif key not in ("site", "created", "path"):
                data[key] = self.value(item)

    def _dictionary(self, value: dict[str, Any], own: frozenset[str]) -> None:
        items = [
            (key if key in _OWN_KEYS else self.text(key), item if key in own else self.value(item))
            for key, item in value.items()
        ]
        value.clear()
        value.update(items)
