# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the XML of the command and reporting APIs, whose errors come with status 200. Sends nothing.

Names are compared without namespace: it changed at least four times (none, networkstreaming, bomgar, beyondtrust).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import (
    AuthenticationRefused,
    BomgarError,
    NothingFound,
    NotSupported,
    PermissionRefused,
    Refused,
    UnexpectedAnswer,
)
from .libraries import etree, require
from .transport import Answer

# What an <error> says, in words seen in public code (C-HORNBILL, C-BMELAD, C-ZOOMAN, C-AXONIUS); the rest is assumed.
# The first match counts. Texts are compared in lower case.
_MEANINGS: tuple[tuple[tuple[str, ...], type[Refused], str], ...] = (
    (
        ("login failed", "invalid credentials", "invalid username", "locked", "expired"),
        AuthenticationRefused,
        "Check the API account.",
    ),
    (
        ("invalid action", "unknown action", "invalid report", "unknown report", "not supported"),
        NotSupported,
        "This release does not have the interface.",
    ),
    (
        ("permission", "not allowed", "may not", "not permitted", "not authorized", "denied", "disabled"),
        PermissionRefused,
        "Give the API account the permission on /login > Management > API Configuration.",
    ),
    (
        (
            "not found",
            "no archives found",
            "no sessions",
            "no session",
            "no results",
            "no data",
            "no records",
            "none found",
            "no matching",
            "no support sessions",
            "no access sessions",
        ),
        NothingFound,
        "There is nothing for these criteria.",
    ),
)


def read(answer: Answer, what: str, *roots: str) -> Any:
    """The root element of an answer, if its local name is one of `roots`.

    Raises one of the Refused family for the API's own error forms (root `error`, or an `error` child of the root), and
    UnexpectedAnswer for everything that is not such an XML answer: a page, a cut body, a document type with entities.
    """
    require("lxml")
    root = parsed(answer, what)
    text = error_text(root)
    if text is not None:
        raise error(text, what)
    if name(root) not in roots:
        raise _unexpected(answer, what, f"an XML answer <{name(root)}> instead of <{'> or <'.join(roots)}>")
    return root


def error(text: str, what: str) -> BomgarError:
    """The error that the API's words stand for."""
    said = text.lower()
    for words, kind, remedy in _MEANINGS:
        if any(word in said for word in words):
            return kind(what, f"the appliance says {text!r}", remedy, answer=text)
    if said.startswith("no ") and "found" in said:
        return NothingFound(what, f"the appliance says {text!r}", "There is nothing for these criteria.", answer=text)
    return Refused(what, f"the appliance says {text!r}", "Look the message up in the vendor's API guide.", answer=text)


def error_text(root: Any) -> str | None:
    """The API's error words, or None if this answer is no error."""
    node = root if name(root) == "error" else child(root, "error")
    if node is None:
        return None
    return " ".join("".join(node.itertext()).split()) or "(an error without words)"


def name(element: Any) -> str:
    """The local name of an element."""
    return str(etree.QName(element).localname)


def children(element: Any, wanted: str) -> Iterator[Any]:
    """The direct children of that local name."""
    return (item for item in element if isinstance(item.tag, str) and name(item) == wanted)


def child(element: Any, wanted: str) -> Any:
    """The first direct child of that local name, or None."""
    return next(children(element, wanted), None)


def text(element: Any, wanted: str) -> str | None:
    """The stripped text of a direct child, or None if it is absent or empty."""
    found = child(element, wanted)
    if found is None:
        return None
    return " ".join("".join(found.itertext()).split()) or None


def parsed(answer: Answer, what: str) -> Any:
    """The root element of an answer, whatever it is. UnexpectedAnswer for what is no XML, or has a document type."""
    if not answer.body.strip():
        raise _unexpected(answer, what, "an empty answer")
    if answer.media_type == "text/html" or answer.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise _unexpected(answer, what, "a web page instead of XML")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(answer.body, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise _unexpected(answer, what, f"no well-formed XML ({str(problem)[:120]})") from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unexpected(answer, what, "XML with a document type of its own, which this interface never has")
    return root


def _unexpected(answer: Answer, what: str, got: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        what,
        f"{got} (HTTP status {answer.status}, {answer.media_type or 'no content type'}, {len(answer.body)} bytes)",
        "Look at what answers at that address: a proxy, a portal page, or a site that is starting.",
        status=answer.status,
    )
