"""From frozen inquiries to whole numbers: the only pass over every row.

Works on one slice at a time; a slice holds every row of its brands, and no figure
crosses a brand, so slices are exact. Everything here is an integer: what is hashed,
compared between engines and recomputed by strangers is settled before any division.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import CUT_KINDS, DAY, Count, Cut, FoundBy, Kind, Reason
from scoring.book import Book
from scoring.intervals import Ints, Units
from scoring.method import WAIT_BINS

WEEK = 7
WAIT_BITS = 21
NEVER = 2**WAIT_BITS - 1
"""A wait longer than any horizon: no answer that counts."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Slice:
    """Frozen rows (FROZEN) as arrays, and the days of people they form.

    A visit is all that one person wrote to one brand in one family on one UTC day.
    """

    account: Ints
    author: Ints  # brand and author in one number, this slice only
    asked: Ints  # seconds since the period began
    answered: Ints  # seconds since the period began; FAR when there is none
    kind: NDArray[np.int8]
    reason: NDArray[np.int8]
    reply: Flags  # known only because it was answered
    visit: Ints  # number of its visit, ascending
    visits: Ints  # row at which each visit starts, and one past the last


FAR = 2**40


@dataclass(frozen=True)
class Counted:
    """The inquiries of one cut and count, one element each."""

    account: Ints
    author: Ints
    day: Ints
    wait: Ints  # seconds; NEVER when not answered within the horizon
    credit: Ints  # class: 0 answered within t1, 1 within t2, 2 within t3, 3 not

    def where(self, flags: Flags) -> "Counted":
        return self if flags.all() else self._each(lambda column: column[flags])

    def joined(self, other: "Counted") -> "Counted":
        if not len(other.account):
            return self
        return Counted(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in COLUMNS
            )
        )

    def _each(self, change: Callable[[Ints], Ints]) -> "Counted":
        return Counted(*(change(getattr(self, name)) for name in COLUMNS))


COLUMNS = tuple(field.name for field in fields(Counted))


@dataclass(frozen=True)
class Chosen:
    """What a cut and count make of a slice."""

    eligible: Counted
    replies: Counted  # known only through their answer
    lost: Ints  # accounts of the messages lost to view


@dataclass(frozen=True)
class Cells:
    """Inquiries by entity and unit (a day, a week, a person), by credit class."""

    entity: Ints
    unit: Ints
    classes: Ints


@dataclass(frozen=True)
class Tally:
    """What one level of one cut comes to, in whole numbers. Line i is ``entity[i]``.

    Credit classes: answered within t1, later within t2, later within t3, not.
    """

    entity: Ints
    only: Flags  # everything known was known only because it was answered
    n: Ints
    authors: Ints
    classes: Ints  # (entities, 4)
    lost: Ints
    median: Ints  # seconds; -1: not reached within the horizon
    p90: Ints
    waits: Ints  # (entities, bins + 1) by WAIT_BINS; last: not answered
    days: Units
    weeks: Units
    people: Units
    pooled: "Waits"


@dataclass(frozen=True)
class Waits:
    """What the typical wait of several entities together is taken from."""

    entity: Ints
    answered: Ints  # within the horizon
    of: Ints  # of how many: all counted, or those answered where nothing else is known
    wait: NDArray[np.int32]  # those of the answered, entity by entity


