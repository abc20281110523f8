"""Jetstream at a thousand posts a second: how fast a look drains what was missed.

Ten minutes of invented events, with the shares and sizes of real ones, sent by a small
websocket server of another process as fast as they are taken; ten thousand accounts are
watched. The floor is a client that receives the same bytes and looks at none of them.
"""

import base64
import hashlib
import json
import random
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

A_SECOND = 1_000
SECONDS = 600
EVENTS = A_SECOND * SECONDS
ACCOUNTS = 10_000
START_US = 1_790_000_000_000_000
RUNS = 3
WANTED = 5.0  # times as fast as they happened
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


def run() -> Iterator[str]:
    runs = [json.loads(_child("measure")) for _ in range(RUNS)]
    took = {name: median(each[name] for each in runs) for name in runs[0]}
    yield (
        f"floor, {EVENTS:,} events of {took['bytes']:.0f} bytes received and dropped:"
        f" {took['floor']:.1f} s = {SECONDS / took['floor']:.0f} x as fast as they came"
    )
    yield (
        f"drained for {ACCOUNTS:,} accounts: {took['drain']:.1f} s ="
        f" {SECONDS / took['drain']:.1f} x as fast as they came (wanted: {WANTED:g}),"
        f" {took['drain'] / took['floor']:.1f} x the floor, {took['kept']:,.0f} kept"
    )
    yield (
        f"peak memory: {took['mib']:.0f} MiB; of that since the first tenth of the"
        f" events: {took['grown']:.0f} MiB"
    )


def _child(what: str) -> bytes:
    command = [sys.executable, "-m", "benchmarks.stream", what]
    return subprocess.run(command, capture_output=True, check=True).stdout


def did(number: int) -> str:
    """As long as real ones."""
    digest = hashlib.blake2b(str(number).encode(), digest_size=15).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()


def _events() -> Iterator[tuple[bytes, bytes]]:
    """What comes before and after the time of each event; drawn from a fixed pool."""
    rng = random.Random(0)
    pool = [_event(rng) for _ in range(5_000)]
    for _ in range(EVENTS):
        yield pool[rng.randrange(len(pool))]


def _event(rng: random.Random) -> tuple[bytes, bytes]:
    who = did(ACCOUNTS + rng.randrange(1_000_000))
    said: dict[str, Any] = {"did": who, "time_us": 0, "kind": "commit"}
    chance = rng.random()
    if chance < 0.01:
        said["kind"] = "identity" if chance < 0.005 else "account"
        said[said["kind"]] = {"active": True, "did": who, "seq": 1}
    else:
        said["commit"] = _commit(rng, deletes=chance < 0.08)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    before, after = text.split('"time_us":0')
    return f'{before}"time_us":'.encode(), after.encode()


def _commit(rng: random.Random, *, deletes: bool) -> dict[str, Any]:
    commit: dict[str, Any] = {"rev": "3mptbypluud2a"}
    commit |= {"operation": "delete" if deletes else "create"}
    commit |= {"collection": "app.bsky.feed.post", "rkey": f"3mp{rng.getrandbits(50)}"}
    if not deletes:
        commit |= {"record": _record(rng), "cid": "bafyrei" + "a" * 52}
    return commit


def _record(rng: random.Random) -> dict[str, Any]:
    """A post of some hundred letters; half of them answer, few to those watched."""
    text = "".join(rng.choices("abcdefghijklmnop   äöü言葉", k=rng.randint(5, 290)))
    record: dict[str, Any] = {"$type": "app.bsky.feed.post", "langs": ["en"]}
    record |= {"createdAt": "2026-09-21T14:38:06.240Z", "text": text}
    if rng.random() < 0.5:
        record["reply"] = {"parent": _post(rng), "root": _post(rng)}
    if rng.random() < 0.15:
        record["facets"] = [
            {
                "index": {"byteStart": 0, "byteEnd": 9},
                "features": [
                    {"$type": "app.bsky.richtext.facet#mention", "did": _someone(rng)}
                ],
            }
        ]
    if rng.random() < 0.3:
        uri = "https://example.org/" + "x" * rng.randint(10, 80)
        external = {"uri": uri, "title": text[:60], "description": text}
        record["embed"] = {"$type": "app.bsky.embed.external", "external": external}
    return record


def _post(rng: random.Random) -> dict[str, str]:
    uri = f"at://{_someone(rng)}/app.bsky.feed.post/3mp{rng.getrandbits(50)}"
    return {"uri": uri, "cid": "bafyrei" + "b" * 52}


