"""Slices worked at the same time, no more of them in memory than are at work."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

WORKERS = 2
"""Slices counted at the same time; sorting and hashing leave Python alone."""

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(
    pool: Executor, work: Callable[[Item], Made], items: Iterable[Item]
) -> Iterator[Made]:
    """What ``work`` makes of each, in order. Unlike ``Executor.map``, which asks for
    every item before the first is done, it asks for one when a worker is free."""
    waiting: deque[Future[Made]] = deque()
    for item in items:
        if len(waiting) == WORKERS:
            yield waiting.popleft().result()
        waiting.append(pool.submit(work, item))
        del item
    while waiting:
        yield waiting.popleft().result()
