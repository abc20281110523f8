"""An edition under another version of the method, and who moves by it."""

import json
from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

import scoring_world as world
from cli import answerable
from jobs import Failed, rescoring
from jobs.rescoring import COLUMNS, compared, rescore, to_text
from model.words import DAY, Reason
from scoring import method
from scoring.edition import INQUIRIES, make, parquet, thawed
from scoring.method import LIMITS, LOG, METHOD, METHODS, Choice, limits_of, use
from scoring.rescoring import rescored

HOUR = 3_600
OTHER = replace(
    METHOD,
    version="test",
    weights=Choice((16, 42, 42), "A test."),
    limits_social=Choice((HOUR, DAY, 2 * DAY), "A test."),
)
"""A version that is known to tests alone."""


def test_versions_are_known_by_their_names():
    assert list(METHODS) == [each.version for each in METHODS.values()]
    assert list(METHODS.values())[-1] is METHOD
    assert [entry.version for entry in LOG] == list(METHODS)
    assert limits_of(METHOD) == LIMITS


def test_a_method_is_put_in_force_whole(monkeypatch):
    for name in ("METHOD", "LIMITS", "CREDITS", "WAIT_BINS"):
        monkeypatch.setattr(method, name, getattr(method, name))
    alone = SimpleNamespace(modules={"scoring": 1, "scoring.method": 1, "model": 1})
    monkeypatch.setattr(method, "sys", alone)
    use(OTHER)
    assert method.METHOD is OTHER
    assert method.CREDITS == (100, 84, 42, 0)
    assert method.LIMITS["social"].horizon == 2 * DAY
    assert method.LIMITS["reviews"] == LIMITS["reviews"]


def test_a_method_is_not_put_in_force_too_late():
    with pytest.raises(RuntimeError, match="already imported: .*scoring.edition"):
        use(OTHER)


@pytest.fixture(scope="module")
def same(sample_store):
    return rescore(sample_store, "2026-Q3", "1")


@pytest.fixture(scope="module")
def other(sample_store):
    return rescore(sample_store, "2026-Q3", "test", {**METHODS, "test": OTHER})


def test_under_its_own_method_nothing_moves(same):
    assert tuple(same.lines.columns) == COLUMNS
    assert len(same.lines) > 100
    assert len(same.moved) == 0
    assert not same.lines["beyond"].any()
    text = to_text(same)
    assert "0 moved" in text
    assert "Nothing moved." in text


def test_under_another_method_scores_are_what_its_weights_make(other, sample_store):
    """Reviews keep their limits, so there the published shares say it."""
    edition = sample_store.edition("2026-Q3")
    published = sample_store.standings(edition.id, "brand", headline=True)
    shares = {
        row.slug: 16 * row.share_t1 + 42 * row.share_t2 + 42 * row.share_t3
        for row in published
        if row.family == "reviews" and row.status == "ranked"
    }
    assert shares
    rows = other.lines.filter(level="brand", family="reviews", status="ranked")
    found = dict(rows.select("slug", "score_then").rows())
    assert set(found) == set(shares)
    for slug, score in found.items():
        assert score == pytest.approx(shares[slug], abs=0.02)
    assert len(other.moved.filter(family="reviews")) >= len(shares)


def test_who_left_its_interval_is_marked(other):
    beyond = other.lines.filter("beyond")
    assert 0 < len(beyond) < len(other.lines)
    for row in beyond.rows(named=True):
        assert not row["score_low"] <= row["score_then"] <= row["score_high"]
        assert row["moved"]
    text = to_text(other, shown=3)
    assert "BEYOND ITS INTERVAL" in text
    assert "more; --format csv has all" in text
    assert "channels and accounts of brands moved" in text


def test_a_version_nobody_knows_is_refused(sample_store):
    with pytest.raises(Failed, match="no version '9' of the method; known: 1"):
        rescore(sample_store, "2026-Q3", "9")


def test_an_edition_without_rows_is_refused():
    bare = SimpleNamespace(edition=lambda name: name, edition_parts=lambda name: {})
    with pytest.raises(Failed, match="keeps no rows"):
        rescore(bare, "old", "1")


