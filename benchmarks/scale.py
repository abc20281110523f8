"""Ten million inquiries of 5,000 brands on five channels, each against its floor.

From Parquet: the tally of every cut, against DuckDB counting and adding up the same
files by account. From SQLite: the tally of what an edition prints, and a whole edition,
against the standard library reading the file row by row. Each run is a process of its
own; the file takes some minutes to make.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import rolling
from benchmarks.publishing import AS_OF, DAYS, FIRST, _peak, build
from model.words import Count, Cut
from scoring.book import Book, Period
from scoring.counting import LEVELS, Counting, What, count
from scoring.edition import INQUIRIES, tallied, thawed
from scoring.tally import sliced
from store import Store

ROWS = 10_000_000
BRANDS = 5_000
RUNS = 3
NAME = "bench-parts"
PERIOD = Period(FIRST, FIRST + DAYS, AS_OF)

COLUMNS = "account_id, author, asked_at, answered_at, watched_until, kind, found_by"
BARE = (
    "SELECT account, count(*), sum(CASE WHEN wait_s <= 86400 THEN 1 ELSE 0 END)"
    " FROM read_parquet({files}) GROUP BY account"
)


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="answerable-bench-") as folder:
        path = Path(folder) / "scale.db"
        yield build(path, ROWS, BRANDS)
        yield from _said(path)


def _said(path: Path) -> Iterator[str]:
    """Every timing, floors and what they are floors of in turn."""
    _timed("parts", path, 0)
    pairs = (
        ("duckdb", "parquet", "the tally of all cuts from Parquet", 15),
        ("rows", "tally", "the tally from SQLite", 1.2),
        ("rows", "edition", "a whole edition from SQLite", 2),
    )
    for floor, what, words, wanted in pairs:
        floors, runs = [], []
        for number in range(RUNS):
            floors.append(_timed(floor, path, number))
            runs.append(_timed(what, path, number))
        bare, took = (median(each["s"] for each in some) for some in (floors, runs))
        peak = max(each["mib"] for each in runs)
        yield (
            f"{words}: {took:.2f} s against {bare:.2f} s = {took / bare:.2f} x"
            f" (wanted: at most {wanted}), of processor time"
            f" {_times(floors, runs):.2f} x, peak {peak:.0f} MiB (wanted: under 2048)"
        )
    yield from rolling.said(
        [
            (_timed("anew", path, number), _timed("moved on", path, number))
            for number in range(RUNS)
        ]
    )


def _times(floors: list[dict[str, float]], runs: list[dict[str, float]]) -> float:
    """How many times the processor time of its floor, which others cannot stretch."""
    pairs = zip(floors, runs, strict=True)
    return median(run["cpu"] / floor["cpu"] for floor, run in pairs)


def _timed(what: str, path: Path, number: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", what, str(path), str(number)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _files(path: Path) -> dict[str, Path]:
    """The frozen parts of the edition, as Parquet files beside the database."""
    folder = path.with_suffix(".parts")
    return {file.stem: file for file in sorted(folder.glob("*.parquet"))}


def parts(path: Path, _: str) -> None:
    """Publishes once, and writes what the edition froze as files."""
    from jobs.publishing import publish

    store = Store(f"sqlite:///{path}")
    publish(store, PERIOD.day_from, PERIOD.day_to, AS_OF, NAME)
    folder = path.with_suffix(".parts")
    folder.mkdir()
    for name, part in store.edition_parts(NAME).items():
        (folder / f"{name}.parquet").write_bytes(part)


def duckdb(path: Path, _: str) -> None:
    import duckdb as library

    files = [str(file) for name, file in _files(path).items() if INQUIRIES in name]
    library.connect().execute(BARE.format(files=files)).fetchall()


def parquet(path: Path, _: str) -> None:
    """Every cut, by people, on every level."""
    files = _files(path)
    names = Book(thawed(files["accounts"].read_bytes()))
    frozen = (tallied(f.read_bytes()) for n, f in files.items() if INQUIRIES in n)
    _count(frozen, names, What(tuple(Cut), Count.PEOPLE, LEVELS))


def _count(frozen: Iterator[object], names: Book, what: What) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from scoring.ahead import WORKERS, ahead
    from scoring.standing import NOTHING

    counting = Counting(names, PERIOD, what, NOTHING, NOTHING)
    with ThreadPoolExecutor(WORKERS) as pool:
        for found in ahead(
            pool, lambda rows: count(sliced(rows, names), names, what), frozen
        ):
            counting.add(found)


def rows(path: Path, _: str) -> None:
    with sqlite3.connect(path) as raw:
        for _row in raw.execute(f"SELECT {COLUMNS} FROM inquiry"):
            pass


def tally(path: Path, _: str) -> None:
    """What an edition prints, counted: no intervals, no ranks, nothing written."""
    from jobs.publishing import ROWS_PER_SLICE, named
    from scoring.book import book
    from scoring.freeze import freeze

    store = Store(f"sqlite:///{path}")
    span = (PERIOD.day_from, PERIOD.day_to, PERIOD.as_of, ROWS_PER_SLICE)
    what = What((Cut.ALL, Cut.NEEDS_ANSWER))
    with store.tallied(*span) as found:
        names, numbers = book(named(found.directory))
        frozen = (freeze(each, names, numbers, PERIOD) for each in found.slices)
        _count(frozen, names, what)


def edition(path: Path, number: str) -> None:
    from jobs.publishing import publish

    store = Store(f"sqlite:///{path}")
    publish(store, PERIOD.day_from, PERIOD.day_to, AS_OF, f"bench-{number}")


WORK = {
    "parts": parts,
    "duckdb": duckdb,
    "parquet": parquet,
    "rows": rows,
    "tally": tally,
    "edition": edition,
}
"""What is timed from outside."""

THEMSELVES = {"anew": rolling.anew, "moved on": rolling.moved_on}
"""What times itself."""


def _child(what: str, path: str, number: str) -> None:
    import adbc_driver_sqlite.dbapi  # noqa: F401  # loaded when first needed, not timed
    import pyarrow.parquet  # noqa: F401

    if what in THEMSELVES:
        sys.stdout.write(json.dumps(THEMSELVES[what](Path(path))))
        return
    start, work = time.perf_counter(), time.process_time()
    WORK[what](Path(path), number)
    took, cpu = time.perf_counter() - start, time.process_time() - work
    sys.stdout.write(json.dumps({"s": took, "cpu": cpu, "mib": _peak()}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
