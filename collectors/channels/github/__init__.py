"""GitHub: who opens an issue in a brand's repository, and when its staff answers.

Source: GitHub's REST interface, version 2022-11-28, `/repos/{owner}/{repo}/issues` and
`/repos/{owner}/{repo}/issues/comments`, both by time of change, so a repository costs
two requests however many issues it has (looked at 2026-11-22). They are asked for from
the last change on, which stays the same address as long as nothing changes, and with
the ETag of the last time: the answer is then an empty 304, which GitHub does not count
against the limit of those who send a token. Read with our own polite client: two lists
need no client library, and githubkit would bring its own way of waiting.

An inquiry is an issue; staff are owners, members and collaborators as GitHub says when
a message is first seen. A title or body is read for its kind nowhere: whoever opens an
issue reports a fault (its type or label says so) or asks.

Known gaps:
- Answers given by closing, labelling or fixing, without a word, are none.
- Staff that GitHub does not show as such (members whose membership is private) are
  taken for strangers.
- An issue that was deleted, or moved to another repository, is lost to view, whoever
  did it: only those who keep a repository can, or GitHub itself with the account of its
  author, and nothing says which. How many were lost stands beside each figure.
- Further questions by others below an issue are no inquiries of their own.

History:
- 2026-11: first version. Open issues are asked for again; what is gone is deleted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from collectors.base import Channel, CollectorError, Pace, Watched
from collectors.channels.github.entities import Comment, Issue, Repository
from collectors.http import Http, Refused
from collectors.listing import (
    MOVED,
    OVERLAP,
    Answered,
    Asked,
    Found,
    Spent,
    memory,
    record,
    records,
    round_of,
)
from collectors.looking import Task
from collectors.revisiting import Revisited, due
from model import DAY
from model.looks import Look

__all__ = [
    "CHANNEL", "Comment", "Issue", "Kept", "Memory", "ask", "look", "message_at",
    "named", "read", "resolve",
]  # fmt: skip

STAFF = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
PAGE = 100
MOST_PAGES = 10
"""Of one list of one repository in one round; the next goes on where this ended."""
ISSUE = re.compile(
    r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)/issues/(\d+)/?(?:#issue-\d+)?",
    re.ASCII,
)
MOST_REVISITED = 300
"""Issues asked for again in one round; the next goes on where this one ended."""
FEW = 5
"""So many are asked for one by one; of more, only those that a list does not show."""
HORIZON = 7 * DAY
NUMBER = re.compile(r"/issues/([0-9]{1,18})$")
"""At the end of an inquiry's link."""
GONE = frozenset({404, 410}) | MOVED
"""How an issue is missing: deleted, or moved to another repository."""
SPARE = 2
"""Requests left over when a round ends: for whoever asks by hand."""


def look(task: Task) -> Look:
    """One round over the repositories. What fails is in the look's problem."""
    return round_of(task, CHANNEL.slug, ask, _resolve, int(task.options["first_days"]))


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The number behind owner/name. Raises CollectorError when it is another now."""
    url = f"{options['api']}/repos/{account}"
    found = record(Repository, http.ask(url, key=_key(options)), url)
    if found.full_name.lower() != account.lower():
        raise Moved(f"{account} is called {found.full_name} now")
    if not found.has_issues:
        raise Moved(f"{account} has no issues")
    return str(found.id)


def named(http: Http, options: Mapping[str, Any], number: str) -> str:
    """What the repository with a number is called today. Raises CollectorError."""
    url = f"{options['api']}/repositories/{number}"
    return record(Repository, http.ask(url, key=_key(options)), url).full_name


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The issue on a page; "" for the page of anything else, a comment too."""
    match = ISSUE.fullmatch(url)
    return _thread(match[1], match[2]) if match else ""


class Moved(CollectorError):
    """An account is not what the registry says it is."""


def _resolve(task: Task, account: Watched) -> str:
    _spare(task)
    return resolve(task.http, task.options, account.account)


