# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that knows how a module runs: as an ordinary module, or in the controller's process. Decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ansible.module_utils.ansible_release import __version__ as ANSIBLE_VERSION
from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .connect import PEER, Appliance
from .errors import BomgarError, MissingLibrary, RunFailed
from .models import Outcome
from .record import Record, Writer, this_run
from .release import VERSION

Say = Callable[[str], None]


@dataclass(frozen=True)
class Spec:
    """What a module accepts; `rules` are AnsibleModule's further ones (`mutually_exclusive` and the like)."""

    options: Mapping[str, Any]
    rules: Mapping[str, Any] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """The arguments for AnsibleModule and ArgumentSpecValidator alike."""
        return {"argument_spec": dict(self.options), **self.rules}


#: The option `record` of modules that leave steps in a site's record; documented in the fragment `bomgar.appliance.record`.
RECORD: dict[str, Any] = {
    "type": "dict",
    "options": {
        "directory": {"type": "path", "required": True},
        "run": {"type": "str"},
        "path": {"type": "str", "choices": ["automatic", "manual", "in_place", "role_swap"]},
        "wish": {"type": "dict", "default": {}},
        "carried": {"type": "dict"},
        "rehearsal": {"type": "bool", "default": False},
    },
}

_VERSIONS: dict[str, Any] = {"type": "dict", "options": {"site": {"type": "str"}, "base": {"type": "str"}}}

#: The option `target`: what an appliance shall run.
TARGET: dict[str, Any] = {**_VERSIONS, "default": {}}

#: The option `packages`: files on the controller.
PACKAGES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {
        "path": {"type": "path", "required": True, "aliases": ["file", "src"]},
        "sha256": {"type": "str"},
        "provides": _VERSIONS,
    },
}

#: What several modules share: the wish, how it is reached and from which files; the fragment `bomgar.appliance.appliance.wish`.
WISH: dict[str, Any] = {
    "target": TARGET,
    "path": {"type": "str", "choices": ["automatic", "manual", "in_place", "role_swap"], "default": "automatic"},
    "packages": PACKAGES,
    "automatic": {"type": "bool", "default": False},
}


def by_offers(params: Mapping[str, Any]) -> bool:
    """Whether what the appliance offers is installed, and no files: on the path `automatic`, and of a pair where the user insists on it."""
    return params["path"] == "automatic" or bool(params["automatic"])


#: How long to wait; the fragment `bomgar.appliance.appliance.waits`.
WAITS: dict[str, Any] = {
    "poll_interval": {"type": "float", "default": 5.0},
    "deadline": {"type": "float", "default": 10800.0},
}

#: The other appliance of a pair, and the address that leads to one of them; the fragments `peer` and `front`.
PAIR: dict[str, Any] = {"peer": PEER, "site_url": {"type": "str"}}

#: What to do about running sessions, where something may cut them.
SESSIONS: dict[str, Any] = {
    "sessions": {"type": "str", "choices": ["refuse", "wait", "accept"], "default": "refuse"},
    "sessions_wait": {"type": "float", "default": 3600.0},
}

#: What must hold when an installation is started; the fragment `bomgar.appliance.appliance.conditions`.
CONDITIONS: dict[str, Any] = {
    "running": {"type": "str", "choices": ["join", "refuse"], "default": "join"},
    **SESSIONS,
    "backup": {
        "type": "dict",
        "options": {
            "directory": {"type": "path", "required": True},
            "max_age": {"type": "float", "default": 86400.0},
            "of": {"type": "str"},
        },
    },
    "window_ends": {"type": "str"},
    "usual_duration": {"type": "float", "default": 3600.0},
}


def unheard(_line: str) -> None:
    """The voice of a module that runs the ordinary way."""


