"""Publishing two million inquiries of 3,000 brands, against one bare GROUP BY.

Each run is a process of its own on the same SQLite file, so that its peak memory is
its own. What is timed is the statement, or the call of ``publish``, in a process that
has loaded its libraries, as the worker has. The file is made by the store, in four
batches that overlap in time, as a growing database is.

The first edition of a database reads all of it (cold); every later one finds columns
kept in files and reads what is new (warm: one row in a hundred is new, one in four
hundred was answered meanwhile). Each is set against the statement in the same round,
without the details (curves, rhythm, what-if ...), and once more with them.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from model import DAY
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import IMPORTED, conform
from model.looks import Reading
from scoring.intervals import score_limits
from scoring.ranks import range_critical, rank_ranges
from store import Store

ROWS = 2_000_000
BRANDS = 3_000
BATCHES = 4
RUNS = 5
FIRST = 20_545  # 2026-04-02, a Thursday
DAYS = 91
AS_OF = (FIRST + DAYS + 11) * DAY
CHANNELS = ("bluesky", "mastodon", "github", "google_play", "consumidor")
SAYS_KIND = ("google_play", "consumidor")

FLOOR = (
    "SELECT account_id, count(*), sum(answered_at - asked_at <= 86400)"
    " FROM inquiry GROUP BY account_id"
)


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="answerable-bench-") as folder:
        path = Path(folder) / "publishing.db"
        yield build(path)
        floor, cold, warm, whole = ([] for _ in range(4))
        for number in range(RUNS):
            shutil.rmtree(f"{path}.columns", ignore_errors=True)
            floor.append(_timed("floor", path, f"floor-{number}"))
            cold.append(_timed("plain", path, f"cold-{number}"))
            grow(path, number)
            warm.append(_timed("plain", path, f"warm-{number}"))
            whole.append(_timed("publish", path, f"whole-{number}"))
        bare = ", ".join(f"{run['s']:.2f}" for run in floor)
        yield (
            f"floor, one bare GROUP BY: {_median(floor, 's'):.2f} s ({bare});"
            f" processor {_median(floor, 'cpu'):.2f} s"
        )
        yield from _told("the first edition (cold)", floor, cold)
        yield from _told("a later one, columns kept (warm)", floor, warm)
        yield from _told("the same with its details", floor, whole)
    yield _ten_thousand()


def grow(path: Path, number: int, rows: int = ROWS, brands: int = BRANDS) -> None:
    """What another day brings: new inquiries, and answers to older ones."""
    rng = np.random.default_rng(2026)
    accounts = _accounts(rng, brands)
    new = rows // 100
    store = Store(f"sqlite:///{path}")
    store.merge(_reading(rng, accounts, rows + number * new + np.arange(new)))
    store.close()
    with sqlite3.connect(path) as raw:
        raw.execute(
            "UPDATE inquiry SET answered_at = asked_at + 70000, step = 5"
            " WHERE answered_at IS NULL AND id % 400 = ?",
            [number],
        )


def build(path: Path, rows: int = ROWS, brands: int = BRANDS) -> str:
    """Makes the database; what is in it, in words."""
    rng = np.random.default_rng(2026)
    accounts = _accounts(rng, brands)
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.put_registry(_registry(accounts, brands))
    for each in np.array_split(rng.permutation(rows), BATCHES):
        store.merge(_reading(rng, accounts, each))
    store.close()
    with sqlite3.connect(path) as raw:
        people = raw.execute(
            "SELECT count(*) FROM (SELECT DISTINCT brand_id, author, asked_at / 86400"
            " FROM inquiry JOIN account ON account.id = account_id)"
        ).fetchone()[0]
        total = raw.execute("SELECT count(*) FROM inquiry").fetchone()[0]
    return (
        f"{total:,} inquiries of {brands:,} brands on {len(accounts):,} accounts,"
        f" {1 - people / total:.1%} repeats of brand, author and day,"
        f" {path.stat().st_size / 2**20:.0f} MiB"
    )


def _accounts(rng: np.random.Generator, brands: int) -> pl.DataFrame:
    """Brands on some of the channels, two in the mean (the registry: 1.6)."""
    on = rng.random((brands, len(CHANNELS))) < 0.25
    on[np.arange(brands), rng.integers(0, len(CHANNELS), brands)] = True
    brand, channel = np.nonzero(on)
    size = (rng.permutation(brands) + 1.0) ** -0.8
    return pl.DataFrame(
        {
            "brand": brand,
            "channel": np.array(CHANNELS)[channel],
            "account": [f"account-{at}" for at in range(len(brand))],
            "weight": size[brand] / (1 + channel),  # most is on the first channels
            "habit": rng.beta(1, 2, brands)[brand],
        }
    )


def _registry(accounts: pl.DataFrame, brands: int) -> Registry:
    return Registry(
        industries=tuple(
            IndustryEntry(slug=f"i{i}", name=f"I {i}", nace="") for i in range(16)
        ),
        brands=tuple(
            BrandEntry(slug=f"brand-{b}", name=f"Brand {b}", industry=f"i{b % 16}")
            for b in range(brands)
        ),
        accounts=tuple(
            AccountEntry(brand=f"brand-{brand}", channel=channel, account=account)
            for brand, channel, account, *_ in accounts.rows()
        ),
    )


def _reading(
    rng: np.random.Generator, accounts: pl.DataFrame, numbers: np.ndarray
) -> Reading:
    """One batch: one message in five is a second one of a person on the same day."""
    size = len(numbers)
    weight = accounts["weight"].to_numpy()
    at = rng.choice(len(accounts), size, p=weight / weight.sum())
    second = int(size * 0.2)
    asked = FIRST * DAY + rng.integers(0, DAYS * DAY, size)
    author = rng.integers(-(2**62), 2**62, size) // 8  # some write again another day
    again = rng.integers(second, size, second)
    at[:second], author[:second] = at[again], author[again]
    asked[:second] = asked[again] // DAY * DAY + rng.integers(0, DAY, second)
    answered = rng.random(size) < accounts["habit"].to_numpy()[at]
    wait = np.exp(rng.normal(9, 2, size)).astype(np.int64)
    said = np.isin(accounts["channel"].to_numpy()[at], SAYS_KIND)
    found = np.where(answered & (rng.random(size) < 0.05), 4, rng.integers(1, 4, size))
    return Reading(
        channel="interactions",
        inquiries=conform(
            pl.DataFrame(
                {
                    "channel": accounts["channel"][at],
                    "account": accounts["account"][at],
                    "key": numbers * 9_973 + 7,
                    "author": author,
                    "asked_at": asked,
                    "answered_at": pl.Series(
                        np.where(answered, asked + wait, -1)
                    ).replace(-1, None),
                    "step": np.where(answered, 5, 0),
                    "kind": np.where(said, rng.integers(1, 5, size), 0),
                    "found_by": found,
                    "addressed": np.where(rng.random(size) < 0.01, 2, 1),
                    "deleted_at": pl.Series(
                        np.where(rng.random(size) < 0.02, asked + 600, -1)
                    ).replace(-1, None),
                }
            ),
            IMPORTED,
        ),
        since=FIRST * DAY,
        as_of=AS_OF,
    )


def _timed(what: str, path: Path, name: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.publishing", what, str(path), name],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _child(what: str, path: str, name: str) -> None:
    from jobs.publishing import publish
    from scoring import edition
    from scoring.details.told import DETAILS

    for module in ("adbc_driver_sqlite.dbapi", "pyarrow.parquet", "store.staging"):
        import_module(module)  # loaded when first needed, and not timed
    store = Store(f"sqlite:///{path}")
    store.editions()  # as the worker has asked its database before
    if what == "plain":
        edition.details = lambda *_: pl.DataFrame(schema=DETAILS)
    start, work = _clocks()
    if what == "floor":
        with sqlite3.connect(path) as raw:
            raw.execute(FLOOR).fetchall()
    else:
        publish(store, FIRST, FIRST + DAYS, AS_OF, f"bench-{name}")
    end, done = _clocks()
    sys.stdout.write(json.dumps({"s": end - start, "cpu": done - work, "mib": _peak()}))


def _clocks() -> tuple[float, float]:
    """Seconds on the wall, and of the processor."""
    return time.perf_counter(), time.process_time()


def _peak() -> float:
    """MiB of this program at most. Not ru_maxrss: that begins with what the process
    that started this one held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _told(
    name: str, floor: list[dict[str, float]], runs: list[dict[str, float]]
) -> list[str]:
    """Ratios are those of each round, so that a busy machine slows both sides."""
    times, units = (
        median(run[clock] / bare[clock] for run, bare in zip(runs, floor, strict=True))
        for clock in ("s", "cpu")
    )
    spread = ", ".join(f"{run['s']:.2f}" for run in runs)
    return [
        f"{name}: {_median(runs, 's'):.2f} s ({spread}) = {times:.2f} x the floor"
        " (wanted: at most 2)",
        f"  its processor time: {_median(runs, 'cpu'):.2f} s = {units:.2f} x the"
        f" floor's; peak memory {max(run['mib'] for run in runs):.0f} MiB"
        " (wanted: under 1024)",
    ]


def _median(runs: list[dict[str, float]], clock: str) -> float:
    return median(run[clock] for run in runs)


def _ten_thousand() -> str:
    rng = np.random.default_rng(0)
    size = 10_000
    answers = rng.beta(1, 4, size)
    n = (50 * np.exp(rng.exponential(1.3, size))).astype(int)
    parts = answers[:, None] * rng.dirichlet([2, 2, 1], size)
    counts = rng.multinomial(n, np.column_stack([parts, 1 - answers])).astype(np.int64)
    start = time.perf_counter()
    low, high = score_limits(counts, z=range_critical(size))
    score = counts @ np.array([1, 0.58, 0.16, 0]) / n
    rank_ranges(score, low, high)
    took = time.perf_counter() - start
    return f"rank ranges of {size:,} brands: {took:.2f} s (wanted: at most 5)"


if __name__ == "__main__":
    _child(*sys.argv[1:])
