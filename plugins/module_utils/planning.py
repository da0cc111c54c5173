# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers what a plan is made from: the appliance, its offers or the package files, and the record. Decides nothing: that is `path`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from . import offers, package_files, pair_path, pair_planning, path
from .errors import BadInput, RunFailed, Unreachable
from .hindsight import unended
from .lookout import shown
from .models import Activity, Kind, Outcome, Versions, plain
from .observe import Observer
from .record import Record
from .record_files import write_file
from .record_standing import VALIDATION, is_installation
from .runner import Task, by_offers
from .versions import Wish, beyond, installed

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def plan(task: Task) -> dict[str, Any]:
    """The result of the module `plan`."""
    agreed = _agreed(task.params["plan"])
    if task.params["path"] in pair_path.PATHS:
        return _plan_pair(task, agreed)
    if task.params["peer"]:
        raise BadInput(
            "plan the upgrade",
            f"there are two appliances, but the path {task.params['path']} is for one",
            "Name how the pair is upgraded: path in_place or role_swap (bomgar_path).",
        )
    position = observe(task)
    made = path.make(position)
    _hold(agreed, made.fingerprint, made.done)
    if task.params["begin"] and not made.done:
        task.record.claim()
        task.record.set_plan({"fingerprint": made.fingerprint, "steps": _recorded_stages(task.record, made)})
        task.record.snapshot("before", position.versions, appliance=task.appliance.name)
    following = made.next
    lines = path.lines(made, position)
    return {
        "changed": _kept(task, path.as_file(made, position)),
        "fingerprint": made.fingerprint,
        "done": made.done,
        "next": None if following is None else plain(following),
        "stages": plain(made.stages),
        "target": made.wish.plain(),
        "versions": plain(position.versions),
        "update_running": position.running is not None,
        "stuck": made.stuck,
        "caution": made.caution,
        "lines": lines,
        "msg": lines[0] + (": nothing to do" if made.done else ""),
    }


def _plan_pair(task: Task, agreed: str | None) -> dict[str, Any]:
    gathering = pair_planning.Gathering(task)
    position = gathering.position()
    made = pair_path.make(position)
    _hold(agreed, made.fingerprint, made.done)
    if task.params["begin"] and made.next is not None:
        pair_planning.begin(task, made, position)
    written = _kept(task, pair_path.as_file(made, position))
    return {"changed": written, **pair_planning.result(made, position)}


def _hold(agreed: str | None, fingerprint: str, done: bool) -> None:
    """RunFailed (refused) if another plan was agreed on. One with nothing left to do may have been carried out already."""
    if agreed is None or agreed == fingerprint or done:
        return
    raise RunFailed(
        Outcome.REFUSED.value,
        "hold the plan that was agreed on",
        f"its fingerprint is {agreed[:12]}, and the plan is now {fingerprint[:12]}",
        "Site, path, target, packages or the versions it began with have changed. "
        "Review the new plan (bomgar.appliance.plan_upgrade), then name its fingerprint.",
        fingerprint=fingerprint,
    )


def _kept(task: Task, content: dict[str, Any]) -> bool:
    """Whether the plan's file was written, where one is wished for."""
    return bool(task.params["dest"]) and not task.check_mode and _write(Path(task.params["dest"]), content)


