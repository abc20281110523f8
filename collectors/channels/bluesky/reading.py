"""From events to what the store keeps. Pure: no I/O, no clock, any order.

An inquiry is a post by somebody else that names a registered account in a mention, or
answers one of its posts. A conversation is one person in one thread: its first message
is the inquiry. An answer is a registered account's reply to that person in that
thread, or its quotation of the inquiry.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from collectors import hashing
from collectors.base import Watched
from collectors.channels.bluesky.events import (
    Event,
    Notice,
    Post,
    author_of,
    skim,
    web_address,
)
from model import DAY, FoundBy, Kind, Step
from model.frames import PUBLISHED, conform
from model.looks import DELETED, DEPARTED, HEARD, SPOKEN

SECOND = 1_000_000
FIRST_YEAR = 2023
"""Bluesky's first: whoever leaves may have written in any year since then."""


@dataclass(frozen=True)
class Watch:
    """The registered accounts of a look, by DID."""

    accounts: Mapping[str, Watched]

    def skim(self, message: str | bytes) -> int | None:
        """The time of an event that is surely not wanted; see ``events.skim``."""
        return skim(message, self.accounts)

    def wants(self, event: Event | Notice) -> bool:
        """Whether the event can matter. Deletions can, of posts and of accounts: who
        wrote to us is not known by name."""
        if isinstance(event, Notice):
            return event.gone or event.did in self.accounts
        post = event.post
        return (
            post is None
            or event.did in self.accounts
            or author_of(post.parent) in self.accounts
            or any(did in self.accounts for did in post.mentions)
        )

    def brand(self, did: str) -> str:
        watched = self.accounts[did]
        return watched.brand or watched.account

    def family(self, did: str) -> list[str]:
        """Every account of the brand behind this DID."""
        mine = self.brand(did)
        return [
            watched.account
            for other, watched in self.accounts.items()
            if self.brand(other) == mine
        ]


class Answer(NamedTuple):
    """A reply by a registered account to a person."""

    account: str
    brand: str  # DID of the account
    person: str  # DID
    message: int
    key: int  # of the conversation
    parent: str  # the person's message it answers
    root: str  # the post that opened the thread
    at: int  # seconds


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What events say: the frames of a Look, and the answers, to be traced back."""

    inquiries: pl.DataFrame
    responses: pl.DataFrame
    deletions: pl.DataFrame
    departed: pl.DataFrame
    published: pl.DataFrame
    answers: tuple[Answer, ...]
    notices: tuple[Notice, ...]  # of registered accounts, in the order of time


def conversation(root: str, person: str) -> int:
    """The key of what one person has to say in one thread."""
    return hashing.key(f"{root}|{person}")


def person(did: str, at: int, secret: bytes) -> int:
    return hashing.author(f"bluesky|{did}", at, secret)


def read(
    events: Iterable[Event | Notice],
    watch: Watch,
    *,
    since_us: int,
    until_us: int,
    secret: bytes,
    found_by: FoundBy = FoundBy.STREAM,
) -> Sighting:
    """Reads the events before ``until_us``, in any order, however often each comes.

    Events before ``since_us`` were read by an earlier look. They are read again for
    what can be said twice, and left out where we count: publications.
    """
    told = [event for event in events if event.time_us < until_us]
    notices = [event for event in told if isinstance(event, Notice)]
    mine = [event for event in told if isinstance(event, Event)]
    made = _first(event for event in mine if event.post is not None)
    answers = [answer for event in made if (answer := _answer(event, watch))]
    return Sighting(
        inquiries=inquiries(
            row for event in made for row in _asked(event, watch, secret, found_by)
        ),
        responses=_responses(made, answers, watch),
        deletions=_deletions(_first(event for event in mine if event.post is None)),
        departed=_departed(notices, watch, secret),
        published=published_by([e for e in made if e.time_us >= since_us], watch),
        answers=tuple(answers),
        notices=tuple(sorted({n for n in notices if n.did in watch.accounts})),
    )


def together(*seen: Sighting) -> Sighting:
    """Several sightings as one; what two of them saw is there twice."""
    return Sighting(
        inquiries=earliest(pl.concat([each.inquiries for each in seen])),
        responses=pl.concat([each.responses for each in seen]),
        deletions=pl.concat([each.deletions for each in seen]),
        departed=pl.concat([each.departed for each in seen]),
        published=pl.concat([each.published for each in seen]),
        answers=tuple(sorted((a for each in seen for a in each.answers), key=_when)),
        notices=tuple(notice for each in seen for notice in each.notices),
    )


def _when(answer: Answer) -> int:
    return answer.at


def _first(events: Iterable[Event]) -> list[Event]:
    """Each post once, as it was first seen, in the order of time."""
    once: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: (event.time_us, event.uri)):
        once.setdefault(event.uri, event)
    return list(once.values())


def _asked(
    event: Event, watch: Watch, secret: bytes, found_by: FoundBy
) -> Iterator[dict[str, object]]:
    """A row for every registered account that the post names or answers."""
    post = event.post or Post()
    to = [did for did in named(post) if did in watch.accounts]
    if event.did in watch.accounts:
        return
    for did in to:
        yield {
            "account": watch.accounts[did].account,
            "key": conversation(post.root or event.uri, event.did),
            "found_by": found_by,
            "addressed": min(99, len({watch.brand(did) for did in to})),
            **of_message(event.uri, post, event.time_us // SECOND, secret),
        }


def named(post: Post) -> Iterable[str]:
    """The DIDs a post is addressed to, each once."""
    return dict.fromkeys((author_of(post.parent), *post.mentions))


def of_message(uri: str, post: Post, at: int, secret: bytes) -> dict[str, object]:
    """What a row keeps of the message that opened the conversation, ``at`` seconds."""
    return {
        "author": person(author_of(uri), at, secret),
        "asked_at": at,
        "message": hashing.key(uri),
        "language": post.language or None,
        "url": web_address(uri),
        "text": post.text or None,
    }


def inquiries(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """The rows as HEARD; of each account's conversation the first message."""
    constant = {"channel": "bluesky", "kind": Kind.UNSAID, "step": Step.NONE}
    frame = pl.DataFrame(
        [{**constant, **row} for row in rows],
        schema={name: HEARD[name] for name in _COLUMNS},
    )
    return earliest(conform(frame, HEARD))


