"""Channels of reviews, each against a small site that lists as the real one does."""

import json
from collections.abc import Iterator
from importlib import import_module

import jwt
import polars as pl
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import SecretStr

from collectors import hashing, reviews
from collectors.base import CollectorError, UnreadablePage, Watched
from collectors.channels import app_store, google_play, trustpilot
from collectors.channels.google_play import live
from collectors.http import Refused, Unreachable
from collectors.looking import Task
from jobs.collecting import collect
from model import Family, Kind
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import conform
from model.looks import OPEN
from review_servers import REPLY, AppStore, Play, Site, Trustpilot, enveloped
from scoring.method import LIMITS, METHOD
from settings import Settings
from store import Store
from test_reviews_back import listing

NOW = 1_780_000_000
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def play() -> Iterator[Play]:
    with Play.open() as site:
        yield site


@pytest.fixture
def store() -> Iterator[AppStore]:
    with AppStore.open() as site:
        yield site


@pytest.fixture
def pilot() -> Iterator[Trustpilot]:
    with Trustpilot.open() as site:
        yield site


@pytest.fixture
def keys(tmp_path):
    """A list of keys as an operator writes it, with one that signs."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "AuthKey.p8").write_bytes(pem)
    path = tmp_path / "keys.toml"
    path.write_text(
        '[[team]]\nkey_id = "K1"\nissuer = "I1"\nprivate_key = "AuthKey.p8"\n'
        f'apps = ["{AppStore.APP}"]\n'
    )
    return path


def a_task(site: Site, account: str, known=None, cursors=None, now=NOW, **options):
    return Task(
        accounts=[Watched(account, "", "acme")],
        http=site.client(),
        secret=b"a secret of sixteen",
        started_us=now * 1_000_000,
        cursors=cursors or {},
        options={"first_days": 14, **options},
        known=lambda asked: {
            one: at for one, at in (known or {}).items() if one in asked
        },
    )


def of_play(site: Play, **more):
    return a_task(
        site, "org.example.app", shop=site.url, language="en", country="us", **more
    )


def of_store(site: AppStore, keys, **more):
    return a_task(site, AppStore.APP, api=site.url, keys=keys, **more)


def of_pilot(site: Trustpilot, **more):
    key = SecretStr(more.pop("key", "s3cret"))
    return a_task(site, "example.org", api=site.url, key=key, **more)


def held(seen) -> dict[tuple[str, int], int]:
    rows = seen.inquiries.select("account", "key", "asked_at").rows()
    return {(account, key): at for account, key, at in rows}


# What they share


def test_the_numbers_here_are_those_of_the_method():
    assert LIMITS[Family.REVIEWS].horizon == reviews.HORIZON
    said = {stars: kind.name.lower() for stars, kind in reviews.STARS.items()}
    assert said == METHOD.stars.value


@pytest.fixture(params=["play", "store", "pilot"])
def look(request, keys):
    """Looks at one of the three: its site, and a function of a task's extras."""
    site = request.getfixturevalue(request.param)
    site.page = 100 if request.param == "pilot" else 3
    channel = {"play": google_play, "store": app_store, "pilot": trustpilot}
    task = {
        "play": of_play,
        "store": lambda site, **more: of_store(site, keys, **more),
        "pilot": of_pilot,
    }
    # The shop's list goes on; the others' may end.
    site.review(NOW - 400 * DAY)

    def look(**more):
        return channel[request.param].look(task[request.param](site, **more))

    return site, look


def test_a_review_is_an_inquiry_and_a_reply_its_answer(look):
    site, look = look
    site.review(NOW - DAY, stars=2, replied=NOW - HOUR)
    site.review(NOW - 2 * DAY, stars=5)
    seen = look()
    assert seen.problem == ""
    rows = seen.inquiries.sort("asked_at", descending=True).rows(named=True)
    assert [row["asked_at"] for row in rows] == [NOW - DAY, NOW - 2 * DAY]
    assert [row["kind"] for row in rows] == [Kind.COMPLAINT, Kind.COMPLIMENT]
    assert seen.inquiries["text"].to_list() == [None, None]
    (response,) = seen.responses.rows(named=True)
    assert response["key"] == rows[0]["key"]
    assert response["responded_at"] == NOW - HOUR
    assert response["text"] == REPLY
    ((_, since, until),) = seen.seen
    assert (since, until) == (NOW - 14 * DAY, NOW)
    assert len(seen.resolved) == 1


