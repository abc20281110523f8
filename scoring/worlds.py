"""Worlds whose truth is known: what people wrote to a brand, and what it did.

A ``Habit`` is what one brand does on one channel. ``simulate`` draws a period of it as
columns, ``truth`` says in closed form what an edition of that period should find. The
sample edition is made of such worlds, and tests hold published intervals to them.

Clumps come from one normal variable per message, shared in part by the messages of a
day and of a person and wholly by those of an outage: a message is answered when its
variable is below the quantile of its chance. So every message alone is answered with
exactly that chance, however strongly the messages hang together.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from model.words import DAY, FoundBy, Kind, Step

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPREAD = 0.9
"""Standard deviation of the logarithm of a wait: most lie within a factor of six."""

HOURS = np.array(
    [2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 8, 7, 7, 7, 7, 7, 7, 7, 7, 6, 4, 3], float
)
"""When people write: weights of the 24 hours of a UTC day."""

WRITES = 3
"""How many messages a person who writes again sends in a period, on average."""


class Kinds(NamedTuple):
    """How often people write so, and how likely the brand then answers at all."""

    kind: Kind
    share: float
    answers: float


class Speed(NamedTuple):
    """Part of a brand's answers, and the median wait of that part in seconds."""

    share: float
    median: float


class Outage(NamedTuple):
    """Days on which many write about one thing: all are answered, or none."""

    first_day: int
    days: int
    messages: float  # expected, in all


@dataclass(frozen=True, kw_only=True)
class Habit:
    """What one brand does on one channel in one period, and how people write to it."""

    per_day: float  # messages expected on an average day, outages aside
    kinds: tuple[Kinds, ...]
    speeds: tuple[Speed, ...]
    weekend: float = 1.0  # messages on Saturdays and Sundays, as a factor
    weekend_wait: float = 1.0  # waits for what was asked then, as a factor
    day_effect: float = 0.0  # 0 to 1: how much the messages of a day share
    author_effect: float = 0.0  # 0 to 1: how much the messages of a person share
    again: float = 0.0  # share of messages by people who write more than once
    deleted: float = 0.0  # share that its author deletes within the horizon
    crowded: float = 0.0  # share that names other brands too
    automatic: float = 0.0  # share acknowledged by a machine at once
    found_by: FoundBy = FoundBy.STREAM  # REPLY: the unanswered are never seen
    outages: tuple[Outage, ...] = ()

    @cached_property
    def shares(self) -> Floats:
        shares: Floats = np.array([each.share for each in self.kinds], float)
        shares /= shares.sum()
        return shares


@dataclass(frozen=True)
class Truth:
    """What an edition of endless length would find, at the family's three limits."""

    messages: float  # expected, of the kinds asked for
    shares: tuple[float, ...]

    def score(self, weights: tuple[int, ...]) -> float:
        """0 to 100: the weighted mean of the shares (rule 8)."""
        return float(np.dot(weights, self.shares))


def pooled(truths: list[Truth]) -> Truth:
    """The truth of several channels taken together, each as often as it is used."""
    messages = sum(each.messages for each in truths)
    shares = np.array([each.shares for each in truths])
    weights = np.array([each.messages for each in truths]) / messages
    return Truth(messages, tuple(float(share) for share in weights @ shares))


def truth(
    habit: Habit, days: range, limits: tuple[int, ...], kinds: tuple[Kind, ...]
) -> Truth:
    """The chance that a message of these kinds is answered within each limit."""
    volume = _volume(habit, days) + _outage_volume(habit, days).sum(axis=0)
    resting = _resting(days)
    asked = np.array([volume[~resting].sum(), volume[resting].sum()])
    counted = np.array([each.kind in kinds for each in habit.kinds])
    share = habit.shares[counted].sum()
    chances = np.array([each.answers for each in habit.kinds])
    answers = np.dot(chances[counted], habit.shares[counted]) / share
    factors = np.array([1.0, habit.weekend_wait])
    within = tuple(
        float(answers * np.dot(asked, _within(habit, limit, factors)) / asked.sum())
        for limit in limits
    )
    return Truth(float(asked.sum() * share), within)


def simulate(
    habit: Habit, days: range, horizon: int, seed: tuple[int, ...]
) -> pl.DataFrame:
    """One period of the habit, one row a message, in order of time.

    Columns as in ``model.frames.IMPORTED``, without channel and account. The same seed
    gives the same rows. Answers after the horizon are there too: they do not count.
    """
    rng = np.random.default_rng(seed)
    day, outage = _days_asked(rng, habit, days)
    asked = day * DAY + _second_of_day(rng, len(day))
    order = np.argsort(asked, kind="stable")
    asked, day, outage = asked[order], day[order], outage[order]
    person, names = _authors(rng, habit, outage)
    luck = _luck(rng, habit, day - days.start, person, outage)
    kind = rng.choice(len(habit.kinds), size=len(day), p=habit.shares)
    chance = np.array([each.answers for each in habit.kinds])[kind]
    wait = _waits(rng, habit, _resting(days)[day - days.start])
    first = _answers(asked, day, person, np.where(luck < ndtri(chance), wait, -1))
    seen = (first >= 0) | (habit.found_by != FoundBy.REPLY)
    frame = pl.DataFrame(
        {
            "key": _names(rng, len(day)),
            "author": names,
            "asked_at": asked,
            "answered_at": _known(first, first >= 0),
            "step": np.where(first >= 0, Step.UNJUDGED, Step.NONE).astype(np.int8),
            "kind": np.array([each.kind for each in habit.kinds], np.int8)[kind],
            "found_by": np.full(len(day), habit.found_by, np.int8),
            "addressed": 1 + _some(rng, len(day), habit.crowded).astype(np.int8),
            "automatic_at": _known(asked + 2, _some(rng, len(day), habit.automatic)),
            "deleted_at": _known(
                asked + (rng.random(len(day)) * horizon).astype(np.int64),
                _some(rng, len(day), habit.deleted),
            ),
        }
    )
    return frame if seen.all() else frame.filter(pl.Series(seen))


