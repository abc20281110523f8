"""Bluesky, end to end: a real network, the real jobs, a known truth.

The network's Jetstream is a translation of its real firehose and stamps what was there
before it with the time it first saw it; so waits are measured on what this test posts
itself, in real time, and compared with what the AppView says.
"""

import os
import random
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from bluesky_network import Network, network
from collectors import hashing
from collectors.channels.bluesky.reading import conversation
from jobs.collecting import collect
from model import DAY, FoundBy, Kind, Step
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import ROOT, Settings
from store import Store

pytestmark = [pytest.mark.peers, pytest.mark.slow]

BRANDS = ("acmeair", "novatel")
CLOSE = 2.0
"""Seconds by which two servers may differ about when a post was made."""

COLUMNS = {
    "inquiry": "account_id, key, author, asked_at, answered_at, automatic_at,"
    " substantive_at, step, kind, found_by, addressed, watched_until, deleted_at,"
    " message, language, url",
    "response": "account_id, message, key, to_message, responded_at, step, deleted_at,"
    " reads, fingerprint, personal",
    "publication": "account_id, day, posts, replies",
    "coverage": "account_id, day, seconds",
    "account": "account, external_id, watched_from, watched_until, problem",
    "cursor": "channel, name, value",
}


@pytest.fixture(scope="module")
def bluesky():
    with network() as made:
        yield made


class Home:
    """One installation of ours: a folder, its database, its settings."""

    def __init__(self, folder, bluesky: Network, **more: Any) -> None:
        self.environment = {
            "ANSWERABLE_VAR": str(folder),
            "ANSWERABLE_SECRET": "sixteen bytes or more",
            "ANSWERABLE_BLUESKY_APPVIEW": bluesky.appview,
            "ANSWERABLE_BLUESKY_JETSTREAM": bluesky.jetstream,
        }
        self.settings = Settings(
            var=folder,
            secret="sixteen bytes or more",
            bluesky_appview=bluesky.appview,
            bluesky_jetstream=bluesky.jetstream,
            **more,
        )
        self.store = Store(self.settings.database)
        self.store.migrate()
        self.store.put_registry(
            Registry(
                industries=(IndustryEntry(slug="test", name="Test", nace="H"),),
                brands=tuple(
                    BrandEntry(slug=name, name=name, industry="test") for name in BRANDS
                ),
                accounts=tuple(
                    AccountEntry(
                        brand=name, channel="bluesky", account=bluesky.handle(name)
                    )
                    for name in BRANDS
                ),
            )
        )

    def look(self, now: float) -> None:
        (run,) = collect(self.store, self.settings, now=lambda: now)
        assert (run.outcome, run.problem) == ("ok", "")

    def process(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def rows(self, sql: str) -> list[Any]:
        with self.store._database.reading() as session:
            return list(session.connection().execute(text(sql)))

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table: sorted(
                map(tuple, self.rows(f"SELECT {names} FROM {table}")), key=repr
            )
            for table, names in COLUMNS.items()
        }

    def inquiry(self, uri: str, brand: str) -> Any:
        """The one inquiry that a message opened with a brand."""
        found = self.rows(
            "SELECT i.*, b.slug AS brand FROM inquiry i"
            " JOIN account a ON a.id = i.account_id JOIN brand b ON b.id = a.brand_id"
            f" WHERE i.message = {hashing.key(uri)} AND b.slug = '{brand}'"
        )
        assert len(found) == 1, f"{len(found)} rows for {uri}"
        return found[0]


