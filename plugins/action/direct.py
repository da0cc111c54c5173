# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's modules in the controller's process, where meta/runtime.yml sends them.

It falls back to the ordinary way where that is asked for: `async`, `delegate_to`, `become`, or another connection than local.
"""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.bomgar.appliance.plugins.module_utils import runner
from ansible_collections.bomgar.appliance.plugins.plugin_utils import preload

# In a playbook that is not ours this is what Ansible loads first of the collection, before the workers fork.
preload.load()

_PARENT_SECONDS = 0.5
_COLLECTION = "ansible_collections.bomgar.appliance.plugins.modules."
_display = Display()


def _plain(value: Any) -> Any:
    """Options as they would reach a module by the wire: without ansible's own kinds of texts, and times as ISO 8601."""
    if isinstance(value, Mapping):
        return {_plain(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return value
    # A text or number of a class of its own becomes an ordinary one.
    return next((kind(value) for kind in (str, int, float) if isinstance(value, kind)), value)


def _end_with_parent() -> None:
    """Kill this worker once the controller is gone.

    Ansible gives each worker a session of its own, so that killing a run does not reach it. It would go on by itself, and the
    run that is started next would find the site taken. To be killed at any moment is what the modules are made for.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()


def _shows_invocation(task_vars: Mapping[str, Any]) -> bool:
    """Whether a result tells the arguments: always before ansible-core 2.21, and only if that is asked for since."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


class ActionModule(ActionBase):
    """One action for every module: the name of the task says which."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task's module here, or hand it to the ordinary way."""
        result = super().run(tmp, task_vars)
        name = self._task.action.rpartition(".")[2]
        if self._task.async_val or self._task.delegate_to or self._task.become or self._connection.transport != "local":
            result.update(
                self._execute_module(
                    module_name=f"bomgar.appliance.{name}", task_vars=task_vars, wrap_async=self._task.async_val
                )
            )
            return result
        if name == "direct":
            raise AnsibleActionFail(
                "bomgar.appliance.direct is not for playbooks; name one of the collection's modules"
            )
        module = importlib.import_module(_COLLECTION + name)
        result.update(self._run_here(name, module, task_vars or {}))
        return result

    def _run_here(self, name: str, module: Any, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        validation = ArgumentSpecValidator(**module.SPEC.arguments()).validate(_plain(self._task.args))
        secrets = validation._no_log_values
        if validation.error_messages:
            message = validation.errors.msg
            if isinstance(validation.errors[0], UnsupportedError):
                message = f"Unsupported parameters for (bomgar.appliance.{name}) module: {message}"
            return remove_values({"failed": True, "msg": message}, secrets)
        params = validation.validated_parameters
        environment: dict[str, str] = {}
        self._compute_environment_string(environment)
        # A worker process belongs to this one task, so its environment may be the task's.
        os.environ.update({key: str(value) for key, value in environment.items()})
        _end_with_parent()
        task = runner.Task(
            params,
            check_mode=self._task.check_mode,
            diff=self._task.diff,
            say=lambda line: _display.display(remove_values(line, secrets)),
            quiet=boolean(self._templar.template(task_vars.get("bomgar_quiet") or False), strict=False),
            secrets=secrets,
        )
        result = runner.execute(module.run, task)
        if _shows_invocation(task_vars):
            result["invocation"] = {"module_args": params}
        return remove_values(result, secrets)
