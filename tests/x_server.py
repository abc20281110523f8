"""A small X for tests: recent search with the operators we use, lookup by id and by
name, paged and counted as the real one does, and a bill of what it would have charged.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collectors.channels.x.posts import EPOCH_MS
from collectors.http import Http, Manners
from local_server import Handler, Server, running
from stages import Stage

LONGEST = 512


def post_id(second: int, number: int) -> str:
    """As X numbers posts: by the millisecond, then one after the other."""
    return str(((second * 1_000 - EPOCH_MS) << 22) + number)


def moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class X:
    """What it holds is in ``posts`` and ``users``; ``bill`` counts what it gave."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.posts: dict[str, dict[str, Any]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.bill: Counter[str] = Counter()
        self.questions: list[str] = []
        self.keys: set[str | None] = set()
        self.left: int | None = None
        self.instead: list[Callable[[Handler], None]] = []
        self._next = 1
        self._http = Http()
        answers = self.server.answers
        answers["/2/tweets/search/recent"] = self._answer(self._search)
        answers["/2/tweets"] = self._answer(self._lookup)

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0, errors=2), sleep=lambda _: None)
        return self._http

    def close(self) -> None:
        self._http.close()

    def user(self, name: str, number: str, **changes: Any) -> None:
        said = {"id": number, "username": name, "name": name, "protected": False}
        self.users[name.lower()] = {**said, **changes}
        path = f"/2/users/by/username/{name}"
        self.server.answers[path] = self._answer(lambda _: self._user(name))

    def post(self, at: int, who: str, text: str, **changes: Any) -> str:
        """Its id. ``to``: the id of the post it replies to."""
        self._next += 1
        number = post_id(at, self._next)
        said: dict[str, Any] = {
            "id": number,
            "author_id": who,
            "conversation_id": number,
            "created_at": moment(at),
            "text": text,
            "lang": "en",
            "edit_history_tweet_ids": [number],
        }
        if to := changes.pop("to", None):
            said["conversation_id"] = self.posts[to]["conversation_id"]
            said["in_reply_to_user_id"] = self.posts[to]["author_id"]
            said["referenced_tweets"] = [{"type": "replied_to", "id": to}]
        self.posts[number] = {**said, **changes}
        return number

    def _user(self, name: str) -> dict[str, Any]:
        found = self.users.get(name.lower())
        if found is None:
            return {"errors": [{"value": name, "title": "Not Found Error"}]}
        self.bill["users"] += 1
        return {"data": found}

    def _lookup(self, query: dict[str, str]) -> dict[str, Any]:
        asked = query["ids"].split(",")
        assert len(asked) <= 100
        there = [self.posts[each] for each in asked if each in self.posts]
        self.bill["posts"] += len(there)
        errors = [
            {
                "value": each,
                "detail": f"Could not find tweet with ids: [{each}].",
                "title": "Not Found Error",
                "resource_type": "tweet",
                "parameter": "ids",
                "resource_id": each,
                "type": "https://api.twitter.com/2/problems/resource-not-found",
            }
            for each in asked
            if each not in self.posts
        ]
        said: dict[str, Any] = {"data": there} if there else {}
        return said | ({"errors": errors} if errors else {})

    def _search(self, query: dict[str, str]) -> dict[str, Any]:
        question, most = query["query"], int(query["max_results"])
        assert len(question) <= LONGEST, question
        assert 10 <= most <= 100
        self.questions.append(question)
        found = [
            post
            for post in self.posts.values()
            if query["start_time"] <= post["created_at"][:19] + "Z" < query["end_time"]
            and self._matches(question, post)
        ]
        found.sort(key=lambda post: -int(post["id"]))
        start = int(query.get("next_token", "0"))
        page = found[start : start + most]
        self.bill["posts"] += len(page)
        meta: dict[str, Any] = {"result_count": len(page)}
        if start + most < len(found):
            meta["next_token"] = str(start + most)
        return {"data": page, "meta": meta} if page else {"meta": meta}

    def _matches(self, question: str, post: dict[str, Any]) -> bool:
        """The question as Python: brackets and OR mean the same, a space is an and."""
        words = re.findall(r"[()]|OR|[^\s()]+", question)
        said: list[str] = []
        for word in words:
            if said and word not in {")", "OR"} and said[-1] not in {"(", "or"}:
                said.append("and")
            if word in {"(", ")"}:
                said.append(word)
            elif word == "OR":
                said.append("or")
            else:
                said.append(str(self._one(word, post)))
        return bool(eval(" ".join(said)))  # our own question, in a test

    def _one(self, word: str, post: dict[str, Any]) -> bool:
        if word.startswith("-"):
            return not self._one(word[1:], post)
        name, _, value = word.partition(":")
        if word.startswith("@"):
            return word.lower() in re.findall(r"@\w+", post["text"].lower())
        if word == "is:reply":
            return "in_reply_to_user_id" in post
        if word == "is:retweet":
            kinds = [each["type"] for each in post.get("referenced_tweets", [])]
            return "retweeted" in kinds
        fields = {
            "to": "in_reply_to_user_id",
            "from": "author_id",
            "conversation_id": "conversation_id",
        }
        return bool(post.get(fields[name]) == value)

    def _answer(self, make: Callable[[dict[str, str]], dict[str, Any]]) -> Any:
        def answer(h: Handler) -> None:
            self.keys.add(h.headers["Authorization"])
            if self.instead:
                return self.instead.pop(0)(h)
            query = parse_qs(urlsplit(h.path).query)
            body = json.dumps(make({name: each[0] for name, each in query.items()}))
            left = {} if self.left is None else {"x_rate_limit_remaining": self.left}
            h.give(200, body.encode(), **{n: str(v) for n, v in left.items()})
            return None

        return answer


@contextmanager
def x() -> Iterator[X]:
    with running() as server:
        made = X(server)
        yield made
        made.close()


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = X(server)
    made.user("acme", "1")
    # Something in every quarter of an hour: whichever is listened to has some.
    for at in range(now - 2 * 86_400, now - 600, 300):
        first = made.post(at, f"9{at}", "@acme it is broken")
        later = made.post(at + 60, "8", "for me, too @acme", to=first)
        made.post(at + 120, "1", "@8 Please send us a message.", to=later)

    def endless() -> None:
        """A hundred posts more for every page that is asked for."""

        def page(query: dict[str, str]) -> dict[str, Any]:
            said = made._search(query)
            at = int(datetime.fromisoformat(query["start_time"]).timestamp())
            many = [made.post(at + 1, f"{n}", "@acme help") for n in range(50, 60)]
            meta = {"result_count": len(many), "next_token": "again"}
            return {**said, "data": [made.posts[n] for n in many], "meta": meta}

        server.answers["/2/tweets/search/recent"] = made._answer(page)

    yield Stage(
        accounts=("acme",),
        settings={
            "x_api": server.url,
            "x_token": "bearer-of-the-stage",
            "x_budget_usd": 100,
        },
        endless=endless,
    )
    made.close()