@pytest.fixture
def home(tmp_path, bluesky):
    made = Home(tmp_path, bluesky)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def lived(bluesky):
    """What people and brands did while we watched, and when by the wall clock.

    ``seeded`` is a moment after the seed and before all of this, ``over`` one after.
    """
    time.sleep(1.5)
    seeded = time.time()
    time.sleep(1.0)
    asked, answers = {}, {}
    said = bluesky.post
    asked["plain"] = said("alice", "@air does it fly?", mention="acmeair")
    asked["nested"] = said("dan", "@tel why so slow?", mention="novatel")
    asked["edited"] = said("bob", "@tel no signal", mention="novatel")
    asked["deleted"] = said("carla", "@air ignore me", mention="acmeair")
    asked["unmarked"] = said("eve", "acmeair never answers")
    asked["withdrawn"] = said("bob", "@air where is my bag?", mention="acmeair")
    asked["quick"] = said("eve", "@air thanks?", mention="acmeair")
    start = time.time()
    answers["quick"] = said("acmeair", "you are welcome", parent=asked["quick"])
    said("eve", "it does", parent=asked["plain"])  # a bystander
    follow = said("dan", "still slow", parent=asked["nested"])
    praise = "@air thank you so much, excellent service!"
    bluesky.edit("bob", asked["edited"], praise, mention="acmeair")
    answers["edited"] = said("novatel", "we look into it", parent=asked["edited"])
    bluesky.delete("carla", asked["deleted"])
    oops = said("acmeair", "it is here", parent=asked["withdrawn"])
    time.sleep(max(0.0, start + 3 - time.time()))
    answers["plain"] = said("acmeair", "it does", parent=asked["plain"])
    said("acmeair", "it really does", parent=asked["plain"])
    answers["unmarked"] = said("acmeair", "we do", parent=asked["unmarked"])
    bluesky.delete("acmeair", oops)
    time.sleep(max(0.0, start + 7 - time.time()))
    answers["nested"] = said(
        "novatel", "better now?", parent=follow, root=asked["nested"]
    )
    oslo = said("acmeair", "we fly to Oslo")  # to everybody
    asked["below"] = said("carla", "how much is it?", parent=oslo)
    asked["ignored"] = said("bob", "and to Rome?", parent=oslo)
    answers["below"] = said("acmeair", "ten", parent=asked["below"], root=oslo)
    bluesky.settle()
    return SimpleNamespace(
        seeded=seeded, over=time.time(), asked=asked, answers=answers
    )


def test_what_was_there_before_is_known_as_it_was(bluesky, home):
    home.look(time.time())
    for told in bluesky.truth:
        row = home.inquiry(told["uri"], told["brand"])
        name, truth = told["id"], told["truth"]
        assert (row.answered_at is not None) == truth["answered"], name
        assert (row.deleted_at is not None) == (truth.get("deleted") == "inquiry"), name
        found = FoundBy.REPLY if "no-facet" in name else FoundBy.STREAM
        assert row.found_by == found, name
        assert row.addressed == (2 if name.startswith("two-brands") else 1), name
        author = hashing.author(
            f"bluesky|{told['author']}", row.asked_at, home.settings.key
        )
        if row.deleted_at is None:
            assert row.author == author
            assert row.url.endswith(told["uri"].rpartition("/")[2])
        else:
            assert (row.author, row.url) == (row.key, None)
        assert row.language == "en"
    assert home.rows("SELECT count(*) FROM inquiry")[0][0] == len(bluesky.truth)


def test_every_answer_is_known_and_nothing_else_is_one(bluesky, home):
    home.look(time.time())
    replies = {t["reply"]["uri"] for t in bluesky.truth if t["reply"]}
    withdrawn = {
        t["reply"]["uri"] for t in bluesky.truth if t["truth"].get("deleted") == "reply"
    }
    rows = home.rows("SELECT message, key, to_message, deleted_at FROM response")
    assert {row.message for row in rows} == {hashing.key(uri) for uri in replies}
    assert {row.message for row in rows if row.deleted_at is not None} == {
        hashing.key(uri) for uri in withdrawn
    }
    (nested,) = [t for t in bluesky.truth if t["id"].startswith("nested")]
    key = conversation(nested["uri"], nested["author"])
    assert key in {row.key for row in rows}
    (quote,) = [t for t in bluesky.truth if t["truth"].get("via") == "quote"]
    assert hashing.key(quote["uri"]) in {row.to_message for row in rows}


def test_accounts_are_resolved_and_watched(bluesky, home):
    now = time.time()
    home.look(now)
    for name in BRANDS:
        ((did, since, until, id_),) = home.rows(
            "SELECT external_id, watched_from, watched_until, id FROM account"
            f" WHERE account = '{bluesky.handle(name)}'"
        )
        assert did == bluesky.did(name)
        assert (since, until) == (int(now) - DAY, int(now))
        ((seconds,),) = home.rows(
            f"SELECT sum(seconds) FROM coverage WHERE account_id = {id_}"
        )
        assert seconds == DAY


