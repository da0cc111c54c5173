# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `appliance`: where the box is and with which accounts."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by every module that talks to an appliance."""

    DOCUMENTATION = r"""
options:
  appliance:
    description:
      - Where the appliance is and with which accounts.
      - Set it once with C(module_defaults) and the group C(bomgar.appliance.appliance).
    type: dict
    required: true
    suboptions:
      url:
        description: Address of the appliance, or of the site if it has only one; C(https) only.
        type: str
        required: true
      name:
        description: Name of the appliance within its site, for messages and records. V(a) when left out.
        type: str
      address:
        description: In a pair, what the site's name and the peer use for it. The host of O(appliance.url) when left out.
        type: str
      port:
        description: In a pair, the TLS port that the peer uses for it. That of O(appliance.url) when left out.
        type: int
      site:
        description: Name of the site, for messages, backups and records. The host of O(appliance.url) when left out.
        type: str
      api:
        description:
          - The API account; O(appliance.api.client_id) and O(appliance.api.client_secret) from release 16.2 on.
          - Older releases have O(appliance.api.username) and O(appliance.api.password) of a user instead.
        type: dict
        suboptions:
          client_id:
            description: Client id of the API account.
            type: str
          client_secret:
            description: Its secret.
            type: str
          username:
            description: API user of a release without API accounts.
            type: str
          password:
            description: Its password.
            type: str
      login:
        description: An administrator of C(/login).
        type: dict
        suboptions:
          username:
            description: User name.
            type: str
          password:
            description: Its password.
            type: str
      appliance:
        description: An administrator of C(/appliance), whose accounts are not those of C(/login).
        type: dict
        suboptions:
          username:
            description: User name.
            type: str
          password:
            description: Its password.
            type: str
      ca_path:
        description: File with the certificate authorities to trust instead of the system's.
        type: path
      validate_certs:
        description: Whether the appliance's certificate must be valid. Leave it on.
        type: bool
        default: true
      timeout:
        description: Seconds to wait for a connection, and for each piece of an answer.
        type: float
        default: 30.0
      proxy:
        description: Address of a proxy for all requests. Without it the environment's C(https_proxy) counts.
        type: str
      driver:
        description:
          - V(auto) uses the documented API where there is one and the web pages elsewhere.
          - V(api) never opens a web page, V(web) never calls the API.
          - V(operator) says what to click, and waits until the appliance shows that it was done.
        type: str
        choices: [auto, api, web, operator]
        default: auto
      attended:
        description: Whether V(auto) may ask a person where a page is not recognised. Unattended it refuses.
        type: bool
        default: false
      labels:
        description:
          - Further labels for the web driver, as lists of texts under the keys that M(bomgar.appliance.page_info) names.
        type: dict
        default: {}
requirements:
  - requests
  - requests-toolbelt
  - lxml
  - packaging
"""

    # All modules run by one action, so Ansible gives the group's defaults also to a module that asks no appliance.
    # With its type, because ansible-test takes a plain assignment for a text written here.
    UNUSED: str = (
        DOCUMENTATION.partition("requirements:")[0]
        .replace("    required: true\n", "", 1)
        .replace(
            "Where the appliance is and with which accounts.",
            "Not used here; taken so that the defaults below fit all modules.",
        )
    )

    PEER: str = (
        DOCUMENTATION.partition("requirements:")[0]
        .replace("    required: true\n", "", 1)
        .replace("  appliance:\n", "  peer:\n", 1)
        .replace("O(appliance.", "O(peer.")
        .replace(
            "Where the appliance is and with which accounts.",
            "The other appliance of the failover pair, and its accounts.",
        )
    )

    FRONT = r"""
options:
  site_url:
    description:
      - The site's own address, which leads to one appliance of the pair, that of production.
      - Who answers there is told by C(check_health) or, where the release has none, by the serial number that C(/appliance) shows.
    type: str
"""

    WAITS = r"""
options:
  poll_interval:
    description: Seconds between two looks, each of which is one request to each appliance.
    type: float
    default: 5.0
  deadline:
    description: Seconds after which what was asked for is given up as unknown.
    type: float
    default: 10800.0
"""

    WISH = r"""
options:
  target:
    description:
      - What the appliance shall run. Either may be left out.
      - V(latest) stands for the newest version that is offered.
    type: dict
    default: {}
    suboptions:
      site:
        description: Version of the site software.
        type: str
      base:
        description: Version of the base software.
        type: str
  path:
    description: Automatic updates, or package files. The two paths of a pair, V(in_place) and V(role_swap), take package files.
    type: str
    choices: [automatic, manual, in_place, role_swap]
    default: automatic
  automatic:
    description:
      - Of a pair, whether to install what each appliance offers on its Updates page, instead of O(packages).
      - The vendor documents that automatic updates do not apply to failover pairs, so this has to be insisted on.
    type: bool
    default: false
  packages:
    description: Package files on the controller, in the order of their installation. For O(path=manual) and for pairs.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The file.
        type: path
        required: true
        aliases: [file, src]
      sha256:
        description: Its checksum. The file is refused if it has another one.
        type: str
      provides:
        description: What the package brings, where its name does not tell.
        type: dict
        suboptions:
          site:
            description: Version of the site software.
            type: str
          base:
            description: Version of the base software.
            type: str
"""

    CONDITIONS = r"""
options:
  running:
    description: What to do about an update that is running already.
    type: str
    choices: [join, refuse]
    default: join
  sessions:
    description:
      - What to do about running sessions, which an installation cuts.
      - V(wait) waits for up to O(sessions_wait), V(accept) cuts them.
      - They are looked for right before each package. With O(path=manual) the upload itself starts the installation, so sessions that
        begin during a long upload are cut.
    type: str
    choices: [refuse, wait, accept]
    default: refuse
  sessions_wait:
    description: Seconds to wait for sessions to end.
    type: float
    default: 3600.0
  backup:
    description: Where the verified backups are, and how old one may be. Nothing is installed without one.
    type: dict
    suboptions:
      directory:
        description: Folder of the backups, as in M(bomgar.appliance.backup).
        type: path
        required: true
      max_age:
        description: Seconds.
        type: float
        default: 86400.0
      of:
        description: Name of the appliance whose backup counts, where it is not its own - production of a pair.
        type: str
  window_ends:
    description:
      - End of the maintenance window, ISO 8601 with a time zone. Put it in quotes.
      - No package is started that would not fit before it.
    type: str
  usual_duration:
    description:
      - Seconds that one installation usually takes at most. The vendor's guide says 15 minutes to an hour.
      - Where O(record) knows how long installations took on this site, the longest of its kind and a quarter more counts instead.
    type: float
    default: 3600.0
"""

    RECORD = r"""
options:
  record:
    description: The site's record, to which this module adds what it does. Without it none is kept.
    type: dict
    suboptions:
      directory:
        description: Folder of all records; the site's last one is C(<directory>/<site>/latest/record.json).
        type: path
        required: true
      run:
        description: An id that all tasks of one playbook run share.
        type: str
      path:
        description: The path on which the site is upgraded.
        type: str
        choices: [automatic, manual, in_place, role_swap]
      wish:
        description: The versions wished for; a record is continued only by runs that wish for the same.
        type: dict
        default: {}
      carried:
        description:
          - The record as an earlier run handed it on (C(set_stats), artifacts of a workflow), for a controller that does not have it.
          - Taken where O(record.directory) has no record of the site, or one that was begun earlier.
        type: dict
      rehearsal:
        description: Whether the appliance is a simulated twin. The record and its reports say so, and are never mixed with others.
        type: bool
        default: false
"""

    READS = r"""
attributes:
  check_mode:
    support: full
    description: Reads only, so check mode changes nothing.
  diff_mode:
    support: N/A
    description: Reads only, so there is no difference to show.
"""

    ACTS = r"""
attributes:
  check_mode:
    support: full
    description: In check mode the transport refuses every request that would change the appliance.
  diff_mode:
    support: full
    description: Shows what was before and what is after.
"""
