"""Every number we chose, and why. The /method page prints this; nothing else does.

Light on purpose: the website imports this module and no other of ``scoring``.
"""

import sys
from dataclasses import dataclass, fields
from typing import Any

from model.words import DAY, Family

HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Choice:
    """A number, and the reason a reader may hold us to."""

    value: Any
    why: str


@dataclass(frozen=True, slots=True)
class Limits:
    """A family's three limits, in seconds. The last is its horizon."""

    t1: int
    t2: int
    t3: int

    @property
    def horizon(self) -> int:
        return self.t3


LIMITS: dict[Family, Limits] = {
    Family.SOCIAL: Limits(HOUR, DAY, 3 * DAY),
    Family.AUDIT: Limits(HOUR, DAY, 3 * DAY),
    Family.REVIEWS: Limits(DAY, 3 * DAY, 7 * DAY),
    Family.SUPPORT: Limits(DAY, 3 * DAY, 7 * DAY),
    Family.COMPLAINTS: Limits(2 * DAY, 5 * DAY, 10 * DAY),
}


@dataclass(frozen=True, slots=True)
class Method:
    """One dated version of the method. A change is a new version, not an edit."""

    version: str
    weights: Choice
    limits_social: Choice
    limits_reviews: Choice
    limits_complaints: Choice
    confidence: Choice
    prior: Choice
    fewest_inquiries: Choice
    fewest_people: Choice
    fewest_days: Choice
    lowest_coverage: Choice
    fewest_brands: Choice
    stars: Choice
    headline_kinds: Choice
    wait_bins: Choice
    curve_times: Choice
    curve_watched: Choice
    stratum_inquiries: Choice
    mix_held: Choice
    week_part: Choice
    funnel_levels: Choice
    office_hours: Choice
    rhythm_hours: Choice
    fewest_in_cell: Choice
    copy_bits: Choice
    copy_days: Choice
    copy_people: Choice
    machine_seconds: Choice
    machine_people: Choice
    machine_share: Choice
    redirect_words: Choice
    judged_answers: Choice

    def choices(self) -> dict[str, Choice]:
        return {
            f.name: getattr(self, f.name) for f in fields(self) if f.name != "version"
        }


