"""Small review sites for tests. They list reviews as the real ones do, newest first."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from collectors.http import Http, Manners
from local_server import Handler, Server, running


def moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


PERSON, REPLY = "A Person", "Thank you, dear customer."


class Site:
    """What all of them have. ``reviews`` are kept as they were made."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.reviews: list[dict[str, Any]] = []
        self.page = 3  # reviews on a page
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self._http = Http()

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        with running() as server:
            site = cls(server)
            yield site
            site._http.close()

    def client(self) -> Http:
        """A look's client; that of the look before is closed."""
        self._http.close()
        self._http = Http(manners=Manners(pause=0, errors=2), sleep=lambda _: None)
        return self._http

    def review(self, at: int, **says: Any) -> dict[str, Any]:
        """``stars``, and with a reply ``replied`` (second)."""
        number = len(self.reviews) + 1
        made = {"id": f"r{number}", "at": at, "stars": 1, "replied": None, **says}
        self.reviews.append(made)
        return made

    def newest(self, start: int) -> list[dict[str, Any]]:
        order = sorted(self.reviews, key=lambda each: -each["at"])
        return order[start : start + self.page]

    def answers(self, path: str, make: Any) -> None:
        def answer(h: Handler) -> None:
            query = {k: v[0] for k, v in parse_qs(urlsplit(h.path).query).items()}
            query |= {k: v[0] for k, v in parse_qs(h.form).items()}
            self.asked.append(query)
            self.headers.append({k.lower(): v for k, v in h.headers.items()})
            said = make(query)
            h.give(200, said if isinstance(said, bytes) else json.dumps(said).encode())

        self.server.answers[path] = answer


class Play(Site):
    """Google Play. It breaks lists off after ``breaks`` reviews."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.breaks: int | None = None
        self.answers("/_/PlayStoreUi/data/batchexecute", self._listed)
        self.answers("/store/apps/details", lambda _: b"a page")

    def _listed(self, query: dict[str, str]) -> bytes:
        ((call, inner, *_),) = json.loads(query["f.req"])[0]
        assert call == "UsvDTd"
        _, _, (_, newest, (most, _, token), *_), (app, seven) = json.loads(inner)
        assert (newest, most, app, seven) == (2, 150, "org.example.app", 7)
        start = int(token or "0")
        rows = [_row(each) for each in self.newest(start)]
        end = start + self.page
        broken = self.breaks is not None and end >= self.breaks
        more = None if broken or end >= len(self.reviews) else str(end)
        return enveloped([rows, [None, more]])


def enveloped(inner: Any) -> bytes:
    """As the shop answers a call."""
    said = [["wrb.fr", "UsvDTd", json.dumps(inner), None], ["di", 7]]
    return b")]}'\n\n" + json.dumps(said).encode()


def _row(review: dict[str, Any]) -> list[Any]:
    reply = ["Example Ltd", REPLY, [review["replied"], 0]]
    return [
        review["id"],
        [PERSON, [None]],
        review["stars"],
        None,
        review.get("text"),  # a star-only review has no text
        [review["at"], 5],
        0,
        reply if review["replied"] is not None else None,
        None,
        None,
        "1.0",
    ]


class AppStore(Site):
    """App Store Connect. ``next_host`` is where it says that its pages go on."""

    APP = "123456789"

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.next_host = server.url
        self.left = 3_000
        self.path = f"/v1/apps/{self.APP}/customerReviews"
        self.answers(self.path, self._listed)
        said = {"data": {"type": "apps", "id": self.APP, "attributes": {"name": "E"}}}
        self.answers(f"/v1/apps/{self.APP}", lambda _: said)

    def _listed(self, query: dict[str, str]) -> dict[str, Any]:
        start = int(query.get("cursor", "0"))
        shown = self.newest(start)
        end = start + self.page
        links = {"self": "x"}
        if end < len(self.reviews):
            links["next"] = f"{self.next_host}{self.path}?cursor={end}"
        return {
            "data": [_written(each) for each in shown],
            "included": [_responded(each) for each in shown if each["replied"]],
            "links": links,
        }


def _written(review: dict[str, Any]) -> dict[str, Any]:
    link = {"type": "customerReviewResponses", "id": f"a{review['id']}"}
    return {
        "type": "customerReviews",
        "id": review["id"],
        "attributes": {"rating": review["stars"], "createdDate": moment(review["at"])},
        "relationships": {
            "response": {"data": link if review["replied"] else None, "links": {}}
        },
    }


def _responded(review: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "customerReviewResponses",
        "id": f"a{review['id']}",
        "attributes": {
            "responseBody": REPLY,
            "lastModifiedDate": moment(review["replied"]),
            "state": review.get("state", "PUBLISHED"),
        },
    }


class Trustpilot(Site):
    """Trustpilot's interface. ``deleted`` are pairs of an id and a second."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.page = 100
        self.name = "example.org"
        self.deleted: list[tuple[str, int]] = []
        unit = {"id": "u1", "displayName": "Example"}
        self.answers(
            "/v1/business-units/find",
            lambda _: {**unit, "name": {"identifying": self.name, "referring": []}},
        )
        self.answers("/v1/business-units/u1/reviews", self._listed)
        self.answers("/v1/reviews/deletions", self._gone)

    def _listed(self, query: dict[str, str]) -> dict[str, Any]:
        assert (query["orderBy"], query["perPage"]) == ("createdat.desc", "100")
        shown = self.newest((int(query["page"]) - 1) * self.page)
        return {"reviews": [_service(each) for each in shown]}

    def _gone(self, query: dict[str, str]) -> dict[str, Any]:
        start = int(query.get("nextToken", "0"))
        wanted = [
            {"reviewId": review, "deletedAt": moment(at)}
            for review, at in self.deleted
            if query["startDate"] <= moment(at)[:10] <= query["endDate"]
        ]
        more = str(start + 2) if start + 2 < len(wanted) else None
        return {"reviews": wanted[start : start + 2], "nextToken": more}


def _service(review: dict[str, Any]) -> dict[str, Any]:
    who = review.get("who", review["id"])
    reply = {"text": REPLY, "createdAt": moment(review["replied"] or 0)}
    return {
        "id": review["id"],
        "stars": review["stars"],
        "createdAt": moment(review["at"]),
        "updatedAt": None,
        "consumer": {"id": who, "displayName": PERSON} if who else None,
        "companyReply": reply if review["replied"] is not None else None,
    }


def without_end(site: Site, now: int) -> None:
    """Every page holds newer reviews than the one before, and there is another."""

    def newest(_start: int) -> list[dict[str, Any]]:
        return [site.review(now - 60) for _ in range(site.page)]

    site.newest = newest  # type: ignore[method-assign]
    site.reviews = Countless(site.reviews)


class Countless(list[dict[str, Any]]):
    """A list that is always longer than whoever reads it has got."""

    def __len__(self) -> int:
        return super().__len__() + 10**6
