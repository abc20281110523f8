"""An installation made ready: schema, brands, channels, and a sample when needed."""

import shutil
from contextlib import closing

import polars as pl
import pytest
from sqlalchemy.exc import OperationalError

from collectors import channels
from collectors.base import UnreadablePage
from jobs import Failed, sample
from jobs.starting import make_sample_if_needed, opened, prepare, sentence
from model import CHANNEL_FAMILY, Edition
from settings import Settings
from store import Store


@pytest.fixture
def ours(tmp_path) -> Settings:
    return Settings(var=tmp_path)


def test_an_empty_database_gets_schema_registry_and_channels(ours):
    prepare(ours)
    with closing(Store(ours.database)) as store:
        assert store.schema_is_current()
        assert len(store.brands()) > 900
        assert [row.slug for row in store.channels()] == list(channels())


def test_a_second_time_changes_nothing(ours):
    prepare(ours)
    with closing(Store(ours.database)) as store:
        before = [each.model_dump() for each in store.accounts()]
    prepare(ours)
    with closing(Store(ours.database)) as store:
        assert [each.model_dump() for each in store.accounts()] == before


def test_channels_say_whether_they_are_on_and_why_not(tmp_path):
    off = Settings(var=tmp_path, collect=False)
    prepare(off)
    with closing(Store(off.database)) as store:
        rows = {row.slug: row for row in store.channels()}
    assert not rows["bluesky"].on
    assert rows["bluesky"].off_because == "ANSWERABLE_COLLECT is off"
    assert rows["bluesky"].every_s == channels()["bluesky"].every.total_seconds()
    assert rows["twcs"].on
    assert rows["twcs"].every_s is None
    assert rows["twcs"].how == "imported"
    for slug, row in rows.items():
        assert row.family == CHANNEL_FAMILY.get(slug, "")


@pytest.fixture
def made(monkeypatch):
    """Counts samples instead of making them."""
    calls = []
    monkeypatch.setattr(sample, "make", lambda settings: calls.append(settings))
    return calls


def test_a_sample_is_made_where_there_is_nothing(ours, made):
    said = []
    make_sample_if_needed(ours, said.append)
    assert made == [ours]
    assert len(said) == 1


def test_a_sample_is_not_made_twice(ours, made, sample_var, tmp_path):
    shutil.copy(sample_var / "sample.db", tmp_path)
    make_sample_if_needed(ours, pytest.fail)
    assert made == []


def test_no_sample_where_something_was_measured(ours, made):
    words = ("name", "method", "code", "cuts", "left_out", "input_digest", "licence",
             "result_digest", "previous", "digest")  # fmt: skip
    numbers = ("day_from", "day_to", "as_of", "made_at", "inquiries", "messages",
               "brands")  # fmt: skip
    said = dict.fromkeys(words, "x") | dict.fromkeys(numbers, 1)
    edition = Edition(**said, provisional=False, sample=False)
    with opened(ours) as store:
        store.save_edition(edition, pl.DataFrame(), [])
    make_sample_if_needed(ours, pytest.fail)
    assert made == []


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Failed("no"), "no"),
        (UnreadablePage("here", "a list"), "here: expected a list"),
        (OperationalError("SELECT", {}, Exception("it\nis  gone")), "it is gone"),
        (OperationalError("INSERT", {}, Exception("disk is full")), "free some space"),
        (OperationalError("INSERT", {}, Exception("gone")), "ANSWERABLE_DATABASE_URL"),
        (FileNotFoundError(2, "No such file", "a.csv"), "a.csv: No such file"),
        (OSError("odd"), "odd"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_what_can_be_explained_is(problem, said):
    assert said in sentence(problem)
    assert "\n" not in sentence(problem)


def test_a_mistake_of_ours_is_none_of_these():
    assert sentence(KeyError("x")) is None
