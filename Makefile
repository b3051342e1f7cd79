# Works with GNU Make 3.81 (macOS) and later. `make help` prints the lines marked with two hashes.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
# How many records `make bench` writes into a store.
RECORDS ?= 60000
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
READY := .venv/ready
# The programs in .venv name their folder: one that was moved is set up anew.
ifneq ($(wildcard $(READY)),)
  $(shell test "$$(cat $(READY))" = "$(CURDIR)" || rm -rf .venv)
endif
# Nothing here depends on the caller's own Python settings.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
# The certificates of the system, as pip and git use them: a proxy at work may have put its own there.
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test browser proof lint bench pages pictures docs lock clean setup python-found

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## set everything up, run the RECLAIIM trial on simulated data, write the report
	@$(BIN)/myotrial demo

test: $(READY) browser ## run every test, the examples in the documentation included; the pages in a browser where there is one
	@$(BIN)/python -m pytest -n auto --dist loadfile

# The pages are tested in Chromium: the one of this machine, else Debian's where apt may install it, else Playwright's own.
# (libatomic1 is what Playwright's driver needs on a Debian that has nothing else.)
browser: $(READY)
	@{ { command -v chromium || command -v chromium-browser; } && $(BIN)/playwright --version; } >/dev/null 2>&1 || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && echo "Installing Chromium (once) ..." && \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium libatomic1 >/dev/null; } || \
		$(BIN)/playwright install chromium >/dev/null 2>&1 || echo "No Chromium could be had: the tests of the pages are left out."

proof: $(READY) ## the slow proofs (an hour): every pair of values, 2,000 bad files, coverage, damaged records; figures go to docs/evidence
	@$(BIN)/python -m pytest tests/proof tests/common -m "proof or not proof" -p no:randomly --proof-page
	@$(BIN)/python -m pytest tests/statistics -m "proof or not proof" --hypothesis-profile=whole
	@$(BIN)/python -m pytest tests -m proof --ignore tests/proof --ignore tests/common -p no:randomly
	@$(BIN)/python tests/study/mutations/run_bad_files.py --page
	@$(BIN)/python tests/proof/registry_fuzz.py --minutes 10
	@MYOTRIAL_EXAMPLES=500 $(BIN)/python -m pytest tests/web/test_openapi.py

lint: $(READY) ## ruff, mypy --strict, the one-way contract between the rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY) ## speed and memory as ratios measured in one run; the store of records (RECORDS=600000: its largest, 12 minutes)
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/store.py --records $(RECORDS)
	@command -v wrk >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wrk >/dev/null; } || true
	@$(BIN)/python benchmarks/web.py

setup: $(READY) ## set up .venv only

pages: $(READY) ## write anew what is made from data: the JSON Schema of definitions, the evidence of each rule
	@$(BIN)/python -m myotrial.trials.schema
	@$(BIN)/python tools/write_evidence.py

docs: $(READY) ## build the documentation into docs/_build/html, without a network; a warning stops it
	@rm -rf docs/_build
	@$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -b html -d docs/_build/doctrees docs docs/_build/html
	@echo "The documentation: docs/_build/html/index.html"

pictures: $(READY) browser ## take the pictures of README and docs anew
	@$(BIN)/python tools/take_pictures.py

lock: $(READY) ## write requirements.lock anew (names, versions and hashes only)
	@$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
		--no-emit-index-url --group dev pyproject.toml -o requirements.lock $(LOCKFLAGS)
	@printf 'uv==%s\n' "$$($(UV) --version | cut -d' ' -f2)" | $(UV) pip compile --quiet --universal \
		--generate-hashes --no-annotate --no-header --no-emit-index-url - -o requirements-uv.lock

clean: ## remove .venv and everything that was generated
	rm -rf .venv demo-output docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

python-found:
	@test -n "$(PYTHON)" || { printf '%s\n' \
		'myotrial needs Python 3.11 or newer, and none was found on PATH.' \
		'  Debian, Ubuntu:  sudo apt install python3 python3-venv' \
		'  macOS:           brew install python3   (or the installer from python.org)' \
		'  elsewhere:       make demo PYTHON=/path/to/python3.12' >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '$(PYTHON) is too old, or does not run: myotrial needs Python 3.11 or newer.' >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { printf '%s\n' \
		'$(PYTHON) has no venv module, which sets up the environment.' \
		"  Debian, Ubuntu:  sudo apt install python3-venv   (or python$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv)" >&2; exit 2; }

$(READY): pyproject.toml requirements.lock requirements-uv.lock
	@$(MAKE) -s python-found
	@echo "Setting up .venv (once; a few hundred MB of packages, checked against the hashes in requirements.lock) ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@command -v $(UV) >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements-uv.lock
	@VIRTUAL_ENV="$(CURDIR)/.venv" $(UV) pip install $$(test -t 2 || echo --quiet) --require-hashes -r requirements.lock
	@VIRTUAL_ENV="$(CURDIR)/.venv" $(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@printf '%s' "$(CURDIR)" > $(READY)