def test_a_reply_to_an_earlier_review_is_found_later(look):
    site, look = look
    review = site.review(NOW - DAY)
    site.review(NOW - 15 * DAY)
    first = look()
    review["replied"] = NOW + 5 * DAY
    again = look(known=held(first), cursors=first.cursors, now=NOW + 6 * DAY)
    assert again.inquiries.is_empty()
    assert again.responses["responded_at"].to_list() == [NOW + 5 * DAY]
    (seen,) = again.seen
    assert tuple(seen)[1:] == (NOW, NOW + 6 * DAY)


def test_a_reply_that_is_edited_is_one_message(look):
    """The store keeps the time at which it was first seen."""
    site, look = look
    review = site.review(NOW - DAY, replied=NOW - HOUR)
    first = look()
    review["replied"] = NOW + HOUR
    again = look(known=held(first), cursors=first.cursors, now=NOW + DAY)
    assert again.responses["message"].to_list() == first.responses["message"].to_list()


def test_a_review_edited_after_its_reply_has_no_known_wait(look):
    site, look = look
    site.review(NOW - HOUR, replied=NOW - DAY)
    seen = look()
    assert seen.inquiries.is_empty()
    assert seen.responses.is_empty()
    assert seen.refused == {reviews.EDITED: 1}


def test_where_we_held_it_before_the_edit_the_wait_is_known(look):
    site, look = look
    review = site.review(NOW - DAY)
    first = look()
    review |= {"at": NOW + 2 * HOUR, "replied": NOW + HOUR}
    again = look(known=held(first), cursors=first.cursors, now=NOW + DAY)
    assert again.refused == {}
    assert again.inquiries.is_empty()
    assert again.responses["responded_at"].to_list() == [NOW + HOUR]


def test_what_was_edited_and_is_held_only_since_is_left_out(look):
    """Held, but first seen after its edit, which the reply is older than as well."""
    site, look = look
    review = site.review(NOW - DAY)
    first = look()
    review |= {"at": NOW + 2 * HOUR, "replied": NOW - 2 * DAY}
    again = look(known=held(first), cursors=first.cursors, now=NOW + DAY)
    assert again.refused == {reviews.EDITED: 1}
    assert again.responses.is_empty()


def test_what_was_written_before_the_watch_is_none_of_ours(look):
    site, look = look
    site.review(NOW - 15 * DAY, replied=NOW - HOUR)
    seen = look()
    assert seen.inquiries.is_empty()
    assert seen.responses.is_empty()


def test_a_page_of_another_shape_is_a_gap(look):
    site, look = look
    for path in list(site.server.answers):
        site.answers(path, lambda _: b"<html>sorry</html>")
    seen = look()
    assert "expected" in seen.problem
    assert seen.seen == ()
    assert seen.cursors == {}


def test_a_site_that_is_out_loses_nothing(look):
    site, look = look
    for path in list(site.server.answers):
        site.server.answers[path] = lambda h: h.give(503)
    seen = look(cursors={"x": "1"})
    assert "503" in seen.problem
    assert seen.seen == ()
    assert seen.unresolved == {}
    assert seen.cursors == {"x": "1"}


def test_only_below_what_was_read_is_a_long_list_unseen(pilot):
    task = of_pilot(pilot)
    page = listing([NOW - HOUR, NOW - DAY])[0].reviews
    long = reviews.Listed(reviews=page, problem="long", busy=True)
    found = reviews.read(task, "trustpilot", "example.org", long, NOW - 5 * DAY)
    assert (found.since, found.until, found.problem) == (NOW - DAY, None, "long")
    found = reviews.read(task, "trustpilot", "example.org", long, NOW - HOUR)
    assert (found.since, found.until) == (None, NOW - HOUR)
    nothing = reviews.Listed(reviews=[], problem="broken")
    found = reviews.read(task, "trustpilot", "example.org", nothing, NOW - DAY)
    assert (found.since, found.until) == (None, NOW - DAY)


# Google Play


def test_the_same_reviews_as_in_a_file(play):
    """What was imported is not counted again."""
    play.review(NOW - DAY, id="gp:1")
    play.review(NOW - 20 * DAY)
    (row,) = google_play.look(of_play(play)).inquiries.rows(named=True)
    assert row["key"] == hashing.key("gp:1")
    secret = b"a secret of sixteen"
    assert row["author"] == hashing.author("google_play|gp:1", NOW - DAY, secret)
    assert row["url"] == (
        "https://play.google.com/store/apps/details?id=org.example.app&reviewId=gp:1"
    )


