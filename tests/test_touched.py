"""What of the inquiries was changed is known exactly, on both databases."""

from typing import Any

import pytest
from sqlalchemy import text

from fixtures_store import JANUARY, a_reading
from store import Store

ASKED = {"asked_at": JANUARY, "author": 1, "found_by": 3}


def three(store: Store) -> None:
    store.merge(a_reading(*({"key": key} | ASKED for key in (1, 2, 3))))


def asked(store: Store) -> None:
    """As somebody does who keeps columns."""
    run(store, "INSERT INTO kept (id, token) VALUES (1, 'a')")


def run(store: Store, statement: str) -> None:
    with store._database.writing() as session:
        session.connection().execute(text(statement))


def scalars(store: Store, query: str) -> list[Any]:
    with store._database.reading() as session:
        return list(session.connection().scalars(text(query)))


def touched(store: Store) -> list[int]:
    """Keys of what was touched, sorted; the id of what is gone, negative."""
    return sorted(
        scalars(
            store,
            "SELECT coalesce(i.key, -t.inquiry_id) FROM touched t"
            " LEFT JOIN inquiry i ON i.id = t.inquiry_id",
        )
    )


def test_nothing_is_noted_that_nobody_asks_for(store: Store) -> None:
    three(store)
    run(store, "UPDATE inquiry SET kind = 3")
    assert touched(store) == []


def test_new_inquiries_are_not_noted(store: Store) -> None:
    asked(store)
    three(store)
    three(store)
    assert touched(store) == []


@pytest.mark.parametrize(
    "change",
    [
        {"answered_at": JANUARY + 9},
        {"kind": 3},
        {"found_by": 1},
        {"addressed": 2},
        {"deleted_at": JANUARY + 9},
        {"asked_at": JANUARY - 5},
    ],
)
def test_a_row_that_another_sighting_changes_is_noted(
    store: Store, change: dict[str, int]
) -> None:
    three(store)
    asked(store)
    store.merge(a_reading({"key": 2} | ASKED | change, {"key": 3} | ASKED))
    assert touched(store) == [2]


@pytest.mark.parametrize("column", ["author", "step", "watched_until", "account_id"])
def test_any_column_that_is_read_is_noted(store: Store, column: str) -> None:
    three(store)
    store.merge(a_reading({"key": 9, "account": "@another"} | ASKED))
    asked(store)
    to = "(SELECT max(id) FROM account)" if column == "account_id" else "4"
    run(store, f"UPDATE inquiry SET {column} = {to} WHERE key = 3")
    assert touched(store) == [3]


def test_what_nobody_reads_may_change(store: Store) -> None:
    three(store)
    asked(store)
    run(store, "UPDATE inquiry SET url = 'https://a.example/', automatic_at = 5")
    assert touched(store) == []


def test_deleted_rows_are_noted_also_when_all_are(store: Store) -> None:
    three(store)
    asked(store)
    ids = scalars(store, "SELECT id FROM inquiry ORDER BY id")
    run(store, "DELETE FROM inquiry WHERE key = 1")
    assert touched(store) == [-ids[0]]
    run(store, "DELETE FROM inquiry")
    assert touched(store) == [-id_ for id_ in reversed(ids)]


def test_a_row_that_goes_by_another_id_is_noted_by_both(store: Store) -> None:
    three(store)
    asked(store)
    (old,) = scalars(store, "SELECT id FROM inquiry WHERE key = 2")
    run(store, "UPDATE inquiry SET id = 77 WHERE key = 2")
    assert touched(store) == [-old, 2]


def test_a_table_emptied_at_once_leaves_no_file_good(
    postgres_address: str, open_store: Any
) -> None:
    store = open_store(postgres_address)
    store.migrate()
    three(store)
    asked(store)
    run(store, "TRUNCATE inquiry")
    assert scalars(store, "SELECT token FROM kept") == [""]


def test_what_is_undone_was_never_touched(store: Store) -> None:
    three(store)
    asked(store)
    with store._database.connect(writes=True) as connection:
        begun = connection.begin()
        connection.execute(text("UPDATE inquiry SET kind = 3"))
        begun.rollback()
    assert touched(store) == []
