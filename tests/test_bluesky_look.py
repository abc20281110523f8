"""One look at Bluesky: handles, stream, answers traced back, and what the store keeps.

The stream and the AppView are small servers of the test; the store is the real one.
"""

from dataclasses import replace

import pytest

from bluesky_appview import AppView
from collectors import channels
from collectors.base import UnreadablePage, Watched
from collectors.channels import bluesky
from collectors.channels.bluesky import CHANNEL, appview, compose, look, tracing
from collectors.channels.bluesky.reading import Watch, conversation
from collectors.channels.bluesky.stream import Bounds, Drained
from collectors.http import Http, Manners, Unreachable
from collectors.looking import Stopped, Task
from jetstream import US, delete, did, jetstream, post, uri
from local_server import running
from model import CHANNEL_FAMILY, DAY, FoundBy
from model.looks import Look

NOW = 20_000 * DAY + 50_000
BOUNDS = Bounds(first=0.1, quiet=0.05)


@pytest.fixture
def view():
    with running() as server:
        yield AppView(server)


@pytest.fixture
def stream():
    with jetstream() as made:
        yield made


@pytest.fixture
def http():
    manners = Manners(pause=0, errors=2, first_wait=0.01)
    with Http(manners=manners) as made:
        yield made


@pytest.fixture
def task(view, stream, http):
    return Task(
        accounts=[Watched("acme.test", did("acme"), "acme")],
        http=http,
        secret=b"sixteen bytes or more",
        started_us=NOW * US,
        cursors={},
        options={
            "appview": view.server.url,
            "jetstream": stream.url,
            "retention_hours": 2,
            "first_days": 0,
            "bounds": BOUNDS,
        },
        known=lambda conversations: {},
    )


def test_the_channel_declares_itself():
    assert channels()["bluesky"] is CHANNEL
    assert CHANNEL.slug in CHANNEL_FAMILY
    assert CHANNEL.every is not None
    assert "Known gaps" in (bluesky.__doc__ or "")


def test_the_first_look_starts_where_the_stream_does(task, stream):
    stream.log = [
        post(NOW - 7_100, "pat", "1", mentions=["acme"]),
        post(NOW - 90, "acme", "1", parent=uri("pat", "1")),
        post(NOW - 80, "acme", "2"),
        delete(NOW - 70, "pat", "1"),
        post(NOW + 1, "pat", "later", mentions=["acme"]),
    ]
    seen = look(task)
    assert seen.channel == "bluesky"
    assert seen.inquiries["asked_at"].to_list() == [NOW - 7_100]
    assert seen.responses["responded_at"].to_list() == [NOW - 90]
    assert seen.deletions["deleted_at"].to_list() == [NOW - 70]
    assert seen.published.select("posts", "replies").rows() == [(1, 1)]
    assert seen.seen == (("acme.test", NOW - 7_200, NOW),)
    assert seen.cursors_before == {}
    assert seen.cursors == {"time_us": str(NOW * US)}
    assert seen.started_at == NOW
    assert seen.finished_at > NOW
    assert (seen.read, seen.refused, seen.problem) == (5, {}, "")


def test_the_next_look_goes_on_from_the_cursor(task, stream):
    stream.log = [post(NOW - 7_100, "pat", "1", mentions=["acme"])]
    since = (NOW - 300) * US + 5
    seen = look(replace(task, cursors={"time_us": str(since)}))
    assert seen.inquiries.is_empty()
    assert seen.cursors_before == {"time_us": str(since)}
    assert seen.seen == (("acme.test", NOW - 300, NOW),)
    assert seen.problem == ""


def test_what_the_stream_no_longer_keeps_is_a_gap(task, stream):
    stream.log = [post(NOW - 1, "pat", "1")]
    seen = look(replace(task, cursors={"time_us": str((NOW - 9_000) * US)}))
    assert seen.seen == (("acme.test", NOW - 7_200, NOW),)
    assert seen.problem == (
        "the stream keeps 2 hours and the last look is older: 30 minutes were not seen"
    )


@pytest.fixture
def patient(task):
    """For long streams that end: a busy machine is no quiet network."""
    options = {**task.options, "bounds": Bounds(first=20, quiet=20)}
    return replace(task, options=options)


