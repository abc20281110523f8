"""When a brand answers: by hour of the week, and nights and weekends apart.

The clock is UTC, because no brand's own is known. Hours of the week are counted from
Monday 00:00. Brands are counted in portions, so that memory does not grow with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Level, Status
from scoring.book import Period
from scoring.details.case import Case
from scoring.details.week import (
    HOURS,
    LIMITS,
    TIMES,
    WEEK,
    Apart,
    Week,
    bodies,
    given_cells,
    times,
)
from scoring.intervals import (
    Ints,
    Units,
    effective_size,
    share_limits,
    unit_spread,
)
from scoring.method import HOUR

Said = Iterator[tuple[tuple[str, str, str, str], str]]

THURSDAY = 3
"""Day of the week, from Monday 0, on which the epoch began."""

BINS = 16_000_000
"""Counters held at one time."""

UNANSWERED = 2**31 - 1

COUNTABLE = (Status.RANKED.value, Status.TOO_FEW.value, Status.FEW_DAYS.value)
"""Of these a share may be said."""


@dataclass(frozen=True)
class Asked:
    """Inquiries, one element each."""

    entity: Ints
    author: NDArray[np.int32]
    day: NDArray[np.int32]  # of the period
    hour: NDArray[np.int32]  # of the week, when it was asked
    credit: NDArray[np.int8]  # 0 answered within t1, 1 within t2, 2 within t3, 3 not
    given: NDArray[np.int32]  # hour of the week of the answer; -1: none in time

    def where(self, rows: NDArray[Any]) -> "Asked":
        return Asked(*(getattr(self, field.name)[rows] for field in fields(self)))

    def of(self, entity: Ints) -> "Asked":
        """The same inquiries, as those of other entities."""
        return replace(self, entity=entity)


def details(case: Case) -> Said:
    """By brand and family, and by industry and family. Limits of shares are in
    ten-thousandths.

    ``cells``: ``hours`` in a cell and ``rows`` of days (7, or 2: Monday to Friday,
    Saturday and Sunday), and cell by cell, day after day, the inquiries asked then
    (``n``), and how many of those were answered within ``t1``, ``t2``, ``t3``.
    ``given``: likewise, how many answers came then (``n``); it is all that is said of a
    source that holds only answered conversations. Either is absent where there are too
    few for the coarsest cells.

    ``times``: for each of TIMES with an inquiry, how many there are, how many were
    answered within t1, t2 and t3, and from METHOD.fewest_in_cell inquiries on, for each
    of the three shares, its lower and its upper limit. ``gaps``: the limits of the
    shares of night and weekend less those of weekday, likewise.

    An industry pools its brands of which a share may be said.
    """
    status = _status(case)
    asked = _asked(case, case.counted, np.isin(status, COUNTABLE))
    trades, names = _trades(case)
    keys = case.of(Level.BRAND)
    pool = _Pool(len(names))
    step = max(1, BINS // max(HOURS * 4, case.period.days * len(TIMES)))
    for first in range(0, len(status), step):
        last = min(first + step, len(status))
        part = _portion(asked, first, last)
        apart = _apart(part, last - first, case.period)
        pool.add(trades[first:last], part, apart)
        for at, body in bodies(_week(part, last - first), apart):
            yield keys[first + at], body
    for at, body in bodies(pool.week, pool.apart):
        yield names[at], body
    yield from _answers_alone(case, status == Status.ANSWERED_ONLY.value)


def _status(case: Case) -> NDArray[np.str_]:
    """By brand number; '' of one that nobody was seen writing to."""
    lines = case.headline.filter(level=Level.BRAND.value)
    said = {row[:2]: row[2] for row in lines.select("family", "slug", "status").rows()}
    found = np.full(int(case.brand.max(initial=-1)) + 1, "", dtype="<U16")
    for number, (_, family, _, slug) in case.of(Level.BRAND).items():
        found[number] = said.get((family, slug), "")
    return found


def _trades(case: Case) -> tuple[Ints, list[tuple[str, str, str, str]]]:
    """By brand number the number of its industry in its family, and their keys."""
    who = case.names.described(Level.BRAND).select("entity", "family", "industry")
    found = sorted(set(who.select("family", "industry").rows()))
    number = {key: at for at, key in enumerate(found)}
    trades = np.zeros(int(case.brand.max(initial=-1)) + 1, dtype=np.int64)
    for entity, family, industry in who.rows():
        trades[entity] = number[family, industry]
    return trades, [(Level.INDUSTRY.value, key[0], "", key[1]) for key in found]


def _asked(case: Case, rows: pl.DataFrame, wanted: NDArray[np.bool_]) -> Asked:
    """The inquiries of the wanted brands, in the order they have."""
    account = rows["account"].to_numpy()
    brand = np.where(wanted[case.brand] & (case.brand >= 0), case.brand, -1)
    if not (brand >= 0).all():
        rows = rows.filter(pl.Series(brand >= 0)[account])
        account = rows["account"].to_numpy()
    asked = rows["asked_s"].to_numpy()
    wait = rows["wait_s"].fill_null(UNANSWERED).to_numpy()
    limits = case.names.limits[case.names.family].astype(np.int32)
    credit = np.zeros(len(asked), dtype=np.int8)
    for limit in range(LIMITS):
        credit += wait > limits[:, limit][account]
    start = (case.period.day_from + THURSDAY) % WEEK * 24
    answered = np.flatnonzero(credit < LIMITS)
    given = np.full(len(asked), -1, dtype=np.int32)
    given[answered] = ((asked[answered] + wait[answered]) // HOUR + start) % HOURS
    hour = asked // HOUR
    return Asked(
        entity=brand[account],
        author=rows["author"].to_numpy(),
        day=hour // 24,
        hour=(hour + start) % HOURS,
        credit=credit,
        given=given,
    )


def _portion(asked: Asked, first: int, last: int) -> Asked:
    """Those of the entities from ``first`` to ``last``, numbered from 0."""
    entity = asked.entity - first
    rows = (entity >= 0) & (entity < last - first)
    part = asked.of(entity)
    return part if rows.all() else part.where(rows)


def _week(asked: Asked, size: int) -> Week:
    cell = asked.entity * HOURS + asked.hour
    counts = np.bincount(cell * 4 + asked.credit, minlength=size * HOURS * 4)
    answered = asked.given >= 0
    given = (asked.entity * HOURS + asked.given)[answered]
    return Week(
        counts.reshape(size, HOURS, 4),
        np.bincount(given, minlength=size * HOURS).reshape(size, HOURS),
    )


def _apart(asked: Asked, size: int, period: Period) -> Apart:
    """The shares at each time of the week, each with the effective size that its own
    days, weeks and people give it."""
    line = asked.entity * len(TIMES) + times()[asked.hour]
    lines = size * len(TIMES)
    classes = np.bincount(line * 4 + asked.credit, minlength=lines * 4).reshape(-1, 4)
    weeks = -(-period.days // WEEK)
    sizes = effective_size(
        classes,
        unit_spread(_units(line, asked.day, period.days, asked, lines), classes),
        unit_spread(_units(line, asked.day // WEEK, weeks, asked, lines), classes),
        unit_spread(_people(line, asked, classes), classes),
    )
    n, answered = classes.sum(1), np.cumsum(classes, axis=1)[:, :LIMITS]
    ends = [
        share_limits(answered[:, limit], n, sizes[:, limit + 1])
        for limit in range(LIMITS)
    ]
    low, high = (
        np.stack([each[side] for each in ends], axis=1).reshape(size, -1, LIMITS)
        for side in range(2)
    )
    return Apart(n.reshape(size, -1), answered.reshape(size, -1, LIMITS), low, high)


def _units(
    line: Ints, unit: NDArray[np.int32], units: int, asked: Asked, lines: int
) -> Units:
    """Inquiries by line and unit, of which a line has ``units``."""
    cell = line * units + unit
    size = np.bincount(cell, minlength=lines * units)
    crowd = size > 1
    number = np.cumsum(crowd) - 1
    many = crowd[cell]
    alone = np.flatnonzero(~many)
    many = np.flatnonzero(many)
    classes = np.bincount(
        number[cell[many]] * 4 + asked.credit[many], minlength=4 * int(crowd.sum())
    )
    single = np.bincount(line[alone] * 4 + asked.credit[alone], minlength=lines * 4)
    return Units(
        np.flatnonzero(crowd) // units, classes.reshape(-1, 4), single.reshape(-1, 4)
    )


def _people(line: Ints, asked: Asked, classes: Ints) -> Units:
    """Inquiries by line and author; ``classes`` is everybody of each line.

    Relies on the rows of one author to one entity standing together, as they do in an
    edition: only those who wrote more than once are looked at.
    """
    fresh = np.ones(len(line), dtype=bool)
    fresh[1:] = asked.entity[1:] != asked.entity[:-1]
    fresh[1:] |= asked.author[1:] != asked.author[:-1]
    rows = np.flatnonzero(~fresh | ~np.append(fresh[1:], True))
    person = np.cumsum(fresh[rows])
    cell, number = np.unique(line[rows] << 32 | person, return_inverse=True)
    counts = np.bincount(number * 4 + asked.credit[rows], minlength=len(cell) * 4)
    again = counts.reshape(-1, 4)
    many = again.sum(1) > 1
    entity, again = cell[many] >> 32, again[many]
    crowd = np.zeros_like(classes)
    np.add.at(crowd, entity, again)
    return Units(entity, again, classes - crowd)


class _Pool:
    """Brands pooled into industries: counts add up, and so do the squared distances
    to the limits, each by its weight, as in the industries' standings."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.week = Week(
            np.zeros((size, HOURS, 4), dtype=np.int64),
            np.zeros((size, HOURS), dtype=np.int64),
        )
        self._n = np.zeros((size, len(TIMES)), dtype=np.int64)
        self._answered = np.zeros((size, len(TIMES), LIMITS), dtype=np.int64)
        self._down = np.zeros((size, len(TIMES), LIMITS))
        self._up = np.zeros((size, len(TIMES), LIMITS))

    def add(self, trades: Ints, asked: Asked, apart: Apart) -> None:
        """``trades``: by entity, the number of its industry."""
        self.week += _week(asked.of(trades[asked.entity]), self._size)
        np.add.at(self._n, trades, apart.n)
        np.add.at(self._answered, trades, apart.answered)
        n = apart.n[:, :, None]
        for total, limit in ((self._down, apart.low), (self._up, apart.high)):
            reach = np.where(n > 0, n * (limit - apart.share), 0)
            np.add.at(total, trades, reach**2)

    @property
    def apart(self) -> Apart:
        n = self._n[:, :, None].astype(np.float64)
        with np.errstate(invalid="ignore"):
            share = self._answered / n
            low, high = share - np.sqrt(self._down) / n, share + np.sqrt(self._up) / n
        return Apart(self._n, self._answered, np.clip(low, 0, 1), np.clip(high, 0, 1))


def _answers_alone(case: Case, wanted: NDArray[np.bool_]) -> Said:
    """When answers are given by those of whom nothing else is known."""
    keys = case.of(Level.BRAND)
    answers = _asked(case, case.replies, wanted)
    given = np.zeros((len(wanted), HOURS), dtype=np.int64)
    known = answers.given >= 0
    np.add.at(given, (answers.entity[known], answers.given[known]), 1)
    for at, text in sorted(given_cells(given).items()):
        yield keys[at], f'{{"given":{text}}}'
