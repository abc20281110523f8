"""Brings a database to the newest schema, whoever else is doing the same."""

import io
import sqlite3
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from store.database import Database
from store.errors import NewerSchema

ROOT = Path(__file__).resolve().parent.parent
LOCK = 7_304_196_001
"""PostgreSQL's advisory lock for migrations; any number that only we use."""

PATIENCE_MS = 300_000
"""How long SQLite waits for another who migrates: a large table is rebuilt."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings; it prints nothing and leaves logging alone."""
    made = Config(str(ROOT / "alembic.ini"), stdout=io.StringIO())
    made.attributes["connection"] = connection
    return made


def migrate(database: Database, revision: str = "head") -> None:
    """Up to ``revision``; down to it when the database is past it."""
    if database.sqlite:
        _write_ahead(database)
    with database.connect(writes=True) as connection:
        if database.sqlite:  # or a table that is rebuilt takes its dependants along
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            connection.rollback()
        with connection.begin():
            if not database.sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            _refuse_newer(connection)
            move = (
                command.downgrade if _is_past(connection, revision) else command.upgrade
            )
            move(config(connection), revision)


def current(database: Database) -> str | None:
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def _is_past(connection: Connection, revision: str) -> bool:
    if revision == "head":
        return False
    now = MigrationContext.configure(connection).get_current_revision()
    if now is None or revision == "base":
        return now is not None
    below = ScriptDirectory.from_config(config()).iterate_revisions(now, "base")
    return revision in {script.revision for script in below} - {now}


def _refuse_newer(connection: Connection) -> None:
    """Raises NewerSchema."""
    now = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(config()).walk_revisions()
    if now is not None and now not in {script.revision for script in scripts}:
        raise NewerSchema(connection.engine.url.render_as_string(), now)


def _write_ahead(database: Database) -> None:
    """Switches to WAL, which stays. SQLite does not wait for locks here: we do."""
    for _ in range(100):
        try:
            with database.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError as problem:
            if not _busy(problem):  # waiting mends no full disk
                raise
            time.sleep(0.1)
    raise TimeoutError(
        f"{database.path}: somebody keeps this database locked; nothing was done, try"
        " again when they are done"
    )


def _busy(problem: OperationalError) -> bool:
    # The extended codes of each have its own in their lowest byte.
    code = getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
