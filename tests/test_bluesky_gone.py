"""What is not there any more: brands' accounts, people's accounts, single posts."""

from dataclasses import replace
from functools import partial

import polars as pl
import pytest

from bluesky_appview import AppView
from collectors.base import Watched
from collectors.channels.bluesky import accounts, look, revisiting
from collectors.channels.bluesky.events import web_address
from collectors.channels.bluesky.stream import Bounds
from collectors.http import Http, Manners
from collectors.looking import Stopped, Task
from jetstream import US, account, did, identity, jetstream, post, uri
from local_server import running
from model import DAY, FoundBy
from model.looks import OPEN

pytestmark = pytest.mark.slow

NOW = 20_000 * DAY + 50_000  # 2024-10-04 13:53:20
SINCE = NOW - 7_200
ACME = Watched("acme.test", did("acme"), "acme", NOW - 30 * DAY)


@pytest.fixture
def view():
    with running() as server:
        yield AppView(server)


@pytest.fixture
def stream():
    with jetstream() as made:
        yield made


@pytest.fixture
def task(view, stream):
    manners = Manners(pause=0, errors=2, first_wait=0.01)
    with Http(manners=manners) as http:
        yield Task(
            accounts=[ACME],
            http=http,
            secret=b"sixteen bytes or more",
            started_us=NOW * US,
            cursors={"time_us": str(SINCE * US)},
            options={
                "appview": view.server.url,
                "jetstream": stream.url,
                "retention_hours": 3,
                "first_days": 0,
                "bounds": Bounds(first=0.1, quiet=0.05),
            },
            known=lambda conversations: {},
        )


def after(task, seen, seconds):
    """The next look, so much later."""
    return replace(
        task, started_us=task.started_us + seconds * US, cursors=seen.cursors
    )


# -- accounts of brands


@pytest.mark.parametrize(
    ("status", "said"),
    [("deleted", "was deleted"), ("takendown", "was taken down"),
     ("suspended", "is suspended"), ("deactivated", "is deactivated"),
     ("", "is not active")],
)  # fmt: skip
def test_an_account_that_left_is_not_measured_from_then_on(task, stream, status, said):
    stream.log = [
        post(NOW - 900, "pat", "1", mentions=["acme"]),
        account(NOW - 600, "acme", status),
        account(NOW - 500, "acme", "deleted"),
    ]
    seen = look(task)
    assert seen.seen == (("acme.test", SINCE, NOW - 600),)
    assert seen.unresolved == {
        "acme.test": f"the account {said}, since 2024-10-04 13:43 UTC:"
        " it is not measured"
    }
    assert seen.resolved == {}
    assert seen.departed.is_empty()
    assert len(seen.inquiries) == 1
    later = look(after(task, seen, 600))
    assert later.seen == ()
    assert later.unresolved == seen.unresolved
    assert later.cursors["acme.test gone"] == f"{said} {NOW - 600}"


def test_an_account_that_is_back_is_measured_again(task, stream):
    stream.log = [account(NOW - 600, "acme", "deactivated"), account(NOW - 60, "acme")]
    seen = look(task)
    assert seen.seen == (
        ("acme.test", SINCE, NOW - 600),
        ("acme.test", NOW - 60, NOW),
    )
    assert (seen.resolved, seen.unresolved) == ({"acme.test": did("acme")}, {})
    assert seen.cursors == {"time_us": str(NOW * US)}


def test_it_may_be_back_in_a_later_look(task, stream):
    stream.log = [account(NOW - 600, "acme", "deactivated")]
    first = look(task)
    stream.log += [account(NOW + 60, "acme")]
    seen = look(after(task, first, 300))
    assert seen.seen == (("acme.test", NOW + 60, NOW + 300),)
    assert seen.resolved == {"acme.test": did("acme")}
    assert seen.cursors["acme.test gone"] == ""


def test_what_speaks_of_the_servers_work_changes_nothing(task, stream):
    stream.log = [account(NOW - 60, "acme", "throttled"), account(NOW - 50, "acme")]
    seen = look(task)
    assert seen.seen == (("acme.test", SINCE, NOW),)
    assert (seen.resolved, seen.unresolved) == ({}, {})


def test_a_return_that_was_missed_is_found_by_asking(task, view):
    left = {"acme.test gone": f"is deactivated {SINCE - 3_000}"}
    cursors = {**task.cursors, **left}
    view.gone.add(did("acme"))
    still = look(replace(task, cursors=cursors))
    assert (still.seen, list(still.unresolved)) == ((), ["acme.test"])
    view.gone.clear()
    back = look(replace(task, cursors=cursors))
    assert back.seen == ()  # since when it is back is not known
    assert back.resolved == {"acme.test": did("acme")}
    assert back.cursors["acme.test gone"] == ""
    assert len(view.profiles) == 2
    seen = look(after(task, back, 300))
    assert seen.seen == (("acme.test", NOW, NOW + 300),)


