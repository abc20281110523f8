"""Figures as printed: rounded, and withheld where they may not be shown.

What is hashed is exactly what is printed, so that another machine whose beta
quantiles differ in the last bits finds the same digest.
"""

from hashlib import sha256

import polars as pl

from model import rows
from model.words import Level, Status
from scoring.standing import BINS, SHARES, SIZE_DECIMALS

DECIMALS: dict[str, int] = {
    "score": 2,
    "score_low": 2,
    "score_high": 2,
    "days": 1,
    "posts_per_reply": 2,
    "n_eff": SIZE_DECIMALS,
    "coverage": 4,
    **{f"share_{t}{end}": 4 for t in SHARES for end in ("", "_low", "_high")},
}
"""Decimals as printed; every other figure is a whole number."""

RATES = (
    "score",
    "score_low",
    "score_high",
    "days",
    "n_eff",
    *(f"answered_{t}" for t in SHARES),
    *(f"share_{t}{end}" for t in SHARES for end in ("", "_low", "_high")),
)
"""What is said of no source that holds only answered conversations."""

WAITS = ("median_wait_s", "p90_wait_s", "waits")

PRINTED = tuple(
    name for name in rows.columns(rows.Standing) if name not in ("id", "edition_id")
)
ORDER = ("level", "family", "channel", "cut", "rank", "slug", "account")
LEVELS = {level.value: place for place, level in enumerate(Level)}


def printed(lines: pl.DataFrame, headlines: dict[str, str]) -> pl.DataFrame:
    """Lines as an edition prints them: the columns of ``model.Standing`` without ids.

    ``headlines``: family to its headline cut. Sorted the way they are read.
    """
    said = lines.with_columns(
        pl.col("size_score").alias("n_eff"),
        pl.col("family").replace_strict(headlines).eq(pl.col("cut")).alias("headline"),
        pl.concat_str(pl.col(BINS).cast(pl.String), separator=",").alias("waits"),
        *(
            pl.when(pl.col(name) >= 0).then(pl.col(name))
            for name in ("median_wait_s", "p90_wait_s")
        ),
    )
    for name in set(PRINTED) - set(said.columns):
        said = said.with_columns(pl.lit(None, dtype=TYPES[name]).alias(name))
    kept = _withheld(said).with_columns(
        (pl.col(name).round(decimals) + 0.0).alias(name)
        for name, decimals in DECIMALS.items()
    )
    blank = ("placed", "industry_placed", "waits")
    return (
        kept.with_columns(pl.col(blank).fill_null(""))
        .sort(
            pl.col("level").replace_strict(LEVELS),
            "family",
            "channel",
            ~pl.col("headline"),
            "cut",
            pl.col("rank"),
            pl.col("score"),
            "slug",
            "account",
            descending=[False, False, False, False, False, False, True, False, False],
            nulls_last=True,
        )
        .select(pl.col(name).cast(TYPES[name]) for name in PRINTED)
    )


def result_digest(standings: pl.DataFrame) -> str:
    """sha256 of the printed figures, one line a standing, in their order."""
    whole = standings.with_columns(
        (pl.col(name) * 10**decimals).round().cast(pl.Int64)
        for name, decimals in DECIMALS.items()
    )
    return sha256(whole.write_csv().encode()).hexdigest()


def _withheld(lines: pl.DataFrame) -> pl.DataFrame:
    """Takes out what a status does not allow, and figures of nobody."""
    only = pl.col("status") == Status.ANSWERED_ONLY.value
    unseen = pl.col("status") == Status.LOW_COVERAGE.value
    nobody = (pl.col("inquiries") == 0) & pl.col("status").is_in([Status.TOO_FEW.value])
    counts = [f"answered_{t}" for t in SHARES]
    return lines.with_columns(
        pl.when(~(only | unseen)).then(pl.col(RATES)),
    ).with_columns(
        pl.when(~unseen).then(pl.col(WAITS)),
        pl.when(~nobody).then(pl.col([name for name in RATES if name not in counts])),
    )


def _type(name: str) -> pl.DataType:
    column = rows.columns(rows.Standing)[name]
    kind = column.type.python_type
    return {int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}.get(
        kind, pl.String()
    )


TYPES = {name: _type(name) for name in PRINTED}
