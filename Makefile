# Needs Python 3.11 or newer; everything else is installed into .venv, pinned by constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
GOLDENS ?= tests/reference/a1111/cases

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format parity train evaluate clean

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(STAMP) ## install everything into .venv

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

demo: $(STAMP) ## inpaint the sample picture with the builtin model, once per masked content, into demo-output/
	@$(BIN)/underpaint demo --out demo-output

test: $(STAMP) ## run the whole test suite
	@$(BIN)/python -m pytest

check: $(STAMP) ## format, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/python -m pytest -q tests/unit/test_imports.py

format: $(STAMP) ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

parity: $(STAMP) ## compare with pictures made by A1111: make parity GOLDENS=DIR
	@$(BIN)/python -m benchmarks.parity $(GOLDENS)

train: $(STAMP) ## train the builtin model, or go on training it
	@$(BIN)/python -m training all

evaluate: $(STAMP) ## measure the builtin model
	@$(BIN)/python -m training.evaluate

clean: ## remove what was made, but not training checkpoints
	rm -rf $(VENV) demo-output dist build .pytest_cache .ruff_cache .hypothesis
