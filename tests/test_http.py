"""The polite client, against a server of this test that misbehaves on request."""

import gzip
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from collectors.base import Pace, UnreadablePage
from collectors.hosts import Hosts
from collectors.http import (
    Http,
    LeftAlone,
    Manners,
    Refused,
    Unreachable,
    retry_after,
    user_agent,
)
from local_server import first, ok, running


@pytest.fixture
def server():
    with running() as made:
        yield made


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def http(slept):
    with Http("me@example.org", manners=Manners(pause=0), sleep=slept.append) as made:
        yield made


def test_what_is_asked_is_given(http, server):
    asked = []

    def answer(h):
        asked.append(parse_qs(urlsplit(h.path).query))
        h.give(200, b'{"a": 1}')

    server.answers["/x"] = answer
    assert http.get_json(f"{server.url}/x", {"q": "ä&b", "many": ["1", "2"]}) == {
        "a": 1
    }
    assert asked == [{"q": ["ä&b"], "many": ["1", "2"]}]
    assert http.get(f"{server.url}/x?y=1")[:2] == (f"{server.url}/x", b'{"a": 1}')


def test_a_question_in_the_address_is_kept(http, server):
    asked = []
    server.answers["/x"] = lambda h: (asked.append(h.path), h.give(200))
    http.get(f"{server.url}/x?y=1", {"q": "2"})
    assert asked == ["/x?y=1&q=2"]


def test_it_says_who_it_is(http, server):
    server.answers["/x"] = ok(b"")
    http.get(f"{server.url}/x")
    assert set(server.agents) == {
        "Answerable/1 (public response times; me@example.org)"
    }


def test_a_contact_that_is_no_header_harms_nothing(server):
    assert "no contact" in user_agent("")
    hostile = user_agent("a\r\nX-Evil: 1 ☃")
    assert "\n" not in hostile
    assert hostile.isascii()
    with Http("a\r\nX-Evil: 1 ☃", manners=Manners(pause=0)) as http:
        server.answers["/x"] = ok(b"")
        http.get(f"{server.url}/x")
    assert "X-Evil: 1 ?" in server.agents[-1]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_after_a_while(http, server, slept, status):
    server.answers["/x"] = first(
        lambda h: h.give(status), lambda h: h.give(status), ok(b"at last")
    )
    assert http.get(f"{server.url}/x").body == b"at last"
    waits = [s for s in slept if s]
    assert len(waits) == 2
    assert 0.75 <= waits[0] <= 1.25
    assert 1.5 <= waits[1] <= 2.5


def test_the_server_says_how_long_to_wait(http, server, slept):
    server.answers["/x"] = first(lambda h: h.give(429, Retry_After="7"), ok(b"now"))
    assert http.get(f"{server.url}/x").body == b"now"
    assert [s for s in slept if s] == [7.0]


def test_a_no_that_says_when_to_come_back_is_a_wait(http, server, slept):
    """GitHub's way of saying that too much was asked at once."""
    server.answers["/x"] = first(lambda h: h.give(403, Retry_After="9"), ok(b"now"))
    assert http.get(f"{server.url}/x").body == b"now"
    assert [s for s in slept if s] == [9.0]


def test_a_server_that_wants_an_hour_is_left_alone(http, server, slept):
    server.answers["/x"] = lambda h: h.give(429, Retry_After="3600")
    with pytest.raises(Unreachable, match=r"/x: asked once, the last answer was 429"):
        http.get(f"{server.url}/x")
    with pytest.raises(Unreachable, match="left alone until the next look"):
        http.get(f"{server.url}/y")
    assert server.seen["/x"] == 1
    assert server.seen["/y"] == 0
    assert not [s for s in slept if s]


def test_after_five_errors_it_stops(http, server, slept):
    server.answers["/x"] = lambda h: h.give(500)
    with pytest.raises(Unreachable, match="asked 5 times, the last answer was 500"):
        http.get(f"{server.url}/x")
    assert server.seen["/x"] == 5
    assert sum(slept) < 20
    with pytest.raises(Unreachable, match="it failed 5 times"):
        http.get(f"{server.url}/x")
    assert server.seen["/x"] == 5


