"""Draining Jetstream: where it stops, what it does when the server fails."""

import json
import socket
import threading
import time
from dataclasses import replace

import pytest
from websockets.sync.server import serve

from collectors.base import UnreadablePage
from collectors.channels.bluesky.stream import Bounds, Drain
from collectors.http import Http, Manners, Unreachable
from collectors.looking import Stopped
from jetstream import US, account, jetstream, post

NOW = 1_790_000_000
BOUNDS = Bounds(first=0.15, quiet=0.1, seconds=20)


@pytest.fixture
def stream():
    with jetstream() as made:
        yield made


@pytest.fixture
def slept():
    return []


@pytest.fixture
def http(slept):
    manners = Manners(silence=2.0, errors=3)
    with Http("me@example.org", manners=manners, sleep=slept.append) as made:
        yield made


@pytest.fixture
def drain(stream, http):
    return Drain(
        url=stream.url,
        http=http,
        since_us=(NOW - 3_600) * US,
        start_us=NOW * US,
        wanted=lambda event: event.did != "did:plc:noise",
        stopped=lambda: False,
        bounds=BOUNDS,
    )


def bounded(drain, **bounds):
    drain.bounds = replace(BOUNDS, **bounds)
    return drain


def rkeys(drained):
    return [event.rkey for event in drained.events]


def test_it_asks_for_posts_from_a_little_before_the_cursor(stream, drain):
    stream.log = [post(NOW - 1, "pat", "1"), post(NOW, "pat", "2")]
    drain.run()
    assert stream.asked == [
        {
            "wantedCollections": ["app.bsky.feed.post"],
            "cursor": [str((NOW - 3_660) * US)],
        }
    ]
    assert stream.agents == ["Answerable/1 (public response times; me@example.org)"]


def test_it_stops_at_the_first_event_of_later(stream, drain):
    stream.log = [
        post(NOW - 3_650, "pat", "before"),
        post(NOW - 60, "pat", "1"),
        post(NOW - 59, "noise", "2"),
        account(NOW - 58, "noise"),
        post(NOW - 0.000001, "pat", "3"),
        post(NOW, "pat", "later"),
        post(NOW + 1, "pat", "much later"),
    ]
    drained = drain.run()
    assert rkeys(drained) == ["before", "1", "3"]
    assert (drained.since_us, drained.until_us) == ((NOW - 3_600) * US, NOW * US)
    assert drained.read == 6
    assert drained.problem == ""
    assert len(stream.asked) == 1


def test_a_network_that_has_just_been_quiet_is_believed(stream, drain):
    stream.log = [post(NOW - 30, "pat", "1")]
    drained = drain.run()
    assert rkeys(drained) == ["1"]
    assert drained.until_us == NOW * US
    assert drained.problem == ""
    assert len(stream.asked) == 1


def test_a_long_silence_is_believed_when_heard_twice(stream, drain):
    stream.log = [post(NOW - 1_000, "pat", "1")]
    drained = drain.run()
    assert set(rkeys(drained)) == {"1"}
    assert drained.until_us == NOW * US
    assert drained.problem == ""
    assert [asked["cursor"] for asked in stream.asked] == [
        [str((NOW - 3_660) * US)],
        [str((NOW - 1_060) * US)],
    ]


def test_a_network_without_any_event(stream, drain):
    drained = drain.run()
    assert drained.events == []
    assert drained.until_us == NOW * US
    assert len(stream.asked) == 2


def test_a_server_that_stalls_is_not_taken_for_a_quiet_network(stream, drain):
    stream.log = [post(NOW - 3_000 + n * 100, "pat", str(n)) for n in range(30)]
    stalls = [10, 20]
    stream.plays = [
        lambda socket, server, n=n: server.replay(socket, upto=n) for n in stalls
    ]
    drained = drain.run()
    assert set(rkeys(drained)) == {str(n) for n in range(30)}
    assert drained.problem == ""
    assert drained.until_us == NOW * US


def close(socket, server):
    server.send(socket, upto=2)
    socket.close(1011)


