"""Editions: kept once, never changed, in the order pages want them."""

import inspect
import re

import polars as pl
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fixtures_store import ROOT, an_edition, some_standings, table
from model import Standing
from model.rows import columns
from store import EditionExists, Listed, Store, UnknownEdition


def test_an_edition_comes_back_as_it_was_given(store: Store) -> None:
    lines = some_standings(
        ["a", "b"], score=[90.25, None], share_t1=[0.5, None], rank=1
    )
    parts = [("inquiry-0000", b"\0PAR1"), ("coverage", b"")]
    saved = store.save_edition(an_edition(coverage=0.9), lines, parts)
    assert saved.id is not None
    assert store.edition("2026-q3") == saved
    first, second = store.standings(saved.id)
    assert (first.slug, first.score, first.share_t1, first.rank) == ("a", 90.25, 0.5, 1)
    assert (second.slug, second.score, second.placed, second.lost) == ("b", None, "", 0)
    assert first.headline is True
    assert store.edition_parts("2026-q3") == dict(parts)


def test_lines_of_an_edition_can_be_narrowed(store: Store) -> None:
    lines = pl.concat(
        [
            some_standings(["a", "b"]),
            some_standings(["a"], cut="needs-answer", headline=False),
            some_standings(["banks"], level="industry"),
        ]
    )
    store.save_edition(an_edition("other"), some_standings(["a"]), [])
    id_ = store.save_edition(an_edition(), lines, []).id
    assert id_ is not None
    assert [line.slug for line in store.standings(id_)] == ["a", "b", "a", "banks"]
    assert [line.slug for line in store.standings(id_, "industry")] == ["banks"]
    assert len(store.standings(id_, "brand", headline=True)) == 2
    assert len(store.standings(id_, slug="a")) == 2
    assert store.standings(id_ + 100) == []


def test_what_is_listed_of_an_edition_is_of_its_headline_lines(store: Store) -> None:
    lines = pl.concat(
        [
            some_standings(["b", "a"], score=[90.25, None], share_t2=[0.5, None]),
            some_standings(["a"], cut="needs-answer", headline=False),
            some_standings(["banks"], level="industry"),
        ],
        how="diagonal_relaxed",
    )
    edition = store.save_edition(an_edition(), lines, [])
    assert edition.id is not None
    listed = store.listed(edition.id, "brand")
    whole = store.standings(edition.id, "brand", headline=True)
    assert [row.slug for row in listed] == ["b", "a"]
    assert listed == [
        Listed(*(getattr(line, name) for name in Listed._fields)) for line in whole
    ]
    assert store.standings_of([row.id for row in reversed(listed)]) == whole
    assert store.standings_of([listed[1].id]) == whole[1:]
    assert store.standings_of([]) == []


def test_every_column_of_a_standing_is_kept(store: Store) -> None:
    values: dict[str, object] = {}
    for number, (name, column) in enumerate(columns(Standing).items()):
        kind = column.type.python_type
        values[name] = {bool: True, int: number, float: number / 8}.get(kind, name)
    frame = pl.DataFrame([values]).drop("id", "edition_id")
    id_ = store.save_edition(an_edition(), frame, []).id
    assert id_ is not None
    (line,) = store.standings(id_)
    kept = line.model_dump(exclude={"id", "edition_id"})
    assert kept == {name: values[name] for name in kept}


def test_an_edition_without_lines_is_an_edition(store: Store) -> None:
    saved = store.save_edition(an_edition(), some_standings([]), [])
    assert saved.id is not None
    assert store.standings(saved.id) == []
    assert store.edition_parts("2026-q3") == {}


def test_a_misspelt_column_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="a standing has no scroe"):
        store.save_edition(an_edition(), some_standings(["a"], scroe=1.0), [])
    assert store.editions() == []


def test_a_name_is_given_once(store: Store) -> None:
    store.save_edition(an_edition(), some_standings(["a"]), [])
    before = {name: table(store, name) for name in ("edition", "standing")}
    with pytest.raises(EditionExists, match="'2026-q3' exists and editions are never"):
        store.save_edition(an_edition(brands=7), some_standings(["b"]), [])
    assert before == {name: table(store, name) for name in before}


