"""What its author deleted: no link, no author, and it counts as it did."""

from typing import Any

import pytest

from fixtures_store import JANUARY, a_reading, table
from model import DAY
from store import Store
from test_store_look import REGISTRY, a_look, a_run, asked

LINK = "https://social.example/1"
ALICE = 77
WHOLE = "key, author, url, deleted_at, asked_at, message"
AT = JANUARY + 100


@pytest.fixture
def watched(store: Store) -> Store:
    store.put_registry(REGISTRY)
    return store


def hers(key: int = 1, **more: Any) -> dict[str, Any]:
    return asked(key, AT, **{"author": ALICE, "url": LINK} | more)


@pytest.mark.parametrize("after", [60, 30 * DAY], ids=["within", "after"])
def test_a_deleted_message_has_no_author_and_no_link(
    watched: Store, after: int
) -> None:
    """Within its horizon or after it: whether it counts is told by ``deleted_at``."""
    watched.apply(a_look(1, asks=(hers(1), hers(2))), a_run())
    watched.apply(a_look(2, deletes=((-1, AT + after),)), a_run())
    assert table(watched, "inquiry", WHOLE) == [
        (1, 1, None, AT + after, AT, -1),
        (2, ALICE, LINK, None, AT, -2),
    ]


def test_a_message_deleted_in_the_look_that_finds_it(watched: Store) -> None:
    watched.apply(a_look(1, asks=(hers(),), deletes=((-1, AT + 5),)), a_run())
    assert table(watched, "inquiry", WHOLE) == [(1, 1, None, AT + 5, AT, -1)]


def test_what_is_deleted_stays_erased_however_often_it_is_seen(watched: Store) -> None:
    """A back-fill, or a file of before, may hold what its author deleted since."""
    watched.apply(a_look(1, asks=(hers(),), deletes=((-1, AT + 5),)), a_run())
    buried = table(watched, "inquiry", WHOLE)
    watched.apply(a_look(2, asks=(hers(),)), a_run())
    watched.merge(a_reading(hers()))
    assert table(watched, "inquiry", WHOLE) == buried
    earlier = hers() | {"asked_at": AT - 9}
    watched.apply(a_look(3, asks=(earlier,)), a_run())
    (row,) = table(watched, "inquiry", WHOLE)
    assert row[1:4] == (1, None, AT + 5)


def test_a_file_that_knows_of_the_deletion(store: Store) -> None:
    row = {"key": 1, "asked_at": AT, "author": ALICE}
    store.merge(a_reading(row | {"url": LINK}, row | {"key": 2, "url": LINK}))
    gone = row | {"deleted_at": AT + 7}
    store.merge(a_reading(gone, gone | {"key": 3, "url": LINK}))
    assert table(store, "inquiry", "key, author, url, deleted_at") == [
        (1, 1, None, AT + 7),
        (2, ALICE, LINK, None),
        (3, 3, None, AT + 7),
    ]


def test_two_sightings_in_one_file_of_which_one_knows_of_it(store: Store) -> None:
    row = {"key": 1, "asked_at": AT, "author": ALICE, "url": LINK}
    store.merge(a_reading(row, row | {"deleted_at": AT + 7}))
    assert table(store, "inquiry", "author, url, deleted_at") == [(1, None, AT + 7)]


def test_an_author_belongs_to_the_opening_in_whatever_order(watched: Store) -> None:
    """Over New Year's night one person has two numbers: that of the first message."""
    early, late = hers(), hers() | {"asked_at": AT + 60, "author": 78}
    for key, (first, second) in enumerate([(early, late), (late, early)], 1):
        number = 2 * key - 1
        for at, row in ((number, first), (number + 1, second)):
            watched.apply(a_look(at, asks=(row | {"key": key},)), a_run())
    assert table(watched, "inquiry", "author, asked_at") == [(ALICE, AT)] * 2
