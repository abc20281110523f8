"""Measures how often our intervals hold, for the method page: `make coverage`.

Draws five hundred worlds of each kind, some five minutes on two idle cores, and
writes scoring/trials.json. Done before a release, and after every change of method.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.append(str(ROOT))

from cli.progress import counted  # noqa: E402  # found by then
from jobs.simulating import simulate  # noqa: E402
from scoring.trials import FILE, to_json  # noqa: E402

WORLDS, SEED = 500, 2026


def main(worlds: int = WORLDS) -> None:
    with counted("worlds") as move:
        found = simulate(worlds, SEED, workers=os.cpu_count() or 1, move=move)
    FILE.write_text(to_json(found), encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
