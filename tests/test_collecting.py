"""Looks at channels: whatever fails is a saved run and one line, never an exception."""

import json
import logging
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import formatdate

import polars as pl
import pytest
from pydantic import SecretStr

from collectors.base import Channel, CollectorError
from collectors.hosts import Hosts
from collectors.looking import Stopped, Task
from jobs import collecting
from jobs.collecting import NothingToLookAt, collect, looked_at, off_because, options
from local_server import running
from model import DAY, FoundBy
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import IMPORTED, conform
from model.looks import Look, Seen
from settings import Settings

NOW = 20_000 * DAY + 100


@dataclass
class Fake:
    """A channel whose looks come to what the test says."""

    slug: str
    result: object = None
    tasks: list[Task] = field(default_factory=list)
    key_setting: str = ""
    normal: range = range(10)

    def look(self, task: Task) -> Look:
        self.tasks.append(task)
        if isinstance(self.result, BaseException):
            raise self.result
        assert isinstance(self.result, Look)
        return self.result

    def channel(self) -> Channel:
        return Channel(
            slug=self.slug, title="", source="", licence="", terms="", cannot_see="",
            every=timedelta(minutes=1), look=self.look, key_setting=self.key_setting,
            normal=self.normal,
        )  # fmt: skip


GOOD = Look(
    channel="bluesky",
    inquiries=conform(
        pl.DataFrame(
            {"channel": ["bluesky"], "account": ["acme.test"], "key": [7],
             "author": [8], "asked_at": [NOW - 50], "found_by": [FoundBy.STREAM]}
        ),
        IMPORTED,
    ),
    seen=(Seen("acme.test", NOW - 100, NOW),),
    cursors={"time_us": "5"},
    read=12,
    refused={"odd": 2},
    finished_at=NOW,
)  # fmt: skip


@pytest.fixture
def there(monkeypatch):
    """The channels there are: the test adds to them."""
    made: dict[str, Fake] = {}
    monkeypatch.setattr(
        collecting,
        "channels",
        lambda: {slug: fake.channel() for slug, fake in sorted(made.items())},
    )
    return made


@pytest.fixture
def bluesky(there):
    there["bluesky"] = Fake("bluesky", GOOD)
    return there["bluesky"]


@pytest.fixture
def settings(tmp_path):
    return Settings(var=tmp_path, secret=SecretStr("x" * 16))


@pytest.fixture
def store(sqlite_store):
    accounts = [("acme", "bluesky"), ("acme", "mastodon"), ("nova", "mastodon")]
    sqlite_store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
            brands=tuple(
                BrandEntry(slug=slug, name=slug, industry="air")
                for slug in ("acme", "nova", "solo")
            ),
            accounts=tuple(
                AccountEntry(brand=brand, channel=channel, account=f"{brand}.test")
                for brand, channel in accounts
            ),
        )
    )
    return sqlite_store


def look(store, settings, **more):
    return collect(store, settings, now=lambda: NOW + 0.5, **more)


def saved(store):
    return [(run.channel, run.outcome, run.problem) for run in store.runs()]


def test_a_look_is_kept_with_its_run(store, settings, bluesky, caplog):
    caplog.set_level(logging.INFO)
    (run,) = look(store, settings)
    assert (run.what, run.channel, run.outcome, run.problem) == (
        "look", "bluesky", "ok", ""
    )  # fmt: skip
    assert (run.started_at, run.finished_at) == (NOW, NOW)
    assert (run.rows_read, run.rows_kept, json.loads(run.refused)) == (
        12,
        1,
        {"odd": 2},
    )
    assert saved(store) == [("bluesky", "ok", "")]
    assert store.cursors("bluesky") == {"time_us": "5"}
    assert store.opened("bluesky", [("acme.test", 7)]) == {("acme.test", 7): NOW - 50}
    (line,) = [r.getMessage() for r in caplog.records if r.name == "jobs.collecting"]
    assert line == (
        "look channel=bluesky outcome=ok accounts=1 read=12 kept=1 refused=2"
        " seconds=0 problem="
    )


def test_a_look_is_given_what_it_needs(store, settings, bluesky):
    look(store, settings)
    (task,) = bluesky.tasks
    assert [(a.account, a.external_id, a.brand) for a in task.accounts] == [
        ("acme.test", "", "acme")
    ]
    assert task.started_us == NOW * 1_000_000 + 500_000
    assert task.cursors == {}
    assert task.secret == b"x" * 16
    assert task.options["retention_hours"] == 24
    assert task.known([("acme.test", 7), ("acme.test", 9), ("other.test", 7)]) == {
        ("acme.test", 7): NOW - 50
    }
    assert task.stopped() is False


