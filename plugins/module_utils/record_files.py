# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the records: where they lie, who may write them, and how they are written so that a crash leaves a whole one.

    <record_dir>/<site>/<started, UTC>/record.json
    <record_dir>/<site>/latest      -> the newest of these folders
    <record_dir>/<site>/.run        which run is at work, also between its tasks (see `claim`)
    <record_dir>/<site>/.lock       held by the operating system while somebody writes; may stay, means nothing by itself

Every change is written to a temporary file beside the record, synced and renamed, so that a crash at any moment leaves
a readable record: the one before the change or the one after it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from . import claim
from .errors import AnotherRun, BadInput, BomgarError
from .record_format import complaint, iso

FILE_NAME = "record.json"
LATEST = "latest"
_LOCK = ".lock"
_SITE = re.compile(r"\w[\w.:@-]*")
_STAMP = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


class RecordNotWritten(BomgarError):
    """The record could not be written: no room, no permission. What it was to say has happened all the same."""

    reason = "record_not_written"


def site_folder(directory: str | os.PathLike[str], site: str) -> Path:
    """The folder of a site's records. BadInput for a name that is no single folder name."""
    if not _SITE.fullmatch(site) or len(site.encode("utf-8", "replace")) > 253:
        raise BadInput(
            f"use {site!r} as the name of a site's folder of records",
            "it is not a plain name",
            "Name the inventory host by letters, digits, dots, dashes and underscores, as in support.example.com.",
        )
    return Path(directory) / site


def write_file(file: Path, content: bytes) -> None:
    """Replace `file` as a whole or not at all: temporary file in the same folder, sync, rename, sync of the folder. Mode 0600."""
    temporary = file.with_name(f".{file.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        os.fchmod(stream.fileno(), 0o600)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    _sync_folder(file.parent)


def latest_folder(place: Path) -> Path | None:
    """The folder of the latest record: where `latest` points or, if that is gone, the newest one."""
    try:
        target = str((place / LATEST).readlink())
    except OSError:
        target = ""
    if _STAMP.fullmatch(target) and os.path.lexists(place / target / FILE_NAME):
        return place / target
    found = folders(place)
    return found[-1] if found else None


def folders(place: Path) -> list[Path]:
    """The folders that hold a record, oldest first."""
    try:
        names = [item.name for item in place.iterdir() if _STAMP.fullmatch(item.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unreadable(place, f"it cannot be read ({error.strerror})") from error
    # `...Z`, `...Z-2`, ..., `...Z-10`: by stamp, then by number
    names.sort(key=lambda name: (name.split("-")[0], int(name.partition("-")[2] or 1)))
    return [place / name for name in names if os.path.lexists(place / name / FILE_NAME)]


def new_folder(place: Path, now: float) -> Path:
    """A folder for a record that begins now."""
    stamp = datetime.fromtimestamp(now, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    for number in range(1, 1000):
        folder = place / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        _sync_folder(place)
        return folder
    raise FileExistsError(f"{place / stamp} and a thousand more")


def point(link: Path, target: str) -> None:
    """Let `link` lead to `target`, at once or not at all."""
    temporary = link.with_name(f".{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    _sync_folder(link.parent)


def _sync_folder(folder: Path) -> None:
    """Bring a new name to the disk; some network file systems cannot, and do it by themselves."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read(file: Path, site: str | None = None) -> dict[str, Any]:
    """The content of a record; BadInput, naming the file, if readers could not rely on it."""
    try:
        data = json.loads(file.read_bytes(), parse_constant=_no_constant)
    except OSError as error:
        raise _unreadable(file, f"it cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, f"it is no JSON ({error})") from error
    wrong = complaint(data)
    if wrong:
        raise _unreadable(file, wrong)
    if site is not None and data["site"] != site:
        raise _unreadable(file, f"it is the record of another site ({data['site']})")
    result: dict[str, Any] = data
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unreadable(file: Path, got: str) -> BadInput:
    return BadInput(
        f"read the record {file}",
        got,
        "Nothing was changed. Move that file's folder out of the records (bomgar_record_dir), then run again: "
        "where the site stands is observed anew.",
        file=str(file),
    )


def not_written(place: Path, error: OSError) -> RecordNotWritten:
    """The error to raise."""
    return RecordNotWritten(
        f"write the record {place}",
        error.strerror or str(error),
        "Make room there or correct its permissions (bomgar_record_dir), then run again.",
        file=str(place),
    )


class Lock:
    """The operating system's lock on a site's folder; it ends with the process, however that ends."""

    def __init__(self, place: Path) -> None:
        file = place / _LOCK
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise not_written(place, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid, text = claim.holder(place) or _holder(descriptor)
            os.close(descriptor)
            raise _another_run(place, f"another run writes this site's record now ({text})", pid) from error
        except OSError as error:
            os.close(descriptor)
            raise BadInput(
                f"lock {file}",
                f"the file system cannot ({error.strerror})",
                "Put the records (bomgar_record_dir) on a local file system.",
            ) from error
        other = claim.holder(place)
        if other is not None:
            os.close(descriptor)
            raise _another_run(place, f"another run is at work on this site ({other[1]})", other[0])
        note = f"{os.getpid()} {socket.gethostname()} {iso(time.time())}\n"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let the next one write."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _another_run(place: Path, got: str, pid: int | None) -> AnotherRun:
    return AnotherRun(
        f"write the record in {place}",
        got,
        "Wait until it has ended, or end it there; the lock ends with that process, there is nothing to delete.",
        pid=pid,
    )


@contextlib.contextmanager
def locked(place: Path) -> Iterator[tuple[Path, Lock]]:
    """The site's folder with its lock, which stays held if all goes well: the record takes it over."""
    lock = Lock(place)
    try:
        yield place, lock
    except BaseException:
        lock.release()
        raise


def _holder(descriptor: int) -> tuple[int | None, str]:
    words = os.pread(descriptor, 1000, 0).decode("utf-8", "replace").split()
    if len(words) == 3 and words[0].isdigit():
        return int(words[0]), f"process {words[0]} on {words[1]}, since {words[2]}"
    return None, "a process that has just begun"
