"""Stack Exchange: who asks under a brand's tag, and when its staff answers.

Source: the Stack Exchange API, version 2.3: `/questions` by tag, and of the users whom
the brand itself names as its staff `/users/{ids}/answers` and `/users/{ids}/comments`,
all by time of creation since the cursor, so a tag costs three requests however many
questions it has (looked at 2026-11-22). Read with our own polite client: three lists
need no client library, and StackAPI has a session and a way of waiting of its own.

An inquiry is a question; an answer is an answer to it, or a comment on it, by listed
staff. Nothing on these sites marks who works for whom: an account without a list of its
staff is not looked at, and says so. `backoff` is waited for; a round ends before the
day's quota does.

Known gaps:
- Staff who are not listed are taken for strangers.
- Comments on somebody else's answer are none, though they may help.
- Answers that were deleted later stay counted; comments may be lost before we look.
- A question that gets the tag later, or loses it, is counted by what it had when it was
  listed.
- Edits of a question are not seen.
- A tag that is renamed looks like one that vanished. The interface declares nothing by
  which to ask for what has changed alone.

History:
- 2026-11: first version.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import polars as pl
from markupsafe import Markup

from collectors.base import Channel, Watched
from collectors.http import Http, Refused
from collectors.listing import (
    Answered,
    Asked,
    Elsewhere,
    Erased,
    Found,
    Record,
    Spent,
    record,
    records,
    round_of,
)
from collectors.looking import Task
from collectors.rewatch import Plan, batches
from model import DAY, Kind
from model.looks import Look

PAGE = 100
MOST_PAGES = 10
"""Of one list of one tag in one round; the next goes on where this ended."""
BATCH = 100
"""Users, or questions, that can be asked for at once."""
SPARE = 5
"""Requests left over when a round ends: for whoever asks by hand."""
LONGEST_WAIT = 60.0
"""Seconds of `backoff` that are waited for; for more the round ends."""
LONGEST_HTML = 20_000
COMMUNITY = -1
"""The user under which the sites' own programs write."""
ON_QUESTIONS = "question"
WANTED = (
    "so nobody's answers are known to be the brand's: list the numbers of the users who"
    " answer for it in staff.csv of the registry"
)
NUMBER = r"/q/(\d+)$"
"""At the end of an inquiry's link."""


class Owner(Record):
    user_id: int | None = None  # deleted users have none


class Question(Record):
    question_id: int
    creation_date: int
    link: str = ""
    owner: Owner = Owner()


class Answer(Record):
    answer_id: int
    question_id: int
    creation_date: int
    body: str = ""


class Comment(Record):
    comment_id: int
    post_id: int
    post_type: str
    creation_date: int
    body: str = ""


class TagInfo(Record):
    name: str


class Wrapper(Record):
    """What every answer comes in."""

    items: list[Any]
    has_more: bool = False
    quota_remaining: int | None = None
    backoff: float | None = None


Item = TypeVar("Item", Question, Answer, Comment)