def test_errors_add_up_over_a_look(http, server):
    flaky = [lambda h: h.give(503), ok(b"")]
    for path in "abcd":
        server.answers[f"/{path}"] = first(*flaky)
        http.get(f"{server.url}/{path}")
    server.answers["/e"] = first(*flaky)
    with pytest.raises(Unreachable, match="asked once"):
        http.get(f"{server.url}/e")


def test_errors_of_one_host_are_not_another_ones(http, server):
    server.answers["/x"] = lambda h: h.give(500)
    with pytest.raises(Unreachable):
        http.get(f"{server.url}/x")
    with running() as other:
        other.answers["/x"] = ok(b"fine")
        assert http.get(f"{other.url}/x").body == b"fine"


def test_nobody_there(http, server):
    server.server_close()
    with pytest.raises(Unreachable, match=r"robots\.txt: asked 5 times, .*refused"):
        http.get(f"{server.url}/x")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error":"InvalidRequest","message":"no such handle"}', "no such handle"),
        (b'{"error":"Gone"}', r"\(Gone\)"),
        (b"<html>no</html>", "answered 400$"),
        (b"[1]", "answered 400$"),
        (b"{}", "answered 400$"),
        (b"[" * 9_000, "answered 400$"),
    ],
)
def test_a_refusal_is_not_asked_again(http, server, body, said):
    server.answers["/x"] = lambda h: h.give(400, body)
    with pytest.raises(Refused, match=said) as refused:
        http.get(f"{server.url}/x")
    assert refused.value.status == 400
    assert server.seen["/x"] == 1


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><p>Log in</p>", b'{"posts": [', b"", b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_json_is_unreadable(http, server, body):
    server.answers["/x"] = ok(body)
    with pytest.raises(UnreadablePage, match=r"/x: expected JSON"):
        http.get_json(f"{server.url}/x")


def test_a_body_that_ends_early_is_asked_for_again(http, server):
    def cut(h):
        h.send_response(200)
        h.send_header("Content-Length", "100")
        h.end_headers()
        h.wfile.write(b'{"a"')
        h.wfile.flush()
        h.close_connection = True

    server.answers["/x"] = first(cut, ok(b'{"a": 2}'))
    assert http.get_json(f"{server.url}/x") == {"a": 2}


def test_a_body_too_large_is_not_read(server):
    server.answers["/x"] = ok(b"x" * 100_001)
    server.answers["/y"] = lambda h: h.give(
        200, gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip"
    )
    with Http(manners=Manners(pause=0, largest=100_000)) as http:
        for path in "xy":
            with pytest.raises(Refused, match="more than 100,000 bytes, not read"):
                http.get(f"{server.url}/{path}")


def test_a_silent_server_is_given_up(server, slept):
    release = threading.Event()
    server.answers["/x"] = lambda h: (release.wait(10), h.give(200))
    manners = Manners(pause=0, silence=0.1, errors=2)
    said = r"asked 2 times, silent for 0\.1 seconds"
    with (
        Http(manners=manners, sleep=slept.append) as http,
        pytest.raises(Unreachable, match=said),
    ):
        http.get(f"{server.url}/x")
    release.set()


def test_a_server_that_drips_is_given_up(server, slept):
    release, finished = threading.Event(), threading.Event()

    def drip(h):
        h.send_response(200)
        h.send_header("Content-Length", "100000")
        h.end_headers()
        for _ in range(2_000):
            h.wfile.write(b".")
            h.wfile.flush()
            if release.wait(0.03):
                break
        else:
            finished.set()

    server.answers["/x"] = drip
    manners = Manners(pause=0, whole=0.2, errors=1)
    with (
        Http(manners=manners, sleep=slept.append) as http,
        pytest.raises(Unreachable, match=r"not finished after 0\.2 seconds"),
    ):
        http.get(f"{server.url}/x")
    assert not finished.is_set()
    release.set()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_host_is_followed(http, server, status):
    server.answers["/x"] = lambda h: h.give(status, Location="/y?z=1")
    server.answers["/y"] = ok(b"here")
    assert http.get(f"{server.url}/x").body == b"here"


def test_a_redirect_to_another_host_is_not_followed(http, server):
    with running() as other:
        server.answers["/x"] = lambda h: h.give(302, Location=f"{other.url}/y")
        with pytest.raises(Refused, match="another host, 127.0.0.1: not followed"):
            http.get(f"{server.url}/x")
        assert not other.seen


