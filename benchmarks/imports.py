"""Import of a million conversations against the plainest insert there can be.

The floor is the standard library's ``executemany`` of the same rows, already in memory
as text, into a table of SQLite without any key or index. Ours starts at the CSV file
and ends with typed, hashed, deduplicated rows under two indexes, coverage included.
"""

import csv
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from jobs.importing import import_files
from settings import Settings
from store import Store

ROWS = 1_000_000
ACCOUNTS = 400
AUTHORS = 380_000
START = 1_767_225_600  # 2026-01-01
PERIOD_S = 91 * 86_400
RUNS = 5


def write_csv(path: Path, rows: int = ROWS, seed: int = 1) -> None:
    """A quarter of several channels, as their APIs spell ids, authors and links."""
    rng = np.random.default_rng(seed)
    weight = rng.pareto(1.2, ACCOUNTS) + 0.05
    account = rng.choice(ACCOUNTS, rows, p=weight / weight.sum())
    asked = START + np.sort(rng.integers(0, PERIOD_S, rows))
    wait = np.minimum(rng.lognormal(9, 2, rows), 14 * 86_400)
    answered = asked + wait.astype(np.int64)
    frame = pl.DataFrame(
        {
            "number": rng.permutation(10**8 + np.arange(rows)),
            "place": account,
            "person": (AUTHORS * rng.random(rows) ** 1.5).astype(np.int64),
            "asked": asked,
            "answered": np.where(rng.random(rows) < 0.6, answered, -1),
            "kind": rng.choice(3, rows, p=[0.5, 0.35, 0.15]),
        }
    )
    channel = pl.when(pl.col("place") % 3 == 0).then(pl.lit("mastodon"))
    channel = channel.otherwise(pl.lit("bluesky"))

    def iso(name: str) -> pl.Expr:
        return pl.from_epoch(name, "s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")

    frame.select(
        channel.alias("channel"),
        pl.format("brand{}.example.org", "place").alias("account"),
        pl.format("at://did:plc:{}/app.bsky.feed.post/{}", "person", "number").alias(
            "inquiry_id"
        ),
        pl.format("did:plc:{}", "person").alias("author"),
        iso("asked").alias("asked_at"),
        pl.col("kind")
        .replace_strict({0: "complaint", 1: "question", 2: "compliment"})
        .alias("kind"),
        pl.when(pl.col("answered") >= 0).then(iso("answered")).alias("answered_at"),
    ).write_csv(path)


def floor(path: Path, folder: Path) -> Callable[[], float]:
    """Rows in memory as text; each call inserts them into a new bare table."""
    with path.open(newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        texts = [tuple(row) for row in rows]
    columns, marks = ", ".join(names), ", ".join("?" * len(names))

    def once() -> float:
        bare = folder / "bare.db"
        bare.unlink(missing_ok=True)
        with sqlite3.connect(bare) as database:
            database.execute(f"CREATE TABLE bare ({columns})")
            start = time.perf_counter()
            database.executemany(f"INSERT INTO bare VALUES ({marks})", texts)
            database.commit()
            took = time.perf_counter() - start
        database.close()
        return took

    return once


def ours(path: Path, folder: Path) -> tuple[float, float]:
    """Seconds for the first import of a file, and for the same file again."""
    with tempfile.TemporaryDirectory(dir=folder) as var:
        settings = Settings(var=Path(var))
        store = Store(settings.database)
        store.migrate()
        took = []
        for new in (ROWS, 0):
            start = time.perf_counter()
            (report,) = import_files(store, settings, "interactions", [path])
            took.append(time.perf_counter() - start)
            if (report.new, report.kept) != (new, ROWS):
                raise ValueError(f"expected {new} new rows of {ROWS}: {report}")
        store.close()
    return took[0], took[1]


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "interactions.csv"
        write_csv(path)
        once = floor(path, folder)
        bare, first, again = [], [], []
        for _ in range(RUNS):
            bare.append(once())
            one, two = ours(path, folder)
            first.append(one)
            again.append(two)
        ratios = [floor_s / our_s for floor_s, our_s in zip(bare, first, strict=True)]
    yield (
        f"{ROWS:,} rows from CSV in {statistics.median(first):.2f} s,"
        f" executemany of the same rows {statistics.median(bare):.2f} s:"
        f" {statistics.median(ratios):.2f} of its rate (at least 0.50)"
    )
    yield f"the same file again, nothing changed: {statistics.median(again):.2f} s"
