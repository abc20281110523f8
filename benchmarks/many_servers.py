"""Thousands of small servers in one process, for the benchmark of the worker.

GitHub, Trustpilot, Bluesky's stream and AppView, two thousand Discourse forums and four
hundred Mastodon servers, each host at an address of its own on this machine. What they
hold follows from the number of an account and the time, so that nothing has to be kept:
every account is asked something every four hours, and of three questions two are
answered half an hour later. The time is told by whoever measures. Hosts note whether
they are asked two things at once, and how much is asked of them.

    python -m benchmarks.many_servers SECONDS-TO-AN-ANSWER
"""

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.many_people import (
    ANSWER,
    DAY,
    HOURLY,
    answered,
    asked,
    moment,
    questions,
    second,
)
from benchmarks.many_statuses import account, context, lookup, statuses, there

Query = dict[str, list[str]]
Answer = Callable[["Servers", str, Query, re.Match[str]], Any]


class Servers:
    """What all of them know: the time, and what was asked of each host."""

    def __init__(self) -> None:
        self.now = 0
        self.requests: Counter[str] = Counter()  # of each host
        self.since_look = 0
        self.busy: Counter[str] = Counter()
        self.two_at_once = 0
        self.counted = 0  # of GitHub, this hour
        self.unchanged = 0
        self.refused = 0

    def answer(self, host: str, path: str, known: str) -> tuple[int, bytes, str]:
        """Status, body and tag."""
        parts = urlsplit(path)
        for pattern, make in ROUTES:
            if match := pattern.fullmatch(parts.path):
                said = make(self, host, parse_qs(parts.query), match)
                if said is None:
                    break
                body = json.dumps(said).encode()
                tag = f'W/"{crc32(body):08x}"'
                if parts.path.startswith("/repos/"):
                    return self._counted(body, tag, known)
                return 200, body, tag
        return 404, b"{}", ""

    def _counted(self, body: bytes, tag: str, known: str) -> tuple[int, bytes, str]:
        if known == tag:
            self.unchanged += 1
            return 304, b"", tag
        self.counted += 1
        if self.counted > HOURLY:
            self.refused += 1
            return 429, b"{}", ""
        return 200, body, tag

    def control(self, path: str) -> bytes:
        """``look/SECOND`` sets the time and tells the requests since it was last set;
        ``hour`` tells what was asked since it was last told."""
        what, _, at = path.removeprefix("/-/").partition("/")
        if what == "look":
            self.now, asked_ = int(at), self.since_look
            self.since_look = 0
            return json.dumps({"requests": asked_}).encode()
        said = {
            "busiest": max(self.requests.values(), default=0),
            "two_at_once": self.two_at_once,
            "counted": self.counted,
            "unchanged": self.unchanged,
            "refused": self.refused,
        }
        self.requests.clear()
        self.two_at_once = self.counted = self.unchanged = self.refused = 0
        return json.dumps(said).encode()


# -- GitHub


def repository(_: Servers, _host: str, _query: Query, m: re.Match[str]) -> Any:
    return {"id": int(m[1]) + 1, "full_name": f"brand{m[1]}/app", "has_issues": True}


def issues(servers: Servers, _host: str, query: Query, m: re.Match[str]) -> Any:
    account, since = int(m[1]), second(query["since"][0])
    found = []
    for number, at in questions(account, since - ANSWER, servers.now):
        reply = at + ANSWER
        changed = reply if answered(account, number) and reply <= servers.now else at
        if changed >= since:
            found.append(
                {
                    "number": number,
                    "html_url": f"https://github.com/brand{account}/app/{number}",
                    "created_at": moment(at),
                    "updated_at": moment(changed),
                    "author_association": "NONE",
                    "title": "It does not start",
                    "body": "After the last update it does not start any more. " * 8,
                    "labels": [{"name": "bug"}],
                    "user": {"id": number * 7 + 1, "login": f"u{number}"},
                }
            )
    found.sort(key=lambda each: str(each["updated_at"]))
    return found[:100]


def comments(servers: Servers, _host: str, query: Query, m: re.Match[str]) -> Any:
    account, since = int(m[1]), second(query["since"][0])
    return [
        {
            "id": account * 10**7 + number,
            "issue_url": f"https://api.github.com/repos/x/y/issues/{number}",
            "html_url": f"https://github.com/brand{account}/app/{number}#c",
            "created_at": moment(at + ANSWER),
            "updated_at": moment(at + ANSWER),
            "author_association": "MEMBER",
            "body": "Thank you for telling us. Which version do you use? " * 6,
            "user": {"id": 7, "login": "staff"},
        }
        for number, at in questions(account, since - ANSWER, servers.now - ANSWER)
        if answered(account, number)
    ][:100]


