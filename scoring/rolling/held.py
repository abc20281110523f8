"""What all inquiries of a level and cut come to, kept so that some can be exchanged."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from model.words import Cut, Level
from scoring.book import Book
from scoring.clumps import Cells, folded, fresh, numbers, units
from scoring.intervals import Ints, Units
from scoring.method import WAIT_BINS
from scoring.rolling.people import People, Some
from scoring.rolling.rows import LINES, Unfit
from scoring.tally import NEVER, WAIT_BITS, WEEK, Tally, Waits, kth

BYTE, MOST, LINE_BIT = 8, 255, 32
"""Bits of a person's inquiries of one class, how many they can be, and where the line
begins beside them."""


ONE = np.array([2.0 ** (BYTE * (3 - credit)) for credit in range(4)])
"""A person's inquiry of each class, as a number added to those it has."""


@dataclass(frozen=True)
class Lines:
    """Who the entities of a level are."""

    entity: Ints
    line: Ints  # by account; -1: none
    limits: Ints  # (entities, 3)


@dataclass(frozen=True)
class Moves:
    """Inquiries that come (``sign`` 1) or go (-1), one element each."""

    line: Ints
    day: Ints  # from the first there is room for
    wait: Ints
    credit: Ints
    person: Ints  # of ``some``
    sign: Ints
    some: Some


def lines_of(directory: Book, level: Level) -> Lines:
    whole = directory.entity(level)
    crowd = np.bincount(whole + 1, minlength=2)[1:]
    least = 1 if level is Level.ACCOUNT else 2
    mine = (whole >= 0) & (crowd[np.maximum(whole, 0)] >= least)
    entity = np.unique(whole[mine])
    if 2 * len(entity) >= LINES:
        raise Unfit(f"{len(entity):,} entities are more than a rolling tally has for")
    line = np.where(mine, np.searchsorted(entity, whole), -1)
    limits = np.zeros((len(entity), 3), dtype=np.int64)
    limits[line[mine]] = directory.limits[directory.family[mine]]
    return Lines(entity, line, limits)


