"""The schema: head equals the models, one head, up and down with data, on both."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from store import Store, StoreError, migration

Open = Callable[[str], Store]


def test_there_is_one_head() -> None:
    scripts = ScriptDirectory.from_config(migration.config())
    assert len(scripts.get_heads()) == 1


def test_the_newest_schema_is_that_of_the_models(store: Store) -> None:
    with store._database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_database_says_whether_its_schema_is_current(
    address: str, open_store: Open
) -> None:
    store = open_store(address)
    assert not store.schema_is_current()
    store.migrate()
    assert store.schema_is_current()
    store.migrate()
    assert store.schema_is_current()


def test_a_schema_of_a_newer_version_is_left_alone(store: Store) -> None:
    with store._database.writing() as session:
        session.connection().execute(
            text("UPDATE alembic_version SET version_num = '9999'")
        )
    with pytest.raises(StoreError, match="has schema '9999', which this version"):
        store.migrate()
    assert migration.current(store._database) == "9999"


def test_a_file_that_cannot_be_opened_is_not_taken_for_a_locked_one(
    tmp_path: Path, open_store: Open
) -> None:
    (tmp_path / "answerable.db").mkdir()
    store = open_store(f"sqlite:///{tmp_path / 'answerable.db'}")
    with pytest.raises(OperationalError, match="unable to open"):
        store.migrate()


def fill(store: Store) -> None:
    """One row in every table that another table refers to, and some more."""
    rows = [
        "INSERT INTO industry (id, slug, name, nace) VALUES (1, 'banks', 'Banks', 'K')",
        "INSERT INTO brand (id, industry_id, slug, name, country, website, wikidata,"
        " former_names) VALUES (1, 1, 'a', 'A', '', '', '', '')",
        "INSERT INTO account (id, brand_id, channel, account, role, evidence,"
        " confidence, note, external_id, problem)"
        " VALUES (1, 1, 'x', '@a', 'main', '', '', '', '', '')",
        "INSERT INTO inquiry (account_id, key, author, asked_at, step, kind, found_by,"
        " addressed) VALUES (1, -9223372036854775808, 9223372036854775807,"
        " 4102444800, 0, 0, 1, 1)",
        "INSERT INTO coverage (account_id, day, seconds) VALUES (1, 20000, 86400)",
    ]
    with store._database.writing() as session:
        for row in rows:
            session.connection().execute(text(row))


@pytest.mark.parametrize("step", [-1, 0])
def test_every_migration_goes_up_down_and_up_again_with_data(
    store: Store, step: int
) -> None:
    """From the head down one revision (or all of them), and back."""
    scripts = ScriptDirectory.from_config(migration.config())
    revisions = [script.revision for script in scripts.walk_revisions()]
    fill(store)
    down = "base" if step == 0 or len(revisions) == 1 else revisions[1]
    migration.migrate(store._database, down)
    assert not store.schema_is_current()
    if down == "base":
        with store._database.connect() as connection:
            left = set(inspect(connection).get_table_names())
        assert left == {"alembic_version"}
    store.migrate()
    assert store.schema_is_current()
    if down == "base":
        fill(store)
    with store._database.reading() as session:
        kept = session.connection().execute(text("SELECT key, author FROM inquiry"))
        assert kept.all() == [(-(2**63), 2**63 - 1)]


def test_several_processes_may_migrate_at_once(address: str, open_store: Open) -> None:
    stores = [open_store(address) for _ in range(4)]
    problems: list[BaseException] = []
    start = threading.Barrier(len(stores))

    def one(store: Store) -> None:
        start.wait()
        try:
            store.migrate()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=one, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert stores[0].schema_is_current()


def test_a_migration_that_fails_leaves_nothing_behind(
    address: str, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The triggers are the last thing the first migration makes: fail there."""

    def break_down(*_: object) -> None:
        raise StoreError("in the middle")

    store = open_store(address)
    with monkeypatch.context() as patch:
        patch.setattr("alembic.operations.Operations.execute", break_down)
        with pytest.raises(StoreError):
            store.migrate()
    with store._database.connect() as connection:
        assert inspect(connection).get_table_names() == []
    store.migrate()
    assert store.schema_is_current()


def test_the_file_is_in_write_ahead_mode(sqlite_store: Store) -> None:
    path = sqlite_store._database.path
    assert path is not None
    raw = sqlite3.connect(path)
    try:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        raw.close()


@pytest.mark.parametrize(
    "table", ["edition", "standing", "edition_rows", "edition_detail"]
)
def test_triggers_keep_editions(table: str, store: Store) -> None:
    with store._database.connect() as connection:
        dialect = connection.dialect.name
        catalogue = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"
            if dialect == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass)"
            " AND NOT tgisinternal"
        )
        names = set(connection.scalars(text(catalogue), {"t": table}))
    assert {f"{table}_never_updated", f"{table}_never_deleted"} <= names
