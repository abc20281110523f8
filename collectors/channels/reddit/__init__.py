"""Reddit: who posts in a brand's own subreddit, or names its user, and its answers.

Source: Reddit's Data API with the token of an app of type script (application only):
`/r/NAME/new` and `/r/NAME/comments` for a subreddit, `/search` and
`/user/NAME/comments` for a user, `/api/info` for what is looked at again
(https://www.reddit.com/dev/api, looked at 2026-11-22). Read with our own polite client:
PRAW (8.0, BSD, kept up) asks through a session of its own, waits in its own way,
fetches what one touches and asks a package index for newer versions of itself.

What its terms want (https://redditinc.com/policies/data-api-terms and
https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki,
looked at 2026-11-22), in our words: no commercial use, and no research beyond what they
grant, without an agreement; every request under a registered app, with a user agent
that tells who is asking, a hundred a minute at most; and what is deleted there, posts,
comments and people, is to be deleted by whoever keeps it, for which they advise to
delete what is kept within 48 hours. So this channel is off by default: whoever switches
it on must have the right to. Texts are never stored. Every inquiry with a link is asked
for by its id soon and then ever more rarely, at least once a day; one whose author
deleted it, or is gone, loses link and author; and a day after its horizon no link is
left (``links_kept``).

In a subreddit (`r/NAME`) an inquiry is a post by anybody but the brand; an answer is a
comment by one of the brand's registered users (`u/NAME`), or one marked as the
moderators', to the post or to a comment by whoever opened it. For a user (`u/NAME`) an
inquiry is a post that names it, anywhere.

Known gaps:
- Comments that name a brand's user: nothing public lists them. Of posts that do, those
  that Reddit's search knows.
- Staff who are neither registered nor answer as moderators are taken for strangers.
- A post that moderators removed stays counted, without a text that could be read.
- A person who closes their account looks like one who deleted their post.
- Lists end after a thousand entries: what was before is said to be unseen.
- Further questions below a post; chats and modmail.

History:
- 2026-11: first version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import polars as pl

from collectors.base import Channel, Pace, Watched
from collectors.channels.reddit.asking import AT_ONCE, Api
from collectors.channels.reddit.things import (
    GONE,
    Comment,
    Kind,
    Post,
    answers,
    names,
    no_inquiry,
    number,
)
from collectors.confirming import Confirming
from collectors.http import Http
from collectors.listing import Answered, Asked, Erased, Found, round_of
from collectors.looking import Task
from collectors.rewatch import Plan, batches
from model.looks import Look

DAILY = 86_400


def look(task: Task) -> Look:
    """One round over the accounts. What fails is in the look's problem."""
    rounds = Round(task, Api(task.options))
    said = round_of(
        task,
        CHANNEL.slug,
        rounds.ask,
        rounds.resolve,
        int(task.options["first_days"]),
    )
    return rounds.confirming.into(said)


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The number behind r/NAME or u/NAME. Raises CollectorError when nothing public
    is."""
    return Api(options).place(http, account)


@dataclass
class Round:
    """What one round knows and has come to."""

    task: Task
    api: Api

    @cached_property
    def confirming(self) -> Confirming:
        return Confirming(self.task)

    @cached_property
    def open_(self) -> pl.DataFrame:
        now = self.task.started_us // 1_000_000
        return self.task.open_since(now - int(LINKS_KEPT.total_seconds()))

    def resolve(self, task: Task, account: Watched) -> str:
        return self.api.place(task.http, account.account)

    def ask(self, task: Task, account: Watched, since: int) -> Found:
        """What is new on one account, and what became of what was. Raises
        CollectorError."""
        self.confirming.check(account, lambda name: self.api.place(task.http, name))
        turn = Turn(self, task.http, account, since)
        return turn.take()

    def staff(self, account: Watched) -> frozenset[str]:
        """The registered users of an account's brand, in lower case."""
        brand = account.brand or account.account
        return frozenset(
            each.account.removeprefix("u/").lower()
            for each in self.task.accounts
            if (each.brand or each.account) == brand and each.account.startswith("u/")
        )


