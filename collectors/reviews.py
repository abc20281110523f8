"""Channels of reviews: what one is to us, and how far back a round reads.

A list of reviews goes by the time of writing, newest first, and a reply does not move a
review in it. So a round reads back to one horizon before its cursor: every review is
read at least once after its horizon has ended, and what is said of replies is true up
to then. A list that ends before it got so far was not read to its end.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from collectors import hashing
from collectors.listing import Answered, Asked, Found
from collectors.looking import Task
from model import DAY, Kind

HORIZON = 7 * DAY
"""Seconds a review is given; the method's own, which a test holds to it."""

STARS = {
    1: Kind.COMPLAINT,
    2: Kind.COMPLAINT,
    3: Kind.OTHER,
    4: Kind.COMPLIMENT,
    5: Kind.COMPLIMENT,
}
"""What stars say; the method's own table, which a test holds to it."""

EDITED = (
    "reply older than the review: the review was edited since, the wait is not known"
)
MOST_PAGES = 50
"""Of one account's list in one round."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """One review as a list shows it. ``at`` is when it was written, or last edited
    where the channel tells no more."""

    id: str  # the channel's own
    author: str  # likewise; never kept
    at: int
    stars: int
    url: str | None = None
    replied_at: int | None = None  # None: no reply is shown
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of a list, newest first. ``more``: the list goes on."""

    reviews: list[Review]
    more: bool


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What was read of a list; '' as ``problem``: all that was to be read."""

    reviews: list[Review]
    problem: str = ""
    busy: bool = False  # longer than a round may read


def back_to(task: Task, account: str, since: int) -> int:
    """The second down to which a list is read. What was written before the watch began
    is none of our inquiries, however late it is answered."""
    began = task.cursors.get(f"{account} since")
    return since if began is None else max(int(began), since - HORIZON)


def listed(
    pages: Iterator[Page], oldest: int, where: str, *, ends: bool = True
) -> Listed:
    """Reviews down to a second. ``ends``: a list without a next page is at its end;
    otherwise it may as well have been cut off."""
    seen: dict[str, Review] = {}
    number = 0
    while True:
        number, page = number + 1, next(pages)
        fresh = [each for each in page.reviews if each.id not in seen]
        seen |= {each.id: each for each in fresh}
        reviews = list(seen.values())
        if page.reviews and page.reviews[-1].at < oldest:
            return Listed(reviews=[each for each in reviews if each.at >= oldest])
        if not page.more:
            short = f"{where}: the list broke off after {len(reviews)} reviews"
            return Listed(reviews=reviews, problem="" if ends else short)
        if not fresh:
            said = f"{where}: the list repeats itself after {len(reviews)} reviews"
            return Listed(reviews=reviews, problem=said)
        if number == MOST_PAGES:
            said = f"{where}: more than {len(reviews)} reviews for one round"
            return Listed(reviews=reviews, problem=said, busy=True)


def read(task: Task, slug: str, account: str, said: Listed, since: int) -> Found:
    """What a list says of reviews and replies.

    Where it was not read to its end, the account is not said to be watched and the next
    round begins where this one did; only a list too long for any round is given up on
    below what was read.
    """
    held = _held(task, slug, account, said.reviews)
    refused: Counter[str] = Counter()
    found = Found(read=len(said.reviews), refused=refused)
    for each in said.reviews:
        known = held.get(each.id)
        if _edited(each) and (known is None or known > _replied(each)):
            refused[EDITED] += 1
        else:
            found.asked.append(_asked(slug, each))
            found.answered.extend(_answered(slug, each))
    if not said.problem:
        return found
    edge = min((each.at for each in said.reviews), default=since)
    if said.busy and edge > since:
        return replace(found, since=edge, problem=said.problem)
    return replace(found, until=since, problem=said.problem)


def missing(
    task: Task, slug: str, account: str, said: Listed, oldest: int
) -> list[int]:
    """Messages of the reviews that are held and would be in a list, were they still
    there. None where the list was not read to its end, or holds none of those that are
    held: then the list is not what it was."""
    if said.problem:
        return []
    held = task.open_since(oldest).filter(
        pl.col("account") == account, pl.col("message").is_not_null()
    )
    here = [hashing.key(thread(slug, each.id)) for each in said.reviews]
    gone = held.filter(~pl.col("key").is_in(here))
    return gone["message"].to_list() if len(gone) < len(held) else []


def thread(slug: str, review: str) -> str:
    """The id of a conversation. Files of Google Play's reviews name no channel."""
    return review if slug == "google_play" else f"{slug}|{review}"


def _edited(review: Review) -> bool:
    return review.replied_at is not None and review.replied_at < review.at


def _replied(review: Review) -> int:
    assert review.replied_at is not None
    return review.replied_at


def _held(task: Task, slug: str, account: str, reviews: list[Review]) -> dict[str, int]:
    """Of the reviews edited after their reply, when those were first written that we
    hold: their wait is known after all."""
    edited = {hashing.key(thread(slug, r.id)): r.id for r in reviews if _edited(r)}
    if not edited:
        return {}
    known = task.known({(account, key) for key in edited})
    return {edited[key]: at for (_, key), at in known.items()}


def _asked(slug: str, review: Review) -> Asked:
    return Asked(
        thread=thread(slug, review.id),
        author=review.author,
        at=review.at,
        kind=STARS[review.stars],
        url=review.url,
    )


def _answered(slug: str, review: Review) -> list[Answered]:
    """The reply. It is one message however often it is edited: its time is frozen when
    first seen."""
    if review.replied_at is None:
        return []
    return [
        Answered(
            thread=thread(slug, review.id),
            message=f"{slug}|{review.id}|reply",
            at=review.replied_at,
            text=review.reply,
        )
    ]
