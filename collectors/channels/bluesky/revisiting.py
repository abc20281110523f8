"""Open inquiries asked for again: the stream tells of a deletion once, and not at all
when we were away for longer than it keeps.

All that are within their horizon are asked for, answered or not, in batches, soon and
then ever more rarely (``rewatch``). One that is gone became a tombstone some time after
it was last known to stand; that is when it counts as deleted, so that what went
unnoticed for a while is taken for lost to view and not for unanswered.
"""

from typing import NamedTuple

import polars as pl

from collectors.base import CollectorError
from collectors.channels.bluesky import appview
from collectors.channels.bluesky.events import address_of
from collectors.looking import Stopped, Task
from collectors.rewatch import Plan, batches, first_of, reached
from model.frames import empty
from model.looks import DELETED

SECOND = 1_000_000
CURSOR = "revisited"
"""The second up to which everything due had been looked at."""
EVERY = 600
"""Seconds between two rounds, at least."""
MOST = 2_500
"""Posts asked for in one round."""
BEHIND = 6 * 3_600
"""Seconds by which an AppView may be behind: what it does not show yet of the last
hours is gone only when it shows something written later."""


class Revisited(NamedTuple):
    deletions: pl.DataFrame
    cursors: dict[str, str]
    asked: int
    problem: str


def revisit(task: Task) -> Revisited:
    """One round over the open inquiries that are due. Raises Stopped, nothing else."""
    now = task.started_us // SECOND
    looked = int(task.cursors.get(CURSOR, now - task.horizon))
    if not task.horizon or (now - looked < EVERY and CURSOR in task.cursors):
        return Revisited(empty(DELETED), {}, 0, "")
    plan = Plan.until(task.horizon)
    asked = task.open_since(plan.oldest(looked)).filter(
        pl.col("url").is_not_null(), pl.col("message").is_not_null()
    )
    due = plan.due(asked, looked, now)
    found: list[pl.DataFrame] = []
    done, problem = 0, ""
    for batch in batches(first_of(due, MOST), appview.BATCH):
        try:
            found.append(_asked(task, batch))
        except CollectorError as failed:
            problem = f"{len(due) - done} posts were not asked for again: {failed}"
            break
        done += len(batch)
    cursors = {CURSOR: str(reached(due, done, looked, now))}
    return Revisited(_gone(found, now), cursors, done, problem)


def _asked(task: Task, batch: pl.DataFrame) -> pl.DataFrame:
    """The batch, and whether each post is ``there``."""
    if task.stopped():
        raise Stopped
    uris = [address_of(url) for url in batch["url"]]
    known = [uri for uri in dict.fromkeys(uris) if uri]
    there = appview.posts(task.http, task.options["appview"], known)
    said = pl.Series([not uri or uri in there for uri in uris], dtype=pl.Boolean)
    return batch.with_columns(there=said)


def _gone(found: list[pl.DataFrame], now: int) -> pl.DataFrame:
    """The posts that are gone, and when each was last known to stand."""
    if not found:
        return empty(DELETED)
    asked = pl.concat(found)
    shown = asked.filter("there")["asked_at"].max()
    upto = max(now - BEHIND, shown if isinstance(shown, int) else 0)
    return asked.filter(~pl.col("there"), pl.col("asked_at") <= upto).select(
        "message", deleted_at="stood_at"
    )
