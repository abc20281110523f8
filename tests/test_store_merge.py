"""Files into the tables: idempotent, in any order, accounts made where missing."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures_store import JANUARY, a_reading, inquiries, table, watched_with
from model import DAY
from model.frames import PUBLISHED, conform
from model.words import FoundBy, Kind, Step
from store import Store
from store import merging as merging_module
from store import staging as staging_module
from store.naming import slugify
from store.upsert import combine, inquiries_of

KEPT = (
    "key, author, asked_at, answered_at, automatic_at, substantive_at, step, kind,"
    " found_by, addressed, watched_until, deleted_at, message, language, url"
)


def test_a_file_is_kept_and_the_same_again_changes_nothing(store: Store) -> None:
    reading = a_reading(
        {"key": 1, "asked_at": JANUARY, "answered_at": JANUARY + 60, "kind": 1},
        {"key": 2, "asked_at": JANUARY + 5, "account": "other", "url": "https://e.x/2"},
        {"key": -(2**63), "asked_at": JANUARY + 7, "author": 2**63 - 1},
    )
    first = store.merge(reading)
    before = {name: table(store, name) for name in ("inquiry", "account", "coverage")}
    again = store.merge(reading)
    assert (first.new, first.changed, first.same) == (3, 0, 0)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    assert before == {name: table(store, name) for name in before}
    assert first.unknown_accounts == again.unknown_accounts
    assert first.unknown_accounts == [("mastodon", "acme"), ("mastodon", "other")]


def test_what_the_row_leaves_open_gets_the_meaning_of_absence(store: Store) -> None:
    store.merge(
        a_reading(
            {"key": 1, "asked_at": JANUARY},
            {"key": 2, "asked_at": JANUARY, "answered_at": JANUARY + 1},
        )
    )
    assert table(store, "inquiry", "key, step, kind, addressed") == [
        (1, Step.NONE, Kind.UNSAID, 1),
        (2, Step.UNJUDGED, Kind.UNSAID, 1),
    ]


@pytest.mark.parametrize(
    ("column", "old", "new", "becomes"),
    [
        ("asked_at", 500, 400, 400),
        ("asked_at", 400, 500, 400),
        ("answered_at", 900, 1_000, 900),  # an edited answer moves no clock
        ("answered_at", 900, 800, 800),
        ("answered_at", None, 800, 800),
        ("answered_at", 800, None, 800),
        ("automatic_at", 900, 800, 800),
        ("substantive_at", None, 700, 700),
        ("kind", Kind.COMPLAINT, Kind.QUESTION, Kind.COMPLAINT),
        ("kind", Kind.UNSAID, Kind.QUESTION, Kind.QUESTION),
        ("found_by", FoundBy.REPLY, FoundBy.STREAM, FoundBy.STREAM),
        ("found_by", FoundBy.STREAM, FoundBy.REPLY, FoundBy.STREAM),
        ("addressed", 1, 2, 2),
        ("addressed", 2, 1, 2),
        ("watched_until", 1_000, 2_000, 2_000),
        ("watched_until", 2_000, 1_000, 2_000),
        ("watched_until", 2_000, None, None),  # as long as its account
        ("watched_until", None, 2_000, None),
        ("deleted_at", None, 600, 600),
        ("deleted_at", 600, 700, 600),
        ("message", 5, 6, 5),
        ("message", None, 6, 6),
        ("language", "pt", None, "pt"),
        ("url", None, "https://e.x/1", "https://e.x/1"),
        ("author", 1, 2, 1),
    ],
)
def test_an_inquiry_seen_again(
    store: Store, column: str, old: Any, new: Any, becomes: Any
) -> None:
    row = {"key": 1, "asked_at": 400}
    store.merge(a_reading(row | {column: old}))
    merged = store.merge(a_reading(row | {column: new}))
    assert table(store, "inquiry", column) == [(becomes,)]
    assert (merged.changed, merged.same) == ((1, 0) if becomes != old else (0, 1))


def test_the_step_belongs_to_the_answer_that_stays(store: Store) -> None:
    row = {"key": 1, "asked_at": 400}
    store.merge(a_reading(row | {"answered_at": 900, "step": Step.REDIRECT}))
    store.merge(a_reading(row | {"answered_at": 950, "step": Step.CANNED}))
    assert table(store, "inquiry", "answered_at, step") == [(900, Step.REDIRECT)]
    store.merge(a_reading(row | {"answered_at": 800, "step": Step.SUBSTANTIVE}))
    assert table(store, "inquiry", "answered_at, step") == [(800, Step.SUBSTANTIVE)]


def test_an_earlier_opening_brings_its_own_kind(store: Store) -> None:
    late = {"key": 1, "asked_at": 500, "kind": Kind.COMPLIMENT}
    early = {"key": 1, "asked_at": 400, "kind": Kind.COMPLAINT}
    for first, second, key in ((late, early, 1), (early, late, 2)):
        for each in (first, second):
            store.merge(a_reading(each | {"key": key}))
    unsaid = {"key": 2, "asked_at": 300, "kind": Kind.UNSAID}
    store.merge(a_reading(unsaid))
    assert table(store, "inquiry", "key, asked_at, kind") == [
        (1, 400, Kind.COMPLAINT),
        (2, 300, Kind.COMPLAINT),
    ]


def test_an_earlier_opening_brings_its_own_address(store: Store) -> None:
    store.merge(
        a_reading({"key": 1, "asked_at": 500, "message": 5, "url": "https://b"})
    )
    store.merge(
        a_reading({"key": 1, "asked_at": 400, "message": 4, "url": "https://a"})
    )
    assert table(store, "inquiry", "asked_at, message, url") == [(400, 4, "https://a")]


FOUND = {"asked_at": 500, "message": 5, "addressed": 1, "found_by": FoundBy.LIST}
SHOWN = {"asked_at": 400, "message": 4, "addressed": 2, "found_by": FoundBy.REPLY}


@pytest.mark.parametrize(
    "rows", list(permutations([FOUND, SHOWN, SHOWN | {"asked_at": 450}]))
)
def test_an_earlier_message_that_its_answer_shows_moves_no_inquiry(
    store: Store, rows: tuple[dict[str, Any], ...]
) -> None:
    """Whether it counts, and when it was asked, must not hang on an answer."""
    for row in rows:
        store.merge(a_reading({"key": 1} | row))
    opening = "asked_at, message, addressed, found_by"
    assert table(store, "inquiry", opening) == [(500, 5, 1, FoundBy.LIST)]
    store.merge(a_reading(*({"account": "together", "key": 1} | row for row in rows)))
    assert len(set(table(store, "inquiry", opening))) == 1


SIGHTINGS = st.fixed_dictionaries(
    {
        "asked_at": st.integers(1, 5),
        "answered_at": st.none() | st.integers(6, 9),
        "automatic_at": st.none() | st.integers(6, 9),
        "found_by": st.integers(1, 4),
        "addressed": st.integers(1, 3),
        "watched_until": st.none() | st.integers(10, 12),
        "deleted_at": st.none() | st.integers(6, 9),
    }
)


@settings(deadline=None, max_examples=40)
@given(st.lists(SIGHTINGS, min_size=1, max_size=3))
def test_sightings_within_a_file_combine_in_any_order(
    sightings: list[dict[str, Any]],
) -> None:
    columns = sorted(sightings[0])

    def combined(rows: tuple[dict[str, Any], ...]) -> list[tuple[Any, ...]]:
        frame = inquiries(*({"key": 1} | row for row in rows))
        with_id = frame.with_columns(pl.lit(1, pl.Int32).alias("account_id"))
        return combine(inquiries_of(with_id)).select(columns).rows()

    (expected,) = combined(tuple(sightings))
    assert all(combined(order) == [expected] for order in permutations(sightings))
    asked_at = expected[columns.index("asked_at")]
    found = [row for row in sightings if row["found_by"] != FoundBy.REPLY]
    assert asked_at == min(row["asked_at"] for row in found or sightings)


def test_sightings_combine_alike_in_one_file_or_in_several(store: Store) -> None:
    rows = [
        {"key": 1, "asked_at": 3, "answered_at": 9, "step": 2, "found_by": 4},
        {"key": 1, "asked_at": 4, "answered_at": 8, "step": 3, "watched_until": 20},
        {"key": 1, "asked_at": 5, "kind": 2, "addressed": 2, "language": "de"},
        {"key": 2, "asked_at": 3, "watched_until": 20, "kind": 1},
        {"key": 2, "asked_at": 3, "watched_until": 30, "kind": 3, "deleted_at": 7},
    ]
    together = store.merge(a_reading(*rows))
    assert (together.new, together.same) == (2, 0)
    expected = table(store, "inquiry", KEPT)
    for row in rows:
        store.merge(a_reading(row | {"account": "one by one"}))
    both = table(store, "inquiry", KEPT)
    assert both == sorted(expected * 2)
    # The first is known only by its answer: it opened nothing.
    assert expected[0][:4] == (1, 1, 4, 8)


def test_a_large_file_is_committed_in_parts_that_add_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging_module, "CHUNK", 7)
    monkeypatch.setattr(staging_module, "PART", 20)
    rows = [{"key": 1_000 - key, "asked_at": JANUARY + key} for key in range(50)]
    assert store.merge(a_reading(*rows)).new == 50
    some = [row | {"answered_at": JANUARY + 900} for row in rows[:20]]
    merged = store.merge(a_reading(*some, *rows[20:]))
    assert (merged.new, merged.changed, merged.same) == (0, 20, 30)


def test_a_file_that_was_interrupted_is_taken_again_without_doubles(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"key": key, "asked_at": JANUARY + key} for key in range(30)]
    monkeypatch.setattr(merging_module, "CHUNK", 10)
    real, calls = merging_module.upsert, 0

    def failing(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(merging_module, "upsert", failing)
    with pytest.raises(KeyboardInterrupt):
        sqlite_store.merge(a_reading(*rows))
    assert len(table(sqlite_store, "inquiry")) == 10
    merged = sqlite_store.merge(a_reading(*rows))
    assert (merged.new, merged.same) == (20, 10)
    leftovers = [
        path.name
        for path in sqlite_store._database.path.parent.iterdir()  # type: ignore[union-attr]
        if path.name.startswith("stage-")
    ]
    assert leftovers == []


def test_an_empty_file_changes_nothing(store: Store) -> None:
    merged = store.merge(replace(a_reading(), since=None, as_of=None))
    assert (merged.new, merged.changed, merged.same) == (0, 0, 0)
    assert table(store, "account") == []


def test_texts_lose_the_byte_that_postgresql_cannot_keep(store: Store) -> None:
    store.merge(a_reading({"key": 1, "asked_at": 4, "url": "https://e.x/\0a"}))
    assert table(store, "inquiry", "url") == [("https://e.x/a",)]


@pytest.mark.parametrize(
    "url", ['https://e.x/?a="b",c', "https://e.x/\\N", "", "https://e.x/\n2", "ü語😀"]
)
def test_texts_arrive_as_they_are(store: Store, url: str) -> None:
    store.merge(
        a_reading({"key": 1, "asked_at": 4, "url": url}, {"key": 2, "asked_at": 5})
    )
    assert table(store, "inquiry", "key, url") == [(1, url), (2, None)]


# Accounts


def test_accounts_are_found_without_regard_to_case(store: Store) -> None:
    store.merge(a_reading({"key": 1, "asked_at": 4, "account": "AcmeHelp"}))
    store.merge(a_reading({"key": 2, "asked_at": 4, "account": "acmehelp"}))
    assert table(store, "account", "account") == [("AcmeHelp",)]
    store.merge(
        a_reading(
            {"key": 3, "asked_at": 4, "account": "New"},
            {"key": 4, "asked_at": 4, "account": "NEW"},
        )
    )
    assert table(store, "account", "account") == [("AcmeHelp",), ("New",)]
    assert len(table(store, "inquiry")) == 4


def test_hints_of_the_file_place_new_accounts(store: Store) -> None:
    rows = [
        {"account": "a", "brand": "Café Ölé", "industry": "Food & Drink"},
        {"account": "b", "brand": "cafe-ole"},
        {"account": "c", "brand": "CAFÉ ÖLÉ"},
        {"account": "d"},
        {"account": "cafe ole"},
        {"account": "日本"},
    ]
    merged = store.merge(
        a_reading(*({"key": n, "asked_at": 4} | row for n, row in enumerate(rows)))
    )
    placed = {
        account: (brand, industry)
        for account, brand, industry in watched_with(store, 0, 1)
        .directory.select("account_name", "brand_slug", "industry_slug")
        .rows()
    }
    assert placed == {
        "a": ("cafe-ole", "food-drink"),
        "b": ("cafe-ole", "food-drink"),
        "c": ("cafe-ole", "food-drink"),
        "d": ("d", "unclassified"),
        # Nobody said that this is the same brand, so it is another.
        "cafe ole": ("cafe-ole-mastodon", "unclassified"),
        "日本": (slugify("日本"), "unclassified"),
    }
    assert merged.unknown_accounts == [
        ("mastodon", "cafe ole"),
        ("mastodon", "d"),
        ("mastodon", "日本"),
    ]


@given(st.text(max_size=200))
def test_every_name_has_a_slug(name: str) -> None:
    slug = slugify(name)
    assert 1 <= len(slug) <= 80
    assert slug == slugify(slug)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


def test_an_import_resolves_and_watches_its_accounts(store: Store) -> None:
    end = JANUARY + 9 * DAY + DAY // 2
    store.merge(a_reading({"key": 1, "asked_at": JANUARY + 100}))
    watch = "resolved_at, watched_from, watched_until"
    assert table(store, "account", watch) == [(end, JANUARY, end)]
    first = JANUARY // DAY
    days = [(day, DAY) for day in range(first, first + 9)]
    assert table(store, "coverage", "day, seconds") == [*days, (first + 9, DAY // 2)]
    later = a_reading({"key": 2, "asked_at": end + 5}, since=end, as_of=end + DAY)
    store.merge(later)
    assert table(store, "account", watch) == [(end, JANUARY, end + DAY)]
    # The day that was half seen is now seen in full; the last is half seen.
    assert table(store, "coverage", "day, seconds") == [
        *days,
        (first + 9, DAY),
        (first + 10, DAY // 2),
    ]
    store.merge(a_reading({"key": 1, "asked_at": JANUARY + 100}))
    assert len(table(store, "coverage")) == 11
    assert table(store, "account", watch) == [(end, JANUARY, end + DAY)]


def test_publications_of_a_file_replace(store: Store) -> None:
    row = {"channel": "mastodon", "account": "acme", "day": 20_454, "replies": 1}
    for posts in (3, 5, 5):
        published = conform(pl.DataFrame([row | {"posts": posts}]), PUBLISHED)
        store.merge(a_reading({"key": 1, "asked_at": JANUARY}, published=published))
    day = table(store, "publication", "day, posts, replies")
    assert day == [(20_454, 5, 1)]


def test_a_file_of_publications_alone_is_kept(store: Store) -> None:
    row = {"channel": "mastodon", "account": "acme", "day": 20_454}
    published = conform(pl.DataFrame([row | {"posts": 5, "replies": 1}]), PUBLISHED)
    merged = store.merge(a_reading(published=published, inquiries=inquiries()))
    assert (merged.new, merged.same) == (0, 0)
    assert table(store, "publication", "day, posts, replies") == [(20_454, 5, 1)]
    assert len(table(store, "coverage")) == 10


def test_thousands_of_new_accounts_are_made_as_sets(store: Store) -> None:
    rows = [
        {"key": n, "asked_at": JANUARY, "account": f"account {n}"} for n in range(3_000)
    ]
    merged = store.merge(a_reading(*rows))
    assert (merged.new, len(merged.unknown_accounts)) == (3_000, 3_000)
    assert len(store.brands()) == 3_000
