"""The rows of an edition as others read them, and the way back.

``told`` turns frozen rows into words and times; ``asked`` turns what was read into
the input of ``edition.make``, so that whoever has only the rows goes the same way as
whoever publishes.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.bundle import NOT_COUNTED
from model.frames import ANSWERED, FROZEN, TALLIED, conform
from model.words import CUT_KINDS, FAMILIES, Cut, FoundBy, Kind, Reason, Step
from scoring.book import Book, Numbers, Period
from scoring.freeze import FURTHEST, reasons, strangers
from scoring.tally import sliced

OTHER_KIND, SAME_DAY = len(Reason), len(Reason) + 1
"""Beyond words.Reason: counted somewhere, but not in the headline tables."""

CODES = {"kind": Kind, "found_by": FoundBy, "step": Step}


def told(
    frozen: pl.DataFrame, names: Book, period: Period, headlines: dict[str, str]
) -> pl.DataFrame:
    """Frozen rows with the columns of bundle.INQUIRIES that are made of them alone, and
    ``inquiry``.

    Moments are epoch seconds. Rows frozen before a column was kept have nulls in it.
    """
    account = frozen["account"].to_numpy()
    why = reasons_told(frozen, names, headlines)
    whole = conform(frozen, FROZEN)
    start = period.start
    asked = pl.col("asked_s").cast(pl.Int64) + start
    watched = pl.col("watched_s").cast(pl.Int64)
    return whole.select(
        names.accounts["slug"].gather(account).alias("brand"),
        names.accounts["channel"].gather(account),
        names.accounts["account"].gather(account).alias("account"),
        pl.col("author").alias("person"),
        *(_word(name) for name in ("kind", "found_by")),
        "addressed",
        asked.alias("asked_at"),
        (asked + pl.col("wait_s")).alias("answered_at"),
        _word("step"),
        pl.when(watched > never(period)).then(watched + start).alias("watched_until"),
        (pl.col("deleted_s").cast(pl.Int64) + start).alias("deleted_at"),
        pl.Series("not_counted", _said(why), dtype=pl.String),
        "inquiry",
    )


def further_told(rows: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Rows that ``told`` gave with what an edition keeps of answers (FURTHER)."""
    return rows.join(
        answers, on="inquiry", how="left", maintain_order="left"
    ).with_columns(
        (pl.col("asked_at") + pl.col("substantive_s")).alias("substantive_at"),
        pl.col("personal", "copied").cast(pl.Boolean),
    )


def further_asked(rows: pl.DataFrame) -> pl.DataFrame:
    """The way back: ANSWERED of rows of bundle.INQUIRIES that have a number, ``id``."""
    more = ("substantive_at", "personal", "copied")
    said = pl.any_horizontal(pl.col(more).is_not_null())
    return conform(
        rows.filter(said).select(pl.col("id").alias("inquiry"), "answered_at", *more),
        ANSWERED,
    )


def never(period: Period) -> int:
    """``watched_s`` of what was never watched."""
    return max(-period.start, -FURTHEST)


def asked(
    rows: pl.DataFrame, account: Numbers, names: Book, period: Period
) -> pl.DataFrame:
    """Rows of bundle.INQUIRIES (moments in epoch seconds) as the store would give them
    (TALLIED), but with authors made up so that they get the numbers they have.

    ``account``: number of each row's account; it becomes its id. Where an old edition
    does not say how many brands a message named, or when it was deleted, the reason it
    gives is taken for true.
    """
    people = rows["person"].to_numpy().astype(np.int64)
    code = [
        pl.col(name)
        .replace_strict(_codes(name), default=None, return_dtype=pl.Int8)
        .fill_null(0)
        for name in CODES
    ]
    known = pl.col("addressed").is_not_null()
    several, lost = (
        ~known & (pl.col("not_counted") == word) for word in ("several", "lost")
    )
    return conform(
        rows.select(
            pl.lit(0).alias("id"),
            pl.Series("brand", names.brand[account], dtype=pl.Int32),
            pl.Series("account", account, dtype=pl.Int32),
            pl.Series("family", names.family[account], dtype=pl.Int8),
            names.accounts["sampled"].gather(account),
            pl.Series("author", strangers(people, names.pool[account], period)),
            *("asked_at", "answered_at", "watched_until"),
            pl.when(lost.fill_null(False))
            .then("asked_at")
            .otherwise("deleted_at")
            .alias("deleted_at"),
            *code,
            pl.when(known)
            .then("addressed")
            .otherwise(pl.when(several.fill_null(False)).then(2).otherwise(1))
            .alias("addressed"),
        ),
        TALLIED,
    )


def reasons_asked(
    tallied: pl.DataFrame,
    people: Numbers,
    names: Book,
    period: Period,
    headlines: dict[str, str],
) -> pl.Series:
    """Why each of these rows (TALLIED, account ids being numbers, in frozen order)
    does not count; null where it does."""
    account = tallied["account"].to_numpy().astype(np.int64)
    frozen = tallied.select(
        "account",
        pl.Series("author", people),
        (pl.col("asked_at") - period.start).alias("asked_s"),
        pl.lit(None, pl.Int32).alias("wait_s"),
        *("kind", "found_by"),
        pl.Series("reason", reasons(tallied, names.horizon[account], period.as_of)),
    )
    return pl.Series(
        "not_counted", _said(reasons_told(frozen, names, headlines)), dtype=pl.String
    )


def reasons_told(
    frozen: pl.DataFrame, names: Book, headlines: dict[str, str]
) -> NDArray[np.int8]:
    """words.Reason, OTHER_KIND or SAME_DAY of each frozen row, in frozen order.

    ``headlines``: family to its headline cut; one that is absent counts all kinds.
    """
    part = sliced(frozen, names)
    of_cut = np.zeros((len(FAMILIES), len(Kind)), dtype=bool)
    for place, family in enumerate(FAMILIES):
        of_cut[place, list(CUT_KINDS[Cut(headlines.get(family.value, Cut.ALL))])] = True
    counts = part.reason == Reason.COUNTED
    wanted = counts & of_cut[names.family[part.account], part.kind]
    rows = np.flatnonzero(wanted)
    again = rows[np.diff(part.visit[rows], prepend=-1) == 0]
    why = part.reason.astype(np.int8, copy=True)
    why[counts & ~wanted] = OTHER_KIND
    why[again] = SAME_DAY
    return why


def _said(why: NDArray[np.int8]) -> pl.Series:
    """The words of NOT_COUNTED; null where a row counts."""
    return pl.Series([None, *NOT_COUNTED], dtype=pl.String).gather(why)


def _codes(name: str) -> dict[str, int]:
    return {code.name.lower(): code.value for code in CODES[name]}


def _word(name: str) -> pl.Expr:
    words = {value: word for word, value in _codes(name).items()}
    if name == "step":
        words.pop(Step.NONE)
    return pl.col(name).replace_strict(words, default=None, return_dtype=pl.String)
