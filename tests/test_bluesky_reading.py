"""Bluesky's events as inquiries, answers, deletions and publications."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import hashing
from collectors.base import UnreadablePage, Watched
from collectors.channels.bluesky.events import (
    Event,
    Notice,
    Post,
    author_of,
    parse,
    post_of,
)
from collectors.channels.bluesky.reading import Watch, conversation, person, read
from jetstream import (
    US,
    account,
    commit,
    delete,
    did,
    edit,
    identity,
    post,
    record,
    uri,
)
from model import DAY, FoundBy, Kind, Step
from model.frames import PUBLISHED
from model.looks import DELETED, DEPARTED, HEARD, SPOKEN

SECRET = b"sixteen bytes or more"
T = 20_000 * DAY + 1_000  # seconds since the epoch

WATCH = Watch(
    {
        did("acme"): Watched("acme.test", did("acme"), "acme"),
        did("acmehelp"): Watched("help.acme.test", did("acmehelp"), "acme"),
        did("nova"): Watched("nova.test", did("nova"), "nova"),
    }
)


def events(*messages):
    parsed = [parse(json.dumps(message))[1] for message in messages]
    return [event for event in parsed if event is not None and WATCH.wants(event)]


def reading(*messages, since=0, until=2**53):
    return read(
        events(*messages),
        WATCH,
        since_us=since * US,
        until_us=until * US,
        secret=SECRET,
    )


def answered(reading):
    """(account, key, to_message, responded_at) of every response."""
    return reading.responses.select(
        "account", "key", "to_message", "responded_at"
    ).rows()


def test_a_mention_is_an_inquiry():
    found = reading(post(T + 0.9, "pat", "1", mentions=["acme"], langs=["de-AT"]))
    assert found.inquiries.schema == pl.Schema(HEARD)
    assert found.inquiries.to_dicts() == [
        dict.fromkeys(HEARD)
        | {
            "channel": "bluesky",
            "account": "acme.test",
            "key": hashing.key(f"{uri('pat', '1')}|{did('pat')}"),
            "author": hashing.author(f"bluesky|{did('pat')}", T, SECRET),
            "asked_at": T,
            "step": Step.NONE,
            "kind": Kind.UNSAID,
            "found_by": FoundBy.STREAM,
            "addressed": 1,
            "message": hashing.key(uri("pat", "1")),
            "language": "de",
            "url": f"https://bsky.app/profile/{did('pat')}/post/1",
            "text": "words of a person",  # until it has been judged
        }
    ]
    assert not found.answers


def test_a_reply_to_a_brands_post_is_an_inquiry():
    top = uri("acme", "news")
    found = reading(post(T, "pat", "1", parent=top))
    assert found.inquiries.select("account", "key").rows() == [
        ("acme.test", conversation(top, did("pat")))
    ]


def test_the_first_message_of_a_conversation_is_the_inquiry():
    top = uri("acme", "news")
    first = post(T, "pat", "1", parent=top)
    second = post(T + 50, "pat", "2", parent=top, mentions=["acme"])
    for order in [(first, second), (second, first), (second, first, second)]:
        found = reading(*order)
        assert found.inquiries["asked_at"].to_list() == [T]
        assert found.inquiries["message"].to_list() == [hashing.key(uri("pat", "1"))]


def test_two_people_in_one_thread_are_two_conversations():
    top = uri("acme", "news")
    found = reading(
        post(T, "pat", "1", parent=top),
        post(T + 1, "quinn", "1", parent=uri("acme", "answer"), root=top),
    )
    assert found.inquiries["key"].n_unique() == 2
    assert found.inquiries["author"].n_unique() == 2


def test_who_names_two_brands_is_kept_for_each_and_marked():
    found = reading(post(T, "pat", "1", mentions=["acme", "nova", "acme", "quinn"]))
    assert found.inquiries.select("account", "addressed").rows() == [
        ("acme.test", 2),
        ("nova.test", 2),
    ]


def test_who_names_two_accounts_of_a_brand_named_one_brand():
    found = reading(post(T, "pat", "1", mentions=["acme", "acmehelp"]))
    assert found.inquiries["addressed"].to_list() == [1, 1]


def test_who_answers_one_brand_and_names_another_addressed_two():
    found = reading(
        post(T, "pat", "1", parent=uri("acme", "news"), mentions=["nova", "acme"])
    )
    assert found.inquiries.select("account", "addressed").rows() == [
        ("acme.test", 2),
        ("nova.test", 2),
    ]


def test_brands_do_not_ask_each_other():
    found = reading(
        post(T, "nova", "1", mentions=["acme"]),
        post(T, "acmehelp", "1", parent=uri("acme", "news")),
    )
    assert found.inquiries.is_empty()


def test_people_among_themselves_are_no_business_of_ours():
    chat = [
        post(T, "pat", "1"),
        post(T, "quinn", "1", parent=uri("pat", "1"), mentions=["pat"]),
        post(T, "quinn", "2", quote=uri("acme", "news")),
    ]
    assert events(*chat) == []


def test_an_answer_goes_to_the_person_in_the_thread():
    question = uri("pat", "1")
    key = conversation(question, did("pat"))
    found = reading(
        post(T, "pat", "1", mentions=["acme"]),
        post(T + 9, "quinn", "1", parent=question),  # a bystander
        post(T + 10, "pat", "2", parent=question),  # the person goes on
        post(T + 20.5, "acme", "1", parent=uri("pat", "2"), root=question),
    )
    assert found.responses.schema == pl.Schema(SPOKEN)
    assert answered(found) == [
        ("acme.test", key, None, T + 20),
        ("help.acme.test", key, None, T + 20),
    ]
    assert found.responses["step"].to_list() == [Step.UNJUDGED] * 2
    assert found.responses["message"].to_list() == [hashing.key(uri("acme", "1"))] * 2


def test_who_asks_one_account_may_be_answered_by_another():
    found = reading(
        post(T, "pat", "1", mentions=["acme"]),
        post(T + 5, "acmehelp", "1", parent=uri("pat", "1")),
    )
    asked = found.inquiries.select("account", "key").rows()
    assert asked[0] in found.responses.select("account", "key").rows()


def test_another_brands_answer_is_not_this_ones():
    found = reading(
        post(T, "pat", "1", mentions=["acme"]),
        post(T + 5, "nova", "1", parent=uri("pat", "1")),
    )
    assert found.responses["account"].to_list() == ["nova.test"]


def test_brands_do_not_answer_each_other():
    found = reading(
        post(T, "acme", "1", parent=uri("nova", "news")),
        post(T, "acme", "2", parent=uri("acmehelp", "news")),
        post(T, "acme", "3", quote=uri("nova", "news")),
    )
    assert found.responses.is_empty()
    assert not found.answers


@pytest.mark.parametrize("media", [False, True])
def test_a_quotation_answers_what_it_quotes(media):
    quoting = post(T + 5, "acme", "1", quote=uri("pat", "1"))
    if media:
        inner = quoting["commit"]["record"]["embed"]["record"]
        quoting["commit"]["record"]["embed"]["record"] = {"record": inner}
    found = reading(quoting)
    message = hashing.key(uri("pat", "1"))
    assert answered(found) == [
        ("acme.test", None, message, T + 5),
        ("help.acme.test", None, message, T + 5),
    ]
    assert not found.answers


def test_a_reply_that_quotes_answers_the_one_it_replies_to():
    found = reading(
        post(T, "acme", "1", parent=uri("pat", "1"), quote=uri("quinn", "1"))
    )
    key = conversation(uri("pat", "1"), did("pat"))
    assert {row[1:3] for row in answered(found)} == {(key, None)}


def test_an_edit_changes_nothing():
    found = reading(
        post(T, "pat", "1", mentions=["acme"]),
        edit(T + 60, "pat", "1", mentions=["acme", "nova"]),
        edit(T + 60, "quinn", "1", mentions=["acme"]),
    )
    assert found.inquiries.select("account", "asked_at").rows() == [("acme.test", T)]


def test_a_deletion_names_the_message():
    found = reading(
        post(T, "pat", "1", mentions=["acme"]),
        delete(T + 30.9, "pat", "1"),
        delete(T + 40, "pat", "1"),
        delete(T + 50, "acme", "7"),
    )
    assert len(found.inquiries) == 1
    assert found.deletions.schema == pl.Schema(DELETED)
    assert found.deletions.rows() == [
        (hashing.key(uri("pat", "1")), T + 30),
        (hashing.key(uri("acme", "7")), T + 50),
    ]


def test_publications_are_counted_by_day_and_account():
    found = reading(
        post(T, "acme", "1"),
        post(T + 1, "acme", "2", parent=uri("acme", "1")),  # its own thread goes on
        post(T + 2, "acme", "3", quote=uri("pat", "1")),
        post(T + 3, "acme", "4", parent=uri("pat", "1")),
        post(T + 4, "acme", "5", parent=uri("nova", "1")),  # neither
        post(T + 5, "acmehelp", "1", parent=uri("acme", "1")),
        post(T + DAY, "acme", "6"),
        post(T, "acme", "1"),  # said twice, counted once
    )
    assert found.published.schema == pl.Schema(PUBLISHED)
    assert found.published.rows() == [
        ("bluesky", "acme.test", T // DAY, 3, 1),
        ("bluesky", "help.acme.test", T // DAY, 1, 0),
        ("bluesky", "acme.test", T // DAY + 1, 1, 0),
    ]


def test_what_an_earlier_look_counted_is_not_counted_again():
    messages = [
        post(T - 1, "acme", "1"),
        post(T, "acme", "2"),
        post(T + 9, "acme", "3"),
        post(T + 10, "acme", "4"),
        post(T - 5, "pat", "1", mentions=["acme"]),
        post(T + 10, "pat", "2", mentions=["acme"]),
    ]
    found = reading(*messages, since=T, until=T + 10)
    assert found.published["posts"].to_list() == [2]
    assert found.inquiries["asked_at"].to_list() == [T - 5]  # read again, said again


def test_nothing_gives_empty_frames():
    found = reading()
    for frame in (
        found.inquiries,
        found.responses,
        found.deletions,
        found.published,
    ):
        assert frame.is_empty()
    assert found.inquiries.schema == pl.Schema(HEARD)
    assert found.published.schema == pl.Schema(PUBLISHED)


def test_an_account_without_a_brand_is_one_of_its_own():
    watch = Watch({did("solo"): Watched("solo.test", did("solo"))})
    assert watch.brand(did("solo")) == "solo.test"
    assert watch.family(did("solo")) == ["solo.test"]


def test_a_person_is_a_keyed_hash():
    pat = did("pat")
    assert person(pat, T, SECRET) != person(pat, T, b"another secret key")


def test_no_name_gets_through_and_words_only_to_be_judged():
    found = reading(
        post(T, "pat", "1", mentions=["acme"]),
        post(T + 1, "acme", "1", parent=uri("pat", "1")),
    )
    kept = found.inquiries.drop("url", "text").to_dicts()
    said = str(kept) + str(found.responses.drop("text").to_dicts())
    assert "words of a person" not in said
    assert "pat" not in said


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", "null", "7", '"x"', "{}", '{"time_us": 1}', '{"kind": "commit"}',
     b"\xff\xfe", "[" * 100_000, '{"time_us": 1, "kind": "commit"}',
     '{"time_us": "1", "kind": "identity"}', '{"time_us": 0, "kind": "identity"}',
     '{"time_us": true, "kind": "identity"}', '{"time_us": 1.5, "kind": "identity"}',
     f'{{"time_us": {2**62}, "kind": "identity"}}',
     '{"time_us": 1' + "0" * 5_000 + ', "kind": "identity"}',
     '{"time_us": 1, "kind": "commit", "commit": []}'],
)  # fmt: skip
def test_what_is_not_jetstream_is_said(message):
    with pytest.raises(UnreadablePage, match="Jetstream: expected"):
        parse(message)


@pytest.mark.parametrize(
    ("name", "rkey"),
    [("a/b", "1"), ("a b", "1"), ("a", ""), ("a", "x/y"), ("a", "é"), ("a", None)],
)
def test_a_commit_without_an_address_is_no_commit(name, rkey):
    with pytest.raises(UnreadablePage, match="did and rkey"):
        parse(json.dumps(commit(T, name, rkey, "delete")))


def written(message):
    """As Jetstream writes it."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def test_what_names_nobody_we_watch_is_not_read():
    stranger = written(post(T, "pat", "1", mentions=["quinn"]))
    assert WATCH.skim(stranger) == T * US
    assert WATCH.skim(stranger.encode()) == T * US
    for message in (
        post(T, "pat", "1", mentions=["acme"]),
        post(T, "pat", "1", parent=uri("nova", "1")),
        post(T, "pat", "1", quote=uri("acmehelp", "1")),
        post(T, "acme", "1"),
        delete(T, "pat", "1"),
        edit(T, "pat", "1"),
        account(T, "pat", "deleted"),
        identity(T, "acme"),
    ):
        assert WATCH.skim(written(message)) is None
        assert WATCH.skim(written(message).encode()) is None
    assert WATCH.skim(json.dumps(post(T, "pat", "1"))) is None  # in another manner
    assert WATCH.skim(b"\xff") is None