def ask(task: Task, account: Watched, since: int) -> Found:
    """Issues and comments of one repository, changed since a second.

    Raises CollectorError; Spent when the hour's requests are used up.
    """
    now = task.started_us // 1_000_000
    looked = int(task.cursors.get(account.account, now))
    kept = Memory.read(memory(task, account), looked)
    path = f"repos/{account.account}/issues"
    issues = Pages(task, path, {"state": "all"}, kept.issues)
    comments = Pages(task, f"{path}/comments", {}, kept.comments)
    asked = [each for page in issues.read(Issue, since) for each in page]
    said = [each for page in comments.read(Comment, since) for each in page]
    ends = [pages.until for pages in (issues, comments) if pages.until is not None]
    found = read(account.account, asked, said, until=min(ends, default=None))
    again = _revisit(task, account, kept.looked, {str(each.number) for each in asked})
    lists = (issues.kept, comments.kept) if not ends else (Kept(), Kept())
    return replace(
        found,
        erased=again.erased,
        problem=again.problem,
        memory=Memory(*lists, again.looked).said(),
    )


def _revisit(
    task: Task, account: Watched, looked: int, standing: set[str]
) -> Revisited:
    """Asks again for open issues whose turn it is, and that are not ``standing``, their
    numbers in this round: no list says what was deleted."""
    open_ = due(task, account.account, looked, HORIZON, NUMBER)
    missing = set(open_.numbers) - standing

    try:
        if len(missing) > FEW:
            missing -= _listed(task, account, min(open_.rows["asked_at"]))
        again = open_.ask(
            MOST_REVISITED,
            "issues",
            lambda number: number not in missing or _stands(task, account, number),
        )
        if again.erased:
            _confirm(task, account)
    except (CollectorError, Spent) as why:
        return Revisited(looked, problem=f"no issue was asked for again: {why}")
    return again


def _listed(task: Task, account: Watched, since: int) -> set[str]:
    """Numbers of the issues that changed, or were opened, since a second."""
    pages = Pages(task, f"repos/{account.account}/issues", {"state": "all"}, Kept())
    return {str(each.number) for page in pages.read(Issue, since) for each in page}


def _stands(task: Task, account: Watched, number: str) -> bool:
    """Whether an issue is there, and in this repository. Leaves what ``_confirm``
    asks."""
    _spare(task, SPARE + 1)
    url = f"{task.options['api']}/repos/{account.account}/issues/{number}"
    try:
        task.http.ask(url, key=_key(task.options))
    except Refused as problem:
        if problem.status not in GONE:
            raise
        return False
    return True


def _confirm(task: Task, account: Watched) -> None:
    """Raises CollectorError for a repository that is gone as a whole, shut, or another
    now: then all its issues are missing, and that says nothing of any of them."""
    found = resolve(task.http, task.options, account.account)
    if account.external_id not in ("", found):
        raise Moved(f"{account.account} is another repository now")


class Kept(NamedTuple):
    """How one list is asked for the next time, and what it was like then."""

    since: int | None = None  # None: from the cursor on
    tag: str = ""


class Memory(NamedTuple):
    """What one round tells the next about a repository."""

    issues: Kept = Kept()
    comments: Kept = Kept()
    looked: int = 0  # the second up to which every open issue due was asked for again

    @classmethod
    def read(cls, said: str, otherwise: int) -> "Memory":
        """What was said; of what was not asked for again, ``otherwise``."""
        if not said:
            return cls(looked=otherwise)
        issues, comments, *looked = json.loads(said)
        return cls(Kept(*issues), Kept(*comments), *(looked or [otherwise]))

    def said(self) -> str:
        return json.dumps(self)


def read(
    account: str, issues: list[Issue], comments: list[Comment], until: int | None
) -> Found:
    """What two lists say. Pure: no I/O, no clock."""
    refused: Counter[str] = Counter()
    asked = [one for each in issues for one in _asked(account, each, refused)]
    answered = [one for each in comments for one in _answered(account, each)]
    return Found(
        asked=asked,
        answered=answered,
        read=len(issues) + len(comments),
        refused=refused,
        until=until,
    )


def _asked(account: str, issue: Issue, refused: Counter[str]) -> Iterator[Asked]:
    """The issue as an inquiry, unless it is none; then why not is counted."""
    why = _no_inquiry(issue)
    if why:
        refused[why] += 1
        return
    yield Asked(
        thread=_thread(account, str(issue.number)),
        # Whose account is deleted is nobody twice: each is a person of its own.
        author=str(issue.user.id) if issue.user else f"gone {issue.number}",
        at=_second(issue.created_at),
        kind=issue.kind,
        url=issue.html_url,
    )


