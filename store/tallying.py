"""What scoring reads: inquiries as narrow columns, each brand whole in one slice.

Read through ADBC in one pass over the table and one snapshot: in place, SQLite needs
four times as long for the same tally. What a row says travels packed in four columns,
since the cost goes with the number of columns.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from model.frames import TALLIED
from model.words import CHANNEL_FAMILY, DAY, FAMILIES, SAMPLED_CHANNELS, Family
from store.database import Database

BATCH = 262_144
AT_ONCE = 4_000_000
"""Rows held at one time, 63 bytes each; a larger table is read in several passes."""

LONGEST = 2**31 - 2
"""Seconds, 68 years: the longest wait that can travel beside the time it began."""

RARE = 2**16
"""Set where an inquiry has a watch of its own or was deleted: fetched apart, because
in most rows neither is there and every column costs."""

ACCOUNT = 2**17

PACKED: dict[str, pl.DataType] = {
    "id": pl.Int64(),
    "author": pl.Int64(),
    "times": pl.Int64(),  # seconds since the start * 2^31 + wait + 1; 0: no answer
    "codes": pl.Int64(),  # account * 2^17 + RARE + four codes of four bits
}
"""Columns as they come out of the database."""

CODES = {"kind": 1, "found_by": 2**4, "step": 2**8, "addressed": 2**12}

PACKING = f"""
    SELECT id, author,
    (asked_at - {{start}}) * CAST({2**31} AS bigint) + CASE
        WHEN answered_at BETWEEN asked_at AND {{known}}
        THEN answered_at - asked_at + 1 ELSE 0 END AS times,
    account_id * CAST({ACCOUNT} AS bigint)
        + CASE WHEN watched_until IS NOT NULL OR deleted_at IS NOT NULL
            THEN {RARE} ELSE 0 END
        + kind + found_by * {2**4} + step * {2**8}
        + CASE WHEN addressed < 9 THEN addressed ELSE 9 END * {2**12} AS codes
    FROM inquiry WHERE asked_at >= {{start}} AND asked_at < {{end}} {{chosen}}
"""

UNPACKING = """
    SELECT id, watched_until AS own_until, deleted_at FROM inquiry
    WHERE asked_at >= {start} AND asked_at < {end} {chosen}
    AND (watched_until IS NOT NULL OR deleted_at IS NOT NULL)
"""

RARELY = ("id", "own_until", "deleted_at")

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
    with database.columnar() as connection:
        accounts = _accounts(connection)
        for low, high in _passes(connection, accounts):
            part = accounts.filter(pl.col("brand").is_between(low, high))
            frame = _read(
                connection, part, len(part) == len(accounts), day_from, day_to, as_of
            )
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
    total = fetch(connection, "SELECT coalesce(max(id), 0) AS top FROM inquiry", {})[
        "top"
    ][0]
    if brands.is_empty():
        return []
    if total <= AT_ONCE:
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
    connection: Any,
    accounts: pl.DataFrame,
    everything: bool,
    day_from: int,
    day_to: int,
    as_of: int,
) -> pl.DataFrame:
    start = int(day_from) * DAY
    ids = ", ".join(str(id_) for id_ in accounts["account"])
    where = {
        "start": start,
        "end": min(int(day_to) * DAY, int(as_of) + 1, start + 2**32),
        "known": min(int(as_of), start + LONGEST),
        "chosen": "" if everything else f"AND account_id IN ({ids})",
    }
    lookup = accounts.select("account", "brand", "family", "sampled", "until")
    parts = [
        _unpacked(batch, start, lookup)
        for batch in batches(connection, PACKING.format(**where), PACKED)
    ]
    if not parts:
        return pl.DataFrame(schema=TALLIED)
    frame = pl.concat(parts)
    rare = None
    if frame["rare"].any():
        types: dict[str, pl.DataType] = dict.fromkeys(RARELY, pl.Int64())
        rare = fetch(connection, UNPACKING.format(**where), types)
    return _typed(frame, rare, as_of)


def _unpacked(batch: pl.DataFrame, start: int, accounts: pl.DataFrame) -> pl.DataFrame:
    """One column for each thing that was packed; only rows of these accounts."""
    wait = pl.col("times") % 2**31
    asked = (pl.col("times") // 2**31 + start).alias("asked_at")
    codes = [
        (pl.col("codes") // size % 16).cast(pl.Int8).alias(name)
        for name, size in CODES.items()
    ]
    return batch.select(
        "id",
        "author",
        (pl.col("codes") // ACCOUNT).cast(pl.Int32).alias("account"),
        (pl.col("codes") // RARE % 2).cast(pl.Boolean).alias("rare"),
        asked,
        pl.when(wait > 0).then(asked + wait - 1).alias("answered_at"),
        *codes,
    ).join(accounts, on="account", how="inner", maintain_order="left")


def _typed(frame: pl.DataFrame, rare: pl.DataFrame | None, as_of: int) -> pl.DataFrame:
    """``frames.TALLIED``, with what only some rows have."""
    if rare is None:
        nothing = pl.lit(None, pl.Int64())
        frame = frame.with_columns(own_until=nothing, deleted_at=nothing)
    else:
        frame = frame.join(rare, on="id", how="left", maintain_order="left")
    deleted = pl.col("deleted_at")
    until = pl.min_horizontal("own_until", "until", pl.lit(as_of))
    return frame.with_columns(
        pl.when(deleted <= as_of).then(deleted).alias("deleted_at"),
        until.alias("watched_until"),
    ).select(pl.col(name).cast(kind) for name, kind in TALLIED.items())


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
