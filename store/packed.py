"""Inquiries as they come out of the database: three whole numbers each.

What reading costs goes with the number of columns and with every step of arithmetic
that SQLite takes, so what most rows say is added up into two numbers beside the
author, and what few rows have (a watch of their own, a deletion, several brands
named) is fetched apart, from an index that holds those rows alone.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.rows import RARE

Numbers = NDArray[np.int64]

BATCH = 2**18
"""Rows that ADBC hands over at one time."""

IDS = 2**20
"""So many ids are told apart beside an account: the most that one question may span."""

SPAN = 2**18
"""Ids asked for at one time: one batch, and enough questions that two connections come
to their end together."""

CODES = {"kind": 0, "found_by": 4, "step": 8}
"""Bit at which each begins; each is below 16."""

ID_BIT, ACCOUNT_BIT = 12, 32
"""Bits at which the id's place and the account begin: 12 of codes, 20 and 31 more."""

MOMENT_BITS = 32
MOMENTS = 2**MOMENT_BITS
"""Seconds until 2106: below is when it was answered, above when it was asked."""

NEVER = int(np.iinfo(np.int64).min)
"""Stands for no time at all where columns have no nulls."""

PACKED = f"""
    SELECT author,
    (asked_at - {{origin}}) * {MOMENTS} + coalesce(answered_at & {MOMENTS - 1}, 0)
        AS times,
    account_id * CAST({2**ACCOUNT_BIT} AS bigint) + (id - {{base}}) * {2**ID_BIT}
        + step * 256 + found_by * 16 + kind AS codes
    FROM inquiry WHERE id >= {{first}} AND id < {{last}}
    AND asked_at >= {{start}} AND asked_at < {{end}} {{chosen}} {{ids}}
"""

RARELY_SAID = f"""
    SELECT id, watched_until, deleted_at, addressed FROM inquiry
    WHERE id >= {{first}} AND id < {{last}} AND ({RARE}) {{ids}}
"""
"""All of it is in the index of the rows of which RARE holds."""

RARELY: dict[str, pl.DataType] = {
    "watched_until": pl.Int64(),
    "deleted_at": pl.Int64(),
    "addressed": pl.Int64(),
}


class Period(NamedTuple):
    """Asked from ``start`` to ``end`` (excluded), epoch seconds, of the inquiries of
    which ``chosen`` and ``ids`` hold: conditions, '' for all; ``ids`` on nothing but
    their ids. Moments are counted from ``origin``."""

    start: int
    end: int
    origin: int
    chosen: str = ""
    ids: str = ""


class Rows(NamedTuple):
    """Inquiries, and what few of them have."""

    id: Numbers
    author: Numbers
    times: Numbers
    codes: Numbers
    at: Numbers  # rows of ``rare``
    rare: Numbers  # (RARELY, rows); NEVER where there is none

    @property
    def account(self) -> Numbers:
        return np.asarray(self.codes >> ACCOUNT_BIT)

    def code(self, name: str) -> NDArray[np.int8]:
        return np.asarray((self.codes >> CODES[name]) & 15, dtype=np.int8)


class Chunk(NamedTuple):
    """Inquiries as they were read, at most IDS ids from ``first`` on."""

    first: int
    origin: int
    author: Numbers
    times: Numbers
    codes: Numbers
    at: Numbers
    rare: Numbers

    @property
    def account(self) -> NDArray[np.int32]:
        return np.asarray(self.codes >> ACCOUNT_BIT, dtype=np.int32)

    @property
    def place(self) -> Numbers:
        """Ids, counted from the first."""
        return np.asarray((self.codes >> ID_BIT) % IDS)

    @property
    def asked(self) -> Numbers:
        return np.asarray((self.times >> MOMENT_BITS) + self.origin)

    def only(self, rows: Numbers) -> "Chunk":
        """``rows``: their numbers, ascending."""
        place = np.full(len(self.codes), -1)
        place[rows] = np.arange(len(rows))
        at = place[self.at]
        return Chunk(
            self.first,
            self.origin,
            self.author[rows],
            self.times[rows],
            self.codes[rows],
            at[at >= 0],
            self.rare[:, at >= 0],
        )


class Parted:
    """A chunk's rows by the slice they belong to."""

    def __init__(self, chunk: Chunk, slices: NDArray[np.integer]) -> None:
        """``slices``: by row the number of its slice, -1: none."""
        self._chunk = chunk
        self._order, self._ends = _grouped(slices)
        self._rare, self._rare_ends = _grouped(slices[chunk.at])
        self._place = np.empty(len(slices), dtype=np.int32)
        self._place[self._order] = np.arange(len(slices), dtype=np.int32)

    def rows(self, number: int, start: int) -> Rows:
        """Those of one slice, in order; moments are counted from ``start``."""
        chunk, rows = self._chunk, _group(self._order, self._ends, number)
        rare = _group(self._rare, self._rare_ends, number)
        times, codes = chunk.times[rows], chunk.codes[rows]
        if start != chunk.origin:
            times -= (start - chunk.origin) << MOMENT_BITS
        first = int(self._ends[number]) if number < len(self._ends) else 0
        return Rows(
            ((codes >> ID_BIT) & (IDS - 1)) + chunk.first,
            chunk.author[rows],
            times,
            codes,
            self._place[chunk.at[rare]].astype(np.int64) - first,
            chunk.rare[:, rare],
        )