def test_live_waits_are_what_they_were(bluesky, home, lived):
    home.look(lived.seeded)
    home.look(lived.over)
    for name, answer in lived.answers.items():
        brand = "novatel" if name in ("nested", "edited") else "acmeair"
        question = lived.asked[name]["uri"]
        row = home.inquiry(question, brand)
        assert row.answered_at is not None, name
        wait = row.answered_at - row.asked_at
        asked, answered = bluesky.posted[question], bluesky.posted[answer["uri"]]
        assert answered[0] - asked[1] - CLOSE <= wait, name
        assert wait <= answered[1] - asked[0] + CLOSE, name
        indexed = bluesky.indexed_at(answer["uri"])
        assert abs(row.answered_at - indexed) <= CLOSE, name
        if name != "edited":  # the AppView gives a new time to what was edited
            indexed = bluesky.indexed_at(question)
            assert abs(row.asked_at - indexed) <= CLOSE, name
    waits = home.rows("SELECT max(answered_at - asked_at) FROM inquiry")
    assert waits[0][0] >= 6  # the test says something about time
    unmarked = home.inquiry(lived.asked["unmarked"]["uri"], "acmeair")
    assert unmarked.found_by == FoundBy.REPLY
    withdrawn = home.inquiry(lived.asked["withdrawn"]["uri"], "acmeair")
    assert withdrawn.answered_at is None
    deleted = home.inquiry(lived.asked["deleted"]["uri"], "acmeair")
    assert deleted.deleted_at is not None
    assert deleted.answered_at is None
    edited = home.inquiry(lived.asked["edited"]["uri"], "novatel")
    assert edited.addressed == 1  # whom the edit names is not asked
    assert edited.kind == Kind.COMPLAINT  # nor is it praise now
    asked = home.inquiry(lived.asked["plain"]["uri"], "acmeair")
    assert (asked.kind, asked.step) == (Kind.QUESTION, Step.SUBSTANTIVE)
    assert asked.substantive_at == asked.answered_at
    ((marked, steps),) = home.rows(
        "SELECT count(fingerprint), count(DISTINCT step) FROM response"
        f" WHERE step <> {Step.UNJUDGED}"
    )
    assert marked > len(lived.answers)
    assert steps >= 1
    count = len(bluesky.truth) + len(lived.asked)
    assert home.rows("SELECT count(*) FROM inquiry")[0][0] == count


KILL = """
import os, signal, sys
from importlib import import_module
import collectors.channels.bluesky.stream, store.looking
from jobs.collecting import collect
from settings import Settings
from store import Store

now, where, what, call = float(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
if where:
    holder = sys.modules[where] if where != "Store" else Store
    original, calls = getattr(holder, what.rstrip("+")), 0

    def killing(*given, **named):
        global calls
        calls += 1
        if calls == call and not what.endswith("+"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = original(*given, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(holder, what.rstrip("+"), killing)
settings = Settings()
print([(r.outcome, r.problem) for r in collect(
    Store(settings.database), settings, now=lambda: now)])
"""
MOMENTS = [
    ("collectors.channels.bluesky", "_resolve+", 1),  # handles are known
    ("collectors.channels.bluesky.stream", "parse", 1),  # the first event
    ("collectors.channels.bluesky.stream", "parse", 17),  # in the middle
    ("collectors.channels.bluesky", "trace+", 1),  # the AppView has answered
    ("store.looking", "upsert+", 1),  # inquiries are written, not committed
    ("store.looking", "_move_cursors+", 1),  # everything is, but the run
    ("Store", "apply+", 1),  # committed, but nobody was told
]


def test_killed_at_any_moment_it_ends_up_the_same(tmp_path, bluesky, lived):
    homes = []
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        homes.append(Home(tmp_path / name, bluesky))
    whole, killed = homes
    for now, moments in ((lived.seeded, MOMENTS), (lived.over, MOMENTS[1::2])):
        whole.look(now)
        for where, what, call in moments:
            arguments = (repr(now), where, what, str(call))
            with killed.process("-c", KILL, *arguments) as process:
                said = process.communicate(timeout=120)[0]
            assert process.returncode == -signal.SIGKILL, said
        # A look may have been committed before the kill: the next begins there.
        with killed.process("-c", KILL, repr(now + 1), "", "", "0") as process:
            assert process.communicate(timeout=120)[0] == "[('ok', '')]\n"
        whole.look(now + 1)
        assert killed.state() == whole.state()
    assert len(whole.state()["inquiry"]) == len(bluesky.truth) + len(lived.asked)
    for home in homes:
        home.store.close()