def test_who_has_just_left_is_not_asked_for(task, view):
    cursors = {"time_us": str((NOW - 600) * US)}
    cursors["acme.test gone"] = f"is deactivated {NOW - 3_600}"
    assert look(replace(task, cursors=cursors)).seen == ()
    assert view.profiles == []


def test_an_appview_that_does_not_answer_brings_nobody_back(task, view):
    cursors = {**task.cursors, "acme.test gone": f"is deactivated {SINCE}"}
    view.server.answers["/xrpc/app.bsky.actor.getProfile"] = lambda h: h.give(502)
    seen = look(replace(task, cursors=cursors))
    assert (seen.seen, list(seen.unresolved)) == ((), ["acme.test"])
    assert "the last answer was 502" in seen.problem


def test_not_everybody_is_asked_for_in_one_look(task, view, monkeypatch):
    monkeypatch.setattr(accounts, "ASKED", 2)
    watched = [Watched(f"h{n}.test", did(f"h{n}"), "", 1) for n in range(4)]
    left = {f"h{n}.test gone": f"is deactivated {SINCE}" for n in range(4)}
    seen = look(replace(task, accounts=watched, cursors={**task.cursors, **left}))
    assert len(view.profiles) == 2
    assert len(seen.unresolved) == 4


def test_a_new_handle_is_reported_and_the_account_still_measured(task, view, stream):
    stream.log = [
        identity(NOW - 600, "acme"),
        post(NOW - 500, "pat", "1", mentions=["acme"]),
    ]
    view.handles = {"ACME.new": did("acme")}
    seen = look(task)
    assert seen.seen == (("acme.test", SINCE, NOW),)
    assert len(seen.inquiries) == 1
    assert seen.unresolved == {
        "acme.test": "its handle is acme.new now: still measured, by its DID; the"
        " registry should say so"
    }
    assert seen.cursors["acme.test renamed"] == "acme.new"
    later = look(after(task, seen, 300))
    assert (later.resolved, later.unresolved) == ({}, {})  # said once
    view.handles = {"acme.test": did("acme")}
    stream.log += [identity(NOW + 400, "acme")]
    back = look(after(task, later, 600))
    assert back.resolved == {"acme.test": did("acme")}
    assert back.cursors["acme.test renamed"] == ""


def test_who_comes_back_under_another_handle_is_still_renamed(task, stream):
    stream.log = [account(NOW - 60, "acme")]
    kept = {"acme.test gone": f"is deactivated {NOW - 900}"}
    kept |= {"acme.test renamed": "acme.new"}
    seen = look(replace(task, cursors={**task.cursors, **kept}))
    assert "acme.new" in seen.unresolved["acme.test"]
    assert seen.resolved == {}


def test_another_key_is_no_other_handle(task, stream):
    stream.log = [identity(NOW - 600, "acme")]
    seen = look(task)
    assert (seen.resolved, seen.unresolved) == ({"acme.test": did("acme")}, {})
    assert seen.cursors == {"time_us": str(NOW * US)}


@pytest.mark.parametrize("status", [400, 502])
def test_a_handle_that_could_not_be_asked_for_is_asked_for_again(
    task, view, stream, status
):
    stream.log = [identity(NOW - 600, "acme")]
    there = view.server.answers["/xrpc/app.bsky.actor.getProfile"]
    view.server.answers["/xrpc/app.bsky.actor.getProfile"] = lambda h: h.give(status)
    seen = look(task)
    assert f"{status}" in seen.problem
    assert seen.unresolved == {}
    assert seen.cursors["acme.test renamed"] == "?"
    view.server.answers["/xrpc/app.bsky.actor.getProfile"] = there
    with Http(manners=Manners(pause=0)) as http:
        later = look(replace(after(task, seen, 4_000), http=http))
    assert later.resolved == {"acme.test": did("acme")}
    assert later.cursors["acme.test renamed"] == ""


def test_what_an_earlier_look_read_is_not_read_again(task, stream):
    stream.log = [account(SINCE - 30, "acme", "deleted"), identity(SINCE - 20, "acme")]
    seen = look(task)
    assert seen.seen == (("acme.test", SINCE, NOW),)
    assert seen.unresolved == {}


# -- open inquiries


def opened(*rows):
    """Inquiries (seconds ago, name, rkey) that the store holds."""
    frame = pl.DataFrame(
        [
            {
                "account": "acme.test",
                "key": n,
                "message": n,
                "asked_at": NOW - ago,
                "url": web_address(uri(name, rkey)) if rkey else name,
                "found_by": FoundBy.STREAM,
            }
            for n, (ago, name, rkey) in enumerate(rows)
        ],
        schema=OPEN,
    )
    return lambda since: frame.filter(pl.col("asked_at") >= since)