@dataclass
class Turn:
    """One account's turn in a round."""

    round: Round
    http: Http
    account: Watched
    since: int
    found: Found = field(default_factory=Found)
    unread: list[int] = field(default_factory=list)  # where lists ended too early

    @cached_property
    def staff(self) -> frozenset[str]:
        return self.round.staff(self.account)

    def take(self) -> Found:
        """Raises CollectorError."""
        name = self.account.account
        if name.startswith("r/"):
            posts = self._list(Post, f"{name}/new")
            comments = self._list(Comment, f"{name}/comments")
        else:
            user = name.removeprefix("u/")
            asked = {"q": f'"{name}"', "sort": "new", "type": "link"}
            posts = [p for p in self._list(Post, "search", asked) if names(p, user)]
            comments = self._list(Comment, f"user/{user}/comments", {"sort": "new"})
        self._asked(posts)
        self._answered(comments)
        erased = self._withdrawn()
        found = replace(self.found, erased=erased, read=len(posts) + len(comments))
        if not self.unread:
            return found
        said = f"{name}: more was new than Reddit lists"
        return replace(found, since=max(self.unread), problem=said)

    def _list(
        self, kind: type[Kind], path: str, asked: Mapping[str, str] | None = None
    ) -> list[Kind]:
        """What is new on a list, the newest first."""
        found, whole = self.round.api.newest(
            self.http, kind, path, asked or {}, self.since
        )
        if not whole:
            self.unread.append(min(each.at for each in found))
        return found

    def _asked(self, posts: list[Post]) -> None:
        for post in posts:
            if why := no_inquiry(post, self.staff):
                self.found.refused[why] += 1
                continue
            self.found.asked.append(
                Asked(
                    thread=f"reddit|{post.id}",
                    author=post.who,
                    at=post.at,
                    url=f"https://www.reddit.com/comments/{post.id}",
                    text=post.text,
                )
            )

    def _answered(self, comments: list[Comment]) -> None:
        ours = [each for each in comments if answers(each, self.staff)]
        parents = {each.parent_id for each in ours if each.parent_id != each.link_id}
        openers = {
            f"t1_{each.id}"
            for each in self.round.api.info(self.http, Comment, sorted(parents))
            if each.is_submitter
        }
        for each in ours:
            if each.parent_id == each.link_id or each.parent_id in openers:
                self.found.answered.append(
                    Answered(
                        thread=f"reddit|{each.link_id.removeprefix('t3_')}",
                        message=f"reddit|comment|{each.id}",
                        at=each.at,
                        text=each.body,
                        for_brand=True,
                    )
                )

    def _withdrawn(self) -> list[Erased]:
        """Messages that their authors deleted, of those whose turn it is."""
        mine = self.round.open_.filter(pl.col("account") == self.account.account)
        post = [number(url) for url in mine["url"]]
        mine = mine.with_columns(post=pl.Series(post, dtype=pl.String()))
        mine = mine.filter(pl.col("post") != "")
        now = self.round.task.started_us // 1_000_000
        due = plan(self.round.task.horizon).due(mine, self.since, now)
        found: list[Erased] = []
        for batch in batches(due, AT_ONCE):
            ids = [f"t3_{each}" for each in batch["post"]]
            there = {
                each.id
                for each in self.round.api.info(self.http, Post, ids)
                if each.author != GONE
            }
            rows = batch.select("post", "message", "stood_at").iter_rows()
            found += [
                Erased(message, at) for post, message, at in rows if post not in there
            ]
        return found


def plan(horizon: int) -> Plan:
    """When an inquiry is asked for again: soon, ever more rarely, at least daily, and
    once more before its link goes."""
    soon = [after for after in Plan.until(horizon).after if after < DAILY]
    last = max(horizon, int(LINKS_KEPT.total_seconds()) - DAILY)
    daily = range(DAILY, last + DAILY, DAILY)
    return Plan(tuple(sorted({*soon, *daily, horizon})))


LINKS_KEPT = timedelta(days=4)


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The post on a page; "" for the page of anything else."""
    post = number(url)
    return f"reddit|{post}" if post else ""


CHANNEL = Channel(
    slug="reddit",
    title="Reddit",
    source="https://www.reddit.com",
    licence="public posts; none of their text is kept or shown",
    terms="https://redditinc.com/policies/data-api-terms",
    cannot_see=(
        "Comments that name a brand; posts that Reddit's search does not know; staff "
        "who are neither registered nor answer as moderators; chats."
    ),
    restriction=(
        "Reddit wants an agreement for commercial use of its data, and what is deleted "
        "there to be deleted by whoever keeps it, for which it names 48 hours: texts "
        "are never stored, links are checked daily and dropped after four days "
        "(https://redditinc.com/policies/data-api-terms, looked at 2026-11-22)"
    ),
    every=timedelta(hours=1),
    key_setting="reddit_secret",
    switch="reddit_on",
    links_kept=LINKS_KEPT,
    pace=Pace(100, 60),
    look=look,
    resolve=resolve,
    confirms=True,
    message_at=message_at,
)