def sliced(frozen: pl.DataFrame, directory: Book) -> Slice:
    """Frozen rows, in the order ``freeze`` gave them, ready to be counted."""
    account = frozen["account"].to_numpy().astype(np.int64)
    brand = directory.brand[account]
    author = frozen["author"].to_numpy().astype(np.int64)
    asked = frozen["asked_s"].to_numpy().astype(np.int64)
    person = _runs(brand, author)
    visit = _runs(person, directory.pool[account], asked // DAY)
    return Slice(
        account=account,
        author=person,
        asked=asked,
        answered=(asked + frozen["wait_s"].cast(pl.Int64).fill_null(FAR).to_numpy()),
        kind=frozen["kind"].to_numpy(),
        reason=frozen["reason"].to_numpy(),
        reply=frozen["found_by"].to_numpy() == FoundBy.REPLY,
        visit=visit,
        visits=np.flatnonzero(np.diff(visit, prepend=-1, append=len(visit))),
    )


def _runs(*columns: Ints) -> Ints:
    """Numbers, from 0, of the runs of rows that agree in every column."""
    fresh = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        fresh[1:] |= column[1:] != column[:-1]
    return np.cumsum(fresh)


def kinds(part: Slice, cut: Cut) -> Flags:
    """Which rows are of the kinds a cut counts."""
    if cut is Cut.ALL:
        return np.ones(len(part.kind), dtype=bool)
    counted = np.zeros(len(Kind), dtype=bool)
    counted[list(CUT_KINDS[cut])] = True
    return np.asarray(counted[part.kind])


def chosen(part: Slice, directory: Book, cut: Cut, count: Count) -> Chosen:
    """The inquiries of a slice that a cut counts."""
    wanted = kinds(part, cut)
    return Chosen(
        counted(part, directory, wanted & (part.reason == Reason.COUNTED), count),
        counted(part, directory, wanted & (part.reason == Reason.REPLY), count),
        part.account[wanted & (part.reason == Reason.LOST)],
    )


def counted(part: Slice, directory: Book, eligible: Flags, count: Count) -> Counted:
    """The inquiries that ``eligible`` rows come to.

    ``people``: of each visit the first eligible message is the inquiry, and its
    answer the first answer, not before it, to anything the person opened to the
    brand that day, eligible or not. ``messages``: each row for itself.
    """
    rows = np.flatnonzero(eligible)
    if count is Count.PEOPLE:
        visit = part.visit[rows]
        rows = rows[np.diff(visit, prepend=-1) != 0]
        answered = first_answers(part, rows)
    else:
        answered = part.answered[rows]
    account, wait = part.account[rows], answered - part.asked[rows]
    limits = directory.limits[directory.family]
    credit = sum((wait > limits[:, i][account]).view(np.int8) for i in range(3))
    return Counted(
        account,
        part.author[rows],
        part.asked[rows] // DAY,
        np.where(credit < 3, wait, NEVER),
        np.asarray(credit, dtype=np.int64),
    )


def first_answers(part: Slice, rows: Ints) -> Ints:
    """When each of these inquiries, one a visit, had its first answer."""
    answered = part.answered[rows]
    sizes = np.diff(part.visits)
    visit = part.visit[rows]
    crowded = np.flatnonzero(sizes[visit] > 1)
    if not len(crowded):
        return answered
    start, size = part.visits[visit[crowded]], sizes[visit[crowded]]
    firsts = np.cumsum(size) - size
    within = np.arange(size.sum()) - np.repeat(firsts, size)
    at = np.repeat(start, size) + within
    since = np.repeat(part.asked[rows[crowded]], size)
    answers = np.where(part.answered[at] >= since, part.answered[at], FAR)
    answered[crowded] = np.minimum.reduceat(answers, firsts)
    return answered


def tally(part: Slice, inquiries: Chosen, directory: Book, entity: Ints) -> Tally:
    """Counts one slice. ``entity``: by account, what it belongs to; -1 is left out.

    What is known only through its answer enters an entity's inquiries where nothing
    else is known of that entity, and nowhere else.
    """
    numbers, local = _local(entity, part.account)
    size = len(numbers)
    only = _bins(local[part.account[~part.reply]], size) == 0
    return _counts(
        _joined(inquiries.eligible, inquiries.replies, local, only),
        local,
        _limits(directory, local, size),
        entity=numbers,
        only=only,
        lost=_bins(local[inquiries.lost], size),
    )


def several(entity: Ints, account: Ints) -> tuple[Ints, Ints]:
    """``entity`` by account, split in two: those with several of the accounts that
    occur in ``account``, and those with one, whose figures are that account's."""
    present = np.bincount(account, minlength=len(entity)) > 0
    mine = present & (entity >= 0)
    crowd = np.bincount(entity[mine], minlength=int(entity.max(initial=0)) + 1)
    alone = mine & (crowd[np.maximum(entity, 0)] == 1)
    return np.where(mine & ~alone, entity, -1), np.where(alone, entity, -1)


def _local(whole: Ints, account: Ints) -> tuple[Ints, Ints]:
    """The entities of a slice in order, and by account its line there (-1: none)."""
    present = np.flatnonzero(np.bincount(account, minlength=len(whole)))
    mine = whole[present]
    entity = np.unique(mine[mine >= 0])
    local = np.full(len(whole), -1, dtype=np.int64)
    local[present] = np.where(mine >= 0, np.searchsorted(entity, mine), -1)
    return entity, local


def _bins(line: Ints, size: int) -> Ints:
    """How often each line occurs; -1 is nobody's."""
    return np.bincount(line + 1, minlength=size + 1)[1:]


def _limits(directory: Book, local: Ints, size: int) -> Ints:
    limits = np.zeros((size, 3), dtype=np.int64)
    mine = np.flatnonzero(local >= 0)
    limits[local[mine]] = directory.limits[directory.family[mine]]
    return limits


def _joined(eligible: Counted, replies: Counted, local: Ints, only: Flags) -> Counted:
    """The inquiries of a level: replies alone where there is nothing else."""
    only_replies = only if len(only) else np.zeros(1, dtype=bool)
    line = local[replies.account]
    added = replies.where((line >= 0) & only_replies[line])
    kept = eligible.where(local[eligible.account] >= 0)
    return kept.joined(added)


def _counts(
    inquiries: Counted,
    local: Ints,
    limits: Ints,
    *,
    entity: Ints,
    only: Flags,
    lost: Ints,
) -> Tally:
    line = local[inquiries.account]
    size = len(entity)
    n = np.bincount(line, minlength=size)
    keys = np.sort((line << WAIT_BITS) | inquiries.wait)
    base = (np.arange(size) << WAIT_BITS)[:, None]
    starts = np.searchsorted(keys, base[:, 0])

    def within(seconds: Ints) -> Ints:
        """(entities, ...): how many were answered within so many seconds."""
        return np.searchsorted(keys, base + seconds, side="right") - starts[:, None]

    by_limit = within(limits)
    classes = np.diff(by_limit, axis=1, prepend=0, append=n[:, None])
    by_bin = within(np.minimum(np.array(WAIT_BINS), limits[:, [2]]))
    of = np.where(only, by_limit[:, 2], n)
    cells = _cells(line, inquiries.day, inquiries.credit)
    authors, people = _people(line, inquiries.author, inquiries.credit, size)
    return Tally(
        entity=entity,
        only=only,
        n=n,
        authors=authors,
        classes=classes,
        lost=lost,
        median=kth(keys, starts, by_limit[:, 2], -(-of // 2)),
        p90=kth(keys, starts, by_limit[:, 2], -(-9 * of // 10)),
        waits=np.diff(by_bin, axis=1, prepend=0, append=n[:, None]),
        days=_units(cells, size),
        weeks=_units(_folded(cells, WEEK), size),
        people=people,
        pooled=Waits(entity, by_limit[:, 2], of, _answered(keys)),
    )


def _answered(keys: Ints) -> NDArray[np.int32]:
    wait = (keys & NEVER).astype(np.int32)
    return np.asarray(wait[wait != NEVER])


def kth(keys: Ints, starts: Ints, answered: Ints, k: Ints) -> Ints:
    """The k-th smallest wait of each entity, -1 where fewer were answered.

    ``keys`` is sorted: entity << WAIT_BITS | wait; ``starts`` where each begins.
    """
    reached = (k > 0) & (k <= answered)
    at = np.where(reached, starts + k - 1, 0)
    return np.where(reached, (keys[at] if len(keys) else at) & NEVER, -1)


def _cells(line: Ints, unit: Ints, credit: Ints) -> Cells:
    """Inquiries by entity and unit, by credit class; sorted by both."""
    bits = int(unit.max(initial=0)).bit_length()
    return _by_class(np.sort((((line << bits) | unit) << 2) | credit), bits)


def _by_class(keys: Ints, bits: int) -> Cells:
    """``keys``: entity, unit (``bits`` bits) and class of each inquiry, sorted."""
    starts = np.flatnonzero(_fresh(keys))
    counts = np.diff(starts, append=len(keys))
    keys = keys[starts]
    group = keys >> 2
    fresh = _fresh(group)
    whose = group[fresh]
    classes = np.zeros((len(whose), 4), dtype=np.int64)
    classes[np.cumsum(fresh) - 1, keys & 3] = counts
    return Cells(whose >> bits, whose & ((1 << bits) - 1), classes)


def _people(line: Ints, author: Ints, credit: Ints, size: int) -> tuple[Ints, Units]:
    """How many people wrote to each entity, and their units. Most wrote once, and are
    only counted: a line for each of them would take twice as long."""
    bits = int(author.max(initial=0)).bit_length()
    keys = np.sort((((line << bits) | author) << 2) | credit)
    first = np.flatnonzero(_fresh(keys >> 2))
    sizes = np.diff(first, append=len(keys))
    once = keys[first[sizes == 1]]
    single = ((once >> (bits + 2)) << 2) | (once & 3)
    alone = np.bincount(single, minlength=size * 4).reshape(size, 4)
    again = _by_class(keys[np.repeat(sizes > 1, sizes)], bits)
    people = alone.sum(1) + np.bincount(again.entity, minlength=size)
    return people, Units(again.entity, again.classes, alone)


def _fresh(column: Ints) -> Flags:
    """Whether each element differs from the one before it."""
    fresh = np.ones(len(column), dtype=bool)
    np.not_equal(column[1:], column[:-1], out=fresh[1:])
    return fresh


def _folded(cells: Cells, width: int) -> Cells:
    """Units joined into blocks of ``width``, counted from the first of the period."""
    block = cells.unit // width
    first = np.flatnonzero(
        (np.diff(cells.entity, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0)
    )
    if not len(first):
        return cells
    return Cells(
        cells.entity[first], block[first], np.add.reduceat(cells.classes, first, axis=0)
    )


def _units(cells: Cells, size: int) -> Units:
    """Units of two or more inquiries, and by class those that stand alone."""
    alone = cells.classes.sum(1) == 1
    single = cells.entity[alone] * 4 + cells.classes[alone].argmax(1)
    return Units(
        cells.entity[~alone],
        cells.classes[~alone],
        np.bincount(single, minlength=size * 4).reshape(size, 4),
    )
