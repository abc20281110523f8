#!/usr/bin/env bash
# The whole suite: first what is quick to fail, then everything else.
set -euo pipefail
.venv/bin/ruff format --check .
.venv/bin/ruff check .
.venv/bin/mypy
.venv/bin/djlint --lint --quiet templates
.venv/bin/python -m coverage erase
.venv/bin/python -m coverage run -m pytest -q
.venv/bin/python -m coverage report
