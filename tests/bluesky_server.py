"""A small AppView for tests that stands beside a stream, for one look at both."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from jetstream import did, jetstream, post, record, uri
from local_server import Handler, Server
from stages import Stage


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    """A mention in the stream, and an answer to a post older than it."""
    at = datetime.fromtimestamp(now - 9_000, UTC).isoformat()
    older = {
        "uri": uri("pat", "older"),
        "indexedAt": at,
        "record": record(mentions=["acme"]),
    }

    def resolve(h: Handler) -> None:
        h.give(200, json.dumps({"did": did("acme")}).encode())

    def posts(h: Handler) -> None:
        wanted = parse_qs(urlsplit(h.path).query).get("uris", [])
        found = [older] if older["uri"] in wanted else []
        h.give(200, json.dumps({"posts": found}).encode())

    server.answers["/xrpc/com.atproto.identity.resolveHandle"] = resolve
    server.answers["/xrpc/app.bsky.feed.getPosts"] = posts
    with jetstream() as stream:
        stream.log = [
            post(now - 3_000, "kim", "asks", mentions=["acme"]),
            post(now - 2_000, "acme", "says", parent=uri("pat", "older")),
            post(now + 1, "kim", "later"),
        ]
        settings = {
            "bluesky_appview": server.url,
            "bluesky_jetstream": stream.url,
            "bluesky_retention_hours": 2,
        }
        if "bluesky_first_days" in _names():
            settings["bluesky_first_days"] = 0
        yield Stage(
            accounts=("acme.test",),
            settings=settings,
            people=("words of a person",),
            endless="posts are asked for by their addresses, and the stream has an end",
        )


def _names() -> set[str]:
    from settings import Settings

    return set(Settings.model_fields)
