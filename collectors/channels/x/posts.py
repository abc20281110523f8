"""Posts as X sends them, and what they say. Pure: no I/O, no clock.

Format: https://docs.x.com/x-api/fundamentals/data-dictionary (looked at 2026-11-22).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import AwareDatetime, Field

from collectors.base import Watched
from collectors.listing import Answered, Asked, Record

FIELDS = (
    "author_id,conversation_id,created_at,edit_history_tweet_ids,"
    "in_reply_to_user_id,lang,referenced_tweets"
)
"""Asked for with each post, which costs nothing more; never its author as a person,
which would."""

EPOCH_MS = 1_288_834_974_657
"""Ids tell the millisecond at which X took the post, counted from this moment."""
COUNTED = 30_000_000_000
"""Ids below this were given one after the other (before November 2010)."""

LEADING = re.compile(r"\s*(?:@\w{1,15}\s+)*(?:@\w{1,15}(?!\w))?")
"""The names that X puts before a reply: everybody in the thread, chosen by nobody."""
NAME = re.compile(r"(?<![\w@])@(\w{1,15})(?!\w)")
ADDRESS = re.compile(
    r"https?://(?:(?:www|mobile)\.)?(?:x|twitter)\.com/(?:i/web|\w+)/status/(\d{1,19})",
    re.ASCII,
)


class Reference(Record):
    type: str


class Post(Record):
    id: str = Field(pattern=r"^\d{1,19}$")
    author_id: str
    conversation_id: str = Field(pattern=r"^\d{1,19}$")
    created_at: AwareDatetime
    text: str = ""
    lang: str | None = None
    in_reply_to_user_id: str | None = None
    referenced_tweets: list[Reference] = []
    edit_history_tweet_ids: list[str] = []

    @property
    def first(self) -> str:
        """The id under which it was first published: each edit has a new one."""
        return min([self.id, *self.edit_history_tweet_ids], key=int)

    @property
    def at(self) -> int:
        """The second at which X took it, before any edit."""
        if int(self.first) < COUNTED:
            return int(self.created_at.timestamp())
        return ((int(self.first) >> 22) + EPOCH_MS) // 1_000

    @property
    def thread(self) -> str:
        """What its author has to say in this conversation."""
        return thread(self.conversation_id, self.author_id)

    @property
    def opens(self) -> bool:
        """Whether it began the conversation."""
        return self.conversation_id == self.first

    @property
    def language(self) -> str | None:
        """Null where X does not know: it says und, or makes codes up (qme, zxx)."""
        known = self.lang and self.lang not in {"und", "zxx"} and self.lang[0] != "q"
        return self.lang if known else None


def thread(conversation: str, author: str) -> str:
    return f"x|{conversation}|{author}"


def address(post: str) -> str:
    """A post's page, without the name of whoever wrote it."""
    return f"https://x.com/i/web/status/{post}"


def number(address: str | None) -> str | None:
    """The id in a post's address. None: it has none."""
    found = ADDRESS.fullmatch(address or "")
    return found[1] if found else None


@dataclass(frozen=True)
class Book:
    """The registered accounts, by name and, where they are resolved, by id."""

    accounts: tuple[Watched, ...]

    @property
    def ids(self) -> Mapping[str, Watched]:
        return {a.external_id: a for a in self.accounts if a.external_id}

    @property
    def names(self) -> Mapping[str, Watched]:
        return {each.account.lower(): each for each in self.accounts}

    def family(self, account: Watched) -> list[str]:
        """The ids of a brand's accounts: who asks one may be answered by another."""
        mine = brand(account)
        return [number for number, each in self.ids.items() if brand(each) == mine]

    def addressed(self, post: Post) -> list[Watched]:
        """The accounts that a post names by its author's own will, or replies to."""
        names, ids = self.names, self.ids
        found = [names[said] for said in _named(post) if said in names]
        if (to := post.in_reply_to_user_id or "") in ids:
            found.insert(0, ids[to])
        return list(dict.fromkeys(found))


def brand(account: Watched) -> str:
    return account.brand or account.account


def _named(post: Post) -> Iterable[str]:
    """The names in a post, without those that X wrote before a reply."""
    leading = LEADING.match(post.text) if post.in_reply_to_user_id else None
    words = post.text[leading.end() :] if leading else post.text
    return dict.fromkeys(name.lower() for name in NAME.findall(words))


def no_inquiry(post: Post, account: Watched, book: Book) -> str:
    """Why a post is no inquiry to an account; "" when it is one."""
    if any(each.type == "retweeted" for each in post.referenced_tweets):
        return "reposts"
    if post.author_id in book.ids:
        return "posts by registered accounts"
    if account not in book.addressed(post):
        return "posts that name the account only because their thread does"
    return ""


def asked(post: Post, book: Book) -> Asked:
    """A post as an inquiry."""
    return Asked(
        thread=post.thread,
        message=f"x|{post.first}",
        author=post.author_id,
        at=post.at,
        url=address(post.first),
        text=post.text,
        language=post.language,
        addressed=min(99, len({brand(each) for each in book.addressed(post)})),
    )


def answered(post: Post, family: Iterable[str], book: Book) -> Answered | None:
    """A post as the answer of one of a brand's accounts to a person; None: it is
    none."""
    to = post.in_reply_to_user_id
    if post.author_id not in family or to is None or to in book.ids:
        return None
    return Answered(
        thread=thread(post.conversation_id, to),
        message=f"x|{post.first}",
        at=post.at,
        text=post.text,
        language=post.language,
    )
