"""How often the intervals hold, in worlds whose truth is known.

Nominal 95 %. ``plain`` is the interval on n, as everybody would write it; ``ours`` is
the one on n_eff. In clumps the plain one fails and ours holds: that is the claim of
the method page, simulated here with fixed seeds. (The effects are correlations of
the luck behind an answer; between the answers themselves they are smaller.)
"""

from collections.abc import Callable

import numpy as np
import pytest

from scoring.intervals import (
    WORTH,
    Units,
    effective_size,
    score_limits,
    share_limits,
    unit_spread,
)
from scoring.ranks import range_critical, rank_ranges

DAYS = 91
SHAPES = {
    "6 % answered": (0.02, 0.02, 0.02),
    "1 in 8": (0.05, 0.04, 0.035),
    "half, slowly": (0.05, 0.15, 0.3),
    "half, fast": (0.4, 0.08, 0.02),
    "good": (0.55, 0.2, 0.05),
    "top": (0.9, 0.05, 0.02),
}
"""Chances of the classes: within t1, within t2, within t3; the rest unanswered."""

World = Callable[[np.random.Generator, np.ndarray, int], tuple[np.ndarray, ...]]


def drawn(rng, chance, luck):
    """Credit classes of messages from a uniform luck each."""
    return np.searchsorted(np.cumsum(chance), luck, side="right")


def from_normal(normal):
    from scipy.special import ndtr

    return ndtr(normal)


def no_clumps(rng, chance, n):
    day = rng.integers(0, DAYS, n)
    return day, np.arange(n), drawn(rng, chance, rng.random(n))


def day_effect(icc):
    def world(rng, chance, n):
        day = rng.integers(0, DAYS, n)
        mood = rng.standard_normal(DAYS)[day]
        own = rng.standard_normal(n)
        luck = from_normal(np.sqrt(icc) * mood + np.sqrt(1 - icc) * own)
        return day, np.arange(n), drawn(rng, chance, luck)

    return world


def outages(number, share):
    """On some days many write about one thing; each is answered or ignored whole."""

    def world(rng, chance, n):
        day, author, kind = no_clumps(rng, chance, n)
        for _ in range(rng.poisson(number)):
            size = max(1, int(n * share))
            at = rng.choice(n, size, replace=False)
            day[at] = rng.integers(0, DAYS)
            kind[at] = drawn(rng, chance, rng.random())
        return day, author, kind

    return world


