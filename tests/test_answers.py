"""What is known of answers beyond the first: read from the database, frozen beside the
rows, written into bundles and recomputed from them."""

import json

import polars as pl
import pytest
from sqlalchemy import text

import bundles
from bundles import cells, change, sign, write_cells
from jobs import Failed, publishing
from jobs.bundle import export, verify
from model import DAY
from model.words import Step
from scoring.answers import PART, kept_in
from scoring.ladder import LADDER
from test_store_look import REGISTRY, a_look, a_run, asked, responded

LAST = "inquiries.csv"
LATER_COLUMNS = ("substantive_at", "personal", "copied")
MARKS = {"true": "false", "false": "true"}


def look(store, *answers, deletes=()):
    store.put_registry(REGISTRY)
    asks = tuple(asked(n, n * DAY) for n in range(1, 8))
    store.apply(a_look(1, asks=asks, answers=answers, deletes=deletes), a_run())


def reply(key, at, step=Step.SUBSTANTIVE, personal=None, message=0):
    return responded(
        -100 * key - message, key * DAY + at, key=key, step=step, personal=personal
    )


def told(store, day_from=0, day_to=9, **more):
    """The rows with the key of the conversation instead of the inquiry's id."""
    with store._database.reading() as session:
        key = dict(
            session.connection().execute(text("SELECT id, key FROM inquiry")).all()
        )
    rows = store.answered(day_from, day_to, **more).rows()
    return sorted((key[id_], *more) for id_, *more in rows)


def test_what_is_known_of_answers(store):
    look(
        store,
        reply(1, 60, personal=1),
        reply(2, 60, Step.REDIRECT),
        reply(2, 900, message=1, personal=1),
        reply(3, 60, Step.AUTOMATIC, personal=0),
        reply(3, 90, personal=1, message=1),
        reply(4, 60, Step.CANNED, personal=0),
        reply(4, 500, message=1),
        reply(5, 60),
    )
    assert told(store) == [
        (1, DAY + 60, None, 1, None),
        (2, 2 * DAY + 60, 2 * DAY + 900, None, None),
        (3, 3 * DAY + 90, None, 1, None),
        (4, 4 * DAY + 60, 4 * DAY + 500, 0, None),
    ]
    assert told(store, 2, 4) == told(store)[1:3]
    assert told(store, 6) == []


def test_of_two_in_one_second_the_one_that_gave_the_step(store):
    look(store, reply(1, 60, Step.REDIRECT, 0, message=1), reply(1, 60, personal=1))
    rows = told(store)
    assert [row[-2] for row in rows] == [0]  # the lower number of a message is first
    with store._database.reading() as session:
        step = session.connection().scalar(
            text("SELECT step FROM inquiry WHERE key = 1")
        )
    assert step == Step.REDIRECT


def test_a_deleted_reply_is_no_answer(store):
    first = reply(1, 60, Step.REDIRECT, personal=1)
    look(store, first, reply(1, 90, personal=0, message=1),
         deletes=((first["message"], 9 * DAY),))  # fmt: skip
    assert told(store) == [(1, DAY + 90, None, 0, None)]


MOVED = {"step": Step.REDIRECT}
SAID, OTHER = 0b1011, ~0b1011


def sent(key, at=60, mark=SAID, **more):
    return reply(key, at) | {"fingerprint": mark} | more


def copied(store, **more):
    found = told(store, judge=LADDER, **more)
    return {key: copy for key, *_, copy in found if copy is not None}


def test_of_redirections_it_is_known_whether_they_are_near_copies(store):
    look(
        store,
        sent(1, **MOVED),
        sent(2, **MOVED),
        sent(3, step=Step.CANNED),
        sent(4, mark=OTHER, **MOVED),
        sent(5, mark=None, **MOVED),
        sent(6, mark=OTHER),
    )
    assert copied(store) == {1: 1, 2: 1, 4: 0}
    assert copied(store, day_from=4) == {4: 0}
    assert copied(store, as_of=3 * DAY) == {1: 0, 2: 0}, "the third came later"
    assert told(store) == [], "without a judge nobody says so"


def test_copies_of_another_account_are_none(store):
    look(store, *(sent(n, **MOVED) for n in (1, 2)), sent(3, account="other"))
    assert copied(store) == {1: 0, 2: 0}


