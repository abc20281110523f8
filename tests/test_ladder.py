"""The ladder: speed and sameness beside the account's other replies, in any order."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import DAY, Step
from model.looks import REPLIES
from scoring import ladder
from scoring.ladder import LADDER, Ladder
from scoring.method import METHOD

SAID, OTHER = 0b1011, ~0b1011
NEAR, FAR = SAID ^ 0b11111100000000, SAID ^ 0b111111100000000
S, U, R = Step.SUBSTANTIVE, Step.UNJUDGED, Step.REDIRECT


def replies(*rows):
    """(conversation, responded_at, wait, reads, fingerprint)"""
    return pl.DataFrame(list(rows), REPLIES, orient="row")


def steps(*rows, judge=LADDER):
    found = judge(replies(*rows))
    assert found.dtype == pl.Int8
    return [Step(step) for step in found]


def sent(number, conversation=None, at=0, wait=5_000, reads=S, mark=SAID):
    return (number if conversation is None else conversation, at, wait, reads, mark)


def test_the_numbers_are_the_methods():
    assert (LADDER.bits, LADDER.people) == (6, 2)
    assert LADDER.reach == METHOD.copy_days.value * DAY == 28 * DAY
    assert (LADDER.seconds, LADDER.quick_people, LADDER.quick_share) == (60, 4, 0.8)


def test_no_replies():
    assert steps() == []


def test_what_others_got_too_is_canned():
    assert steps(sent(1), sent(2)) == [S, S]
    assert steps(sent(1), sent(2), sent(3)) == [Step.CANNED] * 3
    assert steps(sent(1, reads=U), sent(2), sent(3))[0] is Step.CANNED


def test_near_is_six_bits():
    assert steps(sent(1), sent(2, mark=NEAR), sent(3, mark=NEAR)) == [Step.CANNED] * 3
    assert steps(sent(1), sent(2, mark=FAR), sent(3, mark=FAR)) == [S] * 3
    assert steps(sent(1), *[sent(n, mark=OTHER) for n in (2, 3)]) == [S] * 3


def test_the_same_person_twice_is_one():
    rows = [sent(1), sent(2, 9, at=5), sent(3, 9, at=7), sent(4, 9, at=9)]
    assert steps(*rows) == [S] * 4
    assert steps(*rows, sent(5)) == [Step.CANNED] * 5


def test_copies_are_looked_for_within_four_weeks_before_and_after():
    reach = LADDER.reach
    rows = [sent(1, at=-reach), sent(2), sent(3, at=reach)]
    assert steps(*rows) == [S, Step.CANNED, S]
    rows = [sent(1, at=-reach - 1), sent(2), sent(3, at=reach)]
    assert steps(*rows) == [S, S, S]


def test_of_those_wanted_it_is_told_whether_they_are_near_copies():
    marks = [SAID, NEAR, NEAR, OTHER, None, FAR]
    rows = replies(*(sent(n, reads=R, mark=mark) for n, mark in enumerate(marks)))
    wanted = pl.Series([False, True, False, True, True, True])
    found = LADDER.copied(rows, wanted)
    assert (found.dtype, found.to_list()) == (pl.Int8, [None, 1, None, 0, None, 1])
    assert LADDER.copied(rows[:2], wanted[:2]).to_list() == [None, 0]
    assert LADDER.copied(rows[:0], wanted[:0]).to_list() == []


def test_a_redirection_stays_one_however_often_it_is_sent():
    assert steps(*[sent(n, reads=R) for n in range(4)]) == [R] * 4


def test_speed_alone_makes_no_machine():
    rows = [sent(n, wait=2, mark=1 << 7 * n) for n in range(9)]
    assert steps(*rows, judge=Ladder(bits=1)) == [S] * 9


def test_speed_and_sameness_do():
    quick = [sent(n, wait=n) for n in range(5)]
    assert steps(*quick) == [Step.AUTOMATIC] * 5
    assert steps(*quick[:4]) == [Step.CANNED] * 4
    redirects = [sent(n, wait=60, reads=R) for n in range(5)]
    assert steps(*redirects) == [Step.AUTOMATIC] * 5
    slow = [sent(n, wait=61) for n in range(5)]
    assert steps(*slow) == [Step.CANNED] * 5


def test_a_text_that_people_send_too_is_no_machines():
    quick = [sent(n, wait=3) for n in range(5)]
    one_slow = [*quick, sent(9)]
    assert steps(*one_slow) == [*[Step.AUTOMATIC] * 5, Step.CANNED]
    two_slow = [*one_slow, sent(10)]
    assert steps(*two_slow) == [Step.CANNED] * 7


def test_a_machine_that_says_so_is_one():
    assert steps(sent(1, reads=Step.AUTOMATIC)) == [Step.AUTOMATIC]


@pytest.mark.parametrize("wait", [None, -1])
def test_an_unknown_wait_is_not_quick(wait):
    rows = [sent(n, wait=1) for n in range(5)]
    assert steps(*rows, sent(9, wait=wait))[-1] is Step.CANNED


def test_without_a_fingerprint_nothing_is_alike():
    rows = [sent(n, wait=1, mark=None, reads=U) for n in range(9)]
    assert steps(*rows) == [U] * 9


ROWS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.integers(0, 40),
        st.none() | st.integers(-5, 90),
        st.sampled_from(list(Step)[1:]),
        st.none() | st.sampled_from([0, 1, 3, 7, -1, -2, 2**62]),
    ),
    max_size=25,
)
SMALL = Ladder(bits=1, reach=12, people=1, seconds=30, quick_people=2)


def by_hand(rows, judge):
    """The rule as its docstring says it, one reply after another."""
    told = []
    for talk, at, wait, reads, mark in rows:
        alike = [
            other for other in rows
            if None not in (mark, other[4]) and other[0] != talk
            and abs(other[1] - at) <= judge.reach
            and ((mark ^ other[4]) & (2**64 - 1)).bit_count() <= judge.bits
        ]  # fmt: skip
        quick = [o for o in alike if o[2] is not None and 0 <= o[2] <= judge.seconds]
        everybody, fast = ({o[0] for o in each} for each in (alike, quick))
        self_quick = wait is not None and 0 <= wait <= judge.seconds
        machine = (
            self_quick
            and len(fast) >= judge.quick_people
            and len(fast) >= judge.quick_share * len(everybody)
        )
        if reads == Step.AUTOMATIC or machine:
            told.append(Step.AUTOMATIC)
        elif reads == R:
            told.append(R)
        else:
            told.append(Step.CANNED if len(everybody) >= judge.people else reads)
    return told


@settings(deadline=None, max_examples=300)
@given(rows=ROWS, at_once=st.sampled_from([1, 7, 10**6]))
def test_it_is_the_rule_however_it_is_computed(rows, at_once):
    before, ladder.AT_ONCE = ladder.AT_ONCE, at_once
    try:
        assert steps(*rows, judge=SMALL) == by_hand(rows, SMALL)
    finally:
        ladder.AT_ONCE = before


@settings(deadline=None, max_examples=100)
@given(rows=ROWS, chance=st.randoms(use_true_random=False))
def test_order_makes_no_difference(rows, chance):
    mixed = list(enumerate(rows))
    chance.shuffle(mixed)
    there = steps(*[row for _, row in mixed], judge=SMALL)
    back = {number: step for (number, _), step in zip(mixed, there, strict=True)}
    assert steps(*rows, judge=SMALL) == [back[n] for n in range(len(rows))]


@settings(deadline=None, max_examples=100)
@given(rows=ROWS, at=st.integers(0, 40))
def test_what_lies_beyond_reach_makes_no_difference(rows, at):
    near = [row for row in rows if abs(row[1] - at) <= SMALL.reach]
    whole = steps(*rows, judge=SMALL)
    part = steps(*near, judge=SMALL)
    told = [step for row, step in zip(rows, whole, strict=True) if row[1] == at]
    assert told == [s for row, s in zip(near, part, strict=True) if row[1] == at]


def test_thousands_of_replies_are_quick():
    """Twenty thousand in well under the time between two looks."""
    chance = np.random.default_rng(1)
    many = 20_000
    texts = chance.integers(-(2**62), 2**62, many // 10)
    frame = pl.DataFrame(
        {
            "conversation": np.arange(many),
            "responded_at": chance.integers(0, 56 * DAY, many),
            "wait": chance.integers(1, 5_000, many),
            "reads": np.full(many, S.value, np.int8),
            "fingerprint": chance.choice(texts, many),
        }
    )
    assert LADDER(frame).value_counts().height == 2
