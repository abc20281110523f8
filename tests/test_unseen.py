"""What we did not see costs a brand inquiries, never its score: messages that come to
light only through their answer, at any rate, and an outage of our own watch."""

import numpy as np
import pytest

import scoring_world as world
from model.words import DAY, FoundBy
from scoring.edition import make

START = world.START * DAY
HORIZON = 3 * DAY
ASKED = 900
"""Messages to each brand."""

HABITS = (0.02, 0.125, 0.3, 0.5, 0.8, 0.97)
ACCOUNTS = [
    world.Account(at, "bluesky", f"brand-{at}.example", f"brand-{at}")
    for at in range(1, 1 + len(HABITS))
]
GAP = (START + 9 * DAY, START + 11 * DAY)
"""Seconds of an outage of ours: 19 of 21 days are enough, and so are the 16 left."""


def truth():
    """What was written and answered; nobody has seen it yet."""
    rng = np.random.default_rng(20_261_122)
    rows = []
    for account, habit in zip(ACCOUNTS, HABITS, strict=True):
        asked = START + rng.integers(0, world.DAYS * DAY, ASKED)
        answered = rng.random(ASKED) < habit
        wait = np.exp(rng.normal(8.5, 1.6, ASKED)).astype(int) + 1
        rows += [
            {
                "account": account.id,
                "author": int(who),
                "asked_at": int(at),
                "answered_at": int(at + seconds) if was else None,
                "step": 5 if was else 0,
            }
            for who, at, seconds, was in zip(
                range(ASKED), asked, wait, answered, strict=True
            )
        ]
    return rows


def scores(rows, seconds=None):
    """(score, low, high, inquiries) of each brand."""
    covered = world.covered(ACCOUNTS) if seconds is None else seconds
    made = make(
        [world.rows(rows, ACCOUNTS)],
        world.directory(ACCOUNTS),
        covered,
        world.posted(),
        world.PERIOD,
    )
    lines = made.standings.filter(level="brand", cut="all").sort("slug")
    assert set(lines["status"]) == {"ranked"}
    return lines.select("score", "score_low", "score_high", "inquiries").rows()


@pytest.fixture(scope="module")
def seen_whole():
    return scores(truth())


def found_late(rows, hidden, as_what=FoundBy.REPLY):
    """Of these the unanswered are never known, the answered by their answer."""
    return [
        row | ({"found_by": as_what.value} if at in hidden else {})
        for at, row in enumerate(rows)
        if at not in hidden or row["answered_at"] is not None
    ]


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.5, 0.7, 0.9])
def test_messages_found_by_their_answers_alone(seen_whole, rate):
    rows = truth()
    drawn = np.random.default_rng(int(rate * 100)).random(len(rows)) < rate
    hidden = set(np.flatnonzero(drawn).tolist())
    for (score, low, high, n), (was, *_, whole) in zip(
        scores(found_late(rows, hidden)), seen_whole, strict=True
    ):
        assert low <= was <= high
        assert abs(score - was) <= high - low
        assert n == pytest.approx((1 - rate) * whole, rel=0.3)


def test_were_they_counted_most_scores_would_be_wrong(seen_whole):
    """The rule is needed: three messages in ten, taken for any others."""
    rows = truth()
    hidden = set(range(0, len(rows), 3))
    counted = scores(found_late(rows, hidden, FoundBy.STREAM))
    outside = [
        not low <= was <= high
        for (_, low, high, _), (was, *_) in zip(counted, seen_whole, strict=True)
    ]
    assert sum(outside) >= 3


def watched_with_a_gap(rows):
    """As a store has it after an outage: what was asked meanwhile is found by its
    answer; what was waiting when the outage began is known up to then."""
    first, last = GAP
    within = {n for n, row in enumerate(rows) if first <= row["asked_at"] < last}
    found = found_late(rows, within)
    return [
        row | {"watched_until": first}
        if first - HORIZON < row["asked_at"] < first
        else row
        for row in found
    ]


@pytest.mark.parametrize("lost", [False, True])
def test_an_outage_of_ours(seen_whole, lost):
    """``lost``: answers given while we did not watch are never learnt."""
    rows = watched_with_a_gap(truth())
    if lost:
        rows = [
            row | {"answered_at": None, "step": 0}
            if GAP[0] <= (row["answered_at"] or 0) < GAP[1]
            else row
            for row in rows
            if not (
                row.get("found_by") == FoundBy.REPLY.value
                and row["answered_at"] < GAP[1]
            )
        ]
    covered = world.covered(ACCOUNTS)
    days = [at // DAY for at in range(*GAP, DAY)]
    covered = covered.filter(~covered["day"].is_in(days))
    for (score, low, high, n), (was, *_, whole) in zip(
        scores(rows, covered), seen_whole, strict=True
    ):
        assert low <= was <= high
        assert abs(score - was) <= high - low
        assert n < 0.8 * whole
