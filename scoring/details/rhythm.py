"""When a brand answers: by hour of the week, and nights and weekends apart.

The clock is UTC, because no brand's own is known. Hours of the week are counted from
Monday 00:00. Brands are counted in portions, so that memory does not grow with them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Level, Status
from scoring.book import Period
from scoring.details.case import Case
from scoring.intervals import (
    Floats,
    Ints,
    Units,
    effective_size,
    share_limits,
    unit_spread,
)
from scoring.method import HOUR, METHOD

Said = Iterator[tuple[tuple[str, str, str, str], str]]

WEEK = 7
HOURS = 168
THURSDAY = 3
"""Day of the week, from Monday 0, on which the epoch began."""

TIMES = ("night", "weekday", "weekend")
"""Which times of the week are told apart; every hour is in one. METHOD.office_hours."""

WEEKDAY = 1
OTHERS = [0, 2]
"""Places in TIMES."""

LIMITS = 3
BINS = 16_000_000
"""Counters held at one time."""

UNANSWERED = 2**31 - 1

COUNTABLE = (Status.RANKED.value, Status.TOO_FEW.value, Status.FEW_DAYS.value)
"""Of these a share may be said."""


def times() -> NDArray[np.int64]:
    """Place in TIMES of each hour of the week."""
    opens, closes = METHOD.office_hours.value
    hour = np.arange(HOURS)
    office = (hour % 24 >= opens) & (hour % 24 < closes)
    return np.where(hour >= 5 * 24, 2, office.astype(np.int64))


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


@dataclass(frozen=True)
class Week:
    """Of each entity, by hour of the week: inquiries by credit class, and answers."""

    asked: Ints  # (entities, 168, 4)
    given: Ints  # (entities, 168)

    def __add__(self, other: "Week") -> "Week":
        return Week(self.asked + other.asked, self.given + other.given)


@dataclass(frozen=True)
class Apart:
    """Shares at each of TIMES. n: (entities, 3); the others (entities, 3, limits), NaN
    where n is 0."""

    n: Ints
    answered: Ints
    low: Floats
    high: Floats

    @property
    def share(self) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray(self.answered / self.n[:, :, None].astype(np.float64))


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
        for at, body in _bodies(_week(part, last - first), apart):
            yield keys[first + at], body
    for at, body in _bodies(pool.week, pool.apart):
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


def _bodies(week: Week, apart: Apart) -> Iterator[tuple[int, str]]:
    """What is said of each entity with an inquiry, as canonical JSON: written here,
    because so many small lists would take longer than all the counting."""
    cells, given = _cells(week), _given(week.given)
    counts = np.concatenate([apart.n[:, :, None], apart.answered], axis=2)
    counted = _texts(counts.reshape(-1, 1 + LIMITS))
    ends = _texts(_printed(apart.low, apart.high))
    gaps = _texts(_printed(*_gaps(apart)))
    fewest: int = METHOD.fewest_in_cell.value
    for at, n in enumerate(apart.n.tolist()):
        if not any(n):
            continue
        first = at * len(TIMES)
        enough = [each >= fewest for each in n]
        said = [f'"cells":{cells[at]}'] if at in cells else []
        if enough[WEEKDAY] and (enough[0] or enough[2]):
            differ = (
                f'"{TIMES[place]}":[{gaps[at * len(OTHERS) + line]}]'
                for line, place in enumerate(OTHERS)
                if enough[place]
            )
            said.append(f'"gaps":{{{",".join(differ)}}}')
        if at in given:
            said.append(f'"given":{given[at]}')
        each = (
            f'"{name}":[{counted[first + place]}'
            + (f",{ends[first + place]}]" if enough[place] else "]")
            for place, name in enumerate(TIMES)
            if n[place]
        )
        said.append(f'"times":{{{",".join(each)}}}')
        yield at, f"{{{','.join(said)}}}"


def _texts(rows: Ints) -> list[str]:
    """Each line as JSON writes it, without its brackets."""
    text = json.dumps(rows.tolist(), separators=(",", ":"))
    return text[2:-2].split("],[")


def _printed(low: Floats, high: Floats) -> Ints:
    """(entities and times, limits x 2) in ten-thousandths; what is not known becomes 0,
    and is not said."""
    ends = np.nan_to_num(np.stack([low, high], axis=3)) * 10_000
    return np.rint(ends).astype(np.int64).reshape(-1, 2 * LIMITS)


def _gaps(apart: Apart) -> tuple[Floats, Floats]:
    """(entities, 2, limits): limits of night and weekend less weekday. Each share's own
    limits are put together, square and add (Newcombe, Statistics in Medicine 17 (1998),
    873-890)."""
    share, low, high = apart.share, apart.low, apart.high
    other, usual = share[:, OTHERS], share[:, [WEEKDAY]]
    down = np.hypot(other - low[:, OTHERS], high[:, [WEEKDAY]] - usual)
    up = np.hypot(high[:, OTHERS] - other, usual - low[:, [WEEKDAY]])
    gap = other - usual
    return np.clip(gap - down, -1, 1), np.clip(gap + up, -1, 1)


def grain(n: Ints) -> list[tuple[int, int] | None]:
    """Hours of a cell and rows of days for so many inquiries; None: too few."""
    choices = [(hours, WEEK) for hours in METHOD.rhythm_hours.value]
    choices.append((METHOD.rhythm_hours.value[-1], 2))
    cells = np.array([rows * 24 // hours for hours, rows in choices])
    fits = n[:, None] >= METHOD.fewest_in_cell.value * cells
    found = np.where(fits.any(1), fits.argmax(1), len(choices))
    return [[*choices, None][at] for at in found.tolist()]


def folded(counts: Ints, hours: int, rows: int) -> Ints:
    """(entities, cells, ...) from (entities, 168, ...)."""
    rest = counts.shape[2:]
    out = counts.reshape(len(counts), WEEK, 24 // hours, hours, *rest).sum(3)
    if rows < WEEK:
        out = np.stack([out[:, :5].sum(1), out[:, 5:].sum(1)], axis=1)
    return np.asarray(out.reshape(len(counts), -1, *rest))


def _cells(week: Week) -> dict[int, str]:
    """By entity, of those with inquiries enough, as canonical JSON."""
    found: dict[int, str] = {}
    for hours, rows, mine in _grains(week.asked.sum(2)):
        within = np.cumsum(folded(week.asked[mine], hours, rows), axis=2)
        t1, t2, t3, n = (_texts(within[:, :, at]) for at in range(4))
        for line, at in enumerate(mine.tolist()):
            found[at] = (
                f'{{"hours":{hours},"n":[{n[line]}],"rows":{rows},'
                f'"t1":[{t1[line]}],"t2":[{t2[line]}],"t3":[{t3[line]}]}}'
            )
    return found


def _given(given: Ints) -> dict[int, str]:
    """The same of answers (entities, 168)."""
    found: dict[int, str] = {}
    for hours, rows, mine in _grains(given):
        n = _texts(folded(given[mine], hours, rows))
        for line, at in enumerate(mine.tolist()):
            found[at] = f'{{"hours":{hours},"n":[{n[line]}],"rows":{rows}}}'
    return found


def _grains(counts: Ints) -> Iterator[tuple[int, int, Ints]]:
    """Hours and rows of cells, and the entities whose counts (entities, 168) fit."""
    grains = grain(counts.sum(1))
    for hours, rows in sorted({each for each in grains if each is not None}):
        yield (
            hours,
            rows,
            np.array([at for at, g in enumerate(grains) if g == (hours, rows)]),
        )


def _answers_alone(case: Case, wanted: NDArray[np.bool_]) -> Said:
    """When answers are given by those of whom nothing else is known."""
    keys = case.of(Level.BRAND)
    answers = _asked(case, case.replies, wanted)
    given = np.zeros((len(wanted), HOURS), dtype=np.int64)
    known = answers.given >= 0
    np.add.at(given, (answers.entity[known], answers.given[known]), 1)
    for at, text in sorted(_given(given).items()):
        yield keys[at], f'{{"given":{text}}}'
