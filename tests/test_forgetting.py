"""A person's message is erased on request: for good, and without a trace of it."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from collectors import channels, hashing
from collectors.http import Http, Refused
from fixtures_store import JANUARY, a_reading, table
from jobs import Failed
from jobs.forgetting import NothingThere, forget
from local_server import ok, running
from model import DAY
from settings import Settings
from store import Store
from test_store_look import REGISTRY, a_look, a_run, asked, responded

LINK = "https://github.com/acme/app/issues/7"
THREAD = "github|acme/app#7"
NOW = JANUARY + 100 * DAY
ALICE = 7_777_777_777_777_777
LINES = "key, author, url, deleted_at"


@pytest.fixture
def http() -> Iterator[Http]:
    with Http() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path)


@pytest.fixture
def erase(store: Store, settings: Settings, http: Http) -> Any:
    return lambda url: forget(store, settings, http, url, now=lambda: NOW + 0.5)


def issue(**more: Any) -> dict[str, Any]:
    key = hashing.key(THREAD)
    usual = {"channel": "github", "account": "acme/app", "key": key, "message": key}
    return usual | {"asked_at": JANUARY, "author": ALICE, "url": LINK} | more


def other(number: int = 2, **more: Any) -> dict[str, Any]:
    return issue(key=number, message=number, url=f"{LINK}{number}") | more


@pytest.mark.parametrize(
    "url",
    [
        LINK,
        f" {LINK}/ ",
        f"{LINK}#issue-9",
        "http://www.github.com/Acme/App/issues/7",
    ],
)
def test_a_message_is_erased_by_any_way_of_writing_its_address(
    store: Store, erase: Any, url: str
) -> None:
    store.merge(a_reading(issue(), other()))
    assert erase(url).startswith("Erased")
    erased = (hashing.key(THREAD), hashing.key(THREAD), None, NOW)
    assert sorted(table(store, "inquiry", LINES)) == sorted(
        [erased, (2, ALICE, f"{LINK}2", None)]
    )


def test_asking_twice_changes_nothing(store: Store, erase: Any) -> None:
    store.merge(a_reading(issue()))
    erase(LINK)
    before = table(store, "inquiry")
    assert erase(LINK) == "It was erased before; there was nothing left to erase."
    assert table(store, "inquiry") == before
    assert len(store.runs()) == 1


def test_what_was_erased_does_not_come_back(store: Store, erase: Any) -> None:
    store.put_registry(REGISTRY)
    store.merge(a_reading(issue()))
    erase(LINK)
    before = table(store, "inquiry", LINES)
    store.merge(a_reading(issue()))
    store.merge(a_reading(issue(asked_at=JANUARY - 5)))
    assert table(store, "inquiry", LINES) == before


def test_one_that_its_author_deleted_keeps_that_moment(
    store: Store, erase: Any
) -> None:
    store.merge(a_reading(issue(deleted_at=JANUARY + 9)))
    assert "before" in erase(LINK)
    assert table(store, "inquiry", "deleted_at") == [(JANUARY + 9,)]


def test_a_message_of_a_file_is_found_by_its_link(store: Store, erase: Any) -> None:
    url = "https://board.example/complaints/9?id=4"
    store.merge(a_reading(issue(channel="x", key=3, message=None, url=url)))
    assert erase(url).startswith("Erased")
    assert table(store, "inquiry", LINES) == [(3, 3, None, NOW)]
    with pytest.raises(NothingThere, match="erased already"):
        erase(url)


def test_a_message_to_two_brands_is_erased_for_both(store: Store, erase: Any) -> None:
    store.merge(a_reading(issue(), issue(account="acme/other")))
    erase(LINK)
    assert {row[1:] for row in table(store, "inquiry", LINES)} == {
        (hashing.key(THREAD), None, NOW)
    }


@pytest.mark.parametrize(
    "url",
    [
        f"{LINK}0",
        f"{LINK}#issuecomment-12",
        "https://github.com/acme/app/pull/7",
        "https://nowhere.example/1",
    ],
)
def test_an_address_of_nothing_kept(store: Store, erase: Any, url: str) -> None:
    store.merge(a_reading(issue()))
    before = table(store, "inquiry")
    with pytest.raises(NothingThere, match="no message is kept under that address"):
        erase(url)
    assert table(store, "inquiry") == before
    assert store.runs() == []


@pytest.mark.parametrize(
    "url",
    ["", "7", "github.com/a/b/issues/7", "ftp://a.example/", "https://[", "http:"],
)
def test_what_is_no_address(erase: Any, url: str) -> None:
    with pytest.raises(Failed, match="is no address of a page"):
        erase(url)


def test_a_brands_own_message_is_not_a_persons(store: Store, erase: Any) -> None:
    store.put_registry(REGISTRY)
    did = "did:plc:brand"
    message = hashing.key(f"at://{did}/app.bsky.feed.post/3k")
    store.apply(
        a_look(1, asks=(asked(1, 100),), answers=(responded(message, 200, key=1),)),
        a_run(),
    )
    with pytest.raises(NothingThere, match="a brand's own"):
        erase(f"https://bsky.app/profile/{did}/post/3k")


def test_that_something_was_erased_is_noted_and_not_what(
    store: Store, erase: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store.merge(a_reading(issue(), issue(account="acme/other")))
    erase(LINK)
    (run,) = store.runs()
    assert (run.what, run.channel, run.rows_kept, run.problem) == ("forget", "", 2, "")
    noted = [r.getMessage() for r in caplog.records if r.name == "jobs.forgetting"]
    assert noted == ["forgotten on request inquiries=2"]
    assert LINK not in caplog.text
    assert str(ALICE) not in caplog.text


@contextmanager
def open_elsewhere(path: Path, *, reading: bool = False) -> Iterator[None]:
    """Another process has the database open, and reads in it if it is said to."""
    statements = ["BEGIN", "SELECT count(*) FROM inquiry"]
    code = (
        "import sqlite3, sys\n"
        f"c = sqlite3.connect({str(path)!r}, isolation_level=None)\n"
        f"for s in {statements if reading else statements[1:]!r}:\n"
        "    c.execute(s).fetchall()\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            assert other.stdin is not None
            other.stdin.close()
            other.wait(180)


def holding(store: Store, what: bytes) -> list[str]:
    path = store._database.path
    assert path is not None
    return [
        f.name for f in path.parent.rglob("*") if f.is_file() and what in f.read_bytes()
    ]


def test_nothing_of_the_link_is_left_in_the_file(
    sqlite_store: Store, settings: Settings, http: Http
) -> None:
    """Not in pages that were split, not in the log, whoever else has the file open."""
    path = sqlite_store._database.path
    assert path is not None
    rows = [other(n, url=f"{LINK}/a-long-address-{n:06}") for n in range(4_000)]
    for at in range(0, len(rows), 500):  # in pieces, so that pages are split
        sqlite_store.merge(a_reading(*rows[at : at + 500 : 2]))
        sqlite_store.merge(a_reading(*rows[at + 1 : at + 500 : 2]))
    with open_elsewhere(path):
        for n in range(0, 4_000, 500):
            link = f"{LINK}/a-long-address-{n:06}"
            assert holding(sqlite_store, link.encode())
            assert forget(sqlite_store, settings, http, link).endswith("deleted now.")
            assert holding(sqlite_store, link.encode()) == []


def test_columns_that_publishing_keeps_are_made_anew(
    sqlite_store: Store, settings: Settings, http: Http
) -> None:
    """They hold authors."""
    sqlite_store.merge(a_reading(issue(), other()))
    author = [ALICE.to_bytes(8, "little")]

    def kept() -> int:
        for _ in sqlite_store.tally_slices(0, 30_000, NOW, keep=True):
            pass
        folder = sqlite_store._database.columns
        assert folder is not None
        return sum(f.read_bytes().count(author[0]) for f in folder.iterdir())

    assert kept() == 2
    forget(sqlite_store, settings, http, LINK)
    folder = sqlite_store._database.columns
    assert folder is not None
    assert list(folder.iterdir()) == []
    assert kept() == 1


def test_what_cannot_be_wiped_now_is_said(
    sqlite_store: Store, settings: Settings, http: Http
) -> None:
    path = sqlite_store._database.path
    assert path is not None
    sqlite_store.merge(a_reading(issue()))
    with open_elsewhere(path, reading=True):
        said = forget(sqlite_store, settings, http, LINK)
    assert "stop the website and the worker" in said
    assert table(sqlite_store, "inquiry", "url") == [(None,)]


# Addresses, channel by channel

HANDLE = b'{"did": "did:plc:pat"}'


@pytest.mark.parametrize(
    ("slug", "url", "its_own"),
    [
        ("github", "https://github.com/Acme/App/issues/12", "github|acme/app#12"),
        ("github", "https://github.com/acme/app/issues/12#issuecomment-1", ""),
        ("github", "https://github.com/acme/app/pull/12", ""),
        ("discourse", "https://f.example/t/12", "discourse|https://f.example|12"),
        (
            "discourse",
            "https://f.example/t/how-to/12",
            "discourse|https://f.example|12",
        ),
        (
            "discourse",
            "https://F.example/forum/t/24-hours/12/1?u=me",
            "discourse|https://f.example/forum|12",
        ),
        ("discourse", "https://f.example/t/how-to/12/3", ""),
        ("discourse", "https://f.example/t/12/3", ""),
        ("discourse", "https://f.example/u/somebody", ""),
        (
            "bluesky",
            "https://bsky.app/profile/did:plc:pat/post/3k",
            "at://did:plc:pat/app.bsky.feed.post/3k",
        ),
        (
            "bluesky",
            "https://bsky.app/profile/pat.example/post/3k?ref=1",
            "at://did:plc:pat/app.bsky.feed.post/3k",
        ),
        ("bluesky", "https://bsky.app/profile/pat.example", ""),
        (
            "google_play",
            "https://play.google.com/store/apps/details?hl=fr&id=a.b&reviewId=gp:1-x",
            "gp:1-x",
        ),
        ("google_play", "https://play.google.com/store/apps/details?id=a.b", ""),
        ("google_play", "https://play.example/store/apps/details?reviewId=1", ""),
        ("trustpilot", "https://uk.trustpilot.com/reviews/5f0a?x=1", "trustpilot|5f0a"),
        ("trustpilot", "https://www.trustpilot.com/review/acme.example", ""),
        (
            "cfpb",
            "https://www.consumerfinance.gov/data-research/consumer-complaints/search"
            "/detail/3456",
            "cfpb|3456",
        ),
        ("cfpb", "https://www.consumerfinance.gov/complaint/", ""),
    ],
)
def test_the_message_at_an_address(
    http: Http, slug: str, url: str, its_own: str
) -> None:
    message_at = channels()[slug].message_at
    assert message_at is not None
    with running() as server:
        server.answers["/robots.txt"] = ok(b"")
        path = "/xrpc/com.atproto.identity.resolveHandle"
        server.answers[path] = ok(HANDLE)
        assert message_at(http, {"appview": server.url}, url) == its_own


def test_a_handle_that_nobody_has_is_said(http: Http) -> None:
    message_at = channels()["bluesky"].message_at
    assert message_at is not None
    with running() as server:
        server.answers["/robots.txt"] = ok(b"")
        options = {"appview": server.url}
        with pytest.raises(Refused):
            message_at(http, options, "https://bsky.app/profile/gone.example/post/3k")
