# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's own acceptance expressions: JMESPath over the facts. Pure; it changes and reads nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .check_results import Observed, Said, error, failed, line, passed
from .errors import BadInput
from .libraries import jmespath, require


def acceptance_expressions(texts: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    """The user's JMESPath expressions, compiled, in their order. BadInput for one that is none or calls an unknown function."""
    if texts:
        require("jmespath")
    return tuple((text, _compiled(number, text)) for number, text in enumerate(texts))


def _compiled(number: int, text: str) -> Any:
    what = f"read acceptance[{number}] {text!r}"
    remedy = (
        "Correct it in bomgar_acceptance; expressions are JMESPath over the facts, as in versions.site == '11.1.1'."
    )
    try:
        compiled = jmespath.compile(text)
    except jmespath.exceptions.JMESPathError as problem:
        raise BadInput(what, f"it is no JMESPath ({line(problem)})", remedy) from problem
    unknown = sorted(_functions(compiled.parsed) - set(jmespath.functions.Functions.FUNCTION_TABLE))
    if unknown:
        raise BadInput(what, f"JMESPath has no function {unknown[0]}", remedy)
    return compiled


def _functions(node: Any) -> set[str]:
    own = {str(node["value"])} if node.get("type") == "function_expression" else set()
    return own.union(*(_functions(child) for child in node.get("children") or () if isinstance(child, dict)))


def acceptance_facts(seen: Observed) -> dict[str, Any]:
    """What the expressions are asked over: the facts of `info`, `activity` as of `activity_info`, and `before`, the snapshot."""
    return {**seen.facts, "activity": dict(seen.activity), "before": dict(seen.before.values) if seen.before else None}


def accepted(compiled: Any, facts: Mapping[str, Any]) -> Said:
    """Whether an expression holds. Null, false and empty: fail. A number, or what cannot be worked out: error."""
    action = "Look at the facts that checks returns; correct the appliance, or the expression in bomgar_acceptance."
    asked = str(compiled.expression).strip()
    try:
        value = compiled.search(facts)
    except jmespath.exceptions.JMESPathError as problem:
        return error(f"{asked} cannot be worked out over these facts ({line(problem)})", action)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return error(
            f"{asked} gives the number {value}, which is neither true nor false",
            "Compare it, as in length(nodes) == `1`.",
        )
    if value in (None, False, "", [], {}):
        return failed(f"{asked} gives {json.dumps(value)}", action)
    return passed("it holds")