def vanish(socket, server):
    server.send(socket, upto=2)
    socket.socket.shutdown(2)


@pytest.mark.parametrize("fault", [close, vanish])
def test_a_broken_connection_is_made_again(stream, drain, slept, fault):
    stream.log = [post(NOW - 500 + n, "pat", str(n)) for n in range(500)]
    stream.plays = [fault, fault]
    drained = drain.run()
    assert set(rkeys(drained)) == {str(n) for n in range(500)}
    assert drained.problem == ""
    assert drained.until_us == NOW * US
    assert len(slept) == 2
    assert 0.75 <= slept[0] <= 1.25
    assert 1.5 <= slept[1] <= 2.5
    assert stream.asked[1]["cursor"] == [str((NOW - 559) * US)]


def test_a_stream_that_keeps_breaking_keeps_what_it_gave(stream, drain, slept):
    stream.log = [post(NOW - 500 + n, "pat", str(n)) for n in range(500)]
    stream.plays = [close] * 3
    drained = drain.run()
    assert set(rkeys(drained)) == {"0", "1"}
    assert drained.until_us == (NOW - 499) * US
    assert "broke off 3 times, 8 minutes behind now" in drained.problem
    assert "the next look goes on from there" in drained.problem
    assert len(slept) == 2


def test_a_stream_that_gives_nothing_fails(stream, drain, slept):
    stream.plays = [lambda socket, server: socket.close(1011)] * 3
    with pytest.raises(Unreachable, match=r"subscribe: asked 3 times, .*1011"):
        drain.run()


def test_nobody_there(drain, slept):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        drain.url = f"ws://127.0.0.1:{door.getsockname()[1]}/subscribe"
        with pytest.raises(Unreachable, match="asked 3 times, .*refused"):
            drain.run()
    assert len(slept) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "nonsense", "ws://"])
def test_an_address_that_is_none(drain, url):
    drain.url = url
    with pytest.raises(Unreachable, match="asked 3 times"):
        drain.run()


def test_a_server_that_answers_without_a_word(drain):
    with socket.create_server(("127.0.0.1", 0)) as door:
        drain.url = f"ws://127.0.0.1:{door.getsockname()[1]}/subscribe"
        drain.http.manners = Manners(silence=0.1, errors=2)
        with pytest.raises(Unreachable, match="asked 2 times, .*timed out"):
            drain.run()


