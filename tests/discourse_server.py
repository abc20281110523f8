"""A small Discourse forum for tests: lists by activity, topics by 20 posts a page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from collectors.http import Http, Manners
from github_server import moment
from local_server import Handler, Server, running
from stages import Stage

PAGE = 30


class Forum:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.topics: dict[int, dict[str, Any]] = {}
        self.posts: dict[int, list[dict[str, Any]]] = {}
        self.tags = False  # its lists have one, as behind some proxies
        self.unchanged = 0
        self._next = 100
        self._http = Http()
        server.answers["/latest.json"] = self._latest
        self.basic = {"title": "Acme forum"}
        server.answers["/site/basic-info.json"] = lambda h: give(h, self.basic)

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0), sleep=lambda _: None)
        return self._http

    def topic(self, at: int, **changes: Any) -> int:
        """Opens one; its number. ``who``: who opens it."""
        number = self._number()
        self.topics[number] = {
            "id": number,
            "created_at": moment(at),
            "bumped_at": moment(at),
            "last_posted_at": None,
            "pinned": changes.pop("pinned", False),
        }
        self.posts[number] = []
        self.server.answers[f"/t/{number}.json"] = lambda h: self._topic(h, number)
        self.server.answers[f"/t/{number}/posts.json"] = lambda h: self._rest(h, number)
        self.post(number, at, **changes)
        return number

    def post(self, number: int, at: int, **changes: Any) -> int:
        """Its number in the topic."""
        place = len(self.posts[number]) + 1
        said = {
            "id": self._number(),
            "post_number": place,
            "username": changes.pop("who", f"person{place}"),
            "created_at": moment(at),
            "post_type": 1,
            "staff": False,
            "cooked": "<p>How do I <b>export</b> my data?</p>",
        }
        self.posts[number].append({**said, **changes})
        topic = self.topics[number]
        topic["bumped_at"] = max(topic["bumped_at"], moment(at))
        topic["last_posted_at"] = moment(at)
        return place

    def remove(self, number: int, *, silently: bool = False) -> None:
        """Deletes a topic; ``silently``: no list shows it any more."""
        if silently:
            del self.topics[number]
        else:
            self.topics[number]["bumped_at"] = moment(2_000_000_000)
        self.server.answers[f"/t/{number}.json"] = lambda h: h.give(404)

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _latest(self, h: Handler) -> None:
        page = int(parse_qs(urlsplit(h.path).query).get("page", ["0"])[0])
        order = sorted(
            self.topics.values(), key=lambda t: (t["pinned"], t["bumped_at"])
        )[::-1]
        said = {"topic_list": {"topics": order[page * PAGE : (page + 1) * PAGE]}}
        if not self.tags:
            return give(h, said)
        body = json.dumps(said).encode()
        tag = f'W/"{crc32(body)}"'
        same = h.headers["If-None-Match"] == tag
        self.unchanged += same
        return h.give(304, ETag=tag) if same else h.give(200, body, ETag=tag)

    def _topic(self, h: Handler, number: int) -> None:
        posts = self.posts[number]
        stream = {"posts": posts[:20], "stream": [post["id"] for post in posts]}
        give(h, {"title": "A question", "post_stream": stream})

    def _rest(self, h: Handler, number: int) -> None:
        wanted = parse_qs(urlsplit(h.path).query)["post_ids[]"]
        posts = [post for post in self.posts[number] if str(post["id"]) in wanted]
        assert len(posts) <= 20
        give(h, {"post_stream": {"posts": posts}})


def give(h: Handler, said: Any) -> None:
    h.give(200, json.dumps(said).encode())


@contextmanager
def forum() -> Iterator[Forum]:
    with running() as server:
        made = Forum(server)
        yield made
        made.client().close()


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Forum(server)
    number = made.topic(now - 86_400)
    for at in range(22):
        made.post(number, now - 80_000 + at)
    made.post(number, now - 3_600, staff=True)

    def endless() -> None:
        """Thirty topics more for every page that is asked for."""

        def latest(h: Handler) -> None:
            new = [made.topic(now - 3_600 + at) for at in range(PAGE)]
            give(h, {"topic_list": {"topics": [made.topics[each] for each in new]}})

        server.answers["/latest.json"] = latest

    settings = {"private_hosts": server.url.removeprefix("http://")}
    yield Stage(accounts=(server.url,), settings=settings, endless=endless)
    made.client().close()
