"""However the stream is cut into looks, and whatever comes twice or out of order, what
the store ends up with is the same. Through the real store, on SQLite."""

import json
import random
import shutil
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from collectors.base import Watched
from collectors.channels.bluesky import compose
from collectors.channels.bluesky.events import parse
from collectors.channels.bluesky.reading import Watch
from collectors.channels.bluesky.stream import REWIND_US, Drained
from collectors.http import Http
from collectors.looking import Task
from jetstream import US, account, delete, did, edit, post, record, uri
from jobs.judging import judged
from model import DAY, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.looks import Look
from scoring.ladder import Ladder
from store import StaleLook, Store

TEXTS = (
    "my order never arrived and nobody answers",
    "what time does the shop in Leeds open?",
    "thank you so much, excellent service",
    "reading the paper",
    "Please send us a private message.",
    "We are looking into it, thanks for your patience.",
    "Mijn pakket is kapot",
)
START = 20_000 * DAY + DAY - 3_000  # a look may cross midnight
BRANDS = {"acme": "acme", "acmehelp": "acme", "nova": "nova"}
PEOPLE = ["pat", "quinn"]
JUDGE = Ladder(people=1, quick_people=2, reach=600)
"""As the method's, so that a few replies in some minutes stand on every step."""

WATCH = Watch({did(n): Watched(f"{n}.test", did(n), b) for n, b in BRANDS.items()})

TABLES = {
    "inquiry": "account_id, key, author, asked_at, answered_at, automatic_at,"
    " substantive_at, step, kind, found_by, addressed, deleted_at, message, language,"
    " url",
    "response": "account_id, message, key, to_message, responded_at, step, deleted_at,"
    " reads, fingerprint, personal",
    "publication": "account_id, day, posts, replies",
    "coverage": "account_id, day, seconds",
    "account": "account, watched_from, watched_until",
    "cursor": "channel, name, value",
}


