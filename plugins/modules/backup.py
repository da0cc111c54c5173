#!/usr/bin/python
# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verified backup of a site is on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup
short_description: Have a verified backup of a site on the controller
version_added: 0.1.0
description:
  - Downloads the site's backup over the backup API, unless a verified one that is young enough is there already.
  - A new backup counts only when it is proven to be one. It came whole, it is no error page and no error text (an appliance sends
    those with status 200, too), and the same appliance answered before and after the download. It is hashed on its way to the disk.
  - It lies at C(<directory>/<site>/<site>-<appliance>-<time>-<version>.nsb), readable by its owner only. A manifest beside it says what
    it is and what the vendor's backup leaves out; a file without a manifest never counts and is never removed.
  - Older backups of the same appliance are removed only after a new one is safe.
  - Restoring is done by hand on C(/login); there is no API for it.
author: bomgar.appliance contributors (@bomgar-appliance)
extends_documentation_fragment:
  - bomgar.appliance.appliance
  - bomgar.appliance.appliance.record
  - bomgar.appliance.appliance.acts
options:
  directory:
    description: Folder of all sites' backups, on the machine where the module runs. It is made if it is not there.
    type: path
    required: true
    aliases: [dest]
  max_age:
    description:
      - A backup of at most this age in seconds is enough, if it is of the same appliance and versions and its content still is what
        its manifest says. V(0) takes a new one every time.
    type: float
    default: 0.0
  keep:
    description: How many verified backups of this appliance to keep, the new one included.
    type: int
    default: 5
  minimum_size:
    description: Bytes below which nothing counts as a backup. How small a real one can be is not documented.
    type: int
    default: 512
  encryption_password:
    description:
      - Sent along as C(password), as the vendor's manual allows "if the backup is password protected".
      - The manual leaves open whether this encrypts the file or answers a password that is set on the appliance. Try to restore such a
        backup before relying on it. The password is not kept anywhere.
      - Needs an API account; it cannot go together with O(appliance.api.username).
    type: str
  accept_unknown_length:
    description:
      - Take a backup also when the answer carries neither a length nor chunks, so that HTTP cannot tell whether it is whole. The manifest
        says so.
    type: bool
    default: false
  host_names:
    description:
      - Further host names that the appliance may put into the file's name; a file named after another host is refused.
      - The site, the host of its address, C(appliance.address) and what the appliance itself calls its host are known without it.
    type: list
    elements: str
    default: []
  answer_timeout:
    description: Seconds to wait until the appliance has put the backup together and begins to send it, and for each piece of it.
    type: float
    default: 600.0
seealso:
  - module: bomgar.appliance.update
notes:
  - The account needs the permission C(perm_backup), Backup API on C(/login).
  - No signature of the vendor's file format is known, so the content itself is not looked into.
"""

EXAMPLES = r"""
- name: Have a backup of at most one hour
  bomgar.appliance.backup:
    appliance:
      url: https://support.example.com
      api:
        client_id: "{{ bomgar_api_client_id }}"
        client_secret: "{{ bomgar_api_client_secret }}"
    directory: /srv/backups
    max_age: 3600
    keep: 10
  register: backup

- name: Show what has to be saved by other means
  ansible.builtin.debug:
    msg: "{{ backup.leaves_out | map(attribute='what') | list }}"
"""

RETURN = r"""
outcome:
  description: V(changed) when a backup was taken (in check mode, would be), V(unchanged) when one is fresh enough.
  returned: always
  type: str
  sample: changed
why:
  description: Why a backup was taken or not.
  returned: success
  type: str
  sample: the newest backup is 3 days old, more than 24 h
path:
  description: The verified backup; null in check mode when one would be taken.
  returned: success
  type: str
  sample: /srv/backups/support.example.com/support.example.com-a-20261122T185903Z-11.1.1.nsb
manifest_path:
  description: Its manifest.
  returned: success
  type: str
  sample: /srv/backups/support.example.com/support.example.com-a-20261122T185903Z-11.1.1.nsb.json
manifest:
  description: What the backup is.
  returned: success
  type: dict
  contains:
    site:
      description: Name of the site.
      type: str
    appliance:
      description: Name of the appliance within its site.
      type: str
    file:
      description: Name of the file.
      type: str
    size:
      description: Bytes.
      type: int
    sha256:
      description: Checksum.
      type: str
    taken_at:
      description: When the download began, in Unix seconds. In the file it is ISO 8601.
      type: float
    url:
      description: Where it was downloaded.
      type: str
    identity:
      description: What the appliance said of itself, with its versions.
      type: dict
    compared:
      description: What of that was the same before and after the download.
      type: list
      elements: str
    complete_by:
      description: What proved that nothing is missing, V(content-length) or V(chunked); V(not proven) with O(accept_unknown_length).
      type: str
    sent_name:
      description: The file name that the appliance gave.
      type: str
    media_type:
      description: The content type that the appliance gave.
      type: str
    encryption_password_sent:
      description: Whether O(encryption_password) was sent.
      type: bool
    collection_version:
      description: Version of this collection.
      type: str
    how:
      description: The interface.
      type: str
    warnings:
      description: What a person should look at.
      type: list
      elements: str
leaves_out:
  description: What the vendor's backup does not hold, how to keep it, and who says so.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: What is left out.
      type: str
    keep_it_by:
      description: What to do about it.
      type: str
    source:
      description: Where this is known from.
      type: str
restore:
  description: How a restore is done.
  returned: success
  type: str
removed:
  description: Older backups that were removed; in check mode, those that would be.
  returned: success
  type: list
  elements: str
left_overs_removed:
  description: Half-written files of a run that was killed, which were removed.
  returned: success
  type: list
  elements: str
remarks:
  description: Files of this appliance that do not count as backups, and why. They are left for a person to look at.
  returned: success
  type: list
  elements: str
room:
  description: Free room in the folder, and what the next backup is expected to need, in bytes.
  returned: success
  type: dict
  sample: {free: 53687091200, needed: 1342177280, last_size: 1073741824}
error:
  description: What was attempted, what came back, what to do, and facts.
  returned: failure
  type: dict
"""

from typing import Any

from ansible_collections.bomgar.appliance.plugins.module_utils import connect, runner
from ansible_collections.bomgar.appliance.plugins.module_utils.safekeeping import Safekeeping, keep_from_options

SPEC = runner.Spec(
    {
        "appliance": connect.APPLIANCE,
        "record": runner.RECORD,
        "directory": {"type": "path", "required": True, "aliases": ["dest"]},
        "max_age": {"type": "float", "default": 0.0},
        "keep": {"type": "int", "default": 5},
        "minimum_size": {"type": "int", "default": 512},
        "encryption_password": {"type": "str", "no_log": True},
        "accept_unknown_length": {"type": "bool", "default": False},
        "host_names": {"type": "list", "elements": "str", "default": []},
        "answer_timeout": {"type": "float", "default": 600.0},
    }
)


def run(task: runner.Task) -> dict[str, Any]:
    """Keep a fresh backup, or take one."""
    return Safekeeping(task, keep_from_options(task.params)).run()


def main() -> None:
    """The ordinary way to run."""
    runner.main(SPEC, run)


if __name__ == "__main__":
    main()
