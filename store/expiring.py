"""Erasing what a channel's terms let nobody keep for longer.

A link that is erased leaves its inquiry as it was otherwise: what was counted stays
counted. Rows that are erased leave nothing.
"""

from typing import NamedTuple

from sqlalchemy import Connection, text

from model import DAY
from store.database import Database


class Expired(NamedTuple):
    """What was erased."""

    links: int
    rows: int  # inquiries, responses and days of publications


def expire(
    database: Database,
    channel: str,
    links_before: int | None = None,
    rows_before: int | None = None,
) -> Expired:
    """Erases a channel's links to what was asked before a second, and all that was said
    before another one. None: nothing of it. Done twice it changes nothing."""
    with database.writing() as session:
        connection = session.connection()
        if database.path:  # overwritten in the file, too
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        links = rows = 0
        if links_before is not None:
            links = _done(connection, (LINKS,), channel, links_before)
        if rows_before is not None:
            rows = _done(connection, ROWS, channel, rows_before)
            _done(connection, (ACCOUNTS,), channel, rows_before)
    if rows and database.columns is not None and database.columns.is_dir():
        for file in database.columns.iterdir():  # publishing makes them anew
            file.unlink(missing_ok=True)
    return Expired(links, rows)


def _done(
    connection: Connection, statements: tuple[str, ...], channel: str, before: int
) -> int:
    """How many rows the statements touched."""
    given = {"channel": channel, "before": before}
    return sum(
        connection.execute(text(statement), given).rowcount for statement in statements
    )


_MINE = "account_id IN (SELECT id FROM account WHERE channel = :channel)"

LINKS = (
    f"UPDATE inquiry SET url = NULL WHERE {_MINE}"
    " AND asked_at < :before AND url IS NOT NULL"
)

ROWS = (
    f"DELETE FROM response WHERE {_MINE} AND responded_at < :before",
    f"DELETE FROM inquiry WHERE {_MINE} AND asked_at < :before",
    f"DELETE FROM publication WHERE {_MINE} AND day < :before / {DAY}",
)

ACCOUNTS = """
    UPDATE account SET external_id = '', resolved_at = NULL WHERE channel = :channel
    AND external_id <> '' AND coalesce(watched_until, resolved_at) < :before
"""
"""Who is looked at is confirmed again and again; who is not, is not known any more."""
