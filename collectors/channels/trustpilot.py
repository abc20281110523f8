"""Trustpilot: who reviews a business, and when it replies.

Source: the Business Units interface, `/v1/business-units/{id}/reviews`, by time of
writing, newest first, and the Deletions interface, `/v1/reviews/deletions`
(developers.trustpilot.com, looked at 2026-11-22). Both want an API key, which goes into
the header `apikey`, never into an address. Read with our own polite client: Trustpilot
keeps no client library for Python.

An inquiry is a review, its answer the company's reply; one or two stars are a
complaint, three are other, four or five a compliment. Reviews that their writers delete
are taken back as the interface's terms ask: the review leaves the counts, or, after its
horizon, only its count stays.

Known gaps:
- Invitations: a business that invites its content customers to write has other
  reviewers than one that does not.
- Reviews that were reported and are out of sight at the moment are not listed.
- A reply that was edited keeps the time at which we first saw it; one that was edited
  before we saw it, the time it was written.
- Which consumers left Trustpilot is not asked for: their reviews are among the deleted.
- Replies after the horizon are not looked for.
- The interface declares nothing by which to ask for what has changed alone: every list
  is sent whole.

History:
- 2026-11: first version.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import polars as pl
from pydantic import AwareDatetime, Field

from collectors import hashing
from collectors.base import Channel, CollectorError, UnreadablePage, Watched
from collectors.http import Http, Unreachable
from collectors.listing import Found, Record, record, records, round_of
from collectors.looking import Task
from collectors.reviews import Page, Review, back_to, listed, read, thread
from model import DAY
from model.looks import DELETED, Look

PAGE = 100
DELETIONS = 1_000
MOST_DELETIONS = 100
"""Pages of them in one round; the next goes on from the same day."""
REVIEW = re.compile(
    r"https?://(?:[a-z]{2,3}\.)?trustpilot\.com/reviews/([0-9a-z]{1,64})/?(?:[?#].*)?"
)
DELETED_SINCE = "deletions since"
"""Name of the cursor: the second up to which deletions are known."""


class Reply(Record):
    text: str = ""
    created_at: AwareDatetime = Field(alias="createdAt")


class Consumer(Record):
    id: str


class ServiceReview(Record):
    id: str
    stars: int = Field(ge=1, le=5)
    created_at: AwareDatetime = Field(alias="createdAt")
    consumer: Consumer | None = None
    reply: Reply | None = Field(None, alias="companyReply")


class Names(Record):
    identifying: str


class Unit(Record):
    id: str
    name: Names


class Deletion(Record):
    id: str = Field(alias="reviewId")
    at: AwareDatetime = Field(alias="deletedAt")


class Moved(CollectorError):
    """An account is not what the registry says it is."""


@dataclass
class _Round:
    """One look. ``units``: numbers of businesses that were asked for in it."""

    units: dict[str, str] = field(default_factory=dict)

    def resolve(self, task: Task, account: Watched) -> str:
        found = resolve(task.http, task.options, account.account)
        self.units[account.account] = found
        return found

    def ask(self, task: Task, account: Watched, since: int) -> Found:
        """The reviews of one business since a second. Raises CollectorError."""
        unit = account.external_id or self.units[account.account]
        url = f"{task.options['api']}/v1/business-units/{unit}/reviews"
        oldest = back_to(task, account.account, since)
        said = listed(_pages(task, url), oldest, url)
        return read(task, CHANNEL.slug, account.account, said, since)


def look(task: Task) -> Look:
    """One round over the businesses. What fails is in the look's problem."""
    this = _Round()
    first_days = int(task.options["first_days"])
    seen = round_of(task, CHANNEL.slug, this.ask, this.resolve, first_days)
    try:
        gone, until = _deletions(task, seen.started_at)
    except CollectorError as problem:
        return replace(
            seen, problem="; ".join(filter(None, [seen.problem, str(problem)]))
        )
    return replace(
        seen,
        deletions=pl.concat([seen.deletions, _frame(gone)]),
        cursors={**seen.cursors, DELETED_SINCE: str(until)},
        read=seen.read + len(gone),
    )


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The number of the business reviewed under a domain. Raises CollectorError when it
    is reviewed under another."""
    url = f"{options['api']}/v1/business-units/find"
    key = _key(options)
    found = record(Unit, http.ask(url, {"name": account}, key, "apikey"), url)
    name = found.name.identifying
    if name.lower().removeprefix("www.") != account.lower().removeprefix("www."):
        raise Moved(f"{account} is reviewed as {name} now")
    return found.id


def named(http: Http, options: Mapping[str, Any], number: str) -> str:
    """The domain under which a business is reviewed today. Raises CollectorError."""
    url = f"{options['api']}/v1/business-units/{quote(number, safe='')}"
    said = http.ask(url, key=_key(options), header="apikey")
    return record(Unit, said, url).name.identifying


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The review on a page; "" for the page of anything else."""
    match = REVIEW.fullmatch(url)
    return thread(CHANNEL.slug, match[1]) if match else ""


