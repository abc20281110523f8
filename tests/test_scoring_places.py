"""Who is surely above whom: the pairs that the ranges of ranks are counted from."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.details import places
from scoring.details.told import told
from scoring.intervals import score_limits
from scoring.ranks import range_critical, rank_ranges
from scoring.standing import NOTHING, ranked

quick = settings(max_examples=40, deadline=None)

COUNTS = st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(sum)
BRANDS = st.lists(
    st.tuples(COUNTS, st.floats(1, 240), st.sampled_from(["banks", "airlines"])),
    min_size=1,
    max_size=12,
)


def table(brands) -> pl.DataFrame:
    """Lines of ranked brands, with the exact figures and with those printed of them."""
    within = [np.cumsum(counts) for counts, _, _ in brands]
    points = [(100, 58, 16, 0)] * len(brands)
    lines = pl.DataFrame(
        {
            "slug": [f"brand-{at}" for at in range(len(brands))],
            "level": "brand",
            "family": "social",
            "industry": [industry for _, _, industry in brands],
            "status": "ranked",
            "score": [
                float(np.dot(counts, worth)) / sum(counts)
                for (counts, _, _), worth in zip(brands, points, strict=True)
            ],
            "size_score": [size for _, size, _ in brands],
            "n_eff": [size for _, size, _ in brands],
            "inquiries": [sum(counts) for counts, _, _ in brands],
            **{f"class_{i}": [counts[i] for counts, _, _ in brands] for i in range(4)},
            **{f"answered_t{i + 1}": [int(w[i]) for w in within] for i in range(3)},
        }
    )
    lines = lines.with_columns(pl.col("n_eff").round(1))
    assert set(lines.columns) & set(NOTHING.columns)
    return ranked(ranked(lines, ("family",)), ("family", "industry"), "industry_")


class Lines:
    """As much of a case as this topic reads."""

    def __init__(self, headline: pl.DataFrame) -> None:
        self.headline = headline


def said(lines):
    return dict(places.details(Lines(lines)))


def surely(body) -> dict[str, set[str]]:
    """Slug to the slugs that are surely above it."""
    slugs = body["slugs"]
    return {
        slug: {
            slugs[place]
            for first, last in zip(ends[::2], ends[1::2], strict=True)
            for place in range(first, last + 1)
        }
        for slug, ends in zip(slugs, body["above"], strict=True)
    }


@quick
@given(BRANDS)
def test_pairs_agree_with_every_printed_range(brands):
    lines = table(brands)
    found = said(lines)
    for prefix, within in (("", ["family"]), ("industry_", ["family", "industry"])):
        for part in lines.partition_by(within):
            row = part.row(0, named=True)
            key = ("industry", "social", "", row["industry"])
            key = key if prefix else ("brand", "social", "", "")
            if len(part) < 2:
                assert key not in found
                continue
            above = surely(found[key])
            assert sorted(above) == sorted(part["slug"])
            for one in part.rows(named=True):
                slug = one["slug"]
                below = sum(slug in others for others in above.values())
                assert one[f"{prefix}rank_low"] == 1 + len(above[slug])
                assert one[f"{prefix}rank_high"] == len(part) - below


@quick
@given(BRANDS)
def test_pairs_are_those_of_the_rule(brands):
    """Pair by pair, in plain Python, from one brand's limits and the other's."""
    lines = table(brands)
    key = ("brand", "social", "", "")
    if key not in (found := said(lines)):
        return
    above = surely(found[key])
    z = range_critical(len(brands))
    limits = {}
    for row in lines.rows(named=True):
        counts = np.array([[row[f"class_{i}"] for i in range(4)]])
        low, high = score_limits(counts, np.array([row["n_eff"]]), z)
        limits[row["slug"]] = (row["score"], 100 * float(low[0]), 100 * float(high[0]))
    for j, (score_j, _, high_j) in limits.items():
        for k, (score_k, low_k, _) in limits.items():
            gap = score_k - score_j
            reach = math.hypot(score_k - low_k, high_j - score_j)
            if not math.isclose(gap, reach, rel_tol=1e-9):
                assert (k in above[j]) is (gap > reach)


def test_the_highest_score_stands_first_and_ties_by_slug():
    brands = [([0, 0, 0, 90], 90.0, "banks"), ([90, 0, 0, 0], 90.0, "banks")]
    brands += [([45, 0, 0, 45], 80.0, "banks")] * 2
    body = said(table(brands))["brand", "social", "", ""]
    assert body["slugs"] == ["brand-1", "brand-2", "brand-3", "brand-0"]
    assert body["above"] == [[], [0, 0], [0, 0], [0, 2]]


def test_a_large_table_says_no_names(monkeypatch):
    brands = [([20, 10, 5, 30], 60.0, "banks")] * 3
    monkeypatch.setitem(places.NAMED, "family", 2)
    assert list(said(table(brands))) == [("industry", "social", "", "banks")]
    monkeypatch.setitem(places.NAMED, "industry", 2)
    assert said(table(brands)) == {}


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1))
def test_runs_are_what_is_true(lines):
    found = places.runs(np.array(lines))
    assert len(found) == len(lines)
    for line, ends in zip(lines, found, strict=True):
        pairs = list(zip(ends[::2], ends[1::2], strict=True))
        inside = [any(a <= at <= b for a, b in pairs) for at in range(5)]
        assert inside == line
        assert ends == sorted(ends)


def test_an_empty_edition_says_nothing():
    assert said(table([([1, 1, 1, 1], 4.0, "banks")]).clear()) == {}
    assert len(told("places", [])) == 0


@pytest.mark.parametrize("size", [2, 41])
def test_the_matrix_counts_as_the_ranges_do(size):
    points = np.random.default_rng(size).uniform(0, 100, size)
    low, high = points - 8, points + 9
    best, worst = rank_ranges(points, low, high)
    matrix = places.above(points, low, high)
    assert (best == 1 + matrix.sum(1)).all()
    assert (worst == size - matrix.sum(0)).all()