NURSERY = """
import os, signal, sys, time
from functools import partial
from importlib import import_module
from jobs.collecting import collect
from settings import Settings
from store import Store

# On loopback what there is comes soon: no need to listen for long. But what comes after
# that is lost to these looks, so a busy machine must be given its time.
bluesky = import_module("collectors.channels.bluesky")
bluesky.Bounds = partial(bluesky.Bounds, first=1.0, quiet=0.5)
for line in sys.stdin:
    now, delay = map(float, line.split())
    started = time.monotonic()
    child = os.fork()  # everything is imported: a look starts at once
    if not child:
        settings = Settings()
        runs = collect(Store(settings.database), settings, now=lambda: now)
        print([(run.outcome, run.problem) for run in runs], file=sys.stderr)
        os._exit(0)
    ended = 0
    while not ended and not (delay and time.monotonic() > started + delay):
        ended, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.001)
    if not ended:
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    what = "killed" if os.WIFSIGNALED(status) else "done"
    print(what, time.monotonic() - started, flush=True)
"""
KILLS = 50


class Nursery:
    """A process that starts looks and kills them, without starting Python each time."""

    def __init__(self, home: Home, log) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            cwd=ROOT,
            env=os.environ | home.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def look(self, now: float, delay: float = 0.0) -> tuple[str, float]:
        """'killed' after so many seconds, or 'done' before that; seconds it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{now!r} {delay!r}\n")
        self._process.stdin.flush()
        what, took = self._process.stdout.readline().split()
        return what, float(took)

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=120)  # it ends where its orders do


def test_killed_fifty_times_nothing_is_lost_and_nothing_doubled(
    tmp_path, bluesky, lived
):
    """At random moments of looks that go forward in time, so that some are killed
    before they keep anything, some while they do, and some just after."""
    homes = []
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        homes.append(Home(tmp_path / name, bluesky))
    whole, killed = homes
    chance = random.Random(50)
    kills, kept, tries = 0, 0, 0
    with (
        (tmp_path / "log").open("w+") as log,
        Nursery(killed, log) as nursery,
    ):
        _, took = nursery.look(lived.seeded)
        step = (lived.over - lived.seeded) / (4 * KILLS)
        now = lived.seeded
        while kills < KILLS:
            tries += 1
            assert tries < 4 * KILLS
            now += step
            what, lasted = nursery.look(now, chance.uniform(0.02, 1.1 * took))
            kills += what == "killed"
            took = took if what == "killed" else lasted
            kept += killed.store.cursors("bluesky")["time_us"] == str(int(now * 1e6))
        assert nursery.look(lived.over + 1)[0] == "done"
        log.seek(0)
        assert "Error" not in log.read()
    whole.look(lived.seeded)
    whole.look(lived.over + 1)
    assert killed.state() == whole.state()
    assert len(whole.state()["inquiry"]) == len(bluesky.truth) + len(lived.asked)
    assert kept < tries  # the kills were felt
    for home in homes:
        home.store.close()


def test_a_worker_killed_again_and_again_ends_up_the_same(tmp_path, bluesky, lived):
    """By the clock, whatever it is doing, and started again as an operator would."""
    homes = []
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        homes.append(Home(tmp_path / name, bluesky))
    whole, killed = homes
    whole.look(time.time())
    for delay in (0.0, 0.15, 0.4, 1.0, 2.0):
        with killed.process("-m", "worker") as process:
            assert process.stdout is not None
            wait_for("worker started", process)
            time.sleep(delay)
            process.kill()
    with killed.process("-m", "worker") as process:
        wait_for("look channel=bluesky outcome=ok", process)
        process.terminate()
        assert process.wait(30) == 0
    ours, theirs = whole.state(), killed.state()
    for table in ("inquiry", "response", "publication"):
        assert theirs[table] == ours[table], table
    # seen without a gap and nothing twice, whenever each look was
    for home in homes:
        for seconds, since, until in home.rows(
            "SELECT sum(seconds), min(watched_from), max(watched_until)"
            " FROM coverage JOIN account ON account.id = account_id GROUP BY account_id"
        ):
            assert seconds == until - since
        home.store.close()


# -- what the stream cannot give. Our clock is set forward, so that what was said lies
# before everything that the stream is asked for.

HOUR = 3_600.0


def test_what_the_stream_no_longer_holds_is_had_from_the_appview(
    tmp_path, bluesky, lived
):
    home = Home(tmp_path, bluesky, bluesky_retention_hours=1, bluesky_first_days=1)
    home.look(lived.over + 2 * HOUR)
    for name in ("below", "ignored"):
        row = home.inquiry(lived.asked[name]["uri"], "acmeair")
        assert (row.found_by, row.addressed) == (FoundBy.THREAD, 1)
        assert abs(row.asked_at - bluesky.indexed_at(lived.asked[name]["uri"])) <= 1
        assert (row.answered_at is not None) == (name == "below")
    for name, answer in lived.answers.items():
        brand = "novatel" if name in ("nested", "edited") else "acmeair"
        row = home.inquiry(lived.asked[name]["uri"], brand)
        found = FoundBy.THREAD if name == "below" else FoundBy.REPLY
        assert row.found_by == found, name
        assert abs(row.answered_at - bluesky.indexed_at(answer["uri"])) <= 1, name
    # what named a brand elsewhere and was not answered is not to be had: nor counted
    rows = home.rows("SELECT found_by, count(*) FROM inquiry GROUP BY 1 ORDER BY 1")
    assert [found for found, _ in rows] == [FoundBy.THREAD, FoundBy.REPLY]
    assert home.rows("SELECT sum(seconds) FROM coverage")[0][0] == 2 * HOUR
    streamed = Home(tmp_path / "streamed", bluesky)
    streamed.look(lived.over)
    counts = "SELECT sum(posts), sum(replies) FROM publication"
    ((posts, replies),) = streamed.rows(counts)
    # what was deleted is not shown any more; the stream counted it when it was said
    gone = 1 + sum(t["truth"].get("deleted") == "reply" for t in bluesky.truth)
    assert home.rows(counts) == [(posts, replies - gone)]
    for each in (home, streamed):
        each.store.close()


def test_a_gap_is_followed_and_what_was_deleted_in_it_is_noticed(
    tmp_path, bluesky, lived
):
    home = Home(tmp_path, bluesky)
    said = bluesky.post
    gone = said("alice", "@air lost in a gap?", mention="acmeair")
    stays = said("bob", "@air kept in a gap?", mention="acmeair")
    bluesky.settle()
    now = time.time()
    home.look(now)
    answer = said("acmeair", "here it is", parent=stays)
    bluesky.delete("alice", gone)
    bluesky.settle()
    (run,) = collect(home.store, home.settings, now=lambda: now + 30 * HOUR)
    assert run.problem.endswith("the last look is older: 360 minutes were not seen")
    row = home.inquiry(gone["uri"], "acmeair")
    assert (row.deleted_at, row.url) == (row.asked_at, None)
    assert row.answered_at is None
    row = home.inquiry(stays["uri"], "acmeair")
    assert abs(row.answered_at - bluesky.indexed_at(answer["uri"])) <= 1
    # every answer of the gap is known, so it cut nothing short
    assert row.watched_until is None
    assert home.rows("SELECT sum(seconds) FROM coverage")[0][0] == 2 * 48 * HOUR
    home.store.close()


def test_people_and_brands_that_leave(tmp_path, bluesky, lived):
    """Last of all: it changes what this network's stream says of them."""
    home = Home(tmp_path, bluesky)
    home.look(time.time())
    dan = f"bluesky|{bluesky.did('dan')}"
    author = hashing.author(dan, int(time.time()), home.settings.key)
    ((before,),) = home.rows(f"SELECT count(*) FROM inquiry WHERE author = {author}")
    assert before > 0
    time.sleep(1.5)
    at = time.time()
    bluesky.deactivate("dan")
    bluesky.rename("novatel", "nova-tel.test")
    bluesky.deactivate("acmeair")
    bluesky.settle()
    now = time.time()
    home.look(now)
    assert home.rows(f"SELECT 1 FROM inquiry WHERE author = {author}") == []
    left = home.rows(
        f"SELECT author, key, url FROM inquiry WHERE deleted_at >= {int(at) - CLOSE}"
    )
    assert len(left) == before
    assert all((row.author, row.url) == (row.key, None) for row in left)
    rows = {
        name: (problem, until)
        for name, problem, until in home.rows(
            "SELECT account, problem, watched_until FROM account"
        )
    }
    problem, until = rows[bluesky.handle("acmeair")]
    assert problem.startswith("the account is deactivated, since 20")
    assert at - CLOSE <= until <= now - 1
    problem, until = rows[bluesky.handle("novatel")]
    assert "still measured, by its DID" in problem
    assert until == int(now)
    bluesky.activate("acmeair")
    bluesky.settle()
    back = time.time()
    home.look(back)
    ((problem, until),) = home.rows(
        "SELECT problem, watched_until FROM account"
        f" WHERE account = '{bluesky.handle('acmeair')}'"
    )
    assert (problem, until) == ("", int(back))
    home.store.close()


def wait_for(words: str, process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"never said {words!r}: {''.join(said)}")
