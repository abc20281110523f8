"""Funnel plots: each ranked brand's score against how much its inquiries weigh, and
how far luck alone would carry it from the mean of its industry.

After Spiegelhalter, "Funnel plots for comparing institutional performance",
Statistics in Medicine 24 (2005), 1185-1202. The limits are those of a brand that
treats people as the industry does on average: at size n the mean of so many credits
has the mean m and the variance V / n, matched by a beta distribution. Brands do differ,
and more lie outside than luck would put there; how many is told beside how many luck
would. The limits are not widened for it: they ask whether luck is enough, no more.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from model.words import Level, Status
from scoring.details.case import Case
from scoring.details.sensitivity import classes_of
from scoring.intervals import WORTH, Floats, Ints
from scoring.method import METHOD

LEVELS: tuple[float, ...] = METHOD.funnel_levels.value
STEPS = 24
"""Sizes at which the limits are told, evenly spaced in their logarithm."""

Key = tuple[str, str, str, str]


def details(case: Case) -> Iterator[tuple[Key, dict[str, Any]]]:
    """By industry with a score: ``mean``; ``limits``, lines of size, low and high at
    each of METHOD.funnel_levels; ``brands``, from the highest score down: slug, score,
    size, and beyond which of the levels it lies, below with a minus, 0 for inside."""
    ranked = case.headline.filter(
        level=Level.BRAND.value, status=Status.RANKED.value
    ).sort(
        "family", "industry", "score", "slug", descending=[False, False, True, False]
    )
    whose = ranked.select("family", "industry").rows()
    brands = ranked.select("slug", "score", "n_eff").rows()
    classes = classes_of(ranked)
    starts = [at for at, key in enumerate(whose) if not at or key != whose[at - 1]]
    for start, end in pairwise([*starts, len(whose)]):
        if end - start >= METHOD.fewest_brands.value:
            family, industry = whose[start]
            body = told(brands[start:end], classes[start:end])
            yield (Level.INDUSTRY.value, family, "", industry), body


def told(brands: list[tuple[str, float, float]], classes: Ints) -> dict[str, Any]:
    """What is said of one industry: its brands' slug, score and size, and their
    inquiries by credit class."""
    share = (classes / classes.sum(1)[:, None]).mean(0)
    score, size = (np.array([row[at] for row in brands]) for at in (1, 2))
    least, most = np.log([size.min(), max(size.max(), size.min() + 1)])
    grid = np.round(np.exp(np.linspace(least, most, STEPS)), 1)
    low, high = (100 * end for end in limits(share, np.concatenate([grid, size])))
    drawn = [np.round(end[:STEPS], 2) for end in (low, high)]
    beyond = (score[:, None] > high[STEPS:]).sum(1)
    beyond -= (score[:, None] < low[STEPS:]).sum(1)
    return {
        "mean": round(float(100 * (share @ WORTH)), 2),
        "limits": np.column_stack([grid, *drawn]).tolist(),
        "brands": [
            [*row, side] for row, side in zip(brands, beyond.tolist(), strict=True)
        ],
    }


def limits(share: Floats, size: Floats) -> tuple[Floats, Floats]:
    """(sizes, levels) low and (sizes, levels) high, on the scale 0 to 1, of the mean
    credit of ``size`` inquiries whose credit classes have the chances ``share``.

    Where all fare alike there is no luck, and the limits are the mean itself.
    """
    mean = float(share @ WORTH)
    spread = float(share @ WORTH**2) - mean**2
    tail = (1 - np.array(LEVELS)) / 2
    if spread < 1e-12:
        flat: NDArray[np.float64] = np.full((len(size), len(LEVELS)), mean)
        return flat, flat
    strength = np.maximum(mean * (1 - mean) * size / spread - 1, 1e-9)[:, None]
    a, b = mean * strength, (1 - mean) * strength
    low, high = betaincinv(a, b, tail), 1 - betaincinv(b, a, tail)
    # exact at the ends: that nobody, or everybody at once, is answered may be luck
    nobody, everybody = (share[at] ** size[:, None] for at in (3, 0))
    return np.where(nobody >= tail, 0.0, low), np.where(everybody >= tail, 1.0, high)
