"""How sure the wait is by which half, or nine in ten, of all who wrote had an answer:
read from where the band of the response curve crosses that share."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from scoring.waits import Between, crossing
from web import words
from web.book import Book

HALF, NINE = 0.5, 0.9
ENDS = ("low", "high")
WHOLE = 10_000
"""What a share of one is, as curves are kept."""
UNKNOWN = Between(None, None)


def sure(book: Book, row: Standing, part: float = HALF) -> str:
    """In words, of a brand or industry; '' where shares are withheld, and of answered
    conversations alone."""
    every = book.details(Level(row.level), row.slug)
    said = every.get(("curve", row.family, ""), {})
    return words.surely(_ends(said, row, part), row.t3_s)


def shortly(book: Book, rows: Sequence[Standing]) -> dict[str, str]:
    """By slug what is to be said beside the typical wait in a table of these: brands or
    industries of one family. A table says once how sure it is."""
    if not rows:
        return {}
    level, family = Level(rows[0].level), rows[0].family
    said = book.told_of("curve", level, family, [row.slug for row in rows])
    return {row.slug: _shortly(said.get(row.slug, {}), row) for row in rows}


def of_channel(book: Book, row: Standing) -> str:
    """The same of a brand's standing on one channel."""
    every = book.details(Level.CHANNEL, row.slug)
    return _shortly(every.get(("curve", row.family, row.channel), {}), row)


def _shortly(said: Mapping[str, Any], row: Standing) -> str:
    return words.wait_within(row, _ends(said, row, HALF))


def _ends(said: Mapping[str, Any], row: Standing, part: float) -> Between:
    """Within the horizon."""
    if "low" not in said:
        return UNKNOWN
    inside = bisect_right(METHOD.curve_times.value, row.t3_s)
    low, high = (said[name][:inside] for name in ENDS)
    times = METHOD.curve_times.value[: len(low)]
    return crossing(times, low, high, part * WHOLE)