def test_a_hole_is_left_out_of_what_was_seen(patient, stream):
    second = [post(NOW - 7_200 + n, "noise", str(n)) for n in range(7_000)]
    stream.log = second[::1][:3_000] + second[4_000:]
    stream.log += [post(NOW - 200 + n / 20, "noise", f"x{n}") for n in range(4_000)]
    stream.log += [post(NOW, "noise", "end")]
    seen = look(patient)
    assert seen.seen == (
        ("acme.test", NOW - 7_200, NOW - 4_201),
        ("acme.test", NOW - 3_200, NOW),
    )


def test_a_stream_that_begins_late_was_not_seen_before(patient, stream):
    stream.log = [post(NOW - 3_600 + n / 3, "noise", str(n)) for n in range(10_801)]
    assert look(patient).seen == (("acme.test", NOW - 3_600, NOW),)


def test_a_clock_that_was_set_back_is_said(task, stream):
    with pytest.raises(Unreachable, match="clock was set back"):
        look(replace(task, cursors={"time_us": str((NOW + 1) * US)}))
    assert stream.asked == []


def test_handles_are_resolved_and_watched_at_once(task, view, stream):
    stream.log = [post(NOW - 9, "pat", "1", mentions=["nova"])]
    accounts = [Watched("nova.test", "", "nova"), Watched("gone.test", "", "gone")]
    seen = look(replace(task, accounts=accounts))
    assert seen.resolved == {"nova.test": did("nova")}
    assert list(seen.unresolved) == ["gone.test"]
    assert "Unable to resolve handle" in seen.unresolved["gone.test"]
    assert seen.inquiries["account"].to_list() == ["nova.test"]
    assert [each.account for each in seen.seen] == ["nova.test"]
    assert seen.problem == ""


def test_a_handle_with_its_sign_is_the_same_handle(http, view):
    assert appview.resolve(http, view.server.url, "@acme.test") == did("acme")


@pytest.mark.parametrize("said", [b"[]", b"{}", b'{"did": 7}', b'{"did": "acme"}'])
def test_an_answer_without_a_did_resolves_nothing(task, view, said):
    view.server.answers["/xrpc/com.atproto.identity.resolveHandle"] = lambda handler: (
        handler.give(200, said)
    )
    seen = look(replace(task, accounts=[Watched("acme.test", "")]))
    assert "expected a did" in seen.unresolved["acme.test"]
    assert seen.problem == "no account is resolved"
    assert seen.seen == ()
    assert seen.cursors == {}
    assert seen.finished_at > NOW


def test_two_handles_of_one_account_are_one_account(task, view, stream):
    view.handles["old.test"] = did("acme")
    stream.log = [post(NOW - 9, "pat", "1", mentions=["acme"])]
    accounts = [*task.accounts, Watched("old.test", "", "acme")]
    seen = look(replace(task, accounts=accounts))
    assert seen.unresolved == {"old.test": "acme.test is the same account"}
    assert seen.inquiries["account"].to_list() == ["acme.test"]


def test_without_the_appview_known_accounts_are_watched(task, view, stream):
    view.server.answers.clear()
    view.server.answers["/robots.txt"] = lambda handler: handler.give(500)
    stream.log = [post(NOW - 9, "pat", "1", mentions=["acme"])]
    accounts = [*task.accounts, Watched("nova.test", "")]
    seen = look(replace(task, accounts=accounts))
    assert seen.inquiries["account"].to_list() == ["acme.test"]
    assert "the last answer was 500" in seen.problem
    assert seen.unresolved == {}


def test_without_the_appview_and_known_accounts_nothing_can_be_seen(task, view):
    view.server.answers["/robots.txt"] = lambda handler: handler.give(500)
    with pytest.raises(Unreachable, match="the last answer was 500"):
        look(replace(task, accounts=[Watched("nova.test", "")]))


def test_handles_are_asked_in_turns(task, view, monkeypatch):
    monkeypatch.setattr(bluesky, "HANDLES", 10)
    accounts = [Watched(f"h{n}.test", "") for n in range(25)]
    for minute in range(5):
        started = NOW * US + minute * 60 * US
        seen = look(replace(task, accounts=accounts, started_us=started))
        assert len(seen.unresolved) == 10
    assert set(view.asked) == {f"h{n}.test" for n in range(25)}