def test_what_people_write_cannot_look_like_the_beginning_of_another_event():
    lies = (
        '{"did":"did:plc:x","time_us":5,"kind":"commit","commit":{"operation":"create"'
    )
    message = post(T, "pat", "1", text=lies)
    message["commit"]["record"] |= {"time_us": 7, "operation": "delete"}
    assert WATCH.skim(written(message)) == T * US
    message = delete(T, "pat", "1")
    message["commit"]["record"] = {"operation": "create"}
    assert WATCH.skim(written(message)) is None


NAMES = st.sampled_from(["pat", "quinn", "acme", "nova", "acmehelp"])


@given(
    who=NAMES,
    mentions=st.lists(NAMES, max_size=2),
    parent=st.none() | NAMES,
    quote=st.none() | NAMES,
    text=st.text(max_size=30),
)
def test_whatever_is_wanted_is_read(who, mentions, parent, quote, text):
    said = {"mentions": mentions, "text": text}
    said |= {"parent": uri(parent, "1")} if parent else {}
    said |= {"quote": uri(quote, "1")} if quote else {}
    message = written(post(T, who, "1", **said))
    time_us, event = parse(message)
    skimmed = WATCH.skim(message)
    assert skimmed in (None, time_us)
    assert skimmed is None or not WATCH.wants(event)


