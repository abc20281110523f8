"""The Consumer Complaint Database asked itself, firm by firm.

Source: `/data-research/consumer-complaints/search/api/v1/`, open and without a key, by
the days on which complaints were sent to a firm; pages go on by `search_after`
(github.com/cfpb/ccdb5-api, looked at 2026-11-22). Read with our own polite client: the
Bureau keeps no client library. A complaint is read once, when it is settled. Known
gaps: see the channel. History: 2026-11, first version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
from pydantic import AwareDatetime, Field

from collectors.base import CollectorError, UnreadablePage, Watched
from collectors.channels.cfpb.complaints import (
    ADDRESS,
    LIMIT,
    NEEDED,
    SETTLED,
    SLUG,
    parsed,
    sifted,
)
from collectors.http import Http
from collectors.listing import Answered, Asked, Found, Record, record, round_of
from collectors.looking import Task
from model import DAY, Kind
from model.looks import Look

PAGE = 1_000
MOST = 20_000
"""Complaints of one firm in one round; with more the days are halved."""


class Complaint(Record):
    complaint_id: int | str
    company: str
    date_received: str
    date_sent_to_company: str
    timely: str | None = None


class Hit(Record):
    source: Complaint = Field(alias="_source")
    sort: list[int | float | str] = []


class Total(Record):
    value: int


class Hits(Record):
    total: Total | int
    hits: list[Hit]

    @property
    def all(self) -> int:
        return self.total if isinstance(self.total, int) else self.total.value


class Meta(Record):
    last_updated: AwareDatetime
    has_data_issue: bool = False


class Answer(Record):
    hits: Hits
    meta: Meta = Field(alias="_meta")


class NoSuchFirm(CollectorError):
    """No complaint names a firm as the registry does."""


def look(task: Task) -> Look:
    """One round over the firms. What fails is in the look's problem."""
    seen = round_of(task, SLUG, ask, _resolve, int(task.options["first_days"]))
    watched = pl.col("asked_at").alias("watched_until")
    return replace(seen, inquiries=seen.inquiries.with_columns(watched))


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The firm's name, when a complaint bears it. Raises CollectorError."""
    if not _answer(http, options, account, {"size": "1"}).hits.all:
        raise NoSuchFirm(f"no complaint names a company {account!r}")
    return account


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


def ask(task: Task, account: Watched, since: int) -> Found:
    """Complaints sent to a firm since a second and settled by now. Raises
    CollectorError."""
    first = since // DAY
    end = task.started_us // 1_000_000 // DAY - SETTLED
    if end <= first:
        return Found(until=since)
    said = _answer(task.http, task.options, account.account, _days(first, end))
    if said.meta.has_data_issue:
        problem = "the Bureau says that there is an issue with its data: not taken"
        return Found(until=since, problem=problem)
    end = min(end, int(said.meta.last_updated.timestamp()) // DAY - SETTLED)
    while said.hits.all > MOST and end - first > 1:
        end = (first + end) // 2
        said = _answer(task.http, task.options, account.account, _days(first, end))
    if said.hits.all > MOST:
        problem = f"more than {MOST:,} complaints on one day: import them as a file"
        return Found(until=since, problem=f"{account.account}: {problem}")
    hits = list(_rest(task, account.account, said, _days(first, end)))
    return replace(read(hits, end), until=end * DAY)


def read(hits: list[Hit], end: int) -> Found:
    """What complaints say that were sent before a day. Pure: no I/O, no clock."""
    rows = [_texts(hit.source) for hit in hits]
    frame = pl.DataFrame(rows, dict.fromkeys(NEEDED, pl.String()), orient="row")
    kept, refused = sifted(parsed(frame), end - 1)
    asked, answered = [], []
    for row in kept.iter_rows(named=True):
        at = row["sent"] * DAY
        asked.append(
            Asked(
                thread=f"{SLUG}|{row['id']}",
                author=row["id"],  # nobody is named: each is a person of its own
                at=at,
                kind=Kind.COMPLAINT,
                url=ADDRESS.format(row["id"]),
            )
        )
        if row["said"] == "yes":
            answered.append(
                Answered(
                    thread=f"{SLUG}|{row['id']}",
                    message=f"{SLUG}|{row['id']}|response",
                    at=at + LIMIT,
                )
            )
    return Found(
        asked=asked, answered=answered, read=len(hits), refused=Counter(refused)
    )


def _texts(said: Complaint) -> tuple[str, ...]:
    """In the order of NEEDED."""
    return (
        str(said.complaint_id),
        said.company,
        said.date_received,
        said.date_sent_to_company,
        said.timely or "",
    )


def _rest(
    task: Task, account: str, said: Answer, days: Mapping[str, str]
) -> Iterator[Hit]:
    """The complaints of a page and of those after it."""
    seen: set[str] = set()
    while True:
        fresh = [h for h in said.hits.hits if str(h.source.complaint_id) not in seen]
        seen |= {str(hit.source.complaint_id) for hit in fresh}
        yield from fresh
        if len(said.hits.hits) < PAGE:
            return
        if not fresh or len(fresh[-1].sort) != 2:
            raise UnreadablePage(_url(task.options), "a page after a full one")
        after = "_".join(str(each) for each in fresh[-1].sort)
        params = {**days, "search_after": after}
        said = _answer(task.http, task.options, account, params)


def _days(first: int, end: int) -> dict[str, str]:
    """Sent from one day on and before another. One day more is asked for: whether the
    last is among them depends on the version of the interface."""
    return {
        "company_received_min": _iso(first),
        "company_received_max": _iso(end),
        "size": str(PAGE),
    }


def _answer(
    http: Http, options: Mapping[str, Any], company: str, params: Mapping[str, str]
) -> Answer:
    asked = {
        "company": company,
        "sort": "created_date_asc",
        "no_aggs": "true",
        "no_highlight": "true",
        **params,
    }
    url = _url(options)
    return record(Answer, http.ask(url, asked), url)


def _url(options: Mapping[str, Any]) -> str:
    return f"{options['api']}/"


def _iso(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()
