"""YouTube: who comments under a brand's videos, and when the brand's channel replies.

Source: YouTube's Data API v3, `commentThreads` of the brand's own channel, the newest
first, and again by their ids until their horizon; `comments` where a thread has more
replies than come with it (https://developers.google.com/youtube/v3/docs/commentThreads,
looked at 2026-11-22). Read with our own polite client, the key in a header of its own:
google-api-python-client (2.202, Apache 2.0, kept up) brings httplib2 and an
authentication of 17 MB for two lists, and puts the key into the address, where logs and
errors would show it.

What its policies allow (https://developers.google.com/youtube/terms/developer-policies
and https://developers.google.com/youtube/terms/derived-metrics-policy, looked at
2026-11-22), in our words: nobody may offer figures of their own that are calculated
from its data, nor add them up with those of other places, unless they were audited and
have accepted an amendment for analytics; with it, scores and leaderboards of YouTube
channels are among the permitted examples, and some statistics may be kept for longer.
Without it what is stored must be refreshed or deleted after 30 calendar days. We have
not been audited and accepted nothing. So this channel is off by default; when an
operator switches it on it measures, for the operator's own eyes, and never enters an
edition (``published=False``: no standing, no rank, no frozen row, no export); and
everything it stored is erased 28 days after it was said (``rows_kept``), whether the
channel is still on or not.

An inquiry is the first comment of a thread by anybody else than the channel. An answer
is a reply by the channel itself that does not begin with somebody else's handle.

Known gaps:
- A comment that the brand hides looks the same as one that its author deleted: both
  count as lost. This alone would forbid a ranking.
- Comments held for review, and videos with comments switched off.
- Hearts and pinned comments are no answers.
- Answers by another of the brand's channels; further questions below a comment.
- The second at which a comment was written is YouTube's; edits change it not.

History:
- 2026-11: first version.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import AwareDatetime

from collectors.base import Channel, CollectorError, UnreadablePage, Watched
from collectors.confirming import Confirming
from collectors.http import Http, Unreachable
from collectors.listing import (
    Answered,
    Asked,
    Erased,
    Found,
    Record,
    record,
    records,
    round_of,
)
from collectors.looking import Task
from collectors.rewatch import batches
from collectors.spending import Purse
from model.looks import Look

PAGE = 100
MOST_PAGES = 20
"""Of one channel in one round: two thousand comments."""
AT_ONCE = 50
"""Threads asked for by their ids in one request."""
SUSPICIOUS = 10
"""So many threads that are all gone at once are a fault of the server."""
QUOTA_DAY = ZoneInfo("America/Los_Angeles")
"""Where the day of its quota begins."""
HANDLE = re.compile(r"\s*@([\w.·-]+)")
ADDRESS = re.compile(
    r"https?://(?:(?:www|m)\.)?youtube\.com/watch\?v=[\w-]+&lc=([\w.-]+)", re.ASCII
)


class Person(Record):
    value: str


class Words(Record):
    publishedAt: AwareDatetime
    textDisplay: str = ""
    authorDisplayName: str = ""
    authorChannelId: Person | None = None  # whose account is closed has none


class Comment(Record):
    id: str
    snippet: Words

    @property
    def author(self) -> str:
        who = self.snippet.authorChannelId
        return who.value if who else f"gone {self.id}"

    @property
    def at(self) -> int:
        return int(self.snippet.publishedAt.timestamp())


class About(Record):
    topLevelComment: Comment
    totalReplyCount: int = 0
    videoId: str = ""


class Replies(Record):
    comments: list[Comment] = []


class Thread(Record):
    id: str
    snippet: About
    replies: Replies = Replies()

    @property
    def first(self) -> Comment:
        return self.snippet.topLevelComment

    @property
    def url(self) -> str:
        return f"https://www.youtube.com/watch?v={self.snippet.videoId}&lc={self.id}"


class Listed(Record):
    items: list[dict[str, Any]] = []
    nextPageToken: str = ""


class Numbered(Record):
    id: str


def look(task: Task) -> Look:
    """One round over the channels. What fails is in the look's problem."""
    rounds = Round(task, Confirming(task), _open(task))
    said = round_of(
        task,
        CHANNEL.slug,
        rounds.ask,
        rounds.resolve,
        int(task.options["first_days"]),
    )
    return rounds.confirming.into(said)


