"""Whether the accounts of one channel are still who they were when first resolved.

An account can vanish; be renamed, which leaves it the same account; or move: its name
leads to somebody else. Each is said, and none is quietly measured on: what vanished
shows nothing, what was renamed is known by its id, and what moved is neither looked at
nor ranked until somebody has said which is meant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collectors.base import Channel, CollectorError
from collectors.http import Http, Refused, Unreachable
from jobs.collecting import called
from model import Account
from model.words import Became

OURS = frozenset({401, 407})
"""Refusals that speak of our key and not of the account."""
SILENT = 5
"""Accounts in a row of which nothing is said; then the others are not asked for."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """What a channel said of its accounts."""

    channel: str
    askable: bool = True
    resolved: dict[str, str] = field(default_factory=dict)  # account: external id
    unresolved: dict[str, str] = field(default_factory=dict)  # account: why
    moved: frozenset[str] = frozenset()  # of these: somebody else is behind the name
    renamed: dict[str, str] = field(default_factory=dict)  # of these: its name today
    taken_up: dict[str, str] = field(default_factory=dict)  # old name: new, as loaded
    left: int = 0  # accounts not asked for
    why_left: str = ""


@dataclass
class Asking:
    """Asks one channel; what it has said so far."""

    slug: str
    channel: Channel
    http: Http
    options: dict[str, Any]
    accept: frozenset[str] = frozenset()
    resolved: dict[str, str] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)

    def ask(self, accounts: list[Account], asked: Callable[[], None]) -> Live:
        """All of them, or as many as the channel answers for: a server that is silent
        is not every server, but our key is the same for all."""
        silent: list[str] = []  # what was said instead, of those before this one
        left, why_left = 0, ""
        for place, account in enumerate(accounts):
            try:
                self._one(account)
                silent = []
            except _Silent as problem:
                left, why_left = left + 1, why_left or str(problem)
                silent.append(str(problem))
                if problem.of_all or len(silent) == SILENT:
                    return self._live(
                        left=left + len(accounts) - place - 1, why_left=why_left
                    )
            asked()
        return self._live(left=left, why_left=why_left)

    def _live(self, **left: Any) -> Live:
        return Live(
            channel=self.slug,
            resolved=self.resolved,
            unresolved=self.unresolved,
            moved=frozenset(self.moved),
            renamed=self.renamed,
            **left,
        )

    def _one(self, account: Account) -> None:
        """Asks for one. Raises _Silent when that says nothing of the account."""
        assert self.channel.resolve is not None
        name, known = account.account, account.external_id
        try:
            found = self.channel.resolve(self.http, self.options, name)
        except Unreachable as problem:
            raise _Silent(str(problem)) from problem
        except CollectorError as problem:
            if isinstance(problem, Refused) and problem.status in OURS:
                raise _Silent(str(problem), of_all=True) from problem
            self.unresolved[name] = self._lost(account, problem)
            return
        if known in ("", found) or name in self.accept:
            self.resolved[name] = found
            return
        self.moved.add(name)
        self.unresolved[name] = Became.MOVED.said(
            f"it leads to {found} now and led to {known} when it was first"
            " resolved; it is neither looked at nor ranked until the registry names the"
            " right account, or `registry check --live --accept` says that this is it"
        )

    def _lost(self, account: Account, problem: CollectorError) -> str:
        """Why an account that is not found under its name is not."""
        if not account.external_id:
            return str(problem)
        today = self._today(account.external_id)
        if not today or today.lower() == account.account.lower():
            return Became.VANISHED.said(str(problem))
        self.renamed[account.account] = today
        return Became.RENAMED.said(
            f"{called(today)} and is the same account; write that into the registry"
        )

    def _today(self, external_id: str) -> str:
        """What an account is called today; "" when nobody says."""
        if self.channel.named is None:
            return ""
        try:
            return str(self.channel.named(self.http, self.options, external_id))
        except CollectorError:
            return ""


class _Silent(Exception):
    """The channel said nothing of an account, or ``of_all``; the message says why."""

    def __init__(self, sentence: str, of_all: bool = False) -> None:
        super().__init__(sentence)
        self.of_all = of_all
