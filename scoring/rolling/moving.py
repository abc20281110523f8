"""The tally itself: what changed is exchanged."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np

from model.words import CUT_KINDS, Count, Cut, Level, Reason
from scoring.book import Book
from scoring.clumps import fresh, numbers
from scoring.intervals import Ints
from scoring.rolling.held import Held, Moves, lines_of
from scoring.rolling.people import People, Some
from scoring.rolling.rows import (
    COLUMNS,
    LEVELS,
    MOST_DAYS,
    NOTHING,
    Rows,
    Unfit,
    joined,
)
from scoring.tally import FAR, Slice, Tally, counted, kinds

AT_ONCE = 2**20
"""Rows exchanged at one time."""

THREADS = 2


class Rolling:
    """What the rows of a period come to, in every cut and on every level.

    ``first``: the earliest day (since 1970) that may ever be given, ``days`` how many
    there may be. Raises Unfit.
    """

    def __init__(
        self, directory: Book, first: int, days: int, cuts: tuple[Cut, ...] = tuple(Cut)
    ) -> None:
        if days > MOST_DAYS:
            raise Unfit(f"{days} days are more than a rolling tally has room for")
        self.directory = directory
        self.cuts = cuts
        self._first, self._room = first, days
        self.days: dict[int, Rows] = {}
        accounts = len(directory.accounts)
        self.messages, self._asking = np.zeros((2, accounts), dtype=np.int64)
        self.census = np.zeros((5, 5, 5), dtype=np.int64)
        self._lost = np.zeros((len(cuts), accounts), dtype=np.int64)
        self._lines = {level: lines_of(directory, level) for level in LEVELS}
        self._people = {level: People(cuts) for level in LEVELS}
        self._levels = {
            (cut, level): Held(lines, self._people[level], cut, days)
            for cut in cuts
            for level, lines in self._lines.items()
        }

    def roll(self, changed: Mapping[int, Rows]) -> None:
        """Takes the rows of these days instead of those it has of them; a day without
        rows is one that left. Raises Unfit, having changed nothing."""
        if changed and not (
            self._first <= min(changed) and max(changed) < self._first + self._room
        ):
            raise Unfit("a day lies outside of those there is room for")
        with ThreadPoolExecutor(THREADS) as pool:
            for moves in _batches(self._differing(changed)):
                self._exchange(moves, pool)
            list(pool.map(Held.settle, self._levels.values()))
        for people in self._people.values():
            people.settle()
        self.days = {d: r for d, r in (self.days | dict(changed)).items() if len(r)}

    def _differing(self, changed: Mapping[int, Rows]) -> Iterator[tuple[int, Rows]]:
        """What goes (-1) and what comes (1), in visits that are whole."""
        for day, rows in changed.items():
            known = self.days.get(day, NOTHING)
            gone, come = _differing(self.directory, known, rows)
            yield -1, known.only(gone)
            yield 1, rows.only(come)

    def _exchange(self, moves: list[tuple[int, Rows]], pool: Executor) -> None:
        rows = joined([some for _, some in moves])
        sizes = [len(some) for _, some in moves]
        sign = np.repeat([sign for sign, _ in moves], sizes)
        part = _slice(self.directory, rows, np.repeat(np.arange(len(sizes)), sizes))
        self._plain(rows, sign)
        again = rows.reason == Reason.REPLY
        counts = again | (rows.reason == Reason.COUNTED)
        lines, people = {}, {}
        for level, of in self._lines.items():
            line = of.line[rows.account]
            line = np.where(counts & (line >= 0), line + again * len(of.entity), -1)
            lines[level], people[level] = (
                line,
                self._people[level].some(line, rows.author),
            )
        list(
            pool.map(lambda cut: self._count(part, sign, lines, people, cut), self.cuts)
        )

    def _plain(self, rows: Rows, sign: Ints) -> None:
        """What needs nobody's other rows."""
        family = self.directory.family[rows.account]
        place = (family * 5 + rows.reason) * 5 + rows.kind
        np.add.at(self.census.reshape(-1), place, sign)
        np.add.at(self.messages, rows.account, sign)
        np.add.at(self._asking, rows.account[~rows.reply], sign[~rows.reply])
        gone = np.flatnonzero(rows.reason == Reason.LOST)
        for at, cut in enumerate(self.cuts):
            wanted = gone[np.isin(rows.kind[gone], CUT_KINDS[cut])]
            np.add.at(self._lost[at], rows.account[wanted], sign[wanted])

    def _count(
        self,
        part: Slice,
        sign: Ints,
        lines: Mapping[Level, Ints],
        people: Mapping[Level, Some],
        cut: Cut,
    ) -> None:
        found, replies = (
            counted(part, kinds(part, part.because(reason), cut), Count.PEOPLE)
            for reason in (Reason.COUNTED, Reason.REPLY)
        )
        found = found.joined(replies)
        row = found.author.astype(np.int64)
        day = found.day.astype(np.int64) - self._first
        for level in LEVELS:
            line = lines[level][row]
            mine = np.flatnonzero(line >= 0)
            if len(mine):
                self._levels[cut, level].exchange(
                    Moves(
                        line=line[mine],
                        day=day[mine],
                        wait=found.wait[mine].astype(np.int64),
                        credit=found.credit[mine].astype(np.int64),
                        person=people[level].row[row[mine]],
                        sign=sign[row[mine]],
                        some=people[level],
                    )
                )

    def tally(self, cut: Cut, level: Level, since: int) -> Tally:
        """The tally of a level's entities that anybody wrote to; of brands and channels
        those with several accounts, for the others are as their account. ``since``: the
        first day of the period, from which weeks are counted."""
        held = self._levels[cut, level]
        whose = held.lines
        mine = np.flatnonzero((whose.line >= 0) & (self.messages > 0))
        size = len(whose.entity)
        there = np.bincount(whose.line[mine], minlength=size) > 0
        weights = [self._asking, self._lost[self.cuts.index(cut)]]
        asking, lost = (
            np.bincount(whose.line[mine], column[mine], minlength=size).astype(np.int64)
            for column in weights
        )
        return held.tally(np.flatnonzero(there), asking == 0, lost, since - self._first)


