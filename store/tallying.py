"""What scoring reads: inquiries as narrow columns, each brand whole in one slice.

Read through ADBC in one pass over the table and one snapshot, from SQLite through two
connections at the same time: in place, SQLite needs four times as long for the same
tally. ``packed`` says how a row travels.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.frames import TALLIED, conform
from model.words import (
    CHANNEL_FAMILY,
    DAY,
    FAMILIES,
    SAMPLED_CHANNELS,
    UNPUBLISHED_CHANNELS,
    Family,
)
from store import kept, packed
from store.database import Database
from store.packed import (
    MOMENT_BITS,
    MOMENTS,
    NEVER,
    Chunk,
    Numbers,
    Parted,
    Rows,
    fetch,
    joined,
)

AT_ONCE = 8_000_000
"""Rows held at one time, 24 bytes each; a larger table is read in several passes."""

PARTERS = 2
"""Chunks whose rows are told apart by slice at the same time."""

LONGEST = 2**31
"""Seconds, 68 years: how much of a period is read."""

DAY_BITS, SECONDS_BITS = 15, 17
LONGEST_DAYS, SECONDS = 2**DAY_BITS, 2**SECONDS_BITS
"""Seconds of a day are below; days of a period below LONGEST_DAYS."""

MOST_NAMED = 9
DIRECTORY_NAMES = (
    "channel",
    "account_name",
    "brand_slug",
    "brand_name",
    "industry_slug",
    "industry_name",
)


_UNPUBLISHED = ", ".join(f"'{slug}'" for slug in sorted(UNPUBLISHED_CHANNELS))
_COUNTS = f"resolved_at IS NOT NULL AND channel NOT IN ({_UNPUBLISHED})"
"""Of an account: whether anything of it may enter an edition."""


class Lookup(NamedTuple):
    """What is known of each account, by its id."""

    brand: NDArray[np.int32]
    family: NDArray[np.int8]
    sampled: NDArray[np.bool_]
    until: Numbers  # NEVER: not watched


@dataclass(frozen=True)
class Tallied:
    """What an edition is made of, all of it as one snapshot had it. Days are read while
    the slices are counted."""

    directory: pl.DataFrame  # see ``_directory``
    slices: Iterator[pl.DataFrame]  # frames.TALLIED
    _days: Future[tuple[pl.DataFrame, pl.DataFrame]]

    @property
    def coverage(self) -> pl.DataFrame:
        """See ``_coverage``; waits for it."""
        return self._days.result()[0]

    @property
    def publications(self) -> pl.DataFrame:
        """See ``_publications``; waits for it."""
        return self._days.result()[1]


@contextmanager
def tallied(
    database: Database,
    day_from: int,
    day_to: int,
    as_of: int,
    rows_per_slice: int = 1_250_000,
    *,
    keep: bool = False,
) -> Iterator[Tallied]:
    """Inquiries asked from ``day_from`` to ``day_to`` (excluded) as known at ``as_of``,
    and what the period was watched with.

    Accounts never resolved are left out; what happened after ``as_of`` is null. Nothing
    else may be asked of this store meanwhile. ``keep``: from columns kept in files,
    brought up to date first.
    """
    start, as_of = int(day_from) * DAY, int(as_of)
    end = min(int(day_to) * DAY, as_of + 1, start + LONGEST)
    folder = kept.wanted(database) if keep else None
    with ExitStack() as reading, ThreadPoolExecutor(1) as aside:
        first, *others = reading.enter_context(database.columnar_together())
        with database.settled() as settled:
            accounts = _accounts(first)  # from here on one snapshot is seen
        # Read beside the inquiries where there is a connection left for it.
        beside = others.pop() if others else first
        directory = aside.submit(_directory, beside)
        days = aside.submit(_days, beside, int(day_from), int(day_to))
        if beside is first:
            days.result()  # and the directory, which was asked for before
        made = None
        if folder is not None and settled:
            made = kept.renewed([first, *others], folder, start, end)
        if folder is None or made is None:
            slices = (
                each
                for chunks, part in _read([first, *others], accounts, start, end)
                for each in _slices(chunks, part, start, as_of, rows_per_slice)
            )
            yield Tallied(directory.result(), slices, days)
            return
        parts = _slices(made.chunks, accounts, start, as_of, rows_per_slice)
        made = replace(made, chunks=[])  # the columns go with the last slice
        yield Tallied(directory.result(), _closing(parts, reading, days), days)
        days.result()
        reading.close()
        kept.save(database, folder, made)


def _closing(
    slices: Iterator[pl.DataFrame], reading: ExitStack, days: Future[Any]
) -> Iterator[pl.DataFrame]:
    """The slices, which need no connection: others may write as soon as the days have
    been read."""
    for each in slices:
        if days.done():
            reading.close()
        yield each


def tally_slices(
    database: Database,
    day_from: int,
    day_to: int,
    as_of: int,
    rows_per_slice: int = 1_250_000,
    *,
    keep: bool = False,
) -> Iterator[pl.DataFrame]:
    """The inquiries of ``tallied`` alone."""
    span = (day_from, day_to, as_of, rows_per_slice)
    with tallied(database, *span, keep=keep) as found:
        yield from found.slices


def _days(
    connection: Any, day_from: int, day_to: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    return (
        _coverage(connection, day_from, day_to),
        _publications(connection, day_from, day_to),
    )


def _read(
    connections: list[Any], accounts: pl.DataFrame, start: int, end: int
) -> Iterator[tuple[list[Chunk], pl.DataFrame]]:
    """All rows of a period in one or several passes, each with its accounts."""
    for low, high in _passes(connections[0], accounts):
        part = accounts.filter(pl.col("brand").is_between(low, high))
        ids = ", ".join(str(id_) for id_ in part["account"])
        chosen = "" if len(part) == len(accounts) else f"AND account_id IN ({ids})"
        period = packed.Period(start, end, start, chosen)
        yield packed.read(connections, period), part


def _directory(connection: Any) -> pl.DataFrame:
    """Every account: account, brand (ids), channel, name of the account, brand and
    industry as slug and name."""
    return fetch(
        connection,
        "SELECT account.id AS account, brand.id AS brand, account.channel,"
        " account.account AS account_name, brand.slug AS brand_slug,"
        " brand.name AS brand_name, industry.slug AS industry_slug,"
        " industry.name AS industry_name"
        " FROM account JOIN brand ON brand.id = account.brand_id"
        " JOIN industry ON industry.id = brand.industry_id"
        f" WHERE channel NOT IN ({_UNPUBLISHED}) ORDER BY account.id",
        {"account": pl.Int32(), "brand": pl.Int32()}
        | dict.fromkeys(DIRECTORY_NAMES, pl.String()),
    )


def _coverage(connection: Any, first: int, day_to: int) -> pl.DataFrame:
    """account, day, seconds: resolved accounts, days of the period, seen at all."""
    resolved = _resolved(connection)
    lines = fetch(
        connection,
        f"SELECT account_id * CAST({LONGEST_DAYS * SECONDS} AS bigint)"
        f" + (day - {first}) * CAST({SECONDS} AS bigint) + seconds AS line"
        " FROM coverage"
        f" WHERE day >= {first} AND day < {min(day_to, first + LONGEST_DAYS)}",
        {"line": pl.Int64()},
    )
    # Ten times as fast as SQLite's order: they lie in long runs that are in order.
    line = np.sort(lines["line"].to_numpy(), kind="stable")
    day = line >> SECONDS_BITS
    columns = {
        "account": day >> DAY_BITS,
        "day": (day & (LONGEST_DAYS - 1)) + first,
        "seconds": line & (SECONDS - 1),
    }
    found = {name: column.astype(np.int32) for name, column in columns.items()}
    return _of(resolved, pl.DataFrame(found))


def _publications(connection: Any, day_from: int, day_to: int) -> pl.DataFrame:
    """account, day, posts, replies: resolved accounts, days of the period."""
    columns = ("account", "day", "posts", "replies")
    resolved = _resolved(connection)
    lines = fetch(
        connection,
        "SELECT account_id AS account, day, posts, replies FROM publication"
        f" WHERE day >= {day_from} AND day < {day_to}",
        dict.fromkeys(columns, pl.Int32()),
    )
    return _of(resolved, lines.sort("account", "day"))


def _resolved(connection: Any) -> Numbers:
    """Ids of the resolved accounts."""
    statement = f"SELECT id FROM account WHERE {_COUNTS}"
    return fetch(connection, statement, {"id": pl.Int64()})["id"].to_numpy()


def _of(accounts: Numbers, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of these accounts."""
    account = lines["account"].to_numpy()
    tops = [int(ids.max(initial=0)) for ids in (accounts, account)]
    known = np.zeros(max(tops) + 1, dtype=bool)
    known[accounts] = True
    mine = known[account]
    return lines if mine.all() else lines.filter(pl.Series(mine))


