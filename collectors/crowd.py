"""One round over many accounts: hosts beside each other, one after the other on each.

Most of a round is waiting for other people's servers. Accounts that live on the same
host are asked in turn, since a host is asked one thing at a time; those of other hosts
meanwhile. What comes of a round does not hang on who was quicker.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event, Lock

import polars as pl

from collectors.base import CollectorError, Watched
from collectors.http import LeftAlone
from collectors.looking import OpenSince, Task

AT_ONCE = 16
"""Hosts that are asked at the same time, at most."""

Take = Callable[[Task, Watched], None]
"""Asks for one account. Raises CollectorError, Spent, Stopped."""

Server = Callable[[Watched], str]
"""Which host holds an account."""


class Spent(Exception):
    """No more may be asked in this round. The message says why."""


class _Once:
    """Open inquiries, read once for all accounts of a round: those asked first waited
    longest, so what is read for them holds what the others want."""

    def __init__(self, read: OpenSince) -> None:
        self._read = read
        self._lock = Lock()
        self._held: tuple[int, pl.DataFrame] | None = None

    def __call__(self, since: int) -> pl.DataFrame:
        with self._lock:
            if self._held is None or since < self._held[0]:
                self._held = since, self._read(since)
            return self._held[1].filter(pl.col("asked_at") >= since)


@dataclass
class _Came:
    """What became of the accounts of one host."""

    problems: dict[str, str] = field(default_factory=dict)  # account: why
    waiting: int = 0
    why: str = ""  # they wait


def go_round(
    task: Task, accounts: Sequence[Watched], server: Server, take: Take
) -> list[str]:
    """Takes every account, or as many as may be asked. Returns what went wrong, in the
    order of the accounts. Raises what ``take`` raises beyond CollectorError and Spent,
    when every host has stopped.
    """
    hosts: dict[str, list[Watched]] = {}
    for account in accounts:
        hosts.setdefault(server(account), []).append(account)
    halt = Event()
    mine = replace(
        task,
        stopped=lambda: halt.is_set() or task.stopped(),
        open_since=_Once(task.open_since),
    )
    queues = list(hosts.values())
    if len(queues) < 2:
        came = [_in_turn(mine, queue, take) for queue in queues]
    else:
        came = _beside(mine, queues, take, halt)
    return _told(accounts, came)


def _beside(
    task: Task, queues: list[list[Watched]], take: Take, halt: Event
) -> list[_Came]:
    def one(queue: list[Watched]) -> _Came:
        try:
            return _in_turn(task, queue, take)
        except BaseException:
            halt.set()
            raise

    with ThreadPoolExecutor(min(AT_ONCE, len(queues))) as pool:
        done: list[Future[_Came]] = [pool.submit(one, queue) for queue in queues]
    return [each.result() for each in done]


def _in_turn(task: Task, queue: list[Watched], take: Take) -> _Came:
    came = _Came()
    for at, account in enumerate(queue):
        came.waiting = len(queue) - at
        if task.stopped():
            came.why = "stopped"
            return came
        try:
            take(replace(task, http=task.http.visit()), account)
        except (Spent, LeftAlone) as problem:
            came.why = str(problem)
            return came
        except CollectorError as problem:
            came.problems[account.account] = str(problem)
    came.waiting = 0
    return came


def _told(accounts: Sequence[Watched], came: list[_Came]) -> list[str]:
    problems = {name: why for each in came for name, why in each.problems.items()}
    told = [problems[a.account] for a in accounts if a.account in problems]
    waiting: Counter[str] = Counter()
    for each in came:
        if each.waiting:
            waiting[each.why] += each.waiting
    return told + [f"{why}; {n} accounts wait" for why, n in waiting.items()]