def _batches(
    moves: Iterator[tuple[int, Rows]],
) -> Iterator[list[tuple[int, Rows]]]:
    """As many together as there are AT_ONCE rows."""
    some: list[tuple[int, Rows]] = []
    for move in moves:
        if sum(len(rows) for _, rows in some) + len(move[1]) > AT_ONCE:
            yield some
            some = []
        if len(move[1]):
            some.append(move)
    yield some


def _slice(directory: Book, rows: Rows, part: Ints) -> Slice:
    """Rows ready to be counted; the number of each stands for its author. ``part``: by
    row, which of the parts it is in, which have no visit in common."""
    visit = fresh(part) | fresh(directory.pool[rows.account]) | fresh(rows.author)
    return Slice(
        account=rows.account,
        author=np.arange(len(rows), dtype=np.int32),
        asked=rows.asked,
        answered=rows.asked + (rows.wait & (FAR - 1)),
        kind=rows.kind,
        reason=rows.reason,
        reply=rows.reply,
        visit=numbers(visit),
        visits=np.append(np.flatnonzero(visit), len(visit)),
        limits=directory.limits[directory.family],
    )


def _differing(directory: Book, old: Rows, new: Rows) -> tuple[Ints, Ints]:
    """Numbers of the rows, in either, of visits of a day in which anything differs.

    Where a pool has as many rows as it had, of the same people in the same order, they
    stand beside each other; else all of the pool differs.
    """
    if not len(old) or not len(new):
        return np.arange(len(old)), np.arange(len(new))
    size = int(directory.pool.max(initial=0)) + 1
    pools = [directory.pool[rows.account] for rows in (old, new)]
    sizes = [np.bincount(pool, minlength=size) for pool in pools]
    alike = sizes[0] == sizes[1]
    ours, theirs = (np.flatnonzero(alike[pool]) for pool in pools)
    others = old.author[ours] != new.author[theirs]
    alike[pools[0][ours[others]]] = False
    still = alike[pools[0][ours]]
    ours, theirs = ours[still], theirs[still]
    other = np.zeros(len(ours), dtype=bool)
    for name in COLUMNS:
        other |= getattr(old, name)[ours] != getattr(new, name)[theirs]
    visit = numbers(fresh(pools[0][ours]) | fresh(old.author[ours]))
    dirty = np.zeros(len(ours) + 1, dtype=bool)
    dirty[visit[other]] = True
    other = dirty[visit]
    out = []
    for rows, mine in zip(pools, (ours, theirs), strict=True):
        flags = ~alike[rows]
        flags[mine[other]] = True
        out.append(np.flatnonzero(flags))
    return out[0], out[1]
