"""Visits of the polite client: one for each account of a look."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from collectors.answers import span, tag_of
from collectors.http import Http, Manners, Refused, Unreachable
from local_server import ok, running


@pytest.fixture
def server():
    with running() as made:
        yield made


def test_a_visit_has_an_end(server):
    server.answers["/x"] = ok(b"1")
    with Http(manners=Manners(pause=0, requests=3)) as http:
        for _ in range(5):
            http.ask(f"{server.url}/x")  # a look as a whole may ask more
        visit = http.visit()
        for _ in range(3):
            visit.ask(f"{server.url}/x")
        with pytest.raises(Unreachable, match="3 requests for one account are enough"):
            visit.ask(f"{server.url}/x")
        assert http.visit().ask(f"{server.url}/x") == 1


def test_how_old_answers_are_is_noted_for_each_visit(server):
    server.answers["/x"] = ok(b"1")

    def late(h):
        h.date_time_string = lambda *_: format_datetime(
            datetime.now(UTC) - timedelta(hours=2), usegmt=True
        )
        h.give(200, b"1")

    server.answers["/late"] = late
    with Http(manners=Manners(pause=0)) as http:
        one, other = http.visit(), http.visit()
        one.ask(f"{server.url}/x")
        other.ask(f"{server.url}/late")
        assert one.behind() == 0
        assert 7_190 < other.behind() < 7_300
        assert http.clocks() == [
            f"{server.url}: what it gave was 2 hours old, or a clock is wrong"
        ]


@pytest.mark.parametrize(
    ("seconds", "said"), [(119, "119 seconds"), (121, "2 minutes"), (9_000, "2 hours")]
)
def test_stretches_of_time_as_people_say_them(seconds, said):
    assert span(seconds) == said


def test_an_answer_that_nothing_is_new_says_how_old_it_is():
    """One that was kept on the way says nothing of what happened since."""
    old = datetime.now(UTC) - timedelta(hours=2)

    def kept(h):
        h.date_time_string = lambda *_: format_datetime(old, usegmt=True)
        h.give(304, ETag='"1"')

    with running() as server, Http(manners=Manners(pause=0)) as http:
        server.answers["/x"] = kept
        visit = http.visit()
        assert visit.ask_if_changed(f"{server.url}/x", None, '"1"') == (None, '"1"')
        assert 7_190 < visit.behind() < 7_300


def test_a_page_is_asked_whether_it_changed_where_robots_may_go(server):
    server.answers["/robots.txt"] = ok(b"User-agent: *\nDisallow: /no")
    server.answers["/x"] = lambda h: (
        h.give(304) if h.headers["If-None-Match"] else h.give(200, b"[1]", ETag='"1"')
    )
    with Http(manners=Manners(pause=0)) as http:
        assert http.get_if_changed(f"{server.url}/x", None, "") == ([1], '"1"')
        assert http.get_if_changed(f"{server.url}/x", None, '"1"') == (None, '"1"')
        with pytest.raises(Refused, match="robots.txt asks us not to"):
            http.get_if_changed(f"{server.url}/no", None, '"1"')


def test_a_list_in_pages_says_where_it_goes_on_and_its_tag(server):
    link = f'<{server.url}/x?page=2>; rel="next"'
    server.answers["/x"] = lambda h: (
        h.give(304)
        if h.headers["If-None-Match"]
        else h.give(200, b"[1]", ETag='"1"', Link=link)
    )
    url = f"{server.url}/x"
    with Http(manners=Manners(pause=0)) as http:
        assert http.ask_in_pages(url) == ([1], f"{url}?page=2", '"1"')
        assert http.ask_in_pages(url, tag='"1"') == (None, "", '"1"')


@pytest.mark.parametrize(
    ("headers", "tag"),
    [
        ({"last-modified": "Sun, 06 Nov 1994 08:49:37 GMT"}, True),
        ({"last-modified": "Sun, 06 Nov 1994 08:49:37 GMT", "date": "nonsense"}, True),
        ({"last-modified": "Sun, 06 Nov 1994 08:49:37 GMT",
          "date": "Sun, 06 Nov 1994 08:50:37 GMT"}, True),
        ({"last-modified": "Sun, 06 Nov 1994 08:49:37 GMT",
          "date": "Sun, 06 Nov 1994 08:50:36 GMT"}, False),
        ({"last-modified": "nonsense", "date": "Sun, 06 Nov 1994 08:50:36 GMT"}, True),
    ],
)  # fmt: skip
def test_a_change_of_just_now_may_be_followed_by_another_within_its_second(
    headers, tag
):
    assert tag_of(headers) == (f"@{headers['last-modified']}" if tag else "")
    assert tag_of({**headers, "etag": '"1"'}) == '"1"'
