"""A tally that moves on by a day, against one made anew of the same ten million.

Both begin with frozen rows in memory and end with the tally of every cut on every level
(accounts; brands and channels with several accounts); that they are equal in every cell
is checked. The one that moves on holds inquiries by day and waits by line. To write
them out as the other does, and to say how sure each figure is, costs the same every day
and is told beside it. Run by ``benchmarks.scale``, each in a process of its own.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ctypes import CDLL
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.publishing import DAYS, FIRST, _clocks, _peak
from jobs.publishing import ROWS_PER_SLICE, named
from model.words import DAY, Count, Cut, Level
from scoring.ahead import WORKERS
from scoring.book import Book, Period, book
from scoring.freeze import Frozen, frozen
from scoring.rolling import COLUMNS, LEVELS, NOTHING, Rolling, Rows, by_day, gathered
from scoring.standing import figures
from scoring.tally import READ, Tally, chosen, sliced, tally
from store import Store

WHOLE = DAYS - 7
"""Days of the period: the last ones of the data are those that come."""

WHOLE_NUMBERS = (
    "entity",
    "only",
    "n",
    "authors",
    "classes",
    "lost",
    "median",
    "p90",
)

Key = tuple[Cut, Level]
Tallies = dict[Key, list[Tally]]
Clocks = tuple[float, float]
Figures = dict[str, Any]


BEFORE, AFTER = (
    Period(FIRST + by, FIRST + WHOLE + by, (FIRST + WHOLE + by) * DAY) for by in (0, 1)
)


def anew(path: Path) -> Figures:
    """What a tally made anew takes, and its cells."""
    names, parts = _slices(Store(f"sqlite:///{path}"), AFTER)
    begun = _clocks()
    made = _anew(names, parts)
    counted = _clocks()
    for tallies in made.values():
        for each in tallies:
            figures(each)
    took = _took("full_", begun, counted) | _took("full_sure_", begun, _clocks())
    return {**took, "full_mib": _peak(), "cells": _all_cells(made)}


def moved_on(path: Path) -> Figures:
    """What moving on takes, and the cells it comes to."""
    store = Store(f"sqlite:///{path}")
    names, was = _days(store, BEFORE)
    rolling = Rolling(names, FIRST, DAYS)
    rolling.roll(was)
    del was
    CDLL(None).malloc_trim(0)  # days pass between one roll and the next
    _, now = _days(store, AFTER)
    new = len(now[AFTER.day_to - 1]) / sum(map(len, now.values()))
    changed = {
        day: now.get(day, NOTHING)
        for day in rolling.days.keys() | now.keys()
        if not _same(rolling.days.get(day, NOTHING), now.get(day, NOTHING))
    }
    del now
    keys = [(cut, level) for cut in Cut for level in LEVELS]
    begun = _clocks()
    rolling.roll(changed)
    with ThreadPoolExecutor(WORKERS) as pool:
        kept = pool.map(lambda key: rolling.tally(*key, AFTER.day_from), keys)
        found = dict(zip(keys, kept, strict=True))
    rolled = _clocks()
    for each in found.values():
        figures(each.whole())
    took = _took("", begun, rolled) | _took("sure_", begun, _clocks())
    return {
        **took,
        "days": len(changed),
        "new": new,
        "mib": _peak(),
        "cells": _all_cells({key: [each.whole()] for key, each in found.items()}),
    }


def _all_cells(made: Tallies) -> dict[str, str]:
    return {" ".join(key): _cells(tallies) for key, tallies in made.items()}


def _took(name: str, start: Clocks, end: Clocks) -> dict[str, float]:
    return {f"{name}s": end[0] - start[0], f"{name}cpu": end[1] - start[1]}


def _slices(store: Store, period: Period) -> tuple[Book, list[Frozen]]:
    span = (period.day_from, period.day_to, period.as_of, ROWS_PER_SLICE)
    with store.tallied(*span, keep=True) as found:
        names, numbers = book(named(found.directory))
        parts = []
        for rows in found.slices:
            kept = frozen(rows, names, numbers, period)
            parts.append({name: kept[name] for name in (*READ, "wait_s")})
    return names, parts


def _days(store: Store, period: Period) -> tuple[Book, dict[int, Rows]]:
    days = dict[int, list[Rows]]()
    span = (period.day_from, period.day_to, period.as_of, ROWS_PER_SLICE)
    with store.tallied(*span, keep=True) as found:
        names, numbers = book(named(found.directory))
        for rows in found.slices:
            kept = frozen(rows, names, numbers, period)
            ids, authors = (rows[name].to_numpy() for name in ("id", "author"))
            order = np.argsort(ids)
            author = authors[order[np.searchsorted(ids[order], kept["inquiry"])]]
            for day, some in by_day(kept, author, names, period.start).items():
                days.setdefault(day, []).append(some)
    return names, {day: gathered(days.pop(day), names) for day in list(days)}


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

    def one(kept: Frozen) -> list[tuple[Key, Tally]]:
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


def _cells(parts: list[Tally]) -> str:
    """sha256 of every cell, in an order that does not depend on the slices."""
    order = np.argsort(np.concatenate([part.entity for part in parts]))
    columns = [
        np.concatenate([getattr(part, name) for part in parts])[order]
        for name in (*WHOLE_NUMBERS, "waits")
    ]
    for name in ("days", "weeks", "people"):
        alone = [getattr(part, name).alone for part in parts]
        columns.append(np.concatenate(alone)[order])
        columns.append(_sorted(np.concatenate([_clumps(part, name) for part in parts])))
    whole = sha256()
    for column in columns:
        whole.update(repr(column.shape).encode())
        whole.update(np.ascontiguousarray(column, dtype="<i8").data)
    return whole.hexdigest()


def _clumps(part: Tally, name: str) -> np.ndarray:
    units = getattr(part, name)
    return np.column_stack([part.entity[units.entity], units.classes])


def _sorted(lines: np.ndarray) -> np.ndarray:
    return lines[np.lexsort(lines.T[::-1])]


def said(rounds: list[tuple[Figures, Figures]]) -> Iterator[str]:
    """Of rounds of both. Raises ValueError where a cell differs."""
    runs = []
    for full, moved in rounds:
        ours, theirs = moved.pop("cells"), full.pop("cells")
        if ours != theirs:
            other = [key for key in theirs if ours.get(key) != theirs[key]]
            raise ValueError(f"the tally that moved on differs in {other}")
        runs.append(full | moved)
    one = runs[0]
    yield (
        f"a tally that moves on by a day ({one['new']:.1%} new rows): {one['s']:.2f} s"
        f" against {one['full_s']:.2f} s made anew = {_share(runs, '', 's'):.1%}"
        f" (wanted: at most 10 %), processor {one['cpu']:.2f} s against"
        f" {one['full_cpu']:.2f} s = {_share(runs, '', 'cpu'):.1%}; equal in every cell"
    )
    yield (
        f"  with effective sizes and intervals: {one['sure_s']:.2f} s against"
        f" {one['full_sure_s']:.2f} s = {_share(runs, 'sure_', 's'):.1%}, processor"
        f" {_share(runs, 'sure_', 'cpu'):.1%}; peak"
        f" {max(run['mib'] for run in runs):.0f} MiB (wanted: under 2048), of the one"
        f" made anew {max(run['full_mib'] for run in runs):.0f}"
    )


def _share(runs: list[Figures], name: str, clock: str) -> float:
    """The median of what moving on takes of making anew."""
    return median(run[name + clock] / run[f"full_{name}{clock}"] for run in runs)
