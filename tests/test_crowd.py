"""Rounds over many accounts: hosts beside each other, each asked in turn."""

import random
import threading
import time
from collections import Counter
from email.utils import formatdate

import polars as pl
import pytest

from collectors import crowd, listing
from collectors.base import CollectorError, Watched
from collectors.crowd import Spent, go_round
from collectors.http import Http, LeftAlone, Manners
from collectors.listing import Asked, Found, round_of
from collectors.looking import Stopped, Task
from local_server import running

NOW = 1_780_000_000
HOUR = 3_600


@pytest.fixture
def http():
    with Http(manners=Manners(pause=0), sleep=lambda _: None) as made:
        yield made


def a_task(http, names, cursors=None, **more):
    return Task(
        accounts=[Watched(name, "1", "acme") for name in names],
        http=http,
        secret=b"a secret of sixteen",
        started_us=NOW * 1_000_000,
        cursors=cursors or {},
        options={},
        known=lambda _: {},
        **more,
    )


def host(account: Watched) -> str:
    return account.account.partition("/")[0]


NAMES = [f"host{h}/{n}" for n in range(5) for h in range(7)]


def test_a_host_is_asked_in_turn_and_hosts_beside_each_other(http):
    task = a_task(http, NAMES)
    busy, most, order = Counter(), Counter(), []
    lock, together = threading.Lock(), threading.Barrier(3, timeout=180)

    def take(_task, account):
        with lock:
            busy[host(account)] += 1
            busy["all"] += 1
            for name, number in busy.items():
                most[name] = max(most[name], number)
            order.append(account.account)
        if account.account in ("host0/0", "host1/0", "host2/0"):
            together.wait()  # three hosts are here at the same time
        time.sleep(0.002)
        with lock:
            busy[host(account)] -= 1
            busy["all"] -= 1

    assert go_round(task, task.accounts, host, take) == []
    assert sorted(order) == sorted(NAMES)
    assert most.pop("all") >= 3
    assert set(most.values()) == {1}
    for each in range(7):
        mine = [name for name in order if name.startswith(f"host{each}/")]
        assert mine == [name for name in NAMES if name.startswith(f"host{each}/")]


def test_no_more_hosts_at_once_than_allowed(http, monkeypatch):
    monkeypatch.setattr(crowd, "AT_ONCE", 3)
    task = a_task(http, [f"host{n}/x" for n in range(20)])
    lock, busy, most = threading.Lock(), 0, 0

    def take(_task, _account):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.005)
        with lock:
            busy -= 1

    go_round(task, task.accounts, host, take)
    assert 1 <= most <= 3


def test_one_host_needs_no_threads(http):
    task = a_task(http, ["one/a", "one/b"])
    threads = set()
    go_round(task, task.accounts, host, lambda *_: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}
    assert go_round(task, [], host, lambda *_: None) == []


def test_problems_are_told_in_the_order_of_the_accounts(http):
    """Whoever was quicker."""
    task = a_task(http, NAMES)

    def take(_task, account):
        time.sleep(random.random() / 500)
        if account.account.endswith("/3"):
            raise CollectorError(f"{account.account} is odd")

    expected = [f"{name} is odd" for name in NAMES if name.endswith("/3")]
    for _ in range(3):
        assert go_round(task, task.accounts, host, take) == expected


@pytest.mark.parametrize("kind", [Spent, LeftAlone])
def test_a_host_that_wants_no_more_keeps_nobody_else_waiting(http, kind):
    task = a_task(http, NAMES)
    asked = Counter()

    def take(_task, account):
        asked[host(account)] += 1
        if account.account in ("host2/1", "host4/3"):
            raise kind(f"{host(account)} has had enough")

    assert go_round(task, task.accounts, host, take) == [
        "host2 has had enough; 4 accounts wait",
        "host4 has had enough; 2 accounts wait",
    ]
    assert asked == {f"host{n}": {2: 2, 4: 4}.get(n, 5) for n in range(7)}


def test_a_budget_that_is_spent_is_one_sentence(http):
    task = a_task(http, NAMES)

    def take(_task, _account):
        raise Spent("the budget is spent")

    assert go_round(task, task.accounts, host, take) == [
        "the budget is spent; 35 accounts wait"
    ]


@pytest.mark.parametrize("problem", [Stopped, ZeroDivisionError])
def test_who_stops_stops_everybody(http, problem):
    task = a_task(http, [f"host{h}/{n}" for h in range(4) for n in range(500)])
    asked = 0
    lock, told = threading.Lock(), threading.Event()

    def take(_task, account):
        nonlocal asked
        with lock:
            asked += 1
        if account.account == "host3/2":
            told.set()
            raise problem
        if account.account.endswith("/20"):  # nobody runs far ahead of who stops
            assert told.wait(180)
        time.sleep(0.002)

    with pytest.raises(problem):
        go_round(task, task.accounts, host, take)
    assert asked < 1_000


