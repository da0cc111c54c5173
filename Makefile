# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything is set up by the targets themselves, once, under .venv and .cache; a second run needs no network.
#   VENV=...    another virtual environment          PYTHON=...  another Python for it (default: the newest that works)
#   STRICT=1    a test or gate that is skipped fails ARGS=...    further options for pytest, the demo or the benchmark
#   SCENARIO=.. one scenario of Molecule (default: all of them)
#   PATH_=...   the path of the demo and the rehearsal: role_swap, in_place, automatic
#   SLICE=2/8   a part of the campaign; SAMPLE=200: its commands and so many others, SEED=3: which; JOBS=2: so many at once
#   WORKERS=0   tests in one process, one after the other (default: a process for each core, and one for when these wait)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV ?= .venv
PYTHON ?=
STRICT ?=
ARGS ?=
SCENARIO ?=
PATH_ ?= role_swap
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))
export STRICT

CACHE := .cache
COLLECTIONS := $(CURDIR)/$(CACHE)/collections
LINK := $(COLLECTIONS)/ansible_collections/bomgar/appliance
# What users run the playbooks with: ansible-runner, ansible-navigator, ansible-rulebook, ...; empty where no test needs them.
PROGRAMS ?= $(VENV)/.lint-ready
AWX := $(COLLECTIONS)/ansible_collections/awx/awx/MANIFEST.json
IMPORTER := $(CACHE)/venv-importer/.ready
BIN := $(abspath $(VENV))/bin
STEP := .ci/step
DEBIAN_PACKAGES := bind9 bind9-dnsutils chromium chromium-driver default-jre-headless mariadb-server postgresql shellcheck

# Ansible sees this checkout, awx.awx and what its own package brings, and nothing of the user's.
export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)
export ANSIBLE_HOME := $(CURDIR)/$(CACHE)/ansible-home
export ANSIBLE_LOCALHOST_WARNING := false
export PATH := $(BIN):$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/$(CACHE)/ansible.cfg
export MOLECULE_EPHEMERAL_DIRECTORY := $(CURDIR)/$(CACHE)/molecule-state

PYTEST := $(BIN)/python -m pytest $(if $(filter-out 0,$(WORKERS)),--numprocesses=$(WORKERS) --dist=worksteal) $(if $(filter 1,$(STRICT)),--no-skips)

##@ For everybody

.PHONY: help
help: ## What can be made (this list)
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

.PHONY: demo
demo: $(VENV)/.test-ready $(LINK) ## Watch a failover pair being upgraded; PATH_=in_place, or automatic for one appliance
	@.ci/demo "$(BIN)" "$(PATH_)" $(ARGS)

.PHONY: rehearse
rehearse: $(VENV)/.test-ready $(LINK) ## Watch a site's upgrade being rehearsed on its twin, the site left alone; PATH_ as for the demo
	@.ci/rehearse "$(BIN)" "$(PATH_)" $(ARGS)

.PHONY: test
test: $(VENV)/.test-ready $(VENV)/.lint-ready $(LINK) debian ## All gates, all tests, and the built collection
	@rm -f $(CACHE)/steps/summary
	@code=0; echo "==> gates, documentation, Molecule, build"; \
	$(MAKE) -k -j2 -O $(GATES) molecule build || code=$$?; $(MAKE) -k unit integration || code=$$?; \
	echo; cat $(CACHE)/steps/summary; \
	if ((code)); then echo "make test: FAILED: $$(sed -n 's/^ *FAILED *\(.*[^ ]\)  *[0-9]* s .*/\1/p' $(CACHE)/steps/summary | paste -sd, | sed 's/,/, /g')"; exit 1; fi; \
	echo "make test: passed with $$($(BIN)/python --version), $$($(BIN)/ansible --version | head -1): gates, documentation, unit and integration tests, Molecule, build"

.PHONY: bench
bench: $(VENV)/.test-ready $(LINK) ## Measure beside ansible.builtin.uri and curl, as ratios
	@PYTHONPATH=$(COLLECTIONS) $(BIN)/python -m tests.bench $(ARGS)

.PHONY: campaign
campaign: $(VENV)/.test-ready $(LINK) ## Interrupt a pair's upgrade at every request: takes hours, resumes; SLICE=2/8, SAMPLE=200
	@$(BIN)/python -m tests.campaign

.PHONY: build
build: $(VENV)/.test-ready $(LINK) ## The collection's tarball in .cache/build, installed and tried
	@$(STEP) build .ci/check-build "$(BIN)" $(CACHE)/build
	@echo "            $$(ls $(CACHE)/build/*.tar.gz)"

.PHONY: docs
docs: $(VENV)/.lint-ready $(LINK) ## The documentation as a site in .cache/docs/html, without a warning
	@$(STEP) "documentation site" .ci/build-docs "$(BIN)" "$(CURDIR)/$(CACHE)/docs"
	@echo "            $(CACHE)/docs/html/index.html"

.PHONY: clean
clean: ## Remove everything that was set up or written here
	rm -rf .venv $(CACHE) .ansible .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Parts of make test

.PHONY: unit
unit: $(VENV)/.test-ready $(LINK) debian ## Unit tests; ARGS="-k name" for some of them
	@STEP_LIVE=1 $(STEP) "unit tests" $(PYTEST) tests/unit $(ARGS)

.PHONY: integration
integration: $(VENV)/.test-ready $(PROGRAMS) $(LINK) $(AWX) debian ## Modules and playbooks, by ansible, against the simulator
	@STEP_LIVE=1 $(STEP) "integration tests" $(PYTEST) tests/integration $(ARGS)

