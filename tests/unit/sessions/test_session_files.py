# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exports as files: every session once, what covers a period, what a killed run leaves."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import Identity
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.reporting_api import Search, pieces_of
from ansible_collections.bomgar.appliance.plugins.module_utils.session_files import (
    Chunk,
    ExportFolder,
    ExportStore,
    Manifest,
    chunk_name,
    gaps,
    lsids_sum,
    read_manifest,
)
from ansible_collections.bomgar.appliance.tests.unit.meta.tree import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

BEGIN = 1_700_000_000


def write(folder: ExportFolder, search: Search, body: str, **more: object) -> Chunk:
    """A chunk as an export would keep it."""
    part = folder.part()
    part.write(body.encode())
    name = chunk_name("SupportSession", search)
    chunk = Chunk(
        name, "SupportSession", search.by, search.begin, search.end, 2e9, part.size, part.sha256, 0, 0, lsids_sum([])
    )
    folder.keep(part, chunk)
    return chunk


def session(lsid: str, start: int, end: int | None) -> str:
    ended = "" if end is None else f'<end_time timestamp="{end}">x</end_time>'
    return f'<session lsid="{lsid}"><start_time timestamp="{start}">x</start_time>{ended}</session>'


def fill(
    folder: ExportFolder, sessions: dict[str, tuple[int, int | None]], until: int, chunks: tuple[int, int], sloppy: bool
) -> None:
    """What an appliance would answer; `chunks`: lengths for those that began and for those that ended.

    `sloppy`: it includes the end of a search.
    """
    for by, length in zip(("start_time", "end_time"), chunks, strict=True):
        for first, last in pieces_of(BEGIN, until, length):
            found = [
                session(lsid, start, end)
                for lsid, (start, end) in sessions.items()
                for moment in [start if by == "start_time" else end]
                if moment is not None and first <= moment < last + int(sloppy)
            ]
            body = f"<session_list>{''.join(found)}</session_list>" if found else "<error>No sessions found</error>"
            write(folder, Search(by, first, last), body)


@settings(max_examples=60, deadline=None)  # it writes files, and waits for the disk
@given(
    st.dictionaries(
        st.text("0123456789abcdef", min_size=1, max_size=6),
        st.tuples(st.integers(-50, 120), st.one_of(st.none(), st.integers(0, 90))),
        max_size=12,
    ),
    st.tuples(st.sampled_from([7, 20, 100]), st.sampled_from([7, 20, 100])),
    st.booleans(),
)
def test_every_session_that_began_or_ended_stands_there_once(
    lasting: dict[str, tuple[int, int | None]], chunks: tuple[int, int], sloppy: bool
) -> None:
    until = BEGIN + 100
    sessions = {
        lsid: (BEGIN + start, None if length is None else BEGIN + start + length)
        for lsid, (start, length) in lasting.items()
    }
    with tempfile.TemporaryDirectory() as there:
        folder = ExportFolder(Path(there) / "export")
        with folder.locked():
            fill(folder, sessions, until, chunks, sloppy)
            lines: list[bytes] = []
            tally = folder.assemble(folder.chunks.values(), lines.append)
    last = until + int(sloppy)
    wanted = {
        lsid
        for lsid, (start, end) in sessions.items()
        if BEGIN <= start < last or (end is not None and BEGIN <= end < last)
    }
    assert sorted(json.loads(line)["lsid"] for line in lines) == sorted(wanted)
    assert (tally.count, tally.lsids) == (len(wanted), lsids_sum(wanted))
    assert {one.lsid for one in tally.running} == {lsid for lsid in wanted if sessions[lsid][1] is None}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8), st.integers(0, 30), st.integers(1, 40))
def test_gaps_are_exactly_what_is_not_covered(covered: list[tuple[int, int]], since: int, length: int) -> None:
    until = since + length
    chunks = [
        Chunk("x", "SupportSession", "end_time", begin, begin + long, 0.0, 0, "", 0, 0, "") for begin, long in covered
    ]
    found = gaps(chunks, "SupportSession", "end_time", since, until)
    seconds = {second for begin, end in found for second in range(begin, end)}
    assert seconds == set(range(since, until)) - {s for c in chunks for s in range(c.begin, c.end)}
    assert gaps(chunks, "SupportSession", "start_time", since, until) == [(since, until)]


def test_the_sum_of_lsids_knows_no_order() -> None:
    assert lsids_sum(["a", "b"]) == lsids_sum(["b", "a"]) != lsids_sum(["a", "c"])
    assert lsids_sum([]) == "0" * 64


def made(directory: Path, since: int = BEGIN, until: int = BEGIN + 100) -> ExportFolder:
    """A finished export with one session."""
    folder = ExportStore(directory, "support.example.com", "a").export(since)
    with folder.locked():
        folder.begin({"appliance_id": None, "reports": ["SupportSession"]})
        fill(folder, {"aa": (since + 5, since + 8)}, until, (until - since, until - since), sloppy=False)
        if until - since == 100:
            chunks = tuple(folder.chunks.values())
            tally, size, sha256 = folder.write_sessions(chunks)
            folder.finish(
                Manifest(
                    "support.example.com", "a", "https://x", Identity(), ("SupportSession",), since, until, tally.count,
                    tally.lsids, tuple(tally.running), size, sha256, 2e9, "0.1.0", chunks,
                )
            )  # fmt: skip
    return folder


