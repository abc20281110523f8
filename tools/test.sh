#!/usr/bin/env bash
# The whole suite: first what is quick to fail, then everything else. Each file of
# tests stays on one process, so that the servers it starts are started once.
set -euo pipefail
.venv/bin/ruff format --check .
.venv/bin/ruff check .
.venv/bin/mypy
.venv/bin/djlint --lint --quiet templates
.venv/bin/python -m coverage erase
.venv/bin/python -m coverage run -m pytest -q -n 2 --dist loadfile
.venv/bin/python -m coverage combine --quiet
.venv/bin/python -m coverage report --skip-covered
