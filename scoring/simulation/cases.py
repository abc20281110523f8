"""What is drawn: brands of known habits, and what happens around them.

A world is one industry for one quarter: every shape of brand in every size. Luck is
one normal variable per message, shared in part as the world says, and a message's wait
is its quantile: low luck is a fast answer, high luck none. So every message alone has
exactly its brand's chances, however strongly messages hang together, and slowness
comes in clumps as silence does. An effect of 0.20 is a correlation of that luck;
between the answers themselves it is smaller, the smaller the rarer answers are.
"""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from model.words import Count


class Shape(NamedTuple):
    """A brand's habit: the chance of an answer within t1, within t2, within t3."""

    name: str
    within: tuple[float, float, float]


class Brand(NamedTuple):
    """One brand of a world: so many messages are written to it in the quarter."""

    shape: Shape
    n: int


@dataclass(frozen=True, kw_only=True)
class World:
    """What happens in one world. Shares are of messages, effects of luck (0 to 1)."""

    name: str
    says: str  # for readers: what is special about it
    brands: tuple[Brand, ...]
    clumps: bool = True  # what happens to one message is bound to others
    tables: float = 1.0  # how many are drawn, of the number asked for
    places_only: bool = False  # its shares and scores are those of another world
    day_effect: float = 0.0
    wave_effect: float = 0.0  # days that follow each other fare alike
    conduct: bool = False  # a wave is part of the truth, not luck
    author_effect: float = 0.0
    again: float = 0.0  # messages by people who write three times
    apart: int = 28  # days between the three; whole weeks, to keep their weekday
    count: Count = Count.PEOPLE
    weekend: float = 1.0  # messages on Saturdays and Sundays, as a factor
    weekend_luck: float = 0.0  # how much worse it is for those asked then
    outages: float = 0.0  # expected, per brand: one day, one topic, one fate
    outage: float = 0.0  # share of messages in each
    deleted: float = 0.0  # by their author within the horizon
    unseen: float = 0.0  # not seen, unless through the reply
    gaps: int = 0  # spans of three days that we did not watch
    answers_lost: bool = False  # nor saw what was answered during a gap


SHAPES = (
    Shape("6 % answered", (0.02, 0.04, 0.06)),
    Shape("1 in 8", (0.05, 0.09, 0.125)),
    Shape("half, slowly", (0.05, 0.2, 0.5)),
    Shape("half, fast", (0.4, 0.48, 0.5)),
    Shape("good", (0.55, 0.75, 0.8)),
    Shape("top", (0.9, 0.95, 0.97)),
)
SIZES = (50, 100, 400, 1_000)

