"""One Mastodon server, asked. Reads nothing into what it says.

Lists come newest first and in pages; the header Link says where they go on, and servers
without it are asked for what is older than the last of a page. Format:
https://docs.joinmastodon.org/methods/ (looked at 2026-11-22).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from collectors.base import CollectorError
from collectors.channels.mastodon.entities import (
    Account,
    Context,
    Notification,
    Status,
    Tag,
)
from collectors.http import Http, LeftAlone, Refused
from collectors.listing import record, records

PAGE = 40
"""Statuses, and notifications, that are asked for at once."""
SHORT = 20
"""A page of fewer is the last, whatever a server's own limit."""
MOST_PAGES = 50
"""Of one list in one round."""
MOST_OF_A_TAG = 5
"""Pages of one hashtag: others than the brand use it too."""
BATCH = 20
"""Statuses that can be asked for by their numbers at once."""
GONE = frozenset({404, 410})
MEMBERS_ONLY = frozenset({401, 403})
SPARE = 5
"""Requests left over when a round ends: for whoever reads there by hand."""

Answer = tuple[Any, str, str]
"""A page of a list as sent, where it goes on, and its tag; see ``ask_in_pages``."""

Listed = TypeVar("Listed", Status, Notification)


class Closed(CollectorError):
    """The server shows this to its members only."""


class Busy(LeftAlone):
    """The server's limit of requests is used up for now."""


class Read(NamedTuple):
    """What a list held since a moment, and whether it was read back to that."""

    items: list[Status]
    whole: bool
    tag: str = ""  # of its first page, for the next time; "": there is none


