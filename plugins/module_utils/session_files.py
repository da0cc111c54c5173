# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of sessions as files on the controller: their chunks, what proves them, which of them covers a period. Asks no appliance.

    <directory>/<site>/<site>-<appliance>-<since, UTC>/
        chunks/<report>-<began or ended>-<begin, UTC>-<seconds>.xml   each answer, byte by byte as it was given
        sessions.jsonl     every session once, flat, all values texts; made from the chunks
        manifest.json      counts, checksums, period; written last, so without it there is no export
        unfinished.jsonl   what is whole of an export that is not finished; gone with the manifest
        .lock              held by the operating system while somebody writes; may stay, means nothing by itself

A chunk that an entry proves by size and SHA-256 is whole. A crash leaves files without an entry, which are asked for again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import session_answer
from .backup_file import Identity, iso, safe_name, stamp
from .errors import AnotherRun, BadInput, BomgarError, Refused, UnexpectedAnswer
from .models import plain
from .record_files import write_file
from .reporting_api import LOOK_BACK, Search
from .session_answer import SessionRow

FORMAT = 1
MANIFEST = "manifest.json"
SESSIONS = "sessions.jsonl"
#: Sessions that have just ended may be missing for 10 s (C-HORNBILL); a chunk that was asked for this soon after its end is asked
#: for again by the next run (our choice).
SETTLED_AFTER = 60.0

_JOURNAL = "unfinished.jsonl"
_CHUNKS = "chunks"
_PIECE = 1024 * 1024
_WORDS = {"start_time": "began", "end_time": "ended"}


@dataclass(frozen=True)
class Chunk:
    """One answer. `asked_at`: on the appliance's clock. `lsids`: see `lsids_sum`.

    `vanished`: LSIDs that this answer named and a later one did not. Such an answer is kept beside the later one.
    """

    file: str
    report: str
    by: str
    begin: int
    end: int
    asked_at: float
    size: int
    sha256: str
    sessions: int
    running: int
    lsids: str
    api_version: str | None = None
    vanished: tuple[str, ...] = ()

    @property
    def search(self) -> Search:
        """What was searched for."""
        return Search(self.by, self.begin, self.end)

    @property
    def settled(self) -> bool:
        """Whether asking again would tell nothing new: asked well after its end, and no session in it is running."""
        return bool(self.vanished) or (self.asked_at >= self.end + SETTLED_AFTER and not self.running)


@dataclass(frozen=True)
class Running:
    """A session without an end. `exported`: as far as it had gone; false if it began before the period."""

    lsid: str
    started: float | None
    exported: bool = True


@dataclass(frozen=True)
class Manifest:
    """What an export holds: all sessions that began or ended from `since` on and before `until`, on the appliance's clock.

    `lsids`: see `lsids_sum`. `open`: the sessions that had not ended; a later export of the same period has their rest.
    """

    site: str
    appliance: str
    url: str
    identity: Identity
    reports: tuple[str, ...]
    since: int
    until: int
    count: int
    lsids: str
    open: tuple[Running, ...]
    sessions_size: int
    sessions_sha256: str
    made_at: float
    collection_version: str
    chunks: tuple[Chunk, ...] = ()

    def to_json(self) -> str:
        """The manifest file's text."""
        words = {
            "format": FORMAT,
            "what": "sessions of a site, from its reporting API: the answers as given (chunks) and each session once (sessions.jsonl)",
            "from": iso(self.since),
            "to": iso(self.until),
        }
        return json.dumps({**words, **plain(self)}, indent=1) + "\n"


@dataclass(frozen=True)
class Coverage:
    """The export that covers a period, or None; `why` in words either way."""

    manifest: Manifest | None
    path: Path | None
    why: str


@dataclass
class Tally:
    """What is counted while sessions pass. `lsids`: the sum of the LSIDs' SHA-256 (mod 2^256), the same in any order."""

    count: int = 0
    running: list[Running] = field(default_factory=list)
    _sum: int = 0

    def add(self, row: SessionRow) -> None:
        """Count a session."""
        self.count += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(row.lsid.encode()).digest(), "big")) % 2**256
        if row.running:
            self.running.append(Running(row.lsid, row.start))

    @property
    def lsids(self) -> str:
        """As 64 hexadecimal digits."""
        return f"{self._sum:064x}"


def lsids_sum(lsids: Iterable[str]) -> str:
    """What stands for a set of LSIDs in a manifest: equal for equal sets, whatever their order."""
    tally = Tally()
    for lsid in lsids:
        tally.add(SessionRow(lsid, None, None, False, {}))
    return tally.lsids


# ------------------------------------------------------------------------------------------------------------- one export


