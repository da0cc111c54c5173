# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A web page as a person sees it: lines of text, controls, fields, forms, headings. No network, no knowledge of any appliance.

Runs no script and fetches no style sheet; what a page's own `<style>` or `style=` hides by a simple rule is not seen.
Nothing here looks at a name, an id or a class to tell what a control is for.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from ..errors import UnexpectedAnswer
from ..libraries import etree, html

#: An element of lxml.
Node = Any

_HTML_TYPES = ("text/html", "application/xhtml+xml", "")
_HTML_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|frameset|form|table|div|h[1-6]|p|title|meta|center|a|b|br|ul|ol|dl|span|img|input|font|nav|main|section)\b",
    re.I,
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# Not the head itself: the parser leaves a page's first elements in it where `<body>` is left out, as HTML 5 allows.
_UNSEEN = frozenset("script style template noscript title datalist option optgroup param source track".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
_FIELDS = ("input", "select", "textarea")
_BUTTON_TYPES = ("submit", "image", "button", "reset")
_HEADING = re.compile(r"h([1-6])$")
_HIDING_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|(?:left|top|right)\s*:\s*-\d{3,})",
    re.I,
)
_SHOWING_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?!none)\w", re.I)
_SIMPLE_SELECTOR = re.compile(r"^([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)$", re.I)
_REFRESH = re.compile(r"^\s*(\d+)?(?:\.\d*)?\s*[;,]?\s*(?:url\s*=)?\s*[\"']?\s*(.*?)[\"']?\s*$", re.I | re.S)


@dataclass(frozen=True, eq=False)
class Line:
    """A line of visible text. `at`: its place in the page's order; `start`: the element its first word stands in.

    `linked`: all of it stands in links. `marks`: the fields and controls on it, each with the place in `text` where it is.
    """

    text: str
    at: int
    start: Node
    linked: bool
    marks: tuple[tuple[int, Node], ...]


@dataclass(frozen=True, eq=False)
class Control:
    """Something to press. `names`: what a person reads on it, first what is seen; `unusable` says why it cannot be pressed.

    `kind`: submit, image, button (works by script only), reset or link. `target` is where a link leads.
    """

    element: Node
    kind: str
    names: tuple[str, ...]
    at: int
    disabled: bool = False
    unusable: str | None = None
    target: str | None = None

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.names[0] if self.names else ""


@dataclass(frozen=True, eq=False)
class Field:
    """Something to fill in or tick. `kind` is its type; `labels` what stands next to it, the nearest first."""

    element: Node
    kind: str
    labels: tuple[str, ...]
    at: int
    disabled: bool = False


@dataclass(frozen=True, eq=False)
class Heading:
    """A heading, by its element (h1-h6, legend, caption, summary, role) or because a caller knows its text.

    What it heads begins at `begins` and ends, at the latest, at `limit`.
    """

    text: str
    level: int
    at: int
    begins: int
    limit: int
    semantic: bool = True


@dataclass(frozen=True)
class Refresh:
    """A page that asks to be replaced after `seconds` by `url`."""

    seconds: int
    url: str


@dataclass
class _Open:
    """The line that is being put together."""

    parts: list[str] = field(default_factory=list)
    marks: list[tuple[int, Node]] = field(default_factory=list)
    start: Node = None
    at: int = 0
    linked: bool = True


