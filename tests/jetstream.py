"""Jetstream for tests: its messages, and a server that speaks it, faults included."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from socket import create_connection
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
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


@dataclass
class Line:
    """One connection as the server knows it: how much it said, if it will say more."""

    said: int = 0
    silent: bool = False


LINES: dict[int, Line] = {}
"""By the port of who called."""

PORTS: set[int] = set()
"""Those of servers that run here, and so open every connection sooner or later."""

PATIENCE_S = 120
TICK_S = 0.02


def patient(*address: str, **options: Any) -> ClientConnection:
    """A connection to which silence is what the server means by it: a server that is
    kept waiting by a busy machine is not silent, however short the time it has, and
    neither is one that has yet to open the connection."""
    where = urlsplit(address[0])
    if where.port not in PORTS:
        return connect(*address, **options)
    # Made here, for its own port is no longer told once the server has hung up.
    plain = create_connection((where.hostname, where.port), PATIENCE_S)
    plain.settimeout(None)
    mine = plain.getsockname()[1]
    socket = connect(*address, **options | {"open_timeout": PATIENCE_S, "sock": plain})
    if mine in LINES:
        _wait_for(LINES[mine], socket)
    return socket


def _wait_for(line: Line, socket: ClientConnection) -> None:
    receive, heard = socket.recv, 0

    def recv(timeout: float | None = None) -> Any:
        nonlocal heard
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                message = receive(timeout=TICK_S)
            except TimeoutError:
                if line.silent and line.said == heard or time.monotonic() > until:
                    raise
                continue
            heard += 1
            return message

    socket.recv = recv  # type: ignore[method-assign]


def _count(line: Line, socket: ServerConnection) -> None:
    send = socket.send

    def sent(message: Any) -> None:
        line.said += 1
        send(message)

    socket.send = sent  # type: ignore[method-assign]


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
        line = LINES[socket.remote_address[1]]
        _count(line, socket)
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
        LINES[socket.remote_address[1]].silent = True
        while not self.closing.is_set():
            try:
                socket.recv(timeout=0.05)
            except TimeoutError:
                continue


@contextmanager
def jetstream() -> Iterator[Jetstream]:
    made = Jetstream()

    def called(socket: ServerConnection, _request: Any) -> None:
        LINES[socket.remote_address[1]] = Line()  # before the other side may listen

    with (
        serve(
            made.handle, "127.0.0.1", 0, close_timeout=1, process_request=called
        ) as server,
        patch("collectors.channels.bluesky.stream.connect", patient),
    ):
        port = server.socket.getsockname()[1]
        PORTS.add(port)
        made.url = f"ws://127.0.0.1:{port}/subscribe"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            PORTS.discard(port)
            made.closing.set()
            server.shutdown()
            thread.join()
