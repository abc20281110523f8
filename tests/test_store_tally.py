"""Columns for scoring: what is known at a time, each brand whole, narrow types."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fixtures_store import JANUARY, a_reading, table, watched_with
from model import DAY
from model.frames import PUBLISHED, TALLIED, conform
from model.words import FAMILIES, Family
from store import Store, database, packed, tallying
from store.guard import Guard, guard

ROOT = Path(__file__).parents[1]
FIRST = JANUARY // DAY
END = JANUARY + 9 * DAY + DAY // 2
LATER = JANUARY + 400 * DAY


def everything(store: Store, **changes: Any) -> pl.DataFrame:
    arguments = {"day_from": FIRST, "day_to": FIRST + 100, "as_of": LATER} | changes
    parts = list(store.tally_slices(**arguments))
    return pl.concat(parts) if parts else pl.DataFrame(schema=TALLIED)


def test_an_inquiry_as_scoring_sees_it(store: Store) -> None:
    row = {"key": 1, "author": -5, "asked_at": JANUARY + 9, "answered_at": JANUARY + 60}
    codes = {"kind": 4, "found_by": 4, "addressed": 3, "step": 5}
    store.merge(a_reading(row | codes | {"deleted_at": JANUARY + 70}))
    frame = everything(store)
    assert dict(frame.schema) == TALLIED
    (found,) = frame.drop("id", "brand", "account").to_dicts()
    assert found == codes | {
        "family": FAMILIES.index(Family.SOCIAL),
        "sampled": False,
        "author": 1,  # its author deleted it: nobody but the conversation itself
        "asked_at": JANUARY + 9,
        "answered_at": JANUARY + 60,
        "watched_until": END,
        "deleted_at": JANUARY + 70,
    }


@pytest.mark.parametrize("code", ["kind", "found_by", "step"])
def test_every_code_comes_through_the_packing(store: Store, code: str) -> None:
    rows = [{"key": n, "asked_at": JANUARY + n, code: n} for n in range(1, 6)]
    store.merge(a_reading(*rows))
    assert everything(store).sort("asked_at")[code].to_list() == [1, 2, 3, 4, 5]


def test_naming_very_many_brands_is_as_good_as_nine(store: Store) -> None:
    rows = [{"key": n, "asked_at": JANUARY + n, "addressed": n} for n in (1, 8, 9, 100)]
    store.merge(a_reading(*rows))
    assert everything(store).sort("asked_at")["addressed"].to_list() == [1, 8, 9, 9]


@pytest.mark.parametrize(
    ("ids", "by"),
    [
        ("", "COVERING INDEX ix_inquiry_rare (id>"),
        ("AND id IN (2, 5)", "INTEGER PRIMARY KEY (rowid=?)"),
    ],
)
def test_what_few_rows_have_is_found_without_going_through_all(
    sqlite_store: Store, ids: str, by: str
) -> None:
    where = {"first": 1, "last": 9, "ids": ids}
    plan = sqlite_store._database.select(
        "EXPLAIN QUERY PLAN " + packed.RARELY_SAID.format(**where)
    )
    assert by in plan["detail"][0]


@pytest.mark.parametrize("answered_at", [-(2**62), -1, 0, 2**32, 2**33 + 7, 2**62])
def test_an_absurd_answer_is_none_and_harms_no_other_column(
    store: Store, answered_at: int
) -> None:
    """No import lets one in; if one were there, only itself would be lost."""
    store.merge(a_reading({"key": 1, "asked_at": JANUARY, "author": -7}))
    with store._database.writing() as session:
        session.connection().exec_driver_sql(
            f"UPDATE inquiry SET answered_at = {answered_at}"
        )
    (found,) = everything(store).to_dicts()
    assert (found["asked_at"], found["author"]) == (JANUARY, -7)
    assert found["answered_at"] is None


def test_ids_far_apart_are_told_apart(store: Store) -> None:
    """And so are the rows of several questions."""
    rows = [{"key": n, "asked_at": JANUARY + n, "addressed": n} for n in range(1, 6)]
    store.merge(a_reading(*rows))
    ids = [1, packed.SPAN, packed.SPAN + 1, 3 * packed.SPAN, packed.IDS + 5]
    with store._database.writing() as session:
        for at, id_ in reversed(list(enumerate(ids, 1))):
            session.connection().exec_driver_sql(
                f"UPDATE inquiry SET id = {id_} WHERE key = {at}"
            )
    found = everything(store).sort("asked_at")
    assert found["id"].to_list() == ids
    assert found["addressed"].to_list() == [1, 2, 3, 4, 5]


def test_an_account_nobody_watched_was_not_watched(store: Store) -> None:
    rows = [
        {"key": 1, "asked_at": JANUARY},
        {"key": 2, "asked_at": JANUARY + 1, "watched_until": JANUARY + 5},
    ]
    store.merge(a_reading(*rows))
    with store._database.writing() as session:
        session.connection().exec_driver_sql("UPDATE account SET watched_until = NULL")
    frame = everything(store).sort("asked_at")
    assert frame["watched_until"].to_list() == [None, JANUARY + 5]


def test_families_and_sampled_channels_are_told(store: Store) -> None:
    channels = ["x", "mastodon", "google_play", "github", "consumidor", "audit"]
    rows = [
        {"key": n, "asked_at": JANUARY + n, "channel": channel}
        for n, channel in enumerate(channels)
    ]
    store.merge(a_reading(*rows))
    frame = everything(store).sort("asked_at")
    families = [FAMILIES[place] for place in frame["family"]]
    assert families == ["social", "social", "reviews", "support", "complaints", "audit"]
    assert frame["sampled"].to_list() == [True] + [False] * 5


def test_a_period_includes_its_first_second_and_not_its_end(store: Store) -> None:
    times = [JANUARY + DAY - 1, JANUARY + DAY, JANUARY + 3 * DAY - 1, JANUARY + 3 * DAY]
    rows = [{"key": at, "asked_at": at} for at in times]
    store.merge(a_reading(*rows))
    frame = everything(store, day_from=FIRST + 1, day_to=FIRST + 3)
    assert sorted(frame["asked_at"]) == times[1:3]


def test_what_happened_later_is_not_known(store: Store) -> None:
    row = {"asked_at": JANUARY + 10, "answered_at": JANUARY + 50}
    store.merge(
        a_reading(
            row | {"key": 1, "deleted_at": JANUARY + 50},
            row | {"key": 2, "asked_at": JANUARY + 50},
            row | {"key": 3, "watched_until": JANUARY + 20},
        )
    )
    known = ("asked_at", "answered_at", "deleted_at", "watched_until")
    before = everything(store, as_of=JANUARY + 49).sort("id").select(known).rows()
    ten, end = JANUARY + 10, JANUARY + 49
    assert before == [(ten, None, None, end), (ten, None, None, JANUARY + 20)]
    at_once = everything(store, as_of=JANUARY + 50).sort("id").select(known).rows()
    at = JANUARY + 50
    assert at_once[:2] == [(ten, at, at, at), (at, at, None, at)]


def test_an_account_nobody_resolved_is_left_out(store: Store) -> None:
    store.merge(
        a_reading(
            {"key": 1, "asked_at": JANUARY}, {"key": 2, "asked_at": 5, "account": "no"}
        )
    )
    with store._database.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE account SET resolved_at = NULL WHERE account = 'no'"
        )
    assert len(everything(store, day_from=0)) == 1
    found = watched_with(store, 0, 30_000)
    assert found.coverage["account"].n_unique() == 1
    assert len(found.directory) == 2


def test_a_row_s_own_watch_is_only_ever_the_shorter(store: Store) -> None:
    rows = [
        {"key": 1, "asked_at": JANUARY, "watched_until": JANUARY + 5},
        {"key": 2, "asked_at": JANUARY + 1, "watched_until": END + 5},
        {"key": 3, "asked_at": JANUARY + 2},
    ]
    store.merge(a_reading(*rows))
    frame = everything(store).sort("asked_at")
    assert frame["watched_until"].to_list() == [JANUARY + 5, END, END]


@pytest.mark.parametrize(
    ("rows", "at_once"), [(1, 10**6), (7, 10**6), (7, 20), (50, 9)]
)
def test_every_brand_is_whole_in_one_slice(
    store: Store, monkeypatch: pytest.MonkeyPatch, rows: int, at_once: int
) -> None:
    monkeypatch.setattr(tallying, "AT_ONCE", at_once)
    given = [
        {
            "key": n,
            "asked_at": JANUARY + n,
            "account": f"a{n % 13}",
            "brand": f"b{n % 9}",
        }
        for n in range(60)
    ]
    store.merge(a_reading(*given))
    slices = list(store.tally_slices(FIRST, FIRST + 9, LATER, rows_per_slice=rows))
    brands = [set(part["brand"]) for part in slices]
    assert sum(len(part) for part in slices) == 60
    assert sum(len(each) for each in brands) == len(set().union(*brands)) == 9
    assert len(slices) > 1
    assert all(dict(part.schema) == TALLIED for part in slices)


def test_nothing_kept_gives_no_slice(store: Store) -> None:
    assert list(store.tally_slices(0, 30_000, LATER)) == []
    store.merge(a_reading({"key": 1, "asked_at": JANUARY}))
    assert list(store.tally_slices(0, 10, LATER)) == []


def test_the_directory_names_every_account(store: Store) -> None:
    store.merge(
        a_reading({"key": 1, "asked_at": 5, "brand": "Acme", "industry": "Banks"})
    )
    (row,) = watched_with(store, 0, 1).directory.to_dicts()
    assert {k: v for k, v in row.items() if k not in ("account", "brand")} == {
        "channel": "mastodon",
        "account_name": "acme",
        "brand_slug": "acme",
        "brand_name": "Acme",
        "industry_slug": "banks",
        "industry_name": "Banks",
    }
    assert table(store, "account", "id, brand_id") == [(row["account"], row["brand"])]


def test_days_of_coverage_and_publications(store: Store) -> None:
    row = {"channel": "mastodon", "account": "acme", "posts": 2, "replies": 1}
    published = pl.DataFrame([row | {"day": FIRST + n} for n in range(5)])
    reading = a_reading(
        {"key": 1, "asked_at": JANUARY}, published=conform(published, PUBLISHED)
    )
    store.merge(reading)
    seen = watched_with(store, FIRST + 8, FIRST + 10).coverage
    assert seen.select("day", "seconds").rows() == [
        (FIRST + 8, DAY),
        (FIRST + 9, DAY // 2),
    ]
    posts = watched_with(store, FIRST + 1, FIRST + 3).publications
    assert posts.drop("account").rows() == [(FIRST + 1, 2, 1), (FIRST + 2, 2, 1)]
    assert set(seen.dtypes) == set(posts.dtypes) == {pl.Int32()}
    empty = watched_with(store, 0, 1).publications
    assert (len(empty), empty.schema) == (0, posts.schema)


def test_the_slices_are_one_snapshot(store: Store) -> None:
    """What is merged while they are read is not in the later ones."""
    rows = [{"key": n, "asked_at": JANUARY + n, "account": f"a{n}"} for n in range(6)]
    store.merge(a_reading(*rows))
    slices = store.tally_slices(FIRST, FIRST + 9, LATER, rows_per_slice=2)
    first = next(slices)
    late = [{"key": n, "asked_at": JANUARY + n, "account": "a5"} for n in range(6, 9)]
    other = threading.Thread(target=store.merge, args=[a_reading(*late)])
    other.start()
    total = len(first) + sum(len(part) for part in slices)
    other.join()
    assert total == 6
    assert len(everything(store)) == 9


@pytest.mark.parametrize("keep", [False, True])
def test_names_and_days_are_of_the_snapshot_of_the_inquiries(
    store: Store, keep: bool
) -> None:
    """Who is registered while an edition is made is in the next one."""
    store.merge(a_reading({"key": 1, "asked_at": JANUARY, "account": "a1"}))
    late = a_reading({"key": 2, "asked_at": JANUARY, "account": "a2"})
    with store.tallied(FIRST, FIRST + 9, LATER, 100, keep=keep) as found:
        other = threading.Thread(target=store.merge, args=[late])
        other.start()
        (known,) = found.directory["account"].to_list()
        assert set(found.coverage["account"]) == {known}
        (rows,) = found.slices
        assert rows["account"].to_list() == [known]
    other.join()
    with store.tallied(FIRST, FIRST + 9, LATER, 100, keep=keep) as found:
        assert len(found.directory) == 2
        assert sum(len(rows) for rows in found.slices) == 2


def test_who_writes_need_not_wait_until_kept_columns_are_counted(
    sqlite_store: Store,
) -> None:
    store = sqlite_store
    rows = [{"key": n, "asked_at": JANUARY + n, "account": f"a{n}"} for n in range(6)]
    store.merge(a_reading(*rows))
    late = {"key": 9, "asked_at": JANUARY + 9, "account": "a9"}
    with store.tallied(FIRST, FIRST + 9, LATER, 2, keep=True) as found:
        assert len(found.coverage) == 6 * 9
        first = next(found.slices)
        store.merge(a_reading(late))
        assert len(first) + sum(map(len, found.slices)) == 6
    with store.tallied(FIRST, FIRST + 9, LATER, 2, keep=True) as found:
        assert sum(map(len, found.slices)) == 7


def test_columns_are_kept_though_nobody_counts_them(sqlite_store: Store) -> None:
    store = sqlite_store
    store.merge(a_reading({"key": 1, "asked_at": JANUARY}))
    for _ in range(2):
        with store.tallied(FIRST, FIRST + 9, LATER, 100, keep=True):
            pass
        folder = store._database.columns
        assert folder is not None
        assert len(list(folder.glob("*.columns"))) == 1
        assert len(list(folder.glob("*.json"))) == 1


def test_halves_of_two_snapshots_are_never_put_together(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When somebody commits while both connections begin, one reads all of it."""
    store, late = sqlite_store, {"key": 9, "asked_at": JANUARY + 9}
    store.merge(a_reading(*({"key": n, "asked_at": JANUARY + n} for n in range(4))))
    asked: list[int] = []
    begun = database._data_version

    def meanwhile(connection: Any) -> int:
        asked.append(begun(connection))
        if len(asked) == 2:  # the second connection has begun, the first has not
            merge = (
                "import sys; sys.path[:0] = ['tests', '.'];"
                "from fixtures_store import a_reading; from store import Store;"
                f"Store(sys.argv[1]).merge(a_reading({late}))"
            )
            address = f"sqlite:///{store._database.path}"
            subprocess.run([sys.executable, "-c", merge, address], check=True, cwd=ROOT)
        return asked[-1]

    monkeypatch.setattr(database, "_data_version", meanwhile)
    assert len(everything(store)) == 5
    assert asked[0] != asked[-1]
    with store._database.columnar_together() as connections:
        assert len(connections) == database.TOGETHER


