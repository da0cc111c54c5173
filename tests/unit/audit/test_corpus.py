# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit on files as users write them, of which it is written down line by line what is wrong: its precision and recall."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import files, sql

CORPUS = Path(__file__).resolve().parents[2] / "corpus/audit"
LABELS: dict[str, list[dict[str, str]]] = yaml.safe_load((CORPUS / "labels.yml").read_text(encoding="utf-8"))


def found(name: str) -> set[tuple[int, str]]:
    folder = name.partition("/")[0]
    source = files.Source(CORPUS / name, folder if folder in sql.DIALECTS else None)
    return {(each.place.line or 0, each.kind.value) for each in files.audited(source).findings}


def labelled(name: str) -> set[tuple[int, str]]:
    return {(int(each["line"]), each["kind"]) for each in LABELS[name]}


def test_every_file_is_labelled() -> None:
    assert {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.*")} == {*LABELS, "labels.yml"}


@pytest.mark.parametrize("name", [name for name, labels in LABELS.items() if not labels])
def test_no_alarm_in_what_is_sound(name: str) -> None:
    assert found(name) == set()


def test_precision_and_recall(record_property: Callable[[str, object], None]) -> None:
    right = alarms = labels = 0
    wrong = []
    for name in LABELS:
        seen, wanted = found(name), labelled(name)
        right, alarms, labels = right + len(seen & wanted), alarms + len(seen), labels + len(wanted)
        wrong += [f"{name}:{line} {kind}" for line, kind in sorted(seen ^ wanted)]
    figures = f"{len(LABELS)} files, {labels} faults; precision {right / alarms:.3f}, recall {right / labels:.3f}"
    record_property("figure", f"audit of code and SQL: {figures}")
    assert right / alarms >= 0.95, wrong
    assert right / labels >= 0.95, wrong
