# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair's upgrade interrupted at every request of every path and window: `python -m tests.campaign`, see CONTRIBUTING.md."""
