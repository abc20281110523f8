"""Channels that are asked account by account: however rounds fall, fail, are killed,
repeat themselves and mix things up, the store ends up as if one round had seen it all.

The stream's own test is in ``test_bluesky_store``.
"""

import random
import shutil
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collectors.base import CollectorError, Watched
from collectors.http import Http
from collectors.listing import Answered, Asked, Found, Spent, round_of
from collectors.looking import Task
from fixtures_store import table
from jobs.judging import judged
from model import DAY, Kind, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from scoring.ladder import Ladder
from store import StaleLook, Store

ACCOUNTS = ("one", "two")
START = 20_000 * DAY - 1_000  # a round may cross midnight
FIRST_DAYS = 3
JUDGE = Ladder(people=1, quick_people=2, reach=600)
TEXTS = ("my parcel never came", "when do you open?", "thank you so much", "We see.")
TABLES = {
    "inquiry": "account_id, key, author, asked_at, answered_at, automatic_at,"
    " substantive_at, step, kind, found_by, addressed, watched_until, deleted_at,"
    " message, url",
    "response": "account_id, message, key, responded_at, step, deleted_at, reads,"
    " fingerprint",
    "coverage": "account_id, day, seconds",
    "account": "account, external_id, watched_from, watched_until",
    "cursor": "channel, name, value",
}
EMPTIED = ("inquiry", "response", "publication", "coverage", "cursor", "run")


class World:
    """Threads on two accounts, and what was written in each: (at, by the brand)."""

    def __init__(self, steps):
        self.threads = {name: [] for name in ACCOUNTS}
        at = START
        for number, (gap, account, which, brand) in enumerate(steps):
            at += gap
            mine = self.threads[ACCOUNTS[account]]
            if which and mine:
                mine[-1 - which % len(mine)][1].append((at, number, brand))
            else:
                mine.append((number, [(at, number, False)]))
        self.end = at + 1_000

    def ask(self, task, account, since, *, chance, most):
        """As forums do: threads by when something last happened in them, so many."""
        now = task.started_us // 1_000_000
        active = []
        for number, said in self.threads[account.account]:
            by_now = [each for each in said if each[0] <= now]
            if by_now and by_now[-1][0] >= since:
                active.append((by_now[-1][0], number, by_now))
        active.sort()
        taken = active[:most]
        found = Found(until=None if taken == active else max(taken[-1][0], since + 1))
        for _, number, said in taken:
            thread = f"{account.account}/{number}"
            at, first, _ = said[0]
            found.asked.append(
                Asked(
                    thread=thread,
                    author=f"person {number % 3}",
                    at=at,
                    kind=Kind.QUESTION,
                    url=f"https://forum.example/{number}",
                    text=TEXTS[first % len(TEXTS)],
                )
            )
            answers = [
                Answered(
                    thread=thread,
                    message=f"{thread}/{n}",
                    at=at,
                    text=TEXTS[n % len(TEXTS)],
                )
                for at, n, brand in said
                if brand
            ]
            found.answered.extend(answers)
        for things in (found.asked, found.answered):
            things += chance.sample(things, chance.randint(0, len(things)))
            chance.shuffle(things)
        return found


def resolve(_task, account):
    return f"id of {account.account}"


class Watcher:
    """Rounds over the world, kept in a store."""

    def __init__(self, store, world):
        self.store = store
        self.world = world

    def round(self, now, *, seed=0, most=1_000, fault=""):
        """One round at a second, and what it comes to."""
        chance = random.Random(seed)
        asked = iter(range(2))

        def ask(task, account, since):
            if fault == "first fails" and next(asked) == 0:
                raise CollectorError("not this time")
            if fault == "second may not" and next(asked) == 1:
                raise Spent("enough for now")
            return self.world.ask(task, account, since, chance=chance, most=most)

        with Http() as http:
            task = Task(
                accounts=[
                    Watched(each.account, each.external_id, "")
                    for each in self.store.accounts("discourse")
                ],
                http=http,
                secret=b"sixteen bytes or more",
                started_us=now * 1_000_000,
                cursors=self.store.cursors("discourse"),
                options={},
                known=partial(self.store.opened, "discourse"),
            )
            return round_of(task, "discourse", ask, resolve, FIRST_DAYS)

    def keep(self, look):
        run = Run(
            what="look", channel="discourse", started_at=1, finished_at=1, outcome="ok"
        )
        self.store.apply(judged(look), run, JUDGE, 600)


def registered(store):
    store.migrate()
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
            brands=tuple(
                BrandEntry(slug=name, name=name, industry="air") for name in ACCOUNTS
            ),
            accounts=tuple(
                AccountEntry(brand=name, channel="discourse", account=name)
                for name in ACCOUNTS
            ),
        )
    )