class ExportFolder:
    """The folder of one export. Reading needs nothing; writing needs `locked`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: dict[str, Any] = {}
        self.chunks: dict[str, Chunk] = {}
        self.manifest: Manifest | None = None

    def load(self) -> None:
        """Read what is there. BadInput if the manifest or the list of what is whole cannot be relied on."""
        self.header, self.chunks, self.manifest = {}, {}, None
        if os.path.lexists(self.path / MANIFEST):
            self.manifest = read_manifest(self.path / MANIFEST)
            self.chunks = {chunk.file: chunk for chunk in self.manifest.chunks}
            self.header = {
                "appliance_id": self.manifest.identity.appliance_id,
                "reports": list(self.manifest.reports),
            }
        for entry in self._entries():
            if "file" in entry:
                chunk = _chunk(entry)
                self.chunks[chunk.file] = chunk
            else:
                self.header = entry

    @property
    def unfinished(self) -> bool:
        """Whether a run left chunks that the manifest does not know."""
        return os.path.lexists(self.path / _JOURNAL)

    def _entries(self) -> Iterator[dict[str, Any]]:
        file = self.path / _JOURNAL
        try:
            lines = file.read_bytes().split(b"\n")[
                :-1
            ]  # what has no end of line was being written when the run was killed
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unusable(file, error.strerror or str(error)) from error
        for line in lines:
            try:
                entry = json.loads(line)
                if "file" in entry:
                    _chunk(entry)
            except (ValueError, TypeError, KeyError) as error:
                raise _unusable(file, "it holds a line that is none of its own") from error
            yield entry

    def objection(self, chunk: Chunk) -> str | None:
        """What speaks against a chunk that was whole when it was written, or None."""
        try:
            with (self.path / _CHUNKS / chunk.file).open("rb") as file:
                digest = hashlib.sha256()
                size = 0
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
        except FileNotFoundError:
            return f"the chunk {chunk.file} is gone"
        except OSError as error:
            return f"the chunk {chunk.file} cannot be read ({error.strerror})"
        if (size, digest.hexdigest()) != (chunk.size, chunk.sha256):
            return f"the chunk {chunk.file} is not what was written ({size} bytes, {chunk.size} were)"
        return None

    def lsids_of(self, chunk: Chunk) -> set[str]:
        """The LSIDs in a whole chunk."""
        found: set[str] = set()
        self._read(chunk, lambda row: found.add(row.lsid))
        return found

    def _read(self, chunk: Chunk, found: Callable[[SessionRow], None]) -> None:
        # An error was kept only where it was judged to say that there is no session.
        with (self.path / _CHUNKS / chunk.file).open("rb") as file, contextlib.suppress(Refused):
            session_answer.read(f"read {chunk.file}", iter(lambda: file.read(_PIECE), b""), found)

    def assemble(self, chunks: Iterable[Chunk], write: Callable[[bytes], object]) -> Tally:
        """Give every session of the chunks once, as a line of JSON. Holds the LSIDs of one chunk, and of what goes beyond it.

        A session that began in the period stands in one chunk by its beginning, and in another by its end.
        """
        tally = Tally()
        seen: dict[str, float] = {}
        for chunk in sorted(
            chunks, key=lambda item: (item.begin, item.by != "start_time", bool(item.vanished), item.file)
        ):
            # No later chunk can hold what ended before; two seconds, should a search include the end of its time.
            for lsid in [lsid for lsid, until in seen.items() if until < chunk.begin - 2]:
                del seen[lsid]

            def take(row: SessionRow, chunk: Chunk = chunk) -> None:
                if row.lsid in seen:
                    return
                seen[row.lsid] = float("inf") if row.running else chunk.end + LOOK_BACK if row.end is None else row.end
                tally.add(row)
                write(json.dumps(row.values).encode() + b"\n")

            self._read(chunk, take)
        return tally

    # writing

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder, made if need be; AnotherRun while another run does. A lock ends with its process."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.path / _CHUNKS).mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AnotherRun(
                    f"write the export {self.path}",
                    "another run writes it now",
                    "Wait until it has ended, or end it; the lock ends with that process, there is nothing to delete.",
                ) from error
            for left_over in (self.path / _CHUNKS).glob(".*.part"):
                left_over.unlink()
            yield
        finally:
            os.close(descriptor)

    def begin(self, header: dict[str, Any]) -> None:
        """Write of which appliance this export is, before its first chunk."""
        self.header = header
        self._note(header)

    def part(self) -> Part:
        """A file for the next answer."""
        return Part(self.path / _CHUNKS)

    def keep(self, part: Part, chunk: Chunk) -> None:
        """A whole answer becomes a chunk. An earlier answer that named more stays beside it (`vanished`)."""
        try:
            earlier = self.chunks.get(chunk.file)
            if earlier is not None and self.objection(earlier) is None:
                vanished = self.lsids_of(earlier) - part.lsids
                if vanished:
                    self._keep_beside(earlier, tuple(sorted(vanished)))
            part.keep(chunk.file)
            self._note(plain(chunk))
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.chunks[chunk.file] = chunk

    def _keep_beside(self, earlier: Chunk, vanished: tuple[str, ...]) -> None:
        beside = f"{earlier.file.removesuffix('.xml')}-asked-{stamp(earlier.asked_at)}.xml"
        with contextlib.suppress(FileExistsError):
            os.link(self.path / _CHUNKS / earlier.file, self.path / _CHUNKS / beside)
        kept = dataclasses.replace(earlier, file=beside, vanished=vanished)
        self._note(plain(kept))
        self.chunks[beside] = kept

    def _note(self, entry: dict[str, Any]) -> None:
        """Add a line to the list of what is whole; one that a killed run left unfinished goes first."""
        line = json.dumps(entry).encode() + b"\n"
        try:
            descriptor = os.open(self.path / _JOURNAL, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                end = file.seek(0, os.SEEK_END)
                last = b""
                if end:
                    file.seek(max(0, end - _PIECE))
                    last = file.read()
                if last and not last.endswith(b"\n"):
                    end -= len(last) - (last.rfind(b"\n") + 1)
                file.seek(end)
                file.truncate()
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def write_sessions(self, chunks: Iterable[Chunk]) -> tuple[Tally, int, str]:
        """Make `sessions.jsonl` from the chunks; gives the tally, its size and its SHA-256."""
        part = Part(self.path)
        try:
            tally = self.assemble(chunks, part.write)
            part.keep(SESSIONS)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        finally:
            part.drop()
        return tally, part.size, part.sha256

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest: from here on there is an export."""
        try:
            write_file(self.path / MANIFEST, manifest.to_json().encode())
            (self.path / _JOURNAL).unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.manifest = manifest


