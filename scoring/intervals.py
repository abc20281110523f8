"""How sure a number is: effective sizes, and the limits of scores and shares.

Closed forms over all brands at once (numpy, no random numbers). Arrays have one line
a brand, account or industry: an *entity*. A *unit* is what messages come in clumps
by: one day, one week or one author of one entity.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri, stdtrit

from scoring.method import CREDITS, METHOD

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL: float = METHOD.confidence.value
Z = float(ndtri(0.5 + LEVEL / 2))
"""How many standard errors the two-sided interval at METHOD.confidence reaches."""

WORTH = np.array(CREDITS) / 100
"""What an inquiry of each credit class adds to the score, on the scale 0 to 1."""

VALUES = np.stack(
    [WORTH] + [np.arange(4) < within for within in (1, 2, 3)], axis=1
).astype(np.float64)
"""(4 classes, 4 figures): what an inquiry of a class is worth to the score and to the
shares answered within t1, t2 and t3. Classes: answered within t1, after t1 within t2,
after t2 within t3, not within t3."""


@dataclass(frozen=True, slots=True)
class Units:
    """What came in one clump: ``classes[u]`` inquiries of entity ``entity[u]``.

    ``entity`` is sorted. ``alone`` (entities, 4) counts, by class, the inquiries
    that are a unit each: people who wrote once need no line of their own.
    """

    entity: Ints
    classes: Ints
    alone: Ints


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the figures move when one unit is left out."""

    variance: Floats  # (entities, 4 figures), delete-one-unit
    effective: Floats  # (entities,), n^2 / sum of squared unit sizes


def unit_spread(units: Units, counts: Ints) -> Spread:
    """Delete-one-unit variance of every figure, and the effective number of units.

    ``counts`` (entities, 4): inquiries by credit class. V = (G-1)/G sum_u move_u^2,
    where move_u is how far the mean goes when unit u is taken out and G the number
    of units (the jackknife of Quenouille and Tukey over clusters). An entity that is
    one single unit gets 0: nothing is left to compare it with.
    """
    n, mean = counts.sum(1), _mean(counts)
    starts = np.flatnonzero(np.diff(units.entity, prepend=-1))
    owner = units.entity[starts]
    moved = np.zeros(mean.shape)
    one, two, three, four = (units.classes[:, i].astype(np.float64) for i in range(4))
    within = one + two
    answered = within + three
    size = answered + four
    rest = n[units.entity] - size
    inverse = np.divide(1.0, rest, out=np.zeros_like(size), where=rest > 0)
    points = one * WORTH[0] + two * WORTH[1] + three * WORTH[2]
    sums_of = (points, one, within, answered) if len(owner) else ()
    for figure, sums in enumerate(sums_of):
        gap = sums - size * mean[units.entity, figure]
        gap *= inverse
        np.square(gap, out=gap)
        moved[owner, figure] = np.add.reduceat(gap, starts)
    alone = units.alone.astype(np.float64)
    for figure, worth in enumerate(VALUES.T):
        lonely = (alone * (worth - mean[:, [figure]]) ** 2).sum(1)
        moved[:, figure] += lonely / np.maximum(1.0, (n - 1.0) ** 2)
    groups = np.bincount(units.entity, minlength=len(n)) + units.alone.sum(1)
    squares = units.alone.sum(1).astype(np.float64)
    if len(owner):
        squares[owner] += np.add.reduceat(size * size, starts)
    return Spread(
        moved * ((groups - 1) / np.maximum(groups, 1))[:, None],
        n.astype(np.float64) ** 2 / np.maximum(squares, 1.0),
    )


def _mean(counts: Ints) -> Floats:
    return cast(Floats, counts @ VALUES / np.maximum(counts.sum(1), 1)[:, None])


def effective_size(counts: Ints, day: Spread, week: Spread, author: Spread) -> Floats:
    """n_eff of every figure (entities, 4), between 1 and n.

    n_eff = n / D with D = (max(1, V_day/V, V_week/V) + max(1, V_author/V) - 1) times
    (t_{g-1}(.975) / z)^2, V the plain variance of the mean, g the smaller of the
    effective numbers of days and of authors. V = 0 (all alike): the t factor alone.
    """
    n = counts.sum(1).astype(np.float64)[:, None]
    square = counts @ VALUES**2 / np.maximum(n, 1)
    plain = np.maximum(square - _mean(counts) ** 2, 0) / np.maximum(n - 1, 1)

    def ratio(variance: Floats) -> Floats:
        out = np.ones_like(plain)
        np.divide(variance, plain, out=out, where=plain > 1e-15)
        return cast(Floats, np.maximum(out, 1.0))

    clumped = np.maximum(ratio(day.variance), ratio(week.variance))
    design = clumped + ratio(author.variance) - 1
    freedom = np.maximum(np.minimum(day.effective, author.effective) - 1, 1)[:, None]
    t = stdtrit(freedom, 0.5 + LEVEL / 2) / Z
    return cast(Floats, np.maximum(n / (design * t**2), 1.0))


def score_limits(
    counts: Ints, n_eff: Floats | None = None, z: float | Floats = Z
) -> tuple[Floats, Floats]:
    """Limits of the score, on the scale 0 to 1, at tail Phi(-z) on each side; ``z``
    one for all or one a line.

    ``counts`` (entities, 4) over the credit classes. Scaled to n_eff, with a
    Dirichlet prior of METHOD.prior in each class, the posterior mean and variance of
    the score are matched by a beta distribution. When nobody was answered, the upper
    limit is at least the exact 1 - Phi(-z)^(1/n_eff), and mirrored when everybody
    was answered within t1. Always contains the score itself. n = 0: NaN.
    """
    n = counts.sum(1).astype(np.float64)
    size = n if n_eff is None else n_eff
    tail = ndtr(-z)
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = counts @ WORTH / n
        mean, strength = _matched(counts * (size / n)[:, None], size)
        unseen = -np.expm1(np.log(tail) / size)
    low = betaincinv(mean * strength, (1 - mean) * strength, tail)
    high = 1 - betaincinv((1 - mean) * strength, mean * strength, tail)
    high = np.where(counts[:, 3] == n, np.maximum(high, unseen), high)
    low = np.where(counts[:, 0] == n, np.minimum(low, 1 - unseen), low)
    return np.minimum(raw, low), np.maximum(raw, high)


def _matched(scaled: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Mean and strength (a + b) of the beta that matches the score's posterior."""
    prior: float = METHOD.prior.value
    total = size + 4 * prior
    share = (scaled + prior) / total[:, None]
    mean = share @ WORTH
    variance = (share @ WORTH**2 - mean**2) / (total + 1)
    return mean, mean * (1 - mean) / variance - 1


def share_limits(
    hits: Ints, n: Ints, n_eff: Floats, z: float = Z
) -> tuple[Floats, Floats]:
    """Wilson's limits of a share at size n_eff; always contain hits / n. n = 0: NaN.

    Wilson, JASA 22 (1927), 209-212.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / n.astype(np.float64)
    stretch = 1 + z * z / n_eff
    centre = (share + z * z / (2 * n_eff)) / stretch
    half = z / stretch * np.sqrt(share * (1 - share) / n_eff + (z / (2 * n_eff)) ** 2)
    low = np.clip(np.minimum(share, centre - half), 0, 1)
    return low, np.clip(np.maximum(share, centre + half), 0, 1)
