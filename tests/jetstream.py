"""Jetstream for tests: its messages, and a server that speaks it, faults included."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

POSTS = "app.bsky.feed.post"
US = 1_000_000

Message = dict[str, Any]


def did(name: str) -> str:
    return f"did:plc:{name}"


def uri(name: str, rkey: str) -> str:
    return f"at://{did(name)}/{POSTS}/{rkey}"


def commit(at: float, name: str, rkey: str, operation: str, **more: Any) -> Message:
    return {
        "did": did(name),
        "time_us": round(at * US),
        "kind": "commit",
        "commit": {
            "rev": "3kaaaaaaaaa2a",
            "operation": operation,
            "collection": POSTS,
            "rkey": rkey,
            **more,
        },
    }


def record(
    mentions: Sequence[str] = (),
    parent: str = "",
    root: str = "",
    quote: str = "",
    langs: Sequence[str] = ("en",),
    text: str = "words of a person",
) -> dict[str, Any]:
    """A post as people's programs write it, with a text nobody may keep."""
    made: dict[str, Any] = {
        "$type": POSTS,
        "text": text,
        "createdAt": "1990-01-01T00:00:00Z",  # authors may write what they like
        "langs": list(langs),
    }
    if mentions:
        made["facets"] = [
            {
                "index": {"byteStart": 0, "byteEnd": 5},
                "features": [
                    {"$type": "app.bsky.richtext.facet#mention", "did": did(name)}
                ],
            }
            for name in mentions
        ]
    if parent:
        made["reply"] = {"parent": {"uri": parent}, "root": {"uri": root or parent}}
    if quote:
        made["embed"] = {"$type": "app.bsky.embed.record", "record": {"uri": quote}}
    return made


def post(at: float, name: str, rkey: str, **what: Any) -> Message:
    return commit(at, name, rkey, "create", record=record(**what))


def edit(at: float, name: str, rkey: str, **what: Any) -> Message:
    return commit(at, name, rkey, "update", record=record(**what))


def delete(at: float, name: str, rkey: str) -> Message:
    return commit(at, name, rkey, "delete")


def account(at: float, name: str, status: str | None = None) -> Message:
    """Somebody's account is there, or it is not: why, or "" without a reason."""
    said: dict[str, Any] = {"active": status is None, "did": did(name), "seq": 7}
    if status:
        said["status"] = status
    return {
        "did": did(name),
        "time_us": round(at * US),
        "kind": "account",
        "account": said,
    }


def identity(at: float, name: str) -> Message:
    """Somebody's handle or keys changed."""
    return {
        "did": did(name),
        "time_us": round(at * US),
        "kind": "identity",
        "identity": {"did": did(name), "seq": 7},
    }


Play = Callable[[ServerConnection, "Jetstream"], None]


class Jetstream:
    """Plays its log from the cursor on, as the real one does, then stays silent.

    ``plays`` are what the first connections get instead, one after the other.
    """

    def __init__(self) -> None:
        self.log: list[Message] = []
        self.plays: list[Play] = []
        self.asked: list[dict[str, list[str]]] = []
        self.agents: list[str] = []
        self.url = ""
        self.closing = threading.Event()

    def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.asked.append(parse_qs(urlsplit(socket.request.path).query))
        self.agents.append(socket.request.headers["User-Agent"])
        play = self.plays.pop(0) if self.plays else Jetstream.replay
        try:
            if play is Jetstream.replay:
                self.replay(socket)
            else:
                play(socket, self)
        except (ConnectionClosed, OSError):
            pass

    def replay(self, socket: ServerConnection, upto: int | None = None) -> None:
        self.send(socket, upto)
        self.stay(socket)

    def send(self, socket: ServerConnection, upto: int | None = None) -> None:
        cursor = int(self.asked[-1]["cursor"][0])
        for message in self.log[:upto]:
            if message["time_us"] >= cursor:
                socket.send(json.dumps(message, separators=(",", ":")))

    def stay(self, socket: ServerConnection) -> None:
        """Until the other side leaves."""
        while not self.closing.is_set():
            try:
                socket.recv(timeout=0.05)
            except TimeoutError:
                continue


@contextmanager
def jetstream() -> Iterator[Jetstream]:
    made = Jetstream()
    with serve(made.handle, "127.0.0.1", 0, close_timeout=1) as server:
        port = server.socket.getsockname()[1]
        made.url = f"ws://127.0.0.1:{port}/subscribe"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            made.closing.set()
            server.shutdown()
            thread.join()
