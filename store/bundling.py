"""What a bundle needs of the database beside the parts an edition froze."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from store.database import Database
from store.packed import batches, fetch

LINK: dict[str, pl.DataType] = {
    "id": pl.Int64(),
    "asked_at": pl.Int64(),
    "url": pl.String(),
}


def lines(
    database: Database, edition_id: int, types: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """The lines of an edition as columns of these names, in their order."""
    names = ", ".join(f'"{name}"' for name in types)
    with database.columnar() as connection:
        return fetch(
            connection,
            f"SELECT {names} FROM standing WHERE edition_id = {int(edition_id)}"
            " ORDER BY id",
            dict(types),
        )


def details(
    database: Database, edition_id: int, topic: Literal["standard"] | None = None
) -> pl.DataFrame:
    """The details of an edition, key and body, sorted by their key; of one topic."""
    key = ("topic", "level", "family", "channel", "slug")
    names = ", ".join((*key, "body"))
    with database.columnar() as connection:
        return fetch(
            connection,
            f"SELECT {names} FROM edition_detail WHERE edition_id = {int(edition_id)}"
            + (f" AND topic = '{topic}'" if topic else ""),
            dict.fromkeys((*key, "body"), pl.String()),
        ).sort(key)


def links(database: Database, asked: pl.DataFrame) -> pl.DataFrame:
    """``asked`` (id, asked_at) with the ``url`` of each that still stands; the others
    are absent. An id that was given to another inquiry since is another inquiry."""
    if asked["id"].null_count() == len(asked):
        return pl.DataFrame(schema=LINK)
    low, high = asked.select(low=pl.col("id").min(), high=pl.col("id").max()).row(0)
    statement = (
        "SELECT id, asked_at, url FROM inquiry WHERE url IS NOT NULL AND deleted_at"
        f" IS NULL AND id BETWEEN {low} AND {high}"
    )
    with database.columnar() as connection:
        found = [
            batch.join(asked, on=["id", "asked_at"], how="semi")
            for batch in batches(connection, statement, LINK)
        ]
    return pl.concat(found) if found else pl.DataFrame(schema=LINK)