def test_an_edition_is_kept_whole_or_not_at_all(store: Store) -> None:
    lines = some_standings(["a", "b"], inquiries=[1, None])
    with pytest.raises((DatabaseError, psycopg.Error), match="(?i)not.null"):
        store.save_edition(an_edition(), lines, [])
    assert store.editions() == []
    assert table(store, "standing") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE edition SET brands = 9",
        "UPDATE standing SET score = 100",
        "UPDATE edition_rows SET part = 'x'",
        "DELETE FROM edition_rows",
        "UPDATE edition_detail SET body = '{}'",
        "DELETE FROM edition_detail",
        "DELETE FROM standing",
        "DELETE FROM edition",
    ],
)
def test_the_database_itself_refuses_to_change_an_edition(
    store: Store, statement: str
) -> None:
    parts = [("coverage", b"x")]
    store.save_edition(an_edition(), some_standings(["a"]), parts, some_details())
    names = ("edition", "standing", "edition_rows", "edition_detail")
    before = {name: table(store, name) for name in names}
    with (
        pytest.raises(DatabaseError, match="an edition is never changed"),
        store._database.writing() as session,
    ):
        session.connection().execute(text(statement))
    assert before == {name: table(store, name) for name in names}


@pytest.mark.parametrize(
    "name", ["edition", "standing", "edition_rows", "edition_detail"]
)
def test_a_provisional_edition_may_go_but_not_change(store: Store, name: str) -> None:
    provisional = an_edition(provisional=True)
    parts = [("coverage", b"x")]
    store.save_edition(provisional, some_standings(["a"]), parts, some_details())
    column = {
        "edition": "brands",
        "standing": "lost",
        "edition_rows": "edition_id",
        "edition_detail": "edition_id",
    }
    with (
        pytest.raises(DatabaseError, match="an edition is never changed"),
        store._database.writing() as session,
    ):
        session.connection().execute(text(f"UPDATE {name} SET {column[name]} = 9"))
    assert store.prune_provisional(keep=0) == ["2026-q3"]
    assert table(store, name) == []


def some_details() -> pl.DataFrame:
    columns = ("topic", "level", "family", "channel", "slug", "body")
    rows = [
        ("waits", "brand", "social", "", "a", '{"n":1}'),
        ("waits", "brand", "social", "", "b", '{"n":2}'),
        ("hours", "brand", "social", "bluesky", "a", '{"n":3}'),
        ("hours", "industry", "social", "", "a", '{"n":4}'),
    ]
    return pl.DataFrame(rows, columns, orient="row")


def test_details_are_kept_and_read_by_brand(store: Store) -> None:
    saved = store.save_edition(an_edition(), some_standings(["a"]), [], some_details())
    store.save_edition(an_edition("another"), some_standings(["a"]), [])
    assert saved.id is not None

    def bodies(level: str, slug: str | None = None) -> list[str]:
        return [each.body for each in store.details(saved.id or 0, level, slug)]

    assert bodies("brand", "a") == ['{"n":3}', '{"n":1}']
    assert bodies("brand") == ['{"n":3}', '{"n":1}', '{"n":2}']
    assert bodies("industry") == ['{"n":4}']
    assert bodies("brand", "nobody") == []
    kept = store.detail_lines(saved.id)
    assert kept["body"].to_list() == ['{"n":3}', '{"n":4}', '{"n":1}', '{"n":2}']


def test_of_one_topic_many_brands_are_read_at_once(store: Store) -> None:
    details = pl.concat(
        [
            some_details(),
            pl.DataFrame(
                [("waits", "brand", "reviews", "", "a", "5"),
                 ("waits", "brand", "social", "bluesky", "a", "6")],
                some_details().columns,
                orient="row",
            ),
        ]
    )  # fmt: skip
    saved = store.save_edition(an_edition(), some_standings(["a"]), [], details)
    assert saved.id is not None

    def bodies(*slugs: str) -> dict[str, str]:
        return store.told_of(saved.id or 0, "waits", "brand", "social", slugs)

    assert bodies("b", "nobody", "a") == {"a": '{"n":1}', "b": '{"n":2}'}
    assert bodies("b") == {"b": '{"n":2}'}
    assert bodies() == {}
    assert store.told_of(saved.id + 1, "waits", "brand", "social", ["a"]) == {}


def test_no_method_of_the_store_changes_an_edition() -> None:
    """Beside the triggers: nothing in the store even tries, save for pruning, and that
    asks for provisional ones alone."""
    changing = re.compile(
        r"(?i)\b(update|delete\s+from|replace\s+into)\s+(edition|standing)\w*|"
        r"(?<!\.)\b(delete|update)\("
        r"(?!(Filing|Notice|Subscription)\))"  # what readers send is no edition
    )
    found = {
        (path.name, match.group().lower())
        for path in sorted((ROOT / "store").rglob("*.py"))
        for match in changing.finditer(path.read_text())
    }
    assert found == {("editions.py", "delete(")}
    pruning = inspect.getsource(Store.prune_provisional)
    whole = (ROOT / "store" / "editions.py").read_text()
    assert pruning.count("delete(") == whole.count("delete(") == 2