def authors_again(icc):
    """People write three times on different days and fare alike."""

    def world(rng, chance, n):
        author = np.arange(n) // 3
        day = (rng.integers(0, DAYS, n // 3 + 1)[author] + np.arange(n) % 3 * 20) % DAYS
        mood = rng.standard_normal(n // 3 + 1)[author]
        own = rng.standard_normal(n)
        luck = from_normal(np.sqrt(icc) * mood + np.sqrt(1 - icc) * own)
        return day, author, drawn(rng, chance, luck)

    return world


def units(entity, unit, kind, entities):
    """Units of many brands from one line a message."""
    keys = entity * (unit.max() + 1) + unit
    distinct, line = np.unique(keys, return_inverse=True)
    classes = np.zeros((len(distinct), 4), dtype=np.int64)
    np.add.at(classes, (line, kind), 1)
    return Units(
        distinct // (unit.max() + 1), classes, np.zeros((entities, 4), dtype=np.int64)
    )


def worlds(world: World, chance, n, runs, seed):
    """Counts and effective sizes of many brands in the same world."""
    rng = np.random.default_rng(seed)
    made = [world(rng, chance, n) for _ in range(runs)]
    entity = np.repeat(np.arange(runs), n)
    day, author, kind = (np.concatenate(column) for column in zip(*made, strict=True))
    counts = np.zeros((runs, 4), dtype=np.int64)
    np.add.at(counts, (entity, kind), 1)
    spread = [
        unit_spread(units(entity, unit, kind, runs), counts)
        for unit in (day, day // 7, author)
    ]
    return counts, effective_size(counts, *spread)


def truth(chance):
    full = np.append(chance, 1 - np.sum(chance))
    return full @ WORTH, np.sum(chance[:2])


def held(limits, value):
    low, high = limits
    return float(((low <= value) & (value <= high)).mean())


def coverage(world: World, n: int, runs: int, seed: int):
    """Mean and worst over the shapes: plain and ours, of the score; ours of a share."""
    plain, ours, share = [], [], []
    for at, chance in enumerate(SHAPES.values()):
        counts, size = worlds(world, chance, n, runs, seed + at)
        score, within = truth(chance)
        plain.append(held(score_limits(counts), score))
        ours.append(held(score_limits(counts, size[:, 0]), score))
        hits = counts[:, :2].sum(1)
        found = share_limits(hits, counts.sum(1), size[:, 2])
        share.append(held(found, within))
    return np.array(plain), np.array(ours), np.array(share)


@pytest.mark.slow
@pytest.mark.parametrize("n", [50, 100, 400])
@pytest.mark.parametrize(
    ("world", "plain_at_400", "mean", "worst"),
    [
        pytest.param(no_clumps, (0.94, 0.97), 0.95, 0.94, id="no clumps"),
        pytest.param(day_effect(0.05), (0.91, 0.955), 0.95, 0.94, id="days .05"),
        pytest.param(day_effect(0.20), (0.86, 0.92), 0.94, 0.93, id="days .20"),
        pytest.param(outages(2, 0.05), (0.70, 0.88), 0.94, 0.92, id="2 outages of 5 %"),
        pytest.param(outages(2, 0.10), (0.50, 0.72), 0.93, 0.89, id="2 of 10 %"),
        pytest.param(outages(1, 0.20), (0.48, 0.70), 0.94, 0.93, id="1 of 20 %"),
        pytest.param(authors_again(0.20), (0.90, 0.95), 0.94, 0.92, id="authors .20"),
        pytest.param(authors_again(0.50), (0.85, 0.91), 0.93, 0.90, id="authors .50"),
    ],
)
def test_the_interval_holds_in_clumps_where_the_plain_one_fails(
    world, plain_at_400, mean, worst, n
):
    plain, ours, share = coverage(world, n, 500, seed=n)
    assert ours.mean() >= mean
    assert ours.min() >= worst - 0.015  # 500 worlds: two standard errors are 0.02
    assert share.mean() >= mean - 0.005
    if n == 400:
        low, high = plain_at_400
        assert low <= plain.mean() <= high


def test_a_quick_look_at_the_same():
    """Two worlds of the table above, small enough for every run of the tests."""
    plain, ours, _ = coverage(no_clumps, 50, 200, seed=1)
    assert plain.mean() >= 0.92
    assert ours.mean() >= 0.95
    plain, ours, share = coverage(outages(2, 0.10), 200, 150, seed=2)
    assert plain.mean() <= 0.80
    assert ours.mean() >= 0.92
    assert share.mean() >= 0.92


@pytest.mark.slow
def test_without_clumps_every_shape_holds():
    """72 shapes, n = 50: at least 95 % on average, no single one below 92.5 %."""
    rng = np.random.default_rng(9)
    mixes = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (3, 2, 1), (1, 2, 3), (1, 1, 1)]
    rates = (0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
    covered = []
    for rate in rates:
        for mix in mixes:
            chance = rate * np.array(mix) / sum(mix)
            full = np.append(chance, 1 - rate)
            counts = rng.multinomial(50, full, 3_000).astype(np.int64)
            covered.append(held(score_limits(counts), full @ WORTH))
    assert len(covered) == 72
    assert np.mean(covered) >= 0.945
    assert np.min(covered) >= 0.915


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "plain_most"),
    [
        pytest.param(no_clumps, 1.0, id="no clumps"),
        pytest.param(outages(2, 0.10), 0.15, id="2 outages of 10 %"),
        pytest.param(authors_again(0.90), 0.90, id="authors .90"),
    ],
)
def test_rank_ranges_hold_in_clumps(world, plain_most):
    """40 brands in 8 groups of equal truth, 400 inquiries each: no brand is put
    surely above one that is as good, in 95 % of tables; on n, in hardly any."""
    chances = [np.array(mix) * rate for rate in (0.1, 0.25, 0.4, 0.6)
               for mix in ((0.7, 0.2, 0.1), (0.2, 0.3, 0.5))]  # fmt: skip
    runs, each = 60, 5
    drawn_ = [worlds(world, c, 400, runs * each, i) for i, c in enumerate(chances)]
    true = np.repeat([truth(c)[0] for c in chances], each)
    z = range_critical(len(true))
    good = {"plain": 0, "ours": 0}
    for run in range(runs):
        at = slice(run * each, (run + 1) * each)
        counts = np.concatenate([counts[at] for counts, _ in drawn_])
        size = np.concatenate([size[at, 0] for _, size in drawn_])
        for name, n_eff in (("plain", None), ("ours", size)):
            low, high = score_limits(counts, n_eff, z)
            best, worst = rank_ranges(counts @ WORTH / 400, low, high)
            better = (true[None, :] > true[:, None]).sum(1)
            same = (true[None, :] == true[:, None]).sum(1)
            good[name] += bool(
                (best <= better + 1).all() and (worst >= better + same).all()
            )
    assert good["ours"] / runs >= 0.95
    assert good["plain"] / runs <= plain_most
