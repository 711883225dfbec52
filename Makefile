# Needs Python 3.11 or newer; everything else is installed into .venv, pinned by constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE_STAMP := node_modules/.installed
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
GOLDENS ?= tests/reference/a1111/cases
SEEDS ?= 32

.DEFAULT_GOAL := help
.PHONY: help setup demo studio test check format parity guide bench-canvas torture screenshots train evaluate clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(STAMP) ## install everything into .venv

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

$(NODE_STAMP): package.json package-lock.json $(STAMP)
	@$(NODE) npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $(NODE_STAMP)

demo: $(STAMP) ## inpaint the sample picture with the builtin model, once per masked content, into demo-output/
	@$(BIN)/underpaint demo --out demo-output

studio: $(STAMP) ## open the studio in the browser
	@$(BIN)/underpaint studio

test: $(STAMP) $(NODE_STAMP) ## run the whole test suite; browser tests need Chromium
	@$(BIN)/node --test --test-reporter=dot 'tests/web/**/*.test.{js,mjs}'
	@$(BIN)/python -m pytest

check: $(STAMP) $(NODE_STAMP) ## format, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(NODE) npm run --silent check
	@$(BIN)/python -m pytest -q tests/unit/test_imports.py

format: $(STAMP) ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

parity: $(STAMP) ## compare with pictures made by A1111: make parity GOLDENS=DIR
	@$(BIN)/python -m benchmarks.parity $(GOLDENS)

guide: $(STAMP) ## measure the claims of the inpainting guide and write docs/guide: make guide SEEDS=32 ONLY=NAME
	@$(BIN)/python -m benchmarks.guide --seeds $(SEEDS) $(if $(ONLY),--only $(ONLY))

bench-canvas: $(STAMP) ## measure the canvas on an 8192x8192 picture
	@$(BIN)/python -m benchmarks.canvas

torture: $(STAMP) ## kill server and engine 200 times at random; no job may be lost or done twice
	@$(BIN)/python -m benchmarks.torture --kills 200 --seconds 1500

screenshots: $(STAMP) ## take the pictures of docs/images/studio
	@$(BIN)/python -m docs.screenshots

train: $(STAMP) ## train the builtin model, or go on training it
	@$(BIN)/python -m training all

evaluate: $(STAMP) ## measure the builtin model
	@$(BIN)/python -m training.evaluate

clean: ## remove what was made, but not training checkpoints
	rm -rf $(VENV) node_modules demo-output dist build .pytest_cache .ruff_cache .hypothesis
