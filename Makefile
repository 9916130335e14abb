# Filigree on a laptop. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
# What contracts are compared with: a breaking change since then fails the check.
BASE ?= $(shell git rev-parse --quiet --verify --short origin/main 2>/dev/null)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WEIGHTS := .filigree/weights/.fetched
TOOLS := .filigree/tools
# A question reaches the demo as it was typed: neither make nor the shell reads it.
ifdef ASK
override ASK := $(value ASK)
export ASK
endif
# Whatever is done here starts many interpreters: what one has compiled the next need not.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install tools up down demo test check bench clean lock images-smoke kind

help: ## Show this list
	@echo "Filigree: a conversational business back end on a mesh of small services."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) $(WEIGHTS) ## Install everything into .venv (no root, no Docker)

# Which packages there are below platform/ is kept by the installation.
$(INSTALLED): constraints.txt pyproject.toml platform
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Filigree needs Python 3.11 or newer; this is %d.%d. Try: make install PYTHON=python3.12" % v[:2])'
	@echo "Installing the pinned packages into $(VENV): 350 MB, which takes some minutes ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(WEIGHTS): $(INSTALLED) platform/embeddings/weights.txt
	@echo "Fetching the embedding weights ..."
	@$(BIN)/python -m embeddings.fetch
	@mkdir -p $(@D) && touch $@

tools: ## Fetch promtool and amtool (Debian), which check the alerts
	@if [ -x $(TOOLS)/usr/bin/promtool ] && [ -x $(TOOLS)/usr/bin/amtool ]; then exit 0; fi; \
	mkdir -p $(TOOLS) && cd $(TOOLS) && \
	timeout 120 apt-get -qq -o APT::Sandbox::User=root download prometheus prometheus-alertmanager 2>/dev/null && \
	for package in *.deb; do dpkg -x "$$package" . || exit 1; done && rm -f *.deb || \
	echo "promtool and amtool could not be fetched: the tests that need them are skipped"

up: install ## Bring the whole mesh up; Ctrl-C stops it
	@$(BIN)/filigree up

down: ## Stop a mesh that runs in the background
	@$(BIN)/filigree down

demo: install ## Load the demo business and ask it: make demo ASK="..."
	@$(BIN)/filigree demo $(if $(ASK),--ask "$$ASK")

check: install ## Formatting, lint, layers, declarations, budgets
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/filigree check $(if $(BASE),--base $(BASE))
	@$(BIN)/python -m gates

# On two cores: what waits for a process, a deadline or a database leaves room for a third.
test: install check tools ## Everything that must hold; starts the engines it needs
	@$(BIN)/python -m pytest --numprocesses 3 --durations 15

bench: install ## Measure speed and memory against a bare application
	@$(BIN)/filigree bench

images-smoke: $(INSTALLED) ## Build images and run them as a cluster does: SERVICES="..."
	@$(BIN)/python platform/images/smoke.py $(SERVICES)

kind: $(INSTALLED) ## A cluster on this machine: kind, Istio, every domain
	@platform/kind/up.sh

lock: ## Renew constraints.txt (needs uv); UPGRADE=1: newer pins
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --all-extras --no-annotate --no-header $(if $(UPGRADE),--upgrade) --quiet --output-file constraints.txt

clean: ## Remove every mesh, its data and caches; .venv and env stay
	@if [ -x $(BIN)/filigree ]; then \
	  for offset in 0 $$(ls .filigree 2>/dev/null | sed -n 's/^offset-//p'); do \
	    $(BIN)/filigree down --quiet --data --port-offset $$offset || true; \
	  done; \
	fi
	@if [ -d .filigree ]; then find .filigree -mindepth 1 -maxdepth 1 ! -name env -exec rm -rf {} +; fi
	@rm -rf build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
