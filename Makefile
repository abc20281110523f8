# `make help` lists what there is. run and test do all their own set-up.
SHELL := /bin/bash
PY := .venv/bin/python
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo yes)
# Compiled tests are kept: compiling them anew takes longer than the quick ones.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup setup-dev system run test check browser peers bench lighthouse migrate format lint types lock docs messages coverage new-channel

help: ## what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

.venv/ready: requirements.txt pyproject.toml
	@bash tools/venv.sh requirements.txt
	@touch $@

.venv/ready-dev: requirements-dev.txt pyproject.toml
	@bash tools/venv.sh requirements-dev.txt
	@touch $@ .venv/ready

# Charts that load sooner, where npm is at hand: never a reason to fail.
node_modules/ready: package.json package-lock.json
	@bash tools/browser.sh
	@touch $@

setup: .venv/ready node_modules/ready ## put everything a running site needs into .venv

setup-dev: .venv/ready-dev node_modules/ready ## the same, with what the tests need

system: ## Chromium and PostgreSQL for the tests (Debian packages)
	@bash tools/system.sh

run: setup ## set up, migrate, serve on http://127.0.0.1:8000 with the worker
	@.venv/bin/answerable up

test: setup-dev system ## set up, then the whole suite
	@bash tools/test.sh

check: setup-dev ## format, lint, types, quick tests: under a minute
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/djlint --lint --quiet templates
	@$(PY) -m pytest -q -n 2 --dist worksteal -p no:schemathesis -m "not browser and not peers and not slow"

browser: setup-dev system ## the tests that need Chromium
	@$(PY) -m pytest -q -m browser

peers: setup-dev system ## the tests against real local servers
	@$(PY) -m pytest -q -m peers

bench: setup-dev ## timings, as ratios against a floor in the same run
	@$(PY) -m benchmarks $(ONLY)

lighthouse: setup-dev system ## marks for speed, access and search, as on a phone (needs npm)
	@$(PY) tools/lighthouse/run.py

migrate: setup ## bring the database to the newest schema
	@.venv/bin/answerable migrate

format: setup-dev ## let ruff and djlint lay the code out
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lint: setup-dev
	@.venv/bin/ruff check . && .venv/bin/djlint --lint --quiet templates

types: setup-dev
	@.venv/bin/mypy

coverage: setup-dev ## measure how often our intervals are right, before a release
	@$(PY) tools/coverage.py
	@$(PY) tools/docs.py

docs: setup-dev ## write the tables in docs/ that are generated
	@$(PY) tools/docs.py

messages: setup-dev ## bring what pages say into site/translations, to be translated
	@$(PY) -m tools.messages

new-channel: setup-dev ## begin a channel: NAME=its_slug FAMILY=social (docs/add-a-channel.md)
	@$(PY) tools/new_channel.py $(NAME) --family "$(FAMILY)" --title "$(TITLE)"

lock: ## pin requirements*.in with hashes (needs uv)
	@bash tools/lock.sh
