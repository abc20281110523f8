#!/usr/bin/env bash
# Pins requirements*.in with hashes and without naming where they came from.
set -euo pipefail
for name in requirements requirements-dev; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header "$name.in" -o "$name.txt"
done