def test_replies_may_be_kept_beside_what_inquiries_say_themselves(store):
    store.put_registry(REGISTRY)
    store.apply(a_look(1, asks=(asked(1, DAY, answered_at=DAY + 60, step=3),)), a_run())
    frame = pl.DataFrame([sent(1, **MOVED) | {"channel": "bluesky"}])
    store.respond(frame)
    store.respond(frame)
    assert told(store, judge=LADDER) == [(1, DAY + 60, None, None, 0)]
    with pytest.raises(ValueError, match="'nobody', which is no account on bluesky"):
        store.respond(frame.with_columns(account=pl.lit("nobody")))


RESPONSES = """
    INSERT INTO response (account_id, message, key, responded_at, step, reads, personal,
        fingerprint)
    SELECT account_id, id, key, answered_at, step, step, id % 2,
        CASE id % 4 WHEN 1 THEN NULL WHEN 2 THEN 4611686018427 * id ELSE 77 END
    FROM inquiry
    WHERE step > 1 AND id % 3 > 0
"""
LATER = "UPDATE inquiry SET substantive_at = answered_at + 7000 WHERE step IN (2, 3)"


@pytest.fixture
def filled(sqlite_store):
    bundles.fill(sqlite_store, 60)
    with sqlite_store._database.writing() as session:
        session.connection().execute(text(RESPONSES))
        session.connection().execute(text(LATER))
    return sqlite_store


@pytest.fixture
def folder(filled, tmp_path):
    bundles.edition(filled)
    return bundles.bundled(filled, tmp_path / "bundle")


def rows_of(folder):
    head, *rows = cells(folder / LAST)
    return [dict(zip(head, row, strict=True)) for row in rows]


def differing(folder):
    """What ``verify`` finds, file hashes aside."""
    report = verify(folder)
    return {check.what for check in report.checks if not check.agrees}


def test_a_bundle_holds_what_an_edition_says_of_answers(filled, folder):
    report = verify(folder)
    assert report.agrees, report.differences
    rows = rows_of(folder)
    kept = kept_in(filled.edition_parts("small"))
    assert (
        sum(bool(row["substantive_at"]) for row in rows)
        == kept["substantive_s"].count()
    )
    assert sum(bool(row["personal"]) for row in rows) == kept["personal"].count()
    assert 50 < kept["substantive_s"].count() < len(kept) < len(rows)
    marks = [row["copied"] for row in rows if row["step"] == "redirect"]
    assert {"true", "false"} < set(marks)
    assert [marks.count(mark) for mark in ("true", "false")] == [
        kept["copied"].sum(), (kept["copied"] == 0).sum()
    ]  # fmt: skip
    assert not any(row["copied"] for row in rows if row["step"] != "redirect")
    by_name = sum(row["personal"] == "true" for row in rows)
    assert by_name == kept["personal"].sum() > 50
    edition = filled.edition("small")
    said = {
        each.slug: json.loads(each.body)
        for each in filled.details(edition.id, "brand")
        if (each.topic, each.family) == ("substance", "social")
    }
    assert said.keys() == {"zeta", "acme", "bolt"}
    for body in said.values():
        hits, n, low, high = body["address"]
        assert 0 < low < 10_000 * hits / n < high < 10_000


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("substantive_at", lambda was: was[:-2] + ("8Z" if was[-2] != "8" else "7Z")),
        ("substantive_at", lambda _: ""),
        ("personal", MARKS.get),
        ("copied", MARKS.get),
        ("copied", lambda _: ""),
        ("personal", lambda _: ""),
    ],
)
def test_a_cell_that_was_changed_is_found(folder, column, other):
    line, row = next((n, r) for n, r in enumerate(rows_of(folder), 1) if r[column])
    change(folder, LAST, line, column, other(row[column]))
    assert "input digest" in differing(folder)


def test_a_cell_that_was_filled_is_found(folder):
    line, row = next(
        (n, r)
        for n, r in enumerate(rows_of(folder), 1)
        if r["answered_at"] and not r["personal"]
    )
    change(folder, LAST, line, "personal", "true")
    assert "input digest" in differing(folder), row