# -- Discourse: the host says which forum


def forum(host: str) -> int:
    _, _, high, low = host.partition(":")[0].split(".")
    return int(high) * 250 + int(low) - 1


def basic(_: Servers, _host: str, _query: Query, _m: re.Match[str]) -> Any:
    return {"title": "A forum"}


def latest(servers: Servers, host: str, query: Query, _m: re.Match[str]) -> Any:
    account, page = forum(host), int(query.get("page", ["0"])[0])
    topics = []
    for number, at in questions(account, servers.now - 21 * DAY, servers.now):
        reply = at + ANSWER
        bumped = reply if answered(account, number) and reply <= servers.now else at
        topics.append(
            {
                "id": number + 1,
                "created_at": moment(at),
                "bumped_at": moment(bumped),
                "last_posted_at": moment(bumped),
            }
        )
    topics.sort(key=lambda each: str(each["bumped_at"]), reverse=True)
    return {"topic_list": {"topics": topics[page * 30 : page * 30 + 30]}}


def topic(servers: Servers, host: str, _query: Query, m: re.Match[str]) -> Any:
    account, number = forum(host), int(m[1]) - 1
    at = asked(account, number)
    posts = [_post(number * 2 + 1, 1, f"u{number}", at, staff=False)]
    if answered(account, number) and at + ANSWER <= servers.now:
        posts.append(_post(number * 2 + 2, 2, "staff", at + ANSWER, staff=True))
    stream = [post["id"] for post in posts]
    return {"title": "A question", "post_stream": {"posts": posts, "stream": stream}}


def _post(id_: int, place: int, who: str, at: int, *, staff: bool) -> dict[str, Any]:
    return {
        "id": id_,
        "post_number": place,
        "username": who,
        "created_at": moment(at),
        "post_type": 1,
        "staff": staff,
        "cooked": "<p>How can I <b>export</b> what I have written here?</p>" * 4,
    }


# -- Mastodon: five accounts on each server; the brand posts at noon, people reply to it


def find(_: Servers, _host: str, query: Query, _m: re.Match[str]) -> Any:
    name = query["name"][0]
    number = re.sub(r"\D", "", name)
    return {"id": f"u{number}", "name": {"identifying": name}}


def reviews(servers: Servers, _host: str, query: Query, m: re.Match[str]) -> Any:
    mine, page = int(m[1]), int(query["page"][0])
    found = [
        {
            "id": f"r{mine}-{number}",
            "stars": 1 + number % 5,
            "createdAt": moment(at),
            "consumer": {"id": f"c{number}"},
            "companyReply": {
                "text": "Thank you, please write to our service. ",
                "createdAt": moment(at + ANSWER),
            }
            if answered(mine, number) and at + ANSWER <= servers.now
            else None,
        }
        for number, at in questions(mine, servers.now - 40 * DAY, servers.now)
    ][::-1]
    return {"reviews": found[(page - 1) * 100 : page * 100]}


def deletions(_: Servers, _host: str, _query: Query, _m: re.Match[str]) -> Any:
    return {"reviews": []}


# -- Bluesky


POSTS = "app.bsky.feed.post"
OTHERS = 20  # posts a second that are none of ours, of the forty that people write


def did(number: int, kind: str = "brand") -> str:
    return f"did:plc:{kind}{number}"


def posts(_: Servers, _host: str, query: Query, _m: re.Match[str]) -> Any:
    views = [
        {"uri": uri, "indexedAt": moment(1_600_000_000), "record": {"text": "?"}}
        for uri in query.get("uris", [])
    ]
    return {"posts": views}


def events(accounts: int, since: int, now: int) -> Iterator[str]:
    """What the stream holds from a second on, in the order of time."""
    said: list[tuple[int, str, str, dict[str, Any]]] = []
    for mine in range(accounts):
        for number, at in questions(mine, since - ANSWER, now):
            rkey = f"q{mine}x{number}"
            facet = {
                "index": {"byteStart": 0, "byteEnd": 5},
                "features": [
                    {
                        "$type": "app.bsky.richtext.facet#mention",
                        "did": did(mine),
                    }
                ],
            }
            if at >= since:
                who = did(number * 100_000 + mine, "eve")
                said.append((at, who, rkey, {"facets": [facet]}))
            if answered(mine, number) and since <= at + ANSWER <= now:
                asked_ = did(number * 100_000 + mine, "eve")
                uri = {"uri": f"at://{asked_}/{POSTS}/{rkey}"}
                reply = {"reply": {"parent": uri, "root": uri}}
                said.append((at + ANSWER, did(mine), f"a{rkey}", reply))
    for at in range(since, now):
        for place in range(OTHERS):
            said.append((at, did(at % 977, "other"), f"o{at}x{place}", {}))
    said.sort(key=lambda each: each[0])
    for at, who, rkey, more in said:
        record = {"$type": POSTS, "text": "Why is it late again?", "langs": ["en"]}
        yield _event(at, who, rkey, {**record, **more})
    yield _event(now + 1, did(0, "other"), "end", {"text": ""})


