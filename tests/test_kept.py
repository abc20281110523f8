"""Columns kept in files: what they yield is what the database would have."""

import json
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from fixtures_store import JANUARY, a_reading
from jobs import Failed
from jobs.publishing import publish
from model import DAY, Run
from model.frames import TALLIED, conform
from model.looks import DELETED, Look, Seen
from store import Store, kept, packed

FIRST = JANUARY // DAY
LATER = JANUARY + 400 * DAY
Open = Callable[[str], Store]


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four ids to a file, and two changes of it at most before it is made anew."""
    monkeypatch.setattr(kept, "SPAN", 4)
    monkeypatch.setattr(packed, "SPAN", 4)
    monkeypatch.setattr(kept, "SOME", 2)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The ranges of ids that are read out of the database, as they are read."""
    asked = []

    def watched(*args: Any, **named: Any) -> packed.Chunk:
        asked.append(args[1:3])
        return packed.chunk(*args, **named)

    monkeypatch.setattr(kept, "chunk", watched)
    return asked


@pytest.fixture
def keeper(address: str, open_store: Open, tmp_path: Path) -> Iterator[Store]:
    """A store with room for columns, once on each kind of database."""
    open_store(address).migrate()
    made = Store(address, tmp_path / "var")
    yield made
    made.close()


def frame(store: Store, *, keep: bool, **changes: Any) -> pl.DataFrame:
    arguments = {"day_from": FIRST - 9, "day_to": FIRST + 99, "as_of": LATER} | changes
    parts = list(store.tally_slices(**arguments, rows_per_slice=3, keep=keep))
    return pl.concat(parts).sort("id") if parts else pl.DataFrame(schema=TALLIED)


def same(store: Store, **changes: Any) -> pl.DataFrame:
    """What is seen with columns kept, and that it is what is seen without."""
    bare = frame(store, keep=False, **changes)
    assert frame(store, keep=True, **changes).equals(bare)
    return bare


def rows(*keys: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"key": key, "asked_at": JANUARY + key, "author": key} | more for key in keys
    ]


def fill(store: Store, count: int = 10) -> None:
    store.merge(a_reading(*rows(*range(1, count + 1))))


def run(store: Store, statement: str) -> None:
    with store._database.writing() as session:
        session.connection().execute(text(statement))


def files(store: Store, ending: str) -> list[Path]:
    folder = store._database.columns
    assert folder is not None
    return sorted(folder.glob(f"*.{ending}"))


def test_the_second_time_nothing_is_read(
    keeper: Store, reads: list[tuple[int, int]]
) -> None:
    fill(keeper)
    assert len(same(keeper)) == 10
    assert len(reads) == 3
    reads.clear()
    assert len(same(keeper)) == 10
    assert reads == []
    assert len(files(keeper, "json")) == 1
    assert len(files(keeper, "columns")) == 3


def test_what_is_new_is_read_and_nothing_else(
    keeper: Store, reads: list[tuple[int, int]]
) -> None:
    fill(keeper)
    same(keeper)
    reads.clear()
    keeper.merge(a_reading(*rows(11, 12, 13)))
    assert len(same(keeper)) == 13
    assert sorted(reads) == [(11, 12), (12, 14)]  # the end of a file, and another
    assert len(files(keeper, "columns")) == 4


def test_what_was_changed_is_read_again(
    keeper: Store, reads: list[tuple[int, int]]
) -> None:
    fill(keeper)
    same(keeper)
    reads.clear()
    keeper.merge(a_reading(*rows(5, answered_at=JANUARY + 99, addressed=2)))
    run(keeper, "DELETE FROM inquiry WHERE id = 6")
    found = same(keeper)
    assert found.filter(id=5)["answered_at"].to_list() == [JANUARY + 99]
    assert found["id"].to_list() == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert reads == [(5, 7)]
    with keeper._database.reading() as session:
        assert session.connection().scalar(text("SELECT count(*) FROM touched")) == 0