def test_a_circle_of_redirects_ends(http, server):
    server.answers["/x"] = lambda h: h.give(302, Location="/x")
    with pytest.raises(Refused, match="round in circles"):
        http.get(f"{server.url}/x")


@pytest.mark.parametrize(
    "location", ["http://[oops", "http://127.0.0.1:port/", "//", ""]
)
def test_a_redirect_that_is_no_address(http, server, location):
    server.answers["/x"] = lambda h: h.give(302, Location=location)
    with pytest.raises((Refused, Unreachable), match=r"127\.0\.0\.1:\d+/x"):
        http.get(f"{server.url}/x")


def test_robots_txt_is_kept(http, server):
    server.answers["/robots.txt"] = ok(
        b"User-agent: *\nDisallow: /private\n\nUser-agent: Other\nDisallow: /\n"
    )
    server.answers["/open"] = ok(b"yes")
    assert http.get(f"{server.url}/open").body == b"yes"
    with pytest.raises(Refused, match=r"/private/x: its robots\.txt asks us not to"):
        http.get(f"{server.url}/private/x")
    assert server.seen == {"/robots.txt": 1, "/open": 1}


def test_one_request_at_a_time_however_many_look(server):
    server.answers["/x"] = lambda h: (time.sleep(0.02), h.give(200))

    def look():
        with Http(manners=Manners(pause=0)) as http:
            for _ in range(4):
                http.get(f"{server.url}/x")

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for each in lookers:
        each.start()
    for each in lookers:
        each.join()
    assert server.seen["/x"] == 16
    assert server.most_at_once == 1


def test_there_is_a_pause_after_each_request(server, slept):
    server.answers["/x"] = ok(b"")
    with Http(manners=Manners(pause=0.25), sleep=slept.append) as http:
        http.get(f"{server.url}/x")
        http.get(f"{server.url}/x")
    assert slept == [0.25] * 3  # robots.txt is a request too


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://127.0.0.1/x", "is not an http address"),
        ("http:///x", "is not an http address"),
        ("http://127.0.0.1:port/", "is not an address"),
        ("http://a\x00b/", "is not an address"),
    ],
)
def test_an_address_that_is_none(http, url, said):
    with pytest.raises(Refused, match=said):
        http.get(url)


def test_waits_never_grow_beyond_the_longest(http):
    assert http.backoff(30) == 60


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("", None), ("soon", None), ("0", 0), (" 12 ", 12), ("-5", None), ("٣", None),
     ("9" * 400, 999_999_999), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
     ("Sun, 06 Nov 1994 08:49:37 -0000", 0)],
)  # fmt: skip
def test_retry_after(said, seconds):
    assert retry_after({"retry-after": said}) == seconds


def test_retry_after_a_date():
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < retry_after({"retry-after": at}) <= 90


def asked_with(server, status=200, body=b"{}", **headers):
    """An interface that answers so; the values of Authorization it was sent."""
    keys = []

    def answer(h):
        keys.append(h.headers["Authorization"])
        h.give(status, body, **headers)

    server.answers["/api"] = answer
    return keys


def test_an_interface_is_asked_with_a_key_and_without_robots(http, server):
    server.answers["/robots.txt"] = ok(b"User-agent: *\nDisallow: /")
    keys = asked_with(server, body=b'{"a": 1}')
    assert http.ask(f"{server.url}/api", key="Bearer secret") == {"a": 1}
    assert http.ask(f"{server.url}/api") == {"a": 1}
    assert keys == ["Bearer secret", None]
    assert "/robots.txt" not in server.seen


def test_a_key_goes_to_no_other_host(http, server):
    with running() as other:
        keys = asked_with(other)
        server.answers["/api"] = lambda h: h.give(302, Location=f"{other.url}/api")
        with pytest.raises(Refused, match="another host") as refused:
            http.ask(f"{server.url}/api", key="Bearer secret")
        assert keys == []
        assert "secret" not in str(refused.value)


def test_how_many_requests_are_left_is_learnt(http, server):
    asked_with(server)
    http.ask(f"{server.url}/api")
    assert http.left(server.url) is None
    for said, left in (("41", 41), ("many", 41), ("0", 0)):
        asked_with(server, X_RateLimit_Remaining=said)
        http.ask(f"{server.url}/api")
        assert http.left(f"{server.url}/other") == left


