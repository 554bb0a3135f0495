# Two commands: `make demo` and `make test`. Each makes .venv, installs what it needs once, and does its job.
# `make proof` runs what takes long; its certificates are committed and sampled by `make test`. Only some: make proof PROOFS='soak bank/conv-parameters';
# only what is out of date: make proof PROOFS=--stale

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DELETE_ON_ERROR:
.PHONY: demo test proof check-python browser clean

demo: .venv/.demo-installed
	$(BIN)/python demo/run.py

test: .venv/.test-installed browser .venv/npm/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

proof: .venv/.test-installed
	$(BIN)/python -m proof.run $(PROOFS)

.venv/bin/python: | check-python
	"$(PYTHON)" -m venv .venv

# The CPU build is enough for everything; torch first, so that nothing else picks another build.
.venv/.demo-installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) setuptools torch==2.13.0
	$(PIP) --no-build-isolation --editable .
	touch $@

.venv/.test-installed: .venv/.demo-installed
	$(PIP) --no-build-isolation --editable '.[dev]'
	touch $@

check-python:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "$(PYTHON) is missing, LeGrade needs Python 3.11 or newer; install it with: sudo apt-get install python3 python3-venv"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$("$(PYTHON)" --version 2>&1) is too old, LeGrade needs 3.11 or newer; where your system has one, install and name it:"; \
	  echo "sudo apt-get install python3.11 python3.11-venv && make PYTHON=python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv is missing; install it with: sudo apt-get install" \
	    "$$("$(PYTHON)" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }

# The pages are tested in Chromium. Root installs it; for anybody else those tests are skipped and say how to get it.
browser:
	@if [ ! -x /usr/bin/chromium ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing chromium for the tests of the pages"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null \
	    || echo "chromium could not be installed: the tests of the pages will be skipped"; \
	fi

# Programs of others that read what we write. Without npm, or without a network, the tests that ask them are skipped and say so.
.venv/npm/.installed: tests/npm/package.json tests/npm/package-lock.json | .venv/bin/python
	@mkdir -p $(@D) && rm -f $@ && cp $^ $(@D)
	@if ! command -v npm >/dev/null; then \
	  echo "npm is missing: the tests that ask other programs are skipped; Node.js 20 or newer brings it, see https://nodejs.org"; \
	elif (cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=1000); then \
	  touch $@; \
	else \
	  echo "the packages of tests/npm could not be installed: the tests that ask other programs are skipped"; \
	fi

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
