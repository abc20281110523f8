"""Answers to messages we never saw: asked back, so that their waits are known.

A brand may answer somebody who wrote its name without a mention, or who wrote before
our watch began. Such conversations are known only because they were answered
(``FoundBy.REPLY``): they tell how long the answered waited, and enter no share.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

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


def trace(task: Task, watch: Watch, sighting: Sighting, held: Opened) -> Traced:
    """Asks the AppView for the messages behind answers that nothing explains."""
    book = Book(watch, sighting, held)
    unknown = [answer for answer in sighting.answers if not book.explains(answer)]
    refused = Counter({"answers too many to trace back": len(unknown[MOST:])})
    unknown = unknown[:MOST]
    uris = dict.fromkeys(uri for answer in unknown for uri in _candidates(answer))
    try:
        found = appview.posts(task.http, task.options["appview"], list(uris))
    except CollectorError as failed:
        problem = f"{len(unknown)} answers could not be traced back: {failed}"
        return Traced(inquiries([]), +refused, problem)
    rows = []
    for answer in unknown:  # in the order of time: an answer explains the next ones
        if book.explains(answer):
            continue
        if row := _row(answer, watch, found, task.secret):
            rows.append(row)
            book.open(answer, row["asked_at"])
        else:
            refused["answers to a message that is gone"] += 1
    return Traced(inquiries(rows), +refused, "")


class Book:
    """Who is known to have opened which conversation with whom, and when."""

    def __init__(self, watch: Watch, sighting: Sighting, held: Opened) -> None:
        self._watch = watch
        self._opened = dict(held)
        self._messages = set(sighting.inquiries.select("account", "message").rows())
        asked = sighting.inquiries.select("account", "key", "asked_at")
        for account, key, at in asked.iter_rows():
            self._note(account, key, at)

    def _note(self, account: str, key: int, at: int) -> None:
        self._opened[account, key] = min(at, self._opened.get((account, key), at))

    def open(self, answer: Answer, at: int) -> None:
        self._note(answer.account, answer.key, at)

    def explains(self, answer: Answer) -> bool:
        """Whether the person is known to have written to the brand before the answer,
        or with the very message that it answers (servers' clocks differ)."""
        parent = hashing.key(answer.parent)
        return any(
            (account, parent) in self._messages
            or self._opened.get((account, answer.key), answer.at + 1) <= answer.at
            for account in self._watch.family(answer.brand)
        )


def _candidates(answer: Answer) -> Sequence[str]:
    """The post that opened the thread, if it is the person's own, and the answered
    one: the person may have asked at the top and been answered further down."""
    if author_of(answer.root) == answer.person:
        return (answer.root, answer.parent)
    return (answer.parent,)


def _row(
    answer: Answer, watch: Watch, found: Mapping[str, appview.Seen], secret: bytes
) -> dict[str, Any] | None:
    """The conversation behind an answer; None when the message is gone."""
    for uri in _candidates(answer):
        seen = found.get(uri)
        if seen is None:
            continue
        if uri != answer.parent and not _to_brand(seen, watch, answer.brand):
            continue
        return {
            "account": answer.account,
            "key": answer.key,
            "found_by": FoundBy.REPLY,
            "addressed": 1,
            # Two servers' clocks: nobody is answered before asking.
            **of_message(uri, seen.post, min(seen.at, answer.at), secret),
        }
    return None


def _to_brand(seen: appview.Seen, watch: Watch, brand: str) -> bool:
    mine = watch.brand(brand)
    return any(
        did in watch.accounts and watch.brand(did) == mine for did in named(seen.post)
    )
