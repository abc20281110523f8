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
from model.words import FoundBy, Reason
from scoring.book import Book, Numbers, Period

FURTHEST = 2**31 - 1
NOT_DELETED = -FURTHEST - 1

Frozen = dict[str, NDArray[Any]]
"""The columns of FROZEN as arrays. Where FROZEN has null, ``wait_s`` is -1 and
``deleted_s`` NOT_DELETED."""

HASHED = ("account", "author", "asked_s", "wait_s", "watched_s")
CODED = ("kind", "found_by", "step", "reason")
"""What a brand's digest is made of: the HASHED columns, each as little-endian 4-byte
numbers, then one such number a row that has the CODED ones as its bytes, lowest first.
How many brands a row named, and when it was deleted, are in it as the reason they come
to."""

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
    """A slice (TALLIED) as an edition keeps it (FROZEN): see ``frozen``."""
    return told(frozen(rows, directory, numbers, period))


def frozen(
    rows: pl.DataFrame, directory: Book, numbers: Numbers, period: Period
) -> Frozen:
    """A slice (TALLIED) as an edition keeps it.

    Sorted by brand, family, author and time, the order everything after it relies
    on; ties are broken by content, so that the order of the database never shows.
    Raises UnknownAccount for an account the directory does not have.
    """
    account = _numbered(rows["account"].to_numpy(), numbers)
    pool = directory.pool[account]
    asked = rows["asked_at"].to_numpy() - period.start
    wait = _wait(rows, period.as_of)
    known: Frozen = {
        "account": account,
        "asked_s": asked.astype(np.int32),
        "wait_s": wait,
        "watched_s": _watched(rows, period),
        "kind": rows["kind"].to_numpy(),
        "found_by": rows["found_by"].to_numpy(),
        "step": rows["step"].to_numpy() * (wait >= 0),  # else Step.NONE
        "reason": reasons(rows, directory.horizon[account], period.as_of),
        "addressed": rows["addressed"].to_numpy(),
        "deleted_s": _deleted(rows, period),
    }
    stranger = _mixed(rows["author"].to_numpy(), pool, period)
    order, person = _order(pool, stranger, asked, known)
    kept = {name: column[order] for name, column in known.items()}
    kept["author"] = _from_zero(person, directory.brand[kept["account"]])
    kept["inquiry"] = rows["id"].to_numpy()[order]
    return kept


def told(kept: Frozen) -> pl.DataFrame:
    """The same as a frame (FROZEN), with nulls."""
    return conform(
        pl.DataFrame(kept).with_columns(
            pl.when(pl.col("wait_s") >= 0).then("wait_s"),
            pl.when(pl.col("deleted_s") != NOT_DELETED).then("deleted_s"),
        ),
        FROZEN,
    )


def reasons(rows: pl.DataFrame, horizon: Numbers, as_of: int) -> NDArray[np.int8]:
    """words.Reason of every row of a slice: counted, or the first reason why not.

    ``horizon`` in seconds, by row. A deletion that ``as_of`` did not know of yet has
    not happened.
    """
    end = rows["asked_at"].to_numpy() + horizon
    watched = np.minimum(rows["watched_until"].fill_null(0).to_numpy(), as_of)
    why = np.full(len(rows), Reason.COUNTED, dtype=np.int8)
    gone = rows["deleted_at"].is_not_null().arg_true().to_numpy()
    deleted = rows["deleted_at"].gather(gone).to_numpy()
    why[gone[(deleted < end[gone]) & (deleted <= as_of)]] = Reason.LOST
    why[end > watched] = Reason.YOUNG
    why[rows["found_by"].to_numpy() == FoundBy.REPLY] = Reason.REPLY
    why[rows["addressed"].to_numpy() != 1] = Reason.SEVERAL
    return why


def digest(kept: Frozen, directory: Book) -> dict[int, bytes]:
    """sha256 of each brand's rows, by brand number: the same however sliced."""
    codes = np.stack([kept[name] for name in CODED], axis=1, dtype=np.int8)
    columns = [kept[name].astype("<i4", copy=False) for name in HASHED]
    columns.append(codes.view("<i4")[:, 0])
    starts = np.flatnonzero(~_same(directory.brand[kept["account"]])).tolist()
    ends = [*starts[1:], len(codes)]
    return {
        int(directory.brand[kept["account"][start]]): _hashed(columns, start, end)
        for start, end in zip(starts, ends, strict=True)
    }


def _hashed(columns: list[NDArray[np.int32]], start: int, end: int) -> bytes:
    whole = sha256()
    for column in columns:
        whole.update(column[start:end].data)
    return whole.digest()