def test_a_stop_between_accounts_is_told(http):
    calls = 0

    def stopped():
        nonlocal calls
        calls += 1
        return calls > 2

    task = a_task(http, ["one/a", "one/b", "one/c"], stopped=stopped)
    asked = []
    assert go_round(
        task, task.accounts, host, lambda _, account: asked.append(account.account)
    ) == ["stopped; 1 accounts wait"]
    assert asked == ["one/a", "one/b"]


def test_open_inquiries_are_read_once_for_all(http):
    frame = pl.DataFrame({"asked_at": [10, 20, 30]}, schema={"asked_at": pl.Int64})
    reads, given = [], {}

    def open_since(since):
        reads.append(since)
        return frame.filter(pl.col("asked_at") >= since)

    def take(task, account):
        since = int(account.account.partition("/")[2])
        given[since] = task.open_since(since)["asked_at"].to_list()

    names = ["one/20", "one/30", "one/20", "one/5", "one/25", "one/5"]
    task = a_task(http, names, open_since=open_since)
    assert go_round(task, task.accounts, host, take) == []
    assert reads == [20, 5]
    assert given == {20: [20, 30], 30: [30], 5: [10, 20, 30], 25: [30]}


def test_a_round_is_the_same_whoever_answers_first(http):
    """Inquiries, cursors and what was seen, byte by byte."""

    def ask(task, account, _since):
        time.sleep(random.random() / 300)
        if account.account == "host1/2":
            raise CollectorError("odd")
        at = NOW - HOUR - int(account.account[-1])
        one = Asked(thread=f"x|{account.account}", author="pat", at=at)
        return Found(asked=[one], read=1, problem="short" if at % 5 == 0 else "")

    looks = [
        round_of(a_task(http, NAMES), "mastodon", ask, lambda *_: "1", 14, server)
        for server in (host, host, lambda _: "one host")
    ]
    for each in looks[1:]:
        assert each.inquiries.equals(looks[0].inquiries)
        assert each.seen == looks[0].seen
        assert list(each.cursors.items()) == list(looks[0].cursors.items())
        assert each.problem == looks[0].problem
    assert len(looks[0].seen) == len(NAMES) - 1


def test_a_round_holds_so_much_and_no_more(http, monkeypatch):
    """The rest waits, and is asked first the next time."""
    monkeypatch.setattr(listing, "HELD", 3)
    asked = []

    def ask(_task, account, _since):
        asked.append(account.account)
        at = NOW - HOUR
        one = [
            Asked(thread=f"{account.account}|{n}", author="pat", at=at) for n in "12"
        ]
        return Found(asked=one, read=2)

    names = ["one/a", "one/b", "one/c", "one/d", "one/e"]
    look = round_of(a_task(http, names), "mastodon", ask, lambda *_: "1", 14)
    assert asked == ["one/a", "one/b"]
    assert look.problem == "a round takes 3 messages, and has them; 3 accounts wait"
    asked.clear()
    later = a_task(http, names, look.cursors)
    look = round_of(later, "mastodon", ask, lambda *_: "1", 14)
    assert asked == ["one/c", "one/d"]


def test_old_answers_reach_as_far_as_they_are_old(http):
    """A machine whose clock is wrong, or a copy kept on the way: what happened since
    is not in it, so nobody has been watched since."""
    with running() as server:
        server.answers["/fresh"] = lambda h: h.give(200, b"1")

        def late(h):
            date = formatdate(time.time() - HOUR, usegmt=True)
            h.date_time_string = lambda *_: date
            h.give(200, b"1")

        server.answers["/late"] = late

        def ask(task, account, _since):
            task.http.ask(f"{server.url}/{account.account}")
            return Found()

        cursors = {"fresh": str(NOW - 2 * HOUR), "late": str(NOW - 2 * HOUR)}
        task = a_task(http, ["fresh", "late"], cursors)
        look = round_of(task, "mastodon", ask, lambda *_: "1", 14)
    seen = {each.account: each for each in look.seen}
    assert seen["fresh"].until == NOW
    assert NOW - HOUR - 60 <= seen["late"].until <= NOW - HOUR
    assert look.cursors["late"] == str(seen["late"].until)
    assert "late more" not in look.cursors
    assert http.clocks() == [
        f"{server.url}: what it gave was 60 minutes old, or a clock is wrong"
    ]
