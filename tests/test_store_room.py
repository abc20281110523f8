"""A disk that is full: said, and nothing half done is kept."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from fixtures_store import JANUARY, a_reading, table
from jobs.starting import sentence
from model.looks import Reading
from store import NoRoom, Store, staging


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def many(number: int) -> Reading:
    rows = ({"key": n, "asked_at": JANUARY + n} for n in range(1, number + 1))
    return a_reading(*rows)


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    sqlite_store.merge(many(3))
    return sqlite_store


def test_what_cannot_be_laid_down_is_not_stored(filled: Store) -> None:
    with (
        room(400_000),
        pytest.raises(NoRoom, match="free some space, or name a folder"),
    ):
        filled.merge(many(40_000))
    assert table(filled, "inquiry", "key") == [(1,), (2,), (3,)]
    assert filled.merge(many(40_000)).new == 39_997


def test_a_database_that_cannot_grow_loses_nothing(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled._database.path
    assert path is not None
    write = staging._write

    def with_room(*given: Any) -> None:
        with room(resource.RLIM_INFINITY):
            write(*given)

    monkeypatch.setattr(staging, "_write", with_room)
    with (
        room(path.stat().st_size + 100_000),
        pytest.raises(OperationalError, match="full|I/O") as raised,
    ):
        filled.merge(many(40_000))
    assert "the database cannot be used" in (sentence(raised.value) or "")
    assert table(filled, "inquiry", "key") == [(1,), (2,), (3,)]
    assert filled.merge(many(40_000)).new == 39_997
