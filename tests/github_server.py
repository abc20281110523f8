"""A small GitHub for tests: repositories, issues and comments, listed as the real one
lists them (by time of change, from a moment on, a hundred at a time)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from collectors.http import Http, Manners
from local_server import Handler, Server, running
from stages import Stage


def moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class GitHub:
    """What it holds is put into ``repositories``, ``issues`` and ``comments``."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.left = 60
        self.unchanged = 0  # answers that said nothing new, and were not counted
        self.asked: list[str] = []
        self.keys: set[str | None] = set()
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self._ids: dict[str, int] = {}
        self._next = 1
        self._http = Http()

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0), sleep=lambda _: None)
        return self._http

    def repository(self, name: str, **changes: Any) -> None:
        self._ids[name] = self._number()
        self.describe(name, **changes)
        for kind in ("issues", "issues/comments"):
            path = f"/repos/{name}/{kind}"
            self._lists[path] = []
            self.server.answers[path] = self._answer(self._listed(path))

    def describe(self, name: str, **changes: Any) -> None:
        """What it says of a repository, from now on."""
        said = {"id": self._ids[name], "full_name": name, "has_issues": True, **changes}
        self.server.answers[f"/repos/{name}"] = self._answer(lambda _: said)

    def nothing(self, status: int) -> Any:
        """An answer of this status that holds nothing."""
        where = {"Location": f"{self.url}/repositories/1"} if status == 301 else {}

        def answer(h: Handler) -> None:
            self.asked.append(urlsplit(h.path).path)
            self.left -= 1
            h.give(status, b"{}", **where, X_RateLimit_Remaining=str(self.left))

        return answer

    def take_away(self, name: str, number: int, status: int) -> None:
        """An issue that no list shows any more; by its number it is answered so."""
        issues = self._lists[f"/repos/{name}/issues"]
        issues[:] = [each for each in issues if each["number"] != number]
        self.server.answers[f"/repos/{name}/issues/{number}"] = self.nothing(status)

    def move(self, old: str, new: str) -> None:
        """Renames a repository: its old addresses lead to those of its number."""
        for end in ("", "/issues", "/issues/comments"):
            self.server.answers[f"/repositories/17{end}"] = self.server.answers[
                f"/repos/{old}{end}"
            ]
            self.server.answers[f"/repos/{old}{end}"] = lambda h, end=end: h.give(
                301, b"{}", Location=f"{self.url}/repositories/17{end}"
            )
        self.server.answers["/repositories/17"] = self._answer(
            lambda _: {"id": 17, "full_name": new, "has_issues": True}
        )

    def issue(self, name: str, at: int, **changes: Any) -> int:
        """Its number. ``who``: id of its author; ``role``: the association."""
        number = self._number()
        self._lists[f"/repos/{name}/issues"].append(
            {
                "number": number,
                "html_url": f"https://github.com/{name}/issues/{number}",
                "created_at": moment(at),
                "updated_at": moment(changes.pop("changed", at)),
                "author_association": changes.pop("role", "NONE"),
                "title": "It does not start",
                "labels": [],
                "user": user(changes.pop("who", 1_000 + number)),
                **changes,
            }
        )
        self.server.answers[f"/repos/{name}/issues/{number}"] = self.nothing(200)
        return number

    def comment(self, name: str, number: int, at: int, **changes: Any) -> None:
        self._lists[f"/repos/{name}/issues/comments"].append(
            {
                "id": self._number(),
                "issue_url": f"{self.url}/repos/{name}/issues/{number}",
                "html_url": f"https://github.com/{name}/issues/{number}#c",
                "created_at": moment(at),
                "updated_at": moment(at),
                "author_association": changes.pop("role", "MEMBER"),
                "body": "Please try the new version.",
                "user": user(changes.pop("who", 7)),
                **changes,
            }
        )
        for issue in self._lists[f"/repos/{name}/issues"]:
            if issue["number"] == number:
                issue["updated_at"] = max(issue["updated_at"], moment(at))

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _listed(self, path: str) -> Any:
        def page(query: dict[str, str]) -> list[dict[str, Any]]:
            assert (query["sort"], query["direction"]) == ("updated", "asc")
            after = [
                each
                for each in self._lists[path]
                if each["updated_at"] >= query["since"]
            ]
            after.sort(key=lambda each: str(each["updated_at"]))
            return after[: int(query["per_page"])]

        return page

    def _answer(self, make: Any) -> Any:
        def answer(h: Handler) -> None:
            parts = urlsplit(h.path)
            self.asked.append(parts.path)
            self.keys.add(h.headers["Authorization"])
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = json.dumps(make(query)).encode()
            tag = f'W/"{crc32(body)}"'
            same = h.headers["If-None-Match"] == tag
            self.left -= not same
            self.unchanged += same
            left = {"X_RateLimit_Remaining": str(self.left), "ETag": tag}
            h.give(304, **left) if same else h.give(200, body, **left)

        return answer


def user(number: int | None, **changes: Any) -> dict[str, Any] | None:
    if number is None:
        return None
    return {"id": number, "login": f"person-{number}", "type": "User", **changes}


@contextmanager
def github() -> Iterator[GitHub]:
    with running() as server:
        made = GitHub(server)
        yield made
        made.client().close()


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = GitHub(server)
    made.left = 1_000_000
    made.repository("acme/app")
    number = made.issue("acme/app", now - 86_400)
    made.comment("acme/app", number, now - 3_600)

    def endless() -> None:
        """A hundred issues more for every page that is asked for."""
        listed = made._lists["/repos/acme/app/issues"]

        def page(query: dict[str, str]) -> list[dict[str, Any]]:
            since = int(datetime.fromisoformat(query["since"]).timestamp())
            for second in range(since, since + 100):
                made.issue("acme/app", second, changed=second + 1)
            return listed[-100:]

        server.answers["/repos/acme/app/issues"] = made._answer(page)

    yield Stage(
        accounts=("acme/app",),
        settings={"github_api": server.url, "github_token": "ghp-of-the-stage"},
        endless=endless,
    )
    made.client().close()
