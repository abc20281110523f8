"""What an edition keeps of each inquiry, and whether it counts.

Whether an inquiry counts is decided from the question and from our watch, never from
the answer: nothing here but ``wait_s`` looks at ``answered_at``.
"""

from hashlib import blake2b, sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.frames import FROZEN, conform
from model.words import FoundBy, Reason
from scoring.book import Book, Numbers, Period

FURTHEST = 2**31 - 1

ROW = np.dtype(
    [
        ("account", "<i4"),
        ("author", "<i4"),
        ("asked_s", "<i4"),
        ("wait_s", "<i4"),
        ("watched_s", "<i4"),
        ("kind", "i1"),
        ("found_by", "i1"),
        ("step", "i1"),
        ("reason", "i1"),
    ]
)
"""How a frozen row is hashed: little-endian, in this order, -1 for no answer."""


class UnknownAccount(LookupError):
    """An inquiry of an account that was registered after the directory was read."""

    def __init__(self, account: int) -> None:
        super().__init__(
            f"an inquiry names account {account}, which the directory does not have;"
            " read the directory again"
        )


def freeze(
    rows: pl.DataFrame, directory: Book, numbers: Numbers, period: Period
) -> pl.DataFrame:
    """A slice (TALLIED) as an edition keeps it (FROZEN).

    Sorted by brand, family, author and time, the order everything after it relies
    on; ties are broken by content, so that the order of the database never shows.
    Raises ValueError for an account the directory does not have.
    """
    account = _numbered(rows["account"].to_numpy(), numbers)
    pool = directory.pool[account]
    stranger = _mixed(rows["author"].to_numpy(), pool, period)
    known = rows.select(
        pl.Series("account", account, dtype=pl.Int32),
        pl.Series("pool", pool, dtype=pl.Int32),
        pl.Series("stranger", stranger),
        (pl.col("asked_at") - period.start).cast(pl.Int32).alias("asked_s"),
        _wait(period.as_of).alias("wait_s"),
        _watched(period).alias("watched_s"),
        "kind",
        "found_by",
        "step",
        pl.Series("reason", reasons(rows, directory.horizon[account], period.as_of)),
    )
    ordered = _settled(known.sort("pool", "stranger", "asked_s"))
    return conform(
        ordered.select(
            pl.exclude("pool", "stranger"), _authors(ordered, directory).alias("author")
        ),
        FROZEN,
    )


def reasons(rows: pl.DataFrame, horizon: Numbers, as_of: int) -> NDArray[np.int8]:
    """words.Reason of every row of a slice: counted, or the first reason why not.

    ``horizon`` in seconds, by row. A deletion that ``as_of`` did not know of yet has
    not happened.
    """
    end = rows["asked_at"].to_numpy() + horizon
    watched = rows["watched_until"].fill_null(0).clip(upper_bound=as_of).to_numpy()
    deleted = rows["deleted_at"].fill_null(2**62).to_numpy()
    return np.select(
        [
            rows["addressed"].to_numpy() != 1,
            rows["found_by"].to_numpy() == FoundBy.REPLY,
            end > watched,
            (deleted < end) & (deleted <= as_of),
        ],
        [Reason.SEVERAL, Reason.REPLY, Reason.YOUNG, Reason.LOST],
        Reason.COUNTED,
    ).astype(np.int8)


def digest(frozen: pl.DataFrame, directory: Book) -> dict[int, bytes]:
    """sha256 of each brand's rows, by brand number: the same however sliced."""
    packed = np.empty(len(frozen), ROW)
    for name in ROW.fields or ():
        packed[name] = frozen[name].fill_null(-1).to_numpy()
    brand = directory.brand[packed["account"]]
    starts = np.flatnonzero(np.diff(brand, prepend=-1))
    ends = [*starts[1:].tolist(), len(packed)]
    return {
        int(brand[start]): sha256(packed[start:end].data).digest()
        for start, end in zip(starts.tolist(), ends, strict=True)
    }


def _numbered(ids: NDArray[np.int32], numbers: Numbers) -> Numbers:
    inside = (ids >= 0) & (ids < len(numbers))
    found = numbers[np.where(inside, ids, 0)]
    if not (inside & (found >= 0)).all():
        stray = ids[~inside | (found < 0)][0]
        raise UnknownAccount(int(stray))
    return found


def _mixed(
    author: NDArray[np.int64], pool: Numbers, period: Period
) -> NDArray[np.uint64]:
    """The author's hash, stirred anew for each period and brand without collisions.

    Its order numbers the authors, so their numbers say nothing across editions.
    (The finaliser of splitmix64, a bijection: Steele, Lea, Flood, OOPSLA 2014.)
    """
    seed = f"{period.day_from} {period.day_to} {period.as_of}".encode()
    start = np.uint64(int.from_bytes(blake2b(seed, digest_size=8).digest(), "big"))
    mixed = author.view(np.uint64) + start
    mixed += pool.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _wait(as_of: int) -> pl.Expr:
    wait = pl.col("answered_at") - pl.col("asked_at")
    known = (wait >= 0) & (wait <= FURTHEST) & (pl.col("answered_at") <= as_of)
    return pl.when(known).then(wait).cast(pl.Int32)


def _watched(period: Period) -> pl.Expr:
    until = pl.col("watched_until").fill_null(0).clip(upper_bound=period.as_of)
    return (until - period.start).clip(-FURTHEST, FURTHEST).cast(pl.Int32)


def _settled(known: pl.DataFrame) -> pl.DataFrame:
    """Rows of one person in one second, ordered by what they hold."""
    keys = ("pool", "stranger", "asked_s")
    same = known.select(
        pl.all_horizontal(pl.col(key) == pl.col(key).shift(1) for key in keys)
    ).to_series()
    tied = (same | same.shift(-1)).fill_null(False)
    if not tied.any():
        return known
    at = tied.arg_true()
    return _replaced(known, at, known[at].sort(pl.all()))


def _replaced(frame: pl.DataFrame, at: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    order = np.arange(len(frame))
    both = pl.concat([frame, rows])
    order[at.to_numpy()] = len(frame) + np.arange(len(rows))
    return both[order]


def _authors(ordered: pl.DataFrame, directory: Book) -> pl.Series:
    """Numbers the authors of each brand from 0, in the order of the rows."""
    pool = ordered["pool"].to_numpy()
    stranger = ordered["stranger"].to_numpy()
    brand = directory.brand[ordered["account"].to_numpy()]
    if not len(pool):
        return pl.Series([], dtype=pl.Int32)
    fresh = np.ones(len(pool), dtype=np.int64)
    fresh[1:] = (pool[1:] != pool[:-1]) | (stranger[1:] != stranger[:-1])
    running = np.cumsum(fresh) - 1
    first = np.flatnonzero(np.diff(brand, prepend=-1))
    base = np.repeat(running[first], np.diff([*first.tolist(), len(pool)]))
    return pl.Series(running - base, dtype=pl.Int32)