class Held:
    """The inquiries of one cut on one level.

    Every entity has two lines: what counts, and what is known only through its answer,
    which stands where nothing else is known.
    """

    def __init__(self, lines: Lines, people: People, cut: Cut, days: int) -> None:
        self.lines = lines
        self._who, self._cut = people, cut
        self._size = size = 2 * len(lines.entity)
        self._room = days
        self._waits = _Sorted()
        self._crowds = _Sorted()
        self._alone = np.zeros((size, 4), dtype=np.int64)
        self._bins = np.zeros((size, len(WAIT_BINS) + 1), dtype=np.int64)
        self._classes = np.zeros((size, 4), dtype=np.int64)
        self._days = np.zeros((4, size, days), dtype=np.int32)

    def __len__(self) -> int:
        """How many were answered."""
        return len(self._waits.keys)

    def exchange(self, moves: Moves) -> None:
        line, sign = moves.line, moves.sign
        answered = np.flatnonzero(moves.credit < 3)
        wait = moves.wait[answered]
        keys, came = (line[answered] << WAIT_BITS) | wait, sign[answered] > 0
        self._waits.exchange(keys[~came], -1)
        self._waits.exchange(keys[came], 1)
        bins = np.full(len(line), len(WAIT_BINS))
        bins[answered] = np.searchsorted(np.array(WAIT_BINS), wait)
        np.add.at(self._bins.reshape(-1), line * self._bins.shape[1] + bins, sign)
        np.add.at(self._classes.reshape(-1), line * 4 + moves.credit, sign)
        at = (moves.credit * self._size + line) * self._room + moves.day
        np.add.at(self._days.reshape(-1), at, sign.astype(np.int32))
        self._people(moves)

    def _people(self, moves: Moves) -> None:
        """Bytes are added and taken away as one number: they carry only on the way."""
        one = moves.sign * ONE[moves.credit]
        by = np.bincount(moves.person, one, len(moves.some.number)).astype(np.int64)
        touched = np.flatnonzero(by)
        line = moves.some.line[touched]
        before, after = self._who.moved(
            self._cut, moves.some.number[touched], by[touched].astype(np.uint32)
        )
        for state, sign in ((before, -1), (after, 1)):
            several = state > 0
            for credit in range(4):
                alone = np.flatnonzero(state == 1 << BYTE * (3 - credit))
                several[alone] = False
                lines = np.bincount(line[alone], minlength=self._size)
                self._alone[:, credit] += sign * lines
            crowded = np.flatnonzero(several)
            keys = (line[crowded] << LINE_BIT) | state[crowded].astype(np.int64)
            self._crowds.exchange(keys, sign)

    def settle(self) -> None:
        self._waits.settle()
        self._crowds.cancel()  # of people who came and went in one roll
        self._crowds.settle()

    def tally(
        self, mine: Ints, only: NDArray[np.bool_], lost: Ints, since: int
    ) -> "Kept":
        """``mine``: lines that are there; ``only`` and ``lost`` by line; ``since``: the
        day, from the first there is room for, at which weeks begin."""
        only = only[mine]
        at = np.where(only, mine + len(self.lines.entity), mine)
        classes = self._classes[at]
        n, answered = classes.sum(1), classes[:, :3].sum(1)
        of = np.where(only, answered, n)
        keys = self._waits.keys
        starts = np.searchsorted(keys, at << WAIT_BITS)
        people = self._crowd(at)
        return Kept(
            entity=self.lines.entity[mine],
            only=only,
            n=n,
            authors=people.alone.sum(1) + np.bincount(people.entity, minlength=len(at)),
            classes=classes,
            lost=lost[mine],
            median=kth(keys, starts, answered, -(-of // 2)),
            p90=kth(keys, starts, answered, -(-9 * of // 10)),
            waits=self._bins[at],
            people=people,
            answered=answered,
            of=of,
            starts=starts,
            wait=keys,
            line=at,
            days=self._days[:, :, since:],
        )

    def _crowd(self, at: Ints) -> Units:
        new = np.full(self._size, -1)
        new[at] = np.arange(len(at))
        keys = self._crowds.keys
        entity = new[keys >> LINE_BIT]
        if entity.min(initial=0) < 0:
            keys, entity = keys[entity >= 0], entity[entity >= 0]
        if (entity[1:] < entity[:-1]).any():  # some stand on their second line
            order = np.argsort(entity, kind="stable")
            keys, entity = keys[order], entity[order]
        return Units(entity, _unpacked(keys), self._alone[at])


@dataclass(frozen=True)
class Kept:
    """What a level of a cut comes to, as it is held: good until the next roll.

    As ``scoring.tally.Tally`` has it, but inquiries by day are told for every day, and
    waits by line; ``whole`` writes out the clumps and the waits of each entity.
    """

    entity: Ints
    only: NDArray[np.bool_]
    n: Ints
    authors: Ints
    classes: Ints
    lost: Ints
    median: Ints
    p90: Ints
    waits: Ints
    people: Units
    answered: Ints
    of: Ints
    starts: Ints  # by entity: of its waits in ``wait``, of which it has ``answered``
    wait: Ints  # line << WAIT_BITS | seconds, ascending; of those answered
    line: Ints  # by entity: which of the lines of ``days``
    days: NDArray[np.int32]  # (classes, lines, days)

    def whole(self) -> Tally:
        size = len(self.entity)
        daily = self._daily()
        same = {field.name for field in fields(Tally)} & {f.name for f in fields(Kept)}
        return Tally(
            **{name: getattr(self, name) for name in same - {"days"}},
            days=units(daily, size),
            weeks=units(folded(daily, WEEK), size),
            pooled=Waits(
                self.entity,
                self.answered,
                self.of,
                _waited(self.wait, self.starts, self.answered),
            ),
        )

    def _daily(self) -> Cells:
        days = self.days[:, self.line]
        some = np.flatnonzero(days[0] + days[1] + days[2] + days[3])
        classes = np.stack([column.reshape(-1)[some] for column in days], axis=1)
        entity, day = np.divmod(some, days.shape[2])
        return Cells(entity, day, classes.astype(np.int64))


def _unpacked(state: Ints) -> Ints:
    """(people, 4): inquiries by class."""
    return np.stack([(state >> BYTE * (3 - i)) & MOST for i in range(4)], axis=1)


class _Sorted:
    """Numbers in order, of which some are exchanged for others now and then."""

    def __init__(self) -> None:
        self.keys = np.zeros(0, dtype=np.int64)
        self._changes: dict[int, list[Ints]] = {-1: [], 1: []}

    def exchange(self, keys: Ints, sign: int) -> None:
        self._changes[sign].append(keys)

    def cancel(self) -> None:
        """Leaves out what both came and went; needed where it was not there before."""
        gone, come = (_ascending(self._changes[sign]) for sign in (-1, 1))
        self._changes = {-1: [_without(gone, come)], 1: [_without(come, gone)]}

    def settle(self) -> None:
        gone, come = (_ascending(self._changes[sign]) for sign in (-1, 1))
        self._changes = {-1: [], 1: []}
        if len(gone):
            at = np.searchsorted(self.keys, gone) + _rank(gone)
            stays = np.ones(len(self.keys), dtype=bool)
            stays[at] = False
            self.keys = self.keys[stays]
        if len(come):
            self.keys = np.concatenate([self.keys, come])
            self.keys.sort(kind="stable")  # finds the two runs, and merges them


def _ascending(parts: list[Ints]) -> Ints:
    return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *parts]))


def _rank(ascending: Ints) -> Ints:
    """Of each number, how many equal ones stand before it."""
    first = fresh(ascending)
    at = np.arange(len(ascending))
    return np.asarray(at - np.flatnonzero(first)[numbers(first)])


def _without(some: Ints, others: Ints) -> Ints:
    """``some`` but for those that are among the others, each as often as it is."""
    at = np.searchsorted(others, some) + _rank(some)
    there = np.append(others, -1)[np.minimum(at, len(others))] == some
    return np.asarray(some[~there])


def _waited(keys: Ints, starts: Ints, answered: Ints) -> NDArray[np.int32]:
    """Waits of the answered, entity by entity: the first ones of each."""
    firsts = np.cumsum(answered) - answered
    at = np.arange(answered.sum()) + np.repeat(starts - firsts, answered)
    return np.asarray(keys[at] & NEVER, dtype=np.int32)