def look(task: Task) -> Look:
    """One round over the tags whose brands name their staff."""
    listed = [each for each in task.accounts if each.staff]
    days = int(task.options["first_days"])
    seen = round_of(replace(task, accounts=listed), CHANNEL.slug, ask, _resolve, days)
    without = {
        each.account: f"{each.account} names no staff, {WANTED}"
        for each in task.accounts
        if not each.staff
    }
    problem = seen.problem
    if without and not listed:
        problem = f"none of the tags names its staff, {WANTED}"
    return replace(seen, unresolved={**seen.unresolved, **without}, problem=problem)


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """site|tag as the site writes it. Raises CollectorError when it has no such tag."""
    site, _, tag = account.partition("|")
    api = Api(http, options, site)
    found = records(TagInfo, api.ask(f"tags/{quote(tag, safe='')}/info").items, api.url)
    if not found:
        raise Elsewhere(f"{site} has no tag {tag}")
    if found[0].name.lower() != tag.lower():
        raise Elsewhere(f"{account} is called {found[0].name} now")
    return f"{_short(site)}|{found[0].name}"


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The question on a page; "" for the page of anything else, an answer too."""
    page = QUESTION.fullmatch(url)
    return thread(page["site"], int(page["number"])) if page else ""


QUESTION = re.compile(
    r"https?://(?:www\.)?(?P<site>[a-z0-9.-]+\.[a-z]+)/(?:questions|q)/(?P<number>\d{1,12})"
    r"(?:/[^?#]*)?(?:\?[^#]*)?(?:#.*)?",
    re.ASCII,
)


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


def ask(task: Task, account: Watched, since: int) -> Found:
    """Questions under one tag and what its staff wrote since a second.

    Raises CollectorError; Spent when the day's quota is used up.
    """
    site, _, tag = account.account.partition("|")
    api = Api(task.http, task.options, site)
    lists = [List(api, "questions", {"tagged": tag})]
    questions = lists[0].read(Question, since)
    answers: list[Answer] = []
    comments: list[Comment] = []
    for users in _some(account.staff):
        lists += [
            List(api, f"users/{users}/{what}", {"filter": "withbody"})
            for what in ("answers", "comments")
        ]
        answers += lists[-2].read(Answer, since)
        comments += lists[-1].read(Comment, since)
    ends = [each.until for each in lists if each.until is not None]
    found = read(site, account.staff, questions, answers, comments)
    gone = list(_gone(task, account, api))
    return replace(found, erased=gone, until=min(ends, default=None))


def read(
    site: str,
    staff: Sequence[str],
    questions: list[Question],
    answers: list[Answer],
    comments: list[Comment],
) -> Found:
    """What the lists say. Pure: no I/O, no clock."""
    refused: Counter[str] = Counter()
    asked = [one for each in questions for one in _asked(site, staff, each, refused)]
    said = [
        _said(site, each.question_id, f"a{each.answer_id}", each) for each in answers
    ]
    said += [
        _said(site, each.post_id, f"c{each.comment_id}", each)
        for each in comments
        if each.post_type == ON_QUESTIONS
    ]
    return Found(
        asked=asked,
        answered=said,
        read=len(questions) + len(answers) + len(comments),
        refused=refused,
    )


def _asked(
    site: str, staff: Sequence[str], question: Question, refused: Counter[str]
) -> Iterator[Asked]:
    who = question.owner.user_id
    if str(who) in staff:
        refused["questions of the staff's own"] += 1
        return
    if who == COMMUNITY:
        refused["questions by programs"] += 1
        return
    number = question.question_id
    yield Asked(
        thread=thread(site, number),
        # Whose account is deleted is nobody twice: each is a person of its own.
        author=f"{_short(site)}|{f'gone {number}' if who is None else who}",
        at=question.creation_date,
        kind=Kind.QUESTION,
        url=_link(question),
    )


def _said(site: str, number: int, name: str, said: Answer | Comment) -> Answered:
    return Answered(
        thread=thread(site, number),
        message=f"stackexchange|{_short(site)}|{name}",
        at=said.creation_date,
        text=_plain(said.body),
    )


def thread(site: str, number: int) -> str:
    return f"stackexchange|{_short(site)}|{number}"


def _short(site: str) -> str:
    """A site as its interface calls it: stackoverflow, or unix for
    unix.stackexchange.com; the API takes both ways of writing."""
    said = site.lower().removesuffix(".stackexchange.com")
    return said.removesuffix(".com")


def _link(question: Question) -> str | None:
    """The question's page by number: the address that is sent holds its title."""
    host = urlsplit(question.link).hostname
    return f"https://{host}/q/{question.question_id}" if host else None


def _plain(body: str) -> str:
    return Markup(body[:LONGEST_HTML].replace("<", " <")).striptags()


def _some(users: Sequence[str]) -> Iterator[str]:
    for at in range(0, len(users), BATCH):
        yield ";".join(users[at : at + BATCH])


