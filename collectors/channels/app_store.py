"""The App Store: who reviews a brand's app, and when its developer responds.

Source: the App Store Connect interface, `/v1/apps/{id}/customerReviews` with each
review's response, newest first, page by page along `links.next`
(developer.apple.com/documentation/appstoreconnectapi, looked at 2026-11-22). Only
whoever develops an app may ask, so this channel sees the brands that grant a key and no
other; Apple's public feed of reviews shows no responses and is not used. Neither words
nor names of reviewers are asked for: what is not named in `fields` is left out.

Tokens are signed with PyJWT (ES256), good for ten minutes, one for each request. Apple
has no client library for this interface; the requests go through our polite client,
which keeps to one host and to the hourly limit that Apple tells in `X-Rate-Limit`.

An inquiry is a review, its answer the developer's published response; one or two stars
are a complaint, three are other, four or five a compliment.

Known gaps:
- Brands that grant no key.
- A response has one time, that of its last change. It is frozen when first seen; one
  that was changed before we saw it comes out too late.
- A review that was edited shows one time only, and whether it was edited is not said.
  Where its response is older than that, the wait is not known: such a review is left
  out and counted.
- A review that is listed no more counts as deleted from the look on at which it was
  missing: by its writer, or by Apple, which is not said. A response that was deleted
  stays as it was.
- Ratings without words are no reviews and are not listed.
- Responses after the horizon are not looked for.
- A review has no page of its own that the public could open, so nobody can have one
  erased by its address.
- The interface declares nothing by which to ask for what has changed alone.

History:
- 2026-11: first version.
"""

import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from pydantic import AwareDatetime, Field

from collectors.base import Channel, CollectorError, UnreadablePage, Watched
from collectors.http import Http, Unreachable
from collectors.listing import Found, Record, Spent, record, records, round_of
from collectors.looking import Task
from collectors.reviews import Page, Review, back_to, listed, missing, read
from model.looks import Look

PAGE = 200
SPARE = 50
"""Requests of an hour left to the brand whose key it is."""
GOOD_FOR = 600
"""Seconds a token is good for; Apple refuses those of more than 1,200."""
PUBLISHED = "PUBLISHED"


class NoKey(CollectorError):
    """Nobody has granted a key for an app, or the key is none."""


class Team(Record):
    """A key that a brand granted, and the apps it is for."""

    key_id: str = Field(min_length=1)
    issuer: str = ""  # "": the key of one person, not of a team
    private_key: Path  # the file Apple gave; beside the list when it names no folder
    apps: list[str]


class Said(Record):
    """What lists and records have in common."""

    id: str
    type: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Any] = {}


class Links(Record):
    next: str | None = None


class Answer(Record):
    data: list[Said]
    included: list[Said] = []
    links: Links = Links()


class Written(Record):
    rating: int = Field(ge=1, le=5)
    at: AwareDatetime = Field(alias="createdDate")


class Responded(Record):
    at: AwareDatetime = Field(alias="lastModifiedDate")
    state: str
    body: str = Field("", alias="responseBody")


@dataclass
class _Round:
    """One look. ``gone``: messages of reviews that are held and listed no more."""

    gone: list[int] = field(default_factory=list)

    def ask(self, task: Task, account: Watched, since: int) -> Found:
        """The reviews of one app since a second. Raises CollectorError; Spent when the
        hour's requests are used up."""
        app = account.account
        url = f"{task.options['api']}/v1/apps/{app}/customerReviews"
        oldest = back_to(task, app, since)
        said = listed(_pages(task, url, app), oldest, url)
        self.gone += missing(task, CHANNEL.slug, app, said, oldest)
        return read(task, CHANNEL.slug, app, said, since)


