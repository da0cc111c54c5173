# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers what a plan is made from: the appliance, its offers or the package files, and the record. Decides nothing: that is `path`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import offers, outlook, package_files, pair_path, pair_planning, path
from .columns import LISTED, fitted
from .connect import Appliance
from .errors import BadInput, RunFailed, Unreachable
from .hindsight import unended
from .lookout import shown
from .models import Activity, Kind, Outcome, Versions, plain
from .observe import Observer
from .record import Record, durations
from .record_standing import VALIDATION, is_installation
from .runner import Task, by_offers
from .versions import Wish, beyond, installed


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
    stages = _expected(task, made.stages, {None: position.packages})
    ahead = _ahead(task, stages, None if made.done else task.appliance, running=position.running is not None)
    lines = path.lines(made, position, [] if made.done else [_told(ahead)])
    return {
        "changed": False,
        "site": position.site,
        "path": position.path,
        "fingerprint": made.fingerprint,
        "done": made.done,
        "next": None if following is None else plain(following),
        "stages": stages,
        "packages": [{"appliance": task.appliance.name, **plain(package)} for package in position.packages],
        **ahead,
        "target": made.wish.plain(),
        "versions": plain(position.versions),
        "update_running": position.running is not None,
        "stuck": made.stuck,
        "caution": made.caution,
        "lines": fitted(lines, LISTED),
        "msg": lines[0] + (": nothing to do" if made.done else ""),
    }


def _plan_pair(task: Task, agreed: str | None) -> dict[str, Any]:
    gathering = pair_planning.Gathering(task)
    position = gathering.position()
    made = pair_path.make(position)
    _hold(agreed, made.fingerprint, made.done)
    if task.params["begin"] and made.next is not None:
        pair_planning.begin(task, made, position)
    stages = _expected(task, made.stages, {name: side.packages for name, side in position.sides.items()})
    running = any(side.running is not None for side in position.sides.values())
    leading = next(
        (box for box in (task.appliance, task.peer) if box and box.name == position.answering), task.appliance
    )
    ahead = _ahead(task, stages, None if made.finished else leading, running=running)
    more = [] if made.finished else [_told(ahead)]
    return {"changed": False, **pair_planning.result(made, position, more), "stages": stages, **ahead}


def _expected(
    task: Task, stages: Iterable[path.Stage], packages: Mapping[str | None, Iterable[path.Package]]
) -> list[dict[str, Any]]:
    """The stages as plain values, each with what is to be expected of it; `packages` by the appliance that gets them."""
    box, options = task.appliance, task.params.get("record")
    means = outlook.Means(
        driver=box.driver,
        attended=box.attended,
        pages=box.has_pages,
        login=box.has_login,
        learned={
            kind.value: [each / 60 for each in durations(options["directory"], box.site, kind.value)]
            for kind in (Kind.BASE, Kind.SITE)
            if options
        },
        cutover=task.params["cutover"],
    )
    found = []
    for stage in stages:
        seen = outlook.expected(stage, packages.get(stage.appliance, ()), means)
        found.append({**plain(stage), "by": seen.by, "minutes": None if seen.minutes is None else list(seen.minutes)})
    return found


def _ahead(
    task: Task, stages: Sequence[Mapping[str, Any]], serving: Appliance | None, *, running: bool
) -> dict[str, Any]:
    """How long what is left takes, and who is cut: by the appliance that serves, None where nobody is."""
    left = [stage["minutes"] for stage in stages if stage["state"] != "done" and stage["minutes"] is not None]
    activity = None
    if serving is not None and not running:
        observer = Observer(serving, task.clock)
        activity = observer.activity()
        observer.stop()
    return {
        "minutes": [sum(low for low, _high in left), sum(high for _low, high in left)],
        "activity": activity,
        "cut": "" if serving is None else outlook.who_is_cut(activity, task.params["sessions"]),
    }


def _told(ahead: Mapping[str, Any]) -> str:
    low, high = ahead["minutes"]
    return f"usually {outlook.span((low, high))}; {ahead['cut']}"


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
    if path.FINGERPRINT.fullmatch(value):
        return value
    try:
        content = json.loads(Path(value).read_text(encoding="utf-8"))
        found = str(content["fingerprint"])
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(what, f"{value} is no fingerprint and no file that can be read", remedy) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise BadInput(what, f"{value} is no plan", remedy) from problem
    if not path.FINGERPRINT.fullmatch(found):
        raise BadInput(what, f"the fingerprint in {value} is not one", remedy)
    return found