def test_few_changes_stand_beside_their_file_until_they_are_many(
    keeper: Store, reads: list[tuple[int, int]]
) -> None:
    """Which of two is written anew is seen by its name."""
    fill(keeper)
    same(keeper)
    before = files(keeper, "columns")
    reads.clear()
    run(keeper, "UPDATE inquiry SET kind = 3 WHERE id = 5")
    assert same(keeper)["kind"].to_list()[4] == 3
    assert reads == [(5, 6)]
    assert set(before) < set(files(keeper, "columns"))
    assert len(files(keeper, "columns")) == 4
    run(keeper, "UPDATE inquiry SET kind = 2 WHERE id BETWEEN 5 AND 6")
    assert same(keeper)["kind"].to_list() == [0, 0, 0, 0, 2, 2, 0, 0, 0, 0]
    assert reads == [(5, 6), (5, 7)]
    assert set(before) < set(files(keeper, "columns"))
    run(keeper, "UPDATE inquiry SET kind = 1 WHERE id = 7")
    assert same(keeper)["kind"].to_list() == [0, 0, 0, 0, 2, 2, 1, 0, 0, 0]
    assert reads == [(5, 6), (5, 7), (4, 8)]
    assert len(files(keeper, "columns")) == 3
    assert len(set(before) & set(files(keeper, "columns"))) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM inquiry WHERE key = 6",
        "UPDATE inquiry SET author = 0 WHERE key = 6",
    ],
)
def test_nothing_is_left_in_a_file_of_who_was_erased(
    keeper: Store, statement: str
) -> None:
    erased = 2**41 + 12_345
    others = (1, 2, 3, 4, 5, 7, 8)
    keeper.merge(a_reading(*rows(*others), *rows(6, author=erased)))
    same(keeper)
    assert [f for f in files(keeper, "columns") if erased in np.fromfile(f, "<i8")]
    run(keeper, "UPDATE inquiry SET kind = 2 WHERE key = 6")
    same(keeper)
    run(keeper, statement)
    same(keeper)
    assert not [f for f in files(keeper, "columns") if erased in np.fromfile(f, "<i8")]


def test_what_is_new_is_put_into_the_file_with_what_stood_beside_it(
    keeper: Store, reads: list[tuple[int, int]]
) -> None:
    fill(keeper)
    run(keeper, "UPDATE inquiry SET kind = 3 WHERE id = 9")
    same(keeper)
    run(keeper, "UPDATE inquiry SET kind = 4 WHERE id = 9")
    same(keeper)
    reads.clear()
    keeper.merge(a_reading(*rows(11)))
    assert same(keeper)["kind"].to_list()[8:] == [4, 0, 0]
    assert reads == [(11, 12)]
    assert len(files(keeper, "columns")) == 3


def test_changes_that_move_an_inquiry_to_another_day_are_found_there(
    keeper: Store,
) -> None:
    fill(keeper)
    same(keeper)
    run(keeper, f"UPDATE inquiry SET asked_at = {JANUARY + 20 * DAY} WHERE id = 5")
    run(keeper, f"UPDATE inquiry SET asked_at = {JANUARY - 5 * DAY} WHERE id = 1")
    assert len(same(keeper)) == 10
    assert len(same(keeper, day_from=FIRST + 20, day_to=FIRST + 21)) == 1
    assert len(same(keeper, day_from=FIRST, day_to=FIRST + 9)) == 8


def test_a_file_of_which_much_has_changed_is_made_anew(
    keeper: Store, reads: list[tuple[int, int]]
) -> None:
    fill(keeper)
    same(keeper)
    reads.clear()
    run(keeper, "UPDATE inquiry SET kind = 3 WHERE id BETWEEN 4 AND 6")
    assert same(keeper)["kind"].to_list() == [0, 0, 0, 3, 3, 3, 0, 0, 0, 0]
    assert reads == [(4, 8)]


def test_a_file_that_nothing_is_left_of_goes(keeper: Store) -> None:
    fill(keeper)
    same(keeper)
    run(keeper, "DELETE FROM inquiry WHERE id BETWEEN 4 AND 7")
    assert len(same(keeper)) == 6
    assert len(files(keeper, "columns")) == 2
    run(keeper, "DELETE FROM inquiry")
    assert len(same(keeper)) == 0
    assert files(keeper, "columns") == []


def test_an_id_that_is_given_again_is_read_again(keeper: Store) -> None:
    """As SQLite does when the last row was deleted."""
    fill(keeper)
    same(keeper)
    run(keeper, "DELETE FROM inquiry WHERE id > 8")
    same(keeper)
    fill(keeper, 11)
    assert len(same(keeper)) == 11
    run(keeper, "DELETE FROM inquiry WHERE key > 8")
    fill(keeper, 12)
    assert len(same(keeper)) == 12


