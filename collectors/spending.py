"""Budgets: what a look may spend of money or of a quota, and never more.

A look can be cut off at any moment and what it spent by then stays spent. So the most
that a request can cost is written down before it is sent, and put right afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from collectors.http import Refused
from collectors.listing import Spent
from collectors.looking import Spend


class Cost:
    """What a request has cost. Whoever reads the answer says so; until then, the most
    that it may cost."""

    def __init__(self, most: int) -> None:
        self.paid = most


@dataclass(frozen=True)
class Purse:
    """A budget for one period, in whole units of whatever it counts."""

    spend: Spend
    name: str  # of the budget, with its period
    limit: int
    empty: str  # what is said when there is not enough left

    def left(self) -> int:
        return self.limit - self.spend(self.name, 0)

    def add(self, amount: int) -> None:
        """Writes down what was spent, or is bound to be."""
        self.spend(self.name, amount)

    @contextmanager
    def paying(self, most: int) -> Iterator[Cost]:
        """For a request that may cost so much. A refused one costs nothing; one whose
        answer was lost on the way may have cost everything.

        Raises Spent before anything is sent when that is not left.
        """
        if self.spend(self.name, most) > self.limit:
            self.spend(self.name, -most)
            raise Spent(self.empty)
        cost = Cost(most)
        try:
            yield cost
        except Refused:
            cost.paid = 0
            raise
        finally:
            self.spend(self.name, cost.paid - most)
