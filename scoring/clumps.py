"""Clumps: inquiries by the day, week or person they came with.

Arrays in, arrays out: a number for each inquiry's entity, unit and credit class, sorted
once in one key.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.intervals import Ints, Units

Flags = NDArray[np.bool_]
Short = NDArray[np.int32]
Whole = NDArray[np.integer]
Keys = NDArray[np.uint32] | Ints

SPARSE = 4
"""So many times as many places as inquiries are counted place by place: sooner done
than sorting."""


@dataclass(frozen=True)
class Cells:
    """Inquiries by entity and unit (a day, a week, a person), by credit class."""

    entity: Ints
    unit: Ints
    classes: Ints


def numbers(first: Flags) -> Short:
    """Numbers, from 0, of the runs that begin where ``first`` says."""
    return np.cumsum(first, dtype=np.int32) - np.int32(1)


def keyed(line: Ints, size: int, bits: int, value: Whole) -> Keys:
    """``line`` and below it ``value`` in one number, a short one where it fits in:
    those are sorted in half the time. Lines are below ``size``, values below 2**bits.
    """
    if size << bits <= 2**32:
        short = line.astype(np.uint32) << np.uint32(bits)
        return np.asarray(short | value.astype(np.uint32))
    return np.asarray((line << bits) | value)


def counted_cells(line: Ints, unit: Short, credit: Short, size: int) -> Cells:
    """``cells`` of inquiries in any order, of lines below ``size``."""
    bits = int(unit.max(initial=0)).bit_length()
    place = (unit << np.int32(2)) | credit
    if size << (bits + 2) <= SPARSE * len(line):
        at = (line << (bits + 2)) | place
        every = np.bincount(at, minlength=size << (bits + 2)).reshape(-1, 4)
        columns = every.T
        group = np.flatnonzero(columns[0] + columns[1] + columns[2] + columns[3])
        return Cells(group >> bits, group & ((1 << bits) - 1), every[group])
    keys = keyed(line, size, bits + 2, place)
    keys.sort()
    return cells(keys, bits)


def cells(keys: Keys, bits: int) -> Cells:
    """``keys``: entity, unit (``bits`` bits) and class of each inquiry, sorted."""
    group = keys >> keys.dtype.type(2)
    first = fresh(group)
    whose = group[np.flatnonzero(first)].astype(np.int64)
    place = (numbers(first).astype(np.int64) << 2) | (keys & keys.dtype.type(3))
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


def people_of(line: Ints, author: Whole, credit: Whole, size: int) -> Units:
    """Most people wrote once, and are only counted: they need neither a line of their
    own nor a place in a sorted order. ``author`` ascends, but for few at the end."""
    if len(author) and (author[1:] < author[:-1]).any():
        order = np.argsort(author, kind="stable")
        line, author, credit = line[order], author[order], credit[order]
    bits = int(author.max(initial=0)).bit_length()
    several = ~fresh(author)
    several[:-1] |= several[1:]
    lonely = np.flatnonzero(~several)
    alone = np.bincount((line[lonely] << 2) | credit[lonely], minlength=size * 4)
    at = np.flatnonzero(several)
    place = (author[at].astype(np.int64) << 2) | credit[at]
    keys = keyed(line[at], size, bits + 2, place)
    keys.sort()
    first = np.flatnonzero(fresh(keys >> keys.dtype.type(2)))
    sizes = np.diff(first, append=len(keys))
    once = keys[first[np.flatnonzero(sizes == 1)]].astype(np.int64)
    alone += np.bincount(((once >> (bits + 2)) << 2) | (once & 3), minlength=size * 4)
    crowded = np.flatnonzero(np.repeat(sizes > 1, sizes))
    again = cells(keys[crowded], bits)
    return Units(again.entity, again.classes, alone.reshape(size, 4))


def fresh(column: NDArray[np.integer]) -> Flags:
    """Whether each element differs from the one before it."""
    first = np.ones(len(column), dtype=bool)
    np.not_equal(column[1:], column[:-1], out=first[1:])
    return first
