# The commands of the project. `make run` and `make test` are all that a newcomer needs.
SHELL := /bin/bash
VENV ?= .venv
PY := $(VENV)/bin/python
export VENV

.PHONY: help run test check house lock features bench

help:
	@echo "make run       start the trial on http://127.0.0.1:8000 (PORT=... for another port)"
	@echo "make test      the whole test suite, browser tests included"
	@echo "make check     format, lint, import contracts, types, house tests, then make test"
	@echo "make features  which rows of docs/features.md are proved, and by which tests"
	@echo "make bench     what is measured, each with its figure"
	@echo "make lock      resolve requirements*.in anew, with hashes"

# Web, worker and beat on localhost, with the demo's data and sign-ins.
run: export CANDOR_DEMO = 1
run:
	@bin/setup run
	@exec $(PY) manage.py dev

test:
	@bin/setup test
	$(PY) -m pytest $(PYTEST_ARGS)

# Fast parts first; the settings are checked as a site would have them.
check:
	@bin/setup test
	$(MAKE) --no-print-directory house
	$(MAKE) --no-print-directory test

house:
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	CANDOR_DEMO=1 CANDOR_VAR_DIR=var/check $(PY) manage.py makemigrations --check --dry-run
	CANDOR_DEMO= CANDOR_VAR_DIR=var/check CANDOR_HOSTS=candor.example \
	    CANDOR_AUDIT_KEYS=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(32))') \
	    CANDOR_KEYS=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(32))') \
	    SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	    $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m pytest -q tests/architecture -m "not django_db"

features:
	@bin/setup test
	@$(PY) -m tests.features

bench:
	@bin/setup test
	@for script in benchmarks/*.py; do \
	    grep -q '__main__' $$script || continue; $(PY) $$script || exit 1; done

# The fonts that disclosures/packet/fonts.lock names, as Debian 12 has them; as root. Chinese, Japanese and
# Korean are the second package. What isn't installed is shown as codes, with a note.
fonts:
	apt-get install -y --no-install-recommends fonts-noto-core fonts-noto-cjk fonts-dejavu-core

# Hashes and no addresses; uv is asked because pip can't write such a file.
lock:
	@command -v uv > /dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv pip compile --quiet --no-strip-extras --generate-hashes --python-version 3.11 --no-emit-index-url \
	    requirements.in --output-file requirements.txt
	uv pip compile --quiet --no-strip-extras --generate-hashes --python-version 3.11 --no-emit-index-url \
	    requirements-dev.in --output-file requirements-dev.txt
