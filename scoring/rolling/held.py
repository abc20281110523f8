"""What all inquiries of a level and cut come to, kept so that some can be exchanged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.words import Cut, Level
from scoring.book import Book
from scoring.clumps import Cells, folded, fresh, numbers, units
from scoring.intervals import Ints, Units
from scoring.method import WAIT_BINS
from scoring.rolling.people import Packed, People, Some
from scoring.rolling.rows import LINES, Unfit
from scoring.tally import NEVER, WAIT_BITS, WEEK, Tally, Waits, kth

BYTE, LINE_BIT = 8, 32
"""Bits of a person's inquiries of one class, and where its line begins beside them."""


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

    def exchange(self, moves: Moves) -> None:
        line, sign = moves.line, moves.sign
        for now in (-1, 1):
            answered = np.flatnonzero((sign == now) & (moves.credit < 3))
            keys = (line[answered] << WAIT_BITS) | moves.wait[answered]
            self._waits.exchange(keys, now)
        bins = np.searchsorted(np.array(WAIT_BINS), moves.wait)
        np.add.at(self._bins.reshape(-1), line * self._bins.shape[1] + bins, sign)
        np.add.at(self._classes.reshape(-1), line * 4 + moves.credit, sign)
        at = (moves.credit * self._size + line) * self._room + moves.day
        np.add.at(self._days.reshape(-1), at, sign.astype(np.int32))
        self._people(moves)

    def _people(self, moves: Moves) -> None:
        """Bytes are added and taken away as one number: they carry only on the way."""
        by = np.zeros(len(moves.some.number), dtype=np.uint32)
        one = np.uint32(1) << (BYTE * (3 - moves.credit)).astype(np.uint32)
        came = moves.sign > 0
        np.add.at(by, moves.person[came], one[came])
        np.subtract.at(by, moves.person[~came], one[~came])
        touched = np.flatnonzero(by)
        line = moves.some.line[touched]
        before, after = self._who.moved(
            self._cut, moves.some.number[touched], by[touched]
        )
        for state, sign in ((before, -1), (after, 1)):
            classes = _unpacked(state)
            size = classes.sum(1)
            lonely, crowded = np.flatnonzero(size == 1), np.flatnonzero(size > 1)
            place = line[lonely] * 4 + classes[lonely].argmax(1)
            np.add.at(self._alone.reshape(-1), place, sign)
            keys = (line[crowded] << LINE_BIT) | state[crowded].astype(np.int64)
            self._crowds.exchange(keys, sign)

    def settle(self) -> None:
        self._waits.settle()
        self._crowds.settle()

    def tally(
        self, mine: Ints, only: NDArray[np.bool_], lost: Ints, since: int
    ) -> Tally:
        """``mine``: lines that are there; ``only`` and ``lost`` by line; ``since``: the
        day, from the first there is room for, at which weeks begin."""
        only = only[mine]
        at = np.where(only, mine + len(self.lines.entity), mine)
        people = self._crowd(at)
        classes = self._classes[at]
        n, answered = classes.sum(1), classes[:, :3].sum(1)
        of = np.where(only, answered, n)
        keys = self._waits.keys
        starts = np.searchsorted(keys, at << WAIT_BITS)
        daily = self._daily(at, since)
        return Tally(
            entity=self.lines.entity[mine],
            only=only,
            n=n,
            authors=people.alone.sum(1) + np.bincount(people.entity, minlength=len(at)),
            classes=classes,
            lost=lost[mine],
            median=kth(keys, starts, answered, -(-of // 2)),
            p90=kth(keys, starts, answered, -(-9 * of // 10)),
            waits=self._bins[at],
            days=units(daily, len(at)),
            weeks=units(folded(daily, WEEK), len(at)),
            people=people,
            pooled=Waits(
                self.lines.entity[mine], answered, of, _waited(keys, starts, answered)
            ),
        )

    def _daily(self, at: Ints, since: int) -> Cells:
        """Inquiries of these lines by day, from ``since`` on."""
        days = self._days[:, at, since:]
        some = np.flatnonzero(days[0] + days[1] + days[2] + days[3])
        classes = np.stack([column.reshape(-1)[some] for column in days], axis=1)
        entity, day = np.divmod(some, days.shape[2])
        return Cells(entity, day, classes.astype(np.int64))

    def _crowd(self, at: Ints) -> Units:
        new = np.full(self._size, -1)
        new[at] = np.arange(len(at))
        keys = self._crowds.keys
        entity = new[keys >> LINE_BIT]
        keep = np.flatnonzero(entity >= 0)
        keep = keep[np.argsort(entity[keep], kind="stable")]
        classes = _unpacked(keys[keep].astype(np.uint32))
        return Units(entity[keep], classes.astype(np.int64), self._alone[at])


def _unpacked(state: Packed) -> NDArray[np.uint8]:
    """(people, 4): inquiries by class."""
    return np.asarray(state.astype(">u4").view(np.uint8).reshape(-1, 4))


class _Sorted:
    """Numbers in order, of which some are exchanged for others now and then."""

    def __init__(self) -> None:
        self.keys = np.zeros(0, dtype=np.int64)
        self._changes: dict[int, list[Ints]] = {-1: [], 1: []}

    def exchange(self, keys: Ints, sign: int) -> None:
        self._changes[sign].append(keys)

    def settle(self) -> None:
        gone, come = (_ascending(self._changes[sign]) for sign in (-1, 1))
        self._changes = {-1: [], 1: []}
        gone, come = _without(gone, come), _without(come, gone)
        if len(gone):
            at = np.searchsorted(self.keys, gone) + _rank(gone)
            stays = np.ones(len(self.keys), dtype=bool)
            stays[at] = False
            self.keys = self.keys[stays]
        if len(come):
            self.keys = _merged(self.keys, come)


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


def _merged(keys: Ints, come: Ints) -> Ints:
    at = np.searchsorted(keys, come) + np.arange(len(come))
    out = np.empty(len(keys) + len(come), dtype=np.int64)
    old = np.ones(len(out), dtype=bool)
    old[at] = False
    out[at] = come
    out[old] = keys
    return out


def _waited(keys: Ints, starts: Ints, answered: Ints) -> NDArray[np.int32]:
    """Waits of the answered, entity by entity: the first ones of each."""
    firsts = np.cumsum(answered) - answered
    at = np.arange(answered.sum()) + np.repeat(starts - firsts, answered)
    return np.asarray(keys[at] & NEVER, dtype=np.int32)
