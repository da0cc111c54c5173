# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the sites of an inventory for the event source, as a program: options come as JSON by stdin, the sites go as JSON to stdout.

A process of its own, since Ansible's way to find collections keeps ansible-rulebook from loading its own plugins. It holds secrets:
what it prints is for a pipe.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.vars.manager import VariableManager


def sites(inventory: str | None, group: str, vault_password_file: str | None) -> Iterator[dict[str, Any]]:
    """Each site: its name, with `appliances` (name -> option `appliance`) and `records`, or with `trouble`.

    Read as ansible-playbook reads an inventory, but for what only a play has: its variables, facts and -e.
    """
    # Ansible's command line looks at the terminal as soon as it is imported, and this collection is found only now.
    from ansible.cli import CLI
    from ansible_collections.bomgar.appliance.plugins.filter.connections import connections
    from ansible_collections.bomgar.appliance.plugins.module_utils.inventory import VARIABLES

    wanted = {variable.name for variable in VARIABLES if variable.option} | {"bomgar_appliances", "bomgar_record_dir"}
    loader = DataLoader()
    identities, files = (
        list(constants.DEFAULT_VAULT_IDENTITY_LIST),
        [vault_password_file] if vault_password_file else [],
    )
    loader.set_vault_secrets(CLI.setup_vault_secrets(loader, identities, files, auto_prompt=False))
    hosts = InventoryManager(loader=loader, sources=inventory or constants.DEFAULT_HOST_LIST)
    manager = VariableManager(loader=loader, inventory=hosts)
    for host in hosts.get_hosts(group):
        try:
            given = manager.get_vars(host=host)
            templar = Templar(loader=loader, variables=given)
            values = {name: templar.template(given[name]) for name in sorted(wanted & given.keys())}
            records = values.pop("bomgar_record_dir", None)
            boxes = connections(host.name, values.pop("bomgar_appliances", None), values)
        except AnsibleError as error:
            yield {"name": host.name, "trouble": str(error)}
        else:
            yield {"name": host.name, "appliances": boxes, "records": records}


def main(options: Mapping[str, Any]) -> None:
    """The program."""
    place = Path(__file__).absolute().parents[4]
    init_plugin_loader([str(place.parent)] if place.name == "ansible_collections" else [])
    try:
        found: dict[str, Any] = {"sites": list(sites(**options))}
    except AnsibleError as error:
        found = {"trouble": str(error)}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(json.load(sys.stdin))