.PHONY: molecule
molecule: $(VENV)/.lint-ready $(LINK) ## The shipped playbooks by Molecule; SCENARIO=failure for one of them
	@rm -rf $(MOLECULE_EPHEMERAL_DIRECTORY) # after an interrupted run it would say that the simulator serves
	@NO_COLOR=1 MOLECULE_COMMAND_BORDERS=false $(STEP) "molecule" $(BIN)/molecule test $(if $(SCENARIO),--scenario-name=$(SCENARIO),--all)

# The longest first: two run at a time.
GATES := lint-sanity lint-imports lint-ansible docs lint-importer lint-mypy lint-yaml lint-docs lint-changelog lint-ruff lint-format lint-shell

.PHONY: lint $(GATES)
lint: $(VENV)/.lint-ready $(LINK) debian ## All gates, and the documentation; each one also alone: make lint-ruff, ...
	@echo "==> gates"
	@$(MAKE) -k -j2 -O $(GATES)

lint-ruff: $(VENV)/.lint-ready
	@$(STEP) "ruff check" $(BIN)/ruff check --cache-dir $(CACHE)/ruff

lint-format: $(VENV)/.lint-ready
	@$(STEP) "ruff format" $(BIN)/ruff format --check --diff --cache-dir $(CACHE)/ruff

lint-mypy: $(VENV)/.lint-ready $(LINK) # from above ansible_collections, or mypy finds two names for each module
	@$(STEP) "mypy" .ci/mypy "$(BIN)" "$(COLLECTIONS)" "$(CURDIR)"

lint-yaml: $(VENV)/.lint-ready
	@$(STEP) "yamllint" $(BIN)/yamllint --strict .

lint-ansible: $(VENV)/.lint-ready $(LINK) $(AWX) # which an example is written for
	@$(STEP) "ansible-lint" $(BIN)/ansible-lint --offline --nocolor

lint-docs: $(VENV)/.lint-ready $(LINK)
	@$(STEP) "antsibull-docs" .ci/check-docs "$(BIN)" "$(CURDIR)/$(CACHE)/antsibull-docs"

lint-changelog: $(VENV)/.lint-ready $(LINK)
	@$(STEP) "changelog" .ci/check-changelog "$(BIN)"

lint-shell: debian
	@$(STEP) "shellcheck" .ci/check-shell

lint-sanity: $(VENV)/.lint-ready
	@$(STEP) "ansible-test sanity" .ci/sanity "$(BIN)" "$(CURDIR)/$(CACHE)/ansible-test" --skip-test import

lint-imports: $(VENV)/.lint-ready # one of the sanity tests, which takes as long as half of the others
	@$(STEP) "ansible-test imports" .ci/sanity "$(BIN)" "$(CURDIR)/$(CACHE)/ansible-test-imports" --test import

lint-importer: $(VENV)/.lint-ready # in an environment of its own: it pins old linters
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		$(MAKE) $(IMPORTER) && $(STEP) "galaxy importer" .ci/check-importer "$(dir $(IMPORTER))" "$(BIN)" "$(CURDIR)/$(CACHE)/importer"; \
	else \
		echo "    skipped galaxy importer: it needs Python 3.11 or later"; [[ "$(STRICT)" != 1 ]]; \
	fi

##@ For maintainers

.PHONY: format
format: $(VENV)/.lint-ready ## Lay the Python files out and fix what ruff can fix
	@$(BIN)/ruff check --fix --quiet --cache-dir $(CACHE)/ruff || true
	@$(BIN)/ruff format --cache-dir $(CACHE)/ruff

.PHONY: requirements
requirements: $(VENV)/.test-ready ## Pin newer versions in requirements/*.txt (all Pythons in one file)
	@$(BIN)/python -m pip install --quiet uv
	@cd requirements && compile() { "$(BIN)/uv" pip compile --quiet --upgrade --universal --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version "$$@"; }; \
	compile 3.10 lint.in -o lint.txt; compile 3.10 -c lint.txt test.in -o test.txt; compile 3.10 -c lint.txt runtime.in -o runtime.txt; \
	compile 3.11 importer.in -o importer.txt

# Set-up, redone only when the requirement files change, or when the environment does not run or has another Python than asked for.

ifneq ($(shell .ci/venv-fits "$(VENV)" "$(PYTHON)" && echo yes),yes)
.PHONY: $(VENV)/.test-ready
endif

$(VENV)/.test-ready: requirements/test.txt
	@.ci/make-venv "$(VENV)" $< $(PYTHON)
	@touch $@

$(VENV)/.lint-ready: requirements/lint.txt $(VENV)/.test-ready
	@.ci/make-venv "$(VENV)" $< $(PYTHON)
	@touch $@

$(IMPORTER): requirements/importer.txt
	@.ci/make-venv "$(@D)" $< $(PYTHON)
	@touch $@

$(CACHE)/ansible.cfg:
	@mkdir -p $(@D) && echo "# Empty: the tests and the demo are to run with what ansible does by default." > $@

$(LINK): | $(CACHE)/ansible.cfg
	@mkdir -p $(@D) && ln -sfn ../../../.. $@

# For the tests and ansible-lint only: the example in examples/awx is held to its modules.
$(AWX): .ci/awx-collection | $(VENV)/.test-ready
	@$< "$(BIN)" "$(COLLECTIONS)/ansible_collections"

.PHONY: debian
debian:
	@.ci/debian-packages $(DEBIAN_PACKAGES)
