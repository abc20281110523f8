"""What scoring reads: inquiries as narrow columns, each brand whole in one slice.

Read through ADBC in one pass over the table and one snapshot, from SQLite in two halves
at the same time: in place, SQLite needs four times as long for the same tally. What a
row says travels packed in four columns, since the cost goes with their number.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from model.frames import TALLIED, conform
from model.words import CHANNEL_FAMILY, DAY, FAMILIES, SAMPLED_CHANNELS, Family
from store.database import Database

BATCH = 262_144
AT_ONCE = 4_000_000
"""Rows held at one time, 63 bytes each; a larger table is read in several passes."""

LONGEST = 2**31 - 2
"""Seconds, 68 years: the longest wait that can travel beside the time it began."""

PACKED: dict[str, pl.DataType] = {
    "id": pl.Int64(),
    "author": pl.Int64(),
    "times": pl.Int64(),  # seconds since the start * 2^31 + wait + 1; 0: no answer
    "codes": pl.Int64(),  # how many it names, its account, three codes of four bits
}
"""Columns as they come out of the database."""

CODES = {"kind": 0, "found_by": 4, "step": 8}
ACCOUNT, ADDRESSED = 12, 44
"""At which bit of ``codes`` each begins."""

MOST_NAMED = 9

PACKING = f"""
    SELECT id, author,
    (asked_at - {{start}}) * CAST({2**31} AS bigint) + CASE
        WHEN answered_at BETWEEN asked_at AND {{known}}
        THEN answered_at - asked_at + 1 ELSE 0 END AS times,
    (((addressed * CAST({2**32} AS bigint) + account_id) * 16 + step) * 16
        + found_by) * 16 + kind AS codes
    FROM inquiry WHERE asked_at >= {{start}} AND asked_at < {{end}} {{chosen}}
"""

UNPACKING = """
    SELECT id, watched_until AS own_until, deleted_at FROM inquiry
    WHERE asked_at >= {start} AND asked_at < {end} {chosen}
    AND (watched_until IS NOT NULL OR deleted_at IS NOT NULL)
