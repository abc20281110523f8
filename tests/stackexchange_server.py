"""A small Stack Exchange for tests: questions by tag, what users wrote, in its wrapper,
packed as the real one packs everything."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from collectors.base import Watched
from collectors.http import Http, Manners
from collectors.looking import Task
from local_server import Answer, Handler, Server, running
from model.entries import StaffEntry
from stages import Stage

TAG = "stackoverflow|acme-api"
STAFF = ("105", "22656")
DAY = 86_400


class Exchange:
    """What it holds is made by ``question``, ``answer`` and ``comment``."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = f"{server.url}/2.3"
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.questions: dict[int, dict[str, Any]] = {}
        self.said: dict[str, list[dict[str, Any]]] = {"answers": [], "comments": []}
        self.tags = ["acme-api"]
        self.left = 10_000
        self.extra: dict[str, Any] = {}  # of every wrapper
        self._next = 100
        self._http = Http()
        server.answers = Routes(self, server.answers)

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self.slept: list[float] = []
        self._http = Http(manners=Manners(pause=0), sleep=self.slept.append)
        return self._http

    def number(self) -> int:
        self._next += 1
        return self._next

    def question(self, at: int, who: int | None = 7, tag: str = "acme-api") -> int:
        number = self.number()
        self.questions[number] = {
            "question_id": number,
            "creation_date": at,
            "title": "It does not work for Jo Doe",
            "link": f"https://stackoverflow.com/questions/{number}/it-does-not-work",
            "owner": {"display_name": "Jo", **({"user_id": who} if who else {})},
            "tags": [tag],
        }
        return number

    def answer(self, number: int, at: int, who: int = 105) -> int:
        return self._says("answers", at, who, question_id=number)

    def comment(
        self, number: int, at: int, who: int = 105, on: str = "question"
    ) -> int:
        return self._says("comments", at, who, post_id=number, post_type=on)

    def _says(self, what: str, at: int, who: int, **more: Any) -> int:
        number = self.number()
        said = {"creation_date": at, "owner": {"user_id": who}, **more}
        self.said[what].append(
            {**said, f"{what[:-1]}_id": number, "body": "<p>Try <b>this</b>.</p>"}
        )
        return number

    def give(self, h: Handler, items: list[dict[str, Any]], more: bool = False) -> None:
        self.left -= 1
        wrapped = {
            "items": items,
            "has_more": more,
            "quota_max": 10_000,
            "quota_remaining": self.left,
            **self.extra,
        }
        h.give(
            200,
            gzip.compress(json.dumps(wrapped).encode()),
            Content_Type="application/json; charset=utf-8",
            Content_Encoding="gzip",
        )

    def no(self, h: Handler, status: int, name: str, why: str) -> None:
        said = {"error_id": status, "error_name": name, "error_message": why}
        h.give(400, json.dumps(said).encode(), Content_Type="application/json")


class Routes(dict[str, Answer]):
    """Answers of the interface by the form of the path; those of a test first."""

    def __init__(self, made: Exchange, own: dict[str, Answer]) -> None:
        super().__init__(own)
        self.made = made

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path) or (lambda h: self._route(h, path))

    def _route(self, h: Handler, path: str) -> None:
        made = self.made
        asked = parse_qs(urlsplit(h.path).query)
        query = {name: values[0] for name, values in asked.items()}
        made.asked.append((path, query))
        if query["site"] not in ("stackoverflow", "stackoverflow.com"):
            made.no(h, 400, "bad_parameter", "No site found for name")
            return
        match path.removeprefix("/2.3/").split("/"):
            case ["questions"]:
                tagged = [
                    each
                    for each in made.questions.values()
                    if query["tagged"] in each["tags"]
                ]
                self._listed(h, tagged, query)
            case ["questions", numbers]:
                there = [made.questions.get(int(n)) for n in numbers.split(";")]
                made.give(h, [each for each in there if each])
            case ["users", users, what]:
                said = [
                    each
                    for each in made.said[what]
                    if str(each["owner"]["user_id"]) in users.split(";")
                ]
                self._listed(h, said, query)
            case ["tags", tag, "info"]:
                found = [n for n in made.tags if n.lower() == unquote(tag).lower()]
                made.give(h, [{"name": each} for each in found])
            case _:
                h.give(404)

    def _listed(
        self, h: Handler, items: list[dict[str, Any]], query: dict[str, str]
    ) -> None:
        assert (query["sort"], query["order"]) == ("creation", "asc")
        since, size = int(query["fromdate"]), int(query["pagesize"])
        new = [each for each in items if each["creation_date"] >= since]
        new.sort(key=lambda each: int(each["creation_date"]))
        self.made.give(h, new[:size], len(new) > size)


@contextmanager
def exchange() -> Iterator[Exchange]:
    with running() as server:
        made = Exchange(server)
        yield made
        made.client().close()


def task_of(made: Exchange, now: int, **more: Any) -> Task:
    """A look's task."""
    key = more.pop("key", "")
    days = more.pop("first_days", 14)
    given = {
        "accounts": [Watched(TAG, "", "acme", None, STAFF)],
        "http": made.client(),
        "secret": b"a secret of sixteen",
        "started_us": now * 1_000_000,
        "cursors": {},
        "options": {"api": made.url, "key": SecretStr(key), "first_days": days},
        "known": lambda asked: {},
        "horizon": 7 * DAY,
    }
    return Task(**{**given, **more})


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Exchange(server)
    made.left = 1_000_000
    number = made.question(now - DAY)
    made.answer(number, now - 3_600)
    made.comment(number, now - 1_800)

    def endless() -> None:
        """A hundred questions more for every page that is asked for."""

        def more(h: Handler) -> None:
            since = int(parse_qs(urlsplit(h.path).query)["fromdate"][0])
            new = [made.question(since + at) for at in range(100)]
            made.give(h, [made.questions[each] for each in new], True)

        server.answers["/2.3/questions"] = more

    yield Stage(
        accounts=(TAG,),
        settings={
            "stackexchange_api": made.url,
            "stackexchange_key": "key-of-the-stage",
        },
        staff=tuple(
            StaffEntry(
                channel="stackexchange",
                account=TAG,
                user=user,
                evidence="https://acme.example/people",
            )
            for user in STAFF
        ),
        endless=endless,
    )
    made.client().close()