@dataclass(frozen=True)
class Instance:
    """A server, and the token of whoever may read more there; "" as anybody."""

    http: Http
    url: str
    token: str = ""

    @property
    def key(self) -> str:
        return f"Bearer {self.token}" if self.token else ""

    def find(self, acct: str) -> Account:
        """Who is behind a name. Raises Refused when nobody is."""
        url = f"{self.url}/api/v1/accounts/lookup"
        return record(Account, self.http.ask(url, {"acct": acct}, key=self.key), url)

    def account(self, number: str) -> Account:
        url = f"{self.url}/api/v1/accounts/{quote(number, safe='')}"
        return record(Account, self.http.ask(url, key=self.key), url)

    def bearer(self) -> Account:
        """Whose token this is. Raises Refused when it is nobody's any more."""
        url = f"{self.url}/api/v1/accounts/verify_credentials"
        return record(Account, self.http.ask(url, key=self.key), url)

    def statuses(self, number: str, since: int) -> Read:
        """What an account said, without what it passed on from others."""
        path = f"accounts/{quote(number, safe='')}/statuses"
        return self._since(path, {"exclude_reblogs": "true"}, since, MOST_PAGES)

    def featured(self, number: str) -> list[str]:
        """The hashtags that an account shows as its own; [] where none are shown."""
        url = f"{self.url}/api/v1/accounts/{quote(number, safe='')}/featured_tags"
        try:
            said = self.http.ask(url, key=self.key)
        except Refused:
            return []
        return [tag.name for tag in records(Tag, said, url)]

    def tagged(self, name: str, since: int, known: str = "") -> Read:
        """What the server knows under a hashtag; nothing when that is what it was when
        it had the tag ``known``. Raises Closed."""
        path = f"timelines/tag/{quote(name, safe='')}"
        url, limit = f"{self.url}/api/v1/{path}", {"limit": str(PAGE)}
        try:
            self._spare()
            first = self.http.ask_in_pages(url, limit, self.key, known)
            if first[0] is None:
                return Read([], True, known)
            found = self._since(path, {}, since, MOST_OF_A_TAG, first)
        except Refused as problem:
            raise Closed(str(problem)) from problem
        return found._replace(tag=first[2])

    def mentions(self, since: int) -> Read:
        """What the bearer of the token was named in, as the server noted it."""
        found: list[Status] = []
        asked = {"types[]": "mention", "include_filtered": "true"}
        pages = 0
        for page in self._pages(Notification, "notifications", asked, MOST_PAGES):
            pages += 1
            new = [each for each in page if each.at >= since]
            # Servers that know no types send them all.
            found += [
                each.status for each in new if each.type == "mention" and each.status
            ]
            if len(new) < len(page):
                return Read(found, True)
        return Read(found, pages < MOST_PAGES)

    def thread(self, number: str) -> Context | None:
        """What a status answers and what answers it; None: it is gone. Raises Closed,
        Busy."""
        self._spare()
        url = f"{self.url}/api/v1/statuses/{quote(number, safe='')}/context"
        try:
            return record(Context, self.http.ask(url, key=self.key), url)
        except Refused as problem:
            if problem.status in GONE:
                return None
            if problem.status in MEMBERS_ONLY:
                said = f"{self.url} shows threads to its members only: set a token"
                raise Closed(said) from problem
            raise

    def status(self, number: str) -> Status:
        url = f"{self.url}/api/v1/statuses/{quote(number, safe='')}"
        return record(Status, self.http.ask(url, key=self.key), url)

    def gone(self, numbers: list[str]) -> set[str]:
        """Which of these statuses are there no more. What a list leaves out is asked
        for once more by itself, for it may be the list that is short."""
        there: set[str] = set()
        for at in range(0, len(numbers), BATCH):
            self._spare()
            there |= self._there(numbers[at : at + BATCH])
        return {number for number in numbers if number not in there}

    def _there(self, numbers: list[str]) -> set[str]:
        url = f"{self.url}/api/v1/statuses"
        try:
            said = self.http.ask(url, {"id[]": numbers}, key=self.key)
        except Refused:  # older than 4.3, or of another maker
            there = set()
        else:
            there = {each.id for each in records(Status, said, url)}
        return there | {
            each for each in numbers if each not in there and self._stands(each)
        }

    def _stands(self, number: str) -> bool:
        """Whether a status is there, or it is not said that it is not."""
        self._spare()
        try:
            self.http.ask(
                f"{self.url}/api/v1/statuses/{quote(number, safe='')}", key=self.key
            )
        except Refused as problem:
            return problem.status not in GONE
        return True

    def _since(
        self,
        path: str,
        asked: dict[str, str],
        since: int,
        most: int,
        first: Answer | None = None,
    ) -> Read:
        found: list[Status] = []
        pages = 0
        for page in self._pages(Status, path, asked, most, first):
            pages += 1
            found += [each for each in page if each.at >= since]
            if page[-1].at < since:
                return Read(found, True)
        return Read(found, pages < most)

    def _pages(
        self,
        kind: type[Listed],
        path: str,
        asked: dict[str, str],
        most: int,
        first: Answer | None = None,
    ) -> Iterator[list[Listed]]:
        """Pages with something new on them: a list that repeats itself has ended.
        ``first``: the first of them, where it was asked for already."""
        url = f"{self.url}/api/v1/{path}"
        where, params = url, {**asked, "limit": str(PAGE)}
        seen: set[str] = set()
        for _ in range(most):
            said, following, _ = first or self._page(where, params)
            first = None
            page = records(kind, said, url)
            fresh = [each for each in page if each.id not in seen]
            if not fresh:
                return
            yield fresh
            seen |= _numbers(fresh)
            if following:
                where, params = following, {}
            elif len(page) < SHORT:
                return
            else:
                where, params = url, {**asked, "limit": str(PAGE)}
                params["max_id"] = page[-1].id

    def _page(self, where: str, params: dict[str, str]) -> Answer:
        self._spare()
        return self.http.ask_in_pages(where, params, self.key)

    def _spare(self) -> None:
        """Stops before the server has to. Raises Busy."""
        left = self.http.left(self.url)
        if left is not None and left < SPARE:
            raise Busy(f"the limit of requests of {self.url} is used up for now")


def _numbers(items: Iterable[Status | Notification]) -> set[str]:
    return {each.id for each in items}