def test_what_accounts_say_of_themselves_is_never_kept(keeper: Store) -> None:
    keeper.merge(a_reading(*rows(1, 2, 3), *rows(4, 5, account="other")))
    before = same(keeper)
    run(keeper, "UPDATE account SET watched_until = watched_until + 5 WHERE id = 1")
    assert not same(keeper).equals(before)
    run(keeper, "UPDATE account SET brand_id = (SELECT min(brand_id) FROM account)")
    assert same(keeper)["brand"].n_unique() == 1
    run(keeper, "UPDATE account SET resolved_at = NULL WHERE id = 1")
    assert len(same(keeper)) < 5


def test_a_period_takes_its_part_of_the_files(keeper: Store) -> None:
    days = [{"key": n, "asked_at": JANUARY + n * DAY} for n in range(12)]
    keeper.merge(a_reading(*days, {"key": 50, "asked_at": JANUARY, "addressed": 2}))
    assert len(same(keeper, day_from=FIRST + 2, day_to=FIRST + 7)) == 5
    assert len(same(keeper, day_from=FIRST + 40)) == 0
    assert len(same(keeper, as_of=JANUARY + 3 * DAY)) == 5


def test_inquiries_that_no_edition_could_hold_harm_nobody(keeper: Store) -> None:
    fill(keeper)
    run(keeper, "UPDATE inquiry SET asked_at = -5 WHERE id = 2")
    run(keeper, f"UPDATE inquiry SET asked_at = {2**40} WHERE id = 3")
    for _ in range(3):
        assert len(same(keeper)) == 8


# What is not to be believed


def flip(path: Path, at: int = 11) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


def another_schema(store: Store) -> None:
    (listing,) = files(store, "json")
    said = json.loads(listing.read_text())
    said["body"]["schema"] = "0001"
    said["check"] = kept._check(said["body"])
    listing.write_text(json.dumps(said))


def another_format(store: Store) -> None:
    (listing,) = files(store, "json")
    said = json.loads(listing.read_text())
    said["body"]["format"] = 0
    said["check"] = kept._check(said["body"])
    listing.write_text(json.dumps(said))


HARM: dict[str, Callable[[Store], object]] = {
    "a byte of a file": lambda store: flip(files(store, "columns")[1]),
    "a byte of the list": lambda store: flip(files(store, "json")[0], at=60),
    "no list": lambda store: files(store, "json")[0].unlink(),
    "a list that is none": lambda store: [
        file.write_text("[]") for file in files(store, "json")
    ],
    "half a list": lambda store: [
        file.write_text('{"body":') for file in files(store, "json")
    ],
    "a file is gone": lambda store: files(store, "columns")[0].unlink(),
    "a file is short": lambda store: [
        file.write_bytes(file.read_bytes()[:-8]) for file in files(store, "columns")
    ],
    "the folder is gone": lambda store: shutil.rmtree(str(store._database.columns)),
    "of another schema": another_schema,
    "of another format": another_format,
}


NOTES: dict[str, Callable[[Path], object]] = {
    "is gone": lambda note: note.unlink(),
    "is short": lambda note: note.write_bytes(note.read_bytes()[:-8]),
    "has another byte": flip,
}


@pytest.mark.parametrize("how", NOTES)
def test_a_file_whose_changes_were_harmed_is_made_anew(
    sqlite_address: str, open_store: Open, reads: list[tuple[int, int]], how: str
) -> None:
    store = open_store(sqlite_address)
    store.migrate()
    fill(store)
    same(store)
    before = files(store, "columns")
    run(store, "UPDATE inquiry SET kind = 3 WHERE id = 5")
    same(store)
    (note,) = set(files(store, "columns")) - set(before)
    NOTES[how](note)
    reads.clear()
    assert same(store)["kind"].to_list()[4] == 3
    assert sorted(reads) == [(0, 4), (4, 8), (8, 11)]


@pytest.mark.parametrize("how", HARM)
def test_what_was_harmed_is_made_anew(
    sqlite_address: str, open_store: Open, reads: list[tuple[int, int]], how: str
) -> None:
    store = open_store(sqlite_address)
    store.migrate()
    fill(store)
    same(store)
    HARM[how](store)
    reads.clear()
    same(store)
    assert sorted(reads) == [(0, 4), (4, 8), (8, 11)]
    reads.clear()
    same(store)
    assert reads == []


