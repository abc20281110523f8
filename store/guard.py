"""Keeps two copies of the SQLite library from having one file open in one process.

The columnar driver (ADBC) carries its own SQLite beside the one Python links to. POSIX
drops a process's locks on a file when *any* of its descriptors is closed, so closing
one copy's connection would take the other's locks away, and the copy that believes
itself the last reader removes the write-ahead log under the other. Other processes are
kept apart by SQLite itself.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Guard:
    """Either row connections of any threads, or columnar ones of one thread."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._rows: dict[int, int] = {}  # thread: its open row connections
        self._columns: int | None = None  # the thread that has columnar ones
        self._depth = 0

    @contextmanager
    def rows(self) -> Iterator[None]:
        """Held while a row connection is open."""
        me = threading.get_ident()
        with self._change:
            if self._columns == me:
                raise RuntimeError("finish reading columns before using rows")
            self._change.wait_for(lambda: self._columns is None)
            self._rows[me] = self._rows.get(me, 0) + 1
        try:
            yield
        finally:
            with self._change:
                self._rows[me] -= 1
                if not self._rows[me]:
                    del self._rows[me]
                self._change.notify_all()

    @contextmanager
    def columns(self) -> Iterator[None]:
        """Held while a columnar connection is open."""
        me = threading.get_ident()
        with self._change:
            if me in self._rows:
                raise RuntimeError("close the transaction before reading columns")
            self._change.wait_for(
                lambda: not self._rows and self._columns in (None, me)
            )
            self._columns = me
            self._depth += 1
        try:
            yield
        finally:
            with self._change:
                self._depth -= 1
                if not self._depth:
                    self._columns = None
                self._change.notify_all()


_guards: dict[str, Guard] = {}
_lock = threading.Lock()


def guard(path: Path) -> Guard:
    """The guard of a file: one in this process, however many stores open it."""
    with _lock:
        return _guards.setdefault(str(path.resolve()), Guard())
