# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What integrations see of the API: namespaces, the type of LSID, whether there is LSEQ; and what an upgrade changes of it. Pure.

Read from the two XSDs (documented: the guide's supplement) and from answers. Which release has which namespace is not
documented in full, so nothing here knows more of it than the two borders that are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .models import Versions, Word
from .versions import LATEST, LSID_BORDER, key, merges_sessions, newer, same
from .xml_answer import name

#: The namespace that the guide's supplement shows for 10.6; later releases have others (D-PA-CMD, D-RS-API, C-RAGMOB, C-SEKOIA).
FIRST_NAMESPACE = "http://www.networkstreaming.com/namespaces/API"
#: How long an LSID is from 10.6 on: 32 hexadecimal digits (D-G150).
LSID_LENGTH = 32
_XSD = "http://www.w3.org/2001/XMLSchema"
_NUMBERS = frozenset(
    "integer int long short byte decimal nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
    "unsignedLong unsignedInt unsignedShort unsignedByte".split()
)
_TEXTS = frozenset("string normalizedString token NMTOKEN Name NCName ID hexBinary".split())
_GUID = re.compile(r"[0-9A-Fa-f]{32}")


class LsidForm(Word):
    """What an LSID is: a number before 10.6, a text since (documented: seed)."""

    NUMBER = "number"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Described:
    """What one XSD says. `namespace`: its target namespace, None for none. `lseq`: whether it declares such an element."""

    namespace: str | None
    lsid: LsidForm
    lseq: bool


@dataclass(frozen=True)
class Schema:
    """What the API of an appliance looks like. None and UNKNOWN: it was not told.

    `namespaces`: of `command` and `reporting`; an empty text is "none", a missing key is "not told".
    """

    namespaces: Mapping[str, str]
    lsid: LsidForm = LsidForm.UNKNOWN
    lseq: bool | None = None


def form_of(lsid: str) -> LsidForm:
    """By an LSID that was seen: digits are a number unless there are 32 of them, which a GUID may have by chance."""
    text = lsid.strip()
    if _GUID.fullmatch(text):
        return LsidForm.TEXT
    return LsidForm.NUMBER if text.isascii() and text.isdigit() else LsidForm.UNKNOWN


def described(root: Any) -> Described:
    """Read the root element of an XSD: the target namespace, the type of every `lsid` it declares, whether it declares `lseq`."""
    simple = {
        item.get("name"): item
        for item in root
        if isinstance(item.tag, str) and item.get("name") and name(item) == "simpleType"
    }
    forms, lseq = set(), False
    for item in root.iter(f"{{{_XSD}}}attribute", f"{{{_XSD}}}element"):
        if item.get("name") == "lsid":
            forms.add(_form(item, simple))
        lseq = lseq or "lseq" in (item.get("name"), _local(item.get("ref")))
    forms.discard(LsidForm.UNKNOWN)
    return Described(root.get("targetNamespace") or None, forms.pop() if len(forms) == 1 else LsidForm.UNKNOWN, lseq)


def _form(item: Any, simple: Mapping[str, Any], deep: int = 8) -> LsidForm:
    """The form by the type of a declaration, through the schema's own simple types."""
    named = _local(item.get("type") or item.get("base"))
    if named in simple and deep:
        return _form(simple[named], simple, deep - 1)
    if named in _NUMBERS:
        return LsidForm.NUMBER
    if named in _TEXTS:
        return LsidForm.TEXT
    inside = next(iter(item.iter(f"{{{_XSD}}}restriction", f"{{{_XSD}}}extension")), None)
    return LsidForm.UNKNOWN if inside is None or inside is item or not deep else _form(inside, simple, deep - 1)


def _local(qualified: str | None) -> str:
    return (qualified or "").rpartition(":")[2]


def schema_of(command: Described | None, reporting: Described | None, versions: Versions) -> Schema:
    """What both XSDs say; what the one of reporting does not tell is taken from the release (documented: D-G150)."""
    told = {api: seen.namespace or "" for api, seen in (("command", command), ("reporting", reporting)) if seen}
    lseq = merges_sessions(versions)
    form = LsidForm.UNKNOWN if lseq is None else LsidForm.TEXT if lseq else LsidForm.NUMBER
    if reporting is not None and reporting.lsid is not LsidForm.UNKNOWN:
        return Schema(told, reporting.lsid, reporting.lseq)
    return Schema(told, form, True if reporting is not None and reporting.lseq else lseq)


def contradictions(schema: Schema, namespace: str, lsid: str | None, lseq: bool | None) -> list[str]:
    """What an answer shows (its namespace, the LSID of a session, whether that has an LSEQ) that the schema does not say."""
    said: list[str] = []
    declared = schema.namespaces.get("reporting")
    if declared is not None and declared != namespace:
        said.append(f"the XSD says {declared or 'no namespace'}, and an answer has {namespace or 'none'}")
    seen = LsidForm.UNKNOWN if lsid is None else form_of(lsid)
    if LsidForm.UNKNOWN not in (seen, schema.lsid) and seen is not schema.lsid:
        said.append(f"LSID is said to be a {schema.lsid}, and a session has a {seen}")
    if lseq and schema.lseq is False:
        said.append("no LSEQ is declared, and a session has one")
    return said


def crosses(versions: Versions, target: str | None) -> bool | None:
    """Whether an upgrade of the site software to `target` crosses the border of LSID; None if that cannot be told.

    `latest` counts as beyond it, since every release that is maintained is.
    """
    if target is None:
        return False
    after = True if target == LATEST else not newer(LSID_BORDER, target)
    if not after:
        return False
    before = merges_sessions(versions)
    return None if before is None else not before


def changes(now: Schema, versions: Versions, target: str | None) -> list[str]:
    """What an upgrade to this site software will change for integrations, a sentence each; nothing if nothing is known to."""
    said: list[str] = []
    if target is None or (target != LATEST and versions.site and same(versions.site, target)):
        return said
    crossing = crosses(versions, target)
    if crossing is None and now.lsid is not LsidForm.UNKNOWN:
        crossing = now.lsid is LsidForm.NUMBER
    if crossing:
        exactly = target != LATEST and key(target).release[:2] == key(LSID_BORDER).release[:2]
        space = (
            f"the namespace {FIRST_NAMESPACE} (documented for {LSID_BORDER})"
            if exactly
            else f"a namespace; {LSID_BORDER} has {FIRST_NAMESPACE}, later releases have others (read it from the XSDs afterwards)"
        )
        said += [
            f"LSID, a number now, becomes a text of {LSID_LENGTH} hexadecimal digits.",
            "Sessions get an element LSEQ: a number that grows, and is neither unique nor strictly sequential.",
            f"XML answers, which have no namespace now, get {space}.",
        ]
    elif crossing is None:
        said.append(
            f"Whether LSID, LSEQ and namespaces change is not known: they do where a release before {LSID_BORDER} runs now."
        )
    elif now.namespaces or versions.api:
        said.append(
            "The namespace of XML answers may change: it did at least three times since "
            f"{LSID_BORDER}, and which release has which is not documented. Compare the XSDs before and after."
        )
    return said


def words(now: Schema) -> str:
    """It in one line."""
    spaces = {api: space or "none" for api, space in now.namespaces.items()}
    same_for_both = len(set(spaces.values())) == 1 and len(spaces) == 2
    told = (
        f"the namespace is {spaces['command']}"
        if same_for_both
        else "; ".join(f"the namespace of the {api} API is {space}" for api, space in spaces.items())
    )
    form = "unknown" if now.lsid is LsidForm.UNKNOWN else f"a {now.lsid}"
    lseq = {True: "there is an LSEQ", False: "there is no LSEQ", None: "whether there is an LSEQ is unknown"}[now.lseq]
    return f"LSID is {form}, {lseq}, {told or 'the namespace is unknown'}"


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is different between two readings as plain values (of `plain`), as far as both tell; a clause each."""
    said: list[str] = []
    one, other = before.get("namespaces") or {}, now.get("namespaces") or {}
    for api in sorted(set(one) & set(other)):
        if one[api] != other[api]:
            said.append(f"the namespace of the {api} API was {one[api] or 'none'} and is {other[api] or 'none'}")
    forms = (before.get("lsid"), now.get("lsid"))
    if forms[0] != forms[1] and LsidForm.UNKNOWN.value not in forms and None not in forms:
        said.append(f"LSID was a {forms[0]} and is a {forms[1]}")
    had, has = before.get("lseq"), now.get("lseq")
    if had is not None and has is not None and had != has:
        said.append("there is an LSEQ now" if has else "there is no LSEQ any more")
    return said
