"""A week as it is counted and as it is kept: its cells, and nights and weekends apart.

Everything is of several brands at once, and ends as canonical JSON.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.intervals import Floats, Ints
from scoring.method import METHOD

WEEK = 7
HOURS = 168
TIMES = ("night", "weekday", "weekend")
"""Which times of the week are told apart; every hour is in one. METHOD.office_hours."""

WEEKDAY = 1
OTHERS = [0, 2]
"""Places in TIMES."""

LIMITS = 3


def times() -> NDArray[np.int64]:
    """Place in TIMES of each hour of the week."""
    opens, closes = METHOD.office_hours.value
    hour = np.arange(HOURS)
    office = (hour % 24 >= opens) & (hour % 24 < closes)
    return np.where(hour >= 5 * 24, 2, office.astype(np.int64))


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


def bodies(week: Week, apart: Apart) -> Iterator[tuple[int, str]]:
    """What is said of each entity with an inquiry, as canonical JSON: written here,
    because so many small lists would take longer than all the counting."""
    cells, given = _cells(week), given_cells(week.given)
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


def given_cells(given: Ints) -> dict[int, str]:
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