def line(**changes):
    usual = {
        "level": "brand", "family": "social", "channel": "", "account": "",
        "slug": "a", "name": "A", "status": "ranked", "rank": 1, "rank_low": 1,
        "rank_high": 2, "of": 2, "score": 50.0, "score_low": 40.0, "score_high": 60.0,
    }  # fmt: skip
    return usual | changes


def frame(*rows):
    schema = {name: pl.Float64() for name in ("score", "score_low", "score_high")}
    return pl.DataFrame(list(rows), schema_overrides=schema, infer_schema_length=None)


def test_a_line_that_comes_or_goes_has_moved():
    gone, same = line(slug="gone"), line(slug="same")
    found = compared(frame(gone, same), frame(same, line(slug="new", name="New")))
    moved = dict(found.select("slug", "moved").rows())
    assert moved == {"gone": True, "same": False, "new": True}
    assert dict(found.select("slug", "name").rows())["new"] == "New"
    assert not found["beyond"].any()


def test_lines_in_words():
    few = line(slug="few", name="Few", status="too_few", rank=None, rank_low=None,
               rank_high=None, of=None)  # fmt: skip
    none = {**few, "slug": "none", "name": "None", "status": "low_coverage",
            "score": None, "score_low": None, "score_high": None}  # fmt: skip
    lines = compared(
        frame(line(), few, none),
        frame(line(score=61.0), {**few, "slug": "none"}, {**none, "slug": "few"}),
    )
    said = rescoring.Rescored(SimpleNamespace(name="e", method="1"), "2", lines)
    text = to_text(said)
    assert (
        "A (social): 50.0 [40.0 to 60.0], place 1 to 2 of 2 -> 61.0 [40.0 to 60.0],"
        " place 1 to 2 of 2  BEYOND ITS INTERVAL" in text
    )
    assert "Few (social): 50.0 [40.0 to 60.0], too few -> low coverage" in text
    assert "of 3 brands 3 moved, 1 of them beyond" in text.replace(
        "standings of brands", "brands"
    )


def test_reasons_are_made_anew_and_old_ones_believed():
    """A row frozen as young under a longer horizon counts under a shorter one."""
    own = world.ACCOUNTS[0]
    start = world.START * DAY
    asked = [
        {"account": own.id, "author": 1, "asked_at": start},
        {"account": own.id, "author": 2, "asked_at": start + 5, "addressed": 2},
        {"account": own.id, "author": 3, "asked_at": start + 6,
         "deleted_at": start + 60},
    ]  # fmt: skip
    made = make(
        [world.rows(asked, world.ACCOUNTS)],
        world.directory(world.ACCOUNTS),
        world.covered(world.ACCOUNTS),
        world.posted([]),
        world.PERIOD,
    )
    parts = dict(made.parts)
    (name,) = [each for each in parts if INQUIRIES in each]
    rows = thawed(parts[name])
    reasons = [Reason.COUNTED, Reason.SEVERAL, Reason.LOST]
    assert rows["reason"].to_list() == reasons
    wrong = rows.with_columns(pl.lit(Reason.YOUNG.value, pl.Int8).alias("reason"))
    old = rows.drop("addressed", "deleted_s", "inquiry")
    published = made.standings.filter("headline")
    for each in (rows, wrong, old):
        again = rescored({**parts, name: parquet(each)}, world.PERIOD)
        assert again.equals(published)


def test_the_command_says_who_moved(sample_var, monkeypatch):
    monkeypatch.setenv("ANSWERABLE_VAR", str(sample_var))
    run = CliRunner().invoke(
        answerable, ["rescore", "2026-Q3", "--method", "1", "--format", "json"]
    )
    assert run.exit_code == 0, run.output
    rows = json.loads(run.stdout)
    assert not any(row["moved"] for row in rows)
    assert {"rank_low", "rank_low_then", "beyond"} <= set(rows[0])
    wrong = CliRunner().invoke(answerable, ["rescore", "2026-Q3", "--method", "9"])
    assert isinstance(wrong.exception, Failed)