class Task:
    """What a module's `run` gets: its parameters, the mode, the clock, a voice, the box and the record."""

    def __init__(
        self,
        params: Mapping[str, Any],
        *,
        check_mode: bool = False,
        diff: bool = False,
        say: Say = unheard,
        quiet: bool = False,
        secrets: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.params = params
        self.check_mode = check_mode
        self.diff = diff
        self._say = say
        self._quiet = quiet
        self.clock = clock
        self.sleep = sleep
        self._secrets = tuple(secrets)
        #: Set by what may have changed something that is no appliance: a record of the DNS.
        self.acted = False

    @cached_property
    def appliance(self) -> Appliance:
        """The box of the option `appliance`; its transport is read-only in check mode."""
        return Appliance(self.params["appliance"], read_only=self.check_mode, clock=self.clock, sleep=self.sleep)

    @cached_property
    def peer(self) -> Appliance | None:
        """The other appliance of a pair (option `peer`), None where none is given."""
        options = self.params.get("peer")
        if not options:
            return None
        return Appliance(options, read_only=self.check_mode, clock=self.clock, sleep=self.sleep)

    @cached_property
    def front(self) -> Appliance | None:
        """What answers at the site's own address (option `site_url`), by the appliance's accounts. Never sent a command."""
        if not self.params.get("site_url"):
            return None
        options = {**self.params["appliance"], "url": self.params["site_url"]}
        return Appliance(options, read_only=True, clock=self.clock, sleep=self.sleep)

    @cached_property
    def record(self) -> Record:
        """The site's record, begun if there is none to go on with: for what is an upgrade."""
        return self._record(begin=True, finished=False)

    def join_record(self, *, finished: bool = False) -> Record:
        """The record of an upgrade that is under way, for what is no upgrade by itself; else one in memory.

        `finished`: also that of one that has ended. Neither a nightly backup nor a validation is a reason to begin a record,
        which would then hide the last upgrade's, or tell of one that never was.
        """
        self.__dict__["record"] = self._record(begin=False, finished=finished)
        return self.record

    @property
    def kept_record(self) -> Record | None:
        """The site's latest record as it is, to read: on the disk, or as an earlier job handed it on."""
        options = self.params.get("record")
        if not options:
            return None
        return Record.open_latest(options["directory"], self.appliance.site, options.get("carried"))

    def say(self, line: str) -> None:
        """Show a line to whoever runs this, in the words of the appliance's own pages; not if it is to be quiet."""
        if not self._quiet:
            self.ask(line)

    def ask(self, line: str) -> None:
        """The same for what a person has to do now, which is always shown."""
        self._say(self.own(line))

    def own(self, value: Any) -> Any:
        """A text, or all texts of a result, with the words that the pages of the appliance, else of its peer, use."""
        boxes = [box for name in ("appliance", "peer") if (box := self.__dict__.get(name)) is not None]
        for glossary in (box.glossary for box in boxes):
            if glossary.differs:
                value = _each_text(value, glossary.own)
        return value

    def _record(self, *, begin: bool, finished: bool) -> Record:
        options = self.params.get("record") or {}
        run = this_run(options.get("run"), collection=VERSION, ansible=ANSIBLE_VERSION)
        writer = Writer(run, secrets=self._secrets, clock=self.clock, words=self.own)
        site, wish, path = self.appliance.site, options.get("wish") or {}, options.get("path")
        rehearsal = bool(options.get("rehearsal"))
        found = None
        if options and not self.check_mode:
            directory = options["directory"]
            if begin:
                return Record.take(
                    directory, site, writer, wish=wish, path=path, carried=options.get("carried"), rehearsal=rehearsal
                )
            latest = self.kept_record
            if latest is not None and latest.is_for(wish, path) and (finished or not latest.finished):
                found = Record.resume(directory, site, writer, options.get("carried"))
        return found or Record.in_memory(site, writer, wish=wish, path=path)

    @property
    def commanded(self) -> bool:
        """Whether a command was sent to the appliance or its peer, or to the DNS, whatever came of it."""
        boxes = (self.__dict__.get("appliance"), self.__dict__.get("peer"))
        return self.acted or any(box.commanded for box in boxes if box is not None)

    def close(self) -> None:
        """Let go of the record, if it was taken."""
        if "record" in self.__dict__:
            self.record.close()


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each_text(item, change) for item in value]
    return value


Run = Callable[[Task], dict[str, Any]]


def execute(run: Run, task: Task) -> dict[str, Any]:
    """Run one module to its result; our own errors become a failed result, anything else is a bug and goes through."""
    try:
        result = run(task)
    except BomgarError as error:
        result = _failure(error, task)
    finally:
        task.close()
    if not task.diff:
        result.pop("diff", None)
    if not result.get("warnings"):
        result.pop("warnings", None)  # older releases show an empty list, but only of what runs in their own process
    return {"changed": False, **task.own(result)}


class _Module(AnsibleModule):  # type: ignore[misc]
    """Gives a result as it is: AnsibleModule adds owner, mode and more to any that has a path."""

    def add_path_info(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs


def main(spec: Spec, run: Run) -> None:
    """The `main` of every module: the ordinary way, in a process of its own, where nobody hears the voice."""
    module = _Module(supports_check_mode=True, **spec.arguments())
    task = Task(
        module.params,
        check_mode=module.check_mode,
        diff=module._diff,  # how AnsibleModule tells a module that --diff was given
        say=unheard,
        secrets=module.no_log_values,
    )
    result = execute(run, task)
    for warning in result.pop("warnings", ()):
        module.warn(warning)  # as a key of the result it is deprecated from ansible-core 2.19 on
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


#: Errors that one appliance's address or account led to.
_OF_ONE = ("authentication", "permission", "unreachable", "certificate", "service_down")


def _named(error: BomgarError, task: Task) -> BomgarError:
    """Of a pair, the same error with the appliance that it came from, and the variables that are that one's alone."""
    boxes = [box for name in ("appliance", "peer", "front") if (box := task.__dict__.get(name)) is not None]
    pair = task.params.get("peer") or task.params.get("site_url")
    if error.reason not in _OF_ONE or not pair or not boxes:
        return error
    box = max(boxes, key=lambda each: max((transport.turn for transport in each.transports), default=0))
    if box is not task.__dict__.get("front"):
        mine = f"bomgar_appliances.{box.name}"
        error.attempted = f"{box.name}: {error.attempted}"
        error.remedy = error.remedy.replace("bomgar_url", f"{mine}.url")
        if error.reason in ("authentication", "permission"):
            error.remedy += f" Where {box.name} has accounts of its own, they are in {mine}."
    return error


def _failure(error: BomgarError, task: Task) -> dict[str, Any]:
    error = _named(error, task)
    if isinstance(error, RunFailed):
        outcome = error.outcome
    else:
        outcome = (Outcome.UNKNOWN if task.commanded else Outcome.REFUSED).value
    return {
        "failed": True,
        "msg": f"{missing_required_lib(error.facts['library'])} {error.remedy}"
        if isinstance(error, MissingLibrary)
        else str(error),
        # A command whose effect is not known may have changed the appliance; "not changed" would be a guess.
        "changed": task.commanded,
        "outcome": outcome,
        "error": {
            "reason": error.reason,
            "attempted": error.attempted,
            "got": error.got,
            "remedy": error.remedy,
            **error.facts,
        },
    }