def watching(task, *rows, looked=NOW - 4_000, **more):
    cursors = {**task.cursors, "revisited": str(looked), **more}
    return replace(task, open_since=opened(*rows), horizon=3 * DAY, cursors=cursors)


def test_a_post_that_is_gone_is_found(task, view):
    """It counts as deleted when it was last known to stand."""
    view.hold(NOW - 950, "pat", "2")
    rows = [(1_000, "pat", "1"), (950, "pat", "2"), (10_000, "quinn", "1"),
            (100, "rosa", "1"), (5 * DAY, "rosa", "2")]  # fmt: skip
    seen = look(watching(task, *rows))
    assert sorted(map(len, view.asked)) == [3]
    assert sorted(seen.deletions.rows()) == [(0, NOW - 1_000), (2, NOW - 6_400)]
    assert seen.cursors["revisited"] == str(NOW)
    assert seen.problem == ""


def test_what_is_still_there_stays(task, view):
    view.hold(NOW - 1_000, "pat", "1")
    assert look(watching(task, (1_000, "pat", "1"))).deletions.is_empty()


def test_what_was_due_while_we_were_away_is_asked_for_once(task, view):
    rows = [(2 * DAY, "pat", "1"), (4 * DAY, "quinn", "1"), (9 * DAY, "rosa", "1")]
    seen = look(watching(task, *rows, looked=NOW - 3 * DAY))
    assert len(view.asked) == 1
    assert sorted(seen.deletions.rows()) == [
        (0, NOW - 2 * DAY),
        (1, NOW - 4 * DAY + 57_600),
    ]
    assert look(watching(task, *rows, looked=NOW)).deletions.is_empty()


def test_an_appview_that_is_behind_deletes_nothing(task, view):
    """What it does not show yet was written after everything it shows."""
    view.hold(NOW - 3_000, "pat", "1")
    rows = [(1_000, "quinn", "1"), (3_000, "pat", "1"), (3_100, "rosa", "1")]
    seen = look(watching(task, *rows))
    assert seen.deletions["message"].to_list() == [2]
    alone = look(watching(task, (1_000, "quinn", "1")))
    assert alone.deletions.is_empty()
    assert alone.cursors["revisited"] == str(NOW)
    old = look(watching(task, (30_000, "quinn", "1")))
    assert old.deletions["message"].to_list() == [0]


def test_the_first_round_looks_back_over_one_horizon(task, view):
    seen = replace(watching(task, (4 * DAY, "pat", "1")), cursors=task.cursors)
    assert look(seen).deletions.height == 1
    seen = replace(watching(task, (7 * DAY, "pat", "1")), cursors=task.cursors)
    assert look(seen).deletions.is_empty()


def test_rounds_are_not_made_at_every_look(task, view):
    task = watching(task, (30_000, "pat", "1"), looked=NOW - 599)
    assert look(task).cursors["revisited"] == str(NOW - 599)
    assert view.asked == []


def test_without_a_horizon_nothing_is_asked_again(task, view):
    seen = look(replace(watching(task, (30_000, "pat", "1")), horizon=0))
    assert seen.deletions.is_empty()
    assert view.asked == []


def test_posts_are_asked_for_25_at_a_time_and_no_more_than_may_be(
    task, view, monkeypatch
):
    monkeypatch.setattr(revisiting, "MOST", 30)
    rows = [(1_000 + n, f"p{n}", "1") for n in range(60)]
    seen = look(watching(task, *rows))
    assert [len(uris) for uris in view.asked] == [25, 5]
    # those that waited longest came first; the others are due in the next round
    assert seen.cursors["revisited"] == str(NOW - 1_029 + 900 - 1)


def test_what_could_not_be_asked_waits_for_the_next_round(task, view):
    rows = [(1_000 + n, f"p{n}", "1") for n in range(30)]
    whole, calls = view.get_posts, []
    view.server.answers["/xrpc/app.bsky.feed.getPosts"] = lambda h: (
        h.give(502) if calls else calls.append(0) or whole(h)
    )
    view.hold(NOW - 1_005, "p5", "1")
    seen = look(watching(task, *rows))
    assert seen.problem.startswith("5 posts were not asked for again: http")
    assert seen.cursors["revisited"] == str(NOW - 1_004 + 900 - 1)
    assert seen.deletions.height == 24


def test_one_post_to_two_brands_is_asked_for_once(task, view):
    rows = [(30_000, "pat", "1"), (30_000, "pat", "1"), (30_000, "elsewhere", "")]
    seen = look(watching(task, *rows, looked=NOW - 20_000))
    assert [len(uris) for uris in view.asked] == [1]
    assert sorted(seen.deletions["message"]) == [0, 1]


def test_a_stop_is_noticed(task):
    asked = iter([False] * 2 + [True] * 9)
    task = watching(task, (30_000, "pat", "1"))
    with pytest.raises(Stopped):
        look(replace(task, stopped=partial(next, asked)))