def _someone(rng: random.Random) -> str:
    """In a hundred mentions and answers, one to a brand."""
    if rng.random() < 0.01:
        return did(rng.randrange(ACCOUNTS))
    return did(ACCOUNTS + rng.randrange(1_000_000))


# -- the server: frames are written in large pieces, so that it is never the slower one


def _serve() -> None:
    pieces = list(_pieces())
    with socket.create_server(("127.0.0.1", 0)) as door:
        sys.stdout.write(f"{door.getsockname()[1]} {sum(map(len, pieces))}\n")
        sys.stdout.flush()
        while True:
            client, _ = door.accept()
            with closing(client):
                _greet(client)
                with suppress(OSError):
                    for piece in pieces:
                        client.sendall(piece)
                        _answer_pings(client)
                    client.recv(1_000)  # until it leaves


def _answer_pings(client: socket.socket) -> None:
    """A client that hears nothing for long hangs up. Its pings are short and masked."""
    if not select.select([client], [], [], 0)[0]:
        return
    said = client.recv(1_000)
    while len(said) >= 6 and said[0] == 0x89:
        length, mask = said[1] & 0x7F, said[2:6]
        body = bytes(b ^ mask[n % 4] for n, b in enumerate(said[6 : 6 + length]))
        client.sendall(bytes((0x8A, length)) + body)
        said = said[6 + length :]


def _pieces() -> Iterator[bytes]:
    step = 1_000_000 // A_SECOND
    piece = bytearray()
    for number, (before, after) in enumerate(_events()):
        body = before + str(START_US + number * step).encode() + after
        piece += _head(len(body)) + body
        if len(piece) > 1_000_000:
            yield bytes(piece)
            piece.clear()
    end = f'{{"time_us":{START_US + EVENTS * step},"kind":"end"}}'.encode()
    yield bytes(piece) + _head(len(end)) + end


def _head(length: int) -> bytes:
    if length < 126:
        return bytes((0x81, length))
    return b"\x81\x7e" + length.to_bytes(2, "big")


def _greet(client: socket.socket) -> None:
    asked = client.recv(10_000).decode()
    (key,) = [
        line.partition(":")[2].strip()
        for line in asked.splitlines()
        if line.lower().startswith("sec-websocket-key:")
    ]
    accept = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()
    client.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept.encode() + b"\r\n\r\n"
    )


# -- what is measured, in a process of its own


@contextmanager
def _server() -> Iterator[tuple[str, float]]:
    command = [sys.executable, "-m", "benchmarks.stream", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port, size = server.stdout.readline().split()
        try:
            yield f"ws://127.0.0.1:{port}/subscribe", int(size) / EVENTS
        finally:
            server.kill()


def _measure() -> dict[str, float]:
    with _server() as (url, size):
        start = time.perf_counter()
        _receive(url)
        floor = time.perf_counter() - start
        start = time.perf_counter()
        kept, early = _drain(url)
        took = time.perf_counter() - start
    peak = _memory("VmHWM")
    return {
        "bytes": size,
        "floor": floor,
        "drain": took,
        "kept": kept,
        "mib": peak,
        "grown": peak - early,
    }


def _receive(url: str) -> None:
    from websockets.sync.client import connect

    with connect(url, max_size=None, compression=None) as stream:
        for _ in range(EVENTS + 1):
            stream.recv()


def _drain(url: str) -> tuple[int, float]:
    """Events kept, and the memory taken after the first tenth."""
    from collectors.base import Watched
    from collectors.channels.bluesky.reading import Watch
    from collectors.channels.bluesky.stream import Drain
    from collectors.http import Http

    watch = Watch(
        {did(n): Watched(f"{n}.test", did(n), str(n)) for n in range(ACCOUNTS)}
    )
    early: list[float] = []
    with Http() as http:
        drain = Drain(
            url=url,
            http=http,
            since_us=START_US - 1,
            start_us=START_US + SECONDS * 1_000_000,
            wanted=watch.wants,
            skim=watch.skim,
            stopped=lambda: _noted(drain, early),
        )
        drained = drain.run()
    assert drained.problem == "", drained.problem
    assert drained.read == EVENTS + 1, drained.read
    return len(drained.events), early[0]


def _noted(drain: Any, early: list[float]) -> bool:
    if not early and drain.out.read >= EVENTS // 10:
        early.append(_memory("VmRSS"))
    return False


def _memory(name: str) -> float:
    """MiB of this program, whatever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve()
    else:
        sys.stdout.write(json.dumps(_measure()))
