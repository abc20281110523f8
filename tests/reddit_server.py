"""A small Reddit for tests: tokens, lists of posts and comments in pages of a hundred,
search, and things by their names."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collectors.http import Http, Manners
from local_server import Handler, Server, running
from stages import Stage

ID, SECRET = "app-id", "app-secret-of-the-stage"


class Reddit:
    """What it holds is in ``posts`` and ``comments``, by id."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.posts: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.keys: set[str | None] = set()
        self._next = 1_000
        self._http = Http()
        answers = self.server.answers
        answers["/api/v1/access_token"] = self._token
        answers["/api/info"] = self.answer(self._info)
        answers["/search"] = self.answer(self._search)

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0, errors=2), sleep=lambda _: None)
        return self._http

    def close(self) -> None:
        self._http.close()

    def place(self, account: str, **changes: Any) -> None:
        """A subreddit ``r/NAME`` or a user ``u/NAME``, with its lists."""
        path = account if account.startswith("r/") else f"user/{account[2:]}"
        name = account[2:]
        said = {"id": f"id-{name}", "name": name, **changes}
        answers = self.server.answers
        answers[f"/{path}/about"] = self.answer(lambda _: {"data": said})
        if account.startswith("r/"):
            answers[f"/{path}/new"] = self._listing(self.posts, subreddit=name)
        mine = {"subreddit": name} if account.startswith("r/") else {"author": name}
        answers[f"/{path}/comments"] = self._listing(self.comments, **mine)

    def post(self, at: int, who: str, title: str = "Help", **changes: Any) -> str:
        """Its id. It stands in r/acme."""
        number = self._number()
        self.posts[number] = {
            "id": number,
            "name": f"t3_{number}",
            "author": who,
            "created_utc": float(at) + 0.5,
            "title": title,
            "selftext": "",
            "subreddit": "acme",
            **changes,
        }
        return number

    def comment(
        self, post: str, at: int, who: str, below: str = "", **changes: Any
    ) -> str:
        """Its id. ``below``: the comment it replies to; "": the post."""
        number = self._number()
        self.comments[number] = {
            "id": number,
            "name": f"t1_{number}",
            "author": who,
            "created_utc": float(at),
            "body": "Please try again.",
            "link_id": f"t3_{post}",
            "parent_id": f"t1_{below}" if below else f"t3_{post}",
            "is_submitter": self.posts[post]["author"] == who,
            "subreddit": "acme",
            **changes,
        }
        return number

    def _number(self) -> str:
        self._next += 1
        return str(self._next)

    def _listing(self, things: dict[str, dict[str, Any]], **mine: str) -> Any:
        def page(query: dict[str, str]) -> dict[str, Any]:
            found = [
                each
                for each in things.values()
                if all(str(each[n]).lower() == v.lower() for n, v in mine.items())
            ]
            return listed(found, query)

        return self.answer(page)

    def _search(self, query: dict[str, str]) -> dict[str, Any]:
        """Like the real one: whatever resembles it."""
        word = query["q"].strip('"').removeprefix("u/").lower()
        found = [
            each
            for each in self.posts.values()
            if word in f"{each['title']} {each['selftext']}".lower()
        ]
        return listed(found, query)

    def _info(self, query: dict[str, str]) -> dict[str, Any]:
        names = query["id"].split(",")
        assert len(names) <= 100
        everything = [*self.posts.values(), *self.comments.values()]
        return listed([t for t in everything if t["name"] in names], {"limit": "100"})

    def _token(self, h: Handler) -> None:
        basic = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
        if h.headers["Authorization"] != f"Basic {basic}":
            return h.give(401, b'{"message": "Unauthorized", "error": 401}')
        assert h.form == "grant_type=client_credentials"
        return h.give(200, b'{"access_token": "token-of-an-hour"}')

    def answer(self, make: Callable[[dict[str, str]], dict[str, Any]]) -> Any:
        def answer(h: Handler) -> None:
            self.keys.add(h.headers["Authorization"])
            self.asked.append(h.path)
            query = parse_qs(urlsplit(h.path).query)
            made = make({name: each[0] for name, each in query.items()})
            h.give(200, json.dumps(made).encode())

        return answer


def listed(things: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    """One page of a list, the newest first, pinned ones above all others."""
    things.sort(key=lambda each: (not each.get("stickied"), -each["created_utc"]))
    names = [each["name"] for each in things]
    start = names.index(query["after"]) + 1 if "after" in query else 0
    page = things[start : start + int(query["limit"])]
    more = start + len(page) < len(things)
    children = [{"kind": each["name"][:2], "data": each} for each in page]
    after = page[-1]["name"] if more else None
    return {"kind": "Listing", "data": {"children": children, "after": after}}


@contextmanager
def reddit() -> Iterator[Reddit]:
    with running() as server:
        yield (made := Reddit(server))
        made.close()


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Reddit(server)
    made.place("r/acme")
    made.place("u/acme_help")
    post = made.post(now - 7_200, "asks_a_lot", title="u/acme_help it is broken")
    below = made.comment(post, now - 3_600, "asks_a_lot")
    made.comment(post, now - 1_800, "acme_help", below=below)

    def endless() -> None:
        """A hundred posts more for every page that is asked for."""

        def page(_: dict[str, str]) -> dict[str, Any]:
            new = [made.post(now - 60, f"asks_{n}") for n in range(100)]
            said = listed([made.posts[n] for n in new], {"limit": "100"})
            said["data"]["after"] = "t3_again"
            return said

        server.answers["/r/acme/new"] = made.answer(page)

    yield Stage(
        accounts=("r/acme", "u/acme_help"),
        settings={
            "reddit_on": True,
            "reddit_api": server.url,
            "reddit_login": server.url,
            "reddit_id": ID,
            "reddit_secret": SECRET,
        },
        endless=endless,
    )
    made.close()
