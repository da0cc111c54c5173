# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that imports third-party libraries, so that a missing one is a clear failure; wraps nothing."""

from __future__ import annotations

import traceback

from .errors import MissingLibrary

#: Distribution that cannot be imported -> the traceback. Parts that need more than most add theirs.
missing: dict[str, str] = {}

try:
    import requests
    import requests.adapters
except ImportError:
    requests = None  # type: ignore[assignment]
    missing["requests"] = traceback.format_exc()

try:
    import requests_toolbelt
except ImportError:
    requests_toolbelt = None
    missing["requests-toolbelt"] = traceback.format_exc()

try:
    from lxml import etree, html
except ImportError:
    etree = None  # type: ignore[assignment]
    html = None  # type: ignore[assignment]
    missing["lxml"] = traceback.format_exc()

try:
    import packaging.version as packaging_version
except ImportError:
    packaging_version = None  # type: ignore[assignment]
    missing["packaging"] = traceback.format_exc()

try:
    import jmespath
except ImportError:
    jmespath = None
    missing["jmespath"] = traceback.format_exc()

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.tsig
    import dns.tsigkeyring
    import dns.update
except ImportError:
    dns = None  # type: ignore[assignment]
    missing["dnspython"] = traceback.format_exc()

__all__ = ["dns", "etree", "html", "jmespath", "packaging_version", "requests", "requests_toolbelt", "require"]


def require(*names: str) -> None:
    """Raise MissingLibrary if one of these distributions cannot be imported; it names all that the collection lacks."""
    for name in names:
        if name in missing:
            raise MissingLibrary(tuple(missing), missing[name])
