"""Erasing what a person wrote, on request: what is left is what a deletion leaves.

SQLite overwrites what a transaction erases (``secure_delete``), and its write-ahead log
is emptied here. A page that was split in earlier days may still hold a copy in the part
it does not use; so the files are searched for the link, and written anew if they hold
it. A server's database keeps old versions of a row until its own vacuum.
"""

import mmap
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from store.database import Database
from store.upsert import TOMBSTONE

Names = Collection[tuple[str, int]]
"""(channel, hashing.key of the channel's own id of a message or conversation)."""


class Forgotten(NamedTuple):
    """What was there under an address."""

    erased: int  # inquiries that had an author or a link until now
    before: int  # inquiries that are erased already
    responses: int  # messages of brands, which are not a person's
    clean: bool = True  # False: a copy may be left in parts of the file nobody uses


def forget(
    database: Database, links: Collection[str], names: Names, at: int
) -> Forgotten:
    """Erases author and link of the inquiries with one of these links or names.

    They count as deleted at ``at``, if they were not before, and stay erased when a
    look or a file holds them again. Done twice it changes nothing.
    """
    with database.writing() as session:
        connection = session.connection()
        if database.path:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        found = _found(connection, links, names)
        standing = [row for row in found if not row.erased]
        if standing:
            connection.execute(
                text(
                    f"UPDATE inquiry SET {TOMBSTONE},"
                    " deleted_at = coalesce(deleted_at, :at) WHERE id IN :ids"
                ).bindparams(bindparam("ids", expanding=True)),
                {"at": at, "ids": [row.id for row in standing]},
            )
        done = Forgotten(
            len(standing),
            len(found) - len(standing),
            _responses(connection, [key for _, key in names]),
        )
    if standing and database.columns is not None:
        _drop(database.columns)
    urls = [row.url.encode() for row in standing if row.url]
    if database.path is None or not standing:
        return done
    return done._replace(clean=_wiped(database, database.path, urls))


def _found(connection: Connection, links: Collection[str], names: Names) -> list[Any]:
    """The inquiries: id, url, and whether there is nothing left to erase. By name where
    a name is known; the links are compared with every row otherwise."""
    columns = (
        "SELECT i.id, i.url, i.deleted_at IS NOT NULL AND i.url IS NULL"
        " AND i.author = i.key AS erased FROM inquiry i"
        " JOIN account a ON a.id = i.account_id"
    )
    found: dict[int, Any] = {}
    for channel, key in names:
        # Two questions: each has an index of its own.
        for column in ("key", "message"):
            where = f" WHERE a.channel = :channel AND i.{column} = :key"
            given = {"channel": channel, "key": key}
            found |= {r.id: r for r in connection.execute(text(columns + where), given)}
    if not found:
        where = " WHERE i.url IN :links"
        query = text(columns + where).bindparams(bindparam("links", expanding=True))
        found |= {r.id: r for r in connection.execute(query, {"links": list(links)})}
    return list(found.values())


def _responses(connection: Connection, keys: Collection[int]) -> int:
    query = text("SELECT count(*) FROM response WHERE message IN :keys")
    query = query.bindparams(bindparam("keys", expanding=True))
    return int(connection.scalar(query, {"keys": list(keys)}) or 0)


def _drop(columns: Path) -> None:
    """Columns that publishing kept in files hold authors; it makes them anew."""
    if columns.is_dir():
        for file in columns.iterdir():
            file.unlink(missing_ok=True)


def _wiped(database: Database, path: Path, urls: Collection[bytes]) -> bool:
    """Whether nothing of these is left in the database's files."""
    _empty_log(database)
    if not _left(database, path, urls):
        return True
    try:
        with database.connect(writes=True) as connection:
            _driver(connection).execute("VACUUM")
    except sqlite3.Error:  # in use, or no room for a second copy
        return False
    _empty_log(database)
    return not _left(database, path, urls)


def _empty_log(database: Database) -> None:
    """Copies the write-ahead log into the database and cuts it off, unless somebody
    reads: then what is left of it is found."""
    with database.connect(writes=True) as connection:
        _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _left(database: Database, path: Path, urls: Collection[bytes]) -> bool:
    # Closing a file drops the locks this process has on it: nobody may have any.
    with database.guard.columns():
        return any(_holds(file, urls) for file in _files(path))


def _files(path: Path) -> Iterator[Path]:
    for file in (path, path.with_name(f"{path.name}-wal")):
        if file.is_file() and file.stat().st_size:
            yield file


def _holds(file: Path, urls: Collection[bytes]) -> bool:
    with (
        file.open("rb") as opened,
        mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return any(content.find(url) >= 0 for url in urls)


def _driver(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    assert driver is not None
    return driver
