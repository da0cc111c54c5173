# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads once what each of Ansible's workers would load for itself.

A worker is a fork of the controller's process for one task of one host, and forgets at its end what it has imported. What is
imported before the fork is there for all of them: for 200 sites that is half of the processor time of a run.
"""

from __future__ import annotations

import importlib
import pkgutil

from ansible.plugins.loader import filter_loader, lookup_loader, test_loader
from ansible_collections.bomgar.appliance.plugins import modules
from ansible_collections.bomgar.appliance.plugins.module_utils.web import labels

#: What the roles' tasks and variables use. One filter of a file, or of Ansible's own, brings all of that file.
_PLUGINS = {
    filter_loader: (
        "bomgar.appliance.connections",
        "bomgar.appliance.ending_line",
        "bomgar.appliance.plan_paper",
        "ansible.builtin.combine",
        "ansible.builtin.difference",
    ),
    lookup_loader: ("ansible.builtin.file", "ansible.builtin.varnames", "ansible.builtin.vars"),
    test_loader: ("ansible.builtin.file", "ansible.builtin.truthy"),
}


#: Has libraries of its own, and takes longer to load than all the others.
_ALONE = "integration_audit"
_loaded = False


def load() -> None:
    """Load the modules, the plugins and the labels of the pages, once."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    for module in pkgutil.iter_modules(modules.__path__):
        if module.name != _ALONE:
            importlib.import_module(f"{modules.__name__}.{module.name}")
    for loader, names in _PLUGINS.items():
        for name in names:
            loader.get(name)
    labels.Labels.from_options(None).within("", *labels.LABELS)