def _pages(task: Task, url: str) -> Iterator[Page]:
    number = 0
    while True:
        number += 1
        said = task.http.ask(
            url,
            {
                "orderBy": "createdat.desc",
                "perPage": str(PAGE),
                "page": str(number),
            },
            _key(task.options),
            "apikey",
        )
        found = records(ServiceReview, _inside(said, "reviews", url), url)
        yield Page(reviews=[_review(each) for each in found], more=len(found) == PAGE)


def _review(said: ServiceReview) -> Review:
    return Review(
        id=said.id,
        # Whose profile is gone is nobody twice: each is a person of its own.
        author=said.consumer.id if said.consumer else f"gone {said.id}",
        at=_second(said.created_at),
        stars=said.stars,
        url=f"https://www.trustpilot.com/reviews/{said.id}",
        replied_at=_second(said.reply.created_at) if said.reply else None,
        reply=said.reply.text if said.reply else "",
    )


def _deletions(task: Task, now: int) -> tuple[list[Deletion], int]:
    """Reviews deleted since they were last asked for, of all businesses, and the second
    up to which they are known. Raises CollectorError."""
    since = int(task.cursors.get(DELETED_SINCE, now))
    url = f"{task.options['api']}/v1/reviews/deletions"
    params = {
        "limit": str(DELETIONS),
        # Days, not seconds; where an end is one day further, nothing is missed.
        "startDate": _day(since - DAY),
        "endDate": _day(now + DAY),
    }
    found: list[Deletion] = []
    for _ in range(MOST_DELETIONS):
        said = task.http.ask(url, params, _key(task.options), "apikey")
        found += records(Deletion, _inside(said, "reviews", url), url)
        token = said.get("nextToken")
        if not token:
            return found, now
        params["nextToken"] = str(token)
    raise UnreadablePage(url, f"an end of its pages, read {MOST_DELETIONS}")


def _frame(gone: list[Deletion]) -> pl.DataFrame:
    slug = CHANNEL.slug
    rows = [(hashing.key(thread(slug, each.id)), _second(each.at)) for each in gone]
    return pl.DataFrame(rows, schema=DELETED, orient="row")


def _inside(said: Any, name: str, where: str) -> Any:
    if not isinstance(said, dict) or name not in said:
        raise UnreadablePage(where, f"{name}, found none")
    return said[name]


def _key(options: Mapping[str, Any]) -> str:
    key: str = options["key"].get_secret_value()
    if not key:
        raise Unreachable("Trustpilot wants a key: set ANSWERABLE_TRUSTPILOT_KEY")
    return key


def _day(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).date().isoformat()


def _second(at: datetime) -> int:
    return int(at.timestamp())


CHANNEL = Channel(
    slug="trustpilot",
    title="Trustpilot",
    source="https://www.trustpilot.com",
    licence="reviews belong to their writers; only times and stars are kept",
    terms=(
        "https://developers.trustpilot.com: what a consumer deletes is deleted here too"
        " (https://developers.trustpilot.com/deletions-api)"
    ),
    cannot_see=(
        "Whether a reviewer was invited; reviews that were reported and are hidden for"
        " the time being; replies by mail or telephone."
    ),
    says_kind=True,
    every=timedelta(hours=6),
    key_setting="trustpilot_key",
    look=look,
    resolve=resolve,
    named=named,
    message_at=message_at,
)