class Part:
    """A file that is being written, mode 0600; nobody reads it before it has its name."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self.lsids: set[str] = set()
        self._digest = hashlib.sha256()
        self._path = folder / ".next.part"
        try:
            descriptor = os.open(
                self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise cannot_write(folder, error) from error
        self._file = os.fdopen(descriptor, "wb")

    def write(self, piece: bytes) -> None:
        """Add to it."""
        try:
            self._file.write(piece)
        except OSError as error:
            raise cannot_write(self._path.parent, error) from error
        self._digest.update(piece)
        self.size += len(piece)

    @property
    def sha256(self) -> str:
        """Of what was written."""
        return self._digest.hexdigest()

    def keep(self, name: str) -> None:
        """Bring it to the disk, then give it its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(self._path.with_name(name))

    def drop(self) -> None:
        """Remove it, if it was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def chunk_name(report: str, search: Search) -> str:
    """The file of a search."""
    return f"{report}-{_WORDS[search.by]}-{stamp(search.begin)}-{search.end - search.begin}.xml"


# --------------------------------------------------------------------------------------------------------------- manifests


def read_manifest(path: Path) -> Manifest:
    """Read a manifest; proves nothing of what it speaks of. BadInput when it is none, or of a newer format."""
    try:
        values = json.loads(path.read_bytes())
        if values["format"] != FORMAT:
            raise ValueError(f"its format is {values['format']}, not {FORMAT}")
        names = {item.name for item in dataclasses.fields(Manifest)}
        given = {name: value for name, value in values.items() if name in names}
        given["identity"] = Identity(**given["identity"])
        given["reports"] = tuple(given["reports"])
        given["open"] = tuple(Running(**item) for item in given["open"])
        given["chunks"] = tuple(_chunk(item) for item in given["chunks"])
        found = Manifest(**given)
        if not all(isinstance(number, int) for number in (found.since, found.until, found.count, found.sessions_size)):
            raise ValueError("its numbers are none")
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unusable(path, f"it is no manifest of an export ({error})") from error
    return found


def verify(path: Path) -> Manifest:
    """Prove an export by reading all of it: its chunks, what its sessions are made of, and its counts. BadInput if it is not whole."""
    manifest = read_manifest(path / MANIFEST)
    folder = ExportFolder(path)

    def bad(got: str) -> BadInput:
        return BadInput(
            f"verify the export {path}",
            got,
            "Run the export of the same period again; it mends what it can.",
            path=str(path),
        )

    for chunk in manifest.chunks:
        objection = folder.objection(chunk)
        if objection:
            raise bad(objection)
    for report in manifest.reports:
        for by in _WORDS:
            if gaps(manifest.chunks, report, by, manifest.since, manifest.until):
                raise bad(f"its chunks leave a part of its period out ({report}, {_WORDS[by]})")
    digest = hashlib.sha256()
    try:
        tally = folder.assemble(manifest.chunks, digest.update)
        with (path / SESSIONS).open("rb") as file:
            there = _digest(file)
    except OSError as error:
        raise bad(f"{SESSIONS} cannot be read ({error.strerror})") from error
    except BomgarError as error:
        raise bad(f"{error.attempted}: {error.got}") from error
    if not there.hexdigest() == digest.hexdigest() == manifest.sessions_sha256:
        raise bad(f"{SESSIONS} is not what its chunks make")
    if (tally.count, tally.lsids) != (manifest.count, manifest.lsids):
        raise bad(f"it holds {tally.count} sessions, and its manifest speaks of {manifest.count}, or of others")
    return manifest


def gaps(chunks: Iterable[Chunk], report: str, by: str, since: int, until: int) -> list[tuple[int, int]]:
    """The times from `since` to `until` that no chunk of this kind covers."""
    found = []
    reached = since
    for begin, end in sorted((one.begin, one.end) for one in chunks if (one.report, one.by) == (report, by)):
        if begin > reached:
            found.append((reached, min(begin, until)))
        reached = max(reached, end)
        if reached >= until:
            break
    if reached < until:
        found.append((reached, until))
    return [(begin, end) for begin, end in found if begin < end]


class ExportStore:
    """The exports of one appliance of one site."""

    def __init__(self, directory: Path, site: str, appliance: str) -> None:
        self.directory = directory.expanduser()
        self.site = site
        self.appliance = appliance
        self._prefix = f"{safe_name(site)}-{safe_name(appliance)}-"

    @property
    def folder(self) -> Path:
        """Where the site's exports lie."""
        return self.directory / safe_name(self.site)

    def export(self, since: int) -> ExportFolder:
        """The export that begins at this moment, there or not: one folder, which later runs extend."""
        return ExportFolder(self.folder / f"{self._prefix}{stamp(since)}")

    def covering(self, since: float, until: float) -> Coverage:
        """A verified export of this appliance that holds this period, or why there is none. Times are the appliance's clock's.

        Sessions that were running when it was made are in its manifest (`open`): they are for the caller to judge.
        """
        why = []
        for path in sorted(self.folder.glob(f"{self._prefix}*Z"), reverse=True):
            if not os.path.lexists(path / MANIFEST):
                why.append(f"{path.name} was not finished")
                continue
            try:
                manifest = read_manifest(path / MANIFEST)
                if (manifest.site, manifest.appliance) != (self.site, self.appliance):
                    why.append(f"{path.name} is one of {manifest.site}, appliance {manifest.appliance}")
                elif manifest.since > since or manifest.until < until:
                    why.append(f"{path.name} is one from {iso(manifest.since)} to {iso(manifest.until)} only")
                else:
                    return Coverage(
                        verify(path),
                        path,
                        f"all {manifest.count} sessions from {iso(since)} to {iso(until)} are exported",
                    )
            except BadInput as error:
                why.append(f"{path.name}: {error.got}")
        asked = f"no export covers {iso(since)} to {iso(until)}"
        return Coverage(None, None, f"{asked}: {'; '.join(why)}" if why else f"{asked}: there is none yet")


