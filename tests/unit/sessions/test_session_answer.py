# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports of sessions, read piece by piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BomgarError,
    NothingFound,
    NotSupported,
    UnexpectedAnswer,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.session_answer import SessionRow, read
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT
from hypothesis import given
from hypothesis import strategies as st

SPACES = [
    "",
    "http://www.networkstreaming.com/namespaces/API",
    "http://www.bomgar.com/namespaces/API/reporting",
    "https://www.beyondtrust.com/namespaces/API/reporting",
    "http://www.beyondtrust.com/sra/namespaces/API/reporting",
]


def rows(body: str | bytes, size: int = 1000) -> list[SessionRow]:
    data = body if isinstance(body, bytes) else body.encode()
    found: list[SessionRow] = []
    read("ask for sessions", iter([data[start : start + size] for start in range(0, len(data), size)]), found.append)
    return found


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("prefix", ["", "b:"])
@pytest.mark.parametrize("size", [1, 13, 10_000])
def test_a_session_is_flat_whatever_its_namespace(space: str, prefix: str, size: int) -> None:
    p = prefix if space else ""
    name = f"xmlns{':b' if p else ''}"
    body = (
        f"<{p}session_list {f'{name}={space!r}' if space else ''}>"
        f"<{p}session lsid='0012'><{p}session_type>support</{p}session_type><{p}lseq>7</{p}lseq>"
        f"<{p}start_time timestamp='1700000000'>2023-11-14</{p}start_time>"
        f"<{p}end_time timestamp='1700000060'>2023-11-14</{p}end_time>"
        f"<{p}primary_rep gsnumber='1' id='2'>Ann &amp; B\u00f6b\n</{p}primary_rep>"
        f"<{p}rep_list><{p}representative><{p}display_name>Ann</{p}display_name></{p}representative><{p}representative/></{p}rep_list>"
        f"<{p}note>1</{p}note><{p}note>2</{p}note></{p}session></{p}session_list>"
    )
    assert rows(body, size) == [
        SessionRow(
            "0012",
            1700000000.0,
            1700000060.0,
            False,
            {
                "lsid": "0012",
                "session_type": "support",
                "lseq": "7",
                "start_time_timestamp": "1700000000",
                "start_time": "2023-11-14",
                "end_time_timestamp": "1700000060",
                "end_time": "2023-11-14",
                "primary_rep_gsnumber": "1",
                "primary_rep_id": "2",
                "primary_rep": "Ann & B\u00f6b",
                "rep_list_count": 2,
                "note": "1",
                "note_2": "2",
            },
        )
    ]


@pytest.mark.parametrize(
    ("end", "runs"),
    [
        ("", True),
        ("<end_time/>", True),
        ('<end_time timestamp=""> </end_time>', True),
        ('<end_time timestamp="5"/>', False),
        ("<end_time>x</end_time>", False),
    ],
)
def test_without_an_end_it_runs(end: str, runs: bool) -> None:
    assert rows(f"<session_list><session lsid='1'>{end}</session></session_list>")[0].running is runs


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<error>No sessions found.</error>", NothingFound),
        ("<session_list><error>Login failed</error></session_list>", AuthenticationRefused),
        ("<error>Invalid report type</error>", NotSupported),
        ("<error/>", BomgarError),
        ("", UnexpectedAnswer),
        ("  \n", UnexpectedAnswer),
        ("<!DOCTYPE html><html></html>", UnexpectedAnswer),
        ("<html><body></html>", UnexpectedAnswer),
        ("<api_information/>", UnexpectedAnswer),
        ("<session_list><session lsid='1'></session>", UnexpectedAnswer),
        ("<session_list></session_list><more/>", UnexpectedAnswer),
        ("<session_list><session/></session_list>", UnexpectedAnswer),
        ("<session_list><session lsid=' '/></session_list>", UnexpectedAnswer),
        ('<!DOCTYPE a [<!ENTITY b "c">]><session_list><session lsid="&b;"/></session_list>', UnexpectedAnswer),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><session_list/>', UnexpectedAnswer),
        (b"<session_list>\xff</session_list>", UnexpectedAnswer),
    ],
)
def test_what_is_no_report_is_an_error(body: str | bytes, kind: type[BomgarError]) -> None:
    for size in (1, 1000):
        with pytest.raises(kind):
            rows(body, size)


def test_an_error_within_a_session_is_no_error() -> None:
    assert rows("<session_list><session lsid='1'><error>x</error></session></session_list>")[0].values["error"] == "x"


@given(st.binary(max_size=200))
def test_no_bytes_are_a_crash(body: bytes) -> None:
    with pytest.raises(BomgarError):
        rows(b"<session_list>" + body)


# Peak memory is the process's own, so it is measured in one of its own; tracemalloc does not see the parser's.
MEASURE = """
import resource, sys
from ansible_collections.bomgar.appliance.plugins.module_utils.session_answer import read

def answer(sessions, events):
    yield b"<session_list>"
    for number in range(sessions):
        yield b"<session lsid='%032x'><start_time timestamp='1'>x</start_time><session_details>" % number
        for _event in range(events):
            yield b"<event event_type='Chat'><body>" + b"y" * 1000 + b"</body></event>"
        yield b"</session_details></session>"
    yield b"</session_list>"

def peak(sessions, events):
    count = []
    read("read", answer(sessions, events), lambda row: count.append(1))
    assert len(count) == sessions
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

small = peak(10, 10)
print(peak(int(sys.argv[1]), int(sys.argv[2])) - small)
"""


@pytest.mark.parametrize(("sessions", "events"), [(4000, 10), (1, 40_000)])
def test_memory_does_not_grow_with_the_answer(sessions: int, events: int) -> None:
    """40 MB, as many sessions or as one with many events: less than a tenth of it."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(sessions), str(events)],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": str(Path(ROOT) / ".cache/collections")},
    )
    assert int(done.stdout) < 4000
