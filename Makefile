# Two commands matter: make run, make test. `make help` lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
ARGS ?=
BIN := .venv/bin

# Written bytecode makes the second start fast, whatever the surroundings say.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What is installed is named by what asked for it: unchanged locks install nothing. A lock is whole, so
# nothing is resolved again: an older pip would look for a newer release under a name with an extra.
digest = $(shell cat $(1) setup.cfg pyproject.toml | sha256sum | cut -c1-16)
RUN_READY := .venv/.ready-run-$(call digest,requirements.lock)
TEST_READY := .venv/.ready-test-$(call digest,requirements.lock requirements-test.lock)
STATIC_READY := .venv/.ready-static
STATIC := $(filter-out %.gz %.br,$(wildcard lms/static/* lms/static/*/*))

LINT := $(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports

.PHONY: help install run test lint format types unit lock tools clean

help:
	@echo "make run [PORT=8000]   serve the demo on this machine"
	@echo "make install           only what lms needs to run, in .venv"
	@echo "make test [ARGS=…]     lint, types, import contracts and all tests"
	@echo "make unit ARGS=…       tests alone, e.g. ARGS='tests/ops -k backup --database sqlite'"
	@echo "make lint | format | types"
	@echo "make lock              resolve setup.cfg's dependencies anew into the two lock files"
	@echo "make clean             remove what was installed; the instance stays"

install: $(RUN_READY) $(STATIC_READY)
	@$(BIN)/python -m compileall -q lms migrations  # a service may not write here

run: export LMS_MODE ?= demo
run: export LMS_PORT := $(PORT)
run: export LMS_BASE_URL ?= http://127.0.0.1:$(PORT)
run: $(RUN_READY) $(STATIC_READY)
	@exec $(BIN)/lms serve --demo

test: $(TEST_READY) $(STATIC_READY) tools
	@$(LINT) && exec $(BIN)/python -m pytest -n 2 $(ARGS)

unit: $(TEST_READY) $(STATIC_READY)
	@exec $(BIN)/python -m pytest $(ARGS)

lint: $(TEST_READY)
	@$(LINT)

types: $(TEST_READY)
	@$(BIN)/mypy

format: $(TEST_READY)
	@$(BIN)/ruff check --fix && $(BIN)/ruff format

tools:
	@.ci/tools

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; found " + sys.version.split()[0] + " (set PYTHON=…).")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	  then apt-get install -qq -y python3-venv >/dev/null && $(PYTHON) -m venv .venv; \
	  else echo "Python can't make a virtual environment; as root run: apt-get install python3-venv" >&2; exit 1; fi; }

$(RUN_READY): | .venv/bin/python
	@echo "Installing what requirements.lock names …"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@rm -f .venv/.ready-run-* && touch $@

$(TEST_READY): $(RUN_READY) | .venv/bin/python
	@echo "Installing what requirements-test.lock names …"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-test.lock
	@rm -f .venv/.ready-test-* && touch $@

# Compressed once here, so that no request ever waits for it.
$(STATIC_READY): $(STATIC) $(RUN_READY)
	@$(BIN)/python -m whitenoise.compress --quiet lms/static && touch $@

# Setuptools is locked too: it builds our own package without fetching anything.
COMPILE = printf 'setuptools>=77\n' | UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet \
  --universal --generate-hashes --no-emit-index-url --python-version 3.11

lock: | .venv/bin/python
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(COMPILE) --extra test setup.cfg - -o requirements-test.lock
	@$(COMPILE) -c requirements-test.lock setup.cfg - -o requirements.lock

clean:
	@rm -rf .venv build *.egg-info lms/static/*.gz lms/static/*.br