def look(task: Task) -> Look:
    """One round over the apps. What fails is in the look's problem."""
    this = _Round()
    first_days = int(task.options["first_days"])
    seen = round_of(task, CHANNEL.slug, this.ask, _resolve, first_days)
    gone = pl.DataFrame({"message": this.gone}, {"message": pl.Int64()})
    deleted = gone.with_columns(deleted_at=pl.lit(seen.started_at, pl.Int64()))
    return replace(seen, deletions=pl.concat([seen.deletions, deleted]))


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The app's own number, once its developer's key may see it. Raises
    CollectorError."""
    url = f"{options['api']}/v1/apps/{account}"
    said = http.ask(url, {"fields[apps]": "name"}, _token(options, account))
    data = said.get("data") if isinstance(said, dict) else None
    return record(Said, data, url).id


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


def _pages(task: Task, url: str, app: str) -> Iterator[Page]:
    params: Mapping[str, str] | None = {
        "sort": "-createdDate",
        "limit": str(PAGE),
        "include": "response",
        "fields[customerReviews]": "rating,createdDate,response",
        "fields[customerReviewResponses]": "responseBody,lastModifiedDate,state",
    }
    following = url
    while True:
        left = task.http.left(url)
        if left is not None and left <= SPARE:
            raise Spent(f"the App Store's limit of requests is used up ({left} left)")
        said = task.http.ask(following, params, _token(task.options, app))
        answer = record(Answer, said, url)
        following, params = _same_host(answer.links.next, url), None
        yield Page(reviews=reviews(answer, url), more=following != "")


def reviews(answer: Answer, where: str) -> list[Review]:
    """What one page says. Pure: no I/O, no clock. Raises UnreadablePage."""
    responses = {each.id: each.attributes for each in answer.included}
    return [_review(each, responses, where) for each in answer.data]


def _review(said: Said, responses: Mapping[str, Any], where: str) -> Review:
    written = record(Written, said.attributes, where)
    answered = _response(said, responses, where)
    return Review(
        id=said.id,
        author=said.id,  # a person reviews an app once; who it is, is not asked
        at=_second(written.at),
        stars=written.rating,
        replied_at=_second(answered.at) if answered else None,
        reply=answered.body if answered else "",
    )


def _response(said: Said, responses: Mapping[str, Any], where: str) -> Responded | None:
    """The response to a review, when there is one and the public can read it."""
    linked = said.relationships.get("response")
    data = linked.get("data") if isinstance(linked, dict) else None
    if data is None:
        return None
    if not isinstance(data, dict) or data.get("id") not in responses:
        raise UnreadablePage(where, "every response it speaks of among the included")
    found = record(Responded, responses[data["id"]], where)
    return found if found.state == PUBLISHED else None


def _same_host(following: str | None, url: str) -> str:
    """The next page's address; "" there is none. A key goes to the host it is for and
    to no other."""
    if following is None:
        return ""
    if urlsplit(following)[:2] != urlsplit(url)[:2]:
        raise UnreadablePage(url, "a next page on the same host")
    return following


def _token(options: Mapping[str, Any], app: str) -> str:
    """What goes into the header Authorization. Raises NoKey, Unreachable.

    What fails is said without a word of the key.
    """
    import jwt  # and with it cryptography: a fifth of a second that few commands need

    team = _team(options, app)
    now = int(time.time())
    claims: dict[str, Any] = {
        "iat": now,
        "exp": now + GOOD_FOR,
        "aud": "appstoreconnect-v1",
        **({"iss": team.issuer} if team.issuer else {"sub": "user"}),
    }
    try:
        private = team.private_key.read_bytes()
        token = jwt.encode(claims, private, "ES256", headers={"kid": team.key_id})
    except OSError as problem:
        why = problem.strerror or "it cannot be read"
        raise NoKey(f"{team.private_key}: the private key of {app}: {why}") from None
    except (ValueError, TypeError, jwt.PyJWTError):
        raise NoKey(
            f"{team.private_key}: expected a private key for ES256, as Apple gives it"
        ) from None
    return f"Bearer {token}"


def _team(options: Mapping[str, Any], app: str) -> Team:
    path: Path | None = options["keys"]
    if path is None:
        raise Unreachable("no key is there: set ANSWERABLE_APP_STORE_KEYS")
    for team in teams(path):
        if app in team.apps:
            return team
    raise NoKey(f"{path} names no key for the app {app}")


def teams(path: Path) -> list[Team]:
    """The keys that a list names. Raises Unreachable: an account is not to blame."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        found = records(Team, said.get("team"), str(path))
    except (OSError, ValueError):
        raise Unreachable(f"{path}: expected a TOML file that can be read") from None
    except UnreadablePage as problem:
        raise Unreachable(str(problem)) from None
    return [
        team.model_copy(update={"private_key": path.parent / team.private_key})
        for team in found
    ]


def _second(at: datetime) -> int:
    return int(at.timestamp())


CHANNEL = Channel(
    slug="app_store",
    title="App Store",
    source="https://www.apple.com/app-store/",
    licence="reviews belong to their writers; only times and stars are kept",
    terms=(
        "https://developer.apple.com/app-store-connect/api/: read with a key that the"
        " app's developer grants, for that app alone"
    ),
    cannot_see=(
        "Apps whose developers grant no key; when an edited review or response was"
        " first written; ratings without words."
    ),
    says_kind=True,
    every=timedelta(hours=6),
    key_setting="app_store_keys",
    look=look,
    resolve=resolve,
)
