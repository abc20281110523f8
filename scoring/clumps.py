"""Clumps: inquiries by the day, week or person they came with.

Arrays in, arrays out: a number for each inquiry's entity, unit and credit class, sorted
once in one key.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.intervals import Ints, Units

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Inquiries by entity and unit (a day, a week, a person), by credit class."""

    entity: Ints
    unit: Ints
    classes: Ints


def numbers(first: Flags) -> Ints:
    """Numbers, from 0, of the runs that begin where ``first`` says."""
    return np.cumsum(first, dtype=np.int32).astype(np.int64) - 1


def cells(keys: Ints, bits: int) -> Cells:
    """``keys``: entity, unit (``bits`` bits) and class of each inquiry, sorted."""
    group = keys >> 2
    first = fresh(group)
    whose = group[np.flatnonzero(first)]
    place = (numbers(first) << 2) | (keys & 3)
    classes = np.bincount(place, minlength=4 * len(whose)).reshape(-1, 4)
    return Cells(whose >> bits, whose & ((1 << bits) - 1), classes)


def folded(found: Cells, width: int) -> Cells:
    """Units joined into blocks of ``width``, counted from the first of the period."""
    block = found.unit // width
    first = np.flatnonzero(fresh(found.entity) | fresh(block))
    if not len(first):
        return found
    sums = [np.add.reduceat(column, first) for column in found.classes.T]
    return Cells(found.entity[first], block[first], np.stack(sums, axis=1))


def units(found: Cells, size: int) -> Units:
    """Units of two or more inquiries, and by class those that stand alone."""
    columns = found.classes.T
    crowded = columns[0] + columns[1] + columns[2] + columns[3] > 1
    once, again = np.flatnonzero(~crowded), np.flatnonzero(crowded)
    single = found.entity[once] * 4 + found.classes[once].argmax(1)
    alone = np.bincount(single, minlength=size * 4).reshape(size, 4)
    return Units(found.entity[again], found.classes[again], alone)


def people_of(line: Ints, author: Ints, credit: Ints, size: int) -> Units:
    """Most people wrote once, and are only counted: a line for each of them would take
    twice as long."""
    bits = int(author.max(initial=0)).bit_length()
    keys = np.sort((((line << bits) | author) << 2) | credit)
    first = np.flatnonzero(fresh(keys >> 2))
    sizes = np.diff(first, append=len(keys))
    once = keys[first[np.flatnonzero(sizes == 1)]]
    single = ((once >> (bits + 2)) << 2) | (once & 3)
    alone = np.bincount(single, minlength=size * 4).reshape(size, 4)
    crowded = np.flatnonzero(np.repeat(sizes > 1, sizes))
    again = cells(keys[crowded], bits)
    return Units(again.entity, again.classes, alone)


def fresh(column: NDArray[np.integer]) -> Flags:
    """Whether each element differs from the one before it."""
    first = np.ones(len(column), dtype=bool)
    np.not_equal(column[1:], column[:-1], out=first[1:])
    return first
