"""Posts and comments as Reddit sends them, and what they say. Pure: no I/O, no clock.

Format: https://www.reddit.com/dev/api (looked at 2026-11-22).
"""

import re
from typing import Any, TypeVar

from collectors.listing import Record

GONE = "[deleted]"
BOTS = frozenset({"automoderator"})
OURS = frozenset({"moderator", "admin"})
"""Marks of a comment that speaks for the subreddit."""
ADDRESS = re.compile(
    r"https?://(?:(?:www|old|new)\.)?reddit\.com/(?:(?:r|user)/[\w-]+/)?comments/"
    r"([a-z0-9]+)(?:/[^/?#]*)?/?",
    re.ASCII,
)


class Thing(Record):
    """A post or a comment."""

    id: str
    created_utc: float
    author: str = GONE
    distinguished: str | None = None

    @property
    def at(self) -> int:
        return int(self.created_utc)

    @property
    def who(self) -> str:
        return self.author.lower()


class Post(Thing):
    title: str = ""
    selftext: str = ""

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.selftext}"


class Comment(Thing):
    body: str = ""
    link_id: str
    parent_id: str
    is_submitter: bool = False  # by whoever opened the post


class Child(Record):
    data: dict[str, Any]


class Children(Record):
    children: list[Child]
    after: str | None = None


class Listed(Record):
    data: Children


class Token(Record):
    access_token: str


class Place(Record):
    """A subreddit or a user."""

    name: str
    id: str
    subreddit_type: str = "public"
    is_suspended: bool = False


class About(Record):
    data: Place


Kind = TypeVar("Kind", bound=Thing)


def no_inquiry(post: Post, staff: frozenset[str]) -> str:
    """Why a post is no inquiry; "" when it is one."""
    if post.author == GONE:
        return "posts that were deleted before they were seen"
    if post.who in staff or post.distinguished in OURS:
        return "posts of the brand's own"
    if post.who in BOTS:
        return "posts by programs"
    return ""


def answers(comment: Comment, staff: frozenset[str]) -> bool:
    """Whether a comment speaks for the brand."""
    if comment.who in BOTS:
        return False
    return comment.who in staff or comment.distinguished in OURS


def names(post: Post, user: str) -> bool:
    """Whether a post names a user: search also finds what merely resembles it."""
    named = re.compile(rf"(?<![\w/])/?u/{re.escape(user)}(?![\w-])", re.I | re.A)
    return named.search(post.text) is not None


def number(address: str | None) -> str:
    """The id of the post at an address; "": it is none of a post."""
    found = ADDRESS.fullmatch(address or "")
    return found[1] if found else ""
