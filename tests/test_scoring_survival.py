"""The share answered by time waited agrees with lifelines and with a plain reading."""

import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from model.words import DAY
from scoring.intervals import Z, share_limits
from scoring.method import LIMITS, METHOD, WAIT_BINS
from scoring.survival import (
    NEVER,
    TIMES,
    added,
    band,
    between,
    curves,
    known_so_long,
    sizes,
    watched,
)

quick = settings(max_examples=60, deadline=None)
HORIZONS = (3 * DAY, 7 * DAY, 10 * DAY)
MOMENTS = sorted({0, 1, 59, 60, 61, *TIMES.tolist(), *(TIMES + 1).tolist(), 90 * DAY})


@st.composite
def brands(draw):
    """A few brands: a horizon, and the wait and the watch of each inquiry."""
    out = []
    for _ in range(draw(st.integers(1, 4))):
        horizon = draw(st.sampled_from(HORIZONS))
        late = [horizon, horizon + 1, 11 * DAY, 11 * DAY, 12 * DAY, 30 * DAY, 99 * DAY]
        watch = st.sampled_from([horizon, *(m for m in late if m > horizon)])
        wait = st.sampled_from([*MOMENTS, *late, NEVER, NEVER])
        pairs = st.lists(st.tuples(wait, watch), max_size=25)
        out.append((horizon, draw(pairs)))
    return out


def together(found):
    """Every brand's curve, all made at once."""
    horizon = np.array([horizon for horizon, _ in found], dtype=np.int64)
    rows = [(at, *pair) for at, (_, pairs) in enumerate(found) for pair in pairs]
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    counted = watched(*(np.ascontiguousarray(each) for each in columns), horizon)
    return counted, curves(counted, horizon), horizon


def plain(horizon, pairs):
    """Kaplan and Meier by the letter, in fractions, and who is left at each time."""
    ends = [(min(wait, watch), wait <= watch) for wait, watch in pairs]
    unanswered, at, share = Fraction(1), 0, []
    moments = sorted({end for end, answered in ends if answered})
    for time in TIMES.tolist():
        while at < len(moments) and moments[at] <= time:
            risk = sum(end >= moments[at] for end, _ in ends)
            died = sum(end == moments[at] and answered for end, answered in ends)
            unanswered *= 1 - Fraction(died, risk)
            at += 1
        left = sum(end >= time for end, _ in ends)
        share.append((1 - unanswered, left))
    return share


@quick
@given(brands())
def test_every_curve_is_kaplan_and_meiers(found):
    counted, made, _ = together(found)
    for at, (horizon, pairs) in enumerate(found):
        assert counted.n[at] == len(pairs)
        if not pairs:
            assert np.isnan(made.share[at]).all()
            continue
        seen = [sum(watch >= time for _, watch in pairs) for time in TIMES.tolist()]
        assert counted.seen[at].tolist() == seen
        for place, (share, left) in enumerate(plain(horizon, pairs)):
            assert made.share[at, place] == pytest.approx(float(share), abs=1e-12)
            inside = TIMES[place] <= horizon
            # 1 by a late answer; a curve that was 1 at the horizon has nobody left
            ended = share == 1 and not all(wait <= horizon for wait, _ in pairs)
            assert made.defined[at, place] == (inside or left > 0 or ended)


@quick
@given(brands())
def test_up_to_the_horizon_a_curve_is_a_count(found):
    _, made, _ = together(found)
    for at, (horizon, pairs) in enumerate(found):
        for place, time in enumerate(TIMES.tolist()):
            if pairs and time <= horizon:
                within = sum(wait <= time for wait, _ in pairs)
                assert made.share[at, place] == within / len(pairs)