def observe(task: Task) -> path.Position:
    """Where the site stands now."""
    params, appliance = task.params, task.appliance
    wish = Wish.from_options(params["target"])
    manual = not by_offers(params)
    if wish.empty and not manual:
        raise BadInput(
            "plan the upgrade",
            "no target is given",
            'Say which versions the site shall run: bomgar_target, {site: "11.1.1"}.',
        )
    if manual and not params["packages"]:
        raise BadInput(
            "plan the upgrade from files", "no package is given", "Name the files: packages (bomgar_packages)."
        )
    files = package_files.examine(params["packages"], wish) if manual else ()
    record, owed = _unfinished(task)
    interrupted = record is not None and unended(record.data, appliance.name) is not None
    running = None
    try:
        look = shown(appliance.pages)
        if look.activity is Activity.BUSY:
            running = look.message or "the Updates page shows it"
    except Unreachable:
        if not interrupted:
            raise
        running = "an earlier run began it, and the appliance does not answer now"
    before = _before(record, appliance.name)
    common: dict[str, Any] = {
        "site": appliance.site,
        "path": params["path"],
        "files": [file.sha256 for file in files],
        "begun": record is not None or owed,
    }
    if running is not None:
        versions = before or Versions()
        return path.Position(wish=wish, versions=versions, before=versions, running=running, **common)
    observer = Observer(appliance, task.clock)
    versions = observer.versions()
    observer.stop()
    before = before or versions
    too_new = beyond(wish, versions)
    if too_new:
        stuck = f"the {too_new[0].value} software is {installed(versions, too_new[0])} already, newer than {wish.of(too_new[0])}"
        return path.Position(wish=wish, versions=versions, before=before, stuck=stuck, **common)
    if manual:
        done = package_files.hashes_installed(record.data, appliance.name) if record is not None else ()
        packages = tuple(
            path.Package(file.name, file.kind, file.version, "a package file that is not installed yet")
            for file in package_files.left(files, wish, versions, done)
        )
        return path.Position(wish=wish, versions=versions, before=before, packages=packages, **common)
    offered = appliance.pages.check_for_updates().offers or ()
    wish = offers.fix(wish, versions, offered)
    course = offers.course(wish, versions, offered)
    return path.Position(
        wish=wish,
        versions=versions,
        before=before,
        packages=path.packages_of(course),
        stuck=course.stuck,
        caution=course.caution,
        **common,
    )


def _unfinished(task: Task) -> tuple[Record | None, bool]:
    """The record that the work would go on with: not finished, same wish and path. And whether one for another wish has left
    a site that was worked on and never validated.
    """
    options = task.params.get("record")
    record = task.kept_record
    if options is None or record is None or record.finished:
        return None, False
    if record.is_for(options["wish"], options["path"]):
        return record, False
    return None, any(map(is_installation, record.data["steps"]))


def _before(record: Record | None, name: str) -> Versions | None:
    values = (record.data["snapshots"].get("before") or {}).get(name) or {} if record is not None else {}
    values = values.get("values") or {}
    if not any(values.get(kind.value) for kind in (Kind.SITE, Kind.BASE)):
        return None
    return Versions(**{key: values.get(key) for key in ("site", "base", "build", "api")})


def _recorded_stages(record: Record, made: path.Plan) -> list[dict[str, str]]:
    """The stages for the record: those of earlier runs stay in it, and all come before the validation."""
    known = [dict(stage) for stage in (record.data.get("plan") or {}).get("steps", ())]
    ids = {stage["id"] for stage in known}
    new = [{"id": stage.id, "title": stage.title} for stage in made.stages if stage.id not in {*ids, "join"}]
    return sorted(known + new, key=lambda stage: stage["id"] == VALIDATION)


def _agreed(value: str | None) -> str | None:
    """The fingerprint that was given, or that stands in the file that was given."""
    if not value:
        return None
    what = "read the plan that was agreed on"
    remedy = "Give its fingerprint (64 hexadecimal digits), or the file that bomgar.appliance.plan_upgrade wrote (bomgar_plan)."
    if _FINGERPRINT.fullmatch(value):
        return value
    try:
        content = json.loads(Path(value).read_text(encoding="utf-8"))
        found = str(content["fingerprint"])
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(what, f"{value} is no fingerprint and no file that can be read", remedy) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise BadInput(what, f"{value} is no plan", remedy) from problem
    if not _FINGERPRINT.fullmatch(found):
        raise BadInput(what, f"the fingerprint in {value} is not one", remedy)
    return found


def _write(file: Path, content: dict[str, Any]) -> bool:
    text = (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()
    if file.is_file() and file.read_bytes() == text:
        return False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, text)
    except OSError as problem:
        raise BadInput(
            f"write the plan to {file}",
            str(problem.strerror),
            "Name a file in a folder that can be written to: plan_dest.",
        ) from problem
    return True
