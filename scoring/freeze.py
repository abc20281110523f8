"""What an edition keeps of each inquiry, and whether it counts.

Whether an inquiry counts is decided from the question and from our watch, never from
the answer: nothing here but ``wait_s`` looks at ``answered_at``.
"""

from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.frames import FROZEN, conform
from model.words import FoundBy, Reason, Step
from scoring.book import Book, Numbers, Period

FURTHEST = 2**31 - 1
NOT_DELETED = -FURTHEST - 1

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
"""How a frozen row is hashed: little-endian, in this order, -1 for no answer. How many
brands it named, and when it was deleted, are in it as the reason they come to."""

MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
"""Shift and factor of the steps of splitmix64's finaliser but the last."""


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
    Raises UnknownAccount for an account the directory does not have.
    """
    account = _numbered(rows["account"].to_numpy(), numbers)
    pool = directory.pool[account]
    stranger = _mixed(rows["author"].to_numpy(), pool, period)
    asked = rows["asked_at"].to_numpy() - period.start
    wait = _wait(rows, period.as_of)
    known = {
        "account": account.astype(np.int32),
        "asked_s": asked.astype(np.int32),
        "wait_s": wait,
        "watched_s": _watched(rows, period),
        "kind": rows["kind"].to_numpy(),
        "found_by": rows["found_by"].to_numpy(),
        "step": np.where(wait < 0, np.int8(Step.NONE), rows["step"].to_numpy()),
        "reason": reasons(rows, directory.horizon[account], period.as_of),
        "addressed": rows["addressed"].to_numpy(),
        "deleted_s": _deleted(rows, period),
    }
    order, person = _order(pool, stranger, asked, known)
    kept = pl.DataFrame({name: column[order] for name, column in known.items()})
    return conform(
        kept.with_columns(
            pl.when(pl.col("wait_s") >= 0).then("wait_s"),
            pl.when(pl.col("deleted_s") != NOT_DELETED).then("deleted_s"),
            pl.Series("author", _from_zero(person, directory.brand[account[order]])),
            pl.Series("inquiry", rows["id"].to_numpy()[order]),
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
    mixed = author.view(np.uint64) + _start(pool, period)
    for shift, factor in MIXING:
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def strangers(
    person: NDArray[np.int64], pool: Numbers, period: Period
) -> NDArray[np.int64]:
    """Authors whom ``freeze`` gives these numbers: the way back from an edition's rows
    to its input, as far as anybody can go it. ``person`` is below 2**31."""
    author = person.astype(np.uint64) << np.uint64(32)
    author ^= (author >> np.uint64(31)) ^ (author >> np.uint64(62))
    for shift, factor in reversed(MIXING):
        author *= np.uint64(pow(factor, -1, 2**64))
        author ^= (author >> np.uint64(shift)) ^ (author >> np.uint64(2 * shift))
    return (author - _start(pool, period)).view(np.int64)


def _start(pool: Numbers, period: Period) -> NDArray[np.uint64]:
    """What is added to an author's hash before it is stirred."""
    seed = f"{period.day_from} {period.day_to} {period.as_of}".encode()
    start = np.uint64(int.from_bytes(blake2b(seed, digest_size=8).digest(), "big"))
    return start + pool.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def _wait(rows: pl.DataFrame, as_of: int) -> NDArray[np.int32]:
    """Seconds; -1 where no answer was known at ``as_of``."""
    answered = rows["answered_at"].fill_null(-1).to_numpy()
    wait = answered - rows["asked_at"].to_numpy()
    known = (answered <= as_of) & (wait >= 0) & (wait <= FURTHEST)
    return np.where(known, wait, -1).astype(np.int32)


def _watched(rows: pl.DataFrame, period: Period) -> NDArray[np.int32]:
    until = np.minimum(rows["watched_until"].fill_null(0).to_numpy(), period.as_of)
    until = np.clip(until - period.start, -FURTHEST, FURTHEST)
    return np.asarray(until, dtype=np.int32)


def _deleted(rows: pl.DataFrame, period: Period) -> NDArray[np.int32]:
    """Seconds since the period began; NOT_DELETED where ``as_of`` knew of none."""
    deleted = rows["deleted_at"].fill_null(2**62).to_numpy()
    offset = np.clip(deleted - period.start, -FURTHEST, FURTHEST)
    return np.where(deleted <= period.as_of, offset, NOT_DELETED).astype(np.int32)


def _order(
    pool: Numbers,
    stranger: NDArray[np.uint64],
    asked: Numbers,
    known: dict[str, NDArray[Any]],
) -> tuple[Numbers, Numbers]:
    """The order by pool, author, time and content, and a number for each person in
    it. One sort of 8-byte keys, then another of those who wrote more than once: four
    times as fast as sorting by three columns."""
    bits = max(int(pool.max(initial=0)).bit_length(), 1)
    keys = (pool.astype(np.uint64) << np.uint64(64 - bits)) | (
        stranger >> np.uint64(bits)
    )
    order = np.argsort(keys)
    same = _same(keys[order])
    if (same & ~_same(stranger[order])).any():  # two people share the bits left of them
        order = np.lexsort((asked, stranger, pool))
        same = _same(pool[order]) & _same(stranger[order])
    person = np.cumsum(~same) - 1
    many = same | np.append(same[1:], np.zeros(min(len(same), 1), dtype=bool))
    at = np.flatnonzero(many)
    moments = (person[at] << 32) | (asked[order[at]] & 0xFFFFFFFF)
    again = np.argsort(moments)
    order[at] = order[at][again]
    tied = _same(moments[again])
    if tied.any():
        at = at[tied | np.append(tied[1:], False)]
        order[at] = _settled(order[at], person[at], asked, known)
    return order, person


def _same(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each element equals the one before it."""
    same = np.zeros(len(column), dtype=bool)
    same[1:] = column[1:] == column[:-1]
    return same


def _settled(
    order: Numbers, person: Numbers, asked: Numbers, known: dict[str, NDArray[Any]]
) -> Numbers:
    """Rows of one person in one second, by account and then by what else they hold."""
    columns = [column[order] for column in reversed(known.values())]
    return order[np.lexsort((*columns, asked[order], person))]


def _from_zero(person: Numbers, brand: Numbers) -> NDArray[np.int32]:
    """Numbers the people of each brand from 0, in their order."""
    first = np.flatnonzero(~_same(brand))
    base = np.repeat(person[first], np.diff(first, append=len(brand)))
    return (person - base).astype(np.int32)
