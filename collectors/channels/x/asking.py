"""What is asked of X, and what it costs.

Format: https://docs.x.com/x-api/posts/search/introduction and
https://docs.x.com/x-api/posts/lookup/introduction (looked at 2026-11-22).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.base import UnreadablePage
from collectors.channels.x.posts import FIELDS, Post
from collectors.channels.x.sampling import Stretch
from collectors.listing import Record, Spent, record, records
from collectors.looking import Task
from collectors.spending import Purse

MICRO = 1_000_000
"""Millionths of a dollar in a dollar."""
FEWEST, MOST = 10, 100
"""Posts on one page of a search."""
LONGEST = 512
"""Characters of a question."""
SPARE = 1
"""Requests that may be left over when a round ends."""


def micro(dollars: float) -> int:
    """Dollars in millionths, so that sums are exact."""
    return round(dollars * MICRO)


class User(Record):
    id: str
    username: str
    protected: bool = False


class Meta(Record):
    result_count: int
    next_token: str | None = None


@dataclass
class Api:
    """X's interface, within a month's budget."""

    task: Task
    purse: Purse

    @property
    def post(self) -> int:
        """What a post costs, in millionths of a dollar."""
        return micro(self.task.options["post_usd"])

    def pages(self, question: str, when: Stretch) -> Iterator[list[Post]]:
        """The posts that a question finds in a stretch of time, the latest first."""
        token = ""
        while True:
            page, token = self._page(question, when, token)
            yield page
            if not token:
                return

    def _page(self, question: str, when: Stretch, token: str) -> tuple[list[Post], str]:
        size = max(FEWEST, min(MOST, self.purse.left() // max(1, self.post)))
        with self.purse.paying(size * self.post) as cost:
            said, where = self._ask(
                "tweets/search/recent",
                {
                    "query": question,
                    "start_time": _moment(when.since),
                    "end_time": _moment(when.until),
                    "max_results": str(size),
                    "tweet.fields": FIELDS,
                    **({"next_token": token} if token else {}),
                },
            )
            meta = record(Meta, said.get("meta"), where)
            posts = records(Post, said.get("data", []), where)
            if len(posts) != meta.result_count:
                raise UnreadablePage(
                    where, f"{meta.result_count} posts, found {len(posts)}"
                )
            cost.paid = len(posts) * self.post
        return posts, meta.next_token or ""

    def gone(self, posts: Sequence[str]) -> set[str]:
        """Which of up to a hundred posts are not public any more."""
        with self.purse.paying(len(posts) * self.post) as cost:
            said, where = self._ask("tweets", {"ids": ",".join(posts)})
            there = {str(each.get("id")) for each in _list(said, "data", where)}
            cost.paid = len(there) * self.post
        told = {str(each.get("resource_id")) for each in _list(said, "errors", where)}
        missing = set(posts) - there
        if missing - told:
            raise UnreadablePage(where, "each post asked for, or why it is not there")
        return missing

    def user(self, name: str) -> User | None:
        """Who has a name. None: nobody."""
        price = micro(self.task.options["user_usd"])
        with self.purse.paying(price) as cost:
            said, where = self._ask(
                f"users/by/username/{name}", {"user.fields": "protected"}
            )
            if "data" not in said and _list(said, "errors", where):
                cost.paid = 0
                return None
            return record(User, said.get("data"), where)

    def _ask(self, path: str, params: Mapping[str, str]) -> tuple[dict[str, Any], str]:
        """What X says, and where. Raises Spent when it wants to be left alone."""
        base, token = self.task.options["api"], self.task.options["token"]
        left = self.task.http.left(base)
        if left is not None and left < SPARE:
            raise Spent("X's limit of requests is used up for a quarter of an hour")
        where = f"{base}/2/{path}"
        said = self.task.http.ask(
            where, params, key=f"Bearer {token.get_secret_value()}"
        )
        if not isinstance(said, dict):
            raise UnreadablePage(where, "an object")
        return said, where


def any_of(always: str, terms: Sequence[str]) -> Iterator[str]:
    """Questions that ask for any of the terms, each as long as it may be."""
    room = LONGEST - len(always) - 3
    some: list[str] = []
    for term in terms:
        if some and len(" OR ".join([*some, term])) > room:
            yield f"{always} ({' OR '.join(some)})"
            some = []
        some.append(term)
    if some:
        yield f"{always} ({' OR '.join(some)})"


def _list(said: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    found = said.get(name, [])
    if not isinstance(found, list) or not all(isinstance(e, dict) for e in found):
        raise UnreadablePage(where, f"{name}, a list of objects")
    return found


def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
