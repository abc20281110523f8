"""The columns against a count in plain Python, and Kaplan-Meier by somebody else."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

import scoring_world as world
from model.words import DAY, Count, Cut, Level
from scoring.book import book
from scoring.freeze import freeze
from scoring.tally import (
    NEVER,
    WAIT_BITS,
    Tally,
    chosen,
    kth,
    several,
    sliced,
    tally,
)

levels = st.sampled_from([Level.BRAND, Level.CHANNEL, Level.ACCOUNT])


def counted(found, level=Level.BRAND, cut=Cut.ALL, count=Count.PEOPLE):
    """The tally of a small world, by the names of its entities."""
    names, numbers = book(world.directory(world.ACCOUNTS))
    frozen = freeze(world.rows(found, world.ACCOUNTS), names, numbers, world.PERIOD)
    part = sliced(frozen, names)
    result = tally(part, chosen(part, names, cut, count), names, names.entity(level))
    described = {row["entity"]: row for row in names.described(level).to_dicts()}
    return result, [_name(described[entity], level) for entity in result.entity]


def _name(row, level):
    if level is Level.BRAND:
        return row["slug"], row["family"]
    if level is Level.CHANNEL:
        return row["slug"], row["channel"]
    return row["slug"], row["channel"], row["account"]


def line(result: Tally, at: int) -> world.Line:
    within = np.cumsum(result.classes[at])[:3].tolist()
    cells = result.days
    sizes = np.append(
        cells.classes[cells.entity == at].sum(1), np.ones(cells.alone[at].sum())
    )
    waits = (int(result.median[at]), int(result.p90[at]))
    return world.Line(
        int(result.n[at]),
        int(result.authors[at]),
        tuple(within),
        int(result.lost[at]),
        *(None if wait == -1 else wait for wait in waits),
        result.n[at] ** 2 / max((sizes**2).sum(), 1),
    )


@settings(max_examples=300, deadline=None)
@given(
    world.inquiries(), levels, st.sampled_from(list(Cut)), st.sampled_from(list(Count))
)
def test_counts_are_those_of_plain_python(found, level, cut, count):
    result, names = counted(found, level, cut, count)
    expected = world.oracle(found, world.ACCOUNTS, level.value, cut.value, count.value)
    assert {name: line(result, at) for at, name in enumerate(names)} == expected


@settings(max_examples=60, deadline=None)
@given(world.inquiries(), levels)
def test_days_weeks_and_people_hold_every_inquiry(found, level):
    result, _ = counted(found, level)
    for units in (result.days, result.weeks, result.people):
        folded = units.alone.copy()
        np.add.at(folded, units.entity, units.classes)
        assert folded.tolist() == result.classes.tolist()
        assert (np.diff(units.entity) >= 0).all()
        assert (units.classes.sum(1) >= 2).all()
    assert (result.waits.sum(1) == result.n).all()
    assert (result.waits[:, -1] == result.classes[:, 3]).all()


def test_weeks_are_seven_days_from_the_first():
    asked = [0, 6, 7, 13, 14]
    found = [
        an(author=at, asked_at=(world.START + day) * DAY)
        for at, day in enumerate(asked)
    ]
    result, _ = counted(found)
    assert result.weeks.classes.sum(1).tolist() == [2, 2]
    assert result.weeks.alone.sum() == 1


def an(**changes):
    """An inquiry to a brand's Bluesky account on the first day of the period."""
    return {
        "account": 7,
        "author": 1,
        "asked_at": world.START * DAY,
        "answered_at": None,
        "kind": 0,
        "found_by": 1,
        "addressed": 1,
    } | changes


def test_the_first_message_is_taken_after_the_kinds_are():
    """A morning compliment does not hide the afternoon's complaint."""
    noon = world.START * DAY + 40_000
    found = [an(kind=3), an(kind=1, asked_at=noon, answered_at=noon + 60)]
    result, _ = counted(found, cut=Cut.NEEDS_ANSWER)
    assert (result.n[0], result.median[0]) == (1, 60)


def test_an_answer_to_the_second_thread_answers_the_person():
    later = world.START * DAY + 1_000
    found = [an(), an(account=3, asked_at=later, answered_at=later + 50)]
    result, _ = counted(found)
    assert (result.n[0], result.median[0]) == (1, 1_050)


