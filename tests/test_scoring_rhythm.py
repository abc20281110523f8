"""When a brand answers, against a plain reading of the same inquiries."""

import json
import math
import random
from collections import Counter, defaultdict
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from scipy.stats import t as student

import scoring_world as world
from model.words import DAY
from scoring.details import TOPICS, rhythm
from scoring.details.told import canonical
from scoring.details.week import TIMES, folded, grain, times
from scoring.edition import make
from scoring.method import METHOD

HOUR = 3_600
FEWEST = METHOD.fewest_in_cell.value
Z = 1.959963984540054
ALONE = {"rhythm": rhythm.details}


class One(NamedTuple):
    """An inquiry as it counts. ``wait`` is infinite where no answer came in time."""

    key: tuple[str, str]  # slug, family
    author: int
    asked: int  # since the period began
    wait: float


def made(found, accounts=world.ACCOUNTS, *, seconds=DAY, parts=1):
    """Bodies by (level, family, slug), from an edition of the rows in ``parts``."""
    rows = world.rows(found, accounts)
    brands = sorted(rows["brand"].unique())
    cut = [brands[at::parts] for at in range(min(parts, len(brands)))]
    slices = [rows.filter(pl.col("brand").is_in(each)) for each in cut]
    with patch.dict(TOPICS, ALONE, clear=True):
        whole = make(
            slices,
            world.directory(accounts),
            world.covered(accounts, seconds),
            world.posted([]),
            world.PERIOD,
        )
    bodies = {}
    for topic, level, family, channel, slug, body in whole.details.rows():
        assert (topic, channel) == ("rhythm", "")
        assert canonical(json.loads(body)) == body
        bodies[level, family, slug] = json.loads(body)
    return bodies, whole.cuts


def plain(found, cuts, accounts=world.ACCOUNTS):
    """The inquiries that count, of brands of which a share may be said."""
    of = {a.id: a for a in accounts}
    wanted = [
        each
        for each in found
        if each["kind"] in world.KINDS[cuts[world._family(of[each["account"]])]]
    ]
    wanted.sort(key=lambda each: world._moment(each, of))
    chosen = [each for each in wanted if world._counts(each, of, False)]
    answers = world._answers(found, of)
    counted = []
    for each in world._first_of_day(chosen, of):
        account = of[each["account"]]
        key = world._key(account, "brand")
        if key is not None:
            wait = world._waited(each, account, answers, "people")
            asked = each["asked_at"] - world.PERIOD.start
            counted.append(One(key, each["author"], asked, wait))
    return counted


