"""How sure a wait is: where the band of a response curve crosses a share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.intervals import share_limits
from scoring.method import METHOD
from scoring.waits import Between, crossing

TIMES = METHOD.curve_times.value
HORIZON = 259_200
INSIDE = [time for time in TIMES if time <= HORIZON]

shares = st.floats(0, 1).map(lambda share: round(share, 4))
bands = st.integers(0, len(TIMES)).flatmap(
    lambda size: st.tuples(
        st.lists(shares, min_size=size, max_size=size),
        st.lists(shares, min_size=size, max_size=size),
    )
)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        ((0.1, 0.4, 0.6), (0.3, 0.6, 0.8), Between(60, 180)),
        ((0.1, 0.5, 0.6), (0.3, 0.7, 0.8), Between(60, 120)),
        ((0.6, 0.7, 0.8), (0.7, 0.8, 0.9), Between(None, 60)),
        ((0.1, 0.2, 0.3), (0.2, 0.3, 0.4), Between(180, None)),
        ((0.1, 0.2, 0.3), (0.6, 0.7, 0.8), Between(None, None)),
        # Limits that cross twice, as those of curves with unlike n_eff may.
        ((0.1, 0.5, 0.4), (0.6, 0.4, 0.7), Between(None, None)),
    ],
)
def test_by_hand(low, high, found):
    assert crossing((60, 120, 180), low, high, 0.5) == found


def test_without_any_time_nothing_is_known():
    assert crossing((), (), (), 0.5) == Between(None, None)


@pytest.mark.parametrize("high", [(), (0.5,), (0.5, 0.6, 0.7)])
def test_a_limit_is_wanted_for_every_time(high):
    with pytest.raises(ValueError, match="zip"):
        crossing((60, 120), (0.1, 0.2), high, 0.5)
    with pytest.raises(ValueError, match="zip"):
        crossing((60, 120), high, (0.1, 0.2), 0.5)


@given(bands, shares)
def test_outside_the_band_never_holds_the_share(band, part):
    """And at each end, where there is one, the band does not hold it either."""
    low, high = band
    times = TIMES[: len(low)]
    more, most = crossing(times, low, high, part)
    for time, least, largest in zip(times, low, high, strict=True):
        if more is not None and time <= more:
            assert largest < part
        if most is not None and time >= most:
            assert least >= part
    if more is None and times:
        assert high[0] >= part
    if most is None and times:
        assert low[-1] < part


@given(bands, st.tuples(shares, shares).map(sorted))
def test_a_larger_share_never_comes_sooner(band, parts):
    low, high = band
    times = TIMES[: len(low)]
    first, then = (crossing(times, low, high, part) for part in parts)
    assert (first.more_than or 0) <= (then.more_than or 0)
    assert (first.at_most or np.inf) <= (then.at_most or np.inf)


@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("half_s", [240, 5_000, 100_000])
def test_it_holds_the_true_wait_as_often_as_it_says(n, half_s):
    """People who are answered after a time that fades like a half-life, 1,000 times."""
    draw = np.random.default_rng(n + half_s)
    waits = draw.exponential(half_s / np.log(2), size=(1_000, n))
    times = np.array(INSIDE)
    answered = (waits[:, :, None] <= times).sum(1)
    sizes = np.full(answered.shape, float(n))
    low, high = share_limits(answered, np.full(answered.shape, n), sizes)
    held = 0
    for least, largest in zip(low.tolist(), high.tolist(), strict=True):
        more, most = crossing(INSIDE, least, largest, 0.5)
        held += (more or 0) < half_s <= (most or np.inf)
    assert held >= 945  # of 1,000; 95 % or more, but for the luck of the draw