def _numbered(ids: NDArray[np.int32], numbers: Numbers) -> NDArray[np.int32]:
    inside = not len(ids) or (ids.min() >= 0 and ids.max() < len(numbers))
    found = numbers.astype(np.int32)[
        ids if inside else np.clip(ids, 0, len(numbers) - 1)
    ]
    if not inside or found.min(initial=0) < 0:
        outside = (ids < 0) | (ids >= len(numbers))
        raise UnknownAccount(int(ids[outside | (found < 0)][0]))
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
    unknown = (answered > as_of) | (wait < 0) | (wait > FURTHEST)
    wait |= -unknown.astype(np.int64)  # all bits of -1; a condition would cost more
    return np.asarray(wait, dtype=np.int32)


def _watched(rows: pl.DataFrame, period: Period) -> NDArray[np.int32]:
    until = np.minimum(rows["watched_until"].fill_null(0).to_numpy(), period.as_of)
    until -= period.start
    return np.asarray(np.clip(until, -FURTHEST, FURTHEST), dtype=np.int32)


def _deleted(rows: pl.DataFrame, period: Period) -> NDArray[np.int32]:
    """Seconds since the period began; NOT_DELETED where ``as_of`` knew of none."""
    offset = np.full(len(rows), NOT_DELETED, dtype=np.int32)
    known = (rows["deleted_at"] <= period.as_of).arg_true()
    deleted = rows["deleted_at"].gather(known).to_numpy() - period.start
    offset[known.to_numpy()] = np.clip(deleted, -FURTHEST, FURTHEST)
    return offset


def _order(
    pool: Numbers,
    stranger: NDArray[np.uint64],
    asked: Numbers,
    known: dict[str, NDArray[Any]],
) -> tuple[Numbers, NDArray[np.int32]]:
    """The order by pool, author, time and content, and a number for each person in
    it. One sort of 8-byte keys, then another of those who wrote more than once: four
    times as fast as sorting by three columns."""
    rows = np.uint64(len(pool).bit_length())
    place = pool - (pool.min() if len(pool) else 0)
    bits = max(int(place.max(initial=0)).bit_length(), 1)
    keys = place.astype(np.uint64) << np.uint64(64 - bits)
    keys |= stranger >> np.uint64(bits)
    keys >>= rows
    order = ordered(keys)
    alike = _same(keys[order])
    same = alike & _same(stranger[order])
    if (alike & ~same).any():  # two people share the bits that were left of them
        order = np.lexsort((asked, stranger, pool))
        same = _same(pool[order]) & _same(stranger[order])
    person = np.cumsum(~same, dtype=np.int32) - 1
    many = same | np.append(same[1:], np.zeros(min(len(same), 1), dtype=bool))
    at = np.flatnonzero(many)
    moments = (person[at].astype(np.int64) << 32) | (asked[order[at]] & 0xFFFFFFFF)
    again = np.argsort(moments)
    order[at] = order[at][again]
    tied = _same(moments[again])
    if tied.any():
        at = at[tied | np.append(tied[1:], False)]
        order[at] = _settled(order[at], person[at], asked, known)
    return order, person


def ordered(keys: NDArray[np.uint64]) -> Numbers:
    """The order of keys; equal ones stay as they are. Sorting keys with their places
    in them, where there is room, takes a third of the time of ``argsort``."""
    bits = len(keys).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > 64:
        return np.argsort(keys, kind="stable")
    placed = (keys << np.uint64(bits)) | np.arange(len(keys), dtype=np.uint64)
    placed.sort()
    return (placed & np.uint64((1 << bits) - 1)).astype(np.int64)


def _same(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each element equals the one before it."""
    same = np.zeros(len(column), dtype=bool)
    same[1:] = column[1:] == column[:-1]
    return same


def _settled(
    order: Numbers,
    person: NDArray[np.int32],
    asked: Numbers,
    known: dict[str, NDArray[Any]],
) -> Numbers:
    """Rows of one person in one second, by account and then by what else they hold."""
    columns = [column[order] for column in reversed(known.values())]
    return order[np.lexsort((*columns, asked[order], person))]


def _from_zero(person: NDArray[np.int32], brand: Numbers) -> NDArray[np.int32]:
    """Numbers the people of each brand from 0, in their order."""
    first = np.flatnonzero(~_same(brand))
    base = np.repeat(person[first], np.diff(first, append=len(brand)))
    return np.asarray(person - base, dtype=np.int32)
