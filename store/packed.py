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

PACKED = f"""
    SELECT author,
    (asked_at - {{start}}) * {MOMENTS} + coalesce(answered_at & {MOMENTS - 1}, 0)
        AS times,
    account_id * CAST({2**ACCOUNT_BIT} AS bigint) + (id - {{first}}) * {2**ID_BIT}
        + step * 256 + found_by * 16 + kind AS codes
    FROM inquiry WHERE id >= {{first}} AND id < {{last}}
    AND asked_at >= {{start}} AND asked_at < {{end}} {{chosen}}
"""

RARELY_SAID = f"""
    SELECT id, watched_until, deleted_at, addressed FROM inquiry
    WHERE id >= {{first}} AND id < {{last}} AND ({RARE})
"""
"""All of it is in the index of the rows of which RARE holds."""

RARELY: dict[str, pl.DataType] = {
    "watched_until": pl.Int64(),
    "deleted_at": pl.Int64(),
    "addressed": pl.Int64(),
}


class Period(NamedTuple):
    """Asked from ``start`` to ``end`` (excluded), epoch seconds, of these accounts:
    a condition, '' for all."""

    start: int
    end: int
    chosen: str


class Chunk(NamedTuple):
    """Rows of inquiries, and what few of them have."""

    id: Numbers
    author: Numbers
    times: Numbers
    codes: Numbers
    at: Numbers  # rows of ``rare``
    rare: pl.DataFrame  # RARELY

    @property
    def account(self) -> Numbers:
        return np.asarray(self.codes >> ACCOUNT_BIT)

    def code(self, name: str) -> NDArray[np.int8]:
        return np.asarray((self.codes >> CODES[name]) & 15, dtype=np.int8)

    def only(self, rows: Numbers) -> "Chunk":
        """``rows``: their numbers, ascending."""
        place = np.full(len(self.codes), -1)
        place[rows] = np.arange(len(rows))
        at = place[self.at]
        return Chunk(
            self.id[rows],
            self.author[rows],
            self.times[rows],
            self.codes[rows],
            at[at >= 0],
            self.rare.filter(pl.Series(at >= 0)),
        )


def joined(chunks: Sequence[Chunk]) -> Chunk:
    starts = np.cumsum([0, *(len(chunk.codes) for chunk in chunks)])
    at = [chunk.at + start for chunk, start in zip(chunks, starts, strict=False)]
    return Chunk(
        np.concatenate([chunk.id for chunk in chunks]),
        np.concatenate([chunk.author for chunk in chunks]),
        np.concatenate([chunk.times for chunk in chunks]),
        np.concatenate([chunk.codes for chunk in chunks]),
        np.concatenate(at),
        pl.concat([chunk.rare for chunk in chunks]),
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
    return [_chunk(connection, first, period) for first in firsts]


def _chunk(connection: Any, first: int, period: Period) -> Chunk:
    where = {"first": first, "last": first + SPAN, **period._asdict()}
    parts = [
        [column.to_numpy() for column in batch.columns]
        for batch in record_batches(connection, PACKED.format(**where))
    ]
    nothing = [np.zeros(0, dtype=np.int64)] * 3
    author, times, codes = (
        np.concatenate(column) for column in zip(nothing, *parts, strict=True)
    )
    place = (codes >> ID_BIT) % IDS
    rare = fetch(connection, RARELY_SAID.format(**where), {"id": pl.Int64(), **RARELY})
    row = np.full(SPAN, -1)
    row[place] = np.arange(len(place))
    at = row[rare["id"].to_numpy() - first]
    rare = rare.filter(pl.Series(at >= 0)).drop("id")
    return Chunk(place + first, author, times, codes, at[at >= 0], rare)


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
