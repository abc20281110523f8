"""Publishes copies of a world as an edition, and counts how often it is right.

The intervals are those an edition prints, rounded as printed: nothing is computed here
that publishing computes. A copy is an industry, so its table of places and its mean
are tested too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Count, Cut, Level, Status
from scoring.book import book
from scoring.changes import difference
from scoring.edition import INQUIRIES, parquet, recompute
from scoring.freeze import freeze
from scoring.intervals import WORTH, score_limits
from scoring.simulation.cases import World
from scoring.simulation.drawing import BLOCK, PERIOD, Drawn, draw
from scoring.standing import SHARES
from scoring.trials import Trial

Floats = NDArray[np.float64]

ROWS = 600_000
"""Messages drawn at one time, about."""


@dataclass
class Held:
    """Of how many intervals how many held, and how wide they were together."""

    cases: int = 0
    held: int = 0
    width: float = 0.0

    def add(self, other: "Held") -> None:
        self.cases += other.cases
        self.held += other.held
        self.width += other.width


Key = tuple[int, str, str]
"""Size (0: all together), shape ('' a whole table), figure."""


def batches(world: World, copies: int) -> list[list[tuple[int, int]]]:
    """So many copies as numbered blocks, and the blocks that are published together.

    How they are put together changes no figure: brands do not know of each other, and
    a table of places is one copy.
    """
    sizes = [min(BLOCK, copies - start) for start in range(0, copies, BLOCK)]
    blocks = list(enumerate(sizes))
    messages = sum(brand.n for brand in world.brands) * BLOCK
    each = max(1, ROWS // messages)
    return [blocks[at : at + each] for at in range(0, len(blocks), each)]


def chosen(world: World, shape: str | None, n: int | None) -> World:
    """The world with brands of one shape or size alone: fewer figures, the same ones.

    Tables of places then hold other brands, so they are not to be compared.
    """
    brands = tuple(
        brand
        for brand in world.brands
        if shape in (None, brand.shape.name) and n in (None, brand.n)
    )
    return replace(world, brands=brands)


def check(world: World, blocks: list[tuple[int, int]], seed: int) -> dict[Key, Held]:
    """Draws and publishes some copies of a world; how often each interval held."""
    drawn = draw(world, blocks, seed)
    standings = published(drawn, world.count)
    table = _table(standings.filter(level=Level.BRAND.value), drawn)
    found: dict[Key, Held] = {(0, "", "places"): _places(table)}
    if not world.places_only:
        trades = standings.filter(level=Level.INDUSTRY.value).sort("slug")
        found[0, "", "industry"] = _industries(trades, table)
        for key, held in _intervals(world, table):
            found.setdefault(key, Held()).add(held)
    return found


def trials(world: World, found: Mapping[Key, Held]) -> list[Trial]:
    """What was counted, as lines of the table."""
    return [
        Trial(
            world=world.name,
            n=n,
            shape=shape,
            figure=figure,
            cases=held.cases,
            held=held.held,
            width=round(held.width / max(held.cases, 1), 2),
        )
        for (n, shape, figure), held in sorted(found.items())
    ]


def published(drawn: Drawn, count: Count = Count.PEOPLE) -> pl.DataFrame:
    """The printed standings, one line a brand and one an industry.

    Rows are frozen and counted as everybody counts an edition again who has its frozen
    rows; accounts are drawn in the order that gives them the numbers they have.
    """
    names, numbers = book(drawn.directory)
    frozen = freeze(drawn.rows, names, numbers, PERIOD)
    parts = {
        "accounts": names.accounts,
        "coverage": drawn.covered,
        f"{INQUIRIES}0001": frozen,
        "publications": drawn.posted,
    }
    return recompute(
        {name: parquet(part) for name, part in parts.items()},
        PERIOD,
        Cut.ALL,
        count,
        (Level.BRAND,),
    )


@dataclass(frozen=True)
class Table:
    """Brands' printed figures as (copies, brands), and what is true of them."""

    printed: dict[str, Floats]  # NaN: not printed
    ranked: NDArray[np.bool_]
    classes: NDArray[np.int64]  # (copies, brands, 4): by credit class
    truth: Floats  # (copies, brands, 3)

    @property
    def score(self) -> Floats:
        """The true score, 0 to 100."""
        return truth_of_score(self.truth)


PRINTED = (
    "score",
    *(f"{name}{end}" for name in ("score", *(f"share_{t}" for t in SHARES))
      for end in ("_low", "_high")),
    "industry_rank_low",
    "industry_rank_high",
)  # fmt: skip


