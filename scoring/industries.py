"""Industries: the mean of their ranked brands' scores, and the pooled shares beside it.

The mean says how these brands do, each brand once; a pooled share what happens to
people who write to any of them. Both intervals are about these brands, not about
others of the trade: brands are independent, so the squared distances to their limits
add up (var = sum of v_b / B^2 on each side).
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from model.words import Level, Status
from scoring.intervals import Z
from scoring.method import METHOD
from scoring.standing import COUNTS, SHARES, ratio
from scoring.tally import WAIT_BITS, Waits, kth

KEYS = ("family", "industry")
KEPT = ("cut", "t1_s", "t2_s", "t3_s")
COUNTABLE = [s.value for s in (Status.RANKED, Status.TOO_FEW, Status.FEW_DAYS)]


def industries(
    brands: pl.DataFrame, names: dict[str, str], tallies: Sequence[Waits]
) -> pl.DataFrame:
    """One line for each industry of a family, from its brands' lines of one cut.

    ``names``: industry slug to name. ``tallies`` are those the brands came from; the
    typical wait is taken over all inquiries of the brands that are not withheld.
    """
    marked = brands.with_columns(
        (pl.col("status") == Status.RANKED.value).alias("in_mean"),
        pl.col("status").is_in(COUNTABLE).alias("countable"),
    ).with_columns(_pooled().alias("pooled"))
    lines = marked.group_by(KEYS, maintain_order=True).agg(
        pl.col(KEPT).first(),
        pl.col("in_mean").sum().cast(pl.Int64).alias("brands"),
        pl.col("coverage").mean(),
        pl.col("posts", "replies").sum(),
        pl.col(COUNTS).filter("pooled").sum(),
        *_mean(),
        *_reaches(),
        _status().alias("status"),
    )
    line = lines.select(*KEYS).with_row_index("line")
    whose = marked.filter("pooled").join(line, on=KEYS).select("entity", "line")
    return lines.with_columns(
        pl.lit(Level.INDUSTRY.value).alias("level"),
        pl.lit("").alias("channel"),
        pl.lit("").alias("account"),
        pl.lit("").alias("alone"),
        pl.col("industry").alias("slug"),
        pl.col("industry").replace_strict(names, return_dtype=pl.String).alias("name"),
        ratio(),
        *_rates(),
        *_waits(whose, len(lines), tallies),
    )


def _pooled() -> pl.Expr:
    """Which brands the shares are pooled over: those that are not withheld; where all
    are, those with answers alone, else all, so that what is known is said."""
    only = pl.col("status") == Status.ANSWERED_ONLY.value
    some = pl.col("countable").any().over(KEYS)
    return (
        pl.when(some)
        .then("countable")
        .when(only.any().over(KEYS))
        .then(only)
        .otherwise(True)
    )


def _status() -> pl.Expr:
    only = (pl.col("status") == Status.ANSWERED_ONLY.value).any()
    enough = pl.col("in_mean").sum() >= METHOD.fewest_brands.value
    return (
        pl.when(enough)
        .then(pl.lit(Status.RANKED.value))
        .when(pl.col("countable").any())
        .then(pl.lit(Status.TOO_FEW.value))
        .when(only)
        .then(pl.lit(Status.ANSWERED_ONLY.value))
        .otherwise(pl.lit(Status.LOW_COVERAGE.value))
    )


def _mean() -> list[pl.Expr]:
    """Mean score, and one standard error of it to each side, on the scale 0 to 100."""
    enough = pl.col("in_mean").sum() >= METHOD.fewest_brands.value
    score = pl.col("score")

    def error(gap: pl.Expr) -> pl.Expr:
        return (gap**2).filter("in_mean").sum().sqrt() / pl.col("in_mean").sum() / Z

    return [
        pl.when(enough).then(expr).alias(name)
        for name, expr in (
            ("score", score.filter("in_mean").mean()),
            ("down", error(score - pl.col("score_low"))),
            ("up", error(pl.col("score_high") - score)),
        )
    ]


def _reaches() -> list[pl.Expr]:
    """Distances of the pooled shares to their limits: those of the brands add up by
    their weight. And the effective size of all of them together."""
    n = pl.col("inquiries").filter("pooled").cast(pl.Float64)
    size = pl.col("size_score").filter("pooled")
    out = [(n.sum() ** 2 / (n**2 / size).sum()).alias("size_score")]
    for name in SHARES:
        for end in ("_low", "_high"):
            gap = pl.col(f"share_{name}{end}") - pl.col(f"share_{name}")
            reach = ((n * gap.filter("pooled")) ** 2).sum().sqrt() / n.sum()
            out.append(reach.alias(f"share_{name}{end}"))
    return out


def _rates() -> list[pl.Expr]:
    n = pl.col("inquiries")
    out = [
        (pl.col("score") - Z * pl.col("down")).clip(0, 100).alias("score_low"),
        (pl.col("score") + Z * pl.col("up")).clip(0, 100).alias("score_high"),
    ]
    for name in SHARES:
        share = pl.col(f"answered_{name}") / n
        for end, sign in (("_low", -1), ("_high", 1)):
            limit = (share + sign * pl.col(f"share_{name}{end}")).clip(0, 1)
            out.append(pl.when(n > 0).then(limit).alias(f"share_{name}{end}"))
        out.append(pl.when(n > 0).then(share).alias(f"share_{name}"))
    return out


def _waits(whose: pl.DataFrame, size: int, tallies: Sequence[Waits]) -> list[pl.Series]:
    """Median and p90 over the pooled brands of each industry, as in ``tally``.

    ``whose``: entity, and the line of its industry, of which there are ``size``.
    """
    entity = whose["entity"].to_numpy()
    named = [entity, *(tally.entity for tally in tallies)]
    top = max(int(numbers.max(initial=-1)) for numbers in named)
    line_of = np.full(top + 2, -1, dtype=np.int64)  # the last is nobody's: -1
    line_of[entity] = whose["line"].to_numpy()
    total = np.zeros(size + 1, dtype=np.int64)
    keys = [np.zeros(0, dtype=np.int64)]
    for tally in tallies:
        line = line_of[tally.entity]
        total += np.bincount(line + 1, tally.of, minlength=size + 1).astype(np.int64)
        each = np.repeat(line, tally.answered)
        keys.append(((each << WAIT_BITS) | tally.wait)[each >= 0])
    together = np.sort(np.concatenate(keys))
    bounds = np.searchsorted(together, np.arange(size + 1) << WAIT_BITS)
    answered, of = np.diff(bounds), total[1:]
    median = kth(together, bounds[:-1], answered, -(-of // 2))
    p90 = kth(together, bounds[:-1], answered, -(-9 * of // 10))
    return [
        pl.Series("median_wait_s", median, dtype=pl.Int64),
        pl.Series("p90_wait_s", p90, dtype=pl.Int64),
    ]