def test_a_review_of_stars_alone_is_a_review(play):
    play.review(NOW - DAY, text=None)
    play.review(NOW - 2 * DAY, text="Words.")
    play.review(NOW - 20 * DAY)
    assert len(google_play.look(of_play(play)).inquiries) == 2


def test_a_short_page_is_no_end(play):
    """What was read is kept; the account is not said to be watched."""
    play.breaks = 3
    for hour in range(9):
        play.review(NOW - hour * HOUR)
    play.review(NOW - 30 * DAY)
    seen = google_play.look(of_play(play))
    assert seen.problem == "org.example.app: the list broke off after 3 reviews"
    assert len(seen.inquiries) == 3
    assert seen.seen == ()
    assert seen.cursors == {}
    play.breaks = None
    again = google_play.look(of_play(play, known=held(seen)))
    assert again.problem == ""
    assert len(again.inquiries) == 6
    assert len(again.seen) == 1


def test_an_empty_answer_is_no_end(play):
    seen = google_play.look(of_play(play))
    assert "broke off after 0 reviews" in seen.problem
    assert seen.seen == ()


def test_asked_too_often_is_said_so(play):
    busy = b')]}\'\n\n[["com.google.play.gateway.proto.PlayGatewayError"]]'
    play.answers("/_/PlayStoreUi/data/batchexecute", lambda _: busy)
    seen = google_play.look(of_play(play))
    assert "too much was asked of late" in seen.problem


def test_an_app_that_is_not_there_is_unresolved(play):
    play.server.answers["/store/apps/details"] = lambda h: h.give(404)
    seen = google_play.look(of_play(play))
    assert "404" in seen.unresolved["org.example.app"]


def test_the_shops_robots_are_kept_to(play):
    robots = b"User-agent: *\nDisallow: /_/\n"
    play.server.answers["/robots.txt"] = lambda h: h.give(200, robots)
    play.review(NOW - DAY)
    seen = google_play.look(of_play(play))
    assert "its robots.txt asks us not to" in seen.problem
    assert seen.inquiries.is_empty()


ROW = ["r", None, 1, None, None, [NOW, 0], 0, None]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b")]}'\n\n{}",
        b')]}\'\n\n[["wrb.fr", "other", "[]"]]',
        b')]}\'\n\n[["wrb.fr", "UsvDTd"]]',
        b')]}\'\n\n[["wrb.fr", "UsvDTd", "["]]',
        b')]}\'\n\n[["wrb.fr", "UsvDTd", 7]]',
        b")]}'\n\n" + b"[" * 100_000,
        enveloped([[["r"]], [None, None]]),
        enveloped([["r"], [None, None]]),
        enveloped([7, [None, None]]),
        enveloped([[ROW], [None, 7]]),
        enveloped([[[*ROW[:2], 6, *ROW[3:]]], [None, None]]),
        enveloped([[[*ROW[:5], [-1, 0], *ROW[6:]]], [None, None]]),
        enveloped([[[*ROW[:7], [None, "x", ["soon"]]]], [None, None]]),
    ],
)
def test_an_answer_of_another_shape_is_refused(body):
    with pytest.raises(UnreadablePage, match="here: expected"):
        live.answer("org.example.app", body, "here")


def test_an_answer_without_reviews_has_none():
    assert live.answer("org.example.app", enveloped([]), "here") == ([], None)
    null = b')]}\'\n\n[["wrb.fr", "UsvDTd", null]]'
    assert live.answer("org.example.app", null, "here") == ([], None)
    found, token = live.answer("a.b", enveloped([[ROW], [None, "next"]]), "here")
    assert ([each.id for each in found], token) == (["r"], "next")


# The App Store


def test_a_request_is_signed_and_names_no_words_of_reviewers(store, keys):
    for hour in range(1, 8):
        store.review(NOW - hour * HOUR)
    assert len(app_store.look(of_store(store, keys)).inquiries) == 7
    private = (keys.parent / "AuthKey.p8").read_bytes()
    public = serialization.load_pem_private_key(private, None).public_key()
    for sent in store.headers:
        token = sent["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(
            token, public, algorithms=["ES256"], audience="appstoreconnect-v1"
        )
        assert claims["iss"] == "I1"
        assert 0 < claims["exp"] - claims["iat"] <= 1_200
        assert jwt.get_unverified_header(token)["kid"] == "K1"
    first = next(query for query in store.asked if "include" in query)
    assert first["fields[customerReviews]"] == "rating,createdDate,response"


