"""Channels that are asked account by account: whose turn it is, and what is then known.

Each account has a cursor of its own: the second up to which everything said on it is
known. A round asks those first that waited longest; what could not be asked keeps its
cursor and waits for the next round, so *watched until* is always true.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import ceil
from time import time

import polars as pl

from collectors import hashing
from collectors.base import CollectorError, Watched
from collectors.crowd import Server, Spent, go_round
from collectors.found import Answered, Asked, Elsewhere, Erased, Found, Posted
from collectors.http import Refused, Unreachable
from collectors.looking import Task
from collectors.records import Record, record, records
from model import DAY, Step
from model.frames import PUBLISHED
from model.looks import DELETED, HEARD, LONGEST, SPOKEN, Look, Seen

__all__ = ["Answered", "Asked", "Elsewhere", "Erased", "Found", "Posted", "Record",
           "Spent", "record", "records", "round_of"]  # fmt: skip

OVERLAP = 120
"""Seconds before its cursor from which an account is asked again: servers do not show
everything in the order of its time. What comes twice changes nothing. Where a round
ended before the account did, the next goes on from just there."""

MOVED = frozenset({301, 308})
"""Statuses by which a server says that an account is somewhere else for good."""

HELD = 100_000
"""Messages that a round takes, about, before it is kept: it is held in memory until
then. Whose turn did not come has waited longest, and is asked first the next time."""

SAID = 3
"""Problems told one by one; of the others only how many there were."""


Ask = Callable[[Task, Watched, int], Found]
"""Everything said on an account since a second. Raises CollectorError, Spent."""

Resolve = Callable[[Task, Watched], str]


def round_of(
    task: Task,
    slug: str,
    ask: Ask,
    resolve: Resolve,
    first_days: int,
    server: Server = lambda _: "",
) -> Look:
    """One round over all accounts, or as many as may be asked.

    ``first_days``: how far back an account that was never asked is read. What was
    opened before that is none of our inquiries, however late it is answered: it would
    be known because of its answer. ``server``: the host that an account lives on, where
    there are several; accounts of different hosts are asked at the same time.
    """
    turn = _Turn(task, task.started_us // 1_000_000, first_days)
    waiting = sorted(task.accounts, key=turn.cursor)
    problems = go_round(
        task, waiting, server, partial(turn.take, ask=ask, resolve=resolve)
    )
    turn.sort(waiting)
    return replace(turn.look(slug), problem=_said(problems + turn.problems()))


@dataclass
class _Turn:
    """What a round has come to so far."""

    task: Task
    now: int
    first_days: int
    found: dict[str, Found] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)
    behind: dict[str, float] = field(default_factory=dict)
    messages: int = 0

    def sort(self, accounts: Iterable[Watched]) -> None:
        """Everything in the order of the accounts, whoever answered first."""
        names = [each.account for each in accounts]
        for mine in (self.found, self.resolved, self.unresolved):
            sorted_ = {name: mine[name] for name in names if name in mine}
            mine.clear()
            mine.update(sorted_)  # type: ignore[arg-type]  # its own values

    def problems(self) -> list[str]:
        return [said.problem for said in self.found.values() if said.problem]

    def cursor(self, account: Watched) -> int:
        """The second up to which it is known; 0: never asked."""
        return int(self.task.cursors.get(account.account, "0"))

    def first(self, account: str) -> int:
        """The second from which it has been watched."""
        usual = self.now - self.first_days * DAY
        return int(self.task.cursors.get(f"{account} since", usual))

    def take(self, task: Task, account: Watched, ask: Ask, resolve: Resolve) -> None:
        """Asks for one account, with a client of its own."""
        if self.messages >= HELD:
            raise Spent(f"a round takes {HELD:,} messages, and has them")
        if not account.external_id:
            try:
                self.resolved[account.account] = resolve(task, account)
            except Unreachable:
                raise  # says nothing of the account
            except CollectorError as problem:
                self.unresolved[account.account] = str(problem)
                raise
        since = self.cursor(account) or self.first(account.account)
        more = self.task.cursors.get(f"{account.account} more") == "1"
        try:
            said = ask(task, account, since - (0 if more else OVERLAP))
        except (Elsewhere, Refused) as problem:
            if isinstance(problem, Refused) and problem.status not in MOVED:
                raise
            self.resolved.pop(account.account, None)
            self.unresolved[account.account] = str(problem)
            raise
        self.found[account.account] = said
        self.messages += len(said.asked) + len(said.answered)
        self.behind[account.account] = task.http.behind()

    def until(self, account: str) -> int:
        """The second up to which it is known now: answers that were old when they came
        say nothing of what happened since."""
        said = self.found[account].until
        known = self.now - ceil(self.behind.get(account, 0.0))
        return known if said is None else min(said, known)

    def seen(self) -> Iterator[Seen]:
        for account, said in self.found.items():
            since = int(self.task.cursors.get(account, self.first(account)))
            since = max(since, said.since or 0)
            if self.until(account) > since:
                yield Seen(account, since, self.until(account))

    def look(self, slug: str) -> Look:
        held = self.task.known(
            {
                (mine, hashing.key(thread))
                for account, said in self.found.items()
                for thread in _threads(said)
                for mine in self._family[account]
            }
        )
        inquiries = list(self._inquiries(slug, held))
        mine = {(row["account"], row["key"]) for row in inquiries} | held.keys()
        seen = tuple(self.seen())
        refused = sum((said.refused for said in self.found.values()), Counter[str]())
        if before := sum(
            not one.by_reply and one.at < self.first(account)
            for account, one in self._asked()
            if (account, hashing.key(one.thread)) not in held
        ):
            refused["opened before the watch began"] += before
        return Look(
            channel=slug,
            inquiries=_frame(inquiries, HEARD),
            responses=_frame(self._responses(mine), SPOKEN),
            deletions=_frame(self._deletions(held), DELETED),
            published=_published(slug, self.found, seen),
            seen=seen,
            resolved=self.resolved,
            unresolved=self.unresolved,
            cursors_before=dict(self.task.cursors),
            cursors={**self.task.cursors, **self._cursors(seen)},
            started_at=self.now,
            finished_at=int(time()),
            read=sum(said.read for said in self.found.values()),
            refused=dict(refused),
        )

    def _asked(self) -> list[tuple[str, Asked]]:
        """Each thread once, as it was first read."""
        once: dict[tuple[str, str], Asked] = {}
        for account, said in self.found.items():
            for one in said.asked:
                once.setdefault((account, one.thread), one)
        return [(account, one) for (account, _), one in once.items()]

    @cached_property
    def _family(self) -> dict[str, list[str]]:
        """Of each account those of its brand: one may answer for another."""
        of: dict[str, list[str]] = {}
        for each in self.task.accounts:
            of.setdefault(each.brand or each.account, []).append(each.account)
        return {
            each.account: of[each.brand or each.account] for each in self.task.accounts
        }

    def _new(self, held: Mapping[tuple[str, int], int]) -> list[tuple[str, Asked]]:
        """What is not held yet and was opened since the watch began, and of what is
        held what may have opened it: of two messages the store takes the one that was
        found without its answer's help, then the earlier one."""
        asked = self._asked()
        found = [
            (account, one)
            for account, one in asked
            if not one.by_reply
            and one.at >= self.first(account)
            and (one.surer or (account, hashing.key(one.thread)) not in held)
        ]
        explained = {(account, one.thread) for account, one in found}
        found += [
            (account, one)
            for account, one in asked
            if one.by_reply
            and not any(
                (mine, one.thread) in explained
                or _is_had(
                    one, mine == account, held.get((mine, hashing.key(one.thread)))
                )
                for mine in self._family[account]
            )
        ]
        return found

    def _inquiries(
        self, slug: str, held: Mapping[tuple[str, int], int]
    ) -> Iterator[dict[str, object]]:
        for account, one in self._new(held):
            yield {
                "channel": slug,
                "account": account,
                "key": hashing.key(one.thread),
                "author": hashing.author(
                    f"{slug}|{one.author}", one.at, self.task.secret
                ),
                "asked_at": one.at,
                "step": Step.NONE,
                "kind": one.kind,
                "found_by": one.found_by,
                "addressed": one.addressed,
                # Where a gap cut it short, it stays so: the later moment holds.
                "watched_until": one.at
                if (account, hashing.key(one.thread)) in held
                else None,
                "message": hashing.key(one.message or one.thread),
                "language": one.language,
                "url": one.url,
                "text": one.text[:LONGEST] or None,
            }

    def _responses(self, mine: Container[object]) -> Iterator[dict[str, object]]:
        """Answers in threads that are inquiries; others answer nobody we count."""
        for account, said in self.found.items():
            for one in said.answered:
                key, family = hashing.key(one.thread), self._family[account]
                if any((asked, key) in mine for asked in family):
                    to = family if one.for_brand else [account]
                    yield from (_response(asked, one) for asked in to)

    def _deletions(
        self, held: Mapping[tuple[str, int], int]
    ) -> Iterator[dict[str, object]]:
        """Threads that are gone: when is not said, so it is the moment we saw it."""
        for account, said in self.found.items():
            for thread in said.gone:
                if (account, hashing.key(thread)) in held:
                    yield {"message": hashing.key(thread), "deleted_at": self.now}
            for message, at in said.erased:
                yield {"message": message, "deleted_at": at}

    def _cursors(self, seen: tuple[Seen, ...]) -> dict[str, str]:
        moved = {each.account: str(each.until) for each in seen}
        began = {
            f"{each.account} since": str(self.first(each.account)) for each in seen
        }
        more = {
            f"{each.account} more": str(int(self.found[each.account].until is not None))
            for each in seen
            if self.found[each.account].until is not None
            or f"{each.account} more" in self.task.cursors
        }
        kept = {
            f"{account} memory": said.memory
            for account, said in self.found.items()
            if said.memory is not None
        }
        return moved | began | more | kept