@pytest.mark.parametrize("reset", ["", "soon", "in fifty minutes"])
def test_a_used_up_limit_leaves_the_host_alone(http, server, slept, reset):
    if reset == "in fifty minutes":
        reset = str(int(time.time()) + 3_000)
    asked_with(server, 403, X_RateLimit_Remaining="0", X_RateLimit_Reset=reset)
    for _ in range(2):
        with pytest.raises(Unreachable):
            http.ask(f"{server.url}/api")
    assert server.seen["/api"] == 1
    assert not [wait for wait in slept if wait > 60]


def test_a_limit_that_is_about_to_end_is_waited_for(http, server, slept):
    answers = []
    server.answers["/api"] = first(
        lambda h: h.give(403, X_RateLimit_Remaining="0", X_RateLimit_Reset="1"),
        lambda h: (answers.append(1), h.give(200, b"{}")),
    )
    assert http.ask(f"{server.url}/api") == {}
    assert answers == [1]


def test_a_key_goes_into_the_header_that_is_named(http, server):
    seen = []
    server.answers["/x"] = lambda h: (seen.append(dict(h.headers)), h.give(200, b"1"))
    http.ask(f"{server.url}/x", key="s3cret", header="apikey")
    http.ask(f"{server.url}/x", key="Bearer s3cret")
    http.ask(f"{server.url}/x")
    assert [each.get("apikey") for each in seen] == ["s3cret", None, None]
    assert [each.get("Authorization") for each in seen] == [None, "Bearer s3cret", None]


def test_a_form_is_sent_where_robots_may_go(http, server):
    sent = []
    server.answers["/x"] = lambda h: (
        sent.append((h.command, h.path, h.form)),
        h.give(200, b"got it"),
    )
    said = http.send(f"{server.url}/x", {"f.req": "[1, 2]"}, {"hl": "en"})
    assert said[:2] == (f"{server.url}/x", b"got it")
    assert sent == [("POST", "/x?hl=en", "f.req=%5B1%2C+2%5D")]
    server.answers["/robots.txt"] = ok(b"User-agent: *\nDisallow: /x\n")
    refused = pytest.raises(Refused, match=r"/x: its robots.txt asks us not to")
    with Http(manners=Manners(pause=0)) as other, refused:
        other.send(f"{server.url}/x", {"a": "b"})
    assert len(sent) == 1


def test_a_form_is_sent_to_nobody_else(http, server):
    server.answers["/x"] = lambda h: h.give(302, Location="/y")
    with pytest.raises(Refused, match="answered 302"):
        http.send(f"{server.url}/x", {"a": "b"})
    assert server.seen["/y"] == 0


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"X_RateLimit_Remaining": "17"}, 17),
        ({"X_Rate_Limit": "user-hour-lim:3500;user-hour-rem:500;"}, 500),
        ({"X_Rate_Limit": "plenty"}, None),
        ({"X_RateLimit_Remaining": "-1"}, None),
    ],
)
def test_what_is_left_is_learnt_however_it_is_written(http, server, headers, left):
    server.answers["/x"] = lambda h: h.give(200, b"1", **headers)
    http.ask(f"{server.url}/x")
    assert http.left(server.url) == left


@pytest.mark.parametrize(
    ("link", "next_"),
    [
        (
            '<{url}/x?page=2>; rel="next", <{url}/x?page=0>; rel="prev"',
            "{url}/x?page=2",
        ),
        ("</x?page=2>; rel=next", "{url}/x?page=2"),
        ('<{url}/x?page=0>; rel="prev"', ""),
        ('<https://elsewhere.example/x>; rel="next"', ""),
        ('<http://[>; rel="next"', ""),
        ('<http://a:b/>; rel="next"', ""),
        ("", ""),
    ],
)
def test_a_list_says_where_it_goes_on_and_not_elsewhere(http, server, link, next_):
    keys = asked_with(server, Link=link.format(url=server.url))
    said = http.ask_in_pages(f"{server.url}/api", key="Bearer k")
    assert said == ({}, next_.format(url=server.url), "")
    assert keys == ["Bearer k"]


