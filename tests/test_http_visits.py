"""Visits of the polite client: one for each account of a look."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from collectors.answers import span
from collectors.http import Http, Manners, Unreachable
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
