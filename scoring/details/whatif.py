"""What would move a ranked brand up: its score and its place if it answered more, or
sooner, and everything else stayed as it was.

Made of the same inquiries that its standing counts. Nothing is forecast: others would
move meanwhile, and who gets an answer today is not who would get one then.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Level, Status
from scoring.details.case import NEVER, Case
from scoring.details.sensitivity import classes_of
from scoring.intervals import Floats, Ints, score_limits
from scoring.standing import score

MORE = 10
"""Of 100 inquiries: how many more are answered, as fast as the brand answers now."""

SOONER_S = 3_600
"""By how much every answer comes sooner."""

PARTS = 100
"""Counts are taken a hundredfold, so that a tenth of one is a whole number."""

Said = Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]


def details(case: Case) -> Said:
    """By ranked brand and family: ``now``, ``more`` and ``sooner``, each the score,
    its interval, and the place among the ``of`` ranked of the family by score alone,
    the others standing still. ``more`` is absent where nobody was left unanswered."""
    ranked = case.headline.filter(level=Level.BRAND.value, status=Status.RANKED.value)
    sooner = _sooner(case)
    numbers = {(key[1], key[3]): n for n, key in case.of(Level.BRAND).items()}
    for family in sorted(set(ranked["family"])):
        lines = ranked.filter(family=family).sort("slug")
        counts = classes_of(lines)
        mine = [numbers[family, slug] for slug in lines["slug"]]
        made = {
            "now": counts * PARTS,
            "more": more(counts),
            "sooner": sooner[mine] * PARTS,
        }
        yield from _told(family, lines, made, counts[:, 3] > 0)


def more(counts: Ints) -> Ints:
    """``counts`` (brands, 4) by credit class, in hundredths, with MORE of 100 more of
    the inquiries answered, or all that were not: spread over the classes as the brand's
    answers are, and where there are none as late as still counts."""
    moved = np.minimum(counts.sum(1) * MORE * PARTS // 100, counts[:, 3] * PARTS)
    answered = counts[:, :3].sum(1)
    spread = moved[:, None] * counts[:, :2] // np.maximum(answered, 1)[:, None]
    out = counts * PARTS
    out[:, :2] += spread
    out[:, 2] += moved - spread.sum(1)
    out[:, 3] -= moved
    return out


def _sooner(case: Case) -> Ints:
    """(brands, 4): inquiries by credit class, had each answer come SOONER_S earlier."""
    account = case.counted["account"].to_numpy()
    wait = case.counted["wait_s"].fill_null(NEVER).to_numpy()
    limits = case.names.limits[case.names.family].astype(np.int32)
    late = np.zeros(len(wait), dtype=np.int8)
    for limit in limits.T:
        # An hour earlier, as that of a limit that is an hour longer.
        late += wait > (limit + SOONER_S)[account]
    counts = np.bincount(account * 4 + late, minlength=4 * len(limits))
    found = np.zeros((int(case.brand.max(initial=0)) + 1, 4), dtype=np.int64)
    inside = case.brand >= 0
    np.add.at(found, case.brand[inside], counts.reshape(-1, 4)[inside])
    return found


def _told(
    family: str, lines: pl.DataFrame, made: dict[str, Ints], left: NDArray[np.bool_]
) -> Said:
    points = {name: score(counts) for name, counts in made.items()}
    limits = {
        name: score_limits(counts, lines["n_eff"].to_numpy())
        for name, counts in made.items()
    }
    for at, slug in enumerate(lines["slug"]):
        body: dict[str, Any] = {"of": len(lines)}
        for name, (low, high) in limits.items():
            if name == "more" and not left[at]:
                continue
            ends = (points[name][at], 100 * low[at], 100 * high[at])
            body[name] = [
                *(round(float(end), 2) for end in ends),
                _place(points["now"], at, points[name][at]),
            ]
        yield (Level.BRAND.value, family, "", slug), body


def _place(points: Floats, at: int, mine: float) -> int:
    """The place that a score would have among the others'."""
    return int((points > mine).sum()) - int(points[at] > mine) + 1