def test_an_answer_before_the_inquiry_that_counts_is_none():
    """The compliment was answered before the complaint came: that is no answer."""
    start = world.START * DAY
    found = [an(kind=3, answered_at=start + 10), an(kind=1, asked_at=start + 20)]
    result, _ = counted(found, cut=Cut.NEEDS_ANSWER)
    assert (result.n[0], result.median[0]) == (1, -1)


def test_messages_of_one_person_count_each():
    start = world.START * DAY
    found = [an(), an(asked_at=start + 5, answered_at=start + 6)]
    result, _ = counted(found, count=Count.MESSAGES)
    assert (result.n[0], result.authors[0], result.classes[0].tolist()) == (
        2,
        1,
        [1, 0, 0, 1],
    )


def test_families_and_samples_are_never_pooled():
    start = world.START * DAY
    found = [an(), an(account=9), an(account=2), an(account=4, asked_at=start + 1)]
    result, names = counted(found)
    assert names == [("acme", "reviews"), ("acme", "social")]
    assert result.n.tolist() == [1, 1]
    result, names = counted(found, Level.CHANNEL)
    assert ("acme", "x") in names


def test_one_that_is_known_only_by_its_answers_has_waits_and_nothing_else():
    start = world.START * DAY
    found = [
        an(author=at, found_by=4, answered_at=start + wait, watched_until=start)
        for at, wait in enumerate([10, 20, 30, 40, 4 * DAY])
    ]
    result, _ = counted(found)
    assert result.only.tolist() == [True]
    assert (result.n[0], result.median[0], result.p90[0]) == (5, 20, 40)


def test_one_stream_row_takes_replies_out():
    start = world.START * DAY
    found = [
        an(author=1, found_by=4, answered_at=start + 10),
        an(author=2, watched_until=start),
    ]
    result, _ = counted(found)
    assert (result.only[0], result.n[0]) == (False, 0)


@pytest.mark.parametrize("size", [1, 2, 3, 9, 10, 11, 99, 100, 101])
@pytest.mark.parametrize(("q", "up"), [((1, 2), 0.5), ((9, 10), 0.9)])
def test_quantiles_are_the_smallest_wait_that_reaches_the_share(size, q, up):
    """As Kaplan-Meier's, when everybody is answered or watched to the horizon."""
    rng = np.random.default_rng(size)
    waits = rng.integers(0, 200_000, size)
    answered = rng.random(size) < 0.97
    keys = np.sort(np.where(answered, waits, NEVER))
    k = -(-q[0] * size // q[1])
    found = kth(
        keys, np.array([0]), np.array([answered.sum()]), np.array([k], dtype=np.int64)
    )[0]
    fitter = KaplanMeierFitter().fit(np.where(answered, waits, 259_200), answered)
    waiting = fitter.survival_function_["KM_estimate"]
    reached = waiting.index[waiting <= 1 - up + 1e-9]
    assert found == (int(reached[0]) if len(reached) else -1)


def test_kth_of_nothing():
    nothing = np.zeros(0, dtype=np.int64)
    zero = np.zeros(1, dtype=np.int64)
    assert kth(nothing, zero, zero, zero).tolist() == [-1]


def test_several_and_alone_split_what_occurs():
    entity = np.array([0, 0, 1, 1, 2, -1])
    several_, alone = several(entity, np.array([0, 1, 2, 4, 5]))
    assert several_.tolist() == [0, 0, -1, -1, -1, -1]
    assert alone.tolist() == [-1, -1, 1, -1, 2, -1]


def test_polars_quantiles_that_look_alike_are_not():
    """Why the k-th wait is taken by hand: for p90 "lower" is another element."""
    waits = pl.Series(range(1, 21))
    k = -(-9 * len(waits) // 10)
    assert waits.quantile(0.9, "equiprobable") == waits[k - 1] == 18
    assert waits.quantile(0.9, "lower") == 18
    assert pl.Series(range(1, 6)).quantile(0.9, "equiprobable") == 5
    assert pl.Series(range(1, 6)).quantile(0.9, "lower") == 4


def test_a_wait_fits_its_bits():
    assert NEVER == 2**WAIT_BITS - 1 > 10 * DAY