def test_a_key_of_one_person_names_no_team(store, keys):
    keys.write_text(keys.read_text().replace('issuer = "I1"\n', ""))
    app_store.look(of_store(store, keys))
    token = store.headers[0]["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims.get("iss"), claims["sub"]) == (None, "user")


def test_a_key_does_not_follow_a_page_to_another_host(store, keys):
    store.next_host = "https://elsewhere.example"
    for hour in range(9):
        store.review(NOW - hour * HOUR)
    seen = app_store.look(of_store(store, keys))
    assert "a next page on the same host" in seen.problem
    assert seen.inquiries.is_empty()


def test_a_response_that_is_not_published_is_none_yet(store, keys):
    store.review(NOW - DAY, replied=NOW - HOUR, state="PENDING_PUBLISH")
    seen = app_store.look(of_store(store, keys))
    assert len(seen.inquiries) == 1
    assert seen.responses.is_empty()


def test_a_response_that_is_spoken_of_must_be_there(store, keys):
    said = {
        "data": [
            {
                "type": "customerReviews",
                "id": "r1",
                "attributes": {"rating": 1, "createdDate": "2026-05-28T00:00:00Z"},
                "relationships": {"response": {"data": {"id": "a1"}}},
            }
        ],
        "links": {},
    }
    store.answers(store.path, lambda _: said)
    assert "every response" in app_store.look(of_store(store, keys)).problem


def test_the_hourly_limit_is_kept_to(store, keys):
    for hour in range(9):
        store.review(NOW - hour * HOUR)
    whole = store.server.answers[store.path]

    def nearly_spent(h):
        give = h.give
        limit = "user-hour-lim:3500;user-hour-rem:50;"
        h.give = lambda status, body: give(status, body, X_Rate_Limit=limit)
        whole(h)

    store.server.answers[store.path] = nearly_spent
    seen = app_store.look(of_store(store, keys))
    assert "limit of requests is used up (50 left); 1 accounts wait" in seen.problem
    assert seen.inquiries.is_empty()
    assert store.server.seen[store.path] == 1


def test_an_app_without_a_key_is_unresolved(store, keys):
    task = a_task(store, "987654321", api=store.url, keys=keys)
    seen = app_store.look(task)
    assert "names no key for the app 987654321" in seen.unresolved["987654321"]


def test_without_a_list_of_keys_no_account_is_to_blame(store, tmp_path):
    with pytest.raises(Unreachable, match="set ANSWERABLE_APP_STORE_KEYS"):
        app_store.resolve(store.client(), {"api": store.url, "keys": None}, "1")
    for text in (None, "team = 7", "[[team]]\nkey_id = 1", "= =", "[other]"):
        path = tmp_path / "list.toml"
        if text is not None:
            path.write_text(text)
        seen = app_store.look(of_store(store, path))
        assert str(path) in seen.problem
        assert seen.unresolved == {}


@pytest.mark.parametrize("kind", ["none", "empty", "words", "rsa", "folder"])
def test_a_key_that_is_none_is_said_without_a_word_of_it(store, keys, kind):
    path = keys.parent / "AuthKey.p8"
    path.unlink()
    words = "-----BEGIN PRIVATE KEY-----\nTOPSECRET\n-----END PRIVATE KEY-----\n"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "words":
        path.write_text(words)
    elif kind == "rsa":
        other = rsa.generate_private_key(65_537, 2_048)
        path.write_bytes(
            other.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    elif kind == "folder":
        path.mkdir()
    seen = app_store.look(of_store(store, keys))
    assert str(path) in seen.problem
    assert "TOPSECRET" not in seen.problem
    assert store.asked == []


def test_a_refused_key_is_not_told(store, keys, caplog):
    store.server.answers[store.path] = lambda h: h.give(401, b'{"errors": []}')
    task = of_store(store, keys)
    object.__setattr__(task, "accounts", [Watched(AppStore.APP, "7", "acme")])
    with caplog.at_level("DEBUG"):
        seen = app_store.look(task)
    assert "401" in seen.problem
    assert seen.unresolved == {}
    sent = store.server.agents
    assert sent
    assert "Bearer" not in caplog.text + seen.problem
    assert "eyJ" not in caplog.text + seen.problem


def test_a_review_that_is_listed_no_more_is_deleted(store, keys):
    kept, gone = store.review(NOW - DAY), store.review(NOW - 2 * DAY)
    store.review(NOW - 400 * DAY)
    first = app_store.look(of_store(store, keys))
    store.reviews.remove(gone)
    more = {"cursors": first.cursors, "known": held(first), "now": NOW + DAY}

    def again(**changes):
        task = of_store(store, keys, **more)
        object.__setattr__(task, "open_since", held_since(first))
        return app_store.look(task)

    assert again().deletions.rows() == [
        (hashing.key(f"app_store|{gone['id']}"), NOW + DAY)
    ]
    store.reviews.append(gone)
    assert again().deletions.is_empty()
    # A list without any of those that are held is not what it was.
    store.reviews = [each for each in store.reviews if each not in (kept, gone)]
    assert again().deletions.is_empty()
    # One that broke off says nothing of the rest.
    store.review(NOW - HOUR)
    cut = reviews.Listed(reviews=[], problem="cut short")
    task = of_store(store, keys)
    object.__setattr__(task, "open_since", held_since(first))
    assert reviews.missing(task, "app_store", AppStore.APP, cut, 0) == []


def held_since(seen):
    """What the store would hold of a look."""
    columns = ["account", "key", "message", "asked_at"]
    rows = conform(seen.inquiries.select(columns), OPEN)
    return lambda since: rows.filter(pl.col("asked_at") >= since)


# Trustpilot


def test_a_page_without_its_list_is_a_gap(pilot):
    pilot.answers("/v1/business-units/u1/reviews", lambda _: {"links": []})
    seen = trustpilot.look(of_pilot(pilot))
    assert "expected reviews, found none" in seen.problem


def test_its_key_goes_into_a_header_and_nowhere_else(pilot, caplog):
    pilot.review(NOW - DAY)
    with caplog.at_level("DEBUG"):
        seen = trustpilot.look(of_pilot(pilot))
    assert {sent["apikey"] for sent in pilot.headers} == {"s3cret"}
    assert "s3cret" not in json.dumps(pilot.asked)
    assert "s3cret" not in caplog.text + repr(seen)


def test_without_a_key_nothing_is_asked(pilot):
    seen = trustpilot.look(of_pilot(pilot, key=""))
    assert "ANSWERABLE_TRUSTPILOT_KEY" in seen.problem
    assert pilot.asked == []


def test_many_pages_are_read_and_a_page_that_is_not_full_is_the_last(pilot):
    for number in range(230):
        pilot.review(NOW - DAY + number)
    seen = trustpilot.look(of_pilot(pilot))
    assert len(seen.inquiries) == 230
    assert [query["page"] for query in pilot.asked if "page" in query] == [*"123"]
    assert seen.problem == ""


def test_one_person_is_one_person_and_those_without_a_profile_are_nobody_twice(pilot):
    for who in ("p1", "p1", "", ""):
        pilot.review(NOW - DAY, who=who)
    seen = trustpilot.look(of_pilot(pilot))
    assert seen.inquiries["author"].n_unique() == 3


def test_a_business_reviewed_under_another_name_is_unresolved(pilot):
    pilot.name = "www.example.com"
    seen = trustpilot.look(of_pilot(pilot))
    assert seen.unresolved == {
        "example.org": "example.org is reviewed as www.example.com now"
    }
    pilot.name = "www.Example.org"
    assert trustpilot.look(of_pilot(pilot)).resolved == {"example.org": "u1"}


def test_a_business_that_is_known_is_not_looked_up_again(pilot):
    pilot.review(NOW - DAY)
    task = of_pilot(pilot)
    object.__setattr__(task, "accounts", [Watched("example.org", "u1", "acme")])
    assert len(trustpilot.look(task).inquiries) == 1
    assert pilot.server.seen["/v1/business-units/find"] == 0


def test_what_its_writers_delete_is_taken_back(pilot):
    pilot.deleted = [(f"r{number}", NOW - number * HOUR) for number in range(1, 6)]
    pilot.deleted.append(("old", NOW - 9 * DAY))
    seen = trustpilot.look(of_pilot(pilot))
    assert seen.deletions.rows() == [
        (hashing.key(f"trustpilot|r{number}"), NOW - number * HOUR)
        for number in range(1, 6)
    ]
    assert seen.cursors[trustpilot.DELETED_SINCE] == str(NOW)
    late = NOW + 30 * DAY
    pilot.deleted.append(("r9", NOW + 3 * DAY))
    later = trustpilot.look(of_pilot(pilot, cursors=seen.cursors, now=late))
    assert hashing.key("trustpilot|r9") in later.deletions["message"].to_list()


def test_deletions_that_cannot_be_read_are_asked_for_again(pilot):
    pilot.review(NOW - DAY)
    pilot.server.answers["/v1/reviews/deletions"] = lambda h: h.give(403)
    seen = trustpilot.look(of_pilot(pilot, cursors={trustpilot.DELETED_SINCE: "5"}))
    assert "deletions answered 403" in seen.problem
    assert len(seen.inquiries) == 1
    assert seen.cursors[trustpilot.DELETED_SINCE] == "5"


def test_deletions_without_an_end_are_not_read_for_ever(pilot, monkeypatch):
    monkeypatch.setattr(
        import_module("collectors.channels.trustpilot"), "MOST_DELETIONS", 3
    )
    endless = {"reviews": [], "nextToken": "again"}
    pilot.answers("/v1/reviews/deletions", lambda _: endless)
    seen = trustpilot.look(of_pilot(pilot))
    assert "an end of its pages, read 3" in seen.problem
    assert trustpilot.DELETED_SINCE not in seen.cursors


@pytest.mark.parametrize(
    ("resolve", "options"),
    [
        (google_play.resolve, {"shop": ""}),
        (trustpilot.resolve, {"api": "", "key": SecretStr("k")}),
    ],
)
def test_an_address_that_is_none_is_refused(pilot, resolve, options):
    with pytest.raises(CollectorError) as problem:
        resolve(pilot.client(), options, "a")
    assert isinstance(problem.value, Refused)


# All the way into the store


ACCOUNTS = {
    "google_play": "org.example.app",
    "app_store": AppStore.APP,
    "trustpilot": "example.org",
}


@pytest.mark.parametrize(
    ("slug", "kind"),
    [("google_play", "play"), ("app_store", "store"), ("trustpilot", "pilot")],
)
def test_a_week_of_rounds_in_the_store(slug, kind, keys, tmp_path, request, caplog):
    """Replies come, one is edited, one review goes; no name, word or key is kept."""
    site = request.getfixturevalue(kind)
    site.page = 100 if kind == "pilot" else 3
    addresses = {
        "google_play_on": True, "google_play_shop": site.url,
        "app_store_api": site.url, "app_store_keys": keys,
        "trustpilot_api": site.url, "trustpilot_key": SecretStr("s3cret-key"),
    }  # fmt: skip
    settings = Settings(var=tmp_path, database_url="", **addresses)
    made = Store(settings.database)
    made.migrate()
    made.put_registry(
        Registry(
            industries=(IndustryEntry(slug="tools", name="Tools", nace="J"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="tools"),),
            accounts=(
                AccountEntry(brand="acme", channel=slug, account=ACCOUNTS[slug]),
            ),
        )
    )
    site.review(NOW - 400 * DAY)
    early = site.review(NOW - DAY, text="Secret words.")
    silent = site.review(NOW - DAY + 1, stars=3)
    edits = {NOW + DAY: NOW + 7 * HOUR, NOW + 2 * DAY: NOW + 9 * HOUR}
    with caplog.at_level("DEBUG"):
        for now in range(NOW, NOW + 10 * DAY, DAY // 2):
            early["replied"] = edits.get(now, early["replied"])
            (run,) = collect(
                made, settings, slug, now=lambda now=now: now, sleep=lambda _: None
            )
            assert (run.outcome, run.problem) == ("ok", "")
    (slice_,) = made.tally_slices(NOW // DAY - 5, NOW // DAY + 1, NOW + 10 * DAY)
    rows = slice_.sort("asked_at").rows(named=True)
    assert [row["asked_at"] for row in rows] == [early["at"], silent["at"]]
    # The first time that we saw: what the developer edits later is not earlier.
    assert [row["answered_at"] for row in rows] == [NOW + 7 * HOUR, None]
    assert {row["watched_until"] for row in rows} == {NOW + 10 * DAY - DAY // 2}
    made.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("*.db*"))
    told = kept.decode("latin-1") + caplog.text
    for private in ("A Person", "Secret words", "Thank you", "s3cret-key", "eyJ"):
        assert private not in told
