"""Exactly one worker on a database. No lease and no heartbeat: the lock belongs to an
open connection, and whoever dies gives it back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from store.database import Database
from store.errors import AlreadyRunning

WORKER = 7_304_196_003
"""PostgreSQL's advisory lock of the worker; any number that only we use."""


class Lock(Protocol):
    """Held for as long as its ``with`` block, unless its connection dies."""

    def held(self) -> bool:
        """Whether we still have it; ask before each job."""
        ...


class _FileLock:
    """A transaction open on a file of its own, beside the database."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._inode = path.stat().st_ino
        self._path = path
        self._connection = connection

    def held(self) -> bool:
        try:
            same = self._path.stat().st_ino == self._inode
        except FileNotFoundError:  # somebody removed it: others may lock a new one
            return False
        return same and self._connection.in_transaction


class _ServerLock:
    """An advisory lock of PostgreSQL, on a connection that no pool hands on."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection

    def held(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


@contextmanager
def worker_lock(database: Database) -> Iterator[Lock]:
    """Raises AlreadyRunning at once when another process has it."""
    if database.path is not None:
        path = database.path.with_name(f"{database.path.name}.worker.lock")
        with closing(
            sqlite3.connect(
                path, timeout=0, isolation_level=None, check_same_thread=False
            )
        ) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise AlreadyRunning(str(database.path)) from None
            yield _FileLock(path, connection)
        return
    address = database.url.set(drivername="postgresql")
    with psycopg.connect(
        address.render_as_string(hide_password=False),
        autocommit=True,
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
    ) as server:
        won = server.execute("SELECT pg_try_advisory_lock(%s)", (WORKER,)).fetchone()
        if won is None or not won[0]:
            raise AlreadyRunning(repr(database.url.database))
        yield _ServerLock(server)