def _gone(task: Task, account: Watched, api: "Api") -> Iterator[Erased]:
    """Questions that were deleted since they were last asked for."""
    now = task.started_us // 1_000_000
    plan = Plan.until(task.horizon or 7 * DAY)
    looked = int(task.cursors.get(account.account, now))
    mine = task.open_since(plan.oldest(looked)).filter(
        pl.col("account") == account.account, pl.col("message").is_not_null()
    )
    number = pl.col("url").str.extract(NUMBER).alias("number")
    due = plan.due(mine, looked, now).with_columns(number).drop_nulls("number")
    for batch in batches(due, BATCH):
        missing = api.missing(batch["number"].to_list())
        rows = batch.filter(pl.col("number").is_in(list(missing)))
        for message, stood_at in rows.select("message", "stood_at").iter_rows():
            yield Erased(message, stood_at)


@dataclass
class Api:
    """One site of the network, asked."""

    http: Http
    options: Mapping[str, Any]
    site: str

    @property
    def url(self) -> str:
        return str(self.options["api"])

    def ask(self, path: str, **params: str) -> Wrapper:
        """One page. Raises CollectorError; Spent when no more may be asked today."""
        url = f"{self.url}/{path}"
        key = self.options["key"].get_secret_value()
        asked = {"site": self.site, **params, **({"key": key} if key else {})}
        try:
            found = record(Wrapper, self.http.ask(url, asked), url)
        except Refused as problem:
            if "throttle" in str(problem) or "too many requests" in str(problem):
                raise Spent(str(problem)) from problem
            raise
        self._heed(found)
        return found

    def _heed(self, found: Wrapper) -> None:
        """Waits as it is told to, whatever is asked next. Raises Spent."""
        left, wait = found.quota_remaining, found.backoff or 0.0
        if left is not None and left < SPARE:
            raise Spent("Stack Exchange's quota of requests is used up for today")
        if wait > LONGEST_WAIT:
            raise Spent(f"Stack Exchange asks to be left alone for {wait:.0f} seconds")
        if wait > 0:
            self.http.sleep(wait)

    def missing(self, numbers: Collection[str]) -> set[str]:
        """Which of these questions are not there, asked twice."""
        return self._absent(self._absent(numbers))

    def _absent(self, numbers: Collection[str]) -> set[str]:
        if not numbers:
            return set()
        path = f"questions/{';'.join(sorted(numbers))}"
        there = records(Question, self.ask(path, pagesize=str(PAGE)).items, self.url)
        return set(numbers) - {str(each.question_id) for each in there}


@dataclass
class List:
    """One list, by time of creation: each page begins where the last one ended, so that
    what is deleted meanwhile hides nothing."""

    api: Api
    path: str
    more: Mapping[str, str]
    until: int | None = field(default=None, init=False)  # None: read to its end

    def read(self, kind: type[Item], since: int) -> list[Item]:
        found: dict[int, Item] = {}
        for _ in range(MOST_PAGES):
            page = self.api.ask(
                self.path,
                fromdate=str(since),
                sort="creation",
                order="asc",
                pagesize=str(PAGE),
                **self.more,
            )
            items = records(kind, page.items, f"{self.api.url}/{self.path}")
            found |= {_id(each): each for each in items}
            if not page.has_more or not items:
                return list(found.values())
            # A hundred within one second: the clock must go on all the same.
            since = max(since + 1, max(each.creation_date for each in items))
        self.until = since
        return list(found.values())


def _id(item: Question | Answer | Comment) -> int:
    if isinstance(item, Answer):
        return item.answer_id
    return item.comment_id if isinstance(item, Comment) else item.question_id


CHANNEL = Channel(
    slug="stackexchange",
    title="Stack Exchange",
    source="https://stackexchange.com",
    licence="public questions, CC BY-SA; none of their text is kept or shown",
    terms="https://stackoverflow.com/legal/api-terms-of-use",
    cannot_see=(
        "Answers by staff whom the brand does not name; help in comments on others'"
        " answers; questions without the brand's tag."
    ),
    says_kind=True,
    every=timedelta(hours=3),
    look=look,
    resolve=resolve,
    message_at=message_at,
)