def _digest(file: Any) -> Any:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest


def _chunk(values: dict[str, Any]) -> Chunk:
    chunk = Chunk(**{**values, "vanished": tuple(values.get("vanished") or ())})
    if "/" in chunk.file or chunk.file.startswith(".") or chunk.by not in _WORDS or chunk.begin >= chunk.end:
        raise ValueError("a chunk that is none")
    return chunk


def _unusable(path: Path, got: str) -> BadInput:
    return BadInput(
        f"read {path}",
        got,
        "Nothing was changed. Bring the file back from a copy, or move the export's folder away, then run this again.",
        path=str(path),
    )


def cannot_write(path: Path, error: OSError) -> BadInput:
    """The error to raise."""
    return BadInput(
        f"write the export {path}",
        error.strerror or str(error),
        "Make room there, correct its permissions, or choose another folder (export_dir), then run this again: it goes on.",
        path=str(path),
    )


def fewer(chunk: Chunk, damaged: str, now: int) -> UnexpectedAnswer:
    """The error for a damaged chunk that the appliance cannot give any more."""
    return UnexpectedAnswer(
        f"ask again for {chunk.file}",
        f"{damaged}, and where it had {chunk.sessions} sessions the appliance now shows {now}",
        "Nothing was replaced. Bring that file back from a copy; to export what is there now, use another folder (export_dir).",
        file=chunk.file,
    )
