"""Changes between editions: the split is exact, and luck is seldom called a change."""

import json
from dataclasses import replace
from fractions import Fraction
from math import hypot

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring_world as world
from jobs.changes import before, published, told_since
from model import Edition
from scoring.changes import (
    apportioned,
    called,
    critical,
    difference,
    flags,
    split,
)
from scoring.edition import make
from scoring.intervals import Z, score_limits
from scoring.method import CREDITS, METHOD
from scoring.simulation.cases import USUAL, World
from scoring.simulation.drawing import PERIOD as DRAWN
from scoring.simulation.drawing import draw
from test_scoring_standard import ACCOUNTS, asked

SHAPES = (
    (0.02, 0.02, 0.02, 0.94), (0.05, 0.15, 0.3, 0.5), (0.4, 0.08, 0.02, 0.5),
    (0.55, 0.2, 0.05, 0.2), (0.9, 0.05, 0.02, 0.03),
)  # fmt: skip


def fractions(counts, total):
    """Weight, share answered, credit of the answered (None: nobody) of a stratum."""
    n, answered = sum(counts), sum(counts[:3])
    points = Fraction(sum(c * w for c, w in zip(counts, CREDITS, strict=True)), 100)
    return (
        Fraction(n, total),
        Fraction(answered, n) if n else None,
        points / answered if answered else None,
    )


def plainly(old, new):
    """Rate, speed and mix of one brand, in fractions, on the scale 0 to 1."""
    rate = speed = mix = Fraction(0)
    before_, after = (sum(map(sum, counts)) for counts in (old, new))
    for one, other in zip(old, new, strict=True):
        w0, r0, q0 = fractions(one, before_)
        w1, r1, q1 = fractions(other, after)
        if r0 is None and r1 is None:
            continue
        r0, r1 = (r1 if r0 is None else r0), (r0 if r1 is None else r1)
        q0, q1 = (q1 if q0 is None else q0) or 0, (q0 if q1 is None else q1) or 0
        rate += (w0 + w1) / 2 * (r1 - r0) * (q0 + q1) / 2
        speed += (w0 + w1) / 2 * (q1 - q0) * (r0 + r1) / 2
        mix += (w1 - w0) * (r0 * q0 + r1 * q1) / 2
    return rate, speed, mix


def score(strata):
    total = sum(map(sum, strata))
    points = sum(c * w for one in strata for c, w in zip(one, CREDITS, strict=True))
    return Fraction(points, 100 * total)


stratum = st.one_of(
    st.just((0, 0, 0, 0)),
    st.tuples(*(st.integers(0, 40) for _ in range(4))),
    st.tuples(*(st.just(0) for _ in range(3)), st.integers(0, 40)),
)
pairs = st.lists(st.tuples(stratum, stratum), min_size=1, max_size=6).filter(
    lambda found: all(sum(map(sum, side)) for side in zip(*found, strict=True))
)


@given(st.lists(pairs, min_size=1, max_size=4))
def test_the_parts_are_the_change_whatever_is_empty(brands):
    """In fractions without any rest; the columns say the same to the twelfth digit."""
    lines = [(at, *pair) for at, found in enumerate(brands) for pair in found]
    brand, old, new = (np.array(column) for column in zip(*lines, strict=True))
    parts = split(brand, old, new, len(brands))
    for at, found in enumerate(brands):
        was, now = zip(*found, strict=True)
        exact = plainly(was, now)
        assert sum(exact) == score(now) - score(was)
        assert parts[at].tolist() == pytest.approx(
            [100 * float(part) for part in exact], abs=1e-10
        )


def test_what_each_part_means():
    """All else alike: twice as many answered; all sooner; more on the easy channel."""
    usual = [[10, 0, 0, 90], [50, 0, 0, 50]]

    def parts(now):
        return split(np.zeros(2, int), np.array(usual), np.array(now), 1)[0].tolist()

    assert parts([[20, 0, 0, 80], [50, 0, 0, 50]]) == pytest.approx([5, 0, 0])
    assert parts([[0, 10, 0, 90], [50, 0, 0, 50]]) == pytest.approx([0, -2.1, 0])
    assert parts([[5, 0, 0, 45], [75, 0, 0, 75]]) == pytest.approx([0, 0, 10])
    assert parts([[0, 0, 0, 0], [50, 0, 0, 50]]) == pytest.approx([0, 0, 20])


