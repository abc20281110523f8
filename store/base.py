"""What the parts of the store share: the database they speak to."""

from sqlalchemy import Connection
from sqlmodel import Session

from store.database import Database


class Part:
    """A part of ``Store``; all of them speak to one database."""

    _database: Database


def raw(session: Session) -> Connection:
    """The connection of a session, for statements over many rows."""
    return session.connection()
