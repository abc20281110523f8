"""A small YouTube for tests: channels by handle, threads of comments by channel and by
id, replies in pages; every list counted as one unit, as the real one does."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collectors.http import Http, Manners
from local_server import Handler, Server, running
from stages import Stage

INLINE = 2
"""Replies that come with a thread; the real one gives up to five."""


def moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class YouTube:
    """What it holds is in ``threads`` (with all their replies) and ``handles``."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.handles: dict[str, str] = {}
        self.threads: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.units = 0
        self.keys: set[str | None] = set()
        self.paths: list[str] = []
        self._next = 1
        self._http = Http()
        for path, make in {
            "channels": self._channels,
            "commentThreads": self._threads,
            "comments": self._comments,
        }.items():
            self.server.answers[f"/{path}"] = self.answer(make)

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0, errors=2), sleep=lambda _: None)
        return self._http

    def close(self) -> None:
        self._http.close()

    def comment(self, at: int, who: str | None, text: str = "It is broken") -> str:
        """Its id. ``who``: id of its author's channel; None: closed."""
        number = f"Ugx{self._number()}"
        self.threads[number] = {
            "id": number,
            "snippet": {
                "channelId": "UCacme",
                "videoId": "video-1",
                "topLevelComment": said(number, at, who, text),
                "totalReplyCount": 0,
            },
        }
        self.replies[number] = []
        return number

    def reply(self, thread: str, at: int, who: str, text: str = "Thank you") -> None:
        number = f"{thread}.{self._number()}"
        self.replies[thread].append(said(number, at, who, text))
        self.threads[thread]["snippet"]["totalReplyCount"] += 1

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _channels(self, query: dict[str, str]) -> dict[str, Any]:
        found = self.handles.get(query["forHandle"].lower())
        return {"items": [{"id": found}]} if found else {"pageInfo": {}}

    def _whole(self, number: str) -> dict[str, Any]:
        some = self.replies[number][:INLINE]
        more = {"replies": {"comments": some}} if some else {}
        return {**self.threads[number], **more}

    def _threads(self, query: dict[str, str]) -> dict[str, Any]:
        if "id" in query:
            asked = query["id"].split(",")
            assert len(asked) <= 50
            return {"items": [self._whole(n) for n in asked if n in self.threads]}
        assert query["order"] == "time"
        listed = sorted(
            self.threads,
            key=lambda n: self.threads[n]["snippet"]["topLevelComment"]["snippet"][
                "publishedAt"
            ],
            reverse=True,
        )
        return self._page(query, [self._whole(number) for number in listed])

    def _comments(self, query: dict[str, str]) -> dict[str, Any]:
        return self._page(query, self.replies[query["parentId"]])

    def _page(self, query: dict[str, str], items: list[Any]) -> dict[str, Any]:
        start, most = int(query.get("pageToken", "0")), int(query["maxResults"])
        page: dict[str, Any] = {"items": items[start : start + most]}
        if start + most < len(items):
            page["nextPageToken"] = str(start + most)
        return page

    def answer(self, make: Callable[[dict[str, str]], dict[str, Any]]) -> Any:
        def answer(h: Handler) -> None:
            self.keys.add(h.headers["X-Goog-Api-Key"])
            self.paths.append(h.path)
            self.units += 1
            query = parse_qs(urlsplit(h.path).query)
            made = make({name: each[0] for name, each in query.items()})
            h.give(200, json.dumps(made).encode())

        return answer


def said(number: str, at: int, who: str | None, text: str) -> dict[str, Any]:
    snippet: dict[str, Any] = {
        "textDisplay": text,
        "authorDisplayName": f"@{who}" if who else "",
        "publishedAt": moment(at),
        "updatedAt": moment(at),
    }
    if who:
        snippet["authorChannelId"] = {"value": who}
    return {"id": number, "snippet": snippet}


@contextmanager
def youtube() -> Iterator[YouTube]:
    with running() as server:
        made = YouTube(server)
        made.handles["acme"] = "UCacme"
        yield made
        made.close()


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = YouTube(server)
    made.handles["acme"] = "UCacme"
    thread = made.comment(now - 3_600, "UCperson")
    for after in (60, 120, 180):
        made.reply(thread, now - 3_600 + after, "UCacme")

    def endless() -> None:
        """A hundred comments more for every page that is asked for."""

        def page(_: dict[str, str]) -> dict[str, Any]:
            new = [made.comment(now - 60, f"UC{n}") for n in range(100)]
            return {"items": [made._whole(n) for n in new], "nextPageToken": "again"}

        server.answers["/commentThreads"] = made.answer(page)

    yield Stage(
        accounts=("acme",),
        settings={
            "youtube_on": True,
            "youtube_api": server.url,
            "youtube_key": "key-of-the-stage",
        },
        endless=endless,
    )
    made.close()
