"""Channels that say only whether an answer was in time: a rate, and never a speed."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring_world as world
from model.words import DAY, RATES_ONLY, FoundBy, Status
from scoring.edition import make

LIMIT = RATES_ONLY["cfpb"]
BANKS = [
    world.Account(1, "cfpb", "BANK A, N.A.", "bank-a"),
    world.Account(2, "consumidor", "Banco A", "bank-a"),
    world.Account(3, "cfpb", "BANK B", "bank-b"),
]
LATE = world.Period(world.START, world.START + world.DAYS, (world.START + 60) * DAY)


def complaint(
    day: int, timely: bool, account: int = 1, author: int = 0, **changes: int | None
) -> dict[str, object]:
    """As the importer gives it: answered by the end of the limit, watched at once."""
    asked = (world.START + day) * DAY
    return {
        "account": account,
        "author": author or 1_000 * account + day,
        "asked_at": asked,
        "answered_at": asked + LIMIT if timely else None,
        "watched_until": asked,
        "kind": 1,
        "found_by": int(FoundBy.LIST),
        **changes,
    }


def made(found, period=LATE, accounts=BANKS):
    """The edition, and what it says of answers in time by brand."""
    rows = pl.DataFrame(
        [
            {
                "id": number,
                "brand": 1 if row["account"] < 3 else 2,
                "family": 3,
                "sampled": False,
                "deleted_at": None,
                "addressed": 1,
                "step": 5 if row["answered_at"] else 0,
                **row,
            }
            for number, row in enumerate(found)
        ]
    )
    whole = make(
        [world.conform(rows, world.TALLIED)],
        world.directory(accounts),
        world.covered(accounts, DAY),
        world.posted([]),
        period,
    )
    said = {
        row["slug"]: json.loads(row["body"])
        for row in whole.details.filter(topic="timely").to_dicts()
    }
    return whole, said


def days(count: int) -> list[int]:
    return [number % world.DAYS for number in range(count)]


def test_the_share_answered_in_time_has_its_n_and_limits():
    found = [complaint(day, day != 3, author=i + 1) for i, day in enumerate(days(84))]
    _, said = made(found)
    assert (said["bank-a"]["n"], said["bank-a"]["timely"]) == (84, 80)
    share, low, high = said["bank-a"]["share"]
    assert share == round(80 / 84, 4)
    assert low < share < high <= 1
    assert said["bank-a"]["limit"] == LIMIT
    # All that was late came on one day: it counts as less than eighty-four.
    assert said["bank-a"]["n_eff"] < 84


def test_no_speed_and_no_score_is_printed():
    """However many were answered in time, nothing is known of when."""
    found = [complaint(day, True, author=i + 1) for i, day in enumerate(days(400))]
    whole, said = made(found)
    assert said["bank-a"]["share"][0] == 1.0
    for line in whole.standings.filter(pl.col("slug") == "bank-a").to_dicts():
        assert line["inquiries"] == 0
        assert line["status"] == Status.TOO_FEW.value
        for name in ("score", "share_t1", "share_t2", "share_t3", "rank"):
            assert line[name] is None
        assert (line["median_wait_s"], line["p90_wait_s"]) == (None, None)
        assert not any((line["answered_t1"], line["answered_t2"], line["answered_t3"]))
    topics = set(whole.details["topic"])
    assert topics <= {"timely", "ledger"}


def test_they_leave_what_is_known_of_times_alone():
    """A brand's complaints elsewhere are counted as if these were not there."""
    elsewhere = [
        complaint(day, False, account=2, author=9_000 + i, watched_until=LATE.as_of,
                  answered_at=(world.START + day) * DAY + DAY)
        for i, day in enumerate(days(60))
    ]  # fmt: skip
    here = [complaint(day, True, author=i + 1) for i, day in enumerate(days(300))]
    alone, _ = made(elsewhere)
    both, said = made(elsewhere + here)
    assert said["bank-a"]["n"] == 300
    figures = ("score", "inquiries", "share_t1", "share_t3", "median_wait_s", "rank")
    keep = pl.col("level") == "brand", pl.col("slug") == "bank-a"
    assert (
        both.standings.filter(*keep)
        .select(figures)
        .equals(alone.standings.filter(*keep).select(figures))
    )
    curves = [
        each.details.filter(pl.col("topic").is_in(["curve", "rhythm", "volume"]))
        for each in (alone, both)
    ]
    assert curves[0].equals(curves[1])


def test_brands_are_told_apart():
    found = [complaint(day, True) for day in range(5)]
    found += [complaint(day, False, account=3) for day in range(3)]
    _, said = made(found)
    assert {slug: (b["n"], b["timely"]) for slug, b in said.items()} == {
        "bank-a": (5, 5),
        "bank-b": (3, 0),
    }
    assert said["bank-b"]["share"][0] == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"found_by": int(FoundBy.REPLY)},
        {"addressed": 2},
        {"deleted_at": (world.START + 5) * DAY},
    ],
)
def test_what_does_not_count_elsewhere_does_not_here(changes):
    found = [complaint(4, True), complaint(5, True, **changes)]
    assert made(found)[1]["bank-a"]["n"] == 1


def test_what_had_not_had_its_time_yet_is_left_out():
    period = world.Period(world.START, world.START + 21, (world.START + 20) * DAY)
    found = [complaint(day, day % 2 == 0) for day in range(12)]
    assert made(found, period)[1]["bank-a"]["n"] == 6


def test_where_nothing_is_of_that_kind_nothing_is_said():
    assert made([complaint(3, True, account=2)])[1] == {}
    young = world.Period(world.START, world.START + 21, (world.START + 10) * DAY)
    assert made([complaint(3, True)], young)[1] == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=60))
def test_whether_it_counts_never_hangs_on_the_answer(found):
    rows = [complaint(day, ok, author=i + 1) for i, (day, ok) in enumerate(found)]
    silent = [row | {"answered_at": None} for row in rows]
    _, said = made(rows)
    _, unsaid = made(silent)
    assert said["bank-a"]["n"] == unsaid["bank-a"]["n"] == len(found)
    assert said["bank-a"]["timely"] == sum(ok for _, ok in found)
    assert unsaid["bank-a"]["timely"] == 0
