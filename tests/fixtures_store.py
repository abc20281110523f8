"""Databases for tests: SQLite in a temporary folder, and a PostgreSQL of our own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import SystemRandom
from typing import Any

import polars as pl
import psycopg
import pytest
from sqlalchemy import text

from model import DAY, Edition
from model.frames import IMPORTED, conform, empty
from model.looks import Reading
from store import Store
from store.tallying import Tallied

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
"""Real data for those who have it; tests that read it skip where it is missing."""

JANUARY = 1_767_225_600
"""2026-01-01T00:00:00Z"""

START_SECONDS = 180


def postgres_programs() -> Path | None:
    """The newest PostgreSQL server that Debian installed here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


PORTS = range(10_000, 15_000)
"""Below the range from which the system hands ports out by itself: until a server of
ours takes its port, no client's connection and no other server is given it."""


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    for _ in range(100):
        port = _chance.choice(PORTS)  # another one in each process of the tests
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port in {PORTS}")


_chance = SystemRandom()


def _not_root() -> list[str]:
    """PostgreSQL refuses to run as root; what to put before its commands."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam(_user())
    return [
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
    ]


def _user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run_postgres(programs: Path, folder: Path) -> Iterator[str]:
    if os.getuid() == 0:
        shutil.chown(folder, _user())
    data = folder / "data"
    subprocess.run(
        [*_not_root(), programs / "initdb", "-D", data, "-U", "answerable"]
        + ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "50",
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*_not_root(), programs / "postgres", "-D", data, "-p", str(port)]
            + [
                part
                for name, value in options.items()
                for part in ("-c", f"{name}={value}")
            ],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        _wait(server, port, folder / "log")
        yield f"postgresql://answerable@127.0.0.1:{port}"
    finally:
        server.terminate()  # SIGTERM waits for clients; tests close theirs
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(
                f"postgresql://answerable@127.0.0.1:{port}/postgres"
            ).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as this test process."""
    programs = postgres_programs()
    if programs is None:
        reason = "PostgreSQL's server is not installed (Debian's package postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        yield from _run_postgres(programs, Path(folder))


_numbers = count(1)


@pytest.fixture
def postgres_address(postgres_server: str) -> Iterator[str]:
    """The address of an empty schema of its own: made in no time, unlike a database."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {name}".encode())
        yield f"{postgres_server}/postgres?options=-csearch_path%3D{name}"
        server.execute(f"DROP SCHEMA {name} CASCADE".encode())


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'answerable.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once of each kind."""
    found: str = request.getfixturevalue(f"{request.param}_address")
    return found


@pytest.fixture
def open_store() -> Iterator[Callable[[str], Store]]:
    """Opens stores and closes them when the test is over."""
    opened: list[Store] = []

    def open_one(address: str) -> Store:
        opened.append(Store(address))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def store(address: str, open_store: Callable[[str], Store]) -> Store:
    """A migrated, empty store, once on each kind of database."""
    made = open_store(address)
    made.migrate()
    return made


@pytest.fixture
def sqlite_store(sqlite_address: str, open_store: Callable[[str], Store]) -> Store:
    """A migrated, empty store on SQLite, for tests of what comes above it."""
    made = open_store(sqlite_address)
    made.migrate()
    return made


def an_edition(name: str = "2026-q3", **changes: Any) -> Edition:
    """An edition as publishing would make it, with nothing in it."""
    values: dict[str, Any] = {
        "name": name,
        "day_from": 20_635,
        "day_to": 20_727,
        "as_of": 20_730 * DAY,
        "made_at": 20_731 * DAY,
        "method": "1",
        "code": "0.1.0",
        "provisional": False,
        "sample": False,
        "inquiries": 0,
        "messages": 0,
        "brands": 0,
        "coverage": None,
        "cuts": "{}",
        "left_out": "{}",
        "input_digest": "i" * 64,
        "result_digest": "r" * 64,
        "previous": "",
        "digest": f"digest of {name}",
        "licence": "CC-BY-4.0",
    }
    return Edition(**values | changes)


def some_standings(slugs: Sequence[str], **changes: Any) -> pl.DataFrame:
    """A line an edition keeps, per slug; columns not named get their default."""
    values: dict[str, Any] = {
        "level": "brand",
        "family": "social",
        "channel": "",
        "account": "",
        "slug": list(slugs),
        "name": [slug.title() for slug in slugs],
        "industry": "banks",
        "cut": "all",
        "headline": True,
        "status": "ranked",
        "inquiries": 50,
        "authors": 40,
        "t1_s": 3_600,
        "t2_s": 86_400,
        "t3_s": 259_200,
    }
    return pl.DataFrame(values | changes)


def inquiries(*rows: dict[str, Any]) -> pl.DataFrame:
    """``frames.IMPORTED`` of one inquiry a row; what is not said has a default."""
    usual = {"channel": "mastodon", "account": "acme", "author": 1, "found_by": 1}
    if not rows:
        return empty(IMPORTED)
    frame = pl.DataFrame([usual | row for row in rows], infer_schema_length=None)
    return conform(frame, IMPORTED)


def a_reading(*rows: dict[str, Any], **changes: Any) -> Reading:
    """What a file said that knows 1 to 10 January 2026, half of the last day."""
    values: dict[str, Any] = {
        "channel": "interactions",
        "inquiries": inquiries(*rows),
        "read": len(rows),
        "since": JANUARY,
        "as_of": JANUARY + 9 * DAY + DAY // 2,
    }
    return Reading(**values | changes)


def watched_with(store: Store, day_from: int, day_to: int) -> Tallied:
    """What a period was watched with, as an edition reads it; its slices are over."""
    with store.tallied(day_from, day_to, 2**31, 100) as found:
        return found


def table(store: Store, name: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of a table, sorted."""
    with store._database.reading() as session:
        rows = session.connection().execute(text(f"SELECT {columns} FROM {name}"))
        return sorted(tuple(row) for row in rows)
