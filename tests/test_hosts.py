"""What is known of hosts between looks: limits, wishes, clocks."""

import time
from email.utils import formatdate

import pytest

from collectors.base import Pace
from collectors.hosts import LONGEST, Allowance, Clocks, Hosts, allowance, server_time

NOW = 1_780_000_000
DATE = {"date": formatdate(NOW, usegmt=True)}
HOST = "https://example.org"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"x-ratelimit-remaining": "many"}, None),
        ({"x-ratelimit-remaining": "-1"}, None),
        ({"x-ratelimit-remaining": "4"}, Allowance(4, None)),
        # GitHub and X: an epoch. Mastodon: a date. Reddit: seconds, and halves of them.
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW + 60}"}, (0, 60)),
        ({"x-rate-limit-remaining": "1", "x-rate-limit-reset": f"{NOW - 60}"}, (1, 0)),
        (
            {
                "x-ratelimit-remaining": "9",
                "x-ratelimit-reset": "2026-05-28T20:31:40.123456Z",
            },
            (9, pytest.approx(300.12, abs=0.01)),
        ),
        (
            {
                "x-ratelimit-remaining": "9",
                "x-ratelimit-reset": "2026-05-28T20:31:40",
            },
            (9, 300),
        ),
        ({"x-ratelimit-remaining": "3.5", "x-ratelimit-reset": "240"}, (3, 240)),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "soon"}, (3, None)),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "0001-01-01"}, (3, 0)),
        (
            {
                "x-ratelimit-remaining": "3",
                "x-ratelimit-reset": "0001-01-01T00:00:00+23:00",
            },
            (3, 0),
        ),
        ({"ratelimit-remaining": "7", "ratelimit-reset": "30"}, (7, 30)),
        ({"ratelimit-remaining": "7", "ratelimit-reset": f"{NOW}000"}, (7, 0)),
        ({"ratelimit": '"default";r=50;t=30'}, (50, 30)),
        ({"ratelimit": "limit=100, remaining=5, reset=9"}, (5, 9)),
        ({"ratelimit": "generous"}, None),
        ({"x-rate-limit": "user-hour-lim:3500;user-hour-rem:500;"}, (500, None)),
    ],
)
def test_what_is_left_in_the_words_of_many_servers(headers, expected):
    assert allowance({**headers, **DATE}) == expected


def test_a_reset_is_measured_by_the_clock_that_named_it():
    """Ours may be wrong; where the server does not tell the time, it has to do."""
    said = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOW + 60)}
    assert allowance(said | DATE) == (0, 60)
    later = {**said, "x-ratelimit-reset": str(int(time.time()) + 90)}
    found = allowance(later)
    assert found is not None
    assert 80 < (found.seconds or 0) <= 90


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 May 2026 20:26:40 GMT"])
def test_a_server_that_does_not_tell_the_time(date):
    assert server_time({"date": date}) is None


def test_a_date_without_its_zone_is_utc():
    assert server_time({"date": "Thu, 28 May 2026 20:26:40 -0000"}) == NOW
    assert server_time({"date": "Thu, 28 May 2026 20:26:40 +0200"}) == NOW - 7_200


def test_a_pace_is_kept_in_every_stretch_of_time():
    """However the requests come: never more than the limit in any window of it."""
    pace = Pace(5, 10.0)
    host = Hosts().of(HOST)
    now, sent = 0.0, []
    for step in range(200):
        now += [0.0, 0.1, 3.0, 0.5][step % 4]
        now += host.wait(now, pace)
        host.sent(now, pace)
        sent.append(now)
    for start in sent:
        assert sum(start <= at < start + 10.0 for at in sent) <= 5
    assert sent[-1] <= 10.0 * len(sent) / 5 + 10.0  # and no slower than allowed
    assert len(host.asked) <= 5


def test_without_a_pace_nothing_is_kept():
    host = Hosts().of(HOST)
    for at in range(100):
        assert host.wait(at, None) == 0
        host.sent(at, None)
    assert len(host.asked) == 0


def test_a_host_that_has_nothing_left_is_waited_for():
    host = Hosts().of(HOST)
    host.learn(None, 100)
    assert host.still_left(100) is None
    host.learn(Allowance(2, 50), 100)
    assert (host.still_left(149), host.still_left(150)) == (2, None)
    assert host.wait(100, None) == 0
    host.learn(Allowance(0, 50), 100)
    assert (host.wait(100, None), host.wait(150, None)) == (50, 0)
    host.learn(Allowance(0, None), 200)  # until when, it does not say
    assert host.wait(200, None) == 0
    assert host.still_left(200) == 0


def test_no_host_is_left_alone_for_more_than_a_day():
    host = Hosts().of(HOST)
    host.close(1e9, 0)
    assert host.wait(0, None) == LONGEST
    host.close(5, 0)
    assert host.wait(0, None) == LONGEST


def test_what_is_known_of_a_host_is_one_thing():
    hosts = Hosts()
    assert hosts.of(HOST) is hosts.of(HOST)
    assert hosts.of(HOST) is not hosts.of("http://example.org")
    other = Hosts().of(HOST)
    assert other is not hosts.of(HOST)
    assert other.alone is hosts.of(HOST).alone  # one request at a time, all the same


def test_clocks_that_are_off_are_said():
    clocks = Clocks()
    now = time.time()
    for seconds in (0, -119, 119):
        clocks.note("https://fine.example", {"date": formatdate(now - seconds)})
    clocks.note("https://silent.example", {})
    assert clocks.sentences() == []
    assert clocks.behind() == 0
    clocks.note("https://late.example", {"date": formatdate(now - 7_200)})
    clocks.note("https://late.example", {"date": formatdate(now)})
    clocks.note("https://fast.example", {"date": formatdate(now + 90_000)})
    clocks.note("https://slow.example", {"date": formatdate(now - 600)})
    assert clocks.sentences() == [
        "https://fast.example: its clock is 25 hours ahead of ours",
        "https://late.example: what it gave was 2 hours old, or a clock is wrong",
        "https://slow.example: what it gave was 10 minutes old, or a clock is wrong",
    ]
    assert 7_190 < clocks.behind() < 7_260