def _accounts(connection: Any) -> pl.DataFrame:
    """account, brand, family, sampled, until: of the resolved accounts."""
    frame = fetch(
        connection,
        "SELECT id AS account, brand_id AS brand, channel, watched_until AS until"
        f" FROM account WHERE {_COUNTS}",
        {
            "account": pl.Int32(),
            "brand": pl.Int32(),
            "channel": pl.String(),
            "until": pl.Int64(),
        },
    )
    places = {
        slug: FAMILIES.index(Family(family)) for slug, family in CHANNEL_FAMILY.items()
    }
    return frame.with_columns(
        pl.col("channel")
        .replace_strict(places, default=None, return_dtype=pl.Int8)
        .alias("family"),
        pl.col("channel").is_in(list(SAMPLED_CHANNELS)).alias("sampled"),
    )


def _passes(connection: Any, accounts: pl.DataFrame) -> list[tuple[int, int]]:
    """Ranges of brand ids whose inquiries fit into memory together."""
    brands = accounts["brand"].unique().sort()
    if brands.is_empty():
        return []
    low, high = packed.ends(connection)
    if high - low < AT_ONCE:
        return [(brands[0], brands[-1])]
    counted = fetch(
        connection,
        "SELECT account_id AS account, count(*) AS n FROM inquiry GROUP BY account_id",
        {"account": pl.Int32(), "n": pl.Int64()},
    )
    per_brand = (
        accounts.join(counted, on="account").group_by("brand").agg(pl.col("n").sum())
    )
    return [
        (part["brand"].min(), part["brand"].max())  # type: ignore[misc]
        for part in _groups(per_brand, AT_ONCE).partition_by("group")
    ]