"""
"""Fetched apart, because in most rows neither is there and every column costs."""

RARELY = ("id", "own_until", "deleted_at")


class Span(NamedTuple):
    """Asked from ``start`` to ``end`` (excluded), as known at ``as_of``: seconds."""

    start: int
    end: int
    as_of: int


DIRECTORY_NAMES = (
    "channel",
    "account_name",
    "brand_slug",
    "brand_name",
    "industry_slug",
    "industry_name",
)


def tally_slices(
    database: Database,
    day_from: int,
    day_to: int,
    as_of: int,
    rows_per_slice: int = 1_250_000,
) -> Iterator[pl.DataFrame]:
    """Inquiries asked from ``day_from`` to ``day_to`` (excluded) as known at ``as_of``.

    Frames of ``frames.TALLIED``. Accounts never resolved are left out; what happened
    after ``as_of`` is null. Nothing else may be asked of this store while the slices
    are being read.
    """
    span = Span(int(day_from) * DAY, min(int(day_to) * DAY, int(as_of) + 1), int(as_of))
    with database.two_columnar() as (connection, second):
        accounts = _accounts(connection)
        for low, high in _passes(connection, accounts):
            part = accounts.filter(pl.col("brand").is_between(low, high))
            ids = ", ".join(str(id_) for id_ in part["account"])
            chosen = "" if len(part) == len(accounts) else f"AND account_id IN ({ids})"
            frame = _read(connection, second, part, chosen, span)
            yield from _sliced(frame, rows_per_slice)


def directory(database: Database) -> pl.DataFrame:
    """Every account: account, brand (ids), channel, name of the account, brand and
    industry as slug and name."""
    with database.columnar() as connection:
        return fetch(
            connection,
            "SELECT account.id AS account, brand.id AS brand, account.channel,"
            " account.account AS account_name, brand.slug AS brand_slug,"
            " brand.name AS brand_name, industry.slug AS industry_slug,"
            " industry.name AS industry_name"
            " FROM account JOIN brand ON brand.id = account.brand_id"
            " JOIN industry ON industry.id = brand.industry_id ORDER BY account.id",
            {"account": pl.Int32(), "brand": pl.Int32()}
            | dict.fromkeys(DIRECTORY_NAMES, pl.String()),
        )


def coverage(database: Database, day_from: int, day_to: int) -> pl.DataFrame:
    """account, day, seconds: resolved accounts, days of the period, seen at all."""
    return _by_day(database, "coverage", "seconds", day_from, day_to)


def publications(database: Database, day_from: int, day_to: int) -> pl.DataFrame:
    """account, day, posts, replies: resolved accounts, days of the period."""
    return _by_day(database, "publication", "posts, replies", day_from, day_to)


def _by_day(
    database: Database, table: str, columns: str, day_from: int, day_to: int
) -> pl.DataFrame:
    with database.columnar() as connection:
        return fetch(
            connection,
            f"SELECT account_id AS account, day, {columns} FROM {table}"
            f" WHERE day >= {int(day_from)} AND day < {int(day_to)} AND account_id IN"
            " (SELECT id FROM account WHERE resolved_at IS NOT NULL)"
            " ORDER BY account_id, day",
            dict.fromkeys(["account", "day", *columns.split(", ")], pl.Int32()),
        )


def _accounts(connection: Any) -> pl.DataFrame:
    """account, brand, family, sampled, until: of the resolved accounts."""
    frame = fetch(
        connection,
        "SELECT id AS account, brand_id AS brand, channel, watched_until AS until"
        " FROM account WHERE resolved_at IS NOT NULL",
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
    if _top(connection) <= AT_ONCE:
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
        for part in _groups(per_brand, AT_ONCE)
    ]


def _groups(per_brand: pl.DataFrame, most: int) -> list[pl.DataFrame]:
    """Neighbouring brands together, ``most`` rows at a time where that can be."""
    placed = per_brand.sort("brand").with_columns(
        ((pl.col("n").cum_sum() - 1) // most).alias("group")
    )
    return placed.partition_by("group", maintain_order=True)


def _read(
    connection: Any, second: Any | None, accounts: pl.DataFrame, chosen: str, span: Span
) -> pl.DataFrame:
    """Rows of these accounts; both halves of the table at once if there are two."""
    if second is None:
        return _half(connection, accounts, chosen, span)
    middle = _top(connection) // 2
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(
            _half, second, accounts, f"AND id > {middle} {chosen}", span
        )
        return pl.concat(
            [
                _half(connection, accounts, f"AND id <= {middle} {chosen}", span),
                later.result(),
            ]
        )


def _half(
    connection: Any, accounts: pl.DataFrame, chosen: str, span: Span
) -> pl.DataFrame:
    where = {
        "start": span.start,
        "end": min(span.end, span.start + 2**32),
        "known": min(span.as_of, span.start + LONGEST),
        "chosen": chosen,
    }
    lookup = _lookup(accounts, span.as_of)
    parts = [
        _unpacked(batch, span.start, lookup)
        for batch in batches(connection, PACKING.format(**where), PACKED)
    ]
    types: dict[str, pl.DataType] = dict.fromkeys(RARELY, pl.Int64())
    rare = fetch(connection, UNPACKING.format(**where), types)
    frame = pl.concat([pl.DataFrame(schema=TALLIED), *parts])
    return _with_rare(frame, rare, span.as_of)


def _top(connection: Any) -> int:
    """The highest id of any inquiry; 0 where there is none."""
    top = "SELECT coalesce(max(id), 0) AS top FROM inquiry"
    return int(fetch(connection, top, {})["top"][0])


def _lookup(accounts: pl.DataFrame, as_of: int) -> pl.DataFrame:
    """Line i is what is known of account i, nulls where it is not one of these; the
    last line is all nulls."""
    top = int(accounts["account"].to_numpy().max())
    lines = pl.DataFrame({"account": np.arange(top + 2, dtype=np.int32)})
    return lines.join(
        accounts, on="account", how="left", maintain_order="left"
    ).with_columns(pl.min_horizontal("until", pl.lit(as_of)).alias("watched_until"))


def _unpacked(batch: pl.DataFrame, start: int, lookup: pl.DataFrame) -> pl.DataFrame:
    """``frames.TALLIED``, but for what few rows have; only rows of these accounts."""
    times, codes = batch["times"].to_numpy(), batch["codes"].to_numpy()
    account = (codes >> ACCOUNT) & (2**32 - 1)
    asked, wait = (times >> 31) + start, times & (2**31 - 1)
    answered = pl.Series(asked + wait - 1)
    known = {
        "id": batch["id"],
        "author": batch["author"],
        "asked_at": asked,
        "answered_at": answered.set(pl.Series(wait == 0), None),
        "addressed": np.minimum(codes >> ADDRESSED, MOST_NAMED).astype(np.int8),
        **{name: ((codes >> at) & 15).astype(np.int8) for name, at in CODES.items()},
    }
    whose = lookup[np.minimum(account, len(lookup) - 1)]
    frame = whose.with_columns(pl.Series(name, known[name]) for name in known)
    return conform(frame.drop("until", "channel"), TALLIED).filter(
        pl.col("brand").is_not_null()
    )


def _with_rare(frame: pl.DataFrame, rare: pl.DataFrame, as_of: int) -> pl.DataFrame:
    """With what only some rows have: a watch of their own, a deletion."""
    if rare.is_empty():
        return frame
    gone, own = pl.col("deleted_at_right"), pl.col("own_until")
    return (
        frame.join(rare, on="id", how="left", maintain_order="left")
        .with_columns(
            pl.when(gone <= as_of).then(gone).alias("deleted_at"),
            pl.min_horizontal("watched_until", own).alias("watched_until"),
        )
        .select(TALLIED.keys())
    )


def _sliced(frame: pl.DataFrame, rows: int) -> Iterator[pl.DataFrame]:
    if len(frame) <= rows:
        if len(frame):
            yield frame
        return
    per_brand = frame.group_by("brand").agg(pl.len().alias("n"))
    for group in _groups(per_brand, rows):
        yield frame.filter(
            pl.col("brand").is_between(group["brand"].min(), group["brand"].max())
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
    with connection.cursor() as cursor:
        if connection.adbc_get_info()["driver_name"].startswith("ADBC SQLite"):
            cursor.adbc_statement.set_options(
                **{"adbc.sqlite.query.batch_rows": str(BATCH)}
            )
        cursor.execute(statement)
        for batch in cursor.fetch_record_batch():
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            yield frame.cast(types)  # type: ignore[arg-type]
