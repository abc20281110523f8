"""The rows of a bundle as publishing takes them, slice by slice, each one checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from jobs import Failed
from jobs.bundle.claims import Claims
from jobs.bundle.reading import blocks, read_table
from model.bundle import (
    ACCOUNTS,
    BRANDS,
    COVERAGE,
    INDUSTRIES,
    INQUIRIES,
    PUBLICATIONS,
    Table,
)
from model.frames import ANSWERED, COVERED, DIRECTORY, POSTED, conform, empty
from model.words import CHANNEL_FAMILY, DAY, SAMPLED_CHANNELS, Step
from scoring.book import book
from scoring.freeze import FURTHEST
from scoring.rows import asked, further_asked, reasons_asked

SLICE = 400_000
"""Rows counted at one time, at least; a brand is never cut in two."""

KEPT = 1_000
"""Wrong reasons kept one by one."""

ORDER = ("brand", "person", "asked_at")
DIRECTORY_KEY = ["channel", "account"]


class Rows:
    """A bundle's rows. Raises Failed as they are read."""

    def __init__(self, folder: Path, claimed: Claims, progress: Any) -> None:
        self._folder, self._progress = folder, progress
        self._period = claimed.period
        self._cuts: dict[str, str] = claimed.said["cuts"]
        self._expected: int = claimed.said["messages"]
        self.directory = _directory(folder)
        self.names, numbers = book(self.directory)
        # account ids are lines of accounts.csv; from here on, numbers of the book
        self.directory = self.directory.with_columns(
            pl.Series("id", numbers[: len(self.directory)], dtype=pl.Int32)
        )
        self._accounts = self.directory.select(
            *DIRECTORY_KEY, "slug", pl.col("id").alias("number")
        )
        self.covered = self._by_day(COVERAGE, COVERED)
        self.posted = self._by_day(PUBLICATIONS, POSTED)
        self.count = 0
        self._answers = [empty(ANSWERED)]
        self.reasons: list[tuple[int, str, str]] = []  # line, published, recomputed
        self.more_reasons = 0

    def slices(self) -> Iterator[pl.DataFrame]:
        """TALLIED, whole brands at a time."""
        waiting: list[pl.DataFrame] = []
        held, seen = 0, ""
        for block in blocks(self._folder, INQUIRIES):
            first, last = block["brand"][0], block["brand"][-1]
            if seen and first < seen:
                raise Failed(self._disorder(self.count + held))
            if held >= SLICE and first != last:
                whole = block.filter(pl.col("brand") == first)
                yield self._slice([*waiting, whole], held + len(whole))
                block = block.filter(pl.col("brand") != first)
                waiting, held = [], 0
            waiting.append(block)
            held, seen = held + len(block), last
        if waiting:
            yield self._slice(waiting, held)

    @property
    def answers(self) -> pl.DataFrame:
        """ANSWERED of the rows that have been read; an inquiry's number is its line."""
        return pl.concat(self._answers)

    def _slice(self, waiting: list[pl.DataFrame], rows: int) -> pl.DataFrame:
        frame = pl.concat(waiting)
        self._check_order(frame)
        placed = frame.join(
            self._accounts, on=DIRECTORY_KEY, how="left", maintain_order="left"
        )
        self._check(placed)
        placed = placed.with_row_index("id", self.count).cast({"id": pl.Int64()})
        self._answers.append(further_asked(placed))
        account = placed["number"].to_numpy().astype(np.int64)
        tallied = asked(placed, account, self.names, self._period)
        people = frame["person"].to_numpy().astype(np.int64)
        why = reasons_asked(tallied, people, self.names, self._period, self._cuts)
        self._compare(frame["not_counted"], why)
        self.count += rows
        self._progress(self.count, max(self._expected, self.count))
        return tallied.with_columns(placed["id"])

    def _compare(self, was: pl.Series, now: pl.Series) -> None:
        apart = was.ne_missing(now).arg_true()
        room = max(KEPT - len(self.reasons), 0)
        self.reasons += [
            (self.count + at + 2, was[at] or "counted", now[at] or "counted")
            for at in apart[:room]
        ]
        self.more_reasons += max(len(apart) - room, 0)

    def _check_order(self, frame: pl.DataFrame) -> None:
        """By brand, person and time; each brand's people are 0, 1, 2 and so on."""
        brand, person, moment = (pl.col(name) for name in ORDER)
        same = brand == brand.shift(1)
        step = person - person.shift(1)
        late = moment < moment.shift(1)
        wrong = frame.select(
            pl.when(same.fill_null(False))
            .then((step < 0) | (step > 1) | ((step == 0) & late))
            .otherwise((person != 0) | (brand < brand.shift(1)).fill_null(False))
        ).to_series()
        if wrong.any():
            raise Failed(self._disorder(self.count + int(wrong.arg_true()[0])))

    def _disorder(self, row: int) -> str:
        return (
            f"{INQUIRIES.file}, line {row + 2}: expected rows by {', '.join(ORDER)},"
            " the people of each brand numbered from 0 without a gap"
        )

    def _check(self, placed: pl.DataFrame) -> None:
        """Each row belongs where it says, and its times can be."""
        as_of = self._period.as_of
        end = min(self._period.day_to * DAY, as_of + 1) - 1
        asked_at = pl.col("asked_at")
        latest = pl.min_horizontal(asked_at + FURTHEST, pl.lit(as_of))
        rules = {
            "account": (
                pl.col("number").is_null(),
                f"an account of {ACCOUNTS.file}",
            ),
            "brand": (
                pl.col("brand") != pl.col("slug"),
                f"the account's brand, as in {ACCOUNTS.file}",
            ),
            "asked_at": (
                ~asked_at.is_between(self._period.start, end),
                "a time of the period",
            ),
            "answered_at": (
                ~pl.col("answered_at").is_between(asked_at, latest),
                "a time from asked_at until as_of",
            ),
            "watched_until": (
                ~pl.col("watched_until").is_between(0, as_of),
                "a time until as_of",
            ),
            "deleted_at": (
                ~pl.col("deleted_at").is_between(0, as_of),
                "a time until as_of",
            ),
            "person": (pl.col("person") > FURTHEST, "a number below 2**31"),
            "addressed": (pl.col("addressed") > 9, "a number up to 9"),
            "step": (
                pl.col("step").is_not_null() & pl.col("answered_at").is_null(),
                "nothing where there is no answer",
            ),
            "substantive_at": (
                ~(
                    (pl.col("substantive_at") > pl.col("answered_at"))
                    & (pl.col("substantive_at") <= latest)
                    & (pl.col("step") != Step.SUBSTANTIVE.name.lower())
                ).fill_null(False)
                & pl.col("substantive_at").is_not_null(),
                "a time after answered_at until as_of, of an answer that was none of"
                " substance",
            ),
            "personal": (
                pl.col("personal").is_not_null() & pl.col("answered_at").is_null(),
                "nothing where there is no answer",
            ),
            "copied": (
                pl.col("copied").is_not_null()
                & (pl.col("step") != Step.REDIRECT.name.lower()).fill_null(True),
                "nothing where the answer is no redirection",
            ),
        }
        for column, (wrong, expected) in rules.items():
            found = placed.select(wrong.fill_null(False)).to_series()
            if found.any():
                at = int(found.arg_true()[0])
                raise Failed(
                    f"{INQUIRIES.file}, line {self.count + at + 2}, column {column}:"
                    f" expected {expected}, found {str(placed[column][at])[:80]!r}"
                )

    def _by_day(self, table: Table, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        frame = read_table(self._folder, table).join(
            self._accounts, on=DIRECTORY_KEY, how="left", maintain_order="left"
        )
        inside = pl.col("day").is_between(
            self._period.day_from, self._period.day_to - 1
        )
        wrong = pl.col("number").is_null() | ~inside
        wrong |= pl.max_horizontal(pl.col(name) for name in table.names[3:]) > (
            DAY if table is COVERAGE else FURTHEST
        )
        found = frame.select(wrong).to_series()
        if found.any():
            line = int(found.arg_true()[0]) + 2
            raise Failed(
                f"{table.file}, line {line}: expected an account"
                f" of {ACCOUNTS.file}, a day of the period and numbers that fit it"
            )
        return conform(
            frame.select(pl.col("number").alias("account"), "day", *table.names[3:]),
            schema,
        )


def _directory(folder: Path) -> pl.DataFrame:
    """DIRECTORY of the bundle's own accounts, brands and industries."""
    accounts = read_table(folder, ACCOUNTS)
    brands = read_table(folder, BRANDS)
    industries = read_table(folder, INDUSTRIES)
    _all_used(brands, accounts, "brand", BRANDS, ACCOUNTS)
    _all_used(industries, brands, "industry", INDUSTRIES, BRANDS)
    families = {channel: family.value for channel, family in CHANNEL_FAMILY.items()}
    wrong = accounts.filter(
        (pl.col("family") != pl.col("channel").replace_strict(families, default=None))
        | (pl.col("sampled") != pl.col("channel").is_in(sorted(SAMPLED_CHANNELS)))
    )
    if len(wrong):
        channel = wrong["channel"][0]
        raise Failed(
            f"{ACCOUNTS.file}: channel {channel} is of family {families[channel]} and"
            f" {'' if channel in SAMPLED_CHANNELS else 'not '}sampled for this code"
        )
    named = brands.join(
        industries.rename({"name": "industry_name"}), on="industry", how="left"
    )
    whole = accounts.join(named, on="brand", how="left", maintain_order="left")
    return conform(
        whole.select(
            pl.int_range(pl.len()).alias("id"),
            *("channel", "account", "name", "industry", "industry_name"),
            pl.col("brand").alias("slug"),
        ),
        DIRECTORY,
    )


def _all_used(
    named: pl.DataFrame, using: pl.DataFrame, column: str, table: Table, user: Table
) -> None:
    """Everything named is used and everything used is named."""
    there, used = set(named[column]), set(using[column])
    for odd in sorted(there ^ used):
        raise Failed(
            f"{user.file} and {table.file} do not belong together: {column}"
            f" {odd[:80]!r} is only in {table.file if odd in there else user.file}"
        )
