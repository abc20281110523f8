"""Answers to messages we never saw: asked back, so that their waits are known.

A brand may answer somebody who wrote its name without a mention, or who wrote before
our watch began. Such conversations are known only because they were answered
(``FoundBy.REPLY``): they tell how long the answered waited, and enter no share.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from collectors import hashing
from collectors.base import CollectorError
from collectors.channels.bluesky import appview
from collectors.channels.bluesky.events import author_of
from collectors.channels.bluesky.reading import (
    Answer,
    Sighting,
    Watch,
    inquiries,
    named,
    of_message,
)
from collectors.looking import Task
from model import FoundBy

MOST = 1_000
"""Answers traced back in one look, at most."""


Opened = Mapping[tuple[str, int], int]
"""(account, key) of a conversation, and the second in which it was opened."""


class Traced(NamedTuple):
    """Conversations found by their answers; those that could not be, by reason."""

    inquiries: pl.DataFrame
    refused: Mapping[str, int]
    problem: str


def known(task: Task, watch: Watch, sighting: Sighting) -> Opened:
    """Of the conversations in sight, those that the store holds."""
    asked = sighting.inquiries.select("account", "key").rows()
    answered = [
        (account, answer.key)
        for answer in sighting.answers
        for account in watch.family(answer.brand)
    ]
    return task.known([*asked, *answered])


def trace(task: Task, watch: Watch, sighting: Sighting, known: Opened) -> Traced:
    """Asks the AppView for the messages behind answers that nothing explains."""
    unknown = unexplained(watch, sighting, known)
    refused = {"answers too many to trace back": len(unknown[MOST:])}
    unknown = unknown[:MOST]
    uris = dict.fromkeys(uri for answer in unknown for uri in _candidates(answer))
    problem = ""
    found: Mapping[str, appview.Seen] = {}
    try:
        found = appview.posts(task.http, task.options["appview"], list(uris))
    except CollectorError as failed:
        problem = f"{len(unknown)} answers could not be traced back: {failed}"
    rows = [row for a in unknown for row in _row(a, watch, found, task.secret)]
    gone = 0 if problem else len(unknown) - len(rows)
    refused["answers to a message that is gone"] = gone
    return Traced(inquiries(rows), {k: n for k, n in refused.items() if n}, problem)


def unexplained(watch: Watch, sighting: Sighting, known: Opened) -> list[Answer]:
    """The first answer of each brand in each conversation that nobody is known to
    have opened before it."""
    first: dict[tuple[str, int], Answer] = {}
    for answer in sorted(sighting.answers, key=lambda answer: answer.at):
        first.setdefault((watch.brand(answer.brand), answer.key), answer)
    named = sighting.inquiries.select("account", "key", "asked_at").rows()
    here = {(account, key): at for account, key, at in named}
    messages = set(sighting.inquiries["message"])

    def explained(answer: Answer) -> bool:
        return hashing.key(answer.parent) in messages or any(
            at.get((account, answer.key), answer.at + 1) <= answer.at
            for account in watch.family(answer.brand)
            for at in (here, known)
        )

    return [answer for answer in first.values() if not explained(answer)]


def _candidates(answer: Answer) -> Sequence[str]:
    """The post that opened the thread, if it is the person's own, and the answered
    one: the person may have asked at the top and been answered further down."""
    if author_of(answer.root) == answer.person:
        return (answer.root, answer.parent)
    return (answer.parent,)


def _row(
    answer: Answer, watch: Watch, found: Mapping[str, appview.Seen], secret: bytes
) -> Iterable[dict[str, object]]:
    """One row, or none when the message is gone."""
    for uri in _candidates(answer):
        seen = found.get(uri)
        if seen is None:
            continue
        if uri != answer.parent and not _to_brand(seen, watch, answer.brand):
            continue
        yield {
            "account": answer.account,
            "key": answer.key,
            # Two servers' clocks: nobody is answered before asking.
            "asked_at": min(seen.at, answer.at),
            "found_by": FoundBy.REPLY,
            "addressed": 1,
            **of_message(uri, seen.post, secret),
        }
        return


def _to_brand(seen: appview.Seen, watch: Watch, brand: str) -> bool:
    mine = watch.brand(brand)
    return any(
        did in watch.accounts and watch.brand(did) == mine for did in named(seen.post)
    )
