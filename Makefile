# One command for everything; the environment is .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
DIR ?= demo

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "claimwright needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
	@echo "Setting up .venv (about a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m claimwright.codesets.tabular
	@touch $@

setup: .venv/.installed ## install into .venv

run: setup ## load the demo practice, run its day, serve the workbench
	@$(BIN)/claimwright demo --dir $(DIR)
	@$(BIN)/claimwright serve --dir $(DIR) --port $(PORT)

demo: setup ## run the demo day and print its figures
	@$(BIN)/claimwright demo --dir $(DIR)

# Compiled modules are kept, whatever the environment says: each process would else compile all of them anew.
test: setup ## all tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2

check: setup ## lint, types, layers, templates
	@$(BIN)/ruff check src tests bench
	@$(BIN)/ruff format --check src tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --check --lint --quiet src/claimwright/office/web

bench: setup ## figures, side by side with the peers
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || [ $$? -eq 2 ] || exit 1; done

lock: ## pin every version again
	@$(BIN)/pip-compile --quiet --extra dev --extra embed --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate --no-header --strip-extras -o requirements.lock pyproject.toml

.PHONY: help setup run demo test check bench lock
