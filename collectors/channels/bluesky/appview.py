"""The AppView: handles to DIDs, and posts that we know only by an answer to them.

Format: https://docs.bsky.app/docs/api/com-atproto-identity-resolve-handle and
https://docs.bsky.app/docs/api/app-bsky-feed-get-posts (looked at 2026-11-21).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from collectors.base import UnreadablePage
from collectors.channels.bluesky.events import Post, is_did, post_of
from collectors.http import Http

BATCH = 25
"""Posts that getPosts gives at once."""


class Seen(NamedTuple):
    """A post as the AppView holds it."""

    at: int  # seconds; when the AppView indexed it, not when it says it was written
    post: Post


def resolve(http: Http, appview: str, handle: str) -> str:
    """The DID behind a handle. Raises Refused when nobody is behind it."""
    url = f"{appview}/xrpc/com.atproto.identity.resolveHandle"
    said = http.get_json(url, {"handle": handle.removeprefix("@")})
    did = said.get("did") if isinstance(said, dict) else None
    if not is_did(did):
        raise UnreadablePage(url, "a did")
    return str(did)


def posts(http: Http, appview: str, uris: Sequence[str]) -> dict[str, Seen]:
    """The posts at these addresses. Those that are gone are not there."""
    url = f"{appview}/xrpc/app.bsky.feed.getPosts"
    found: dict[str, Seen] = {}
    for at in range(0, len(uris), BATCH):
        said = http.get_json(url, {"uris": uris[at : at + BATCH]})
        found.update(_read(url, said))
    return found


def _read(url: str, said: object) -> Iterator[tuple[str, Seen]]:
    views = said.get("posts") if isinstance(said, dict) else None
    if not isinstance(views, list):
        raise UnreadablePage(url, "a list of posts")
    for view in views:
        try:
            uri, at, record = view["uri"], view["indexedAt"], view["record"]
            seconds = datetime.fromisoformat(at).astimezone(UTC).timestamp()
        except (KeyError, TypeError, ValueError, OverflowError) as problem:
            raise UnreadablePage(url, "posts with uri, indexedAt, record") from problem
        yield str(uri), Seen(int(seconds), post_of(record))
