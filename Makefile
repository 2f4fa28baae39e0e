# `make run` and `make test` need Python 3.11, pip and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
COMPILE := --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-options --no-emit-find-links

BUILDER ?= $(firstword $(foreach tool,podman docker buildah,$(if $(shell command -v $(tool)),$(tool))))
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' qm/__init__.py)
# Of the builder, such as `--secret id=pip,src=/etc/pip.conf` in a house with its own package index (deploy/README.md).
IMAGE_OPTIONS ?=
# Docker has no other format; the OCI format of the others drops the health check.
IMAGE_FORMAT = $(if $(filter %docker,$(BUILDER)),,--format docker)

.PHONY: run test lint fmt types bench day lock image clean

run: $(STAMP)
	@$(BIN)/qm models fetch
	@$(BIN)/qm run examples/day; code=$$?; if [ $$code -gt 1 ]; then exit $$code; fi

test: $(DEV)
	$(BIN)/python -m pytest

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/qm rules check
	$(BIN)/qm rules test

fmt: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV)
	$(BIN)/mypy

bench: $(DEV)
	$(BIN)/qm bench batch

# Needs Debian's festival, festvox-italp16k, festvox-itapc16k, flite, ffmpeg and sox.
day: $(DEV)
	$(BIN)/python examples/make_day.py

lock: $(DEV)
	$(BIN)/pip-compile $(COMPILE) --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile $(COMPILE) --extra dev --extra diarisation --extra whisper --extra postgres --extra s3 --extra ray --extra traces --extra parquet --output-file requirements-dev.txt pyproject.toml
	sed -i 's/^torch==\([0-9.]*\)+cpu/torch==\1/' requirements-dev.txt
	$(BIN)/pip-compile $(COMPILE) --no-annotate --constraint requirements-dev.txt --output-file requirements-api.txt requirements-api.in
	$(BIN)/pip-compile $(COMPILE) --no-annotate --constraint requirements-dev.txt --extra postgres --extra s3 --extra ray --extra traces --extra parquet --output-file requirements-worker.txt pyproject.toml

# Two images, `api` and `worker`; see deploy/README.md.
image:
	@test -n "$(BUILDER)" || { echo "podman, docker or buildah is needed to build images"; exit 1; }
	$(BUILDER) build $(IMAGE_FORMAT) $(IMAGE_OPTIONS) --target api --tag quality-equation-api:$(VERSION) --tag quality-equation-api:local .
	$(BUILDER) build $(IMAGE_FORMAT) $(IMAGE_OPTIONS) --target worker --tag quality-equation-worker:$(VERSION) --tag quality-equation-worker:local .

$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(DEV): $(STAMP) requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
