#!/usr/bin/env bash
# The small Plotly bundle for readers' browsers, where npm is at hand. Without it the
# large one from the Python package is served: pages look the same and load later.
set -euo pipefail
mkdir -p node_modules
if ! command -v npm >/dev/null; then
  echo "npm is not installed: charts load the large bundle. Nothing else is different." >&2
elif ! npm ci --silent --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=20000; then
  mkdir -p node_modules
  echo "npm could not fetch the small bundle of charts: the large one is served." >&2
fi
