# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published schemas of the JSON reports, and what JUnit XML has to look like for CI systems."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from lxml import etree

ROOT = Path(__file__).resolve().parents[3]


@cache
def schema(name: str) -> Any:
    """The schema `report` or `fleet`, as it is published."""
    return json.loads((ROOT / f"docs/schema/{name}.schema.json").read_text(encoding="utf-8"))


def wrong(name: str, report: Any) -> list[str]:
    """What a report violates: where, and what."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft202012Validator(schema(name)).iter_errors(report)
    ]


def wrong_file(file: Path) -> list[str]:
    """The same of a file, whose name says what it is: report.json, fleet.json."""
    return wrong(file.stem, json.loads(file.read_bytes()))


@cache
def _junit() -> Any:
    return etree.XMLSchema(etree.parse(str(Path(__file__).with_name("junit.xsd"))))


def wrong_junit(text: str) -> list[str]:
    """What CI systems would not read as it is meant."""
    _junit().validate(etree.fromstring(text.encode()))
    return [str(error.message) for error in _junit().error_log]