@pytest.mark.parametrize(
    ("headers", "least"),
    [({}, 0.5), ({"Retry-After": "30"}, 30), ({"Retry-After": "9000"}, 60)],
)
def test_a_server_that_refuses_says_when_to_come_back(drain, slept, headers, least):
    def refuse(connection, request):
        response = connection.respond(429, "not now")
        for name, value in headers.items():
            response.headers[name] = value
        return response

    with serve(lambda _: None, "127.0.0.1", 0, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        drain.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe"
        with pytest.raises(Unreachable, match="asked 3 times, it answered 429"):
            drain.run()
        server.shutdown()
        thread.join()
    assert len(slept) == 2
    assert least <= slept[0] <= least + 1


def test_a_frame_too_large_breaks_the_connection(stream, drain):
    stream.log = [post(NOW - 1, "pat", "1", langs=["x" * 10_000])]
    with pytest.raises(Unreachable, match="asked 3 times"):
        bounded(drain, largest=1_000).run()


def play(*messages):
    def send(socket, server):
        for message in messages:
            socket.send(message)
        server.stay(socket)

    return send


def test_what_cannot_be_read_is_counted_and_passed_over(stream, drain):
    stream.plays = [
        play(
            "{",
            json.dumps(post(NOW - 9, "pat", "1")),
            b"\xff",
            json.dumps(post(NOW - 8, "pat", "2")),
        )
    ]
    drained = drain.run()
    assert rkeys(drained) == ["1", "2"]
    assert drained.refused == {"Jetstream: expected an event with time_us and kind": 2}


def test_a_stream_of_something_else_is_said(stream, drain):
    stream.plays = [play("hello", '{"t": "MESSAGE_CREATE"}')] * 2
    with pytest.raises(UnreadablePage, match="expected Jetstream's events, found none"):
        drain.run()


def test_it_takes_no_more_events_than_it_may(stream, drain):
    stream.log = [post(NOW - 500 + n, "pat", str(n)) for n in range(500)]
    drained = bounded(drain, events=10).run()
    assert rkeys(drained) == [str(n) for n in range(10)]
    assert drained.until_us == (NOW - 491) * US
    assert "8 minutes behind: the look took what it may" in drained.problem


def test_it_keeps_no_more_events_than_it_may(stream, drain):
    stream.log = [
        post(NOW - 100 + n, "noise" if n % 2 else "pat", str(n)) for n in range(100)
    ]
    drained = bounded(drain, kept=5).run()
    assert rkeys(drained) == ["0", "2", "4", "6", "8"]
    assert drained.until_us == (NOW - 92) * US
    assert "92 seconds behind" in drained.problem


def test_it_takes_no_longer_than_it_may(stream, drain):
    def pour(socket, server):
        for number, message in enumerate(server.log):
            if number == 50:
                drain.deadline = 0  # whatever has been read by then
            socket.send(json.dumps(message))

    stream.log = [post(NOW - 500 + n, "pat", str(n)) for n in range(500)]
    stream.plays = [pour]
    drained = drain.run()
    assert 0 < len(drained.events) <= 51
    assert "the next goes on from there" in drained.problem


def test_how_long_it_may_take_is_counted_from_its_beginning(drain):
    made = replace(drain, bounds=replace(BOUNDS, seconds=2_000))
    assert 1_000 < made.deadline - time.monotonic() <= 2_000


def test_what_was_left_comes_with_the_next_look(stream, drain, http):
    stream.log = [post(NOW - 500 + n, "pat", str(n)) for n in range(500)]
    seen = []
    for _ in range(100):
        drained = bounded(drain, events=150).run()
        seen += rkeys(drained)
        if not drained.problem:
            break
        drain = Drain(
            url=stream.url,
            http=http,
            since_us=drained.until_us,
            start_us=NOW * US,
            wanted=drain.wanted,
            stopped=drain.stopped,
        )
    assert set(seen) == {str(n) for n in range(500)}
    assert drained.until_us == NOW * US


def test_a_stop_is_noticed(stream, drain):
    stream.log = [post(NOW - 500 + n, "pat", str(n)) for n in range(500)]
    calls = iter([False] * 7 + [True])
    drain.stopped = lambda: next(calls)
    with pytest.raises(Stopped):
        drain.run()


def busy(start, end):
    """Two events a second, from second to second."""
    return [post(NOW + n / 2, "noise", str(abs(n))) for n in range(start * 2, end * 2)]


def test_a_hole_in_a_busy_stream_was_not_seen(stream, drain):
    stream.log = busy(-3_600, -2_000) + busy(-1_600, 1)
    drained = bounded(drain, first=20, quiet=20).run()
    assert drained.holes == [(round((NOW - 2_000.5) * US), (NOW - 1_600) * US)]
    assert drained.until_us == NOW * US
    assert drained.problem == ""


def test_a_busy_stream_that_fell_silent_ends_where_it_fell_silent(stream, drain):
    stream.log = busy(-3_600, -1_000)
    drained = bounded(drain, first=5, quiet=2).run()
    assert drained.until_us == round((NOW - 1_000.5) * US)
    assert drained.problem == "the stream fell silent 16 minutes ago"
    assert drained.holes == []


def test_a_hole_may_reach_until_now(stream, drain):
    stream.log = [*busy(-3_600, -1_000), post(NOW + 1, "pat", "x")]
    drained = bounded(drain, first=20, quiet=20).run()
    assert drained.until_us == NOW * US
    assert drained.holes == [(round((NOW - 1_000.5) * US), NOW * US)]


def test_silences_of_a_quiet_network_are_no_holes(stream, drain):
    stream.log = busy(-3_600, -3_000) + busy(-10, 1)
    assert bounded(drain, first=20, quiet=20).run().holes == []
