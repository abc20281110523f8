"""An AppView for tests: it holds accounts and posts, and shows them as the real one
does, page by page and thread by thread, cut short where it is told to."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from jetstream import did, record, uri

GONE = b'{"error": "AccountDeactivated", "message": "Account is deactivated"}'
UNKNOWN = b'{"error": "X", "message": "Unable to resolve handle"}'


def moment(at):
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


class AppView:
    """``breadth`` and ``depth``: how much of a thread it shows at once. ``more``: how
    many answers a post has that are never shown. ``page``: posts of a feed at once."""

    def __init__(self, server):
        self.server = server
        self.handles = {"acme.test": did("acme"), "nova.test": did("nova")}
        self.posts = {}
        self.asked = []
        self.feeds = []  # (DID, cursor)
        self.threads = []  # addresses
        self.profiles = []
        self.gone = set()  # DIDs
        self.reposts = []  # in everybody's feed, on top
        self.breadth, self.depth, self.page = 1_000, 6, 3
        self.more = {}
        for name, answer in {
            "com.atproto.identity.resolveHandle": self.resolve,
            "app.bsky.feed.getPosts": self.get_posts,
            "app.bsky.feed.getAuthorFeed": self.get_feed,
            "app.bsky.feed.getPostThread": self.get_thread,
            "app.bsky.actor.getProfile": self.get_profile,
        }.items():
            server.answers[f"/xrpc/{name}"] = answer

    def hold(self, at, name, rkey, **what):
        """Somebody's post, seen at a second."""
        self.posts[uri(name, rkey)] = {
            "uri": uri(name, rkey),
            "author": {"did": did(name)},
            "indexedAt": moment(at),
            "record": record(**what),
        }

    def resolve(self, handler):
        (handle,) = _asked(handler)["handle"]
        self.asked.append(handle)
        if handle not in self.handles:
            handler.give(400, UNKNOWN)
        else:
            _give(handler, {"did": self.handles[handle]})

    def get_posts(self, handler):
        uris = _asked(handler).get("uris", [])
        self.asked.append(uris)
        _give(handler, {"posts": [self.posts[u] for u in uris if u in self.posts]})

    def get_profile(self, handler):
        (actor,) = _asked(handler)["actor"]
        self.profiles.append(actor)
        names = {did_: handle for handle, did_ in self.handles.items()}
        if actor in self.gone or actor not in names:
            handler.give(400, GONE)
        else:
            _give(handler, {"did": actor, "handle": names[actor]})

    def get_feed(self, handler):
        asked = _asked(handler)
        (actor,), cursor = asked["actor"], asked.get("cursor", ["0"])[0]
        self.feeds.append((actor, cursor))
        if actor in self.gone:
            handler.give(400, GONE)
            return
        mine = [p for p in self.posts.values() if p["author"]["did"] == actor]
        mine.sort(key=lambda post: post["indexedAt"], reverse=True)
        start = int(cursor)
        items = [self.view(post) for post in mine[start : start + self.page]]
        if start == 0:
            items = [self.posts[each] for each in self.reposts] + items
        said = {"feed": [{"post": item} for item in items]}
        if start + self.page < len(mine):
            said["cursor"] = str(start + self.page)
        _give(handler, said)

    def get_thread(self, handler):
        (top,) = _asked(handler)["uri"]
        self.threads.append(top)
        if top not in self.posts:
            handler.give(400, b'{"error": "NotFound", "message": "Post not found"}')
        else:
            _give(handler, {"thread": self.node(top, self.depth)})

    def answers(self, address):
        return [
            each
            for each, post in self.posts.items()
            if post["record"].get("reply", {}).get("parent", {}).get("uri") == address
        ]

    def view(self, post):
        address = post["uri"]
        count = len(self.answers(address)) + self.more.get(address, 0)
        return post | {"replyCount": count}

    def node(self, address, depth):
        node = {
            "$type": "app.bsky.feed.defs#threadViewPost",
            "post": self.view(self.posts[address]),
        }
        if depth:
            shown = self.answers(address)[: self.breadth]
            node["replies"] = [self.node(each, depth - 1) for each in shown]
        return node


def _asked(handler):
    return parse_qs(urlsplit(handler.path).query)


def _give(handler, said):
    handler.give(200, json.dumps(said).encode())
