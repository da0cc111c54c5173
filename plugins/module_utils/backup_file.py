# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups as files on the controller: proof, manifest, freshness, pruning, room. Talks to no appliance.

Layout: `<directory>/<site>/<site>-<appliance>-<UTC stamp>-<version>.nsb` and, next to it, the manifest `….nsb.json`. Only a
file whose manifest is readable and whose size and SHA-256 agree with it counts as a backup; only such a pair is ever pruned.

No signature of an `.nsb` file is known (fact sheet: unknown), so none is looked for. What is proven is that the body is
whole and is none of the things an appliance sends instead of a backup.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .errors import BadInput, UnexpectedAnswer
from .models import ApiInfo, Health, plain

MANIFEST_FORMAT = 1
#: Smaller than any configuration with data could be. The true smallest size is unknown (assumed).
MINIMUM_SIZE = 512
#: Free room asked for when there is no earlier backup to go by (assumed).
ROOM_WITHOUT_HISTORY = 256 * 1024 * 1024
#: No error text is as long as this (assumed); a longer text might be a backup, since the format is unknown.
LONGEST_TEXT = 64 * 1024
#: The same where the answer calls itself a file `….nsb` and no text: that an error came this way was never seen.
LONGEST_TEXT_IN_FILE = 4096
#: The next backup may have grown by this factor over the last one (assumed).
GROWTH = 1.25
#: A manifest younger than now by more than this says that a clock is wrong.
CLOCK_TOLERANCE = 300.0
#: A part file that cannot be locked (a file system without locks) is taken for left over after this.
STALE_AFTER = 24 * 3600.0

HOW_TO_RESTORE = (
    "By hand, by an administrator on /login, Management > Software: there is no API for it (no source lists one). "
    "Needs the backup's password if it has one, and the Vault encryption key if Vault is used."
)

_HEAD = 4096
_PIECE = 1024 * 1024
_TEXT = bytes(byte for byte in range(256) if byte >= 0x20 and byte != 0x7F) + b"\t\n\v\f\r"
_STAMP = r"\d{8}T\d{6}Z"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MARKUP = re.compile(r"<[A-Za-z!?/%]")
#: What a media type says about a body that is no backup. `text/plain` is left to the body itself, since a web server may
#: give that name to anything it does not know.
_REFUSED_MEDIA = re.compile(
    r"text/(?!plain$).*|application/(json|xml|xhtml\+xml|problem\+json)|.*\+(xml|json)|multipart/.*|image/.*"
)
_PAGE_NAME = re.compile(r"\.(html?|xml|json|txt|php|log)$", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z]{2,}")
_FILE_ENDINGS = re.compile(r"(\.(nsb|zip|gz|tgz|tar|bin|bak|backup|enc|gpg|pgp|dat))+$")


@dataclass(frozen=True)
class LeftOut:
    """Something that the vendor's backup does not hold, what to do about it, and who says so."""

    what: str
    keep_it_by: str
    source: str


LEAVES_OUT = (
    LeftOut(
        "recordings of sessions",
        "Fetch those that must be kept through the reporting API or the Integration Client.",
        "documented (D-RS-BK, D-PRA-BK)",
    ),
    LeftOut(
        "files of the file store of 200 KB and more, and all beyond 50 files",
        "Keep the originals of the files in the file store elsewhere.",
        "documented (D-RS-BK, D-PRA-BK)",
    ),
    LeftOut(
        "the Vault encryption key, without which the Vault credentials in the backup are of no use",
        "Download it on /login, where Vault keeps its own key backup, and store it apart from this file.",
        "documented (D-PRA-PF)",
    ),
    LeftOut(
        "certificates and their private keys",
        "Export them with their private keys as .p12 on /appliance, Security > Certificates.",
        "documented (D-BG-DR, D-SSLREP)",
    ),
    LeftOut(
        "the settings of /appliance: network, SNMP, mail and all others",
        "They cannot be exported as a file: keep text or screenshots of these pages.",
        "documented (D-BG-DR, D-PRA-DR)",
    ),
)


# ---------------------------------------------------------------------------------------------------------------- identity