def memory(task: Task, account: Watched) -> str:
    """What the last round wanted to be told again about an account; "" nothing."""
    return task.cursors.get(f"{account.account} memory", "")


def _is_had(one: Asked, same: bool, held: int | None) -> bool:
    """Whether what is known by an answer is had already: a conversation held since this
    second or not at all, on the same account or on another of its brand."""
    return held is not None and not (same and one.at < held)


def _response(account: str, one: Answered) -> dict[str, object]:
    return {
        "account": account,
        "message": hashing.key(one.message),
        "key": hashing.key(one.thread),
        "responded_at": one.at,
        "step": Step.UNJUDGED,
        "text": one.text[:LONGEST] or None,
        "language": one.language,
    }


def _published(
    slug: str, found: Mapping[str, Found], seen: Iterable[Seen]
) -> pl.DataFrame:
    """Posts and replies by account and day, of the seconds that this round saw."""
    counts = Counter(
        (each.account, one.at // DAY, one.reply)
        for each in seen
        for one in found[each.account].posted
        if each.since <= one.at < each.until
    )
    rows = [
        (slug, account, day, counts[account, day, False], counts[account, day, True])
        for account, day in sorted({(account, day) for account, day, _ in counts})
    ]
    return pl.DataFrame(rows, schema=PUBLISHED, orient="row")


def _threads(said: Found) -> set[str]:
    asked, answered = (
        (one.thread for one in said.asked),
        (one.thread for one in said.answered),
    )
    return {*asked, *answered, *said.gone}


def _frame(
    rows: Iterable[Mapping[str, object]], schema: dict[str, pl.DataType]
) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema)


def _said(problems: list[str]) -> str:
    """The first few, each once; how many more there were."""
    said = list(dict.fromkeys(problems))[:SAID]
    more = sum(problem not in said for problem in problems)
    return "; ".join([*said, *([f"{more} more such problems"] if more else [])])
