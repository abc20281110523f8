"""A tally that moves on with its period: rows go, rows come, the rest stays counted.

From one day to the next an edition's period loses its first day and gains one, the day
whose horizon has passed becomes countable, and here and there a message of another day
was answered, deleted or found late. Everything else is as it was: answers beyond the
horizon do not count, so a day that is over stays. ``Rolling`` holds what all inquiries
come to and exchanges the part that is another.

What people wrote to one pool on one day is counted together, so a (pool, day) in which
any row differs is counted again whole. Who wrote on such a day may have written on
others: all that is known of these people is looked at again, and of nobody else.

Integers only; ``tally`` gives what ``scoring.tally.tally`` gives of the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from model.words import CUT_KINDS, DAY, Count, Cut, FoundBy, Level, Reason
from scoring.book import Book
from scoring.clumps import Flags, Whole, fresh, numbers, people_of
from scoring.freeze import Frozen
from scoring.intervals import Ints, Units
from scoring.method import WAIT_BINS
from scoring.tally import (
    FAR,
    NEVER,
    WAIT_BITS,
    WEEK,
    Counted,
    Slice,
    Tally,
    Waits,
    counted,
    kinds,
    kth,
)

LEVELS = (Level.ACCOUNT, Level.BRAND, Level.CHANNEL)
CLASS_BITS = 12
"""A person has fewer than 4,096 inquiries of one credit class; see ``Unfit``."""

LINES = 2**15
SIEVE_BITS = 25
"""One person in a hundred is let through by mistake when 300,000 are meant."""


class Unfit(ValueError):
    """Too many accounts, or inquiries of one person, for the numbers kept here: the
    tally has to be made anew each time."""


@dataclass(frozen=True)
class Rows:
    """Messages, by pool, person and time, ties as an edition breaks them."""

    account: Ints
    author: Ints  # the author's hash: the same person from day to day
    asked: Ints  # epoch seconds
    wait: Ints  # -1: no answer known
    kind: NDArray[np.int8]
    reason: NDArray[np.int8]
    reply: Flags

    def __len__(self) -> int:
        return len(self.account)

    def only(self, which: Ints | Flags) -> "Rows":
        return Rows(*(getattr(self, name)[which] for name in COLUMNS))


COLUMNS = tuple(field.name for field in fields(Rows))
_NONE = np.zeros(0, dtype=np.int64)
_FEW = np.zeros(0, dtype=np.int8)
NOTHING = Rows(_NONE, _NONE, _NONE, _NONE, _FEW, _FEW, np.zeros(0, dtype=bool))


def by_day(
    frozen: Frozen, author: Ints, directory: Book, start: int
) -> dict[int, Rows]:
    """The rows of an edition (as ``freeze.frozen`` gives them) by day. ``author``:
    their authors' hashes, by which people stand in the same order in every edition;
    ``start``: epoch seconds at which the period begins. An answer that comes a day or
    more after its horizon is none: it is too late for anything written that day."""
    asked = frozen["asked_s"].astype(np.int64) + start
    account = frozen["account"].astype(np.int64)
    wait = frozen["wait_s"].astype(np.int64)
    rows = Rows(
        account,
        author,
        asked,
        np.where(wait > directory.horizon[account] + DAY, -1, wait),
        frozen["kind"],
        frozen["reason"],
        frozen["found_by"] == FoundBy.REPLY,
    )
    day = asked // DAY
    order = np.lexsort((author, directory.pool[rows.account], day))
    days, starts = np.unique(day[order], return_index=True)
    return {
        int(each): rows.only(at)
        for each, at in zip(days, np.split(order, starts[1:]), strict=False)
    }


def gathered(parts: list[Rows], directory: Book) -> Rows:
    """The rows of a day in parts that share no pool, in the order of the pools."""
    rows = joined(parts)
    return rows.only(np.argsort(directory.pool[rows.account], kind="stable"))


def joined(parts: list[Rows]) -> Rows:
    return Rows(
        *(np.concatenate([getattr(p, n) for p in (NOTHING, *parts)]) for n in COLUMNS)
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
            (cut, level): _Held(_lines(directory, level), first, days)
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


@dataclass(frozen=True)
class _Lines:
    """Who the entities of a level are."""

    entity: Ints
    line: Ints  # by account; -1: none
    limits: Ints  # (entities, 3)


def _lines(directory: Book, level: Level) -> _Lines:
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
    return _Lines(entity, line, limits)


class _Held:
    """The inquiries of one cut on one level.

    Every entity has two lines: what counts, and what is known only through its answer,
    which stands where nothing else is known.
    """

    def __init__(self, lines: _Lines, first: int, days: int) -> None:
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
