# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches sites for ansible-rulebook. What is seen is judged in module_utils/watch.py; here are only arguments, inventory and pace."""

from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: Watch Bomgar (BeyondTrust) sites and tell what changes.
description:
  - An ansible-rulebook event source plugin that looks at sites again and again, reads only, and puts an event when something becomes
    wrong or is well again. At its start it puts one for everything that is wrong already.
  - The sites come from an Ansible inventory (the same that the playbooks use), or from O(sites).
  - An event is C({site, kind, state, since, detail, observed, meta}). C(kind) is one of C(unreachable), C(unhealthy), C(certificate),
    C(role_swapped), C(both_primary), C(failover_missing), C(update_offered), C(account_refused), C(not_watched). C(state) is C(raised)
    or C(cleared). C(meta.hosts) limits what a rule runs to the site, C(meta.reminder) tells a reminder.
  - What goes wrong with one site is an event of that site. An account that was refused is not used again.
  - docs/events.md of this collection tells of every event, and what the watching costs.
options:
  inventory:
    description:
      - Path of an Ansible inventory. Without it, and without O(sites), it is Ansible's own setting (the environment variable
        C(ANSIBLE_INVENTORY), which C(ansible-rulebook) takes for its playbooks, too).
      - Read once, at the start. Variables may be vaulted and may be templates of what the inventory itself holds, and of lookups.
    type: str
  group:
    description:
      - The inventory's group, or pattern, of sites.
    type: str
    default: bomgar_sites
  vault_password_file:
    description:
      - File with the vault password of the inventory, besides what Ansible's own settings name (C(ANSIBLE_VAULT_PASSWORD_FILE),
        C(ANSIBLE_VAULT_IDENTITY_LIST)).
    type: str
  sites:
    description:
      - The sites, instead of an inventory. Each is a dictionary with C(name) and the variables of the inventory, with or without
        C(bomgar_), as C(url), C(api_client_id), C(api_client_secret), C(appliances).
    type: list
    elements: dict
  common:
    description:
      - Variables that all of O(sites) share, such as the accounts. What a site gives itself wins, what is empty counts as not given.
    type: dict
    default: {}
  interval:
    description:
      - Seconds between two looks at a site. A look is one request to each of its appliances.
    type: float
    default: 60
  pages_interval:
    description:
      - Seconds between two looks at the roles of a pair on releases that tell them only on a page of /login. Each may take a log-in.
    type: float
    default: 900
  updates_interval:
    description:
      - Seconds between two looks at what is offered on /appliance, 0 for none. Each may take a log-in.
    type: float
    default: 86400
  looks:
    description:
      - How many looks in a row must show what may be a moment's trouble (C(unreachable), C(unhealthy), C(role_swapped), C(both_primary)).
    type: int
    default: 2
  failover_missing:
    description:
      - Seconds after which a pair without failover is an event.
    type: float
    default: 604800
  certificate_days:
    description:
      - A certificate with fewer days left is an event.
    type: float
    default: 14
  repeat:
    description:
      - Seconds after which an event is put again as a reminder while it lasts, 0 for never.
    type: float
    default: 0
  account_pause:
    description:
      - Seconds after which an account that was refused is tried again, 0 for not before the next start.
    type: float
    default: 0
  at_once:
    description:
      - How many sites are looked at at the same time.
    type: int
    default: 16
  look_within:
    description:
      - Seconds after which a look that has not ended is an event. It is not begun a second time beside it.
    type: float
    default: 300
"""

EXAMPLES = r"""
- bomgar.appliance.sites:
    inventory: sites.yml
    failover_missing: 172800
    repeat: 86400