class Page:
    """One parsed page. `url` is where it came from; `encoding` is what its forms answer in."""

    def __init__(self, root: Node, url: str, encoding: str, refresh: str | None = None) -> None:
        self.root = root
        self.url = url
        self.encoding = encoding
        self._all = [element for element in root.iter() if isinstance(element.tag, str)]
        self._ids: dict[str, Node] = {}
        for element in self._all:
            if element.get("id"):
                self._ids.setdefault(element.get("id"), element)
        self.base = self._resolve_base()
        titles = [
            "".join(node.itertext()) for node in self._all if node.tag == "title" and node.getparent().tag != "svg"
        ]
        self.title = _squeeze(" ".join(titles))[:200]
        self._hidden = self._find_hidden()
        self._span: dict[Node, tuple[int, int]] = {}
        self._marked: dict[Node, tuple[int, int]] = {}
        self.lines: list[Line] = []
        self._walk()
        self.controls = [control for control in map(self._control, self._all) if control]
        self.fields = [found for found in map(self._field, self._all) if found]
        self.forms = [element for element in self._all if element.tag == "form"]
        self.headings = list(self._headings())
        self.refresh = self._refresh(refresh)

    @classmethod
    def parse(
        cls,
        body: bytes,
        url: str,
        *,
        charset: str | None = None,
        media_type: str = "text/html",
        refresh: str | None = None,
        what: str = "read a page",
    ) -> Page:
        """Parse `body`; `charset`, `media_type` and `refresh` as the answer's headers say. Raises UnexpectedAnswer.

        Entities, network and huge trees are off; broken markup is taken as browsers take it.
        """
        text, encoding = _decode(body, charset)
        start = text.lstrip()[:500]
        problem = None
        if not start:
            problem = "an empty page"
        elif media_type not in _HTML_TYPES:
            problem = f"{media_type} instead of a web page"
        elif start[0] in "{[" or not _HTML_TAG.search(text):
            problem = "something that is no web page"
        elif start.startswith("<?xml") and not re.search(r"<(?:\w+:)?html\b", text, re.I):
            problem = "XML instead of a web page"
        if problem:
            raise UnexpectedAnswer(
                what,
                problem,
                "Look at what answers at that address.",
                address=urlsplit(url).path,
                media_type=media_type,
            )
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
        parser = html.HTMLParser(
            encoding="utf-8", no_network=True, huge_tree=False, recover=True, remove_comments=True, remove_pis=True
        )
        try:
            root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        except etree.LxmlError as error:
            raise UnexpectedAnswer(
                what, "a page that cannot be parsed", "Look at what answers at that address."
            ) from error
        return cls(root, url, encoding, refresh)

    # ---- what is where ----------------------------------------------------------------------------------------------

    def span(self, element: Node) -> tuple[int, int]:
        """Where an element begins and ends in the page's order."""
        return self._span[element]

    def holds(self, element: Node, at: int) -> bool:
        """Whether the place `at` lies in `element`."""
        begin, end = self._span[element]
        return begin <= at < end

    def visible(self, element: Node) -> bool:
        """Whether a person sees it, as far as attributes and simple style rules tell."""
        return element not in self._hidden

    def text(self, element: Node) -> str:
        """The visible text of an element, blanks squeezed, with what images say."""
        return _squeeze(self._raw_text(element))

    def lines_in(self, begin: int, end: int) -> list[Line]:
        """The lines between two places, in order."""
        return [line for line in self.lines if begin <= line.at < end]

    def form_of(self, element: Node) -> Node:
        """The form that a control or field belongs to: by its `form` attribute, else the one it stands in; or None."""
        named = element.get("form")
        if named is not None:
            owner = self._ids.get(named)
            return owner if owner is not None and owner.tag == "form" else None
        return next((parent for parent in element.iterancestors() if parent.tag == "form"), None)

    def in_form(self, form: Node) -> list[Field]:
        """The visible fields of a form."""
        return [found for found in self.fields if self.form_of(found.element) is form]

    def term(self, element: Node) -> Node | None:
        """The term of a definition list that an element stands under, if it does."""
        under = next(element.iterancestors("dd"), None)
        return None if under is None else next((step for step in under.itersiblings("dt", preceding=True)), None)

    def frames(self) -> list[str]:
        """The addresses of the page's frames on the same site."""
        found = [
            urljoin(self.base, element.get("src"))
            for element in self._all
            if element.tag in ("frame", "iframe") and element.get("src") and self.visible(element)
        ]
        return [address for address in (upgraded(address) for address in found) if same_site(address, self.url)]

    def meta(self, name: str) -> str | None:
        """The content of `<meta name=...>`, any case."""
        for element in self._all:
            if element.tag == "meta" and (element.get("name") or "").lower() == name.lower():
                return element.get("content") or None
        return None

    def inside(self, element: Node, tags: tuple[str, ...], roles: tuple[str, ...] = ()) -> bool:
        """Whether an element is, or stands in, one of these tags or roles."""
        return any(
            step.tag in tags or (step.get("role") or "").lower() in roles
            for step in (element, *element.iterancestors())
        )

    # ---- building -----------------------------------------------------------------------------------------------------

    def _resolve_base(self) -> str:
        for element in self._all:
            if element.tag == "base" and element.get("href"):
                return urljoin(self.url, str(element.get("href")).strip())
        return self.url

    def _find_hidden(self) -> set[Node]:
        rules = _style_rules("\n".join(node.text or "" for node in self._all if node.tag == "style"))
        hidden: set[Node] = set()
        for element in self._all:
            parent = element.getparent()
            if (parent is not None and parent in hidden) or _hides_itself(element, rules):
                hidden.add(element)
        for element in self._all:
            # A box, radio button or file field that only its label stands for on the screen is a common dress.
            if (
                element in hidden
                and element.tag == "input"
                and element.get("type", "").lower() in ("checkbox", "radio", "file")
            ):
                shown = [label for label in self._label_elements(element) if label not in hidden]
                if shown and element.getparent() not in hidden:
                    hidden.discard(element)
        return hidden

    def _walk(self) -> None:
        clock = 0
        line = _Open()

        def flush() -> None:
            nonlocal line
            text = _squeeze("".join(line.parts))
            if text or line.marks:
                place = len(self.lines)
                for offset, element in line.marks:
                    self._marked[element] = (place, offset)
                self.lines.append(Line(text, line.at, line.start, line.linked and bool(text), tuple(line.marks)))
            line = _Open()

        def add(text: str | None, element: Node) -> None:
            if not text or element in self._hidden:
                return
            if text.strip() and line.start is None:
                line.start, line.at = element, clock
            if text.strip() and not any(step.tag in ("a", "area") for step in (element, *element.iterancestors())):
                line.linked = False
            line.parts.append(text)

        begun: dict[Node, int] = {}
        for event, element in etree.iterwalk(self.root, events=("start", "end")):
            if not isinstance(element.tag, str):
                continue
            clock += 1
            if event == "start":
                begun[element] = clock
                seen = element not in self._hidden
                if element.tag in _BLOCKS:
                    flush()
                if seen and (element.tag in (*_FIELDS, "button") or element.tag in ("a", "area")):
                    if line.start is None and not line.marks:
                        line.at = clock
                    line.marks.append((len(_squeeze("".join(line.parts))), element))
                    if line.start is None and element.tag in _FIELDS:
                        line.start = element
                if element.tag == "img" and seen and not self._in_button(element):
                    add(f" {element.get('alt') or ''} ", element)
                elif element.tag not in ("textarea", "select", "button"):
                    clock += 1
                    if not self._in_button(element):
                        add(element.text, element)
            else:
                self._span[element] = (begun[element], clock + 1)
                if element.tag in _BLOCKS:
                    flush()
                parent = element.getparent()
                if parent is not None:
                    clock += 1
                    if not self._in_button(parent):
                        add(element.tail, parent)
        flush()

    def _in_button(self, element: Node) -> bool:
        return any(step.tag in ("button", "select", "textarea") for step in (element, *element.iterancestors()))

    def _raw_text(self, element: Node) -> str:
        if element in self._hidden:
            return ""
        if element.tag == "img":
            return f" {element.get('alt') or ''} "
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str) and child.tag not in ("textarea", "select"):
                gap = " " if child.tag in _BLOCKS else ""
                parts += [gap, self._raw_text(child), gap]
            parts.append(child.tail or "")
        return "".join(parts)

    def _control(self, element: Node) -> Control | None:
        role = (element.get("role") or "").lower()
        kind = (element.get("type") or "").strip().lower()
        target = unusable = None
        if element.tag == "input" and kind in _BUTTON_TYPES:
            seen = element.get("alt") or element.get("value") if kind == "image" else element.get("value")
            if kind == "submit" and seen is None:
                seen = "Submit"  # what browsers write on it
        elif element.tag == "button":
            kind = kind if kind in ("button", "reset") else "submit"
            seen = self.text(element)
        elif element.tag in ("a", "area") and (
            element.get("href") is not None or role == "button" or element.get("onclick")
        ):
            kind = "link"
            seen = element.get("alt") if element.tag == "area" else self.text(element)
            target, unusable = self._link(element)
        elif role == "button" and element.tag not in _FIELDS:
            kind, seen = "button", self.text(element)
        else:
            return None
        if not self.visible(element):
            return None
        if kind == "button":
            unusable = "it works by script only"
        elif kind == "reset":
            unusable = "it only empties its form"
        elif kind in ("submit", "image"):
            form = self.form_of(element)
            if form is None:
                unusable = "it belongs to no form, so it works by script only"
            else:
                address = element.get("formaction") or form.get("action") or ""
                unusable = self._address_problem(urljoin(self.base, address.strip()) if address.strip() else self.url)
        return Control(
            element, kind, self._names(element, seen), self._span[element][0], self._disabled(element), unusable, target
        )

    def _link(self, element: Node) -> tuple[str | None, str | None]:
        href = (element.get("href") or "").strip()
        if not href or href.startswith("#"):
            return None, "it is a link without an address, so it works by script only"
        target = upgraded(urljoin(self.base, href).split("#")[0])
        if target == self.url.split("#")[0] and "#" in href:
            return None, "it is a link to a place on its own page"
        return target, self._address_problem(target)

    def _address_problem(self, address: str) -> str | None:
        scheme = urlsplit(address).scheme.lower()
        if scheme == "javascript":
            return "it works by script only"
        if scheme not in ("http", "https"):
            return f"it leads to a {scheme}: address"
        if not same_site(upgraded(address), self.url):
            return f"it leads to another host ({urlsplit(address).hostname})"
        return None

    def _names(self, element: Node, seen: str | None) -> tuple[str, ...]:
        """What a person reads; a fuller name for screen readers counts beside it only if it holds what is seen."""
        seen = _squeeze(seen or "")
        referred = _squeeze(
            " ".join(
                self._raw_text(self._ids[name])
                for name in (element.get("aria-labelledby") or "").split()
                if name in self._ids
            )
        )
        spoken = [name for name in (referred, _squeeze(element.get("aria-label") or "")) if name]
        if any(letter.isalnum() for letter in seen):
            return (seen, *(name for name in spoken if seen.casefold() in name.casefold()))
        return tuple(name for name in (*spoken, _squeeze(element.get("title") or "")) if name)[:1]

    def _disabled(self, element: Node) -> bool:
        if element.get("disabled") is not None or (element.get("aria-disabled") or "").lower() == "true":
            return True
        if "disabled" in (element.get("class") or "").lower().split():  # only ever a reason not to press
            return True
        if re.search(r"pointer-events\s*:\s*none", element.get("style") or "", re.I):
            return True
        for parent in element.iterancestors("fieldset"):
            legend = next((child for child in parent if child.tag == "legend"), None)
            inside = legend is not None and legend in element.iterancestors("legend")
            if parent.get("disabled") is not None and not inside:
                return True
        return False

    def _field(self, element: Node) -> Field | None:
        if element.tag not in _FIELDS or not self.visible(element):
            return None
        kind = (element.get("type") or "text").strip().lower() if element.tag == "input" else element.tag
        if kind in _BUTTON_TYPES or kind == "hidden":
            return None
        return Field(
            element, kind, tuple(self._field_labels(element, kind)), self._span[element][0], self._disabled(element)
        )

    def _label_elements(self, element: Node) -> list[Node]:
        found = [
            node
            for node in self._all
            if node.tag == "label" and element.get("id") and node.get("for") == element.get("id")
        ]
        return found + list(element.iterancestors("label"))

    def _field_labels(self, element: Node, kind: str) -> Iterator[str]:
        candidates = [self.text(label) for label in self._label_elements(element) if self.visible(label)]
        candidates += [
            self.text(self._ids[name]) for name in (element.get("aria-labelledby") or "").split() if name in self._ids
        ]
        candidates.append(element.get("aria-label") or "")
        candidates += self._beside(element, kind)
        candidates += [element.get("placeholder") or "", element.get("title") or ""]
        yield from dict.fromkeys(text for text in map(_squeeze, candidates) if any(mark.isalnum() for mark in text))

    def _beside(self, element: Node, kind: str) -> Iterator[str]:
        """What stands next to a field without a label element: on its line, in the cell before it, on the line above."""
        place, offset = self._marked.get(element, (None, 0))
        if place is not None:
            line = self.lines[place]
            stops = sorted(mark for mark, node in line.marks if node.tag in _FIELDS)
            before = line.text[max([mark for mark in stops if mark < offset], default=0) : offset]
            after = line.text[offset : min([mark for mark in stops if mark > offset], default=len(line.text))]
            yield from (
                (after, before) if kind in ("checkbox", "radio") else (before, after if not before.strip() else "")
            )
        ticked = kind in ("checkbox", "radio")
        term = self.term(element) if ticked else None
        if term is not None:
            yield self.text(term)
        for cell in element.iterancestors("td", "dd", "th"):
            for neighbour in cell.itersiblings(preceding=not ticked):
                if isinstance(neighbour.tag, str) and self.text(neighbour):
                    yield self.text(neighbour)
                    break
            break
        if place is not None:
            beyond = self.lines[place + 1 : place + 2] if ticked else self.lines[max(place - 1, 0) : place]
            yield from (line.text for line in beyond if not any(node.tag in _FIELDS for _rest, node in line.marks))

    def _headings(self) -> Iterator[Heading]:
        for element in self._all:
            if not self.visible(element):
                continue
            match = _HEADING.match(element.tag)
            role = (element.get("role") or "").lower()
            limit = self._span[self.root][1]
            if match:
                level = int(match.group(1))
            elif role == "heading":
                level = int(element.get("aria-level")) if (element.get("aria-level") or "").isdigit() else 3
            elif element.tag in ("legend", "caption", "summary"):
                level = 3
                limit = self._span[element.getparent()][1] if element.getparent() is not None else limit
            else:
                continue
            text = self.text(element)
            if text:
                yield Heading(text, level, self._span[element][0], self._span[element][1], limit)

    def _refresh(self, header: str | None) -> Refresh | None:
        metas = [
            element.get("content") or ""
            for element in self._all
            if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh"
        ]
        for content in (header, *metas):
            match = _REFRESH.match(content or "")
            if content and match:
                target = upgraded(urljoin(self.base, match.group(2))) if match.group(2) else self.url
                if same_site(target, self.url):
                    return Refresh(int(match.group(1) or 0), target.split("#")[0])
        return None


