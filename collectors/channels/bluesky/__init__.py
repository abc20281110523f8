"""Bluesky: who writes to a brand in public, and when the brand answers.

Source: Jetstream, the network's public stream of posts, drained from the saved cursor
to now at each look, and the public AppView for handles, for the few posts that we know
only by an answer to them, for what the stream does not hold any more (``backfill``),
and for whether open inquiries still stand (``revisiting``). Formats: see ``stream`` and
``appview`` (looked at 2026-11-22). Search is not used: it needs a login, and its
keepers say it is no feed.

The client library atproto (0.0.73, well kept, MIT) is not used. It builds a checked
model of every record, 35 microseconds each where ``events.skim`` takes 3 to tell that a
post cannot matter, and refuses a record whose author put something strange into it,
which here must cost one post and no look. It promises no stable interface before 1.0,
knows no pauses, and takes 1.7 seconds to import.

Known gaps:
- A handle written as plain text, without a mention, is not seen unless it is answered;
  then it is known as such (found by its reply) and enters no share.
- Direct messages, and answers in them, are not public.
- Replies to replies are seen as long as they answer the brand or name it.
- A person who leaves takes everything along; whoever comes back, and a post that is
  made again under the same address, stay deleted.
- Silence of a quiet network and a server that silently lost hours look alike; only in
  a busy stream is a hole recognised as one.
- What is filled in from the AppView: mentions elsewhere are known only by their answer;
  where it does not show all answers of a post, who wrote there is not counted, and it
  also leaves out accounts that were taken down; people below posts older than three
  days before the gap are missed; what was edited has the time of its edit.
- A brand's own answer that is deleted while the stream is out of reach stays one.

History:
- 2026-11: first version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from time import time
from typing import Any, NamedTuple

import polars as pl

from collectors.base import (
    Channel,
    CollectorError,
    Pace,
    UnreadablePage,
    Watched,
)
from collectors.channels.bluesky import appview
from collectors.channels.bluesky.accounts import Presence, Spans, presence
from collectors.channels.bluesky.addresses import message_at, named
from collectors.channels.bluesky.backfill import Filled, fill
from collectors.channels.bluesky.reading import (
    Sighting,
    Watch,
    earliest,
    published_by,
    read,
    together,
)
from collectors.channels.bluesky.revisiting import revisit
from collectors.channels.bluesky.stream import SECOND, Bounds, Drain, Drained
from collectors.channels.bluesky.tracing import Opened, known, trace
from collectors.http import Http, Refused, Unreachable
from collectors.looking import Task
from model import FoundBy
from model.looks import Look, Seen

__all__ = ["CHANNEL", "look", "read"]

CURSOR = "time_us"
"""The cursor's name: the end of what was seen, in microseconds since the epoch."""
HANDLES = 100
"""Handles asked of the AppView in one look, at most; the next look asks others."""
HOUR_US = 3_600 * SECOND
NEVER = 2**62
"""A moment after everything."""
SLACK = 60
"""Seconds by which a message may be known as older than a thread says."""


def look(task: Task) -> Look:
    """One look at everything since the last one.

    Raises CollectorError when nothing at all could be learnt, and Stopped.
    """
    return replace(_look(task), finished_at=int(time()))


def _look(task: Task) -> Look:
    handles = _resolve(task)
    watch, doubles = _watch(task, handles.resolved)
    look = Look(
        channel=CHANNEL.slug,
        resolved=handles.resolved,
        unresolved={**handles.unresolved, **doubles},
        cursors_before=dict(task.cursors),
        cursors=dict(task.cursors),
        started_at=task.started_us // SECOND,
        problem=handles.problem,
    )
    if not watch.accounts:
        return replace(look, problem=_say(handles.problem, "no account is resolved"))
    try:
        drained = _drain(task, watch)
    except CollectorError as problem:
        if not handles.resolved:
            raise
        # Nothing was seen, but who is behind which handle need not be asked again.
        return replace(look, problem=_say(handles.problem, str(problem)))
    return compose(task, watch, look, drained)


