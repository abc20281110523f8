"""Rank ranges: which places the data allow, for all brands of a table at once.

After Mogstad, Romano, Shaikh and Wilhelm, "Inference for Ranks", Review of Economic
Studies 91 (2024), in a closed form: with symmetric normal errors it is the
Tukey-Kramer procedure over all pairs (conservative for unequal variances: Hayter,
Annals of Statistics 12 (1984), 61-75), so it holds for all ranks together. No random
numbers: the same table always has the same ranges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from scoring.intervals import LEVEL, Floats, Ints

Words = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Places, 1 the best. ``best <= rank <= worst`` always."""

    rank: Ints
    best: Ints
    worst: Ints
    placed: Words  # 'upper', 'lower' or ''


@lru_cache(maxsize=4096)
def range_critical(entities: int, level: float = LEVEL) -> float:
    """c such that the largest of ``entities`` standard normals exceeds the smallest
    by at most c sqrt 2 with probability ``level``. For one, 0: nobody to compare.

    P(range <= q) = p Integral phi(z) [Phi(z) - Phi(z - q)]^(p-1) dz, solved for q. All
    the functions are smooth
    and vanish at both ends, so 401 points give the sum to fifteen digits.
    """
    if entities < 2:
        return 0.0
    z = np.linspace(-8.5, 8.5, 401)
    weight = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    below = ndtr(z)

    def beyond(q: float) -> float:
        inside = np.maximum(below - ndtr(z - q), 1e-300)
        chance = entities * np.sum(weight * np.exp((entities - 1) * np.log(inside)))
        return float(chance) - level

    return _root(beyond, 0.0, 20.0) / float(np.sqrt(2))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is zero, to 1e-12, between two points that enclose it:
    by halving while they are far apart, then by chords, of which an end that stays is
    given half its weight (Illinois: Dowell and Jarratt, BIT 11 (1971), 168-174)."""
    while high - low > 1:
        at = (low + high) / 2
        low, high = (at, high) if rising(at) < 0 else (low, at)
    under, over = rising(low), rising(high)
    at, last, below = low, high, None
    while abs(at - last) > 1e-12:
        last, at = at, low - under * (high - low) / (over - under)
        value, before = rising(at), below
        below = value < 0
        if below:
            low, under, over = at, value, over / 2 if before else over
        else:
            high, over, under = at, value, under if before is not False else under / 2
    return at


def rank_ranges(
    score: Floats, low: Floats, high: Floats, pairs: int = 100_000
) -> tuple[Ints, Ints]:
    """Best and worst place of each, from limits at z = ``range_critical(len(score))``.

    k is surely above j when s_k - s_j > sqrt((s_k - low_k)^2 + (high_j - s_j)^2).
    The best place of j is one more than how many are surely above it, its worst how
    many are not surely below it. ``pairs`` bounds memory: so many are held at once.
    """
    size = len(score)
    order = np.argsort(-score, kind="stable")
    s, down, up = score[order], (score - low)[order] ** 2, (high - score)[order] ** 2
    best, worst = np.ones(size, np.int64), np.full(size, size, np.int64)
    step = max(1, pairs // max(size, 1))
    for at in range(0, size, step):  # only those before j in the order can be above it
        end = min(at + step, size)
        gap = s[:end] - s[at:end, None]
        gap[:, at:] = np.maximum(gap[:, at:], 0)  # and not those after it in this part
        above = np.multiply(gap, gap, out=gap) > down[:end] + up[at:end, None]
        best[at:end] += np.count_nonzero(above, axis=1)
        worst[:end] -= np.add.reduce(above, axis=0, dtype=np.int32)
    back = np.empty(size, np.int64)
    back[order] = np.arange(size)
    return best[back], worst[back]


def ranks(score: Floats, low: Floats, high: Floats) -> Ranks:
    """Places with their ranges; ties share the better place.

    ``low`` and ``high`` are limits at ``range_critical(len(score))``.
    """
    size = len(score)
    ascending = np.sort(score)
    rank = 1 + size - np.searchsorted(ascending, score, side="right")
    best, worst = rank_ranges(score, low, high)
    return Ranks(rank, best, worst, placed(best, worst))


def ranks_by_table(score: Floats, low: Floats, high: Floats, sizes: Ints) -> Ranks:
    """The same of several tables that stand one after the other, of these sizes."""
    ends = np.cumsum(sizes)
    found = [
        ranks(score[start:end], low[start:end], high[start:end])
        for start, end in zip((ends - sizes).tolist(), ends.tolist(), strict=True)
    ]
    nothing = ranks(*[np.zeros(0)] * 3)
    parts = [nothing, *found]
    return Ranks(
        np.concatenate([part.rank for part in parts]),
        np.concatenate([part.best for part in parts]),
        np.concatenate([part.worst for part in parts]),
        np.concatenate([part.placed for part in parts]),
    )


def placed(best: Ints, worst: Ints) -> Words:
    """'upper' or 'lower' for who is surely in that third, '' for everybody else."""
    size = len(best)
    third = size // 3
    return np.where(worst <= third, "upper", np.where(best > size - third, "lower", ""))
