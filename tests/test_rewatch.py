"""When inquiries are looked at again: however rounds fall, each is looked at soon, then
more rarely, once after its horizon at the latest, and nothing that was due is lost."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.rewatch import Plan, batches, first_of, reached
from model import DAY

HORIZON = 3 * DAY
PLAN = Plan.until(HORIZON)


def asked(*at):
    return pl.DataFrame({"asked_at": list(at)}, schema={"asked_at": pl.Int64})


def test_soon_then_ever_more_rarely_to_the_horizon():
    assert PLAN.after == (
        *(900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 115_200, 259_200),
    )
    assert PLAN.horizon == HORIZON
    assert PLAN.oldest(10 * DAY) == 7 * DAY


def test_a_horizon_shorter_than_the_first_look_is_the_only_one():
    assert Plan.until(100).after == (100,)


@pytest.mark.parametrize(
    "plan",
    [
        lambda: Plan.until(0),
        lambda: Plan.until(HORIZON, first=0),
        lambda: Plan.until(HORIZON, factor=1),
        lambda: Plan(()),
        lambda: Plan((5, 5)),
        lambda: Plan((0, 5)),
    ],
)
def test_a_plan_that_is_none(plan):
    with pytest.raises(ValueError, match="expected"):
        plan()


@given(st.integers(1, 400 * DAY), st.integers(1, DAY), st.floats(1.01, 10))
def test_every_plan_ends_at_its_horizon(horizon, first, factor):
    after = Plan.until(horizon, first, factor).after
    assert after[-1] == horizon
    assert list(after) == sorted(set(after))


def test_whose_turn_it_is():
    rows = PLAN.due(asked(98_999, 99_100, 99_101, 90_000, 50_000), 98_000, 100_000)
    assert rows.rows() == [
        (98_999, 99_899, 98_999),
        (99_100, 100_000, 99_100),
    ]
    seen = PLAN.due(asked(90_000), 93_600, 97_200)
    assert seen.rows() == [(90_000, 97_200, 93_600)]


def test_rounds_of_their_own():
    rows = asked(0, 0).with_columns(looked=pl.Series([899, 900]))
    due = PLAN.due(rows, pl.col("looked"), 1_000)
    assert due.select("looked", "due_at").rows() == [(899, 900)]


def test_a_round_takes_whole_seconds():
    due = PLAN.due(asked(0, 1, 1, 2), 0, 2_000)
    assert due["due_at"].to_list() == [900, 901, 901, 902]
    assert first_of(due, 2)["due_at"].to_list() == [900, 901, 901]
    assert first_of(due, 4).equals(due)
    assert reached(due, 3, 0, 2_000) == 901
    assert reached(due, 2, 0, 2_000) == 900
    assert reached(due, 0, 0, 2_000) == 899
    assert reached(due, 4, 0, 2_000) == 2_000
    assert reached(due.clear(), 0, 5_000, 2_000) == 5_000


def test_batches_keep_the_order():
    assert [b["asked_at"].to_list() for b in batches(asked(3, 1, 2), 2)] == [
        [3, 1],
        [2],
    ]
    assert batches(asked(), 2) == []


TIMES = st.lists(st.integers(0, 5 * DAY), min_size=1, max_size=12)


@given(TIMES, st.lists(st.integers(1, DAY), max_size=40), st.integers(1, 5))
def test_however_rounds_fall_nothing_due_is_lost(times, gaps, most):
    """Rounds at any distance, each taking only so many: at the end of a long quiet
    round everything was looked at after its horizon, and never before it was due."""
    looks = {at: [] for at in times}
    looked = now = 0
    for gap in [*gaps, 20 * DAY]:
        now += gap
        while True:
            there = asked(*(at for at in set(times) if at <= now))
            due = PLAN.due(there, looked, now)
            taken = first_of(due, most)
            for at, due_at, stood_at in taken.rows():
                assert at <= stood_at <= looked or stood_at == at
                assert looked < due_at <= now
                looks[at].append(now)
            before, looked = looked, reached(due, len(taken), looked, now)
            assert looked >= before
            if looked == now:
                break
            assert looked > before
    for at, seen in looks.items():
        assert seen[-1] >= at + HORIZON
        assert len(set(seen)) <= len(PLAN.after)


@given(TIMES, st.lists(st.integers(1, 100_000), min_size=1, max_size=30))
def test_each_moment_of_the_plan_brings_one_look(times, gaps):
    """A round that was missed is made good once, not as often as it was missed."""
    looked = now = 0
    seen = dict.fromkeys(times, 0)
    for gap in gaps:
        now += gap
        for at in PLAN.due(asked(*(set(times))), looked, now)["asked_at"]:
            seen[at] += 1
        looked = now
    for at, count in seen.items():
        rounds = {
            min(r for r in _cumulated(gaps) if r >= at + after)
            for after in PLAN.after
            if at + after <= now
        }
        assert count == len(rounds)


def _cumulated(gaps):
    total = 0
    for gap in gaps:
        total += gap
        yield total
