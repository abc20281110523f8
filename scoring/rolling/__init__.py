"""A tally that moves on with its period: rows go, rows come, the rest stays counted.

From one day to the next an edition's period loses its first day and gains one, the day
whose horizon has passed becomes countable, and here and there a message of another day
was answered, deleted or found late. Everything else is as it was: answers beyond the
horizon do not count, so a day that is over stays. ``Rolling`` holds what all inquiries
come to and exchanges the part that is another.

What one person wrote to one pool on one day is counted together, so of a day in which
anything differs the visits that differ are taken away and counted again, and nothing
else is looked at. What a person comes to over the days is kept as four numbers for each
line, and found again by search.

Integers only; ``tally`` gives what ``scoring.tally.tally`` gives of the same rows.
"""

from scoring.rolling.moving import Rolling
from scoring.rolling.rows import (
    COLUMNS,
    LEVELS,
    MOST_DAYS,
    NOTHING,
    Rows,
    Unfit,
    by_day,
    gathered,
    joined,
)

__all__ = [
    "COLUMNS",
    "LEVELS",
    "MOST_DAYS",
    "NOTHING",
    "Rolling",
    "Rows",
    "Unfit",
    "by_day",
    "gathered",
    "joined",
]