class Clock:
    """Time that goes on only while somebody waits."""

    def __init__(self):
        self.now = 1_000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def polite(clock, hosts=None, **more):
    """A client whose waiting takes no time."""
    manners = more.pop("manners", Manners(pause=0))
    hosts = hosts or Hosts(clock)
    return Http(manners=manners, sleep=clock.sleep, hosts=hosts, **more)


def test_a_declared_limit_is_kept_to(server, clock):
    server.answers["/x"] = ok(b"1")
    at = []
    with polite(clock, pace=Pace(3, 10.0)) as http:
        for _ in range(9):
            http.ask(f"{server.url}/x")
            at.append(clock.now - 1_000)
    assert at == [0, 0, 0, 10, 10, 10, 20, 20, 20]


def test_a_limit_that_takes_too_long_ends_the_asking(server, clock):
    server.answers["/x"] = ok(b"1")
    hosts = Hosts(clock)
    with polite(clock, hosts, pace=Pace(2, 3_600.0)) as http:
        http.ask(f"{server.url}/x")
        http.ask(f"{server.url}/x")
    with polite(clock, hosts, pace=Pace(2, 3_600.0)) as later:
        with pytest.raises(LeftAlone, match="not asked for another 60 minutes"):
            later.ask(f"{server.url}/x")
        clock.now += 3_600
        later.ask(f"{server.url}/x")
    assert server.seen["/x"] == 3
    assert not [wait for wait in clock.slept if wait]


def test_a_limit_that_is_learnt_is_kept_to_by_the_next_look(server, clock):
    asked_with(server, X_RateLimit_Remaining="0", X_RateLimit_Reset="30")
    hosts = Hosts(clock)
    with polite(clock, hosts) as http:
        http.ask(f"{server.url}/api")
    with polite(clock, hosts) as later:
        assert later.left(server.url) == 0
        later.ask(f"{server.url}/api")
        assert clock.now - 1_000 == pytest.approx(30)
        clock.now += 31
        assert later.left(server.url) is None


def test_who_asked_for_an_hour_is_left_alone_for_an_hour(server, clock):
    """Also by the next look, which comes sooner."""
    server.answers["/x"] = lambda h: h.give(429, Retry_After="3600")
    hosts = Hosts(clock)
    for said in ("the last answer was 429", "not asked for another 60 minutes"):
        with polite(clock, hosts) as http, pytest.raises(Unreachable, match=said):
            http.ask(f"{server.url}/x")
    server.answers["/x"] = ok(b"1")
    clock.now += 3_601
    with polite(clock, hosts) as http:
        assert http.ask(f"{server.url}/x") == 1
    assert server.seen["/x"] == 2


def test_robots_txt_is_asked_for_once_a_day(server, clock):
    server.answers["/robots.txt"] = ok(b"User-agent: *\nCrawl-delay: 3\n")
    server.answers["/x"] = ok(b"")
    hosts = Hosts(clock)
    for _ in range(3):
        with polite(clock, hosts) as http:
            http.get(f"{server.url}/x")
    assert server.seen == {"/robots.txt": 1, "/x": 3}
    assert clock.slept == [0, 3, 3, 3]  # it asks for three seconds between requests
    clock.now += 86_400
    with polite(clock, hosts) as http:
        http.get(f"{server.url}/x")
    assert server.seen["/robots.txt"] == 2


def test_robots_txt_that_is_no_robots_txt_forbids_nothing(http, server):
    server.answers["/robots.txt"] = ok(b"<!doctype html><p>Disallow: /</p>")
    server.answers["/x"] = ok(b"yes")
    assert http.get(f"{server.url}/x").body == b"yes"


def test_what_has_moved_for_good_is_another_thing_perhaps(http, server):
    for status in (301, 308):
        server.answers["/old"] = lambda h, s=status: h.give(s, Location="/new")
        with pytest.raises(Refused, match="/old has moved for good, to /new") as moved:
            http.ask(f"{server.url}/old")
        assert moved.value.status == status
    server.answers["/old"] = lambda h: h.give(302, Location="/new")
    server.answers["/new"] = ok(b"1")
    assert http.ask(f"{server.url}/old") == 1


