"""What the parts of the store share: the database they speak to."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlmodel import Session

from store.database import Database


class Part:
    """A part of ``Store``; all of them speak to one database."""

    _database: Database


def raw(session: Session) -> Connection:
    """The connection of a session, for statements over many rows."""
    return session.connection()


@contextmanager
def unswept() -> Iterator[None]:
    """While many rows are read, Python does not look for cycles among them: it would
    find none, and spends a third of the time in walking through all that is there."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:  # else somebody further out lets it rest
            gc.enable()
