"""Jetstream's events, reduced to what we keep: who, when, whom it names and answers.

Format: https://github.com/bluesky-social/jetstream (README, looked at 2026-11-21).
The text of a post is handed on to be judged and dropped within the look that saw it;
it is never shown, logged or stored. Pure: no I/O, no clock.
"""

import json
import re
from collections.abc import Collection
from typing import Any, NamedTuple

from collectors.base import UnreadablePage
from model.looks import LONGEST

POSTS = "app.bsky.feed.post"

_DID = r"did:[a-z]+:[A-Za-z0-9._:%-]{1,256}"
_RKEY = r"[A-Za-z0-9._:~-]{1,512}"
_IS_DID = re.compile(_DID)
_IS_RKEY = re.compile(_RKEY)
_URI = re.compile(rf"at://({_DID})/{re.escape(POSTS)}/({_RKEY})")
_WEB = re.compile(rf"https://bsky\.app/profile/({_DID})/post/({_RKEY})")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?")


_MADE = re.compile(
    rf'{{"did":"{_DID}","time_us":([0-9]{{1,18}}),"kind":"commit","commit":{{'
    rf'"rev":"[A-Za-z0-9]*","operation":"create","collection":"{re.escape(POSTS)}",'
)
"""How Jetstream begins the making of a post. Nobody can write into this much of it."""
_DIDS = re.compile(_DID)


class Post(NamedTuple):
    """What a post says about others. Addresses are "" where there is none."""

    mentions: tuple[str, ...] = ()  # DIDs
    parent: str = ""  # the post it answers
    root: str = ""  # the post that opened the thread
    quoted: str = ""
    language: str = ""
    text: str = ""


class Event(NamedTuple):
    """A post was made, or deleted (``post`` is None), as the server saw it."""

    time_us: int
    did: str
    rkey: str
    post: Post | None

    @property
    def uri(self) -> str:
        return f"at://{self.did}/{POSTS}/{self.rkey}"


class Notice(NamedTuple):
    """An account changed, as the server saw it: its handle or keys (``what`` is
    ``IDENTITY``), or whether it is there (``ACTIVE``, or why it is not)."""

    time_us: int
    did: str
    what: str

    @property
    def gone(self) -> bool:
        """Nothing of the account can be seen any more, for now at least."""
        return self.what in GONE


IDENTITY = "identity"
ACTIVE = "active"
INACTIVE = "inactive"
"""Not active, without a reason."""
GONE = frozenset({"deleted", "takendown", "suspended", "deactivated", INACTIVE})
"""What a server says of an account of which nothing is shown. Others ("throttled",
"desynchronized") speak of the server's own work."""


def is_did(text: object) -> bool:
    return _whole(_IS_DID, text)


def author_of(uri: str) -> str:
    """The DID in a post's address; "" when it is none."""
    match = _URI.fullmatch(uri)
    return match[1] if match else ""


def event_at(uri: str, time_us: int, post: Post) -> Event | None:
    """The making of the post at an address; None: it is no post's address."""
    match = _URI.fullmatch(uri)
    return Event(time_us, match[1], match[2], post) if match else None


def address_of(url: str) -> str:
    """The post behind ``web_address``; "" when it is none of ours."""
    match = _WEB.fullmatch(url)
    return f"at://{match[1]}/{POSTS}/{match[2]}" if match else ""


def web_address(uri: str) -> str:
    """Where a reader can see the post."""
    _, _, did, _, rkey = uri.split("/")
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def skim(message: str | bytes, dids: Collection[str]) -> int | None:
    """The time of an event that makes a post and names none of these DIDs, so that it
    need not be read; None where that is not sure. Eight times as fast as reading."""
    text = message if isinstance(message, str) else message.decode(errors="replace")
    made = _MADE.match(text)
    if made is None or any(did in dids for did in _DIDS.findall(text)):
        return None
    return int(made[1])


def parse(message: str | bytes) -> tuple[int, Event | Notice | None]:
    """The event's time, and the event if it makes or deletes a post, or says what
    became of an account.

    Edits are no event: what was seen first stays. Raises UnreadablePage when the
    message is not Jetstream's; what people put into their records never raises.
    """
    try:
        said = json.loads(message)
        time_us, kind = said["time_us"], said["kind"]
    except (ValueError, RecursionError, KeyError, TypeError) as problem:
        raise UnreadablePage("Jetstream", "an event with time_us and kind") from problem
    if type(time_us) is not int or not 0 < time_us < 2**62:
        raise UnreadablePage("Jetstream", "time_us in microseconds")
    if kind == "commit":
        return time_us, _event(time_us, said)
    return time_us, _notice(time_us, kind, said)


def _notice(time_us: int, kind: object, said: dict[str, Any]) -> Notice | None:
    """What is said of an account; None: nothing that we know of."""
    did = said.get("did")
    if kind == "identity" and is_did(did):
        return Notice(time_us, str(did), IDENTITY)
    active = _within(said, "account", "active")
    if kind != "account" or not is_did(did) or not isinstance(active, bool):
        return None
    if active:
        return Notice(time_us, str(did), ACTIVE)
    status = _within(said, "account", "status")
    return Notice(time_us, str(did), str(status) if status else INACTIVE)


def _event(time_us: int, said: dict[str, Any]) -> Event | None:
    commit = said.get("commit")
    if not isinstance(commit, dict):
        raise UnreadablePage("Jetstream", "a commit in an event of kind commit")
    if commit.get("collection") != POSTS:
        return None
    did, rkey = said.get("did"), commit.get("rkey")
    if not (is_did(did) and _whole(_IS_RKEY, rkey)):
        raise UnreadablePage("Jetstream", "did and rkey in a commit")
    match commit.get("operation"):
        case "create":
            return Event(time_us, str(did), str(rkey), post_of(commit.get("record")))
        case "delete":
            return Event(time_us, str(did), str(rkey), None)
    return None


def post_of(record: object) -> Post:
    """A post record, whatever its author put into it: strange parts say nothing."""
    parent = _post_uri(record, "reply", "parent", "uri")
    quoted = _post_uri(record, "embed", "record", "uri") or _post_uri(
        record, "embed", "record", "record", "uri"
    )
    return Post(
        mentions=_mentions(_within(record, "facets")),
        parent=parent,
        root=(_post_uri(record, "reply", "root", "uri") or parent) if parent else "",
        quoted=quoted,
        language=_language(_within(record, "langs")),
        text=_text(_within(record, "text")),
    )


def _text(said: object) -> str:
    """What was written. JSON lets pass half of a surrogate pair, which is no letter."""
    if not isinstance(said, str):
        return ""
    return said[:LONGEST].encode(errors="replace").decode()


def _mentions(facets: object) -> tuple[str, ...]:
    dids = [
        _within(feature, "did")
        for facet in _items(facets)
        for feature in _items(_within(facet, "features"))
        if _within(feature, "$type") == "app.bsky.richtext.facet#mention"
    ]
    return tuple(dict.fromkeys(str(did) for did in dids if is_did(did)))


def _language(langs: object) -> str:
    first = next(iter(_items(langs)), None)
    match = _LANGUAGE.fullmatch(first) if isinstance(first, str) else None
    return match[1].lower() if match else ""


def _post_uri(record: object, *path: str) -> str:
    uri = _within(record, *path)
    return str(uri) if _whole(_URI, uri) else ""


def _within(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _whole(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None
