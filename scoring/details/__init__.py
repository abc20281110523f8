"""What an edition says beside its standings, topic by topic.

A topic is a pure function of a ``Case``: what the edition counted, in its headline
cuts, by people. It gives one ``Detail`` for each brand, industry or family it has
something to say of. Details are kept with the edition, are part of the digest of its
result, and come out of a bundle's rows again.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl

from model.words import Cut
from scoring.ahead import WORKERS
from scoring.book import Book, Period
from scoring.details import (
    curve,
    funnel,
    ladder,
    ledger,
    places,
    rhythm,
    sensitivity,
    standard,
    timely,
    volume,
    watching,
    whatif,
)
from scoring.details.case import Case, case_of
from scoring.details.told import DETAILS, told

Key = tuple[str, str, str, str]
Topic = Callable[[Case], Iterable[tuple[Key, Mapping[str, Any] | str]]]
"""Gives pairs of (level, family, channel, slug) and what it says, JSON-able or already
canonical JSON; ``channel`` and ``slug`` are '' where that is of no one of them."""

TOPICS: dict[str, Topic] = {
    "watching": watching.details,
    "curve": curve.details,
    "sensitivity": sensitivity.details,
    "places": places.details,
    "ledger": ledger.details,
    "standard": standard.details,
    "funnel": funnel.details,
    "rhythm": rhythm.details,
    "volume": volume.details,
    "ladder": ladder.details,
    "timely": timely.details,
    "whatif": whatif.details,
}
"""By the name under which the details are kept and read."""


def details(
    parts: Iterable[pl.DataFrame],
    names: Book,
    period: Period,
    headlines: Mapping[str, Cut],
    lines: pl.DataFrame,
    posted: pl.DataFrame,
    covered: pl.DataFrame,
) -> pl.DataFrame:
    """Everything every topic says of an edition (DETAILS), sorted.

    ``parts``: its frozen rows (FROZEN), in slices; ``lines``: its standings as
    printed; ``posted`` and ``covered``: its publications and what was watched, by
    account number.
    """
    case = case_of(parts, names, period, headlines, lines, posted, covered)
    with ThreadPoolExecutor(WORKERS) as pool:
        made = pool.map(lambda each: told(each[0], each[1](case)), TOPICS.items())
        found = list(made)
    return pl.concat(found).sort(DETAILS.names()[:-1])
