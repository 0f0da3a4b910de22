# Casebook: `make demo` shows it, `make test` tests it, `make quick` tests what is changed most; all install what they need into .venv first.
#
# .venv is made once. Its stamps carry the sum of the requirements they were made from, so that an unchanged file costs
# nothing and a changed one is noticed. `make test` installs the tools of development, too; `make demo` takes nothing away.

.DEFAULT_GOAL := demo
.PHONY: demo test house quick matrix bench drill mutate lint requirements clean
PYTHON ?= python3
ARGS ?=
PY := .venv/bin/python
QUICK := trial/protocol tests/protocol tests/test_house.py tests/crf/test_vital_signs.py tests/test_first_entry.py tests/api/test_forms.py
# Where a machine forbids Python to keep what it compiled, each of a demo's processes compiles all packages anew: seconds at each start.
unexport PYTHONDONTWRITEBYTECODE
UV := .venv/bin/uv
CORE := .venv/.core-$(shell cksum < requirements.txt | cut -d ' ' -f 1)
DEV := .venv/.dev-$(shell cksum < requirements-dev.txt | cut -d ' ' -f 1)
LOCK := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --universal --python-version 3.11 \
	--custom-compile-command 'make requirements'

demo: $(CORE)
	@$(PY) manage.py demo $(ARGS)

test: $(DEV)
	@$(PY) -m pytest --numprocesses=auto --maxprocesses=4 --durations=10 $(ARGS)

# For the hand that edits, in under a minute: the protocol, the rules of the house, one form through page and API.
quick: $(DEV)
	@$(PY) -m pytest --numprocesses=auto --maxprocesses=2 --quiet --exitfirst $(QUICK) $(ARGS)

# What can be counted of how the code reads (docs/measurements.md); of another checkout: make house ARGS=FOLDER.
house: $(DEV)
	@$(PY) -m tests.house $(ARGS)

# Each requirement with the tests that prove it and their result, for this commit: docs/requirements.md, .matrix/matrix.md.
matrix: $(DEV)
	@$(PY) -m pytest -p tests.matrix -m proves -q $(ARGS)

bench: $(DEV)
	@ls tests/benchmarks/bench_*.py
	@$(PY) -m pytest tests/benchmarks --override-ini addopts='--import-mode=importlib' --override-ini python_files='bench_*.py' --override-ini timeout=900 -s $(ARGS)

drill: $(DEV)
	@ls tests/drills/drill_*.py
	@$(PY) -m pytest tests/drills --override-ini addopts='--import-mode=importlib' --override-ini python_files='drill_*.py' --override-ini timeout=3600 -s $(ARGS)

# Mutation testing of the protocol, a quarter of an hour on an idle core: a copy of it alone, mutmut in an environment of its own.
# CI=1: Hypothesis sets no deadline on a machine that is busy.
mutate: $(DEV)
	rm -rf .mutation && mkdir .mutation
	git archive HEAD pyproject.toml docs/parameters.md trial/__init__.py trial/fields trial/refusals trial/protocol tests/protocol | tar x -C .mutation
	cd .mutation && CI=1 nice -n 19 ../$(UV) tool run --quiet --with pytest --with hypothesis --with 'django==5.2.*' --with 'psycopg[binary]' \
		mutmut@3.8.1 run --max-children 1 $(ARGS)
	$(PY) .ci/killed .mutation/mutants

lint: $(DEV)
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null
	@echo "$(PY) manage.py check --deploy (as in production)"
	@DATABASE_URL=postgresql://casebook@127.0.0.1/casebook CASEBOOK_HOSTS=casebook.example.org \
		CASEBOOK_SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(48))') \
		$(PY) manage.py check --deploy --fail-level WARNING

requirements: $(DEV)
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements.txt
	$(LOCK) $(ARGS) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	echo uv | $(LOCK) $(ARGS) - --output-file requirements-uv.txt

clean:
	rm -rf .venv .mutation .matrix

$(CORE): .venv/.made
	@echo "Installing what Casebook runs on ..."
	@if [ -x $(UV) ]; then $(UV) pip install --quiet --python $(PY) --require-hashes -r requirements.txt; \
	else $(PY) -m pip install --quiet --require-hashes -r requirements.txt; fi
	@touch $@

$(DEV): .venv/.made
	@echo "Installing what Casebook runs on, and the tools of development ..."
	@if [ -x $(UV) ]; then $(UV) pip sync --quiet --python $(PY) --require-hashes requirements-dev.txt requirements-uv.txt; \
	else $(PY) -m pip install --quiet --require-hashes -r requirements-dev.txt; fi
	@touch $(CORE) $@

# uv installs in seconds what pip installs in a minute; where it cannot be had, pip does it. A pip outside (22.3 or newer) saves
# unpacking one inside; PIP_INSIDE is for a Python without such a pip.
PIP_INSIDE = { $(PY) -m ensurepip || $(PYTHON) -m venv .venv; }
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Casebook needs Python 3.11 or newer: install it, or name it, as in "make PYTHON=python3.11 demo".' >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip .venv > .venv.log 2>&1 \
		&& $(PYTHON) -m pip --python $(PY) install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt >> .venv.log 2>&1 \
		|| { $(PIP_INSIDE) >> .venv.log 2>&1 || { rm -rf .venv; echo 'Python cannot make a virtual environment: install its' \
		'module venv (Debian: apt-get install python3-venv), then run make again; .venv.log tells more.' >&2; exit 1; }; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt >> .venv.log 2>&1 \
		|| echo 'uv could not be installed; pip does its work, and takes longer.'; }
	@rm -f .venv.log
	@touch $@
