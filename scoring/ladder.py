"""The reply ladder: which of a brand's replies a machine sent, and which are copies.

A set function: of all replies that an account sent within four weeks of each other, in
any order. What a reply's own words say was read where they were seen
(``language.replies``) and is one of the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import DAY, Step
from scoring.method import METHOD

Int64 = NDArray[np.int64]

AT_ONCE = 4_000_000
"""Pairs of fingerprints compared at once: a few tens of megabytes."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The judge of steps (``model.looks.Judge``); every number is the method's.

    A reply is, and the first that applies is said:

    - ``AUTOMATIC``: says so itself; or was sent within ``machine_seconds`` of the
      inquiry, as were near-copies in ``machine_people`` other conversations, and
      those are ``machine_share`` of all conversations that got a near-copy;
    - ``REDIRECT``: its words only move the person elsewhere;
    - ``CANNED``: ``copy_people`` other conversations got a near-copy;
    - else what its words say: ``SUBSTANTIVE`` or ``UNJUDGED``.
    """

    bits: int = METHOD.copy_bits.value
    reach: int = METHOD.copy_days.value * DAY
    people: int = METHOD.copy_people.value
    seconds: int = METHOD.machine_seconds.value
    quick_people: int = METHOD.machine_people.value
    quick_share: float = METHOD.machine_share.value

    def __call__(self, replies: pl.DataFrame) -> pl.Series:
        """The step of each of one account's replies (REPLIES), Int8, in their order."""
        reads = replies["reads"].to_numpy()
        copies, quick = self._copies(replies)
        machine = (quick >= self.quick_people) & (quick >= self.quick_share * copies)
        steps = np.select(
            [
                (reads == Step.AUTOMATIC) | (self._is_quick(replies) & machine),
                reads == Step.REDIRECT,
                copies >= self.people,
            ],
            [Step.AUTOMATIC, Step.REDIRECT, Step.CANNED],
            reads,
        )
        return pl.Series("step", steps, dtype=pl.Int8)

    def copied(self, replies: pl.DataFrame, wanted: pl.Series) -> pl.Series:
        """Whether (Int8, 1 or 0) ``copy_people`` other conversations got a near-copy of
        each reply that is wanted; null of the rest, and of those without a fingerprint.
        A redirection is called one, copy or not: this tells how many are both."""
        sent = replies["responded_at"].to_numpy()
        talk = replies["conversation"].to_numpy()
        of = (wanted & replies["fingerprint"].is_not_null()).to_numpy()
        copies = np.zeros(len(replies), dtype=np.int64)
        for mine, alike in _groups(replies["fingerprint"], self.bits, of):
            copies[mine] = self._talks(sent[alike], talk[alike], sent[mine])
        told = pl.Series("copied", copies >= self.people, dtype=pl.Boolean)
        return (
            told.to_frame()
            .select(pl.when(pl.Series(of)).then("copied").cast(pl.Int8))
            .to_series()
        )

    def _is_quick(self, replies: pl.DataFrame) -> NDArray[np.bool_]:
        return replies["wait"].is_between(0, self.seconds).fill_null(False).to_numpy()

    def _copies(self, replies: pl.DataFrame) -> tuple[Int64, Int64]:
        """How many other conversations got a near-copy of each reply; and, of replies
        as quick as a machine, how many others got one as quickly. Replies without a
        fingerprint are like none."""
        copies, quick = np.zeros((2, len(replies)), dtype=np.int64)
        sent = replies["responded_at"].to_numpy()
        talk = replies["conversation"].to_numpy()
        fast = self._is_quick(replies)
        for mine, alike in _groups(replies["fingerprint"], self.bits):
            if len(alike) <= self.people:
                continue
            copies[mine] = self._talks(sent[alike], talk[alike], sent[mine])
            alike, mine = alike[fast[alike]], mine[fast[mine]]
            quick[mine] = self._talks(sent[alike], talk[alike], sent[mine])
        return copies, quick

    def _talks(self, sent: Int64, talk: Int64, moments: Int64) -> Int64:
        """How many conversations but its own have a reply within reach of each moment.

        ``sent`` and ``talk`` of the replies, ``moments`` of some of them. That is how
        many replies, less one for each two of a conversation that both lie within.
        """
        by_time = np.sort(sent)
        after = np.searchsorted(by_time, moments + self.reach, "right")
        before = np.searchsorted(by_time, moments - self.reach, "left")
        order = np.lexsort((sent, talk))
        again = np.flatnonzero(np.diff(talk[order]) == 0)
        first, second = sent[order][again], sent[order][again + 1]
        near = second - first <= 2 * self.reach
        begun = np.searchsorted(np.sort(second[near] - self.reach), moments, "right")
        over = np.searchsorted(np.sort(first[near] + self.reach), moments, "left")
        return np.asarray(after - before - (begun - over) - 1)


def _groups(
    marks: pl.Series, bits: int, of: NDArray[np.bool_] | None = None
) -> Iterator[tuple[Int64, Int64]]:
    """For each fingerprint the places of the replies that have it, and of all replies
    whose fingerprint differs in at most ``bits`` bits, these included. ``of``: only the
    fingerprints of these replies, which all have one."""
    at = np.flatnonzero(marks.is_not_null().to_numpy())
    unique, which = np.unique(
        marks.drop_nulls().to_numpy().view(np.uint64), return_inverse=True
    )
    places = np.split(
        at[np.argsort(which, kind="stable")], np.cumsum(np.bincount(which))[:-1]
    )
    lines = np.arange(len(unique))
    if of is not None:
        lines = np.unique(which[np.searchsorted(at, np.flatnonzero(of))])
    step = max(1, AT_ONCE // max(1, len(unique)))
    for first in range(0, len(lines), step):
        part = lines[first : first + step]
        alike = np.bitwise_count(unique[part, None] ^ unique) <= bits
        for number, row in zip(part.tolist(), alike, strict=True):
            others = [places[other] for other in np.flatnonzero(row)]
            yield places[number], np.concatenate(others)


LADDER = Ladder()
"""The one of the method."""
