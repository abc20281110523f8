"""A small Mastodon server for tests: accounts, statuses and threads as the real one
shows them, with its pages, its Link headers and its limits for whoever has no token."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zlib import crc32

from pydantic import SecretStr

from collectors.base import Watched
from collectors.http import Http, Manners
from collectors.looking import Task
from local_server import Answer, Handler, Server, running
from stages import Stage

NAME = "shop.example"
BRAND = f"acme@{NAME}"
TOKEN = "the-token-of-the-brand"
DAY = 86_400
ANCESTORS, DESCENDANTS, DEPTH = 40, 60, 20


def moment(second: float) -> str:
    at = datetime.fromtimestamp(second, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Mastodon:
    """What it holds is made by ``person`` and ``says``; ``tokens`` opens more."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.asked: list[str] = []
        self.keys: set[str | None] = set()
        self.tags = True  # it says by what its answers may be recognised
        self.unchanged: list[str] = []  # paths of which nothing was new
        self.accounts: dict[str, dict[str, Any]] = {}  # by name: user or user@server
        self.statuses: dict[str, dict[str, Any]] = {}  # by number
        self.tokens: dict[str, str] = {TOKEN: "acme"}
        self.featured: list[str] = []
        self.left = 300
        self.page = 40
        self.links = True
        self.batches = True  # knows statuses?id[]=, as from 4.3 on
        self._http = Http()
        server.answers = Routes(self, server.answers)
        self.person("acme")

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0), sleep=lambda _: None)
        return self._http

    def person(self, name: str, **changes: Any) -> dict[str, Any]:
        user, _, domain = name.partition("@")
        host = f"https://{domain or NAME}"
        return self.accounts.setdefault(
            name,
            {
                "id": str(1_000 + len(self.accounts)),
                "username": user,
                "acct": name,
                "url": f"{host}/@{user}",
                "bot": False,
                **changes,
            },
        )

    def says(
        self,
        name: str,
        at: float,
        text: str = "Hello",
        to: str | None = None,
        **more: Any,
    ) -> str:
        """The number of a new status. ``to``: what it answers; ``names``: whom it
        mentions beside those whom a program carries over (``carried``: it does)."""
        account = self.person(name)
        number = str((int(at * 1_000) << 16) + len(self.statuses))
        parent = self.statuses.get(to or "")
        named = dict.fromkeys(more.pop("names", ()))
        if parent and more.pop("carried", True):
            before = [
                parent["account"]["acct"],
                *(m["acct"] for m in parent["mentions"]),
            ]
            named |= dict.fromkeys(each for each in before if each != name)
        mentions = [self.person(each) for each in named]
        self.statuses[number] = {
            "id": number,
            "created_at": moment(at),
            "in_reply_to_id": to,
            "in_reply_to_account_id": parent and parent["account"]["id"],
            "visibility": "public",
            "language": "en",
            "uri": f"{account['url'].replace('@', 'users/')}/statuses/{number}",
            "url": f"{account['url']}/{number}",
            "replies_count": 0,
            "edited_at": None,
            "spoiler_text": "",
            "content": "<p>"
            + "".join(
                f'<span class="h-card"><a href="{m["url"]}" class="u-url mention">@'
                f"<span>{m['username']}</span></a></span> "
                for m in mentions
            )
            + f"{text}</p>",
            "reblog": None,
            "account": account,
            "mentions": [
                {name: m[name] for name in ("id", "username", "url", "acct")}
                for m in mentions
            ],
            "tags": [{"name": tag} for tag in more.pop("tags", ())],
            **more,
        }
        if parent and self.statuses[number]["visibility"] in ("public", "unlisted"):
            parent["replies_count"] += 1
        return number

    def deletes(self, number: str) -> None:
        """What answered it answers nothing any more, as on the real one."""
        gone = self.statuses.pop(number)
        parent = self.statuses.get(gone["in_reply_to_id"] or "")
        if parent:
            parent["replies_count"] -= 1
        for each in self.statuses.values():
            if each["in_reply_to_id"] == number:
                each["in_reply_to_id"] = None

    def below(self, number: str) -> list[str]:
        return sorted(
            n for n, s in self.statuses.items() if s["in_reply_to_id"] == number
        )

    def context(self, number: str, member: bool) -> dict[str, Any]:
        """What is shown of a thread: cut first, then without what is private."""
        above: list[str] = []
        at = self.statuses[number]["in_reply_to_id"]
        while at in self.statuses:
            above.insert(0, at)
            at = self.statuses[at]["in_reply_to_id"]
        found: list[str] = []

        def walk(each: str, depth: int) -> None:
            if member or depth < DEPTH:
                for child in self.below(each):
                    found.append(child)
                    walk(child, depth + 1)

        walk(number, 0)
        if not member:
            above, found = above[-ANCESTORS:], found[:DESCENDANTS]
        shown = {"ancestors": above, "descendants": found}
        return {
            name: [self.statuses[n] for n in numbers if self.is_shown(n)]
            for name, numbers in shown.items()
        }

    def is_shown(self, number: str) -> bool:
        return self.statuses[number]["visibility"] in ("public", "unlisted")

    def listed(self, h: Handler, items: list[dict[str, Any]]) -> None:
        """One page of a list, newest first, and where it goes on."""
        parts = urlsplit(h.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        size = min(self.page, int(query.get("limit", "20")))
        items = sorted(items, key=lambda each: int(each["id"]), reverse=True)
        if "max_id" in query:
            items = [each for each in items if int(each["id"]) < int(query["max_id"])]
        link = {}
        if self.links and items:
            query["max_id"] = items[:size][-1]["id"]
            address = f"{self.url}{parts.path}?{urlencode(query)}"
            prev = f'<{self.url}{parts.path}?min_id={items[0]["id"]}>; rel="prev"'
            next_ = f'<{address}>; rel="next", ' if len(items) > size else ""
            link = {"Link": next_ + prev}
        self.give(h, items[:size], **link)

    def give(self, h: Handler, said: Any, status: int = 200, **headers: str) -> None:
        self.left -= 1
        body = json.dumps(said).encode()
        tag = f'W/"{crc32(body)}"'
        if self.tags:
            headers["ETag"] = tag
        if status == 200 and h.headers["If-None-Match"] == tag:
            self.unchanged.append(urlsplit(h.path).path)
            status, body = 304, b""
        h.give(
            status,
            body,
            Content_Type="application/json; charset=utf-8",
            X_RateLimit_Limit="300",
            X_RateLimit_Remaining=str(self.left),
            X_RateLimit_Reset=moment(datetime.now(UTC).timestamp() + 120),
            **headers,
        )

    def no(self, h: Handler, status: int = 404, why: str = "Record not found") -> None:
        self.give(h, {"error": why}, status)


class Routes(dict[str, Answer]):
    """Answers of a server by the form of the path; those put in by a test first."""

    def __init__(self, made: Mastodon, own: dict[str, Answer]) -> None:
        super().__init__(own)
        self.made = made

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path) or (lambda h: self._route(h, path))

    def _route(self, h: Handler, path: str) -> None:
        made = self.made
        made.asked.append(h.path)
        made.keys.add(h.headers["Authorization"])
        query = parse_qs(urlsplit(h.path).query)
        token = (h.headers["Authorization"] or "").removeprefix("Bearer ")
        if token and token not in made.tokens:
            made.no(h, 401, "The access token is invalid")
            return
        kind, *rest = path.removeprefix("/api/v1/").split("/")
        match kind:
            case "accounts":
                self._accounts(h, rest, query, token)
            case "statuses":
                self._statuses(h, rest, query, bool(token))
            case "notifications" if token:
                made.listed(h, list(self._notified(made.tokens[token])))
            case "timelines":
                made.listed(h, [s for s in self._public() if rest[-1] in tags(s)])
            case _:
                made.no(h)

    def _accounts(
        self, h: Handler, rest: list[str], query: dict[str, list[str]], token: str
    ) -> None:
        made = self.made
        match rest:
            case ["lookup"]:
                name = query["acct"][0].removesuffix(f"@{NAME}")
                self._give(h, made.accounts.get(name))
            case ["verify_credentials"]:
                self._give(h, made.accounts[made.tokens[token]])
            case [number]:
                found = [a for a in made.accounts.values() if a["id"] == number]
                self._give(h, found[0] if found else None)
            case [number, "statuses"]:
                mine = token and made.accounts[made.tokens[token]]["id"] == number
                made.listed(h, list(self._of(number, bool(mine))))
            case _:
                made.give(h, [{"id": "1", "name": each} for each in made.featured])

    def _statuses(
        self, h: Handler, rest: list[str], query: dict[str, list[str]], member: bool
    ) -> None:
        made = self.made
        match rest:
            case [] if made.batches:
                made.give(h, [s for s in self._public() if s["id"] in query["id[]"]])
            case [number] if number in made.statuses:
                self._give(h, made.statuses[number])
            case [number, "context"] if number in made.statuses:
                made.give(h, made.context(number, member))
            case _:
                made.no(h)

    def _give(self, h: Handler, found: Any) -> None:
        if found is None:
            self.made.no(h)
        else:
            self.made.give(h, found)

    def _public(self) -> list[dict[str, Any]]:
        return [s for n, s in self.made.statuses.items() if self.made.is_shown(n)]

    def _of(self, number: str, mine: bool) -> Iterator[dict[str, Any]]:
        """What an account said; to itself also what is not public."""
        said = self.made.statuses.values() if mine else self._public()
        return (s for s in said if s["account"]["id"] == number)

    def _notified(self, name: str) -> Iterator[dict[str, Any]]:
        for status in self.made.statuses.values():
            if name in [each["acct"] for each in status["mentions"]]:
                yield {
                    "id": status["id"],
                    "type": "mention",
                    "created_at": status["created_at"],
                    "account": status["account"],
                    "status": status,
                }


