# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One transfer in a process of its own, for its time and memory: `python -m tests.bench.transfer WHAT INVENTORY HOST FILE`.

WHAT: `nothing` (log in and look), `upload`, `curl` (the same form and file, sent by curl), `download`.
Prints JSON: `seconds`, and `peak`, the peak memory in MiB of this process without its children.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils.connect import Appliance
from ansible_collections.bomgar.appliance.plugins.module_utils.lookout import shown
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request


class _Captured(Exception):
    """Instead of sending the upload."""


@contextmanager
def _timed(result: dict[str, float]) -> Iterator[None]:
    began = time.monotonic()
    yield
    result["seconds"] = time.monotonic() - began


def appliance_of(inventory: Path, host: str) -> Appliance:
    """The appliance of one site of an inventory that the simulator wrote."""
    content = yaml.safe_load(inventory.read_text())
    variables: dict[str, object] = {}
    group = content["all"]["children"]["bomgar_sites"]
    for source in (content["all"].get("vars"), group.get("vars"), group["hosts"][host]):
        variables.update(source or {})

    def pick(account: str, *names: str) -> dict[str, object]:
        return {name: variables.get(f"bomgar_{account}_{name}") for name in names}

    return Appliance(
        {
            "url": variables["bomgar_url"],
            "site": host,
            "ca_path": variables["bomgar_ca_path"],
            "api": pick("api", "client_id", "client_secret", "username", "password"),
            "login": pick("login", "username", "password"),
            "appliance": pick("appliance", "username", "password"),
        }
    )


def _curl(appliance: Appliance, file: Path, result: dict[str, float]) -> None:
    """The request that the driver would send, sent by curl: same fields, same cookies, same server."""
    transport = appliance.pages_transport
    send = transport.send
    uploads: list[Request] = []

    def capture(request: Request) -> Answer:
        if request.upload:
            uploads.append(request)
            raise _Captured
        return send(request)

    transport.send = capture  # type: ignore[method-assign]
    with suppress(_Captured):
        appliance.pages.upload(file)
    request = uploads[0]
    options = ["--silent", "--show-error", "--output", "/dev/null", "--cacert", str(appliance.options["ca_path"])]
    options += ["--cookie", "; ".join(f"{cookie.name}={cookie.value}" for cookie in transport.cookies)]
    for name, value in request.form or ():
        options += ["--form-string", f"{name}={value}"]
    assert request.upload is not None
    options += ["--form", f"{request.upload.field}=@{file}"]
    with _timed(result):
        subprocess.run(["curl", *options, transport.target(request.path)], check=True)


def main() -> None:
    """Do it and print what it took."""
    what, inventory, host, file = sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    appliance = appliance_of(inventory, host)
    shown(appliance.pages)
    result: dict[str, float] = {"seconds": 0.0}
    if what == "upload":
        with _timed(result):
            appliance.pages.upload(file)
    elif what == "curl":
        _curl(appliance, file, result)
    elif what == "download":
        with tempfile.TemporaryDirectory() as folder, _timed(result):
            from ansible_collections.bomgar.appliance.plugins.modules import backup
            from ansible_collections.bomgar.appliance.tests.bench.calls import call

            call(backup, {"appliance": appliance.options, "directory": folder})
    result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))


if __name__ == "__main__":
    main()
