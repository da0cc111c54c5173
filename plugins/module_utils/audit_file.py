# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that an audit of a site's integrations leaves beside the site's records, `<directory>/<site>/audit/audit.json`.

Readiness reads it. It holds what was found as plain values and needs none of the libraries of the audit to be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .check_results import AuditState
from .record_files import site_folder

FORMAT = 1
FILE = "audit.json"


def folder_of(directory: str | Path, site: str) -> Path:
    """Where a site's audit lies in the folder of records. BadInput for a name that is no single folder name."""
    return site_folder(directory, site) / "audit"


def content(site: str, made_at: float, found: Mapping[str, Any]) -> bytes:
    """The file. `found`: `findings` (each with `place`, `kind`, `why`, `mend`, `text`, `open`), `looked`, `skipped`."""
    values = {"format": FORMAT, "site": site, "made_at": int(made_at), **found}
    return (json.dumps(values, indent=1, sort_keys=True) + "\n").encode()


def state(directory: str | Path, site: str) -> AuditState:
    """What the last audit of a site left, for readiness."""
    file = folder_of(directory, site) / FILE
    try:
        values = json.loads(file.read_bytes())
        if values["format"] != FORMAT:
            raise ValueError(f"its format is {values['format']}, not {FORMAT}")
        if values["site"] != site:
            raise ValueError(f"it is one of {values['site']}")
        return AuditState(
            float(values["made_at"]), tuple(str(item["place"]) for item in values["findings"] if item["open"])
        )
    except FileNotFoundError:
        return AuditState(trouble="no audit of the integrations is in the folder of records")
    except OSError as error:
        return AuditState(trouble=f"{file} cannot be read ({error.strerror})")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return AuditState(trouble=f"{file} is not what an audit leaves ({error})")