def tags(status: dict[str, Any]) -> list[str]:
    return [each["name"] for each in status["tags"]]


@contextmanager
def mastodon() -> Iterator[Mastodon]:
    with running() as server:
        made = Mastodon(server)
        yield made
        made.client().close()


def task_of(made: Mastodon, now: int, **more: Any) -> Task:
    """A look's task, at a server that is only said to be called shop.example."""
    token = more.pop("token", "")
    given = {
        "accounts": [
            Watched(each, "", "acme") for each in more.pop("accounts", [BRAND])
        ],
        "http": made.client(),
        "secret": b"a secret of sixteen",
        "started_us": now * 1_000_000,
        "cursors": {},
        "options": {
            "token": SecretStr(f"{BRAND}={token}" if token else ""),
            "instances": f"{NAME}={made.url}",
            "first_days": 7,
        },
        "known": lambda asked: {},
        "horizon": 3 * DAY,
    }
    return Task(**{**given, **more})


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Mastodon(server)
    made.left = 1_000_000
    made.featured = ["acmehelp"]
    top = made.says("acme", now - DAY)
    question = made.says("eve@people.example", now - DAY + 60, "Why?", to=top)
    made.says("acme", now - DAY + 600, "Because.", to=question)
    made.says("bob@people.example", now - 3_600, "No signal?", names=["acme"])

    def endless() -> None:
        """Forty statuses more for every page that is asked for."""

        def more(h: Handler) -> None:
            new = [made.says("acme", now - 9 - at) for at in range(40)]
            link = f'<{server.url}{h.path}>; rel="next"'
            made.give(h, [made.statuses[each] for each in new], Link=link)

        number = made.accounts["acme"]["id"]
        server.answers[f"/api/v1/accounts/{number}/statuses"] = more

    yield Stage(
        accounts=(BRAND,),
        settings={
            "mastodon_instances": f"{NAME}={server.url}",
            "mastodon_token": f"{BRAND}={TOKEN}",
            "private_hosts": server.url.removeprefix("http://"),
        },
        endless=endless,
    )
    made.client().close()
