"""When an inquiry is looked at again: soon, then ever more rarely, to the horizon.

For channels that do not say by themselves what became of a message: whether it was
deleted, or answered. Pure: no I/O, no clock. Nothing is kept of an inquiry for this:
whose turn it is follows from when it was asked and from when the last round was, so a
round that never happened is made good by the next one.

Whether an inquiry has been answered must not decide whether it is looked at again:
then it would decide whether its deletion is noticed, and so whether it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import polars as pl

FIRST = 900
"""Seconds after it was asked that an inquiry is looked at again for the first time:
what is going to be deleted is mostly deleted at once."""
FACTOR = 2.0
"""Each time to the next look is so many times as long as that to the one before."""


@dataclass(frozen=True)
class Plan:
    """Seconds after it was asked at which an inquiry is looked at again, ascending; the
    last is the horizon, after which nothing that happens to it is counted."""

    after: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.after or any(a >= b for a, b in pairwise((0, *self.after))):
            raise ValueError(f"expected ascending seconds above 0, got {self.after}")

    @classmethod
    def until(cls, horizon: int, first: int = FIRST, factor: float = FACTOR) -> Self:
        """The plan to a horizon in seconds. Raises ValueError for one that is none."""
        if first < 1 or factor <= 1 or horizon < 1:
            raise ValueError("expected first and horizon from 1 on, factor above 1")
        after, wait = [], float(first)
        # What is left until the horizon is at least half a step: no two looks at once.
        while wait * (1 + factor) / 2 <= horizon:
            after.append(round(wait))
            wait *= factor
        return cls((*dict.fromkeys(after), horizon) if after else (horizon,))

    @property
    def horizon(self) -> int:
        return self.after[-1]

    def oldest(self, looked: int) -> int:
        """What was asked at or before this second is never due again after a round."""
        return looked - self.horizon

    def due(
        self,
        asked: pl.DataFrame,
        looked: int | pl.Expr,
        now: int,
    ) -> pl.DataFrame:
        """The rows whose turn it is, those that waited longest first.

        ``asked`` has a column ``asked_at``; others are kept. ``looked``: the second up
        to which everything due had been looked at, or an expression that gives it for
        each row. Adds ``due_at``, the first second after that in which it was due, and
        ``stood_at``, the last one at which it was looked at or asked.
        """
        since = pl.lit(looked) if isinstance(looked, int) else looked
        age = since - pl.col("asked_at")
        return (
            asked.with_columns(
                due_at=pl.col("asked_at") + _first_above(age, self.after),
                stood_at=pl.col("asked_at") + _last_upto(age, self.after),
            )
            .filter(pl.col("due_at") <= now)
            .sort("due_at", maintain_order=True)
        )


def first_of(due: pl.DataFrame, most: int) -> pl.DataFrame:
    """As many of the rows due as one round takes: ``most``, and what became due in the
    same second as the last of them, so that every round gets on."""
    return (
        due.filter(pl.col("due_at") <= due["due_at"][most - 1])
        if (len(due) > most)
        else due
    )


def reached(due: pl.DataFrame, done: int, looked: int, now: int) -> int:
    """The second up to which everything due has been looked at, when the first ``done``
    of all the rows due were. What was left is due again in the next round."""
    if done >= len(due):
        return max(looked, now)
    return max(looked, int(due["due_at"][done]) - 1)


def batches(rows: pl.DataFrame, size: int) -> Sequence[pl.DataFrame]:
    """The rows in their order, at most so many at once."""
    return list(rows.iter_slices(size)) if len(rows) else []


def _first_above(age: pl.Expr, after: tuple[int, ...]) -> pl.Expr:
    """The first of these seconds above an age; null: there is none."""
    found: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for moment in reversed(after):
        found = pl.when(age < moment).then(pl.lit(moment, pl.Int64)).otherwise(found)
    return found


def _last_upto(age: pl.Expr, after: tuple[int, ...]) -> pl.Expr:
    """The last of these seconds up to an age; 0: there is none."""
    found: pl.Expr = pl.lit(0, dtype=pl.Int64)
    for moment in after:
        found = pl.when(age >= moment).then(pl.lit(moment, pl.Int64)).otherwise(found)
    return found
