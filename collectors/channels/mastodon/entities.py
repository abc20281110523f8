"""What a Mastodon server sends: accounts, statuses, threads, notifications.

Format: https://docs.joinmastodon.org/entities/Status/ and its neighbours (looked at
2026-11-22). Servers of other makers speak it with gaps, so that only what we need is
asked for, and what may be missing has a default.
"""

from datetime import datetime
from html.parser import HTMLParser
from typing import NamedTuple

from pydantic import AwareDatetime

from collectors.listing import Record

PUBLIC = frozenset({"public", "unlisted"})
"""Who may read a status: everybody. Others are read by nobody here."""
LONGEST_HTML = 20_000
BREAKS = frozenset({"br", "p", "div", "li", "blockquote", "pre"})
UNSAID = frozenset({"quote-inline"})
"""Classes of what the server adds to a text that somebody wrote."""


class Account(Record):
    id: str
    acct: str  # user on the server that is asked, user@server elsewhere
    url: str | None = None
    bot: bool = False
    suspended: bool = False
    moved: "Account | None" = None


class Mention(Record):
    acct: str
    id: str = ""
    url: str | None = None


class Status(Record):
    id: str
    uri: str  # the same on every server
    created_at: AwareDatetime
    account: Account
    visibility: str
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    reblog: dict[str, object] | None = None
    mentions: list[Mention] = []
    replies_count: int = 0
    language: str | None = None
    spoiler_text: str = ""
    content: str = ""

    @property
    def at(self) -> int:
        return second(self.created_at)

    @property
    def public(self) -> bool:
        """Whether everybody may read it, and it is its author's own."""
        return self.visibility in PUBLIC and self.reblog is None

    @property
    def replies(self) -> bool:
        """Whether it answers something, be that gone by now."""
        return (self.in_reply_to_id or self.in_reply_to_account_id) is not None


class Context(Record):
    ancestors: list[Status]
    descendants: list[Status]


class Notification(Record):
    id: str
    type: str
    created_at: AwareDatetime
    status: Status | None = None

    @property
    def at(self) -> int:
        return second(self.created_at)


class Tag(Record):
    name: str


class Words(NamedTuple):
    """What a person wrote, and the addresses of the people it names."""

    text: str
    names: frozenset[str]


def second(at: datetime) -> int:
    return int(at.timestamp())


def full(acct: str, domain: str) -> str:
    """user@server, in lower case; on its own server a user is named without it."""
    said = acct.removeprefix("@").lower()
    return said if "@" in said else f"{said}@{domain.lower()}"


def words(status: Status) -> Words:
    """The text of a status without markup, its warning first."""
    read = _Reader()
    read.feed(status.content[:LONGEST_HTML])
    read.close()
    said = f"{status.spoiler_text}\n{''.join(read.said)}"
    lines = (" ".join(line.split()) for line in said.splitlines())
    return Words("\n".join(filter(None, lines)), frozenset(read.names))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.names: set[str] = set()
        self._unsaid = ""  # the element that is passed over

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in given}
        classes = set(has.get("class", "").split())
        if classes & UNSAID:
            self._unsaid = tag
        if tag == "a" and "mention" in classes and "hashtag" not in classes:
            self.names.add(has.get("href", ""))
        if tag in BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unsaid:
            self._unsaid = ""
        if tag in BREAKS:
            self.said.append("\n")

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """To browsers what begins with ``<![`` is a comment up to the next ``>``; this
        parser of ours knew words for it and failed at any other."""
        return self.parse_bogus_comment(i, report)

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.said.append(data)
