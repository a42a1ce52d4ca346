# Every target but help first sets the project up (packaging/set-up.sh), once.
.DEFAULT_GOAL := help
.PHONY: help run kiosk test check rules tour faults bench bench-viewer bench-link bench-web bench-search bench-server fuzz format catalogue
PY := .venv/bin/python
SET_UP := packaging/set-up.sh packaging/requirements.lock packaging/browser/package-lock.json pyproject.toml
PARALLEL ?= auto
# Compiled code is kept also where the environment says otherwise: the tests start hundreds of programs.
export PYTHONDONTWRITEBYTECODE :=

help: ## List what can be done here
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | awk '{name=$$1; $$1=""; printf "  make %-13s%s\n", name, $$0}'

.set-up/run: $(SET_UP) packaging/apt-run.txt
	@packaging/set-up.sh run

.set-up/test: $(SET_UP) packaging/apt-run.txt packaging/apt-test.txt packaging/browser-test/package-lock.json
	@packaging/set-up.sh test

.set-up/bench-web: .set-up/test packaging/browser-bench/package-lock.json
	@packaging/set-up.sh bench-web

run: .set-up/run ## Open the reception desk in practice mode, with sample patients and exams
	@$(PY) main.py staff --practice $(ARGS)

kiosk: .set-up/run ## Open the patient kiosk in practice mode
	@$(PY) main.py kiosk --practice $(ARGS)

tour: .set-up/run ## Walk the whole main job in the real windows; pictures and letters go to out/
	@$(PY) main.py tour --out out $(ARGS)

test: .set-up/test ## Run every test, with a real PostgreSQL, CUPS, SMTP server and Chromium
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PY) -m pytest -q -n $(PARALLEL) --dist worksteal $(ARGS)

check: .set-up/run ## Format, lint, types, walls between the floors, size of files
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) packaging/check_sizes.py

rules: .set-up/run ## List every rule with the tests that prove it; fail when one has none
	@$(PY) packaging/list_rules.py

bench: .set-up/test ## Measure speed side by side with the usual alternatives
	@$(PY) -m bench $(ARGS)

bench-viewer: .set-up/test .venv-bench/.locked ## Measure the viewer side by side with what a user would pick instead
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PY) -m bench.viewer $(ARGS)

bench-link: .set-up/test ## Measure the viewer at a desk whose server is 20 ms and 100 Mbit/s away (three minutes)
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PY) -m bench.link $(ARGS)

bench-web: .set-up/bench-web ## Measure pages and images in a browser side by side with Orthanc, dwv and cornerstone
	@$(PY) -m bench.web $(ARGS)

# The peers and what they bring along (some under the GPL) stay out of the portal's own environment.
.venv-bench/.locked: packaging/requirements-bench.lock
	@rm -rf .venv-bench && $${PYTHON:-python3} -m venv .venv-bench
	@.venv-bench/bin/pip install -q --disable-pip-version-check --require-hashes -r packaging/requirements-bench.lock
	@cp packaging/requirements-bench.lock $@

bench-server: .set-up/test ## Measure a morning of ten clinics on one server, beside Orthanc (three minutes)
	@$(PY) -m bench.server $(ARGS)

faults: .set-up/test ## Kill desks, server and database while three desks work, and look for what was lost or done twice (a quarter of an hour)
	@$(PY) -m tests.faults $(ARGS)

bench-search: .set-up/test ## Measure search and list pages at 100 thousand and a million patients (8 GB, a quarter of an hour)
	@$(PY) -m bench.search $(ARGS)

fuzz: .set-up/test ## Damage files of every transfer syntax 5,000 times each, by seed, and look that nothing is harmed
	@$(PY) -m bench.fuzz $(ARGS)

format: .set-up/run ## Put the code in order
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

catalogue: .set-up/run ## Collect all sentences for translation
	@.venv/bin/pybabel -q extract -F resources/babel.cfg -k N_ -k _ -k count:1,2 --no-location --sort-output --omit-header -o resources/locale/portal.pot .
