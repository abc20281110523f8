#!/usr/bin/env bash
# venv.sh REQUIREMENTS: makes .venv and installs the locked packages and the project.
set -euo pipefail
python=${PYTHON:-python3}
"$python" - <<'PY' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. "
             "Install it, or name one: make PYTHON=/path/to/python3.11 ...")
PY
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
  else
    echo "Python's venv module is missing. Install it, then try again: sudo apt-get install python3-venv" >&2
    exit 1
  fi
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
say() { echo "$*" >&2; }
say "Installing the packages of $1 into .venv (a minute or two the first time) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$1"
# The project itself: a .pth file and a small command, so that no build tool is needed.
.venv/bin/python - <<'PY'
import pathlib, site, sys
root = pathlib.Path.cwd()
# Both source roots come last on the path: the standard library keeps its own "site".
pathlib.Path(site.getsitepackages()[0], "answerable.pth").write_text(f"{root}\n{root / 'site'}\n")
command = pathlib.Path(sys.prefix, "bin", "answerable")
command.write_text(f"#!{sys.executable}\nimport sys\n\nfrom cli import main\n\nsys.exit(main())\n")
command.chmod(0o755)
PY
