# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of this collection: each says what was attempted, what came back and what to do, and carries facts.

Anything else that is raised is a bug and keeps its traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any


class BomgarError(Exception):
    """An error that a person can act on.

    `attempted` and `got` are clauses without a final stop, `remedy` one or more sentences. `facts` are plain values for the
    result of a task; never put a secret there.
    """

    reason = "error"

    def __init__(self, attempted: str, got: str, remedy: str, **facts: Any) -> None:
        super().__init__(attempted, got, remedy)
        self.attempted = attempted
        self.got = got
        self.remedy = remedy
        self.facts = facts

    def __str__(self) -> str:
        # What the appliance said may end as a sentence does.
        stop = "" if self.got.endswith((".", "!", "?")) else "."
        return f"{self.attempted}: {self.got}{stop} {self.remedy}"


class BadInput(BomgarError):
    """An option, an inventory variable or a file on the controller is not usable. Nothing was sent."""

    reason = "bad_input"


class AnotherRun(BadInput):
    """Another run is at work on this site, so this one did not begin. Nothing was sent."""

    reason = "another_run"


class MissingLibrary(BomgarError):
    """Python libraries are not installed where the module runs."""

    reason = "missing_library"

    def __init__(self, names: Sequence[str], import_error: str) -> None:
        library = ", ".join(names)
        super().__init__(
            f"import {library}",
            f"not installed for the Python that runs this task: {library}",
            f"Install what this collection needs, by its requirements.txt: {sys.executable} -m pip install -r requirements.txt",
            library=library,
        )
        self.import_error = import_error


class ReadOnlyFence(BomgarError):
    """A request that would change an appliance was stopped, because this is a read-only run."""

    reason = "read_only"


class Unreachable(BomgarError):
    """No answer: name, route, TCP, or the connection ended before an answer. Nothing is known of the request's effect."""

    reason = "unreachable"


class CertificateRefused(Unreachable):
    """TLS could not be set up because the appliance's certificate was not trusted, or not for this name."""

    reason = "certificate"


class ServiceDown(Unreachable):
    """A web server answered in the appliance's place (500, 502, 503, 504): the site is not serving."""

    reason = "service_down"


class Refused(BomgarError):
    """The appliance understood and said no."""

    reason = "refused"


class AuthenticationRefused(Refused):
    """Wrong, expired or locked account. Never tried again by itself: that locks accounts."""

    reason = "authentication"


class PermissionRefused(Refused):
    """The account is right but may not do this."""

    reason = "permission"


class RateLimited(Refused):
    """Over the API account's limit of requests."""

    reason = "rate_limited"


class NothingFound(Refused):
    """The API's way to say that a search has no result: an error, with status 200."""

    reason = "nothing_found"


class NotSupported(Refused):
    """This release of the appliance does not have the interface."""

    reason = "not_supported"


class UnexpectedAnswer(BomgarError):
    """An answer came that is not what this interface gives: a page instead of XML, a cut body, a wrong type."""

    reason = "unexpected_answer"


class NotRecognised(BomgarError):
    """The web driver did not find what it looked for on a page; it clicked nothing.

    facts: `page`, `looked_for` (list of labels), `saw` (list of visible texts of controls).
    """

    reason = "not_recognised"


class RunFailed(BomgarError):
    """What was asked for was tried and did not come about; `outcome` is refused, failed or unknown."""

    reason = "failed"

    def __init__(self, outcome: str, attempted: str, got: str, remedy: str, **facts: Any) -> None:
        super().__init__(attempted, got, remedy, **facts)
        self.outcome = outcome
