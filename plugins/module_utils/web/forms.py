# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a browser would send when a control is pressed: the form with all its hidden fields and defaults. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote_plus, urljoin, urlsplit, urlunsplit

from ..transport import Request, Upload
from .page import Control, Node, Page, upgraded

#: What is filled in: a text, or for a box or radio button whether it is ticked.
Filled = Mapping[Node, "str | bool"]


def request_of(
    page: Page,
    control: Control,
    what: str,
    *,
    filled: Filled | None = None,
    file: tuple[Node, Path] | None = None,
    command: bool = False,
    timeout: float | None = None,
) -> Request:
    """The request that pressing `control` on `page` makes. The control must be usable (`Control.unusable` is None).

    Of several submit buttons only the pressed one is sent; disabled fields are not; `file` is streamed into its field.
    """
    headers = {"Referer": page.url.split("#")[0]}
    if control.kind == "link":
        return Request("GET", control.target or page.url, what, command=command, headers=headers, timeout=timeout)
    form = page.form_of(control.element)
    encoding = _encoding(page, form)
    pairs = tuple(_pairs(page, form, control, filled or {}, file[0] if file else None, encoding))
    method = (control.element.get("formmethod") or form.get("method") or "get").strip().lower()
    action = (control.element.get("formaction") or form.get("action") or "").strip()
    address = upgraded(urljoin(page.base, action) if action else page.url).split("#")[0]
    if method != "post":
        parts = urlsplit(address)
        query = "&".join(f"{_quoted(name, encoding)}={_quoted(value, encoding)}" for name, value in pairs)
        return Request(
            "GET", urlunsplit((*parts[:3], query, "")), what, command=command, headers=headers, timeout=timeout
        )
    enctype = (control.element.get("formenctype") or form.get("enctype") or "").strip().lower()
    upload = Upload(file[0].get("name") or "", file[1], file[1].name) if file else None
    return Request(
        "POST",
        address,
        what,
        command=command,
        form=pairs,
        upload=upload,
        encoding=encoding,
        headers={**headers, "Origin": "://".join(urlsplit(page.url)[:2])},
        multipart=enctype == "multipart/form-data" or upload is not None,
        timeout=timeout,
    )


def _encoding(page: Page, form: Node) -> str:
    for name in (form.get("accept-charset") or "").replace(",", " ").split():
        try:
            "".encode(name)
        except (LookupError, ValueError):
            continue
        return str(name).lower()
    return page.encoding


def _pairs(
    page: Page, form: Node, pressed: Control, filled: Filled, file: Node | None, encoding: str
) -> Iterator[tuple[str, str]]:
    for element in page.root.iter("input", "select", "textarea", "button"):
        if page.form_of(element) is not form or (element is not pressed.element and _left_out(element)):
            continue
        name = element.get("name") or ""
        kind = (element.get("type") or "").strip().lower()
        if element is pressed.element:
            if kind == "image" and element.tag == "input":
                prefix = f"{name}." if name else ""
                yield from ((f"{prefix}x", "1"), (f"{prefix}y", "1"))
            elif name:
                yield name, element.get("value", "Submit" if element.tag == "input" else "")
        elif (
            element.tag == "button"
            or not name
            or (element.tag == "input" and kind in ("submit", "image", "button", "reset"))
        ):
            continue
        elif element.tag == "select":
            yield from ((name, value) for value in _chosen(element))
        elif kind in ("checkbox", "radio"):
            if filled.get(element, element.get("checked") is not None):
                yield name, element.get("value", "on")
        elif kind == "file":
            if element is not file:
                yield name, ""
        elif kind == "hidden" and name.lower() == "_charset_":
            yield name, encoding
        else:
            default = (element.text or "").removeprefix("\n") if element.tag == "textarea" else element.get("value", "")
            value = str(filled.get(element, default))
            yield name, value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _left_out(element: Node) -> bool:
    """Disabled by itself or by a fieldset around it, or a suggestion list's."""
    if element.get("disabled") is not None or any(True for _found in element.iterancestors("datalist", "template")):
        return True
    for fieldset in element.iterancestors("fieldset"):
        if fieldset.get("disabled") is not None:
            legend = next((child for child in fieldset if child.tag == "legend"), None)
            if legend is None or all(step is not legend for step in element.iterancestors("legend")):
                return True
    return False


def _chosen(select: Node) -> list[str]:
    options = [option for option in select.iter("option") if not _option_disabled(option)]
    chosen = [option for option in options if option.get("selected") is not None]
    if select.get("multiple") is None:
        chosen = chosen[-1:] or options[:1]
    return [option.get("value", " ".join("".join(option.itertext()).split())) for option in chosen]


def _option_disabled(option: Node) -> bool:
    parent = option.getparent()
    group = parent.tag == "optgroup" and parent.get("disabled") is not None
    return option.get("disabled") is not None or group


def _quoted(text: str, encoding: str) -> str:
    return quote_plus(text.encode(encoding, "xmlcharrefreplace"))
