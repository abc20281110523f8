"""What an imported file says, merged into the tables as sets of rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from model.frames import IMPORTED, PUBLISHED, conform
from model.looks import Reading
from model.words import DAY
from store.database import Database
from store.naming import UNCLASSIFIED, Names, slugify
from store.staging import fed, staged
from store.upsert import Counts, combine, inquiries_of, said, split, upsert

CHUNK = 50_000
"""Rows a transaction on SQLite: nobody else waits longer than 0.1 s to write."""


@dataclass(frozen=True)
class Merged:
    """What became of a file's inquiries, and the accounts nobody has placed."""

    new: int
    changed: int
    same: int
    unknown_accounts: list[tuple[str, str]]  # (channel, account)


class _Named(NamedTuple):
    """An account as a file names it."""

    channel: str
    account: str
    brand: str | None
    industry: str | None


def merge(database: Database, reading: Reading) -> Merged:
    """Merges a file. Taken again, whole or in part, it changes nothing."""
    inquiries = conform(reading.inquiries, IMPORTED)
    published = conform(reading.published, PUBLISHED)
    named = _named(inquiries, published)
    if not named or reading.as_of is None:
        return Merged(0, 0, 0, [])
    with database.writing() as session:
        known = _accounts(session.connection(), named)
    ids = known.select("channel", "account", "account_id")
    frames = {
        "published": _published(published, ids),
        "account": ids.select(pl.col("account_id").unique()).sort("account_id"),
        "day": _days(reading),
    }
    rows = combine(said(inquiries_of(_with_ids(inquiries, ids))))
    with staged(database, frames, large=len(rows) > CHUNK) as connection:
        counts = _merge_inquiries(connection, database.path, rows)
        with connection.begin():
            _publish(connection)
            _watch(connection, reading)
    unknown = known.filter("unclassified").select("channel", "account").unique()
    return Merged(*counts, unknown.sort("channel", "account").rows())


def _merge_inquiries(
    connection: Connection, path: Path | None, inquiries: pl.DataFrame
) -> Counts:
    counts = Counts(0, 0, 0)
    frame, values = split(inquiries)
    for rows in fed(connection, path, "inquiry", frame):
        step = CHUNK if path else max(rows, 1)
        for first in range(1, rows + 1, step):
            with connection.begin():
                last = min(first + step - 1, rows)
                counts += upsert(connection, first, last, values)
    return counts


def _named(inquiries: pl.DataFrame, published: pl.DataFrame) -> list[_Named]:
    """Every account of the file once, with the first hint it gives."""
    hinted = inquiries.group_by("channel", "account", maintain_order=True).agg(
        pl.col("brand").drop_nulls().first(), pl.col("industry").drop_nulls().first()
    )
    bare = published.select("channel", "account").unique(maintain_order=True)
    both = pl.concat([hinted, bare], how="diagonal").unique(
        ["channel", "account"], keep="first", maintain_order=True
    )
    return [_Named(*row) for row in both.rows()]


def _accounts(connection: Connection, named: list[_Named]) -> pl.DataFrame:
    """The accounts of the file, made where they were missing.

    channel, account (as the file spells it), account_id, unclassified.
    """
    known = _known(connection)
    missing = [each for each in named if _find(known, each) is None]
    if missing:
        _create(connection, missing)
        known = _known(connection)
    found = [_find(known, each) for each in named]
    return pl.DataFrame(
        [(n.channel, n.account, *f) for n, f in zip(named, found, strict=True) if f],
        schema={
            "channel": pl.String(),
            "account": pl.String(),
            "account_id": pl.Int32(),
            "unclassified": pl.Boolean(),
        },
        orient="row",
    )


Known = dict[tuple[str, str], tuple[int, bool]]


def _known(connection: Connection) -> Known:
    """(channel, account): its id and whether it is unclassified.

    Also by its name in lower case, which the exact spelling beats.
    """
    rows = connection.execute(
        text(
            "SELECT account.channel, account.account, account.id, industry.slug"
            " FROM account JOIN brand ON brand.id = account.brand_id"
            " JOIN industry ON industry.id = brand.industry_id ORDER BY account.id"
        )
    ).all()
    exact: Known = {
        (channel, account): (id_, slug == UNCLASSIFIED[0])
        for channel, account, id_, slug in rows
    }
    lower = {(c, a.lower()): found for (c, a), found in reversed(exact.items())}
    return lower | exact