- bomgar.appliance.sites:
    sites:
      - name: support.example.com
        appliances:
          a: {url: https://a.support.example.com}
          b: {url: https://b.support.example.com}
      - name: help.example.com
    common:
      api_client_id: "{{ api_client_id }}"
      api_client_secret: "{{ api_client_secret }}"
    updates_interval: 0
"""

import asyncio
import importlib
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

try:
    importlib.import_module("ansible_collections.bomgar.appliance")
except ImportError:
    # ansible-rulebook knows this file alone. Ansible's own way to find collections would keep it from loading its filters.
    for _place in Path(__file__).absolute().parents:
        if _place.name == "ansible_collections":
            sys.path.append(str(_place.parent))
            if _place.name in sys.modules:  # a package of that name that lies elsewhere
                sys.modules[_place.name].__path__.append(str(_place))

from ansible_collections.bomgar.appliance.plugins.module_utils import connect
from ansible_collections.bomgar.appliance.plugins.module_utils import inventory as contract
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput, BomgarError, MissingLibrary
from ansible_collections.bomgar.appliance.plugins.module_utils.site_watch import SiteWatch, said
from ansible_collections.bomgar.appliance.plugins.module_utils.watch import Limits, Memory, SiteSeen, judge

LOGGER = logging.getLogger(__name__)

SPEC: dict[str, Any] = {
    "inventory": {"type": "str"},
    "group": {"type": "str", "default": "bomgar_sites"},
    "vault_password_file": {"type": "path"},
    "sites": {"type": "list", "elements": "dict"},
    "common": {"type": "dict", "default": {}},
    "interval": {"type": "float", "default": 60},
    "pages_interval": {"type": "float", "default": 900},
    "updates_interval": {"type": "float", "default": 86400},
    "looks": {"type": "int", "default": 2},
    "failover_missing": {"type": "float", "default": 604800},
    "certificate_days": {"type": "float", "default": 14},
    "repeat": {"type": "float", "default": 0},
    "account_pause": {"type": "float", "default": 0},
    "at_once": {"type": "int", "default": 16},
    "look_within": {"type": "float", "default": 300},
}
_RECORDS = "~/.local/share/bomgar.appliance/records"


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Watch until cancelled. Raises only where there is nothing to watch, or nothing to watch it with."""
    settings = settings_of(args)
    watches = []
    for name, watch, trouble in await asyncio.to_thread(lambda: list(_watches(settings))):
        if watch is not None:
            watches.append(watch)
        else:
            LOGGER.error("%s is not watched: %s", name, trouble)
            unread = SiteSeen(name, time.time(), reads={"the inventory": trouble})
            for event in judge(Memory(), unread, Limits())[1]:
                await queue.put(event)
    if not watches:
        raise BadInput("watch sites", f"no site of {settings['group']} can be watched", "Correct the inventory.")
    pool = ThreadPoolExecutor(settings["at_once"], thread_name_prefix="sites")
    turns = asyncio.Semaphore(settings["at_once"])
    rounds = [asyncio.ensure_future(Round(watch, queue, settings, pool, turns).go()) for watch in watches]
    try:
        await asyncio.gather(*rounds)
    finally:
        for each in rounds:
            each.cancel()
        pool.shutdown(wait=False, cancel_futures=True)


def settings_of(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with their defaults; BadInput says what is wrong with them, without their values."""
    given = {name: value for name, value in args.items() if value not in (None, "") and name != "eda_feedback_queue"}
    validated = ArgumentSpecValidator(SPEC, mutually_exclusive=[("inventory", "sites")]).validate(given)
    settings: dict[str, Any] = validated.validated_parameters
    wrong = list(validated.error_messages)
    if not wrong:
        wrong += [
            f"{name} has to be above 0"
            for name in ("interval", "looks", "at_once", "look_within")
            if settings[name] <= 0
        ]
    if wrong:
        raise BadInput("watch sites", "; ".join(wrong), "Correct the arguments of bomgar.appliance.sites.")
    return settings


@dataclass
class Round:
    """One site's looks, one after the other, each in a thread; at most so many threads for all sites together."""

    watch: SiteWatch
    queue: asyncio.Queue[Any]
    settings: Mapping[str, Any]
    pool: ThreadPoolExecutor
    turns: asyncio.Semaphore
    memory: Memory = field(default_factory=Memory)

    async def go(self) -> None:
        """For ever."""
        clock = asyncio.get_running_loop().time
        every, offers_due = self.settings["updates_interval"], 0.0
        while True:
            await self._look(self.watch.look)
            if every and clock() >= offers_due:
                offers_due = clock() + every
                await self._look(self.watch.look_at_offers)
            await asyncio.sleep(self.settings["interval"])

    async def _look(self, look: Callable[[], SiteSeen]) -> None:
        async with self.turns:
            work = asyncio.get_running_loop().run_in_executor(self.pool, look)
            within = self.settings["look_within"]
            if not (await asyncio.wait({work}, timeout=within))[0]:
                await self._tell(self.watch.hung(within))
                await asyncio.wait({work})
        error = work.exception()
        if isinstance(error, MissingLibrary) or not isinstance(error, (Exception, type(None))):
            raise error
        if isinstance(error, BomgarError):
            await self._tell(self.watch.failed(said(error)))
        elif error is not None:
            LOGGER.error("%s: an error of the event source itself", self.watch.site, exc_info=error)
            await self._tell(
                self.watch.failed(f"an error of the event source itself ({type(error).__name__}); its log tells more")
            )
        else:
            await self._tell(work.result())

    async def _tell(self, seen: SiteSeen) -> None:
        names = ("looks", "failover_missing", "certificate_days", "repeat")
        limits = Limits(**{name: self.settings[name] for name in names})
        self.memory, events = judge(self.memory, seen, limits)
        for event in events:
            await self.queue.put({**event, "detail": self.watch.redaction.text(event["detail"])})


def _watches(settings: Mapping[str, Any]) -> Iterator[tuple[str, SiteWatch | None, str]]:
    """Each site with its watch, or with what is wrong with its variables."""
    paces = {key: settings[key] for key in ("pages_interval", "account_pause")}
    named = (_named({**settings["common"], **site}) for site in settings["sites"] or ())
    for site in _inventory(settings) if settings["sites"] is None else named:
        found = {name: _typed(option) for name, option in site.get("appliances", {}).items()}
        trouble = "; ".join(error for each in found.values() for error in each.error_messages)
        if "trouble" in site or trouble:
            yield site["name"], None, site.get("trouble") or trouble
        else:
            boxes = {name: each.validated_parameters["appliance"] for name, each in found.items()}
            yield site["name"], SiteWatch(site["name"], boxes, records=str(site["records"] or _RECORDS), **paces), ""


def _typed(option: Mapping[str, Any]) -> Any:
    """The option `appliance` as a module would get it: a template may have made a text of a number, or a number of a text."""
    return ArgumentSpecValidator({"appliance": connect.APPLIANCE}).validate({"appliance": dict(option)})


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    """A site of the argument `sites`, in the form of one of the inventory."""
    values = {name if name.startswith("bomgar_") else f"bomgar_{name}": value for name, value in given.items()}
    name, records = values.pop("bomgar_name", None), values.pop("bomgar_record_dir", None)
    if not name:
        raise BadInput("watch sites", "a site of the argument sites has no name", "Give each its name.")
    try:
        boxes = contract.connections(str(name), values.pop("bomgar_appliances", None), values)
    except BomgarError as error:
        return {"name": str(name), "trouble": str(error)}
    return {"name": str(name), "appliances": boxes, "records": records}


def _inventory(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The inventory's sites, read by a process of its own."""
    program = Path(sys.modules[SiteWatch.__module__].__file__ or "").parents[1] / "plugin_utils/site_inventory.py"
    options = {name: settings[name] for name in ("inventory", "group", "vault_password_file")}
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(program)], input=json.dumps(options), stdout=subprocess.PIPE, text=True, check=False
    )
    found = json.loads(done.stdout) if done.returncode == 0 else {"trouble": "its log tells why"}
    if "trouble" in found:
        raise BadInput("read the inventory", found["trouble"], "Correct the inventory, or the vault password for it.")
    return list(found["sites"])
