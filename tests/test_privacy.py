"""What people are called and what they wrote goes in, and is nowhere afterwards.

A run of everything that takes something in, as an operator types it, at the loudest
logging: files of every format, looks at small servers, an edition, a bundle, a request
to be forgotten. Then every file that it left and every line that it logged is searched.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

import cli
from discourse_server import forum
from github_server import github
from jetstream import did, jetstream, post, uri
from local_server import running
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import AUDITED, FROZEN, IMPORTED, empty
from model.looks import HEARD, RESPONDED, Look
from store import Store
from test_forgetting import open_elsewhere

HOUR = 3_600
JULY = 1_782_864_000  # 2026-07-01
WORDS = ["Wobblefrobnicator", "Quixotichamster", "Zanzibarpantaloon", "Mumblethrush"]
"""What is in texts, one word for each way in."""
NAME = "Quimby Fluxwell"
HANDLE = "fluxwell_q77"
NUMBER = "918273645546372"
"""An author's number on a channel that has numbers."""
ANSWERED = "Gobbledyturnip"
"""What is in the brands' answers."""
NEEDLES = [*WORDS, NAME, HANDLE, NUMBER, ANSWERED]
KEY = "ghp_averysecrettokenofours"

FILES = {
    "interactions": "channel,account,inquiry_id,author,asked_at,kind,answered_at\n"
    + "".join(
        f"x,BrandHelp,q{n},{HANDLE if n % 2 else NAME},{JULY + n * 60_000},question,"
        f"{JULY + n * 60_000 + 900}\n"
        for n in range(120)
    ),
    "twcs": "tweet_id,author_id,inbound,created_at,text,response_tweet_id,"
    "in_response_to_tweet_id\n"
    f"1,{NUMBER},True,Tue Oct 31 10:00:00 +0000 2017,@BrandHelp my {WORDS[0]} is"
    f" broken says {NAME},2,\n"
    f"2,BrandHelp,False,Tue Oct 31 10:05:00 +0000 2017,@{NUMBER} Hi {NAME} try the"
    f" {ANSWERED},,1\n",
    "google_play": "reviewId,userName,content,score,at,replyContent,repliedAt,appId\n"
    f"r1,{NAME},the {WORDS[1]} never starts,1,2026-07-03 10:00:00,"
    f"Dear {NAME} we mend the {ANSWERED},2026-07-03 12:00:00,org.example.app\n",
}


@pytest.fixture
def outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """Accounts by channel, whose servers hold what a person wrote to them."""
    now = int(time.time())
    with github() as hub, forum() as board, running() as view, jetstream() as stream:
        hub.repository("acme/app")
        number = hub.issue(
            "acme/app",
            now - 9 * HOUR,
            title=f"My {WORDS[0]} is broken",
            user={"id": int(NUMBER), "login": HANDLE, "type": "User"},
        )
        hub.comment("acme/app", number, now - HOUR, body=f"Hi @{HANDLE}: {ANSWERED}!")
        topic = board.topic(
            now - 9 * HOUR, who=HANDLE, cooked=f"<p>Where is the {WORDS[2]}? {NAME}</p>"
        )
        board.post(topic, now - HOUR, staff=True, cooked=f"<p>{NAME}: {ANSWERED}</p>")
        resolve = json.dumps({"did": did("acme")}).encode()
        path = "/xrpc/com.atproto.identity.resolveHandle"
        view.answers[path] = lambda h: h.give(200, resolve)
        feed = "/xrpc/app.bsky.feed.getAuthorFeed"
        view.answers[feed] = lambda h: h.give(200, b'{"feed": []}')
        asks = f"@acme my {WORDS[3]} never came, {NAME} ({HANDLE})"
        stream.log = [
            post(now - 900, "pat", "1", mentions=["acme"], text=asks),
            post(
                now - 600, "acme", "1", parent=uri("pat", "1"), text=f"Hi! {ANSWERED}"
            ),
            post(now + 1, "kim", "later"),
        ]
        for name, value in {
            "VAR": tmp_path / "var",
            "GITHUB_API": hub.url,
            "GITHUB_TOKEN": KEY,
            "BLUESKY_APPVIEW": view.url,
            "BLUESKY_JETSTREAM": stream.url,
            "PRIVATE_HOSTS": "127.0.0.1",
            "SECRET": "a secret of this test",
        }.items():
            monkeypatch.setenv(f"ANSWERABLE_{name}", str(value))
        yield {"github": "acme/app", "discourse": board.url, "bluesky": "acme.test"}


