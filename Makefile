# Each target does its own set-up: a Python 3.11+ and make are all a fresh machine needs.
.DEFAULT_GOAL := help
.PHONY: help install demo test faults matrix check format generate bench constraints clean

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := schemas producer consumers django_base infra tests benchmarks examples
ARGS ?=

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

install: $(STAMP)  ## make the virtual environment with exact versions

$(STAMP): pyproject.toml constraints.txt
	@infra/find-python -m venv $(VENV)
	@echo "Installing backstory and what it needs into $(VENV) (about half a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[django,notify,analytics,embedded,containers,dev]'
	@touch $@

demo: $(STAMP)  ## run the cap table end to end; ARGS="--once --json" to stop at the end
	@$(BIN)/backstory demo $(ARGS)

test: $(STAMP)  ## run all tests on servers that they start themselves
	@$(BIN)/python -m pytest $(ARGS)

faults: $(STAMP)  ## strike the pipeline with every fault and judge it; ARGS="--only WORD --minutes 2"
	@$(BIN)/python -m tests.faults $(ARGS)

matrix:  ## run the tests over Python, Django and PostgreSQL versions; ARGS="--only WORD"
	@infra/find-python tests/matrix $(ARGS)

check: $(STAMP)  ## format, lint, types, import directions
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)  ## put the code into the project's format
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

generate: $(STAMP)  ## write the generated files anew (JSON Schema, AsyncAPI)
	$(BIN)/python -m schemas

bench: $(STAMP)  ## measure capture, relay, persister and latency beside their peers
	@$(BIN)/python -m benchmarks $(ARGS)

constraints: $(STAMP)  ## resolve the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --upgrade --no-header --no-annotate --all-extras --quiet \
		pyproject.toml --output-file constraints.txt

clean:  ## remove the virtual environment (data of the servers: backstory reset)
	rm -rf $(VENV)
