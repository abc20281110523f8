"""The score on the common mix: a plain reading of it, Simpson's pair, its interval."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring_world as world
from model.words import DAY
from scoring.details import standard
from scoring.details.standard import Mix, effective, reversals, weighted
from scoring.edition import make
from scoring.intervals import WORTH, score_limits
from scoring.method import CREDITS, METHOD
from test_scoring_details import bodies, case, edition

ACCOUNTS = [
    world.Account(1, "bluesky", "a.example", "acme", "banks"),
    world.Account(2, "mastodon", "@a", "acme", "banks"),
    world.Account(3, "bluesky", "b.example", "bolt", "banks"),
    world.Account(4, "mastodon", "@b", "bolt", "banks"),
    world.Account(5, "bluesky", "c.example", "cove", "banks"),
    world.Account(6, "x", "cove", "cove", "banks"),
]


def asked(account, n, answered, kind=0, after=60, hour=12):
    """n people, each once, evenly over the days; the first of each ten are answered."""
    return [
        {
            "account": account,
            "author": ((account * 10 + kind) * 100 + hour) * 1_000 + at,
            "asked_at": (
                moment := (world.START + at % world.DAYS) * DAY + hour * 3_600
            ),
            "answered_at": moment + after if at % 100 < answered else None,
            "kind": kind,
        }
        for at in range(n)
    ]


def simpson():
    """A better than B on both channels, B far before A: A is written to where it is
    hard, B where it is easy."""
    return [
        *asked(1, 100, 80), *asked(2, 900, 25),
        *asked(3, 900, 70), *asked(4, 100, 15),
    ]  # fmt: skip


def test_like_with_like_turns_simpsons_pair_round():
    made = edition(simpson(), ACCOUNTS)
    said = bodies(made, "standard")
    rows = made.standings.filter(pl.col("level") == "brand").sort("slug")
    assert rows["score"].to_list()[:2] == pytest.approx([30.5, 64.5], abs=1)
    a, b = (said["brand", "social", "", slug] for slug in ("acme", "bolt"))
    assert a["standard"][0] == pytest.approx(52.5, abs=1)
    assert b["standard"][0] == pytest.approx(42.5, abs=1)
    assert a["before"] == {"brands": 1, "slugs": ["bolt"]}
    assert b["after"] == {"brands": 1, "slugs": ["acme"]}
    assert "after" not in a
    industry = said["industry", "social", "", "banks"]
    assert industry["pairs"] == industry["reversed"] == industry["aparts"] == 1
    assert industry["apart"] == [["bolt", "acme"]]
    assert [row[0] for row in industry["rows"]] == ["bolt", "acme"]


def test_strata_hold_every_inquiry_of_the_score():
    made = edition(simpson() + asked(1, 40, 50, kind=3), ACCOUNTS)
    (acme,) = made.standings.filter(
        pl.col("level") == "brand", pl.col("slug") == "acme"
    ).to_dicts()
    strata = bodies(made, "standard")["brand", "social", "", "acme"]["strata"]
    assert [each[:2] for each in strata] == [
        ["bluesky", "compliment"], ["bluesky", "other"], ["mastodon", "other"],
    ]  # fmt: skip
    counts = np.array([each[3:] for each in strata])
    assert counts.sum() == acme["inquiries"]
    assert counts[:, :3].sum() == acme["answered_t3"]
    told = standard.strata_told(made.details).filter(slug="acme")
    assert told.select(r"^class_.*$").to_numpy().tolist() == counts.tolist()
    again, _ = case(simpson() + asked(1, 40, 50, kind=3), ACCOUNTS)
    assert standard.strata_of(again).filter(slug="acme").equals(told)


def test_what_most_people_write_where_a_brand_is_not_is_not_guessed():
    found = asked(1, 300, 50) + asked(2, 900, 50) + asked(5, 300, 50)
    found += asked(6, 900, 0)  # sampled: in no mix
    said = bodies(edition(found, ACCOUNTS), "standard")
    cove = said["brand", "social", "", "cove"]
    assert cove["held"] == 0.4  # Bluesky's 600 of 1,500
    assert "standard" not in cove
    assert said["brand", "social", "", "acme"]["held"] == 1
    assert not [key for key in said if key[0] == "industry"]  # one brand alone


def test_a_brand_on_the_common_mix_alone_keeps_its_score():
    """Its hours too: with one brand in the family, the mix is its own."""
    found = asked(1, 400, 40) + asked(2, 200, 10, hour=2) + asked(2, 200, 90, hour=20)
    made = edition(found, ACCOUNTS)
    (row,) = made.standings.filter(level="brand", slug="acme").to_dicts()
    score, low, high, size = bodies(made, "standard")["brand", "social", "", "acme"][
        "standard"
    ]
    assert score == row["score"]
    assert (low, high) == pytest.approx((row["score_low"], row["score_high"]), abs=0.01)
    assert size == row["n_eff"]


def test_hours_are_evened_out():
    """Two brands answer by day and not by night; one is written to at night."""
    found = [
        *asked(1, 300, 90, hour=14), *asked(1, 100, 0, hour=3),
        *asked(3, 100, 90, hour=14), *asked(3, 300, 0, hour=3),
    ]  # fmt: skip
    said = bodies(edition(found, ACCOUNTS), "standard")
    a, b = (said["brand", "social", "", slug]["standard"] for slug in ("acme", "bolt"))
    assert a[0] == pytest.approx(b[0], abs=1.5)
    assert a[0] == pytest.approx(45, abs=1.5)


def test_nobody_and_withheld_are_told_nothing():
    found = asked(5, 60, 50)
    low = world.covered(ACCOUNTS, seconds=600)
    made = make(
        [world.rows(found, ACCOUNTS)],
        world.directory(ACCOUNTS),
        low,
        world.posted([]),
        world.PERIOD,
    )
    assert bodies(made, "standard") == {}
    assert standard.strata_told(made.details).schema == standard.STRATA
    few = bodies(edition(asked(5, 9, 50), ACCOUNTS), "standard")
    assert few["brand", "social", "", "cove"]["held"] == 0


CELLS = (len(standard.KINDS), standard.PARTS, 4)


@st.composite
def mixes(draw):
    """A few lines with few inquiries in few cells, about the least that counts."""
    lines = draw(st.integers(1, 4))
    brand = np.sort(draw(st.lists(st.integers(0, 2), min_size=lines, max_size=lines)))
    counts = np.zeros((lines, *CELLS), dtype=np.int64)
    cell = st.tuples(
        st.integers(0, lines - 1), *(st.integers(0, size - 1) for size in CELLS)
    )
    for place in draw(st.lists(cell, max_size=12)):
        counts[place] += draw(st.integers(1, 12))
    channel = [draw(st.sampled_from(["a", "b"])) for _ in range(lines)]
    family = np.zeros(lines, dtype=np.int64)
    weight = standard._weights(counts, family, channel)
    return Mix(brand, family, channel, counts, weight)


def plainly(mix, brand):
    """S* by the letter, in fractions, and the share of the mix that is held."""
    total = Fraction(int(mix.counts.sum()))
    score, held = Fraction(0), Fraction(0)
    least = METHOD.stratum_inquiries.value
    for line in np.flatnonzero(mix.brand == brand):
        mine = [at for at, name in enumerate(mix.channel) if name == mix.channel[line]]
        for kind in range(CELLS[0]):
            stratum = mix.counts[line, kind]
            if stratum.sum() < least:
                continue
            for part in range(CELLS[1]):
                share = Fraction(int(mix.counts[mine, kind, part].sum())) / total
                held += share
                own = stratum[part] if stratum[part].sum() >= least else stratum.sum(0)
                n = int(own.sum())
                score += share * sum(
                    Fraction(int(count) * credit, 100 * n)
                    for count, credit in zip(own, CREDITS, strict=True)
                )
    return score / held if held else None, held


@given(mixes())
def test_weights_agree_with_a_plain_reading(mix):
    found = weighted(mix, 3)
    for brand in range(3):
        score, held = plainly(mix, brand)
        assert found.held[brand] == pytest.approx(float(held))
        if score is not None:
            told = found.classes[brand] @ WORTH / found.classes[brand].sum()
            assert told == pytest.approx(float(score))
            assert found.classes[brand].sum() == pytest.approx(float(held))


@given(mixes())
def test_weighing_never_adds_inquiries(mix):
    found = weighted(mix, 3)
    size = effective(found.classes, found.squares)
    n = np.bincount(mix.brand, mix.counts.sum((1, 2, 3)), minlength=3)
    assert (size <= n + 1e-6).all()
    assert (size >= 0).all()


def test_equal_weights_are_worth_what_they_are():
    classes = np.array([[10.0, 5, 5, 20], [0, 0, 0, 40], [0, 0, 0, 0]])
    assert effective(classes, classes).tolist() == pytest.approx([40, 40, 0])


def test_ties_reverse_nothing():
    score, other = np.array([3.0, 2, 2]), np.array([1.0, 1, 5])
    assert reversals(score, other).tolist() == [
        [False, False, False], [False, False, False], [True, False, False],
    ]  # fmt: skip


@pytest.mark.parametrize(("easy", "hard"), [(0.8, 0.25), (0.5, 0.02), (0.97, 0.6)])
def test_the_interval_holds_the_true_score_of_the_common_mix(easy, hard):
    """Two channels; the brand is written to on them 1 to 9, the family 6 to 4."""
    rng = np.random.default_rng(7)
    shapes = np.array([[easy, 0, 0, 1 - easy], [hard / 2, hard / 2, 0, 1 - hard]])
    true = np.array([0.6, 0.4]) @ (shapes @ WORTH)
    held = 0
    runs = 1_500
    for n in (100, 400):
        sizes = np.array([n // 10, n - n // 10])
        counts = np.stack(
            [rng.multinomial(sizes[at], shapes[at], runs) for at in range(2)], axis=1
        )
        each = np.array([0.6, 0.4]) / sizes
        classes = (each[None, :, None] * counts).sum(1)
        squares = (each[None, :, None] ** 2 * counts).sum(1)
        low, high = score_limits(classes, np.maximum(effective(classes, squares), 1))
        held += ((low <= true) & (true <= high)).mean() / 2
    assert held >= 0.93


def test_kinds_and_parts_cover_everything():
    assert sorted(set(standard.KIND_OF)) == list(range(len(standard.KINDS)))
    assert standard.PARTS == 8
    told, _ = case(
        [
            {"account": 1, "author": at, "asked_at": world.START * DAY + at * 3_600}
            for at in range(7 * 24)
        ],
        ACCOUNTS,
    )
    first = (world.START + 3) % 7  # day of the week of the first day, Monday 0
    wanted = [
        (4 if (first + at // 24) % 7 > 4 else 0) + at % 24 // 6 for at in range(7 * 24)
    ]
    moments = told.counted["asked_s"].to_numpy() // 3_600
    assert standard._part(told).tolist() == [wanted[at] for at in moments]
