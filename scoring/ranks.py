"""Rank ranges: which places the data allow, for all brands of a table at once.

After Mogstad, Romano, Shaikh and Wilhelm, "Inference for Ranks", Review of Economic
Studies 91 (2024), in a closed form: with symmetric normal errors it is the
Tukey-Kramer procedure over all pairs (conservative for unequal variances: Hayter,
Annals of Statistics 12 (1984), 61-75), so it holds for all ranks together. No random
numbers: the same table always has the same ranges.
"""

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

    P(range <= q) = p Integral phi(z) [Phi(z) - Phi(z - q)]^(p-1) dz, solved for q by
    halving, which needs no derivative and cannot miss. All the functions are smooth
    and vanish at both ends, so 401 points give the sum to fifteen digits.
    """
    if entities < 2:
        return 0.0
    z = np.linspace(-8.5, 8.5, 401)
    weight = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    below = ndtr(z)
    low, high = 0.0, 20.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        inside = np.maximum(below - ndtr(z - middle), 1e-300)
        chance = entities * np.sum(weight * np.exp((entities - 1) * np.log(inside)))
        low, high = (middle, high) if chance < level else (low, middle)
    return float((low + high) / 2 / np.sqrt(2))


def rank_ranges(
    score: Floats, low: Floats, high: Floats, pairs: int = 1_000_000
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
        above = gap * gap > down[:end] + up[at:end, None]
        above &= gap > 0
        best[at:end] += above.sum(1)
        worst[:end] -= above.sum(0)
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


def placed(best: Ints, worst: Ints) -> Words:
    """'upper' or 'lower' for who is surely in that third, '' for everybody else."""
    size = len(best)
    third = size // 3
    return np.where(worst <= third, "upper", np.where(best > size - third, "lower", ""))