def _answers(asked: Ints, day: Ints, person: Ints, wait: Ints) -> Ints:
    """When each message was answered, -1 never: one answer per person and day, which
    is that to the first message. ``wait`` is -1 for what is not answered."""
    own = np.where(wait >= 0, asked + wait, -1)
    pair = person * 100_000 + day
    _, at, which = np.unique(pair, return_index=True, return_inverse=True)
    first: Ints = own[at[which]]  # messages are in order of time
    return np.where(first >= asked, first, -1)


def _known(values: Ints, known: NDArray[np.bool_]) -> pl.Series:
    """The values, null where nothing is known."""
    return pl.Series(pa.array(values, mask=~known))


def _some(rng: np.random.Generator, size: int, share: float) -> NDArray[np.bool_]:
    return rng.random(size) < share


def _resting(days: range) -> NDArray[np.bool_]:
    """Saturdays and Sundays. Day 0 of the epoch was a Thursday."""
    weekend: NDArray[np.bool_] = (np.arange(days.start, days.stop) + 3) % 7 >= 5
    return weekend


def _volume(habit: Habit, days: range) -> Floats:
    """Messages expected per day; ``per_day`` is their mean over a week."""
    factors = np.where(_resting(days), habit.weekend, 1.0)
    return habit.per_day * 7 / (5 + 2 * habit.weekend) * factors


def _outage_volume(habit: Habit, days: range) -> Floats:
    """Messages expected per outage (rows) and day (columns); at least one row."""
    volume = np.zeros((max(1, len(habit.outages)), len(days)))
    for row, outage in enumerate(habit.outages):
        start = outage.first_day - days.start
        volume[row, start : start + outage.days] = outage.messages / outage.days
    return volume


def _within(habit: Habit, limit: int, factors: Floats) -> Floats:
    """The share of answers that come within a limit, for each factor of the wait.

    A wait is whole seconds, rounded down: it is within the limit when it was shorter
    than a second more.
    """
    total = sum(speed.share for speed in habit.speeds)
    return sum(
        (
            speed.share
            / total
            * ndtr(np.log((limit + 1) / (speed.median * factors)) / SPREAD)
            for speed in habit.speeds
        ),
        np.zeros(len(factors)),
    )


def _days_asked(
    rng: np.random.Generator, habit: Habit, days: range
) -> tuple[Ints, Ints]:
    """Each message's day, and the outage it belongs to (-1: none)."""
    rows = np.vstack([_volume(habit, days), _outage_volume(habit, days)])
    counts = rng.poisson(rows)
    day = np.tile(np.arange(days.start, days.stop), len(rows)).repeat(counts.ravel())
    outage = np.arange(-1, len(rows) - 1).repeat(counts.sum(axis=1))
    return day.astype(np.int64), outage.astype(np.int64)


def _second_of_day(rng: np.random.Generator, size: int) -> Ints:
    hour = rng.choice(24, size=size, p=HOURS / HOURS.sum())
    return (hour * 3_600 + rng.integers(0, 3_600, size)).astype(np.int64)


def _names(rng: np.random.Generator, size: int) -> Ints:
    """Eight-byte names, as hashes are."""
    return rng.integers(-(2**63), 2**63, size, dtype=np.int64)


def _authors(rng: np.random.Generator, habit: Habit, outage: Ints) -> tuple[Ints, Ints]:
    """Who wrote: a number of their own for each person, and its eight-byte name."""
    size = len(outage)
    own = np.arange(size)
    crowd = max(1, round(size * habit.again / WRITES))
    again = (rng.random(size) < habit.again) & (outage < 0)
    person = np.where(again, size + rng.integers(0, crowd, size), own)
    return person, _names(rng, size + crowd)[person]


def _luck(
    rng: np.random.Generator, habit: Habit, day: Ints, person: Ints, outage: Ints
) -> Floats:
    """One standard normal per message, shared as the habit says."""
    own = 1 - habit.day_effect - habit.author_effect
    shared = (
        np.sqrt(habit.day_effect) * _drawn_for(rng, day)
        + np.sqrt(habit.author_effect) * _drawn_for(rng, person)
        + np.sqrt(own) * rng.standard_normal(len(day))
    )
    blocks = rng.standard_normal(max(1, len(habit.outages)))
    return np.where(outage < 0, shared, blocks[outage])


def _drawn_for(rng: np.random.Generator, group: Ints) -> Floats:
    drawn: Floats = rng.standard_normal(int(group.max(initial=0)) + 1)[group]
    return drawn


def _waits(rng: np.random.Generator, habit: Habit, resting: NDArray[np.bool_]) -> Ints:
    weights = np.array([speed.share for speed in habit.speeds])
    part = rng.choice(len(weights), size=len(resting), p=weights / weights.sum())
    median: Any = np.array([speed.median for speed in habit.speeds])[part]
    factor = np.where(resting, habit.weekend_wait, 1.0)
    stretch = np.exp(SPREAD * rng.standard_normal(len(resting)))
    waits: Ints = (median * factor * stretch).astype(np.int64)
    return waits