def hour_of_week(asked: float) -> int:
    """Monday 00:00 UTC is 0."""
    at = world.PERIOD.start + int(asked)
    return (at // DAY + 3) % 7 * 24 + at % DAY // HOUR


def time_of(asked: int) -> str:
    day, hour = divmod(hour_of_week(asked), 24)
    if day >= 5:
        return "weekend"
    return "weekday" if 8 <= hour < 20 else "night"


def limits_of(ones: list[One], limit: int) -> tuple[float, float]:
    """Wilson's limits on the effective size, by the letter of the method."""
    n = len(ones)
    hits = [float(one.wait <= limit) for one in ones]
    mean = sum(hits) / n
    square = (sum(hits) / n - mean**2) / max(n - 1, 1)

    def clumps(unit) -> tuple[float, float]:
        sums: dict[Any, list[float]] = defaultdict(list)
        for one, hit in zip(ones, hits, strict=True):
            sums[unit(one)].append(hit)
        moved = [
            (sum(each) - len(each) * mean) / (n - len(each))
            for each in sums.values()
            if len(each) < n
        ]
        variance = (len(sums) - 1) / len(sums) * sum(move**2 for move in moved)
        return (
            max(1.0, variance / square) if square > 1e-15 else 1.0,
            n**2 / sum(len(each) ** 2 for each in sums.values()),
        )

    day, days = clumps(lambda one: one.asked // DAY)
    week, _ = clumps(lambda one: one.asked // (7 * DAY))
    author, authors = clumps(lambda one: one.author)
    design = max(day, week) + author - 1
    stretch = float(student.ppf(0.975, max(min(days, authors) - 1, 1))) / Z
    size = max(n / (design * stretch**2), 1.0)
    centre = mean + Z * Z / (2 * size)
    half = Z * math.sqrt(mean * (1 - mean) / size + (Z / (2 * size)) ** 2)
    low, high = ((centre + sign * half) / (1 + Z * Z / size) for sign in (-1, 1))
    return max(0.0, min(mean, low)), min(1.0, max(mean, high))


def check_times(body, ones: list[One], limits) -> None:
    by_time: dict[str, list[One]] = defaultdict(list)
    for one in ones:
        by_time[time_of(one.asked)].append(one)
    assert set(body["times"]) == set(by_time)
    ends = {}
    for name, mine in by_time.items():
        n, *figures = body["times"][name]
        assert n == len(mine)
        assert figures[:3] == [sum(one.wait <= x for one in mine) for x in limits]
        assert len(figures) == (9 if n >= FEWEST else 3)
        ends[name] = [limits_of(mine, limit) for limit in limits]
        if n >= FEWEST:
            printed = [10_000 * end for pair in ends[name] for end in pair]
            assert figures[3:] == pytest.approx(printed, abs=0.501)
    check_gaps(body, by_time, ends, limits)


def check_gaps(body, by_time, ends, limits) -> None:
    enough = {name for name, mine in by_time.items() if len(mine) >= FEWEST}
    others = enough - {"weekday"} if "weekday" in enough else set()
    assert set(body.get("gaps", {})) == others
    for name in others:
        printed = []
        for at, limit in enumerate(limits):
            (p, low, high), (q, under, over) = (
                (
                    sum(one.wait <= limit for one in by_time[x]) / len(by_time[x]),
                    *ends[x][at],
                )
                for x in (name, "weekday")
            )
            printed += [
                max(-1, p - q - math.sqrt((p - low) ** 2 + (over - q) ** 2)),
                min(1, p - q + math.sqrt((high - p) ** 2 + (q - under) ** 2)),
            ]
        scaled = [10_000 * end for end in printed]
        assert body["gaps"][name] == pytest.approx(scaled, abs=0.501)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(world.inquiries(most=90))
def test_nights_and_weekends_as_counted_by_hand(found):
    bodies, cuts = made(found)
    by_key: dict[tuple[str, str], list[One]] = defaultdict(list)
    for one in plain(found, cuts):
        by_key[one.key].append(one)
    brands = {
        (slug, family): body
        for (level, family, slug), body in bodies.items()
        if level == "brand" and "times" in body
    }
    assert set(brands) == set(by_key)
    for key, ones in by_key.items():
        check_times(brands[key], ones, world.LIMITS[key[1]])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(world.inquiries(most=90))
def test_an_industry_is_its_brands_pooled(found):
    bodies, _ = made(found)
    of = {account.slug: account.industry for account in world.ACCOUNTS}
    pooled: dict[tuple[str, str], dict[str, list[list[int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for (level, family, slug), body in bodies.items():
        if level == "brand":
            for name, figures in body.get("times", {}).items():
                pooled[family, of[slug]][name].append(figures)
    trades = {key[1:]: body for key, body in bodies.items() if key[0] == "industry"}
    assert set(trades) == set(pooled)
    for key, times_ in pooled.items():
        for name, lines in times_.items():
            mine = trades[key]["times"][name]
            assert mine[:4] == [
                sum(column) for column in zip(*(x[:4] for x in lines), strict=True)
            ]
            if len(lines) == 1:
                assert mine == lines[0]


def test_limits_of_an_industry_add_up_square_by_square():
    found = [
        {"account": account, "author": number, "kind": 0,
         "asked_at": world.PERIOD.start + (number % 20) * DAY + 10 * HOUR,
         "answered_at": None if number % every else
         world.PERIOD.start + (number % 20) * DAY + 10 * HOUR + 60}
        for account, every, size in ((5, 2, 60), (12, 3, 90))
        for number in range(size)
    ]  # fmt: skip
    bodies, _ = made(found)
    lines = [
        bodies["brand", "social", slug]["times"]["weekday"] for slug in ("bolt", "cove")
    ]
    n = sum(line[0] for line in lines)
    whole = bodies["industry", "social", "power"]["times"]["weekday"]
    for end, sign in ((4, -1), (5, 1)):
        reach = (
            math.sqrt(sum((x[0] * (x[end] / 1e4 - x[1] / x[0])) ** 2 for x in lines))
            / n
        )
        assert whole[end] / 1e4 == pytest.approx(whole[1] / n + sign * reach, abs=2e-4)


def many(size: int, seed: int, account=5, found_by=1) -> list[dict[str, Any]]:
    """Inquiries at any hour of the three weeks, by people who never write twice."""
    rng = random.Random(seed)
    found = []
    for number in range(size):
        asked = world.PERIOD.start + rng.randrange(world.DAYS * DAY)
        wait = rng.choice([None, 600, 5 * HOUR, 30 * HOUR, 80 * HOUR])
        if found_by == 4:
            wait = 5 * HOUR
        found.append({
            "account": account, "author": number, "asked_at": asked, "kind": 0,
            "answered_at": None if wait is None else asked + wait, "found_by": found_by,
        })  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("size", "shape"),
    [(119, None), (120, (4, 2)), (420, (4, 7)), (840, (2, 7)), (1_680, (1, 7))],
)
def test_cells_as_counted_by_hand(size, shape):
    found = many(size, seed=size)
    bodies, cuts = made(found)
    body = bodies["brand", "social", "bolt"]
    assert bodies["industry", "social", "power"] == body
    counted = plain(found, cuts)
    assert len(counted) == size
    assert (("cells" in body), ("given" in body)) == (
        shape is not None,
        sum(one.wait < math.inf for one in counted) >= 120,
    )
    if shape is not None:
        cells = body["cells"]
        assert (cells["hours"], cells["rows"]) == shape
        assert cells["n"] == in_cells(cells, [one.asked for one in counted])
        for name, limit in zip(("t1", "t2", "t3"), world.LIMITS["social"], strict=True):
            answered = [one.asked for one in counted if one.wait <= limit]
            assert cells[name] == in_cells(cells, answered)
    if "given" in body:
        came = [one.asked + one.wait for one in counted if one.wait < math.inf]
        assert body["given"]["n"] == in_cells(body["given"], came)
        assert [body["given"][name] for name in ("hours", "rows")] == [
            *grain(np.array([len(came)]))[0]
        ]


def in_cells(grid, moments) -> list[int]:
    """How many of these moments fall in each cell."""
    counts: Counter[int] = Counter()
    for moment in moments:
        day, hour = divmod(hour_of_week(moment), 24)
        row = day if grid["rows"] == 7 else int(day >= 5)
        counts[row * (24 // grid["hours"]) + hour // grid["hours"]] += 1
    return [counts[at] for at in range(grid["rows"] * 24 // grid["hours"])]


def test_of_answers_alone_only_their_hours_are_told():
    bodies, _ = made(many(420, seed=1, found_by=4))
    assert set(bodies) == {("brand", "social", "bolt")}
    (body,) = bodies.values()
    assert set(body) == {"given"}
    assert (body["given"]["hours"], body["given"]["rows"]) == (4, 7)
    assert sum(body["given"]["n"]) == 420
    assert made(many(119, seed=1, found_by=4))[0] == {}


def test_other_brands_have_no_part_in_it():
    found = many(130, seed=4)
    alone = [account for account in world.ACCOUNTS if account.id == 5]
    assert made(found, alone)[0] == made(found)[0]


def test_below_the_coverage_needed_nothing_is_told():
    assert made(many(500, seed=2), seconds=DAY // 2)[0] == {}


def test_a_sampled_channel_has_no_part_in_it():
    assert made(many(500, seed=3, account=2))[0] == {}


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(world.inquiries(most=90))
def test_neither_order_nor_slices_nor_portions_matter(found):
    first, _ = made(found)
    turned = [*found[len(found) // 2 :], *found[: len(found) // 2]]
    # rows that agree in everything but their place are one person's on one day
    with patch.object(rhythm, "BINS", 1):
        assert made(turned, parts=3)[0] == first


def test_nothing_at_all():
    assert made([])[0] == {}


def test_every_hour_is_in_one_of_the_times():
    named = [TIMES[at] for at in times().tolist()]
    assert Counter(named) == {"weekday": 60, "night": 60, "weekend": 48}
    assert named[:8] == ["night"] * 8
    assert named[8:20] == ["weekday"] * 12
    assert named[4 * 24 + 20] == "night"
    assert named[5 * 24] == named[-1] == "weekend"


def test_grains_are_those_that_fill_their_cells():
    assert grain(np.array([0, 119, 120, 419, 420, 839, 840, 1_679, 1_680])) == [
        None, None, (4, 2), (4, 2), (4, 7), (4, 7), (2, 7), (2, 7), (1, 7),
    ]  # fmt: skip
    week = np.arange(168)[None]
    for hours, rows in ((1, 7), (2, 7), (4, 7), (4, 2)):
        out = folded(week, hours, rows)
        assert out.shape == (1, rows * 24 // hours)
        assert out.sum() == week.sum()
