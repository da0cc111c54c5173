# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JUnit XML in the form that CI systems agree on. Knows no record.

There is no standard. What is held to here: the schema of Jenkins' xUnit plugin (junit-10.xsd), which has no `skipped` at the root;
and GitLab's documentation of unit test reports: a case is known by `classname` and `name` together, further ones with the same
two are dropped, and what is shown of a failure, an error or a skip is its text, not its `message`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .libraries import etree, require
from .report_view import moment, shown


@dataclass(frozen=True)
class Case:
    """One test case. `verdict`: failure, error, skipped, or None where it passed; `why` in a line, `text` all that is said."""

    group: str
    name: str
    seconds: float = 0.0
    verdict: str | None = None
    why: str = ""
    text: str = ""


@dataclass(frozen=True)
class Suite:
    """A test suite; `timestamp` is a time of a record."""

    name: str
    cases: Sequence[Case]
    timestamp: str
    hostname: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


def document(name: str, suites: Sequence[Suite]) -> str:
    """The whole file, to be written in UTF-8. MissingLibrary without lxml."""
    require("lxml")
    taken: dict[tuple[str, str], int] = {}
    made = [_suite(suite, taken) for suite in suites]
    root = etree.Element("testsuites", name=shown(name))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count)) for suite in made)))
    root.set("time", _time(sum(case.seconds for suite in suites for case in suite.cases)))
    root.extend(made)
    text: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return text.decode()


def _suite(suite: Suite, taken: dict[tuple[str, str], int]) -> Any:
    def count(verdict: str) -> str:
        return str(sum(case.verdict == verdict for case in suite.cases))

    made = etree.Element("testsuite", name=shown(suite.name), tests=str(len(suite.cases)))
    for name, verdict in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        made.set(name, count(verdict))
    made.set("time", _time(sum(case.seconds for case in suite.cases)))
    made.set("timestamp", moment(suite.timestamp).replace(" ", "T"))
    if suite.hostname:
        made.set("hostname", shown(suite.hostname))
    if suite.properties:
        properties = etree.SubElement(made, "properties")
        for name, value in suite.properties.items():
            etree.SubElement(properties, "property", name=name, value=shown(value))
    made.extend([_case(case, taken) for case in suite.cases])
    return made


def _case(case: Case, taken: dict[tuple[str, str], int]) -> Any:
    group, name = shown(case.group), shown(case.name)
    taken[group, name] = number = taken.get((group, name), 0) + 1
    made = etree.Element("testcase", classname=group, name=name if number == 1 else f"{name} ({number})")
    made.set("time", _time(case.seconds))
    why, text = shown(case.why), shown(case.text)
    if case.verdict:
        inner = etree.SubElement(made, case.verdict, message=why)
        if case.verdict != "skipped":
            inner.set("type", case.verdict)
        inner.text = "\n".join(dict.fromkeys(part for part in (why, text) if part)) or None
    elif text:
        etree.SubElement(made, "system-out").text = text
    return made


def _time(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"