def _open(task: Task) -> pl.DataFrame:
    """What is looked at again: nothing that is older than what is kept."""
    now = task.started_us // 1_000_000
    return task.open_since(now - int(ROWS_KEPT.total_seconds()))


@dataclass
class Round:
    """What one round knows and has come to."""

    task: Task
    confirming: Confirming
    open_: pl.DataFrame
    numbers: dict[str, str] = field(default_factory=dict)  # resolved in this round

    def resolve(self, task: Task, account: Watched) -> str:
        number = Api.of(task).channel(account.account)
        self.numbers[account.account] = number
        return number

    def ask(self, task: Task, account: Watched, since: int) -> Found:
        """Comments and replies of one channel. Raises CollectorError, Spent."""
        api = Api.of(task)
        self.confirming.check(account, api.channel)
        channel = account.external_id or self.numbers[account.account]
        found = Found()
        known = self._open(account, since - task.horizon)
        there = {thread.id: thread for thread in api.threads(list(known))}
        gone = [
            Erased(message, max(since, at))
            for thread, (message, at) in known.items()
            if thread not in there
        ]
        fresh, whole = api.newest(channel, since)
        for thread in (there | {each.id: each for each in fresh}).values():
            read(thread, channel, api.replies(thread), found)
        found = replace(found, erased=gone, read=len(there) + len(fresh))
        if whole:
            return found
        oldest = min(thread.first.at for thread in fresh)
        said = f"{account.account}: more than {len(fresh)} comments were new"
        return replace(found, since=oldest, problem=said)

    def _open(self, account: Watched, since: int) -> dict[str, tuple[int, int]]:
        """Open threads of an account: their messages, and when they were opened."""
        mine = self.open_.filter(
            (pl.col("account") == account.account) & (pl.col("asked_at") >= since)
        )
        rows = mine.select("url", "message", "asked_at").iter_rows()
        found = {number(url): (message, at) for url, message, at in rows}
        return {thread: row for thread, row in found.items() if thread}


def read(thread: Thread, channel: str, replies: list[Comment], found: Found) -> None:
    """Adds what a thread and its replies say. Pure: no I/O, no clock."""
    if thread.first.author == channel:
        found.refused["comments of the brand's own"] += 1
        return
    found.asked.append(
        Asked(
            thread=f"youtube|{thread.id}",
            author=thread.first.author,
            at=thread.first.at,
            url=thread.url,
            text=thread.first.snippet.textDisplay,
        )
    )
    opener = thread.first.snippet.authorDisplayName.removeprefix("@").lower()
    for reply in replies:
        if reply.author == channel and _to(reply) in ("", opener):
            found.answered.append(
                Answered(
                    thread=f"youtube|{thread.id}",
                    message=f"youtube|{reply.id}",
                    at=reply.at,
                    text=reply.snippet.textDisplay,
                )
            )


def _to(reply: Comment) -> str:
    """The handle with which a reply begins, in lower case; "": none."""
    found = HANDLE.match(reply.snippet.textDisplay)
    return found[1].lower() if found else ""


def number(address: str | None) -> str:
    """The id of the thread at an address; "": it is none of a comment."""
    found = ADDRESS.fullmatch(address or "")
    return found[1] if found else ""


