"""A process of its own, in which another version of the method is in force.

Nothing of ``scoring`` may be imported here before ``use``: most of it draws its numbers
from the method as it is imported.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping

from scoring import method as current
from settings import ROOT

Period = tuple[int, int, int]
"""day_from, day_to, as_of."""


def apart(method: current.Method, parts: Mapping[str, bytes], period: Period) -> bytes:
    """The standings of an edition's frozen parts under a method, as Parquet; counted
    by ``python -m jobs.rescored``. Raises CalledProcessError."""
    done = subprocess.run(
        [sys.executable, "-m", "jobs.rescored"],
        input=pickle.dumps((method, dict(parts), period)),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    return done.stdout


def standings(
    method: current.Method, parts: Mapping[str, bytes], period: Period
) -> bytes:
    """What ``apart`` gives. To be called once, in a fresh process."""
    current.use(method)
    from scoring import book
    from scoring.edition import parquet
    from scoring.rescoring import rescored

    return parquet(rescored(parts, book.Period(*period)))


if __name__ == "__main__":
    # From the process above and from nowhere else, so it may be unpickled.
    sys.stdout.buffer.write(standings(*pickle.loads(sys.stdin.buffer.read())))
