"""How sure the wait is by which half, or nine in ten, of all who wrote had an answer:
read from where the band of the response curve crosses that share."""

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from scoring.waits import Between, crossing
from web import words
from web.book import Book

HALF, NINE = 0.5, 0.9
ENDS = ("low", "high")
UNKNOWN = Between(None, None)


def sure(book: Book, row: Standing, part: float = HALF) -> str:
    """In words, of a brand or industry; '' where shares are withheld, and of answered
    conversations alone."""
    return words.surely(_ends(book, row, part), row.t3_s)


def _ends(book: Book, row: Standing, part: float) -> Between:
    """Within the horizon."""
    key = ("curve", row.family, "")
    said = book.details(Level(row.level), row.slug).get(key, {})
    if "low" not in said:
        return UNKNOWN
    inside = sum(time <= row.t3_s for time in METHOD.curve_times.value)
    low, high = ([end / 10_000 for end in said[name][:inside]] for name in ENDS)
    return crossing(METHOD.curve_times.value[: len(low)], low, high, part)
