"""The tally itself: what changed is exchanged."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import chain

import numpy as np

from model.words import CUT_KINDS, Count, Cut, Level, Reason
from scoring.ahead import WORKERS, ahead
from scoring.book import Book
from scoring.clumps import Flags, fresh, numbers
from scoring.intervals import Ints
from scoring.rolling.held import Held, Kept, Moves, lines_of
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
from scoring.tally import FAR, Slice, counted, kinds

AT_ONCE = 2**19
"""Rows exchanged at one time."""


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
        self._lost = np.zeros((5, accounts), dtype=np.int64)  # by kind
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
        with ThreadPoolExecutor(WORKERS) as pool:
            differing = ahead(pool, self._differing, changed.items())
            for moves, last in _batches(chain.from_iterable(differing)):
                self._exchange(moves, pool, last)
        for people in self._people.values():
            people.settle()
        self.days = {d: r for d, r in (self.days | dict(changed)).items() if len(r)}

    def _differing(self, changed: tuple[int, Rows]) -> list[tuple[int, Rows]]:
        """What goes (-1) and what comes (1) of a day, in visits that are whole."""
        day, rows = changed
        known = self.days.get(day, NOTHING)
        gone, come = _differing(self.directory, known, rows)
        return [(-1, known.only(gone)), (1, rows.only(come))]

    def _exchange(
        self, moves: list[tuple[int, Rows]], pool: Executor, last: bool
    ) -> None:
        telling = [(sign, _telling(self.directory, rows)) for sign, rows in moves]
        rows = joined([some for _, some in telling])
        lines = self._lines_of(rows)
        some = pool.map(lambda at: self._people[at].some(lines[at], rows.author), lines)
        for sign, each in moves:  # while people are looked for
            self._plain(each, sign)
        sizes = [len(some) for _, some in telling]
        signs = np.repeat([sign for sign, _ in telling], sizes)
        part = _slice(self.directory, rows, np.repeat(np.arange(len(sizes)), sizes))
        people = dict(zip(lines, some, strict=True))

        def one(cut: Cut) -> None:
            self._count(part, signs, lines, people, cut)
            if last:
                for level in LEVELS:
                    self._levels[cut, level].settle()

        list(pool.map(one, sorted(self.cuts, key=self._size, reverse=True)))

    def _lines_of(self, rows: Rows) -> dict[Level, Ints]:
        """By row, the line of each level that has entities; -1 for what counts for
        none."""
        again = rows.reason == Reason.REPLY
        counts = again | (rows.reason == Reason.COUNTED)
        out = {}
        for level, of in self._lines.items():
            if len(of.entity):
                line = of.line[rows.account]
                line = np.where(counts & (line >= 0), line + again * len(of.entity), -1)
                out[level] = line
        return out

    def _size(self, cut: Cut) -> int:
        """What there is of a cut: the largest is begun first."""
        return sum(len(self._levels[cut, level]) for level in LEVELS)

    def _plain(self, rows: Rows, sign: int) -> None:
        """What needs nobody's other rows."""
        size = len(self.messages)
        place = (self.directory.family[rows.account] * 5 + rows.reason) * 5 + rows.kind
        self.census += sign * np.bincount(place, minlength=125).reshape(5, 5, 5)
        known = rows.account[np.flatnonzero(rows.reply)]
        messages = np.bincount(rows.account, minlength=size)
        self.messages += sign * messages
        self._asking += sign * (messages - np.bincount(known, minlength=size))
        gone = np.flatnonzero(rows.reason == Reason.LOST)
        np.add.at(self._lost, (rows.kind[gone], rows.account[gone]), sign)

    def _count(
        self,
        part: Slice,
        sign: Ints,
        lines: Mapping[Level, Ints],
        people: Mapping[Level, Some],
        cut: Cut,
    ) -> None:
        found, replies = (
            counted(part, kinds(part, reason, cut), Count.PEOPLE)
            for reason in (Reason.COUNTED, Reason.REPLY)
        )
        found = found.joined(replies)
        row = found.author.astype(np.int64)
        day = found.day.astype(np.int64) - self._first
        for level, of in lines.items():
            line = of[row]
            mine = np.flatnonzero(line >= 0)
            which = slice(None) if len(mine) == len(line) else mine
            if len(mine):
                self._levels[cut, level].exchange(
                    Moves(
                        line=line[which],
                        day=day[which],
                        wait=found.wait[which].astype(np.int64),
                        credit=found.credit[which].astype(np.int64),
                        person=people[level].row[row[which]],
                        sign=sign[row[which]],
                        some=people[level],
                    )
                )

    def tally(self, cut: Cut, level: Level, since: int) -> Kept:
        """The tally of a level's entities that anybody wrote to; of brands and channels
        those with several accounts, for the others are as their account. ``since``: the
        first day of the period, from which weeks are counted."""
        held = self._levels[cut, level]
        whose = held.lines
        mine = np.flatnonzero((whose.line >= 0) & (self.messages > 0))
        size = len(whose.entity)
        there = np.bincount(whose.line[mine], minlength=size) > 0
        weights = [self._asking, self._lost[list(CUT_KINDS[cut])].sum(0)]
        asking, lost = (
            np.bincount(whose.line[mine], column[mine], minlength=size).astype(np.int64)
            for column in weights
        )
        return held.tally(np.flatnonzero(there), asking == 0, lost, since - self._first)


