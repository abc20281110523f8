"""The AppView: handles, accounts, single posts, an account's own posts, threads.

Formats: the lexicons com.atproto.identity.resolveHandle and app.bsky.actor.getProfile,
app.bsky.feed.getPosts, getAuthorFeed, getPostThread
(https://github.com/bluesky-social/atproto, looked at 2026-11-22).

A post has two times: ``createdAt`` is what its author's program wrote, ``indexedAt``
when the AppView saw it. Ours is the second, always: the first may be any time, before
or after, and a stranger who backdates a complaint would make a brand late.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from collectors.base import UnreadablePage
from collectors.channels.bluesky.events import Event, Post, event_at, is_did, post_of
from collectors.http import Http

BATCH = 25
"""Posts that getPosts gives at once."""
PAGE = 50
"""Posts of an account asked for at once."""
DEPTH = 100
"""Answers to answers asked for at once; what lies deeper is asked for again."""


class Seen(NamedTuple):
    """A post as the AppView holds it."""

    at: int  # seconds; when the AppView indexed it, not when it says it was written
    post: Post


class View(NamedTuple):
    """A post as the AppView shows it among others."""

    event: Event
    replies: int  # posts that answer it, shown or not


class Page(NamedTuple):
    """A piece of an account's own posts, the newest first."""

    views: list[View]
    cursor: str  # of the next; "" there is none


def resolve(http: Http, appview: str, handle: str) -> str:
    """The DID behind a handle. Raises Refused when nobody is behind it."""
    url = f"{appview}/xrpc/com.atproto.identity.resolveHandle"
    said = http.get_json(url, {"handle": handle.removeprefix("@")})
    did = said.get("did") if isinstance(said, dict) else None
    if not is_did(did):
        raise UnreadablePage(url, "a did")
    return str(did)


def handle(http: Http, appview: str, did: str) -> str:
    """The handle of an account now, in lower case. Raises Refused when the account is
    not shown (deleted, taken down, deactivated)."""
    url = f"{appview}/xrpc/app.bsky.actor.getProfile"
    said = http.get_json(url, {"actor": did})
    found = said.get("handle") if isinstance(said, dict) else None
    if not isinstance(found, str) or not found:
        raise UnreadablePage(url, "a handle")
    return found.lower()


def posts(http: Http, appview: str, uris: Sequence[str]) -> dict[str, Seen]:
    """The posts at these addresses. Those that are gone are not there."""
    url = f"{appview}/xrpc/app.bsky.feed.getPosts"
    found: dict[str, Seen] = {}
    for at in range(0, len(uris), BATCH):
        said = http.get_json(url, {"uris": uris[at : at + BATCH]})
        found.update(_read(url, said))
    return found


def _read(url: str, said: object) -> Iterator[tuple[str, Seen]]:
    for raw in _list(url, said, "posts"):
        uri, us, post = _parts(url, raw)
        yield uri, Seen(us // 1_000_000, post)


def page(http: Http, appview: str, did: str, cursor: str) -> Page:
    """A page of what an account wrote, answers included, without what it reposted.

    Raises Refused when the account is not shown.
    """
    url = f"{appview}/xrpc/app.bsky.feed.getAuthorFeed"
    params = {"actor": did, "limit": str(PAGE), "filter": "posts_with_replies"}
    said = http.get_json(url, params | ({"cursor": cursor} if cursor else {}))
    items = _list(url, said, "feed")
    views = [view(url, _member(url, item, "post")) for item in items]
    following = said.get("cursor")
    return Page(
        [each for each in views if each is not None and each.event.did == did],
        str(following) if following and items else "",
    )


def thread(http: Http, appview: str, uri: str) -> Any:
    """The post at an address with the answers below it, as sent; see ``threads``."""
    url = f"{appview}/xrpc/app.bsky.feed.getPostThread"
    params = {"uri": uri, "depth": str(DEPTH), "parentHeight": "0"}
    return _member(url, http.get_json(url, params), "thread")


def view(url: str, raw: object) -> View | None:
    """A post among others; None where its address is no post's."""
    uri, us, post = _parts(url, raw)
    event = event_at(uri, us, post)
    replies = raw.get("replyCount") if isinstance(raw, dict) else None
    return event and View(event, replies if isinstance(replies, int) else 0)


def _parts(url: str, raw: Any) -> tuple[str, int, Post]:
    """Address, microseconds since the epoch, and what it says."""
    try:
        uri, at, record = raw["uri"], raw["indexedAt"], raw["record"]
        seen = microseconds(at)
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise UnreadablePage(url, "posts with uri, indexedAt, record") from problem
    return str(uri), seen, post_of(record)


def microseconds(at: str) -> int:
    """Since the epoch. Raises ValueError, TypeError, OverflowError."""
    return round(datetime.fromisoformat(at).astimezone(UTC).timestamp() * 1_000_000)


def _member(url: str, said: object, name: str) -> Any:
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, dict):
        raise UnreadablePage(url, f"{name}, an object")
    return found


def _list(url: str, said: object, name: str) -> list[Any]:
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, list):
        raise UnreadablePage(url, f"a list of {name}")
    return found