def test_what_is_said_of_answers_cannot_be_left_out(folder):
    lines = cells(folder / "details.csv")
    write_cells(folder / "details.csv", [row for row in lines if row[0] != "substance"])
    sign(folder)
    tables = "digest of standings.csv and details.csv"
    assert differing(folder) == {"details", tables}
    head, *rows = cells(folder / LAST)
    empty = [head.index(name) for name in LATER_COLUMNS]
    bare = [[("" if at in empty else c) for at, c in enumerate(r)] for r in rows]
    write_cells(folder / LAST, [head, *bare])
    sign(folder)
    assert {"input digest", "result digest"} <= differing(folder)


@pytest.mark.parametrize(
    ("chosen", "column", "value", "says"),
    [
        ("step", "substantive_at", "2026-01-01T00:00:00Z", "a time after answered_at"),
        ("step", "substantive_at", "2026-03-01T00:00:00Z", "a time after answered_at"),
        ("", "substantive_at", "2026-01-30T00:00:00Z", "a time after answered_at"),
        ("", "personal", "true", "nothing where there is no answer"),
        ("step", "personal", "perhaps", "true or false or nothing"),
        ("", "copied", "true", "nothing where the answer is no redirection"),
    ],
)
def test_cells_that_cannot_be(folder, chosen, column, value, says):
    line = next(
        n
        for n, row in enumerate(rows_of(folder), 1)
        if bool(row["step"]) == bool(chosen)
    )
    change(folder, LAST, line, column, value)
    with pytest.raises(Failed, match=says) as problem:
        verify(folder)
    assert f"{LAST}, line {line + 1}, column {column}" in str(problem.value)


def test_an_answer_of_substance_has_none_of_substance_after_it(folder):
    line = next(
        n for n, row in enumerate(rows_of(folder), 1) if row["step"] == "substantive"
    )
    change(folder, LAST, line, "substantive_at", "2026-01-31T00:00:00Z")
    with pytest.raises(Failed, match="none of substance"):
        verify(folder)


@pytest.fixture
def older(filled, tmp_path, monkeypatch):
    """The bundle of an edition made before answers were looked at any further."""
    with monkeypatch.context() as then:
        then.setattr(publishing, "judged", lambda _result: False)
        bundles.edition(filled)
    assert PART not in filled.edition_parts("small")
    return bundles.bundled(filled, tmp_path / "older")


def test_an_older_edition_is_exported_and_agrees(older):
    assert not any(row["substantive_at"] or row["personal"] for row in rows_of(older))
    assert not any(row[0] == "substance" for row in cells(older / "details.csv"))
    report = verify(older)
    assert report.agrees, report.differences


def test_an_older_bundle_has_not_even_the_columns_and_agrees(older):
    head, *rows = cells(older / LAST)
    kept = [at for at, n in enumerate(head) if n not in LATER_COLUMNS]
    write_cells(older / LAST, [[row[at] for at in kept] for row in (head, *rows)])
    sign(older)
    report = verify(older)
    assert report.agrees, report.differences


def test_an_older_bundle_says_where_a_cell_is_wrong(older):
    head, *rows = cells(older / LAST)
    kept = [at for at, n in enumerate(head) if n not in LATER_COLUMNS]
    write_cells(older / LAST, [[row[at] for at in kept] for row in (head, *rows)])
    change(older, LAST, 3, "watched_until", "soon")
    with pytest.raises(Failed, match=f"{LAST}, line 4, column watched_until: expected"):
        verify(older)


def test_columns_are_in_their_order_or_not_there(folder):
    head, *rows = cells(folder / LAST)
    at = head.index("personal")
    swapped = [[*r[: at - 1], r[at], r[at - 1], *r[at + 1 :]] for r in (head, *rows)]
    write_cells(folder / LAST, swapped)
    with pytest.raises(Failed, match="in this order, each once"):
        verify(folder)


def test_the_same_edition_in_two_databases_is_one(filled, folder, tmp_path):
    """Ids say nothing: the same rows under other numbers give the same bytes."""
    with filled._database.writing() as session:
        session.connection().execute(text("UPDATE inquiry SET id = id + 100000"))
    edition = filled.edition("small")
    again = publishing.publish(
        filled, edition.day_from, edition.day_to, edition.as_of, name="again"
    )
    assert again.input_digest == edition.input_digest
    export(filled, "again", tmp_path / "again")
    rows = (tmp_path / "again" / LAST).read_bytes()
    assert rows == (folder / LAST).read_bytes()
