"""What we do not see changes nobody's score by more than its interval.

Worlds whose truth is known are published whole, and again as we would have seen them
had we been away, or found messages only through the reply.
"""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from model.words import FoundBy, Level
from scoring.edition import make
from scoring.simulation.cases import BY_NAME, SHAPES, Brand
from scoring.simulation.drawing import FIRST, PERIOD, Drawn, draw

COPIES = 6
WORLD = replace(
    BY_NAME["all at once"],
    brands=tuple(Brand(shape, n) for shape in SHAPES for n in (150, 1_000)),
    unseen=0.0,
    gaps=0,
)
"""72 brands in a world of clumps, all of it seen."""


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(WORLD, [(0, COPIES)], 11)


@pytest.fixture(scope="module")
def whole(drawn) -> pl.DataFrame:
    return standings(drawn, drawn.rows, drawn.covered)


def standings(drawn: Drawn, rows: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    """Brands' lines of an edition, in their order."""
    made = make([rows], drawn.directory, covered, drawn.posted, PERIOD)
    return made.standings.filter(level=Level.BRAND.value, headline=True).sort("slug")


def hidden(rows: pl.DataFrame, unseen: pl.Series) -> pl.DataFrame:
    """The rows as known to somebody who did not see some: by the reply, or not."""
    return rows.with_columns(
        pl.when(unseen)
        .then(pl.lit(FoundBy.REPLY.value, pl.Int8))
        .otherwise("found_by")
        .alias("found_by")
    ).filter(~unseen | pl.col("answered_at").is_not_null())


def by_chance(rows: pl.DataFrame, rate: float) -> pl.Series:
    return pl.Series(np.random.default_rng(5).random(len(rows)) < rate)


def during(rows: pl.DataFrame, first: int, days: int) -> pl.Series:
    """Asked in a span of days, of which the first is a day of the period."""
    day = rows["asked_at"] // 86_400 - FIRST
    return day.is_between(first, first + days - 1)


def without(covered: pl.DataFrame, first: int, days: int) -> pl.DataFrame:
    day = pl.col("day") - FIRST
    return covered.filter(~day.is_between(first, first + days - 1))


def moved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """How far the score of each brand went that is still ranked, whether one of the two
    lies in the other's interval, and the width of the wider of these.

    Either, because a day on which many wrote about one thing widens the interval of
    who saw it and not of who missed it.
    """
    assert before["slug"].equals(after["slug"])
    kept = (before["status"] == "ranked") & (after["status"] == "ranked")
    assert kept.sum() >= len(before) / 3
    before, after = before.filter(kept), after.filter(kept)
    change = before["score"] - after["score"]
    return pl.DataFrame(
        {
            "change": change,
            "inside": before["score"].is_between(
                after["score_low"], after["score_high"]
            )
            | after["score"].is_between(before["score_low"], before["score_high"]),
            "width": pl.select(
                pl.max_horizontal(
                    *(
                        each["score_high"] - each["score_low"]
                        for each in (before, after)
                    )
                )
            ).to_series(),
        }
    )


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_any_rate_of_finding_messages_only_through_the_reply(drawn, whole, rate):
    """Brands as such do not move, and no brand by more than its interval; of one
    message in ten an interval holds the rest as often as it promises, not always."""
    rows = hidden(drawn.rows, by_chance(drawn.rows, rate))
    found = moved(whole, standings(drawn, rows, drawn.covered))
    if rate < 0.9:
        assert (found["change"].abs() <= found["width"]).all()
    assert found["inside"].mean() >= (0.97 if rate < 0.9 else 0.94)
    error = found["change"].std() / np.sqrt(len(found))
    assert abs(found["change"].mean()) < 3 * error


@pytest.mark.parametrize("rate", [0.3, 0.7])
def test_counting_them_would_move_whole_brands(drawn, whole, rate):
    """Why the rule is there: were they counted, silence would turn into answers."""
    rows = hidden(drawn.rows, by_chance(drawn.rows, rate)).with_columns(
        found_by=pl.lit(FoundBy.STREAM.value, pl.Int8)
    )
    found = moved(whole, standings(drawn, rows, drawn.covered))
    assert found["inside"].mean() < 0.8
    assert found["change"].mean() < -2


@pytest.mark.parametrize(("first", "days"), [(0, 1), (40, 2), (20, 9), (74, 17)])
def test_an_outage_of_ours(drawn, whole, first, days):
    """What was asked while we were away is known only where it was answered. Answers
    to what was asked before are found when we come back."""
    rows = hidden(drawn.rows, during(drawn.rows, first, days))
    after = standings(drawn, rows, without(drawn.covered, first, days))
    found = moved(whole, after)
    assert (found["change"].abs() <= found["width"]).all()
    assert found["inside"].all()
    assert after["coverage"].to_list() == pytest.approx(
        [1 - days / 91] * len(after), abs=1e-4
    )


def test_an_outage_too_long_to_be_guessed_over(drawn):
    rows = hidden(drawn.rows, during(drawn.rows, 60, 19))
    after = standings(drawn, rows, without(drawn.covered, 60, 19))
    assert set(after["status"]) == {"low_coverage"}
    assert after["score"].null_count() == len(after)


@pytest.mark.parametrize(("first", "days"), [(40, 2), (20, 9)])
def test_an_outage_whose_answers_we_never_learn_of(drawn, whole, first, days):
    """Where a source gives no way back, what was answered meanwhile looks unanswered.
    Up to a thousand messages that is less than chance; with many more it would show,
    which is why collectors ask for what they missed."""
    unseen = during(drawn.rows, first, days)
    lost = (drawn.rows["answered_at"] // 86_400 - FIRST).is_between(
        first, first + days - 1
    )
    known = drawn.rows.with_columns(
        answered_at=pl.when(~lost.fill_null(False)).then("answered_at")
    )
    rows = hidden(known, unseen)
    found = moved(whole, standings(drawn, rows, without(drawn.covered, first, days)))
    assert (found["change"].abs() <= found["width"]).all()
    assert found["inside"].mean() >= 0.98
    assert found["change"].mean() > 0  # it makes brands look worse, never better
