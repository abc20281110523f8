"""Funnel plots: their limits are where luck alone leaves brands."""

import numpy as np
import polars as pl
import pytest

import scoring_world as world
from scoring.details.funnel import LEVELS, STEPS, limits, told
from scoring.intervals import WORTH
from scoring.method import METHOD
from test_scoring_details import bodies, edition
from test_scoring_standard import asked

SHAPES = ((0.1, 0.1, 0.1, 0.7), (0.6, 0.2, 0.05, 0.15), (0.02, 0.03, 0.05, 0.9))
ACCOUNTS = [
    world.Account(at, "bluesky", f"{slug}.example", slug)
    for at, slug in enumerate(("acme", "bolt", "cove", "dune"))
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [50, 200, 1_000])
def test_luck_alone_stays_within_the_limits_as_often_as_they_say(shape, n):
    rng = np.random.default_rng(n)
    scores = rng.multinomial(n, shape, 20_000) @ WORTH / n
    low, high = limits(np.array(shape), np.array([float(n)]))
    inside = [
        ((low[0, at] <= scores) & (scores <= high[0, at])).mean() for at in range(2)
    ]
    few = n * (1 - shape[3]) < 10  # then a score has few values, and is lopsided
    assert inside[0] == pytest.approx(LEVELS[0], abs=0.03 if few else 0.015)
    assert inside[1] == pytest.approx(LEVELS[1], abs=0.004)


def test_limits_close_in_on_the_mean():
    shape = np.array(SHAPES[0])
    low, high = limits(shape, np.array([20.0, 100, 10_000]))
    mean = shape @ WORTH
    assert (np.diff(low, axis=0) > 0).all()
    assert (np.diff(high, axis=0) < 0).all()
    assert (low < mean).all()
    assert (high > mean).all()
    assert (low[:, 1] < low[:, 0]).all()
    assert (high[:, 1] > high[:, 0]).all()


def test_that_nobody_is_answered_may_be_luck_in_a_few():
    shape = np.array([0.02, 0.03, 0.05, 0.9])
    low, high = limits(shape, np.array([20.0, 50, 100]))
    assert (low == 0).tolist() == [[True, True], [False, True], [False, False]]
    low, high = limits(shape[::-1], np.array([20.0, 50, 100]))
    assert (high == 1).tolist() == [[True, True], [False, True], [False, False]]


@pytest.mark.parametrize("alike", [(1, 0, 0, 0), (0, 0, 0, 1)])
def test_where_all_fare_alike_there_is_no_luck(alike):
    shape = np.array(alike, dtype=float)
    low, high = limits(shape, np.array([50.0, 60.0]))
    assert (low == high).all()
    assert (low == shape @ WORTH).all()
    body = told([("a", 100.0 * (shape @ WORTH), 50.0)] * 3, np.array([alike] * 3) * 50)
    assert [row[3] for row in body["brands"]] == [0, 0, 0]


def test_an_industry_and_its_brands():
    found = [
        *asked(0, 400, 90), *asked(1, 400, 46), *asked(2, 400, 44), *asked(3, 400, 5),
    ]  # fmt: skip
    made = edition(found, ACCOUNTS)
    said = bodies(made, "funnel")
    body = said.pop(("industry", "social", "", "banks"))
    assert not said
    (trade,) = made.standings.filter(level="industry").to_dicts()
    assert body["mean"] == trade["score"]
    brands = made.standings.filter(level="brand").sort("score", descending=True)
    assert [row[:3] for row in body["brands"]] == [
        list(row) for row in brands.select("slug", "score", "n_eff").rows()
    ]
    assert [row[3] for row in body["brands"]] == [2, 0, 0, -2]
    assert len(body["limits"]) == STEPS
    sizes = [line[0] for line in body["limits"]]
    assert sizes == sorted(sizes)
    for _, low, lowest, high, highest in body["limits"]:
        assert lowest < low < body["mean"] < high < highest


def test_two_brands_make_no_funnel():
    made = edition(asked(0, 400, 90) + asked(1, 400, 10), ACCOUNTS)
    assert (made.standings.filter(level="brand")["status"] == "ranked").sum() == 2
    assert METHOD.fewest_brands.value > 2
    assert bodies(made, "funnel") == {}


def test_brands_of_one_size_have_room_beside_them():
    rows = [("a", 10.0, 80.0), ("b", 9.0, 80.0), ("c", 8.0, 80.0)]
    body = told(rows, np.array([[8, 0, 0, 72]] * 3))
    assert body["limits"][0][0] == 80
    assert body["limits"][-1][0] == 81
    assert isinstance(body["brands"][0][3], int)
    assert (
        pl.DataFrame(body["limits"], orient="row").null_count().sum_horizontal()[0] == 0
    )