def _find(known: Known, named: _Named) -> tuple[int, bool] | None:
    channel, account = named.channel, named.account
    return known.get((channel, account)) or known.get((channel, account.lower()))


def _create(connection: Connection, missing: list[_Named]) -> None:
    industries = Names(connection, "industry")
    brands = Names(connection, "brand")
    industry_of: dict[str, str] = {}  # new brand: its industry, both slugs
    brand_of: dict[tuple[str, str], str] = {}
    first_spelling = {(n.channel, n.account.lower()): n for n in reversed(missing)}
    for named in reversed(first_spelling.values()):
        if named.brand:
            brand = brands.place(named.brand)
        else:
            brand = brands.own(named.account.lstrip("@"), slugify(named.channel))
        industry = industries.place(named.industry or UNCLASSIFIED[1])
        industry_of.setdefault(brand, industry)
        brand_of[named.channel, named.account] = brand
    _insert(
        connection,
        "INSERT INTO industry (slug, name, nace) VALUES (:slug, :name, '')",
        [{"slug": slug, "name": name} for slug, name in industries.new.items()],
    )
    ids = Names(connection, "industry").ids
    _insert(
        connection,
        "INSERT INTO brand (industry_id, slug, name, country, website, wikidata,"
        " former_names) VALUES (:industry, :slug, :name, '', '', '', '')",
        [
            {"industry": ids[industry_of[slug]], "slug": slug, "name": name}
            for slug, name in brands.new.items()
        ],
    )
    ids = Names(connection, "brand").ids
    _insert(
        connection,
        "INSERT INTO account (brand_id, channel, account, role, evidence, confidence,"
        " note, external_id, problem)"
        " VALUES (:brand, :channel, :account, 'main', '', '', '', '', '')",
        [
            {"brand": ids[slug], "channel": channel, "account": account}
            for (channel, account), slug in brand_of.items()
        ],
    )


def _insert(connection: Connection, sql: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(text(sql), rows)


def _with_ids(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    return frame.join(ids, on=["channel", "account"], maintain_order="left")


def _published(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    return (
        _with_ids(frame, ids)
        .group_by("account_id", "day")
        .agg(pl.col("posts", "replies").sum())
        .sort("account_id", "day")
    )


def _days(reading: Reading) -> pl.DataFrame:
    """The days a file knows, and how many seconds of each."""
    assert reading.as_of is not None
    since = min(
        reading.as_of if reading.since is None else reading.since, reading.as_of
    )
    days = pl.DataFrame(
        {
            "day": pl.int_range(
                since // DAY, reading.as_of // DAY + 1, dtype=pl.Int32, eager=True
            )
        }
    )
    end = pl.lit(reading.as_of) - pl.col("day").cast(pl.Int64) * DAY
    return days.with_columns(end.clip(0, DAY).cast(pl.Int32).alias("seconds")).filter(
        pl.col("seconds") > 0
    )


def _publish(connection: Connection) -> None:
    """A file says how many posts a day had, not how many more: it replaces."""
    connection.execute(
        text(
            "INSERT INTO publication (account_id, day, posts, replies)"
            " SELECT account_id, day, posts, replies FROM stage_published WHERE true"
            " ON CONFLICT (account_id, day) DO UPDATE"
            " SET posts = excluded.posts, replies = excluded.replies"
        )
    )


def _watch(connection: Connection, reading: Reading) -> None:
    """The accounts of a file were watched for as long as the file knows."""
    connection.execute(
        text(
            "INSERT INTO coverage (account_id, day, seconds)"
            " SELECT a.account_id, d.day, d.seconds"
            " FROM stage_account a CROSS JOIN stage_day d WHERE true"
            " ORDER BY a.account_id, d.day"
            " ON CONFLICT (account_id, day) DO UPDATE SET seconds = excluded.seconds"
            " WHERE excluded.seconds > coverage.seconds"
        )
    )
    connection.execute(
        text(
            "UPDATE account SET"
            " resolved_at = coalesce(resolved_at, :as_of),"
            " watched_from = CASE WHEN watched_from <= :since THEN watched_from"
            " ELSE :since END,"
            " watched_until = CASE WHEN watched_until >= :as_of THEN watched_until"
            " ELSE :as_of END"
            " WHERE id IN (SELECT account_id FROM stage_account)"
        ),
        {
            "as_of": reading.as_of,
            "since": reading.as_of if reading.since is None else reading.since,
        },
    )