METHOD = Method(
    version="1",
    weights=Choice(
        (42, 42, 16),
        "Of a hundred people, 42 expect an answer within an hour (Edison Research,"
        " 2012) and 42 more within a day (84 in all: reported with the Sprout Social"
        " Index, Q3 2017); the other 16 we grant the whole horizon.",
    ),
    limits_social=Choice(
        (HOUR, DAY, 3 * DAY),
        "An hour and a day are what those surveys asked about; past three days hardly"
        " anyone still waits in a public thread.",
    ),
    limits_reviews=Choice(
        (DAY, 3 * DAY, 7 * DAY),
        "Reviews and support threads move more slowly. Our own editorial choice.",
    ),
    limits_complaints=Choice(
        (2 * DAY, 5 * DAY, 10 * DAY),
        "Formal complaints have terms of ten days. Our own editorial choice.",
    ),
    confidence=Choice(
        0.95, "The convention readers know; the coverage is tested by simulation."
    ),
    prior=Choice(
        0.25,
        "A quarter of an inquiry in each of the four credit classes: one in all, so"
        " that a brand without an answer still gets an honest upper limit.",
    ),
    fewest_inquiries=Choice(
        50, "Fifty give plus or minus 14 points at worst, before clumps."
    ),
    fewest_people=Choice(30, "A few loud people are not the public."),
    fewest_days=Choice(
        15,
        "Effective days, n squared over the sum of squared day counts: below this one"
        " event decides. It depends on the questions only, so it selects nothing.",
    ),
    lowest_coverage=Choice(
        0.8, "Of what we meant to watch. Below it a figure is withheld, not guessed."
    ),
    fewest_brands=Choice(3, "An industry of one or two brands is those brands."),
    stars=Choice(
        {1: "complaint", 2: "complaint", 3: "other", 4: "compliment", 5: "compliment"},
        "Who gives one or two stars complains; three say neither.",
    ),
    headline_kinds=Choice(
        0.8,
        "A family's headline table counts complaints and questions when at least this"
        " share of its inquiries says what it is; otherwise it counts every kind.",
    ),
    wait_bins=Choice(
        (
            300, 900, 1_800, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY, 2 * DAY, 3 * DAY,
            5 * DAY, 7 * DAY, 10 * DAY,
        ),
        "Upper ends, in seconds, of the bars of the chart of waits. Every limit of"
        " every family is one of them; the last count is not answered by then.",
    ),
    curve_times=Choice(
        (
            *(60 * m for m in (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45)),
            HOUR, 5_400, *(HOUR * h for h in (2, 3, 4, 6, 8, 10, 12, 15, 18)),
            DAY, 30 * HOUR, 36 * HOUR, 2 * DAY, 60 * HOUR,
            *(DAY * d for d in (3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 25, 30)),
        ),
        "Times waited, in seconds, at which the response curve is read: from the third"
        " on each at most half as long again as the one before, so that no bend is"
        " missed. All limits and all bars of the chart of waits are among them.",
    ),
    curve_watched=Choice(
        0.1,
        "Beyond the horizon a curve is drawn while this share of the inquiries was"
        " still watched. Further on a few people decide (Pocock, Clayton and Altman,"
        " Lancet 359 (2002), 1686-1689, ask for 10 to 20 %).",
    ),
    stratum_inquiries=Choice(
        10,
        "Like with like: inquiries a brand needs on a channel, of a kind, or in a part"
        " of the week, for what it does there to stand for itself.",
    ),
    mix_held=Choice(
        0.8,
        "Like with like: the channels and kinds where a brand has enough inquiries must"
        " hold this share of all that is written in the family. What is missing would"
        " otherwise decide.",
    ),
    week_part=Choice(
        6 * HOUR,
        "Like with like: seconds of the parts of a day, counted from midnight UTC. With"
        " weekdays and weekends apart they make eight parts of the week; with each of"
        " its 168 hours apart, hardly any would hold ten inquiries.",
    ),
    funnel_levels=Choice(
        (0.95, 0.998),
        "Limits of a funnel plot, as usual: 5 and 0.2 brands of a hundred lie beyond"
        " them by luck alone.",
    ),
    office_hours=Choice(
        (8, 20),
        "Hours of the day, UTC. Monday to Friday from the first to the second is called"
        " a weekday, the rest of those days a night, Saturday and Sunday the weekend."
        " Twelve hours, because shops and call centres keep about as many. We know no"
        " brand's own clock: one far from Greenwich has its nights in our days.",
    ),
    rhythm_hours=Choice(
        (1, 2, 4),
        "Hours in a cell of the map of a week: the fewest at which inquiries, spread"
        " evenly, would put the number below in each cell. Where four are too few,"
        " Monday to Friday are put together, and Saturday and Sunday.",
    ),
    fewest_in_cell=Choice(
        10,
        "Below ten, one answer more or less moves a share by more than ten points.",
    ),
    copy_bits=Choice(
        6,
        "Two replies are near-copies when their fingerprints differ in at most so many"
        " of 64 bits. One other word in twenty makes 5 on average, two replies that"
        " have a third of their words in common 21.",
    ),
    copy_days=Choice(
        28,
        "Days before and after a reply among which its near-copies are looked for: four"
        " whole weeks, about as long as one text stays in use.",
    ),
    copy_people=Choice(
        2,
        "Other conversations that got a near-copy for a reply to count as canned. Once"
        " may be the same question twice.",
    ),
    machine_seconds=Choice(
        60,
        "Whoever reads a message and answers it needs longer as a rule. It takes more"
        " than speed to be a machine: see the next two.",
    ),
    machine_people=Choice(
        4,
        "Other conversations that got a near-copy as quickly for a reply to count as"
        " automatic: five in all. The fastest people are not to be punished.",
    ),
    machine_share=Choice(
        0.8,
        "Of all its near-copies, how many must have come as quickly. A text that is as"
        " often sent after an hour is sent by people.",
    ),
    redirect_words=Choice(
        6,
        "Words of four letters or more that a reply must hold, beside manners and the"
        " request to go on in private, to say something of the matter.",
    ),
    judged_answers=Choice(
        0.8,
        "Of a brand’s answers, how many must have been judged for the share of people"
        " who got one of substance to be said. The others are taken for none.",
    ),
)  # fmt: skip

CREDITS: tuple[int, int, int, int] = (
    sum(METHOD.weights.value),
    sum(METHOD.weights.value[1:]),
    METHOD.weights.value[2],
    0,
)
"""Hundredths that an inquiry adds to the score: answered within t1, t2, t3, not."""

WAIT_BINS: tuple[int, ...] = METHOD.wait_bins.value

METHODS: dict[str, Method] = {METHOD.version: METHOD}
"""Every version there has been, the oldest first; the last is the one in force. An old
version stays as it was: its editions are counted again by it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A version in the method log: since when, what changed, and who moved by it."""

    version: str
    since: str  # the day, UTC
    says: tuple[str, ...]
    moved: str


LOG: tuple[Entry, ...] = (
    Entry(
        "1",
        "2026-11-21",
        ("The first version of the method.",),
        "nobody; there was nothing before it.",
    ),
)


def limits_of(method: Method) -> dict[Family, Limits]:
    """The limits of each family under a method."""
    social, reviews, complaints = (
        Limits(*choice.value)
        for choice in (
            method.limits_social,
            method.limits_reviews,
            method.limits_complaints,
        )
    )
    return {
        Family.SOCIAL: social,
        Family.AUDIT: social,
        Family.REVIEWS: reviews,
        Family.SUPPORT: reviews,
        Family.COMPLAINTS: complaints,
    }


def use(method: Method) -> None:
    """Puts a method in force in this process, for good.

    Raises RuntimeError where a module has been imported that works by the numbers
    here: it has drawn its own from them and would go on with those.
    """
    global METHOD, LIMITS, CREDITS, WAIT_BINS
    late = sorted(name for name in sys.modules if name.startswith("scoring."))
    if late != [__name__]:
        raise RuntimeError(
            "a method is put in force before anything counts by it; already imported:"
            f" {', '.join(late)}"
        )
    first, second, third = method.weights.value
    METHOD, LIMITS = method, limits_of(method)
    CREDITS = (first + second + third, second + third, third, 0)
    WAIT_BINS = method.wait_bins.value