# ---- addresses ------------------------------------------------------------------------------------------------------


def upgraded(address: str) -> str:
    """An http: address as a browser takes it after Strict-Transport-Security, which appliances send (C-RAGMOB)."""
    parts = urlsplit(address)
    if parts.scheme.lower() != "http":
        return address
    return urlunsplit(("https", parts.netloc.removesuffix(":80"), *parts[2:]))


def same_site(address: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common."""
    return _origin(address) == _origin(other)


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        return ("", "", None)
    return (parts.scheme.lower(), (parts.hostname or "").lower(), port or (443 if parts.scheme == "https" else 80))


# ---- text and style -------------------------------------------------------------------------------------------------


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _codec(name: str | None) -> str | None:
    try:
        info = codecs.lookup((name or "").strip().lower())
        "".encode(info.name)
    except (LookupError, ValueError):
        return None
    # Browsers read Latin-1 and ASCII as Windows-1252.
    return "cp1252" if info.name in ("iso8859-1", "ascii") else info.name


def _decode(body: bytes, charset: str | None) -> tuple[str, str]:
    """The text and the encoding that the page's forms answer in, found in the order browsers use."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace"), "utf-8"
    head = body[:4096]
    declared = [charset]
    declared += [
        match.group(1).decode("ascii") for match in (_META_CHARSET.search(head), _XML_CHARSET.search(head)) if match
    ]
    for candidate in declared:
        known = _codec(candidate)
        if known and candidate is not charset and known.startswith("utf-16"):
            known = "utf-8"  # a page that can be read this far is not in UTF-16
        if known:
            return body.decode(known, "replace"), "utf-8" if known.startswith("utf-16") else known
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace"), "cp1252"


def _style_rules(sheet: str) -> list[tuple[int, str, frozenset[str], frozenset[str], bool]]:
    """The simple rules that hide or show: (weight, tag, classes, ids, hides). Media rules and compound selectors are left out."""
    rules = []
    depth, begin = 0, 0
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    blocks = []
    selector = ""
    for place, mark in enumerate(sheet):
        if mark == "{":
            if depth == 0:
                selector, begin = sheet[begin:place], place + 1
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                blocks.append((selector, sheet[begin:place]))
                begin = place + 1
    for selector, body in blocks:
        hides = bool(_HIDING_STYLE.search(body))
        if not hides and not _SHOWING_STYLE.search(body):
            continue
        for one in selector.split(","):
            match = _SIMPLE_SELECTOR.match(one.strip())
            if match and one.strip():
                parts = re.findall(r"[.#][\w-]+", match.group(2))
                classes = frozenset(part[1:] for part in parts if part[0] == ".")
                ids = frozenset(part[1:] for part in parts if part[0] == "#")
                weight = 100 * len(ids) + 10 * len(classes) + bool(match.group(1))
                rules.append((weight, (match.group(1) or "").lower(), classes, ids, hides))
    return sorted(rules, key=lambda rule: rule[0])


def _hides_itself(element: Node, rules: list[tuple[int, str, frozenset[str], frozenset[str], bool]]) -> bool:
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    if (element.get("aria-hidden") or "").lower() == "true" or (
        element.tag == "dialog" and element.get("open") is None
    ):
        return True
    if element.tag == "input" and (element.get("type") or "").strip().lower() == "hidden":
        return True
    own = element.get("style") or ""
    if own and _HIDING_STYLE.search(own):
        return True
    if own and _SHOWING_STYLE.search(own):
        return False
    hides = False
    if rules:
        classes = frozenset((element.get("class") or "").split())
        for _rest, tag, needed, ids, hiding in rules:
            if (not tag or tag == element.tag) and needed <= classes and (not ids or ids == {element.get("id")}):
                hides = hiding
    return hides
