"""`make bench [ONLY=imports]`: every timing as a ratio against its floor, in one run.

A benchmark is a module of this folder with ``run()``, which yields lines to print.
Never part of the tests: a machine's speed is no property of the code.
"""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

FOLDER = Path(__file__).parent


def main(only: list[str]) -> None:
    sys.path.append(str(FOLDER.parent / "site"))
    names = [info.name for info in iter_modules([str(FOLDER)])]
    for name in names:
        if name == "__main__" or (only and name not in only):
            continue
        module = import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):
            continue
        for line in module.run():
            sys.stdout.write(f"{name}: {line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
