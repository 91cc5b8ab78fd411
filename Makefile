# Every chore is one command. Needs git, make and python3 >= 3.11, nothing else:
# whatever a command needs beyond that, it installs into $(VENV) by itself.

VENV ?= .venv
PYTHON ?= python3

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := $(VENV)/bin
RUN := $(BIN)/python
# Silent unless it fails.
INSTALL := $(RUN) -m pip install -qq --disable-pip-version-check
PYTEST := $(RUN) -m pytest
# One document is one story: its examples stay together on one worker.
PARALLEL := -n auto --dist loadfile

.PHONY: help
help:  ## show this list
	@echo "Usage: make <command>   (VENV=$(VENV), PYTHON=$(PYTHON))"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)


# ---- What a user runs ----------------------------------------------------------------

.PHONY: demo test
demo: $(VENV)/.runtime  ## a loyalty programme over 6,919 real purchases, end to end
	@$(RUN) -m loyaltycore.demo

test: $(VENV)/.test  ## all tests and documented examples; says what it skipped and why
	@$(PYTEST) $(PARALLEL) -rs $(ARGS)


# ---- What a change has to pass -------------------------------------------------------

.PHONY: check lint types floors docs wheel frames coverage
check: lint types floors docs wheel  ## style, types, floors, documents, built wheel

lint: $(VENV)/.lint  ## ruff: rules and formatting
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(VENV)/.lint  ## mypy and pyright, both strict
	@$(RUN) -m mypy
	@$(RUN) -m pyright --pythonpath $(RUN)

floors: $(VENV)/.lint  ## imports go down the floors only
	@$(BIN)/lint-imports

docs: $(VENV)/.test  ## every example in README.md and docs/
	@$(PYTEST) -q README.md docs

wheel: $(VENV)/.runtime  ## build the wheel and use it in an empty environment
	@$(RUN) scripts/check_wheel.py

frames: $(VENV)/.frames  ## RFM on every kind of data frame; one that is missing fails
	@LOYALTYCORE_FRAMES=1 $(PYTEST) $(PARALLEL) -rs tests/rfm $(ARGS)

coverage: $(VENV)/.frames  ## all tests, then branches: 100 % in ledger and cards, 95 % else
	@LOYALTYCORE_FRAMES=1 $(PYTEST) $(PARALLEL) -rs --cov --cov-report=json $(ARGS)
	@$(RUN) scripts/check_coverage.py .coverage.json


# ---- What takes longer ---------------------------------------------------------------

.PHONY: bench bench-rfm bench-scale mutants soak
# Import times are only true with bytecode cached, whatever the environment says.
bench: $(VENV)/.bench  ## figures, one a line: BENCH name=value
	@env -u PYTHONDONTWRITEBYTECODE $(RUN) -m benchmarks $(ARGS)

bench-rfm: $(VENV)/.bench-rfm  ## RFM against polars, DuckDB and pymc-marketing
	@$(RUN) -m benchmarks.rfm $(ARGS)

# Hours of building; ARGS="--customers 20000" takes minutes.
bench-scale: $(VENV)/.bench  ## queries on a million customers, SQLite and PostgreSQL
	@env -u PYTHONDONTWRITEBYTECODE $(RUN) -m benchmarks.scale $(ARGS)

mutants: $(VENV)/.mutants  ## does a test fail for each change to ledger and cards?
	@$(RUN) scripts/mutate.py run $(ARGS)
	@$(RUN) scripts/mutate.py report

soak: $(VENV)/.test  ## the tests that take minutes
	@LOYALTYCORE_SOAK=1 $(PYTEST) $(PARALLEL) -m soak -rs $(ARGS)


# ---- Housekeeping --------------------------------------------------------------------

.PHONY: format clean
format: $(VENV)/.lint  ## let ruff repair what it can
	@$(RUN) -m ruff check --fix-only --quiet .
	@$(RUN) -m ruff format .

clean:  ## remove whatever these commands left behind, $(VENV) included
	@rm -rf $(VENV) .demo mutants .coverage .coverage.* .hypothesis dist build
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +


# ---- Environments: one stamp for what each command needs -----------------------------

$(VENV)/.python:
	@found=; \
	for candidate in $(PYTHON) python3.13 python3.12 python3.11; do \
		if $$candidate -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
			>/dev/null 2>&1; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "loyaltycore needs Python 3.11 or newer with its venv module."; \
		echo "Found: $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)"; \
		echo "Name another one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; \
		exit 1; \
	fi >&2; \
	echo "Setting up $(VENV) with $$($$found --version)" >&2; \
	$$found -m venv $(VENV)
	@$(INSTALL) --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime
	@$(INSTALL) --group test
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	@$(INSTALL) --group lint
	@touch $@

$(VENV)/.frames: $(VENV)/.test
	@$(INSTALL) --group frames
	@touch $@

$(VENV)/.bench-rfm: $(VENV)/.frames
	@$(INSTALL) --group bench-rfm
	@touch $@

$(VENV)/.mutants: $(VENV)/.test
	@$(INSTALL) --group mutants
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime
	@$(INSTALL) --group bench
	@touch $@
