"""Complaints of the US consumer bureau as columns, from a file or from its interface.

Source: the CSV files of the Consumer Complaint Database, "Company response to consumer"
also as "Company response" in older ones (looked at 2026-11-22). Days are written in
several ways, month first. Known gaps: see the channel. History: 2026-11, first version.
"""

from collections import Counter
from pathlib import Path

import polars as pl

from collectors import columns, files, hashing
from collectors.base import Known
from model import DAY
from model.frames import IMPORTED, conform
from model.looks import Reading
from model.words import RATES_ONLY, FoundBy, Kind, Step

SLUG = "cfpb"
NEEDED = (
    "Complaint ID",
    "Company",
    "Date received",
    "Date sent to company",
    "Timely response?",
)
COLUMNS = (
    *NEEDED, "Product", "Sub-product", "Issue", "Sub-issue",
    "Consumer complaint narrative", "Company public response", "State", "ZIP code",
    "Tags", "Consumer consent provided?", "Submitted via", "Consumer disputed?",
    "Company response to consumer", "Company response",
)  # fmt: skip
SETTLED = 20
"""Days after which a complaint that nobody answered is public like any other: the 15
that the firm has, and five for the Bureau. In a file of 2014 nobody is late among those
younger than 16 days, and from the twentieth day on as many are as ever."""
LIMIT = RATES_ONLY[SLUG]
EARLIEST, LATEST = 15_000, 40_000
"""Days since 1970: the Bureau opened in 2011."""
TWICE = "another row of the same complaint"
YOUNG = f"sent less than {SETTLED} days before the source stops knowing"
FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
ADDRESS = (
    "https://www.consumerfinance.gov/data-research/consumer-complaints/search/detail/{}"
)


def read_file(path: Path, *, secret: bytes, as_of: int | None, known: Known) -> Reading:
    """Reads one file. Raises UnreadableFile when it is no such file."""
    table = files.read_csv(path, files.read_bytes(path), NEEDED)
    complaints = parsed(table.frame)
    latest = columns.latest(complaints, ["received", "sent"]) or EARLIEST
    end = (latest if as_of is None else as_of // DAY) - SETTLED
    kept, refused = sifted(complaints, end)
    once = kept.unique("id", keep="first", maintain_order=True)
    refused[TWICE] = kept.height - once.height
    inquiries = hashed(columns.one_spelling(once), secret)
    return Reading(
        channel=SLUG,
        inquiries=inquiries,
        read=table.read,
        refused=columns.positive(Counter(table.refused) + refused),
        notes=table.notes + columns.unknown(table.frame.columns, COLUMNS),
        since=columns.earliest(inquiries, ["asked_at"]),
        as_of=None if inquiries.is_empty() else min(end, latest) * DAY,
    )


def parsed(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` has the columns NEEDED, as texts. Days since 1970; null: none."""
    return frame.select(
        channel=pl.lit(SLUG),
        account=pl.col("Company").str.strip_chars(),
        id=pl.col("Complaint ID").str.strip_chars().str.replace(r"\.0+$", ""),
        received=_day("Date received"),
        sent=_day("Date sent to company"),
        said=pl.col("Timely response?").str.strip_chars().str.to_lowercase(),
    )


def _day(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars().str.slice(0, 10)
    days = (text.str.to_date(each, strict=False) for each in FORMATS)
    day = pl.coalesce(
        pl.when(each.dt.year() >= 1990).then(each.cast(pl.Int32)) for each in days
    )
    return pl.when(day.is_between(EARLIEST, LATEST)).then(day).cast(pl.Int64)


def sifted(frame: pl.DataFrame, end: int) -> tuple[pl.DataFrame, Counter[str]]:
    """Complaints sent to their firm up to a day, which is not after ``end``."""
    received, sent = pl.col("received"), pl.col("sent")
    return columns.sift(
        frame,
        {
            "the company is missing": pl.col("account") == "",
            "the company is longer than 300 characters": (
                pl.col("account").str.len_chars() > 300
            ),
            "the company holds control characters": pl.col("account").str.contains(
                r"\p{Cc}"
            ),
            "Complaint ID is not a number": ~pl.col("id").str.contains(r"^\d{1,15}$"),
            "the day it was sent to the company is not a day since 2011": (
                sent.is_null()
            ),
            "sent to the company before it was received": sent < received,
            "whether it was answered in time is not said": (
                ~pl.col("said").is_in(["yes", "no"])
            ),
            YOUNG: sent > end,
        },
    )


def hashed(rows: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """As IMPORTED. Answered in time: by the end of the limit, the moment of which is
    all that is known. Watched on the day of asking alone, answered or not."""
    timely = pl.col("said") == "yes"
    asked = pl.col("sent") * DAY
    ids = rows.select(pl.format(SLUG + "|{}", "id")).to_series()
    return conform(
        rows.select(
            "channel",
            "account",
            hashing.keys(ids).alias("key"),
            hashing.authors(ids, rows["sent"] * DAY, secret).alias("author"),
            asked.alias("asked_at"),
            pl.when(timely).then(asked + LIMIT).alias("answered_at"),
            asked.alias("watched_until"),
            step=pl.when(timely).then(int(Step.UNJUDGED)).otherwise(int(Step.NONE)),
            kind=pl.lit(int(Kind.COMPLAINT)),
            found_by=pl.lit(int(FoundBy.LIST)),
            addressed=pl.lit(1),
            url=pl.format(ADDRESS, "id"),
        ),
        IMPORTED,
    )