def state(store):
    return {name: table(store, name, columns) for name, columns in TABLES.items()}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("exactly") / "template.db"
    store = Store(f"sqlite:///{path}")
    registered(store)
    store.close()
    return path


@pytest.fixture
def sqlite(template, tmp_path):
    """A store with the accounts and nothing else, as often as one is asked for."""
    opened = []

    def fresh():
        for each in opened:
            each.close()
        path = tmp_path / f"{len(opened)}.db"
        shutil.copyfile(template, path)
        opened.append(Store(f"sqlite:///{path}"))
        return opened[-1]

    yield fresh
    for each in opened:
        each.close()


@pytest.fixture
def postgres(postgres_address):
    store = Store(postgres_address)
    registered(store)

    def fresh():
        with store._database.writing() as session:
            connection = session.connection()
            for name in EMPTIED:
                connection.exec_driver_sql(f"DELETE FROM {name}")
            connection.exec_driver_sql(
                "UPDATE account SET external_id = '', resolved_at = NULL,"
                " watched_from = NULL, watched_until = NULL, problem = ''"
            )
        return store

    yield fresh
    store.close()


STEPS = st.lists(
    st.tuples(
        st.integers(1, 400),  # seconds since the one before
        st.integers(0, 1),  # account
        st.sampled_from([0, 0, 1, 1, 2, 3]),  # a new thread, or which, counted back
        st.booleans(),  # by the brand
    ),
    min_size=1,
    max_size=20,
)
ROUNDS = st.lists(
    st.tuples(
        st.integers(0, 2_500),  # seconds since the one before
        st.sampled_from(["", "", "first fails", "second may not"]),
        st.sampled_from([1, 2, 1_000]),  # threads of an account in one round
        st.integers(0, 2),  # killed so often before it kept anything
    ),
    max_size=8,
)


def same_state(fresh, steps, rounds, seed):
    world = World(steps)
    whole = Watcher(fresh(), world)
    for now in (START - 500, world.end):
        whole.keep(whole.round(now))
    expected = state(whole.store)

    watcher = Watcher(fresh(), world)
    watcher.keep(watcher.round(START - 500, seed=seed))
    now = START - 500
    for number, (gap, fault, most, kills) in enumerate(rounds):
        now = min(now + gap, world.end)
        there = {"seed": seed + number, "most": most, "fault": fault}
        before = state(watcher.store)
        for _ in range(kills):
            watcher.round(now, **there)
        assert state(watcher.store) == before
        look = watcher.round(now, **there)
        watcher.keep(look)
        if look.cursors != look.cursors_before:
            with pytest.raises(StaleLook):  # the same look by another process
                watcher.keep(look)
    for _ in range(len(steps) + 1):  # until the last of a long list has been read
        watcher.keep(watcher.round(world.end, most=2))
        cursors = watcher.store.cursors("discourse")
        if "1" not in [cursors.get(f"{name} more") for name in ACCOUNTS]:
            break
    watcher.keep(watcher.round(world.end))
    found = state(watcher.store)
    for each in (expected, found):  # how a round ended is not what it knows
        each["cursor"] = [row for row in each["cursor"] if "more" not in row[1]]
    assert found == expected
    return expected


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ONE_OF_EACH = [(5, 0, 0, False), (5, 0, 1, True), (5, 1, 0, False), (900, 0, 0, False),
               (5, 0, 2, True), (5, 1, 1, True), (5, 0, 1, False)]  # fmt: skip


@pytest.mark.slow
@settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=QUIET)
@example(steps=ONE_OF_EACH, rounds=[(520, "first fails", 1, 2)], seed=0)
@given(steps=STEPS, rounds=ROUNDS, seed=st.integers(0, 2**16))
def test_however_rounds_fall(sqlite, steps, rounds, seed):
    same_state(sqlite, steps, rounds, seed)


@pytest.mark.slow
@settings(deadline=None, max_examples=4, derandomize=True, suppress_health_check=QUIET)
@example(steps=ONE_OF_EACH, rounds=[(520, "first fails", 1, 2)], seed=0)
@given(steps=STEPS, rounds=ROUNDS, seed=st.integers(0, 2**16))
def test_however_rounds_fall_on_postgresql(postgres, steps, rounds, seed):
    same_state(postgres, steps, rounds, seed)


def test_the_states_are_not_all_empty(sqlite):
    rows = same_state(sqlite, ONE_OF_EACH, [(520, "second may not", 1, 1)], 3)
    assert [len(rows[name]) for name in TABLES] == [3, 3, 10, 2, 4]
    assert sum(row[4] is not None for row in rows["inquiry"]) == 3
    (seconds,) = {
        sum(row[2] for row in rows["coverage"] if row[0] == account)
        for account in (1, 2)
    }
    assert seconds == FIRST_DAYS * DAY + World(ONE_OF_EACH).end - (START - 500)
