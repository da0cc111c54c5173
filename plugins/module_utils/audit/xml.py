# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What code and SQL look for in the appliance's XML answers: its elements and its namespaces."""

from __future__ import annotations

import re

from .findings import Kind

#: Elements of the appliance's answers (documented: D-RS-API; observed: C-SEKOIA) that code looks up by name.
ELEMENTS = frozenset(
    "session session_list session_summary_list session_summary session_type lseq start_time end_time duration external_key customer_list "
    "customer rep_list representative primary_rep primary_customer public_site chat_download_url session_details event_list event "
    "file_transfer_count user_id success error get_api_info api_version company_name timestamp get_logged_in_reps rep team_list".split()
)
NAMESPACE = re.compile(
    r"https?://[\w.]*(?:networkstreaming|bomgar|beyondtrust)\.com/(?:sra/)?namespaces/API[\w/]*", re.IGNORECASE
)
_STEP = re.compile(r"(?:^|[/|])\s*(?:[a-z-]+::)?([A-Za-z_][\w.-]*)\s*(?=$|[/\[|])")

#: Kind -> why it breaks, and how to mend it.
WHY = {
    Kind.NAMESPACE_IGNORED: "it looks for names without a namespace, and answers are in one from API 1.5.0 on: it finds nothing",
    Kind.NAMESPACE_FIXED: "it knows one namespace of several: the first came with API 1.5.0, and later releases changed it",
}
MEND = {
    Kind.NAMESPACE_IGNORED: "Look for local names ({*}session, local-name()='session'), or read the namespace from the answer's root element.",
    Kind.NAMESPACE_FIXED: "Read the namespace from the answer's root element, or look for local names.",
}


def is_path_without_namespace(path: str) -> bool:
    """Whether a path names elements of an answer and no namespace."""
    if "local-name" in path or "{" in path or "namespace-uri" in path:
        return False
    return any(step in ELEMENTS for step in _STEP.findall(path))
