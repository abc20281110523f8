"""A tally that moves on by a day, against one made anew of the same ten million.

Both begin with frozen rows in memory and end with the tally of every cut on every level
(accounts; brands and channels with several accounts); that they are equal in every cell
is checked. Run by ``benchmarks.scale``, in a process of its own.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.publishing import DAYS, FIRST, _peak
from jobs.publishing import ROWS_PER_SLICE, named
from model.words import DAY, Count, Cut
from scoring.book import Book, Period, book
from scoring.edition import WORKERS
from scoring.freeze import Frozen, frozen
from scoring.rolling import COLUMNS, LEVELS, NOTHING, Rolling, Rows, by_day, gathered
from scoring.tally import Tally, chosen, sliced, tally
from store import Store

WHOLE = DAYS - 7
"""Days of the period: the last ones of the data are those that come."""

Tallies = dict[tuple[Cut, object], list[Tally]]


def measure(path: Path) -> dict[str, float]:
    store = Store(f"sqlite:///{path}")
    before, after = (
        Period(FIRST + by, FIRST + WHOLE + by, (FIRST + WHOLE + by) * DAY)
        for by in (0, 1)
    )
    names, _, was = _rows(store, before)
    _, parts, now = _rows(store, after)
    changed = {
        day: now.get(day, NOTHING)
        for day in was.keys() | now.keys()
        if not _same(was.get(day, NOTHING), now.get(day, NOTHING))
    }
    rolling = Rolling(names, FIRST, DAYS)
    rolling.roll(was)
    start, work = time.perf_counter(), time.process_time()
    rolling.roll(changed)
    found = {
        (cut, level): rolling.tally(cut, level, after.day_from)
        for cut in Cut
        for level in LEVELS
    }
    took, cpu = time.perf_counter() - start, time.process_time() - work
    start, work = time.perf_counter(), time.process_time()
    anew = _anew(names, parts)
    full, full_cpu = time.perf_counter() - start, time.process_time() - work
    for key, tallies in anew.items():
        _check(found[key].whole(), tallies)
    return {
        "s": took,
        "cpu": cpu,
        "full": full,
        "full_cpu": full_cpu,
        "days": len(changed),
        "new": len(now[after.day_to - 1]) / sum(map(len, now.values())),
        "mib": _peak(),
    }


def _rows(store: Store, period: Period) -> tuple[Book, list[Frozen], dict[int, Rows]]:
    names, numbers = book(named(store.directory()))
    parts, days = [], dict[int, list[Rows]]()
    span = (period.day_from, period.day_to, period.as_of)
    for rows in store.tally_slices(*span, ROWS_PER_SLICE, keep=True):
        kept = frozen(rows, names, numbers, period)
        ids, authors = (rows[name].to_numpy() for name in ("id", "author"))
        order = np.argsort(ids)
        author = authors[order[np.searchsorted(ids[order], kept["inquiry"])]]
        parts.append(kept)
        for day, some in by_day(kept, author, names, period.start).items():
            days.setdefault(day, []).append(some)
    return names, parts, {day: gathered(some, names) for day, some in days.items()}


def _same(one: Rows, other: Rows) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in COLUMNS
    )


def _anew(names: Book, parts: list[Frozen]) -> Tallies:
    entities = {}
    for level in LEVELS:
        whole = names.entity(level)
        crowd = np.bincount(whole + 1)[1:]
        several = (whole >= 0) & (crowd[np.maximum(whole, 0)] > 1)
        alone = level is LEVELS[0]
        entities[level] = whole if alone else np.where(several, whole, -1)

    def one(kept: Frozen) -> list[tuple[tuple[Cut, object], Tally]]:
        part = sliced(kept, names)
        out = []
        for cut in Cut:
            inquiries = chosen(part, names, cut, Count.PEOPLE)
            for level, entity in entities.items():
                out.append(((cut, level), tally(part, inquiries, names, entity)))
        return out

    found: Tallies = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        for some in pool.map(one, parts):
            for key, made in some:
                found.setdefault(key, []).append(made)
    return found


def _check(rolled: Tally, anew: list[Tally]) -> None:
    """Raises AssertionError where a cell is another."""
    order = np.argsort(np.concatenate([part.entity for part in anew]))
    for name in ("entity", "only", "n", "authors", "classes", "lost", "median", "p90"):
        column = np.concatenate([getattr(part, name) for part in anew])[order]
        assert np.array_equal(column, getattr(rolled, name)), name
    waits = np.concatenate([part.waits for part in anew])[order]
    assert np.array_equal(waits, rolled.waits)
    for name in ("days", "weeks", "people"):
        alone = [getattr(part, name).alone for part in anew]
        assert np.array_equal(np.concatenate(alone)[order], getattr(rolled, name).alone)
        whole = np.concatenate([_clumps(part, name) for part in anew])
        assert np.array_equal(_sorted(whole), _sorted(_clumps(rolled, name))), name


def _clumps(part: Tally, name: str) -> np.ndarray:
    units = getattr(part, name)
    return np.column_stack([part.entity[units.entity], units.classes])


def _sorted(lines: np.ndarray) -> np.ndarray:
    return lines[np.lexsort(lines.T[::-1])]


def said(runs: list[dict[str, float]]) -> Iterator[str]:
    middle = sorted(run["s"] / run["full"] for run in runs)[len(runs) // 2]
    work = sorted(run["cpu"] / run["full_cpu"] for run in runs)[len(runs) // 2]
    one = runs[0]
    yield (
        f"a tally that moves on by a day ({one['new']:.1%} new rows): {one['s']:.2f} s"
        f" against {one['full']:.2f} s made anew = {middle:.1%} (wanted: at most 10 %),"
        f" processor {one['cpu']:.2f} s against {one['full_cpu']:.2f} s = {work:.1%};"
        f" equal in every cell, peak {max(run['mib'] for run in runs):.0f} MiB"
    )
