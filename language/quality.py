"""How often the kinds are right: read from ``quality.csv``, never typed in.

`tools/kinds.py FOLDER` measures it on messages that people have labelled, which are no
part of the project and to which nothing here was fitted.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "quality.csv"

SETS = {
    "complaints": "messages to support accounts and random ones; complaint or not",
    "airlines": "messages to six airlines; a negative one is taken for a complaint",
    "sentiment": "messages about anything; a negative one is taken for a complaint",
    "reviews": "shop reviews; 1 or 2 stars taken for a complaint, 4 or 5 for praise",
}
"""What was measured on. Only the first two are messages to brands."""


class Quality(NamedTuple):
    """How often one kind is right in one set of one language."""

    language: str
    messages: str  # key of SETS
    kind: str  # complaint, compliment, or needs-answer: complaint or question
    total: int  # messages in the set
    labelled: int  # which people say are of this kind
    called: int  # which we say are of this kind
    right: int  # both

    @property
    def precision(self) -> float:
        """Share of those we call so that are; 0 when none is called so."""
        return self.right / self.called if self.called else 0.0

    @property
    def recall(self) -> float:
        """Share of those that are so which we find; 0 when none is so."""
        return self.right / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / ((self.called + self.labelled) or 1)


def span(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (JASA 22, 1927); of none: 0 to 1."""
    if not of:
        return 0.0, 1.0
    share, z2 = right / of, 1.959964**2 / of
    half = (z2 * (share * (1 - share) + z2 / 4)) ** 0.5
    low, high = ((share + z2 / 2 + d) / (1 + z2) for d in (-half, half))
    return max(0.0, min(low, share)), min(1.0, max(high, share))


@cache
def quality() -> tuple[Quality, ...]:
    """The table as measured, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(_row(line) for line in csv.DictReader(lines))


def _row(line: dict[str, str]) -> Quality:
    language, messages, kind, *counts = (line[name] for name in Quality._fields)
    return Quality(language, messages, kind, *map(int, counts))
