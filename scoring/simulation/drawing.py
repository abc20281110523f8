"""Many copies of a world at once, as the input of an edition.

Arrays are (copies, messages) for each brand of the world. Random numbers depend on the
seed, the world, the brand and the block of copies alone: fewer brands, or more copies,
leave what is drawn for the others as it is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from model.frames import COVERED, DIRECTORY, POSTED, TALLIED, conform, empty
from model.words import DAY, FAMILIES, Family, FoundBy
from scoring.book import Period
from scoring.method import LIMITS
from scoring.simulation.cases import Brand, World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FAMILY = Family.SOCIAL
CHANNEL = "bluesky"
WAITS = (LIMITS[FAMILY].t1, LIMITS[FAMILY].t2, LIMITS[FAMILY].t3)
HORIZON = LIMITS[FAMILY].horizon

FIRST = 20_636
DAYS = 91
"""A quarter of thirteen whole weeks. Day 0 of the epoch was a Thursday."""

PERIOD = Period(FIRST, FIRST + DAYS, FIRST * DAY + DAYS * DAY + 2 * HORIZON)
RESTING = (FIRST + np.arange(DAYS) + 3) % 7 >= 5

BLOCK = 50
"""Copies drawn from one stream of random numbers."""

MOST = 2**20  # messages of one brand
MOST_OUTAGES = 12
LIKE_YESTERDAY = 0.8
GAP = 3


@dataclass(frozen=True)
class Drawn:
    """Copies of a world: what ``edition.make`` takes, and what is true of it."""

    rows: pl.DataFrame  # TALLIED
    directory: pl.DataFrame  # DIRECTORY; a copy is an industry
    covered: pl.DataFrame  # COVERED
    posted: pl.DataFrame  # POSTED
    truth: Floats  # (copies, brands, 3): chance of an answer within each limit


@dataclass(frozen=True)
class Messages:
    """Those of one brand of a world, (copies, n) each."""

    day: Ints  # since the period began
    person: Ints
    asked: Ints  # epoch seconds
    answered: Ints  # epoch seconds; -1 never
    deleted: Ints  # epoch seconds; -1 never
    found_by: Ints  # 0: we never learn of it
    truth: Floats  # (copies, 3)
    dark: Flags  # (copies, days): not watched


def draw(world: World, blocks: Sequence[tuple[int, int]], seed: int) -> Drawn:
    """Copies of a world, ``blocks`` being (number, copies) of each block of them.

    Entity numbers: copy * brands + brand, the place of a brand in ``world.brands``.
    """
    made = [_block(world, number, size, seed) for number, size in blocks]
    size, brands = sum(size for _, size in blocks), len(world.brands)
    of_brand = [_joined([block[at] for block in made]) for at in range(brands)]
    entity = np.arange(size)[:, None] * brands + np.arange(brands)
    frames = [_rows(each, entity[:, at]) for at, each in enumerate(of_brand)]
    return Drawn(
        pl.concat(frames),
        _directory(entity),
        _covered(np.stack([each.dark for each in of_brand], axis=1), entity),
        empty(POSTED),
        np.stack([each.truth for each in of_brand], axis=1),
    )


def _block(world: World, number: int, size: int, seed: int) -> list[Messages]:
    before: Counter[Brand] = Counter()
    made = []
    for brand in world.brands:
        names = (crc32(text.encode()) for text in (world.name, brand.shape.name))
        rng = np.random.default_rng((seed, *names, brand.n, before[brand], number))
        before[brand] += 1
        made.append(_messages(world, brand.shape.within, (size, brand.n), rng))
    return made


def _messages(
    world: World,
    within: tuple[float, float, float],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> Messages:
    copies, n = shape
    weight = np.where(RESTING, world.weekend, 1.0)
    weight /= weight.sum()
    person = people(world, n)
    day = _days(world, weight, person, shape, rng)
    wave = _wave(world, copies, rng)
    luck = _luck(world, day, person, wave, rng)
    _outages(world, weight, day, luck, rng)
    chance = ndtr(luck + world.weekend_luck * RESTING[day])
    wait = waits(chance, within)
    asked = (FIRST + day) * DAY + rng.integers(0, DAY, shape)
    dark = _dark(world, copies, rng)
    answered = np.where(wait >= 0, asked + wait, -1)
    if world.answers_lost:
        answered = np.where(_is_dark(dark, answered), -1, answered)
    hidden = _is_dark(dark, asked) | (rng.random(shape) < world.unseen)
    gone = rng.random(shape) < world.deleted
    return Messages(
        day=day,
        person=np.broadcast_to(person, shape),
        asked=asked,
        answered=answered,
        deleted=np.where(gone, asked + rng.integers(0, HORIZON, shape), -1),
        found_by=np.where(
            hidden, np.where(answered >= 0, FoundBy.REPLY, 0), FoundBy.STREAM
        ),
        truth=truth(world, within, weight, wave),
        dark=dark,
    )


def people(world: World, n: int) -> Ints:
    """Who writes each of n messages: the last ones are by people who write thrice."""
    single = n - round(n * world.again)
    at = np.arange(n)
    return np.where(at < single, at, single + (at - single) // 3)


def waits(chance: Floats, within: tuple[float, float, float]) -> Ints:
    """Whole seconds until the answer, -1 for none: within each limit with exactly the
    chance that ``within`` says, if ``chance`` is uniform; spread evenly between."""
    wait = np.ceil(np.interp(chance, (0.0, *within), (0, *WAITS)))
    return np.where(chance <= within[-1], wait, -1).astype(np.int64)


def truth(
    world: World, within: tuple[float, float, float], weight: Floats, wave: Floats
) -> Floats:
    """(copies, 3): the chance that a message is answered within each limit."""
    shift = world.weekend_luck * RESTING
    if world.conduct:
        shift = shift + np.sqrt(world.wave_effect) * wave
    own = 1.0 - (world.wave_effect if world.conduct else 0.0)
    chances = [ndtr((ndtri(limit) - shift) / np.sqrt(own)) for limit in within]
    mean = np.stack([np.atleast_2d(chance) @ weight for chance in chances], axis=1)
    return np.array(np.broadcast_to(mean, (len(wave), 3)))


def _days(
    world: World,
    weight: Floats,
    person: Ints,
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> Ints:
    """The day of each message; who writes again does so ``apart`` days later."""
    first = rng.choice(DAYS, size=shape, p=weight)
    at = np.flatnonzero(np.diff(person, prepend=-1))[person]
    later = np.arange(len(person)) - at
    return (first[:, at] + later * world.apart) % DAYS


def _wave(world: World, copies: int, rng: np.random.Generator) -> Floats:
    """(copies, days): a standard normal that remembers the days before."""
    wave = rng.standard_normal((copies, DAYS))
    if world.wave_effect:
        fresh = np.sqrt(1 - LIKE_YESTERDAY**2)
        for day in range(1, DAYS):
            wave[:, day] = LIKE_YESTERDAY * wave[:, day - 1] + fresh * wave[:, day]
    return wave


def _luck(
    world: World, day: Ints, person: Ints, wave: Floats, rng: np.random.Generator
) -> Floats:
    """One standard normal a message, shared as the world says."""
    own = 1 - world.day_effect - world.wave_effect - world.author_effect
    luck = np.sqrt(own) * rng.standard_normal(day.shape)
    copies = np.arange(len(day))[:, None]
    if world.day_effect:
        mood = rng.standard_normal((len(day), DAYS))
        luck += np.sqrt(world.day_effect) * mood[copies, day]
    if world.wave_effect:
        luck += np.sqrt(world.wave_effect) * wave[copies, day]
    if world.author_effect:
        whose = rng.standard_normal(day.shape)
        luck += np.sqrt(world.author_effect) * whose[:, person]
    return np.asarray(luck)


def _outages(
    world: World, weight: Floats, day: Ints, luck: Floats, rng: np.random.Generator
) -> None:
    """Gives the messages of each outage one day and one fate, in place."""
    if not world.outages:
        return
    copies, n = day.shape
    number = np.minimum(rng.poisson(world.outages, copies), MOST_OUTAGES)
    size = max(1, round(n * world.outage))
    when = rng.choice(DAYS, size=(copies, MOST_OUTAGES), p=weight)
    fate = rng.standard_normal((copies, MOST_OUTAGES))
    which = np.minimum(np.arange(n) // size, MOST_OUTAGES - 1)
    inside = np.arange(n) < number[:, None] * size
    day[inside] = when[:, which][inside]
    luck[inside] = fate[:, which][inside]


def _dark(world: World, copies: int, rng: np.random.Generator) -> Flags:
    """(copies, days): the days we did not watch."""
    dark = np.zeros((copies, DAYS), dtype=bool)
    for _ in range(world.gaps):
        start = rng.integers(0, DAYS - GAP + 1, copies)
        for day in range(GAP):
            dark[np.arange(copies), start + day] = True
    return dark


def _is_dark(dark: Flags, moment: Ints) -> Flags:
    """Whether each moment lies in a day not watched; what is later does not."""
    day = moment // DAY - FIRST
    known = (day >= 0) & (day < DAYS)
    copies = np.arange(len(dark))[:, None]
    return known & dark[copies, np.where(known, day, 0)]


def _joined(parts: list[Messages]) -> Messages:
    """Blocks of copies of one brand, together."""
    return Messages(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Messages.__dataclass_fields__
        }
    )


def _rows(messages: Messages, entity: Ints) -> pl.DataFrame:
    """TALLIED of one brand in every copy."""
    seen = messages.found_by.ravel() > 0
    copies, n = messages.day.shape
    number = np.repeat(entity, n)
    columns = {
        "id": number * MOST + np.tile(np.arange(n), copies),
        "brand": number,
        "account": number,
        "author": number * n + messages.person.ravel(),
        "asked_at": messages.asked.ravel(),
        "answered_at": messages.answered.ravel(),
        "deleted_at": messages.deleted.ravel(),
        "found_by": messages.found_by.ravel(),
    }
    frame = pl.DataFrame({name: column[seen] for name, column in columns.items()})
    known = [
        pl.when(pl.col(name) >= 0).then(name) for name in ("answered_at", "deleted_at")
    ]
    return conform(
        frame.with_columns(
            *known,
            pl.lit(FAMILIES.index(FAMILY)).alias("family"),
            pl.lit(False).alias("sampled"),
            pl.lit(PERIOD.as_of).alias("watched_until"),
            pl.lit(0).alias("kind"),
            pl.lit(1).alias("addressed"),
            pl.lit(0).alias("step"),
        ),
        TALLIED,
    )


def _directory(entity: Ints) -> pl.DataFrame:
    name = [f"{number:08}" for number in entity.ravel()]
    copy = [f"{number:08}" for number in np.repeat(*_sizes(entity))]
    return conform(
        pl.DataFrame(
            {
                "id": entity.ravel(),
                "channel": CHANNEL,
                "account": name,
                "slug": name,
                "name": name,
                "industry": copy,
                "industry_name": copy,
            }
        ),
        DIRECTORY,
    )


def _sizes(entity: Ints) -> tuple[Ints, int]:
    copies, brands = entity.shape
    return np.arange(copies), brands


def _covered(dark: Flags, entity: Ints) -> pl.DataFrame:
    """COVERED; ``dark`` is (copies, brands, days)."""
    copy, brand, day = np.nonzero(~dark)
    return conform(
        pl.DataFrame(
            {
                "account": entity[copy, brand],
                "day": FIRST + day,
                "seconds": np.full(len(day), DAY),
            }
        ),
        COVERED,
    )