def registered(store):
    store.migrate()
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
            brands=tuple(
                BrandEntry(slug=slug, name=slug, industry="air")
                for slug in sorted(set(BRANDS.values()))
            ),
            accounts=tuple(
                AccountEntry(brand=brand, channel="bluesky", account=f"{name}.test")
                for name, brand in BRANDS.items()
            ),
        )
    )
    store.resolve_accounts(
        "bluesky", START, {f"{name}.test": did(name) for name in BRANDS}, {}
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A database with the accounts, to be copied for each example."""
    path = tmp_path_factory.mktemp("bluesky") / "template.db"
    store = Store(f"sqlite:///{path}")
    registered(store)
    store.close()
    return path


class World:
    """Messages that people and brands may have written, a few seconds apart, and an
    AppView that still has most of them."""

    def __init__(self, steps):
        self.messages = []
        self.posts = []  # (at, name, rkey, root uri, record)
        self.gone = set()  # addresses: nobody answers what is not there any more
        self.at = START + 10
        for number, (gap, who, what, which, other) in enumerate(steps):
            self.at += gap
            self.act(number, who, what, which, other)

    def act(self, number, who, what, which, other):
        rkey = f"r{number}"
        name = [*PEOPLE, *BRANDS][who]
        target = self.posts[-1 - which % len(self.posts)] if self.posts else None
        if target and uri(*target[1:3]) in self.gone:
            target = None
        said = {"text": TEXTS[(number + other) % len(TEXTS)]}
        root = uri(name, rkey)
        if what == "mention":
            said["mentions"] = [[*BRANDS][other % 3]]
        elif what == "both":
            said["mentions"] = ["acme", "nova"]
        elif what == "reply" and target:
            root = target[3]
            said |= {"parent": uri(*target[1:3]), "root": root}
        elif what == "quote" and target:
            said["quote"] = uri(*target[1:3])
        elif what in ("delete", "leave"):
            self.end(what, name, target)
            return
        elif what == "edit" and target:
            self.messages.append(edit(self.at, *target[1:3], mentions=["nova"]))
            return
        self.posts.append((self.at, name, rkey, root, record(**said)))
        self.messages.append(post(self.at, name, rkey, **said))

    def end(self, what, name, target):
        """Of a post, or of everything a person wrote; who left may come back."""
        if what == "delete" and target:
            self.gone.add(uri(*target[1:3]))
            self.messages.append(delete(self.at, *target[1:3]))
        elif what == "leave" and name in PEOPLE:
            self.gone |= {uri(n, rkey) for _, n, rkey, *_ in self.posts if n == name}
            self.messages.append(account(self.at, name, "deactivated"))
            self.messages.append(account(self.at + 1, name))

    def get_json(self, _url, params):
        """What the AppView says: every seventh post is gone."""
        return {
            "posts": [
                {
                    "uri": uri(name, rkey),
                    "indexedAt": datetime.fromtimestamp(at, UTC).isoformat(),
                    "record": said,
                }
                for at, name, rkey, _, said in self.posts
                if uri(name, rkey) in params["uris"] and int(rkey[1:]) % 7 != 6
            ]
        }


class Watcher:
    """Looks at the world through a store of its own."""

    def __init__(self, store, world):
        self.store = store
        self.http = Http()
        self.http.get_json = world.get_json
        self.events = [parse(json.dumps(message))[1] for message in world.messages]
        self.events = [e for e in self.events if e is not None and WATCH.wants(e)]
        self.since = START * US

    def look(self, until, shuffled=lambda events: events):
        """One look from where the last one ended, with what is read again before it."""
        events = [
            event
            for event in self.events
            if self.since - REWIND_US <= event.time_us < until + 5 * US
        ]
        cursors = self.store.cursors("bluesky")
        task = Task(
            accounts=list(WATCH.accounts.values()),
            http=self.http,
            secret=b"sixteen bytes or more",
            started_us=until,
            cursors=cursors,
            options={
                "appview": "http://127.0.0.1",
                "retention_hours": 24,
                "first_days": 0,
            },
            known=partial(self.store.opened, "bluesky"),
        )
        drained = Drained(since_us=self.since, until_us=until, events=shuffled(events))
        start = Look(channel="bluesky", cursors_before=cursors, started_at=until // US)
        return compose(task, WATCH, start, drained)

    def keep(self, look):
        run = Run(
            what="look", channel="bluesky", started_at=1, finished_at=1, outcome="ok"
        )
        self.store.apply(judged(look), run, JUDGE)
        self.since = int(look.cursors["time_us"])


def state(store):
    """Every row that matters, by table."""
    with store._database.reading() as session:
        return {
            table: sorted(
                map(tuple, session.connection().execute(
                    text(f"SELECT {columns} FROM {table}")
                )),
                key=repr,
            )
            for table, columns in TABLES.items()
        }  # fmt: skip


STEPS = st.lists(
    st.tuples(
        st.integers(1, 90),  # seconds since the one before
        st.integers(0, len(PEOPLE) + len(BRANDS) - 1),
        st.sampled_from(
            ["plain", "mention", "reply", "reply", "reply", "reply", "quote", "both",
             "delete", "edit", "leave"]
        ),
        st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5, 9]),  # whose post, counted back
        st.integers(0, 2),
    ),
    min_size=4,
    max_size=25,
)  # fmt: skip


def same_state(fresh, steps, cuts, seed):
    world = World(steps)
    end = (START + 2_400) * US
    chance = random.Random(seed)

    def disorder(events):
        mixed = events + chance.sample(events, chance.randint(0, len(events)))
        chance.shuffle(mixed)
        return mixed

    def run(untils, shuffled):
        watcher = Watcher(fresh(), world)
        for until in untils:
            watcher.look(until, shuffled)  # killed before it was kept
            look = watcher.look(until, shuffled)
            watcher.keep(look)
            if look.cursors != look.cursors_before:
                with pytest.raises(StaleLook):  # the same look by another process
                    watcher.keep(look)
        return state(watcher.store)

    whole = run([end], lambda events: events)
    times = [message["time_us"] for message in world.messages]
    pieces = {times[cut % len(times)] for cut in cuts}  # just before a message
    assert run([*sorted(pieces), end], disorder) == whole


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
            for name in (*TABLES, "run"):
                if name != "account":
                    connection.exec_driver_sql(f"DELETE FROM {name}")
            connection.exec_driver_sql(
                "UPDATE account SET watched_from = NULL, watched_until = NULL"
            )
        return store

    yield fresh
    store.close()


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
THANKS = {  # for an answer that revealed its question, in a later look
    "steps": [(5, 0, "plain", 0, 0), (5, 2, "reply", 0, 0), (5, 0, "reply", 0, 0)],
    "cuts": {2},
    "seed": 0,
}
TWO_ANSWERS = {  # the earlier one to the later message
    "steps": [(5, 1, "plain", 0, 0), (5, 0, "reply", 0, 0), (5, 0, "reply", 1, 0),
              (5, 2, "reply", 0, 0), (5, 2, "reply", 2, 0)],
    "cuts": {4},
    "seed": 0,
}  # fmt: skip
LEFT = {  # and came back, and asked again
    "steps": [(5, 0, "mention", 0, 0), (5, 2, "reply", 0, 0), (5, 0, "leave", 0, 0),
              (5, 0, "mention", 0, 0), (5, 1, "mention", 0, 1)],
    "cuts": {2, 3, 4},
    "seed": 0,
}  # fmt: skip


@pytest.mark.slow
@settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=QUIET)
@example(**THANKS)
@example(**TWO_ANSWERS)
@example(**LEFT)
@given(
    steps=STEPS,
    cuts=st.sets(st.integers(0, 24), min_size=1),
    seed=st.integers(0, 2**16),
)
def test_however_the_stream_is_cut(sqlite, steps, cuts, seed):
    same_state(sqlite, steps, cuts, seed)


@pytest.mark.slow
@settings(deadline=None, max_examples=4, derandomize=True, suppress_health_check=QUIET)
@example(**THANKS)
@example(**LEFT)
@given(
    steps=STEPS,
    cuts=st.sets(st.integers(0, 24), min_size=1),
    seed=st.integers(0, 2**16),
)
def test_however_the_stream_is_cut_on_postgresql(postgres, steps, cuts, seed):
    same_state(postgres, steps, cuts, seed)


def test_the_states_are_not_all_empty(sqlite):
    """The property above says something: a world with one of each."""
    world = World(
        [(5, 0, "mention", 0, 0), (5, 2, "reply", 0, 0), (5, 1, "plain", 0, 0),
         (5, 4, "reply", 0, 0), (5, 0, "both", 0, 0), (5, 4, "quote", 0, 0),
         (5, 0, "delete", 5, 0), (5, 2, "delete", 4, 0), (5, 2, "plain", 0, 0)]
    )  # fmt: skip
    store = sqlite()
    watcher = Watcher(store, world)
    watcher.keep(watcher.look((START + 2_400) * US))
    kept = state(store)
    asked = {row[3] - START: row for row in kept["inquiry"]}
    assert sorted(asked) == [15, 25, 35]
    assert asked[15][11] == START + 45  # deleted
    assert asked[15][4] is None  # its answer was deleted too
    assert (asked[25][9], asked[25][4]) == (4, START + 30)  # found by its reply
    assert len(kept["inquiry"]) == 4  # the one to both counts for each
    quoted = [row for row in kept["inquiry"] if row[4] == START + 40]
    assert [row[10] for row in quoted] == [2]
    assert sum(row[2] for row in kept["publication"]) == 2
    assert {row[2] for row in kept["coverage"]} == {2_400}
