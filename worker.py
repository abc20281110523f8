"""The collecting process: `python -m worker`. Exactly one of these runs on a database.

The website never schedules anything: gunicorn starts several workers, and each would
start its own scheduler. What is scheduled is in ``jobs.working``.
"""

import sys

from pydantic import ValidationError

import logs
from jobs.working import work
from settings import Settings, complaint


def main() -> int:
    """Exit code: 0 stopped when asked to, 1 could not work (a line says why)."""
    try:
        settings = Settings()
    except ValidationError as problem:
        print(f"worker: {complaint(problem)}", file=sys.stderr)  # noqa: T201
        return 1
    logs.to_stderr(settings)
    return work(settings)


if __name__ == "__main__":
    sys.exit(main())
