# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls a module's `run` in this process, with its arguments validated as Ansible does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.bomgar.appliance.plugins.module_utils import runner


def call(module: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a module; RuntimeError with its message when it failed."""
    validation = ArgumentSpecValidator(**module.SPEC.arguments()).validate(dict(arguments))
    if validation.error_messages:
        raise RuntimeError(validation.errors.msg)
    result = runner.execute(module.run, runner.Task(validation.validated_parameters, say=lambda _line: None))
    if result.get("failed"):
        raise RuntimeError(result["msg"])
    return result