def test_options_are_the_settings_of_the_channel(settings):
    assert set(options(settings, "bluesky")) == {
        "appview", "first_days", "jetstream", "retention_hours"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "seen", "outcome"),
    [("half of it", GOOD.seen, "incomplete"), ("nothing of it", (), "failed")],
)
def test_what_a_look_could_not_see(store, settings, bluesky, problem, seen, outcome):
    bluesky.result = replace(GOOD, problem=problem, seen=seen)
    look(store, settings)
    assert saved(store) == [("bluesky", outcome, problem)]
    assert store.cursors("bluesky") == {"time_us": "5"}  # what was learnt is kept


def test_what_is_not_normal_is_said(store, settings, bluesky):
    bluesky.normal = range(2, 5)
    look(store, settings)
    ((_, outcome, problem),) = saved(store)
    assert outcome == "incomplete"
    assert problem == "1 inquiries at one look are not what is normal"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (CollectorError("the server is away"), "the server is away"),
        (ZeroDivisionError("oops"), "a mistake of ours, ZeroDivisionError"),
        (replace(GOOD, cursors_before={"time_us": "4"}), "another look at bluesky was"),
        (
            replace(GOOD, resolved={}, seen=(Seen("stranger.test", 1, 2),)),
            "a mistake of ours, ValueError at store/looking.py:",
        ),
    ],
)
def test_a_failure_is_a_saved_run(store, settings, bluesky, caplog, failure, said):
    bluesky.result = failure
    (run,) = look(store, settings)
    ((_, outcome, problem),) = saved(store)
    assert outcome == run.outcome == "failed"
    assert problem.startswith(said)
    assert "oops" not in problem  # whatever it quotes may be a person's
    assert store.cursors("bluesky") == {}
    assert store.opened("bluesky", [("acme.test", 7)]) == {}
    lines = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert lines[0].exc_info is None


def test_one_channels_failure_is_not_another_ones(store, settings, there):
    there["bluesky"] = Fake("bluesky", CollectorError("away"))
    there["mastodon"] = Fake(
        "mastodon", replace(GOOD, channel="mastodon", inquiries=GOOD.inquiries.clear())
    )
    runs = look(store, settings)
    assert [(run.channel, run.outcome) for run in runs] == [
        ("bluesky", "failed"),
        ("mastodon", "ok"),
    ]


def test_a_failure_that_cannot_be_saved_is_logged(
    store, settings, bluesky, caplog, monkeypatch
):
    bluesky.result = CollectorError("away")

    def full(_run):
        raise OSError("the disk is full")

    monkeypatch.setattr(store, "record_run", full)
    (run,) = look(store, settings)
    assert run.outcome == "failed"
    assert (
        "failed look not saved channel=bluesky problem=the disk is full" in caplog.text
    )


def test_a_stop_leaves_nothing_behind(store, settings, bluesky):
    bluesky.result = Stopped()
    with pytest.raises(Stopped):
        look(store, settings)
    assert saved(store) == []


def test_a_channel_without_accounts_is_left_out(store, settings, there):
    there["github"] = Fake("github", GOOD)
    assert look(store, settings) == []
    assert there["github"].tasks == []


def test_one_channel_can_be_asked_for(store, settings, there, bluesky):
    there["mastodon"] = Fake("mastodon", CollectorError("not asked for"))
    assert [run.channel for run in look(store, settings, channel="bluesky")] == [
        "bluesky"
    ]


def test_a_brand_can_be_asked_for(store, settings, there, bluesky):
    there["mastodon"] = Fake("mastodon", CollectorError("away"))
    runs = look(store, settings, brand="nova")
    assert [run.channel for run in runs] == ["mastodon"]
    # the place in a stream is passed once, for every brand on it
    assert len(there["mastodon"].tasks[0].accounts) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"channel": "nowhere"}, "'nowhere' is not one that is looked at.*bluesky"),
        ({"channel": "github"}, "'github' is off: it needs a key: set ANSWERABLE_SEC"),
        ({"brand": "solo"}, "brand 'solo' has no account on a channel"),
        ({"brand": "nobody"}, "brand 'nobody' has no account on a channel"),
    ],
)
def test_what_cannot_be_looked_at_is_said(store, tmp_path, there, bluesky, asked, said):
    there["github"] = Fake("github", GOOD, key_setting="secret")
    settings = Settings(var=tmp_path)
    with pytest.raises(NothingToLookAt, match=said):
        look(store, settings.model_copy(update={"secret": ""}), **asked)


