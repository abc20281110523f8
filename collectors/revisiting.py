"""Asking again for open inquiries, one by one, where no list tells what is gone.

Whose turn it is follows from ``rewatch``; what could not be asked in one round is asked
in the next. What is gone was deleted after it was last known to stand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from collectors.base import CollectorError
from collectors.crowd import Spent
from collectors.found import Erased
from collectors.looking import Task
from collectors.rewatch import Plan, first_of, reached


@dataclass(frozen=True)
class Revisited:
    """``looked``: the second up to which everything due has been asked for again."""

    looked: int
    erased: list[Erased] = field(default_factory=list)
    problem: str = ""  # why not all that were due; "" they were


@dataclass(frozen=True)
class Due:
    """The open inquiries of an account whose turn it is: ``rows`` has the columns
    number, asked_at, message, stood_at and due_at, those first that waited longest."""

    rows: pl.DataFrame
    looked: int
    now: int

    @property
    def numbers(self) -> list[str]:
        return self.rows["number"].to_list()

    def ask(self, most: int, what: str, stands: Callable[[str], bool]) -> Revisited:
        """Asks for them, ``most`` at once, and says what does not stand any more.

        ``stands`` is given an inquiry's number and may raise CollectorError or Spent:
        what is left is then due again. ``what`` they are is for the sentence.
        """
        some = first_of(self.rows, most).select("number", "message", "stood_at")
        done, problem, erased = 0, "", []
        for number, message, stood_at in some.iter_rows():
            try:
                if not stands(number):
                    erased.append(Erased(message, stood_at))
            except (CollectorError, Spent) as why:
                left = len(self.rows) - done
                problem = f"{left} {what} were not asked for again: {why}"
                break
            done += 1
        looked = reached(self.rows, done, self.looked, self.now)
        return Revisited(looked, erased, problem)


def due(
    task: Task, account: str, looked: int, horizon: int, number: re.Pattern[str]
) -> Due:
    """What is due since a second, when everything due had been asked for. ``number``
    finds in an inquiry's link what it is asked for by; ``horizon``: seconds, where the
    task says none."""
    now = task.started_us // 1_000_000
    plan = Plan.until(task.horizon or horizon)
    mine = task.open_since(plan.oldest(looked)).filter(
        pl.col("account") == account, pl.col("message").is_not_null()
    )
    named = mine.with_columns(
        number=pl.col("url").str.extract(number.pattern)
    ).drop_nulls("number")
    return Due(plan.due(named, looked, now), looked, now)
