"""An edition counted again from its frozen rows, under the method in force.

``scoring.method.use`` puts another method in force in a process of its own. What rows
are frozen with stays: their kinds, the steps of their answers, which of them are known.
"""

from collections.abc import Mapping

import polars as pl

from model.words import Reason
from scoring.book import Book, Period
from scoring.edition import INQUIRIES, parquet, recompute, thawed
from scoring.freeze import reasons


def rescored(parts: Mapping[str, bytes], period: Period) -> pl.DataFrame:
    """Standings of the headline cuts, as printed, all of them made anew: also whether
    an inquiry was watched for a whole horizon, or deleted within it."""
    names = Book(thawed(parts["accounts"]))
    return recompute(
        {
            name: parquet(_judged(thawed(part), names, period))
            if INQUIRIES in name
            else part
            for name, part in parts.items()
        },
        period,
    )


def _judged(frozen: pl.DataFrame, names: Book, period: Period) -> pl.DataFrame:
    """The rows with their reasons by the horizons in force. An old edition does not
    keep the grounds of two reasons, which are taken for true."""
    if "addressed" not in frozen.columns:
        grounds = frozen.with_columns(
            pl.when(pl.col("reason") == Reason.SEVERAL)
            .then(2)
            .otherwise(1)
            .alias("addressed"),
            pl.when(pl.col("reason") == Reason.LOST).then("asked_s").alias("deleted_s"),
        )
    else:
        grounds = frozen
    moments = grounds.select(
        "addressed",
        "found_by",
        *(
            (pl.col(f"{name}_s").cast(pl.Int64) + period.start).alias(column)
            for name, column in (
                ("asked", "asked_at"),
                ("watched", "watched_until"),
                ("deleted", "deleted_at"),
            )
        ),
    )
    horizon = names.horizon[frozen["account"].to_numpy()]
    why = reasons(moments, horizon, period.as_of)
    return frozen.with_columns(pl.Series("reason", why, dtype=pl.Int8))