def test_other_events_only_tell_the_time():
    for message in (
        edit(T, "pat", "1"),
        account(T, "pat") | {"kind": "labels"},
        account(T, "pat") | {"did": "pat"},
        account(T, "pat") | {"account": {"active": "yes"}},
        account(T, "pat") | {"account": None},
        identity(T, "pat") | {"did": None},
    ):
        assert parse(json.dumps(message)) == (T * US, None)
    like = commit(T, "pat", "1", "create", record={})
    like["commit"]["collection"] = "app.bsky.feed.like"
    assert parse(json.dumps(like)) == (T * US, None)


def test_what_becomes_of_accounts():
    for message, what in (
        (account(T, "pat"), "active"),
        (account(T, "pat", "deactivated"), "deactivated"),
        (account(T, "pat", ""), "inactive"),
        (account(T, "pat", "throttled"), "throttled"),
        (identity(T, "pat"), "identity"),
    ):
        assert parse(json.dumps(message)) == (T * US, Notice(T * US, did("pat"), what))


def test_who_leaves_takes_everything_along():
    """Under the key of every year: when they wrote is not known."""
    found = reading(
        account(T - 9, "pat", "deactivated"),
        account(T - 5, "pat"),
        account(T, "quinn", "takendown"),
        account(T, "rosa", "throttled"),
        account(T, "acme", "suspended"),
        account(T + 1, "pat", "deleted"),
        account(T + 1, "pat", "deleted"),
        until=T + 2,
    )
    year = 365 * DAY
    assert T // year == 54  # 2024: two years of Bluesky
    assert found.departed.schema == pl.Schema(DEPARTED)
    assert found.departed.rows() == [
        (person(did(name), at, SECRET), left)
        for name, left in (("pat", T - 9), ("quinn", T), ("pat", T + 1))
        for at in (T - year, T)
    ]
    assert [(n.did, n.what) for n in found.notices] == [(did("acme"), "suspended")]