def test_without_the_stream_what_was_resolved_is_kept(task, stream):
    stream.plays = [lambda socket, _: socket.close(1011)] * 4
    with pytest.raises(Unreachable, match="subscribe: asked 2 times"):
        look(task)
    seen = look(replace(task, accounts=[Watched("nova.test", "")]))
    assert seen.resolved == {"nova.test": did("nova")}
    assert "subscribe: asked 2 times" in seen.problem
    assert seen.seen == ()
    assert seen.cursors == {}


def test_a_stop_ends_the_look(task):
    with pytest.raises(Stopped):
        look(replace(task, stopped=lambda: True))


# -- answers to what we never saw


@pytest.fixture
def answer(stream):
    """The brand answers a post by pat that named nobody."""
    stream.log = [
        post(NOW - 100, "pat", "1"),
        post(NOW - 90, "acme", "1", parent=uri("pat", "1")),
    ]
    return (uri("pat", "1"), did("pat"))


def test_an_answer_leads_back_to_its_question(task, view, answer):
    view.hold(NOW - 100, "pat", "1", langs=["fr"])
    seen = look(task)
    assert seen.inquiries.select(
        "key", "asked_at", "found_by", "addressed", "language"
    ).rows() == [(conversation(*answer), NOW - 100, FoundBy.REPLY, 1, "fr")]
    assert seen.responses["key"].to_list() == [conversation(*answer)]
    assert seen.refused == {}


def test_a_question_that_is_gone_is_dropped(task, answer):
    seen = look(task)
    assert seen.inquiries.is_empty()
    assert len(seen.responses) == 1
    assert seen.refused == {"answers to a message that is gone": 1}
    assert seen.problem == ""


def test_nobody_is_answered_before_asking(task, view, answer):
    view.hold(NOW - 30, "pat", "1")  # indexed late
    assert look(task).inquiries["asked_at"].to_list() == [NOW - 90]


def test_what_is_known_is_not_traced(task, view, answer):
    asked = []

    def known(conversations):
        asked.extend(conversations)
        return {("acme.test", conversation(*answer)): NOW - 100}

    assert look(replace(task, known=known)).inquiries.is_empty()
    assert asked == [("acme.test", conversation(*answer))]
    assert view.asked == []


def test_what_is_known_only_from_later_is_traced(task, view, answer):
    view.hold(NOW - 100, "pat", "1")
    later = {("acme.test", conversation(*answer)): NOW - 80}
    seen = look(replace(task, known=lambda conversations: later))
    assert seen.inquiries["found_by"].to_list() == [FoundBy.REPLY]


def test_thanks_for_an_answer_is_not_a_question(task, view, stream, answer):
    """In one look or in two: a conversation that only its answer revealed stays so."""
    thanks = post(NOW - 50, "pat", "2", parent=uri("acme", "1"), root=uri("pat", "1"))
    stream.log.append(thanks)
    view.hold(NOW - 100, "pat", "1")
    together = look(task).inquiries
    assert together.select("asked_at", "found_by").rows() == [
        (NOW - 100, FoundBy.REPLY)
    ]
    stream.log = [thanks]
    held = {("acme.test", conversation(*answer)): NOW - 100}
    assert look(replace(task, known=lambda _: held)).inquiries.is_empty()


def test_another_brands_answer_to_a_question_is_traced(task, view, stream):
    accounts = [*task.accounts, Watched("nova.test", did("nova"), "nova")]
    stream.log = [
        post(NOW - 100, "pat", "1", mentions=["acme"]),
        post(NOW - 90, "nova", "1", parent=uri("pat", "1")),
    ]
    view.hold(NOW - 100, "pat", "1", mentions=["acme"])
    seen = look(replace(task, accounts=accounts))
    assert seen.inquiries.select("account", "found_by").rows() == [
        ("acme.test", FoundBy.STREAM),
        ("nova.test", FoundBy.REPLY),
    ]


