# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which run is at work on a site, also between its tasks, where none of them holds the lock.

    <record_dir>/<site>/.run        the process of that run; means nothing any more once it has ended

Where processes cannot be told (no /proc, another machine) nothing is claimed, and the lock of each task is all there is.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from .record_format import iso

FILE = ".run"


def born(process: int) -> str | None:
    """When a process started, by which its number is told from one that is used again; None if it does not run."""
    return (_status(process) or (None,))[0]


def note(now: float) -> str | None:
    """What claims a site for the process that started this one: for tasks in the controller's process, the playbook's run."""
    process = os.getppid()
    start = born(process)
    return None if start is None else f"{process} {start} {socket.gethostname()} {iso(now)}\n"


def release(place: Path) -> None:
    """It is not any more, if it was this run's."""
    found = _read(place)
    if found is not None and found[0] in _ancestors():
        with contextlib.suppress(OSError):
            (place / FILE).unlink()


def holder(place: Path) -> tuple[int, str] | None:
    """The process of another run that is at work there, and the words for it; None if there is none."""
    found = _read(place)
    if found is None:
        return None
    process, start, host, since = found
    if host != socket.gethostname() or born(process) != start or process in _ancestors():
        return None
    return process, f"process {process} on {host}, since {since}"


def _read(place: Path) -> tuple[int, str, str, str] | None:
    try:
        process, start, host, since = (place / FILE).read_text(encoding="utf-8").split()
        return int(process), start, host, since
    except (OSError, ValueError):
        return None


def _status(process: int) -> tuple[str, int] | None:
    """Start and parent of a process that runs. One that has ended and that nobody asked for does not (proc(5))."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        fields = text.rpartition(")")[2].split()
        return None if fields[0] in ("Z", "X") else (fields[19], int(fields[1]))
    except (OSError, IndexError, ValueError):
        return None


def _ancestors() -> set[int]:
    """This process and those that started it: a module that runs as a process of its own belongs to the same run."""
    return set(_upwards(os.getpid()))


def _upwards(process: int) -> Iterator[int]:
    while process > 0:
        yield process
        process = (_status(process) or ("", 0))[1]
