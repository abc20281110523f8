"""Who wrote to whom, and how often: one number for each person and line.

A person of a line is known by one 64-bit number made of both: the author's hash, moved
by a step of the line's own. Within a line no two people share it; across lines two may
as rarely as two people share an author's hash: once in 300,000 tallies of ten million.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.words import Cut
from scoring.clumps import fresh, numbers
from scoring.intervals import Ints

Packed = NDArray[np.uint32]
"""Inquiries of a person by credit class, one byte each, the first class the highest."""

STEP = np.uint64(0x9E3779B97F4A7C15)
SIEVE_BITS = 25
"""One new person in four is looked for in vain when eight million are known."""

RUNS = 8
"""So many sorted runs are searched one after the other before they become one."""


@dataclass(frozen=True)
class Some:
    """The people of some rows."""

    row: Ints  # by row: which of these people wrote it; -1: nobody's line
    number: Ints  # by person: its number
    line: Ints  # by person


class People:
    """The people of a level. A number stays the same until ``settle``."""

    def __init__(self, cuts: Sequence[Cut]) -> None:
        self._runs: list[NDArray[np.uint64]] = []
        self._size = 0
        self._sieve = np.zeros(2**SIEVE_BITS, dtype=bool)
        self._held = {cut: np.zeros(0, dtype=np.uint32) for cut in cuts}

    def some(self, line: Ints, author: Ints) -> Some:
        """The people who wrote these rows; who is new gets a number. ``line``: -1 is
        left out."""
        at = np.flatnonzero(line >= 0)
        keys = author[at].view(np.uint64) + line[at].astype(np.uint64) * STEP
        order = np.argsort(keys)
        keys = keys[order]
        first = fresh(keys)
        row = np.full(len(line), -1)
        row[at[order]] = numbers(first)
        firsts = np.flatnonzero(first)
        return Some(row, self._numbers(keys[firsts]), line[at[order[firsts]]])

    def moved(self, cut: Cut, who: Ints, by: Packed) -> tuple[Packed, Packed]:
        """Adds to the inquiries of these people, each given once; what they had, and
        have now."""
        held = self._held[cut]
        before = held[who]
        held[who] = after = before + by
        return before, after

    def settle(self) -> None:
        """Forgets who has no inquiry, where many runs have come together."""
        if len(self._runs) < RUNS:
            return
        wrote = np.zeros(self._size, dtype=bool)
        for held in self._held.values():
            wrote |= held[: self._size] > 0
        at = np.flatnonzero(wrote)
        keys = np.concatenate(self._runs)[at]
        order = np.argsort(keys)
        self._runs, self._size = [keys[order]], len(keys)
        self._sieve[:] = False
        self._sieve[_hole(keys)] = True
        for cut, held in self._held.items():
            self._held[cut] = _roomy(held[at[order]], len(keys))

    def _numbers(self, keys: NDArray[np.uint64]) -> Ints:
        """``keys``: ascending, each once."""
        found = np.full(len(keys), -1)
        hole = _hole(keys)
        maybe = np.flatnonzero(self._sieve[hole])
        sought = keys[maybe]
        start = 0
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, sought), len(run) - 1)
            there = np.flatnonzero(run[at] == sought)
            found[maybe[there]] = at[there] + start
            start += len(run)
        new = np.flatnonzero(found < 0)
        if len(new):
            found[new] = np.arange(start, start + len(new))
            self._sieve[hole[new]] = True
            self._runs.append(keys[new])
            self._size += len(new)
            self._grow()
        return found

    def _grow(self) -> None:
        for cut, held in self._held.items():
            if len(held) < self._size:
                self._held[cut] = _roomy(held, self._size)


def _hole(keys: NDArray[np.uint64]) -> Ints:
    return (keys >> np.uint64(64 - SIEVE_BITS)).astype(np.int64)


def _roomy(held: Packed, size: int) -> Packed:
    """With room for as many again: what is not used takes no memory."""
    more = np.zeros(2 * size, dtype=np.uint32)
    more[: len(held)] = held
    return more
