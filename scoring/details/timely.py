"""Answered in time, where a channel says that and no more (words.RATES_ONLY).

Such a channel tells whether an answer came within its own limit, never when. The share
stands by itself, with its n and interval like any other: it enters no score and no
rank, is pooled with nothing, and no wait is ever taken from it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from model.words import RATES_ONLY, Level
from scoring.clumps import cells, folded, people_of, units
from scoring.details.case import Case
from scoring.intervals import Floats, Ints, effective_size, share_limits, unit_spread
from scoring.tally import WEEK

Key = tuple[str, str, str, str]
WHO = ("family", "channel", "slug")
IN_TIME, LATE = 0, 3
"""As credit classes: all of the credit, or none."""


def details(case: Case) -> Iterator[tuple[Key, dict[str, Any]]]:
    """By brand and channel: ``n`` inquiries whose limit has passed, how many were
    answered in time (``timely``), their ``share`` with its 95 % limits, the effective
    size behind these (``n_eff``), and the channel's ``limit`` in seconds."""
    rated = case.rated
    if rated.is_empty():
        return
    who = case.names.accounts.select(WHO)
    whose = who[rated["account"]]
    brands = whose.unique().sort(WHO).with_row_index("line")
    numbers = whose.join(brands, on=WHO, how="left", maintain_order="left")["line"]
    line = numbers.to_numpy().astype(np.int64)
    credit = np.where(rated["timely"].to_numpy(), IN_TIME, LATE).astype(np.int64)
    size = len(brands)
    classes = np.bincount(line * 4 + credit, minlength=size * 4).reshape(size, 4)
    day, author = (
        rated[name].to_numpy().astype(np.int64) for name in ("day", "author")
    )
    n, timely = classes.sum(1), classes[:, IN_TIME]
    n_eff = _sizes(classes, line, day, author, credit)
    low, high = share_limits(timely, n, n_eff)
    for at, family, channel, slug in brands.rows():
        ends = (timely[at] / n[at], low[at], high[at])
        yield (
            (Level.BRAND.value, family, channel, slug),
            {
                "n": int(n[at]),
                "timely": int(timely[at]),
                "share": [round(float(each), 4) for each in ends],
                "n_eff": round(float(n_eff[at]), 1),
                "limit": RATES_ONLY[channel],
            },
        )


def _sizes(classes: Ints, line: Ints, day: Ints, author: Ints, credit: Ints) -> Floats:
    """n_eff of each line's share (rule 9)."""
    size = len(classes)
    bits = int(day.max()).bit_length()
    daily = cells(np.sort((((line << bits) | day) << 2) | credit), bits)
    spreads = (
        unit_spread(each, classes)
        for each in (
            units(daily, size),
            units(folded(daily, WEEK), size),
            people_of(line, author, credit, size),
        )
    )
    return effective_size(classes, *spreads)[:, 3]
