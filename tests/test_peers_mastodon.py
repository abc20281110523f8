"""Mastodon's interface, end to end: real servers, the real jobs, a known truth."""

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from collectors import hashing
from jobs.collecting import collect
from model import FoundBy, Kind, Step
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import ROOT, Settings
from snac_network import Network, network
from store import Store

pytestmark = [pytest.mark.peers, pytest.mark.slow]

BRANDS = ("acmeair", "novatel")
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
def snac():
    with network() as made:
        yield made


class Home:
    """One installation of ours: a folder, its database, its settings."""

    def __init__(self, folder, snac: Network, tokens: tuple[str, ...] = BRANDS) -> None:
        own = {
            "secret": "sixteen bytes or more",
            "mastodon_instances": f"shop.test={snac.servers['shop.test']}",
            "mastodon_token": " ".join(
                f"{snac.accounts[name]}={snac.tokens[name]}" for name in tokens
            ),
            "private_hosts": "127.0.0.1",
        }
        self.environment = {
            "ANSWERABLE_VAR": str(folder),
            **{f"ANSWERABLE_{name.upper()}": value for name, value in own.items()},
        }
        self.settings = Settings(var=folder, **own)
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
                        brand=name, channel="mastodon", account=snac.accounts[name]
                    )
                    for name in BRANDS
                ),
            )
        )

    def look(self, now: float):
        (run,) = collect(self.store, self.settings, "mastodon", now=lambda: now)
        return run

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

    def inquiry(self, address: str) -> Any:
        """The one inquiry that a message opened."""
        message = hashing.key(f"mastodon|{address}")
        found = self.rows(f"SELECT * FROM inquiry WHERE message = {message}")
        assert len(found) == 1, f"{len(found)} rows for {address}"
        return found[0]


def home_of(folder, *more, **named) -> Home:
    folder.mkdir()
    return Home(folder, *more, **named)


@pytest.fixture(scope="module")
def lived(snac, tmp_path_factory):
    """What people and brands did, seen by one installation while they did it."""
    home = home_of(tmp_path_factory.mktemp("lived") / "home", snac)
    for name in ("alice", "bob", "carla", "dan"):
        snac.follow(name, "acmeair")
    snac.follow("acmeair", "carla")  # so that it is told what carla deletes
    time.sleep(3)
    air = snac.accounts["acmeair"]
    post = snac.says("acmeair", "We fly to Oslo again")
    snac.says("acmeair", "and to Bergen", to=post)
    for name in ("alice", "bob", "carla"):
        snac.arrive(name, post)
    asked = {
        "daily": snac.says("alice", f"@{air} does it fly daily?", to=post),
        "price": snac.says("bob", f"@{air} why is it so late?", to=post),
        "gone": snac.says("carla", f"@{air} where is my bag?", to=post),
        "bag": snac.says("dan", f"@{air} where is my bag?"),
        "refund": snac.says("alice", f"@{air} where is my refund?"),
        "late": snac.says("carla", f"@{air} is it late?"),
    }
    secret = snac.says("bob", f"@{air} my number is zugzwang", visibility="direct")
    more = snac.says("dan", f"@{air} hello?", to=asked["bag"])
    same = snac.says("dan", f"@{snac.accounts['bob']} same here", to=asked["price"])
    snac.arrive("acmeair", *asked.values(), more)
    first = home.look(time.time())
    middle = home.state()
    asked_at = {name: snac.at("acmeair", address) for name, address in asked.items()}
    answers = {"daily": snac.says("acmeair", "@alice it does", to=asked["daily"])}
    oops = snac.says("acmeair", "@alice it is on its way", to=asked["refund"])
    snac.edit("bob", asked["price"], f"@{air} thank you so much, excellent service!")
    snac.delete("carla", asked["gone"])
    time.sleep(2)
    answers["bag"] = snac.says("acmeair", "@dan it is in Oslo", to=more)
    snac.arrive("acmeair", *answers.values(), oops)
    home.look(time.time())
    held = home.inquiry(asked["refund"]).answered_at
    snac.delete("acmeair", oops)
    snac.until(lambda: snac.post("acmeair", oops) is None)
    snac.until(lambda: snac.post("acmeair", asked["gone"]) is None)
    answered_at = {name: snac.at("acmeair", answer) for name, answer in answers.items()}
    # Whoever was seen a quarter of an hour ago is asked for again.
    last = home.look(time.time() + 1_000)
    yield SimpleNamespace(
        home=home, asked=asked, asked_at=asked_at, answered_at=answered_at,
        first=first, middle=middle, last=last, held=held, over=time.time(),
        secret=secret, same=same, more=more, post=post,
    )  # fmt: skip
    home.store.close()