def test_only_a_whole_export_covers_its_period(tmp_path: Path) -> None:
    store = ExportStore(tmp_path, "support.example.com", "a")
    assert "there is none yet" in store.covering(BEGIN, BEGIN + 50).why
    folder = made(tmp_path)
    found = store.covering(BEGIN + 0.5, BEGIN + 100)
    assert (found.path, found.manifest and found.manifest.count) == (folder.path, 1)
    assert store.covering(BEGIN - 1, BEGIN + 50).manifest is None
    assert store.covering(BEGIN, BEGIN + 101).manifest is None
    assert ExportStore(tmp_path, "support.example.com", "b").covering(BEGIN, BEGIN + 50).manifest is None
    assert ExportStore(tmp_path, "other.example.com", "a").covering(BEGIN, BEGIN + 50).manifest is None
    sessions = folder.path / "sessions.jsonl"
    sessions.write_bytes(sessions.read_bytes() + b"\n")
    assert "is not what its chunks make" in store.covering(BEGIN, BEGIN + 50).why


@pytest.mark.parametrize("key", ["count", "lsids", "until", "chunks"])
def test_a_manifest_that_says_more_than_is_there_proves_nothing(tmp_path: Path, key: str) -> None:
    path = made(tmp_path).path / "manifest.json"
    values = json.loads(path.read_text())
    values[key] = {"count": 2, "lsids": "0" * 64, "until": BEGIN + 200, "chunks": values["chunks"][1:]}[key]
    path.write_text(json.dumps(values))
    assert ExportStore(tmp_path, "support.example.com", "a").covering(BEGIN, BEGIN + 50).manifest is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2}', '{"format": 1}', "\x00", '{"format": 1, "identity": 5}', "[" * 100_000]
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        read_manifest(path)


@pytest.mark.parametrize("where", ["../x", "/etc/passwd", ".lock"])
def test_no_chunk_leads_out_of_its_folder(tmp_path: Path, where: str) -> None:
    path = made(tmp_path).path / "manifest.json"
    values = json.loads(path.read_text())
    values["chunks"][0]["file"] = where
    path.write_text(json.dumps(values))
    with pytest.raises(BadInput):
        read_manifest(path)


def test_half_a_line_of_what_is_whole_is_dropped(tmp_path: Path) -> None:
    """A run was killed while it wrote the line; its chunk is asked for again."""
    folder = made(tmp_path, until=BEGIN + 60)
    journal = folder.path / "unfinished.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]) + lines[-1][:10])
    again = ExportFolder(folder.path)
    again.load()
    assert len(again.chunks) == len(folder.chunks) - 1 == 3
    with again.locked():
        write(again, Search("end_time", BEGIN, BEGIN + 60), "<session_list/>")
    assert [json.loads(line).get("by") for line in journal.read_bytes().splitlines()][-1] == "end_time"
    journal.write_bytes(b"{}x\n" + journal.read_bytes())
    with pytest.raises(BadInput):
        again.load()


def test_a_chunk_is_what_was_written(tmp_path: Path) -> None:
    folder = made(tmp_path)
    [chunk, *_rest] = folder.chunks.values()
    body = (folder.path / "chunks" / chunk.file).read_bytes()
    assert hashlib.sha256(body).hexdigest() == chunk.sha256
    assert folder.objection(chunk) is None
    (folder.path / "chunks" / chunk.file).write_bytes(body[:-1] + b" ")
    assert "not what was written" in str(folder.objection(chunk))


# In a process of its own, since peak memory is the process's.
MEASURE = """
import resource, sys
from pathlib import Path
from ansible_collections.bomgar.appliance.plugins.module_utils.reporting_api import Search
from ansible_collections.bomgar.appliance.plugins.module_utils.session_files import Chunk, ExportFolder

def peak(sessions):
    folder = ExportFolder(Path(sys.argv[1]) / str(sessions))
    with folder.locked():
        for by in ("start_time", "end_time"):
            part = folder.part()
            part.write(b"<session_list>")
            for number in range(sessions):
                part.write(b"<session lsid='%032x'><end_time timestamp='1'>x</end_time><session_details>" % number)
                part.write(b"<event><body>" + b"y" * 10_000 + b"</body></event></session_details></session>")
            part.write(b"</session_list>")
            chunk = Chunk(by, "SupportSession", by, 1, 9, 99.0, part.size, part.sha256, 0, 0, "")
            folder.keep(part, chunk)
        assert folder.write_sessions(folder.chunks.values())[0].count == sessions
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

small = peak(10)
print(peak(4000) - small)
"""


def test_memory_does_not_grow_with_the_chunks(tmp_path: Path) -> None:
    """40 MB, twice: less than a tenth of it."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / ".cache/collections")},
    )
    assert int(done.stdout) < 4000