def test_only_the_oldest_provisional_editions_go(store: Store) -> None:
    for day in range(4):
        name = f"rolling-{day}"
        edition = an_edition(name, day_to=20_727 + day, provisional=True)
        store.save_edition(edition, some_standings(["a"]), [("coverage", b"x")])
    store.save_edition(an_edition("kept", day_to=1), some_standings(["a"]), [])
    assert store.prune_provisional(keep=2) == ["rolling-1", "rolling-0"]
    assert store.prune_provisional(keep=2) == []
    assert [each.name for each in store.editions()] == [
        "rolling-3",
        "rolling-2",
        "kept",
    ]
    assert len(table(store, "standing")) == 3
    assert len(table(store, "edition_rows")) == 2


def test_which_edition_is_the_current_one(store: Store) -> None:
    def current() -> str | None:
        found = store.current_edition()
        return found and found.name

    def publish(name: str, day_to: int, made_at: int = 1, *, provisional: bool) -> None:
        edition = an_edition(
            name, day_to=day_to, made_at=made_at, provisional=provisional
        )
        store.save_edition(edition, some_standings([]), [])

    assert current() is None
    publish("rolling", 100, provisional=True)
    assert current() == "rolling"
    publish("q1", 90, provisional=False)
    assert current() == "q1"
    publish("q2", 91, 5, provisional=False)
    publish("q2-corrected", 91, 6, provisional=False)
    publish("q0", 80, 99, provisional=False)
    assert current() == "q2-corrected"
    names = [edition.name for edition in store.editions()]
    assert names == ["rolling", "q2-corrected", "q2", "q1", "q0"]


def test_fictional_and_measured_editions_can_be_told_apart(store: Store) -> None:
    store.save_edition(an_edition("sample", sample=True), some_standings([]), [])
    store.save_edition(an_edition("real"), some_standings([]), [])
    assert [each.name for each in store.editions(sample=True)] == ["sample"]
    assert [each.name for each in store.editions(sample=False)] == ["real"]
    assert store.last_digest(sample=True) == "digest of sample"


def test_the_chain_leaves_provisional_editions_out(store: Store) -> None:
    assert store.last_digest(sample=False) == ""
    store.save_edition(an_edition("q1"), some_standings([]), [])
    rolling = an_edition("rolling", provisional=True)
    store.save_edition(rolling, some_standings([]), [])
    assert store.last_digest(sample=False) == "digest of q1"
    earlier = an_edition("q0", day_to=1)  # made later, of an earlier period
    store.save_edition(earlier, some_standings([]), [])
    assert store.last_digest(sample=False) == "digest of q0"


def test_the_version_changes_with_every_edition(store: Store) -> None:
    seen = [store.version()]
    for day, provisional in enumerate([False, True, True]):
        edition = an_edition(f"e{day}", day_to=day, provisional=provisional)
        store.save_edition(edition, some_standings(["a"]), [])
        assert store.version() == store.version()
        seen.append(store.version())
    store.prune_provisional(keep=0)
    seen.append(store.version())
    edition = an_edition("e3", provisional=True, made_at=7)  # its id may be used again
    store.save_edition(edition, some_standings([]), [])
    seen.append(store.version())
    # What pages were made from is gone again, so the token may be that of before.
    assert seen[4] == seen[1]
    assert len({*seen[:4], seen[5]}) == 5


def test_a_brand_s_past_is_its_headline_lines_oldest_first(store: Store) -> None:
    for name, day_to in (("q2", 200), ("q1", 100)):
        lines = pl.concat(
            [
                some_standings(["a", "b"], lost=day_to),
                some_standings(["a"], headline=False),
                some_standings(["a"], level="channel"),
            ],
            how="diagonal",
        )
        store.save_edition(an_edition(name, day_to=day_to), lines, [])
    past = store.history("a")
    assert [each.edition.name for each in past] == ["q1", "q2"]
    assert [each.standing.lost for each in past] == [100, 200]
    assert len(store.history("a", "channel")) == 2
    assert store.history("nobody") == []


def test_an_unknown_edition_is_said_to_be_unknown(store: Store) -> None:
    with pytest.raises(UnknownEdition, match="there is no edition 'q9'"):
        store.edition("q9")
    with pytest.raises(UnknownEdition):
        store.edition_parts("q9")