def registry(accounts: dict[str, str]) -> Registry:
    return Registry(
        industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
        brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
        accounts=tuple(
            AccountEntry(brand="acme", channel=channel, account=account)
            for channel, account in accounts.items()
        ),
    )


def typed(*arguments: str | Path) -> None:
    assert cli.main(["--debug", *map(str, arguments)]) == 0, arguments


def left(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_nothing_of_a_person_is_left_by_a_full_run(
    outside: dict[str, str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    var = tmp_path / "var"
    given = tmp_path / "given"
    given.mkdir()
    typed("migrate")
    store = Store(f"sqlite:///{var / 'answerable.db'}")
    store.put_registry(registry(outside))
    store.close()
    with open_elsewhere(var / "answerable.db"):  # so the write-ahead log stays
        _run(given, var)
        files = left(var)
    assert {"answerable.db", "answerable.db-wal"} <= files.keys()
    assert b"acme/app" in files["answerable.db"] + files["answerable.db-wal"]
    out, err = capfd.readouterr()
    said = {
        **files,
        "the log": caplog.text.encode(),
        "what was printed": (out + err).encode(),
    }
    assert b"look channel=github" in said["the log"]
    for needle in [*NEEDLES, KEY, "a secret of this test"]:
        for name, content in said.items():
            assert needle.lower().encode() not in content.lower(), (needle, name)


def _run(given: Path, var: Path) -> None:
    """Everything that takes something in, and what it should have come to."""
    for format, content in FILES.items():
        (given / f"{format}.csv").write_text(content)
        typed("import", format, given / f"{format}.csv")
    typed("collect")
    typed("publish", "--from", "2026-07-01", "--to", "2026-10-01", "--name", "q3")
    typed("export", "q3", var / "bundle")
    typed("standings", "--edition", "q3", "--by", "brand")
    with closing(sqlite3.connect(var / "answerable.db")) as database:
        kept = dict(
            database.execute(
                "SELECT a.channel, count(*) FROM inquiry i"
                " JOIN account a ON a.id = i.account_id GROUP BY a.channel"
            ).fetchall()
        )
        ((link,),) = database.execute("SELECT url FROM inquiry WHERE url LIKE '%iss%'")
        answers = database.execute("SELECT count(*) FROM response").fetchone()
    assert kept == {
        "bluesky": 1,
        "discourse": 1,
        "github": 1,
        "google_play": 1,
        "twcs": 1,
        "x": 120,
    }
    assert answers == (3,)
    typed("forget", link)


TEXTS = {"text", "language", "url", "account", "brand", "industry", "channel"}


@pytest.mark.parametrize("schema", [FROZEN, IMPORTED, RESPONDED, AUDITED, HEARD])
def test_a_column_of_words_is_one_of_few(schema: dict[str, pl.DataType]) -> None:
    """What is frozen is compressed, so it is told by its columns: numbers only."""
    words = {name for name, kind in schema.items() if kind == pl.String()}
    assert words <= TEXTS | {"arm", "excluded"}
    if schema is FROZEN:
        assert words == set()


def test_the_store_takes_no_text(sqlite_store: Store) -> None:
    """Whatever a collector forgets to have judged."""
    sqlite_store.put_registry(registry({"bluesky": "acme.test"}))
    heard = empty(HEARD)
    from model import Run

    run = Run(what="look", channel="bluesky", started_at=1, finished_at=1, outcome="ok")
    with pytest.raises((ValueError, pl.exceptions.PolarsError)):
        sqlite_store.apply(Look(channel="bluesky", inquiries=heard), run)


@pytest.mark.parametrize("library", ["httpx", "httpcore", "websockets"])
def test_libraries_that_log_what_they_read_are_quiet(
    library: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A debug line of theirs begins with what a server said, or holds a key."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger(library), "level", logging.NOTSET)
    typed("registry", "check")
    assert logging.getLogger(library).level == logging.WARNING
