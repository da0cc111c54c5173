# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings for the documentation site: `make docs` (.ci/build-docs) puts the pages together and builds them."""

from __future__ import annotations

from pathlib import Path

import yaml

_galaxy = yaml.safe_load(Path("galaxy.yml").read_text(encoding="utf-8"))

project = f"{_galaxy['namespace']}.{_galaxy['name']}"
author = project_copyright = _galaxy["authors"][0]
release = version = _galaxy["version"]
html_title = f"{project} {release}"
html_short_title = project

root_doc = "index"
extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
exclude_patterns = ["examples/*/README.md"]
myst_heading_anchors = 3
nitpicky = True

highlight_language = "none"  # commands, their output and trees of files; what is in a language says so
html_theme = "sphinx_ansible_theme"
html_theme_options = {"display_version": False}
html_show_sphinx = False
html_copy_source = False
html_use_index = False

# A build asks no network: the labels of Ansible's own documentation that ours refers to are written down in .ci/docs_source.py.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/ansible/latest/", "ansible.inv")}
