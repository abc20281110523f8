"""What all inquiries of a level and cut come to, kept so that some can be exchanged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.words import Level
from scoring.book import Book
from scoring.clumps import Flags, Whole, fresh, numbers, people_of
from scoring.intervals import Ints, Units
from scoring.method import WAIT_BINS
from scoring.rolling.rows import CLASS_BITS, LINES, Unfit
from scoring.tally import (
    NEVER,
    WAIT_BITS,
    WEEK,
    Counted,
    Tally,
    Waits,
    kth,
)


@dataclass(frozen=True)
class Lines:
    """Who the entities of a level are."""

    entity: Ints
    line: Ints  # by account; -1: none
    limits: Ints  # (entities, 3)


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

    def __init__(self, lines: Lines, first: int, days: int) -> None:
        self.lines = lines
        self._first = first
        self._size = size = 2 * len(lines.entity)
        self._waits = _Sorted()
        self._crowds = _Sorted()
        self._alone = np.zeros((size, 4), dtype=np.int64)
        self._bins = np.zeros((size, len(WAIT_BINS) + 1), dtype=np.int64)
        self._classes = np.zeros((size, 4), dtype=np.int64)
        self._days = _Spans(size, days)
        self._weeks = [_Spans(size, days // WEEK + 2) for _ in range(WEEK)]

    def exchange(self, found: Counted, dirty: Flags, sign: int, reply: int) -> None:
        """Adds inquiries, or takes them away: of ``dirty`` days as such, of all days
        as what people come to."""
        line = self.lines.line[found.account]
        some = np.flatnonzero(line >= 0)
        lines = line[some] + reply * len(self.lines.entity)
        author, credit = found.author[some], found.credit[some]
        people = people_of(lines, author, credit, self._size)
        self._alone += sign * people.alone
        self._crowds.exchange(_packed(people), sign)
        now = np.flatnonzero(dirty[some])
        line, wait = lines[now], found.wait[some][now].astype(np.int64)
        self._waits.exchange((line << WAIT_BITS) | wait, sign)
        bins = line * self._bins.shape[1] + np.searchsorted(np.array(WAIT_BINS), wait)
        np.add.at(self._bins.reshape(-1), bins, sign)
        day, earned = found.day[some][now] - self._first, credit[now]
        self._days.add(line, day, earned, sign)
        for start, weeks in enumerate(self._weeks):
            weeks.add(line, (day + WEEK - start) // WEEK, earned, sign)
        self._classes += sign * np.bincount(
            (line << 2) | credit[now], minlength=4 * self._size
        ).reshape(-1, 4)

    def settle(self) -> None:
        self._waits.settle()
        self._crowds.settle()

    def tally(self, mine: Ints, only: Flags, lost: Ints, since: int) -> Tally:
        """``mine``: lines that are there; ``only`` and ``lost`` by line."""
        half = len(self.lines.entity)
        only = only[mine]
        at = np.where(only, mine + half, mine)
        new = np.full(self._size, -1)
        new[at] = np.arange(len(at))
        people = self._people(new, at)
        keys = self._waits.keys
        ends = np.searchsorted(keys, np.arange(self._size + 1) << WAIT_BITS)
        starts, n = ends[at], (ends[1:] - ends[:-1])[at]
        classes = self._classes[at]
        answered = classes[:, :3].sum(1)
        of = np.where(only, answered, n)
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
            days=self._days.units(new, len(at)),
            weeks=self._weeks[(since - self._first) % WEEK].units(new, len(at)),
            people=people,
            pooled=Waits(
                self.lines.entity[mine], answered, of, _waited(keys, starts, answered)
            ),
        )

    def _people(self, new: Ints, at: Ints) -> Units:
        keys = self._crowds.keys
        entity = new[keys >> (4 * CLASS_BITS)]
        keep = np.flatnonzero(entity >= 0)
        keys, entity = keys[keep], entity[keep]
        order = np.argsort(entity, kind="stable")
        mask = (1 << CLASS_BITS) - 1
        classes = [(keys[order] >> (CLASS_BITS * (3 - i))) & mask for i in range(4)]
        return Units(entity[order], np.stack(classes, axis=1), self._alone[at])


class _Spans:
    """Inquiries by line, span of time (a day, or a week that begins on a given day of
    the week) and class."""

    def __init__(self, size: int, spans: int) -> None:
        self._spans = spans
        self._classes = np.zeros((size * spans, 4), dtype=np.int32)
        self._all = np.zeros(size * spans, dtype=np.int32)

    def add(self, line: Ints, span: Whole, credit: Whole, sign: int) -> None:
        at = line * self._spans + span
        np.add.at(self._classes.reshape(-1), (at << 2) | credit, np.int32(sign))
        np.add.at(self._all, at, np.int32(sign))

    def units(self, new: Ints, count: int) -> Units:
        """``new``: by line what entity it is, -1: none."""
        used = int(np.flatnonzero(new >= 0).max(initial=-1)) + 1
        sizes = self._all[: used * self._spans]
        once, crowded = np.flatnonzero(sizes == 1), np.flatnonzero(sizes > 1)
        lonely, entity = new[once // self._spans], new[crowded // self._spans]
        place = lonely * 4 + self._classes[once] @ np.arange(4)
        alone = np.bincount(place[lonely >= 0], minlength=4 * count)
        if (entity[1:] < entity[:-1]).any():  # not in order, or lines of no entity
            order = np.argsort(entity, kind="stable")
            order = order[entity[order] >= 0]
            crowded, entity = crowded[order], entity[order]
        classes = self._classes[crowded].astype(np.int64)
        return Units(entity, classes, alone.reshape(-1, 4))


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


def _packed(people: Units) -> Ints:
    if people.classes.max(initial=0) >> CLASS_BITS:
        raise Unfit("one person has more inquiries than a rolling tally can hold")
    packed = people.entity.copy()
    for column in people.classes.T:
        packed = (packed << CLASS_BITS) | column
    return np.asarray(packed, dtype=np.int64)


def _waited(keys: Ints, starts: Ints, answered: Ints) -> NDArray[np.int32]:
    """Waits of the answered, entity by entity: the first ones of each."""
    firsts = np.cumsum(answered) - answered
    at = np.arange(answered.sum()) + np.repeat(starts - firsts, answered)
    return np.asarray(keys[at] & NEVER, dtype=np.int32)