def _grouped(slices: NDArray[np.integer]) -> tuple[NDArray[np.int32], Numbers]:
    """Rows by slice, and by slice how many rows come before those of it."""
    short = np.int16 if slices.max(initial=0) < 2**15 else np.int32  # short ones: radix
    order = np.argsort(slices.astype(short), kind="stable").astype(np.int32)
    return order, np.cumsum(np.bincount(slices.astype(np.int64) + 1))


def _group(order: NDArray[np.int32], ends: Numbers, number: int) -> NDArray[np.int32]:
    if number + 1 >= len(ends):
        return order[:0]
    return order[ends[number] : ends[number + 1]]


def stacked(parts: Sequence[Chunk]) -> Chunk:
    """Chunks of one range of ids as one."""
    starts = np.cumsum([0, *(len(part.codes) for part in parts)])
    at = [part.at + start for part, start in zip(parts, starts, strict=False)]
    return parts[0]._replace(
        author=np.concatenate([part.author for part in parts]),
        times=np.concatenate([part.times for part in parts]),
        codes=np.concatenate([part.codes for part in parts]),
        at=np.concatenate(at),
        rare=np.concatenate([part.rare for part in parts], axis=1),
    )


def joined(parts: Sequence[Rows]) -> Rows:
    starts = np.cumsum([0, *(len(part.codes) for part in parts)])
    at = [part.at + start for part, start in zip(parts, starts, strict=False)]
    return Rows(
        np.concatenate([part.id for part in parts]),
        np.concatenate([part.author for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.codes for part in parts]),
        np.concatenate(at),
        np.concatenate([part.rare for part in parts], axis=1),
    )


def read(connections: Sequence[Any], period: Period) -> list[Chunk]:
    """All rows of a period, read through all of the connections at the same time."""
    low, high = ends(connections[0])
    firsts = range(low, high + 1, SPAN)
    shares = [firsts[at :: len(connections)] for at in range(len(connections))]
    with ThreadPoolExecutor(len(connections)) as pool:
        made = pool.map(partial(_read, period=period), connections, shares)
        return [chunk for chunks in made for chunk in chunks]


def ends(connection: Any) -> tuple[int, int]:
    """The lowest and the highest id of any inquiry; (1, 0) where there is none."""
    low, high = (
        fetch(
            connection,
            f"SELECT coalesce({end}(id), {none}) AS id FROM inquiry",
            {"id": pl.Int64()},
        )["id"][0]
        for end, none in (("min", 1), ("max", 0))
    )
    return int(low), int(high)


def _read(connection: Any, firsts: range, period: Period) -> list[Chunk]:
    return [chunk(connection, first, first + SPAN, period) for first in firsts]


def chunk(
    connection: Any, first: int, last: int, period: Period, base: int | None = None
) -> Chunk:
    """Inquiries of the ids from ``first`` to ``last`` (excluded). ``base``: the first
    id of the chunk, where that is another."""
    base = first if base is None else base
    where = {"first": first, "last": last, **period._asdict()}
    parts = [
        [column.to_numpy() for column in batch.columns]
        for batch in record_batches(connection, PACKED.format(base=base, **where))
    ]
    nothing = [np.zeros(0, dtype=np.int64)] * 3
    author, times, codes = (
        np.concatenate(column) for column in zip(nothing, *parts, strict=True)
    )
    rare = fetch(connection, RARELY_SAID.format(**where), {"id": pl.Int64(), **RARELY})
    row = np.full(last - base, -1)
    row[(codes >> ID_BIT) % IDS] = np.arange(len(codes))
    at = row[rare["id"].to_numpy() - base]
    said = np.array([rare[name].fill_null(NEVER).to_numpy() for name in RARELY])
    return Chunk(
        base, period.origin, author, times, codes, at[at >= 0], said[:, at >= 0]
    )


def fetch(
    connection: Any, statement: str, types: dict[str, pl.DataType]
) -> pl.DataFrame:
    """All at once; ``types`` for the columns that an empty result would leave open."""
    parts = list(batches(connection, statement, types))
    return pl.concat(parts) if parts else pl.DataFrame(schema=types)


def batches(
    connection: Any, statement: str, types: dict[str, pl.DataType]
) -> Iterator[pl.DataFrame]:
    for batch in record_batches(connection, statement):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        yield frame.cast(types)  # type: ignore[arg-type]


def record_batches(connection: Any, statement: str) -> Iterator[Any]:
    """Arrow's record batches, none of them empty."""
    with connection.cursor() as cursor:
        if connection.adbc_get_info()["driver_name"].startswith("ADBC SQLite"):
            cursor.adbc_statement.set_options(
                **{"adbc.sqlite.query.batch_rows": str(BATCH)}
            )
        cursor.execute(statement)
        yield from (batch for batch in cursor.fetch_record_batch() if len(batch))