@dataclass(frozen=True)
class Identity:
    """What an appliance says of itself; None where this release, or this account, does not tell.

    `host_name`, `appliance_id`, `site_version`, `build`, `failover_role`: check_health (D-RS-CH); `company_name` and
    `api_version`: get_api_info (D-RS-GAI); `base_version`: only /appliance shows it (D-BG-DR).
    """

    appliance_id: str | None = None
    host_name: str | None = None
    company_name: str | None = None
    site_version: str | None = None
    build: str | None = None
    api_version: str | None = None
    base_version: str | None = None
    failover_role: str | None = None

    @classmethod
    def of(cls, health: Health | None, info: ApiInfo | None, base_version: str | None = None) -> Identity:
        """From what the site's API said; None for what it could not be asked."""
        return cls(
            appliance_id=health.appliance_id if health else None,
            host_name=(health.host_name or None) if health else None,
            company_name=info.company_name if info else None,
            site_version=(health.version or None) if health else None,
            build=health.build if health else None,
            api_version=info.api_version if info else None,
            base_version=base_version,
            failover_role=str(health.failover_role) if health else None,
        )

    def compared_with(self, other: Identity) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(names that both tell and that agree, sentences on what does not). `self` is the earlier one."""
        agree, differ = [], []
        for name in ("appliance_id", "host_name", "company_name", "site_version", "build", "api_version"):
            mine, others = getattr(self, name), getattr(other, name)
            if mine is None:
                continue
            if mine == others:
                agree.append(name)
            else:
                differ.append(f"{name} was {mine} and is {'not told any more' if others is None else others}")
        return tuple(agree), tuple(differ)


# ------------------------------------------------------------------------------------------------------------------- proof


class Examination:
    """Looks at a body as it passes by, and says why it cannot be a backup. Holds at most 4 KiB of it.

    `expected_size` is the Content-Length or None, `sent_name` the file name that the answer gives itself.
    """

    def __init__(
        self,
        media_type: str,
        expected_size: int | None,
        minimum_size: int = MINIMUM_SIZE,
        sent_name: str | None = None,
    ) -> None:
        self.size = 0
        self._media_type = media_type
        self._expected = expected_size
        self._minimum = minimum_size
        self._sent_name = sent_name or ""
        self._head = b""
        self._binary = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size += len(piece)
        if len(self._head) < _HEAD:
            self._head += piece[: _HEAD - len(self._head)]
        if not self._binary:
            # Compressed or encrypted data has a control character within a few dozen bytes, text has none at all.
            self._binary = bool(piece[:_HEAD].translate(None, _TEXT) or piece[_HEAD:].translate(None, _TEXT))

    @property
    def head_complete(self) -> bool:
        """Whether enough has been seen for `early_objection` to be final."""
        return len(self._head) == _HEAD

    @property
    def all_text(self) -> bool:
        """Whether nothing but text was seen so far."""
        return not self._binary

    @property
    def text(self) -> str | None:
        """The body's beginning as text, or None if it is not text."""
        wide = _wide_text(self._head)
        if wide is not None:
            return wide
        if self._binary and not _MARKUP.match(self._head[:64].decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n")):
            return None
        try:
            return self._head.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self._head.decode("latin-1")

    def early_objection(self) -> str | None:
        """What speaks against the body already from its type and beginning: no need to receive the rest."""
        if _REFUSED_MEDIA.fullmatch(self._media_type):
            return f"the answer says that it is {self._media_type}"
        text = self.text
        if text is not None and _MARKUP.match(text.lstrip("\ufeff \t\r\n")):
            return "the answer is a page or XML"
        if _wide_text(self._head) is not None:
            return "the answer is plain text"
        return None

    def objection(self) -> str | None:
        """What speaks against the whole body, or None: then it can be a backup."""
        early = self.early_objection()
        if early:
            return early
        if not self.size:
            return "the answer is empty"
        if self._expected is not None and self.size != self._expected:
            return f"the answer has {self.size} bytes where {self._expected} were announced"
        if not self._binary and (self.size <= self._longest_text() or (self.text or "").lstrip()[:1] in ("{", "[")):
            return "the answer is plain text"
        if _PAGE_NAME.search(self._sent_name):
            return f"the answer calls itself {self._sent_name}"
        if self.size < self._minimum:
            return f"the answer has only {self.size} bytes, fewer than the minimum of {self._minimum}"
        return None

    def _longest_text(self) -> float:
        if self._media_type == "text/plain":
            return float("inf")
        return LONGEST_TEXT_IN_FILE if self._sent_name.lower().endswith(".nsb") else LONGEST_TEXT


def _wide_text(head: bytes) -> str | None:
    """Text in UTF-16, whose zero bytes would let it pass for binary data; None if it is not that."""
    for encoding, marks in (("utf-16-le", (b"\xff\xfe",)), ("utf-16-be", (b"\xfe\xff",))):
        marked = head.startswith(marks)
        low = head[:64:2] if encoding == "utf-16-be" else head[1:64:2]
        # Without a mark: every other byte zero, as in text of Western languages, and markup in front.
        if not marked and not (low and not any(low) and len(head) >= 4):
            continue
        text = head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip("\ufeff")
        shown = sum(1 for char in text if char.isprintable() or char in "\t\r\n")
        if (marked and text and shown >= len(text) * 0.9 and "\ufffd" not in text[:-1]) or _MARKUP.match(text.lstrip()):
            return text
    return None


def foreign_host(file_name: str | None, names: Iterable[str]) -> str | None:
    """The host that the sent file name speaks of, if it is none of `names`; None if it speaks of one of them or of none.

    What real appliances call the file beyond `.nsb` is unknown; that a full host name in it is the site's is assumed.
    """
    if not file_name:
        return None
    text = _FILE_ENDINGS.sub("", file_name.lower())
    for name in names:
        if name and re.search(rf"(?<![a-z0-9.]){re.escape(name.lower())}(?![a-z0-9]|\.[a-z0-9])", text):
            return None
    found = _HOST.search(text)
    return found.group(0) if found else None


# ---------------------------------------------------------------------------------------------------------------- manifest


@dataclass(frozen=True)
class Manifest:
    """What a backup is. `taken_at` Unix seconds, `size` bytes, `complete_by` how HTTP proved that nothing is missing.

    `site` and `appliance` are the inventory's names; `identity` is what the appliance said; `compared` names what of it
    was the same before and after the download.
    """

    site: str
    appliance: str
    file: str
    size: int
    sha256: str
    taken_at: float
    url: str
    identity: Identity
    compared: tuple[str, ...] = ()
    complete_by: str = "not proven"
    sent_name: str | None = None
    media_type: str | None = None
    encryption_password_sent: bool = False
    collection_version: str = "unknown"
    how: str = "api"
    warnings: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The manifest file's text."""
        values = plain(self)
        values["taken_at"] = iso(self.taken_at)
        values = {
            "format": MANIFEST_FORMAT,
            "what": "backup of a site, from the backup API: configuration of /login and logged data",
            **values,
            "leaves_out": plain(LEAVES_OUT),
            "restore": HOW_TO_RESTORE,
        }
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def read_manifest(path: Path) -> Manifest:
    """Read a manifest file. Raises BadInput when it is not one, or of a newer format."""

    def bad(got: str) -> BadInput:
        return BadInput(
            f"read the backup manifest {path}",
            got,
            "The backup beside it does not count, and is never pruned.",
            path=str(path),
        )

    try:
        with path.open(encoding="utf-8") as file:
            values = json.loads(file.read(_PIECE))
    except (OSError, ValueError, RecursionError) as error:
        raise bad(f"it cannot be read ({_words(error)})") from error
    if not isinstance(values, dict) or not isinstance(values.get("format"), int):
        raise bad("it is not a backup manifest")
    if values["format"] > MANIFEST_FORMAT:
        raise bad(f"its format {values['format']} is newer than this collection")
    try:
        identity = values["identity"]
        if not isinstance(identity, dict):
            raise TypeError("identity")
        manifest = Manifest(
            site=_typed(values, "site", str),
            appliance=_typed(values, "appliance", str),
            file=_typed(values, "file", str),
            size=_typed(values, "size", int),
            sha256=_typed(values, "sha256", str),
            taken_at=_from_iso(_typed(values, "taken_at", str)),
            url=str(values.get("url") or ""),
            identity=Identity(
                **{
                    item.name: str(identity[item.name])
                    for item in fields(Identity)
                    if identity.get(item.name) is not None
                }
            ),
            compared=_texts(values.get("compared")),
            complete_by=str(values.get("complete_by") or "not proven"),
            sent_name=_text_or_none(values.get("sent_name")),
            media_type=_text_or_none(values.get("media_type")),
            encryption_password_sent=bool(values.get("encryption_password_sent")),
            collection_version=str(values.get("collection_version") or "unknown"),
            how=str(values.get("how") or "api"),
            warnings=_texts(values.get("warnings")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise bad(f"a value is missing or wrong ({_words(error)})") from error
    if not _SHA256.fullmatch(manifest.sha256) or manifest.file + ".json" != path.name:
        raise bad("it is not the manifest of the file beside it")
    return manifest


@dataclass(frozen=True)
class Backup:
    """A backup file and its manifest."""

    path: Path
    manifest: Manifest


def verify(path: Path) -> Backup:
    """Prove that the file at `path` is what its manifest says, by size and SHA-256 of what is on the disk now.

    Raises BadInput: no file, no manifest, another size, another hash. Reads the whole file in pieces of 1 MiB.
    """
    attempted = f"verify the backup {path}"
    remedy = "Do not rely on this file: take a new backup."
    manifest = read_manifest(manifest_path(path))
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            while size == manifest.size and (piece := file.read(_PIECE)):
                digest.update(piece)
    except OSError as error:
        raise BadInput(attempted, f"the file cannot be read ({_words(error)})", remedy, path=str(path)) from error
    if size != manifest.size:
        raise BadInput(attempted, f"it has {size} bytes, its manifest says {manifest.size}", remedy, path=str(path))
    if digest.hexdigest() != manifest.sha256:
        raise BadInput(attempted, "its SHA-256 is not the one in its manifest", remedy, path=str(path))
    return Backup(path, manifest)


# ------------------------------------------------------------------------------------------------------------------- store


@dataclass(frozen=True)
class Freshness:
    """The newest backup that may be relied on, or None and `why`. `passed_over`: newer ones that do not count, with reasons."""

    backup: Backup | None
    why: str
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pruned:
    """Names of files that were (or, in a rehearsal, would be) removed, and sentences on what was left alone and why."""

    removed: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """Free bytes where backups go, against `needed`; `last_size` is None without an earlier backup."""

    free: int
    needed: int
    last_size: int | None

    @property
    def enough(self) -> bool:
        """Whether the next backup is expected to fit."""
        return self.free >= self.needed


def room(free: int, last_size: int | None) -> Room:
    """What the next backup is expected to need, by the last one's size (bytes). Pure."""
    needed = ROOM_WITHOUT_HISTORY if last_size is None else int(last_size * GROWTH)
    return Room(free, needed, last_size)


class Part:
    """A backup on its way: a `.part` file, locked as long as it is being written, hashed as it grows."""

    def __init__(self, target: Path, descriptor: int) -> None:
        self.target = target
        self.path = Path(f"{target}.part")
        self.size = 0
        self._digest = hashlib.sha256()
        self._file = os.fdopen(descriptor, "wb")

    @property
    def sha256(self) -> str:
        """The hash of what has been written so far."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Append `piece`. Raises BadInput when the disk refuses it."""
        try:
            self._file.write(piece)
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        self._digest.update(piece)
        self.size += len(piece)

    def seal(self) -> None:
        """Bring everything to the disk and prove that it got there by size."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            on_disk = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        if on_disk != self.size:
            raise BadInput(
                f"write {self.path}",
                f"{on_disk} bytes are on the disk, {self.size} were written",
                "Look at the file system of the backup folder.",
            )

    def close(self) -> None:
        """Close the file, which ends its lock; what cannot be written any more is lost, and is not kept anyway."""
        with contextlib.suppress(OSError):
            self._file.close()


class BackupStore:
    """The backups of one appliance of one site, in `directory` on the controller, which other sites share."""

    def __init__(self, directory: Path, site: str, appliance: str) -> None:
        if not site.strip() or not appliance.strip():
            raise BadInput(
                "name the folder and files of the backups",
                "the name of the site or of the appliance is empty",
                "Give the site's name (inventory_hostname) and the appliance's.",
            )
        self.directory = Path(directory)
        self.site = site
        self.appliance = appliance
        self.folder = self.directory / safe_name(site)
        self._prefix = f"{safe_name(site)}-{safe_name(appliance)}-"
        self._own = re.compile(re.escape(self._prefix) + _STAMP + r"-[A-Za-z0-9._-]+?\.nsb")

    # reading

    def backups(self) -> tuple[tuple[Backup, ...], tuple[str, ...]]:
        """(This appliance's backups by their manifests, the newest first; sentences on files that do not count.)

        Looks at names, manifests and whether the file is there, not at contents: that is `verify`.
        """
        found, remarks = [], []
        for name in self._own_names():
            path = self.folder / name
            if path.is_symlink() or not path.is_file():
                remarks.append(f"{name}: not an ordinary file")
                continue
            try:
                manifest = read_manifest(manifest_path(path))
            except BadInput as error:
                has_one = os.path.lexists(manifest_path(path))
                remarks.append(f"{name}: {error.got if has_one else 'it has no manifest, so it was never proven'}")
                continue
            if (manifest.site, manifest.appliance) != (self.site, self.appliance):
                remarks.append(f"{name}: its manifest is of {manifest.site}, appliance {manifest.appliance}")
                continue
            found.append(Backup(path, manifest))
        # Within one second the later one has a number behind its name.
        found.sort(key=lambda item: (item.manifest.taken_at, len(item.path.name), item.path.name), reverse=True)
        return tuple(found), tuple(remarks)

    def newest_verified(self, max_age: float, now: float, identity: Identity | None = None) -> Freshness:
        """The newest backup of at most `max_age` seconds, verified by its content. `max_age` 0: none counts.

        With `identity`, what the appliance says of itself now, a backup of another appliance or of other versions does not
        count: after an update a backup taken before it is no backup of what is there.
        """
        if max_age <= 0:
            return Freshness(None, "a new backup is asked for every time (maximum age 0)")
        backups, remarks = self.backups()
        passed_over = list(remarks)
        for backup in backups:
            age = now - backup.manifest.taken_at
            if age > max_age:
                why = f"the newest backup is {_age(age)} old, more than {_age(max_age)}"
                return Freshness(
                    None, why if not passed_over else why + ", and newer ones do not count", tuple(passed_over)
                )
            objection = self._objection(backup, age, identity)
            if objection:
                passed_over.append(f"{backup.path.name}: {objection}")
                continue
            return Freshness(backup, f"a verified backup of {_age(max(age, 0))} ago is here", tuple(passed_over))
        why = "no backup here may be relied on" if passed_over else "there is no backup here yet"
        return Freshness(None, why, tuple(passed_over))

    def _objection(self, backup: Backup, age: float, identity: Identity | None) -> str | None:
        if age < -CLOCK_TOLERANCE:
            return f"its manifest says that it was taken {_age(-age)} from now: a clock is wrong"
        if identity:
            for name in ("appliance_id", "company_name", "site_version", "build"):
                then, now = getattr(backup.manifest.identity, name), getattr(identity, name)
                if then is not None and now is not None and then != now:
                    return f"{name} was {then} then and is {now} now"
        try:
            verify(backup.path)
        except BadInput as error:
            return error.got
        return None

    def twin(self, size: int, sha256: str) -> Backup | None:
        """A backup of another site in the same directory with the same content, or None."""
        for path in self._others(size):
            with contextlib.suppress(BadInput):
                manifest = read_manifest(manifest_path(path))
                if manifest.sha256 == sha256 and manifest.site != self.site:
                    return Backup(path, manifest)
        return None

    def sites_of(self, appliance_id: str) -> tuple[str, ...]:
        """Other sites whose newest backup here came from the appliance with this id."""
        found = []
        for folder in self._folders():
            newest = max(
                (name for name in _names(folder) if name.endswith(".nsb.json")),
                key=_stamp_in,
                default=None,
            )
            if newest:
                with contextlib.suppress(BadInput):
                    manifest = read_manifest(folder / newest)
                    if manifest.identity.appliance_id == appliance_id and manifest.site != self.site:
                        found.append(manifest.site)
        return tuple(sorted(set(found)))

    def has_site(self, host: str) -> bool:
        """Whether another site of this name has backups here."""
        folder = self.directory / safe_name(host)
        return folder != self.folder and folder.is_dir()

    def room(self) -> Room:
        """Free room for the next backup, by the file system that holds (or will hold) the folder."""
        there = self.folder
        while not there.exists() and there != there.parent:
            there = there.parent
        try:
            state = os.statvfs(there)
        except OSError as error:
            raise BadInput(
                f"ask for the free room in {there}", _words(error), "Correct the backup folder (bomgar_backup_dir)."
            ) from error
        backups, _rest = self.backups()
        return room(state.f_bavail * state.f_frsize, backups[0].manifest.size if backups else None)

    # writing

    def require_writable(self) -> None:
        """Raise BadInput if the folder is not one, or cannot be written or made. Makes nothing."""
        there = self.folder
        while not there.exists() and there != there.parent:
            there = there.parent
        if not there.is_dir():
            raise _cannot_write(self.folder, NotADirectoryError(errno.ENOTDIR, f"{there} is not a folder"))
        if not os.access(there, os.W_OK | os.X_OK):
            raise _cannot_write(self.folder, PermissionError(errno.EACCES, f"{there} cannot be written"))

    def remove_stale_parts(self, now: float) -> tuple[str, ...]:
        """Remove what a killed run of this site and appliance left half written; names of what was removed.

        A part that another run is writing is locked, and is left alone.
        """
        removed = []
        for name in _names(self.folder):
            if not name.endswith(".part") or not self._own.fullmatch(name.removesuffix(".part").removesuffix(".json")):
                continue
            path = self.folder / name
            with contextlib.suppress(OSError):
                descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
                try:
                    if _lock(descriptor) or (
                        _locks_unsupported(descriptor) and now - path.stat().st_mtime > STALE_AFTER
                    ):
                        path.unlink()
                        removed.append(name)
                finally:
                    os.close(descriptor)
        return tuple(removed)

    @contextlib.contextmanager
    def part(self, taken_at: float, version: str | None) -> Iterator[Part]:
        """A new part file (0600) in the site's folder. Whatever ends the block, no part file is left behind."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(self.folder, error) from error
        part = self._create(taken_at, version)
        try:
            yield part
        finally:
            # Unlinked while still locked; after `keep` there is nothing of that name any more.
            with contextlib.suppress(FileNotFoundError):
                part.path.unlink()
            part.close()

    def _create(self, taken_at: float, version: str | None) -> Part:
        stem = f"{self._prefix}{stamp(taken_at)}-{safe_name(version or 'unknown')}"
        number = 1
        while True:
            target = self.folder / (f"{stem}.nsb" if number == 1 else f"{stem}-{number}.nsb")
            number += 1
            path = Path(f"{target}.part")
            try:
                descriptor = _new_locked(path)
            except FileExistsError:
                continue
            except OSError as error:
                raise _cannot_write(path, error) from error
            # Who holds the part of a name holds the name.
            if not os.path.lexists(target) and not os.path.lexists(manifest_path(target)):
                return Part(target, descriptor)
            path.unlink()
            os.close(descriptor)

    def keep(self, part: Part, manifest: Manifest) -> Backup:
        """Give a sealed part its name, and write its manifest: the file first, so that a manifest never speaks of nothing.

        Both are complete on the disk before the first of the two is renamed.
        """
        beside = manifest_path(part.target)
        draft = Path(f"{beside}.part")
        try:
            try:
                with os.fdopen(_new_locked(draft), "w", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(manifest.to_json())
                    file.flush()
                    os.fsync(file.fileno())
                    part.path.rename(part.target)
                    _sync_folder(self.folder)
                    draft.rename(beside)
                    _sync_folder(self.folder)
            except OSError as error:
                raise _cannot_write(beside, error) from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
        return Backup(part.target, manifest)

    def prune(self, keep: int, just_taken: Path | None = None, *, rehearse: bool = False) -> Pruned:
        """Remove this appliance's older backups, so that the newest `keep` good ones stay.

        `rehearse` removes nothing, and says what would go if one more backup were there.

        `keep` counts backups whose content was verified now, so that damaged files never push out a good one; a damaged
        one among them is left for a person to look at. At least one stays, and always `just_taken`.
        """
        keep = max(keep, 1)
        backups, remarks = self.backups()
        left_alone = list(remarks)
        old: list[Backup] = []
        good = int(rehearse)
        if len(backups) + good > keep:
            for backup in backups:
                if good >= keep and backup.path != just_taken:
                    old.append(backup)
                    continue
                if backup.path != just_taken:
                    try:
                        verify(backup.path)
                    except BadInput as error:
                        left_alone.append(f"{backup.path.name}: {error.got}")
                        continue
                good += 1
        removed = []
        for backup in old:
            if not rehearse:
                try:
                    # The file first: a manifest without its file is recognised later, a file without one never is.
                    backup.path.unlink()
                    manifest_path(backup.path).unlink()
                except OSError as error:
                    left_alone.append(f"{backup.path.name}: it could not be removed ({_words(error)})")
                    continue
            removed.append(backup.path.name)
        if removed and not rehearse:
            _sync_folder(self.folder)
        return Pruned(tuple(removed), tuple(left_alone))

    # names

    def _own_names(self) -> list[str]:
        return sorted(name for name in _names(self.folder) if self._own.fullmatch(name))

    def _folders(self) -> Iterator[Path]:
        for name in _names(self.directory):
            path = self.directory / name
            if path != self.folder and path.is_dir():
                yield path

    def _others(self, size: int) -> Iterator[Path]:
        for folder in self._folders():
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".nsb") and entry.is_file() and entry.stat().st_size == size:
                        yield Path(entry.path)


def safe_name(text: str) -> str:
    """`text` as one part of a file name: lower case, no separators, no leading dot, never two texts with one name.

    A text that had to be changed gets a piece of its hash, so that `a/b` and `a_b` stay apart.
    """
    plain_name = text.lower()
    name = re.sub(r"[^a-z0-9._-]", "_", plain_name).lstrip(".-")[:80]
    if name and name == plain_name:
        return name
    return f"{name or '_'}_{hashlib.sha256(plain_name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def stamp(when: float) -> str:
    """Unix seconds as the UTC stamp of file names, `20261122T185903Z`."""
    return datetime.fromtimestamp(int(when), timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def iso(when: float) -> str:
    """Unix seconds as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(int(when), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def not_this_appliance(what: str, got: str, more: str = "", **facts: Any) -> UnexpectedAnswer:
    """The error for a body that is, or may be, another appliance's backup."""
    return UnexpectedAnswer(
        what,
        got,
        "Nothing was kept. Check that the appliance's url leads to this site's own appliance, and to the same one every time."
        + more,
        **facts,
    )


def manifest_path(path: Path) -> Path:
    """Where the manifest of the backup file `path` lies."""
    return path.with_name(path.name + ".json")


def _from_iso(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def _stamp_in(name: str) -> str:
    found = re.findall(_STAMP, name)
    return found[-1] if found else ""


def _age(seconds: float) -> str:
    seconds = int(seconds)
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadInput(
            f"look into the backup folder {folder}", _words(error), "Correct the backup folder (bomgar_backup_dir)."
        ) from error


def _typed(values: dict[str, Any], name: str, kind: type) -> Any:
    value = values[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(name)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)


def _words(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__


def _cannot_write(path: Path, error: OSError) -> BadInput:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return BadInput(
        f"write the backup to {path}",
        _words(error),
        "Make room in the backup folder, or choose another one (bomgar_backup_dir)."
        if full
        else "The user that runs this needs to write there; or choose another folder (bomgar_backup_dir).",
        path=str(path),
    )


def _lock(descriptor: int) -> bool:
    """Whether this process holds the file now. A lock ends with its process, so a killed run leaves none behind."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _new_locked(path: Path) -> int:
    """A new file (0600) that this process holds. Raises FileExistsError and other OSErrors."""
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        _lock(descriptor)
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)  # another run took it for a left-over, between creating and locking


def _locks_unsupported(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN)
    return False


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there, mine = path.lstat(), os.fstat(descriptor)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)


def _sync_folder(folder: Path) -> None:
    """Bring a rename or removal to the disk; some network file systems cannot, and do it themselves."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