def test_who_asked_at_the_top_and_was_answered_further_down(task, view, stream):
    """The top named the brand before our watch began; the answer is to a follow-up."""
    stream.log = [
        post(NOW - 90, "acme", "1", parent=uri("pat", "2"), root=uri("pat", "1"))
    ]
    view.hold(NOW - 90_000, "pat", "1", mentions=["acme"])
    view.hold(NOW - 100, "pat", "2", parent=uri("pat", "1"))
    assert look(task).inquiries["asked_at"].to_list() == [NOW - 90_000]
    assert sorted(view.asked[0]) == [uri("pat", "1"), uri("pat", "2")]


def test_a_thread_about_something_else_is_not_where_the_wait_began(task, view, stream):
    stream.log = [
        post(NOW - 90, "acme", "1", parent=uri("pat", "2"), root=uri("pat", "1"))
    ]
    view.hold(NOW - 90_000, "pat", "1", mentions=["quinn"])
    view.hold(NOW - 100, "pat", "2", parent=uri("pat", "1"))
    assert look(task).inquiries["asked_at"].to_list() == [NOW - 100]


def test_a_conversation_is_traced_from_the_first_answer_that_leads_back(
    task, view, stream
):
    root = uri("quinn", "top")
    stream.log = [
        post(NOW - 90, "acme", "1", parent=uri("pat", "gone"), root=root),
        post(NOW - 80, "acme", "2", parent=uri("pat", "2"), root=root),
        post(NOW - 70, "acme", "3", parent=uri("pat", "3"), root=root),
    ]
    view.hold(NOW - 100, "pat", "2")
    view.hold(NOW - 400, "pat", "3")
    seen = look(task)
    assert seen.inquiries["asked_at"].to_list() == [NOW - 100]
    assert seen.refused == {"answers to a message that is gone": 1}


def test_posts_are_asked_for_25_at_a_time(task, view, stream):
    for n in range(60):
        stream.log.append(post(NOW - 99 + n, "acme", str(n), parent=uri(f"p{n}", "1")))
        view.hold(NOW - 100, f"p{n}", "1")
    assert len(look(task).inquiries) == 60
    assert [len(uris) for uris in view.asked] == [25, 25, 10]


def test_no_more_is_traced_than_may_be(task, view, stream, monkeypatch):
    monkeypatch.setattr(tracing, "MOST", 2)
    for n in range(5):
        stream.log.append(post(NOW - 99 + n, "acme", str(n), parent=uri(f"p{n}", "1")))
        view.hold(NOW - 100, f"p{n}", "1")
    seen = look(task)
    assert len(seen.inquiries) == 2
    assert seen.refused == {"answers too many to trace back": 3}


def test_without_the_appview_the_stream_still_counts(task, view, stream, answer):
    view.server.answers["/xrpc/app.bsky.feed.getPosts"] = lambda h: h.give(502)
    stream.log.append(post(NOW - 50, "quinn", "1", mentions=["acme"]))
    seen = look(task)
    assert seen.inquiries["found_by"].to_list() == [FoundBy.STREAM]
    assert seen.problem.startswith("1 answers could not be traced back: http")
    assert seen.cursors == {"time_us": str(NOW * US)}


@pytest.mark.parametrize(
    "said",
    ["[]", "{}", '{"posts": {}}', '{"posts": [7]}', '{"posts": [{}]}',
     '{"posts": [{"uri": "x", "indexedAt": 7, "record": {}}]}',
     '{"posts": [{"uri": "x", "indexedAt": "noon", "record": {}}]}',
     '{"posts": [{"uri": "x", "indexedAt": "0001-01-01T00:00:00+23:59",'
     ' "record": {}}]}'],
)  # fmt: skip
def test_posts_of_another_shape_are_said(view, http, said):
    view.server.answers["/xrpc/app.bsky.feed.getPosts"] = lambda handler: handler.give(
        200, said.encode()
    )
    with pytest.raises(UnreadablePage, match=r"getPosts: expected"):
        appview.posts(http, view.server.url, ["x"])


def test_a_busy_stream_that_stopped_at_the_cursor_was_not_seen(task):
    drained = Drained(since_us=NOW * US, until_us=NOW * US)
    watch = Watch({did("acme"): task.accounts[0]})
    assert compose(task, watch, Look(channel="bluesky"), drained).seen == ()
