"""How much the order of brands owes to our choices: it is made again with others.

Kendall's tau between the published order of a family's ranked brands and another, the
pairs that change sides, and how many of those are pairs that the published intervals
tell apart. Everything comes from printed figures and frozen rows.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import DAY, Cut, Level, Status
from scoring.details.case import Case
from scoring.intervals import Floats, Ints, score_limits
from scoring.method import CREDITS
from scoring.ranks import range_critical

WEIGHTS: dict[str, tuple[int, int, int]] = {
    "impatient": (72, 12, 16),  # a survey of people who complain on Twitter
    "lower_reading": (42, 16, 0),  # everybody's patience rounded down to a limit
    "equal": (1, 1, 1),
    "only_t1": (1, 0, 0),
    "only_t2": (0, 1, 0),
    "only_t3": (0, 0, 1),
}
"""Other weights of the shares answered within t1, t2 and t3. Of 100 people 42 expect an
answer within t1 and 84 within t2; between the two nobody was asked. We let everybody
wait until the next limit; the lower reading lets nobody wait beyond the last one that
was asked about: 0.58 of those answered by t1, 0.16 of those by t2, nothing later."""

VARIANTS = (
    *WEIGHTS,
    "speed_alone",  # of those answered, how fast
    "weekdays",  # asked from Monday to Friday
    "no_busiest_day",  # without the day on which most wrote to the brand
    "messages",  # every message instead of every person
    "all_kinds",  # where the published order counts complaints and questions
)

POINTS = np.array(CREDITS, dtype=np.int64)
TILE = 500_000
"""Pairs compared at one time."""


def details(case: Case) -> Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]:
    """By family with two ranked brands or more: ``brands``, ``pairs``, how many of
    them are surely ``apart``, and by name of the variant ``tau``, the pairs that
    ``swapped``, those of them that were surely apart (``apart``), and how many places
    brands moved, in the median (``moved``) and at most (``most``)."""
    ranked = case.headline.filter(level=Level.BRAND.value, status=Status.RANKED.value)
    counts = recounted(case)
    for family in sorted(set(ranked["family"])):
        lines = ranked.filter(family=family).sort("slug")
        if len(lines) > 1:
            yield (
                (Level.BRAND.value, family, "", ""),
                compared(lines, variants(case, lines, counts)),
            )


def variants(
    case: Case, lines: pl.DataFrame, counts: Mapping[str, Ints]
) -> dict[str, Floats]:
    """Scores of these brands, in the order of ``lines``, by name of the variant;
    ``counts`` (brands, 4) of those that count other inquiries."""
    classes = classes_of(lines)
    out = {
        name: scored(classes, np.array(_credits(weights)))
        for name, weights in WEIGHTS.items()
    }
    answered = classes.copy()
    answered[:, 3] = 0
    out["speed_alone"] = scored(answered, POINTS)
    numbers = _numbers(case, lines)
    out |= {name: scored(found[numbers], POINTS) for name, found in counts.items()}
    every = case.lines.filter(level=Level.BRAND.value, cut=Cut.ALL.value)
    if not every.filter("headline", family=lines["family"][0]).height:
        mine = lines.select("slug", "family").join(
            every, on=["slug", "family"], how="left", maintain_order="left"
        )
        out["all_kinds"] = scored(classes_of(mine), POINTS)
    return out


def classes_of(lines: pl.DataFrame) -> Ints:
    """(lines, 4): inquiries by credit class, from what is printed."""
    within = lines.select("answered_t1", "answered_t2", "answered_t3", "inquiries")
    counts = within.fill_null(0).to_numpy().astype(np.int64)
    return np.diff(counts, prepend=0, axis=1)


def scored(classes: Ints, points: Ints) -> Floats:
    """Mean points of each line's inquiries, 0 where there is none; equal fractions are
    equal floats."""
    n = np.maximum(classes.sum(1), 1)
    return np.asarray((classes @ points) / n.astype(np.float64))


def compared(lines: pl.DataFrame, others: Mapping[str, Floats]) -> dict[str, Any]:
    """The published order of these brands beside each of the others."""
    classes = classes_of(lines)
    score = scored(classes, POINTS)
    size = lines["n_eff"].to_numpy()
    low, high = score_limits(classes, size, range_critical(len(lines)))
    found = turned(score, 100 * low, 100 * high, np.stack([*others.values()]))
    return {
        "brands": len(lines),
        "pairs": len(lines) * (len(lines) - 1) // 2,
        "apart": found.apart,
        "variants": {
            name: _beside(score, other, found.swapped[at])
            | {"apart": found.apart_swapped[at]}
            for at, (name, other) in enumerate(others.items())
        },
    }


def _beside(score: Floats, other: Floats, swapped: int) -> dict[str, Any]:
    tau = agreement(score, other, swapped)
    moved = np.abs(places(score) - places(other))
    return {
        "tau": None if tau is None else round(tau, 4) + 0.0,
        "swapped": swapped,
        "moved": float(np.median(moved)),
        "most": int(moved.max()),
    }


def agreement(one: Floats, other: Floats, swapped: int) -> float | None:
    """Kendall's tau-b of two orders; ``swapped``: pairs they order against each other.

    tau_b = (C - D) / sqrt((P - T1) (P - T2)) with P pairs, C in the same order, D
    against, T1, T2 tied in one. None where one of them puts all in one place. (SciPy
    has it too, but takes longer to load than all that is counted here.)
    """
    pairs = len(one) * (len(one) - 1) // 2
    left, right = places(one), places(other)
    first, second, both = (
        _tied(numbers) for numbers in (left, right, left * (len(one) + 1) + right)
    )
    if pairs in (first, second):
        return None
    same = pairs - first - second + both - swapped
    return float((same - swapped) / np.sqrt(float(pairs - first) * (pairs - second)))


def _tied(numbers: Ints) -> int:
    """Pairs of lines that are alike."""
    counts = np.unique(numbers, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def places(score: Floats) -> Ints:
    """1 the best; ties share the better place."""
    return np.asarray(
        1 + len(score) - np.searchsorted(np.sort(score), score, side="right")
    )


class Turned(NamedTuple):
    """Pairs of brands; by line of the others, how many it orders the other way."""

    apart: int  # in which one is surely above the other (rule 11)
    swapped: list[int]  # of all
    apart_swapped: list[int]  # of those surely apart


def turned(score: Floats, low: Floats, high: Floats, others: Floats) -> Turned:
    """What ``others`` (orders, brands) do to the order by score. ``low`` and ``high``
    are limits at the critical value of the table."""
    order = np.argsort(-score, kind="stable")
    s, down, up = score[order], (score - low)[order] ** 2, (high - score)[order] ** 2
    behind = [places(other)[order].astype(np.int32) for other in others]
    apart, swapped, apart_swapped = 0, [0] * len(others), [0] * len(others)
    step = max(1, TILE // max(len(s), 1))
    for at in range(0, len(s), step):
        end = min(at + step, len(s))
        gap = s[:end] - s[at:end, None]
        higher = gap > 0
        above = gap * gap > down[:end] + up[at:end, None]
        above &= higher
        apart += int(np.count_nonzero(above))
        for line, place in enumerate(behind):
            against = place[:end] > place[at:end, None]
            against &= higher
            swapped[line] += int(np.count_nonzero(against))
            against &= above
            apart_swapped[line] += int(np.count_nonzero(against))
    return Turned(apart, swapped, apart_swapped)


def _credits(weights: tuple[int, int, int]) -> tuple[int, int, int, int]:
    return sum(weights), sum(weights[1:]), weights[2], 0


def _numbers(case: Case, lines: pl.DataFrame) -> Ints:
    """The brand number of each line."""
    found = {(key[1], key[3]): number for number, key in case.of(Level.BRAND).items()}
    return np.array(
        [found[key] for key in lines.select("family", "slug").rows()], dtype=np.int64
    )


def recounted(case: Case) -> dict[str, Ints]:
    """(brands, 4) by credit class, of the variants that count other inquiries."""
    counts = {name: _tallied(case, kept) for name, kept in _kept(case)}
    return counts | {"messages": _by_brand(case, case.messages)}


def _kept(case: Case) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Which counted inquiries some variants keep."""
    day = case.counted["asked_s"].to_numpy() // DAY
    # day 0 of the epoch was a Thursday
    yield "weekdays", (case.period.day_from + day + 3) % 7 < 5
    brand = case.brand[case.counted["account"].to_numpy()]
    cell = np.where(brand >= 0, brand * case.period.days + day, 0)
    brands = int(case.brand.max(initial=-1)) + 1
    size = np.bincount(cell[brand >= 0], minlength=brands * case.period.days)
    busiest = size.reshape(brands, case.period.days).argmax(1)
    yield "no_busiest_day", day != np.append(busiest, -1)[brand]


def _tallied(case: Case, kept: NDArray[np.bool_]) -> Ints:
    """(brands, 4): the counted inquiries that are kept, by credit class."""
    cell = case.counted["account"].to_numpy() * 4 + case.credit
    size = len(case.names.accounts)
    counts = np.bincount(cell[kept], minlength=size * 4).reshape(size, 4)
    return _by_brand(case, counts)


def _by_brand(case: Case, counts: Ints) -> Ints:
    """(brands, 4) from (accounts, 4)."""
    out = np.zeros((int(case.brand.max(initial=-1)) + 1, 4), dtype=np.int64)
    mine = case.brand >= 0
    np.add.at(out, case.brand[mine], counts[mine])
    return out