def test_a_channel_is_on_when_its_key_is_there(tmp_path, there):
    there["github"] = Fake("github", GOOD, key_setting="contact")
    without, given = Settings(var=tmp_path), Settings(var=tmp_path, contact="me")
    channel = there["github"].channel()
    assert off_because(channel, without) == "needs a key: set ANSWERABLE_CONTACT"
    assert off_because(channel, given) == ""
    assert looked_at(without) == []
    assert [each.slug for each in looked_at(given)] == ["github"]


def test_a_channel_that_is_off_by_default_says_why(tmp_path):
    channel = replace(
        Fake("x", GOOD).channel(), switch="collect", restriction="no scores"
    )
    off, on = Settings(var=tmp_path, collect=False), Settings(var=tmp_path)
    assert off_because(channel, off) == (
        "must be switched on: set ANSWERABLE_COLLECT=true (off by default: no scores)"
    )
    assert off_because(channel, on) == ""
    assert "(" not in off_because(replace(channel, restriction=""), off)


def test_imported_channels_are_not_looked_at(tmp_path):
    assert [each.slug for each in looked_at(Settings(var=tmp_path))] == [
        "bluesky", "cfpb", "discourse", "github", "mastodon", "stackexchange"
    ]  # fmt: skip


def test_thousands_of_conversations_can_be_asked_about(store, settings, bluesky):
    look(store, settings)
    many = [("acme.test", key) for key in range(25_000)]
    assert store.opened("bluesky", many) == {("acme.test", 7): NOW - 50}
    assert store.opened("bluesky", []) == {}
    assert store.opened("mastodon", many) == {}


def test_no_key_gets_into_a_run_or_an_account(store, tmp_path, bluesky, caplog):
    caplog.set_level(logging.DEBUG)
    settings = Settings(
        var=tmp_path,
        secret="x" * 16,
        github_token="ghp-a-token",
        trustpilot_key="tp-key",
    )
    bluesky.result = CollectorError("it says that ghp-a-token is none")
    (run,) = look(store, settings)
    assert run.problem == "it says that (a key) is none"
    bluesky.result = replace(
        GOOD, problem="not with tp-key", unresolved={"acme.test": "ghp-a-token: no"}
    )
    (run,) = look(store, settings)
    assert run.problem == "not with (a key)"
    (account,) = store.accounts("bluesky")
    assert account.problem == "(a key): no"
    assert "ghp-a-token" not in caplog.text


def test_answers_that_were_old_make_a_look_incomplete(store, settings, bluesky):
    """Whatever the channel makes of them."""
    with running() as server:

        def late(h):
            date = formatdate(time.time() - 7_200, usegmt=True)
            h.date_time_string = lambda *_: date
            h.give(200, b"1")

        server.answers["/x"] = late

        def asks(task):
            task.http.ask(f"{server.url}/x")
            return GOOD

        bluesky.look = asks
        mine = settings.model_copy(update={"private_hosts": "127.0.0.1"})
        (run,) = look(store, mine, sleep=lambda _: None)
    assert run.outcome == "incomplete"
    assert run.problem.endswith("what it gave was 2 hours old, or a clock is wrong")


def test_a_host_that_no_setting_names_is_not_asked_inside(store, settings, bluesky):
    with running() as server:
        bluesky.look = lambda task: task.http.ask(f"{server.url}/x")
        (run,) = look(store, settings)
        assert not server.seen
    assert run.outcome == "failed"
    assert "127.0.0.1 is an address of a private network" in run.problem


def test_what_hosts_ask_for_outlives_a_look(store, settings, bluesky):
    """A look later, the host that wanted an hour is still left alone."""
    hosts = Hosts()
    mine = settings.model_copy(update={"private_hosts": "127.0.0.1"})
    with running() as server:
        server.answers["/x"] = lambda h: h.give(429, Retry_After="3600")
        bluesky.look = lambda task: task.http.ask(f"{server.url}/x")
        for said in ("the last answer was 429", "not asked for another 60 minutes"):
            (run,) = look(store, mine, hosts=hosts)
            assert said in run.problem
        assert server.seen["/x"] == 1
        look(store, mine, hosts=Hosts())
        assert server.seen["/x"] == 2