def test_what_was_there_before_is_known_as_it_was(snac, lived):
    assert (lived.first.outcome, lived.first.problem) == ("ok", "")
    for told in snac.truth:
        row = lived.home.inquiry(told["uri"])
        assert row.found_by == FoundBy.LIST
        assert row.language == "en"
        wait = row.answered_at and row.answered_at - row.asked_at
        assert wait == told["truth"]["response_s"], told["id"]


def test_live_waits_are_what_they_were(snac, lived):
    for name, address in lived.asked.items():
        row = lived.home.inquiry(address)
        assert row.asked_at == lived.asked_at[name]
        assert row.answered_at == lived.answered_at.get(name), name
        assert row.addressed == 1
        assert (row.deleted_at is not None) == (name == "gone"), name
    assert lived.held is not None  # an answer that was withdrawn is none
    edited = lived.home.inquiry(lived.asked["price"])
    assert edited.kind == Kind.COMPLAINT  # whatever it says now
    ((ours,),) = lived.home.rows(
        "SELECT count(*) FROM response WHERE deleted_at IS NOT NULL"
    )
    assert ours == 1
    assert lived.home.inquiry(lived.asked["bag"]).step == Step.SUBSTANTIVE


def test_nothing_else_is_an_inquiry(snac, lived):
    """Not what was said to one alone, to another person, or further below."""
    count = len(snac.truth) + len(lived.asked)
    assert lived.home.rows("SELECT count(*) FROM inquiry")[0][0] == count
    for address in (lived.secret, lived.same, lived.more, lived.post):
        message = hashing.key(f"mastodon|{address}")
        found = lived.home.rows(f"SELECT 1 FROM inquiry WHERE message = {message}")
        assert found == []
    ((posts, replies),) = lived.home.rows(
        "SELECT sum(posts), sum(replies) FROM publication p"
        " JOIN account a ON a.id = p.account_id WHERE a.account LIKE 'acmeair%'"
    )
    assert posts == 2  # one to all, one below it
    assert replies == 1 + 3  # the seed's, and the withdrawn one too


def test_nobodys_words_or_names_are_stored(snac, lived):
    stored = b"".join(
        path.read_bytes() for path in lived.home.settings.var.glob("answerable.db*")
    )
    for said in ("refund", "zugzwang", "alice", "people.test", "excellent"):
        assert said.encode() not in stored, said
    for token in snac.tokens.values():
        assert token.encode() not in stored


def test_without_a_token_such_a_server_is_not_seen(snac, tmp_path):
    home = home_of(tmp_path / "home", snac, tokens=())
    run = home.look(time.time())
    assert run.outcome == "failed"
    assert "shows threads to its members only: set a token" in run.problem
    assert home.rows("SELECT count(*) FROM coverage")[0][0] == 0
    home.store.close()


KILL = """
import os, signal, sys
import collectors.channels.mastodon.asking, store.looking
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
    Store(settings.database), settings, "mastodon", now=lambda: now)])
"""
MOMENTS = [
    ("collectors.channels.mastodon", "_resolve+", 1),  # one account is known
    ("collectors.channels.mastodon.instance", "records", 1),  # the first list
    ("collectors.channels.mastodon.instance", "records+", 5),  # in the middle
    ("collectors.channels.mastodon.asking", "read", 1),  # everything was asked
    ("collectors.channels.mastodon.asking", "read+", 2),
    ("store.looking", "upsert+", 1),  # inquiries are written, not committed
    ("store.looking", "_move_cursors+", 1),  # everything is, but the run
    ("Store", "apply+", 1),  # committed, but nobody was told
]


def test_killed_at_any_moment_it_ends_up_the_same(snac, lived, tmp_path):
    whole, killed = (home_of(tmp_path / name, snac) for name in ("whole", "killed"))
    for now, moments in ((lived.over, MOMENTS), (lived.over + 3_600, MOMENTS[1::2])):
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
    assert len(whole.state()["inquiry"]) == len(snac.truth) + len(lived.asked) - 1
    for home in (whole, killed):
        home.store.close()