def _groups(per_brand: pl.DataFrame, most: int) -> pl.DataFrame:
    """brand, n, group: neighbouring brands together, ``most`` rows at a time where
    that can be."""
    return per_brand.sort("brand").with_columns(
        ((pl.col("n").cum_sum() - 1) // most).rle_id().cast(pl.Int32).alias("group")
    )


def _slices(
    chunks: Sequence[Chunk],
    accounts: pl.DataFrame,
    start: int,
    as_of: int,
    rows: int,
) -> Iterator[pl.DataFrame]:
    """The rows of these accounts in slices."""
    place, count = _places(chunks, accounts, rows)
    known = _lookup(accounts, len(place), as_of)
    with ThreadPoolExecutor(PARTERS) as pool:
        parted = list(pool.map(lambda each: Parted(each, place[each.account]), chunks))
    for number in range(count):
        parts = [each.rows(number, start) for each in parted]
        yield _unpacked(joined(parts), known, start, as_of)


def _places(
    chunks: Sequence[Chunk], accounts: pl.DataFrame, rows: int
) -> tuple[NDArray[np.int32], int]:
    """By account id, the number of its slice (-1: none), and how many slices."""
    ids = accounts["account"].to_numpy()
    tops = [int(chunk.account.max(initial=0)) for chunk in chunks]
    n = np.zeros(max([*tops, int(ids.max(initial=0))]) + 1, dtype=np.int64)
    for chunk in chunks:
        n += np.bincount(chunk.account, minlength=len(n))
    mine = accounts.select("account", "brand", pl.Series("n", n[ids]))
    per_brand = mine.group_by("brand").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    groups = _groups(per_brand, rows)
    found = mine.join(groups, on="brand")
    place = np.full(len(n), -1, dtype=np.int32)
    place[found["account"].to_numpy()] = found["group"].to_numpy()
    return place, groups["group"].n_unique()


def _lookup(accounts: pl.DataFrame, size: int, as_of: int) -> Lookup:
    at = accounts["account"].to_numpy()

    def by_id(column: pl.Series) -> NDArray[Any]:
        values = column.to_numpy()
        out = np.zeros(size, dtype=values.dtype)
        out[at] = values
        return out

    until = accounts["until"].clip(upper_bound=as_of).fill_null(NEVER)
    columns = [accounts[name] for name in ("brand", "family", "sampled")]
    return Lookup(*(by_id(column) for column in (*columns, until)))


def _unpacked(rows: Rows, known: Lookup, start: int, as_of: int) -> pl.DataFrame:
    """``frames.TALLIED``."""
    account = rows.account
    asked, answered = (rows.times >> MOMENT_BITS) + start, rows.times % MOMENTS
    unknown = (answered < asked) | (answered > as_of) | (answered == 0)
    until = known.until[account]
    named, deleted = np.ones(len(account), np.int8), np.full(len(account), NEVER)
    if len(rows.at):
        own, gone, several = rows.rare
        shorter = (own != NEVER) & ((own < until[rows.at]) | (until[rows.at] == NEVER))
        until[rows.at[shorter]] = own[shorter]
        deleted[rows.at] = np.where(gone <= as_of, gone, NEVER)
        named[rows.at] = np.minimum(several, MOST_NAMED)
    codes = {name: rows.code(name) for name in packed.CODES}
    columns = {
        "id": rows.id,
        "brand": known.brand[account],
        "account": account.astype(np.int32),
        "family": known.family[account],
        "sampled": known.sampled[account],
        "author": rows.author,
        "asked_at": asked,
        "answered_at": _nulls(answered, unknown),
        "watched_until": _nulls(until, until == NEVER),
        "deleted_at": _nulls(deleted, deleted == NEVER),
        "addressed": named,
        **codes,
    }
    return conform(pl.DataFrame(columns), TALLIED)


def _nulls(column: Numbers, where: NDArray[np.bool_]) -> pl.Series:
    return pl.Series(column).set(pl.Series(where), None)
