# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An XML answer of an appliance as plain data for playbooks, whatever its namespace. Sends nothing."""

from __future__ import annotations

import re
from typing import Any

from . import xml_answer
from .errors import BadInput, NothingFound, UnexpectedAnswer
from .transport import Answer

_WHAT = "read an XML answer"
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
#: An element of such a name holds a list, even if there is one of it, or none (appliance facts: C-SEKOIA, D-RS-GA).
_LISTS = ("_list", "_reps", "appliances", "permissions", "session_details")
#: Deeper than any answer; what is deeper is none.
_DEEPEST = 64


def xml_data(text: Any) -> dict[str, Any]:
    """The root element as `{name: content}`, all names without their namespace.

    Content is a text for an element with nothing but text, else a dictionary of its attributes and children, and of its own
    text as `text`. An element that occurs more than once, or stands in one that holds a list, is a list. An error of the API is
    data as well: `{"error": "..."}`. Raises BadInput for what is no XML.
    """
    root = _root(text)
    return {xml_answer.name(root): _content(root, _DEEPEST)}


def nothing_found(text: Any) -> bool:
    """Whether an answer is the API's error for "there is none" (status 200, C-AXONIUS, C-SEKOIA). Raises BadInput for what is no XML."""
    said = xml_answer.error_text(_root(text))
    return said is not None and isinstance(xml_answer.error(said, _WHAT), NothingFound)


def _root(text: Any) -> Any:
    if not isinstance(text, (str, bytes)):
        raise BadInput(
            _WHAT, f"it is {type(text).__name__}, not a text", "Give the text of the answer, as in result.content."
        )
    # A text has been decoded already, whatever encoding its declaration names.
    body = text if isinstance(text, bytes) else _DECLARATION.sub("", text, count=1).encode("utf-8", "surrogatepass")
    try:
        return xml_answer.parsed(Answer(200, {"content-type": "text/xml"}, body, ""), _WHAT)
    except UnexpectedAnswer as error:
        raise BadInput(_WHAT, error.got, "Look at what the appliance answered.") from error


def _content(element: Any, deep: int) -> Any:
    if not deep:
        raise BadInput(
            _WHAT, f"its elements are nested more than {_DEEPEST} deep", "Look at what the appliance answered."
        )
    found: dict[str, Any] = {}
    own = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    listed = xml_answer.name(element).endswith(_LISTS)
    for key, value in element.attrib.items():
        found[key.rpartition("}")[2]] = value
    for child in element:
        if not isinstance(child.tag, str):
            continue
        key, value = xml_answer.name(child), _content(child, deep - 1)
        if key not in found:
            found[key] = [value] if listed else value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    if not found and not listed:
        return own
    return {**found, "text": own} if own else found