def _no_inquiry(issue: Issue) -> str:
    if issue.pull_request is not None:
        return "pull requests"
    if issue.author_association in STAFF:
        return "issues of the staff's own"
    if issue.user is not None and issue.user.bot:
        return "issues opened by programs"
    return ""


def _answered(account: str, comment: Comment) -> Iterator[Answered]:
    """The comment as an answer, when a person of the staff wrote it."""
    staff = comment.author_association in STAFF
    if staff and comment.user is not None and not comment.user.bot:
        yield Answered(
            thread=_thread(account, comment.number),
            message=f"github|comment|{comment.id}",
            at=_second(comment.created_at),
            text=comment.body or "",
        )


def _thread(account: str, number: str) -> str:
    return f"github|{account.lower()}#{number}"


def _second(at: datetime) -> int:
    return int(at.timestamp())


def _spare(task: Task, spare: int = SPARE) -> None:
    """Ends the round before the server has to. Raises Spent."""
    left = task.http.left(task.options["api"])
    if left is not None and left < spare:
        raise Spent("GitHub's limit of requests is used up for this hour")


class Pages:
    """One list, read by time of change: each page begins where the last one ended, so
    that what changes meanwhile is read twice rather than not at all."""

    def __init__(
        self, task: Task, path: str, more: Mapping[str, str], kept: Kept
    ) -> None:
        self.task = task
        self.url = f"{task.options['api']}/{path}"
        self.more = more
        self.kept = kept
        self.until: int | None = None  # read only up to here; None: to its end

    def read(self, kind: type[Issue] | type[Comment], since: int) -> Iterator[Any]:
        """Pages of what changed since a second; none when nothing did since the last
        round."""
        since = since if self.kept.since is None else min(since, self.kept.since)
        tag = self.kept.tag if since == self.kept.since else ""
        at = datetime.fromtimestamp(since, UTC)
        for number in range(MOST_PAGES):
            page, now = self._page(kind, at, tag if number == 0 else "")
            if page is None:
                return
            yield page
            if len(page) < PAGE:
                self._keep(page, since, now if number == 0 else "")
                return
            last = max(each.updated_at for each in page)
            # A hundred changes within one second: the clock must go on all the same.
            at = max(last, at + timedelta(seconds=1))
        self.until = _second(at)

    def _keep(self, page: list[Any], since: int, tag: str) -> None:
        """Asks from the last change on the next time, so that as long as it is the
        last the question stays the same, and with it the tag of its answer."""
        last = max((_second(each.updated_at) - OVERLAP for each in page), default=since)
        after = max(since, last)
        self.kept = Kept(after, tag if after == since else "")

    def _page(
        self, kind: type[Issue] | type[Comment], since: datetime, tag: str
    ) -> tuple[list[Any] | None, str]:
        _spare(self.task)
        said, now = self.task.http.ask_if_changed(
            self.url,
            {
                **self.more,
                "since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "sort": "updated",
                "direction": "asc",
                "per_page": str(PAGE),
            },
            tag,
            key=_key(self.task.options),
        )
        return None if said is None else records(kind, said, self.url), now


def _key(options: Mapping[str, Any]) -> str:
    token = options.get("token")
    said = token.get_secret_value() if token is not None else ""
    return f"Bearer {said}" if said else ""


CHANNEL = Channel(
    slug="github",
    title="GitHub",
    source="https://github.com",
    licence="public issues; none of their text is kept or shown",
    terms="https://docs.github.com/en/site-policy/github-terms/github-terms-of-service",
    cannot_see=(
        "Answers given by closing, labelling or fixing without a word; staff that do "
        "not show as such; whether an issue that is gone was a person's or spam."
    ),
    says_kind=True,
    every=timedelta(hours=1),
    pace=Pace(5_000, 3_600),  # with a token; without one it says how much less is left
    look=look,
    resolve=resolve,
    named=named,
    message_at=message_at,
)