RATES = (0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
MIXES = {
    "within t1": (1.0, 1.0, 1.0),
    "within t2": (0.0, 1.0, 1.0),
    "within t3": (0.0, 0.0, 1.0),
    "mostly fast": (1 / 2, 5 / 6, 1.0),
    "mostly slowly": (1 / 6, 1 / 2, 1.0),
    "at any speed": (1 / 3, 2 / 3, 1.0),
}
"""How the answers of a brand are spread over the three limits."""

GRID = tuple(
    Shape(f"{100 * rate:.0f} % {name}", (rate * mix[0], rate * mix[1], rate * mix[2]))
    for rate, (name, mix) in product(RATES, MIXES.items())
)
"""72 shapes: 12 rates of answering, 6 mixes of speed."""

USUAL = tuple(Brand(shape, n) for shape, n in product(SHAPES, SIZES))


def alike(within: tuple[float, float, float], number: int) -> tuple[Brand, ...]:
    """So many brands of one habit: half have less than a hundred messages, and few
    have thousands."""
    shape = Shape("alike", within)
    ranks = ((at + 0.5) / number for at in range(number))
    return tuple(Brand(shape, min(round(50 / (1 - rank)), 5_000)) for rank in ranks)


WORLDS = (
    World(
        name="no clumps",
        says="Every message for itself.",
        brands=USUAL,
        clumps=False,
    ),
    World(
        name="72 shapes",
        says="The same for 72 brands: 12 rates of answering from 1 to 99 %, each with"
        " six mixes of speed.",
        brands=tuple(Brand(shape, n) for shape, n in product(GRID, (50, 100, 400))),
        clumps=False,
    ),
    World(
        name="weekdays",
        says="Fewer people write on Saturdays and Sundays, and fare worse.",
        brands=USUAL,
        clumps=False,
        weekend=0.5,
        weekend_luck=0.5,
    ),
    World(
        name="days 0.05",
        says="Messages of one day fare a little alike.",
        brands=USUAL,
        day_effect=0.05,
    ),
    World(
        name="days 0.20",
        says="Messages of one day fare alike: good days and bad days.",
        brands=USUAL,
        day_effect=0.20,
    ),
    World(
        name="days 0.35",
        says="Messages of one day fare much alike.",
        brands=USUAL,
        day_effect=0.35,
    ),
    World(
        name="2 outages of 5 %",
        says="Two days in the mean on which one person in twenty writes about the same"
        " thing; all of them are answered alike, or none.",
        brands=USUAL,
        outages=2,
        outage=0.05,
    ),
    World(
        name="2 outages of 10 %",
        says="The same with one person in ten.",
        brands=USUAL,
        outages=2,
        outage=0.10,
    ),
    World(
        name="1 outage of 20 %",
        says="One such day in the mean, on which one person in five writes.",
        brands=USUAL,
        outages=1,
        outage=0.20,
    ),
    World(
        name="3 outages of 20 %",
        says="Three such days in the mean. Little else is left of the quarter.",
        brands=USUAL,
        outages=3,
        outage=0.20,
    ),
    World(
        name="authors 0.20",
        says="Everybody writes three times, weeks apart, and fares alike.",
        brands=USUAL,
        again=1,
        author_effect=0.20,
    ),
    World(
        name="authors 0.50",
        says="Everybody writes three times, weeks apart, and fares much alike.",
        brands=USUAL,
        again=1,
        author_effect=0.50,
    ),
    World(
        name="messages 0.50",
        says="Everybody writes three times on one day and fares much alike, and every"
        " message is counted instead of every person.",
        brands=USUAL,
        again=1,
        apart=0,
        author_effect=0.50,
        count=Count.MESSAGES,
    ),
    World(
        name="waves",
        says="Good weeks and bad weeks, and the truth is what the brand did in them.",
        brands=USUAL,
        wave_effect=0.10,
        conduct=True,
    ),
    World(
        name="waves as luck",
        says="The same weeks, and the truth is what it does in the mean of all"
        " quarters. Not what we claim: an interval says nothing of other quarters.",
        brands=USUAL,
        wave_effect=0.10,
    ),
    World(
        name="deletions",
        says="One message in eight is deleted by its author within the horizon.",
        brands=USUAL,
        clumps=False,
        deleted=0.125,
    ),
    World(
        name="unseen 30 %",
        says="Three messages in ten come to light only through the brand's reply, or"
        " not at all.",
        brands=USUAL,
        clumps=False,
        unseen=0.30,
    ),
    World(
        name="gaps",
        says="We do not watch three times three days. What was asked then comes to"
        " light only through the reply; answers are found afterwards.",
        brands=USUAL,
        clumps=False,
        gaps=3,
    ),
    World(
        name="gaps, answers lost",
        says="The same, and what was answered in those days we never learn: who answers"
        " late looks worse than they are.",
        brands=USUAL,
        clumps=False,
        gaps=3,
        answers_lost=True,
    ),
    World(
        name="all at once",
        says="A little of everything: weekdays, days alike, an outage, people who"
        " write again, deletions, messages unseen, and gaps.",
        brands=USUAL,
        day_effect=0.05,
        author_effect=0.20,
        again=0.3,
        weekend=0.5,
        weekend_luck=0.5,
        outages=1,
        outage=0.05,
        deleted=0.05,
        unseen=0.20,
        gaps=2,
    ),
    World(
        name="41 alike, 30 %",
        says="Forty-one brands of the same habit: any order of them is chance.",
        brands=alike((0.1, 0.2, 0.3), 41),
        clumps=False,
        places_only=True,
    ),
    World(
        name="41 alike, 3 %",
        says="The same, and hardly anybody is answered.",
        brands=alike((0.01, 0.02, 0.03), 41),
        clumps=False,
        places_only=True,
    ),
    World(
        name="400 alike, 3 %",
        says="The same, four hundred brands.",
        brands=alike((0.01, 0.02, 0.03), 400),
        clumps=False,
        places_only=True,
        tables=0.25,
    ),
)
BY_NAME = {world.name: world for world in WORLDS}
