"""From tallies to standings: what each figure is, and who is ranked.

Frames here have one line a standing. Figures stay exact until ``scoring.printing``
rounds them and withholds what may not be shown.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Cut, Level, Status
from scoring.book import Book, Period
from scoring.intervals import (
    Floats,
    Ints,
    effective_size,
    score_limits,
    share_limits,
    unit_spread,
)
from scoring.method import CREDITS, LIMITS, METHOD, WAIT_BINS
from scoring.ranks import range_critical, ranks_by_table
from scoring.tally import Tally

CLASSES = tuple(f"class_{i}" for i in range(4))
SHARES = ("t1", "t2", "t3")
SIZES = tuple(f"size_{name}" for name in ("score", *SHARES))
RATES = ("score", *(f"share_{name}" for name in SHARES))
BINS = tuple(f"bin_{i}" for i in range(len(WAIT_BINS) + 1))
ANSWERED = tuple(f"answered_{name}" for name in SHARES)
ENDS = ("", "_low", "_high")
SIZE_DECIMALS = 1
"""Of an effective size, as printed."""
COUNTS = ("inquiries", "authors", "lost", *CLASSES, *ANSWERED, *BINS)

FIGURES: dict[str, pl.DataType] = {
    "entity": pl.Int64(),
    "only": pl.Boolean(),
    **dict.fromkeys(COUNTS, pl.Int64()),
    "median_wait_s": pl.Int64(),
    "p90_wait_s": pl.Int64(),
    "days": pl.Float64(),
    **dict.fromkeys(SIZES, pl.Float64()),
    **{f"{name}{end}": pl.Float64() for name in RATES for end in ENDS},
}
"""What ``figures`` gives of each entity."""

NOTHING = pl.DataFrame(schema=FIGURES)

Columns = dict[str, NDArray[Any]]

PLACES: dict[str, pl.DataType] = {
    "rank": pl.Int64(),
    "rank_low": pl.Int64(),
    "rank_high": pl.Int64(),
    "placed": pl.String(),
    "of": pl.Int64(),
}


def figures(tally: Tally) -> Columns:
    """One line an entity (FIGURES): counts, sizes and limits, nothing withheld yet."""
    sizes = effective_size(
        tally.classes,
        day := unit_spread(tally.days, tally.classes),
        unit_spread(tally.weeks, tally.classes),
        unit_spread(tally.people, tally.classes),
    )
    return {
        "entity": tally.entity,
        "only": tally.only,
        "inquiries": tally.n,
        "authors": tally.authors,
        "lost": tally.lost,
        "median_wait_s": tally.median,
        "p90_wait_s": tally.p90,
        "days": day.effective,
        **{name: tally.classes[:, i] for i, name in enumerate(CLASSES)},
        **{name: tally.waits[:, i] for i, name in enumerate(BINS)},
        **{name: sizes[:, i] for i, name in enumerate(SIZES)},
        **_rates(tally.classes, sizes),
    }


def framed(found: Sequence[Columns]) -> pl.DataFrame:
    """The ``figures`` of several slices as one frame (FIGURES)."""
    if not found:
        return NOTHING
    return pl.DataFrame(
        [
            pl.Series(
                name,
                np.concatenate([columns[name] for columns in found]),
                dtype=kind,
                nan_to_null=kind == pl.Float64(),
            )
            for name, kind in FIGURES.items()
        ]
    )


def _rates(counts: Ints, sizes: Floats) -> dict[str, NDArray[Any]]:
    """Score, shares and their 95 % limits, from classes and effective sizes."""
    n = counts.sum(1)
    within = np.cumsum(counts, axis=1)
    low, high = score_limits(counts, sizes[:, 0])
    out: dict[str, NDArray[Any]] = {
        "score": score(counts),
        "score_low": 100 * low,
        "score_high": 100 * high,
    }
    for i, name in enumerate(SHARES):
        low, high = share_limits(within[:, i], n, sizes[:, i + 1])
        with np.errstate(invalid="ignore"):
            share = within[:, i] / n.astype(np.float64)
        out |= {f"answered_{name}": within[:, i]}
        out |= dict(
            zip((f"share_{name}{e}" for e in ENDS), (share, low, high), strict=True)
        )
    return out


def named(lines: pl.DataFrame, entity: Ints) -> pl.DataFrame:
    """The lines of accounts, as lines of the entities they are all there is of."""
    mine = entity[lines["entity"].to_numpy()]
    return lines.with_columns(pl.Series("entity", mine)).filter(pl.col("entity") >= 0)


def watched(
    directory: Book,
    period: Period,
    messages: Ints,
    covered: pl.DataFrame,
    posted: pl.DataFrame,
) -> pl.DataFrame:
    """Per account number: seconds seen, whole seconds, posts, replies; of accounts
    that were watched or written to in the period, and of no other.

    ``messages``: known inquiries by account number. ``covered`` and ``posted``
    (COVERED, POSTED) by account number. An account nobody watched has 0 seconds.
    """
    seen = covered.group_by("account").agg(pl.col("seconds").cast(pl.Int64).sum())
    own = posted.group_by("account").agg(
        pl.col("posts", "replies").cast(pl.Int64).sum()
    )
    accounts = pl.DataFrame(
        {"account": np.arange(len(directory.accounts), dtype=np.int32)}
    )
    return (
        accounts.with_columns(pl.Series("messages", messages))
        .join(seen, on="account", how="left", maintain_order="left")
        .join(own, on="account", how="left", maintain_order="left")
        .with_columns(
            pl.col("seconds", "posts", "replies").fill_null(0),
            pl.lit(period.days * 86_400).alias("whole"),
        )
        .filter((pl.col("messages") > 0) | (pl.col("seconds") > 0))
    )


def standings(
    directory: Book,
    level: Level,
    cut: Cut,
    found: pl.DataFrame,
    seen: pl.DataFrame,
) -> pl.DataFrame:
    """Every entity of a level that was watched or written to, with its status.

    ``found`` (FIGURES) are the figures of that level, ``seen`` comes from ``watched``.
    Ranks are still to be given (``ranked``).
    """
    whose = seen.with_columns(
        pl.Series("entity", directory.entity(level)[seen["account"].to_numpy()])
    )
    view = whose.group_by("entity").agg(
        (pl.col("seconds").sum() / pl.col("whole").sum())
        .clip(upper_bound=1)
        .alias("coverage"),
        pl.col("posts", "replies").sum(),
    )
    lines = (
        directory.described(level)
        .join(view, on="entity", maintain_order="left")
        .join(found, on="entity", how="left", maintain_order="left")
        .with_columns(
            pl.col(COUNTS).fill_null(0),
            pl.col("only").fill_null(value=False),
            pl.col("median_wait_s", "p90_wait_s").fill_null(-1),
            pl.lit(cut.value).alias("cut"),
            *(
                pl.col("family")
                .replace_strict(
                    {
                        family.value: getattr(limits, t)
                        for family, limits in LIMITS.items()
                    },
                    return_dtype=pl.Int64,
                )
                .alias(f"{t}_s")
                for t in SHARES
            ),
        )
    )
    return lines.with_columns(_status(), ratio())


def _status() -> pl.Expr:
    few = (pl.col("inquiries") < METHOD.fewest_inquiries.value) | (
        pl.col("authors") < METHOD.fewest_people.value
    )
    return (
        pl.when("only")
        .then(pl.lit(Status.ANSWERED_ONLY.value))
        .when(pl.col("coverage") < METHOD.lowest_coverage.value)
        .then(pl.lit(Status.LOW_COVERAGE.value))
        .when(few)
        .then(pl.lit(Status.TOO_FEW.value))
        .when(pl.col("days") < METHOD.fewest_days.value)
        .then(pl.lit(Status.FEW_DAYS.value))
        .otherwise(pl.lit(Status.RANKED.value))
        .alias("status")
    )


def ratio() -> pl.Expr:
    """Posts per reply; nothing where there was no reply."""
    some = pl.col("replies") > 0
    return (
        pl.when(some).then(pl.col("posts") / pl.col("replies")).alias("posts_per_reply")
    )


def classes(lines: pl.DataFrame) -> Ints:
    """(lines, 4): inquiries by credit class."""
    return lines.select(CLASSES).to_numpy().astype(np.int64)


def score(counts: Ints) -> Floats:
    """0 to 100; equal fractions are equal floats, so that ties are ties."""
    with np.errstate(invalid="ignore"):
        points = counts @ np.array(CREDITS)
        return np.asarray(points / counts.sum(1).astype(np.float64))


def ranked(
    lines: pl.DataFrame, within: Sequence[str], prefix: str = ""
) -> pl.DataFrame:
    """Adds places among the ranked lines that agree in the columns ``within``."""
    rows = lines.with_row_index("at").filter(pl.col("status") == Status.RANKED.value)
    tables = rows.group_by(within, maintain_order=True).agg("at")["at"]
    sizes = tables.list.len().to_numpy()
    at = tables.explode(empty_as_null=False).to_numpy()
    part = lines[at]
    z = np.repeat([range_critical(int(size)) for size in sizes], sizes)
    low, high = limits_at(part, z)
    found = ranks_by_table(part["score"].to_numpy(), low, high, sizes)
    columns = (
        found.rank,
        found.best,
        found.worst,
        found.placed,
        np.repeat(sizes, sizes),
    )
    places = pl.DataFrame(
        [pl.Series("at", at, pl.UInt32)]
        + [
            pl.Series(prefix + name, column, dtype=kind)
            for (name, kind), column in zip(PLACES.items(), columns, strict=True)
        ]
    )
    return (
        lines.with_row_index("at")
        .join(places, on="at", how="left", maintain_order="left")
        .drop("at")
    )


def limits_at(part: pl.DataFrame, z: Floats) -> tuple[Floats, Floats]:
    """Limits of the score, 0 to 100, at tail Phi(-z) on each side, z by line.

    An industry's are kept as distances in standard errors of either side, because
    they come from many brands. Sizes are taken as they are printed, so that every
    place follows from the printed figures, pair by pair (``scoring.details.places``).
    """
    if "down" in part.columns:
        points = part["score"].to_numpy()
        down, up = part["down"].to_numpy(), part["up"].to_numpy()
        return points - z * down, points + z * up
    size = part["size_score"].round(SIZE_DECIMALS).to_numpy()
    low, high = score_limits(classes(part), size, z)
    return 100 * low, 100 * high