def tagged(server, body=b"[1]", **headers):
    """Answers with 304 to who knows the tag; what was asked, by the headers for it."""
    asked = []

    def answer(h):
        known = h.headers["If-None-Match"], h.headers["If-Modified-Since"]
        asked.append(known)
        same = known in ((headers.get("ETag"), None), (None, headers.get("Last_M")))
        tags = {"Last_Modified" if k == "Last_M" else k: v for k, v in headers.items()}
        h.give(304, **tags) if any(known) and same else h.give(200, body, **tags)

    server.answers["/x"] = answer
    return asked


WHEN = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("headers", "tag", "known"),
    [
        ({"ETag": 'W/"1"'}, 'W/"1"', ('W/"1"', None)),
        ({"Last_M": WHEN}, f"@{WHEN}", (None, WHEN)),
        ({"ETag": '"2"', "Last_M": WHEN}, '"2"', ('"2"', None)),
        ({}, "", (None, None)),
        ({"ETag": '"' + "x" * 300 + '"'}, "", (None, None)),
    ],
)
def test_what_did_not_change_is_not_sent_again(http, server, headers, tag, known):
    asked = tagged(server, **headers)
    url = f"{server.url}/x"
    assert http.ask_if_changed(url, None, "") == ([1], tag)
    again = ([1], tag) if not tag else (None, tag)
    assert http.ask_if_changed(url, None, tag) == again
    assert asked == [(None, None), known]
    if tag:
        assert http.ask_if_changed(url, None, '"other"') == ([1], tag)


def test_null_does_not_say_that_nothing_changed(http, server):
    server.answers["/x"] = ok(b"null")
    with pytest.raises(UnreadablePage, match="found null"):
        http.ask_if_changed(f"{server.url}/x", None, "")


def test_unchanged_without_having_asked_is_no_answer(http, server):
    server.answers["/x"] = lambda h: h.give(304)
    with pytest.raises(Refused, match="answered 304"):
        http.ask(f"{server.url}/x")


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/png", "text/xml"])
def test_another_content_type_is_no_json(http, server, kind):
    server.answers["/x"] = lambda h: h.give(200, b"{}", Content_Type=kind)
    said = rf"/x: expected JSON, found {kind.partition(';')[0]}"
    with pytest.raises(UnreadablePage, match=said):
        http.ask(f"{server.url}/x")


@pytest.mark.parametrize(
    "kind", ["application/json", "application/vnd.api+json", "text/plain", "", "JSON"]
)
def test_content_types_under_which_json_is_sent(http, server, kind):
    server.answers["/x"] = lambda h: h.give(200, b"{}", Content_Type=kind)
    assert http.ask(f"{server.url}/x") == {}


def test_an_error_does_not_say_the_key(http, server, caplog):
    """Whoever is told a key may say it back."""
    caplog.set_level("DEBUG")
    server.answers["/x"] = lambda h: h.give(
        401, b'{"message": "%s is no key"}' % h.headers["Authorization"].encode()
    )
    with pytest.raises(Refused, match=r"401 \(\(a key\) is no key\)"):
        http.ask(f"{server.url}/x", key="Bearer s3cret-s3cret")
    assert http.clean("s3cret-s3cret, Bearer s3cret-s3cret") == "(a key), (a key)"
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("key", ["with\nline", "snow☃man", "tab\tbed", "nul\0"])
def test_a_key_that_no_header_can_carry(http, server, key):
    with pytest.raises(Refused, match="its key holds a character") as refused:
        http.ask(f"{server.url}/x", key=key)
    assert key not in str(refused.value)
    assert refused.value.status == 0
    assert not server.seen


def test_a_key_may_end_with_the_line(http, server):
    keys = asked_with(server)
    http.ask(f"{server.url}/api", key="Bearer secret\n")
    assert keys == ["Bearer secret"]


def test_what_a_client_is_told_is_secret_is_never_said():
    with Http(secrets=["s3cret", "", "s3cret-too"]) as http:
        assert http.clean("s3cret-too or s3cret") == "(a key) or (a key)"


def test_the_libraries_below_say_nothing(http, server, caplog):
    """They would log whole addresses, with the keys that some of them hold."""
    caplog.set_level("DEBUG")
    server.answers["/x"] = ok(b"1")
    http.ask(f"{server.url}/x", {"key": "s3cret"})
    assert "s3cret" not in caplog.text
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]
