# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sees to it that a verified backup of a site is on the controller: keeps a fresh one, or takes one and prunes. Restores none."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .accounts import GIVE_API
from .backup_api import WHAT, Taken, Wish
from .backup_file import HOW_TO_RESTORE, LEAVES_OUT, Backup, BackupStore, Freshness, Identity, Pruned, manifest_path
from .errors import BadInput, PermissionRefused
from .models import Outcome, Versions, plain
from .observe import Observer
from .operate import Voice
from .release import VERSION
from .runner import Task

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Keep:
    """What is wanted: a backup in `directory` of at most `max_age` seconds (0: a new one), and how many are kept."""

    directory: Path
    max_age: float = 0.0
    keep: int = 5
    wish: Wish = field(default_factory=Wish)


class Safekeeping:
    """One task's run."""

    def __init__(self, task: Task, keep: Keep) -> None:
        _complain(keep)
        self.task = task
        self.keep = keep
        self.appliance = task.appliance
        self.store = BackupStore(keep.directory, self.appliance.site, self.appliance.name)

    def run(self) -> dict[str, Any]:
        """The module's result; in check mode nothing is written and nothing downloaded."""
        with self.task.join_record().step(
            "Take a verified backup", step_id="backup", module="backup", appliance=self.appliance.name
        ) as step:
            result = self._run()
            step.done_from({**result, "before": None, "after": None})
        manifest = result["manifest"]
        if manifest is not None:
            kept = {**manifest, "file": result["path"], **{key: result[key] for key in ("leaves_out", "restore")}}
            self.task.record.add_backup(kept, appliance=self.appliance.name)
        return result

    def _run(self) -> dict[str, Any]:
        if not self.appliance.has_api:
            raise BadInput(
                WHAT,
                "no API account is given, or the driver is web; only the API gives a backup that can be verified",
                f"{GIVE_API} Leave the driver at auto (bomgar_driver).",
            )
        self.store.require_writable()
        observer = Observer(self.appliance, self.task.clock)
        versions = observer.versions()
        if observer.unreachable is not None:
            raise observer.unreachable
        identity = _filled(Identity.of(observer.health(), observer.api_info()), versions)
        fresh = self.store.newest_verified(self.keep.max_age, self.task.clock(), identity)
        if fresh.backup is not None:
            return self._result(fresh, fresh.backup, "is fresh enough", changed=False)
        info = observer.api_info()
        # A missing name means no (fact sheet 2.2, inferred); old releases may not list it, so only a stated no counts here.
        if info is not None and "perm_backup" in info.permissions and not info.allows("perm_backup"):
            raise PermissionRefused(
                WHAT,
                "the API account may not use the backup API (perm_backup)",
                "Allow the account the Backup API on /login > Management > API Configuration.",
            )
        if self.task.check_mode:
            return self._result(
                fresh, None, "would be taken", changed=True, pruned=self.store.prune(self.keep.keep, rehearse=True)
            )
        taken = self._take(versions)
        pruned = self.store.prune(self.keep.keep, taken.backup.path)
        return self._result(fresh, taken.backup, "was taken", changed=True, taken=taken, pruned=pruned)

    def _take(self, versions: Versions) -> Taken:
        voice = Voice(self.task.say, self.task.clock, f"{self.appliance.site}  {self.appliance.name}")
        voice.tell("backup", "asked for")

        def tick(received: int, announced: int | None) -> None:
            of = f" of {announced / _MIB:.1f}" if announced else ""
            voice.tell("backup", "downloading", f"{received / _MIB:.1f}{of} MiB")

        # Of a pair, each appliance has a name of its own beside the site's; it may be reached by neither (`url` a tunnel, say).
        names = (*self.keep.wish.host_names, self.appliance.address)
        return self.appliance.backup_api.download(
            self.store,
            self._identify,
            dataclasses.replace(self.keep.wish, host_names=names),
            url=self.appliance.url,
            versions=versions,
            collection_version=VERSION,
            clock=self.task.clock,
            tick=tick,
        )

    def _identify(self) -> Identity:
        """Ask anew who answers; what this release, or this account, does not tell is left out."""
        observer = Observer(self.appliance, self.task.clock)
        health, info = observer.health(), observer.api_info()
        if observer.unreachable is not None:
            raise observer.unreachable
        return Identity.of(health, info)

    def _result(
        self,
        fresh: Freshness,
        backup: Backup | None,
        what: str,
        *,
        changed: bool,
        taken: Taken | None = None,
        pruned: Pruned | None = None,
    ) -> dict[str, Any]:
        pruned = pruned or Pruned()
        remarks = dict.fromkeys(
            (*fresh.passed_over, *(item.removesuffix("; not removed") for item in pruned.left_alone))
        )
        named = backup.path.name if backup else f"a new backup of {self.appliance.site}"
        shown = f"{self.appliance.site}: {named} {what}" + (f", because {fresh.why}" if changed else "")
        return {
            "changed": changed,
            "outcome": (Outcome.CHANGED if changed else Outcome.UNCHANGED).value,
            "msg": shown,
            "why": fresh.why,
            "path": str(backup.path) if backup else None,
            "manifest_path": str(manifest_path(backup.path)) if backup else None,
            "manifest": plain(backup.manifest) if backup else None,
            "leaves_out": plain(LEAVES_OUT),
            "restore": HOW_TO_RESTORE,
            "removed": list(pruned.removed),
            "left_overs_removed": list(taken.removed_parts) if taken else [],
            "remarks": list(remarks),
            "warnings": list(taken.warnings) if taken else [],
            "room": plain(self.store.room()),
            "diff": self._diff(backup, pruned) if changed else {},
        }

    def _diff(self, new: Backup | None, pruned: Pruned) -> dict[str, str]:
        now = [item.path.name for item in self.store.backups()[0]]
        added = [new.path.name] if new else ["(a new backup)"]
        before = sorted({*now, *pruned.removed} - set(added))
        after = sorted(({*before} - set(pruned.removed)) | set(added))
        return {
            "before_header": str(self.store.folder),
            "after_header": str(self.store.folder),
            "before": "".join(f"{name}\n" for name in before),
            "after": "".join(f"{name}\n" for name in after),
        }


def keep_from_options(params: Any) -> Keep:
    """From the options of the module `backup`."""
    return Keep(
        directory=Path(params["directory"]),
        max_age=params["max_age"],
        keep=params["keep"],
        wish=Wish(
            minimum_size=params["minimum_size"],
            accept_unknown_length=params["accept_unknown_length"],
            encryption_password=params["encryption_password"],
            host_names=tuple(params["host_names"]),
            answer_timeout=max(params["answer_timeout"], params["appliance"].get("timeout") or 0.0),
        ),
    )


def _complain(keep: Keep) -> None:
    for option, variable, value, least in (
        ("max_age", "bomgar_backup_max_age", keep.max_age, 0),
        ("keep", "bomgar_backup_keep", keep.keep, 1),
        ("minimum_size", None, keep.wish.minimum_size, 1),
    ):
        # Written so that "not a number" does not pass either.
        if not value >= least:
            raise BadInput(
                f"use {value} as {option}{f' ({variable})' if variable else ''}",
                f"it must be at least {least}",
                "Correct it.",
            )


def _filled(identity: Identity, versions: Versions) -> Identity:
    return dataclasses.replace(
        identity,
        site_version=identity.site_version or versions.site,
        build=identity.build or versions.build,
        base_version=versions.base,
        api_version=identity.api_version or versions.api,
    )