def test_what_becomes_of_strangers_is_of_no_use_unless_they_leave():
    strangers = (account(T, "pat"), identity(T, "pat"), account(T, "pat", "throttled"))
    assert events(*strangers) == []
    assert len(events(account(T, "pat", "deleted"), identity(T, "acme"))) == 2


@pytest.mark.parametrize(
    "record",
    [None, 7, "x", [], {}, {"reply": None}, {"reply": {"parent": []}},
     {"reply": {"parent": {"uri": 7}}}, {"reply": {"parent": {"uri": "at://x"}}},
     {"reply": {"root": {"uri": uri("acme", "1")}}},
     {"facets": {}}, {"facets": [7, None]}, {"facets": [{"features": 7}]},
     {"facets": [{"features": [7, {}]}]},
     {"facets": [{"features": [{"$type": "app.bsky.richtext.facet#mention"}]}]},
     {"facets": [{"features": [{"$type": "app.bsky.richtext.facet#link",
                                "did": did("acme")}]}]},
     {"facets": [{"features": [{"$type": "app.bsky.richtext.facet#mention",
                                "did": "did:plc:\ud800"}]}]},
     {"embed": {"record": {"uri": uri("acme", "1") + "/more"}}},
     {"embed": {"record": {"uri": "at://" + did("acme") + "/app.bsky.feed.like/1"}}},
     {"langs": "en"}, {"langs": []}, {"langs": [None]}, {"langs": ["x"]},
     {"langs": ["\x00en"]}],
)  # fmt: skip
def test_what_people_put_into_a_record_harms_nothing(record):
    assert post_of(record) == Post()


def test_a_reply_with_a_strange_root_is_its_own_thread():
    strange = record(parent=uri("acme", "1"), root="https://example.org")
    assert post_of(strange).root == uri("acme", "1")


def test_an_address_of_no_post_has_no_author():
    assert author_of("") == ""
    assert author_of(uri("acme", "1")) == did("acme")


def test_an_event_knows_its_address():
    assert Event(1, did("pat"), "1", None).uri == uri("pat", "1")
