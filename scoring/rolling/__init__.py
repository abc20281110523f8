"""A tally that moves on with its period: rows go, rows come, the rest stays counted.

From one day to the next an edition's period loses its first day and gains one, the day
whose horizon has passed becomes countable, and here and there a message of another day
was answered, deleted or found late. Everything else is as it was: answers beyond the
horizon do not count, so a day that is over stays. ``Rolling`` holds what all inquiries
come to and exchanges the part that is another.

What people wrote to one pool on one day is counted together, so a (pool, day) in which
any row differs is counted again whole. Who wrote on such a day may have written on
others: all that is known of these people is looked at again, and of nobody else.

Integers only; ``tally`` gives what ``scoring.tally.tally`` gives of the same rows.
"""

from scoring.rolling.moving import Rolling
from scoring.rolling.rows import (
    COLUMNS,
    LEVELS,
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
    "NOTHING",
    "Rolling",
    "Rows",
    "Unfit",
    "by_day",
    "gathered",
    "joined",
]
