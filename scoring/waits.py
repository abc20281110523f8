"""Between which waits the one lies by which a part of all who wrote had an answer."""

from collections.abc import Sequence
from typing import NamedTuple


class Between(NamedTuple):
    """Seconds. None: the curve has no end on that side."""

    more_than: int | None
    at_most: int | None


def crossing(
    times: Sequence[int], low: Sequence[float], high: Sequence[float], part: float
) -> Between:
    """The interval of the wait by which ``part`` (0 to 1) of all who wrote had an
    answer, at the confidence of the band that is given: limits of the response curve,
    one a time (seconds, ascending).

    A wait is in it for as long as ``part`` lies between the limits there (Brookmeyer
    and Crowley, Biometrics 38 (1982), 29-41). Its ends are the next times outwards, and
    where a limit crosses ``part`` more than once, the outermost: so it holds the true
    wait at least as often as the band holds the true share at one moment. Raises
    ValueError: not one limit a time.
    """
    below = [end < part for _, end in zip(times, high, strict=True)]
    first = below.index(False) if False in below else len(below)
    short = [at for at, end in zip(range(len(times)), low, strict=True) if end < part]
    reached = short[-1] + 1 if short else 0
    return Between(
        times[first - 1] if first else None,
        times[reached] if reached < len(times) else None,
    )
