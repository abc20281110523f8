"""Whether an account is still the one that the registry means, asked once a week.

A handle can be given up and taken by somebody else: then nothing more is measured of it
until a person has looked, and the account says why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from collectors.base import CollectorError, Watched
from collectors.http import Unreachable
from collectors.listing import Elsewhere
from collectors.looking import Task
from model import DAY
from model.looks import Look

EVERY = 7 * DAY


@dataclass
class Confirming:
    """What a round has confirmed of its accounts. ``cursors``: when it did."""

    task: Task
    cursors: dict[str, str] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)  # account: its id, still

    def check(self, account: Watched, number: Callable[[str], str]) -> None:
        """Asks for the number behind an account, when it is time to. Raises Elsewhere
        when it is another one."""
        name, now = f"{account.account} confirmed", self.task.started_us // 1_000_000
        if not account.external_id:  # it was resolved in this very round
            self.cursors[name] = str(now)
            return
        if now - int(self.task.cursors.get(name, "0")) < EVERY:
            return
        try:
            found = number(account.account)
        except Unreachable:
            raise  # says nothing of the account
        except CollectorError as problem:
            raise Elsewhere(str(problem)) from problem
        if found != account.external_id:
            raise Elsewhere(f"{account.account} is somebody else's now")
        self.cursors[name] = str(now)
        self.same[account.account] = found

    def into(self, look: Look) -> Look:
        """A look with what was confirmed in its round."""
        return replace(
            look,
            resolved={**self.same, **look.resolved},
            cursors={**look.cursors, **self.cursors},
        )