def earliest(frame: pl.DataFrame) -> pl.DataFrame:
    """Of each account's conversation the first message."""
    return frame.sort("asked_at", maintain_order=True).unique(
        ["account", "key"], keep="first", maintain_order=True
    )


_COLUMNS = (
    "channel",
    "account",
    "key",
    "author",
    "asked_at",
    "step",
    "kind",
    "found_by",
    "addressed",
    "message",
    "language",
    "url",
    "text",
)


def _answer(event: Event, watch: Watch) -> Answer | None:
    """The post as a registered account's reply to a person; None: it is none."""
    post = event.post or Post()
    asker = author_of(post.parent)
    if event.did not in watch.accounts or not asker or asker in watch.accounts:
        return None
    return Answer(
        account=watch.accounts[event.did].account,
        brand=event.did,
        person=asker,
        message=hashing.key(event.uri),
        key=conversation(post.root, asker),
        parent=post.parent,
        root=post.root,
        at=event.time_us // SECOND,
    )


def _responses(made: list[Event], answers: list[Answer], watch: Watch) -> pl.DataFrame:
    """Answers, and quotations of people, of an account for its whole brand: who asks
    one account of a brand may be answered by another. As SPOKEN."""
    posts = {hashing.key(event.uri): event.post or Post() for event in made}
    replies = [(a.brand, a.message, a.key, None, a.at) for a in answers]
    quotes = [
        (e.did, hashing.key(e.uri), None, hashing.key(quoted), e.time_us // SECOND)
        for e in made
        if (quoted := _quotation(e, watch))
    ]
    rows = [
        (account, message, key, to_message, at, Step.UNJUDGED, *_words(posts[message]))
        for did, message, key, to_message, at in replies + quotes
        for account in watch.family(did)
    ]
    named = {name: SPOKEN[name] for name in _SPOKEN}
    return conform(pl.DataFrame(rows, named, orient="row"), SPOKEN)


def _words(post: Post) -> tuple[str | None, str | None]:
    return post.text or None, post.language or None


_SPOKEN = (
    "account",
    "message",
    "key",
    "to_message",
    "responded_at",
    "step",
    "text",
    "language",
)


def _quotation(event: Event, watch: Watch) -> str:
    """The person's post that a registered account quotes, answering nobody else."""
    post = event.post or Post()
    quotes_person = author_of(post.quoted) not in {"", *watch.accounts}
    ours = event.did in watch.accounts
    return post.quoted if ours and quotes_person and not post.parent else ""


def _deletions(events: list[Event]) -> pl.DataFrame:
    return pl.DataFrame(
        [(hashing.key(event.uri), event.time_us // SECOND) for event in events],
        schema=DELETED,
        orient="row",
    )


def _departed(notices: list[Notice], watch: Watch, secret: bytes) -> pl.DataFrame:
    """Everybody but brands whose account is gone, under the key of each year."""
    rows = [
        (person(did, _in_year(year), secret), left_at)
        for left_at, did in sorted(
            {(n.time_us // SECOND, n.did) for n in notices if n.gone}
        )
        if did not in watch.accounts
        for year in range(FIRST_YEAR, datetime.fromtimestamp(left_at, UTC).year + 1)
    ]
    return pl.DataFrame(rows, schema=DEPARTED, orient="row")


def _in_year(year: int) -> int:
    return int(datetime(year, 7, 1, tzinfo=UTC).timestamp())


def published_by(made: list[Event], watch: Watch) -> pl.DataFrame:
    """Own posts and replies to people, by account and day. A reply to another brand
    is neither; a quotation goes out to everybody, so it is a post."""
    rows = [
        (watch.accounts[e.did].account, e.time_us // SECOND // DAY, *counted)
        for e in made
        if e.did in watch.accounts and any(counted := _counted(e, watch))
    ]
    columns = {name: PUBLISHED[name] for name in ("account", "day", "posts", "replies")}
    return conform(
        pl.DataFrame(rows, schema=columns, orient="row")
        .group_by("account", "day", maintain_order=True)
        .sum()
        .with_columns(channel=pl.lit("bluesky")),
        PUBLISHED,
    )


def _counted(event: Event, watch: Watch) -> tuple[int, int]:
    """(posts, replies) of one post by a registered account."""
    to = author_of((event.post or Post()).parent)
    if to and to not in watch.accounts:
        return 0, 1
    return int(not to or watch.brand(to) == watch.brand(event.did)), 0