@quick
@given(brands())
def test_no_curve_ever_falls(found):
    _, made, _ = together(found)
    rising = np.diff(np.nan_to_num(made.share), axis=1)
    assert (rising >= 0).all()
    assert ((np.nan_to_num(made.share) >= 0) & (np.nan_to_num(made.share) <= 1)).all()


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_lifelines(seed):
    """All at once; some brands have a handful of inquiries, some have hundreds."""
    rng = np.random.default_rng(seed)
    groups, rows = 60, 9_000
    account = rng.choice(groups, rows, p=rng.dirichlet(np.full(groups, 0.5)))
    horizon = rng.choice(HORIZONS, groups)
    watch = horizon[account] + rng.integers(0, 40 * DAY, rows) * rng.integers(
        0, 2, rows
    )
    wait = np.exp(rng.normal(12, 3, rows)).astype(np.int64).clip(0, NEVER)
    wait = np.where(rng.random(rows) < 0.3, NEVER, wait // 600 * 600)  # many ties
    counted = watched(
        account.astype(np.int32), wait.astype(np.int32), watch.astype(np.int32), horizon
    )
    made = curves(counted, horizon)
    compared = 0
    for group in range(groups):
        mine = account == group
        if not mine.any():
            continue
        durations = np.minimum(wait, watch)[mine]
        answered = (wait <= watch)[mine]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandas' own, of a later version
            fitted = KaplanMeierFitter().fit(durations, answered)
            theirs = 1 - fitted.survival_function_at_times(TIMES).to_numpy()
        assert np.abs(made.share[group] - theirs).max() < 1e-9
        compared += 1
    assert compared > 40


def test_groups_are_the_curves_of_their_accounts_together():
    rng = np.random.default_rng(7)
    rows, accounts = 5_000, 12
    account = rng.integers(0, accounts, rows).astype(np.int32)
    horizon = np.full(accounts, 3 * DAY)
    wait = rng.integers(0, 20 * DAY, rows).astype(np.int32)
    watch = rng.integers(3 * DAY, 40 * DAY, rows).astype(np.int32)
    group = np.array([0, 0, 1, -1, 1, 1, 2, 2, 2, 2, -1, 0])
    counted = added(watched(account, wait, watch, horizon), group, 4)
    made = curves(counted, horizon[:4])
    for number in range(3):
        mine = group[account] == number
        alone = watched(
            np.zeros(mine.sum(), np.int32), wait[mine], watch[mine], horizon[:1]
        )
        assert counted.n[number] == mine.sum() == alone.n[0]
        assert (made.share[number] == curves(alone, horizon[:1]).share[0]).all()
        assert (counted.seen[number] == alone.seen[0]).all()
    assert counted.n[3] == 0
    assert np.isnan(made.share[3]).all()


def test_a_curve_is_drawn_while_a_tenth_is_watched_and_somebody_waits():
    def drawn_to(pairs, horizon=3 * DAY):
        counted, made, horizons = together([(horizon, pairs)])
        return TIMES[known_so_long(counted, made.defined, horizons)[0] - 1] / DAY

    nobody = (NEVER, 99 * DAY)
    assert drawn_to([nobody] * 10) == 30
    assert drawn_to([nobody] + [(NEVER, 6 * DAY)] * 9) == 30  # a tenth
    assert drawn_to([nobody] + [(NEVER, 6 * DAY)] * 10) == 6  # less
    assert drawn_to([(60, 99 * DAY)] * 10) == 3  # nobody waits beyond the horizon
    # the one who still waited was watched for 5 days, then nobody is left to wait
    assert drawn_to([(60, 99 * DAY)] * 9 + [(NEVER, 5 * DAY)]) == 5
    # the one who still waited was answered: the curve is at 1, and stays there
    assert drawn_to([(60, 99 * DAY)] * 9 + [(5 * DAY, 99 * DAY)]) == 30
    assert drawn_to([(60, 99 * DAY)] * 9 + [(5 * DAY, 4 * DAY)]) == 4


def test_sizes_come_back_from_printed_limits():
    n = np.array([50, 400, 3_000, 90_000])
    for answered in (0.0, 0.02, 0.3, 0.97, 1.0):
        hits = np.round(n * answered).astype(np.int64)
        for design in (1.0, 2.5, 8.0):
            low, high = share_limits(hits, n, n / design)
            printed = (each.round(4)[:, None] for each in (low, high))
            found = sizes((hits / n)[:, None], *printed, n)
            for side, limit in enumerate((low, high)):
                size = found[side][:, 0]
                again = share_limits(hits, n, size)[side]
                assert np.abs(again - limit).max() < 1.01e-4
                assert ((size >= 1) & (size <= n)).all()
    nothing = np.array([[0.4]])
    for found in sizes(nothing, nothing, nothing, np.array([10])):
        assert found == 10


def test_between_the_limits_a_size_goes_from_one_to_the_next():
    limits = np.array([[LIMITS[f].t1, LIMITS[f].t2, LIMITS[f].t3] for f in LIMITS])
    weights = between(limits)
    assert np.allclose(weights.sum(1), 1)
    assert (weights >= 0).all()
    for family, three in enumerate(limits.tolist()):
        at = np.searchsorted(TIMES, three)
        assert (weights[family][:, at] == np.eye(3)).all()
        assert (weights[family][:, 0] == [1, 0, 0]).all()
        assert (weights[family][:, -1] == [0, 0, 1]).all()


@quick
@given(st.floats(0, 1), st.floats(1, 1e6))
def test_a_band_is_wilsons_and_contains_its_curve(share, size):
    sizes_ = np.array([size])
    low, high = band(np.array([share]), sizes_, sizes_)
    assert low[0] <= share <= high[0]
    for limit in (low[0], high[0]):
        if 1e-9 < limit < 1 - 1e-9 and abs(limit - share) > 1e-9:
            gap = Z**2 * limit * (1 - limit) / size
            assert math.isclose((share - limit) ** 2, gap, rel_tol=1e-6, abs_tol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_no_band_is_narrower_than_greenwoods(seed):
    """Beyond the horizon the size is n times the share still watched: the standard
    error that goes with it is above Greenwood's, up to the horizon the same."""
    rng = np.random.default_rng(seed)
    n, horizon = 4_000, 3 * DAY
    watch = horizon + rng.integers(0, 60 * DAY, n)
    wait = np.exp(rng.normal(13, 2, n)).astype(np.int64)
    counted = watched(
        np.zeros(n, np.int32),
        wait.astype(np.int32),
        watch.astype(np.int32),
        np.array([horizon]),
    )
    share = curves(counted, np.array([horizon])).share[0]
    ours = np.sqrt(share * (1 - share) / counted.seen[0])
    end, answered = np.minimum(wait, watch), wait <= watch
    terms = 0.0
    theirs = []
    for low, high in zip([-1, *TIMES[:-1].tolist()], TIMES.tolist(), strict=True):
        for moment in np.unique(end[answered & (end > low) & (end <= high)]).tolist():
            risk = int((end >= moment).sum())
            died = int((end[answered] == moment).sum())
            terms += died / (risk * (risk - died))
        theirs.append((1 - share[len(theirs)]) * math.sqrt(terms))
    inside = horizon >= TIMES
    assert np.allclose(ours[inside], np.array(theirs)[inside], rtol=1e-9)
    assert (ours[~inside] > np.array(theirs)[~inside]).all()


def test_the_times_hold_every_limit_and_every_bar():
    assert (TIMES % 60 == 0).all()
    assert (np.diff(TIMES) > 0).all()
    assert (TIMES[2:] <= 1.5 * TIMES[1:-1]).all()
    for limits in LIMITS.values():
        assert {limits.t1, limits.t2, limits.t3} <= set(TIMES.tolist())
        assert limits.horizon < TIMES[-1]
    assert set(WAIT_BINS) <= set(TIMES.tolist())
    assert 0 < METHOD.curve_watched.value < 1
