"""The tally itself: what changed is exchanged."""

from collections.abc import Mapping

import numpy as np

from model.words import CUT_KINDS, DAY, Count, Cut, Level, Reason
from scoring.book import Book
from scoring.clumps import Flags, Whole, fresh, numbers
from scoring.intervals import Ints
from scoring.rolling.held import Held, lines_of
from scoring.rolling.rows import (
    COLUMNS,
    LEVELS,
    NOTHING,
    SIEVE_BITS,
    Rows,
    Unfit,
    joined,
)
from scoring.tally import (
    FAR,
    Slice,
    Tally,
    counted,
    kinds,
)


class Rolling:
    """What the rows of a period come to, in every cut and on every level.

    ``first``: the earliest day (since 1970) that may ever be given, ``days`` how many
    there may be. Raises Unfit.
    """

    def __init__(
        self, directory: Book, first: int, days: int, cuts: tuple[Cut, ...] = tuple(Cut)
    ) -> None:
        self.directory = directory
        self.cuts = cuts
        self._first, self._room = first, days
        self.days: dict[int, Rows] = {}
        accounts = len(directory.accounts)
        self.messages, self._asking = np.zeros((2, accounts), dtype=np.int64)
        self.census = np.zeros((5, 5, 5), dtype=np.int64)
        self._lost = np.zeros((len(cuts), accounts), dtype=np.int64)
        self._levels = {
            (cut, level): Held(lines_of(directory, level), first, days)
            for cut in cuts
            for level in LEVELS
        }

    def roll(self, changed: Mapping[int, Rows]) -> None:
        """Takes the rows of these days instead of those it has of them; a day without
        rows is one that left. Raises Unfit, and is of no use any more then."""
        if changed and not (
            self._first <= min(changed) and max(changed) < self._first + self._room
        ):
            raise Unfit("a day lies outside of those there is room for")
        known = {day: self.days.get(day, NOTHING) for day in changed}
        dirty = {
            day: _differing(self.directory, known[day], rows)
            for day, rows in changed.items()
        }
        before = {day: known[day].only(at) for day, (at, _) in dirty.items()}
        after = {day: changed[day].only(at) for day, (_, at) in dirty.items()}
        pools = _Pools(self.directory, before, after)
        people = _Sieve([*before.values(), *after.values()])
        same = {d: people.through(r) for d, r in self.days.items() if d not in changed}
        for sign, rows, whole in ((-1, before, known), (1, after, changed)):
            self._plain(joined([*rows.values()]), sign)
            some = same | {day: people.through(r) for day, r in whole.items()}
            part = _slice(self.directory, [some[day] for day in sorted(some)])
            for cut in self.cuts:
                self._count(part, pools, cut, sign)
        for held in self._levels.values():
            held.settle()
        self.days = {d: r for d, r in (self.days | dict(changed)).items() if len(r)}

    def _plain(self, rows: Rows, sign: int) -> None:
        """What needs nobody's other rows."""
        size = len(self.messages)
        family = self.directory.family[rows.account]
        place = (family * 5 + rows.reason) * 5 + rows.kind
        self.census += sign * np.bincount(place, minlength=125).reshape(5, 5, 5)
        self.messages += sign * np.bincount(rows.account, minlength=size)
        self._asking += sign * np.bincount(rows.account[~rows.reply], minlength=size)
        gone = np.flatnonzero(rows.reason == Reason.LOST)
        for at, cut in enumerate(self.cuts):
            wanted = np.isin(rows.kind[gone], CUT_KINDS[cut])
            mine = rows.account[gone[wanted]]
            self._lost[at] += sign * np.bincount(mine, minlength=size)

    def _count(self, part: Slice, pools: "_Pools", cut: Cut, sign: int) -> None:
        for reply, reason in enumerate((Reason.COUNTED, Reason.REPLY)):
            rows = kinds(part, part.because(reason), cut)
            found = counted(part, rows, Count.PEOPLE)
            dirty = pools.dirty(found.account, found.day)
            for level in LEVELS:
                self._levels[cut, level].exchange(found, dirty, sign, reply)

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
        return held.tally(np.flatnonzero(there), asking == 0, lost, since)


class _Sieve:
    """Who may be meant: lets all through who wrote these rows, and few others."""

    def __init__(self, parts: list[Rows]) -> None:
        self._holes = np.zeros(2**SIEVE_BITS, dtype=bool)
        for rows in parts:
            counts = np.isin(rows.reason, (Reason.COUNTED, Reason.REPLY))
            self._holes[self._place(rows.author[counts])] = True

    def through(self, rows: Rows) -> Rows:
        return rows.only(np.flatnonzero(self._holes[self._place(rows.author)]))

    @staticmethod
    def _place(author: Ints) -> Ints:
        return np.asarray(author & (2**SIEVE_BITS - 1))


def _slice(directory: Book, days: list[Rows]) -> Slice:
    """Rows of days, one after the other, ready to be counted."""
    rows = joined(days)
    pool = directory.pool[rows.account]
    rows = rows.only(np.lexsort((rows.author, pool)))  # which leaves equals as they are
    person = fresh(directory.pool[rows.account]) | fresh(rows.author)
    visit = person | fresh(rows.asked // DAY)
    return Slice(
        account=rows.account,
        author=numbers(person),
        asked=rows.asked,
        answered=rows.asked + (rows.wait & (FAR - 1)),
        kind=rows.kind,
        reason=rows.reason,
        reply=rows.reply,
        visit=numbers(visit),
        visits=np.append(np.flatnonzero(visit), len(visit)),
        limits=directory.limits[directory.family],
    )


class _Pools:
    """Which pools differ on which days."""

    def __init__(self, directory: Book, *sides: Mapping[int, Rows]) -> None:
        self._pool = directory.pool
        self._days = np.array(sorted(sides[0]), dtype=np.int64)
        size = int(directory.pool.max(initial=0)) + 1
        self._flags = np.zeros((len(self._days) + 1, size), dtype=bool)
        for side in sides:
            for at, day in enumerate(self._days.tolist()):
                self._flags[at, directory.pool[side[day].account]] = True

    def dirty(self, account: Ints, day: Whole) -> Flags:
        at = np.searchsorted(self._days, day)
        found = np.append(self._days, -1)[at] == day
        return np.asarray(self._flags[np.where(found, at, -1), self._pool[account]])


def _differing(directory: Book, old: Rows, new: Rows) -> tuple[Ints, Ints]:
    """Numbers of the rows, in either, of pools in which anything differs."""
    size = int(directory.pool.max(initial=0)) + 1
    pools = [directory.pool[rows.account] for rows in (old, new)]
    sizes = [np.bincount(pool, minlength=size) for pool in pools]
    same = sizes[0] == sizes[1]
    ours, theirs = (
        rows.only(np.flatnonzero(same[pool]))
        for rows, pool in zip((old, new), pools, strict=True)
    )
    other = np.zeros(len(ours), dtype=bool)
    for name in COLUMNS:
        other |= getattr(ours, name) != getattr(theirs, name)
    same[directory.pool[ours.account[other]]] = False
    return np.flatnonzero(~same[pools[0]]), np.flatnonzero(~same[pools[1]])