def truth_of_score(shares: Floats) -> Floats:
    """The score of true shares answered within each limit (..., 3)."""
    classes = np.diff(shares, prepend=0.0, append=1.0, axis=-1)
    return np.asarray(100 * (classes @ WORTH))


def _table(lines: pl.DataFrame, drawn: Drawn) -> Table:
    shape = drawn.truth.shape[:2]
    every = drawn.directory.select("slug").join(
        lines, on="slug", how="left", maintain_order="left"
    )

    def column(name: str) -> Floats:
        return every[name].cast(pl.Float64).to_numpy().reshape(shape)

    within = [column(f"answered_{t}") for t in SHARES]
    counts = np.diff(
        np.nan_to_num(np.stack([*within, column("inquiries")], axis=-1)),
        prepend=0.0,
        axis=-1,
    )
    return Table(
        {name: column(name) for name in PRINTED},
        (every["status"] == Status.RANKED.value).to_numpy().reshape(shape),
        counts.astype(np.int64),
        drawn.truth,
    )


def _intervals(world: World, table: Table) -> Iterator[tuple[Key, Held]]:
    """Every interval of a brand's score and shares, by size and shape."""
    plain = score_limits(table.classes.reshape(-1, 4))
    shape = table.truth.shape[:2]
    score = _printed(table, "score")
    limits = {
        "score": (table.score, *score),
        "ranked": (
            table.score,
            *(np.where(table.ranked, end, np.nan) for end in score),
        ),
        **{
            t: (100 * table.truth[..., at], *_printed(table, f"share_{t}", 100))
            for at, t in enumerate(SHARES)
        },
        "plain": (table.score, *(100 * limit.reshape(shape) for limit in plain)),
    }
    limits["change"] = _changes(table)
    for figure, (true, low, high) in limits.items():
        for at, brand in enumerate(world.brands):
            key = brand.n, brand.shape.name, figure
            yield key, _held(true[:, at], low[:, at], high[:, at])


def _changes(table: Table) -> tuple[Floats, Floats, Floats]:
    """True changes of the score and their limits, (half the copies, brands): every
    second copy is a later quarter of the same brands. NaN where one is not ranked."""
    both = len(table.ranked) // 2 * 2
    figures = [
        np.where(table.ranked, table.printed[name], np.nan)[:both]
        for name in ("score", "score_low", "score_high")
    ]
    was, now = ([figure[at::2] for figure in figures] for at in (0, 1))
    _, low, high = difference((now[0], now[1], now[2]), (was[0], was[1], was[2]))
    return (table.score[1:both:2] - table.score[:both:2], low, high)


def _printed(table: Table, name: str, times: int = 1) -> tuple[Floats, Floats]:
    return times * table.printed[f"{name}_low"], times * table.printed[f"{name}_high"]


ROUNDED = 1e-9
"""A limit as printed is a decimal fraction; the truth is one only in the machine."""


def _held(true: Floats, low: Floats, high: Floats) -> Held:
    known = ~np.isnan(low)
    inside = (low - ROUNDED <= true) & (true <= high + ROUNDED) & known
    return Held(int(known.sum()), int(inside.sum()), float((high - low)[known].sum()))


def _industries(trades: pl.DataFrame, table: Table) -> Held:
    """The mean score of each industry's ranked brands."""
    brands = table.ranked.sum(1)
    true = np.where(table.ranked, table.score, 0).sum(1) / np.maximum(brands, 1)
    low, high = (
        trades[name].cast(pl.Float64).to_numpy() for name in ("score_low", "score_high")
    )
    return _held(true, low, high)


def _places(table: Table) -> Held:
    """Tables in which no brand is said to be surely above one that is as good."""
    score = np.where(table.ranked, table.score, np.nan)
    better = (score[:, None, :] > score[:, :, None] + ROUNDED).sum(2)
    as_good = (score[:, None, :] >= score[:, :, None] - ROUNDED).sum(2)
    low = table.printed["industry_rank_low"]
    high = table.printed["industry_rank_high"]
    right = (low <= better + 1) & (as_good <= high) | ~table.ranked
    several = table.ranked.sum(1) > 1
    width = np.where(table.ranked, high - low + 1, 0).sum(1) / np.maximum(
        table.ranked.sum(1), 1
    )
    return Held(
        int(several.sum()),
        int((right.all(1) & several).sum()),
        float(width[several].sum()),
    )