# Two copies of SQLite


def test_columns_wait_for_rows_and_rows_for_columns() -> None:
    """In one process the two never have the same file open at the same time."""
    door = Guard()
    inside: list[str] = []
    overlaps: list[tuple[str, ...]] = []

    def use(kind: str) -> None:
        for _ in range(40):
            with door.rows() if kind == "rows" else door.columns():
                inside.append(kind)
                if len(set(inside)) > 1:
                    overlaps.append(tuple(inside))
                inside.remove(kind)

    kinds = ["rows", "columns", "rows", "columns"]
    threads = [threading.Thread(target=use, args=[kind]) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert overlaps == []


def test_one_thread_may_not_wait_for_itself(sqlite_store: Store) -> None:
    store = sqlite_store
    store.merge(a_reading({"key": 1, "asked_at": JANUARY}))
    for _ in store.tally_slices(FIRST, FIRST + 9, LATER):
        columns_within_columns = watched_with(store, FIRST, FIRST + 9)
        assert len(columns_within_columns.directory) == 1
        with pytest.raises(RuntimeError, match="finish reading columns"):
            store.editions()
    with (
        store._database.reading(),
        pytest.raises(RuntimeError, match="close the transaction"),
    ):
        watched_with(store, FIRST, FIRST + 9)
    assert store.editions() == []


def test_two_stores_of_one_file_share_a_guard(sqlite_store: Store) -> None:
    path = sqlite_store._database.path
    assert path is not None
    assert guard(path) is guard(path.parent / "." / path.name)
