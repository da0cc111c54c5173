# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of accounts of an appliance, by what people know them as: their inventory variables. Holds no account."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """One kind of account: the group of the option `appliance` that it is given in, and the keys of its two halves."""

    group: str
    name: str = "username"
    secret: str = "password"

    @property
    def variables(self) -> tuple[str, str]:
        """The inventory variables of the two halves."""
        return f"bomgar_{self.group}_{self.name}", f"bomgar_{self.group}_{self.secret}"

    @property
    def words(self) -> str:
        """The variables for a sentence."""
        return " and ".join(self.variables)


API_CLIENT = Account("api", "client_id", "client_secret")
API_USER = Account("api")
LOGIN = Account("login")
APPLIANCE = Account("appliance")

#: In the order of the documentation.
ACCOUNTS = (API_CLIENT, API_USER, LOGIN, APPLIANCE)

#: The accounts of the web pages, by where these begin.
BY_AREA = {"/login": LOGIN, "/appliance": APPLIANCE}

#: What to do without an account of the API.
GIVE_API = f"Give {API_CLIENT.words} (before release 16.2: {API_USER.words})."