def _event(at: int, who: str, rkey: str, record: dict[str, Any]) -> str:
    commit = {"rev": "3k", "operation": "create", "collection": POSTS, "rkey": rkey}
    said = {"did": who, "time_us": at * 1_000_000, "kind": "commit"}
    return json.dumps({**said, "commit": {**commit, "record": record}})


def nothing(_: Servers, _host: str, _query: Query, _m: re.Match[str]) -> Any:
    return []


ROUTES: list[tuple[re.Pattern[str], Answer]] = [
    (re.compile(path), make)
    for path, make in [
        (r"/repos/brand(\d+)/app", repository),
        (r"/repos/brand(\d+)/app/issues", issues),
        (r"/repos/brand(\d+)/app/issues/comments", comments),
        (r"/site/basic-info\.json", basic),
        (r"/latest\.json", latest),
        (r"/t/(\d+)\.json", topic),
        (r"/api/v1/accounts/lookup", lookup),
        (r"/api/v1/accounts/(\d+)", account),
        (r"/api/v1/accounts/(\d+)/statuses", statuses),
        (r"/api/v1/accounts/\d+/featured_tags", nothing),
        (r"/api/v1/timelines/tag/\w+", nothing),
        (r"/api/v1/statuses/(\d+)/context", context),
        (r"/api/v1/statuses", there),
        (r"/xrpc/app\.bsky\.feed\.getPosts", posts),
        (r"/v1/business-units/find", find),
        (r"/v1/business-units/u(\d+)/reviews", reviews),
        (r"/v1/reviews/deletions", deletions),
    ]
]

NAMES = {200: "OK", 304: "Not Modified", 404: "Not Found", 429: "Too Many Requests"}


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as our client speaks it: GET, one request after the other."""

    def __init__(self, servers: Servers, wait: float) -> None:
        self.servers = servers
        self.wait = wait
        self.said = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.said += data
        while b"\r\n\r\n" in self.said:
            head, _, self.said = self.said.partition(b"\r\n\r\n")
            self._asked(head.decode("latin1"))

    def _asked(self, head: str) -> None:
        first, *rest = head.split("\r\n")
        path = first.split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in rest)
        if path.startswith("/-/"):
            self._send(200, self.servers.control(path), "")
            return
        host, known = headers["host"], headers.get("if-none-match", "")
        self.servers.requests[host] += 1
        self.servers.since_look += 1
        self.servers.busy[host] += 1
        self.servers.two_at_once += self.servers.busy[host] > 1
        # Tags are told in capitals, headers were read in small letters.
        answer = self.servers.answer(host, path, known.replace('w/"', 'W/"'))
        loop = asyncio.get_running_loop()
        loop.call_later(self.wait, self._done, host, answer)

    def _done(self, host: str, answer: tuple[int, bytes, str]) -> None:
        self.servers.busy[host] -= 1
        self._send(*answer)

    def _send(self, status: int, body: bytes, tag: str) -> None:
        head = f"HTTP/1.1 {status} {NAMES[status]}\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: application/json\r\n"
        head += f"ETag: {tag}\r\n\r\n" if tag else "\r\n"
        self.transport.write(head.encode() + body)


async def main(wait: float) -> None:
    servers = Servers()
    loop = asyncio.get_running_loop()
    pages = await loop.create_server(
        lambda: Connection(servers, wait), "0.0.0.0", 0, backlog=1_000
    )

    async def stream(socket: ServerConnection) -> None:
        assert socket.request is not None
        query = parse_qs(urlsplit(socket.request.path).query)
        since = int(query["cursor"][0]) // 1_000_000
        try:
            for event in events(int(query["accounts"][0]), since, servers.now):
                await socket.send(event)
            await socket.wait_closed()
        except ConnectionClosed:
            pass

    async with serve(stream, "127.0.0.1", 0, compression=None) as posts_:
        ports = [each.sockets[0].getsockname()[1] for each in (pages, posts_)]
        sys.stdout.write(f"{ports[0]} {ports[1]}\n")
        sys.stdout.flush()
        await pages.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
