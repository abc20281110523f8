"""Limits and effective sizes against hand cases, brute force, and what must hold."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.intervals import (
    VALUES,
    WORTH,
    Spread,
    Units,
    Z,
    effective_size,
    score_limits,
    share_limits,
    unit_spread,
)

classes = st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(sum)
some_units = st.lists(
    st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(sum),
    min_size=1,
    max_size=12,
)


def units_of(rows: list[list[int]], lonely: bool) -> Units:
    """Units of one entity; with ``lonely`` those of one inquiry are only counted."""
    array = np.array(rows, dtype=np.int64)
    alone = (array.sum(1) == 1) & lonely
    return Units(
        np.zeros((~alone).sum(), dtype=np.int64),
        array[~alone],
        array[alone].sum(0, dtype=np.int64)[None, :],
    )


def one(*counts: int) -> np.ndarray:
    return np.array([counts], dtype=np.int64)


def limits(*counts: int, n_eff: float | None = None, z: float = Z):
    size = None if n_eff is None else np.array([n_eff])
    low, high = score_limits(one(*counts), size, z)
    return low[0], high[0]


def test_z_is_the_usual_one():
    assert pytest.approx(1.959963984540054, abs=1e-12) == Z


def test_worth_and_values():
    assert WORTH.tolist() == [1.0, 0.58, 0.16, 0.0]
    assert VALUES.tolist() == [
        [1, 1, 1, 1],
        [0.58, 0, 1, 1],
        [0.16, 0, 0, 1],
        [0, 0, 0, 0],
    ]


def test_spread_by_hand():
    """Three days of ten: all answered at once, none, half. Mean .5."""
    units = Units(
        np.zeros(3, np.int64),
        np.array([[10, 0, 0, 0], [0, 0, 0, 10], [5, 0, 0, 5]]),
        one(0, 0, 0, 0),
    )
    spread = unit_spread(units, one(15, 0, 0, 15))
    assert spread.variance[0] == pytest.approx([2 * 0.25**2 * 2 / 3] * 4, abs=1e-12)
    assert spread.effective[0] == pytest.approx(3)


def jackknife(rows: list[list[int]]) -> np.ndarray:
    """Delete-one-unit variance of each figure, unit by unit."""
    array = np.array(rows, dtype=float)
    whole = array.sum(0) @ VALUES / array.sum()
    moves = [
        (array.sum(0) - unit) @ VALUES / (array.sum() - unit.sum()) - whole
        for unit in array
    ]
    return (len(rows) - 1) / len(rows) * (np.array(moves) ** 2).sum(0)


@given(some_units, st.booleans())
def test_spread_is_the_jackknife(rows, lonely):
    assume(len(rows) > 1)
    spread = unit_spread(units_of(rows, lonely), np.array([np.sum(rows, 0)]))
    assert spread.variance[0] == pytest.approx(jackknife(rows), abs=1e-9)
    sizes = np.sum(rows, 1)
    assert spread.effective[0] == pytest.approx(sizes.sum() ** 2 / (sizes**2).sum())


def test_one_unit_moves_nothing():
    spread = unit_spread(units_of([[3, 1, 0, 2]], lonely=False), one(3, 1, 0, 2))
    assert spread.variance.tolist() == [[0, 0, 0, 0]]
    assert spread.effective.tolist() == [1]


def test_entities_do_not_mix():
    rows = [[[1, 0, 0, 1], [2, 0, 0, 0]], [[0, 3, 0, 0], [0, 0, 1, 4], [1, 1, 1, 1]]]
    units = Units(
        np.array([0, 0, 2, 2, 2]),
        np.array(rows[0] + rows[1]),
        np.zeros((3, 4), dtype=np.int64),
    )
    counts = np.array([np.sum(rows[0], 0), [0, 0, 0, 0], np.sum(rows[1], 0)])
    spread = unit_spread(units, counts)
    for entity, mine in ((0, rows[0]), (2, rows[1])):
        assert spread.variance[entity] == pytest.approx(jackknife(mine))
    assert spread.variance[1].tolist() == [0, 0, 0, 0]


def sizes(rows: list[list[int]], authors: list[list[int]] | None = None) -> np.ndarray:
    counts = np.array([np.sum(rows, 0)])
    day = unit_spread(units_of(rows, lonely=True), counts)
    people = authors or [
        [int(c == k) for c in range(4)] for k in range(4) for _ in range(counts[0, k])
    ]
    author = unit_spread(units_of(people, lonely=True), counts)
    return effective_size(counts, day, day, author)[0]


@given(some_units)
def test_effective_size_lies_between_one_and_n(rows):
    size = sizes(rows)
    assert (size >= 1).all()
    assert (size <= np.sum(rows)).all()


def test_effective_size_when_all_are_alike_is_the_t_factor_alone():
    size = sizes([[0, 0, 0, 4]] * 25)
    factor = (stats.t.ppf(0.975, 24) / Z) ** 2
    assert size == pytest.approx([100 / factor] * 4, rel=1e-6)


def test_effective_size_of_one_inquiry_is_one():
    assert sizes([[1, 0, 0, 0]]).tolist() == [1, 1, 1, 1]


def test_a_clump_shrinks_the_effective_size():
    even = [[1, 0, 0, 1]] * 50
    clumped = [[2, 0, 0, 0], [0, 0, 0, 2]] * 24 + [[26, 0, 0, 0], [0, 0, 0, 26]]
    assert sizes(even)[0] > 90
    assert sizes(clumped)[0] < 20


def test_design_by_hand():
    """Days 3, weeks 2, authors 1.5 times the plain variance: D = 3 + 1.5 - 1."""
    counts = one(300, 0, 0, 300)
    plain = 0.25 / 599
    wide = np.array([1e9])

    def spread(ratio: float):
        return Spread(np.full((1, 4), plain * ratio), wide)

    size = effective_size(counts, spread(3), spread(2), spread(1.5))
    assert size[0] == pytest.approx([600 / 3.5] * 4, rel=1e-6)


def test_nobody_and_everybody_answered_reach_the_exact_edge():
    low, high = limits(0, 0, 0, 50)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 50), abs=1e-4)
    low, high = limits(50, 0, 0, 0)
    assert (low, high) == (pytest.approx(0.025 ** (1 / 50), abs=1e-4), 1)


def test_the_exact_edge_holds_where_the_prior_would_promise_too_much():
    """Nobody in 50 answered, at the tail of 10,000 brands: the beta alone says less."""
    z = 5.99
    _, high = limits(0, 0, 0, 50, z=z)
    assert high >= 1 - stats.norm.cdf(-z) ** (1 / 50) - 1e-12


def test_limits_of_one():
    for k in range(4):
        counts = [int(c == k) for c in range(4)]
        low, high = limits(*counts)
        assert 0 <= low <= WORTH[k] <= high <= 1


def test_score_limits_of_nobody_are_unknown():
    assert all(math.isnan(value) for value in limits(0, 0, 0, 0))


@given(classes, st.floats(0.02, 1), st.floats(0.5, 7))
def test_score_interval_contains_its_number(counts, part, z):
    low, high = limits(*counts, n_eff=max(1.0, part * sum(counts)), z=z)
    score = np.array(counts) @ WORTH / sum(counts)
    assert 0 <= low <= score <= high <= 1


@given(classes, st.integers(2, 9))
def test_score_interval_narrows_with_n(counts, times):
    low, high = limits(*counts)
    closer_low, closer_high = limits(*(times * c for c in counts))
    assert closer_high - closer_low < high - low + 1e-12


@given(classes)
def test_score_interval_widens_with_z(counts):
    low, high = limits(*counts)
    lower, higher = limits(*counts, z=4.0)
    assert lower <= low
    assert high <= higher


@given(st.integers(1, 400), st.integers(1, 400))
def test_limits_are_those_of_the_matched_beta(answered, ignored):
    """Mean and variance of the Dirichlet posterior, worked out one term at a time."""
    n = answered + ignored
    alpha = [answered + 0.25, 0.25, 0.25, ignored + 0.25]
    mean = sum(a * w for a, w in zip(alpha, WORTH, strict=True)) / (n + 1)
    square = sum(a * w * w for a, w in zip(alpha, WORTH, strict=True)) / (n + 1)
    variance = (square - mean**2) / (n + 2)
    strength = mean * (1 - mean) / variance - 1
    beta = stats.beta(mean * strength, (1 - mean) * strength)
    low, high = limits(answered, 0, 0, ignored)
    assert low == pytest.approx(min(beta.ppf(0.025), answered / n), abs=1e-9)
    assert high == pytest.approx(max(beta.ppf(0.975), answered / n), abs=1e-9)


def test_score_limits_are_close_to_the_posterior():
    """The matched beta against draws from the Dirichlet it stands for."""
    rng = np.random.default_rng(0)
    for counts in ([5, 10, 3, 82], [40, 20, 10, 30], [1, 0, 2, 47]):
        draws = rng.dirichlet(np.array(counts) + 0.25, 200_000) @ WORTH
        low, high = limits(*counts)
        assert low == pytest.approx(np.quantile(draws, 0.025), abs=0.006)
        assert high == pytest.approx(np.quantile(draws, 0.975), abs=0.006)


def test_wilson_by_the_textbook():
    """The four cases of table I of Newcombe, Statistics in Medicine 17 (1998)."""
    for hits, n, expected in (
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ):
        low, high = share_limits(np.array([hits]), np.array([n]), np.array([float(n)]))
        assert (low[0], high[0]) == pytest.approx(expected, abs=5e-5)


@given(st.integers(1, 500), st.data())
def test_share_interval_contains_its_number(n, data):
    hits = data.draw(st.integers(0, n))
    size = data.draw(st.floats(1, n))
    low, high = share_limits(np.array([hits]), np.array([n]), np.array([size]))
    assert 0 <= low[0] <= hits / n <= high[0] <= 1


def test_share_of_nobody_is_unknown():
    low, high = share_limits(np.array([0]), np.array([0]), np.array([1.0]))
    assert np.isnan([low[0], high[0]]).all()
