"""From frozen inquiries to whole numbers: the only pass over every row.

Works on one slice at a time; a slice holds every row of its brands, and no figure
crosses a brand, so slices are exact. Everything here is an integer: what is hashed,
compared between engines and recomputed by strangers is settled before any division.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import CUT_KINDS, DAY, Count, Cut, FoundBy, Reason
from scoring.book import Book
from scoring.clumps import (
    Flags,
    Keys,
    Short,
    counted_cells,
    folded,
    fresh,
    keyed,
    numbers,
    people_of,
    units,
)
from scoring.freeze import Frozen
from scoring.intervals import Ints, Units
from scoring.method import WAIT_BINS

WEEK = 7
WAIT_BITS = 21
NEVER = 2**WAIT_BITS - 1
"""A wait longer than any horizon: no answer that counts."""


@dataclass(frozen=True)
class Slice:
    """Frozen rows (FROZEN) as arrays, and the days of people they form.

    A visit is all that one person wrote to one brand in one family on one UTC day.
    """

    account: Ints
    author: Short  # brand and author in one number, ascending, this slice only
    asked: Ints  # seconds since the period began
    answered: Ints  # seconds since the period began; about FAR when there is none
    kind: NDArray[np.int8]
    reason: NDArray[np.int8]
    reply: Flags  # known only because it was answered
    visit: Short  # number of its visit, ascending
    visits: Ints  # row at which each visit starts, and one past the last
    limits: Ints  # (accounts, 3) t1, t2, t3 in seconds, by account number

    @cached_property
    def messages(self) -> Ints:
        """By account number, as far as they go."""
        return np.bincount(self.account)

    @cached_property
    def accounts(self) -> Ints:
        """Numbers of the accounts that somebody wrote to."""
        return np.flatnonzero(self.messages)

    @cached_property
    def asking(self) -> Ints:
        """By account number: messages not known only through their answer."""
        return np.bincount(self.account[~self.reply], minlength=len(self.messages))

    @cached_property
    def day(self) -> Short:
        return np.asarray(self.asked // DAY, dtype=np.int32)

    @cached_property
    def wait(self) -> Short:
        """Of each message by itself; NEVER where not answered within the horizon."""
        wait = self.answered - self.asked
        return np.where(self.credit == 3, NEVER, wait).astype(np.int32)

    @cached_property
    def credit(self) -> Short:
        """Class of each message by itself."""
        return credited(self.answered - self.asked, self.account, self.limits)

    def because(self, reason: Reason) -> Ints:
        """Rows of one reason."""
        return self._reasons[reason]

    @cached_property
    def _reasons(self) -> list[Ints]:
        return [np.flatnonzero(self.reason == reason) for reason in Reason]

    @cached_property
    def kinds(self) -> list[NDArray[np.int8]]:
        """By reason: kinds of its rows."""
        return [self.kind[rows] for rows in self._reasons]

    @cached_property
    def soonest(self) -> Ints:
        """By visit: its first answer, to whichever message."""
        return np.minimum.reduceat(self.answered, self.visits[:-1])

    @cached_property
    def crowded(self) -> Flags:
        """Which rows share their visit."""
        same = ~fresh(self.visit)
        same[:-1] |= same[1:]
        return same


FAR = 2**40
READ = ("account", "author", "asked_s", "kind", "found_by", "reason")


@dataclass(frozen=True)
class Counted:
    """The inquiries of one cut and count, one element each."""

    account: Ints
    author: Short
    day: Short
    wait: Short  # seconds; NEVER when not answered within the horizon
    credit: Short  # class: 0 answered within t1, 1 within t2, 2 within t3, 3 not

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

    def _each(self, change: Callable[[Any], Any]) -> "Counted":
        return Counted(*(change(getattr(self, name)) for name in COLUMNS))


COLUMNS = tuple(field.name for field in fields(Counted))


@dataclass(frozen=True)
class Chosen:
    """What a cut and count make of a slice."""

    eligible: Counted
    replies: Counted  # known only through their answer
    lost: Ints  # accounts of messages lost to view


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


def sliced(frozen: pl.DataFrame | Frozen, directory: Book) -> Slice:
    """Frozen rows, in the order ``freeze`` gave them, ready to be counted."""
    if isinstance(frozen, pl.DataFrame):
        known = frozen.select(*READ, pl.col("wait_s").fill_null(-1))
        frozen = {name: known[name].to_numpy() for name in known.columns}
    account = frozen["account"].astype(np.int64)
    asked = frozen["asked_s"].astype(np.int64)
    wait = frozen["wait_s"]
    first = fresh(directory.brand[account]) | fresh(frozen["author"])
    person = numbers(first)
    first |= fresh(directory.pool[account])
    first |= fresh(asked // DAY)
    return Slice(
        account=account,
        author=person,
        asked=asked,
        answered=asked + (wait.astype(np.int64) & (FAR - 1)),  # -1 is all bits
        kind=frozen["kind"],
        reason=frozen["reason"],
        reply=frozen["found_by"] == FoundBy.REPLY,
        visit=numbers(first),
        visits=np.append(np.flatnonzero(first), len(first)),
        limits=directory.limits[directory.family],
    )


def kinds(part: Slice, reason: Reason, cut: Cut) -> Ints:
    """The rows of a reason that are of the kinds a cut counts."""
    rows = part.because(reason)
    if cut is Cut.ALL:
        return rows
    mine = np.logical_or.reduce([part.kinds[reason] == k for k in CUT_KINDS[cut]])
    return rows[np.flatnonzero(mine)]


def chosen(part: Slice, directory: Book, cut: Cut, count: Count) -> Chosen:
    """The inquiries of a slice that a cut counts."""
    known = kinds(part, Reason.REPLY, cut)
    return Chosen(
        counted(part, kinds(part, Reason.COUNTED, cut), count),
        counted(part, known[_only_replies(part, directory, known)], count),
        part.account[kinds(part, Reason.LOST, cut)],
    )


def _only_replies(part: Slice, directory: Book, rows: Ints) -> Flags:
    """What is known only through its answer, but for people whose brands are all known
    otherwise: nobody asks for those."""
    alone = part.accounts[part.asking[part.accounts] == 0]
    pools = np.zeros(int(directory.pool.max(initial=0)) + 1, dtype=bool)
    pools[directory.pool[alone]] = True
    return np.asarray(pools[directory.pool[part.account[rows]]])


def counted(part: Slice, rows: Ints, count: Count) -> Counted:
    """The inquiries that eligible rows come to, ``rows`` their numbers in order.

    ``people``: of each visit the first eligible message is the inquiry, and its
    answer the first answer, not before it, to anything the person opened to the
    brand that day, eligible or not. ``messages``: each row for itself.
    """
    if count is Count.PEOPLE:
        rows = rows[fresh(part.visit[rows])]
    account, wait, credit = part.account[rows], part.wait[rows], part.credit[rows]
    if count is Count.PEOPLE:
        crowded = np.flatnonzero(part.crowded[rows])
        several = rows[crowded]
        waited = _among(part, several) - part.asked[several]
        credit[crowded] = earned = credited(waited, account[crowded], part.limits)
        wait[crowded] = np.where(earned == 3, NEVER, waited)
    return Counted(account, part.author[rows], part.day[rows], wait, credit)


def credited(wait: Ints, account: Ints, limits: Ints) -> Short:
    """The credit class of each wait."""
    credit = np.full(len(wait), 3, dtype=np.int32)
    soon = np.flatnonzero(wait <= limits.max(initial=0))
    waited, whose = wait[soon], account[soon]
    credit[soon] = sum((waited > limit[whose]).view(np.int8) for limit in limits.T)
    return credit


def first_answers(part: Slice, rows: Ints) -> Ints:
    """When each of these inquiries, one a visit, had its first answer."""
    answered = part.answered[rows]
    crowded = np.flatnonzero(part.crowded[rows])
    answered[crowded] = _among(part, rows[crowded])
    return answered


def _among(part: Slice, rows: Ints) -> Ints:
    """The same where the visits have several messages."""
    visit = part.visit[rows]
    answered = part.soonest[visit]
    late = np.flatnonzero(rows != part.visits[visit])  # something came before them
    if len(late):
        answered[late] = _since(part, rows[late])
    return answered


def _since(part: Slice, rows: Ints) -> Ints:
    """The first answers that do not come before these inquiries themselves."""
    visit = part.visit[rows]
    start, size = part.visits[visit], part.visits[visit + 1] - part.visits[visit]
    firsts = np.cumsum(size) - size
    at = np.arange(size.sum()) + np.repeat(start - firsts, size)
    answers = part.answered[at]
    answers[answers < np.repeat(part.asked[rows], size)] = FAR
    return np.asarray(np.minimum.reduceat(answers, firsts))


def tally(part: Slice, inquiries: Chosen, directory: Book, entity: Ints) -> Tally:
    """Counts one slice. ``entity``: by account, what it belongs to; -1 is left out.

    What is known only through its answer enters an entity's inquiries where nothing
    else is known of that entity, and nowhere else.
    """
    numbers, local = _local(entity, part.accounts)
    size = len(numbers)
    asking = np.bincount(local[part.accounts] + 1, part.asking[part.accounts], size + 1)
    only = asking[1:] == 0
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
    mine = np.zeros(len(entity), dtype=bool)
    mine[account] = entity[account] >= 0
    crowd = np.bincount(entity[mine], minlength=int(entity.max(initial=0)) + 1)
    alone = mine & (crowd[np.maximum(entity, 0)] == 1)
    return np.where(mine & ~alone, entity, -1), np.where(alone, entity, -1)


def _local(whole: Ints, account: Ints) -> tuple[Ints, Ints]:
    """The entities of these accounts in order, and by account its line there (-1:
    none)."""
    mine = whole[account]
    entity = np.unique(mine[mine >= 0])
    local = np.full(len(whole), -1, dtype=np.int64)
    local[account] = np.where(mine >= 0, np.searchsorted(entity, mine), -1)
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
    keys = keyed(line, size, WAIT_BITS, inquiries.wait)
    keys.sort()
    base = (np.arange(size) << WAIT_BITS)[:, None]
    starts = np.searchsorted(keys, base[:, 0].astype(keys.dtype))

    def within(seconds: Ints) -> Ints:
        """(entities, ...): how many were answered within so many seconds."""
        up_to = (base + seconds).astype(keys.dtype)
        return np.searchsorted(keys, up_to, side="right") - starts[:, None]

    by_limit = within(limits)
    classes = np.diff(by_limit, axis=1, prepend=0, append=n[:, None])
    by_bin = within(np.minimum(np.array(WAIT_BINS), limits[:, [2]]))
    of = np.where(only, by_limit[:, 2], n)
    daily = counted_cells(line, inquiries.day, inquiries.credit, size)
    people = people_of(line, inquiries.author, inquiries.credit, size)
    return Tally(
        entity=entity,
        only=only,
        n=n,
        authors=people.alone.sum(1) + np.bincount(people.entity, minlength=size),
        classes=classes,
        lost=lost,
        median=kth(keys, starts, by_limit[:, 2], -(-of // 2)),
        p90=kth(keys, starts, by_limit[:, 2], -(-9 * of // 10)),
        waits=np.diff(by_bin, axis=1, prepend=0, append=n[:, None]),
        days=units(daily, size),
        weeks=units(folded(daily, WEEK), size),
        people=people,
        pooled=Waits(entity, by_limit[:, 2], of, _answered(keys)),
    )


def _answered(keys: Keys) -> NDArray[np.int32]:
    wait = (keys & NEVER).astype(np.int32)
    return np.asarray(wait[wait != NEVER])


def kth(keys: Keys, starts: Ints, answered: Ints, k: Ints) -> Ints:
    """The k-th smallest wait of each entity, -1 where fewer were answered.

    ``keys`` is sorted: entity << WAIT_BITS | wait; ``starts`` where each begins.
    """
    reached = (k > 0) & (k <= answered)
    at = np.where(reached, starts + k - 1, 0)
    found = keys[at].astype(np.int64) if len(keys) else at
    return np.where(reached, found & NEVER, -1)