def compose(task: Task, watch: Watch, look: Look, drained: Drained) -> Look:
    """The look, with what the stream brought, what is behind it and what is amiss."""
    filled = fill(task, watch, drained.since_us // SECOND, _seconds(drained.holes))
    sighting = _sighted(task, watch, drained, filled)
    held = known(task, watch, sighting)
    traced = trace(task, watch, sighting, held)
    present = presence(
        *(task, watch, sighting.notices),
        *(drained.since_us, drained.until_us, filled.gone),
    )
    again = revisit(task)
    inquiries = pl.concat([sighting.inquiries, traced.inquiries])
    return replace(
        look,
        inquiries=_new(task, inquiries, held),
        responses=sighting.responses,
        deletions=pl.concat([sighting.deletions, again.deletions]),
        departed=sighting.departed,
        published=sighting.published,
        seen=tuple(_seen(watch, drained, present)),
        followed=filled.followed,
        resolved={**look.resolved, **present.resolved},
        unresolved={**look.unresolved, **present.unresolved},
        cursors={
            **task.cursors,
            CURSOR: str(drained.until_us),
            **filled.cursors,
            **present.cursors,
            **again.cursors,
        },
        read=drained.read + filled.read + again.asked,
        refused=dict(drained.refused + Counter(traced.refused) + filled.refused),
        problem=_say(
            *(look.problem, _gap(task), drained.problem, traced.problem),
            *(*filled.problems, *present.problems, again.problem),
        ),
    )


def _sighted(task: Task, watch: Watch, drained: Drained, filled: Filled) -> Sighting:
    """What the stream says, and what the AppView says of what the stream lacks."""
    streamed = read(
        drained.events,
        watch,
        since_us=drained.since_us,
        until_us=drained.until_us,
        secret=task.secret,
    )
    if not filled.events:
        return streamed
    threads = read(
        filled.events,
        watch,
        since_us=NEVER,
        until_us=NEVER,
        secret=task.secret,
        found_by=FoundBy.THREAD,
    )
    published = published_by(filled.posted, watch)
    return together(streamed, replace(threads, published=published))


def _seconds(spans: Spans) -> Spans:
    return [(since // SECOND, until // SECOND) for since, until in spans]


def _new(task: Task, frame: pl.DataFrame, held: Opened) -> pl.DataFrame:
    """Of each conversation the first message, unless an earlier one is held already.

    Later messages must not touch what the first one said: thanks for an answer would
    make a conversation that is known only by its answer look as if it had been found
    without its help. Only the first message itself may, when a thread shows it.
    """
    first = earliest(frame)
    later = pl.Series(
        [
            held.get((account, key), at + 1) <= at
            for account, key, at in first.select("account", "key", "asked_at").rows()
        ],
        dtype=pl.Boolean,
    )
    return pl.concat([first.filter(~later), _found_again(task, first.filter(later))])


def _found_again(task: Task, frame: pl.DataFrame) -> pl.DataFrame:
    """Messages that were known only by their answers, and that a thread shows among
    those without one: they are found like the others."""
    shown = frame.filter(pl.col("found_by") == FoundBy.THREAD)
    if shown.is_empty():
        return shown
    oldest = shown["asked_at"].min()
    assert isinstance(oldest, int)
    held = task.open_since(oldest - SLACK).filter(pl.col("found_by") == FoundBy.REPLY)
    return shown.join(held, on=["account", "message"], how="semi").with_columns(
        # Where a gap cut it short, it stays so: the later of both moments holds.
        watched_until=pl.col("asked_at")
    )


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The DID behind a handle. Raises CollectorError when nobody is behind it."""
    return appview.resolve(http, options["appview"], account)


class _Handles(NamedTuple):
    resolved: dict[str, str]  # account: DID
    unresolved: dict[str, str]  # account: why
    problem: str


def _resolve(task: Task) -> _Handles:
    """Asks who is behind handles not asked before, or without an answer.

    Raises Unreachable when the AppView is away and no account is known from before.
    """
    handles = _Handles({}, {}, "")
    for account in _turn(task):
        try:
            handles.resolved[account] = resolve(task.http, task.options, account)
        except (Refused, UnreadablePage) as problem:
            handles.unresolved[account] = str(problem)
        except Unreachable as problem:
            if not handles.resolved and not any(a.external_id for a in task.accounts):
                raise
            return handles._replace(problem=str(problem))
    return handles


def _turn(task: Task) -> list[str]:
    """Whose turn it is to be asked: others at each look, so that a hundred dead
    handles do not keep the rest waiting."""
    asked = [a.account for a in task.accounts if not a.external_id]
    if len(asked) <= HANDLES:
        return asked
    start = task.started_us // (60 * SECOND) * HANDLES % len(asked)
    return (asked + asked)[start : start + HANDLES]


def _watch(task: Task, resolved: dict[str, str]) -> tuple[Watch, dict[str, str]]:
    """The accounts by DID; a second account with a DID is one account too many."""
    accounts: dict[str, Watched] = {}
    doubles = {}
    for watched in task.accounts:
        did = watched.external_id or resolved.get(watched.account, "")
        if not did:
            continue
        first = accounts.setdefault(did, watched)
        if first is not watched:
            doubles[watched.account] = f"{first.account} is the same account"
    return Watch(accounts), doubles


def _oldest(task: Task) -> int:
    """The oldest moment that the stream still holds."""
    return task.started_us - int(task.options["retention_hours"]) * HOUR_US


def _gap(task: Task) -> str:
    """What was lost between the last look and the oldest moment kept; "" nothing."""
    lost = _oldest(task) - int(task.cursors.get(CURSOR, _oldest(task)))
    if lost <= 0:
        return ""
    hours = task.options["retention_hours"]
    return (
        f"the stream keeps {hours} hours and the last look is older: "
        f"{lost // (60 * SECOND)} minutes were not seen"
    )


def _drain(task: Task, watch: Watch) -> Drained:
    since = max(_oldest(task), int(task.cursors.get(CURSOR, 0)))
    if since >= task.started_us:
        raise Unreachable(
            "the last look lies in the future: this machine's clock was set back"
        )
    return Drain(
        url=task.options["jetstream"],
        http=task.http,
        since_us=since,
        start_us=task.started_us,
        wanted=watch.wants,
        skim=watch.skim,
        stopped=task.stopped,
        bounds=task.options.get("bounds", Bounds()),
    ).run()


def _seen(watch: Watch, drained: Drained, present: Presence) -> Iterator[Seen]:
    """What was seen of each account, without holes and without times when it was not
    there to be written to."""
    for watched in watch.accounts.values():
        missing = sorted([*drained.holes, *present.away[watched.account]])
        for since, until in _without(drained.since_us, drained.until_us, missing):
            yield Seen(watched.account, since // SECOND, until // SECOND)


def _without(since: int, until: int, missing: Spans) -> Iterator[tuple[int, int]]:
    for start, end in missing:
        if start > since:
            yield since, start
        since = max(since, end)
    if until > since:
        yield since, until


def _say(*problems: str) -> str:
    return "; ".join(problem for problem in problems if problem)


CHANNEL = Channel(
    slug="bluesky",
    title="Bluesky",
    source="https://bsky.app",
    licence="public posts; none of their text is kept or shown",
    terms="https://bsky.social/about/support/tos",
    cannot_see=(
        "Messages that write a brand's name without a mention, unless it answers; "
        "direct messages; mentions during long outages of ours; what a quiet server "
        "loses without saying so."
    ),
    every=timedelta(minutes=5),
    pace=Pace(3_000, 300.0),  # RateLimit-Policy of its servers: 3000;w=300
    look=look,
    resolve=resolve,
    named=named,
    message_at=message_at,
)