@given(
    st.lists(
        st.lists(st.floats(-9_999, 9_999), min_size=3, max_size=3),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_printed_parts_add_up_to_the_printed_change(lines):
    exact = np.array(lines)
    total = np.rint(exact.sum(1)).astype(np.int64)
    found = apportioned(exact, total)
    assert (found.sum(1) == total).all()
    assert (np.abs(found - exact) < 1 + 1e-6).all()


def test_nothing_is_given_to_a_part_that_is_nothing():
    exact = np.array([[123.4, 0.0, 0.0], [-0.6, 0.0, 0.0]])
    assert apportioned(exact, np.array([124, 0])).tolist() == [[124, 0, 0], [0, 0, 0]]


def test_limits_of_a_difference_by_hand():
    one, other = (np.array([value]) for value in (0.5, 0.3))
    change, low, high = difference(
        (one, np.array([0.4]), np.array([0.65])),
        (other, np.array([0.25]), np.array([0.38])),
    )
    assert change[0] == pytest.approx(0.2)
    assert low[0] == pytest.approx(0.2 - hypot(0.1, 0.08))
    assert high[0] == pytest.approx(0.2 + hypot(0.15, 0.05))


def test_what_excludes_zero_is_called():
    low, high = np.array([-1, 0, 0.01, -2]), np.array([1, 0, 2, -0.01])
    assert called(low, high).tolist() == [False, False, True, True]


def test_lists_are_held_to_all_comparisons_at_once():
    assert critical(1) == critical(0) == pytest.approx(Z)
    assert critical(81) == pytest.approx(3.4239, abs=1e-4)
    assert METHOD.confidence.value == 0.95


@pytest.mark.parametrize("n", [50, 100, 400, 1_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_luck_is_called_a_change_in_no_more_than_one_of_twenty(shape, n):
    rng = np.random.default_rng(n)
    old, new = (rng.multinomial(n, shape, 20_000) for _ in range(2))
    size = np.full(20_000, float(n))  # as a page has it, it is a little smaller
    assert flags(new, size, old, size).mean() < 0.059
    assert flags(new, size, old, size, 100).mean() < 0.002


def test_a_change_is_seen():
    rng = np.random.default_rng(3)
    old, new = (rng.multinomial(400, SHAPES[at], 1_000) for at in (1, 3))
    size = np.full(1_000, 400.0)
    assert flags(new, size, old, size, 1_000).mean() > 0.99


CLUMPED = (
    World(name="", says="", brands=USUAL, day_effect=0.20),
    World(name="", says="", brands=USUAL, outages=2, outage=0.05),
    World(name="", says="", brands=USUAL, again=1, author_effect=0.50),
)


@pytest.mark.parametrize("told", CLUMPED, ids=["days", "outages", "authors"])
def test_nor_is_luck_that_comes_in_clumps(told):
    """Two quarters of the same habits, drawn and published; the flag of the pages.

    Plain intervals call 14 to 21 of a hundred of them.
    """
    found = []
    for seed in (1, 2):
        drawn = draw(told, [(0, 16), (1, 16)], seed)
        made = make([drawn.rows], drawn.directory, drawn.covered, drawn.posted, DRAWN)
        found.append(made.standings.filter(level="brand", status="ranked"))
    new, old = found
    both = new.join(old, on=["family", "slug"], suffix="_was")
    assert len(both) > 500
    sides = []
    for when in ("", "_was"):
        names = [f"score{end}{when}" for end in ("", "_low", "_high")]
        sides.append(tuple(both[name].to_numpy() for name in names))
    _, low, high = difference(*sides)
    assert called(low, high).mean() < 0.055


EARLIER = replace(world.PERIOD, day_from=world.START - world.DAYS, day_to=world.START,
                  as_of=world.PERIOD.as_of)  # fmt: skip


def shifted(found, by=-world.DAYS * 86_400):
    moments = ("asked_at", "answered_at")
    return [
        each | {name: each[name] and each[name] + by for name in moments}
        for each in found
    ]


def covered(period):
    seen = world.covered(ACCOUNTS)
    return seen.with_columns(pl.col("day") + (period.day_from - world.START))


def made(found, period=world.PERIOD):
    return make(
        [world.rows(found, ACCOUNTS)], world.directory(ACCOUNTS), covered(period),
        world.posted([]), period,
    )  # fmt: skip


def edition_of(result, period, **changed):
    known = {
        "name": "before", "digest": "d" * 64, "method": METHOD.version,
        "day_from": period.day_from, "day_to": period.day_to, "as_of": period.as_of,
        "cuts": '{"social": "all"}',
    }  # fmt: skip
    return Edition(**known | changed)


def was(found, cuts=None, **changed):
    result = made(shifted(found), EARLIER)
    return before(
        edition_of(result, EARLIER, **changed),
        result.standings,
        result.details,
        lambda: dict(result.parts),
        cuts or {"social": "all"},
    )


THEN = [
    *asked(1, 300, 50), *asked(2, 200, 20, after=7_000), *asked(3, 300, 60),
    *asked(4, 100, 40), *asked(5, 400, 30),
]  # fmt: skip
NOW = [
    *asked(1, 200, 53), *asked(2, 300, 30, after=600), *asked(3, 300, 20),
    *asked(4, 100, 10), *asked(5, 400, 33),
]  # fmt: skip


def said(result):
    rows = result.details.filter(topic="change")
    return {row[1:5]: json.loads(row[5]) for row in rows.rows()}


def test_an_edition_and_the_one_before_it():
    result = told_since(made(NOW), was(THEN))
    found = said(result)
    whole = found.pop(("", "", "", ""))
    assert whole["brands"] == 3
    assert (whole["name"], whole["day_to"]) == ("before", world.START)
    lines = {
        row["slug"]: row
        for row in result.standings.filter(level="brand", status="ranked").to_dicts()
    }
    for (level, *_, slug), body in found.items():
        assert sum(round(100 * part) for part in body["parts"]) == round(
            100 * body["change"]
        )
        assert body["low"] < body["change"] < body["high"]
        if level == "brand":
            line = lines[slug]
            assert body["change"] == round(line["score"] - body["was"][0], 2)
            assert body["parts"][3] == 0
            assert "published" not in body
            assert sum(sum(each[2:]) for each in body["strata"]) == body["was"][3]
    assert found["brand", "social", "", "bolt"]["called"] == 2
    assert found["brand", "social", "", "cove"]["called"] == 0
    mean = found["industry", "social", "", "banks"]
    changes_ = [found["brand", "social", "", slug]["change"] for slug in lines]
    assert mean["change"] == pytest.approx(np.mean(changes_), abs=0.006)
    assert mean["change"] == pytest.approx(mean["score"] - mean["was"], abs=1e-9)
    assert [row[0] for row in mean["rows"]] == ["acme", "bolt", "cove"]


def test_what_is_told_of_before_is_enough_to_tell_it_again():
    """From the details alone, as `verify` does; in any order of rows."""
    result = told_since(made(NOW), was(THEN))
    given_ = published(result.details)
    again = told_since(made(NOW[::-1]), given_)
    assert again.details.equals(result.details)
    assert again.result_digest == result.result_digest
    assert result.result_digest != made(NOW).result_digest
    assert published(made(NOW).details) is None


def test_two_brands_have_no_mean_and_strangers_nothing():
    few = [each for each in NOW if each["account"] < 5]
    found = said(told_since(made(few), was(THEN)))
    assert list(found["industry", "social", "", "banks"]) == ["rows"]
    lone = said(told_since(made(asked(5, 400, 30)), was(asked(3, 300, 60))))
    assert list(lone) == [("", "", "", "")]
    assert lone["", "", "", ""]["brands"] == 0


def kinds(found):
    """Seventy of a hundred are complaints, all the answered among them; the others
    compliments."""
    return [each | {"kind": 1 if at % 100 < 70 else 3} for at, each in enumerate(found)]


def test_another_headline_is_a_change_of_method_and_of_nothing_else():
    """The same conduct, counted once with every kind and once without compliments."""
    everybody = kinds(THEN)
    then = made(shifted(everybody), EARLIER)
    now = made(everybody)
    assert now.cuts == {"social": "needs-answer"}
    old = then.standings.filter(cut="all").with_columns(headline=pl.lit(True))
    seen = before(
        edition_of(then, EARLIER), old, then.details, lambda: dict(then.parts), now.cuts
    )
    found = said(told_since(now, seen))
    moved = 0
    for (level, *_, slug), body in found.items():
        if level == "brand":
            assert body["parts"][:3] == [0, 0, 0]
            assert body["parts"][3] == body["change"]
            assert body["called"] == 0
            assert body["low"] < 0 < body["high"]
            line = old.filter(level="brand", slug=slug)
            assert body.get("published", body["was"][0]) == line["score"][0]
            moved += body["change"] != 0
    assert moved


def test_another_method_counts_the_rows_anew():
    alike = was(THEN)
    other = was(THEN, method="0")
    assert other.facts["method"] == "0"
    key = ["family", "slug"]
    assert other.lines.sort(key).equals(alike.lines.sort(key))
    strata = [*key, "channel", "kind"]
    assert other.strata.sort(strata).equals(alike.strata.sort(strata))


def test_limits_of_a_flag_are_those_of_the_page():
    """``flags`` at one test calls what the printed intervals call."""
    rng = np.random.default_rng(5)
    old, new = (rng.multinomial(200, SHAPES[1], 500) for _ in range(2))
    size = np.full(500, 150.0)
    sides = [
        (counts @ np.array(CREDITS) / 100 / 200, *score_limits(counts, size))
        for counts in (new, old)
    ]
    _, low, high = difference(*sides)
    assert (flags(new, size, old, size) == called(low, high)).all()