def test_a_database_put_back_to_an_older_state_is_read_anew(
    sqlite_address: str, open_store: Open, tmp_path: Path
) -> None:
    """Its ids run backwards, and are given again to other inquiries."""
    store = open_store(sqlite_address)
    store.migrate()
    path = store._database.path
    assert path is not None
    fill(store, 6)
    same(store)
    backup = tmp_path / "backup.db"
    copy(path, backup)
    store.merge(a_reading(*rows(7, 8, 9)))
    same(store)
    store.close()
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    backup.rename(path)
    store.merge(a_reading(*rows(27, 28, 29)))
    assert sorted(same(store)["author"]) == [*range(1, 7), 27, 28, 29]


def copy(path: Path, backup: Path) -> None:
    with (
        closing(sqlite3.connect(path)) as old,
        closing(sqlite3.connect(backup)) as new,
    ):
        old.backup(new)


def test_the_columns_of_another_database_are_not_used(
    tmp_path: Path, open_store: Open
) -> None:
    stores = [open_store(f"sqlite:///{tmp_path / name}") for name in ("a.db", "b.db")]
    for store, key in zip(stores, (1, 2), strict=True):
        store.migrate()
        store.merge(a_reading(*rows(key)))
        same(store)
    one, other = (store._database.columns for store in stores)
    assert one is not None
    assert other is not None
    shutil.rmtree(other)
    shutil.copytree(one, other)
    assert same(stores[1])["author"].to_list() == [2]


def test_rows_that_came_without_a_note_are_missed(sqlite_store: Store) -> None:
    """By somebody who wrote below the ids that are kept."""
    store = sqlite_store
    fill(store)
    run(store, "UPDATE inquiry SET id = id + 100")
    same(store)
    run(
        store,
        "INSERT INTO inquiry (id, account_id, key, author, asked_at, step, kind,"
        f" found_by, addressed) SELECT 50, account_id, 77, 77, {JANUARY}, 0, 0, 1, 1"
        " FROM inquiry LIMIT 1",
    )
    assert len(same(store)) == 11


