# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts pip into the empty environments of ansible-test, from Python's own ensurepip.

ansible-test would download pip's bootstrap script from its own server, which many networks do not let through.
It looks into its cache first, and .ci/sanity lays this file there.
"""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: ensurepip switches off pip's configuration (proxy, certificates) wherever it runs.
subprocess.check_call([sys.executable, "-m", "ensurepip"])
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *arguments]))