@dataclass
class Api:
    """YouTube's interface, within a day's units. Each list costs one."""

    task: Task
    units: Purse

    @classmethod
    def of(cls, task: Task) -> "Api":
        now = datetime.fromtimestamp(task.started_us // 1_000_000, UTC)
        day = now.astimezone(QUOTA_DAY).date()
        limit = int(task.options["units"])
        empty = f"the {limit:,} units of YouTube's quota for {day} are used up"
        return cls(task, Purse(task.spend, f"units {day}", limit, empty))

    def channel(self, handle: str) -> str:
        """The number behind a handle. Raises CollectorError when there is none."""
        said, where = self._list("channels", {"part": "id", "forHandle": handle})
        found = records(Numbered, said.items, where)
        if not found:
            raise CollectorError(f"nobody is called @{handle} on YouTube")
        return found[0].id

    def threads(self, ids: list[str]) -> Iterator[Thread]:
        """The threads with these numbers. Those that are gone are not there."""
        for batch in batches(pl.DataFrame({"id": ids}), AT_ONCE):
            asked = batch["id"].to_list()
            said, where = self._list("commentThreads", {**PARTS, "id": ",".join(asked)})
            found = records(Thread, said.items, where)
            if not found and len(asked) >= SUSPICIOUS:
                raise UnreadablePage(where, f"any of {len(asked)} threads, found none")
            yield from found

    def newest(self, channel: str, since: int) -> tuple[list[Thread], bool]:
        """Threads opened since a second, the newest first, and whether these are
        all."""
        found: list[Thread] = []
        token = ""
        for _ in range(MOST_PAGES):
            said, where = self._list(
                "commentThreads",
                {
                    **PARTS,
                    "allThreadsRelatedToChannelId": channel,
                    "order": "time",
                    "maxResults": str(PAGE),
                    **({"pageToken": token} if token else {}),
                },
            )
            threads = records(Thread, said.items, where)
            fresh = [each for each in threads if each.first.at >= since]
            found += fresh
            token = said.nextPageToken
            if not fresh or not token:
                return found, True
        return found, False

    def replies(self, thread: Thread) -> list[Comment]:
        """All replies of a thread: only a few come with it."""
        some = thread.replies.comments
        if thread.snippet.totalReplyCount <= len(some):
            return some
        found: list[Comment] = []
        token = ""
        for _ in range(MOST_PAGES):
            said, where = self._list(
                "comments",
                {
                    "part": "snippet",
                    "parentId": thread.id,
                    "textFormat": "plainText",
                    "maxResults": str(PAGE),
                    **({"pageToken": token} if token else {}),
                },
            )
            found += records(Comment, said.items, where)
            token = said.nextPageToken
            if not token:
                break
        return found

    def _list(self, what: str, params: Mapping[str, str]) -> tuple[Listed, str]:
        where = f"{self.task.options['api']}/{what}"
        key = self.task.options["key"].get_secret_value()
        with self.units.paying(1):
            said = self.task.http.ask(where, params, key=key, header="X-Goog-Api-Key")
        return record(Listed, said, where), where


PARTS = {"part": "snippet,replies", "textFormat": "plainText"}
ROWS_KEPT = timedelta(days=28)
"""Erased once a day: a day to spare."""


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """Raises Unreachable: it costs units, which only looks count."""
    raise Unreachable("YouTube counts what is asked: accounts are found by the looks")


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The comment on a page; "" for the page of anything else."""
    thread = number(url)
    return f"youtube|{thread}" if thread else ""


CHANNEL = Channel(
    slug="youtube",
    title="YouTube",
    source="https://www.youtube.com",
    licence="public comments; none of their text is kept or shown",
    terms="https://developers.google.com/youtube/terms/developer-policies",
    cannot_see=(
        "Whether a comment that is gone was deleted by its author or hidden by the "
        "brand; comments held for review; answers by hearts. It is measured and never "
        "ranked or published."
    ),
    restriction=(
        "YouTube allows no figures of one's own from its data without an audit and an "
        "amendment, no mixing with other sources, and no storage beyond 30 days: so it "
        "is in no edition, and everything is erased after 28 days "
        "(https://developers.google.com/youtube/terms/developer-policies and "
        "https://developers.google.com/youtube/terms/derived-metrics-policy, looked at "
        "2026-11-22)"
    ),
    every=timedelta(hours=1),
    key_setting="youtube_key",
    switch="youtube_on",
    rows_kept=ROWS_KEPT,
    published=False,
    look=look,
    resolve=resolve,
    confirms=True,
    message_at=message_at,
)