def _batches(
    moves: Iterable[tuple[int, Rows]],
) -> Iterator[tuple[list[tuple[int, Rows]], bool]]:
    """As many together as there are AT_ONCE rows, and whether they are the last."""
    some: list[tuple[int, Rows]] = []
    for move in moves:
        if sum(len(rows) for _, rows in some) + len(move[1]) > AT_ONCE:
            yield some, False
            some = []
        if len(move[1]):
            some.append(move)
    yield some, True


def _telling(directory: Book, rows: Rows) -> Rows:
    """The rows of visits that any cut may count, and a few others."""
    counts = (rows.reason == Reason.COUNTED) | (rows.reason == Reason.REPLY)
    count = np.count_nonzero(counts)
    if not count:
        return NOTHING
    if 2 * count > len(rows):
        return rows
    visit = numbers(fresh(directory.pool[rows.account]) | fresh(rows.author))
    tells = np.zeros(len(rows), dtype=bool)
    tells[visit[counts]] = True
    return rows.only(np.flatnonzero(tells[visit]))


def _slice(directory: Book, rows: Rows, part: Ints) -> Slice:
    """Rows ready to be counted; the number of each stands for its author. ``part``: by
    row, which of the parts it is in, which have no visit in common."""
    visit = fresh(part) | fresh(directory.pool[rows.account]) | fresh(rows.author)
    return Slice(
        account=rows.account.astype(np.int64),
        author=np.arange(len(rows), dtype=np.int32),
        asked=rows.asked,
        answered=rows.asked + (rows.wait.astype(np.int64) & (FAR - 1)),
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
    if np.array_equal(old.author, new.author) and np.array_equal(
        old.account, new.account
    ):
        whole = np.flatnonzero(_visits_apart(old, new, directory))
        return whole, whole
    pools = [directory.pool[rows.account] for rows in (old, new)]
    size = int(directory.pool.max(initial=0)) + 1
    sizes = [np.bincount(pool, minlength=size) for pool in pools]
    alike = sizes[0] == sizes[1]
    ours, theirs = (np.flatnonzero(alike[pool]) for pool in pools)
    others = old.author[ours] != new.author[theirs]
    alike[pools[0][ours[others]]] = False
    still = alike[pools[0][ours]]
    ours, theirs = ours[still], theirs[still]
    apart = _visits_apart(old.only(ours), new.only(theirs), directory)
    out = []
    for pool, mine in zip(pools, (ours, theirs), strict=True):
        flags = ~alike[pool]
        flags[mine[apart]] = True
        out.append(np.flatnonzero(flags))
    return out[0], out[1]


def _visits_apart(old: Rows, new: Rows, directory: Book) -> Flags:
    """Which rows are of visits that differ; row by row of the same people."""
    other = np.zeros(len(old), dtype=bool)
    for name in COLUMNS:
        if name != "author":
            other |= getattr(old, name) != getattr(new, name)
    if not other.any():
        return other
    visit = numbers(fresh(directory.pool[old.account]) | fresh(old.author))
    dirty = np.zeros(len(old), dtype=bool)
    dirty[visit[other]] = True
    return np.asarray(dirty[visit])
