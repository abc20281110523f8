"""Simulated worlds: what is drawn agrees with the truth that is stated."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import DAY, FoundBy, Kind, Step
from model.frames import IMPORTED
from scoring.method import LIMITS, METHOD
from scoring.worlds import (
    Habit,
    Kinds,
    Outage,
    Speed,
    Truth,
    pooled,
    simulate,
    truth,
)

DAYS = range(20_636, 20_727)  # 13 whole weeks
SOCIAL = LIMITS["social"]
T = (SOCIAL.t1, SOCIAL.t2, SOCIAL.t3)
EVERY = tuple(Kind)

PLAIN = Habit(
    per_day=20,
    kinds=(Kinds(Kind.UNSAID, 1, 0.5),),
    speeds=(Speed(0.6, 1_500), Speed(0.4, 90_000)),
)
CLUMPED = replace(
    PLAIN,
    kinds=(Kinds(Kind.COMPLAINT, 0.6, 0.7), Kinds(Kind.COMPLIMENT, 0.4, 0.2)),
    weekend=0.4,
    weekend_wait=3.0,
    day_effect=0.2,
    author_effect=0.3,
    again=0.3,
    outages=(Outage(20_650, 2, 150),),
)


def within(habit: Habit, seed: int) -> tuple[int, list[int]]:
    """How many complaints there were, and how many were answered in time."""
    drawn = simulate(habit, DAYS, SOCIAL.horizon, (seed,)).filter(
        pl.col("kind").is_in([Kind.UNSAID, Kind.COMPLAINT])
    )
    wait = drawn["answered_at"] - drawn["asked_at"]
    return len(drawn), [int((wait <= limit).sum()) for limit in T]


@pytest.mark.parametrize("habit", [PLAIN, CLUMPED], ids=["plain", "clumped"])
def test_many_worlds_together_agree_with_the_truth(habit):
    counted = (Kind.UNSAID, Kind.COMPLAINT)
    stated = truth(habit, DAYS, T, counted)
    drawn = [within(habit, seed) for seed in range(120)]
    number = np.array([n for n, _ in drawn])
    shares = np.array([answered for _, answered in drawn]) / number[:, None]
    assert number.mean() == pytest.approx(stated.messages, rel=0.02)
    error = shares.std(axis=0) / np.sqrt(len(drawn))
    assert np.all(np.abs(shares.mean(axis=0) - stated.shares) < 4 * error)


def test_clumps_move_a_world_further_from_its_truth_than_chance_alone():
    alone = replace(CLUMPED, day_effect=0, author_effect=0, outages=())
    spread = {
        name: np.std([within(habit, seed)[1][2] / within(habit, seed)[0]
                      for seed in range(60)])
        for name, habit in {"clumped": CLUMPED, "alone": alone}.items()
    }  # fmt: skip
    assert spread["clumped"] > 1.5 * spread["alone"]


def test_an_outage_is_answered_or_ignored_as_one():
    habit = replace(PLAIN, per_day=0, outages=(Outage(20_650, 1, 40),))
    shares = [
        simulate(habit, DAYS, SOCIAL.horizon, (seed,))["answered_at"].is_not_null()
        for seed in range(40)
    ]
    assert {float(each.mean()) for each in shares} == {0.0, 1.0}


def test_the_same_seed_is_the_same_world():
    one, same, other = (
        simulate(CLUMPED, DAYS, SOCIAL.horizon, seed) for seed in [(1, 2), (1, 2), (3,)]
    )
    assert one.equals(same)
    assert not one.equals(other)


def test_columns_are_those_of_an_import_in_order_of_time():
    drawn = simulate(CLUMPED, DAYS, SOCIAL.horizon, (1,))
    assert {name: IMPORTED[name] for name in drawn.columns} == dict(drawn.schema)
    assert drawn["asked_at"].is_sorted()
    assert drawn["key"].is_unique().all()
    asked = drawn["asked_at"]
    assert DAYS.start * DAY <= asked.min() <= asked.max() < DAYS.stop * DAY


def test_a_person_who_asks_twice_a_day_gets_one_answer():
    drawn = simulate(replace(CLUMPED, again=0.9), DAYS, SOCIAL.horizon, (1,))
    answers = drawn.group_by("author", pl.col("asked_at") // DAY).agg(
        pl.col("answered_at").drop_nulls().n_unique(), pl.len()
    )
    assert answers["len"].max() > 1
    assert answers["answered_at"].max() == 1
    assert (drawn["answered_at"] >= drawn["asked_at"]).all()


def test_what_is_seen_only_by_its_answer_is_all_answered():
    drawn = simulate(replace(PLAIN, found_by=FoundBy.REPLY), DAYS, SOCIAL.horizon, (1,))
    assert len(drawn) > 0
    assert drawn["answered_at"].null_count() == 0
    assert set(drawn["found_by"]) == {FoundBy.REPLY}
    assert set(drawn["step"]) == {Step.UNJUDGED}


def test_deletions_crowds_and_machines_come_as_often_as_said():
    habit = replace(PLAIN, per_day=200, deleted=0.2, crowded=0.1, automatic=0.3)
    drawn = simulate(habit, DAYS, SOCIAL.horizon, (1,))
    assert drawn["deleted_at"].is_not_null().mean() == pytest.approx(0.2, abs=0.01)
    assert (drawn["addressed"] == 2).mean() == pytest.approx(0.1, abs=0.01)
    assert drawn["automatic_at"].is_not_null().mean() == pytest.approx(0.3, abs=0.01)
    gone = (drawn["deleted_at"] - drawn["asked_at"]).drop_nulls()
    assert 0 <= gone.min() <= gone.max() < SOCIAL.horizon


def test_a_brand_nobody_writes_to():
    drawn = simulate(replace(PLAIN, per_day=0), DAYS, SOCIAL.horizon, (1,))
    assert len(drawn) == 0
    assert drawn.columns == simulate(PLAIN, DAYS, SOCIAL.horizon, (1,)).columns


def test_a_brand_that_never_answers():
    never = replace(PLAIN, kinds=(Kinds(Kind.UNSAID, 1, 0.0),))
    drawn = simulate(never, DAYS, SOCIAL.horizon, (1,))
    assert drawn["answered_at"].null_count() == len(drawn) > 0
    assert truth(never, DAYS, T, EVERY).score(METHOD.weights.value) == 0


def test_by_hand():
    """Everybody is answered, half in no time and half far too late."""
    habit = replace(
        PLAIN,
        per_day=7,
        kinds=(Kinds(Kind.COMPLAINT, 3, 1.0), Kinds(Kind.COMPLIMENT, 1, 0.0)),
        speeds=(Speed(1, 1e-9), Speed(1, 1e15)),
    )
    counted = truth(habit, DAYS, T, (Kind.COMPLAINT,))
    assert counted.messages == pytest.approx(7 * 91 * 3 / 4)
    assert counted.shares == pytest.approx((0.5, 0.5, 0.5))
    assert counted.score((42, 42, 16)) == pytest.approx(50)
    assert truth(habit, DAYS, T, EVERY).shares == pytest.approx((0.375,) * 3)


def test_pooled_weighs_by_messages():
    assert pooled([Truth(30, (0.1, 0.2)), Truth(10, (0.5, 0.6))]) == Truth(
        40, (pytest.approx(0.2), pytest.approx(0.3))
    )


@settings(deadline=None, max_examples=50)
@given(
    answers=st.floats(0, 1),
    medians=st.lists(st.floats(1, 1e6), min_size=1, max_size=3),
    weekend=st.floats(0, 2),
    slow=st.floats(0.1, 10),
)
def test_the_truth_is_a_chance_that_grows_with_the_limit(
    answers, medians, weekend, slow
):
    habit = replace(
        PLAIN,
        kinds=(Kinds(Kind.QUESTION, 1, answers),),
        speeds=tuple(Speed(1, median) for median in medians),
        weekend=weekend,
        weekend_wait=slow,
    )
    shares = truth(habit, DAYS, T, EVERY).shares
    assert 0 <= shares[0] <= shares[1] <= shares[2] <= answers + 1e-12