def test_a_place_that_cannot_be_written_is_done_without(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store = sqlite_store
    fill(store)
    folder = store._database.columns
    assert folder is not None
    folder.write_text("a file where the folder should be")
    assert len(same(store)) == 10
    assert "columns cannot be kept" in caplog.text


@pytest.mark.parametrize(
    "what", ["store.segments.Files.write", "store.kept._write_list"]
)
def test_a_disk_that_is_full_is_done_without(
    sqlite_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    fill(sqlite_store)
    with monkeypatch.context() as patch:
        patch.setattr(what, full)
        assert len(same(sqlite_store)) == 10
    assert "No space left" in caplog.text
    assert len(same(sqlite_store)) == 10


def test_a_server_without_a_folder_keeps_nothing(
    postgres_address: str, open_store: Open
) -> None:
    store = open_store(postgres_address)
    store.migrate()
    fill(store)
    assert len(same(store)) == 10
    with store._database.reading() as session:
        assert session.connection().scalar(text("SELECT count(*) FROM kept")) == 0


def test_who_comes_second_leaves_the_files_of_the_first(
    keeper: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes may publish at once: one token wins."""
    fill(keeper)
    saved = kept.save

    def slowly(*args: Any) -> None:
        monkeypatch.setattr(kept, "save", saved)
        keeper.merge(a_reading(*rows(11)))
        assert len(same(keeper)) == 11
        run(keeper, "UPDATE inquiry SET kind = 2 WHERE id = 1")
        saved(*args)

    monkeypatch.setattr(kept, "save", slowly)
    frame(keeper, keep=True)
    assert same(keeper)["kind"].to_list()[0] == 2
    assert len(files(keeper, "json")) == 1


def test_a_change_between_reading_and_saving_is_not_lost(
    keeper: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(keeper)
    same(keeper)
    run(keeper, "UPDATE inquiry SET kind = 1 WHERE id = 3")
    saved = kept.save

    def slowly(*args: Any) -> None:
        run(keeper, "UPDATE inquiry SET kind = 2 WHERE id = 1")
        saved(*args)

    with monkeypatch.context() as patch:
        patch.setattr(kept, "save", slowly)
        frame(keeper, keep=True)
    assert same(keeper)["kind"].to_list()[:3] == [2, 0, 1]


def test_a_writer_under_way_is_waited_for_or_columns_are_done_without(
    postgres_address: str,
    open_store: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its ids are lower than those of others who are done before it is."""
    monkeypatch.setattr("store.database.SETTLE_MS", 50)
    open_store(postgres_address).migrate()
    keeper = Store(postgres_address, tmp_path)
    try:
        fill(keeper, 3)
        with keeper._database.connect(writes=True) as slow:
            begun = slow.begin()
            slow.execute(
                text(
                    "INSERT INTO inquiry (account_id, key, author, asked_at, step,"
                    f" kind, found_by, addressed) SELECT id, 50, 50, {JANUARY}, 0, 0,"
                    " 1, 1 FROM account"
                )
            )
            other = threading.Thread(target=fill, args=[keeper, 6])
            other.start()
            other.join()
            assert sorted(same(keeper)["author"]) == [1, 2, 3, 4, 5, 6]
            assert files(keeper, "json") == []
            begun.commit()
        assert sorted(same(keeper)["author"]) == [1, 2, 3, 4, 5, 6, 50]
        assert len(files(keeper, "json")) == 1
    finally:
        keeper.close()


# Whatever happens


KEYS = st.lists(st.integers(1, 14), min_size=1, max_size=6, unique=True)
MORE = st.fixed_dictionaries(
    {},
    optional={
        "answered_at": st.integers(JANUARY, JANUARY + 9 * DAY),
        "deleted_at": st.integers(JANUARY, JANUARY + 9 * DAY),
        "watched_until": st.integers(JANUARY, JANUARY + 9 * DAY),
        "addressed": st.integers(1, 12),
        "kind": st.integers(0, 4),
        "found_by": st.integers(1, 4),
        "account": st.sampled_from(["acme", "other"]),
    },
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("import"), KEYS, MORE),
        st.tuples(st.just("look"), KEYS, MORE),
        st.tuples(st.just("delete"), KEYS, st.just({})),
        st.tuples(st.just("update"), KEYS, st.just({})),
        st.tuples(st.just("account"), KEYS, st.just({})),
        st.tuples(st.just("publish"), KEYS, st.just({})),
    ),
    min_size=2,
    max_size=9,
)


def look(store: Store, keys: list[int], more: dict[str, Any]) -> None:
    asks = a_reading(*rows(*keys, message=keys[0], **more)).inquiries
    gone = pl.DataFrame({"message": keys[:1], "deleted_at": [JANUARY + 3 * DAY]})
    gone = conform(gone[: len(keys) > 3], DELETED)
    made = Look(
        channel="mastodon",
        cursors_before=store.cursors("mastodon"),
        cursors={"at": str(len(keys))},
        started_at=JANUARY,
        finished_at=JANUARY + DAY,
        inquiries=asks,
        deletions=gone,
        seen=(Seen("acme", JANUARY + keys[0] * DAY // 4, JANUARY + 5 * DAY),),
    )
    outcome = Run(
        what="look", channel="mastodon", started_at=0, finished_at=0, outcome="ok"
    )
    store.apply(made, outcome, horizon=3 * DAY)


def step(store: Store, what: str, keys: list[int], more: dict[str, Any]) -> None:
    listed = ", ".join(map(str, keys))
    if what == "import":
        store.merge(a_reading(*rows(*keys, **more)))
    elif what == "look":
        look(store, keys, more)
    elif what == "delete":
        run(store, f"DELETE FROM inquiry WHERE key IN ({listed})")
    elif what == "update":
        run(store, f"UPDATE inquiry SET author = key % 3 WHERE key IN ({listed})")
    elif what == "account":
        run(
            store,
            f"UPDATE account SET watched_until = watched_until + {keys[0]}"
            f" WHERE id = {keys[0] % 2 + 1}",
        )
    else:
        same(store)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_happens_an_edition_is_that_of_the_database(
    steps: list[tuple[str, list[int], dict[str, Any]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/kept.db")
        try:
            store.migrate()
            store.merge(
                a_reading(*rows(1, 2, 3), *rows(1, account="other"), as_of=LATER)
            )
            for each in steps:
                step(store, *each)
            same(store)
            digests = [edition(store, keep) for keep in (True, False)]
        finally:
            store.close()
        assert digests[0] == digests[1]


def edition(store: Store, keep: bool) -> tuple[str, str] | str:
    """The digests of an edition made with columns kept, or without."""
    try:
        made = publish(store, FIRST, FIRST + 9, LATER, f"keep-{keep}", sample=not keep)
    except Failed as problem:
        return str(problem)
    return made.input_digest, made.result_digest
