"""Who is who in an edition: accounts in a fixed order, and what they are pooled into.

Accounts are numbered by what they are called, never by their ids in a database, so
that the same data give the same edition however they were loaded.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.frames import DIRECTORY, conform
from model.words import (
    CHANNEL_FAMILY,
    DAY,
    FAMILIES,
    RATES_ONLY,
    SAMPLED_CHANNELS,
    Level,
)
from scoring.method import LIMITS

Numbers = NDArray[np.int64]

KEYS: dict[Level, tuple[str, ...]] = {
    Level.BRAND: ("slug", "family"),
    Level.CHANNEL: ("slug", "channel"),
    Level.ACCOUNT: ("slug", "channel", "account"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Inquiries asked from day_from (included) to day_to (excluded), UTC days since
    1970, as they were known at ``as_of`` (epoch seconds)."""

    day_from: int
    day_to: int
    as_of: int

    @property
    def days(self) -> int:
        return self.day_to - self.day_from

    @property
    def start(self) -> int:
        return self.day_from * DAY


@dataclass(frozen=True)
class Book:
    """The accounts of an edition. ``accounts`` has the columns of DIRECTORY without
    ``id``, and ``family`` (its word) and ``sampled``; line i is account number i."""

    accounts: pl.DataFrame

    @cached_property
    def family(self) -> Numbers:
        """Place in words.FAMILIES, by account."""
        places = {family.value: place for place, family in enumerate(FAMILIES)}
        column = self.accounts["family"].replace_strict(
            places, return_dtype=pl.Int64, default=None
        )
        return column.to_numpy()

    @cached_property
    def limits(self) -> Numbers:
        """(families, 3): t1, t2, t3 in seconds."""
        return np.array(
            [
                (LIMITS[family].t1, LIMITS[family].t2, LIMITS[family].t3)
                for family in FAMILIES
            ],
            dtype=np.int64,
        )

    @cached_property
    def horizon(self) -> Numbers:
        """Seconds an inquiry is given, by account."""
        return np.asarray(self.limits[self.family, 2])

    @cached_property
    def promised(self) -> Numbers:
        """Seconds within which its channel says whether there was an answer, by
        account; 0: the channel says when."""
        column = self.accounts["channel"].replace_strict(
            RATES_ONLY, return_dtype=pl.Int64, default=0
        )
        return column.to_numpy()

    @cached_property
    def pool(self) -> Numbers:
        """By account: one number for each brand, family and way of being seen. In
        one pool a person counts once a day."""
        return self._numbered("slug", "family", "sampled")

    @cached_property
    def brand(self) -> Numbers:
        """One number for each brand, by account."""
        return self._numbered("slug")

    @cached_property
    def industries(self) -> dict[str, str]:
        """Name of each industry, by slug."""
        columns = self.accounts.select("industry", "industry_name").unique()
        return dict(columns.rows())

    def entity(self, level: Level) -> Numbers:
        """By account, the number of the entity it belongs to; -1 belongs to none.

        A brand pools its channels of one family that are seen in full; one seen as a
        sample stands alone.
        """
        return self._entities[level]

    @cached_property
    def _entities(self) -> dict[Level, Numbers]:
        """Asked for with every slice and cut."""
        numbers = {level: self._numbered(*keys) for level, keys in KEYS.items()}
        alone = self.accounts["sampled"].to_numpy()
        numbers[Level.BRAND] = np.where(alone, -1, numbers[Level.BRAND])
        return numbers

    def described(self, level: Level) -> pl.DataFrame:
        """Who each entity is: ``entity`` and the first columns of a standing."""
        mine = self.accounts.with_columns(
            pl.Series("entity", self.entity(level), dtype=pl.Int64)
        ).filter(pl.col("entity") >= 0)
        blank = pl.lit("")
        return mine.unique("entity", keep="first", maintain_order=True).select(
            "entity",
            pl.lit(level.value).alias("level"),
            "family",
            (blank if level is Level.BRAND else pl.col("channel")).alias("channel"),
            (pl.col("account") if level is Level.ACCOUNT else blank).alias("account"),
            "slug",
            "name",
            "industry",
            pl.when("sampled").then("channel").otherwise(blank).alias("alone"),
        )

    def _numbered(self, *keys: str) -> Numbers:
        return (
            self.accounts.select(
                pl.struct(*keys).ne_missing(pl.struct(*keys).shift(1)).cum_sum() - 1
            )
            .to_series()
            .cast(pl.Int64)
            .to_numpy()
        )


def book(directory: pl.DataFrame) -> tuple[Book, Numbers]:
    """The book of a directory (DIRECTORY), and the account number of each account id
    (-1: no such account)."""
    family = {channel: family.value for channel, family in CHANNEL_FAMILY.items()}
    known = conform(directory, DIRECTORY).with_columns(
        pl.col("channel")
        .replace_strict(family, return_dtype=pl.String)
        .alias("family"),
        pl.col("channel").is_in(sorted(SAMPLED_CHANNELS)).alias("sampled"),
    )
    ordered = known.sort("slug", "family", "sampled", "channel", "account")
    ids = ordered["id"].to_numpy()
    number = np.full(int(ids.max()) + 1 if len(ids) else 1, -1, dtype=np.int64)
    number[ids] = np.arange(len(ids))
    return Book(ordered.drop("id")), number
